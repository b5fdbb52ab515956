//! The deposit as somebody outside reads it: as frozen, without what its carrier marked confidential or keeps to the team, and
//! without the files themselves.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::access::policy;
use crate::error::AppError;
use crate::framework::content::{Content, Unit, Value};
use crate::kit::ids::{CallId, SubmissionId};
use crate::project::draw::ItemView;
use crate::project::{reading, store as project_store};
use crate::submission::{SectionRead, snapshot};

/// The deposit to read.
pub async fn sections(conn: &mut PgConnection, submission: SubmissionId) -> Result<Vec<SectionRead>, AppError> {
    let call = sqlx::query_scalar!(
        "select project.call_id from submission join project on project.id = submission.project_id where submission.id = $1",
        submission.get()
    )
    .fetch_one(&mut *conn)
    .await?;
    let frozen = snapshot(conn, submission).await?;
    let criteria = project_store::criteria(conn, CallId(call)).await?;
    let mut sections = reading::sections(&open(frozen.content()), &[], &criteria, None);
    // Pieces are named nowhere: an annex may say more than its carrier shows.
    for item in sections.iter_mut().flat_map(|section| section.items.iter_mut()) {
        close(item);
    }
    Ok(sections)
}

fn close(item: &mut ItemView) {
    item.slot = None;
    item.links.clear();
}

/// Rows that do not leave the dossier go, with the rows that are about them; elsewhere their names are left out.
pub fn open(mut content: Content) -> Content {
    let actors: Vec<Uuid> = content.rows("stakeholder").filter(|unit| unit.flag("confidential")).map(|unit| unit.row).collect();
    let is_hidden = |text: &str| Uuid::try_parse(text).is_ok_and(|row| actors.contains(&row));
    let is_about_hidden = |unit: &Unit| unit.fields.values().any(|value| if let Value::Text(text) = value { is_hidden(text) } else { false });
    let leaves = |unit: &Unit| {
        let is_kept = unit.kind == "flow" && !policy::room_flow(unit.text("visibility"), false);
        unit.row.is_nil() || !(unit.flag("confidential") || is_about_hidden(unit) || is_kept)
    };
    let gone: Vec<Uuid> = content.units.iter().filter(|unit| !leaves(unit)).map(|unit| unit.row).collect();
    let is_gone = |text: &str| Uuid::try_parse(text).is_ok_and(|row| gone.contains(&row));
    content.units.retain(|unit| unit.row.is_nil() || !(gone.contains(&unit.row) || unit.parent.is_some_and(|parent| gone.contains(&parent))));
    for unit in &mut content.units {
        for value in unit.fields.values_mut() {
            if let Value::Many(many) = value {
                many.retain(|text| !is_gone(text));
            }
        }
    }
    content.filled_slots.clear();
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: &str, id: u128, fields: &[(&str, Value)]) -> Unit {
        let mut unit = Unit::blank(kind, Uuid::from_u128(id), None);
        unit.fields = fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        unit
    }

    #[test]
    fn what_is_confidential_or_kept_to_the_team_leaves_with_what_points_at_it() {
        let text = |text: &str| Value::Text(text.to_owned());
        let secret = text(&Uuid::from_u128(1).to_string());
        let content = Content {
            units: vec![
                row("stakeholder", 1, &[("name", text("Verrerie")), ("confidential", Value::Flag(true))]),
                row("stakeholder", 2, &[("name", text("Papeterie"))]),
                row("flow", 3, &[("actor", secret.clone())]),
                row("flow", 4, &[("actor", text(&Uuid::from_u128(2).to_string())), ("visibility", text("private"))]),
                row("flow", 5, &[("actor", text(&Uuid::from_u128(2).to_string())), ("visibility", text("public"))]),
                row("synergy", 6, &[("emitter", secret.clone())]),
                row("action", 7, &[("actors", Value::Many(vec![Uuid::from_u128(1).to_string(), Uuid::from_u128(2).to_string()]))]),
                Unit::blank("organisation.animation", Uuid::nil(), None),
            ],
            filled_slots: vec!["courrier".to_owned()],
        };
        let open = open(content);
        let left: Vec<u128> = open.units.iter().map(|unit| unit.row.as_u128()).collect();
        assert_eq!(left, [2, 5, 7, 0]);
        assert_eq!(open.row("action", Uuid::from_u128(7)).expect("kept").many("actors"), [Uuid::from_u128(2).to_string()]);
        assert!(open.filled_slots.is_empty());
    }
}
