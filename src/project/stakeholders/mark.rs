//! An actor as the views draw it: what it weighs, how far it is committed, in which circle it stands.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::framework::content::{Content, Unit};
use crate::kit::french::fold;
use crate::project::draw::row_name;

/// Kinds of rows that the views read.
pub const KINDS: [&str; 4] = ["stakeholder", "commitment", "action", "synergy"];

/// How far an actor is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bond {
    /// A commitment is signed.
    Signed,
    /// A commitment is in preparation.
    Prepared,
    /// None.
    None,
}

impl Bond {
    /// The three, in order.
    pub const ALL: [Self; 3] = [Self::Signed, Self::Prepared, Self::None];

    /// Letter in the mark.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Signed => "E",
            Self::Prepared => "P",
            Self::None => "N",
        }
    }

    /// Words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Signed => "engagement signé",
            Self::Prepared => "engagement en préparation",
            Self::None => "pas d’engagement",
        }
    }

    /// Class of the mark, and value of the filter.
    pub fn key(self) -> &'static str {
        match self {
            Self::Signed => "signe",
            Self::Prepared => "prepare",
            Self::None => "sans",
        }
    }
}

/// What an actor weighs, after its workforce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Under ten people, or unknown.
    Small,
    /// From ten to 99.
    Middle,
    /// A hundred or more.
    Large,
}

impl Weight {
    /// Of a class of workforce.
    pub fn of(headcount: &str) -> Self {
        match headcount {
            "10-19" | "20-49" | "50-99" => Self::Middle,
            "100-199" | "200-249" | "250-499" | "500-999" | "1000-1999" | "2000+" => Self::Large,
            _ => Self::Small,
        }
    }

    /// Half the size of its mark.
    pub fn radius(self) -> i32 {
        match self {
            Self::Small => 7,
            Self::Middle => 9,
            Self::Large => 11,
        }
    }
}

/// Where an actor stands around the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circle {
    /// Flagged as a key actor.
    Core,
    /// Has a commitment, or a part in an action or a synergy.
    Partner,
    /// The others.
    Informed,
}

impl Circle {
    /// The three, from the centre.
    pub const ALL: [Self; 3] = [Self::Core, Self::Partner, Self::Informed];

    /// Words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Core => "Cœur",
            Self::Partner => "Partenaires",
            Self::Informed => "Informés",
        }
    }

    /// Value of the filter.
    pub fn key(self) -> &'static str {
        match self {
            Self::Core => "coeur",
            Self::Partner => "partenaires",
            Self::Informed => "informes",
        }
    }
}

/// An actor of the views.
#[derive(Debug, Clone)]
pub struct Actor<'a> {
    /// Its row.
    pub unit: &'a Unit,
    /// Its name.
    pub name: String,
    /// How far it is committed.
    pub bond: Bond,
    /// What it weighs.
    pub weight: Weight,
    /// Where it stands.
    pub circle: Circle,
    /// From 1 to 4.
    pub influence: Option<u8>,
    /// From 1 to 4.
    pub interest: Option<u8>,
}

impl Actor<'_> {
    /// Flagged as a key actor.
    pub fn is_core(&self) -> bool {
        self.circle == Circle::Core
    }

    /// Outside the perimeter.
    pub fn is_outside(&self) -> bool {
        self.unit.flag("outside_perimeter")
    }

    /// Influence and interest, when both are known.
    pub fn place(&self) -> Option<(u8, u8)> {
        self.influence.zip(self.interest)
    }
}

/// The actors of a dossier: key actors first, then the most committed, the heaviest, by name.
pub fn actors(content: &Content) -> Vec<Actor<'_>> {
    let mut bonds: HashMap<Uuid, Bond> = HashMap::new();
    for row in content.rows("commitment") {
        let bond = if row.has("signed_on") { Bond::Signed } else { Bond::Prepared };
        if let Some(holder) = row.row_of("stakeholder") {
            bonds.entry(holder).and_modify(|held| *held = bond.min(*held)).or_insert(bond);
        }
    }
    let partners = partners(content);
    let level = |unit: &Unit, key: &str| unit.text(key).parse().ok().filter(|level| (1..=4).contains(level));
    let mut actors: Vec<Actor<'_>> = content
        .rows("stakeholder")
        .map(|unit| {
            let bond = bonds.get(&unit.row).copied().unwrap_or(Bond::None);
            let circle = match (unit.flag("is_key_actor"), bond != Bond::None || partners.contains(&unit.row)) {
                (true, _) => Circle::Core,
                (false, true) => Circle::Partner,
                (false, false) => Circle::Informed,
            };
            let (weight, influence, interest) = (Weight::of(unit.text("headcount")), level(unit, "influence"), level(unit, "interest"));
            Actor { unit, name: row_name(unit), bond, weight, circle, influence, interest }
        })
        .collect();
    actors.sort_by_cached_key(|actor| (!actor.is_core(), actor.bond, std::cmp::Reverse(actor.weight), fold(&actor.name), actor.unit.row));
    actors
}

