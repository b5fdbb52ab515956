//! The outbox and the notices against themselves.

use sqlx::PgConnection;

/// Counts mails and notices, and says what is wrong with them.
pub async fn verify(conn: &mut PgConnection) -> sqlx::Result<(usize, usize, Vec<String>)> {
    let counted = sqlx::query!(r#"select (select count(*) from mail) as "mails!", (select count(*) from notice) as "notices!""#).fetch_one(&mut *conn).await?;
    let wrong = sqlx::query!(
        r#"select mail.id as "id!", case
             when mail.sent_at is not null and (mail.failed_at is not null or mail.dropped_at is not null) then 'il est parti et n’est pas parti'
             when mail.rhythm <> 'at_once' and mail.sent_at is not null then 'il est parti seul alors qu’il devait attendre'
             when mail.gathered_in is not null and (whole.kind <> 'digest' or whole.account_id is distinct from mail.account_id) then 'il est rassemblé dans un résumé qui n’est pas le sien'
             else 'il attend un résumé sans que personne ne l’attende' end as "why!"
         from mail
         left join mail as whole on whole.id = mail.gathered_in
         where (mail.sent_at is not null and (mail.failed_at is not null or mail.dropped_at is not null))
            or (mail.rhythm <> 'at_once' and mail.sent_at is not null)
            or (mail.gathered_in is not null and (whole.kind <> 'digest' or whole.account_id is distinct from mail.account_id))
            or (mail.rhythm <> 'at_once' and mail.account_id is null)"#
    )
    .fetch_all(conn)
    .await?;
    let faults = wrong.into_iter().map(|row| format!("courriel {} : {}", row.id, row.why)).collect();
    Ok((usize::try_from(counted.mails).unwrap_or(0), usize::try_from(counted.notices).unwrap_or(0), faults))
}
