//! The history of a dossier: every text that was ever saved, who wrote it, and the way back.

use crate::support::{BOUND, OPEN, Page, Scene};
use sqlx::PgPool;
use time::Duration;

const PAGE: &str = "organisation?theme=animation";

/// Value posted by the first button of that label, in the entry that says `about`.
fn button(page: &Page, label: &str, about: &str) -> (String, String) {
    let entry =
        page.body.split("<article").find(|entry| entry.contains(label) && entry.contains(about)).unwrap_or_else(|| panic!("no {label}: {}", page.plain()));
    let form = entry.split("name=\"version\" value=\"").nth(1).expect("as drawn");
    let version = form.split('"').next().expect("as drawn").to_owned();
    let before = &entry[..entry.find(label).expect("as drawn")];
    let source = before.rsplit("name=\"source\" value=\"").next().expect("as drawn").split('"').next().expect("as drawn").to_owned();
    (version, source)
}

fn entries(page: &Page) -> usize {
    page.body.matches("<article").count()
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_run_of_saves_is_one_entry_that_unfolds(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let (path, history) = (format!("/dossiers/{project}/{PAGE}"), format!("/dossiers/{project}/historique"));
    scene.get(&ana, &history).await.expect(200).says("Rien n’est encore écrit");
    let mut at = OPEN;
    for (version, text) in ["Un", "Un deux", "Un deux trois"].iter().enumerate() {
        at += Duration::minutes(20);
        scene.at(at).autosave(&ana, &path, &[("version", &version.to_string()), ("q5", text)]).await.expect(200);
    }
    at += Duration::minutes(31);
    let scene = scene.at(at);
    scene.autosave(&ana, &path, &[("version", "3"), ("q5", "Un deux trois quatre")]).await.expect(200);
    let page = scene.get(&ana, &history).await;
    page.expect(200).says("3 enregistrements, de 14 h 20 à 15 h").says("Ana a modifié Organisation, animation").says("Mercredi 23 septembre 2015");
    assert_eq!(entries(&page), 2);
    // From before the run to its end.
    assert!(page.body.contains("<ins>Un deux trois</ins>") && page.body.contains("Un deux trois<ins> quatre</ins>"), "{}", page.body);
    let fold = page.body.split("deplie=").nth(1).unwrap().split('#').next().unwrap().to_owned();
    let page = scene.get(&ana, &format!("{history}?deplie={fold}")).await;
    assert!(page.body.contains("Un<ins> deux</ins>") && page.body.contains("Un deux<ins> trois</ins>"), "{}", page.body);
    page.says("Replier");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_former_text_comes_back_as_a_change_like_another(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let (path, history) = (format!("/dossiers/{project}/{PAGE}"), format!("/dossiers/{project}/historique"));
    scene.post(&ana, &path, &[("version", "0"), ("q5", "Le texte d’Ana"), ("q6", "Autre réponse")]).await.expect(303);
    scene.post(&bob, &path, &[("version", "1"), ("q5", "Tout autre chose"), ("q6", "Autre réponse, complétée")]).await.expect(303);
    let page = scene.get(&ana, &history).await;
    page.says("Rétablir toute la page à cette date").says("Revenir à la version d’avant");
    let page = scene.get(&ana, &format!("{history}?champ=organisation.animation")).await;
    let (version, source) = button(&page, "Rétablir cette version", " Ana a modifié");
    let operation = uuid::Uuid::new_v4().to_string();
    let pairs = [("version", version.as_str()), ("operation", &operation), ("source", &source)];
    let done = scene.post(&ana, &history, &pairs).await;
    done.expect(303);
    assert_eq!(done.location, format!("{history}?champ=organisation.animation%3Aq5&fait=1"));
    // One field alone came back; what Bob wrote elsewhere stays.
    let section = scene.get(&ana, &path).await;
    section.says("Le texte d’Ana").says("Autre réponse, complétée");
    assert_eq!(section.hidden("version"), "3");
    // Sent again, it is the same act.
    assert_eq!(scene.post(&ana, &history, &pairs).await.location, done.location);
    assert_eq!(scene.get(&ana, &path).await.hidden("version"), "3");
    let acts: Vec<String> =
        sqlx::query_scalar("select act from journal where project_id = $1 order by seq").bind(project.get()).fetch_all(&scene.app.db).await.unwrap();
    assert_eq!(acts.last().map(String::as_str), Some("restored"));
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("a rétabli « Animation »");
    // It is undone in the same way.
    let page = scene.get(&bob, &done.location).await;
    page.says("Version rétablie").says("Ana a rétabli").is_silent_on("Autre réponse, complétée");
    let (version, source) = button(&page, "Revenir à la version d’avant", "a rétabli");
    scene.post(&bob, &history, &[("version", &version), ("source", &source)]).await.expect(303);
    scene.get(&ana, &path).await.says("Tout autre chose");
    // From a page that a colleague overtook, nothing is done.
    scene.post(&bob, &history, &[("version", "2"), ("source", &source)]).await.expect(409).says("Une autre personne vient de modifier ce contenu");
    // The whole section, at once; undone at once.
    let page = scene.get(&ana, &history).await;
    let (version, source) = button(&page, "Rétablir toute la page", " Ana a modifié");
    scene.post(&ana, &history, &[("version", &version), ("source", &source)]).await.expect(303);
    scene.get(&ana, &path).await.says("Le texte d’Ana").is_silent_on("complétée");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_removed_row_comes_back_and_a_gone_one_is_no_longer_pointed_at(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let history = format!("/dossiers/{project}/historique");
    let (actor, flow) = (scene.row(&ana, project, "acteurs").await, scene.row(&ana, project, "flux").await);
    let (actor_path, flow_path) = (format!("/dossiers/{project}/acteurs/{actor}"), format!("/dossiers/{project}/flux/{flow}"));
    scene.post(&ana, &actor_path, &[("version", "1"), ("name", "Verrerie")]).await.expect(303);
    scene.post(&ana, &flow_path, &[("version", "1"), ("label", "Chaleur"), ("actor", &actor)]).await.expect(303);
    scene.post(&ana, &format!("{flow_path}/retirer"), &[("version", "2")]).await.expect(303);
    let page = scene.get(&ana, &format!("{history}?champ=flow.{flow}")).await;
    page.says("Ana a retiré Flux, Chaleur").says("Verrerie");
    let (version, source) = button(&page, "Rétablir cette ligne", "a retiré");
    scene.post(&ana, &history, &[("version", &version), ("source", &source)]).await.expect(303);
    scene.get(&ana, &flow_path).await.expect(200).says("Verrerie");
    scene.get(&ana, &format!("{history}?champ=flow.{flow}")).await.says("Ana a rétabli Flux, Chaleur");
    // The actor goes; a former version of the flow no longer names it.
    scene.post(&ana, &flow_path, &[("version", "4"), ("label", "Chaleur"), ("actor", "")]).await.expect(303);
    scene.post(&ana, &format!("{actor_path}/retirer"), &[("version", "2")]).await.expect(303);
    let page = scene.get(&ana, &format!("{history}?champ=flow.{flow}")).await;
    page.says("Rétablir toute la fiche à cette date");
    let (version, source) = button(&page, "Rétablir cette version", "a ajouté");
    scene.post(&ana, &history, &[("version", &version), ("source", &source)]).await.expect(303);
    let dangling: i64 = sqlx::query_scalar("select count(*) from unit where kind = 'flow' and content ? 'actor'").fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(dangling, 0);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_text_set_aside_is_labelled_and_may_come_back(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let (path, history) = (format!("/dossiers/{project}/{PAGE}"), format!("/dossiers/{project}/historique"));
    scene.post(&ana, &path, &[("version", "0"), ("q5", "Version d’Ana")]).await.expect(303);
    scene.post(&bob, &path, &[("version", "0"), ("q5", "Version de Bob")]).await.expect(409);
    let page = scene.get(&ana, &history).await;
    page.says("Texte mis de côté").says("Bob a mis de côté un texte");
    let (version, source) = button(&page, "Rétablir ce texte", "mis de côté");
    scene.post(&ana, &history, &[("version", &version), ("source", &source)]).await.expect(303);
    scene.get(&ana, &path).await.says("Version de Bob");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn filters_stay_in_the_address_and_pages_follow_by_key(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let history = format!("/dossiers/{project}/historique");
    let (path, other) = (format!("/dossiers/{project}/{PAGE}"), format!("/dossiers/{project}/etat-des-lieux"));
    for turn in 0..60 {
        let at = OPEN + Duration::hours(6 * turn - 400);
        let who = if turn % 3 == 0 { &bob } else { &ana };
        scene.at(at).post(who, &path, &[("version", &turn.to_string()), ("q5", &format!("Texte n° {turn}"))]).await.expect(303);
    }
    scene.post(&ana, &other, &[("version", "0"), ("context", "Le contexte")]).await.expect(303);
    let mut seen = std::collections::BTreeSet::new();
    let mut address = history.clone();
    for _ in 0..3 {
        let page = scene.get(&ana, &address).await;
        page.expect(200);
        for entry in page.body.split("<article").skip(1) {
            assert!(seen.insert(entry.split("id=\"e-").nth(1).unwrap().split('"').next().unwrap().to_owned()));
        }
        let Some(next) = page.body.split("\" rel=\"next\"").next().filter(|_| page.body.contains("rel=\"next\"")) else { break };
        address = next.rsplit("href=\"").next().unwrap().replace("&#38;", "&");
    }
    assert_eq!(seen.len(), 61);
    let page = scene.get(&ana, &format!("{history}?personne={}", bob.id)).await;
    assert_eq!(entries(&page), 20);
    assert!(!page.body.contains("</time> Ana "));
    let page = scene.get(&ana, &format!("{history}?livrable=2")).await;
    assert_eq!(entries(&page), 1);
    page.says("Le contexte");
    let page = scene.get(&ana, &format!("{history}?du=2015-09-10&au=2015-09-10")).await;
    assert_eq!(entries(&page), 4);
    page.says("Jeudi 10 septembre 2015").is_silent_on("11 septembre");
    let page = scene.get(&ana, &format!("{history}?champ=organisation.animation%3Aq5&du=2015-09-10&au=2015-09-10")).await;
    assert_eq!(entries(&page), 4);
    page.says("Historique : 5. Quels sont les acteurs clés");
    assert_eq!(entries(&scene.get(&ana, &format!("{history}?champ=organisation.animation%3Aq6")).await), 0);
    scene.get(&ana, &format!("{history}?champ=nulle.part&personne=x&avant=1.x&deplie=9")).await.expect(200).says("Rien de tel");
    scene.get(&ana, &format!("{history}?champ=a%00")).await.expect(404);
    let page = scene.get(&ana, &format!("{history}?du=avant-hier")).await;
    page.expect(422).says("Écrire une date");
    assert!(page.body.contains("value=\"avant-hier\""));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn attachments_are_part_of_the_history(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let history = format!("/dossiers/{project}/historique");
    let slot = "lettre-courrier";
    let key = trame::framework::standing::places().find_map(|place| place.item.slot.as_ref()).map_or(slot, |slot| slot.key);
    let path = format!("/dossiers/{project}/pieces?slot={key}&operation={}&retour=/", uuid::Uuid::new_v4());
    scene.upload(&ana, &path, "statuts.pdf", b"%PDF-1.4\n%%EOF\n").await.expect(303);
    let id: uuid::Uuid = sqlx::query_scalar("select id from attachment").fetch_one(&scene.app.db).await.unwrap();
    scene.post(&ana, &format!("/dossiers/{project}/pieces/{id}/retirer"), &[]).await.expect(303);
    scene.post(&ana, &format!("/dossiers/{project}/pieces/{id}/retirer"), &[("retablir", "oui")]).await.expect(303);
    let page = scene.get(&ana, &history).await;
    page.says("Ana a joint la pièce « statuts.pdf »").says("Ana a retiré la pièce « statuts.pdf »").says("Ana a rétabli la pièce « statuts.pdf »");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn only_the_team_reads_it_and_only_writers_bring_back(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, rita) = (scene.person("Ana").await, scene.person("Rita").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &rita, "reader").await;
    sqlx::query("update project set shared = '{t,t,t,t,t}' where id = $1").bind(project.get()).execute(&scene.app.db).await.unwrap();
    let (path, history) = (format!("/dossiers/{project}/{PAGE}"), format!("/dossiers/{project}/historique"));
    scene.post(&ana, &path, &[("version", "0"), ("q5", "Un secret d’équipe")]).await.expect(303);
    let scene = scene.at(OPEN + Duration::minutes(31));
    scene.post(&ana, &path, &[("version", "1"), ("q5", "Effacé")]).await.expect(303);
    let page = scene.get(&ana, &history).await;
    page.says("secret d’équipe");
    let (version, source) = button(&page, "Revenir à la version d’avant", "a modifié");
    let pairs = [("version", version.as_str()), ("source", source.as_str())];
    let page = scene.get(&rita, &history).await;
    page.expect(200).says("secret d’équipe").says("Votre rôle permet de lire").is_silent_on("Revenir à la version d’avant");
    scene.post(&rita, &history, &pairs).await.expect(403).says("Votre rôle permet de lire");
    let zoe = scene.person("Zoé").await;
    let other = scene.project(&zoe, "Ailleurs").await;
    let staff = [scene.staff("Max", &["manager"]).await, scene.staff("Claire", &["committee"]).await, scene.staff("Rémi", &["reviewer"]).await];
    scene.assign(project, &staff[2]).await;
    for stranger in staff.iter().chain([&zoe]) {
        for address in [history.clone(), format!("{history}?champ=organisation.animation%3Aq5")] {
            scene.get(stranger, &address).await.expect(404).is_silent_on("secret");
        }
        scene.post(stranger, &history, &pairs).await.expect(404);
    }
    // A version of one dossier is none of another's, nor are its saves.
    scene.post(&zoe, &format!("/dossiers/{other}/historique"), &pairs).await.expect(404);
    let fold: i64 = sqlx::query_scalar("select id from history_entry order by id limit 1").fetch_one(&scene.app.db).await.unwrap();
    scene.get(&zoe, &format!("/dossiers/{other}/historique?deplie={fold}")).await.expect(200).is_silent_on("secret");
    scene.post(&ana, &history, &[("version", "2"), ("source", "x")]).await.expect(400);
    scene.post(&ana, &history, &[("source", &source)]).await.expect(400);
    // After the bound it reads, and brings nothing back.
    let late = scene.at(BOUND);
    late.get(&ana, &history).await.expect(200).says("secret d’équipe").is_silent_on("Revenir à la version d’avant");
    late.post(&ana, &history, &pairs).await.expect(403).says("L’appel est clos");
    assert!(scene.get(&ana, &path).await.body.contains("Effacé"));
    scene.check().await;
}
