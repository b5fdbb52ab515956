//! Comments as a page shows them, decided before the template.

use time::OffsetDateTime;
use uuid::Uuid;

use super::place::Anchor;
use super::store::{self, Gathered, Said, Which};
use crate::access::Dossier;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::kit::french::{count, list};
use crate::kit::moment;
use crate::project::finished::PartView;
use crate::project::saving::Page;

/// A comment.
#[derive(Debug)]
pub struct CommentView {
    /// Number.
    pub id: i64,
    /// Author.
    pub name: String,
    /// "aujourd’hui à 14 h 32, modifié".
    pub when: String,
    /// For machines.
    pub iso: String,
    /// Text; empty once removed.
    pub text: String,
    /// Names of the people told by mail.
    pub told: String,
    /// May be edited and removed by who looks.
    pub is_mine: bool,
    /// Version.
    pub version: i32,
}

/// A thread.
#[derive(Debug)]
pub struct ThreadView {
    /// Number.
    pub id: i64,
    /// Where it stands, as people read it.
    pub place: String,
    /// Address of that place, thread open; empty when the row is no longer in the dossier.
    pub href: String,
    /// Comments, the oldest first.
    pub comments: Vec<CommentView>,
    /// "Karim Benali, mardi à 14 h 32": who resolved it; empty while it is open.
    pub resolved: String,
    /// Who looks may answer and resolve.
    pub may_comment: bool,
    /// Operation of the answer.
    pub operation: Uuid,
}

impl ThreadView {
    fn live(&self) -> usize {
        self.comments.iter().filter(|comment| !comment.text.is_empty()).count()
    }
}

/// Comments of one item of a page.
#[derive(Debug)]
pub struct ItemComments {
    /// Item.
    pub key: &'static str,
    /// As the form posts it.
    pub anchor: String,
    /// "2 commentaires, 1 ouvert"; "Commenter".
    pub summary: String,
    /// Open threads.
    pub open: Vec<ThreadView>,
    /// Resolved threads.
    pub resolved: Vec<ThreadView>,
    /// Shown without being asked: one comes from a link to one of its threads.
    pub is_shown: bool,
    /// Operation of a new comment.
    pub operation: Uuid,
}

/// Comments of a page, and the part of the deliverable that one writes.
#[derive(Debug)]
pub struct PageComments {
    /// Address of the dossier's comments.
    pub base: String,
    /// Where one comes back to.
    pub back: String,
    /// Item by item.
    pub items: Vec<ItemComments>,
    /// "@Maud Trichet, @Karim Benali".
    pub names: String,
    /// Who looks may comment this page.
    pub may_comment: bool,
    /// Operation of the buttons.
    pub operation: Uuid,
    /// « Ma partie est terminée ».
    pub part: Option<PartView>,
}

impl PageComments {
    /// Those of an item.
    pub fn of(&self, key: &str) -> Option<&ItemComments> {
        self.items.iter().find(|item| item.key == key).filter(|item| self.may_comment || item.has_threads())
    }
}

impl ItemComments {
    fn has_threads(&self) -> bool {
        !self.open.is_empty() || !self.resolved.is_empty()
    }

    /// Every thread that may be answered.
    pub fn threads(&self) -> impl Iterator<Item = &ThreadView> {
        self.open.iter().chain(&self.resolved)
    }
}

/// Comments of a page of the dossier, for its team only.
pub async fn of_page(conn: &mut sqlx::PgConnection, dossier: &Dossier, page: &Page, asked: Option<&String>) -> Result<Option<PageComments>, AppError> {
    if !dossier.is_team() {
        return Ok(None);
    }
    let gathered = store::gather(conn, dossier.project(), Which::Page(page.kind, page.row)).await?;
    let names = gathered.team.iter().map(|name| format!("@{name}")).collect::<Vec<_>>().join(", ");
    let part = if page.row.is_nil() { PartView::of(dossier, part_of(page.kind), &gathered.parts, &page.url) } else { None };
    let wanted: Option<i64> = asked.and_then(|number| number.parse().ok());
    let may_comment = dossier.may_comment(part_of(page.kind)).is_ok();
    let mut threads = threads(dossier, gathered);
    let items = page.items.iter().filter_map(|item| {
        let anchor = Anchor::find(page.kind, page.row, item.key)?;
        let (own, rest) = std::mem::take(&mut threads).into_iter().partition::<Vec<_>, _>(|(place, _)| *place == anchor);
        threads = rest;
        Some(item_comments(anchor, own.into_iter().map(|(_, thread)| thread).collect(), wanted))
    });
    Ok(Some(PageComments {
        items: items.collect(),
        base: dossier.url("/commentaires"),
        back: page.url.clone(),
        names,
        may_comment,
        operation: Uuid::new_v4(),
        part,
    }))
}

