//! The sign-in page, and signing out.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::calendar::Dates;
use super::guest::Guest;
use super::session::{close_session, open_session, prove_password};
use crate::access::{Arrival, Visitor};
use crate::app::App;
use crate::demo;
use crate::error::AppError;
use crate::input::Input;
use crate::page::{Layout, html, html_with, see};

#[derive(Template)]
#[template(path = "account/sign_in.html")]
struct SignInPage {
    layout: Layout,
    dates: Arc<Dates>,
    email: String,
    next: String,
    is_refused: bool,
    is_renewed: bool,
    accounts: &'static [(&'static str, &'static str)],
    password: &'static str,
}

impl SignInPage {
    async fn new(app: &App, arrival: Arrival, next: &str) -> Result<Self, AppError> {
        let is_demo = app.config.is_demo;
        Ok(Self {
            layout: Layout::public(app, "Se connecter"),
            dates: app.calendar.dates(app, arrival.0).await?,
            email: String::new(),
            next: safe_next(next).to_owned(),
            is_refused: false,
            is_renewed: false,
            accounts: if is_demo { demo::ACCOUNTS } else { &[] },
            password: if is_demo { demo::PASSWORD } else { "" },
        })
    }
}

/// What the address of the page says.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    next: String,
    nouveau: Option<String>,
}

/// Anybody; who is signed in goes on to where they were going.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, arrival: Arrival, Query(asked): Query<Asked>) -> Result<Response, AppError> {
    if visitor.is_some() {
        return Ok(see(safe_next(&asked.next)));
    }
    let page = SignInPage { is_renewed: asked.nouveau.is_some(), ..SignInPage::new(&app, arrival, &asked.next).await? };
    html(&page)
}

/// Anybody who proves an address and its password gets a session, in the place of the one that the browser had.
pub async fn save(State(app): State<App>, guest: Guest, arrival: Arrival, input: Input) -> Result<Response, AppError> {
    let Some(proven) = prove_password(&app, &guest, input.get("email"), input.get("password"), arrival.0).await? else {
        let page = SignInPage { email: input.trimmed("email"), is_refused: true, ..SignInPage::new(&app, arrival, input.get("next")).await? };
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let mut tx = app.db.begin().await?;
    let cookie = open_session(&mut tx, &app, &proven, &guest, arrival.0).await?;
    tx.commit().await?;
    Ok((cookie, see(safe_next(input.get("next")))).into_response())
}

/// Anybody: ends the session of this browser, if any. What the browser keeps of unsent texts is the script's to clear.
pub async fn sign_out(State(app): State<App>, guest: Guest, arrival: Arrival) -> Result<Response, AppError> {
    let mut tx = app.db.begin().await?;
    let cookie = close_session(&mut tx, &app, &guest, arrival.0).await?;
    tx.commit().await?;
    let clear = [(HeaderName::from_static("clear-site-data"), "\"cache\"")];
    Ok((cookie, clear, see("/connexion")).into_response())
}

/// Where to go after signing in: a path of ours, else the home page. No other host can be written so (trust rule 12).
pub fn safe_next(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\");
    let is_plain = next.len() <= 2000 && next.bytes().all(|byte| byte.is_ascii_graphic());
    let is_loop = next.starts_with("/connexion") || next.starts_with("/deconnexion");
    if is_path && is_plain && !is_loop { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn one_only_goes_back_to_a_path_of_ours() {
        for path in ["/", "/dossiers/4/organisation?theme=portage&reprise=ab#q3", "/%2F%2Fexample.org", "/dossiers/4//x"] {
            assert_eq!(safe_next(path), path);
        }
        let long = format!("/{}", "a".repeat(2000));
        for refused in [
            "",
            "dossiers",
            "https://example.org/",
            "//example.org",
            "/\\example.org",
            "\\\\example.org",
            "javascript:alert(1)",
            " /dossiers",
            "/dossiers\r\nset-cookie: a=b",
            "/\t/example.org",
            "/\0",
            "/dossiers/é",
            "/connexion?next=/connexion",
            "/deconnexion",
            &long,
        ] {
            assert_eq!(safe_next(refused), "/", "{refused:?}");
        }
    }
}
