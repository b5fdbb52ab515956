//! The study as people read it.

use std::collections::HashMap;

use askama::Template;
use trame_scoring::rank::{Place, REPLICATES, Ranked};
use trame_scoring::severity::{Basis, Calibrated, Reviewer, Severities};
use trame_scoring::spread::Spread;
use trame_scoring::what_if::Move;

use super::drawing::{self, Bars, DRAWN, Drawing, Heat, draw};
use super::store::Entry;
use super::{INTERVALS_UP_TO, Study, Tried};
use crate::access::BoardReader;
use crate::app::App;
use crate::board::ranks::Rank;
use crate::kit::french::{NBSP, count, decimal, thousands};
use crate::page::Layout;
use crate::review::score::{POINT, precise, shown, weight, whole};

/// A dossier in its place.
struct RankView {
    rank: String,
    id: i64,
    title: String,
    label: String,
    mean: String,
    interval: String,
    calibrated: String,
    computation: String,
    counted: usize,
    is_disputed: bool,
    disputed: String,
}

/// A reviewer.
struct ReviewerView {
    name: String,
    count: usize,
    severity: String,
    error: String,
    gaps: Vec<(i64, String, String, String, String)>,
}

/// A dossier under each criterion: mean of the marks, and how dark.
struct HeatRow {
    id: i64,
    title: String,
    cells: Vec<HeatCell>,
}

struct HeatCell {
    text: String,
    level: u8,
    is_disputed: bool,
}

struct TriedView {
    code: String,
    label: String,
    held: String,
    typed: String,
    error: String,
}

struct MoveView {
    title: String,
    before: String,
    after: String,
    means: String,
    moved: String,
}

#[derive(Template)]
#[template(path = "board/study.html")]
pub struct StudyPage {
    layout: Layout,
    call: String,
    back: String,
    explained: String,
    slug: String,
    notice: &'static str,
    rows: Vec<RankView>,
    drawing: Option<Drawing>,
    bars: Option<Bars>,
    examples: Vec<String>,
    drawn: String,
    method: String,
    too_many: String,
    severity: String,
    reviewers: Vec<ReviewerView>,
    criteria: Vec<(String, String)>,
    heat: Vec<HeatRow>,
    heat_drawing: Option<Heat>,
    tried: Vec<TriedView>,
    is_tried: bool,
    moves: Vec<MoveView>,
    moved: String,
}

/// The page.
pub fn page(app: &App, reader: &BoardReader, study: &Study, is_blind: bool) -> StudyPage {
    let seat = reader.call();
    let run = (format!("Appel {} {}", seat.title, seat.edition), String::new());
    let entries: HashMap<&str, &Entry> = study.entries.iter().map(|entry| (entry.key.as_str(), entry)).collect();
    let names = names(&study.entries);
    let spreads: HashMap<&str, &Spread> = study.spreads.iter().map(|spread| (spread.dossier.as_str(), spread)).collect();
    let titles: Vec<&str> = study.ranked.iter().filter_map(|ranked| Some(entries.get(ranked.dossier.as_str())?.title.as_str())).collect();
    let drawing = (study.has_intervals && study.ranked.len() > 1).then(|| draw(&study.ranked, &titles));
    let moves = study.moves.as_deref().map(|all| moves(all, &entries)).unwrap_or_default();
    let heat = heat(study, &entries, &spreads);
    StudyPage {
        layout: Layout { run, ..Layout::personal(app, reader.visitor(), "Rangs, intervalles et sévérité", "/comite") },
        call: format!("{} {}", seat.title, seat.edition),
        back: format!("/comite?appel={}", seat.slug),
        explained: format!("/comite/calcul?appel={}", seat.slug),
        slug: seat.slug.clone(),
        notice: notice(study, is_blind),
        rows: ranks(study, &entries, &names, &spreads),
        drawn: drawn(study),
        drawing,
        bars: bars(study, &titles),
        examples: examples(&study.ranked, &titles),
        method: method(study),
        too_many: too_many(study),
        severity: severity(&study.severities),
        reviewers: study.severities.reviewers.iter().map(|reviewer| reviewer_view(reviewer, &entries, &names)).collect(),
        criteria: study.settings.criteria.iter().map(|(code, label, _)| (code.clone(), label.clone())).collect(),
        heat_drawing: heat_drawing(study, &heat),
        heat,
        tried: study.tried.iter().map(tried).collect(),
        is_tried: study.moves.is_some(),
        moved: moved(study.moves.as_deref().unwrap_or_default()),
        moves,
    }
}

