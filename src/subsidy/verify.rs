//! Invariants of the subsidy files, for `trame check`: every aid computed again, every state against its steps.

use sqlx::PgConnection;

use super::model::{EDGES, Rounding, Rule, Vat};
use crate::kit::values::Cents;

/// How many files there are, and what is wrong.
pub async fn verify(conn: &mut PgConnection) -> sqlx::Result<(usize, Vec<String>)> {
    let rows = sqlx::query!(
        r#"select project_id, application.state, quote_excluded_cents, quote_included_cents, cap_cents, rate_percent, vat, rounding, eligible_cents,
             aid_cents, project.subsidy_state
           from grant_application as application join project on project.id = application.project_id order by project_id"#
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut faults = Vec::new();
    for row in &rows {
        if row.subsidy_state != row.state {
            faults.push(format!("dossier {} : l’état gardé de la subvention n’est pas le sien", row.project_id));
        }
        let rule = row.vat.as_deref().and_then(Vat::parse).zip(row.rounding.as_deref().and_then(Rounding::parse)).zip(row.cap_cents.zip(row.rate_percent));
        let (Some(((vat, rounding), (cap, rate))), Some(quote)) = (rule, row.quote_excluded_cents.zip(row.quote_included_cents)) else {
            if row.state != "draft" {
                faults.push(format!("dossier {} : la demande déposée n’a pas sa règle", row.project_id));
            }
            continue;
        };
        let aid = Rule { cap: Cents::new(cap), rate, vat, rounding }.aid((Cents::new(quote.0), Cents::new(quote.1)));
        // Sent back or taken up again, its quote may change before it is deposited again.
        if !matches!(row.state.as_str(), "incomplete" | "draft") && (row.eligible_cents, row.aid_cents) != (Some(aid.eligible.get()), Some(aid.aid.get())) {
            faults.push(format!("dossier {} : aide gardée {:?}, calculée {}", row.project_id, row.aid_cents, aid.aid.get()));
        }
    }
    faults.extend(walks(conn).await?);
    faults.extend(edges(conn).await?);
    Ok((rows.len(), faults))
}

/// Each step starts where the one before ended, and the last one leads to the state.
async fn walks(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let wrong = sqlx::query_scalar!(
        r#"with walked as (
             select project_id, source, target, coalesce(lag(target) over (partition by project_id order by id), 'draft') as former,
               lead(id) over (partition by project_id order by id) is null as is_last
             from grant_event
           )
           select distinct application.project_id as "id!"
           from grant_application as application
           left join walked on walked.project_id = application.project_id
           where (walked.project_id is null and application.state <> 'draft')
             or walked.former <> walked.source
             or (walked.is_last and walked.target <> application.state)
             or (walked.project_id is not null
               and not exists(select from grant_edge as edge where edge.source = walked.source and edge.target = walked.target))"#
    )
    .fetch_all(conn)
    .await?;
    Ok(wrong.into_iter().map(|id| format!("dossier {id} : la demande de subvention ne suit pas ses étapes")).collect())
}

/// The database holds the very table of transitions of the program.
async fn edges(conn: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let held = sqlx::query!("select source, target from grant_edge").fetch_all(conn).await?;
    let is_same = held.len() == EDGES.len() && held.iter().all(|row| EDGES.iter().any(|(from, to)| from.as_str() == row.source && to.as_str() == row.target));
    Ok(if is_same { Vec::new() } else { vec!["subventions : la table des transitions n’est pas celle du programme".to_owned()] })
}
