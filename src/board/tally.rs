//! The counts of a whole call above the two views that follow the phase, each with the filter that lists what it counts.

use sqlx::PgConnection;

use super::asked::{Asked, View};
use super::facets::facet;
use crate::access::BoardReader;
use crate::kit::french::{NBSP, count};

/// Dossiers of a call by each fact, less those that the reader stays away from.
#[derive(Debug)]
pub struct Tally {
    still: i64,
    short: i64,
    late: i64,
    overdue: i64,
    presented: i64,
    signed: i64,
    awaited: i64,
    trained: i64,
    untrained: i64,
    retained: i64,
    applied: i64,
    incomplete: i64,
    granted: i64,
    paid: i64,
    deposited: i64,
    correcting: i64,
    /// Labels of the call in use, each with how many dossiers bear it: id, name, count.
    labels: String,
}

/// Reads the counts, in one statement; the labels for who may know them only.
pub async fn tally(conn: &mut PgConnection, reader: &BoardReader, instructs: bool) -> sqlx::Result<Tally> {
    sqlx::query_as!(
        Tally,
        r#"select count(*) filter (where 'still' = any(held.risks)) as "still!", count(*) filter (where 'short' = any(held.risks)) as "short!",
             count(*) filter (where 'late' = any(held.risks)) as "late!", count(*) filter (where 'overdue' = any(held.risks)) as "overdue!",
             count(*) filter (where project.showcase <> '{}') as "presented!", count(*) filter (where project.commitments > 0) as "signed!",
             count(*) filter (where project.commitments < project.commitments_expected) as "awaited!",
             count(*) filter (where project.trainings_attended > 0) as "trained!", count(*) filter (where project.trainings_attended = 0) as "untrained!",
             count(*) filter (where project.consultant_state = 'retained') as "retained!",
             count(*) filter (where project.subsidy_state = 'deposited') as "applied!", count(*) filter (where project.subsidy_state = 'incomplete') as "incomplete!",
             count(*) filter (where project.subsidy_state = 'granted') as "granted!", count(*) filter (where project.subsidy_state = 'paid') as "paid!",
             count(*) filter (where project.submission_id is not null) as "deposited!", count(*) filter (where project.corrections_open > 0) as "correcting!",
             (select coalesce(json_agg(json_build_array(label.id, label.name,
                 (select count(*) from project_label
                  where project_label.label_id = label.id
                    and not exists(select from kept_away where kept_away.project_id = project_label.project_id and kept_away.account_id = $2)))
                 order by lower(label.name)), '[]')
              from label
              where $4 and label.call_id = $1 and label.retired_at is null)::text as "labels!"
           from project
           join call on call.id = project.call_id
           cross join lateral (
             select board_risks(project.status, project.missing, project.last_activity_at,
               greatest(call.deposit_bound + make_interval(mins => call.grace_minutes), project.extended_until), project.corrections_due, $3,
               call.still_days, call.near_days) as risks
           ) as held
           where project.call_id = $1 and project.id <> all(array(select project_id from kept_away where account_id = $2))"#,
        reader.call().id.get(),
        reader.account().get(),
        reader.now(),
        instructs
    )
    .fetch_one(conn)
    .await
}

/// A count, with the address that lists what it counts.
#[derive(Debug)]
pub struct CountView {
    /// "3 dossiers sans mouvement".
    pub text: String,
    /// The list.
    pub href: String,
    /// What ends it.
    pub end: &'static str,
}

impl CountView {
    /// The count of the dossiers that the choice of that name lists; nothing for an unknown name.
    pub fn of(asked: &Asked, call: &str, (name, key): (&str, &str), text: String) -> Option<Self> {
        let facet = facet(name)?;
        let href = format!("/comite{}", asked.only(facet, facet.choice(key)?).ordered(call));
        Some(Self { text, href, end: "" })
    }
}

impl Tally {
    /// Labels in use: id, name, how many dossiers bear it.
    pub fn labels(&self) -> Vec<(i64, String, i64)> {
        serde_json::from_str(&self.labels).unwrap_or_default()
    }

    /// The counts above a view; those of nothing are left out.
    pub fn views(&self, asked: &Asked, call: &str, instructs: bool) -> Vec<CountView> {
        let mut views: Vec<CountView> = self
            .counts(asked.view)
            .into_iter()
            .filter(|((name, _), n, ..)| *n > 0 && (instructs || *name != "subvention"))
            .filter_map(|(choice, n, one, many)| CountView::of(asked, call, choice, count(n, one, many)))
            .collect();
        if asked.view == View::Support {
            views.extend(self.labels().into_iter().filter(|(.., n)| *n > 0).map(|(id, name, n)| CountView {
                text: format!("{name}{NBSP}: {n}"),
                href: format!("/comite{}", Asked { label: Some(id), ..asked.bare() }.ordered(call)),
                end: "",
            }));
        }
        views
    }

    fn counts(&self, view: View) -> Vec<((&'static str, &'static str), i64, &'static str, &'static str)> {
        match view {
            View::Overview => Vec::new(),
            View::Progress => vec![
                (("risque", "non-depose"), self.late, "dossier non déposé à la limite", "dossiers non déposés à la limite"),
                (("risque", "limite"), self.short, "dossier à compléter avant une limite proche", "dossiers à compléter avant une limite proche"),
                (("risque", "immobile"), self.still, "dossier sans mouvement", "dossiers sans mouvement"),
                (("risque", "correction"), self.overdue, "dossier dont la correction tarde", "dossiers dont la correction tarde"),
                (("actions", "presentees"), self.presented, "dossier présente une action vitrine", "dossiers présentent une action vitrine"),
                (("engagements", "signes"), self.signed, "dossier a un engagement signé", "dossiers ont un engagement signé"),
                (("engagements", "attendus"), self.awaited, "dossier attend des signatures", "dossiers attendent des signatures"),
            ],
            View::Support => vec![
                (("formation", "suivie"), self.trained, "dossier formé", "dossiers formés"),
                (("formation", "aucune"), self.untrained, "dossier sans formation", "dossiers sans formation"),
                (("amo", "retenue"), self.retained, "AMO retenue", "AMO retenues"),
                (("subvention", "deposee"), self.applied, "subvention demandée", "subventions demandées"),
                (("subvention", "incomplete"), self.incomplete, "demande de subvention incomplète", "demandes de subvention incomplètes"),
                (("subvention", "accordee"), self.granted, "subvention accordée", "subventions accordées"),
                (("subvention", "versee"), self.paid, "subvention versée", "subventions versées"),
                (("depot", "fait"), self.deposited, "dossier déposé", "dossiers déposés"),
                (("correction", "en-cours"), self.correcting, "dossier en correction", "dossiers en correction"),
            ],
        }
    }
}
