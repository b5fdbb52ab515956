//! A section of the terms of reference: written, put back as it was, added, taken out.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Part, Scope, Stored, Terms, is_added, proposed};
use super::store::{self, Past};
use super::{frame, layout};
use crate::access::{Dossier, KeyPart, TermsWriter, policy};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Frame};
use crate::error::AppError;
use crate::framework::DELIVERABLES;
use crate::input::Input;
use crate::journal;
use crate::kit::diff::{self, Part as Piece};
use crate::kit::moment;
use crate::page::{Layout, html_with, see};
use crate::project::store as projects;
use crate::project::units;
use crate::submission::store::remember;
use crate::suspended::{KeptForm, typed};

struct PastView {
    version: i32,
    title: String,
    scope: &'static str,
    pieces: Vec<Piece>,
}

#[derive(Template)]
#[template(path = "advisory/section.html")]
struct SectionPage {
    layout: Layout,
    frame: Frame,
    form: FormView,
    part: Part,
    past: Vec<PastView>,
    base: String,
    operation: Uuid,
}

/// What a form of a section holds.
struct Written {
    title: String,
    scope: String,
    body: String,
}

fn read(sheet: &mut Sheet<'_>, part: &Part) -> Written {
    let title = if part.is_added() { sheet.read(Spec::new("titre", "Titre").range(1, 160), &part.title) } else { part.title.clone() };
    let scope = if part.has_scope() {
        sheet.read(Spec::new("etendue", "Ce qui est demandé au prestataire").radios(&Scope::CHOICES), &part.scope)
    } else {
        String::new()
    };
    let hint = if part.is_added() { "" } else { "Vide, la section reprend le texte proposé, qui suit l’avancement du dossier." };
    let body = sheet.read(Spec::new("texte", "Texte").hint(hint).long(20_000).optional(), &part.body);
    Written { title, scope, body }
}

/// The part of that key; nothing for one that does not exist.
fn found(terms: &Terms, key: &str) -> Result<Part, AppError> {
    terms.parts.iter().find(|part| part.key == key).cloned().ok_or(AppError::NotFound)
}

/// The carriers open a section to write it.
pub async fn edit(
    State(app): State<App>,
    writer: TermsWriter,
    KeyPart(key): KeyPart,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let (terms, _) = store::current(&mut conn, &writer).await?;
    let part = found(&terms, &key)?;
    let typed = typed(&mut conn, writer.account(), &asked).await?;
    let mut sheet = Sheet::kept(typed.as_ref());
    read(&mut sheet, &part);
    let seen = sheet.seen(part.version);
    draw(&app, &mut conn, &writer, part, (sheet, seen, StatusCode::OK)).await
}

