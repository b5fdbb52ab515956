//! Suggested conflicts of interest, person by person, on the page of assignments: a manager confirms or sets aside.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::assignments::{self, HERE, here};
use super::conflict::{Cause, Known, Named, Suspicion};
use super::frame::{Asked, at};
use super::store::assignments::{self as table, Line, Pair, Person};
use super::store::conflicts::{self as store, Decided, Dismissed};
use super::store::{self as calls, Act};
use crate::access::{CallManager, policy};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::ids::{AccountId, ProjectId};
use crate::kit::words::clean;
use crate::page::see;
use crate::review;

/// Longest reason, in characters.
const LONGEST: usize = 500;

/// What the section shows.
#[derive(Debug, Default)]
pub struct Section {
    /// Address of its form.
    pub action: String,
    /// Operation of its sending.
    pub operation: Uuid,
    /// People, each with the dossiers that they might have to stay away from.
    pub people: Vec<PersonView>,
    /// What was set aside: dossier, person, cause, reason and author.
    pub dismissed: Vec<String>,
    /// What was typed and refused.
    pub typed: Typed,
}

/// What was typed and refused.
#[derive(Debug, Default)]
pub struct Typed {
    /// Boxes ticked.
    pub chosen: Vec<String>,
    /// Reason.
    pub reason: String,
    /// Why nothing was decided.
    pub error: String,
}

/// Somebody who might have to stay away.
#[derive(Debug)]
pub struct PersonView {
    /// Account.
    pub id: i64,
    /// Name and organisation.
    pub name: String,
    /// It is the reader.
    pub is_own: bool,
    /// Box, title of the dossier, causes, ticked.
    pub rows: Vec<(String, String, String, bool)>,
}

/// Suggestions that wait, dossier by dossier in the order of the page, person by person in the order of names.
#[derive(Debug, Default)]
pub struct Open(Vec<(Pair, Vec<Suspicion>)>);

impl Open {
    /// Those of these dossiers.
    pub fn of(people: &[Person], lines: &[Line]) -> Self {
        let known: Vec<Known> = people.iter().map(Known::of).collect();
        let mut open = Vec::new();
        for line in lines {
            let named = Named::of(line);
            let found = people.iter().zip(&known).map(|(person, known)| (Pair { project: line.id, account: person.id }, named.suspicions(known)));
            open.extend(found.filter(|(_, suspicions)| !suspicions.is_empty()));
        }
        Self(open)
    }

    /// What ties a person to a dossier.
    pub fn of_pair(&self, project: i64, account: i64) -> &[Suspicion] {
        self.0.iter().find(|(pair, _)| (pair.project, pair.account) == (project, account)).map_or(&[], |(_, suspicions)| suspicions)
    }

    /// Causes, for the box of the table.
    pub fn words(&self, project: i64, account: i64) -> String {
        self.of_pair(project, account).iter().map(|one| one.cause.words()).collect::<Vec<_>>().join(", ")
    }
}

fn sentences(suspicions: &[Suspicion]) -> String {
    suspicions.iter().map(Suspicion::sentence).collect::<Vec<_>>().join("\u{202f}; ")
}

/// The section of a page of the table. A manager who is of a dossier's team decides nothing of it, and is not told.
pub fn section(manager: &CallManager, asked: &Asked, (people, lines): (&[Person], &[Line]), (open, dismissed): (&Open, &[Dismissed]), typed: Typed) -> Section {
    let own = manager.account().get();
    let decided: Vec<&Line> = lines.iter().filter(|line| !line.team.contains(&own)).collect();
    let title = |project: i64| decided.iter().find(|line| line.id == project).map(|line| format!("n°\u{a0}{}, {}", line.number, line.title));
    let view = |person: &Person| {
        let rows: Vec<_> = open
            .0
            .iter()
            .filter(|(pair, _)| pair.account == person.id)
            .filter_map(|(pair, suspicions)| {
                let value = format!("{}.{}", pair.project, pair.account);
                let is_on = typed.chosen.contains(&value);
                Some((value, title(pair.project)?, sentences(suspicions), is_on))
            })
            .collect();
        let name = if person.organisation.is_empty() { person.name.clone() } else { format!("{}, {}", person.name, person.organisation) };
        (!rows.is_empty()).then_some(PersonView { id: person.id, name, is_own: person.id == own, rows })
    };
    let past = |one: &Dismissed| {
        let name = people.iter().find(|person| person.id == one.account)?.name.clone();
        let cause = Cause::ALL.into_iter().find(|cause| cause.key() == one.cause)?;
        Some(format!("{}\u{a0}: {name}, {}. Écartée par {}\u{a0}: «\u{a0}{}\u{a0}»", title(one.project)?, cause.words(), one.by, one.reason))
    };
    Section {
        action: at(&manager.call().slug, &here(asked).replacen(HERE, "/appel/affectations/conflits", 1)),
        operation: Uuid::new_v4(),
        people: people.iter().filter_map(view).collect(),
        dismissed: dismissed.iter().filter_map(past).collect(),
        typed,
    }
}

