//! The territory: communes, actors as discs by the magnitude of their flows, leads as lines by their score.

mod told;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use trame_pdf::Face;
use trame_synergies::flow::Domain;
use trame_synergies::leads::Lead;
use uuid::Uuid;

use told::{actors_table, leads_table, legend, notes, said};
pub use told::{domain_entry, lead_row};

use super::labels::Taken;
use super::picture::Picture;
use super::sheet::{EDGE, INK, SMALL, Shape, Sheet, WIDTH, Words, circle, rectangle, through};
use super::sight::{CLASSES, Sight, Weight, told as flows_of};
use super::sign;
use crate::kit::discs::{Disc, part};
use crate::kit::french::fold;
use crate::kit::geometry::{Bounds, Frame, Outline, Point};
use crate::kit::lettering::line;
use crate::kit::territory::{self, Commune};
use crate::leads::flows::{Actor, Placed};
use crate::project::perimeter::figures;
use crate::project::perimeter::map::WIDTH as UNITS;

/// Communes drawn around the perimeter.
const AROUND: usize = 500;
/// How far outside the perimeter an actor still widens the map, in kilometres.
const REACH: i32 = 15;
/// Actors drawn, the biggest first.
pub const ACTORS: usize = 60;
/// Actors at one town hall drawn one by one; more are one mark with their number.
const SPREAD: usize = 12;
/// Leads drawn, the best first.
pub const LEADS: usize = 25;
/// Names of actors, and of communes.
const NAMES: usize = 16;

/// What lies under the marks.
#[derive(Debug)]
pub struct Ground {
    bounds: Bounds,
    communes: Vec<Commune>,
    held: Vec<Commune>,
}

fn point(actor: &Actor) -> Option<Point> {
    actor.position.map(|position| (units(position.longitude), units(position.latitude)))
}

#[expect(clippy::cast_possible_truncation, reason = "degrees")]
fn units(degrees: f64) -> i32 {
    (degrees * 10_000.0).round() as i32
}

impl Ground {
    /// The perimeter and the actors near it; without a perimeter, every actor.
    pub fn of(sight: &Sight<'_>) -> Self {
        let held = figures::communes(sight.content);
        let weights = sight.weights();
        let actors = || weights.keys().filter_map(|row| sight.found.read.actors.get(row)).filter_map(point);
        let halls = held.iter().filter_map(Commune::position).fold(Bounds::NOTHING, Bounds::with);
        let bounds = if halls.is_empty() {
            actors().fold(Bounds::NOTHING, Bounds::with)
        } else {
            let near = halls.wider(REACH);
            actors().filter(|place| near.holds(*place)).fold(halls, Bounds::with)
        };
        if bounds.is_empty() {
            return Self { bounds, communes: Vec::new(), held };
        }
        let around = territory::within(&bounds.wider(12));
        let communes = if around.len() <= AROUND { around } else { held.clone() };
        Self { bounds: bounds.wider(4), communes, held }
    }

    /// Codes of the outlines that it needs.
    pub fn codes(&self) -> Vec<&'static str> {
        let codes: BTreeSet<&'static str> = self.communes.iter().flat_map(|commune| [commune.code, commune.department]).collect();
        codes.into_iter().collect()
    }
}

/// An actor and what its flows weigh.
type Known<'a> = (&'a Actor, &'a Weight);

/// A disc: one actor, or all those of a town hall.
struct Spot {
    actors: Vec<Uuid>,
    hall: (f64, f64),
    disc: Disc,
    domain: Domain,
    title: String,
}

/// Half width of a disc, by the order of magnitude.
const RADII: [f64; 7] = [8.0, 8.5, 9.5, 11.0, 13.0, 15.5, 18.5];

/// Draws the map, unless nothing is placed anywhere.
pub fn draw(sight: Sight<'_>, ground: &Ground, outlines: &HashMap<String, Outline>) -> Option<Picture> {
    if ground.bounds.is_empty() {
        return None;
    }
    let frame = Frame::over(ground.bounds, UNITS);
    let weights = sight.weights();
    let known = sorted(&sight, &weights);
    let nowhere = known.iter().filter(|(actor, _)| actor.position.is_none()).count();
    let placed = known.iter().copied().filter(|(actor, _)| actor.position.is_some());
    let (near, far): (Vec<Known<'_>>, Vec<Known<'_>>) = placed.partition(|(actor, _)| holds(&frame, actor));
    let drawn: Vec<Known<'_>> = near.iter().take(ACTORS).copied().collect();
    let spots = spots(&sight, &frame, &drawn);
    let leads = leads(&sight, &spots);
    let mut sheet = Sheet { height: f64::from(frame.height), ..Sheet::default() };
    draw_ground(&mut sheet, &frame, ground, outlines);
    draw_leads(&mut sheet, &sight, &spots, &leads);
    draw_spots(&mut sheet, &sight, &spots);
    scale(&mut sheet, frame.scale());
    let left = Left { unlisted: near.len() - drawn.len(), far: far.iter().map(|(actor, _)| actor.name.clone()).collect(), nowhere };
    let said = said(&sight, drawn.len(), &leads);
    Some(Picture {
        key: "carte".to_owned(),
        heading: "Carte du territoire".to_owned(),
        alt: format!("{said}. Les tableaux qui suivent donnent chaque acteur et chaque trait."),
        notes: notes(&sight, &left, leads.len()),
        legend: legend(&drawn, &leads, &sight),
        tables: vec![actors_table(&drawn, &far), leads_table(&sight, &leads)],
        said,
        sheet,
    })
}

