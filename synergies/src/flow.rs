//! A flow as the engine reads it: what leaves or enters one site, with whatever is known of it.

use crate::nomenclature::TypeId;

/// Water, energy, material or service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// m³ a year.
    Water,
    /// `MWh` (net calorific value) a year.
    Energy,
    /// Tonnes a year.
    Material,
    /// Frequency; no quantity is needed.
    Service,
}

impl Domain {
    /// A service is never a thing, nor a thing a service; water, energy and material are often taken for one another.
    pub(crate) fn may_be(self, other: Self) -> bool {
        (self == Self::Service) == (other == Self::Service)
    }
}

/// Leaves the site, or is needed there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Available.
    Out,
    /// Needed.
    In,
}

/// How a flow is known, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Measured on the site.
    Measured,
    /// Declared by the actor.
    Declared,
    /// Known to the carrier.
    Knowledge,
    /// Deduced from statistics.
    Statistics,
}

/// Latitude and longitude, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// A flow of an actor.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Its reference, unique in its set: ties are broken by it.
    pub reference: String,
    /// The actor; two flows of one actor never make a lead.
    pub actor: String,
    /// Direction.
    pub direction: Direction,
    /// Domain.
    pub domain: Domain,
    /// Flow type; nothing when neither given nor suggested with enough confidence.
    pub kind: Option<TypeId>,
    /// Of a suggested type: the other one that the label may as well mean, and how likely beside the first, 0 to 1.
    pub rival: Option<(TypeId, f64)>,
    /// As typed.
    pub label: String,
    /// Six digits of the European waste list.
    pub waste_code: Option<String>,
    /// Dangerous waste, by its code or as declared.
    pub is_hazardous: bool,
    /// Yearly quantity in the domain's unit.
    pub quantity: Option<f64>,
    /// Degrees Celsius.
    pub temperature: Option<f64>,
    /// Water quality, 1 (used) to 6 (drinking).
    pub quality: Option<u8>,
    /// Months, bit 0 for January; nothing when unknown.
    pub months: Option<u16>,
    /// How it is known.
    pub evidence: Evidence,
    /// Where its site is.
    pub position: Option<Position>,
    /// NAF rév. 2 code of the actor's activity: "10.51C".
    pub activity: Option<String>,
}

impl Flow {
    /// Yearly quantity when it is one: finite, above zero; a service has none.
    pub fn known_quantity(&self) -> Option<f64> {
        self.quantity.filter(|quantity| quantity.is_finite() && *quantity > 0.0 && self.domain != Domain::Service)
    }

    /// Months when at least one is told.
    pub fn known_months(&self) -> Option<u16> {
        self.months.map(|months| months & 0xfff).filter(|&months| months > 0)
    }
}
