//! The pages of the five deliverables: shown to write or to read, saved by the one mechanism.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use sqlx::PgConnection;
use uuid::Uuid;

use super::alerts::{self, Alert};
use super::comments::{self, view::PageComments};
use super::draw::{self, DisputeView, ItemView, News, Pen};
use super::history;
use super::refused::{self, Sent};
use super::saving::{self, Fate, Outcome, Page};
use super::units;
use super::{attachments, guide, related};
use crate::access::{Dossier, KeyPart, ProjectVisitor, ProjectWriter, Sending, Status, policy};
use crate::app::App;
use crate::engagement;
use crate::error::AppError;
use crate::framework::aims::Spot;
use crate::framework::belonging::part_of;
use crate::framework::content::Content;
use crate::framework::reading::complaint;
use crate::framework::standing::{Standing, section_address};
use crate::framework::{DELIVERABLES, Deliverable, FLOW, SYNERGY, Section};
use crate::input::Input;
use crate::instruction::correction::notice::{self, Notice};
use crate::kit::moment;
use crate::leads;
use crate::leads::own::OwnView;
use crate::page::{Layout, Weave, filters, html_with, see};
use crate::project::files::ACCEPTED;
use crate::suspended::KeptForm;

/// A step of the five.
#[derive(Debug)]
pub struct Step {
    no: u8,
    title: &'static str,
    href: String,
    sentence: String,
    is_current: bool,
    /// The reader may open it.
    is_open: bool,
}

/// A tab: a page of a deliverable.
#[derive(Debug)]
pub struct Tab {
    label: &'static str,
    href: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "project/section.html")]
struct SectionPage {
    layout: Layout,
    steps: Vec<Step>,
    over: String,
    heading: String,
    lead: &'static str,
    weave: Option<Weave>,
    progress: String,
    url_missing: String,
    chapter: &'static str,
    tabs: Vec<Tab>,
    alerts: Vec<Alert>,
    is_editable: bool,
    is_team: bool,
    action: String,
    base: String,
    user: i64,
    project: i64,
    unit_key: String,
    version: i32,
    operation: Uuid,
    section_title: String,
    intro: &'static str,
    facts: Vec<(String, String)>,
    items: Vec<ItemView>,
    dispute: Option<DisputeView>,
    sent: Vec<Sent>,
    saved_class: &'static str,
    saved_text: String,
    next: Option<(String, String)>,
    accepted: &'static str,
    removal: Option<String>,
    removal_operation: Uuid,
    comments: Option<PageComments>,
    past: String,
    own: Option<OwnView>,
}

/// Where a page stands in the dossier: its deliverable and section, or the row it edits.
#[derive(Debug)]
pub struct Frame {
    /// Deliverable, for the stepper.
    pub deliverable: Option<&'static Deliverable>,
    /// Section, for the tabs.
    pub section: Option<&'static Section>,
    /// Over-title.
    pub over: String,
    /// Title.
    pub heading: String,
    /// Title of the section.
    pub title: String,
    /// Part of the masthead.
    pub here: &'static str,
    /// Next page.
    pub next: Option<(String, String)>,
}

/// The section of a deliverable named in the address.
fn find(key: &str, theme: Option<&str>) -> Result<(&'static Deliverable, &'static Section), AppError> {
    let deliverable = DELIVERABLES.iter().find(|deliverable| deliverable.path == key).ok_or(AppError::NotFound)?;
    let section = match theme {
        None => deliverable.sections.first(),
        Some(slug) => deliverable.sections.iter().find(|section| section.slug == slug),
    };
    Ok((deliverable, section.ok_or(AppError::NotFound)?))
}

fn page_of(dossier: &Dossier, deliverable: &Deliverable, section: &'static Section) -> Page {
    Page { kind: section.key, row: Uuid::nil(), items: section.items, url: dossier.url(&section_address(deliverable, section)) }
}

