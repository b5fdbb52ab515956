//! Invitations: a personal link by mail that gives one role, in a dossier's team or in a call.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::session;
use crate::access::{MemberRole, digest};
use crate::app::App;
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::{AccountId, CallId, InvitationId, ProjectId, SeatId};
use crate::kit::values::Email;
use crate::mail::{self, Mail, Origin, texts};

/// How long an invitation lives.
pub const LIFE: Duration = Duration::days(30);

/// What a person is in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallRole {
    /// Runs it.
    Manager,
    /// Reviews for it.
    Reviewer,
    /// Sits in its committee.
    Committee,
}

impl CallRole {
    /// As kept in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Reviewer => "reviewer",
            Self::Committee => "committee",
        }
    }

    /// From the database or a form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Manager, Self::Reviewer, Self::Committee].into_iter().find(|role| role.as_str() == text)
    }
}

/// What an invitation gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A place in a dossier's team.
    Team {
        /// Dossier.
        project: ProjectId,
        /// Place.
        role: MemberRole,
    },
    /// A role in a call.
    Call {
        /// Call.
        call: CallId,
        /// Role.
        role: CallRole,
        /// Seat, for the committee.
        seat: Option<SeatId>,
    },
}

impl Target {
    fn project(self) -> Option<i64> {
        if let Self::Team { project, .. } = self { Some(project.get()) } else { None }
    }

    fn call(self) -> Option<i64> {
        if let Self::Call { call, .. } = self { Some(call.get()) } else { None }
    }

    fn seat(self) -> Option<i64> {
        if let Self::Call { seat, .. } = self { seat.map(SeatId::get) } else { None }
    }

    /// The role, as kept in the database.
    pub fn role(self) -> &'static str {
        match self {
            Self::Team { role, .. } => role.as_str(),
            Self::Call { role, .. } => role.as_str(),
        }
    }

    /// What one becomes: "porteur du dossier", "évaluateur de l’appel".
    pub fn part(self) -> &'static str {
        match self {
            Self::Team { role: MemberRole::Owner, .. } => "porteur du dossier",
            Self::Team { role: MemberRole::Editor, .. } => "membre de l’équipe du dossier",
            Self::Team { role: MemberRole::Consultant, .. } => "conseil (AMO) du dossier",
            Self::Team { role: MemberRole::Reader, .. } => "lecteur du dossier",
            Self::Call { role: CallRole::Manager, .. } => "gestionnaire de l’appel",
            Self::Call { role: CallRole::Reviewer, .. } => "évaluateur de l’appel",
            Self::Call { role: CallRole::Committee, .. } => "membre du comité de l’appel",
        }
    }
}

/// An invitation just sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its number.
    pub id: InvitationId,
    /// Path of its link: the only copy of the secret beside the mail.
    pub path: String,
}

/// Invites somebody, in the transaction of the act: row, mail and journal line. A pending invitation of the same address to
/// the same place is replaced. Whoever calls has proved that they may give this role.
///
/// # Errors
/// 422 when the person already has the role.
pub async fn invite(conn: &mut PgConnection, app: &App, target: Target, email: &Email, by: Option<AccountId>, now: OffsetDateTime) -> Result<Sent, AppError> {
    send(conn, app, target, email, (by, now, now + LIFE)).await
}

/// The same, for a place that ends at that instant.
///
/// # Errors
/// 422 when the person already has a place in the team.
pub async fn invite_until(
    conn: &mut PgConnection,
    app: &App,
    target: Target,
    email: &Email,
    (by, now, until): (AccountId, OffsetDateTime, OffsetDateTime),
) -> Result<Sent, AppError> {
    let sent = invite(conn, app, target, email, Some(by), now).await?;
    sqlx::query!("update invitation set member_until = $2 where id = $1", sent.id.get(), until).execute(conn).await?;
    Ok(sent)
}