fn notice(study: &Study, is_blind: bool) -> &'static str {
    match (is_blind, study.entries.is_empty()) {
        (true, _) => "Cette page s’ouvre quand toutes vos évaluations sont rendues.",
        (false, true) => "Aucune évaluation rendue que vous puissiez lire pour l’instant.",
        (false, false) => "",
    }
}

fn names(entries: &[Entry]) -> HashMap<&str, &str> {
    entries.iter().flat_map(|entry| &entry.reviews).map(|review| (review.email.as_str(), review.name.as_str())).collect()
}

/// "−3,2", "+0,5", "0".
fn signed(kept: i64) -> String {
    let tenths = (kept.abs() + POINT / 20) / (POINT / 10);
    let text = decimal(format!("{}.{}", tenths / 10, tenths % 10), 1);
    match (tenths, kept < 0) {
        (0, _) => text,
        (_, true) => format!("−{text}"),
        (_, false) => format!("+{text}"),
    }
}

fn shown_place(place: Place) -> String {
    Rank { place: place.place, is_tie: place.sharing > 1 }.shown()
}

fn ranks(study: &Study, entries: &HashMap<&str, &Entry>, names: &HashMap<&str, &str>, spreads: &HashMap<&str, &Spread>) -> Vec<RankView> {
    let calibrated: HashMap<&str, &Calibrated> = study.severities.dossiers.iter().map(|dossier| (dossier.dossier.as_str(), dossier)).collect();
    let one = |ranked: &Ranked| {
        let key = ranked.dossier.as_str();
        let (entry, calibrated, spread) = (entries.get(key)?, calibrated.get(key)?, spreads.get(key)?);
        let disputed = spread.criteria.iter().filter(|criterion| criterion.is_disputed).map(|criterion| criterion.criterion.clone()).collect::<Vec<_>>();
        Some(RankView {
            rank: shown_place(ranked.place),
            id: entry.id.get(),
            title: entry.title.clone(),
            label: entry.label.clone(),
            mean: precise(ranked.mean),
            interval: if ranked.best == ranked.worst { ranked.best.to_string() } else { format!("{} à {}", ranked.best, ranked.worst) },
            calibrated: precise(calibrated.calibrated),
            computation: computation(calibrated, names),
            counted: ranked.counted,
            is_disputed: spread.is_disputed,
            disputed: disputed.join(", "),
        })
    };
    study.ranked.iter().filter_map(one).collect()
}

/// "(62,5 − (+1,2) + 70 − (−0,4)) / 2": how the calibrated score is made.
fn computation(dossier: &Calibrated, names: &HashMap<&str, &str>) -> String {
    let parts = dossier.parts.iter().map(|part| {
        let name = names.get(part.reviewer.as_str()).copied().unwrap_or_default();
        format!("{name}{NBSP}: {} moins {}", precise(part.score), signed(part.severity))
    });
    format!("Moyenne de {}.", parts.collect::<Vec<_>>().join("\u{202f}; "))
}

fn drawn(study: &Study) -> String {
    if study.ranked.len() <= DRAWN { String::new() } else { format!("Les {DRAWN} premiers sur {}{NBSP}; le tableau les a tous.", study.ranked.len()) }
}

/// The ranking as bars; one dossier is no ranking.
fn bars(study: &Study, titles: &[&str]) -> Option<Bars> {
    let one = |(ranked, title): (&Ranked, &&str)| (shown_place(ranked.place), (*title).to_owned(), whole(ranked.mean), shown(ranked.mean));
    let lines: Vec<(String, String, i64, String)> = study.ranked.iter().zip(titles).map(one).collect();
    (lines.len() > 1).then(|| drawing::bars(&lines))
}

/// "1re", "4e".
fn ordinal(place: usize) -> String {
    if place == 1 { "1re".to_owned() } else { format!("{place}e") }
}

