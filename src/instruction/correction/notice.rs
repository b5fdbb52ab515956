//! What a team reads of the requests that wait for it: at the top of the dossier, and beside each point concerned.

use sqlx::PgConnection;
use uuid::Uuid;

use super::choice;
use super::store::{self, Correction};
use crate::access::{Dossier, Status};
use crate::error::AppError;
use crate::framework::aims::{Aim, Spot};
use crate::framework::content::Content;
use crate::kit::moment;
use crate::kit::words::excerpt;

/// A request, as its team reads it above the dossier.
#[derive(Debug)]
pub struct Notice {
    /// "Correction demandée n° 2".
    pub heading: String,
    /// Due instant, and the beginning of the message.
    pub sentence: String,
    /// Its page.
    pub href: String,
    /// Points: label and address.
    pub points: Vec<(String, String)>,
    aims: Vec<Aim>,
    is_late: bool,
}

/// Requests that wait for the team's answer; none for who is not of the team.
pub async fn notices(conn: &mut PgConnection, dossier: &Dossier) -> Result<Vec<Notice>, AppError> {
    if !dossier.is_team() || dossier.facts().status != Status::ChangesRequested {
        return Ok(Vec::new());
    }
    let awaited = store::awaited(conn, dossier.project()).await?;
    let ids: Vec<Uuid> = awaited.iter().flat_map(|held| &held.aims).map(|aim| aim.row).filter(|row| !row.is_nil()).collect();
    let mut content = crate::project::units::rows(conn, dossier.project(), &ids).await?;
    // A commitment bears its stakeholder's name.
    let holders: Vec<Uuid> = content.units.iter().filter_map(|unit| unit.row_of("stakeholder")).collect();
    content.units.extend(crate::project::units::rows(conn, dossier.project(), &holders).await?.units);
    Ok(awaited.iter().map(|correction| notice(dossier, correction, &content)).collect())
}

fn notice(dossier: &Dossier, correction: &Correction, content: &Content) -> Notice {
    let is_late = dossier.now() >= correction.due_at;
    let until = moment::until(correction.due_at);
    let when = if is_late { format!("Elle était attendue jusqu’au {until}.") } else { format!("À rendre jusqu’au {until}.") };
    let named = |aim| {
        let (label, path) = choice::named(aim, content);
        (label, dossier.url(&path))
    };
    Notice {
        heading: format!("Correction demandée n°\u{a0}{}", correction.number),
        sentence: format!("{when} «\u{a0}{}\u{a0}»", excerpt(&correction.message, 240)),
        href: dossier.url(&format!("/corrections/{}", correction.number)),
        points: correction.aims.iter().map(named).collect(),
        aims: correction.aims.clone(),
        is_late,
    }
}

impl Notice {
    /// Does it aim at that question, or at that row as a whole?
    pub fn aims_at(&self, kind: &str, row: Uuid, item: &str) -> bool {
        self.aims.iter().any(|aim| aim.kind == kind && aim.row == row && (aim.item == item || aim.item.is_empty()))
    }

    /// Does it aim at something of that page?
    pub fn is_about(&self, kind: &str, row: Uuid) -> bool {
        self.aims.iter().any(|aim| aim.covers(Spot::Page(kind, row)))
    }

    /// May it still be answered?
    pub fn is_open(&self) -> bool {
        !self.is_late
    }
}
