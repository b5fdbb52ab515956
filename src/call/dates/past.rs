//! A date moved into the past: what it entails, said before it is done.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::access::{CallManager, policy};
use crate::call::confirmation::Question;
use crate::call::store::opening::{self, Stopped};
use crate::call::store::settings::Calendar;
use crate::kit::french::count;
use crate::kit::moment;

/// What a bound in the past entails; nothing when it is still to come.
pub(super) async fn bound(conn: &mut PgConnection, manager: &CallManager, held: &Calendar, new: OffsetDateTime) -> sqlx::Result<Option<Question>> {
    let now = manager.now();
    if new > now {
        return Ok(None);
    }
    let stopped = opening::stopped(conn, manager).await?;
    let mut consequences = closing(held, new, now);
    consequences.extend(dossiers(&stopped));
    consequences.push("Les dépôts déjà reçus restent valables.".to_owned());
    consequences.push("Les porteurs sont prévenus par courriel, avec votre motif.".to_owned());
    let act =
        format!("La limite, aujourd’hui «\u{a0}jusqu’au {}\u{a0}», devient «\u{a0}jusqu’au {}\u{a0}».", moment::until(held.deposit_bound), moment::until(new));
    Ok(Some(Question { heading: "Fixer la limite de dépôt dans le passé\u{202f}?", act, consequences }))
}

/// What the teams may still do, the grace included.
fn closing(held: &Calendar, new: OffsetDateTime, now: OffsetDateTime) -> Vec<String> {
    let closes_at = policy::closes_at(new, held.grace_minutes, None);
    if closes_at > now {
        let until = moment::until(closes_at);
        return vec![format!("La tolérance court encore\u{a0}: modifier et déposer restent possibles jusqu’au {until}, puis plus rien n’est accepté.")];
    }
    let sentence = if policy::closes_at(held.deposit_bound, held.grace_minutes, None) <= now {
        "Le dépôt est déjà clos\u{a0}: seul change l’instant annoncé."
    } else {
        "Dès la confirmation, les équipes ne peuvent plus ni modifier ni déposer leur dossier. Elles le lisent encore."
    };
    vec![sentence.to_owned()]
}

fn dossiers(stopped: &Stopped) -> Vec<String> {
    let told = |number: i64, one: &str, more: &str| (number > 0).then(|| count(number, one, more) + ".");
    [
        told(
            stopped.drafts,
            "dossier n’a jamais été déposé, et ne pourra plus l’être sans délai propre",
            "dossiers n’ont jamais été déposés, et ne pourront plus l’être sans délai propre",
        ),
        told(
            stopped.edited,
            "dossier déposé a des modifications qui ne le sont pas\u{a0}: elles restent gardées, mais le dernier dépôt compte seul",
            "dossiers déposés ont des modifications qui ne le sont pas\u{a0}: elles restent gardées, mais le dernier dépôt compte seul",
        ),
        told(stopped.extended, "dossier garde son propre délai, encore à venir", "dossiers gardent leur propre délai, encore à venir"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What other dates set in the past entail; nothing when none was set there. The launch and the notification are records of
/// what happened: they are in the past by nature.
pub(super) fn calendar(held: &Calendar, new: &Calendar, now: OffsetDateTime) -> Option<Question> {
    let mut moved = Vec::new();
    let mut instant = |label: &str, held: Option<OffsetDateTime>, new: Option<OffsetDateTime>, said: fn(OffsetDateTime) -> String| {
        if held != new && held.is_none_or(|held| held > now) {
            moved.extend(new.filter(|new| *new <= now).map(|new| format!("{label}\u{a0}: {}.", said(new))));
        }
    };
    instant("Limite des manifestations d’intérêt", held.manifestation_bound, new.manifestation_bound, moment::until);
    instant("Évaluations à rendre", held.review_due_at, new.review_due_at, moment::full);
    instant("Réunion du comité technique", held.committee_at, new.committee_at, moment::full);
    let today = moment::paris_parts(now).0;
    let mut day = |label: &str, held: Option<Date>, new: Option<Date>| {
        if held != new && held.is_none_or(|held| held >= today) {
            moved.extend(new.filter(|new| *new < today).map(|new| format!("{label}\u{a0}: {}.", moment::day(new))));
        }
    };
    day("Comité de gestion du fonds", held.fund_committee_on, new.fund_committee_on);
    day("Commission permanente", held.council_on, new.council_on);
    if moved.is_empty() {
        return None;
    }
    moved.push("La page publique de l’appel et les pages de ses évaluateurs annoncent aussitôt une échéance passée. Aucun courriel ne part.".to_owned());
    let act = "Une échéance encore à venir, ou sans date, se trouverait dans le passé.".to_owned();
    Some(Question { heading: "Enregistrer une date passée\u{202f}?", act, consequences: moved })
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    const NOW: OffsetDateTime = datetime!(2015-09-23 12:00 UTC);

    fn held() -> Calendar {
        Calendar {
            version: 1,
            launched_on: None,
            manifestation_bound: None,
            notified_on: None,
            deposit_bound: datetime!(2015-10-14 22:00 UTC),
            grace_minutes: 30,
            review_due_at: Some(datetime!(2015-11-01 12:00 UTC)),
            committee_at: None,
            committee_place: String::new(),
            fund_committee_on: Some(date!(2015 - 09 - 01)),
            council_on: None,
            still_days: 21,
            near_days: 15,
        }
    }

    #[test]
    fn the_grace_still_runs_or_everything_stops_or_was_already_stopped() {
        let said = |new| closing(&held(), new, NOW).join(" ").replace('\u{a0}', " ");
        assert!(said(datetime!(2015-09-23 11:45 UTC)).contains("14 h 14 min 59 s"), "{}", said(datetime!(2015-09-23 11:45 UTC)));
        assert!(said(datetime!(2015-09-23 11:00 UTC)).contains("ne peuvent plus ni modifier ni déposer"));
        let over = Calendar { deposit_bound: datetime!(2015-09-01 22:00 UTC), ..held() };
        assert!(closing(&over, datetime!(2015-08-01 22:00 UTC), NOW)[0].contains("déjà clos"));
    }

    #[test]
    fn only_a_date_that_enters_the_past_is_asked_about() {
        let asked = |new: Calendar| calendar(&held(), &new, NOW).map(|question| question.consequences.len());
        assert_eq!(asked(held()), None);
        assert_eq!(asked(Calendar { review_due_at: Some(datetime!(2015-12-01 12:00 UTC)), ..held() }), None);
        assert_eq!(asked(Calendar { fund_committee_on: Some(date!(2015 - 08 - 01)), launched_on: Some(date!(2014 - 01 - 01)), ..held() }), None);
        assert_eq!(asked(Calendar { council_on: Some(date!(2015 - 09 - 23)), review_due_at: None, ..held() }), None);
        assert_eq!(asked(Calendar { council_on: Some(date!(2015 - 09 - 22)), review_due_at: Some(NOW), ..held() }), Some(3));
    }
}
