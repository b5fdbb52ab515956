//! The manager's page: the calls that one manages, and the dossiers of one of them.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Asked, Frame, at, layout};
use super::store::lists::{self, Among, Listed, Managed, Place, Slice};
use crate::access::{CallManager, Status, policy};
use crate::app::App;
use crate::error::AppError;
use crate::instruction::labels::store::{self as labels, Label};
use crate::kit::french::count;
use crate::kit::moment;
use crate::page::{Layout, Tag, html};

const HERE: &str = "/appel";

#[derive(Template)]
#[template(path = "call/dashboard.html")]
struct DashboardPage {
    layout: Layout,
    frame: Frame,
    slug: String,
    calls: Vec<CallView>,
    bound: String,
    remaining: String,
    rows: Vec<RowView>,
    pager: Pager,
    /// Name, colour, uses, address, shown.
    labels: Vec<LabelView>,
    /// The list shows one label only.
    filtered: String,
    all: String,
    create_project: String,
    create_call: String,
}

/// A call that the person manages.
struct CallView {
    label: String,
    href: String,
    is_current: bool,
}

/// A label to filter the list by.
struct LabelView {
    name: String,
    colour: String,
    uses: i64,
    href: String,
    is_current: bool,
}

/// A dossier of the table.
struct RowView {
    number: i32,
    href: String,
    title: String,
    label: String,
    tag: Tag,
    has_owner: bool,
    extended: String,
    progress: String,
    deposit: String,
    reviews: String,
    /// Name and colour of each label.
    labels: Vec<(String, String)>,
    officer: String,
}

/// Where one is in a list, and the pages around.
#[derive(Debug)]
pub struct Pager {
    /// "Dossiers n° 1 à 50, 120 en tout".
    pub sentence: String,
    /// Address of the page before.
    pub previous: Option<String>,
    /// Address of the page after.
    pub next: Option<String>,
    /// Lines « Déport » at the end of the list.
    pub recused: Vec<()>,
}

impl Pager {
    /// The pages around a slice of the list at that address.
    pub fn of(slug: &str, here: &str, slice: &Slice) -> Self {
        let separator = if here.contains('?') { '&' } else { '?' };
        let link = |name: &str, number: i32| at(slug, &format!("{here}{separator}{name}={number}"));
        let total = count(slice.total, "dossier", "dossiers");
        let is_last = !slice.has_after;
        Self {
            sentence: slice.bounds.map_or_else(|| total.clone(), |(first, last)| format!("N°\u{a0}{first} à {last}, {total} en tout")),
            previous: slice.bounds.filter(|_| slice.has_before).map(|(first, _)| link("avant", first)),
            next: slice.bounds.filter(|_| slice.has_after).map(|(_, last)| link("apres", last)),
            recused: if is_last { vec![(); usize::try_from(slice.recused).unwrap_or(0)] } else { Vec::new() },
        }
    }
}

/// Place in a list, as the address says it.
pub fn place(asked: &Asked) -> Place {
    let number = |name: &str| asked.0.get(name).and_then(|number| number.parse::<i32>().ok());
    match number("avant") {
        Some(number) => Place::Before(number),
        None => Place::After(number("apres").unwrap_or(0)),
    }
}

/// The managers of a call see its dossiers, but for those that they stay away from.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let calls = lists::managed(&mut conn, &manager, false).await?;
    let known = labels::of_call(&mut conn, &manager).await?;
    let wanted = asked.0.get("etiquette").map(|id| id.parse::<i64>().unwrap_or(0));
    let label = wanted.and_then(|id| known.iter().find(|(label, _)| label.id == id)).map(|(label, _)| label.clone());
    if wanted.is_some() && label.is_none() {
        return Err(AppError::NotFound);
    }
    let among = Among { is_reviewable: false, label: label.as_ref().map(|label| label.id) };
    let slice = lists::slice(&mut conn, &manager, place(&asked), &among).await?;
    let rows = lists::listed(&mut conn, &manager, &slice.ids).await?;
    drop(conn);
    let call = manager.call();
    let here = label.as_ref().map_or_else(|| HERE.to_owned(), |label| format!("{HERE}?etiquette={}", label.id));
    html(&DashboardPage {
        layout: layout(&app, &manager, "Dossiers"),
        frame: Frame::of(&manager, "Dossiers de l’appel", HERE),
        slug: call.slug.clone(),
        calls: calls.iter().map(|managed| call_view(managed, &call.slug)).collect(),
        bound: moment::until(call.bound),
        remaining: moment::remaining(manager.now(), call.bound).unwrap_or_default(),
        rows: rows.into_iter().map(|listed| row(listed, call.is_published)).collect::<Result<_, _>>()?,
        pager: Pager::of(&call.slug, &here, &slice),
        labels: known
            .into_iter()
            .filter(|(held, uses)| *uses > 0 || among.label == Some(held.id))
            .map(|(held, uses)| label_view(held, uses, &call.slug, among.label))
            .collect(),
        filtered: label.map(|label| label.name).unwrap_or_default(),
        all: at(&call.slug, HERE),
        create_project: at(&call.slug, "/appel/dossiers/nouveau"),
        create_call: at(&call.slug, "/appel/nouveau"),
    })
}

fn label_view(label: Label, uses: i64, slug: &str, shown: Option<i64>) -> LabelView {
    let href = at(slug, &format!("{HERE}?etiquette={}", label.id));
    LabelView { is_current: shown == Some(label.id), name: label.name, colour: label.colour, uses, href }
}

fn call_view(managed: &Managed, current: &str) -> CallView {
    CallView { label: format!("{} {}", managed.title, managed.edition), href: at(&managed.slug, HERE), is_current: managed.slug == current }
}

fn row(listed: Listed, is_published: bool) -> Result<RowView, AppError> {
    let held = Status::parse(&listed.status).ok_or_else(|| anyhow::anyhow!("unknown status"))?;
    let status = if listed.is_own { policy::told_to_team(held, is_published) } else { held };
    Ok(RowView {
        number: listed.number,
        href: format!("/appel/dossiers/{}", listed.id),
        title: listed.title,
        label: listed.label,
        tag: Tag::of(status),
        has_owner: listed.has_owner,
        extended: listed.extended_until.map(moment::until).unwrap_or_default(),
        progress: listed.progress.iter().map(i16::to_string).collect::<Vec<_>>().join("\u{a0}·\u{a0}"),
        deposit: listed.reference.zip(listed.received_at).map(|(reference, at)| format!("n°\u{a0}{reference}, {}", moment::date(at))).unwrap_or_default(),
        labels: serde_json::from_str(&listed.labels).map_err(anyhow::Error::from)?,
        officer: listed.officer.unwrap_or_default(),
        reviews: format!("{} sur {}", listed.reviews_delivered, listed.reviews_assigned),
    })
}
