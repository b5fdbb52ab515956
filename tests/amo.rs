//! The AMO branch: terms of reference that follow the dossier, a consultation that nobody outside the team learns of before the
//! choice, a consultant whose place ends.

use std::io::{Cursor, Read as _};

use crate::support::{OPEN, Page, Person, Scene};
use axum::http::Method;
use sqlx::PgPool;
use time::Duration;
use trame::kit::ids::ProjectId;

/// What must not be learnt before the choice; the first three are of the refused offer, the next of the retained one.
const REFUSED: [&str; 3] = ["Bureau Quartzite", "quartzite.example.org", "15 321"];
const RETAINED: [&str; 3] = ["Cabinet Zéphyr", "zephyr.example.org", "8 412"];
const TEAM_ONLY: [&str; 3] = ["Références locales inédites", "Deux ateliers de plus que Quartzite", "Message confidentiel aux prestataires"];

async fn choice_version(scene: &Scene, project: ProjectId) -> String {
    let version: Option<i32> =
        sqlx::query_scalar("select version from consultation where project_id = $1").bind(project.get()).fetch_optional(&scene.app.db).await.expect("read");
    version.unwrap_or(0).to_string()
}

/// A consultation with two offers, criteria and marks.
async fn consult(scene: &Scene, owner: &Person, project: ProjectId) {
    let path = format!("/dossiers/{project}/amo/consultation");
    scene.post(owner, &path, &[("act", "demande"), ("version", "0"), ("reponse", "2015-10-05"), ("message", TEAM_ONLY[2])]).await.expect(303);
    for (name, email, excluded, included) in
        [(RETAINED[0], "contact@zephyr.example.org", "8412", "10094,40"), (REFUSED[0], "contact@quartzite.example.org", "15321", "18385,20")]
    {
        let added = scene.post(owner, &path, &[("act", "prestataire"), ("version", "1"), ("nom", name), ("courriel", email)]).await;
        let provider = added.expect(303).location.clone();
        let pairs = [("version", "1"), ("nom", name), ("courriel", email), ("recue", "2015-09-22"), ("montant_ht", excluded), ("montant_ttc", included)];
        scene.post(owner, &provider, &pairs).await.expect(303);
        scene.post(owner, &format!("{provider}/envoi"), &[("version", "2")]).await.expect(303);
        let upload = format!("{provider}/pieces?operation={}", uuid::Uuid::new_v4());
        scene.upload(owner, &upload, &format!("offre {name}.pdf"), b"%PDF-1.4\noffre").await.expect(303);
    }
    let version = choice_version(scene, project).await;
    let criteria = [("act", "criteres"), ("version", &version), ("critere.1", TEAM_ONLY[0]), ("poids.1", "2"), ("critere.2", "Prix"), ("poids.2", "1")];
    scene.post(owner, &path, &criteria).await.expect(303);
    let ids: Vec<i64> =
        sqlx::query_scalar("select id from tender where project_id = $1 order by number").bind(project.get()).fetch_all(&scene.app.db).await.expect("ids");
    let names = [(ids[0], 1), (ids[0], 2), (ids[1], 1), (ids[1], 2)].map(|(tender, criterion)| format!("note.{tender}.{criterion}"));
    let version = choice_version(scene, project).await;
    let marks = [("act", "notes"), ("version", version.as_str()), (&names[0], "8"), (&names[1], "5"), (&names[2], "4"), (&names[3], "6")];
    scene.post(owner, &path, &marks).await.expect(303);
}

async fn choose(scene: &Scene, owner: &Person, project: ProjectId) {
    let id: i64 =
        sqlx::query_scalar("select id from tender where project_id = $1 and number = 1").bind(project.get()).fetch_one(&scene.app.db).await.expect("id");
    let pairs = [("act", "choix"), ("version", "0"), ("offre", &id.to_string()), ("motif", TEAM_ONLY[1])];
    scene.post(owner, &format!("/dossiers/{project}/amo/choix"), &pairs).await.expect(303);
}

