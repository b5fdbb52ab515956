//! A lead becomes a synergy of the dossier: a row written by the one saving mechanism, its actors, sources and method filled in
//! from the evidence. Everything else is left to people.

use sqlx::PgConnection;
use time::OffsetDateTime;
use trame_synergies::explain;
use trame_synergies::flow::{Direction, Domain};
use trame_synergies::leads::Lead;
use trame_synergies::pool::Pool;
use trame_synergies::score::Nature;
use uuid::Uuid;

use super::book::{Book, Thing, activity};
use super::lead::Found;
use super::words;
use crate::access::{PartWriter, ProjectEditor};
use crate::error::AppError;
use crate::framework::SYNERGY;
use crate::framework::content::{Fields, Unit, Value};
use crate::framework::standing::needed_for;
use crate::kit::french::count;
use crate::kit::moment;
use crate::kit::words::excerpt;
use crate::project::saving;
use crate::project::units::{self, Act, Change, Locked};

/// Flows cited in the sources.
const CITED: usize = 12;
/// Longest title of a synergy, as its row asks.
const TITLE: usize = 160;

/// Adds the synergy under the dossier's lock: its row, and its address.
pub async fn write(
    conn: &mut PgConnection,
    editor: &ProjectEditor,
    (locked, writer, operation): (&mut Locked, &PartWriter, Uuid),
    found: &Found,
) -> Result<(Uuid, String), AppError> {
    let book = found.book("");
    let thing = book.find(&found.subject).ok_or_else(|| {
        AppError::Unprocessable(
            "Le moteur ne trouve plus cette piste\u{a0}: les flux ont changé depuis. Ajoutez la synergie à la main si elle garde son intérêt.".to_owned(),
        )
    })?;
    let mut content = units::load(conn, editor.project(), &needed_for(&[SYNERGY.kind])).await?;
    let (held, last) = content.rows(SYNERGY.kind).fold((0, 0), |(held, last), unit| (held + 1, unit.position.max(last)));
    if held >= usize::from(SYNERGY.most) {
        return Err(AppError::Unprocessable(format!(
            "{} au plus\u{a0}: retirez-en une avant d’en ajouter une autre.",
            count(SYNERGY.most, "synergie", "synergies")
        )));
    }
    let mut unit = Unit::blank(SYNERGY.kind, Uuid::now_v7(), None);
    (unit.version, unit.position, unit.fields) = (1, last + 1, fields(book, &thing, writer.now()));
    (unit.author, unit.at) = (Some(writer.account()), writer.now());
    let (row, location) = (unit.row, editor.url(&format!("/synergies/{}", unit.row)));
    content.put(unit.clone());
    saving::refresh(locked, &content, &[SYNERGY.kind]);
    let act = Act { by: writer, operation, location: &location, act: "added", subject: SYNERGY.kind };
    units::write(conn, locked, &act, &[Change { unit, is_deleted: false, is_set_aside: false }]).await?;
    Ok((row, location))
}

/// What the evidence fills in.
fn fields(book: Book<'_>, thing: &Thing<'_>, now: OffsetDateTime) -> Fields {
    let mut fields = Fields::new();
    let mut put = |key: &str, text: String| {
        if !text.is_empty() {
            fields.insert(key.to_owned(), Value::Text(text));
        }
    };
    put("kind", if matches!(thing, Thing::Pool(_)) { "pooling" } else { "substitution" }.to_owned());
    put("status", "study".to_owned());
    put("title", excerpt(&book.title(thing), TITLE));
    put("description", description(book, thing));
    put("sources", sources(book, thing, now));
    match thing {
        Thing::Pair(lead, assessed) => {
            ends(book, *lead, &mut put);
            put("intermediary", interface(assessed.nature));
        }
        // The best pair stands for its type; the others are in the sources.
        Thing::Kind(kind) => {
            if let Some(lead) = kind.leads.first() {
                ends(book, *lead, &mut put);
                put("intermediary", book.found.assess(*lead).map(|assessed| interface(assessed.nature)).unwrap_or_default());
            }
        }
        Thing::Gap(gap) => {
            if let [only] = book.rows(&gap.outputs).as_slice() {
                put("emitter", only.to_string());
            }
            put("intermediary", gap.activities.first().map(|naf| excerpt(&activity(naf), TITLE)).unwrap_or_default());
        }
        Thing::Pool(pool) => put("object", object(book, pool).to_owned()),
    }
    let actors = book.rows(&thing.flows());
    if matches!(thing, Thing::Pool(_)) {
        fields.insert("actors".to_owned(), Value::Many(actors.iter().map(ToString::to_string).collect()));
    }
    if actors.iter().any(|row| book.found.read.actors.get(row).is_some_and(|actor| actor.is_confidential)) {
        fields.insert("confidential".to_owned(), Value::Flag(true));
    }
    fields
}

