//! The page of the subsidy file: pieces, computation, state, what the fund said.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{self, Quote, is_written, piece_of, read_bic, read_iban};
use super::pieces::{self, Held};
use super::store::{self, Bank, File};
use crate::access::{Dossier, SubsidyReader, SubsidyWriter, policy};
use crate::advisory::{consultation, export, frame, layout};
use crate::app::App;
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::frame::{Alert, Frame};
use crate::documents::Asked;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::moment;
use crate::kit::values::Cents;
use crate::page::{Layout, Tag, filters, html_with, see};
use crate::project::files::ACCEPTED;
use crate::project::units;
use crate::submission::store::remember;

/// A piece, as drawn.
struct PieceView {
    key: &'static str,
    label: &'static str,
    why: &'static str,
    requirement: &'static str,
    tag: Tag,
    files: Vec<(Uuid, String, String)>,
    given: Option<(String, String)>,
    /// Only those who need it read its files.
    is_masked: bool,
    upload: String,
}

/// A step, as drawn.
struct StepView {
    tag: Tag,
    when: String,
    who: String,
    reference: String,
    message: String,
    pieces: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "subsidy/page.html")]
struct SubsidyPage {
    layout: Layout,
    frame: Frame,
    base: String,
    tag: Tag,
    pieces: Vec<PieceView>,
    told: Vec<String>,
    aid: String,
    aid_label: &'static str,
    form: Option<FormView>,
    record: Option<FormView>,
    bank: String,
    bank_href: Option<String>,
    reads: Vec<(String, String)>,
    steps: Vec<StepView>,
    missing: Vec<(String, String)>,
    taken_out: Option<Uuid>,
    accepted: &'static str,
    may_write: bool,
    may_deposit: bool,
    /// The fund's refusal that is in force: day, reference, reason.
    refusal: Option<(String, String, String)>,
    /// Whether the file was taken up again since.
    is_reopened: bool,
    may_reopen: bool,
    pays: bool,
    fund: String,
    operation: Uuid,
    version: i32,
}

/// Everything that the page shows.
pub(super) struct Shown {
    pub(super) file: File,
    pub(super) held: Vec<Held>,
    steps: Vec<store::Taken>,
    reads: Vec<(String, time::OffsetDateTime)>,
    offered: Option<Quote>,
}

/// Reads everything that the page shows.
pub(super) async fn shown(conn: &mut PgConnection, reader: &Dossier) -> Result<Shown, AppError> {
    let file = store::file(conn, reader).await?;
    let held = pieces::held(conn, reader, &file).await?;
    let retained = consultation::store::retained(conn, reader).await?;
    Ok(Shown {
        held,
        steps: store::steps(conn, reader).await?,
        reads: if policy::read_bank(reader.ties(), reader.facts()).is_ok() { store::bank_reads(conn, reader).await? } else { Vec::new() },
        offered: retained.and_then(|retained| retained.offer).map(|offer| (offer.excluded, offer.included)),
        file,
    })
}

/// What the form of a draft holds.
pub(super) fn read(sheet: &mut Sheet<'_>, shown: &Shown, bank: &Bank) -> (Option<Quote>, Bank) {
    sheet.group("Le devis");
    let held = shown.file.quote.or(shown.offered);
    let hint = if shown.file.quote.is_none() && shown.offered.is_some() { "Repris de l’offre retenue\u{202f}; à vérifier sur le devis." } else { "" };
    let excluded: Option<Cents> = sheet.read(Spec::new("devis_ht", "Montant HT, en euros").hint(hint).optional(), &held.map(|(excluded, _)| excluded));
    let included: Option<Cents> = sheet
        .read(Spec::new("devis_ttc", "Montant TTC, en euros").hint("Sans TVA, le même que le montant HT.").optional(), &held.map(|(_, included)| included));
    let quote = match (excluded, included) {
        (Some(excluded), Some(included)) => {
            if included < excluded {
                sheet.refuse("devis_ttc", "Le montant TTC ne peut pas être inférieur au montant HT.");
            }
            Some((excluded, included))
        }
        (None, None) => None,
        (None, Some(_)) => {
            sheet.refuse("devis_ht", "Écrire aussi le montant HT.");
            None
        }
        (Some(_), None) => {
            sheet.refuse("devis_ttc", "Écrire aussi le montant TTC.");
            None
        }
    };
    sheet.group("Le compte à créditer");
    let holder = sheet.read(Spec::new("titulaire", "Titulaire du compte").range(0, 160).optional().personal(), &bank.holder);
    let iban = sheet.read(
        Spec::new("iban", "IBAN").hint("Masqué pour tous, sauf le porteur, l’équipe qui écrit et qui instruit.").range(0, 60).optional().personal(),
        &bank.iban,
    );
    let bic = sheet.read(Spec::new("bic", "BIC").range(0, 20).optional().personal(), &bank.bic);
    let read = |read: Result<String, String>, name: &str, sheet: &mut Sheet<'_>| match read {
        Ok(text) => text,
        Err(sentence) => {
            sheet.refuse(name, sentence);
            String::new()
        }
    };
    let iban = read(read_iban(&iban), "iban", sheet);
    let bic = read(read_bic(&bic), "bic", sheet);
    (quote, Bank { holder, iban, bic })
}

