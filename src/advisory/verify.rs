//! Invariants of the branch, for `trame check`.

use sqlx::PgConnection;

use super::model::Terms;

/// How many copies and offers are kept, and what is wrong.
pub async fn verify(conn: &mut PgConnection) -> anyhow::Result<(usize, usize, Vec<String>)> {
    let mut faults = Vec::new();
    let copies = sqlx::query!("select project_id, number, content, digest from terms_version order by project_id, number").fetch_all(&mut *conn).await?;
    for copy in &copies {
        let is_sealed = serde_json::from_str::<Terms>(&copy.content).ok().and_then(|terms| terms.seal().ok()).is_some_and(|(_, digest)| digest == copy.digest);
        if !is_sealed {
            faults.push(format!("dossier {} : le cahier des charges n° {} n’a plus son empreinte", copy.project_id, copy.number));
        }
    }
    let offers = sqlx::query_scalar!(r#"select count(*) as "n!" from tender where received_on is not null"#).fetch_one(&mut *conn).await?;
    let wrong = sqlx::query_scalar!(
        r#"select project.id as "id!" from project
           left join tender_choice as choice on choice.project_id = project.id and choice.undone_at is null
           left join tender on tender.id = choice.tender_id
           where (project.consultant_state = 'retained') <> (choice.id is not null)
             or (choice.id is not null and (tender.project_id <> project.id or tender.received_on is null or tender.removed_at is not null))"#
    )
    .fetch_all(&mut *conn)
    .await?;
    faults.extend(wrong.into_iter().map(|id| format!("dossier {id} : l’offre retenue n’est pas une offre reçue du dossier")));
    let stray = sqlx::query_scalar!(
        r#"select section.project_id as "id!" from terms_section as section
           left join terms_history as past on past.project_id = section.project_id and past.key = section.key and past.version = section.version
           where past.body is distinct from section.body or past.scope is distinct from section.scope or past.title is distinct from section.title"#
    )
    .fetch_all(conn)
    .await?;
    faults.extend(stray.into_iter().map(|id| format!("dossier {id} : une section du cahier des charges ne suit pas son historique")));
    Ok((copies.len(), usize::try_from(offers).unwrap_or(0), faults))
}
