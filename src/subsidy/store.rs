//! Statements of the subsidy file.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::model::{Aid, Quote, Rounding, Rule, Vat};
use crate::access::policy::SubsidyState as State;
use crate::access::{BankReader, Dossier, SubsidyDepositor, SubsidyWriter};
use crate::error::AppError;
use crate::kit::ids::{AccountId, ProjectId};
use crate::kit::values::Cents;

/// Bank details.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bank {
    /// Holder of the account.
    pub holder: String,
    /// IBAN.
    pub iban: String,
    /// BIC.
    pub bic: String,
}

/// The subsidy file of a dossier, bank details left out.
#[derive(Debug, Clone)]
pub struct File {
    /// State.
    pub state: State,
    /// Quote, as typed.
    pub quote: Option<Quote>,
    /// Rule in force: the call's, or the one kept at the deposit.
    pub rule: Rule,
    /// Aid kept at the deposit.
    pub kept: Option<Aid>,
    /// The end of the IBAN, or nothing.
    pub iban_end: String,
    /// Version.
    pub version: i32,
    /// Fund of the call.
    pub fund: String,
    /// Kind of the carrying structure, and its name.
    pub structure: (String, String),
}

fn word<T>(value: Option<T>) -> Result<T, AppError> {
    value.ok_or_else(|| AppError::Internal(anyhow::anyhow!("unknown word in a subsidy file")))
}

/// The subsidy file of a dossier, with the rule that applies to it; a draft follows the call.
pub async fn file(conn: &mut PgConnection, dossier: &Dossier) -> Result<File, AppError> {
    let row = sqlx::query!(
        r#"select coalesce(application.state, 'none') as "state!", quote_excluded_cents as "excluded?", quote_included_cents as "included?",
             application.cap_cents as "cap?", application.rate_percent as "rate?", application.vat as "vat?", application.rounding as "rounding?",
             application.eligible_cents as "eligible?", application.aid_cents as "aid?", right(coalesce(application.iban, ''), 4) as "iban_end!",
             coalesce(application.version, 0) as "version!",
             call.subsidy_cap_cents, call.subsidy_rate_percent, call.subsidy_vat, call.subsidy_rounding, call.funding_scheme,
             organisation.kind, organisation.name
           from project
           join call on call.id = project.call_id
           join organisation on organisation.id = project.organisation_id
           left join grant_application as application on application.project_id = project.id
           where project.id = $1"#,
        dossier.project().get()
    )
    .fetch_one(conn)
    .await?;
    let state = word(State::parse(&row.state))?;
    let is_kept = state.is_deposited() && state != State::Incomplete;
    let rule = Rule {
        cap: Cents::new(row.cap.filter(|_| is_kept).unwrap_or(row.subsidy_cap_cents)),
        rate: row.rate.filter(|_| is_kept).unwrap_or(row.subsidy_rate_percent),
        vat: word(Vat::parse(row.vat.as_deref().filter(|_| is_kept).unwrap_or(&row.subsidy_vat)))?,
        rounding: word(Rounding::parse(row.rounding.as_deref().filter(|_| is_kept).unwrap_or(&row.subsidy_rounding)))?,
    };
    let quote = row.excluded.zip(row.included).map(|(excluded, included)| (Cents::new(excluded), Cents::new(included)));
    let kept = quote.zip(row.eligible.zip(row.aid)).map(|(quote, (eligible, aid))| Aid {
        counted: rule.aid(quote).counted,
        eligible: Cents::new(eligible),
        aid: Cents::new(aid),
    });
    Ok(File {
        state,
        quote,
        rule,
        kept: kept.filter(|_| is_kept),
        iban_end: row.iban_end,
        version: row.version,
        fund: if row.funding_scheme.is_empty() { "Fonds de l’appel".to_owned() } else { row.funding_scheme },
        structure: (row.kind, row.name),
    })
}

/// State of the subsidy file.
pub async fn state(conn: &mut PgConnection, project: ProjectId) -> Result<State, AppError> {
    let state = sqlx::query_scalar!("select subsidy_state from project where id = $1", project.get()).fetch_one(conn).await?;
    word(State::parse(&state))
}

