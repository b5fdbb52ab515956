//! Figures computed from what was typed: beside a question, under a table.

use super::Pen;
use crate::framework::content::Unit;
use crate::framework::{Item, Rows, rules};
use crate::kit::french::{decimal, euros};
use crate::kit::values::Cents;
use crate::project::perimeter;
use crate::project::saving::Page;

impl Pen<'_> {
    /// A figure computed from what was typed elsewhere, beside the question it helps to answer.
    pub(super) fn aside(&self, page: &Page, unit: &Unit, item: &Item) -> String {
        match (page.kind, item.key) {
            ("action", _) if item.tables.iter().any(|rows| rows.kind == "action_line") => {
                let (expenses, resources) = rules::balance(self.content, unit);
                let gap = Cents::new((expenses.get() - resources.get()).abs());
                let end = if gap.get() == 0 { "équilibré".to_owned() } else { format!("écart de {}", euros(gap)) };
                format!("Dépenses\u{a0}: {}, ressources\u{a0}: {}, {end}.", euros(expenses), euros(resources))
            }
            ("organisation.perimetre", key) => perimeter::figures::beside(self.content, key),
            _ => String::new(),
        }
    }
}

/// Sum under a table, when it makes sense.
pub(super) fn total(rows: &Rows, units: &[&Unit]) -> String {
    match rows.kind {
        "staff" => {
            let sum = |only: Option<&str>| -> i64 {
                let rows = units.iter().filter(|unit| only.is_none_or(|status| unit.text("status") == status));
                rows.filter_map(|unit| crate::kit::values::Decimal::read(unit.text("fte"), 2, 1000, "0,3").ok())
                    .map(|number| i64::try_from(number.scaled(2)).unwrap_or(0))
                    .sum()
            };
            let figure = |hundredths: i64| decimal(format!("{}.{:02}", hundredths / 100, hundredths % 100), 2);
            format!("Total lisible\u{a0}: {} ETP, dont {} acquis", figure(sum(None)), figure(sum(Some("acquired"))))
        }
        "budget_line" | "action_line" => {
            let sum =
                |side: &str| units.iter().filter(|unit| unit.text("side") == side).filter_map(|unit| unit.whole("amount")).fold(0_i64, i64::saturating_add);
            format!("Dépenses\u{a0}: {}, ressources\u{a0}: {}", euros(Cents::new(sum("expense"))), euros(Cents::new(sum("resource"))))
        }
        _ => String::new(),
    }
}
