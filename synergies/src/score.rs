//! The score of a pair: gates, five components, published weights.

use crate::facts::{Facts, overlap};
use crate::flow::{Direction, Domain, Flow};
use crate::nomenclature::{Bond, Nomenclature, Rule, Treatment, TypeId};

/// Leads under this score are hidden.
pub const THRESHOLD: u8 = 20;

/// Under this D the score is multiplied by [`FAR_FACTOR`]: ten half-distances.
pub const FAR: f64 = 0.01;

/// What remains of the score of a pair too far apart.
pub const FAR_FACTOR: f64 = 0.3;

/// Nature of two types of one family.
pub const SIBLING: f64 = 0.5;

/// What the rule of a type of the same family is worth.
pub const KIN: f64 = 0.5;

/// Nature of a flow without type at full overlap of the words: under siblings, so that a typed lead stands first.
pub const WORDS_CAP: f64 = 0.35;

/// What the same waste sub-chapter or shared words add to the nature.
pub const LIKENESS: f64 = 0.05;

/// What it adds that the activity of the need usually takes such an output.
pub const USUAL: f64 = 0.08;

/// A heat source serves a need this many degrees below it.
pub const HEAT_MARGIN: f64 = 5.0;

/// What a source too cold multiplies the nature by: a heat pump has to raise it.
pub const HEAT_FACTOR: f64 = 0.5;

/// What each class of water quality that the source lacks multiplies the nature by.
pub const CLASS_FACTOR: f64 = 0.7;

/// What a factor of ten between both quantities takes from Q, and the least that remains of it.
pub const QUANTITY_SLOPE: f64 = 0.3;

/// The least Q.
pub const QUANTITY_LEAST: f64 = 0.2;

/// Under this share of the output, and under the floor of the dossier, a need makes no lead.
pub const CRUMB: f64 = 0.01;

/// What is not known counts for half.
pub const NEUTRAL: f64 = 0.5;

/// Published weights: set by the manager of the call, the same for every dossier; their sum is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// What nature alone earns.
    pub base: f64,
    /// Of distance.
    pub distance: f64,
    /// Of quantity.
    pub quantity: f64,
    /// Of timing.
    pub timing: f64,
    /// Of confidence.
    pub confidence: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { base: 0.45, distance: 0.25, quantity: 0.10, timing: 0.10, confidence: 0.10 }
    }
}

/// Weights, and the yearly quantity under which a need too small for its output makes no lead.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Settings {
    /// Weights.
    pub weights: Weights,
    /// In m³, `MWh`, tonnes: a need under it and under 1 % of the output makes no lead. Zero gates nothing.
    pub floors: Floors,
}

/// Project floors, in the unit of each domain, a year.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Floors {
    /// m³.
    pub water: f64,
    /// `MWh`.
    pub energy: f64,
    /// Tonnes.
    pub material: f64,
}

impl Floors {
    fn of(&self, domain: Domain) -> f64 {
        match domain {
            Domain::Water => self.water,
            Domain::Energy => self.energy,
            Domain::Material => self.material,
            Domain::Service => 0.0,
        }
    }
}

/// The five components, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Components {
    /// N: how well one replaces the other.
    pub nature: f64,
    /// D: 1 on the spot, 0.5 at the half-distance.
    pub distance: f64,
    /// Q: how alike the quantities are.
    pub quantity: f64,
    /// T: share of the needed months that are served.
    pub timing: f64,
    /// C: of the weaker side.
    pub confidence: f64,
}

impl Components {
    /// 0 to 100.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
    pub fn score(&self, weights: &Weights) -> u8 {
        let Self { nature, distance, quantity, timing, confidence } = *self;
        let bracket = weights.base + weights.distance * distance + weights.quantity * quantity + weights.timing * timing + weights.confidence * confidence;
        let far = if distance < FAR { FAR_FACTOR } else { 1.0 };
        (100.0 * nature * bracket * far).round().clamp(0.0, 100.0) as u8
    }
}

/// Why one may replace the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Nature<'a> {
    /// The same type.
    Identity,
    /// A rule of the table.
    Rule(&'a Rule),
    /// Two types of one family.
    Sibling,
    /// A rule of a type of the same family, on one side.
    Kin(&'a Rule),
    /// One has no type: the words alone.
    Words,
}

/// A pair that passed the gates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assessment<'a> {
    /// Why.
    pub nature: Nature<'a>,
    /// Components.
    pub components: Components,
    /// 0 to 100.
    pub score: u8,
    /// Kilometres between the sites.
    pub distance_km: Option<f64>,
    /// Kilometres at which D is 0.5.
    pub half_km: f64,
    /// The source is too cold for the need.
    pub needs_heat_pump: bool,
    /// Classes of water quality the source lacks.
    pub missing_classes: u8,
    /// The same waste sub-chapter or the same words on both sides.
    pub is_alike: bool,
    /// The activity of the need usually takes such an output.
    pub is_usual: bool,
    /// The need read by what its activity does with what it asks for.
    pub purpose: Option<TypeId>,
    /// One has no type: its likely ones were tried.
    pub is_guess: bool,
}

