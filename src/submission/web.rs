//! Deposit, receipt, deposits to read, the printable dossier.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::{SectionRead, read_view, store};
use crate::access::{DepositReader, Dossier, NumberPart, ProjectDepositor, ProjectReader, ProjectVisitor, Sending, Status, policy};
use crate::app::App;
use crate::engagement::frozen::{self, Frozen};
use crate::error::AppError;
use crate::framework::standing::Standing;
use crate::input::Input;
use crate::instruction::reading::{self as last_reading, Since};
use crate::kit::ids::SubmissionId;
use crate::kit::moment;
use crate::page::{Layout, Tag, filters, html, html_with, see};
use crate::project::{attachments, files, reading, units};

#[derive(Template)]
#[template(path = "submission/deposit.html")]
struct DepositPage {
    layout: Layout,
    base: String,
    heading: String,
    bound: String,
    is_open: bool,
    /// What the POST that was just refused is told; nothing when the page is only read.
    told: String,
    /// A deposit was just refused for what is missing.
    is_refused: bool,
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
            "correction" => "complément demandé",
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
        is_open: matches!(dossier.facts().status, Status::Draft | Status::Deposited) && dossier.now() < dossier.facts().closes_at,
        told: String::new(),
        is_refused: false,
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
pub async fn save(State(app): State<App>, sending: Sending<ProjectDepositor>, input: Input) -> Result<Response, AppError> {
    let done = match &sending {
        Sending::Allowed(depositor) => deposit_now(&app, depositor, &input).await,
        Sending::Refused(_, refusal) => Err(refusal.clone().into()),
    };
    match done {
        Err(AppError::Refused(refusal)) if !input.wants_json && sending.dossier().is_team() => {
            let dossier = sending.dossier();
            let mut conn = app.db.acquire().await?;
            let content = units::load_all(&mut conn, dossier.project()).await?;
            let deposits = store::deposits(&mut conn, dossier.project()).await?;
            let page = deposit_page(&app, dossier, &Standing::of(&content), deposits);
            html_with(StatusCode::FORBIDDEN, &DepositPage { told: refusal.late(), ..page })
        }
        other => other,
    }
}

async fn deposit_now(app: &App, depositor: &ProjectDepositor, input: &Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let receipt = depositor.url("/recu");
    let mut tx = app.db.begin().await?;
    let mut locked = units::lock(&mut tx, depositor.project(), operation).await?;
    if let Some(done) = locked.done.take() {
        return Ok(see(&done));
    }
    policy::deposit(&locked.ties(depositor), &locked.facts(depositor.facts()), depositor.now())?;
    let content = units::load_all(&mut tx, depositor.project()).await?;
    let standing = Standing::of(&content);
    if !standing.is_depositable() {
        let deposits = store::deposits(&mut tx, depositor.project()).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &DepositPage { is_refused: true, ..deposit_page(app, depositor, &standing, deposits) });
    }
    // Read again under the lock: two clicks at once are one deposit, and an unchanged dossier keeps its receipt.
    let is_same =
        sqlx::query_scalar!(r#"select coalesce(deposited_version = content_version, false) as "same!" from project where id = $1"#, depositor.project().get())
            .fetch_one(&mut *tx)
            .await?;
    if !is_same {
        store::deposit(&mut tx, app, depositor, &content).await?;
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
pub async fn receipt(State(app): State<App>, reader: ProjectVisitor, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    // Its team is sent to where a deposit is made.
    if reader.is_team() && !reader.facts().has_deposit {
        return Ok(see(&reader.url("/depot")));
    }
    policy::read_deposit(reader.ties(), reader.facts())?;
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
    /// What came since the reader last opened a deposit.
    since: Option<Since>,
}

/// What the printed text is, beside the last deposit.
fn text_state(dossier: &Dossier, last: Option<&store::Deposit>) -> String {
    match last {
        None => "brouillon, jamais déposé".to_owned(),
        Some(last) if dossier.has_undeposited_changes() => {
            format!("modifié depuis le dépôt n°\u{a0}{}\u{a0}: ces modifications ne sont pas déposées", last.reference)
        }
        Some(last) => format!("conforme au dépôt n°\u{a0}{}", last.reference),
    }
}

impl ReadPage {
    /// The section of that index is the first of its deliverable.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the template passes references")]
    fn opens(&self, index: &usize) -> bool {
        let index = *index;
        index == 0 || self.sections[index - 1].deliverable.no != self.sections[index].deliverable.no
    }
}

/// The team prints its draft as it stands.
pub async fn print(State(app): State<App>, reader: ProjectReader) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let content = units::load_all(&mut conn, reader.project()).await?;
    let files = attachments::list(&mut conn, reader.project()).await?;
    let criteria = crate::project::store::criteria(&mut conn, reader.head().call).await?;
    let mut sections = reading::sections(&content, &files, &criteria, None);
    frozen::insert(&mut sections, Frozen::take(&mut conn, reader.project(), &content).await?.as_ref(), None);
    let last = store::deposits(&mut conn, reader.project()).await?;
    let facts =
        vec![("État", Tag::told(reader.told_status()).word.to_owned()), ("Texte", text_state(&reader, last.first())), ("Imprimé", moment::full(reader.now()))];
    let pieces = files.iter().map(|file| (file.name.clone(), file.size.clone(), file.digest.clone())).collect();
    let documents = vec![("Télécharger le dossier (PDF)", reader.url("/dossier.pdf")), ("tous les documents", reader.url("/documents"))];
    html(&ReadPage { documents, ..read_page(&app, &reader, facts, sections, pieces) })
}

/// Whoever may read the deposits reads one of them.
pub async fn deposit(State(app): State<App>, reader: DepositReader, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let deposits = store::deposits(&mut conn, reader.project()).await?;
    let former = deposits.iter().find(|deposit| i64::from(deposit.number) < number).map(|deposit| deposit.number);
    let found = deposits.into_iter().find(|deposit| i64::from(deposit.number) == number).ok_or(AppError::NotFound)?;
    let since = last_reading::since(&mut conn, &reader).await?;
    last_reading::read(&mut conn, &reader, SubmissionId(found.id)).await?;
    let sections = read_view(&mut conn, SubmissionId(found.id), None).await?;
    let view = views(vec![found]).remove(0);
    let facts = vec![("Dépôt", format!("n°\u{a0}{}, {} ({})", view.reference, view.when, view.channel)), ("Déposé par", view.by), ("Empreinte", view.digest)];
    let base = reader.url(&format!("/depots/{number}"));
    let mut documents = vec![
        ("Télécharger le dossier (PDF)", format!("{base}/dossier.pdf")),
        ("mise en page concise (PDF)", format!("{base}/dossier.pdf?mise-en-page=concise")),
        ("avec toutes les pièces (ZIP)", format!("{base}/dossier.zip")),
        ("récépissé (PDF)", format!("{base}/recepisse.pdf")),
    ];
    let compare = former.map(|former| reader.url(&format!("/comparaison?de={former}&a={number}")));
    documents.extend(compare.map(|href| ("comparer au dépôt précédent", href)));
    html(&ReadPage { documents, since, ..read_page(&app, &reader, facts, sections, Vec::new()) })
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
        since: None,
    }
}
