//! Papers of a training as documents: its attendance sheet, somebody's certificate. Who may read them is decided before.

use axum::response::Response;
use time::OffsetDateTime;
use trame_pdf::{Certificate, Sheet};

use super::asked::Asked;
use super::order::{self, Order, Wait};
use super::press::Matter;
use crate::app::App;
use crate::error::AppError;
use crate::page::Layout;

/// A paper of a training.
#[derive(Debug)]
pub enum Paper {
    /// Room to sign, day by day.
    Sheet(Sheet),
    /// What somebody attended.
    Certificate(Certificate),
}

/// A paper ready to be typeset.
#[derive(Debug)]
pub struct Printed {
    /// What it says.
    pub paper: Paper,
    /// Its date.
    pub at: OffsetDateTime,
    /// Name of the file.
    pub name: String,
    /// Page to go back to meanwhile.
    pub back: String,
    /// What the address keeps: the call.
    pub query: String,
}

/// The paper, or the page that waits for it.
///
/// # Errors
/// When the document would be incomplete.
pub async fn serve(app: &App, layout: Layout, asked: &Asked, printed: Printed) -> Result<Response, AppError> {
    let asked = asked.keeping(&printed.query);
    let (heading, matter) = match printed.paper {
        Paper::Sheet(sheet) => (sheet.name.clone(), Matter::Sheet(Box::new(sheet))),
        Paper::Certificate(certificate) => (certificate.name.clone(), Matter::Certificate(Box::new(certificate))),
    };
    let order = Order { matter, at: printed.at, name: printed.name };
    order::serve(app, || Wait { layout, heading, back: ("Revenir à la formation", printed.back) }, &asked, &order).await
}
