//! Conflicts of interest that the system suggests: what ties a person of the call to a dossier, read in its team and in its
//! last deposit. A suggestion decides nothing: a manager confirms it, which is a recusal, or sets it aside with a reason.

use super::store::assignments::{Line, Person};
use crate::kit::french::fold;
use crate::kit::words::excerpt;

/// Domains that say nothing of one's organisation: those reserved for examples, and mailboxes open to anybody.
const OPEN_DOMAINS: [&str; 18] = [
    "example.org",
    "example.com",
    "example.net",
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "outlook.fr",
    "hotmail.com",
    "hotmail.fr",
    "live.fr",
    "yahoo.com",
    "yahoo.fr",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "sfr.fr",
    "laposte.net",
    "icloud.com",
];

/// Words that tell no organisation from another.
const LINKS: [&str; 12] = ["de", "du", "des", "d", "la", "le", "les", "l", "et", "en", "pour", "a"];
const COMMON: [&str; 14] = [
    "region",
    "departement",
    "commune",
    "communaute",
    "mairie",
    "ville",
    "syndicat",
    "association",
    "club",
    "direction",
    "service",
    "agence",
    "chambre",
    "universite",
];
const TITLES: [&str; 7] = ["m", "mr", "mme", "mlle", "monsieur", "madame", "dr"];

/// Why a person might have to stay away from a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Signed for a partner of the dossier, or their organisation did.
    Signatory,
    /// The organisation of its carrier, or of somebody of its team.
    Organisation,
    /// The domain of address of somebody of its team.
    Domain,
    /// Their organisation or body is among its stakeholders.
    Stakeholder,
    /// Their organisation or body finances it.
    Financer,
}

impl Cause {
    /// The most certain first.
    pub const ALL: [Self; 5] = [Self::Signatory, Self::Organisation, Self::Domain, Self::Stakeholder, Self::Financer];

    /// As kept.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Signatory => "signatory",
            Self::Organisation => "organisation",
            Self::Domain => "domain",
            Self::Stakeholder => "stakeholder",
            Self::Financer => "financer",
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Signatory => "signataire",
            Self::Organisation => "même organisation",
            Self::Domain => "même domaine de courriel",
            Self::Stakeholder => "partie prenante",
            Self::Financer => "financeur",
        }
    }

    fn of_part(part: &str) -> Option<Self> {
        [Self::Stakeholder, Self::Financer, Self::Signatory].into_iter().find(|cause| cause.key() == part)
    }
}

/// A tie that was found, with what it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// Kind.
    pub cause: Cause,
    /// What the dossier names; nothing where the cause says it all.
    pub named: String,
}

impl Suspicion {
    /// "partie prenante : « Verrerie »".
    pub fn sentence(&self) -> String {
        if self.named.is_empty() {
            self.cause.words().to_owned()
        } else {
            format!("{}\u{a0}: «\u{a0}{}\u{a0}»", self.cause.words(), excerpt(&self.named, 80))
        }
    }
}

/// What a person is compared by.
#[derive(Debug)]
pub struct Known {
    id: i64,
    name: Vec<String>,
    organisation: Vec<String>,
    bodies: Vec<Vec<String>>,
    domain: String,
}

impl Known {
    /// From an account and its seats.
    pub fn of(person: &Person) -> Self {
        let organisation = words(&person.organisation);
        let bodies = std::iter::once(organisation.clone()).chain(person.bodies.iter().map(|body| words(body))).filter(|body| !body.is_empty());
        let domain = person.email.split_once('@').map_or("", |(_, domain)| domain);
        Self {
            id: person.id,
            name: name(&person.name),
            bodies: bodies.collect(),
            organisation,
            domain: if OPEN_DOMAINS.contains(&domain) { String::new() } else { domain.to_owned() },
        }
    }
}

/// An organisation or a person that the last deposit names.
struct Party {
    cause: Cause,
    organisation: String,
    words: Vec<String>,
    person: String,
    name: Vec<String>,
}

/// What a dossier is compared by.
pub struct Named<'a> {
    line: &'a Line,
    organisations: Vec<Vec<String>>,
    parties: Vec<Party>,
}

impl<'a> Named<'a> {
    /// From a line of the table.
    pub fn of(line: &'a Line) -> Self {
        let parties: Vec<(String, String, String)> = serde_json::from_str(&line.parties).unwrap_or_default();
        let parties = parties.into_iter().filter_map(|(part, organisation, person)| {
            Some(Party { cause: Cause::of_part(&part)?, words: words(&organisation), name: name(&person), organisation, person })
        });
        Self { line, organisations: line.organisations.iter().map(|organisation| words(organisation)).collect(), parties: parties.collect() }
    }

    /// What ties a person to the dossier and was not set aside, the most certain first; nothing for who already stays away,
    /// or is of its team.
    pub fn suspicions(&self, person: &Known) -> Vec<Suspicion> {
        if self.line.recused.contains(&person.id) || self.line.team.contains(&person.id) {
            return Vec::new();
        }
        let found = Cause::ALL.into_iter().filter(|cause| !self.line.dismissed.contains(&format!("{} {}", person.id, cause.key())));
        found.filter_map(|cause| Some(Suspicion { cause, named: self.tie(cause, person)? })).collect()
    }

