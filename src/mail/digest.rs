//! What may wait: gathered each morning, or each Monday morning, into one mail whose lines are chosen when it leaves.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime, Time, Weekday};

use super::carrier::Letter;
use super::texts;
use crate::app::App;
use crate::kit::french::count;
use crate::kit::moment;

/// Hour of Paris from which a digest leaves.
const HOUR: Time = match Time::from_hms(7, 0, 0) {
    Ok(hour) => hour,
    Err(_) => Time::MIDNIGHT,
};

/// Lines of a digest; beyond, the list of notices says the rest.
const MOST: i64 = 100;

/// The last morning of Paris at which a digest of that rhythm was due.
pub fn morning(rhythm: &str, now: OffsetDateTime) -> OffsetDateTime {
    let (today, hour) = moment::paris_parts(now);
    let mut day = if hour < HOUR { today - Duration::days(1) } else { today };
    while rhythm == "weekly" && day.weekday() != Weekday::Monday {
        day -= Duration::days(1);
    }
    moment::from_paris(day, HOUR).unwrap_or(now)
}

/// Gathers what waited at the last morning into one mail a person. Played twice, the second time finds nothing.
pub(super) async fn gather(app: &App) -> sqlx::Result<u64> {
    let now = app.now();
    let mut gathered = 0;
    for rhythm in ["daily", "weekly"] {
        let morning = morning(rhythm, now);
        let key = format!("digest {rhythm} {}", moment::iso(morning));
        let mut tx = app.db.begin().await?;
        let done = sqlx::query!(
            "with waiting as (
               select id, account_id from mail
               where rhythm = $1 and gathered_in is null and dropped_at is null and created_at < $2 and account_id is not null
               for update skip locked
             ), made as (
               insert into mail (kind, recipient, subject, body, dedup_key, next_attempt_at, account_id)
               select 'digest', account.email, '', '', $3 || ' ' || account.id, 'epoch', account.id
               from account
               where account.disabled_at is null and account.id in (select account_id from waiting)
               on conflict (dedup_key) do nothing
               returning id, account_id
             )
             update mail set gathered_in = made.id
             from waiting join made on made.account_id = waiting.account_id
             where mail.id = waiting.id",
            rhythm,
            morning,
            key
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        gathered += done.rows_affected();
    }
    Ok(gathered)
}

/// Words of a digest at the moment it leaves: only what its reader may still know. Nothing when nothing is left.
pub(super) async fn compose(conn: &mut PgConnection, app: &App, letter: &Letter) -> sqlx::Result<Option<(String, String)>> {
    let lines = sqlx::query!(
        r#"select subject, path, created_at from mail
         where gathered_in = $1 and is_told(account_id, project_id, audience, $3)
         order by id
         limit $2"#,
        letter.id,
        MOST,
        app.now()
    )
    .fetch_all(conn)
    .await?;
    if lines.is_empty() {
        return Ok(None);
    }
    let mut paragraphs = vec![format!("Depuis votre dernier résumé, {}.", count(lines.len(), "avis vous attend", "avis vous attendent"))];
    for line in &lines {
        let link = app.link(line.path.as_deref().unwrap_or("/compte/avis"));
        paragraphs.push(format!("{}, {}\u{a0}:\n{link}", line.subject, moment::date(line.created_at)));
    }
    let subject = format!("Résumé\u{a0}: {}", count(lines.len(), "avis", "avis"));
    let reason = "Vous recevez ce résumé parce que vous avez choisi de recevoir ces courriels ensemble.";
    Ok(Some(texts::mail(app, &subject, &paragraphs, reason)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_morning_is_of_paris_in_winter_and_in_summer() {
        for (rhythm, now, at) in [
            ("daily", datetime!(2015-10-01 04:59 UTC), datetime!(2015-09-30 05:00 UTC)),
            ("daily", datetime!(2015-10-01 05:00 UTC), datetime!(2015-10-01 05:00 UTC)),
            ("daily", datetime!(2015-12-01 05:30 UTC), datetime!(2015-11-30 06:00 UTC)),
            ("weekly", datetime!(2015-10-01 12:00 UTC), datetime!(2015-09-28 05:00 UTC)),
            ("weekly", datetime!(2015-10-26 05:30 UTC), datetime!(2015-10-19 05:00 UTC)),
            ("weekly", datetime!(2015-10-26 06:00 UTC), datetime!(2015-10-26 06:00 UTC)),
        ] {
            assert_eq!(morning(rhythm, now), at, "{rhythm} {now}");
        }
    }
}
