//! Leads between the dossiers of a call, and the settings of their score: what the managers read, and what nobody else may.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::statements::Counter;
use crate::support::{Page, Person, Scene};
use sqlx::PgPool;
use trame::kit::ids::ProjectId;

const LEADS: &str = "/appel/pistes?appel=essai";
const WEIGHTS: &str = "/appel/pistes/poids?appel=essai";

async fn actor(scene: &Scene, owner: &Person, project: ProjectId, pairs: &[(&str, &str)]) -> String {
    let row = scene.row(owner, project, "acteurs").await;
    let pairs: Vec<(&str, &str)> = [("version", "1")].into_iter().chain(pairs.iter().copied()).collect();
    scene.post(owner, &format!("/dossiers/{project}/acteurs/{row}"), &pairs).await.expect(303);
    row
}

/// A flow of wood dust: an output, or a need.
async fn dust(scene: &Scene, owner: &Person, project: ProjectId, actor: &str, pairs: &[(&str, &str)]) -> String {
    let row = scene.row(owner, project, "flux").await;
    let common = [("version", "1"), ("actor", actor), ("domain", "material")];
    let pairs: Vec<(&str, &str)> = common.into_iter().chain(pairs.iter().copied()).collect();
    scene.post(owner, &format!("/dossiers/{project}/flux/{row}"), &pairs).await.expect(303);
    row
}

async fn set(scene: &Scene, project: ProjectId, sql: &'static str) {
    sqlx::query(sql).bind(project.get()).execute(&scene.app.db).await.expect("written");
}

const SHARE: &str = "update project set shared = '{f,t,f,f,f}' where id = $1";

/// Two dossiers that share their second deliverable, each with one public flow; every other flow must not leave its dossier.
struct Region {
    scene: Scene,
    ana: Person,
    bob: Person,
    first: ProjectId,
    second: ProjectId,
    manager: Person,
}

async fn region(db: PgPool) -> Region {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let (first, second) = (scene.project(&ana, "Boucles de Charente").await, scene.project(&bob, "Vallée de la Sèvre").await);
    set(&scene, first, SHARE).await;
    set(&scene, second, SHARE).await;
    let saw = actor(&scene, &ana, first, &[("name", "Scierie Alpha"), ("commune", "Jarnac")]).await;
    dust(&scene, &ana, first, &saw, &[("direction", "out"), ("label", "sciures de pin"), ("visibility", "public"), ("quantity", "213"), ("unit", "t")]).await;
    let panel = actor(&scene, &bob, second, &[("name", "Panneaux Gamma"), ("commune", "Cognac")]).await;
    dust(&scene, &bob, second, &panel, &[("direction", "in"), ("label", "besoin de sciure"), ("visibility", "public"), ("quantity", "317"), ("unit", "t")])
        .await;
    let manager = scene.staff("Max", &["manager"]).await;
    Region { scene, ana, bob, first, second, manager }
}

