//! Personal links: what lets a partner without an account read one document and answer it, and nothing else.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::{Document, LINK_LIFE, Signatory};
use super::store;
use crate::access::{Refusal, Status, digest, policy};
use crate::account::session::secret;
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::{AccountId, ProjectId};
use crate::mail::engagement::{self as texts, Asking};
use crate::mail::{self, Mail, Origin};

/// Most links that leave a dossier in a day.
const MOST_A_DAY: usize = 400;

/// Why a link is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// First request.
    Invitation,
    /// No answer yet.
    Reminder,
    /// The text changed.
    NewVersion,
    /// The holder wants it again.
    Again,
}

/// The dossier that a link leads to, as its mail names it.
#[derive(Debug, Clone)]
pub struct Place {
    /// Dossier.
    pub project: ProjectId,
    /// Title.
    pub title: String,
    /// Organisation that carries it.
    pub carrier: String,
    /// Who sends, and their address.
    pub sender: (String, String),
    /// Bound that applies.
    pub closes_at: OffsetDateTime,
}

/// Reads what mails say of a dossier, in the name of that account.
pub async fn place(conn: &mut PgConnection, project: ProjectId, account: AccountId) -> sqlx::Result<Place> {
    let row = sqlx::query!(
        "select project.title, organisation.name as carrier, account.name, account.email, call.deposit_bound, call.grace_minutes, project.extended_until
         from project
         join organisation on organisation.id = project.organisation_id
         join call on call.id = project.call_id
         join account on account.id = $2
         where project.id = $1",
        project.get(),
        account.get()
    )
    .fetch_one(conn)
    .await?;
    Ok(Place {
        project,
        title: row.title,
        carrier: row.carrier,
        sender: (row.name, row.email),
        closes_at: policy::closes_at(row.deposit_bound, row.grace_minutes, row.extended_until),
    })
}

/// Is there room for that many more links today?
///
/// # Errors
/// 422 beyond the links that may leave a dossier in a day.
pub async fn room(conn: &mut PgConnection, project: ProjectId, more: usize, now: OffsetDateTime) -> Result<(), AppError> {
    let sent = sqlx::query_scalar!(
        r#"select count(*) as "n!"
         from engagement_link as link
         join engagement_signatory as signatory on signatory.id = link.signatory_id
         where signatory.project_id = $1 and link.created_at > $2::timestamptz - interval '1 day'"#,
        project.get(),
        now
    )
    .fetch_one(conn)
    .await?;
    if usize::try_from(sent).is_ok_and(|sent| sent + more <= MOST_A_DAY) {
        return Ok(());
    }
    Err(AppError::Unprocessable("Ce dossier atteindrait 400 liens envoyés en un jour. Reprenez les envois demain.".to_owned()))
}

/// Sends a link of its own to a signatory, in the transaction of the act.
pub async fn send(
    conn: &mut PgConnection,
    app: &App,
    (place, account): (&Place, AccountId),
    signatory: &Signatory,
    (why, changes): (Why, &[String]),
    now: OffsetDateTime,
) -> Result<(), AppError> {
    let token = secret();
    let id = sqlx::query_scalar!(
        "with mailed as (
           update engagement_signatory set mailed_at = $4, reminders = reminders + case when $5 then 1 else 0 end where id = $1
         )
         insert into engagement_link (signatory_id, token_hash, account_id, created_at) values ($1, $2, $3, $4) returning id",
        signatory.id,
        digest(&token),
        account.get(),
        now,
        why == Why::Reminder
    )
    .fetch_one(&mut *conn)
    .await?;
    let asking = Asking {
        why,
        title: &place.title,
        carrier: &place.carrier,
        organisation: &signatory.organisation,
        sender: (&place.sender.0, &place.sender.1),
        path: &format!("/engagement/{token}"),
        closes_at: place.closes_at,
        changes,
    };
    let (subject, body) = texts::asking(app, &asking);
    let kind = if why == Why::Reminder { "engagement_reminder" } else { "engagement" };
    let key = format!("engagement {id}");
    let origin = Origin { sender: Some(account), ..Origin::default() };
    mail::queue_from(conn, &Mail { kind, recipient: &signatory.email, subject: &subject, body: &body, dedup_key: Some(&key) }, &origin).await?;
    Ok(())
}

/// Ends every link of a signatory; how many lived.
pub async fn revoke(conn: &mut PgConnection, signatory: i64, now: OffsetDateTime) -> sqlx::Result<u64> {
    let ended = sqlx::query!("update engagement_link set revoked_at = $2 where signatory_id = $1 and revoked_at is null", signatory, now).execute(conn).await?;
    Ok(ended.rows_affected())
}

