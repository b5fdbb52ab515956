//! The board as a file that a French spreadsheet opens right: UTF-8 with its mark, semicolons, no live cell.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use time::OffsetDateTime;

use super::rows::Dossier;
use crate::access::CallSeat;
use crate::error::AppError;
use crate::kit::moment;
use crate::kit::territory::department_name;
use crate::page::Tag;
use crate::review::score::shown;

const HEADS: [&str; 23] = [
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
    "Remarque",
];

/// The file of those dossiers.
pub fn of(call: &CallSeat, now: OffsetDateTime, dossiers: &[Dossier], recused: i64) -> Result<Response, AppError> {
    let body = write(dossiers, recused).map_err(anyhow::Error::from)?;
    let name = format!("comite-{}-{}.csv", call.slug, moment::iso_day(moment::paris_parts(now).0));
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))], body).into_response())
}

fn write(dossiers: &[Dossier], recused: i64) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(HEADS)?;
    for dossier in dossiers {
        writer.write_record(cells(dossier).iter().map(|cell| inert(cell)))?;
    }
    if recused > 0 {
        let mut cells = [const { String::new() }; HEADS.len()];
        (cells[4], cells[22]) = ("Déport".to_owned(), crate::kit::french::count(recused, "dossier", "dossiers"));
        writer.write_record(&cells)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn cells(dossier: &Dossier) -> [String; HEADS.len()] {
    let rate = |index: usize| dossier.progress.get(index).map(ToString::to_string).unwrap_or_default();
    let (date, time) = moment::paris_parts(dossier.last_activity_at);
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
        format!("{} {}", moment::iso_day(date), moment::iso_time(time)),
        dossier.scores.as_ref().err().map(|reason| reason.trim_start_matches("– ").to_owned()).unwrap_or_default(),
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
            key: After { key: String::new(), id: 1 },
        }
    }

    #[test]
    fn a_spreadsheet_reads_text_and_runs_nothing() {
        let file = write(&[dossier("=1+1"), dossier("@SOMME(A1)"), dossier("Arsenal -et marais")], 2).expect("written");
        let text = String::from_utf8(file).expect("UTF-8");
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert!(lines[0].starts_with("\u{feff}Numéro;Dossier;"));
        assert_eq!(
            lines[1],
            "4;'=1+1;\"Syndicat; mixte, \"\"Rives\"\"\";Charente;En évaluation;94;100;80;79;100;2;9;2;3;;;;;;;;2015-10-12 18:04:00;visible quand votre évaluation est rendue"
        );
        assert!(lines[2].starts_with("4;'@SOMME(A1);"));
        assert!(lines[3].starts_with("4;Arsenal -et marais;"));
        assert_eq!(lines[4], ";;;;Déport;;;;;;;;;;;;;;;;;;2\u{a0}dossiers");
        assert_eq!(lines.len(), 6);
    }
}