/// Bank details, for who may read them.
pub async fn bank(conn: &mut PgConnection, reader: &BankReader) -> sqlx::Result<Bank> {
    held_bank(conn, reader).await
}

/// Bank details, for the page whose form the person writes: nothing for who may not read them.
pub async fn own_bank(conn: &mut PgConnection, reader: &crate::access::SubsidyReader) -> sqlx::Result<Bank> {
    let may = crate::access::policy::read_bank(reader.ties(), reader.facts()).is_ok();
    if may { held_bank(conn, reader).await } else { Ok(Bank::default()) }
}

/// Bank details, for who changes them: the same people.
pub async fn written_bank(conn: &mut PgConnection, writer: &SubsidyWriter) -> sqlx::Result<Bank> {
    held_bank(conn, writer).await
}

/// Bank details, for the owner whose deposit was refused.
pub async fn depositor_bank(conn: &mut PgConnection, owner: &SubsidyDepositor) -> sqlx::Result<Bank> {
    held_bank(conn, owner).await
}

async fn held_bank(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Bank> {
    let row = sqlx::query_as!(Bank, "select account_holder as holder, iban, bic from grant_application where project_id = $1", dossier.project().get())
        .fetch_optional(conn)
        .await?;
    Ok(row.unwrap_or_default())
}

/// Writes the quote and the bank details of a file under preparation, which begins with it.
pub async fn save(conn: &mut PgConnection, writer: &SubsidyWriter, quote: Option<Quote>, bank: &Bank) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into grant_application (project_id, quote_excluded_cents, quote_included_cents, account_holder, iban, bic)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (project_id) do update
           set quote_excluded_cents = excluded.quote_excluded_cents, quote_included_cents = excluded.quote_included_cents,
               account_holder = excluded.account_holder, iban = excluded.iban, bic = excluded.bic, version = grant_application.version + 1",
        writer.project().get(),
        quote.map(|(excluded, _)| excluded.get()),
        quote.map(|(_, included)| included.get()),
        bank.holder,
        bank.iban,
        bank.bic
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Begins a file, if none is; a piece may come first.
pub async fn begin(conn: &mut PgConnection, writer: &SubsidyWriter) -> sqlx::Result<()> {
    sqlx::query!("insert into grant_application (project_id) values ($1) on conflict do nothing", writer.project().get()).execute(conn).await?;
    Ok(())
}

/// A step of a file.
#[derive(Debug)]
pub struct Step<'a> {
    /// From, to.
    pub states: (State, State),
    /// Day.
    pub on: Date,
    /// Reference.
    pub reference: &'a str,
    /// Message.
    pub message: &'a str,
    /// Pieces that are missing.
    pub pieces: &'a [String],
    /// Files deposited.
    pub files: &'a [Uuid],
}

