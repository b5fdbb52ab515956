//! The terms of reference: one part by deliverable (what is done, what is asked, in what measure), parts around them, parts of
//! the carrier's own. What nobody wrote is proposed, and follows the dossier.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::AppError;
use crate::framework::content::Content;
use crate::framework::standing::{Standing, places};
use crate::framework::{DELIVERABLES, Deliverable, State};

/// What is asked of the provider about a deliverable (R84, « à géométrie variable »).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The provider does it.
    Whole,
    /// The provider helps.
    Help,
    /// Not asked.
    None,
}

impl Scope {
    /// As kept, as read.
    pub const CHOICES: [(&str, &str); 3] = [("whole", "à faire par le prestataire"), ("help", "aide à l’équipe"), ("none", "non demandé")];

    /// From what is kept or posted.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "whole" => Some(Self::Whole),
            "help" => Some(Self::Help),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    /// As kept.
    pub const fn key(self) -> &'static str {
        Self::CHOICES[self as usize].0
    }

    /// As read.
    pub const fn words(self) -> &'static str {
        Self::CHOICES[self as usize].1
    }

    /// What the progress suggests: nothing of what is whole, all of what is not begun.
    fn suggested(standing: &Standing, deliverable: &Deliverable) -> Self {
        let tally = standing.tally(deliverable);
        match (tally.filled, tally.begun) {
            (0, 0) => Self::Whole,
            (filled, _) if filled == tally.states.len() => Self::None,
            _ => Self::Help,
        }
    }
}

/// A section as somebody saved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Key: `d1`, `offer`, or the id of an added section.
    pub key: String,
    /// Title of an added section.
    pub title: String,
    /// Scope chosen; empty elsewhere.
    pub scope: String,
    /// Text; empty when the proposed one stays.
    pub body: String,
    /// Version.
    pub version: i32,
    /// Taken out.
    pub is_removed: bool,
    /// "Ana, le lundi…".
    pub by: String,
}

/// A part of the terms of reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Key.
    pub key: String,
    /// Title.
    pub title: String,
    /// What is asked, for a deliverable.
    #[serde(default)]
    pub scope: String,
    /// Where the deliverable stands, in sentences.
    #[serde(default)]
    pub state: Vec<String>,
    /// The carrier's own questions (R9): words, and what the answer must hold.
    #[serde(default)]
    pub questions: Vec<(String, String)>,
    /// What is asked, in words.
    pub body: String,
    /// Version of what is saved; zero for what is proposed.
    #[serde(skip)]
    pub version: i32,
    /// Who saved it last, and when.
    #[serde(skip)]
    pub by: String,
    /// The text is the proposed one.
    #[serde(skip)]
    pub is_proposed: bool,
}

impl Part {
    /// Is it about a deliverable?
    pub fn has_scope(&self) -> bool {
        !self.scope.is_empty()
    }

    /// Was it added by the carrier?
    pub fn is_added(&self) -> bool {
        self.key.len() > 10
    }

    /// The scope, in words.
    pub fn scope_words(&self) -> &'static str {
        Scope::parse(&self.scope).map_or("", Scope::words)
    }
}

/// The terms of reference, whole: also as a version freezes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Title of the dossier.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// Call and edition.
    pub call: String,
    /// Parts, in order.
    pub parts: Vec<Part>,
}

/// What the terms of reference are drawn from.
#[derive(Debug)]
pub struct Source<'a> {
    /// Title of the dossier, carrier and place, call.
    pub names: (&'a str, &'a str, &'a str),
    /// Where the dossier stands.
    pub standing: &'a Standing,
    /// The carrier's own questions, at least.
    pub content: &'a Content,
    /// Sections saved.
    pub stored: &'a [Stored],
}

/// Parts before and after those of the deliverables: key, title.
const AROUND: [(&str, &str); 4] = [
    ("context", "Contexte et objet de la mission"),
    ("mission", "Déroulement de la mission"),
    ("results", "Rendus attendus"),
    ("offer", "Contenu et remise des offres"),
];

/// The terms of reference, as they stand.
pub fn terms(source: &Source<'_>) -> Terms {
    let mut parts = vec![around(source, 0)];
    parts.extend(DELIVERABLES.iter().map(|deliverable| of_deliverable(source, deliverable)));
    parts.extend((1..AROUND.len()).map(|index| around(source, index)));
    parts.extend(source.stored.iter().filter(|held| !held.is_removed && is_added(&held.key)).map(added));
    let (title, label, call) = source.names;
    Terms { title: title.to_owned(), label: label.to_owned(), call: call.to_owned(), parts }
}

/// Keys of added sections are ids.
pub fn is_added(key: &str) -> bool {
    uuid::Uuid::try_parse(key).is_ok()
}

