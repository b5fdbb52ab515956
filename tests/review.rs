//! Reviews: marks that no window loses, delivery and what follows it, recusals, figures that follow the marks.

use crate::support::{AFTER, OPEN, Person, Scene};
use sqlx::PgPool;
use time::Duration;
use trame::kit::ids::ProjectId;

/// A dossier in evaluation, without a deposit to read.
async fn in_review(scene: &Scene, title: &str) -> ProjectId {
    let owner = scene.person(&format!("Porteur {title}")).await;
    let project = scene.project(&owner, title).await;
    for status in ["deposited", "admissibility", "admissible", "in_review"] {
        sqlx::query("update project set status = $2 where id = $1").bind(project.get()).bind(status).execute(&scene.app.db).await.expect("status");
    }
    project
}

async fn criteria(scene: &Scene) -> Vec<(i64, String)> {
    sqlx::query_as("select id, code from criterion where call_id = $1 order by position")
        .bind(scene.call.get())
        .fetch_all(&scene.app.db)
        .await
        .expect("criteria")
}

async fn version(scene: &Scene, person: &Person, project: ProjectId) -> String {
    let version: i32 = sqlx::query_scalar("select version from review where project_id = $1 and account_id = $2")
        .bind(project.get())
        .bind(person.id.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("review");
    version.to_string()
}

/// Marks the first criteria of the call with those values.
async fn mark(scene: &Scene, person: &Person, project: ProjectId, values: &[&str]) {
    let names: Vec<String> = criteria(scene).await.iter().map(|(id, _)| format!("c{id}")).collect();
    let version = version(scene, person, project).await;
    let mut pairs = vec![("version", version.as_str())];
    pairs.extend(names.iter().map(String::as_str).zip(values.iter().copied()));
    scene.post(person, &format!("/evaluation/{project}"), &pairs).await.expect(303);
}

async fn deliver(scene: &Scene, person: &Person, project: ProjectId) {
    let version = version(scene, person, project).await;
    scene.post(person, &format!("/evaluation/{project}/rendre"), &[("version", &version)]).await.expect(303);
}

async fn figures(scene: &Scene, project: ProjectId) -> (i32, i32, i32, Option<i64>) {
    sqlx::query_as("select reviews_assigned, reviews_delivered, reviews_counted, score_mean from project where id = $1")
        .bind(project.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("figures")
}

async fn count(scene: &Scene, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&scene.app.db).await.expect("count")
}

const POINT: i64 = 10_000_000_000_000;

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_reviewer_reads_the_deposit_marks_it_and_delivers(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, solene, manager) = (scene.person("Ana").await, scene.staff("Solene", &["reviewer"]).await, scene.staff("Mathieu", &["manager"]).await);
    let project = scene.project(&ana, "Boucles de Charente").await;
    scene.fill(&ana, project).await;
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    scene.assign(project, &solene).await;
    let path = format!("/evaluation/{project}");
    scene.get(&solene, &path).await.expect(200).says("L’évaluation de ce dossier n’est pas ouverte.");
    scene.post(&solene, &path, &[("version", "1")]).await.expect(403);

    let scene = scene.at(AFTER);
    scene.post(&manager, "/appel/ouvrir-evaluation?appel=essai", &[("version", "1")]).await.expect(303);
    let lines = criteria(&scene).await;
    let page = scene.get(&solene, &format!("{path}?livrable=2")).await;
    page.expect(200).says("Livrable 2 sur 5, 4 critères").says("Une réponse écrite pour l’essai").says("Éclaire : 2.1").says("Critère 2.1, poids 1");
    page.says("dépôt n° 1").is_silent_on("Critère 3.1").is_silent_on("Critère G1");
    scene.get(&solene, &path).await.says("sans critère propre").says("Critère G1");
    scene.get(&solene, &format!("{path}?livrable=ensemble")).await.says("Critère G4").says("Appréciation générale");

    let (c, j) = (format!("c{}", lines[0].0), format!("j{}", lines[0].0));
    let saved = scene.autosave(&solene, &format!("{path}?livrable=2"), &[("version", "1"), (&c, "3"), (&j, "Sources citées.")]).await;
    saved.expect(200).says("Score provisoire : 75 sur 100, sur 1 critère noté.");
    scene.get(&solene, &format!("{path}/rendre")).await.says("n’entrera pas dans les moyennes").says("Sources citées.");
    scene.get(&solene, &format!("{path}/autres")).await.expect(403);
    mark(&scene, &solene, project, &["3"; 14]).await;
    scene.get(&solene, &format!("{path}/rendre")).await.says("Cette évaluation comptera");
    deliver(&scene, &solene, project).await;
    scene.get(&solene, &path).await.says("Évaluation rendue").says("Rouvrir l’évaluation");
    scene.get(&solene, &format!("{path}/autres")).await.expect(200).says("42 / (4 × 14) × 100 = 75, lu 75").says("Sources citées.");
    scene.get(&ana, &path).await.expect(404);
    scene.get(&ana, &format!("{path}/autres")).await.expect(403);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_windows_lose_no_mark(db: PgPool) {
    let scene = Scene::new(db).await;
    let solene = scene.staff("Solene", &["reviewer"]).await;
    let project = in_review(&scene, "Boucles").await;
    scene.assign(project, &solene).await;
    let path = format!("/evaluation/{project}?livrable=2");
    let lines = criteria(&scene).await;
    let (first, second) = (format!("c{}", lines[0].0), format!("c{}", lines[1].0));
    let reason = format!("j{}", lines[0].0);

    scene.post(&solene, &path, &[("version", "1"), (&first, "3"), (&reason, "Bien")]).await.expect(303);
    // The other window was drawn before: its own criterion is merged, the same one asks for a choice.
    scene.autosave(&solene, &path, &[("version", "1"), (&second, "2")]).await.expect(200);
    let typed = [("version", "1"), (&first, "1"), (&reason, "À revoir")];
    scene.autosave(&solene, &path, &typed).await.expect(409).says("La même note a changé");
    let page = scene.post(&solene, &path, &typed).await;
    page.expect(409).says("Deux versions").says("Note : 1").says("À revoir").says("Note : 3").says("Bien");
    let stored: i64 = count(&scene, "select value::bigint from mark order by criterion_id limit 1").await;
    assert_eq!(stored, 3, "what was stored stays until a choice");

    let (version, again, choice) = (page.hidden("version"), format!("{first}~autre"), format!("{first}=mienne"));
    let pairs = [("version", version.as_str()), (&first, "1"), (&reason, "À revoir"), (&again, "1"), ("garder", &choice)];
    scene.post(&solene, &path, &pairs).await.expect(303);
    assert_eq!(count(&scene, "select value::bigint from mark order by criterion_id limit 1").await, 1);

    // A form that did not touch a mark leaves it as it became since.
    let token = format!("{first}.version");
    let drawn = scene.get(&solene, &path).await;
    let (version, seen) = (drawn.hidden("version"), drawn.hidden(&token));
    scene.post(&solene, &path, &[("version", &version), (&first, "4"), (&reason, "Mieux")]).await.expect(303);
    let pairs = [("version", version.as_str()), (&first, "1"), (&reason, "À revoir"), (&token, seen.as_str()), (&second, "0")];
    // The script is told what changed, so that its next save does not undo it unseen.
    scene.autosave(&solene, &path, &pairs).await.expect(200).says(&format!("[\"{first}\",\"4\"]"));
    assert_eq!(count(&scene, "select sum(value)::bigint from mark").await, 4);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_same_save_five_times_at_once_is_one_save(db: PgPool) {
    let scene = Scene::new(db).await;
    let solene = scene.staff("Solene", &["reviewer"]).await;
    let project = in_review(&scene, "Boucles").await;
    scene.assign(project, &solene).await;
    let name = format!("c{}", criteria(&scene).await[0].0);
    let operation = uuid::Uuid::new_v4().to_string();
    let pairs = [("version", "1"), (name.as_str(), "3"), ("operation", &operation)];
    let path = format!("/evaluation/{project}");
    let (a, b, c, d, e) = tokio::join!(
        scene.post(&solene, &path, &pairs),
        scene.post(&solene, &path, &pairs),
        scene.post(&solene, &path, &pairs),
        scene.post(&solene, &path, &pairs),
        scene.post(&solene, &path, &pairs)
    );
    for page in [a, b, c, d, e] {
        page.expect(303);
    }
    assert_eq!(version(&scene, &solene, project).await, "2");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_change_after_delivery_is_kept_and_flagged(db: PgPool) {
    let scene = Scene::new(db).await;
    let solene = scene.staff("Solene", &["reviewer"]).await;
    let committee = scene.staff("Claire", &["committee"]).await;
    let project = in_review(&scene, "Boucles").await;
    scene.assign(project, &solene).await;
    let path = format!("/evaluation/{project}");
    mark(&scene, &solene, project, &["2"; 14]).await;
    deliver(&scene, &solene, project).await;
    assert_eq!(figures(&scene, project).await, (1, 1, 1, None), "one review makes no mean");
    scene.post(&solene, &path, &[("version", "3")]).await.expect(403).says("Rouvrez-la");

    scene.post(&solene, &format!("{path}/rouvrir"), &[("version", "3")]).await.expect(303);
    assert_eq!(figures(&scene, project).await, (1, 0, 0, None), "an open review counts no more");
    scene.get(&solene, &path).await.says("Évaluation rouverte");
    mark(&scene, &solene, project, &["4", "ne"]).await;
    mark(&scene, &solene, project, &["3"]).await;
    deliver(&scene, &solene, project).await;

    assert_eq!(count(&scene, "select count(*) from mark_history").await, 3);
    assert_eq!(count(&scene, "select count(*) from journal where act = 'review_changed'").await, 1, "a run is one line");
    let page = scene.get(&committee, &format!("{path}/autres")).await;
    page.expect(200).says("Modifiée après remise").says("2.1 : 2 → 4").says("2.1 : 4 → 3").says("2.2 : 2 → sans note");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn figures_follow_the_marks_and_the_weights(db: PgPool) {
    let scene = Scene::new(db).await;
    let project = in_review(&scene, "Boucles").await;
    let (a, b, c) = (scene.staff("Alix", &["reviewer"]).await, scene.staff("Bilal", &["reviewer"]).await, scene.staff("Chloe", &["reviewer"]).await);
    for (person, values) in [(&a, vec!["2"; 14]), (&b, vec!["3"; 10]), (&c, vec!["4"; 9])] {
        scene.assign(project, person).await;
        mark(&scene, person, project, &values).await;
        deliver(&scene, person, project).await;
    }
    // Nine marks of fourteen do not count; ten do, over their own weights.
    assert_eq!(figures(&scene, project).await, (3, 3, 2, Some(625 * POINT / 10)));
    let committee = scene.staff("Claire", &["committee"]).await;
    let page = scene.get(&committee, &format!("/evaluation/{project}/autres")).await;
    page.says("Moyenne : 63").says("(50 + 75) / 2 = 62,5").says("Non comptée").says("9 critères notés sur 10 attendus").says("Écart-type : 13");

    sqlx::query("update criterion set weight_thousandths = 0 where call_id = $1 and code like 'G%'")
        .bind(scene.call.get())
        .execute(&scene.app.db)
        .await
        .unwrap();
    sqlx::query("update call set mean_from = 3 where id = $1").bind(scene.call.get()).execute(&scene.app.db).await.unwrap();
    let mut tx = scene.app.db.begin().await.unwrap();
    trame::review::store::recompute_call(&mut tx, scene.call).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(figures(&scene, project).await, (3, 3, 2, None));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_recusal_erases_the_dossier_for_that_person(db: PgPool) {
    let scene = Scene::new(db).await;
    let solene = scene.staff("Solene", &["reviewer", "committee"]).await;
    let other = scene.staff("Alix", &["reviewer", "committee"]).await;
    let project = in_review(&scene, "Boucles de Charente").await;
    for person in [&solene, &other] {
        scene.assign(project, person).await;
        mark(&scene, person, project, &["2"; 14]).await;
        deliver(&scene, person, project).await;
    }
    assert_eq!(figures(&scene, project).await, (2, 2, 2, Some(50 * POINT)));
    let path = format!("/evaluation/{project}/deport");
    scene.get(&solene, &path).await.expect(200).says("disparaît pour vous");
    let operation = uuid::Uuid::new_v4().to_string();
    let pairs = [("version", "1"), ("motif", "Mon frère y travaille."), ("operation", operation.as_str())];
    let page = scene.post(&solene, &path, &pairs).await;
    assert_eq!(page.expect(303).location, "/evaluation?appel=essai");
    assert_eq!(scene.post(&solene, &path, &pairs).await.expect(303).location, "/evaluation?appel=essai", "sent twice, it lands on the same page");

    for path in ["", "/autres", "/rendre", "/deport"] {
        scene.get(&solene, &format!("/evaluation/{project}{path}")).await.expect(404);
    }
    scene.get(&solene, &format!("/dossiers/{project}")).await.expect(404);
    for path in ["/evaluation?appel=essai", "/comite?appel=essai"] {
        scene.get(&solene, path).await.expect(200).says("1 dossier").says("Déport").is_silent_on("Boucles");
    }
    assert_eq!(figures(&scene, project).await, (1, 1, 1, None));
    scene.get(&other, &format!("/evaluation/{project}/autres")).await.expect(200).is_silent_on("Solene");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_next_dossier_is_the_least_reviewed(db: PgPool) {
    let scene = Scene::new(db).await;
    let (solene, other) = (scene.staff("Solene", &["reviewer"]).await, scene.staff("Alix", &["reviewer"]).await);
    let projects = [in_review(&scene, "Arsenal").await, in_review(&scene, "Bocage").await];
    for project in projects {
        scene.assign(project, &solene).await;
        scene.assign(project, &other).await;
    }
    scene.get(&solene, "/evaluation?appel=essai").await.says("Suivant : Arsenal").says("0 évaluation rendue sur 2");
    mark(&scene, &other, projects[0], &["2"; 14]).await;
    deliver(&scene, &other, projects[0]).await;
    scene.get(&solene, "/evaluation?appel=essai").await.says("Suivant : Bocage").says("Personne ne l’a encore évalué.");
    mark(&scene, &solene, projects[1], &["2", "ne"]).await;
    scene.get(&solene, "/evaluation?appel=essai").await.says("1 sur 14, 1 non évaluable");
    deliver(&scene, &solene, projects[1]).await;
    scene.get(&solene, "/evaluation?appel=essai").await.says("Suivant : Arsenal").says("1 évaluation rendue sur 2");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_mark_typed_when_the_session_ended_comes_back(db: PgPool) {
    let scene = Scene::new(db).await;
    let solene = scene.staff("Solene", &["reviewer"]).await;
    let project = in_review(&scene, "Boucles").await;
    scene.assign(project, &solene).await;
    let reason = format!("j{}", criteria(&scene).await[0].0);
    let later = scene.at(OPEN + Duration::days(40));
    sqlx::query("update session set expires_at = $1").bind(OPEN + Duration::days(14)).execute(&scene.app.db).await.unwrap();
    let path = format!("/evaluation/{project}?livrable=2");
    let page = later.post(&solene, &path, &[("version", "1"), (&reason, "Un texte presque perdu")]).await;
    let next = page.expect(303).location.split_once("next=").expect("next").1.replace("%3F", "?").replace("%3D", "=").replace("%26", "&");
    let again = later.session(solene.id, &solene.email).await;
    later.get(&again, &next).await.expect(200).says("Votre texte est revenu").says("Un texte presque perdu");
    assert_eq!(count(&scene, "select count(*) from mark").await, 0);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_note_that_cannot_be_read_is_refused_beside_its_criterion_and_loses_no_text(db: PgPool) {
    let scene = Scene::new(db).await.at(AFTER);
    let solene = scene.staff("Solene", &["reviewer"]).await;
    let project = in_review(&scene, "Boucles").await;
    scene.assign(project, &solene).await;
    mark(&scene, &solene, project, &["2"]).await;
    let lines = criteria(&scene).await;
    let (first, second) = (lines[0].0, lines[1].0);
    let [c1, j1, c2, j2] = [format!("c{first}"), format!("j{first}"), format!("c{second}"), format!("j{second}")];
    let path = format!("/evaluation/{project}?livrable=2");
    for hostile in ["5", "-1", "2,5", "\u{202e}4", "<script>alert(1)</script>", "'; drop table mark; --", "٣"] {
        let version = version(&scene, &solene, project).await;
        let reason = format!("Un motif tapé avec {}", hostile.len());
        let pairs = [("version", version.as_str()), (&c1, hostile), (&j1, &reason), (&c2, "3"), (&j2, "Un autre motif")];
        if hostile == "\u{202e}4" {
            // What turns the writing direction is gone before anything reads it: a plain 4 is left.
            scene.post(&solene, &path, &pairs).await.expect(303);
            mark(&scene, &solene, project, &["2"]).await;
            continue;
        }
        let page = scene.post(&solene, &path, &pairs).await;
        page.expect(422).says("Une réponse n’a pas pu être gardée").says("Choisir une note de 0 à 4, ou « non évaluable ». Vous avez écrit «");
        assert!(page.body.contains(&format!("id=\"k{first}-e\"")) && page.body.contains(&reason) && page.body.contains("Un autre motif"), "{}", page.body);
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
        let told = scene.autosave(&solene, &path, &pairs).await;
        assert!(told.expect(200).body.contains(&format!("\"id\":\"k{first}\"")), "{}", told.body);
    }
    let kept: Vec<(Option<i16>, String)> = sqlx::query_as("select value, comment from mark join criterion on criterion.id = criterion_id order by position")
        .fetch_all(&scene.app.db)
        .await
        .expect("marks");
    assert_eq!(kept[0].0, Some(2), "what was stored stays");
    assert!(kept[0].1.starts_with("Un motif tapé avec ") && kept[1] == (Some(3), "Un autre motif".to_owned()), "{kept:?}");
    scene.check().await;
}
