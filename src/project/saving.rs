//! Saving a page: what reads is stored, what doesn't is kept as typed, what somebody else changed meanwhile is never
//! overwritten (design §5). One mechanism for every deliverable, table and row of a dossier.

use sqlx::PgConnection;
use uuid::Uuid;

use super::order;
use super::units::{self, Act, Change, Locked};
use crate::access::{ProjectEditor, policy};
use crate::error::AppError;
use crate::framework::content::{Content, Unit, Value};
use crate::framework::reading::{LONGEST_TEXT, Reading, read};
use crate::framework::standing::{Standing, needed_for};
use crate::framework::{Field, Item, Kind, Rows};
use crate::input::Input;
use crate::kit::words;

/// What a page lets change: a section or a row, and the small tables drawn with it.
#[derive(Debug, Clone)]
pub struct Page {
    /// Kind of its main unit.
    pub kind: &'static str,
    /// Row of its main unit; nil for a section.
    pub row: Uuid,
    /// What is asked.
    pub items: &'static [Item],
    /// Address, theme included, without fragment.
    pub url: String,
}

impl Page {
    /// Fields of the main unit.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.items.iter().flat_map(|item| item.fields.iter())
    }

    /// Small tables of the page.
    pub fn tables(&self) -> impl Iterator<Item = &'static Rows> + use<> {
        self.items.iter().flat_map(|item| item.tables.iter().copied())
    }

    /// Row that the tables' lines belong to.
    pub fn parent(&self) -> Option<Uuid> {
        (!self.row.is_nil()).then_some(self.row)
    }

    /// Every kind that drawing or saving the page reads: its own, its tables', those its fields point at.
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut kinds = vec![self.kind];
        kinds.extend(self.tables().map(|rows| rows.kind));
        kinds.extend(self.items.iter().filter_map(|item| item.list).map(|rows| rows.kind));
        let listed = self.items.iter().filter_map(|item| item.list).flat_map(Rows::fields);
        for field in self.fields().chain(listed) {
            if let Kind::Row(kind) | Kind::RowsOf(kind) = field.kind {
                kinds.push(kind);
            }
        }
        kinds
    }
}

/// Two people changed the same field: mine as typed, beside theirs which stays saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Name of the control.
    pub name: String,
    /// As typed.
    pub mine: Vec<String>,
}

/// What a save did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Where the visitor goes next.
    pub location: String,
    /// Fields that ask for a choice.
    pub conflicts: Vec<Conflict>,
    /// The same operation had already been received.
    pub is_replay: bool,
    /// The page's units after the save; empty for a replay.
    pub content: Content,
    /// Standing after the save.
    pub standing: Standing,
    /// A stale version was merged: what is stored differs from what the visitor's page shows.
    pub is_merged: bool,
}

/// Saves a posted page in the transaction of `conn`.
///
/// # Errors
/// When the bound is past under the lock, when a table is full, or when a line to remove was changed by somebody else.
pub async fn save(conn: &mut PgConnection, editor: &ProjectEditor, page: &Page, input: &Input) -> Result<Outcome, AppError> {
    let operation = input.operation()?;
    let mut locked = units::lock(conn, editor.project(), operation).await?;
    if let Some(location) = locked.done.take() {
        return Ok(Outcome { location, is_replay: true, ..Outcome::default() });
    }
    policy::edit(editor.ties(), &locked.facts(editor.facts()), editor.now())?;
    let mut kinds = needed_for(&page.kinds());
    kinds.extend(page.kinds());
    let mut content = units::load(conn, editor.project(), &kinds).await?;
    if page.items.iter().any(|item| item.slot.is_some()) {
        content.filled_slots = units::slots(conn, editor.project()).await?;
    }
    let location = page.url.clone();
    let mut work = Work { editor, page, input, content, changes: Vec::new(), conflicts: Vec::new(), location, is_merged: false };
    work.main_unit(conn).await?;
    for rows in page.tables() {
        work.table(conn, rows).await?;
    }
    work.buttons(conn).await?;
    let Work { content, changes, conflicts, location, is_merged, .. } = work;
    finish(conn, editor, &mut locked, Finish { page, content: &content, changes: &changes, operation, location: &location }).await?;
    Ok(Outcome { location, conflicts, is_replay: false, content, standing: locked.standing, is_merged })
}

