//! Facts about the perimeter, people, money, bodies and initiatives.

use super::{Related, named};
use crate::framework::content::{Content, Unit};
use crate::kit::french::{count, decimal, euros, thousands};
use crate::kit::territory;
use crate::kit::values::{Cents, Decimal};
use crate::project::draw::row_name;

/// Communes and their inhabitants.
pub(super) fn perimeter(content: &Content, _: &Unit) -> Option<Related> {
    let communes: Vec<_> = content.rows("perimeter_commune").filter_map(|row| territory::commune(row.text("commune"))).collect();
    let people: i64 = communes.iter().filter_map(|commune| commune.population).map(i64::from).sum();
    let text = format!("Périmètre\u{a0}: {}, {} habitants.", count(communes.len(), "commune", "communes"), thousands(people));
    (!communes.is_empty()).then(|| Related::new(text, "/organisation?theme=perimetre#q1", "Question 1"))
}

/// R37: time given, and what is acquired of it.
pub(super) fn staff(content: &Content, _: &Unit) -> Option<Related> {
    let sum = |is_acquired_only: bool| -> i64 {
        let rows = content.rows("staff").filter(|row| !is_acquired_only || row.text("status") == "acquired");
        rows.filter_map(|row| Decimal::read(row.text("fte"), 2, 1000, "0,3").ok()).map(|number| i64::try_from(number.scaled(2)).unwrap_or(0)).sum()
    };
    let figure = |hundredths: i64| decimal(format!("{}.{:02}", hundredths / 100, hundredths % 100), 2);
    let text = format!("Moyens humains\u{a0}: {}\u{a0}ETP, dont {} acquis.", figure(sum(false)), figure(sum(true)));
    (sum(false) > 0).then(|| Related::new(text, "/organisation?theme=animation#q9", "Question 9"))
}

fn sum<'a>(rows: impl Iterator<Item = &'a Unit>, side: &str) -> Cents {
    Cents::new(rows.filter(|row| row.text("side") == side).filter_map(|row| row.whole("amount")).fold(0_i64, i64::saturating_add))
}

/// R65: what the plans of the actions add up to.
pub(super) fn action_plans(content: &Content, _: &Unit) -> Option<Related> {
    let (expenses, resources) = (sum(content.rows("action_line"), "expense"), sum(content.rows("action_line"), "resource"));
    let text = format!("Plans de financement des actions\u{a0}: {} de dépenses, {} de ressources.", euros(expenses), euros(resources));
    (expenses.get() + resources.get() > 0).then(|| Related::new(text, "/actions", "Livrable 3"))
}

/// R43 and R44: the medium term of the budget.
pub(super) fn medium_term(content: &Content, _: &Unit) -> Option<Related> {
    let rows = || content.rows("budget_line").filter(|row| row.text("horizon") == "medium");
    let (expenses, resources) = (sum(rows(), "expense"), sum(rows(), "resource"));
    let acquired = sum(rows().filter(|row| row.text("status") == "acquired"), "resource");
    let text = format!("À moyen terme\u{a0}: {} de dépenses, {} de ressources, dont {} acquis.", euros(expenses), euros(resources), euros(acquired));
    (expenses.get() + resources.get() > 0).then(|| Related::new(text, "/organisation?theme=financement#q15", "Question 15"))
}

/// R36 and R50: initiatives already cited.
pub(super) fn initiatives(content: &Content, _: &Unit) -> Option<Related> {
    let names: Vec<String> = content.rows("initiative").filter(|row| row.has("name")).map(row_name).collect();
    (!names.is_empty()).then(|| Related::new(format!("Démarches citées\u{a0}: {}.", named(&names)), "/organisation?theme=animation#q8", "Question 8"))
}

/// R41: bodies already described.
pub(super) fn bodies(content: &Content, _: &Unit) -> Option<Related> {
    let names: Vec<String> = content.rows("governance_body").filter(|row| row.has("name")).map(row_name).collect();
    (!names.is_empty()).then(|| Related::new(format!("Instances décrites\u{a0}: {}.", named(&names)), "/organisation?theme=gouvernance#q13", "Question 13"))
}

/// R39: the structure that carries the project.
pub(super) fn carrier(content: &Content, _: &Unit) -> Option<Related> {
    let name = content.text("organisation.portage", "carrier_name");
    (!name.is_empty()).then(|| Related::new(format!("Structure porteuse\u{a0}: {name}."), "/organisation?theme=portage#q11", "Question 11"))
}
