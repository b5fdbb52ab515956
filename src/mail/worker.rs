//! The worker: takes due mails one by one, tries again later when one does not leave, gives up after eight times.

use std::time::Duration as Pause;

use time::{Duration, OffsetDateTime};
use tokio::sync::watch;

use super::carrier::{Carrier, Letter};
use crate::app::App;

/// How often the outbox is looked at.
const ROUND: Pause = Pause::from_secs(2);

/// A mail taken and never heard of again (the program died meanwhile) is due again after this.
const LEASE: Duration = Duration::minutes(5);

/// Minutes before each new attempt.
const DELAYS: [i64; 7] = [1, 5, 15, 60, 60, 60, 60];

/// Sends due mails until told to stop.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let carrier = Carrier::of(&app.config);
    loop {
        if let Err(error) = round(&app, &carrier).await {
            tracing::warn!(%error, "outbox");
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(ROUND) => {}
        }
    }
}

/// Sends every due mail and says how many left.
///
/// # Errors
/// When the database does not answer.
pub async fn drain(app: &App) -> sqlx::Result<usize> {
    round(app, &Carrier::of(&app.config)).await
}

async fn round(app: &App, carrier: &Carrier) -> sqlx::Result<usize> {
    let mut sent = 0;
    while let Some(letter) = take(app).await? {
        sent += usize::from(deliver(app, carrier, &letter).await?);
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
           where sent_at is null and failed_at is null and next_attempt_at <= $1
           order by next_attempt_at, id
           limit 1
           for update skip locked)
         returning id, recipient, subject, body, attempts",
        now,
        now + LEASE
    )
    .fetch_optional(&app.db)
    .await
}

/// Sends one mail and writes down what became of it.
async fn deliver(app: &App, carrier: &Carrier, letter: &Letter) -> sqlx::Result<bool> {
    let outcome = carrier.send(letter, app.now()).await;
    let now = app.now();
    let Err(cause) = outcome else {
        sqlx::query!("update mail set sent_at = $2, last_error = null where id = $1", letter.id, now).execute(&app.db).await?;
        return Ok(true);
    };
    let again = next_attempt(letter.attempts, now);
    sqlx::query!(
        "update mail set last_error = $2, failed_at = case when $3::timestamptz is null then $4::timestamptz end, next_attempt_at = coalesce($3, next_attempt_at)
         where id = $1",
        letter.id,
        cause,
        again,
        now
    )
    .execute(&app.db)
    .await?;
    tracing::warn!(mail = letter.id, attempts = letter.attempts, cause, "mail not sent");
    Ok(false)
}

/// When to try again after that many attempts; nothing after the eighth.
fn next_attempt(attempts: i32, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let index = usize::try_from(attempts - 1).ok()?;
    DELAYS.get(index).map(|minutes| now + Duration::minutes(*minutes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn attempts_spread_over_hours_then_stop() {
        let now = datetime!(2015-03-02 08:00 UTC);
        let minutes: Vec<_> = (1..=8).map(|attempts| next_attempt(attempts, now).map(|at| (at - now).whole_minutes())).collect();
        assert_eq!(minutes, [Some(1), Some(5), Some(15), Some(60), Some(60), Some(60), Some(60), None]);
    }
}
