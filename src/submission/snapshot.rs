//! The immutable content of a deposit: every unit and the digest of every attachment.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::SectionRead;
use crate::engagement::frozen::{self, Frozen};
use crate::error::AppError;
use crate::framework::aims::{Aim, Spot};
use crate::framework::content::{Content, Fields, Raw, Unit, Value};
use crate::kit::ids::{CallId, ProjectId, SubmissionId};
use crate::project::attachments::{FileView, short_digest};
use crate::project::files::{hex, size_text};
use crate::project::{reading, store as project_store};

/// A unit, frozen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct FrozenUnit {
    kind: String,
    row: Uuid,
    parent: Option<Uuid>,
    position: i32,
    version: i32,
    fields: Fields,
    #[serde(default, skip_serializing_if = "Raw::is_empty")]
    raw: Raw,
}

/// An attachment, frozen: its bytes are told by their digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrozenFile {
    /// Attachment.
    pub id: Uuid,
    /// Slot.
    pub slot: String,
    /// Name.
    pub name: String,
    /// Size in bytes.
    pub size: i64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

/// What a deposit holds. Its JSON is deterministic: fields are in the order of this type, maps in the order of keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Version of this shape.
    format: u8,
    /// Title of the dossier.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    units: Vec<FrozenUnit>,
    /// Attachments.
    pub files: Vec<FrozenFile>,
    /// The engagement document and its signatures, when one is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engagement: Option<Frozen>,
}

impl Snapshot {
    /// Freezes a dossier as it is in this transaction.
    pub async fn take(conn: &mut PgConnection, project: ProjectId, content: &Content) -> Result<Self, AppError> {
        let head = sqlx::query!("select title, label from project where id = $1", project.get()).fetch_one(&mut *conn).await?;
        let files = sqlx::query!(
            "select id, slot, name, size, sha256 from attachment where project_id = $1 and removed_at is null order by slot, created_at, id",
            project.get()
        )
        .fetch_all(&mut *conn)
        .await?;
        let engagement = Frozen::take(conn, project, content).await?;
        let units = content.units.iter().map(|unit| FrozenUnit {
            kind: unit.kind.clone(),
            row: unit.row,
            parent: unit.parent,
            position: unit.position,
            version: unit.version,
            fields: unit.fields.clone(),
            raw: unit.raw.clone(),
        });
        Ok(Self {
            format: 1,
            title: head.title,
            label: head.label,
            units: units.collect(),
            files: files.into_iter().map(|row| FrozenFile { id: row.id, slot: row.slot, name: row.name, size: row.size, sha256: hex(&row.sha256) }).collect(),
            engagement,
        })
    }

