//! Statements of the document, its signatories and its settings. Links and answers have files of their own.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::model::{Answer, AnswerKind, Document, Engagement, Setting, Signatory};
use super::text::{self, SECTION, Text};
use crate::access::EngagementManager;
use crate::error::AppError;
use crate::framework::content::Content;
use crate::kit::ids::ProjectId;
use crate::kit::values::Email;
use crate::project::units;

/// Everything the team's page shows of the document, but the dossier's own rows.
pub async fn engagement(conn: &mut PgConnection, project: ProjectId) -> Result<Engagement, AppError> {
    Ok(Engagement { documents: documents(conn, project).await?, signatories: signatories(conn, project, None).await?, setting: setting(conn, project).await? })
}

/// Versions of a dossier, the last one first.
pub async fn documents(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Vec<Document>> {
    let rows = sqlx::query!(
        "select document.id, number, title, carrier, territory, objectives, principles, meaning, content, digest, account.name as by, at
         from engagement_document as document
         join account on account.id = document.account_id
         where project_id = $1
         order by number desc",
        project.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Document {
            id: row.id,
            number: row.number,
            text: Text {
                title: row.title,
                carrier: row.carrier,
                territory: row.territory,
                objectives: row.objectives,
                principles: row.principles,
                meaning: row.meaning,
            },
            content: row.content,
            digest: row.digest,
            by: row.by,
            at: row.at,
        })
        .collect())
}

/// Signatories of a dossier that are in its list, or one of them, with their answers.
pub async fn signatories(conn: &mut PgConnection, project: ProjectId, only: Option<i64>) -> Result<Vec<Signatory>, AppError> {
    let rows = sqlx::query!(
        r#"select signatory.id, stakeholder, organisation, contact, email, commitment, document.number as "asked?", asked_at, opened_at, mailed_at, reminders,
             reminders_stopped_at is not null as "has_stopped!", version
         from engagement_signatory as signatory
         left join engagement_document as document on document.id = signatory.asked_document_id
         where signatory.project_id = $1 and removed_at is null and ($2::bigint is null or signatory.id = $2)
         order by organisation collate "fr-x-icu", signatory.id"#,
        project.get(),
        only
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut answers = answers(conn, project, only).await?;
    let signatories = rows.into_iter().map(|row| Signatory {
        answers: answers.extract_if(.., |(id, _)| *id == row.id).map(|(_, answer)| answer).collect(),
        id: row.id,
        stakeholder: row.stakeholder,
        organisation: row.organisation,
        contact: row.contact,
        email: row.email,
        commitment: row.commitment,
        asked: row.asked,
        asked_at: row.asked_at,
        opened_at: row.opened_at,
        mailed_at: row.mailed_at,
        reminders: row.reminders,
        has_stopped: row.has_stopped,
        version: row.version,
    });
    Ok(signatories.collect())
}

/// One signatory of a dossier; nothing when it is another dossier's, or was taken out.
pub async fn signatory(conn: &mut PgConnection, project: ProjectId, id: i64) -> Result<Option<Signatory>, AppError> {
    Ok(signatories(conn, project, Some(id)).await?.pop())
}

async fn answers(conn: &mut PgConnection, project: ProjectId, only: Option<i64>) -> Result<Vec<(i64, Answer)>, AppError> {
    let rows = sqlx::query!(
        "select answer.id, signatory_id, kind, channel, document.number, answer.digest, name, function, organisation, reason, signed_on, answer.at, attachment_id
         from engagement_answer as answer
         join engagement_document as document on document.id = answer.document_id
         where answer.project_id = $1 and ($2::bigint is null or signatory_id = $2)
         order by answer.id",
        project.get(),
        only
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let answer = Answer {
                id: row.id,
                kind: AnswerKind::parse(&row.kind).ok_or_else(|| anyhow::anyhow!("unknown kind of answer"))?,
                number: row.number,
                digest: row.digest,
                is_paper: row.channel == "paper",
                name: row.name,
                function: row.function,
                organisation: row.organisation,
                reason: row.reason,
                signed_on: row.signed_on,
                at: row.at,
                scan: row.attachment_id,
            };
            Ok((row.signatory_id, answer))
        })
        .collect()
}

