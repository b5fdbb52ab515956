//! The calendar of a call as a page: what anybody reads of it, and for who is signed in what is theirs; the addresses of its feeds.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::months::{MonthView, months};
use super::store;
use crate::access::policy::training as policy;
use crate::access::{CalendarReader, Visitor, digest};
use crate::account::session::secret;
use crate::app::App;
use crate::call::frame::{Alert, Asked, at};
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::moment;
use crate::page::{Layout, html_with, see};

/// A calendar that one may follow by an address of one's own.
struct FeedView {
    key: &'static str,
    title: &'static str,
    says: &'static str,
    /// Since when its address answers; nothing when there is none.
    since: String,
    /// The address, shown once.
    address: String,
    operation: Uuid,
}

#[derive(Template)]
#[template(path = "calendar/calendar.html")]
struct CalendarPage {
    layout: Layout,
    over: String,
    call: String,
    lead: &'static str,
    alerts: Vec<Alert>,
    months: Vec<MonthView>,
    public: String,
    action: String,
    trainings: String,
    network: String,
    feeds: Vec<FeedView>,
    is_signed_in: bool,
}

/// The feeds that the reader may have; the address of the one just opened, when the page is told its secret.
async fn feeds(app: &App, conn: &mut PgConnection, reader: &CalendarReader, visitor: &Visitor, asked: &Asked) -> Result<Vec<FeedView>, AppError> {
    let held = store::feeds(conn, visitor.account, reader.call().id).await?;
    let token = asked.0.get("adresse").filter(|token| token.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
    let feed = |key, title, says, call: Option<i64>| {
        let live = held.iter().find(|(of, ..)| *of == call);
        let address = token.filter(|token| live.is_some_and(|(.., hash)| *hash == digest(token)));
        FeedView {
            key,
            title,
            says,
            since: live.map(|(_, at, _)| moment::near(*at, reader.now())).unwrap_or_default(),
            address: address.map(|token| app.link(&format!("/calendriers/{token}/trame.ics"))).unwrap_or_default(),
            operation: Uuid::new_v4(),
        }
    };
    let ties = reader.ties();
    let own = policy::follow(ties).is_ok().then(|| feed("formations", "Mes formations", "Les journées où vous êtes inscrit, dans tous vos appels.", None));
    let says = if policy::meetings(ties).is_ok() {
        "Toutes les dates de cette page, séances du comité comprises."
    } else {
        "Toutes les dates de cette page, avec ce qui vous concerne."
    };
    let call = policy::calendar(ties).is_ok().then(|| feed("appel", "Cet appel", says, Some(reader.call().id.get())));
    Ok(own.into_iter().chain(call).collect())
}

/// Anybody reads the calendar of a call; who is signed in reads in it what is theirs.
pub async fn show(State(app): State<App>, reader: CalendarReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let call = reader.call();
    let events = store::of_call(&mut conn, call, reader.ties(), reader.visitor().map(|visitor| visitor.account)).await?;
    let feeds = match reader.visitor() {
        Some(visitor) => feeds(&app, &mut conn, &reader, visitor, &asked).await?,
        None => Vec::new(),
    };
    drop(conn);
    let title = format!("Calendrier, {} {}", call.title, call.edition);
    let done = (asked.0.get("fait").map(String::as_str) == Some("ferme"))
        .then(|| Alert::done("Adresse fermée", "Les agendas qui la suivaient ne reçoivent plus rien."));
    html_with(
        StatusCode::OK,
        &CalendarPage {
            layout: Layout::open(&app, reader.visitor(), title),
            over: format!("Appel {} {}", call.title, call.edition),
            call: format!("/appels/{}", call.slug),
            lead: "Limites, formations et étapes de l’appel. Toutes les heures sont celles de Paris.",
            alerts: done.into_iter().collect(),
            months: months(&events, reader.now(), reader.visitor().is_some()),
            public: app.link(&format!("/appels/{}/calendrier.ics", call.slug)),
            action: format!("/appels/{}/calendrier", call.slug),
            trainings: if policy::follow(reader.ties()).is_ok() { at(&call.slug, "/formations") } else { String::new() },
            network: if policy::network(reader.ties()).is_ok() { at(&call.slug, "/reseau") } else { String::new() },
            feeds,
            is_signed_in: reader.visitor().is_some(),
        },
    )
}

/// Whoever has a bond with the call opens an address of their own for its calendar, replaces it, or ends it at once.
pub async fn save(State(app): State<App>, visitor: Visitor, reader: CalendarReader, input: Input) -> Result<Response, AppError> {
    input.operation()?;
    let call = match input.get("agenda") {
        "formations" => {
            policy::follow(reader.ties())?;
            None
        }
        "appel" => {
            policy::calendar(reader.ties())?;
            Some(reader.call().id)
        }
        _ => return Err(AppError::NotFound),
    };
    let here = format!("/appels/{}/calendrier", reader.call().slug);
    let mut tx = app.db.begin().await?;
    let (act, location) = match input.get("act") {
        "ouvrir" => {
            let token = secret();
            store::open(&mut tx, visitor.account, call, &token, reader.now()).await?;
            ("calendar_opened", format!("{here}?adresse={token}#suivre"))
        }
        "fermer" => {
            store::revoke(&mut tx, visitor.account, call, reader.now()).await?;
            ("calendar_closed", format!("{here}?fait=ferme#suivre"))
        }
        _ => return Err(AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page.")),
    };
    journal::record_account(&mut tx, Some(visitor.account), act, input.get("agenda"), reader.now()).await?;
    tx.commit().await?;
    Ok(see(&location))
}
