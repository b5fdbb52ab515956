//! Invariants of the document: digests computed again, signatures attached to a text that exists, commitments that they fed.

use sqlx::PgConnection;

use super::store;
use super::text;
use crate::kit::ids::ProjectId;

/// Verifies every document; how many versions, how many signatures, and what is wrong.
pub async fn verify(conn: &mut PgConnection) -> anyhow::Result<(usize, usize, Vec<String>)> {
    let mut faults = Vec::new();
    let projects = sqlx::query_scalar!("select distinct project_id from engagement_document order by project_id").fetch_all(&mut *conn).await?;
    let mut versions = 0;
    for project in projects {
        let documents = store::documents(conn, ProjectId(project)).await?;
        versions += documents.len();
        let numbers: Vec<i32> = documents.iter().rev().map(|document| document.number).collect();
        if numbers.iter().zip(1..).any(|(number, expected)| *number != expected) {
            faults.push(format!("dossier {project} : les versions du document d’engagement ne se suivent pas"));
        }
        for document in documents {
            if document.text.canonical(document.number) != document.content || text::digest(&document.content) != document.digest {
                faults.push(format!("dossier {project} : l’empreinte du document d’engagement, version {}, ne correspond pas au texte", document.number));
            }
        }
    }
    let signatures = sqlx::query!(
        r#"select answer.id, answer.project_id,
             document.digest = answer.digest as "is_same_text!",
             exists(select from unit_history as history
                    where history.project_id = answer.project_id and history.kind = 'commitment' and history.row = answer.commitment
                      and history.content->>'signed_on' = answer.signed_on::text
                      and history.content->>'stakeholder' = signatory.stakeholder::text and history.at = answer.at) as "is_kept!",
             answer.channel = 'link' or exists(
                    select from attachment
                    where attachment.id = answer.attachment_id and attachment.project_id = answer.project_id
                      and attachment.slot = 'engagement:' || answer.commitment::text) as "has_scan!",
             exists(select from journal
                    where journal.project_id = answer.project_id and journal.account_id = answer.account_id and journal.subject = answer.id::text
                      and journal.act = case answer.channel when 'link' then 'engagement_signed' else 'engagement_recorded' end) as "is_told!"
         from engagement_answer as answer
         join engagement_document as document on document.id = answer.document_id
         join engagement_signatory as signatory on signatory.id = answer.signatory_id
         where answer.kind = 'signed'
         order by answer.id"#
    )
    .fetch_all(conn)
    .await?;
    for row in &signatures {
        let wrongs = [
            (row.is_same_text, "n’est pas attachée au texte signé"),
            (row.is_kept, "n’a pas rempli d’engagement"),
            (row.has_scan, "n’a pas sa pièce numérisée"),
            (row.is_told, "manque au journal"),
        ];
        faults.extend(wrongs.iter().filter(|(holds, _)| !holds).map(|(_, wrong)| format!("dossier {} : la signature {} {wrong}", row.project_id, row.id)));
    }
    Ok((versions, signatures.len(), faults))
}
