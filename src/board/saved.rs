//! Views of the board that a reader keeps under a name, for themselves alone: columns, filters, order.

pub mod store;

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use self::store::{Kept, Outcome};
use super::asked::Asked;
use super::form::chips;
use super::web::Address;
use crate::access::BoardReader;
use crate::app::App;
use crate::call::frame::Alert;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::{NBSP, count};
use crate::kit::words::clean;
use crate::page::{Layout, html_with, see};

/// Views that a person keeps in a call.
pub const MOST: i64 = 20;
/// Letters of a name.
const LONGEST: usize = 60;

/// A view of the list.
struct RowView {
    id: i64,
    name: String,
    href: String,
    columns: &'static str,
    filters: String,
    /// What was typed in its form, and what is wrong with it.
    typed: String,
    error: String,
    operation: Uuid,
}

#[derive(Template)]
#[template(path = "board/saved.html")]
struct SavedPage {
    layout: Layout,
    over: String,
    board: String,
    action: String,
    alerts: Vec<Alert>,
    rows: Vec<RowView>,
    new: Option<NewView>,
    operation: Uuid,
}

/// The view about to be kept.
struct NewView {
    name: String,
    error: String,
    kept: String,
    columns: &'static str,
    filters: String,
    order: &'static str,
}

/// What was typed and refused: the view of that id, or the new one (zero) with its address; nothing typed yet for a view to keep.
#[derive(Default)]
struct Typed {
    id: i64,
    name: String,
    kept: Option<String>,
    error: String,
}

/// The end of an address, read as the board reads it.
fn read(address: &str) -> Asked {
    let pairs: HashMap<String, String> = serde_html_form::from_str::<Vec<(String, String)>>(address).unwrap_or_default().into_iter().collect();
    Asked { after: None, ..Asked::read(&pairs) }
}

/// "sans filtre", or the filters.
fn words(asked: &Asked, slug: &str) -> String {
    let words: Vec<String> = chips(asked, slug, None).into_iter().map(|chip| chip.words).collect();
    if words.is_empty() { "sans filtre".to_owned() } else { words.join(", ") }
}

fn row(slug: &str, kept: Kept, typed: &Typed) -> RowView {
    let asked = read(&kept.address);
    let is_typed = typed.id == kept.id && !typed.error.is_empty();
    RowView {
        id: kept.id,
        href: format!("/comite{}", asked.ordered(slug)),
        columns: asked.view.title(),
        filters: words(&asked, slug),
        typed: if is_typed { typed.name.clone() } else { kept.name.clone() },
        error: if is_typed { typed.error.clone() } else { String::new() },
        name: kept.name,
        operation: Uuid::new_v4(),
    }
}

async fn page(app: &App, reader: &BoardReader, typed: Typed, (status, alert): (StatusCode, Option<Alert>)) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let kept = store::all(&mut conn, reader).await?;
    drop(conn);
    let seat = reader.call();
    let new = typed.kept.as_deref().map(|address| {
        let asked = read(address);
        NewView {
            name: typed.name.clone(),
            error: typed.error.clone(),
            columns: asked.view.title(),
            filters: words(&asked, &seat.slug),
            order: asked.sort.words(),
            kept: asked.kept(),
        }
    });
    html_with(
        status,
        &SavedPage {
            layout: Layout::personal(app, reader.visitor(), "Vues enregistrées", "/comite"),
            over: format!("Appel {} {}", seat.title, seat.edition),
            board: format!("/comite?appel={}", seat.slug),
            action: here(&seat.slug),
            alerts: alert.into_iter().collect(),
            rows: kept.into_iter().map(|kept| row(&seat.slug, kept, &typed)).collect(),
            new,
            operation: Uuid::new_v4(),
        },
    )
}

fn here(slug: &str) -> String {
    format!("/comite/vues?appel={slug}")
}

/// The readers of the board see the views that they keep.
pub async fn show(State(app): State<App>, reader: BoardReader, query: Address) -> Result<Response, AppError> {
    let done = match query.get("fait").map(String::as_str) {
        Some("nom") => Some(Alert::done("Vue renommée", "Elle garde ses filtres et son ordre.")),
        Some("retrait") => Some(Alert::done("Vue retirée", "Les dossiers n’ont pas changé.")),
        _ => None,
    };
    page(&app, &reader, Typed { kept: query.get("adresse").cloned(), ..Typed::default() }, (StatusCode::OK, done)).await
}

/// A name as typed, or what is wrong with it.
fn name(typed: &str) -> Result<String, String> {
    match clean(typed, LONGEST) {
        Err(sentence) => Err(sentence.to_string()),
        Ok(name) if name.is_empty() => Err("Écrire le nom de la vue.".to_owned()),
        Ok(name) => Ok(name),
    }
}

/// The readers of the board keep a view under a name, rename it, or take it away: their own, and nobody else's.
pub async fn save(State(app): State<App>, reader: BoardReader, input: Input) -> Result<Response, AppError> {
    input.operation()?;
    let slug = &reader.call().slug;
    let id: i64 = input.get("vue").parse().unwrap_or(0);
    let mut tx = app.db.begin().await?;
    if input.get("act") == "retirer" {
        store::remove(&mut tx, &reader, id).await?;
        tx.commit().await?;
        return Ok(see(&format!("{}&fait=retrait", here(slug))));
    }
    let asked = read(input.get("adresse"));
    let typed = input.trimmed("nom");
    let outcome = match (name(&typed), input.get("act")) {
        (Err(error), _) => Err(error),
        (Ok(name), "renommer") => told(store::rename(&mut tx, &reader, id, &name).await?),
        (Ok(name), "enregistrer") => told(store::keep(&mut tx, &reader, &name, &asked.kept()).await?),
        _ => return Err(AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page.")),
    };
    if let Err(error) = outcome {
        drop(tx);
        let typed = if input.get("act") == "renommer" {
            Typed { id, name: typed, kept: None, error }
        } else {
            Typed { id: 0, name: typed, kept: Some(asked.kept()), error }
        };
        return page(&app, &reader, typed, (StatusCode::UNPROCESSABLE_ENTITY, None)).await;
    }
    tx.commit().await?;
    Ok(see(&if input.get("act") == "renommer" { format!("{}&fait=nom", here(slug)) } else { format!("/comite{}", asked.ordered(slug)) }))
}

fn told(outcome: Outcome) -> Result<(), String> {
    match outcome {
        Outcome::Done => Ok(()),
        Outcome::Taken => Err("Une de vos vues porte déjà ce nom.".to_owned()),
        Outcome::Full => Err(format!("{} au plus{NBSP}: retirez-en une d’abord.", count(MOST, "vue", "vues"))),
        Outcome::Gone => Err("Cette vue n’existe plus.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_the_board_reads() {
        assert_eq!(
            read("vue=avancement&risque=immobile&q=for%C3%AAt&apres=x~1&appel=autre&nimporte=quoi").kept(),
            "vue=avancement&q=for%C3%AAt&risque=immobile"
        );
        assert_eq!(read("%FF&&&=").kept(), "");
        assert!(name(" ").is_err() && name(&"a".repeat(61)).is_err());
        assert_eq!(name("  À relancer ").as_deref(), Ok("À relancer"));
    }
}