/// The same, with an end of its own.
pub(super) async fn send(
    conn: &mut PgConnection,
    app: &App,
    target: Target,
    email: &Email,
    (by, now, expires_at): (Option<AccountId>, OffsetDateTime, OffsetDateTime),
) -> Result<Sent, AppError> {
    if let Some(project) = target.project() {
        // Invitations of a dossier follow each other under its lock, like every act on it.
        journal::lock(conn, ProjectId(project)).await?;
    }
    if holds(conn, target, email, now).await? {
        return Err(AppError::Unprocessable("Cette personne a déjà ce rôle. Il n’y a pas d’invitation à envoyer.".to_owned()));
    }
    sqlx::query!(
        "with gone as (
           update invitation set withdrawn_at = $5
           where email = $1 and project_id is not distinct from $2 and call_id is not distinct from $3 and (project_id is not null or role = $4)
             and accepted_at is null and withdrawn_at is null
           returning id
         )
         update handover set withdrawn_at = $5
         where invitation_id in (select id from gone) and accepted_at is null and declined_at is null and withdrawn_at is null",
        email.as_str(),
        target.project(),
        target.call(),
        target.role(),
        now
    )
    .execute(&mut *conn)
    .await?;
    let token = session::secret();
    let id = sqlx::query_scalar!(
        "insert into invitation (token_hash, email, project_id, call_id, role, seat_id, invited_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         returning id",
        digest(&token),
        email.as_str(),
        target.project(),
        target.call(),
        target.role(),
        target.seat(),
        by.map(AccountId::get),
        now,
        expires_at
    )
    .fetch_one(&mut *conn)
    .await?;
    let path = format!("/invitation/{token}");
    let made = find(conn, &token).await?.ok_or_else(|| anyhow::anyhow!("invitation just made"))?;
    let (subject, body) = texts::invitation(
        app,
        &texts::Invitation { by: made.by.as_deref(), part: target.part(), place: &made.place, path: &path, expires_at: made.expires_at },
    );
    let key = format!("invitation {id}");
    // Refused by the other side, it comes back to who invites.
    let origin = Origin { sender: by, ..Origin::default() };
    mail::queue_from(conn, &Mail { kind: "invitation", recipient: email.as_str(), subject: &subject, body: &body, dedup_key: Some(&key) }, &origin).await?;
    match (target, by) {
        (Target::Team { project, role }, Some(by)) => journal::record(conn, project, by, "invited", role.as_str(), now).await?,
        (Target::Call { call, role, .. }, Some(by)) => journal::record_call(conn, call, by, "invited", role.as_str(), now).await?,
        (_, None) => journal::record_account(conn, None, "invited", &id.to_string(), now).await?,
    }
    Ok(Sent { id: InvitationId(id), path })
}

/// Does somebody of that address already have the role, or a place in the team?
async fn holds(conn: &mut PgConnection, target: Target, email: &Email, now: OffsetDateTime) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists(
             select from account
             where email = $1
               and (exists(select from project_member where project_id = $2 and account_id = account.id and coalesce(ends_at > $5, true))
                    or exists(select from call_role where call_id = $3 and account_id = account.id and role = $4))) as "holds!""#,
        email.as_str(),
        target.project(),
        target.call(),
        target.role(),
        now
    )
    .fetch_one(conn)
    .await
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// It can be accepted.
    Pending,
    /// It was.
    Accepted,
    /// Its time is over.
    Expired,
    /// Who sent it took it back, or sent another.
    Withdrawn,
}

/// An invitation, found by its link.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Its number.
    pub id: InvitationId,
    /// What it gives.
    pub target: Target,
    /// Address that it was sent to.
    pub email: Email,
    /// Name of who invites.
    pub by: Option<String>,
    /// Dossier or call, as a person reads it.
    pub place: String,
    /// Page that the role opens.
    pub landing: String,
    /// End of its life.
    pub expires_at: OffsetDateTime,
    /// Account of that address, when there is one.
    pub account: Option<AccountId>,
    accepted_at: Option<OffsetDateTime>,
    withdrawn_at: Option<OffsetDateTime>,
}

impl Invitation {
    /// Where it stands at that instant.
    pub fn stand(&self, now: OffsetDateTime) -> Stand {
        match (self.accepted_at, self.withdrawn_at) {
            (Some(_), _) => Stand::Accepted,
            (None, Some(_)) => Stand::Withdrawn,
            (None, None) if self.expires_at <= now => Stand::Expired,
            (None, None) => Stand::Pending,
        }
    }
}

