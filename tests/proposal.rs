//! A proposal of assignments: balanced, with both bodies, without conflict, accepted through the form of the table.

use crate::support::{Page, Person, Scene};
use sqlx::PgPool;

const ADDRESS: &str = "/appel/affectations/proposer?appel=essai";

async fn reviewer(scene: &Scene, name: &str, organisation: &str) -> Person {
    let person = scene.staff(name, &["reviewer"]).await;
    sqlx::query("update account set organisation = $2 where id = $1")
        .bind(person.id.get())
        .bind(organisation)
        .execute(&scene.app.db)
        .await
        .expect("organisation");
    person
}

/// Pairs proposed, as the boxes of the page post them.
fn boxes(page: &Page) -> Vec<String> {
    page.body.split("name=\"affecte\" value=\"").skip(1).filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
}

async fn accept(scene: &Scene, manager: &Person, page: &Page) -> Page {
    let (version, operation, pairs) = (page.hidden("version"), page.hidden("operation"), boxes(page));
    let mut fields = vec![("version", version.as_str()), ("operation", operation.as_str()), ("etait", "")];
    fields.extend(pairs.iter().map(|pair| ("affecte", pair.as_str())));
    scene.post(manager, "/appel/affectations?appel=essai", &fields).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_proposal_gives_each_dossier_both_bodies_and_moves_nothing(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    sqlx::query("update call set reviews_expected = 2").execute(&db).await.expect("expected");
    let manager = scene.staff("Mathieu", &["manager"]).await;
    let owner = scene.person("Ana").await;
    let (alice, bruno) = (reviewer(&scene, "Alice", "ADEME").await, reviewer(&scene, "Bruno", "ADEME").await);
    let (rose, _sami) = (reviewer(&scene, "Rose", "Région Nouvelle-Aquitaine").await, reviewer(&scene, "Sami", "Conseil régional").await);
    let mut projects = Vec::new();
    for title in ["Alambics", "Bocage", "Charente", "Dives"] {
        projects.push(scene.project(&owner, title).await);
    }
    scene.assign(projects[0], &alice).await;
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')")
        .bind(projects[1].get())
        .bind(rose.id.get())
        .execute(&db)
        .await
        .expect("recusal");
    let page = scene.get(&manager, ADDRESS).await;
    page.expect(200).says("7 évaluations à affecter").says("pour l’ADEME").says("pour la Région").says("Rose : déport");
    let proposed = boxes(&page);
    assert_eq!(proposed.len(), 7);
    assert!(!proposed.contains(&format!("{}.{}", projects[1], rose.id.get())), "a recused person is never proposed");
    assert!(!proposed.iter().any(|pair| pair == &format!("{}.{}", projects[0], bruno.id.get())), "the dossier already has its ADEME review");
    assert_eq!(boxes(&scene.get(&manager, ADDRESS).await), proposed, "the same proposal each time");

    accept(&scene, &manager, &page).await.expect(303);
    let shares: Vec<i64> = sqlx::query_scalar("select count(*) from review group by account_id order by 1").fetch_all(&db).await.expect("loads");
    assert_eq!(shares, [2, 2, 2, 2]);
    let told: i64 = sqlx::query_scalar("select count(*) from mail where kind = 'assigned'").fetch_one(&db).await.expect("mails");
    assert_eq!(told, 4);
    scene.get(&manager, ADDRESS).await.expect(200).says("Il n’y a rien à proposer.");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_lacks_is_said_and_suspected_people_are_set_apart(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    sqlx::query("update call set reviews_expected = 2").execute(&db).await.expect("expected");
    let manager = scene.staff("Mathieu", &["manager"]).await;
    let owner = scene.person("Ana").await;
    reviewer(&scene, "Alice", "ADEME").await;
    reviewer(&scene, "Rose", "Syndicat mixte Rives de Charente").await;
    scene.project(&owner, "Alambics").await;
    let page = scene.get(&manager, ADDRESS).await;
    page.expect(200).says("Personne pour la Région").says("Rose : même organisation").says("1 évaluation à affecter");
    assert_eq!(boxes(&page).len(), 1);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_proposal_is_for_managers_and_never_about_a_dossier_that_they_stay_away_from(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let (manager, other) = (scene.staff("Mathieu", &["manager"]).await, scene.staff("Odile", &["manager"]).await);
    let owner = scene.person("Ana").await;
    let alice = reviewer(&scene, "Alice", "ADEME").await;
    let (secret, _open) = (scene.project(&owner, "Alambics").await, scene.project(&owner, "Bocage").await);
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')")
        .bind(secret.get())
        .bind(other.id.get())
        .execute(&db)
        .await
        .expect("recusal");
    let claire = scene.staff("Claire", &["committee"]).await;
    for person in [&owner, &alice, &claire] {
        scene.get(person, ADDRESS).await.expect(404);
    }
    scene.get(&manager, ADDRESS).await.expect(200).says("Alambics");
    let page = scene.get(&other, ADDRESS).await;
    page.expect(200).is_silent_on("Alambics").says("Bocage");
    // Even a forged box assigns nothing there.
    let (version, operation) = (page.hidden("version"), page.hidden("operation"));
    let pair = format!("{secret}.{}", alice.id.get());
    let fields = [("version", version.as_str()), ("operation", operation.as_str()), ("etait", ""), ("affecte", pair.as_str())];
    scene.post(&other, "/appel/affectations?appel=essai", &fields).await;
    let given: i64 = sqlx::query_scalar("select count(*) from review where project_id = $1").bind(secret.get()).fetch_one(&db).await.expect("reviews");
    assert_eq!(given, 0);
}

/// A dossier whose deposit names organisations, after its deposit.
async fn named(scene: &Scene, owner: &Person, title: &str, stakeholders: &[&str]) -> trame::kit::ids::ProjectId {
    let project = scene.project(owner, title).await;
    scene.fill(owner, project).await;
    for name in stakeholders {
        let actor = scene.row(owner, project, "acteurs").await;
        scene.post(owner, &format!("/dossiers/{project}/acteurs/{actor}"), &[("version", "1"), ("name", name)]).await.expect(303);
    }
    scene.post(owner, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    project
}

/// The boxes of the suggestions, as the page posts them.
fn suggestions(page: &Page) -> Vec<String> {
    page.body.split("name=\"conflit\" value=\"").skip(1).filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
}

async fn decide(scene: &Scene, manager: &Person, page: &Page, (boxes, issue, reason): (&[&str], &str, &str)) -> Page {
    let (operation, dossiers) = (uuid::Uuid::new_v4().to_string(), page.hidden("dossiers"));
    let mut fields = vec![("version", "0"), ("operation", operation.as_str()), ("dossiers", dossiers.as_str()), ("issue", issue), ("motif", reason)];
    fields.extend(boxes.iter().map(|value| ("conflit", *value)));
    scene.post(manager, "/appel/affectations/conflits?appel=essai", &fields).await
}

const TABLE: &str = "/appel/affectations?appel=essai";

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_suggested_conflict_is_confirmed_or_set_aside_by_a_manager(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    sqlx::query("update call set reviews_expected = 2").execute(&db).await.expect("expected");
    let manager = scene.staff("Mathieu", &["manager"]).await;
    let owner = scene.person("Ana").await;
    let alice = reviewer(&scene, "Alice", "ADEME").await;
    let rose = reviewer(&scene, "Rose", "Région Poitou-Charentes").await;
    let project = named(&scene, &owner, "Alambics", &["ADEME Poitou-Charentes", "Conseil régional Poitou-Charentes"]).await;
    let calm = scene.project(&owner, "Bocage").await;

    let page = scene.get(&manager, TABLE).await;
    page.expect(200).says("partie prenante : « ADEME Poitou-Charentes »").says("partie prenante : « Conseil régional Poitou-Charentes »");
    let (of_alice, of_rose) = (format!("{project}.{}", alice.id), format!("{project}.{}", rose.id));
    assert_eq!(suggestions(&page), [of_alice.clone(), of_rose.clone()]);
    // An open suggestion is a conflict for the proposal, which says so.
    let proposal = scene.get(&manager, ADDRESS).await;
    proposal.says("Alice : sa structure est partie prenante ou financeur (suggestion à confirmer ou à écarter)");
    assert!(boxes(&proposal).iter().all(|pair| pair.starts_with(&format!("{calm}."))), "{:?}", boxes(&proposal));

    // Nothing chosen, no reason: nothing decided, what was typed stays.
    decide(&scene, &manager, &page, (&[], "confirmer", "Elle y siège")).await.expect(422).says("Choisir au moins une suggestion").says("Elle y siège");
    decide(&scene, &manager, &page, (&[&of_rose], "ecarter", " ")).await.expect(422).says("Écrire en quelques mots pourquoi");
    let answer = decide(&scene, &manager, &page, (&[&of_rose], "ecarter", "Un autre service que le sien.")).await;
    scene.get(&manager, &answer.expect(303).location).await.says("Suggestions écartées").says("Un autre service que le sien.").says("Écartée par Mathieu");
    let proposal = scene.get(&manager, ADDRESS).await;
    assert!(boxes(&proposal).contains(&of_rose) && !boxes(&proposal).contains(&of_alice));

    // A new deposit that names them otherwise asks again.
    let actor = scene.row(&owner, project, "engagements").await;
    let university: String = sqlx::query_scalar("select row::text from unit where project_id = $1 and content->>'name' like 'Conseil%'")
        .bind(project.get())
        .fetch_one(&db)
        .await
        .expect("actor");
    scene
        .post(
            &owner,
            &format!("/dossiers/{project}/engagements/{actor}"),
            &[("version", "1"), ("stakeholder", &university), ("kind", "letter_of_interest"), ("signatory", "Rose"), ("signed_on", "2015-09-02")],
        )
        .await
        .expect(303);
    scene.get(&manager, TABLE).await.is_silent_on("signataire : «");
    scene.post(&owner, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    scene.get(&manager, TABLE).await.says("signataire : « Conseil régional Poitou-Charentes »");

    // Confirmed, it is a recusal like any other.
    scene.assign(project, &alice).await;
    let page = scene.get(&manager, TABLE).await;
    let all = format!("tous.{}", alice.id);
    decide(&scene, &manager, &page, (&[&of_alice, &all], "confirmer", "")).await.expect(303);
    let (origin, reason): (String, String) =
        sqlx::query_as("select origin, reason from recusal where account_id = $1").bind(alice.id.get()).fetch_one(&db).await.expect("recusal");
    assert_eq!((origin.as_str(), reason.as_str()), ("suggested", "partie prenante\u{a0}: «\u{a0}ADEME Poitou-Charentes\u{a0}»"));
    for path in [format!("/dossiers/{project}"), format!("/evaluation/{project}"), format!("/evaluation/{project}/corrections")] {
        scene.get(&alice, &path).await.expect(404);
    }
    scene.get(&alice, "/evaluation?appel=essai").await.says("Déport").is_silent_on("Alambics");
    let assigned: i32 = sqlx::query_scalar("select reviews_assigned from project where id = $1").bind(project.get()).fetch_one(&db).await.expect("count");
    assert_eq!(assigned, 0);
    scene.get(&manager, &format!("/appel/dossiers/{project}")).await.says("suggéré").says("ADEME Poitou-Charentes");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_suggestion_reads_deposits_only_and_nobody_else_sees_it(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let (manager, other) = (scene.staff("Mathieu", &["manager"]).await, scene.staff("Odile", &["manager"]).await);
    let owner = scene.person("Ana").await;
    let alice = reviewer(&scene, "Alice", "ADEME").await;
    let secret = named(&scene, &owner, "Alambics", &["ADEME Poitou-Charentes"]).await;
    // A draft that was never deposited, providers that are asked: no suggestion comes from there.
    let draft = scene.project(&owner, "Bocage").await;
    let actor = scene.row(&owner, draft, "acteurs").await;
    scene.post(&owner, &format!("/dossiers/{draft}/acteurs/{actor}"), &[("version", "1"), ("name", "ADEME")]).await.expect(303);
    let page = scene.get(&manager, TABLE).await;
    let of_alice = format!("{secret}.{}", alice.id);
    assert_eq!(suggestions(&page), std::slice::from_ref(&of_alice));
    // Who stays away from the dossier is told nothing, and decides nothing even with a forged box.
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')")
        .bind(secret.get())
        .bind(other.id.get())
        .execute(&db)
        .await
        .expect("recusal");
    let theirs = scene.get(&other, TABLE).await;
    theirs.expect(200).is_silent_on("Alambics").is_silent_on("ADEME Poitou-Charentes");
    decide(&scene, &other, &page, (&[&of_alice], "confirmer", "Forgé")).await.expect(422);
    // Nor does a manager who is of its team: they see no suggestion about their own dossier.
    let team = scene.staff("Tania", &["manager"]).await;
    scene.member(secret, &team, "reader").await;
    assert!(suggestions(&scene.get(&team, TABLE).await).is_empty());
    decide(&scene, &team, &page, (&[&of_alice], "ecarter", "Forgé aussi")).await.expect(422);
    let claire = scene.staff("Claire", &["committee"]).await;
    for person in [&owner, &alice, &claire] {
        decide(&scene, person, &page, (&[&of_alice], "confirmer", "Forgé encore")).await.expect(404);
        scene.get(person, TABLE).await.expect(404);
    }
    scene.get(&alice, "/evaluation?appel=essai").await.is_silent_on("Alambics");
    let written: i64 = sqlx::query_scalar("select (select count(*) from recusal where origin = 'suggested') + (select count(*) from conflict_dismissal)")
        .fetch_one(&db)
        .await
        .expect("written");
    assert_eq!(written, 0);
    // Nobody sets aside what concerns them; they may confirm it.
    sqlx::query("update account set organisation = 'ADEME' where id = $1").bind(manager.id.get()).execute(&db).await.expect("organisation");
    let page = scene.get(&manager, TABLE).await;
    let own = format!("{secret}.{}", manager.id);
    decide(&scene, &manager, &page, (&[&own], "ecarter", "Je reste objectif."))
        .await
        .expect(422)
        .says("un autre gestionnaire l’écarte")
        .says("Je reste objectif.");
    decide(&scene, &manager, &page, (&[&own], "confirmer", "")).await.expect(303);
    scene.get(&manager, TABLE).await.is_silent_on("Alambics");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_knows_a_dossier_s_domains_is_preferred_and_it_is_said(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    sqlx::query("update call set reviews_expected = 2").execute(&db).await.expect("expected");
    let manager = scene.staff("Mathieu", &["manager"]).await;
    let owner = scene.person("Ana").await;
    let (alice, bruno) = (reviewer(&scene, "Alice", "ADEME").await, reviewer(&scene, "Bruno", "ADEME").await);
    let rose = reviewer(&scene, "Rose", "Région Nouvelle-Aquitaine").await;
    let project = named(&scene, &owner, "Alambics", &[]).await;
    let themes: Vec<String> = sqlx::query_scalar("select themes from project where id = $1").bind(project.get()).fetch_one(&db).await.expect("themes");
    assert_eq!(themes, ["transport"]);
    for (knows, ignores) in [(&alice, &bruno), (&bruno, &alice)] {
        for (person, domain) in [(knows, "transport"), (ignores, "energy")] {
            let fields = [("act", "domaines"), ("version", "1"), ("account", &person.id.to_string()), ("domaine", domain), ("domaine", "magie")];
            scene.post(&manager, "/appel/personnes?appel=essai", &fields).await.expect(303);
        }
        let page = scene.get(&manager, ADDRESS).await;
        page.says("connaît transports");
        assert!(boxes(&page).contains(&format!("{project}.{}", knows.id)), "{:?}", boxes(&page));
        assert!(!boxes(&page).contains(&format!("{project}.{}", ignores.id)));
    }
    // A reviewer says what they know, for the call where they review and for themselves only.
    scene.post(&rose, "/evaluation/domaines?appel=essai", &[("version", "0"), ("domaine", "water"), ("domaine", "waste")]).await.expect(303);
    scene.get(&rose, "/evaluation/domaines?appel=essai").await.expect(200).says("Domaines que vous connaissez");
    scene.get(&manager, "/appel/personnes?appel=essai").await.says("Déchets et matières, Eaux");
    scene.get(&manager, TABLE).await.says("Déchets et matières, Eaux");
    for person in [&owner, &manager] {
        scene.post(person, "/evaluation/domaines?appel=essai", &[("version", "0"), ("domaine", "water")]).await.expect(404);
    }
    for person in [&owner, &alice] {
        let fields = [("act", "domaines"), ("version", "1"), ("account", &rose.id.to_string()), ("domaine", "energy")];
        scene.post(person, "/appel/personnes?appel=essai", &fields).await.expect(404);
    }
    // What is done does not move when it is run again.
    let page = scene.get(&manager, ADDRESS).await;
    accept(&scene, &manager, &page).await.expect(303);
    let fields = [("act", "domaines"), ("version", "1"), ("account", &alice.id.to_string()), ("domaine", "transport")];
    scene.post(&manager, "/appel/personnes?appel=essai", &fields).await.expect(303);
    scene.get(&manager, ADDRESS).await.says("Il n’y a rien à proposer.");
    scene.check().await;
}
