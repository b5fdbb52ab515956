//! The end of a call, played through its pages: people of every role, dossiers in evaluation, a meeting, two instances.

use super::{AFTER, Page, Person, Scene};
use time::OffsetDateTime;
use time::macros::datetime;
use trame::kit::ids::ProjectId;

/// During the meeting.
pub const MEETING: OffsetDateTime = datetime!(2015-11-12 9:00 UTC);
/// After everything.
pub const LATER: OffsetDateTime = datetime!(2016-02-20 9:00 UTC);

/// People and dossiers.
pub struct Cast {
    pub scene: Scene,
    pub owners: Vec<Person>,
    pub projects: Vec<ProjectId>,
    pub max: Person,
    pub mia: Person,
    pub claire: Person,
    /// Manages, sits, and stays away from the first dossier.
    pub rex: Person,
}

impl Cast {
    /// Dossiers in evaluation, of those titles.
    pub async fn new(scene: Scene, titles: &[&str]) -> Self {
        let (mut owners, mut projects) = (Vec::new(), Vec::new());
        for (index, title) in titles.iter().enumerate() {
            let owner = scene.person(&format!("Porteur{index}")).await;
            let project = scene.project(&owner, title).await;
            for status in ["deposited", "admissibility", "admissible", "in_review"] {
                set_status(&scene, project, status).await.expect("an edge");
            }
            owners.push(owner);
            projects.push(project);
        }
        let max = scene.staff("Max", &["manager"]).await;
        let mia = scene.staff("Mia", &["manager"]).await;
        let claire = scene.staff("Claire", &["committee"]).await;
        let rex = scene.staff("Rex", &["manager", "committee"]).await;
        for (person, place) in [(&max, 1), (&claire, 4), (&rex, 6)] {
            sqlx::query("update call_role set seat_id = (select id from seat where call_id = $1 and position = $3) where call_id = $1 and account_id = $2")
                .bind(scene.call.get())
                .bind(person.id.get())
                .bind(place)
                .execute(&scene.app.db)
                .await
                .expect("seat");
        }
        recuse(&scene, projects[0], &rex).await;
        let scene = scene.at(AFTER);
        Self { scene, owners, projects, max, mia, claire, rex }
    }

    /// Closes the evaluation of every dossier: Rex stays away from the first, Max does it.
    pub async fn assess(&self) {
        let ids: Vec<String> = self.projects.iter().map(ToString::to_string).collect();
        let mut pairs = vec![("act", "clore"), ("version", "0")];
        pairs.extend(ids.iter().map(|id| ("dossier", id.as_str())));
        self.scene.post(&self.max, "/appel/decisions?appel=essai", &pairs).await.expect(303);
    }

