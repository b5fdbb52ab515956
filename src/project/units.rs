//! Units of saving in the database: loading them, and writing new versions with history, journal, progress and operation
//! in one statement.

use serde_json::Value as Json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::access::{Facts, Status, policy};
use crate::error::AppError;
use crate::framework::content::{Content, Fields, Raw, Unit};
use crate::framework::standing::Standing;
use crate::journal::Head;
use crate::kit::ids::{AccountId, ProjectId};

/// A dossier locked for a write, with what the write must restate and bring up to date.
#[derive(Debug)]
pub struct Locked {
    /// Head of its journal.
    pub head: Head,
    /// Last act, to write a run of autosaves once.
    pub mark: String,
    /// Instant of the last act.
    pub last_activity_at: OffsetDateTime,
    /// Kept standing.
    pub standing: Standing,
    /// Kept count of commitments.
    pub commitments: i32,
    /// State, read again under the lock.
    pub status: Status,
    /// Bound, read again under the lock.
    pub closes_at: OffsetDateTime,
    /// Where the first sending of this operation led, if it was already received.
    pub done: Option<String>,
}

impl Locked {
    /// The facts of the proof, with what may have changed since it was made.
    pub fn facts(&self, facts: &Facts) -> Facts {
        Facts { status: self.status, closes_at: self.closes_at, ..*facts }
    }
}

/// Locks a dossier; writers of one dossier follow each other.
pub async fn lock(conn: &mut PgConnection, project: ProjectId, operation: Uuid) -> Result<Locked, AppError> {
    let row = sqlx::query!(
        r#"select project.status, project.extended_until, project.standing::text as "standing!", project.commitments,
             project.journal_seq, project.journal_hash, project.journal_mark, project.last_activity_at,
             call.deposit_bound, call.grace_minutes
         from project
         join call on call.id = project.call_id
         where project.id = $1
         for update of project"#,
        project.get()
    )
    .fetch_one(&mut *conn)
    .await?;
    // A statement of its own, after the lock: one that waited for it would read what was there before its twin ended.
    let scope = format!("project {project}");
    let done = sqlx::query_scalar!("select location from operation where scope = $1 and id = $2", scope, operation).fetch_optional(conn).await?;
    Ok(Locked {
        head: Head { project, seq: row.journal_seq, hash: row.journal_hash },
        mark: row.journal_mark,
        last_activity_at: row.last_activity_at,
        standing: serde_json::from_str(&row.standing).unwrap_or_default(),
        commitments: row.commitments,
        status: Status::parse(&row.status).ok_or_else(|| anyhow::anyhow!("unknown status"))?,
        closes_at: policy::closes_at(row.deposit_bound, row.grace_minutes, row.extended_until),
        done,
    })
}

struct Held {
    kind: String,
    row: Uuid,
    parent: Option<Uuid>,
    position: i32,
    version: i32,
    content: String,
    raw: String,
    account_id: i64,
    at: OffsetDateTime,
}

impl Held {
    fn unit(self) -> Result<Unit, AppError> {
        let fields: Fields = serde_json::from_str(&self.content).map_err(anyhow::Error::from)?;
        let raw: Raw = serde_json::from_str(&self.raw).map_err(anyhow::Error::from)?;
        Ok(Unit {
            kind: self.kind,
            row: self.row,
            parent: self.parent,
            position: self.position,
            version: self.version,
            fields,
            raw,
            author: Some(AccountId(self.account_id)),
            at: self.at,
        })
    }
}

/// Sections and live rows of those kinds, rows in their order.
pub async fn load(conn: &mut PgConnection, project: ProjectId, kinds: &[&str]) -> Result<Content, AppError> {
    let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let rows = sqlx::query_as!(
        Held,
        r#"select kind, row, parent, position, version, content::text as "content!", raw::text as "raw!", account_id, at
         from unit
         where project_id = $1 and kind = any($2) and not is_deleted
         order by kind, position, row"#,
        project.get(),
        &kinds
    )
    .fetch_all(conn)
    .await?;
    content(rows)
}

