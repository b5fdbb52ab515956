//! The instruction of the one dossier found inadmissible, played through the pages by its managers.

use time::{Duration, OffsetDateTime};

use super::client::Client;
use super::dossier::pair;
use crate::app::App;
use crate::instruction::checklist::CHECKS;
use crate::kit::ids::ProjectId;

/// The line judged not to hold, with its note.
const UNMET: (&str, &str) =
    ("collective", "Question 14 : les industriels n’ont pas été consultés, et la société propriétaire, qui a un droit de veto, n’a pas répondu.");

const REASON: &str = "Le projet n’associe pas encore l’ensemble des parties prenantes (R18) : les industriels n’ont pas été consultés et la société \
    propriétaire n’a pas répondu. Le dossier pourra être représenté à une prochaine édition ; nous restons à votre disposition pour le préparer.";

/// Opens the examination, names its officer, notes, judges and decides.
pub async fn refuse(app: &App, project: ProjectId, call: &str, (officer, other): (&Client, &Client), at: OffsetDateTime) -> anyhow::Result<()> {
    let path = format!("/dossiers/{project}/instruction");
    let version = |number: &str| pair("version", number);
    officer.post(app, at, &format!("{path}/ouverture"), &[version("0")]).await?;
    officer.post(app, at + Duration::minutes(3), &format!("{path}/charge"), &[version("1"), pair("charge", &officer.account.to_string())]).await?;
    let label = [version("0"), pair("etiquette", "0"), pair("nom", "À rappeler"), pair("couleur", "walnut"), pair("act", "garder")];
    officer.post(app, at + Duration::minutes(5), &format!("/appel/etiquettes?appel={call}"), &label).await?;
    let id = sqlx::query_scalar!("select label.id from label join call on call.id = label.call_id where call.slug = $1 order by label.id desc limit 1", call)
        .fetch_one(&app.db)
        .await?;
    officer.post(app, at + Duration::minutes(6), &format!("{path}/etiquettes"), &[version("0"), pair("etiquette", &id.to_string())]).await?;
    let first = "Appelé la directrice : le rendez-vous avec les industriels n’a jamais eu lieu. Elle pense l’obtenir au printemps.";
    officer.post(app, at + Duration::hours(2), &format!("{path}/notes"), &[version("0"), pair("note", first)]).await?;
    let second = "D’accord pour l’irrecevabilité. Proposer un rendez-vous avant la prochaine édition.";
    other.post(app, at + Duration::hours(5), &format!("{path}/notes"), &[version("0"), pair("note", second)]).await?;
    let mut judged = vec![version("2")];
    for check in &CHECKS {
        let is_unmet = UNMET.0 == check.key;
        judged.push(pair(&format!("jugement.{}", check.key), if is_unmet { "unmet" } else { "met" }));
        judged.push(pair(&format!("note.{}", check.key), if is_unmet { UNMET.1 } else { "" }));
    }
    officer.post(app, at + Duration::hours(6), &path, &judged).await?;
    let verdict = [version("3"), pair("decision", "inadmissible"), pair("motif", REASON)];
    officer.post(app, at + Duration::hours(7), &format!("{path}/decision"), &verdict).await?;
    Ok(())
}
