//! An expert adds, changes, restores or withdraws an entry; nothing is kept that would make a list unreadable.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use trame_synergies::nomenclature::Table;

use super::changes::{self, Change, Fault};
use super::columns::{self, Column};
use super::entry::Entry;
use super::frame::{Address, Frame, address, asked};
use super::lists::{self, LISTS, List, Record, cell, key, next_rule};
use super::store::{self, Act};
use crate::access::NomenclatureExpert;
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::Alert;
use crate::error::AppError;
use crate::input::Input;
use crate::page::{Layout, html_with, see};

const REASON: &str = "reason";

#[derive(Template)]
#[template(path = "nomenclature/edit.html")]
struct EditPage {
    layout: Layout,
    frame: Frame,
    alerts: Vec<Alert>,
    facts: Vec<(&'static str, String)>,
    forms: Vec<FormView>,
    past: Option<String>,
}

/// The list and the entry asked for; no entry is a new one.
fn asked_for(query: &HashMap<String, String>) -> Result<(&'static List, String), AppError> {
    let slug = asked(query, "liste");
    let list = if slug.is_empty() { Some(&LISTS[0]) } else { List::named(slug) };
    Ok((list.ok_or(AppError::NotFound)?, asked(query, "cle").to_owned()))
}

/// Controls that can be written: what names an entry does not change once it is there.
fn controls(list: &List, entry: &Entry) -> impl Iterator<Item = &'static Column> {
    let (table, is_new) = (list.table, entry.is_new());
    columns::of(table).iter().filter(move |column| match column.name {
        "number" => false,
        "level" => false,
        name => is_new || !is_key(table, name),
    })
}

fn is_key(table: Table, column: &str) -> bool {
    List::of(table).is_key(column)
}

/// Reads the controls over what is held: the record that they make, and the reason.
fn read(sheet: &mut Sheet<'_>, list: &List, entry: &Entry) -> (Record, String) {
    let mut record = entry.base(list.table);
    for column in controls(list, entry) {
        let place = list.table.place(column.name).unwrap_or(0);
        let held = column.typed(&record[place]);
        record[place] = column.cell(&sheet.read(column.spec(), &held));
    }
    if list.table == Table::Waste {
        let code: String = cell(list.table, &record, "code").chars().filter(|c| !matches!(c, ' ' | '.' | '*' | '\u{a0}')).collect();
        (record[0], record[1]) = (code.clone(), (code.len() / 2).to_string());
    }
    let reason = sheet.read(Spec::new(REASON, "Raison").hint("Une phrase, que tout le monde peut lire.").range(0, 500), &String::new());
    if reason.chars().count() < 3 {
        sheet.refuse(REASON, "Dire en quelques mots pourquoi.");
    }
    (record, reason)
}

fn withdrawal(list: &List, entry: &Entry, posted: Option<&Input>) -> (FormView, String) {
    let mut sheet = Sheet::of(posted);
    let reason = sheet.read(Spec::new("why", "Raison du retrait").hint("Une phrase, que tout le monde peut lire.").range(0, 500), &String::new());
    if reason.chars().count() < 3 {
        sheet.refuse("why", "Dire en quelques mots pourquoi.");
    }
    let form = FormView::of(sheet, ("retrait", "Retirer l’entrée", "Retirer"), entry.href("/nomenclatures/retirer", list), entry.version);
    (form.main_if(false).intro("L’entrée quitte la liste\u{a0}; son historique reste, et permet de la rétablir."), reason)
}

/// What the page shows beside its forms.
struct Said {
    status: StatusCode,
    alerts: Vec<Alert>,
}

