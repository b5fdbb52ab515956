//! Invariants of the data: every kept figure computed again from its source, every digest, every chain, every file.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::advisory;
use crate::app::App;
use crate::decision;
use crate::engagement;
use crate::error::AppError;
use crate::framework::standing::Standing;
use crate::instruction;
use crate::journal::link;
use crate::kit::ids::{AccountId, ProjectId};
use crate::lessons;
use crate::project::{exchange, files, units};
use crate::review;
use crate::subsidy;
use crate::training;
use crate::{mail, messages};

/// What a verification counted, and what it found wrong.
#[derive(Debug, Default)]
pub struct Report {
    figures: Vec<(&'static str, usize)>,
    faults: Vec<String>,
}

impl Report {
    /// Nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    fn figure(&mut self, label: &'static str, count: usize) {
        self.figures.push((label, count));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (label, count) in &self.figures {
            writeln!(f, "{label} : {count}")?;
        }
        for fault in &self.faults {
            writeln!(f, "À CORRIGER  {fault}")?;
        }
        writeln!(f, "{}", if self.is_sound() { "Tout concorde." } else { "Des données ne concordent pas." })
    }
}

/// Verifies all the data.
///
/// # Errors
/// When the database or the data folder cannot be read.
pub async fn run(app: &App) -> anyhow::Result<Report> {
    let mut report = Report::default();
    // What is typed is read with the tables of now.
    app.nomenclature.follow(app).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut conn = app.db.acquire().await?;
    standings(&mut conn, &mut report).await?;
    board_facts(&mut conn, &mut report).await?;
    deposits(&mut conn, &mut report).await?;
    chains(&mut conn, &mut report).await?;
    histories(&mut conn, &mut report).await?;
    scores(&mut conn, &mut report).await?;
    engagements(&mut conn, &mut report).await?;
    batches(&mut conn, &mut report).await?;
    teams(&mut conn, &mut report).await?;
    instructions(&mut conn, &mut report).await?;
    decisions(&mut conn, &mut report).await?;
    lessons(&mut conn, &mut report).await?;
    trainings(&mut conn, &mut report).await?;
    missions(&mut conn, &mut report).await?;
    questions(&mut conn, &mut report).await?;
    letters(&mut conn, &mut report).await?;
    stored_files(app, &mut conn, &mut report).await?;
    Ok(report)
}

fn failed(error: AppError) -> anyhow::Error {
    match error {
        AppError::Internal(cause) => cause,
        other => anyhow::anyhow!("{other}"),
    }
}

