//! Working together: who is told what of a dossier, by which process, and until when.

use std::time::Duration;

use crate::support::{OPEN, Person, Scene};
use axum::body::{Body, BodyDataStream};
use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, COOKIE};
use axum::http::{Request, StatusCode};
use serde_json::Value as Json;
use sqlx::PgPool;
use tokio_stream::StreamExt as _;
use tower::ServiceExt as _;
use trame::app::{App, service};
use trame::kit::ids::ProjectId;

const PAGE: &str = "organisation.animation";
const PATH: &str = "organisation?theme=animation";

/// An open stream.
struct Stream {
    body: BodyDataStream,
    text: String,
}

impl Stream {
    async fn answer(scene: &Scene, person: &Person, project: ProjectId, page: &str) -> axum::response::Response {
        let request = Request::builder()
            .uri(format!("/dossiers/{project}/presence?page={page}"))
            .header(COOKIE, format!("trame_session={}", person.token))
            .header(ACCEPT, "text/event-stream")
            .header("accept-encoding", "gzip");
        service(&scene.app).oneshot(request.body(Body::empty()).expect("request")).await.expect("the service answers")
    }

    async fn open(scene: &Scene, person: &Person, project: ProjectId, page: &str) -> Self {
        let response = Self::answer(scene, person, project, page).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
        assert!(!response.headers().contains_key(CONTENT_ENCODING), "compressed, and so held back");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event: its name and its data; nothing once the stream has ended.
    async fn next(&mut self) -> Option<(String, Json)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned());
                let found = line("event:").zip(line("data:"));
                let rest = rest.to_owned();
                self.text = rest;
                if let Some((name, data)) = found {
                    return Some((name, serde_json::from_str(&data).expect("json")));
                }
                continue;
            }
            let bytes = tokio::time::timeout(Duration::from_secs(5), self.body.next()).await.expect("news within five seconds")?.expect("bytes");
            self.text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// The data of the next event of that name that satisfies a condition.
    async fn until(&mut self, name: &str, is_it: impl Fn(&Json) -> bool) -> Json {
        loop {
            let (found, data) = self.next().await.expect("an open stream");
            if found == name && is_it(&data) {
                return data;
            }
        }
    }

    async fn present(&mut self, sentences: &[&str]) {
        let said = |data: &Json| -> Vec<String> {
            let lines = data.as_array().expect("a list").iter();
            lines.map(|other| format!("{} {}", other["name"].as_str().unwrap_or_default(), other["sentence"].as_str().unwrap_or_default())).collect()
        };
        self.until("presents", |data| said(data) == sentences).await;
    }
}

/// Another process on the same database.
fn beside(scene: &Scene) -> Scene {
    let app = App::new(scene.app.db.clone(), (*scene.app.config).clone()).at(OPEN);
    Scene { app, call: scene.call, data: scene.data.clone() }
}

