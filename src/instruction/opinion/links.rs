//! Personal links: what lets somebody without an account read one deposit and give one opinion, and nothing else.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::store::{self, Opinion};
use crate::access::digest;
use crate::account::session::secret;
use crate::app::App;
use crate::error::AppError;
use crate::instruction::people;
use crate::kit::ids::ProjectId;
use crate::mail::instruction::{self as texts, Asking};
use crate::mail::{self, Mail, Origin};

/// How long a link goes on showing what was answered.
const AFTER: Duration = Duration::days(30);

/// Most links that leave a dossier in a day.
const MOST_A_DAY: i64 = 60;

/// Sends a link of its own, in the transaction of the act.
///
/// # Errors
/// 422 beyond the links that may leave a dossier in a day.
pub async fn send(conn: &mut PgConnection, app: &App, opinion: &Opinion, is_reminder: bool, now: OffsetDateTime) -> Result<(), AppError> {
    let sent = sqlx::query_scalar!(
        r#"select count(*) as "n!" from outside_opinion_link as link join outside_opinion as opinion on opinion.id = link.opinion_id
         where opinion.project_id = $1 and link.created_at > $2::timestamptz - interval '1 day'"#,
        opinion.project.get(),
        now
    )
    .fetch_one(&mut *conn)
    .await?;
    if sent >= MOST_A_DAY {
        return Err(AppError::Unprocessable("Ce dossier atteindrait 60 liens envoyés en un jour. Reprenez les envois demain.".to_owned()));
    }
    let token = secret();
    let id = sqlx::query_scalar!(
        "insert into outside_opinion_link (opinion_id, token_hash, created_at) values ($1, $2, $3) returning id",
        opinion.id,
        digest(&token),
        now
    )
    .fetch_one(&mut *conn)
    .await?;
    let about = sqlx::query!(
        "select project.title, call.short_title, call.edition, account.name, account.email
         from project join call on call.id = project.call_id join account on account.id = $2
         where project.id = $1",
        opinion.project.get(),
        opinion.account.get()
    )
    .fetch_one(&mut *conn)
    .await?;
    let said = Asking {
        title: &about.title,
        call: &format!("{} {}", about.short_title, about.edition),
        sender: (&about.name, &about.email),
        question: &opinion.question,
        due_at: opinion.due_at,
        is_confidential: opinion.is_confidential,
        path: &format!("/avis/{token}"),
        is_reminder,
    };
    let (subject, body) = texts::opinion(app, &said);
    let key = format!("opinion {id}");
    let kind = if is_reminder { "opinion_reminder" } else { "opinion" };
    let origin = Origin { sender: Some(opinion.account), ..Origin::default() };
    mail::queue_from(conn, &Mail { kind, recipient: &opinion.email, subject: &subject, body: &body, dedup_key: Some(&key) }, &origin).await?;
    Ok(())
}

/// Somebody who holds a living link: proof enough to read one deposit and to give one opinion.
#[derive(Debug, Clone)]
pub struct Expert {
    opinion: Opinion,
    title: String,
    label: String,
    call: String,
    sender: (String, String),
    now: OffsetDateTime,
}

impl Expert {
    /// What is asked, and answered.
    pub fn opinion(&self) -> &Opinion {
        &self.opinion
    }

    /// Dossier.
    pub fn project(&self) -> ProjectId {
        self.opinion.project
    }

    /// Title of the dossier when it was deposited.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Carrier and place.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Call.
    pub fn call(&self) -> &str {
        &self.call
    }

    /// Who asked: name and address.
    pub fn sender(&self) -> &(String, String) {
        &self.sender
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// May the opinion still be given?
    pub fn may_answer(&self) -> bool {
        self.opinion.answered_at.is_none() && self.now < self.opinion.due_at
    }
}

/// The holder of that secret; nothing when it is unknown, expired or revoked, or when the dossier is withdrawn.
pub async fn find(conn: &mut PgConnection, token: &str, now: OffsetDateTime) -> Result<Option<Expert>, AppError> {
    let row = sqlx::query!(
        "select opinion.id, opinion.project_id, project.title, project.label, call.short_title, call.edition, account.name, account.email
         from outside_opinion_link as link
         join outside_opinion as opinion on opinion.id = link.opinion_id
         join project on project.id = opinion.project_id
         join call on call.id = project.call_id
         join account on account.id = opinion.account_id
         where link.token_hash = $1 and link.revoked_at is null and opinion.revoked_at is null and project.status <> 'withdrawn'",
        digest(token)
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let all = store::list(conn, ProjectId(row.project_id), true).await?;
    let Some(opinion) = all.into_iter().find(|held| held.id == row.id) else { return Ok(None) };
    if now >= opinion.due_at + AFTER {
        return Ok(None);
    }
    let (call, sender) = (format!("{} {}", row.short_title, row.edition), (row.name, row.email));
    Ok(Some(Expert { opinion, title: row.title, label: row.label, call, sender, now }))
}

/// Remembers that the link was opened.
pub async fn opened(conn: &mut PgConnection, expert: &Expert) -> sqlx::Result<()> {
    sqlx::query!("update outside_opinion set opened_at = $2 where id = $1 and opened_at is null", expert.opinion.id, expert.now).execute(conn).await?;
    Ok(())
}

/// Tells who asked, unless they now stay away from the dossier, that the opinion came.
pub async fn tell(conn: &mut PgConnection, app: &App, expert: &Expert) -> Result<(), AppError> {
    let people = people::instructors(conn, expert.project(), &[expert.opinion.account]).await?;
    let path = format!("/dossiers/{}/avis#avis-{}", expert.project(), expert.opinion.number);
    let words = texts::opinion_given(app, texts::About { title: &expert.title, path: &path }, &expert.opinion.name);
    people::tell(conn, &people, ("opinion_given", &format!("opinion given {}", expert.opinion.id)), &words).await?;
    Ok(())
}
