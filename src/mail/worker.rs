//! The worker: takes due mails one by one, tries again later when one does not leave, for three days. A mail is written down as
//! sent after the server took it: a program killed between both sends it again, under the same Message-ID (at least once).

use std::time::Duration as Pause;

use time::{Duration, OffsetDateTime};
use tokio::sync::watch;

use super::carrier::{Carrier, Letter, Trouble};
use super::{digest, notices};
use crate::app::App;

/// How often the outbox is looked at.
const ROUND: Pause = Pause::from_secs(2);

/// A mail taken and never heard of again (the program died meanwhile) is due again after this.
const LEASE: Duration = Duration::minutes(5);

/// Minutes before each new attempt, then every four hours: a server away for a night, or a week-end, loses nothing.
const DELAYS: [i64; 7] = [1, 5, 15, 30, 60, 60, 120];
const LATER: i64 = 240;

/// Attempts before giving up: three days.
const ATTEMPTS: i32 = 24;

/// Rounds between two looks at what is to be gathered.
const GATHERED_EVERY: u32 = 30;

/// Sends due mails until told to stop.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let carrier = Carrier::of(&app.config);
    let mut rounds = 0_u32;
    loop {
        if rounds.is_multiple_of(GATHERED_EVERY)
            && let Err(error) = digest::gather(&app).await
        {
            tracing::warn!(%error, "digests");
        }
        rounds = rounds.wrapping_add(1);
        if let Err(error) = round(&app, &carrier).await {
            tracing::warn!(%error, "outbox");
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(ROUND) => {}
        }
    }
}

/// Gathers what waited, sends every due mail and says how many left.
///
/// # Errors
/// When the database does not answer.
pub async fn drain(app: &App) -> sqlx::Result<usize> {
    digest::gather(app).await?;
    round(app, &Carrier::of(&app.config)).await
}

async fn round(app: &App, carrier: &Carrier) -> sqlx::Result<usize> {
    let mut sent = 0;
    while let Some(letter) = take(app).await? {
        sent += usize::from(deliver(app, carrier, letter).await?);
    }
    Ok(sent)
}

/// Takes the next due mail: two workers never take the same one, and none is taken forever.
async fn take(app: &App) -> sqlx::Result<Option<Letter>> {
    let now = app.now();
    sqlx::query_as!(
        Letter,
        "update mail set attempts = attempts + 1, next_attempt_at = $2
         where id = (
           select id from mail
           where sent_at is null and failed_at is null and dropped_at is null and rhythm = 'at_once' and next_attempt_at <= $1
           order by next_attempt_at, id
           limit 1
           for update skip locked)
         returning id, kind, recipient, subject, body, attempts, account_id, project_id, audience, path, sender_id",
        now,
        now + LEASE
    )
    .fetch_optional(&app.db)
    .await
}

/// The mail as its reader may have it now: nothing when they lost the right to know since it was written.
async fn allowed(app: &App, letter: Letter) -> sqlx::Result<Option<Letter>> {
    let mut conn = app.db.acquire().await?;
    if letter.kind == "digest" {
        let words = digest::compose(&mut conn, app, &letter).await?;
        return Ok(words.map(|(subject, body)| Letter { subject, body, ..letter }));
    }
    let Some(account) = letter.account_id else { return Ok(Some(letter)) };
    let may = sqlx::query_scalar!(r#"select is_told($1, $2, $3, $4) as "may!""#, account, letter.project_id, letter.audience, app.now())
        .fetch_one(&mut *conn)
        .await?;
    Ok(may.then_some(letter))
}

/// Sends one mail and writes down what became of it.
async fn deliver(app: &App, carrier: &Carrier, letter: Letter) -> sqlx::Result<bool> {
    let id = letter.id;
    let Some(letter) = allowed(app, letter).await? else {
        sqlx::query!("update mail set dropped_at = $2, last_error = null where id = $1", id, app.now()).execute(&app.db).await?;
        return Ok(false);
    };
    let outcome = carrier.send(&letter, app.now()).await;
    let now = app.now();
    let (cause, again) = match outcome {
        Ok(()) => {
            // What was gathered is kept as it left, for who looks at the outbox.
            sqlx::query!("update mail set sent_at = $2, last_error = null, subject = $3, body = $4 where id = $1", letter.id, now, letter.subject, letter.body)
                .execute(&app.db)
                .await?;
            return Ok(true);
        }
        Err(Trouble::Bounced(cause)) => {
            bounce(app, &letter, cause).await?;
            (cause, None)
        }
        Err(Trouble::Later(cause)) => {
            let again = next_attempt(letter.attempts, now);
            sqlx::query!(
                "update mail set last_error = $2, failed_at = case when $3::timestamptz is null then $4::timestamptz end,
                   next_attempt_at = coalesce($3, next_attempt_at)
                 where id = $1",
                letter.id,
                cause,
                again,
                now
            )
            .execute(&app.db)
            .await?;
            (cause, again)
        }
    };
    tracing::warn!(mail = letter.id, attempts = letter.attempts, cause, is_over = again.is_none(), "mail not sent");
    Ok(false)
}

/// The other side will never take it: nothing is tried again, and its sender is told.
async fn bounce(app: &App, letter: &Letter, cause: &str) -> sqlx::Result<()> {
    let mut tx = app.db.begin().await?;
    sqlx::query!("update mail set last_error = $2, failed_at = $3, bounced_at = $3 where id = $1", letter.id, cause, app.now()).execute(&mut *tx).await?;
    notices::bounced(&mut tx, letter).await?;
    tx.commit().await
}

/// When to try again after that many attempts; nothing after the last.
fn next_attempt(attempts: i32, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let index = usize::try_from(attempts - 1).ok().filter(|_| attempts < ATTEMPTS)?;
    Some(now + Duration::minutes(DELAYS.get(index).copied().unwrap_or(LATER)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn attempts_spread_over_three_days_then_stop() {
        let now = datetime!(2015-03-02 08:00 UTC);
        let minutes: Vec<_> = (1..=8).map(|attempts| next_attempt(attempts, now).map(|at| (at - now).whole_minutes())).collect();
        assert_eq!(minutes, [Some(1), Some(5), Some(15), Some(30), Some(60), Some(60), Some(120), Some(240)]);
        let whole: i64 = (1..ATTEMPTS).filter_map(|attempts| next_attempt(attempts, now)).map(|at| (at - now).whole_minutes()).sum();
        assert!((2 * 1440..4 * 1440).contains(&whole), "{whole}");
        assert_eq!((next_attempt(ATTEMPTS, now), next_attempt(0, now)), (None, None));
    }
}
