//! The biggest actors of a domain: bars, the cumulated line, A, B and C. Statistics are hatched, apart, never added.

use trame_pdf::Face;
use trame_synergies::flow::{Direction, Domain};
use trame_synergies::generators::{A_UP_TO, B_UP_TO, Class, Generator, pareto};
use uuid::Uuid;

use super::picture::{Cell, Entry, Picture, Table};
use super::sheet::{EDGE, INK, Mark, RULE, SMALL, SOFT, Shape, Sheet, Words, circle, real, rectangle, through};
use super::sight::{Sight, amount, figure};
use super::sign::{self, Sign};
use crate::kit::french::{count, decimal};
use crate::kit::lettering::line;

/// Bars of actors known otherwise than by statistics, and of the others.
const DECLARED: usize = 12;
const ESTIMATED: usize = 6;
/// Between two bars, and the height of one.
const STEP: f64 = 24.0;
const TALL: f64 = 15.0;
/// Where bars begin and end; then the ends of the columns of figures.
const FROM: f64 = 226.0;
const TO: f64 = 572.0;
const FIGURES: [f64; 3] = [686.0, 748.0, 786.0];
/// Room of a name, in its own size.
const NAME: f64 = 16.2;
/// Above the first bar.
const HEAD: f64 = 30.0;

/// A bar.
struct Bar {
    name: String,
    actor: Option<Uuid>,
    quantity: f64,
    share: f64,
    cumulated: f64,
    class: Class,
    is_estimated: bool,
}

/// Draws the biggest actors of every domain looked at, what leaves them, then what they need.
pub fn draw(sight: Sight<'_>) -> Vec<Picture> {
    let domains = sign::ALL.iter().filter(|sign| sight.sees(sign.domain) && sign.domain != Domain::Service);
    domains.flat_map(|sign| [Direction::Out, Direction::In].into_iter().filter_map(move |direction| one(sight, sign, direction))).collect()
}

fn one(sight: Sight<'_>, sign: &'static Sign, direction: Direction) -> Option<Picture> {
    let found = pareto(&sight.found.read.flows, sign.domain, direction);
    let declared = bars(&sight, &found.declared, DECLARED, false);
    let estimated = bars(&sight, &found.estimated, ESTIMATED, true);
    if declared.is_empty() && estimated.is_empty() {
        return None;
    }
    let most = declared.iter().chain(&estimated).map(|bar| bar.quantity).fold(0.0, f64::max);
    let apart = if declared.is_empty() || estimated.is_empty() { 0.0 } else { 26.0 };
    let mut sheet = Sheet { height: HEAD + STEP * real(declared.len() + estimated.len()) + apart + 8.0, ..Sheet::default() };
    if !declared.is_empty() {
        scale(&mut sheet, declared.len());
    }
    for (rank, bar) in declared.iter().enumerate() {
        draw_bar(&mut sheet, sign, bar, (HEAD + STEP * real(rank), most));
    }
    cumulated(&mut sheet, &declared);
    let top = HEAD + STEP * real(declared.len()) + apart;
    if !estimated.is_empty() {
        sheet.words(Words::at((0.0, top - 8.0), "start", "Estimé par statistique, à part").bold().sized(SMALL));
    }
    for (rank, bar) in estimated.iter().enumerate() {
        draw_bar(&mut sheet, sign, bar, (top + STEP * real(rank), most));
    }
    let way = if direction == Direction::Out { ("sortants", "ce qui sort") } else { ("entrants", "ce qui entre") };
    let said = said(&found.declared, &found.estimated, sign);
    Some(Picture {
        key: format!("generateurs-{}-{}", sign.key, way.0),
        heading: format!("Plus gros acteurs, {}\u{a0}: {}", sign.label, way.1),
        alt: format!("{said}. Le tableau qui suit donne chaque barre."),
        notes: notes(&found, sign),
        legend: legend(sign, (!declared.is_empty(), !estimated.is_empty())),
        tables: vec![table(sign, &declared, &estimated)],
        said,
        sheet,
    })
}

/// The biggest, then the others in one bar.
fn bars(sight: &Sight<'_>, found: &[Generator<'_>], most: usize, is_estimated: bool) -> Vec<Bar> {
    let kept = if found.len() > most { most - 1 } else { found.len() };
    let bar = |generator: &Generator<'_>| {
        let actor = Uuid::try_parse(generator.actor).ok();
        let Generator { quantity, share, cumulated, class, .. } = *generator;
        Bar { name: actor.map_or_else(String::new, |row| sight.name(row).to_owned()), actor, quantity, share, cumulated, class, is_estimated }
    };
    let mut bars: Vec<Bar> = found[..kept].iter().map(bar).collect();
    let rest = &found[kept..];
    if let Some(last) = rest.last() {
        let (quantity, share) = rest.iter().fold((0.0, 0.0), |(quantity, share), one| (quantity + one.quantity, share + one.share));
        let name = format!("{} réunis", count(rest.len(), "autre", "autres"));
        bars.push(Bar { name, actor: None, quantity, share, cumulated: 1.0, class: last.class, is_estimated });
    }
    bars
}

