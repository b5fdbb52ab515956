//! The page of the network: those who appear, found by words and territory; and one's own card.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::store::{self, Actor, Card};
use crate::access::NetworkReader;
use crate::access::policy::training as policy;
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Asked, at};
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::french::count;
use crate::page::{Layout, html_with, see};

/// Address of the page.
pub const HERE: &str = "/reseau";

/// Longest words that are searched.
const LONGEST: usize = 80;

#[derive(Template)]
#[template(path = "network/network.html")]
struct NetworkPage {
    layout: Layout,
    over: String,
    alerts: Vec<Alert>,
    slug: String,
    here: String,
    trainings: String,
    words: String,
    territory: String,
    territories: Vec<String>,
    actors: Vec<Actor>,
    counted: String,
    is_filtered: bool,
    /// One's own card; nothing for the staff of the call, who read and do not appear.
    form: Option<FormView>,
    is_shown: bool,
    operation: Uuid,
}

fn card(sheet: &mut Sheet<'_>, held: &Card) -> Card {
    let shown = "Vide\u{a0}: non montré.";
    Card {
        organisation: sheet.read(Spec::new("organisation", "Organisation").hint(shown).range(0, 160).optional().personal(), &held.organisation),
        territory: sheet.read(Spec::new("territory", "Territoire").hint(shown).range(0, 160).optional().personal(), &held.territory),
        phone: sheet.read(Spec::new("phone", "Téléphone").hint(shown).range(0, 40).optional().personal(), &held.phone),
        sentence: sheet.read(
            Spec::new("sentence", "Une phrase").hint("Ce que vous cherchez ou pouvez apporter. 300 caractères au plus.").range(0, 300).optional().personal(),
            &held.sentence,
        ),
        shows_email: sheet.read(Spec::new("shows_email", "Montrer l’adresse électronique de mon compte").personal(), &held.shows_email),
    }
}

/// Words of a query, cut and without what a search cannot hold.
fn words(asked: &Asked, name: &str) -> String {
    let text: String = asked.0.get(name).map(|text| text.chars().filter(|c| !c.is_control()).take(LONGEST * 2).collect()).unwrap_or_default();
    text.trim().to_owned()
}

async fn page(
    app: &App,
    conn: &mut PgConnection,
    reader: &NetworkReader,
    asked: &Asked,
    (status, alert, sheet): (StatusCode, Option<Alert>, Option<(Sheet<'_>, i32)>),
) -> Result<Response, AppError> {
    let call = reader.call();
    let (words, territory) = (words(asked, "q"), words(asked, "territoire"));
    let actors = store::actors(conn, call.id, (&words, &territory), reader.now()).await?;
    let territories = store::territories(conn, call.id, reader.now()).await?;
    let (held, version) = store::own(conn, call.id, reader.account(), reader.now()).await?;
    let (sheet, seen) = sheet.unwrap_or_else(|| {
        let mut sheet = Sheet::of(None);
        card(&mut sheet, &held);
        (sheet, version)
    });
    let is_shown = version > 0;
    let button = if is_shown { "Enregistrer ma fiche" } else { "Paraître dans le réseau" };
    let form = FormView::of(sheet, ("fiche", "Votre fiche", button), at(&call.slug, HERE), seen).intro(if is_shown {
        "Votre nom et ce qui est rempli ci-dessous se lisent sur cette page."
    } else {
        "Vous n’y paraissez pas. Rien n’en est montré tant que vous ne le décidez pas\u{202f}; ce que vous laissez vide n’est pas montré."
    });
    let form = policy::appear(reader.ties()).is_ok().then_some(form);
    let forms = form.as_slice();
    let alerts = alert.into_iter().chain(Alert::errors(forms)).chain(Alert::conflict(forms)).collect();
    html_with(
        status,
        &NetworkPage {
            layout: Layout {
                run: (format!("Appel {} {}", call.title, call.edition), String::new()),
                ..Layout::personal(app, reader.visitor(), "Réseau des acteurs", HERE)
            },
            over: format!("Appel {} {}", call.title, call.edition),
            alerts,
            slug: call.slug.clone(),
            here: at(&call.slug, HERE),
            trainings: if policy::follow(reader.ties()).is_ok() { at(&call.slug, "/formations") } else { String::new() },
            is_filtered: !words.is_empty() || !territory.is_empty(),
            words,
            territory,
            territories,
            counted: count(actors.len(), "personne", "personnes"),
            actors,
            form,
            is_shown,
            operation: Uuid::new_v4(),
        },
    )
}

/// The people of the carriers and the staff of a call read who chose to appear in its network.
pub async fn show(State(app): State<App>, reader: NetworkReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let done = asked.0.get("fait").map(|what| match what.as_str() {
        "retrait" => Alert::done("Vous ne paraissez plus", "Votre fiche est effacée. Vous pouvez en écrire une autre quand vous voulez."),
        _ => Alert::done("Enregistré", "Votre fiche se lit telle quelle dans le réseau."),
    });
    page(&app, &mut conn, &reader, &asked, (StatusCode::OK, done, None)).await
}

/// The people of the carriers appear in the network, change their card, or leave at once.
pub async fn save(State(app): State<App>, reader: NetworkReader, asked: Asked, input: Input) -> Result<Response, AppError> {
    input.operation()?;
    let seen = input.version()?;
    policy::appear(reader.ties())?;
    let call = reader.call();
    let mut tx = app.db.begin().await?;
    let act = match input.get("act") {
        "retirer" => {
            store::leave(&mut tx, &reader).await?;
            "retrait"
        }
        "fiche" => {
            let (held, version) = store::own(&mut tx, call.id, reader.account(), reader.now()).await?;
            let mut sheet = Sheet::of(Some(&input));
            let new = card(&mut sheet, &held);
            if let Some(status) = sheet.verdict(seen == version) {
                let next = if status == StatusCode::CONFLICT { version } else { seen };
                return page(&app, &mut tx, &reader, &asked, (status, None, Some((sheet, next)))).await;
            }
            if !sheet.changes.is_empty() || version == 0 {
                store::appear(&mut tx, &reader, version, &new).await?;
            }
            "fiche"
        }
        _ => return Err(AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page.")),
    };
    let subject = if act == "retrait" { "left" } else { "appeared" };
    journal::record_call(&mut tx, call.id, reader.account(), "network", subject, reader.now()).await?;
    tx.commit().await?;
    Ok(see(&at(&call.slug, &format!("{HERE}?fait={act}"))))
}