/// Everything that a person can open: every address that is read, with the ids that there are.
async fn everything(scene: &Scene, person: &Person, project: ProjectId, files: &[uuid::Uuid]) -> Vec<(String, Page)> {
    let mut read = Vec::new();
    for (verb, path) in trame::routes::table() {
        // Typeset documents hold only what the pages hold, and a stream never ends.
        let is_public =
            ["/nomenclatures", "/s/", "/theme", "/mot-de-passe", "/engagement/", "/avis/", "/invitation/"].iter().any(|start| path.starts_with(start));
        if verb != "get"
            || is_public
            || [".pdf", ".zip"].iter().any(|end| path.ends_with(end))
            || path.ends_with("/presence")
            || path.ends_with("/flux") && path.starts_with("/comite")
        {
            continue;
        }
        let addresses = if path.contains("{row}") { files.iter().map(|id| path.replace("{row}", &id.to_string())).collect() } else { vec![path.to_owned()] };
        for address in addresses {
            let filled = address.replace("{id}", &project.to_string()).replace("{slug}", "essai").replace("{token}", "x");
            let filled = filled.replace("{key}", if path.contains("/amo/sections") { "d1" } else { "organisation" }).replace("{number}", "1");
            read.push((filled.clone(), scene.send(Some(person), Method::GET, &filled, None, false).await));
        }
    }
    assert!(read.len() > 100);
    read
}

