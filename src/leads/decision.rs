//! What people decide of the leads: kept, set aside with a reason, promoted to a synergy. A decision names rows and types, so
//! that it outlives every recomputation.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use sqlx::PgConnection;
use time::OffsetDateTime;
use trame_synergies::flow::Direction;
use trame_synergies::pool::Pool;
use uuid::Uuid;

use super::analysis::Analysis;
use crate::access::PartWriter;
use crate::journal;
use crate::kit::ids::{AccountId, ProjectId};

/// What a decision is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A type of synergy: codes of the output and of the need.
    Type(String, String),
    /// An output and an input: rows of the flows.
    Pair(Uuid, Uuid),
    /// A group of flows of that type, known by one of its rows.
    Group(String, Direction, Uuid),
    /// A missing link of that output type.
    Gap(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(out, input) => write!(f, "type.{out}.{input}"),
            Self::Pair(from, to) => write!(f, "paire.{from}.{to}"),
            Self::Group(kind, direction, row) => write!(f, "groupe.{kind}.{}.{row}", if *direction == Direction::In { "in" } else { "out" }),
            Self::Gap(kind) => write!(f, "chainon.{kind}"),
        }
    }
}

/// Not a key.
#[derive(Debug, thiserror::Error)]
#[error("not the key of a lead")]
pub struct NotAKey;

impl FromStr for Subject {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let row = |text: &str| Uuid::try_parse(text).map_err(|_| NotAKey);
        let code = |text: &str| {
            let is_code = !text.is_empty() && text.len() <= 60 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if is_code { Ok(text.to_owned()) } else { Err(NotAKey) }
        };
        match text.split('.').collect::<Vec<_>>().as_slice() {
            ["type", out, input] => Ok(Self::Type(code(out)?, code(input)?)),
            ["paire", from, to] => Ok(Self::Pair(row(from)?, row(to)?)),
            ["groupe", kind, "in", anchor] => Ok(Self::Group(code(kind)?, Direction::In, row(anchor)?)),
            ["groupe", kind, "out", anchor] => Ok(Self::Group(code(kind)?, Direction::Out, row(anchor)?)),
            ["chainon", kind] => Ok(Self::Gap(code(kind)?)),
            _ => Err(NotAKey),
        }
    }
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Worth a study.
    Kept,
    /// Set aside, with a reason.
    Dismissed,
    /// Became a synergy of the dossier.
    Promoted,
    /// Nothing any more: a former decision was taken back.
    Open,
}

impl Choice {
    /// As kept in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Dismissed => "dismissed",
            Self::Promoted => "promoted",
            Self::Open => "open",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "kept" => Self::Kept,
            "dismissed" => Self::Dismissed,
            "promoted" => Self::Promoted,
            _ => Self::Open,
        }
    }
}

/// The last decision about a lead, or a former one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Grows with each decision of the whole service: what a form saw.
    pub id: i64,
    /// What was decided.
    pub choice: Choice,
    /// Why it was set aside; empty otherwise.
    pub reason: String,
    /// The synergy that it became.
    pub synergy: Option<Uuid>,
    /// Who decided.
    pub account: AccountId,
    /// Their name.
    pub author: String,
    /// When.
    pub at: OffsetDateTime,
}

/// The last decisions of a dossier, by key.
#[derive(Debug, Clone, Default)]
pub struct Decisions(HashMap<String, Decision>);

impl Decisions {
    /// The decision about a subject.
    pub fn of(&self, subject: &Subject) -> Option<&Decision> {
        self.0.get(&subject.to_string())
    }

    /// Nobody ever decided anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every decision that stands, with what it is about, in the order of the keys.
    pub fn each(&self) -> impl Iterator<Item = (Subject, &Decision)> {
        let mut held: Vec<(&String, &Decision)> = self.0.iter().collect();
        held.sort_unstable_by_key(|(key, _)| *key);
        held.into_iter().filter_map(|(key, decision)| Some((key.parse().ok()?, decision)))
    }

    /// How many leads stand so.
    pub fn count(&self, choice: Choice) -> usize {
        self.0.values().filter(|decision| decision.choice == choice).count()
    }

    /// The subject of a group: the one already decided about when one of its flows carries it, else its first row.
    pub fn group(&self, found: &Analysis, pool: &Pool) -> Subject {
        let code = &found.tables.get(pool.kind).code;
        let mut rows: Vec<Uuid> = pool.members.iter().chain(&pool.offers).map(|at| found.source(*at).row).collect();
        rows.sort_unstable();
        let subject = |row: Uuid| Subject::Group(code.clone(), pool.direction, row);
        let decided = rows.iter().map(|row| subject(*row)).find(|subject| self.of(subject).is_some());
        decided.unwrap_or_else(|| subject(rows.first().copied().unwrap_or_default()))
    }
}

struct Held {
    id: i64,
    key: String,
    choice: String,
    reason: String,
    synergy: Option<Uuid>,
    account_id: i64,
    author: String,
    decided_at: OffsetDateTime,
}

