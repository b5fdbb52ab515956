//! « Ma partie est terminée »: said by a person for a deliverable, taken back by them, or begun again by their own next change.

use axum::extract::State;
use axum::response::Response;
use time::OffsetDateTime;
use uuid::Uuid;

use super::attachments::back;
use super::comments::PartRow;
use super::comments::view::instant;
use super::units;
use crate::access::{Dossier, NumberPart, ProjectEditor};
use crate::app::App;
use crate::error::AppError;
use crate::framework::belonging::Part;
use crate::input::Input;
use crate::journal;
use crate::kit::moment;
use crate::page::see;
use crate::submission::store::remember;

/// The parts of a deliverable, on each of its pages.
#[derive(Debug)]
pub struct PartView {
    /// Deliverable.
    pub no: u8,
    /// Where it is posted.
    pub action: String,
    /// Where one comes back to.
    pub back: String,
    /// One's own part, as a sentence; empty when nothing was said.
    pub own: String,
    /// One's own part is finished, and untouched since.
    pub is_finished: bool,
    /// Who looks writes the deliverable.
    pub may_say: bool,
    /// The others, as sentences.
    pub others: Vec<String>,
    /// Operation of the button.
    pub operation: Uuid,
}

impl PartView {
    /// The parts of the only deliverable that a page belongs to.
    pub fn of(dossier: &Dossier, part: Part, rows: &[PartRow], page: &str) -> Option<Self> {
        let [no] = part else { return None };
        let (own, others): (Vec<_>, Vec<_>) = rows.iter().filter(|row| row.no == *no).partition(|row| row.account == dossier.account().get());
        let own = own.first();
        Some(Self {
            no: *no,
            action: dossier.url(&format!("/parties/{no}")),
            back: page.to_owned(),
            own: own.map(|row| own_sentence(row, dossier.now())).unwrap_or_default(),
            is_finished: own.is_some_and(|row| row.edited.is_none()),
            may_say: dossier.may_write(part).is_ok(),
            others: others.into_iter().map(|row| sentence(row, dossier.now())).collect(),
            operation: Uuid::new_v4(),
        })
    }
}

fn own_sentence(row: &PartRow, now: OffsetDateTime) -> String {
    let finished = moment::near(instant(row.finished), now);
    match row.edited {
        None => format!("Vous avez terminé votre partie du livrable {}, {finished}.", row.no),
        Some(at) => format!(
            "Vous aviez terminé votre partie du livrable {}, {finished}. Vous l’avez modifiée depuis, {}\u{a0}: elle est de nouveau en cours.",
            row.no,
            moment::near(instant(at), now)
        ),
    }
}

/// "Karim Benali a terminé sa partie du livrable 2, mardi à 14 h 32."
pub fn sentence(row: &PartRow, now: OffsetDateTime) -> String {
    let finished = moment::near(instant(row.finished), now);
    match row.edited {
        None => format!("{} a terminé sa partie du livrable {}, {finished}.", row.name, row.no),
        Some(at) => format!(
            "{} avait terminé sa partie du livrable {}, {finished}, et l’a modifiée depuis, {}\u{a0}: de nouveau en cours.",
            row.name,
            row.no,
            moment::near(instant(at), now)
        ),
    }
}

/// Whoever writes a deliverable says that their part of it is finished, or takes it back.
pub async fn say(State(app): State<App>, editor: ProjectEditor, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let part: Part = match number {
        1 => &[1],
        2 => &[2],
        3 => &[3],
        4 => &[4],
        5 => &[5],
        _ => return Err(AppError::NotFound),
    };
    let operation = input.operation()?;
    let is_finished = input.get("partie") != "reprise";
    let location = format!("{}#partie", back(&editor, input.get("retour")));
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, editor.project(), operation).await?;
    let writer = locked.writer(&editor, part)?;
    if let Some(done) = locked.done {
        return Ok(see(&done));
    }
    let no = i16::from(part[0]);
    let changed = if is_finished {
        sqlx::query!(
            "insert into finished_part (project_id, account_id, deliverable, finished_at) values ($1, $2, $3, $4)
             on conflict (project_id, account_id, deliverable) do update set finished_at = excluded.finished_at, edited_at = null
               where finished_part.edited_at is not null",
            editor.project().get(),
            writer.account().get(),
            no,
            writer.now()
        )
        .execute(&mut *tx)
        .await?
    } else {
        sqlx::query!(
            "delete from finished_part where project_id = $1 and account_id = $2 and deliverable = $3",
            editor.project().get(),
            writer.account().get(),
            no
        )
        .execute(&mut *tx)
        .await?
    };
    if changed.rows_affected() > 0 {
        let act = if is_finished { "part_finished" } else { "part_resumed" };
        journal::record(&mut tx, editor.project(), writer.account(), act, &no.to_string(), writer.now()).await?;
    }
    remember(&mut tx, editor.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
