//! What the team of the open dossier says to itself: two threads, and a part said to be finished.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::client::Client;
use super::dossier::pair;
use crate::app::App;
use crate::kit::ids::ProjectId;

/// Plays it through the pages: the owner, their editor and their consultant, in that order.
pub async fn talk(app: &App, project: ProjectId, writers: &[Client], last: OffsetDateTime) -> anyhow::Result<()> {
    let [owner, editor, consultant, ..] = writers else { return Ok(()) };
    let path = format!("/dossiers/{project}/commentaires");
    let place = |kind: &str, item: &str| pair("lieu", &format!("{kind} {} {item}", Uuid::nil()));
    let started = last - Duration::days(3);
    let ask = [
        pair("version", "0"),
        place("organisation.financement", "q15"),
        pair("texte", "@Karim Benali, la ligne « étude » vient-elle du devis ou de notre estimation ?"),
    ];
    owner.post(app, started, &path, &ask).await?;
    let doubt = [
        pair("version", "0"),
        place("etat.contexte", "context"),
        pair("texte", "Le chiffre des emplois date de 2011. Je vérifie s’il en existe un plus récent."),
        pair("retour", &format!("/dossiers/{project}/etat-des-lieux")),
    ];
    let location = consultant.post(app, started + Duration::hours(2), &path, &doubt).await?;
    let thread = location.rsplit("#fil-").next().unwrap_or_default();
    let reply = [pair("version", "0"), pair("fil", thread), pair("texte", "Vérifié : 2011 reste la dernière année publiée. La source est citée.")];
    editor.post(app, started + Duration::days(1), &path, &reply).await?;
    consultant.post(app, started + Duration::hours(26), &format!("{path}/{thread}/etat"), &[pair("version", "0"), pair("etat", "resolu")]).await?;
    editor.post(app, last, &format!("/dossiers/{project}/parties/3"), &[pair("version", "0"), pair("partie", "terminee")]).await?;
    Ok(())
}
