//! Small tables typed in place, and lists of rows that have pages of their own.

use super::totals::total;
use super::views::{ListView, RowView, TableView};
use super::{Pen, cell_shape, is_figure};
use crate::framework::Rows;
use crate::framework::content::Unit;
use crate::kit::french::count;
use crate::project::history;
use crate::project::saving::Page;

impl Pen<'_> {
    /// A small table with its rows.
    pub(super) fn table(&self, page: &Page, rows: &'static Rows) -> TableView {
        let units: Vec<&Unit> = self.content.children(rows.kind, page.parent()).collect();
        let mut views = Vec::with_capacity(units.len());
        for (index, unit) in units.iter().enumerate() {
            let cells = rows
                .fields()
                .map(|field| {
                    let mut cell = self.control(field, unit, format!("{}.{}.{}", rows.kind, unit.row, field.key), "");
                    cell.label = format!("{}, ligne {}", field.label, index + 1);
                    cell.shape = cell_shape(field.kind);
                    cell
                })
                .collect();
            let values = rows.fields().map(|field| self.shown(field, unit)).collect();
            let past = history::address(&page.url, rows.kind, unit.row, None);
            views.push(RowView { no: index + 1, row: unit.row, version: unit.version, cells, values, past });
        }
        TableView {
            kind: rows.kind,
            title: rows.title,
            columns: rows.fields().map(|field| (field.label, is_figure(field.kind))).collect(),
            rows: views,
            add: format!("Ajouter {}", rows.one),
            total: total(rows, &units),
            disputes: self.disputed(rows),
            removed: self.removed.filter(|(kind, _)| *kind == rows.kind).map(|(_, row)| row),
        }
    }

    pub(super) fn list(&self, rows: &'static Rows, item: &str) -> ListView {
        let path = rows.path.unwrap_or_default();
        let is_shown = |unit: &&Unit| match item {
            "generators" => unit.flag("is_major"),
            "core" => unit.flag("is_key_actor"),
            "map" => ["role", "skill", "working_mode"].iter().any(|key| unit.has(key)),
            "pooling" | "substitution" => unit.text("kind") == item,
            _ => true,
        };
        let shown: Vec<&Unit> = self.content.rows(rows.kind).filter(is_shown).collect();
        let total = self.content.rows(rows.kind).count();
        let noun = rows.one.split_once(' ').map_or(rows.one, |(_, noun)| noun);
        ListView {
            path,
            title: rows.title,
            add: format!("Ajouter {}", rows.one),
            count: if shown.len() == total {
                count(total, noun, rows.many)
            } else {
                format!("{} sur {} dans le dossier", count(shown.len(), noun, rows.many), total)
            },
            rows: shown.iter().map(|unit| (self.name(unit), format!("/{path}/{}", unit.row), self.detail(rows, unit))).collect(),
            is_full: total >= usize::from(rows.most),
            most: rows.most,
        }
    }
}
