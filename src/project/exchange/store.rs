//! Acts on many rows, in the database: proposed, done, undone.

use serde_json::Value as Json;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::list::same;
use super::plan::Proposal;
use crate::access::{Dossier, ProjectEditor};
use crate::error::AppError;
use crate::framework::content::{Fields, Raw};
use crate::kit::ids::{AccountId, ProjectId};
use crate::project::store::role_name;
use crate::project::units::Change;

/// How long a proposal waits for its author.
pub const WAITS: Duration = Duration::hours(24);
/// Proposals that an author keeps at once in a dossier.
const KEPT: i64 = 5;

/// Where the rows of an act come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A file.
    Import,
    /// Another dossier.
    Copy,
}

impl Origin {
    /// As kept in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Copy => "copy",
        }
    }

    fn parse(text: &str) -> Self {
        if text == "copy" { Self::Copy } else { Self::Import }
    }

    /// What the journal calls the act.
    pub const fn act(self) -> &'static str {
        match self {
            Self::Import => "imported",
            Self::Copy => "copied",
        }
    }

    /// What the journal calls its undoing.
    pub const fn undoing(self) -> &'static str {
        match self {
            Self::Import => "import_undone",
            Self::Copy => "copy_undone",
        }
    }
}

/// An act on many rows.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its id.
    pub id: Uuid,
    /// Where its rows come from.
    pub origin: Origin,
    /// Kind of its rows; empty for a copy.
    pub subject: String,
    /// Name of the file, or title of the other dossier.
    pub source: String,
    /// Who proposed it.
    pub account: AccountId,
    /// Their name.
    pub author: String,
    /// Grows when it is done, then undone.
    pub version: i32,
    /// When it was proposed.
    pub created_at: OffsetDateTime,
    /// When it was done.
    pub applied_at: Option<OffsetDateTime>,
    /// When it was undone.
    pub undone_at: Option<OffsetDateTime>,
    /// By whom.
    pub undone_by: String,
    /// Rows added.
    pub added: i32,
    /// Rows changed.
    pub changed: i32,
    /// Lines refused.
    pub refused: i32,
}

struct Held {
    id: Uuid,
    origin: String,
    subject: String,
    source: String,
    account_id: i64,
    author: String,
    version: i32,
    created_at: OffsetDateTime,
    applied_at: Option<OffsetDateTime>,
    undone_at: Option<OffsetDateTime>,
    undone_by: Option<String>,
    added: i32,
    changed: i32,
    refused: i32,
}

impl Held {
    fn batch(self) -> Batch {
        Batch {
            id: self.id,
            origin: Origin::parse(&self.origin),
            subject: self.subject,
            source: self.source,
            account: AccountId(self.account_id),
            author: self.author,
            version: self.version,
            created_at: self.created_at,
            applied_at: self.applied_at,
            undone_at: self.undone_at,
            undone_by: self.undone_by.unwrap_or_default(),
            added: self.added,
            changed: self.changed,
            refused: self.refused,
        }
    }
}

