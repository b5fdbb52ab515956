//! The engine's tables: flow types and their words, substitution rules, the European waste list. Data with versions, read once.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::flow::Domain;
use crate::score::{KIN, SIBLING};
use crate::suggest::Index;

mod activities;
mod read;
mod waste;

pub use activities::{Activities, Activity, NafVersion};
pub use read::{COMPAT, ReadError, Table, UNITS};
pub use waste::{TypedWasteCode, WasteCodeError, WasteEntry, WasteList, day, read_waste_code, spaced};

/// Index of a flow type in its [`Nomenclature`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u16);

impl TypeId {
    fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A use that forbids whatever is hazardous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Usage {
    /// Eaten or drunk by people.
    Food,
    /// Eaten or drunk by animals.
    Feed,
    /// Spread, composted, watered with: goes to the land.
    Farming,
}

/// A family of flows, or one of its types.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowType {
    /// `dreches`; never changes, files and exports name a type by it.
    pub code: String,
    /// In French.
    pub label: String,
    /// Its family; nothing for a family.
    pub parent: Option<TypeId>,
    /// Domain.
    pub domain: Domain,
    /// Unit of a yearly quantity: `t`, `m3`, `MWh`, `frequency`.
    pub unit: String,
    /// Kilometres at which distance halves the interest.
    pub half_km: f64,
    /// Kilometres within which several actors act together.
    pub pooling_km: f64,
    /// Use, when it forbids hazardous outputs.
    pub usage: Option<Usage>,
    /// Lowest and highest temperature, °C.
    pub temperature: (Option<f64>, Option<f64>),
    /// Water quality, 1 (used) to 6 (drinking).
    pub quality: Option<u8>,
    /// Prefixes of waste codes that lead here, two, four or six digits.
    pub waste_prefixes: Vec<String>,
    /// Prefixes of the activities that usually supply it.
    pub naf_out: Vec<String>,
    /// Prefixes of the activities that usually need it.
    pub naf_in: Vec<String>,
    /// What people call it.
    pub synonyms: Vec<String>,
    /// Hazardous by nature: of the hazardous family, or every waste code that leads here is starred.
    pub is_hazardous: bool,
}

/// Whether a code is of an activity, both with or without their dot: "1051C" of "10.5".
pub(crate) fn is_of_activity(code: &str, prefix: &str) -> bool {
    let mut letters = code.bytes().filter(|byte| *byte != b'.').map(|byte| byte.to_ascii_uppercase());
    prefix.bytes().filter(|byte| *byte != b'.').all(|byte| letters.next() == Some(byte))
}

impl FlowType {
    /// Whether that activity usually needs it.
    pub fn is_taken_by(&self, naf: &str) -> bool {
        self.naf_in.iter().any(|prefix| is_of_activity(naf, prefix))
    }

    /// Whether that activity usually supplies it.
    pub fn is_given_by(&self, naf: &str) -> bool {
        self.naf_out.iter().any(|prefix| is_of_activity(naf, prefix))
    }

    /// A family groups types; a flow normally carries a type.
    pub fn is_family(&self) -> bool {
        self.parent.is_none()
    }
}

/// What an output undergoes before it serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Treatment {
    /// Used as it is.
    None,
    /// Sorted, crushed, filtered: on either site.
    Light,
    /// A process of its own, often a third activity.
    Process,
}

/// An output that replaces an input.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its number in the table, quoted in explanations.
    pub number: u16,
    /// What is available.
    pub out: TypeId,
    /// What is needed.
    pub r#in: TypeId,
    /// 0.40 to 0.95.
    pub compat: f64,
    /// Treatment.
    pub treatment: Treatment,
    /// The activity that makes the link, NAF rév. 2.
    pub interface_naf: Option<String>,
    /// What to check, one French sentence.
    pub caution: String,
    /// The day of that sentence, ISO.
    pub caution_on: String,
    /// Where the rule comes from.
    pub source: String,
}

/// Where an output may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlet {
    /// The need it would serve; a type, never a family.
    pub input: TypeId,
    /// Index of the rule in [`Nomenclature::rules`].
    pub rule: usize,
}

const NO_RULE: u16 = u16::MAX;

/// How one type may replace another, and how well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bond {
    /// Not at all.
    None,
    /// The same type.
    Identity,
    /// By the rule of that index.
    Rule(u16, f64),
    /// As a type of the same family.
    Sibling,
    /// By the rule of that index, of another type of either family.
    Kin(u16, f64),
}

/// Families that gather what does not replace one another: no oxygen for carbon dioxide, no drum for a pallet, no kitchen waste for a meal.
const MIXED: [&str; 10] =
    ["acides-bases", "alimentaire", "chimie-minerale", "dangereux", "emballages", "equipements", "gaz", "non-dangereux", "solvants-huiles", "utilites"];

