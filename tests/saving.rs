//! Saving: nothing typed is ever lost, whatever happens to the network, the session, the colleague or the bound.

use crate::support::{AFTER, BOUND, OPEN, Scene};
use sqlx::PgPool;
use uuid::Uuid;

const PAGE: &str = "organisation?theme=animation";

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_answer_is_saved_read_back_and_journalled(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    scene.get(&ana, &path).await.expect(200).says("Quels sont les acteurs clés");
    scene.post(&ana, &path, &[("version", "0"), ("q5", "La chargée de mission & « ses » relais <b>")]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    assert!(page.body.contains("La chargée de mission &#38; « ses » relais &#60;b&#62;"), "{}", page.body);
    assert_eq!(page.hidden("version"), "1");
    let lines: i64 =
        sqlx::query_scalar("select count(*) from journal where project_id = $1 and act = 'saved'").bind(project.get()).fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(lines, 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_run_of_autosaves_is_one_line_of_the_journal_and_a_history_row_each(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    for (version, text) in ["Un", "Un deux", "Un deux trois"].iter().enumerate() {
        let page = scene.autosave(&ana, &path, &[("version", &version.to_string()), ("q5", text)]).await;
        page.expect(200);
        let answer: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(answer["version"], version + 1);
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(0));
    }
    let count = |table: &'static str, rest: &'static str| {
        let db = scene.app.db.clone();
        async move { sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(format!("select count(*) from {table} where {rest}"))).fetch_one(&db).await.unwrap() }
    };
    assert_eq!(count("unit_history", "kind = 'organisation.animation'").await, 3);
    assert_eq!(count("journal", "act = 'saved'").await, 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_same_operation_sent_five_times_at_once_counts_once(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    let operation = Uuid::new_v4().to_string();
    let pairs = [("version", "0"), ("operation", operation.as_str()), ("ajouter", "staff")];
    let send = || scene.post(&ana, &path, &pairs);
    let (a, b, c, d, e) = tokio::join!(send(), send(), send(), send(), send());
    for page in [&a, &b, &c, &d, &e] {
        page.expect(303);
        assert_eq!(page.location, a.location);
    }
    let rows: i64 = sqlx::query_scalar("select count(*) from unit where kind = 'staff'").fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(rows, 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_people_on_different_questions_both_keep_their_text(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    scene.post(&ana, &path, &[("version", "0"), ("q5", "D’Ana"), ("q6", "")]).await.expect(303);
    let page = scene.autosave(&bob, &path, &[("version", "0"), ("q5", ""), ("q6", "De Bob")]).await;
    page.expect(200);
    let answer: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    // What Ana wrote comes back to Bob's page, so that his next save does not undo it.
    assert!(answer["fields"].as_array().is_some_and(|fields| fields.iter().any(|pair| pair[0] == "q5" && pair[1] == "D’Ana")), "{answer}");
    let page = scene.get(&ana, &path).await;
    assert!(page.body.contains("D’Ana") && page.body.contains("De Bob"));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_people_on_one_answer_are_asked_and_nothing_is_lost(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    scene.post(&ana, &path, &[("version", "0"), ("q5", "Version d’Ana")]).await.expect(303);
    scene.autosave(&bob, &path, &[("version", "0"), ("q5", "Version de Bob")]).await.expect(409).says("Une autre version");
    let page = scene.post(&bob, &path, &[("version", "0"), ("q5", "Version de Bob")]).await;
    page.expect(409).says("Version d’Ana").says("Version de Bob").says("Garder la mienne");
    let kept: Vec<String> = sqlx::query_scalar("select content->>'q5' from unit_history where is_set_aside").fetch_all(&scene.app.db).await.unwrap();
    assert!(kept.iter().all(|text| text == "Version de Bob") && !kept.is_empty());
    let version = page.hidden("version");
    let choose = |choice: &'static str| [("version", version.as_str()), ("q5", "Version de Bob"), ("q5~autre", "1"), ("garder", choice)];
    scene.post(&bob, &path, &choose("q5=deux")).await.expect(303);
    let page = scene.get(&ana, &path).await;
    assert!(page.body.contains("Version d’Ana\n\nVersion de Bob"), "{}", page.plain());
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_unreadable_value_comes_back_as_typed_and_the_rest_is_saved(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    let added = scene.post(&ana, &path, &[("version", "0"), ("ajouter", "staff")]).await;
    let row = added.location.rsplit('#').next().unwrap()["staff-".len()..][..36].to_owned();
    let (structure, fte) = (format!("staff.{row}.structure"), format!("staff.{row}.fte"));
    let pairs = [("version", "0"), ("q5", "Lisible"), ("staff.id", &row), ("staff.version", "1"), (&structure, "Syndicat"), (&fte, "0;3")];
    let page = scene.post(&ana, &path, &pairs).await;
    page.expect(422).says("Une valeur n’a pas pu être lue").says("Vous avez écrit « 0;3 »");
    let page = scene.get(&ana, &path).await;
    page.expect(200);
    assert!(page.body.contains("value=\"0;3\"") && page.body.contains("value=\"Syndicat\"") && page.body.contains("Lisible"));
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("0;3");
    let pairs = [("version", "1"), ("staff.id", &row), ("staff.version", "2"), (&fte, "0,3")];
    scene.post(&ana, &path, &pairs).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}")).await.is_silent_on("0;3");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_row_is_added_removed_and_brought_back_without_script(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    let added = scene.post(&ana, &path, &[("version", "0"), ("q5", "Gardé avec l’ajout"), ("ajouter", "staff")]).await;
    let row = added.location.rsplit('#').next().unwrap()["staff-".len()..][..36].to_owned();
    let name = format!("staff.{row}.structure");
    let button = format!("staff.{row}");
    let pairs = [("version", "1"), ("staff.id", &row), ("staff.version", "1"), (&name, "Chambre consulaire"), ("retirer", &button)];
    let removed = scene.post(&ana, &path, &pairs).await;
    removed.expect(303);
    let page = scene.get(&ana, &removed.location).await;
    page.says("Ligne retirée");
    assert!(!page.body.contains("Chambre consulaire"));
    let version = page.hidden("version");
    scene.post(&ana, &path, &[("version", &version), ("retablir", &button)]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    assert!(page.body.contains("Chambre consulaire") && page.body.contains("Gardé avec l’ajout"));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn after_the_bound_a_save_is_refused_with_the_instants_and_the_draft_stays_readable(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    let last = scene.at(BOUND - time::Duration::microseconds(1));
    last.post(&ana, &path, &[("version", "0"), ("q5", "À temps")]).await.expect(303);
    let late = scene.at(BOUND);
    late.post(&ana, &path, &[("version", "1"), ("q5", "Trop tard")]).await.expect(403).says("L’appel est clos depuis le jeudi 15 octobre 2015 à 0 h");
    let page = late.get(&ana, &path).await;
    page.expect(200).says("À temps").says("Lecture seule").is_silent_on("Trop tard").is_silent_on("Votre envoi est arrivé");
    // The team may still comment: only the answers are closed.
    assert!(!page.body.contains("data-save") && !page.body.contains("name=\"q5\""), "{}", page.body);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_extension_reopens_one_dossier_alone(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let (one, other) = (scene.project(&ana, "Prolongé").await, scene.project(&ana, "Autre").await);
    sqlx::query("update project set extended_until = $2 where id = $1")
        .bind(one.get())
        .bind(AFTER + time::Duration::days(2))
        .execute(&scene.app.db)
        .await
        .unwrap();
    let after = scene.at(AFTER);
    after.post(&ana, &format!("/dossiers/{one}/{PAGE}"), &[("version", "0"), ("q5", "Après")]).await.expect(303);
    after.post(&ana, &format!("/dossiers/{other}/{PAGE}"), &[("version", "0"), ("q5", "Après")]).await.expect(403);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_expired_session_keeps_the_text_and_gives_it_back(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    sqlx::query("update session set expires_at = $1").bind(OPEN - time::Duration::minutes(1)).execute(&scene.app.db).await.unwrap();
    scene.autosave(&ana, &path, &[("version", "0"), ("q5", "Perdu ?")]).await.expect(401).says("Session expirée");
    let page = scene.post(&ana, &path, &[("version", "0"), ("q5", "Une longue réponse")]).await;
    page.expect(303);
    assert!(page.location.starts_with("/connexion?next=/dossiers/"), "{}", page.location);
    let next = page.location.trim_start_matches("/connexion?next=").replace("%3F", "?").replace("%3D", "=").replace("%26", "&");
    let again = scene.session(ana.id, &ana.email).await;
    let back = scene.get(&again, &next).await;
    back.expect(200).says("Votre texte est revenu");
    assert!(back.body.contains("Une longue réponse"));
    // Nobody else reads it, even with the link.
    let bob = scene.person("Bob").await;
    scene.member(project, &bob, "editor").await;
    let page = scene.get(&bob, &next).await;
    assert!(!page.body.contains("Une longue réponse"));
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn hostile_texts_are_stored_harmless_and_never_break_a_page(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/{PAGE}");
    let long = "é".repeat(600_000);
    let nasty =
        ["\0nul", "\u{202e}droite à gauche", "{{ 7*7 }} ${x} <script>alert(1)</script>", "'; drop table unit; --", "=cmd|' /C calc'!A0", "🌊🌊", "a\r\nb"];
    for (version, text) in nasty.iter().enumerate() {
        scene.post(&ana, &path, &[("version", &version.to_string()), ("q5", text)]).await.expect(303);
        let page = scene.get(&ana, &path).await;
        page.expect(200);
        assert!(!page.body.contains("<script>alert") && !page.body.contains('\0') && !page.body.contains('\u{202e}'));
    }
    scene.post(&ana, &path, &[("version", "7"), ("q5", &long)]).await.expect(413).says("dépasse la taille");
    scene.post(&ana, &path, &[("q5", "sans version")]).await.expect(400).says("n’indique pas sa version");
    scene.post(&ana, &path, &[("version", "7"), ("operation", "x"), ("q5", "y")]).await.expect(400);
    scene.get(&ana, "/dossiers/999999999999999999999999").await.expect(404);
    scene.get(&ana, &format!("/dossiers/{project}/inconnu")).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_turns_the_writing_direction_reaches_neither_pages_nor_mails(db: PgPool) {
    const TURNING: [char; 12] =
        ['\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'];
    let is_straight = |text: &str| !text.contains(TURNING);
    let scene = Scene::new(db).await;
    let (ana, bob, manager) = (scene.person("Ana").await, scene.person("Bob").await, scene.staff("Mathieu", &["manager"]).await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let base = format!("/dossiers/{project}");
    let turned: String = TURNING.iter().flat_map(|c| ["mot".to_owned(), c.to_string()]).collect();
    let straight = "mot".repeat(TURNING.len());
    // A text, a line, a comment, a reason, a name, a file's name, a cell of a spreadsheet.
    scene.post(&ana, &format!("{base}/{PAGE}"), &[("version", "0"), ("q5", &turned)]).await.expect(303);
    let actor = scene.row(&ana, project, "acteurs").await;
    scene.post(&ana, &format!("{base}/acteurs/{actor}"), &[("version", "1"), ("name", &turned)]).await.expect(303);
    scene.post(&ana, "/compte", &[("version", "1"), ("name", &format!("Ana {turned}")), ("organisation", &turned)]).await.expect(303);
    scene.post(&ana, &format!("{base}/equipe"), &[("email", "invitee@example.org"), ("role", "reader")]).await.expect(303);
    let version: i32 = sqlx::query_scalar("select version from call where slug = 'essai'").fetch_one(&scene.app.db).await.unwrap();
    let pairs = [("act", "limite"), ("version", &version.to_string()), ("deposit_bound", "2015-10-21T00:00"), ("reason", &turned)];
    scene.post(&manager, "/appel/dates?appel=essai", &pairs).await.expect(303);
    scene.upload(&ana, &format!("{base}/pieces?slot=map"), &format!("carte{turned}.pdf"), b"%PDF-1.4 essai").await;
    for path in [
        format!("{base}/{PAGE}"),
        format!("{base}/acteurs"),
        format!("{base}/acteurs/{actor}"),
        format!("{base}/equipe"),
        format!("{base}/historique"),
        format!("{base}/etat-des-lieux"),
    ] {
        let page = scene.get(&ana, &path).await;
        assert!(page.expect(200).body.contains("</html>") && is_straight(&page.body), "{path}");
    }
    scene.get(&ana, &format!("{base}/{PAGE}")).await.says(&straight);
    scene.get(&ana, &format!("{base}/acteurs")).await.says(&straight);
    let page = scene.get(&manager, "/appel/dates?appel=essai").await;
    assert!(page.says(&straight).body.contains("</html>") && is_straight(&page.body));
    let mails: Vec<(String, String, String)> = sqlx::query_as("select kind, subject, body from mail").fetch_all(&scene.app.db).await.unwrap();
    assert!(mails.iter().any(|(kind, _, body)| kind == "deadline" && body.contains(&straight)), "{mails:?}");
    assert!(mails.iter().any(|(kind, _, body)| kind == "invitation" && body.contains(&straight)), "{mails:?}");
    assert!(mails.iter().all(|(_, subject, body)| is_straight(subject) && is_straight(body)), "{mails:?}");
    scene.check().await;
}