    fn tie(&self, cause: Cause, person: &Known) -> Option<String> {
        match cause {
            Cause::Organisation => (!person.organisation.is_empty() && self.organisations.contains(&person.organisation)).then(String::new),
            Cause::Domain => (!person.domain.is_empty() && self.line.domains.contains(&person.domain)).then(String::new),
            Cause::Signatory | Cause::Stakeholder | Cause::Financer => {
                self.parties.iter().filter(|party| party.cause == cause).find_map(|party| party.meets(person))
            }
        }
    }
}

impl Party {
    fn meets(&self, person: &Known) -> Option<String> {
        if person.name.len() > 1 && person.name == self.name {
            return Some(self.person.clone());
        }
        person.bodies.iter().any(|body| is_same(body, &self.words)).then(|| self.organisation.clone())
    }
}

/// Words of an organisation's name, fit to be compared.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words: Vec<String> =
        folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty() && !LINKS.contains(word)).map(str::to_owned).collect();
    if words.first().is_some_and(|word| word == "conseil") {
        let territory = match words.get(1).map(String::as_str) {
            Some("regional") => "region",
            Some("general" | "departemental") => "departement",
            _ => return words,
        };
        words.splice(..2, [territory.to_owned()]);
    }
    words
}

/// Words of a person's name, in one order.
fn name(text: &str) -> Vec<String> {
    let mut words = words(text);
    words.retain(|word| !TITLES.contains(&word.as_str()));
    words.sort_unstable();
    words
}

/// Do two names stand for one organisation? The same, one that begins with the other, or one's own within the other.
fn is_same(own: &[String], other: &[String]) -> bool {
    let is_telling = |words: &[String]| words.iter().any(|word| word.len() > 3 && !COMMON.contains(&word.as_str()));
    let has = |words: &[String], word: &str| words.iter().any(|held| held == word);
    if own.is_empty() || other.is_empty() {
        return false;
    }
    own == other
        || (is_telling(own) && other.windows(own.len()).any(|part| part == own))
        || (is_telling(other) && own.starts_with(other))
        || (has(own, "ademe") && has(other, "ademe"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(organisation: &str, domain: &str) -> Person {
        Person { id: 1, name: "Jeanne Roux".to_owned(), organisation: organisation.to_owned(), email: format!("qui@{domain}"), ..Person::default() }
    }

    fn line(parties: &str) -> Line {
        Line {
            organisations: vec!["Syndicat mixte Rives de Charente".to_owned(), String::new()],
            domains: vec!["rives.example.fr".to_owned(), "gmail.com".to_owned()],
            parties: parties.to_owned(),
            ..Line::default()
        }
    }

    fn found(person: &Person, line: &Line) -> Vec<String> {
        Named::of(line).suspicions(&Known::of(person)).iter().map(|one| one.sentence().replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn the_organisation_and_the_domain_of_the_team_are_suggested() {
        let line = line("[]");
        assert_eq!(found(&person(" SYNDICAT mixte Rives de Charente", "ailleurs.fr"), &line), ["même organisation"]);
        assert_eq!(found(&person("Cabinet", "rives.example.fr"), &line), ["même domaine de courriel"]);
        assert!(found(&person("", "gmail.com"), &line).is_empty());
        assert!(found(&person("", ""), &line).is_empty());
    }

    #[test]
    fn what_the_deposit_names_is_suggested_with_its_name() {
        let line = line(
            r#"[["stakeholder","ADEME Poitou-Charentes",""],["financer","Subvention de la Région Poitou-Charentes",""],["signatory","Verrerie","ROUX Jeanne"]]"#,
        );
        assert_eq!(found(&person("ADEME", "a.fr"), &line), ["signataire : « ROUX Jeanne »", "partie prenante : « ADEME Poitou-Charentes »"]);
        let mut sam = Person { name: "Sam".to_owned(), ..person("Conseil régional Poitou-Charentes", "a.fr") };
        assert_eq!(found(&sam, &line), ["financeur : « Subvention de la Région Poitou-Charentes »"]);
        sam.organisation = "Université de Poitiers".to_owned();
        assert!(found(&sam, &line).is_empty());
        sam.bodies = vec!["Verrerie".to_owned()];
        assert_eq!(found(&sam, &line), ["signataire : « Verrerie »"]);
    }

    #[test]
    fn what_was_set_aside_and_who_is_away_are_not_suggested_again() {
        let mut line = line(r#"[["stakeholder","ADEME",""],["financer","ADEME",""]]"#);
        let alice = Person { name: "Alice".to_owned(), ..person("ADEME", "a.fr") };
        line.dismissed = vec!["1 stakeholder".to_owned()];
        assert_eq!(found(&alice, &line), ["financeur : « ADEME »"]);
        line.recused = vec![1];
        assert!(found(&alice, &line).is_empty());
        (line.recused, line.team) = (Vec::new(), vec![1]);
        assert!(found(&alice, &line).is_empty());
    }

    #[test]
    fn common_words_make_no_organisation() {
        let same = |own: &str, other: &str| is_same(&words(own), &words(other));
        for (own, other) in [("Région", "Région Poitou-Charentes"), ("Université de Poitiers", "Poitiers"), ("Syndicat", "Syndicat mixte"), ("DREAL", "")] {
            assert!(!same(own, other), "{own} / {other}");
        }
        for (own, other) in
            [("DREAL", "DREAL Poitou-Charentes"), ("Région Poitou-Charentes, service environnement", "Région Poitou-Charentes"), ("ADEME", "Aide de l’ADEME")]
        {
            assert!(same(own, other), "{own} / {other}");
        }
    }
}
