//! Calendars: files that another library reads, feeds that obey the rights of the moment, the page and what each reads there.

use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarStatus};
use calcard::{Entry, Parser};

use crate::support::{Page, Person, Scene};
use sqlx::PgPool;
use time::OffsetDateTime;
use time::macros::datetime;

const JANUARY: OffsetDateTime = datetime!(2015-01-20 10:00 UTC);
const PAGE: &str = "/appels/essai/calendrier";

/// An event, as another library reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Read {
    uid: String,
    title: String,
    start: String,
    end: String,
    sequence: i64,
    is_cancelled: bool,
}

fn text(event: &ICalendarComponent, property: &ICalendarProperty) -> String {
    event.property(property).and_then(|entry| entry.values.first()).and_then(|value| value.as_text()).unwrap_or_default().to_owned()
}

fn instant(event: &ICalendarComponent, property: &ICalendarProperty) -> String {
    let value = event.property(property).and_then(|entry| entry.values.first()).and_then(|value| value.as_partial_date_time()).expect("an instant");
    let day = format!("{:04}-{:02}-{:02}", value.year.expect("year"), value.month.expect("month"), value.day.expect("day"));
    match value.hour {
        None => day,
        Some(hour) => {
            assert_eq!((value.tz_hour, value.tz_minute), (Some(0), Some(0)), "in universal time: {value:?}");
            format!("{day} {hour:02}:{:02}", value.minute.expect("minute"))
        }
    }
}

/// Reads a file as one calendar and nothing else. That library forgives lines that it does not understand: what the format asks of
/// every line is verified before.
#[track_caller]
fn read(page: &Page) -> Vec<Read> {
    page.expect(200);
    assert_eq!(page.headers["content-type"], "text/calendar; charset=utf-8");
    assert!(page.body.ends_with("END:VCALENDAR\r\n"));
    for line in page.body.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains('\n') && !line.contains('\r'), "{line:?}");
    }
    let mut open: Vec<&str> = Vec::new();
    let whole = page.body.replace("\r\n ", "");
    for line in whole.trim_end().split("\r\n") {
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("no value: {line:?}"));
        let name = name.split(';').next().unwrap_or_default();
        assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '-'), "{line:?}");
        match name {
            "BEGIN" => open.push(value),
            "END" => assert_eq!(open.pop(), Some(value)),
            _ => assert!(!open.is_empty(), "{line:?}"),
        }
    }
    assert!(open.is_empty());
    let mut parser = Parser::new(&page.body);
    let Entry::ICalendar(calendar) = parser.entry() else { panic!("not a calendar: {}", page.body) };
    assert!(matches!(parser.entry(), Entry::Eof));
    events(&calendar)
}

fn events(calendar: &ICalendar) -> Vec<Read> {
    let events = calendar.components.iter().filter(|component| component.component_type == ICalendarComponentType::VEvent);
    events
        .map(|event| {
            assert!(event.has_property(&ICalendarProperty::Dtstamp));
            Read {
                uid: event.uid().expect("a name").to_owned(),
                title: text(event, &ICalendarProperty::Summary),
                start: instant(event, &ICalendarProperty::Dtstart),
                end: instant(event, &ICalendarProperty::Dtend),
                sequence: event.property(&ICalendarProperty::Sequence).and_then(|entry| entry.values[0].as_integer()).expect("a number"),
                is_cancelled: event.status() == Some(&ICalendarStatus::Cancelled),
            }
        })
        .collect()
}

fn titles(events: &[Read]) -> String {
    events.iter().map(|event| event.title.as_str()).collect::<Vec<_>>().join(" | ").replace('\u{a0}', " ")
}

/// Opens a feed of one's own; its path.
async fn open(scene: &Scene, person: &Person, which: &str) -> String {
    let page = scene.post(person, PAGE, &[("version", "0"), ("agenda", which), ("act", "ouvrir")]).await;
    page.expect(303);
    let shown = scene.get(person, &page.location).await;
    let token = page.location.split("adresse=").nth(1).expect("a secret").split('#').next().expect("a secret").to_owned();
    let path = format!("/calendriers/{token}/trame.ics");
    shown.expect(200).says(&format!("http://127.0.0.1:3000{path}")).says("Elle ne s’affiche qu’une fois");
    scene.get(person, PAGE).await.is_silent_on(&token);
    path
}

