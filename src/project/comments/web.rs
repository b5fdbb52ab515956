//! Pages and acts of comments: the list, a thread, writing, answering, editing, taking back, resolving.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::mentions;
use super::place::Anchor;
use super::store::{self, Filter, Held, Which};
use super::view::{ThreadView, shown_at, threads};
use crate::access::{Dossier, NumberPart, PartCommenter, ProjectReader, Refusal};
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::framework::DELIVERABLES;
use crate::framework::belonging::kinds_of;
use crate::input::Input;
use crate::journal;
use crate::kit::french::count;
use crate::kit::ids::AccountId;
use crate::kit::words;
use crate::mail::{self, Mail, Origin, texts};
use crate::page::{Layout, filters, html, html_with, see};
use crate::project::attachments::back;
use crate::project::sections::Asked;
use crate::project::units;
use crate::submission::store::remember;
use crate::suspended::{self, KeptForm};

/// Longest comment.
const LONGEST: usize = 2_000;

/// Threads of a place, answers of a thread: beyond, one opens another.
const MOST: i64 = 200;

/// Threads on a page of the list.
const SHOWN: usize = 20;

/// What is being written: a new comment, an answer, another wording of one's own.
#[derive(Debug, Default)]
struct Draft {
    /// Where it is posted.
    action: String,
    /// Place of a new comment, as posted.
    anchor: String,
    /// Place, as people read it.
    place: String,
    /// Thread of an answer.
    thread: Option<i64>,
    /// Version of what is edited.
    version: i32,
    text: String,
    error: String,
    back: String,
    label: &'static str,
    button: &'static str,
    /// It was typed in a session that has ended.
    is_returned: bool,
}

#[derive(Template)]
#[template(path = "project/thread.html")]
struct ThreadPage {
    layout: Layout,
    base: String,
    heading: String,
    thread: Option<ThreadView>,
    draft: Option<Draft>,
    back: String,
    operation: Uuid,
}

