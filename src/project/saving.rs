//! Saving a page: what reads is stored, what doesn't is kept as typed, what somebody else changed meanwhile is merged word
//! by word or asked about, never overwritten (design §5). One mechanism for every deliverable, table and row of a dossier.

mod lines;
pub mod restoring;
mod slot;

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

pub use slot::Slot;

use super::units::{self, Act, Author, Change, Locked};
use crate::access::{PartWriter, ProjectWriter, Refusal};
use crate::error::AppError;
use crate::framework::aims::Spot;
use crate::framework::belonging::part_of;
use crate::framework::content::{Content, Unit};
use crate::framework::standing::{Standing, needed_for};
use crate::framework::{Field, Item, Kind, Rows};
use crate::input::Input;

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

    /// The field of that key, of the main unit or of a table's lines.
    pub fn field(&self, kind: &str, key: &str) -> Option<&'static Field> {
        if kind == self.kind {
            return self.fields().find(|field| field.key == key);
        }
        self.tables().find(|rows| rows.kind == kind)?.field(key)
    }

    /// Small tables of the page.
    pub fn tables(&self) -> impl Iterator<Item = &'static Rows> + use<> {
        self.items.iter().flat_map(|item| item.tables.iter().copied())
    }

    /// Row that the tables' lines belong to.
    pub fn parent(&self) -> Option<Uuid> {
        (!self.row.is_nil()).then_some(self.row)
    }

    /// Kinds that saving the page may change.
    fn written(&self) -> Vec<&'static str> {
        std::iter::once(self.kind).chain(self.tables().map(|rows| rows.kind)).collect()
    }

    /// Every kind that saving the page reads: what it may change, what its fields point at, what the kept figures are made of.
    fn read_to_save(&self) -> Vec<&'static str> {
        let written = self.written();
        let fields = self.fields().chain(self.tables().flat_map(Rows::fields));
        let pointed = fields.filter_map(|field| if let Kind::Row(kind) | Kind::RowsOf(kind) = field.kind { Some(kind) } else { None });
        let mut kinds = needed_for(&written);
        kinds.extend(pointed);
        kinds.extend(written);
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// Every kind that drawing the page reads: its own, its tables', those its fields point at.
    pub fn kinds(&self) -> Vec<&'static str> {
        let mut kinds = self.written();
        kinds.extend(self.items.iter().filter_map(|item| item.list).map(|rows| rows.kind));
        let listed = self.items.iter().filter_map(|item| item.list).flat_map(Rows::fields);
        for field in self.fields().chain(listed) {
            if let Kind::Row(kind) | Kind::RowsOf(kind) = field.kind {
                kinds.push(kind);
            }
        }
        // The figures beside questions 1 to 4 count the actors of the perimeter.
        if self.kind == "organisation.perimetre" {
            kinds.push("stakeholder");
        }
        kinds
    }
}

/// Two people changed the same field, in ways that touch: mine as typed, beside theirs which stays saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Name of the control.
    pub name: String,
    /// As typed.
    pub mine: Vec<String>,
    /// Version that both were written from.
    pub seen: i32,
    /// What mine was written from, as posted, when it is no version.
    pub from: Vec<String>,
    /// The field as both were written from.
    pub base: Slot,
    /// Who saved the other, and when.
    pub by: Option<Author>,
}

/// A field that a colleague changed while this page was open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Name of the control.
    pub name: String,
    /// The field.
    pub key: &'static str,
    /// Kind of its unit.
    pub kind: String,
    /// Row of its unit.
    pub row: Uuid,
    /// What this page showed or had typed.
    pub was: Slot,
    /// Both changes were put together; otherwise only theirs was made.
    pub is_joined: bool,
    /// Who, and when.
    pub by: Author,
}

/// What a colleague did to a row that this page changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Removed it; this page changed it.
    Gone,
    /// Changed it; this page removes it.
    Edited,
}

/// A row of which two people disagree: nothing is done until one says.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispute {
    /// What the colleague did.
    pub fate: Fate,
    /// Who; nothing when it is oneself, in another window.
    pub by: Option<String>,
    /// When.
    pub at: OffsetDateTime,
    /// The row with what was typed, at the version that was seen.
    pub mine: Unit,
}

