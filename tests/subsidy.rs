//! The subsidy file: what it asks of whom, the aid computed, its states, bank details that few read.

use crate::support::{OPEN, Person, Scene};
use sqlx::PgPool;
use time::Duration;
use trame::kit::ids::ProjectId;

const IBAN: &str = "FR76 3000 6000 0112 3456 7890 189";

async fn join(scene: &Scene, owner: &Person, project: ProjectId, key: &str) {
    let path = format!("/dossiers/{project}/subvention/joindre/{key}?operation={}", uuid::Uuid::new_v4());
    scene.upload(owner, &path, &format!("{key}.pdf"), b"%PDF-1.4\npiece").await.expect(303);
}

/// Every piece, quote and account of a mixed syndicate, but for the named piece.
async fn prepare(scene: &Scene, owner: &Person, project: ProjectId, but: &str) {
    let path = format!("/dossiers/{project}/subvention");
    let version = scene.get(owner, &path).await.hidden("version");
    let pairs = [
        ("version", version.as_str()),
        ("devis_ht", "12 345,67"),
        ("devis_ttc", "14 814,80"),
        ("titulaire", "Syndicat mixte"),
        ("iban", IBAN),
        ("bic", "AGRIFRPP"),
    ];
    scene.post(owner, &path, &pairs).await.expect(303);
    for key in ["letter", "bank", "terms", "tender", "quote", "resolution"].into_iter().filter(|key| *key != but) {
        join(scene, owner, project, key).await;
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_subsidy_file_goes_from_its_draft_to_its_payment(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let editor = scene.person("Éric").await;
    scene.member(project, &editor, "editor").await;
    let manager = scene.staff("Max", &["manager"]).await;
    let path = format!("/dossiers/{project}/subvention");
    let list = "/appel/subventions?appel=essai";
    sqlx::query("update call set subsidy_vat = 'excluded' where id = $1").bind(scene.call.get()).execute(&scene.app.db).await.expect("setting");

    // A mixed syndicate owes a council resolution, and nothing asked of associations.
    scene.get(&ana, &path).await.expect(200).says("Délibération").is_silent_on("Comptes certifiés").says("Ce qui manque");
    scene
        .post(&ana, &path, &[("version", "0"), ("devis_ht", "100"), ("devis_ttc", "90"), ("iban", "FR76 1")])
        .await
        .expect(422)
        .says("inférieur")
        .says("IBAN complet");
    prepare(&scene, &ana, project, "resolution").await;
    scene.post(&ana, &format!("{path}/depot"), &[("version", "1")]).await.expect(422).says("Délibération");
    join(&scene, &ana, project, "resolution").await;
    scene.get(&ana, &path).await.says("soit 10 000 €").says("soit 7 000 €").says("arrondi au centime inférieur");
    let letter = scene.get(&ana, &format!("{path}/lettre.docx")).await;
    assert!(letter.expect(200).headers["content-disposition"].to_str().expect("text").contains("lettre-de-demande.docx"));

    // A draft is told to nobody of the administration; only the owner deposits.
    scene.get(&manager, &path).await.expect(404);
    scene.get(&manager, list).await.expect(200).says("Aucune demande").is_silent_on("Boucles");
    scene.post(&editor, &format!("{path}/depot"), &[("version", "1")]).await.expect(403);
    let operation = uuid::Uuid::new_v4().to_string();
    for _ in 0..2 {
        scene.post(&ana, &format!("{path}/depot"), &[("version", "1"), ("operation", &operation)]).await.expect(303);
    }
    let mails: Vec<String> = sqlx::query_scalar("select recipient from mail where kind = 'grant'").fetch_all(&scene.app.db).await.expect("mails");
    assert_eq!(mails, std::slice::from_ref(&manager.email));
    scene.get(&manager, list).await.says("Boucles").says("7 000 €").says("1 demande, aide demandée 7 000 €");
    scene.get(&manager, &format!("{list}&etat=paid")).await.says("Aucune demande");
    scene.post(&ana, &path, &[("version", "2"), ("devis_ht", "1"), ("devis_ttc", "1")]).await.expect(403);
    assert!(sqlx::query("update grant_application set aid_cents = 1 where project_id = $1").bind(project.get()).execute(&scene.app.db).await.is_err());
    assert!(sqlx::query("update grant_application set state = 'paid' where project_id = $1").bind(project.get()).execute(&scene.app.db).await.is_err());

    // Sent back with what is missing, completed, granted, paid; each with its mail.
    let record = format!("{path}/etat");
    scene.post(&manager, &record, &[("version", "3"), ("etat", "paid"), ("jour", "2015-09-23")]).await.expect(422);
    scene
        .post(&manager, &record, &[("version", "3"), ("etat", "incomplete"), ("jour", "2015-09-23")])
        .await
        .expect(422)
        .says("Cocher au moins une pièce")
        .says("ce qui manque");
    let back =
        [("version", "3"), ("etat", "incomplete"), ("jour", "2015-09-23"), ("message", "La délibération n’est pas signée."), ("piece.resolution", "oui")];
    scene.post(&manager, &record, &back).await.expect(303);
    scene.get(&ana, &path).await.says("Incomplète").says("La délibération n’est pas signée.");
    let id: uuid::Uuid = sqlx::query_scalar("select id from mission_file where piece = 'resolution'").fetch_one(&scene.app.db).await.expect("file");
    scene.post(&ana, &format!("{path}/pieces/{id}"), &[("version", "0"), ("act", "retirer")]).await.expect(303);
    scene.post(&ana, &format!("{path}/depot"), &[("version", "0")]).await.expect(422);
    scene.post(&ana, &format!("{path}/pieces/{id}"), &[("version", "0"), ("act", "remettre")]).await.expect(303);
    scene.post(&ana, &format!("{path}/depot"), &[("version", "0")]).await.expect(303);
    scene.post(&manager, &record, &[("version", "0"), ("etat", "granted"), ("jour", "2015-09-23")]).await.expect(422).says("référence de la décision");
    for (state, reference) in [("granted", "FREE 2015-11"), ("paid", "Mandat 812")] {
        scene.post(&manager, &record, &[("version", "0"), ("etat", state), ("jour", "2015-09-23"), ("reference", reference)]).await.expect(303);
    }
    scene.get(&ana, &path).await.says("Versée").says("Mandat 812").says("FREE 2015-11");
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("Subvention , versée");
    // A record made by mistake is corrected, with why.
    scene.post(&manager, &record, &[("version", "0"), ("etat", "granted"), ("jour", "2015-09-23")]).await.expect(422);
    scene
        .post(&manager, &record, &[("version", "0"), ("etat", "granted"), ("jour", "2015-09-23"), ("message", "Mandat d’un autre dossier.")])
        .await
        .expect(303);
    scene.get(&manager, list).await.says("Accordée (1)");
    let told: i64 =
        sqlx::query_scalar("select count(*) from mail where kind = 'grant' and recipient = $1").bind(&ana.email).fetch_one(&scene.app.db).await.expect("mails");
    assert_eq!(told, 4);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_fund_refuses_with_why_and_another_request_may_be_prepared(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let editor = scene.person("Éric").await;
    scene.member(project, &editor, "editor").await;
    let manager = scene.staff("Max", &["manager"]).await;
    let reviewer = scene.staff("Rita", &["reviewer"]).await;
    scene.assign(project, &reviewer).await;
    let (path, list) = (format!("/dossiers/{project}/subvention"), "/appel/subventions?appel=essai");
    let (record, again) = (format!("{path}/etat"), format!("{path}/reprise"));
    prepare(&scene, &ana, project, "").await;
    scene.post(&ana, &again, &[("version", "0")]).await.expect(403).says("Seule une demande refusée se reprend");
    scene.post(&ana, &format!("{path}/depot"), &[("version", "0")]).await.expect(303);
    scene.get(&manager, "/").await.says("Enregistrer la réponse du fonds à 1 demande de subvention");

    // A refusal says of which decision, and why.
    let refused = [("version", "0"), ("etat", "refused"), ("jour", "2015-09-23")];
    scene.post(&manager, &record, &refused).await.expect(422).says("Écrire le motif du refus").says("référence de la décision");
    let refused = [refused[0], refused[1], refused[2], ("reference", "FREE 2015-12"), ("message", "Le devis date d’avant l’éligibilité.")];
    scene.post(&manager, &record, &refused).await.expect(303);
    for person in [&ana, &editor] {
        let page = scene.get(person, &path).await;
        page.expect(200)
            .says("Demande refusée par le fonds")
            .says("mercredi 23 septembre 2015")
            .says("FREE 2015-12")
            .says("Le devis date d’avant l’éligibilité.");
    }
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("Subvention , refusée");
    scene.get(&ana, &format!("/dossiers/{project}/amo")).await.says("Lire le motif du refus du fonds");
    scene.get(&ana, "/").await.says("Lire le refus de la subvention");
    scene.get(&ana, "/compte/avis").await.says("Demande de subvention : Boucles");
    let body: String =
        sqlx::query_scalar("select body from mail where kind = 'grant' and recipient = $1").bind(&ana.email).fetch_one(&scene.app.db).await.expect("mail");
    assert!(body.contains("refusée, le") && body.contains("référence FREE 2015-12") && body.contains("Motif\u{a0}:\nLe devis date"), "{body}");
    scene.get(&manager, "/").await.is_silent_on("réponse du fonds");
    scene.get(&manager, list).await.says("Refusée (1)").says("FREE 2015-12");
    scene.get(&reviewer, &path).await.expect(404);
    scene.post(&ana, &path, &[("version", "2"), ("devis_ht", "1"), ("devis_ttc", "1")]).await.expect(403);
    // The database knows the edges, and what a refusal must say.
    for (state, may) in [("granted", false), ("paid", false), ("incomplete", false)] {
        let tried = sqlx::query("update grant_application set state = $2 where project_id = $1").bind(project.get()).bind(state).execute(&scene.app.db).await;
        assert_eq!(tried.is_ok(), may, "{state}");
    }
    let bare = "insert into grant_event (project_id, source, target, on_day, account_id, at) values ($1, 'deposited', 'refused', '2015-09-23', $2, now())";
    assert!(sqlx::query(bare).bind(project.get()).bind(ana.id.get()).execute(&scene.app.db).await.is_err());

    // A refusal recorded by mistake is corrected, with why; then it is recorded again.
    let corrected = [("version", "0"), ("etat", "deposited"), ("jour", "2015-09-23")];
    scene.post(&manager, &record, &corrected).await.expect(422).says("ce qui est corrigé");
    scene.post(&manager, &record, &[corrected[0], corrected[1], corrected[2], ("message", "Autre dossier.")]).await.expect(303);
    scene.get(&ana, &path).await.is_silent_on("Demande refusée par le fonds");
    scene.post(&manager, &record, &refused).await.expect(303);

    // Its owner alone takes it up again; what is prepared is told to nobody, the refusal stays told.
    for person in [&editor, &manager, &reviewer] {
        assert!(matches!(scene.post(person, &again, &[("version", "0")]).await.status.as_u16(), 403 | 404));
    }
    scene.post(&ana, &again, &[("version", "0")]).await.expect(303);
    scene.get(&ana, &path).await.says("Nouvelle demande, après un refus").says("Le devis date d’avant l’éligibilité.").says("Déposer la demande");
    scene.get(&manager, &path).await.expect(404);
    let page = scene.get(&manager, list).await;
    page.says("Refusée (1)").says("FREE 2015-12").says("7 000 €");
    assert!(!page.body.contains(&format!("{path}\"")));
    let version = scene.get(&ana, &path).await.hidden("version");
    scene.post(&ana, &path, &[("version", &version), ("devis_ht", "5 000"), ("devis_ttc", "6 000"), ("iban", IBAN)]).await.expect(303);
    scene.get(&manager, list).await.says("7 000 €").is_silent_on("3 500 €");
    let report = trame::check::run(&scene.app).await.expect("check");
    assert!(report.is_sound(), "{report}");
    scene.post(&ana, &format!("{path}/depot"), &[("version", "0")]).await.expect(303);
    scene.get(&manager, list).await.says("Déposée (1)").says("3 500 €");
    scene.get(&manager, &path).await.expect(200).says("Refusée").says("Le devis date d’avant l’éligibilité.");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn bank_details_are_read_by_those_who_need_them_and_each_reading_is_written(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/subvention");
    prepare(&scene, &ana, project, "").await;
    let team = [("consultant", scene.person("Bob").await), ("reader", scene.person("Léa").await), ("editor", scene.person("Éric").await)];
    for (role, person) in &team {
        scene.member(project, person, role).await;
    }
    let manager = scene.staff("Max", &["manager"]).await;
    let recused = scene.staff("Marc", &["manager"]).await;
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'pinned')")
        .bind(project.get())
        .bind(recused.id.get())
        .execute(&scene.app.db)
        .await
        .expect("recusal");
    let committee = scene.staff("Claire", &["committee"]).await;
    let reviewer = scene.staff("Rita", &["reviewer"]).await;
    scene.assign(project, &reviewer).await;
    let file: uuid::Uuid = sqlx::query_scalar("select id from mission_file where piece = 'bank'").fetch_one(&scene.app.db).await.expect("file");
    let rib = format!("{path}/rib");
    let piece = format!("{path}/pieces/{file}");
    let shown = "FR76 3000 6000 0112 3456 7890 189";

    for person in [&ana, &team[2].1] {
        scene.get(person, &rib).await.expect(200).says(shown);
        scene.get(person, &piece).await.expect(200);
    }
    for (role, person) in &team[..2] {
        let page = scene.get(person, &path).await;
        page.expect(200).is_silent_on("0189").is_silent_on("bank.pdf").says("Fichier masqué");
        assert!(!page.body.contains("FR7630006"), "{role}");
        scene.get(person, &rib).await.expect(404);
        scene.get(person, &piece).await.expect(404);
    }
    // Before the deposit, nothing to the administration.
    for person in [&manager, &committee, &reviewer, &recused] {
        scene.get(person, &rib).await.expect(404);
        scene.get(person, &piece).await.expect(404);
    }
    scene.post(&ana, &format!("{path}/depot"), &[("version", "0")]).await.expect(303);
    let scene = scene.at(OPEN + Duration::hours(1));
    for person in [&committee, &reviewer, &recused] {
        for address in [&path, &rib, &piece] {
            scene.get(person, address).await.expect(404);
        }
    }
    scene.get(&manager, &path).await.expect(200).says("bank.pdf");
    scene.get(&manager, &rib).await.expect(200).says(shown).says("inscrite au journal");
    scene.get(&manager, &piece).await.expect(200);
    let reads: i64 = sqlx::query_scalar("select count(*) from journal where project_id = $1 and act = 'bank_read' and account_id = $2")
        .bind(project.get())
        .bind(manager.id.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("journal");
    assert_eq!(reads, 2, "each reading is a line");
    scene.get(&ana, &path).await.says("Lu par l’administration").says("Max");
    let (_, reader) = &team[1];
    scene.get(reader, &path).await.is_silent_on("Lu par l’administration");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_call_cloned_from_another_keeps_its_rule(db: PgPool) {
    let scene = Scene::new(db).await;
    let manager = scene.staff("Max", &["manager"]).await;
    let path = "/appel/presentation?appel=essai";
    let page = scene.get(&manager, path).await;
    page.expect(200).says("Arrondi de l’aide");
    let version = page.hidden("version");
    scene.post(&manager, path, &[("act", "presentation"), ("version", &version), ("subsidy_rounding", "hasard")]).await.expect(422);
    scene.post(&manager, path, &[("act", "presentation"), ("version", &version), ("subsidy_rounding", "nearest")]).await.expect(303);
    let next: i64 = sqlx::query_scalar("select clone_call($1, 'suite', 'Suite', '2016', '2016', '2016-10-14 22:00Z')")
        .bind(scene.call.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("cloned");
    let held: String = sqlx::query_scalar("select subsidy_rounding from call where id = $1").bind(next).fetch_one(&scene.app.db).await.expect("read");
    assert_eq!(held, "nearest");
}