fn draw(app: &App, expert: &NomenclatureExpert, list: &'static List, entry: &Entry, forms: Vec<FormView>, said: Said) -> Result<Response, AppError> {
    let title = match (entry.is_new(), &entry.held) {
        (true, _) => format!("Ajouter {}", list.one),
        (false, Some(_)) => format!("Modifier «\u{a0}{}\u{a0}»", entry.key),
        (false, None) => format!("Rétablir «\u{a0}{}\u{a0}»", entry.key),
    };
    let base = entry.base(list.table);
    let keys = columns::of(list.table).iter().zip(&base).filter(|(column, cell)| !entry.is_new() && list.is_key(column.name) && !cell.is_empty());
    let found = [Alert::errors(&forms), Alert::conflict(&forms)].into_iter().flatten();
    let page = EditPage {
        layout: Layout::personal(app, expert.visitor(), title.clone(), ""),
        frame: Frame::of(title, String::new(), &list.href()),
        alerts: found.chain(said.alerts).collect(),
        facts: keys.map(|(column, cell)| (column.label, column.shown(cell))).collect(),
        past: (!entry.is_new()).then(|| entry.href("/nomenclatures/historique", list)),
        forms,
    };
    html_with(said.status, &page)
}

fn main_form(list: &List, entry: &Entry, sheet: Sheet<'_>, version: i32) -> FormView {
    let title = if entry.is_new() { ("entree", "La nouvelle entrée", "Ajouter") } else { ("entree", "L’entrée", "Enregistrer") };
    FormView::of(sheet, title, entry.href("/nomenclatures/modifier", list), version)
}

/// Experts see an entry as a form; `depuis` fills it with a former version.
pub async fn show(State(app): State<App>, expert: NomenclatureExpert, Query(query): Address) -> Result<Response, AppError> {
    let (list, key) = asked_for(&query)?;
    let mut conn = app.db.acquire().await?;
    let latest = store::latest(&mut conn).await?.latest;
    let entry = Entry::find(&mut conn, list, key, &latest).await?;
    let former = entry.former(&mut conn, list, asked(&query, "depuis")).await?;
    drop(conn);
    if !entry.is_new() && entry.held.is_none() && former.is_none() {
        return Ok(see(&entry.href("/nomenclatures/historique", list)));
    }
    let typed = former.as_ref().map(|record| {
        let cells = controls(list, &entry).map(|column| (column.name.to_owned(), column.typed(cell(list.table, record, column.name))));
        Input::of(cells.collect())
    });
    let mut sheet = Sheet::of(typed.as_ref());
    read(&mut sheet, list, &entry);
    // Nothing was sent yet: nothing is refused.
    sheet.groups.iter_mut().flat_map(|group| &mut group.controls).for_each(|control| control.error.clear());
    let mut forms = vec![main_form(list, &entry, sheet, entry.version)];
    if entry.held.is_some() {
        forms.push(withdrawal(list, &entry, None).0);
    }
    draw(&app, &expert, list, &entry, forms, Said { status: StatusCode::OK, alerts: Vec::new() })
}

/// Why a new entry may not have that name.
fn taken(latest: &super::tables::Latest, records: &[Record], list: &List, name: &str) -> Option<&'static str> {
    if records.iter().any(|record| key(list.table, record) == name) {
        return Some("Cette entrée est déjà dans la liste.");
    }
    latest.contains_key(&(list.table, name.to_owned())).then_some("Cette entrée a été retirée\u{a0}: la rétablir depuis son historique.")
}

/// Shows a fault beside its control when it has one; else says it above the form.
fn show_fault(sheet: &mut Sheet<'_>, name: &(Table, String), fault: &Fault) -> Option<Alert> {
    let has_control = sheet.groups.iter().flat_map(|group| &group.controls).any(|control| control.name == fault.column);
    // Two entries that say the same are told from the second: the same column is at fault in this one.
    if has_control && fault.entry.as_ref().is_some_and(|(table, _)| *table == name.0) {
        let is_own = fault.entry.as_ref() == Some(name);
        sheet.refuse(fault.column, if is_own { format!("{}.", fault.reason) } else { fault.sentence.clone() });
        return None;
    }
    sheet.refuse(REASON, "La liste ne se lirait plus ainsi.");
    Some(Alert::refusal("Rien n’est enregistré", fault.sentence.clone()))
}

