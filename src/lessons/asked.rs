//! The lessons of a call, for its managers: those that wait to be read, then those that are published.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::store::{self, Listed};
use crate::access::CallManager;
use crate::app::App;
use crate::call::frame::{Alert, Asked, Frame, layout};
use crate::error::AppError;
use crate::kit::moment;
use crate::page::{Layout, html};

struct Line {
    title: String,
    label: String,
    href: String,
    waits: String,
    published: String,
}

#[derive(Template)]
#[template(path = "lessons/asked.html")]
struct AskedPage {
    layout: Layout,
    frame: Frame,
    lines: Vec<Line>,
}

/// The managers of a call see the lessons given to them.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let listed = store::of_call(&mut conn, &manager).await?;
    drop(conn);
    let done = asked.0.contains_key("fait").then(|| Alert::done("Décision enregistrée", "L’équipe du dossier est prévenue par courriel."));
    let line = |listed: Listed| Line {
        title: listed.title,
        label: listed.label,
        href: format!("/dossiers/{}/fiche", listed.project),
        waits: listed.proposed_at.map(|at| format!("depuis le {}", moment::date(at))).unwrap_or_default(),
        published: listed.published_at.map(moment::date).unwrap_or_default(),
    };
    html(&AskedPage {
        layout: layout(&app, &manager, "Fiches retour d’expérience"),
        frame: Frame::of(&manager, "Fiches retour d’expérience", "/appel/fiches")
            .lead("Ce que les territoires ont appris, pour d’autres. Chaque fiche est lue ici avant d’être publique.")
            .alert(done),
        lines: listed.into_iter().map(line).collect(),
    })
}
