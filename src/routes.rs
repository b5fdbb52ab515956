//! Every address of the service, in reading order. Nothing registers a route elsewhere.

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, RawPathParams};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::account::{invited, operation, own, ownership, reset, sign_in, team};
use crate::advisory::consultation::{choice, mission, page as consultation, provider};
use crate::advisory::{export as terms_export, page as advisory, sections as terms, versions as terms_versions};
use crate::app::App;
use crate::documents::web as documents;
use crate::engagement::{self, partner, partner_copy, partner_said, signatory};
use crate::error::url_encode;
use crate::instruction::correction::{answer, closing, delay, page as correction, request, wished};
use crate::instruction::opinion::{ask, expert, list as opinions};
use crate::instruction::{acts, comparison, labels, notes, page as instruction, verdict};
use crate::leads::{deciding, download, lead, list as leads, visits};
use crate::live::web as live;
use crate::nomenclature as lists;
use crate::page::see;
use crate::project::comments::web as talk;
use crate::project::exchange::{copy, export, preview, start, undo};
use crate::project::perimeter::web as perimeter;
use crate::project::{attachments, files, finished, history, overview, rows, sections, stakeholders, traceability};
use crate::review::{declaration, deliver, expertise, list, others, pages, recusal, wish};
use crate::submission::web as deposit;
use crate::subsidy::{acts as subsidy_acts, bank, letter, list as subsidies, page as subsidy, pieces};
use crate::territory::{case, web as territory};
use crate::{assets, board, calendar, call, decision, lessons, mail, meeting, messages, network, public, questions, regional, training, workshop};

/// `of` names the page that holds the form of an address which is only posted to.
macro_rules! routes {
    ($table:ident, $router:ident: $($path:literal $(of $page:literal)? => $($verb:ident $handler:path),+ ;)+) => {
        const $table: &[Route] = &[$(Route { path: $path, verbs: &[$(stringify!($verb)),+], page: [$($page,)? ""][0] }),+];

        fn $router() -> Router<App> {
            Router::new()$($(.route($path, $verb($handler)))+)+
        }
    };
}

