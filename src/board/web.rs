//! The board, its file for a spreadsheet, and the page that explains its figures.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::asked::{Asked, STATUSES, Sort, status_key};
use super::file;
use super::ranks::Standings;
use super::rows::{Dossier, RowView, Setting};
use super::store::{self, CallPart};
use crate::access::{BoardReader, Knock};
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::{NBSP, count, thousands};
use crate::kit::moment;
use crate::kit::territory::department_name;
use crate::page::{Layout, Tag, html};
use crate::review::score::weight;

/// Rows of a page.
const SHOWN: usize = 50;
/// Rows of a file.
const EXPORTED: i64 = 100_000;

/// Query of the board.
pub type Address = Query<HashMap<String, String>>;

struct HeadView {
    label: &'static str,
    href: String,
    sort: &'static str,
    is_figure: bool,
}

struct OptionView {
    key: String,
    label: String,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "board/board.html")]
struct BoardPage {
    layout: Layout,
    call: String,
    calls: Vec<(String, String, String)>,
    meeting: String,
    counts: String,
    notice: &'static str,
    statuses: Vec<OptionView>,
    departments: Vec<OptionView>,
    words: String,
    order: &'static str,
    csv: String,
    explained: String,
    study: String,
    heads: [HeadView; 7],
    rows: Vec<RowView>,
    recused: String,
    is_last: bool,
    filters: Vec<String>,
    unfiltered: String,
    total: String,
    range: String,
    first: Option<String>,
    more: Option<String>,
}

/// A page of the board, as read.
struct Read {
    asked: Asked,
    /// The call's own part of the statement.
    call: CallPart,
    standings: Arc<Standings>,
    dossiers: Vec<Dossier>,
    has_more: bool,
    /// A review owed hides every score from this reader.
    is_blind: bool,
}

/// One statement when the scores in memory are those of the call; two when a score moved since.
async fn read(app: &App, conn: &mut PgConnection, knock: &Knock<BoardReader>, asked: Asked, shown: usize) -> Result<(BoardReader, Read), AppError> {
    let limit = i64::try_from(shown).map_or(EXPORTED, |shown| shown + 1);
    let mut lines = store::page(conn, knock, &asked, limit).await?;
    let reader = knock.admit(lines.first().and_then(|line| line.head.as_deref()))?;
    let is_blind = store::is_blind(conn, &reader).await?;
    let effective = if is_blind && asked.sort.is_by_score() { Asked { sort: Sort::Title, ..asked.clone() } } else { asked.clone() };
    if effective.sort != asked.sort {
        lines = store::page(conn, knock, &effective, limit).await?;
    }
    let call = lines.first().and_then(|line| line.call.as_deref()).ok_or(AppError::NotFound)?;
    let call: CallPart = serde_json::from_str(call).map_err(anyhow::Error::from)?;
    let standings = app.ranks.of(conn, reader.call().id, call.version).await?;
    let has_more = lines.len() > shown;
    lines.truncate(shown);
    let setting = Setting { asked: &effective, visible: reader.call().visible, is_blind, call: &call, standings: &standings };
    let dossiers = lines.into_iter().filter_map(|line| Dossier::read(line, &setting).transpose()).collect::<Result<Vec<_>, _>>()?;
    Ok((reader, Read { asked, call, standings, dossiers, has_more, is_blind }))
}

/// The committee and the managers of the call follow every dossier, but those that they stay away from.
pub async fn show(State(app): State<App>, knock: Knock<BoardReader>, Query(query): Address) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let (reader, read) = read(&app, &mut conn, &knock, Asked::read(&query), SHOWN).await?;
    drop(conn);
    html(&page(&app, &reader, read))
}

