//! What the map says beside its drawing: its finding, what it leaves out, its key, its tables.

use std::collections::BTreeSet;

use trame_synergies::flow::Domain;
use trame_synergies::leads::Lead;

use super::super::picture::{Cell, Entry, Table};
use super::super::sheet::{Mark, SOFT, Shape, Sheet, Words, circle, rectangle};
use super::super::sight::{CLASSES, Sight, told};
use super::super::sign::{self, ALL};
use super::{ACTORS, Known, Left};
use crate::kit::french::{count, de, decimal};
use crate::kit::territory;
use crate::leads::decision::Subject;
use crate::leads::flows::Actor;

pub(super) fn said(sight: &Sight<'_>, drawn: usize, leads: &[(&Lead, usize, usize)]) -> String {
    let actors = count(drawn, "acteur", "acteurs");
    match leads.first() {
        None => format!("{actors} sur la carte, aucune piste entre eux pour l’instant"),
        Some((lead, ..)) => format!(
            "{actors} et {} sur la carte\u{202f}; la plus forte, {}, va {} à {}",
            count(leads.len(), "piste", "pistes"),
            sight.called(lead.from).to_lowercase(),
            de(sight.name(sight.actor(lead.from))),
            sight.name(sight.actor(lead.to))
        ),
    }
}

pub(super) fn notes(sight: &Sight<'_>, left: &Left, drawn: usize) -> Vec<String> {
    let mut notes = vec!["Un trait est d’autant plus épais que l’indice de la piste est haut. Un acteur sans coordonnées est à la mairie de sa commune, ou relié à elle par un trait fin.".to_owned()];
    let others = sight.leads().count() - drawn;
    if others > 0 {
        notes.push(format!(
            "{} parmi les acteurs dessinés\u{202f}; {} ne le sont pas.",
            count(drawn, "piste tracée", "pistes tracées, les meilleures"),
            count(others, "autre", "autres")
        ));
    }
    if left.unlisted > 0 {
        notes.push(format!("Les {ACTORS} plus gros acteurs sont dessinés\u{202f}; {} ne le sont pas.", count(left.unlisted, "autre", "autres")));
    }
    if !left.far.is_empty() {
        let names: Vec<&str> = left.far.iter().take(5).map(String::as_str).collect();
        let more = if left.far.len() > 5 { format!(" et {} autres", left.far.len() - 5) } else { String::new() };
        notes.push(format!("Hors du cadre\u{a0}: {}{more}.", names.join(", ")));
    }
    if left.nowhere > 0 {
        notes.push(format!("{} ni commune ni coordonnées.", count(left.nowhere, "acteur n’a", "acteurs n’ont")));
    }
    notes.push("Contours simplifiés\u{a0}: IGN Admin Express, Licence Ouverte 2.0.".to_owned());
    notes
}

pub(super) fn legend(drawn: &[Known<'_>], leads: &[(&Lead, usize, usize)], sight: &Sight<'_>) -> Vec<Entry> {
    let mut used: BTreeSet<Domain> = drawn.iter().map(|(_, weight)| weight.domain()).collect();
    used.extend(leads.iter().map(|(lead, ..)| sight.found.flow(lead.from).domain));
    let mut legend: Vec<Entry> = ALL.iter().filter(|sign| used.contains(&sign.domain)).map(domain_entry).collect();
    let discs = [2, 4, 6].into_iter().zip([4.0, 6.0, 7.0]).map(|(class, radius)| {
        let mark = Mark::Shape(Shape::filled(circle(12.0, 7.0, radius), SOFT));
        Entry::new(vec![mark], if class == 2 { format!("{} t, m³ ou MWh par an", CLASSES[class]) } else { CLASSES[class].to_owned() })
    });
    legend.extend(discs);
    legend.push(Entry::new(vec![Mark::Shape(Shape::filled(rectangle([0.5, 1.5, 23.5, 12.5]), "#e4eff1").edged("#7f9aa2", 1.0))], "périmètre"));
    legend
}

/// Disc, letter and line of a domain.
pub fn domain_entry(sign: &sign::Sign) -> Entry {
    let mut sheet = Sheet::default();
    sheet.shape(Shape::line("M0 7h24".to_owned(), sign.fill, 2.5).dashed(sign.dash));
    sheet.shape(Shape::filled(circle(12.0, 7.0, 6.5), sign.fill));
    sheet.words(Words::at((12.0, 10.6), "middle", sign.letter).bold().sized(10.0).tinted("#fff"));
    Entry::new(sheet.marks, sign.label)
}

pub(super) fn actors_table(drawn: &[Known<'_>], far: &[Known<'_>]) -> Table {
    let row = |actor: &Actor, weight: &super::Weight, place: &str| {
        let commune = if actor.commune.is_empty() { "non dite".to_owned() } else { territory::label(&actor.commune) };
        let place = if actor.is_outside { format!("{place}, hors du périmètre") } else { place.to_owned() };
        vec![
            Cell::link(actor.name.clone(), format!("/acteurs/{}", actor.row)),
            commune.into(),
            told(weight).into(),
            CLASSES[weight.class()].into(),
            place.into(),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = drawn.iter().map(|(actor, weight)| row(actor, weight, "sur la carte")).collect();
    rows.extend(far.iter().map(|(actor, weight)| row(actor, weight, "hors du cadre")));
    Table {
        caption: "Acteurs".to_owned(),
        heads: vec![("Acteur", false), ("Commune", false), ("Flux", false), ("Ordre de grandeur par an", false), ("Place", false)],
        rows,
    }
}

pub(super) fn leads_table(sight: &Sight<'_>, leads: &[(&Lead, usize, usize)]) -> Table {
    let rows = leads.iter().map(|(lead, ..)| lead_row(sight, lead)).collect();
    Table { caption: "Pistes tracées".to_owned(), heads: vec![("Piste", false), ("De", false), ("Vers", false), ("Distance", true), ("Indice", true)], rows }
}

/// A lead in a table: what, from, to, distance, score.
pub fn lead_row(sight: &Sight<'_>, lead: &Lead) -> Vec<Cell> {
    let km = sight.found.assess(*lead).and_then(|found| found.distance_km);
    let what = format!("{} → {}", sight.called(lead.from), sight.called(lead.to));
    let subject = Subject::Pair(sight.found.source(lead.from).row, sight.found.source(lead.to).row);
    vec![
        Cell::link(what, format!("/pistes/{subject}")),
        sight.name(sight.actor(lead.from)).into(),
        sight.name(sight.actor(lead.to)).into(),
        km.map_or_else(|| "inconnue".to_owned(), |km| format!("{}\u{a0}km", decimal(format!("{km:.1}"), usize::from(km < 10.0)))).into(),
        lead.score.to_string().into(),
    ]
}
