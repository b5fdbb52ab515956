//! The end of the older call, played through the pages: a meeting with its minutes, two instances, letters, publication.

use anyhow::Context as _;
use time::OffsetDateTime;

use super::client::Client;
use super::dossier::{pair, paris};
use crate::access::Status;
use crate::app::App;
use crate::kit::ids::CallId;

/// Who plays it, and with what.
pub struct Cast<'a> {
    /// The application.
    pub app: &'a App,
    /// The call.
    pub call: CallId,
    /// Prepares.
    pub region: &'a Client,
    /// Publishes.
    pub ademe: &'a Client,
    /// Sits in the committee.
    pub member: &'a Client,
}

const CALL: &str = "?appel=eit-2015";

/// What was said of the first dossiers; the others got a sentence.
const DEBATES: [&str; 4] = [
    "Le comité relève la connaissance fine des entreprises et des actions déjà engagées. Les financements au-delà de la première année restent à préciser.",
    "Les flux décrits reposent sur des entretiens récents. Le comité souhaite voir les industriels signer avant la seconde phase.",
    "La gouvernance est claire et portée par les élus. L’animation tient à une seule personne.",
    "L’état des lieux est complet. Les synergies proposées demandent encore un échange avec les entreprises.",
];

/// Plays the decision of those dossiers, each with the state that it ends in.
pub async fn decide(cast: &Cast<'_>, dossiers: &[(i64, Status)]) -> anyhow::Result<()> {
    close(cast, dossiers).await?;
    meet(cast, dossiers).await?;
    let fund = |status| if status == Status::Laureate { "favourable" } else { "unfavourable" };
    instance(cast, ("fund", "2015-11-26", "FREE 2015-11"), dossiers, fund).await?;
    let council = |status| if status == Status::Laureate { "retained" } else { "rejected" };
    instance(cast, ("council", "2015-12-04", "15CP1412"), dossiers, council).await?;
    publish(cast).await
}

async fn close(cast: &Cast<'_>, dossiers: &[(i64, Status)]) -> anyhow::Result<()> {
    let mut pairs = vec![pair("act", "clore"), pair("version", "0")];
    pairs.extend(dossiers.iter().map(|(id, _)| pair("dossier", &id.to_string())));
    cast.region.post(cast.app, paris("2015-11-09T10:00")?, &format!("/appel/decisions{CALL}"), &pairs).await?;
    Ok(())
}

/// The meeting: rules, agenda, presence, an opinion on each dossier, a next step, minutes approved.
async fn meet(cast: &Cast<'_>, dossiers: &[(i64, Status)]) -> anyhow::Result<()> {
    let (app, region, list) = (cast.app, cast.region, format!("/comite/seances{CALL}"));
    let version = sqlx::query_scalar!("select version from call where id = $1", cast.call.get()).fetch_one(&app.db).await?.to_string();
    let planned = paris("2015-11-09T11:00")?;
    region.post(app, planned, &list, &[pair("act", "regles"), pair("version", &version), pair("quorum", "2"), pair("votes", "")]).await?;
    let place = "Hôtel de la Région, Poitiers, salle 3";
    let plan = [pair("act", "planifier"), pair("version", "0"), pair("starts_at", "2015-11-12T09:30"), pair("place", place)];
    region.post(app, planned, &list, &plan).await?;
    let path = |end: &str| format!("/comite/seances/1{end}{CALL}");
    let present = [cast.region, cast.ademe, cast.member].map(|client| pair("present", &client.account.to_string()));
    let mut attended = vec![pair("version", "0")];
    attended.extend(present);
    let begun = paris("2015-11-12T09:35")?;
    region.post(app, begun, &path("/presences"), &attended).await?;
    region.post(app, begun, &path("/ouverture"), &[pair("version", "0")]).await?;
    for index in 0..dossiers.len() {
        examine(cast, dossiers, index, begun + time::Duration::minutes(20 * i64::try_from(index)?)).await?;
    }
    let first = dossiers.first().context("a dossier")?.0.to_string();
    let task = [
        pair("version", "0"),
        pair("text", "Demander au porteur le calendrier de signature des entreprises"),
        pair("account", &cast.member.account.to_string()),
        pair("due_on", "2015-12-18"),
        pair("project", &first),
    ];
    region.post(app, paris("2015-11-12T12:20")?, &path("/taches"), &task).await?;
    region.post(app, paris("2015-11-12T12:30")?, &path("/direct"), &[pair("act", "clore"), pair("version", "0")]).await?;
    let version = sqlx::query_scalar!("select version from meeting where call_id = $1", cast.call.get()).fetch_one(&app.db).await?.to_string();
    cast.ademe.post(app, paris("2015-11-17T09:00")?, &path("/compte-rendu"), &[pair("act", "approuver"), pair("version", &version)]).await?;
    Ok(())
}

