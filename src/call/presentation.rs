//! Texts of the call and its aid: what its public page says besides the dates and the trainings.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{FormView, Sheet, Spec};
use super::frame::{Asked, at};
use super::settings::{About, draw};
use super::store::settings::{self, Presentation};
use super::store::{self, Act};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::page::see;
use crate::suspended::{self, KeptForm};

const HERE: &str = "/appel/presentation";

const ABOUT: About = About { title: "Présentation de l’appel", lead: "Ce que la page publique dit de l’appel et de l’aide.", here: HERE, anchor: "" };

const VAT: [(&str, &str); 3] = [("unstated", "le règlement ne le dit pas"), ("excluded", "hors taxes"), ("included", "toutes taxes comprises")];

const ROUNDING: [(&str, &str); 2] = [("down", "au centime inférieur"), ("nearest", "au centime le plus proche, le demi-centime vers le haut")];

fn presentation(sheet: &mut Sheet<'_>, held: &Presentation) -> Presentation {
    sheet.group("L’appel");
    let title = sheet.read(Spec::new("title", "Titre"), &held.title);
    let short_title = sheet.read(Spec::new("short_title", "Titre court").hint("Dans les listes et les en-têtes.").range(0, 60), &held.short_title);
    let edition = sheet.read(Spec::new("edition", "Édition").hint("Par exemple 2014-2015.").range(0, 40), &held.edition);
    let territory = sheet.read(Spec::new("territory", "Territoire"), &held.territory);
    let organisers = sheet.read(Spec::new("organisers", "Organisateurs"), &held.organisers);
    let summary = sheet.read(Spec::new("summary", "Résumé").hint("Deux ou trois phrases sous le titre.").long(2000), &held.summary);
    let objectives = sheet.read(Spec::new("objectives", "Objectifs").hint("Une ligne vide sépare deux paragraphes.").long(12_000), &held.objectives);
    let page_guide = sheet.read(
        Spec::new("page_guide", "Repère de longueur d’un dossier, en pages")
            .hint("Compté sur la mise en page concise du PDF. 0 quand il n’y en a pas.")
            .range(0, 500),
        &held.page_guide,
    );
    sheet.group("L’aide à l’accompagnement");
    let funding_scheme = sheet.read(Spec::new("funding_scheme", "Fonds").optional(), &held.funding_scheme);
    let subsidy_cap = sheet.read(Spec::new("subsidy_cap", "Plafond de dépense éligible, en euros").hint("0 quand il n’y a pas d’aide."), &held.subsidy_cap);
    let subsidy_rate_percent = sheet.read(Spec::new("subsidy_rate", "Taux, en pour cent").range(0, 100), &held.subsidy_rate_percent);
    let subsidy_vat = sheet.read(Spec::new("subsidy_vat", "Montants").radios(&VAT), &held.subsidy_vat);
    let subsidy_rounding = sheet.read(Spec::new("subsidy_rounding", "Arrondi de l’aide").radios(&ROUNDING), &held.subsidy_rounding);
    Presentation {
        version: held.version,
        title,
        short_title,
        edition,
        territory,
        organisers,
        summary,
        objectives,
        funding_scheme,
        subsidy_cap,
        subsidy_rate_percent,
        subsidy_vat,
        subsidy_rounding,
        page_guide,
    }
}

fn form(manager: &CallManager, sheet: Sheet<'_>, version: i32) -> FormView {
    FormView::of(sheet, ("presentation", "Textes et réglages", "Enregistrer la présentation"), at(&manager.call().slug, HERE), version)
}

/// The managers of a call see its texts.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = settings::presentation(&mut conn, manager.call().id).await?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    let mut sheet = Sheet::kept(typed.as_ref());
    presentation(&mut sheet, &held);
    let seen = sheet.seen(held.version);
    draw(&app, &manager, ABOUT, vec![form(&manager, sheet, seen)], Vec::new(), (StatusCode::OK, &asked))
}

/// The managers of a call change its texts, at any time.
pub async fn save(State(app): State<App>, asked: Asked, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let location = at(&manager.call().slug, &format!("{HERE}?fait=1"));
    let mut tx = app.db.begin().await?;
    let locked = store::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let held = settings::presentation(&mut tx, manager.call().id).await?;
    let mut sheet = Sheet::of(Some(&input));
    let new = presentation(&mut sheet, &held);
    if let Some(status) = sheet.verdict(seen == locked.version) {
        let next = if status == StatusCode::CONFLICT { locked.version } else { seen };
        return draw(&app, &manager, ABOUT, vec![form(&manager, sheet, next)], Vec::new(), (status, &asked));
    }
    if !sheet.changes.is_empty() {
        settings::save_presentation(&mut tx, &manager, &new).await?;
        store::settle(&mut tx, &manager, &Act { operation, location: &location, act: "presentation_changed", subject: &sheet.notes() }).await?;
    }
    tx.commit().await?;
    Ok(see(&location))
}
