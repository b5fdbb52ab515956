//! What the pages of the nomenclatures share: who reads, the tabs, a search, a list by pages.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::Query;
use trame_synergies::suggest::plain_words;

use super::lists::List;
use super::tables::Tables;
use crate::access::Visitor;
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::kit::french::{count, thousands};
use crate::page::Layout;

/// Rows of a page.
pub const SHOWN: usize = 100;

/// Query of a page.
pub type Address = Query<HashMap<String, String>>;

/// Value of a parameter; empty when absent or unreadable.
pub fn asked<'a>(query: &'a HashMap<String, String>, name: &str) -> &'a str {
    query.get(name).map(|value| value.trim()).filter(|value| value.len() <= 200 && !value.contains(char::is_control)).unwrap_or_default()
}

/// A page of the nomenclatures.
#[derive(Debug)]
pub struct Tab {
    /// Word shown.
    pub label: &'static str,
    /// Address.
    pub href: &'static str,
    /// The page one is on, or above it.
    pub is_current: bool,
}

const TABS: [(&str, &str); 7] = [
    ("Vue d’ensemble", "/nomenclatures"),
    ("Types de flux", "/nomenclatures/flux"),
    ("Règles", "/nomenclatures/regles"),
    ("Déchets", "/nomenclatures/dechets"),
    ("Activités", "/nomenclatures/activites"),
    ("Échelles et indice", "/nomenclatures/echelles"),
    ("Historique", "/nomenclatures/historique"),
];

/// The head of a page.
#[derive(Debug)]
pub struct Frame {
    /// Title.
    pub heading: String,
    /// A sentence or two under the title.
    pub lead: String,
    /// The other pages.
    pub tabs: Vec<Tab>,
    /// What an expert may do there: address and words.
    pub acts: Vec<(String, &'static str)>,
    /// The list as a file.
    pub file: Option<String>,
    /// What was just done.
    pub notice: &'static str,
}

impl Frame {
    /// The head of a page, `here` being its tab.
    pub fn of(heading: impl Into<String>, lead: impl Into<String>, here: &str) -> Self {
        let tabs = TABS.into_iter().map(|(label, href)| Tab { label, href, is_current: href == here }).collect();
        Self { heading: heading.into(), lead: lead.into(), tabs, acts: Vec::new(), file: None, notice: "" }
    }

    /// The head of the page of a list.
    pub fn list(list: &List, lead: impl Into<String>, reader: &Reader) -> Self {
        let mut frame = Self::of(list.title, lead, &list.href());
        frame.file = Some(format!("/nomenclatures/{}.csv", list.slug));
        if reader.is_expert {
            frame.acts.push((format!("/nomenclatures/modifier?liste={}", list.slug), "Ajouter"));
            frame.acts.push((format!("/nomenclatures/importer?liste={}", list.slug), "Importer un fichier"));
        }
        frame
    }

    /// Says what was just done.
    pub fn done(mut self, query: &HashMap<String, String>) -> Self {
        self.notice = match asked(query, "fait") {
            "enregistre" => "La modification est enregistrée. Tout le monde la lit désormais.",
            "retire" => "L’entrée est retirée. Son historique permet de la rétablir.",
            "importe" => "Le fichier est importé. Tout le monde le lit désormais.",
            "rien" => "Rien n’a changé\u{a0}: ce qui était écrit est déjà dans la liste.",
            _ => "",
        };
        self
    }
}

/// Whoever reads a page, and the tables of now.
#[derive(Debug)]
pub struct Reader {
    visitor: Option<Visitor>,
    /// May change entries.
    pub is_expert: bool,
    /// The tables.
    pub tables: Arc<Tables>,
}

impl Reader {
    /// Anybody.
    ///
    /// # Errors
    /// When the tables must be read and the database does not answer.
    pub async fn of(app: &App, visitor: Option<Visitor>) -> Result<Self, AppError> {
        let is_expert = visitor.as_ref().is_some_and(Visitor::is_nomenclature_expert);
        Ok(Self { is_expert, tables: app.nomenclature.current(app).await?, visitor })
    }