/// What a save did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Where the visitor goes next.
    pub location: String,
    /// Fields that ask for a choice.
    pub conflicts: Vec<Conflict>,
    /// Rows that ask for one.
    pub disputes: Vec<Dispute>,
    /// What colleagues changed meanwhile.
    pub touched: Vec<Touched>,
    /// Posted lines that are no longer in the dossier.
    pub gone: Vec<Uuid>,
    /// The same operation had already been received.
    pub is_replay: bool,
    /// The page's units after the save; empty for a replay.
    pub content: Content,
    /// Standing after the save.
    pub standing: Standing,
    /// A stale version was merged: what is stored differs from what the visitor's page shows.
    pub is_merged: bool,
    /// Controls whose stored value is what the visitor posted, in the server's own way of writing it: nobody else's words are
    /// in it.
    pub own: Vec<String>,
    /// Nothing was written, and why; with what was sent, to show it back.
    pub refused: Option<(Refusal, Input)>,
}

impl Dispute {
    /// "Karim Benali a retiré", "Vous avez modifié": who did what.
    pub fn did(&self) -> String {
        let verb = if self.fate == Fate::Gone { "retiré" } else { "modifié" };
        self.by.as_ref().map_or_else(|| format!("Dans une autre fenêtre, vous avez {verb}"), |by| format!("{by} a {verb}"))
    }
}

impl Outcome {
    /// Nobody has to choose anything.
    pub fn is_settled(&self) -> bool {
        self.conflicts.is_empty() && self.disputes.is_empty()
    }
}

/// Saves a posted page in the transaction of `conn`.
///
/// # Errors
/// When the bound is past under the lock, or when a table is full.
pub async fn save(conn: &mut PgConnection, editor: &ProjectWriter, page: &Page, input: &Input) -> Result<Outcome, AppError> {
    let operation = input.operation()?;
    let (mut locked, mut content) = units::open(conn, editor.project(), operation, &page.read_to_save()).await?;
    let former = locked.done.take();
    let is_again = former.as_deref() == Some(UNSETTLED);
    if let Some(location) = former.filter(|_| !is_again) {
        return Ok(Outcome { location, is_replay: true, ..Outcome::default() });
    }
    let writer = locked.corrector(editor, part_of(page.kind), Spot::Page(page.kind, page.row))?;
    if page.items.iter().any(|item| item.slot.is_some()) {
        content.filled_slots = units::slots(conn, editor.project()).await?;
    }
    let out = Outcome { location: page.url.clone(), ..Outcome::default() };
    let mut work = Work { editor, page, input, is_again, content, changes: Vec::new(), overtaken: Vec::new(), out };
    work.main_unit(conn).await?;
    for rows in page.tables() {
        work.table(conn, rows).await?;
    }
    if !is_again {
        work.buttons(conn).await?;
    }
    let Work { content, changes, out, .. } = work;
    let location = if out.is_settled() { &out.location } else { UNSETTLED };
    finish(conn, &writer, &mut locked, Finish { page, content: &content, changes: &changes, operation, location }).await?;
    Ok(Outcome { content, standing: locked.standing, ..out })
}

/// Kinds of rows that the fields of a collection point at.
pub fn pointed(rows: &'static Rows) -> impl Iterator<Item = &'static str> {
    rows.fields().filter_map(|field| if let Kind::Row(kind) | Kind::RowsOf(kind) = field.kind { Some(kind) } else { None })
}

/// A new row begins with what its form already says: a square of the matrix knows the actor and the type.
pub fn begin(unit: &mut Unit, rows: &'static Rows, input: &Input, content: &Content) {
    for field in rows.fields() {
        if let Some(slot) = Slot::posted(field, input, field.key, content) {
            slot.put(unit, field.key);
        }
    }
}

/// Where an operation that ended with a question leads: sent again, because the question was lost on its way, it asks again.
const UNSETTLED: &str = "?";

struct Finish<'a> {
    page: &'a Page,
    content: &'a Content,
    changes: &'a [Change],
    operation: Uuid,
    location: &'a str,
}

async fn finish(conn: &mut PgConnection, writer: &PartWriter, locked: &mut Locked, done: Finish<'_>) -> Result<(), AppError> {
    if done.changes.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = done.changes.iter().map(|change| change.unit.kind.as_str()).collect();
    refresh(locked, done.content, &kinds);
    let act = Act { by: writer, operation: done.operation, location: done.location, act: "saved", subject: done.page.kind };
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

/// Fields of a unit with the names of their controls.
type Names = Vec<(&'static Field, String)>;

/// A unit to change.
struct Target<'a> {
    /// As it is.
    now: Unit,
    /// Version that the visitor saw.
    seen: i32,
    names: &'a [(&'static Field, String)],
    /// It was removed, and comes back whatever is typed.
    is_back: bool,
}

