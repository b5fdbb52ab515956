//! Coming in: sign-in, sessions, reset, invitations, team, mails. Whole application, real database.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{Request, StatusCode};
use sqlx::PgPool;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tower::ServiceExt as _;
use trame::account::{CallRole, Target, invite, passwords};
use trame::app::{App, Config, Peer};
use trame::kit::ids::{AccountId, CallId, ProjectId};
use trame::kit::values::Email;

const NOW: OffsetDateTime = datetime!(2015-10-01 08:00 UTC);
const GOOD: &str = "ruche cobalt tandem violon";

struct Scene {
    app: App,
    peer: &'static str,
    cookie: String,
}

struct Page {
    status: StatusCode,
    location: String,
    cookie: String,
    text: String,
}

impl Page {
    fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{} {}", self.location, self.text);
        self
    }
    fn says(&self, text: &str) -> &Self {
        let flat = self.text.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(flat.contains(text), "« {text} » not in {flat}");
        self
    }
    fn goes(&self, to: &str) -> &Self {
        assert_eq!((self.status.as_u16(), self.location.as_str()), (303, to), "{}", self.text);
        self
    }
}

impl Scene {
    fn new(db: PgPool) -> Self {
        let config = Config {
            base_url: "http://127.0.0.1:3000".into(),
            data: std::env::temp_dir().join(format!("trame-test-{}", uuid::Uuid::new_v4())),
            is_demo: true,
            smtp_url: None,
            theme: None,
            trusted_proxy: None,
        };
        Self { app: App::new(db, config).at(NOW), peer: "192.0.2.1:4000", cookie: String::new() }
    }
    fn at(&self, at: OffsetDateTime) -> Self {
        Self { app: self.app.at(at), peer: self.peer, cookie: self.cookie.clone() }
    }
    fn from(&self, peer: &'static str) -> Self {
        Self { app: self.app.clone(), peer, cookie: String::new() }
    }
    fn with(&self, cookie: &str) -> Self {
        Self { app: self.app.clone(), peer: self.peer, cookie: cookie.to_owned() }
    }
    fn service(&self) -> Router {
        trame::app::service(&self.app)
    }
    async fn send(&self, request: axum::http::request::Builder, body: String) -> Page {
        let peer: SocketAddr = self.peer.parse().expect("peer");
        let request = request.header(COOKIE, &self.cookie).extension(Peer(peer)).body(Body::from(body)).expect("request");
        let response = self.service().oneshot(request).await.expect("answer");
        let (status, location, cookie) = {
            let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            (response.status(), header(LOCATION), header(SET_COOKIE))
        };
        let body = response.into_body();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("body");
        Page { status, location, cookie, text: String::from_utf8(bytes.to_vec()).expect("utf-8") }
    }
    async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path), String::new()).await
    }
    async fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Page {
        let mut all = pairs.to_vec();
        let operation = uuid::Uuid::new_v4().to_string();
        if !pairs.iter().any(|(key, _)| *key == "operation") {
            all.push(("operation", &operation));
        }
        let body = serde_html_form::to_string(&all).expect("form");
        self.send(Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded"), body).await
    }
    async fn account(&self, email: &str, name: &str) -> AccountId {
        let hash = passwords::hash(&self.app, GOOD).await.expect("hash");
        let id = sqlx::query_scalar::<_, i64>("insert into account (email, name, password_hash) values ($1, $2, $3) returning id")
            .bind(email)
            .bind(name)
            .bind(hash)
            .fetch_one(&self.app.db)
            .await
            .expect("account");
        AccountId(id)
    }
    async fn signed(&self, email: &str) -> Self {
        let page = self.post("/connexion", &[("email", email), ("password", GOOD)]).await;
        page.expect(303);
        self.with(page.cookie.split(';').next().expect("cookie"))
    }
    async fn one<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::query_scalar(sql).fetch_one(&self.app.db).await.expect(sql)
    }
    async fn run(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.app.db).await.expect(sql);
    }
    /// The open call and a dossier of Ana's in it.
    async fn dossier(&self) -> (CallId, ProjectId, AccountId) {
        let ana = self.account("ana@example.org", "Ana Diaz").await;
        let call: i64 =
            self.one("select clone_call((select id from call where is_template limit 1), 'demo', 'Appel ouvert', '2015', 'D', '2015-10-14 22:00Z')").await;
        sqlx::query("insert into organisation (name, kind) values ('Syndicat', 'mixed_syndicate')").execute(&self.app.db).await.expect("organisation");
        let project: i64 = sqlx::query_scalar("insert into project (call_id, number, organisation_id, title, label) values ($1, 1, (select max(id) from organisation), 'Rives', 'Syndicat, Jarnac (16)') returning id")
            .bind(call)
            .fetch_one(&self.app.db)
            .await
            .expect("project");
        sqlx::query("insert into project_member (project_id, account_id, role) values ($1, $2, 'owner')")
            .bind(project)
            .bind(ana.get())
            .execute(&self.app.db)
            .await
            .expect("member");
        (CallId(call), ProjectId(project), ana)
    }
    async fn invited(&self, target: Target, email: &str, by: AccountId) -> String {
        let mut tx = self.app.db.begin().await.expect("begin");
        let sent = invite(&mut tx, &self.app, target, &Email::read(email).expect("email"), Some(by), self.app.now()).await.expect("invitation");
        tx.commit().await.expect("commit");
        sent.path
    }
    async fn mailed_link(&self, prefix: &str) -> String {
        let body: String = self.one("select body from mail order by id desc limit 1").await;
        let line = body.lines().find(|line| line.contains(prefix)).expect("link").to_owned();
        line.strip_prefix("http://127.0.0.1:3000").expect("base").to_owned()
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn signing_in_opens_a_session_and_signing_out_ends_it(db: PgPool) {
    let scene = Scene::new(db);
    scene.account("ana@example.org", "Ana Diaz").await;
    scene.get("/connexion?next=/compte").await.expect(200).says("Connexion nécessaire").says("Aucun appel").says("trame-demo-2015");
    let page = scene.post("/connexion", &[("email", " Ana@Example.org"), ("password", GOOD), ("next", "/compte")]).await;
    page.goes("/compte");
    assert!(page.cookie.starts_with("trame_session=") && page.cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/; Max-Age=3888000"), "{}", page.cookie);
    let ana = scene.with(page.cookie.split(';').next().expect("cookie"));
    ana.get("/compte").await.expect(200).says("Ana Diaz").says("celle-ci");
    ana.get("/connexion?next=/compte").await.goes("/compte");
    ana.get("/").await.expect(200).says("Bonjour Ana Diaz").says("Aucun rôle pour l’instant");
    // Signing in again replaces the session of this browser.
    let again = ana.signed("ana@example.org").await;
    ana.get("/compte").await.goes("/connexion?next=/compte");
    again.get("/compte").await.expect(200);
    let out = again.post("/deconnexion", &[]).await;
    out.goes("/connexion");
    assert!(out.cookie.starts_with("trame_session=;") && out.cookie.contains("Max-Age=0"), "{}", out.cookie);
    again.get("/compte").await.goes("/connexion?next=/compte");
    again.post("/deconnexion", &[]).await.goes("/connexion");
    let acts: i64 = scene.one("select count(*) from journal where act in ('signed_in', 'signed_out')").await;
    assert_eq!(acts, 3);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn known_and_unknown_addresses_get_the_same_answer(db: PgPool) {
    let scene = Scene::new(db);
    scene.account("ana@example.org", "Ana Diaz").await;
    let known = scene.post("/connexion", &[("email", "ana@example.org"), ("password", "wrong")]).await;
    let unknown = scene.post("/connexion", &[("email", "bob@example.org"), ("password", "wrong")]).await;
    known.expect(422).says("Adresse ou mot de passe inconnu").says("ana@example.org");
    assert_eq!(known.text.replace("ana@", "bob@"), unknown.text);
    assert!(!known.text.contains("wrong"));
    for odd in [("email", "a\0b"), ("email", ""), ("email", "x")] {
        scene.post("/connexion", &[odd, ("password", "\0")]).await.expect(422);
    }
    let long = "é".repeat(20_000);
    scene.post("/connexion", &[("email", &long), ("password", &long)]).await.expect(422);
    let sent = scene.post("/mot-de-passe", &[("email", "ana@example.org")]).await;
    let not_sent = scene.post("/mot-de-passe", &[("email", "bob@example.org")]).await;
    sent.goes("/mot-de-passe?envoye=1");
    not_sent.goes("/mot-de-passe?envoye=1");
    assert_eq!(scene.one::<i64>("select count(*) from mail").await, 1);
    scene.post("/mot-de-passe", &[("email", "pas une adresse")]).await.expect(422).says("Écrire une adresse électronique");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_tenth_try_is_stopped_here_and_not_elsewhere(db: PgPool) {
    let scene = Scene::new(db);
    scene.account("ana@example.org", "Ana Diaz").await;
    for _ in 0..9 {
        scene.post("/connexion", &[("email", "ana@example.org"), ("password", "wrong")]).await.expect(422);
    }
    scene.post("/connexion", &[("email", "ana@example.org"), ("password", GOOD)]).await.expect(429).says("Attendez quinze minutes");
    scene.from("192.0.2.2:1").signed("ana@example.org").await;
    scene.at(NOW + Duration::minutes(15)).signed("ana@example.org").await;
    // All at once: never more than nine are judged.
    let mut judged = 0;
    let mut set = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let scene = scene.from("192.0.2.3:1");
        set.spawn(async move { scene.post("/connexion", &[("email", "leo@example.org"), ("password", "wrong")]).await.status });
    }
    while let Some(status) = set.join_next().await {
        judged += usize::from(status.expect("joined") == 422);
    }
    assert!(judged <= 9, "{judged}");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_office_signs_in_and_a_sprayer_is_stopped_by_the_fiftieth(db: PgPool) {
    let scene = Scene::new(db);
    scene.account("ana@example.org", "Ana Diaz").await;
    for _ in 0..60 {
        scene.signed("ana@example.org").await;
    }
    for n in 0..49 {
        let email = format!("p{n}@example.org");
        scene.post("/connexion", &[("email", &email), ("password", "wrong")]).await.expect(422);
    }
    scene.post("/connexion", &[("email", "q@example.org"), ("password", "wrong")]).await.expect(429);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_forgotten_password_is_chosen_again_once(db: PgPool) {
    let scene = Scene::new(db);
    scene.account("ana@example.org", "Ana Diaz").await;
    let ana = scene.signed("ana@example.org").await;
    scene.post("/mot-de-passe", &[("email", "ana@example.org")]).await.goes("/mot-de-passe?envoye=1");
    scene.get("/mot-de-passe?envoye=1").await.expect(200).says("Si un compte existe");
    let link = scene.mailed_link("/mot-de-passe/").await;
    scene.get(&link).await.expect(200).says("ana@example.org");
    scene.post(&link, &[("password", "trame-demo-2015")]).await.expect(422).says("mots courants");
    scene.post(&link, &[("password", "court")]).await.expect(422).says("12 caractères au moins");
    let new = "girafe sous un parapluie";
    scene.post(&link, &[("password", new)]).await.goes("/connexion?nouveau=1");
    scene.post(&link, &[("password", new)]).await.goes("/connexion?nouveau=1");
    scene.post(&link, &[("password", "another giraffe umbrella")]).await.expect(410);
    scene.get(&link).await.expect(410).says("Ce lien n’est plus valable");
    scene.get("/mot-de-passe/nothing").await.expect(410);
    ana.get("/compte").await.goes("/connexion?next=/compte");
    scene.post("/connexion", &[("email", "ana@example.org"), ("password", GOOD)]).await.expect(422);
    scene.post("/connexion", &[("email", "ana@example.org"), ("password", new)]).await.goes("/");
    assert_eq!(scene.one::<i64>("select count(*) from mail where kind = 'password_changed'").await, 1);
    // An hour later a link is dead.
    scene.post("/mot-de-passe", &[("email", "ana@example.org")]).await.expect(303);
    let link = scene.mailed_link("/mot-de-passe/").await;
    scene.at(NOW + Duration::hours(1)).get(&link).await.expect(410);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn ones_account_is_ones_own(db: PgPool) {
    let scene = Scene::new(db);
    scene.account("ana@example.org", "Ana Diaz").await;
    scene.account("leo@example.org", "Léo Roy").await;
    let (ana, other, leo) =
        (scene.signed("ana@example.org").await, scene.from("192.0.2.9:1").signed("ana@example.org").await, scene.signed("leo@example.org").await);
    let form = [("version", "1"), ("name", "Ana Díaz"), ("organisation", "Syndicat")];
    ana.post("/compte", &form).await.goes("/compte?fait=compte");
    ana.post("/compte", &form).await.goes("/compte?fait=compte");
    assert_eq!(scene.one::<i32>("select version from account where email = 'ana@example.org'").await, 2);
    ana.post("/compte", &[("version", "1"), ("name", "Autre"), ("organisation", "")]).await.expect(409).says("Autre").says("ont changé dans une autre fenêtre");
    ana.post("/compte", &[("version", "2"), ("name", " "), ("organisation", "x")]).await.expect(422).says("Écrire quelques mots");
    ana.post("/compte", &[("name", "a")]).await.expect(400);
    // Sessions: seen, closed, and never somebody else's.
    let theirs: i64 = scene.one("select max(session.id) from session join account on account.id = account_id where email = 'leo@example.org'").await;
    ana.post(&format!("/compte/sessions/{theirs}"), &[]).await.expect(404);
    leo.get("/compte").await.expect(200);
    let second: i64 = scene.one("select max(session.id) from session join account on account.id = account_id where email = 'ana@example.org'").await;
    ana.post(&format!("/compte/sessions/{second}"), &[]).await.goes("/compte?fait=session");
    ana.post(&format!("/compte/sessions/{second}"), &[]).await.goes("/compte?fait=session");
    other.get("/compte").await.goes("/connexion?next=/compte");
    let other = scene.from("192.0.2.9:1").signed("ana@example.org").await;
    ana.post("/compte/sessions", &[]).await.goes("/compte?fait=sessions");
    other.get("/compte").await.goes("/connexion?next=/compte");
    ana.get("/compte?fait=sessions").await.expect(200).says("Les autres sessions sont fermées");
    // Password.
    let other = scene.from("192.0.2.9:1").signed("ana@example.org").await;
    let operation = uuid::Uuid::new_v4().to_string();
    ana.post("/compte/mot-de-passe", &[("current", "wrong"), ("password", "girafe sous un parapluie")]).await.expect(422).says("Écrire le mot de passe actuel");
    ana.post("/compte/mot-de-passe", &[("current", GOOD), ("password", "Ana Díaz ana@example")]).await.expect(422).says("de votre nom");
    let form = [("current", GOOD), ("password", "girafe sous un parapluie"), ("operation", operation.as_str())];
    ana.post("/compte/mot-de-passe", &form).await.goes("/compte?fait=mot-de-passe");
    ana.post("/compte/mot-de-passe", &form).await.goes("/compte?fait=mot-de-passe");
    other.get("/compte").await.goes("/connexion?next=/compte");
    ana.get("/compte").await.expect(200);
    ana.at(NOW + Duration::minutes(20)).get("/compte").await.expect(200);
    let seen: OffsetDateTime = scene.one("select max(last_seen_at) from session").await;
    assert_eq!(seen, NOW + Duration::minutes(20));
    ana.at(NOW + Duration::days(14)).get("/compte").await.goes("/connexion?next=/compte");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_invitation_makes_an_account_once(db: PgPool) {
    let scene = Scene::new(db);
    let (call, project, ana) = scene.dossier().await;
    let link = scene.invited(Target::Team { project, role: trame::access::MemberRole::Editor }, "new@example.org", ana).await;
    scene
        .get(&link)
        .await
        .expect(200)
        .says("Devenir membre de l’équipe du dossier")
        .says("« Rives », Syndicat, Jarnac (16)")
        .says("Ana Diaz")
        .says("Créer votre compte");
    scene.post(&link, &[("name", ""), ("password", "court")]).await.expect(422).says("2 réponses sont à corriger");
    let mut set = tokio::task::JoinSet::new();
    for _ in 0..5 {
        let (scene, link) = (scene.with(""), link.clone());
        set.spawn(async move { scene.post(&link, &[("name", "Nina Costa"), ("password", "girafe sous un parapluie")]).await });
    }
    let landing = format!("/dossiers/{project}");
    let mut last = None;
    while let Some(page) = set.join_next().await {
        let page = page.expect("joined");
        page.goes(&landing);
        last = Some(page);
    }
    let nina = scene.with(last.expect("five").cookie.split(';').next().expect("cookie"));
    nina.get(&link).await.goes(&landing);
    nina.get(&format!("{landing}/equipe")).await.expect(200).says("Nina Costa").says("Le porteur invite");
    assert_eq!(scene.one::<i64>("select count(*) from account").await, 2);
    assert_eq!(scene.one::<i64>("select count(*) from journal where act = 'joined'").await, 1);
    scene.get(&link).await.expect(200).says("déjà acceptée");
    scene.get("/invitation/unknown").await.expect(404);
    // A manager chooses a longer password.
    let link = scene.invited(Target::Call { call, role: CallRole::Manager, seat: None }, "boss@example.org", ana).await;
    scene.get(&link).await.expect(200).says("gestionnaire de l’appel").says("16 caractères au moins");
    scene.post(&link, &[("name", "Bo Sse"), ("password", "moka luth grave")]).await.expect(422).says("16 caractères au moins");
    scene.post(&link, &[("name", "Bo Sse"), ("password", GOOD)]).await.goes("/appel?appel=demo");
    // Replaced, expired.
    let target = Target::Call { call, role: CallRole::Reviewer, seat: None };
    let first = scene.invited(target, "rev@example.org", ana).await;
    let second = scene.invited(target, "rev@example.org", ana).await;
    scene.get(&first).await.expect(410).says("n’est plus valable");
    scene.at(NOW + Duration::days(30)).get(&second).await.expect(410).says("expirée");
    scene.at(NOW + Duration::days(30)).post(&second, &[("name", "x"), ("password", GOOD)]).await.expect(410);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_invitation_is_for_its_own_address(db: PgPool) {
    let scene = Scene::new(db);
    let (call, _, ana) = scene.dossier().await;
    scene.account("leo@example.org", "Léo Roy").await;
    scene.account("eve@example.org", "Ève").await;
    let link = scene.invited(Target::Call { call, role: CallRole::Committee, seat: None }, "leo@example.org", ana).await;
    scene.get(&link).await.expect(200).says("Un compte existe à cette adresse").says(&format!("/connexion?next={link}"));
    scene.post(&link, &[]).await.expect(200).says("Un compte existe");
    let eve = scene.signed("eve@example.org").await;
    eve.get(&link).await.expect(200).says("pour une autre adresse");
    eve.post(&link, &[]).await.expect(200).says("pour une autre adresse");
    let leo = scene.signed("leo@example.org").await;
    leo.get(&link).await.expect(200).says("Accepter l’invitation");
    leo.post(&link, &[]).await.goes("/comite?appel=demo");
    leo.post(&link, &[]).await.goes("/comite?appel=demo");
    eve.get(&link).await.expect(200).says("déjà acceptée");
    assert_eq!(scene.one::<i64>("select count(*) from call_role where role = 'committee'").await, 1);
    leo.get("/").await.expect(200).says("Comité").says("1 dossier suivi, 0 déposé");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_owner_manages_the_team(db: PgPool) {
    let scene = Scene::new(db);
    let (_, project, _) = scene.dossier().await;
    let ana = scene.signed("ana@example.org").await;
    let team = format!("/dossiers/{project}/equipe");
    ana.get(&team).await.expect(200).says("(vous)").says("Inviter quelqu’un");
    ana.post(&team, &[("email", "x"), ("role", "")]).await.expect(422).says("Choisir un rôle").says("Écrire une adresse");
    ana.post(&team, &[("email", "ana@example.org"), ("role", "reader")]).await.expect(422).says("déjà de l’équipe");
    let operation = uuid::Uuid::new_v4().to_string();
    let form = [("email", "Leo@example.org"), ("role", "editor"), ("operation", operation.as_str())];
    ana.post(&team, &form).await.goes(&team);
    ana.post(&team, &form).await.goes(&team);
    assert_eq!(scene.one::<i64>("select count(*) from mail where kind = 'invitation'").await, 1);
    ana.get(&team).await.says("leo@example.org");
    let invitation: i64 = scene.one("select id from invitation").await;
    ana.post(&format!("{team}/invitations/{invitation}/retrait"), &[]).await.goes(&team);
    ana.post(&format!("{team}/invitations/{invitation}/retrait"), &[]).await.goes(&team);
    ana.post(&format!("{team}/invitations/999/retrait"), &[]).await.expect(404);
    let leo = scene.account("leo@example.org", "Léo Roy").await;
    let link = scene.mailed_link("/invitation/").await;
    let as_leo = scene.signed("leo@example.org").await;
    as_leo.get(&link).await.expect(410);
    ana.post(&team, &[("email", "leo@example.org"), ("role", "editor")]).await.goes(&team);
    let link = scene.mailed_link("/invitation/").await;
    as_leo.get(&team).await.expect(404);
    as_leo.post(&link, &[]).await.goes(&format!("/dossiers/{project}"));
    let member = format!("{team}/membres/{leo}");
    as_leo.post(&member, &[("role", "owner"), ("version", "1")]).await.expect(403).says("Seul le porteur");
    ana.post(&member, &[("role", "editor"), ("depot", "oui"), ("version", "1")]).await.goes(&team);
    ana.post(&member, &[("role", "editor"), ("depot", "oui"), ("version", "1")]).await.goes(&team);
    as_leo.get(&team).await.says("oui, par délégation");
    ana.post(&member, &[("role", "reader"), ("version", "1")]).await.expect(409).says("Ce rôle a changé");
    // The last owner stays; nobody takes oneself away.
    let me: i64 = scene.one("select id from account where email = 'ana@example.org'").await;
    let mine = format!("{team}/membres/{me}");
    ana.post(&mine, &[("role", "reader"), ("version", "1")]).await.expect(422).says("au moins un porteur");
    ana.post(&format!("{mine}/retrait"), &[]).await.expect(422).says("vous retirer vous-même");
    ana.post(&member, &[("role", "owner"), ("version", "2")]).await.expect(422).says("Le portage se propose");
    ana.post(&format!("/dossiers/{project}/portage"), &[("a", &leo.to_string()), ("ensuite", "owner")]).await.goes(&format!("{team}#portage"));
    as_leo.post(&format!("/dossiers/{project}/portage/reponse"), &[("reponse", "accepter")]).await.goes(&team);
    as_leo.post(&mine, &[("role", "reader"), ("version", "1")]).await.goes(&team);
    ana.post(&member, &[("role", "reader"), ("version", "3")]).await.expect(403);
    as_leo.post(&format!("{mine}/retrait"), &[]).await.goes(&team);
    ana.get(&team).await.expect(404);
    assert_eq!(scene.one::<i64>("select count(*) from journal where act in ('invited', 'member_changed', 'joined')").await, 7);
    let broken: i64 = scene.one("select count(*) from project where journal_seq <> (select max(seq) from journal where project_id = project.id)").await;
    assert_eq!(broken, 0);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn mails_leave_or_wait_or_fail_and_are_sent_again(db: PgPool) {
    let scene = Scene::new(db.clone());
    let (_, project, ana) = scene.dossier().await;
    scene.run("update account set is_operator = true where email = 'ana@example.org'").await;
    scene.invited(Target::Team { project, role: trame::access::MemberRole::Owner }, "new@example.org", ana).await;
    assert_eq!(trame::mail::drain(&scene.app).await.expect("drained"), 1);
    assert_eq!(trame::mail::drain(&scene.app).await.expect("drained"), 0);
    let files: Vec<_> = std::fs::read_dir(scene.app.config.data.join("courriels")).expect("folder").map(|entry| entry.expect("entry").path()).collect();
    assert_eq!(files.len(), 1);
    let text = std::fs::read_to_string(&files[0]).expect("mail");
    assert!(text.contains("To: new@example.org") && text.contains("Subject: =?utf-8?"), "{text}");
    std::fs::remove_dir_all(&scene.app.config.data).expect("removed");
    let operator = scene.signed("ana@example.org").await;
    operator.get("/exploitation").await.expect(200).says("Version de Trame").says("0 courriel");
    operator.get("/exploitation/courriels").await.expect(200).says("Parti").says("new@example.org");
    // A server that nobody listens on.
    let config = Config { smtp_url: Some("smtp://127.0.0.1:1".into()), is_demo: false, ..(*scene.app.config).clone() };
    let broken = App::new(db, config).at(NOW);
    scene.invited(Target::Team { project, role: trame::access::MemberRole::Reader }, "two@example.org", ana).await;
    let mut at = NOW;
    for attempt in 1..=24_i32 {
        assert_eq!(trame::mail::drain(&broken.at(at)).await.expect("drained"), 0);
        assert_eq!(scene.one::<i32>("select max(attempts) from mail where sent_at is null").await, attempt);
        at += Duration::hours(4);
    }
    assert_eq!(scene.one::<String>("select last_error from mail where failed_at is not null").await, "serveur de courriel injoignable");
    let quiet = Scene { app: broken.clone(), peer: operator.peer, cookie: operator.cookie.clone() };
    let list = quiet.get("/exploitation/courriels?etat=echec").await;
    list.expect(200).says("En échec").says("Renvoyer");
    assert!(!list.text.contains("two@example.org"));
    quiet.get("/exploitation").await.says("1 courriel n’est pas parti");
    let id: i64 = scene.one("select id from mail where failed_at is not null").await;
    operator.post(&format!("/exploitation/courriels/{id}/reprise"), &[]).await.goes("/exploitation/courriels");
    assert_eq!(trame::mail::drain(&scene.app).await.expect("drained"), 1);
    scene.account("x@example.org", "X").await;
    scene.signed("x@example.org").await.get("/exploitation").await.expect(404);
    let _ = std::fs::remove_dir_all(&scene.app.config.data);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn public_pages_open_for_everybody(db: PgPool) {
    let scene = Scene::new(db);
    let (_, project, _) = scene.dossier().await;
    for (path, text) in [
        ("/", "Appel ouvert, 2015"),
        ("/connexion", "jusqu’au mercredi 14 octobre 2015 à 23 h 59 min 59 s"),
        ("/accessibilite", "Défenseur des droits"),
        ("/donnees-personnelles", "CNIL"),
        ("/mentions-legales", "EUPL"),
        ("/sante", "bien"),
        ("/mot-de-passe", "Recevoir le lien"),
    ] {
        scene.get(path).await.expect(200).says(text);
    }
    scene.get("/theme.css").await.expect(404);
    let ana = scene.signed("ana@example.org").await;
    ana.get("/").await.expect(200).says("Rives").says("Il reste 13 jours.").says(&format!("/dossiers/{project}"));
    ana.get("/mentions-legales").await.expect(200).says("Se déconnecter");
    let link = trame::account::create(&scene.app, "op@example.org", "Opé", true, Some("demo")).await.expect("created");
    let path = link.strip_prefix("http://127.0.0.1:3000").expect("base");
    scene.post(path, &[("password", GOOD)]).await.goes("/connexion?nouveau=1");
    assert!(trame::account::create(&scene.app, "op@example.org", "Opé", false, None).await.expect("again").ends_with("/connexion"));
    assert!(trame::account::create(&scene.app, "op@example.org", "Opé", false, Some("absent")).await.is_err());
    let boss = scene.signed("op@example.org").await;
    boss.get("/").await.expect(200).says("Gestion de l’appel").says("Exploitation");
}
