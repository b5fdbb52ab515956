//! A row of the board, decided before the template: what the reader may see of it, its drawings, its rank.

use std::fmt::Write as _;

use time::OffsetDateTime;

use super::asked::{After, Asked, STATUSES, Sort};
use super::facts::Facts;
use super::ranks::{Standings, rank};
use super::store::{CallPart, Line, UNORDERED};
use crate::access::policy::Visible;
use crate::access::{Status, Ties};
use crate::error::AppError;
use crate::kit::french::{NBSP, count};
use crate::kit::moment;
use crate::page::Tag;
use crate::review::score::{DISAGREEMENT, shown, whole};

/// A dossier of the board, as read.
#[derive(Debug)]
pub struct Dossier {
    /// Dossier.
    pub id: i64,
    /// Number within the call.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// State.
    pub status: Status,
    /// Département.
    pub department: String,
    /// Rates of the five deliverables.
    pub progress: Vec<i16>,
    /// Commitments signed.
    pub commitments: i32,
    /// Number of the last deposit.
    pub deposit: Option<i32>,
    /// Its instant.
    pub deposited_at: Option<OffsetDateTime>,
    /// Last change.
    pub last_activity_at: OffsetDateTime,
    /// Reviews delivered, and wanted: none before the evaluation.
    pub reviews: Option<(i32, i32)>,
    /// Scores, or why there are none.
    pub scores: Result<Scores, String>,
    /// What the board follows through the phase, when the view reads it.
    pub facts: Option<Facts>,
    /// Key of the row in the order asked.
    pub key: After,
}

/// Figures that the reader may see.
#[derive(Debug)]
pub struct Scores {
    /// Mean.
    pub mean: i64,
    /// Median.
    pub median: i64,
    /// Lowest.
    pub min: i64,
    /// Highest.
    pub max: i64,
    /// Standard deviation.
    pub deviation: i64,
    /// "7", or "7 =".
    pub rank: String,
}

/// What the rows of a page have in common.
#[derive(Debug)]
pub struct Setting<'a> {
    /// Order and filters.
    pub asked: &'a Asked,
    /// Bonds of the reader with every dossier listed.
    pub ties: Ties,
    /// Rule on the scores.
    pub visible: Visible,
    /// A review owed hides every score.
    pub is_blind: bool,
    /// The call's own part of the page.
    pub call: &'a CallPart,
    /// Sorted means of the call.
    pub standings: &'a Standings,
}

impl Dossier {
    /// The dossier of a line; none for the line of an empty page.
    pub fn read(line: Line, setting: &Setting<'_>) -> Result<Option<Self>, AppError> {
        let Some(id) = line.id else { return Ok(None) };
        let status = line.status.as_deref().and_then(Status::parse).ok_or_else(|| anyhow::anyhow!("unknown status"))?;
        let is_hidden = setting.is_blind || line.is_hidden.unwrap_or(true);
        let delivered = line.reviews_delivered.unwrap_or(0);
        let assigned = line.reviews_assigned.unwrap_or(0);
        let is_reviewed = !matches!(status, Status::Withdrawn | Status::Inadmissible) && (assigned > 0 || is_past_opening(status));
        let mut dossier = Self {
            id,
            number: line.number.unwrap_or_default(),
            title: line.title.unwrap_or_default(),
            label: line.label.unwrap_or_default(),
            status,
            department: line.department.unwrap_or_default(),
            progress: line.progress.unwrap_or_default(),
            commitments: line.commitments.unwrap_or_default(),
            deposit: line.deposit,
            deposited_at: line.deposited_at,
            last_activity_at: line.last_activity_at.unwrap_or(OffsetDateTime::UNIX_EPOCH),
            reviews: is_reviewed.then(|| (delivered, assigned.max(setting.call.reviews_expected))),
            scores: Err(String::new()),
            facts: line.facts.as_deref().map(|text| Facts::read(text, &setting.ties)).transpose().map_err(anyhow::Error::from)?,
            key: After { key: String::new(), id },
        };
        dossier.key = dossier.key_in(setting.asked.sort, delivered, (line.score_mean, line.score_median), is_hidden);
        dossier.scores = match (line.score_mean, line.score_median, line.score_min, line.score_max, line.score_deviation) {
            _ if is_hidden && is_reviewed => Err(hidden(setting)),
            (Some(mean), Some(median), Some(min), Some(max), Some(deviation)) if !is_hidden => {
                let rank = rank(mean, &setting.standings.means, &setting.call.away.unseen_means).shown();
                Ok(Scores { mean, median, min, max, deviation, rank })
            }
            _ => Err(unscored(status, is_reviewed, setting.call.mean_from)),
        };
        Ok(Some(dossier))
    }

    fn key_in(&self, sort: Sort, delivered: i32, (mean, median): (Option<i64>, Option<i64>), is_hidden: bool) -> After {
        let key = match sort {
            Sort::Title => self.title.clone(),
            Sort::Status => format!("{} {}", 1 + STATUSES.iter().position(|status| *status == self.status).unwrap_or(0), self.title),
            Sort::Reviews => delivered.to_string(),
            Sort::Activity => (self.last_activity_at.unix_timestamp_nanos() / 1000).to_string(),
            Sort::Mean | Sort::Median if is_hidden => return After { key: UNORDERED.to_owned(), id: self.number.into() },
            Sort::Mean => mean.unwrap_or(-1).to_string(),
            Sort::Median => median.unwrap_or(-1).to_string(),
        };
        After { key, id: self.id }
    }
}

