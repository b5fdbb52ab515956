//! What waits for somebody, in every role that they hold: what, why, until when; one statement.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::access::{Thread, Visitor};
use crate::kit::french::count;
use crate::kit::moment;
use crate::mail::messages::thread_name;

/// Something to do.
#[derive(Debug)]
pub struct Task {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
    /// Until when; empty when nothing presses.
    pub until: String,
    /// Where.
    pub href: String,
    /// The instant is past.
    pub is_late: bool,
}

/// A line of the statement: what it is, of what, how many, until when.
struct Row {
    kind: String,
    title: String,
    key: String,
    id: i64,
    number: i64,
    due_at: Option<OffsetDateTime>,
    due_on: Option<Date>,
}

/// Lines at most.
const MOST: i64 = 40;

/// What waits for that person. Nothing of a dossier that they stay away from, nor of a team that they left.
#[expect(clippy::too_many_lines, reason = "one statement: its kinds are ordered together by what presses most")]
pub async fn tasks(conn: &mut PgConnection, visitor: &Visitor, now: OffsetDateTime) -> sqlx::Result<Vec<Task>> {
    let rows = sqlx::query_as!(
        Row,
        r#"with mine as (
           select project.id, project.title, project.status, project.call_id, member.role, project.subsidy_state,
             greatest(call.deposit_bound + call.grace_minutes * interval '1 minute', project.extended_until) as closes_at,
             project.content_version, project.deposited_version
           from project_member as member
           join project on project.id = member.project_id
           join call on call.id = project.call_id
           where member.account_id = $1 and coalesce(member.ends_at > $2, true)
             and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $1)
         ), managed as (
           select call.id, call.slug, call.short_title, call.edition from call_role as held join call on call.id = held.call_id
           where held.account_id = $1 and held.role = 'manager'
         ), followed as (
           select project.id, project.title, project.status, project.call_id, project.subsidy_state,
             greatest(call.deposit_bound + call.grace_minutes * interval '1 minute', project.extended_until) as closes_at, instruction.officer_id
           from project
           join managed on managed.id = project.call_id
           join call on call.id = project.call_id
           left join instruction on instruction.project_id = project.id
           where not exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = $1)
         )
         select kind as "kind!", title as "title!", key as "key!", id as "id!", number as "number!", due_at, due_on from (
           select 'bound' as kind, title, '' as key, id, case when deposited_version is null then 0 else 1 end::bigint as number, closes_at as due_at, null::date as due_on
           from mine
           where status in ('draft', 'deposited') and closes_at > $2 and role <> 'reader' and (deposited_version is null or deposited_version < content_version)
           union all
           select 'correction', mine.title, '', mine.id, correction.number, correction.due_at, null
           from mine join correction on correction.project_id = mine.id
           where mine.role <> 'reader' and correction.answered_at is null and correction.closed_at is null
           union all
           select 'answered', followed.title, '', followed.id, correction.number, null, null
           from followed join correction on correction.project_id = followed.id
           where correction.answered_at is not null and correction.closed_at is null and (followed.officer_id is null or followed.officer_id = $1)
           union all
           select 'admit', title, '', id, 0, null, null from followed where status = 'admissibility' and officer_id = $1
           union all
           select 'open', managed.short_title || ' ' || managed.edition, managed.slug, 0, count(*), null, null
           from followed join managed on managed.id = followed.call_id
           where followed.status = 'deposited' and followed.closes_at <= $2
           group by managed.id, managed.short_title, managed.edition, managed.slug
           union all
           select 'opinion', followed.title, '', followed.id, count(*), min(opinion.due_at), null
           from followed join outside_opinion as opinion on opinion.project_id = followed.id
           where opinion.answered_at is null and opinion.revoked_at is null and opinion.account_id = $1
           group by followed.id, followed.title
           union all
           select 'review', call.short_title || ' ' || call.edition, call.slug, 0, count(*), min(call.review_due_at), null
           from review
           join project on project.id = review.project_id
           join call on call.id = project.call_id
           join call_role as held on held.call_id = call.id and held.account_id = $1 and held.role = 'reviewer'
           where review.account_id = $1 and review.status in ('not_started', 'draft') and project.status = 'in_review'
             and not exists(select from kept_away where kept_away.project_id = project.id and kept_away.account_id = $1)
           group by call.id, call.short_title, call.edition, call.slug
           union all
           select distinct on (meeting.id) 'meeting', call.short_title || ' ' || call.edition, call.slug, meeting.number::bigint, 0, meeting.starts_at, null::date
           from call_role as held
           join call on call.id = held.call_id
           join meeting on meeting.call_id = call.id
           where held.account_id = $1 and held.role in ('manager', 'committee') and meeting.status in ('planned', 'open')
             and meeting.starts_at > $2::timestamptz - interval '12 hours'
           union all
           select 'task', task.text, call.slug, meeting.number::bigint, 0, null, task.due_on
           from meeting_task as task
           join meeting on meeting.id = task.meeting_id
           join call on call.id = meeting.call_id
           where task.account_id = $1 and task.done_at is null
             and exists(select from call_role as held where held.call_id = call.id and held.account_id = $1 and held.role in ('manager', 'committee'))
             and not exists(select from kept_away where kept_away.project_id = task.project_id and kept_away.account_id = $1)
           union all
           select 'thread', project.title, waiting.thread, project.id, waiting.unread, null, null
           from thread_unread as waiting
           join thread_reader($2) as reader on reader.project_id = waiting.project_id and reader.thread = waiting.thread and reader.account_id = $1
           join project on project.id = waiting.project_id
           where waiting.account_id = $1 and waiting.unread > 0
           union all
           select 'enrol', training.title, call.slug, training.number::bigint, 0, least(training.closes_at, days.last), null
           from training
           join call on call.id = training.call_id and not call.is_template
           cross join lateral (
             select max((session.day + session.starts) at time zone 'Europe/Paris') as last
             from training_session as session where session.training_id = training.id and session.cancelled_at is null) as days
           where training.cancelled_at is null and coalesce(training.opens_at <= $2, true) and coalesce(training.closes_at > $2, true) and days.last > $2
             and exists(select from carrier_person($2) as person where person.call_id = training.call_id and person.account_id = $1)
             and not exists(select from enrolment where enrolment.training_id = training.id and enrolment.account_id = $1)
           union all
           select 'training', training.title, call.slug, training.number::bigint, 0, min((session.day + session.starts) at time zone 'Europe/Paris'), null
           from enrolment
           join training on training.id = enrolment.training_id and training.cancelled_at is null
           join call on call.id = training.call_id
           join training_session as session on session.training_id = training.id and session.cancelled_at is null
           where enrolment.account_id = $1 and enrolment.status = 'enrolled' and not session.id = any(enrolment.skips)
             and (session.day + session.starts) at time zone 'Europe/Paris' > $2
             and exists(select from carrier_person($2) as person where person.call_id = training.call_id and person.account_id = $1)
           group by training.id, training.title, training.number, call.slug
           union all
           select 'question', question.subject, call.slug, question.number::bigint, 0, null, null
           from question_reader($2) as reader
           join question on question.id = reader.question_id
           join call on call.id = question.call_id
           left join question_read as mine on mine.question_id = question.id and mine.account_id = $1
           where reader.account_id = $1 and reader.side = 'asker'
             and exists(select from question_message as said
                        where said.question_id = question.id and said.account_id <> $1 and said.id > coalesce(mine.message_id, 0))
           union all
           select 'questions', call.short_title || ' ' || call.edition, call.slug, 0, count(*), null, null
           from question_reader($2) as reader
           join question on question.id = reader.question_id and question.closed_at is null
           join call on call.id = question.call_id
           where reader.account_id = $1 and reader.side = 'manager'
             and (select side from question_message as said where said.question_id = question.id order by id desc limit 1) = 'asker'
           group by call.id, call.short_title, call.edition, call.slug
           union all
           select 'grant_incomplete', title, '', id, 0, null, null from mine where subsidy_state = 'incomplete' and role in ('owner', 'editor')
           union all
           select 'grant_refused', mine.title, '', mine.id, 0, null, null
           from mine
           where subsidy_state = 'refused' and role in ('owner', 'editor')
             and exists(select from grant_event as said where said.project_id = mine.id and said.target = 'refused' and said.at > $2::timestamptz - interval '30 days')
           union all
           select 'grant_' || followed.subsidy_state, managed.short_title || ' ' || managed.edition, managed.slug, 0, count(*), null, null
           from followed join managed on managed.id = followed.call_id
           where followed.subsidy_state in ('deposited', 'granted')
           group by managed.id, managed.short_title, managed.edition, managed.slug, followed.subsidy_state
           union all
           select 'invitation', coalesce(project.title, call.title), '', 0, 0, invitation.expires_at, null
           from invitation
           left join project on project.id = invitation.project_id
           left join call on call.id = invitation.call_id
           where invitation.email = $3 and invitation.accepted_at is null and invitation.withdrawn_at is null and invitation.expires_at > $2
         ) as found
         order by coalesce(due_at, due_on::timestamptz) nulls last, kind, id
         limit $4"#,
        visitor.account.get(),
        now,
        visitor.email,
        MOST
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| task(row, now)).collect())
}