/// A unit being saved, field after field.
struct Unfinished {
    now: Unit,
    seen: i32,
    /// As the visitor saw it; nothing when that is as it is.
    base: Option<Unit>,
    /// Who changed each field since.
    authors: Vec<(String, Author)>,
    next: Unit,
    /// With the texts that gave way.
    aside: Unit,
    is_aside: bool,
}

struct Work<'a> {
    editor: &'a ProjectWriter,
    page: &'a Page,
    input: &'a Input,
    /// The same operation was received before: what its buttons asked is done.
    is_again: bool,
    content: Content,
    changes: Vec<Change>,
    /// Units that colleagues changed meanwhile, as they left them.
    overtaken: Vec<Unit>,
    out: Outcome,
}

impl Work<'_> {
    async fn main_unit(&mut self, conn: &mut PgConnection) -> Result<(), AppError> {
        let names: Names = self.page.fields().map(|field| (field, field.key.to_owned())).collect();
        let seen = self.input.version()?;
        match self.content.row(self.page.kind, self.page.row).cloned() {
            Some(now) => self.unit(conn, Target { now, seen, names: &names, is_back: false }).await,
            None if self.page.row.is_nil() => {
                let now = Unit::blank(self.page.kind, self.page.row, None);
                self.unit(conn, Target { now, seen, names: &names, is_back: false }).await
            }
            None => {
                let now = units::removed(conn, self.editor.project(), self.page.kind, self.page.row).await?.ok_or(AppError::NotFound)?;
                self.gone(conn, None, Target { now, seen, names: &names, is_back: true }).await
            }
        }
    }

    /// A unit in the version that the visitor saw.
    async fn former(&self, conn: &mut PgConnection, now: &Unit, seen: i32) -> Result<Unit, AppError> {
        let mut unit = Unit::blank(&now.kind, now.row, now.parent);
        if let Some((fields, raw)) = units::version(conn, self.editor.project(), &now.kind, now.row, seen).await? {
            (unit.fields, unit.raw) = (fields, raw);
        }
        Ok(unit)
    }

    /// Applies what was posted to one unit, field by field, against the version that the visitor saw.
    async fn unit(&mut self, conn: &mut PgConnection, target: Target<'_>) -> Result<(), AppError> {
        let Target { now, seen, names, is_back } = target;
        let is_stale = seen != now.version;
        self.out.is_merged |= is_stale;
        let base = if is_stale { Some(self.former(conn, &now, seen).await?) } else { None };
        let authors = match &base {
            Some(base) if base.fields != now.fields || base.raw != now.raw => units::authors(conn, self.editor.project(), &now, seen).await?,
            _ => Vec::new(),
        };
        if !authors.is_empty() {
            self.overtaken.push(now.clone());
        }
        let mut work = Unfinished { seen, base, authors, next: now.clone(), aside: now.clone(), is_aside: false, now };
        for (field, name) in names {
            self.field(conn, field, name, &mut work).await?;
        }
        let Unfinished { now, mut next, aside, is_aside, .. } = work;
        if is_aside {
            self.changes.push(Change { unit: aside, is_deleted: false, is_set_aside: true });
        }
        if is_back || next.fields != now.fields || next.raw != now.raw {
            next.version += 1;
            next.author = Some(self.editor.account());
            next.at = self.editor.now();
            self.content.put(next.clone());
            self.changes.push(Change { unit: next, is_deleted: false, is_set_aside: false });
        }
        Ok(())
    }

    /// Applies what was posted to one field.
    async fn field(&mut self, conn: &mut PgConnection, field: &'static Field, name: &str, work: &mut Unfinished) -> Result<(), AppError> {
        let Some(mine) = Slot::posted(field, self.input, name, &self.content) else { return Ok(()) };
        let current = Slot::of(&work.now, field.key);
        // A page that took the new version of the rest says what this field was written from; the answer to a question is
        // about what the question showed.
        let written_from = Slot::posted(field, self.input, &format!("{name}~depuis"), &self.content);
        self.out.is_merged |= written_from.is_some();
        let written_from = written_from.filter(|_| !self.input.has(&format!("{name}~autre")));
        let former = written_from.or_else(|| work.base.as_ref().map(|base| Slot::of(base, field.key)));
        let by = work.authors.iter().find(|(held, _)| held == field.key).map(|(_, author)| author.clone());
        let (decision, mine) = self.decide(field, name, mine, &current, former.as_ref());
        let was = match (&decision, &former) {
            (Decision::Join(_), _) => Some(mine.clone()),
            (Decision::Keep, Some(former)) if *former != current && mine == *former => Some(former.clone()),
            _ => None,
        };
        if let (Some(was), Some(by)) = (was, by.clone()) {
            let is_joined = matches!(decision, Decision::Join(_));
            let (kind, row) = (work.now.kind.clone(), work.now.row);
            self.out.touched.push(Touched { name: name.to_owned(), key: field.key, kind, row, was, is_joined, by });
        }
        let is_own = match &decision {
            Decision::Keep => mine == current,
            Decision::Apply(slot) => *slot == mine,
            Decision::Join(_) | Decision::Conflict { .. } => false,
        };
        if is_own {
            self.out.own.push(name.to_owned());
        }
        match decision {
            Decision::Keep => {}
            Decision::Apply(slot) | Decision::Join(slot) => slot.put(&mut work.next, field.key),
            Decision::Conflict { is_new } => {
                work.is_aside |= is_new;
                mine.put(&mut work.aside, field.key);
                let conflict = self.conflict(conn, (field, name), work, former, by).await?;
                self.out.conflicts.push(conflict);
            }
        }
        Ok(())
    }

    /// The question to ask about a field; asked again, it is about the same former version.
    async fn conflict(
        &self,
        conn: &mut PgConnection,
        (field, name): (&'static Field, &str),
        work: &Unfinished,
        base: Option<Slot>,
        by: Option<Author>,
    ) -> Result<Conflict, AppError> {
        let seen = self.input.get(&format!("{name}~base")).parse().unwrap_or(work.seen);
        let from: Vec<String> = self.input.all(&format!("{name}~depuis")).map(ToOwned::to_owned).collect();
        let base = match base {
            _ if !from.is_empty() => Slot::posted(field, self.input, &format!("{name}~depuis"), &self.content).unwrap_or_default(),
            Some(base) if !self.input.has(&format!("{name}~base")) => base,
            _ => Slot::of(&self.former(conn, &work.now, seen).await?, field.key),
        };
        // A page that already took the new version of the rest still asks about somebody else's words.
        let by = match by {
            None => units::authors(conn, self.editor.project(), &work.now, 0).await?.into_iter().find(|(key, _)| key == field.key).map(|(_, author)| author),
            known => known,
        };
        let typed = if self.choice(name) == Some("texte") { format!("{name}~texte") } else { name.to_owned() };
        Ok(Conflict { name: name.to_owned(), mine: self.input.all(&typed).map(ToOwned::to_owned).collect(), seen, from, base, by })
    }

    /// What was answered to the question about a field or a row.
    fn choice(&self, name: &str) -> Option<&str> {
        if self.is_again {
            return None;
        }
        self.input.get("garder").strip_prefix(name)?.strip_prefix('=')
    }

    /// What becomes of a field, and what the visitor wants it to be.
    fn decide(&self, field: &Field, name: &str, mine: Slot, current: &Slot, base: Option<&Slot>) -> (Decision, Slot) {
        let third = (self.choice(name) == Some("texte")).then(|| Slot::posted(field, self.input, &format!("{name}~texte"), &self.content)).flatten();
        let mine = third.unwrap_or(mine);
        if mine == *current {
            return (Decision::Keep, mine);
        }
        let is_asked = self.input.has(&format!("{name}~autre"));
        let decision = match (is_asked, base) {
            // A third person changed it while the question was on screen: what would replace it is asked again.
            (true, Some(base)) if base != current && !matches!(self.choice(name), Some("autre" | "deux")) => Decision::Conflict { is_new: true },
            (true, _) => match self.choice(name) {
                Some("mienne" | "texte") => Decision::Apply(mine.clone()),
                Some("autre") => Decision::Keep,
                Some("deux") => Decision::Apply(current.followed_by(&mine, field, &self.content)),
                _ => Decision::Conflict { is_new: false },
            },
            (false, None) => Decision::Apply(mine.clone()),
            (false, Some(base)) if mine == *base => Decision::Keep,
            (false, Some(base)) if current == base => Decision::Apply(mine.clone()),
            (false, Some(base)) => Slot::joined(field, base, &mine, current, &self.content).map_or(Decision::Conflict { is_new: true }, Decision::Join),
        };
        (decision, mine)
    }
}

enum Decision {
    Keep,
    Apply(Slot),
    Join(Slot),
    Conflict { is_new: bool },
}