    /// Communes of the perimeter, by their INSEE code.
    pub fn communes(&self) -> Vec<String> {
        let held = self.units.iter().filter(|unit| unit.kind == "perimeter_commune");
        let codes = held.filter_map(|unit| if let Some(Value::Text(code)) = unit.fields.get("commune") { Some(code.clone()) } else { None });
        codes.collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// The same deposit, but for what a request for correction aimed at, which is as in the draft.
    #[must_use]
    pub fn corrected(&self, draft: &Self, aims: &[Aim]) -> Self {
        let covers = |spot: Spot<'_>| aims.iter().any(|aim| aim.covers(spot));
        let is_row = |unit: &&FrozenUnit| !unit.row.is_nil() && covers(Spot::Row(&unit.kind, unit.row, unit.parent));
        let blank = |unit: &FrozenUnit| FrozenUnit { fields: Fields::new(), raw: Raw::new(), version: 0, ..unit.clone() };
        let mut units: Vec<FrozenUnit> = self.units.iter().filter(|unit| !is_row(unit)).cloned().collect();
        units.extend(draft.units.iter().filter(is_row).cloned());
        for new in draft.units.iter().filter(|unit| unit.row.is_nil()) {
            let held = self.units.iter().find(|unit| unit.row.is_nil() && unit.kind == new.kind);
            let mut unit = held.cloned().unwrap_or_else(|| blank(new));
            let is_changed = take(&mut unit.fields, &new.fields, |key| covers(Spot::Field(&new.kind, key)))
                | take(&mut unit.raw, &new.raw, |key| covers(Spot::Field(&new.kind, key)));
            if is_changed {
                unit.version = new.version;
                units.retain(|other| !other.row.is_nil() || other.kind != new.kind);
                units.push(unit);
            }
        }
        units.sort_by(|a, b| (&a.kind, a.position, a.row).cmp(&(&b.kind, b.position, b.row)));
        let mut files: Vec<FrozenFile> = self.files.iter().filter(|file| !covers(Spot::Slot(&file.slot))).cloned().collect();
        files.extend(draft.files.iter().filter(|file| covers(Spot::Slot(&file.slot))).cloned());
        files.sort_by(|a, b| a.slot.cmp(&b.slot));
        Self { units, files, ..self.clone() }
    }

    /// Does it hold what the other holds, whatever their versions?
    pub fn has_content_of(&self, other: &Self) -> bool {
        let shown = |snapshot: &Self| {
            let mut units: Vec<_> = snapshot.units.iter().map(|unit| FrozenUnit { version: 0, ..unit.clone() }).collect();
            units.retain(|unit| !unit.row.is_nil() || !unit.fields.is_empty() || !unit.raw.is_empty());
            units.sort_by(|a, b| (&a.kind, a.row).cmp(&(&b.kind, b.row)));
            let mut files: Vec<Uuid> = snapshot.files.iter().map(|file| file.id).collect();
            files.sort_unstable();
            (units, files)
        };
        shown(self) == shown(other)
    }

    /// Its JSON and the SHA-256 of that JSON.
    pub fn seal(&self) -> Result<(String, Vec<u8>), AppError> {
        let text = serde_json::to_string(self).map_err(anyhow::Error::from)?;
        let digest = Sha256::digest(text.as_bytes()).to_vec();
        Ok((text, digest))
    }

    /// The frozen units as content to draw.
    pub fn content(&self) -> Content {
        let units = self.units.iter().map(|unit| Unit {
            kind: unit.kind.clone(),
            row: unit.row,
            parent: unit.parent,
            position: unit.position,
            version: unit.version,
            fields: unit.fields.clone(),
            raw: unit.raw.clone(),
            author: None,
            at: OffsetDateTime::UNIX_EPOCH,
        });
        Content { units: units.collect(), filled_slots: self.files.iter().map(|file| file.slot.clone()).collect() }
    }

    /// The frozen attachments, as shown.
    pub fn views(&self) -> Vec<FileView> {
        self.files
            .iter()
            .map(|file| FileView {
                id: file.id,
                name: file.name.clone(),
                size: size_text(file.size),
                by: "l’équipe avant le dépôt".to_owned(),
                digest: short_digest(&unhex(&file.sha256)),
                slot: file.slot.clone(),
                former: Vec::new(),
                operation: Uuid::nil(),
            })
            .collect()
    }
}

/// Takes the values of those keys from the other; was any different?
fn take<T: Clone + PartialEq>(held: &mut BTreeMap<String, T>, new: &BTreeMap<String, T>, covers: impl Fn(&str) -> bool) -> bool {
    let keys: BTreeSet<String> = held.keys().chain(new.keys()).filter(|key| covers(key)).cloned().collect();
    let mut is_changed = false;
    for key in keys {
        let next = new.get(&key).cloned();
        is_changed |= held.get(&key) != next.as_ref();
        match next {
            Some(value) => drop(held.insert(key, value)),
            None => drop(held.remove(&key)),
        }
    }
    is_changed
}

/// A deposit as it was frozen. The caller has proven that its reader may.
pub async fn snapshot(conn: &mut PgConnection, submission: SubmissionId) -> Result<Snapshot, AppError> {
    let text = sqlx::query_scalar!("select content from submission where id = $1", submission.get()).fetch_one(conn).await?;
    Ok(serde_json::from_str(&text).map_err(anyhow::Error::from)?)
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).filter_map(|index| u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()).collect()
}

/// A deposit to be read: one deliverable of it, or all. The caller has proven that its reader may.
pub async fn read_view(conn: &mut PgConnection, submission: SubmissionId, only: Option<u8>) -> Result<Vec<SectionRead>, AppError> {
    Ok(read_whole(conn, submission, only).await?.1)
}

/// The same, with the deposit itself: what it holds is counted and listed beside what is read.
pub async fn read_whole(conn: &mut PgConnection, submission: SubmissionId, only: Option<u8>) -> Result<(Snapshot, Vec<SectionRead>), AppError> {
    let row = sqlx::query!(
        "select content, project.call_id from submission join project on project.id = submission.project_id where submission.id = $1",
        submission.get()
    )
    .fetch_one(&mut *conn)
    .await?;
    let snapshot: Snapshot = serde_json::from_str(&row.content).map_err(anyhow::Error::from)?;
    let criteria = project_store::criteria(conn, CallId(row.call_id)).await?;
    let mut sections = reading::sections(&snapshot.content(), &snapshot.views(), &criteria, only);
    frozen::insert(&mut sections, snapshot.engagement.as_ref(), only);
    Ok((snapshot, sections))
}