async fn files(region: &Region, who: &Person) -> [Page; 3] {
    let at = |format: &str| format!("/appel/pistes/export/{format}?appel=essai");
    [region.scene.get(who, LEADS).await, region.scene.get(who, &at("csv")).await, region.scene.get(who, &at("json")).await]
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_manager_reads_pairs_of_two_dossiers_in_orders_of_magnitude(db: PgPool) {
    let region = region(db).await;
    let [page, csv, json] = files(&region, &region.manager).await;
    page.expect(200).says("2 dossiers lus, 2 flux publics").says("Scierie Alpha").says("Panneaux Gamma").says("quelques centaines de tonnes");
    page.says("moins de trois acteurs").says("n° 1, Boucles de Charente").says("n° 2, Vallée de la Sèvre");
    csv.expect(200).says("Scierie Alpha").says("public : flux montrés à tous");
    let read: serde_json::Value = serde_json::from_str(&json.body).expect("JSON");
    assert_eq!(read["substitutions"].as_array().map(Vec::len), Some(1));
    assert_eq!(read["substitutions"][0]["from_dossier"], 1);
    assert_eq!(read["types"][0]["offered"], "moins de trois acteurs");
    assert!(read["visibilite"].as_str().is_some_and(|level| level.starts_with("public")));
    for answer in [&page, &csv, &json] {
        answer.is_silent_on("213").is_silent_on("317");
    }
    let told: i64 = sqlx::query_scalar("select count(*) from journal where act = 'leads_exported'").fetch_one(&region.scene.app.db).await.expect("read");
    assert_eq!(told, 2);
    region.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_is_not_shown_to_all_never_leaves_its_dossier(db: PgPool) {
    let region = region(db).await;
    let Region { scene, ana, bob, first, second, manager } = &region;
    for (name, visibility) in
        [("Ébénisterie Privée", "private"), ("Menuiserie Facilitée", "facilitator"), ("Parquets Partenaires", "partners"), ("Charpentes Muettes", "")]
    {
        let row = actor(scene, ana, *first, &[("name", name), ("commune", "Jarnac")]).await;
        dust(scene, ana, *first, &row, &[("direction", "out"), ("label", "copeaux de bois 7788"), ("visibility", visibility)]).await;
    }
    let hidden = actor(scene, bob, *second, &[("name", "Litières Secrètes"), ("commune", "Cognac"), ("confidential", "oui")]).await;
    dust(scene, bob, *second, &hidden, &[("direction", "in"), ("label", "besoin de sciure"), ("visibility", "public")]).await;
    let gone =
        dust(scene, ana, *first, &hidden_free(scene, ana, *first).await, &[("direction", "out"), ("label", "bran de scie"), ("visibility", "public")]).await;
    scene.post(ana, &format!("/dossiers/{first}/flux/{gone}/retirer"), &[("version", "2")]).await.expect(303);
    for answer in files(&region, manager).await {
        answer.expect(200).says("Panneaux Gamma");
        for name in ["Ébénisterie", "Facilitée", "Partenaires", "Muettes", "Secrètes", "7788", "bran de scie"] {
            answer.is_silent_on(name);
        }
    }
    scene.get(manager, LEADS).await.says("2 dossiers lus, 2 flux publics");
    scene.check().await;
}

async fn hidden_free(scene: &Scene, owner: &Person, project: ProjectId) -> String {
    actor(scene, owner, project, &[("name", "Raboterie"), ("commune", "Jarnac")]).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_recused_manager_a_withdrawn_dossier_and_an_unshared_draft_leave_no_trace(db: PgPool) {
    let region = region(db).await;
    let Region { scene, first, second, manager, .. } = &region;
    let marc = scene.staff("Marc", &["manager"]).await;
    // Another manager has just made the page of all the dossiers: it must not be served to one who stays away from one.
    scene.get(manager, LEADS).await.says("Scierie Alpha");
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'pinned')")
        .bind(first.get())
        .bind(marc.id.get())
        .execute(&scene.app.db)
        .await
        .expect("written");
    for answer in files(&region, &marc).await {
        answer.expect(200).is_silent_on("Scierie Alpha").is_silent_on("Boucles de Charente").is_silent_on("Panneaux Gamma");
    }
    scene.get(&marc, LEADS).await.says("1 dossier lu, 1 flux public");
    scene.get(manager, LEADS).await.says("Scierie Alpha");
    set(scene, *second, "update project set shared = '{t,f,t,t,t}' where id = $1").await;
    scene.get(manager, LEADS).await.says("1 dossier lu").is_silent_on("Panneaux Gamma");
    set(scene, *second, SHARE).await;
    scene.get(manager, LEADS).await.says("Panneaux Gamma");
    set(scene, *second, "update project set status = 'withdrawn' where id = $1").await;
    scene.get(manager, LEADS).await.says("1 dossier lu").is_silent_on("Panneaux Gamma").is_silent_on("Vallée de la Sèvre");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_dossier_not_shared_is_read_as_it_was_deposited(db: PgPool) {
    let region = region(db).await;
    let Region { scene, ana, first, manager, .. } = &region;
    set(scene, *first, "update project set shared = '{f,f,f,f,f}' where id = $1").await;
    scene.get(manager, LEADS).await.says("1 dossier lu").is_silent_on("Scierie Alpha");
    scene.fill(ana, *first).await;
    scene.post(ana, &format!("/dossiers/{first}/depot"), &[("version", "0")]).await.expect(303);
    scene.get(manager, LEADS).await.says("Scierie Alpha").says("Panneaux Gamma");
    let late = actor(scene, ana, *first, &[("name", "Scierie Tardive"), ("commune", "Jarnac")]).await;
    dust(scene, ana, *first, &late, &[("direction", "out"), ("label", "sciures de pin"), ("visibility", "public")]).await;
    scene.get(manager, LEADS).await.says("Scierie Alpha").is_silent_on("Tardive");
    set(scene, *first, SHARE).await;
    scene.get(manager, LEADS).await.says("Scierie Tardive");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn nobody_but_the_managers_of_the_call_reads_them(db: PgPool) {
    let region = region(db).await;
    let scene = &region.scene;
    let other = sqlx::query_scalar::<_, i64>("select clone_call($1, 'voisin', 'Voisin', '2015', 'V', '2015-10-14 22:00Z')").bind(scene.call.get());
    let other = other.fetch_one(&scene.app.db).await.expect("call");
    let stranger = scene.person("Otto").await;
    sqlx::query("insert into call_role (call_id, account_id, role) values ($1, $2, 'manager')")
        .bind(other)
        .bind(stranger.id.get())
        .execute(&scene.app.db)
        .await
        .expect("role");
    let reviewer = scene.staff("Rémi", &["reviewer"]).await;
    scene.assign(region.first, &reviewer).await;
    let committee = scene.staff("Claire", &["committee"]).await;
    for person in [&region.ana, &region.bob, &stranger, &reviewer, &committee] {
        for answer in files(&region, person).await {
            answer.expect(404).is_silent_on("Scierie Alpha");
        }
        scene.get(person, WEIGHTS).await.expect(404);
        scene.post(person, WEIGHTS, &[("version", "1"), ("weight-nature", "45"), ("reason", "Pour voir")]).await.expect(404);
    }
    scene.get(&stranger, "/appel/pistes?appel=voisin").await.expect(200).says("0 dossier lu").is_silent_on("Scierie Alpha");
    let settings: i64 = sqlx::query_scalar("select count(*) from lead_settings").fetch_one(&scene.app.db).await.expect("read");
    assert_eq!(settings, 0);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn three_actors_make_an_aggregate_and_one_company_of_two_dossiers_makes_no_lead(db: PgPool) {
    let region = region(db).await;
    let Region { scene, ana, bob, first, second, manager } = &region;
    for name in ["Scierie Bêta", "Scierie Delta"] {
        let row = actor(scene, ana, *first, &[("name", name), ("commune", "Jarnac")]).await;
        dust(scene, ana, *first, &row, &[("direction", "out"), ("label", "sciures de pin"), ("visibility", "public"), ("quantity", "40"), ("unit", "t")]).await;
    }
    let twin = actor(scene, bob, *second, &[("name", "SCIERIE ALPHA"), ("commune", "Jarnac")]).await;
    dust(scene, bob, *second, &twin, &[("direction", "in"), ("label", "sciures de pin"), ("visibility", "public")]).await;
    let [page, _, json] = files(&region, manager).await;
    let read: serde_json::Value = serde_json::from_str(&json.body).expect("JSON");
    let dust = read["types"].as_array().expect("types").iter().find(|kind| kind["from_type"] == "bois-sciures").expect("wood dust");
    assert_eq!((&dust["offering"], &dust["needing"]), (&"3".into(), &"moins de trois".into()));
    assert_eq!((&dust["offered"], &dust["needed"]), (&"quelques centaines de tonnes par an".into(), &"moins de trois acteurs".into()));
    page.says("quelques centaines de tonnes par an").is_silent_on("293");
    let pairs = read["substitutions"].as_array().expect("pairs");
    assert!(pairs.iter().all(|pair| pair["from_dossier"] != pair["to_dossier"]));
    assert!(pairs.iter().any(|pair| pair["from_actor"] == "Scierie Bêta" && pair["to_actor"] == "SCIERIE ALPHA"), "{pairs:?}");
    assert!(!pairs.iter().any(|pair| pair["from_actor"] == "Scierie Alpha" && pair["to_actor"] == "SCIERIE ALPHA"), "{pairs:?}");
    scene.check().await;
}

/// The five weights, the three floors and the reason of a posted form.
fn posted<'a>(version: &'a str, [nature, distance]: [&'a str; 2], reason: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("version", version),
        ("weight-nature", nature),
        ("weight-distance", distance),
        ("weight-quantity", "10"),
        ("weight-timing", "10"),
        ("weight-confidence", "10"),
        ("floor-water", "0"),
        ("floor-energy", "0"),
        ("floor-material", "50"),
        ("reason", reason),
    ]
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn new_weights_have_a_reason_reorder_every_dossier_and_are_published(db: PgPool) {
    let region = region(db).await;
    let Region { scene, manager, .. } = &region;
    scene.get(manager, WEIGHTS).await.expect(200).says("100 × N × (45 % + 25 % D + 10 % Q + 10 % T + 10 % C)");
    let before: serde_json::Value = serde_json::from_str(&files(&region, manager).await[2].body).expect("JSON");
    let version = scene.get(manager, WEIGHTS).await.hidden("version");
    let refused = scene.post(manager, WEIGHTS, &posted(&version, ["50", "25"], "La distance prime")).await;
    assert!(refused.body.contains("value=\"La distance prime\""), "the reason comes back as typed");
    refused.expect(422).says("Elle fait 105 %");
    scene.post(manager, WEIGHTS, &posted(&version, ["0", "70"], "")).await.expect(422).says("Écrire quelques mots");
    scene.post(manager, WEIGHTS, &posted(&version, ["0", "70"], "La distance prime")).await.expect(303);
    // Somebody who had the page open before sees both.
    scene.post(manager, WEIGHTS, &posted(&version, ["60", "10"], "Autre idée")).await.expect(409).says("Deux versions").says("Nature seule 60 0");
    scene.get(manager, WEIGHTS).await.says("La distance prime").says("(0 % + 70 % D + 10 % Q + 10 % T + 10 % C)").says("matières, 50 tonnes par an");
    scene.get_public("/appels/essai").await.expect(200).says("(0 % + 70 % D + 10 % Q + 10 % T + 10 % C)").says("matières, 50 tonnes par an");
    let after: serde_json::Value = serde_json::from_str(&files(&region, manager).await[2].body).expect("JSON");
    assert_ne!(before["substitutions"][0]["score"], after["substitutions"][0]["score"]);
    let line: String = sqlx::query_scalar("select subject from journal where act = 'lead_settings_changed'").fetch_one(&scene.app.db).await.expect("read");
    assert_eq!(line, "weight-nature: 45 → 0\nweight-distance: 25 → 70\nfloor-material: 0 → 50");
    let cloned = sqlx::query_scalar::<_, i64>("select clone_call($1, 'suite', 'Suite', '2016', 'S', '2016-10-14 22:00Z')").bind(scene.call.get());
    cloned.fetch_one(&scene.app.db).await.expect("call");
    scene.get_public("/appels/suite").await.expect(200).says("(0 % + 70 % D + 10 % Q + 10 % T + 10 % C)");
    let rewritten = sqlx::query("update lead_settings set nature = 45, distance = 25").execute(&scene.app.db).await;
    assert!(rewritten.is_err());
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_dossier_is_scored_with_the_settings_of_its_call(db: PgPool) {
    let region = region(db).await;
    let Region { scene, ana, first, manager, .. } = &region;
    let need = actor(scene, ana, *first, &[("name", "Panneaux Voisins"), ("commune", "Cognac")]).await;
    dust(scene, ana, *first, &need, &[("direction", "in"), ("label", "besoin de sciure")]).await;
    let score = async || {
        let mut conn = scene.app.db.acquire().await.expect("connection");
        let version = trame::leads::analysis::version(&mut conn, *first).await.expect("read").expect("dossier");
        let found = trame::leads::analysis::of(&scene.app, &mut conn, *first, version).await.expect("analysis");
        found.leads[0].score
    };
    let before = score().await;
    let version = scene.get(manager, WEIGHTS).await.hidden("version");
    scene.post(manager, WEIGHTS, &posted(&version, ["0", "70"], "La distance prime")).await.expect(303);
    assert_ne!(score().await, before);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_number_of_statements_does_not_depend_on_the_number_of_dossiers(db: PgPool) {
    let region = region(db).await;
    let Region { scene, ana, manager, .. } = &region;
    let sent = Arc::new(AtomicUsize::new(0));
    let _guard = tracing::subscriber::set_default(Counter::of(&sent));
    let count = async || {
        scene.get(manager, LEADS).await.expect(200);
        // Another test's thread may have met the same statements first, with nobody listening.
        tracing::callsite::rebuild_interest_cache();
        sent.store(0, Ordering::Relaxed);
        scene.get(manager, LEADS).await.expect(200);
        sent.load(Ordering::Relaxed)
    };
    let few = count().await;
    for title in ["Trois", "Quatre", "Cinq"] {
        let project = scene.project(ana, title).await;
        set(scene, project, SHARE).await;
        let row = actor(scene, ana, project, &[("name", title), ("commune", "Jarnac")]).await;
        dust(scene, ana, project, &row, &[("direction", "out"), ("label", "sciures de pin"), ("visibility", "public")]).await;
    }
    sent.store(0, Ordering::Relaxed);
    scene.get(manager, LEADS).await.says("5 dossiers lus");
    let made = sent.load(Ordering::Relaxed);
    assert_eq!(count().await, few);
    assert_eq!((few, made), (3, 4));
    scene.check().await;
}
