//! What a review's page shows: the deposit on one side, the criteria that it enlightens on the other.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::alerts::{AlertView, alerts};
use super::evidence::{self, Evidence};
use super::grid::{Conflict, Fault, Grid, Line, Mark, OPINION, Value, note_control};
use super::own::{self, Own};
use super::quote;
use super::score;
use super::tab::{Tab, url};
use crate::access::{Dossier, ReviewStatus, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::standing::places;
use crate::framework::{ACTION, COLLECTIONS};
use crate::kit::french::{NBSP, count};
use crate::kit::ids::CriterionId;
use crate::kit::moment;
use crate::kit::words::excerpt;
use crate::page::{Layout, Tag, filters, html_with};
use crate::project::draw::ItemView;
use crate::submission::{SectionRead, read_whole};

struct TabView {
    label: &'static str,
    href: String,
    done: String,
    is_current: bool,
}

/// A section of the deposit.
pub struct SectionView {
    anchor: String,
    title: String,
    is_wide: bool,
    /// Items.
    pub items: Vec<ItemShown>,
}

/// An item of the deposit, with the criteria that it enlightens.
pub struct ItemShown {
    /// Item.
    pub view: ItemView,
    /// "2. Densité économique", for a quotation.
    origin: String,
    lights: Vec<Light>,
}

impl ItemShown {
    /// Ids of the criteria, for the script.
    fn criteria(&self) -> String {
        self.lights.iter().map(|light| light.criterion.to_string()).collect::<Vec<_>>().join(" ")
    }

    /// Does it enlighten that criterion?
    pub fn is_lighting(&self, criterion: CriterionId) -> bool {
        self.lights.iter().any(|light| light.criterion == criterion)
    }
}

/// A criterion that an item enlightens.
struct Light {
    criterion: CriterionId,
    href: String,
    label: String,
}

struct Choice {
    value: String,
    label: String,
    is_on: bool,
    is_apart: bool,
}

struct CriterionView {
    id: i64,
    code: String,
    weight: String,
    label: String,
    choices: Vec<Choice>,
    shown: String,
    comment: String,
    /// Of the reason.
    error: String,
    /// Of the note.
    note_error: String,
    token: String,
    clash: Option<ClashView>,
    lights: Vec<(String, String)>,
    /// "2 réponses, 4 chiffres comptés"; nothing when the deposit holds nothing of the sort.
    evidence: String,
}

struct ClashView {
    value: String,
    comment: String,
    mine: String,
    theirs: String,
}

struct OpinionView {
    comment: String,
    error: String,
    token: String,
    clash: Option<ClashView>,
}

#[derive(Template)]
#[template(path = "review/grid.html")]
struct GridPage {
    layout: Layout,
    project: i64,
    review: i64,
    user: i64,
    base: String,
    action: String,
    version: i32,
    operation: Uuid,
    over: String,
    heading: &'static str,
    tabs: Vec<TabView>,
    alerts: Vec<AlertView>,
    sent: Vec<(String, String)>,
    sections: Vec<SectionView>,
    evidence: Vec<Evidence>,
    may_wish: bool,
    empty: String,
    deposit: Option<(String, i32)>,
    tag: Tag,
    is_editable: bool,
    may_reopen: bool,
    may_read_others: bool,
    note: String,
    criteria: Vec<CriterionView>,
    opinion: Option<OpinionView>,
    saved: Tag,
    total: String,
    rule: String,
    next: (String, String),
}

/// What a refused save, or a text found again, puts over the stored grid.
#[derive(Debug, Default)]
pub struct Typed {
    /// Asks for a choice.
    pub conflicts: Vec<Conflict>,
    /// Could not be kept.
    pub faults: Vec<Fault>,
    /// A form whose session had ended came back, unsaved.
    pub is_suspended: bool,
    /// Nothing was written: why, then each text that was sent, with its criterion.
    pub refused: Option<(String, Vec<(String, String)>)>,
}

/// Draws a page of a review as it is in the database, with what was typed and not kept.
pub async fn page(app: &App, conn: &mut PgConnection, dossier: &Dossier, tab: Tab, typed: &Typed) -> Result<Response, AppError> {
    let own = own::own(conn, dossier).await?;
    let grid = own::grid(conn, dossier.head().call, &own).await?;
    drawn(app, conn, dossier, tab, (&own, &grid, typed)).await
}

/// Draws that grid, with what was typed and not kept.
pub async fn drawn(app: &App, conn: &mut PgConnection, dossier: &Dossier, tab: Tab, (own, grid, typed): (&Own, &Grid, &Typed)) -> Result<Response, AppError> {
    let refusal = policy::review(&own.ties(dossier.ties()), &own.facts(dossier.facts())).err();
    let (snapshot, sections) = match own.submission {
        Some(submission) => read_whole(conn, submission, tab.deliverable()).await.map(|(snapshot, sections)| (Some(snapshot), sections))?,
        None => (None, Vec::new()),
    };
    let deposit = match own.submission {
        Some(submission) => Some(own::deposit(conn, submission).await?),
        None => None,
    };
    let criteria = tab.own_criteria(grid);
    let is_editable = refusal.is_none() && typed.refused.is_none() && own.status != ReviewStatus::Delivered;
    let sections = sections_view(dossier, grid, (tab, is_editable), sections);
    let evidence = evidence::gather(dossier.project().get(), grid.page(criteria), &sections, snapshot.as_ref());
    let view = GridPage {
        layout: layout(app, dossier, own, deposit, tab.title()),
        project: dossier.project().get(),
        review: own.id.get(),
        user: dossier.account().get(),
        base: url(dossier, ""),
        action: tab.url(dossier),
        version: own.version,
        operation: Uuid::new_v4(),
        over: over(tab, grid),
        heading: tab.title(),
        tabs: tabs(dossier, grid, tab),
        alerts: alerts(own, refusal.as_ref(), typed, dossier),
        sent: typed.refused.as_ref().map(|(_, sent)| sent.clone()).unwrap_or_default(),
        empty: empty(own, &sections),
        deposit: deposit.map(|(number, _)| (dossier.url(&format!("/depots/{number}")), number)),
        tag: tag(own.status),
        is_editable,
        may_wish: policy::wish_correction(&own.ties(dossier.ties()), &own.facts(dossier.facts())).is_ok(),
        may_reopen: refusal.is_none() && own.status == ReviewStatus::Delivered,
        may_read_others: policy::scores(&own.ties(dossier.ties()), &own.facts(dossier.facts())).is_ok(),
        note: note(tab, grid),
        criteria: grid.page(criteria).zip(&evidence).map(|(line, held)| criterion(line, held, typed)).collect(),
        opinion: (tab == Tab::Whole).then(|| opinion(grid, typed)),
        sections,
        evidence,
        saved: saved(grid),
        total: grid.total(),
        rule: rule(own, grid),
        next: tab.next().map_or_else(
            || (url(dossier, "/rendre"), format!("Suite{NBSP}: rendre l’évaluation")),
            |next| (next.url(dossier), format!("Suite{NBSP}: {}", next.short())),
        ),
    };
    let status = match (typed.conflicts.is_empty(), typed.faults.is_empty()) {
        _ if typed.refused.is_some() => StatusCode::FORBIDDEN,
        (false, _) => StatusCode::CONFLICT,
        (true, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, true) => StatusCode::OK,
    };
    html_with(status, &view)
}

/// Frame of a review's pages: what is judged, and by when.
pub fn layout(app: &App, dossier: &Dossier, own: &Own, deposit: Option<(i32, time::OffsetDateTime)>, title: &str) -> Layout {
    let head = dossier.head();
    let judged = deposit.map_or_else(String::new, |(number, at)| format!(", dépôt n°{NBSP}{number} du {} à {}", moment::date(at), moment::hour(at)));
    let run = (format!("Évaluation · {}{judged}", head.title), own.due_at.map(|at| format!("À rendre le {}", moment::full(at))).unwrap_or_default());
    Layout { run, ..Layout::personal(app, dossier.visitor(), format!("{title}, évaluation, {}", head.title), "/evaluation") }
}

/// Tag of a review's state.
pub fn tag(status: ReviewStatus) -> Tag {
    let (class, word) = match status {
        ReviewStatus::NotStarted => ("todo", "À faire"),
        ReviewStatus::Draft => ("doing", "Brouillon"),
        ReviewStatus::Delivered => ("done", "Rendue"),
        ReviewStatus::Recused => ("off", "Déport"),
    };
    Tag { class, word }
}

/// The formula and the coverage rule, printed where the figure is.
pub fn rule(own: &Own, grid: &Grid) -> String {
    format!(
        "Score = Σ poids × note / (4 × Σ poids), critères notés seulement. Sous {} notés sur {}, il n’entre pas dans les moyennes.",
        count(own.coverage_threshold, "critère", "critères"),
        grid.lines.len()
    )
}

fn over(tab: Tab, grid: &Grid) -> String {
    let criteria = |n| count(n, "critère", "critères");
    match tab {
        Tab::Deliverable(no) => match grid.page(Some(no)).count() {
            0 => format!("Livrable {no} sur 5, sans critère propre"),
            n => format!("Livrable {no} sur 5, {}", criteria(n)),
        },
        Tab::Whole => format!("Le dossier entier, {}", criteria(grid.page(None).count())),
    }
}

fn note(tab: Tab, grid: &Grid) -> String {
    match (tab, tab.own_criteria(grid)) {
        (Tab::Deliverable(_), None) => {
            "Ce livrable n’a pas de critère propre. Il éclaire les critères globaux\u{a0}: la note donnée ici est celle de l’onglet «\u{a0}Ensemble\u{a0}»."
                .to_owned()
        }
        _ => String::new(),
    }
}

/// The save line, before the first save of this page.
fn saved(grid: &Grid) -> Tag {
    let is_begun = grid.lines.iter().any(|line| line.version > 0) || !grid.opinion.comment.is_empty();
    if is_begun { Tag { class: "done", word: "Brouillon enregistré" } } else { Tag { class: "todo", word: "Pas encore enregistré" } }
}

fn empty(own: &Own, sections: &[SectionView]) -> String {
    if own.submission.is_none() {
        "Ce dossier n’a pas encore de dépôt à lire.".to_owned()
    } else if sections.is_empty() {
        "Aucune partie du dépôt n’éclaire ces critères en particulier.".to_owned()
    } else {
        String::new()
    }
}

fn tabs(dossier: &Dossier, grid: &Grid, current: Tab) -> Vec<TabView> {
    let done = |tab: Tab| {
        let lines: Vec<&Line> = match tab {
            Tab::Deliverable(no) => grid.page(Some(no)).collect(),
            Tab::Whole => grid.page(None).collect(),
        };
        match lines.len() {
            0 => "sans critère propre".to_owned(),
            n => format!("{} sur {n}", lines.iter().filter(|line| line.mark.value.is_some()).count()),
        }
    };
    Tab::ALL.into_iter().map(|tab| TabView { label: tab.short(), href: tab.url(dossier), done: done(tab), is_current: tab == current }).collect()
}

/// Criteria that an item enlightens: its own, or those of the question that summarises a table.
fn codes(item: &ItemView, deliverable: u8) -> Vec<&'static str> {
    let own = places().map(|place| place.item).chain(COLLECTIONS.iter().flat_map(|rows| rows.items.iter())).find(|held| held.key == item.key);
    if let Some(own) = own {
        return own.criteria.to_vec();
    }
    match item.key {
        "engagement_document" => return vec!["4.1"],
        "engagement_signatories" => return vec!["4.2"],
        _ => {}
    }
    // An action is read whole: each part of its page enlightens its own criteria.
    let parts = COLLECTIONS.iter().filter(|rows| rows.kind == ACTION.kind && rows.kind == item.key).flat_map(|rows| rows.items.iter());
    let lists = places().filter(|place| place.deliverable.no == deliverable && place.item.list.is_some_and(|rows| rows.kind == item.key));
    let mut codes: Vec<&str> = lists.map(|place| place.item).chain(parts).flat_map(|item| item.criteria.iter().copied()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Sections to read, each item with links to the criteria; for the whole, only what enlightens a global criterion.
fn sections_view(dossier: &Dossier, grid: &Grid, (tab, is_editable): (Tab, bool), sections: Vec<SectionRead>) -> Vec<SectionView> {
    let here = tab.own_criteria(grid);
    let mut views = Vec::new();
    for (index, section) in sections.into_iter().enumerate() {
        let no = section.deliverable.no;
        let mut items = Vec::new();
        for mut view in section.items {
            let lines: Vec<&Line> = codes(&view, no).into_iter().filter_map(|code| grid.lines.iter().find(|line| line.code == code)).collect();
            let is_of_whole = lines.iter().any(|line| line.deliverable.is_none());
            if is_blank(&view) || (tab == Tab::Whole && !is_of_whole) {
                continue;
            }
            let light = |line: &Line| Light {
                criterion: line.id,
                href: format!("{}#k{}", if line.deliverable == here { String::new() } else { Tab::of(line).url(dossier) }, line.id),
                label: format!("{} {}", line.code, excerpt(&line.label, 36).replace(",…", "…")),
            };
            if is_editable {
                view.quotes = lines.iter().filter(|line| line.deliverable == here).map(|line| (line.id.get(), line.code.clone())).collect();
            }
            items.push(ItemShown { lights: lines.into_iter().map(light).collect(), origin: quote::origin(&view), view });
        }
        if items.is_empty() {
            continue;
        }
        let is_wide = items.iter().all(|item| item.view.answers.is_empty() && !item.view.tables.is_empty());
        let title = if tab == Tab::Whole { format!("{}. {}", section.deliverable.short, section.title) } else { section.title };
        views.push(SectionView { anchor: format!("s{index}"), title, is_wide, items });
    }
    views
}

/// Answered elsewhere in the dossier: nothing is asked nor shown under this title.
fn is_blank(view: &ItemView) -> bool {
    view.answers.is_empty() && view.tables.is_empty() && view.list.is_none() && view.slot.is_none() && view.aside.is_empty() && !view.is_unanswered()
}

fn criterion(line: &Line, evidence: &Evidence, typed: &Typed) -> CriterionView {
    let levels = line.levels.iter().enumerate().map(|(note, level)| Choice {
        value: note.to_string(),
        label: level.clone(),
        is_on: line.mark.value == u8::try_from(note).ok().map(Value::Note),
        is_apart: false,
    });
    let apart = Choice {
        value: "ne".to_owned(),
        label: format!("Non évaluable{NBSP}: sort du calcul"),
        is_on: line.mark.value == Some(Value::Unassessable),
        is_apart: true,
    };
    let fault = typed.fault(&format!("j{}", line.id));
    let note_fault = typed.fault(&note_control(line.id));
    CriterionView {
        note_error: note_fault.map(|fault| fault.sentence.clone()).unwrap_or_default(),
        id: line.id.get(),
        code: line.code.clone(),
        weight: score::weight(i64::from(line.weight)),
        label: line.label.clone(),
        choices: levels.chain([apart]).collect(),
        shown: match line.mark.value {
            Some(Value::Note(note)) => format!("{note}{NBSP}: {}", line.levels.get(usize::from(note)).map_or("", String::as_str)),
            other => Value::shown(other),
        },
        comment: fault.map_or_else(|| line.mark.comment.clone(), |fault| fault.typed.clone()),
        error: fault.map(|fault| fault.sentence.clone()).unwrap_or_default(),
        token: line.mark.token(),
        clash: typed.conflicts.iter().find(|conflict| conflict.criterion == Some(line.id)).map(|conflict| clash(&conflict.mine, &line.mark, true)),
        lights: evidence.answers.clone(),
        evidence: evidence.summary(),
    }
}

fn opinion(grid: &Grid, typed: &Typed) -> OpinionView {
    let fault = typed.fault(OPINION);
    OpinionView {
        comment: fault.map_or_else(|| grid.opinion.comment.clone(), |fault| fault.typed.clone()),
        error: fault.map(|fault| fault.sentence.clone()).unwrap_or_default(),
        token: grid.opinion.token(),
        clash: typed.conflicts.iter().find(|conflict| conflict.criterion.is_none()).map(|conflict| clash(&conflict.mine, &grid.opinion, false)),
    }
}

impl Typed {
    fn fault(&self, control: &str) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.control == control)
    }
}

fn clash(mine: &Mark, theirs: &Mark, has_note: bool) -> ClashView {
    let told = |mark: &Mark| {
        let comment = if mark.comment.is_empty() { "(sans texte)".to_owned() } else { mark.comment.clone() };
        if has_note { format!("{}\n\n{comment}", capital(&Value::shown(mark.value))) } else { comment }
    };
    ClashView { value: Value::key(mine.value), comment: mine.comment.clone(), mine: told(mine), theirs: told(theirs) }
}

fn capital(word: &str) -> String {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("Note{NBSP}: {word}");
    }
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
