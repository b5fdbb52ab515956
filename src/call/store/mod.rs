//! Statements of a call: its settings, its people, its dossiers.

pub mod assignments;
pub mod conflicts;
pub mod documents;
pub mod dossier;
pub mod lists;
pub mod opening;
pub mod people;
pub mod public;
pub mod rows;
pub mod settings;

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::access::CallManager;
use crate::error::AppError;
use crate::framework::content::Content;
use crate::framework::standing::Standing;
use crate::journal;
use crate::kit::french::fold;
use crate::kit::ids::{AccountId, CallId, ProjectId};
use crate::kit::territory;

/// A call while its managers wait for each other.
#[derive(Debug)]
pub struct Locked {
    /// Version of its settings.
    pub version: i32,
    /// Bound, grace apart.
    pub bound: OffsetDateTime,
    /// Grace after the bound.
    pub grace_minutes: i32,
    /// Where the same operation already led.
    pub done: Option<String>,
}

/// Acts of managers on a call follow each other. The call's own row is not locked here: a save of a review locks its
/// dossier, then the call's row, and both orders at once would stop each other.
pub async fn lock(conn: &mut PgConnection, manager: &CallManager, operation: Uuid) -> sqlx::Result<Locked> {
    let key = format!("call {}", manager.call().id);
    sqlx::query!(r#"select pg_advisory_xact_lock(hashtextextended($1, 0)) as "locked?: ()""#, key).execute(&mut *conn).await?;
    sqlx::query_as!(
        Locked,
        r#"select version, deposit_bound as bound, grace_minutes,
             (select location from operation where scope = 'call ' || call.id and operation.id = $2) as done
         from call
         where call.id = $1"#,
        manager.call().id.get(),
        operation
    )
    .fetch_one(conn)
    .await
}

/// How an act on a call ends.
#[derive(Debug)]
pub struct Act<'a> {
    /// Operation of the form.
    pub operation: Uuid,
    /// Where the same operation leads when it is sent again.
    pub location: &'a str,
    /// What the journal calls it.
    pub act: &'a str,
    /// On what: ids and settings, never names.
    pub subject: &'a str,
}

/// Ends an act on the settings of a call, under its lock: new version, operation, journal.
pub async fn settle(conn: &mut PgConnection, manager: &CallManager, act: &Act<'_>) -> sqlx::Result<()> {
    sqlx::query!("update call set version = version + 1 where id = $1", manager.call().id.get()).execute(&mut *conn).await?;
    remember(conn, manager, act).await
}

/// Ends an act that leaves the settings as they are: operation, journal.
pub async fn remember(conn: &mut PgConnection, manager: &CallManager, act: &Act<'_>) -> sqlx::Result<()> {
    done(conn, manager, act.operation, act.location).await?;
    journal::record_call(conn, manager.call().id, manager.account(), act.act, act.subject, manager.now()).await
}

/// Ends an act that has already written its journal: where the same operation leads when it is sent again.
pub async fn done(conn: &mut PgConnection, manager: &CallManager, operation: Uuid, location: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into operation (scope, id, account_id, location, at) values ('call ' || $1::bigint::text, $2, $3, $4, $5)",
        manager.call().id.get(),
        operation,
        manager.account().get(),
        location,
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Locks dossiers of a call before anything that hangs on them, always in the same order.
pub async fn lock_projects(conn: &mut PgConnection, call: CallId, projects: &[i64]) -> sqlx::Result<()> {
    sqlx::query!("select id from project where call_id = $1 and id = any($2) order by id for update", call.get(), projects).fetch_all(conn).await?;
    Ok(())
}

/// Locks every dossier of a call, in the same order.
pub async fn lock_all_projects(conn: &mut PgConnection, call: CallId) -> sqlx::Result<()> {
    sqlx::query!("select id from project where call_id = $1 order by id for update", call.get()).fetch_all(conn).await?;
    Ok(())
}

/// What a new call is made of.
#[derive(Debug)]
pub struct NewCall<'a> {
    /// Call that it copies.
    pub source: CallId,
    /// Last part of its public address.
    pub slug: &'a str,
    /// Title.
    pub title: &'a str,
    /// Title in lists.
    pub short_title: &'a str,
    /// "2014-2015".
    pub edition: &'a str,
    /// Beginning of the deposits' numbers.
    pub prefix: &'a str,
    /// Deposit bound.
    pub bound: OffsetDateTime,
}

/// Copies a call; its author becomes its first manager. The caller has proven that the source may be copied.
pub async fn create_call(conn: &mut PgConnection, new: &NewCall<'_>, by: AccountId, now: OffsetDateTime) -> sqlx::Result<CallId> {
    let id =
        sqlx::query_scalar!(r#"select clone_call($1, $2, $3, $4, $5, $6) as "id!""#, new.source.get(), new.slug, new.title, new.edition, new.prefix, new.bound)
            .fetch_one(&mut *conn)
            .await?;
    sqlx::query!(
        "with named as (
           update call set short_title = $2, created_at = $4 where id = $1
         ), decided as (
           insert into deadline_decision (call_id, kind, instant, reason, account_id, at) values ($1, 'bound', $5, 'Création de l’appel', $3, $4)
         )
         insert into call_role (call_id, account_id, role, created_at) values ($1, $3, 'manager', $4)",
        id,
        new.short_title,
        by.get(),
        now,
        new.bound
    )
    .execute(&mut *conn)
    .await?;
    journal::record_call(conn, CallId(id), by, "call_created", &format!("from {}", new.source), now).await?;
    Ok(CallId(id))
}