async fn team(scene: &Scene) -> (Person, Person, ProjectId) {
    let (ana, bob) = (scene.person("Ana Morel").await, scene.person("Bob Petit").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    (ana, bob, project)
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn only_the_team_is_told_who_is_there(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, _, project) = team(&scene).await;
    let _ana = Stream::open(&scene, &ana, project, PAGE).await;
    let stranger = scene.person("Zoe").await;
    scene.project(&stranger, "Ailleurs").await;
    let manager = scene.staff("Max", &["manager", "committee", "reviewer"]).await;
    scene.assign(project, &manager).await;
    let operator = scene.person("Omar").await;
    sqlx::query("update account set is_operator = true where id = $1").bind(operator.id.get()).execute(&scene.app.db).await.unwrap();
    for person in [&stranger, &manager, &operator] {
        let answer = Stream::answer(&scene, person, project, PAGE).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{}", person.email);
        scene.post(person, &format!("/dossiers/{project}/presence"), &[("flux", &uuid::Uuid::nil().to_string()), ("champ", "q5")]).await.expect(404);
        scene.get(person, &format!("/dossiers/{project}")).await.is_silent_on("est sur cette page");
    }
    assert_eq!(Stream::answer(&scene, &ana, ProjectId(987_654), PAGE).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(Stream::answer(&scene, &ana, project, "organisation.inconnue").await.status(), StatusCode::BAD_REQUEST);
    let ended = Person { token: "x".to_owned(), ..ana.clone() };
    assert_eq!(Stream::answer(&scene, &ended, project, PAGE).await.status(), StatusCode::UNAUTHORIZED);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_people_on_two_processes_see_each_other_come_write_and_leave(db: PgPool) {
    let scene = Scene::new(db).await;
    let other = beside(&scene);
    let (ana, bob, project) = team(&scene).await;
    let mut hers = Stream::open(&scene, &ana, project, PAGE).await;
    hers.present(&[]).await;
    let mut his = Stream::open(&other, &bob, project, PAGE).await;
    let (name, opened) = his.next().await.expect("an open stream");
    assert_eq!(name, "ouvert");
    his.present(&["Ana Morel est sur cette page"]).await;
    hers.present(&["Bob Petit est sur cette page"]).await;
    let path = format!("/dossiers/{project}/presence");
    let stream = opened["flux"].as_str().expect("a stream");
    other.post(&bob, &path, &[("flux", stream), ("champ", "q5")]).await.expect(204);
    hers.present(&["Bob Petit écrit dans la question\u{a0}5"]).await;
    other.post(&bob, &path, &[("flux", stream), ("champ", "")]).await.expect(204);
    hers.present(&["Bob Petit est sur cette page"]).await;
    // Nobody speaks for somebody else.
    scene.post(&ana, &path, &[("flux", stream), ("champ", "q6")]).await.expect(204);
    let elsewhere = Stream::open(&other, &bob, project, "organisation.gouvernance").await;
    drop(his);
    hers.present(&["Bob Petit est dans «\u{a0}Gouvernance\u{a0}»"]).await;
    drop(elsewhere);
    hers.present(&[]).await;
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_save_is_told_to_the_pages_that_show_it_by_ids_and_versions_alone(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let other = beside(&scene);
    let (ana, bob, project) = team(&scene).await;
    let mut hers = Stream::open(&scene, &ana, project, PAGE).await;
    let mut aside = Stream::open(&scene, &ana, project, "organisation.gouvernance").await;
    let mut ears = sqlx::postgres::PgListener::connect_with(&db).await.unwrap();
    ears.listen("trame_live").await.unwrap();
    let path = format!("/dossiers/{project}/{PATH}");
    other.autosave(&bob, &path, &[("version", "0"), ("q5", "Un secret de Bob"), ("ajouter", "staff")]).await.expect(200);
    let told = hers.until("enregistre", |_| true).await;
    assert_eq!((told["by"].as_str(), told["account"].as_i64(), told["at"].as_str()), (Some("Bob Petit"), Some(bob.id.get()), Some("14\u{a0}h")));
    let units = told["units"].as_array().expect("units");
    assert_eq!(units.iter().map(|unit| (unit[0].as_str().unwrap(), unit[2].as_i64().unwrap())).collect::<Vec<_>>(), [(PAGE, 1), ("staff", 1)]);
    assert!(!told.to_string().contains("secret"));
    let payload = ears.recv().await.unwrap().payload().to_owned();
    assert!(payload.starts_with(&format!("saved {project} {} {PAGE}:", bob.id)) && !payload.contains("Bob") && !payload.contains("secret"), "{payload}");
    // The other page hears of the next save of its own section, and of nothing before it.
    other.autosave(&bob, &format!("/dossiers/{project}/organisation?theme=gouvernance"), &[("version", "0"), ("q13", "Un comité")]).await.expect(200);
    let told = aside.until("enregistre", |_| true).await;
    assert_eq!(told["units"][0][0], "organisation.gouvernance");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn alone_in_a_dossier_one_notifies_nobody(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let (ana, bob, project) = team(&scene).await;
    // Her own page is open: she is alone all the same.
    let mut hers = Stream::open(&scene, &ana, project, PAGE).await;
    hers.present(&[]).await;
    let mut ears = sqlx::postgres::PgListener::connect_with(&db).await.unwrap();
    ears.listen("trame_live").await.unwrap();
    let path = format!("/dossiers/{project}/{PATH}");
    scene.autosave(&ana, &path, &[("version", "0"), ("q5", "Seule")]).await.expect(200);
    scene.autosave(&bob, &path, &[("version", "1"), ("q5", "Seul")]).await.expect(200);
    sqlx::query("notify trame_live, 'fin'").execute(&db).await.unwrap();
    assert_eq!(ears.recv().await.unwrap().payload(), "fin");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_loses_the_right_to_read_is_told_nothing_more(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let other = beside(&scene);
    let (ana, bob, project) = team(&scene).await;
    let cleo = scene.person("Cléo").await;
    scene.member(project, &cleo, "reader").await;
    let dan = scene.person("Dan").await;
    scene.member(project, &dan, "reader").await;
    let mut hers = Stream::open(&scene, &ana, project, PAGE).await;
    let mut his = Stream::open(&other, &bob, project, PAGE).await;
    let mut third = Stream::open(&other, &cleo, project, PAGE).await;
    let mut fourth = Stream::open(&other, &dan, project, PAGE).await;
    hers.present(&["Bob Petit est sur cette page", "Cléo est sur cette page", "Dan est sur cette page"]).await;
    let removal = format!("/dossiers/{project}/equipe/membres/{}/retrait", bob.id);
    scene.post(&ana, &removal, &[("version", "1")]).await.expect(303);
    assert_eq!(his.until("fin", |_| true).await, "acces");
    assert!(his.next().await.is_none());
    other.post(&cleo, "/deconnexion", &[]).await.expect(303);
    assert_eq!(third.until("fin", |_| true).await, "acces");
    sqlx::query("update account set disabled_at = $2 where id = $1").bind(dan.id.get()).bind(OPEN).execute(&db).await.unwrap();
    assert_eq!(fourth.until("fin", |_| true).await, "acces");
    hers.present(&[]).await;
    assert_eq!(Stream::answer(&other, &bob, project, PAGE).await.status(), StatusCode::NOT_FOUND);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn people_of_a_dead_process_fade_in_under_a_minute(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let (ana, bob, project) = team(&scene).await;
    let mut his = Stream::open(&beside(&scene), &bob, project, PAGE).await;
    his.present(&[]).await;
    // The process that held it is dead: nobody keeps its row any more.
    std::mem::forget(his);
    let later = scene.at(OPEN + time::Duration::seconds(44));
    let mut hers = Stream::open(&later, &ana, project, PAGE).await;
    hers.present(&["Bob Petit est sur cette page"]).await;
    let later = scene.at(OPEN + time::Duration::seconds(46));
    let mut conn = db.acquire().await.unwrap();
    trame::live::store::beat(&mut conn, uuid::Uuid::new_v4(), &later.app.live.streams(), later.app.now()).await.unwrap();
    hers.present(&[]).await;
    let left: i64 = sqlx::query_scalar("select count(*) from presence").fetch_one(&db).await.unwrap();
    assert_eq!(left, 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_session_past_its_end_is_cut_at_the_next_beat(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let (ana, bob, project) = team(&scene).await;
    let mut hers = Stream::open(&scene, &ana, project, PAGE).await;
    let mut his = Stream::open(&scene, &bob, project, PAGE).await;
    sqlx::query("update session set expires_at = $2 where account_id = $1").bind(bob.id.get()).bind(OPEN).execute(&db).await.unwrap();
    let streams = scene.app.live.streams();
    let allowed = trame::live::store::beat(&mut db.acquire().await.unwrap(), scene.app.live.process, &streams, OPEN).await.unwrap();
    scene.app.live.keep_only(&streams, &allowed);
    assert_eq!(his.until("fin", |_| true).await, "acces");
    hers.present(&[]).await;
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_process_that_lost_its_ear_listens_again_and_has_pages_compare(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let (ana, bob, project) = team(&scene).await;
    let mut hers = Stream::open(&scene, &ana, project, PAGE).await;
    hers.present(&[]).await;
    sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%'")
        .execute(&db)
        .await
        .unwrap();
    hers.until("manque", |_| true).await;
    let _his = Stream::open(&beside(&scene), &bob, project, PAGE).await;
    hers.present(&["Bob Petit est sur cette page"]).await;
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_process_that_stops_says_so_and_ends_its_streams(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, _, project) = team(&scene).await;
    let mut hers = Stream::open(&scene, &ana, project, PAGE).await;
    scene.app.live.close();
    assert_eq!(hers.until("fin", |_| true).await, "arret");
    assert!(hers.next().await.is_none());
    assert_eq!(Stream::answer(&scene, &ana, project, PAGE).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    scene.check().await;
}

fn json(page: &crate::support::Page) -> Json {
    serde_json::from_str(&page.body).expect("json")
}

fn field<'a>(answer: &'a Json, list: &str, name: &str) -> Option<&'a str> {
    answer[list].as_array()?.iter().find(|pair| pair[0] == name).and_then(|pair| pair[1].as_str())
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_question_lost_on_its_way_is_asked_again_and_what_was_beside_it_is_saved_once(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let (ana, bob, project) = team(&scene).await;
    let path = format!("/dossiers/{project}/{PATH}");
    scene.autosave(&ana, &path, &[("version", "0"), ("q5", "Version d’Ana")]).await.expect(200);
    let operation = uuid::Uuid::new_v4().to_string();
    let pairs = [("version", "0"), ("operation", operation.as_str()), ("q5", "Version de Bob"), ("q6", "À côté"), ("ajouter", "staff")];
    for _ in 0..3 {
        let page = scene.autosave(&bob, &path, &pairs).await;
        page.expect(409);
        let answer = json(&page);
        assert_eq!(answer["conflicts"], serde_json::json!(["q5"]));
        // The page takes in what was saved beside the question.
        assert_eq!((field(&answer, "fields", "q6"), answer["version"].as_i64()), (Some("À côté"), Some(2)));
    }
    let rows: i64 = sqlx::query_scalar("select count(*) from unit where kind = 'staff'").fetch_one(&db).await.unwrap();
    assert_eq!(rows, 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_page_that_took_the_new_version_says_what_a_field_was_written_from(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob, project) = team(&scene).await;
    let path = format!("/dossiers/{project}/{PATH}");
    let base = "Un début commun.\n\nUne fin commune.";
    scene.autosave(&ana, &path, &[("version", "0"), ("q5", base)]).await.expect(200);
    scene.autosave(&ana, &path, &[("version", "1"), ("q5", &format!("{base} Ana ferme.")), ("q6", "D’Ana")]).await.expect(200);
    let his = format!("Bob ouvre. {base}");
    let page = scene.autosave(&bob, &path, &[("version", "2"), ("q5", &his), ("q5~depuis", base), ("q6", "D’Ana")]).await;
    page.expect(200);
    assert_eq!(field(&json(&page), "fields", "q5"), Some("Bob ouvre. Un début commun.\n\nUne fin commune. Ana ferme."));
    // Where both wrote at one place, it asks, and shows what each changed of what Bob wrote from.
    let his = format!("{base} Bob ferme.");
    let pairs = [("version", "3"), ("q5", his.as_str()), ("q5~depuis", base)];
    scene.autosave(&bob, &path, &pairs).await.expect(409);
    let page = scene.post(&bob, &path, &pairs).await;
    page.expect(409);
    assert!(page.body.contains("<ins> Bob ferme.</ins>") && page.body.contains("<ins> Ana ferme.</ins>"), "{}", page.body);
    let version = page.hidden("version");
    let again = [("version", version.as_str()), ("q5", his.as_str()), ("q5~autre", "1"), ("q5~base", "3"), ("q5~depuis", base), ("garder", "q5=deux")];
    scene.post(&bob, &path, &again).await.expect(303);
    scene.get(&ana, &path).await.says("Ana ferme. Un début commun. Une fin commune. Bob ferme.");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_servers_own_way_of_writing_a_value_is_no_colleagues_change(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, _, project) = team(&scene).await;
    let path = format!("/dossiers/{project}/organisation?theme=financement");
    let added = scene.post(&ana, &path, &[("version", "0"), ("ajouter", "budget_line")]).await;
    let row = added.location.rsplit('#').next().unwrap()["budget_line-".len()..][..36].to_owned();
    let name = format!("budget_line.{row}.amount");
    let page =
        scene.autosave(&ana, &path, &[("version", "0"), ("q15", " Un plan "), ("budget_line.id", &row), ("budget_line.version", "1"), (&name, "18 600")]).await;
    page.expect(200);
    let answer = json(&page);
    assert!(field(&answer, "kept", &name).is_some_and(|amount| amount != "18 600"), "{answer}");
    assert_eq!((field(&answer, "kept", "q15"), &answer["fields"]), (None, &Json::Null));
    scene.check().await;
}