#[derive(Template)]
#[template(path = "project/talk.html")]
struct ListPage {
    layout: Layout,
    base: String,
    heading: String,
    states: Vec<(&'static str, &'static str, bool)>,
    deliverables: Vec<(u8, &'static str, bool)>,
    is_mine: bool,
    has_filter: bool,
    shown: String,
    threads: Vec<ThreadView>,
    older: String,
    is_first: bool,
    back: String,
    operation: Uuid,
}

/// The team reads its comments, open ones first asked for. A text that waited for its author to sign in again comes back.
pub async fn list(State(app): State<App>, reader: ProjectReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    if let Some(input) = suspended::typed(&mut conn, reader.account(), &asked).await? {
        return returned(&app, &mut conn, &reader, &input).await;
    }
    let get = |key: &str| asked.get(key).map_or("", String::as_str);
    let (state, is_mine) = (get("etat"), get("moi") == "oui");
    let deliverable = DELIVERABLES.iter().find(|held| held.no.to_string() == get("livrable")).map(|held| held.no);
    let before = get("avant").parse().ok();
    let filter = Filter {
        resolved: match state {
            "resolus" => Some(true),
            "tous" => None,
            _ => Some(false),
        },
        mentioning: is_mine.then(|| reader.account()),
        kinds: deliverable.map(|no| kinds_of(no).into_iter().map(ToOwned::to_owned).collect()),
        before,
    };
    let mut ids = store::threads(&mut conn, reader.project(), &filter, i64::try_from(SHOWN + 1).unwrap_or(i64::MAX)).await?;
    let has_more = ids.len() > SHOWN;
    ids.truncate(SHOWN);
    let gathered = store::gather(&mut conn, reader.project(), Which::Threads(&ids)).await?;
    let mut found: Vec<ThreadView> = threads(&reader, gathered).into_iter().map(|(_, thread)| thread).collect();
    found.reverse();
    let base = reader.url("/commentaires");
    let query =
        format!("?etat={}&livrable={}&moi={}", url_encode(state), deliverable.map(|no| no.to_string()).unwrap_or_default(), if is_mine { "oui" } else { "" });
    let older = ids.last().filter(|_| has_more).map(|id| format!("{base}{query}&avant={id}")).unwrap_or_default();
    let states = [("", "ouverts"), ("resolus", "résolus"), ("tous", "tous")];
    html(&ListPage {
        layout: Layout::dossier(&app, &reader, "Commentaires", ""),
        heading: reader.head().title.clone(),
        shown: count(found.len(), "fil affiché", "fils affichés"),
        states: states.map(|(key, label)| (key, label, key == state)).into(),
        deliverables: DELIVERABLES.iter().map(|held| (held.no, held.short, deliverable == Some(held.no))).collect(),
        is_mine,
        has_filter: is_mine || deliverable.is_some() || !state.is_empty(),
        threads: found,
        older,
        is_first: before.is_none(),
        back: format!("{base}{query}"),
        base,
        operation: Uuid::new_v4(),
    })
}

/// The team reads one thread, at the address that mails give; its author edits a comment there.
pub async fn show(State(app): State<App>, reader: ProjectReader, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    if let Some(input) = suspended::typed(&mut conn, reader.account(), &asked).await? {
        return returned(&app, &mut conn, &reader, &input).await;
    }
    let held = store::find(&mut conn, reader.project(), number).await?.ok_or(AppError::NotFound)?;
    let thread = one(&mut conn, &reader, held.thread).await?.ok_or(AppError::NotFound)?;
    let comment = thread.comments.iter().find(|comment| comment.id == number && comment.is_mine).filter(|_| asked.contains_key("modifier"));
    let draft = comment.map(|comment| editing(&reader, &held, comment.text.clone(), comment.version));
    let back = if draft.is_some() { asked.get("retour").cloned().unwrap_or_default() } else { String::new() };
    let draft = draft.map(|draft| Draft { back, ..draft });
    html(&page(&app, &reader, Some(thread), draft))
}

fn page(app: &App, reader: &Dossier, thread: Option<ThreadView>, draft: Option<Draft>) -> ThreadPage {
    let back = thread.as_ref().map_or_else(String::new, |thread| reader.url(&format!("/commentaires/{}", thread.id)));
    ThreadPage {
        layout: Layout::dossier(app, reader, "Commentaire", ""),
        base: reader.url("/commentaires"),
        heading: reader.head().title.clone(),
        thread,
        draft,
        back,
        operation: Uuid::new_v4(),
    }
}

async fn one(conn: &mut PgConnection, reader: &Dossier, thread: i64) -> Result<Option<ThreadView>, AppError> {
    let gathered = store::gather(conn, reader.project(), Which::Threads(&[thread])).await?;
    Ok(threads(reader, gathered).pop().map(|(_, thread)| thread))
}

fn editing(reader: &Dossier, held: &Held, text: String, version: i32) -> Draft {
    Draft {
        action: reader.url(&format!("/commentaires/{}", held.id)),
        version,
        text,
        label: "Votre commentaire",
        button: "Enregistrer le commentaire",
        ..Draft::default()
    }
}

/// What was being written, from the form that was refused or that waited.
fn writing(reader: &Dossier, anchor: &Anchor, thread: Option<i64>, input: &Input) -> Draft {
    Draft {
        action: reader.url("/commentaires"),
        anchor: anchor.to_string(),
        place: anchor.label(None),
        thread,
        text: input.get("texte").to_owned(),
        back: input.get("retour").to_owned(),
        label: if thread.is_some() { "Votre réponse" } else { "Votre commentaire" },
        button: if thread.is_some() { "Répondre" } else { "Commenter" },
        ..Draft::default()
    }
}

/// A text typed in a session that had ended, shown again and not yet sent.
async fn returned(app: &App, conn: &mut PgConnection, reader: &ProjectReader, input: &Input) -> Result<Response, AppError> {
    let (anchor, thread) = target(conn, reader, input).await?;
    let draft = Draft { is_returned: true, ..writing(reader, &anchor, thread, input) };
    let thread = match thread {
        Some(thread) => one(conn, reader, thread).await?,
        None => None,
    };
    html(&page(app, reader, thread, Some(draft)))
}

/// Where a comment is to stand: in a thread of this dossier, or on an item of it.
async fn target(conn: &mut PgConnection, reader: &Dossier, input: &Input) -> Result<(Anchor, Option<i64>), AppError> {
    if let Ok(number) = input.get("fil").parse() {
        let held = store::find(conn, reader.project(), number).await?.ok_or(AppError::NotFound)?;
        return Ok((held.anchor, Some(held.thread)));
    }
    let anchor = Anchor::read(input.get("lieu")).ok_or(AppError::BadRequest("L’endroit du commentaire n’existe pas. Rechargez la page et recommencez."))?;
    if !store::is_live(conn, reader.project(), &anchor).await? {
        return Err(AppError::NotFound);
    }
    Ok((anchor, None))
}

/// The text, bounded and cleaned, or what is wrong with it.
fn read(input: &Input) -> Result<String, String> {
    match words::clean(input.get("texte"), LONGEST) {
        Ok(text) if text.is_empty() => Err("Écrire le commentaire avant de l’envoyer.".to_owned()),
        Ok(text) => Ok(text),
        Err(sentence) => Err(sentence.to_string()),
    }
}

/// Whoever comments that part writes a comment or an answer; the people it names are told by mail.
pub async fn write(State(app): State<App>, KeptForm(reader, input): KeptForm<ProjectReader>) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, reader.project(), operation).await?;
    let (anchor, thread) = target(&mut tx, &reader, &input).await?;
    let commenter = match reader.commenter(&locked.ties(&reader), anchor.part()) {
        Err(refusal) if !input.wants_json && refusal != Refusal::NotYours => {
            let draft = Draft { error: unsent(&refusal), ..writing(&reader, &anchor, thread, &input) };
            return refused(&app, &mut tx, &reader, (thread, draft)).await;
        }
        other => other?,
    };
    if let Some(done) = locked.done {
        return Ok(see(&done));
    }
    let is_full = store::held(&mut tx, reader.project(), &anchor, thread).await? >= MOST;
    let text = match read(&input) {
        Ok(_) if is_full => {
            Err(format!("{} ici\u{a0}: résolvez ou retirez ce qui est réglé, ou écrivez sous une autre question.", count(MOST, "commentaire", "commentaires")))
        }
        other => other,
    };
    let text = match text {
        Ok(text) => text,
        Err(error) => {
            let draft = Draft { error, ..writing(&reader, &anchor, thread, &input) };
            let thread = match thread {
                Some(thread) => one(&mut tx, &reader, thread).await?,
                None => None,
            };
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &reader, thread, Some(draft)));
        }
    };
    let number = store::add(&mut tx, &commenter, (&anchor, thread), &text).await?;
    tell(&mut tx, &app, &reader, (number, &text)).await?;
    let act = if thread.is_some() { "comment_answered" } else { "comment_added" };
    let location = shown_at(&back(&reader, input.get("retour")), thread.unwrap_or(number));
    finish(&mut tx, &reader, (operation, &location), (act, &anchor)).await?;
    tx.commit().await?;
    Ok(see(&location))
}

