//! Pages for everybody: the home page, the legal pages, the deployment's own colours, and the answer to a probe.

mod guides;
pub mod help;
mod home;
mod theme;
mod todo;

pub use home::home;
pub use theme::{logo, theme};

use askama::Template;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use crate::access::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::page::{Layout, html};

/// A probe: 200 when the database answers.
pub async fn health(State(app): State<App>) -> Result<Response, AppError> {
    sqlx::query_scalar!(r#"select 1 as "one!""#).fetch_one(&app.db).await?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], "bien\n").into_response())
}

/// Whom to write to.
struct Contact {
    body: String,
    person: String,
    email: String,
    phone: String,
}

/// What the legal pages say of this deployment.
struct About {
    contacts: Vec<Contact>,
    address: String,
    version: &'static str,
}

/// This deployment, with the contacts of the call with the nearest bound; none when no call is published.
async fn about(app: &App) -> sqlx::Result<About> {
    let contacts = sqlx::query_as!(
        Contact,
        "select body, person, email, phone from contact
         where call_id = (select id from call where not is_template order by deposit_bound <= $1, case when deposit_bound > $1 then deposit_bound end, deposit_bound desc limit 1)
         order by position",
        app.now()
    )
    .fetch_all(&app.db)
    .await?;
    Ok(About { contacts, address: app.config.base_url.clone(), version: env!("CARGO_PKG_VERSION") })
}

macro_rules! legal_pages {
    ($($(#[$doc:meta])* $handler:ident = $name:ident($path:literal, $title:literal);)+) => {$(
        #[derive(Template)]
        #[template(path = $path)]
        struct $name {
            layout: Layout,
            about: About,
        }

        $(#[$doc])*
        pub async fn $handler(State(app): State<App>, visitor: Option<Visitor>) -> Result<Response, AppError> {
            let layout = Layout::open(&app, visitor.as_ref(), $title);
            html(&$name { layout, about: about(&app).await? })
        }
    )+};
}

legal_pages! {
    /// Anybody reads how accessible the service is, and whom to tell.
    accessibility = AccessibilityPage("public/accessibility.html", "Accessibilité");
    /// Anybody reads what is kept of people, why, and their rights.
    privacy = PrivacyPage("public/privacy.html", "Données personnelles");
    /// Anybody reads who answers for the service.
    legal = LegalPage("public/legal.html", "Mentions légales");
}