fn frame(dossier: &Dossier, deliverable: &'static Deliverable, section: &'static Section) -> Frame {
    let index = deliverable.sections.iter().position(|held| held.key == section.key).unwrap_or(0);
    // The carrier’s own questions are a door beside the way, not a step of it.
    let following = deliverable
        .sections
        .get(index + 1)
        .filter(|next| !next.is_added())
        .map(|next| (dossier.url(&section_address(deliverable, next)), format!("Suite\u{a0}: {}", next.title)));
    let next = following.or_else(|| {
        let next = DELIVERABLES.get(usize::from(deliverable.no))?;
        Some((dossier.url(&section_address(next, &next.sections[0])), format!("Suite\u{a0}: {}", next.short)))
    });
    Frame {
        deliverable: Some(deliverable),
        section: Some(section),
        over: format!("Livrable {} sur 5", deliverable.no),
        heading: deliverable.title.to_owned(),
        title: section.title.to_owned(),
        here: "",
        next: next.or_else(|| Some((dossier.url("/depot"), "Suite\u{a0}: Dépôt".to_owned()))),
    }
}

/// Query of a page: its theme and what was just done.
pub type Asked = Query<HashMap<String, String>>;

/// The team reads or writes a page of a deliverable, or lists a collection; the administration reads what the carrier shows.
pub async fn show(State(app): State<App>, visitor: ProjectVisitor, KeyPart(key): KeyPart, Query(asked): Asked) -> Result<Response, AppError> {
    if DELIVERABLES.iter().all(|deliverable| deliverable.path != key) {
        return super::rows::list(&app, &visitor, &key, &asked).await;
    }
    let (deliverable, section) = find(&key, asked.get("theme").map(String::as_str))?;
    match policy::draft(visitor.ties(), visitor.facts())? {
        policy::DraftView::Shared(shared) if !shared[usize::from(deliverable.no) - 1] => return Err(AppError::NotFound),
        _ => {}
    }
    let page = page_of(&visitor, deliverable, section);
    let mut conn = app.db.acquire().await?;
    if !visitor.is_team() {
        super::store::record_staff_read(&mut conn, &visitor).await?;
    }
    draw(&app, &mut conn, &visitor, &page, frame(&visitor, deliverable, section), None, &asked).await
}

/// The carriers of a dossier save a page of it, until the bound.
pub async fn save(
    State(app): State<App>,
    KeyPart(key): KeyPart,
    Query(asked): Asked,
    KeptForm(sending, input): KeptForm<Sending<ProjectWriter>>,
) -> Result<Response, AppError> {
    let (deliverable, section) = find(&key, asked.get("theme").map(String::as_str))?;
    let page = page_of(sending.dossier(), deliverable, section);
    respond(&app, &sending, &page, frame(sending.dossier(), deliverable, section), &input).await
}

/// Saves, then answers: 303 when all was read, 422 with the messages, 409 with both texts, 403 with the text sent; or JSON for
/// the script.
pub async fn respond(app: &App, sending: &Sending<ProjectWriter>, page: &Page, frame: Frame, input: &Input) -> Result<Response, AppError> {
    let mut tx = app.db.begin().await?;
    let done = match sending {
        Sending::Allowed(editor) => saving::save(&mut tx, editor, page, input).await.map(|outcome| (editor, outcome)),
        Sending::Refused(_, refusal) => Err(refusal.clone().into()),
    };
    let (editor, outcome) = match done {
        Err(AppError::Refused(refusal)) if !input.wants_json => {
            let outcome = Outcome { refused: Some((refusal, input.clone())), ..Outcome::default() };
            return draw(app, &mut tx, sending.dossier(), page, frame, Some(&outcome), &HashMap::new()).await;
        }
        other => other?,
    };
    tx.commit().await?;
    if input.wants_json {
        return answer(app, editor, page, &frame, (input, outcome)).await;
    }
    let is_button = ["ajouter", "retirer", "retablir", "monter", "descendre"].iter().any(|name| input.has(name));
    let is_quiet = outcome.is_settled() && outcome.touched.is_empty();
    if outcome.is_replay || (is_quiet && (is_button || complaints(page, &outcome.content).is_empty())) {
        return Ok(see(&outcome.location));
    }
    let mut conn = app.db.acquire().await?;
    draw(app, &mut conn, editor, page, frame, Some(&outcome), &asked_by(&outcome.location)).await
}

