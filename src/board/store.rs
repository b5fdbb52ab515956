//! The statement of the board: rows by key, rights, call and counts together, so that a page is one round trip.

use std::sync::LazyLock;

use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::asked::{Asked, Sort};
use super::ranks::Standings;
use crate::access::policy::{self, Visible};
use crate::access::{BoardReader, Knock, ReviewStatus, Status, Ties};
use crate::kit::ids::CallId;
use crate::review::score;

/// The call's part of a page, as the reader may know it.
#[derive(Debug, Deserialize)]
pub struct CallPart {
    /// Version of the call's scores.
    pub version: i64,
    /// Instant of the committee, in microseconds.
    pub committee_at: Option<i64>,
    /// Its place.
    pub committee_place: String,
    /// Reviews from which a mean is shown.
    pub mean_from: i32,
    /// Reviews wanted for each dossier.
    pub reviews_expected: i32,
    /// Dossiers of the call.
    pub total: i32,
    /// What the reader does not see of it.
    pub away: Away,
    /// Days without movement from which the board warns.
    pub still_days: i32,
    /// Days before the bound from which it warns.
    pub near_days: i32,
    /// Views that the reader keeps: id, name, end of an address.
    pub views: Vec<(i64, String, String)>,
    /// Calls whose board the reader opens: slug, short title, edition.
    pub calls: Vec<(String, String, String)>,
}

/// What a reader does not see of a call.
#[derive(Debug, Deserialize)]
pub struct Away {
    /// Dossiers that the reader stays away from.
    pub recused: i64,
    /// Dossiers of whose team the reader is.
    pub own: i64,
    /// Reviews delivered of those dossiers.
    pub delivered: i64,
    /// Their départements.
    pub departments: Vec<String>,
    /// Means that the reader may not see.
    pub unseen_means: Vec<i64>,
    /// Deviations that the reader may not see.
    pub unseen_deviations: Vec<i64>,
}

/// A line as read: the first one carries who asks and the call, each of the others a dossier.
#[derive(Debug, Default)]
pub struct Line {
    /// What `call_seat` answered.
    pub head: Option<String>,
    /// A [`CallPart`].
    pub call: Option<String>,
    /// Dossier.
    pub id: Option<i64>,
    /// Number within the call.
    pub number: Option<i32>,
    /// Title.
    pub title: Option<String>,
    /// Carrier and place.
    pub label: Option<String>,
    /// State.
    pub status: Option<String>,
    /// Département.
    pub department: Option<String>,
    /// Rates of the five deliverables.
    pub progress: Option<Vec<i16>>,
    /// Commitments signed.
    pub commitments: Option<i32>,
    /// Number of the last deposit.
    pub deposit: Option<i32>,
    /// Its instant.
    pub deposited_at: Option<OffsetDateTime>,
    /// Last change.
    pub last_activity_at: Option<OffsetDateTime>,
    /// Reviews to give.
    pub reviews_assigned: Option<i32>,
    /// Reviews delivered.
    pub reviews_delivered: Option<i32>,
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
    /// The reader may not see its scores yet.
    pub is_hidden: Option<bool>,
    /// A [`super::facts::Facts`], when the view reads them.
    pub facts: Option<String>,
}

