//! Deposit, receipt, deposits to read, the printable dossier.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Multipart, Query, State};
use axum::response::Response;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{SectionRead, read_view, store};
use crate::access::{DepositReader, Dossier, NumberPart, ProjectDepositor, ProjectManager, ProjectReader, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::standing::Standing;
use crate::input::Input;
use crate::kit::ids::SubmissionId;
use crate::kit::moment;
use crate::page::{Layout, filters, html, html_with, see};
use crate::project::{attachments, files, reading, units};

#[derive(Template)]
#[template(path = "submission/deposit.html")]
struct DepositPage {
    layout: Layout,
    base: String,
    heading: String,
    bound: String,
    refusal: String,
    blocking: Vec<(String, String, String)>,
    signals: Vec<(String, String, String)>,
    deposits: Vec<DepositView>,
    has_changes: bool,
    version: i64,
    operation: Uuid,
}

struct DepositView {
    number: i32,
    reference: String,
    when: String,
    channel: &'static str,
    by: String,
    digest: String,
    note: String,
}

fn views(deposits: Vec<store::Deposit>) -> Vec<DepositView> {
    let view = |deposit: store::Deposit| DepositView {
        number: deposit.number,
        when: moment::full(deposit.received_at),
        channel: match deposit.channel.as_str() {
            "paper" => "par courrier",
            "email" => "par courriel",
            _ => "en ligne",
        },
        by: deposit.depositor,
        digest: files::hex(&deposit.digest),
        note: deposit.note,
        reference: deposit.reference,
    };
    deposits.into_iter().map(view).collect()
}

fn deposit_page(app: &App, dossier: &Dossier, standing: &Standing, deposits: Vec<store::Deposit>) -> DepositPage {
    let mut blocking = Vec::new();
    let mut signals = Vec::new();
    for (label, fault) in standing.faults() {
        let line = (dossier.url(&fault.at), label, fault.sentence.clone());
        if fault.is_blocking { blocking.push(line) } else { signals.push(line) }
    }
    DepositPage {
        layout: Layout::dossier(app, dossier, "Dépôt", "/depot"),
        base: dossier.url(""),
        heading: dossier.head().title.clone(),
        bound: moment::until(dossier.facts().closes_at),
        refusal: dossier.may_deposit().err().map(|refusal| refusal.sentence()).unwrap_or_default(),
        blocking,
        signals,
        has_changes: dossier.has_undeposited_changes(),
        deposits: views(deposits),
        version: dossier.head().content_version,
        operation: Uuid::new_v4(),
    }
}

/// The team sees what a deposit would hold, what blocks it, and former deposits.
pub async fn show(State(app): State<App>, reader: ProjectReader) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let content = units::load_all(&mut conn, reader.project()).await?;
    let deposits = store::deposits(&mut conn, reader.project()).await?;
    html(&deposit_page(&app, &reader, &Standing::of(&content), deposits))
}

