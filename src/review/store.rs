//! The figures kept with reviews and dossiers, brought up to date in the transaction that writes; lists of reviews.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::score::{self, Figures, Sums};
use crate::access::{CallReviewer, ReviewStatus, Status};
use crate::error::AppError;
use crate::kit::ids::{CallId, ProjectId};

/// Brings the scores of a dossier's reviews and its kept figures up to date, under the dossier's lock.
///
/// To be called by every act that changes a mark, the state of a review, a recusal, or takes the dossier out of the
/// competition (withdrawn, inadmissible).
pub async fn recompute_project(conn: &mut PgConnection, project: ProjectId) -> Result<(), AppError> {
    let scopes = sqlx::query_as!(
        Scope,
        r#"select project.id, project.status in ('withdrawn', 'inadmissible') as "is_out!", call.coverage_threshold, call.mean_from
         from project
         join call on call.id = project.call_id
         where project.id = $1
         for update of project"#,
        project.get()
    )
    .fetch_all(&mut *conn)
    .await?;
    recompute(conn, &scopes).await
}

/// The same for every dossier of a call: after a change of weights or thresholds.
pub async fn recompute_call(conn: &mut PgConnection, call: CallId) -> Result<(), AppError> {
    let scopes = sqlx::query_as!(
        Scope,
        r#"select project.id, project.status in ('withdrawn', 'inadmissible') as "is_out!", call.coverage_threshold, call.mean_from
         from project
         join call on call.id = project.call_id
         where call.id = $1
         order by project.id
         for update of project"#,
        call.get()
    )
    .fetch_all(&mut *conn)
    .await?;
    recompute(conn, &scopes).await
}

struct Scope {
    id: i64,
    is_out: bool,
    coverage_threshold: i32,
    mean_from: i32,
}

/// A review and what its notes add up to.
struct Tally {
    id: i64,
    project_id: i64,
    status: String,
    is_recused: bool,
    points: i64,
    weight: i64,
    marked: i32,
}

