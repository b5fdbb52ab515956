//! The command line's public contract: lists in, leads out, beside a database in use.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::{Person, Scene};
use serde_json::Value as Json;
use sqlx::{ConnectOptions as _, PgPool};
use trame::kit::ids::ProjectId;
use uuid::Uuid;

struct Place {
    scene: Scene,
    ana: Person,
    project: ProjectId,
    folder: PathBuf,
    url: String,
}

impl Place {
    /// A call open now: a command acts at the hour of the machine.
    async fn new(db: PgPool) -> Self {
        let url = db.connect_options().to_url_lossy().to_string();
        let scene = Scene::new(db).await;
        sqlx::query("update call set deposit_bound = now() + interval '20 days' where id = $1")
            .bind(scene.call.get())
            .execute(&scene.app.db)
            .await
            .expect("open");
        let ana = scene.person("Ana").await;
        let project = scene.project(&ana, "Boucles").await;
        let folder = std::env::temp_dir().join(format!("trame-contract-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder).expect("folder");
        Self { scene, ana, project, folder, url }
    }

    async fn run(&self, words: &[&str]) -> Output {
        let (words, url, data): (Vec<String>, _, _) = (words.iter().map(|word| (*word).to_owned()).collect(), self.url.clone(), self.folder.join("var"));
        let run = move || Command::new(env!("CARGO_BIN_EXE_trame")).args(words).env("DATABASE_URL", url).env("TRAME_DATA", data).output().expect("run");
        tokio::task::spawn_blocking(run).await.expect("joined")
    }

    async fn import(&self, list: &str, text: &str) -> (bool, String, String) {
        let file = self.folder.join(format!("{list}.csv"));
        std::fs::write(&file, text).expect("written");
        let done = self.run(&["import", list, &file.to_string_lossy(), "--dossier", &self.project.to_string()]).await;
        (done.status.success(), said(&done.stdout), said(&done.stderr))
    }

    async fn leads(&self) -> Json {
        let done = self.run(&["export", "pistes", "--dossier", &self.project.to_string(), "--format", "json"]).await;
        assert!(done.status.success(), "{}", said(&done.stderr));
        serde_json::from_slice(&done.stdout).expect("JSON alone on the standard output")
    }

    async fn count(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(&self.scene.app.db).await.expect("counted")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\u{a0}', " ")
}

const ACTORS: &str = "ref,name,kind,naf,employees,commune,lat,lon,outside_perimeter,confidential\n\
    B1,Brasserie des Halles,entreprise,11.05Z,37,16102,,,,\n\
    E1,\"Gaec du Puits, élevage\",entreprise,0141Z,1-2,,45.71,-0.30,oui,non\n\
    C1,Chambre d’agriculture,chambre,,,,,,,oui\n\
    V1,Ville,collectivité,84.11Z,200-249,Cognac,,,,\n";

const FLOWS: &str = "ref;actor_ref;direction;domain;label;type;waste_code;quantity;unit;temperature_c;water_quality;months;evidence\n\
    D1;B1;out;material;drêches de brasserie;;02 07 99;\"412,5\";t;;;1-12;declared\n\
    N1;E1;in;material;aliments pour vaches;;;;;;;10-3;knowledge\n\
    W1;B1;out;water;eau de rinçage;;;9000.25;m3;31,5;usee;;\n\
    ;V1;in;service;gardiennage;;;;;;;5,6,7,8;\n\
    S2;B1;in;service;gardiennage de nuit;;;;;;;;\n\
    S3;E1;in;service;gardiennage;;;;;;;;\n";

const ROWS: &str = "select count(*) from unit where kind in ('stakeholder', 'flow') and not is_deleted";

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn lists_come_in_and_leads_go_out(db: PgPool) {
    let place = Place::new(db).await;
    assert_eq!(place.import("acteurs", ACTORS).await, (true, "4 lignes : ajoutées 4, modifiées 0, inchangées 0.\n".into(), String::new()));
    let (is_done, out, error) = place.import("flux", FLOWS).await;
    assert!(is_done, "{error}");
    assert_eq!(out, "6 lignes : ajoutées 6, modifiées 0, inchangées 0.\n");
    let kept: (String, String, String, String) =
        sqlx::query_as("select content->>'lat', content->>'lon', content->>'headcount', content->>'outside_perimeter' from unit where content->>'ref' = 'E1'")
            .fetch_one(&place.scene.app.db)
            .await
            .expect("kept");
    assert_eq!(kept, ("45.71".into(), "-0.3".into(), "1-2".into(), "true".into()));
    let months: Json =
        sqlx::query_scalar("select content->'months' from unit where content->>'ref' = 'N1'").fetch_one(&place.scene.app.db).await.expect("months");
    assert_eq!(months, serde_json::json!(["1", "2", "3", "10", "11", "12"]));
    let leads = place.leads().await;
    let best = &leads["substitutions"][0];
    assert_eq!((best["from_flow"].as_str(), best["to_flow"].as_str()), (Some("D1"), Some("N1")));
    assert!(best["reason"].as_str().is_some_and(|reason| reason.contains("équivalence reconnue") && reason.contains("À vérifier")), "{best}");
    let scores: Vec<i64> = leads["substitutions"].as_array().expect("list").iter().map(|lead| lead["score"].as_i64().expect("whole")).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b) && scores.iter().all(|score| (20..=100).contains(score)), "{scores:?}");
    let group = &leads["mutualisations"][0];
    let flows: Vec<&str> = group["flows"].as_array().expect("list").iter().filter_map(Json::as_str).collect();
    assert_eq!(flows.len(), 3, "{group}");
    assert!(flows.iter().all(|flow| ["S2", "S3"].contains(flow) || flow.starts_with("f-")), "a flow without a reference gets one: {flows:?}");
    assert!(group["type"].as_str().is_some_and(|code| !code.is_empty()) && group["score"].is_i64());
    // The same as a table: one line per lead.
    let csv = place.run(&["export", "pistes", "--dossier", &place.project.to_string(), "--format", "csv"]).await;
    let lines = said(&csv.stdout).lines().count();
    assert_eq!(lines, 1 + scores.len() + leads["mutualisations"].as_array().map_or(0, Vec::len));
    place.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_reference_updates_its_row_and_the_same_file_changes_nothing(db: PgPool) {
    let place = Place::new(db).await;
    assert!(place.import("acteurs", ACTORS).await.0);
    assert!(place.import("flux", FLOWS).await.0);
    let rows = place.count(ROWS).await;
    assert_eq!(place.import("flux", FLOWS).await.1, "6 lignes : ajoutées 0, modifiées 0, inchangées 6.\n");
    let renamed = "ref,name,employees\nB1,Brasserie du Port,52\n";
    assert_eq!(place.import("acteurs", renamed).await.1, "1 ligne : ajoutées 0, modifiées 1, inchangées 0.\n");
    assert_eq!(place.count(ROWS).await, rows);
    let kept: (String, String) = sqlx::query_as("select content->>'name', content->>'headcount' from unit where content->>'ref' = 'B1'")
        .fetch_one(&place.scene.app.db)
        .await
        .expect("kept");
    assert_eq!(kept, ("Brasserie du Port".into(), "50-99".into()));
    // In the owner's name, as acts that the owner can undo; the session of the command is gone.
    let by: i64 = sqlx::query_scalar("select count(*) from batch where account_id = $1 and applied_at is not null")
        .bind(place.ana.id.get())
        .fetch_one(&place.scene.app.db)
        .await
        .expect("acts");
    assert_eq!(by, 3);
    assert_eq!(place.count("select count(*) from session where agent like 'commande%'").await, 0);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_refused_line_refuses_the_whole_file_and_says_why(db: PgPool) {
    let place = Place::new(db).await;
    let (is_done, out, error) = place.import("acteurs", &ACTORS.replace("45.71", "95.71").replace("chambre", "guilde")).await;
    assert!(!is_done && out.is_empty());
    assert!(error.contains("ligne 3, Gaec du Puits") && error.contains("Latitude") && error.contains("de −90 à 90"), "{error}");
    assert!(error.contains("ligne 4") && error.contains("guilde"), "{error}");
    assert!(error.contains("2 lignes refusées sur 4 : rien n’a été importé"), "{error}");
    assert_eq!(place.count(ROWS).await, 0);
    let (is_done, _, error) = place.import("flux", FLOWS).await;
    assert!(!is_done && error.contains("écrire le nom d’un acteur du dossier"), "{error}");
    assert_eq!(place.count(ROWS).await, 0);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_a_command_does_not_know_is_said_in_french(db: PgPool) {
    let place = Place::new(db).await;
    for (words, expected) in [
        (vec!["import", "vaches", "x.csv"], "acteurs, flux, contours"),
        (vec!["export", "pistes", "--dossier", "999999"], "ce dossier n’existe pas"),
        (vec!["export", "pistes", "--dossier", "1", "--format", "xml"], "json ou csv"),
        (vec!["import", "flux", "absent.csv", "--dossier", "1"], "absent.csv ne se lit pas"),
    ] {
        let done = place.run(&words).await;
        assert!(!done.status.success());
        assert!(said(&done.stderr).contains(expected), "{words:?}: {}", said(&done.stderr));
    }
}