/// The query of an address of ours.
fn asked_by(location: &str) -> HashMap<String, String> {
    let query = location.split('#').next().and_then(|path| path.split_once('?')).map_or("", |(_, query)| query);
    query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What the script reads after a save.
async fn answer(app: &App, editor: &ProjectWriter, page: &Page, frame: &Frame, (input, outcome): (&Input, Outcome)) -> Result<Response, AppError> {
    if !outcome.is_settled() {
        return Ok(asked(editor, page, &outcome));
    }
    let merged = merged(editor, page, &outcome);
    let kept = kept(page, input, &outcome);
    let (content, standing) = if outcome.is_replay {
        let mut conn = app.db.acquire().await?;
        (units::load(&mut conn, editor.project(), &page.kinds()).await?, super::store::standing(&mut conn, editor.project()).await?)
    } else {
        (outcome.content, outcome.standing)
    };
    // The page is told what is stored whenever it may differ from what it shows, or its next save would undo a colleague's.
    let fields = (outcome.is_merged || outcome.is_replay).then(|| draw::posted(page, &content));
    let errors: Vec<_> = complaints(page, &content).into_iter().map(|(id, message)| serde_json::json!({ "id": id, "message": message })).collect();
    Ok(json(
        StatusCode::OK,
        &serde_json::json!({
            "saved_at": moment::hour(editor.now()),
            "version": content.row(page.kind, page.row).map_or(0, |unit| unit.version),
            "rows": line_versions(page, &content),
            "errors": errors,
            "fields": fields,
            "kept": kept,
            "merged": merged,
            "gone": outcome.gone,
            "location": outcome.location,
            "progress": frame.deliverable.map(|deliverable| standing.tally(deliverable).sentence(deliverable)),
        }),
    ))
}

/// What the server made of posted values that nobody else changed: an amount, a commune, in its own way of writing them.
/// The page knows it then for its own, and leaves what was typed as it was.
fn kept(page: &Page, input: &Input, outcome: &Outcome) -> Vec<(String, String)> {
    let stored = draw::posted(page, &outcome.content);
    let of = |name: &str| stored.iter().filter(|(held, _)| held == name).map(|(_, value)| value.trim()).collect::<Vec<_>>();
    let is_id = |name: &str| name.rsplit_once('.').is_some_and(|(_, end)| end == "id");
    let is_own = |name: &str| outcome.own.iter().any(|own| own == name);
    let mut found = stored.clone();
    found.retain(|(name, _)| !is_id(name) && is_own(name) && !input.all(name).map(str::trim).eq(of(name)));
    found
}

/// Versions of the lines of the page's tables.
fn line_versions(page: &Page, content: &Content) -> serde_json::Map<String, serde_json::Value> {
    let lines = page.tables().flat_map(|rows| content.children(rows.kind, page.parent()).collect::<Vec<_>>());
    lines.map(|unit| (unit.row.to_string(), unit.version.into())).collect()
}

/// What the script says when somebody has to choose: it then posts the page, which shows both.
fn asked(editor: &ProjectWriter, page: &Page, outcome: &Outcome) -> Response {
    let news = News::of(outcome, editor);
    let message = match (outcome.conflicts.first().map(|conflict| conflict.by.as_ref()), outcome.disputes.first()) {
        (Some(Some(by)), _) => format!("Une autre version a été enregistrée\u{a0}: {}.", news.signed(by)),
        (Some(None), _) => "Une autre version a été enregistrée.".to_owned(),
        (None, Some(dispute)) if dispute.fate == Fate::Gone => format!("{} une ligne que vous avez modifiée.", dispute.did()),
        (None, Some(dispute)) => format!("{} une ligne que vous retirez.", dispute.did()),
        (None, None) => String::new(),
    };
    let names: Vec<&str> = outcome.conflicts.iter().map(|conflict| conflict.name.as_str()).collect();
    // The rest is saved: the page takes it in, and asks about these fields alone.
    let body = serde_json::json!({
        "message": message,
        "conflicts": names,
        "version": outcome.content.row(page.kind, page.row).map_or(0, |unit| unit.version),
        "rows": line_versions(page, &outcome.content),
        "fields": draw::posted(page, &outcome.content),
    });
    json(StatusCode::CONFLICT, &body)
}

/// What colleagues changed in the fields of the page, for the script: the control's name and label, who and when, one
/// sentence, and the change as `["same" | "inserted" | "removed" | "skipped", words]`, never HTML.
fn merged(editor: &ProjectWriter, page: &Page, outcome: &Outcome) -> Vec<serde_json::Value> {
    let pen = Pen { content: &outcome.content, criteria: &[], news: News::of(outcome, editor), authors: &[], shows_errors: false, removed: None };
    let touched = outcome.touched.iter().filter_map(|touched| {
        let unit = outcome.content.row(&touched.kind, touched.row)?;
        let field = page.field(&touched.kind, touched.key)?;
        let note = pen.note(field, unit, &touched.name)?;
        let parts: Vec<_> = note.parts.iter().map(|part| (part.name(), part.text())).collect();
        Some(serde_json::json!({
            "name": touched.name,
            "label": alerts::label_of(page, &touched.name),
            "by": touched.by.name,
            "at": moment::near(touched.by.at, editor.now()),
            "joined": touched.is_joined,
            "sentence": note.sentence,
            "parts": parts,
        }))
    });
    touched.collect()
}

fn json(status: StatusCode, body: &serde_json::Value) -> Response {
    (status, [("content-type", "application/json")], body.to_string()).into_response()
}

/// Values that cannot be read, with their message: identifier of the control and sentence.
fn complaints(page: &Page, content: &Content) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Some(unit) = content.row(page.kind, page.row) {
        let raws = page.fields().filter_map(|field| Some((field, unit.raw.get(field.key)?)));
        found.extend(raws.filter_map(|(field, raw)| Some((field.key.to_owned(), complaint(field, raw, content)?))));
    }
    for rows in page.tables() {
        for unit in content.children(rows.kind, page.parent()) {
            let raws = rows.fields().filter_map(|field| Some((field, unit.raw.get(field.key)?)));
            found.extend(raws.filter_map(|(field, raw)| Some((format!("{}-{}-{}", rows.kind, unit.row, field.key), complaint(field, raw, content)?))));
        }
    }
    found
}

