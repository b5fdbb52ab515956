//! The reviews of a dossier mark by mark, and every figure opened onto its computation.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::given::{self, Changed, Given, Kept};
use super::grid::Value;
use super::score::{self, Sums, precise, shown};
use crate::access::ScoreReader;
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::{NBSP, NNBSP, count};
use crate::kit::moment;
use crate::page::{Layout, filters, html};

struct LineView {
    code: String,
    label: String,
    weight: String,
    value: String,
    product: String,
    comment: String,
}

struct ReviewView {
    anchor: String,
    author: String,
    heading: String,
    about: String,
    score: String,
    is_counted: bool,
    is_late: bool,
    changes: Vec<String>,
    opinion: String,
    lines: Vec<LineView>,
    weights: String,
    products: String,
    computation: String,
}

struct CriterionRow {
    code: String,
    label: String,
    values: Vec<String>,
    mean: String,
}

struct FigureView {
    anchor: &'static str,
    label: &'static str,
    value: String,
    computation: String,
}

#[derive(Template)]
#[template(path = "review/others.html")]
struct OthersPage {
    layout: Layout,
    heading: String,
    label: String,
    back: (String, &'static str),
    figures: Vec<FigureView>,
    none: String,
    reviews: Vec<ReviewView>,
    criteria: Vec<CriterionRow>,
    rule: String,
}

/// Whoever may read the scores reads every review delivered, and the computation of every figure made of them.
pub async fn show(State(app): State<App>, reader: ScoreReader) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let rows = given::given(&mut conn, &reader).await?;
    let kept = given::kept(&mut conn, &reader).await?;
    let changed = given::changed(&mut conn, &reader).await?;
    drop(conn);
    let is_team = reader.is_team();
    let groups: Vec<&[Given]> = rows.chunk_by(|a, b| a.review == b.review).collect();
    let reviews: Vec<ReviewView> = groups.iter().enumerate().map(|(index, group)| review(index + 1, group, &kept, &changed, is_team)).collect();
    let counted: Vec<Counted> = groups.iter().zip(&reviews).filter_map(|(group, view)| Counted::of(group, view)).collect();
    let here = if reader.ties().review.is_some() { "/evaluation" } else { "/comite" };
    let back = match (is_team, reader.ties().review.is_some()) {
        (true, _) => (reader.url(""), "Revenir au dossier"),
        (false, true) => (format!("/evaluation/{}", reader.project()), "Revenir à mon évaluation"),
        (false, false) => (format!("/comite?appel={}", reader.head().call_slug), "Revenir au tableau"),
    };
    let title = format!("Évaluations et calcul, {}", reader.head().title);
    html(&OthersPage {
        layout: if is_team { Layout::dossier(&app, &reader, "Évaluations et calcul", "") } else { Layout::personal(&app, reader.visitor(), title, here) },
        heading: reader.head().title.clone(),
        label: reader.head().label.clone(),
        back,
        none: none(&kept, counted.len()),
        figures: figures(&kept, &counted),
        criteria: criteria(&groups),
        reviews,
        rule: format!(
            "Score = Σ poids × note / (4 × Σ poids), critères notés seulement, ramené à 100. Une évaluation compte à partir de {} notés. Les chiffres sont calculés en fractions exactes, puis arrondis à l’entier, la moitié vers le haut.",
            count(kept.coverage_threshold, "critère", "critères")
        ),
    })
}

/// A review that enters the figures: its name and its score.
struct Counted {
    author: String,
    score: i64,
}

impl Counted {
    fn of(group: &[Given], view: &ReviewView) -> Option<Self> {
        let first = group.first().filter(|first| first.is_counted)?;
        Some(Self { author: view.author.clone(), score: first.score? })
    }
}

fn none(kept: &Kept, counted: usize) -> String {
    if kept.score_mean.is_some() {
        return String::new();
    }
    let needed = count(kept.mean_from, "évaluation comptée", "évaluations comptées");
    format!("Moyenne à partir de {needed}{NNBSP}; pour l’instant, {}.", count(counted, "évaluation compte", "évaluations comptent"))
}

