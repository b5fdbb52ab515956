//! The page of the leads between the dossiers of a call, and the same as files.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;
use trame_synergies::aggregate::SynergyType;
use trame_synergies::flow::Direction;
use trame_synergies::leads::Lead;
use trame_synergies::pool::Pool;

use super::model::{LEAST, View, crowd};
use super::{export, store};
use crate::access::{CallManager, KeyPart};
use crate::app::App;
use crate::call::frame::{Frame, at, layout};
use crate::error::AppError;
use crate::kit::french::{count, list};
use crate::leads::{analysis, settings};
use crate::page::{Layout, html};

/// Address of the page.
pub const HERE: &str = "/appel/pistes";
/// Leads shown at once; the files hold them all.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "regional/leads.html")]
struct LeadsPage {
    layout: Layout,
    frame: Frame,
    read: String,
    formula: String,
    weights: String,
    csv: String,
    json: String,
    types: Vec<KindView>,
    pairs: Vec<PairView>,
    shown: String,
    pools: Vec<PoolView>,
    least: usize,
}

/// A type of synergy.
struct KindView {
    from: String,
    to: String,
    offering: String,
    needing: String,
    offered: String,
    needed: String,
    best: u8,
}

/// An output of a dossier and a need of another.
struct PairView {
    score: u8,
    from: SideView,
    to: SideView,
    reason: String,
}

struct SideView {
    label: String,
    actor: String,
    dossier: String,
    href: String,
}

/// Flows of one type in several dossiers.
struct PoolView {
    kind: String,
    what: &'static str,
    dossiers: String,
    actors: String,
    amount: String,
    score: u8,
}

/// Reads what the manager may, in a fixed number of statements; the engine works off the async threads, once for each state.
async fn view(app: &App, conn: &mut PgConnection, manager: &CallManager) -> Result<Arc<View>, AppError> {
    let territories = store::territories(conn, manager).await?;
    let published = settings::of_call(conn, manager.call().id).await?;
    let tables = analysis::tables(app).await?;
    if let Some(held) = app.regional.held(&territories, published).filter(|held| Arc::ptr_eq(&held.tables, &tables)) {
        return Ok(held);
    }
    let contents = store::contents(conn, &territories).await?;
    let memory = Arc::clone(&app.leads);
    let work = move || Arc::new(View::of(tables, published, territories, &contents, &*memory));
    let view = tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?;
    app.regional.keep(&view);
    Ok(view)
}

/// The managers of a call read the leads between its dossiers, on public flows only, but for the dossiers that they stay away from.
pub async fn show(State(app): State<App>, manager: CallManager) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let view = view(&app, &mut conn, &manager).await?;
    drop(conn);
    let slug = &manager.call().slug;
    let shown = view.leads.len().min(SHOWN);
    html(&LeadsPage {
        layout: layout(&app, &manager, "Pistes entre dossiers"),
        frame: Frame::of(&manager, "Pistes entre dossiers", HERE)
            .lead("Ce que les territoires de l’appel pourraient échanger entre eux. Une piste relie toujours deux dossiers différents."),
        read: format!("{}, {}", count(view.territories.len(), "dossier lu", "dossiers lus"), count(view.flows.len(), "flux public", "flux publics")),
        formula: view.published.formula(),
        weights: at(slug, "/appel/pistes/poids"),
        csv: at(slug, "/appel/pistes/export/csv"),
        json: at(slug, "/appel/pistes/export/json"),
        types: view.types.iter().map(|kind| kind_view(&view, kind)).collect(),
        pairs: view.leads.iter().take(SHOWN).map(|lead| pair_view(&view, *lead)).collect(),
        shown: if shown < view.leads.len() { format!("{shown} sur {}", view.leads.len()) } else { String::new() },
        pools: view.pools.iter().map(|pool| pool_view(&view, pool)).collect(),
        least: LEAST,
    })
}

fn kind_view(view: &View, kind: &SynergyType) -> KindView {
    KindView {
        from: view.kind(kind.out),
        to: view.kind(kind.r#in),
        offering: crowd(kind.offering),
        needing: crowd(kind.needing),
        offered: view.amount(kind.out, kind.offering, kind.offered),
        needed: view.amount(kind.r#in, kind.needing, kind.needed),
        best: kind.best,
    }
}

fn pair_view(view: &View, lead: Lead) -> PairView {
    PairView { score: lead.score, from: side_view(view, lead.from), to: side_view(view, lead.to), reason: view.reason(lead) }
}

fn side_view(view: &View, flow: usize) -> SideView {
    let territory = view.territory(flow);
    SideView {
        label: view.flows[flow].label.clone(),
        actor: view.origins[flow].actor.clone(),
        dossier: format!("n°\u{a0}{}, {}", territory.number, territory.title),
        href: format!("/dossiers/{}", territory.id),
    }
}

fn pool_view(view: &View, pool: &Pool) -> PoolView {
    let numbers: Vec<String> = view.dossiers(pool).iter().map(|number| format!("n°\u{a0}{number}")).collect();
    PoolView {
        kind: view.kind(pool.kind),
        what: if pool.direction == Direction::Out { "même sortie" } else { "même besoin" },
        dossiers: list(&numbers),
        actors: crowd(pool.actors),
        amount: view.amount(pool.kind, pool.actors, pool.total),
        score: pool.score,
    }
}

/// The same readers take the leads away, `csv` or `json`; the export is journalled.
pub async fn export(State(app): State<App>, manager: CallManager, KeyPart(format): KeyPart) -> Result<Response, AppError> {
    let mime = match format.as_str() {
        "csv" => "text/csv; charset=utf-8",
        "json" => "application/json",
        _ => return Err(AppError::NotFound),
    };
    let mut tx = app.db.begin().await?;
    let view = view(&app, &mut tx, &manager).await?;
    crate::journal::record_call(&mut tx, manager.call().id, manager.account(), "leads_exported", &format, manager.now()).await?;
    tx.commit().await?;
    let name = format!("attachment; filename=\"pistes-{}.{format}\"", manager.call().slug);
    let write = move || export::file(&view, &format);
    let bytes = tokio::task::spawn_blocking(write).await.map_err(anyhow::Error::from)??;
    Ok(([(CONTENT_TYPE, mime.to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response())
}
