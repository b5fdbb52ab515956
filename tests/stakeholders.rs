//! The drawn views of the actors: who stands where, moved by a form, undone, and seen by the team alone.

use crate::support::{AFTER, Page, Person, Scene};
use sqlx::PgPool;
use trame::kit::ids::ProjectId;

async fn actor(scene: &Scene, person: &Person, project: ProjectId, fields: &[(&str, &str)]) -> String {
    let row = scene.row(person, project, "acteurs").await;
    let pairs: Vec<(&str, &str)> = [("version", "1")].into_iter().chain(fields.iter().copied()).collect();
    scene.post(person, &format!("/dossiers/{project}/acteurs/{row}"), &pairs).await.expect(303);
    row
}

async fn place(scene: &Scene, person: &Person, project: ProjectId, row: &str, view: &str, pairs: &[(&str, &str)]) -> Page {
    scene.post(person, &format!("/dossiers/{project}/acteurs/{row}/placer{view}"), pairs).await
}

async fn stored(scene: &Scene, row: &str) -> (serde_json::Value, i32) {
    sqlx::query_as("select content, version from unit where row = $1::uuid").bind(row).fetch_one(&scene.app.db).await.expect("done")
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_grid_places_each_actor_says_its_state_and_lists_those_to_place(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let verrerie = actor(
        &scene,
        &ana,
        project,
        &[("name", "Verrerie <b>des</b> Borderies"), ("influence", "4"), ("interest", "3"), ("is_key_actor", "oui"), ("kind", "company")],
    )
    .await;
    let club = actor(&scene, &ana, project, &[("name", "Club du plateau"), ("influence", "2"), ("kind", "association"), ("outside_perimeter", "oui")]).await;
    let commitment = scene.row(&ana, project, "engagements").await;
    scene
        .post(&ana, &format!("/dossiers/{project}/engagements/{commitment}"), &[("version", "1"), ("stakeholder", &verrerie), ("signed_on", "2015-09-01")])
        .await
        .expect(303);
    let page = scene.get(&ana, &format!("/dossiers/{project}/acteurs?vue=grille")).await;
    page.expect(200).says("Grille d’influence et d’intérêt").says("1 acteur influent et intéressé, à associer de près").says("À placer : 1 acteur");
    assert!(page.body.contains("aria-current=\"page\">Influence et intérêt</a>"), "{}", page.body);
    assert!(
        page.body.contains("aria-label=\"Verrerie &#60;b&#62;des&#60;/b&#62; Borderies, engagement signé, influence 4, intérêt 3, acteur clé\""),
        "{}",
        page.body
    );
    assert!(page.body.contains(&format!("<a href=\"/dossiers/{project}/acteurs/{verrerie}\" id=\"a-{verrerie}\"")));
    assert!(page.body.contains(&format!("id=\"m-{club}\"")));
    let page = scene.get(&ana, &format!("/dossiers/{project}/acteurs?vue=cercles")).await;
    page.says("Cœur : 1, partenaires : 0, informés : 1.").says("Cœur (1)").says("Informés (1)");
    // The same filters for the list and the views, kept from one to the other.
    let page = scene.get(&ana, &format!("/dossiers/{project}/acteurs?vue=cercles&type=association&lieu=hors")).await;
    page.says("Club du plateau").is_silent_on("Verrerie");
    assert!(page.body.contains("?vue=grille&#38;type=association&#38;lieu=hors"), "{}", page.body);
    scene.get(&ana, &format!("/dossiers/{project}/acteurs?engagement=signe")).await.says("Verrerie").is_silent_on("Club du plateau");
    scene.get(&ana, &format!("/dossiers/{project}/acteurs?cercle=informes&q=plateau")).await.says("Club du plateau").is_silent_on("Borderies");
    scene.get(&ana, &format!("/dossiers/{project}/acteurs?vue=autre&type=x&lieu=y&cercle=z")).await.expect(200).says("2 acteurs");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_actor_is_moved_by_its_form_told_and_put_back(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let row = actor(&scene, &ana, project, &[("name", "Malterie"), ("influence", "2"), ("role", "Fournir")]).await;
    let moved = place(&scene, &ana, project, &row, "?vue=grille&type=company", &[("version", "2"), ("influence", "3"), ("interest", "4")]).await;
    moved.expect(303);
    assert_eq!(moved.location, format!("/dossiers/{project}/acteurs?vue=grille&type=company&deplace={row}&avant=2..#a-{row}"));
    let (content, version) = stored(&scene, &row).await;
    assert_eq!((content["influence"].as_str(), content["interest"].as_str(), content["role"].as_str(), version), (Some("3"), Some("4"), Some("Fournir"), 3));
    let page = scene.get(&ana, &moved.location.replace("&type=company", "")).await;
    page.expect(200)
        .says("Malterie, influence sur le projet : 2, moyenne → 3, forte ; intérêt pour le projet : vide → 4, moteur du projet.")
        .says("Annuler ce déplacement");
    place(&scene, &ana, project, &row, "?vue=grille", &[("version", "3"), ("influence", "2"), ("interest", ""), ("is_key_actor", "")]).await.expect(303);
    let (content, _) = stored(&scene, &row).await;
    assert_eq!((content["influence"].as_str(), content.get("interest"), content["role"].as_str()), (Some("2"), None, Some("Fournir")));
    // In and out of the core, from the circles.
    place(&scene, &ana, project, &row, "?vue=cercles", &[("version", "4"), ("is_key_actor", "oui")]).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}/acteurs?vue=cercles")).await.says("Cœur (1)");
    place(&scene, &ana, project, &row, "?vue=cercles", &[("version", "5"), ("is_key_actor", "")]).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}/acteurs?vue=cercles")).await.says("Cœur (0)").says("Informés (1)");
    // Only its place: nothing else of the actor travels by this form, and no place that does not exist.
    place(&scene, &ana, project, &row, "", &[("version", "6"), ("name", "Autre nom"), ("interest", "1")]).await.expect(303);
    assert_eq!(stored(&scene, &row).await.0["name"], "Malterie");
    place(&scene, &ana, project, &row, "", &[("version", "7"), ("influence", "9")])
        .await
        .expect(422)
        .says("Influence sur le projet : choisir une valeur de la liste");
    place(&scene, &ana, project, "00000000-0000-7000-8000-000000000000", "", &[("version", "1"), ("influence", "1")]).await.expect(404);
    scene.get(&ana, &format!("/dossiers/{project}/acteurs?vue=grille&deplace={row}&avant=%3Cb%3E.1.2")).await.expect(200).is_silent_on("Déplacé");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_people_who_move_the_same_actor_are_told(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let row = actor(&scene, &ana, project, &[("name", "Malterie"), ("influence", "1"), ("interest", "1")]).await;
    place(&scene, &ana, project, &row, "?vue=grille", &[("version", "2"), ("influence", "3"), ("interest", "1")]).await.expect(303);
    let page = place(&scene, &bob, project, &row, "?vue=grille", &[("version", "2"), ("influence", "4"), ("interest", "1")]).await;
    page.expect(409).says("Non déplacé").says("« Malterie » a été déplacé par quelqu’un d’autre").says("3, forte est enregistré, vous demandiez 4, décisive");
    assert_eq!(stored(&scene, &row).await.0["influence"], "3");
    // On another axis nobody is in the way.
    place(&scene, &bob, project, &row, "?vue=grille", &[("version", "2"), ("influence", "1"), ("interest", "4")]).await.expect(303);
    let (content, version) = stored(&scene, &row).await;
    assert_eq!((content["influence"].as_str(), content["interest"].as_str(), version), (Some("3"), Some("4"), 4));
    // The same move sent twice is made once.
    let pairs = [("version", "4"), ("operation", "6f0f3e64-6cf0-4b4e-9c43-0f9f3fbc1d11"), ("influence", "2")];
    let first = place(&scene, &bob, project, &row, "?vue=grille", &pairs).await;
    let second = place(&scene, &bob, project, &row, "?vue=grille", &pairs).await;
    assert_eq!((first.location, stored(&scene, &row).await.1), (second.location, 5));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_views_are_the_team_s_alone_whatever_is_shown_and_deposited(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, rosa, zoe) = (scene.person("Ana").await, scene.person("Rosa").await, scene.person("Zoe").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.project(&zoe, "Ailleurs").await;
    scene.member(project, &rosa, "reader").await;
    let manager = scene.staff("Max", &["manager", "committee"]).await;
    let reviewer = scene.staff("Rémi", &["reviewer"]).await;
    scene.fill(&ana, project).await;
    let row = actor(&scene, &ana, project, &[("name", "Verrerie secrète"), ("confidential", "oui"), ("influence", "4"), ("interest", "4")]).await;
    scene.post(&ana, &format!("/dossiers/{project}/partage"), &[("partage4", "oui")]).await.expect(303);
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    scene.assign(project, &reviewer).await;
    for person in [&zoe, &manager, &reviewer] {
        for view in ["", "?vue=grille", "?vue=cercles"] {
            scene.get(person, &format!("/dossiers/{project}/acteurs{view}")).await.expect(404).is_silent_on("Verrerie secrète");
        }
        place(&scene, person, project, &row, "?vue=grille", &[("version", "2"), ("influence", "1")]).await.expect(404);
    }
    let page = scene.get(&rosa, &format!("/dossiers/{project}/acteurs?vue=grille")).await;
    page.expect(200).says("Verrerie secrète").says("Lecture seule").is_silent_on("Déplacer");
    assert!(!page.body.contains("data-editable") && !page.body.contains("/placer"));
    place(&scene, &rosa, project, &row, "?vue=grille", &[("version", "2"), ("influence", "1")]).await.expect(403);
    let late = scene.at(AFTER);
    place(&late, &ana, project, &row, "?vue=grille", &[("version", "2"), ("influence", "1")]).await.expect(403).says("L’appel est clos");
    late.get(&ana, &format!("/dossiers/{project}/acteurs?vue=cercles")).await.expect(200).says("L’appel est clos");
    assert_eq!(stored(&scene, &row).await.0["influence"], "4");
    scene.check().await;
}
