//! Meetings convened, moved, cancelled, reminded; next steps entrusted, near, late: each told once, as each chose, and nothing of a
//! dossier in any of them.

use crate::support::chain::{Cast, address, recuse};
use crate::support::{AFTER, Person, Scene};
use sqlx::PgPool;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const TITLES: [&str; 2] = ["Boucles de Charente", "Arsenal et marais"];
/// When [`Cast::plan`] has the meeting begin.
const STARTS: OffsetDateTime = datetime!(2015-11-12 9:00 UTC);

async fn cast(db: PgPool) -> Cast {
    let cast = Cast::new(Scene::new(db).await, &TITLES).await;
    cast.assess().await;
    cast
}

async fn list(cast: &Cast, query: &'static str) -> Vec<String> {
    sqlx::query_scalar(query).fetch_all(&cast.scene.app.db).await.expect(query)
}

/// Who has a mail of that kind, each once.
async fn told(cast: &Cast, kind: &str) -> Vec<String> {
    sqlx::query_scalar("select account.name from mail join account on account.id = mail.account_id where kind = $1 order by 1")
        .bind(kind)
        .fetch_all(&cast.scene.app.db)
        .await
        .expect("mails")
}

async fn remind(cast: &Cast, at: OffsetDateTime) -> usize {
    trame::meeting::reminders::run(&cast.scene.app.at(at)).await.expect("reminders")
}

