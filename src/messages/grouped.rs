//! One message to many dossiers: chosen by a filter, seen for each before it leaves, posted once in each administration thread.

pub mod sent;
mod store;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use self::store::{Chosen, Filter};
use super::fields::{self, FIELDS, Fields, unknown};
use super::post::{self, New};
use super::tell::{self, Told};
use super::templates;
use super::write::{message_path, read};
use crate::access::{CallManager, Status, Thread};
use crate::app::App;
use crate::call::frame::{Alert, Frame, at, layout};
use crate::call::store as calls;
use crate::error::{AppError, url_encode};
use crate::framework::DELIVERABLES;
use crate::input::Input;
use crate::instruction::labels::store as labels;
use crate::journal;
use crate::kit::french::count;
use crate::kit::ids::ProjectId;
use crate::kit::moment;
use crate::mail::messages::{Posted, posted};
use crate::page::{Layout, Tag, filters, html_with, see};

const HERE: &str = "/appel/messages/groupe";

/// Dossiers that one message goes to at most.
const MOST: usize = 200;

/// States that one filters by.
const STATES: [Status; 8] = [
    Status::Draft,
    Status::Deposited,
    Status::Admissibility,
    Status::ChangesRequested,
    Status::Admissible,
    Status::InReview,
    Status::Laureate,
    Status::NotSelected,
];

/// What is being written.
#[derive(Debug, Default)]
struct Draft {
    text: String,
    is_to_teams: bool,
    error: String,
    choice_error: String,
}

/// A dossier that the message would go to, as its people would have it.
struct Preview {
    title: String,
    text: String,
    people: String,
    subject: String,
    mail: String,
}

struct ChoiceView {
    id: i64,
    label: String,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "messages/grouped.html")]
struct GroupedPage {
    layout: Layout,
    frame: Frame,
    slug: String,
    action: String,
    states: Vec<(&'static str, &'static str, bool)>,
    deliverables: Vec<(u8, &'static str, bool)>,
    labels: Vec<(i64, String, bool)>,
    has_filter: bool,
    choices: Vec<ChoiceView>,
    wordings: Vec<(i64, String)>,
    fields: [(&'static str, &'static str); 5],
    draft: Draft,
    previews: Vec<Preview>,
    sentence: String,
    former: Vec<(String, String)>,
    operation: Uuid,
    template_address: String,
}

fn filter(asked: &HashMap<String, String>) -> Filter {
    let get = |name: &str| asked.get(name).map_or("", String::as_str);
    Filter {
        status: Status::parse(get("etat")).filter(|status| STATES.contains(status)),
        missing: get("livrable").parse().ok().filter(|no| (1..=5).contains(no)),
        label: get("etiquette").parse().ok(),
    }
}

fn address(filter: &Filter) -> String {
    let part = |name: &str, value: Option<String>| format!("{name}={}", value.map(|value| url_encode(&value)).unwrap_or_default());
    [
        part("etat", filter.status.map(|status| status.as_str().to_owned())),
        part("livrable", filter.missing.map(|no| no.to_string())),
        part("etiquette", filter.label.map(|id| id.to_string())),
    ]
    .join("&")
}

/// What a draft asks: nothing more, or to be seen for each dossier.
struct Asking<'a> {
    filter: &'a Filter,
    draft: Draft,
    chosen: Option<Vec<i64>>,
    is_preview: bool,
    operation: Uuid,
}

async fn draw(app: &App, conn: &mut PgConnection, manager: &CallManager, asking: Asking<'_>, status: StatusCode) -> Result<Response, AppError> {
    let slug = &manager.call().slug;
    let held = store::matching(conn, manager, asking.filter).await?;
    let is_on = |id: i64| asking.chosen.as_ref().is_none_or(|chosen| chosen.contains(&id));
    let kept: Vec<&Chosen> = held.iter().filter(|held| is_on(held.id)).collect();
    let previews = if asking.is_preview { previews(app, conn, manager, &kept, &asking.draft).await? } else { Vec::new() };
    let sentence = count(previews.len(), "dossier recevra ce message", "dossiers recevront ce message");
    let filter = address(asking.filter);
    let page = GroupedPage {
        layout: layout(app, manager, "Message groupé"),
        frame: Frame::of(manager, "Message groupé", "/appel/messages")
            .lead("Le même message dans l’échange « avec l’administration » de plusieurs dossiers, champs remplis pour chacun. Rien ne part avant d’avoir été vu.")
            .alert((!asking.draft.choice_error.is_empty()).then(|| Alert { is_focused: true, ..Alert::refusal("Aucun dossier choisi", asking.draft.choice_error.clone()) })),
        action: format!("{}&{filter}", at(slug, HERE)),
        states: std::iter::once(("", "tous", asking.filter.status.is_none()))
            .chain(STATES.map(|status| (status.as_str(), Tag::of(status).word, asking.filter.status == Some(status))))
            .collect(),
        deliverables: DELIVERABLES.iter().map(|held| (held.no, held.short, asking.filter.missing == Some(i32::from(held.no)))).collect(),
        labels: labels::of_call(conn, manager).await?.into_iter().map(|(label, _)| (label.id, label.name, asking.filter.label == Some(label.id))).collect(),
        has_filter: asking.filter.status.is_some() || asking.filter.missing.is_some() || asking.filter.label.is_some(),
        choices: held
            .iter()
            .map(|held| ChoiceView { id: held.id, label: format!("n°\u{a0}{}, {}", held.number, held.title), is_on: is_on(held.id) })
            .collect(),
        wordings: templates::of_call(conn, manager.call().id).await?.into_iter().map(|wording| (wording.id, wording.name)).collect(),
        fields: FIELDS,
        draft: asking.draft,
        previews,
        sentence,
        former: former(conn, manager).await?,
        operation: asking.operation,
        template_address: at(slug, HERE),
        slug: slug.clone(),
    };
    html_with(status, &page)
}