/// Links of a signatory that still live.
pub async fn living(conn: &mut PgConnection, signatory: i64, (now, closes_at): (OffsetDateTime, OffsetDateTime)) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "n!" from engagement_link where signatory_id = $1 and revoked_at is null and greatest(created_at + interval '90 days', $3) > $2"#,
        signatory,
        now,
        closes_at
    )
    .fetch_one(conn)
    .await
}

/// Somebody who holds a living link: proof enough to read one document and to answer it.
#[derive(Debug, Clone)]
pub struct Partner {
    sender: AccountId,
    place: Place,
    signatory: Signatory,
    documents: Vec<Document>,
    organisations: Option<Vec<String>>,
    status: Status,
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
}

impl Partner {
    /// Dossier of the document.
    pub fn project(&self) -> ProjectId {
        self.place.project
    }

    /// Account that sent the link, and that acts for its holder.
    pub fn sender(&self) -> AccountId {
        self.sender
    }

    /// The dossier as named to partners.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The holder.
    pub fn signatory(&self) -> &Signatory {
        &self.signatory
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// End of the link.
    pub fn expires_at(&self) -> OffsetDateTime {
        self.expires_at
    }

    /// Names of the organisations that have signed, when the carrier lets partners see them.
    pub fn organisations(&self) -> Option<&[String]> {
        self.organisations.as_deref()
    }

    /// The version that the link shows: the one in force, or the one signed when the team asks for no other signature.
    pub fn document(&self) -> Result<&Document, AppError> {
        let shown = match self.signatory.signature() {
            Some(signature) => self.signatory.asked.max(Some(signature.number)).and_then(|number| self.version(number)),
            None => self.documents.first(),
        };
        shown.ok_or_else(|| AppError::Internal(anyhow::anyhow!("a link without a document")))
    }

    /// A version that the holder was shown or has answered.
    pub fn version(&self, number: i32) -> Option<&Document> {
        self.documents.iter().find(|document| document.number == number)
    }

    /// May the holder answer now?
    pub fn may_answer(&self) -> Result<(), Refusal> {
        policy::sign(self.status, self.place.closes_at, self.now)
    }
}

/// The holder of that secret; nothing when it is unknown, expired or revoked.
pub async fn find(conn: &mut PgConnection, token: &str, now: OffsetDateTime) -> Result<Option<Partner>, AppError> {
    let row = sqlx::query!(
        r#"select signatory.id, signatory.project_id, link.account_id, link.created_at, project.status,
             coalesce(setting.names_signatories, false) as "names_signatories!"
         from engagement_link as link
         join engagement_signatory as signatory on signatory.id = link.signatory_id
         join project on project.id = signatory.project_id
         left join engagement_setting as setting on setting.project_id = project.id
         where link.token_hash = $1 and link.revoked_at is null and signatory.removed_at is null"#,
        digest(token)
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (project, sender) = (ProjectId(row.project_id), AccountId(row.account_id));
    let place = place(conn, project, sender).await?;
    let expires_at = place.closes_at.max(row.created_at + LINK_LIFE);
    if now >= expires_at {
        return Ok(None);
    }
    let Some(signatory) = store::signatory(conn, project, row.id).await? else { return Ok(None) };
    let theirs: Vec<i32> = signatory.answers.iter().map(|answer| answer.number).chain(signatory.asked).collect();
    let mut documents = store::documents(conn, project).await?;
    let current = documents.first().map(|document| document.number);
    documents.retain(|document| theirs.contains(&document.number) || Some(document.number) == current);
    let organisations = if row.names_signatories { Some(signed(conn, project).await?) } else { None };
    let status = Status::parse(&row.status).ok_or_else(|| anyhow::anyhow!("unknown status"))?;
    Ok(Some(Partner { sender, place, signatory, documents, organisations, status, now, expires_at }))
}

async fn signed(conn: &mut PgConnection, project: ProjectId) -> Result<Vec<String>, AppError> {
    let signatories = store::signatories(conn, project, None).await?;
    Ok(signatories.iter().filter_map(Signatory::signature).map(|signature| signature.organisation.clone()).collect())
}

/// Remembers that the link was opened, once for each version asked.
pub async fn opened(conn: &mut PgConnection, partner: &Partner) -> sqlx::Result<()> {
    if partner.signatory.opened_at.is_some() {
        return Ok(());
    }
    sqlx::query!("update engagement_signatory set opened_at = $2 where id = $1 and opened_at is null", partner.signatory.id, partner.now).execute(conn).await?;
    Ok(())
}

/// The holder wants no more reminders, or wants them again.
pub async fn set_reminders(conn: &mut PgConnection, partner: &Partner, is_stop: bool) -> sqlx::Result<()> {
    sqlx::query!("update engagement_signatory set reminders_stopped_at = $2 where id = $1", partner.signatory.id, is_stop.then_some(partner.now))
        .execute(conn)
        .await?;
    Ok(())
}
