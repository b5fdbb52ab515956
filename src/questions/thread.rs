//! A question: what was said, the form that goes on; for the managers, its publication and its end.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::own::{self, LONGEST};
use super::store::{self, Published};
use super::tell::{self, About};
use super::write;
use crate::access::QuestionReader;
use crate::access::policy::asking::QuestionSide;
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Asked, at};
use crate::error::AppError;
use crate::kit::moment;
use crate::page::{Layout, Tag, filters, html_with, see};
use crate::suspended::{self, KeptForm};

struct SaidView {
    name: String,
    side: &'static str,
    text: String,
    when: String,
    iso: String,
    is_new: bool,
}

#[derive(Template)]
#[template(path = "questions/thread.html")]
struct ThreadPage {
    layout: Layout,
    over: String,
    subject: String,
    tag: Tag,
    asked: String,
    lead: &'static str,
    alerts: Vec<Alert>,
    list: String,
    messages: Vec<SaidView>,
    form: FormView,
    /// For a manager: the form that publishes.
    publication: Option<FormView>,
    published: Option<Published>,
    public: String,
    action: String,
    may_close: bool,
    may_withdraw: bool,
    operations: [Uuid; 2],
}

impl ThreadPage {
    /// Where the publication is settled.
    fn publication_action(&self) -> &str {
        self.publication.as_ref().map_or("", |form| form.action.as_str())
    }
}

/// Which form of the page was posted, as it was read.
pub(super) enum Posted<'a> {
    /// None.
    Nothing,
    /// A message.
    Said(Sheet<'a>),
    /// A publication.
    Published(Sheet<'a>),
}

fn text(sheet: &mut Sheet<'_>, side: QuestionSide) -> String {
    let label = if side == QuestionSide::Manager { "Votre réponse" } else { "Votre message" };
    let text = sheet.read(Spec::new("texte", label).long(LONGEST), &String::new());
    if text.is_empty() {
        sheet.refuse("texte", "Écrire le message avant de l’envoyer.");
    }
    text
}

/// Reads what is published of a question.
pub(super) fn wording(sheet: &mut Sheet<'_>, held: &Published) -> Published {
    let question = sheet.read(
        Spec::new("question", "La question, en d’autres termes").hint("Sans rien qui dise qui l’a posée, ni pour quel dossier.").range(1, 500),
        &held.question,
    );
    let answer = sheet.read(Spec::new("reponse", "La réponse, pour tous").long(LONGEST), &held.answer);
    if question.is_empty() {
        sheet.refuse("question", "Écrire la question.");
    }
    if answer.is_empty() {
        sheet.refuse("reponse", "Écrire la réponse.");
    }
    Published { question, answer, ..Published::default() }
}

/// Draws the page; what it shows is then read.
pub(super) async fn page(
    app: &App,
    conn: &mut PgConnection,
    reader: &QuestionReader,
    (status, done, posted): (StatusCode, Option<Alert>, Posted<'_>),
) -> Result<Response, AppError> {
    let (call, head, side) = (reader.call(), reader.head(), reader.side());
    let said = store::messages(conn, reader).await?;
    if let Some(last) = said.last() {
        store::read(conn, reader, last.id).await?;
    }
    let now = store::now(conn, reader).await?;
    let is_manager = side == QuestionSide::Manager;
    let (answering, publishing) = match posted {
        Posted::Nothing => (None, None),
        Posted::Said(sheet) => (Some(sheet), None),
        Posted::Published(sheet) => (None, Some(sheet)),
    };
    let sheet = answering.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        let _ = text(&mut sheet, side);
        sheet
    });
    let action = tell::path(head.number, &call.slug);
    let is_awaiting = said.last().is_some_and(|last| last.side == "asker") && now.closed_at.is_none();
    let title = if is_manager { ("repondre", "Répondre", "Envoyer la réponse") } else { ("ecrire", "Écrire", "Envoyer") };
    let form = FormView::of(sheet, title, action.clone(), 0).main_if(!is_manager || is_awaiting);
    let publication = is_manager.then(|| publication(publishing, (head.number, &call.slug), now.published.as_ref()));
    let forms: Vec<FormView> = std::iter::once(form).chain(publication).collect();
    let alerts = done.into_iter().chain(Alert::errors(&forms)).chain(Alert::conflict(&forms)).chain(Alert::unsaved(&forms)).collect();
    let mut forms = forms.into_iter();
    let (Some(form), publication) = (forms.next(), forms.next()) else { return Err(AppError::NotFound) };
    let shown = now.published.filter(|published| !published.is_withdrawn);
    let page = ThreadPage {
        layout: Layout::personal(app, reader.visitor(), head.subject.clone(), if is_manager { "/appel" } else { own::HERE }),
        over: format!("Appel {} {} · question n°\u{a0}{}", call.title, call.edition, head.number),
        subject: head.subject.clone(),
        tag: if is_awaiting { Tag { class: "todo", word: "Réponse attendue" } } else { Tag { class: "done", word: "Répondue" } },
        asked: if is_manager {
            format!("{}, pour le dossier «\u{a0}{}\u{a0}»", now.name, now.title)
        } else {
            format!("Pour le dossier «\u{a0}{}\u{a0}»", now.title)
        },
        lead: if is_manager {
            "Lue par qui l’a posée et par les gestionnaires de l’appel."
        } else {
            "Lue par vous et par les gestionnaires de l’appel, et par personne d’autre, pas même votre équipe."
        },
        alerts,
        list: at(&call.slug, if is_manager { "/appel/questions" } else { own::HERE }),
        messages: said.into_iter().map(|said| view(said, reader.now())).collect(),
        form,
        publication,
        may_withdraw: is_manager && shown.is_some(),
        published: shown,
        public: format!("/appels/{}#question-{}", call.slug, head.number),
        may_close: is_manager && is_awaiting,
        operations: std::array::from_fn(|_| Uuid::new_v4()),
        action,
    };
    html_with(status, &page)
}

