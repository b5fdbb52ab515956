//! From types of outputs to types of needs: one band for each type of synergy, as wide as it has leads; what exists is plain,
//! what is possible hatched.

use std::collections::{BTreeMap, HashSet};

use trame_pdf::Face;
use trame_synergies::flow::Domain;
use trame_synergies::nomenclature::TypeId;

use super::picture::{Cell, Entry, Picture, Table};
use super::ribbons::{Node, Ribbon, layout};
use super::sheet::{INK, Mark, Shape, Sheet, Words, real, rectangle};
use super::sight::{Sight, amount};
use super::sign::{self, Sign};
use crate::kit::french::count;
use crate::kit::lettering::line;
use crate::leads::decision::Subject;

/// Bands drawn, that of the grouped tail included.
pub const BANDS: usize = 25;
/// Nodes: left and right edges.
const LEFT: [f64; 2] = [276.0, 285.0];
const RIGHT: [f64; 2] = [515.0, 524.0];
/// Room of a name, in its own size.
const NAME: f64 = 20.5;

/// A band: two types, or the grouped tail.
#[derive(Debug, Clone, PartialEq)]
struct Band {
    ends: Option<(TypeId, TypeId)>,
    domain: Domain,
    /// Synergies that exist.
    real: usize,
    /// Leads that nobody made real.
    possible: usize,
    best: u8,
    offered: Option<f64>,
}

impl Band {
    fn wide(&self) -> usize {
        self.real + self.possible
    }

    /// Of its domain; the others are of several.
    fn sign(&self) -> &'static Sign {
        if self.ends.is_some() { sign::of(self.domain) } else { &sign::MIXED }
    }
}

/// Draws the exchanges, unless there is nothing to draw.
pub fn draw(sight: Sight<'_>) -> Option<Picture> {
    let (found, unplaced) = bands(&sight);
    let all = found.len();
    let (bands, grouped) = grouped(found);
    if bands.is_empty() {
        return None;
    }
    let laid = layout(&bands.iter().map(|band| (band.ends.map(|ends| ends.0), band.ends.map(|ends| ends.1), band.wide())).collect::<Vec<_>>());
    let mut sheet = Sheet { height: laid.height, ..Sheet::default() };
    for (band, ribbon) in bands.iter().zip(&laid.ribbons) {
        ribbons(&mut sheet, &sight, band, ribbon);
    }
    for (side, nodes) in [(LEFT, &laid.left), (RIGHT, &laid.right)] {
        names(&mut sheet, &sight, side, nodes);
    }
    let said = said(&sight, &bands);
    Some(Picture {
        key: "echanges".to_owned(),
        heading: "Échanges par type".to_owned(),
        alt: format!("{said}. À gauche les sorties, à droite les besoins. Le tableau qui suit donne chaque bande."),
        notes: notes(all, &grouped, &unplaced),
        legend: legend(&bands),
        tables: vec![table(&sight, &bands, grouped.len())],
        said,
        sheet,
    })
}

