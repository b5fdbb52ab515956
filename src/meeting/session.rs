//! The acts of the session: a dossier is brought, an opinion recorded, seats vote, the session ends with drafted minutes.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;

use super::lines::{self, Line, Reader};
use super::model::{Choice, Meeting, Opinion, Phase, bodies, drafted, quorum};
use super::write::{self, Said};
use super::{live, record as minutes, store, web};
use crate::access::{BoardReader, CallManager, NumberPart, Refusal};
use crate::app::App;
use crate::call::frame::{Alert, at};
use crate::call::store::{self as calls, Act};
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::{NBSP, list};
use crate::kit::moment;
use crate::kit::words::clean;
use crate::page::see;
use crate::suspended::KeptForm;

/// Longest text of a dossier's record.
const LONGEST: usize = 6000;

/// What the chairs typed of a dossier; or as it was typed, with what to correct.
pub fn said(input: &Input) -> Result<Said, (Said, String)> {
    let typed = |name: &str| input.get(name).to_owned();
    let opinion = Opinion::parse(input.get("avis"));
    let raw = Said { opinion, reserves: typed("reserves"), debate: typed("debat"), note: typed("note") };
    let read = |text: &str| clean(text, LONGEST);
    let (reserves, debate, note) = match (read(&raw.reserves), read(&raw.debate), read(&raw.note)) {
        (Ok(reserves), Ok(debate), Ok(note)) => (reserves, debate, note),
        (Err(sentence), ..) | (_, Err(sentence), _) | (.., Err(sentence)) => return Err((raw, sentence.to_string())),
    };
    match (opinion, reserves.is_empty()) {
        (Some(Opinion::Reservations), true) => Err((raw, "Écrire les réserves, ou choisir un avis sans réserve.".to_owned())),
        (Some(Opinion::Reservations), false) | (_, true) => Ok(Said { opinion, reserves, debate, note }),
        (_, false) => Err((raw, "Des réserves sont écrites\u{a0}: choisir «\u{a0}Favorable avec réserves\u{a0}», ou les effacer.".to_owned())),
    }
}

fn place(manager: &CallManager, number: i64) -> String {
    at(&manager.call().slug, &format!("{}/{number}/direct", web::HERE))
}

/// The managers of the call bring a dossier before the room, record the opinion of the committee, or end the session.
pub async fn save(
    State(app): State<App>,
    reader: BoardReader,
    NumberPart(number): NumberPart,
    KeptForm(manager, input): KeptForm<CallManager>,
) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    if let Some(done) = calls::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let meeting = write::hold(&mut tx, &manager, number, &[Phase::Open]).await?;
    let mut location = place(&manager, number);
    let act = match input.get("act") {
        "appeler" => {
            let project = match input.get("dossier") {
                "" => None,
                "suivant" => write::following(&mut tx, &meeting).await?,
                project => Some(project.parse().map_err(|_| AppError::NotFound)?),
            };
            write::bring(&mut tx, &meeting, project).await?;
            "meeting_brought"
        }
        "consigner" => {
            let refused = record(&mut tx, (&reader, &meeting), &input).await?;
            if let Some((status, alert, typed)) = refused {
                return live::draw(&app, &mut tx, &reader, &meeting, (status, Some(alert), Some(typed))).await;
            }
            "meeting_recorded"
        }
        "clore" => {
            close(&mut tx, &manager, &meeting).await?;
            location = at(&manager.call().slug, &format!("{}/{number}/compte-rendu", web::HERE));
            "meeting_closed"
        }
        _ => return Err(AppError::BadRequest("Ce formulaire n’est pas connu. Rechargez la page.")),
    };
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act, subject: &meeting.id.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Why nothing was recorded: the answer's status, what to say, the text as typed with the sentence beside it.
type Refused = (StatusCode, Alert, (Said, String));