/// The form that publishes a question, or words it again.
fn publication(sheet: Option<Sheet<'_>>, (number, slug): (i32, &str), held: Option<&Published>) -> FormView {
    let sheet = sheet.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        let _ = wording(&mut sheet, &held.cloned().unwrap_or_default());
        sheet
    });
    let button = match held {
        Some(held) if !held.is_withdrawn => "Publier ces mots",
        _ => "Publier sur la page de l’appel",
    };
    let action = format!("/questions/{number}/publication?appel={slug}");
    FormView::of(sheet, ("publier", "Publier pour tous", button), action, held.map_or(0, |held| held.version))
        .intro("La question et sa réponse paraissent sur la page publique de l’appel, sans dire qui l’a posée.")
        .back(tell::path(number, slug))
        .main_if(false)
}

fn view(said: store::Said, now: time::OffsetDateTime) -> SaidView {
    SaidView {
        side: if said.side == "manager" { "gestion de l’appel" } else { "" },
        name: said.name,
        text: said.text,
        when: moment::near(said.at, now),
        iso: moment::iso(said.at),
        is_new: said.is_unread,
    }
}

fn done(what: &str) -> Alert {
    match what {
        "posee" => Alert::done("Question envoyée", "Les gestionnaires de l’appel sont prévenus. Leur réponse vous sera signalée par un avis et un courriel."),
        "close" => Alert::done("Question close", "Plus rien n’est attendu. Un nouveau message de la personne la rouvrira."),
        "publiee" => Alert::done("Publiée", "La question et sa réponse sont sur la page de l’appel. La personne qui l’a posée en est prévenue."),
        "retiree" => Alert::done("Retirée", "La question n’est plus sur la page de l’appel. Ses mots restent ici."),
        _ => Alert::done("Message envoyé", "L’autre côté est prévenu par un avis, et par courriel s’il l’a choisi."),
    }
}

/// Who asked a question and the managers of the call read it: its messages are then read.
pub async fn show(State(app): State<App>, reader: QuestionReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let typed = suspended::typed(&mut conn, reader.account(), &asked.0).await?;
    let posted = if typed.is_some() {
        let mut sheet = Sheet::kept(typed.as_ref());
        let _ = text(&mut sheet, reader.side());
        Posted::Said(sheet)
    } else {
        Posted::Nothing
    };
    page(&app, &mut conn, &reader, (StatusCode::OK, asked.0.get("fait").map(|what| done(what)), posted)).await
}

/// Who asked a question and the managers of the call go on with it; a manager says that nothing more is awaited.
pub async fn save(State(app): State<App>, KeptForm(reader, input): KeptForm<QuestionReader>) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let (head, side) = (reader.head(), reader.side());
    let mut tx = app.db.begin().await?;
    if let Some(done) = write::lock(&mut tx, &reader, operation).await? {
        return Ok(see(&done));
    }
    let place = tell::path(head.number, &reader.call().slug);
    let (act, what) = if input.get("act") == "clore" {
        reader.settles()?;
        write::close(&mut tx, &reader).await?;
        ("question_closed", "close")
    } else {
        let mut sheet = Sheet::of(Some(&input));
        let text = text(&mut sheet, side);
        if sheet.has_errors() {
            return page(&app, &mut tx, &reader, (StatusCode::UNPROCESSABLE_ENTITY, None, Posted::Said(sheet))).await;
        }
        let message = write::say(&mut tx, &reader, (head.id, side.as_str(), &head.subject), &text).await?;
        // Who answers has read.
        store::read(&mut tx, &reader, message).await?;
        tell::message(&mut tx, &app, &reader, About { id: head.id, number: head.number, project: head.project }, (message, side)).await?;
        (if side == QuestionSide::Manager { "question_answered" } else { "question_asked" }, "envoye")
    };
    let location = format!("{place}&fait={what}");
    write::done(&mut tx, &reader, (operation, &location), (act, head.number)).await?;
    tx.commit().await?;
    Ok(see(&location))
}
