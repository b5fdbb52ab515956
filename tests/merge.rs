//! Several hands, one text: changes apart are both kept, changes that touch are asked about, and no word is ever lost.

use crate::support::{Page, Person, Scene};
use serde_json::Value as Json;
use sqlx::PgPool;
use trame::kit::ids::ProjectId;

const PAGE: &str = "organisation?theme=animation";

/// A dossier that two people write.
async fn pair(db: PgPool) -> (Scene, Person, Person, ProjectId, String) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    (scene, ana, bob, project, path)
}

/// A line added to the staff table, with a structure.
async fn line(scene: &Scene, who: &Person, path: &str, structure: &str) -> String {
    let page = scene.get(who, path).await;
    let version = page.hidden("version");
    let added = scene.post(who, path, &[("version", &version), ("ajouter", "staff")]).await;
    let row = added.location.rsplit('#').next().expect("as drawn")["staff-".len()..][..36].to_owned();
    let name = format!("staff.{row}.structure");
    scene.post(who, path, &[("version", &version), ("staff.id", &row), ("staff.version", "1"), (&name, structure)]).await.expect(303);
    row
}

fn json(page: &Page) -> Json {
    serde_json::from_str(&page.body).expect("as drawn")
}

/// Value of a text control.
fn value(page: &Page, name: &str) -> String {
    let start = page.body.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name}"));
    let text = page.body[start..].split_once('\n').expect("as drawn").1.split("</textarea>").next().expect("as drawn");
    text.replace("&#39;", "'")
}

