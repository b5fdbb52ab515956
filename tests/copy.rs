//! Taking what a former dossier of the same organisation says: only what is empty here, as one act, and only one's own.

use crate::support::{Person, Scene};
use sqlx::PgPool;
use time::macros::{date, datetime};
use trame::call::store::{NewProject, create_project};
use trame::kit::ids::ProjectId;
use uuid::Uuid;

/// A dossier of another organisation.
async fn elsewhere(scene: &Scene, owner: &Person, title: &str, organisation: &str) -> ProjectId {
    let mut tx = scene.app.db.begin().await.expect("done");
    let new = NewProject {
        call: scene.call,
        title,
        organisation,
        kind: "mixed_syndicate",
        commune: Some("16167"),
        manifested_on: Some(date!(2014 - 11 - 28)),
        manifestation: "Une intention.",
        is_reducing_impact: true,
        is_collective: true,
        notified_on: Some(date!(2014 - 12 - 22)),
    };
    let project = create_project(&mut tx, &new, owner.id, datetime!(2014-12-22 10:00 UTC)).await.expect("done");
    tx.commit().await.expect("done");
    scene.member(project, owner, "owner").await;
    project
}

async fn live(scene: &Scene, project: ProjectId, kind: &str) -> i64 {
    sqlx::query_scalar("select count(*) from unit where project_id = $1 and kind = $2 and not is_deleted")
        .bind(project.get())
        .bind(kind)
        .fetch_one(&scene.app.db)
        .await
        .expect("done")
}

async fn row_of(scene: &Scene, project: ProjectId, kind: &str) -> (Uuid, serde_json::Value) {
    sqlx::query_as("select row, content from unit where project_id = $1 and kind = $2 and not is_deleted")
        .bind(project.get())
        .bind(kind)
        .fetch_one(&scene.app.db)
        .await
        .expect("done")
}

const EVERYTHING: [&str; 10] =
    ["organisation", "etat-des-lieux", "actions", "mobilisation", "candidature", "stakeholder", "flow", "synergy", "action", "commitment"];

