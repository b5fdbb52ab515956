//! What can be aimed at, by its name: the questions of the five deliverables, the rows of the lists as they were deposited.

use crate::framework::aims::{Aim, list_of};
use crate::framework::content::Content;
use crate::framework::standing::{places, section_address};
use crate::framework::{COLLECTIONS, DELIVERABLES, Rule};
use crate::input::Input;
use crate::project::draw::{News, Pen};

/// Most points of one request.
const MOST: usize = 60;

/// Points that a form ticks.
#[derive(Debug, Default)]
pub struct Chosen {
    /// As posted.
    pub keys: Vec<String>,
    /// As understood.
    pub aims: Vec<Aim>,
    /// Why they cannot be kept.
    pub error: String,
}

impl Chosen {
    /// Points ticked, which that deposit must hold.
    pub fn read(input: &Input, content: &Content) -> Self {
        let keys: Vec<String> = input.all("point").map(str::to_owned).collect();
        let mut aims: Vec<Aim> = keys.iter().filter_map(|key| Aim::parse(key)).collect();
        aims.sort();
        aims.dedup();
        let error = match (aims.is_empty(), aims.len() > MOST) {
            _ if keys.iter().any(|key| Aim::parse(key).is_none_or(|aim| !is_held(&aim, content))) => {
                "Un point choisi n’est pas dans le dernier dépôt. Choisissez dans la liste.".to_owned()
            }
            (true, _) => "Choisir au moins un point\u{a0}: seuls les points choisis se rouvrent.".to_owned(),
            (_, true) => format!("Choisir {MOST} points au plus par demande."),
            _ => String::new(),
        };
        Self { keys, aims, error }
    }
}

/// Points under one heading.
#[derive(Debug)]
pub struct Group {
    /// "1. Descriptif organisationnel", "Acteurs".
    pub title: String,
    /// Rows of a list, folded: they may be many.
    pub is_list: bool,
    /// Key, name, chosen.
    pub points: Vec<(String, String, bool)>,
}

impl Group {
    /// Is one of its points ticked?
    pub fn has_chosen(&self) -> bool {
        self.points.iter().any(|(.., is_on)| *is_on)
    }
}

/// Everything that can be aimed at; `chosen` are the keys already ticked.
pub fn groups(content: &Content, chosen: &[String]) -> Vec<Group> {
    let is_on = |key: &String| chosen.contains(key);
    let mut found = Vec::new();
    for deliverable in DELIVERABLES {
        // What assembles itself from another deliverable is corrected there.
        let written = places().filter(|place| place.deliverable.no == deliverable.no && !matches!(place.item.rule, Rule::Assembled(_)));
        let points = written.map(|place| {
            let key = Aim::question(&place).key();
            let no = if place.item.no.is_empty() { String::new() } else { format!("{}. ", place.item.no) };
            (key.clone(), format!("{}\u{a0}: {no}{}", place.section.title, place.item.title), is_on(&key))
        });
        found.push(Group { title: format!("{}. {}", deliverable.no, deliverable.title), is_list: false, points: points.collect() });
    }
    let pen = pen(content);
    for rows in COLLECTIONS {
        let points: Vec<_> = content
            .rows(rows.kind)
            .map(|unit| {
                let key = Aim::row(rows.kind, unit.row).key();
                (key.clone(), pen.name(unit), is_on(&key))
            })
            .collect();
        if !points.is_empty() {
            found.push(Group { title: rows.title.to_owned(), is_list: true, points });
        }
    }
    found
}

fn pen(content: &Content) -> Pen<'_> {
    Pen { content, criteria: &[], news: News::default(), authors: &[], shows_errors: false, removed: None }
}

/// A point as people read it, and its address after `/dossiers/{id}`.
pub fn named(aim: &Aim, content: &Content) -> (String, String) {
    if let Some(place) = aim.place() {
        let no = if place.item.no.is_empty() { String::new() } else { format!("{}. ", place.item.no) };
        let path = format!("{}#{}", section_address(place.deliverable, place.section), place.item.key);
        return (format!("{}, {}\u{a0}: {no}{}", place.deliverable.short, place.section.title, place.item.title), path);
    }
    let Some(rows) = list_of(&aim.kind) else { return (aim.kind.clone(), String::new()) };
    let name = content.row(&aim.kind, aim.row).map_or_else(|| "ligne retirée".to_owned(), |unit| pen(content).name(unit));
    (format!("{}\u{a0}: {name}", rows.title), format!("/{}/{}", rows.path.unwrap_or_default(), aim.row))
}

/// Can it be aimed at in that deposit?
pub fn is_held(aim: &Aim, content: &Content) -> bool {
    match aim.place() {
        Some(place) => !matches!(place.item.rule, Rule::Assembled(_)),
        None => content.row(&aim.kind, aim.row).is_some(),
    }
}