/// Scores an output against an input; nothing when a gate is closed.
pub fn assess<'a>(tables: &'a Nomenclature, settings: &Settings, output: &Flow, input: &Flow) -> Option<Assessment<'a>> {
    if (output.direction, input.direction) != (Direction::Out, Direction::In) {
        return None;
    }
    let actor = u32::from(output.actor != input.actor);
    pair(tables, settings, &Facts::new(tables, output, 0), &Facts::new(tables, input, actor))
}

pub(crate) fn pair<'a>(tables: &'a Nomenclature, settings: &Settings, output: &Facts, input: &Facts) -> Option<Assessment<'a>> {
    if output.actor == input.actor || is_poison(tables, output, input) || is_crumb(settings, output, input) {
        return None;
    }
    let Link { nature, value, from, to } = link(tables, output, input)?;
    let needs_heat_pump = is_too_cold(tables, (output, from), (input, to));
    let missing_classes = missing_classes(tables, (output, from), (input, to));
    let is_alike = nature != Nature::Words && is_alike(output, input);
    let (is_lifted, treated) = gaps_a_rule_fills(tables, nature);
    let heat = if needs_heat_pump && !is_lifted { HEAT_FACTOR } else { 1.0 };
    let is_usual = from.is_some_and(|kind| input.is_usual(kind));
    let likely = if is_alike { LIKENESS } else { 0.0 } + if is_usual { USUAL } else { 0.0 };
    let liked = (value + likely).min(1.0);
    let distance_km = output.place.zip(input.place).map(|(from, to)| from.distance(&to));
    let half_km = from.or(to).map_or_else(|| usual_half_km(output.domain), |kind| tables.get(kind).half_km);
    let components = Components {
        nature: liked * heat * CLASS_FACTOR.powi(i32::from(missing_classes.saturating_sub(treated))),
        distance: distance_km.map_or(NEUTRAL, |km| nearness(km * km, half_km)),
        quantity: likeness(output, input),
        timing: timing(output, input),
        confidence: output.confidence.min(input.confidence),
    };
    let score = components.score(&settings.weights);
    let purpose = to.filter(|kind| input.is_purpose(*kind));
    let is_guess = output.kind.is_none() || input.kind.is_none() || (from, to) != (output.kind, input.kind);
    Some(Assessment { nature, components, score, distance_km, half_km, needs_heat_pump, missing_classes, is_alike, is_usual, purpose, is_guess })
}

/// D, from the square of a distance.
pub(crate) fn nearness(km_squared: f64, half_km: f64) -> f64 {
    1.0 / (1.0 + km_squared / (half_km * half_km))
}

/// Hazardous, towards what is eaten, drunk or spread, by its type or by its words; without type, the activity of the need decides.
fn is_poison(tables: &Nomenclature, output: &Facts, input: &Facts) -> bool {
    output.is_hazardous && (input.is_eaten || input.kind.map_or(input.feeds, |kind| tables.feeds(kind)))
}

/// A need both tiny for the output and under the project's floor.
fn is_crumb(settings: &Settings, output: &Facts, input: &Facts) -> bool {
    let both = output.quantity.zip(input.quantity).filter(|_| output.domain == input.domain);
    both.is_some_and(|(offered, needed)| needed < CRUMB * offered && needed < settings.floors.of(input.domain))
}

/// Why one may replace the other, how much it is worth, and the types it was read with.
struct Link<'a> {
    nature: Nature<'a>,
    value: f64,
    from: Option<TypeId>,
    to: Option<TypeId>,
}

/// What is hazardous goes only where a rule of its own type says, or to the same type.
fn is_fit(output: &Facts, input: &Facts, nature: Nature<'_>) -> bool {
    !(output.is_hazardous || input.is_hazardous) || matches!(nature, Nature::Identity | Nature::Rule(_))
}

/// Whether two readings may meet: nothing hazardous where it is eaten or spread, a doubt about what is eaten never makes it less so, nor
/// a doubt about what is offered makes it eaten, unless the very same thing is wanted.
fn is_safe(tables: &Nomenclature, (output, from): (&Facts, TypeId), (input, to): (&Facts, TypeId)) -> bool {
    let is_doubted = |facts: &Facts, kind: TypeId| facts.kind.is_some_and(|first| first != kind);
    let is_eaten = |kind: TypeId| tables.is_eaten(kind);
    // Town water at a truck wash is drunk by nobody.
    let is_washing = |kind: TypeId| input.is_purpose(to) && !input.is_usual(kind);
    let is_drunk_or_fed = input.is_eaten || input.kind.is_some_and(|kind| is_eaten(kind) && !is_washing(kind));
    !((output.is_hazardous || tables.get(from).is_hazardous) && tables.feeds(to))
        && !(is_doubted(output, from) && is_eaten(to) && from != to)
        && !(is_doubted(input, to) && is_drunk_or_fed && !is_eaten(to))
        && !(input.kind.is_none() && input.is_eaten && input.domain == Domain::Material && !tables.feeds(to))
}

