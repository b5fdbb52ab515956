//! The chain of decision: nothing of it is visible before its publication, and its publication is one act of two persons.

use std::fmt::Write as _;

use crate::support::chain::{Cast, LATER, PUBLICATION, set_status};
use crate::support::{Person, Scene};
use sqlx::PgPool;

const TITLES: [&str; 2] = ["Boucles de Charente", "Arsenal et marais"];

async fn cast(db: PgPool) -> Cast {
    Cast::new(Scene::new(db).await, &TITLES).await
}

/// Everything that a carrier reads, at one instant: words, lists, codes of the answers.
async fn read_by_carrier(cast: &Cast, index: usize) -> String {
    let (person, project) = (&cast.owners[index], cast.projects[index]);
    let scene = cast.scene.at(LATER);
    let mut read = String::new();
    let own = |end: &str| format!("/dossiers/{project}{end}");
    let paths = [
        "/".to_owned(),
        "/dossiers".to_owned(),
        own(""),
        own("/suite"),
        own("/phase-2"),
        own("/depot"),
        own("/equipe"),
        own("/historique"),
        own("/imprimer"),
        own("/documents"),
        "/appels/essai".to_owned(),
        "/appels/essai/laureats".to_owned(),
        format!("/evaluation/{project}/autres"),
        "/comite/seances?appel=essai".to_owned(),
        "/comite/seances/1?appel=essai".to_owned(),
        "/appel/decisions?appel=essai".to_owned(),
        PUBLICATION.to_owned(),
    ];
    for path in paths {
        let page = scene.get(person, &path).await;
        let _ = writeln!(read, "{path} {} {}", page.status, page.plain());
    }
    let saved = scene.post(person, &own("/candidature"), &[("version", "0"), ("letter", "x")]).await;
    let opened = scene.post(person, &own("/phase-2"), &[("version", "0")]).await;
    let _ = write!(read, "{} {} {} {}", saved.status, saved.plain(), opened.status, opened.plain());
    // What a reader of French would replace to compare both dossiers.
    read.replace(TITLES[index], "TITRE")
        .replace(&format!("/{project} "), "/ID ")
        .replace(&format!("/{project}/"), "/ID/")
        .replace(&format!("Porteur{index}"), "QUI")
        .replace(&format!("porteur{index}"), "qui")
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_carrier_reads_the_same_words_from_the_evaluation_to_the_publication(db: PgPool) {
    let cast = cast(db).await;
    let mut before = Vec::new();
    for index in 0..2 {
        let read = read_by_carrier(&cast, index).await;
        assert!(read.contains("En instruction") && read.contains("404"), "{read}");
        before.push(read);
    }
    let activity: Vec<time::OffsetDateTime> =
        sqlx::query_scalar("select last_activity_at from project order by id").fetch_all(&cast.scene.app.db).await.unwrap();
    for step in ["assessed", "committee", "fund", "council", "letters"] {
        match step {
            "assessed" => cast.assess().await,
            "committee" => drop(cast.meet(&["reservations", "unfavourable"]).await),
            "fund" => drop(cast.instance("fund", &["favourable", "unfavourable"]).await),
            "council" => drop(cast.instance("council", &["retained", "rejected"]).await),
            _ => cast.prepare().await,
        }
        for (index, former) in before.iter().enumerate() {
            assert_eq!(&read_by_carrier(&cast, index).await, former, "after {step}");
        }
        assert_eq!(cast.count("select count(*) from mail where kind = 'result'").await, 0);
    }
    // The retained and the other read the same, but for what is theirs.
    let (one, other) = (before[0].replace("n° 1", "n°"), before[1].replace("n° 2", "n°"));
    for (own, theirs) in one.lines().zip(other.lines()) {
        assert_eq!(own, theirs);
    }
    let after: Vec<time::OffsetDateTime> = sqlx::query_scalar("select last_activity_at from project order by id").fetch_all(&cast.scene.app.db).await.unwrap();
    assert_eq!(activity, after, "the hour of an act would tell it");
    cast.publish(&cast.mia).await.expect(303);
    let (laureate, other) = (read_by_carrier(&cast, 0).await, read_by_carrier(&cast, 1).await);
    assert!(laureate.contains("Lauréat") && !laureate.contains("En instruction"), "{laureate}");
    assert!(other.contains("Non retenu") && !other.contains("En instruction"), "{other}");
    cast.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn one_prepares_another_publishes_and_every_mail_leaves_once(db: PgPool) {
    let cast = cast(db).await;
    cast.prepared(&["retained", "rejected"]).await;
    let page = cast.scene.get(&cast.mia, PUBLICATION).await;
    page.expect(200).says(TITLES[0]).says("porteur0@example.org").says("a retenu votre dossier").says("n’a pas retenu").says("Publier les résultats");
    cast.scene.get(&cast.max, PUBLICATION).await.is_silent_on("Publier les résultats").says("un autre gestionnaire");
    cast.publish(&cast.max).await.expect(403).says("un autre gestionnaire");
    for stranger in [&cast.claire, &cast.owners[0], &cast.scene.person("Omar").await, &cast.scene.staff("Rita", &["reviewer"]).await] {
        cast.publish(stranger).await.expect(404);
    }
    // Whoever touches the letters becomes who prepared them.
    let again = [("act", "preparer"), ("version", "1"), ("retained", "Vous êtes retenu, [porteur]."), ("rejected", "Pas retenu, [porteur].")];
    cast.scene.post(&cast.mia, PUBLICATION, &[("act", "preparer"), ("version", "1"), ("retained", "Bonjour [nom]")]).await.expect(422).says("[nom]");
    cast.scene.post(&cast.mia, PUBLICATION, &again).await.expect(303);
    cast.publish(&cast.mia).await.expect(403);
    let stale = cast.scene.post(&cast.max, "/appel/decisions/publication/publier?appel=essai", &[("version", "1")]).await;
    stale.expect(409).says("Rien n’est publié");
    assert_eq!((cast.status(cast.projects[0]).await, cast.count("select count(*) from mail where kind = 'result'").await), ("council_decision".to_owned(), 0));
    let alone = "update publication set published_by = prepared_by, published_at = now()";
    assert!(sqlx::query(alone).execute(&cast.scene.app.db).await.is_err(), "the database wants two persons too");
    let operation = uuid::Uuid::new_v4().to_string();
    for _ in 0..2 {
        let pairs = [("version", "2"), ("operation", operation.as_str())];
        cast.scene.post(&cast.max, "/appel/decisions/publication/publier?appel=essai", &pairs).await.expect(303);
    }
    cast.publish(&cast.max).await.expect(403);
    let mails: Vec<(String, String, String)> =
        sqlx::query_as("select recipient, subject, body from mail where kind = 'result' order by recipient").fetch_all(&cast.scene.app.db).await.unwrap();
    assert_eq!(mails.iter().map(|(to, ..)| to.as_str()).collect::<Vec<_>>(), ["porteur0@example.org", "porteur1@example.org"]);
    assert_eq!(mails[0].1, mails[1].1, "a subject says no result");
    assert!(mails[0].2.contains("Vous êtes retenu") && !mails[0].2.contains("Pas retenu") && mails[1].2.contains("Pas retenu"));
    assert_eq!((cast.status(cast.projects[0]).await, cast.status(cast.projects[1]).await), ("laureate".to_owned(), "not_selected".to_owned()));
    let list = cast.scene.at(LATER).get_public("/appels/essai/laureats").await;
    list.expect(200).says(TITLES[0]).says("REF-2015-117").is_silent_on(TITLES[1]);
    cast.scene.at(LATER).get_public("/appels/essai").await.says("Liste des lauréats");
    let way = cast.scene.at(LATER).get(&cast.owners[0], &format!("/dossiers/{}/suite", cast.projects[0])).await;
    way.expect(200).says("Comité technique : favorable").says("Commission permanente : retenu").says("Publication des résultats").says("Vous êtes retenu");
    cast.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_stays_away_reads_no_outcome_nor_letter_and_writes_none(db: PgPool) {
    let cast = cast(db).await;
    let chain = "/appel/decisions?appel=essai";
    cast.scene.get(&cast.rex, chain).await.expect(200).says(TITLES[1]).is_silent_on(TITLES[0]).says("Déport");
    let hidden = cast.projects[0].to_string();
    cast.scene.post(&cast.rex, chain, &[("act", "clore"), ("version", "0"), ("dossier", &hidden)]).await.expect(422);
    cast.assess().await;
    cast.meet(&["reservations", "favourable"]).await;
    let path = cast.summon("fund", "F-1").await;
    let page = cast.scene.get(&cast.rex, &path).await;
    page.expect(200).says(TITLES[1]).is_silent_on(TITLES[0]).is_silent_on("avec réserves.").says("Déport");
    assert!(!page.body.contains(&format!("result-{hidden}")));
    let name = format!("result-{hidden}");
    let pairs = [("act", "enregistrer"), ("version", "1"), (name.as_str(), "unfavourable"), ("reference", "F-2")];
    cast.scene.post(&cast.rex, &path, &pairs).await.expect(303);
    assert_eq!(cast.count("select count(*) from outcome where kind = 'fund' and result is not null").await, 0);
    cast.scene.post(&cast.rex, &path, &[("act", "arreter"), ("version", "2")]).await.expect(422).says("Il manque sa décision");
    let both: Vec<String> = cast.projects.iter().map(|project| format!("result-{project}")).collect();
    let pairs = [("act", "enregistrer"), ("version", "2"), (both[0].as_str(), "favourable"), (both[1].as_str(), "favourable")];
    cast.scene.post(&cast.max, &path, &pairs).await.expect(303);
    cast.scene.post(&cast.max, &path, &[("act", "arreter"), ("version", "3")]).await.expect(303);
    cast.scene.get(&cast.rex, &path).await.expect(200).is_silent_on(TITLES[0]);
    cast.instance("council", &["retained", "rejected"]).await;
    cast.prepare().await;
    cast.scene.get(&cast.mia, PUBLICATION).await.says(TITLES[0]).says("Préciser le financement");
    let page = cast.scene.get(&cast.rex, PUBLICATION).await;
    page.expect(200).says(TITLES[1]).is_silent_on(TITLES[0]).is_silent_on("Préciser le financement").is_silent_on("porteur0@example.org").says("Déport");
    cast.scene.get(&cast.rex, &format!("/dossiers/{hidden}/suite")).await.expect(404);
    cast.scene
        .get(&cast.claire, &format!("/dossiers/{hidden}/suite"))
        .await
        .expect(200)
        .says("Commission permanente : retenu")
        .is_silent_on("a retenu votre dossier");
    // Who manages the call and is of a team is told what the team is.
    cast.scene.member(cast.projects[1], &cast.mia, "reader").await;
    cast.scene.get(&cast.mia, PUBLICATION).await.is_silent_on(TITLES[1]);
    cast.scene.get(&cast.mia, "/appel?appel=essai").await.expect(200).says("En évaluation");
    cast.scene.get(&cast.mia, &format!("/dossiers/{}/suite", cast.projects[1])).await.expect(403);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_only_reviews_learns_of_no_instance(db: PgPool) {
    let cast = cast(db).await;
    let rita = cast.scene.staff("Rita", &["reviewer"]).await;
    cast.scene.assign(cast.projects[0], &rita).await;
    cast.prepared(&["retained", "rejected"]).await;
    let list = "/evaluation?appel=essai";
    cast.scene.get(&rita, list).await.expect(200).says(TITLES[0]).says("Évalué").is_silent_on("Commission permanente");
    let page = cast.scene.get(&rita, &format!("/dossiers/{}", cast.projects[0])).await;
    page.expect(200).says("Évalué").is_silent_on("Commission permanente").is_silent_on("Résultat et suite");
    cast.scene.get(&rita, &format!("/dossiers/{}/suite", cast.projects[0])).await.expect(403).says("pas encore publiés");
    cast.publish(&cast.mia).await.expect(303);
    cast.scene.at(LATER).get(&rita, list).await.says("Lauréat");
    cast.scene.at(LATER).get(&rita, &format!("/dossiers/{}/suite", cast.projects[0])).await.expect(200).is_silent_on("a retenu votre dossier");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_database_refuses_a_state_that_no_instance_gave(db: PgPool) {
    let cast = cast(db).await;
    let project = cast.projects[0];
    cast.assess().await;
    assert!(set_status(&cast.scene, project, "committee_opinion").await.is_err());
    cast.meet(&["adjourned", "favourable"]).await;
    assert_eq!(cast.status(project).await, "committee_opinion");
    assert!(set_status(&cast.scene, project, "fund_committee").await.is_err());
    // An adjourned dossier is given to nobody.
    let path = cast.summon("fund", "F").await;
    cast.scene.get(&cast.max, &path).await.says(TITLES[1]).is_silent_on(TITLES[0]);
    let other = format!("result-{}", cast.projects[1]);
    cast.scene.post(&cast.max, &path, &[("act", "enregistrer"), ("version", "1"), (&other, "favourable")]).await.expect(303);
    cast.scene.post(&cast.max, &path, &[("act", "arreter"), ("version", "1")]).await.expect(409);
    cast.scene.post(&cast.max, &path, &[("act", "arreter"), ("version", "2")]).await.expect(303);
    cast.scene.post(&cast.max, &path, &[("act", "enregistrer"), ("version", "2"), (&other, "unfavourable")]).await.expect(403);
    for statement in [
        "update outcome set result = 'unfavourable' where kind = 'fund'",
        "delete from outcome",
        "update instance set reference = 'x'",
        "update status_change set target = 'laureate'",
        "update project set status = 'laureate' where status = 'fund_committee'",
    ] {
        assert!(sqlx::query(statement).execute(&cast.scene.app.db).await.is_err(), "{statement}");
    }
    let path = cast.summon("council", "C").await;
    cast.scene.post(&cast.max, &path, &[("act", "enregistrer"), ("version", "1"), (&other, "retained")]).await.expect(303);
    cast.scene.post(&cast.max, &path, &[("act", "arreter"), ("version", "2")]).await.expect(303);
    assert!(set_status(&cast.scene, cast.projects[1], "laureate").await.is_err(), "not before the publication");
    cast.prepare().await;
    cast.publish(&cast.mia).await.expect(303);
    assert!(sqlx::query("update letter set body = 'x'").execute(&cast.scene.app.db).await.is_err());
    // The adjourned one still waits, and its team still reads nothing.
    let scene = cast.scene.at(LATER);
    scene
        .get(&cast.owners[0], &format!("/dossiers/{project}"))
        .await
        .expect(200)
        .says("En instruction")
        .is_silent_on("Avis du comité")
        .is_silent_on("Résultat");
    scene.get(&cast.owners[0], &format!("/dossiers/{project}/suite")).await.expect(403);
    scene.get(&cast.owners[1], &format!("/dossiers/{}/suite", cast.projects[1])).await.expect(200).says("Lauréat");
    cast.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_letter_is_corrected_with_a_reason_and_sent_again_by_another(db: PgPool) {
    let cast = cast(db).await;
    cast.prepared(&["retained", "rejected"]).await;
    cast.publish(&cast.mia).await.expect(303);
    let project = cast.projects[0].to_string();
    let wrong = [("act", "corriger"), ("version", "0"), ("project", project.as_str()), ("reason", ""), ("body", "Votre dossier [dossier] est retenu.")];
    cast.scene.post(&cast.max, PUBLICATION, &wrong).await.expect(422).says("Ce qui est corrigé");
    let right = [wrong[0], wrong[1], wrong[2], ("reason", "Numéro de délibération faux"), wrong[4]];
    cast.scene.post(&cast.rex, PUBLICATION, &right).await.expect(422);
    cast.scene.post(&cast.max, PUBLICATION, &right).await.expect(303);
    let way = format!("/dossiers/{project}/suite");
    cast.scene.at(LATER).get(&cast.owners[0], &way).await.is_silent_on("Votre dossier Boucles de Charente est retenu.");
    cast.publish(&cast.max).await.expect(403);
    cast.publish(&cast.mia).await.expect(303);
    let mails: Vec<(String, String)> =
        sqlx::query_as("select recipient, subject from mail where kind = 'result' order by id").fetch_all(&cast.scene.app.db).await.unwrap();
    assert_eq!(mails.len(), 3);
    assert_eq!((mails[2].0.as_str(), mails[2].1.ends_with("(lettre corrigée)")), ("porteur0@example.org", true));
    cast.scene.at(LATER).get(&cast.owners[0], &way).await.says("Votre dossier Boucles de Charente est retenu.").says("Lettre corrigée");
    cast.scene.get(&cast.mia, PUBLICATION).await.says("Numéro de délibération faux").says("a retenu votre dossier");
    assert_eq!(cast.status(cast.projects[0]).await, "laureate");
    cast.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r5_phase_two_opens_for_laureates_only_once_and_by_their_owner(db: PgPool) {
    let cast = cast(db).await;
    let bob = cast.scene.person("Bob").await;
    cast.scene.member(cast.projects[0], &bob, "editor").await;
    cast.prepared(&["retained", "rejected"]).await;
    let open = async |person: &Person, index: usize| {
        cast.scene.at(LATER).post(person, &format!("/dossiers/{}/phase-2", cast.projects[index]), &[("version", "0")]).await
    };
    let early = open(&cast.owners[0], 0).await.expect(403).plain();
    assert_eq!(early.replace("Porteur0", ""), open(&cast.owners[1], 1).await.expect(403).plain().replace("Porteur1", ""));
    cast.publish(&cast.mia).await.expect(303);
    open(&cast.owners[0], 0).await.expect(403).says("pas encore ouverte");
    let next: i64 =
        sqlx::query_scalar("select clone_call((select id from call where is_template limit 1), 'phase2', 'Phase 2', '2016', '2016', '2016-10-14 22:00Z')")
            .fetch_one(&cast.scene.app.db)
            .await
            .unwrap();
    let chosen = [("act", "suite"), ("version", "0"), ("appel_suivant", &next.to_string())];
    cast.scene.post(&cast.max, "/appel/decisions?appel=essai", &chosen).await.expect(303);
    open(&cast.owners[0], 0).await.expect(403);
    sqlx::query("insert into call_role (call_id, account_id, role) values ($1, $2, 'manager')")
        .bind(next)
        .bind(cast.max.id.get())
        .execute(&cast.scene.app.db)
        .await
        .unwrap();
    cast.scene.post(&cast.max, "/appel/decisions?appel=essai", &chosen).await.expect(303);
    cast.scene.at(LATER).get(&cast.owners[0], &format!("/dossiers/{}/suite", cast.projects[0])).await.says("Ouvrir le dossier de phase 2");
    for (person, index, status) in [(&cast.owners[1], 1, 403), (&bob, 0, 403), (&cast.owners[1], 0, 404), (&cast.max, 0, 404)] {
        open(person, index).await.expect(status);
    }
    let page = open(&cast.owners[0], 0).await;
    page.expect(303);
    let opened: i64 = sqlx::query_scalar("select id from project where continues = $1 and call_id = $2")
        .bind(cast.projects[0].get())
        .bind(next)
        .fetch_one(&cast.scene.app.db)
        .await
        .unwrap();
    assert_eq!(page.location, format!("/dossiers/{opened}/copier?source={}", cast.projects[0]));
    cast.scene.at(LATER).get(&cast.owners[0], &page.location).await.expect(200).says(TITLES[0]);
    cast.scene.at(LATER).get(&bob, &format!("/dossiers/{opened}")).await.expect(200);
    assert_eq!(open(&cast.owners[0], 0).await.location, format!("/dossiers/{opened}"));
    assert_eq!(cast.count("select count(*) from project where continues is not null").await, 1);
    let forced = sqlx::query("update project set continues = $1 where call_id = $2").bind(cast.projects[1].get()).bind(next).execute(&cast.scene.app.db).await;
    assert!(forced.is_err(), "the database knows who is a laureate");
    cast.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_verification_finds_a_state_that_nothing_gave(db: PgPool) {
    let cast = cast(db).await;
    cast.prepared(&["retained", "rejected"]).await;
    let faults = async || trame::check::run(&cast.scene.app).await.expect("check").to_string();
    assert!(faults().await.contains("Tout concorde"));
    let mut tx = cast.scene.app.db.begin().await.unwrap();
    for statement in ["alter table project disable trigger user", "update project set status = 'laureate'", "update call set results_published_at = now()"] {
        sqlx::query(statement).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let said = faults().await;
    for text in ["ne suit pas ses états", "son résultat ne suit pas la décision publiée", "la date des résultats ne suit aucune publication"] {
        assert!(said.contains(text), "{text} in {said}");
    }
}