/// How to read a rank and its interval, said of the very dossiers of the page: one whose place could change, two that the marks do
/// not separate, two that they do.
fn examples(ranked: &[Ranked], titles: &[&str]) -> Vec<String> {
    let named: Vec<(&Ranked, &str)> = ranked.iter().zip(titles.iter().copied()).collect();
    let quoted = |title: &str| format!("«{NBSP}{title}{NBSP}»");
    let mut examples = Vec::new();
    if let Some((wide, title)) = named.iter().find(|(ranked, _)| ranked.best < ranked.worst) {
        examples.push(format!(
            "{} est à la {} place. Avec d’autres évaluateurs, neuf fois sur dix, il serait resté entre la {} et la {}.",
            quoted(title),
            ordinal(wide.place.place),
            ordinal(wide.best),
            ordinal(wide.worst)
        ));
    }
    let pairs = || named.iter().zip(named.iter().skip(1));
    if let Some(((_, one), (_, other))) = pairs().find(|((one, _), (other, _))| one.place != other.place && one.worst > other.best) {
        examples.push(format!(
            "Les intervalles de {} et de {} se recouvrent{NBSP}: les notes ne disent pas lequel est devant, c’est au comité d’en parler.",
            quoted(one),
            quoted(other)
        ));
    }
    if let Some(((_, one), (_, other))) = pairs().find(|((one, _), (other, _))| one.worst < other.best) {
        examples.push(format!(
            "Ceux de {} et de {} ne se touchent pas{NBSP}: le premier est devant, quelles que soient les personnes.",
            quoted(one),
            quoted(other)
        ));
    }
    examples
}

/// The same squares as a picture.
fn heat_drawing(study: &Study, heat: &[HeatRow]) -> Option<Heat> {
    let codes: Vec<&str> = study.settings.criteria.iter().map(|(code, ..)| code.as_str()).collect();
    let cells = |row: &HeatRow| row.cells.iter().map(|cell| (cell.level, cell.text.clone(), cell.is_disputed)).collect();
    (!heat.is_empty()).then(|| drawing::heat(&codes, heat.iter().map(|row| (row.title.as_str(), cells(row))).collect()))
}

fn method(study: &Study) -> String {
    format!(
        "Et si d’autres personnes, aussi semblables et aussi différentes entre elles, avaient évalué{NBSP}? Les écarts constatés entre évaluations d’un même dossier sont \
         tirés au sort {} fois, et les dossiers classés à chaque fois. L’intervalle est celui où le dossier se trouve neuf fois sur dix. Deux dossiers dont les \
         intervalles se recouvrent largement ne sont pas départagés par les notes. Le tirage part de la graine {}{NBSP}: il donne toujours les mêmes chiffres.",
        thousands(i64::try_from(REPLICATES).unwrap_or(0)),
        study.seed
    )
}

fn too_many(study: &Study) -> String {
    if study.has_intervals {
        return String::new();
    }
    let most = thousands(i64::try_from(INTERVALS_UP_TO).unwrap_or(0));
    format!("Les intervalles ne sont calculés que jusqu’à {most} dossiers évalués. Le tableau du comité donne les rangs.")
}

fn severity(found: &Severities) -> String {
    let model = "Chaque score est compté comme un niveau du dossier plus un écart propre à la personne. Cet écart, la sévérité, est ramené vers zéro tant qu’il repose sur peu d’évaluations.";
    let basis = match found.basis {
        Basis::Estimated => "La force de ce rappel vient des évaluations elles-mêmes.",
        Basis::Chance => {
            "Les écarts entre personnes ne dépassent pas ici ce que le hasard produit\u{a0}: aucune sévérité n’est retenue, et le score calibré est la moyenne."
        }
        Basis::TooFew => {
            "Les évaluations sont trop peu nombreuses pour mesurer la force de ce rappel\u{a0}: une valeur prudente est prise, un écart n’est cru qu’à moitié à quatre évaluations."
        }
        Basis::Published => "La force de ce rappel est celle que l’appel a publiée.",
    };
    let groups = if found.groups > 1 {
        format!(
            " {} n’ont aucun dossier en commun{NBSP}: leurs sévérités ne se comparent qu’à l’intérieur de chacun.",
            count(found.groups, "groupe de personnes", "groupes de personnes")
        )
    } else {
        String::new()
    };
    format!("{model} {basis}{groups}")
}

fn reviewer_view(reviewer: &Reviewer, entries: &HashMap<&str, &Entry>, names: &HashMap<&str, &str>) -> ReviewerView {
    let gap = |gap: &trame_scoring::severity::Gap| {
        let entry = entries.get(gap.dossier.as_str())?;
        Some((entry.id.get(), entry.title.clone(), precise(gap.score), precise(gap.calibrated), signed(gap.gap)))
    };
    ReviewerView {
        name: names.get(reviewer.reviewer.as_str()).copied().unwrap_or_default().to_owned(),
        count: reviewer.gaps.len(),
        severity: signed(reviewer.severity),
        error: reviewer.standard_error.map_or_else(|| "–".to_owned(), |error| format!("± {}", signed(error).trim_start_matches('+'))),
        gaps: reviewer.gaps.iter().filter_map(gap).collect(),
    }
}

