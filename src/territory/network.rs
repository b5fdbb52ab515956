//! Who could exchange with whom: actors around two sides, leads as arrows from the output to the need.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use trame_pdf::Face;
use trame_synergies::flow::Domain;
use trame_synergies::leads::Lead;
use uuid::Uuid;

use super::map::{domain_entry, lead_row, width};
use super::picture::{Cell, Picture, Table};
use super::sheet::{Shape, Sheet, Words, real, through};
use super::sight::Sight;
use super::sign::{self, ALL};
use crate::kit::french::count;
use crate::kit::lettering::line;

/// Actors and links drawn.
pub const NODES: usize = 25;
/// Links drawn.
pub const EDGES: usize = 40;
/// Between two actors of one side.
const STEP: f64 = 30.0;
/// Middle, and how far from it the sides are at their ends and at their widest.
const MIDDLE: f64 = 400.0;
const NEAR: f64 = 64.0;
const FAR: f64 = 104.0;
/// Room of a name, in its own size.
const NAME: f64 = 15.8;

/// The leads of one domain from an actor to another.
#[derive(Debug, Clone, Copy)]
struct Edge<'a> {
    from: Uuid,
    to: Uuid,
    domain: Domain,
    best: &'a Lead,
    leads: usize,
}

/// Draws the network, unless there is no lead.
pub fn draw(sight: Sight<'_>) -> Option<Picture> {
    let all = edges(&sight);
    let (edges, nodes) = kept(&all);
    if edges.is_empty() {
        return None;
    }
    let order = arranged(&nodes, &edges);
    let places = places(&order);
    let mut sheet = Sheet { height: 44.0 + STEP * real(order.len().div_ceil(2)), ..Sheet::default() };
    for edge in edges.iter().rev() {
        arrow(&mut sheet, &sight, edge, &places);
    }
    for row in &order {
        node(&mut sheet, &sight, *row, &edges, &places);
    }
    let left: Vec<&Edge<'_>> =
        all.iter().filter(|edge| !edges.iter().any(|kept| (kept.from, kept.to, kept.domain) == (edge.from, edge.to, edge.domain))).collect();
    let said = said(&sight, &edges, &order);
    Some(Picture {
        key: "reseau".to_owned(),
        heading: "Réseau des flux".to_owned(),
        alt: format!("{said}. Le tableau qui suit donne chaque lien."),
        notes: notes(&order, &edges, &left),
        legend: ALL.iter().filter(|sign| edges.iter().any(|edge| edge.domain == sign.domain)).map(domain_entry).collect(),
        tables: vec![table(&sight, &edges, &left)],
        said,
        sheet,
    })
}

/// Links, best first.
fn edges<'a>(sight: &Sight<'a>) -> Vec<Edge<'a>> {
    let mut found: Vec<Edge<'a>> = Vec::new();
    let mut known: HashMap<(Uuid, Uuid, Domain), usize> = HashMap::new();
    for lead in sight.leads() {
        let (from, to, domain) = (sight.actor(lead.from), sight.actor(lead.to), sight.found.flow(lead.from).domain);
        if let Some(at) = known.get(&(from, to, domain)) {
            found[*at].leads += 1;
        } else {
            known.insert((from, to, domain), found.len());
            found.push(Edge { from, to, domain, best: lead, leads: 1 });
        }
    }
    found
}

