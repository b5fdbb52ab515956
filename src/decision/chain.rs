//! The chain of decision of a call, for its managers: closing the evaluation, the instances, the way to the publication.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::model::Kind;
use super::store::{self, InReview, Instance};
use super::write;
use crate::access::{CallManager, Refusal};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Asked, Frame, at, layout};
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::count;
use crate::kit::moment;
use crate::page::{Layout, Tag, html_with, see};

/// Address of the page.
pub const HERE: &str = "/appel/decisions";

struct ReviewView {
    id: i64,
    number: i32,
    title: String,
    reviews: String,
    is_whole: bool,
}

struct InstanceView {
    href: String,
    kind: &'static str,
    day: String,
    reference: String,
    dossiers: String,
    tag: Tag,
}

/// A call that may be the second phase.
struct NextView {
    id: i64,
    label: String,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "decision/chain.html")]
struct ChainPage {
    layout: Layout,
    frame: Frame,
    action: String,
    reviews: Vec<ReviewView>,
    away: String,
    instances: Vec<InstanceView>,
    forms: Vec<FormView>,
    publication: String,
    to_publish: String,
    meetings: String,
    next: Vec<NextView>,
    operations: [Uuid; 2],
}

/// What is asked of a new instance.
pub(super) fn read(sheet: &mut Sheet<'_>, held: Option<&Instance>) -> (Option<Date>, String, String) {
    let held_on = sheet.read(Spec::new("held_on", "Date de la séance"), &held.map(|instance| instance.held_on));
    let reference = Spec::new("reference", "Référence").hint("Numéro de la délibération, ou du relevé de décisions.").range(0, 120);
    let reference = sheet.read(reference, &held.map(|instance| instance.reference.clone()).unwrap_or_default());
    let text = sheet.read(
        Spec::new("text", "Texte").hint("Ce que l’instance a dit de l’ensemble.").long(8000).optional(),
        &held.map(|instance| instance.text.clone()).unwrap_or_default(),
    );
    (held_on, reference, text)
}