async fn enrol(scene: &Scene, person: &Person) -> Vec<i64> {
    let days: Vec<i64> =
        sqlx::query_scalar("select session.id from training_session as session join training on training.id = training_id where call_id = $1 order by day")
            .bind(scene.call.get())
            .fetch_all(&scene.app.db)
            .await
            .expect("days");
    // All but the second.
    let ticked: Vec<String> = days.iter().enumerate().filter(|(index, _)| *index != 1).map(|(_, day)| day.to_string()).collect();
    let mut pairs = vec![("act", "inscrire"), ("version", "0")];
    pairs.extend(ticked.iter().map(|day| ("jour", day.as_str())));
    scene.post(person, "/formations/1?appel=essai", &pairs).await.expect(303);
    days
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_public_calendar_is_read_by_another_library_and_says_what_changes(db: PgPool) {
    let scene = Scene::new(db).await.at(JANUARY);
    let max = scene.staff("Max", &["manager"]).await;
    let path = "/appels/essai/calendrier.ics";
    let before = read(&scene.get_public(path).await);
    let trainings: Vec<&Read> = before.iter().filter(|event| event.title.starts_with("Formation")).collect();
    let starts: Vec<&str> = trainings.iter().map(|event| event.start.as_str()).collect();
    // Winter time, then summer time for the last.
    assert_eq!(starts, ["2015-02-12 08:30", "2015-02-13 08:30", "2015-03-23 08:30", "2015-03-24 08:30", "2015-04-20 07:30"]);
    assert_eq!(trainings[4].end, "2015-04-20 15:00");
    let deposit = before.iter().find(|event| event.title.starts_with("Limite de dépôt")).expect("the bound");
    assert_eq!((deposit.start.as_str(), deposit.end.as_str()), ("2015-10-14 21:59", "2015-10-14 22:00"), "on the last day in time");
    let launch = before.iter().find(|event| event.title.starts_with("Lancement")).expect("the launch");
    assert_eq!(launch.start.len(), 10, "a whole day: {launch:?}");
    let mut names: Vec<&str> = before.iter().map(|event| event.uid.as_str()).collect();
    assert!(names.iter().all(|name| name.ends_with("@127.0.0.1:3000")));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), before.len());
    // A meeting is the committee's; a day taken out says that it is cancelled, under the same name and a greater number.
    let plan = [("act", "planifier"), ("version", "0"), ("starts_at", "2015-11-12T10:00"), ("place", "Poitiers")];
    scene.post(&max, "/comite/seances?appel=essai", &plan).await.expect(303);
    let (id, day): (i64, String) = sqlx::query_as(
        "select session.id, day::text from training_session as session join training on training.id = training_id where call_id = $1 order by day limit 1",
    )
    .bind(scene.call.get())
    .fetch_one(&scene.app.db)
    .await
    .expect("day");
    let pairs = [
        ("act", "programme"),
        ("version", "1"),
        (&format!("day-{id}"), day.as_str()),
        (&format!("remove-{id}"), "oui"),
        ("day-0", ""),
        ("note-0", ""),
        ("place-0", ""),
        ("title", "Titre, avec ; des \\ signes\u{a0}: « à » échapper, et assez long pour être plié sur plusieurs lignes du fichier"),
    ];
    scene.post(&max, "/appel/formations/1?appel=essai", &pairs).await.expect(303);
    let after = read(&scene.get_public(path).await);
    assert!(!titles(&after).contains("séance") && after.len() == before.len());
    let (old, new) = (trainings[0], after.iter().find(|event| event.uid == trainings[0].uid).expect("the same name"));
    assert!(new.is_cancelled && !old.is_cancelled && new.sequence > old.sequence, "{old:?} {new:?}");
    assert!(new.title.contains("Titre, avec ; des \\ signes"), "{}", new.title);
    scene.get_public("/appels/inconnu/calendrier.ics").await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_feed_obeys_the_rights_of_the_moment_and_dies_when_it_is_closed(db: PgPool) {
    let scene = Scene::new(db).await.at(JANUARY);
    let max = scene.staff("Max", &["manager"]).await;
    let claire = scene.staff("Claire", &["committee"]).await;
    let rita = scene.staff("Rita", &["reviewer"]).await;
    let ana = scene.person("Ana").await;
    scene.project(&ana, "Boucles").await;
    let bob = scene.person("Bob").await;
    scene.project(&bob, "Ailleurs").await;
    let plan = [("act", "planifier"), ("version", "0"), ("starts_at", "2015-11-12T10:00"), ("place", "Poitiers")];
    scene.post(&max, "/comite/seances?appel=essai", &plan).await.expect(303);
    let days = enrol(&scene, &ana).await;
    let own = open(&scene, &ana, "formations").await;
    let mine = read(&scene.get_public(&own).await);
    assert_eq!(mine.len(), 4, "the days that she comes to: {mine:?}");
    assert!(mine.iter().all(|event| !event.uid.starts_with(&format!("training-day-{}@", days[1]))));
    assert!(read(&scene.get_public(&open(&scene, &bob, "formations").await).await).is_empty(), "he enrolled nowhere");
    // Meetings: for those who come to them.
    for (person, has_meetings) in [(&max, true), (&claire, true), (&rita, false), (&ana, false)] {
        let feed = open(&scene, person, "appel").await;
        let events = read(&scene.get_public(&feed).await);
        assert_eq!(titles(&events).contains("séance n° 1"), has_meetings, "{}", titles(&events));
    }
    for (person, which) in [(&rita, "formations"), (&scene.person("Partenaire").await, "appel"), (&scene.person("Zoe").await, "formations")] {
        scene.post(person, PAGE, &[("version", "0"), ("agenda", which), ("act", "ouvrir")]).await.expect(404);
    }
    scene.post_public(PAGE, &[("version", "0"), ("agenda", "appel"), ("act", "ouvrir")]).await.expect(303);
    // Another address ends the former; closed, none answers.
    let again = open(&scene, &ana, "formations").await;
    scene.get_public(&own).await.expect(404);
    scene.get_public(&again).await.expect(200);
    scene.post(&ana, PAGE, &[("version", "0"), ("agenda", "formations"), ("act", "fermer")]).await.expect(303);
    scene.get_public(&again).await.expect(404);
    scene.get_public("/calendriers/inconnu/trame.ics").await.expect(404);
    // The secret is nowhere in the database.
    let held: Vec<Vec<u8>> = sqlx::query_scalar("select token_hash from calendar_feed").fetch_all(&scene.app.db).await.expect("feeds");
    assert!(held.iter().all(|hash| hash.len() == 32));
    // A role taken back empties or closes what it opened.
    let (ours, theirs) = (open(&scene, &ana, "formations").await, open(&scene, &ana, "appel").await);
    let committee = open(&scene, &claire, "appel").await;
    sqlx::query("delete from project_member where account_id = $1").bind(ana.id.get()).execute(&scene.app.db).await.expect("left");
    assert!(read(&scene.get_public(&ours).await).is_empty());
    scene.get_public(&theirs).await.expect(404);
    sqlx::query("update call_role set role = 'reviewer' where account_id = $1").bind(claire.id.get()).execute(&scene.app.db).await.expect("role");
    assert!(!titles(&read(&scene.get_public(&committee).await)).contains("séance"));
    sqlx::query("delete from call_role where account_id = $1").bind(claire.id.get()).execute(&scene.app.db).await.expect("role");
    scene.get_public(&committee).await.expect(404);
    let managed = open(&scene, &max, "appel").await;
    sqlx::query("update account set disabled_at = now() where id = $1").bind(max.id.get()).execute(&scene.app.db).await.expect("disabled");
    scene.get_public(&managed).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_page_marks_the_next_date_and_adds_what_is_ones_own(db: PgPool) {
    let scene = Scene::new(db).await.at(JANUARY);
    let max = scene.staff("Max", &["manager"]).await;
    let ana = scene.person("Ana").await;
    scene.project(&ana, "Boucles").await;
    let plan = [("act", "planifier"), ("version", "0"), ("starts_at", "2015-11-12T10:00"), ("place", "Poitiers")];
    scene.post(&max, "/comite/seances?appel=essai", &plan).await.expect(303);
    let days = enrol(&scene, &ana).await;
    let public = scene.get_public(PAGE).await;
    public.expect(200).says("mercredi 14 octobre 2015 à 23 h 59 min 59 s, heure de Paris").says("jeudi 12 février 2015, 9 h 30 à 17 h, heure de Paris");
    public.is_silent_on("séance n° 1").is_silent_on("Vous venez").is_silent_on("Ouvrir une adresse");
    let next = public.body.split("id=\"prochaine\"").nth(1).expect("a next date").split("</tr>").next().expect("its line").replace('\u{a0}', " ");
    assert!(next.contains("12 février 2015") && next.contains("Prochaine date"), "{next}");
    scene.get(&max, PAGE).await.expect(200).says("séance n° 1").is_silent_on("Vous venez").says("séances du comité comprises");
    let own = scene.get(&ana, PAGE).await;
    own.expect(200).says("Vous venez").is_silent_on("séance n° 1").says("Mes formations");
    assert_eq!(own.body.matches("Vous venez").count(), 4);
    // One day, as a file; the one of another call's number is no page.
    let file = format!("/formations/1/journees/{}?appel=essai", days[0]);
    let day = read(&scene.get(&ana, &file).await);
    assert_eq!(day.len(), 1);
    assert_eq!((day[0].start.as_str(), day[0].end.as_str()), ("2015-02-12 08:30", "2015-02-12 16:00"));
    scene.get(&max, &file).await.expect(404);
    scene.get(&ana, "/formations/1/journees/999999?appel=essai").await.expect(404);
    scene.get_public("/appels/inconnu/calendrier").await.expect(404);
    scene.check().await;
}
