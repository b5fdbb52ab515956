//! Settings of a call: dates, presentation, criteria, contacts. Each is read whole and written whole, under the call's lock.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::access::CallManager;
use crate::kit::ids::{AccountId, CallId};
use crate::kit::values::Cents;

/// Dates of a call.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Version of the settings.
    pub version: i32,
    /// Launch (R1).
    pub launched_on: Option<Date>,
    /// Exclusive bound of the manifestations (R2).
    pub manifestation_bound: Option<OffsetDateTime>,
    /// Notification of the eligibilities (R3).
    pub notified_on: Option<Date>,
    /// Exclusive bound of the deposits (R107, R132).
    pub deposit_bound: OffsetDateTime,
    /// Grace after the bound, in minutes.
    pub grace_minutes: i32,
    /// Reviews due.
    pub review_due_at: Option<OffsetDateTime>,
    /// Meeting of the committee (R119).
    pub committee_at: Option<OffsetDateTime>,
    /// Where it meets.
    pub committee_place: String,
    /// Meeting of the fund's committee (R130).
    pub fund_committee_on: Option<Date>,
    /// Decision of the elected council (R131).
    pub council_on: Option<Date>,
    /// Days without movement from which the board warns.
    pub still_days: i32,
    /// Days before the bound from which it warns of what blocks a deposit.
    pub near_days: i32,
}

