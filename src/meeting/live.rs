//! The live session as each person follows it, and the view of the room's screen. Without script, the page is read again.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::agenda::{Head, ItemView, reader_of};
use super::lines::{self, Item, Line};
use super::model::{Choice, Guest, Meeting, Opinion, Phase, quorum};
use super::write::Said;
use super::{session, store, web};
use crate::access::{BoardReader, NumberPart};
use crate::app::App;
use crate::call::frame::{Alert, Asked};
use crate::error::AppError;
use crate::page::{Layout, filters, html, html_with};
use crate::suspended;

/// The dossier before the room, for who follows it.
struct CurrentView {
    item: ItemView,
    href: String,
    reviews: String,
    reserves: String,
    debate: String,
    tally: String,
    /// Seat for which the reader may vote now, and their vote.
    ballot: Option<(String, &'static str)>,
}

/// What the chairs write of the dossier before the room.
struct Desk {
    project: i64,
    version: i32,
    opinion: &'static str,
    said: Said,
    error: String,
    operation: Uuid,
}

#[derive(Template)]
#[template(path = "meeting/live.html")]
struct LivePage {
    layout: Layout,
    head: Head,
    flow: String,
    alerts: Vec<Alert>,
    quorum: String,
    /// Nothing between two dossiers; an error is a recusal of the reader.
    current: Option<Result<CurrentView, ()>>,
    items: Vec<ItemView>,
    away: Vec<()>,
    desk: Option<Desk>,
    is_manager: bool,
    is_open: bool,
    opinions: &'static [Opinion],
    choices: &'static [Choice],
    operations: [Uuid; 4],
}

fn ballot(meeting: &Meeting, item: &Item, guests: &[Guest], reader: &BoardReader) -> Option<(String, &'static str)> {
    let own = guests.iter().find(|guest| guest.account == reader.account().get() && guest.is_present && guest.seat.is_some())?;
    let is_asked = meeting.has_votes && meeting.phase == Phase::Open && item.opinion.is_none();
    is_asked.then(|| (own.seat_label.clone(), item.vote.map_or("", Choice::key)))
}

/// The page, with what could not be recorded beside its reason.
pub(super) async fn draw(
    app: &App,
    conn: &mut PgConnection,
    reader: &BoardReader,
    meeting: &Meeting,
    (status, alert, typed): (StatusCode, Option<Alert>, Option<(Said, String)>),
) -> Result<Response, AppError> {
    let call = reader.call();
    let lines = lines::of(conn, meeting.id, reader_of(reader)).await?;
    let guests = store::guests(conn, call.id, meeting.id).await?;
    let head = Head::of(reader, meeting);
    let line = lines.iter().find(|line| meeting.current == Some(line.project()));
    let current = line.map(|line| {
        let item = line.item().ok_or(())?;
        Ok(CurrentView {
            item: ItemView::of(item, meeting.current),
            href: format!("/dossiers/{}", item.project),
            reviews: if item.scores.is_some() { format!("/evaluation/{}/autres", item.project) } else { String::new() },
            reserves: item.reserves.clone(),
            debate: item.debate.clone(),
            tally: item.tally.sentence(),
            ballot: ballot(meeting, item, &guests, reader),
        })
    });
    let desk = line.and_then(Line::item).filter(|_| call.is_manager && meeting.phase == Phase::Open).map(|item| {
        let recorded = Said { opinion: item.opinion, reserves: item.reserves.clone(), debate: item.debate.clone(), note: item.note.clone() };
        let (said, error) = typed.unwrap_or((recorded, String::new()));
        Desk { project: item.project, version: item.version, opinion: said.opinion.map_or("", Opinion::key), said, error, operation: Uuid::new_v4() }
    });
    html_with(
        status,
        &LivePage {
            layout: web::layout(app, reader, format!("{} en direct", head.name)),
            flow: format!("{}/flux{}", head.base, head.query),
            head,
            alerts: alert.into_iter().collect(),
            quorum: quorum(&guests, meeting.quorum).1,
            current,
            items: lines.iter().filter_map(Line::item).map(|item| ItemView::of(item, meeting.current)).collect(),
            away: lines.iter().filter(|line| line.item().is_none()).map(|_| ()).collect(),
            desk,
            is_manager: call.is_manager,
            is_open: meeting.phase == Phase::Open,
            opinions: Opinion::ALL,
            choices: Choice::ALL,
            operations: std::array::from_fn(|_| Uuid::new_v4()),
        },
    )
}

/// The committee and the managers of the call follow the session; who stays away from the dossier before the room sees only
/// « Déport ».
pub async fn show(State(app): State<App>, reader: BoardReader, NumberPart(number): NumberPart, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let meeting = store::meeting(&mut conn, reader.call().id, number).await?;
    let kept = suspended::typed(&mut conn, reader.account(), &asked.0).await?;
    // A text that waited for its author belongs to the dossier that it was written for.
    let back = kept.filter(|input| meeting.current.is_some_and(|current| input.get("dossier") == current.to_string()));
    let typed = back.map(|input| (session::said(&input).unwrap_or_else(|(said, _)| said), String::new()));
    let alert = typed
        .as_ref()
        .map(|_| Alert::refusal("Votre texte est revenu", "La session avait expiré pendant l’envoi\u{a0}: rien n’est enregistré. Relisez, puis enregistrez."));
    draw(&app, &mut conn, &reader, &meeting, (StatusCode::OK, alert, typed)).await
}

#[derive(Template)]
#[template(path = "meeting/projection.html")]
struct ProjectionPage {
    layout: Layout,
    head: Head,
    flow: String,
    quorum: String,
    current: Option<Result<CurrentView, ()>>,
    is_open: bool,
}

/// The view of the room's screen, by the same rule: no private note, no score.
pub async fn project(State(app): State<App>, reader: BoardReader, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let call = reader.call();
    let meeting = store::meeting(&mut conn, call.id, number).await?;
    let lines = lines::of(&mut conn, meeting.id, reader_of(&reader)).await?;
    let guests = store::guests(&mut conn, call.id, meeting.id).await?;
    let line = lines.iter().find(|line| meeting.current == Some(line.project()));
    let current = line.map(|line| {
        let item = line.item().ok_or(())?;
        Ok(CurrentView {
            item: ItemView { scores: String::new(), is_disagreed: false, ..ItemView::of(item, meeting.current) },
            href: String::new(),
            reviews: String::new(),
            reserves: item.reserves.clone(),
            debate: item.debate.clone(),
            tally: item.tally.sentence(),
            ballot: None,
        })
    });
    let head = Head::of(&reader, &meeting);
    html(&ProjectionPage {
        layout: Layout { nav: Vec::new(), who: None, ..web::layout(&app, &reader, format!("{}, écran de la salle", head.name)) },
        flow: format!("{}/flux{}", head.base, head.query),
        head,
        quorum: quorum(&guests, meeting.quorum).1,
        current,
        is_open: meeting.phase == Phase::Open,
    })
}
