//! Roles of a call: managers, reviewers, committee members with their seats, and who was invited.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::CallManager;
use crate::kit::ids::{AccountId, CallId, SeatId};

/// A role that a person holds in the call.
#[derive(Debug)]
pub struct Role {
    /// Account.
    pub account: i64,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Organisation.
    pub organisation: String,
    /// "manager", "reviewer" or "committee".
    pub role: String,
    /// Seat of a committee member.
    pub seat: Option<i64>,
    /// The account no longer opens.
    pub is_disabled: bool,
    /// Domains that a reviewer knows.
    pub expertise: Vec<String>,
}

/// Roles of a call, by name.
pub async fn roles(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Role>> {
    sqlx::query_as!(
        Role,
        r#"select account.id as account, account.name, account.email, account.organisation, call_role.role, call_role.seat_id as seat,
             account.disabled_at is not null as "is_disabled!", call_role.expertise
         from call_role
         join account on account.id = call_role.account_id
         where call_role.call_id = $1
         order by account.name collate "fr-x-icu", account.id, call_role.role"#,
        call.get()
    )
    .fetch_all(conn)
    .await
}

/// An invitation to the call that nobody has answered yet.
#[derive(Debug)]
pub struct Pending {
    /// Invitation.
    pub id: i64,
    /// Address.
    pub email: String,
    /// Role.
    pub role: String,
    /// Seat of a committee member.
    pub seat: Option<i64>,
    /// Until when it can be accepted.
    pub expires_at: OffsetDateTime,
}

/// Invitations to a call that wait.
pub async fn pending(conn: &mut PgConnection, call: CallId, now: OffsetDateTime) -> sqlx::Result<Vec<Pending>> {
    sqlx::query_as!(
        Pending,
        "select id, email, role, seat_id as seat, expires_at
         from invitation
         where call_id = $1 and accepted_at is null and withdrawn_at is null and expires_at > $2
         order by email, id",
        call.get(),
        now
    )
    .fetch_all(conn)
    .await
}

/// Takes back an invitation to the call; false when it was accepted, withdrawn or never made.
pub async fn withdraw(conn: &mut PgConnection, manager: &CallManager, invitation: i64) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update invitation set withdrawn_at = $3 where id = $1 and call_id = $2 and accepted_at is null and withdrawn_at is null",
        invitation,
        manager.call().id.get(),
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Managers of the call whose account opens.
pub async fn active_managers(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        "select account.id
         from call_role
         join account on account.id = call_role.account_id and account.disabled_at is null
         where call_role.call_id = $1 and call_role.role = 'manager'",
        call.get()
    )
    .fetch_all(conn)
    .await
}

/// Takes a role away; reviews that were not started go with the reviewer's role. False when the person did not hold it.
pub async fn remove(conn: &mut PgConnection, manager: &CallManager, account: AccountId, role: &str) -> sqlx::Result<bool> {
    let call = manager.call().id;
    let done =
        sqlx::query!("delete from call_role where call_id = $1 and account_id = $2 and role = $3", call.get(), account.get(), role).execute(&mut *conn).await?;
    if role == "reviewer" {
        let assigned =
            sqlx::query_scalar!("select project_id from review where account_id = $1 and status = 'not_started'", account.get()).fetch_all(&mut *conn).await?;
        super::lock_projects(conn, call, &assigned).await?;
        let touched: Vec<i64> = sqlx::query_scalar!(
            "delete from review
             using project
             where project.id = review.project_id and project.call_id = $1 and review.account_id = $2 and review.status = 'not_started'
             returning review.project_id",
            call.get(),
            account.get()
        )
        .fetch_all(&mut *conn)
        .await?;
        super::assignments::recount(conn, &touched).await?;
    }
    Ok(done.rows_affected() == 1)
}

/// Gives a committee member another seat of the call, or none; false when the person is not of the committee.
pub async fn change_seat(conn: &mut PgConnection, manager: &CallManager, account: AccountId, seat: Option<SeatId>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update call_role
         set seat_id = (select id from seat where seat.id = $3 and seat.call_id = $1)
         where call_id = $1 and account_id = $2 and role = 'committee'",
        manager.call().id.get(),
        account.get(),
        seat.map(SeatId::get)
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Domains that a reviewer of the call knows.
pub async fn expertise(conn: &mut PgConnection, call: CallId, account: AccountId) -> sqlx::Result<Vec<String>> {
    let held = sqlx::query_scalar!("select expertise from call_role where call_id = $1 and account_id = $2 and role = 'reviewer'", call.get(), account.get())
        .fetch_optional(conn)
        .await?;
    Ok(held.unwrap_or_default())
}

/// Writes the domains that a reviewer knows; false when nothing changes. The caller has proven that they may: a manager of the
/// call, or the reviewer.
pub async fn save_expertise(conn: &mut PgConnection, call: CallId, account: AccountId, known: &[String]) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update call_role set expertise = $3 where call_id = $1 and account_id = $2 and role = 'reviewer' and expertise <> $3",
        call.get(),
        account.get(),
        known
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Reviews that a person holds in a call.
#[derive(Debug)]
pub struct Reviews {
    /// Assigned, nothing written.
    pub not_started: i64,
    /// Drafts.
    pub begun: i64,
    /// Delivered.
    pub delivered: i64,
}

/// Counts the reviews of a person in the call, but for the dossiers that the reader stays away from.
pub async fn reviews_of(conn: &mut PgConnection, manager: &CallManager, account: AccountId) -> sqlx::Result<Reviews> {
    sqlx::query_as!(
        Reviews,
        r#"select count(*) filter (where review.status = 'not_started') as "not_started!",
             count(*) filter (where review.status = 'draft') as "begun!",
             count(*) filter (where review.status = 'delivered') as "delivered!"
         from review
         join project on project.id = review.project_id and project.call_id = $1
         where review.account_id = $2
           and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $3)"#,
        manager.call().id.get(),
        account.get(),
        manager.account().get()
    )
    .fetch_one(conn)
    .await
}