/// The version in force and how many signatures hold, for the deliverable's page.
pub async fn tally(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<(Option<i32>, i64)> {
    let row = sqlx::query!(
        r#"select (select max(number) from engagement_document where project_id = $1) as number,
             (select count(*)
              from engagement_signatory as signatory
              join lateral (
                select kind from engagement_answer where signatory_id = signatory.id and kind <> 'declined' order by id desc limit 1
              ) as last on last.kind = 'signed'
              where signatory.project_id = $1 and removed_at is null) as "signatures!""#,
        project.get()
    )
    .fetch_one(conn)
    .await?;
    Ok((row.number, row.signatures))
}

/// What the carrier chose; nothing chosen is nothing shown and nothing sent.
pub async fn setting(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Setting> {
    let row = sqlx::query_as!(Setting, "select names_signatories, reminds, version from engagement_setting where project_id = $1", project.get())
        .fetch_optional(conn)
        .await?;
    Ok(row.unwrap_or(Setting { names_signatories: false, reminds: false, version: 0 }))
}

/// Keeps what the carrier chose; false when somebody else chose meanwhile.
pub async fn choose(conn: &mut PgConnection, manager: &EngagementManager, choice: Setting) -> sqlx::Result<bool> {
    let kept = sqlx::query!(
        "insert into engagement_setting (project_id, names_signatories, reminds, account_id) values ($1, $2, $3, $4)
         on conflict (project_id) do update
         set names_signatories = excluded.names_signatories, reminds = excluded.reminds, account_id = excluded.account_id, version = engagement_setting.version + 1
         where engagement_setting.version = $5",
        manager.project().get(),
        choice.names_signatories,
        choice.reminds,
        manager.account().get(),
        choice.version
    )
    .execute(conn)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// The text as it is written now.
pub async fn draft(conn: &mut PgConnection, project: ProjectId) -> Result<Text, AppError> {
    let content = units::load(conn, project, &[SECTION, "perimeter_commune"]).await?;
    draft_of(conn, project, &content).await
}

/// The same, when the dossier's rows are at hand.
pub async fn draft_of(conn: &mut PgConnection, project: ProjectId, content: &Content) -> Result<Text, AppError> {
    let head = sqlx::query!(
        "select project.title, project.label, organisation.name
         from project
         join organisation on organisation.id = project.organisation_id
         where project.id = $1",
        project.get()
    )
    .fetch_one(conn)
    .await?;
    Ok(Text::draft(&head.title, &head.name, &head.label, content))
}

/// Freezes a text as the next version, under the dossier's lock; its id and number.
pub async fn publish(conn: &mut PgConnection, manager: &EngagementManager, text: &Text) -> sqlx::Result<(i64, i32)> {
    let project = manager.project().get();
    let number = sqlx::query_scalar!(r#"select coalesce(max(number), 0) + 1 as "number!" from engagement_document where project_id = $1"#, project)
        .fetch_one(&mut *conn)
        .await?;
    let content = text.canonical(number);
    let id = sqlx::query_scalar!(
        "insert into engagement_document (project_id, number, title, carrier, territory, objectives, principles, meaning, content, digest, account_id, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         returning id",
        project,
        number,
        text.title,
        text.carrier,
        text.territory,
        text.objectives,
        text.principles,
        text.meaning,
        content,
        text::digest(&content),
        manager.account().get(),
        manager.now()
    )
    .fetch_one(conn)
    .await?;
    Ok((id, number))
}

/// Somebody to put in the list.
#[derive(Debug)]
pub struct NewSignatory<'a> {
    /// Row of the stakeholder.
    pub stakeholder: Uuid,
    /// Its name.
    pub organisation: &'a str,
    /// Person to write to.
    pub contact: &'a str,
    /// Their address, when there is one.
    pub email: Option<&'a Email>,
}

/// Puts an organisation in the list; nothing when it is there already.
pub async fn add(conn: &mut PgConnection, manager: &EngagementManager, new: &NewSignatory<'_>) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "insert into engagement_signatory (project_id, stakeholder, organisation, contact, email, account_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (project_id, stakeholder) where removed_at is null do nothing
         returning id",
        manager.project().get(),
        new.stakeholder,
        new.organisation,
        new.contact,
        new.email.map_or("", Email::as_str),
        manager.account().get(),
        manager.now()
    )
    .fetch_optional(conn)
    .await
}

/// Changes the contact; links sent to another address die with it. False when somebody else changed it meanwhile.
pub async fn change_contact(
    conn: &mut PgConnection,
    manager: &EngagementManager,
    signatory: &Signatory,
    (contact, email): (&str, Option<&Email>),
    seen: i32,
) -> sqlx::Result<bool> {
    let email = email.map_or("", Email::as_str);
    let is_other = email != signatory.email;
    // Somebody else is to be asked from the start, unless the organisation has signed already.
    let is_fresh = is_other && signatory.signature().is_none();
    let changed = sqlx::query!(
        "update engagement_signatory
         set contact = $3, email = $4, version = version + 1, mailed_at = case when $5 then null else mailed_at end,
             opened_at = case when $5 then null else opened_at end,
             asked_document_id = case when $7 then null else asked_document_id end, asked_at = case when $7 then null else asked_at end, reminders_stopped_at = case when $5 then null else reminders_stopped_at end
         where id = $1 and project_id = $2 and version = $6 and removed_at is null",
        signatory.id,
        manager.project().get(),
        contact,
        email,
        is_other,
        seen,
        is_fresh
    )
    .execute(&mut *conn)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(false);
    }
    if is_other {
        super::links::revoke(conn, signatory.id, manager.now()).await?;
    }
    Ok(true)
}

/// Takes an organisation out of the list, with its links. Its answers stay where they are.
pub async fn take_out(conn: &mut PgConnection, manager: &EngagementManager, signatory: i64, seen: i32) -> sqlx::Result<bool> {
    let taken = sqlx::query!(
        "update engagement_signatory set removed_at = $4, version = version + 1
         where id = $1 and project_id = $2 and version = $3 and removed_at is null",
        signatory,
        manager.project().get(),
        seen,
        manager.now()
    )
    .execute(&mut *conn)
    .await?;
    if taken.rows_affected() == 1 {
        super::links::revoke(conn, signatory, manager.now()).await?;
    }
    Ok(taken.rows_affected() == 1)
}

/// Asks these signatories to sign that version, whether or not a mail leaves.
pub async fn ask(conn: &mut PgConnection, signatories: &[i64], document: i64, now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!(
        "update engagement_signatory set asked_document_id = $2, asked_at = $3, opened_at = null
         where id = any($1) and asked_document_id is distinct from $2",
        signatories,
        document,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