struct Finish<'a> {
    page: &'a Page,
    content: &'a Content,
    changes: &'a [Change],
    operation: Uuid,
    location: &'a str,
}

async fn finish(conn: &mut PgConnection, editor: &ProjectEditor, locked: &mut Locked, done: Finish<'_>) -> Result<(), AppError> {
    if done.changes.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = done.changes.iter().map(|change| change.unit.kind.as_str()).collect();
    refresh(locked, done.content, &kinds);
    let act = Act { account: editor.account(), at: editor.now(), operation: done.operation, location: done.location, act: "saved", subject: done.page.kind };
    units::write(conn, locked, &act, done.changes).await
}

/// Brings the kept figures up to date after a change of units of these kinds.
pub fn refresh(locked: &mut Locked, content: &Content, kinds: &[&str]) {
    locked.standing.refresh(content, kinds);
    if kinds.contains(&"commitment") {
        let signed = content.rows("commitment").filter(|row| row.has("signed_on")).count();
        locked.commitments = i32::try_from(signed).unwrap_or(i32::MAX);
    }
}

struct Work<'a> {
    editor: &'a ProjectEditor,
    page: &'a Page,
    input: &'a Input,
    content: Content,
    changes: Vec<Change>,
    conflicts: Vec<Conflict>,
    location: String,
    is_merged: bool,
}

