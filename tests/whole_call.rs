//! A whole call, from the assignments to the publication: forty dossiers, twelve reviewers, eleven seats, five conflicts. In each
//! role somebody looks for what they may not know. Then the same call with its rows in another order: the same figures.

use std::collections::BTreeMap;

use crate::support::chain::{Cast, LATER, address, recuse};
use crate::support::{Page, Person, Scene};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use trame::kit::ids::ProjectId;

const DOSSIERS: usize = 40;
const REVIEWERS: usize = 12;
/// Dossier and person of each conflict: two reviewers, two members of the committee; the fifth is the manager's, on the first dossier.
const CONFLICTS: [(usize, &str); 4] = [(3, "Ademe0"), (7, "Region1"), (11, "Siege0"), (3, "Siege1")];
const PROPOSAL: &str = "/appel/affectations/proposer?appel=essai";
const REASON: &str = "Motif confidentiel";

fn title(number: usize) -> String {
    format!("Kervadec{number:02}")
}

fn number_of(title: &str) -> usize {
    title.trim_start_matches("Kervadec").parse().expect("a number")
}

/// A mark that depends on who gives it, to what, and nothing else.
fn value(dossier: usize, reviewer: usize, criterion: usize) -> &'static str {
    match (dossier * 7 + reviewer * 13 + criterion * 5 + dossier * reviewer * 3) % 11 {
        0 => "0",
        1 | 2 => "1",
        3..=5 => "2",
        6..=8 => "3",
        9 => "4",
        _ => "ne",
    }
}

struct Played {
    cast: Cast,
    /// Dossiers by title.
    dossiers: BTreeMap<String, ProjectId>,
    reviewers: Vec<Person>,
    seats: Vec<Person>,
}

impl Played {
    /// People and dossiers, created in that order, with their conflicts.
    async fn new(db: PgPool, order: &[usize]) -> Self {
        let titles: Vec<String> = order.iter().map(|number| title(*number)).collect();
        let names: Vec<&str> = titles.iter().map(String::as_str).collect();
        let cast = Cast::new(Scene::new(db).await, &names).await;
        sqlx::query("update call set reviews_expected = 2").execute(&cast.scene.app.db).await.expect("expected");
        let mut reviewers = Vec::new();
        for number in order.iter().filter(|number| **number < REVIEWERS) {
            let body = if number % 2 == 0 { "Ademe" } else { "Region" };
            let person = cast.scene.staff(&format!("{body}{number}"), &["reviewer"]).await;
            sqlx::query("update account set organisation = $2 where id = $1")
                .bind(person.id.get())
                .bind(if body == "Ademe" { "ADEME" } else { "Région Poitou-Charentes" })
                .execute(&cast.scene.app.db)
                .await
                .expect("organisation");
            reviewers.push(person);
        }
        let mut seats = Vec::new();
        for (index, place) in [2, 3, 5, 7, 8, 9, 10, 11].into_iter().enumerate() {
            let person = cast.scene.staff(&format!("Siege{index}"), &["committee"]).await;
            sqlx::query("update call_role set seat_id = (select id from seat where call_id = $1 and position = $3) where call_id = $1 and account_id = $2")
                .bind(cast.scene.call.get())
                .bind(person.id.get())
                .bind(place)
                .execute(&cast.scene.app.db)
                .await
                .expect("seat");
            seats.push(person);
        }
        let dossiers: BTreeMap<String, ProjectId> = titles.into_iter().zip(cast.projects.iter().copied()).collect();
        let played = Self { cast, dossiers, reviewers, seats };
        for (number, name) in CONFLICTS {
            recuse(&played.cast.scene, played.dossiers[&title(number)], played.person(name)).await;
        }
        played
    }

    fn person(&self, name: &str) -> &Person {
        let email = format!("{}@example.org", name.to_lowercase());
        self.reviewers.iter().chain(&self.seats).find(|person| person.email == email).expect("somebody of that name")
    }