/// Experts add an entry, or change it.
pub async fn save(State(app): State<App>, expert: NomenclatureExpert, Query(query): Address, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let (list, key) = asked_for(&query)?;
    let mut tx = app.db.begin().await?;
    store::lock(&mut tx).await?;
    if let Some(done) = store::done(&mut tx, operation).await? {
        return Ok(see(&done));
    }
    let latest = store::latest(&mut tx).await?.latest;
    let entry = Entry::find(&mut tx, list, key, &latest).await?;
    let mut sheet = Sheet::of(Some(&input));
    let (mut record, reason) = read(&mut sheet, list, &entry);
    let records = super::tables::merged(list.table, &latest);
    if entry.is_new() && list.table == Table::Rules {
        record[0] = next_rule(&records).to_string();
    }
    let name = lists::key(list.table, &record);
    if let Some(sentence) = taken(&latest, &records, list, &name).filter(|_| entry.is_new()) {
        sheet.refuse("code", sentence);
    }
    let mut alerts = Vec::new();
    let change: Change = ((list.table, name.clone()), Some(record.clone()));
    let mut status = sheet.verdict(seen == entry.version);
    if status.is_none()
        && let Err(fault) = changes::check(latest, vec![change.clone()]).await?
    {
        alerts.extend(show_fault(&mut sheet, &change.0, &fault));
        status = Some(StatusCode::UNPROCESSABLE_ENTITY);
    }
    if let Some(status) = status {
        let next = if status == StatusCode::CONFLICT { entry.version } else { seen };
        sheet.changes.retain(|change| change.label != "Raison");
        let form = main_form(list, &entry, sheet, next);
        return draw(&app, &expert, list, &entry, vec![form], Said { status, alerts });
    }
    let here = |what| address("/nomenclatures/historique", &[("liste", list.slug), ("cle", &name), ("fait", what)]);
    if entry.held.as_ref() == Some(&record) {
        return Ok(see(&here("rien")));
    }
    let location = here("enregistre");
    settle(&mut tx, &expert, vec![change], (&reason, operation, &location)).await?;
    tx.commit().await?;
    app.nomenclature.heard();
    Ok(see(&location))
}

async fn settle(
    conn: &mut PgConnection,
    expert: &NomenclatureExpert,
    what: Vec<Change>,
    (reason, operation, location): (&str, uuid::Uuid, &str),
) -> sqlx::Result<()> {
    let act = Act { account: Some(expert.account()), reason, batch: None, at: expert.now() };
    changes::write(conn, &what, &act).await?;
    store::remember(conn, operation, expert.account(), location, expert.now()).await
}

/// Experts take an entry out of its list, when nothing else names it.
pub async fn withdraw(State(app): State<App>, expert: NomenclatureExpert, Query(query): Address, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let (list, key) = asked_for(&query)?;
    let mut tx = app.db.begin().await?;
    store::lock(&mut tx).await?;
    if let Some(done) = store::done(&mut tx, operation).await? {
        return Ok(see(&done));
    }
    let latest = store::latest(&mut tx).await?.latest;
    let entry = Entry::find(&mut tx, list, key, &latest).await?;
    if entry.held.is_none() {
        return Err(AppError::NotFound);
    }
    let (form, reason) = withdrawal(list, &entry, Some(&input));
    let change: Change = ((list.table, entry.key.clone()), None);
    let mut alerts = Vec::new();
    let status = if !form.errors().is_empty() {
        Some(StatusCode::UNPROCESSABLE_ENTITY)
    } else if seen != entry.version {
        alerts.push(Alert::refusal("Une autre personne a enregistré avant vous", "L’entrée a changé\u{a0}: relisez-la avant de la retirer."));
        Some(StatusCode::CONFLICT)
    } else if let Err(fault) = changes::check(latest, vec![change.clone()]).await? {
        alerts.push(Alert::refusal("L’entrée sert encore", format!("{} Changez d’abord ce qui la nomme.", fault.sentence)));
        Some(StatusCode::UNPROCESSABLE_ENTITY)
    } else {
        None
    };
    if let Some(status) = status {
        let mut sheet = Sheet::of(None);
        read(&mut sheet, list, &entry);
        return draw(&app, &expert, list, &entry, vec![main_form(list, &entry, sheet, entry.version), form], Said { status, alerts });
    }
    let location = address("/nomenclatures/historique", &[("liste", list.slug), ("cle", &entry.key), ("fait", "retire")]);
    settle(&mut tx, &expert, vec![change], (&reason, operation, &location)).await?;
    tx.commit().await?;
    app.nomenclature.heard();
    Ok(see(&location))
}