/// The next dossier of the agenda comes, and the committee gives its opinion.
async fn examine(cast: &Cast<'_>, dossiers: &[(i64, Status)], index: usize, at: OffsetDateTime) -> anyhow::Result<()> {
    let path = format!("/comite/seances/1/direct{CALL}");
    cast.region.post(cast.app, at, &path, &[pair("act", "appeler"), pair("version", "0"), pair("dossier", "suivant")]).await?;
    let current =
        sqlx::query_scalar!(r#"select current_project as "current!" from meeting where call_id = $1"#, cast.call.get()).fetch_one(&cast.app.db).await?;
    let status = dossiers.iter().find(|(id, _)| *id == current).map(|(_, status)| *status).context("a dossier of the agenda")?;
    let (opinion, reserves) = match (status, index) {
        (Status::Laureate, 0 | 1) => ("reservations", "Présenter avant la seconde phase un plan de financement sur trois ans."),
        (Status::Laureate, _) => ("favourable", ""),
        _ => ("unfavourable", ""),
    };
    let pairs = [
        pair("act", "consigner"),
        pair("version", "1"),
        pair("dossier", &current.to_string()),
        pair("avis", opinion),
        pair("reserves", reserves),
        pair("debat", DEBATES.get(index).copied().unwrap_or("Le comité reprend les remarques des évaluations.")),
        pair("note", ""),
    ];
    cast.region.post(cast.app, at + time::Duration::minutes(15), &path, &pairs).await?;
    Ok(())
}

async fn instance(
    cast: &Cast<'_>,
    (kind, day, reference): (&str, &str, &str),
    dossiers: &[(i64, Status)],
    said: impl Fn(Status) -> &'static str,
) -> anyhow::Result<()> {
    let at = paris(&format!("{day}T17:00"))?;
    let opening = [pair("act", kind), pair("version", "0"), pair("held_on", day), pair("reference", reference), pair("text", "")];
    let location = cast.region.post(cast.app, at, &format!("/appel/decisions{CALL}"), &opening).await?;
    let path = location.split('?').next().unwrap_or_default().to_owned() + CALL;
    let mut pairs = vec![pair("act", "enregistrer"), pair("version", "1"), pair("held_on", day), pair("reference", reference), pair("text", "")];
    pairs.extend(dossiers.iter().map(|(id, status)| pair(&format!("result-{id}"), said(*status))));
    cast.region.post(cast.app, at, &path, &pairs).await?;
    cast.ademe.post(cast.app, at + time::Duration::hours(1), &path, &[pair("act", "arreter"), pair("version", "2")]).await?;
    Ok(())
}

/// One prepares, the other publishes.
async fn publish(cast: &Cast<'_>) -> anyhow::Result<()> {
    let path = format!("/appel/decisions/publication{CALL}");
    cast.region.post(cast.app, paris("2015-12-07T15:00")?, &path, &[pair("act", "preparer"), pair("version", "0")]).await?;
    let publish = format!("/appel/decisions/publication/publier{CALL}");
    cast.ademe.post(cast.app, paris("2015-12-08T10:00")?, &publish, &[pair("version", "1")]).await?;
    Ok(())
}
