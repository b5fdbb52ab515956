//! A proposal of assignments: balanced, with both bodies, without conflict, accepted through the form of the table.

use crate::support::{Page, Person, Scene};
use sqlx::PgPool;

const ADDRESS: &str = "/appel/affectations/proposer?appel=essai";

async fn reviewer(scene: &Scene, name: &str, organisation: &str) -> Person {
    let person = scene.staff(name, &["reviewer"]).await;
    sqlx::query("update account set organisation = $2 where id = $1")
        .bind(person.id.get())
        .bind(organisation)
        .execute(&scene.app.db)
        .await
        .expect("organisation");
    person
}

/// Pairs proposed, as the boxes of the page post them.
fn boxes(page: &Page) -> Vec<String> {
    page.body.split("name=\"affecte\" value=\"").skip(1).filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
}

async fn accept(scene: &Scene, manager: &Person, page: &Page) -> Page {
    let (version, operation, pairs) = (page.hidden("version"), page.hidden("operation"), boxes(page));
    let mut fields = vec![("version", version.as_str()), ("operation", operation.as_str()), ("etait", "")];
    fields.extend(pairs.iter().map(|pair| ("affecte", pair.as_str())));
    scene.post(manager, "/appel/affectations?appel=essai", &fields).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_proposal_gives_each_dossier_both_bodies_and_moves_nothing(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    sqlx::query("update call set reviews_expected = 2").execute(&db).await.expect("expected");
    let manager = scene.staff("Mathieu", &["manager"]).await;
    let owner = scene.person("Ana").await;
    let (alice, bruno) = (reviewer(&scene, "Alice", "ADEME").await, reviewer(&scene, "Bruno", "ADEME").await);
    let (rose, _sami) = (reviewer(&scene, "Rose", "Région Nouvelle-Aquitaine").await, reviewer(&scene, "Sami", "Conseil régional").await);
    let mut projects = Vec::new();
    for title in ["Alambics", "Bocage", "Charente", "Dives"] {
        projects.push(scene.project(&owner, title).await);
    }
    scene.assign(projects[0], &alice).await;
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')")
        .bind(projects[1].get())
        .bind(rose.id.get())
        .execute(&db)
        .await
        .expect("recusal");
    let page = scene.get(&manager, ADDRESS).await;
    page.expect(200).says("7 évaluations à affecter").says("pour l’ADEME").says("pour la Région").says("Rose : déport");
    let proposed = boxes(&page);
    assert_eq!(proposed.len(), 7);
    assert!(!proposed.contains(&format!("{}.{}", projects[1], rose.id.get())), "a recused person is never proposed");
    assert!(!proposed.iter().any(|pair| pair == &format!("{}.{}", projects[0], bruno.id.get())), "the dossier already has its ADEME review");
    assert_eq!(boxes(&scene.get(&manager, ADDRESS).await), proposed, "the same proposal each time");

    accept(&scene, &manager, &page).await.expect(303);
    let shares: Vec<i64> = sqlx::query_scalar("select count(*) from review group by account_id order by 1").fetch_all(&db).await.expect("loads");
    assert_eq!(shares, [2, 2, 2, 2]);
    let told: i64 = sqlx::query_scalar("select count(*) from mail where kind = 'assigned'").fetch_one(&db).await.expect("mails");
    assert_eq!(told, 4);
    scene.get(&manager, ADDRESS).await.expect(200).says("Il n’y a rien à proposer.");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_lacks_is_said_and_suspected_people_are_set_apart(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    sqlx::query("update call set reviews_expected = 2").execute(&db).await.expect("expected");
    let manager = scene.staff("Mathieu", &["manager"]).await;
    let owner = scene.person("Ana").await;
    reviewer(&scene, "Alice", "ADEME").await;
    reviewer(&scene, "Rose", "Syndicat mixte Rives de Charente").await;
    scene.project(&owner, "Alambics").await;
    let page = scene.get(&manager, ADDRESS).await;
    page.expect(200).says("Personne pour la Région").says("Rose : même organisation").says("1 évaluation à affecter");
    assert_eq!(boxes(&page).len(), 1);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_proposal_is_for_managers_and_never_about_a_dossier_that_they_stay_away_from(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let (manager, other) = (scene.staff("Mathieu", &["manager"]).await, scene.staff("Odile", &["manager"]).await);
    let owner = scene.person("Ana").await;
    let alice = reviewer(&scene, "Alice", "ADEME").await;
    let (secret, _open) = (scene.project(&owner, "Alambics").await, scene.project(&owner, "Bocage").await);
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')")
        .bind(secret.get())
        .bind(other.id.get())
        .execute(&db)
        .await
        .expect("recusal");
    let claire = scene.staff("Claire", &["committee"]).await;
    for person in [&owner, &alice, &claire] {
        scene.get(person, ADDRESS).await.expect(404);
    }
    scene.get(&manager, ADDRESS).await.expect(200).says("Alambics");
    let page = scene.get(&other, ADDRESS).await;
    page.expect(200).is_silent_on("Alambics").says("Bocage");
    // Even a forged box assigns nothing there.
    let (version, operation) = (page.hidden("version"), page.hidden("operation"));
    let pair = format!("{secret}.{}", alice.id.get());
    let fields = [("version", version.as_str()), ("operation", operation.as_str()), ("etait", ""), ("affecte", pair.as_str())];
    scene.post(&other, "/appel/affectations?appel=essai", &fields).await;
    let given: i64 = sqlx::query_scalar("select count(*) from review where project_id = $1").bind(secret.get()).fetch_one(&db).await.expect("reviews");
    assert_eq!(given, 0);
}
