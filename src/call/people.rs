//! People of the call: managers, reviewers, committee members with their seats; who is invited; the seats themselves.

mod acts;
mod departure;
mod forms;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use self::acts::End;
use self::forms::{Part, forms, kept};
use super::confirmation::{Answer, answer, ask};
use super::expertise;
use super::form::{FormView, Sheet};
use super::frame::{Alert, Asked, Frame, at, layout};
use super::store::people::{self as store, Pending, Role};
use super::store::rows::{self, Seat};
use super::store::{self as calls, Act};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::kit::moment;
use crate::page::{Layout, html_with, see};
use crate::suspended::{self, KeptForm};

const HERE: &str = "/appel/personnes";

const ROLES: [(&str, &str); 3] = [("reviewer", "évaluateur"), ("committee", "membre du comité technique"), ("manager", "gestionnaire de l’appel")];

#[derive(Template)]
#[template(path = "call/people.html")]
struct PeoplePage {
    layout: Layout,
    frame: Frame,
    parts: Vec<PartView>,
    pending: Vec<PendingView>,
    seats: Vec<Choice>,
    forms: Vec<FormView>,
    action: String,
    version: i32,
}

/// Everybody who holds a role.
struct PartView {
    id: &'static str,
    title: &'static str,
    is_committee: bool,
    is_reviewers: bool,
    people: Vec<PersonView>,
}

struct PersonView {
    account: i64,
    role: String,
    name: String,
    email: String,
    organisation: String,
    seat: i64,
    is_disabled: bool,
    may_leave: bool,
    /// "Énergie, Eaux".
    known: String,
    domains: Vec<(&'static str, &'static str, bool)>,
    operation: Uuid,
}

struct PendingView {
    id: i64,
    email: String,
    role: &'static str,
    seat: String,
    until: String,
    operation: Uuid,
}

/// A seat to choose.
struct Choice {
    id: i64,
    label: String,
}

struct Held {
    version: i32,
    roles: Vec<Role>,
    pending: Vec<Pending>,
    seats: Vec<Seat>,
    managers: Vec<i64>,
}

async fn held(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Held> {
    let call = manager.call().id;
    Ok(Held {
        version: calls::settings::calendar(conn, call).await?.version,
        roles: store::roles(conn, call).await?,
        pending: store::pending(conn, call, manager.now()).await?,
        seats: rows::seats(conn, call).await?,
        managers: store::active_managers(conn, call).await?,
    })
}

fn role_name(role: &str) -> &'static str {
    ROLES.iter().find(|(key, _)| *key == role).map_or("", |(_, label)| label)
}

fn draw(
    app: &App,
    manager: &CallManager,
    held: &Held,
    posted: Option<(Part, Sheet<'_>, i32)>,
    (status, alert): (StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    let action = at(&manager.call().slug, HERE);
    let forms = forms(held, &action, posted);
    let frame = Frame::of(manager, "Personnes de l’appel", HERE)
        .lead("Une personne peut tenir plusieurs rôles. Les gestionnaires ont tous les mêmes droits.")
        .alert(alert)
        .alert(Alert::unsaved(&forms))
        .alert(Alert::errors(&forms))
        .alert(Alert::conflict(&forms));
    let parts = [("gestionnaires", "Gestionnaires", "manager"), ("evaluateurs", "Évaluateurs", "reviewer"), ("comite", "Comité technique", "committee")];
    let parts = parts
        .into_iter()
        .map(|(id, title, role)| PartView { id, title, is_committee: role == "committee", is_reviewers: role == "reviewer", people: people(held, role) })
        .collect();
    let seat_label = |seat: Option<i64>| held.seats.iter().find(|held| Some(held.id) == seat).map(|seat| seat.label.clone()).unwrap_or_default();
    let pending = held.pending.iter().map(|pending| PendingView {
        id: pending.id,
        email: pending.email.clone(),
        role: role_name(&pending.role),
        seat: seat_label(pending.seat),
        until: moment::date(pending.expires_at),
        operation: Uuid::new_v4(),
    });
    let page = PeoplePage {
        layout: layout(app, manager, "Personnes"),
        frame,
        parts,
        pending: pending.collect(),
        seats: held.seats.iter().map(|seat| Choice { id: seat.id, label: seat.label.clone() }).collect(),
        forms,
        action,
        version: held.version,
    };
    html_with(status, &page)
}

fn people(held: &Held, role: &str) -> Vec<PersonView> {
    let of_role = held.roles.iter().filter(|person| person.role == role);
    let view = |person: &Role| PersonView {
        account: person.account,
        role: person.role.clone(),
        name: person.name.clone(),
        email: person.email.clone(),
        organisation: person.organisation.clone(),
        seat: person.seat.unwrap_or(0),
        is_disabled: person.is_disabled,
        may_leave: role != "manager" || !is_last(&held.managers, person.account),
        known: expertise::named(&person.expertise),
        domains: expertise::boxes(&person.expertise),
        operation: Uuid::new_v4(),
    };
    of_role.map(view).collect()
}

/// Is it the only manager left whose account opens?
fn is_last(managers: &[i64], account: i64) -> bool {
    managers.iter().all(|held| *held == account)
}

/// The managers of a call see its people.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = held(&mut conn, &manager).await?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    drop(conn);
    let done = asked.0.get("fait").map(|what| match what.as_str() {
        "inviter" => Alert::done("Invitation envoyée", "Elle attend la réponse de la personne, ci-dessous."),
        "domaines" => Alert::done("Domaines enregistrés", "La prochaine proposition d’affectation en tient compte\u{202f}; rien de déjà affecté ne change."),
        "annuler" => Alert::done("Invitation annulée", "Son lien ne s’ouvre plus."),
        "retirer" if asked.0.get("role").is_some_and(|role| role == "reviewer") => {
            Alert::done("Rôle retiré", "Les évaluations que cette personne n’avait pas commencées sont de nouveau à affecter.")
        }
        "retirer" => Alert::done("Rôle retiré", "Cette personne n’a plus ce rôle dans l’appel."),
        _ => Alert::done("Enregistré", "Les rôles et les sièges sont à jour."),
    });
    draw(&app, &manager, &held, kept(typed.as_ref(), &held), (StatusCode::OK, done))
}

/// The managers of a call invite to it, take roles and invitations back, give seats; the last manager stays.
pub async fn save(State(app): State<App>, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let operation = input.operation()?;
    if answer(&input) == Answer::No {
        return Ok(see(&at(&manager.call().slug, HERE)));
    }
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let held = held(&mut tx, &manager).await?;
    let location = acts::location(&manager, &input);
    match acts::write(&app, &mut tx, &manager, &held, &input).await? {
        End::Asked(question) => return ask(&app, &manager, HERE, question, &input),
        End::Again(part, sheet, seen, status) => return draw(&app, &manager, &held, Some((part, sheet, seen)), (status, None)),
        End::Refused(sentence) => {
            return draw(&app, &manager, &held, None, (StatusCode::UNPROCESSABLE_ENTITY, Some(Alert::refusal("Rien n’a changé", sentence))));
        }
        End::Done(name, subject) => calls::settle(&mut tx, &manager, &Act { operation, location: &location, act: name, subject: &subject }).await?,
        End::Written => calls::done(&mut tx, &manager, operation, &location).await?,
        End::Nothing => {}
    }
    tx.commit().await?;
    Ok(see(&location))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_manager_is_the_only_one_whose_account_opens() {
        assert!(is_last(&[5], 5));
        assert!(!is_last(&[5, 6], 5));
        // Whose account is closed is not counted, and may leave while somebody else manages.
        assert!(!is_last(&[6], 5));
    }
}
