//! An expert sends a whole list as a file: what would change is shown first, nothing changes before their word.

use askama::Template;
use axum::extract::{Multipart, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use trame_synergies::nomenclature::Table;
use uuid::Uuid;

use super::changes::Plan;
use super::frame::{Address, Choice, Frame, address, asked};
use super::import::{self, Act, Outcome};
use super::lists::{LISTS, List, Record, key};
use super::store;
use crate::access::NomenclatureExpert;
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::count;
use crate::kit::words::clean;
use crate::page::{Layout, html_with, see};

/// Largest file, in bytes: several times the largest list shipped.
const LARGEST: usize = 2_000_000;
/// Entries named at most, of each kind.
const NAMED: usize = 60;

const LEAD: &str =
    "Le fichier a la forme de celui que la page de la liste permet de télécharger. Il tient toute la liste\u{a0}: une entrée qui n’y est plus est retirée.";

/// Entries of a preview.
struct Part {
    title: String,
    names: String,
}

/// What a file would change.
struct Preview {
    parts: Vec<Part>,
    text: String,
    seen: i64,
}

#[derive(Template)]
#[template(path = "nomenclature/upload.html")]
struct UploadPage {
    layout: Layout,
    frame: Frame,
    lists: Vec<Choice>,
    slug: &'static str,
    reason: String,
    operation: Uuid,
    error: String,
    reason_error: &'static str,
    overtaken: bool,
    preview: Option<Preview>,
}

/// What the form sends.
#[derive(Default)]
struct Posted {
    list: String,
    reason: String,
    operation: Option<Uuid>,
    seen: Option<i64>,
    bytes: Vec<u8>,
}

const CUT: AppError = AppError::BadRequest("L’envoi du fichier a été interrompu. Recommencez.");

impl Posted {
    async fn read(form: &mut Multipart) -> Result<Self, AppError> {
        let mut posted = Self::default();
        while let Some(mut part) = form.next_field().await.map_err(|_| CUT)? {
            let name = part.name().unwrap_or_default().to_owned();
            let mut bytes = Vec::new();
            while let Some(chunk) = part.chunk().await.map_err(|_| CUT)? {
                if bytes.len() + chunk.len() > LARGEST {
                    return Err(AppError::TooLarge("Ce fichier dépasse 2\u{a0}Mo\u{a0}: ce n’est pas une de ces listes."));
                }
                bytes.extend_from_slice(&chunk);
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            match name.as_str() {
                "liste" => posted.list = text,
                "reason" => posted.reason = clean(&text, 500).unwrap_or_default().replace('\n', " "),
                "operation" => posted.operation = Uuid::try_parse(&text).ok(),
                "apercu" => posted.seen = text.parse().ok(),
                "fichier" => posted.bytes = bytes,
                _ => {}
            }
        }
        Ok(posted)
    }
}

fn page(app: &App, expert: &NomenclatureExpert, list: &'static List, reason: String) -> UploadPage {
    let lists = Choice::among(LISTS.map(|list| (list.slug.to_owned(), list.title.to_owned())), list.slug);
    UploadPage {
        layout: Layout::personal(app, expert.visitor(), "Importer une liste", ""),
        frame: Frame::of("Importer une liste", LEAD, &list.href()),
        lists,
        slug: list.slug,
        reason,
        operation: Uuid::new_v4(),
        error: String::new(),
        reason_error: "",
        overtaken: false,
        preview: None,
    }
}

fn parts(table: Table, plan: &Plan) -> Vec<Part> {
    let part = |one: &str, many: &str, records: Vec<&Record>| {
        let names: Vec<String> = records.iter().take(NAMED).map(|record| key(table, record)).collect();
        let rest = records.len().saturating_sub(NAMED);
        let more = if rest > 0 { format!(", et {rest} autres") } else { String::new() };
        Part { title: count(records.len(), one, many), names: names.join(", ") + &more }
    };
    vec![
        part("entrée à ajouter", "entrées à ajouter", plan.added.iter().collect()),
        part("entrée à changer", "entrées à changer", plan.changed.iter().map(|(_, after)| after).collect()),
        part("entrée à retirer", "entrées à retirer", plan.withdrawn.iter().collect()),
    ]
}

/// Experts choose a file.
pub async fn show(State(app): State<App>, expert: NomenclatureExpert, Query(query): Address) -> Result<Response, AppError> {
    let slug = asked(&query, "liste");
    let list = if slug.is_empty() { &LISTS[0] } else { List::named(slug).ok_or(AppError::NotFound)? };
    html_with(StatusCode::OK, &page(&app, &expert, list, String::new()))
}

/// Experts see what a file would change, then have it written.
pub async fn receive(State(app): State<App>, expert: NomenclatureExpert, mut form: Multipart) -> Result<Response, AppError> {
    let posted = Posted::read(&mut form).await?;
    let list = List::named(&posted.list).ok_or(AppError::BadRequest("Cette liste n’existe pas. Rechargez la page et recommencez."))?;
    let operation = posted.operation.ok_or(AppError::BadRequest("Le formulaire n’indique pas son opération. Rechargez la page et recommencez."))?;
    let mut page = page(&app, &expert, list, posted.reason.clone());
    let mut conn = app.db.acquire().await?;
    if let Some(done) = store::done(&mut conn, operation).await? {
        return Ok(see(&done));
    }
    drop(conn);
    if posted.reason.chars().count() < 3 {
        page.reason_error = "Dire en quelques mots pourquoi.";
    }
    let Ok(text) = String::from_utf8(posted.bytes) else {
        page.error.push_str("Ce fichier n’est pas en UTF-8. L’enregistrer en CSV UTF-8.");
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    if text.trim().is_empty() {
        page.error.push_str("Choisir un fichier à importer.");
    }
    if !page.error.is_empty() || !page.reason_error.is_empty() {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let location = address(&list.href(), &[("fait", "importe")]);
    let act = Act { expert: Some((expert.account(), operation, &location)), reason: &posted.reason, is_trial: posted.seen.is_none(), seen: posted.seen };
    let mut outcome = import::run(&app, list.table, &text, &act).await?;
    if matches!(outcome, Outcome::Overtaken) {
        page.overtaken = true;
        outcome = import::run(&app, list.table, &text, &Act { is_trial: true, seen: None, ..act }).await?;
    }
    match outcome {
        Outcome::Read(plan, _) if plan.is_empty() => Ok(see(&address(&list.href(), &[("fait", "rien")]))),
        Outcome::Read(..) if posted.seen.is_some() && !page.overtaken => Ok(see(&location)),
        Outcome::Read(plan, seen) => {
            page.preview = Some(Preview { parts: parts(list.table, &plan), text, seen });
            html_with(if page.overtaken { StatusCode::CONFLICT } else { StatusCode::OK }, &page)
        }
        Outcome::Refused(sentence) => {
            page.error = format!("{}. Rien n’est importé.", sentence.trim_end_matches('.'));
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Outcome::Overtaken => Err(AppError::Busy("Les listes changent en ce moment. Recommencez dans un instant.")),
    }
}