/// The team reads its file; who instructs, once deposited.
pub async fn show(Shared(app): Shared<App>, reader: SubsidyReader, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    if !reader.is_team() {
        crate::project::store::record_staff_read(&mut conn, &reader).await?;
    }
    let shown = shown(&mut conn, &reader).await?;
    let done = asked.get("fait").map(|what| match what.as_str() {
        "depot" => Alert::done("Demande déposée", "Les gestionnaires de l’appel sont prévenus. La demande se lit, elle ne se modifie plus."),
        "reprise" => Alert::done(
            "Nouvelle demande en préparation",
            "Elle part de la demande refusée\u{a0}: changez ce qu’il faut, puis déposez-la. Personne hors de l’équipe ne la lit d’ici là.",
        ),
        "etat" => Alert::done("État enregistré", "Le porteur et son équipe sont prévenus par courriel."),
        _ => Alert::done("Enregistré", "Le calcul et la liste des pièces sont à jour."),
    });
    let taken_out = asked.get("retiree").and_then(|id| Uuid::try_parse(id).ok());
    let mut sheet = Sheet::of(None);
    if policy::write_subsidy(reader.ties(), reader.facts()).is_ok() {
        // Who writes the file reads its bank details.
        let bank = store::own_bank(&mut conn, &reader).await?;
        read(&mut sheet, &shown, &bank);
    }
    drop(conn);
    draw(&app, &reader, &shown, Drawn { sheet, record: Sheet::of(None), status: StatusCode::OK, alert: done, taken_out, seen: None })
}

/// The forms of the page, as they come back.
pub(super) struct Drawn<'a> {
    pub(super) sheet: Sheet<'a>,
    pub(super) record: Sheet<'a>,
    pub(super) status: StatusCode,
    pub(super) alert: Option<Alert>,
    pub(super) taken_out: Option<Uuid>,
    /// Version that the posted form goes on from.
    pub(super) seen: Option<i32>,
}

/// Draws the page.
pub(super) fn draw(app: &App, reader: &Dossier, shown: &Shown, drawn: Drawn<'_>) -> Result<Response, AppError> {
    let (ties, facts) = (reader.ties(), reader.facts());
    let base = reader.url("/subvention");
    let seen = drawn.seen.unwrap_or(shown.file.version);
    let may_write = policy::write_subsidy(ties, facts).is_ok();
    let form = may_write.then(|| FormView::of(drawn.sheet, ("demande", "Devis et compte", "Enregistrer"), base.clone(), seen).main_if(false));
    let record = policy::record_subsidy(ties, facts).is_ok().then(|| super::acts::record_form(drawn.record, reader, &shown.file)).flatten();
    let mut frame = frame(reader, "Demande de subvention", "/subvention");
    let forms: Vec<FormView> = form.into_iter().chain(record).collect();
    frame.alerts.extend([drawn.alert, Alert::errors(&forms), Alert::conflict(&forms)].into_iter().flatten());
    let (mut form, mut record) = (None, None);
    for view in forms {
        if view.id == "demande" { form = Some(view) } else { record = Some(view) }
    }
    let (file, reads_bank) = (&shown.file, policy::read_bank(ties, facts).is_ok());
    let missing = if may_write { missing(shown) } else { Vec::new() };
    let page = SubsidyPage {
        layout: layout(app, reader, "Demande de subvention"),
        tag: model::tag(file.state),
        pieces: shown.held.iter().map(|held| piece_view(held, &base, reads_bank)).collect(),
        told: file.quote.map(|quote| file.rule.told(quote)).unwrap_or_default(),
        aid_label: if matches!(file.state, policy::SubsidyState::Granted | policy::SubsidyState::Paid) { "Aide accordée" } else { "Aide demandée" },
        aid: file.kept.map(|aid| aid.aid.to_string()).unwrap_or_default(),
        bank: if file.iban_end.is_empty() {
            String::new()
        } else {
            format!("IBAN terminé par {}", if reads_bank && reader.is_team() { &file.iban_end } else { "••••" })
        },
        bank_href: (reads_bank && !file.iban_end.is_empty()).then(|| format!("{base}/rib")),
        reads: shown.reads.iter().map(|(name, at)| (name.clone(), moment::full(*at))).collect(),
        steps: shown.steps.iter().map(step_view).collect(),
        refusal: refusal(shown),
        is_reopened: file.state == policy::SubsidyState::Draft,
        may_reopen: policy::reopen_subsidy(ties, facts).is_ok(),
        may_deposit: missing.is_empty() && policy::deposit_subsidy(ties, facts).is_ok(),
        missing,
        taken_out: drawn.taken_out.filter(|_| may_write),
        accepted: ACCEPTED,
        may_write,
        pays: file.rule.pays(),
        fund: file.fund.clone(),
        operation: Uuid::new_v4(),
        version: seen,
        form,
        record,
        frame,
        base,
    };
    html_with(drawn.status, &page)
}

