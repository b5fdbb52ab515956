//! Trainings of the demonstration, played through the pages: the five days of the older call, with who came; in the open call, one
//! to come with seats left, and one that is full, where somebody waits.

use anyhow::Context as _;
use time::{Duration, OffsetDateTime};

use super::client::Client;
use super::dossier::{pair, paris};
use crate::app::App;
use crate::kit::ids::CallId;
use crate::kit::moment;

/// Who plays it.
pub struct Cast<'a> {
    /// The application.
    pub app: &'a App,
    /// The older call and the open one.
    pub calls: [CallId; 2],
    /// Manages both.
    pub region: &'a Client,
    /// Owner, editor, consultant of a dossier of each call; owner of another.
    pub carriers: [&'a Client; 4],
}

/// Who came to the five days: owner, editor, consultant, other owner.
const CAME: [[&str; 4]; 5] = [
    ["present", "absent", "excused", "present"],
    ["present", "excused", "", "present"],
    ["present", "present", "present", "absent"],
    ["present", "present", "present", "present"],
    ["present", "present", "excused", "present"],
];

/// Plays both calls.
pub async fn play(cast: &Cast<'_>, now: OffsetDateTime) -> anyhow::Result<()> {
    past(cast).await?;
    coming(cast, now).await
}

async fn sessions(app: &App, call: CallId) -> anyhow::Result<Vec<(i64, OffsetDateTime)>> {
    let rows = sqlx::query!(
        r#"select session.id, (session.day + session.ends) at time zone 'Europe/Paris' as "ends_at!"
           from training_session as session join training on training.id = session.training_id
           where training.call_id = $1 and training.number = 1 order by session.day"#,
        call.get()
    )
    .fetch_all(&app.db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.ends_at)).collect())
}

/// The older call: everybody enrols in January, the managers record each day in the evening.
async fn past(cast: &Cast<'_>) -> anyhow::Result<()> {
    let (app, query) = (cast.app, "?appel=eit-2015");
    let days = sessions(app, cast.calls[0]).await?;
    let asked = paris("2015-01-26T10:00")?;
    for (index, person) in cast.carriers.iter().enumerate() {
        let mut pairs = vec![pair("act", "inscrire"), pair("version", "0")];
        // The consultant comes to the days that are about the structure.
        let ticked = days.iter().enumerate().filter(|(day, _)| index != 2 || !CAME[*day][index].is_empty());
        pairs.extend(ticked.map(|(_, (id, _))| pair("jour", &id.to_string())));
        person.post(app, asked + Duration::hours(i64::try_from(index)?), &format!("/formations/1{query}"), &pairs).await?;
    }
    for ((id, ends_at), came) in days.iter().zip(CAME) {
        let mut pairs = vec![pair("version", "0")];
        pairs.extend(cast.carriers.iter().zip(came).map(|(person, answer)| pair(&format!("p-{}", person.account), answer)));
        cast.region.post(app, *ends_at + Duration::minutes(20), &format!("/appel/formations/1/presences/{id}{query}"), &pairs).await?;
    }
    let card = [
        pair("act", "fiche"),
        pair("version", "0"),
        pair("organisation", "Syndicat mixte Rives de Charente"),
        pair("territory", "Jarnac et le Cognaçais"),
        pair("phone", ""),
        pair("shows_email", "oui"),
        pair("sentence", "Cherche un retour d’expérience sur le réemploi du verre et sur la chaleur de faible température."),
    ];
    cast.carriers[0].post(app, paris("2015-02-13T17:40")?, &format!("/reseau{query}"), &card).await?;
    let card = [
        pair("act", "fiche"),
        pair("version", "0"),
        pair("organisation", "Agence Estuaire"),
        pair("territory", "Rochefort et l’estuaire"),
        pair("phone", "01 99 00 17 25"),
        pair("shows_email", ""),
        pair("sentence", "Peut faire visiter la plateforme de tri des bois."),
    ];
    cast.carriers[3].post(app, paris("2015-02-16T09:10")?, &format!("/reseau{query}"), &card).await?;
    Ok(())
}

/// The open call: a day on the common document with seats left; a visit for two, already full.
async fn coming(cast: &Cast<'_>, now: OffsetDateTime) -> anyhow::Result<()> {
    let (app, query) = (cast.app, "?appel=demo");
    let (today, _) = moment::paris_parts(now);
    let at = now - Duration::days(6);
    let programmes = [
        (
            "Réunir les partenaires autour du document d’engagement",
            "Une journée pour préparer le document unique, avec les porteurs d’une édition passée.\n\nFormation financée par le fonds\u{a0}: elle ne coûte rien aux dossiers.",
            "12",
            12,
            "Le document, ses signataires, le calendrier",
        ),
        (
            "Visite d’une plateforme d’échange de matières",
            "Visite commentée, puis échange avec l’exploitant. Chaussures fermées.",
            "2",
            16,
            "Tri, stockage, traçabilité",
        ),
    ];
    for (title, note, capacity, days, subject) in programmes {
        let day = weekday(today + Duration::days(days));
        let pairs = [
            pair("version", "0"),
            pair("title", title),
            pair("note", note),
            pair("trainer", "Pôle des Éco-Industries"),
            pair("place", "Poitiers, salle des Lisses"),
            pair("address", "3 rue du Métier-à-Tisser, 86000 Poitiers"),
            pair("access", "À dix minutes à pied de la gare. Accès de plain-pied."),
            pair("capacity", capacity),
            pair("opens_at", ""),
            pair("closes_at", ""),
            pair("day-0", &moment::iso_day(day)),
            pair("starts-0", "09:30"),
            pair("ends-0", "17:00"),
            pair("note-0", subject),
            pair("place-0", ""),
        ];
        let location = cast.region.post(app, at, &format!("/appel/formations{query}"), &pairs).await?;
        let number = location.split('?').next().and_then(|path| path.rsplit('/').next()).context("number")?.to_owned();
        let people: &[usize] = if capacity == "2" { &[0, 3, 1] } else { &[0, 1] };
        for (order, index) in people.iter().enumerate() {
            let session = sqlx::query_scalar!("select max(id) from training_session").fetch_one(&app.db).await?.context("session")?;
            let pairs = [pair("act", "inscrire"), pair("version", "0"), pair("jour", &session.to_string())];
            let later = at + Duration::hours(i64::try_from(order)? + 1);
            cast.carriers[*index].post(app, later, &format!("/formations/{number}{query}"), &pairs).await?;
        }
    }
    Ok(())
}

/// The same day, or the Monday that follows a week-end.
fn weekday(day: time::Date) -> time::Date {
    match day.weekday().number_days_from_monday() {
        5 => day + Duration::days(2),
        6 => day + Duration::days(1),
        _ => day,
    }
}