impl Work<'_> {
    async fn main_unit(&mut self, conn: &mut PgConnection) -> Result<(), AppError> {
        let unit = self.content.row(self.page.kind, self.page.row).cloned();
        if unit.is_none() && !self.page.row.is_nil() {
            return Err(AppError::NotFound);
        }
        let unit = unit.unwrap_or_else(|| Unit::blank(self.page.kind, self.page.row, None));
        let names: Vec<(&'static Field, String)> = self.page.fields().map(|field| (field, field.key.to_owned())).collect();
        let seen = self.input.version()?;
        self.unit(conn, unit, seen, &names).await
    }

    async fn table(&mut self, conn: &mut PgConnection, rows: &'static Rows) -> Result<(), AppError> {
        let ids: Vec<Uuid> = self.input.all(&format!("{}.id", rows.kind)).filter_map(|id| Uuid::try_parse(id).ok()).collect();
        let seen: Vec<i32> = self.input.all(&format!("{}.version", rows.kind)).filter_map(|version| version.parse().ok()).collect();
        if ids.len() != seen.len() {
            return Err(AppError::BadRequest("Le tableau posté est incomplet. Rechargez la page et recommencez."));
        }
        for (id, seen) in ids.into_iter().zip(seen) {
            // A line that somebody else removed meanwhile stays removed; its last content is in the history.
            let Some(unit) = self.content.row(rows.kind, id).filter(|unit| unit.parent == self.page.parent()).cloned() else { continue };
            let names: Vec<(&'static Field, String)> = rows.fields().map(|field| (field, format!("{}.{id}.{}", rows.kind, field.key))).collect();
            self.unit(conn, unit, seen, &names).await?;
        }
        Ok(())
    }

    /// Applies what was posted to one unit, field by field, against the version that the visitor saw.
    async fn unit(&mut self, conn: &mut PgConnection, now: Unit, seen: i32, names: &[(&'static Field, String)]) -> Result<(), AppError> {
        let is_stale = seen != now.version;
        self.is_merged |= is_stale;
        let mut base: Option<Unit> = None;
        if is_stale {
            let found = units::version(conn, self.editor.project(), &now.kind, now.row, seen).await?;
            let mut unit = Unit::blank(&now.kind, now.row, now.parent);
            if let Some((fields, raw)) = found {
                (unit.fields, unit.raw) = (fields, raw);
            }
            base = Some(unit);
        }
        let mut next = now.clone();
        let mut aside = now.clone();
        let mut is_aside = false;
        for (field, name) in names {
            let Some(slot) = self.posted(field, name) else { continue };
            match self.decide(field, name, &slot, &now, base.as_ref()) {
                Decision::Keep => {}
                Decision::Apply(slot) => slot.put(&mut next, field.key),
                Decision::Conflict { is_new } => {
                    is_aside |= is_new;
                    slot.put(&mut aside, field.key);
                    self.conflicts.push(Conflict { name: name.clone(), mine: self.input.all(name).map(ToOwned::to_owned).collect() });
                }
            }
        }
        if is_aside {
            self.changes.push(Change { unit: aside, is_deleted: false, is_set_aside: true });
        }
        if next.fields != now.fields || next.raw != now.raw {
            next.version += 1;
            next.author = Some(self.editor.account());
            next.at = self.editor.now();
            self.content.put(next.clone());
            self.changes.push(Change { unit: next, is_deleted: false, is_set_aside: false });
        }
        Ok(())
    }

    fn posted(&self, field: &Field, name: &str) -> Option<Slot> {
        if !self.input.has(name) {
            return None;
        }
        let typed: Vec<&str> = self.input.all(name).collect();
        Some(match read(field, &typed, &self.content) {
            Reading::Empty => Slot::default(),
            Reading::Value(value) => Slot { value: Some(value), raw: None },
            Reading::Unreadable(_) => {
                let text = typed.last().copied().unwrap_or_default();
                let kept = words::clean(text, 200_000).unwrap_or_else(|_| text.chars().take(LONGEST_TEXT).filter(|c| !c.is_control()).collect());
                Slot { value: None, raw: Some(kept) }
            }
        })
    }

    fn decide(&self, field: &Field, name: &str, mine: &Slot, now: &Unit, base: Option<&Unit>) -> Decision {
        let current = Slot::of(now, field.key);
        if *mine == current {
            return Decision::Keep;
        }
        if self.input.has(&format!("{name}~autre")) {
            return match self.input.get("garder").strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
                Some("mienne") => Decision::Apply(mine.clone()),
                Some("autre") => Decision::Keep,
                Some("deux") => Decision::Apply(current.followed_by(mine)),
                _ => Decision::Conflict { is_new: false },
            };
        }
        let Some(base) = base else { return Decision::Apply(mine.clone()) };
        let base = Slot::of(base, field.key);
        if *mine == base {
            Decision::Keep
        } else if current == base {
            Decision::Apply(mine.clone())
        } else {
            Decision::Conflict { is_new: true }
        }
    }

    /// « Ajouter une ligne », « Retirer », « Annuler » : submit buttons, so that they work without script.
    async fn buttons(&mut self, conn: &mut PgConnection) -> Result<(), AppError> {
        for rows in self.page.tables() {
            if self.input.get("ajouter") == rows.kind {
                self.add(rows)?;
            }
            if let Some(row) = self.named("retablir", rows) {
                self.bring_back(conn, rows, row).await?;
            }
            if let Some(row) = self.named("retirer", rows) {
                self.remove(rows, row);
            }
            for (button, is_up) in [("monter", true), ("descendre", false)] {
                if let Some(row) = self.named(button, rows) {
                    self.reorder(rows, row, is_up);
                }
            }
        }
        if let Some((name, _)) = self.input.get("garder").split_once('=') {
            self.location = format!("{}#{}", self.page.url, name.replace('.', "-"));
        }
        Ok(())
    }

    fn named(&self, button: &str, rows: &Rows) -> Option<Uuid> {
        let (kind, row) = self.input.get(button).split_once('.')?;
        if kind == rows.kind { Uuid::try_parse(row).ok() } else { None }
    }

    fn add(&mut self, rows: &'static Rows) -> Result<(), AppError> {
        let parent = self.page.parent();
        let (count, last) = self.content.children(rows.kind, parent).fold((0, 0), |(count, last), unit| (count + 1, unit.position.max(last)));
        if count >= usize::from(rows.most) {
            return Err(AppError::Unprocessable(format!("Ce tableau accepte {} lignes au plus.", rows.most)));
        }
        let row = Uuid::now_v7();
        let mut unit = Unit::blank(rows.kind, row, parent);
        (unit.version, unit.position) = (1, last + 1);
        self.content.put(unit.clone());
        self.changes.push(Change { unit, is_deleted: false, is_set_aside: false });
        let first = rows.fields().next().map_or("", |field| field.key);
        self.location = format!("{}#{}-{row}-{first}", self.page.url, rows.kind);
        Ok(())
    }

    async fn bring_back(&mut self, conn: &mut PgConnection, rows: &'static Rows, row: Uuid) -> Result<(), AppError> {
        let Some(mut unit) = units::removed(conn, self.editor.project(), rows.kind, row).await? else { return Ok(()) };
        if unit.parent != self.page.parent() {
            return Err(AppError::NotFound);
        }
        unit.version += 1;
        self.content.put(unit.clone());
        self.changes.push(Change { unit, is_deleted: false, is_set_aside: false });
        self.location = format!("{}#{}", self.page.url, rows.kind);
        Ok(())
    }

    /// A line and its neighbour exchange their places; each is a version of its own, like any change.
    fn reorder(&mut self, rows: &'static Rows, row: Uuid, is_up: bool) {
        let lines: Vec<&Unit> = self.content.children(rows.kind, self.page.parent()).collect();
        for mut unit in order::moved(&lines, row, is_up) {
            if let Some(held) = self.changes.iter_mut().find(|change| change.unit.row == unit.row && !change.is_set_aside) {
                held.unit.position = unit.position;
            } else {
                unit.version += 1;
                self.changes.push(Change { unit: unit.clone(), is_deleted: false, is_set_aside: false });
            }
            self.content.put(unit);
        }
        self.location = format!("{}#{}-{row}", self.page.url, rows.kind);
    }

    fn remove(&mut self, rows: &'static Rows, row: Uuid) {
        if self.conflicts.iter().any(|conflict| conflict.name.contains(&row.to_string())) {
            return;
        }
        let Some(mut unit) = self.content.row(rows.kind, row).filter(|unit| unit.parent == self.page.parent()).cloned() else { return };
        // The same save may have just changed the line: its removal is then the version after.
        if self.changes.iter().any(|change| change.unit.row == row) {
            self.changes.retain(|change| change.unit.row != row || change.is_set_aside);
        } else {
            unit.version += 1;
        }
        self.content.remove(rows.kind, row);
        self.changes.push(Change { unit, is_deleted: true, is_set_aside: false });
        let separator = if self.page.url.contains('?') { '&' } else { '?' };
        self.location = format!("{}{separator}retire={}.{row}#{}", self.page.url, rows.kind, rows.kind);
    }
}

enum Decision {
    Keep,
    Apply(Slot),
    Conflict { is_new: bool },
}

/// Content of one field: a value, or what was typed and could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Slot {
    value: Option<Value>,
    raw: Option<String>,
}

impl Slot {
    fn of(unit: &Unit, key: &str) -> Self {
        Self { value: unit.fields.get(key).cloned(), raw: unit.raw.get(key).cloned() }
    }

    fn put(self, unit: &mut Unit, key: &str) {
        match self.value {
            Some(value) => unit.fields.insert(key.to_owned(), value),
            None => unit.fields.remove(key),
        };
        match self.raw {
            Some(raw) => unit.raw.insert(key.to_owned(), raw),
            None => unit.raw.remove(key),
        };
    }

    fn followed_by(&self, other: &Self) -> Self {
        let text = |slot: &Self| match (&slot.value, &slot.raw) {
            (Some(Value::Text(text)), _) | (_, Some(text)) => text.clone(),
            _ => String::new(),
        };
        let both = [text(self), text(other)].join("\n\n");
        Self { value: Some(Value::Text(both.trim().to_owned())), raw: None }
    }
}
