//! What a workshop has on its table: the last cards, what was understood of each, and the leads they make in the dossier.

use std::collections::HashSet;
use std::sync::Arc;

use sqlx::PgConnection;
use trame_synergies::explain;
use trame_synergies::flow::Direction;
use trame_synergies::leads::Lead;
use trame_synergies::pool::Pool;
use uuid::Uuid;

use super::store::{self, Noted};
use crate::access::policy;
use crate::app::App;
use crate::error::AppError;
use crate::framework::content::{Content, Unit, Value};
use crate::framework::{FLOW, flow_type};
use crate::kit::ids::ProjectId;
use crate::leads::analysis::{self, Analysis, KINDS};
use crate::leads::flows::{self, Typed};
use crate::leads::settings;
use crate::project::draw::{News, Pen};
use crate::project::units;

/// Name of an actor that nobody named.
const NOBODY: &str = "acteur à préciser";
/// Cards read before those that the reader may not see are taken out.
const LOOKED_AT: i64 = 60;

/// Cards, and the engine's work on the whole dossier.
#[derive(Debug)]
pub struct Board {
    /// Cards, the last first.
    pub cards: Vec<Noted>,
    /// What the dossier holds, cards without actor included.
    pub content: Content,
    found: Arc<Analysis>,
}

/// A lead or a group that a card makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// 0 to 100.
    pub score: u8,
    /// "Panneaux Gamma cherche", "acteur à préciser a", "3 acteurs ont le même besoin".
    pub who: String,
    /// What the other has or looks for; nothing for a group.
    pub label: String,
    /// The sentence that justifies it.
    pub reason: String,
}

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The team: everything.
    Team,
    /// A room: what is kept to the team, or of a confidential actor, is taken out before anything is computed.
    Room,
}

/// Reads the dossier and runs the engine, off the async threads; a fixed number of statements.
pub async fn board(app: &App, conn: &mut PgConnection, project: ProjectId, (audience, most): (Audience, usize)) -> Result<Board, AppError> {
    let settings = settings::of_project(conn, project).await?.settings();
    let content = units::load(conn, project, &KINDS).await?;
    let noted = store::noted(conn, project, LOOKED_AT).await?;
    let (memory, tables) = (Arc::clone(&app.leads), analysis::tables(app).await?);
    let work = move || {
        let content = seated(if audience == Audience::Room { shown(content) } else { content });
        let read = flows::read(&tables, &content, &*memory);
        (content, Arc::new(Analysis::of(tables, settings, read)))
    };
    let (content, found) = tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?;
    let cards = noted.into_iter().filter(|card| content.row(FLOW.kind, card.row).is_some()).take(most).collect();
    Ok(Board { cards, content, found })
}

/// What a room may read.
fn shown(content: Content) -> Content {
    let confidential: HashSet<Uuid> = content.rows("stakeholder").filter(|unit| unit.flag("confidential")).map(|unit| unit.row).collect();
    let is_shown = |unit: &Unit| {
        let is_confidential = unit.row_of("actor").is_some_and(|actor| confidential.contains(&actor));
        unit.kind != FLOW.kind || policy::room_flow(unit.text("visibility"), is_confidential)
    };
    Content { units: content.units.into_iter().filter(is_shown).collect(), filled_slots: content.filled_slots }
}

/// Gives each flow without actor one of its own, which has no name nor place: it makes leads all the same.
fn seated(mut content: Content) -> Content {
    let known: HashSet<Uuid> = content.rows("stakeholder").map(|unit| unit.row).collect();
    let mut seats = Vec::new();
    for unit in content.units.iter_mut().filter(|unit| unit.kind == FLOW.kind) {
        if unit.row_of("actor").is_none_or(|actor| !known.contains(&actor)) {
            unit.fields.insert("actor".to_owned(), Value::Text(unit.row.to_string()));
            seats.push(Unit::blank("stakeholder", unit.row, None));
        }
    }
    content.units.extend(seats);
    content
}

impl Board {
    /// The flow of a card.
    pub fn flow(&self, row: Uuid) -> Option<&Unit> {
        self.content.row(FLOW.kind, row)
    }

    /// Its place in the analysis; nothing when too little is known of it.
    fn at(&self, row: Uuid) -> Option<usize> {
        self.found.read.sources.iter().position(|source| source.row == row)
    }

    /// Name of the actor of a flow.
    pub fn actor(&self, flow: &Unit) -> String {
        let actor = flow.row_of("actor").filter(|actor| *actor != flow.row).and_then(|actor| self.content.row("stakeholder", actor));
        actor.map_or_else(|| NOBODY.to_owned(), crate::project::draw::row_name)
    }

