//! Substitution rules: what may replace what, found by words, by either end, by treatment.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use trame_synergies::nomenclature::{NafVersion, Nomenclature, Rule, Table, Treatment, day};

use super::frame::{Address, Choice, Frame, Reader, Search, Slice, address, asked, french, hundredths, slice};
use super::lists::List;
use super::types;
use crate::access::Visitor;
use crate::app::App;
use crate::error::AppError;
use crate::page::{Layout, html};

const LEAD: &str = "Chaque règle dit qu’un flux sortant peut répondre à un besoin, à quel point, avec quel traitement, et ce qu’il faut vérifier d’abord. \
    Un flux répond de plus à tout besoin de son propre type.";

const TREATMENTS: [(&str, Treatment); 3] = [("aucun", Treatment::None), ("leger", Treatment::Light), ("transformation", Treatment::Process)];

struct RuleRow {
    number: u16,
    out: (String, String),
    input: (String, String),
    compat: String,
    treatment: &'static str,
    activity: String,
    caution: String,
    caution_on: String,
    source: String,
}

#[derive(Template)]
#[template(path = "nomenclature/rules.html")]
struct RulesPage {
    layout: Layout,
    frame: Frame,
    words: String,
    outs: Vec<Choice>,
    inputs: Vec<Choice>,
    treatments: Vec<Choice>,
    list: Slice<RuleRow>,
    is_filtered: bool,
    is_expert: bool,
}

fn row(reader: &Reader, rule: &Rule) -> RuleRow {
    let tables = reader.tables.nomenclature();
    let end = |id| (tables.get(id).code.clone(), french(&tables.get(id).label));
    let activity = rule.interface_naf.as_deref().map(|naf| match reader.tables.activities().find(NafVersion::Rev2, naf) {
        Some(activity) => format!("{naf} {}", activity.label),
        None => naf.to_owned(),
    });
    RuleRow {
        number: rule.number,
        out: end(rule.out),
        input: end(rule.r#in),
        compat: hundredths(rule.compat),
        treatment: types::treatment(rule.treatment),
        activity: activity.unwrap_or_default(),
        caution: french(&rule.caution),
        caution_on: day(&rule.caution_on),
        source: french(&rule.source),
    }
}

/// Ends of rules, by name.
fn ends(tables: &Nomenclature, asked: &str, end: impl Fn(&Rule) -> trame_synergies::nomenclature::TypeId) -> Vec<Choice> {
    let mut all: Vec<(String, String)> = tables.rules().iter().map(|rule| tables.get(end(rule))).map(|kind| (kind.code.clone(), french(&kind.label))).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all.dedup();
    Choice::among(all, asked)
}

/// Anybody reads the substitution rules.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, Query(query): Address) -> Result<Response, AppError> {
    let reader = Reader::of(&app, visitor).await?;
    let tables = reader.tables.nomenclature();
    let [words, out, input, how, number] = ["q", "sortie", "besoin", "traitement", "n"].map(|name| asked(&query, name));
    let search = Search::read(words);
    let finds = |rule: &Rule| {
        let (from, to) = (tables.get(rule.out), tables.get(rule.r#in));
        let texts = [&from.label, &to.label, &rule.caution, &rule.source].map(String::as_str);
        let is_how = TREATMENTS.iter().find(|(key, _)| *key == how).is_none_or(|(_, treatment)| rule.treatment == *treatment);
        (out.is_empty() || from.code == out)
            && (input.is_empty() || to.code == input)
            && (number.is_empty() || rule.number.to_string() == number)
            && is_how
            && search.finds(&[&from.code, &to.code, rule.interface_naf.as_deref().unwrap_or_default()], &texts)
    };
    let found: Vec<RuleRow> = tables.rules().iter().filter(|rule| finds(rule)).map(|rule| row(&reader, rule)).collect();
    let filters = [("q", words), ("sortie", out), ("besoin", input), ("traitement", how), ("n", number)];
    let here = address("/nomenclatures/regles", &filters);
    let treatments = TREATMENTS.map(|(key, treatment)| (key.to_owned(), types::treatment(treatment).to_owned()));
    html(&RulesPage {
        layout: reader.layout(&app, "Règles de substitution"),
        frame: Frame::list(List::of(Table::Rules), LEAD, &reader).done(&query),
        words: words.to_owned(),
        outs: ends(tables, out, |rule| rule.out),
        inputs: ends(tables, input, |rule| rule.r#in),
        treatments: Choice::among(treatments, how),
        is_filtered: filters.iter().any(|(_, value)| !value.is_empty()),
        list: slice(found, asked(&query, "apres"), |row| row.number.to_string(), &here),
        is_expert: reader.is_expert,
    })
}
