//! Ownership handed over: proposed by an owner, accepted or declined by whom it is proposed to. Until then nothing changes.
//! Every act is done under the dossier's lock, so that two answers, or an owner gone meanwhile, never meet.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::invitation::{self, Target};
use crate::access::{MemberRole, ProjectOwner, ProjectReader};
use crate::app::App;
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::{AccountId, InvitationId, ProjectId};
use crate::kit::moment;
use crate::kit::values::Email;
use crate::mail::{self, Mail, texts};

/// Days that a proposal waits for its answer, the day of its making left out.
const DAYS: i64 = 14;

/// End of a proposal made now: the last second of the fourteenth day, in Paris.
fn end(now: OffsetDateTime) -> OffsetDateTime {
    moment::bound_before(moment::paris_parts(now).0.saturating_add(Duration::days(DAYS + 1)))
}

/// The last day of a proposal, as people read it: "mercredi 9 décembre 2015".
pub fn last_day(expires_at: OffsetDateTime) -> String {
    moment::date(moment::last_second_before(expires_at))
}

/// What the proposing owner becomes once the proposal is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becomes {
    /// Stays owner, beside the new one.
    Owner,
    /// Stays in the team, and writes.
    Editor,
    /// Leaves the team.
    Nobody,
}

impl Becomes {
    /// Every choice, the usual one first.
    pub const ALL: [Self; 3] = [Self::Editor, Self::Nobody, Self::Owner];

    /// As kept in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
            Self::Nobody => "nobody",
        }
    }

    /// From the database or a form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|becomes| becomes.as_str() == text)
    }

    /// What follows, as the person who answers reads it: "Maud Trichet reste dans l’équipe".
    pub fn sentence(self, name: &str) -> String {
        match self {
            Self::Owner => format!("{name} reste porteur avec vous."),
            Self::Editor => format!("{name} reste dans l’équipe, sans la gérer."),
            Self::Nobody => format!("{name} quitte l’équipe."),
        }
    }
}

/// A proposal that waits for its answer.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Its number.
    pub id: i64,
    /// The owner who proposes.
    pub from: AccountId,
    /// Their name.
    pub from_name: String,
    /// The member it is proposed to; nothing when an invitation carries it.
    pub to: Option<AccountId>,
    /// Their name, or the address invited.
    pub to_name: String,
    /// What the proposing owner becomes.
    pub becomes: Becomes,
    /// End of its life, exclusive.
    pub expires_at: OffsetDateTime,
}

/// The proposal that waits on a dossier, if any.
pub async fn pending(conn: &mut PgConnection, project: ProjectId, now: OffsetDateTime) -> Result<Option<Proposal>, AppError> {
    let row = sqlx::query!(
        r#"select handover.id, from_account, host.name as from_name, to_account, coalesce(guest.name, invitation.email) as "to_name!", becomes, handover.expires_at
         from handover
         join account as host on host.id = from_account
         left join account as guest on guest.id = to_account
         left join invitation on invitation.id = invitation_id
         where handover.project_id = $1 and handover.accepted_at is null and declined_at is null and handover.withdrawn_at is null
           and handover.expires_at > $2"#,
        project.get(),
        now
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Proposal {
        id: row.id,
        from: AccountId(row.from_account),
        from_name: row.from_name,
        to: row.to_account.map(AccountId),
        to_name: row.to_name,
        becomes: Becomes::parse(&row.becomes).ok_or_else(|| anyhow::anyhow!("unknown end of a handover"))?,
        expires_at: row.expires_at,
    }))
}

/// To whom ownership is proposed.
#[derive(Debug, Clone)]
pub enum To {
    /// Somebody of the team.
    Member(AccountId),
    /// An address, in the team or not.
    Address(Email),
}

/// Why a proposal is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Another one waits.
    AlreadyPending,
    /// They own the dossier already.
    IsOwner,
    /// They are not of the team any more.
    NotMember,
    /// They review the dossier.
    Reviews,
}

impl Obstacle {
    /// The reason, in French.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AlreadyPending => "Une proposition attend déjà sa réponse. Retirez-la avant d’en faire une autre.",
            Self::IsOwner => "Cette personne est déjà porteur du dossier.",
            Self::NotMember => "Cette personne n’est plus de l’équipe. Choisissez-en une autre, ou écrivez une adresse.",
            Self::Reviews => "Cette personne évalue ce dossier\u{a0}: elle ne peut pas en être le porteur.",
        }
    }
}

