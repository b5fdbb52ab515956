//! The table of assignments: dossiers by reviewers, a box for each pair; what was drawn goes back with what is asked, so
//! that two managers never undo each other.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::conflicts::{Open, Section, Typed, section};
use super::dashboard::{Pager, place};
use super::expertise;
use super::frame::{Alert, Asked, Frame, at, layout};
use super::store::assignments::{self as store, Line, Pair, Person};
use super::store::lists::Among;
use super::store::{self as calls, Act, conflicts, lists};
use crate::access::{CallManager, ReviewStatus, Status, policy};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::count;
use crate::mail::{self, Mail, texts};
use crate::page::{Layout, Tag, html_with, see};

/// Address of the table.
pub(super) const HERE: &str = "/appel/affectations";

/// Most boxes read from one form: a page of fifty dossiers and a hundred reviewers.
const MOST: usize = 5000;

#[derive(Template)]
#[template(path = "call/assignments.html")]
struct AssignmentsPage {
    layout: Layout,
    frame: Frame,
    people: String,
    proposal: String,
    reviewers: Vec<ReviewerView>,
    rows: Vec<RowView>,
    drawn: String,
    dossiers: String,
    conflicts: Section,
    expected: i32,
    pager: Pager,
    action: String,
    version: i32,
    operation: Uuid,
}

struct ReviewerView {
    name: String,
    organisation: String,
    load: String,
    expertise: String,
}

struct RowView {
    number: i32,
    href: String,
    title: String,
    label: String,
    tag: Tag,
    assigned: i32,
    is_short: bool,
    cells: Vec<Cell>,
}

/// A dossier before a reviewer.
struct Cell {
    value: String,
    reviewer: String,
    kind: CellKind,
    suspicion: String,
}

impl Cell {
    fn is_box(&self) -> bool {
        matches!(self.kind, CellKind::Free | CellKind::Assigned)
    }

    fn is_on(&self) -> bool {
        self.kind == CellKind::Assigned
    }