impl Held {
    fn read(self) -> (String, Decision) {
        let Self { id, key, choice, reason, synergy, account_id, author, decided_at } = self;
        (key, Decision { id, choice: Choice::parse(&choice), reason, synergy, account: AccountId(account_id), author, at: decided_at })
    }
}

/// The last decision about each lead of a dossier.
pub async fn last(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Decisions> {
    let held = sqlx::query_as!(
        Held,
        "select distinct on (key) lead_decision.id, key, choice, reason, synergy, account_id, account.name as author, decided_at
         from lead_decision
         join account on account.id = account_id
         where project_id = $1
         order by key, lead_decision.id desc",
        project.get()
    );
    Ok(Decisions(held.fetch_all(conn).await?.into_iter().map(Held::read).collect()))
}

/// The last decision about each lead of a dossier, as it was at that instant.
pub async fn as_of(conn: &mut PgConnection, project: ProjectId, at: OffsetDateTime) -> sqlx::Result<Decisions> {
    let held = sqlx::query_as!(
        Held,
        "select distinct on (key) lead_decision.id, key, choice, reason, synergy, account_id, account.name as author, decided_at
         from lead_decision
         join account on account.id = account_id
         where project_id = $1 and decided_at <= $2
         order by key, lead_decision.id desc",
        project.get(),
        at
    );
    Ok(Decisions(held.fetch_all(conn).await?.into_iter().map(Held::read).collect()))
}

/// Every decision about a lead, the last first.
pub async fn history(conn: &mut PgConnection, project: ProjectId, subject: &Subject) -> sqlx::Result<Vec<Decision>> {
    let held = sqlx::query_as!(
        Held,
        "select lead_decision.id, key, choice, reason, synergy, account_id, account.name as author, decided_at
         from lead_decision
         join account on account.id = account_id
         where project_id = $1 and key = $2
         order by lead_decision.id desc",
        project.get(),
        subject.to_string()
    );
    Ok(held.fetch_all(conn).await?.into_iter().map(|held| held.read().1).collect())
}

/// The lead that a synergy comes from: its key, who promoted it, when.
pub async fn origin(conn: &mut PgConnection, project: ProjectId, synergy: Uuid) -> sqlx::Result<Option<(String, String, OffsetDateTime)>> {
    let found = sqlx::query!(
        "select key, account.name, decided_at
         from lead_decision
         join account on account.id = account_id
         where project_id = $1 and synergy = $2
         order by lead_decision.id desc
         limit 1",
        project.get(),
        synergy
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (row.key, row.name, row.decided_at)))
}

/// What somebody decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Worth a study.
    Keep,
    /// Set aside, and why.
    Dismiss(String),
    /// Becomes that synergy.
    Promote(Uuid),
    /// A former decision is taken back.
    Reopen,
}

impl Verdict {
    fn choice(&self) -> Choice {
        match self {
            Self::Keep => Choice::Kept,
            Self::Dismiss(_) => Choice::Dismissed,
            Self::Promote(_) => Choice::Promoted,
            Self::Reopen => Choice::Open,
        }
    }
}

/// Writes a decision under the dossier's lock, unless somebody decided since what was `seen` (zero: nothing). False then.
pub async fn decide(conn: &mut PgConnection, writer: &PartWriter, subject: &Subject, verdict: &Verdict, seen: i64) -> sqlx::Result<bool> {
    let (choice, key) = (verdict.choice(), subject.to_string());
    let reason = if let Verdict::Dismiss(reason) = verdict { reason.as_str() } else { "" };
    let synergy = if let Verdict::Promote(row) = verdict { Some(*row) } else { None };
    let written = sqlx::query!(
        "insert into lead_decision (project_id, key, choice, reason, synergy, account_id, decided_at)
         select $1, $2, $3, $4, $5, $6, $7
         where coalesce((select max(id) from lead_decision where project_id = $1 and key = $2), 0) = $8",
        writer.project().get(),
        key,
        choice.as_str(),
        reason,
        synergy,
        writer.account().get(),
        writer.now(),
        seen
    )
    .execute(&mut *conn)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(false);
    }
    let act = match choice {
        Choice::Kept => "lead_kept",
        Choice::Dismissed => "lead_dismissed",
        Choice::Promoted => "lead_promoted",
        Choice::Open => "lead_reopened",
    };
    journal::record(conn, writer.project(), writer.account(), act, &key, writer.now()).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for subject in [
            Subject::Type("dreches".into(), "aliment-betail".into()),
            Subject::Pair(a, b),
            Subject::Group("cartons".into(), Direction::Out, a),
            Subject::Group("gardiennage".into(), Direction::In, b),
            Subject::Gap("boues".into()),
        ] {
            assert_eq!(subject.to_string().parse::<Subject>().ok(), Some(subject));
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "type", "type.a", "type.A.b", "type.a.b.c", "paire.1.2", "groupe.a.up.0", "chainon.", "chainon.a'b"] {
            assert!(text.parse::<Subject>().is_err(), "{text}");
        }
    }
}