/// Actors that an action or a living synergy names.
fn partners(content: &Content) -> HashSet<Uuid> {
    let synergies = content.rows("synergy").filter(|row| row.text("status") != "abandoned");
    let named = content.rows("action").chain(synergies).flat_map(|row| {
        let pair = [row.text("emitter"), row.text("receiver")];
        row.many("actors").iter().map(String::as_str).chain(pair)
    });
    named.filter_map(|id| Uuid::try_parse(id).ok()).collect()
}

/// A mark of a view, ready for the template.
#[derive(Debug)]
pub struct MarkView {
    /// Row of the actor.
    pub row: Uuid,
    /// Its middle.
    pub x: i32,
    /// Its middle.
    pub y: i32,
    /// Outline around the middle: a disc, a lozenge or a square, as large as the actor weighs.
    pub outline: String,
    /// Class: how far it is committed.
    pub bond: &'static str,
    /// Letter: the same, for those who see no colour.
    pub letter: &'static str,
    /// Name, cut to its place.
    pub short: String,
    /// Everything, for voice and pointer.
    pub label: String,
    /// Key actor.
    pub is_core: bool,
    /// Outside the perimeter.
    pub is_outside: bool,
    /// Zone it stands in: column and row.
    pub at: (u8, u8),
}

impl MarkView {
    /// A mark at that place, its name cut to that room.
    pub fn of(actor: &Actor<'_>, (x, y): (i32, i32), room: u32, at: (u8, u8)) -> Self {
        Self {
            row: actor.unit.row,
            x,
            y,
            outline: outline(actor.bond, actor.weight.radius()),
            bond: actor.bond.key(),
            letter: actor.bond.letter(),
            short: fit(&actor.name, room, actor.is_core()),
            label: label(actor),
            is_core: actor.is_core(),
            is_outside: actor.is_outside(),
            at,
        }
    }
}

/// A name cut to that room, anywhere: half a word says more than none. Widths are those of the wider of our fonts.
fn fit(name: &str, room: u32, is_bold: bool) -> String {
    let width = |c: char| {
        let plain = match c {
            'i' | 'j' | 'l' | 'I' | 't' | 'f' | 'r' | ' ' | '.' | ',' | '-' | '’' | '\'' => 46,
            'm' | 'w' | 'M' | 'W' | '…' => 112,
            _ if c.is_uppercase() => 88,
            _ => 73,
        };
        if is_bold { plain * 9 / 8 } else { plain }
    };
    let room = room * 10;
    if name.chars().map(width).sum::<u32>() <= room {
        return name.to_owned();
    }
    let mut left = room.saturating_sub(width('…'));
    let kept: String = name.chars().take_while(|c| left.checked_sub(width(*c)).inspect(|rest| left = *rest).is_some()).collect();
    format!("{}…", kept.trim_end())
}

fn label(actor: &Actor<'_>) -> String {
    let mut parts = vec![actor.name.clone(), actor.bond.label().to_owned()];
    if let Some((influence, interest)) = actor.place() {
        parts.push(format!("influence {influence}, intérêt {interest}"));
    }
    if actor.is_core() {
        parts.push("acteur clé".to_owned());
    }
    if actor.is_outside() {
        parts.push("hors du périmètre".to_owned());
    }
    parts.join(", ")
}

/// Path of a mark around the origin.
pub fn outline(bond: Bond, r: i32) -> String {
    match bond {
        Bond::Signed => format!("M{r} 0A{r} {r} 0 1 1 -{r} 0A{r} {r} 0 1 1 {r} 0z"),
        Bond::Prepared => format!("M0 -{d}L{d} 0L0 {d}L-{d} 0z", d = r + 2),
        Bond::None => format!("M-{s} -{s}h{w}v{w}h-{w}z", s = r - 1, w = 2 * (r - 1)),
    }
}