    /// Assigns those pairs, or those proposed; the pairs, by title and address.
    async fn assign(&self, wanted: Option<&[(String, String)]>) -> Vec<(String, String)> {
        let manager = &self.cast.mia;
        let page = self.cast.scene.get(manager, PROPOSAL).await;
        let boxes: Vec<String> = match wanted {
            None => page.body.split("name=\"affecte\" value=\"").skip(1).filter_map(|part| part.split('"').next()).map(str::to_owned).collect(),
            Some(pairs) => {
                let id = |email: &str| self.reviewers.iter().find(|person| person.email == email).expect("reviewer").id.get();
                pairs.iter().map(|(title, email)| format!("{}.{}", self.dossiers[title], id(email))).collect()
            }
        };
        let (version, operation) = (page.hidden("version"), page.hidden("operation"));
        let mut fields = vec![("version", version.as_str()), ("operation", operation.as_str()), ("etait", "")];
        fields.extend(boxes.iter().map(|pair| ("affecte", pair.as_str())));
        self.cast.scene.post(manager, "/appel/affectations?appel=essai", &fields).await.expect(303);
        sqlx::query_as("select project.title, account.email from review join project on project.id = project_id join account on account.id = review.account_id order by 1, 2")
            .fetch_all(&self.cast.scene.app.db)
            .await
            .expect("pairs")
    }

    /// Marks and delivers the review of a dossier.
    async fn review(&self, title: &str, email: &str) {
        let scene = &self.cast.scene;
        let (index, person) = self.reviewers.iter().enumerate().find(|(_, person)| person.email == email).expect("reviewer");
        let reviewer: usize = person.email.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(index);
        let project = self.dossiers[title];
        let criteria: Vec<i64> = sqlx::query_scalar("select id from criterion where call_id = $1 order by position")
            .bind(scene.call.get())
            .fetch_all(&scene.app.db)
            .await
            .expect("an answer");
        let names: Vec<String> = criteria.iter().map(|id| format!("c{id}")).collect();
        let (reason, words) = (format!("j{}", criteria[0]), format!("{REASON} {email} {title}"));
        let mut pairs = vec![("version", "1"), (reason.as_str(), words.as_str())];
        pairs.extend(names.iter().enumerate().map(|(at, name)| (name.as_str(), value(number_of(title), reviewer, at))));
        scene.post(person, &format!("/evaluation/{project}"), &pairs).await.expect(303);
        scene.post(person, &format!("/evaluation/{project}/rendre"), &[("version", "2")]).await.expect(303);
    }

    /// Figures of the board and of the study, by title, as somebody without conflict reads them.
    async fn figures(&self) -> BTreeMap<String, String> {
        let reader = &self.cast.claire;
        let file = self.cast.scene.get(reader, "/comite.csv?appel=essai").await;
        let mut figures = BTreeMap::new();
        for line in file.expect(200).body.lines().filter(|line| line.contains("Kervadec")) {
            let cells: Vec<&str> = line.trim_end().split(';').collect();
            // All but the number of the dossier, which follows the order of creation, and the hour of its last change.
            figures.insert(cells[1].to_owned(), cells[12..21].join(" "));
        }
        let study = self.cast.scene.get(reader, "/comite/etude?appel=essai").await;
        for row in study.expect(200).body.split("<tr").filter(|row| row.contains("Kervadec")) {
            let cells = text(row);
            if let Some(title) = figures.keys().find(|title| cells.contains(*title)).cloned() {
                let held = figures.entry(title).or_default();
                *held = format!("{held} | {cells}");
            }
        }
        for row in study
            .body
            .split("<tr")
            .map(text)
            .filter(|row| self.reviewers.iter().any(|person| row.to_lowercase().contains(person.email.split('@').next().unwrap_or("?"))))
        {
            figures.insert(row.split_whitespace().next().unwrap_or_default().to_owned() + " sévérité", row);
        }
        figures
    }
}

