//! Whom the instruction writes to: the team of a dossier, those who instruct it; never somebody who stays away from it.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::app::App;
use crate::kit::ids::{AccountId, CallId, ProjectId};
use crate::mail::{self, Mail};

/// Somebody to write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// Account.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
}

/// A manager of the call who may instruct the dossier.
#[derive(Debug, Clone)]
pub struct Manager {
    /// Account.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Organisation.
    pub organisation: String,
}

/// Managers of a call who neither stay away from the dossier nor are of its team.
pub async fn managers(conn: &mut PgConnection, call: CallId, project: ProjectId) -> sqlx::Result<Vec<Manager>> {
    sqlx::query_as!(
        Manager,
        r#"select account.id, account.name, account.organisation
         from call_role
         join account on account.id = call_role.account_id
         where call_role.call_id = $1 and call_role.role = 'manager' and account.disabled_at is null
           and not exists(select from kept_away where kept_away.project_id = $2 and kept_away.account_id = account.id)
         order by account.name collate "fr-x-icu", account.id"#,
        call.get(),
        project.get()
    )
    .fetch_all(conn)
    .await
}

/// People of the team who write in the dossier at that instant.
pub async fn writers(conn: &mut PgConnection, project: ProjectId, now: OffsetDateTime) -> sqlx::Result<Vec<Addressee>> {
    sqlx::query_as!(
        Addressee,
        "select account.id, account.name, account.email
         from project_member as member
         join account on account.id = member.account_id
         where member.project_id = $1 and member.role <> 'reader' and account.disabled_at is null and coalesce(member.ends_at > $2, true)
           and not exists(select from recusal where recusal.project_id = $1 and recusal.account_id = account.id)
         order by account.id",
        project.get(),
        now
    )
    .fetch_all(conn)
    .await
}

/// Those of these people who still instruct the dossier, and its officer: managers of its call who do not stay away from it.
pub async fn instructors(conn: &mut PgConnection, project: ProjectId, among: &[AccountId]) -> sqlx::Result<Vec<Addressee>> {
    let among: Vec<i64> = among.iter().map(|account| account.get()).collect();
    sqlx::query_as!(
        Addressee,
        "select account.id, account.name, account.email
         from project
         join call_role on call_role.call_id = project.call_id and call_role.role = 'manager'
         join account on account.id = call_role.account_id
         left join instruction on instruction.project_id = project.id
         where project.id = $1 and account.disabled_at is null
           and (account.id = any($2) or account.id = instruction.officer_id)
           and not exists(select from kept_away where kept_away.project_id = $1 and kept_away.account_id = account.id)
         order by account.id",
        project.get(),
        &among
    )
    .fetch_all(conn)
    .await
}

/// Who instructs a dossier: its officer, or every manager of its call when it has none.
pub async fn instructing(conn: &mut PgConnection, call: CallId, project: ProjectId) -> sqlx::Result<Vec<Addressee>> {
    let officer = instructors(conn, project, &[]).await?;
    if !officer.is_empty() {
        return Ok(officer);
    }
    let all: Vec<AccountId> = managers(conn, call, project).await?.into_iter().map(|manager| AccountId(manager.id)).collect();
    instructors(conn, project, &all).await
}

/// A reviewer of a dossier, unless they now stay away from it.
pub async fn reviewer(conn: &mut PgConnection, project: ProjectId, account: AccountId) -> sqlx::Result<Vec<Addressee>> {
    sqlx::query_as!(
        Addressee,
        "select account.id, account.name, account.email
         from account
         join review on review.account_id = account.id and review.project_id = $1 and review.status <> 'recused'
         where account.id = $2 and account.disabled_at is null
           and not exists(select from kept_away where kept_away.project_id = $1 and kept_away.account_id = account.id)",
        project.get(),
        account.get()
    )
    .fetch_all(conn)
    .await
}

/// Title of a dossier, as mails name it.
pub async fn title(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<String> {
    sqlx::query_scalar!("select title from project where id = $1", project.get()).fetch_one(conn).await
}

/// The same mail to each, once; `key` is what would be sent twice if the act were played twice.
pub async fn tell(conn: &mut PgConnection, people: &[Addressee], (kind, key): (&str, &str), (subject, body): &(String, String)) -> sqlx::Result<()> {
    for person in people {
        let key = format!("{key} {}", person.id);
        mail::queue(conn, &Mail { kind, recipient: &person.email, subject, body, dedup_key: Some(&key) }).await?;
    }
    Ok(())
}

/// Tells the writing team of a dossier.
pub async fn tell_team(
    conn: &mut PgConnection,
    app: &App,
    project: ProjectId,
    (kind, key): (&str, &str),
    words: impl Fn(&App) -> (String, String),
) -> sqlx::Result<()> {
    let people = writers(conn, project, app.now()).await?;
    tell(conn, &people, (kind, key), &words(app)).await
}