fn task(row: Row, now: OffsetDateTime) -> Task {
    let title = format!("«\u{a0}{}\u{a0}»", row.title);
    let dossier = format!("/dossiers/{}", row.id);
    let (what, why, href) = match row.kind.as_str() {
        "bound" if row.number == 0 => (format!("Finir et déposer {title}"), "Le dossier n’est pas encore déposé".to_owned(), dossier),
        "bound" => (format!("Déposer de nouveau {title}"), "Il a changé depuis son dépôt".to_owned(), dossier),
        "correction" => (format!("Corriger {title}"), format!("Demande de correction n°\u{a0}{}", row.number), format!("{dossier}/corrections/{}", row.number)),
        "answered" => (
            format!("Examiner la correction de {title}"),
            format!("L’équipe a répondu à la demande n°\u{a0}{}", row.number),
            format!("{dossier}/corrections/{}", row.number),
        ),
        "admit" => (format!("Décider de la recevabilité de {title}"), "Vous instruisez ce dossier".to_owned(), format!("{dossier}/instruction")),
        "open" => {
            let what = format!("Ouvrir l’examen de {}", count(row.number, "dossier déposé", "dossiers déposés"));
            (what, format!("Le dépôt est clos, {}", row.title), format!("/appel?appel={}", row.key))
        }
        "opinion" => (format!("Suivre les avis demandés sur {title}"), count(row.number, "avis attendu", "avis attendus"), format!("{dossier}/avis")),
        "review" => {
            let what = format!("Rendre {}", count(row.number, "évaluation", "évaluations"));
            (what, format!("Dossiers qui vous sont confiés, {}", row.title), format!("/evaluation?appel={}", row.key))
        }
        "meeting" => ("Séance du comité technique".to_owned(), row.title, format!("/comite/seances/{}?appel={}", row.id, row.key)),
        "task" => (row.title, format!("Décidé en séance n°\u{a0}{}", row.id), format!("/comite/seances/{}?appel={}", row.id, row.key)),
        "enrol" => {
            let why = "Les inscriptions sont ouvertes aux équipes des dossiers\u{a0}; facultatif, et conseillé".to_owned();
            (format!("S’inscrire à la formation {title}"), why, format!("/formations/{}?appel={}", row.id, row.key))
        }
        "training" => (format!("Suivre la formation {title}"), "Vous y êtes inscrit".to_owned(), format!("/formations/{}?appel={}", row.id, row.key)),
        "question" => (
            format!("Lire la réponse à votre question {title}"),
            "Les contacts de l’appel vous ont écrit".to_owned(),
            format!("/questions/{}?appel={}", row.id, row.key),
        ),
        "questions" => {
            let what = format!("Répondre à {}", count(row.number, "question", "questions"));
            (what, format!("Posées aux contacts de l’appel, {}", row.title), format!("/appel/questions?appel={}&etat=attente", row.key))
        }
        "grant_incomplete" => {
            (format!("Compléter la demande de subvention de {title}"), "Le fonds dit que des pièces manquent".to_owned(), format!("{dossier}/subvention"))
        }
        "grant_refused" => (
            format!("Lire le refus de la subvention de {title}"),
            "Le fonds a dit pourquoi\u{a0}; une nouvelle demande peut se préparer".to_owned(),
            format!("{dossier}/subvention"),
        ),
        "grant_deposited" | "grant_granted" => {
            let (what, state) =
                if row.kind == "grant_deposited" { ("Enregistrer la réponse du fonds à", "deposited") } else { ("Enregistrer le versement de", "granted") };
            let what = format!("{what} {}", count(row.number, "demande de subvention", "demandes de subvention"));
            (what, format!("Demandes des porteurs, {}", row.title), format!("/appel/subventions?appel={}&etat={state}", row.key))
        }
        "thread" => {
            let thread = Thread::parse(&row.key).unwrap_or(Thread::Team);
            let why = format!("{}, échange {}", count(row.number, "message non lu", "messages non lus"), thread_name(thread));
            (format!("Lire les messages de {title}"), why, format!("{dossier}/messages/{}", thread.path()))
        }
        _ => ("Répondre à une invitation".to_owned(), format!("{title}\u{a0}: le lien personnel est dans le courriel reçu"), "/compte".to_owned()),
    };
    let due = row.due_at.or_else(|| row.due_on.map(|day| moment::bound_before(day.next_day().unwrap_or(day))));
    let until = match (row.kind.as_str(), row.due_at, row.due_on) {
        ("meeting" | "training", Some(at), _) => moment::full(at),
        (_, Some(at), _) => moment::until(at),
        (_, None, Some(day)) => moment::day(day),
        _ => String::new(),
    };
    Task { what, why, until, href, is_late: due.is_some_and(|due| due <= now) && row.kind != "meeting" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    const NOW: OffsetDateTime = datetime!(2015-10-01 08:00 UTC);

    fn row(kind: &str, due_at: Option<OffsetDateTime>, due_on: Option<Date>) -> Row {
        Row { kind: kind.into(), title: "Rives".into(), key: "essai".into(), id: 3, number: 2, due_at, due_on }
    }

    #[test]
    fn each_task_says_what_why_until_when_and_leads_somewhere() {
        let plain = |task: Task| [task.what, task.why, task.until, task.href].map(|text| text.replace(['\u{a0}', '\u{202f}'], " "));
        let due = Some(datetime!(2015-10-14 22:00 UTC));
        assert_eq!(
            plain(task(row("correction", due, None), NOW)),
            ["Corriger « Rives »", "Demande de correction n° 2", "mercredi 14 octobre 2015 à 23 h 59 min 59 s, heure de Paris", "/dossiers/3/corrections/2"]
        );
        assert_eq!(plain(task(row("review", None, None), NOW))[0], "Rendre 2 évaluations");
        assert_eq!(plain(task(Row { key: "administration".into(), ..row("thread", None, None) }, NOW))[3], "/dossiers/3/messages/administration");
    }

    #[test]
    fn a_day_is_late_once_it_is_over_in_paris() {
        assert!(!task(row("task", None, Some(date!(2015 - 10 - 01))), NOW).is_late);
        assert!(task(row("task", None, Some(date!(2015 - 09 - 30))), NOW).is_late);
        assert!(!task(row("thread", None, None), NOW).is_late);
    }
}
