//! What the script is told that a page holds is what the page's own form would post, control by control.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Page, Scene};
use sqlx::PgPool;
use trame::framework::standing::section_address;
use trame::framework::{COLLECTIONS, DELIVERABLES};
use uuid::Uuid;

type Pairs = Vec<(String, String)>;

/// The value of an attribute of a tag, without its entities.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = tag[start..].split('"').next()?;
    Some(value.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&"))
}

fn has(tag: &str, word: &str) -> bool {
    tag.split_whitespace().any(|part| part == word)
}

/// What the form that saves itself would post, as a browser reads it; `fill` writes in every control first.
fn form(page: &Page, fill: bool) -> Pairs {
    let start = page.body.find(" data-save ").expect("the page has a form to write");
    let body = &page.body[start..start + page.body[start..].find("</form>").expect("its end")];
    let mut pairs: Pairs = Vec::new();
    let mut list: Option<(String, Vec<(String, bool)>)> = None;
    let mut ticked: BTreeSet<String> = BTreeSet::new();
    for (tag, text) in body.split('<').skip(1).filter_map(|part| part.split_once('>')) {
        if tag.contains(" form=\"") {
            continue;
        }
        let (name, value) = (attribute(tag, "name").unwrap_or_default(), attribute(tag, "value").unwrap_or_default());
        match (tag.split_whitespace().next().unwrap_or_default(), attribute(tag, "type").unwrap_or_default().as_str()) {
            ("textarea", _) if fill => pairs.push((name, "Une réponse, avec <ses> \"signes\" & son é.".to_owned())),
            ("textarea", _) => {
                let text = text.strip_prefix('\n').unwrap_or(text);
                pairs.push((name, attribute(&format!(" x=\"{text}\""), "x").unwrap_or_default()));
            }
            ("select", _) => list = Some((name, Vec::new())),
            ("option", _) => list.as_mut().expect("a list").1.push((value, tag.contains(" selected"))),
            ("/select", _) => {
                let (name, options) = list.take().expect("a list");
                let chosen = options.iter().find(|(_, is_on)| *is_on).or(options.first());
                let chosen = if fill { options.last() } else { chosen };
                pairs.push((name, chosen.map(|(value, _)| value.clone()).unwrap_or_default()));
            }
            ("input", "checkbox" | "radio") if fill && ticked.insert(name.clone()) => pairs.push((name, value)),
            ("input", "checkbox" | "radio") if fill => {}
            ("input", "checkbox" | "radio") if has(tag, "checked") => pairs.push((name, value)),
            ("input", "checkbox" | "radio" | "file") => {}
            ("input", "date") if fill => pairs.push((name, "2015-09-01".to_owned())),
            ("input", "") if fill => pairs.push((name, "12".to_owned())),
            ("input", _) => pairs.push((name, value)),
            _ => {}
        }
    }
    pairs
}

/// By name, in the order of each; without what travels with the text.
fn grouped(pairs: impl IntoIterator<Item = (String, String)>) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in pairs.into_iter().filter(|(name, _)| name != "version" && name != "operation" && !name.ends_with(".version")) {
        found.entry(name).or_default().push(value.trim().to_owned());
    }
    found
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn on_every_page_the_script_is_told_what_the_form_would_post(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Rives de Charente").await;
    let mut pages: Vec<String> = Vec::new();
    for rows in COLLECTIONS {
        let path = rows.path.expect("a collection has pages");
        pages.push(format!("/dossiers/{project}/{path}/{}", scene.row(&ana, project, path).await));
    }
    for deliverable in DELIVERABLES {
        pages.extend(deliverable.sections.iter().map(|section| format!("/dossiers/{project}{}", section_address(deliverable, section))));
    }
    let mut cells = 0;
    for path in &pages {
        let page = scene.get(&ana, path).await;
        let tables: Vec<String> = page.body.split('<').filter(|tag| tag.contains("name=\"ajouter\"")).filter_map(|tag| attribute(tag, "value")).collect();
        for table in &tables {
            for _ in 0..2 {
                let version = scene.get(&ana, path).await.hidden("version");
                scene.post(&ana, path, &[("version", &version), ("ajouter", table)]).await.expect(303);
            }
        }
        let operation = Uuid::new_v4().to_string();
        let mut pairs = form(&scene.get(&ana, path).await, true);
        pairs.retain(|(name, _)| name != "operation");
        pairs.push(("operation".to_owned(), operation));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        scene.autosave(&ana, path, &pairs).await.expect(200);
        // Lost on its way and sent again: the answer says what is stored.
        let again = scene.autosave(&ana, path, &pairs).await;
        again.expect(200);
        let answer: serde_json::Value = serde_json::from_str(&again.body).expect("json");
        let told: Pairs = serde_json::from_value(answer["fields"].clone()).expect("what is stored");
        let shown = form(&scene.get(&ana, path).await, false);
        cells += shown.iter().filter(|(name, value)| name.matches('.').count() == 2 && !value.is_empty()).count();
        assert_eq!(grouped(told), grouped(shown), "{path}");
    }
    assert!(cells > 60, "{cells} cells filled");
    scene.check().await;
}
