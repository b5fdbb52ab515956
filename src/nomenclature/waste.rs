//! The European waste list: chapters, sub-chapters, codes with their star, and when each holds.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use trame_synergies::nomenclature::{Table, WasteEntry, WasteList, day};

use super::frame::{Address, Choice, Frame, Reader, Search, Slice, address, asked, french, slice};
use super::lists::List;
use crate::access::{Arrival, Visitor};
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::kit::moment;
use crate::page::{Layout, html};

const LEAD: &str = "Les codes de la décision 2000/532/CE, intitulés abrégés par Trame. L’astérisque désigne un déchet dangereux\u{a0}: elle fait partie du code. \
    Les changements de la décision (UE) 2025/934 portent leurs dates.";

const STATES: [(&str, &str); 3] = [("vigueur", "En vigueur"), ("avenir", "Pas encore en vigueur"), ("abrogees", "Abrogées")];

struct WasteRow {
    /// In addresses.
    key: String,
    shown: String,
    label: String,
    level: u8,
    is_hazardous: bool,
    /// Class and words of what time does to it; empty when it simply holds.
    state: (&'static str, String),
    note: String,
}

#[derive(Template)]
#[template(path = "nomenclature/waste.html")]
struct WastePage {
    layout: Layout,
    frame: Frame,
    words: String,
    chapters: Vec<Choice>,
    states: Vec<Choice>,
    only_hazardous: bool,
    told: String,
    list: Slice<WasteRow>,
    is_filtered: bool,
    is_expert: bool,
}

/// What an entry is on an ISO day: its key among the states, and how to say it.
fn state(entry: &WasteEntry, today: &str) -> (&'static str, (&'static str, String)) {
    let from = entry.valid_from.as_deref().map(day);
    let to = entry.valid_to.as_deref().map(day);
    if entry.stands(today) {
        let said = match (from, to) {
            (_, Some(to)) => ("warn", format!("Valable jusqu’au {to}")),
            (Some(from), None) => ("done", format!("En vigueur depuis le {from}")),
            (None, None) => ("", String::new()),
        };
        return ("vigueur", said);
    }
    match (from, to) {
        (Some(from), _) if entry.valid_from.as_deref().is_some_and(|first| first > today) => ("avenir", ("doing", format!("Entre en vigueur le {from}"))),
        (_, to) => ("abrogees", ("off", format!("Abrogé, valable jusqu’au {}", to.unwrap_or_default()))),
    }
}

fn row(entry: &WasteEntry, today: &str) -> WasteRow {
    let key = entry.valid_from.as_ref().map_or_else(|| entry.code.clone(), |from| format!("{}@{from}", entry.code));
    WasteRow {
        key: url_encode(&key),
        shown: entry.shown(),
        label: french(&entry.label),
        level: entry.level,
        is_hazardous: entry.is_hazardous,
        state: state(entry, today).1,
        note: french(entry.note.as_deref().unwrap_or_default()),
    }
}

fn chapters(list: &WasteList, today: &str, asked: &str) -> Vec<Choice> {
    let heads = list.entries().iter().filter(|entry| entry.level == 1 && entry.stands(today));
    Choice::among(heads.map(|entry| (entry.code.clone(), format!("{} {}", entry.code, crate::kit::words::excerpt(&french(&entry.label), 60)))), asked)
}

/// Anybody reads the waste list.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, Arrival(now): Arrival, Query(query): Address) -> Result<Response, AppError> {
    let reader = Reader::of(&app, visitor).await?;
    let list = reader.tables.waste();
    let today = moment::iso_day(moment::paris_parts(now).0);
    let [words, chapter, when, danger] = ["q", "chapitre", "etat", "dangereux"].map(|name| asked(&query, name));
    let search = Search::read(words);
    let finds = |entry: &WasteEntry| {
        (chapter.is_empty() || entry.code.starts_with(chapter))
            && (when.is_empty() || state(entry, &today).0 == when)
            && (danger.is_empty() || entry.is_hazardous)
            && search.finds(&[&entry.code], &[&entry.label])
    };
    let found: Vec<WasteRow> = list.entries().iter().filter(|entry| finds(entry)).map(|entry| row(entry, &today)).collect();
    let filters = [("q", words), ("chapitre", chapter), ("etat", when), ("dangereux", danger)];
    let here = address("/nomenclatures/dechets", &filters);
    let is_whole = trame_synergies::nomenclature::read_waste_code(words).is_ok();
    let told = if is_whole { list.check(words, &today).err().map(|fault| fault.to_string()) } else { None };
    html(&WastePage {
        layout: reader.layout(&app, "Liste européenne des déchets"),
        frame: Frame::list(List::of(Table::Waste), LEAD, &reader).done(&query),
        words: words.to_owned(),
        chapters: chapters(list, &today, chapter),
        states: Choice::among(STATES.map(|(key, label)| (key.to_owned(), label.to_owned())), when),
        only_hazardous: !danger.is_empty(),
        told: told.unwrap_or_default(),
        is_filtered: filters.iter().any(|(_, value)| !value.is_empty()),
        list: slice(found, asked(&query, "apres"), |row| row.key.clone(), &here),
        is_expert: reader.is_expert,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_says_when_it_holds() {
        let list = WasteList::shipped();
        let said = |place: usize, today: &str| state(&list.versions("160604")[place], today).1.1.replace('\u{a0}', " ");
        assert_eq!(said(0, "2026-11-08"), "Valable jusqu’au 8 novembre 2026");
        assert_eq!(said(0, "2026-11-09"), "Abrogé, valable jusqu’au 8 novembre 2026");
        assert_eq!(said(1, "2026-11-08"), "Entre en vigueur le 9 novembre 2026");
        assert_eq!(said(1, "2026-11-09"), "En vigueur depuis le 9 novembre 2026");
        assert_eq!(state(&list.versions("150101")[0], "2026-11-09").1, ("", String::new()));
    }
}