/// Reads the dates of a call.
pub async fn calendar(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Calendar> {
    sqlx::query_as!(
        Calendar,
        "select version, launched_on, manifestation_bound, notified_on, deposit_bound, grace_minutes, review_due_at, committee_at, committee_place,
           fund_committee_on, council_on, still_days, near_days
         from call
         where id = $1",
        call.get()
    )
    .fetch_one(conn)
    .await
}

/// Writes the dates of a call, but for the bound and its grace, which are decisions.
pub async fn save_calendar(conn: &mut PgConnection, manager: &CallManager, new: &Calendar) -> sqlx::Result<()> {
    sqlx::query!(
        "update call
         set launched_on = $2, manifestation_bound = $3, notified_on = $4, review_due_at = $5, committee_at = $6, committee_place = $7,
             fund_committee_on = $8, council_on = $9
         where id = $1",
        manager.call().id.get(),
        new.launched_on,
        new.manifestation_bound,
        new.notified_on,
        new.review_due_at,
        new.committee_at,
        new.committee_place,
        new.fund_committee_on,
        new.council_on
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the days from which the board warns.
pub async fn save_alerts(conn: &mut PgConnection, manager: &CallManager, still: i32, near: i32) -> sqlx::Result<()> {
    sqlx::query!("update call set still_days = $2, near_days = $3 where id = $1", manager.call().id.get(), still, near).execute(conn).await?;
    Ok(())
}

/// Moves the bound; the decision keeps its author and its reason. Returns the decision.
pub async fn move_bound(conn: &mut PgConnection, manager: &CallManager, bound: OffsetDateTime, reason: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "with moved as (
           update call set deposit_bound = $2 where id = $1
         )
         insert into deadline_decision (call_id, kind, instant, reason, account_id, at) values ($1, 'bound', $2, $3, $4, $5)
         returning id",
        manager.call().id.get(),
        bound,
        reason,
        manager.account().get(),
        manager.now()
    )
    .fetch_one(conn)
    .await
}

/// Changes the grace; the decision keeps its author and its reason.
pub async fn change_grace(conn: &mut PgConnection, manager: &CallManager, minutes: i32, reason: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "with changed as (
           update call set grace_minutes = $2 where id = $1
         )
         insert into deadline_decision (call_id, kind, minutes, reason, account_id, at) values ($1, 'grace', $2, $3, $4, $5)",
        manager.call().id.get(),
        minutes,
        reason,
        manager.account().get(),
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A decision on a bound.
#[derive(Debug)]
pub struct Decision {
    /// When it was taken.
    pub at: OffsetDateTime,
    /// Who took it.
    pub author: String,
    /// "bound", "grace" or "extension".
    pub kind: String,
    /// Instant decided.
    pub instant: Option<OffsetDateTime>,
    /// Minutes decided.
    pub minutes: Option<i32>,
    /// Reason.
    pub reason: String,
    /// Dossier of an extension: id and title.
    pub project: Option<i64>,
    /// Its title.
    pub title: Option<String>,
}

/// Latest decisions on the bounds of a call, but for the dossiers that the reader stays away from.
pub async fn decisions(conn: &mut PgConnection, call: CallId, reader: AccountId) -> sqlx::Result<Vec<Decision>> {
    sqlx::query_as!(
        Decision,
        r#"select decision.at, account.name as author, decision.kind, decision.instant, decision.minutes, decision.reason,
             project.id as "project?", project.title as "title?"
         from deadline_decision as decision
         join account on account.id = decision.account_id
         left join project on project.id = decision.project_id
         where decision.call_id = $1
           and not exists(select from recusal where recusal.project_id = decision.project_id and recusal.account_id = $2)
         order by decision.id desc
         limit 20"#,
        call.get(),
        reader.get()
    )
    .fetch_all(conn)
    .await
}

/// A person to be told of a decision.
#[derive(Debug)]
pub struct Addressee {
    /// Account.
    pub id: i64,
    /// Address.
    pub email: String,
}

/// Owners of the dossiers that a bound still concerns.
pub async fn owners(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Addressee>> {
    sqlx::query_as!(
        Addressee,
        "select distinct account.id, account.email
         from project
         join project_member as member on member.project_id = project.id and member.role = 'owner'
         join account on account.id = member.account_id and account.disabled_at is null
         where project.call_id = $1 and project.status in ('draft', 'deposited')",
        call.get()
    )
    .fetch_all(conn)
    .await
}

/// What the public page says of a call, besides its dates.
#[derive(Debug, Clone)]
pub struct Presentation {
    /// Version of the settings.
    pub version: i32,
    /// Title.
    pub title: String,
    /// Title in lists.
    pub short_title: String,
    /// "2014-2015".
    pub edition: String,
    /// Territory.
    pub territory: String,
    /// Organisers (R1).
    pub organisers: String,
    /// A few sentences under the title.
    pub summary: String,
    /// Objectives, in paragraphs.
    pub objectives: String,
    /// Fund that finances the accompaniment (R82).
    pub funding_scheme: String,
    /// Ceiling of the eligible expense (R96).
    pub subsidy_cap: Cents,
    /// Rate of the aid (R97).
    pub subsidy_rate_percent: i32,
    /// Excluding VAT, including VAT, or unstated.
    pub subsidy_vat: String,
    /// What becomes of a part of a cent: `down` or `nearest`.
    pub subsidy_rounding: String,
    /// Guide of a dossier's length, in pages; zero when there is none.
    pub page_guide: i32,
}

/// Reads the presentation of a call.
pub async fn presentation(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Presentation> {
    let row = sqlx::query!(
        "select version, title, short_title, edition, territory, organisers, summary, objectives, funding_scheme, subsidy_cap_cents, subsidy_rate_percent,
           subsidy_vat, subsidy_rounding, page_guide
         from call
         where id = $1",
        call.get()
    )
    .fetch_one(conn)
    .await?;
    Ok(Presentation {
        version: row.version,
        title: row.title,
        short_title: row.short_title,
        edition: row.edition,
        territory: row.territory,
        organisers: row.organisers,
        summary: row.summary,
        objectives: row.objectives,
        funding_scheme: row.funding_scheme,
        subsidy_cap: Cents::new(row.subsidy_cap_cents),
        subsidy_rate_percent: row.subsidy_rate_percent,
        subsidy_vat: row.subsidy_vat,
        subsidy_rounding: row.subsidy_rounding,
        page_guide: row.page_guide.unwrap_or(0),
    })
}

/// Writes the presentation of a call.
pub async fn save_presentation(conn: &mut PgConnection, manager: &CallManager, new: &Presentation) -> sqlx::Result<()> {
    sqlx::query!(
        "update call
         set title = $2, short_title = $3, edition = $4, territory = $5, organisers = $6, summary = $7, objectives = $8, funding_scheme = $9,
             subsidy_cap_cents = $10, subsidy_rate_percent = $11, subsidy_vat = $12,
             page_guide = nullif($13::integer, 0), subsidy_rounding = $14
         where id = $1",
        manager.call().id.get(),
        new.title,
        new.short_title,
        new.edition,
        new.territory,
        new.organisers,
        new.summary,
        new.objectives,
        new.funding_scheme,
        new.subsidy_cap.get(),
        new.subsidy_rate_percent,
        new.subsidy_vat,
        new.page_guide,
        new.subsidy_rounding
    )
    .execute(conn)
    .await?;
    Ok(())
}