fn item_comments(anchor: Anchor, threads: Vec<ThreadView>, wanted: Option<i64>) -> ItemComments {
    let said: usize = threads.iter().map(ThreadView::live).sum();
    let is_shown = wanted.is_some_and(|number| threads.iter().any(|thread| thread.id == number));
    let (open, resolved): (Vec<_>, Vec<_>) = threads.into_iter().partition(|thread| thread.resolved.is_empty());
    let summary = match (said, open.len()) {
        (0, _) => "Commenter".to_owned(),
        (said, 0) => format!("{}, tout est résolu", count(said, "commentaire", "commentaires")),
        (said, opened) => format!("{}, {}", count(said, "commentaire", "commentaires"), count(opened, "fil ouvert", "fils ouverts")),
    };
    ItemComments { key: anchor.item.key, anchor: anchor.to_string(), summary, open, resolved, is_shown, operation: Uuid::new_v4() }
}

/// Threads with their places, the oldest first. A thread whose every comment is removed is gone, and so is a removed comment
/// that nobody answered.
pub fn threads(dossier: &Dossier, gathered: Gathered) -> Vec<(Anchor, ThreadView)> {
    let mut found: Vec<(Anchor, ThreadView)> = Vec::new();
    let mut rows = gathered.rows;
    rows.sort_by_key(|row| (row.thread, row.id));
    for row in rows {
        let Some(anchor) = Anchor::find(&row.kind, row.row, &row.item) else { continue };
        if found.last().is_none_or(|(_, thread)| thread.id != row.thread) {
            found.push((anchor, thread(dossier, &anchor, &row)));
        }
        if let Some((_, thread)) = found.last_mut() {
            thread.comments.push(comment(dossier, row));
        }
    }
    for (_, thread) in &mut found {
        let id = thread.id;
        thread.comments.retain(|comment| !comment.text.is_empty() || comment.id == id);
    }
    found.retain(|(_, thread)| thread.live() > 0);
    found
}

/// An instant kept in seconds.
pub fn instant(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Address of a page that shows one of its threads.
pub fn shown_at(page: &str, thread: i64) -> String {
    let page = page.split('#').next().unwrap_or(page);
    let separator = if page.contains('?') { '&' } else { '?' };
    format!("{page}{separator}fil={thread}#fil-{thread}")
}

fn thread(dossier: &Dossier, anchor: &Anchor, row: &Said) -> ThreadView {
    let resolved = row.resolved.map(|at| format!("{}, {}", row.resolver.as_deref().unwrap_or_default(), moment::near(instant(at), dossier.now())));
    ThreadView {
        id: row.thread,
        place: anchor.label(row.place.as_deref()),
        href: if row.is_live { shown_at(&dossier.url(&anchor.page()), row.thread) } else { String::new() },
        comments: Vec::new(),
        resolved: resolved.unwrap_or_default(),
        may_comment: dossier.may_comment(anchor.part()).is_ok(),
        operation: Uuid::new_v4(),
    }
}

fn comment(dossier: &Dossier, row: Said) -> CommentView {
    let at = instant(row.created);
    let edited = if row.edited.is_some() { ", modifié" } else { "" };
    CommentView {
        id: row.id,
        name: row.name,
        when: format!("{}{edited}", moment::near(at, dossier.now())),
        iso: moment::iso(at),
        is_mine: row.account == dossier.account().get() && !row.text.is_empty(),
        text: row.text,
        told: list(&row.told),
        version: row.version,
    }
}
