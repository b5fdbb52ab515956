//! What an import would do, line by line, before anything is written; then what it did, to be undone as one act.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::Duration;
use uuid::Uuid;

use super::list::{self, List};
use super::plan::{self, Fate, Line, Plan, Proposal};
use super::store::{self, Batch, Done, Origin, Written};
use super::{batch, copy, start};
use crate::access::{Dossier, ProjectEditor, ProjectReader, RowPart, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::framework::content::Content;
use crate::framework::standing::{places, rows_of, section_address};
use crate::input::Input;
use crate::kit::french::{NBSP, count};
use crate::kit::moment;
use crate::page::{Layout, Tag, html, html_with, see};
use crate::project::draw::row_name;
use crate::project::sections::Asked;
use crate::project::units;

/// Lines on one page of the preview.
const SHOWN: usize = 200;
/// How long a list tells of its last import.
const TOLD: Duration = Duration::days(7);
/// Rows named on the page of an act.
const NAMED: usize = 300;

struct LineView {
    line: Line,
    tag: Tag,
}

struct TabView {
    label: String,
    href: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "project/import_preview.html")]
struct PreviewPage {
    layout: Layout,
    base: String,
    title: &'static str,
    source: String,
    matching: &'static str,
    tabs: Vec<TabView>,
    lines: Vec<LineView>,
    range: String,
    pages: Vec<TabView>,
    ignored: Vec<String>,
    to_fix: String,
    has_changed: bool,
    refusal: String,
    confirm: String,
    digest: String,
    version: i32,
    operation: Uuid,
    forgetting: Uuid,
    id: Uuid,
}

/// The author of a proposal sees what it would do; the team sees what an act did.
pub async fn show(State(app): State<App>, reader: ProjectReader, RowPart(id): RowPart, Query(asked): Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let act = store::find(&mut conn, &reader, id).await?.ok_or(AppError::NotFound)?;
    if act.applied_at.is_some() {
        return result(&app, &mut conn, &reader, &act).await;
    }
    waits(&reader, &act)?;
    let (list, proposal) = proposed(&mut conn, &act).await?;
    let content = units::load(&mut conn, reader.project(), &list.kinds()).await?;
    drop(conn);
    let plan = plan::plan(&list, &proposal, &content);
    html(&page(&app, &reader, (&act, &list, &proposal), plan, &asked))
}

/// A proposal waits a day.
fn waits(dossier: &Dossier, act: &Batch) -> Result<(), AppError> {
    if dossier.now() - act.created_at < store::WAITS {
        return Ok(());
    }
    Err(policy::Refusal::Because("Cet aperçu date de plus de 24 heures\u{a0}: il n’est plus gardé. Choisissez de nouveau le fichier dans la page Importer.")
        .into())
}

async fn proposed(conn: &mut PgConnection, act: &Batch) -> Result<(List, Proposal), AppError> {
    let list = list::of_kind(&act.subject).ok_or(AppError::NotFound)?;
    let proposal = store::proposal(conn, act.id).await?.ok_or(AppError::NotFound)?;
    Ok((list, proposal))
}

const FATES: [(&str, &str, Option<Fate>); 5] = [
    ("", "Toutes", None),
    ("ajouts", "À ajouter", Some(Fate::Added)),
    ("changements", "À modifier", Some(Fate::Changed)),
    ("inchangees", "Inchangées", Some(Fate::Same)),
    ("refusees", "Refusées", Some(Fate::Refused)),
];