fn part(source: &Source<'_>, (key, title): (String, String), proposed: String) -> Part {
    let held = source.stored.iter().find(|held| held.key == key);
    let body = held.map(|held| held.body.clone()).filter(|body| !body.is_empty());
    Part {
        is_proposed: body.is_none(),
        body: body.unwrap_or(proposed),
        version: held.map_or(0, |held| held.version),
        by: held.map(|held| held.by.clone()).unwrap_or_default(),
        key,
        title,
        scope: String::new(),
        state: Vec::new(),
        questions: Vec::new(),
    }
}

fn around(source: &Source<'_>, index: usize) -> Part {
    let (key, title) = AROUND[index];
    part(source, (key.to_owned(), title.to_owned()), proposed_around(key, source.names))
}

fn added(held: &Stored) -> Part {
    Part {
        key: held.key.clone(),
        title: held.title.clone(),
        scope: String::new(),
        state: Vec::new(),
        questions: Vec::new(),
        body: held.body.clone(),
        version: held.version,
        by: held.by.clone(),
        is_proposed: false,
    }
}

fn of_deliverable(source: &Source<'_>, deliverable: &'static Deliverable) -> Part {
    let key = format!("d{}", deliverable.no);
    let chosen = source.stored.iter().find(|held| held.key == key).and_then(|held| Scope::parse(&held.scope));
    let scope = chosen.unwrap_or_else(|| Scope::suggested(source.standing, deliverable));
    let title = format!("Livrable {}\u{a0}: {}", deliverable.no, deliverable.title);
    Part {
        scope: scope.key().to_owned(),
        state: state(source.standing, deliverable),
        questions: questions(source.content, deliverable.no),
        ..part(source, (key, title), proposed(source.standing, deliverable, scope))
    }
}

/// The text proposed for a deliverable in another measure than the held one.
pub fn proposed(standing: &Standing, deliverable: &'static Deliverable, scope: Scope) -> String {
    let left = titles(standing, deliverable, &[State::Empty, State::Begun]);
    let points = if left.is_empty() { String::new() } else { format!("\n\nPoints qui restent\u{a0}:\n- {}", left.join("\n- ")) };
    match scope {
        Scope::Whole => format!(
            "Le prestataire réalise ce livrable avec l’équipe du porteur, à partir de ce qui est déjà écrit. Il réunit les informations, rédige, et fait \
             valider chaque partie par le porteur, qui garde les décisions.{points}"
        ),
        Scope::Help => format!(
            "L’équipe du porteur rédige ce livrable. Le prestataire l’aide\u{a0}: il relit ce qui est écrit, signale ce qui manque, apporte sa méthode et ses \
             références, et accompagne les points qui restent.{points}"
        ),
        Scope::None => "Ce livrable n’est pas demandé au prestataire\u{a0}: l’équipe du porteur le mène seule. Il le lit pour s’y référer.".to_owned(),
    }
}