fn unsent(refusal: &Refusal) -> String {
    format!("Non enregistré. {} Votre texte n’est gardé nulle part ailleurs\u{a0}: copiez-le.", refusal.late())
}

/// A text that may not be written any more, shown back.
async fn refused(app: &App, conn: &mut PgConnection, reader: &ProjectReader, (thread, draft): (Option<i64>, Draft)) -> Result<Response, AppError> {
    let thread = match thread {
        Some(thread) => one(conn, reader, thread).await?,
        None => None,
    };
    html_with(StatusCode::FORBIDDEN, &page(app, reader, thread, Some(draft)))
}

/// Journal line and operation of an act on comments.
async fn finish(conn: &mut PgConnection, reader: &Dossier, (operation, location): (Uuid, &str), (act, anchor): (&str, &Anchor)) -> Result<(), AppError> {
    let subject = format!("{} {}", anchor.kind, anchor.item.key);
    journal::record(conn, reader.project(), reader.account(), act, &subject, reader.now()).await?;
    remember(conn, reader.project(), reader.account(), operation, location).await?;
    Ok(())
}

/// Keeps who is mentioned, and mails those who were not yet: a link, never the text.
async fn tell(conn: &mut PgConnection, app: &App, reader: &Dossier, (number, text): (i64, &str)) -> Result<(), AppError> {
    let team = store::team(conn, reader.project(), reader.now()).await?;
    let mut people: Vec<AccountId> = mentions::find(text, &team);
    people.retain(|id| *id != reader.account());
    for (id, email) in store::mention(conn, number, &people).await? {
        let path = reader.url(&format!("/commentaires/{number}"));
        let (subject, body) = texts::mentioned(app, &reader.visitor().name, &reader.head().title, &path);
        let key = format!("mention {number} {id}");
        let origin = Origin { sender: Some(reader.account()), ..Origin::default() };
        mail::queue_from(conn, &Mail { kind: "mention", recipient: &email, subject: &subject, body: &body, dedup_key: Some(&key) }, &origin).await?;
    }
    Ok(())
}

/// A comment of the dossier, with the right to act on it; somebody else's is refused when `is_own`.
async fn held(conn: &mut PgConnection, reader: &ProjectReader, number: i64, is_own: bool) -> Result<Held, AppError> {
    let held = store::find(conn, reader.project(), number).await?.ok_or(AppError::NotFound)?;
    if is_own && held.account != reader.account() {
        return Err(Refusal::Because("Seule la personne qui a écrit un commentaire le modifie ou le retire.").into());
    }
    Ok(held)
}

