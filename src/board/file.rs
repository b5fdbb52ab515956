//! The board as a file that a French spreadsheet opens right: UTF-8 with its mark, semicolons, no live cell.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use time::OffsetDateTime;

use super::facts::{Facts, is_blocked, subsidy_word};
use super::rows::Dossier;
use crate::access::CallSeat;
use crate::error::AppError;
use crate::kit::moment;
use crate::kit::territory::department_name;
use crate::page::Tag;
use crate::review::score::shown;

/// Columns of every file.
const HEADS: [&str; 22] = [
    "Numéro",
    "Dossier",
    "Porteur et commune",
    "Département",
    "État",
    "Livrable 1 (%)",
    "Livrable 2 (%)",
    "Livrable 3 (%)",
    "Livrable 4 (%)",
    "Livrable 5 (%)",
    "Dernier dépôt",
    "Engagements signés",
    "Évaluations rendues",
    "Évaluations attendues",
    "Moyenne sur 100",
    "Médiane sur 100",
    "Minimum",
    "Maximum",
    "Écart-type",
    "Rang",
    "Ex æquo",
    "Dernière activité",
];

/// Columns of what the board follows through the phase.
const FACTS: [&str; 14] = [
    "Mouvement du livrable 1",
    "Mouvement du livrable 2",
    "Mouvement du livrable 3",
    "Mouvement du livrable 4",
    "Mouvement du livrable 5",
    "Points qui bloquent le dépôt",
    "Actions vitrines",
    "Avancement des actions",
    "Engagements attendus",
    "Jours de formation suivis",
    "AMO",
    "Corrections en cours",
    "Correction attendue pour le",
    "Risques",
];

/// Columns of who instructs.
const PRIVATE: [&str; 2] = ["Subvention", "Étiquettes"];

/// The file of those dossiers.
pub fn of(call: &CallSeat, now: OffsetDateTime, (dossiers, instructs): (&[Dossier], bool), recused: i64) -> Result<Response, AppError> {
    let body = write(dossiers, instructs, recused).map_err(anyhow::Error::from)?;
    let name = format!("comite-{}-{}.csv", call.slug, moment::iso_day(moment::paris_parts(now).0));
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))], body).into_response())
}