/// All the content of a dossier, with the slots that hold attachments.
pub async fn load_all(conn: &mut PgConnection, project: ProjectId) -> Result<Content, AppError> {
    let rows = sqlx::query_as!(
        Held,
        r#"select kind, row, parent, position, version, content::text as "content!", raw::text as "raw!", account_id, at
         from unit
         where project_id = $1 and not is_deleted
         order by kind, position, row"#,
        project.get()
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut content = content(rows)?;
    content.filled_slots = slots(conn, project).await?;
    Ok(content)
}

fn content(rows: Vec<Held>) -> Result<Content, AppError> {
    let units = rows.into_iter().map(Held::unit).collect::<Result<_, _>>()?;
    Ok(Content { units, filled_slots: Vec::new() })
}

/// Slots of a dossier that hold at least one attachment.
pub async fn slots(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!("select distinct slot from attachment where project_id = $1 and removed_at is null", project.get()).fetch_all(conn).await
}

/// A former version of a unit, which a stale form was drawn from.
pub async fn version(conn: &mut PgConnection, project: ProjectId, kind: &str, row: Uuid, version: i32) -> Result<Option<(Fields, Raw)>, AppError> {
    let found = sqlx::query!(
        r#"select content::text as "content!", raw::text as "raw!" from unit_history
         where project_id = $1 and kind = $2 and row = $3 and version = $4 and not is_set_aside
         order by id desc
         limit 1"#,
        project.get(),
        kind,
        row,
        version
    )
    .fetch_optional(conn)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let fields = serde_json::from_str(&found.content).map_err(anyhow::Error::from)?;
    let raw = serde_json::from_str(&found.raw).map_err(anyhow::Error::from)?;
    Ok(Some((fields, raw)))
}

/// Who changed something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Account.
    pub account: AccountId,
    /// Name.
    pub name: String,
    /// Instant.
    pub at: OffsetDateTime,
}

/// Who last changed each field of a unit after a version; fields that nobody changed are left out.
pub async fn authors(conn: &mut PgConnection, project: ProjectId, unit: &Unit, since: i32) -> sqlx::Result<Vec<(String, Author)>> {
    let rows = sqlx::query!(
        r#"with step as (
           select version, account_id, at, content || raw as now, coalesce(lag(content || raw) over (order by version), '{}') as former
           from unit_history
           where project_id = $1 and kind = $2 and row = $3 and version >= $4 and not is_set_aside
         )
         select distinct on (key) key as "key!", account.id, account.name, step.at
         from step
         cross join lateral (select jsonb_object_keys(step.now || step.former) as key) as held
         join account on account.id = step.account_id
         where step.version > $4 and (step.now -> key) is distinct from (step.former -> key)
         order by key, step.version desc"#,
        project.get(),
        unit.kind,
        unit.row,
        since
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, Author { account: AccountId(row.id), name: row.name, at: row.at })).collect())
}

/// A row taken out, as it was.
pub async fn removed(conn: &mut PgConnection, project: ProjectId, kind: &str, row: Uuid) -> Result<Option<Unit>, AppError> {
    let found = sqlx::query_as!(
        Held,
        r#"select kind, row, parent, position, version, content::text as "content!", raw::text as "raw!", account_id, at
         from unit
         where project_id = $1 and kind = $2 and row = $3 and is_deleted"#,
        project.get(),
        kind,
        row
    )
    .fetch_optional(conn)
    .await?;
    found.map(Held::unit).transpose()
}

/// Rows of those ids, live or removed: what other rows point at.
pub async fn rows(conn: &mut PgConnection, project: ProjectId, ids: &[Uuid]) -> Result<Content, AppError> {
    let rows = sqlx::query_as!(
        Held,
        r#"select kind, row, parent, position, version, content::text as "content!", raw::text as "raw!", account_id, at
         from unit
         where project_id = $1 and row = any($2)
         order by kind, position, row"#,
        project.get(),
        ids
    )
    .fetch_all(conn)
    .await?;
    content(rows)
}

/// What a save does to one unit.
#[derive(Debug, Clone)]
pub struct Change {
    /// New version, whole.
    pub unit: Unit,
    /// The row is taken out (its content stays in the history, and comes back if the removal is undone).
    pub is_deleted: bool,
    /// Kept in the history only: a text that gave way in a conflict.
    pub is_set_aside: bool,
}

/// What accompanies the changes in the same statement.
#[derive(Debug)]
pub struct Act<'a> {
    /// Author.
    pub account: AccountId,
    /// Instant.
    pub at: OffsetDateTime,
    /// Operation of the form.
    pub operation: Uuid,
    /// Where the same operation leads when it is sent again.
    pub location: &'a str,
    /// What the journal calls it.
    pub act: &'a str,
    /// On what.
    pub subject: &'a str,
}

/// A run of saves by one person in one section is one line of the journal, unless it pauses this long.
const RUN: time::Duration = time::Duration::minutes(30);

