//! The opening of the evaluation: after the bound, the last deposit of each dossier is frozen and goes to its reviewers.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use super::frame::{Alert, Asked, Frame, at, layout};
use super::store as calls;
use super::store::opening::{self as store, Tally, Waiting};
use crate::access::{CallManager, Refusal, policy};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::count;
use crate::kit::moment;
use crate::page::{Layout, html, see};

const HERE: &str = "/appel/ouvrir-evaluation";

const TOO_EARLY: &str = "Le dépôt est encore ouvert. L’évaluation s’ouvre après la limite, tolérance comprise.";

#[derive(Template)]
#[template(path = "call/opening.html")]
struct OpeningPage {
    layout: Layout,
    frame: Frame,
    closes_at: String,
    is_closed: bool,
    tally: Tally,
    ready: String,
    waiting: Vec<WaitingView>,
    action: String,
    operation: Uuid,
}

struct WaitingView {
    href: String,
    title: String,
    label: String,
    until: String,
}

fn waiting_view(waiting: Waiting) -> WaitingView {
    WaitingView { href: format!("/appel/dossiers/{}", waiting.id), title: waiting.title, label: waiting.label, until: moment::until(waiting.extended_until) }
}

/// The managers of a call see which dossiers are ready for the evaluation, and which wait for their own bound.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let tally = store::tally(&mut conn, &manager).await?;
    let waiting = store::waiting(&mut conn, &manager).await?;
    drop(conn);
    let call = manager.call();
    let closes_at = policy::closes_at(call.bound, call.grace_minutes, None);
    let opened = asked.0.get("ouverts").and_then(|number| number.parse::<u32>().ok());
    let done =
        opened.map(|opened| Alert::done("Évaluation ouverte", format!("{}{}.", count(opened, "dossier ouvert", "dossiers ouverts"), waits(tally.waiting))));
    html(&OpeningPage {
        layout: layout(&app, &manager, "Ouverture de l’évaluation"),
        frame: Frame::of(&manager, "Ouvrir l’évaluation", HERE)
            .lead("Le dernier dépôt de chaque dossier est figé, et ses évaluateurs peuvent noter. Un dossier prolongé attend sa propre limite.")
            .alert(done),
        closes_at: moment::until(closes_at),
        is_closed: closes_at <= manager.now(),
        ready: count(tally.ready, "dossier", "dossiers"),
        tally,
        waiting: waiting.into_iter().map(waiting_view).collect(),
        action: at(&call.slug, HERE),
        operation: Uuid::new_v4(),
    })
}

fn waits(waiting: i64) -> String {
    match waiting {
        0 => String::new(),
        1 => "\u{202f}; 1\u{a0}autre attend la fin de son propre délai".to_owned(),
        more => format!("\u{202f}; {more}\u{a0}autres attendent la fin de leur propre délai"),
    }
}

/// The managers of a call open the evaluation after the bound; done again, it opens what has become ready since.
pub async fn open(State(app): State<App>, manager: CallManager, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = calls::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    if manager.now() < policy::closes_at(locked.bound, locked.grace_minutes, None) {
        return Err(Refusal::Because(TOO_EARLY).into());
    }
    // What is told leaves out the dossiers that this manager stays away from; what is opened does not.
    let opened = store::tally(&mut tx, &manager).await?.ready;
    store::open(&mut tx, manager.call().id, manager.account(), manager.now()).await?;
    let location = at(&manager.call().slug, &format!("{HERE}?ouverts={opened}"));
    calls::done(&mut tx, &manager, operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