/// Keeps what was read from a file; the same sending again keeps nothing more. Old proposals of the same author give way.
pub async fn propose(conn: &mut PgConnection, editor: &ProjectEditor, id: Uuid, (kind, file): (&str, &str), proposal: &Proposal) -> Result<(), AppError> {
    let proposal = serde_json::to_value(proposal).map_err(anyhow::Error::from)?;
    sqlx::query!(
        "with former as (
           delete from batch where id in (
             select id from batch where project_id = $2 and account_id = $3 and applied_at is null and id <> $1
             order by created_at desc, id
             offset $8)
         )
         insert into batch (id, project_id, account_id, origin, subject, source, proposal, created_at)
         values ($1, $2, $3, 'import', $4, $5, $6, $7)
         on conflict (id) do nothing",
        id,
        editor.project().get(),
        editor.account().get(),
        kind,
        file,
        proposal,
        editor.now(),
        KEPT - 1
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// In whose name the operator's command writes in a dossier: its owner, the first one when there are several.
pub async fn owner(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Option<AccountId>> {
    let owner = sqlx::query_scalar!(
        "select account_id from project_member where project_id = $1 and role = 'owner' order by created_at, account_id limit 1",
        project.get()
    );
    Ok(owner.fetch_optional(conn).await?.map(AccountId))
}

/// An act of a dossier: anybody's once it is done, one's own while it waits.
pub async fn find(conn: &mut PgConnection, dossier: &Dossier, id: Uuid) -> sqlx::Result<Option<Batch>> {
    let held = sqlx::query_as!(
        Held,
        r#"select batch.id, origin, subject, source, account_id, account.name as author, batch.version, batch.created_at, applied_at, undone_at,
             undoer.name as "undone_by?", added, changed, refused
         from batch
         join account on account.id = batch.account_id
         left join account as undoer on undoer.id = batch.undone_by
         where batch.id = $1 and project_id = $2 and (applied_at is not null or account_id = $3)"#,
        id,
        dossier.project().get(),
        dossier.account().get()
    )
    .fetch_optional(conn)
    .await?;
    Ok(held.map(Held::batch))
}

/// The last acts done in a dossier, of one kind of rows when it is named.
pub async fn done(conn: &mut PgConnection, project: ProjectId, kind: Option<&str>, most: i64) -> sqlx::Result<Vec<Batch>> {
    let held = sqlx::query_as!(
        Held,
        r#"select batch.id, origin, subject, source, account_id, account.name as author, batch.version, batch.created_at, applied_at, undone_at,
             undoer.name as "undone_by?", added, changed, refused
         from batch
         join account on account.id = batch.account_id
         left join account as undoer on undoer.id = batch.undone_by
         where project_id = $1 and applied_at is not null and ($2::text is null or subject = $2)
         order by applied_at desc, batch.id
         limit $3"#,
        project.get(),
        kind,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(held.into_iter().map(Held::batch).collect())
}

/// What was read from the file, while the act waits.
pub async fn proposal(conn: &mut PgConnection, id: Uuid) -> Result<Option<Proposal>, AppError> {
    let json: Option<Json> = sqlx::query_scalar!("select proposal from batch where id = $1", id).fetch_optional(conn).await?.flatten();
    Ok(json.map(serde_json::from_value).transpose().map_err(anyhow::Error::from)?)
}

/// Forgets a proposal.
pub async fn forget(conn: &mut PgConnection, editor: &ProjectEditor, id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from batch where id = $1 and project_id = $2 and account_id = $3 and applied_at is null",
        id,
        editor.project().get(),
        editor.account().get()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets the proposals that waited too long; returns how many.
pub async fn sweep(conn: &mut PgConnection, now: OffsetDateTime) -> sqlx::Result<u64> {
    let swept = sqlx::query!("delete from batch where applied_at is null and created_at < $1", now - WAITS).execute(conn).await?;
    Ok(swept.rows_affected())
}

/// What an act keeps of itself once done.
#[derive(Debug)]
pub struct Done<'a> {
    /// Its id: a proposal's, or new.
    pub id: Uuid,
    /// Where its rows come from.
    pub origin: Origin,
    /// Kind of its rows; empty for a copy.
    pub subject: &'a str,
    /// Title of the other dossier; a file's name is already kept.
    pub source: &'a str,
    /// The other dossier.
    pub source_id: Option<ProjectId>,
    /// Lines refused.
    pub refused: usize,
    /// Operation of the form.
    pub operation: Uuid,
    /// Where the same operation leads when it is sent again.
    pub location: &'a str,
}

/// Writes that an act is done, and the version that it gave to each row.
pub async fn settle(conn: &mut PgConnection, editor: &ProjectEditor, done: &Done<'_>, changes: &[Change]) -> sqlx::Result<()> {
    let is_added = |change: &&Change| change.unit.version == 1;
    let added = changes.iter().filter(is_added).count();
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    sqlx::query!(
        "with act as (
           insert into batch (id, project_id, account_id, origin, subject, source, source_id, version, created_at, applied_at, added, changed, refused)
           values ($1, $2, $3, $4, $5, $6, $7, 2, $8, $8, $9, $10, $11)
           on conflict (id) do update set proposal = null, version = 2, applied_at = $8, added = $9, changed = $10, refused = $11
         )
         insert into batch_row (batch_id, kind, row, version, is_added)
         select $1, kind, row, version, version = 1 from unnest($12::text[], $13::uuid[], $14::int[]) as change(kind, row, version)",
        done.id,
        editor.project().get(),
        editor.account().get(),
        done.origin.as_str(),
        done.subject,
        done.source,
        done.source_id.map(ProjectId::get),
        editor.now(),
        number(added),
        number(changes.len() - added),
        number(done.refused),
        &changes.iter().map(|change| change.unit.kind.clone()).collect::<Vec<_>>(),
        &changes.iter().map(|change| change.unit.row).collect::<Vec<_>>(),
        &changes.iter().map(|change| change.unit.version).collect::<Vec<_>>()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A row that an act wrote.
#[derive(Debug, Clone)]
pub struct Written {
    /// Kind.
    pub kind: String,
    /// Row; nil for a section.
    pub row: Uuid,
    /// Version that the act wrote.
    pub version: i32,
    /// The act created it.
    pub is_added: bool,
    /// Somebody had changed it when the act was undone.
    pub is_left: bool,
    /// As it was before the act.
    pub before: (Fields, Raw),
}

/// Rows that an act wrote, with what they were before.
pub async fn written(conn: &mut PgConnection, project: ProjectId, id: Uuid) -> Result<Vec<Written>, AppError> {
    let rows = sqlx::query!(
        r#"select batch_row.kind, batch_row.row, batch_row.version, is_added, is_left, former.content as "content?", former.raw as "raw?"
         from batch_row
         left join lateral (
           select content, raw from unit_history as history
           where history.project_id = $1 and history.kind = batch_row.kind and history.row = batch_row.row
             and history.version = batch_row.version - 1 and not is_set_aside
           order by history.id desc
           limit 1) as former on true
         where batch_id = $2
         order by batch_row.kind, batch_row.row"#,
        project.get(),
        id
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let fields: Option<Fields> = row.content.map(serde_json::from_value).transpose().map_err(anyhow::Error::from)?;
            let raw: Option<Raw> = row.raw.map(serde_json::from_value).transpose().map_err(anyhow::Error::from)?;
            let before = (fields.unwrap_or_default(), raw.unwrap_or_default());
            Ok(Written { kind: row.kind, row: row.row, version: row.version, is_added: row.is_added, is_left: row.is_left, before })
        })
        .collect()
}

/// Writes that an act is undone, but for the rows left.
pub async fn settle_undone(conn: &mut PgConnection, editor: &ProjectEditor, id: Uuid, left: &[(String, Uuid)]) -> sqlx::Result<()> {
    sqlx::query!(
        "with act as (
           update batch set undone_at = $2, undone_by = $3, version = version + 1 where id = $1
         )
         update batch_row set is_left = true
         from unnest($4::text[], $5::uuid[]) as kept(kind, row)
         where batch_id = $1 and batch_row.kind = kept.kind and batch_row.row = kept.row",
        id,
        editor.now(),
        editor.account().get(),
        &left.iter().map(|(kind, _)| kind.clone()).collect::<Vec<_>>(),
        &left.iter().map(|(_, row)| *row).collect::<Vec<_>>()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Another dossier of the same organisation, of whose team the person is.
#[derive(Debug)]
pub struct Source {
    /// Dossier.
    pub id: ProjectId,
    /// Its title.
    pub title: String,
    /// Its call, and the person's part in it.
    pub detail: String,
}

/// Dossiers that a person may take content from: of their team, not recused, carried by the same organisation.
pub async fn sources(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Vec<Source>> {
    let rows = sqlx::query!(
        "select project.id, project.title, call.short_title, call.edition, member.role, organisation.name, organisation.commune,
           own.name as own_name, own.commune as own_commune
         from project_member as member
         join project on project.id = member.project_id
         join call on call.id = project.call_id
         join organisation on organisation.id = project.organisation_id
         join project as target on target.id = $2
         join organisation as own on own.id = target.organisation_id
         where member.account_id = $1 and coalesce(member.ends_at > $3, true)
           and project.id <> $2
           and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $1)
         order by call.deposit_bound desc, project.title, project.id",
        dossier.account().get(),
        dossier.project().get(),
        dossier.now()
    )
    .fetch_all(conn)
    .await?;
    // Each dossier is recorded with its organisation anew: the same one has the same name, in the same commune when both are known.
    let is_near = |one: &Option<String>, other: &Option<String>| one.is_none() || other.is_none() || one == other;
    Ok(rows
        .into_iter()
        .filter(|row| same(&row.name) == same(&row.own_name) && is_near(&row.commune, &row.own_commune))
        .map(|row| Source { id: ProjectId(row.id), title: row.title, detail: format!("appel {} {}, {}", row.short_title, row.edition, role_name(&row.role)) })
        .collect())
}

/// Acts whose kept counts do not match the rows they wrote: for `trame check`.
pub async fn verify(conn: &mut PgConnection) -> sqlx::Result<(usize, Vec<String>)> {
    let rows = sqlx::query!(
        r#"select batch.id, added, changed, count(batch_row.row) filter (where is_added) as "rows_added!",
             count(batch_row.row) filter (where not is_added) as "rows_changed!"
         from batch
         left join batch_row on batch_id = batch.id
         where applied_at is not null
         group by batch.id
         order by batch.id"#
    )
    .fetch_all(conn)
    .await?;
    let is_wrong = |kept: i32, counted: i64| i64::from(kept) != counted;
    let faults = rows
        .iter()
        .filter(|row| is_wrong(row.added, row.rows_added) || is_wrong(row.changed, row.rows_changed))
        .map(|row| format!("import {} : {} et {} lignes gardées, {} et {} comptées", row.id, row.added, row.changed, row.rows_added, row.rows_changed));
    let faults = faults.collect();
    Ok((rows.len(), faults))
}
