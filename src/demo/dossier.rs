//! One dossier of the demonstration: its file, and how it is played through the pages.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::client::Client;
use super::hours;
use super::pdf;
use crate::app::App;
use crate::framework::standing::{places, rows_of, section_address};
use crate::framework::{Kind, Rows};
use crate::kit::ids::ProjectId;
use crate::kit::moment;

/// File of a dossier.
#[derive(Debug, Deserialize)]
pub struct Story {
    /// Slug of the call.
    pub call: String,
    /// Title.
    pub title: String,
    /// Carrier.
    pub organisation: Organisation,
    /// Day of the manifestation.
    pub manifested_on: String,
    /// Its summary.
    pub manifestation: String,
    /// Day of the notification.
    pub notified_on: String,
    /// State to reach.
    pub status: String,
    /// Address of the owner.
    pub owner: String,
    /// Rest of the team.
    #[serde(default)]
    pub team: Vec<Teammate>,
    /// Deliverables shown before the deposit.
    #[serde(default)]
    pub shared: Vec<bool>,
    /// Instants of the deposits, in Paris time.
    #[serde(default)]
    pub deposits: Vec<String>,
    /// Fields of the sections.
    #[serde(default)]
    pub sections: BTreeMap<String, BTreeMap<String, toml::Value>>,
    /// Rows.
    #[serde(default)]
    pub rows: Vec<Row>,
    /// Attachments.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Partners asked to sign the engagement document.
    #[serde(default)]
    pub signatories: Vec<Partner>,
    /// Reviews.
    #[serde(default)]
    pub reviews: Vec<Opinion>,
}

/// Carrier of a dossier.
#[derive(Debug, Deserialize)]
pub struct Organisation {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// INSEE code.
    pub commune: String,
}

/// A member of a team.
#[derive(Debug, Deserialize)]
pub struct Teammate {
    /// Address.
    pub email: String,
    /// Part.
    pub role: String,
    /// Delegated the deposit.
    #[serde(default)]
    pub can_deposit: bool,
}

/// A row.
#[derive(Debug, Deserialize)]
pub struct Row {
    kind: String,
    #[serde(rename = "ref")]
    name: Option<String>,
    parent: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, toml::Value>,
}

/// A file to join.
#[derive(Debug, Deserialize)]
pub struct Attachment {
    slot: String,
    name: String,
    lines: Vec<String>,
}

/// A partner asked to sign the engagement document, and what they answer: "signed", "declined", "opened", or nothing yet.
#[derive(Debug, Deserialize)]
pub struct Partner {
    actor: String,
    contact: String,
    email: String,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    function: String,
    #[serde(default)]
    reason: String,
}

/// A review.
#[derive(Debug, Deserialize)]
pub struct Opinion {
    /// Address of the reviewer.
    pub reviewer: String,
    /// State to reach.
    pub status: String,
    /// Instant of delivery, in Paris time.
    pub delivered_at: Option<String>,
    /// Marks by criterion code.
    #[serde(default)]
    pub marks: BTreeMap<String, toml::Value>,
    /// Comments by criterion code.
    #[serde(default)]
    pub comments: BTreeMap<String, String>,
}

/// An instant written in Paris time.
pub fn paris(text: &str) -> anyhow::Result<OffsetDateTime> {
    moment::read_local(text).map_err(|sentence| anyhow::anyhow!("{sentence}"))
}

/// The team at work: writes everything between two instants, in turns.
pub struct Play<'a> {
    /// Application.
    pub app: &'a App,
    /// Dossier.
    pub project: ProjectId,
    /// Writers.
    pub writers: &'a [Client],
    /// Instant of the next act, in an even spread over days and nights.
    at: OffsetDateTime,
    /// No act comes later.
    last: OffsetDateTime,
    /// Time between two acts.
    step: Duration,
    refs: HashMap<String, Uuid>,
    turn: usize,
}

impl<'a> Play<'a> {
    /// A team about to write.
    pub fn new(app: &'a App, project: ProjectId, writers: &'a [Client], (began, last): (OffsetDateTime, OffsetDateTime), acts: i32) -> Self {
        Self { app, project, writers, at: began, last, step: (last - began) / (acts + 2), refs: HashMap::new(), turn: 0 }
    }

    /// The same instant at the hours of an office.
    fn now(&self) -> OffsetDateTime {
        hours::office(self.at).min(self.last)
    }

