//! The demonstration: two calls and twelve dossiers, played through the pages themselves; and many dossiers for load tests.

pub mod client;
mod decision;
mod dossier;
mod generate;
mod hours;
mod instruction;
mod messages;
mod mission;
mod pdf;
mod questions;
mod talk;
mod training;

use std::collections::HashMap;

use anyhow::Context as _;
use serde::Deserialize;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use self::client::Client;
use self::dossier::{Opinion, Play, Story, acts, pair, paris};
pub use self::generate::generate;
use crate::access::Status;
use crate::account::passwords;
use crate::app::App;
use crate::kit::ids::{AccountId, CallId, ProjectId};
use crate::kit::{moment, territory};
use crate::{call, journal};

/// Password of every demonstration account.
pub const PASSWORD: &str = "trame-demo-2015";

/// The demonstration accounts and what each sees.
pub const ACCOUNTS: &[(&str, &str)] = &[
    ("porteur@example.org", "un dossier dans chaque appel, comme porteur"),
    ("equipe@example.org", "les mêmes dossiers, comme équipe"),
    ("amo@example.org", "les mêmes dossiers, comme conseil"),
    ("porteur2@example.org", "d’autres dossiers, comme porteur"),
    ("ademe@example.org", "gestion de l’appel et évaluation, ADEME"),
    ("region@example.org", "gestion de l’appel et évaluation, Région"),
    ("evaluateur@example.org", "les dossiers à évaluer"),
    ("comite@example.org", "le tableau du comité technique"),
    ("operateur@example.org", "l’exploitation du service"),
];

static STORIES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/demonstration.rs"));

#[derive(Deserialize)]
struct People {
    people: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    email: String,
    name: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    roles: Vec<Part>,
    #[serde(default)]
    operator: bool,
}

#[derive(Deserialize)]
struct Part {
    call: String,
    role: String,
    seat: Option<String>,
    #[serde(default)]
    expertise: Vec<String>,
}

/// Loads the demonstration into an empty database; false when it is not empty. What fails half-way leaves nothing.
///
/// # Errors
/// When a file of the demonstration cannot be played.
pub async fn load(app: &App) -> anyhow::Result<bool> {
    let is_empty = sqlx::query_scalar!(r#"select not exists(select from account) as "empty!""#).fetch_one(&app.db).await?;
    if !is_empty {
        return Ok(false);
    }
    let started = std::time::Instant::now();
    let now = app.now();
    let mut stage = Stage { app, people: HashMap::new(), calls: HashMap::new(), now };
    stage.calls().await?;
    stage.people().await?;
    let mut dossiers = Vec::new();
    for (name, text) in STORIES.iter().filter(|(name, _)| *name != "people") {
        let file = || format!("data/demo/{name}.toml");
        let story: Story = toml::from_str(text).with_context(file)?;
        dossiers.push((file(), stage.create(&story).await.with_context(file)?, story));
    }
    // Trainings come before the dossiers are written: the last acts of a dossier stay those of its team.
    stage.train().await.context("trainings")?;
    for (file, project, story) in &dossiers {
        stage.play(story, *project).await.with_context(|| file.clone())?;
    }
    stage.finish().await?;
    tracing::info!(seconds = started.elapsed().as_secs_f32(), "demonstration loaded");
    Ok(true)
}

struct Stage<'a> {
    app: &'a App,
    people: HashMap<String, Client>,
    calls: HashMap<String, CallId>,
    now: OffsetDateTime,
}

