//! What surrounds the rows of the board: its views, its filters, its heads.

use std::collections::BTreeSet;

use super::asked::{Asked, STATUSES, Sort, View, status_key};
use super::facets::{FACETS, Rights};
use super::tally::Tally;
use super::web::Read;
use crate::kit::french::NBSP;
use crate::kit::territory::department_name;
use crate::page::Tag;

/// A head that sorts.
pub struct HeadView {
    pub label: &'static str,
    pub href: String,
    pub sort: &'static str,
    pub is_figure: bool,
}

/// A choice of a filter.
pub struct OptionView {
    pub key: String,
    pub label: String,
    pub is_on: bool,
}

/// A filter of the form.
pub struct SelectView {
    pub name: &'static str,
    pub label: &'static str,
    pub options: Vec<OptionView>,
}

/// A filter in force, in words, with the address without it.
pub struct ChipView {
    pub words: String,
    pub without: String,
}

/// The views and the map, as tabs: title, address, whether one is on it. The filters follow from one to the other.
pub fn tabs(asked: &Asked, call: &str, is_map: bool) -> Vec<(&'static str, String, bool)> {
    let tab = |(view, _, title)| {
        let there = Asked { view, after: None, ..asked.clone() };
        (title, format!("/comite{}", there.ordered(call)), view == asked.view && !is_map)
    };
    let map = Asked { view: View::Overview, ..asked.clone() };
    let map = ("Carte et calendrier", format!("/comite/carte{}", map.filters(call)), is_map);
    View::ALL.into_iter().map(tab).chain([map]).collect()
}

/// The filters that the view's form offers to who has those rights.
pub fn selects(read: &Read, rights: Rights, tally: Option<&Tally>) -> Vec<SelectView> {
    let asked = &read.asked;
    let statuses = STATUSES
        .into_iter()
        .map(|status| OptionView { key: status_key(status), label: Tag::of(status).word.to_owned(), is_on: asked.status == Some(status) })
        .collect();
    let mut selects =
        vec![SelectView { name: "etat", label: "État", options: statuses }, SelectView { name: "dep", label: "Département", options: departments(read) }];
    selects.extend(FACETS.iter().filter(|facet| facet.view == asked.view && rights.hold(facet.right) && facet.name != "scores").map(|facet| {
        SelectView {
            name: facet.name,
            label: facet.label,
            options: facet
                .choices
                .iter()
                .map(|choice| OptionView { key: choice.key.to_owned(), label: choice.word.to_owned(), is_on: asked.held(facet.name) == Some(choice) })
                .collect(),
        }
    }));
    if asked.view == View::Support && rights.instructs {
        let labels = tally.map(Tally::labels).unwrap_or_default();
        let options = labels.into_iter().map(|(id, name, _)| OptionView { key: id.to_string(), label: name, is_on: asked.label == Some(id) });
        selects.push(SelectView { name: "etiquette", label: "Étiquette", options: options.collect() });
    }
    selects
}

/// What the form holds without showing it: the filters that another view offers, and the order.
pub fn hidden(asked: &Asked) -> Vec<(&'static str, String)> {
    let view = Some(("vue", asked.view.key().to_owned())).filter(|(_, key)| !key.is_empty());
    let order = (asked.sort != Sort::Title).then(|| ("tri", asked.sort.key().to_owned()));
    let facets =
        asked.facets.iter().filter(|(facet, _)| facet.view != asked.view || facet.name == "scores").map(|(facet, choice)| (facet.name, choice.key.to_owned()));
    let label = asked.label.filter(|_| asked.view != View::Support).map(|id| ("etiquette", id.to_string()));
    view.into_iter().chain(order).chain(label).chain(facets).collect()
}

/// The filters in force.
pub fn chips(asked: &Asked, call: &str, tally: Option<&Tally>) -> Vec<ChipView> {
    let quoted = |what: &str, word: &str| format!("{what} «{NBSP}{word}{NBSP}»");
    let chip = |words: String, without: Asked| ChipView { words, without: format!("/comite{}", Asked { after: None, ..without }.ordered(call)) };
    let mut chips = Vec::new();
    if let Some(status) = asked.status {
        chips.push(chip(quoted("état", Tag::of(status).word), Asked { status: None, ..asked.clone() }));
    }
    if let Some(code) = &asked.department {
        chips.push(chip(quoted("département", department_name(code)), Asked { department: None, ..asked.clone() }));
    }
    if !asked.words.is_empty() {
        chips.push(chip(quoted("mots", &asked.words), Asked { words: String::new(), ..asked.clone() }));
    }
    for (facet, choice) in &asked.facets {
        let left = asked.facets.iter().filter(|(other, _)| other.name != facet.name).copied().collect();
        chips.push(chip(quoted(&crate::kit::french::uncapitalized(facet.label), choice.word), Asked { facets: left, ..asked.clone() }));
    }
    if let Some(id) = asked.label {
        let name = tally.and_then(|tally| tally.labels().into_iter().find(|(held, ..)| *held == id)).map(|(_, name, _)| name);
        chips.push(chip(quoted("étiquette", &name.unwrap_or_else(|| "retirée".to_owned())), Asked { label: None, ..asked.clone() }));
    }
    chips
}

/// Départements of the dossiers that the reader sees.
fn departments(read: &Read) -> Vec<OptionView> {
    let mut left = read.standings.departments.clone();
    for code in &read.call.away.departments {
        left.entry(code.clone()).and_modify(|n| *n -= 1);
    }
    let known = left.into_iter().filter(|(_, n)| *n > 0).map(|(code, _)| code);
    let codes: BTreeSet<String> = known.chain(read.dossiers.iter().map(|dossier| dossier.department.clone())).chain(read.asked.department.clone()).collect();
    codes
        .into_iter()
        .filter(|code| !code.is_empty())
        .map(|code| OptionView { label: department_name(&code).to_owned(), is_on: read.asked.department.as_deref() == Some(&code), key: code })
        .collect()
}

/// Heads that sort, in the order of the view that shows them all.
pub fn heads(base: &str, current: Sort) -> [HeadView; 7] {
    let head = |label, sort: Sort, is_figure| HeadView {
        label,
        href: format!("{base}&tri={}", sort.key()),
        sort: if sort == current { sort.direction() } else { "" },
        is_figure,
    };
    let rank = HeadView { sort: "", ..head("Rang", Sort::Mean, true) };
    [
        head("Dossier", Sort::Title, false),
        head("État", Sort::Status, false),
        head("Éval.", Sort::Reviews, true),
        head("Moy.", Sort::Mean, true),
        head("Méd.", Sort::Median, true),
        rank,
        head("Suivi", Sort::Activity, false),
    ]
}