/// "Karim Benali, aujourd’hui à 14 h 32": who saved the page's main unit last, and when.
async fn signature(conn: &mut PgConnection, dossier: &Dossier, page: &Page, content: &Content) -> Result<String, AppError> {
    let latest = content.units.iter().filter(|unit| unit.kind == page.kind || page.tables().any(|rows| rows.kind == unit.kind)).max_by_key(|unit| unit.at);
    let Some((author, at)) = latest.and_then(|unit| Some((unit.author?, unit.at))) else { return Ok(String::new()) };
    let name = super::store::account_name(conn, author).await?;
    Ok(format!("{name}, {}", moment::near(at, dossier.now())))
}

#[expect(clippy::too_many_arguments, reason = "who, where, what was asked and what was refused")]
/// Draws a page as it is in the database; after a save, with what it refused and the status that it deserves.
pub async fn draw(
    app: &App,
    conn: &mut PgConnection,
    dossier: &Dossier,
    page: &Page,
    frame: Frame,
    outcome: Option<&Outcome>,
    asked: &HashMap<String, String>,
) -> Result<Response, AppError> {
    let news = outcome.map_or_else(News::default, |outcome| News::of(outcome, dossier));
    let is_settled = news.conflicts.is_empty() && news.disputes.is_empty();
    let is_gone = news.disputes.iter().any(|dispute| dispute.fate == Fate::Gone && dispute.mine.row == page.row);
    let kinds = related::loaded(page, dossier.is_team());
    let mut content = units::load(conn, dossier.project(), &kinds).await?;
    // A row that a colleague removed is shown as it was typed, until somebody decides.
    if let Some(dispute) = news.disputes.iter().find(|dispute| dispute.mine.kind == page.kind && dispute.mine.row == page.row) {
        content.put(dispute.mine.clone());
    }
    let suspended = super::suspended::restore(conn, dossier, page, &mut content, asked).await?;
    let by = signature(conn, dossier, page, &content).await?;
    let criteria = super::store::criteria(conn, dossier.head().call).await?;
    let refused = outcome.and_then(|outcome| outcome.refused.as_ref());
    let refusal = refused.map(|(refusal, _)| refusal.clone()).or_else(|| dossier.may_correct(part_of(page.kind), Spot::Page(page.kind, page.row)).err());
    let authors = authors(conn, dossier, page, &content, refusal.is_none()).await?;
    let removed = asked.get("retire").and_then(|text| text.split_once('.')).and_then(|(kind, row)| Some((kind, Uuid::try_parse(row).ok()?)));
    let pen = Pen { content: &content, criteria: &criteria, news, authors: &authors, shows_errors: true, removed };
    let mut items = guide::items(&pen, page, &related::told(page, dossier.is_team()), refusal.is_none());
    let own = own(app, conn, dossier, page, (&mut items, refusal.is_none())).await?;
    let notices = reopened(conn, dossier, page, &mut items).await?;
    if items.iter().any(|item| item.slot.is_some()) {
        fill_slots(conn, dossier, page, &mut items).await?;
    }
    let errors = complaints(page, &content);
    let dispute = pen.disputed_row(page);
    let sent = refused.map_or_else(Vec::new, |(_, input)| refused::sent(&pen, page, input));
    let alerts = said(conn, (dossier, page), refused.map(|(refusal, _)| refusal), (notices, above(dossier, page, &news, &errors, suspended, asked))).await?;
    let facts = facts_of(conn, dossier, page).await?;
    let status = if refused.is_some() { StatusCode::FORBIDDEN } else { status_of(outcome.is_some(), is_settled, errors.is_empty()) };
    let standing: Standing = super::store::standing(conn, dossier.project()).await?;
    let comments = comments::view::of_page(conn, dossier, page, asked.get("fil")).await?;
    let view = SectionPage {
        layout: Layout::dossier(app, dossier, title_of(&frame), frame.here),
        steps: steps(dossier, &standing, frame.deliverable),
        lead: frame.deliverable.map_or("", |deliverable| deliverable.lead),
        weave: frame.deliverable.map(|deliverable| Weave::of(&standing.tally(deliverable).states)),
        progress: frame.deliverable.map(|deliverable| standing.tally(deliverable).sentence(deliverable)).unwrap_or_default(),
        url_missing: dossier.url("#manque"),
        chapter: frame.deliverable.map_or("", |deliverable| deliverable.path),
        tabs: tabs(dossier, &frame),
        alerts,
        is_editable: refusal.is_none(),
        is_team: dossier.is_team(),
        action: page.url.clone(),
        base: dossier.url(""),
        user: dossier.account().get(),
        project: dossier.project().get(),
        unit_key: if page.row.is_nil() { page.kind.to_owned() } else { format!("{}.{}", page.kind, page.row) },
        version: content.row(page.kind, page.row).map_or(0, |unit| unit.version),
        operation: Uuid::new_v4(),
        section_title: frame.title,
        intro: frame.section.map_or("", |section| section.intro),
        facts,
        items,
        dispute,
        saved_class: if by.is_empty() { "todo" } else { "done" },
        saved_text: if by.is_empty() { "Pas encore enregistré".to_owned() } else { format!("Enregistré par {by}") },
        sent,
        next: frame.next,
        accepted: ACCEPTED,
        removal: (!page.row.is_nil() && !is_gone).then(|| format!("{}/retirer", page.url)),
        removal_operation: Uuid::new_v4(),
        comments,
        own,
        past: if dossier.is_team() { history::address(&page.url, page.kind, page.row, None) } else { String::new() },
        over: frame.over,
        heading: frame.heading,
    };
    html_with(status, &view)
}