    /// Plans a meeting; its number.
    pub async fn plan(&self) -> String {
        let pairs = [("act", "planifier"), ("version", "0"), ("starts_at", "2015-11-12T10:00"), ("place", "Poitiers")];
        let page = self.scene.post(&self.max, "/comite/seances?appel=essai", &pairs).await;
        page.expect(303);
        page.location.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// Opens a planned meeting with those people.
    pub async fn open(&self, number: &str, people: &[&Person]) {
        let scene = self.scene.at(MEETING);
        let ids: Vec<String> = people.iter().map(|person| person.id.to_string()).collect();
        let mut pairs = vec![("version", "0")];
        pairs.extend(ids.iter().map(|id| ("present", id.as_str())));
        scene.post(&self.max, &address(number, "/presences"), &pairs).await.expect(303);
        scene.post(&self.max, &address(number, "/ouverture"), &[("version", "0")]).await.expect(303);
    }

    /// Brings a dossier before the room.
    pub async fn call(&self, number: &str, project: ProjectId) {
        let pairs = [("act", "appeler"), ("version", "0"), ("dossier", &project.to_string())];
        self.scene.at(MEETING).post(&self.max, &address(number, "/direct"), &pairs).await.expect(303);
    }

    /// Records an opinion.
    pub async fn record(&self, number: &str, project: ProjectId, opinion: &str, reserves: &str) -> Page {
        let version: i32 = sqlx::query_scalar("select version from meeting_item where project_id = $1 order by meeting_id desc limit 1")
            .bind(project.get())
            .fetch_one(&self.scene.app.db)
            .await
            .expect("item");
        let pairs = [
            ("act", "consigner"),
            ("version", &version.to_string()),
            ("dossier", &project.to_string()),
            ("avis", opinion),
            ("reserves", reserves),
            ("debat", "Une discussion nourrie."),
            ("note", "Remarque entre gestionnaires."),
        ];
        self.scene.at(MEETING).post(&self.max, &address(number, "/direct"), &pairs).await
    }

    /// Ends the session and approves its minutes.
    pub async fn approve(&self, number: &str) {
        let scene = self.scene.at(MEETING);
        scene.post(&self.max, &address(number, "/direct"), &[("act", "clore"), ("version", "0")]).await.expect(303);
        let page = scene.get(&self.mia, &address(number, "/compte-rendu")).await;
        let version = page.hidden("version");
        scene.post(&self.mia, &address(number, "/compte-rendu"), &[("act", "approuver"), ("version", &version)]).await.expect(303);
    }

    /// A whole meeting with an opinion on each dossier.
    pub async fn meet(&self, opinions: &[&str]) -> String {
        let number = self.plan().await;
        self.open(&number, &[&self.max, &self.claire, &self.rex]).await;
        for (project, opinion) in self.projects.iter().zip(opinions) {
            self.call(&number, *project).await;
            let reserves = if *opinion == "reservations" { "Préciser le financement." } else { "" };
            self.record(&number, *project, opinion, reserves).await.expect(303);
        }
        self.approve(&number).await;
        number
    }

    /// Opens an instance; its address.
    pub async fn summon(&self, kind: &str, reference: &str) -> String {
        let pairs = [("act", kind), ("version", "0"), ("held_on", "2015-11-26"), ("reference", reference), ("text", "")];
        let page = self.scene.post(&self.max, "/appel/decisions?appel=essai", &pairs).await;
        page.expect(303);
        page.location
    }

    /// Opens an instance, writes what it says of each dossier, and records it.
    pub async fn instance(&self, kind: &str, results: &[&str]) -> String {
        let path = self.summon(kind, &format!("REF-{kind}")).await;
        let names: Vec<String> = self.projects.iter().map(|project| format!("result-{project}")).collect();
        let mut pairs = vec![("act", "enregistrer"), ("version", "1"), ("held_on", "2015-11-26"), ("reference", "REF-2015-117"), ("text", "")];
        pairs.extend(names.iter().map(String::as_str).zip(results.iter().copied()));
        self.scene.post(&self.max, &path, &pairs).await.expect(303);
        self.scene.post(&self.mia, &path, &[("act", "arreter"), ("version", "2")]).await.expect(303);
        path
    }

    /// The whole chain, up to the letters' preparation by Max.
    pub async fn prepared(&self, results: &[&str]) {
        self.assess().await;
        self.meet(&vec!["favourable"; results.len()]).await;
        self.instance("fund", &vec!["favourable"; results.len()]).await;
        self.instance("council", results).await;
        self.prepare().await;
    }

    /// Max prepares the letters.
    pub async fn prepare(&self) {
        self.scene.post(&self.max, PUBLICATION, &[("act", "preparer"), ("version", "0")]).await.expect(303);
    }

    /// Publishes, as that person, the version that the page shows.
    pub async fn publish(&self, person: &Person) -> Page {
        let version: Option<i32> = sqlx::query_scalar("select version from publication where published_at is null and abandoned_at is null")
            .fetch_optional(&self.scene.app.db)
            .await
            .expect("publication");
        let version = version.unwrap_or_default().to_string();
        self.scene.post(person, "/appel/decisions/publication/publier?appel=essai", &[("version", &version)]).await
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.scene.app.db).await.expect("count")
    }

    pub async fn status(&self, project: ProjectId) -> String {
        sqlx::query_scalar("select status from project where id = $1").bind(project.get()).fetch_one(&self.scene.app.db).await.expect("status")
    }
}

/// Address of the letters.
pub const PUBLICATION: &str = "/appel/decisions/publication?appel=essai";

/// Address of a page of a meeting.
pub fn address(number: &str, end: &str) -> String {
    format!("/comite/seances/{number}{end}?appel=essai")
}

pub async fn set_status(scene: &Scene, project: ProjectId, status: &str) -> sqlx::Result<()> {
    sqlx::query("update project set status = $2 where id = $1").bind(project.get()).bind(status).execute(&scene.app.db).await.map(drop)
}

pub async fn recuse(scene: &Scene, project: ProjectId, person: &Person) {
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'pinned')")
        .bind(project.get())
        .bind(person.id.get())
        .execute(&scene.app.db)
        .await
        .expect("recusal");
}

/// Scores, as reviews would give them.
pub async fn score(scene: &Scene, project: ProjectId, mean: i64, deviation: i64) {
    const POINT: i64 = 10_000_000_000_000;
    sqlx::query(
        "update project set score_mean = $2, score_median = $2, score_min = $2, score_max = $2, score_deviation = $3, reviews_counted = 2,
           reviews_delivered = 2, reviews_assigned = 2 where id = $1",
    )
    .bind(project.get())
    .bind(mean * POINT)
    .bind(deviation * POINT)
    .execute(&scene.app.db)
    .await
    .expect("scores");
}