/// Moves a file along an edge, and writes the step.
async fn step(conn: &mut PgConnection, (project, account, at): (ProjectId, AccountId, OffsetDateTime), step: &Step<'_>) -> Result<(), AppError> {
    let (from, to) = step.states;
    let done = sqlx::query!(
        "update grant_application set state = $3, version = version + 1 where project_id = $1 and state = $2",
        project.get(),
        from.as_str(),
        to.as_str()
    )
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Err(crate::access::Refusal::Because("L’état de la demande a changé dans une autre fenêtre. Relisez la page, puis recommencez.").into());
    }
    sqlx::query!(
        "insert into grant_event (project_id, source, target, on_day, reference, message, pieces, files, account_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        project.get(),
        from.as_str(),
        to.as_str(),
        step.on,
        step.reference,
        step.message,
        step.pieces,
        step.files,
        account.get(),
        at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Deposits a file: the rule of the call and what it gives are kept with it.
pub async fn deposit(conn: &mut PgConnection, owner: &SubsidyDepositor, file: &File, quote: Quote, taken: &Step<'_>) -> Result<(), AppError> {
    let aid = file.rule.aid(quote);
    sqlx::query!(
        "update grant_application set cap_cents = $2, rate_percent = $3, vat = $4, rounding = $5, eligible_cents = $6, aid_cents = $7 where project_id = $1",
        owner.project().get(),
        file.rule.cap.get(),
        file.rule.rate,
        file.rule.vat.key(),
        file.rule.rounding.key(),
        aid.eligible.get(),
        aid.aid.get()
    )
    .execute(&mut *conn)
    .await?;
    step(conn, (owner.project(), owner.account(), owner.now()), taken).await
}

/// Records what the fund said; the caller has proved that they instruct the dossier.
pub async fn record(conn: &mut PgConnection, recorder: &crate::access::SubsidyRecorder, taken: &Step<'_>) -> Result<(), AppError> {
    step(conn, (recorder.project(), recorder.account(), recorder.now()), taken).await
}

/// Takes a refused file up again as another request; what was refused stays among its steps.
pub async fn reopen(conn: &mut PgConnection, owner: &SubsidyDepositor, taken: &Step<'_>) -> Result<(), AppError> {
    step(conn, (owner.project(), owner.account(), owner.now()), taken).await
}

/// Version of the terms of reference that went with the last deposit.
pub async fn deposited_terms(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Option<i32>> {
    let pieces = sqlx::query_scalar!(
        "select pieces from grant_event where project_id = $1 and target = 'deposited' and source in ('draft', 'incomplete') order by id desc limit 1",
        dossier.project().get()
    )
    .fetch_optional(conn)
    .await?;
    Ok(pieces.into_iter().flatten().find_map(|piece| piece.strip_prefix("terms:")?.parse().ok()))
}

/// A step, as read.
#[derive(Debug)]
pub struct Taken {
    /// State reached.
    pub target: String,
    /// Day.
    pub on_day: Date,
    /// Reference.
    pub reference: String,
    /// Message.
    pub message: String,
    /// Pieces that were missing.
    pub pieces: Vec<String>,
    /// Who.
    pub name: String,
    /// When.
    pub at: OffsetDateTime,
}

/// Steps of a file, the last first.
pub async fn steps(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Vec<Taken>> {
    sqlx::query_as!(
        Taken,
        "select target, on_day, reference, message, pieces, account.name, at
         from grant_event join account on account.id = grant_event.account_id
         where project_id = $1 order by grant_event.id desc",
        dossier.project().get()
    )
    .fetch_all(conn)
    .await
}

/// Who of the administration read the bank details, and when, the last first.
pub async fn bank_reads(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Vec<(String, OffsetDateTime)>> {
    let rows = sqlx::query!(
        "select account.name, journal.at from journal join account on account.id = journal.account_id
         where project_id = $1 and act = 'bank_read' order by seq desc limit 20",
        dossier.project().get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.at)).collect())
}

/// People to tell by mail: account and address.
#[derive(Debug)]
pub struct Addressee {
    /// Account.
    pub id: i64,
    /// Address.
    pub email: String,
}

/// Managers of the call who instruct the dossier.
pub async fn instructors(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Vec<Addressee>> {
    sqlx::query_as!(
        Addressee,
        "select account.id, account.email
         from call_role join account on account.id = call_role.account_id
         where call_role.call_id = $2 and call_role.role = 'manager' and account.disabled_at is null
           and not exists(select from recusal where recusal.project_id = $1 and recusal.account_id = account.id)
           and not exists(select from project_member as member where member.project_id = $1 and member.account_id = account.id)",
        dossier.project().get(),
        dossier.head().call.get()
    )
    .fetch_all(conn)
    .await
}

/// Owners and editors of the dossier.
pub async fn carriers(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Vec<Addressee>> {
    sqlx::query_as!(
        Addressee,
        "select account.id, account.email
         from project_member as member join account on account.id = member.account_id
         where member.project_id = $1 and member.role in ('owner', 'editor') and account.disabled_at is null
           and coalesce(member.ends_at > $2, true)",
        dossier.project().get(),
        dossier.now()
    )
    .fetch_all(conn)
    .await
}
