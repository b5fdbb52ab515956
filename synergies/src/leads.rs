//! Substitution leads of a set: the ten best of each side, found by type and by latitude.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use crate::facts::{DEGREE_KM, Facts, Place, has_bit, read_all};
use crate::flow::{Direction, Domain, Flow};
use crate::nomenclature::{Nomenclature, TypeId};
use crate::score::{Assessment, Settings, THRESHOLD, USUAL, WORDS_CAP, nature_of_types, pair};

mod ceiling;

use ceiling::{Ceiling, Glance};

/// Leads kept on each side of a flow.
pub const BEST: usize = 10;

/// One more than is shown: the one that enters when a flow changes.
const KEPT: usize = BEST + 1;

/// Under any lead that is shown.
const LOWEST: Rank = Rank((THRESHOLD as u64) << 56);

/// An output that could serve an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lead {
    /// Place of the output in the flows.
    pub from: usize,
    /// Place of the input in the flows.
    pub to: usize,
    /// 0 to 100.
    pub score: u8,
}

/// Score, larger magnitude, references: a greater rank is a better lead. References count from the last, so that the first wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(u64);

impl Rank {
    fn new(score: u8, magnitude: u8, from: u32, to: u32) -> Self {
        let last = |rank: u32| u64::from(!rank & 0x00ff_ffff);
        Self(u64::from(score) << 56 | u64::from(magnitude) << 48 | last(from) << 24 | last(to))
    }

    fn score(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    fn from(self) -> u32 {
        let [.., a, b, c, _, _, _] = (!self.0).to_be_bytes();
        u32::from_be_bytes([0, a, b, c])
    }

    fn to(self) -> u32 {
        let [.., a, b, c] = (!self.0).to_be_bytes();
        u32::from_be_bytes([0, a, b, c])
    }
}

/// The best leads of one flow, best first.
#[derive(Debug, Clone, Copy, Default)]
struct Best {
    ranks: [Option<Rank>; KEPT],
}

impl Best {
    fn add(&mut self, rank: Rank) {
        let at = self.ranks.partition_point(|kept| kept.is_some_and(|kept| kept > rank));
        // A flow tried as several types is met several times.
        if at < KEPT && self.ranks[at] != Some(rank) {
            self.ranks[at..].rotate_right(1);
            self.ranks[at] = Some(rank);
        }
    }

    /// The rank to pass.
    fn bar(&self) -> Rank {
        self.ranks[KEPT - 1].unwrap_or(LOWEST)
    }

    fn shown(&self) -> impl Iterator<Item = Rank> {
        self.ranks.iter().take(BEST).flatten().copied()
    }

    /// Whether a rank would be among the ten best once the flow `without` is taken out.
    fn takes(&self, rank: Rank, without: Option<u32>) -> bool {
        let others = self.ranks.iter().flatten().filter(|kept| without.is_none_or(|flow| kept.from() != flow && kept.to() != flow));
        others.take_while(|kept| **kept > rank).count() < BEST
    }
}

/// Flows of one type and direction, from south to north.
#[derive(Debug, Default)]
struct Bucket {
    placed: Vec<Entry>,
    /// Of the placed ones, in the same order.
    glances: Vec<Glance>,
    unplaced: Vec<u32>,
    /// The types that the activity of one of its flows usually takes.
    usual: Vec<u64>,
}

impl Bucket {
    /// Whether the activity of one of its flows usually takes, or gives, that type.
    fn is_usual(&self, kind: TypeId) -> bool {
        has_bit(&self.usual, kind)
    }
}

/// A set of flows ready to answer; `flows` in any order give the same leads.
#[derive(Debug)]
pub struct Index<'a> {
    tables: &'a Nomenclature,
    settings: Settings,
    flows: &'a [Flow],
    /// Places in `flows`, by reference.
    order: Vec<u32>,
    /// Neighbours of one type side by side, so that they are at hand together.
    facts: Vec<Facts>,
    /// Place in `facts` of each flow, in order.
    slots: Vec<u32>,
    buckets: HashMap<(Direction, TypeId), Bucket>,
    /// Partner types of each present type with their nature, best first.
    partners: HashMap<(Direction, TypeId), Vec<(TypeId, f64)>>,
    /// Flows by direction, domain and word: those with a type, and those without.
    by_word: HashMap<(Direction, Domain, u32), [Vec<u32>; 2]>,
    best: Vec<Best>,
}

