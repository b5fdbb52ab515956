//! Circles around the core, on a sheet that grows until every actor has its place.

use trame_pdf::Figure;

use super::grid::whole;
use super::ink::{EDGE, Ink, TINT, Voice, face, lines};
use super::{MARKS, View, left_out, places};
use crate::kit::french::uncapitalized;
use crate::project::stakeholders::circles::{Plan, circles_on};
use crate::project::stakeholders::mark::{Actor, Circle};

/// Room of a name beside its mark.
const ROOM: f64 = 84.0;

/// The circles and the table of both views, when the dossier has actors.
pub(super) fn view(actors: &[Actor<'_>]) -> Option<View> {
    if actors.is_empty() {
        return None;
    }
    let many = Circle::ALL.map(|circle| actors.iter().filter(|actor| actor.circle == circle).count());
    let plan = Plan::paper(many);
    let circles = circles_on(&plan, actors);
    let (width, height) = (plan.middle.0 * 2.0, plan.middle.1 * 2.0);
    let mut ink = Ink::default();
    for ring in &circles.rings {
        let fill = if ring.at == 1 { TINT } else { "none" };
        let (x, y) = plan.middle;
        ink.shape(&format_args!("ellipse cx=\"{x}\" cy=\"{y}\" rx=\"{}\" ry=\"{}\" fill=\"{fill}\" stroke=\"{EDGE}\" stroke-width=\"0.75\"", ring.rx, ring.ry));
        ink.text((x, f64::from(ring.title_y)), Voice::of("middle", 8.0).bold(), &ring.title);
    }
    for mark in &circles.marks {
        if let Some(actor) = actors.iter().find(|actor| actor.unit.row == mark.row) {
            ink.actor(actor, (f64::from(mark.x), f64::from(mark.y)), &lines(&actor.name, ROOM, 2, face(actor)));
        }
    }
    let size = [whole(width), whole(height)];
    let figure = Figure {
        title: format!("Cercles des acteurs\u{a0}: {}", uncapitalized(&circles.said)),
        alt: alternative(actors),
        drawing: "cercles".to_owned(),
        size,
        legend: format!(
            "Le cœur réunit les acteurs clés. Est partenaire qui a un engagement, ou prend part à une action ou à une synergie\u{202f}; les autres sont \
             informés. {MARKS}{}",
            left_out(circles.hidden, actors.len())
        ),
        table: Some(places(actors)),
    };
    Some(View { item: "map", figure, drawing: ink.dry("cercles", (size[0], size[1])) })
}

fn alternative(actors: &[Actor<'_>]) -> String {
    let of = |circle: Circle| {
        let names: Vec<&str> = actors.iter().filter(|actor| actor.circle == circle).map(|actor| actor.name.as_str()).collect();
        let names = if names.is_empty() { "personne".to_owned() } else { names.join(", ") };
        format!("{}\u{a0}: {names}.", circle.label())
    };
    format!("Trois cercles, du centre vers l’extérieur. {}", Circle::ALL.map(of).join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::{Content, Unit, Value};
    use crate::project::stakeholders::mark::actors;

    #[test]
    fn the_sheet_grows_until_every_actor_has_its_place() {
        let content = |many: u128| {
            let units = (0..many).map(|row| {
                let mut unit = Unit::blank("stakeholder", uuid::Uuid::from_u128(row + 1), None);
                unit.fields.insert("name".to_owned(), Value::Text(format!("Acteur {row}")));
                unit
            });
            Content { units: units.collect(), filled_slots: Vec::new() }
        };
        let (few, many) = (content(6), content(36));
        let (few, many) = (view(&actors(&few)).expect("circles"), view(&actors(&many)).expect("circles"));
        assert!(few.figure.size[1] < many.figure.size[1], "{:?} {:?}", few.figure.size, many.figure.size);
        assert!(!many.figure.legend.contains("dessinés sur"), "{}", many.figure.legend);
        assert_eq!(many.figure.table.map(|table| table.rows.len()), Some(36));
        assert!(view(&[]).is_none());
    }
}
