//! What a team and the administration say to each other in each demonstration call: a question answered, one that waits, a template.

use time::{Duration, OffsetDateTime};

use super::client::Client;
use super::dossier::pair;
use crate::app::App;
use crate::kit::ids::ProjectId;

/// Plays it through the pages: the owner and their editor, then a manager; the last word waits for an answer.
pub async fn exchange(
    app: &App,
    project: ProjectId,
    call: &str,
    (owner, editor, manager): (&Client, &Client, &Client),
    last: OffsetDateTime,
) -> anyhow::Result<()> {
    let path = format!("/dossiers/{project}/messages");
    let said = |text: &str| [pair("version", "0"), pair("texte", text)];
    let started = last - Duration::days(6);
    let ask = "Bonjour,\n\nLa délibération de notre conseil syndical est prévue quatre jours après la date limite. Pouvons-nous déposer avec le projet de \
        délibération, et l’envoyer signée ensuite ?";
    owner.post(app, started, &format!("{path}/administration"), &said(ask)).await?;
    manager.get(app, started + Duration::hours(20), &format!("{path}/administration")).await?;
    let answer = "Bonjour,\n\nOui : joignez le projet à votre dépôt. La délibération signée nous parviendra dans cet échange, en PDF.";
    manager.post(app, started + Duration::hours(21), &format!("{path}/administration"), &said(answer)).await?;
    owner.get(app, started + Duration::hours(23), &format!("{path}/administration")).await?;
    let expert = "Nous hésitons sur la méthode d’estimation des boues : ratios par équivalent-habitant, ou déclarations des stations ? Un avis de l’ADEME nous \
        aiderait à écrire l’état des lieux.";
    editor.post(app, started + Duration::days(2), &format!("{path}/expertise"), &said(expert)).await?;
    let between = "Je relance la chambre d’agriculture demain. Sans réponse jeudi, on écrit « non consultée ».";
    editor.post(app, started + Duration::days(4), &format!("{path}/equipe"), &said(between)).await?;
    let wait = "Bonjour,\n\nMerci. Le conseil a délibéré ce matin : faut-il un extrait du registre, ou le procès-verbal entier ?";
    owner.post(app, last, &format!("{path}/administration"), &said(wait)).await?;
    let wording = "Bonjour {porteur},\n\nLe dossier « {titre} » peut être déposé jusqu’au {echeance}. Nous restons à votre disposition ici même.";
    let template = [pair("version", "0"), pair("modele", "0"), pair("nom", "Rappel de la date limite"), pair("texte", wording), pair("act", "garder")];
    manager.post(app, started, &format!("/appel/messages/modeles?appel={call}"), &template).await?;
    Ok(())
}