/// Proposes ownership, under the dossier's lock; the mail leaves with it.
pub async fn propose(conn: &mut PgConnection, app: &App, owner: &ProjectOwner, to: &To, becomes: Becomes) -> Result<Option<Obstacle>, AppError> {
    let (project, now) = (owner.project(), owner.now());
    super::members::owners(conn, owner).await?;
    // A proposal that nobody answered in time gives way.
    sqlx::query!(
        "update handover set withdrawn_at = $2
         where project_id = $1 and expires_at <= $2 and accepted_at is null and declined_at is null and withdrawn_at is null",
        project.get(),
        now
    )
    .execute(&mut *conn)
    .await?;
    if pending(conn, project, now).await?.is_some() {
        return Ok(Some(Obstacle::AlreadyPending));
    }
    let to_account = match target(conn, project, to).await? {
        Ok(found) => found,
        Err(obstacle) => return Ok(Some(obstacle)),
    };
    let expires_at = end(now);
    let (account, invitation, subject) = match (to_account, to) {
        (Some(account), _) => (Some(account.get()), None, account.to_string()),
        (None, To::Member(_)) => return Ok(Some(Obstacle::NotMember)),
        (None, To::Address(email)) => {
            let target = Target::Team { project, role: MemberRole::Owner };
            let InvitationId(id) = invitation::send(conn, app, target, email, (Some(owner.account()), now, moment::last_second_before(expires_at))).await?.id;
            (None, Some(id), "invitation".to_owned())
        }
    };
    let id = sqlx::query_scalar!(
        "insert into handover (project_id, from_account, to_account, invitation_id, becomes, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         returning id",
        project.get(),
        owner.account().get(),
        account,
        invitation,
        becomes.as_str(),
        now,
        expires_at
    )
    .fetch_one(&mut *conn)
    .await?;
    journal::record(conn, project, owner.account(), "ownership_proposed", &subject, now).await?;
    if let Some(account) = account {
        let said = texts::Handover { by: &owner.visitor().name, title: &owner.head().title, path: &owner.url("/portage"), until: &last_day(expires_at) };
        let (subject, body) = texts::handover_proposed(app, &said);
        post(conn, AccountId(account), (&subject, &body), &format!("handover {id}")).await?;
    }
    Ok(None)
}

/// The member meant, or nothing for an address outside the team.
async fn target(conn: &mut PgConnection, project: ProjectId, to: &To) -> Result<Result<Option<AccountId>, Obstacle>, AppError> {
    let (account, email) = match to {
        To::Member(account) => (Some(account.get()), None),
        To::Address(email) => (None, Some(email.as_str())),
    };
    let found = sqlx::query!(
        r#"select account.id, member.role as "role?",
             exists(select from review where review.project_id = $1 and review.account_id = account.id) as "reviews!"
         from account
         left join project_member as member on member.project_id = $1 and member.account_id = account.id
         where account.id = $2 or account.email = $3"#,
        project.get(),
        account,
        email
    )
    .fetch_optional(conn)
    .await?;
    let Some(found) = found else { return Ok(if account.is_some() { Err(Obstacle::NotMember) } else { Ok(None) }) };
    Ok(match (found.reviews, found.role.as_deref()) {
        (true, _) => Err(Obstacle::Reviews),
        (false, Some("owner")) => Err(Obstacle::IsOwner),
        (false, Some(_)) => Ok(Some(AccountId(found.id))),
        (false, None) if account.is_some() => Err(Obstacle::NotMember),
        (false, None) => Ok(None),
    })
}

async fn post(conn: &mut PgConnection, to: AccountId, (subject, body): (&str, &str), key: &str) -> sqlx::Result<()> {
    let email = sqlx::query_scalar!("select email from account where id = $1 and disabled_at is null", to.get()).fetch_optional(&mut *conn).await?;
    let Some(email) = email else { return Ok(()) };
    mail::queue(conn, &Mail { kind: "handover", recipient: &email, subject, body, dedup_key: Some(key) }).await
}

/// What an answer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It was taken.
    Done,
    /// The proposal no longer stands: withdrawn, expired, or answered already.
    Gone,
}

/// The member whom it was proposed to answers, under the dossier's lock.
pub async fn answer(conn: &mut PgConnection, app: &App, reader: &ProjectReader, accepts: bool) -> Result<Answered, AppError> {
    let Some(proposal) = pending(conn, reader.project(), reader.now()).await?.filter(|held| held.to == Some(reader.account())) else {
        return Ok(Answered::Gone);
    };
    if accepts {
        return settle(conn, app, reader.project(), &proposal, (reader.account(), reader.now())).await;
    }
    sqlx::query!("update handover set declined_at = $2 where id = $1", proposal.id, reader.now()).execute(&mut *conn).await?;
    journal::record(conn, reader.project(), reader.account(), "ownership_declined", &proposal.from.to_string(), reader.now()).await?;
    let (subject, body) = texts::handover_answered(app, &reader.visitor().name, &reader.head().title, false);
    post(conn, proposal.from, (&subject, &body), &format!("handover {} answered", proposal.id)).await?;
    Ok(Answered::Done)
}