fn page(app: &App, dossier: &Dossier, (act, list, proposal): (&Batch, &List, &Proposal), plan: Plan, asked: &HashMap<String, String>) -> PreviewPage {
    let base = dossier.url("");
    let own = format!("{base}/importer/{}", act.id);
    let wanted = asked.get("etat").map_or("", String::as_str);
    let fate = FATES.iter().find(|(key, ..)| *key == wanted).and_then(|(_, _, fate)| *fate);
    let no: usize = asked.get("page").and_then(|page| page.parse().ok()).filter(|page| (1..=1000).contains(page)).unwrap_or(1);
    let (digest, faulty) = (plan.digest(), plan.lines.iter().filter(|line| line.is_faulty()).count());
    let writes = plan.changes.len();
    let tabs = FATES.iter().map(|(key, label, of)| {
        let lines = of.map_or(plan.lines.len(), |fate| plan.count(fate));
        let href = if key.is_empty() { own.clone() } else { format!("{own}?etat={key}") };
        TabView { label: format!("{label} ({lines})"), href, is_current: *of == fate }
    });
    let tabs: Vec<TabView> = tabs.collect();
    let kept: Vec<Line> = plan.lines.into_iter().filter(|line| fate.is_none_or(|fate| line.fate == fate)).collect();
    let (total, first) = (kept.len(), (no - 1) * SHOWN);
    let lines: Vec<LineView> = kept.into_iter().skip(first).take(SHOWN).map(|line| LineView { tag: tag(&line), line }).collect();
    let pages =
        (1..=total.div_ceil(SHOWN)).map(|page| TabView { label: page.to_string(), href: format!("{own}?etat={wanted}&page={page}"), is_current: page == no });
    let sheet = if proposal.sheet.is_empty() { String::new() } else { format!(", feuille «{NBSP}{}{NBSP}»", proposal.sheet) };
    PreviewPage {
        layout: Layout::dossier(app, dossier, format!("Aperçu de l’import, {}", list.rows.title.to_lowercase()), ""),
        title: list.rows.title,
        source: format!("{}{sheet}, {}", act.source, count(proposal.lines.len(), "ligne", "lignes")),
        matching: list.matching,
        tabs,
        range: if lines.len() < total { format!("lignes {} à {} sur {total}", first + 1, first + lines.len()) } else { count(total, "ligne", "lignes") },
        lines,
        pages: if total > SHOWN { pages.collect() } else { Vec::new() },
        ignored: proposal.ignored.clone(),
        to_fix: if faulty == 0 { String::new() } else { count(faulty, "ligne", "lignes") },
        has_changed: false,
        refusal: dossier.may_write(part_of(list.rows.kind)).err().map(|refusal| refusal.sentence()).unwrap_or_default(),
        confirm: if writes == 0 { String::new() } else { format!("Importer {}", count(writes, "ligne", "lignes")) },
        digest,
        version: act.version,
        operation: Uuid::new_v4(),
        forgetting: Uuid::new_v4(),
        id: act.id,
        base,
    }
}

fn tag(line: &Line) -> Tag {
    match line.fate {
        Fate::Refused => Tag { class: "bad", word: "Refusée" },
        Fate::Added | Fate::Changed if line.is_faulty() => {
            Tag { class: "warn", word: if line.fate == Fate::Added { "Ajoutée, à corriger" } else { "Modifiée, à corriger" } }
        }
        Fate::Added => Tag { class: "done", word: "Ajoutée" },
        Fate::Changed => Tag { class: "doing", word: "Modifiée" },
        Fate::Same => Tag { class: "off", word: "Inchangée" },
    }
}

