//! Statements of the history: entries by key, the saves of one entry, the people who wrote.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::filter::Filter;
use crate::access::Dossier;
use crate::error::AppError;
use crate::framework::content::Unit;
use crate::kit::ids::ProjectId;

/// Entries of a page.
pub const SHOWN: usize = 25;
/// Saves of an entry shown at once.
const STEPS: i64 = 60;

/// A version of a unit: its content, and the line of the history that holds it.
#[derive(Debug, Clone)]
pub struct Version {
    /// Line of the history.
    pub id: i64,
    /// Content.
    pub unit: Unit,
}

/// An entry of the history.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Id.
    pub id: i64,
    /// Kind of the unit, or `slot:` and a slot's key.
    pub kind: String,
    /// Its row, or the attachment.
    pub row: Uuid,
    /// Who.
    pub by: String,
    /// What: saved, added, removed, restored, `set_aside`, attached…
    pub act: String,
    /// Saves in it.
    pub saves: i32,
    /// First save.
    pub started_at: OffsetDateTime,
    /// Last save.
    pub ended_at: OffsetDateTime,
    /// The unit before; blank when it was not there.
    pub before: Option<Version>,
    /// The unit after.
    pub after: Option<Version>,
    /// The unit as it is today, and whether it is removed.
    pub today: Option<(Unit, bool)>,
    /// Name of the attachment.
    pub file: Option<String>,
}

impl Entry {
    /// Is it about a unit, not an attachment?
    pub fn last_is_version(&self) -> bool {
        self.after.is_some()
    }
}

/// A unit read from three columns.
fn unit((kind, row): (&str, Uuid), version: i32, content: &str, raw: &str) -> Result<Unit, AppError> {
    let fields = serde_json::from_str(content).map_err(anyhow::Error::from)?;
    let raw = serde_json::from_str(raw).map_err(anyhow::Error::from)?;
    Ok(Unit { version, fields, raw, ..Unit::blank(kind, row, None) })
}

/// An entry as its statement gives it.
struct Line {
    id: i64,
    kind: String,
    row: Uuid,
    by: String,
    act: String,
    first_version: i32,
    last_version: i32,
    saves: i32,
    started_at: OffsetDateTime,
    ended_at: OffsetDateTime,
    after_id: Option<i64>,
    after: Option<String>,
    after_raw: Option<String>,
    before_id: Option<i64>,
    before: Option<String>,
    before_raw: Option<String>,
    version: Option<i32>,
    parent: Option<Uuid>,
    is_deleted: Option<bool>,
    today: Option<String>,
    today_raw: Option<String>,
    file: Option<String>,
}

impl Line {
    fn entry(self) -> Result<Entry, AppError> {
        let key = (self.kind.as_str(), self.row);
        let version = |id: Option<i64>, number: i32, content: &Option<String>, raw: &Option<String>| -> Result<Option<Version>, AppError> {
            let (Some(id), Some(content), Some(raw)) = (id, content, raw) else { return Ok(None) };
            Ok(Some(Version { id, unit: unit(key, number, content, raw)? }))
        };
        let before = version(self.before_id, self.first_version - 1, &self.before, &self.before_raw)?;
        let after = version(self.after_id, self.last_version, &self.after, &self.after_raw)?;
        let today = match (self.version, &self.today, &self.today_raw) {
            (Some(number), Some(content), Some(raw)) => {
                let today = Unit { parent: self.parent, ..unit(key, number, content, raw)? };
                Some((today, self.is_deleted.unwrap_or(false)))
            }
            _ => None,
        };
        Ok(Entry {
            id: self.id,
            by: self.by,
            act: self.act,
            saves: self.saves,
            started_at: self.started_at,
            ended_at: self.ended_at,
            before,
            after,
            today,
            file: self.file,
            row: self.row,
            kind: self.kind,
        })
    }
}

