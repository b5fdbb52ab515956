//! Meetings: the agenda, the live session, the minutes, and what somebody who stays away from a dossier may not learn there.

use std::time::Duration;

use crate::support::chain::{Cast, MEETING, address, recuse, score};
use crate::support::{Person, Scene};
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, COOKIE};
use axum::http::{Request, StatusCode};
use sqlx::PgPool;
use tokio_stream::StreamExt as _;
use tower::ServiceExt as _;
use trame::app::service;

const TITLES: [&str; 3] = ["Boucles de Charente", "Arsenal et marais", "Bocage en commun"];

async fn cast(db: PgPool) -> Cast {
    let cast = Cast::new(Scene::new(db).await, &TITLES).await;
    cast.assess().await;
    cast
}

/// Where a text stands in a page.
#[track_caller]
fn at(page: &str, text: &str) -> usize {
    page.find(text).unwrap_or_else(|| panic!("{text} is not in {page}"))
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_agenda_begins_with_disagreement_and_is_placed_by_hand(db: PgPool) {
    let cast = cast(db).await;
    score(&cast.scene, cast.projects[2], 60, 20).await;
    score(&cast.scene, cast.projects[1], 70, 3).await;
    let number = cast.plan().await;
    let page = cast.scene.get(&cast.max, &address(&number, "")).await;
    let text = page.expect(200).says("écart").plain();
    assert!(at(&text, TITLES[2]) < at(&text, TITLES[0]) && at(&text, TITLES[2]) < at(&text, TITLES[1]));
    let version = page.hidden("version");
    let (first, third) = (format!("place-{}", cast.projects[0]), format!("retirer-{}", cast.projects[1]));
    let pairs = [("act", "placer"), ("version", version.as_str()), (&first, "1"), (&third, "oui")];
    cast.scene.post(&cast.max, &address(&number, ""), &pairs).await.expect(303);
    let text = cast.scene.get(&cast.max, &address(&number, "")).await.plain();
    assert!(at(&text, TITLES[0]) < at(&text, TITLES[2]) && !text.contains(TITLES[1]));
    cast.scene.post(&cast.max, &address(&number, ""), &pairs).await.expect(409).says("L’ordre du jour a changé");
    cast.scene.post(&cast.mia, &address(&number, ""), &[("act", "proposer"), ("version", "0")]).await.expect(303);
    let text = cast.scene.get(&cast.claire, &address(&number, "")).await.expect(200).plain();
    assert!(at(&text, TITLES[2]) < at(&text, TITLES[1]));
    cast.scene.post(&cast.claire, &address(&number, ""), &[("act", "proposer"), ("version", "0")]).await.expect(404);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_stays_away_reads_one_line_and_no_place_and_no_figure(db: PgPool) {
    let cast = cast(db).await;
    score(&cast.scene, cast.projects[0], 77, 30).await;
    let number = cast.plan().await;
    cast.scene.get(&cast.claire, &address(&number, "")).await.expect(200).says(TITLES[0]).says("77, écart-type 30");
    let page = cast.scene.get(&cast.rex, &address(&number, "")).await;
    let text = page.expect(200).says("Déport").is_silent_on(TITLES[0]).is_silent_on("77, écart-type 30").says("1. Arsenal").says("2. Bocage").plain();
    assert!(at(&text, "Déport") > at(&text, TITLES[2]), "its place would say that its reviews disagree");
    assert!(!page.body.contains(&format!("/dossiers/{}\"", cast.projects[0])) && !page.body.contains(&format!("place-{}", cast.projects[0])));
    // Nor may he move it, or learn where it is by moving the others.
    let version = page.hidden("version");
    let hidden = format!("place-{}", cast.projects[0]);
    cast.scene.post(&cast.rex, &address(&number, ""), &[("act", "placer"), ("version", &version), (&hidden, "3")]).await.expect(303);
    let text = cast.scene.get(&cast.max, &address(&number, "")).await.plain();
    assert!(at(&text, TITLES[0]) < at(&text, TITLES[1]));
    // Whoever is of a dossier's team is told no more than who is recused.
    cast.scene.member(cast.projects[1], &cast.claire, "reader").await;
    cast.scene.get(&cast.claire, &address(&number, "")).await.expect(200).is_silent_on(TITLES[1]).says("Déport").says(TITLES[0]);
    for stranger in [&cast.owners[0], &cast.scene.person("Zoe").await, &cast.scene.staff("Rita", &["reviewer"]).await] {
        for end in ["", "/direct", "/projection", "/flux", "/compte-rendu", "/compte-rendu.pdf"] {
            cast.scene.get(stranger, &address(&number, end)).await.expect(404);
        }
        cast.scene.get(stranger, "/comite/seances?appel=essai").await.expect(404);
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_session_opens_with_its_quorum_and_each_person_follows_what_they_may(db: PgPool) {
    let cast = cast(db).await;
    let rules: i32 = sqlx::query_scalar("select version from call where id = $1").bind(cast.scene.call.get()).fetch_one(&cast.scene.app.db).await.unwrap();
    let pairs = [("act", "regles"), ("version", &rules.to_string()), ("quorum", "2"), ("votes", "oui")];
    cast.scene.post(&cast.max, "/comite/seances?appel=essai", &pairs).await.expect(303);
    let number = cast.plan().await;
    cast.scene.post(&cast.max, &address(&number, "/ouverture"), &[("version", "0")]).await.expect(403).says("quorum");
    cast.open(&number, &[&cast.max, &cast.claire, &cast.rex]).await;
    cast.call(&number, cast.projects[0]).await;
    let (live, room) = (address(&number, "/direct"), address(&number, "/projection"));
    cast.scene.get(&cast.claire, &live).await.expect(200).says(TITLES[0]).says("Vote du siège");
    cast.scene.get(&cast.claire, &room).await.expect(200).says(TITLES[0]).says("Rex");
    for page in [cast.scene.get(&cast.rex, &live).await, cast.scene.get(&cast.rex, &room).await] {
        page.expect(200).says("Déport").is_silent_on(TITLES[0]).is_silent_on("Vote du siège");
        assert!(!page.body.contains(&format!("value=\"{}\"", cast.projects[0])));
    }
    cast.call(&number, cast.projects[1]).await;
    cast.scene.get(&cast.rex, &live).await.expect(200).says(TITLES[1]).says("Consigner");
    cast.scene.get(&cast.claire, &live).await.expect(200).is_silent_on("Consigner l’avis");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn seats_vote_once_and_only_who_sits_there_and_follows_the_dossier(db: PgPool) {
    let cast = cast(db).await;
    sqlx::query("update call set committee_votes = true").execute(&cast.scene.app.db).await.unwrap();
    let number = cast.plan().await;
    let absent = cast.scene.staff("Abel", &["committee"]).await;
    cast.open(&number, &[&cast.max, &cast.claire, &cast.rex, &cast.mia]).await;
    cast.call(&number, cast.projects[0]).await;
    let vote = async |person: &Person, choice: &str| {
        let project = cast.projects[0].to_string();
        cast.scene.at(MEETING).post(person, &address(&number, "/vote"), &[("version", "0"), ("dossier", &project), ("voix", choice)]).await
    };
    vote(&cast.claire, "against").await.expect(303);
    vote(&cast.claire, "for").await.expect(303);
    vote(&cast.max, "abstention").await.expect(303);
    vote(&cast.rex, "against").await.expect(404);
    vote(&cast.mia, "against").await.expect(403);
    vote(&absent, "against").await.expect(403);
    vote(&cast.owners[0], "for").await.expect(404);
    vote(&cast.claire, "maybe").await.expect(400);
    cast.scene.get(&cast.claire, &address(&number, "/direct")).await.says("1 voix pour, 0 contre, 1 abstention");
    // A conflict declared in the room takes the vote back, everywhere.
    recuse(&cast.scene, cast.projects[0], &cast.claire).await;
    cast.scene.get(&cast.max, &address(&number, "/direct")).await.says("0 voix pour, 0 contre, 1 abstention");
    cast.scene.get(&cast.claire, &address(&number, "/direct")).await.says("Déport").is_silent_on("abstention");
    cast.record(&number, cast.projects[0], "favourable", "").await.expect(303);
    vote(&cast.max, "for").await.expect(403);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_opinion_is_recorded_with_its_reserves_and_no_note_leaves_the_chairs(db: PgPool) {
    let cast = cast(db).await;
    let number = cast.plan().await;
    cast.open(&number, &[&cast.max, &cast.claire]).await;
    cast.call(&number, cast.projects[0]).await;
    cast.record(&number, cast.projects[0], "reservations", "").await.expect(422).says("Écrire les réserves").says("Une discussion nourrie.");
    cast.record(&number, cast.projects[0], "reservations", "Préciser le financement.").await.expect(303);
    let stale = [("act", "consigner"), ("version", "1"), ("dossier", &cast.projects[0].to_string()), ("avis", "unfavourable"), ("debat", "Ma version.")];
    cast.scene.post(&cast.mia, &address(&number, "/direct"), &stale).await.expect(409).says("Ma version.").says("Favorable avec réserves");
    cast.scene.post(&cast.rex, &address(&number, "/direct"), &stale).await.expect(404);
    cast.scene.get(&cast.mia, &address(&number, "/direct")).await.says("Remarque entre gestionnaires.");
    for (person, end) in [(&cast.claire, "/direct"), (&cast.max, "/projection"), (&cast.claire, "/projection")] {
        let page = cast.scene.get(person, &address(&number, end)).await;
        page.expect(200).says("Une discussion nourrie.").says("Préciser le financement.").is_silent_on("Remarque entre gestionnaires.");
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn minutes_are_drafted_amended_approved_then_nothing_changes(db: PgPool) {
    let cast = cast(db).await;
    let number = cast.plan().await;
    cast.open(&number, &[&cast.max, &cast.claire, &cast.rex]).await;
    cast.call(&number, cast.projects[0]).await;
    cast.record(&number, cast.projects[0], "favourable", "").await.expect(303);
    cast.record(&number, cast.projects[1], "adjourned", "").await.expect(303);
    let minutes = address(&number, "/compte-rendu");
    cast.scene.get(&cast.claire, &minutes).await.expect(403);
    cast.scene.at(MEETING).post(&cast.max, &address(&number, "/direct"), &[("act", "clore"), ("version", "0")]).await.expect(303);
    cast.scene.get(&cast.claire, &minutes).await.expect(200).says("Avis du comité : favorable").says("Rex ne prend part").says("n’a pas été examiné");
    cast.scene.get(&cast.rex, &minutes).await.expect(200).is_silent_on(TITLES[0]).is_silent_on("ne prend part").says("Déport").says(TITLES[1]);
    let version = cast.scene.get(&cast.rex, &minutes).await.hidden("version");
    let (mine, hidden) = (format!("texte-{}", cast.projects[1]), format!("texte-{}", cast.projects[0]));
    let pairs = [("version", version.as_str()), ("ouverture", "Ouverture corrigée."), (&mine, "Ajourné faute de pièces."), (&hidden, "Écrasé")];
    cast.scene.post(&cast.rex, &minutes, &pairs).await.expect(303);
    cast.scene.post(&cast.mia, &minutes, &pairs).await.expect(409).says("a changé");
    cast.scene
        .get(&cast.claire, &minutes)
        .await
        .says("Ouverture corrigée.")
        .says("Ajourné faute de pièces.")
        .says("Avis du comité : favorable")
        .is_silent_on("Écrasé");
    let version = cast.scene.get(&cast.mia, &minutes).await.hidden("version");
    cast.scene.post(&cast.claire, &minutes, &[("act", "approuver"), ("version", &version)]).await.expect(404);
    cast.scene.post(&cast.mia, &minutes, &[("act", "approuver"), ("version", &version)]).await.expect(303);
    cast.scene.post(&cast.mia, &minutes, &[("version", &version), ("ouverture", "x")]).await.expect(403);
    let states = [cast.status(cast.projects[0]).await, cast.status(cast.projects[1]).await, cast.status(cast.projects[2]).await];
    assert_eq!(states, ["committee_opinion", "committee_opinion", "assessed"]);
    for statement in ["update meeting_item set opinion = 'unfavourable'", "delete from meeting_presence", "update meeting set opening = ''"] {
        assert!(sqlx::query(statement).execute(&cast.scene.app.db).await.is_err(), "{statement}");
    }
    // What was adjourned, and what was not examined, come back; the rest does not.
    let next = cast.plan().await;
    cast.scene.get(&cast.claire, &address(&next, "")).await.says(TITLES[1]).says(TITLES[2]).is_silent_on(TITLES[0]);
    cast.scene.check().await;
}

/// The minutes of that reader as a PDF, as text without spaces.
async fn printed(scene: &Scene, person: &Person, path: &str) -> String {
    for _ in 0..60 {
        let request = Request::builder().uri(path).header(COOKIE, format!("trame_session={}", person.token)).body(Body::empty()).expect("an answer");
        let response = service(&scene.app).oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        if !response.headers().contains_key("refresh") {
            let bytes = to_bytes(response.into_body(), 64 * 1024 * 1024).await.expect("an answer");
            let document = lopdf::Document::load_mem(&bytes).expect("a PDF");
            let pages: Vec<u32> = document.get_pages().into_keys().collect();
            return document.extract_text(&pages).expect("an answer").chars().filter(|c| c.is_alphanumeric()).collect();
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("no document");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_document_says_to_each_reader_what_the_page_says(db: PgPool) {
    let cast = cast(db).await;
    let number = cast.meet(&["favourable", "unfavourable", "reservations"]).await;
    let path = address(&number, "/compte-rendu.pdf");
    let whole = printed(&cast.scene, &cast.claire, &path).await;
    for text in ["BouclesdeCharente", "ArsenaletmaraisDossier", "Favorableavecréserves", "Préciserlefinancement", "Compterenduapprouvé"] {
        assert!(whole.contains(text), "{text} in {whole}");
    }
    let cut = printed(&cast.scene, &cast.rex, &path).await;
    assert!(cut.contains("Arsenaletmarais") && cut.contains("Déport") && !cut.contains("BouclesdeCharente") && !cut.contains("neprendpart"), "{cut}");
    let _ = std::fs::remove_dir_all(&cast.scene.data);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn next_steps_have_a_person_and_a_day_and_keep_their_dossier_from_who_stays_away(db: PgPool) {
    let cast = cast(db).await;
    let number = cast.plan().await;
    let path = address(&number, "/taches");
    let (claire, project) = (cast.claire.id.to_string(), cast.projects[0].to_string());
    let task = [("version", "0"), ("text", "Relancer les industriels"), ("account", &claire), ("due_on", "2015-12-01"), ("project", &project)];
    cast.scene.post(&cast.max, &path, &[("version", "0"), ("text", ""), ("account", &claire), ("due_on", "jamais")]).await.expect(422).says("jamais");
    cast.scene.post(&cast.claire, &path, &task).await.expect(404);
    cast.scene.post(&cast.rex, &path, &task).await.expect(422);
    cast.scene.post(&cast.max, &path, &task).await.expect(303);
    let list = "/comite/seances?appel=essai";
    cast.scene.get(&cast.claire, list).await.expect(200).says("Relancer les industriels").says("Marquer comme fait").says("mardi 1er décembre 2015");
    cast.scene.get(&cast.rex, list).await.expect(200).is_silent_on("Relancer les industriels");
    let id: i64 = sqlx::query_scalar("select id from meeting_task").fetch_one(&cast.scene.app.db).await.unwrap();
    let done = [("version", "0"), ("tache", &id.to_string()), ("etat", "fait")];
    cast.scene.post(&cast.rex, "/comite/seances/taches?appel=essai", &done).await.expect(404);
    cast.scene.post(&cast.scene.staff("Paul", &["committee"]).await, "/comite/seances/taches?appel=essai", &done).await.expect(404);
    cast.scene.post(&cast.claire, "/comite/seances/taches?appel=essai", &done).await.expect(303);
    cast.scene.get(&cast.max, list).await.says("Fait");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_stream_says_that_the_session_moved_and_nothing_else(db: PgPool) {
    let cast = cast(db).await;
    let number = cast.plan().await;
    cast.open(&number, &[&cast.max, &cast.rex]).await;
    let request = Request::builder()
        .uri(address(&number, "/flux"))
        .header(COOKIE, format!("trame_session={}", cast.rex.token))
        .header(ACCEPT, "text/event-stream")
        .body(Body::empty())
        .unwrap();
    let response = service(&cast.scene.app).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body().into_data_stream();
    let mut told = String::new();
    cast.call(&number, cast.projects[0]).await;
    cast.record(&number, cast.projects[0], "favourable", "").await.expect(303);
    while told.matches("event: seance").count() < 2 {
        let bytes = tokio::time::timeout(Duration::from_secs(5), body.next()).await.expect("news within five seconds").expect("open").expect("bytes");
        told.push_str(&String::from_utf8_lossy(&bytes));
    }
    let lines: Vec<&str> = told.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines.iter().all(|line| ["event: ouvert", "event: seance", "data: {}"].contains(line)), "{told}");
}