/// Each figure with the line that leads to it.
fn figures(kept: &Kept, counted: &[Counted]) -> Vec<FigureView> {
    let (Some(mean), Some(median), Some(min), Some(max), Some(deviation)) =
        (kept.score_mean, kept.score_median, kept.score_min, kept.score_max, kept.score_deviation)
    else {
        return Vec::new();
    };
    let mut sorted: Vec<i64> = counted.iter().map(|review| review.score).collect();
    sorted.sort_unstable();
    let n = counted.len();
    let joined = |scores: &[i64], glue: &str| scores.iter().map(|score| precise(*score)).collect::<Vec<_>>().join(glue);
    let gaps = sorted.iter().map(|score| format!("({} − {})²", precise(*score), precise(mean))).collect::<Vec<_>>().join(" + ");
    let middle = if n % 2 == 1 { "le score du milieu" } else { "la moyenne des deux scores du milieu" };
    let who = |wanted: i64| counted.iter().filter(|review| review.score == wanted).map(|review| review.author.clone()).collect::<Vec<_>>().join(", ");
    let figure = |anchor, label, value: String, computation: String| FigureView { anchor, label, value, computation };
    vec![
        figure("moyenne", "Moyenne", shown(mean), format!("({}) / {n} = {}", joined(&sorted, " + "), precise(mean))),
        figure(
            "mediane",
            "Médiane",
            shown(median),
            format!("Scores dans l’ordre{NBSP}: {}{NNBSP}; {middle}, {}", joined(&sorted, "\u{202f}; "), precise(median)),
        ),
        figure(
            "etendue",
            "Étendue",
            format!("{}-{}", shown(min), shown(max)),
            format!("Du plus bas, {} ({}), au plus haut, {} ({})", precise(min), who(min), precise(max), who(max)),
        ),
        figure(
            "ecart-type",
            "Écart-type",
            shown(deviation),
            format!(
                "√(({gaps}) / {n}) = {}. C’est l’écart-type de la population{NBSP}: toutes les évaluations y sont, la division est par leur nombre.",
                precise(deviation)
            ),
        ),
        figure(
            "nombre",
            "Évaluations comptées",
            n.to_string(),
            format!("{}, sur {} à rendre", count(n, "évaluation rendue et assez complète", "évaluations rendues et assez complètes"), kept.reviews_assigned),
        ),
    ]
}

fn review(no: usize, group: &[Given], kept: &Kept, late: &[Changed], is_team: bool) -> ReviewView {
    let first = &group[0];
    let sums = Sums::of(group.iter().map(|line| (line.weight, line.value.and_then(|note| u8::try_from(note).ok()))));
    let author = if is_team { format!("Évaluation {no}") } else { first.reviewer.clone() };
    let deposit = first.deposit.map(|number| format!(", sur le dépôt n°{NBSP}{number}")).unwrap_or_default();
    let reason = if first.is_counted {
        String::new()
    } else {
        format!(" Elle n’entre pas dans les moyennes{NBSP}: {} sur {} attendus.", count(sums.marked, "critère noté", "critères notés"), kept.coverage_threshold)
    };
    let told = |value: Option<i16>| value.map_or_else(|| "sans note".to_owned(), |note| note.to_string());
    let changes = late.iter().filter(|change| change.review == first.review);
    ReviewView {
        anchor: format!("e{no}"),
        heading: if is_team { author.clone() } else { format!("Évaluation de {author}") },
        about: format!("Rendue le {}{deposit}.{reason}", first.delivered_at.map(moment::full).unwrap_or_default()),
        score: first.score.map_or_else(|| "–".to_owned(), shown),
        is_counted: first.is_counted,
        is_late: first.is_late,
        changes: changes
            .map(|change| format!("{}{NBSP}: {} → {}, le {}", change.code, told(change.old_value), told(change.new_value), moment::full(change.at)))
            .collect(),
        opinion: first.opinion.clone(),
        lines: group.iter().map(line).collect(),
        weights: score::weight(sums.weight),
        products: score::weight(sums.points),
        computation: first.score.map_or_else(String::new, |kept| {
            format!("{} / (4 × {}) × 100 = {}, lu {}", score::weight(sums.points), score::weight(sums.weight), precise(kept), shown(kept))
        }),
        author,
    }
}

fn line(given: &Given) -> LineView {
    let product = given.value.map(|note| score::weight(i64::from(given.weight) * i64::from(note)));
    LineView {
        code: given.code.clone(),
        label: given.label.clone(),
        weight: score::weight(i64::from(given.weight)),
        value: Value::shown(Value::of(given.value, given.is_unassessable)),
        product: product.unwrap_or_else(|| "–".to_owned()),
        comment: given.comment.clone(),
    }
}

/// One row per criterion, one column per review; the mean of its notes is out of 4, with two decimals.
fn criteria(groups: &[&[Given]]) -> Vec<CriterionRow> {
    let Some(first) = groups.first() else { return Vec::new() };
    let row = |index: usize, head: &Given| {
        let marks: Vec<&Given> = groups.iter().filter_map(|group| group.get(index)).collect();
        let notes: Vec<i64> = marks.iter().filter_map(|mark| mark.value.map(i64::from)).collect();
        let sum: i64 = notes.iter().sum();
        let n = i64::try_from(notes.len()).unwrap_or(1);
        CriterionRow {
            code: head.code.clone(),
            label: head.label.clone(),
            values: marks
                .iter()
                .map(|mark| if mark.is_unassessable { "n. é.".to_owned() } else { mark.value.map_or_else(|| "–".to_owned(), |note| note.to_string()) })
                .collect(),
            mean: if n == 0 { "–".to_owned() } else { precise((2 * sum * score::POINT + n) / (2 * n)) },
        }
    };
    first.iter().enumerate().map(|(index, head)| row(index, head)).collect()
}