/// Its author words a comment again; the people newly named are told.
pub async fn edit(State(app): State<App>, reader: ProjectReader, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let (operation, version) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, reader.project(), operation).await?;
    let held = held(&mut tx, &reader, number, true).await?;
    let again = |error: String| Draft { error, back: input.get("retour").to_owned(), ..editing(&reader, &held, input.get("texte").to_owned(), held.version) };
    let commenter: PartCommenter = match reader.commenter(&locked.ties(&reader), held.anchor.part()) {
        Err(refusal) if !input.wants_json && refusal != Refusal::NotYours => {
            return refused(&app, &mut tx, &reader, (Some(held.thread), again(unsent(&refusal)))).await;
        }
        other => other?,
    };
    if let Some(done) = locked.done {
        return Ok(see(&done));
    }
    let text = match read(&input) {
        Ok(text) => text,
        Err(error) => {
            let thread = one(&mut tx, &reader, held.thread).await?;
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &reader, thread, Some(again(error))));
        }
    };
    if held.is_removed || !store::edit(&mut tx, &commenter, (number, version), &text).await? {
        let error = "Ce commentaire a changé pendant ce temps, dans un autre onglet. Votre texte est ici\u{a0}: relisez, puis enregistrez.".to_owned();
        let thread = one(&mut tx, &reader, held.thread).await?;
        return html_with(StatusCode::CONFLICT, &page(&app, &reader, thread, (!held.is_removed).then(|| again(error))));
    }
    tell(&mut tx, &app, &reader, (number, &text)).await?;
    let location = shown_at(&back_or_thread(&reader, &held, &input), held.thread);
    finish(&mut tx, &reader, (operation, &location), ("comment_edited", &held.anchor)).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Where one comes back to: the page of the form, else the thread's own.
fn back_or_thread(reader: &Dossier, held: &Held, input: &Input) -> String {
    if input.get("retour").is_empty() { reader.url(&format!("/commentaires/{}", held.thread)) } else { back(reader, input.get("retour")) }
}

/// Its author takes a comment back: the text is erased, and « commentaire retiré » stays where somebody answered.
pub async fn remove(State(app): State<App>, reader: ProjectReader, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, reader.project(), operation).await?;
    let held = held(&mut tx, &reader, number, true).await?;
    if let Some(done) = locked.done {
        return Ok(see(&done));
    }
    let is_done = locked.place(reader.account()).is_some() && store::remove(&mut tx, number, reader.account(), reader.now()).await?;
    let location = if one(&mut tx, &reader, held.thread).await?.is_some() {
        shown_at(&back_or_thread(&reader, &held, &input), held.thread)
    } else {
        let back = back(&reader, input.get("retour"));
        if back == reader.url("") || back.starts_with(&reader.url("/commentaires/")) { reader.url("/commentaires") } else { back }
    };
    if is_done {
        finish(&mut tx, &reader, (operation, &location), ("comment_removed", &held.anchor)).await?;
    }
    tx.commit().await?;
    Ok(see(&location))
}

/// Whoever comments that part marks a thread as resolved, or opens it again.
pub async fn resolve(State(app): State<App>, reader: ProjectReader, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let is_resolved = match input.get("etat") {
        "resolu" => true,
        "ouvert" => false,
        _ => return Err(AppError::BadRequest("L’état demandé n’existe pas. Rechargez la page et recommencez.")),
    };
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, reader.project(), operation).await?;
    let held = held(&mut tx, &reader, number, false).await?;
    let commenter = reader.commenter(&locked.ties(&reader), held.anchor.part())?;
    if let Some(done) = locked.done {
        return Ok(see(&done));
    }
    let location = shown_at(&back_or_thread(&reader, &held, &input), held.thread);
    let act = if is_resolved { "comment_resolved" } else { "comment_reopened" };
    if store::resolve(&mut tx, &commenter, held.thread, is_resolved).await? {
        finish(&mut tx, &reader, (operation, &location), (act, &held.anchor)).await?;
    }
    tx.commit().await?;
    Ok(see(&location))
}

impl ThreadPage {
    /// Is the draft another wording of one of the thread's comments?
    fn is_editing(&self) -> bool {
        self.draft.as_ref().is_some_and(|draft| draft.thread.is_none() && draft.anchor.is_empty())
    }
}