    async fn post(&mut self, path: &str, pairs: &[(String, String)]) -> anyhow::Result<String> {
        self.turn += 1;
        self.at += self.step;
        let writer = &self.writers[(self.turn / 9) % self.writers.len()];
        writer.post(self.app, self.now(), &format!("/dossiers/{}{path}", self.project), pairs).await
    }

    /// Writes the whole dossier.
    pub async fn write(&mut self, story: &Story) -> anyhow::Result<()> {
        for row in story.rows.iter().filter(|row| rows_of(&row.kind).is_some_and(|rows| rows.path.is_some())) {
            let rows = known(&row.kind)?;
            self.own_page(rows, row, story).await?;
        }
        for place in places().collect::<Vec<_>>() {
            if place.section.items.first().is_some_and(|first| first.key == place.item.key) {
                let address = section_address(place.deliverable, place.section);
                let tables: Vec<&'static Rows> = place.section.items.iter().flat_map(|item| item.tables.iter().copied()).collect();
                let fields = story.sections.get(place.section.key);
                self.form(&address, 0, (fields, place.section.items.iter().flat_map(|item| item.fields.iter()).collect()), (&tables, None, story)).await?;
            }
        }
        for attachment in &story.attachments {
            self.attach(attachment).await?;
        }
        self.engage(&story.signatories).await
    }

    /// Publishes the engagement document and writes to partners; they answer by their links.
    async fn engage(&mut self, partners: &[Partner]) -> anyhow::Result<()> {
        if partners.is_empty() {
            return Ok(());
        }
        let path = format!("/dossiers/{}/engagement/publier", self.project);
        let page = self.writers[0].get(self.app, self.now(), &path).await?;
        let fingerprint = hidden(&page.body, "empreinte");
        self.post("/engagement/publier", &[pair("version", "1"), pair("empreinte", &fingerprint)]).await?;
        for partner in partners {
            let actor = self.refs.get(partner.actor.trim_start_matches('@')).ok_or_else(|| anyhow::anyhow!("no row {}", partner.actor))?.to_string();
            let pairs = [("version", "0"), ("stakeholder", &actor), ("contact", &partner.contact), ("email", &partner.email), ("envoyer", "oui")];
            self.post("/engagement/signataires", &pairs.map(|(name, value)| pair(name, value))).await?;
            let body = sqlx::query_scalar!("select body from mail where recipient = $1 and kind = 'engagement' order by id desc limit 1", partner.email)
                .fetch_one(&self.app.db)
                .await?;
            let link = body.lines().find_map(|line| Some(format!("/engagement/{}", line.split_once("/engagement/")?.1))).unwrap_or_default();
            self.at += self.step;
            self.reply(partner, &link).await?;
        }
        Ok(())
    }

    async fn reply(&self, partner: &Partner, link: &str) -> anyhow::Result<()> {
        if partner.answer.is_empty() {
            return Ok(());
        }
        let page = Client::nobody().get(self.app, self.now(), link).await?;
        match partner.answer.as_str() {
            "signed" => {
                let (fingerprint, organisation) = (hidden(&page.body, "empreinte"), hidden(&page.body, "organisation\" type=\"text"));
                let pairs = [("nom", &partner.contact), ("fonction", &partner.function), ("organisation", &organisation), ("empreinte", &fingerprint)];
                let mut pairs = pairs.map(|(name, value)| pair(name, value)).to_vec();
                pairs.push(pair("accord", "oui"));
                Client::nobody().post(self.app, self.now(), link, &pairs).await?;
            }
            "declined" => {
                Client::nobody().post(self.app, self.now(), &format!("{link}/refus"), &[pair("motif", &partner.reason)]).await?;
            }
            _ => {}
        }
        Ok(())
    }

    async fn own_page(&mut self, rows: &'static Rows, row: &Row, story: &Story) -> anyhow::Result<()> {
        let path = rows.path.unwrap_or_default();
        let location = self.post(&format!("/{path}/nouveau"), &[pair("version", "0")]).await?;
        let id: Uuid = location.rsplit('/').next().unwrap_or_default().parse()?;
        if let Some(name) = &row.name {
            self.refs.insert(name.clone(), id);
        }
        let tables: Vec<&'static Rows> = rows.items.iter().flat_map(|item| item.tables.iter().copied()).collect();
        self.form(&format!("/{path}/{id}"), 1, (Some(&row.fields), rows.fields().collect()), (&tables, row.name.as_deref(), story)).await
    }