// The parts of the statement, written once. $1 to $4 what `call_seat` is asked, $5 states of the reader's own review that
// hide the scores of others under each rule of a call, $6 to $8 filters, $9 filters by facts, $10 whether the facts are read,
// $11 how many rows; the key of the page before from $12 on. The page that everybody opens asks for no fact: its statement has
// none of them. `coalesce(…, true)` lets one plan serve with and without filter.
// The first row says who asks and of which call, the others are the dossiers in the order of the page.
macro_rules! page {
    ($arm:ident ($conn:expr, $knock:expr, $asked:expr, $hiding:expr, $pattern:expr, $limit:expr), $($rest:tt)*) => {
        if $asked.reads_facts || $asked.has_facets() {
            page!(@$arm
                "coalesce(project.status = $6, true) and coalesce(project.department = $7, true) and coalesce(project.search like $8, true)
             and coalesce(case when $9::jsonb is not null then
               (not $9 ? 'scores' or project.id <> all(array(select own.id from own)))
               and case $9 ->> 'scores' when 'mean' then project.score_mean is not null
                     when 'apart' then coalesce(project.score_deviation >= ($9 ->> 'disagreement')::bigint, false) else true end
               and (not $9 ? 'risk' or exists(
                 select from unnest(board_risks(project.status, project.missing, project.last_activity_at,
                   greatest((select closes_at from bounds), project.extended_until), project.corrections_due, $2,
                   (select still_days from bounds), (select near_days from bounds))) as risk
                 where $9 ->> 'risk' in ('any', risk)))
               and case $9 ->> 'showcase' when 'some' then project.showcase <> '{}' when 'none' then project.showcase = '{}' else true end
               and case $9 ->> 'commitments' when 'signed' then project.commitments > 0 when 'none' then project.commitments = 0
                     when 'awaited' then project.commitments < project.commitments_expected else true end
               and case $9 ->> 'training' when 'some' then project.trainings_attended > 0 when 'none' then project.trainings_attended = 0 else true end
               and coalesce(project.consultant_state = $9 ->> 'consultant', true)
               and case $9 ->> 'subsidy' when 'none' then project.subsidy_state in ('none', 'draft') else coalesce(project.subsidy_state = $9 ->> 'subsidy', true) end
               and case $9 ->> 'deposit' when 'some' then project.submission_id is not null when 'none' then project.submission_id is null else true end
               and case $9 ->> 'correction' when 'open' then project.corrections_open > 0
                     when 'overdue' then coalesce(project.corrections_due <= $2, false) else true end
               and case $9 ->> 'reviews' when 'some' then project.reviews_delivered > 0
                     when 'short' then project.status not in ('withdrawn', 'inadmissible')
                       and (project.reviews_assigned > 0 or status_rank(project.status) between status_rank('in_review') and status_rank('not_selected'))
                       and project.reviews_delivered < greatest(project.reviews_assigned, (select reviews_expected from bounds)) else true end
               and (not $9 ? 'label' or exists(
                 select from project_label where project_label.project_id = project.id and project_label.label_id = ($9 ->> 'label')::bigint))
             end, true)"
                "case when $10::boolean then json_build_object(
                   'moved', (select json_agg(floor(extract(epoch from moved.at) * 1000000)::bigint order by moved.n)
                             from unnest(project.moved_at) with ordinality as moved(at, n)),
                   'missing', project.missing, 'showcase', project.showcase, 'expected', project.commitments_expected,
                   'training', project.trainings_attended, 'consultant', project.consultant_state, 'subsidy', project.subsidy_state,
                   'corrections', project.corrections_open, 'due', floor(extract(epoch from project.corrections_due) * 1000000)::bigint,
                   'shared', project.shared[1],
                   'risks', board_risks(project.status, project.missing, project.last_activity_at,
                     greatest((select closes_at from bounds), project.extended_until), project.corrections_due, $2,
                     (select still_days from bounds), (select near_days from bounds)),
                   'labels', (select coalesce(json_agg(json_build_array(label.id, label.name, label.colour) order by lower(label.name)), '[]')
                              from project_label join label on label.id = project_label.label_id where project_label.project_id = project.id))::text end"
                ($conn, $knock, $asked, $hiding, $pattern, $limit), $($rest)*)
        } else {
            page!(@$arm
                "coalesce(project.status = $6, true) and coalesce(project.department = $7, true) and coalesce(project.search like $8, true)"
                "case when $10::boolean then $9::jsonb::text end"
                ($conn, $knock, $asked, $hiding, $pattern, $limit), $($rest)*)
        }
    };
    (@ordered $holds:literal $facts:literal $context:tt, $after:literal, $order:literal, $($key:expr),+) => {
        page!(@run $facts $context,
            "project
               where project.call_id = (select call_id from seat) and project.id <> all(array(select own.id from own where own.is_away))
                 and " $holds " and " $after " order by " $order,
            $($key),+)
    };
    (@scored $holds:literal $facts:literal $context:tt, $score:literal, $($key:expr),+) => {
        page!(@run $facts $context,
            "(
                 (select project.id, false as is_last, " $score " as key
                  from project
                  where project.call_id = (select call_id from seat) and project.id <> all(array(select own.id from own))
                    and " $holds " and (" $score ", project.id) < ($12, $13)
                  order by " $score " desc, project.id desc
                  limit $11)
                 union all
                 (select project.id, true, -project.number::bigint
                  from own
                  join project on project.id = own.id
                  where not own.is_away and project.number > $14 and " $holds "
                  order by project.number
                  limit $11)
               ) as picked
               join project on project.id = picked.id
               order by picked.is_last, picked.key desc, picked.id desc",
            $($key),+)
    };
    (@run $facts:literal ($conn:expr, $knock:expr, $asked:expr, $hiding:expr, $pattern:expr, $limit:expr), $($part:literal)+, $($key:expr),+) => {
        sqlx::query_as!(
            Line,
            r#"with seat as materialized (
               select * from call_seat($1, $2, $3, $4)
             ), own as materialized (
               select project.id, bond.is_recused, bond.is_recused or bond.is_own as is_away, project.department,
                 project.reviews_delivered, project.score_mean, project.score_deviation
               from (
                 select project_id, bool_or(kind = 1) as is_recused, bool_or(kind = 2) as is_own
                 from (
                   select project_id, 1 as kind from recusal where account_id = (select account_id from seat)
                   union all
                   select project_id, 2 from project_member where account_id = (select account_id from seat)
                   union all
                   select project_id, 3 from review
                   where account_id = (select account_id from seat) and (select is_reviewer from seat)
                     and (select visible from seat) || ' ' || status = any($5)
                 ) as tie
                 group by project_id
               ) as bond
               join project on project.id = bond.project_id
               where project.call_id = (select call_id from seat)
             ), bounds as (
               select deposit_bound + make_interval(mins => grace_minutes) as closes_at, still_days, near_days, reviews_expected
               from call
               where id = (select call_id from seat)
             )
             select seat.head::text as "head?",
               case when call.id is not null then json_build_object(
                 'version', call.scores_version, 'committee_at', floor(extract(epoch from call.committee_at) * 1000000)::bigint,
                 'committee_place', call.committee_place, 'still_days', call.still_days, 'near_days', call.near_days, 'mean_from', call.mean_from, 'reviews_expected', call.reviews_expected,
                 'total', call.projects,
                 'away', (select json_build_object(
                    'recused', count(*) filter (where is_recused), 'own', count(*) filter (where is_away and not is_recused),
                    'delivered', coalesce(sum(reviews_delivered) filter (where is_away), 0),
                    'departments', coalesce(array_agg(department) filter (where is_away), '{}'),
                    'unseen_means', coalesce(array_agg(score_mean order by score_mean) filter (where score_mean is not null), '{}'),
                    'unseen_deviations', coalesce(array_agg(score_deviation) filter (where score_deviation is not null), '{}')) from own),
                 'views', (select coalesce(json_agg(json_build_array(id, name, address) order by lower(name)), '[]') from board_view
                           where board_view.account_id = seat.account_id and board_view.call_id = call.id),
                 'calls', (select coalesce(json_agg(json_build_array(slug, short_title, edition) order by deposit_bound desc, held.id), '[]') from call as held
                           where exists(select from call_role where call_role.call_id = held.id
                                        and call_role.account_id = seat.account_id and call_role.role = any($3))))::text end as "call?",
               null::bigint as "id?", null::integer as "number?", null::text as "title?", null::text as "label?", null::text as "status?",
               null::text as "department?", null::smallint[] as "progress?", null::integer as "commitments?", null::integer as "deposit?",
               null::timestamptz as "deposited_at?", null::timestamptz as "last_activity_at?", null::integer as "reviews_assigned?",
               null::integer as "reviews_delivered?", null::bigint as "score_mean?", null::bigint as "score_median?",
               null::bigint as "score_min?", null::bigint as "score_max?", null::bigint as "score_deviation?",
               null::boolean as "is_hidden?", null::text as "facts?"
             from seat
             left join call on call.id = seat.call_id
             union all
             (select null, null, project.id, project.number, project.title, project.label, project.status, project.department,
                 project.progress, project.commitments, project.deposit_number, project.deposited_at, project.last_activity_at, project.reviews_assigned,
                 project.reviews_delivered, project.score_mean, project.score_median, project.score_min, project.score_max,
                 project.score_deviation, project.id = any(array(select own.id from own where not own.is_away)),
                 "# + $facts + r#"
              from "# $(+ $part)+ + r#"
              limit $11)"#,
            $knock.token(),
            $knock.now(),
            &$knock.roles(),
            $knock.slug(),
            $hiding,
            $asked.status.map(Status::as_str),
            $asked.department.as_deref(),
            $pattern,
            $asked.facts() as Option<serde_json::Value>,
            $asked.reads_facts,
            $limit,
            $($key),+
        )
        .fetch_all($conn)
        .await
    };
}