/// Those the map does not show.
struct Left {
    unlisted: usize,
    far: Vec<String>,
    nowhere: usize,
}

/// Actors with flows, the biggest first.
fn sorted<'a>(sight: &Sight<'a>, weights: &'a BTreeMap<Uuid, Weight>) -> Vec<Known<'a>> {
    let mut known: Vec<Known<'_>> = weights.iter().filter_map(|(row, weight)| Some((sight.found.read.actors.get(row)?, weight))).collect();
    known.sort_by_cached_key(|(actor, weight)| (std::cmp::Reverse((weight.class(), weight.flows())), fold(&actor.name), actor.row));
    known
}

fn holds(frame: &Frame, actor: &Actor) -> bool {
    point(actor).map(|place| frame.place(place)).is_some_and(|(x, y)| (0..=frame.width).contains(&x) && (0..=frame.height).contains(&y))
}

fn spots(sight: &Sight<'_>, frame: &Frame, drawn: &[Known<'_>]) -> Vec<Spot> {
    let mut halls: BTreeMap<&str, Vec<Known<'_>>> = BTreeMap::new();
    let mut spots = Vec::new();
    for (actor, weight) in drawn {
        if actor.placed == Placed::TownHall {
            halls.entry(&actor.commune).or_default().push((actor, weight));
        } else {
            spots.extend(spot(frame, &[(actor, weight)]));
        }
    }
    for here in halls.into_values() {
        if here.len() > SPREAD {
            spots.extend(spot(frame, &here));
        } else {
            spots.extend(here.iter().filter_map(|one| spot(frame, &[*one])));
        }
    }
    let mut discs: Vec<Disc> = spots.iter().map(|spot| spot.disc).collect();
    part(&mut discs, (f64::from(frame.width), f64::from(frame.height)));
    for (spot, disc) in spots.iter_mut().zip(discs) {
        spot.disc = disc;
        spot.title = spot.actors.iter().map(|row| sight.name(*row)).collect::<Vec<_>>().join(", ") + &spot.title;
    }
    spots
}

fn spot(frame: &Frame, here: &[Known<'_>]) -> Option<Spot> {
    let (first, weight) = here.first()?;
    let (x, y) = frame.place(point(first)?);
    let hall = (f64::from(x), f64::from(y));
    let radius = if here.len() > 1 { 21.0 } else { RADII[weight.class()] };
    let title = if here.len() > 1 { String::new() } else { format!(", {}, ordre de grandeur {}", flows_of(weight), CLASSES[weight.class()]) };
    let disc = Disc { x: hall.0, y: hall.1, radius };
    Some(Spot { actors: here.iter().map(|(actor, _)| actor.row).collect(), hall, disc, domain: weight.domain(), title })
}

/// The best leads between two drawn spots, with them.
fn leads<'a>(sight: &Sight<'a>, spots: &[Spot]) -> Vec<(&'a Lead, usize, usize)> {
    let places: HashMap<Uuid, usize> = spots.iter().enumerate().flat_map(|(at, spot)| spot.actors.iter().map(move |row| (*row, at))).collect();
    let ends = |lead: &'a Lead| Some((lead, *places.get(&sight.actor(lead.from))?, *places.get(&sight.actor(lead.to))?));
    sight.leads().filter_map(ends).filter(|(_, from, to)| from != to).take(LEADS).collect()
}

