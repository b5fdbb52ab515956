//! An entry before an expert: what it holds, its version, its former versions.

use sqlx::PgConnection;
use trame_synergies::nomenclature::Table;

use super::frame::address;
use super::lists::{List, Record, key};
use super::store;
use super::tables::{Latest, shipped};
use crate::error::AppError;

/// An entry of a list, or the one to come.
#[derive(Debug)]
pub struct Entry {
    /// What names it; empty for one to come.
    pub key: String,
    /// What it holds; nothing when it is withdrawn or to come.
    pub held: Option<Record>,
    /// What it held last, for one that was withdrawn.
    last: Option<Record>,
    /// How many times it was changed.
    pub version: i32,
}

impl Entry {
    /// The entry of that name.
    ///
    /// # Errors
    /// When the list never held it.
    pub async fn find(conn: &mut PgConnection, list: &List, name: String, latest: &Latest) -> Result<Self, AppError> {
        if name.is_empty() {
            return Ok(Self { key: name, held: None, last: None, version: 0 });
        }
        let version = store::entry_version(conn, list, &name).await?;
        let original = shipped(list.table).into_iter().find(|record| key(list.table, record) == name);
        let held = match latest.get(&(list.table, name.clone())) {
            Some(changed) => changed.clone(),
            None => original.clone(),
        };
        if held.is_none() && version == 0 {
            return Err(AppError::NotFound);
        }
        let asked = store::Asked { list: Some(list.stored), key: Some(&name), before: None };
        let last_held = if held.is_none() { store::history(conn, asked, 1).await?.pop().and_then(|past| past.former).or(original) } else { None };
        Ok(Self { key: name, held, last: last_held, version })
    }

    /// Is it to come?
    pub fn is_new(&self) -> bool {
        self.key.is_empty()
    }

    /// What a form starts from.
    pub fn base(&self, table: Table) -> Record {
        let mut record = self.held.clone().or_else(|| self.last.clone()).unwrap_or_default();
        record.resize(table.columns().len(), String::new());
        record
    }

    /// A former version: its number, or 0 for the one shipped; the last one of an entry that was withdrawn.
    pub async fn former(&self, conn: &mut PgConnection, list: &List, asked: &str) -> Result<Option<Record>, AppError> {
        if self.is_new() || asked.is_empty() {
            return Ok(None);
        }
        if asked == "0" {
            return Ok(shipped(list.table).into_iter().find(|record| key(list.table, record) == self.key));
        }
        let Ok(id) = asked.parse() else { return Ok(None) };
        Ok(store::record(conn, list, &self.key, id).await?)
    }

    /// Address of a page about it.
    pub fn href(&self, path: &str, list: &List) -> String {
        address(path, &[("liste", list.slug), ("cle", &self.key)])
    }
}