fn write(dossiers: &[Dossier], instructs: bool, recused: i64) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    let private = if instructs { &PRIVATE[..] } else { &[] };
    let heads: Vec<&str> = HEADS.iter().chain(&FACTS).chain(private).copied().chain(["Remarque"]).collect();
    writer.write_record(&heads)?;
    for dossier in dossiers {
        let remark = dossier.scores.as_ref().err().map(|reason| reason.trim_start_matches("– ").to_owned()).unwrap_or_default();
        let private = if instructs { self::private(dossier).to_vec() } else { Vec::new() };
        writer.write_record(cells(dossier).iter().chain(&facts(dossier)).chain(&private).chain([&remark]).map(|cell| inert(cell)))?;
    }
    if recused > 0 {
        let mut cells = vec![String::new(); heads.len()];
        (cells[4], cells[heads.len() - 1]) = ("Déport".to_owned(), crate::kit::french::count(recused, "dossier", "dossiers"));
        writer.write_record(&cells)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// "2015-10-12 18:04:00".
fn instant(at: OffsetDateTime) -> String {
    let (date, time) = moment::paris_parts(at);
    format!("{} {}", moment::iso_day(date), moment::iso_time(time))
}

fn facts(dossier: &Dossier) -> [String; FACTS.len()] {
    let none = Facts::default();
    let facts = dossier.facts.as_ref().unwrap_or(&none);
    let moved = |index: usize| facts.moved.get(index).copied().flatten().map(instant).unwrap_or_default();
    [
        moved(0),
        moved(1),
        moved(2),
        moved(3),
        moved(4),
        if is_blocked(dossier.status, facts) { facts.missing.to_string() } else { String::new() },
        facts.showcase.len().to_string(),
        facts.showcase.join(", "),
        facts.expected.max(dossier.commitments).to_string(),
        facts.training.to_string(),
        if facts.is_retained { "Prestataire retenu".to_owned() } else { String::new() },
        facts.corrections.to_string(),
        facts.due.map(instant).unwrap_or_default(),
        facts.risks.join(", "),
    ]
}

fn private(dossier: &Dossier) -> [String; PRIVATE.len()] {
    let facts = dossier.facts.as_ref();
    let names = facts.map(|facts| facts.labels.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "));
    [facts.and_then(|facts| facts.subsidy).map(subsidy_word).unwrap_or_default().to_owned(), names.unwrap_or_default()]
}

fn cells(dossier: &Dossier) -> [String; HEADS.len()] {
    let rate = |index: usize| dossier.progress.get(index).map(ToString::to_string).unwrap_or_default();
    let scores = dossier.scores.as_ref().ok();
    let score = |of: fn(&super::rows::Scores) -> i64| scores.map(|scores| shown(of(scores))).unwrap_or_default();
    let rank = scores.map(|scores| scores.rank.trim_end_matches(['=', '\u{a0}']).to_owned()).unwrap_or_default();
    [
        dossier.number.to_string(),
        dossier.title.clone(),
        dossier.label.clone(),
        department_name(&dossier.department).to_owned(),
        Tag::of(dossier.status).word.to_owned(),
        rate(0),
        rate(1),
        rate(2),
        rate(3),
        rate(4),
        dossier.deposit.map(|number| number.to_string()).unwrap_or_default(),
        dossier.commitments.to_string(),
        dossier.reviews.map(|(delivered, _)| delivered.to_string()).unwrap_or_default(),
        dossier.reviews.map(|(_, wanted)| wanted.to_string()).unwrap_or_default(),
        score(|scores| scores.mean),
        score(|scores| scores.median),
        score(|scores| scores.min),
        score(|scores| scores.max),
        score(|scores| scores.deviation),
        rank,
        scores.filter(|scores| scores.rank.ends_with('=')).map(|_| "oui".to_owned()).unwrap_or_default(),
        instant(dossier.last_activity_at),
    ]
}

/// A cell that a spreadsheet takes for text: a formula begins with one of those.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Status;
    use crate::board::asked::After;
    use time::macros::datetime;

    fn dossier(title: &str) -> Dossier {
        Dossier {
            id: 1,
            number: 4,
            title: title.to_owned(),
            label: "Syndicat; mixte, \"Rives\"".to_owned(),
            status: Status::InReview,
            department: "16".to_owned(),
            progress: vec![94, 100, 80, 79, 100],
            commitments: 9,
            deposit: Some(2),
            deposited_at: None,
            last_activity_at: datetime!(2015-10-12 16:04 UTC),
            reviews: Some((2, 3)),
            scores: Err("– visible quand votre évaluation est rendue".to_owned()),
            facts: Some(Facts {
                showcase: vec!["en cours"],
                expected: 11,
                training: 3,
                labels: vec![("=À revoir".to_owned(), "weld".to_owned())],
                ..Facts::default()
            }),
            key: After { key: String::new(), id: 1 },
        }
    }

    #[test]
    fn a_spreadsheet_reads_text_and_runs_nothing() {
        let file = write(&[dossier("=1+1"), dossier("@SOMME(A1)"), dossier("Arsenal -et marais")], false, 2).expect("written");
        let text = String::from_utf8(file).expect("UTF-8");
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert!(lines[0].starts_with("\u{feff}Numéro;Dossier;"));
        assert_eq!(
            lines[1],
            "4;'=1+1;\"Syndicat; mixte, \"\"Rives\"\"\";Charente;En évaluation;94;100;80;79;100;2;9;2;3;;;;;;;;2015-10-12 18:04:00;;;;;;;1;en cours;11;3;;0;;;visible quand votre évaluation est rendue"
        );
        assert!(lines[2].starts_with("4;'@SOMME(A1);"));
        assert!(lines[3].starts_with("4;Arsenal -et marais;"));
        assert_eq!(lines[4], ";;;;Déport;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;2\u{a0}dossiers");
        assert_eq!(lines.len(), 6);
        let private = String::from_utf8(write(&[dossier("A")], true, 0).expect("written")).expect("UTF-8");
        assert!(private.contains(";Risques;Subvention;Étiquettes;Remarque\r\n") && private.contains(";;'=À revoir;visible"), "{private}");
        assert!(!text.contains("À revoir"), "labels are the administration's own");
    }
}