routes! { PAGES, pages:
    "/" => get public::home;
    "/appels/{slug}" => get call::public::show;
    "/appels/{slug}/documents/{row}" => get call::public::download;
    "/appels/{slug}/laureats" => get decision::laureates::show;
    "/fiches" => get lessons::public::list;
    "/fiches/{number}" => get lessons::public::show;
    "/aide" => get public::help::index;
    "/aide/{key}" => get public::help::show;
    "/appels/{slug}/calendrier" => get calendar::page::show, post calendar::page::save;
    "/appels/{slug}/calendrier.ics" => get calendar::feed::public;
    "/calendriers/{token}/trame.ics" => get calendar::feed::follow;
    "/accessibilite" => get public::accessibility;
    "/donnees-personnelles" => get public::privacy;
    "/mentions-legales" => get public::legal;
    "/nomenclatures" => get lists::overview::show;
    "/nomenclatures/flux" => get lists::types::show;
    "/nomenclatures/flux.csv" => get lists::overview::file;
    "/nomenclatures/flux/{key}" => get lists::types::one;
    "/nomenclatures/regles" => get lists::rules::show;
    "/nomenclatures/regles.csv" => get lists::overview::file;
    "/nomenclatures/dechets" => get lists::waste::show;
    "/nomenclatures/dechets.csv" => get lists::overview::file;
    "/nomenclatures/activites" => get lists::activities::show;
    "/nomenclatures/activites.csv" => get lists::overview::file;
    "/nomenclatures/echelles" => get lists::ladders::show;
    "/nomenclatures/historique" => get lists::history::show;
    "/nomenclatures/modifier" => get lists::edit::show, post lists::edit::save;
    "/nomenclatures/retirer" of "/nomenclatures" => post lists::edit::withdraw;
    "/sante" => get public::health;
    "/theme.css" => get public::theme;
    "/theme-logo" => get public::logo;
    "/s/{key}" => get assets::serve;

    "/connexion" => get sign_in::show, post sign_in::save;
    "/deconnexion" of "/" => post sign_in::sign_out;
    "/mot-de-passe" => get reset::ask, post reset::send;
    "/mot-de-passe/{token}" => get reset::show, post reset::save;
    "/invitation/{token}" => get invited::show, post invited::accept;
    "/engagement/{token}" => get partner::show, post partner::sign;
    "/engagement/{token}/refus" => get partner_said::ask_decline, post partner_said::decline;
    "/engagement/{token}/retrait" => get partner_said::ask_withdraw, post partner_said::withdraw;
    "/engagement/{token}/rappels" => get partner_said::ask_reminders, post partner_said::reminders;
    "/engagement/{token}/exemplaire" => get partner_copy::show;
    "/engagement/{token}/texte" => get partner_copy::text;
    "/engagement/{token}/exemplaire.pdf" => get crate::documents::exemplar;
    "/avis/{token}" => get expert::show, post expert::save;
    "/compte" => get own::show, post own::save;
    "/compte/avis" => get mail::notices::list, post mail::notices::read_all;
    "/compte/avis/{number}" => get mail::notices::open;
    "/compte/courriels" of "/compte" => post own::save_mails;
    "/compte/mot-de-passe" of "/compte" => post own::change_password;
    "/compte/sessions" of "/compte" => post own::revoke_others;
    "/compte/sessions/{number}" of "/compte" => post own::revoke;

    "/dossiers" => get overview::list;
    "/dossiers/{id}" => get overview::show;
    "/dossiers/{id}/partage" of "/dossiers/{id}" => post overview::share;
    "/dossiers/{id}/equipe" => get team::show, post team::invite;
    "/dossiers/{id}/equipe/membres/{number}" of "/dossiers/{id}/equipe" => post team::change;
    "/dossiers/{id}/equipe/membres/{number}/retrait" of "/dossiers/{id}/equipe" => post team::remove;
    "/dossiers/{id}/equipe/invitations/{number}/retrait" of "/dossiers/{id}/equipe" => post team::withdraw;
    "/dossiers/{id}/commentaires" => get talk::list, post talk::write;
    "/dossiers/{id}/commentaires/{number}" => get talk::show, post talk::edit;
    "/dossiers/{id}/commentaires/{number}/retrait" of "/dossiers/{id}/commentaires/{number}" => post talk::remove;
    "/dossiers/{id}/commentaires/{number}/etat" of "/dossiers/{id}/commentaires/{number}" => post talk::resolve;
    "/dossiers/{id}/parties/{number}" of "/dossiers/{id}" => post finished::say;
    "/dossiers/{id}/portage" => get ownership::show, post ownership::propose;
    "/dossiers/{id}/portage/retrait" of "/dossiers/{id}/portage" => post ownership::withdraw;
    "/dossiers/{id}/portage/reponse" of "/dossiers/{id}/portage" => post ownership::answer;
    "/dossiers/{id}/depot" => get deposit::show, post deposit::save;
    "/dossiers/{id}/recu" => get deposit::receipt;
    "/dossiers/{id}/depots/{number}" => get deposit::deposit;
    "/dossiers/{id}/comparaison" => get comparison::show;
    "/dossiers/{id}/corrections" => get correction::list;
    "/dossiers/{id}/corrections/nouvelle" => get request::show, post request::save;
    "/dossiers/{id}/corrections/propositions/{number}" => get wished::show, post wished::decline;
    "/dossiers/{id}/corrections/{number}" => get correction::show;
    "/dossiers/{id}/corrections/{number}/reponse" of "/dossiers/{id}/corrections/{number}" => post answer::save;
    "/dossiers/{id}/corrections/{number}/delai" of "/dossiers/{id}/corrections/{number}" => post delay::save;
    "/dossiers/{id}/corrections/{number}/cloture" of "/dossiers/{id}/corrections/{number}" => post closing::save;
    "/dossiers/{id}/instruction" => get instruction::show, post acts::check;
    "/dossiers/{id}/instruction/ouverture" of "/dossiers/{id}/instruction" => post acts::open;
    "/dossiers/{id}/instruction/charge" of "/dossiers/{id}/instruction" => post acts::name_officer;
    "/dossiers/{id}/instruction/decision" => get verdict::show, post verdict::save;
    "/dossiers/{id}/instruction/etiquettes" of "/dossiers/{id}/instruction" => post labels::put;
    "/dossiers/{id}/instruction/notes" of "/dossiers/{id}/instruction" => post notes::write;
    "/dossiers/{id}/instruction/notes/{number}" => get notes::show, post notes::edit;
    "/dossiers/{id}/avis" => get opinions::show;
    "/dossiers/{id}/avis/nouveau" => get ask::show, post ask::save;
    "/dossiers/{id}/avis/{number}/relance" of "/dossiers/{id}/avis" => post ask::remind;
    "/dossiers/{id}/avis/{number}/retrait" of "/dossiers/{id}/avis" => post ask::revoke;
    "/dossiers/{id}/exigences" => get traceability::show;
    "/dossiers/{id}/imprimer" => get deposit::print;
    "/dossiers/{id}/messages" => get messages::list::show;
    "/dossiers/{id}/messages/administration" => get messages::thread::show;
    "/dossiers/{id}/messages/expertise" => get messages::thread::show;
    "/dossiers/{id}/messages/equipe" => get messages::thread::show;
    "/dossiers/{id}/messages/{number}" => get messages::message::show, post messages::message::edit;
    "/dossiers/{id}/messages/{number}/retrait" of "/dossiers/{id}/messages/{number}" => post messages::message::remove;
    "/dossiers/{id}/messages/{number}/pieces/{row}" => get messages::list::download;
    "/dossiers/{id}/presence" => get live::stream, post live::mark;
    "/dossiers/{id}/engagement" => get engagement::page::show, post engagement::page::settle;
    "/dossiers/{id}/engagement/publier" => get engagement::publication::show, post engagement::publication::publish;
    "/dossiers/{id}/engagement/versions/{number}" => get engagement::document::show;
    "/dossiers/{id}/engagement/relances" of "/dossiers/{id}/engagement" => post engagement::page::remind_all;
    "/dossiers/{id}/engagement/signataires" of "/dossiers/{id}/engagement" => post engagement::page::add;
    "/dossiers/{id}/engagement/signataires/{number}" => get signatory::show, post signatory::change;
    "/dossiers/{id}/engagement/signataires/{number}/envoi" of "/dossiers/{id}/engagement/signataires/{number}" => post signatory::send;
    "/dossiers/{id}/engagement/signataires/{number}/liens" of "/dossiers/{id}/engagement/signataires/{number}" => post signatory::revoke;
    "/dossiers/{id}/engagement/signataires/{number}/retrait" of "/dossiers/{id}/engagement/signataires/{number}" => post signatory::take_out;
    "/dossiers/{id}/engagement/signataires/{number}/papier/retrait" of "/dossiers/{id}/engagement/signataires/{number}" => post signatory::cancel_paper;
    "/dossiers/{id}/fiche" => get lessons::write::show, post lessons::write::save;
    "/dossiers/{id}/fiche/proposition" of "/dossiers/{id}/fiche" => post lessons::write::give;
    "/dossiers/{id}/fiche/decision" of "/dossiers/{id}/fiche" => post lessons::settle::save;
    "/dossiers/{id}/suite" => get decision::timeline::show;
    "/dossiers/{id}/phase-2" of "/dossiers/{id}/suite" => post decision::phase_two::open;
    "/dossiers/{id}/documents" => get documents::show;
    "/dossiers/{id}/dossier.pdf" => get documents::draft;
    "/dossiers/{id}/dossier.zip" => get documents::draft_archive;
    "/dossiers/{id}/engagement.pdf" => get documents::engagement;
    "/dossiers/{id}/engagement/versions/{number}/pdf" => get documents::engagement_version;
    "/dossiers/{id}/depots/{number}/dossier.pdf" => get documents::deposit;
    "/dossiers/{id}/depots/{number}/dossier.zip" => get documents::deposit_archive;
    "/dossiers/{id}/depots/{number}/recepisse.pdf" => get documents::receipt;
    "/dossiers/{id}/pieces/{row}" => get attachments::download;
    "/dossiers/{id}/pieces/{row}/retirer" of "/dossiers/{id}" => post attachments::remove;
    "/dossiers/{id}/historique" => get history::show, post history::restore;
    "/dossiers/{id}/perimetre" => get perimeter::show, post perimeter::save;
    "/dossiers/{id}/importer/modele/{key}" => get export::model;
    "/dossiers/{id}/importer/{row}" => get preview::show, post preview::confirm;
    "/dossiers/{id}/importer/{row}/abandonner" of "/dossiers/{id}/importer/{row}" => post preview::forget;
    "/dossiers/{id}/importer/{row}/annuler" of "/dossiers/{id}/importer/{row}" => post undo::save;
    "/dossiers/{id}/exporter/{key}" => get export::rows;
    "/dossiers/{id}/copier" => get copy::show, post copy::save;
    "/dossiers/{id}/acteurs/{row}/placer" of "/dossiers/{id}/acteurs" => post stakeholders::place;
    "/dossiers/{id}/atelier" => get workshop::web::show, post workshop::web::save;
    "/dossiers/{id}/atelier/projection" => get workshop::projection::show;
    "/dossiers/{id}/atelier/{row}/annuler" of "/dossiers/{id}/atelier" => post workshop::web::undo;
    "/dossiers/{id}/atelier/{row}/retablir" of "/dossiers/{id}/atelier" => post workshop::web::restore;
    "/dossiers/{id}/pistes" => get leads::show;
    "/dossiers/{id}/pistes.json" => get download::json;
    "/dossiers/{id}/pistes.csv" => get download::csv;
    "/dossiers/{id}/pistes/{key}" => get lead::show, post deciding::save;
    "/dossiers/{id}/visites" => get visits::show;
    "/dossiers/{id}/territoire" => get territory::show;
    "/dossiers/{id}/territoire/case" => get case::show;
    "/dossiers/{id}/territoire/{key}" => get territory::file;
    "/dossiers/{id}/amo" => get advisory::show;
    "/dossiers/{id}/amo/sections" of "/dossiers/{id}/amo" => post terms::add;
    "/dossiers/{id}/amo/sections/{key}" => get terms::edit, post terms::save;
    "/dossiers/{id}/amo/sections/{key}/versions" of "/dossiers/{id}/amo/sections/{key}" => post terms::turn;
    "/dossiers/{id}/amo/versions" of "/dossiers/{id}/amo" => post terms_versions::freeze;
    "/dossiers/{id}/amo/versions/{number}" => get terms_versions::show;
    "/dossiers/{id}/amo/expertise" of "/dossiers/{id}/amo" => post advisory::submit;
    "/dossiers/{id}/amo/cahier-des-charges.pdf" => get terms_export::pdf;
    "/dossiers/{id}/amo/cahier-des-charges.docx" => get terms_export::editable;
    "/dossiers/{id}/amo/consultation" => get consultation::show, post consultation::save;
    "/dossiers/{id}/amo/consultation/{number}" => get provider::show, post provider::save;
    "/dossiers/{id}/amo/consultation/{number}/envoi" of "/dossiers/{id}/amo/consultation/{number}" => post provider::send;
    "/dossiers/{id}/amo/consultation/{number}/retrait" of "/dossiers/{id}/amo/consultation/{number}" => post provider::turn;
    "/dossiers/{id}/amo/consultation/{number}/pieces/{row}" of "/dossiers/{id}/amo/consultation/{number}" => post provider::detach;
    "/dossiers/{id}/amo/pieces/{row}" => get provider::download;
    "/dossiers/{id}/amo/choix" => get choice::show, post choice::save;
    "/dossiers/{id}/amo/mission" => get mission::show, post mission::save;
    "/dossiers/{id}/subvention" => get subsidy::show, post subsidy::save;
    "/dossiers/{id}/subvention/lettre.docx" => get letter::show;
    "/dossiers/{id}/subvention/cahier-des-charges.pdf" => get subsidy::terms;
    "/dossiers/{id}/subvention/rib" => get bank::show;
    "/dossiers/{id}/subvention/pieces/{row}" => get pieces::download, post pieces::turn;
    "/dossiers/{id}/subvention/depot" of "/dossiers/{id}/subvention" => post subsidy_acts::deposit;
    "/dossiers/{id}/subvention/reprise" of "/dossiers/{id}/subvention" => post subsidy_acts::reopen;
    "/dossiers/{id}/subvention/etat" of "/dossiers/{id}/subvention" => post subsidy_acts::record;
    "/dossiers/{id}/{key}" => get sections::show, post sections::save;
    "/dossiers/{id}/{key}/nouveau" of "/dossiers/{id}/{key}" => post rows::create;
    "/dossiers/{id}/{key}/{row}" => get rows::show, post rows::save;
    "/dossiers/{id}/{key}/{row}/retirer" of "/dossiers/{id}/{key}/{row}" => post rows::remove;
    "/dossiers/{id}/{key}/{row}/retablir" of "/dossiers/{id}/{key}/{row}" => post rows::restore;

    "/questions" => get questions::own::show, post questions::own::ask;
    "/questions/{number}" => get questions::thread::show, post questions::thread::save;
    "/questions/{number}/publication" of "/questions/{number}" => post questions::publishing::save;
    "/formations" => get training::list::show;
    "/formations/{number}" => get training::page::show, post training::page::save;
    "/formations/{number}/journees/{key}" => get calendar::feed::day;
    "/formations/{number}/attestation.pdf" => get training::certificate::own;
    "/reseau" => get network::web::show, post network::web::save;

    "/evaluation" => get list::show;
    "/evaluation/domaines" => get expertise::show, post expertise::save;
    "/evaluation/{id}" => get pages::show, post pages::save;
    "/evaluation/{id}/rendre" => get deliver::show, post deliver::save;
    "/evaluation/{id}/rouvrir" of "/evaluation/{id}" => post deliver::reopen;
    "/evaluation/{id}/declaration" of "/evaluation/{id}" => post declaration::save;
    "/evaluation/{id}/corrections" => get wish::show, post wish::save;
    "/evaluation/{id}/deport" => get recusal::show, post recusal::save;
    "/evaluation/{id}/autres" => get others::show;

    "/comite" => get board::web::show;
    "/comite.csv" => get board::web::export;
    "/comite/calcul" => get board::web::explain;
    "/comite/etude" => get board::study::show;
    "/comite/carte" => get board::map::show;
    "/comite/vues" => get board::saved::show, post board::saved::save;

    "/comite/seances" => get meeting::web::show, post meeting::web::save;
    "/comite/seances/taches" of "/comite/seances" => post meeting::tasks::finish;
    "/comite/seances/{number}" => get meeting::agenda::show, post meeting::agenda::save;
    "/comite/seances/{number}/agenda.ics" => get calendar::feed::meeting;
    "/comite/seances/{number}/date" of "/comite/seances/{number}" => post meeting::moving::save;
    "/comite/seances/{number}/annulation" of "/comite/seances/{number}" => post meeting::moving::cancel;
    "/comite/seances/{number}/presences" of "/comite/seances/{number}" => post meeting::room::attend;
    "/comite/seances/{number}/ouverture" of "/comite/seances/{number}" => post meeting::room::open;
    "/comite/seances/{number}/direct" => get meeting::live::show, post meeting::session::save;
    "/comite/seances/{number}/projection" => get meeting::live::project;
    "/comite/seances/{number}/flux" => get meeting::stream::follow;
    "/comite/seances/{number}/vote" of "/comite/seances/{number}/direct" => post meeting::session::vote;
    "/comite/seances/{number}/taches" of "/comite/seances/{number}" => post meeting::tasks::add;
    "/comite/seances/{number}/compte-rendu" => get meeting::minutes::show, post meeting::minutes::save;
    "/comite/seances/{number}/compte-rendu.pdf" => get meeting::minutes::print;

    "/appel" => get call::dashboard::show;
    "/appel/dates" => get call::dates::show, post call::dates::save;
    "/appel/presentation" => get call::presentation::show, post call::presentation::save;
    "/appel/criteres" => get call::criteria::show, post call::criteria::save;
    "/appel/pistes" => get regional::web::show;
    "/appel/pistes/export/{key}" => get regional::web::export;
    "/appel/pistes/poids" => get regional::weights::show, post regional::weights::save;
    "/appel/formations" => get training::manage::show, post training::manage::save;
    "/appel/formations/{number}" => get training::edit::show, post training::edit::save;
    "/appel/formations/{number}/annulation" of "/appel/formations/{number}" => post training::edit::cancel;
    "/appel/formations/{number}/emargement.pdf" => get training::sheet::print;
    "/appel/formations/{number}/presences/{key}" => get training::attendance::show, post training::attendance::save;
    "/appel/formations/{number}/attestations/{key}" => get training::certificate::given;
    "/appel/contacts" => get call::contacts::show, post call::contacts::save;
    "/appel/documents" => get call::documents::show;
    "/appel/personnes" => get call::people::show, post call::people::save;
    "/appel/nouveau" => get call::creation::show, post call::creation::save;
    "/appel/questions" => get questions::staff::show;
    "/appel/messages" => get messages::staff::show;
    "/appel/messages/modeles" => get messages::templates::show, post messages::templates::save;
    "/appel/messages/groupe" => get messages::grouped::show, post messages::grouped::save;
    "/appel/messages/groupe/{number}" => get messages::grouped::sent::show;
    "/appel/ouvrir-evaluation" => get call::opening::show, post call::opening::open;
    "/appel/decisions" => get decision::chain::show, post decision::chain::save;
    "/appel/decisions/instances/{number}" => get decision::instance::show, post decision::instance::save;
    "/appel/decisions/publication" => get decision::publication::show, post decision::publication::save;
    "/appel/decisions/publication/publier" of "/appel/decisions/publication" => post decision::publish::save;
    "/appel/affectations" => get call::assignments::show, post call::assignments::save;
    "/appel/affectations/proposer" => get call::proposal::show;
    "/appel/affectations/conflits" of "/appel/affectations" => post call::conflicts::save;
    "/appel/fiches" => get lessons::asked::show;
    "/appel/subventions" => get subsidies::show;
    "/appel/etiquettes" => get labels::show, post labels::save;
    "/appel/dossiers/nouveau" => get call::new_project::show, post call::new_project::save;
    "/appel/dossiers/{id}" => get call::dossier::show, post call::records::save_record;
    "/appel/dossiers/{id}/delai" of "/appel/dossiers/{id}" => post call::records::extend;
    "/appel/dossiers/{id}/porteur" of "/appel/dossiers/{id}" => post call::records::invite;
    "/appel/dossiers/{id}/deports" of "/appel/dossiers/{id}" => post call::records::recuse;

    "/exploitation" => get operation::show;
    "/exploitation/courriels" => get mail::web::list;
    "/exploitation/courriels/{number}" => get mail::web::preview;
    "/exploitation/courriels/{number}/reprise" of "/exploitation/courriels" => post mail::web::retry;
}