async fn draw(
    app: &App,
    conn: &mut PgConnection,
    writer: &Dossier,
    part: Part,
    (sheet, seen, status): (Sheet<'_>, i32, StatusCode),
) -> Result<Response, AppError> {
    let history = store::history(conn, writer.project(), &part.key).await?;
    let action = writer.url(&format!("/amo/sections/{}", part.key));
    let form = FormView::of(sheet, ("section", "Écrire la section", "Enregistrer la section"), action.clone(), seen);
    let mut frame = frame(writer, &part.title, "");
    let forms = [form];
    frame.alerts.extend([Alert::unsaved(&forms), Alert::errors(&forms), Alert::conflict(&forms)].into_iter().flatten());
    let [form] = forms;
    let page = SectionPage {
        layout: layout(app, writer, &part.title),
        frame,
        form,
        past: history.iter().filter(|past| past.version < part.version).map(|past| past_view(past, &part)).collect(),
        part,
        base: writer.url("/amo"),
        operation: Uuid::new_v4(),
    };
    html_with(status, &page)
}

fn past_view(former: &Past, part: &Part) -> PastView {
    let was = if former.body.is_empty() { "(texte proposé)" } else { &former.body };
    PastView {
        version: former.version,
        title: format!("Version {}, {}, {}", former.version, former.name, moment::full(former.at)),
        scope: Scope::parse(&former.scope).map_or("", Scope::words),
        pieces: diff::shortened(diff::compare(was, &part.body), 24),
    }
}

/// The carriers save a section; a stale form comes back with both texts.
pub async fn save(State(app): State<App>, KeyPart(key): KeyPart, KeptForm(writer, input): KeptForm<TermsWriter>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, writer.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    policy::write_terms(&locked.ties(&writer), &locked.facts(writer.facts()))?;
    let (terms, _) = store::current(&mut tx, &writer).await?;
    let part = found(&terms, &key)?;
    let mut sheet = Sheet::of(Some(&input));
    let written = read(&mut sheet, &part);
    if let Some(status) = sheet.verdict(seen == part.version) {
        let next = if status == StatusCode::CONFLICT { part.version } else { seen };
        return draw(&app, &mut tx, &writer, part, (sheet, next, status)).await;
    }
    let location = writer.url(&format!("/amo?fait=section#{key}"));
    if !sheet.changes.is_empty() {
        let body = own_words(&mut tx, &writer, &part, &written).await?;
        let next =
            Stored { key: key.clone(), title: written.title, scope: written.scope, body, version: part.version + 1, is_removed: false, by: String::new() };
        store::save(&mut tx, &writer, &next).await?;
        journal::record(&mut tx, writer.project(), writer.account(), "terms_saved", &key, writer.now()).await?;
    }
    remember(&mut tx, writer.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The text to keep: none when it is the proposed one, for the held scope or for the chosen one.
async fn own_words(conn: &mut PgConnection, writer: &Dossier, part: &Part, written: &Written) -> Result<String, AppError> {
    let is_untouched = part.is_proposed && written.body == part.body;
    let deliverable = DELIVERABLES.into_iter().find(|deliverable| format!("d{}", deliverable.no) == part.key);
    if let (false, Some(deliverable), Some(scope)) = (is_untouched, deliverable, Scope::parse(&written.scope)) {
        let standing = projects::standing(conn, writer.project()).await?;
        if proposed(&standing, deliverable, scope) == written.body {
            return Ok(String::new());
        }
    }
    Ok(if is_untouched { String::new() } else { written.body.clone() })
}

/// The carriers add a section of their own.
pub async fn add(State(app): State<App>, writer: TermsWriter, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, writer.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    policy::write_terms(&locked.ties(&writer), &locked.facts(writer.facts()))?;
    let stored = store::sections(&mut tx, writer.project()).await?;
    if stored.iter().filter(|held| is_added(&held.key)).count() >= MOST_ADDED {
        return Err(AppError::Unprocessable(format!("{MOST_ADDED} sections ajoutées au plus. Complétez l’une de celles qui existent.")));
    }
    let key = Uuid::now_v7().to_string();
    let title = crate::kit::values::Line::<160>::read(input.get("titre")).map_or_else(|_| "Section ajoutée".to_owned(), |line| line.as_str().to_owned());
    let new = Stored { key: key.clone(), title, scope: String::new(), body: String::new(), version: 1, is_removed: false, by: String::new() };
    store::save(&mut tx, &writer, &new).await?;
    let location = writer.url(&format!("/amo/sections/{key}"));
    journal::record(&mut tx, writer.project(), writer.account(), "terms_added", &key, writer.now()).await?;
    remember(&mut tx, writer.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Most sections of a carrier's own.
const MOST_ADDED: usize = 20;

/// The carriers put a section back as a former version held it, take out one of their own, or bring it back.
pub async fn turn(State(app): State<App>, writer: TermsWriter, KeyPart(key): KeyPart, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, writer.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    policy::write_terms(&locked.ties(&writer), &locked.facts(writer.facts()))?;
    let held = store::sections(&mut tx, writer.project()).await?.into_iter().find(|held| held.key == key).ok_or(AppError::NotFound)?;
    if held.version != seen {
        let location = writer.url(&format!("/amo/sections/{key}"));
        let refusal = crate::access::Refusal::Because("Cette section a changé dans une autre fenêtre. Relisez-la, puis recommencez.");
        return Ok(AppError::from(refusal).back_to(location, "Relire la section"));
    }
    let version = held.version + 1;
    let (next, act) = match input.get("act") {
        "retirer" if is_added(&key) => (Stored { version, is_removed: true, ..held }, "terms_removed"),
        "remettre" if is_added(&key) => (Stored { version, is_removed: false, ..held }, "terms_restored"),
        "retablir" => {
            let wanted: i32 = input.get("de").parse().map_err(|_| AppError::BadRequest("Le formulaire n’indique pas la version à rétablir."))?;
            let past = store::history(&mut tx, writer.project(), &key).await?.into_iter().find(|past| past.version == wanted).ok_or(AppError::NotFound)?;
            (Stored { version, title: past.title, scope: past.scope, body: past.body, is_removed: false, ..held }, "terms_restored")
        }
        _ => return Err(AppError::NotFound),
    };
    let anchor = if next.is_removed { "retirees" } else { key.as_str() };
    let location = writer.url(&format!("/amo?fait={}#{anchor}", if next.is_removed { "retrait" } else { "section" }));
    store::save(&mut tx, &writer, &next).await?;
    journal::record(&mut tx, writer.project(), writer.account(), act, &key, writer.now()).await?;
    remember(&mut tx, writer.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
