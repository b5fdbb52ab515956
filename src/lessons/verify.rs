//! Invariants of lessons: what anybody reads holds nothing hidden, and is found by its own words alone.

use sqlx::PgConnection;

use super::model::Lesson;

/// Verifies every edition; how many there are, and what is wrong.
pub async fn verify(conn: &mut PgConnection) -> anyhow::Result<(usize, Vec<String>)> {
    let rows = sqlx::query!(r#"select project_id, no, body::text as "body!", search from lesson_edition order by project_id, no"#).fetch_all(conn).await?;
    let mut faults = Vec::new();
    for row in &rows {
        let lesson: Lesson = serde_json::from_str(&row.body)?;
        if lesson != lesson.shown() {
            faults.push(format!("dossier {}, fiche, édition {} : une partie non montrée est publiée", row.project_id, row.no));
        }
        if lesson.search() != row.search {
            faults.push(format!("dossier {}, fiche, édition {} : sa recherche ne suit pas son texte", row.project_id, row.no));
        }
    }
    Ok((rows.len(), faults))
}
