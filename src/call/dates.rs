//! Dates of the call: the bound and its grace, each a decision with its reason; the rest of the calendar; training days.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::form::{FormView, Sheet, Spec};
use super::frame::{Asked, at};
use super::settings::{About, Line, draw};
use super::store::rows::{self, TrainingDay};
use super::store::settings::{self, Calendar, Decision};
use super::store::{self, Act};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::count;
use crate::kit::moment;
use crate::mail::{self, Mail, texts};
use crate::page::see;

const HERE: &str = "/appel/dates";

const ABOUT: About = About {
    title: "Dates de l’appel",
    lead: "Toutes les heures sont celles de Paris. Chaque changement est gardé avec son auteur, l’ancienne et la nouvelle valeur.",
    here: HERE,
    anchor: "#calendrier",
};

/// The form of the page that is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Bound,
    Grace,
    Calendar,
    Training,
}

const PARTS: [(Part, &str); 4] = [(Part::Bound, "limite"), (Part::Grace, "tolerance"), (Part::Calendar, "calendrier"), (Part::Training, "formation")];

/// What is held of the page.
struct Held {
    calendar: Calendar,
    training: Vec<TrainingDay>,
    decisions: Vec<Decision>,
}

async fn held(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Held> {
    let call = manager.call().id;
    Ok(Held {
        calendar: settings::calendar(conn, call).await?,
        training: rows::training(conn, call).await?,
        decisions: settings::decisions(conn, call, manager.account()).await?,
    })
}

fn bound(sheet: &mut Sheet<'_>, held: &Calendar) -> (OffsetDateTime, String) {
    let hint = "Instant à partir duquel plus rien n’est accepté. «\u{a0}Avant le 15\u{a0}octobre\u{a0}» s’écrit 15\u{a0}octobre à 0\u{a0}h.";
    let bound = sheet.read(Spec::new("deposit_bound", "Nouvelle limite, heure de Paris").hint(hint).bound(), &held.deposit_bound);
    (bound, reason(sheet, "reason", "Motif du changement de limite"))
}

fn grace(sheet: &mut Sheet<'_>, held: &Calendar) -> (i32, String) {
    let minutes = sheet.read(
        Spec::new("grace_minutes", "Tolérance, en minutes").hint("De 0 à 1\u{202f}440. La page publique n’en parle pas.").range(0, 1440),
        &held.grace_minutes,
    );
    (minutes, reason(sheet, "grace_reason", "Motif du changement de tolérance"))
}

/// A reason of three letters at least: the decision keeps it for good.
fn reason(sheet: &mut Sheet<'_>, name: &str, label: &str) -> String {
    let changes = sheet.changes.len();
    let reason = sheet.read(Spec::new(name, label).hint("Une phrase, gardée avec la décision.").range(3, 500), &String::new());
    sheet.changes.truncate(changes);
    if !reason.is_empty() && reason.chars().count() < 3 {
        sheet.refuse(name, "Écrire le motif en quelques mots.");
    }
    reason
}

fn calendar(sheet: &mut Sheet<'_>, held: &Calendar) -> Calendar {
    let until = "Instant à partir duquel c’est trop tard. «\u{a0}Avant le 5\u{a0}décembre\u{a0}» s’écrit 5\u{a0}décembre à 0\u{a0}h.";
    Calendar {
        launched_on: sheet.read(Spec::new("launched_on", "Lancement de l’appel").optional(), &held.launched_on),
        manifestation_bound: sheet
            .read(Spec::new("manifestation_bound", "Limite des manifestations d’intérêt").hint(until).optional().bound(), &held.manifestation_bound),
        notified_on: sheet.read(Spec::new("notified_on", "Notification des éligibilités").optional(), &held.notified_on),
        review_due_at: sheet.read(Spec::new("review_due_at", "Évaluations à rendre").optional(), &held.review_due_at),
        committee_at: sheet.read(Spec::new("committee_at", "Réunion du comité technique").optional(), &held.committee_at),
        committee_place: sheet.read(Spec::new("committee_place", "Lieu de cette réunion").optional(), &held.committee_place),
        fund_committee_on: sheet.read(Spec::new("fund_committee_on", "Comité de gestion du fonds").optional(), &held.fund_committee_on),
        council_on: sheet.read(Spec::new("council_on", "Commission permanente").optional(), &held.council_on),
        ..held.clone()
    }
}

fn training(sheet: &mut Sheet<'_>, held: &[TrainingDay]) -> Vec<TrainingDay> {
    let mut days: Vec<TrainingDay> = held.iter().map(|day| training_day(sheet, day, false)).collect();
    let new = TrainingDay::default();
    let is_blank = sheet.is_blank(&["day-0", "place-0", "note-0"].map(str::to_owned));
    let added = training_day(sheet, &new, is_blank);
    days.extend((!is_blank).then_some(added));
    days
}

fn training_day(sheet: &mut Sheet<'_>, held: &TrainingDay, is_blank: bool) -> TrainingDay {
    let id = held.id;
    sheet.group(held.day.map_or_else(|| "Ajouter une journée".to_owned(), |day| format!("Journée du {}", moment::day(day))));
    let is_optional = is_blank || sheet.is_ticked(&format!("remove-{id}"));
    TrainingDay {
        id,
        day: sheet.read(Spec::new(format!("day-{id}"), "Jour").optional_if(is_optional), &held.day),
        place: sheet.read(Spec::new(format!("place-{id}"), "Lieu").optional_if(is_optional), &held.place),
        note: sheet.read(Spec::new(format!("note-{id}"), "Sujet").optional(), &held.note),
        is_removed: id != 0 && sheet.read(Spec::new(format!("remove-{id}"), "Retirer cette journée"), &false),
    }
}

/// The four forms; the posted one as it came back.
fn forms(manager: &CallManager, held: &Held, posted: Option<(Part, Sheet<'_>, i32)>) -> Vec<FormView> {
    let action = at(&manager.call().slug, HERE);
    let mut posted = posted;
    PARTS
        .into_iter()
        .map(|(part, key)| {
            let (sheet, seen, is_posted) = match posted.take_if(|(held, ..)| *held == part) {
                Some((_, sheet, seen)) => (sheet, seen, true),
                None => (filled(part, held), held.calendar.version, false),
            };
            let conflicts = if is_posted && seen == held.calendar.version && !sheet.has_errors() { sheet.changes.clone() } else { Vec::new() };
            let (title, button, intro) = match part {
                Part::Bound => (
                    "Limite de dépôt",
                    "Déplacer la limite",
                    format!("Aujourd’hui\u{a0}: {}. Les porteurs sont prévenus par courriel.", bound_said(held.calendar.deposit_bound, manager.now())),
                ),
                Part::Grace => (
                    "Tolérance après la limite",
                    "Changer la tolérance",
                    "Quelques minutes pendant lesquelles un dépôt commencé à temps est encore reçu.".to_owned(),
                ),
                Part::Calendar => ("Autres dates", "Enregistrer les dates", String::new()),
                Part::Training => (
                    "Journées de formation",
                    "Enregistrer les journées",
                    "Remplir la dernière fiche pour ajouter une journée\u{a0}; cocher «\u{a0}Retirer\u{a0}» pour en ôter une.".to_owned(),
                ),
            };
            FormView::of(sheet, (key, title, button), action.clone(), seen).intro(intro).against(conflicts).main_if(part == Part::Bound)
        })
        .collect()
}

/// "dépôt possible jusqu’au …", or since when it no longer is.
fn bound_said(bound: OffsetDateTime, now: OffsetDateTime) -> String {
    if bound <= now {
        format!("le dépôt est clos depuis le {}", moment::full(bound))
    } else {
        format!("dépôt possible jusqu’au {}", moment::until(bound))
    }
}

fn filled<'a>(part: Part, held: &Held) -> Sheet<'a> {
    let mut sheet = Sheet::of(None);
    match part {
        Part::Bound => drop(bound(&mut sheet, &held.calendar)),
        Part::Grace => drop(grace(&mut sheet, &held.calendar)),
        Part::Calendar => drop(calendar(&mut sheet, &held.calendar)),
        Part::Training => drop(training(&mut sheet, &held.training)),
    }
    sheet
}

fn log(decisions: &[Decision]) -> Vec<Line> {
    let what = |decision: &Decision| match (decision.kind.as_str(), decision.instant, decision.minutes) {
        ("grace", _, minutes) => format!("tolérance de {}", count(minutes.unwrap_or(0), "minute", "minutes")),
        ("extension", Some(until), _) => format!("délai du dossier {} jusqu’au {}", decision.title.as_deref().unwrap_or_default(), moment::until(until)),
        ("extension", None, _) => format!("délai du dossier {} retiré", decision.title.as_deref().unwrap_or_default()),
        (_, Some(bound), _) => format!("limite de dépôt\u{a0}: jusqu’au {}", moment::until(bound)),
        _ => "limite de dépôt".to_owned(),
    };
    decisions
        .iter()
        .map(|decision| Line { when: moment::full(decision.at), who: decision.author.clone(), what: what(decision), why: decision.reason.clone() })
        .collect()
}

/// The managers of a call see its dates.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = held(&mut conn, &manager).await?;
    draw(&app, &manager, ABOUT, forms(&manager, &held, None), log(&held.decisions), (StatusCode::OK, &asked))
}

/// The managers of a call move its bound, change its grace or its other dates, at any time and to any instant.
pub async fn save(State(app): State<App>, manager: CallManager, asked: Asked, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let part = PARTS
        .iter()
        .find(|(_, key)| *key == input.get("act"))
        .map(|(part, _)| *part)
        .ok_or(AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page."))?;
    let mut tx = app.db.begin().await?;
    let locked = store::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let held = held(&mut tx, &manager).await?;
    let mut sheet = Sheet::of(Some(&input));
    let location = at(&manager.call().slug, &format!("{HERE}?fait=1"));
    if let Err(status) = write(&app, &mut tx, &manager, (part, &held, seen), &mut sheet).await? {
        let next = if status == StatusCode::CONFLICT { locked.version } else { seen };
        return draw(&app, &manager, ABOUT, forms(&manager, &held, Some((part, sheet, next))), log(&held.decisions), (status, &asked));
    }
    if !sheet.changes.is_empty() {
        store::settle(&mut tx, &manager, &Act { operation, location: &location, act: act_name(part), subject: &sheet.notes() }).await?;
    }
    tx.commit().await?;
    Ok(see(&location))
}

const fn act_name(part: Part) -> &'static str {
    match part {
        Part::Bound => "bound_moved",
        Part::Grace => "grace_changed",
        Part::Calendar => "dates_changed",
        Part::Training => "training_changed",
    }
}

/// Writes what was posted under the call's lock, unless the form has to come back with a status of its own.
async fn write(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    (part, held, seen): (Part, &Held, i32),
    sheet: &mut Sheet<'_>,
) -> Result<Result<(), StatusCode>, AppError> {
    let is_fresh = seen == held.calendar.version;
    match part {
        Part::Bound => {
            let (new, why) = bound(sheet, &held.calendar);
            if is_fresh && sheet.changes.is_empty() && !sheet.has_errors() {
                sheet.refuse("deposit_bound", "La limite est déjà celle-ci.");
            }
            if let Some(status) = sheet.verdict(is_fresh) {
                return Ok(Err(status));
            }
            if !sheet.changes.is_empty() {
                let decision = settings::move_bound(conn, manager, new, &why).await?;
                tell_owners(app, conn, manager, (decision, new, &why)).await?;
            }
        }
        Part::Grace => {
            let (minutes, why) = grace(sheet, &held.calendar);
            if let Some(status) = sheet.verdict(is_fresh) {
                return Ok(Err(status));
            }
            if !sheet.changes.is_empty() {
                settings::change_grace(conn, manager, minutes, &why).await?;
            }
        }
        Part::Calendar => {
            let new = calendar(sheet, &held.calendar);
            if let Some(status) = sheet.verdict(is_fresh) {
                return Ok(Err(status));
            }
            settings::save_calendar(conn, manager, &new).await?;
        }
        Part::Training => {
            let days = training(sheet, &held.training);
            if let Some(status) = sheet.verdict(is_fresh) {
                return Ok(Err(status));
            }
            rows::save_training(conn, manager, &days).await?;
        }
    }
    Ok(Ok(()))
}

async fn tell_owners(app: &App, conn: &mut PgConnection, manager: &CallManager, (decision, bound, why): (i64, OffsetDateTime, &str)) -> Result<(), AppError> {
    let call = manager.call();
    let said = texts::Deadline { of: &format!("{} {}", call.title, call.edition), bound, reason: why, path: "/dossiers" };
    let (subject, body) = texts::deadline_changed(app, &said);
    for owner in settings::owners(conn, call.id).await? {
        let key = format!("deadline {decision} {}", owner.id);
        mail::queue(conn, &Mail { kind: "deadline", recipient: &owner.email, subject: &subject, body: &body, dedup_key: Some(&key) }).await?;
    }
    Ok(())
}
