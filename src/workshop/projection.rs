//! The view projected to the room: the last cards and the best leads they make, in letters that are read from the back.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::board::{Audience, Match, board};
use super::web::CardView;
use crate::access::ProjectReader;
use crate::app::App;
use crate::error::AppError;
use crate::page::{Layout, html};

/// Cards that a screen holds.
const CARDS: usize = 6;
/// Leads that a screen holds.
const LEADS: usize = 5;

#[derive(Template)]
#[template(path = "workshop/projection.html")]
struct ProjectionPage {
    layout: Layout,
    base: String,
    cards: Vec<CardView>,
    leads: Vec<Match>,
}

/// The team projects the cards and their leads, without what is kept to the team or comes from a confidential actor.
pub async fn show(State(app): State<App>, reader: ProjectReader) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let board = board(&app, &mut conn, reader.project(), (Audience::Room, CARDS)).await?;
    drop(conn);
    let base = reader.url("");
    html(&ProjectionPage {
        layout: Layout::dossier(&app, &reader, "Atelier projeté", "/flux"),
        cards: board.cards.iter().filter_map(|card| Some(CardView::of(&board, board.flow(card.row)?, &base))).collect(),
        leads: board.best(LEADS),
        base,
    })
}
