//! Lines of the small tables: added, removed, brought back; and asked about when two people disagree on their fate.

use sqlx::PgConnection;
use uuid::Uuid;

use super::slot::Slot;
use super::{Dispute, Fate, Names, Target, Work};
use crate::error::AppError;
use crate::framework::Rows;
use crate::framework::content::Unit;
use crate::project::order;
use crate::project::store;
use crate::project::units::{self, Change};

impl Work<'_> {
    pub(super) async fn table(&mut self, conn: &mut PgConnection, rows: &'static Rows) -> Result<(), AppError> {
        let ids: Vec<Uuid> = self.input.all(&format!("{}.id", rows.kind)).filter_map(|id| Uuid::try_parse(id).ok()).collect();
        let seen: Vec<i32> = self.input.all(&format!("{}.version", rows.kind)).filter_map(|version| version.parse().ok()).collect();
        if ids.len() != seen.len() {
            return Err(AppError::BadRequest("Le tableau posté est incomplet. Rechargez la page et recommencez."));
        }
        for (id, seen) in ids.into_iter().zip(seen) {
            let names: Names = rows.fields().map(|field| (field, format!("{}.{id}.{}", rows.kind, field.key))).collect();
            match self.content.row(rows.kind, id).cloned() {
                Some(unit) if unit.parent == self.page.parent() => self.unit(conn, Target { now: unit, seen, names: &names, is_back: false }).await?,
                Some(_) => {}
                None => {
                    self.out.gone.push(id);
                    let removed = units::removed(conn, self.editor.project(), rows.kind, id).await?;
                    let Some(unit) = removed.filter(|unit| unit.parent == self.page.parent()) else { continue };
                    // Who removes a line that is already gone agrees.
                    if self.named("retirer", rows) != Some(id) {
                        self.gone(conn, Some(rows), Target { now: unit, seen, names: &names, is_back: true }).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A colleague removed the row that this page changes: brought back with what was typed, left removed, or asked.
    /// A line of a table that was only shown goes without a question; its last content is in the history.
    pub(super) async fn gone(&mut self, conn: &mut PgConnection, table: Option<&'static Rows>, target: Target<'_>) -> Result<(), AppError> {
        let (kind, row) = (target.now.kind.clone(), target.now.row);
        match self.choice(&format!("{kind}.{row}")) {
            Some("retablir") => {
                if let Some(rows) = table {
                    self.room(rows)?;
                }
                self.out.gone.retain(|gone| *gone != row);
                return self.unit(conn, target).await;
            }
            Some("laisser") => {
                if table.is_none() {
                    self.out.location = self.page.url.rsplit_once('/').map_or(String::new(), |(list, _)| list.to_owned());
                }
                return Ok(());
            }
            _ => {}
        }
        let base = self.former(conn, &target.now, target.seen).await?;
        let mut mine = Unit { version: target.now.version, fields: base.fields.clone(), raw: base.raw.clone(), ..target.now.clone() };
        for (field, name) in target.names {
            if let Some(slot) = Slot::posted(field, self.input, name, &self.content) {
                slot.put(&mut mine, field.key);
            }
        }
        let is_edited = mine.fields != base.fields || mine.raw != base.raw;
        if is_edited {
            self.changes.push(Change { unit: mine.clone(), is_deleted: false, is_set_aside: true });
        }
        if is_edited || table.is_none() {
            mine.version = target.seen;
            self.dispute(conn, Fate::Gone, &target.now, mine).await?;
        }
        Ok(())
    }

    async fn dispute(&mut self, conn: &mut PgConnection, fate: Fate, now: &Unit, mine: Unit) -> Result<(), AppError> {
        let by = match now.author {
            Some(author) if author == self.editor.account() => None,
            Some(author) => Some(store::account_name(conn, author).await?),
            None => Some("Une autre personne".to_owned()),
        };
        self.out.disputes.push(Dispute { fate, by, at: now.at, mine });
        Ok(())
    }

    /// « Ajouter une ligne », « Retirer », « Annuler » : submit buttons, so that they work without script.
    pub(super) async fn buttons(&mut self, conn: &mut PgConnection) -> Result<(), AppError> {
        for rows in self.page.tables() {
            if self.input.get("ajouter") == rows.kind {
                self.add(rows)?;
            }
            if let Some(row) = self.named("retablir", rows) {
                self.bring_back(conn, rows, row).await?;
            }
            if let Some(row) = self.named("retirer", rows) {
                self.remove(conn, rows, row).await?;
            }
            for (button, is_up) in [("monter", true), ("descendre", false)] {
                if let Some(row) = self.named(button, rows) {
                    self.reorder(rows, row, is_up);
                }
            }
        }
        if let (Some((name, _)), true) = (self.input.get("garder").split_once('='), self.out.location == self.page.url) {
            self.out.location = format!("{}#{}", self.page.url, name.replace('.', "-"));
        }
        Ok(())
    }

    /// Line of a table named by a button; « Retirer » is also a choice after a question.
    fn named(&self, button: &str, rows: &Rows) -> Option<Uuid> {
        let after = self.input.get("garder").strip_suffix("=retirer").filter(|_| button == "retirer");
        let (kind, row) = after.unwrap_or(self.input.get(button)).split_once('.')?;
        if kind == rows.kind { Uuid::try_parse(row).ok() } else { None }
    }

    /// Position of the last line of a table.
    fn room(&self, rows: &Rows) -> Result<i32, AppError> {
        let (count, last) = self.content.children(rows.kind, self.page.parent()).fold((0, 0), |(count, last), unit| (count + 1, unit.position.max(last)));
        if count >= usize::from(rows.most) {
            return Err(AppError::Unprocessable(format!("Ce tableau accepte {} lignes au plus.", rows.most)));
        }
        Ok(last)
    }

    fn add(&mut self, rows: &'static Rows) -> Result<(), AppError> {
        let last = self.room(rows)?;
        let row = Uuid::now_v7();
        let mut unit = Unit::blank(rows.kind, row, self.page.parent());
        (unit.version, unit.position) = (1, last + 1);
        self.content.put(unit.clone());
        self.changes.push(Change { unit, is_deleted: false, is_set_aside: false });
        let first = rows.fields().next().map_or("", |field| field.key);
        self.out.location = format!("{}#{}-{row}-{first}", self.page.url, rows.kind);
        Ok(())
    }

    async fn bring_back(&mut self, conn: &mut PgConnection, rows: &'static Rows, row: Uuid) -> Result<(), AppError> {
        let Some(mut unit) = units::removed(conn, self.editor.project(), rows.kind, row).await? else { return Ok(()) };
        if unit.parent != self.page.parent() {
            return Err(AppError::NotFound);
        }
        self.room(rows)?;
        unit.version += 1;
        self.content.put(unit.clone());
        self.changes.push(Change { unit, is_deleted: false, is_set_aside: false });
        self.out.location = format!("{}#{}", self.page.url, rows.kind);
        Ok(())
    }

    /// A line and its neighbour exchange their places; each is a version of its own, like any change.
    fn reorder(&mut self, rows: &'static Rows, row: Uuid, is_up: bool) {
        let lines: Vec<&Unit> = self.content.children(rows.kind, self.page.parent()).collect();
        for mut unit in order::moved(&lines, row, is_up) {
            if let Some(held) = self.changes.iter_mut().find(|change| change.unit.row == unit.row && !change.is_set_aside) {
                held.unit.position = unit.position;
            } else {
                unit.version += 1;
                self.changes.push(Change { unit: unit.clone(), is_deleted: false, is_set_aside: false });
            }
            self.content.put(unit);
        }
        self.out.location = format!("{}#{}-{row}", self.page.url, rows.kind);
    }

    /// Takes a line out, unless a colleague changed it since it was seen: then it is asked first.
    async fn remove(&mut self, conn: &mut PgConnection, rows: &'static Rows, row: Uuid) -> Result<(), AppError> {
        let mark = format!(".{row}.");
        if self.out.conflicts.iter().any(|conflict| conflict.name.contains(&mark)) {
            return Ok(());
        }
        let Some(mut unit) = self.content.row(rows.kind, row).filter(|unit| unit.parent == self.page.parent()).cloned() else { return Ok(()) };
        if self.out.touched.iter().any(|touched| touched.name.contains(&mark)) {
            let now = self.overtaken.iter().find(|unit| unit.row == row).cloned().unwrap_or_else(|| unit.clone());
            return self.dispute(conn, Fate::Edited, &now, unit).await;
        }
        // The same save may have just changed the line: its removal is then the version after.
        if self.changes.iter().any(|change| change.unit.row == row && !change.is_set_aside) {
            self.changes.retain(|change| change.unit.row != row || change.is_set_aside);
        } else {
            unit.version += 1;
        }
        self.out.touched.retain(|touched| !touched.name.contains(&mark));
        self.content.remove(rows.kind, row);
        self.changes.push(Change { unit, is_deleted: true, is_set_aside: false });
        let separator = if self.page.url.contains('?') { '&' } else { '?' };
        self.out.location = format!("{}{separator}retire={}.{row}#{}", self.page.url, rows.kind, rows.kind);
        Ok(())
    }
}
