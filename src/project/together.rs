//! What the people of a team wait for from one another: open comments, mentions, finished parts, a proposed ownership.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::kit::ids::{AccountId, ProjectId};

/// What waits for a person in all their dossiers: an open thread that mentions them and that they did not answer, or a proposal of ownership.
#[derive(Debug)]
pub struct Waiting {
    /// Dossier.
    pub project: ProjectId,
    /// Its title.
    pub title: String,
    /// Open threads that mention the person.
    pub mentions: i64,
    /// The newest of them.
    pub thread: Option<i64>,
    /// Name of the owner who proposes ownership.
    pub proposed_by: Option<String>,
}

/// What waits for a person, dossier by dossier; a dossier they stay away from says nothing.
pub async fn waiting(conn: &mut PgConnection, account: AccountId, now: OffsetDateTime) -> sqlx::Result<Vec<Waiting>> {
    let rows = sqlx::query!(
        r#"select project.id, project.title, mentions.n as "n!", mentions.newest, host.name as "proposed_by?"
         from project_member as member
         join project on project.id = member.project_id
         cross join lateral (
           select count(distinct root.id) as n, max(root.id) as newest
           from comment_mention as mention
           join comment as said on said.id = mention.comment_id
           join comment as root on root.id = coalesce(said.thread_id, said.id)
           where mention.account_id = $1 and said.project_id = project.id and root.resolved_at is null
             and not exists(select from comment as answer where answer.thread_id = root.id and answer.account_id = $1 and answer.id > said.id)) as mentions
         left join handover on handover.project_id = project.id and handover.to_account = $1
           and accepted_at is null and declined_at is null and withdrawn_at is null and handover.expires_at > $2
         left join account as host on host.id = handover.from_account
         where member.account_id = $1 and coalesce(member.ends_at > $2, true)
           and (mentions.n > 0 or handover.id is not null)
           and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $1)
         order by handover.id is null, project.title, project.id"#,
        account.get(),
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Waiting { project: ProjectId(row.id), title: row.title, mentions: row.n, thread: row.newest, proposed_by: row.proposed_by })
        .collect())
}
