//! The list of a collection: flows, synergies, actions, commitments.

use std::collections::HashMap;

use askama::Template;
use axum::response::Response;
use uuid::Uuid;

use super::collection;
use crate::access::{Dossier, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::framework::content::Content;
use crate::framework::{FLOW, Field, Rows};
use crate::kit::french::{count, fold};
use crate::leads;
use crate::page::{Layout, html};
use crate::project::draw::{News, Pen};
use crate::project::exchange::preview::Last;
use crate::project::{exchange, units};

/// Rows shown at once in a list; the filter finds the others.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "project/rows.html")]
struct RowsPage {
    layout: Layout,
    heading: &'static str,
    lead: &'static str,
    links: Vec<(String, &'static str)>,
    none: &'static str,
    base: String,
    path: &'static str,
    columns: Vec<(&'static str, bool)>,
    rows: Vec<(String, String, Vec<String>, bool)>,
    count: String,
    shown: String,
    asked: String,
    add: String,
    is_full: bool,
    most: u16,
    is_editable: bool,
    refusal: String,
    operation: Uuid,
    removed: Option<String>,
    exchanged: &'static str,
    last: Option<Last>,
}

/// The team lists the rows of a collection; its address is beside those of the deliverables.
pub async fn list(app: &App, dossier: &Dossier, key: &str, asked: &HashMap<String, String>) -> Result<Response, AppError> {
    let rows = collection(key)?;
    if rows.kind == "stakeholder" {
        let is_map = asked.get("vue").is_some_and(|view| view == "carte");
        return if is_map {
            crate::project::views::map::show(app, dossier, asked).await
        } else {
            crate::project::stakeholders::show(app, dossier, asked).await
        };
    }
    policy::team(dossier.ties(), dossier.facts())?;
    let mut conn = app.db.acquire().await?;
    let content = units::load(&mut conn, dossier.project(), &[rows.kind, "stakeholder"]).await?;
    let last = Last::of(&mut conn, dossier, rows.kind).await?;
    let proposed = if rows.kind == FLOW.kind { leads::own::proposed(app, &mut conn, dossier).await? } else { HashMap::new() };
    html(&RowsPage { last, ..list_page(app, dossier, rows, (&content, &proposed), asked) })
}

/// `proposed` is what is said of the flows' types that nobody chose.
fn list_page(
    app: &App,
    reader: &Dossier,
    rows: &'static Rows,
    (content, proposed): (&Content, &HashMap<Uuid, String>),
    asked: &HashMap<String, String>,
) -> RowsPage {
    let path = rows.path.unwrap_or_default();
    let pen = Pen { content, criteria: &[], news: News::default(), authors: &[], shows_errors: false, removed: None };
    let columns: Vec<_> = columns(rows.kind).iter().filter_map(|key| rows.field(key)).collect();
    let wanted = fold(asked.get("q").map_or("", String::as_str).trim());
    let total = content.rows(rows.kind).count();
    let lines: Vec<(String, String, Vec<String>, bool)> = content
        .rows(rows.kind)
        .map(|unit| {
            let own = |field: &Field| Some(pen.shown(field, unit)).filter(|text| !text.is_empty() || field.key != "type");
            let values = columns.iter().map(|field| own(field).unwrap_or_else(|| proposed.get(&unit.row).cloned().unwrap_or_default())).collect::<Vec<_>>();
            (pen.name(unit), reader.url(&format!("/{path}/{}", unit.row)), values, !unit.raw.is_empty())
        })
        .filter(|(name, _, values, _)| wanted.is_empty() || fold(name).contains(&wanted) || values.iter().any(|value| fold(value).contains(&wanted)))
        .collect();
    let noun = rows.one.split_once(' ').map_or(rows.one, |(_, noun)| noun);
    let refusal = reader.may_write(part_of(rows.kind)).err();
    RowsPage {
        layout: Layout::dossier(app, reader, rows.title, &format!("/{path}")),
        heading: rows.title,
        lead: lead(rows.kind),
        links: links(reader, rows.kind),
        none: none(rows.kind),
        base: reader.url(""),
        path,
        columns: columns.iter().map(|field| (field.label, matches!(field.kind, crate::framework::Kind::Decimal(..)))).collect(),
        count: count(total, noun, rows.many),
        shown: if lines.len() < total || lines.len() > SHOWN { format!("{} sur {total}", lines.len().min(SHOWN)) } else { String::new() },
        rows: lines.into_iter().take(SHOWN).collect(),
        asked: asked.get("q").cloned().unwrap_or_default(),
        add: format!("Ajouter {}", rows.one),
        is_full: total >= usize::from(rows.most),
        most: rows.most,
        is_editable: refusal.is_none(),
        refusal: refusal.map(|refusal| refusal.sentence()).unwrap_or_default(),
        operation: Uuid::new_v4(),
        removed: asked.get("retire").and_then(|row| Uuid::try_parse(row).ok()).map(|row| reader.url(&format!("/{path}/{row}/retablir"))),
        exchanged: exchange::list::of_kind(rows.kind).map_or("", |list| list.slug),
        last: None,
    }
}

fn columns(kind: &str) -> &'static [&'static str] {
    match kind {
        "flow" => &["actor", "direction", "domain", "type", "quantity", "unit", "evidence"],
        "synergy" => &["kind", "status", "emitter", "receiver", "sources"],
        "action" => &["theme", "origin", "progress"],
        _ => &["kind", "signatory", "function", "signed_on"],
    }
}

fn lead(kind: &str) -> &'static str {
    match kind {
        "flow" => "Ce qui entre et ce qui sort des établissements, les services cherchés et offerts. Les quantités sont toujours facultatives.",
        "synergy" => "Les mutualisations et les substitutions que le territoire pourrait étudier, avec leurs sources et leur méthode.",
        "action" => "Une ou deux actions vitrines, concrètes, pendant la phase 1.",
        _ => "Lettres, accords et chartes signés par les entreprises et les principales parties prenantes.",
    }
}

/// Pages that grow from a list.
fn links(dossier: &Dossier, kind: &str) -> Vec<(String, &'static str)> {
    let all: &[(&str, &'static str)] = match kind {
        "flow" => &[
            ("/atelier", "Noter en atelier, une ligne par flux"),
            ("/pistes", "Les pistes que ces flux rendent possibles"),
            ("/pistes?vue=types-de-flux", "Types à préciser ou à confirmer"),
            ("/visites", "Ce qu’il reste à demander, acteur par acteur"),
        ],
        "synergy" => &[("/pistes", "Les pistes que trouve le moteur"), ("/pistes?etat=gardees&vue=paires", "Les pistes gardées")],
        _ => &[],
    };
    all.iter().map(|(path, words)| (dossier.url(path), *words)).collect()
}

fn none(kind: &str) -> &'static str {
    match kind {
        "flow" => "Aucun flux pour l’instant.",
        "synergy" => "Aucune synergie pour l’instant.",
        "action" => "Aucune action pour l’instant.",
        _ => "Aucun engagement pour l’instant.",
    }
}