const BASE: &str = "Le syndicat anime. Trois communes y siègent.\n\nLes entreprises se réunissent deux fois par an.";

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn changes_apart_are_both_kept_and_the_colleagues_are_shown(db: PgPool) {
    let (scene, ana, bob, _, path) = pair(db).await;
    scene.post(&ana, &path, &[("version", "0"), ("q5", BASE)]).await.expect(303);
    let hers = BASE.replace("Trois communes", "Quatre communes");
    scene.post(&ana, &path, &[("version", "1"), ("q5", &hers)]).await.expect(303);
    let his = BASE.replace("deux fois par an", "trois fois par an, à Jarnac");
    let page = scene.post(&bob, &path, &[("version", "1"), ("q5", &his)]).await;
    page.expect(200).says("Ana a aussi écrit ici, aujourd’hui à 14 h. Les deux textes sont réunis").says("Rien n’est perdu");
    assert!(page.body.contains("<del>Trois</del><ins>Quatre</ins>"), "{}", page.body);
    let both = his.replace("Trois communes", "Quatre communes");
    assert_eq!(value(&page, "q5"), both);
    assert_eq!(value(&scene.get(&ana, &path).await, "q5"), both);
    let aside: i64 = sqlx::query_scalar("select count(*) from unit_history where is_set_aside").fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(aside, 0);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_script_is_told_what_was_merged_by_whom_without_html(db: PgPool) {
    let (scene, ana, bob, _, path) = pair(db).await;
    scene.post(&ana, &path, &[("version", "0"), ("q5", BASE), ("q6", "Des visites")]).await.expect(303);
    let hers = BASE.replace("Trois", "<b>Quatre</b>");
    scene.post(&ana, &path, &[("version", "1"), ("q5", &hers), ("q6", "Des visites et une lettre")]).await.expect(303);
    let his = format!("{BASE} À Jarnac.");
    let page = scene.autosave(&bob, &path, &[("version", "1"), ("q5", &his), ("q6", "Des visites")]).await;
    page.expect(200);
    let answer = json(&page);
    assert_eq!(answer["version"], 3);
    let merged = answer["merged"].as_array().unwrap();
    assert_eq!(merged.len(), 2, "{merged:?}");
    assert_eq!((&merged[0]["name"], &merged[0]["by"], &merged[0]["joined"]), (&"q5".into(), &"Ana".into(), &true.into()));
    assert_eq!((&merged[1]["name"], &merged[1]["by"], &merged[1]["joined"]), (&"q6".into(), &"Ana".into(), &false.into()));
    let parts = merged[0]["parts"].as_array().unwrap();
    assert!(parts.iter().any(|part| part[0] == "inserted" && part[1] == "<b>Quatre</b>"), "{parts:?}");
    assert!(merged[1]["parts"].as_array().unwrap().iter().any(|part| part[0] == "inserted" && part[1] == " et une lettre"), "{merged:?}");
    // What is stored comes back, so that the next save undoes nothing.
    let fields = answer["fields"].as_array().unwrap();
    let both = hers + " À Jarnac.";
    assert!(fields.iter().any(|pair| pair[0] == "q5" && pair[1] == both.as_str()), "{fields:?}");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn each_change_is_said_to_be_its_authors_even_under_a_later_save(db: PgPool) {
    let (scene, ana, bob, project, path) = pair(db).await;
    let zoe = scene.person("Zoé").await;
    scene.member(project, &zoe, "editor").await;
    scene.post(&ana, &path, &[("version", "0"), ("q5", BASE)]).await.expect(303);
    scene.post(&zoe, &path, &[("version", "1"), ("q5", &BASE.replace("Trois", "Quatre"))]).await.expect(303);
    scene.post(&ana, &path, &[("version", "2"), ("q6", "Autre chose")]).await.expect(303);
    let page = scene.post(&bob, &path, &[("version", "1"), ("q5", &format!("{BASE} Fin.")), ("q6", "")]).await;
    page.expect(200).says("Zoé a aussi écrit ici").says("Ana a modifié ce champ pendant que vous écriviez");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn changes_that_touch_show_both_texts_marked_and_a_third_may_be_written(db: PgPool) {
    let (scene, ana, bob, _, path) = pair(db).await;
    scene.post(&ana, &path, &[("version", "0"), ("q5", BASE)]).await.expect(303);
    let (hers, his) = (BASE.replace("deux fois", "quatre fois"), BASE.replace("deux fois", "trois fois"));
    scene.post(&ana, &path, &[("version", "1"), ("q5", &hers)]).await.expect(303);
    let page = scene.post(&bob, &path, &[("version", "1"), ("q5", &his)]).await;
    page.expect(409).says("Deux versions").says("Ana, aujourd’hui à 14 h").says("Écrire une troisième version");
    assert!(page.body.contains("<del>deux</del><ins>trois</ins>") && page.body.contains("<del>deux</del><ins>quatre</ins>"), "{}", page.body);
    assert_eq!(value(&page, "q5~texte"), his);
    let (version, base) = (page.hidden("version"), page.hidden("q5~base"));
    assert_eq!((version.as_str(), base.as_str()), ("2", "1"));
    // Saved again without a choice, the question stays, marked in the same way.
    let asked = |extra: &'static [(&'static str, &'static str)]| {
        let mut pairs = vec![("version", "2"), ("q5", his.as_str()), ("q5~autre", "1"), ("q5~base", "1")];
        pairs.extend(extra);
        pairs
    };
    let again = scene.post(&bob, &path, &asked(&[])).await;
    again.expect(409);
    assert!(again.body.contains("<del>deux</del><ins>quatre</ins>"), "{}", again.body);
    scene.post(&bob, &path, &asked(&[("q5~texte", "Un troisième texte, trois ou quatre fois."), ("garder", "q5=texte")])).await.expect(303);
    assert_eq!(value(&scene.get(&ana, &path).await, "q5"), "Un troisième texte, trois ou quatre fois.");
    // Both others stay in the history: hers as a version, his as a text set aside, once.
    let kept: Vec<(String, bool)> = sqlx::query_as("select content->>'q5', is_set_aside from unit_history order by id").fetch_all(&scene.app.db).await.unwrap();
    assert_eq!(kept.iter().filter(|(text, is_aside)| *is_aside && *text == his).count(), 1, "{kept:?}");
    assert!(kept.contains(&(hers, false)));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_third_person_who_saves_during_the_question_is_not_overwritten(db: PgPool) {
    let (scene, ana, bob, _, path) = pair(db).await;
    scene.post(&ana, &path, &[("version", "0"), ("q5", "Version d’Ana")]).await.expect(303);
    scene.post(&bob, &path, &[("version", "0"), ("q5", "Version de Bob")]).await.expect(409);
    scene.post(&ana, &path, &[("version", "1"), ("q5", "Version d’Ana, revue")]).await.expect(303);
    let choose = [("version", "1"), ("q5", "Version de Bob"), ("q5~autre", "1"), ("q5~base", "0"), ("garder", "q5=mienne")];
    scene.post(&bob, &path, &choose).await.expect(409).says("Version d’Ana, revue").says("Version de Bob");
    // A third text typed meanwhile is the one asked about.
    let third = [("version", "1"), ("q5", "Version de Bob"), ("q5~autre", "1"), ("q5~base", "0"), ("q5~texte", "Troisième de Bob"), ("garder", "q5=texte")];
    scene.post(&bob, &path, &third).await.expect(409).says("Version d’Ana, revue").says("Troisième de Bob");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn several_choices_merge_and_a_single_one_asks(db: PgPool) {
    let (scene, ana, bob, project, _) = pair(db).await;
    let row = scene.row(&ana, project, "flux").await;
    let path = format!("/dossiers/{project}/flux/{row}");
    let months = |list: &'static [&'static str]| list.iter().map(|month| ("months", *month)).collect::<Vec<_>>();
    let with = |version: &'static str, domain: &'static str, list: &'static [&'static str]| {
        let mut pairs = vec![("version", version), ("label", "Chaleur"), ("domain", domain), ("months", "")];
        pairs.extend(months(list));
        pairs
    };
    scene.post(&ana, &path, &with("1", "energy", &["1", "2", "12"])).await.expect(303);
    scene.post(&ana, &path, &with("2", "energy", &["1", "2", "11", "12"])).await.expect(303);
    let page = scene.post(&bob, &path, &with("2", "energy", &["2", "3", "12"])).await;
    page.expect(200).says("Les deux choix sont réunis");
    let stored: Json = sqlx::query_scalar("select content->'months' from unit where kind = 'flow'").fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(stored, serde_json::json!(["2", "3", "11", "12"]));
    scene.post(&ana, &path, &[("version", "4"), ("domain", "water")]).await.expect(303);
    scene.post(&bob, &path, &[("version", "4"), ("domain", "service")]).await.expect(409).says("Garder la mienne");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_texts_too_long_once_together_ask_instead_of_breaking(db: PgPool) {
    let (scene, ana, bob, _, path) = pair(db).await;
    let middle = "mot ".repeat(2_000);
    let base = format!("Début. {middle}Fin.");
    scene.post(&ana, &path, &[("version", "0"), ("q5", &base)]).await.expect(303);
    scene.post(&ana, &path, &[("version", "1"), ("q5", &format!("{}{base}", "avant ".repeat(1_500)))]).await.expect(303);
    scene.post(&bob, &path, &[("version", "1"), ("q5", &format!("{base}{}", " après".repeat(1_500)))]).await.expect(409).says("Deux versions");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_people_adding_lines_both_succeed(db: PgPool) {
    let (scene, ana, bob, _, path) = pair(db).await;
    let add = |who| scene.post(who, &path, &[("version", "0"), ("ajouter", "staff")]);
    let pages = tokio::join!(add(&ana), add(&bob), add(&ana), add(&bob));
    for page in [&pages.0, &pages.1, &pages.2, &pages.3] {
        page.expect(303);
    }
    let positions: Vec<i32> = sqlx::query_scalar("select position from unit where kind = 'staff' order by 1").fetch_all(&scene.app.db).await.unwrap();
    assert_eq!(positions, [1, 2, 3, 4]);
    // Two rows with pages of their own as well.
    let project = path.split('/').nth(2).unwrap();
    let new = format!("/dossiers/{project}/acteurs/nouveau");
    let (one, two) = tokio::join!(scene.post(&ana, &new, &[("version", "0")]), scene.post(&bob, &new, &[("version", "0")]));
    assert!(one.location != two.location && one.status == 303 && two.status == 303);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_line_removed_by_one_and_changed_by_the_other_is_asked_about(db: PgPool) {
    let (scene, ana, bob, _, path) = pair(db).await;
    let row = line(&scene, &ana, &path, "Chambre consulaire").await;
    let (structure, fte, button) = (format!("staff.{row}.structure"), format!("staff.{row}.fte"), format!("staff.{row}"));
    scene.post(&ana, &path, &[("version", "0"), ("staff.id", &row), ("staff.version", "2"), ("retirer", &button)]).await.expect(303);
    let his = [("version", "0"), ("staff.id", &row), ("staff.version", "2"), (structure.as_str(), "Chambre d’agriculture"), (&fte, "0,5")];
    let page = scene.autosave(&bob, &path, &his).await;
    page.expect(409);
    assert_eq!(json(&page)["message"], "Ana a retiré une ligne que vous avez modifiée.");
    let page = scene.post(&bob, &path, &his).await;
    page.expect(409).says("Ana a retiré cette ligne aujourd’hui à 14 h").says("Chambre d’agriculture").says("Rétablir avec ma saisie").says("Laisser retirée");
    let aside: Vec<String> = sqlx::query_scalar("select content->>'structure' from unit_history where is_set_aside").fetch_all(&scene.app.db).await.unwrap();
    assert_eq!(aside, ["Chambre d’agriculture"]);
    // Left removed: nothing comes back, and nothing is asked again.
    let leave = format!("{button}=laisser");
    let choose = |choice| his.iter().copied().chain([("garder", choice)]).collect::<Vec<_>>();
    scene.post(&bob, &path, &choose(&leave)).await.expect(303);
    assert!(!scene.get(&bob, &path).await.body.contains("Chambre"));
    let bring = format!("{button}=retablir");
    scene.post(&bob, &path, &choose(&bring)).await.expect(303);
    let page = scene.get(&ana, &path).await;
    assert!(page.body.contains("value=\"Chambre d’agriculture\"") && page.body.contains("value=\"0,5\""), "{}", page.body);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_line_removed_by_one_and_only_seen_by_the_other_goes_without_a_question(db: PgPool) {
    let (scene, ana, bob, _, path) = pair(db).await;
    let row = line(&scene, &ana, &path, "Chambre consulaire").await;
    let (structure, button) = (format!("staff.{row}.structure"), format!("staff.{row}"));
    let pairs: Vec<(&str, &str)> = vec![("version", "0"), ("staff.id", &row), ("staff.version", "2"), (&structure, "Chambre consulaire"), ("retirer", &button)];
    scene.post(&ana, &path, &pairs).await.expect(303);
    let page = scene
        .autosave(&bob, &path, &[("version", "0"), ("q5", "De Bob"), ("staff.id", &row), ("staff.version", "2"), (&structure, "Chambre consulaire")])
        .await;
    page.expect(200);
    assert_eq!(json(&page)["gone"], serde_json::json!([row]));
    // Both remove it: they agree.
    scene.post(&bob, &path, &[("version", "1"), ("staff.id", &row), ("staff.version", "2"), (&structure, "Autre"), ("retirer", &button)]).await.expect(303);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_removes_a_line_that_a_colleague_just_changed_is_asked(db: PgPool) {
    let (scene, ana, bob, _, path) = pair(db).await;
    let row = line(&scene, &ana, &path, "Chambre consulaire").await;
    let (structure, button) = (format!("staff.{row}.structure"), format!("staff.{row}"));
    scene.post(&bob, &path, &[("version", "0"), ("staff.id", &row), ("staff.version", "2"), (&structure, "Chambre d’agriculture")]).await.expect(303);
    let pairs = [("version", "0"), ("staff.id", row.as_str()), ("staff.version", "2"), (&structure, "Chambre consulaire"), ("retirer", &button)];
    let page = scene.post(&ana, &path, &pairs).await;
    page.expect(409).says("Bob a modifié cette ligne aujourd’hui à 14 h").says("Retirer quand même").says("Garder la ligne");
    assert!(page.body.contains("value=\"Chambre d’agriculture\""), "{}", page.body);
    // Sure, having read it.
    let pairs = [("version", "0"), ("staff.id", row.as_str()), ("staff.version", "3"), (&structure, "Chambre d’agriculture")];
    let choice = format!("{button}=retirer");
    scene.post(&ana, &path, &[&pairs[..], &[("garder", choice.as_str())]].concat()).await.expect(303);
    assert!(!scene.get(&ana, &path).await.body.contains("Chambre d’agriculture"));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_page_of_a_row_removed_meanwhile_keeps_what_was_typed(db: PgPool) {
    let (scene, ana, bob, project, _) = pair(db).await;
    let row = scene.row(&ana, project, "acteurs").await;
    let path = format!("/dossiers/{project}/acteurs/{row}");
    scene.post(&ana, &path, &[("version", "1"), ("name", "Verrerie"), ("role", "Fournit la chaleur")]).await.expect(303);
    scene.post(&ana, &format!("{path}/retirer"), &[("version", "2")]).await.expect(303);
    let his = [("version", "2"), ("name", "Verrerie des Borderies"), ("role", "Fournit la chaleur")];
    let page = scene.autosave(&bob, &path, &his).await;
    page.expect(409);
    assert!(json(&page)["message"].as_str().unwrap().contains("Ana a retiré"), "{}", page.body);
    let page = scene.post(&bob, &path, &his).await;
    page.expect(409).says("Ana a retiré cette fiche").says("Rétablir avec ma saisie");
    assert!(page.body.contains("value=\"Verrerie des Borderies\"") && page.hidden("version") == "2", "{}", page.body);
    let (leave, bring) = (format!("stakeholder.{row}=laisser"), format!("stakeholder.{row}=retablir"));
    let left = scene.post(&bob, &path, &[("version", "2"), ("name", "Verrerie des Borderies"), ("garder", &leave)]).await;
    left.expect(303);
    assert_eq!(left.location, format!("/dossiers/{project}/acteurs"));
    scene.get(&bob, &path).await.expect(303);
    scene.post(&bob, &path, &[("version", "2"), ("name", "Verrerie des Borderies"), ("garder", &bring)]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    page.expect(200);
    assert!(page.body.contains("value=\"Verrerie des Borderies\"") && page.body.contains("value=\"Fournit la chaleur\""), "{}", page.body);
    // A row that never was is still a page that does not exist; another dossier's too.
    scene.post(&bob, &format!("/dossiers/{project}/acteurs/{}", uuid::Uuid::now_v7()), &his).await.expect(404);
    let zoe = scene.person("Zoé").await;
    scene.post(&zoe, &path, &his).await.expect(404);
    let other = scene.project(&zoe, "Ailleurs").await;
    scene.post(&zoe, &format!("/dossiers/{other}/acteurs/{row}"), &his).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_removes_a_row_that_a_colleague_just_changed_rereads_it(db: PgPool) {
    let (scene, ana, bob, project, _) = pair(db).await;
    let row = scene.row(&ana, project, "acteurs").await;
    let path = format!("/dossiers/{project}/acteurs/{row}");
    scene.post(&bob, &path, &[("version", "1"), ("name", "Verrerie des Borderies")]).await.expect(303);
    let page = scene.post(&ana, &format!("{path}/retirer"), &[("version", "1")]).await;
    page.expect(409).says("Bob a modifié cette fiche").says("Retirer du dossier");
    assert!(page.body.contains("value=\"Verrerie des Borderies\""), "{}", page.body);
    scene.post(&ana, &format!("{path}/retirer"), &[("version", "2")]).await.expect(303);
    scene.check().await;
}

/// Two people write in turns in the same answer, each from a page that is sometimes stale; at the end, every word of
/// both is in the text or was explicitly given up.
#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn every_word_of_two_people_is_present_or_chosen_away(db: PgPool) {
    let (scene, ana, bob, _, path) = pair(db).await;
    let start = (0..30).map(|n| format!("phrase{n} d’origine.")).collect::<Vec<_>>().join("\n");
    scene.post(&ana, &path, &[("version", "0"), ("q5", &start)]).await.expect(303);
    let people = [(&ana, "ana"), (&bob, "bob")];
    let mut seen = [(1, start.clone()), (1, start)];
    let (mut written, mut given_up) = (Vec::new(), Vec::new());
    for turn in 0..40_usize {
        let who = (turn * 7 / 3) % 2;
        let (person, name) = people[who];
        let word = format!("{name}{turn}");
        let (version, text) = seen[who].clone();
        let place = format!("phrase{} ", (turn * 11) % 30);
        let mine = text.replacen(&place, &format!("{place}{word} "), 1);
        written.push(word.clone());
        let answer = scene.autosave(person, &path, &[("version", &version.to_string()), ("q5", &mine)]).await;
        if answer.status == 409 {
            given_up.push(word);
            let page = scene.get(person, &path).await;
            seen[who] = (page.hidden("version").parse().unwrap(), value(&page, "q5"));
            continue;
        }
        let answer = json(&answer);
        let stored = answer["fields"].as_array().and_then(|fields| fields.iter().find(|pair| pair[0] == "q5")).map(|pair| pair[1].as_str().unwrap().to_owned());
        seen[who] = (i32::try_from(answer["version"].as_i64().unwrap()).unwrap(), stored.unwrap_or(mine));
    }
    let text = value(&scene.get(&ana, &path).await, "q5");
    for word in written {
        assert!(text.contains(&format!("{word} ")) || given_up.contains(&word), "{word} is lost: {text}");
    }
    assert!(given_up.len() < 10, "{given_up:?}");
    scene.check().await;
}
