//! Dates of the call: the bound and its grace, each a decision with its reason; the rest of the calendar.

mod forms;
mod past;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::OffsetDateTime;

use self::forms::{Part, alerts, bound, calendar, forms, grace, part_of, typed_in};
use super::confirmation::{Answer, Question, answer, ask};
use super::form::Sheet;
use super::frame::{Asked, at};
use super::settings::{About, Line, draw};
use super::store::settings::{self, Calendar, Decision};
use super::store::{self, Act};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::count;
use crate::kit::moment;
use crate::mail::{self, Mail, texts};
use crate::page::see;
use crate::suspended::{self, KeptForm};

const HERE: &str = "/appel/dates";

const ABOUT: About = About {
    title: "Dates de l’appel",
    lead: "Toutes les heures sont celles de Paris. Chaque changement est gardé avec son auteur, l’ancienne et la nouvelle valeur.",
    here: HERE,
    anchor: "#calendrier",
};

/// What is held of the page.
struct Held {
    calendar: Calendar,
    decisions: Vec<Decision>,
}

async fn held(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Held> {
    let call = manager.call().id;
    Ok(Held { calendar: settings::calendar(conn, call).await?, decisions: settings::decisions(conn, call, manager.account()).await? })
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
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    let kept = typed.as_ref().and_then(|input| typed_in(Sheet::kept(Some(input)), input, &held));
    draw(&app, &manager, ABOUT, forms(&manager, &held, kept), log(&held.decisions), (StatusCode::OK, &asked))
}

/// How a save of the page ends.
enum End {
    /// Written.
    Written,
    /// The form comes back, with that status.
    Again(StatusCode),
    /// To be confirmed first.
    Asked(Question),
}

/// The managers of a call move its bound, change its grace or its other dates, at any time and to any instant; an instant
/// in the past is asked about first.
pub async fn save(State(app): State<App>, asked: Asked, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let part = part_of(&input).ok_or(AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page."))?;
    let mut tx = app.db.begin().await?;
    let locked = store::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let held = held(&mut tx, &manager).await?;
    let answer = answer(&input);
    if answer == Answer::No {
        let back = typed_in(Sheet::reconsidered(&input), &input, &held);
        return draw(&app, &manager, ABOUT, forms(&manager, &held, back), log(&held.decisions), (StatusCode::OK, &asked));
    }
    let mut sheet = Sheet::of(Some(&input));
    let location = at(&manager.call().slug, &format!("{HERE}?fait=1"));
    match write(&app, &mut tx, &manager, (part, &held, seen), (&mut sheet, answer == Answer::Yes)).await? {
        End::Written => {}
        End::Asked(question) => return ask(&app, &manager, HERE, question, &input),
        End::Again(status) => {
            let next = if status == StatusCode::CONFLICT { locked.version } else { seen };
            return draw(&app, &manager, ABOUT, forms(&manager, &held, Some((part, sheet, next))), log(&held.decisions), (status, &asked));
        }
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
        Part::Alerts => "alerts_changed",
    }
}

/// Writes what was posted under the call's lock, unless the form has to come back or to be confirmed.
async fn write(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    (part, held, seen): (Part, &Held, i32),
    (sheet, is_confirmed): (&mut Sheet<'_>, bool),
) -> Result<End, AppError> {
    let is_fresh = seen == held.calendar.version;
    match part {
        Part::Bound => return move_bound(app, conn, manager, (&held.calendar, is_fresh), (sheet, is_confirmed)).await,
        Part::Grace => {
            let (minutes, why) = grace(sheet, &held.calendar);
            if let Some(status) = sheet.verdict(is_fresh) {
                return Ok(End::Again(status));
            }
            if !sheet.changes.is_empty() {
                settings::change_grace(conn, manager, minutes, &why).await?;
            }
        }
        Part::Calendar => {
            let new = calendar(sheet, &held.calendar);
            if let Some(status) = sheet.verdict(is_fresh) {
                return Ok(End::Again(status));
            }
            if let Some(question) = past::calendar(&held.calendar, &new, manager.now()).filter(|_| !is_confirmed) {
                return Ok(End::Asked(question));
            }
            settings::save_calendar(conn, manager, &new).await?;
        }
        Part::Alerts => {
            let (still, near) = alerts(sheet, &held.calendar);
            if let Some(status) = sheet.verdict(is_fresh) {
                return Ok(End::Again(status));
            }
            settings::save_alerts(conn, manager, still, near).await?;
        }
    }
    Ok(End::Written)
}

async fn move_bound(
    app: &App,
    conn: &mut PgConnection,
    manager: &CallManager,
    (held, is_fresh): (&Calendar, bool),
    (sheet, is_confirmed): (&mut Sheet<'_>, bool),
) -> Result<End, AppError> {
    let (new, why) = bound(sheet, held);
    if is_fresh && sheet.changes.is_empty() && !sheet.has_errors() {
        sheet.refuse("deposit_bound", "La limite est déjà celle-ci.");
    }
    if let Some(status) = sheet.verdict(is_fresh) {
        return Ok(End::Again(status));
    }
    if sheet.changes.is_empty() {
        return Ok(End::Written);
    }
    if !is_confirmed && let Some(question) = past::bound(conn, manager, held, new).await? {
        return Ok(End::Asked(question));
    }
    let decision = settings::move_bound(conn, manager, new, &why).await?;
    tell_owners(app, conn, manager, (decision, new, &why)).await?;
    Ok(End::Written)
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
