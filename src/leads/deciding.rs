//! Deciding of a lead: keep, set aside with a reason, promote, take back. Nothing enters the dossier otherwise.

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;

use super::decision::{self, Choice, Decision, Verdict};
use super::filters::Filters;
use super::lead::decision_view::{REASONS, Typed, told};
use super::lead::{self, Found};
use super::promotion;
use crate::access::{Dossier, KeyPart, ProjectEditor, Sending};
use crate::app::App;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::input::Input;
use crate::kit::moment;
use crate::kit::words;
use crate::page::see;
use crate::project::alerts::Alert;
use crate::project::sections::Asked;
use crate::project::units;
use crate::suspended::KeptForm;

/// Longest reason, in characters.
const REASON: usize = 500;

/// What somebody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    Keep,
    Dismiss(String),
    Promote,
    Reopen,
}

impl Wish {
    /// Reads the form.
    ///
    /// # Errors
    /// 400 when it asks for nothing known; otherwise the sentence to show beside the reason.
    fn read(input: &Input) -> Result<Result<Self, String>, AppError> {
        match input.get("verdict") {
            "garder" => Ok(Ok(Self::Keep)),
            "promouvoir" => Ok(Ok(Self::Promote)),
            "reprendre" => Ok(Ok(Self::Reopen)),
            "ecarter" => Ok(reason(input).map(Self::Dismiss)),
            _ => Err(AppError::BadRequest("Le formulaire ne dit pas ce que vous décidez. Rechargez la page et recommencez.")),
        }
    }

    const fn choice(&self) -> Choice {
        match self {
            Self::Keep => Choice::Kept,
            Self::Dismiss(_) => Choice::Dismissed,
            Self::Promote => Choice::Promoted,
            Self::Reopen => Choice::Open,
        }
    }

    /// « garder la piste ».
    const fn words(&self) -> &'static str {
        match self {
            Self::Keep => "garder la piste",
            Self::Dismiss(_) => "écarter la piste",
            Self::Promote => "la promouvoir en synergie",
            Self::Reopen => "la reprendre",
        }
    }
}

/// A usual reason, own words, or both.
fn reason(input: &Input) -> Result<String, String> {
    let usual = REASONS.iter().find(|(key, _)| *key == input.get("motif")).map(|(_, label)| *label);
    let own = input.trimmed("reason");
    let whole = match (usual, own.as_str()) {
        (None, "") => return Err("Choisir une raison, ou l’écrire\u{a0}: elle évite de reprendre la même piste au prochain atelier.".to_owned()),
        (Some(usual), "") => usual.to_owned(),
        (Some(usual), own) => format!("{usual}\u{a0}: {own}"),
        (None, own) => own.to_owned(),
    };
    words::clean(&whole, REASON).map_err(|sentence| sentence.to_string())
}

/// Whoever writes deliverable 2 decides of a lead, until the bound.
pub async fn save(
    State(app): State<App>,
    KeyPart(key): KeyPart,
    Query(asked): Asked,
    KeptForm(sending, input): KeptForm<Sending<ProjectEditor>>,
) -> Result<Response, AppError> {
    let (wish, dossier) = (Wish::read(&input)?, sending.dossier());
    let seen: i64 = input.get("seen").parse().map_err(|_| AppError::BadRequest("Le formulaire n’indique pas sa version. Rechargez la page et recommencez."))?;
    let found = read(&app, dossier, &key).await?;
    let typed = || Typed { usual: input.get("motif").to_owned(), reason: input.get("reason").to_owned(), ..Typed::default() };
    let done = match (&sending, wish) {
        (Sending::Refused(_, refusal), _) => Err(AppError::Refused(refusal.clone())),
        (_, Err(error)) => return answer(&app, dossier, &found, (StatusCode::UNPROCESSABLE_ENTITY, Typed { error, ..typed() })).await,
        (Sending::Allowed(editor), Ok(wish)) => decide(&app, editor, &found, (&wish, seen, &input)).await.map(|done| (done, wish)),
    };
    match done {
        Err(AppError::Refused(refusal)) => {
            let alerts = vec![alert("bad", "Votre décision n’est pas enregistrée", refusal.late())];
            answer(&app, dossier, &found, (StatusCode::FORBIDDEN, Typed { alerts, ..typed() })).await
        }
        Err(error) => Err(error),
        Ok((Done::Written(location), _)) => Ok(see(&location.unwrap_or_else(|| back(dossier, &found, &asked)))),
        Ok((Done::Stale, wish)) => {
            let found = read(&app, dossier, &key).await?;
            let last = found.decisions.of(&found.subject);
            if last.is_some_and(|last| is_same(last, &wish, dossier)) {
                return Ok(see(&back(dossier, &found, &asked)));
            }
            let alerts = vec![alert("warn", "Une autre décision a été prise entre-temps", stale(last, &wish, dossier))];
            answer(&app, dossier, &found, (StatusCode::CONFLICT, Typed { alerts, ..typed() })).await
        }
    }
}