/// Rows of a page, in the order asked, from the row after the given key, with who asks and the call on the first line; no
/// line without a session, and nothing but who asks without a call.
pub async fn page(conn: &mut PgConnection, knock: &Knock<BoardReader>, asked: &Asked, limit: i64) -> sqlx::Result<Vec<Line>> {
    let pattern = asked.pattern();
    let (hiding, pattern) = (&HIDING[..], pattern.as_deref());
    let after = asked.after.as_ref();
    let id = after.map_or(0, |after| after.id);
    match asked.sort {
        Sort::Title => {
            let title = after.map_or("", |after| after.key.as_str());
            page!(
                ordered(conn, knock, asked, hiding, pattern, limit),
                "(project.title collate \"fr-x-icu\", project.id) > ($12, $13)",
                "project.title collate \"fr-x-icu\", project.id",
                title,
                id
            )
        }
        Sort::Status => {
            let (place, title) = after.and_then(super::asked::After::status).unwrap_or((0, ""));
            page!(
                ordered(conn, knock, asked, hiding, pattern, limit),
                "(status_rank(project.status), project.title collate \"fr-x-icu\", project.id) > ($12, $13, $14)",
                "status_rank(project.status), project.title collate \"fr-x-icu\", project.id",
                place,
                title,
                id
            )
        }
        Sort::Reviews => {
            let delivered = after.and_then(|after| i32::try_from(after.whole()?).ok()).unwrap_or(-1);
            page!(
                ordered(conn, knock, asked, hiding, pattern, limit),
                "(project.reviews_delivered, project.id) > ($12, $13)",
                "project.reviews_delivered, project.id",
                delivered,
                id
            )
        }
        Sort::Activity => {
            let at = after.and_then(super::asked::After::instant).unwrap_or(LATEST);
            page!(
                ordered(conn, knock, asked, hiding, pattern, limit),
                "(project.last_activity_at, project.id) < ($12, $13)",
                "project.last_activity_at desc, project.id desc",
                at,
                id
            )
        }
        Sort::Mean => {
            let (key, id, number) = score_key(asked);
            page!(scored(conn, knock, asked, hiding, pattern, limit), "coalesce(project.score_mean, -1)", key, id, number)
        }
        Sort::Median => {
            let (key, id, number) = score_key(asked);
            page!(scored(conn, knock, asked, hiding, pattern, limit), "coalesce(project.score_median, -1)", key, id, number)
        }
    }
}