impl<'a> Index<'a> {
    /// Reads the flows and scores them all. At most eight million.
    pub fn new(tables: &'a Nomenclature, settings: Settings, flows: &'a [Flow]) -> Self {
        let mut order: Vec<u32> = (0..).take(flows.len()).collect();
        order.sort_by(|&a, &b| flows[a as usize].reference.cmp(&flows[b as usize].reference));
        let (facts, slots) = gathered(read_all(tables, flows, &order), |at| flows[order[at as usize] as usize].direction);
        let mut index =
            Self { tables, settings, flows, order, facts, slots, buckets: HashMap::new(), partners: HashMap::new(), by_word: HashMap::new(), best: Vec::new() };
        index.fill_buckets();
        index.fill_partners();
        index.fill_words();
        index.best = index.best_of_all();
        index
    }

    /// Every lead above the threshold that is among the ten best of its output or of its input, best first.
    pub fn leads(&self) -> Vec<Lead> {
        let mut ranks: Vec<Rank> = self.best.iter().flat_map(Best::shown).collect();
        ranks.sort_unstable_by_key(|&rank| Reverse(rank));
        ranks.dedup();
        ranks.into_iter().map(|rank| self.lead(rank)).collect()
    }

    /// Leads of a new flow, or of one that changed (the same reference): its ten best, and those where it enters the ten best of
    /// the other side, best first. The place of `flow` itself is its place in the set, or the number of flows when it is new.
    pub fn leads_of(&self, flow: &Flow) -> Vec<Lead> {
        let found = self.order.binary_search_by(|&at| self.flows[at as usize].reference.as_str().cmp(&flow.reference));
        let (Ok(at) | Err(at)) = found;
        let old = found.is_ok();
        #[expect(clippy::cast_possible_truncation, reason = "at most eight million flows")]
        let rank = 2 * at as u32 + u32::from(old);
        let actor = self.flows.iter().position(|other| other.actor == flow.actor);
        let actor = actor.and_then(|place| (0_u32..).zip(&self.order).find(|(_, at)| **at as usize == place)).map_or(u32::MAX, |(at, _)| self.facts(at).actor);
        let facts = Facts::new(self.tables, flow, actor);
        let mut kept: BTreeSet<Reverse<Rank>> = self.best_of(&facts, flow.direction, rank).shown().map(Reverse).collect();
        self.visit(&facts, flow.direction, rank, &mut |found, other| {
            if self.best[other as usize].takes(found, old.then_some(rank)) {
                kept.insert(Reverse(found));
            }
            LOWEST
        });
        kept.into_iter().map(|Reverse(rank)| self.lead(rank)).collect()
    }