/// The best links that those many actors and lines can hold.
fn kept<'a>(all: &[Edge<'a>]) -> (Vec<Edge<'a>>, Vec<Uuid>) {
    let (mut edges, mut nodes): (Vec<Edge<'a>>, Vec<Uuid>) = (Vec::new(), Vec::new());
    for edge in all {
        let new: Vec<Uuid> = [edge.from, edge.to].into_iter().filter(|row| !nodes.contains(row)).collect();
        if edges.len() < EDGES && nodes.len() + new.len() <= NODES {
            nodes.extend(new);
            edges.push(*edge);
        }
    }
    (edges, nodes)
}

/// Actors in the order of the loop, those linked near one another: swaps that cross fewer lines, until none does.
fn arranged(nodes: &[Uuid], edges: &[Edge<'_>]) -> Vec<Uuid> {
    let mut order = nodes.to_vec();
    order.sort_by_key(|row| (std::cmp::Reverse(edges.iter().filter(|edge| edge.from == *row || edge.to == *row).count()), *row));
    let at = |order: &[Uuid], row: Uuid| order.iter().position(|held| *held == row).unwrap_or(0);
    let mut pairs: Vec<(usize, usize)> = edges.iter().map(|edge| (at(&order, edge.from), at(&order, edge.to))).collect();
    let mut best = cost(&pairs, order.len());
    for _ in 0..8 {
        let before = best;
        for one in 0..order.len() {
            for other in one + 1..order.len() {
                exchange(&mut pairs, one, other);
                let cost = cost(&pairs, order.len());
                if cost < best {
                    best = cost;
                    order.swap(one, other);
                } else {
                    exchange(&mut pairs, one, other);
                }
            }
        }
        if best == before {
            break;
        }
    }
    order
}

fn exchange(pairs: &mut [(usize, usize)], one: usize, other: usize) {
    let turned = |at: usize| {
        if at == one {
            other
        } else if at == other {
            one
        } else {
            at
        }
    };
    for pair in pairs {
        *pair = (turned(pair.0), turned(pair.1));
    }
}

/// Crossings first, then the length of the lines along the loop.
fn cost(pairs: &[(usize, usize)], nodes: usize) -> usize {
    let ordered: Vec<(usize, usize)> = pairs.iter().map(|(a, b)| (*a.min(b), *a.max(b))).collect();
    let crosses = |(a, b): (usize, usize), (c, d): (usize, usize)| a < c && c < b && b < d || c < a && a < d && d < b;
    let crossings: usize = ordered.iter().enumerate().map(|(rank, one)| ordered[rank + 1..].iter().filter(|other| crosses(*one, **other)).count()).sum();
    let length: usize = ordered.iter().map(|(a, b)| (b - a).min(nodes - (b - a))).sum();
    crossings * 20 + length
}

/// Down the right side, then up the left one.
fn places(order: &[Uuid]) -> BTreeMap<Uuid, (f64, f64, bool)> {
    let right = order.len().div_ceil(2);
    let tall = STEP * real(right);
    let place = |(rank, row): (usize, &Uuid)| {
        let is_right = rank < right;
        let step = if is_right { rank } else { order.len() - 1 - rank };
        let many = if is_right { right } else { order.len() - right };
        let y = 22.0 + STEP / 2.0 + STEP * real(step) + STEP * real(right - many) / 2.0;
        let from_middle = (y - 22.0 - tall / 2.0) / (tall / 2.0);
        let away = NEAR + FAR * (1.0 - from_middle.powi(2)).max(0.0).sqrt();
        (*row, (if is_right { MIDDLE + away } else { MIDDLE - away }, y, is_right))
    };
    order.iter().enumerate().map(place).collect()
}

fn radius(degree: usize) -> f64 {
    (8.0 + real(degree)).min(13.0)
}

fn arrow(sheet: &mut Sheet, sight: &Sight<'_>, edge: &Edge<'_>, places: &BTreeMap<Uuid, (f64, f64, bool)>) {
    let (Some((ax, ay, _)), Some((bx, by, _))) = (places.get(&edge.from), places.get(&edge.to)) else { return };
    let height = sheet.height;
    let (mx, my) = (f64::midpoint(*ax, *bx), f64::midpoint(*ay, *by));
    // Back and forth are two lines.
    let aside = if edge.from < edge.to { 6.0 } else { -6.0 };
    let (cx, cy) = if (*ax > MIDDLE) == (*bx > MIDDLE) {
        // On one side, an arc towards the middle, the deeper the farther apart.
        let away = 34.0 + 0.5 * (ay - by).abs() + aside;
        (if *ax > MIDDLE { ax.min(*bx) - away } else { ax.max(*bx) + away }, my)
    } else {
        (mx, my + (height / 2.0 - my) * 0.25 + aside)
    };
    let (dx, dy) = (bx - cx, by - cy);
    let long = dx.hypot(dy).max(1.0);
    let (ux, uy) = (dx / long, dy / long);
    let (ex, ey) = (bx - ux * 15.0, by - uy * 15.0);
    let sign = sign::of(edge.domain);
    let title = format!("{}, de {} à {}, indice {}", sight.called(edge.best.from), sight.name(edge.from), sight.name(edge.to), edge.best.score);
    let d = format!("M{ax:.1} {ay:.1}Q{cx:.1} {cy:.1} {:.1} {:.1}", ex - ux * 6.0, ey - uy * 6.0);
    sheet.shape(Shape::line(d, sign.fill, width(edge.best.score)).dashed(sign.dash).titled(&title));
    let half = 3.0 + width(edge.best.score) * 0.6;
    let tail = (ex - ux * 9.0, ey - uy * 9.0);
    let head = through(&[(ex, ey), (tail.0 - uy * half, tail.1 + ux * half), (tail.0 + uy * half, tail.1 - ux * half)]) + "z";
    sheet.shape(Shape::filled(head, sign.fill));
}

fn node(sheet: &mut Sheet, sight: &Sight<'_>, row: Uuid, edges: &[Edge<'_>], places: &BTreeMap<Uuid, (f64, f64, bool)>) {
    let Some((x, y, is_right)) = places.get(&row).copied() else { return };
    let own: Vec<&Edge<'_>> = edges.iter().filter(|edge| edge.from == row || edge.to == row).collect();
    let mut domains: BTreeMap<Domain, usize> = BTreeMap::new();
    for edge in &own {
        *domains.entry(edge.domain).or_default() += 1;
    }
    let most = domains.values().max().copied().unwrap_or(0);
    let domain = domains.iter().find(|(_, count)| **count == most).map_or(Domain::Material, |(domain, _)| *domain);
    sheet.disc((x, y, radius(own.len())), domain, &format!("{}, {}", sight.name(row), count(own.len(), "lien", "liens")));
    let name = line(sight.name(row), NAME, Face::default());
    let (x, anchor) = if is_right { (x + 18.0, "start") } else { (x - 18.0, "end") };
    sheet.words(Words::at((x, y + 4.2), anchor, &name));
}

/// How many links an actor has.
fn degree(edges: &[Edge<'_>], row: Uuid) -> usize {
    edges.iter().filter(|edge| edge.from == row || edge.to == row).count()
}

fn said(sight: &Sight<'_>, edges: &[Edge<'_>], order: &[Uuid]) -> String {
    let heart = order.iter().max_by_key(|row| (degree(edges, **row), std::cmp::Reverse(**row)));
    let links = count(edges.len(), "lien possible", "liens possibles");
    match heart.map(|row| (sight.name(*row), degree(edges, *row))) {
        Some((name, most)) if most > 1 => format!("{links} entre {}\u{202f}; {name} en porte {most}", count(order.len(), "acteur", "acteurs")),
        _ => format!("{links} entre {}", count(order.len(), "acteur", "acteurs")),
    }
}

fn notes(order: &[Uuid], edges: &[Edge<'_>], left: &[&Edge<'_>]) -> Vec<String> {
    let mut notes = vec![
        "Une flèche va de la sortie au besoin\u{202f}; son épaisseur suit l’indice de la meilleure piste, la taille d’un rond le nombre de liens.".to_owned(),
    ];
    if !left.is_empty() {
        let others: BTreeSet<Uuid> = left.iter().flat_map(|edge| [edge.from, edge.to]).filter(|row| !order.contains(row)).collect();
        let with = if others.is_empty() { String::new() } else { format!(", avec {} de plus", count(others.len(), "acteur", "acteurs")) };
        notes.push(format!(
            "Les {} meilleurs liens sont dessinés\u{202f}; {}{with}.",
            edges.len(),
            count(left.len(), "autre ne l’est pas", "autres ne le sont pas")
        ));
    }
    notes
}

fn table(sight: &Sight<'_>, edges: &[Edge<'_>], left: &[&Edge<'_>]) -> Table {
    let mut rows: Vec<Vec<Cell>> = edges
        .iter()
        .map(|edge| {
            let mut row = lead_row(sight, edge.best);
            row.insert(3, sign::of(edge.domain).label.into());
            row.push(edge.leads.to_string().into());
            row
        })
        .collect();
    if !left.is_empty() {
        let leads: usize = left.iter().map(|edge| edge.leads).sum();
        let best = left.iter().map(|edge| edge.best.score).max().unwrap_or(0);
        let cells = ["".into(), "".into(), "".into(), "".into(), best.to_string().into(), leads.to_string().into()];
        rows.push([Cell::from(format!("{} non dessinés", count(left.len(), "autre lien", "autres liens")))].into_iter().chain(cells).collect());
    }
    let heads = vec![("Meilleure piste", false), ("De", false), ("Vers", false), ("Domaine", false), ("Distance", true), ("Indice", true), ("Pistes", true)];
    Table { caption: "Liens du réseau".to_owned(), heads, rows }
}

#[cfg(test)]
mod tests {
    use super::super::sheet::Mark;
    use super::super::sight::sample;
    use super::*;

    #[test]
    fn no_more_is_drawn_than_the_eye_can_read_and_the_rest_is_told() {
        let picture = sample::with(40, None, draw).expect("a network");
        let lines = picture.sheet.marks.iter().filter(|mark| matches!(mark, Mark::Shape(shape) if shape.title.contains("indice"))).count();
        let discs = picture.sheet.marks.iter().filter(|mark| matches!(mark, Mark::Shape(shape) if shape.title.contains("\u{a0}lien"))).count();
        assert!(lines <= EDGES && discs <= NODES && lines > 10, "{lines} {discs}");
        assert_eq!(picture.tables[0].rows.len(), lines + 1, "each link, and the others in one row");
        assert!(picture.notes.iter().any(|note| note.contains("ne le sont pas")), "{:?}", picture.notes);
        assert_eq!(sample::with(40, None, draw), Some(picture), "the same data, the same picture");
    }

    #[test]
    fn names_stand_apart_and_within_the_drawing() {
        let picture = sample::with(12, None, draw).expect("a network");
        let names: Vec<[f64; 4]> = picture
            .sheet
            .marks
            .iter()
            .filter_map(|mark| if let Mark::Words(words) = mark { Some(words) } else { None })
            .filter(|words| words.words.starts_with("Acteur"))
            .map(Words::area)
            .collect();
        assert_eq!(names.len(), 12);
        for (rank, one) in names.iter().enumerate() {
            assert!(one[0] >= 0.0 && one[2] <= 800.0 && one[1] >= 0.0 && one[3] <= picture.sheet.height, "{one:?}");
            assert!(names[rank + 1..].iter().all(|other| one[2] < other[0] || other[2] < one[0] || one[3] <= other[1] || other[3] <= one[1]));
        }
    }

    #[test]
    fn swaps_cross_fewer_lines() {
        let crossed = [(0, 2), (1, 3)];
        assert!(cost(&crossed, 4) > cost(&[(0, 1), (2, 3)], 4));
        assert!(sample::with(1, None, draw).is_none(), "nobody to exchange with");
    }
}
