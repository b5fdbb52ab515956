//! The board, its file for a spreadsheet, and the page that explains its figures.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::asked::{Asked, View};
use super::facets::Rights;
use super::file;
use super::form::{self, ChipView, HeadView, SelectView};
use super::ranks::Standings;
use super::rows::{Dossier, RowView, Setting};
use super::store::{self, CallPart};
use super::table::{ProgressRow, SupportRow};
use super::tally::{CountView, Tally, tally};
use crate::access::{BoardReader, Knock, Ties, policy};
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::{NBSP, count, thousands};
use crate::kit::moment;
use crate::page::{Layout, html};
use crate::review::score::weight;

/// Rows of a page.
const SHOWN: usize = 50;
/// Rows of a file.
const EXPORTED: i64 = 100_000;

/// Query of the board.
pub type Address = Query<HashMap<String, String>>;

/// Rows of the view asked.
enum Table {
    Overview(Vec<RowView>),
    Progress(Vec<ProgressRow>),
    Support(Vec<SupportRow>),
}

impl Table {
    fn is_empty(&self) -> bool {
        match self {
            Self::Overview(rows) => rows.is_empty(),
            Self::Progress(rows) => rows.is_empty(),
            Self::Support(rows) => rows.is_empty(),
        }
    }
}

#[derive(Template)]
#[template(path = "board/board.html")]
struct BoardPage {
    layout: Layout,
    call: String,
    calls: Vec<(String, String, String)>,
    meeting: String,
    counts: Vec<CountView>,
    uncounted: &'static str,
    tabs: Vec<(&'static str, String, bool)>,
    saved: Vec<(String, String, bool)>,
    keep: String,
    notice: &'static str,
    selects: Vec<SelectView>,
    hidden: Vec<(&'static str, String)>,
    words: String,
    csv: String,
    explained: String,
    study: String,
    alerts: String,
    settings: String,
    heads: [HeadView; 7],
    table: Table,
    instructs: bool,
    recused: String,
    is_last: bool,
    filters: Vec<ChipView>,
    unfiltered: String,
    total: String,
    range: String,
    first: Option<String>,
    more: Option<String>,
}

impl BoardPage {
    fn is_overview(&self) -> bool {
        matches!(self.table, Table::Overview(_))
    }
}

/// A page of the board, as read.
pub(super) struct Read {
    /// What the address asks for, less what the reader may not ask.
    pub asked: Asked,
    /// The call's own part of the statement.
    pub call: CallPart,
    /// Sorted means of the call.
    pub standings: Arc<Standings>,
    /// The dossiers.
    pub dossiers: Vec<Dossier>,
    /// There are more.
    pub has_more: bool,
    /// What the reader may filter by.
    pub rights: Rights,
    /// Counts of the call, for the views that show them.
    tally: Option<Tally>,
}

/// Bonds of a reader with every dossier that their board lists.
fn ties(reader: &BoardReader) -> Ties {
    Ties { is_manager: reader.call().is_manager, is_committee: reader.call().is_committee, ..Ties::default() }
}

/// One statement when the scores in memory are those of the call; two when a score moved since; one more for the counts of the
/// views that follow the phase, and one when the address asks for what its reader may not have.
pub(super) async fn read(app: &App, conn: &mut PgConnection, knock: &Knock<BoardReader>, asked: Asked, shown: usize) -> Result<(BoardReader, Read), AppError> {
    let limit = i64::try_from(shown).map_or(EXPORTED, |shown| shown + 1);
    let mut lines = store::page(conn, knock, &asked, limit).await?;
    let reader = knock.admit(lines.first().and_then(|line| line.head.as_deref()))?;
    let ties = ties(&reader);
    let rights = Rights { instructs: policy::labels_in_list(&ties).is_ok(), reads_scores: !store::is_blind(conn, &reader).await? };
    let effective = asked.allowed(rights);
    if !asked.is_allowed(rights) {
        lines = store::page(conn, knock, &effective, limit).await?;
    }
    let call = lines.first().and_then(|line| line.call.as_deref()).ok_or(AppError::NotFound)?;
    let call: CallPart = serde_json::from_str(call).map_err(anyhow::Error::from)?;
    let standings = app.ranks.of(conn, reader.call().id, call.version).await?;
    let is_tallied = effective.view != View::Overview || effective.label.is_some();
    let tally = if is_tallied { Some(tally(conn, &reader, rights.instructs).await?) } else { None };
    let mut lines: Vec<_> = lines.into_iter().filter(|line| line.id.is_some()).collect();
    let has_more = lines.len() > shown;
    lines.truncate(shown);
    let setting = Setting { asked: &effective, ties, visible: reader.call().visible, is_blind: !rights.reads_scores, call: &call, standings: &standings };
    let dossiers = lines.into_iter().filter_map(|line| Dossier::read(line, &setting).transpose()).collect::<Result<Vec<_>, _>>()?;
    // The order by score asked for comes by itself once it may.
    let asked = Asked { sort: asked.sort, ..effective };
    Ok((reader, Read { asked, call, standings, dossiers, has_more, rights, tally }))
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
    let slug = &seat.slug;
    let base = format!("/comite{}", read.asked.filters(slug));
    let ordered = format!("{base}&tri={}", read.asked.sort.key());
    let recused = if read.call.away.recused == 0 { String::new() } else { count(read.call.away.recused, "dossier", "dossiers") };
    let (now, seen) = (reader.now(), seen(&read.call));
    let counts = counts(&read, slug);
    let asked = Asked { after: None, ..read.asked.clone() };
    BoardPage {
        layout: Layout { run: run(reader, &read.call), ..Layout::personal(app, reader.visitor(), title(&read), "/comite") },
        call: slug.clone(),
        calls: read.call.calls.clone(),
        meeting: meeting(&read.call, now),
        uncounted: if counts.is_empty() { uncounted(read.asked.view) } else { "" },
        counts,
        tabs: form::tabs(&read.asked, slug, false),
        saved: saved(&read.call, slug, &asked.kept()),
        keep: format!("/comite/vues?appel={slug}&adresse={}", crate::error::url_encode(&asked.kept())),
        notice: if !read.rights.reads_scores && read.asked.sort.is_by_score() {
            "L’ordre par score s’ouvre quand toutes vos évaluations sont rendues. Les dossiers sont rangés par titre."
        } else {
            ""
        },
        selects: form::selects(&read, read.rights, read.tally.as_ref()),
        hidden: form::hidden(&read.asked),
        words: read.asked.words.clone(),
        csv: ordered.replacen("/comite?", "/comite.csv?", 1),
        explained: format!("/comite/calcul?appel={slug}"),
        study: study(slug),
        alerts: alerts(&read.call),
        settings: if seat.is_manager { format!("/appel/dates?appel={slug}#alertes") } else { String::new() },
        heads: form::heads(&base, read.asked.sort),
        is_last: !read.has_more,
        filters: form::chips(&read.asked, slug, read.tally.as_ref()),
        unfiltered: format!("/comite{}", asked.bare().filters(slug)),
        range: range(&read, seen),
        total: count(seen, "dossier", "dossiers"),
        first: read.asked.after.is_some().then(|| ordered.clone()),
        more: read.dossiers.last().filter(|_| read.has_more).map(|last| format!("{ordered}&apres={}", crate::error::url_encode(&last.key.shown()))),
        table: table_of(read.asked.view, read.dossiers, now),
        instructs: read.rights.instructs,
        recused,
    }
}

fn table_of(view: View, dossiers: Vec<Dossier>, now: OffsetDateTime) -> Table {
    match view {
        View::Overview => Table::Overview(dossiers.into_iter().map(|dossier| RowView::of(dossier, now)).collect()),
        View::Progress => Table::Progress(dossiers.iter().map(|dossier| ProgressRow::of(dossier, now)).collect()),
        View::Support => Table::Support(dossiers.iter().map(|dossier| SupportRow::of(dossier, now)).collect()),
    }
}

fn title(read: &Read) -> String {
    match read.asked.view {
        View::Overview => "Tableau du comité technique".to_owned(),
        view => format!("Tableau du comité technique, {}", view.title().to_lowercase()),
    }
}

/// Dossiers of the call that the reader sees.
pub(super) fn seen(call: &CallPart) -> i64 {
    i64::from(call.total) - call.away.recused - call.away.own
}

/// The running head: the call and its dossiers, and the instant.
pub(super) fn run(reader: &BoardReader, call: &CallPart) -> (String, String) {
    let seat = reader.call();
    let mut left = format!("Appel {} {} · {}", seat.title, seat.edition, count(seen(call), "dossier", "dossiers"));
    let aside = [(call.away.recused, "déport", "déports"), (call.away.own, "de votre équipe", "de votre équipe")];
    for (n, one, many) in aside.into_iter().filter(|(n, ..)| *n > 0) {
        let _ = write!(left, ", {}", count(n, one, many));
    }
    let now = reader.now();
    (left, format!("Situation au {} à {}, heure de Paris", moment::date(now), moment::hour(now)))
}

/// The views that the reader keeps: name, address, whether one is on it.
fn saved(call: &CallPart, slug: &str, here: &str) -> Vec<(String, String, bool)> {
    call.views.iter().map(|(_, name, address)| (name.clone(), format!("/comite?appel={slug}&{address}"), address == here)).collect()
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

/// What the risks of the call are.
fn alerts(call: &CallPart) -> String {
    format!(
        "Sans mouvement{NBSP}: brouillon que personne n’a touché depuis {}. Limite proche{NBSP}: dans {} ou moins, alors que des points bloquent encore le dépôt.",
        count(call.still_days, "jour", "jours"),
        count(call.near_days, "jour", "jours")
    )
}

fn uncounted(view: View) -> &'static str {
    match view {
        View::Overview => "Aucune évaluation rendue pour l’instant.",
        View::Progress => "Aucun risque signalé, ni action vitrine, ni engagement pour l’instant.",
        View::Support => "",
    }
}

/// Counts of the whole call, less what the reader does not see; each leads to the list of what it counts.
fn counts(read: &Read, slug: &str) -> Vec<CountView> {
    if let Some(tally) = read.tally.as_ref().filter(|_| read.asked.view != View::Overview) {
        return tally.views(&read.asked, slug, read.rights.instructs);
    }
    let (call, all) = (&read.call, &read.standings);
    let delivered = all.delivered - call.away.delivered;
    let view = |choice, text, end| CountView::of(&read.asked, slug, choice, text).map(|view| CountView { end, ..view });
    if delivered == 0 {
        return Vec::new();
    }
    let mut views = vec![view(("evaluations", "rendues"), count(delivered, "évaluation rendue", "évaluations rendues"), ".")];
    if read.rights.reads_scores {
        let scored = all.means.len().saturating_sub(call.away.unseen_means.len());
        let unseen = call.away.unseen_deviations.iter().filter(|deviation| **deviation >= crate::review::score::DISAGREEMENT).count();
        let apart = all.disagreements - i64::try_from(unseen).unwrap_or(0);
        views.push(view(("scores", "moyenne"), count(scored, "dossier a une moyenne", "dossiers ont une moyenne"), "."));
        if apart > 0 {
            views.push(view(("scores", "ecart"), count(apart, "dossier en désaccord", "dossiers en désaccord"), ", à discuter d’abord."));
        }
    }
    views.into_iter().flatten().collect()
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
    let asked = Asked { after: None, reads_facts: true, ..Asked::read(&query) };
    let mut tx = app.db.begin().await?;
    let (reader, read) = read(&app, &mut tx, &knock, asked, usize::try_from(EXPORTED).unwrap_or(usize::MAX)).await?;
    crate::journal::record_call(&mut tx, reader.call().id, reader.account(), "board_exported", "", reader.now()).await?;
    tx.commit().await?;
    file::of(reader.call(), reader.now(), (&read.dossiers, read.rights.instructs), read.call.away.recused)
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