/// The best of what the types, or the likely types, and else the words allow.
fn link<'a>(tables: &'a Nomenclature, output: &Facts, input: &Facts) -> Option<Link<'a>> {
    if let Some((from, to)) = output.sure().zip(input.sure()) {
        let found = nature_of_types(tables, from, to).filter(|(nature, _)| is_fit(output, input, *nature));
        return found.map(|(nature, value)| Link { nature, value, from: Some(from), to: Some(to) });
    }
    let share = if output.signature & input.signature == 0 { 0.0 } else { overlap(&output.words, &input.words) };
    let is_told = output.kind.is_some() && input.kind.is_some();
    let by_words = (!is_told && output.domain == input.domain && share > 0.0).then_some(Link {
        nature: Nature::Words,
        value: WORDS_CAP * share,
        from: output.kind,
        to: input.kind,
    });
    let pairs = output.kinds().flat_map(|from| input.kinds().map(move |to| (from, to)));
    let safe = pairs.filter(|((from, _), (to, _))| is_safe(tables, (output, *from), (input, *to)));
    let by_types = safe.filter_map(|((from, of), (to, at))| {
        let (nature, value) = nature_of_types(tables, from, to).filter(|(nature, _)| is_fit(output, input, *nature))?;
        Some(Link { nature, value: value * of * at, from: Some(from), to: Some(to) })
    });
    by_words.into_iter().chain(by_types).reduce(|best, other| if other.value > best.value { other } else { best })
}

pub(crate) fn nature_of_types(tables: &Nomenclature, from: TypeId, to: TypeId) -> Option<(Nature<'_>, f64)> {
    let rule = |at: u16| &tables.rules()[usize::from(at)];
    match tables.bond(from, to) {
        Bond::None => None,
        Bond::Identity => Some((Nature::Identity, 1.0)),
        Bond::Rule(at, value) => Some((Nature::Rule(rule(at)), value)),
        Bond::Sibling => Some((Nature::Sibling, SIBLING)),
        Bond::Kin(at, value) => Some((Nature::Kin(rule(at)), value)),
    }
}

/// A heat need takes a source some degrees above it. A temperature not stated is the most favourable one of its type.
fn is_too_cold(tables: &Nomenclature, (output, from): (&Facts, Option<TypeId>), (input, to): (&Facts, Option<TypeId>)) -> bool {
    let Some(lowest) = to.and_then(|kind| tables.get(kind).temperature.0) else { return false };
    let need = input.temperature.unwrap_or(lowest);
    let source = output.temperature.or_else(|| tables.get(from?).temperature.1);
    source.is_some_and(|source| source < need + HEAT_MARGIN)
}

/// A quality not stated is the one of its type.
fn missing_classes(tables: &Nomenclature, output: (&Facts, Option<TypeId>), input: (&Facts, Option<TypeId>)) -> u8 {
    let quality = |(facts, kind): (&Facts, Option<TypeId>)| facts.quality.or_else(|| tables.get(kind?).quality);
    let is_water = output.0.domain == Domain::Water && input.0.domain == Domain::Water;
    let both = quality(output).zip(quality(input)).filter(|_| is_water);
    both.map_or(0, |(source, need)| need.saturating_sub(source).min(5))
}

fn is_alike(output: &Facts, input: &Facts) -> bool {
    let may_be = output.signature & input.signature != 0;
    may_be && ((output.sub_chapter.is_some() && output.sub_chapter == input.sub_chapter) || overlap(&output.words, &input.words) >= 0.5)
}

/// What the types of a rule already lack, its compatibility pays for: a heat too cold, and classes of water quality. Only a rule that
/// treats fills them; what a flow lacks beyond its type is still penalised.
fn gaps_a_rule_fills(tables: &Nomenclature, nature: Nature<'_>) -> (bool, u8) {
    let Nature::Rule(rule @ Rule { treatment: Treatment::Light | Treatment::Process, .. }) = nature else { return (false, 0) };
    let (source, need) = (tables.get(rule.out), tables.get(rule.r#in));
    let is_lifted = source.temperature.1.zip(need.temperature.0).is_some_and(|(highest, lowest)| highest < lowest + 5.0);
    (is_lifted, source.quality.zip(need.quality).map_or(0, |(offered, needed)| needed.saturating_sub(offered)))
}

fn usual_half_km(domain: Domain) -> f64 {
    match domain {
        Domain::Water => 2.5,
        Domain::Energy => 3.0,
        Domain::Material => 30.0,
        Domain::Service => 10.0,
    }
}

fn likeness(output: &Facts, input: &Facts) -> f64 {
    let both = output.quantity.zip(input.quantity).filter(|_| output.domain == input.domain);
    both.map_or(NEUTRAL, |(offered, needed)| (1.0 - QUANTITY_SLOPE * (offered / needed).log10().abs()).max(QUANTITY_LEAST))
}

fn timing(output: &Facts, input: &Facts) -> f64 {
    let both = output.months.zip(input.months);
    both.map_or(NEUTRAL, |(offered, needed)| f64::from((offered & needed).count_ones()) / f64::from(needed.count_ones()))
}