/// The pairs that the form ticks: one by one, or all those of a person among the dossiers of the page.
fn chosen(input: &Input, open: &Open) -> BTreeSet<Pair> {
    let everybody: Vec<i64> = input.all("conflit").filter_map(|value| value.strip_prefix("tous.")?.parse().ok()).collect();
    let ticked: Vec<&str> = input.all("conflit").collect();
    let is_on = |pair: &Pair| everybody.contains(&pair.account) || ticked.contains(&format!("{}.{}", pair.project, pair.account).as_str());
    open.0.iter().map(|(pair, _)| *pair).filter(is_on).collect()
}

/// Dossiers that the form was drawn with.
fn drawn(input: &Input) -> Vec<i64> {
    input.get("dossiers").split(' ').filter_map(|id| id.parse().ok()).take(super::store::lists::PAGE).collect()
}

/// What is to be written, or why the form comes back.
fn read(manager: &CallManager, input: &Input, open: &Open) -> Result<Vec<Decided>, String> {
    let pairs = chosen(input, open);
    let is_confirmed = input.get("issue") == "confirmer";
    let reason = clean(input.get("motif"), LONGEST).map_err(|sentence| sentence.to_string())?;
    if pairs.is_empty() {
        return Err("Choisir au moins une suggestion.".to_owned());
    }
    if !is_confirmed && reason.chars().count() < 3 {
        return Err("Écrire en quelques mots pourquoi ce n’est pas un conflit d’intérêts.".to_owned());
    }
    for pair in pairs.iter().filter(|_| !is_confirmed) {
        policy::dismiss_conflict(AccountId(pair.account), manager.account()).map_err(|refusal| refusal.sentence())?;
    }
    let decided = pairs.into_iter().map(|pair| {
        let suspicions = open.of_pair(pair.project, pair.account);
        let reason = if reason.is_empty() { sentences(suspicions).chars().take(LONGEST).collect() } else { reason.clone() };
        Decided { pair, causes: suspicions.iter().map(|one| one.cause.key()).collect(), reason }
    });
    Ok(decided.collect())
}

/// The managers of a call confirm suggested conflicts, which are then recusals, or set them aside with a reason; nobody sets
/// aside one that concerns them.
pub async fn save(State(app): State<App>, manager: CallManager, asked: Asked, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = calls::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let call = manager.call();
    let projects = store::decidable(&mut tx, &manager, &drawn(&input)).await?;
    calls::lock_projects(&mut tx, call.id, &projects).await?;
    let people = table::people(&mut tx, &manager).await?;
    let open = Open::of(&people, &table::lines(&mut tx, &projects).await?);
    let decided = match read(&manager, &input, &open) {
        Ok(decided) => decided,
        Err(error) => {
            drop(tx);
            let typed = Typed { chosen: input.all("conflit").map(str::to_owned).collect(), reason: input.get("motif").to_owned(), error };
            return assignments::page(&app, &manager, &asked, StatusCode::UNPROCESSABLE_ENTITY, typed).await;
        }
    };
    let act = if input.get("issue") == "confirmer" { "conflicts_confirmed" } else { "conflicts_dismissed" };
    if act == "conflicts_confirmed" {
        store::confirm(&mut tx, &manager, &decided).await?;
        let touched: BTreeSet<i64> = decided.iter().map(|one| one.pair.project).collect();
        for project in touched {
            review::store::recompute_project(&mut tx, ProjectId(project)).await?;
        }
    } else {
        store::dismiss(&mut tx, &manager, &decided).await?;
    }
    let page = here(&asked);
    let separator = if page.contains('?') { '&' } else { '?' };
    let location = at(&call.slug, &format!("{page}{separator}{}={}", if act == "conflicts_confirmed" { "confirmes" } else { "ecartes" }, decided.len()));
    let subject = decided.iter().map(|one| format!("{}.{}", one.pair.project, one.pair.account)).collect::<Vec<_>>().join(" ");
    calls::remember(&mut tx, &manager, &Act { operation, location: &location, act, subject: &subject }).await?;
    tx.commit().await?;
    Ok(see(&location))
}
