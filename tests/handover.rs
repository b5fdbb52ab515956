//! Ownership handed over: proposed, accepted or declined; until then nothing changes.

use crate::support::{OPEN, Person, Scene};
use sqlx::PgPool;
use time::Duration;
use trame::kit::ids::ProjectId;

async fn cast(db: PgPool) -> (Scene, Person, Person, Person, ProjectId) {
    let scene = Scene::new(db).await;
    let (ana, bob, eve) = (scene.person("Ana").await, scene.person("Bob").await, scene.person("Eve").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    scene.member(project, &eve, "reader").await;
    (scene, ana, bob, eve, project)
}

async fn role(scene: &Scene, person: &Person) -> Option<String> {
    sqlx::query_scalar("select role from project_member where account_id = $1").bind(person.id.get()).fetch_optional(&scene.app.db).await.expect("role")
}

async fn propose(scene: &Scene, owner: &Person, project: ProjectId, to: &Person, becomes: &str) -> crate::support::Page {
    scene.post(owner, &format!("/dossiers/{project}/portage"), &[("version", "0"), ("a", &to.id.to_string()), ("ensuite", becomes)]).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn ownership_passes_when_it_is_accepted_and_not_before(db: PgPool) {
    let (scene, ana, bob, eve, project) = cast(db).await;
    let base = format!("/dossiers/{project}");
    scene.get(&ana, &format!("{base}/equipe")).await.says("Transmettre le portage");
    propose(&scene, &ana, project, &bob, "editor").await.expect(303);
    propose(&scene, &ana, project, &eve, "editor").await.expect(422).says("Une proposition attend déjà");
    let (to, body): (String, String) = sqlx::query_as("select recipient, body from mail where kind = 'handover'").fetch_one(&scene.app.db).await.unwrap();
    assert!(to == bob.email && body.contains(&format!("{base}/portage\n")) && body.replace('\u{a0}', " ").contains("mercredi 7 octobre 2015"), "{body}");
    assert_eq!((role(&scene, &ana).await.as_deref(), role(&scene, &bob).await.as_deref()), (Some("owner"), Some("editor")), "nothing changes yet");
    scene.get(&bob, "/").await.says("Ce qui vous attend").says("Ana vous propose de porter le dossier");
    scene.get(&bob, &base).await.says("Ana vous propose de porter ce dossier");
    scene.get(&bob, &format!("{base}/portage")).await.says("Devenir porteur").says("Ana reste dans l’équipe");
    scene.get(&eve, &format!("{base}/portage")).await.expect(200).says("Ana propose le portage du dossier à Bob").is_silent_on("Devenir porteur");
    scene.get(&eve, &base).await.is_silent_on("vous propose de porter");
    // Nobody answers in another's place, the owner included.
    for other in [&eve, &ana] {
        let answer = scene.post(other, &format!("{base}/portage/reponse"), &[("version", "0"), ("reponse", "accepter")]).await;
        answer.expect(303);
        assert_eq!(answer.location, format!("{base}/portage"));
    }
    assert_eq!(role(&scene, &bob).await.as_deref(), Some("editor"));
    scene.post(&bob, &format!("{base}/portage/reponse"), &[("version", "0"), ("reponse", "peut-être")]).await.expect(400);
    // Two tabs at once: once.
    let accept = [("version", "0"), ("reponse", "accepter")];
    let path = format!("{base}/portage/reponse");
    let (one, two) = tokio::join!(scene.post(&bob, &path, &accept), scene.post(&bob, &path, &accept));
    one.expect(303);
    two.expect(303);
    assert_eq!((role(&scene, &ana).await.as_deref(), role(&scene, &bob).await.as_deref()), (Some("editor"), Some("owner")));
    scene.get(&ana, &base).await.expect(200).says("a accepté le portage du dossier");
    scene.post(&ana, &format!("{base}/equipe"), &[("version", "0"), ("email", "x@example.org"), ("role", "editor")]).await.expect(403);
    scene.get(&bob, &format!("{base}/equipe")).await.says("Inviter quelqu’un");
    let acts: Vec<String> = sqlx::query_scalar("select act from journal where act like 'ownership%' order by seq").fetch_all(&scene.app.db).await.unwrap();
    assert_eq!(acts, ["ownership_proposed", "ownership_accepted"]);
    assert_eq!(sqlx::query_scalar::<_, i64>("select count(*) from mail where kind = 'handover'").fetch_one(&scene.app.db).await.unwrap(), 2);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_proposal_is_declined_withdrawn_or_expires(db: PgPool) {
    let (scene, ana, bob, eve, project) = cast(db).await;
    let base = format!("/dossiers/{project}");
    let answer = |what: &'static str| [("version", "0"), ("reponse", what)];
    propose(&scene, &ana, project, &bob, "nobody").await.expect(303);
    scene.post(&bob, &format!("{base}/portage/reponse"), &answer("decliner")).await.expect(303);
    scene.post(&bob, &format!("{base}/portage/reponse"), &answer("accepter")).await.expect(303);
    assert_eq!((role(&scene, &ana).await.as_deref(), role(&scene, &bob).await.as_deref()), (Some("owner"), Some("editor")));
    scene.get(&bob, &format!("{base}/portage")).await.says("Aucune proposition");
    propose(&scene, &ana, project, &bob, "owner").await.expect(303);
    for other in [&bob, &eve] {
        scene.post(other, &format!("{base}/portage/retrait"), &[("version", "0")]).await.expect(403).says("Seul le porteur");
    }
    scene.post(&ana, &format!("{base}/portage/retrait"), &[("version", "0")]).await.expect(303);
    scene.post(&bob, &format!("{base}/portage/reponse"), &answer("accepter")).await.expect(303);
    assert_eq!(role(&scene, &bob).await.as_deref(), Some("editor"), "withdrawn");
    // The last second of the fourteenth day counts; the next one does not.
    propose(&scene, &ana, project, &bob, "owner").await.expect(303);
    let late = scene.at(time::macros::datetime!(2015-10-07 22:00 UTC));
    late.get(&bob, "/").await.is_silent_on("vous propose");
    late.post(&bob, &format!("{base}/portage/reponse"), &answer("accepter")).await.expect(303);
    assert_eq!(role(&scene, &bob).await.as_deref(), Some("editor"), "expired");
    propose(&late, &ana, project, &eve, "owner").await.expect(303);
    late.post(&ana, &format!("{base}/portage/retrait"), &[("version", "0")]).await.expect(303);
    propose(&scene.at(OPEN + Duration::days(20)), &ana, project, &bob, "owner").await.expect(303);
    scene.at(time::macros::datetime!(2015-10-27 22:59:59 UTC)).post(&bob, &format!("{base}/portage/reponse"), &answer("accepter")).await.expect(303);
    assert_eq!((role(&scene, &ana).await.as_deref(), role(&scene, &bob).await.as_deref()), (Some("owner"), Some("owner")), "both, as proposed");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_happens_meanwhile_ends_a_proposal(db: PgPool) {
    let (scene, ana, bob, eve, project) = cast(db).await;
    let base = format!("/dossiers/{project}");
    let accept = [("version", "0"), ("reponse", "accepter")];
    // The member is taken out of the team.
    propose(&scene, &ana, project, &eve, "editor").await.expect(303);
    scene.post(&ana, &format!("{base}/equipe/membres/{}/retrait", eve.id), &[("version", "1")]).await.expect(303);
    scene.post(&eve, &format!("{base}/portage/reponse"), &accept).await.expect(404);
    // The proposing owner is no longer one.
    propose(&scene, &ana, project, &bob, "owner").await.expect(303);
    scene.post(&bob, &format!("{base}/portage/reponse"), &accept).await.expect(303);
    scene.member(project, &eve, "reader").await;
    propose(&scene, &ana, project, &eve, "nobody").await.expect(303);
    scene.post(&bob, &format!("{base}/equipe/membres/{}", ana.id), &[("version", "1"), ("role", "reader")]).await.expect(303);
    let answer = scene.post(&eve, &format!("{base}/portage/reponse"), &accept).await;
    answer.expect(303);
    assert_eq!(answer.location, format!("{base}/portage"));
    assert_eq!((role(&scene, &eve).await.as_deref(), role(&scene, &ana).await.as_deref()), (Some("reader"), Some("reader")));
    // Even when the row alone changed, the acceptance looks again.
    propose(&scene, &bob, project, &eve, "nobody").await.expect(303);
    sqlx::query("update project_member set role = 'owner' where account_id = $1").bind(ana.id.get()).execute(&scene.app.db).await.unwrap();
    sqlx::query("update project_member set role = 'editor' where account_id = $1").bind(bob.id.get()).execute(&scene.app.db).await.unwrap();
    scene.post(&eve, &format!("{base}/portage/reponse"), &accept).await.expect(303);
    assert_eq!((role(&scene, &eve).await.as_deref(), role(&scene, &bob).await.as_deref()), (Some("reader"), Some("editor")));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn nobody_becomes_owner_without_accepting(db: PgPool) {
    let (scene, ana, bob, _, project) = cast(db).await;
    let base = format!("/dossiers/{project}");
    let member = format!("{base}/equipe/membres/{}", bob.id);
    scene.post(&ana, &member, &[("version", "1"), ("role", "owner")]).await.expect(422).says("Le portage se propose");
    scene.post(&ana, &format!("{base}/equipe"), &[("version", "0"), ("email", "x@example.org"), ("role", "owner")]).await.expect(422).says("Choisir un rôle");
    assert_eq!(role(&scene, &bob).await.as_deref(), Some("editor"));
    propose(&scene, &ana, project, &ana, "editor").await.expect(422).says("déjà porteur");
    scene.post(&ana, &format!("{base}/portage"), &[("version", "0"), ("a", "999999"), ("ensuite", "editor")]).await.expect(422).says("n’est plus de l’équipe");
    let page = scene.post(&ana, &format!("{base}/portage"), &[("version", "0"), ("a", ""), ("email", "zut"), ("ensuite", "nobody")]).await;
    page.expect(422).says("Choisir une personne, ou son adresse");
    assert!(page.body.contains("value=\"zut\""), "what was typed comes back");
    scene.post(&ana, &format!("{base}/portage"), &[("version", "0"), ("a", &bob.id.to_string()), ("ensuite", "roi")]).await.expect(422);
    // Somebody of the administration, and another carrier.
    let (max, zoe) = (scene.staff("Max", &["manager"]).await, scene.person("Zoe").await);
    scene.project(&zoe, "Ailleurs").await;
    for stranger in [&max, &zoe] {
        scene.get(stranger, &format!("{base}/portage")).await.expect(404);
        for act in ["portage", "portage/retrait", "portage/reponse"] {
            scene.post(stranger, &format!("{base}/{act}"), &[("version", "0"), ("reponse", "accepter"), ("ensuite", "editor")]).await.expect(404);
        }
    }
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_address_outside_the_team_takes_over_by_its_invitation(db: PgPool) {
    let (scene, ana, bob, _, project) = cast(db).await;
    let base = format!("/dossiers/{project}");
    let form = [("version", "0"), ("a", ""), ("email", "Nina@example.org"), ("ensuite", "nobody")];
    scene.post(&ana, &format!("{base}/portage"), &form).await.expect(303);
    scene.get(&bob, &format!("{base}/equipe")).await.says("propose le portage du dossier à nina@example.org");
    let body: String = sqlx::query_scalar("select body from mail where kind = 'invitation'").fetch_one(&scene.app.db).await.unwrap();
    let link = body.lines().find(|line| line.contains("/invitation/")).expect("link").strip_prefix("http://127.0.0.1:3000").expect("base").to_owned();
    assert!(body.replace('\u{a0}', " ").contains("mercredi 7 octobre 2015"), "{body}");
    assert_eq!(role(&scene, &ana).await.as_deref(), Some("owner"));
    let nina = scene.person("Nina").await;
    scene.get(&nina, &link).await.expect(200).says("porteur du dossier");
    scene.post(&nina, &link, &[("version", "0")]).await.expect(303);
    assert_eq!((role(&scene, &nina).await.as_deref(), role(&scene, &ana).await), (Some("owner"), None));
    scene.get(&ana, &base).await.expect(404);
    // A proposal taken back takes its invitation with it.
    scene.post(&nina, &format!("{base}/portage"), &[("version", "0"), ("a", ""), ("email", "ana@example.org"), ("ensuite", "editor")]).await.expect(303);
    scene.post(&nina, &format!("{base}/portage/retrait"), &[("version", "0")]).await.expect(303);
    let body: String = sqlx::query_scalar("select body from mail where kind = 'invitation' order by id desc limit 1").fetch_one(&scene.app.db).await.unwrap();
    let link = body.lines().find(|line| line.contains("/invitation/")).expect("link").strip_prefix("http://127.0.0.1:3000").expect("base").to_owned();
    scene.get(&ana, &link).await.expect(410);
    scene.check().await;
}