/// Writes the changes under the dossier's lock: new versions, history, operation, journal, progress, in one statement.
pub async fn write(conn: &mut PgConnection, locked: &Locked, act: &Act<'_>, changes: &[Change]) -> Result<(), AppError> {
    let columns = Columns::of(changes)?;
    let mark = format!("{} {} {}", act.act, act.subject, act.account);
    let is_run = locked.mark == mark && act.at - locked.last_activity_at < RUN;
    let line = locked.head.next(act.account, act.act, act.subject, act.at);
    let standing = serde_json::to_value(&locked.standing).map_err(anyhow::Error::from)?;
    let progress = locked.standing.progress().to_vec();
    let written = sqlx::query!(
        r#"with change as (
           select * from unnest($4::text[], $5::uuid[], $6::uuid[], $7::int[], $8::int[], $9::jsonb[], $10::jsonb[], $11::bool[], $12::bool[])
             as change(kind, row, parent, position, version, content, raw, is_deleted, is_set_aside)
         ), written as (
           insert into unit (project_id, kind, row, parent, position, version, content, raw, is_deleted, account_id, at)
           select $1, kind, row, parent, position, version, content, raw, is_deleted, $2, $3 from change where not is_set_aside
           on conflict (project_id, kind, row) do update
             set parent = excluded.parent, position = excluded.position, version = excluded.version, content = excluded.content,
                 raw = excluded.raw, is_deleted = excluded.is_deleted, account_id = excluded.account_id, at = excluded.at
             where unit.version = excluded.version - 1
           returning kind, row, version
         ), kept as (
           insert into unit_history (project_id, kind, row, version, content, raw, is_deleted, is_set_aside, account_id, at, act)
           select $1, kind, row, version, content, raw, is_deleted, is_set_aside, $2, $3, $16 from change
           -- a conflict asked about twice sets the same text aside once
           where not (is_set_aside and exists (
             select from unit_history as held
             where held.project_id = $1 and held.kind = change.kind and held.row = change.row and held.version = change.version
               and held.is_set_aside and held.content = change.content and held.raw = change.raw))
         ), done as (
           insert into operation (scope, id, account_id, location, at) values ('project ' || $1::text, $13, $2, $14, $3)
           on conflict do nothing
         ), line as (
           insert into journal (project_id, seq, at, account_id, act, subject, hash)
           select $1, $15, $3, $2, $16, $17, $18 where not $19
         ), figures as (
           update project
           set standing = $20, progress = $21, commitments = $22, content_version = content_version + 1, last_activity_at = $3, journal_mark = $23,
               journal_seq = case when $19 then journal_seq else $15 end, journal_hash = case when $19 then journal_hash else $18 end
           where id = $1
         ), told as (
           -- Notified commits follow each other: only when somebody else has a page of the dossier open.
           select pg_notify('trame_live', 'saved ' || $1 || ' ' || $2 || ' ' ||
             case when count(*) > 100 then '*' else string_agg(kind || ':' || row || ':' || version, ' ') end)
           from written
           having count(*) > 0 and exists(select from presence where project_id = $1 offset 1)
         )
         select count(*) as "count!", (select count(*) from told) as "told!" from written"#,
        locked.head.project.get(),
        act.account.get(),
        act.at,
        &columns.kinds,
        &columns.rows,
        &columns.parents as &[Option<Uuid>],
        &columns.positions,
        &columns.versions,
        &columns.contents,
        &columns.raws,
        &columns.deleted,
        &columns.aside,
        act.operation,
        act.location,
        line.seq,
        act.act,
        act.subject,
        line.hash,
        is_run,
        standing,
        &progress,
        locked.commitments,
        mark
    )
    .fetch_one(conn)
    .await?;
    let expected = changes.iter().filter(|change| !change.is_set_aside).count();
    if usize::try_from(written.count) == Ok(expected) { Ok(()) } else { Err(AppError::Internal(anyhow::anyhow!("a unit changed under the dossier's lock"))) }
}

#[derive(Default)]
struct Columns {
    kinds: Vec<String>,
    rows: Vec<Uuid>,
    parents: Vec<Option<Uuid>>,
    positions: Vec<i32>,
    versions: Vec<i32>,
    contents: Vec<Json>,
    raws: Vec<Json>,
    deleted: Vec<bool>,
    aside: Vec<bool>,
}

impl Columns {
    fn of(changes: &[Change]) -> Result<Self, AppError> {
        let mut columns = Self::default();
        for Change { unit, is_deleted, is_set_aside } in changes {
            columns.kinds.push(unit.kind.clone());
            columns.rows.push(unit.row);
            columns.parents.push(unit.parent);
            columns.positions.push(unit.position);
            columns.versions.push(unit.version);
            columns.contents.push(serde_json::to_value(&unit.fields).map_err(anyhow::Error::from)?);
            columns.raws.push(serde_json::to_value(&unit.raw).map_err(anyhow::Error::from)?);
            columns.deleted.push(*is_deleted);
            columns.aside.push(*is_set_aside);
        }
        Ok(columns)
    }
}