/// Types of synergies, the widest last reasons to be grouped first; and the existing ones that no type places.
fn bands(sight: &Sight<'_>) -> (Vec<Band>, Vec<String>) {
    let mut found: BTreeMap<(TypeId, TypeId), Band> = BTreeMap::new();
    let mut pairs: BTreeMap<(TypeId, TypeId), HashSet<_>> = BTreeMap::new();
    let domain = |kind: TypeId| sight.found.tables.get(kind).domain;
    for kind in sight.found.types.iter().filter(|kind| sight.sees(domain(kind.out))) {
        let ends = (kind.out, kind.r#in);
        found.insert(ends, Band { ends: Some(ends), domain: domain(kind.out), real: 0, possible: kind.pairs, best: kind.best, offered: kind.offered });
        pairs.insert(ends, kind.leads.iter().map(|lead| (sight.actor(lead.from), sight.actor(lead.to))).collect());
    }
    let mut unplaced = Vec::new();
    for synergy in sight.synergies().iter().filter(|synergy| synergy.is_substitution && synergy.status == "implemented") {
        let Some(ends) = sight.types_of(synergy) else {
            unplaced.push(synergy.title.clone());
            continue;
        };
        if !sight.sees(domain(ends.0)) {
            continue;
        }
        let blank = Band { ends: Some(ends), domain: domain(ends.0), real: 0, possible: 0, best: 0, offered: None };
        let band = found.entry(ends).or_insert(blank);
        band.real += 1;
        // What exists is no longer only possible.
        if synergy.ends.is_some_and(|pair| pairs.get_mut(&ends).is_some_and(|held| held.remove(&pair))) {
            band.possible = band.possible.saturating_sub(1);
        }
    }
    let mut bands: Vec<Band> = found.into_values().filter(|band| band.wide() > 0).collect();
    bands.sort_by_key(|band| (std::cmp::Reverse((band.real, band.wide(), band.best)), band.ends));
    (bands, unplaced)
}

/// At most [`BANDS`] drawn, plain and hatched each for one; the others are one band.
fn grouped(mut bands: Vec<Band>) -> (Vec<Band>, Vec<Band>) {
    let drawn = |band: &Band| usize::from(band.real > 0) + usize::from(band.possible > 0);
    if bands.iter().map(drawn).sum::<usize>() <= BANDS {
        return (bands, Vec::new());
    }
    let mut held = 0;
    let fits = bands.iter().take_while(|band| {
        held += drawn(band);
        // The grouped one is one or two bands more.
        held + 2 <= BANDS
    });
    let tail = bands.split_off(fits.count());
    let (real, possible) = tail.iter().fold((0, 0), |(real, possible), band| (real + band.real, possible + band.possible));
    let best = tail.iter().map(|band| band.best).max().unwrap_or(0);
    bands.push(Band { ends: None, domain: tail.first().map_or(Domain::Material, |band| band.domain), real, possible, best, offered: None });
    (bands, tail)
}

fn path(left: f64, right: f64, wide: f64) -> String {
    let ([_, x], [to, _]) = (LEFT, RIGHT);
    let middle = f64::midpoint(x, to);
    format!(
        "M{x} {left:.2}C{middle} {left:.2} {middle} {right:.2} {to} {right:.2}v{wide:.2}C{middle} {:.2} {middle} {:.2} {x} {:.2}z",
        right + wide,
        left + wide,
        left + wide
    )
}

fn ribbons(sheet: &mut Sheet, sight: &Sight<'_>, band: &Band, laid: &Ribbon) {
    let name = called(sight, band);
    let split = laid.wide * real(band.real) / real(band.wide().max(1));
    let sign = band.sign();
    if band.real > 0 {
        let title = format!("{name}\u{a0}: {}", count(band.real, "échange existant", "échanges existants"));
        sheet.shape(Shape::filled(path(laid.left, laid.right, split), sign.tint).edged(sign.edge, 1.0).titled(&title));
    }
    if band.possible > 0 {
        let title = format!("{name}\u{a0}: {}", count(band.possible, "piste", "pistes"));
        sheet.shape(Shape::hatched(path(laid.left + split, laid.right + split, laid.wide - split), sign).titled(&title));
    }
}

fn called(sight: &Sight<'_>, band: &Band) -> String {
    band.ends.map_or_else(|| "Autres types".to_owned(), |(out, input)| format!("{} → {}", sight.kind(out), sight.kind(input)))
}

fn names(sheet: &mut Sheet, sight: &Sight<'_>, [left, right]: [f64; 2], nodes: &[Node]) {
    for (kind, top, tall) in nodes {
        sheet.shape(Shape::filled(rectangle([left, *top, right, top + tall.max(1.0)]), INK));
        let is_left = right < 400.0;
        let name = kind.map_or_else(|| if is_left { "Autres sorties".to_owned() } else { "Autres besoins".to_owned() }, |kind| sight.kind(kind));
        let (x, anchor) = if is_left { (left - 7.0, "end") } else { (right + 7.0, "start") };
        sheet.words(Words::at((x, top + tall / 2.0 + 4.2), anchor, &line(&name, NAME, Face::default())));
    }
}

fn said(sight: &Sight<'_>, bands: &[Band]) -> String {
    let (real, possible): (usize, usize) = bands.iter().fold((0, 0), |(real, possible), band| (real + band.real, possible + band.possible));
    let first = bands.iter().filter(|band| band.ends.is_some()).max_by_key(|band| (band.wide(), band.best));
    let widest = first.map(|band| format!("\u{202f}; le plus fourni, {}, en compte {}", called(sight, band).to_lowercase(), band.wide())).unwrap_or_default();
    let exist = if real == 0 { "Aucun échange n’existe encore".to_owned() } else { count(real, "échange existe", "échanges existent") };
    format!("{exist}, {}{widest}", count(possible, "est possible", "sont possibles"))
}

fn notes(all: usize, grouped: &[Band], unplaced: &[String]) -> Vec<String> {
    let mut notes = vec![
        "La largeur d’une bande est le nombre de paires d’acteurs qu’elle réunit, jamais une quantité\u{a0}: elle se compare d’un domaine à l’autre."
            .to_owned(),
    ];
    if !grouped.is_empty() {
        notes.push(format!("{} sur {all} en une bande, «\u{a0}autres\u{a0}».", count(grouped.len(), "type est groupé", "types sont groupés")));
    }
    if !unplaced.is_empty() {
        let titles: Vec<&str> = unplaced.iter().take(3).map(String::as_str).collect();
        let verb = count(unplaced.len(), "synergie réalisée n’est pas dessinée", "synergies réalisées ne sont pas dessinées");
        notes.push(format!("{verb}, faute de types de flux\u{a0}: {}.", titles.join(", ")));
    }
    notes
}

fn legend(bands: &[Band]) -> Vec<Entry> {
    let mut legend = Vec::new();
    for sign in sign::ALL.iter().chain([&sign::MIXED]) {
        let own = || bands.iter().filter(|band| band.sign() == sign);
        let area = rectangle([0.5, 2.0, 23.5, 12.0]);
        if own().any(|band| band.real > 0) {
            legend
                .push(Entry::new(vec![Mark::Shape(Shape::filled(area.clone(), sign.tint).edged(sign.edge, 1.0))], format!("{}, échange existant", sign.label)));
        }
        if own().any(|band| band.possible > 0) {
            legend.push(Entry::new(vec![Mark::Shape(Shape::hatched(area, sign))], format!("{}, possible", sign.label)));
        }
    }
    legend
}

fn table(sight: &Sight<'_>, bands: &[Band], grouped: usize) -> Table {
    let rows = bands.iter().map(|band| {
        let code = |kind: TypeId| sight.found.tables.get(kind).code.clone();
        let name = match band.ends {
            // What exists and is no lead has no page of its own.
            Some((out, input)) if band.best > 0 => Cell::link(called(sight, band), format!("/pistes/{}", Subject::Type(code(out), code(input)))),
            Some(_) => called(sight, band).into(),
            None => format!("Autres types ({grouped})").into(),
        };
        vec![
            name,
            band.sign().label.into(),
            band.real.to_string().into(),
            band.possible.to_string().into(),
            if band.best == 0 { String::new() } else { band.best.to_string() }.into(),
            amount(band.offered, band.domain).into(),
        ]
    });
    let heads = vec![
        ("De la sortie au besoin", false),
        ("Domaine", false),
        ("Existants", true),
        ("Possibles", true),
        ("Meilleur indice", true),
        ("Offert, connu", true),
    ];
    Table { caption: "Échanges par type".to_owned(), heads, rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::super::sight::sample;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_tail_is_grouped_without_losing_a_lead(counts in prop::collection::vec((0..4_usize, 0..30_usize), 1..80)) {
            let band = |(at, (real, possible)): (u16, &(usize, usize))| Band {
                ends: Some((TypeId(at), TypeId(at))), domain: Domain::Water, real: *real, possible: *possible + 1, best: 50, offered: None,
            };
            let all: Vec<Band> = (0..).zip(&counts).map(band).collect();
            let total: usize = all.iter().map(Band::wide).sum();
            let (drawn, tail) = grouped(all.clone());
            let shown = drawn.iter().map(|band| usize::from(band.real > 0) + usize::from(band.possible > 0)).sum::<usize>();
            prop_assert!(shown <= BANDS);
            prop_assert_eq!(drawn.iter().map(Band::wide).sum::<usize>(), total);
            prop_assert_eq!(drawn.iter().filter(|band| band.ends.is_some()).count() + tail.len(), all.len());
        }
    }

    #[test]
    fn what_exists_is_plain_and_no_longer_possible() {
        let mut content = sample::content(6);
        let (emitter, receiver) = (uuid::Uuid::from_u128(1).to_string(), uuid::Uuid::from_u128(2).to_string());
        let fields = [("kind", "substitution"), ("status", "implemented"), ("title", "Cartons"), ("emitter", &emitter), ("receiver", &receiver)];
        let before = sample::with(6, Some(Domain::Material), |sight| bands(&sight).0);
        content.units.push(sample::row("synergy", 99, &fields));
        let lost = [("kind", "substitution"), ("status", "implemented"), ("title", "Sans acteurs")];
        content.units.push(sample::row("synergy", 98, &lost));
        let (found, decisions) = (sample::found(&content), crate::leads::decision::Decisions::default());
        let sight = Sight { found: &found, domain: Some(Domain::Material), content: &content, decisions: &decisions };
        let (after, unplaced) = bands(&sight);
        assert_eq!(unplaced, ["Sans acteurs"]);
        assert_eq!((after[0].real, after[0].possible), (1, before[0].possible - 1));
        let picture = draw(sight).expect("exchanges");
        assert!(picture.said.starts_with("1\u{a0}échange existe"), "{}", picture.said);
        assert!(picture.notes.iter().any(|note| note.contains("Sans acteurs")), "{:?}", picture.notes);
        assert_eq!(picture.tables[0].rows.len(), after.len());
    }
}
