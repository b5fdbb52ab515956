//! Proofs about the questions of a call: who asks one, who reads one.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::participant::Participant;
use super::policy::Refusal;
use super::policy::asking::{self as policy, QuestionSide, QuestionTies};
use super::proofs::NumberPart;
use crate::app::App;
use crate::error::AppError;

/// A question, as its page names it.
#[derive(Debug, Clone)]
pub struct QuestionHead {
    /// Id.
    pub id: i64,
    /// Number within the call.
    pub number: i32,
    /// Subject.
    pub subject: String,
    /// Dossier for which it is asked.
    pub project: i64,
}

/// May read the question that the address names, in the call of `?appel=`, and write in it.
#[derive(Debug, Clone)]
pub struct QuestionReader {
    participant: Participant,
    head: QuestionHead,
    side: QuestionSide,
}

impl QuestionReader {
    /// The question.
    pub fn head(&self) -> &QuestionHead {
        &self.head
    }

    /// On which side the person stands.
    pub fn side(&self) -> QuestionSide {
        self.side
    }

    /// Refused to who only asked.
    ///
    /// # Errors
    /// 404 for who asked.
    pub fn settles(&self) -> Result<(), Refusal> {
        policy::settle_question(self.side)
    }
}

impl std::ops::Deref for QuestionReader {
    type Target = Participant;

    fn deref(&self) -> &Participant {
        &self.participant
    }
}

impl FromRequestParts<App> for QuestionReader {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let participant = Participant::from_request_parts(parts, app).await?;
        let NumberPart(number) = NumberPart::from_request_parts(parts, app).await?;
        let number = i32::try_from(number).map_err(|_| AppError::NotFound)?;
        let mut conn = app.db.acquire().await?;
        let row = sqlx::query!(
            r#"select id, number, subject, project_id, account_id = $3 as "is_asker!",
                 exists(select from kept_away where kept_away.project_id = question.project_id and kept_away.account_id = $3) as "is_away!"
               from question
               where call_id = $1 and number = $2"#,
            participant.call().id.get(),
            number,
            participant.account().get()
        )
        .fetch_optional(&mut *conn)
        .await?
        .ok_or(AppError::NotFound)?;
        let side = policy::read_question(participant.ties(), &QuestionTies { is_asker: row.is_asker, is_away: row.is_away })?;
        let head = QuestionHead { id: row.id, number: row.number, subject: row.subject, project: row.project_id };
        Ok(Self { participant, head, side })
    }
}
