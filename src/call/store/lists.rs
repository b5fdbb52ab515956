//! Lists of a call's dossiers, by number and by pages; a dossier that the reader stays away from is in none of them.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::CallManager;

/// Dossiers on a page.
pub const PAGE: usize = 50;

/// Place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// What follows that number.
    After(i32),
    /// What comes before that number.
    Before(i32),
}

/// A page of a list.
#[derive(Debug)]
pub struct Slice {
    /// Dossiers, by number.
    pub ids: Vec<i64>,
    /// First and last numbers shown.
    pub bounds: Option<(i32, i32)>,
    /// Are there dossiers before?
    pub has_before: bool,
    /// Are there dossiers after?
    pub has_after: bool,
    /// Dossiers of the whole list.
    pub total: i64,
    /// Dossiers of the call that the reader stays away from.
    pub recused: i64,
}

/// Which dossiers a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Among {
    /// Only those that may be reviewed.
    pub is_reviewable: bool,
    /// Only those that bear that label. Where the reader stays away, or is of the team, no label is told.
    pub label: Option<i64>,
}

impl Among {
    /// Those that may be reviewed.
    pub const REVIEWABLE: Self = Self { is_reviewable: true, label: None };
}

/// A page of the dossiers of a call.
pub async fn slice(conn: &mut PgConnection, manager: &CallManager, place: Place, among: &Among) -> sqlx::Result<Slice> {
    let (is_backward, number) = match place {
        Place::After(number) => (false, number),
        Place::Before(number) => (true, number),
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let rows = sqlx::query!(
        r#"with seen as not materialized (
             select project.id, project.number
             from project
             where project.call_id = $1
               and (not $5 or project.status not in ('withdrawn', 'inadmissible'))
               and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2)
               and ($7::bigint is null or (
                 exists(select from project_label where project_label.project_id = project.id and project_label.label_id = $7)
                 and not exists(select from project_member as tie where tie.project_id = project.id and tie.account_id = $2)))
         ), page as (
             (select id, number from seen where not $3 and number > $4 order by number limit $6)
             union all
             (select id, number from seen where $3 and number < $4 order by number desc limit $6)
         )
         select id as "id!", number as "number!" from page order by number"#,
        manager.call().id.get(),
        manager.account().get(),
        is_backward,
        number,
        among.is_reviewable,
        limit,
        among.label
    )
    .fetch_all(&mut *conn)
    .await?;
    let totals = sqlx::query!(
        r#"select count(*) filter (where recusal.account_id is null) as "seen!", count(recusal.account_id) as "recused!"
         from project
         left join recusal on recusal.project_id = project.id and recusal.account_id = $2
         where project.call_id = $1 and (not $3 or project.status not in ('withdrawn', 'inadmissible'))
           and ($4::bigint is null or (
             recusal.account_id is null
             and exists(select from project_label where project_label.project_id = project.id and project_label.label_id = $4)
             and not exists(select from project_member as tie where tie.project_id = project.id and tie.account_id = $2)))"#,
        manager.call().id.get(),
        manager.account().get(),
        among.is_reviewable,
        among.label
    )
    .fetch_one(conn)
    .await?;
    let has_more = rows.len() > PAGE;
    let skipped = usize::from(is_backward && has_more);
    let kept: Vec<_> = rows.into_iter().skip(skipped).take(PAGE).collect();
    Ok(Slice {
        bounds: kept.first().zip(kept.last()).map(|(first, last)| (first.number, last.number)),
        ids: kept.iter().map(|row| row.id).collect(),
        has_before: if is_backward { has_more } else { number > 0 },
        has_after: is_backward || has_more,
        total: totals.seen,
        recused: totals.recused,
    })
}

/// A dossier in the manager's list.
#[derive(Debug)]
pub struct Listed {
    /// Dossier.
    pub id: i64,
    /// Number within the call.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// State.
    pub status: String,
    /// Rates of the five deliverables.
    pub progress: Vec<i16>,
    /// Its own bound, when it has one.
    pub extended_until: Option<OffsetDateTime>,
    /// Reviews assigned.
    pub reviews_assigned: i32,
    /// Reviews delivered.
    pub reviews_delivered: i32,
    /// Last deposit: number.
    pub reference: Option<String>,
    /// Last deposit: instant.
    pub received_at: Option<OffsetDateTime>,
    /// Has an owner accepted?
    pub has_owner: bool,
    /// Names and colours of its labels, as JSON; none for a manager who is of its team.
    pub labels: String,
    /// Who instructs it; nobody for a manager who is of its team.
    pub officer: Option<String>,
    /// The manager is of its team: told no more than the team.
    pub is_own: bool,
}

/// The dossiers of a page.
pub async fn listed(conn: &mut PgConnection, manager: &CallManager, ids: &[i64]) -> sqlx::Result<Vec<Listed>> {
    sqlx::query_as!(
        Listed,
        r#"select project.id, project.number, project.title, project.label, project.status, project.progress, project.extended_until,
             project.reviews_assigned, project.reviews_delivered, submission.reference as "reference?", submission.received_at as "received_at?",
             exists(select from project_member as member where member.project_id = project.id and member.role = 'owner') as "has_owner!",
             (select coalesce(json_agg(json_build_array(label.name, label.colour) order by label.name collate "fr-x-icu", label.id), '[]')::text
              from project_label join label on label.id = project_label.label_id
              where project_label.project_id = project.id and tie.account_id is null) as "labels!",
             (select account.name from instruction join account on account.id = instruction.officer_id
              where instruction.project_id = project.id and tie.account_id is null
                and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = account.id)) as officer,
             tie.account_id is not null as "is_own!"
         from project
         left join submission on submission.id = project.submission_id
         left join project_member as tie on tie.project_id = project.id and tie.account_id = $2
         where project.id = any($1)
         order by project.number"#,
        ids,
        manager.account().get()
    )
    .fetch_all(conn)
    .await
}

/// A call that a person manages, or that a new one may copy.
#[derive(Debug)]
pub struct Managed {
    /// Call.
    pub id: i64,
    /// Slug.
    pub slug: String,
    /// Short title.
    pub title: String,
    /// Edition.
    pub edition: String,
    /// Is it a template?
    pub is_template: bool,
}

/// Calls that a person manages, the latest bound first; with the templates when asked for.
pub async fn managed(conn: &mut PgConnection, manager: &CallManager, with_templates: bool) -> sqlx::Result<Vec<Managed>> {
    sqlx::query_as!(
        Managed,
        "select id, slug, short_title as title, edition, is_template
         from call
         where (is_template and $2)
            or exists(select from call_role where call_role.call_id = call.id and call_role.account_id = $1 and call_role.role = 'manager')
         order by is_template, deposit_bound desc, id",
        manager.account().get(),
        with_templates
    )
    .fetch_all(conn)
    .await
}