fn draw_ground(sheet: &mut Sheet, frame: &Frame, ground: &Ground, outlines: &HashMap<String, Outline>) {
    let inside: BTreeSet<&str> = ground.held.iter().map(|commune| commune.code).collect();
    let paths = |is_in: bool| {
        let communes = ground.communes.iter().filter(|commune| inside.contains(commune.code) == is_in);
        communes.filter_map(|commune| outlines.get(commune.code)).map(|outline| frame.path(outline)).collect::<String>()
    };
    let departments: BTreeSet<&str> = ground.communes.iter().map(|commune| commune.department).collect();
    let limits: String = departments.into_iter().filter_map(|code| outlines.get(code)).map(|outline| frame.path(outline)).collect();
    sheet.shape(Shape::filled(rectangle([0.0, 0.0, WIDTH, f64::from(frame.height)]), "#fbfaf6"));
    sheet.shape(Shape::filled(paths(false), "#fff").edged("#c9c1ae", 1.0));
    sheet.shape(Shape::filled(paths(true), "#e4eff1").edged("#7f9aa2", 1.0));
    sheet.shape(Shape::line(limits, "#8b8678", 2.0));
}

/// Width of a line, by its score: those drawn are the best ones, and must still differ.
pub fn width(score: u8) -> f64 {
    0.8 + 4.2 * (f64::from(score.saturating_sub(20)) / 80.0).powi(4)
}

fn draw_leads(sheet: &mut Sheet, sight: &Sight<'_>, spots: &[Spot], leads: &[(&Lead, usize, usize)]) {
    for (rank, (lead, from, to)) in leads.iter().enumerate().rev() {
        let (a, b) = (spots[*from].disc, spots[*to].disc);
        // Lines of one pair part: each bends a little more than the one before.
        let same = leads[..rank].iter().filter(|(_, f, t)| (f, t) == (from, to) || (f, t) == (to, from)).count();
        let bend = 0.12 + 0.08 * f64::from(u32::try_from(same).unwrap_or(0));
        let (mx, my) = (f64::midpoint(a.x, b.x) - (b.y - a.y) * bend, f64::midpoint(a.y, b.y) + (b.x - a.x) * bend);
        let sign = sign::of(sight.found.flow(lead.from).domain);
        let d = format!("M{:.1} {:.1}Q{mx:.1} {my:.1} {:.1} {:.1}", a.x, a.y, b.x, b.y);
        let title =
            format!("{}, de {} à {}, indice {}", sight.called(lead.from), sight.name(sight.actor(lead.from)), sight.name(sight.actor(lead.to)), lead.score);
        sheet.shape(Shape::line(d, sign.fill, width(lead.score)).dashed(sign.dash).titled(&title));
    }
}

fn draw_spots(sheet: &mut Sheet, sight: &Sight<'_>, spots: &[Spot]) {
    let mut taken = Taken::nothing(sheet.height);
    for spot in spots {
        let Disc { x, y, radius } = spot.disc;
        taken.disc(x, y, radius);
        if (x - spot.hall.0).hypot(y - spot.hall.1) > radius + 4.0 {
            sheet.shape(Shape::line(through(&[spot.hall, (x, y)]), EDGE, 1.0));
        }
    }
    taken.area([10.0, sheet.height - 34.0, 190.0, sheet.height]);
    for spot in spots {
        let Disc { x, y, radius } = spot.disc;
        if spot.actors.len() > 1 {
            sheet.shape(Shape::filled(circle(x, y, radius), INK).edged("#fff", 1.5).titled(&spot.title));
            sheet.words(Words::at((x, y + 4.5), "middle", &spot.actors.len().to_string()).bold().tinted("#fff"));
        } else {
            sheet.disc((x, y, radius), spot.domain, &spot.title);
        }
    }
    communes(sheet, sight, spots, &mut taken);
    for spot in spots.iter().filter(|spot| spot.actors.len() == 1).take(NAMES) {
        let Disc { x, y, radius } = spot.disc;
        let words = Words::at((0.0, 0.0), "start", &line(sight.name(spot.actors[0]), 16.0, Face::default())).sized(SMALL);
        let gap = radius + 4.0;
        taken.write(sheet, &words, &[(x + gap, y + 4.0, "start"), (x - gap, y + 4.0, "end"), (x, y + gap + 9.0, "middle"), (x, y - gap, "middle")]);
    }
}

