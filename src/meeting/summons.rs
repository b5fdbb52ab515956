//! Who is told of a meeting: whoever may come to it, by a notice and by mail as they chose. Nothing of a dossier is said.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::model::Meeting;
use crate::app::App;
use crate::kit::ids::{AccountId, CallId};
use crate::mail::meeting::{self as texts, About, Said};
use crate::mail::{self, Mail, Origin};

/// A meeting to tell of.
#[derive(Debug, Clone, Copy)]
pub struct Summons<'a> {
    /// Its call.
    pub call: CallId,
    /// Meeting and call, as the mail names them.
    pub about: About<'a>,
    /// What is said.
    pub said: Said,
    /// Who says it: a refused mail comes back to them.
    pub by: Option<AccountId>,
}

/// Tells whoever may come to a meeting, once each. Of one that is past nothing is said.
pub async fn summon(conn: &mut PgConnection, app: &App, summons: &Summons<'_>, now: OffsetDateTime) -> sqlx::Result<()> {
    let meeting = summons.about.meeting;
    if meeting.starts_at <= now {
        return Ok(());
    }
    let people = sqlx::query!(
        "select distinct account.id, account.email
         from call_role as held
         join account on account.id = held.account_id and account.disabled_at is null
         where held.call_id = $1 and held.role in ('committee', 'manager')
         order by account.id",
        summons.call.get()
    )
    .fetch_all(&mut *conn)
    .await?;
    let (subject, body) = texts::meeting(app, summons.about, summons.said);
    let turn = turn(meeting, summons.said);
    let kind = if summons.said == Said::Near { "meeting_reminder" } else { "meeting" };
    let origin = Origin { sender: summons.by, ..Origin::default() };
    for person in people {
        let key = format!("{turn} {}", person.id);
        mail::queue_from(conn, &Mail { kind, recipient: &person.email, subject: &subject, body: &body, dedup_key: Some(&key) }, &origin).await?;
    }
    Ok(())
}

/// What is said once: a date, for a reminder; an act, otherwise, since a meeting may come back to a date that it had.
fn turn(meeting: &Meeting, said: Said) -> String {
    let at = if said == Said::Near { meeting.starts_at.unix_timestamp() } else { meeting.version.into() };
    format!("meeting {} {} {at}", meeting.id, said.key())
}