/// The invitation of that secret.
pub async fn find(conn: &mut PgConnection, token: &str) -> Result<Option<Invitation>, AppError> {
    let row = sqlx::query!(
        r#"select invitation.id, invitation.email, invitation.project_id, invitation.call_id, invitation.role, invitation.seat_id,
             invitation.expires_at, invitation.accepted_at, invitation.withdrawn_at,
             host.name as "by?", project.title as "title?", project.label as "label?",
             call.title as "call?", call.edition as "edition?", call.slug as "slug?",
             account.id as "account?"
         from invitation
         left join account as host on host.id = invitation.invited_by
         left join project on project.id = invitation.project_id
         left join call on call.id = invitation.call_id
         left join account on account.email = invitation.email
         where token_hash = $1"#,
        digest(token)
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let unknown = || anyhow::anyhow!("unknown role in an invitation");
    let (target, place, landing) = if let Some(project) = row.project_id {
        let role = MemberRole::parse(&row.role).ok_or_else(unknown)?;
        let label = row.label.filter(|label| !label.is_empty()).map(|label| format!(", {label}")).unwrap_or_default();
        let place = format!("«\u{a0}{}\u{a0}»{label}", row.title.unwrap_or_default());
        (Target::Team { project: ProjectId(project), role }, place, format!("/dossiers/{project}"))
    } else {
        let role = CallRole::parse(&row.role).ok_or_else(unknown)?;
        let page = match role {
            CallRole::Manager => "/appel",
            CallRole::Reviewer => "/evaluation",
            CallRole::Committee => "/comite",
        };
        let place = format!("«\u{a0}{}\u{a0}», {}", row.call.unwrap_or_default(), row.edition.unwrap_or_default());
        let target = Target::Call { call: CallId(row.call_id.unwrap_or_default()), role, seat: row.seat_id.map(SeatId) };
        (target, place, format!("{page}?appel={}", row.slug.unwrap_or_default()))
    };
    Ok(Some(Invitation {
        id: InvitationId(row.id),
        target,
        email: Email::read(&row.email).map_err(|_| anyhow::anyhow!("unreadable address in an invitation"))?,
        by: row.by,
        place,
        landing,
        expires_at: row.expires_at,
        account: row.account.map(AccountId),
        accepted_at: row.accepted_at,
        withdrawn_at: row.withdrawn_at,
    }))
}

/// Gives the role, once; false when the invitation no longer stands. The caller has checked the address.
pub async fn accept(conn: &mut PgConnection, app: &App, invitation: &Invitation, account: AccountId, now: OffsetDateTime) -> Result<bool, AppError> {
    if let Some(project) = invitation.target.project() {
        journal::lock(conn, ProjectId(project)).await?;
    }
    let taken = sqlx::query!(
        "update invitation set accepted_at = $2 where id = $1 and accepted_at is null and withdrawn_at is null and expires_at > $2",
        invitation.id.get(),
        now
    )
    .execute(&mut *conn)
    .await?;
    if taken.rows_affected() == 0 {
        return Ok(false);
    }
    match invitation.target {
        Target::Team { project, role } => {
            sqlx::query!(
                "insert into project_member (project_id, account_id, role, created_at, ends_at)
                 select $1, $2, $3, $4, member_until from invitation where id = $5
                 -- somebody whose place is over comes back to this one
                 on conflict (project_id, account_id) do update
                   set role = excluded.role, can_deposit = false, levels = default, ends_at = excluded.ends_at, version = project_member.version + 1
                   where project_member.ends_at <= $4",
                project.get(),
                account.get(),
                role.as_str(),
                now,
                invitation.id.get()
            )
            .execute(&mut *conn)
            .await?;
            journal::record(conn, project, account, "joined", role.as_str(), now).await?;
            super::handover::settle_invitation(conn, app, project, invitation.id, (account, now)).await?;
        }
        Target::Call { call, role, seat } => {
            sqlx::query!(
                "insert into call_role (call_id, account_id, role, seat_id, created_at) values ($1, $2, $3, $4, $5)
                 on conflict (call_id, account_id, role) do update set seat_id = coalesce(excluded.seat_id, call_role.seat_id)",
                call.get(),
                account.get(),
                role.as_str(),
                seat.map(SeatId::get),
                now
            )
            .execute(&mut *conn)
            .await?;
            journal::record_call(conn, call, account, "joined", role.as_str(), now).await?;
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn an_invitation_stands_until_the_first_thing_that_ends_it() {
        let now = datetime!(2015-03-02 08:00 UTC);
        let fresh = Invitation {
            id: InvitationId(1),
            target: Target::Team { project: ProjectId(4), role: MemberRole::Editor },
            email: Email::read("ana@example.org").expect("address"),
            by: None,
            place: String::new(),
            landing: String::new(),
            expires_at: now + LIFE,
            account: None,
            accepted_at: None,
            withdrawn_at: None,
        };
        assert_eq!(fresh.stand(now), Stand::Pending);
        assert_eq!(fresh.stand(now + LIFE), Stand::Expired);
        let withdrawn = Invitation { withdrawn_at: Some(now), ..fresh.clone() };
        assert_eq!(withdrawn.stand(now + LIFE), Stand::Withdrawn);
        let accepted = Invitation { accepted_at: Some(now), ..withdrawn };
        assert_eq!(accepted.stand(now + LIFE), Stand::Accepted);
    }

    #[test]
    fn roles_read_back_what_they_write() {
        for role in [CallRole::Manager, CallRole::Reviewer, CallRole::Committee] {
            assert_eq!(CallRole::parse(role.as_str()), Some(role));
        }
        assert_eq!(CallRole::parse("owner"), None);
    }
}
