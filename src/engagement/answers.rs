//! Answers: a signature, by link or on paper, feeds the commitment of its organisation; taking it back empties it again.
//!
//! A partner has no account. What an answer writes in the dossier bears the account that sent the link (or recorded the paper),
//! and the journal says that it is an answer: `engagement_signed`, `engagement_declined`, `engagement_withdrawn`
//! (`engagement_cancelled` by the team), whose subject is the answer’s id.

use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::links::{self, Partner};
use super::model::{AnswerKind, Document, Signatory};
use crate::access::{EngagementManager, PartWriter, Refusal, policy};
use crate::error::AppError;
use crate::framework::content::{Content, Unit, Value};
use crate::framework::standing::needed_for;
use crate::journal;
use crate::kit::ids::ProjectId;
use crate::kit::values::Line;
use crate::project::files::Received;
use crate::project::saving;
use crate::project::units::{self, Act, Change, Locked};
use crate::submission::store::remember;

/// Most answers of one signatory in a day: changing one's mind is free, flooding the team is not.
const MOST_A_DAY: usize = 20;

/// Who signs, as typed and read.
#[derive(Debug, Clone)]
pub struct Signer {
    /// Name.
    pub name: Line<120>,
    /// Function.
    pub function: Line<120>,
    /// On behalf of.
    pub organisation: Line<160>,
}

/// What came of an answer.
#[derive(Debug)]
pub enum Outcome {
    /// Kept, or kept already by the same sending; with the answer's id when it is new.
    Kept(Option<i64>),
    /// The text is no longer the one that was read.
    TextChanged,
}

/// An answer about to be kept: by whom the dossier is written, when, and by which form.
struct Entry<'a> {
    project: ProjectId,
    by: PartWriter,
    operation: Uuid,
    signatory: &'a Signatory,
    document: &'a Document,
}

/// The holder of a link signs the version of that digest; sent twice, it is one signature.
///
/// # Errors
/// When the bound is past under the lock, or beyond the answers of a day.
pub async fn sign(conn: &mut PgConnection, token: &str, seen: &Partner, (signer, digest): (&Signer, &str), operation: Uuid) -> Result<Outcome, AppError> {
    let (mut locked, partner) = enter(conn, token, seen, operation).await?;
    let document = partner.document()?;
    let holds = partner.signatory().signature().is_some_and(|signature| signature.number == document.number);
    if locked.done.is_some() || holds {
        return Ok(Outcome::Kept(None));
    }
    if crate::project::files::hex(&document.digest) != digest {
        return Ok(Outcome::TextChanged);
    }
    let entry = Entry::of(&locked, &partner, document, operation)?;
    let (day, _) = crate::kit::moment::paris_parts(entry.by.now());
    let id = entry.sign(conn, &mut locked, (signer, day), None).await?;
    Ok(Outcome::Kept(Some(id)))
}

/// The holder of a link declines the version shown, with a reason.
pub async fn decline(conn: &mut PgConnection, token: &str, seen: &Partner, reason: &str, operation: Uuid) -> Result<Outcome, AppError> {
    let (locked, partner) = enter(conn, token, seen, operation).await?;
    let document = partner.document()?;
    let holds = partner.signatory().signature().is_some_and(|signature| signature.number == document.number);
    let is_said = partner.signatory().answers.last().is_some_and(|answer| answer.kind == AnswerKind::Declined && answer.number == document.number);
    if locked.done.is_some() || holds || is_said {
        return Ok(Outcome::Kept(None));
    }
    let entry = Entry::of(&locked, &partner, document, operation)?;
    let id = entry.put(conn, (AnswerKind::Declined, false), reason).await?;
    // Nothing that is deposited changes: the dossier has no undeposited change for it.
    journal::record(conn, entry.project, entry.by.account(), "engagement_declined", &id.to_string(), entry.by.now()).await?;
    remember(conn, entry.project, entry.by.account(), operation, &entry.location()).await?;
    Ok(Outcome::Kept(Some(id)))
}

/// The holder of a link takes the signature back: it stays in the history, and no longer counts.
pub async fn withdraw(conn: &mut PgConnection, token: &str, seen: &Partner, operation: Uuid) -> Result<Outcome, AppError> {
    let (mut locked, partner) = enter(conn, token, seen, operation).await?;
    let Some(signature) = partner.signatory().signature().filter(|_| locked.done.is_none()) else { return Ok(Outcome::Kept(None)) };
    let document = partner.version(signature.number).ok_or_else(|| anyhow::anyhow!("a signature without its version"))?;
    let entry = Entry::of(&locked, &partner, document, operation)?;
    let id = entry.take_back(conn, &mut locked, false).await?;
    Ok(Outcome::Kept(Some(id)))
}

