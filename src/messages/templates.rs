//! Templates of a call: wordings that its managers write once, with fields filled for each dossier.

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::fields::{FIELDS, unknown};
use super::write::LONGEST;
use crate::access::CallManager;
use crate::app::App;
use crate::call::frame::{Alert, Frame, at, layout};
use crate::call::store as calls;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::ids::CallId;
use crate::kit::words::clean;
use crate::page::{Layout, html_with, see};

const HERE: &str = "/appel/messages/modeles";

/// Templates of a call at most.
const MOST: usize = 40;

/// A template.
#[derive(Debug, Clone)]
pub struct Template {
    /// Id.
    pub id: i64,
    /// Name, for who chooses it.
    pub name: String,
    /// Text, with its fields.
    pub text: String,
    /// Version.
    pub version: i32,
}

/// Templates of a call in use.
pub async fn of_call(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Template>> {
    sqlx::query_as!(
        Template,
        r#"select id, name, text, version from message_template where call_id = $1 and retired_at is null order by name collate "fr-x-icu", id"#,
        call.get()
    )
    .fetch_all(conn)
    .await
}

/// A template of that call in use.
pub async fn one(conn: &mut PgConnection, call: CallId, id: i64) -> sqlx::Result<Option<Template>> {
    sqlx::query_as!(Template, "select id, name, text, version from message_template where id = $2 and call_id = $1 and retired_at is null", call.get(), id)
        .fetch_optional(conn)
        .await
}

#[derive(askama::Template)]
#[template(path = "messages/templates.html")]
struct TemplatesPage {
    layout: Layout,
    frame: Frame,
    action: String,
    back: String,
    templates: Vec<Template>,
    fields: [(&'static str, &'static str); 5],
    typed: Typed,
    operation: Uuid,
}

/// What was typed and refused: of which template (zero for a new one), and why.
#[derive(Debug, Default)]
struct Typed {
    id: i64,
    name: String,
    text: String,
    name_error: String,
    text_error: String,
}

impl Typed {
    fn is_refused(&self) -> bool {
        !self.name_error.is_empty() || !self.text_error.is_empty()
    }
}

async fn page(app: &App, manager: &CallManager, typed: Typed, (status, done): (StatusCode, Option<Alert>)) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let templates = of_call(&mut conn, manager.call().id).await?;
    let slug = &manager.call().slug;
    html_with(
        status,
        &TemplatesPage {
            layout: layout(app, manager, "Modèles de message"),
            frame: Frame::of(manager, "Modèles de message", "/appel/messages")
                .lead("Des textes écrits une fois. Choisi dans l’échange d’un dossier, un modèle s’y remplit, puis se relit et se change avant l’envoi.")
                .alert(done),
            action: at(slug, HERE),
            back: at(slug, "/appel/messages"),
            templates,
            fields: FIELDS,
            typed,
            operation: Uuid::new_v4(),
        },
    )
}

/// The managers of a call see its templates.
pub async fn show(State(app): State<App>, manager: CallManager, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let done = asked
        .contains_key("fait")
        .then(|| Alert::done("Modèles enregistrés", "Ils se choisissent dans chaque échange avec l’administration, et dans un message groupé."));
    page(&app, &manager, Typed::default(), (StatusCode::OK, done)).await
}

/// The managers of a call write a template, change one, or retire it.
pub async fn save(State(app): State<App>, manager: CallManager, input: Input) -> Result<Response, AppError> {
    let (operation, version) = (input.operation()?, input.version()?);
    let location = at(&manager.call().slug, &format!("{HERE}?fait=1"));
    let mut tx = app.db.begin().await?;
    let locked = calls::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let id: i64 = input.get("modele").parse().unwrap_or(0);
    if input.get("act") == "retirer" {
        retire(&mut tx, &manager, id).await?;
    } else {
        let known = of_call(&mut tx, manager.call().id).await?;
        let typed = typed(&input, id, &known);
        if typed.is_refused() {
            drop(tx);
            return page(&app, &manager, typed, (StatusCode::UNPROCESSABLE_ENTITY, None)).await;
        }
        if !keep(&mut tx, &manager, (id, version), (&typed.name, &typed.text)).await? {
            drop(tx);
            let typed =
                Typed { text_error: "Ce modèle a changé pendant votre saisie. Le vôtre est ici\u{a0}: relisez, puis enregistrez.".to_owned(), ..typed };
            return page(&app, &manager, typed, (StatusCode::CONFLICT, None)).await;
        }
    }
    let act = calls::Act { operation, location: &location, act: "message_template_changed", subject: &id.to_string() };
    calls::remember(&mut tx, &manager, &act).await?;
    tx.commit().await?;
    Ok(see(&location))
}

fn typed(input: &Input, id: i64, known: &[Template]) -> Typed {
    let name = input.trimmed("nom");
    let is_taken = known.iter().any(|held| held.id != id && held.name.to_lowercase() == name.to_lowercase());
    let name_error = match clean(&name, 80) {
        Err(sentence) => sentence.to_string(),
        Ok(name) if name.is_empty() => "Écrire le nom du modèle.".to_owned(),
        Ok(_) if is_taken => "Un modèle porte déjà ce nom.".to_owned(),
        Ok(_) if id == 0 && known.len() >= MOST => "Quarante modèles au plus\u{a0}: retirez-en un d’abord.".to_owned(),
        Ok(_) => String::new(),
    };
    let (text, text_error) = match clean(input.get("texte"), LONGEST) {
        Err(sentence) => (input.get("texte").to_owned(), sentence.to_string()),
        Ok(text) if text.is_empty() => (text, "Écrire le texte du modèle.".to_owned()),
        Ok(text) => {
            let wrong = unknown(&text).unwrap_or_default();
            (text, wrong)
        }
    };
    Typed { id, name, text, name_error, text_error }
}

/// Writes a template (zero), or words one again; false when it changed meanwhile.
async fn keep(conn: &mut PgConnection, manager: &CallManager, (id, version): (i64, i32), (name, text): (&str, &str)) -> sqlx::Result<bool> {
    let call = manager.call().id.get();
    let done = if id == 0 {
        sqlx::query!("insert into message_template (call_id, name, text) values ($1, $2, $3)", call, name, text).execute(conn).await?
    } else {
        sqlx::query!(
            "update message_template set name = $4, text = $5, version = version + 1 where id = $2 and call_id = $1 and version = $3 and retired_at is null",
            call,
            id,
            version,
            name,
            text
        )
        .execute(conn)
        .await?
    };
    Ok(done.rows_affected() == 1)
}

async fn retire(conn: &mut PgConnection, manager: &CallManager, id: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "update message_template set retired_at = $3, version = version + 1 where id = $2 and call_id = $1 and retired_at is null",
        manager.call().id.get(),
        id,
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}
