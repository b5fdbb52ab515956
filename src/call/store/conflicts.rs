//! What managers decide of suggested conflicts: confirmed, they are recusals; set aside, they are not suggested again.

use sqlx::PgConnection;

use super::assignments::Pair;
use crate::access::CallManager;

/// Those of these dossiers of the call that the manager neither stays away from nor is of the team of.
pub async fn decidable(conn: &mut PgConnection, manager: &CallManager, projects: &[i64]) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        "select id from project
         where call_id = $1 and id = any($2)
           and not exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = $3)
         order by number",
        manager.call().id.get(),
        projects,
        manager.account().get()
    )
    .fetch_all(conn)
    .await
}

/// A suggestion that is decided: who, before which dossier, and the words kept with it.
#[derive(Debug)]
pub struct Decided {
    /// Dossier and person.
    pub pair: Pair,
    /// Causes.
    pub causes: Vec<&'static str>,
    /// Reason.
    pub reason: String,
}

/// Confirms suggestions under the lock of their dossiers: the person stays away, their review is recused.
pub async fn confirm(conn: &mut PgConnection, manager: &CallManager, decided: &[Decided]) -> sqlx::Result<()> {
    let (projects, accounts): (Vec<i64>, Vec<i64>) = decided.iter().map(|one| (one.pair.project, one.pair.account)).unzip();
    let reasons: Vec<String> = decided.iter().map(|one| one.reason.clone()).collect();
    sqlx::query!(
        "with line as (
           insert into recusal (project_id, account_id, origin, reason, created_by, at)
           select project_id, account_id, 'suggested', reason, $4, $5
           from unnest($1::bigint[], $2::bigint[], $3::text[]) as one(project_id, account_id, reason)
           on conflict (project_id, account_id) do nothing
           returning project_id, account_id
         )
         update review set status = 'recused', version = version + 1
         from line
         where review.project_id = line.project_id and review.account_id = line.account_id",
        &projects,
        &accounts,
        &reasons,
        manager.account().get(),
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets suggestions aside, cause by cause.
pub async fn dismiss(conn: &mut PgConnection, manager: &CallManager, decided: &[Decided]) -> sqlx::Result<()> {
    let lines = decided.iter().flat_map(|one| one.causes.iter().map(move |cause| (one, (*cause).to_owned())));
    let (mut projects, mut accounts, mut causes, mut reasons) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (one, cause) in lines {
        projects.push(one.pair.project);
        accounts.push(one.pair.account);
        causes.push(cause);
        reasons.push(one.reason.clone());
    }
    sqlx::query!(
        "insert into conflict_dismissal (project_id, account_id, cause, reason, dismissed_by, at)
         select project_id, account_id, cause, reason, $5, $6
         from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) as one(project_id, account_id, cause, reason)
         on conflict do nothing",
        &projects,
        &accounts,
        &causes,
        &reasons,
        manager.account().get(),
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A suggestion that was set aside.
#[derive(Debug)]
pub struct Dismissed {
    /// Dossier.
    pub project: i64,
    /// Account.
    pub account: i64,
    /// Cause.
    pub cause: String,
    /// Reason.
    pub reason: String,
    /// Who set it aside.
    pub by: String,
}

/// Suggestions set aside on those dossiers.
pub async fn dismissed(conn: &mut PgConnection, projects: &[i64]) -> sqlx::Result<Vec<Dismissed>> {
    sqlx::query_as!(
        Dismissed,
        "select dismissal.project_id as project, dismissal.account_id as account, dismissal.cause, dismissal.reason, account.name as by
         from conflict_dismissal as dismissal
         join account on account.id = dismissal.dismissed_by
         where dismissal.project_id = any($1)
         order by dismissal.at, dismissal.project_id, dismissal.account_id, dismissal.cause",
        projects
    )
    .fetch_all(conn)
    .await
}
