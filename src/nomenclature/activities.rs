//! Activities: the five levels of the NAF, found by words or by the beginning of a code.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use trame_synergies::nomenclature::{Activities, Activity, NafVersion, Table};

use super::frame::{Address, Choice, Frame, Reader, Search, Slice, address, asked, slice};
use super::lists::List;
use crate::access::Visitor;
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::page::{Layout, html};

const LEAD: &str = "La nomenclature d’activités française, révision 2, de la section à la sous-classe. Un code s’écrit 10.51C, 1051C ou 10.51c. \
    La NAF 2025 la remplace le 1er\u{a0}janvier\u{a0}2027\u{a0}: un code de 2025 se note «\u{a0}10.51C (NAF\u{a0}2025)\u{a0}» et n’est jamais converti en silence.";

const LEVELS: [(u8, &str); 5] = [(1, "Section"), (2, "Division"), (3, "Groupe"), (4, "Classe"), (5, "Sous-classe")];

struct ActivityRow {
    key: String,
    code: String,
    label: String,
    level: u8,
    level_name: &'static str,
    version: String,
}

#[derive(Template)]
#[template(path = "nomenclature/activities.html")]
struct ActivitiesPage {
    layout: Layout,
    frame: Frame,
    words: String,
    sections: Vec<Choice>,
    levels: Vec<Choice>,
    versions: Vec<Choice>,
    has_versions: bool,
    list: Slice<ActivityRow>,
    is_filtered: bool,
    is_expert: bool,
}

fn row(activity: &Activity) -> ActivityRow {
    let key = if activity.version == NafVersion::Rev2 { activity.code.clone() } else { format!("{}:{}", activity.version.as_str(), activity.code) };
    ActivityRow {
        key: url_encode(&key),
        code: activity.code.clone(),
        label: activity.label.clone(),
        level: activity.level,
        level_name: LEVELS.iter().find(|(level, _)| *level == activity.level).map_or("", |(_, name)| name),
        version: activity.version.to_string(),
    }
}

fn sections(list: &Activities, asked: &str) -> Vec<Choice> {
    let mut heads: Vec<(String, String)> = list
        .in_order()
        .into_iter()
        .filter(|activity| activity.level == 1)
        .map(|activity| (activity.code.clone(), format!("{} {}", activity.code, activity.label)))
        .collect();
    heads.dedup_by(|a, b| a.0 == b.0);
    Choice::among(heads, asked)
}

/// Anybody reads the activities.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, Query(query): Address) -> Result<Response, AppError> {
    let reader = Reader::of(&app, visitor).await?;
    let list = reader.tables.activities();
    let [words, section, level, version] = ["q", "section", "niveau", "version"].map(|name| asked(&query, name));
    let search = Search::read(words);
    let finds = |activity: &Activity| {
        (level.is_empty() || activity.level.to_string() == level)
            && (version.is_empty() || activity.version.as_str() == version)
            && (section.is_empty() || list.section_of(activity) == Some(section))
            && search.finds(&[&activity.code], &[&activity.label])
    };
    let found: Vec<ActivityRow> = list.in_order().into_iter().filter(|activity| finds(activity)).map(row).collect();
    let filters = [("q", words), ("section", section), ("niveau", level), ("version", version)];
    let here = address("/nomenclatures/activites", &filters);
    let versions = [NafVersion::Rev2, NafVersion::Naf2025].map(|version| (version.as_str().to_owned(), version.to_string()));
    html(&ActivitiesPage {
        layout: reader.layout(&app, "Activités (NAF)"),
        frame: Frame::list(List::of(Table::Activities), LEAD, &reader).done(&query),
        words: words.to_owned(),
        sections: sections(list, section),
        levels: Choice::among(LEVELS.map(|(level, name)| (level.to_string(), name.to_owned())), level),
        versions: Choice::among(versions, version),
        has_versions: list.has(NafVersion::Naf2025),
        is_filtered: filters.iter().any(|(_, value)| !value.is_empty()),
        list: slice(found, asked(&query, "apres"), |row| row.key.clone(), &here),
        is_expert: reader.is_expert,
    })
}