    /// The components of a lead of this set.
    pub fn assess(&self, lead: Lead) -> Option<Assessment<'a>> {
        crate::score::assess(self.tables, &self.settings, self.flows.get(lead.from)?, self.flows.get(lead.to)?)
    }

    /// The flows, as given.
    pub fn flows(&self) -> &'a [Flow] {
        self.flows
    }

    fn facts(&self, at: u32) -> &Facts {
        &self.facts[self.slots[at as usize] as usize]
    }

    fn flow(&self, at: u32) -> &'a Flow {
        &self.flows[self.order[at as usize] as usize]
    }

    fn lead(&self, rank: Rank) -> Lead {
        let place = |rank: u32| if rank % 2 == 1 { self.order[(rank / 2) as usize] as usize } else { self.flows.len() };
        Lead { from: place(rank.from()), to: place(rank.to()), score: rank.score() }
    }

    fn fill_buckets(&mut self) {
        for at in (0_u32..).take(self.slots.len()) {
            let facts = &self.facts[self.slots[at as usize] as usize];
            let direction = self.flows[self.order[at as usize] as usize].direction;
            for (kind, _) in facts.kinds() {
                let bucket = self.buckets.entry((direction, kind)).or_default();
                facts.add_usual(&mut bucket.usual);
                match facts.place {
                    Some(place) => bucket.placed.push(Entry { place, at, slot: self.slots[at as usize] }),
                    None => bucket.unplaced.push(at),
                }
            }
        }
        for bucket in self.buckets.values_mut() {
            bucket.placed.sort_by(|a, b| a.place.latitude.total_cmp(&b.place.latitude).then(a.at.cmp(&b.at)));
            bucket.glances = bucket.placed.iter().map(|entry| Glance::new(&self.facts[entry.slot as usize])).collect();
        }
    }

    /// For every type, present or not: a changed flow may bring a new one.
    fn fill_partners(&mut self) {
        let kinds = || (0_u16..).take(self.tables.types().len()).map(TypeId);
        for from in kinds() {
            for to in kinds() {
                let Some((_, value)) = nature_of_types(self.tables, from, to) else { continue };
                if self.buckets.contains_key(&(Direction::In, to)) {
                    self.partners.entry((Direction::Out, from)).or_default().push((to, value));
                }
                if self.buckets.contains_key(&(Direction::Out, from)) {
                    self.partners.entry((Direction::In, to)).or_default().push((from, value));
                }
            }
        }
        for partners in self.partners.values_mut() {
            partners.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        }
    }

    /// Of all flows: a flow that comes or changes may have no type.
    fn fill_words(&mut self) {
        for at in (0_u32..).take(self.slots.len()) {
            let facts = &self.facts[self.slots[at as usize] as usize];
            let direction = self.flows[self.order[at as usize] as usize].direction;
            for &word in &facts.words {
                self.by_word.entry((direction, facts.domain, word)).or_default()[usize::from(facts.kind.is_none())].push(at);
            }
        }
    }

    /// Flows of one type and neighbourhood one after the other: they meet the same partners, still at hand in the processor.
    fn best_of_all(&self) -> Vec<Best> {
        let mut best = vec![Best::default(); self.facts.len()];
        let mut turn: Vec<u32> = (0..).take(self.slots.len()).collect();
        turn.sort_unstable_by_key(|&at| self.slots[at as usize]);
        for at in turn {
            best[at as usize] = self.best_of(self.facts(at), self.flow(at).direction, 2 * at + 1);
        }
        best
    }

    fn best_of(&self, facts: &Facts, direction: Direction, rank: u32) -> Best {
        let mut best = Best::default();
        self.visit(facts, direction, rank, &mut |found, _| {
            best.add(found);
            best.bar()
        });
        best
    }

    /// Calls `keep` with each lead of a flow that passes the bar `keep` last asked for; nearest latitudes first.
    fn visit(&self, facts: &Facts, direction: Direction, rank: u32, keep: &mut impl FnMut(Rank, u32) -> Rank) {
        let mut search = Search { index: self, facts, direction, rank, bar: LOWEST, keep };
        for (kind, share) in facts.kinds() {
            let other = opposite(direction);
            for &(partner, nature) in self.partners.get(&(direction, kind)).into_iter().flatten() {
                let half_km = self.tables.get(if direction == Direction::Out { kind } else { partner }).half_km;
                let bucket = &self.buckets[&(other, partner)];
                let is_usual = if direction == Direction::Out { bucket.is_usual(kind) } else { facts.is_usual(partner) };
                let likely = if is_usual { USUAL } else { 0.0 };
                // The best natures come first: when one is out of reach whatever the activities, so are those that follow.
                if !search.bucket(bucket, nature * share + likely, half_km) && !search.could(nature * share + USUAL, half_km) {
                    break;
                }
            }
        }
        search.by_words();
    }
}

struct Search<'s, 'a, K> {
    index: &'s Index<'a>,
    facts: &'s Facts,
    direction: Direction,
    rank: u32,
    bar: Rank,
    keep: &'s mut K,
}

impl<K: FnMut(Rank, u32) -> Rank> Search<'_, '_, K> {
    /// Whether a neighbour could reach the bar.
    fn could(&self, nature: f64, half_km: f64) -> bool {
        Ceiling::new(self.index.settings.weights, self.facts, self.direction, (nature, half_km)).reach(self.bar.score()) >= 0.0
    }