/// Under correction, only what is asked is drawn to be written, each with the request beside it; the requests about the page
/// are said above it.
async fn reopened(conn: &mut PgConnection, dossier: &Dossier, page: &Page, items: &mut [ItemView]) -> Result<Vec<Alert>, AppError> {
    if dossier.facts().status != Status::ChangesRequested || !dossier.is_team() {
        return Ok(Vec::new());
    }
    let notices = notice::notices(conn, dossier).await?;
    for item in items {
        let asked: Vec<&Notice> = notices.iter().filter(|notice| notice.aims_at(page.kind, page.row, item.key)).collect();
        item.asked = asked.iter().map(|notice| (notice.heading.clone(), notice.sentence.clone(), notice.href.clone())).collect();
        item.is_closed = !asked.iter().any(|notice| notice.is_open());
    }
    Ok(notices.iter().filter(|notice| notice.is_about(page.kind, page.row)).map(alerts::correction_alert).collect())
}

/// What the engine says of the flow whose page it is; the team's alone.
async fn own(
    app: &App,
    conn: &mut PgConnection,
    dossier: &Dossier,
    page: &Page,
    (items, is_editable): (&mut [ItemView], bool),
) -> Result<Option<OwnView>, AppError> {
    if page.kind != FLOW.kind || !dossier.is_team() {
        return Ok(None);
    }
    let own = leads::own::of_flow(app, conn, dossier, page.row).await?;
    // To write, it is said under the field itself.
    if let Some(item) = items.iter_mut().find(|item| item.key == "fl_nature" && !is_editable) {
        item.aside.clone_from(&own.typed);
    }
    Ok(Some(own))
}

