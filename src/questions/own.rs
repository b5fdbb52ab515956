//! One's own questions to the contacts of a call, and the form that asks another.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;

use super::staff::{LineView, views};
use super::store::{self, Filter};
use super::tell::{self, About};
use super::write;
use crate::access::Asker;
use crate::access::policy::asking::QuestionSide;
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Asked, at};
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::fold;
use crate::page::{Layout, html_with, see};
use crate::suspended::{self, KeptForm};

/// Address of the page.
pub const HERE: &str = "/questions";

/// Questions shown at most: one person asks few.
const MOST: i64 = 100;

/// Longest question or answer, in characters.
pub const LONGEST: i64 = 8_000;

#[derive(Template)]
#[template(path = "questions/own.html")]
struct OwnPage {
    layout: Layout,
    over: String,
    alerts: Vec<Alert>,
    slug: String,
    lines: Vec<LineView>,
    q: String,
    here: String,
    public: String,
    form: FormView,
}

/// What a question asks: its subject, its text, the dossier for which it is asked.
fn read(sheet: &mut Sheet<'_>, dossiers: &[(i64, String)]) -> (String, String, i64) {
    let subject = sheet.read(Spec::new("objet", "Objet").hint("En une ligne, par exemple «\u{a0}TVA sur le devis\u{a0}».").range(1, 200), &String::new());
    let first = dossiers.first().map_or(0, |(id, _)| *id);
    let project = if dossiers.len() > 1 {
        let options = dossiers.iter().map(|(id, title)| (id.to_string(), title.clone())).collect();
        sheet.read(Spec::new("dossier", "Pour le dossier").among(options), &first.to_string()).parse().unwrap_or(first)
    } else {
        first
    };
    let text = sheet.read(
        Spec::new("texte", "Votre question")
            .hint("Seuls les gestionnaires de l’appel la lisent. Ils peuvent la publier avec leur réponse, en d’autres termes et sans dire qui l’a posée.")
            .long(LONGEST),
        &String::new(),
    );
    // A form without one of these controls is not one of ours: it holds nothing to correct, and asks nothing.
    if subject.is_empty() {
        sheet.refuse("objet", "Écrire l’objet.");
    }
    if text.is_empty() {
        sheet.refuse("texte", "Écrire la question.");
    }
    (subject, text, project)
}

async fn page(
    app: &App,
    conn: &mut PgConnection,
    asker: &Asker,
    query: &Asked,
    (status, sheet): (StatusCode, Option<Sheet<'_>>),
) -> Result<Response, AppError> {
    let call = asker.call();
    let q: String = query.0.get("q").map(|q| q.chars().filter(|c| !c.is_control()).take(100).collect()).unwrap_or_default();
    let words = fold(q.trim());
    let filter = Filter { words: &words, most: MOST, ..Filter::default() };
    let lines = store::lines(conn, (call.id, asker.account()), QuestionSide::Asker, filter, asker.now()).await?;
    let sheet = if let Some(sheet) = sheet {
        sheet
    } else {
        let dossiers = store::dossiers(conn, asker).await?;
        let mut sheet = Sheet::of(None);
        let _ = read(&mut sheet, &dossiers);
        sheet
    };
    let here = at(&call.slug, HERE);
    let form = FormView::of(sheet, ("poser", "Poser une question", "Envoyer la question"), here.clone(), 0);
    let forms = [form];
    let alerts = Alert::errors(&forms).into_iter().chain(Alert::unsaved(&forms)).collect();
    let [form] = forms;
    html_with(
        status,
        &OwnPage {
            layout: Layout::personal(app, asker.visitor(), "Vos questions", HERE),
            over: format!("Appel {} {}", call.title, call.edition),
            alerts,
            slug: call.slug.clone(),
            lines: views(lines, &call.slug, asker.now()),
            q: if words.is_empty() { String::new() } else { q },
            here,
            public: format!("/appels/{}#questions", call.slug),
            form,
        },
    )
}

/// The people of the carriers and of the trainings see their own questions, and ask another.
pub async fn show(State(app): State<App>, asker: Asker, query: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let typed = suspended::typed(&mut conn, asker.account(), &query.0).await?;
    let sheet = if typed.is_some() {
        let dossiers = store::dossiers(&mut conn, &asker).await?;
        let mut sheet = Sheet::kept(typed.as_ref());
        let _ = read(&mut sheet, &dossiers);
        Some(sheet)
    } else {
        None
    };
    page(&app, &mut conn, &asker, &query, (StatusCode::OK, sheet)).await
}

/// The people of the carriers and of the trainings ask the contacts of the call; its managers are told.
pub async fn ask(State(app): State<App>, query: Asked, KeptForm(asker, input): KeptForm<Asker>) -> Result<Response, AppError> {
    let input: Input = input;
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    if let Some(done) = write::lock(&mut tx, &asker, operation).await? {
        return Ok(see(&done));
    }
    let dossiers = store::dossiers(&mut tx, &asker).await?;
    let mut sheet = Sheet::of(Some(&input));
    let (subject, text, project) = read(&mut sheet, &dossiers);
    if sheet.has_errors() {
        return page(&app, &mut tx, &asker, &query, (StatusCode::UNPROCESSABLE_ENTITY, Some(sheet))).await;
    }
    if dossiers.iter().all(|(id, _)| *id != project) {
        return Err(AppError::NotFound);
    }
    let (id, number, message) = write::ask(&mut tx, &asker, project, (&subject, &text)).await?;
    tell::message(&mut tx, &app, &asker, About { id, number, project }, (message, QuestionSide::Asker)).await?;
    let location = format!("{}&fait=posee", tell::path(number, &asker.call().slug));
    write::done(&mut tx, &asker, (operation, &location), ("question_asked", number)).await?;
    tx.commit().await?;
    Ok(see(&location))
}
