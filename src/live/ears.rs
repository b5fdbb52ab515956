//! What a process hears from Postgres: one connection that listens, and a beat that keeps its pages open.

use std::pin::Pin;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use uuid::Uuid;

use super::hub::{Moved, UnitVersion};
use super::store;
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::{AccountId, ProjectId};
use crate::kit::moment;
use crate::project::store::account_name;

const CHANNEL: &str = "trame_live";
/// The beat's own notification comes back within this, or the connection is dead without saying so.
const SILENCE: Duration = Duration::from_secs(40);
const BEAT: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(500);

/// Starts listening, once in a process and only when a page asks to be told something.
///
/// # Errors
/// When the database does not answer.
pub async fn listen(app: &App) -> Result<(), AppError> {
    let start = async || -> sqlx::Result<()> {
        let listener = connect(&app.db).await?;
        tokio::spawn(hear(app.clone(), listener));
        tokio::spawn(beat(app.clone()));
        Ok(())
    };
    app.live.ears.get_or_try_init(start).await?;
    Ok(())
}

async fn connect(db: &PgPool) -> sqlx::Result<PgListener> {
    let mut listener = PgListener::connect_with(db).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Hears until the pool closes; whatever the database does, listens again and has the pages compare what they may have missed.
async fn hear(app: App, mut listener: PgListener) {
    loop {
        match tokio::time::timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(notification))) => {
                if let Err(error) = tell(&app, notification.payload()).await {
                    tracing::warn!(%error, "presence");
                }
                continue;
            }
            Ok(Ok(None)) => {}
            Err(_) if app.live.streams().is_empty() && !app.live.has_followers() => continue,
            Ok(Err(sqlx::Error::PoolClosed)) => return,
            Ok(Err(_)) | Err(_) => {
                drop(listener);
                listener = loop {
                    match connect(&app.db).await {
                        Ok(listener) => break listener,
                        Err(sqlx::Error::PoolClosed) => return,
                        Err(_) => tokio::time::sleep(PAUSE).await,
                    }
                };
            }
        }
        app.live.tell_missed();
        app.live.tell_meetings(Moved::Any);
        app.nomenclature.heard();
        for project in app.live.projects() {
            let _ = tell_present(&app, project).await;
        }
    }
}

/// Keeps this process's pages open and cuts those whose reader may no longer read.
async fn beat(app: App) {
    loop {
        tokio::time::sleep(BEAT).await;
        let streams = app.live.streams();
        if streams.is_empty() {
            if app.live.has_followers() {
                // Heard back, it says that the connection lives.
                let _ = sqlx::query!("select pg_notify($1, 'beat')", CHANNEL).execute(&app.db).await;
            }
            continue;
        }
        let outcome = async {
            let mut conn = app.db.acquire().await?;
            store::beat(&mut conn, app.live.process, &streams, app.now()).await
        };
        match outcome.await {
            Ok(allowed) => app.live.keep_only(&streams, &allowed),
            Err(sqlx::Error::PoolClosed) => return,
            Err(error) => tracing::warn!(%error, "beat"),
        }
    }
}

/// Tells the pages concerned by a notification: `here <dossier>`, `saved <dossier> <account> <kind>:<row>:<version>…`;
/// `meeting <id>` for those who follow it; `nomenclature` is for every page.
async fn tell(app: &App, payload: &str) -> sqlx::Result<()> {
    if let Some(id) = payload.strip_prefix("meeting ").and_then(|id| id.parse().ok()) {
        app.live.tell_meetings(Moved::Meeting(id));
        return Ok(());
    }
    let mut words = payload.split(' ');
    match (words.next(), words.next().and_then(|id| id.parse().ok()).map(ProjectId)) {
        (Some("nomenclature"), _) => {
            app.nomenclature.heard();
            follow(app.clone());
            Ok(())
        }
        (Some("here"), Some(project)) => tell_present(app, project).await,
        (Some("saved"), Some(project)) => {
            let Some(account) = words.next().and_then(|id| id.parse().ok()).map(AccountId) else { return Ok(()) };
            let units: Vec<UnitVersion> = words.filter_map(unit).collect();
            if !app.live.shows(project, &units) {
                return Ok(());
            }
            let mut conn = app.db.acquire().await?;
            let by = account_name(&mut conn, account).await?;
            app.live.tell_saved(project, &units, (account, &by), &moment::hour(app.now()));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Reads the changed tables now: what is typed is read with them, whatever page comes next.
pub fn follow(app: App) {
    let follow: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
        if let Err(error) = app.nomenclature.follow(&app).await {
            tracing::warn!(%error, "nomenclature");
        }
    });
    tokio::spawn(follow);
}

async fn tell_present(app: &App, project: ProjectId) -> sqlx::Result<()> {
    let streams = app.live.streams_of(project);
    if !streams.is_empty() {
        let mut conn = app.db.acquire().await?;
        let present = store::present(&mut conn, project, app.now()).await?;
        app.live.tell_present(&streams, &present);
    }
    Ok(())
}

fn unit(word: &str) -> Option<UnitVersion> {
    let mut parts = word.split(':');
    let (kind, row, version) = (parts.next()?, parts.next()?, parts.next()?);
    Some(UnitVersion { kind: kind.to_owned(), row: Uuid::try_parse(row).ok()?, version: version.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notification_names_units_or_nothing() {
        let row = Uuid::nil();
        assert_eq!(unit(&format!("organisation.animation:{row}:5")), Some(UnitVersion { kind: "organisation.animation".to_owned(), row, version: 5 }));
        for word in ["", "*", "a:b:c", "organisation.animation:5"] {
            assert_eq!(unit(word), None, "{word}");
        }
    }
}