/// Locks the dossier, then reads the link again: what was true before the lock may have changed.
async fn enter(conn: &mut PgConnection, token: &str, seen: &Partner, operation: Uuid) -> Result<(Locked, Partner), AppError> {
    let locked = units::lock(conn, seen.project(), operation).await?;
    let partner = links::find(conn, token, seen.now()).await?.ok_or(AppError::NotFound)?;
    if locked.done.is_some() {
        return Ok((locked, partner));
    }
    policy::sign(locked.status, locked.closes_at, partner.now())?;
    let since = partner.now() - time::Duration::days(1);
    if partner.signatory().answers.iter().filter(|answer| answer.at > since).count() >= MOST_A_DAY {
        return Err(AppError::TooMany("Vous avez répondu vingt fois depuis hier. Attendez demain, ou écrivez à la personne qui vous a envoyé ce lien."));
    }
    Ok((locked, partner))
}

/// The team records a signature on paper, with its scan.
pub async fn record_paper(
    conn: &mut PgConnection,
    manager: &EngagementManager,
    (signatory, document): (&Signatory, &Document),
    (signer, signed_on, scan): (&Signer, Date, &Received),
    (locked, operation): (&mut Locked, Uuid),
) -> Result<i64, AppError> {
    let entry = Entry::team(locked, manager, (signatory, document), operation)?;
    entry.sign(conn, locked, (signer, signed_on), Some(scan)).await
}

/// The team takes back a signature that it had recorded by mistake.
pub async fn cancel_paper(
    conn: &mut PgConnection,
    manager: &EngagementManager,
    (signatory, document): (&Signatory, &Document),
    (locked, operation): (&mut Locked, Uuid),
) -> Result<i64, AppError> {
    let entry = Entry::team(locked, manager, (signatory, document), operation)?;
    entry.take_back(conn, locked, true).await
}

impl<'a> Entry<'a> {
    fn of(locked: &Locked, partner: &'a Partner, document: &'a Document, operation: Uuid) -> Result<Self, Refusal> {
        let by = PartWriter::of_partner(partner.project(), (locked.status, locked.closes_at), partner.sender(), partner.now())?;
        Ok(Self { project: partner.project(), by, operation, signatory: partner.signatory(), document })
    }

    fn team(locked: &Locked, manager: &EngagementManager, (signatory, document): (&'a Signatory, &'a Document), operation: Uuid) -> Result<Self, Refusal> {
        let by = manager.writer(&locked.ties(manager), &locked.facts(manager.facts()))?;
        Ok(Self { project: manager.project(), by, operation, signatory, document })
    }

    async fn sign(&self, conn: &mut PgConnection, locked: &mut Locked, (signer, day): (&Signer, Date), scan: Option<&Received>) -> Result<i64, AppError> {
        let mut content = self.rows(conn).await?;
        let mut unit = self.commitment(&content);
        unit.version += 1;
        for (key, value) in [
            ("stakeholder", self.signatory.stakeholder.to_string()),
            ("kind", "commitment_charter".to_owned()),
            ("signatory", signer.name.to_string()),
            ("function", signer.function.to_string()),
            ("signed_on", crate::kit::moment::iso_day(day)),
        ] {
            unit.fields.insert(key.to_owned(), Value::Text(value));
            unit.raw.remove(key);
        }
        let row = unit.row;
        let change = self.change(unit);
        content.put(change.unit.clone());
        let slot = match scan {
            Some(scan) => Some(self.attach(conn, row, scan).await?),
            None => None,
        };
        let id = sqlx::query_scalar!(
            "insert into engagement_answer (project_id, signatory_id, document_id, digest, kind, channel, name, function, organisation, signed_on, at, account_id, commitment, attachment_id)
             values ($1, $2, $3, $4, 'signed', $5, $6, $7, $8, $9, $10, $11, $12, $13)
             returning id",
            self.project.get(),
            self.signatory.id,
            self.document.id,
            self.document.digest,
            if slot.is_some() { "paper" } else { "link" },
            signer.name.as_str(),
            signer.function.as_str(),
            signer.organisation.as_str(),
            day,
            self.by.now(),
            self.by.account().get(),
            row,
            slot
        )
        .fetch_one(&mut *conn)
        .await?;
        sqlx::query!("update engagement_signatory set commitment = $2 where id = $1", self.signatory.id, row).execute(&mut *conn).await?;
        saving::refresh(locked, &content, &["commitment"]);
        let act = if slot.is_some() { "engagement_recorded" } else { "engagement_signed" };
        self.close(conn, locked, (act, id), &[change]).await?;
        Ok(id)
    }

