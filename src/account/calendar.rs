//! The dates of the call that the sign-in page shows. Kept in memory for a moment: that page asks nothing of the database.

use std::sync::{Arc, PoisonError, RwLock};

use time::{Date, Duration, OffsetDateTime};

use crate::app::App;
use crate::kit::french::count;
use crate::kit::moment;

/// How long the dates are kept.
const KEPT: Duration = Duration::seconds(10);

/// The call with the nearest bound, as the sign-in page shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dates {
    /// Title of the call.
    pub title: String,
    /// Edition.
    pub edition: String,
    /// Slug, to its public page; empty when there is no call.
    pub slug: String,
    /// Label and text of each date.
    pub lines: Vec<(&'static str, String)>,
}

/// The dates, with the instant they were read.
#[derive(Debug, Default)]
pub struct Calendar {
    kept: RwLock<Option<(OffsetDateTime, Arc<Dates>)>>,
}

impl Calendar {
    /// The dates, read again when they are older than a moment.
    pub async fn dates(&self, app: &App, now: OffsetDateTime) -> sqlx::Result<Arc<Dates>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, dates)) = kept
            && (at..at + KEPT).contains(&now)
        {
            return Ok(dates);
        }
        let dates = Arc::new(read(app, now).await?);
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&dates)));
        Ok(dates)
    }
}

/// The open call with the nearest bound, else the last one that closed.
async fn read(app: &App, now: OffsetDateTime) -> sqlx::Result<Dates> {
    let row = sqlx::query!(
        r#"select slug, title, edition, manifestation_bound, deposit_bound, committee_at, committee_place,
             days.n as "days!", days.first, days.last
         from call
         cross join lateral (select count(*) as n, min(day) as first, max(day) as last from training_session as session
           join training on training.id = session.training_id
           where training.call_id = call.id and training.cancelled_at is null and session.cancelled_at is null) as days
         where not is_template
         order by deposit_bound <= $1, case when deposit_bound > $1 then deposit_bound end, deposit_bound desc
         limit 1"#,
        now
    )
    .fetch_optional(&app.db)
    .await?;
    let Some(row) = row else { return Ok(Dates::default()) };
    let mut lines = Vec::new();
    if let Some(bound) = row.manifestation_bound {
        lines.push(("Manifestation", bounded(bound, now, "close")));
    }
    if let (Some(first), Some(last)) = (row.first, row.last) {
        lines.push(("Formation", training(row.days, first, last)));
    }
    lines.push(("Dépôt", bounded(row.deposit_bound, now, "clos")));
    if let Some(at) = row.committee_at {
        let place = if row.committee_place.is_empty() { String::new() } else { format!(", {}", row.committee_place) };
        lines.push(("Comité", format!("{}{place}", moment::date(at))));
    }
    Ok(Dates { title: row.title, edition: row.edition, slug: row.slug, lines })
}

fn bounded(bound: OffsetDateTime, now: OffsetDateTime, closed: &str) -> String {
    if now < bound { format!("jusqu’au {}", moment::until(bound)) } else { format!("{closed} depuis le {}", moment::date(moment::last_second_before(bound))) }
}

fn training(days: i64, first: Date, last: Date) -> String {
    if first == last {
        return moment::day(first);
    }
    format!("{}, du {} au {}", count(days, "jour", "jours"), moment::day(first), moment::day(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn a_bound_is_told_by_its_last_second_then_by_its_day() {
        let bound = datetime!(2015-10-14 22:00 UTC);
        let flat = |text: String| text.replace('\u{a0}', " ");
        assert_eq!(flat(bounded(bound, bound - Duration::SECOND, "clos")), "jusqu’au mercredi 14 octobre 2015 à 23 h 59 min 59 s, heure de Paris");
        assert_eq!(flat(bounded(bound, bound, "clos")), "clos depuis le mercredi 14 octobre 2015");
    }

    #[test]
    fn training_days_are_a_range() {
        let text = training(5, date!(2015 - 02 - 03), date!(2015 - 04 - 14)).replace('\u{a0}', " ");
        assert_eq!(text, "5 jours, du mardi 3 février 2015 au mardi 14 avril 2015");
    }
}