routes! { UPLOADS, uploads:
    "/dossiers/{id}/messages/administration" => post messages::write::save;
    "/dossiers/{id}/messages/expertise" => post messages::write::save;
    "/dossiers/{id}/messages/equipe" => post messages::write::save;
    "/dossiers/{id}/pieces" of "/dossiers/{id}" => post attachments::upload;
    "/nomenclatures/importer" => get lists::upload::show, post lists::upload::receive;
    "/dossiers/{id}/importer" => get start::show, post start::receive;
    "/dossiers/{id}/depots" of "/appel/dossiers/{id}" => post call::paper::register;
    "/dossiers/{id}/engagement/signataires/{number}/papier" of "/dossiers/{id}/engagement/signataires/{number}" => post engagement::paper::record;
    "/dossiers/{id}/amo/consultation/{number}/pieces" of "/dossiers/{id}/amo/consultation/{number}" => post provider::join;
    "/dossiers/{id}/subvention/joindre/{key}" of "/dossiers/{id}/subvention" => post pieces::join;
    "/appel/documents" => post call::documents::publish;
    "/appel/dossiers/{id}/lettre" => get call::records::letter, post call::records::keep_letter;
}

/// An address: what may be done there, and where its form stands when it is only posted to.
#[derive(Debug)]
struct Route {
    path: &'static str,
    verbs: &'static [&'static str],
    page: &'static str,
}

