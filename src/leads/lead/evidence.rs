//! What a lead rests on: its flows with links to their rows, what is missing of them, cautions, and its other leads.

use trame_synergies::explain::{self, Unknown};
use trame_synergies::flow::{Domain, Flow};
use trame_synergies::leads::Lead;
use trame_synergies::score::Nature;

use crate::kit::moment;
use crate::leads::book::{Book, Thing};
use crate::leads::flows::Typed;
use crate::leads::score::{self, Opened};
use crate::leads::words;
use crate::page::Tag;

/// Lines of a table, before one goes to the list.
const SHOWN: usize = 20;

/// The data of one flow.
#[derive(Debug)]
pub struct Side {
    /// "Ce qui sort".
    pub title: &'static str,
    /// Words of the flow, and its row.
    pub flow: (String, String),
    /// Actor, and its row.
    pub actor: (String, String),
    /// Label, value, link.
    pub facts: Vec<(&'static str, String, String)>,
}

/// Something to ask.
#[derive(Debug)]
pub struct Missing {
    /// "quantité à préciser (besoin)".
    pub text: String,
    /// The very field.
    pub href: String,
    /// Of whom.
    pub actor: String,
}

/// What to check before anything else.
#[derive(Debug)]
pub struct Caution {
    /// One sentence.
    pub text: String,
    /// "au mercredi 25 novembre 2026".
    pub on: String,
    /// Where the rule comes from.
    pub source: String,
    /// Its number.
    pub number: u16,
    /// Its page.
    pub href: String,
}

/// Other leads, in short.
#[derive(Debug)]
pub struct Table {
    /// Caption.
    pub caption: String,
    /// Lines.
    pub lines: Vec<Short>,
    /// All of them: address and words.
    pub more: Option<(String, String)>,
}

/// A lead, in short.
#[derive(Debug)]
pub struct Short {
    /// Score.
    pub score: String,
    /// Title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Who is concerned.
    pub actors: String,
    /// State.
    pub tag: Tag,
}

/// The score opened, when the lead is a pair or a group; the best pair's for a type.
pub fn opened(book: Book<'_>, thing: &Thing<'_>) -> Option<Opened> {
    let found = book.found;
    match thing {
        Thing::Pair(lead, assessed) => Some(score::pair(&found.settings.weights, (found.flow(lead.from), found.flow(lead.to)), assessed)),
        Thing::Pool(pool) => Some(score::group(pool, &found.read.flows)),
        Thing::Kind(kind) => {
            let lead = *kind.leads.first()?;
            Some(score::pair(&found.settings.weights, (found.flow(lead.from), found.flow(lead.to)), &found.assess(lead)?))
        }
        Thing::Gap(_) => None,
    }
}

/// Both flows of a pair, every flow of a group; a type shows its pairs instead.
pub fn sides(book: Book<'_>, thing: &Thing<'_>) -> Vec<Side> {
    match thing {
        Thing::Pair(lead, _) => vec![side(book, lead.from, "Ce qui sort"), side(book, lead.to, "Ce qui est cherché")],
        Thing::Pool(pool) => {
            let members = pool.members.iter().map(|at| side(book, *at, "Dans le groupe"));
            members.chain(pool.offers.iter().map(|at| side(book, *at, "Capacité offerte"))).take(SHOWN).collect()
        }
        Thing::Gap(gap) => gap.outputs.iter().map(|at| side(book, *at, "Ce qui sort")).take(SHOWN).collect(),
        Thing::Kind(_) => Vec::new(),
    }
}

fn side(book: Book<'_>, at: usize, title: &'static str) -> Side {
    let (flow, source) = (book.found.flow(at), book.found.source(at));
    let code = flow.kind.map(|kind| book.found.tables.get(kind).code.clone());
    let kind = match &source.typed {
        Typed::Chosen => words::kind_or_label(&book.found.tables, flow),
        Typed::Suggested(guess) => format!("{}, proposé (confiance {}\u{a0}%)", words::type_name(&book.found.tables, guess.kind), guess.confidence),
        Typed::Unknown(_) => "inconnu".to_owned(),
    };
    let mut facts = vec![("Type", kind, code.map(|code| words::type_href(&code)).unwrap_or_default())];
    let plain = [
        ("Quantité", quantity(flow, source.assumption)),
        ("Période", months(flow)),
        ("Température", flow.temperature.map(|degrees| format!("{degrees}\u{a0}°C").replace('.', ",")).unwrap_or_default()),
        ("Code déchet", flow.waste_code.clone().unwrap_or_default()),
        ("Origine", words::evidence(flow.evidence).to_owned()),
        ("Lieu", book.found.actor(at).map(words::place).unwrap_or_default()),
    ];
    facts.extend(plain.into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| (label, value, String::new())));
    Side { title, flow: (flow.label.clone(), book.flow_href(at)), actor: (book.actor_name(at).to_owned(), book.actor_href(at)), facts }
}

fn quantity(flow: &Flow, assumption: &str) -> String {
    match flow.known_quantity() {
        None if flow.domain == Domain::Service => String::new(),
        None => "inconnue".to_owned(),
        Some(value) if assumption.is_empty() => words::quantity(value, flow.domain),
        Some(value) => format!("{} ({assumption})", words::quantity(value, flow.domain)),
    }
}