/// Later than any activity, and within what Postgres keeps.
const LATEST: OffsetDateTime = time::macros::datetime!(9999-01-01 00:00 UTC);

/// Key of the rows whose scores the reader may not see: they come last, by number.
pub const UNORDERED: &str = "*";

/// Score and dossier to go below, then the number to go above among the rows without order.
fn score_key(asked: &Asked) -> (i64, i64, i32) {
    match &asked.after {
        None => (i64::MAX, i64::MAX, 0),
        Some(after) if after.key == UNORDERED => (-2, 0, i32::try_from(after.id).unwrap_or(i32::MAX)),
        Some(after) => (after.whole().unwrap_or(i64::MAX), after.id, 0),
    }
}

/// The one rule on scores, asked as a member of the committee with those ties.
fn sees(visible: Visible, ties: Ties) -> bool {
    policy::scores_in_committee(ties, visible).is_ok()
}

/// Rules of a call, each with a state of one's own review that hides the scores of the dossier under it: "never draft".
pub(super) static HIDING: LazyLock<Vec<String>> = LazyLock::new(|| {
    let rules = [Visible::Never, Visible::AfterMine, Visible::AfterAllMine, Visible::Always];
    let states = [ReviewStatus::NotStarted, ReviewStatus::Draft, ReviewStatus::Delivered, ReviewStatus::Recused];
    let pairs = rules.into_iter().flat_map(|rule| states.into_iter().map(move |state| (rule, state)));
    pairs
        .filter(|(rule, state)| !sees(*rule, Ties { review: Some(*state), ..Ties::default() }))
        .map(|(rule, state)| format!("{} {}", rule.as_str(), state.as_str()))
        .collect()
});