/// Kept progress against the content.
async fn standings(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let kept =
        sqlx::query!(r#"select id, standing::text as "standing!", progress, commitments, missing from project order by id"#).fetch_all(&mut *conn).await?;
    report.figure("Dossiers", kept.len());
    for row in kept {
        let content = units::load_all(conn, ProjectId(row.id)).await.map_err(failed)?;
        let commitments = content.rows("commitment").filter(|unit| unit.has("signed_on")).count();
        // A dossier nobody has written in yet keeps an empty standing.
        if content.units.is_empty() && content.filled_slots.is_empty() {
            continue;
        }
        let standing = Standing::of(&content);
        let held: Standing = serde_json::from_str(&row.standing)?;
        if standing.progress().to_vec() != row.progress || standing.progress() != held.progress() {
            report.faults.push(format!("dossier {} : avancement gardé {:?}, calculé {:?}", row.id, row.progress, standing.progress()));
        }
        if usize::try_from(row.missing) != Ok(standing.missing()) {
            report.faults.push(format!("dossier {} : {} points bloquants gardés, {} comptés", row.id, row.missing, standing.missing()));
        }
        if usize::try_from(row.commitments) != Ok(commitments) {
            report.faults.push(format!("dossier {} : {} engagements gardés, {commitments} comptés", row.id, row.commitments));
        }
    }
    Ok(())
}

/// What the board keeps of each dossier, against its source.
async fn board_facts(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let wrong = sqlx::query_scalar!(
        "select project.id from project join board_fact as kept on kept.id = project.id
         where (project.showcase, project.commitments_expected, project.corrections_open, project.corrections_due)
           is distinct from (kept.showcase, kept.commitments_expected, kept.corrections_open, kept.corrections_due)
         order by project.id"
    )
    .fetch_all(conn)
    .await?;
    report.faults.extend(wrong.into_iter().map(|id| format!("dossier {id} : ce que le tableau en garde ne concorde pas")));
    Ok(())
}

/// Questions to the calls.
async fn questions(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let (count, faults) = crate::questions::verify::verify(conn).await?;
    report.figure("Questions", count);
    report.faults.extend(faults);
    Ok(())
}

/// Deposits against their digests.
async fn deposits(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let rows = sqlx::query!("select reference, content, digest from submission order by id").fetch_all(&mut *conn).await?;
    report.figure("Dépôts", rows.len());
    for row in rows {
        if Sha256::digest(row.content.as_bytes()).as_slice() != row.digest {
            report.faults.push(format!("dépôt {} : l’empreinte ne correspond pas au contenu", row.reference));
        }
    }
    let wrong = sqlx::query_scalar!(
        "select project.id from project join submission on submission.id = project.submission_id
         where (submission.project_id, submission.number, submission.received_at) is distinct from (project.id, project.deposit_number, project.deposited_at)"
    )
    .fetch_all(conn)
    .await?;
    report.faults.extend(wrong.into_iter().map(|id| format!("dossier {id} : le numéro ou l’instant du dernier dépôt n’est pas celui du dépôt gardé")));
    Ok(())
}

/// Chains of the journal.
async fn chains(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let rows = sqlx::query!(
        r#"select project_id as "project_id!", seq as "seq!", at, account_id, act, subject, hash as "hash!"
         from journal where project_id is not null order by project_id, seq"#
    )
    .fetch_all(&mut *conn)
    .await?;
    report.figure("Lignes de journal", rows.len());
    let mut last: (i64, i64, Vec<u8>) = (0, 0, Vec::new());
    for row in rows {
        if last.0 != row.project_id {
            last = (row.project_id, 0, Vec::new());
        }
        let hash = link(&last.2, ProjectId(row.project_id), row.seq, AccountId(row.account_id.unwrap_or_default()), &row.act, &row.subject, row.at);
        if row.seq != last.1 + 1 || hash != row.hash {
            report.faults.push(format!("dossier {} : la chaîne du journal est rompue à la ligne {}", row.project_id, row.seq));
        }
        last = (row.project_id, row.seq, row.hash);
    }
    let loose = sqlx::query_scalar!(
        "select project.id from project
         where journal_seq <> coalesce((select max(seq) from journal where journal.project_id = project.id), 0)"
    )
    .fetch_all(conn)
    .await?;
    report.faults.extend(loose.into_iter().map(|id| format!("dossier {id} : la tête du journal ne suit pas sa chaîne")));
    Ok(())
}

/// Entries of the histories against the versions they gather: each version in one, of the same author.
async fn histories(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let entries = sqlx::query_scalar!(r#"select count(*) as "count!" from history_entry"#).fetch_one(&mut *conn).await?;
    report.figure("Entrées d’historique", usize::try_from(entries).unwrap_or(0));
    let wrong = sqlx::query_scalar!(
        r#"with gathered as (
           select entry.id, entry.project_id, entry.saves, count(line.id) as lines, max(line.id) = entry.last_id as is_last
           from history_entry as entry
           left join unit_history as line
             on line.project_id = entry.project_id and line.kind = entry.kind and line.row = entry.row and line.account_id = entry.account_id
             and case when entry.act = 'set_aside' then line.id = entry.last_id
                      else not line.is_set_aside and line.version between entry.first_version and entry.last_version end
           where entry.last_id is not null
           group by entry.id
         )
         select project_id as "project_id!" from gathered where lines <> saves or is_last is not true
         union all
         select project_id from unit_history group by project_id
         having count(*) <> (select coalesce(sum(saves), 0) from history_entry
                             where history_entry.project_id = unit_history.project_id and last_id is not null)"#
    )
    .fetch_all(conn)
    .await?;
    report.faults.extend(wrong.into_iter().map(|id| format!("dossier {id} : une entrée d’historique ne suit pas ses enregistrements")));
    Ok(())
}

/// Kept scores against the marks.
async fn scores(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let (reviews, faults) = review::verify::verify(conn).await?;
    report.figure("Évaluations", reviews);
    report.faults.extend(faults);
    Ok(())
}

/// Engagement documents against their digests, signatures against the texts and the commitments.
async fn engagements(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let (versions, signatures, faults) = engagement::verify::verify(conn).await?;
    report.figure("Versions de documents d’engagement", versions);
    report.figure("Signatures", signatures);
    report.faults.extend(faults);
    Ok(())
}

/// Kept counts of imports and copies against the rows they wrote.
async fn batches(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let (acts, faults) = exchange::store::verify(conn).await?;
    report.figure("Imports et copies", acts);
    report.faults.extend(faults);
    Ok(())
}

/// Comments answer the comment that opens their thread, where it stands; a proposal of ownership comes from an owner.
async fn teams(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let comments = sqlx::query_scalar!(r#"select count(*) as "n!" from comment"#).fetch_one(&mut *conn).await?;
    report.figure("Commentaires", usize::try_from(comments).unwrap_or_default());
    let lost = sqlx::query_scalar!(
        "select reply.id from comment as reply join comment as root on root.id = reply.thread_id
         where root.thread_id is not null or (root.kind, root.row, root.item) <> (reply.kind, reply.row, reply.item)"
    )
    .fetch_all(&mut *conn)
    .await?;
    report.faults.extend(lost.into_iter().map(|id| format!("commentaire {id} : il ne suit pas le fil qu’il nomme")));
    let orphans = sqlx::query_scalar!(
        "select handover.project_id from handover
         where accepted_at is null and declined_at is null and withdrawn_at is null
           and not exists(select from project_member as member
                          where member.project_id = handover.project_id and member.account_id = from_account and member.role = 'owner')"
    )
    .fetch_all(conn)
    .await?;
    report.faults.extend(orphans.into_iter().map(|id| format!("dossier {id} : le portage y est proposé par une personne qui n’est pas porteur")));
    Ok(())
}

/// States against requests for correction and verdicts; complements against what was asked.
async fn instructions(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let (corrections, opinions, faults) = instruction::verify::verify(conn).await?;
    report.figure("Demandes de correction", corrections);
    report.figure("Avis extérieurs", opinions);
    report.faults.extend(faults);
    Ok(())
}

/// States against their transitions, results against the instances that gave them.
async fn decisions(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let (outcomes, changes, faults) = decision::verify::verify(conn).await?;
    report.figure("Avis et décisions", outcomes);
    report.figure("Changements d’état", changes);
    report.faults.extend(faults);
    Ok(())
}

/// Nothing hidden of a lesson is published, and its search looks in what is read.
async fn lessons(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let (editions, faults) = lessons::verify::verify(conn).await?;
    report.figure("Fiches publiées", editions);
    report.faults.extend(faults);
    Ok(())
}

/// Seats against the rooms, waiting lists against their order, kept counts against the presences.
async fn trainings(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let (enrolments, presences, faults) = training::verify::verify(conn).await?;
    report.figure("Inscriptions aux formations", enrolments);
    report.figure("Présences aux formations", presences);
    report.faults.extend(faults);
    Ok(())
}

/// Copies of terms of reference against their digests, retained offers against their dossiers, aids against their rules.
async fn missions(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let (copies, offers, faults) = advisory::verify(conn).await?;
    report.figure("Versions de cahiers des charges", copies);
    report.figure("Offres de prestataires", offers);
    report.faults.extend(faults);
    let (applications, faults) = subsidy::verify(conn).await?;
    report.figure("Demandes de subvention", applications);
    report.faults.extend(faults);
    Ok(())
}

/// Kept counts of threads against their messages; mails and notices against themselves.
async fn letters(conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let (held, faults) = messages::verify::verify(conn).await?;
    report.figure("Messages", held);
    report.faults.extend(faults);
    let (mails, notices, faults) = mail::verify::verify(conn).await?;
    report.figure("Courriels", mails);
    report.figure("Avis", notices);
    report.faults.extend(faults);
    Ok(())
}

/// Rows that name a file against the files that exist.
async fn stored_files(app: &App, conn: &mut PgConnection, report: &mut Report) -> anyhow::Result<()> {
    let named = named_files(conn).await?;
    report.figure("Fichiers", named.len());
    for file in &named {
        if !files::path(&app.config.data, file).exists() {
            report.faults.push(format!("fichier absent : {file}"));
        }
    }
    Ok(())
}

async fn named_files(conn: &mut PgConnection) -> sqlx::Result<HashSet<String>> {
    let files = sqlx::query_scalar!(
        r#"select file as "file!" from attachment union all select file from call_document union all select file from mission_file
           union all select file from message_file"#
    )
    .fetch_all(conn)
    .await?;
    Ok(files.into_iter().collect())
}

/// Hourly cleaning: files that no row names, counters and suspended forms past their use.
///
/// # Errors
/// When the database or the data folder cannot be read.
pub async fn sweep(app: &App) -> anyhow::Result<()> {
    let now = app.now();
    let mut conn = app.db.acquire().await?;
    sqlx::query!("delete from throttle where at < $1::timestamptz - interval '1 day'", now).execute(&mut *conn).await?;
    sqlx::query!("delete from suspended_post where created_at < $1::timestamptz - interval '7 days'", now).execute(&mut *conn).await?;
    // Ended sessions are kept as long as a suspended form may need to know whose it was.
    sqlx::query!("delete from session where expires_at < $1::timestamptz - interval '60 days'", now).execute(&mut *conn).await?;
    sqlx::query!("delete from password_reset where expires_at < $1::timestamptz - interval '60 days'", now).execute(&mut *conn).await?;
    sqlx::query!("delete from perimeter_act where at < $1::timestamptz - interval '90 days'", now).execute(&mut *conn).await?;
    sqlx::query!("delete from operation where at < $1::timestamptz - interval '90 days'", now).execute(&mut *conn).await?;
    exchange::store::sweep(&mut conn, now).await?;
    let named = named_files(&mut conn).await?;
    let data = app.config.data.clone();
    let swept = tokio::task::spawn_blocking(move || -> std::io::Result<usize> {
        crate::documents::sweep(&data)?;
        files::sweep(&data, |file| named.contains(file), Duration::from_hours(1))
    })
    .await??;
    if swept > 0 {
        tracing::info!(swept, "orphan files removed");
    }
    Ok(())
}