/// The owner, or whom the owner delegated, deposits until the bound; a second click lands on the same receipt.
pub async fn save(State(app): State<App>, depositor: ProjectDepositor, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let receipt = depositor.url("/recu");
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, depositor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::deposit(depositor.ties(), &locked.facts(depositor.facts()), depositor.now())?;
    let content = units::load_all(&mut tx, depositor.project()).await?;
    let standing = Standing::of(&content);
    if !standing.is_depositable() {
        let deposits = store::deposits(&mut tx, depositor.project()).await?;
        return html_with(axum::http::StatusCode::UNPROCESSABLE_ENTITY, &deposit_page(&app, &depositor, &standing, deposits));
    }
    // Read again under the lock: two clicks at once are one deposit, and an unchanged dossier keeps its receipt.
    let is_same =
        sqlx::query_scalar!(r#"select coalesce(deposited_version = content_version, false) as "same!" from project where id = $1"#, depositor.project().get())
            .fetch_one(&mut *tx)
            .await?;
    if !is_same {
        store::deposit(&mut tx, &app, &depositor, &content).await?;
    }
    store::remember(&mut tx, depositor.project(), depositor.account(), operation, &receipt).await?;
    tx.commit().await?;
    Ok(see(&receipt))
}

#[derive(Template)]
#[template(path = "submission/receipt.html")]
struct ReceiptPage {
    layout: Layout,
    base: String,
    heading: String,
    label: String,
    call: String,
    deposit: DepositView,
    bound: String,
    is_open: bool,
    service: String,
    contacts: Vec<(String, String)>,
}

/// The team reads the receipt of the last deposit, or of the deposit of that number.
pub async fn receipt(State(app): State<App>, reader: DepositReader, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let wanted: Option<i32> = asked.get("n").and_then(|number| number.parse().ok());
    let deposits = store::deposits(&mut conn, reader.project()).await?;
    let deposit = views(deposits).into_iter().find(|deposit| wanted.is_none_or(|number| deposit.number == number)).ok_or(AppError::NotFound)?;
    let call = reader.head().call.get();
    let service = sqlx::query_scalar!("select organisers from call where id = $1", call).fetch_one(&mut *conn).await?;
    let contacts = sqlx::query!("select body, email from contact where call_id = $1 order by position", call).fetch_all(&mut *conn).await?;
    html(&ReceiptPage {
        layout: Layout::dossier(&app, &reader, "Récépissé", "/depot"),
        base: reader.url(""),
        heading: reader.head().title.clone(),
        label: reader.head().label.clone(),
        call: format!("{} {}", reader.head().call_title, reader.head().edition),
        deposit,
        bound: moment::until(reader.facts().closes_at),
        is_open: reader.now() < reader.facts().closes_at,
        service,
        contacts: contacts.into_iter().map(|row| (row.body, row.email)).collect(),
    })
}

#[derive(Template)]
#[template(path = "submission/read.html")]
struct ReadPage {
    layout: Layout,
    project: i64,
    back: String,
    over: String,
    heading: String,
    lead: String,
    facts: Vec<(&'static str, String)>,
    sections: Vec<SectionRead>,
    files: Vec<(String, String, String)>,
    /// The same as documents to keep: words and address.
    documents: Vec<(&'static str, String)>,
}

/// The team prints its draft as it stands.
pub async fn print(State(app): State<App>, reader: ProjectReader) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let content = units::load_all(&mut conn, reader.project()).await?;
    let files = attachments::list(&mut conn, reader.project()).await?;
    let criteria = crate::project::store::criteria(&mut conn, reader.head().call).await?;
    let sections = reading::sections(&content, &files, &criteria, None);
    let facts = vec![("État", "brouillon, non déposé".to_owned()), ("Imprimé", moment::full(reader.now()))];
    let list = files.iter().map(|file| (file.name.clone(), file.size.clone(), file.digest.clone())).collect();
    let documents = vec![("Télécharger le dossier (PDF)", reader.url("/dossier.pdf")), ("tous les documents", reader.url("/documents"))];
    html(&ReadPage { documents, ..read_page(&app, &reader, facts, sections, list) })
}

/// Whoever may read the deposits reads one of them.
pub async fn deposit(State(app): State<App>, reader: DepositReader, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let deposits = store::deposits(&mut conn, reader.project()).await?;
    let found = deposits.into_iter().find(|deposit| i64::from(deposit.number) == number).ok_or(AppError::NotFound)?;
    let sections = read_view(&mut conn, SubmissionId(found.id), None).await?;
    let view = views(vec![found]).remove(0);
    let facts = vec![("Dépôt", format!("n°\u{a0}{}, {} ({})", view.reference, view.when, view.channel)), ("Déposé par", view.by), ("Empreinte", view.digest)];
    let base = reader.url(&format!("/depots/{number}"));
    let documents = vec![
        ("Télécharger le dossier (PDF)", format!("{base}/dossier.pdf")),
        ("mise en page concise (PDF)", format!("{base}/dossier.pdf?mise-en-page=concise")),
        ("avec toutes les pièces (ZIP)", format!("{base}/dossier.zip")),
        ("récépissé (PDF)", format!("{base}/recepisse.pdf")),
    ];
    html(&ReadPage { documents, ..read_page(&app, &reader, facts, sections, Vec::new()) })
}

fn read_page(app: &App, dossier: &Dossier, facts: Vec<(&'static str, String)>, sections: Vec<SectionRead>, files: Vec<(String, String, String)>) -> ReadPage {
    let head = dossier.head();
    ReadPage {
        layout: Layout { run: (String::new(), String::new()), ..Layout::dossier(app, dossier, "Version imprimable", "/depot") },
        project: head.id.get(),
        back: dossier.url(""),
        over: format!("Appel {} {}, phase 1 · dossier n°\u{a0}{}", head.call_title, head.edition, head.number),
        heading: head.title.clone(),
        lead: head.label.clone(),
        facts,
        sections,
        files,
        documents: Vec::new(),
    }
}

/// What a manager says of a deposit received otherwise.
#[derive(Debug, Default)]
struct Registration {
    channel: String,
    day: String,
    hour: String,
    note: String,
    operation: String,
    scan: Option<files::Received>,
}

impl Registration {
    async fn read(app: &App, mut form: Multipart) -> Result<Self, AppError> {
        let cut = |_| AppError::BadRequest("L’envoi a été interrompu. Recommencez.");
        let mut said = Self::default();
        while let Some(field) = form.next_field().await.map_err(cut)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "piece" {
                if field.file_name().is_some_and(|name| !name.is_empty()) {
                    said.scan = Some(files::receive(&app.config.data, field).await?);
                }
                continue;
            }
            let text = field.text().await.map_err(cut)?;
            match name.as_str() {
                "channel" => said.channel = text,
                "received_on" => said.day = text,
                "received_time" => said.hour = text,
                "note" => said.note = text.chars().filter(|c| !c.is_control()).take(500).collect(),
                "operation" => said.operation = text,
                _ => {}
            }
        }
        Ok(said)
    }

    fn instant(&self) -> Result<OffsetDateTime, AppError> {
        let refuse = |sentence: String| AppError::Unprocessable(sentence);
        let day = moment::read_date(&self.day).map_err(|sentence| refuse(sentence.to_string()))?;
        let hour = moment::read_time(&self.hour).map_err(|sentence| refuse(sentence.to_string()))?;
        moment::from_paris(day, hour).map_err(|sentence| refuse(sentence.to_string()))
    }
}

/// A manager registers a deposit received by post or e-mail, with its date of receipt and its scan.
pub async fn register(State(app): State<App>, manager: ProjectManager, form: Multipart) -> Result<Response, AppError> {
    let said = Registration::read(&app, form).await?;
    let received_at = said.instant()?;
    let operation =
        Uuid::try_parse(&said.operation).map_err(|_| AppError::BadRequest("Le formulaire n’indique pas son opération. Rechargez la page et recommencez."))?;
    if !matches!(said.channel.as_str(), "paper" | "email") {
        return Err(AppError::Unprocessable("Choisir la voie du dépôt\u{a0}: courrier ou courriel.".to_owned()));
    }
    if received_at > manager.now() {
        return Err(AppError::Unprocessable("La date de réception est dans le futur. Indiquer l’instant où le dépôt est arrivé.".to_owned()));
    }
    if received_at >= manager.facts().closes_at {
        let refusal = policy::Refusal::Closed { at: manager.facts().closes_at, arrived: received_at };
        return Err(AppError::Refused(refusal));
    }
    let location = format!("/appel/dossiers/{}", manager.project());
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, manager.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    if !matches!(locked.status, crate::access::Status::Draft | crate::access::Status::Deposited) {
        return Err(AppError::Refused(policy::Refusal::Frozen(locked.status)));
    }
    if let Some(scan) = &said.scan {
        keep_scan(&mut tx, &manager, scan).await?;
    }
    let content = units::load_all(&mut tx, manager.project()).await?;
    store::register(&mut tx, &app, &manager, (&said.channel, received_at, &said.note), &content).await?;
    store::remember(&mut tx, manager.project(), manager.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

async fn keep_scan(conn: &mut sqlx::PgConnection, manager: &ProjectManager, scan: &files::Received) -> Result<(), AppError> {
    sqlx::query!(
        "insert into attachment (id, project_id, slot, name, mime, size, sha256, account_id, created_at, file)
         values ($1, $2, 'depot-papier', $3, $4, $5, $6, $7, $8, $9)",
        Uuid::now_v7(),
        manager.project().get(),
        scan.name,
        scan.mime,
        i64::try_from(scan.size).unwrap_or(i64::MAX),
        scan.digest,
        manager.account().get(),
        manager.now(),
        scan.file
    )
    .execute(conn)
    .await?;
    Ok(())
}
