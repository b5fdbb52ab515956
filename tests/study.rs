//! The study of the scores: intervals, severities, marks by criterion, other weights; only from what its reader may see.

use crate::support::{Page, Person, Scene};
use sqlx::PgPool;
use trame::kit::ids::ProjectId;

const ADDRESS: &str = "/comite/etude?appel=essai";

/// A call that counts reviews from one mark and means from one review, its owner, and three reviewers.
async fn call(db: PgPool) -> (Scene, Person, Vec<Person>) {
    let scene = Scene::new(db).await;
    sqlx::query("update call set coverage_threshold = 1, mean_from = 1").execute(&scene.app.db).await.expect("rules");
    let owner = scene.person("Ana").await;
    let mut reviewers = Vec::new();
    for name in ["Rose", "Sami", "Tess"] {
        reviewers.push(scene.staff(name, &["reviewer"]).await);
    }
    (scene, owner, reviewers)
}

/// A delivered review that gives the same mark everywhere.
async fn review(scene: &Scene, project: ProjectId, reviewer: &Person, mark: i16) {
    sqlx::query(
        "with given as (
           insert into review (project_id, account_id, status, delivered_at) values ($1, $2, 'delivered', now()) returning id
         ), marks as (
           insert into mark (review_id, criterion_id, value) select given.id, criterion.id, $3 from given, criterion where criterion.call_id = $4
         )
         update project set reviews_delivered = reviews_delivered + 1 where id = $1",
    )
    .bind(project.get())
    .bind(reviewer.id.get())
    .bind(mark)
    .bind(scene.call.get())
    .execute(&scene.app.db)
    .await
    .expect("review");
}

/// Three dossiers, each marked by everybody.
async fn marked(scene: &Scene, owner: &Person, reviewers: &[Person], titles: &[(&str, [i16; 3])]) -> Vec<ProjectId> {
    let mut projects = Vec::new();
    for (title, marks) in titles {
        let project = scene.project(owner, title).await;
        for (reviewer, mark) in reviewers.iter().zip(marks) {
            review(scene, project, reviewer, *mark).await;
        }
        projects.push(project);
    }
    projects
}

const TITLES: [(&str, [i16; 3]); 3] = [("Alambics", [4, 3, 3]), ("Bocage", [3, 2, 2]), ("Charente", [2, 1, 1])];

/// The line of a table about something.
fn row(page: &Page, title: &str) -> String {
    let body = page.plain();
    let table = body.split("Les rangs").nth(1).expect("the table");
    let from = table.find(title).expect("its row");
    table[from..].chars().take(120).collect()
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn ranks_have_an_interval_and_every_figure_its_making(db: PgPool) {
    let (scene, owner, reviewers) = call(db).await;
    marked(&scene, &owner, &reviewers, &TITLES).await;
    let claire = scene.staff("Claire", &["committee"]).await;
    let page = scene.get(&claire, ADDRESS).await;
    page.expect(200).says("83,33").says("58,33").says("33,33").says("La sévérité de chacun").says("Rose").says("graine");
    assert!(page.body.contains("<svg class=\"places\""));
    assert!(row(&page, "Alambics").contains("83,33"), "{}", row(&page, "Alambics"));
    // Rose gives a mark more than the two others to every dossier.
    let severity = page.plain();
    let rose = severity.split("La sévérité de chacun").nth(1).and_then(|text| text.split("Rose").nth(1)).expect("her row").trim_start().to_owned();
    assert!(rose.starts_with('+'), "{rose}");
    assert_eq!(scene.get(&claire, ADDRESS).await.body, page.body, "the draw is always the same");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_dossier_that_one_stays_away_from_enters_no_figure(db: PgPool) {
    let (scene, owner, reviewers) = call(db.clone()).await;
    let projects = marked(&scene, &owner, &reviewers, &TITLES).await;
    let (claire, denis) = (scene.staff("Claire", &["committee"]).await, scene.staff("Denis", &["committee"]).await);
    sqlx::query("insert into recusal (project_id, account_id, origin, reason) values ($1, $2, 'declared', 'même organisme')")
        .bind(projects[0].get())
        .bind(denis.id.get())
        .execute(&db)
        .await
        .expect("recusal");
    let told = scene.get(&denis, ADDRESS).await;
    told.expect(200).is_silent_on("Alambics").is_silent_on("83,33").says("Bocage");
    assert!(!told.body.contains(&format!("/evaluation/{}/", projects[0])));
    // What he reads is what he would read had the dossier never been.
    let before = told.plain();
    sqlx::query("update mark set value = 0 where review_id in (select id from review where project_id = $1)")
        .bind(projects[0].get())
        .execute(&db)
        .await
        .expect("marks");
    assert_eq!(scene.get(&denis, ADDRESS).await.plain(), before);
    scene.get(&claire, ADDRESS).await.expect(200).says("Alambics");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn scores_wait_for_ones_own_review_and_carriers_see_nothing(db: PgPool) {
    let (scene, owner, reviewers) = call(db.clone()).await;
    let projects = marked(&scene, &owner, &reviewers[..2], &TITLES).await;
    for person in [&owner, &reviewers[0], &scene.staff("Olga", &[]).await] {
        scene.get(person, ADDRESS).await.expect(404);
    }
    let both = scene.staff("Fanny", &["committee", "reviewer"]).await;
    scene.assign(projects[1], &both).await;
    scene.get(&both, ADDRESS).await.expect(200).is_silent_on("Bocage").says("Alambics");
    sqlx::query("update call set reviews_visible = 'after_all_mine'").execute(&db).await.expect("rule");
    scene.get(&both, ADDRESS).await.expect(200).is_silent_on("Alambics").says("quand toutes vos évaluations sont rendues");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn other_weights_are_tried_and_change_nothing(db: PgPool) {
    let (scene, owner, reviewers) = call(db.clone()).await;
    let projects = marked(&scene, &owner, &reviewers[..1], &[("Alambics", [3, 0, 0]), ("Bocage", [2, 0, 0])]).await;
    // Bocage is the better one under the first criterion only.
    let first: (i64, String) = sqlx::query_as("select id, code from criterion where call_id = $1 order by position, id limit 1")
        .bind(scene.call.get())
        .fetch_one(&db)
        .await
        .expect("criterion");
    sqlx::query("update mark set value = 4 where criterion_id = $1 and review_id = (select id from review where project_id = $2)")
        .bind(first.0)
        .bind(projects[1].get())
        .execute(&db)
        .await
        .expect("mark");
    let claire = scene.staff("Claire", &["committee"]).await;
    scene.get(&claire, ADDRESS).await.expect(200).is_silent_on("Avec ces poids");
    let heavy = format!("{ADDRESS}&poids.{}=100", first.1);
    scene.get(&claire, &heavy).await.expect(200).says("Avec ces poids, 2 dossiers changent de rang.").says("gagne 1 place");
    let wrong = scene.get(&claire, &format!("{ADDRESS}&poids.{}=lourd", first.1)).await;
    wrong.expect(200).says("Écrire un nombre de 0 à 100").is_silent_on("Avec ces poids");
    assert!(wrong.body.contains("value=\"lourd\""));
    let weights: i64 =
        sqlx::query_scalar("select sum(weight_thousandths) from criterion where call_id = $1").bind(scene.call.get()).fetch_one(&db).await.expect("weights");
    scene.get(&claire, ADDRESS).await.expect(200);
    let after: i64 =
        sqlx::query_scalar("select sum(weight_thousandths) from criterion where call_id = $1").bind(scene.call.get()).fetch_one(&db).await.expect("weights");
    assert_eq!(weights, after);
}