/// A row without its tags; its links and its ids follow the order of creation.
fn text(row: &str) -> String {
    let parts: Vec<&str> = row.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    parts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Pages that somebody tries: of the call, and of a dossier that they should not know.
async fn pages(scene: &Scene, person: &Person, project: ProjectId, meeting: &str) -> Vec<(String, Page)> {
    let of_call = [
        "/",
        "/dossiers",
        "/compte",
        "/evaluation",
        "/comite",
        "/comite?tri=moyenne",
        "/comite?tri=evaluations",
        "/comite.csv",
        "/comite/calcul",
        "/comite/etude",
        "/comite/seances",
        "/appel",
        "/appel/affectations",
        "/appel/affectations/proposer",
        "/appel/ouvrir-evaluation",
        "/appel/decisions",
        "/appel/decisions/publication",
        "/appel/personnes",
        "/exploitation",
        "/exploitation/courriels",
        "/appels/essai",
        "/appels/essai/laureats",
        "/fiches",
    ];
    let of_dossier = ["", "/instruction", "/suite", "/avis", "/comparaison", "/documents", "/dossier.pdf", "/pistes", "/historique", "/equipe", "/fiche"];
    let mut paths: Vec<String> = of_call.iter().map(|path| format!("{path}{}appel=essai", if path.contains('?') { '&' } else { '?' })).collect();
    paths.extend(of_dossier.iter().map(|path| format!("/dossiers/{project}{path}")));
    paths.extend([format!("/evaluation/{project}"), format!("/evaluation/{project}/autres"), format!("/appel/dossiers/{project}")]);
    if !meeting.is_empty() {
        paths.extend(["", "/direct", "/projection", "/compte-rendu"].map(|end| address(meeting, end)));
    }
    let mut read = Vec::new();
    for path in paths {
        let page = scene.get(person, &path).await;
        assert!(page.status.as_u16() < 500, "{path} {}", page.status);
        read.push((path, page));
    }
    read
}

/// Nothing that this person reads, on any page or in any mail, holds any of those words.
async fn learns_nothing(played: &Played, scene: &Scene, person: &Person, hidden: &str, (meeting, words): (&str, &[&str])) {
    let project = played.dossiers[hidden];
    for (path, page) in pages(scene, person, project, meeting).await {
        for word in words {
            assert!(!page.body.contains(word), "{} reads « {word} » at {path}: {}", person.email, page.plain());
        }
    }
    // A search answers with what was typed, never with the dossier.
    let found = scene.get(person, &format!("/comite?appel=essai&q={hidden}")).await;
    assert!(!found.body.contains(&format!("/dossiers/{project}")), "{} finds {hidden}", person.email);
    let mails: Vec<String> = sqlx::query_scalar("select subject || ' ' || body from mail where recipient = $1")
        .bind(&person.email)
        .fetch_all(&scene.app.db)
        .await
        .expect("an answer");
    for (mail, word) in mails.iter().flat_map(|mail| words.iter().map(move |word| (mail, word))) {
        assert!(!mail.contains(word), "{} is sent « {word} »: {mail}", person.email);
    }
}

/// Everybody who stays away from a dossier, with the dossier.
fn recused(played: &Played) -> Vec<(&Person, String)> {
    let mut all: Vec<(&Person, String)> = CONFLICTS.iter().map(|(number, name)| (played.person(name), title(*number))).collect();
    all.push((&played.cast.rex, title(0)));
    all
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_whole_call_is_fair_and_sealed_and_its_figures_follow_no_order(db: PgPool) {
    let order: Vec<usize> = (0..DOSSIERS).collect();
    let played = Played::new(db.clone(), &order).await;
    let cast = &played.cast;
    let pairs = played.assign(None).await;
    assert_eq!(pairs.len(), 2 * DOSSIERS, "two reviews of each dossier");
    for title in played.dossiers.keys() {
        let bodies: Vec<&str> = pairs.iter().filter(|(of, _)| of == title).map(|(_, email)| &email[..5]).collect();
        assert!(bodies.contains(&"ademe") && bodies.contains(&"regio"), "{title}: {bodies:?}");
    }
    let conflicts: Vec<(String, String)> = CONFLICTS.iter().map(|(number, name)| (title(*number), format!("{}@example.org", name.to_lowercase()))).collect();
    assert!(pairs.iter().all(|pair| !conflicts.contains(pair)), "nobody reviews what they stay away from");
    let most = pairs.iter().map(|(_, email)| pairs.iter().filter(|(_, other)| other == email).count()).max().expect("a review");
    assert!(most <= 7, "{most} reviews for one person, 6.7 on average");

    // Half of the reviews: who has not delivered reads nothing of the others.
    let (first, rest) = pairs.split_at(DOSSIERS);
    for (title, email) in first {
        played.review(title, email).await;
    }
    let (late_title, late) = rest.first().expect("a review to come").clone();
    let late = played.reviewers.iter().find(|person| person.email == late).expect("reviewer").clone();
    let page = cast.scene.get(&late, &format!("/evaluation/{}/autres", played.dossiers[&late_title])).await;
    page.expect(403).is_silent_on(REASON);
    for (title, email) in rest {
        played.review(title, email).await;
    }
    cast.assess().await;
    let figures = played.figures().await;
    assert!(figures.len() >= DOSSIERS + REVIEWERS, "{figures:?}");
    let meeting = cast.meet(&vec!["favourable"; DOSSIERS]).await;
    cast.instance("fund", &vec!["favourable"; DOSSIERS]).await;
    let results: Vec<&str> = (0..DOSSIERS).map(|number| if number % 3 == 0 { "retained" } else { "rejected" }).collect();
    cast.instance("council", &results).await;
    cast.prepare().await;

    // Who stays away reads one line in the place of a dossier, and no figure that holds it.
    for (person, hidden) in recused(&played) {
        learns_nothing(&played, &cast.scene, person, &hidden, (&meeting, &[&hidden])).await;
    }
    let (siege, all) = (played.person("Siege0"), &cast.claire);
    cast.scene.get(siege, "/comite?appel=essai").await.expect(200).says("39 dossiers").says("Déport");
    cast.scene.get(all, "/comite?appel=essai").await.expect(200).says("40 dossiers");
    // A carrier knows neither the others nor what is said of them; somebody without a role nothing at all.
    let (owner, nobody) = (&cast.owners[3], cast.scene.person("Zoe").await);
    let own = title(3);
    let others: Vec<String> = (0..DOSSIERS).map(title).filter(|title| *title != own).collect();
    let mut words: Vec<&str> = others.iter().map(String::as_str).collect();
    words.extend([REASON, "Une discussion nourrie", "a retenu votre dossier", "Lauréat"]);
    learns_nothing(&played, &cast.scene, owner, &title(4), (&meeting, &words)).await;
    learns_nothing(&played, &cast.scene, owner, &own, (&meeting, &words)).await;
    words.push(&own);
    learns_nothing(&played, &cast.scene, &nobody, &own, (&meeting, &words)).await;
    let operator = cast.scene.person("Olga").await;
    sqlx::query("update account set is_operator = true where id = $1").bind(operator.id.get()).execute(&db).await.expect("an answer");
    learns_nothing(&played, &cast.scene, &operator, &own, (&meeting, &words)).await;
    // A reviewer reads the decisions of no instance.
    learns_nothing(&played, &cast.scene, played.person("Ademe2"), &title(5), (&meeting, &["Une discussion nourrie", "a retenu votre dossier", "Lauréat"]))
        .await;
    cast.publish(&cast.mia).await.expect(303);
    let scene = cast.scene.at(LATER);
    let laureates = scene.get_public("/appels/essai/laureats").await;
    laureates.expect(200).says("14 lauréats").says(&title(3)).is_silent_on(&title(4));
    learns_nothing(&played, &scene, owner, &title(4), (&meeting, &[&title(4), &title(5), REASON, "Une discussion nourrie"])).await;
    let results: i64 = sqlx::query_scalar("select count(*) from mail where kind = 'result'").fetch_one(&db).await.expect("an answer");
    assert_eq!(results, 40, "a letter each, once");
    cast.scene.check().await;

    replay(db, &pairs, &figures).await;
}

/// The same call in a database of its own, its dossiers, people and reviews in another order.
async fn replay(db: PgPool, pairs: &[(String, String)], figures: &BTreeMap<String, String>) {
    let options = (*db.connect_options()).clone();
    let name = format!("trame_again_{}", uuid::Uuid::new_v4().simple());
    let drop = format!("drop database if exists \"{name}\" with (force)");
    for statement in [drop.clone(), format!("create database \"{name}\"")] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&db).await.expect("database");
    }
    let again = PgPoolOptions::new().max_connections(5).connect_with(options.database(&name)).await.expect("pool");
    trame::MIGRATOR.run(&again).await.expect("migrations");
    let order: Vec<usize> = (0..DOSSIERS).map(|index| (index * 17 + 5) % DOSSIERS).collect();
    let played = Played::new(again.clone(), &order).await;
    assert_eq!(played.assign(Some(pairs)).await, pairs);
    for (title, email) in pairs.iter().rev() {
        played.review(title, email).await;
    }
    played.cast.assess().await;
    let replayed = played.figures().await;
    for (what, figure) in figures {
        assert_eq!(replayed.get(what), Some(figure), "{what}");
    }
    assert_eq!(replayed.len(), figures.len());
    again.close().await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&db).await.expect("database");
}
