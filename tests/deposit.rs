//! Deposit: frozen, numbered, receipted, again until the bound; by post or e-mail through a manager.

use std::fmt::Write as _;

use crate::support::{AFTER, BOUND, Page, Person, Scene};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Method, Request};
use sqlx::PgPool;
use trame::kit::ids::ProjectId;
use uuid::Uuid;

async fn deposit(scene: &Scene, person: &Person, project: ProjectId) -> Page {
    scene.post(person, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_deposit_is_numbered_receipted_mailed_and_sealed(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    scene.fill(&ana, project).await;
    let page = deposit(&scene, &ana, project).await;
    page.expect(303);
    assert_eq!(page.location, format!("/dossiers/{project}/recu"));
    let receipt = scene.get(&ana, &page.location).await;
    receipt.expect(200).says("2015-01-1").says("mercredi 23 septembre 2015 à 14 h, heure de Paris").says("Région Poitou-Charentes et ADEME");
    let digest: Vec<u8> = sqlx::query_scalar("select digest from submission").fetch_one(&scene.app.db).await.expect("deposit");
    assert!(receipt.body.contains(&trame::project::files::hex(&digest)));
    let mails: Vec<(String, String)> = sqlx::query_as("select recipient, body from mail where kind = 'receipt'").fetch_all(&scene.app.db).await.expect("mails");
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].0, ana.email);
    assert!(mails[0].1.contains("2015-01-1"));
    assert_eq!(trame::mail::drain(&scene.app).await.expect("queue"), 1);
    assert_eq!(trame::mail::drain(&scene.app).await.expect("queue"), 0, "a mail leaves once");
    let changed = sqlx::query("update submission set content = '{}'").execute(&scene.app.db).await;
    assert!(changed.is_err(), "a deposit is never changed");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_second_click_lands_on_the_same_receipt(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    scene.fill(&ana, project).await;
    let (one, two) = tokio::join!(deposit(&scene, &ana, project), deposit(&scene, &ana, project));
    for page in [one, two, deposit(&scene, &ana, project).await] {
        page.expect(303);
        assert_eq!(page.location, format!("/dossiers/{project}/recu"));
    }
    let count: i64 = sqlx::query_scalar("select count(*) from submission").fetch_one(&scene.app.db).await.expect("count");
    assert_eq!(count, 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn undeposited_changes_are_said_everywhere_and_a_new_deposit_counts(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    scene.fill(&ana, project).await;
    deposit(&scene, &ana, project).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}")).await.is_silent_on("Modifications non déposées");
    let path = format!("/dossiers/{project}/organisation?theme=financement");
    let version = scene.get(&ana, &path).await.hidden("version");
    scene.post(&ana, &path, &[("version", &version), ("q16", "Un modèle revu")]).await.expect(303);
    for page in [format!("/dossiers/{project}"), format!("/dossiers/{project}/depot"), "/dossiers".to_owned()] {
        scene.get(&ana, &page).await.says("Modifications non déposées");
    }
    scene.get(&ana, &format!("/dossiers/{project}/imprimer")).await.says("modifié depuis le dépôt n° 2015-01-1");
    scene.get(&ana, &format!("/dossiers/{project}/depots/1")).await.is_silent_on("Un modèle revu");
    deposit(&scene, &ana, project).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}/recu")).await.says("2015-01-2");
    scene.get(&ana, &format!("/dossiers/{project}/depots/2")).await.says("Un modèle revu");
    scene.get(&ana, &format!("/dossiers/{project}")).await.is_silent_on("Modifications non déposées");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r132_the_last_microsecond_deposits_and_the_bound_refuses(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let (early, late) = (scene.project(&ana, "À temps").await, scene.project(&ana, "Trop tard").await);
    scene.fill(&ana, early).await;
    scene.fill(&ana, late).await;
    deposit(&scene.at(BOUND - time::Duration::microseconds(1)), &ana, early).await.expect(303);
    deposit(&scene.at(BOUND), &ana, late).await.expect(403).says("L’appel est clos depuis le jeudi 15 octobre 2015 à 0 h").says("reste conservé et lisible");
    // Refused on the page of deposits itself, which says what stands; a mere read does not speak of a sending.
    deposit(&scene.at(BOUND), &ana, early).await.expect(403).says("Le dossier n’a pas été déposé").says("Votre dernier dépôt, n° 2015-01-1, reste valable");
    let closed = scene.at(BOUND).get(&ana, &format!("/dossiers/{late}/depot")).await;
    closed.expect(200).says("Le dépôt est clos. Aucun dépôt n’a été fait").says("Le dépôt était possible jusqu’au");
    closed.is_silent_on("Votre envoi est arrivé").is_silent_on("Rien n’empêche le dépôt").is_silent_on("Vous pouvez déposer de nouveau");
    let done = scene.get(&ana, &format!("/dossiers/{early}/depot")).await;
    done.expect(200).says("Dossier déposé, n° 2015-01-1").says("Rien n’a changé depuis");
    assert!(!done.body.contains("<button>Déposer le dossier"), "{}", done.body);
    let printed = scene.get(&ana, &format!("/dossiers/{early}/imprimer")).await;
    printed.says("conforme au dépôt n° 2015-01-1").says("Sommaire");
    let (summary, sections) = printed.body.split_once("</ol></nav>").expect("a summary");
    let links = summary.matches("<li><a href=\"#s").count();
    assert!(links > 5 && links == sections.matches("<h2 id=\"s").count(), "every section is in the summary: {links}");
    scene.get(&ana, &format!("/dossiers/{late}/imprimer")).await.says("brouillon, jamais déposé");
    assert_eq!(scene.get(&ana, &format!("/dossiers/{late}/recu")).await.expect(303).location, format!("/dossiers/{late}/depot"));
    sqlx::query("update call set grace_minutes = 15").execute(&scene.app.db).await.expect("grace");
    deposit(&scene.at(BOUND + time::Duration::minutes(14)), &ana, late).await.expect(303);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn only_the_owner_and_a_delegate_deposit(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob, consultant, reader) = (scene.person("Ana").await, scene.person("Bob").await, scene.person("Carl").await, scene.person("Dora").await);
    let project = scene.project(&ana, "Boucles").await;
    for (person, role) in [(&bob, "editor"), (&consultant, "consultant"), (&reader, "reader")] {
        scene.member(project, person, role).await;
    }
    scene.fill(&ana, project).await;
    for person in [&bob, &consultant, &reader] {
        deposit(&scene, person, project).await.expect(403).says("Le porteur dépose le dossier");
    }
    sqlx::query("update project_member set can_deposit = true where account_id = any($1)")
        .bind(vec![bob.id.get(), consultant.id.get()])
        .execute(&scene.app.db)
        .await
        .expect("delegation");
    deposit(&scene, &consultant, project).await.expect(403);
    deposit(&scene, &bob, project).await.expect(303);
    scene.check().await;
}

async fn register(scene: &Scene, person: &Person, project: ProjectId, channel: &str, day: &str) -> Page {
    let fields = [
        ("channel", channel),
        ("received_at", &format!("{day}T10:30")),
        ("note", "Registre du courrier, n° 118"),
        ("version", "1"),
        ("operation", &Uuid::new_v4().to_string()),
    ];
    let mut body = String::new();
    for (name, value) in fields {
        let _ = write!(body, "--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body.push_str("--edge\r\ncontent-disposition: form-data; name=\"piece\"; filename=\"scan.pdf\"\r\n\r\n%PDF-1.4 scan\r\n--edge--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/dossiers/{project}/depots"))
        .header(COOKIE, format!("trame_session={}", person.token))
        .header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
    scene.run(request.body(Body::from(body)).expect("request")).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r133_and_r134_a_manager_registers_a_deposit_by_post_or_email(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, manager, committee) = (scene.person("Ana").await, scene.staff("Max", &["manager"]).await, scene.staff("Claire", &["committee"]).await);
    let project = scene.project(&ana, "Boucles").await;
    let after = scene.at(AFTER);
    register(&after, &ana, project, "paper", "2015-10-13").await.expect(404);
    register(&after, &committee, project, "paper", "2015-10-13").await.expect(404);
    register(&after, &manager, project, "pigeon", "2015-10-13").await.expect(422);
    register(&after, &manager, project, "paper", "2015-10-15").await.expect(422).says("arrivé après la limite");
    let again = register(&after, &manager, project, "paper", "hier").await;
    again.expect(422).says("Copie numérisée");
    for typed in ["value=\"hierT10:30\"", "value=\"Registre du courrier, n° 118\""] {
        assert!(again.body.contains(typed), "{typed} is not in: {}", again.body);
    }
    register(&after, &manager, project, "paper", "2015-12-24").await.expect(422).says("dans le futur");
    register(&after, &manager, project, "paper", "2015-10-13").await.expect(303);
    register(&after, &manager, project, "email", "2015-10-14").await.expect(303);
    let page = after.get(&ana, &format!("/dossiers/{project}/depot")).await;
    page.says("par courrier").says("par courriel").says("mardi 13 octobre 2015 à 10 h 30");
    scene.check().await;
}