async fn copy(scene: &Scene, person: &Person, into: ProjectId, from: ProjectId, parts: &[&str]) -> crate::support::Page {
    let version: i64 = sqlx::query_scalar("select content_version from project where id = $1").bind(into.get()).fetch_one(&scene.app.db).await.expect("done");
    let (version, from) = (version.to_string(), from.to_string());
    let mut pairs = vec![("version", version.as_str()), ("source", from.as_str())];
    pairs.extend(parts.iter().map(|part| ("quoi", *part)));
    scene.post(person, &format!("/dossiers/{into}/copier"), &pairs).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_whole_dossier_is_taken_into_an_empty_one_and_given_back(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let from = scene.project(&ana, "Boucles 2015").await;
    scene.fill(&ana, from).await;
    let actor = row_of(&scene, from, "stakeholder").await.0;
    let flow = scene.row(&ana, from, "flux").await;
    scene.post(&ana, &format!("/dossiers/{from}/flux/{flow}"), &[("version", "1"), ("label", "Calcin"), ("actor", &actor.to_string())]).await.expect(303);
    let into = scene.project(&ana, "Boucles 2016").await;
    scene.get(&ana, &format!("/dossiers/{into}/importer")).await.says("Choisir un dossier à reprendre");
    scene
        .get(&ana, &format!("/dossiers/{into}/copier"))
        .await
        .expect(200)
        .says("Boucles 2015 appel EIT Poitou-Charentes 2014-2015, porteur")
        .is_silent_on("Boucles 2016 appel");
    let page = scene.get(&ana, &format!("/dossiers/{into}/copier?source={from}")).await;
    page.expect(200).says("17 réponses").says("1 acteur").says("1 flux").says("un engagement se signe pour ce dossier").says("Reprendre les parties cochées");
    assert_eq!(live(&scene, into, "stakeholder").await, 0);
    let done = copy(&scene, &ana, into, from, &EVERYTHING).await;
    done.expect(303);
    scene.get(&ana, &done.location).await.expect(200).says("Copie enregistrée").says("dossier « Boucles 2015 »").says("Annuler cette copie");
    scene.get(&ana, &format!("/dossiers/{into}")).await.says("d’un autre dossier");
    // Links follow: the flow and the commitment name the actor of this dossier.
    let (copied, _) = row_of(&scene, into, "stakeholder").await;
    assert_ne!(copied, actor);
    assert_eq!(row_of(&scene, into, "flow").await.1["actor"], copied.to_string());
    let (_, commitment) = row_of(&scene, into, "commitment").await;
    assert_eq!((commitment["stakeholder"].as_str(), commitment.get("signed_on")), (Some(copied.to_string().as_str()), None));
    assert_eq!(live(&scene, into, "action_line").await, 2);
    scene.get(&ana, &format!("/dossiers/{into}/organisation?theme=animation")).await.says("Une réponse écrite pour l’essai");
    scene.check().await;
    // A second copy finds nothing empty, and takes nothing.
    copy(&scene, &ana, into, from, &EVERYTHING).await.expect(422).says("Rien à reprendre");
    // What was taken goes, but the answer written over since, which stays.
    let path = format!("/dossiers/{into}/organisation?theme=animation");
    let version = scene.get(&ana, &path).await.hidden("version");
    scene.post(&ana, &path, &[("version", &version), ("q5", "Nos propres mots")]).await.expect(303);
    let version = scene.get(&ana, &done.location).await.hidden("version");
    scene.post(&ana, &format!("{}/annuler", done.location), &[("version", &version)]).await.expect(303);
    scene.get(&ana, &done.location).await.says("Copie annulée").says("Laissé en place").says("Animation");
    scene.get(&ana, &path).await.says("Nos propres mots");
    scene.get(&ana, &format!("/dossiers/{into}/organisation?theme=perimetre")).await.is_silent_on("Une réponse écrite pour l’essai");
    for kind in ["stakeholder", "flow", "action", "action_line", "commitment"] {
        assert_eq!(live(&scene, into, kind).await, 0, "{kind}");
    }
    // The section given back is written again without a hitch.
    scene.fill_page(&ana, &format!("/dossiers/{into}/organisation?theme=perimetre"), &["q1"]).await;
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_is_written_is_never_replaced_and_links_find_the_actor_of_the_same_name(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let (from, into) = (scene.project(&ana, "Boucles 2015").await, scene.project(&ana, "Boucles 2016").await);
    scene.fill(&ana, from).await;
    let actor = row_of(&scene, from, "stakeholder").await.0;
    for (label, holder) in [("Calcin", actor.to_string()), ("Orphelin", Uuid::new_v4().to_string())] {
        let flow = scene.row(&ana, from, "flux").await;
        scene
            .post(&ana, &format!("/dossiers/{from}/flux/{flow}"), &[("version", "1"), ("label", label), ("actor", &holder)])
            .await
            .expect(if label == "Calcin" { 303 } else { 422 });
    }
    let own = scene.row(&ana, into, "acteurs").await;
    scene
        .post(&ana, &format!("/dossiers/{into}/acteurs/{own}"), &[("version", "1"), ("name", "VERRERIE des borderies"), ("role", "Le nôtre")])
        .await
        .expect(303);
    let path = format!("/dossiers/{into}/organisation?theme=animation");
    scene.post(&ana, &path, &[("version", "0"), ("q5", "Nos propres mots")]).await.expect(303);
    let page = scene.get(&ana, &format!("/dossiers/{into}/copier?source={from}")).await;
    page.says("1 réponse déjà ici").says("1 acteur déjà ici : la liste n’est pas vide");
    copy(&scene, &ana, into, from, &["organisation", "stakeholder", "flow"]).await.expect(303);
    scene.get(&ana, &path).await.says("Nos propres mots").says("Une réponse écrite pour l’essai");
    assert_eq!(live(&scene, into, "stakeholder").await, 1);
    assert_eq!(live(&scene, into, "commitment").await, 0);
    let linked: Option<String> = sqlx::query_scalar("select content->>'actor' from unit where project_id = $1 and content->>'label' = 'Calcin'")
        .bind(into.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("done");
    assert_eq!(linked, Some(own));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn one_copies_only_from_a_dossier_of_one_s_own_team_and_organisation(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob, zoe) = (scene.person("Ana").await, scene.person("Bob").await, scene.person("Zoe").await);
    let manager = scene.staff("Max", &["manager", "committee"]).await;
    // The same organisation, another team; and one's own team, another organisation.
    let secret = scene.project(&zoe, "Le secret de Zoé").await;
    scene.fill(&zoe, secret).await;
    let foreign = elsewhere(&scene, &ana, "Une autre maison", "Communauté du Plateau").await;
    scene.fill(&ana, foreign).await;
    let into = scene.project(&ana, "Boucles").await;
    scene.member(into, &bob, "editor").await;
    scene.member(secret, &bob, "reader").await;
    let page = scene.get(&ana, &format!("/dossiers/{into}/copier")).await;
    page.expect(200).says("Aucun autre dossier à reprendre").is_silent_on("Le secret de Zoé").is_silent_on("Une autre maison");
    for from in [secret, foreign, into, ProjectId(999_999)] {
        scene.get(&ana, &format!("/dossiers/{into}/copier?source={from}")).await.expect(404).is_silent_on("Le secret de Zoé");
        copy(&scene, &ana, into, from, &EVERYTHING).await.expect(404).is_silent_on("Le secret de Zoé");
    }
    // An editor does not copy, whatever else they may read; nor does anybody of the administration.
    scene.get(&bob, &format!("/dossiers/{into}/copier")).await.expect(403).says("Seul le porteur").is_silent_on("Le secret de Zoé");
    copy(&scene, &bob, into, secret, &EVERYTHING).await.expect(403);
    for person in [&zoe, &manager] {
        scene.get(person, &format!("/dossiers/{into}/copier?source={secret}")).await.expect(404);
        copy(&scene, person, into, secret, &EVERYTHING).await.expect(404);
    }
    assert_eq!(live(&scene, into, "stakeholder").await, 0);
    // Once of its team, one may; recused from it, no longer.
    scene.member(secret, &ana, "reader").await;
    scene.get(&ana, &format!("/dossiers/{into}/copier?source={secret}")).await.expect(200).says("À reprendre de « Le secret de Zoé »");
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'pinned')")
        .bind(secret.get())
        .bind(ana.id.get())
        .execute(&scene.app.db)
        .await
        .expect("done");
    copy(&scene, &ana, into, secret, &EVERYTHING).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_copy_sent_twice_counts_once_and_one_drawn_before_a_change_is_shown_again(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let (from, into) = (scene.project(&ana, "Boucles 2015").await, scene.project(&ana, "Boucles 2016").await);
    scene.fill(&ana, from).await;
    let path = format!("/dossiers/{into}/copier");
    let page = scene.get(&ana, &format!("{path}?source={from}")).await;
    let (version, operation, source) = (page.hidden("version"), Uuid::new_v4().to_string(), from.to_string());
    scene.row(&ana, into, "acteurs").await;
    let pairs = [("version", version.as_str()), ("operation", operation.as_str()), ("source", source.as_str()), ("quoi", "organisation")];
    let stale = scene.post(&ana, &path, &pairs).await;
    stale.expect(409).says("Le dossier a changé pendant votre choix").says("1 acteur déjà ici");
    let version = stale.hidden("version");
    let pairs = [("version", version.as_str()), pairs[1], pairs[2], pairs[3]];
    let (a, b) = tokio::join!(scene.post(&ana, &path, &pairs), scene.post(&ana, &path, &pairs));
    a.expect(303);
    b.expect(303);
    assert_eq!(a.location, b.location);
    let copies: i64 = sqlx::query_scalar("select count(*) from journal where act = 'copied'").fetch_one(&scene.app.db).await.expect("done");
    assert_eq!(copies, 1);
    scene.check().await;
}
