//! The outbox: mails leave once whatever happens to the server, what may wait is gathered, rights are checked when they leave.

use crate::support::smtp::Smtp;
use crate::support::{OPEN, Person, Scene};
use sqlx::PgPool;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use trame::app::{App, Config};
use trame::kit::ids::ProjectId;

/// A dossier with three people, and a manager.
struct Cast {
    scene: Scene,
    project: ProjectId,
    ana: Person,
    bob: Person,
    lise: Person,
    max: Person,
}

impl Cast {
    async fn new(db: PgPool) -> Self {
        let scene = Scene::new(db).await;
        let (ana, bob, lise) = (scene.person("Ana").await, scene.person("Bob").await, scene.person("Lise").await);
        let project = scene.project(&ana, "Boucles <de> Charente").await;
        scene.member(project, &bob, "editor").await;
        scene.member(project, &lise, "editor").await;
        let max = scene.staff("Max", &["manager"]).await;
        Self { scene, project, ana, bob, lise, max }
    }

    /// The same, whose mails go by that server.
    fn by(&self, url: &str) -> Scene {
        let config = Config { smtp_url: Some(url.to_owned()), ..(*self.scene.app.config).clone() };
        Scene { app: App::new(self.scene.app.db.clone(), config).at(OPEN), call: self.scene.call, data: self.scene.data.clone() }
    }

    async fn write(&self, person: &Person, thread: &str) {
        self.scene.post(person, &format!("/dossiers/{}/messages/{thread}", self.project), &[("version", "0"), ("texte", "Mot-secret.")]).await.expect(303);
    }

    async fn list(&self, query: &'static str) -> Vec<String> {
        sqlx::query_scalar(query).fetch_all(&self.scene.app.db).await.expect(query)
    }

    async fn run(&self, query: &'static str) {
        sqlx::query(query).execute(&self.scene.app.db).await.expect(query);
    }

    async fn choose(&self, person: &Person, rhythm: &str) {
        let pairs = [("version", "0"), ("messages", rhythm), ("receipt", "none"), ("team", "jamais")];
        self.scene.post(person, "/compte/courriels", &pairs).await.expect(303);
    }

    /// What is held was written at that instant.
    async fn written_at(&self, at: OffsetDateTime) {
        sqlx::query("update mail set created_at = $1 where rhythm <> 'at_once' and gathered_in is null")
            .bind(at)
            .execute(&self.scene.app.db)
            .await
            .expect("moved");
    }
}