async fn give(cast: &Cast, number: &str, person: &Person, (text, day): (&str, &str), project: &str) -> crate::support::Page {
    let pairs = [("act", "suite"), ("version", "0"), ("text", text), ("account", &person.id.to_string()), ("due_on", day), ("project", project)];
    cast.scene.post(&cast.max, &address(number, "/taches"), &pairs).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_may_come_is_told_of_a_meeting_once_and_of_no_dossier(db: PgPool) {
    let cast = cast(db).await;
    let rita = cast.scene.staff("Rita", &["reviewer"]).await;
    let number = cast.plan().await;
    let everybody = ["Claire", "Max", "Mia", "Rex"];
    assert_eq!(told(&cast, "meeting").await, everybody);
    let words = list(&cast, "select replace(subject || body, chr(160), ' ') from mail where kind like 'meeting%'").await;
    for word in ["12 novembre 2015", "Poitiers", "/comite/seances/1?appel=essai", "/comite/seances/1/agenda.ics?appel=essai"] {
        assert!(words.iter().all(|words| words.contains(word)), "{word} in {words:?}");
    }
    assert!(words.iter().all(|words| TITLES.iter().all(|title| !words.contains(title))), "{words:?}");
    cast.scene.get(&cast.rex, "/compte/avis").await.says("Séance du comité").is_silent_on(TITLES[0]);

    // Its calendar file: the hour in UTC, the place, nothing of a dossier; for those who come only.
    let file = cast.scene.get(&cast.rex, &address(&number, "/agenda.ics")).await;
    assert!(file.expect(200).body.contains("DTSTART:20151112T090000Z") && file.body.contains("LOCATION:Poitiers") && file.body.contains("STATUS:CONFIRMED"));
    assert!(TITLES.iter().all(|title| !file.body.contains(title)));
    for stranger in [&cast.owners[0], &rita, &cast.scene.person("Zoe").await] {
        cast.scene.get(stranger, &address(&number, "/agenda.ics")).await.expect(404);
        for end in ["/date", "/annulation"] {
            cast.scene.post(stranger, &address(&number, end), &[("version", "1"), ("motif", "Non.")]).await.expect(404);
        }
    }
    cast.scene.post(&cast.claire, &address(&number, "/annulation"), &[("version", "1"), ("motif", "Non.")]).await.expect(404);

    // Moved: what was typed stays beside its error; the same date is no news; another is, once.
    let version = cast.scene.get(&cast.max, &address(&number, "")).await.hidden("version");
    let past = [("version", version.as_str()), ("starts_at", "2015-10-01T10:00"), ("place", "Niort")];
    cast.scene.post(&cast.max, &address(&number, "/date"), &past).await.expect(422).says("Cette date est passée");
    let same = [("version", version.as_str()), ("starts_at", "2015-11-12T10:00:00"), ("place", "Poitiers")];
    cast.scene.post(&cast.max, &address(&number, "/date"), &same).await.expect(303);
    assert_eq!(told(&cast, "meeting").await.len(), 4);
    let moved = [("version", version.as_str()), ("starts_at", "2015-11-19T14:00:00"), ("place", "Niort")];
    cast.scene.post(&cast.max, &address(&number, "/date"), &moved).await.expect(303);
    let other = [moved[0], moved[1], ("place", "Saintes")];
    cast.scene.post(&cast.mia, &address(&number, "/date"), &other).await.expect(409).says("Niort");
    assert_eq!(list(&cast, "select distinct subject from mail where kind = 'meeting' and subject like 'Séance modifiée%'").await.len(), 1);
    assert_eq!(told(&cast, "meeting").await.len(), 8);
    let file = cast.scene.get(&cast.claire, &address(&number, "/agenda.ics")).await;
    assert!(file.body.contains("DTSTART:20151119T130000Z") && file.body.contains("LOCATION:Niort"));

    // Reminded two days before, once whatever runs it; then cancelled, with why.
    let near = STARTS + Duration::days(7) + Duration::hours(4) - Duration::days(2);
    assert_eq!(remind(&cast, near - Duration::hours(1)).await, 0);
    assert_eq!((remind(&cast, near).await, remind(&cast, near).await), (1, 0));
    assert_eq!(told(&cast, "meeting_reminder").await, everybody);
    cast.scene.post(&cast.max, &address(&number, "/annulation"), &[("version", "0"), ("motif", " ")]).await.expect(422).says("Motif");
    cast.scene.post(&cast.max, &address(&number, "/annulation"), &[("version", "0"), ("motif", "Salle fermée.")]).await.expect(303);
    let words = list(&cast, "select body from mail where subject like 'Séance annulée%'").await;
    assert!(words.len() == 4 && words.iter().all(|words| words.contains("Salle fermée.")), "{words:?}");
    let page = cast.scene.get(&cast.claire, &address(&number, "")).await;
    page.expect(200).says("Séance annulée").says("Salle fermée.").is_silent_on("Ouvrir la séance").is_silent_on("Changer la date");
    assert!(cast.scene.get(&cast.claire, &address(&number, "/agenda.ics")).await.body.contains("STATUS:CANCELLED"));
    cast.scene.get(&cast.claire, "/").await.is_silent_on("Séance du comité technique");
    cast.scene.post(&cast.max, &address(&number, "/ouverture"), &[("version", "0")]).await.expect(403).says("La séance est annulée");
    assert!(sqlx::query("update meeting set place = 'Saintes'").execute(&cast.scene.app.db).await.is_err(), "a cancelled meeting does not change");
    // Its dossiers wait for another.
    let next = cast.plan().await;
    cast.scene.get(&cast.claire, &address(&next, "")).await.says(TITLES[0]).says(TITLES[1]);
    cast.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn mails_about_meetings_come_as_each_chose_and_a_past_meeting_calls_nobody(db: PgPool) {
    let cast = cast(db).await;
    for (person, rhythm) in [(&cast.claire, "daily"), (&cast.mia, "none")] {
        cast.scene.post(person, "/compte/courriels", &[("version", "0"), ("dates", rhythm)]).await.expect(303);
    }
    cast.plan().await;
    let rhythms = list(&cast, "select account.name || ' ' || rhythm from mail join account on account.id = account_id where kind = 'meeting' order by 1").await;
    assert_eq!(rhythms, ["Claire daily", "Max at_once", "Rex at_once"]);
    assert_eq!(list(&cast, "select account.name from notice join account on account.id = account_id where kind = 'meeting' order by 1").await.len(), 4);
    assert_eq!(remind(&cast, STARTS - Duration::days(1)).await, 1);
    let rhythms =
        list(&cast, "select account.name || ' ' || rhythm from mail join account on account.id = account_id where kind = 'meeting_reminder' order by 1").await;
    assert_eq!(rhythms, ["Claire daily", "Max at_once", "Rex at_once"]);
    // A meeting recorded afterwards is no call.
    let pairs = [("act", "planifier"), ("version", "0"), ("starts_at", "2015-09-01T10:00"), ("place", "Poitiers")];
    cast.scene.post(&cast.max, "/comite/seances?appel=essai", &pairs).await.expect(303);
    assert_eq!(told(&cast, "meeting").await.len(), 3);
    assert_eq!(remind(&cast, STARTS).await, 0, "nothing is said of what has begun");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_next_step_is_entrusted_reminded_and_late_once_each(db: PgPool) {
    let cast = cast(db).await;
    let number = cast.plan().await;
    let (first, second) = (cast.projects[0].to_string(), cast.projects[1].to_string());
    give(&cast, &number, &cast.claire, ("Relire le budget zirconium", "2015-11-30"), &first).await.expect(303);
    give(&cast, &number, &cast.rex, ("Appeler la mairie", "2015-11-30"), &second).await.expect(303);
    // Nothing about a dossier is entrusted to who stays away from it.
    let page = give(&cast, &number, &cast.rex, ("Relire aussi", "2015-11-30"), &first).await;
    assert!(page.body.contains("Relire aussi"), "what was typed is kept");
    page.expect(422).says("ne suit pas ce dossier");
    assert_eq!(told(&cast, "task").await, ["Claire", "Rex"]);
    cast.scene.get(&cast.claire, "/").await.says("Relire le budget zirconium");

    let day = datetime!(2015-11-30 7:00 UTC);
    assert_eq!(remind(&cast, day - Duration::days(5)).await, 0);
    assert_eq!((remind(&cast, day - Duration::days(3)).await, remind(&cast, day - Duration::days(2)).await), (2, 0));
    assert_eq!(told(&cast, "task_reminder").await, ["Claire", "Rex"]);
    // Done, or no longer theirs to know: nothing more is said. Late: once.
    let task: String = list(&cast, "select id::text from meeting_task where text like 'Relire%'").await.remove(0);
    let third = give(&cast, &number, &cast.claire, ("Écrire au préfet", "2015-11-30"), "").await;
    third.expect(303);
    cast.scene.post(&cast.claire, "/comite/seances/taches?appel=essai", &[("tache", &task), ("etat", "fait")]).await.expect(303);
    recuse(&cast.scene, cast.projects[1], &cast.rex).await;
    remind(&cast, day + Duration::days(1)).await;
    assert_eq!(remind(&cast, day + Duration::days(9)).await, 0, "once, however late");
    assert_eq!(list(&cast, "select account.name from mail join account on account.id = account_id where subject like 'En retard%'").await, ["Claire"]);
    let words = list(&cast, "select subject || body from mail where kind like 'task%'").await;
    assert!(words.iter().all(|words| !words.contains("zirconium") && TITLES.iter().all(|title| !words.contains(title))), "{words:?}");
    cast.scene.at(day + Duration::days(2)).get(&cast.claire, "/").await.says("Écrire au préfet").says("En retard").is_silent_on("zirconium");
    // One whose day is near when it is given is not reminded besides.
    let soon = cast.scene.at(AFTER);
    assert_eq!(trame::meeting::reminders::run(&soon.app).await.expect("reminders"), 0);
    give(&cast, &number, &cast.mia, ("Tout de suite", "2015-10-21"), "").await.expect(303);
    assert_eq!(remind(&cast, AFTER).await, 0);
    cast.scene.check().await;
}
