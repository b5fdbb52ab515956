//! Units of saving in the database: loading them, and writing new versions with history, journal, progress and operation
//! in one statement.

mod reopening;

use serde_json::Value as Json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::access::{Dossier, Facts, PartWriter, Place, ProjectEditor, ProjectWriter, Refusal, Status, Ties, policy};
use crate::error::AppError;
use crate::framework::aims::{Aim, Spot};
use crate::framework::belonging::{Part, part_of};
use crate::framework::content::{Content, Fields, Raw, Unit};
use crate::framework::standing::Standing;
use crate::journal::Head;
use crate::kit::ids::{AccountId, ProjectId};
use crate::kit::moment::from_micros;

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
    /// The same as it is kept, to write it only when it changes.
    held_standing: String,
    /// Kept count of commitments.
    pub commitments: i32,
    /// State, read again under the lock.
    pub status: Status,
    /// Bound, read again under the lock.
    pub closes_at: OffsetDateTime,
    /// Places in the team, read under the lock.
    pub team: Vec<(AccountId, Place)>,
    /// Ends of those places that have one.
    ends: Vec<(AccountId, OffsetDateTime)>,
    /// What requests for correction reopen, each with its due instant, read under the lock.
    pub reopened: Vec<(Aim, OffsetDateTime)>,
    /// Where the first sending of this operation led, if it was already received.
    pub done: Option<String>,
}

impl Locked {
    /// The facts of the proof, with what may have changed since it was made.
    pub fn facts(&self, facts: &Facts) -> Facts {
        let corrects_until = self.reopened.iter().map(|(_, due_at)| *due_at).max();
        Facts { status: self.status, closes_at: self.closes_at, corrects_until, ..*facts }
    }

    /// The bonds of the proof, with the place in the team that may have changed since it was made.
    pub fn ties(&self, dossier: &Dossier) -> Ties {
        dossier.ties().placed(self.place(dossier.account()).filter(|_| !self.has_left(dossier.account(), dossier.now())))
    }

    /// Is somebody's place in the team over?
    fn has_left(&self, account: AccountId, now: OffsetDateTime) -> bool {
        self.ends.iter().any(|(held, ends_at)| *held == account && *ends_at <= now)
    }

    /// Somebody's place in the team.
    pub fn place(&self, account: AccountId) -> Option<Place> {
        self.team.iter().find(|(held, _)| *held == account).map(|(_, place)| *place)
    }

    /// The proof that every write of content asks for, decided on what was read under the lock.
    ///
    /// # Errors
    /// When the person may no longer write that part.
    pub fn writer(&self, editor: &ProjectEditor, part: Part) -> Result<PartWriter, Refusal> {
        editor.writer(&self.ties(editor), &self.facts(editor.facts()), part)
    }

    /// The same proof for who may also write what a request for correction aims at.
    ///
    /// # Errors
    /// When the person may no longer write that part, or no running request aims there.
    pub fn corrector(&self, writer: &ProjectWriter, part: Part, spot: Spot<'_>) -> Result<PartWriter, Refusal> {
        let open = self.reopened.iter().filter(|(_, due_at)| writer.now() < *due_at).map(|(aim, _)| aim.clone()).collect();
        writer.writer(&self.ties(writer), &self.facts(writer.facts()), (part, spot), open)
    }
}

/// Locks a dossier; writers of one dossier follow each other.
pub async fn lock(conn: &mut PgConnection, project: ProjectId, operation: Uuid) -> Result<Locked, AppError> {
    Ok(open(conn, project, operation, &[]).await?.0)
}

