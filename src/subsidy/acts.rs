//! The steps of a subsidy file: deposited by its owner, then what the fund said, recorded by who instructs.

use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::model::{self, leads, recordable, word};
use super::page::{self, Drawn, missing, shown};
use super::pieces;
use super::store::{self, Addressee, File, Step};
use crate::access::policy::{self, SubsidyState as State};
use crate::access::{Dossier, SubsidyDepositor, SubsidyRecorder};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::Alert;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::moment;
use crate::mail::{self, Mail, advisory as texts, instruction::About};
use crate::page::see;
use crate::project::units;
use crate::submission::store::remember;

/// The owner deposits the file to the fund, for the first time or once completed.
pub async fn deposit(Shared(app): Shared<App>, owner: SubsidyDepositor, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, owner.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    pieces::still_written(&mut tx, &owner, &locked).await?;
    policy::manage_team(&locked.ties(&owner), &locked.facts(owner.facts()))?;
    let held = shown(&mut tx, &owner).await?;
    let blocked = missing(&held);
    let (Some(quote), true, true) = (held.file.quote, blocked.is_empty(), held.file.rule.pays()) else {
        let sentence =
            if held.file.rule.pays() { "La demande n’est pas complète\u{a0}: la page dit ce qui manque." } else { "Cet appel ne prévoit pas d’aide." };
        let alert = Alert {
            links: blocked.into_iter().map(|(label, href)| (href, label)).collect(),
            is_focused: true,
            ..Alert::refusal("Rien n’est déposé", sentence)
        };
        return refused(&app, &mut tx, &owner, alert).await;
    };
    let is_again = held.file.state == State::Incomplete;
    let files: Vec<Uuid> = held.held.iter().flat_map(|piece| piece.files.iter().map(|file| file.id).chain(piece.taken.iter().copied())).collect();
    let terms = crate::advisory::store::versions(&mut tx, owner.project()).await?.first().map(|held| format!("terms:{}", held.number));
    let marks: Vec<String> = terms.into_iter().collect();
    let today = moment::paris_parts(owner.now()).0;
    let step = Step { states: (held.file.state, State::Deposited), on: today, reference: "", message: "", pieces: &marks, files: &files };
    store::deposit(&mut tx, &owner, &held.file, quote, &step).await?;
    journal::record(&mut tx, owner.project(), owner.account(), "grant_deposited", "", owner.now()).await?;
    let path = owner.url("/subvention");
    let told = texts::deposited(&app, About { title: &owner.head().title, path: &path }, is_again);
    let people = store::instructors(&mut tx, &owner).await?;
    tell(&mut tx, people, &told, operation).await?;
    let location = owner.url("/subvention?fait=depot");
    remember(&mut tx, owner.project(), owner.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The owner takes a refused file up again as another request: its pieces stay, to be changed, then deposited.
pub async fn reopen(Shared(app): Shared<App>, owner: SubsidyDepositor, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, owner.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    policy::reopen_subsidy(&locked.ties(&owner), &locked.facts(owner.facts()))?;
    let today = moment::paris_parts(owner.now()).0;
    let step = Step { states: (State::Refused, State::Draft), on: today, reference: "", message: "", pieces: &[], files: &[] };
    store::reopen(&mut tx, &owner, &step).await?;
    journal::record(&mut tx, owner.project(), owner.account(), "grant_reopened", "", owner.now()).await?;
    let location = owner.url("/subvention?fait=reprise");
    remember(&mut tx, owner.project(), owner.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

async fn refused(app: &App, conn: &mut PgConnection, owner: &SubsidyDepositor, alert: Alert) -> Result<Response, AppError> {
    let held = shown(conn, owner).await?;
    let mut sheet = Sheet::of(None);
    let bank = store::depositor_bank(conn, owner).await?;
    page::read(&mut sheet, &held, &bank);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page::draw(app, owner, &held, Drawn { sheet, record: Sheet::of(None), status, alert: Some(alert), taken_out: None, seen: None })
}

async fn tell(conn: &mut PgConnection, people: Vec<Addressee>, (subject, body): &(String, String), operation: Uuid) -> sqlx::Result<()> {
    for person in people {
        let key = format!("grant {operation} {}", person.id);
        mail::queue(conn, &Mail { kind: "grant", recipient: &person.email, subject, body, dedup_key: Some(&key) }).await?;
    }
    Ok(())
}

/// What who instructs records.
struct Recorded {
    target: Option<State>,
    on: Option<Date>,
    reference: String,
    message: String,
    pieces: Vec<String>,
}

fn read(sheet: &mut Sheet<'_>, dossier: &Dossier, file: &File) -> Recorded {
    let offered = recordable(file.state);
    let options: Vec<(&str, &str)> = offered.iter().map(|(state, words)| (state.as_str(), *words)).collect();
    let target = sheet.read(Spec::new("etat", "Ce que le fonds a dit").radios(&options), &String::new());
    if target.is_empty() {
        sheet.refuse("etat", "Choisir l’un de ces états.");
    }
    let target = State::parse(&target).filter(|to| leads(file.state, *to));
    let today = moment::paris_parts(dossier.now()).0;
    let on: Option<Date> = sheet.read(Spec::new("jour", "Jour"), &Some(today));
    if on.is_some_and(|day| day > today) {
        sheet.refuse("jour", "Ce jour n’est pas encore venu.");
    }
    let reference = sheet.read(Spec::new("reference", "Référence").hint("Numéro de décision ou de mandat.").range(0, 120).optional(), &String::new());
    let message = sheet.read(
        Spec::new("message", "Message au porteur")
            .hint("Obligatoire pour une demande incomplète, un refus (son motif) ou une correction. Part par courriel.")
            .long(4000)
            .optional(),
        &String::new(),
    );
    let corrects = matches!((file.state, target), (State::Granted | State::Refused, Some(State::Deposited)) | (State::Paid, Some(State::Granted)));
    if message.is_empty() {
        match target {
            Some(State::Refused) => sheet.refuse("message", "Écrire le motif du refus."),
            Some(State::Incomplete) => sheet.refuse("message", "Dire au porteur ce qui manque."),
            _ if corrects => sheet.refuse("message", "Dire au porteur ce qui est corrigé."),
            _ => {}
        }
    }
    if matches!(target, Some(State::Granted | State::Refused | State::Paid)) && !corrects && reference.is_empty() {
        sheet.refuse("reference", "Écrire la référence de la décision.");
    }
    let mut pieces = Vec::new();
    if file.state == State::Deposited {
        sheet.group("Pièces qui manquent");
        for piece in model::pieces(&file.structure.0) {
            if sheet.read(Spec::new(format!("piece.{}", piece.key), piece.label), &false) {
                pieces.push(piece.key.to_owned());
            }
        }
        if target == Some(State::Incomplete) && pieces.is_empty() {
            sheet.refuse("piece.letter", "Cocher au moins une pièce.");
        }
    }
    Recorded { target, on, reference, message, pieces: if target == Some(State::Incomplete) { pieces } else { Vec::new() } }
}

/// The form of what may be recorded now; none when nothing may.
pub(super) fn record_form(mut sheet: Sheet<'_>, dossier: &Dossier, file: &File) -> Option<FormView> {
    if recordable(file.state).is_empty() {
        return None;
    }
    if sheet.groups.is_empty() {
        read(&mut sheet, dossier, file);
    }
    let action = dossier.url("/subvention/etat");
    Some(FormView::of(sheet, ("etat-fonds", "Enregistrer ce que le fonds a dit", "Enregistrer"), action, file.version))
}

/// Who instructs records what the fund said; the carriers are told by mail.
pub async fn record(Shared(app): Shared<App>, recorder: SubsidyRecorder, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, recorder.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    policy::record_subsidy(&locked.ties(&recorder), &locked.facts(recorder.facts()))?;
    let held = shown(&mut tx, &recorder).await?;
    let mut sheet = Sheet::of(Some(&input));
    let said = read(&mut sheet, &recorder, &held.file);
    let (Some(target), Some(on), false) = (said.target, said.on, sheet.has_errors()) else {
        let drawn = Drawn { sheet: Sheet::of(None), record: sheet, status: StatusCode::UNPROCESSABLE_ENTITY, alert: None, taken_out: None, seen: None };
        return page::draw(&app, &recorder, &held, drawn);
    };
    let step = Step { states: (held.file.state, target), on, reference: &said.reference, message: &said.message, pieces: &said.pieces, files: &[] };
    store::record(&mut tx, &recorder, &step).await?;
    journal::record(&mut tx, recorder.project(), recorder.account(), "grant_recorded", target.as_str(), recorder.now()).await?;
    let path = recorder.url("/subvention");
    let reference = if said.reference.is_empty() { String::new() } else { format!(", référence {}", said.reference) };
    let sentence = format!("{}, le {}{reference}", word(target).to_lowercase(), moment::day(on));
    let told = texts::recorded(&app, About { title: &recorder.head().title, path: &path }, (&sentence, &said.message), target == State::Refused);
    let people = store::carriers(&mut tx, &recorder).await?;
    tell(&mut tx, people, &told, operation).await?;
    let location = recorder.url("/subvention?fait=etat");
    remember(&mut tx, recorder.project(), recorder.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
