//! Fields that a template or a grouped message fills for each dossier: « {titre} », « {porteur} »…

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::policy::closes_at;
use crate::kit::moment;

/// What may be filled: as written, and what it becomes.
pub const FIELDS: [(&str, &str); 5] = [
    ("{titre}", "le titre du dossier"),
    ("{numero}", "son numéro dans l’appel"),
    ("{porteur}", "le nom du porteur"),
    ("{appel}", "le nom de l’appel"),
    ("{echeance}", "la date limite de dépôt de ce dossier"),
];

/// Values for one dossier.
#[derive(Debug, Clone)]
pub struct Fields {
    /// Dossier.
    pub project: i64,
    /// Its title.
    pub title: String,
    number: i32,
    owner: String,
    call: String,
    due: OffsetDateTime,
}

impl Fields {
    /// A text with its fields filled, in one pass: a title that looks like a field stays a title.
    pub fn fill(&self, text: &str) -> String {
        let mut left = text;
        let mut filled = String::with_capacity(text.len());
        while let Some(at) = left.find('{') {
            filled.push_str(&left[..at]);
            left = &left[at..];
            let found = FIELDS.iter().find(|(field, _)| left.starts_with(field));
            let Some((field, _)) = found else {
                filled.push('{');
                left = &left[1..];
                continue;
            };
            filled.push_str(&self.value(field));
            left = &left[field.len()..];
        }
        filled + left
    }

    fn value(&self, field: &str) -> String {
        match field {
            "{titre}" => self.title.clone(),
            "{numero}" => self.number.to_string(),
            "{porteur}" => self.owner.clone(),
            "{appel}" => self.call.clone(),
            _ => moment::until(self.due),
        }
    }
}

/// A field that a text names and that does not exist.
pub fn unknown(text: &str) -> Option<String> {
    let mut left = text;
    while let Some(at) = left.find('{') {
        left = &left[at..];
        let end = left.find('}')?;
        let field = &left[..=end];
        let is_word = field.chars().count() < 30 && field[1..end].chars().all(|c| c.is_alphanumeric() || c == '_');
        if is_word && FIELDS.iter().all(|(known, _)| *known != field) {
            return Some(format!("Le champ «\u{a0}{field}\u{a0}» n’existe pas. Champs possibles\u{a0}: {}.", FIELDS.map(|(field, _)| field).join(", ")));
        }
        left = &left[1..];
    }
    None
}

/// Values for those dossiers, in the order of their numbers, in one statement.
pub async fn of(conn: &mut PgConnection, projects: &[i64]) -> sqlx::Result<Vec<Fields>> {
    let rows = sqlx::query!(
        r#"select project.id, project.title, project.number, call.short_title, call.edition, call.deposit_bound, call.grace_minutes, project.extended_until,
             coalesce((select string_agg(account.name, ', ' order by account.name)
                       from project_member as member join account on account.id = member.account_id
                       where member.project_id = project.id and member.role = 'owner'), '') as "owner!"
         from project join call on call.id = project.call_id
         where project.id = any($1)
         order by project.number"#,
        projects
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Fields {
            project: row.id,
            title: row.title,
            number: row.number,
            owner: row.owner,
            call: format!("{} {}", row.short_title, row.edition),
            due: closes_at(row.deposit_bound, row.grace_minutes, row.extended_until),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn fields_are_filled_once_and_unknown_ones_are_named() {
        let fields = Fields {
            project: 1,
            title: "Rives {numero}".into(),
            number: 4,
            owner: "Ana".into(),
            call: "EIT 2015".into(),
            due: datetime!(2015-10-14 22:00 UTC),
        };
        assert_eq!(fields.fill("Bonjour {porteur}, {titre} (n° {numero}) {x} {"), "Bonjour Ana, Rives {numero} (n° 4) {x} {");
        let due = fields.fill("avant le {echeance}").replace('\u{a0}', " ");
        assert!(due.contains("14 octobre 2015"), "{due}");
        assert!(unknown("{porteur} et { a } et {titre}").is_none());
        assert!(unknown("{titre} {nom}").expect("unknown").contains("{nom}"));
    }
}