fn page(app: &App, reader: &BoardReader, read: Read) -> BoardPage {
    let seat = reader.call();
    let address = |asked: &Asked| format!("/comite{}", asked.filters(&seat.slug));
    let base = address(&read.asked);
    let ordered = format!("{base}&tri={}", read.asked.sort.key());
    let seen = i64::from(read.call.total) - read.call.recused - read.call.own;
    let recused = if read.call.recused == 0 { String::new() } else { count(read.call.recused, "dossier", "dossiers") };
    let now = reader.now();
    let total = count(seen, "dossier", "dossiers");
    let aside = [(read.call.recused, "déport", "déports"), (read.call.own, "de votre équipe", "de votre équipe")];
    let mut left = format!("Appel {} {} · {total}", seat.title, seat.edition);
    for (n, one, many) in aside.into_iter().filter(|(n, ..)| *n > 0) {
        let _ = write!(left, ", {}", count(n, one, many));
    }
    let run = (left, format!("Situation au {} à {}, heure de Paris", moment::date(now), moment::hour(now)));
    BoardPage {
        layout: Layout { run, ..Layout::personal(app, reader.visitor(), "Tableau du comité technique", "/comite") },
        call: seat.slug.clone(),
        calls: read.call.calls.clone(),
        meeting: meeting(&read.call, now),
        counts: counts(&read),
        notice: if read.is_blind && read.asked.sort.is_by_score() {
            "L’ordre par score s’ouvre quand toutes vos évaluations sont rendues. Les dossiers sont rangés par titre."
        } else {
            ""
        },
        statuses: statuses(&read.asked),
        departments: departments(&read),
        words: read.asked.words.clone(),
        order: if read.asked.sort == Sort::Title { "" } else { read.asked.sort.key() },
        csv: ordered.replacen("/comite?", "/comite.csv?", 1),
        explained: format!("/comite/calcul?appel={}", seat.slug),
        study: study(&seat.slug),
        heads: heads(&base, read.asked.sort),
        is_last: !read.has_more,
        filters: filters(&read.asked),
        unfiltered: format!("/comite?appel={}", seat.slug),
        range: range(&read, seen),
        total,
        first: read.asked.after.is_some().then(|| ordered.clone()),
        more: read.dossiers.last().filter(|_| read.has_more).map(|last| format!("{ordered}&apres={}", crate::error::url_encode(&last.key.shown()))),
        rows: read.dossiers.into_iter().map(|dossier| RowView::of(dossier, now)).collect(),
        recused,
    }
}

fn study(slug: &str) -> String {
    format!("/comite/etude?appel={slug}")
}

fn meeting(call: &CallPart, now: OffsetDateTime) -> String {
    let place = if call.committee_place.is_empty() { String::new() } else { format!(", {}", call.committee_place) };
    match call.committee_at.map(moment::from_micros) {
        Some(at) if at > now => format!("Prochaine séance{NBSP}: {}{place}", moment::full(at)),
        Some(at) => format!("Séance du {}{place}", moment::full(at)),
        None => "Séance du comité\u{a0}: date à fixer".to_owned(),
    }
}

/// Counts of the whole call, less what the reader does not see.
fn counts(read: &Read) -> String {
    let (call, all) = (&read.call, &read.standings);
    let delivered = all.delivered - call.away_delivered;
    if delivered == 0 {
        return "Aucune évaluation rendue pour l’instant.".to_owned();
    }
    let mut text = format!("{}.", count(delivered, "évaluation rendue", "évaluations rendues"));
    if !read.is_blind {
        let scored = all.means.len().saturating_sub(call.unseen_means.len());
        let unseen = call.unseen_deviations.iter().filter(|deviation| **deviation >= crate::review::score::DISAGREEMENT).count();
        let apart = all.disagreements - i64::try_from(unseen).unwrap_or(0);
        let _ = write!(text, " {}.", count(scored, "dossier a une moyenne", "dossiers ont une moyenne"));
        if apart > 0 {
            let _ = write!(text, " {}, à discuter d’abord.", count(apart, "dossier en désaccord", "dossiers en désaccord"));
        }
    }
    text
}

fn statuses(asked: &Asked) -> Vec<OptionView> {
    STATUSES
        .into_iter()
        .map(|status| OptionView { key: status_key(status), label: Tag::of(status).word.to_owned(), is_on: asked.status == Some(status) })
        .collect()
}

/// Départements of the dossiers that the reader sees.
fn departments(read: &Read) -> Vec<OptionView> {
    let mut left = read.standings.departments.clone();
    for code in &read.call.away_departments {
        left.entry(code.clone()).and_modify(|n| *n -= 1);
    }
    let known = left.into_iter().filter(|(_, n)| *n > 0).map(|(code, _)| code);
    let codes: BTreeSet<String> = known.chain(read.dossiers.iter().map(|dossier| dossier.department.clone())).chain(read.asked.department.clone()).collect();
    codes
        .into_iter()
        .filter(|code| !code.is_empty())
        .map(|code| OptionView { label: department_name(&code).to_owned(), is_on: read.asked.department.as_deref() == Some(&code), key: code })
        .collect()
}