fn ends(book: Book<'_>, lead: Lead, put: &mut impl FnMut(&str, String)) {
    put("emitter", book.found.source(lead.from).actor.to_string());
    put("receiver", book.found.source(lead.to).actor.to_string());
}

/// The activity that the rule needs between both.
fn interface(nature: Nature<'_>) -> String {
    match nature {
        Nature::Rule(rule) => rule.interface_naf.as_deref().map(|naf| excerpt(&activity(naf), TITLE)).unwrap_or_default(),
        _ => String::new(),
    }
}

/// What is pooled, by the type of the flows.
fn object(book: Book<'_>, pool: &Pool) -> &'static str {
    let tables = &book.found.tables;
    let (kind, family) = (tables.get(pool.kind), tables.get(tables.family(pool.kind)));
    match (kind.domain, pool.direction, family.code.as_str(), kind.code.as_str()) {
        (Domain::Service, _, _, "collecte-dechets") => "collection",
        (Domain::Service, _, "collecte-achats", _) => "purchase",
        (Domain::Service, _, _, "salles-reunion" | "stockage-entrepot") => "space",
        (Domain::Service, _, "locaux-equipements", _) => "equipment",
        (Domain::Service, _, "infrastructures", _) => "infrastructure",
        (Domain::Service, _, _, "emplois-partages") => "job",
        (Domain::Service, ..) => "service",
        (Domain::Material, Direction::Out, ..) => "collection",
        (Domain::Material, Direction::In, ..) => "purchase",
        (Domain::Water | Domain::Energy, ..) => "infrastructure",
    }
}

/// One factual sentence.
fn description(book: Book<'_>, thing: &Thing<'_>) -> String {
    match thing {
        Thing::Pair(lead, assessed) => {
            let (from, to) = (book.found.flow(lead.from), book.found.flow(lead.to));
            let km = assessed.distance_km.map_or_else(|| "à une distance à préciser".to_owned(), |km| format!("à {}", explain::kilometres(km)));
            let (giver, taker) = (book.actor_name(lead.from), book.actor_name(lead.to));
            format!("{giver} a «\u{a0}{}\u{a0}»\u{202f}; {taker}, {km}, cherche «\u{a0}{}\u{a0}».", from.label, to.label)
        }
        Thing::Kind(kind) => {
            let names = |side: Vec<usize>| super::book::named(&book.names(&side));
            let (offer, need) = (names(kind.leads.iter().map(|lead| lead.from).collect()), names(kind.leads.iter().map(|lead| lead.to).collect()));
            format!("{}\u{a0}: offert par {offer}, cherché par {need}.", book.title(thing))
        }
        Thing::Pool(_) | Thing::Gap(_) => format!("{}, {}.", book.title(thing), words::lowered(&book.actors(thing))),
    }
}

/// « Piste du moteur de Trame, indice 78/100, le mercredi 23 septembre 2015 : … », then the flows that it rests on, each with its
/// evidence.
fn sources(book: Book<'_>, thing: &Thing<'_>, now: OffsetDateTime) -> String {
    let score = thing.score().map_or_else(String::new, |score| format!(", indice {score}/100"));
    let flows = thing.flows();
    let mut cited: Vec<String> = flows.iter().take(CITED).map(|at| cite(book, *at)).collect();
    if flows.len() > CITED {
        cited.push(format!("et {} autres", flows.len() - CITED));
    }
    format!(
        "Piste du moteur de Trame{score}, le {}\u{a0}: {}\n\nFlux de la piste\u{a0}: {}.",
        moment::date(now),
        book.sentence(thing),
        cited.join("\u{202f}; ")
    )
}

/// "« drêches humides », Malterie (déclaré par l’acteur)".
fn cite(book: Book<'_>, at: usize) -> String {
    let flow = book.found.flow(at);
    format!("«\u{a0}{}\u{a0}», {} ({})", flow.label, book.actor_name(at), words::evidence(flow.evidence))
}
