//! What an act entails, asked before it is done: a page of its own, which works without script and keeps what was typed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::{Frame, at, layout};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::page::{Layout, html_with};

/// Name of the two buttons of the page.
const ANSWER: &str = "confirme";

#[derive(Template)]
#[template(path = "call/confirmation.html")]
struct ConfirmationPage {
    layout: Layout,
    frame: Frame,
    consequences: Vec<String>,
    action: String,
    pairs: Vec<(String, String)>,
}

/// What the person said of the consequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet: they were not asked.
    None,
    /// Go on.
    Yes,
    /// Come back to the form, as it was typed.
    No,
}

/// Reads what the person said.
pub fn answer(input: &Input) -> Answer {
    match input.get(ANSWER) {
        "oui" => Answer::Yes,
        "non" => Answer::No,
        _ => Answer::None,
    }
}

/// An act that is asked about before it is done.
#[derive(Debug)]
pub struct Question {
    /// The act, as a question.
    pub heading: &'static str,
    /// What is about to be done.
    pub act: String,
    /// What follows from it, one sentence each.
    pub consequences: Vec<String>,
}

/// Asks. Nothing is written: the page carries the whole form, to be sent again with the answer.
pub fn ask(app: &App, manager: &CallManager, here: &str, question: Question, input: &Input) -> Result<Response, AppError> {
    let page = ConfirmationPage {
        layout: layout(app, manager, question.heading),
        frame: Frame::of(manager, question.heading, here).lead(question.act),
        consequences: question.consequences,
        action: at(&manager.call().slug, here),
        pairs: input.pairs().iter().filter(|(name, _)| name != ANSWER).cloned().collect(),
    };
    html_with(StatusCode::OK, &page)
}
