//! The home page: for who is signed in, every role they hold and what waits for them; for everybody, the calls.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::todo::{Task, tasks};
use crate::access::{Arrival, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::count;
use crate::kit::ids::AccountId;
use crate::kit::moment;
use crate::page::{Layout, Tag, html};
use crate::project::store::{Mine, mine};
use crate::project::together::{Waiting, waiting};

/// A call in the public list.
struct CallView {
    href: String,
    title: String,
    edition: String,
    territory: String,
    bound: String,
    tag: Tag,
}

/// A dossier of one's own.
struct DossierView {
    href: String,
    title: String,
    label: String,
    call: String,
    role: String,
    tag: Tag,
    has_changes: bool,
    progress: String,
    bound: String,
    remaining: String,
}

/// Another role, with what waits.
struct PartView {
    title: String,
    call: String,
    waits: String,
    href: String,
    act: &'static str,
}

/// The one thing to do first.
struct Step {
    sentence: String,
    href: String,
    act: &'static str,
}

#[derive(Template)]
#[template(path = "public/home.html")]
struct HomePage {
    layout: Layout,
    name: Option<String>,
    step: Option<Step>,
    tasks: Vec<Task>,
    /// Notices that wait, in words; nothing when all are read.
    notices: String,
    dossiers: Vec<DossierView>,
    parts: Vec<PartView>,
    calls: Vec<CallView>,
}

/// A call, with the roles that the visitor holds in it and what they count.
struct Row {
    slug: String,
    title: String,
    edition: String,
    territory: String,
    deposit_bound: OffsetDateTime,
    review_due_at: Option<OffsetDateTime>,
    committee_at: Option<OffsetDateTime>,
    roles: i32,
    to_deliver: i64,
    delivered: i64,
    projects: i64,
    deposited: i64,
}

/// Published calls; counts leave out the dossiers from which the person stays away.
async fn calls(conn: &mut PgConnection, account: Option<AccountId>, now: OffsetDateTime) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"select call.slug, call.title, call.edition, call.territory, call.deposit_bound, call.review_due_at, call.committee_at,
             held.roles as "roles!", reviews.due as "to_deliver!", reviews.delivered as "delivered!", held_projects.n as "projects!", held_projects.deposited as "deposited!"
         from call
         cross join lateral (
           select coalesce(bit_or(call_role_bit(role)), 0) as roles
           from call_role where call_id = call.id and account_id = $1) as held
         cross join lateral (
           select count(*) filter (where review.status in ('not_started', 'draft') and project.status = 'in_review') as due,
             count(*) filter (where review.status = 'delivered') as delivered
           from review join project on project.id = review.project_id
           where held.roles & 2 <> 0 and review.account_id = $1 and project.call_id = call.id
             and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $1)) as reviews
         cross join lateral (
           select count(*) as n, count(*) filter (where project.submission_id is not null) as deposited
           from project
           where held.roles & 5 <> 0 and project.call_id = call.id
             and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $1)) as held_projects
         where not is_template
         order by deposit_bound <= $2, case when deposit_bound > $2 then deposit_bound end, deposit_bound desc
         limit 50"#,
        account.map(AccountId::get),
        now
    )
    .fetch_all(conn)
    .await
}

/// Anybody; who is signed in finds there every role they hold.
pub async fn home(State(app): State<App>, visitor: Option<Visitor>, Arrival(now): Arrival) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let rows = calls(&mut conn, visitor.as_ref().map(|visitor| visitor.account), now).await?;
    let own = match &visitor {
        Some(visitor) if visitor.hats.carrier => mine(&mut conn, visitor.account, now).await?,
        _ => Vec::new(),
    };
    let waits = match &visitor {
        Some(visitor) if visitor.hats.carrier => waiting(&mut conn, visitor.account, now).await?,
        _ => Vec::new(),
    };
    let todo = match &visitor {
        Some(visitor) => tasks(&mut conn, visitor, now).await?,
        None => Vec::new(),
    };
    drop(conn);
    let unread = visitor.as_ref().map_or(0, |visitor| visitor.notices);
    let is_operator = visitor.as_ref().is_some_and(|visitor| visitor.hats.operator);
    html(&HomePage {
        layout: visitor.as_ref().map_or_else(|| Layout::public(&app, "Accueil"), |visitor| Layout::personal(&app, visitor, "Accueil", "/")),
        step: first_step(&own, &rows, now),
        tasks: waits.iter().flat_map(asked).chain(todo).collect(),
        notices: if unread == 0 { String::new() } else { count(unread, "avis non lu", "avis non lus") },
        name: visitor.map(|visitor| visitor.name),
        parts: parts(&rows, is_operator, now),
        dossiers: own.into_iter().map(|mine| dossier(mine, now)).collect(),
        calls: rows.into_iter().map(|row| call(row, now)).collect(),
    })
}

