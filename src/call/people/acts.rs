//! Acts on the people of a call: what each writes under the call's lock, and how it ends.

use axum::http::StatusCode;
use sqlx::PgConnection;

use super::forms::{Part, seat_rows, target};
use super::{HERE, Held, departure, is_last};
use crate::access::CallManager;
use crate::account::{CallRole, invite};
use crate::app::App;
use crate::call::confirmation::{Answer, Question, answer};
use crate::call::expertise;
use crate::call::form::Sheet;
use crate::call::frame::at;
use crate::call::store::people as store;
use crate::call::store::rows;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::ids::{AccountId, SeatId};

/// How an act on the people of a call ended.
pub(super) enum End<'a> {
    /// Done: what the journal calls it, and on what.
    Done(&'static str, String),
    /// Done, and already in the journal.
    Written,
    /// Nothing to write.
    Nothing,
    /// Refused, with a sentence.
    Refused(&'static str),
    /// To be confirmed first.
    Asked(Question),
    /// The form comes back, with the version that it goes on from and a status of its own.
    Again(Part, Sheet<'a>, i32, StatusCode),
}

/// Does what the form asks.
pub(super) async fn write<'a>(app: &App, conn: &mut PgConnection, manager: &CallManager, held: &Held, input: &'a Input) -> Result<End<'a>, AppError> {
    match input.get("act") {
        "inviter" => {
            let mut sheet = Sheet::of(Some(input));
            let Some((target, email)) = target(&mut sheet, manager, held) else {
                return Ok(End::Again(Part::Invitation, sheet, input.version()?, StatusCode::UNPROCESSABLE_ENTITY));
            };
            invite(conn, app, target, &email, Some(manager.account()), manager.now()).await?;
            Ok(End::Written)
        }
        "sieges" => {
            let (mut sheet, seen) = (Sheet::of(Some(input)), input.version()?);
            let seats = seat_rows(&mut sheet, &held.seats);
            if let Some(status) = sheet.verdict(seen == held.version) {
                let next = if status == StatusCode::CONFLICT { held.version } else { seen };
                return Ok(End::Again(Part::Seats, sheet, next, status));
            }
            rows::save_seats(conn, manager, &seats).await?;
            Ok(if sheet.changes.is_empty() { End::Nothing } else { End::Done("seats_changed", sheet.notes()) })
        }
        _ => on_person(conn, manager, held, input).await,
    }
}

/// Where an act leads.
pub(super) fn location(manager: &CallManager, input: &Input) -> String {
    let (act, role) = (input.get("act"), CallRole::parse(input.get("role")).filter(|_| input.get("act") == "retirer"));
    let is_own = input.get("account") == manager.account().to_string();
    match role {
        // Whoever leaves the managers no longer opens this page.
        Some(CallRole::Manager) if is_own => "/".to_owned(),
        Some(role) => at(&manager.call().slug, &format!("{HERE}?fait={act}&role={}", role.as_str())),
        None => at(&manager.call().slug, &format!("{HERE}?fait={act}")),
    }
}

/// Acts on somebody of the page: a role or an invitation taken back, another seat.
async fn on_person(conn: &mut PgConnection, manager: &CallManager, held: &Held, input: &Input) -> Result<End<'static>, AppError> {
    let unknown = || AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page.");
    match input.get("act") {
        "annuler" => {
            let invitation: i64 = input.get("invitation").parse().map_err(|_| unknown())?;
            let is_done = store::withdraw(conn, manager, invitation).await?;
            Ok(if is_done { End::Done("invitation_withdrawn", invitation.to_string()) } else { End::Nothing })
        }
        "retirer" => {
            let account: AccountId = input.get("account").parse().map_err(|_| unknown())?;
            let role = CallRole::parse(input.get("role")).ok_or_else(unknown)?;
            if role == CallRole::Manager && is_last(&held.managers, account.get()) {
                return Ok(End::Refused("Un appel garde au moins un gestionnaire. Inviter une autre personne d’abord."));
            }
            if answer(input) != Answer::Yes
                && let Some(question) = departure::question(conn, manager, held, (account, role)).await?
            {
                return Ok(End::Asked(question));
            }
            let is_done = store::remove(conn, manager, account, role.as_str()).await?;
            Ok(if is_done { End::Done("role_removed", format!("{} {account}", role.as_str())) } else { End::Nothing })
        }
        "domaines" => {
            let account: AccountId = input.get("account").parse().map_err(|_| unknown())?;
            let is_done = store::save_expertise(conn, manager.call().id, account, &expertise::ticked(input)).await?;
            Ok(if is_done { End::Done("expertise_changed", format!("account {account}")) } else { End::Nothing })
        }
        "siege" => {
            let account: AccountId = input.get("account").parse().map_err(|_| unknown())?;
            let seat = input.get("seat").parse::<SeatId>().ok().filter(|seat| seat.get() != 0);
            let is_done = store::change_seat(conn, manager, account, seat).await?;
            let subject = format!("account {account} seat {}", seat.map(|seat| seat.to_string()).unwrap_or_default());
            Ok(if is_done { End::Done("seat_changed", subject) } else { End::Nothing })
        }
        _ => Err(unknown()),
    }
}
