//! A scene: the whole application on a database of its own, at a chosen instant, with people who hold sessions.

pub mod chain;
pub mod smtp;
pub mod statements;

use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{Method, Request, StatusCode};
use sqlx::PgPool;
use time::OffsetDateTime;
use time::macros::datetime;
use tower::ServiceExt as _;
use trame::access::digest;
use trame::app::{App, Config, service};
use trame::call::store::{NewProject, create_project};
use trame::kit::ids::{AccountId, CallId, ProjectId};
use uuid::Uuid;

/// An instant when the call is open: its bound is 15 October 2015 at midnight in Paris.
pub const OPEN: OffsetDateTime = datetime!(2015-09-23 12:00 UTC);
/// The bound.
pub const BOUND: OffsetDateTime = datetime!(2015-10-14 22:00 UTC);
/// After the bound.
pub const AFTER: OffsetDateTime = datetime!(2015-10-20 8:00 UTC);

/// The application and its call.
pub struct Scene {
    pub app: App,
    pub call: CallId,
    pub data: std::path::PathBuf,
}

/// Somebody with a session.
#[derive(Clone)]
pub struct Person {
    pub id: AccountId,
    pub email: String,
    pub token: String,
}

/// An answer.
pub struct Page {
    pub status: StatusCode,
    pub location: String,
    pub body: String,
    pub headers: axum::http::HeaderMap,
}

impl Scene {
    pub async fn new(db: PgPool) -> Self {
        let data = std::env::temp_dir().join(format!("trame-test-{}", Uuid::new_v4().simple()));
        let config = Config { base_url: "http://127.0.0.1:3000".into(), data: data.clone(), is_demo: false, smtp_url: None, theme: None, trusted_proxy: None };
        let call = sqlx::query_scalar::<_, i64>(
            "select clone_call((select id from call where is_template limit 1), 'essai', 'Appel d’essai', '2014-2015', '2015', '2015-10-14 22:00Z')",
        )
        .fetch_one(&db)
        .await
        .expect("the template is shipped");
        Self { app: App::new(db, config).at(OPEN), call: CallId(call), data }
    }

    pub fn at(&self, instant: OffsetDateTime) -> Self {
        Self { app: self.app.at(instant), call: self.call, data: self.data.clone() }
    }

    pub async fn person(&self, name: &str) -> Person {
        let email = format!("{}@example.org", trame::kit::french::fold(name));
        let id: i64 = sqlx::query_scalar("insert into account (email, name) values ($1, $2) returning id")
            .bind(&email)
            .bind(name)
            .fetch_one(&self.app.db)
            .await
            .expect("account");
        self.session(AccountId(id), &email).await
    }

    pub async fn session(&self, id: AccountId, email: &str) -> Person {
        let token = Uuid::new_v4().simple().to_string();
        sqlx::query("insert into session (token_hash, account_id, created_at, expires_at) values ($1, $2, $3, $3 + interval '1 year')")
            .bind(digest(&token))
            .bind(id.get())
            .bind(self.app.now())
            .execute(&self.app.db)
            .await
            .expect("session");
        Person { id, email: email.to_owned(), token }
    }

    /// Somebody who holds that role in the call.
    pub async fn staff(&self, name: &str, roles: &[&str]) -> Person {
        let person = self.person(name).await;
        for role in roles {
            sqlx::query("insert into call_role (call_id, account_id, role) values ($1, $2, $3)")
                .bind(self.call.get())
                .bind(person.id.get())
                .bind(role)
                .execute(&self.app.db)
                .await
                .expect("role");
        }
        person
    }

    /// A dossier owned by that person.
    pub async fn project(&self, owner: &Person, title: &str) -> ProjectId {
        let mut tx = self.app.db.begin().await.expect("begin");
        let new = NewProject {
            call: self.call,
            title,
            organisation: "Syndicat mixte Rives de Charente",
            kind: "mixed_syndicate",
            commune: Some("16167"),
            manifested_on: Some(time::macros::date!(2014 - 11 - 28)),
            manifestation: "Une première intention, de trois communes.",
            is_reducing_impact: true,
            is_collective: true,
            notified_on: Some(time::macros::date!(2014 - 12 - 22)),
        };
        let project = create_project(&mut tx, &new, owner.id, datetime!(2014-12-22 10:00 UTC)).await.expect("project");
        tx.commit().await.expect("commit");
        self.member(project, owner, "owner").await;
        project
    }