fn titles(standing: &Standing, deliverable: &'static Deliverable, states: &[State]) -> Vec<&'static str> {
    let own = places().filter(|place| place.deliverable.no == deliverable.no && place.item.is_element);
    own.filter(|place| states.contains(&standing.state(place.item.key))).map(|place| place.item.title).collect()
}

/// What is done, begun, to do.
fn state(standing: &Standing, deliverable: &'static Deliverable) -> Vec<String> {
    let mut sentences = vec![format!("{}.", standing.tally(deliverable).sentence(deliverable))];
    for (word, state) in [("Rempli", State::Filled), ("Commencé", State::Begun), ("À faire", State::Empty)] {
        let titles = titles(standing, deliverable, &[state]);
        if !titles.is_empty() {
            sentences.push(format!("{word}\u{a0}: {}.", titles.join("\u{202f}; ")));
        }
    }
    sentences
}

/// Own questions of a deliverable, in their order.
fn questions(content: &Content, no: u8) -> Vec<(String, String)> {
    let rows = content.rows(QUESTIONS[usize::from(no) - 1]).filter(|unit| unit.has("title"));
    rows.map(|unit| (unit.text("title").to_owned(), unit.text("guidance").to_owned())).collect()
}

/// Kinds of units that hold the carrier's own questions.
pub const QUESTIONS: [&str; 5] = ["question_1", "question_2", "question_3", "question_4", "question_5"];

fn proposed_around(key: &str, (title, label, call): (&str, &str, &str)) -> String {
    match key {
        "context" => format!(
            "{label} porte le projet «\u{a0}{title}\u{a0}», dans le cadre de l’appel «\u{a0}{call}\u{a0}». Ce projet d’écologie industrielle et territoriale \
             se structure en cinq livrables, dont la trame est celle de l’appel.\n\nLa mission est une assistance à maîtrise d’ouvrage (AMO)\u{a0}: elle aide \
             le porteur à construire la démarche et à préparer son dossier. Les décisions restent celles du porteur."
        ),
        "mission" => "Une réunion de lancement fixe le calendrier et les personnes. Des points réguliers suivent l’avancement, livrable par livrable. Une \
             réunion de clôture présente les rendus.\n\nLe prestataire écrit dans le dossier en ligne du porteur, avec un accès de conseil, jusqu’à la fin de \
             sa mission."
            .to_owned(),
        "results" => {
            "Pour chaque livrable demandé\u{a0}: les textes, tableaux et cartes écrits dans le dossier en ligne, les sources et la méthode, et une courte \
             note de synthèse. Les documents sont remis dans un format modifiable et appartiennent au porteur."
                .to_owned()
        }
        _ => "L’offre comprend\u{a0}: la compréhension de la demande, la méthode et le calendrier, les personnes affectées et leurs références, un devis \
             détaillé hors taxes et toutes taxes comprises, livrable par livrable."
            .to_owned(),
    }
}

impl Terms {
    /// None that the reader may read.
    pub const fn none() -> Self {
        Self { title: String::new(), label: String::new(), call: String::new(), parts: Vec::new() }
    }

    /// As a version keeps them, with their digest.
    ///
    /// # Errors
    /// Never in practice: plain text and lists.
    pub fn seal(&self) -> Result<(String, Vec<u8>), AppError> {
        let content = serde_json::to_string(self).map_err(anyhow::Error::from)?;
        let digest = Sha256::digest(content.as_bytes()).to_vec();
        Ok((content, digest))
    }

    /// As plain text: what a mail carries.
    pub fn plain(&self) -> String {
        let asked = self.parts.iter().filter(|part| part.scope != Scope::None.key());
        let parts = asked.flat_map(|part| [String::new(), part.title.to_uppercase()].into_iter().chain(part.lines()));
        let head = ["CAHIER DES CHARGES".to_owned(), self.title.clone(), self.label.clone()];
        head.into_iter().chain(parts).collect::<Vec<_>>().join("\n")
    }
}

impl Part {
    /// Everything that it says, line by line: what is compared, printed, mailed.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.has_scope() {
            lines.push(format!("Étendue\u{a0}: {}.", self.scope_words()));
        }
        lines.extend(self.state.iter().map(|sentence| format!("État du dossier\u{a0}: {sentence}")));
        for (question, guidance) in &self.questions {
            let guidance = if guidance.is_empty() { String::new() } else { format!(" ({guidance})") };
            lines.push(format!("Question ajoutée par le porteur\u{a0}: {question}{guidance}"));
        }
        lines.extend(self.body.lines().map(str::to_owned));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::content::{Unit, Value};

    fn source<'a>(standing: &'a Standing, content: &'a Content, stored: &'a [Stored]) -> Source<'a> {
        Source { names: ("Boucles", "Syndicat mixte, Jarnac (16)", "EIT 2014-2015"), standing, content, stored }
    }

    #[test]
    fn an_untouched_dossier_asks_for_everything_and_the_carrier_s_own_questions_are_there() {
        let mut unit = Unit::blank("question_2", uuid::Uuid::now_v7(), None);
        unit.fields.insert("title".to_owned(), Value::Text("Quel avenir pour la friche ?".to_owned()));
        unit.fields.insert("guidance".to_owned(), Value::Text("Deux scénarios".to_owned()));
        let content = Content { units: vec![unit], filled_slots: Vec::new() };
        let standing = Standing::of(&Content::default());
        let terms = terms(&source(&standing, &content, &[]));
        let keys: Vec<&str> = terms.parts.iter().map(|part| part.key.as_str()).collect();
        assert_eq!(keys, ["context", "d1", "d2", "d3", "d4", "d5", "mission", "results", "offer"]);
        assert!(terms.parts[1..6].iter().all(|part| part.scope == "whole" && part.is_proposed));
        assert_eq!(terms.parts[2].questions, [("Quel avenir pour la friche ?".to_owned(), "Deux scénarios".to_owned())]);
        assert!(terms.plain().contains("Quel avenir pour la friche ? (Deux scénarios)"));
        let (content, digest) = terms.seal().expect("sealed");
        let read: Terms = serde_json::from_str(&content).expect("read");
        assert_eq!(read.seal().expect("sealed").1, digest);
    }

    #[test]
    fn what_was_written_stays_and_a_scope_alone_changes_the_proposal() {
        let held = |key: &str, scope: &str, body: &str| Stored {
            key: key.to_owned(),
            title: key.to_owned(),
            scope: scope.to_owned(),
            body: body.to_owned(),
            version: 3,
            is_removed: false,
            by: String::new(),
        };
        let stored = [held("d1", "none", ""), held("d2", "help", "Notre texte.")];
        let standing = Standing::of(&Content::default());
        let terms = terms(&source(&standing, &Content::default(), &stored));
        assert!(terms.parts[1].body.contains("n’est pas demandé") && terms.parts[1].is_proposed);
        assert_eq!((terms.parts[2].body.as_str(), terms.parts[2].scope_words()), ("Notre texte.", "aide à l’équipe"));
        assert!(!terms.plain().contains(&terms.parts[1].title.to_uppercase()), "what is not asked is not sent");
    }
}
