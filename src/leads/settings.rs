//! How the score of a lead is computed in a call: weights and floors set by its manager, the same for every dossier.

use sqlx::PgConnection;
use time::OffsetDateTime;
use trame_synergies::score::{Floors, Settings, Weights};

use crate::access::CallManager;
use crate::kit::ids::{CallId, ProjectId};

/// Weights in percent, in the order of [`WEIGHTS`]; floors in the order of [`FLOORS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Their sum is 100.
    pub weights: [i32; 5],
    /// In m³, `MWh` and tonnes a year; zero gates nothing.
    pub floors: [i32; 3],
}

/// What each weight is about: its key, its letter in the formula, its name and what it says.
pub const WEIGHTS: [(&str, &str, &str, &str); 5] = [
    ("nature", "", "Nature seule", "Ce que vaut la bonne nature du flux, quand on ne sait rien d’autre."),
    ("distance", "D", "Distance", "1 sur place, un demi à la distance de repère du type de flux."),
    ("quantity", "Q", "Quantité", "1 quand l’offre et le besoin sont du même ordre."),
    ("timing", "T", "Période", "Part des mois du besoin que l’offre couvre."),
    ("confidence", "C", "Fiabilité", "Celle du côté le moins bien connu\u{a0}: déclaré, connu du porteur, statistique."),
];

/// What each floor is about: its key, its name and its unit.
pub const FLOORS: [(&str, &str, &str); 3] = [("water", "Eau", "m³ par an"), ("energy", "Énergie", "MWh par an"), ("material", "Matières", "tonnes par an")];

impl Default for Published {
    fn default() -> Self {
        Self { weights: [45, 25, 10, 10, 10], floors: [0; 3] }
    }
}

impl Published {
    /// As the engine takes them.
    pub fn settings(&self) -> Settings {
        let [base, distance, quantity, timing, confidence] = self.weights.map(|percent| f64::from(percent) / 100.0);
        let [water, energy, material] = self.floors.map(f64::from);
        Settings { weights: Weights { base, distance, quantity, timing, confidence }, floors: Floors { water, energy, material } }
    }

    /// "100 × N × (45 % + 25 % D + 10 % Q + 10 % T + 10 % C)".
    pub fn formula(&self) -> String {
        let terms = WEIGHTS.iter().zip(self.weights).map(|((_, letter, ..), percent)| format!("{percent}\u{a0}%\u{a0}{letter}").trim_end().to_owned());
        format!("100\u{a0}× N\u{a0}× ({})", terms.collect::<Vec<_>>().join(" + "))
    }
}

/// Columns of a line, or nothing when the call has none.
#[derive(Debug, Default)]
struct Held {
    nature: Option<i32>,
    distance: Option<i32>,
    quantity: Option<i32>,
    timing: Option<i32>,
    confidence: Option<i32>,
    floor_water: Option<i32>,
    floor_energy: Option<i32>,
    floor_material: Option<i32>,
}

impl Held {
    fn published(self) -> Published {
        let Self { nature, distance, quantity, timing, confidence, floor_water, floor_energy, floor_material } = self;
        let whole = || {
            let weights = [nature?, distance?, quantity?, timing?, confidence?];
            Some(Published { weights, floors: [floor_water?, floor_energy?, floor_material?] })
        };
        whole().unwrap_or_default()
    }
}

/// In force in the call of a dossier.
pub async fn of_project(conn: &mut PgConnection, project: ProjectId) -> sqlx::Result<Published> {
    let held = sqlx::query_as!(
        Held,
        r#"select nature as "nature?", distance as "distance?", quantity as "quantity?", timing as "timing?", confidence as "confidence?",
             floor_water as "floor_water?", floor_energy as "floor_energy?", floor_material as "floor_material?"
         from project
         join lead_settings as held on held.call_id = project.call_id
         where project.id = $1
         order by held.id desc
         limit 1"#,
        project.get()
    );
    Ok(held.fetch_optional(conn).await?.unwrap_or_default().published())
}

/// In force in a call.
pub async fn of_call(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Published> {
    let held = sqlx::query_as!(
        Held,
        r#"select nature as "nature?", distance as "distance?", quantity as "quantity?", timing as "timing?", confidence as "confidence?",
             floor_water as "floor_water?", floor_energy as "floor_energy?", floor_material as "floor_material?"
         from lead_settings
         where call_id = $1
         order by id desc
         limit 1"#,
        call.get()
    );
    Ok(held.fetch_optional(conn).await?.unwrap_or_default().published())
}

/// A change of the settings.
#[derive(Debug)]
pub struct Decision {
    /// When.
    pub at: OffsetDateTime,
    /// Who; nobody when it was copied with the call.
    pub author: Option<String>,
    /// What is in force since.
    pub published: Published,
    /// Why.
    pub reason: String,
}

/// Version of the call's settings, with the last changes of these, the last first.
pub async fn decisions(conn: &mut PgConnection, call: CallId) -> sqlx::Result<(i32, Vec<Decision>)> {
    let rows = sqlx::query!(
        r#"select call.version, nature as "nature?", distance as "distance?", quantity as "quantity?", timing as "timing?", confidence as "confidence?",
             floor_water as "floor_water?", floor_energy as "floor_energy?", floor_material as "floor_material?",
             reason as "reason?", decided_at as "decided_at?", account.name as "author?"
         from call
         left join lead_settings as held on held.call_id = call.id
         left join account on account.id = held.account_id
         where call.id = $1
         order by held.id desc
         limit 20"#,
        call.get()
    )
    .fetch_all(conn)
    .await?;
    let version = rows.first().map_or(0, |row| row.version);
    let decisions = rows.into_iter().filter_map(|row| {
        let published = Published {
            weights: [row.nature?, row.distance?, row.quantity?, row.timing?, row.confidence?],
            floors: [row.floor_water?, row.floor_energy?, row.floor_material?],
        };
        Some(Decision { at: row.decided_at?, author: row.author, published, reason: row.reason? })
    });
    Ok((version, decisions.collect()))
}

/// Puts new settings in force, with their author and their reason.
pub async fn save(conn: &mut PgConnection, manager: &CallManager, new: &Published, reason: &str) -> sqlx::Result<()> {
    let ([nature, distance, quantity, timing, confidence], [water, energy, material]) = (new.weights, new.floors);
    sqlx::query!(
        "insert into lead_settings (call_id, nature, distance, quantity, timing, confidence, floor_water, floor_energy, floor_material, reason, account_id, decided_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        manager.call().id.get(),
        nature,
        distance,
        quantity,
        timing,
        confidence,
        water,
        energy,
        material,
        reason,
        manager.account().get(),
        manager.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_without_settings_has_those_of_the_engine() {
        assert_eq!(Published::default().settings(), Settings::default());
    }

    #[test]
    fn the_formula_is_printed_with_its_weights() {
        let published = Published { weights: [30, 40, 10, 10, 10], ..Published::default() };
        assert_eq!(published.formula().replace('\u{a0}', " "), "100 × N × (30 % + 40 % D + 10 % Q + 10 % T + 10 % C)");
    }
}