    pub async fn member(&self, project: ProjectId, person: &Person, role: &str) {
        sqlx::query("insert into project_member (project_id, account_id, role) values ($1, $2, $3)")
            .bind(project.get())
            .bind(person.id.get())
            .bind(role)
            .execute(&self.app.db)
            .await
            .expect("member");
    }

    /// Assigns a review to somebody who has said that nothing ties them to the dossier.
    pub async fn assign(&self, project: ProjectId, reviewer: &Person) {
        sqlx::query("insert into review (project_id, account_id, submission_id, declared_at) select id, $2, submission_id, now() from project where id = $1")
            .bind(project.get())
            .bind(reviewer.id.get())
            .execute(&self.app.db)
            .await
            .expect("review");
        sqlx::query("update project set reviews_assigned = reviews_assigned + 1 where id = $1").bind(project.get()).execute(&self.app.db).await.expect("count");
    }

    pub async fn get(&self, person: &Person, path: &str) -> Page {
        self.send(Some(person), Method::GET, path, None, false).await
    }

    pub async fn get_public(&self, path: &str) -> Page {
        self.send(None, Method::GET, path, None, false).await
    }

    pub async fn post(&self, person: &Person, path: &str, pairs: &[(&str, &str)]) -> Page {
        self.send(Some(person), Method::POST, path, Some(form(pairs)), false).await
    }

    /// As the script posts: it reads JSON.
    pub async fn autosave(&self, person: &Person, path: &str, pairs: &[(&str, &str)]) -> Page {
        self.send(Some(person), Method::POST, path, Some(form(pairs)), true).await
    }

    pub async fn post_public(&self, path: &str, pairs: &[(&str, &str)]) -> Page {
        self.send(None, Method::POST, path, Some(form(pairs)), false).await
    }

