//! Bank details (R90), unmasked: to owners and editors who write, and to who instructs, each reading of the latter being a line
//! of the dossier's journal that its team reads.

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use sqlx::PgConnection;

use super::model::spaced;
use super::store::{self, Bank};
use crate::access::{BankReader, Dossier};
use crate::advisory::{frame, layout};
use crate::app::App;
use crate::call::frame::Frame;
use crate::error::AppError;
use crate::journal;
use crate::page::{Layout, html};

#[derive(Template)]
#[template(path = "subsidy/bank.html")]
struct BankPage {
    layout: Layout,
    frame: Frame,
    bank: Bank,
    iban: String,
    back: String,
    is_team: bool,
}

/// Writes that somebody of the administration read the bank details.
pub(super) async fn note(conn: &mut PgConnection, reader: &Dossier) -> Result<(), AppError> {
    Ok(journal::record(conn, reader.project(), reader.account(), "bank_read", "", reader.now()).await?)
}

/// Those who need the bank details read them.
pub async fn show(Shared(app): Shared<App>, reader: BankReader) -> Result<Response, AppError> {
    let mut tx = app.db.begin().await?;
    let bank = store::bank(&mut tx, &reader).await?;
    if !reader.is_team() {
        note(&mut tx, &reader).await?;
    }
    tx.commit().await?;
    html(&BankPage {
        layout: layout(&app, &reader, "Coordonnées bancaires"),
        frame: frame(&reader, "Coordonnées bancaires", ""),
        iban: spaced(&bank.iban),
        bank,
        back: reader.url("/subvention"),
        is_team: reader.is_team(),
    })
}
