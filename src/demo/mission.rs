//! The assistance of the two dossiers of the first owner, played through the pages: in the older call a consultation, a choice
//! and a subsidy granted; in the open one, terms of reference under way, one offer received, a subsidy file begun.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::client::Client;
use super::dossier::pair;
use super::pdf;
use crate::app::App;
use crate::kit::ids::ProjectId;
use crate::kit::moment;

/// Somebody who offers: name, address, e-mail, amounts.
type Provider = (&'static str, &'static str, &'static str, &'static str, &'static str);

const PROVIDERS: [Provider; 3] = [
    ("Atelier Confluences", "12 quai de l’Orangerie, 17100 Saintes", "contact@confluences.example.org", "9800", "11760"),
    ("Méandre conseil", "4 rue des Tanneurs, 86000 Poitiers", "bonjour@meandre.example.org", "13250", "15900"),
    ("Cabinet Vergne et associés", "27 avenue de la Gare, 16000 Angoulême", "offres@vergne.example.org", "8600", "10320"),
];

const CRITERIA: [(&str, &str); 3] = [("Méthode et calendrier", "3"), ("Références en écologie industrielle", "2"), ("Prix", "1")];

/// Marks of each provider, criterion by criterion.
const MARKS: [[&str; 3]; 3] = [["9", "8", "7"], ["8", "9", "4"], ["6", "5", "9"]];

const REASON: &str = "La méthode part des entreprises déjà rencontrées et laisse à l’équipe la relation avec elles. Le calendrier tient avant l’été. \
    Deux références dans des bassins comparables ont été appelées, et recommandent ce cabinet.";

/// Plays the branch of a dossier, from that instant.
pub async fn play(app: &App, project: ProjectId, (owner, manager): (&Client, &Client), (is_open, at): (bool, OffsetDateTime)) -> anyhow::Result<()> {
    let base = format!("/dossiers/{project}");
    let version = |number: i64| pair("version", &number.to_string());
    let wanted = "Reprendre nos entretiens avec les entreprises et compléter les flux qui manquent. L’équipe garde les rendez-vous\u{a0}; le prestataire prépare \
        le questionnaire, relit les réponses et calcule les ordres de grandeur.";
    owner.post(app, at, &format!("{base}/amo/sections/d2"), &[version(0), pair("etendue", "help"), pair("texte", wanted)]).await?;
    owner.post(app, at, &format!("{base}/amo/versions"), &[version(0)]).await?;
    owner.post(app, at, &format!("{base}/amo/expertise"), &[version(0), pair("soumis", "oui")]).await?;
    let asked = at + Duration::days(3);
    let list = format!("{base}/amo/consultation");
    let answer_by = moment::iso_day(moment::paris_parts(at + Duration::days(20)).0);
    let message = "Nous vous recevrons volontiers sur place, une demi-journée, avant votre réponse.";
    owner.post(app, asked, &list, &[pair("act", "demande"), version(0), pair("reponse", &answer_by), pair("message", message)]).await?;
    for (index, provider) in PROVIDERS.iter().enumerate().take(if is_open { 2 } else { 3 }) {
        offer(app, owner, (&list, provider), (asked, !is_open || index == 0)).await?;
    }
    compare(app, project, owner, at + Duration::days(21)).await?;
    if is_open {
        let amounts = [version(0), pair("devis_ht", "9800"), pair("devis_ttc", "11760")];
        owner.post(app, at + Duration::days(22), &format!("{base}/subvention"), &amounts).await?;
        return Ok(());
    }
    let retained = sqlx::query_scalar!("select id from tender where project_id = $1 and number = 1", project.get()).fetch_one(&app.db).await?;
    let choice = [pair("act", "choix"), version(0), pair("offre", &retained.to_string()), pair("motif", REASON)];
    owner.post(app, at + Duration::days(24), &format!("{base}/amo/choix"), &choice).await?;
    subsidise(app, &base, (owner, manager), at + Duration::days(30)).await
}

/// Asks a provider by mail, and records its offer with a file.
async fn offer(app: &App, owner: &Client, (list, provider): (&str, &Provider), (at, is_received): (OffsetDateTime, bool)) -> anyhow::Result<()> {
    let (name, address, email, excluded, included) = *provider;
    let who = [pair("nom", name), pair("adresse", address), pair("courriel", email)];
    let mut added = vec![pair("act", "prestataire"), pair("version", "1")];
    added.extend(who.clone());
    let page = owner.post(app, at, list, &added).await?;
    owner.post(app, at, &format!("{page}/envoi"), &[pair("version", "1")]).await?;
    if !is_received {
        return Ok(());
    }
    let received = at + Duration::days(12);
    let on = moment::iso_day(moment::paris_parts(received).0);
    let mut offered = vec![pair("version", "1")];
    offered.extend(who);
    offered.extend([pair("recue", &on), pair("montant_ht", excluded), pair("montant_ttc", included)]);
    owner.post(app, received, &page, &offered).await?;
    let file = pdf::page(&[format!("Offre d’assistance à maîtrise d’ouvrage, {name}"), format!("Montant : {excluded} euros HT, {included} euros TTC")]);
    owner.join(app, received, &format!("{page}/pieces?operation={}", Uuid::new_v4()), ("offre.pdf", &file)).await
}

/// Criteria, and marks of the offers received.
async fn compare(app: &App, project: ProjectId, owner: &Client, at: OffsetDateTime) -> anyhow::Result<()> {
    let list = format!("/dossiers/{project}/amo/consultation");
    let mut criteria = vec![pair("act", "criteres"), pair("version", "1")];
    for (index, (label, weight)) in CRITERIA.iter().enumerate() {
        criteria.push(pair(&format!("critere.{}", index + 1), label));
        criteria.push(pair(&format!("poids.{}", index + 1), weight));
    }
    owner.post(app, at, &list, &criteria).await?;
    let offers = sqlx::query_scalar!("select id from tender where project_id = $1 and received_on is not null order by number", project.get())
        .fetch_all(&app.db)
        .await?;
    let mut marks = vec![pair("act", "notes"), pair("version", "2")];
    for (id, given) in offers.iter().zip(MARKS) {
        marks.extend(given.iter().zip(1..).map(|(mark, criterion)| pair(&format!("note.{id}.{criterion}"), mark)));
    }
    owner.post(app, at, &list, &marks).await?;
    Ok(())
}

/// The subsidy file: its pieces, its deposit, what the fund said.
async fn subsidise(app: &App, base: &str, (owner, manager): (&Client, &Client), at: OffsetDateTime) -> anyhow::Result<()> {
    let path = format!("{base}/subvention");
    let amounts = [
        pair("version", "0"),
        pair("devis_ht", "9800"),
        pair("devis_ttc", "11760"),
        pair("titulaire", "Syndicat mixte Rives de Charente"),
        pair("iban", "FR76 3000 6000 0112 3456 7890 189"),
        pair("bic", "AGRIFRPP"),
    ];
    owner.post(app, at, &path, &amounts).await?;
    for (key, title) in [
        ("letter", "Lettre de demande de subvention"),
        ("bank", "Relevé d’identité bancaire"),
        ("quote", "Devis"),
        ("resolution", "Délibération du comité syndical"),
    ] {
        let file = pdf::page(&[title.to_owned(), "Syndicat mixte Rives de Charente".to_owned()]);
        owner.join(app, at, &format!("{path}/joindre/{key}?operation={}", Uuid::new_v4()), (&format!("{key}.pdf"), &file)).await?;
    }
    owner.post(app, at, &format!("{path}/depot"), &[pair("version", "1")]).await?;
    let day = |at: OffsetDateTime| pair("jour", &moment::iso_day(moment::paris_parts(at).0));
    let back = at + Duration::days(9);
    let missing = "La délibération n’est pas signée\u{202f}; merci de joindre l’exemplaire signé.";
    let incomplete = [pair("version", "0"), pair("etat", "incomplete"), day(back), pair("message", missing), pair("piece.resolution", "oui")];
    manager.post(app, back, &format!("{path}/etat"), &incomplete).await?;
    owner.post(app, back + Duration::days(4), &format!("{path}/depot"), &[pair("version", "0")]).await?;
    let granted_at = back + Duration::days(25);
    let granted = [pair("version", "0"), pair("etat", "granted"), day(granted_at), pair("reference", "FREE 2015-03, n°\u{a0}14")];
    manager.post(app, granted_at, &format!("{path}/etat"), &granted).await?;
    Ok(())
}