fn forms(slug: &str, waiting: [i64; 2], mut posted: Option<(Kind, Sheet<'_>)>) -> Vec<FormView> {
    [(Kind::Fund, waiting[0]), (Kind::Council, waiting[1])]
        .into_iter()
        .filter(|(_, waiting)| *waiting > 0)
        .map(|(kind, waiting)| {
            let sheet = posted.take_if(|(held, _)| *held == kind).map_or_else(
                || {
                    let mut sheet = Sheet::of(None);
                    let _ = read(&mut sheet, None);
                    sheet
                },
                |(_, sheet)| sheet,
            );
            let title = match kind {
                Kind::Fund => ("fund", "Saisir le comité de gestion du FREE", "Saisir le comité de gestion"),
                _ => ("council", "Saisir la commission permanente", "Saisir la commission permanente"),
            };
            FormView::of(sheet, title, at(slug, HERE), 0).main_if(false).intro(format!("{} à lui soumettre.", count(waiting, "dossier", "dossiers")))
        })
        .collect()
}

fn instance_view(slug: &str, instance: &Instance) -> InstanceView {
    InstanceView {
        href: match instance.meeting {
            Some(number) => at(slug, &format!("/comite/seances/{number}/compte-rendu")),
            None => at(slug, &format!("{HERE}/instances/{}", instance.id)),
        },
        kind: instance.kind.word(),
        day: moment::day(instance.held_on),
        reference: instance.reference.clone(),
        dossiers: count(instance.dossiers, "dossier", "dossiers"),
        tag: if instance.recorded_at.is_some() { Tag { class: "done", word: "Arrêtée" } } else { Tag { class: "doing", word: "En préparation" } },
    }
}

fn review_view(dossier: InReview) -> ReviewView {
    ReviewView {
        id: dossier.id,
        number: dossier.number,
        title: dossier.title,
        reviews: format!("{} sur {}", count(dossier.delivered, "rendue", "rendues"), dossier.assigned),
        is_whole: dossier.assigned > 0 && dossier.delivered == dossier.assigned,
    }
}

async fn draw(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    (status, alert, posted): (StatusCode, Option<Alert>, Option<(Kind, Sheet<'_>)>),
) -> Result<Response, AppError> {
    let call = manager.call();
    let (reviews, away) = store::in_review(conn, manager).await?;
    let instances = store::instances(conn, call.id, None).await?;
    let waiting = [store::waiting(conn, call.id, Kind::Fund).await?, store::waiting(conn, call.id, Kind::Council).await?];
    let decided = store::decided(conn, call.id).await?.len();
    let next = next_calls(conn, manager).await?;
    let forms = forms(&call.slug, waiting, posted);
    let frame = Frame::of(manager, "Avis, décisions, résultats", HERE)
        .lead("Comité technique, comité de gestion du FREE, commission permanente. Rien n’en est visible des porteurs avant la publication.")
        .alert(alert)
        .alert(Alert::errors(&forms));
    html_with(
        status,
        &ChainPage {
            layout: layout(app, manager, "Décisions"),
            frame,
            action: at(&call.slug, HERE),
            reviews: reviews.into_iter().map(review_view).collect(),
            away: if away == 0 { String::new() } else { count(away, "dossier", "dossiers") },
            instances: instances.iter().map(|instance| instance_view(&call.slug, instance)).collect(),
            forms,
            publication: at(&call.slug, &format!("{HERE}/publication")),
            to_publish: if decided == 0 {
                String::new()
            } else {
                count(decided, "dossier a une décision à publier", "dossiers ont une décision à publier")
            },
            meetings: at(&call.slug, "/comite/seances"),
            next,
            operations: std::array::from_fn(|_| Uuid::new_v4()),
        },
    )
}

/// Calls of the manager that may be the second phase, the chosen one ticked.
async fn next_calls(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Vec<NextView>> {
    let rows = sqlx::query!(
        r#"select call.id, short_title, edition, coalesce(follows = $1, false) as "is_on!" from call
           join call_role on call_role.call_id = call.id and call_role.account_id = $2 and role = 'manager'
           where call.id <> $1 and not is_template and coalesce(follows = $1, true)
           order by deposit_bound desc, call.id"#,
        manager.call().id.get(),
        manager.account().get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| NextView { id: row.id, label: format!("{} {}", row.short_title, row.edition), is_on: row.is_on }).collect())
}

/// The managers of a call see where its dossiers are between the evaluation and the results.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let done = match asked.0.get("fait").map(String::as_str) {
        Some("close") => Some(Alert::done("Évaluation close", "Ces dossiers peuvent venir à une séance du comité technique.")),
        Some(_) => Some(Alert::done("Enregistré", "La suite de l’appel est à jour.")),
        None => None,
    };
    draw(&app, &mut conn, &manager, (StatusCode::OK, done, None)).await
}

/// The managers of a call close the evaluation of dossiers, give dossiers to an instance, or say which call comes next.
pub async fn save(State(app): State<App>, manager: CallManager, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let slug = &manager.call().slug;
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let (location, act, subject) = match input.get("act") {
        "clore" => {
            let chosen: Vec<i64> = input.all("dossier").filter_map(|id| id.parse().ok()).collect();
            if write::close_reviews(&mut tx, &manager, &chosen).await? == 0 {
                let alert = Alert { class: "bad", is_focused: true, ..Alert::refusal("Rien n’est clos", "Choisir au moins un dossier en évaluation.") };
                return draw(&app, &mut tx, &manager, (StatusCode::UNPROCESSABLE_ENTITY, Some(alert), None)).await;
            }
            (at(slug, &format!("{HERE}?fait=close")), "reviews_closed", chosen.len().to_string())
        }
        "suite" => {
            write::follow(&mut tx, &manager, input.get("appel_suivant").parse().ok()).await?;
            (at(slug, &format!("{HERE}?fait=1")), "next_call_chosen", input.get("appel_suivant").chars().take(20).collect())
        }
        act => {
            let kind =
                Kind::parse(act).filter(|kind| kind.former().is_some()).ok_or(AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page."))?;
            let mut sheet = Sheet::of(Some(&input));
            let (held_on, reference, text) = read(&mut sheet, None);
            let Some(held_on) = held_on.filter(|_| !sheet.has_errors()) else {
                return draw(&app, &mut tx, &manager, (StatusCode::UNPROCESSABLE_ENTITY, None, Some((kind, sheet)))).await;
            };
            if store::waiting(&mut tx, manager.call().id, kind).await? == 0 {
                return Err(Refusal::Because("Aucun dossier n’attend cette instance.").into());
            }
            let id = write::open_instance(&mut tx, &manager, kind, (held_on, &reference, &text)).await?;
            (at(slug, &format!("{HERE}/instances/{id}")), "instance_opened", id.to_string())
        }
    };
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act, subject: &subject }).await?;
    tx.commit().await?;
    Ok(see(&location))
}