/// What one's teams wait for: an answer to a proposal, to comments that name one.
fn asked(waiting: &Waiting) -> Vec<Task> {
    let title = &waiting.title;
    let task = |what: String, why: String, path: String| Task {
        what,
        why,
        until: String::new(),
        href: format!("/dossiers/{}{path}", waiting.project),
        is_late: false,
    };
    let proposal = waiting.proposed_by.as_ref().map(|name| {
        let why = format!("{name} vous propose de porter le dossier «\u{a0}{title}\u{a0}».");
        task("Accepter ou décliner le portage".to_owned(), why, "/portage".to_owned())
    });
    let mentions = waiting.thread.map(|thread| {
        let why = format!("{} dans «\u{a0}{title}\u{a0}».", count(waiting.mentions, "commentaire ouvert vous nomme", "commentaires ouverts vous nomment"));
        if waiting.mentions == 1 {
            task("Lire le commentaire".to_owned(), why, format!("/commentaires/{thread}"))
        } else {
            task("Lire ces commentaires".to_owned(), why, "/commentaires?moi=oui".to_owned())
        }
    });
    proposal.into_iter().chain(mentions).collect()
}

fn call(row: Row, now: OffsetDateTime) -> CallView {
    let is_open = now < row.deposit_bound;
    CallView {
        href: format!("/appels/{}", row.slug),
        title: row.title,
        edition: row.edition,
        territory: row.territory,
        bound: moment::until(row.deposit_bound),
        tag: if is_open { Tag { class: "doing", word: "Ouvert" } } else { Tag { class: "off", word: "Clos" } },
    }
}

fn dossier(mine: Mine, now: OffsetDateTime) -> DossierView {
    DossierView {
        href: format!("/dossiers/{}", mine.id),
        tag: Tag::told(mine.status),
        progress: mine.progress.iter().map(|rate| format!("{rate}\u{a0}%")).collect::<Vec<_>>().join(", "),
        bound: moment::until(mine.closes_at),
        remaining: moment::remaining(now, mine.closes_at).unwrap_or_else(|| "Dépôt clos.".to_owned()),
        has_changes: mine.has_undeposited_changes,
        title: mine.title,
        label: mine.label,
        call: mine.call,
        role: mine.role,
    }
}

fn parts(rows: &[Row], is_operator: bool, now: OffsetDateTime) -> Vec<PartView> {
    let mut parts = Vec::new();
    for row in rows {
        let part = |title: &str, waits: String, page: &str, act| PartView {
            title: title.to_owned(),
            call: format!("{} {}", row.title, row.edition),
            waits,
            href: format!("{page}?appel={}", row.slug),
            act,
        };
        if row.roles & 2 != 0 {
            parts.push(part("Évaluation", reviews(row), "/evaluation", "Ouvrir vos évaluations"));
        }
        if row.roles & 5 != 0 {
            parts.push(part("Comité", followed(row, now), "/comite", "Ouvrir le tableau"));
        }
        if row.roles & 1 != 0 {
            let waits = moment::remaining(now, row.deposit_bound).map_or_else(|| "Dépôt clos.".to_owned(), |text| format!("Dépôt ouvert. {text}"));
            parts.push(part("Gestion de l’appel", waits, "/appel", "Gérer l’appel"));
        }
    }
    if is_operator {
        let waits = "Comptes, courriels, base de données.".to_owned();
        parts.push(PartView {
            title: "Exploitation".to_owned(), call: String::new(), waits, href: "/exploitation".to_owned(), act: "Voir l’état du service"
        });
    }
    parts
}