#[track_caller]
fn silent(read: &[(String, Page)], words: &[&str], who: &str) {
    for (path, page) in read {
        let text = page.plain();
        for word in words {
            assert!(!text.contains(word) && !page.location.contains(word), "{who} reads « {word} » at {path}");
        }
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn nobody_outside_the_team_learns_of_an_offer_before_the_choice_nor_of_a_refused_one_after(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let consultant = scene.person("Bob").await;
    scene.member(project, &consultant, "consultant").await;
    let manager = scene.staff("Max", &["manager"]).await;
    let committee = scene.staff("Claire", &["committee"]).await;
    let reviewer = scene.staff("Rita", &["reviewer"]).await;
    scene.assign(project, &reviewer).await;
    let both = scene.staff("Luc", &["manager"]).await;
    scene.member(project, &both, "editor").await;
    let operator = scene.person("Omar").await;
    sqlx::query("update account set is_operator = true where id = $1").bind(operator.id.get()).execute(&scene.app.db).await.expect("written");
    let other = scene.person("Zoe").await;
    scene.project(&other, "Ailleurs").await;
    let activity = || async {
        sqlx::query_scalar::<_, time::OffsetDateTime>("select last_activity_at from project where id = $1")
            .bind(project.get())
            .fetch_one(&scene.app.db)
            .await
            .expect("read")
    };
    let before = activity().await;
    let scene = scene.at(OPEN + Duration::hours(3));
    consult(&scene, &ana, project).await;
    scene.post(&ana, &format!("/dossiers/{project}/amo/expertise"), &[("version", "0"), ("soumis", "oui")]).await.expect(303);
    assert_eq!(activity().await, before, "the board would date a consultation");
    let files: Vec<uuid::Uuid> = sqlx::query_scalar("select id from mission_file order by created_at, id").fetch_all(&scene.app.db).await.expect("files");
    assert_eq!(files.len(), 2);

    // There is something to see, and the team sees it.
    let base = format!("/dossiers/{project}/amo");
    for person in [&ana, &consultant] {
        let page = scene.get(person, &format!("{base}/consultation")).await;
        page.expect(200).says(RETAINED[0]).says(REFUSED[0]).says(RETAINED[2]).says(TEAM_ONLY[0]).says("7").says("4,67");
        assert_eq!(scene.get(person, &format!("{base}/pieces/{}", files[1])).await.status, 200);
    }
    scene.post(&consultant, &format!("{base}/choix"), &[("act", "choix"), ("version", "0"), ("offre", "1"), ("motif", "Moi")]).await.expect(403);

    let secret: Vec<&str> = REFUSED.into_iter().chain(RETAINED).chain(TEAM_ONLY).collect();
    for (who, person) in
        [("manager", &manager), ("committee", &committee), ("reviewer", &reviewer), ("both", &both), ("operator", &operator), ("other", &other)]
    {
        let read = everything(&scene, person, project, &files).await;
        silent(&read, &secret, who);
        let status = |end: &str| read.iter().find(|(path, _)| path.ends_with(end)).map(|(_, page)| page.status.as_u16());
        for end in ["/amo/consultation", "/amo/consultation/1", "/amo/choix", "/subvention", "/subvention/rib"] {
            assert_eq!(status(end), Some(404), "{who} at {end}");
        }
        let reads_terms = matches!(who, "manager" | "reviewer" | "both");
        assert_eq!(status("/amo"), Some(if reads_terms { 200 } else { 404 }), "{who}");
    }
    // No word of a consultation in what an expert reads.
    scene
        .get(&manager, &base)
        .await
        .expect(200)
        .says("Livrable 2")
        .is_silent_on("onsultation")
        .is_silent_on("prestataire retenu")
        .is_silent_on("offres reçues");

    choose(&scene, &ana, project).await;
    for (who, person) in [("manager", &manager), ("committee", &committee)] {
        let read = everything(&scene, person, project, &files).await;
        silent(&read, &REFUSED, who);
        silent(&read, &TEAM_ONLY, who);
        let page = scene.get(person, &base).await;
        page.expect(200).says(RETAINED[0]).says(RETAINED[2]);
        assert_eq!(scene.get(person, &format!("{base}/pieces/{}", files[0])).await.status, 200, "{who}");
        assert_eq!(scene.get(person, &format!("{base}/pieces/{}", files[1])).await.status, 404, "{who}");
        scene.get(person, &format!("{base}/consultation")).await.expect(404);
    }
    silent(&everything(&scene, &operator, project, &files).await, &secret, "operator");

    // Taken back, the choice is told to nobody any more, and its trace stays with the team.
    scene.post(&ana, &format!("{base}/choix"), &[("act", "reprise"), ("version", "0"), ("motif", "")]).await.expect(422);
    scene.post(&ana, &format!("{base}/choix"), &[("act", "reprise"), ("version", "0"), ("motif", "Le cabinet se retire")]).await.expect(303);
    scene.get(&committee, &base).await.expect(404);
    scene.get(&manager, &base).await.expect(200).is_silent_on(RETAINED[0]);
    assert_eq!(scene.get(&manager, &format!("{base}/pieces/{}", files[0])).await.status, 404);
    scene.get(&ana, &format!("{base}/choix")).await.expect(200).says("Le cabinet se retire").says(TEAM_ONLY[1]);
    // Neither the draft's archive nor a deposit holds an offer.
    let held: i64 =
        sqlx::query_scalar("select count(*) from attachment where project_id = $1").bind(project.get()).fetch_one(&scene.app.db).await.expect("count");
    assert_eq!(held, 0);
    scene.check().await;
}

async fn question(scene: &Scene, owner: &Person, project: ProjectId, title: &str) {
    let path = format!("/dossiers/{project}/etat-des-lieux?theme=questions");
    let version = scene.get(owner, &path).await.hidden("version");
    let done = scene.post(owner, &path, &[("version", &version), ("ajouter", "question_2")]).await;
    let row = done.expect(303).location.rsplit('#').next().expect("anchor")["question_2-".len()..][..36].to_owned();
    let (name, guidance) = (format!("question_2.{row}.title"), format!("question_2.{row}.guidance"));
    let pairs = [("version", "0"), ("question_2.id", &row), ("question_2.version", "1"), (&name, title), (&guidance, "Deux scénarios chiffrés")];
    scene.post(owner, &path, &pairs).await.expect(303);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn terms_of_reference_follow_the_dossier_and_keep_what_is_written(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let reader = scene.person("Léa").await;
    scene.member(project, &reader, "reader").await;
    let base = format!("/dossiers/{project}/amo");
    question(&scene, &ana, project, "Quel avenir pour la friche Saint-Éloi").await;
    let page = scene.get(&ana, &base).await;
    page.expect(200).says("Quel avenir pour la friche Saint-Éloi").says("Deux scénarios chiffrés").says("0 réponse sur 16").says("à faire par le prestataire");

    // A section is written; the stale form comes back with both texts; the same operation twice is once.
    let section = format!("{base}/sections/d2");
    let operation = uuid::Uuid::new_v4().to_string();
    let mine = [("version", "0"), ("etendue", "help"), ("texte", "Relire nos entretiens."), ("operation", &operation)];
    let first = scene.post(&ana, &section, &mine).await.expect(303).location.clone();
    assert_eq!(scene.post(&ana, &section, &mine).await.expect(303).location, first);
    let stale = scene.post(&ana, &section, &[("version", "0"), ("etendue", "help"), ("texte", "Refaire les entretiens.")]).await;
    stale.expect(409).says("Refaire les entretiens.").says("Relire nos entretiens.");
    assert_eq!(stale.hidden("version"), "1");
    scene.post(&ana, &section, &[("version", "1"), ("etendue", "tout"), ("texte", "x")]).await.expect(422).says("Choisir une réponse");
    scene.post(&ana, &section, &[("version", "1"), ("etendue", "none"), ("texte", "Rien à demander ici.")]).await.expect(303);
    scene.get(&ana, &section).await.expect(200).says("Relire nos entretiens").says("Version 1, Ana");
    scene.post(&ana, &format!("{section}/versions"), &[("version", "2"), ("act", "retablir"), ("de", "1")]).await.expect(303);
    scene.get(&ana, &base).await.says("Relire nos entretiens.").says("aide à l’équipe");
    scene.post(&ana, &section, &[("version", "3"), ("etendue", "help"), ("texte", "")]).await.expect(303);
    scene.get(&ana, &base).await.says("L’équipe du porteur rédige ce livrable");

    // A section of one's own: added, taken out, put back.
    let own = scene.post(&ana, &format!("{base}/sections"), &[("version", "0"), ("titre", "Confidentialité")]).await.expect(303).location.clone();
    scene.post(&ana, &own, &[("version", "1"), ("titre", "Confidentialité"), ("texte", "Les flux des entreprises ne sortent pas.")]).await.expect(303);
    scene.post(&ana, &format!("{own}/versions"), &[("version", "2"), ("act", "retirer")]).await.expect(303);
    scene.get(&ana, &base).await.says("Sections retirées").is_silent_on("Les flux des entreprises");
    scene.post(&ana, &format!("{own}/versions"), &[("version", "3"), ("act", "remettre")]).await.expect(303);

    // Versions are frozen, compared, and exported with the carrier's own question (R9).
    scene.post(&ana, &format!("{base}/versions"), &[("version", "0")]).await.expect(303);
    scene.post(&ana, &own, &[("version", "4"), ("titre", "Confidentialité"), ("texte", "Les flux des entreprises restent ici.")]).await.expect(303);
    scene.get(&ana, &format!("{base}/versions/1?avec=0")).await.expect(200).says("ne sortent pas").says("restent ici").says("Quel avenir pour la friche");
    scene.get(&ana, &format!("{base}/versions/1?avec=7")).await.expect(404);
    assert!(sqlx::query("update terms_version set content = '' where project_id = $1").bind(project.get()).execute(&scene.app.db).await.is_err());
    let docx = raw(&scene, &ana, &format!("{base}/cahier-des-charges.docx?version=1")).await;
    let mut xml = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).expect("archive");
    archive.by_name("word/document.xml").expect("document").read_to_string(&mut xml).expect("text");
    assert!(xml.contains("Quel avenir pour la friche Saint-Éloi") && xml.contains("ne sortent pas") && !xml.contains("restent ici"));
    let pdf = raw(&scene, &ana, &format!("{base}/cahier-des-charges.pdf?version=1")).await;
    let document = lopdf::Document::load_mem(&pdf).expect("a PDF");
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let text = document.extract_text(&pages).expect("text").replace(char::is_whitespace, "");
    assert!(text.contains("Quelavenirpourlafriche"), "{text}");

    // A reader of the team reads, and writes nothing.
    scene.get(&reader, &base).await.expect(200).says("votre rôle la lit");
    scene.post(&reader, &section, &[("version", "4"), ("etendue", "help"), ("texte", "x")]).await.expect(403);
    scene.post(&reader, &format!("{base}/versions"), &[("version", "0")]).await.expect(403);
    scene.check().await;
}

/// A document, once it is made.
async fn raw(scene: &Scene, person: &Person, path: &str) -> Vec<u8> {
    for _ in 0..120 {
        let request = axum::http::Request::builder()
            .uri(path)
            .header("cookie", format!("trame_session={}", person.token))
            .body(axum::body::Body::empty())
            .expect("request");
        let response = tower::ServiceExt::oneshot(trame::app::service(&scene.app), request).await.expect("answer");
        assert_eq!(response.status(), 200, "{path}");
        let kind = response.headers().get("content-type").expect("type").to_str().expect("text").to_owned();
        let body = axum::body::to_bytes(response.into_body(), 8 * 1024 * 1024).await.expect("body").to_vec();
        if !kind.starts_with("text/html") {
            return body;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    panic!("{path} is never made");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_retained_consultant_joins_until_a_day_and_leaves_at_its_end(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let editor = scene.person("Éric").await;
    scene.member(project, &editor, "editor").await;
    let base = format!("/dossiers/{project}/amo");
    scene.get(&ana, &format!("{base}/mission")).await.expect(403);
    consult(&scene, &ana, project).await;
    choose(&scene, &ana, project).await;
    scene.get(&editor, &format!("{base}/mission")).await.expect(403);
    // What is closed by the choice is closed to forms too, and to the database.
    scene.post(&ana, &format!("{base}/consultation"), &[("act", "prestataire"), ("version", "9"), ("nom", "Trop tard")]).await.expect(403);
    assert!(sqlx::query("update tender set name = 'x' where project_id = $1").bind(project.get()).execute(&scene.app.db).await.is_err());

    let page = scene.get(&ana, &format!("{base}/mission")).await;
    page.expect(200).says(RETAINED[0]);
    assert!(page.body.contains("contact@zephyr.example.org"), "the address of the offer is proposed");
    let mission = format!("{base}/mission");
    scene.post(&ana, &mission, &[("act", "inviter"), ("version", "0"), ("courriel", "zoe@example.org"), ("fin", "2015-09-01")]).await.expect(422);
    scene.post(&ana, &mission, &[("act", "inviter"), ("version", "0"), ("courriel", "zoe@example.org"), ("fin", "2015-09-30")]).await.expect(303);
    let zoe = scene.person("Zoe").await;
    let body: String =
        sqlx::query_scalar("select body from mail where kind = 'invitation' and recipient = $1").bind(&zoe.email).fetch_one(&scene.app.db).await.expect("mail");
    let link = body.split_whitespace().find(|word| word.contains("/invitation/")).expect("link").rsplit("/invitation/").next().expect("token").to_owned();
    scene.post(&zoe, &format!("/invitation/{link}"), &[("version", "0")]).await.expect(303);

    // Until the last second of the last day, and not after; nowhere.
    let end = time::macros::datetime!(2015-09-30 22:00 UTC);
    let (last, after) = (scene.at(end - Duration::seconds(1)), scene.at(end));
    let path = format!("/dossiers/{project}/organisation?theme=animation");
    last.get(&zoe, &path).await.expect(200);
    last.get(&zoe, "/dossiers").await.expect(200).says("Boucles");
    last.get(&ana, &format!("/dossiers/{project}/equipe")).await.says("accès jusqu’au mercredi 30 septembre 2015");
    after.get(&zoe, &path).await.expect(404);
    after.get(&zoe, &format!("/dossiers/{project}")).await.expect(404);
    after.get(&zoe, "/dossiers").await.is_silent_on("Boucles");
    after.post(&zoe, &path, &[("version", "0"), ("q5", "Après la fin.")]).await.expect(404);
    after.get(&ana, &format!("/dossiers/{project}/equipe")).await.says("accès terminé depuis le mercredi 30 septembre 2015");
    after.get(&ana, &format!("/dossiers/{project}")).await.expect(200).says("Zoe a rejoint l’équipe").is_silent_on("Zoe , conseil");

    // The owner gives more time: the same place opens again.
    let version: i32 =
        sqlx::query_scalar("select version from project_member where account_id = $1").bind(zoe.id.get()).fetch_one(&scene.app.db).await.expect("version");
    let pairs = [("act", "fin"), ("version", &version.to_string()), ("personne", &zoe.id.to_string()), ("fin", "2015-12-31")];
    after.post(&ana, &mission, &pairs).await.expect(303);
    after.get(&zoe, &path).await.expect(200);
    scene.check().await;
}