fn is_past_opening(status: Status) -> bool {
    matches!(
        status,
        Status::InReview
            | Status::Assessed
            | Status::CommitteeOpinion
            | Status::FundCommittee
            | Status::CouncilDecision
            | Status::Laureate
            | Status::NotSelected
    )
}

fn hidden(setting: &Setting<'_>) -> String {
    let reason = match setting.visible {
        Visible::Never => "vous évaluez ce dossier",
        Visible::AfterAllMine if setting.is_blind => "visible quand toutes vos évaluations sont rendues",
        _ => "visible quand votre évaluation est rendue",
    };
    format!("– {reason}")
}

fn unscored(status: Status, is_reviewed: bool, mean_from: i32) -> String {
    match status {
        Status::Withdrawn | Status::Inadmissible => "Sans évaluation".to_owned(),
        _ if is_reviewed => format!("Moyenne à partir de {}", count(mean_from, "évaluation", "évaluations")),
        _ => "Pas encore en évaluation".to_owned(),
    }
}

/// A row, ready for the template.
#[derive(Debug)]
pub struct RowView {
    /// Dossier.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// State.
    pub tag: Tag,
    /// "94 100 80 79 100".
    pub rates: String,
    /// Bars of the five deliverables, as a path.
    pub bars: String,
    /// "2/3".
    pub reviews: String,
    /// Figures, or why there are none.
    pub scores: Result<ScoresView, String>,
    /// "9 engagements": only those that are signed count.
    pub commitments: String,
    /// "dépôt 2, 12 oct. · activité 14 oct.".
    pub activity: String,
}

/// Figures, as read and drawn.
#[derive(Debug)]
pub struct ScoresView {
    /// Mean.
    pub mean: String,
    /// Median.
    pub median: String,
    /// From the lowest to the highest, as a path.
    pub line: String,
    /// "60-72".
    pub range: String,
    /// Standard deviation.
    pub deviation: String,
    /// The reviews disagree.
    pub is_disagreed: bool,
    /// Rank.
    pub rank: String,
}

impl RowView {
    /// The dossier as a row.
    pub fn of(dossier: Dossier, now: OffsetDateTime) -> Self {
        Self {
            activity: activity(&dossier, now),
            id: dossier.id,
            tag: Tag::of(dossier.status),
            rates: dossier.progress.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            bars: bars(&dossier.progress),
            reviews: dossier.reviews.map(|(delivered, wanted)| format!("{delivered}/{wanted}")).unwrap_or_default(),
            scores: dossier.scores.map(|scores| ScoresView::of(&scores)),
            commitments: count(dossier.commitments, "engagement", "engagements"),
            title: dossier.title,
            label: dossier.label,
        }
    }
}

/// The last deposit and the last act are two facts; an act of the very moment of the deposit is the deposit.
fn activity(dossier: &Dossier, now: OffsetDateTime) -> String {
    let last = dossier.last_activity_at;
    let Some((number, at)) = dossier.deposit.zip(dossier.deposited_at) else { return format!("activité {}", moment::brief(last, now)) };
    let deposit = format!("dépôt{NBSP}{number}, {}", moment::brief(at, now));
    if last - at < time::Duration::MINUTE { deposit } else { format!("{deposit} · activité {}", moment::brief(last, now)) }
}

impl ScoresView {
    fn of(scores: &Scores) -> Self {
        let (low, high) = (whole(scores.min), whole(scores.max));
        Self {
            mean: shown(scores.mean),
            median: shown(scores.median),
            line: format!("M{low} 7h{}", (high - low).max(1)),
            range: format!("{low}-{high}"),
            deviation: shown(scores.deviation),
            is_disagreed: scores.deviation >= DISAGREEMENT,
            rank: scores.rank.clone(),
        }
    }
}

/// Five bars side by side, twenty units high when full, on a line at 22.
fn bars(rates: &[i16]) -> String {
    let mut path = String::with_capacity(48);
    for (x, rate) in (4..).step_by(9).zip(rates) {
        let _ = write!(path, "M{x} 22V{}", 22 - (rate.clamp(&0, &100) + 2) / 5);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_follow_the_rates() {
        assert_eq!(bars(&[94, 100, 80, 79, 100]), "M4 22V3M13 22V2M22 22V6M31 22V6M40 22V2");
        assert_eq!(bars(&[31, 22, 0, 0, 0]), "M4 22V16M13 22V18M22 22V22M31 22V22M40 22V22");
    }

    #[test]
    fn a_line_of_one_point_is_still_seen() {
        let scores =
            Scores { mean: 0, median: 0, min: 60 * crate::review::score::POINT, max: 60 * crate::review::score::POINT, deviation: 0, rank: "1".to_owned() };
        assert_eq!(ScoresView::of(&scores).line, "M60 7h1");
    }
}
