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

/// A dossier in evaluation with its deposit, and a reviewer of it.
async fn deposited(scene: &Scene) -> (Scene, Person, ProjectId) {
    let (ana, solene, manager) = (scene.person("Ana").await, scene.staff("Solene", &["reviewer"]).await, scene.staff("Mathieu", &["manager"]).await);
    let project = scene.project(&ana, "Boucles de Charente").await;
    scene.fill(&ana, project).await;
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    scene.assign(project, &solene).await;
    let scene = scene.at(AFTER);
    scene.post(&manager, "/appel/ouvrir-evaluation?appel=essai", &[("version", "1")]).await.expect(303);
    (scene, solene, project)
}

async fn reason(scene: &Scene, criterion: i64) -> String {
    sqlx::query_scalar("select comment from mark where criterion_id = $1").bind(criterion).fetch_one(&scene.app.db).await.expect("mark")
}

/// Value of the first button that quotes in that criterion.
fn button(body: &str, criterion: i64) -> String {
    let start = body.find(&format!("name=\"citer\" value=\"{criterion}.")).expect("a button");
    body[start + 20..].split('"').next().expect("its value").to_owned()
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r69_r71_r79_a_criterion_brings_what_it_judges(db: PgPool) {
    let scene = Scene::new(db).await;
    let (scene, solene, project) = deposited(&scene).await;
    let path = format!("/evaluation/{project}");
    let actions = scene.get(&solene, &format!("{path}?livrable=3")).await;
    actions.expect(200).says("Actions vitrines 1 sur 2 au plus, dont 1 nouvelle").says("18 600 € de dépenses, 18 600 € de ressources");
    actions.says("Acteurs concernés 0 sur 1 au dossier").says("Compté sur les fiches d’actions du dépôt");
    let mobilisation = scene.get(&solene, &format!("{path}?livrable=4")).await;
    mobilisation.says("Engagements signés 1 sur 1").says("Structures signataires 1 sur 1 au dossier").says("Entreprise : 1");
    // Counted in the deposit that is judged, whatever became of the draft since.
    sqlx::query("update unit set is_deleted = true where project_id = $1 and kind in ('action', 'commitment')")
        .bind(project.get())
        .execute(&scene.app.db)
        .await
        .expect("draft");
    scene.get(&solene, &format!("{path}?livrable=3")).await.says("Actions vitrines 1 sur 2 au plus");
    let lines = criteria(&scene).await;
    let (id, _) = lines.iter().find(|(_, code)| code == "3.2").expect("a criterion");
    assert!(actions.body.contains(&format!("href=\"#p{id}\"")) && actions.body.contains(&format!("id=\"p{id}\"")));
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_passage_is_quoted_after_what_was_typed(db: PgPool) {
    let scene = Scene::new(db).await;
    let (scene, solene, project) = deposited(&scene).await;
    let path = format!("/evaluation/{project}?livrable=2");
    let (first, _) = criteria(&scene).await[0].clone();
    let (c, j) = (format!("c{first}"), format!("j{first}"));
    let page = scene.get(&solene, &path).await;
    let place = button(&page.body, first);
    let operation = uuid::Uuid::new_v4().to_string();
    let version = page.hidden("version");
    let pairs = [("version", version.as_str()), ("operation", &operation), (&c, "3"), (&j, "Sources citées."), ("citer", &place)];
    let answer = scene.post(&solene, &path, &pairs).await;
    assert_eq!(answer.expect(303).location, format!("{path}#{j}"));
    let kept = reason(&scene, first).await;
    assert!(kept.starts_with("Sources citées.\n\n«\u{a0}Une réponse écrite pour l’essai, qui dit l’essentiel.\u{a0}» ("), "{kept}");
    // The same sending again quotes once.
    assert_eq!(scene.post(&solene, &path, &pairs).await.expect(303).location, format!("{path}#{j}"));
    assert_eq!(reason(&scene, first).await, kept);
    // The script is told where to go; what it typed since goes along.
    let typed = format!("{kept}\n\nEt encore.");
    let version = self::version(&scene, &solene, project).await;
    let saved = scene.autosave(&solene, &path, &[("version", &version), (&c, "3"), (&j, &typed), ("citer", &place)]).await;
    saved.expect(200).says(&format!("\"location\":\"{path}#{j}\""));
    assert!(reason(&scene, first).await.starts_with(&typed), "what was typed stays first");

    // Another window wrote the reason since: both texts are shown, the quotation included.
    let stale = [("version", version.as_str()), (&c, "1"), (&j, "Écrit ailleurs."), ("citer", &place)];
    scene.post(&solene, &path, &stale).await.expect(409).says("Écrit ailleurs.").says("Deux versions").says("Et encore.");
    // A place that is not in the deposit, a criterion of another call: nothing is written.
    for noise in [format!("{first}.ailleurs.0.0"), format!("{first}.context.0.99"), "999999.context.0.0".to_owned()] {
        let version = self::version(&scene, &solene, project).await;
        scene.post(&solene, &path, &[("version", &version), (&j, "Perdu"), ("citer", &noise)]).await.expect(400);
    }
    assert!(!reason(&scene, first).await.contains("Perdu"));
    // Neither a stranger nor a colleague quotes here, and a delivered review no longer changes.
    let (rita, claire) = (scene.staff("Rita", &["reviewer"]).await, scene.staff("Claire", &["committee"]).await);
    for person in [&rita, &claire] {
        scene.post(person, &path, &[("version", "1"), ("citer", &place)]).await.expect(404);
    }
    mark(&scene, &solene, project, &["3"; 14]).await;
    deliver(&scene, &solene, project).await;
    let page = scene.get(&solene, &path).await;
    assert!(!page.body.contains("name=\"citer\""));
    scene.post(&solene, &path, &[("version", "9"), (&j, "Tard"), ("citer", &place)]).await.expect(403);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_dossier_opens_once_its_reviewer_has_said_that_nothing_ties_them(db: PgPool) {
    let scene = Scene::new(db).await;
    let (scene, solene, project) = deposited(&scene).await;
    sqlx::query("update review set declared_at = null").execute(&scene.app.db).await.expect("undeclared");
    let path = format!("/evaluation/{project}");
    let page = scene.get(&solene, &format!("{path}?livrable=3")).await;
    page.expect(200).says("Avant d’évaluer").says("Verrerie des Borderies").is_silent_on("Une navette dessert la gare").is_silent_on("Critère 3.1");
    let reads = count(&scene, "select count(*) from dossier_reading").await;
    assert_eq!(reads, 0, "the question is no reading");
    let stranger = scene.staff("Rita", &["reviewer"]).await;
    scene.post(&stranger, &format!("{path}/declaration?livrable=3"), &[("version", "0")]).await.expect(404);
    let answer = scene.post(&solene, &format!("{path}/declaration?livrable=3"), &[("version", "0")]).await;
    assert_eq!(answer.expect(303).location, format!("{path}?livrable=3"));
    scene.get(&solene, &format!("{path}?livrable=3")).await.says("Une navette dessert la gare").says("Critère 3.1");
    assert_eq!(count(&scene, "select count(*) from journal where act = 'review_declared'").await, 1);
    scene.check().await;
}
