//! The lesson of a dossier, for its team: written part by part, then proposed, taken back, withdrawn by its owner.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::drawn::{self, KINDS};
use super::model::{DOMAINS, LONGEST, Lesson, PARTS, Told};
use super::settle::{self, told};
use super::store::{self, Held, Stage};
use crate::access::{Dossier, LessonEditor, LessonOwner, LessonReader, policy};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Asked};
use crate::error::AppError;
use crate::input::Input;
use crate::instruction::people;
use crate::journal;
use crate::kit::ids::AccountId;
use crate::mail::instruction::About;
use crate::mail::lesson as texts;
use crate::page::{Layout, Tag, filters, html_with, see};
use crate::project::units;
use crate::submission::store::remember;
use crate::suspended::{self, KeptForm};

/// Path of the page, under the dossier.
pub const HERE: &str = "/fiche";

#[derive(Template)]
#[template(path = "lessons/write.html")]
struct WritePage {
    layout: Layout,
    label: String,
    tag: Tag,
    sentence: String,
    alerts: Vec<Alert>,
    form: Option<FormView>,
    /// What a reader of the team reads.
    parts: Vec<(&'static str, Told)>,
    operation: Uuid,
    version: i32,
    base: String,
    /// Why it may not be proposed now; nothing when it may.
    refusal: Option<String>,
    may_propose: bool,
    may_take_back: bool,
    may_withdraw: bool,
    public: Option<String>,
}

/// The lesson as held, or as first drawn from the dossier.
pub(super) async fn current(conn: &mut PgConnection, dossier: &Dossier) -> Result<(Lesson, Option<Held>), AppError> {
    if let Some(held) = store::held(conn, dossier.project()).await? {
        return Ok((held.lesson.clone(), Some(held)));
    }
    let content = units::load(conn, dossier.project(), &KINDS).await?;
    Ok((drawn::lesson(dossier.head(), &content), None))
}

/// Reads the form, or fills it: every part has its text and its box.
fn read(sheet: &mut Sheet<'_>, held: &Lesson) -> Lesson {
    sheet.group("");
    let title = sheet.read(Spec::new("titre", "Titre de la fiche").hint("Ce qu’un autre territoire y apprendra, en une ligne.").range(0, 160), &held.title);
    let place = sheet.read(Spec::new("lieu", "Porteur et lieu").range(0, 200), &held.place);
    let contact = sheet.read(
        Spec::new("contact", "À qui écrire").hint("Un nom et une adresse, lus par tout le monde. Vide\u{a0}: personne n’est nommé.").optional().personal(),
        &held.contact,
    );
    sheet.group("Domaines");
    let mut domains = Vec::new();
    for (key, word) in DOMAINS {
        let is_held = held.domains.iter().any(|domain| domain == key);
        if sheet.read(Spec::new(format!("domaine-{key}"), word), &is_held) {
            domains.push(key.to_owned());
        }
    }
    let mut parts = Vec::new();
    for part in &PARTS {
        let told = held.told(part.key);
        sheet.group(part.title);
        let text = sheet.read(Spec::new(format!("texte-{}", part.key), "Texte").hint(part.hint).long(LONGEST).optional(), &told.text);
        let is_shown = sheet.read(Spec::new(format!("montre-{}", part.key), "Montrer cette partie"), &told.is_shown);
        parts.push(Told { key: part.key.to_owned(), text, is_shown });
    }
    Lesson { title, place, contact, domains, parts }
}

/// What the page shows beside the form.
struct Shown {
    lesson: Lesson,
    held: Option<Held>,
}

fn form(dossier: &Dossier, sheet: Sheet<'_>, seen: i32) -> FormView {
    FormView::of(sheet, ("fiche", "Écrire la fiche", "Enregistrer la fiche"), dossier.url(HERE), seen).intro(
        "Les textes viennent du dossier la première fois\u{a0}; ils se corrigent ici sans rien y changer. Seules les parties cochées quittent le dossier.",
    )
}

fn draw(app: &App, dossier: &Dossier, shown: &Shown, (form, alerts): (Option<FormView>, Vec<Alert>), status: StatusCode) -> Result<Response, AppError> {
    let held = shown.held.as_ref();
    let stage = held.map(|held| held.stage);
    let owns = policy::own_lesson(dossier.ties(), dossier.facts()).is_ok();
    let allowed = policy::propose_lesson(dossier.ties(), dossier.facts());
    let is_ready = held.is_some() && shown.lesson.is_readable();
    let is_waiting = stage == Some(Stage::Proposed);
    let refusal = match (&allowed, is_ready) {
        (Err(refusal), _) => Some(refusal.sentence()),
        (Ok(()), false) => Some("Pour proposer la fiche, enregistrez un titre et au moins une partie à montrer.".to_owned()),
        (Ok(()), true) => None,
    };
    let page = WritePage {
        layout: Layout::dossier(app, dossier, "Fiche retour d’expérience", HERE),
        label: format!("{} · {}", dossier.head().title, dossier.head().label),
        tag: settle::tag(held),
        sentence: settle::sentence(held),
        form: form.map(|form| form.main_if(is_waiting || refusal.is_some())),
        parts: if shown.lesson.parts.is_empty() { Vec::new() } else { told(&shown.lesson) },
        alerts,
        operation: Uuid::new_v4(),
        version: held.map_or(0, |held| held.version),
        base: dossier.url(HERE),
        may_propose: refusal.is_none() && !is_waiting && stage != Some(Stage::Published),
        may_take_back: owns && is_waiting,
        may_withdraw: owns && held.is_some_and(|held| held.edition.is_some()),
        public: held.and_then(|held| held.edition).map(|_| format!("/fiches/{}", dossier.project())),
        refusal: refusal.filter(|_| !is_waiting && stage != Some(Stage::Published)),
    };
    html_with(status, &page)
}

/// The team of a dossier reads and writes its lesson; those who instruct the dossier read what was proposed.
pub async fn show(State(app): State<App>, reader: LessonReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    if !reader.is_team() {
        let held = store::held(&mut conn, reader.project()).await?.filter(settle::is_given).ok_or(AppError::NotFound)?;
        return settle::page(&app, &reader, &held, (String::new(), String::new()), StatusCode::OK);
    }
    let (lesson, held) = current(&mut conn, &reader).await?;
    let typed = suspended::typed(&mut conn, reader.account(), &asked.0).await?;
    let form = policy::write_lesson(reader.ties(), reader.facts()).is_ok().then(|| {
        let mut sheet = Sheet::kept(typed.as_ref());
        read(&mut sheet, &lesson);
        let seen = sheet.seen(held.as_ref().map_or(0, |held| held.version));
        form(&reader, sheet, seen)
    });
    let done = match asked.0.get("fait").map(String::as_str) {
        Some("fiche") => Some(Alert::done("Fiche enregistrée", "Rien n’en est public avant sa publication.")),
        Some("proposition") => {
            Some(Alert::done("Fiche proposée", "Les gestionnaires de l’appel la lisent avant de la publier. Vous serez prévenus par courriel."))
        }
        Some("reprise") => Some(Alert::done("Proposition reprise", "La fiche est de nouveau un brouillon.")),
        Some("retrait") => Some(Alert::done("Fiche retirée", "Plus personne ne la lit hors du dossier\u{a0}; son texte est gardé ici.")),
        _ => None,
    };
    let remark = held.as_ref().filter(|held| held.stage == Stage::Returned).map(|held| Alert::refusal("La fiche est à revoir", held.remark.clone()));
    let unsaved = Alert::unsaved(form.as_slice());
    draw(&app, &reader, &Shown { lesson, held }, (form, [done, remark, unsaved].into_iter().flatten().collect()), StatusCode::OK)
}

/// Whoever writes in the team saves the lesson, at any time.
pub async fn save(State(app): State<App>, KeptForm(editor, input): KeptForm<LessonEditor>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::write_lesson(&locked.ties(&editor), &locked.facts(editor.facts()))?;
    let (lesson, held) = current(&mut tx, &editor).await?;
    let version = held.as_ref().map_or(0, |held| held.version);
    let mut sheet = Sheet::of(Some(&input));
    let new = read(&mut sheet, &lesson);
    if let Some(status) = sheet.verdict(seen == version) {
        let next = if status == StatusCode::CONFLICT { version } else { seen };
        let form = form(&editor, sheet, next);
        let alerts = [Alert::errors(std::slice::from_ref(&form)), Alert::conflict(std::slice::from_ref(&form))].into_iter().flatten().collect();
        return draw(&app, &editor, &Shown { lesson, held }, (Some(form), alerts), status);
    }
    let location = editor.url(&format!("{HERE}?fait=fiche"));
    if !sheet.changes.is_empty() || held.is_none() {
        store::write(&mut tx, &editor, &new).await?;
        journal::record(&mut tx, editor.project(), editor.account(), "lesson_saved", "", editor.now()).await?;
    }
    remember(&mut tx, editor.project(), editor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The owner proposes the lesson, takes it back, or withdraws what is published.
pub async fn give(State(app): State<App>, owner: LessonOwner, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, owner.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    let (ties, facts) = (locked.ties(&owner), locked.facts(owner.facts()));
    policy::own_lesson(&ties, &facts)?;
    let held = store::held(&mut tx, owner.project()).await?.ok_or(AppError::NotFound)?;
    let (act, what) = match input.get("act") {
        "proposer" => {
            policy::propose_lesson(&ties, &facts)?;
            if !held.lesson.is_readable() {
                return Err(AppError::BadRequest("Pour proposer la fiche, enregistrez un titre et au moins une partie à montrer."));
            }
            store::propose(&mut tx, &owner).await?;
            let (title, path) = (people::title(&mut tx, owner.project()).await?, owner.url(HERE));
            let managers: Vec<_> = people::managers(&mut tx, owner.head().call, owner.project()).await?.iter().map(|person| AccountId(person.id)).collect();
            let readers = people::instructors(&mut tx, owner.project(), &managers).await?;
            let key = format!("lesson {} {}", owner.project(), held.version);
            people::tell(&mut tx, &readers, ("lesson", &key), &texts::proposed(&app, About { title: &title, path: &path })).await?;
            ("lesson_proposed", "proposition")
        }
        "reprendre" => {
            store::take_back(&mut tx, &owner).await?;
            ("lesson_taken_back", "reprise")
        }
        "retirer" => {
            store::withdraw(&mut tx, owner.project(), owner.now()).await?;
            ("lesson_withdrawn", "retrait")
        }
        _ => return Err(AppError::BadRequest("Ce formulaire ne dit pas quoi faire de la fiche. Rechargez la page et recommencez.")),
    };
    let location = owner.url(&format!("{HERE}?fait={what}"));
    journal::record(&mut tx, owner.project(), owner.account(), act, "", owner.now()).await?;
    remember(&mut tx, owner.project(), owner.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
