//! Giving a dossier its owner: at once when the address has an account, by invitation otherwise; a mail leaves in both cases.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::store::dossier;
use crate::access::MemberRole;
use crate::account::{Target, invite};
use crate::app::App;
use crate::error::AppError;
use crate::journal;
use crate::kit::ids::{AccountId, ProjectId};
use crate::kit::values::Email;
use crate::mail::{self, Mail};

/// Gives a dossier its owner, under the dossier's lock. The caller has proven that it may.
///
/// # Errors
/// 422 when the person reviews the dossier.
pub async fn give(conn: &mut PgConnection, app: &App, project: ProjectId, email: &Email, (by, now): (AccountId, OffsetDateTime)) -> Result<(), AppError> {
    let Some(account) = dossier::account_of(conn, email.as_str()).await? else {
        invite(conn, app, Target::Team { project, role: MemberRole::Owner }, email, Some(by), now).await?;
        return Ok(());
    };
    if !dossier::make_owner(conn, project, account, now).await? {
        return Err(AppError::Unprocessable("Cette personne évalue ce dossier\u{a0}: elle ne peut pas en être le porteur.".to_owned()));
    }
    journal::record(conn, project, by, "member_changed", MemberRole::Owner.as_str(), now).await?;
    let title = dossier::facts(conn, project).await?.title;
    let (subject, body) = text(app, project, &title);
    let key = format!("owner {project} {account}");
    mail::queue(conn, &Mail { kind: "owner", recipient: email.as_str(), subject: &subject, body: &body, dedup_key: Some(&key) }).await?;
    Ok(())
}

fn text(app: &App, project: ProjectId, title: &str) -> (String, String) {
    let subject = format!("Dossier ouvert\u{a0}: {title}").replace(char::is_control, " ");
    let body = format!(
        "Bonjour,\n\nLe dossier «\u{a0}{title}\u{a0}» est ouvert, et vous en êtes le porteur. Il s’ajoute à vos dossiers.\n\nPour l’ouvrir\u{a0}:\n{}\n\n\
         Depuis sa page Équipe, vous pouvez inviter les personnes qui écriront avec vous.\n\nTrame\n{}\n\n--\n\
         Vous recevez ce courriel parce que vous êtes le porteur de ce dossier. Ce courriel est envoyé par la plateforme\u{a0}: une réponse à cette adresse n’est lue par personne.\n",
        app.link(&format!("/dossiers/{project}")),
        app.config.base_url
    );
    (subject, body)
}
