//! Labels that the administration puts on dossiers: of the call, in a colour of the palette, never seen by carriers.

pub mod store;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use self::store::Label;
use super::acts::back;
use crate::access::{CallManager, ProjectInstructor, policy};
use crate::app::App;
use crate::call::frame::{Alert, Frame, at, layout};
use crate::call::store as calls;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::words::clean;
use crate::page::{Layout, html_with, see};
use crate::project::units;
use crate::submission::store::remember;

/// Colours of the palette, as kept and as said.
pub const COLOURS: [(&str, &str); 5] = [("woad", "bleu"), ("weld", "jaune"), ("madder", "rouge"), ("green", "vert"), ("walnut", "brun")];

const HERE: &str = "/appel/etiquettes";

#[derive(Template)]
#[template(path = "instruction/labels.html")]
struct LabelsPage {
    layout: Layout,
    frame: Frame,
    action: String,
    labels: Vec<(Label, String)>,
    colours: Vec<(&'static str, &'static str)>,
    typed: Typed,
    operation: Uuid,
}

/// What was typed and refused: of which label (zero for a new one), its name, its colour, why.
#[derive(Debug, Default)]
struct Typed {
    id: i64,
    name: String,
    colour: String,
    error: String,
}

async fn page(app: &App, manager: &CallManager, typed: Typed, (status, done): (StatusCode, Option<Alert>)) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let labels = store::of_call(&mut conn, manager).await?;
    let uses = |uses: i64| if uses == 0 { "aucun dossier".to_owned() } else { crate::kit::french::count(uses, "dossier", "dossiers") };
    html_with(
        status,
        &LabelsPage {
            layout: layout(app, manager, "Étiquettes"),
            frame: Frame::of(manager, "Étiquettes de l’appel", HERE)
                .lead("Pour classer les dossiers entre gestionnaires. Ni les porteurs, ni les évaluateurs, ni le comité ne les voient.")
                .alert(done),
            action: at(&manager.call().slug, HERE),
            labels: labels.into_iter().map(|(label, held)| (label, uses(held))).collect(),
            colours: COLOURS.to_vec(),
            typed,
            operation: Uuid::new_v4(),
        },
    )
}

/// The managers of a call see its labels.
pub async fn show(State(app): State<App>, manager: CallManager, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let done = asked.contains_key("fait").then(|| Alert::done("Étiquettes enregistrées", "Elles se posent sur la page d’instruction de chaque dossier."));
    page(&app, &manager, Typed::default(), (StatusCode::OK, done)).await
}

/// The managers of a call add a label, rename one, change its colour, or retire it.
pub async fn save(State(app): State<App>, manager: CallManager, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let location = at(&manager.call().slug, &format!("{HERE}?fait=1"));
    let mut tx = app.db.begin().await?;
    let locked = calls::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let id: i64 = input.get("etiquette").parse().unwrap_or(0);
    if input.get("act") == "retirer" {
        store::retire(&mut tx, &manager, id).await?;
    } else {
        let (name, colour) = (input.trimmed("nom"), input.get("couleur").to_owned());
        let known = store::of_call(&mut tx, &manager).await?;
        let is_taken = known.iter().any(|(label, _)| label.id != id && label.name.to_lowercase() == name.to_lowercase());
        let error = match clean(&name, 40) {
            Err(sentence) => sentence.to_string(),
            Ok(name) if name.is_empty() => "Écrire le nom de l’étiquette.".to_owned(),
            Ok(_) if is_taken => "Une étiquette porte déjà ce nom.".to_owned(),
            Ok(_) if COLOURS.iter().all(|(key, _)| *key != colour) => "Choisir une couleur.".to_owned(),
            Ok(_) if id == 0 && known.len() >= 30 => "Trente étiquettes au plus\u{a0}: retirez-en une d’abord.".to_owned(),
            Ok(_) => String::new(),
        };
        if !error.is_empty() {
            drop(tx);
            return page(&app, &manager, Typed { id, name, colour, error }, (StatusCode::UNPROCESSABLE_ENTITY, None)).await;
        }
        store::keep(&mut tx, &manager, id, (&name, &colour)).await?;
    }
    let act = calls::Act { operation, location: &location, act: "labels_changed", subject: &id.to_string() };
    calls::remember(&mut tx, &manager, &act).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The managers of the call put labels on a dossier.
pub async fn put(State(app): State<App>, instructor: ProjectInstructor, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, instructor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::instruct(&locked.ties(&instructor), &locked.facts(instructor.facts()))?;
    let wanted: Vec<i64> = input.all("etiquette").filter_map(|id| id.parse().ok()).collect();
    let location = back(&instructor, "etiquettes");
    store::put(&mut tx, &instructor, &wanted).await?;
    journal::record(&mut tx, instructor.project(), instructor.account(), "instruction_labelled", "", instructor.now()).await?;
    remember(&mut tx, instructor.project(), instructor.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
