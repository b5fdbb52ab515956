//! Every route × every kind of person: a new route appears here by itself; read its line before accepting it.

use std::fmt::Write as _;

use crate::support::{OPEN, Person, Scene};
use axum::http::Method;
use sqlx::PgPool;
use trame::kit::ids::ProjectId;

/// The call in review: a deposited dossier, its team, its administration, and people who have nothing to do with it.
async fn cast(scene: &Scene, who: &str) -> (Option<Person>, ProjectId) {
    let owner = scene.person("Ana").await;
    let project = scene.project(&owner, "Boucles").await;
    scene.fill(&owner, project).await;
    scene.post(&owner, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    let person = match who {
        "anybody" => None,
        "owner" => Some(owner),
        "editor" | "consultant" | "reader" => {
            let person = scene.person("Bob").await;
            scene.member(project, &person, who).await;
            Some(person)
        }
        "other carrier" => {
            let person = scene.person("Zoe").await;
            scene.project(&person, "Ailleurs").await;
            Some(person)
        }
        "assigned reviewer" => {
            let person = scene.staff("Rémi", &["reviewer"]).await;
            scene.assign(project, &person).await;
            Some(person)
        }
        "unassigned reviewer" => Some(scene.staff("Rita", &["reviewer"]).await),
        "committee" => Some(scene.staff("Claire", &["committee"]).await),
        "manager" => Some(scene.staff("Max", &["manager"]).await),
        "recused manager" => {
            let person = scene.staff("Marc", &["manager", "committee", "reviewer"]).await;
            scene.assign(project, &person).await;
            sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'pinned')")
                .bind(project.get())
                .bind(person.id.get())
                .execute(&scene.app.db)
                .await
                .expect("written");
            Some(person)
        }
        "operator" => {
            let person = scene.person("Omar").await;
            sqlx::query("update account set is_operator = true where id = $1").bind(person.id.get()).execute(&scene.app.db).await.expect("written");
            Some(person)
        }
        other => panic!("{other}"),
    };
    (person, project)
}

async fn outcomes(db: PgPool, who: &str) -> String {
    let scene = Scene::new(db).await;
    let (person, project) = cast(&scene, who).await;
    let mut lines = String::new();
    for (verb, path) in trame::routes::table() {
        let address = path
            .replace("{id}", &project.to_string())
            .replace("{row}", "00000000-0000-7000-8000-000000000000")
            .replace("{slug}", "essai")
            .replace("{token}", "inconnu")
            .replace("{key}", "organisation")
            .replace("{number}", "1");
        // A session of one's own for each request: signing out, for one, ends it.
        let visitor = match &person {
            Some(person) => Some(scene.session(person.id, &person.email).await),
            None => None,
        };
        let (method, body) = if verb == "get" { (Method::GET, None) } else { (Method::POST, Some(format!("version=0&operation={}", uuid::Uuid::new_v4()))) };
        let page = scene.at(OPEN).send(visitor.as_ref(), method, &address, body, false).await;
        assert!(!page.status.is_server_error(), "{who}: {verb} {path} answers {}", page.status);
        // A recusal declared by one line would hide the dossier from the next ones.
        sqlx::query("delete from recusal where origin = 'declared'").execute(&scene.app.db).await.expect("written");
        sqlx::query("update review set status = 'not_started' where status = 'recused'").execute(&scene.app.db).await.expect("written");
        let _ = writeln!(lines, "{:<4} {path} {}", verb.to_uppercase(), page.status.as_u16());
    }
    lines
}

macro_rules! personas {
    ($($name:ident = $who:literal;)+) => {$(
        #[sqlx::test(migrator = "trame::MIGRATOR")]
        async fn $name(db: PgPool) {
            insta::assert_snapshot!(stringify!($name), outcomes(db, $who).await);
        }
    )+};
}

personas! {
    anybody = "anybody";
    owner = "owner";
    editor = "editor";
    consultant = "consultant";
    reader = "reader";
    other_carrier = "other carrier";
    assigned_reviewer = "assigned reviewer";
    unassigned_reviewer = "unassigned reviewer";
    committee = "committee";
    manager = "manager";
    recused_manager = "recused manager";
    operator = "operator";
}