/// One page of entries, newest first, and one more when there are others.
pub async fn entries(conn: &mut PgConnection, reader: &Dossier, filter: &Filter) -> Result<Vec<Entry>, AppError> {
    let kinds = filter.kinds();
    let rows = sqlx::query_as!(
        Line,
        r#"select entry.id, entry.kind, entry.row, account.name as by, entry.act, entry.first_version, entry.last_version, entry.saves, entry.started_at, entry.ended_at,
             later.id as "after_id?", later.content::text as "after?", later.raw::text as "after_raw?",
             former.id as "before_id?", former.content::text as "before?", former.raw::text as "before_raw?",
             unit.version as "version?", unit.parent as "parent?", unit.is_deleted as "is_deleted?", unit.content::text as "today?", unit.raw::text as "today_raw?",
             attachment.name as "file?"
         from history_entry as entry
         join account on account.id = entry.account_id
         left join unit_history as later on later.id = entry.last_id
         left join lateral (
           select held.id, held.content, held.raw from unit_history as held
           where held.project_id = entry.project_id and held.kind = entry.kind and held.row = entry.row and not held.is_set_aside
             and held.version = case when entry.act = 'set_aside' then entry.first_version else entry.first_version - 1 end
           order by held.id desc limit 1
         ) as former on true
         left join unit on unit.project_id = entry.project_id and unit.kind = entry.kind and unit.row = entry.row
         left join attachment on attachment.id = entry.row and attachment.project_id = entry.project_id and entry.last_id is null
         where entry.project_id = $1
           and ($2::bigint is null or entry.account_id = $2)
           and ($3::text[] is null or entry.kind = any($3))
           and ($4::text is null or (entry.kind = $4 and entry.row = $5))
           and ($6::text is null or ((later.content || later.raw) -> $6) is distinct from ((former.content || former.raw) -> $6))
           and ($7::timestamptz is null or entry.ended_at >= $7)
           and ($8::timestamptz is null or entry.started_at < $8)
           and ($9::timestamptz is null or (entry.ended_at, entry.id) < ($9, $10))
         order by entry.ended_at desc, entry.id desc
         limit $11"#,
        reader.project().get(),
        filter.person,
        kinds.as_deref(),
        filter.unit.as_ref().map(|(kind, _)| kind.as_str()),
        filter.unit.as_ref().map(|(_, row)| *row),
        filter.field,
        filter.from,
        filter.until,
        filter.before.map(|(at, _)| at),
        filter.before.map(|(_, id)| id),
        i64::try_from(SHOWN).unwrap_or(0) + 1
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Line::entry).collect()
}

/// A save of an entry, with the version before it.
#[derive(Debug)]
pub struct Step {
    /// When.
    pub at: OffsetDateTime,
    /// The unit before.
    pub before: Unit,
    /// The unit after, and its line.
    pub after: Version,
}

/// The saves of one entry, newest first.
pub async fn steps(conn: &mut PgConnection, project: ProjectId, entry: i64) -> Result<Vec<Step>, AppError> {
    let rows = sqlx::query!(
        r#"with step as (
           select held.id, held.kind, held.row, held.version, held.at, held.content, held.raw, entry.first_version,
             lag(held.content) over (order by held.version) as former, lag(held.raw) over (order by held.version) as former_raw
           from history_entry as entry
           join unit_history as held
             on held.project_id = entry.project_id and held.kind = entry.kind and held.row = entry.row and not held.is_set_aside
             and held.version between entry.first_version - 1 and entry.last_version
           where entry.id = $2 and entry.project_id = $1
         )
         select id, kind, row, version, at, content::text as "content!", raw::text as "raw!", coalesce(former, '{}')::text as "former!", coalesce(former_raw, '{}')::text as "former_raw!"
         from step
         where version >= first_version
         order by version desc
         limit $3"#,
        project.get(),
        entry,
        STEPS
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let key = (row.kind.as_str(), row.row);
            Ok(Step {
                at: row.at,
                before: unit(key, row.version - 1, &row.former, &row.former_raw)?,
                after: Version { id: row.id, unit: unit(key, row.version, &row.content, &row.raw)? },
            })
        })
        .collect()
}

/// Everybody who appears in the history of a dossier.
pub async fn people(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<(i64, String)>> {
    let rows = sqlx::query!(
        "select account.id, account.name from account
         where exists (select from history_entry where project_id = $1 and account_id = account.id)
         order by account.name, account.id",
        project.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// A line of the history of this dossier: the version to bring back.
pub async fn version(conn: &mut PgConnection, project: ProjectId, id: i64) -> Result<Option<Unit>, AppError> {
    let row = sqlx::query!(
        r#"select kind, row, version, content::text as "content!", raw::text as "raw!" from unit_history where id = $1 and project_id = $2"#,
        id,
        project.get()
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| unit((&row.kind, row.row), row.version, &row.content, &row.raw)).transpose()
}
