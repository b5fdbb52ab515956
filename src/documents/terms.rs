//! The terms of reference of an AMO as a document: what each reader may read of them is decided before.

use axum::response::Response;
use time::OffsetDateTime;
use trame_pdf::Terms;

use super::asked::Asked;
use super::order::{self, Order, Wait};
use super::press::Matter;
use crate::app::App;
use crate::error::AppError;
use crate::page::Layout;

/// Terms of reference ready to be typeset.
#[derive(Debug)]
pub struct Printed {
    /// What they say.
    pub terms: Terms,
    /// Their date.
    pub at: OffsetDateTime,
    /// Name of the file.
    pub name: String,
    /// Page to go back to meanwhile.
    pub back: String,
}

/// The document, or the page that waits for it.
///
/// # Errors
/// When the document would be incomplete.
pub async fn serve(app: &App, layout: Layout, asked: &Asked, printed: Printed) -> Result<Response, AppError> {
    let heading = printed.terms.name.clone();
    let order = Order { matter: Matter::Terms(Box::new(printed.terms)), at: printed.at, name: printed.name };
    order::serve(app, || Wait { layout, heading, back: ("Revenir au cahier des charges", printed.back) }, asked, &order).await
}
