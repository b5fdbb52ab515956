//! Statements of the consultation. Those that read everything ask for the proof of who may; the retained offer is apart.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use super::grid::{Criterion, Mark};
use crate::access::{Dossier, TenderRunner};
use crate::advisory::files::{self, FileView};
use crate::error::AppError;
use crate::kit::ids::ProjectId;
use crate::kit::moment;
use crate::kit::values::Cents;

/// An offer, as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Day of receipt.
    pub on: Date,
    /// Amount excluding VAT.
    pub excluded: Cents,
    /// Amount including VAT.
    pub included: Cents,
}

impl Offer {
    /// "8 400 € HT, 10 080 € TTC".
    pub fn words(&self) -> String {
        format!("{} HT, {} TTC", self.excluded, self.included)
    }
}

/// A provider, with its offer.
#[derive(Debug, Clone)]
pub struct Tender {
    /// Id.
    pub id: i64,
    /// Number in the dossier.
    pub number: i32,
    /// Name.
    pub name: String,
    /// Address.
    pub address: String,
    /// Contact.
    pub email: String,
    /// When the request left by mail.
    pub invited_at: Option<OffsetDateTime>,
    /// Its offer.
    pub offer: Option<Offer>,
    /// The carrier's own note.
    pub note: String,
    /// Version.
    pub version: i32,
    /// Taken out.
    pub is_removed: bool,
}

/// Everything of a consultation.
#[derive(Debug)]
pub struct Consultation {
    /// Last day to answer.
    pub answer_by: Option<Date>,
    /// What is said to every provider.
    pub message: String,
    /// Version.
    pub version: i32,
    /// Providers, taken out ones included, in order.
    pub tenders: Vec<Tender>,
    /// Criteria, in order.
    pub criteria: Vec<Criterion>,
    /// Marks.
    pub marks: Vec<Mark>,
    /// Choice in force.
    pub choice: Option<Choice>,
}

/// A choice.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Offer.
    pub tender: i64,
    /// Why.
    pub reason: String,
    /// Who.
    pub name: String,
    /// When.
    pub at: OffsetDateTime,
}