fn reviews(row: &Row) -> String {
    let due = row.review_due_at.map(|at| format!(" avant le {}", moment::full(at))).unwrap_or_default();
    let delivered = count(row.delivered, "rendue", "rendues");
    match row.to_deliver {
        0 if row.delivered == 0 => "Aucune évaluation ne vous attend.".to_owned(),
        0 => format!("Aucune évaluation à rendre, {delivered}."),
        n => format!("{} à rendre{due}, {delivered}.", count(n, "évaluation", "évaluations")),
    }
}

fn followed(row: &Row, now: OffsetDateTime) -> String {
    let meeting = row.committee_at.filter(|at| *at > now).map(|at| format!(" Comité le {}.", moment::date(at))).unwrap_or_default();
    format!("{}, {}.{meeting}", count(row.projects, "dossier suivi", "dossiers suivis"), count(row.deposited, "déposé", "déposés"))
}

/// What to do first: an open dossier, the nearest bound first; else reviews to deliver.
fn first_step(own: &[Mine], rows: &[Row], now: OffsetDateTime) -> Option<Step> {
    use crate::access::Status;
    let is_open = |mine: &&Mine| now < mine.closes_at && (mine.status == Status::Draft || mine.has_undeposited_changes);
    if let Some(mine) = own.iter().filter(is_open).min_by_key(|mine| mine.closes_at) {
        let remaining = moment::remaining(now, mine.closes_at).unwrap_or_default();
        let state = if mine.has_undeposited_changes { "a changé depuis son dépôt" } else { "n’est pas encore déposé" };
        let sentence = format!("«\u{a0}{}\u{a0}» {state}. {remaining}", mine.title);
        return Some(Step { sentence, href: format!("/dossiers/{}", mine.id), act: "Ouvrir le dossier" });
    }
    let row = rows.iter().find(|row| row.to_deliver > 0)?;
    Some(Step { sentence: reviews(row), href: format!("/evaluation?appel={}", row.slug), act: "Reprendre vos évaluations" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2015-10-01 08:00 UTC);

    fn row(roles: i32, to_deliver: i64) -> Row {
        Row {
            slug: "eit-2015".into(),
            title: "EIT".into(),
            edition: "2014-2015".into(),
            territory: String::new(),
            deposit_bound: datetime!(2015-10-14 22:00 UTC),
            review_due_at: None,
            committee_at: Some(datetime!(2015-11-12 08:30 UTC)),
            roles,
            to_deliver,
            delivered: 1,
            projects: 12,
            deposited: 3,
        }
    }

    #[test]
    fn every_role_has_its_line_and_what_waits() {
        let titles = |roles, is_operator| parts(&[row(roles, 2)], is_operator, NOW).into_iter().map(|part| part.title).collect::<Vec<_>>();
        assert_eq!(titles(0, false), Vec::<String>::new());
        assert_eq!(titles(7, true), ["Évaluation", "Comité", "Gestion de l’appel", "Exploitation"]);
        assert_eq!(titles(4, false), ["Comité"]);
        let waits: Vec<_> = parts(&[row(3, 2)], false, NOW).into_iter().map(|part| part.waits.replace('\u{a0}', " ")).collect();
        assert_eq!(
            waits,
            ["2 évaluations à rendre, 1 rendue.", "12 dossiers suivis, 3 déposés. Comité le jeudi 12 novembre 2015.", "Dépôt ouvert. Il reste 13 jours."]
        );
    }

    #[test]
    fn the_first_step_is_what_waits_or_nothing() {
        assert!(first_step(&[], &[row(2, 0)], NOW).is_none());
        assert_eq!(first_step(&[], &[row(2, 1)], NOW).expect("a step").href, "/evaluation?appel=eit-2015");
    }
}