fn rule(to: &str) -> u16 {
    if to.starts_with("bob") {
        451
    } else if to.starts_with("lise") {
        550
    } else {
        250
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_server_away_for_an_hour_loses_nothing_and_each_mail_leaves_once(db: PgPool) {
    let c = Cast::new(db).await;
    for _ in 0..3 {
        c.write(&c.ana, "administration").await;
    }
    let free = Smtp::listen(0, |_| 250).await;
    let (url, port) = (free.url.clone(), free.port);
    drop(free);
    let app = c.by(&url).app;
    for minute in 0..=60 {
        assert_eq!(trame::mail::drain(&app.at(OPEN + Duration::minutes(minute))).await.expect("drained"), 0);
    }
    let tried = c.list("select distinct last_error from mail where sent_at is null and failed_at is null and attempts between 4 and 6").await;
    assert_eq!(tried, ["serveur de courriel injoignable"]);
    let back = Smtp::listen(port, |_| 250).await;
    let mut left = 0;
    for minute in 61..=240 {
        left += trame::mail::drain(&app.at(OPEN + Duration::minutes(minute))).await.expect("drained");
    }
    let taken = back.taken();
    assert_eq!((left, taken.len()), (9, 9), "three messages, three readers each");
    let mut names: Vec<&str> = taken.iter().filter_map(|(_, text)| text.lines().find(|line| line.starts_with("Message-ID: "))).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 9, "no mail twice");
    let (_, text) = &taken[0];
    for part in ["Auto-Submitted: auto-generated", "List-Id: Trame <messages.", "multipart/alternative", "text/plain", "text/html", "List-Unsubscribe: <http"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(taken.iter().all(|(_, text)| !text.contains("secret")), "a mail carries a link, never the text");
    assert_eq!(trame::mail::drain(&app.at(OPEN + Duration::days(9))).await.expect("drained"), 0);
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_refusal_for_now_is_tried_again_and_one_for_good_comes_back_to_its_sender(db: PgPool) {
    let c = Cast::new(db).await;
    c.write(&c.ana, "equipe").await;
    c.write(&c.max, "administration").await;
    let server = Smtp::listen(0, rule).await;
    let app = c.by(&server.url).app;
    assert_eq!(trame::mail::drain(&app).await.expect("drained"), 1, "Ana's");
    assert_eq!(c.list("select distinct recipient from mail where bounced_at is not null").await, ["lise@example.org"]);
    assert_eq!(c.list("select distinct last_error from mail where sent_at is null and failed_at is null").await, ["refus momentané du serveur de courriel"]);
    let names = || server.taken().into_iter().map(|(to, _)| to).collect::<Vec<_>>();
    trame::mail::drain(&app.at(OPEN + Duration::minutes(2))).await.expect("drained");
    assert_eq!(c.list("select attempts::text from mail where recipient like 'bob%'").await, ["2", "2"]);
    assert_eq!(c.list("select attempts::text from mail where recipient like 'lise%'").await, ["1", "1"], "what is refused for good is not tried again");
    assert_eq!(names(), ["ana@example.org"]);
    // Its sender sees it in the thread and in the notices; others do not.
    let thread = format!("/dossiers/{}/messages/administration", c.project);
    c.scene.get(&c.max, &thread).await.says("Courriel refusé").says("L’adresse de Lise");
    c.scene.get(&c.bob, &thread).await.is_silent_on("Courriel refusé");
    c.scene.get(&c.max, "/compte/avis").await.says("Courriel refusé, Lise");
    c.scene.get(&c.ana, "/compte/avis").await.says("Courriel refusé, Lise");
    // And the operator.
    c.run("update account set is_operator = true where name = 'Max'").await;
    c.scene.get(&c.max, "/exploitation/courriels?etat=refus").await.says("Refusé par le destinataire").is_silent_on("lise@");
    c.scene.get(&c.max, "/exploitation/courriels?etat=echec").await.says("Aucun courriel.");
    let number = c.list("select min(id)::text from mail where bounced_at is not null").await.remove(0);
    c.scene.get(&c.max, &format!("/exploitation/courriels/{number}")).await.expect(404);
    c.scene.post(&c.max, &format!("/exploitation/courriels/{number}/reprise"), &[("version", "0")]).await.expect(303);
    let healed = Smtp::listen(0, |_| 250).await;
    trame::mail::drain(&c.by(&healed.url).app.at(OPEN + Duration::minutes(20))).await.expect("drained");
    let mut taken: Vec<String> = healed.taken().into_iter().map(|(to, _)| to).collect();
    taken.sort_unstable();
    assert_eq!(taken, ["bob@example.org", "bob@example.org", "lise@example.org"]);
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_workers_send_each_mail_once_and_one_that_died_leaves_its_mail_to_the_next(db: PgPool) {
    let c = Cast::new(db).await;
    for _ in 0..4 {
        c.write(&c.ana, "equipe").await;
    }
    let server = Smtp::listen(0, |_| 250).await;
    let app = c.by(&server.url).app;
    let (one, two) = tokio::join!(trame::mail::drain(&app), trame::mail::drain(&app));
    assert_eq!(one.expect("drained") + two.expect("drained"), 8);
    assert_eq!(server.taken().len(), 8);
    // Killed between the sending and its mark: sent again after the lease, as the very same mail.
    c.run("update mail set sent_at = null, attempts = 1, next_attempt_at = '2015-09-23 12:05Z' where id = (select min(id) from mail)").await;
    assert_eq!(trame::mail::drain(&app.at(OPEN + Duration::minutes(4))).await.expect("drained"), 0);
    assert_eq!(trame::mail::drain(&app.at(OPEN + Duration::minutes(6))).await.expect("drained"), 1);
    let id = c.list("select min(id)::text from mail").await.remove(0);
    let same = server.taken().into_iter().filter(|(_, text)| text.contains(&format!("Message-ID: <mail-{id}@"))).count();
    assert_eq!(same, 2, "at least once, under one name");
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn each_receives_as_they_chose_and_what_one_must_receive_cannot_be_turned_off(db: PgPool) {
    let c = Cast::new(db).await;
    c.scene.get(&c.bob, "/compte").await.says("un résumé chaque lundi matin").says("récépissé de dépôt").says("sans pouvoir être coupés");
    c.choose(&c.bob, "daily").await;
    c.choose(&c.lise, "none").await;
    c.scene.get(&c.bob, "/compte?fait=courriels").await.says("Ce que vous recevez par courriel est enregistré.");
    let held = c.list("select topic || ' ' || rhythm from mail_preference order by account_id, topic").await;
    assert_eq!(held, ["messages daily", "messages none"], "no topic of what one must receive, no word that is not a rhythm");
    c.write(&c.ana, "equipe").await;
    c.write(&c.ana, "administration").await;
    assert_eq!(c.list("select rhythm from mail where recipient like 'bob%'").await, ["daily", "daily"]);
    assert_eq!(c.list("select id::text from mail where recipient like 'lise%'").await, [] as [String; 0]);
    assert_eq!(
        c.list("select kind from notice where account_id = (select id from account where name = 'Lise')").await,
        ["message", "message"],
        "the notice comes in any case"
    );

    // Gathered in the morning of Paris, once, whatever the worker does.
    c.written_at(datetime!(2015-09-23 18:00 UTC)).await;
    let server = Smtp::listen(0, |_| 250).await;
    let app = c.by(&server.url).app;
    let to_bob = || server.taken().into_iter().filter(|(to, _)| to.starts_with("bob")).map(|(_, text)| text).collect::<Vec<_>>();
    trame::mail::drain(&app.at(datetime!(2015-09-24 04:59 UTC))).await.expect("drained");
    assert_eq!(to_bob().len(), 0);
    for minute in 0..3 {
        trame::mail::drain(&app.at(datetime!(2015-09-24 05:00 UTC) + Duration::minutes(minute))).await.expect("drained");
    }
    assert_eq!(to_bob().len(), 1);
    let body = c.list("select body from mail where kind = 'digest'").await.remove(0);
    assert!(body.contains("2\u{a0}avis vous attendent") && body.matches("Nouveau message").count() == 2 && !body.contains("secret"), "{body}");
    c.scene.get(&c.ana, "/compte").await.expect(200);

    // The right is checked again when it leaves: who stays away in the meantime does not get the line.
    c.choose(&c.max, "daily").await;
    c.write(&c.ana, "administration").await;
    let other = c.scene.project(&c.bob, "Autre dossier").await;
    c.scene.post(&c.bob, &format!("/dossiers/{other}/messages/administration"), &[("version", "0"), ("texte", "Un mot.")]).await.expect(303);
    c.written_at(datetime!(2015-09-24 18:00 UTC)).await;
    c.run("insert into recusal (project_id, account_id, origin) select project.id, account.id, 'declared' from project, account where title like 'Boucles%' and name = 'Max'")
        .await;
    trame::mail::drain(&app.at(datetime!(2015-09-25 05:00 UTC))).await.expect("drained");
    let told = c.list("select body from mail where kind = 'digest' and recipient like 'max%' and sent_at is not null").await;
    assert!(told.len() == 1 && told[0].contains("Autre dossier") && !told[0].contains("Boucles"), "{told:?}");
    c.scene.get(&c.max, "/compte/avis").await.says("Autre dossier").is_silent_on("Boucles");
    c.scene.get(&c.max, "/").await.says("1 avis non lu");
    // Nothing left to say: nothing leaves.
    c.choose(&c.lise, "daily").await;
    c.write(&c.ana, "equipe").await;
    c.written_at(datetime!(2015-09-25 18:00 UTC)).await;
    c.run("delete from project_member where account_id = (select id from account where name = 'Lise')").await;
    trame::mail::drain(&app.at(datetime!(2015-09-26 05:00 UTC))).await.expect("drained");
    let none = c.list("select (dropped_at is not null)::text from mail where kind = 'digest' and recipient like 'lise%'").await;
    assert_eq!(none, ["true"]);
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn notices_are_read_one_by_one_or_all_and_are_nobody_elses(db: PgPool) {
    let c = Cast::new(db).await;
    c.write(&c.ana, "equipe").await;
    c.write(&c.ana, "expertise").await;
    c.scene.get(&c.bob, "/dossiers").await.says("Avis 2");
    let list = c.scene.get(&c.bob, "/compte/avis").await;
    list.says("Boucles").says("Non lu");
    assert!(!list.body.contains("<de>"), "escaped");
    let number = list.body.split("/compte/avis/").nth(1).expect("a notice").split('"').next().expect("number").to_owned();
    c.scene.get(&c.lise, &format!("/compte/avis/{number}")).await.expect(404);
    let opened = c.scene.get(&c.bob, &format!("/compte/avis/{number}")).await;
    opened.expect(303);
    assert!(opened.location.starts_with(&format!("/dossiers/{}/messages/", c.project)), "{}", opened.location);
    c.scene.get(&c.bob, "/compte/avis?etat=non-lus").await.says("1 avis affiché");
    c.scene.post(&c.bob, "/compte/avis", &[("version", "0")]).await.expect(303);
    c.scene.get(&c.bob, "/compte/avis?etat=non-lus").await.says("Tout est lu.");
    c.scene.get(&c.lise, "/compte/avis?etat=non-lus").await.says("2 avis affichés");
    c.scene.get(&c.bob, "/dossiers").await.says("Avis").is_silent_on("Avis 2");
    // Acts of other parts of the application make notices too, of the same source as their mails; never of a secret link.
    c.scene.post(&c.ana, &format!("/dossiers/{}/equipe", c.project), &[("version", "0"), ("email", "max@example.org"), ("role", "reader")]).await.expect(303);
    assert_eq!(c.list("select kind from notice where kind = 'invitation'").await, [] as [String; 0]);
    assert_eq!(c.list("select title from notice where path ~ '(invitation|mot-de-passe|avis/)'").await, [] as [String; 0]);
    c.scene.check().await;
}
