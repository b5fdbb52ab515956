//! The history of a dossier, of a section, of a row, of a field: who, when, which words, and back again.

mod entry;
pub mod filter;
mod places;
mod store;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use self::entry::{Drawer, EntryView};
use self::filter::{Filter, key_of, name};
use self::store::{Entry, SHOWN};
use super::draw::{News, OptionView, Pen};
use super::saving::restoring::{self, Restored, Wanted};
use super::units;
use crate::access::{Dossier, ProjectEditor, ProjectReader};
use crate::app::App;
use crate::error::AppError;
use crate::framework::DELIVERABLES;
use crate::input::Input;
use crate::page::{Layout, html_with, see};

#[derive(Template)]
#[template(path = "project/history.html")]
struct HistoryPage {
    layout: Layout,
    heading: String,
    lead: &'static str,
    action: String,
    back: Option<(String, String)>,
    notice: Option<(&'static str, &'static str, &'static str)>,
    refusal: String,
    people: Vec<OptionView>,
    deliverables: Vec<OptionView>,
    named: String,
    from: String,
    until: String,
    from_fault: String,
    until_fault: String,
    is_filtered: bool,
    days: Vec<Day>,
    range: String,
    first: Option<String>,
    more: Option<String>,
}

/// Entries of one day in Paris.
struct Day {
    title: String,
    entries: Vec<EntryView>,
}

/// The team reads the history of its dossier.
pub async fn show(State(app): State<App>, reader: ProjectReader, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let filter = Filter::read(&asked)?;
    let mut conn = app.db.acquire().await?;
    let notice = asked.contains_key("fait").then_some((
        "ok",
        "Version rétablie",
        "C’est une modification comme une autre\u{a0}: elle paraît ci-dessous, et se défait de la même façon.",
    ));
    page(&app, &mut conn, &reader, &filter, notice).await
}

/// The carriers bring back a version of a field, a section or a row, until the bound.
pub async fn restore(State(app): State<App>, editor: ProjectEditor, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let source = input.get("source");
    let (id, field) = source.split_once(':').map_or((source, None), |(id, field)| (id, Some(field.to_owned())));
    let id = id.parse().map_err(|_| AppError::BadRequest("Le formulaire n’indique pas la version à rétablir. Rechargez la page et recommencez."))?;
    let mut tx = app.db.begin().await?;
    let source = store::version(&mut tx, editor.project(), id).await?.ok_or(AppError::NotFound)?;
    let asked = HashMap::from([("champ".to_owned(), name(&source.kind, source.row, field.as_deref()))]);
    let filter = Filter::read(&asked)?;
    let location = filter.address(&editor.url("/historique"), &[("fait", "1")]);
    match restoring::restore(&mut tx, &editor, Wanted { source, field, seen, operation, location }).await? {
        Restored::Done(location) => {
            tx.commit().await?;
            Ok(see(&location))
        }
        Restored::Overtaken => {
            drop(tx);
            let mut conn = app.db.acquire().await?;
            let notice =
                ("warn", "Rien n’a été rétabli", "Une autre personne vient de modifier ce contenu. Relisez ci-dessous ce qu’elle a changé, puis choisissez.");
            page(&app, &mut conn, &editor, &filter, Some(notice)).await
        }
    }
}

async fn page(
    app: &App,
    conn: &mut PgConnection,
    reader: &Dossier,
    filter: &Filter,
    notice: Option<(&'static str, &'static str, &'static str)>,
) -> Result<Response, AppError> {
    let mut entries = store::entries(conn, reader, filter).await?;
    let has_more = entries.len() > SHOWN;
    entries.truncate(SHOWN);
    let people = store::people(conn, reader.project()).await?;
    let steps = match filter.unfolded {
        Some(id) => store::steps(conn, reader.project(), id).await?,
        None => Vec::new(),
    };
    let mut ids = Vec::new();
    for unit in entries.iter().flat_map(units_of).chain(steps.iter().flat_map(|step| [&step.before, &step.after.unit])) {
        places::pointed(unit, &mut ids);
    }
    ids.extend(filter.unit.as_ref().map(|(_, row)| *row));
    let related = units::rows(conn, reader.project(), &ids).await?;
    let pen = Pen { content: &related, criteria: &[], news: News::default(), authors: &[], shows_errors: false, removed: None };
    let (base, refusal) = (reader.url(""), reader.may_edit().err());
    let drawer = Drawer { pen: &pen, filter, base: &base, reader };
    let views: Vec<EntryView> = entries.iter().map(|entry| drawer.entry(entry, &steps)).collect();
    let action = reader.url("/historique");
    let status = match notice {
        Some(("warn", ..)) => StatusCode::CONFLICT,
        _ if !filter.faults.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let (heading, back) = heading(&pen, filter, &base, entries.first());
    let fault = |name: &str| filter.faults.iter().find(|(held, _)| *held == name).map(|(_, sentence)| sentence.clone()).unwrap_or_default();
    let last = entries.last().filter(|_| has_more).map(|entry| key_of(entry.ended_at, entry.id));
    let view = HistoryPage {
        layout: Layout::dossier(app, reader, heading.clone(), "/historique"),
        heading,
        lead: "Chaque texte enregistré reste ici\u{a0}: qui, quand, quels mots. Rien ne s’efface, tout se rétablit.",
        back,
        notice,
        refusal: refusal.map(|refusal| refusal.sentence()).unwrap_or_default(),
        people: people.into_iter().map(|(id, label)| OptionView { key: id.to_string(), label, is_on: filter.person == Some(id) }).collect(),
        deliverables: DELIVERABLES
            .iter()
            .map(|deliverable| OptionView {
                key: deliverable.no.to_string(),
                label: deliverable.short.to_owned(),
                is_on: filter.deliverable == Some(deliverable.no),
            })
            .collect(),
        named: filter.named(),
        from: filter.typed.0.clone(),
        until: filter.typed.1.clone(),
        from_fault: fault("du"),
        until_fault: fault("au"),
        is_filtered: filter.is_active(),
        range: range(&views),
        days: by_day(views),
        first: filter.before.map(|_| filter.address(&action, &[])),
        more: last.map(|key| filter.address(&action, &[("avant", &key)])),
        action,
    };
    html_with(status, &view)
}

fn units_of(entry: &Entry) -> impl Iterator<Item = &crate::framework::content::Unit> {
    let versions = [&entry.before, &entry.after].into_iter().flatten().map(|version| &version.unit);
    versions.chain(entry.today.iter().map(|(unit, _)| unit))
}

/// Title of the page, and the way back to what it is the history of.
fn heading(pen: &Pen<'_>, filter: &Filter, base: &str, first: Option<&Entry>) -> (String, Option<(String, String)>) {
    let Some((kind, row)) = &filter.unit else { return ("Historique du dossier".to_owned(), None) };
    let held = pen.content.row(kind, *row).map(|unit| (unit.clone(), false));
    let today = first.and_then(|entry| entry.today.clone()).or(held);
    let spot = places::spot(pen, kind, today.as_ref());
    let field = filter.field.as_ref().and_then(|key| places::fields(kind).into_iter().find(|(field, _)| field.key == key));
    let label = field.map_or_else(|| spot.label.clone(), |(field, item)| places::label((field, item)));
    let back = spot.path.map(|path| (format!("{base}{}", anchored(&path, field.map(|(field, _)| field.key))), format!("Retour\u{a0}: {}", spot.label)));
    (format!("Historique\u{a0}: {label}"), back)
}

/// The place of a field on a page; a line's address has its own already.
fn anchored(path: &str, key: Option<&str>) -> String {
    match key {
        Some(key) if !path.contains('#') => format!("{path}#{key}"),
        Some(key) => path.rsplit_once('-').map_or_else(|| path.to_owned(), |(line, _)| format!("{line}-{key}")),
        None => path.to_owned(),
    }
}

fn by_day(views: Vec<EntryView>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for view in views {
        match days.last_mut() {
            Some(day) if day.entries.last().is_some_and(|entry| entry.day == view.day) => day.entries.push(view),
            _ => days.push(Day { title: places::upper(&view.day), entries: vec![view] }),
        }
    }
    days
}

fn range(views: &[EntryView]) -> String {
    match (views.last(), views.first()) {
        (Some(last), Some(first)) if last.day == first.day => places::upper(&first.day),
        (Some(last), Some(first)) => format!("Du {} au {}", last.day, first.day),
        _ => String::new(),
    }
}

/// Address of the history of a unit or of one of its fields, from any address of its dossier; nothing outside a dossier.
pub fn address(url: &str, kind: &str, row: Uuid, field: Option<&str>) -> String {
    let mut parts = url.splitn(4, '/');
    match (parts.next(), parts.next(), parts.next().and_then(|id| id.split(['?', '#']).next())) {
        (Some(""), Some("dossiers"), Some(id)) if !id.is_empty() => {
            Filter::default().address(&format!("/dossiers/{id}/historique"), &[("champ", &name(kind, row, field))])
        }
        _ => String::new(),
    }
}
