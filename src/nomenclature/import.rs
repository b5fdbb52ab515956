//! A whole list from a file: compared, checked, then written as one batch.

use trame_synergies::nomenclature::Table;
use uuid::Uuid;

use super::changes::{self, Plan};
use super::store::{self, Changes};
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::AccountId;

/// Who imports, and why.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// An expert, and the operation of their form with where it leads; nobody for a command of the operator.
    pub expert: Option<(AccountId, Uuid, &'a str)>,
    /// Why.
    pub reason: &'a str,
    /// Only says what would change.
    pub is_trial: bool,
    /// Number of the last change that the reader of a preview had seen; refused when there is another since.
    pub seen: Option<i64>,
}

/// How an import ends.
#[derive(Debug)]
pub enum Outcome {
    /// What it changed, or would change, after that change.
    Read(Plan, i64),
    /// A French sentence with the line and the reason; nothing is kept.
    Refused(String),
    /// Somebody changed a list since the preview; nothing is kept.
    Overtaken,
}

/// Compares the file with the list, checks that every table would still read, and writes the difference unless it is a trial.
///
/// # Errors
/// When the database does not answer.
pub async fn run(app: &App, table: Table, file: &str, act: &Act<'_>) -> Result<Outcome, AppError> {
    let mut tx = app.db.begin().await?;
    store::lock(&mut tx).await?;
    let Changes { version, latest } = store::latest(&mut tx).await?;
    let plan = match changes::plan(table, file, &latest) {
        Ok(plan) => plan,
        Err(sentence) => return Ok(Outcome::Refused(sentence)),
    };
    if act.seen.is_some_and(|seen| seen != version) {
        return Ok(Outcome::Overtaken);
    }
    let what = plan.changes(table);
    if let Err(fault) = changes::check(latest, what.clone()).await? {
        return Ok(Outcome::Refused(located(table, file, &fault)));
    }
    if !act.is_trial && !plan.is_empty() {
        let written = store::Act { account: act.expert.map(|(account, ..)| account), reason: act.reason, batch: Some(Uuid::new_v4()), at: app.now() };
        changes::write(&mut tx, &what, &written).await?;
        if let Some((account, operation, location)) = act.expert {
            store::remember(&mut tx, operation, account, location, app.now()).await?;
        }
        tx.commit().await?;
        app.nomenclature.heard();
    }
    Ok(Outcome::Read(plan, version))
}

/// The line of the file, when the fault is about an entry that it holds.
fn located(table: Table, file: &str, fault: &changes::Fault) -> String {
    let line = fault.entry.as_ref().filter(|(faulty, _)| *faulty == table).and_then(|(_, name)| {
        let records = table.records(file).ok()?;
        records.iter().position(|record| super::lists::key(table, record) == *name).map(|place| place + 2)
    });
    line.map_or_else(|| fault.sentence.clone(), |line| format!("ligne {line}, {}", fault.sentence))
}
