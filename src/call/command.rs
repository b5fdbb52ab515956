//! A dossier opened from the command line, by the same functions as the manager's page.

use anyhow::Context as _;

use super::owner;
use super::store::{self, NewProject};
use crate::app::App;
use crate::kit::ids::{AccountId, CallId, ProjectId};
use crate::kit::values::{Email, Line};
use crate::kit::{moment, territory};

/// What the command asks for.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Slug of the call.
    pub slug: &'a str,
    /// Title of the dossier.
    pub title: &'a str,
    /// Address of its owner.
    pub owner: &'a str,
    /// Organisation that carries it; its title otherwise.
    pub organisation: Option<&'a str>,
    /// INSEE code or name of its commune.
    pub commune: Option<&'a str>,
}

/// Opens a dossier, declared eligible today, and gives it its owner.
///
/// # Errors
/// Something is unreadable, the call is unknown, or nobody could sign the act.
pub async fn create_from_command(app: &App, wish: &Wish<'_>) -> anyhow::Result<ProjectId> {
    let readable = |error: crate::kit::values::Sentence| anyhow::anyhow!("{error}");
    let title = Line::<160>::read(wish.title).map_err(readable).context("--titre")?;
    let organisation = Line::<160>::read(wish.organisation.unwrap_or(wish.title)).map_err(readable).context("--organisation")?;
    let email = Email::read(wish.owner).map_err(readable).context("--porteur")?;
    let commune = wish.commune.map(territory::read).transpose().map_err(|sentence| anyhow::anyhow!(sentence)).context("--commune")?;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let call = sqlx::query!(
        r#"select call.id,
             coalesce((select account_id from call_role where call_id = call.id and role = 'manager' order by created_at, account_id limit 1),
                      (select account.id from account where is_operator order by account.id limit 1)) as author
         from call
         where slug = $1 and not is_template"#,
        wish.slug
    )
    .fetch_optional(&mut *tx)
    .await?
    .with_context(|| format!("aucun appel ne porte le nom {}", wish.slug))?;
    let author = AccountId(call.author.context("cet appel n’a pas de gestionnaire : trame account create --gestionnaire")?);
    let new = NewProject {
        call: CallId(call.id),
        title: title.as_str(),
        organisation: organisation.as_str(),
        kind: "other",
        commune: commune.map(|commune| commune.code),
        manifested_on: None,
        manifestation: "",
        is_reducing_impact: true,
        is_collective: true,
        notified_on: Some(moment::paris_parts(now).0),
    };
    let project = store::create_project(&mut tx, &new, author, now).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    owner::give(&mut tx, app, project, &email, (author, now)).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    tx.commit().await?;
    Ok(project)
}
