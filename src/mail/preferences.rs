//! When what may be chosen comes by mail: at once, each morning, each Monday, never. Notices come in any case.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::kinds::Topic;
use crate::input::Input;
use crate::kit::ids::AccountId;

/// What may be chosen, as kept and as said.
pub const RHYTHMS: [(&str, &str); 4] =
    [("at_once", "aussitôt"), ("daily", "un résumé chaque matin"), ("weekly", "un résumé chaque lundi matin"), ("none", "aucun courriel")];

/// A topic with what is chosen for it.
#[derive(Debug)]
pub struct Choice {
    /// As posted.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it covers.
    pub covers: &'static str,
    /// What may be chosen: as posted, as said, chosen.
    pub rhythms: Vec<(&'static str, &'static str, bool)>,
}

/// What somebody chose, topic by topic.
pub async fn of(conn: &mut PgConnection, account: AccountId) -> sqlx::Result<Vec<Choice>> {
    let held = sqlx::query!("select topic, rhythm from mail_preference where account_id = $1", account.get()).fetch_all(conn).await?;
    let held: HashMap<String, String> = held.into_iter().map(|row| (row.topic, row.rhythm)).collect();
    let choice = |topic: Topic| {
        let chosen = held.get(topic.as_str()).map_or("at_once", String::as_str);
        let (name, covers) = topic.label();
        Choice { key: topic.as_str(), name, covers, rhythms: RHYTHMS.map(|(key, label)| (key, label, key == chosen)).into() }
    };
    Ok(Topic::ALL.into_iter().map(choice).collect())
}

/// Keeps what somebody chose; a word that is none of those leaves what was.
pub async fn keep(conn: &mut PgConnection, account: AccountId, input: &Input) -> sqlx::Result<()> {
    for topic in Topic::ALL {
        let chosen = input.get(topic.as_str());
        if RHYTHMS.iter().any(|(key, _)| *key == chosen) {
            sqlx::query!(
                "insert into mail_preference (account_id, topic, rhythm) values ($1, $2, $3) on conflict (account_id, topic) do update set rhythm = excluded.rhythm",
                account.get(),
                topic.as_str(),
                chosen
            )
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}