impl Stage<'_> {
    async fn calls(&mut self) -> anyhow::Result<()> {
        let template = sqlx::query_scalar!("select id from call where is_template order by id limit 1").fetch_one(&self.app.db).await?;
        let (today, _) = moment::paris_parts(self.now);
        let open = moment::bound_before(today + Duration::days(22));
        let closed = sqlx::query_scalar!("select deposit_bound from call where id = $1", template).fetch_one(&self.app.db).await?;
        let editions = [
            ("eit-2015", "Écologie industrielle et territoriale en Poitou-Charentes", "2014-2015", "2015", closed),
            ("demo", "Écologie industrielle et territoriale, appel ouvert", "démonstration", "DEMO", open),
        ];
        for (slug, title, edition, prefix, bound) in editions {
            let id = sqlx::query_scalar!(r#"select clone_call($1, $2, $3, $4, $5, $6) as "id!""#, template, slug, title, edition, prefix, bound)
                .fetch_one(&self.app.db)
                .await?;
            sqlx::query!("update call set page_guide = 30 where id = $1", id).execute(&self.app.db).await?;
            self.calls.insert(slug.to_owned(), CallId(id));
        }
        Ok(())
    }

    async fn people(&mut self) -> anyhow::Result<()> {
        let text = STORIES.iter().find(|(name, _)| *name == "people").map(|(_, text)| *text).context("data/demo/people.toml")?;
        let People { people } = toml::from_str(text).context("data/demo/people.toml")?;
        let hash = passwords::hash(self.app, PASSWORD).await.map_err(|error| anyhow::anyhow!("{error}"))?;
        for person in people {
            let id = sqlx::query_scalar!(
                "insert into account (email, name, organisation, is_operator, password_hash) values ($1, $2, $3, $4, $5) returning id",
                person.email,
                person.name,
                person.organisation,
                person.operator,
                hash
            )
            .fetch_one(&self.app.db)
            .await?;
            for part in person.roles {
                let call = self.calls.get(&part.call).with_context(|| format!("call {}", part.call))?;
                sqlx::query!(
                    "insert into call_role (call_id, account_id, role, seat_id, expertise)
                     values ($1, $2, $3, (select id from seat where call_id = $1 and label = $4), $5)",
                    call.get(),
                    id,
                    part.role,
                    part.seat,
                    &part.expertise
                )
                .execute(&self.app.db)
                .await?;
            }
            let client = Client::open(self.app, AccountId(id)).await?;
            self.people.insert(person.email, client);
        }
        Ok(())
    }

    fn person(&self, email: &str) -> anyhow::Result<&Client> {
        self.people.get(email).with_context(|| format!("nobody at {email}"))
    }

    fn call(&self, slug: &str) -> anyhow::Result<CallId> {
        self.calls.get(slug).copied().with_context(|| format!("call {slug}"))
    }

    /// The open call lives around today: its dossiers began some weeks ago.
    fn began(&self, story: &Story) -> anyhow::Result<OffsetDateTime> {
        Ok(if story.call == "demo" { self.now - Duration::days(40) } else { paris(&format!("{}T09:30", story.notified_on))? + Duration::days(20) })
    }

    async fn play(&self, story: &Story, project: ProjectId) -> anyhow::Result<()> {
        let call = self.call(&story.call)?;
        let is_open = story.call == "demo";
        let began = self.began(story)?;
        let mut writers = vec![self.person(&story.owner)?.clone()];
        for mate in story.team.iter().filter(|mate| mate.role != "reader") {
            writers.push(self.person(&mate.email)?.clone());
        }
        let last = match story.deposits.first() {
            Some(first) => paris(first)? - Duration::days(1),
            None if is_open => hours::before(self.now),
            None => began + Duration::days(120),
        };
        if story.owner == "porteur@example.org" {
            let manager = self.person("region@example.org")?;
            mission::play(self.app, project, (&writers[0], manager), (is_open, began)).await.context("assistance")?;
        }
        let mut play = Play::new(self.app, project, &writers, (began, last), acts(story));
        play.write(story).await?;
        let shared: Vec<_> = story.shared.iter().zip(1..).filter(|(is_on, _)| **is_on).map(|(_, no)| pair(&format!("partage{no}"), "oui")).collect();
        if !shared.is_empty() {
            writers[0].post(self.app, last, &format!("/dossiers/{project}/partage"), &shared).await?;
        }
        if is_open {
            talk::talk(self.app, project, &writers, last).await?;
        }
        if let ("porteur@example.org", [owner, editor, ..]) = (story.owner.as_str(), writers.as_slice()) {
            let people = (owner, editor, self.person("region@example.org")?);
            messages::exchange(self.app, project, &story.call, people, last).await?;
        }
        for (index, deposit) in story.deposits.iter().enumerate() {
            if index > 0 {
                self.touch(project, &writers[0], paris(deposit)? - Duration::hours(2)).await?;
            }
            writers[0].post(self.app, paris(deposit)?, &format!("/dossiers/{project}/depot"), &[pair("version", "0")]).await?;
        }
        self.walk(project, &story.status, call).await?;
        for opinion in &story.reviews {
            self.review(project, call, opinion).await.with_context(|| format!("review by {}", opinion.reviewer))?;
        }
        self.settle(project, &story.status).await
    }

    /// Days of the manifestation and of the notification: those of the story, moved with the calendar of its call.
    async fn dates(&self, story: &Story, call: CallId) -> anyhow::Result<(Date, Date)> {
        let read = |text: &str| moment::read_date(text).map_err(|sentence| anyhow::anyhow!("{sentence}"));
        let (manifested, notified) = (read(&story.manifested_on)?, read(&story.notified_on)?);
        let held = sqlx::query_scalar!("select notified_on from call where id = $1", call.get()).fetch_one(&self.app.db).await?;
        let moved = held.filter(|_| story.call == "demo").map_or(Duration::ZERO, |day| day - notified);
        Ok((manifested + moved, notified + moved))
    }

    async fn create(&self, story: &Story) -> anyhow::Result<ProjectId> {
        let (call, at) = (self.call(&story.call)?, self.began(story)?);
        let manager = self.person("region@example.org")?.account;
        let (manifested_on, notified_on) = self.dates(story, call).await?;
        let mut tx = self.app.db.begin().await?;
        let new = call::store::NewProject {
            call,
            title: &story.title,
            organisation: &story.organisation.name,
            kind: &story.organisation.kind,
            commune: Some(territory::read(&story.organisation.commune).map_err(|sentence| anyhow::anyhow!(sentence))?.code),
            manifested_on: Some(manifested_on),
            manifestation: story.manifestation.trim(),
            is_reducing_impact: true,
            is_collective: true,
            notified_on: Some(notified_on),
        };
        let project = call::store::create_project(&mut tx, &new, manager, at).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let owner = (story.owner.as_str(), "owner", true);
        let mates = story.team.iter().map(|mate| (mate.email.as_str(), mate.role.as_str(), mate.can_deposit));
        for (email, role, can_deposit) in std::iter::once(owner).chain(mates) {
            sqlx::query!(
                "insert into project_member (project_id, account_id, role, can_deposit, created_at) values ($1, $2, $3, $4, $5)",
                project.get(),
                self.person(email)?.account.get(),
                role,
                can_deposit,
                at
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(project)
    }

    /// A small change before a second deposit.
    async fn touch(&self, project: ProjectId, writer: &Client, at: OffsetDateTime) -> anyhow::Result<()> {
        let head = sqlx::query!(
            r#"select version, content->>'q16' as "text!" from unit where project_id = $1 and kind = 'organisation.financement' and row = $2"#,
            project.get(),
            Uuid::nil()
        )
        .fetch_one(&self.app.db)
        .await?;
        let text = format!("{}\n\nCe point a été relu par le comité de pilotage avant le second dépôt.", head.text);
        let pairs = [pair("version", &head.version.to_string()), pair("q16", &text)];
        writer.post(self.app, at, &format!("/dossiers/{project}/organisation?theme=financement"), &pairs).await?;
        Ok(())
    }

    /// Walks the states up to the review, or to the end that a dossier meets before it.
    async fn walk(&self, project: ProjectId, status: &str, call: CallId) -> anyhow::Result<()> {
        let path: &[&str] = match Status::parse(status).context("status")? {
            Status::Draft | Status::Deposited => &[],
            Status::Withdrawn => &["withdrawn"],
            Status::Inadmissible => {
                let managers = (self.person("region@example.org")?, self.person("ademe@example.org")?);
                let slug = self.calls.iter().find(|(_, held)| **held == call).map_or("", |(slug, _)| slug.as_str());
                return instruction::refuse(self.app, project, slug, managers, self.after_bound(call).await? + Duration::hours(10)).await;
            }
            _ => &["admissibility", "admissible", "in_review"],
        };
        self.steps(project, path, self.after_bound(call).await?).await
    }

    async fn after_bound(&self, call: CallId) -> anyhow::Result<OffsetDateTime> {
        Ok(sqlx::query_scalar!("select deposit_bound from call where id = $1", call.get()).fetch_one(&self.app.db).await? + Duration::days(1))
    }

    async fn steps(&self, project: ProjectId, path: &[&str], at: OffsetDateTime) -> anyhow::Result<()> {
        let manager = self.person("region@example.org")?.account;
        for status in path {
            let mut tx = self.app.db.begin().await?;
            sqlx::query!("update project set status = $2 where id = $1", project.get(), status).execute(&mut *tx).await?;
            let act = if *status == "in_review" {
                "review_opened"
            } else if *status == "withdrawn" {
                "withdrawn"
            } else {
                "status_changed"
            };
            journal::record(&mut tx, project, manager, act, status, at).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Assigns a review, then has it written and delivered by its author on the pages.
    async fn review(&self, project: ProjectId, call: CallId, opinion: &Opinion) -> anyhow::Result<()> {
        let reviewer = self.person(&opinion.reviewer)?.clone();
        let opened = self.after_bound(call).await?;
        sqlx::query!(
            "with assigned as (
               insert into review (project_id, account_id, submission_id, assigned_by, assigned_at, declared_at)
               select $1, $2, submission_id, $3, $4, $4 from project where id = $1
             )
             update project set reviews_assigned = reviews_assigned + 1 where id = $1",
            project.get(),
            reviewer.account.get(),
            self.person("region@example.org")?.account.get(),
            opened
        )
        .execute(&self.app.db)
        .await?;
        if opinion.status == "not_started" {
            return Ok(());
        }
        let at = opinion.delivered_at.as_deref().map_or(Ok(opened + Duration::days(5)), paris)?;
        let criteria = sqlx::query!("select id, code from criterion where call_id = $1", call.get()).fetch_all(&self.app.db).await?;
        let mut pairs = vec![pair("version", "1")];
        for criterion in criteria {
            if let Some(mark) = opinion.marks.get(&criterion.code) {
                pairs.push(pair(&format!("c{}", criterion.id), mark.to_string().trim_matches('"')));
            }
            if let Some(comment) = opinion.comments.get(&criterion.code) {
                pairs.push(pair(&format!("j{}", criterion.id), comment));
            }
        }
        reviewer.post(self.app, at - Duration::hours(1), &format!("/evaluation/{project}"), &pairs).await?;
        if opinion.status == "delivered" {
            let version = sqlx::query_scalar!("select version from review where project_id = $1 and account_id = $2", project.get(), reviewer.account.get())
                .fetch_one(&self.app.db)
                .await?;
            reviewer.post(self.app, at, &format!("/evaluation/{project}/rendre"), &[pair("version", &version.to_string())]).await?;
        }
        Ok(())
    }

    /// Walks the states after the reviews.
    async fn settle(&self, project: ProjectId, status: &str) -> anyhow::Result<()> {
        let path: &[&str] = match Status::parse(status).context("status")? {
            Status::Assessed => &["assessed"],
            // A decision comes from its instances, once every dossier is there.
            _ => &[],
        };
        self.steps(project, path, paris("2015-12-04T15:00")?).await
    }

    /// The end of the older call: the dossiers that its stories say were decided.
    async fn decide(&self) -> anyhow::Result<()> {
        let call = *self.calls.get("eit-2015").context("call eit-2015")?;
        let mut dossiers = Vec::new();
        for (_, text) in STORIES.iter().filter(|(name, _)| *name != "people") {
            let story: Story = toml::from_str(text)?;
            let status = Status::parse(&story.status).context("status")?;
            if story.call == "eit-2015" && matches!(status, Status::Laureate | Status::NotSelected) {
                let id =
                    sqlx::query_scalar!("select id from project where call_id = $1 and title = $2", call.get(), story.title).fetch_one(&self.app.db).await?;
                dossiers.push((id, status));
            }
        }
        let cast = decision::Cast {
            app: self.app,
            call,
            region: self.person("region@example.org")?,
            ademe: self.person("ademe@example.org")?,
            member: self.person("comite@example.org")?,
        };
        decision::decide(&cast, &dossiers).await
    }

    /// Trainings of both calls.
    async fn train(&self) -> anyhow::Result<()> {
        let cast = training::Cast {
            app: self.app,
            calls: [self.call("eit-2015")?, self.call("demo")?],
            region: self.person("region@example.org")?,
            carriers: [
                self.person("porteur@example.org")?,
                self.person("equipe@example.org")?,
                self.person("amo@example.org")?,
                self.person("porteur2@example.org")?,
            ],
        };
        training::play(&cast, self.now).await?;
        let [owner, _, _, other] = cast.carriers;
        questions::play(&questions::Cast { app: self.app, region: cast.region, carriers: [owner, other] }, self.now).await
    }

    async fn finish(&self) -> anyhow::Result<()> {
        self.decide().await.context("decision of the older call")?;
        for client in self.people.values() {
            client.close(self.app).await?;
        }
        sqlx::query!("update mail set sent_at = created_at where sent_at is null").execute(&self.app.db).await?;
        // Of what was said in two years, the last three notices of each wait.
        sqlx::query!(
            "update notice set read_at = at
             where id not in (select id from (select id, row_number() over (partition by account_id order by id desc) as rank from notice) as ranked where rank <= 3)"
        )
        .execute(&self.app.db)
        .await?;
        Ok(())
    }
}
