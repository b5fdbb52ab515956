//! An actor as the views draw it: what it weighs, how far it is committed, in which circle it stands.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::framework::content::{Content, Unit};
use crate::kit::french::fold;
use crate::project::draw::row_name;

/// From one line of a name to the next.
const LINE: i32 = 14;

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
    /// Name, in lines and cut to its place, each with its base line.
    pub lines: Vec<(String, i32)>,
    /// Half the height of all that.
    pub half: i32,
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
    /// A mark at that place, its name cut to that room: a width, and most lines.
    pub fn of(actor: &Actor<'_>, (x, y): (i32, i32), (room, most): (u32, usize), at: (u8, u8)) -> Self {
        let lines = wrapped(&actor.name, room, most, actor.is_core());
        let below = i32::try_from(lines.len()).unwrap_or(1) - 1;
        Self {
            row: actor.unit.row,
            x,
            y,
            outline: outline(actor.bond, actor.weight.radius()),
            bond: actor.bond.key(),
            letter: actor.bond.letter(),
            lines: (0..).zip(lines).map(|(rank, line)| (line, 5 - LINE / 2 * below + LINE * rank)).collect(),
            half: 13 + LINE / 2 * below,
            label: label(actor),
            is_core: actor.is_core(),
            is_outside: actor.is_outside(),
            at,
        }
    }
}

/// Width of a text in tenths of a unit: that of the wider of our fonts.
fn width(text: &str, is_bold: bool) -> u32 {
    let width = |c: char| {
        let plain = match c {
            'i' | 'j' | 'l' | 'I' | 't' | 'f' | 'r' | ' ' | '.' | ',' | '-' | '’' | '\'' => 46,
            'm' | 'w' | 'M' | 'W' | '…' => 112,
            _ if c.is_uppercase() => 88,
            _ => 73,
        };
        if is_bold { plain * 9 / 8 } else { plain }
    };
    text.chars().map(width).sum()
}

/// A name in lines of that room, cut when there are too many.
fn wrapped(name: &str, room: u32, most: usize, is_bold: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let is_last = lines.len() == most;
        match lines.last_mut() {
            Some(line) if is_last || width(&format!("{line} {word}"), is_bold) <= room * 10 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.into_iter().map(|line| fit(line, room, is_bold)).collect()
}

/// A line cut to that room, anywhere: half a word says more than none.
fn fit(line: String, room: u32, is_bold: bool) -> String {
    if width(&line, is_bold) <= room * 10 {
        return line;
    }
    let mut kept = line;
    while !kept.is_empty() && width(&kept, is_bold) + width("…", is_bold) > room * 10 {
        kept.pop();
    }
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