/// An accepted invitation may carry a proposal: the former owner then steps back. The dossier is locked.
pub async fn settle_invitation(
    conn: &mut PgConnection,
    app: &App,
    project: ProjectId,
    invitation: InvitationId,
    (account, now): (AccountId, OffsetDateTime),
) -> Result<(), AppError> {
    let carried = sqlx::query_scalar!("select id from handover where invitation_id = $1", invitation.get()).fetch_optional(&mut *conn).await?;
    let proposal = pending(conn, project, now).await?.filter(|held| Some(held.id) == carried);
    if let Some(proposal) = proposal {
        settle(conn, app, project, &proposal, (account, now)).await?;
    }
    Ok(())
}

/// Makes the new owner, and of the former one what was proposed.
async fn settle(
    conn: &mut PgConnection,
    app: &App,
    project: ProjectId,
    proposal: &Proposal,
    (account, now): (AccountId, OffsetDateTime),
) -> Result<Answered, AppError> {
    let made = sqlx::query!(
        "update project_member set role = 'owner', can_deposit = false, levels = default, ends_at = null, version = version + 1
         where project_id = $1 and account_id = $2
           and exists(select from project_member as host where host.project_id = $1 and host.account_id = $3 and host.role = 'owner')
           and not exists(select from review where review.project_id = $1 and review.account_id = $2)",
        project.get(),
        account.get(),
        proposal.from.get()
    )
    .execute(&mut *conn)
    .await?;
    if made.rows_affected() == 0 {
        sqlx::query!("update handover set withdrawn_at = $2 where id = $1", proposal.id, now).execute(&mut *conn).await?;
        return Ok(Answered::Gone);
    }
    sqlx::query!("update handover set accepted_at = $2 where id = $1", proposal.id, now).execute(&mut *conn).await?;
    match proposal.becomes {
        Becomes::Owner => {}
        Becomes::Editor => {
            sqlx::query!(
                "update project_member set role = 'editor', can_deposit = false, levels = default, version = version + 1
                 where project_id = $1 and account_id = $2",
                project.get(),
                proposal.from.get()
            )
            .execute(&mut *conn)
            .await?;
        }
        Becomes::Nobody => {
            sqlx::query!("delete from project_member where project_id = $1 and account_id = $2", project.get(), proposal.from.get())
                .execute(&mut *conn)
                .await?;
        }
    }
    let subject = format!("{} {}", proposal.from, proposal.becomes.as_str());
    journal::record(conn, project, account, "ownership_accepted", &subject, now).await?;
    let names =
        sqlx::query!("select account.name, project.title from account, project where account.id = $1 and project.id = $2", account.get(), project.get())
            .fetch_one(&mut *conn)
            .await?;
    let (subject, body) = texts::handover_answered(app, &names.name, &names.title, true);
    post(conn, proposal.from, (&subject, &body), &format!("handover {} answered", proposal.id)).await?;
    Ok(Answered::Done)
}

/// An owner takes the proposal back; nothing happens when none waits.
pub async fn withdraw(conn: &mut PgConnection, owner: &ProjectOwner) -> Result<(), AppError> {
    super::members::owners(conn, owner).await?;
    if pending(conn, owner.project(), owner.now()).await?.is_some() {
        drop_pending(conn, owner.project(), None, owner.now()).await?;
        journal::record(conn, owner.project(), owner.account(), "ownership_withdrawn", "", owner.now()).await?;
    }
    Ok(())
}

/// Ends the proposal that waits on a dossier, and the invitation that carries it: of anybody, or only when that person made
/// or would answer it.
pub async fn drop_pending(conn: &mut PgConnection, project: ProjectId, whose: Option<AccountId>, now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!(
        "with gone as (
           update handover set withdrawn_at = $2
           where project_id = $1 and accepted_at is null and declined_at is null and withdrawn_at is null
             and ($3::bigint is null or from_account = $3 or to_account = $3)
           returning invitation_id
         )
         update invitation set withdrawn_at = $2
         where id in (select invitation_id from gone) and accepted_at is null and withdrawn_at is null",
        project.get(),
        now,
        whose.map(AccountId::get)
    )
    .execute(conn)
    .await?;
    Ok(())
}
