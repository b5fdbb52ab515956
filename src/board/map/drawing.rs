//! The map: a path for each perimeter, a numbered mark for each dossier, the limits of the départements under them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::kit::discs::{self, Disc};
use crate::kit::geometry::{Bounds, Frame, Outline, Point};
use crate::kit::territory::Commune;
use crate::kit::territory::epci::epci;
use crate::kit::territory::outlines::shipped;
use crate::project::perimeter::map::WIDTH;

/// Half width of a mark.
const RADIUS: i32 = 13;

/// Where a perimeter comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// From the last deposit.
    Deposited,
    /// From a draft that its carrier shows.
    Shared,
    /// None to draw: the dossier stands at its carrier's.
    Seat,
}

/// What is drawn of a dossier.
#[derive(Debug)]
pub struct Shape<'a> {
    /// Dossier.
    pub id: i64,
    /// Number within the call.
    pub number: i32,
    /// Where its perimeter comes from.
    pub kind: Kind,
    /// Its communes, or that of its carrier alone.
    pub communes: &'a [Commune],
    /// In words.
    pub title: String,
}

/// A perimeter, ready for the template.
#[derive(Debug)]
pub struct AreaView {
    /// Dossier.
    pub id: i64,
    /// Number.
    pub number: i32,
    /// Class.
    pub class: &'static str,
    /// In words.
    pub title: String,
    /// Its outline.
    pub path: String,
    /// Line from its middle to its mark, when they are apart.
    pub line: String,
    /// Middle of its mark.
    pub mark: (i32, i32),
}

/// The map, in units of an eight hundredth of its width.
#[derive(Debug)]
pub struct Drawing {
    /// Height.
    pub height: i32,
    /// Limits of the départements.
    pub departments: String,
    /// Perimeters.
    pub areas: Vec<AreaView>,
    /// Scale bar: kilometres and length.
    pub scale: (i32, i32),
}

/// The outlines that the map needs: a whole EPCI is one.
#[derive(Debug, Default)]
pub struct Ground {
    /// Codes of the outlines of each shape.
    areas: Vec<Vec<&'static str>>,
    departments: BTreeSet<&'static str>,
}

impl Ground {
    /// What those shapes need.
    pub fn of(shapes: &[Shape<'_>]) -> Self {
        let areas = shapes.iter().map(|shape| if shape.kind == Kind::Seat { Vec::new() } else { codes(shape.communes) }).collect();
        Self { areas, departments: shapes.iter().flat_map(|shape| shape.communes).map(|commune| commune.department).collect() }
    }

    /// Codes of the outlines.
    pub fn codes(&self) -> Vec<&'static str> {
        self.areas.iter().flatten().copied().chain(self.departments.iter().copied()).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

fn codes(communes: &[Commune]) -> Vec<&'static str> {
    let mut groups: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
    for commune in communes {
        groups.entry(commune.epci).or_default().push(commune.code);
    }
    let is_whole = |code: &str, held: usize| shipped(code).is_some() && epci(code).is_some_and(|epci| held >= epci.members);
    groups.into_iter().flat_map(|(code, held)| if is_whole(code, held.len()) { vec![code] } else { held }).collect()
}

/// Draws the map, unless nothing is placed anywhere.
pub fn draw(shapes: &[Shape<'_>], ground: &Ground, outlines: &HashMap<String, Outline>) -> Option<Drawing> {
    let bounds: Vec<Bounds> = shapes.iter().zip(&ground.areas).map(|(shape, codes)| bounds(shape, codes, outlines)).collect();
    let all = bounds.iter().filter(|bounds| !bounds.is_empty()).copied().fold(Bounds::NOTHING, Bounds::and);
    if all.is_empty() {
        return None;
    }
    let frame = Frame::over(all.wider(4).aired(), WIDTH);
    let placed: Vec<(usize, Point)> =
        bounds.iter().enumerate().filter(|(_, bounds)| !bounds.is_empty()).map(|(at, bounds)| (at, frame.place(bounds.middle()))).collect();
    let mut marks: Vec<Disc> = placed.iter().map(|(_, (x, y))| Disc { x: f64::from(*x), y: f64::from(*y), radius: f64::from(RADIUS) }).collect();
    discs::part(&mut marks, (f64::from(frame.width), f64::from(frame.height)));
    let areas = placed.iter().zip(&marks).map(|((at, middle), mark)| {
        let (shape, mark) = (&shapes[*at], mark.middle());
        let is_apart = (mark.0 - middle.0).abs().max((mark.1 - middle.1).abs()) > RADIUS;
        AreaView {
            id: shape.id,
            number: shape.number,
            class: match shape.kind {
                Kind::Deposited => "per",
                Kind::Shared => "per draft",
                Kind::Seat => "per seat",
            },
            title: shape.title.clone(),
            path: ground.areas[*at].iter().filter_map(|code| outlines.get(*code)).map(|outline| frame.path(outline)).collect(),
            line: if is_apart { format!("M{} {}L{} {}", middle.0, middle.1, mark.0, mark.1) } else { String::new() },
            mark,
        }
    });
    let areas = areas.collect();
    let departments = ground.departments.iter().filter_map(|code| outlines.get(*code)).map(|outline| frame.path(outline)).collect();
    Some(Drawing { height: frame.height, departments, areas, scale: frame.scale() })
}

/// The box of a shape: that of its outlines, or of its town halls.
fn bounds(shape: &Shape<'_>, codes: &[&'static str], outlines: &HashMap<String, Outline>) -> Bounds {
    let whole = codes.iter().filter_map(|code| outlines.get(*code)).map(Outline::bounds).fold(Bounds::NOTHING, Bounds::and);
    if whole.is_empty() { shape.communes.iter().filter_map(Commune::position).fold(Bounds::NOTHING, Bounds::with) } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::territory;

    fn outlined(ground: &Ground) -> HashMap<String, Outline> {
        ground.codes().into_iter().filter_map(|code| Some((code.to_owned(), shipped(code)?))).collect()
    }

    #[test]
    fn each_dossier_has_its_mark_and_none_covers_another() {
        let cognac: Vec<Commune> = territory::commune("16102").into_iter().collect();
        let shape = |number, kind| Shape { id: i64::from(number), number, kind, communes: &cognac, title: String::new() };
        let shapes = [shape(1, Kind::Deposited), shape(2, Kind::Shared), shape(3, Kind::Seat)];
        let ground = Ground::of(&shapes);
        let drawn = draw(&shapes, &ground, &outlined(&ground)).expect("drawn");
        assert_eq!(
            drawn.areas.iter().map(|area| (area.class, area.path.is_empty())).collect::<Vec<_>>(),
            [("per", false), ("per draft", false), ("per seat", true)]
        );
        assert!(!drawn.departments.is_empty());
        for (rank, one) in drawn.areas.iter().enumerate() {
            for other in &drawn.areas[rank + 1..] {
                assert!((one.mark.0 - other.mark.0).abs().max((one.mark.1 - other.mark.1).abs()) >= RADIUS);
            }
        }
    }

    #[test]
    fn a_whole_epci_is_one_outline_and_nothing_is_no_map() {
        let all: Vec<Commune> = territory::of_department("16").filter(|commune| commune.epci == "200070514").collect();
        assert_eq!(codes(&all), ["200070514"]);
        assert_eq!(codes(&all[..1]), [all[0].code]);
        assert!(draw(&[], &Ground::default(), &HashMap::new()).is_none());
    }
}