async fn former(conn: &mut PgConnection, manager: &CallManager) -> Result<Vec<(String, String)>, AppError> {
    let held = store::former(conn, manager).await?;
    let line = |held: store::Former| {
        let sentence = format!("{}, {} à {}", moment::near(held.at, manager.now()), held.name, count(held.dossiers, "dossier", "dossiers"));
        (at(&manager.call().slug, &format!("{HERE}/{}", held.id)), sentence)
    };
    Ok(held.into_iter().map(line).collect())
}

async fn previews(app: &App, conn: &mut PgConnection, manager: &CallManager, kept: &[&Chosen], draft: &Draft) -> Result<Vec<Preview>, AppError> {
    let ids: Vec<i64> = kept.iter().map(|held| held.id).collect();
    let fields = fields::of(conn, &ids).await?;
    let people = store::people(conn, &ids, draft.is_to_teams, manager.now()).await?;
    let preview = |fields: &Fields| {
        let names: Vec<&str> = people.iter().filter(|(project, _)| *project == fields.project).map(|(_, name)| name.as_str()).collect();
        let said = Posted { by: &manager.visitor().name, title: &fields.title, thread: Thread::Administration, path: "/dossiers/…", is_grouped: true };
        let (subject, mail) = posted(app, &said);
        Preview { title: fields.title.clone(), text: fields.fill(&draft.text), people: names.join(", "), subject, mail }
    };
    Ok(fields.iter().map(preview).collect())
}

/// The managers of a call choose dossiers and write to them.
pub async fn show(State(app): State<App>, manager: CallManager, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let chosen = asked.get("modele").and_then(|id| id.parse().ok());
    let text = match chosen {
        Some(id) => templates::one(&mut conn, manager.call().id, id).await?.map(|wording| wording.text).unwrap_or_default(),
        None => String::new(),
    };
    let asking = Asking { filter: &filter(&asked), draft: Draft { text, ..Draft::default() }, chosen: None, is_preview: false, operation: Uuid::new_v4() };
    draw(&app, &mut conn, &manager, asking, StatusCode::OK).await
}

/// The managers of a call see the message for each dossier, then send it: once, whatever is clicked twice.
pub async fn save(State(app): State<App>, manager: CallManager, Query(asked): Query<HashMap<String, String>>, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let filter = filter(&asked);
    let chosen: Vec<i64> = input.all("dossier").filter_map(|id| id.parse().ok()).take(MOST + 1).collect();
    let mut draft = Draft { text: input.get("texte").to_owned(), is_to_teams: input.get("destinataires") == "teams", ..Draft::default() };
    match read(&input, false) {
        Ok(text) => draft.error = unknown(&text).unwrap_or_default(),
        Err(sentence) => draft.error = sentence,
    }
    draft.choice_error = match chosen.len() {
        0 => "Choisir au moins un dossier.".to_owned(),
        n if n > MOST => "Deux cents dossiers au plus par message\u{a0}: resserrez le filtre.".to_owned(),
        _ => String::new(),
    };
    let is_refused = !draft.error.is_empty() || !draft.choice_error.is_empty();
    let mut tx = app.db.begin().await?;
    if is_refused || input.get("act") != "envoyer" {
        let is_preview = !is_refused && input.get("act") == "apercu";
        let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let asking = Asking { filter: &filter, draft, chosen: Some(chosen), is_preview, operation };
        return draw(&app, &mut tx, &manager, asking, status).await;
    }
    let locked = calls::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = locked.done {
        return Ok(see(&done));
    }
    let text = read(&input, false).unwrap_or_default();
    let group = send(&mut tx, &app, &manager, (&text, draft.is_to_teams, &address(&filter)), &chosen).await?;
    let location = at(&manager.call().slug, &format!("{HERE}/{group}"));
    let act = calls::Act { operation, location: &location, act: "message_grouped", subject: &group.to_string() };
    calls::remember(&mut tx, &manager, &act).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Posts the message in each dossier, in the order of their ids, and writes down whom it goes to.
async fn send(
    conn: &mut PgConnection,
    app: &App,
    manager: &CallManager,
    (text, is_to_teams, filter): (&str, bool, &str),
    chosen: &[i64],
) -> Result<i64, AppError> {
    let allowed = store::writable(conn, manager, chosen).await?;
    if allowed.is_empty() {
        return Err(AppError::NotFound);
    }
    let group = store::open(conn, manager, (text, is_to_teams, filter)).await?;
    let fields = fields::of(conn, &allowed).await?;
    for id in allowed {
        let Some(fields) = fields.iter().find(|fields| fields.project == id) else { continue };
        let project = ProjectId(id);
        journal::lock(conn, project).await?;
        let filled = fields.fill(text);
        let new = New { project, thread: Thread::Administration, by: manager.account(), text: &filled, at: manager.now(), group: Some(group) };
        let Some(message) = post::post(conn, &new).await? else { continue };
        let path = message_path(project, message);
        let said = Posted { by: &manager.visitor().name, title: &fields.title, thread: Thread::Administration, path: &path, is_grouped: true };
        let told = Told { id: message, project, by: manager.account(), said, is_to_owners: !is_to_teams };
        let written = tell::tell(conn, app, &told).await?;
        store::remember(conn, (group, message), &written).await?;
        journal::record(conn, project, manager.account(), "message_posted", &format!("administration {message}"), manager.now()).await?;
    }
    Ok(group)
}