/// Two more statements, however many dossiers: one reads the sums, one writes what moved.
async fn recompute(conn: &mut PgConnection, scopes: &[Scope]) -> Result<(), AppError> {
    let ids: Vec<i64> = scopes.iter().map(|scope| scope.id).collect();
    let tallies = sqlx::query_as!(
        Tally,
        r#"select review.id, review.project_id, review.status, recusal.account_id is not null or review.status = 'recused' as "is_recused!",
             coalesce(sum(criterion.weight_thousandths::bigint * mark.value), 0)::bigint as "points!",
             coalesce(sum(criterion.weight_thousandths) filter (where mark.value is not null), 0)::bigint as "weight!",
             count(mark.value)::int as "marked!"
         from review
         left join recusal on recusal.project_id = review.project_id and recusal.account_id = review.account_id
         left join mark on mark.review_id = review.id
         left join criterion on criterion.id = mark.criterion_id
         where review.project_id = any($1)
         group by review.id, recusal.account_id"#,
        &ids
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut by_project: HashMap<i64, Vec<Tally>> = HashMap::with_capacity(scopes.len());
    for tally in tallies {
        by_project.entry(tally.project_id).or_default().push(tally);
    }
    let mut columns = Columns::default();
    for scope in scopes {
        columns.add(scope, by_project.get(&scope.id).map_or(&[], Vec::as_slice));
    }
    write(conn, &columns).await
}

#[derive(Default)]
struct Columns {
    reviews: Vec<i64>,
    marked: Vec<i32>,
    scores: Vec<Option<i64>>,
    counted: Vec<bool>,
    projects: Vec<i64>,
    counts: [Vec<i32>; 3],
    figures: [Vec<Option<i64>>; 5],
}

impl Columns {
    /// Only reviews delivered, broad enough and not recused enter the dossier's figures.
    fn add(&mut self, scope: &Scope, tallies: &[Tally]) {
        let mut counted = Vec::new();
        let mut counts = [0; 3];
        for tally in tallies {
            let sums = Sums { points: tally.points, weight: tally.weight, marked: tally.marked };
            let is_delivered = tally.status == ReviewStatus::Delivered.as_str() && !tally.is_recused;
            let is_counted = is_delivered && sums.is_broad(scope.coverage_threshold);
            counts[0] += i32::from(!tally.is_recused);
            counts[1] += i32::from(is_delivered);
            counts[2] += i32::from(is_counted);
            if is_counted {
                counted.push(sums);
            }
            self.reviews.push(tally.id);
            self.marked.push(sums.marked);
            self.scores.push(sums.score().filter(|_| !tally.is_recused));
            self.counted.push(is_counted);
        }
        let figures = if scope.is_out { None } else { score::figures(&counted, scope.mean_from) };
        let Figures { mean, median, min, max, deviation } = figures.unwrap_or(Figures { mean: 0, median: 0, min: 0, max: 0, deviation: 0 });
        for (column, figure) in self.figures.iter_mut().zip([mean, median, min, max, deviation]) {
            column.push(figures.map(|_| figure));
        }
        for (column, count) in self.counts.iter_mut().zip(counts) {
            column.push(count);
        }
        self.projects.push(scope.id);
    }
}

/// Rows already right are left alone; the call's version moves only when a dossier's figures did.
async fn write(conn: &mut PgConnection, columns: &Columns) -> Result<(), AppError> {
    let [assigned, delivered, counted] = &columns.counts;
    let [mean, median, min, max, deviation] = &columns.figures;
    sqlx::query!(
        "with scored as (
           update review set marked = line.marked, score = line.score, is_counted = line.is_counted
           from unnest($1::bigint[], $2::int[], $3::bigint[], $4::bool[]) as line(id, marked, score, is_counted)
           where review.id = line.id
             and (review.marked, review.score, review.is_counted) is distinct from (line.marked, line.score, line.is_counted)
         ), moved as (
           update project
           set reviews_assigned = line.assigned, reviews_delivered = line.delivered, reviews_counted = line.counted,
               score_mean = line.mean, score_median = line.median, score_min = line.min, score_max = line.max, score_deviation = line.deviation
           from unnest($5::bigint[], $6::int[], $7::int[], $8::int[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[])
             as line(id, assigned, delivered, counted, mean, median, min, max, deviation)
           where project.id = line.id
             and (reviews_assigned, reviews_delivered, reviews_counted, score_mean, score_median, score_min, score_max, score_deviation)
               is distinct from (line.assigned, line.delivered, line.counted, line.mean, line.median, line.min, line.max, line.deviation)
           returning project.call_id
         )
         update call set scores_version = scores_version + 1
         where id in (select call_id from moved)",
        &columns.reviews,
        &columns.marked,
        &columns.scores as &[Option<i64>],
        &columns.counted,
        &columns.projects,
        assigned,
        delivered,
        counted,
        mean as &[Option<i64>],
        median as &[Option<i64>],
        min as &[Option<i64>],
        max as &[Option<i64>],
        deviation as &[Option<i64>]
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A dossier in its reviewer's list.
#[derive(Debug)]
pub struct Assigned {
    /// Dossier.
    pub id: i64,
    /// Number within the call.
    pub number: i32,
    /// Title.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// State of the dossier.
    pub status: String,
    /// State of the review.
    pub review: String,
    /// Criteria with a note.
    pub marked: i32,
    /// Criteria judged « non évaluable ».
    pub unassessable: i64,
    /// Own running total.
    pub score: Option<i64>,
    /// Changed after a delivery.
    pub is_late: bool,
    /// Last delivery.
    pub delivered_at: Option<OffsetDateTime>,
    /// Rates of the five deliverables.
    pub progress: Vec<i16>,
}

/// Reviews of a person in a call, those to deliver first, after the given key; recused ones left out.
pub async fn assigned(conn: &mut PgConnection, reviewer: &CallReviewer, after: (bool, i32), limit: i64) -> sqlx::Result<Vec<Assigned>> {
    sqlx::query_as!(
        Assigned,
        r#"select project.id, project.number, project.title, project.label, project.status, review.status as review, review.marked, review.score,
             review.is_late, review.delivered_at, project.progress,
             (select count(*) from mark where mark.review_id = review.id and is_unassessable) as "unassessable!"
         from review
         join project on project.id = review.project_id
         where review.account_id = $2
           and project.call_id = $1
           and review.status <> 'recused'
           and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2)
           and (review.status = 'delivered', project.number) > ($3, $4)
         order by review.status = 'delivered', project.number
         limit $5"#,
        reviewer.call().id.get(),
        reviewer.account().get(),
        after.0,
        after.1,
        limit
    )
    .fetch_all(conn)
    .await
}

/// What a reviewer's list says above its rows.
#[derive(Debug)]
pub struct Summary {
    /// Reviews to give, recused ones left out.
    pub total: i64,
    /// Of them, delivered.
    pub delivered: i64,
    /// Dossiers that the person stays away from.
    pub recused: i64,
    /// Criteria of the call.
    pub criteria: i64,
    /// By when reviews are expected.
    pub due_at: Option<OffsetDateTime>,
    /// Criteria to mark for a review to count.
    pub coverage_threshold: i32,
    /// Next dossier: among those open and not delivered, the one with the fewest delivered reviews.
    pub next: Option<i64>,
    /// Its title.
    pub next_title: Option<String>,
    /// Reviews of it already delivered.
    pub next_delivered: Option<i32>,
}

/// Counts of a reviewer's list, and where a review is most needed.
pub async fn summary(conn: &mut PgConnection, reviewer: &CallReviewer) -> sqlx::Result<Summary> {
    sqlx::query_as!(
        Summary,
        r#"with mine as (
           select project.id, project.number, project.title, project.reviews_delivered, review.status, project.status = 'in_review' as is_open
           from review
           join project on project.id = review.project_id
           where review.account_id = $2
             and project.call_id = $1
             and review.status <> 'recused'
             and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2)
         )
         select (select count(*) from mine) as "total!",
           (select count(*) from mine where status = 'delivered') as "delivered!",
           (select count(*) from recusal join project on project.id = recusal.project_id where recusal.account_id = $2 and project.call_id = $1) as "recused!",
           (select count(*) from criterion where call_id = $1) as "criteria!",
           call.review_due_at as due_at, call.coverage_threshold,
           next.id as "next?", next.title as "next_title?", next.reviews_delivered as "next_delivered?"
         from call
         left join lateral (
           select id, title, reviews_delivered from mine
           where is_open and status <> 'delivered'
           order by reviews_delivered, number
           limit 1
         ) as next on true
         where call.id = $1"#,
        reviewer.call().id.get(),
        reviewer.account().get()
    )
    .fetch_one(conn)
    .await
}

/// Known state of a dossier.
pub fn status(word: &str) -> Result<Status, AppError> {
    Status::parse(word).ok_or_else(|| AppError::Internal(anyhow::anyhow!("unknown word in the database")))
}

/// Known state of a review.
pub fn review_status(word: &str) -> Result<ReviewStatus, AppError> {
    ReviewStatus::parse(word).ok_or_else(|| AppError::Internal(anyhow::anyhow!("unknown word in the database")))
}

/// Calls for which a person reviews, the latest bound first: slug and name.
pub async fn calls(conn: &mut PgConnection, reviewer: &CallReviewer) -> sqlx::Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select slug, short_title || ' ' || edition as "name!"
         from call
         join call_role on call_role.call_id = call.id
         where call_role.account_id = $1 and call_role.role = 'reviewer'
         order by deposit_bound desc, call.id"#,
        reviewer.visitor().account.get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.slug, row.name)).collect())
}