/// Locks a dossier, and reads what it then holds of those kinds: one round trip.
pub async fn open(conn: &mut PgConnection, project: ProjectId, operation: Uuid, kinds: &[&str]) -> Result<(Locked, Content), AppError> {
    let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let row = sqlx::query!(
        r#"select status as "status!", extended_until, standing as "standing!", commitments as "commitments!", journal_seq as "journal_seq!",
             journal_hash as "journal_hash!", journal_mark as "journal_mark!", last_activity_at as "last_activity_at!",
             deposit_bound as "deposit_bound!", grace_minutes as "grace_minutes!", team as "team!", done, units as "units!"
         from open_dossier($1, $2, $3)"#,
        project.get(),
        operation,
        &kinds
    )
    .fetch_one(&mut *conn)
    .await?;
    let status = Status::parse(&row.status).ok_or_else(|| anyhow::anyhow!("unknown status"))?;
    let reopened = if status == Status::ChangesRequested { reopened(conn, project).await? } else { Vec::new() };
    let units: Vec<Packed> = serde_json::from_str(&row.units).map_err(anyhow::Error::from)?;
    let content = Content { units: units.into_iter().map(Packed::unit).collect(), filled_slots: Vec::new() };
    let (team, ends) = team(&row.team)?;
    let locked = Locked {
        head: Head { project, seq: row.journal_seq, hash: row.journal_hash },
        mark: row.journal_mark,
        last_activity_at: row.last_activity_at,
        standing: serde_json::from_str(&row.standing).unwrap_or_default(),
        held_standing: row.standing,
        commitments: row.commitments,
        status,
        reopened,
        closes_at: policy::closes_at(row.deposit_bound, row.grace_minutes, row.extended_until),
        team,
        ends,
        done: row.done,
    };
    Ok((locked, content))
}

/// What requests for correction reopen: those that are neither answered nor closed, past due ones included.
async fn reopened(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<(Aim, OffsetDateTime)>> {
    let rows = sqlx::query!(
        "select aim.kind, aim.row, aim.item, correction.due_at
         from correction
         join correction_aim as aim on aim.correction_id = correction.id
         where correction.project_id = $1 and correction.answered_at is null and correction.closed_at is null
         order by correction.number, aim.kind, aim.row, aim.item",
        project.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (Aim { kind: row.kind, row: row.row, item: row.item }, row.due_at)).collect())
}

/// A unit as `open_dossier` packs it.
#[derive(serde::Deserialize)]
struct Packed(String, Uuid, Option<Uuid>, i32, i32, Fields, Raw, i64, i64);

impl Packed {
    fn unit(self) -> Unit {
        let Self(kind, row, parent, position, version, fields, raw, author, micros) = self;
        let at = OffsetDateTime::UNIX_EPOCH + time::Duration::microseconds(micros);
        Unit { kind, row, parent, position, version, fields, raw, author: Some(AccountId(author)), at }
    }
}

/// A member as `open_dossier` packs it: account, role, deposit, levels, end.
type Packing = (i64, String, bool, Vec<i16>, Option<i64>);

/// Places in a team, and the ends of those that have one.
type Team = (Vec<(AccountId, Place)>, Vec<(AccountId, OffsetDateTime)>);

