//! What changed in the lists: when, why, from what to what; who, for experts only.

use std::collections::{BTreeSet, HashMap};

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use trame_synergies::nomenclature::Table;

use super::columns::{self, Column, Kind};
use super::frame::{Address, Choice, Frame, Reader, address, asked};
use super::lists::{LISTS, List, Record, key};
use super::store::{self, Past};
use super::tables::shipped;
use crate::access::Visitor;
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::kit::moment;
use crate::page::{Layout, html};

const LEAD: &str = "Chaque modification d’une liste, la dernière d’abord, avec sa raison. Rien ne s’efface\u{a0}: une entrée retirée, ou une version passée, se rétablit par une \
    nouvelle modification.";

/// Changes of a page.
const SHOWN: usize = 50;

/// A cell that changed.
struct CellView {
    label: &'static str,
    before: String,
    after: String,
    /// Of a list of items: those taken out, those put in.
    items: Option<(String, String)>,
}

struct PastRow {
    iso: String,
    when: String,
    who: String,
    act: &'static str,
    list: &'static str,
    key: String,
    href: String,
    reason: String,
    cells: Vec<CellView>,
    restore: Option<String>,
}

#[derive(Template)]
#[template(path = "nomenclature/history.html")]
struct HistoryPage {
    layout: Layout,
    frame: Frame,
    lists: Vec<Choice>,
    key: String,
    edit: Option<String>,
    rows: Vec<PastRow>,
    is_filtered: bool,
    first: Option<String>,
    more: Option<String>,
    original: Option<Original>,
}

/// The shipped version of an entry.
struct Original {
    facts: Vec<(&'static str, String)>,
    restore: Option<String>,
}

fn differences(table: Table, before: &[String], after: &[String]) -> Vec<CellView> {
    let empty = String::new();
    let cells = columns::of(table).iter().enumerate().map(|(place, column)| (column, before.get(place).unwrap_or(&empty), after.get(place).unwrap_or(&empty)));
    cells.filter(|(_, before, after)| before != after).map(|(column, before, after)| difference(column, before, after)).collect()
}

fn difference(column: &Column, before: &str, after: &str) -> CellView {
    let items = |cell: &str| cell.split('|').filter(|item| !item.is_empty()).map(str::to_owned).collect::<BTreeSet<String>>();
    let apart = |from: &str, less: &str| items(from).difference(&items(less)).cloned().collect::<Vec<_>>().join(", ");
    CellView {
        label: column.label,
        before: column.shown(before),
        after: column.shown(after),
        items: (column.kind == Kind::Items).then(|| (apart(before, after), apart(after, before))),
    }
}

/// The entry as shipped, when it is.
fn original(table: Table, wanted: &str) -> Option<Record> {
    shipped(table).into_iter().find(|record| key(table, record) == wanted)
}

fn row(past: Past, is_expert: bool, originals: &HashMap<(Table, String), Record>) -> Option<PastRow> {
    let list = List::stored(&past.list)?;
    let name = (list.table, past.key);
    // The first change of an entry starts from the one shipped.
    let before = past.former.or_else(|| originals.get(&name).filter(|_| past.version == 1).cloned());
    let act = match (&before, &past.record) {
        (_, None) => "retirée",
        (None, Some(_)) => {
            if past.version == 1 {
                "ajoutée"
            } else {
                "rétablie"
            }
        }
        (Some(_), Some(_)) => "modifiée",
    };
    let cells = match (&before, &past.record) {
        (_, None) => Vec::new(),
        (before, Some(record)) => differences(list.table, before.as_deref().unwrap_or_default(), record),
    };
    let code = url_encode(&name.1);
    let who = match (is_expert, past.name) {
        (true, Some(name)) => name,
        (true, None) => "une commande de l’exploitant".to_owned(),
        (false, _) => String::new(),
    };
    Some(PastRow {
        iso: moment::iso(past.at),
        when: moment::full(past.at),
        who,
        act,
        list: list.title,
        href: format!("/nomenclatures/historique?liste={}&cle={code}", list.slug),
        restore: (is_expert && past.record.is_some()).then(|| format!("/nomenclatures/modifier?liste={}&cle={code}&depuis={}", list.slug, past.id)),
        key: name.1,
        reason: past.reason,
        cells,
    })
}

fn shown(list: &List, wanted: &str, is_expert: bool) -> Option<Original> {
    let record = original(list.table, wanted)?;
    let facts = columns::of(list.table).iter().zip(&record).filter(|(_, cell)| !cell.is_empty());
    Some(Original {
        facts: facts.map(|(column, cell)| (column.label, column.shown(cell))).collect(),
        restore: is_expert.then(|| format!("/nomenclatures/modifier?liste={}&cle={}&depuis=0", list.slug, url_encode(wanted))),
    })
}

/// Anybody reads what changed and why; experts read who.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, Query(query): Address) -> Result<Response, AppError> {
    let reader = Reader::of(&app, visitor).await?;
    let (slug, wanted) = (asked(&query, "liste"), asked(&query, "cle"));
    let list = List::named(slug);
    if list.is_none() && !(slug.is_empty() && wanted.is_empty()) {
        return Err(AppError::NotFound);
    }
    let filter =
        store::Asked { list: list.map(|list| list.stored), key: Some(wanted).filter(|key| !key.is_empty()), before: asked(&query, "avant").parse().ok() };
    let mut conn = app.db.acquire().await?;
    let mut past = store::history(&mut conn, filter, i64::try_from(SHOWN + 1).unwrap_or(i64::MAX)).await?;
    drop(conn);
    let has_more = past.len() > SHOWN;
    past.truncate(SHOWN);
    let oldest = past.last().map(|past| past.id);
    let touched: BTreeSet<Table> = past.iter().filter_map(|past| Some(List::stored(&past.list)?.table)).collect();
    let originals = touched.into_iter().flat_map(|table| shipped(table).into_iter().map(move |record| ((table, key(table, &record)), record))).collect();
    let here = address("/nomenclatures/historique", &[("liste", slug), ("cle", wanted)]);
    let join = if here.contains('?') { '&' } else { '?' };
    let title = if wanted.is_empty() { "Historique des listes".to_owned() } else { format!("Historique de «\u{a0}{wanted}\u{a0}»") };
    html(&HistoryPage {
        layout: reader.layout(&app, &title),
        frame: Frame::of(title, LEAD, "/nomenclatures/historique").done(&query),
        lists: Choice::among(LISTS.map(|list| (list.slug.to_owned(), list.title.to_owned())), slug),
        edit: list
            .filter(|_| reader.is_expert && !wanted.is_empty())
            .map(|list| format!("/nomenclatures/modifier?liste={}&cle={}", list.slug, url_encode(wanted))),
        original: list.filter(|_| !wanted.is_empty()).and_then(|list| shown(list, wanted, reader.is_expert)),
        key: wanted.to_owned(),
        rows: past.into_iter().filter_map(|past| row(past, reader.is_expert, &originals)).collect(),
        is_filtered: !slug.is_empty(),
        first: filter.before.map(|_| here.clone()),
        more: oldest.filter(|_| has_more).map(|oldest| format!("{here}{join}avant={oldest}")),
    })
}