    /// False when not even a neighbour could reach the bar.
    fn bucket(&mut self, bucket: &Bucket, nature: f64, half_km: f64) -> bool {
        let ceiling = Ceiling::new(self.index.settings.weights, self.facts, self.direction, (nature, half_km));
        let mut reach = ceiling.reach(self.bar.score());
        if reach < 0.0 {
            return false;
        }
        for &at in &bucket.unplaced {
            self.score(at, self.index.facts(at));
        }
        let Some(place) = self.facts.place else {
            for entry in &bucket.placed {
                self.score(entry.at, &self.index.facts[entry.slot as usize]);
            }
            return true;
        };
        let mut north = bucket.placed.partition_point(|entry| entry.place.latitude < place.latitude);
        let mut south = north;
        let squared = |entry: Option<&Entry>| entry.map_or(f64::INFINITY, |entry| ((entry.place.latitude - place.latitude) * DEGREE_KM).powi(2) * 0.999_999);
        let (mut above, mut below) = (squared(bucket.placed.get(north)), squared(south.checked_sub(1).and_then(|at| bucket.placed.get(at))));
        loop {
            if above.min(below) > reach || above.min(below).is_infinite() {
                return true;
            }
            let at = if above <= below {
                north += 1;
                above = squared(bucket.placed.get(north));
                north - 1
            } else {
                south -= 1;
                below = squared(south.checked_sub(1).and_then(|at| bucket.placed.get(at)));
                south
            };
            let entry = &bucket.placed[at];
            let chord = place.chord_squared(&entry.place);
            if chord > reach {
                continue;
            }
            let (best, magnitude) = ceiling.merit(chord, &bucket.glances[at]);
            if self.ranked(best, magnitude, entry.at) > self.bar {
                let bar = self.bar;
                self.score(entry.at, &self.index.facts[entry.slot as usize]);
                if self.bar != bar {
                    reach = ceiling.reach(self.bar.score());
                }
            }
        }
    }

    /// Pairs in which one side has no type: same domain, common words.
    fn by_words(&mut self) {
        // A flow with a type meets only those without.
        let skipped = usize::from(self.facts.kind.is_some());
        let key = |word: &u32| (opposite(self.direction), self.facts.domain, *word);
        let posted = self.facts.words.iter().filter_map(|word| self.index.by_word.get(&key(word)));
        let mut found: Vec<u32> = posted.flat_map(|posted| &posted[skipped..]).flatten().copied().collect();
        found.sort_unstable();
        for same in found.chunk_by(|a, b| a == b) {
            let of_both = self.facts.words.len() + self.index.facts(same[0]).words.len();
            // The score at its best: the share of common words, the rest perfect.
            if 200.0 * WORDS_CAP * count(same.len()) / count(of_both) + 0.500_001 >= f64::from(self.bar.score()) {
                self.score(same[0], self.index.facts(same[0]));
            }
        }
    }

    /// The rank of a lead with that flow.
    fn ranked(&self, score: u8, magnitude: u8, at: u32) -> Rank {
        let other = 2 * at + 1;
        match self.direction {
            Direction::Out => Rank::new(score, magnitude, self.rank, other),
            Direction::In => Rank::new(score, magnitude, other, self.rank),
        }
    }

    fn score(&mut self, at: u32, other: &Facts) {
        let index = self.index;
        if self.rank == 2 * at + 1 {
            return;
        }
        let (output, input) = if self.direction == Direction::Out { (self.facts, other) } else { (other, self.facts) };
        let score = pair(index.tables, &index.settings, output, input).map_or(0, |found| found.score);
        let rank = self.ranked(score, output.magnitude.max(input.magnitude), at);
        if rank > self.bar {
            self.bar = (self.keep)(rank, at);
        }
    }
}

/// The facts of one type, direction and neighbourhood after one another, and where each went.
fn gathered(facts: Vec<Facts>, direction: impl Fn(u32) -> Direction) -> (Vec<Facts>, Vec<u32>) {
    let mut turn: Vec<(u32, Facts)> = (0..).zip(facts).collect();
    turn.sort_by_cached_key(|(at, facts)| (facts.kind, direction(*at), facts.place.map(|place| place.latitude.to_bits()), *at));
    let mut slots = vec![0; turn.len()];
    for (slot, (at, _)) in (0..).zip(&turn) {
        slots[*at as usize] = slot;
    }
    (turn.into_iter().map(|(_, facts)| facts).collect(), slots)
}

/// A placed flow.
#[derive(Debug)]
struct Entry {
    place: Place,
    at: u32,
    slot: u32,
}

#[expect(clippy::cast_precision_loss, reason = "a label has few words")]
fn count(words: usize) -> f64 {
    words as f64
}

fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Out => Direction::In,
        Direction::In => Direction::Out,
    }
}