/// Who last wrote each answer that the page signs.
async fn authors(conn: &mut PgConnection, dossier: &Dossier, page: &Page, content: &Content, is_editable: bool) -> sqlx::Result<Vec<(String, units::Author)>> {
    match content.row(page.kind, page.row) {
        Some(unit) if is_editable && page.fields().any(|field| field.words.is_some()) => units::authors(conn, dossier.project(), unit, 0).await,
        _ => Ok(Vec::new()),
    }
}

/// What is said above the page: why nothing was written, or everything else.
async fn said(
    conn: &mut PgConnection,
    (dossier, page): (&Dossier, &Page),
    refusal: Option<&crate::access::Refusal>,
    (notices, above): (Vec<Alert>, Vec<Alert>),
) -> Result<Vec<Alert>, AppError> {
    let mut alerts = match refusal {
        Some(refusal) => vec![refused::alert(conn, dossier, refusal).await?],
        None => above,
    };
    // Why nothing was written comes before what is asked.
    let place = usize::from(refusal.is_some());
    alerts.splice(place..place, notices);
    if page.kind == engagement::text::SECTION {
        alerts.extend(alerts::engagement(conn, dossier).await?);
    }
    if page.kind == SYNERGY.kind && dossier.is_team() {
        alerts.extend(alerts::origin(conn, dossier, page.row).await?);
    }
    Ok(alerts)
}

