//! Plausible territories for measures and tests: seeded, the same everywhere.

use crate::flow::{Direction, Evidence, Flow, Position};
use crate::nomenclature::{Nomenclature, TypeId};

/// Splitmix64: enough for test data.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number under `end`.
    #[expect(clippy::cast_possible_truncation, reason = "smaller than end")]
    pub fn under(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }

    /// A fraction from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    pub fn fraction(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True `share` times out of a hundred.
    pub fn once_in(&mut self, share: usize) -> bool {
        self.under(100) < share
    }
}

/// `count` flows of actors gathered in business parks over four départements (about 160 by 160 km).
pub fn territory(tables: &Nomenclature, count: usize, seed: u64) -> Vec<Flow> {
    let mut dice = Dice::new(seed);
    let kinds: Vec<TypeId> = (0_u16..).zip(tables.types()).filter(|(_, kind)| !kind.is_family()).map(|(id, _)| TypeId(id)).collect();
    let parks: Vec<Position> = (0..400).map(|_| Position { latitude: 46.0 + 1.44 * dice.fraction(), longitude: 1.0 + 2.1 * dice.fraction() }).collect();
    let actors: Vec<(String, Position)> = (0..=count / 6)
        .map(|number| {
            let park = parks[dice.under(parks.len())];
            let position = Position { latitude: park.latitude + 0.03 * dice.fraction(), longitude: park.longitude + 0.04 * dice.fraction() };
            (format!("A{number:06}"), position)
        })
        .collect();
    (0..count)
        .map(|number| {
            let (actor, position) = &actors[dice.under(actors.len())];
            let kind = kinds[dice.under(kinds.len())];
            flow(tables, &mut dice, (format!("F{number:07}"), actor.clone(), *position), kind)
        })
        .collect()
}

fn flow(tables: &Nomenclature, dice: &mut Dice, (reference, actor, position): (String, String, Position), kind: TypeId) -> Flow {
    let known = tables.get(kind);
    let label = if known.synonyms.is_empty() { &known.label } else { &known.synonyms[dice.under(known.synonyms.len())] };
    Flow {
        reference,
        actor,
        direction: if dice.once_in(50) { Direction::Out } else { Direction::In },
        domain: known.domain,
        kind: if dice.once_in(97) { Some(kind) } else { None },
        rival: None,
        label: label.clone(),
        waste_code: None,
        is_hazardous: known.is_hazardous,
        quantity: dice.once_in(50).then(|| 10_f64.powf(5.0 * dice.fraction())),
        temperature: None,
        quality: None,
        months: dice.once_in(30).then(|| if dice.once_in(70) { 0xfff } else { 0x0f8 }),
        evidence: [Evidence::Measured, Evidence::Declared, Evidence::Knowledge, Evidence::Statistics][dice.under(4)],
        position: Some(position),
        activity: None,
    }
}
