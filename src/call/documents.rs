//! Reference documents of the call: published by a manager, versioned, told to the teams (R6, R114).

use askama::Template;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::form::{Control, Group, Sheet, Spec};
use super::frame::{Alert, Asked, Frame, at, layout};
use super::store::documents::{self as store, Document};
use super::store::{self as calls, Act};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::moment;
use crate::mail::{self, Mail, texts};
use crate::page::{Layout, html_with, see};
use crate::project::files::{self, ACCEPTED, Received, size_text};

const HERE: &str = "/appel/documents";

const KINDS: [(&str, &str); 3] =
    [("regulation", "Règlement, document cadre"), ("answer_framework", "Cadre et modalités de réponse"), ("other", "Autre document")];

/// What a kind of document is called.
fn kind_name(kind: &str) -> &'static str {
    KINDS.iter().find(|(key, _)| *key == kind).map_or("Document", |(_, label)| label)
}

/// A document with its versions, as shown.
#[derive(Debug)]
pub struct DocumentView {
    /// What it is.
    pub kind: &'static str,
    /// Title.
    pub title: String,
    /// Versions, the latest first.
    pub versions: Vec<VersionView>,
}

/// A version, as shown.
#[derive(Debug)]
pub struct VersionView {
    /// Version.
    pub version: i32,
    /// Address of its file.
    pub href: String,
    /// Name of its file.
    pub name: String,
    /// "184 ko".
    pub size: String,
    /// Day of publication.
    pub on: String,
    /// What changes.
    pub notice: String,
}

/// Documents with their versions; the list comes with the latest version of each first.
pub fn views(slug: &str, documents: Vec<Document>) -> Vec<DocumentView> {
    let mut views: Vec<DocumentView> = Vec::new();
    for document in documents {
        let version = VersionView {
            version: document.version,
            href: format!("/appels/{slug}/documents/{}", document.id),
            name: document.name,
            size: size_text(document.size),
            on: moment::date(document.created_at),
            notice: document.notice,
        };
        let kind = kind_name(&document.kind);
        match views.iter_mut().find(|held| held.kind == kind && held.title == document.title) {
            Some(held) => held.versions.push(version),
            None => views.push(DocumentView { kind, title: document.title, versions: vec![version] }),
        }
    }
    views
}

#[derive(Template)]
#[template(path = "call/documents.html")]
struct DocumentsPage {
    layout: Layout,
    frame: Frame,
    documents: Vec<DocumentView>,
    action: String,
    operation: Uuid,
    version: i32,
    controls: Vec<Control>,
    accepted: &'static str,
    file_error: String,
}

/// What is published: a new document, or a new version of one.
struct Publication {
    kind: String,
    title: String,
    notice: String,
}

/// Key of a document among the choices.
fn key(document: &Document) -> String {
    format!("{}/{}", document.kind, document.title)
}

fn publication(sheet: &mut Sheet<'_>, held: &[Document]) -> Publication {
    let mut known: Vec<(String, String)> = vec![("nouveau".to_owned(), "un nouveau document".to_owned())];
    for document in held {
        if !known.iter().any(|(held, _)| *held == key(document)) {
            known.push((key(document), format!("{}, après la version {}", document.title, document.version)));
        }
    }
    let of = Spec::new("document", "Publier").hint("Une nouvelle version ne remplace pas l’ancienne\u{a0}: les deux restent téléchargeables.");
    let chosen = sheet.read(of.among(known), &"nouveau".to_owned());
    let is_new = chosen == "nouveau";
    let kind = sheet.read(Spec::new("kind", "Nature").radios(&KINDS).hint("Pour un nouveau document."), &"regulation".to_owned());
    let title = sheet.read(
        Spec::new("title", "Titre").hint("Pour un nouveau document, par exemple\u{a0}: Cadre de réponse.").range(0, 160).optional_if(!is_new),
        &String::new(),
    );
    let notice = Spec::new("notice", "Ce qui change, pour les porteurs").hint("Une ou deux phrases\u{a0}: elles partent par courriel aux équipes de l’appel.");
    let notice = sheet.read(notice.long(1000).optional(), &String::new());
    let found = held.iter().find(|document| key(document) == chosen);
    match found {
        Some(document) => Publication { kind: document.kind.clone(), title: document.title.clone(), notice },
        None => Publication { kind, title, notice },
    }
}

