//! Weights and floors of the score of a lead: set by the managers of a call with a reason, the same for every dossier.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;

use super::web::HERE;
use crate::access::CallManager;
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Asked, Frame, at, layout};
use crate::call::store::{self, Act};
use crate::error::AppError;
use crate::kit::french::thousands;
use crate::kit::moment;
use crate::leads::settings::{self, Decision, FLOORS, Published, WEIGHTS};
use crate::page::{Layout, html_with, see};
use crate::suspended::{self, KeptForm};

const PATH: &str = "/appel/pistes/poids";
/// A floor may not go over a thousand million: no site moves more.
const MOST: i64 = 1_000_000_000;

#[derive(Template)]
#[template(path = "regional/weights.html")]
struct WeightsPage {
    layout: Layout,
    frame: Frame,
    form: FormView,
    formula: String,
    log: Vec<Line>,
    public: String,
    leads: String,
}

/// A change already made.
struct Line {
    when: String,
    who: String,
    formula: String,
    floors: String,
    why: String,
}

/// What is in force, and how it came to be.
struct Held {
    version: i32,
    published: Published,
    decisions: Vec<Decision>,
}

async fn held(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Held> {
    let (version, decisions) = settings::decisions(conn, manager.call().id).await?;
    let published = decisions.first().map_or_else(Published::default, |last| last.published);
    Ok(Held { version, published, decisions })
}

fn read(sheet: &mut Sheet<'_>, held: &Published) -> (Published, String) {
    sheet.group("Poids, en pourcentage");
    let mut new = *held;
    for ((key, _, name, says), weight) in WEIGHTS.iter().zip(&mut new.weights) {
        *weight = sheet.read(Spec::new(format!("weight-{key}"), *name).hint(*says).range(0, 100), weight);
    }
    sheet.group("Seuils des petits besoins");
    for ((key, name, unit), floor) in FLOORS.iter().zip(&mut new.floors) {
        let hint = format!("En {unit}. Zéro\u{a0}: aucun seuil.");
        *floor = sheet.read(Spec::new(format!("floor-{key}"), *name).hint(hint).range(0, MOST), floor);
    }
    let sum: i32 = new.weights.iter().sum();
    if sum != 100 {
        sheet.refuse("weight-nature", format!("La somme des cinq poids doit faire 100\u{a0}%. Elle fait {sum}\u{a0}%."));
    }
    sheet.group("");
    (new, reason(sheet))
}

/// A reason of three letters at least: it stays beside the settings for good.
fn reason(sheet: &mut Sheet<'_>) -> String {
    let changes = sheet.changes.len();
    let reason = sheet.read(Spec::new("reason", "Motif du changement").hint("Une phrase, gardée avec les réglages.").range(3, 500), &String::new());
    sheet.changes.truncate(changes);
    if !reason.is_empty() && reason.chars().count() < 3 {
        sheet.refuse("reason", "Écrire le motif en quelques mots.");
    }
    reason
}

fn line(decision: &Decision) -> Line {
    let floors = FLOORS.iter().zip(decision.published.floors).filter(|(_, floor)| *floor > 0);
    let floors: Vec<String> = floors.map(|((_, name, unit), floor)| format!("{}, {} {unit}", name.to_lowercase(), thousands(floor.into()))).collect();
    Line {
        when: moment::full(decision.at),
        who: decision.author.clone().unwrap_or_default(),
        formula: decision.published.formula(),
        floors: floors.join("\u{a0}; "),
        why: decision.reason.clone(),
    }
}

fn draw(app: &App, manager: &CallManager, held: &Held, sheet: Sheet<'_>, (status, seen, asked): (StatusCode, i32, &Asked)) -> Result<Response, AppError> {
    let slug = &manager.call().slug;
    let form = FormView::of(sheet, ("poids", "Poids et seuils", "Mettre en vigueur"), at(slug, PATH), seen);
    let forms = [form];
    let done = asked.0.contains_key("fait") && status == StatusCode::OK;
    let mut frame = Frame::of(manager, "Indice des pistes", HERE)
        .lead("Le même calcul pour tous les dossiers de l’appel, affiché sur sa page publique. Un changement reclasse les pistes aussitôt\u{a0}; les décisions déjà prises restent.")
        .alert(done.then(|| Alert::done("Enregistré", "Les pistes de tous les dossiers suivent ces réglages.")));
    frame.alerts.extend([Alert::unsaved(&forms), Alert::errors(&forms), Alert::conflict(&forms)].into_iter().flatten());
    let [form] = forms;
    let page = WeightsPage {
        layout: layout(app, manager, "Indice des pistes"),
        frame,
        form,
        formula: held.published.formula(),
        log: held.decisions.iter().map(line).collect(),
        public: format!("/appels/{slug}#pistes"),
        leads: at(slug, HERE),
    };
    html_with(status, &page)
}

/// The managers of a call see how the score of its leads is computed.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = held(&mut conn, &manager).await?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    let mut sheet = Sheet::kept(typed.as_ref());
    read(&mut sheet, &held.published);
    let seen = sheet.seen(held.version);
    draw(&app, &manager, &held, sheet, (StatusCode::OK, seen, &asked))
}

/// The managers of a call change how the score of its leads is computed, with a reason.
pub async fn save(State(app): State<App>, asked: Asked, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let location = at(&manager.call().slug, &format!("{PATH}?fait=1"));
    let mut tx = app.db.begin().await?;
    let locked = store::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let held = held(&mut tx, &manager).await?;
    let mut sheet = Sheet::of(Some(&input));
    let (new, why) = read(&mut sheet, &held.published);
    if let Some(status) = sheet.verdict(seen == locked.version) {
        let next = if status == StatusCode::CONFLICT { locked.version } else { seen };
        return draw(&app, &manager, &held, sheet, (status, next, &asked));
    }
    if !sheet.changes.is_empty() {
        settings::save(&mut tx, &manager, &new, &why).await?;
        store::settle(&mut tx, &manager, &Act { operation, location: &location, act: "lead_settings_changed", subject: &sheet.notes() }).await?;
    }
    tx.commit().await?;
    Ok(see(&location))
}