fn along(share: f64) -> f64 {
    FROM + (TO - FROM) * share
}

/// Shares from 0 to 100 %, with the bounds of A and of B.
fn scale(sheet: &mut Sheet, bars: usize) {
    let bottom = HEAD + STEP * real(bars);
    for (share, label) in [(0.0, "0"), (0.5, "50\u{a0}%"), (A_UP_TO, "80"), (B_UP_TO, "95"), (1.0, "")] {
        let x = along(share);
        let is_bound = (share - A_UP_TO).abs() < 1e-9 || (share - B_UP_TO).abs() < 1e-9;
        let line = Shape::line(format!("M{x:.1} {:.1}V{bottom:.1}", HEAD - 8.0), if is_bound { EDGE } else { RULE }, 1.0);
        sheet.shape(if is_bound { line.dashed("3 3") } else { line });
        sheet.words(Words::at((x, HEAD - 13.0), "middle", label).sized(SMALL).tinted(SOFT));
    }
    for (x, label) in FIGURES.into_iter().zip(["par an", "part", "classe"]) {
        sheet.words(Words::at((x, HEAD - 13.0), "end", label).sized(SMALL).tinted(SOFT));
    }
}

fn draw_bar(sheet: &mut Sheet, sign: &'static Sign, bar: &Bar, (top, most): (f64, f64)) {
    let base = top + STEP / 2.0 + 4.2;
    sheet.words(Words::at((FROM - 8.0, base), "end", &line(&bar.name, NAME, Face::default())));
    let end = FROM + ((TO - FROM) * bar.quantity / most).max(1.0);
    let middle = top + STEP / 2.0;
    let area = rectangle([FROM, middle - TALL / 2.0, end, middle + TALL / 2.0]);
    let title = format!("{}\u{a0}: {}", bar.name, amount(Some(bar.quantity), sign.domain));
    let shape = if bar.is_estimated { Shape::hatched(area, sign) } else { Shape::filled(area, sign.tint).edged(sign.edge, 1.0) };
    sheet.shape(shape.titled(&title));
    sheet.words(Words::at((FIGURES[0], base), "end", &amount(Some(bar.quantity), sign.domain)));
    sheet.words(Words::at((FIGURES[1], base), "end", &percent(bar.share)));
    if !bar.is_estimated {
        sheet.words(Words::at((FIGURES[2] - 12.0, base), "middle", letter(bar.class)).bold());
    }
}

/// The cumulated share of those above.
fn cumulated(sheet: &mut Sheet, bars: &[Bar]) {
    if bars.len() < 2 {
        return;
    }
    let points: Vec<(f64, f64)> = bars.iter().enumerate().map(|(rank, bar)| (along(bar.cumulated), HEAD + STEP * real(rank) + STEP / 2.0)).collect();
    sheet.shape(Shape::line(through(&points), INK, 1.75));
    for (x, y) in points {
        sheet.shape(Shape::filled(circle(x, y, 3.2), "#fff").edged(INK, 1.5));
    }
}

fn letter(class: Class) -> &'static str {
    match class {
        Class::A => "A",
        Class::B => "B",
        Class::C => "C",
    }
}

fn percent(share: f64) -> String {
    let share = share * 100.0;
    if share > 0.0 && share < 1.0 { "< 1\u{a0}%".to_owned() } else { format!("{}\u{a0}%", decimal(format!("{share:.0}"), 0)) }
}

fn said(declared: &[Generator<'_>], estimated: &[Generator<'_>], sign: &'static Sign) -> String {
    let (of, found) = if declared.is_empty() { (", par estimation", estimated) } else { ("", declared) };
    let units = match sign.domain {
        Domain::Water => "des mètres cubes",
        Domain::Energy => "des mégawattheures",
        Domain::Material | Domain::Service => "des tonnes",
    };
    match found {
        [] => String::new(),
        [only] => format!("Un seul acteur a une quantité connue{of}\u{a0}: {}", amount(Some(only.quantity), sign.domain)),
        [first, _] => format!("Le premier porte {} {units}{of}", percent(first.share)),
        [first, ..] if first.share >= 0.5 => format!("Le premier porte à lui seul {} {units}{of}", percent(first.share)),
        [_, _, third, ..] => format!("Les trois premiers portent {} {units}{of}", percent(third.cumulated)),
    }
}

