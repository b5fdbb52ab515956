//! Perimeters of the dossiers of a page, in one statement.

use std::collections::HashMap;

use sqlx::PgConnection;

use crate::access::BoardReader;
use crate::access::policy::RegionSource;

/// Communes of the perimeter by INSEE code, from where the reader may read it, and the commune of the carrier.
pub type Perimeter = (Vec<String>, Option<String>);

/// Perimeters of those dossiers of the reader's call, each from its draft, from its last deposit, or from neither.
pub async fn perimeters(conn: &mut PgConnection, reader: &BoardReader, sourced: &[(i64, Option<RegionSource>)]) -> sqlx::Result<HashMap<i64, Perimeter>> {
    let of = |wanted: Option<RegionSource>| sourced.iter().filter(|(_, source)| *source == wanted).map(|(id, _)| *id).collect::<Vec<i64>>();
    let ids: Vec<i64> = sourced.iter().map(|(id, _)| *id).collect();
    let rows = sqlx::query!(
        r#"select project.id, organisation.commune,
             case
               when project.id = any($3) then array(
                 select distinct unit.content ->> 'commune' from unit
                 where unit.project_id = project.id and unit.kind = 'perimeter_commune' and not unit.is_deleted and unit.content ->> 'commune' is not null
                 order by 1)
               when project.id = any($4) then coalesce((select communes from submission_perimeter where submission_id = project.submission_id), '{}')
               else '{}' end as "communes!"
           from project
           join organisation on organisation.id = project.organisation_id
           where project.call_id = $1 and project.id = any($2)"#,
        reader.call().id.get(),
        &ids,
        &of(Some(RegionSource::Draft)),
        &of(Some(RegionSource::Deposit))
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, (row.communes, row.commune))).collect())
}
