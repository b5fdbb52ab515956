//! The retained consultant in the team: invited from the choice, until a date, which the owner moves.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::store::{self, Retained};
use crate::access::{ConsultantHost, MemberRole, policy};
use crate::account::invitation::{self, Target};
use crate::advisory::{frame, layout};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Frame};
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::moment;
use crate::kit::values::Email;
use crate::page::{Layout, html_with, see};
use crate::project::units;
use crate::submission::store::remember;

/// A consultant of the team.
struct Consultant {
    account: i64,
    name: String,
    email: String,
    end: String,
    /// Value of its field.
    day: String,
    version: i32,
    is_over: bool,
}

#[derive(Template)]
#[template(path = "advisory/mission.html")]
struct MissionPage {
    layout: Layout,
    frame: Frame,
    retained: Retained,
    form: FormView,
    consultants: Vec<Consultant>,
    action: String,
    team: String,
    operation: Uuid,
}

async fn consultants(conn: &mut PgConnection, host: &ConsultantHost) -> sqlx::Result<Vec<Consultant>> {
    let rows = sqlx::query!(
        "select account.id, account.name, account.email, member.ends_at, member.version
         from project_member as member join account on account.id = member.account_id
         where member.project_id = $1 and (member.role = 'consultant' or member.ends_at is not null)
         order by member.created_at, account.id",
        host.project().get()
    )
    .fetch_all(conn)
    .await?;
    let now = host.now();
    let view = rows.into_iter().map(|row| Consultant {
        account: row.id,
        name: row.name,
        email: row.email,
        end: match row.ends_at {
            None => "sans date de fin".to_owned(),
            Some(at) if at <= now => format!("terminé depuis le {}", moment::date(moment::last_second_before(at))),
            Some(at) => format!("jusqu’au {}", moment::date(moment::last_second_before(at))),
        },
        day: row.ends_at.map(|at| moment::iso_day(moment::paris_parts(moment::last_second_before(at)).0)).unwrap_or_default(),
        version: row.version,
        is_over: row.ends_at.is_some_and(|at| at <= now),
    });
    Ok(view.collect())
}

/// Who is invited, and the last day.
fn read(sheet: &mut Sheet<'_>, held: &Retained, now: OffsetDateTime) -> (String, Option<Date>) {
    let hint = "La personne du prestataire qui écrira dans le dossier. Elle reçoit un lien, et lit alors tout le dossier.";
    let email = sheet.read(Spec::new("courriel", "Adresse électronique").hint(hint).email().personal(), &held.email);
    let day: Option<Date> = sheet.read(Spec::new("fin", "Dernier jour de la mission").hint("L’accès se ferme ce jour-là à minuit.").personal(), &None);
    if let Some(sentence) = wrong(day, now) {
        sheet.refuse("fin", sentence);
    }
    (email, day)
}

/// Why a last day is refused.
fn wrong(day: Option<Date>, now: OffsetDateTime) -> Option<&'static str> {
    match day {
        None => Some("Écrire le dernier jour de la mission."),
        Some(day) if day < moment::paris_parts(now).0 => Some("Ce jour est passé. Pour fermer l’accès aujourd’hui, retirer la personne à la page Équipe."),
        Some(_) => None,
    }
}

/// The instant at which a last day is over.
fn end_of(day: Date) -> OffsetDateTime {
    moment::bound_before(day.next_day().unwrap_or(day))
}

/// The owner sees the consultants of the team, and invites the retained one.
pub async fn show(State(app): State<App>, host: ConsultantHost, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let retained = store::retained(&mut conn, &host).await?.ok_or(AppError::NotFound)?;
    let mut sheet = Sheet::of(None);
    read(&mut sheet, &retained, host.now());
    let done = asked.get("fait").map(|what| match what.as_str() {
        "fin" => Alert::done("Date enregistrée", "L’accès se ferme de lui-même, ce jour-là à minuit."),
        _ => Alert::done("Invitation envoyée", "Elle attend à la page Équipe. L’accès s’ouvrira à son acceptation, et se fermera à la date dite."),
    });
    draw(&app, &mut conn, &host, retained, (sheet, StatusCode::OK, done)).await
}