/// The last refusal, as long as nothing was deposited since.
fn refusal(shown: &Shown) -> Option<(String, String, String)> {
    use policy::SubsidyState as S;
    let is_standing = matches!(shown.file.state, S::Refused | S::Draft);
    let taken = shown.steps.iter().find(|taken| taken.target == S::Refused.as_str()).filter(|_| is_standing)?;
    Some((moment::day(taken.on_day), taken.reference.clone(), taken.message.clone()))
}

fn piece_view(held: &Held, base: &str, reads_bank: bool) -> PieceView {
    let is_masked = held.piece.key == "bank" && !reads_bank;
    PieceView {
        key: held.piece.key,
        label: held.piece.label,
        why: held.piece.why,
        requirement: held.piece.requirement,
        tag: if held.is_there() { Tag { class: "done", word: "Jointe" } } else { Tag { class: "todo", word: "À joindre" } },
        files: if is_masked { Vec::new() } else { held.files.iter().map(|file| (file.id, file.name.clone(), file.detail.clone())).collect() },
        given: held.given.clone(),
        is_masked: is_masked && !held.files.is_empty(),
        upload: format!("{base}/joindre/{}?operation={}", held.piece.key, Uuid::new_v4()),
    }
}

fn step_view(taken: &store::Taken) -> StepView {
    StepView {
        tag: policy::SubsidyState::parse(&taken.target).map_or(Tag { class: "off", word: "" }, model::tag),
        when: moment::day(taken.on_day),
        who: format!("{}, {}", taken.name, moment::full(taken.at)),
        reference: taken.reference.clone(),
        message: taken.message.clone(),
        pieces: taken.pieces.iter().filter_map(|key| piece_of(key)).map(|piece| piece.label).collect(),
    }
}

/// What still prevents the deposit: words and address.
pub(super) fn missing(shown: &Shown) -> Vec<(String, String)> {
    let mut missing: Vec<(String, String)> =
        shown.held.iter().filter(|held| !held.is_there()).map(|held| (held.piece.label.to_owned(), format!("#{}", held.piece.key))).collect();
    if shown.file.quote.is_none() {
        missing.push(("Montant du devis".to_owned(), "#devis_ht".to_owned()));
    }
    if shown.file.iban_end.is_empty() {
        missing.push(("IBAN du compte à créditer".to_owned(), "#iban".to_owned()));
    }
    missing
}

/// The carriers save the quote and the bank details.
pub async fn save(Shared(app): Shared<App>, writer: SubsidyWriter, input: Input) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, writer.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    pieces::still_written(&mut tx, &writer, &locked).await?;
    let shown = shown(&mut tx, &writer).await?;
    let bank = store::written_bank(&mut tx, &writer).await?;
    let mut sheet = Sheet::of(Some(&input));
    let (quote, next) = read(&mut sheet, &shown, &bank);
    if let Some(status) = sheet.verdict(seen == shown.file.version) {
        let from = if status == StatusCode::CONFLICT { shown.file.version } else { seen };
        let drawn = Drawn { sheet, record: Sheet::of(None), status, alert: None, taken_out: None, seen: Some(from) };
        return draw(&app, &writer, &shown, drawn);
    }
    let location = writer.url("/subvention?fait=1");
    if !is_written(shown.file.state) {
        return Err(AppError::NotFound);
    }
    store::save(&mut tx, &writer, quote, &next).await?;
    journal::record(&mut tx, writer.project(), writer.account(), "grant_saved", "", writer.now()).await?;
    remember(&mut tx, writer.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Whoever reads the subsidy file keeps the terms of reference that go with it.
pub async fn terms(Shared(app): Shared<App>, reader: SubsidyReader, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let deposited = store::deposited_terms(&mut conn, &reader).await?;
    drop(conn);
    // The administration reads the version that was deposited, and no other by this address.
    let is_deposited = asked.version().is_some() && asked.version() == deposited.map(i64::from);
    if !reader.is_team() && !is_deposited {
        return Err(AppError::NotFound);
    }
    export::print(&app, &reader, &asked).await
}