/// Everything of a consultation; whoever calls has proved that they may read the offers.
pub async fn consultation(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Consultation> {
    let project = dossier.project().get();
    let head = sqlx::query!("select answer_by, message, version from consultation where project_id = $1", project).fetch_optional(&mut *conn).await?;
    let criteria =
        sqlx::query_as!(Criterion, "select number, label, weight_thousandths as weight from tender_criterion where project_id = $1 order by number", project)
            .fetch_all(&mut *conn)
            .await?;
    let marks =
        sqlx::query_as!(Mark, "select tender_id as tender, criterion, mark from tender_mark where project_id = $1", project).fetch_all(&mut *conn).await?;
    let choice = sqlx::query_as!(
        Choice,
        "select tender_id as tender, reason, account.name, choice.at
         from tender_choice as choice
         join account on account.id = choice.account_id
         where project_id = $1 and undone_at is null",
        project
    )
    .fetch_optional(&mut *conn)
    .await?;
    let tenders = tenders(conn, dossier).await?;
    let (answer_by, message, version) = head.map_or((None, String::new(), 0), |row| (row.answer_by, row.message, row.version));
    Ok(Consultation { answer_by, message, version, tenders, criteria, marks, choice })
}

async fn tenders(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Vec<Tender>> {
    let rows = sqlx::query!(
        r#"select id, number, name, address, email, invited_at, received_on, excluded_cents, included_cents, note, version,
             removed_at is not null as "is_removed!"
           from tender where project_id = $1 order by number"#,
        dossier.project().get()
    )
    .fetch_all(conn)
    .await?;
    let tender = rows.into_iter().map(|row| Tender {
        id: row.id,
        number: row.number,
        name: row.name,
        address: row.address,
        email: row.email,
        invited_at: row.invited_at,
        offer: offer(row.received_on, row.excluded_cents, row.included_cents),
        note: row.note,
        version: row.version,
        is_removed: row.is_removed,
    });
    Ok(tender.collect())
}

fn offer(on: Option<Date>, excluded: Option<i64>, included: Option<i64>) -> Option<Offer> {
    Some(Offer { on: on?, excluded: Cents::new(excluded?), included: Cents::new(included?) })
}

impl Consultation {
    /// Providers that are still there.
    pub fn live(&self) -> impl Iterator<Item = &Tender> {
        self.tenders.iter().filter(|tender| !tender.is_removed)
    }

    /// The provider of that number.
    pub fn numbered(&self, number: i64) -> Result<&Tender, AppError> {
        self.tenders.iter().find(|tender| i64::from(tender.number) == number).ok_or(AppError::NotFound)
    }
}

/// Providers asked, offers received.
pub async fn counts(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<(i64, i64)> {
    let row =
        sqlx::query!(r#"select count(*) as "asked!", count(received_on) as "offers!" from tender where project_id = $1 and removed_at is null"#, project.get())
            .fetch_one(conn)
            .await?;
    Ok((row.asked, row.offers))
}

/// The retained offer: all that the administration ever reads of a consultation.
#[derive(Debug, Clone)]
pub struct Retained {
    /// Offer.
    pub tender: i64,
    /// Provider.
    pub name: String,
    /// Contact, for the team.
    pub email: String,
    /// Offer.
    pub offer: Option<Offer>,
    /// "retenue le…".
    pub when: String,
    /// Its files.
    pub files: Vec<FileView>,
}

/// The retained offer of a dossier, with its files.
pub async fn retained(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Option<Retained>> {
    let row = sqlx::query!(
        "select tender.id, tender.name, tender.email, received_on, excluded_cents, included_cents, choice.at
         from tender_choice as choice
         join tender on tender.id = choice.tender_id
         where choice.project_id = $1 and undone_at is null",
        dossier.project().get()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut files = files::list(conn, dossier).await?;
    files.retain(|file| file.tender == Some(row.id));
    Ok(Some(Retained {
        tender: row.id,
        name: row.name,
        email: row.email,
        offer: offer(row.received_on, row.excluded_cents, row.included_cents),
        when: moment::date(row.at),
        files,
    }))
}

/// Writes what is said to every provider, or only grows the version.
pub async fn settle(conn: &mut PgConnection, runner: &TenderRunner, said: Option<(Option<Date>, &str)>) -> sqlx::Result<()> {
    let (answer_by, message) = said.unwrap_or_default();
    sqlx::query!(
        "insert into consultation (project_id, answer_by, message) values ($1, $2, $3)
         on conflict (project_id) do update
           set answer_by = case when $4 then excluded.answer_by else consultation.answer_by end,
               message = case when $4 then excluded.message else consultation.message end, version = consultation.version + 1",
        runner.project().get(),
        answer_by,
        message,
        said.is_some()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a provider; its number.
pub async fn add(conn: &mut PgConnection, runner: &TenderRunner, (name, address, email): (&str, &str, &str)) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"insert into tender (project_id, number, name, address, email, account_id, created_at)
           values ($1, (select coalesce(max(number), 0) + 1 from tender where project_id = $1), $2, $3, $4, $5, $6)
           returning number"#,
        runner.project().get(),
        name,
        address,
        email,
        runner.account().get(),
        runner.now()
    )
    .fetch_one(conn)
    .await
}

/// Writes a provider and its offer.
pub async fn change(conn: &mut PgConnection, runner: &TenderRunner, tender: &Tender) -> sqlx::Result<()> {
    sqlx::query!(
        "update tender
         set name = $3, address = $4, email = $5, received_on = $6, excluded_cents = $7, included_cents = $8, note = $9, version = version + 1
         where id = $1 and project_id = $2",
        tender.id,
        runner.project().get(),
        tender.name,
        tender.address,
        tender.email,
        tender.offer.map(|offer| offer.on),
        tender.offer.map(|offer| offer.excluded.get()),
        tender.offer.map(|offer| offer.included.get()),
        tender.note
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a provider out, or puts it back.
pub async fn turn(conn: &mut PgConnection, runner: &TenderRunner, tender: i64, is_return: bool) -> sqlx::Result<()> {
    sqlx::query!(
        "update tender set removed_at = $3, version = version + 1 where id = $1 and project_id = $2",
        tender,
        runner.project().get(),
        (!is_return).then(|| runner.now())
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Remembers that the request left by mail.
pub async fn invited(conn: &mut PgConnection, runner: &TenderRunner, tender: i64) -> sqlx::Result<()> {
    sqlx::query!("update tender set invited_at = $3 where id = $1 and project_id = $2", tender, runner.project().get(), runner.now()).execute(conn).await?;
    Ok(())
}

/// Writes the criteria: those that have gone take their marks with them.
pub async fn set_criteria(conn: &mut PgConnection, runner: &TenderRunner, criteria: &[Criterion]) -> sqlx::Result<()> {
    let numbers: Vec<i16> = criteria.iter().map(|criterion| criterion.number).collect();
    let labels: Vec<String> = criteria.iter().map(|criterion| criterion.label.clone()).collect();
    let weights: Vec<i32> = criteria.iter().map(|criterion| criterion.weight).collect();
    sqlx::query!(
        "with gone as (delete from tender_criterion where project_id = $1 and number <> all($2))
         insert into tender_criterion (project_id, number, label, weight_thousandths)
         select $1, * from unnest($2::smallint[], $3::text[], $4::integer[])
         on conflict (project_id, number) do update set label = excluded.label, weight_thousandths = excluded.weight_thousandths",
        runner.project().get(),
        &numbers,
        &labels,
        &weights
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the marks, all at once.
pub async fn set_marks(conn: &mut PgConnection, runner: &TenderRunner, marks: &[Mark]) -> sqlx::Result<()> {
    let tenders: Vec<i64> = marks.iter().map(|mark| mark.tender).collect();
    let criteria: Vec<i16> = marks.iter().map(|mark| mark.criterion).collect();
    let given: Vec<i16> = marks.iter().map(|mark| mark.mark).collect();
    sqlx::query!("delete from tender_mark where project_id = $1", runner.project().get()).execute(&mut *conn).await?;
    sqlx::query!(
        "insert into tender_mark (project_id, tender_id, criterion, mark) select $1, * from unnest($2::bigint[], $3::smallint[], $4::smallint[])",
        runner.project().get(),
        &tenders,
        &criteria,
        &given
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Retains an offer.
pub async fn choose(conn: &mut PgConnection, runner: &TenderRunner, tender: i64, reason: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into tender_choice (project_id, tender_id, reason, account_id, at) values ($1, $2, $3, $4, $5)",
        runner.project().get(),
        tender,
        reason,
        runner.account().get(),
        runner.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the choice back.
pub async fn undo(conn: &mut PgConnection, runner: &TenderRunner, reason: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "update tender_choice set undone_at = $2, undone_by = $3, undone_reason = $4 where project_id = $1 and undone_at is null",
        runner.project().get(),
        runner.now(),
        runner.account().get(),
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A choice of the past, taken back.
#[derive(Debug)]
pub struct Undone {
    /// Provider.
    pub provider: String,
    /// Why it was retained.
    pub reason: String,
    /// When.
    pub at: OffsetDateTime,
    /// Who took it back.
    pub by: String,
    /// When.
    pub undone_at: OffsetDateTime,
    /// Why.
    pub undone_reason: String,
}

/// Choices taken back, the last first.
pub async fn undone(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Vec<Undone>> {
    sqlx::query_as!(
        Undone,
        r#"select tender.name as provider, reason, choice.at, account.name as by, undone_at as "undone_at!", undone_reason
           from tender_choice as choice
           join tender on tender.id = choice.tender_id
           join account on account.id = choice.undone_by
           where choice.project_id = $1 and undone_at is not null
           order by choice.id desc"#,
        dossier.project().get()
    )
    .fetch_all(conn)
    .await
}
