//! The tables that this process holds: read when first needed, read again only when an edit is heard of.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use time::{Duration, OffsetDateTime};

use super::store;
use super::tables::Tables;
use crate::app::App;
use crate::error::AppError;
use crate::framework::adopted::adopt;
use crate::live::ears;

/// How long the tables are kept unasked: what a connection lost in silence would have told is made up for.
const KEPT: Duration = Duration::minutes(5);

#[derive(Debug, Clone)]
struct Held {
    /// What was heard before the database was asked.
    heard: u64,
    at: OffsetDateTime,
    tables: Arc<Tables>,
}

/// The tables, as last read.
#[derive(Debug, Default)]
pub struct Handle {
    heard: AtomicU64,
    held: RwLock<Option<Held>>,
    /// One reading at a time: it costs a core some tens of milliseconds.
    reading: tokio::sync::Mutex<()>,
}

impl Handle {
    /// Somebody changed an entry, in whatever process; or may have, unheard.
    pub fn heard(&self) {
        self.heard.fetch_add(1, Ordering::Release);
    }

    /// The tables of now. Costs nothing but the first time, and after a change.
    ///
    /// # Errors
    /// When they must be read and the database does not answer.
    pub async fn current(&self, app: &App) -> Result<Arc<Tables>, AppError> {
        if let Some(tables) = self.fresh(app.now()) {
            return Ok(tables);
        }
        let _alone = self.reading.lock().await;
        if let Some(tables) = self.fresh(app.now()) {
            return Ok(tables);
        }
        ears::listen(app).await?;
        let heard = self.heard.load(Ordering::Acquire);
        let mut conn = app.db.acquire().await?;
        let held = self.last().map(|held| held.tables);
        let version = store::version(&mut conn).await?;
        let tables = match held.filter(|held| held.version() == version) {
            Some(tables) => tables,
            None => read(store::latest(&mut conn).await?).await?,
        };
        adopt(tables.adopted());
        let fresh = Held { heard, at: app.now(), tables: Arc::clone(&tables) };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(fresh);
        Ok(tables)
    }

    /// Has what is typed read with the tables of now, at start and after each change; without any change, nothing is read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn follow(&self, app: &App) -> Result<(), AppError> {
        ears::listen(app).await?;
        let version = store::version(&mut *app.db.acquire().await?).await?;
        if version > 0 {
            self.current(app).await?;
        }
        Ok(())
    }

    fn last(&self) -> Option<Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self, now: OffsetDateTime) -> Option<Arc<Tables>> {
        let heard = self.heard.load(Ordering::Acquire);
        self.last().filter(|held| held.heard == heard && (held.at..held.at + KEPT).contains(&now)).map(|held| held.tables)
    }
}

/// Reads the tables on a thread of their own.
async fn read(changes: store::Changes) -> Result<Arc<Tables>, AppError> {
    let work = move || {
        let tables = Tables::or_shipped(changes.version, &changes.latest);
        tables.warm();
        tables
    };
    let tables = tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?;
    if let Some(fault) = tables.fault() {
        tracing::error!(fault, "nomenclature edits no longer read: shipped tables are used");
    }
    Ok(Arc::new(tables))
}
