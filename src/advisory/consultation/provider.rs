//! A provider: who they are, the request sent, the offer received, its files.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Multipart, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use time::Date;
use uuid::Uuid;

use super::page::closed;
use super::store::{self, Consultation, Offer, Tender};
use crate::access::{Dossier, NumberPart, Refusal, RetainedReader, RowPart, TenderReader, TenderRunner, policy};
use crate::advisory::files::{self, FileView, Place};
use crate::advisory::{frame, layout, store as terms};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Frame};
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::moment;
use crate::kit::values::Cents;
use crate::mail::{self, Mail, advisory as texts};
use crate::page::{Layout, html_with, see};
use crate::project::attachments;
use crate::project::files::{ACCEPTED, Received};
use crate::project::units;
use crate::submission::store::remember;

#[derive(Template)]
#[template(path = "advisory/provider.html")]
struct ProviderPage {
    layout: Layout,
    frame: Frame,
    base: String,
    form: FormView,
    files: Vec<FileView>,
    upload: String,
    accepted: &'static str,
    /// A file just taken out.
    taken_out: Option<Uuid>,
    sent: String,
    may_send: bool,
    may_run: bool,
    is_removed: bool,
    version: i32,
    operation: Uuid,
}

/// Reads a provider and its offer; nothing of an offer, or all of it.
fn read(sheet: &mut Sheet<'_>, held: &Tender) -> Tender {
    sheet.group("Le prestataire");
    let name = sheet.read(Spec::new("nom", "Nom").range(1, 160).personal(), &held.name);
    let address = sheet.read(Spec::new("adresse", "Adresse").range(0, 400).optional().personal(), &held.address);
    let email = sheet.read(Spec::new("courriel", "Adresse électronique").email().optional().personal(), &held.email);
    sheet.group("Son offre");
    let on: Option<Date> = sheet.read(Spec::new("recue", "Reçue le").optional().personal(), &held.offer.map(|offer| offer.on));
    let excluded: Option<Cents> = sheet.read(Spec::new("montant_ht", "Montant HT, en euros").optional().personal(), &held.offer.map(|offer| offer.excluded));
    let included: Option<Cents> = sheet.read(
        Spec::new("montant_ttc", "Montant TTC, en euros").hint("Sans TVA, le même que le montant HT.").optional().personal(),
        &held.offer.map(|offer| offer.included),
    );
    let note = sheet.read(Spec::new("remarque", "Votre remarque").hint("Pour l’équipe seule.").long(4000).optional().personal(), &held.note);
    let offer = match (on, excluded, included) {
        (None, None, None) => None,
        (Some(on), Some(excluded), Some(included)) => {
            if included < excluded {
                sheet.refuse("montant_ttc", "Le montant TTC ne peut pas être inférieur au montant HT.");
            }
            Some(Offer { on, excluded, included })
        }
        _ => {
            for (name, is_missing) in [("recue", on.is_none()), ("montant_ht", excluded.is_none()), ("montant_ttc", included.is_none())] {
                if is_missing {
                    sheet.refuse(name, "Une offre a une date, un montant HT et un montant TTC\u{a0}: compléter, ou vider les trois.");
                }
            }
            None
        }
    };
    Tender { name, address, email, offer, note, ..held.clone() }
}

/// The team reads a provider.
pub async fn show(
    State(app): State<App>,
    reader: TenderReader,
    NumberPart(number): NumberPart,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = store::consultation(&mut conn, &reader).await?;
    let files = files::list(&mut conn, &reader).await?;
    drop(conn);
    let mut sheet = Sheet::of(None);
    let tender = held.numbered(number)?;
    read(&mut sheet, tender);
    let done = asked.get("fait").map(|what| match what.as_str() {
        "envoi" => Alert::done("Demande envoyée", "Le cahier des charges en cours part avec elle, en texte."),
        _ => Alert::done("Enregistré", "Seule l’équipe le lit."),
    });
    let taken_out = asked.get("retiree").and_then(|id| Uuid::try_parse(id).ok());
    draw(&app, &reader, &held, (files, taken_out), (tender, sheet, tender.version, StatusCode::OK, done))
}