    /// Fills a page: adds the lines of its tables one by one, then saves everything at once.
    async fn form(
        &mut self,
        address: &str,
        version: i32,
        (values, fields): (Option<&BTreeMap<String, toml::Value>>, Vec<&'static crate::framework::Field>),
        (tables, parent, story): (&[&'static Rows], Option<&str>, &Story),
    ) -> anyhow::Result<()> {
        let mut pairs = vec![pair("version", &version.to_string())];
        for field in fields {
            if let Some(value) = values.and_then(|values| values.get(field.key)) {
                self.put(&mut pairs, field.key, field.kind, value)?;
            }
        }
        if let Some(unknown) = values.into_iter().flat_map(BTreeMap::keys).find(|key| !pairs.iter().any(|(name, _)| name == *key)) {
            anyhow::bail!("{address}: no field {unknown}");
        }
        for rows in tables {
            let lines = story.rows.iter().filter(|row| row.kind == rows.kind && row.parent.as_deref().map(|name| name.trim_start_matches('@')) == parent);
            for line in lines {
                let location = self.post(address, &[pair("version", &version.to_string()), pair("ajouter", rows.kind)]).await?;
                let anchor = location.rsplit('#').next().unwrap_or_default();
                let id: Uuid = anchor.strip_prefix(&format!("{}-", rows.kind)).and_then(|rest| rest.get(..36)).unwrap_or_default().parse()?;
                pairs.push(pair(&format!("{}.id", rows.kind), &id.to_string()));
                pairs.push(pair(&format!("{}.version", rows.kind), "1"));
                for (key, value) in &line.fields {
                    let field = rows.field(key).ok_or_else(|| anyhow::anyhow!("{}: no field {key}", rows.kind))?;
                    self.put(&mut pairs, &format!("{}.{id}.{key}", rows.kind), field.kind, value)?;
                }
            }
        }
        if pairs.len() > 1 {
            self.post(address, &pairs).await?;
        }
        Ok(())
    }

    fn put(&self, pairs: &mut Vec<(String, String)>, name: &str, kind: Kind, value: &toml::Value) -> anyhow::Result<()> {
        match value {
            toml::Value::Array(values) => {
                for value in values {
                    self.put(pairs, name, kind, value)?;
                }
            }
            toml::Value::Boolean(is_on) => pairs.push(pair(name, if *is_on { "oui" } else { "" })),
            toml::Value::String(text) if matches!(kind, Kind::Row(_) | Kind::RowsOf(_)) => {
                let key = text.trim_start_matches('@');
                let row = self.refs.get(key).ok_or_else(|| anyhow::anyhow!("{name}: no row @{key}"))?;
                pairs.push(pair(name, &row.to_string()));
            }
            toml::Value::String(text) => pairs.push(pair(name, text)),
            other => pairs.push(pair(name, &other.to_string())),
        }
        Ok(())
    }

    async fn attach(&mut self, attachment: &Attachment) -> anyhow::Result<()> {
        let slot = match attachment.slot.split_once(":@") {
            Some((slot, row)) => format!("{slot}:{}", self.refs.get(row).ok_or_else(|| anyhow::anyhow!("no row @{row}"))?),
            None => attachment.slot.clone(),
        };
        self.at += self.step;
        let path = crate::project::attachments::upload_address(&format!("/dossiers/{}", self.project), &slot, "");
        self.writers[0].join(self.app, self.now(), &path, (&attachment.name, &pdf::page(&attachment.lines))).await
    }
}

/// How many posts a story takes, to spread them over its months.
pub fn acts(story: &Story) -> i32 {
    i32::try_from(story.rows.len() * 2 + 20 + story.attachments.len() + story.signatories.len() * 2).unwrap_or(i32::MAX)
}

fn known(kind: &str) -> anyhow::Result<&'static Rows> {
    rows_of(kind).ok_or_else(|| anyhow::anyhow!("no kind of row {kind}"))
}

/// Value of a control in a page.
fn hidden(body: &str, name: &str) -> String {
    let value = body.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next());
    value.unwrap_or_default().to_owned()
}

/// A pair of a form.
pub fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