fn team(text: &str) -> Result<Team, AppError> {
    let rows: Vec<Packing> = serde_json::from_str(text).map_err(anyhow::Error::from)?;
    let ends = rows.iter().filter_map(|(id, .., ends_at)| Some((AccountId(*id), from_micros((*ends_at)?)))).collect();
    let place = |(id, role, can_deposit, levels, _): Packing| {
        let place = Place::parse(&role, can_deposit, &levels).ok_or_else(|| anyhow::anyhow!("unknown role"))?;
        Ok::<_, AppError>((AccountId(id), place))
    };
    Ok((rows.into_iter().map(place).collect::<Result<_, _>>()?, ends))
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
    Ok(removed_rows(conn, project, kind, &[row]).await?.pop())
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

/// Rows of a kind taken out, as they were, in their order.
pub async fn removed_rows(conn: &mut PgConnection, project: ProjectId, kind: &str, rows: &[Uuid]) -> Result<Vec<Unit>, AppError> {
    let found = sqlx::query_as!(
        Held,
        r#"select kind, row, parent, position, version, content::text as "content!", raw::text as "raw!", account_id, at
         from unit
         where project_id = $1 and kind = $2 and row = any($3) and is_deleted
         order by position, row"#,
        project.get(),
        kind,
        rows
    )
    .fetch_all(conn)
    .await?;
    found.into_iter().map(Held::unit).collect()
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
    /// Author and instant, with the proof that they may.
    pub by: &'a PartWriter,
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

#[expect(clippy::too_many_lines, reason = "one statement, and its parameters")]
/// Writes the changes under the dossier's lock: new versions, history, operation, journal, progress, in one statement.
pub async fn write(conn: &mut PgConnection, locked: &Locked, act: &Act<'_>, changes: &[Change]) -> Result<(), AppError> {
    covered(act.by, locked.head.project, changes)?;
    reopening::within(conn, act.by, changes).await?;
    let (account, at) = (act.by.account(), act.by.now());
    let columns = Columns::of(changes)?;
    let mark = format!("{} {} {account}", act.act, act.subject);
    let is_run = locked.mark == mark && at - locked.last_activity_at < RUN;
    let line = locked.head.next(account, act.act, act.subject, at);
    let standing = Some(serde_json::to_string(&locked.standing).map_err(anyhow::Error::from)?).filter(|new| *new != locked.held_standing);
    let progress = locked.standing.progress().to_vec();
    let missing = i32::try_from(locked.standing.missing()).unwrap_or(i32::MAX);
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
         ), begun_again as (
           update finished_part set edited_at = $3
           where project_id = $1 and account_id = $2 and deliverable = any($24) and edited_at is null
         ), figures as (
           update project
           set standing = coalesce($20::text::json, standing), progress = $21, commitments = $22, content_version = content_version + 1, journal_mark = $23,
               missing = $25, moved_at = array(select case when n = any($26) then $3 else moved_at[n] end from generate_series(1, 5) as n order by n),
               -- to the minute: a run of autosaves then moves no index
               last_activity_at = case when $3 >= last_activity_at and $3 < last_activity_at + interval '1 minute' then last_activity_at else $3 end,
               journal_seq = case when $19 then journal_seq else $15 end, journal_hash = case when $19 then journal_hash else $18 end
           where id = $1
         ), told as (
           -- Notified commits follow each other: only when somebody else has a page of the dossier open, or a room reads one.
           select pg_notify('trame_live', 'saved ' || $1 || ' ' || $2 || ' ' ||
             case when count(*) > 100 then '*' else string_agg(kind || ':' || row || ':' || version, ' ') end)
           from written
           having count(*) > 0 and (exists(select from presence where project_id = $1 offset 1) or exists(select from presence where project_id = $1 and page = 'atelier'))
         )
         select count(*) as "count!", (select count(*) from told) as "told!" from written"#,
        locked.head.project.get(),
        account.get(),
        at,
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
        mark,
        &touched(act.by, changes),
        missing,
        &moved(act.by, changes)
    )
    .fetch_one(&mut *conn)
    .await?;
    let expected = changes.iter().filter(|change| !change.is_set_aside).count();
    if usize::try_from(written.count) == Ok(expected) { Ok(()) } else { Err(AppError::Internal(anyhow::anyhow!("a unit changed under the dossier's lock"))) }
}

/// Whoever decided the part of a write wrongly finds out here, before anything is written.
fn covered(by: &PartWriter, project: ProjectId, changes: &[Change]) -> Result<(), AppError> {
    match changes.iter().find(|change| by.project() != project || !by.covers(&change.unit.kind)) {
        Some(change) => Err(AppError::Internal(anyhow::anyhow!("{} written without the right to it", change.unit.kind))),
        None => Ok(()),
    }
}

/// Parts that the changes are of; without any, a file came or went in that of the writer.
fn parts<'a>(by: &'a PartWriter, changes: &'a [Change]) -> impl Iterator<Item = Part> {
    changes.iter().map(|change| part_of(&change.unit.kind)).chain(changes.is_empty().then_some(by.part()))
}

/// Deliverables that move: each one that a shared list serves.
fn moved(by: &PartWriter, changes: &[Change]) -> Vec<i32> {
    parts(by, changes).flatten().map(|no| i32::from(*no)).collect()
}

/// Deliverables that a part said to be finished begins again in. A shared list is part of none in particular.
fn touched(by: &PartWriter, changes: &[Change]) -> Vec<i16> {
    parts(by, changes).filter_map(|part| if let [no] = part { Some(i16::from(*no)) } else { None }).collect()
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