/// A rule under this compatibility is not lent to the rest of the family.
const LENT: f64 = 0.70;

/// All the tables of the engine, of one version.
#[derive(Debug)]
pub struct Nomenclature {
    types: Vec<FlowType>,
    by_code: HashMap<String, TypeId>,
    rules: Vec<Rule>,
    /// Index of the rule from each type (row) to each type (column).
    matrix: Vec<u16>,
    /// How each type (row) may replace each other (column).
    bonds: Vec<Bond>,
    outlets: Vec<Vec<Outlet>>,
    waste: Arc<WasteList>,
    by_prefix: HashMap<String, TypeId>,
    index: Index,
}

#[expect(clippy::panic, reason = "shipped with the program: the tests of this module prove that the tables read")]
static SHIPPED: LazyLock<Arc<Nomenclature>> = LazyLock::new(|| {
    let read = Nomenclature::with(Table::Types.shipped(), Table::Rules.shipped(), Arc::clone(WasteList::shipped()));
    Arc::new(read.unwrap_or_else(|fault| panic!("tables livrées illisibles : {fault}")))
});

impl Nomenclature {
    /// The tables shipped with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The same, to be kept by whoever may one day hold other tables.
    pub fn shared() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// Reads the three tables; the first fault is told with its line and column.
    pub fn read(types: &str, rules: &str, waste: &str) -> Result<Self, ReadError> {
        Self::with(types, rules, Arc::new(WasteList::read(waste)?))
    }

    /// Reads types and rules beside a waste list already read.
    pub fn with(types: &str, rules: &str, waste: Arc<WasteList>) -> Result<Self, ReadError> {
        let mut types = read::types(types)?;
        let by_code: HashMap<String, TypeId> = (0_u16..).zip(&types).map(|(id, kind)| (kind.code.clone(), TypeId(id))).collect();
        let by_prefix: HashMap<String, TypeId> =
            (0_u16..).zip(&types).flat_map(|(id, kind)| kind.waste_prefixes.iter().map(move |prefix| (prefix.clone(), TypeId(id)))).collect();
        let rules = read::rules(rules, &by_code)?;
        mark_hazardous(&mut types, waste.entries(), &by_prefix, by_code.get("dangereux").copied());
        let matrix = matrix(&types, &rules);
        let bonds = bonds(&types, &rules, &matrix);
        let outlets = outlets(&types, &rules, &matrix);
        let index = Index::new(&types);
        Ok(Self { types, by_code, rules, matrix, bonds, outlets, waste, by_prefix, index })
    }

    /// A type, by its index in these tables.
    pub fn get(&self, id: TypeId) -> &FlowType {
        &self.types[id.index()]
    }

    /// A type or a family, by its code.
    pub fn find(&self, code: &str) -> Option<TypeId> {
        self.by_code.get(code).copied()
    }

    /// Families and types, in the order of the table: `types()[i]` is `TypeId(i)`.
    pub fn types(&self) -> &[FlowType] {
        &self.types
    }

    /// The family of a type; a family is its own.
    pub fn family(&self, id: TypeId) -> TypeId {
        self.get(id).parent.unwrap_or(id)
    }

