//! Trainings: who enrols and who never may, the last seat, the waiting list, attendance and its certificates, the network.

use crate::support::chain::recuse;
use crate::support::{OPEN, Page, Person, Scene};
use sqlx::PgPool;
use time::OffsetDateTime;
use time::macros::datetime;
use trame::kit::ids::ProjectId;

/// Before the five days of the template.
const JANUARY: OffsetDateTime = datetime!(2015-01-20 10:00 UTC);
const HERE: &str = "/formations/1?appel=essai";
const EDIT: &str = "/appel/formations/1?appel=essai";

/// The call in January 2015, with a manager.
async fn january(db: PgPool) -> (Scene, Person) {
    let scene = Scene::new(db).await;
    let max = scene.staff("Max", &["manager"]).await;
    (scene.at(JANUARY), max)
}

/// Owners of dossiers of their own.
async fn carriers(scene: &Scene, names: &[&str]) -> Vec<(Person, ProjectId)> {
    let mut found = Vec::new();
    for name in names {
        let person = scene.person(name).await;
        let project = scene.project(&person, &format!("Dossier {name}")).await;
        found.push((person, project));
    }
    found
}

async fn days(scene: &Scene) -> Vec<i64> {
    sqlx::query_scalar("select session.id from training_session as session join training on training.id = training_id where call_id = $1 order by day")
        .bind(scene.call.get())
        .fetch_all(&scene.app.db)
        .await
        .expect("days")
}

async fn set_capacity(scene: &Scene, capacity: i32) {
    sqlx::query("update training set capacity = $2 where call_id = $1").bind(scene.call.get()).bind(capacity).execute(&scene.app.db).await.expect("capacity");
}

/// Asks for a seat for all the days but those.
async fn enrol(scene: &Scene, person: &Person, but: &[i64]) -> Page {
    let ticked: Vec<String> = days(scene).await.into_iter().filter(|day| !but.contains(day)).map(|day| day.to_string()).collect();
    let mut pairs = vec![("act", "inscrire"), ("version", "0")];
    pairs.extend(ticked.iter().map(|day| ("jour", day.as_str())));
    scene.post(person, HERE, &pairs).await
}

async fn leave(scene: &Scene, person: &Person) -> Page {
    scene.post(person, HERE, &[("act", "rendre"), ("version", "0")]).await
}

async fn seat(scene: &Scene, person: &Person) -> String {
    sqlx::query_scalar("select status from enrolment where account_id = $1").bind(person.id.get()).fetch_one(&scene.app.db).await.expect("seat")
}

/// Subjects of the mails to somebody, in order.
async fn mails(scene: &Scene, person: &Person) -> Vec<String> {
    sqlx::query_scalar("select subject from mail where recipient = $1 order by id").bind(&person.email).fetch_all(&scene.app.db).await.expect("mails")
}

async fn acts(scene: &Scene, project: ProjectId) -> Vec<String> {
    sqlx::query_scalar("select act from journal where project_id = $1 and act like 'training%' order by seq")
        .bind(project.get())
        .fetch_all(&scene.app.db)
        .await
        .expect("acts")
}