async fn read(app: &App, dossier: &Dossier, key: &str) -> Result<Found, AppError> {
    let mut conn = app.db.acquire().await?;
    Found::read(app, &mut conn, dossier, key).await
}

async fn answer(app: &App, dossier: &Dossier, found: &Found, told: (StatusCode, Typed)) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    lead::draw(app, &mut conn, dossier, found, told).await
}

/// What came of it.
enum Done {
    /// Written; the address to go to, when it is not the lead's own.
    Written(Option<String>),
    /// Somebody decided in between.
    Stale,
}

async fn decide(app: &App, editor: &ProjectEditor, found: &Found, (wish, seen, input): (&Wish, i64, &Input)) -> Result<Done, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, editor.project(), operation).await?;
    if let Some(location) = locked.done.take() {
        return Ok(Done::Written(Some(location)));
    }
    let writer = locked.writer(editor, part_of("synergy"))?;
    lives_on(&mut tx, editor, found, seen).await?;
    let (verdict, location) = match wish {
        Wish::Keep => (Verdict::Keep, None),
        Wish::Dismiss(reason) => (Verdict::Dismiss(reason.clone()), None),
        Wish::Reopen => (Verdict::Reopen, None),
        Wish::Promote => {
            let (row, location) = promotion::write(&mut tx, editor, (&mut locked, &writer, operation), found).await?;
            (Verdict::Promote(row), Some(location))
        }
    };
    if !decision::decide(&mut tx, &writer, &found.subject, &verdict, seen).await? {
        return Ok(Done::Stale);
    }
    tx.commit().await?;
    Ok(Done::Written(location))
}

/// A promoted lead is decided of in its synergy, as long as that one lives.
async fn lives_on(conn: &mut PgConnection, dossier: &Dossier, found: &Found, seen: i64) -> Result<(), AppError> {
    let last = found.decisions.of(&found.subject).filter(|last| last.id == seen);
    match lead::decision_view::synergy(conn, dossier, last).await? {
        Some(became) if !became.is_removed => Err(AppError::Unprocessable(
            "Cette piste est devenue une synergie du dossier\u{a0}: retirez d’abord la synergie pour reprendre la piste.".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The same was decided already: by a second sending, or by a colleague who thought alike.
fn is_same(last: &Decision, wish: &Wish, dossier: &Dossier) -> bool {
    let is_own = last.account == dossier.account();
    last.choice == wish.choice()
        && match wish {
            Wish::Dismiss(reason) => is_own && last.reason == *reason,
            Wish::Promote => false,
            Wish::Keep | Wish::Reopen => true,
        }
}

/// "Bob a écarté cette piste : trop loin, aujourd’hui à 14 h 32. Vous vouliez garder la piste : …"
fn stale(last: Option<&Decision>, wish: &Wish, dossier: &Dossier) -> String {
    let done = last.map_or_else(String::new, |last| {
        let place = if last.account == dossier.account() { " (vous, dans une autre fenêtre)" } else { "" };
        format!("{}{place} {}, {}. ", last.author, told(last), moment::near(last.at, dossier.now()))
    });
    format!("{done}Vous vouliez {}\u{a0}: rien n’est changé. Décidez de nouveau si vous le souhaitez.", wish.words())
}

fn alert(class: &'static str, heading: &str, sentence: String) -> Alert {
    Alert { class, heading: heading.to_owned(), sentence, links: Vec::new(), is_focused: true }
}

/// The list that the form was on, or the lead's own page.
fn back(dossier: &Dossier, found: &Found, asked: &HashMap<String, String>) -> String {
    if asked.get("depuis").is_some_and(|from| from == "liste") {
        let filters = Filters::read(asked);
        return dossier.url(&format!("/pistes{}#{}", filters.query_with(&format!("fait={}", found.subject)), found.subject));
    }
    dossier.url(&format!("/pistes/{}?fait=1#decision", found.subject))
}