    /// Every rule, in the order of its number.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule from an output to an input: of the types themselves, else inherited from their families.
    pub fn rule(&self, out: TypeId, r#in: TypeId) -> Option<&Rule> {
        self.rules.get(usize::from(self.matrix[out.index() * self.types.len() + r#in.index()]))
    }

    /// How an output type may replace an input type.
    pub(crate) fn bond(&self, out: TypeId, r#in: TypeId) -> Bond {
        self.bonds[out.index() * self.types.len() + r#in.index()]
    }

    /// Eaten or drunk, by people or animals.
    pub(crate) fn is_eaten(&self, id: TypeId) -> bool {
        let eaten = |kind: &FlowType| matches!(kind.usage, Some(Usage::Food | Usage::Feed));
        eaten(self.get(id)) || eaten(self.get(self.family(id)))
    }

    /// Eaten, drunk or spread: the use of a type, or of its family.
    pub(crate) fn feeds(&self, id: TypeId) -> bool {
        feeds(&self.types, self.get(id))
    }

    /// Where an output may go, best first.
    pub fn outlets(&self, out: TypeId) -> &[Outlet] {
        &self.outlets[out.index()]
    }

    /// The type a waste code leads to, by its longest known prefix.
    pub fn type_of_waste(&self, code: &str) -> Option<TypeId> {
        [6, 4, 2].into_iter().find_map(|length| self.by_prefix.get(code.get(..length)?)).copied()
    }

    /// The entry of a waste code, two, four or six digits, as it stands on an ISO day.
    pub fn waste(&self, code: &str, on: &str) -> Option<&WasteEntry> {
        self.waste.find(code, on)
    }

    /// The whole waste list, every version of every entry.
    pub fn waste_list(&self) -> &[WasteEntry] {
        self.waste.entries()
    }

    /// A waste code as typed, found in the list of that day; a wrong star is explained.
    pub fn check_waste_code(&self, text: &str, on: &str) -> Result<&WasteEntry, WasteCodeError> {
        self.waste.check(text, on)
    }

    /// The waste list, to look up codes in it.
    pub fn waste_codes(&self) -> &Arc<WasteList> {
        &self.waste
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }
}

fn mark_hazardous(types: &mut [FlowType], waste: &[WasteEntry], by_prefix: &HashMap<String, TypeId>, hazardous: Option<TypeId>) {
    let mut counts = vec![(0, 0); types.len()];
    for entry in waste.iter().filter(|entry| entry.level == 3 && entry.valid_to.is_none()) {
        let found = [6, 4, 2].into_iter().find_map(|length| by_prefix.get(entry.code.get(..length)?));
        if let Some(id) = found {
            counts[id.index()].0 += usize::from(entry.is_hazardous);
            counts[id.index()].1 += 1;
        }
    }
    for (id, (kind, (starred, all))) in (0_u16..).zip(types.iter_mut().zip(counts)) {
        kind.is_hazardous = (hazardous.is_some() && (kind.parent == hazardous || hazardous == Some(TypeId(id)))) || (all > 0 && starred == all);
    }
}

fn is_mixed(family: &FlowType) -> bool {
    MIXED.contains(&family.code.as_str())
}

/// Rules between types first, then those a family lends, the most precise side first.
fn matrix(types: &[FlowType], rules: &[Rule]) -> Vec<u16> {
    let direct: HashMap<(TypeId, TypeId), u16> = (0_u16..).zip(rules).map(|(index, rule)| ((rule.out, rule.r#in), index)).collect();
    let ids = || (0_u16..).zip(types);
    let mut matrix = Vec::with_capacity(types.len() * types.len());
    for (out, from) in ids() {
        for (input, to) in ids() {
            let outs = [Some(TypeId(out)), from.parent];
            let ins = [Some(TypeId(input)), to.parent];
            let found = [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().find_map(|(o, i)| direct.get(&(outs[o]?, ins[i]?)));
            matrix.push(found.copied().unwrap_or(NO_RULE));
        }
    }
    matrix
}

fn feeds(types: &[FlowType], kind: &FlowType) -> bool {
    kind.usage.is_some() || kind.parent.is_some_and(|family| types[family.index()].usage.is_some())
}

/// Identity, else the rule, else the family, else a rule of the family's. Two services, or two hazardous wastes, of one family do not
/// replace each other: nobody who needs green spaces mown takes a guard, nor asbestos for medical waste.
fn bonds(types: &[FlowType], rules: &[Rule], matrix: &[u16]) -> Vec<Bond> {
    let kin = kin(types, rules, matrix);
    let compat = |rule: u16| rules[usize::from(rule)].compat;
    let bond = |(at, (&rule, &kin)): (usize, (&u16, &u16))| {
        let (out, input) = (at / types.len(), at % types.len());
        let (source, need) = (&types[out], &types[input]);
        let family = |at: usize| types[at].parent.map_or(at, TypeId::index);
        let replaces = source.domain != Domain::Service && !source.is_hazardous && !need.is_hazardous;
        let is_sibling = replaces && family(out) == family(input) && !is_mixed(&types[family(out)]);
        match (rule, kin) {
            _ if out == input => Bond::Identity,
            (NO_RULE, _) if is_sibling => Bond::Sibling,
            (NO_RULE, kin) if kin != NO_RULE && replaces && !feeds(types, need) => Bond::Kin(kin, KIN * compat(kin)),
            (NO_RULE, _) => Bond::None,
            (rule, _) => Bond::Rule(rule, if is_sibling { compat(rule).max(SIBLING) } else { compat(rule) }),
        }
    };
    matrix.iter().zip(&kin).enumerate().map(bond).collect()
}

/// The best rule among those of the other types of either family, where there is none.
fn kin(types: &[FlowType], rules: &[Rule], matrix: &[u16]) -> Vec<u16> {
    let count = types.len();
    let mut kin = vec![NO_RULE; matrix.len()];
    let lends: Vec<Option<TypeId>> = types.iter().map(|kind| kind.parent.filter(|family| !is_mixed(&types[family.index()]))).collect();
    let siblings: Vec<Vec<usize>> =
        lends.iter().enumerate().map(|(at, family)| (0..count).filter(|&other| family.is_some() && other != at && lends[other] == *family).collect()).collect();
    for (at, slot) in kin.iter_mut().enumerate().filter(|(at, _)| matrix[*at] == NO_RULE) {
        let (out, input) = (at / count, at % count);
        let near = siblings[out].iter().map(|other| other * count + input).chain(siblings[input].iter().map(|other| out * count + other));
        let found = near.map(|near| matrix[near]).filter(|&rule| rule != NO_RULE && rules[usize::from(rule)].compat >= LENT);
        let best = found.max_by(|a, b| rules[usize::from(*a)].compat.total_cmp(&rules[usize::from(*b)].compat).then(b.cmp(a)));
        *slot = best.unwrap_or(NO_RULE);
    }
    kin
}

fn outlets(types: &[FlowType], rules: &[Rule], matrix: &[u16]) -> Vec<Vec<Outlet>> {
    let rows = matrix.chunks(types.len().max(1));
    rows.map(|row| {
        let known = (0_u16..).zip(row).filter(|&(input, &rule)| rule != NO_RULE && !types[usize::from(input)].is_family());
        let mut found: Vec<Outlet> = known.map(|(input, &rule)| Outlet { input: TypeId(input), rule: usize::from(rule) }).collect();
        found.sort_by(|a, b| rules[b.rule].compat.total_cmp(&rules[a.rule].compat).then(a.input.cmp(&b.input)));
        found
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_tables_read() {
        let tables = Nomenclature::shipped();
        assert_eq!(tables.types().iter().filter(|kind| !kind.is_family()).count(), 208);
        assert_eq!(tables.types().iter().filter(|kind| kind.is_family()).count(), 41);
        assert!(tables.rules().len() > 250, "{} règles", tables.rules().len());
        assert_eq!(tables.waste_list().iter().filter(|entry| entry.level == 1).count(), 20);
    }

    #[test]
    fn an_output_has_its_outlets_best_first() {
        let tables = Nomenclature::shipped();
        for (id, kind) in (0_u16..).zip(tables.types()) {
            let outlets = tables.outlets(TypeId(id));
            assert!(outlets.windows(2).all(|pair| tables.rules()[pair[0].rule].compat >= tables.rules()[pair[1].rule].compat), "{}", kind.code);
            for outlet in outlets {
                assert_eq!(tables.rule(TypeId(id), outlet.input), Some(&tables.rules()[outlet.rule]));
            }
        }
    }

    #[test]
    fn a_rule_between_types_wins_over_a_family_rule() {
        let types = "code,parent,domain,label,unit,half_km,pooling_km,use,temperature_min,temperature_max,quality,waste_prefixes,naf_out,naf_in,synonyms\n\
                     bois,,material,Bois,t,40,20,,,,,,,,\nsciure,bois,material,Sciure,t,40,20,,,,,0301,,,sciure\n\
                     energie,,energy,Énergie,MWh,3,5,,,,,,,,\ngranule,energie,energy,Granulé,MWh,3,5,,,,,,,,granulé\n";
        let head = "number,out_type,in_type,compat,treatment,interface_naf,caution,caution_on,source\n";
        let family = "1,bois,energie,0.50,light,,À voir.,2026-11-25,usage\n";
        let own = "2,sciure,granule,0.90,process,16.29Z,À voir.,2026-11-25,usage\n";
        let waste = "code,level,hazardous,label,valid_from,valid_to,note\n03,1,,Bois,,,\n";
        let number = |rules: &str| {
            let tables = Nomenclature::read(types, rules, waste).unwrap();
            tables.rule(tables.find("sciure").unwrap(), tables.find("granule").unwrap()).map(|rule| rule.number)
        };
        assert_eq!(number(&format!("{head}{family}")), Some(1));
        assert_eq!(number(&format!("{head}{family}{own}")), Some(2));
        assert_eq!(number(head), None);
    }

    #[test]
    fn the_longest_prefix_of_a_waste_code_decides() {
        let tables = Nomenclature::shipped();
        let kind = |code: &str| tables.type_of_waste(code).map(|id| tables.get(id).code.as_str());
        assert_eq!(kind("030105"), Some("bois-sciures"));
        assert_eq!(kind("030199"), Some("bois-chutes"));
        assert_eq!(kind("180103"), Some("dasri"));
        assert_eq!(kind("42"), None);
    }

    #[test]
    fn what_is_hazardous_by_nature_is_known() {
        let tables = Nomenclature::shipped();
        let is_hazardous = |code: &str| tables.get(tables.find(code).unwrap()).is_hazardous;
        assert!(["amiante", "huiles-usagees", "dasri", "solvants", "acide-sulfurique"].into_iter().all(is_hazardous));
        assert!(!["dreches", "palettes", "eau-potable", "cartons", "biodechets"].into_iter().any(is_hazardous));
    }
}
