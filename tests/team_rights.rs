//! Rights by deliverable, in every way that content is written; parts said to be finished.

use crate::support::{AFTER, OPEN, Page, Person, Scene};
use sqlx::PgPool;
use time::Duration;
use trame::access::Level;
use trame::kit::ids::ProjectId;

/// The owner gives somebody those levels, through the page.
async fn give(scene: &Scene, owner: &Person, project: ProjectId, whom: &Person, role: &str, levels: [Level; 5]) -> Page {
    let version: i32 = sqlx::query_scalar("select version from project_member where project_id = $1 and account_id = $2")
        .bind(project.get())
        .bind(whom.id.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("member");
    let (version, levels) = (version.to_string(), levels.map(|level| (level as i16).to_string()));
    let mut pairs = vec![("version", version.as_str()), ("role", role)];
    pairs.extend(["niveau1", "niveau2", "niveau3", "niveau4", "niveau5"].into_iter().zip(levels.iter().map(String::as_str)));
    scene.post(owner, &format!("/dossiers/{project}/equipe/membres/{}", whom.id), &pairs).await
}

const ONLY_FIRST: [Level; 5] = [Level::Write, Level::Read, Level::Read, Level::Read, Level::Read];

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_writes_the_first_deliverable_alone_writes_nothing_else_in_any_way(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    scene.fill(&ana, project).await;
    let base = format!("/dossiers/{project}");
    let action: uuid::Uuid = sqlx::query_scalar("select row from unit where kind = 'action'").fetch_one(&scene.app.db).await.unwrap();
    let commitment: uuid::Uuid = sqlx::query_scalar("select row from unit where kind = 'commitment'").fetch_one(&scene.app.db).await.unwrap();
    let flow = scene.row(&ana, project, "flux").await;
    let pdf = b"%PDF-1.4 une preuve";
    let uploads: Vec<(String, &str)> =
        [("courrier".to_owned(), "candidature"), ("document-engagement".to_owned(), "mobilisation"), (format!("preuves:{action}"), "actions")].into();
    for (slot, _) in &uploads {
        scene.upload(&ana, &format!("{base}/pieces?slot={slot}&operation={}", uuid::Uuid::new_v4()), "p.pdf", pdf).await.expect(303);
    }
    let pieces: Vec<uuid::Uuid> = sqlx::query_scalar("select id from attachment").fetch_all(&scene.app.db).await.unwrap();
    scene.post(&ana, &format!("{base}/flux/{flow}/retirer"), &[("version", "1")]).await.expect(303);
    let before = written(&scene, project).await;
    give(&scene, &ana, project, &bob, "editor", ONLY_FIRST).await.expect(303);

    for page in ["etat-des-lieux", "etat-des-lieux?theme=analyse", "actions", "mobilisation?theme=gouvernance", "candidature"] {
        let shown = scene.get(&bob, &format!("{base}/{page}")).await;
        shown.expect(200).says("Lecture seule").says("sans écrire").says("Le porteur peut le changer dans la page Équipe");
        assert!(!shown.body.contains("data-save") && !shown.body.contains("<textarea name"), "{page} shows no control");
        let pairs = [("version", "0"), ("context", "Pirate"), ("knowledge", "Pirate"), ("letter", "Pirate"), ("stakeholder_governance", "Pirate")];
        scene.post(&bob, &format!("{base}/{page}"), &pairs).await.expect(403).says("sans écrire");
        scene.autosave(&bob, &format!("{base}/{page}"), &pairs).await.expect(403).says("sans écrire");
        scene.post(&bob, &format!("{base}/{page}"), &[("version", "0"), ("ajouter", "initiative")]).await.expect(403);
    }
    for (path, row) in
        [("actions", action.to_string()), ("engagements", commitment.to_string()), ("flux", flow.clone()), ("synergies", uuid::Uuid::nil().to_string())]
    {
        scene.get(&bob, &format!("{base}/{path}")).await.expect(200).says("Lecture seule").is_silent_on("Ajouter");
        scene.post(&bob, &format!("{base}/{path}/nouveau"), &[("version", "0")]).await.expect(403).says("sans écrire");
        scene.post(&bob, &format!("{base}/{path}/{row}/retirer"), &[("version", "1")]).await.expect(403);
        scene.post(&bob, &format!("{base}/{path}/{row}/retablir"), &[]).await.expect(403);
    }
    for (path, row) in [("actions", action), ("engagements", commitment)] {
        scene.get(&bob, &format!("{base}/{path}/{row}")).await.expect(200).says("Lecture seule");
        scene.post(&bob, &format!("{base}/{path}/{row}"), &[("version", "1"), ("title", "Pirate")]).await.expect(403);
    }
    for (slot, page) in &uploads {
        let address = format!("{base}/pieces?slot={slot}&operation={}&retour={base}/{page}", uuid::Uuid::new_v4());
        scene.upload(&bob, &address, "q.pdf", pdf).await.expect(403).says("sans écrire");
    }
    for piece in &pieces {
        scene.get(&bob, &format!("{base}/pieces/{piece}")).await.expect(200);
        scene.post(&bob, &format!("{base}/pieces/{piece}/retirer"), &[]).await.expect(403);
        scene.post(&bob, &format!("{base}/pieces/{piece}/retirer"), &[("retablir", "oui")]).await.expect(403);
    }
    scene.post(&bob, &format!("{base}/depot"), &[("version", "0")]).await.expect(403).says("Le porteur dépose");
    for no in 2..=5 {
        scene.post(&bob, &format!("{base}/parties/{no}"), &[("partie", "terminee")]).await.expect(403);
    }
    assert_eq!(written(&scene, project).await, before, "nothing was written");

    // What is Bob's: the first deliverable, its pieces, the shared list of actors.
    let page = scene.get(&bob, &format!("{base}/organisation?theme=animation")).await;
    let version = page.hidden("version");
    scene.post(&bob, &format!("{base}/organisation?theme=animation"), &[("version", &version), ("q5", "De Bob")]).await.expect(303);
    scene.upload(&bob, &format!("{base}/pieces?slot=supports-juridiques&operation={}", uuid::Uuid::new_v4()), "s.pdf", pdf).await.expect(303);
    let actor = scene.row(&bob, project, "acteurs").await;
    scene.post(&bob, &format!("{base}/acteurs/{actor}"), &[("version", "1"), ("name", "Tonnellerie")]).await.expect(303);
    scene.check().await;
}

/// Everything that content is made of, to be compared.
async fn written(scene: &Scene, project: ProjectId) -> (i64, i64, i64, i64) {
    sqlx::query_as(
        "select (select count(*) from unit_history where project_id = $1), (select sum(version) from unit where project_id = $1),
           (select count(*) from attachment where project_id = $1 and removed_at is null), (select content_version from project where id = $1)",
    )
    .bind(project.get())
    .fetch_one(&scene.app.db)
    .await
    .expect("figures")
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_owner_sets_levels_and_the_person_is_told_without_content(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob, max) = (scene.person("Ana").await, scene.person("Bob").await, scene.staff("Max", &["manager", "committee"]).await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "reader").await;
    let team = format!("/dossiers/{project}/equipe");
    scene.get(&ana, &team).await.expect(200).says("État des lieux").says("Dépose");
    scene.get(&bob, &team).await.expect(200).is_silent_on("Enregistrer");
    let comment_second = [Level::Read, Level::Comment, Level::Read, Level::Write, Level::Read];
    give(&scene, &ana, project, &bob, "reader", comment_second).await.expect(303);
    let kept: Vec<i16> =
        sqlx::query_scalar("select levels from project_member where account_id = $1").bind(bob.id.get()).fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(kept, [0, 2, 0, 3, 0]);
    let mails: Vec<(String, String)> = sqlx::query_as("select recipient, body from mail where kind = 'rights_changed'").fetch_all(&scene.app.db).await.unwrap();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].0 == bob.email && mails[0].1.contains(&format!("{team}\n")) && !mails[0].1.contains("Commente"), "{}", mails[0].1);
    // The same form again changes nothing, and tells nobody.
    scene.post(&ana, &format!("{team}/membres/{}", bob.id), &[("version", "1"), ("role", "reader"), ("niveau2", "2"), ("niveau4", "3")]).await.expect(303);
    scene.post(&ana, &format!("{team}/membres/{}", bob.id), &[("version", "1"), ("role", "editor")]).await.expect(409).says("Ce rôle a changé");
    assert_eq!(sqlx::query_scalar::<_, i64>("select count(*) from mail where kind = 'rights_changed'").fetch_one(&scene.app.db).await.unwrap(), 1);
    let overview = scene.get(&bob, &format!("/dossiers/{project}")).await;
    overview.says("Vous lisez ce livrable, sans l’écrire").says("Vous commentez ce livrable, sans l’écrire").says("a changé l’équipe");
    scene.get(&bob, &format!("/dossiers/{project}/etat-des-lieux")).await.says("Vous commentez le livrable 2, sans écrire");
    let page = scene.get(&bob, &format!("/dossiers/{project}/mobilisation?theme=gouvernance")).await;
    page.expect(200);
    scene
        .post(&bob, &format!("/dossiers/{project}/mobilisation?theme=gouvernance"), &[("version", "0"), ("stakeholder_governance", "De Bob")])
        .await
        .expect(303);
    // A level that does not exist is no level; the owner's own are not for anybody to lower.
    scene.post(&ana, &format!("{team}/membres/{}", bob.id), &[("version", "2"), ("role", "reader"), ("niveau1", "9"), ("niveau2", "x")]).await.expect(303);
    let me = format!("{team}/membres/{}", ana.id);
    scene.post(&ana, &me, &[("version", "1"), ("role", "owner"), ("niveau1", "1"), ("niveau2", "1")]).await.expect(303);
    scene.post(&ana, &format!("/dossiers/{project}/organisation?theme=animation"), &[("version", "0"), ("q5", "D’Ana")]).await.expect(303);
    for stranger in [&bob, &max] {
        let answer = scene.post(stranger, &format!("{team}/membres/{}", bob.id), &[("version", "2"), ("role", "editor"), ("niveau1", "3")]).await;
        assert!([403, 404].contains(&answer.status.as_u16()));
    }
    // Taken out of the team: told, and nothing opens any more.
    scene.post(&ana, &format!("{team}/membres/{}/retrait", bob.id), &[("version", "2")]).await.expect(303);
    scene.get(&bob, &format!("/dossiers/{project}")).await.expect(404);
    assert_eq!(sqlx::query_scalar::<_, i64>("select count(*) from mail where kind = 'rights_changed'").fetch_one(&scene.app.db).await.unwrap(), 2);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_level_lowered_while_a_save_waits_for_the_dossier_refuses_it(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let mut other = scene.app.db.begin().await.unwrap();
    sqlx::query("select from project where id = $1 for update").bind(project.get()).execute(&mut *other).await.unwrap();
    let path = format!("/dossiers/{project}/organisation?theme=animation");
    let pairs = [("version", "0"), ("q5", "Trop tard")];
    let save = scene.post(&bob, &path, &pairs);
    let lower = async {
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        sqlx::query("update project_member set levels = '{1,0,0,0,0}' where account_id = $1").bind(bob.id.get()).execute(&mut *other).await.unwrap();
        other.commit().await.unwrap();
    };
    let (answer, ()) = tokio::join!(save, lower);
    answer.expect(403).says("Vous lisez le livrable 1, sans écrire");
    assert_eq!(sqlx::query_scalar::<_, i64>("select count(*) from unit").fetch_one(&scene.app.db).await.unwrap(), 0);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_finished_part_is_seen_by_the_team_and_begins_again_in_the_open(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob, max) = (scene.person("Ana").await, scene.person("Bob").await, scene.staff("Max", &["manager", "committee"]).await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let base = format!("/dossiers/{project}");
    let page = format!("{base}/etat-des-lieux");
    scene.get(&bob, &page).await.says("Dire que ma partie est terminée");
    let done = [("partie", "terminee"), ("retour", page.as_str())];
    let answer = scene.post(&bob, &format!("{base}/parties/2"), &done).await;
    answer.expect(303);
    assert_eq!(answer.location, format!("{page}#partie"));
    scene.post(&bob, &format!("{base}/parties/2"), &done).await.expect(303);
    scene.post(&bob, &format!("{base}/parties/7"), &done).await.expect(404);
    scene.get(&bob, &page).await.says("Vous avez terminé votre partie du livrable 2, aujourd’hui à 14 h").says("Reprendre ma partie");
    scene.get(&ana, &base).await.says("Bob a terminé sa partie du livrable 2, aujourd’hui à 14 h").says("a terminé sa partie du livrable 2");
    scene.get(&max, &base).await.expect(200).is_silent_on("terminé sa partie");
    // Somebody else's writing, another deliverable, the shared list of actors: Bob's part stays finished.
    let later = scene.at(OPEN + Duration::days(1));
    later.post(&ana, &page, &[("version", "0"), ("context", "D’Ana")]).await.expect(303);
    later.post(&bob, &format!("{base}/organisation?theme=animation"), &[("version", "0"), ("q5", "De Bob")]).await.expect(303);
    later.row(&bob, project, "acteurs").await;
    later.get(&ana, &base).await.says("Bob a terminé sa partie du livrable 2, hier");
    // Bob's own writing begins it again, and it is said.
    let version = later.get(&bob, &page).await.hidden("version");
    later.post(&bob, &page, &[("version", &version), ("context", "D’Ana, puis de Bob")]).await.expect(303);
    later
        .get(&ana, &base)
        .await
        .says("Bob avait terminé sa partie du livrable 2, hier à 14 h, et l’a modifiée depuis, aujourd’hui à 14 h : de nouveau en cours");
    later.get(&bob, &page).await.says("elle est de nouveau en cours").says("Dire que ma partie est terminée");
    later.post(&bob, &format!("{base}/parties/2"), &done).await.expect(303);
    later.get(&ana, &page).await.says("Bob a terminé sa partie du livrable 2, aujourd’hui");
    later.post(&bob, &format!("{base}/parties/2"), &[("partie", "reprise"), ("retour", "https://ailleurs.example")]).await.expect(303);
    later.get(&ana, &base).await.is_silent_on("Bob a terminé sa partie du livrable 2, aujourd’hui").says("a repris sa partie du livrable 2");
    let acts: Vec<String> = sqlx::query_scalar("select act from journal where act like 'part%' order by seq").fetch_all(&scene.app.db).await.unwrap();
    assert_eq!(acts, ["part_finished", "part_finished", "part_resumed"]);
    scene.at(AFTER).post(&bob, &format!("{base}/parties/2"), &done).await.expect(403).says("L’appel est clos");
    scene.post(&max, &format!("{base}/parties/2"), &done).await.expect(404);
    scene.check().await;
}
