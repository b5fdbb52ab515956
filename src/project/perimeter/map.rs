//! The drawn map of a zone: one path for each commune, limits of EPCI and départements, names of the largest communes.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use super::names::named;
use super::zone::Zone;
use crate::kit::geometry::{Bounds, Frame, Outline};
use crate::kit::territory::Commune;

/// Width of the drawing, in units.
pub const WIDTH: i32 = 800;
/// Names written outside the perimeter.
const AROUND: usize = 12;

/// A commune drawn.
#[derive(Debug)]
pub struct PathView {
    /// INSEE code.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Path.
    pub d: String,
    /// In the perimeter.
    pub is_in: bool,
}

/// A name written on the map.
#[derive(Debug, PartialEq, Eq)]
pub struct LabelView {
    /// Middle.
    pub x: i32,
    /// Base line.
    pub y: i32,
    /// Name.
    pub name: &'static str,
}

/// A map, ready for the template.
#[derive(Debug, Default)]
pub struct MapView {
    /// Height, for a width of 800.
    pub height: i32,
    /// Communes, in the perimeter last so that their edges lie above.
    pub communes: Vec<PathView>,
    /// Limits of EPCI.
    pub groups: String,
    /// Limits of départements.
    pub departments: String,
    /// Names.
    pub labels: Vec<LabelView>,
    /// Scale bar: kilometres and length.
    pub scale: (i32, i32),
    /// Communes whose outline is not known: drawn as a point at their town hall, or not at all.
    pub unknown: usize,
}

/// Codes of the outlines that a map of those communes needs.
pub fn codes(shown: &[Commune]) -> Vec<&'static str> {
    let mut codes: BTreeSet<&str> = shown.iter().map(|commune| commune.code).collect();
    codes.extend(shown.iter().flat_map(|commune| [commune.epci, commune.department]));
    codes.into_iter().filter(|code| !code.is_empty()).collect()
}

/// The frame that fits those communes with air around: their outlines, else their town halls.
pub fn frame(heart: &[Commune], outlines: &HashMap<String, Outline>) -> Option<Frame> {
    let boxes = heart.iter().filter_map(|commune| match outlines.get(commune.code) {
        Some(outline) => Some(outline.bounds()),
        None => commune.position().map(|hall| Bounds::NOTHING.with(hall).wider(2)),
    });
    let bounds = boxes.fold(Bounds::NOTHING, Bounds::and);
    (!bounds.is_empty()).then(|| Frame::over(bounds.aired(), WIDTH))
}

/// Draws a zone.
pub fn draw(zone: &Zone, held: &[Commune], shown: &[Commune], outlines: &HashMap<String, Outline>) -> Option<MapView> {
    let frame = frame(&zone.heart(held), outlines)?;
    let inside: BTreeSet<&str> = held.iter().map(|commune| commune.code).collect();
    let mut map = MapView { height: frame.height, scale: frame.scale(), ..MapView::default() };
    for commune in shown {
        let d = match (outlines.get(commune.code), commune.position()) {
            (Some(outline), _) => frame.path(outline),
            (None, hall) => {
                map.unknown += 1;
                hall.map(|hall| point(frame.place(hall))).unwrap_or_default()
            }
        };
        if !d.is_empty() {
            map.communes.push(PathView { code: commune.code, name: commune.name, d, is_in: inside.contains(commune.code) });
        }
    }
    map.communes.sort_by_key(|path| path.is_in);
    let limits = |codes: BTreeSet<&str>| codes.into_iter().filter_map(|code| outlines.get(code)).map(|outline| frame.path(outline)).collect::<String>();
    map.groups = limits(shown.iter().map(|commune| commune.epci).collect());
    map.departments = limits(shown.iter().map(|commune| commune.department).collect());
    map.labels = labels(&frame, &inside, shown);
    Some(map)
}

/// A disc as a path, for a commune known only by its town hall.
fn point((x, y): (i32, i32)) -> String {
    let mut path = String::new();
    let _ = write!(path, "M{} {y}a6 6 0 1 0 12 0a6 6 0 1 0-12 0z", x - 6);
    path
}

/// Names of the communes of the perimeter, then of the most inhabited ones around, where they find room.
fn labels(frame: &Frame, inside: &BTreeSet<&str>, shown: &[Commune]) -> Vec<LabelView> {
    let mut ranked: Vec<&Commune> = shown.iter().collect();
    ranked.sort_by_key(|commune| (!inside.contains(commune.code), std::cmp::Reverse(commune.population)));
    let most = ranked.iter().filter(|commune| inside.contains(commune.code)).count() + AROUND;
    let places = ranked.into_iter().filter_map(|commune| {
        let (x, y) = frame.place(commune.position()?);
        Some((commune.name, (x, y, x, y)))
    });
    named(frame, places, &[], most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::territory::{self, outlines::shipped};

    fn outlines(shown: &[Commune]) -> HashMap<String, Outline> {
        codes(shown).into_iter().filter_map(|code| Some((code.to_owned(), shipped(code)?))).collect()
    }

    #[test]
    fn a_department_is_drawn_whole_and_light() {
        let zone = Zone::Department("17");
        let held: Vec<Commune> = territory::commune("17300").into_iter().collect();
        let shown = zone.shown(&held);
        let map = draw(&zone, &held, &shown, &outlines(&shown)).expect("map");
        assert_eq!((map.communes.len(), map.unknown), (shown.len(), 0));
        assert_eq!(map.communes.iter().filter(|path| path.is_in).map(|path| path.code).collect::<Vec<_>>(), ["17300"]);
        let weight: usize = map.communes.iter().map(|path| path.d.len()).sum::<usize>() + map.groups.len() + map.departments.len();
        assert!(weight < 90_000, "{weight}");
        assert!(map.labels.iter().any(|label| label.name == "La Rochelle") && map.labels.len() <= 1 + AROUND);
    }

    #[test]
    fn the_frame_holds_the_perimeter_with_air_and_every_chosen_commune_is_named() {
        let held: Vec<Commune> = ["16102", "16167", "16089", "16097", "16304"].iter().filter_map(|code| territory::commune(code)).collect();
        let shown = Zone::Perimeter.shown(&held);
        let outlines = outlines(&shown);
        let frame = frame(&held, &outlines).expect("frame");
        let held_bounds = held.iter().map(|commune| outlines[commune.code].bounds()).fold(Bounds::NOTHING, Bounds::and);
        let (west, south, east, north) = held_bounds.sides();
        let ((left, top), (right, bottom)) = (frame.place((west, north)), frame.place((east, south)));
        assert!(left >= 20 && top >= 20 && right <= frame.width - 20 && bottom <= frame.height - 20, "{left} {top} {right} {bottom} {frame:?}");
        let map = draw(&Zone::Perimeter, &held, &shown, &outlines).expect("map");
        for commune in &held {
            assert!(map.labels.iter().any(|label| label.name == commune.name), "{} has no name", commune.name);
        }
        crate::project::perimeter::names::tests::apart(&map.labels, (WIDTH, map.height));
    }

    #[test]
    fn without_outlines_communes_are_points_where_their_town_halls_are() {
        let held: Vec<Commune> = ["33063", "33281"].iter().filter_map(|code| territory::commune(code)).collect();
        let map = draw(&Zone::Perimeter, &held, &held, &HashMap::new()).expect("map");
        assert_eq!((map.communes.len(), map.unknown), (2, 2));
        assert!(map.communes.iter().all(|path| path.d.contains("a6 6 0")));
        assert!(draw(&Zone::Nowhere, &[], &[], &HashMap::new()).is_none());
    }
}
