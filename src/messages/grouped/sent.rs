//! What became of a grouped message, person by person.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::HERE;
use super::store::{self, Row};
use crate::access::{CallManager, NumberPart};
use crate::app::App;
use crate::call::frame::{Frame, at, layout};
use crate::error::AppError;
use crate::kit::french::count;
use crate::kit::ids::ProjectId;
use crate::kit::moment;
use crate::messages::write::message_path;
use crate::page::{Layout, Tag, filters, html};

struct RowView {
    title: String,
    href: String,
    name: String,
    tag: Tag,
    why: String,
    read: String,
}

#[derive(Template)]
#[template(path = "messages/sent.html")]
struct SentPage {
    layout: Layout,
    frame: Frame,
    text: String,
    rows: Vec<RowView>,
    tally: String,
    back: String,
}

/// The managers of a call see what became of a grouped message, person by person.
pub async fn show(State(app): State<App>, manager: CallManager, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let (text, by, when) = store::text(&mut conn, &manager, number).await?.ok_or(AppError::NotFound)?;
    let rows = store::recipients(&mut conn, &manager, number).await?;
    drop(conn);
    let of = |state: &str| rows.iter().filter(|row| row.state == state).count();
    let tally = format!(
        "{} : {}, {}, {}.",
        count(rows.len(), "destinataire", "destinataires"),
        count(of("sent"), "courriel parti", "courriels partis"),
        count(of("waiting") + of("held"), "en attente", "en attente"),
        count(of("bounced") + of("failed"), "refusé ou en échec", "refusés ou en échec"),
    )
    .replace(" :", "\u{a0}:");
    html(&SentPage {
        layout: layout(&app, &manager, "Message groupé envoyé"),
        frame: Frame::of(&manager, "Message groupé", "/appel/messages").lead(format!("Envoyé par {by}, {}.", moment::near(when, manager.now()))),
        text,
        rows: rows.into_iter().map(|held| row(held, manager.now())).collect(),
        tally,
        back: at(&manager.call().slug, HERE),
    })
}

fn row(row: Row, now: time::OffsetDateTime) -> RowView {
    let tag = match row.state.as_str() {
        "sent" => Tag { class: "done", word: "Courriel parti" },
        "gathered" => Tag { class: "done", word: "Dans un résumé" },
        "held" => Tag { class: "todo", word: "Attend le résumé" },
        "bounced" => Tag { class: "bad", word: "Courriel refusé" },
        "failed" => Tag { class: "bad", word: "Courriel en échec" },
        "dropped" => Tag { class: "off", word: "Plus destinataire" },
        "waiting" => Tag { class: "todo", word: "Courriel en attente" },
        _ => Tag { class: "off", word: "Avis seul, sans courriel" },
    };
    RowView {
        href: message_path(ProjectId(row.project), row.message),
        title: row.title,
        name: row.name,
        tag,
        why: row.why,
        read: row.read_at.map(|at| moment::near(at, now)).unwrap_or_default(),
    }
}
