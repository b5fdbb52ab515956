//! Acts that touch several people of a training: mails to them, lines in the journals of their dossiers.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::Course;
use crate::app::App;
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::{AccountId, ProjectId};
use crate::mail::training::About;
use crate::mail::{self, Mail};

/// Somebody of a training, as an act touches them.
#[derive(Debug, Clone)]
pub struct Touched {
    /// Account.
    pub account: i64,
    /// Address.
    pub email: String,
    /// Dossier for which they come.
    pub project: i64,
    /// Days on which they do not.
    pub skips: Vec<i64>,
    /// Version of their line.
    pub version: i32,
}

/// People who have a seat or wait for one.
pub async fn held(conn: &mut PgConnection, training: i64) -> sqlx::Result<Vec<Touched>> {
    sqlx::query_as!(
        Touched,
        "select account.id as account, account.email, enrolment.project_id as project, enrolment.skips, enrolment.version
         from enrolment
         join account on account.id = enrolment.account_id
         where enrolment.training_id = $1 and enrolment.status <> 'withdrawn' and account.disabled_at is null
         order by enrolment.rank",
        training
    )
    .fetch_all(conn)
    .await
}

/// Puts a mail to somebody of a training in the outbox; the same act on the same line is told once.
pub async fn tell(conn: &mut PgConnection, course: &Course, person: &Touched, act: &str, (subject, body): &(String, String)) -> sqlx::Result<()> {
    let key = format!("training {act} {} {} {}", course.training.id, person.account, person.version);
    mail::queue(conn, &Mail { kind: "training", recipient: &person.email, subject, body, dedup_key: Some(&key) }).await
}

/// Tells everybody who has a seat or waits; `act` names the version of the training.
pub async fn tell_all(
    conn: &mut PgConnection,
    app: &App,
    about: About<'_>,
    act: &str,
    words: impl Fn(&App, About<'_>, &[i64]) -> (String, String),
) -> Result<(), AppError> {
    for person in held(conn, about.course.training.id).await? {
        let said = words(app, about, &person.skips);
        tell(conn, about.course, &person, act, &said).await?;
    }
    Ok(())
}

/// A line of a dossier's journal.
#[derive(Debug, Clone)]
pub struct Line {
    /// Dossier.
    pub project: i64,
    /// Who did it.
    pub account: i64,
    /// Act.
    pub act: &'static str,
    /// On what: numbers, never names.
    pub subject: String,
}

/// Writes those lines, dossiers in the order of their ids: two acts at once never wait for each other both ways.
pub async fn record(conn: &mut PgConnection, mut lines: Vec<Line>, at: OffsetDateTime) -> sqlx::Result<()> {
    lines.sort_by_key(|line| line.project);
    for line in lines {
        journal::record(conn, ProjectId(line.project), AccountId(line.account), line.act, &line.subject, at).await?;
    }
    Ok(())
}
