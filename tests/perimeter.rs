//! The perimeter: chosen by search, EPCI and list, undone as one act, its figures, its authorities, its map of actors.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::statements::Counter;
use crate::support::{AFTER, Page, Person, Scene};
use sqlx::PgPool;
use trame::kit::ids::ProjectId;
use trame::kit::territory::epci::members;
use uuid::Uuid;

const COGNAC: &str = "200070514";

fn path(project: ProjectId) -> String {
    format!("/dossiers/{project}/perimetre")
}

/// Posts the page's form with that button, as a browser would: what the page carries goes back with it.
async fn press(scene: &Scene, person: &Person, project: ProjectId, pairs: &[(&str, &str)]) -> Page {
    let page = scene.get(person, &path(project)).await;
    let (version, seen) = (page.hidden("version"), page.hidden("vues"));
    let mut all = vec![("version", version.as_str()), ("vues", seen.as_str())];
    all.extend_from_slice(pairs);
    scene.post(person, &path(project), &all).await
}

/// Follows a redirection.
async fn follow(scene: &Scene, person: &Person, page: &Page) -> Page {
    page.expect(303);
    let next = scene.get(person, &page.location).await;
    next.expect(200);
    next
}

/// Operation that the page offers to undo.
fn undoable(page: &Page) -> String {
    let (_, rest) = page.body.split_once("name=\"annuler\" value=\"").expect("a button to undo");
    rest.split('"').next().unwrap_or_default().to_owned()
}

async fn rows(scene: &Scene, project: ProjectId) -> Vec<String> {
    sqlx::query_scalar("select content->>'commune' from unit where project_id = $1 and kind = 'perimeter_commune' and not is_deleted order by position")
        .bind(project.get())
        .fetch_all(&scene.app.db)
        .await
        .expect("rows")
}

