//! Kept counts of the threads against the messages and the receipts.

use sqlx::PgConnection;

/// Counts messages, and says what is wrong with what is kept of them.
pub async fn verify(conn: &mut PgConnection) -> sqlx::Result<(usize, Vec<String>)> {
    let messages = sqlx::query_scalar!(r#"select count(*) as "n!" from message"#).fetch_one(&mut *conn).await?;
    let unread = sqlx::query!(
        r#"with counted as (
           select message.project_id, message.thread, receipt.account_id, count(*)::integer as unread
           from message_receipt as receipt join message on message.id = receipt.message_id
           where receipt.read_at is null
           group by message.project_id, message.thread, receipt.account_id
         )
         select coalesce(kept.project_id, counted.project_id) as "project!", coalesce(kept.unread, 0) as "kept!", coalesce(counted.unread, 0) as "counted!"
         from thread_unread as kept
         full join counted using (project_id, thread, account_id)
         where coalesce(kept.unread, 0) <> coalesce(counted.unread, 0)"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let states = sqlx::query!(
        r#"with counted as (
           select project_id, thread, count(*) filter (where removed_at is null)::integer as messages, max(id) filter (where removed_at is null) as last_id
           from message group by project_id, thread
         )
         select coalesce(state.project_id, counted.project_id) as "project!"
         from thread_state as state
         full join counted using (project_id, thread)
         where state.messages is distinct from counted.messages or (counted.messages > 0 and state.last_id <> counted.last_id)"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let orphans = sqlx::query!(
        r#"select receipt.message_id as "message!" from message_receipt as receipt join message on message.id = receipt.message_id
         where receipt.account_id = message.account_id or (message.removed_at is not null and receipt.read_at is null)
         union all
         select recipient.message_id from group_recipient as recipient join message on message.id = recipient.message_id
         where message.group_id is distinct from recipient.group_id
         union all
         select message.id from group_message join message on message.group_id = group_message.id join project on project.id = message.project_id
         where project.call_id <> group_message.call_id or message.thread <> 'administration' or message.account_id <> group_message.account_id"#
    )
    .fetch_all(conn)
    .await?;
    let mut faults: Vec<String> =
        unread.into_iter().map(|row| format!("dossier {} : {} messages non lus gardés, {} comptés", row.project, row.kept, row.counted)).collect();
    faults.extend(states.into_iter().map(|row| format!("dossier {} : l’état gardé d’un échange ne suit pas ses messages", row.project)));
    faults.extend(orphans.into_iter().map(|row| format!("message {} : sa remise ne suit pas son échange", row.message)));
    Ok((usize::try_from(messages).unwrap_or(0), faults))
}
