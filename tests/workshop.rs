//! Workshop cards and the view projected to the room: what a line becomes, what is taken back, what a room never reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{AFTER, Page, Person, Scene};
use sqlx::PgPool;
use trame::kit::ids::ProjectId;

async fn dossier(db: PgPool) -> (Scene, Person, ProjectId) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    (scene, ana, project)
}

async fn note(scene: &Scene, who: &Person, project: ProjectId, words: &str, actor: &str) -> Page {
    scene.post(who, &format!("/dossiers/{project}/atelier"), &[("sens", "out"), ("mots", words), ("acteur", actor)]).await
}

/// The row of the card that was just noted.
fn row_of(page: &Page) -> String {
    page.expect(303);
    page.location.split("carte=").nth(1).expect("a card").split('&').next().expect("a row").to_owned()
}

fn board(project: ProjectId) -> String {
    format!("/dossiers/{project}/atelier")
}

fn screen(project: ProjectId) -> String {
    format!("/dossiers/{project}/atelier/projection")
}

async fn live_rows(scene: &Scene, project: ProjectId, kind: &'static str) -> i64 {
    let rows = sqlx::query_scalar("select count(*) from unit where project_id = $1 and kind = $2 and not is_deleted").bind(project.get()).bind(kind);
    rows.fetch_one(&scene.app.db).await.expect("read")
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_line_becomes_a_flow_with_its_type_its_reason_and_its_leads(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    let first = note(&scene, &ana, project, "j'ai 200 t de sciures de pin par an", "Scierie Alpha").await;
    let back = scene.get(&ana, &first.location).await;
    back.expect(200)
        .says("Noté : J’ai sciures de pin (Matière, 200 t par an). Sciures, copeaux et poussières de bois non traité. Aucune piste pour l’instant.");
    back.says("Le libellé contient « sciures de pin »").is_silent_on("Hypothèse");
    assert!(back.body.contains("name=\"mots\" value=\"\"") && back.body.contains(" autofocus"), "the line is ready for the next card");
    assert!(back.body.contains("<option value=\"Scierie Alpha\">"));
    let second = note(&scene, &ana, project, "cherche de la sciure de bois, 2 t par semaine", "").await;
    let back = scene.get(&ana, &second.location).await;
    back.says("Je cherche sciure de bois").says("acteur à préciser").says("Hypothèse : 50 semaines par an").says("Scierie Alpha a").says("Indice");
    let told: (String, String, String) = sqlx::query_as(
        "select content ->> 'evidence', content ->> 'direction', content ->> 'quantity' from unit where project_id = $1 and kind = 'flow' order by position",
    )
    .bind(project.get())
    .fetch_one(&scene.app.db)
    .await
    .expect("read");
    assert_eq!(told, ("declared".into(), "out".into(), "200".into()));
    assert_eq!((live_rows(&scene, project, "flow").await, live_rows(&scene, project, "stakeholder").await), (2, 1));
    scene.get(&ana, &format!("/dossiers/{project}/historique")).await.says("a noté en atelier");
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("a noté des flux en atelier");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_same_sending_notes_once_and_what_says_nothing_comes_back_as_typed(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    let pairs = [("operation", "6a2f41a3-c54c-4ce8-8f2b-8a7f6a1f2b3c"), ("sens", "out"), ("mots", "des copeaux"), ("acteur", "Scierie")];
    let first = scene.post(&ana, &board(project), &pairs).await;
    let again = scene.post(&ana, &board(project), &pairs).await;
    assert_eq!((row_of(&first), first.location), (row_of(&again), again.location));
    assert_eq!((live_rows(&scene, project, "flow").await, live_rows(&scene, project, "stakeholder").await), (1, 1));
    let refused = scene.post(&ana, &board(project), &[("sens", "in"), ("mots", "cherche"), ("acteur", "<b>Chais</b>")]).await;
    refused.expect(422).says("Écrire ce que c’est");
    assert!(refused.body.contains("value=\"cherche\"") && refused.body.contains("&#60;b&#62;Chais") && refused.body.contains("value=\"in\" checked"));
    let long = "a".repeat(10_000);
    scene.post(&ana, &board(project), &[("sens", "out"), ("mots", &long), ("acteur", &long)]).await.expect(422);
    assert_eq!(live_rows(&scene, project, "flow").await, 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_card_is_taken_back_with_its_actor_and_both_return(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    let row = row_of(&note(&scene, &ana, project, "j'ai des copeaux", "Scierie").await);
    let (undo, redo) = (format!("{}/{row}/annuler", board(project)), format!("{}/{row}/retablir", board(project)));
    let gone = scene.post(&ana, &undo, &[("version", "1")]).await;
    gone.expect(303);
    scene.get(&ana, &gone.location).await.says("Carte retirée").is_silent_on("copeaux");
    assert_eq!((live_rows(&scene, project, "flow").await, live_rows(&scene, project, "stakeholder").await), (0, 0));
    scene.post(&ana, &redo, &[]).await.expect(303);
    scene.get(&ana, &board(project)).await.says("copeaux").says("Scierie");
    // Another card relies on the actor: it stays.
    note(&scene, &ana, project, "cherche de la vapeur", "scierie").await.expect(303);
    scene.post(&ana, &undo, &[("version", "3")]).await.expect(303);
    assert_eq!((live_rows(&scene, project, "flow").await, live_rows(&scene, project, "stakeholder").await), (1, 1));
    // Somebody completed it since: it is not taken out from under them.
    let row = row_of(&note(&scene, &ana, project, "j'ai du carton", "").await);
    scene.post(&ana, &format!("/dossiers/{project}/flux/{row}"), &[("version", "1"), ("label", "carton propre")]).await.expect(303);
    let kept = scene.post(&ana, &format!("{}/{row}/annuler", board(project)), &[("version", "1")]).await;
    assert_eq!(kept.location, format!("/dossiers/{project}/flux/{row}"));
    scene.get(&ana, &board(project)).await.says("carton propre");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_room_never_reads_what_is_kept_to_the_team_nor_a_confidential_actor(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    note(&scene, &ana, project, "j'ai 200 t de sciures de pin par an", "Scierie Alpha").await.expect(303);
    let kept = [("sens", "out"), ("mots", "cherche de la sciure"), ("acteur", "Panneaux Discrets"), ("garder", "oui")];
    scene.post(&ana, &board(project), &kept).await.expect(303);
    note(&scene, &ana, project, "cherche de la sciure de bois", "Litières Secrètes").await.expect(303);
    let secret: uuid::Uuid =
        sqlx::query_scalar("select row from unit where content ->> 'name' = 'Litières Secrètes'").fetch_one(&scene.app.db).await.expect("read");
    let named = [("version", "1"), ("name", "Litières Secrètes"), ("confidential", "oui")];
    scene.post(&ana, &format!("/dossiers/{project}/acteurs/{secret}"), &named).await.expect(303);
    let facilitated = row_of(&note(&scene, &ana, project, "cherche des copeaux", "Chaufferie Prudente").await);
    scene.post(&ana, &format!("/dossiers/{project}/flux/{facilitated}"), &[("version", "1"), ("visibility", "facilitator")]).await.expect(303);
    let page = scene.get(&ana, &screen(project)).await;
    page.expect(200).says("sciures de pin").says("Aucune piste pour l’instant").says("Ne paraissent pas");
    let team = scene.get(&ana, &board(project)).await;
    for name in ["Panneaux Discrets", "Litières Secrètes", "Chaufferie Prudente"] {
        team.says(name);
        page.is_silent_on(name);
    }
    team.says("Non projeté");
    // With somebody who says it aloud, the lead is read from the back of the room.
    note(&scene, &ana, project, "besoin de sciure", "Poney Club").await.expect(303);
    scene.get(&ana, &screen(project)).await.says("Scierie Alpha → Poney Club").says("sciures de pin → sciure").is_silent_on("Discrets");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn several_who_need_the_same_make_a_group(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    for actor in ["Verrerie", "Chais", "Tonnellerie"] {
        note(&scene, &ana, project, "besoin de gardiennage la nuit", actor).await.expect(303);
    }
    scene.get(&ana, &screen(project)).await.says("3 acteurs ont le même besoin");
    scene.get(&ana, &board(project)).await.says("3 acteurs ont le même besoin");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn only_who_writes_flows_notes_them_and_only_the_team_reads_them(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    let row = row_of(&note(&scene, &ana, project, "j'ai des copeaux", "Scierie Alpha").await);
    let bob = scene.person("Bob").await;
    scene.member(project, &bob, "reader").await;
    scene.get(&bob, &board(project)).await.expect(200).says("copeaux").says("Votre rôle permet de lire");
    note(&scene, &bob, project, "j'ai du verre", "").await.expect(403);
    scene.post(&bob, &format!("{}/{row}/annuler", board(project)), &[("version", "1")]).await.expect(403);
    // Writes another deliverable, not the flows.
    let carol = scene.person("Carol").await;
    scene.member(project, &carol, "reader").await;
    sqlx::query("update project_member set levels = '{3,1,1,1,1}' where account_id = $1").bind(carol.id.get()).execute(&scene.app.db).await.expect("written");
    note(&scene, &carol, project, "j'ai du verre", "").await.expect(403);
    scene.post(&carol, &format!("{}/{row}/annuler", board(project)), &[("version", "1")]).await.expect(403);
    let other = scene.person("Zoe").await;
    scene.project(&other, "Ailleurs").await;
    let manager = scene.staff("Max", &["manager", "committee", "reviewer"]).await;
    sqlx::query("update project set shared = '{t,t,t,t,t}' where id = $1").bind(project.get()).execute(&scene.app.db).await.expect("written");
    for person in [&other, &manager] {
        scene.get(person, &board(project)).await.expect(404).is_silent_on("copeaux");
        scene.get(person, &screen(project)).await.expect(404).is_silent_on("copeaux");
        note(&scene, person, project, "j'ai du verre", "").await.expect(404);
        scene.post(person, &format!("{}/{row}/annuler", board(project)), &[("version", "1")]).await.expect(404);
    }
    let late = scene.at(AFTER);
    note(&late, &ana, project, "j'ai du verre", "").await.expect(403);
    late.get(&ana, &screen(project)).await.expect(200);
    assert_eq!(live_rows(&scene, project, "flow").await, 1);
    scene.check().await;
}

/// Counts the statements that this thread sends.
struct Counter(Arc<AtomicUsize>);

impl tracing::Subscriber for Counter {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_number_of_statements_does_not_depend_on_the_number_of_cards(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    let sent = Arc::new(AtomicUsize::new(0));
    let _guard = tracing::subscriber::set_default(Counter(Arc::clone(&sent)));
    let count = async |path: &str| {
        scene.get(&ana, path).await.expect(200);
        // Another test's thread may have met the same statements first, with nobody listening.
        tracing::callsite::rebuild_interest_cache();
        sent.store(0, Ordering::Relaxed);
        scene.get(&ana, path).await.expect(200);
        sent.load(Ordering::Relaxed)
    };
    note(&scene, &ana, project, "j'ai des copeaux", "Scierie").await.expect(303);
    let few = (count(&board(project)).await, count(&screen(project)).await);
    for words in ["cherche de la sciure", "j'ai du verre", "besoin de calcin", "j'ai de la vapeur"] {
        note(&scene, &ana, project, words, words).await.expect(303);
    }
    assert_eq!((count(&board(project)).await, count(&screen(project)).await), few);
    assert_eq!(few, (4, 4));
    scene.check().await;
}
