//! What anybody reads of a call, in one statement.

use serde::Deserialize;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::documents::Document;
use super::rows::{Contact, Criterion};
use super::settings::Presentation;
use crate::error::AppError;
use crate::kit::values::Cents;
use crate::leads::settings::Published;

/// A call, as published.
#[derive(Debug)]
pub struct PublicCall {
    /// Its texts and its subsidy rule.
    pub presentation: Presentation,
    /// Its dates.
    pub dates: Dates,
    /// What counts for a letter: "reception" or "postmark".
    pub postal_rule: String,
    /// Postal address of deposits.
    pub postal_address: String,
    /// E-mail address of deposits.
    pub deposit_email: String,
    /// Marked criteria from which a review counts.
    pub coverage_threshold: i32,
    /// Reviews from which a mean is shown.
    pub mean_from: i32,
    /// Criteria, in order.
    pub criteria: Vec<Criterion>,
    /// How the score of a lead is computed.
    pub leads: Published,
    /// Seats: organisation, name, line of the regulation, chair.
    pub seats: Vec<(String, String, String, bool)>,
    /// Contacts: the card and its line of the regulation.
    pub contacts: Vec<(Contact, String)>,
    /// Trainings that are not cancelled, with their days that are not (R98-R106).
    pub trainings: Vec<PublicTraining>,
    /// Documents, the latest version of each first.
    pub documents: Vec<Document>,
    /// Questions published with their answer, the oldest first: number, question, answer.
    pub questions: Vec<(i32, String, String)>,
}

/// A training, as published.
#[derive(Debug, Deserialize)]
pub struct PublicTraining {
    /// Number within the call.
    pub number: i32,
    /// Title (R101).
    pub title: String,
    /// What is said of it (R102).
    pub note: String,
    /// Who gives it (R99).
    pub trainer: String,
    /// Days: days since 1970, place, subject.
    days: Vec<(i64, String, String)>,
}

impl PublicTraining {
    /// Its days: day, place, subject.
    pub fn days(&self) -> impl Iterator<Item = (Date, &str, &str)> {
        self.days.iter().map(|(days, place, note)| (day(*days), place.as_str(), note.as_str()))
    }
}

fn day(days: i64) -> Date {
    Date::from_julian_day(2_440_588 + i32::try_from(days).unwrap_or(0)).unwrap_or(Date::MIN)
}

/// Dates of a call, as published.
#[derive(Debug)]
pub struct Dates {
    /// Launch (R1).
    pub launched_on: Option<Date>,
    /// Exclusive bound of the manifestations (R2).
    pub manifestation_bound: Option<OffsetDateTime>,
    /// Notification of the eligibilities (R3).
    pub notified_on: Option<Date>,
    /// Exclusive bound of the deposits.
    pub deposit_bound: OffsetDateTime,
    /// Reviews due.
    pub review_due_at: Option<OffsetDateTime>,
    /// Meeting of the committee (R119).
    pub committee_at: Option<OffsetDateTime>,
    /// Where it meets.
    pub committee_place: String,
    /// Meeting of the fund's committee (R130).
    pub fund_committee_on: Option<Date>,
    /// Decision of the elected council (R131).
    pub council_on: Option<Date>,
    /// Publication of the results.
    pub results_published_at: Option<OffsetDateTime>,
}

#[derive(Deserialize)]
struct CriterionRow(i64, String, Option<i16>, String, String, i32, Vec<String>);

#[derive(Deserialize)]
struct ContactRow(i64, String, String, String, String, String, String);

#[derive(Deserialize)]
struct DocumentRow(Uuid, String, String, i32, String, String, i64, i64);

impl From<CriterionRow> for Criterion {
    fn from(CriterionRow(id, code, deliverable, label, requirement, weight_thousandths, levels): CriterionRow) -> Self {
        Self { id, code, deliverable, label, requirement, weight_thousandths, levels }
    }
}

impl From<DocumentRow> for Document {
    fn from(DocumentRow(id, kind, title, version, notice, name, size, at): DocumentRow) -> Self {
        let created_at = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self { id, kind, title, version, notice, name, size, created_at }
    }
}

fn rows<T: for<'a> Deserialize<'a>>(json: &str) -> Result<Vec<T>, AppError> {
    serde_json::from_str(json).map_err(|error| AppError::Internal(error.into()))
}

fn published(json: &str) -> Result<Published, AppError> {
    let (weights, floors) = serde_json::from_str(json).map_err(anyhow::Error::from)?;
    Ok(Published { weights, floors })
}