fn all() -> impl Iterator<Item = &'static Route> {
    PAGES.iter().chain(UPLOADS)
}

/// Every route, method and path: the tests try each with each kind of person.
pub fn table() -> impl Iterator<Item = (&'static str, &'static str)> {
    all().flat_map(|route| route.verbs.iter().map(|verb| (*verb, route.path)))
}

/// A form that was refused stands at the address it was posted to: asked for again, that address leads to the form's page.
/// It opens nothing by itself, the page decides who reads it.
async fn only_posted(method: Method, matched: MatchedPath, parts: RawPathParams, uri: Uri) -> Response {
    let page = all().find(|route| route.path == matched.as_str()).map_or("", |route| route.page);
    if page.is_empty() || !matches!(method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let mut target = page.to_owned();
    for (name, value) in &parts {
        target = target.replace(&format!("{{{name}}}"), &url_encode(value).replace('/', "%2F"));
    }
    if let Some(query) = uri.query() {
        target = format!("{target}?{query}");
    }
    see(&target)
}

/// The service's routes. Only uploads may send more than a form.
pub fn router() -> Router<App> {
    let largest = usize::try_from(files::LARGEST).unwrap_or(usize::MAX) + 64 * 1024;
    pages().merge(uploads().layer(DefaultBodyLimit::max(largest))).method_not_allowed_fallback(only_posted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does that pattern answer to that address?
    fn fits(pattern: &str, address: &str) -> bool {
        pattern.split('/').count() == address.split('/').count()
            && pattern.split('/').zip(address.split('/')).all(|(held, asked)| held == asked || held.starts_with('{'))
    }

    #[test]
    fn an_address_only_posted_to_names_the_page_of_its_form() {
        let read: Vec<&str> = all().filter(|route| route.verbs.contains(&"get")).map(|route| route.path).collect();
        let mut posted = 0;
        for route in all().filter(|route| !read.contains(&route.path)) {
            posted += 1;
            assert!(read.iter().any(|held| fits(held, route.page)), "{}: {:?} is no page", route.path, route.page);
            let names = |path: &'static str| path.split('/').filter(|part| part.starts_with('{'));
            assert!(names(route.page).all(|name| names(route.path).any(|held| held == name)), "{} does not fill {}", route.path, route.page);
        }
        assert!(posted > 30);
        assert!(all().all(|route| route.page.is_empty() || !route.verbs.contains(&"get")), "a page of its own needs no other");
    }
}
