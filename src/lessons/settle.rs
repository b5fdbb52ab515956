//! A lesson before the administration: read as it would be, then published, given back with a remark, or withdrawn.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::model::{Lesson, Told, title};
use super::store::{self, Held, Stage};
use super::write::HERE;
use crate::access::{Dossier, ProjectInstructor, policy};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::instruction::people;
use crate::journal;
use crate::kit::moment;
use crate::kit::words::clean;
use crate::mail::instruction::About;
use crate::mail::lesson as texts;
use crate::page::{Layout, Tag, filters, html_with, see};
use crate::project::units;
use crate::submission::store::remember;

#[derive(Template)]
#[template(path = "lessons/given.html")]
struct GivenPage {
    layout: Layout,
    label: String,
    tag: Tag,
    sentence: String,
    lesson: Lesson,
    domains: String,
    parts: Vec<(&'static str, Told)>,
    base: String,
    version: i32,
    operation: Uuid,
    remark: String,
    error: String,
    is_waiting: bool,
    public: Option<String>,
}

/// Was it given to the administration to read?
pub(super) fn is_given(held: &Held) -> bool {
    held.stage == Stage::Proposed || held.edition.is_some()
}

/// Its parts as a reader sees them, with their titles.
pub(super) fn told(lesson: &Lesson) -> Vec<(&'static str, Told)> {
    lesson.shown().parts.into_iter().map(|told| (title(&told.key), told)).collect()
}

/// Where it stands, in a word.
pub(super) fn tag(held: Option<&Held>) -> Tag {
    let (class, word) = match held.map(|held| held.stage) {
        None => ("todo", "Pas commencée"),
        Some(Stage::Draft) => ("doing", "Brouillon"),
        Some(Stage::Proposed) => ("doing", "Proposée"),
        Some(Stage::Returned) => ("warn", "À revoir"),
        Some(Stage::Published) => ("done", "Publiée"),
    };
    Tag { class, word }
}

/// What anybody reads of it, in a sentence; nothing when nothing is published.
fn online(held: &Held) -> String {
    held.edition.map(|(no, at)| format!("L’édition {no}, publiée le {}, est en ligne.", moment::date(at))).unwrap_or_default()
}

/// Where it stands, in a sentence.
pub(super) fn sentence(held: Option<&Held>) -> String {
    let Some(held) = held else { return "Rien n’est encore enregistré.".to_owned() };
    let stage = match held.stage {
        Stage::Draft => "Enregistrée",
        Stage::Proposed => "Proposée aux gestionnaires de l’appel",
        Stage::Returned => "Rendue avec une remarque",
        Stage::Published => return online(held),
    };
    format!("{stage} le {}. {}", moment::date(held.at), online(held)).trim_end().to_owned()
}

/// Draws it for who instructs the dossier: before a publication the proposed text, after it the published one.
pub(super) fn page(app: &App, dossier: &Dossier, held: &Held, (remark, error): (String, String), status: StatusCode) -> Result<Response, AppError> {
    let is_waiting = held.stage == Stage::Proposed;
    html_with(
        status,
        &GivenPage {
            layout: Layout::dossier(app, dossier, "Fiche retour d’expérience", HERE),
            label: format!("{} · {}", dossier.head().title, dossier.head().label),
            tag: if is_waiting { Tag { class: "doing", word: "À lire" } } else { Tag { class: "done", word: "Publiée" } },
            sentence: if is_waiting { format!("Proposée le {}.", moment::date(held.at)) } else { online(held) },
            parts: if is_waiting { told(&held.lesson) } else { Vec::new() },
            domains: held.lesson.domain_words().join(", "),
            lesson: if is_waiting { held.lesson.shown() } else { Lesson::default() },
            base: dossier.url(HERE),
            version: held.version,
            operation: Uuid::new_v4(),
            remark,
            error,
            is_waiting,
            public: held.edition.map(|_| format!("/fiches/{}", dossier.project())),
        },
    )
}

/// Those who instruct the dossier publish its lesson, give it back, or withdraw what is published.
pub async fn save(State(app): State<App>, instructor: ProjectInstructor, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::instruct(&locked.ties(&instructor), &locked.facts(instructor.facts()))?;
    let held = store::held(&mut tx, instructor.project()).await?.filter(is_given).ok_or(AppError::NotFound)?;
    let typed = input.get("remarque").to_owned();
    if held.version != seen {
        let error = "La fiche a changé depuis que vous l’avez ouverte\u{a0}: relisez-la, puis décidez.".to_owned();
        return page(&app, &instructor, &held, (typed, error), StatusCode::CONFLICT);
    }
    let remark = match clean(&typed, 2000) {
        Ok(remark) => remark,
        Err(sentence) => return page(&app, &instructor, &held, (typed, sentence.to_string()), StatusCode::UNPROCESSABLE_ENTITY),
    };
    let is_waiting = held.stage == Stage::Proposed;
    let said = match input.get("act") {
        "publier" if is_waiting => {
            store::publish(&mut tx, &instructor, &held.lesson).await?;
            ("Fiche publiée", "la fiche retour d’expérience est publiée. Tout le monde peut la lire.")
        }
        "rendre" | "retirer" if remark.is_empty() => {
            let error = "Écrire une remarque\u{a0}: l’équipe doit savoir quoi revoir.".to_owned();
            return page(&app, &instructor, &held, (typed, error), StatusCode::UNPROCESSABLE_ENTITY);
        }
        "rendre" if is_waiting => {
            store::give_back(&mut tx, &instructor, &remark).await?;
            ("Fiche à revoir", "la fiche retour d’expérience est à revoir avant sa publication.")
        }
        "retirer" => {
            store::withdraw(&mut tx, instructor.project(), instructor.now()).await?;
            ("Fiche retirée", "la fiche retour d’expérience n’est plus publiée.")
        }
        _ => return Err(AppError::BadRequest("Cette fiche n’attend pas de décision. Rechargez la page.")),
    };
    let (name, path) = (people::title(&mut tx, instructor.project()).await?, instructor.url(HERE));
    let key = format!("lesson settled {} {}", instructor.project(), held.version);
    people::tell_team(&mut tx, &app, instructor.project(), ("lesson", &key), |app| texts::settled(app, About { title: &name, path: &path }, said, &remark))
        .await?;
    journal::record(&mut tx, instructor.project(), instructor.account(), "lesson_settled", input.get("act"), instructor.now()).await?;
    let location = format!("/appel/fiches?appel={}&fait=1", instructor.head().call_slug);
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