fn heads(base: &str, current: Sort) -> [HeadView; 7] {
    let head = |label, sort: Sort, is_figure| HeadView {
        label,
        href: format!("{base}&tri={}", sort.key()),
        sort: if sort == current { sort.direction() } else { "" },
        is_figure,
    };
    let rank = HeadView { sort: "", ..head("Rang", Sort::Mean, true) };
    [
        head("Dossier", Sort::Title, false),
        head("État", Sort::Status, false),
        head("Éval.", Sort::Reviews, true),
        head("Moy.", Sort::Mean, true),
        head("Méd.", Sort::Median, true),
        rank,
        head("Suivi", Sort::Activity, false),
    ]
}

/// The filters, in words, for an empty page.
fn filters(asked: &Asked) -> Vec<String> {
    let status = asked.status.map(|status| format!("état «{NBSP}{}{NBSP}»", Tag::of(status).word));
    let department = asked.department.as_deref().map(|code| format!("département «{NBSP}{}{NBSP}»", department_name(code)));
    let words = (!asked.words.is_empty()).then(|| format!("mots «{NBSP}{}{NBSP}»", asked.words));
    [status, department, words].into_iter().flatten().collect()
}

fn range(read: &Read, seen: i64) -> String {
    let here = count(read.dossiers.len(), "dossier", "dossiers");
    match (read.asked.is_filtered(), read.asked.after.is_some() || read.has_more) {
        (false, false) => here,
        (false, true) => format!("{here} sur cette page, {} en tout", thousands(seen)),
        (true, false) => format!("{here} sur {}", thousands(seen)),
        (true, true) => format!("{here} sur cette page"),
    }
}

/// The same readers take the same rows away for a spreadsheet; the export is journalled.
pub async fn export(State(app): State<App>, knock: Knock<BoardReader>, Query(query): Address) -> Result<Response, AppError> {
    let asked = Asked { after: None, ..Asked::read(&query) };
    let mut tx = app.db.begin().await?;
    let (reader, read) = read(&app, &mut tx, &knock, asked, usize::try_from(EXPORTED).unwrap_or(usize::MAX)).await?;
    crate::journal::record_call(&mut tx, reader.call().id, reader.account(), "board_exported", "", reader.now()).await?;
    tx.commit().await?;
    file::of(reader.call(), reader.now(), &read.dossiers, read.call.recused)
}

#[derive(Template)]
#[template(path = "board/explained.html")]
struct ExplainedPage {
    layout: Layout,
    back: String,
    study: String,
    coverage: String,
    criteria_count: usize,
    mean_from: String,
    expected: String,
    visible: &'static str,
    criteria: Vec<(String, String, String)>,
}

/// The readers of the board read how its figures are computed, and the settings of their call.
pub async fn explain(State(app): State<App>, reader: BoardReader) -> Result<Response, AppError> {
    use crate::access::policy::Visible;
    let mut conn = app.db.acquire().await?;
    let settings = store::settings(&mut conn, reader.call().id).await?;
    let seat = reader.call();
    let run = (format!("Appel {} {}", seat.title, seat.edition), String::new());
    html(&ExplainedPage {
        layout: Layout { run, ..Layout::personal(&app, reader.visitor(), "Le calcul des scores et des rangs", "/comite") },
        back: format!("/comite?appel={}", seat.slug),
        study: study(&seat.slug),
        coverage: count(settings.coverage_threshold, "critère noté", "critères notés"),
        criteria_count: settings.criteria.len(),
        mean_from: count(settings.mean_from, "évaluation comptée", "évaluations comptées"),
        expected: count(settings.reviews_expected, "évaluation", "évaluations"),
        visible: match seat.visible {
            Visible::Never => "Qui évalue un dossier n’en voit jamais les autres évaluations ni les moyennes.",
            Visible::AfterMine => "Qui évalue un dossier en voit les autres évaluations et les moyennes une fois la sienne rendue.",
            Visible::AfterAllMine => "Qui évalue voit les autres évaluations et les moyennes une fois toutes les siennes rendues.",
            Visible::Always => "Les évaluations rendues et les moyennes sont visibles de tout le comité.",
        },
        criteria: settings.criteria.into_iter().map(|(code, label, thousandths)| (code, label, weight(i64::from(thousandths)))).collect(),
    })
}
