//! « Depuis ma dernière lecture » : which deposits of a dossier came since the person last opened one.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::Dossier;
use crate::kit::french::count;
use crate::kit::ids::SubmissionId;
use crate::kit::moment;

/// What came since the last reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// "Depuis votre dernière lecture, le lundi 2 novembre 2015".
    pub heading: String,
    /// What came.
    pub sentence: String,
    /// The comparison.
    pub href: String,
}

struct Row {
    read_at: OffsetDateTime,
    former: i32,
    number: i32,
    reference: String,
    channel: String,
    received_at: OffsetDateTime,
}

/// What came since the person last opened a deposit of the dossier; nothing when they never did, or when nothing came.
pub async fn since(conn: &mut PgConnection, dossier: &Dossier) -> sqlx::Result<Option<Since>> {
    let rows = sqlx::query_as!(
        Row,
        "select reading.at as read_at, former.number as former, submission.number, submission.reference, submission.channel, submission.received_at
         from dossier_reading as reading
         join submission as former on former.id = reading.submission_id
         join submission on submission.project_id = reading.project_id and submission.number > former.number
         where reading.account_id = $1 and reading.project_id = $2
         order by submission.number",
        dossier.account().get(),
        dossier.project().get()
    )
    .fetch_all(conn)
    .await?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
    let came: Vec<String> = rows
        .iter()
        .map(|row| {
            let what = if row.channel == "correction" { "complément demandé" } else { "dépôt" };
            format!("{what} n°\u{a0}{}, {}", row.reference, moment::near(row.received_at, dossier.now()))
        })
        .collect();
    Ok(Some(Since {
        heading: format!("Depuis votre dernière lecture, le {}", moment::date(first.read_at)),
        sentence: format!("{}\u{a0}: {}.", count(rows.len(), "dépôt est arrivé", "dépôts sont arrivés"), came.join("\u{202f}; ")),
        href: dossier.url(&format!("/comparaison?de={}&a={}", first.former, last.number)),
    }))
}

/// Remembers that the person opened a deposit; the last one stays remembered.
pub async fn read(conn: &mut PgConnection, dossier: &Dossier, submission: SubmissionId) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into dossier_reading (account_id, project_id, submission_id, at)
         select $1, project_id, id, $4 from submission where project_id = $2 and id = $3
         on conflict (account_id, project_id) do update set submission_id = excluded.submission_id, at = excluded.at
           where excluded.submission_id >= dossier_reading.submission_id",
        dossier.account().get(),
        dossier.project().get(),
        submission.get(),
        dossier.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}
