//! Certificates of attendance: for the person who came, and for the managers of the call.

use axum::extract::State;
use axum::response::Response;
use sqlx::PgConnection;
use time::OffsetDateTime;
use trame_pdf::{Certificate, Fact, Table};

use super::model::Course;
use super::{list, manage, store};
use crate::access::policy::training as policy;
use crate::access::{CallManager, CertificateHolder, KeyPart, NumberPart};
use crate::app::App;
use crate::call::frame::{at, layout};
use crate::documents::{self, training as papers};
use crate::error::AppError;
use crate::kit::french::{count, slug};
use crate::kit::ids::AccountId;
use crate::kit::moment;
use crate::page::Layout;

/// What is certified of somebody: who they are, the days that they attended, when it was recorded.
struct Attended {
    name: String,
    organisation: String,
    organisers: String,
    days: Vec<i64>,
    at: OffsetDateTime,
}

async fn attended(conn: &mut PgConnection, course: &Course, account: AccountId) -> Result<Attended, AppError> {
    let row = sqlx::query!(
        r#"select account.name, account.organisation, call.organisers, array_agg(attendance.session_id) as "days!", max(attendance.recorded_at) as "at!"
           from attendance
           join account on account.id = attendance.account_id
           join training on training.id = attendance.training_id
           join call on call.id = training.call_id
           where attendance.training_id = $1 and attendance.account_id = $2 and attendance.state = 'present'
           group by account.id, call.id"#,
        course.training.id,
        account.get()
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)?;
    Ok(Attended { name: row.name, organisation: row.organisation, organisers: row.organisers, days: row.days, at: row.at })
}

fn document(course: &Course, over: &str, attended: &Attended) -> Certificate {
    let training = &course.training;
    let total = course.days().count();
    let came: Vec<_> = course.days().filter(|session| attended.days.contains(&session.id)).collect();
    let person = if attended.organisation.is_empty() { attended.name.clone() } else { format!("{}, {}", attended.name, attended.organisation) };
    let heads = ["Jour", "Horaires", "Lieu", "Sujet"].map(|head| (head.to_owned(), false)).to_vec();
    let row = |session: &&super::model::Session| vec![moment::day(session.day), session.hours(), course.place(session).to_owned(), session.note.clone()];
    let facts = [("Formation", training.title.clone()), ("Organisme de formation", training.trainer.clone())];
    Certificate {
        name: format!("Attestation de présence, {}", attended.name),
        over: over.to_owned(),
        sentence: format!("{} a suivi {} sur {total} de la formation ci-dessous.", attended.name, count(came.len(), "journée", "journées")),
        person,
        facts: facts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| Fact::new(label, text)).collect(),
        days: Table::new("Journées suivies", heads, came.iter().map(row).collect(), ""),
        text: vec![
            format!("Établie d’après les présences notées jusqu’au {}.", moment::full(attended.at)),
            format!("Appel organisé par {}.", attended.organisers),
        ],
    }
}

/// Where a certificate is asked from.
struct From<'a> {
    layout: Layout,
    over: String,
    back: String,
    slug: &'a str,
}

async fn serve(app: &App, asked: &documents::Asked, from: From<'_>, (course, attended): (&Course, &Attended)) -> Result<Response, AppError> {
    let printed = papers::Printed {
        paper: papers::Paper::Certificate(document(course, &from.over, attended)),
        at: attended.at,
        name: format!("attestation-{}-{}-{}", from.slug, course.training.number, slug(&attended.name)),
        back: at(from.slug, &from.back),
        query: format!("?appel={}", from.slug),
    };
    papers::serve(app, from.layout, asked, printed).await
}

/// Somebody who attended a training keeps their own certificate, even once they left the team.
pub async fn own(State(app): State<App>, holder: CertificateHolder, NumberPart(number): NumberPart, asked: documents::Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let call = holder.call();
    let course = store::course(&mut conn, call.id, number).await?;
    let attended = attended(&mut conn, &course, holder.account()).await?;
    drop(conn);
    policy::certificate(true, false, attended.days.len())?;
    let layout = Layout::personal(&app, holder.visitor(), "Document en préparation", list::HERE);
    let from = From { layout, over: list::over(call), back: format!("{}/{number}", list::HERE), slug: &call.slug };
    serve(&app, &asked, from, (&course, &attended)).await
}

/// The managers of a call keep the certificate of somebody who attended a training.
pub async fn given(
    State(app): State<App>,
    manager: CallManager,
    NumberPart(number): NumberPart,
    KeyPart(key): KeyPart,
    asked: documents::Asked,
) -> Result<Response, AppError> {
    let account: AccountId = key.parse().map_err(|_| AppError::NotFound)?;
    let mut conn = app.db.acquire().await?;
    let call = manager.call();
    let course = store::course(&mut conn, call.id, number).await?;
    let attended = attended(&mut conn, &course, account).await?;
    drop(conn);
    policy::certificate(false, call.is_manager, attended.days.len())?;
    let over = format!("Appel {} {}", call.title, call.edition);
    let from = From { layout: layout(&app, &manager, "Document en préparation"), over, back: format!("{}/{number}", manage::HERE), slug: &call.slug };
    serve(&app, &asked, from, (&course, &attended)).await
}
