//! Delivered reviews of a dossier, for who may read the scores.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::ScoreReader;

/// A mark of a delivered review, with its criterion and its reviewer.
#[derive(Debug)]
pub struct Given {
    /// Review.
    pub review: i64,
    /// Its author.
    pub reviewer: String,
    /// Delivery.
    pub delivered_at: Option<OffsetDateTime>,
    /// Changed after a delivery.
    pub is_late: bool,
    /// Enters the figures.
    pub is_counted: bool,
    /// Score as kept.
    pub score: Option<i64>,
    /// General appreciation.
    pub opinion: String,
    /// Number of the deposit judged.
    pub deposit: Option<i32>,
    /// Criterion.
    pub code: String,
    /// Its label.
    pub label: String,
    /// Its weight in thousandths.
    pub weight: i32,
    /// Note.
    pub value: Option<i16>,
    /// « Non évaluable ».
    pub is_unassessable: bool,
    /// Reason.
    pub comment: String,
}

/// Every mark of the delivered reviews of a dossier, recused ones left out; review by review, in the order of the call.
pub async fn given(conn: &mut PgConnection, reader: &ScoreReader) -> sqlx::Result<Vec<Given>> {
    sqlx::query_as!(
        Given,
        r#"select review.id as review, account.name as reviewer, review.delivered_at, review.is_late, review.is_counted, review.score,
             review.comment as opinion, submission.number as "deposit?", criterion.code, criterion.label, criterion.weight_thousandths as weight,
             mark.value as "value?", coalesce(mark.is_unassessable, false) as "is_unassessable!", coalesce(mark.comment, '') as "comment!"
         from review
         join account on account.id = review.account_id
         join project on project.id = review.project_id
         join criterion on criterion.call_id = project.call_id
         left join submission on submission.id = review.submission_id
         left join mark on mark.review_id = review.id and mark.criterion_id = criterion.id
         where review.project_id = $1
           and review.status = 'delivered'
           and not exists(select from recusal where recusal.project_id = $1 and recusal.account_id = review.account_id)
         order by review.delivered_at, review.id, criterion.position, criterion.id"#,
        reader.project().get()
    )
    .fetch_all(conn)
    .await
}

/// Kept figures of a dossier and the settings that made them.
#[derive(Debug)]
pub struct Kept {
    /// Mean.
    pub score_mean: Option<i64>,
    /// Median.
    pub score_median: Option<i64>,
    /// Lowest.
    pub score_min: Option<i64>,
    /// Highest.
    pub score_max: Option<i64>,
    /// Standard deviation.
    pub score_deviation: Option<i64>,
    /// Reviews expected from the people assigned.
    pub reviews_assigned: i32,
    /// Criteria to mark for a review to count.
    pub coverage_threshold: i32,
    /// Reviews from which a mean is shown.
    pub mean_from: i32,
}

/// Kept figures of a dossier.
pub async fn kept(conn: &mut PgConnection, reader: &ScoreReader) -> sqlx::Result<Kept> {
    sqlx::query_as!(
        Kept,
        "select score_mean, score_median, score_min, score_max, score_deviation, reviews_assigned, call.coverage_threshold, call.mean_from
         from project
         join call on call.id = project.call_id
         where project.id = $1",
        reader.project().get()
    )
    .fetch_one(conn)
    .await
}

/// A note changed after a delivery.
#[derive(Debug)]
pub struct Changed {
    /// Review.
    pub review: i64,
    /// Criterion.
    pub code: String,
    /// Before.
    pub old_value: Option<i16>,
    /// After.
    pub new_value: Option<i16>,
    /// When.
    pub at: OffsetDateTime,
}

/// Notes of a dossier's reviews changed after a delivery, the oldest first.
pub async fn changed(conn: &mut PgConnection, reader: &ScoreReader) -> sqlx::Result<Vec<Changed>> {
    sqlx::query_as!(
        Changed,
        "select mark_history.review_id as review, criterion.code, old_value, new_value, mark_history.at
         from mark_history
         join review on review.id = mark_history.review_id
         join criterion on criterion.id = mark_history.criterion_id
         where review.project_id = $1
         order by mark_history.id",
        reader.project().get()
    )
    .fetch_all(conn)
    .await
}
