//! Every address of the service, in reading order. Nothing registers a route elsewhere.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::account::{invited, operation, own, ownership, reset, sign_in, team};
use crate::app::App;
use crate::documents::web as documents;
use crate::engagement::{self, partner, partner_copy, partner_said, signatory};
use crate::live::web as live;
use crate::project::comments::web as talk;
use crate::project::exchange::{copy, export, preview, start, undo};
use crate::project::perimeter::web as perimeter;
use crate::project::{attachments, files, finished, history, overview, rows, sections, stakeholders, traceability};
use crate::review::{deliver, list, others, pages, recusal};
use crate::submission::web as deposit;
use crate::{assets, board, call, mail, public, regional, workshop};

macro_rules! routes {
    ($table:ident, $router:ident: $($path:literal => $($verb:ident $handler:path),+ ;)+) => {
        const $table: &[(&str, &str)] = &[$($((stringify!($verb), $path)),+),+];

        fn $router() -> Router<App> {
            Router::new()$($(.route($path, $verb($handler)))+)+
        }
    };
}

routes! { PAGES, pages:
    "/" => get public::home;
    "/appels/{slug}" => get call::public::show;
    "/appels/{slug}/documents/{row}" => get call::public::download;
    "/accessibilite" => get public::accessibility;
    "/donnees-personnelles" => get public::privacy;
    "/mentions-legales" => get public::legal;
    "/sante" => get public::health;
    "/theme.css" => get public::theme;
    "/theme-logo" => get public::logo;
    "/s/{key}" => get assets::serve;

    "/connexion" => get sign_in::show, post sign_in::save;
    "/deconnexion" => post sign_in::sign_out;
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
    "/compte" => get own::show, post own::save;
    "/compte/mot-de-passe" => post own::change_password;
    "/compte/sessions" => post own::revoke_others;
    "/compte/sessions/{number}" => post own::revoke;

    "/dossiers" => get overview::list;
    "/dossiers/{id}" => get overview::show;
    "/dossiers/{id}/partage" => post overview::share;
    "/dossiers/{id}/equipe" => get team::show, post team::invite;
    "/dossiers/{id}/equipe/membres/{number}" => post team::change;
    "/dossiers/{id}/equipe/membres/{number}/retrait" => post team::remove;
    "/dossiers/{id}/equipe/invitations/{number}/retrait" => post team::withdraw;
    "/dossiers/{id}/commentaires" => get talk::list, post talk::write;
    "/dossiers/{id}/commentaires/{number}" => get talk::show, post talk::edit;
    "/dossiers/{id}/commentaires/{number}/retrait" => post talk::remove;
    "/dossiers/{id}/commentaires/{number}/etat" => post talk::resolve;
    "/dossiers/{id}/parties/{number}" => post finished::say;
    "/dossiers/{id}/portage" => get ownership::show, post ownership::propose;
    "/dossiers/{id}/portage/retrait" => post ownership::withdraw;
    "/dossiers/{id}/portage/reponse" => post ownership::answer;
    "/dossiers/{id}/depot" => get deposit::show, post deposit::save;
    "/dossiers/{id}/recu" => get deposit::receipt;
    "/dossiers/{id}/depots/{number}" => get deposit::deposit;
    "/dossiers/{id}/exigences" => get traceability::show;
    "/dossiers/{id}/imprimer" => get deposit::print;
    "/dossiers/{id}/presence" => get live::stream, post live::mark;
    "/dossiers/{id}/engagement" => get engagement::page::show, post engagement::page::settle;
    "/dossiers/{id}/engagement/publier" => get engagement::publication::show, post engagement::publication::publish;
    "/dossiers/{id}/engagement/versions/{number}" => get engagement::document::show;
    "/dossiers/{id}/engagement/relances" => post engagement::page::remind_all;
    "/dossiers/{id}/engagement/signataires" => post engagement::page::add;
    "/dossiers/{id}/engagement/signataires/{number}" => get signatory::show, post signatory::change;
    "/dossiers/{id}/engagement/signataires/{number}/envoi" => post signatory::send;
    "/dossiers/{id}/engagement/signataires/{number}/liens" => post signatory::revoke;
    "/dossiers/{id}/engagement/signataires/{number}/retrait" => post signatory::take_out;
    "/dossiers/{id}/engagement/signataires/{number}/papier/retrait" => post signatory::cancel_paper;
    "/dossiers/{id}/documents" => get documents::show;
    "/dossiers/{id}/dossier.pdf" => get documents::draft;
    "/dossiers/{id}/dossier.zip" => get documents::draft_archive;
    "/dossiers/{id}/engagement.pdf" => get documents::engagement;
    "/dossiers/{id}/engagement/versions/{number}/pdf" => get documents::engagement_version;
    "/dossiers/{id}/depots/{number}/dossier.pdf" => get documents::deposit;
    "/dossiers/{id}/depots/{number}/dossier.zip" => get documents::deposit_archive;
    "/dossiers/{id}/depots/{number}/recepisse.pdf" => get documents::receipt;
    "/dossiers/{id}/pieces/{row}" => get attachments::download;
    "/dossiers/{id}/pieces/{row}/retirer" => post attachments::remove;
    "/dossiers/{id}/historique" => get history::show, post history::restore;
    "/dossiers/{id}/perimetre" => get perimeter::show, post perimeter::save;
    "/dossiers/{id}/importer/modele/{key}" => get export::model;
    "/dossiers/{id}/importer/{row}" => get preview::show, post preview::confirm;
    "/dossiers/{id}/importer/{row}/abandonner" => post preview::forget;
    "/dossiers/{id}/importer/{row}/annuler" => post undo::save;
    "/dossiers/{id}/exporter/{key}" => get export::rows;
    "/dossiers/{id}/copier" => get copy::show, post copy::save;
    "/dossiers/{id}/acteurs/{row}/placer" => post stakeholders::place;
    "/dossiers/{id}/atelier" => get workshop::web::show, post workshop::web::save;
    "/dossiers/{id}/atelier/projection" => get workshop::projection::show;
    "/dossiers/{id}/atelier/{row}/annuler" => post workshop::web::undo;
    "/dossiers/{id}/atelier/{row}/retablir" => post workshop::web::restore;
    "/dossiers/{id}/{key}" => get sections::show, post sections::save;
    "/dossiers/{id}/{key}/nouveau" => post rows::create;
    "/dossiers/{id}/{key}/{row}" => get rows::show, post rows::save;
    "/dossiers/{id}/{key}/{row}/retirer" => post rows::remove;
    "/dossiers/{id}/{key}/{row}/retablir" => post rows::restore;

    "/evaluation" => get list::show;
    "/evaluation/{id}" => get pages::show, post pages::save;
    "/evaluation/{id}/rendre" => get deliver::show, post deliver::save;
    "/evaluation/{id}/rouvrir" => post deliver::reopen;
    "/evaluation/{id}/deport" => get recusal::show, post recusal::save;
    "/evaluation/{id}/autres" => get others::show;

    "/comite" => get board::web::show;
    "/comite.csv" => get board::web::export;
    "/comite/calcul" => get board::web::explain;

    "/appel" => get call::dashboard::show;
    "/appel/dates" => get call::dates::show, post call::dates::save;
    "/appel/presentation" => get call::presentation::show, post call::presentation::save;
    "/appel/criteres" => get call::criteria::show, post call::criteria::save;
    "/appel/pistes" => get regional::web::show;
    "/appel/pistes/export/{key}" => get regional::web::export;
    "/appel/pistes/poids" => get regional::weights::show, post regional::weights::save;
    "/appel/contacts" => get call::contacts::show, post call::contacts::save;
    "/appel/documents" => get call::documents::show;
    "/appel/personnes" => get call::people::show, post call::people::save;
    "/appel/nouveau" => get call::creation::show, post call::creation::save;
    "/appel/ouvrir-evaluation" => get call::opening::show, post call::opening::open;
    "/appel/affectations" => get call::assignments::show, post call::assignments::save;
    "/appel/dossiers/nouveau" => get call::new_project::show, post call::new_project::save;
    "/appel/dossiers/{id}" => get call::dossier::show, post call::records::save_record;
    "/appel/dossiers/{id}/delai" => post call::records::extend;
    "/appel/dossiers/{id}/porteur" => post call::records::invite;
    "/appel/dossiers/{id}/deports" => post call::records::recuse;

    "/exploitation" => get operation::show;
    "/exploitation/courriels" => get mail::web::list;
    "/exploitation/courriels/{number}/reprise" => post mail::web::retry;
}

routes! { UPLOADS, uploads:
    "/dossiers/{id}/pieces" => post attachments::upload;
    "/dossiers/{id}/importer" => get start::show, post start::receive;
    "/dossiers/{id}/depots" => post call::paper::register;
    "/dossiers/{id}/engagement/signataires/{number}/papier" => post engagement::paper::record;
    "/appel/documents" => post call::documents::publish;
    "/appel/dossiers/{id}/lettre" => get call::records::letter, post call::records::keep_letter;
}

/// Every route, method and path: the tests try each with each kind of person.
pub fn table() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGES.iter().chain(UPLOADS).copied()
}

/// The service's routes. Only uploads may send more than a form.
pub fn router() -> Router<App> {
    let largest = usize::try_from(files::LARGEST).unwrap_or(usize::MAX) + 64 * 1024;
    pages().merge(uploads().layer(DefaultBodyLimit::max(largest)))
}