/// What a new dossier is made of.
#[derive(Debug)]
pub struct NewProject<'a> {
    /// Its call.
    pub call: CallId,
    /// Title.
    pub title: &'a str,
    /// Organisation that carries it.
    pub organisation: &'a str,
    /// Kind of organisation, as kept.
    pub kind: &'a str,
    /// INSEE code of its commune.
    pub commune: Option<&'a str>,
    /// Day of the manifestation of interest (R2).
    pub manifested_on: Option<Date>,
    /// Summary of that manifestation.
    pub manifestation: &'a str,
    /// Eligibility: aims at less impact of all the activities of the territory (R17).
    pub is_reducing_impact: bool,
    /// Eligibility: collective, with all the stakeholders (R18).
    pub is_collective: bool,
    /// Day on which the eligibility was notified (R3).
    pub notified_on: Option<Date>,
}

/// Why an eligibility cannot be notified yet.
pub const NOT_ELIGIBLE: &str = "L’éligibilité se notifie quand les deux conditions sont remplies\u{a0}: diminution globale des impacts (R17) et projet collectif (R18). Cocher les deux, ou laisser la date vide.";

/// R3, R17, R18: an eligibility is notified only when both conditions hold.
pub fn is_notifiable(notified_on: Option<Date>, is_reducing_impact: bool, is_collective: bool) -> bool {
    notified_on.is_none() || (is_reducing_impact && is_collective)
}

/// "Syndicat mixte Rives de Charente, Jarnac (16)".
pub fn label(organisation: &str, commune: Option<&str>) -> String {
    commune.map_or_else(|| organisation.to_owned(), |code| format!("{organisation}, {}", territory::label(code)))
}

/// What the search compares.
pub fn search(title: &str, label: &str) -> String {
    fold(&format!("{title} {label}"))
}

/// Opens a dossier in a call, under the call's lock: two at once get two numbers. The caller has proven that it may.
///
/// # Errors
/// The call is a template or unknown, or the eligibility cannot be notified.
pub async fn create_project(conn: &mut PgConnection, new: &NewProject<'_>, by: AccountId, now: OffsetDateTime) -> Result<ProjectId, AppError> {
    if !is_notifiable(new.notified_on, new.is_reducing_impact, new.is_collective) {
        return Err(AppError::Unprocessable(NOT_ELIGIBLE.to_owned()));
    }
    sqlx::query!("select id from call where id = $1 and not is_template for update", new.call.get())
        .fetch_optional(&mut *conn)
        .await?
        .ok_or(AppError::NotFound)?;
    let label = label(new.organisation, new.commune);
    let standing = Standing::of(&Content::default());
    let missing = i32::try_from(standing.missing()).unwrap_or(i32::MAX);
    let standing = serde_json::to_value(standing).map_err(anyhow::Error::from)?;
    let department = new.commune.and_then(territory::commune).map_or("", |commune| commune.department);
    let id = sqlx::query_scalar!(
        "with carrier as (
           insert into organisation (name, kind, commune) values ($2, $3, $4) returning id
         )
         insert into project (call_id, organisation_id, number, title, manifested_on, manifestation, is_reducing_impact, is_collective,
                              notified_on, department, label, search, standing, last_activity_at, created_at, missing)
         select $1, carrier.id, coalesce((select max(number) from project where call_id = $1), 0) + 1, $5, $6, $7, $8, $9,
                $10, $11, $12, $13, $14, $15, $15, $16
         from carrier
         returning id",
        new.call.get(),
        new.organisation,
        new.kind,
        new.commune,
        new.title,
        new.manifested_on,
        new.manifestation,
        new.is_reducing_impact,
        new.is_collective,
        new.notified_on,
        department,
        label,
        search(new.title, &label),
        standing,
        now,
        missing
    )
    .fetch_one(&mut *conn)
    .await?;
    journal::record(conn, ProjectId(id), by, "created", "", now).await?;
    Ok(ProjectId(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn r3_an_eligibility_is_notified_only_when_both_conditions_hold() {
        let day = Some(date!(2014 - 12 - 22));
        assert!(is_notifiable(None, false, false));
        assert!(is_notifiable(day, true, true));
        assert!(!is_notifiable(day, true, false) && !is_notifiable(day, false, true));
    }

    #[test]
    fn a_dossier_is_found_by_its_title_its_carrier_and_its_place() {
        let label = label("Syndicat mixte Rives de Charente", Some("16167"));
        assert_eq!(label, "Syndicat mixte Rives de Charente, Jarnac (16)");
        assert_eq!(search("Été partagé", &label), "ete partage syndicat mixte rives de charente, jarnac (16)");
    }
}
