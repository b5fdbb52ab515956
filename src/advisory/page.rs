//! The page of the branch: the terms of reference read whole, their copies, who reads them, the retained provider.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use uuid::Uuid;

use super::consultation::store::{self as tenders, Retained};
use super::model::{Part, Stored};
use super::{frame, layout, store};
use crate::access::{MissionReader, TermsWriter, policy};
use crate::app::App;
use crate::call::frame::{Alert, Frame};
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::french::{count, uncapitalized};
use crate::kit::moment;
use crate::page::{Layout, filters, html, see};
use crate::project::store as projects;
use crate::project::units;
use crate::submission::store::remember;

/// A step of the branch: title, sentence, address, done.
struct Step {
    title: &'static str,
    sentence: String,
    href: String,
}

#[derive(Template)]
#[template(path = "advisory/page.html")]
struct MissionPage {
    layout: Layout,
    frame: Frame,
    base: String,
    parts: Vec<Part>,
    removed: Vec<Stored>,
    versions: Vec<(i32, String)>,
    steps: Vec<Step>,
    /// What comes next, and where, for the team.
    next: Option<(&'static str, String)>,
    retained: Option<Retained>,
    reads_terms: bool,
    may_write: bool,
    is_team: bool,
    is_shown: bool,
    refusal: String,
    version: i64,
    operation: Uuid,
}

/// The team; managers and reviewers once the terms are submitted to the expertise; whoever opens the dossier, the retained
/// provider once chosen.
pub async fn show(State(app): State<App>, reader: MissionReader, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let (ties, facts) = (reader.ties(), reader.facts());
    let reads_terms = policy::read_terms(ties, facts).is_ok();
    let mut conn = app.db.acquire().await?;
    if !reader.is_team() {
        projects::record_staff_read(&mut conn, &reader).await?;
    }
    let (terms, removed) = if reads_terms { store::current(&mut conn, &reader).await? } else { (super::model::Terms::none(), Vec::new()) };
    let versions = if reads_terms { store::versions(&mut conn, reader.project()).await? } else { Vec::new() };
    let retained = if policy::read_retained(ties, facts).is_ok() { tenders::retained(&mut conn, &reader).await? } else { None };
    let counts = if policy::read_tenders(ties, facts).is_ok() { Some(tenders::counts(&mut conn, reader.project()).await?) } else { None };
    drop(conn);
    let may = policy::write_terms(ties, facts);
    let next = counts.map(|(asked, offers)| next(!versions.is_empty(), (asked, offers), retained.is_some(), facts.mission.subsidy));
    let mut frame = frame(&reader, "Assistance à maîtrise d’ouvrage (AMO)", "/amo");
    frame.lead = if reader.is_team() {
        "Facultative, et à la mesure de votre avancement\u{a0}: tout ce qui suit se propose, rien ne s’impose.".to_owned()
    } else {
        String::new()
    };
    frame.alerts.extend(asked.get("fait").filter(|_| reader.is_team()).map(|what| done(what)));
    html(&MissionPage {
        layout: layout(&app, &reader, "Assistance (AMO)"),
        next: next.map(|(words, path)| (words, reader.url(path))),
        steps: counts.map(|counts| steps(&reader, &versions, counts, retained.as_ref())).unwrap_or_default(),
        frame,
        base: reader.url(""),
        parts: terms.parts,
        removed: if may.is_ok() { removed } else { Vec::new() },
        versions: versions.into_iter().map(|held| (held.number, format!("{}, {}", held.name, moment::full(held.at)))).collect(),
        retained,
        reads_terms,
        may_write: may.is_ok(),
        refusal: may.err().filter(|_| reader.is_team()).map(|refusal| refusal.sentence()).unwrap_or_default(),
        is_team: reader.is_team(),
        is_shown: facts.mission.terms_shown,
        version: reader.head().content_version,
        operation: Uuid::new_v4(),
    })
}

fn done(what: &str) -> Alert {
    match what {
        "retrait" => Alert::done("Section retirée", "Elle reste dans la liste des sections retirées, en bas de page, et se remet."),
        "expertise" => Alert::done("Enregistré", "L’état de l’expertise est à jour."),
        _ => Alert::done("Section enregistrée", "L’ancienne version reste dans l’historique de la section."),
    }
}

fn steps(reader: &MissionReader, versions: &[store::Version], (asked, offers): (i64, i64), retained: Option<&Retained>) -> Vec<Step> {
    let frozen = versions.first().map_or_else(|| "aucune copie figée".to_owned(), |held| format!("dernière copie\u{a0}: version {}", held.number));
    let chosen = retained.map_or_else(|| "pas encore".to_owned(), |held| held.name.clone());
    let providers = format!("{}, {}", count(asked, "prestataire consulté", "prestataires consultés"), count(offers, "offre reçue", "offres reçues"));
    let subsidy = uncapitalized(crate::subsidy::word(reader.facts().mission.subsidy));
    vec![
        Step { title: "Cahier des charges", sentence: frozen, href: reader.url("/amo#h-cdc") },
        Step { title: "Consultation", sentence: providers, href: reader.url("/amo/consultation") },
        Step { title: "Choix", sentence: chosen, href: reader.url("/amo/choix") },
        Step { title: "Subvention", sentence: subsidy, href: reader.url("/subvention") },
    ]
}

/// The next step of the branch, from what is done: words and place.
fn next(is_frozen: bool, (asked, offers): (i64, i64), is_retained: bool, subsidy: policy::SubsidyState) -> (&'static str, &'static str) {
    use policy::SubsidyState as S;
    match (is_retained, subsidy) {
        (_, S::Incomplete) => ("Compléter la demande de subvention, puis la déposer de nouveau", "/subvention"),
        (_, S::Refused) => ("Lire le motif du refus du fonds, et préparer une nouvelle demande si elle a un sens", "/subvention"),
        (_, S::Deposited) => ("Le fonds étudie la demande de subvention\u{a0}: il n’y a rien à faire", "/subvention"),
        (_, S::Granted) => ("L’aide est accordée, son versement suit\u{a0}: il n’y a rien à faire", "/subvention"),
        (_, S::Paid) => ("L’aide est versée\u{a0}: tout est fait", "/subvention"),
        (true, S::Absent | S::Draft) => ("Préparer la demande de subvention", "/subvention"),
        (false, _) if !is_frozen => ("Relire le cahier des charges, puis figer une version à envoyer", "/amo#h-ver"),
        (false, _) if asked == 0 => ("Consulter des prestataires", "/amo/consultation"),
        (false, _) if offers == 0 => ("Enregistrer les offres reçues", "/amo/consultation"),
        (false, _) => ("Comparer les offres, puis choisir", "/amo/choix"),
    }
}

/// The carriers submit their terms of reference to the expertise of ADEME and Région, or take them back.
pub async fn submit(State(app): State<App>, writer: TermsWriter, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let is_shown = input.get("soumis") == "oui";
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, writer.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    policy::write_terms(&locked.ties(&writer), &locked.facts(writer.facts()))?;
    let location = writer.url("/amo?fait=expertise#expertise");
    store::show(&mut tx, &writer, is_shown).await?;
    journal::record(&mut tx, writer.project(), writer.account(), "terms_shown", if is_shown { "oui" } else { "non" }, writer.now()).await?;
    remember(&mut tx, writer.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::SubsidyState as S;

    #[test]
    fn each_step_says_the_next_one() {
        for (held, path) in [
            ((false, (0, 0), false, S::Absent), "/amo#h-ver"),
            ((true, (0, 0), false, S::Absent), "/amo/consultation"),
            ((true, (2, 0), false, S::Absent), "/amo/consultation"),
            ((true, (2, 1), false, S::Draft), "/amo/choix"),
            ((false, (2, 1), true, S::Absent), "/subvention"),
            ((true, (2, 1), true, S::Refused), "/subvention"),
        ] {
            assert_eq!(next(held.0, held.1, held.2, held.3).1, path, "{held:?}");
        }
    }
}
