//! Pictures of a territory: what they show to the team, what nobody else ever sees, the same as files and in the document.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Page, Person, Scene};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use sqlx::PgPool;
use trame::kit::ids::ProjectId;

fn path(project: ProjectId, rest: &str) -> String {
    format!("/dossiers/{project}/territoire{rest}")
}

async fn actor(scene: &Scene, owner: &Person, project: ProjectId, fields: &[(&str, &str)]) -> String {
    let row = scene.row(owner, project, "acteurs").await;
    scene.post(owner, &format!("/dossiers/{project}/acteurs/{row}"), &[&[("version", "1")], fields].concat()).await.expect(303);
    row
}

async fn flow(scene: &Scene, owner: &Person, project: ProjectId, fields: &[(&str, &str)]) -> String {
    let row = scene.row(owner, project, "flux").await;
    scene.post(owner, &format!("/dossiers/{project}/flux/{row}"), &[&[("version", "1")], fields].concat()).await.expect(303);
    row
}

/// A dossier where cartons and steam could be exchanged: the rows of its two actors.
async fn territory(scene: &Scene, owner: &Person) -> (ProjectId, [String; 2]) {
    let project = scene.project(owner, "Boucles").await;
    let glass = actor(scene, owner, project, &[("name", "Verrerie <des> Borderies"), ("commune", "16102"), ("naf", "23.13Z")]).await;
    let paper = actor(scene, owner, project, &[("name", "Papeterie de Jarnac"), ("commune", "16167"), ("confidential", "oui")]).await;
    let declared = [("domain", "material"), ("type", "cartons"), ("unit", "t"), ("evidence", "declared")];
    flow(scene, owner, project, &[&declared[..], &[("actor", &glass), ("direction", "out"), ("label", "Cartons propres"), ("quantity", "120")]].concat()).await;
    flow(scene, owner, project, &[&declared[..], &[("actor", &paper), ("direction", "in"), ("label", "Vieux cartons"), ("quantity", "900")]].concat()).await;
    let heat = [("actor", glass.as_str()), ("direction", "out"), ("domain", "energy"), ("label", "Chaleur des fours"), ("quantity", "4000"), ("unit", "MWh")];
    flow(scene, owner, project, &heat).await;
    (project, [glass, paper])
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_team_sees_six_pictures_each_with_its_table(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let (project, _) = territory(&scene, &ana).await;
    let page = scene.get(&ana, &path(project, "")).await;
    page.expect(200).says("Visibilité : équipe du dossier").says("2 acteurs et 1 piste sur la carte").says("1 lien possible entre 2 acteurs");
    page.says("Aucun échange n’existe encore, 1 est possible")
        .says("Cartons d’emballage réunit 2 acteurs")
        .says("1 échange entre deux acteurs")
        .says("aucune n’est encore retenue");
    page.says("Un seul acteur a une quantité connue : 120 t/an").says("4 000 MWh/an");
    assert_eq!(page.body.matches("<figure").count(), page.body.matches("Garder cette image").count());
    assert_eq!(page.body.matches("role=\"img\"").count(), page.body.matches("<details>").count(), "each drawing has its table");
    assert!(page.body.matches("role=\"img\"").count() >= 6, "{}", page.body.matches("role=\"img\"").count());
    assert!(page.body.contains("Verrerie &#60;des&#62; Borderies") && !page.body.contains("<des>"));
    // One domain alone.
    let heat = scene.get(&ana, &path(project, "?domaine=energie")).await;
    heat.expect(200).says("4 000 MWh/an").says("Rien de ce domaine").is_silent_on("120 t/an");
    scene.get(&ana, &path(project, "?domaine=%22%3E&colonnes=999999999999999999999&lignes=-1")).await.expect(200).says("120 t/an");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn nobody_but_the_team_sees_them(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let (project, [glass, _]) = territory(&scene, &ana).await;
    scene.fill(&ana, project).await;
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    let zoe = scene.person("Zoe").await;
    territory(&scene, &zoe).await;
    let assigned = scene.staff("Rémi", &["reviewer"]).await;
    scene.assign(project, &assigned).await;
    let (manager, committee) = (scene.staff("Max", &["manager"]).await, scene.staff("Claire", &["committee"]).await);
    let case = format!("/case?acteur={glass}&type=cartons&domaine=material");
    for rest in ["", "?domaine=eau", "/carte.svg", "/matrice.svg", &case] {
        // There is something to see.
        assert!(scene.get(&ana, &path(project, rest)).await.expect(200).plain().contains("Boucles"), "{rest}");
        for stranger in [&zoe, &assigned, &manager, &committee] {
            let page = scene.get(stranger, &path(project, rest)).await;
            page.expect(404).is_silent_on("Papeterie").is_silent_on("Borderies");
        }
        scene.get_public(&path(project, rest)).await.expect(303);
    }
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_picture_is_a_file_that_says_everything_by_itself(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let (project, _) = territory(&scene, &ana).await;
    for key in ["carte", "reseau", "echanges", "matrice", "generateurs-matiere-sortants", "generateurs-energie-sortants", "suivi"] {
        let file = scene.get(&ana, &path(project, &format!("/{key}.svg"))).await;
        file.expect(200).says("Visibilité : équipe du dossier").says("Boucles, état du mercredi 23 septembre 2015");
        let header = |name: axum::http::HeaderName| file.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!(header(CONTENT_TYPE), "image/svg+xml");
        assert_eq!(header(CONTENT_DISPOSITION), format!("attachment; filename=\"boucles-{key}.svg\""));
        assert!(header(CONTENT_SECURITY_POLICY).starts_with("sandbox"));
        assert!(file.body.starts_with("<svg xmlns=") && !file.body.contains("<script") && !file.body.contains("href") && !file.body.contains("<des>"));
        assert!(!file.body.contains("class=") && !file.body.contains("style="), "{key}: colours are attributes");
    }
    for key in ["carte", "organisation", "carte.png", "inconnue.svg", "generateurs-eau-sortants.svg"] {
        scene.get(&ana, &path(project, &format!("/{key}"))).await.expect(404);
    }
    scene.check().await;
}

/// Where the link of those words leads.
#[track_caller]
fn link(page: &Page, label: &str) -> String {
    let at = page.body.find(&format!("aria-label=\"{label}\"")).unwrap_or_else(|| panic!("no {label} in {}", page.plain()));
    let from = page.body[..at].rfind("href=\"").expect("a link") + 6;
    page.body[from..].split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&")
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_square_of_the_matrix_leads_to_its_flow_or_to_a_new_one_begun(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let (project, [glass, paper]) = territory(&scene, &ana).await;
    let page = scene.get(&ana, &path(project, "")).await;
    let flow = link(&page, "sort, Cartons d’emballage, Verrerie &#60;des&#62; Borderies");
    scene.get(&ana, &flow).await.expect(200).says("Cartons propres");
    assert!(!page.body.contains("aria-label=\"Ajouter"), "empty squares wait until they are asked");
    let page = scene.get(&ana, &path(project, "?remplir=1")).await;
    let heat = page.body.split("aria-label=\"Ajouter\u{a0}: ").nth(1).and_then(|rest| rest.split(", Papeterie").next()).expect("an empty square").to_owned();
    let case = link(&page, &format!("Ajouter\u{a0}: {heat}, Papeterie de Jarnac"));
    let shown = scene.get(&ana, &case).await;
    shown.expect(200).says("Papeterie de Jarnac").says("Aucun flux de ce type chez cet acteur").says("Ajouter ce qui entre");
    let kind = shown.hidden("type");
    let fields = [("version", "0"), ("actor", paper.as_str()), ("direction", "in"), ("domain", "energy"), ("type", &kind), ("label", &heat)];
    let made = scene.post(&ana, &format!("/dossiers/{project}/flux/nouveau"), &fields).await;
    scene.get(&ana, &made.expect(303).location).await.expect(200).says("Papeterie de Jarnac");
    let held: (String, String, String) = sqlx::query_as(
        "select content->>'actor', content->>'direction', content->>'type' from unit where project_id = $1 and kind = 'flow' order by position desc limit 1",
    )
    .bind(project.get())
    .fetch_one(&scene.app.db)
    .await
    .expect("flow");
    assert_eq!(held, (paper.clone(), "in".to_owned(), kind.clone()));
    scene.get(&ana, &path(project, "")).await.says("2 liens possibles");
    // What points nowhere opens nothing.
    for rest in
        ["/case", "/case?acteur=x&domaine=energy", &format!("/case?acteur={glass}&domaine=terre"), &format!("/case?acteur={glass}&type=zz&domaine=energy")]
    {
        scene.get(&ana, &path(project, rest)).await.expect(404);
    }
    let lou = scene.person("Lou").await;
    scene.member(project, &lou, "reader").await;
    scene.get(&lou, &path(project, "")).await.expect(200).is_silent_on("Remplir les cases vides");
    scene.get(&lou, &case).await.expect(200).is_silent_on("Ajouter ce qui entre").says("Lecture seule");
    scene.post(&lou, &format!("/dossiers/{project}/flux/nouveau"), &fields).await.expect(403);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_flow_begun_for_an_actor_of_another_dossier_points_nowhere(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, zoe) = (scene.person("Ana").await, scene.person("Zoe").await);
    let (project, _) = territory(&scene, &ana).await;
    let (_, [other, _]) = territory(&scene, &zoe).await;
    scene.get(&ana, &path(project, &format!("/case?acteur={other}&type=cartons&domaine=material"))).await.expect(404);
    let fields = [("version", "0"), ("actor", other.as_str()), ("direction", "in"), ("domain", "energy"), ("label", "Vapeur")];
    scene.post(&ana, &format!("/dossiers/{project}/flux/nouveau"), &fields).await.expect(303);
    let held: i64 = sqlx::query_scalar("select count(*) from unit where project_id = $1 and content->>'actor' = $2")
        .bind(project.get())
        .bind(&other)
        .fetch_one(&scene.app.db)
        .await
        .expect("count");
    assert_eq!(held, 0);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_empty_dossier_is_told_what_to_do(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let page = scene.get(&ana, &path(project, "")).await;
    page.expect(200).says("Aucun flux pour l’instant").says("Décrire un premier flux").says("Choisir le périmètre").says("Aucune quantité n’est connue");
    assert!(!page.body.contains("role=\"img\""));
    scene.get(&ana, &path(project, "/carte.svg")).await.expect(404);
    // The pages that lead there.
    scene.get(&ana, &format!("/dossiers/{project}/flux")).await.says("Territoire en images");
    scene.get(&ana, &format!("/dossiers/{project}/acteurs")).await.says("Territoire en images");
    scene.get(&ana, &format!("/dossiers/{project}/etat-des-lieux?theme=flux")).await.says("Les échanges possibles en image");
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
async fn the_number_of_statements_does_not_depend_on_the_number_of_flows(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let (project, [glass, _]) = territory(&scene, &ana).await;
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
    let (page, file) = (path(project, ""), path(project, "/carte.svg"));
    let few = (count(&page).await, count(&file).await);
    for label in ["Palettes", "Films plastiques", "Eaux de rinçage", "Gardiennage"] {
        flow(&scene, &ana, project, &[("actor", &glass), ("direction", "out"), ("domain", "material"), ("label", label)]).await;
    }
    assert_eq!((count(&page).await, count(&file).await), few);
    assert!(few.0 > 0 && few.0 <= 6 && few.1 <= 6, "{few:?}");
    scene.check().await;
}
