//! Nomenclatures: read by anybody, changed by experts, the same for every process, never unreadable.

use std::time::Duration;

use crate::support::{Page, Person, Scene};
use sqlx::PgPool;
use trame::app::App;
use trame_synergies::nomenclature::Table;

const PALLETS: &str = "/nomenclatures/modifier?liste=flux&cle=palettes";

/// The form of an entry as drawn: name and value of each control.
fn controls(page: &Page) -> Vec<(String, String)> {
    let form = page.body.split("<form method=\"post\" action=\"/nomenclatures/modifier").nth(1).expect("the form").split("</form>").next().expect("its end");
    let mut pairs = Vec::new();
    for part in form.split('<').skip(1) {
        let attribute = |name: &str| part.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value.to_owned());
        let text = part.split_once('>').map_or("", |(_, text)| text);
        let plain = |text: &str| text.replace("&#38;", "&").replace("&#39;", "'").replace("&#34;", "\"").replace("&#60;", "<");
        if part.starts_with("input") {
            pairs.extend(attribute(" name").map(|name| (name, plain(&attribute(" value").unwrap_or_default()))));
        } else if part.starts_with("textarea") {
            pairs.extend(attribute(" name").map(|name| (name, plain(text.trim_start_matches('\n')))));
        } else if part.starts_with("select") {
            pairs.extend(attribute(" name").map(|name| (name, String::new())));
        } else if part.starts_with("option") && part.contains(" selected") {
            pairs.last_mut().expect("in a select").1 = attribute("value").unwrap_or_default();
        }
    }
    pairs
}

/// Opens an entry, changes some controls and sends it.
async fn change(scene: &Scene, person: &Person, path: &str, changes: &[(&str, &str)]) -> Page {
    let page = scene.get(person, path).await;
    page.expect(200);
    send(scene, person, path, &controls(&page), changes).await
}

async fn send(scene: &Scene, person: &Person, path: &str, held: &[(String, String)], changes: &[(&str, &str)]) -> Page {
    let mut pairs: Vec<(&str, &str)> = held.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| *name != "operation").collect();
    for (name, value) in changes {
        match pairs.iter_mut().find(|(held, _)| held == name) {
            Some(pair) => pair.1 = value,
            None => pairs.push((name, value)),
        }
    }
    scene.post(person, path, &pairs).await
}

async fn edits(scene: &Scene) -> i64 {
    sqlx::query_scalar("select count(*) from nomenclature_edit").fetch_one(&scene.app.db).await.expect("counted")
}