    pub async fn send(&self, person: Option<&Person>, method: Method, path: &str, body: Option<String>, json: bool) -> Page {
        let mut request = Request::builder().method(method).uri(path.split('#').next().unwrap_or(path));
        if let Some(person) = person {
            request = request.header(COOKIE, format!("trame_session={}", person.token));
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if json {
            request = request.header(ACCEPT, "application/json");
        }
        self.run(request.body(body.map_or_else(Body::empty, Body::from)).expect("request")).await
    }

    pub async fn upload(&self, person: &Person, path: &str, name: &str, bytes: &[u8]) -> Page {
        let mut body = format!("--edge\r\ncontent-disposition: form-data; name=\"piece\"; filename=\"{name}\"\r\n\r\n").into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(COOKIE, format!("trame_session={}", person.token))
            .header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.run(request.body(Body::from(body)).expect("request")).await
    }

    pub async fn run(&self, request: Request<Body>) -> Page {
        let response = service(&self.app).oneshot(request).await.expect("the service answers");
        let status = response.status();
        let headers = response.headers().clone();
        let location = headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let body = to_bytes(response.into_body(), 32 * 1024 * 1024).await.expect("body");
        Page { status, location, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// A whole dossier, ready to deposit: fills every blocking element through the pages.
    pub async fn fill(&self, owner: &Person, project: ProjectId) {
        for (theme, keys) in [
            ("perimetre", &["q1", "q2", "q3", "q4"][..]),
            ("animation", &["q5", "q6", "q7", "q8", "q9", "q10"]),
            ("portage", &["carrier_name", "q11", "q12"]),
            ("gouvernance", &["q13", "q14"]),
            ("financement", &["q15", "q16"]),
        ] {
            let path = format!("/dossiers/{project}/organisation?theme={theme}");
            self.fill_page(owner, &path, keys).await;
        }
        self.fill_page(owner, &format!("/dossiers/{project}/etat-des-lieux"), &["context"]).await;
        let boxes = ["strength_resources", "weakness_economy", "opportunity_resources"];
        self.fill_page(owner, &format!("/dossiers/{project}/etat-des-lieux?theme=analyse"), &boxes).await;
        let action = self.row(owner, project, "actions").await;
        let path = format!("/dossiers/{project}/actions/{action}");
        let mut version = 1;
        let mut lines = Vec::new();
        for _ in 0..2 {
            let page = self.post(owner, &path, &[("version", &version.to_string()), ("ajouter", "action_line")]).await;
            page.expect(303);
            lines.push(page.location.rsplit('#').next().expect("anchor")["action_line-".len()..]["".len()..36].to_owned());
            version = version.max(1);
        }
        let (expense, resource) = (lines[0].clone(), lines[1].clone());
        let own = |row: &str, field: &str| format!("action_line.{row}.{field}");
        let names =
            [own(&expense, "side"), own(&expense, "label"), own(&expense, "amount"), own(&resource, "side"), own(&resource, "label"), own(&resource, "amount")];
        let pairs = [
            ("version", "1"),
            ("title", "Navette de la zone"),
            ("theme", "transport"),
            ("origin", "new"),
            ("description", "Une navette dessert la gare et les ateliers."),
            ("need", "Les salariés viennent seuls en voiture."),
            ("progress", "study"),
            ("action_line.id", &expense),
            ("action_line.version", "1"),
            ("action_line.id", &resource),
            ("action_line.version", "1"),
            (&names[0], "expense"),
            (&names[1], "Location de deux véhicules"),
            (&names[2], "18 600"),
            (&names[3], "resource"),
            (&names[4], "Sept entreprises de la zone"),
            (&names[5], "18 600"),
        ];
        self.post(owner, &path, &pairs).await.expect(303);
        let actor = self.row(owner, project, "acteurs").await;
        self.post(owner, &format!("/dossiers/{project}/acteurs/{actor}"), &[("version", "1"), ("name", "Verrerie des Borderies"), ("kind", "company")])
            .await
            .expect(303);
        let commitment = self.row(owner, project, "engagements").await;
        let path = format!("/dossiers/{project}/engagements/{commitment}");
        self.post(owner, &path, &[("version", "1"), ("stakeholder", &actor), ("kind", "letter_of_interest"), ("signed_on", "2015-09-01")]).await.expect(303);
        self.fill_page(owner, &format!("/dossiers/{project}/candidature"), &["letter", "objectives", "motivation"]).await;
    }

    pub async fn fill_page(&self, owner: &Person, path: &str, keys: &[&str]) {
        let page = self.get(owner, path).await;
        let version = page.hidden("version");
        let mut pairs: Vec<(&str, &str)> = vec![("version", &version)];
        pairs.extend(keys.iter().map(|key| (*key, "Une réponse écrite pour l’essai, qui dit l’essentiel.")));
        self.post(owner, path, &pairs).await.expect(303);
    }

    /// Adds a row with a page of its own; its id.
    pub async fn row(&self, owner: &Person, project: ProjectId, path: &str) -> String {
        let page = self.post(owner, &format!("/dossiers/{project}/{path}/nouveau"), &[("version", "0")]).await;
        page.expect(303);
        page.location.rsplit('/').next().expect("row").to_owned()
    }

    /// Every invariant holds.
    pub async fn check(&self) {
        let report = trame::check::run(&self.app).await.expect("check");
        assert!(report.is_sound(), "{report}");
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

fn form(pairs: &[(&str, &str)]) -> String {
    let operation = Uuid::new_v4().to_string();
    let mut pairs = pairs.to_vec();
    if !pairs.iter().any(|(name, _)| *name == "operation") {
        pairs.push(("operation", &operation));
    }
    serde_html_form::to_string(&pairs).expect("form")
}

impl Page {
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{} {}", self.location, self.text());
        self
    }

    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.plain().contains(text), "« {text} » is not in: {}", self.text());
        self
    }

    #[track_caller]
    pub fn is_silent_on(&self, text: &str) -> &Self {
        assert!(!self.plain().contains(text), "« {text} » is in: {}", self.text());
        self
    }

    /// The page without tags nor no-break spaces.
    pub fn plain(&self) -> String {
        let text: Vec<&str> = self.body.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
        let text = text.join(" ").replace(['\u{a0}', '\u{202f}'], " ").replace("&#39;", "'").replace("&amp;", "&").replace("&#38;", "&");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn text(&self) -> String {
        self.plain().chars().take(3000).collect()
    }

    /// Value of a hidden input, or that when the page has none.
    pub fn hidden_or(&self, name: &str, other: &str) -> String {
        if self.body.contains(&format!("name=\"{name}\" value=\"")) { self.hidden(name) } else { other.to_owned() }
    }

    /// Value of a hidden input.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> String {
        let start = self.body.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no hidden {name} in {}", self.text()));
        let rest = &self.body[start + name.len() + 15..];
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}