    async fn take_back(&self, conn: &mut PgConnection, locked: &mut Locked, is_paper: bool) -> Result<i64, AppError> {
        let id = self.put(conn, (AnswerKind::Withdrawn, is_paper), "").await?;
        let mut content = self.rows(conn).await?;
        let mut changes = Vec::new();
        // The team may have taken the commitment's row out by itself: there is then nothing to empty.
        if let Some(mut unit) = self.signatory.commitment.and_then(|row| content.row("commitment", row)).cloned() {
            unit.version += 1;
            unit.fields.remove("signed_on");
            unit.raw.remove("signed_on");
            let change = self.change(unit);
            content.put(change.unit.clone());
            changes.push(change);
        }
        saving::refresh(locked, &content, &["commitment"]);
        let act = if is_paper { "engagement_cancelled" } else { "engagement_withdrawn" };
        self.close(conn, locked, (act, id), &changes).await?;
        Ok(id)
    }

    async fn rows(&self, conn: &mut PgConnection) -> Result<Content, AppError> {
        let mut kinds = needed_for(&["commitment"]);
        kinds.extend(["commitment", "stakeholder"]);
        units::load(conn, self.project, &kinds).await
    }

    /// The row that the signature feeds: its own, or one that already awaited this organisation's signature, or a new one.
    fn commitment(&self, content: &Content) -> Unit {
        let own = self.signatory.commitment.and_then(|row| content.row("commitment", row));
        let awaits = |unit: &&Unit| {
            unit.row_of("stakeholder") == Some(self.signatory.stakeholder) && !unit.has("signed_on") && matches!(unit.text("kind"), "" | "commitment_charter")
        };
        own.or_else(|| content.rows("commitment").find(awaits)).cloned().unwrap_or_else(|| {
            let last = content.rows("commitment").map(|unit| unit.position).max().unwrap_or(0);
            Unit { position: last + 1, ..Unit::blank("commitment", Uuid::now_v7(), None) }
        })
    }

    fn change(&self, unit: Unit) -> Change {
        Change { unit: Unit { author: Some(self.by.account()), at: self.by.now(), ..unit }, is_deleted: false, is_set_aside: false }
    }

    async fn attach(&self, conn: &mut PgConnection, row: Uuid, scan: &Received) -> sqlx::Result<Uuid> {
        let id = Uuid::now_v7();
        sqlx::query!(
            "insert into attachment (id, project_id, slot, name, mime, size, sha256, account_id, created_at, file)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            id,
            self.project.get(),
            format!("engagement:{row}"),
            scan.name,
            scan.mime,
            i64::try_from(scan.size).unwrap_or(i64::MAX),
            scan.digest,
            self.by.account().get(),
            self.by.now(),
            scan.file
        )
        .execute(conn)
        .await?;
        Ok(id)
    }

    async fn put(&self, conn: &mut PgConnection, (kind, is_paper): (AnswerKind, bool), reason: &str) -> sqlx::Result<i64> {
        sqlx::query_scalar!(
            "insert into engagement_answer (project_id, signatory_id, document_id, digest, kind, channel, reason, at, account_id, commitment)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             returning id",
            self.project.get(),
            self.signatory.id,
            self.document.id,
            self.document.digest,
            kind.as_str(),
            if is_paper { "paper" } else { "link" },
            reason,
            self.by.now(),
            self.by.account().get(),
            self.signatory.commitment
        )
        .fetch_one(conn)
        .await
    }

    /// Where a replay leads; read by the team's forms only, since a link's secret is never written in the database.
    fn location(&self) -> String {
        format!("/dossiers/{}/engagement", self.project)
    }

    /// New versions, history, journal, progress and operation, in one statement.
    async fn close(&self, conn: &mut PgConnection, locked: &Locked, (act, id): (&str, i64), changes: &[Change]) -> Result<(), AppError> {
        let location = self.location();
        let subject = id.to_string();
        let act = Act { by: &self.by, operation: self.operation, location: &location, act, subject: &subject };
        units::write(conn, locked, &act, changes).await
    }
}
