//! The delivered reviews of the dossiers whose scores a reader may see, mark by mark.

use serde::Deserialize;
use sqlx::PgConnection;

use super::super::store::HIDING;
use crate::access::BoardReader;
use crate::error::AppError;
use crate::kit::ids::ProjectId;

/// A dossier and its delivered reviews.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Dossier.
    pub id: ProjectId,
    /// What it is known by whatever the order of typing: title, carrier and place; its number when another has the same.
    pub key: String,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// Reviews.
    pub reviews: Vec<Given>,
}

/// A delivered review: who, and the marks in the order of the call's criteria.
#[derive(Debug, Clone, Deserialize)]
pub struct Given {
    /// Address of the author, which no other account has.
    pub email: String,
    /// Name.
    pub name: String,
    /// From 0 to 4; none without.
    pub marks: Vec<Option<u8>>,
}

/// Dossiers of the call that have a delivered review and whose scores the reader may see: the rule of the board.
pub async fn entries(conn: &mut PgConnection, reader: &BoardReader) -> Result<Vec<Entry>, AppError> {
    let rows = sqlx::query!(
        r#"with away as materialized (
           select project_id from kept_away where account_id = $2
           union all
           select project_id from review where account_id = $2 and $3 || ' ' || status = any($4)
         )
         select project.id, project.number, project.title, project.label,
           (select json_agg(json_build_object('email', account.email, 'name', account.name, 'marks', array(
              select mark.value from criterion
              left join mark on mark.criterion_id = criterion.id and mark.review_id = review.id
              where criterion.call_id = $1
              order by criterion.position, criterion.id)))::text
            from review
            join account on account.id = review.account_id
            where review.project_id = project.id and review.status = 'delivered') as "reviews!"
         from project
         where project.call_id = $1 and project.reviews_delivered > 0 and project.id <> all(array(select project_id from away))
         order by project.title collate "fr-x-icu", project.id"#,
        reader.call().id.get(),
        reader.account().get(),
        reader.call().visible.as_str(),
        &HIDING[..]
    )
    .fetch_all(conn)
    .await?;
    let mut entries = Vec::new();
    for row in rows {
        let reviews = serde_json::from_str(&row.reviews).map_err(anyhow::Error::from)?;
        let key = format!("{}\n{}", row.title, row.label);
        entries.push((row.number, Entry { id: ProjectId(row.id), key, title: row.title, label: row.label, reviews }));
    }
    Ok(apart(entries))
}

/// Dossiers of one title, carrier and place are told apart by their numbers.
fn apart(entries: Vec<(i32, Entry)>) -> Vec<Entry> {
    let mut held = std::collections::HashSet::new();
    let named = |(number, entry): (i32, Entry)| {
        let key = if held.insert(entry.key.clone()) { entry.key } else { format!("{}\n{number}", entry.key) };
        Entry { key, ..entry }
    };
    entries.into_iter().map(named).collect()
}