/// What the managers' form of the programme posts, as it is held, with changes.
async fn programme(scene: &Scene, max: &Person, changes: &[(&str, &str)]) -> Page {
    let page = scene.get(max, EDIT).await;
    let version = page.hidden("version");
    let rows: Vec<(i64, String)> =
        sqlx::query_as("select session.id, session.day::text from training_session as session join training on training.id = training_id where call_id = $1")
            .bind(scene.call.get())
            .fetch_all(&scene.app.db)
            .await
            .expect("days");
    let held = [
        ("act".to_owned(), "programme".to_owned()),
        ("version".to_owned(), version),
        ("day-0".to_owned(), String::new()),
        ("note-0".to_owned(), String::new()),
        ("place-0".to_owned(), String::new()),
    ];
    let mut pairs: Vec<(String, String)> = held.into_iter().chain(rows.into_iter().map(|(id, day)| (format!("day-{id}"), day))).collect();
    pairs.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    scene.post(max, EDIT, &pairs).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_open_enrolment_is_announced_to_those_who_may_enrol_and_to_nobody_else(db: PgPool) {
    let (scene, max) = january(db).await;
    let (ana, _) = carriers(&scene, &["Ana"]).await.remove(0);
    let (gone, left) = carriers(&scene, &["Wanda"]).await.remove(0);
    sqlx::query("update project set status = 'withdrawn' where id = $1").bind(left.get()).execute(&scene.app.db).await.expect("withdrawn");
    let announced = "S’inscrire à la formation";
    scene.get(&ana, "/").await.says(announced).says("Structurer sa démarche");
    let (rita, claire) = (scene.staff("Rita", &["reviewer"]).await, scene.staff("Claire", &["committee"]).await);
    for person in [&max, &gone, &rita, &claire, &scene.person("Sam").await] {
        scene.get(person, "/").await.is_silent_on(announced).is_silent_on("Suivre la formation");
    }
    // Not yet open, then closed, then cancelled: nothing is announced.
    for (opens, closes, cancelled) in [("2015-01-21", "infinity", "null"), ("2015-01-01", "2015-01-20", "null"), ("2015-01-01", "infinity", "now()")] {
        let set = format!(
            "update training set opens_at = '{opens}Z', closes_at = nullif('{closes}', 'infinity')::timestamptz, cancelled_at = {cancelled}, cancel_reason = case when {cancelled} is null then '' else 'x' end"
        );
        sqlx::query(sqlx::AssertSqlSafe(set)).execute(&scene.app.db).await.expect("set");
        scene.get(&ana, "/").await.is_silent_on(announced);
    }
    sqlx::query("update training set opens_at = null, closes_at = null, cancelled_at = null, cancel_reason = ''").execute(&scene.app.db).await.expect("set");
    scene.get(&ana, "/").await.says(announced);
    // Enrolled, one is told of the next day instead; having given the seat back, of nothing.
    enrol(&scene, &ana, &[]).await.expect(303);
    scene.get(&ana, "/").await.is_silent_on(announced).says("Suivre la formation").says("jeudi 12 février 2015");
    leave(&scene, &ana).await.expect(303);
    scene.get(&ana, "/").await.is_silent_on(announced).is_silent_on("Suivre la formation");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn reminders_of_the_days_come_as_each_chose(db: PgPool) {
    let (scene, _) = january(db).await;
    let people = carriers(&scene, &["Ana", "Bob", "Cleo"]).await;
    for ((person, _), rhythm) in people.iter().zip(["at_once", "weekly", "none"]) {
        enrol(&scene, person, &[]).await.expect(303);
        scene.post(person, "/compte/courriels", &[("version", "0"), ("dates", rhythm)]).await.expect(303);
    }
    let near = datetime!(2015-02-11 9:00 UTC);
    trame::training::reminders::run(&scene.app.at(near)).await.expect("reminders");
    let query = "select distinct account.name || ' ' || rhythm from mail join account on account.id = account_id where kind = 'training_reminder' order by 1";
    let rhythms: Vec<String> = sqlx::query_scalar(query).fetch_all(&scene.app.db).await.expect("mails");
    assert_eq!(rhythms, ["Ana at_once", "Bob weekly"]);
    let notices: i64 =
        sqlx::query_scalar("select count(distinct account_id) from notice where kind = 'training_reminder'").fetch_one(&scene.app.db).await.expect("notices");
    assert_eq!(notices, 3, "the notice comes in any case");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn only_the_people_of_the_carriers_enrol_and_nobody_else_sees_the_page(db: PgPool) {
    let (scene, max) = january(db).await;
    let (ana, project) = carriers(&scene, &["Ana"]).await.remove(0);
    let amo = scene.person("Hélène").await;
    scene.member(project, &amo, "consultant").await;
    let other: i64 = sqlx::query_scalar("select clone_call($1, 'autre', 'Autre', '2015', '2016', '2016-10-14 22:00Z')")
        .bind(scene.call.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("call");
    let elsewhere = Scene { app: scene.app.clone(), call: trame::kit::ids::CallId(other), data: scene.data.clone() };
    let (zoe, _) = carriers(&elsewhere, &["Zoe"]).await.remove(0);
    let (gone, left) = carriers(&scene, &["Wanda"]).await.remove(0);
    sqlx::query("update project set status = 'withdrawn' where id = $1").bind(left.get()).execute(&scene.app.db).await.expect("withdrawn");
    let (away, kept) = carriers(&scene, &["Dan"]).await.remove(0);
    recuse(&scene, kept, &away).await;
    let strangers =
        [zoe, gone, away, max.clone(), scene.staff("Rita", &["reviewer"]).await, scene.staff("Claire", &["committee"]).await, scene.person("Partenaire").await];
    scene.get(&ana, HERE).await.expect(200).says("Structurer sa démarche").says("jeudi 12 février 2015, 9 h 30 à 17 h").says("M’inscrire");
    for person in &strangers {
        for path in ["/formations?appel=essai", HERE, "/formations/1/attestation.pdf?appel=essai", "/formations/1/journees/6?appel=essai"] {
            scene.get(person, path).await.expect(404);
        }
        enrol(&scene, person, &[]).await.expect(404);
    }
    scene.get_public(HERE).await.expect(303);
    enrol(&scene, &ana, &[]).await.expect(303);
    enrol(&scene, &amo, &[]).await.expect(303);
    assert_eq!((seat(&scene, &ana).await, seat(&scene, &amo).await), ("enrolled".into(), "enrolled".into()));
    // Somebody of a dossier cannot come for another's.
    let bob = carriers(&scene, &["Bob"]).await.remove(0).0;
    let day = days(&scene).await[0].to_string();
    scene.post(&bob, HERE, &[("act", "inscrire"), ("version", "0"), ("jour", &day), ("dossier", &project.to_string())]).await.expect(404);
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("s’est inscrit à une formation").says("0 journée suivie sur 5");
    // The pages of the managers are theirs.
    for person in strangers.iter().filter(|person| person.id != max.id).chain([&ana]) {
        for path in ["/appel/formations", "/appel/formations/1", "/appel/formations/1/emargement.pdf"] {
            scene.get(person, &format!("{path}?appel=essai")).await.expect(404);
        }
    }
    scene.get(&max, EDIT).await.expect(200).says("Ana").says("Hélène");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn of_many_who_ask_for_the_last_seats_at_once_only_as_many_sit(db: PgPool) {
    let (scene, _) = january(db).await;
    set_capacity(&scene, 2).await;
    let people = carriers(&scene, &["Ana", "Bob", "Cléo", "Dan", "Eve", "Fay"]).await;
    let asked = people.iter().map(|(person, _)| {
        let (scene, person) = (scene.at(JANUARY), person.clone());
        tokio::spawn(async move { enrol(&scene, &person, &[]).await.status.as_u16() })
    });
    let asked: Vec<_> = asked.collect();
    for answer in asked {
        assert_eq!(answer.await.expect("answer"), 303);
    }
    let count = |status: &'static str| {
        let db = scene.app.db.clone();
        async move { sqlx::query_scalar::<_, i64>("select count(*) from enrolment where status = $1").bind(status).fetch_one(&db).await.expect("count") }
    };
    assert_eq!((count("enrolled").await, count("waiting").await), (2, 4));
    // The two who sit leave at once, while the next ones come forward: both seats are taken again, in order.
    let seated: Vec<i64> = sqlx::query_scalar("select account_id from enrolment where status = 'enrolled'").fetch_all(&scene.app.db).await.expect("seated");
    let left: Vec<_> = people
        .iter()
        .filter(|(person, _)| seated.contains(&person.id.get()))
        .map(|(person, _)| {
            let (scene, person) = (scene.at(JANUARY), person.clone());
            tokio::spawn(async move { leave(&scene, &person).await.status.as_u16() })
        })
        .collect();
    for answer in left {
        assert_eq!(answer.await.expect("answer"), 303);
    }
    assert_eq!((count("enrolled").await, count("waiting").await, count("withdrawn").await), (2, 2, 2));
    // The same form sent five times at once asks once.
    let (ana, _) = people.iter().find(|(person, _)| seated.contains(&person.id.get())).expect("somebody").clone();
    let operation = uuid::Uuid::new_v4().to_string();
    let day = days(&scene).await[0].to_string();
    let before: i64 = sqlx::query_scalar("select count(*) from mail").fetch_one(&scene.app.db).await.expect("mails");
    let five: Vec<_> = (0..5)
        .map(|_| {
            let (scene, ana, operation, day) = (scene.at(JANUARY), ana.clone(), operation.clone(), day.clone());
            tokio::spawn(
                async move { scene.post(&ana, HERE, &[("act", "inscrire"), ("version", "0"), ("operation", &operation), ("jour", &day)]).await.location },
            )
        })
        .collect();
    for answer in five {
        assert_eq!(answer.await.expect("answer"), "/formations/1?fait=attente&appel=essai");
    }
    let after: i64 = sqlx::query_scalar("select count(*) from mail").fetch_one(&scene.app.db).await.expect("mails");
    assert_eq!(after, before + 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_waiting_list_is_followed_in_order_whatever_frees_a_seat(db: PgPool) {
    let (scene, max) = january(db).await;
    set_capacity(&scene, 1).await;
    let people = carriers(&scene, &["Ana", "Bob", "Cléo", "Dan"]).await;
    let [ana, bob, cleo, dan] = [0, 1, 2, 3].map(|index| &people[index].0);
    for person in [ana, bob, cleo, dan] {
        enrol(&scene, person, &[]).await.expect(303);
    }
    scene.get(dan, HERE).await.expect(200).says("En attente").says("rang 3").says("complet, 3 personnes en attente");
    scene.get(&max, EDIT).await.expect(200).says("Liste d’attente");
    leave(&scene, ana).await.expect(303);
    assert_eq!((seat(&scene, ana).await, seat(&scene, bob).await, seat(&scene, cleo).await), ("withdrawn".into(), "enrolled".into(), "waiting".into()));
    assert!(mails(&scene, bob).await.iter().any(|subject| subject.starts_with("Une place s’est libérée")));
    assert_eq!(acts(&scene, people[1].1).await, ["training_waited", "training_promoted"]);
    // Asking again is asking last.
    enrol(&scene, ana, &[]).await.expect(303);
    scene.get(ana, HERE).await.says("rang 3");
    // Somebody who leaves a dossier's team leaves the training: by the hour, and once.
    sqlx::query("delete from project_member where account_id = $1").bind(bob.id.get()).execute(&scene.app.db).await.expect("left");
    assert!(trame::training::reminders::run(&scene.app).await.expect("run") > 0);
    assert_eq!((seat(&scene, bob).await, seat(&scene, cleo).await), ("withdrawn".into(), "enrolled".into()));
    assert_eq!(trame::training::reminders::run(&scene.app).await.expect("run"), 0);
    assert!(mails(&scene, bob).await.last().expect("a mail").starts_with("Inscription retirée"));
    // A larger room seats those who wait, at once.
    programme(&scene, &max, &[("capacity", "3")]).await.expect(303);
    assert_eq!((seat(&scene, dan).await, seat(&scene, ana).await), ("enrolled".into(), "enrolled".into()));
    programme(&scene, &max, &[("capacity", "2")]).await.expect(422).says("3 au moins");
    leave(&scene, bob).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_programme_is_written_changed_cancelled_and_restored_by_the_managers(db: PgPool) {
    let (scene, max) = january(db).await;
    let (ana, _) = carriers(&scene, &["Ana"]).await.remove(0);
    let list = "/appel/formations?appel=essai";
    scene.post(&max, list, &[("version", "0"), ("title", ""), ("day-0", "le 32"), ("capacity", "0")]).await.expect(422).says("le 32").says("Écrire l’intitulé");
    let bad = [("version", "0"), ("title", "Atelier"), ("capacity", "8"), ("day-0", "2015-03-29"), ("starts-0", "02:30"), ("ends-0", "02:00")];
    scene.post(&max, list, &bad).await.expect(422).says("Écrire une fin après le début").says("n’existe pas à Paris");
    let good = [("version", "0"), ("title", "Atelier"), ("capacity", "8"), ("day-0", "2015-03-30"), ("starts-0", "09:00"), ("ends-0", "12:00")];
    let made = scene.post(&max, list, &good).await;
    made.expect(303);
    assert_eq!(made.location, "/appel/formations/2?fait=cree&appel=essai");
    scene.get(&ana, "/formations?appel=essai").await.expect(200).says("Atelier").says("8 places libres sur 8");
    // Two managers at once: nothing is overwritten, both texts are shown.
    enrol(&scene, &ana, &[]).await.expect(303);
    let stale = scene.get(&max, EDIT).await.hidden("version");
    programme(&scene, &max, &[("place", "Niort, maison des associations")]).await.expect(303);
    assert!(mails(&scene, &ana).await.last().expect("mail").starts_with("Dates ou lieu modifiés"));
    let late = [("act", "programme"), ("version", stale.as_str()), ("title", "Autre titre"), ("day-0", ""), ("note-0", ""), ("place-0", "")];
    scene.post(&max, EDIT, &late).await.expect(409).says("Autre titre").says("Structurer sa démarche");
    // A day taken out stays, cancelled, and comes back.
    let first = days(&scene).await[0];
    let remove = format!("remove-{first}");
    programme(&scene, &max, &[(&remove, "oui")]).await.expect(303);
    scene.get(&ana, HERE).await.is_silent_on("12 février").says("13 février");
    programme(&scene, &max, &[(&remove, "")]).await.expect(303);
    scene.get(&ana, HERE).await.says("12 février");
    // Cancelled with a reason, told to who is enrolled, restored.
    let cancel = "/appel/formations/1/annulation?appel=essai";
    let version = async || scene.get(&max, EDIT).await.hidden("version");
    scene.post(&max, cancel, &[("act", "annuler"), ("version", &version().await), ("motif", " ")]).await.expect(422).says("Motif");
    scene.post(&max, cancel, &[("act", "annuler"), ("version", "1"), ("motif", "Salle inondée")]).await.expect(409);
    scene.post(&max, cancel, &[("act", "annuler"), ("version", &version().await), ("motif", "Salle inondée")]).await.expect(303);
    scene.get(&ana, HERE).await.expect(200).says("Formation annulée").says("Salle inondée");
    scene.get_public("/appels/essai").await.is_silent_on("Salle inondée").is_silent_on("Structurer sa démarche");
    leave(&scene, &ana).await.expect(403).says("annulée");
    scene.post(&max, cancel, &[("act", "retablir"), ("version", &version().await)]).await.expect(303);
    assert_eq!(seat(&scene, &ana).await, "enrolled");
    let told = mails(&scene, &ana).await;
    assert!(told.iter().any(|subject| subject.starts_with("Formation annulée")) && told.last().expect("mail").starts_with("Formation rétablie"), "{told:?}");
    // Nothing can be asked once the last day has begun.
    let bob = carriers(&scene, &["Bob"]).await.remove(0).0;
    enrol(&scene.at(OPEN), &bob, &[]).await.expect(403).says("closes depuis");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn each_day_is_reminded_once_to_those_who_come(db: PgPool) {
    let (scene, max) = january(db).await;
    let people = carriers(&scene, &["Ana", "Bob", "Cléo"]).await;
    let days = days(&scene).await;
    enrol(&scene, &people[0].0, &[]).await.expect(303);
    enrol(&scene, &people[1].0, &[days[0]]).await.expect(303);
    enrol(&scene, &people[2].0, &[]).await.expect(303);
    let reminders = async |person: &Person| mails(&scene, person).await.iter().filter(|subject| subject.starts_with("Rappel")).count();
    let eve = scene.at(datetime!(2015-02-11 9:00 UTC));
    sqlx::query("delete from project_member where account_id = $1").bind(people[2].0.id.get()).execute(&scene.app.db).await.expect("left");
    trame::training::reminders::run(&eve.app).await.expect("run");
    trame::training::reminders::run(&eve.app).await.expect("run");
    assert_eq!((reminders(&people[0].0).await, reminders(&people[1].0).await, reminders(&people[2].0).await), (2, 1, 0));
    let body: String =
        sqlx::query_scalar("select body from mail where subject like 'Rappel%' order by id limit 1").fetch_one(&scene.app.db).await.expect("body");
    assert!(body.contains("jeudi 12\u{a0}février 2015") && body.contains("9\u{a0}h\u{a0}30") && body.contains("/formations/1?appel=essai"), "{body}");
    // Another hour is another reminder; the same hour is not.
    let starts = format!("starts-{}", days[0]);
    programme(&eve, &max, &[(&starts, "10:00")]).await.expect(303);
    trame::training::reminders::run(&eve.app).await.expect("run");
    assert_eq!((reminders(&people[0].0).await, reminders(&people[1].0).await), (3, 1));
    scene.check().await;
}

/// Asks for a document until it is there.
async fn have(scene: &Scene, person: &Person, path: &str) -> Page {
    for _ in 0..60 {
        let page = scene.get(person, path).await;
        if !page.headers.contains_key("refresh") {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    panic!("{path} never came");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_came_is_recorded_certified_and_shown_and_told_to_nobody_else(db: PgPool) {
    let (scene, max) = january(db).await;
    let mia = scene.staff("Mia", &["manager"]).await;
    let people = carriers(&scene, &["Ana", "Bob"]).await;
    let (ana, project) = &people[0];
    let bob = &people[1].0;
    recuse(&scene, *project, &mia).await;
    for (person, _) in &people {
        enrol(&scene, person, &[]).await.expect(303);
    }
    let days = days(&scene).await;
    let sheet = format!("/appel/formations/1/presences/{}?appel=essai", days[0]);
    scene.get(&max, &sheet).await.expect(403).says("n’a pas commencé");
    let evening = scene.at(datetime!(2015-02-12 16:30 UTC));
    evening.get(&max, &sheet).await.expect(200).says("Ana").says("Dossier Ana").says("Non noté");
    evening.get(&mia, &sheet).await.expect(200).says("Ana").is_silent_on("Dossier Ana").says("Déport");
    evening.get(ana, &sheet).await.expect(404);
    let (of_ana, of_bob) = (format!("p-{}", ana.id), format!("p-{}", bob.id));
    evening.post(bob, &sheet, &[("version", "0"), (&of_bob, "present")]).await.expect(404);
    let own = "/formations/1/attestation.pdf?appel=essai";
    evening.get(ana, own).await.expect(404);
    evening.post(&max, &sheet, &[("version", "0"), (&of_ana, "present"), (&of_bob, "excused")]).await.expect(303);
    evening.post(&mia, &sheet, &[("version", "0"), (&of_ana, "absent"), (&of_bob, "absent")]).await.expect(409).says("Enregistré : Présent");
    let kept: i32 =
        sqlx::query_scalar("select trainings_attended from project where id = $1").bind(project.get()).fetch_one(&scene.app.db).await.expect("kept");
    assert_eq!(kept, 1);
    evening.get(ana, &format!("/dossiers/{project}")).await.expect(200).says("1 journée suivie sur 5");
    evening.get(&max, &format!("/dossiers/{project}")).await.expect(200).says("1 journée suivie sur 5");
    // The certificate: its holder and the managers; not another participant, nor who was excused.
    let given = format!("/appel/formations/1/attestations/{}?appel=essai", ana.id);
    for (person, path) in [(ana, own), (&max, given.as_str())] {
        let page = have(&evening, person, path).await;
        page.expect(200);
        assert!(page.body.starts_with("%PDF"), "{}", page.plain());
        assert_eq!(page.headers["content-type"], "application/pdf");
    }
    evening.get(bob, own).await.expect(404);
    evening.get(bob, &given).await.expect(404);
    evening.get(&max, &format!("/appel/formations/1/attestations/{}?appel=essai", bob.id)).await.expect(404);
    for person in [scene.staff("Rita", &["reviewer"]).await, scene.staff("Claire", &["committee"]).await] {
        evening.get(&person, &given).await.expect(404);
        evening.get(&person, own).await.expect(404);
    }
    let printed = have(&evening, &max, "/appel/formations/1/emargement.pdf?appel=essai").await;
    assert!(printed.expect(200).body.starts_with("%PDF"));
    // Who left the team keeps what they attended; the dossier too.
    sqlx::query("delete from project_member where account_id = $1").bind(ana.id.get()).execute(&scene.app.db).await.expect("left");
    assert!(have(&evening, ana, own).await.body.starts_with("%PDF"));
    evening.get(ana, HERE).await.expect(404);
    // A day that took place is not taken out, nor the training cancelled; a mistake is corrected.
    let remove = format!("remove-{}", days[0]);
    programme(&evening, &max, &[(&remove, "oui")]).await.expect(422).says("cette journée a eu lieu");
    let version = evening.get(&max, EDIT).await.hidden("version");
    let cancel = [("act", "annuler"), ("version", version.as_str()), ("motif", "Trop tard")];
    evening.post(&max, "/appel/formations/1/annulation?appel=essai", &cancel).await.expect(403).says("a eu lieu");
    evening.post(&max, &sheet, &[("version", "1"), (&of_ana, "absent"), (&of_bob, "excused")]).await.expect(303);
    evening.get(ana, own).await.expect(404);
    evening.get(&max, &format!("/dossiers/{project}")).await.says("0 journée suivie sur 5");
    assert_eq!(acts(&scene, *project).await, ["training_enrolled", "training_attended", "training_attended"]);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_network_shows_only_who_chose_it_what_they_chose_and_to_the_call_alone(db: PgPool) {
    let (scene, max) = january(db).await;
    let people = carriers(&scene, &["Ana", "Bob"]).await;
    let (ana, bob) = (&people[0].0, &people[1].0);
    let here = "/reseau?appel=essai";
    sqlx::query("update account set organisation = 'Maison secrète'").execute(&scene.app.db).await.expect("organisation");
    // Prefilled for Ana alone: nobody reads it before she decides.
    assert!(scene.get(ana, here).await.expect(200).says("Vous n’y paraissez pas").body.contains("Maison secrète"));
    scene.get(&max, here).await.expect(200).says("Personne n’y paraît").is_silent_on("Ana").is_silent_on("Maison secrète");
    let card =
        [("act", "fiche"), ("version", "0"), ("organisation", ""), ("territory", "Cognaçais"), ("phone", "01 99 00 00 01"), ("sentence", "Cherche du verre")];
    scene.post(&max, here, &card).await.expect(404);
    scene.post(ana, here, &card).await.expect(303);
    for reader in [bob, &max, &scene.staff("Rita", &["reviewer"]).await, &scene.staff("Claire", &["committee"]).await] {
        let page = scene.get(reader, here).await;
        page.expect(200).says("Ana").says("Cognaçais").says("01 99 00 00 01").says("Cherche du verre");
        assert!(!page.body.contains(&ana.email) && !page.body.contains("mailto:bob"), "what is not chosen is not shown");
        let table = page.body.split("<tbody>").nth(1).unwrap_or_default().split("</tbody>").next().unwrap_or_default();
        assert!(!table.contains("Bob") && !table.contains("Maison secrète"));
    }
    scene.post(ana, here, &[("act", "fiche"), ("version", "0"), ("sentence", "Trop vieux")]).await.expect(409).says("Trop vieux");
    scene.post(ana, here, &[("act", "fiche"), ("version", "1"), ("shows_email", "oui")]).await.expect(303);
    assert!(scene.get(bob, here).await.body.contains(&format!("mailto:{}", ana.email)));
    scene.get(bob, "/reseau?appel=essai&q=VERRE").await.says("Cognaçais").says("1 personne");
    scene.get(bob, "/reseau?appel=essai&territoire=Cogna%C3%A7ais").await.says("Cherche du verre");
    scene.get(bob, "/reseau?appel=essai&q=introuvable").await.expect(200).says("Personne ne répond à ces filtres").is_silent_on("Cherche du verre");
    // Strangers, and the carriers of another call.
    let other: i64 = sqlx::query_scalar("select clone_call($1, 'autre', 'Autre', '2015', '2016', '2016-10-14 22:00Z')")
        .bind(scene.call.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("call");
    let elsewhere = Scene { app: scene.app.clone(), call: trame::kit::ids::CallId(other), data: scene.data.clone() };
    let zoe = carriers(&elsewhere, &["Zoe"]).await.remove(0).0;
    scene.get(&zoe, here).await.expect(404);
    scene.get(&zoe, "/reseau?appel=autre").await.expect(200).is_silent_on("Cherche du verre");
    scene.get(&scene.person("Partenaire").await, here).await.expect(404);
    scene.get_public(here).await.expect(303);
    // Who left the team is no longer shown, nor reads; who leaves the network leaves nothing.
    let role = |sql: &'static str| sqlx::query(sql).bind(ana.id.get()).execute(&scene.app.db);
    scene.post(ana, here, &[("act", "retirer"), ("version", "2")]).await.expect(303);
    scene.get(bob, here).await.is_silent_on("Cherche du verre").says("Personne n’y paraît");
    let left: i64 = sqlx::query_scalar("select count(*) from network_entry").fetch_one(&scene.app.db).await.expect("count");
    assert_eq!(left, 0);
    scene.post(bob, here, &card).await.expect(303);
    role("delete from project_member where account_id <> $1").await.expect("left");
    scene.get(ana, here).await.expect(200).is_silent_on("Cherche du verre");
    scene.get(bob, here).await.expect(404);
    scene.check().await;
}