fn months(flow: &Flow) -> String {
    flow.known_months().map_or_else(
        || "inconnue".to_owned(),
        |mask| {
            let months: Vec<String> = (1..=12).filter(|month| mask >> (month - 1) & 1 == 1).map(|month: u16| month.to_string()).collect();
            crate::project::draw::months_text(&months)
        },
    )
}

/// What is missing, each with a link to the exact field.
pub fn missing(book: Book<'_>, thing: &Thing<'_>) -> Vec<Missing> {
    let flows = match thing {
        Thing::Kind(kind) => kind.leads.first().map(|lead| vec![lead.from, lead.to]).unwrap_or_default(),
        other => other.flows(),
    };
    flows.into_iter().take(SHOWN).flat_map(|at| missing_of(book, at)).collect()
}

fn missing_of(book: Book<'_>, at: usize) -> Vec<Missing> {
    let flow = book.found.flow(at);
    let unknowns = explain::unknowns(&book.found.tables, flow).into_iter();
    let told = unknowns.map(|about| Missing {
        text: format!("{}, {}", flow.label, lacking(about)),
        href: field(book, at, about),
        actor: book.actor_name(at).to_owned(),
    });
    told.collect()
}

const fn lacking(about: Unknown) -> &'static str {
    match about {
        Unknown::Kind => "type de flux à préciser",
        Unknown::Quantity => "quantité à préciser",
        Unknown::Months => "période à préciser",
        Unknown::Position => "emplacement à préciser",
        Unknown::Temperature => "température à préciser",
        Unknown::Quality => "qualité de l’eau à préciser",
        Unknown::Evidence => "estimation statistique à confirmer",
    }
}

/// Address of the field that would answer.
pub fn field(book: Book<'_>, at: usize, about: Unknown) -> String {
    let key = match about {
        Unknown::Position => return format!("{}#commune", book.actor_href(at)),
        Unknown::Kind => "type",
        Unknown::Quantity => "quantity",
        Unknown::Months => "months",
        Unknown::Temperature => "temperature",
        Unknown::Quality => "quality",
        Unknown::Evidence => "evidence",
    };
    format!("{}#{key}", book.flow_href(at))
}

/// Cautions of the rule behind the lead.
pub fn cautions(book: Book<'_>, thing: &Thing<'_>) -> Vec<Caution> {
    let nature = match thing {
        Thing::Pair(_, assessed) => Some(assessed.nature),
        Thing::Kind(kind) => kind.leads.first().and_then(|lead| book.found.assess(*lead)).map(|assessed| assessed.nature),
        Thing::Pool(_) | Thing::Gap(_) => None,
    };
    let Some(Nature::Rule(rule)) = nature else { return Vec::new() };
    let on = moment::read_date(&rule.caution_on).map(moment::day).unwrap_or_default();
    vec![Caution {
        text: rule.caution.replace('\'', "’"),
        on,
        source: rule.source.replace('\'', "’"),
        number: rule.number,
        href: words::rule_href(rule.number),
    }]
}

/// The pairs of a type; the other leads of a pair's two flows.
pub fn tables(book: Book<'_>, thing: &Thing<'_>) -> Vec<Table> {
    match thing {
        Thing::Kind(kind) => vec![table(book, "Les paires qui portent ce type".to_owned(), &kind.leads, None)],
        Thing::Pair(lead, _) => {
            let leads = &book.found.leads;
            let outlets: Vec<Lead> = leads.iter().copied().filter(|other| other.from == lead.from && other.to != lead.to).collect();
            let sources: Vec<Lead> = leads.iter().copied().filter(|other| other.to == lead.to && other.from != lead.from).collect();
            let (from, to) = (&book.found.flow(lead.from).label, &book.found.flow(lead.to).label);
            let all = [(format!("Autres débouchés de «\u{a0}{from}\u{a0}»"), outlets), (format!("Autres réponses au besoin «\u{a0}{to}\u{a0}»"), sources)];
            all.into_iter().filter(|(_, leads)| !leads.is_empty()).map(|(caption, leads)| table(book, caption, &leads, None)).collect()
        }
        Thing::Gap(gap) if !gap.candidates.is_empty() => {
            let lines = gap.candidates.iter().take(SHOWN).map(|at| Short {
                score: String::new(),
                title: book.found.flow(*at).label.clone(),
                href: book.flow_href(*at),
                actors: book.actor_name(*at).to_owned(),
                tag: Tag { class: "off", word: "Trop loin" },
            });
            vec![Table { caption: "Besoins compatibles, plus loin".to_owned(), lines: lines.collect(), more: None }]
        }
        Thing::Pool(_) | Thing::Gap(_) => Vec::new(),
    }
}

/// Leads in short.
pub fn table(book: Book<'_>, caption: String, leads: &[Lead], more: Option<(String, String)>) -> Table {
    let lines = leads.iter().take(SHOWN).filter_map(|lead| {
        let (subject, thing) = (book.pair(*lead), Thing::Pair(*lead, book.found.assess(*lead)?));
        let tag = words::tag(book.choice(&subject));
        Some(Short { score: lead.score.to_string(), title: book.title(&thing), href: book.href(&subject), actors: book.actors(&thing), tag })
    });
    Table { caption, lines: lines.collect(), more }
}