/// "Périmètre, descriptif organisationnel"; the name of a row stays as it is written.
fn title_of(frame: &Frame) -> String {
    if frame.section.is_none() {
        return frame.heading.clone();
    }
    let mut letters = frame.heading.chars();
    let initial: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    format!("{}, {initial}{}", frame.title, letters.as_str())
}

/// The status that a page deserves: after a save, 409 when somebody has to choose, 422 when a value could not be read.
fn status_of(is_after_save: bool, is_settled: bool, is_readable: bool) -> StatusCode {
    match (is_after_save, is_settled, is_readable) {
        (true, false, _) => StatusCode::CONFLICT,
        (true, true, false) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    }
}

/// Everything that is said above the form.
fn above(dossier: &Dossier, page: &Page, news: &News<'_>, errors: &[(String, String)], suspended: bool, asked: &HashMap<String, String>) -> Vec<Alert> {
    let mut alerts = Vec::new();
    alerts.extend(alerts::conflict_alert(page, news));
    alerts.extend(alerts::touched_alert(page, news));
    alerts.extend(alerts::error_alert(errors, news.conflicts.is_empty() && news.disputes.is_empty()));
    alerts.extend(suspended.then(alerts::suspended_alert));
    if let (Err(refusal), true) = (dossier.may_correct(part_of(page.kind), Spot::Page(page.kind, page.row)), dossier.is_team()) {
        alerts.push(Alert { class: "warn", heading: "Lecture seule".to_owned(), sentence: refusal.sentence(), links: Vec::new(), is_focused: false });
    }
    alerts.extend(alerts::removed_piece_alert(dossier, asked));
    alerts.extend(alerts::undeposited_alert(dossier));
    alerts
}

async fn fill_slots(conn: &mut PgConnection, dossier: &Dossier, page: &Page, items: &mut [ItemView]) -> Result<(), AppError> {
    let files = attachments::list(conn, dossier.project()).await?;
    for slot in items.iter_mut().filter_map(|item| item.slot.as_mut()) {
        slot.files = files.iter().filter(|file| file.slot == slot.key).cloned().collect();
        let back = format!("{}#slot-{}", page.url, slot.key);
        slot.action = attachments::upload_address(&dossier.url(""), &slot.key, &back);
    }
    Ok(())
}

/// What the administration recorded and the page recalls: the initial manifestation (R27).
async fn facts_of(conn: &mut PgConnection, dossier: &Dossier, page: &Page) -> Result<Vec<(String, String)>, AppError> {
    if page.kind != "organisation.evolution" {
        return Ok(Vec::new());
    }
    let (at, text) = super::store::manifestation(conn, dossier.project()).await?;
    let heading = at.map_or_else(|| "Manifestation initiale".to_owned(), |day| format!("Manifestation initiale, {}", moment::day(day)));
    Ok(if text.is_empty() { Vec::new() } else { vec![(heading, text)] })
}

fn steps(dossier: &Dossier, standing: &Standing, current: Option<&Deliverable>) -> Vec<Step> {
    DELIVERABLES
        .iter()
        .map(|deliverable| Step {
            no: deliverable.no,
            title: deliverable.short,
            href: dossier.url(&format!("/{}", deliverable.path)),
            sentence: standing.tally(deliverable).sentence(deliverable),
            is_current: current.is_some_and(|current| current.no == deliverable.no),
            is_open: dossier.is_team() || dossier.facts().shared[usize::from(deliverable.no) - 1],
        })
        .collect()
}

fn tabs(dossier: &Dossier, frame: &Frame) -> Vec<Tab> {
    let (Some(deliverable), Some(current)) = (frame.deliverable, frame.section) else { return Vec::new() };
    deliverable
        .sections
        .iter()
        .map(|section| Tab { label: section.title, href: dossier.url(&section_address(deliverable, section)), is_current: section.key == current.key })
        .collect()
}