fn draw(
    app: &App,
    reader: &Dossier,
    held: &Consultation,
    (files, taken_out): (Vec<FileView>, Option<Uuid>),
    (tender, sheet, seen, status, done): (&Tender, Sheet<'_>, i32, StatusCode, Option<Alert>),
) -> Result<Response, AppError> {
    let base = reader.url(&format!("/amo/consultation/{}", tender.number));
    let form = FormView::of(sheet, ("prestataire", "Prestataire et offre", "Enregistrer"), base.clone(), seen);
    let mut frame = frame(reader, &tender.name, "");
    let forms = [form];
    frame.alerts.extend([done, Alert::errors(&forms), Alert::conflict(&forms)].into_iter().flatten());
    let [form] = forms;
    let may_run = policy::run_consultation(reader.ties(), reader.facts()).is_ok() && held.choice.is_none();
    let page = ProviderPage {
        layout: layout(app, reader, &tender.name),
        frame,
        form,
        files: files.into_iter().filter(|file| file.tender == Some(tender.id)).collect(),
        upload: format!("{base}/pieces?operation={}", Uuid::new_v4()),
        accepted: ACCEPTED,
        taken_out: taken_out.filter(|_| may_run),
        sent: tender.invited_at.map(|at| format!("Demande envoyée le {}.", moment::full(at))).unwrap_or_default(),
        may_send: may_run && !tender.email.is_empty() && !tender.is_removed,
        may_run,
        is_removed: tender.is_removed,
        version: tender.version,
        operation: Uuid::new_v4(),
        base: reader.url("/amo"),
    };
    html_with(status, &page)
}

/// The carriers save a provider and its offer.
pub async fn save(State(app): State<App>, runner: TenderRunner, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let Some(held) = hold(&mut tx, &runner, operation).await? else { return done(&mut tx, &runner, operation).await };
    let tender = held.numbered(number)?;
    let mut sheet = Sheet::of(Some(&input));
    let next = read(&mut sheet, tender);
    if let Some(status) = sheet.verdict(seen == tender.version) {
        let files = files::list(&mut tx, &runner).await?;
        let from = if status == StatusCode::CONFLICT { tender.version } else { seen };
        return draw(&app, &runner, &held, (files, None), (tender, sheet, from, status, None));
    }
    store::change(&mut tx, &runner, &next).await?;
    end(tx, &runner, ("tender_changed", number, operation, "1")).await
}

/// The consultation under the dossier's lock, open; nothing when this operation was received already.
async fn hold(conn: &mut sqlx::PgConnection, runner: &TenderRunner, operation: Uuid) -> Result<Option<Consultation>, AppError> {
    let locked = units::lock(conn, runner.project(), operation).await?;
    if locked.done.is_some() {
        return Ok(None);
    }
    policy::run_consultation(&locked.ties(runner), &locked.facts(runner.facts()))?;
    let held = store::consultation(conn, runner).await?;
    if held.choice.is_some() { Err(closed()) } else { Ok(Some(held)) }
}

/// Where the first sending of this operation led.
async fn done(conn: &mut sqlx::PgConnection, runner: &TenderRunner, operation: Uuid) -> Result<Response, AppError> {
    let done = units::lock(conn, runner.project(), operation).await?.done;
    Ok(see(&done.unwrap_or_else(|| runner.url("/amo/consultation"))))
}

/// Journal, operation, commit, and back to the provider.
async fn end(
    mut tx: sqlx::Transaction<'static, sqlx::Postgres>,
    runner: &TenderRunner,
    (act, number, operation, what): (&str, i64, Uuid, &str),
) -> Result<Response, AppError> {
    let location = runner.url(&format!("/amo/consultation/{number}?fait={what}"));
    journal::record(&mut tx, runner.project(), runner.account(), act, &number.to_string(), runner.now()).await?;
    remember(&mut tx, runner.project(), runner.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The carriers send the request to a provider by mail, with the terms of reference.
pub async fn send(State(app): State<App>, runner: TenderRunner, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let Some(held) = hold(&mut tx, &runner, operation).await? else { return done(&mut tx, &runner, operation).await };
    let tender = held.numbered(number)?;
    if tender.email.is_empty() || tender.is_removed {
        return Err(Refusal::Because("Ce prestataire n’a pas d’adresse électronique.").into());
    }
    let (document, _) = terms::current(&mut tx, &runner).await?;
    let said = texts::Request {
        provider: &tender.name,
        title: &runner.head().title,
        carrier: &runner.head().label,
        sender: (&runner.visitor().name, &runner.visitor().email),
        message: &held.message,
        answer_by: held.answer_by,
        terms: &document.plain(),
    };
    let (subject, body) = texts::request(&app, &said);
    let key = format!("tender {} {operation}", tender.id);
    mail::queue(&mut tx, &Mail { kind: "tender", recipient: &tender.email, subject: &subject, body: &body, dedup_key: Some(&key) }).await?;
    store::invited(&mut tx, &runner, tender.id).await?;
    end(tx, &runner, ("tender_asked", number, operation, "envoi")).await
}

/// The carriers take a provider out, or put it back.
pub async fn turn(State(app): State<App>, runner: TenderRunner, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let Some(held) = hold(&mut tx, &runner, operation).await? else { return done(&mut tx, &runner, operation).await };
    let tender = held.numbered(number)?;
    let is_return = input.get("act") == "remettre";
    store::turn(&mut tx, &runner, tender.id, is_return).await?;
    end(tx, &runner, (if is_return { "tender_restored" } else { "tender_removed" }, number, operation, "1")).await
}

/// What an upload says in its address.
#[derive(Debug, serde::Deserialize)]
pub struct Upload {
    operation: Uuid,
}

/// The carriers join a file to an offer.
pub async fn join(
    State(app): State<App>,
    runner: TenderRunner,
    NumberPart(number): NumberPart,
    Query(said): Query<Upload>,
    form: Multipart,
) -> Result<Response, AppError> {
    let received = match files::receive(&app, form).await {
        Ok(received) => received,
        Err(refused) => return Ok(refused.back_to(runner.url(&format!("/amo/consultation/{number}")), "Revenir au prestataire")),
    };
    let kept = keep(&app, &runner, (number, said.operation), &received).await;
    if !matches!(kept, Ok((_, true))) {
        files::forget(&app, &received).await;
    }
    Ok(kept?.0)
}

/// The answer, and whether a row names the file.
async fn keep(app: &App, runner: &TenderRunner, (number, operation): (i64, Uuid), received: &Received) -> Result<(Response, bool), AppError> {
    let mut tx = app.db.begin().await?;
    let Some(held) = hold(&mut tx, runner, operation).await? else { return Ok((done(&mut tx, runner, operation).await?, false)) };
    let tender = held.numbered(number)?;
    files::keep(&mut tx, runner, Place::Tender(tender.id), received).await?;
    Ok((end(tx, runner, ("tender_attached", number, operation, "1")).await?, true))
}

/// The carriers take a file of an offer out.
pub async fn detach(
    State(app): State<App>,
    runner: TenderRunner,
    NumberPart(number): NumberPart,
    RowPart(id): RowPart,
    input: Input,
) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let Some(held) = hold(&mut tx, &runner, operation).await? else { return done(&mut tx, &runner, operation).await };
    held.numbered(number)?;
    let is_return = input.get("act") == "remettre";
    if !files::turn(&mut tx, &runner, id, true, is_return).await? {
        return Err(AppError::NotFound);
    }
    let what = if is_return { "1".to_owned() } else { format!("1&retiree={id}") };
    end(tx, &runner, (if is_return { "tender_attached" } else { "tender_detached" }, number, operation, &what)).await
}

/// Whoever reads the offers downloads a file of one; the administration, of the retained one once chosen.
pub async fn download(State(app): State<App>, reader: RetainedReader, RowPart(id): RowPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let file = files::stored(&mut conn, &reader, id).await?;
    drop(conn);
    let may = file.tender.is_some() && (policy::read_tenders(reader.ties(), reader.facts()).is_ok() || (file.is_retained && !file.is_removed));
    if !may {
        return Err(AppError::NotFound);
    }
    attachments::send(&app, &file.file, &file.name, &file.mime, file.size).await
}