async fn record(conn: &mut PgConnection, (reader, meeting): (&BoardReader, &Meeting), input: &Input) -> Result<Option<Refused>, AppError> {
    let project: i64 = input.get("dossier").parse().map_err(|_| AppError::NotFound)?;
    let lines = lines::of(conn, meeting.id, super::agenda::reader_of(reader)).await?;
    // A manager who stays away from the dossier records nothing of it.
    if !lines.iter().filter_map(Line::item).any(|item| item.project == project) {
        return Err(AppError::NotFound);
    }
    let said = match said(input) {
        Ok(said) => said,
        Err((typed, sentence)) => {
            let alert = Alert { is_focused: true, ..Alert::refusal("Rien n’est enregistré", sentence.clone()) };
            return Ok(Some((StatusCode::UNPROCESSABLE_ENTITY, Alert { class: "bad", ..alert }, (typed, sentence))));
        }
    };
    if write::record(conn, meeting, project, input.version()?, &said).await? {
        return Ok(None);
    }
    let sentence = "Une autre personne a enregistré entre-temps. Votre saisie est gardée ci-dessous\u{a0}; ce qui est enregistré se lit au-dessus.";
    Ok(Some((StatusCode::CONFLICT, Alert { is_focused: true, ..Alert::refusal("Deux saisies à la fois", sentence) }, (said, String::new()))))
}

/// Drafts the minutes of every dossier, whoever ends the session: each reader then reads those that they follow.
async fn close(conn: &mut PgConnection, manager: &CallManager, meeting: &Meeting) -> Result<(), AppError> {
    let guests = store::guests(conn, manager.call().id, meeting.id).await?;
    let drafts = minutes::drafts(conn, meeting.id).await?;
    let drafts: Vec<(i64, String)> =
        drafts.into_iter().map(|line| (line.project, drafted(line.opinion, &line.reserves, &line.debate, line.tally, &line.away))).collect();
    let present: Vec<String> = guests
        .iter()
        .filter(|guest| guest.is_present)
        .map(|guest| if guest.body.is_empty() { guest.name.clone() } else { format!("{} ({})", guest.name, guest.body) })
        .collect();
    let absent: Vec<&str> = {
        let (there, _) = bodies(&guests);
        let mut absent: Vec<&str> = guests.iter().map(|guest| guest.body.as_str()).filter(|body| !body.is_empty() && !there.contains(body)).collect();
        absent.dedup();
        absent
    };
    let (_, sentence) = quorum(&guests, meeting.quorum);
    let mut opening =
        vec![format!("La séance est ouverte le {} et close le {}.", meeting.opened_at.map(moment::full).unwrap_or_default(), moment::full(manager.now()))];
    opening.push(if present.is_empty() { "Aucune présence n’est indiquée.".to_owned() } else { format!("Présents{NBSP}: {}.", list(&present)) });
    if !absent.is_empty() {
        opening.push(format!("Organismes non représentés{NBSP}: {}.", list(&absent)));
    }
    opening.push(format!("{sentence}."));
    minutes::close(conn, manager, meeting, &opening.join("\n\n"), &drafts).await?;
    Ok(())
}

/// Whoever sits and is there votes for their seat on the dossier before the room, when the call says that seats vote.
pub async fn vote(State(app): State<App>, reader: BoardReader, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let project: i64 = input.get("dossier").parse().map_err(|_| AppError::NotFound)?;
    let choice = Choice::parse(input.get("voix")).ok_or(AppError::BadRequest("Choisir pour, contre ou abstention."))?;
    let mut tx = app.db.begin().await?;
    let meeting = store::meeting(&mut tx, reader.call().id, number).await?;
    let is_followed = lines::of(&mut tx, meeting.id, Reader { account: reader.account(), is_manager: false, visible: reader.call().visible })
        .await?
        .iter()
        .filter_map(Line::item)
        .any(|item| item.project == project);
    if !is_followed {
        return Err(AppError::NotFound);
    }
    meeting.expect(&[Phase::Open])?;
    if !write::vote(&mut tx, &reader, &meeting, project, choice).await? {
        return Err(Refusal::Because("Le vote n’est pas ouvert pour votre siège sur ce dossier.").into());
    }
    tx.commit().await?;
    Ok(see(&at(&reader.call().slug, &format!("{}/{number}/direct", web::HERE))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Said, (Said, String)> {
        said(&Input::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()))
    }

    #[test]
    fn reserves_go_with_their_opinion_and_only_with_it() {
        assert!(read(&[("avis", "favourable")]).is_ok());
        assert!(read(&[("avis", "reservations"), ("reserves", " ")]).is_err());
        assert!(read(&[("avis", "unfavourable"), ("reserves", "Le budget")]).is_err());
        let kept = read(&[("avis", "reservations"), ("reserves", "Le budget"), ("debat", "Dit.")]).unwrap();
        assert_eq!(kept, Said { opinion: Some(Opinion::Reservations), reserves: "Le budget".into(), debate: "Dit.".into(), note: String::new() });
        assert_eq!(read(&[("avis", "laureate")]).unwrap().opinion, None);
    }
}