fn draw(
    app: &App,
    manager: &CallManager,
    held: Vec<Document>,
    sheet: Sheet<'_>,
    (status, file_error, asked): (StatusCode, String, &Asked),
) -> Result<Response, AppError> {
    let refused = || Alert {
        is_focused: true,
        ..Alert::refusal("Rien n’est publié pour l’instant", "Corrigez les champs signalés, et choisissez de nouveau le fichier.")
    };
    let done = asked.0.get("fait").map(|version| {
        Alert::done("Document publié", format!("La version {} est en ligne. Les équipes sont prévenues par courriel.", version.parse::<u16>().unwrap_or(1)))
    });
    let page = DocumentsPage {
        layout: layout(app, manager, "Documents"),
        frame: Frame::of(manager, "Documents de l’appel", HERE)
            .lead("Le règlement, le cadre de réponse et ce qui les accompagne. Chaque version reste lisible sur la page publique.")
            .alert(done)
            .alert((status != StatusCode::OK).then(refused)),
        documents: views(&manager.call().slug, held),
        action: at(&manager.call().slug, HERE),
        operation: Uuid::new_v4(),
        version: 0,
        controls: sheet.groups.into_iter().flat_map(|Group { controls, .. }| controls).collect(),
        accepted: ACCEPTED,
        file_error,
    };
    html_with(status, &page)
}

/// The managers of a call see its documents.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = store::list(&mut conn, manager.call().id).await?;
    let mut sheet = Sheet::of(None);
    publication(&mut sheet, &held);
    draw(&app, &manager, held, sheet, (StatusCode::OK, String::new(), &asked))
}

/// A posted form with its file, or why the file was refused: the rest of the form comes back with that sentence.
async fn posted(app: &App, mut form: Multipart) -> Result<(Input, Result<Received, String>), AppError> {
    let cut = |_| AppError::BadRequest("L’envoi du fichier a été interrompu. Recommencez.");
    let mut pairs = Vec::new();
    let mut received = Err("Choisir un fichier à publier.".to_owned());
    while let Some(field) = form.next_field().await.map_err(cut)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "piece" {
            pairs.push((name, field.text().await.map_err(cut)?));
        } else if field.file_name().is_some_and(|name| !name.is_empty()) {
            received = match files::receive(&app.config.data, field).await {
                Ok(received) => Ok(received),
                Err(AppError::Unprocessable(sentence)) => Err(sentence),
                Err(other) => return Err(other),
            };
        }
    }
    Ok((Input::of(pairs), received))
}

/// A manager publishes a document; the teams of the call's dossiers are told by mail.
pub async fn publish(State(app): State<App>, manager: CallManager, asked: Asked, form: Multipart) -> Result<Response, AppError> {
    let (input, received) = posted(&app, form).await?;
    let outcome = keep(&app, &manager, &asked, &input, &received).await;
    let is_kept = outcome.as_ref().is_ok_and(|kept| kept.is_kept);
    if let (false, Ok(received)) = (is_kept, &received) {
        let _ = tokio::fs::remove_file(files::path(&app.config.data, &received.file)).await;
    }
    Ok(outcome?.response)
}

/// An answer, and whether the received file is now named by a row.
struct Outcome {
    response: Response,
    is_kept: bool,
}

async fn keep(app: &App, manager: &CallManager, asked: &Asked, input: &Input, received: &Result<Received, String>) -> Result<Outcome, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = calls::lock(&mut tx, manager, operation).await?;
    if let Some(done) = locked.done {
        return Ok(Outcome { response: see(&done), is_kept: false });
    }
    let held = store::list(&mut tx, manager.call().id).await?;
    let mut sheet = Sheet::of(Some(input));
    let new = publication(&mut sheet, &held);
    let (Ok(received), false) = (received, sheet.has_errors()) else {
        let file_error = received.as_ref().err().cloned().unwrap_or_default();
        let response = draw(app, manager, held, sheet, (StatusCode::UNPROCESSABLE_ENTITY, file_error, asked))?;
        return Ok(Outcome { response, is_kept: false });
    };
    let version = store::publish(&mut tx, manager, (&new.kind, &new.title, &new.notice), received).await?;
    let location = at(&manager.call().slug, &format!("{HERE}?fait={version}"));
    let subject = format!("{} version {version}", new.kind);
    calls::remember(&mut tx, manager, &Act { operation, location: &location, act: "document_published", subject: &subject }).await?;
    let call = manager.call();
    let path = format!("/appels/{}#documents", call.slug);
    let said = texts::Document { call: &format!("{} {}", call.title, call.edition), title: &new.title, version, notice: &new.notice, path: &path };
    let (subject, body) = texts::call_document(app, &said);
    for person in store::teams(&mut tx, call.id, manager.now()).await? {
        let key = format!("document {operation} {}", person.id);
        mail::queue(&mut tx, &Mail { kind: "document", recipient: &person.email, subject: &subject, body: &body, dedup_key: Some(&key) }).await?;
    }
    tx.commit().await?;
    Ok(Outcome { response: see(&location), is_kept: true })
}