/// The type that a label leads to.
async fn type_of(app: &App, label: &str) -> String {
    let tables = app.nomenclature.current(app).await.expect("read");
    let asked = trame_synergies::suggest::Asked { label, ..Default::default() };
    let found = trame_synergies::suggest::suggest(tables.nomenclature(), &asked);
    found.first().map_or_else(String::new, |best| tables.nomenclature().get(best.kind).code.clone())
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_change_reaches_every_process(db: PgPool) {
    let scene = Scene::new(db.clone()).await;
    let max = scene.staff("Max", &["manager"]).await;
    let other = App::new(db, (*scene.app.config).clone()).at(crate::support::OPEN);
    assert_ne!(type_of(&other, "zorglubes").await, "palettes");

    let synonyms = controls(&scene.get(&max, PALLETS).await).into_iter().find(|(name, _)| name == "synonyms").expect("held").1;
    let more = format!("{synonyms}\nzorglube");
    let saved = change(&scene, &max, PALLETS, &[("synonyms", &more), ("reason", "Le mot des ateliers de Cognac")]).await;
    saved.expect(303);
    assert_eq!(type_of(&scene.app, "zorglubes").await, "palettes");
    for _ in 0..100 {
        if type_of(&other, "zorglubes").await == "palettes" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(type_of(&other, "zorglubes").await, "palettes");
    scene.get_public("/nomenclatures/flux?q=zorglubes").await.expect(200).says("1 entrée");
    scene.get_public("/nomenclatures/flux/palettes").await.expect(200).says("zorglube");
    let file = scene.get_public("/nomenclatures/flux.csv").await;
    assert!(file.body.contains("|zorglube"));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_would_make_a_list_unreadable_is_refused_beside_its_field(db: PgPool) {
    let scene = Scene::new(db).await;
    let max = scene.staff("Max", &["manager"]).await;
    let reason = ("reason", "Un essai");
    let refused = change(&scene, &max, PALLETS, &[("half_km", "loin"), reason]).await;
    refused.expect(422).says("« loin » n’est pas un nombre attendu ici.");
    assert!(refused.body.contains("id=\"half_km-e\"") && refused.body.contains("value=\"loin\""));
    change(&scene, &max, PALLETS, &[("parent", "inconnue"), reason]).await.expect(422).says("« inconnue » n’est pas un type connu.");
    change(&scene, &max, PALLETS, &[("synonyms", "eau de ville"), reason]).await.expect(422).says("« eau de ville » est déjà un synonyme de « eau-potable ».");
    change(&scene, &max, "/nomenclatures/modifier?liste=flux&cle=eau-potable", &[("synonyms", "palettes bois"), reason])
        .await
        .expect(422)
        .says("« palettes bois » est déjà un synonyme de « eau-potable ».");
    let rule = "/nomenclatures/modifier?liste=regles&cle=1";
    change(&scene, &max, rule, &[("compat", "0,99"), reason]).await.expect(422).says("entre 0,40 et 0,95.");
    change(&scene, &max, rule, &[("caution_on", "un jour"), reason]).await.expect(422).says("attendu une date");
    change(&scene, &max, PALLETS, &[("half_km", "25"), ("reason", "")]).await.expect(422).says("Dire en quelques mots pourquoi.");
    // A type that rules name stays.
    let version = scene.get(&max, PALLETS).await.hidden("version");
    let kept = scene.post(&max, "/nomenclatures/retirer?liste=flux&cle=palettes", &[("version", &version), ("why", "Plus personne")]).await;
    kept.expect(422).says("« palettes » n’est pas un type connu");
    assert_eq!(edits(&scene).await, 0);
    assert_eq!(scene.get_public("/nomenclatures/flux.csv").await.body, Table::Types.shipped());
    scene.get(&max, "/nomenclatures/modifier?liste=flux&cle=jamais-vu").await.expect(404);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_history_says_what_when_why_and_who_to_experts_only(db: PgPool) {
    let scene = Scene::new(db).await;
    let max = scene.staff("Maximilienne", &["manager"]).await;
    let ana = scene.person("Ana").await;
    scene.project(&ana, "Boucles").await;
    change(&scene, &max, PALLETS, &[("half_km", "25,5"), ("reason", "Retour d’un transporteur")]).await.expect(303);
    let here = "/nomenclatures/historique?liste=flux&cle=palettes";
    let page = scene.get(&max, here).await;
    page.expect(200).says("Retour d’un transporteur").says("Distance repère, en km").says("25,5").says("par Maximilienne");
    for told in [scene.get(&ana, here).await, scene.get_public(here).await, scene.get_public("/nomenclatures/historique").await] {
        told.expect(200).says("Retour d’un transporteur").is_silent_on("Maximilienne");
        assert!(!told.body.contains("/nomenclatures/modifier"));
    }
    // Restored by a change that is one more line.
    let restored = change(&scene, &max, &format!("{PALLETS}&depuis=0"), &[("reason", "Rétablit la version livrée")]).await;
    restored.expect(303);
    assert_eq!(edits(&scene).await, 2);
    assert_eq!(scene.get_public("/nomenclatures/flux.csv").await.body.len(), Table::Types.shipped().len());
    let frozen = sqlx::query("update nomenclature_edit set reason = 'autre chose'").execute(&scene.app.db).await;
    assert!(frozen.is_err() && sqlx::query("delete from nomenclature_edit").execute(&scene.app.db).await.is_err());
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn only_experts_change_anything(db: PgPool) {
    let scene = Scene::new(db).await;
    let max = scene.staff("Max", &["manager"]).await;
    let held = controls(&scene.get(&max, PALLETS).await);
    let rita = scene.staff("Rita", &["reviewer", "committee"]).await;
    let ana = scene.person("Ana").await;
    scene.project(&ana, "Boucles").await;
    for person in [&rita, &ana] {
        scene.get(person, PALLETS).await.expect(404);
        send(&scene, person, PALLETS, &held, &[("half_km", "1"), ("reason", "Un essai")]).await.expect(404);
        scene.post(person, "/nomenclatures/retirer?liste=dechets&cle=200144", &[("version", "0"), ("why", "Un essai")]).await.expect(404);
        scene.get(person, "/nomenclatures/flux/palettes").await.expect(200);
    }
    assert!(scene.get_public(PALLETS).await.location.starts_with("/connexion"));
    assert!(scene.post_public(PALLETS, &[("version", "0"), ("reason", "Un essai")]).await.location.starts_with("/connexion"));
    assert_eq!(edits(&scene).await, 0);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_experts_at_once_lose_nothing(db: PgPool) {
    let scene = Scene::new(db).await;
    let max = scene.staff("Max", &["manager"]).await;
    let mia = scene.staff("Mia", &["manager"]).await;
    let held = controls(&scene.get(&mia, PALLETS).await);
    change(&scene, &max, PALLETS, &[("half_km", "25"), ("reason", "Le premier")]).await.expect(303);
    let clash = send(&scene, &mia, PALLETS, &held, &[("half_km", "30"), ("reason", "La seconde")]).await;
    clash.expect(409).says("Une autre personne a enregistré avant vous");
    assert!(clash.body.contains("value=\"30\"") && clash.body.contains("value=\"La seconde\""));
    send(&scene, &mia, PALLETS, &controls(&clash), &[]).await.expect(303);
    let kept: Vec<String> = sqlx::query_scalar("select record[6] from nomenclature_edit order by id").fetch_all(&scene.app.db).await.expect("read");
    assert_eq!(kept, ["25", "30"]);
    // The same sending twice is one change.
    let operation = [("operation".to_owned(), uuid::Uuid::new_v4().to_string())];
    let page = scene.get(&max, PALLETS).await;
    let mut pairs = controls(&page);
    pairs.retain(|(name, _)| name != "operation");
    pairs.extend(operation);
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| {
            (
                name.as_str(),
                if name == "reason" {
                    "Deux fois"
                } else if name == "half_km" {
                    "35"
                } else {
                    value
                },
            )
        })
        .collect();
    scene.post(&max, PALLETS, &pairs).await.expect(303);
    scene.post(&max, PALLETS, &pairs).await.expect(303);
    assert_eq!(edits(&scene).await, 3);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn entries_are_added_withdrawn_and_taken_back(db: PgPool) {
    let scene = Scene::new(db).await;
    let max = scene.staff("Max", &["manager"]).await;
    let rule = [
        ("out_type", "palettes"),
        ("in_type", "biodechets"),
        ("compat", "0,5"),
        ("treatment", "none"),
        ("caution", "À voir."),
        ("caution_on", "1er décembre 2026"),
        ("source", "essai"),
        ("reason", "Une règle de plus"),
    ];
    change(&scene, &max, "/nomenclatures/modifier?liste=regles", &rule).await.expect(303);
    scene.get_public("/nomenclatures/regles?n=10001").await.expect(200).says("1 entrée").says("Écrit le 1er décembre 2026");
    let code = [("code", "20 01 45*"), ("hazardous", "oui"), ("label", "Essai"), ("valid_from", "2027-01-01"), ("reason", "Un code à venir")];
    change(&scene, &max, "/nomenclatures/modifier?liste=dechets", &code).await.expect(303);
    scene.get_public("/nomenclatures/dechets?q=200145").await.expect(200).says("20 01 45*").says("Entre en vigueur le 1er janvier 2027");
    change(
        &scene,
        &max,
        "/nomenclatures/modifier?liste=flux",
        &[("code", "palettes"), ("domain", "water"), ("label", "X"), ("unit", "t"), ("half_km", "1"), ("pooling_km", "1"), ("reason", "Un doublon")],
    )
    .await
    .expect(422)
    .says("Cette entrée est déjà dans la liste.");
    let gone = "/nomenclatures/retirer?liste=regles&cle=10001";
    scene.post(&max, gone, &[("version", "0"), ("why", "Trop tôt")]).await.expect(409);
    scene.post(&max, gone, &[("version", "1"), ("why", "Trop tôt")]).await.expect(303);
    scene.get_public("/nomenclatures/regles?n=10001").await.expect(200).says("Rien ne correspond");
    let back = scene.get(&max, "/nomenclatures/modifier?liste=regles&cle=10001").await;
    back.expect(303);
    let first: i64 = sqlx::query_scalar("select min(id) from nomenclature_edit where list = 'rules'").fetch_one(&scene.app.db).await.expect("read");
    change(&scene, &max, &format!("/nomenclatures/modifier?liste=regles&cle=10001&depuis={first}"), &[("reason", "Finalement si")]).await.expect(303);
    scene.get_public("/nomenclatures/regles?n=10001").await.expect(200).says("1 entrée");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn lists_are_searched_by_words_and_by_codes(db: PgPool) {
    let scene = Scene::new(db).await;
    let found = async |path: &str, text: &str| {
        scene.get_public(path).await.expect(200).says(text);
    };
    found("/nomenclatures", "732 sous-classes").await;
    found("/nomenclatures/activites?q=fromages", "10.51C").await;
    found("/nomenclatures/activites?q=1051", "Fabrication de fromage").await;
    found("/nomenclatures/activites?section=C&niveau=2", "24 entrées").await;
    found("/nomenclatures/activites", "100 entrées sur cette page, 1 728 en tout").await;
    found("/nomenclatures/activites?apres=U", "99").await;
    found("/nomenclatures/dechets?q=huiles+moteur", "13 02 05*").await;
    found("/nomenclatures/dechets?q=15+01+01*", "il s’écrit sans astérisque").await;
    found("/nomenclatures/dechets?q=rien+du+tout", "Rien ne correspond").await;
    found("/nomenclatures/flux?q=030105", "Sciures").await;
    found("/nomenclatures/flux/dreches", "D’où il peut venir").await;
    found("/nomenclatures/regles?sortie=biodechets&traitement=leger", "traitement léger").await;
    found("/nomenclatures/echelles", "Indice = 100 × N × (0,45 + 0,25 × D").await;
    let first = scene.get_public("/nomenclatures/dechets").await;
    assert!(first.body.contains("apres=") && first.body.matches("<tr ").count() == 100);
    scene.get_public("/nomenclatures/flux/jamais-vu").await.expect(404);
}

async fn import(scene: &Scene, table: Table, file: &str, is_trial: bool) -> Result<(usize, usize, usize), String> {
    use trame::nomenclature::import::{Act, Outcome, run};
    let act = Act { expert: None, reason: "Import de liste.csv", is_trial, seen: None };
    match run(&scene.app, table, file, &act).await.expect("the database answers") {
        Outcome::Read(plan, _) => Ok((plan.added.len(), plan.changed.len(), plan.withdrawn.len())),
        Outcome::Refused(sentence) => Err(sentence.replace(['\u{a0}', '\u{202f}'], " ")),
        Outcome::Overtaken => Err("overtaken".to_owned()),
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_list_taken_away_and_brought_back_changes_nothing(db: PgPool) {
    let scene = Scene::new(db).await;
    let max = scene.staff("Max", &["manager"]).await;
    change(&scene, &max, PALLETS, &[("half_km", "25"), ("reason", "Un essai")]).await.expect(303);
    for (table, path) in [(Table::Types, "flux"), (Table::Rules, "regles"), (Table::Waste, "dechets"), (Table::Activities, "activites")] {
        let file = scene.get_public(&format!("/nomenclatures/{path}.csv")).await;
        file.expect(200);
        assert_eq!(import(&scene, table, &file.body, false).await, Ok((0, 0, 0)), "{path}");
    }
    assert_eq!(edits(&scene).await, 1);
    assert_eq!(import(&scene, Table::Types, Table::Types.shipped(), false).await, Ok((0, 1, 0)));
    assert_eq!(edits(&scene).await, 2);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_import_is_whole_or_nothing(db: PgPool) {
    let scene = Scene::new(db).await;
    let shipped = Table::Rules.shipped();
    let broken = shipped.replacen("biodechets,substrat-methanisation", "biodechets,inconnu", 1);
    let told = import(&scene, Table::Rules, &broken, false).await.expect_err("refused");
    assert!(told.starts_with("ligne 2, Règles de substitution, 1, colonne « in_type » : « inconnu » n’est pas un type connu"), "{told}");
    let told = import(&scene, Table::Rules, "number,out_type\n", false).await.expect_err("refused");
    assert!(told.contains("colonnes attendues : number,out_type,in_type"), "{told}");
    let mut lines: Vec<&str> = shipped.lines().collect();
    lines.remove(5);
    assert_eq!(import(&scene, Table::Rules, &lines.join("\n"), true).await, Ok((0, 0, 1)));
    assert_eq!(edits(&scene).await, 0);
    assert_eq!(import(&scene, Table::Rules, &lines.join("\n"), false).await, Ok((0, 0, 1)));
    let naf = "version,code,section,label\n2025,A,,Agriculture\n2025,01,A,Cultures\n2025,01.11Z,,Céréales de 2025\n";
    assert_eq!(import(&scene, Table::Activities, naf, false).await, Ok((3, 0, 0)));
    scene.get_public("/nomenclatures/activites?q=cereale&version=2025").await.expect(200).says("1 entrée").says("NAF 2025");
    scene.get_public("/nomenclatures/historique").await.expect(200).says("Import de liste.csv").is_silent_on("exploitant");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_code_typed_in_a_dossier_is_read_against_the_lists(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let actor = scene.row(&ana, project, "acteurs").await;
    let here = format!("/dossiers/{project}/acteurs/{actor}");
    let saved = scene.post(&ana, &here, &[("version", "1"), ("name", "Verrerie"), ("naf", "10.59Z")]).await;
    saved.expect(422).says("Le code 10.59Z n’est pas dans la NAF rév. 2.");
    assert!(saved.body.contains("value=\"10.59Z\""));
    let version = scene.get(&ana, &here).await.hidden("version");
    scene.post(&ana, &here, &[("version", &version), ("name", "Verrerie"), ("naf", "10.59z naf 2025")]).await.expect(303);
    assert!(scene.get(&ana, &here).await.body.replace('\u{a0}', " ").contains("value=\"10.59Z (NAF 2025)\""));
    let flow = scene.row(&ana, project, "flux").await;
    let here = format!("/dossiers/{project}/flux/{flow}");
    scene.post(&ana, &here, &[("version", "1"), ("label", "Cartons"), ("waste_code", "15 01 01*")]).await.expect(422).says("il s’écrit sans astérisque");
    let version = scene.get(&ana, &here).await.hidden("version");
    scene.post(&ana, &here, &[("version", &version), ("label", "Huiles"), ("waste_code", "130205")]).await.expect(303);
    assert!(scene.get(&ana, &here).await.body.contains("value=\"13 02 05*\""));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_experts_add_is_read_in_dossiers(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, max) = (scene.person("Ana").await, scene.staff("Max", &["manager"]).await);
    let project = scene.project(&ana, "Boucles").await;
    let flow = scene.row(&ana, project, "flux").await;
    let here = format!("/dossiers/{project}/flux/{flow}");
    scene.post(&ana, &here, &[("version", "1"), ("label", "Voiles"), ("waste_code", "20 01 47")]).await.expect(422).says("n’existe pas dans la liste");
    let code = [("code", "20 01 47"), ("hazardous", "non"), ("label", "Voiles de bateaux"), ("valid_from", "2026-11-09"), ("reason", "Un code nouveau")];
    change(&scene, &max, "/nomenclatures/modifier?liste=dechets", &code).await.expect(303);
    scene.get_public("/nomenclatures/dechets?q=200147").await.expect(200).says("Voiles de bateaux");
    let version = scene.get(&ana, &here).await.hidden("version");
    scene.post(&ana, &here, &[("version", &version), ("label", "Voiles"), ("waste_code", "200147")]).await.expect(303);
    scene.check().await;
}

/// Sends a list as the browser does.
async fn upload(scene: &Scene, person: &Person, fields: &[(&str, &str)]) -> Page {
    let mut body = String::new();
    for (name, value) in fields {
        body = format!("{body}--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body.push_str("--edge--\r\n");
    let request = axum::http::Request::builder()
        .method("POST")
        .uri("/nomenclatures/importer")
        .header("cookie", format!("trame_session={}", person.token))
        .header("content-type", "multipart/form-data; boundary=edge");
    scene.run(request.body(axum::body::Body::from(body)).expect("request")).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_expert_sees_what_a_file_changes_before_it_does(db: PgPool) {
    let scene = Scene::new(db).await;
    let max = scene.staff("Max", &["manager"]).await;
    let operation = uuid::Uuid::new_v4().to_string();
    let file = Table::Rules.shipped().replacen(",0.92,", ",0.90,", 1);
    let base = [("operation", operation.as_str()), ("liste", "regles"), ("reason", "Relecture"), ("fichier", file.as_str())];
    let preview = upload(&scene, &max, &base).await;
    preview.expect(200).says("0 entrée à ajouter").says("1 entrée à changer");
    assert_eq!(edits(&scene).await, 0);
    let seen = preview.hidden("apercu");
    change(&scene, &max, PALLETS, &[("half_km", "25"), ("reason", "Entre-temps")]).await.expect(303);
    let mut confirmed = base.to_vec();
    confirmed.push(("apercu", &seen));
    let late = upload(&scene, &max, &confirmed).await;
    late.expect(409).says("Une autre personne a enregistré avant vous");
    let seen = late.hidden("apercu");
    let mut confirmed = base.to_vec();
    confirmed.push(("apercu", &seen));
    upload(&scene, &max, &confirmed).await.expect(303);
    upload(&scene, &max, &confirmed).await.expect(303);
    assert_eq!(edits(&scene).await, 2);
    let broken = [("operation", operation.as_str()), ("liste", "dechets"), ("reason", "Relecture"), ("fichier", "code,level\n")];
    let other = uuid::Uuid::new_v4().to_string();
    let mut refused = broken.to_vec();
    refused[0].1 = &other;
    upload(&scene, &max, &refused).await.expect(422).says("colonnes attendues");
    let ana = scene.person("Ana").await;
    upload(&scene, &ana, &base).await.expect(404);
}