    /// « J’ai » or « Je cherche ».
    pub fn direction(flow: &Unit) -> &'static str {
        if flow.text("direction") == "in" { "Je cherche" } else { "J’ai" }
    }

    /// Quantity and domain, as people read them.
    pub fn facts(&self, flow: &Unit) -> Vec<String> {
        let pen = Pen { content: &self.content, criteria: &[], news: News::default(), authors: &[], shows_errors: false, removed: None };
        let shown = |key: &str| FLOW.field(key).map(|field| pen.shown(field, flow)).unwrap_or_default();
        let (quantity, unit, degrees) = (shown("quantity"), shown("unit"), shown("temperature"));
        let amount = if quantity.is_empty() { String::new() } else { format!("{quantity}\u{a0}{unit}") };
        let degrees = if degrees.is_empty() { String::new() } else { format!("{degrees}\u{a0}°C") };
        [shown("domain"), amount, degrees].into_iter().filter(|fact| !fact.is_empty()).collect()
    }

    /// The type of a card, and why: what a person chose, what the engine suggests, or what is missing.
    pub fn kind(&self, flow: &Unit) -> (String, String) {
        let Some(at) = self.at(flow.row) else {
            return ("Domaine à préciser".to_owned(), "Les mots ne disent ni un type, ni un domaine\u{a0}: le choisir sur la fiche.".to_owned());
        };
        let label = |kind| flow_type::label(&self.found.tables.get(kind).code);
        match &self.found.source(at).typed {
            Typed::Chosen => (flow_type::label(flow.text("type")), "Choisi par une personne.".to_owned()),
            Typed::Suggested(found) => (label(found.kind), bound(&found.reason.sentence())),
            Typed::Unknown(Some(guess)) => ("Sans type".to_owned(), format!("Peut-être «\u{a0}{}\u{a0}»\u{a0}: le choisir sur la fiche.", label(guess.kind))),
            Typed::Unknown(None) => ("Sans type".to_owned(), "Préciser quelques mots, ou choisir le type sur la fiche.".to_owned()),
        }
    }

    /// May a room read that flow?
    pub fn is_for_the_room(&self, flow: &Unit) -> bool {
        let actor = flow.row_of("actor").and_then(|actor| self.content.row("stakeholder", actor));
        policy::room_flow(flow.text("visibility"), actor.is_some_and(|actor| actor.flag("confidential")))
    }

    /// Leads and groups of a card, best first.
    pub fn matches(&self, row: Uuid, most: usize) -> Vec<Match> {
        let Some(at) = self.at(row) else { return Vec::new() };
        let leads = self.found.leads.iter().filter(|lead| lead.from == at || lead.to == at).take(most).map(|lead| self.match_of(*lead, at));
        let pools = self.found.pools.iter().filter(|pool| members(pool).any(|member| member == at)).take(1).map(|pool| self.group(pool));
        let mut found: Vec<Match> = leads.chain(pools).collect();
        found.sort_by_key(|found| std::cmp::Reverse(found.score));
        found.truncate(most);
        found
    }

    fn match_of(&self, lead: Lead, card: usize) -> Match {
        let other = if lead.from == card { lead.to } else { lead.from };
        let verb = if self.found.flow(other).direction == Direction::In { "cherche" } else { "a" };
        let (actor, label) = self.told(other);
        Match { score: lead.score, who: format!("{actor} {verb}"), label, reason: self.found.reason(lead) }
    }

    /// Name of the actor and words of a flow of the analysis.
    fn told(&self, at: usize) -> (String, String) {
        let flow = self.flow(self.found.source(at).row);
        (flow.map_or_else(|| NOBODY.to_owned(), |flow| self.actor(flow)), self.found.flow(at).label.clone())
    }

    fn group(&self, pool: &Pool) -> Match {
        let what = if pool.direction == Direction::Out { "la même sortie" } else { "le même besoin" };
        let label = flow_type::label(&self.found.tables.get(pool.kind).code);
        let reason = explain::pool(&self.found.tables, &self.found.read.flows, pool);
        Match { score: pool.score, who: format!("{}\u{a0}acteurs ont {what}", pool.actors), label, reason }
    }

    /// The best leads and groups that the cards make.
    pub fn best(&self, most: usize) -> Vec<Match> {
        let cards: Vec<usize> = self.cards.iter().filter_map(|card| self.at(card.row)).collect();
        let is_of_a_card = |lead: &&Lead| cards.contains(&lead.from) || cards.contains(&lead.to);
        let leads = self.found.leads.iter().filter(is_of_a_card).take(most).map(|lead| self.pair(*lead));
        let pools = self.found.pools.iter().filter(|pool| members(pool).any(|at| cards.contains(&at))).take(most).map(|pool| self.group(pool));
        let mut found: Vec<Match> = leads.chain(pools).collect();
        found.sort_by_key(|found| std::cmp::Reverse(found.score));
        found.truncate(most);
        found
    }

    /// "Scierie Alpha → Panneaux Gamma".
    fn pair(&self, lead: Lead) -> Match {
        let ((from, offered), (to, needed)) = (self.told(lead.from), self.told(lead.to));
        Match { score: lead.score, who: format!("{from} → {to}"), label: format!("{offered} → {needed}"), reason: self.found.reason(lead) }
    }
}

/// The engine's sentence, with French spaces that hold.
fn bound(sentence: &str) -> String {
    sentence.replace("« ", "«\u{a0}").replace(" »", "\u{a0}»").replace(" :", "\u{a0}:").replace(" °C", "\u{a0}°C")
}

fn members(pool: &Pool) -> impl Iterator<Item = usize> + '_ {
    pool.members.iter().chain(&pool.offers).copied()
}
