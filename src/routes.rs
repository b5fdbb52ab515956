//! Every address of the service, in reading order. Nothing registers a route elsewhere.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::app::App;
use crate::project::{attachments, files, overview, rows, sections};
use crate::submission::web as deposit;
use crate::{account, assets, board, call, mail, public, review};

macro_rules! routes {
    ($($path:literal => $($verb:ident $handler:path),+ ;)+) => {
        /// Every route: method and path, in order. The tests try each with each kind of person.
        pub const TABLE: &[(&str, &str)] = &[$($((stringify!($verb), $path)),+),+];

        fn table() -> Router<App> {
            Router::new()$($(.route($path, $verb($handler)))+)+
        }
    };
}

routes! {
    "/" => get public::home;
    "/sante" => get public::health;
    "/accessibilite" => get public::accessibility;
    "/donnees-personnelles" => get public::privacy;
    "/mentions-legales" => get public::legal;
    "/theme.css" => get public::theme;
    "/theme-logo" => get public::logo;
    "/s/{key}" => get assets::serve;
}

/// The service's routes.
pub fn router() -> Router<App> {
    let upload = usize::try_from(files::LARGEST).unwrap_or(usize::MAX) + 64 * 1024;
    table().layer(DefaultBodyLimit::max(upload))
}
