//! Minutes of a meeting as a document: what each reader may read of them is decided before.

use axum::response::Response;
use time::OffsetDateTime;
use trame_pdf::Minutes;

use super::asked::Asked;
use super::order::{self, Order, Wait};
use super::press::Matter;
use crate::app::App;
use crate::error::AppError;
use crate::page::Layout;

/// Minutes ready to be typeset.
#[derive(Debug)]
pub struct Printed {
    /// What they say.
    pub minutes: Minutes,
    /// Their date.
    pub at: OffsetDateTime,
    /// Name of the file.
    pub name: String,
    /// Page to go back to meanwhile.
    pub back: String,
    /// What the address keeps: the call.
    pub query: String,
}

/// The minutes, or the page that waits for them.
///
/// # Errors
/// When the document would be incomplete.
pub async fn serve(app: &App, layout: Layout, asked: &Asked, printed: Printed) -> Result<Response, AppError> {
    let asked = asked.keeping(&printed.query);
    let heading = printed.minutes.name.clone();
    let order = Order { matter: Matter::Minutes(Box::new(printed.minutes)), at: printed.at, name: printed.name };
    order::serve(app, || Wait { layout, heading, back: ("Revenir au compte rendu", printed.back) }, &asked, &order).await
}