async fn draw(
    app: &App,
    conn: &mut PgConnection,
    host: &ConsultantHost,
    retained: Retained,
    (sheet, status, alert): (Sheet<'_>, StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    let action = host.url("/amo/mission");
    let form = FormView::of(sheet, ("inviter", "Inviter le prestataire retenu", "Inviter comme conseil"), action.clone(), 0);
    let mut frame = frame(host, "Mission du prestataire", "/amo/mission");
    frame.alerts.extend(alert);
    frame.alerts.extend(Alert::errors(std::slice::from_ref(&form)));
    let page = MissionPage {
        layout: layout(app, host, "Mission du prestataire"),
        frame,
        retained,
        form,
        consultants: consultants(conn, host).await?,
        team: host.url("/equipe"),
        action,
        operation: Uuid::new_v4(),
    };
    html_with(status, &page)
}

/// The owner invites the retained consultant until a day, or moves the day of one.
pub async fn save(State(app): State<App>, host: ConsultantHost, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, host.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    policy::place_consultant(&locked.ties(&host), &locked.facts(host.facts()))?;
    let retained = store::retained(&mut tx, &host).await?.ok_or(AppError::NotFound)?;
    let what = if input.get("act") == "fin" {
        if let Some(refused) = move_end(&mut tx, &host, &input).await? {
            let mut sheet = Sheet::of(None);
            read(&mut sheet, &retained, host.now());
            let alert = Alert { class: "bad", is_focused: true, ..Alert::refusal("La date n’a pas changé", refused) };
            return draw(&app, &mut tx, &host, retained, (sheet, StatusCode::UNPROCESSABLE_ENTITY, Some(alert))).await;
        }
        "fin"
    } else {
        let mut sheet = Sheet::of(Some(&input));
        let (email, day) = read(&mut sheet, &retained, host.now());
        let (Ok(email), Some(day), false) = (Email::read(&email), day, sheet.has_errors()) else {
            return draw(&app, &mut tx, &host, retained, (sheet, StatusCode::UNPROCESSABLE_ENTITY, None)).await;
        };
        let target = Target::Team { project: host.project(), role: MemberRole::Consultant };
        match invitation::invite_until(&mut tx, &app, target, &email, (host.account(), host.now(), end_of(day))).await {
            Ok(_) => "1",
            Err(AppError::Unprocessable(_)) => {
                sheet.refuse("courriel", "Cette personne est déjà de l’équipe\u{a0}: sa date se change dans le tableau.");
                return draw(&app, &mut tx, &host, retained, (sheet, StatusCode::UNPROCESSABLE_ENTITY, None)).await;
            }
            Err(other) => return Err(other),
        }
    };
    let location = host.url(&format!("/amo/mission?fait={what}"));
    remember(&mut tx, host.project(), host.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Moves the last day of a consultant; a sentence when it is refused.
async fn move_end(conn: &mut PgConnection, host: &ConsultantHost, input: &Input) -> Result<Option<String>, AppError> {
    let account: i64 = input.get("personne").parse().map_err(|_| AppError::BadRequest("Le formulaire n’indique pas la personne. Rechargez la page."))?;
    let day = match moment::read_date(input.get("fin")) {
        Ok(day) => day,
        Err(sentence) => return Ok(Some(sentence.to_string())),
    };
    if let Some(sentence) = wrong(Some(day), host.now()) {
        return Ok(Some(sentence.to_owned()));
    }
    let done = sqlx::query!(
        "update project_member set ends_at = $3, version = version + 1
         where project_id = $1 and account_id = $2 and (role = 'consultant' or ends_at is not null) and version = $4",
        host.project().get(),
        account,
        end_of(day),
        input.version()?
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Some("Cette place a changé dans une autre fenêtre. Relisez la page, puis recommencez.".to_owned()));
    }
    journal::record(conn, host.project(), host.account(), "member_changed", &format!("{account} until {day}"), host.now()).await?;
    Ok(None)
}