/// The author does what was previewed, in one act; a dossier that moved meanwhile is previewed again.
pub async fn confirm(State(app): State<App>, editor: ProjectEditor, RowPart(id): RowPart, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let mut locked = batch::lock(&mut tx, &editor, operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let act = store::find(&mut tx, &editor, id).await?.ok_or(AppError::NotFound)?;
    let location = editor.url(&format!("/importer/{id}"));
    if act.applied_at.is_some() {
        return Ok(see(&location));
    }
    waits(&editor, &act)?;
    let (list, proposal) = proposed(&mut tx, &act).await?;
    let content = batch::load(&mut tx, &editor, &list.kinds()).await?;
    let plan = plan::plan(&list, &proposal, &content);
    if seen != act.version || input.get("apercu") != plan.digest() {
        let page = PreviewPage { has_changed: true, ..page(&app, &editor, (&act, &list, &proposal), plan, &HashMap::new()) };
        return html_with(StatusCode::CONFLICT, &page);
    }
    if plan.changes.is_empty() {
        return Ok(see(&location));
    }
    let refused = plan.count(Fate::Refused);
    let done = Done { id, origin: Origin::Import, subject: list.rows.kind, source: &act.source, source_id: None, refused, operation, location: &location };
    batch::apply(&mut tx, &editor, &mut locked, content, &plan.changes, &done).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The author forgets a proposal.
pub async fn forget(State(app): State<App>, editor: ProjectEditor, RowPart(id): RowPart, input: Input) -> Result<Response, AppError> {
    input.operation()?;
    let mut conn = app.db.acquire().await?;
    store::forget(&mut conn, &editor, id).await?;
    Ok(see(&editor.url("/importer?abandon=1")))
}

/// The last import of a list, told on the list itself while it may be undone.
#[derive(Debug)]
pub struct Last {
    /// Address of the act.
    pub href: String,
    /// "24 acteurs ajoutés, fichier partenaires.xlsx".
    pub what: String,
    /// "Ana, aujourd’hui à 14 h 02".
    pub when: String,
    /// Version of the act.
    pub version: i32,
    /// Operation of its undoing.
    pub operation: Uuid,
}

impl Last {
    /// The last import of that kind of rows, when it stands and the person may undo it.
    pub async fn of(conn: &mut PgConnection, dossier: &Dossier, kind: &str) -> sqlx::Result<Option<Self>> {
        if dossier.may_write(part_of(kind)).is_err() {
            return Ok(None);
        }
        let is_recent = |act: &Batch| act.applied_at.is_some_and(|at| dossier.now() - at < TOLD);
        let last = store::done(conn, dossier.project(), Some(kind), 1).await?.pop().filter(|act| act.undone_at.is_none() && is_recent(act));
        Ok(last.map(|act| Self {
            href: dossier.url(&format!("/importer/{}", act.id)),
            what: start::summary(&act),
            when: format!("{}, {}", act.author, act.applied_at.map(|at| moment::near(at, dossier.now())).unwrap_or_default()),
            version: act.version,
            operation: Uuid::new_v4(),
        }))
    }
}

struct RowView {
    name: String,
    href: String,
    kind: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "project/import_result.html")]
struct ResultPage {
    layout: Layout,
    heading: String,
    summary: String,
    refused: String,
    when: String,
    undone: String,
    left: Vec<RowView>,
    rows: Vec<RowView>,
    more: String,
    list: Option<(String, &'static str)>,
    base: String,
    undo: Option<&'static str>,
    refusal: String,
    version: i32,
    operation: Uuid,
    id: Uuid,
}

async fn result(app: &App, conn: &mut PgConnection, reader: &ProjectReader, act: &Batch) -> Result<Response, AppError> {
    let written = store::written(conn, reader.project(), act.id).await?;
    let mut kinds: Vec<&str> = written.iter().map(|row| row.kind.as_str()).collect();
    kinds.push("stakeholder");
    let content = units::load(conn, reader.project(), &kinds).await?;
    let views = |rows: &mut dyn Iterator<Item = &Written>| rows.map(|row| row_view(reader, row, &content)).collect::<Vec<_>>();
    let is_undone = act.undone_at.is_some();
    let left = views(&mut written.iter().filter(|row| row.is_left));
    let rows = if is_undone { Vec::new() } else { views(&mut written.iter().take(NAMED)) };
    let near = |at| moment::near(at, reader.now());
    let undoing = match act.origin {
        Origin::Import => "Annuler cet import",
        Origin::Copy => "Annuler cette copie",
    };
    let refusal = copy::may_undo(reader, act).and_then(|()| reader.may_edit()).err();
    html(&ResultPage {
        layout: Layout::dossier(app, reader, if act.origin == Origin::Import { "Import" } else { "Copie" }, ""),
        heading: match (act.origin, is_undone) {
            (Origin::Import, false) => "Import enregistré".to_owned(),
            (Origin::Import, true) => "Import annulé".to_owned(),
            (Origin::Copy, false) => "Copie enregistrée".to_owned(),
            (Origin::Copy, true) => "Copie annulée".to_owned(),
        },
        summary: start::summary(act),
        refused: if act.refused == 0 { String::new() } else { count(act.refused, "ligne refusée", "lignes refusées") },
        when: format!("{}, {}", act.author, act.applied_at.map(near).unwrap_or_default()),
        undone: act.undone_at.map(|at| format!("{}, {}", act.undone_by, near(at))).unwrap_or_default(),
        more: if written.len() > NAMED && !is_undone { format!("{} sur {}", NAMED, written.len()) } else { String::new() },
        left,
        rows,
        list: list::of_kind(&act.subject).map(|list| (reader.url(&list.address()), list.rows.title)),
        base: reader.url(""),
        undo: (!is_undone).then_some(undoing),
        refusal: refusal.map(|refusal| refusal.sentence()).unwrap_or_default(),
        version: act.version,
        operation: Uuid::new_v4(),
        id: act.id,
    })
}

fn row_view(reader: &ProjectReader, row: &Written, content: &Content) -> RowView {
    let unit = content.row(&row.kind, row.row);
    let rows = rows_of(&row.kind);
    let place = places().find(|place| place.section.key == row.kind);
    let shown = |unit| list::of_kind(&row.kind).map_or_else(|| row_name(unit), |list| named(&list, unit, content));
    RowView {
        name: place.map_or_else(|| unit.map_or_else(|| "(retirée depuis)".to_owned(), shown), |place| place.section.title.to_owned()),
        href: match (place, rows.and_then(|rows| rows.path), unit) {
            (Some(place), ..) => reader.url(&section_address(place.deliverable, place.section)),
            (None, Some(path), Some(_)) => reader.url(&format!("/{path}/{}", row.row)),
            _ => String::new(),
        },
        kind: place.map_or_else(|| rows.map_or("", |rows| start::nouns(rows).0).to_owned(), |place| place.deliverable.short.to_owned()),
        state: match (unit, row.is_added) {
            (Some(unit), _) if unit.version != row.version => "ligne modifiée depuis",
            (None, _) => "ligne retirée depuis",
            (_, true) => "ligne ajoutée",
            (_, false) => "ligne modifiée",
        },
    }
}

fn named(list: &List, unit: &crate::framework::content::Unit, content: &Content) -> String {
    let field = list.rows.field(list.rows.name_field);
    let name = field.map(|field| list::text(field, unit, content)).unwrap_or_default();
    if name.is_empty() { row_name(unit) } else { name }
}