async fn dossier(db: PgPool) -> (Scene, Person, ProjectId) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    (scene, ana, project)
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_search_finds_communes_and_epci_by_name_code_and_postcode(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    let search = async |query: &str| scene.get(&ana, &format!("{}?q={query}", path(project))).await;
    search("chateaubernard").await.expect(200).says("Châteaubernard").says("16089 · 16100 Charente, CA du Grand Cognac");
    search("GRAND%20COGNAC").await.says("EPCI, 54 communes, 70 675 habitants");
    search("16102").await.says("Cognac");
    search("16100").await.says("Cognac").says("Châteaubernard");
    search("zzz%00").await.expect(200).says("Aucune commune ni aucun EPCI ne répond à « zzz »");
    let first = search("saint").await;
    first.says("Communes 1 à 20 sur").says("Communes suivantes").is_silent_on("Communes précédentes");
    let second = scene.get(&ana, &format!("{}?q=saint&page=2", path(project))).await;
    second.says("Communes 21 à 40 sur").says("Communes précédentes");
    scene.get(&ana, &format!("{}?q=saint&page=999999&carte=%22%3E", path(project))).await.expect(200).is_silent_on("Communes suivantes");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_epci_is_added_without_its_communes_already_there_and_undone_as_one_act(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    follow(&scene, &ana, &press(&scene, &ana, project, &[("ajouter", "16102")]).await).await.says("Cognac (16) : ajoutée au périmètre.");
    let page = follow(&scene, &ana, &press(&scene, &ana, project, &[("ajouter", COGNAC), ("q", "cognac"), ("carte", "16")]).await).await;
    page.says("53 communes ajoutées au périmètre.").says("54 communes dans le périmètre, 69 249 habitants.").says("1 EPCI, en entier").says("En entier");
    assert_eq!(rows(&scene, project).await.len(), 54);
    // The same rows are those of question 1.
    scene
        .get(&ana, &format!("/dossiers/{project}/organisation?theme=perimetre"))
        .await
        .says("54 communes, 69 249 habitants, 754 km²")
        .says("1 EPCI, en entier");
    let undo = undoable(&page);
    let page = follow(&scene, &ana, &press(&scene, &ana, project, &[("annuler", &undo)]).await).await;
    page.says("53 lignes retirées du périmètre.");
    assert_eq!(rows(&scene, project).await, ["16102"]);
    // Undoing the undoing brings the same rows back.
    let redo = undoable(&page);
    follow(&scene, &ana, &press(&scene, &ana, project, &[("annuler", &redo)]).await).await.says("53 communes ajoutées au périmètre.");
    assert_eq!(rows(&scene, project).await.len(), 54);
    let page = follow(&scene, &ana, &press(&scene, &ana, project, &[("retirer", COGNAC)]).await).await;
    page.says("54 lignes retirées du périmètre.").says("Aucune commune choisie.");
    let told: Vec<(String, String)> = sqlx::query_as("select act, subject from journal where project_id = $1 and act = 'perimeter_changed' order by seq")
        .bind(project.get())
        .fetch_all(&scene.app.db)
        .await
        .expect("journal");
    let told: Vec<&str> = told.iter().map(|(_, subject)| subject.as_str()).collect();
    assert_eq!(told, ["1 0", "53 0", "0 53", "53 0", "0 54"]);
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("a retiré 54 communes du périmètre");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_same_sending_counts_once_and_one_form_may_ask_two_things(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    let operation = Uuid::new_v4().to_string();
    let post = |code: &'static str| {
        let pairs = [("version", "0"), ("operation", operation.as_str()), ("vues", ""), ("ajouter", code)];
        let (scene, ana) = (&scene, &ana);
        async move { scene.post(ana, &path(project), &pairs).await }
    };
    let (one, two) = tokio::join!(post(COGNAC), post(COGNAC));
    assert_eq!((one.expect(303).location.as_str(), two.expect(303).status.as_u16()), (two.location.as_str(), 303));
    assert_eq!(rows(&scene, project).await.len(), 54);
    // Come back by the browser's button, the same form asks another thing: it is done.
    post("17415").await.expect(303);
    assert_eq!(rows(&scene, project).await.len(), 55);
    let writes: i64 = sqlx::query_scalar("select count(*) from unit_history where kind = 'perimeter_commune'").fetch_one(&scene.app.db).await.expect("count");
    assert_eq!(writes, 55);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn boxes_change_only_what_the_page_showed(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    let bob = scene.person("Bob").await;
    scene.member(project, &bob, "editor").await;
    press(&scene, &ana, project, &[("ajouter", "16102")]).await.expect(303);
    let page = scene.get(&ana, &path(project)).await;
    let (version, seen, shown) = (page.hidden("version"), page.hidden("vues"), page.hidden("montrees"));
    assert!(shown.split(' ').any(|code| code == "16089"));
    // Meanwhile Bob adds Jarnac: Ana's boxes, drawn before, say nothing of it.
    press(&scene, &bob, project, &[("ajouter", "16167")]).await.expect(303);
    let pairs = [("version", version.as_str()), ("vues", &seen), ("montrees", &shown), ("commune", "16089"), ("cases", "1")];
    let page = scene.post(&ana, &path(project), &pairs).await;
    follow(&scene, &ana, &page).await.says("1 commune ajoutée, 1 retirée.");
    assert_eq!(rows(&scene, project).await, ["16167", "16089"]);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_commune_whose_line_a_colleague_just_changed_is_kept_and_said(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    press(&scene, &ana, project, &[("ajouter", "16102")]).await.expect(303);
    press(&scene, &ana, project, &[("ajouter", "16167")]).await.expect(303);
    let page = scene.get(&ana, &path(project)).await;
    let (version, seen) = (page.hidden("version"), page.hidden("vues"));
    let row: Uuid = sqlx::query_scalar("select row from unit where content->>'commune' = '16102'").fetch_one(&scene.app.db).await.expect("row");
    let (row, note) = (row.to_string(), format!("perimeter_commune.{row}.note"));
    let section = format!("/dossiers/{project}/organisation?theme=perimetre");
    let pairs = [("version", "0"), ("perimeter_commune.id", row.as_str()), ("perimeter_commune.version", "1"), (note.as_str(), "Zone de Bellevue")];
    scene.post(&ana, &section, &pairs).await.expect(303);
    let page = scene.post(&ana, &path(project), &[("version", &version), ("vues", &seen), ("retirer", COGNAC)]).await;
    follow(&scene, &ana, &page).await.says("1 ligne retirée du périmètre.").says("Gardées, car une autre personne vient de modifier leur ligne : Cognac (16).");
    assert_eq!(rows(&scene, project).await, ["16102"]);
    // Seen again, it goes; undone, it comes back with what was typed.
    let page = follow(&scene, &ana, &press(&scene, &ana, project, &[("retirer", "16102")]).await).await;
    press(&scene, &ana, project, &[("annuler", &undoable(&page))]).await.expect(303);
    scene.get(&ana, &section).await.expect(200);
    let kept: String = sqlx::query_scalar("select content->>'note' from unit where row = $1::uuid and not is_deleted")
        .bind(&row)
        .fetch_one(&scene.app.db)
        .await
        .expect("note");
    assert_eq!(kept, "Zone de Bellevue");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_perimeter_has_a_bound_and_bad_input_a_sentence(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    // The largest EPCI of France fits, and all of Charente.
    let largest = "200067106";
    assert_eq!(members(largest).len(), 158);
    press(&scene, &ana, project, &[("ajouter", largest)]).await.expect(303);
    press(&scene, &ana, project, &[("ajouter", "200067213"), ("ajouter", "200054781"), ("ajouter", "200067205")]).await.expect(303);
    assert_eq!(rows(&scene, project).await.len(), 158 + 143 + 130 + 129);
    let page = press(&scene, &ana, project, &[("ajouter", COGNAC)]).await;
    page.expect(422).says("600 lignes au plus").says("il en compte 560, et il faudrait en ajouter 54. Rien n’a été changé.");
    assert_eq!(rows(&scene, project).await.len(), 560);
    press(&scene, &ana, project, &[("ajouter", "99999")]).await.expect(422).says("n’est pas dans les tables de l’INSEE");
    press(&scene, &ana, project, &[("annuler", "pas un uuid")]).await.expect(400);
    press(&scene, &ana, project, &[("annuler", &Uuid::new_v4().to_string())]).await.expect(404);
    press(&scene, &ana, project, &[]).await.expect(400).says("Le formulaire ne dit pas quelle commune");
    scene.post(&ana, &path(project), &[("vues", ""), ("ajouter", "16102")]).await.expect(400);
    // What is there already is no change.
    let page = press(&scene, &ana, project, &[("ajouter", largest)]).await;
    follow(&scene, &ana, &page).await;
    assert!(!page.location.contains("fait="), "{}", page.location);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn only_the_team_reads_and_only_writers_change_until_the_bound(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    press(&scene, &ana, project, &[("ajouter", "16102")]).await.expect(303);
    let undo = {
        let page = follow(&scene, &ana, &press(&scene, &ana, project, &[("ajouter", "16167")]).await).await;
        undoable(&page)
    };
    let reader = scene.person("Luc").await;
    scene.member(project, &reader, "reader").await;
    let zoe = scene.person("Zoe").await;
    let other = scene.project(&zoe, "Ailleurs").await;
    let claire = scene.staff("Claire", &["committee", "manager"]).await;
    for stranger in [&zoe, &claire] {
        scene.get(stranger, &path(project)).await.expect(404).is_silent_on("Cognac");
        scene.post(stranger, &path(project), &[("version", "0"), ("ajouter", "16167")]).await.expect(404);
    }
    scene.get(&reader, &path(project)).await.expect(200).says("2 communes dans le périmètre").says("Lecture seule").is_silent_on("Annuler ce changement");
    scene.post(&reader, &path(project), &[("version", "0"), ("ajouter", "16089")]).await.expect(403).says("Votre rôle permet de lire ce dossier");
    // An operation of another dossier is unknown here.
    scene.post(&zoe, &path(other), &[("version", "0"), ("vues", ""), ("annuler", &undo)]).await.expect(404);
    scene.get(&zoe, &format!("{}?fait={undo}", path(other))).await.expect(200).is_silent_on("Jarnac (16) : ajoutée");
    let late = scene.at(AFTER);
    let late_ana = late.session(ana.id, &ana.email).await;
    late.post(&late_ana, &path(project), &[("version", "0"), ("ajouter", "16089")]).await.expect(403).says("L’appel est clos");
    assert_eq!(rows(&scene, project).await, ["16102", "16167"]);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn figures_come_from_the_tables_and_the_actors_and_stand_beside_the_questions(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    press(&scene, &ana, project, &[("ajouter", COGNAC)]).await.expect(303);
    for (name, commune, headcount, outside) in [
        ("Verrerie des Borderies", "Châteaubernard", "500-999", ""),
        ("Chais Tessereau", "Jarnac", "100-199", ""),
        ("Papeterie", "La Couronne", "20-49", ""),
        ("Voisin", "", "", "oui"),
    ] {
        let row = scene.row(&ana, project, "acteurs").await;
        let pairs = [("version", "1"), ("name", name), ("kind", "company"), ("commune", commune), ("headcount", headcount), ("outside_perimeter", outside)];
        scene.post(&ana, &format!("/dossiers/{project}/acteurs/{row}"), &pairs).await.expect(303);
    }
    let page = scene.get(&ana, &path(project)).await;
    page.says("Communes 54 1 EPCI, en entier").says("Population 69 249 habitants").says("Superficie 754 km²").says("Densité 92 habitants au km²");
    page.says("2 dans le périmètre 2 hors du périmètre").says("0,3 pour 100 km²").says("de 600 à 1 198 emplois d’après 2 classes d’effectif, 0 sans effectif");
    page.says("Contours simplifiés : IGN Admin Express");
    let page = scene.get(&ana, &format!("/dossiers/{project}/organisation?theme=perimetre")).await;
    page.says("54 communes, 69 249 habitants, 754 km², 92 habitants au km²").says("superficie d’après des contours simplifiés de l’IGN");
    page.says("4 acteurs saisis dans le dossier. Acteurs économiques : 2 dans le périmètre et 2 hors du périmètre.");
    page.says("2 acteurs économiques saisis dans le périmètre, soit 0,3 pour 100 km² ; de 600 à 1 198 emplois d’après leurs classes d’effectif");
    page.says("le tableau ne cite pas encore : CA du Grand Cognac, Conseil départemental, Charente et Conseil régional, Nouvelle-Aquitaine.");
    assert!(page.body.contains(&format!("href=\"{}\"", path(project))), "the section links to the page");
    // The printed dossier says the same.
    scene.get(&ana, &format!("/dossiers/{project}/imprimer")).await.expect(200).says("54 communes, 69 249 habitants, 754 km²").says("de 600 à 1 198 emplois");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn authorities_of_the_perimeter_enter_the_table_and_their_powers_make_a_matrix(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    press(&scene, &ana, project, &[("ajouter", COGNAC)]).await.expect(303);
    // A line typed before the columns existed.
    sqlx::query("insert into unit (project_id, kind, row, position, version, content, account_id) values ($1, 'territory', $2, 1, 1, $3, $4)")
        .bind(project.get())
        .bind(Uuid::now_v7())
        .bind(serde_json::json!({ "authority": "Syndicat des eaux de la Soloire", "powers": "Eau potable de trente et une communes" }))
        .bind(ana.id.get())
        .execute(&scene.app.db)
        .await
        .expect("written");
    let names = [
        ("collectivites", "1"),
        ("collectivite", "CA du Grand Cognac"),
        ("collectivite", "Conseil régional, Nouvelle-Aquitaine"),
        ("collectivite", "Inventée"),
    ];
    let page = follow(&scene, &ana, &press(&scene, &ana, project, &names).await).await;
    page.says("2 collectivités ajoutées au tableau.")
        .says("Syndicat des eaux de la Soloire")
        .says("Eau potable de trente et une communes")
        .is_silent_on("Inventée");
    let row: Uuid = sqlx::query_scalar("select row from unit where content->>'authority' = 'CA du Grand Cognac'").fetch_one(&scene.app.db).await.expect("row");
    let (id, waste, energy) = (row.to_string(), format!("territory.{row}.waste"), format!("territory.{row}.energy"));
    let section = format!("/dossiers/{project}/organisation?theme=perimetre");
    let pairs = [("version", "0"), ("territory.id", id.as_str()), ("territory.version", "1"), (&waste, "exercises"), (&energy, "shares")];
    scene.post(&ana, &section, &pairs).await.expect(303);
    let page = scene.get(&ana, &path(project)).await;
    page.says("Qui exerce quoi, d’après la question 4 Collectivité Économie Déchets Eau potable Assainissement Énergie Urbanisme Transports Précisions");
    page.says("CA du Grand Cognac exerce partage").says("Conseil départemental, Charente");
    scene.get(&ana, &format!("/dossiers/{project}/imprimer")).await.says("CA du Grand Cognac exerce partage");
    // Undone, the line that was filled since stays; the other goes.
    let operation: Uuid = sqlx::query_scalar("select operation from perimeter_act where cardinality(added) = 2").fetch_one(&scene.app.db).await.expect("act");
    press(&scene, &ana, project, &[("annuler", &operation.to_string())]).await.expect(303);
    scene
        .get(&ana, &path(project))
        .await
        .says("CA du Grand Cognac exerce partage")
        .says("le tableau pourrait aussi citer Conseil départemental, Charente Conseil régional, Nouvelle-Aquitaine");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_script_posts_the_same_form_and_reads_the_figures(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    let page = scene.autosave(&ana, &path(project), &[("version", "0"), ("vues", ""), ("ajouter", "16102"), ("ajouter", "16089")]).await;
    page.expect(200);
    let answer: serde_json::Value = serde_json::from_str(&page.body).expect("json");
    assert_eq!(answer["communes"], serde_json::json!(["16089", "16102"]));
    assert_eq!(answer["vues"], "16089.1 16102.1");
    assert_eq!(answer["figures"].as_array().map(Vec::len), Some(7));
    assert_eq!(answer["message"].as_str().map(|text| text.replace('\u{a0}', " ")).as_deref(), Some("2 communes ajoutées au périmètre."));
    let undo = answer["fait"].as_str().expect("operation").to_owned();
    let seen = answer["vues"].as_str().expect("seen").to_owned();
    let page = scene.autosave(&ana, &path(project), &[("version", "0"), ("vues", &seen), ("annuler", &undo)]).await;
    assert!(page.expect(200).body.contains("\"communes\":[]"), "{}", page.body);
    scene.autosave(&ana, &path(project), &[("version", "0"), ("ajouter", "99999")]).await.expect(422).says("tables de l’INSEE");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_territory_map_shows_the_team_its_actors_and_nobody_else(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    press(&scene, &ana, project, &[("ajouter", COGNAC)]).await.expect(303);
    let map = format!("/dossiers/{project}/acteurs?vue=carte");
    scene.get(&ana, &map).await.expect(200).says("Aucun acteur pour l’instant.");
    for (name, kind, commune) in
        [("Distillerie discrète", "company", "Segonzac (16)"), ("Papeterie", "company", "La Couronne"), ("Club", "association", "Cognac (16)")]
    {
        let row = scene.row(&ana, project, "acteurs").await;
        let pairs =
            [("version", "1"), ("name", name), ("kind", kind), ("commune", commune), ("confidential", if name.contains("discrète") { "oui" } else { "" })];
        scene.post(&ana, &format!("/dossiers/{project}/acteurs/{row}"), &pairs).await.expect(303);
    }
    let page = scene.get(&ana, &map).await;
    page.expect(200)
        .says("3 acteurs dans 3 communes, 1 hors du périmètre")
        .says("Distillerie discrète Confidentiel")
        .says("Papeterie, Entreprise, La Couronne, hors du périmètre");
    scene.get(&ana, &format!("{map}&type=association&lieu=dans&q=club")).await.says("1 acteur dans 1 commune").is_silent_on("Papeterie");
    scene.get(&ana, &format!("{map}&q=%00rien")).await.expect(200).says("Aucun acteur ne répond à ces filtres.");
    let rita = scene.staff("Rita", &["manager", "committee", "reviewer"]).await;
    scene.get(&rita, &map).await.expect(404).is_silent_on("Distillerie");
    let zoe = scene.person("Zoe").await;
    scene.get(&zoe, &map).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_operator_imports_outlines_and_the_pages_use_them_at_once(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    press(&scene, &ana, project, &[("ajouter", "33063")]).await.expect(303);
    scene.get(&ana, &path(project)).await.says("Contours non chargés pour").says("Superficie inconnue");
    let file = std::env::temp_dir().join(format!("trame-{}.geojson", Uuid::new_v4().simple()));
    let square = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"33063"},"geometry":{"type":"Polygon","coordinates":[[[-0.6,44.8],[-0.5,44.8],[-0.5,44.9],[-0.6,44.9],[-0.6,44.8]]]}}]}"#;
    std::fs::write(&file, square).expect("file");
    let done = trame::project::perimeter::import::run(&scene.app, &file).await.expect("import");
    assert_eq!((done.communes, done.groups, done.departments, done.changed), (1, 0, 0, 1));
    let again = trame::project::perimeter::import::run(&scene.app, &file).await.expect("import");
    assert_eq!((again.communes, again.changed), (1, 0));
    scene.get(&ana, &path(project)).await.says("Superficie 88 km²");
    // A fault in the second place leaves the first one as it was.
    let bad = square.replace("-0.6,44.8]", "-0.7,44.8]").replace("]}}]}", "]}},{\"type\":\"Feature\",\"properties\":{\"code\":\"00000\"},\"geometry\":null}]}");
    std::fs::write(&file, bad).expect("file");
    let error = trame::project::perimeter::import::run(&scene.app, &file).await.expect_err("refused");
    assert!(format!("{error:#}").contains("lieu n° 2 (00000)"), "{error:#}");
    scene.get(&ana, &path(project)).await.says("Superficie 88 km²");
    let _ = std::fs::remove_file(&file);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_number_of_statements_does_not_depend_on_the_number_of_communes(db: PgPool) {
    let (scene, ana, project) = dossier(db).await;
    let sent = Arc::new(AtomicUsize::new(0));
    let _guard = tracing::subscriber::set_default(Counter::of(&sent));
    let count = async |path: &str| {
        scene.get(&ana, path).await.expect(200);
        // Another test's thread may have met the same statements first, with nobody listening.
        tracing::callsite::rebuild_interest_cache();
        sent.store(0, Ordering::Relaxed);
        scene.get(&ana, path).await.expect(200);
        sent.load(Ordering::Relaxed)
    };
    press(&scene, &ana, project, &[("ajouter", "16102")]).await.expect(303);
    let (page, map) = (path(project), format!("/dossiers/{project}/acteurs?vue=carte"));
    let few = (count(&page).await, count(&map).await);
    let written = async |codes: &[(&str, &str)]| {
        let pairs: Vec<(&str, &str)> = [("version", "0"), ("vues", "")].into_iter().chain(codes.iter().copied()).collect();
        sent.store(0, Ordering::Relaxed);
        scene.post(&ana, &path(project), &pairs).await.expect(303);
        sent.load(Ordering::Relaxed)
    };
    let (one, many) = (written(&[("ajouter", "17415")]).await, written(&[("ajouter", COGNAC)]).await);
    let row = scene.row(&ana, project, "acteurs").await;
    scene.post(&ana, &format!("/dossiers/{project}/acteurs/{row}"), &[("version", "1"), ("name", "Chais"), ("commune", "Jarnac")]).await.expect(303);
    assert_eq!((count(&page).await, count(&map).await), few);
    assert_eq!(one, many);
    assert!(few.0 > 0 && few.0 <= 4 && few.1 <= 3 && one <= 8, "{few:?} {one}");
    scene.check().await;
}