    /// What stands in the place of the box.
    fn word(&self) -> &'static str {
        match self.kind {
            CellKind::Free | CellKind::Assigned => "",
            CellKind::Begun => "commencée",
            CellKind::Delivered => "rendue",
            CellKind::Recused => "déport",
            CellKind::Team => "équipe",
            CellKind::Over => "examen terminé",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CellKind {
    /// May be assigned.
    Free,
    /// Assigned, not started: may be taken back.
    Assigned,
    /// A draft exists.
    Begun,
    /// Delivered.
    Delivered,
    /// Stays away.
    Recused,
    /// Of the dossier's own team.
    Team,
    /// The dossier is no longer examined.
    Over,
}

fn kind(line: &Line, reviewer: i64) -> CellKind {
    let index = line.reviewers.iter().position(|held| *held == reviewer);
    let status = index.and_then(|index| line.states.get(index)).and_then(|status| ReviewStatus::parse(status));
    if line.recused.contains(&reviewer) {
        return CellKind::Recused;
    }
    match status {
        Some(ReviewStatus::Recused) => CellKind::Recused,
        Some(ReviewStatus::NotStarted) => CellKind::Assigned,
        Some(ReviewStatus::Draft) => CellKind::Begun,
        Some(ReviewStatus::Delivered) => CellKind::Delivered,
        None if line.team.contains(&reviewer) => CellKind::Team,
        None if !Status::parse(&line.status).is_some_and(policy::is_reviewable) => CellKind::Over,
        None => CellKind::Free,
    }
}

fn row(line: &Line, reviewers: &[&Person], open: &Open, expected: i32) -> Result<RowView, AppError> {
    let status = Status::parse(&line.status).ok_or_else(|| anyhow::anyhow!("unknown status"))?;
    let cells = reviewers.iter().map(|reviewer| Cell {
        value: format!("{}.{}", line.id, reviewer.id),
        reviewer: reviewer.name.clone(),
        kind: kind(line, reviewer.id),
        suspicion: open.words(line.id, reviewer.id),
    });
    Ok(RowView {
        number: line.number,
        href: format!("/appel/dossiers/{}", line.id),
        title: line.title.clone(),
        label: line.label.clone(),
        tag: Tag::of(status),
        assigned: line.reviews_assigned,
        is_short: line.reviews_assigned < expected,
        cells: cells.collect(),
    })
}

/// The managers of a call see who reviews what, but for the dossiers that they stay away from.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    page(&app, &manager, &asked, StatusCode::OK, Typed::default()).await
}

/// The table, with what was typed below it and refused.
pub(super) async fn page(app: &App, manager: &CallManager, asked: &Asked, status: StatusCode, typed: Typed) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let counting = calls::rows::counting(&mut conn, manager.call().id).await?;
    let people = store::people(&mut conn, manager).await?;
    let slice = lists::slice(&mut conn, manager, place(asked), &Among::REVIEWABLE).await?;
    let lines = store::lines(&mut conn, &slice.ids).await?;
    let dismissed = conflicts::dismissed(&mut conn, &slice.ids).await?;
    drop(conn);
    let slug = &manager.call().slug;
    let reviewers: Vec<&Person> = people.iter().filter(|person| person.is_reviewer).collect();
    let open = Open::of(&people, &lines);
    let rows: Vec<RowView> = lines.iter().map(|line| row(line, &reviewers, &open, counting.reviews_expected)).collect::<Result<_, _>>()?;
    let drawn: Vec<&str> = rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.is_on()).map(|cell| cell.value.as_str()).collect();
    let refused = (!typed.error.is_empty()).then(|| Alert {
        class: "bad",
        heading: "Rien n’a été décidé".to_owned(),
        sentence: String::new(),
        links: vec![("#motif".to_owned(), typed.error.clone())],
        is_focused: true,
    });
    let view = AssignmentsPage {
        layout: layout(app, manager, "Affectations"),
        frame: Frame::of(manager, "Affectation des évaluations", HERE)
            .lead("Une case par dossier et par évaluateur. Une évaluation commencée ne se retire plus\u{a0}; un déport ne s’affecte pas.")
            .alert(refused)
            .alert(done(asked)),
        people: at(slug, "/appel/personnes"),
        proposal: at(slug, "/appel/affectations/proposer"),
        drawn: drawn.join(" "),
        dossiers: slice.ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        conflicts: section(manager, asked, (&people, &lines), (&open, &dismissed), typed),
        reviewers: reviewers.into_iter().map(reviewer_view).collect(),
        rows,
        expected: counting.reviews_expected,
        pager: Pager::of(slug, HERE, &slice),
        action: at(slug, &here(asked)),
        version: counting.version,
        operation: Uuid::new_v4(),
    };
    html_with(status, &view)
}

fn reviewer_view(reviewer: &Person) -> ReviewerView {
    let load = format!("{}, {}", count(reviewer.assigned, "dossier", "dossiers"), count(reviewer.delivered, "rendue", "rendues"));
    ReviewerView { name: reviewer.name.clone(), organisation: reviewer.organisation.clone(), load, expertise: expertise::named(&reviewer.expertise) }
}

/// The address of the page one is on, without what was just done.
pub(super) fn here(asked: &Asked) -> String {
    match place(asked) {
        lists::Place::After(0) => HERE.to_owned(),
        lists::Place::After(number) => format!("{HERE}?apres={number}"),
        lists::Place::Before(number) => format!("{HERE}?avant={number}"),
    }
}

fn done(asked: &Asked) -> Option<Alert> {
    let number = |name: &str| asked.0.get(name).and_then(|number| number.parse::<u32>().ok());
    if let Some(confirmed) = number("confirmes") {
        let sentence =
            format!("{}\u{a0}: ces personnes ne voient plus ces dossiers, leurs évaluations ne comptent plus.", count(confirmed, "déport", "déports"));
        return Some(Alert::done("Conflits d’intérêts confirmés", sentence));
    }
    if let Some(dismissed) = number("ecartes") {
        return Some(Alert::done("Suggestions écartées", format!("{}, avec votre motif.", count(dismissed, "suggestion", "suggestions"))));
    }
    let (added, removed) = (number("plus")?, number("moins")?);
    let sentence = format!("{}, {}.", count(added, "évaluation affectée", "évaluations affectées"), count(removed, "retirée", "retirées"));
    Some(Alert::done("Affectations enregistrées", sentence))
}

