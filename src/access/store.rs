//! The statements behind the proofs: one per request brings session, account, ties and facts together.

use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::place::Place;
use super::policy::{Facts, ReviewStatus, Status, Ties, Visible, closes_at};
use super::proofs::{Dossier, ProjectHead};
use super::seat::{CallProof, Knock};
use super::visitor::{Hats, Visitor};
use crate::error::AppError;
use crate::kit::ids::{AccountId, CallId, ProjectId, ReviewId, SessionId, SubmissionId};

/// What the database keeps of a secret that travels in a cookie or a link.
pub fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Roles held somewhere, from what the statements count.
pub fn hats(is_carrier: bool, roles: i32, is_operator: bool) -> Hats {
    Hats { carrier: is_carrier, manager: roles & 1 != 0, reviewer: roles & 2 != 0, committee: roles & 4 != 0, operator: is_operator }
}

/// The person of a live session.
pub async fn visitor(conn: &mut PgConnection, token: &[u8], now: OffsetDateTime) -> sqlx::Result<Option<Visitor>> {
    let row = sqlx::query!(
        r#"select session.id as session, account.id, account.name, account.email, account.is_operator,
             exists(select from project_member where account_id = account.id) as "is_carrier!",
             coalesce((select bit_or(case role when 'manager' then 1 when 'reviewer' then 2 else 4 end)
                       from call_role where account_id = account.id), 0) as "roles!"
         from session
         join account on account.id = session.account_id
         where session.token_hash = $1
           and session.ended_at is null
           and session.expires_at > $2
           and account.disabled_at is null"#,
        token,
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Visitor {
        account: AccountId(row.id),
        session: SessionId(row.session),
        name: row.name,
        email: row.email,
        hats: hats(row.is_carrier, row.roles, row.is_operator),
    }))
}

#[expect(clippy::too_many_lines, reason = "one statement, and each of its columns given its meaning")]
/// The person of a live session and their ties to a dossier; `Ok(None)` without a session, `NotFound` without a dossier.
pub async fn dossier(conn: &mut PgConnection, token: &[u8], project: ProjectId, now: OffsetDateTime) -> Result<Option<Dossier>, AppError> {
    let row = sqlx::query!(
        r#"select session.id as session, account.id as account, account.name, account.email, account.is_operator,
             exists(select from project_member where account_id = account.id) as "is_carrier!",
             coalesce((select bit_or(case role when 'manager' then 1 when 'reviewer' then 2 else 4 end)
                       from call_role where account_id = account.id), 0) as "roles!",
             coalesce((select bit_or(case role when 'manager' then 1 when 'reviewer' then 2 else 4 end)
                       from call_role where account_id = account.id and call_id = call.id), 0) as "call_roles!",
             member.role as "member_role?", coalesce(member.can_deposit, false) as "can_deposit!", member.levels as "levels?",
             review.id as "review_id?", review.status as "review_status?",
             exists(select from recusal where recusal.project_id = project.id and recusal.account_id = account.id) as "is_recused!",
             call.reviews_visible = 'after_all_mine' and exists(
                 select from review as owed join project as other on other.id = owed.project_id
                 where owed.account_id = account.id and other.call_id = call.id and owed.status in ('not_started', 'draft')) as "owes_reviews!",
             project.id as "project_id?", project.number as "number?", project.title as "title?", project.label as "label?",
             project.status as "status?", project.extended_until as "extended_until?", project.shared as "shared?",
             project.standing::text as "standing?", project.content_version as "content_version?", project.deposited_version,
             project.submission_id, project.journal_mark as "journal_mark?",
             call.id as "call_id?", call.slug as "slug?", call.short_title as "call_title?", call.edition as "edition?",
             call.deposit_bound as "deposit_bound?", call.grace_minutes as "grace_minutes?", call.results_published_at,
             call.reviews_visible as "reviews_visible?", call.owner_sees_reviews as "owner_sees_reviews?"
         from session
         join account on account.id = session.account_id
         left join project on project.id = $3
         left join call on call.id = project.call_id
         left join project_member as member on member.project_id = project.id and member.account_id = account.id
         left join review on review.project_id = project.id and review.account_id = account.id
         where session.token_hash = $1
           and session.ended_at is null
           and session.expires_at > $2
           and account.disabled_at is null"#,
        token,
        now,
        project.get()
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let visitor = Visitor {
        account: AccountId(row.account),
        session: SessionId(row.session),
        name: row.name,
        email: row.email,
        hats: hats(row.is_carrier, row.roles, row.is_operator),
    };
    let (Some(id), Some(bound), Some(status), Some(shared)) = (row.project_id, row.deposit_bound, row.status, row.shared) else {
        return Err(AppError::NotFound);
    };
    let facts = Facts {
        status: known(Status::parse(&status))?,
        closes_at: closes_at(bound, row.grace_minutes.unwrap_or(0), row.extended_until),
        shared: shared.try_into().unwrap_or([false; 5]),
        has_deposit: row.submission_id.is_some(),
        is_published: row.results_published_at.is_some_and(|at| at <= now),
        visible: known(row.reviews_visible.as_deref().and_then(Visible::parse))?,
        owner_sees_reviews: row.owner_sees_reviews.unwrap_or(false),
    };
    let place = row.member_role.as_deref().and_then(|role| Place::parse(role, row.can_deposit, row.levels.as_deref().unwrap_or_default()));
    let ties = Ties {
        // Somebody who no longer reviews for the call keeps what they wrote, and opens nothing with it.
        review: row.review_status.as_deref().filter(|_| row.call_roles & 2 != 0).and_then(ReviewStatus::parse),
        owes_reviews: row.owes_reviews,
        is_committee: row.call_roles & 4 != 0,
        is_manager: row.call_roles & 1 != 0,
        is_recused: row.is_recused,
        ..Ties::default().placed(place)
    };
    let head = ProjectHead {
        id: ProjectId(id),
        call: CallId(row.call_id.unwrap_or_default()),
        call_slug: row.slug.unwrap_or_default(),
        call_title: row.call_title.unwrap_or_default(),
        edition: row.edition.unwrap_or_default(),
        number: row.number.unwrap_or_default(),
        title: row.title.unwrap_or_default(),
        label: row.label.unwrap_or_default(),
        standing: row.standing.unwrap_or_default(),
        content_version: row.content_version.unwrap_or_default(),
        deposited_version: row.deposited_version,
        submission: row.submission_id.map(SubmissionId),
        review: row.review_id.map(ReviewId),
    };
    Ok(Some(Dossier { visitor, ties, facts, head, now }))
}

/// A word of the database that the program does not know is a fault of ours, never of the visitor.
fn known<T>(value: Option<T>) -> Result<T, AppError> {
    value.ok_or_else(|| AppError::Internal(anyhow::anyhow!("unknown word in the database")))
}

/// What `call_seat` answers to a knock; nothing without a session.
pub async fn call_head<P: CallProof>(conn: &mut PgConnection, knock: &Knock<P>) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(r#"select head::text as "head!" from call_seat($1, $2, $3, $4)"#, knock.token(), knock.now(), &knock.roles(), knock.slug())
        .fetch_optional(conn)
        .await
}