    /// The masthead.
    pub fn layout(&self, app: &App, title: &str) -> Layout {
        Layout::open(app, self.visitor.as_ref(), title)
    }
}

/// Words and the beginning of a code, as searched.
#[derive(Debug, Clone, Default)]
pub struct Search {
    words: Vec<String>,
    code: Option<String>,
}

impl Search {
    /// Reads what was typed: "10.51", "13 02 05*" are codes, anything else is words.
    pub fn read(typed: &str) -> Self {
        let plain: String = typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '*')).collect();
        let is_code = plain.starts_with(|c: char| c.is_ascii_digit()) && plain.len() <= 6 && plain.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_code { Self { code: Some(plain.to_ascii_uppercase()), words: Vec::new() } } else { Self { words: plain_words(typed), code: None } }
    }

    /// Is everything asked for in there?
    pub fn finds(&self, codes: &[&str], texts: &[&str]) -> bool {
        if let Some(code) = &self.code {
            let plain = |held: &str| held.replace([' ', '.'], "").to_ascii_uppercase();
            return codes.iter().any(|held| plain(held).starts_with(code));
        }
        if self.words.is_empty() {
            return true;
        }
        let held: Vec<String> = codes.iter().chain(texts).flat_map(|text| plain_words(text)).collect();
        self.words.iter().all(|word| held.iter().any(|held| held.starts_with(word.as_str())))
    }
}

/// A page of a list, and where its others are.
#[derive(Debug)]
pub struct Slice<T> {
    /// Rows.
    pub rows: Vec<T>,
    /// "100 entrées sur cette page, 1 023 en tout".
    pub range: String,
    /// The first page, when it is not this one.
    pub first: Option<String>,
    /// The next one.
    pub more: Option<String>,
}

/// Address with the parameters that are not empty.
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = given.map(|(name, value)| format!("{name}={}", url_encode(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// The rows after a key, a hundred at most.
pub fn slice<T>(mut found: Vec<T>, after: &str, key: impl Fn(&T) -> String, here: &str) -> Slice<T> {
    let all = found.len();
    let start = if after.is_empty() { 0 } else { found.iter().position(|row| key(row) == after).map_or(0, |place| place + 1) };
    let mut rows = found.split_off(start);
    let has_more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    let join = if here.contains('?') { '&' } else { '?' };
    let more = rows.last().filter(|_| has_more).map(|last| format!("{here}{join}apres={}", url_encode(&key(last))));
    let range = if all == rows.len() {
        count(all, "entrée", "entrées")
    } else {
        format!("{} sur cette page, {} en tout", count(rows.len(), "entrée", "entrées"), thousands(i64::try_from(all).unwrap_or(i64::MAX)))
    };
    Slice { rows, range, first: (start > 0).then(|| here.to_owned()), more }
}

/// An option of a list to open.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Value.
    pub key: String,
    /// Words.
    pub label: String,
    /// Is it the one asked for?
    pub is_on: bool,
}

impl Choice {
    /// Options, one of which is asked for.
    pub fn among(options: impl IntoIterator<Item = (String, String)>, asked: &str) -> Vec<Self> {
        options.into_iter().map(|(key, label)| Self { is_on: key == asked, key, label }).collect()
    }
}

/// "0,80".
pub fn hundredths(value: f64) -> String {
    format!("{value:.2}").replace('.', ",")
}

/// Typographic apostrophes, whatever the file holds.
pub fn french(text: &str) -> String {
    text.replace('\'', "’").replace(" ;", "\u{202f};").replace(" :", "\u{a0}:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_reads_codes_and_words() {
        assert!(Search::read("10.51").finds(&["10.51C"], &[]) && Search::read("10 51c").finds(&["10.51C"], &[]));
        assert!(Search::read("13 02 05*").finds(&["130205"], &[]) && !Search::read("13 03").finds(&["130205"], &[]));
        assert!(Search::read("metaux ferreux").finds(&[], &["Déchets de métaux ferreux"]));
        assert!(Search::read("métal").finds(&[], &["Travail des métaux"]) && !Search::read("métal bois").finds(&[], &["Travail des métaux"]));
        assert!(Search::read("").finds(&["01"], &["x"]));
    }

    #[test]
    fn a_list_is_cut_after_a_key() {
        let found = |n: usize| (0..n).collect::<Vec<_>>();
        let first = slice(found(250), "", ToString::to_string, "/l?q=a");
        assert_eq!((first.rows.len(), first.more.as_deref(), first.first), (100, Some("/l?q=a&apres=99"), None));
        assert_eq!(first.range.replace('\u{a0}', " "), "100 entrées sur cette page, 250 en tout");
        let last = slice(found(250), "199", ToString::to_string, "/l");
        assert_eq!((last.rows[0], last.rows.len(), last.more, last.first.as_deref()), (200, 50, None, Some("/l")));
        assert_eq!(slice(found(3), "gone", ToString::to_string, "/l").rows.len(), 3);
    }

    #[test]
    fn an_address_keeps_its_filters_only() {
        assert_eq!(address("/l", &[("q", "eau chaude"), ("niveau", "")]), "/l?q=eau%20chaude");
        assert_eq!(address("/l", &[("q", "")]), "/l");
    }
}