/// Pairs as the form writes them: "12.5".
fn pairs<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<Pair> {
    let pair = |text: &str| {
        let (project, account) = text.split_once('.')?;
        Some(Pair { project: project.parse().ok()?, account: account.parse().ok()? })
    };
    texts.filter_map(pair).take(MOST).collect()
}

/// The managers of a call assign reviews, and take back those not started; new reviewers are told by mail.
pub async fn save(State(app): State<App>, manager: CallManager, asked: Asked, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let drawn = pairs(input.get("etait").split(' '));
    let wanted = pairs(input.all("affecte"));
    let to_add: Vec<Pair> = wanted.difference(&drawn).copied().collect();
    let to_remove: Vec<Pair> = drawn.difference(&wanted).copied().collect();
    let mut tx = app.db.begin().await?;
    let locked = calls::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let call = manager.call();
    let removed = store::unassign(&mut tx, call.id, &to_remove, manager.account()).await?;
    let added = store::assign(&mut tx, call.id, &to_add, manager.account(), manager.now()).await?;
    let page = here(&asked);
    let separator = if page.contains('?') { '&' } else { '?' };
    let location = at(&call.slug, &format!("{page}{separator}plus={}&moins={}", added.len(), removed.len()));
    let subject = subject(&added, &removed);
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act: "assigned", subject: &subject }).await?;
    tell(&app, &mut tx, &manager, (operation, &added)).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// "+12.5 +12.7 -13.5": dossiers and accounts, by their ids.
fn subject(added: &[Pair], removed: &[Pair]) -> String {
    let with = |sign: char, pairs: &[Pair]| pairs.iter().map(|pair| format!("{sign}{}.{}", pair.project, pair.account)).collect::<Vec<_>>();
    [with('+', added), with('-', removed)].concat().join(" ")
}

async fn tell(app: &App, conn: &mut sqlx::PgConnection, manager: &CallManager, (operation, added): (Uuid, &[Pair])) -> Result<(), AppError> {
    if added.is_empty() {
        return Ok(());
    }
    let call = manager.call();
    let due_at = calls::settings::calendar(conn, call.id).await?.review_due_at;
    let (name, path) = (format!("{} {}", call.title, call.edition), at(&call.slug, "/evaluation"));
    for person in store::told(conn, added).await? {
        let (subject, body) = texts::review_assigned(app, &texts::Assignment { call: &name, titles: &person.titles, due_at, path: &path });
        let key = format!("assigned {operation} {}", person.id);
        mail::queue(conn, &Mail { kind: "assigned", recipient: &person.email, subject: &subject, body: &body, dedup_key: Some(&key) }).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line {
            id: 12,
            number: 3,
            status: "in_review".to_owned(),
            reviews_assigned: 2,
            reviewers: vec![5, 6, 7],
            states: vec!["not_started".to_owned(), "delivered".to_owned(), "draft".to_owned()],
            recused: vec![7, 8],
            team: vec![9],
            ..Line::default()
        }
    }

    #[test]
    fn only_a_review_not_started_can_be_taken_back_and_nobody_recused_is_assignable() {
        let kinds: Vec<CellKind> = [5, 6, 7, 8, 9, 10].into_iter().map(|account| kind(&line(), account)).collect();
        assert_eq!(kinds, [CellKind::Assigned, CellKind::Delivered, CellKind::Recused, CellKind::Recused, CellKind::Team, CellKind::Free]);
    }

    #[test]
    fn nobody_is_assigned_to_a_dossier_whose_examination_is_over() {
        let over = Line { status: "laureate".to_owned(), ..line() };
        let kinds: Vec<CellKind> = [5, 6, 9, 10].into_iter().map(|account| kind(&over, account)).collect();
        assert_eq!(kinds, [CellKind::Assigned, CellKind::Delivered, CellKind::Team, CellKind::Over]);
    }

    #[test]
    fn pairs_are_read_from_the_form_and_noise_is_left_out() {
        let read = pairs("12.5  x 12. .5 13.6".split(' '));
        assert_eq!(read.into_iter().collect::<Vec<_>>(), [Pair { project: 12, account: 5 }, Pair { project: 13, account: 6 }]);
        assert_eq!(subject(&[Pair { project: 12, account: 5 }], &[Pair { project: 13, account: 6 }]), "+12.5 -13.6");
    }
}