/// Does a review still owed hide every score of the call from this reader? Asked of the database only under that rule.
pub async fn is_blind(conn: &mut PgConnection, reader: &BoardReader) -> sqlx::Result<bool> {
    if sees(reader.call().visible, Ties { owes_reviews: true, ..Ties::default() }) {
        return Ok(false);
    }
    sqlx::query_scalar!(
        r#"select exists(
             select from review join project on project.id = review.project_id
             where review.account_id = $2 and project.call_id = $1 and review.status in ('not_started', 'draft')) as "owes!""#,
        reader.call().id.get(),
        reader.account().get()
    )
    .fetch_one(conn)
    .await
}

/// What the ranks of a call are made of, with the version they are of.
pub async fn standings(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Standings> {
    let row = sqlx::query!(
        r#"select scores_version,
             array(select score_mean from project where call_id = $1 and score_mean is not null order by score_mean) as "means!",
             tally.delivered as "delivered!", tally.disagreements as "disagreements!",
             (select coalesce(json_object_agg(department, n), '{}')::text
              from (select department, count(*) as n from project where call_id = $1 group by department) as part) as "departments!"
         from call
         cross join lateral (
           select coalesce(sum(reviews_delivered), 0) as delivered,
             count(*) filter (where score_deviation >= $2) as disagreements
           from project
           where call_id = $1
         ) as tally
         where call.id = $1"#,
        call.get(),
        score::DISAGREEMENT
    )
    .fetch_one(conn)
    .await?;
    Ok(Standings {
        version: row.scores_version,
        means: row.means,
        delivered: row.delivered,
        disagreements: row.disagreements,
        departments: serde_json::from_str(&row.departments).unwrap_or_default(),
    })
}

/// Settings of a call that the page of the computations prints.
#[derive(Debug)]
pub struct Settings {
    /// Criteria to mark for a review to count.
    pub coverage_threshold: i32,
    /// Reviews from which a mean is shown.
    pub mean_from: i32,
    /// Reviews wanted for each dossier.
    pub reviews_expected: i32,
    /// Codes, labels and weights in thousandths.
    pub criteria: Vec<(String, String, i32)>,
}

/// Settings of the scores of a call.
pub async fn settings(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Settings> {
    let row = sqlx::query!("select coverage_threshold, mean_from, reviews_expected from call where id = $1", call.get()).fetch_one(&mut *conn).await?;
    let criteria =
        sqlx::query!("select code, label, weight_thousandths from criterion where call_id = $1 order by position, id", call.get()).fetch_all(conn).await?;
    Ok(Settings {
        coverage_threshold: row.coverage_threshold,
        mean_from: row.mean_from,
        reviews_expected: row.reviews_expected,
        criteria: criteria.into_iter().map(|row| (row.code, row.label, row.weight_thousandths)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_says_which_reviews_hide_the_scores() {
        let under = |rule: &str| HIDING.iter().filter_map(|pair| pair.strip_prefix(rule)?.strip_prefix(' ')).collect::<Vec<_>>();
        assert_eq!(under("always"), Vec::<&str>::new());
        assert_eq!(under("after_mine"), ["not_started", "draft", "recused"]);
        assert_eq!(under("after_all_mine"), ["not_started", "draft", "recused"]);
        assert_eq!(under("never"), ["not_started", "draft", "delivered", "recused"]);
        assert!(!sees(Visible::AfterAllMine, Ties { owes_reviews: true, ..Ties::default() }));
        assert!(sees(Visible::AfterMine, Ties { owes_reviews: true, ..Ties::default() }));
    }
}