/// Means of the marks, out of 4, in the order of the ranking.
fn heat(study: &Study, entries: &HashMap<&str, &Entry>, spreads: &HashMap<&str, &Spread>) -> Vec<HeatRow> {
    let row = |ranked: &Ranked| {
        let (entry, spread) = (entries.get(ranked.dossier.as_str())?, spreads.get(ranked.dossier.as_str())?);
        let by_code: HashMap<&str, _> = spread.criteria.iter().map(|criterion| (criterion.criterion.as_str(), criterion)).collect();
        let cell = |(code, ..): &(String, String, i32)| {
            let criterion = by_code.get(code.as_str());
            let mean = criterion.and_then(|criterion| criterion.figures).map(|figures| figures.mean);
            HeatCell {
                text: mean.map_or_else(|| "–".to_owned(), |mean| precise(mean / 25)),
                level: mean.map_or(0, |mean| u8::try_from(1 + (mean / (20 * POINT)).min(4)).unwrap_or(0)),
                is_disputed: criterion.is_some_and(|criterion| criterion.is_disputed),
            }
        };
        Some(HeatRow { id: entry.id.get(), title: entry.title.clone(), cells: study.settings.criteria.iter().map(cell).collect() })
    };
    study.ranked.iter().filter_map(row).collect()
}

fn tried(tried: &Tried) -> TriedView {
    TriedView {
        code: tried.code.clone(),
        label: tried.label.clone(),
        held: weight(i64::from(tried.held)),
        typed: tried.typed.clone(),
        error: tried.read.as_ref().err().cloned().unwrap_or_default(),
    }
}

fn moves(all: &[Move], entries: &HashMap<&str, &Entry>) -> Vec<MoveView> {
    let mut placed: Vec<&Move> = all.iter().filter(|a| a.after.is_some() || a.before.is_some()).collect();
    placed.sort_by_key(|a| (a.after.map_or(usize::MAX, |(_, place)| place.place), a.dossier.clone()));
    let place = |held: Option<(i64, Place)>| held.map_or_else(|| "–".to_owned(), |(_, place)| shown_place(place));
    let mean = |held: Option<(i64, _)>| held.map_or_else(|| "–".to_owned(), |(mean, _)| shown(mean));
    let view = |a: &&Move| {
        Some(MoveView {
            title: entries.get(a.dossier.as_str())?.title.clone(),
            before: place(a.before),
            after: place(a.after),
            means: format!("{} → {}", mean(a.before), mean(a.after)),
            moved: match a.climbed {
                0 => "ne bouge pas".to_owned(),
                up if up > 0 => format!("gagne {}", count(up, "place", "places")),
                down => format!("perd {}", count(-down, "place", "places")),
            },
        })
    };
    placed.iter().filter_map(view).collect()
}

fn moved(all: &[Move]) -> String {
    let moved = all.iter().filter(|a| a.climbed != 0).count();
    match moved {
        0 => "Avec ces poids, aucun dossier ne change de rang.".to_owned(),
        n => format!("Avec ces poids, {} de rang.", count(n, "dossier change", "dossiers changent")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_is_explained_with_the_dossiers_of_the_page() {
        let ranked = |place, best, worst| Ranked { dossier: String::new(), mean: 0, counted: 3, place: Place { place, sharing: 1 }, best, worst };
        let told = examples(&[ranked(1, 1, 2), ranked(2, 1, 3), ranked(4, 4, 4)], &["A", "B", "C"]).join(" ").replace(NBSP, " ");
        assert_eq!(
            told,
            "« A » est à la 1re place. Avec d’autres évaluateurs, neuf fois sur dix, il serait resté entre la 1re et la 2e. Les intervalles de « A » et de « B » \
             se recouvrent : les notes ne disent pas lequel est devant, c’est au comité d’en parler. Ceux de « B » et de « C » ne se touchent pas : le premier \
             est devant, quelles que soient les personnes."
        );
        assert!(examples(&[ranked(1, 1, 1)], &["A"]).is_empty());
    }

    #[test]
    fn a_gap_is_read_with_its_sign_to_the_tenth() {
        for (kept, read) in [(0, "0"), (POINT * 32 / 10, "+3,2"), (-POINT * 32 / 10, "−3,2"), (POINT / 100, "0"), (-POINT, "−1"), (POINT * 5 / 100, "+0,1")]
        {
            assert_eq!(signed(kept), read, "{kept}");
        }
    }
}