#[expect(clippy::too_many_lines, reason = "one statement, and its columns")]
/// Reads a public call; a template is none.
///
/// # Errors
/// 404 when no public call bears that slug.
pub async fn call(conn: &mut PgConnection, slug: &str) -> Result<PublicCall, AppError> {
    let row = sqlx::query!(
        r#"select version, title, short_title, edition, territory, organisers, summary, objectives, funding_scheme, subsidy_cap_cents,
             subsidy_rate_percent, subsidy_vat, subsidy_rounding, page_guide,
             launched_on, manifestation_bound, notified_on, deposit_bound, review_due_at, committee_at, committee_place, fund_committee_on, council_on, results_published_at,
             postal_rule, postal_address, deposit_email, coverage_threshold, mean_from,
             (select coalesce(json_agg(json_build_array(id, code, deliverable, label, requirement, weight_thousandths, levels) order by position, id), '[]')::text
              from criterion where call_id = call.id) as "criteria!",
             (select coalesce(json_agg(json_build_array(body, label, requirement, is_chair) order by position, id), '[]')::text
              from seat where call_id = call.id) as "seats!",
             (select coalesce(json_agg(json_build_array(id, body, person, address, phone, email, requirement) order by position, id), '[]')::text
              from contact where call_id = call.id) as "contacts!",
             (select coalesce(json_agg(json_build_object('number', training.number, 'title', training.title, 'note', training.note, 'trainer', trainer,
                'days', (select coalesce(json_agg(json_build_array(day - date '1970-01-01', coalesce(nullif(session.place, ''), training.place), session.note)
                                                  order by day, session.id), '[]')
                         from training_session as session where session.training_id = training.id and session.cancelled_at is null)) order by number), '[]')::text
              from training where call_id = call.id and cancelled_at is null) as "trainings!",
             (select coalesce(json_agg(json_build_array(id, kind, title, version, notice, name, size, floor(extract(epoch from created_at))::bigint)
                                       order by array_position(array['regulation', 'answer_framework', 'other'], kind), title, version desc), '[]')::text
              from call_document where call_id = call.id) as "documents!",
             (select coalesce(json_agg(json_build_array(question.number, published.question, published.answer) order by published.published_at, question.id), '[]')::text
              from public_answer as published join question on question.id = published.question_id
              where question.call_id = call.id and published.withdrawn_at is null) as "questions!",
             (select json_build_array(array[nature, distance, quantity, timing, confidence], array[floor_water, floor_energy, floor_material])::text
              from lead_settings where call_id = call.id order by id desc limit 1) as leads
           from call
           where slug = $1 and not is_template"#,
        slug
    )
    .fetch_optional(conn)
    .await?
    .ok_or(AppError::NotFound)?;
    Ok(PublicCall {
        criteria: rows::<CriterionRow>(&row.criteria)?.into_iter().map(Criterion::from).collect(),
        leads: row.leads.as_deref().map(published).transpose()?.unwrap_or_default(),
        seats: rows(&row.seats)?,
        contacts: rows::<ContactRow>(&row.contacts)?
            .into_iter()
            .map(|ContactRow(id, body, person, address, phone, email, line)| (Contact { id, body, person, address, phone, email, is_removed: false }, line))
            .collect(),
        trainings: rows(&row.trainings)?,
        questions: rows(&row.questions)?,
        documents: rows::<DocumentRow>(&row.documents)?.into_iter().map(Document::from).collect(),
        postal_rule: row.postal_rule,
        postal_address: row.postal_address,
        deposit_email: row.deposit_email,
        coverage_threshold: row.coverage_threshold,
        mean_from: row.mean_from,
        dates: Dates {
            launched_on: row.launched_on,
            manifestation_bound: row.manifestation_bound,
            notified_on: row.notified_on,
            deposit_bound: row.deposit_bound,
            review_due_at: row.review_due_at,
            committee_at: row.committee_at,
            committee_place: row.committee_place,
            fund_committee_on: row.fund_committee_on,
            council_on: row.council_on,
            results_published_at: row.results_published_at,
        },
        presentation: Presentation {
            version: row.version,
            title: row.title,
            short_title: row.short_title,
            edition: row.edition,
            territory: row.territory,
            organisers: row.organisers,
            summary: row.summary,
            objectives: row.objectives,
            funding_scheme: row.funding_scheme,
            subsidy_cap: Cents::new(row.subsidy_cap_cents),
            subsidy_rate_percent: row.subsidy_rate_percent,
            subsidy_vat: row.subsidy_vat,
            subsidy_rounding: row.subsidy_rounding,
            page_guide: row.page_guide.unwrap_or(0),
        },
    })
}