/// Names of the communes that hold spots, the fullest first.
fn communes(sheet: &mut Sheet, sight: &Sight<'_>, spots: &[Spot], taken: &mut Taken) {
    let mut places: BTreeMap<&str, (usize, [f64; 4])> = BTreeMap::new();
    for spot in spots {
        let Some(actor) = sight.found.read.actors.get(&spot.actors[0]).filter(|actor| !actor.commune.is_empty()) else { continue };
        let Disc { x, y, radius } = spot.disc;
        let (count, area) = places.entry(&actor.commune).or_insert((0, [f64::MAX, f64::MAX, f64::MIN, f64::MIN]));
        *count += spot.actors.len();
        *area = [area[0].min(x - radius), area[1].min(y - radius), area[2].max(x + radius), area[3].max(y + radius)];
    }
    let mut places: Vec<(&str, (usize, [f64; 4]))> = places.into_iter().collect();
    places.sort_by_key(|(code, (count, _))| (std::cmp::Reverse(*count), *code));
    for (code, (_, [left, top, right, bottom])) in places.into_iter().take(NAMES) {
        let Some(commune) = territory::commune(code) else { continue };
        let (x, y) = (f64::midpoint(left, right), f64::midpoint(top, bottom) + 4.0);
        let words = Words::at((0.0, 0.0), "middle", commune.name).bold().sized(13.0);
        taken.write(sheet, &words, &[(x, top - 5.0, "middle"), (x, bottom + 14.0, "middle"), (right + 4.0, y, "start"), (left - 4.0, y, "end")]);
    }
}

fn scale(sheet: &mut Sheet, (kilometres, length): (i32, i32)) {
    let bottom = sheet.height;
    sheet.shape(Shape::filled(rectangle([16.0, bottom - 12.0, 16.0 + f64::from(length), bottom - 8.0]), INK));
    sheet.words_over(Words::at((16.0, bottom - 18.0), "start", &format!("{kilometres}\u{a0}km")));
}

#[cfg(test)]
mod tests {
    use super::super::sheet::Mark;
    use super::super::sight::sample;
    use super::*;

    fn drawn(actors: u128, domain: Option<Domain>) -> Option<Picture> {
        sample::with(actors, domain, |sight| draw(sight, &Ground::of(&sight), &HashMap::new()))
    }

    #[test]
    fn tables_say_what_is_drawn() {
        let picture = drawn(9, None).expect("a map");
        let discs = picture.sheet.marks.iter().filter(|mark| matches!(mark, Mark::Shape(shape) if shape.title.contains("ordre de grandeur"))).count();
        let lines = picture.sheet.marks.iter().filter(|mark| matches!(mark, Mark::Shape(shape) if shape.title.contains("indice"))).count();
        assert_eq!((discs, picture.tables[0].rows.len()), (9, 9));
        assert_eq!(lines, picture.tables[1].rows.len());
        assert!(lines > 0 && lines <= LEADS, "{lines}");
        assert!(picture.said.starts_with("9\u{a0}acteurs et "), "{}", picture.said);
        assert_eq!(drawn(9, None), Some(picture), "the same data, the same picture");
    }

    #[test]
    fn many_actors_of_a_town_hall_are_one_number_and_the_smallest_are_told() {
        let picture = drawn(80, None).expect("a map");
        assert_eq!(picture.tables[0].rows.len(), ACTORS);
        assert!(picture.notes.iter().any(|note| note.contains("20\u{a0}autres")), "{:?}", picture.notes);
        let numbers: usize = picture.sheet.written().filter_map(|words| words.parse::<usize>().ok()).sum();
        assert_eq!(numbers, ACTORS, "every actor is counted once");
    }

    #[test]
    fn who_is_outside_the_frame_is_told() {
        let mut content = sample::content(3);
        content.units.push(sample::row("stakeholder", 77, &[("name", "Papeterie lointaine"), ("commune", "33063")]));
        let actor = Uuid::from_u128(77).to_string();
        content.units.push(sample::row(
            "flow",
            78,
            &[("actor", &actor), ("direction", "in"), ("domain", "material"), ("label", "Cartons"), ("type", "cartons")],
        ));
        let (found, decisions) = (sample::found(&content), crate::leads::decision::Decisions::default());
        let sight = Sight { found: &found, domain: None, content: &content, decisions: &decisions };
        let picture = draw(sight, &Ground::of(&sight), &HashMap::new()).expect("a map");
        assert!(picture.notes.iter().any(|note| note == "Hors du cadre\u{a0}: Papeterie lointaine."), "{:?}", picture.notes);
        assert!(picture.tables[0].rows.last().is_some_and(|row| row[4].text == "hors du cadre"));
        assert!(picture.tables[1].rows.iter().all(|row| row[2].text != "Papeterie lointaine"));
    }

    #[test]
    fn without_any_place_there_is_no_map() {
        assert!(drawn(0, None).is_some_and(|picture| picture.tables[0].rows.is_empty()), "the perimeter alone is drawn");
        let content = crate::framework::content::Content::default();
        let (found, decisions) = (sample::found(&content), crate::leads::decision::Decisions::default());
        let sight = Sight { found: &found, domain: None, content: &content, decisions: &decisions };
        assert!(draw(sight, &Ground::of(&sight), &HashMap::new()).is_none());
    }
}