fn notes(found: &trame_synergies::generators::Pareto<'_>, sign: &'static Sign) -> Vec<String> {
    let mut notes = Vec::new();
    if !found.declared.is_empty() {
        notes.push(
            "Barres\u{a0}: quantité par an\u{202f}; ligne\u{a0}: part cumulée. A porte les premiers 80\u{a0}%, B jusqu’à 95\u{a0}%, C le reste.".to_owned(),
        );
    }
    let grouped = found.declared.len().saturating_sub(DECLARED - 1);
    if found.declared.len() > DECLARED {
        notes.push(format!("Les {grouped} plus petits sont réunis en une barre."));
    }
    if !found.estimated.is_empty() {
        notes.push("Ce que seule la statistique estime est hachuré, à part\u{a0}: ses parts ne s’ajoutent pas aux autres.".to_owned());
    }
    if found.unknown > 0 {
        notes.push(format!("{} quantité connue en {}, et ne compte pas ici.", count(found.unknown, "flux n’a pas de", "flux n’ont pas de"), sign.unit.1));
    }
    notes
}

fn legend(sign: &'static Sign, (declared, estimated): (bool, bool)) -> Vec<Entry> {
    let area = || rectangle([0.5, 2.0, 23.5, 12.0]);
    let mut legend = Vec::new();
    if declared {
        legend.push(Entry::new(vec![Mark::Shape(Shape::filled(area(), sign.tint).edged(sign.edge, 1.0))], "mesuré, déclaré ou connu"));
        let line = [Mark::Shape(Shape::line("M0 7h24".to_owned(), INK, 1.75)), Mark::Shape(Shape::filled(circle(12.0, 7.0, 3.2), "#fff").edged(INK, 1.5))];
        legend.push(Entry::new(line.into(), "part cumulée"));
    }
    if estimated {
        legend.push(Entry::new(vec![Mark::Shape(Shape::hatched(area(), sign))], "estimé par statistique"));
    }
    legend
}

fn table(sign: &'static Sign, declared: &[Bar], estimated: &[Bar]) -> Table {
    let row = |bar: &Bar| -> Vec<Cell> {
        let name = match bar.actor {
            Some(row) => Cell::link(bar.name.clone(), format!("/acteurs/{row}")),
            None => bar.name.clone().into(),
        };
        vec![
            name,
            figure(bar.quantity).into(),
            percent(bar.share).into(),
            if bar.is_estimated { String::new() } else { percent(bar.cumulated) }.into(),
            if bar.is_estimated { "" } else { letter(bar.class) }.into(),
            if bar.is_estimated { "estimé" } else { "mesuré, déclaré ou connu" }.into(),
        ]
    };
    let head = match sign.domain {
        Domain::Water => "m³ par an",
        Domain::Energy => "MWh par an",
        Domain::Material | Domain::Service => "t par an",
    };
    let heads = vec![("Acteur", false), (head, true), ("Part", true), ("Part cumulée", true), ("Classe", false), ("Origine", false)];
    Table { caption: format!("Plus gros acteurs, {}", sign.label), heads, rows: declared.iter().chain(estimated).map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::super::sight::sample;
    use super::*;

    #[test]
    fn the_finding_is_that_of_the_bars_and_the_small_ones_are_one() {
        let pictures = sample::with(20, None, draw);
        let keys: Vec<&str> = pictures.iter().map(|picture| picture.key.as_str()).collect();
        assert_eq!(keys, ["generateurs-energie-sortants", "generateurs-matiere-sortants", "generateurs-matiere-entrants"]);
        let cartons = &pictures[1];
        // Actor n lets out 10 n²: the first three of twenty make (400 + 361 + 324) / 2870.
        assert_eq!(cartons.said, "Les trois premiers portent 38\u{a0}% des tonnes");
        assert_eq!(cartons.tables[0].rows.len(), DECLARED);
        let bars = cartons.sheet.marks.iter().filter(|mark| matches!(mark, Mark::Shape(shape) if !shape.title.is_empty())).count();
        assert_eq!(bars, DECLARED);
        assert!(cartons.notes.iter().any(|note| note.contains("Les 9 plus petits")), "{:?}", cartons.notes);
        let classes: Vec<&str> = cartons.tables[0].rows.iter().map(|row| row[4].text.as_str()).collect();
        assert!(classes.windows(2).all(|pair| pair[0] <= pair[1]) && classes[0] == "A" && classes[DECLARED - 1] == "C", "{classes:?}");
    }

    #[test]
    fn estimates_are_hatched_and_never_added() {
        let pictures = sample::with(20, Some(Domain::Material), draw);
        let estimated = &pictures[1];
        assert!(estimated.hatches().iter().any(|sign| sign.domain == Domain::Material));
        assert!(estimated.said.ends_with("par estimation"), "{}", estimated.said);
        assert!(estimated.tables[0].rows.iter().all(|row| row[3].text.is_empty() && row[5].text == "estimé"));
    }

    #[test]
    fn services_have_no_quantity() {
        assert!(sample::with(20, Some(Domain::Service), draw).is_empty());
    }
}
