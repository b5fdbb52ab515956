//! The subsidy files of a call, for its managers: where each stands, what each asks; what is not deposited is not told.

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use sqlx::PgConnection;

use super::model;
use crate::access::CallManager;
use crate::access::policy::SubsidyState as State;
use crate::app::App;
use crate::call::frame::{Asked, Frame, at, layout};
use crate::error::AppError;
use crate::kit::french::count;
use crate::kit::moment;
use crate::kit::values::Cents;
use crate::page::{Layout, Tag, html};

/// Lines of a page.
const PAGE: usize = 50;

struct LineView {
    href: String,
    number: i32,
    title: String,
    label: String,
    tag: Tag,
    eligible: String,
    aid: String,
    when: String,
    reference: String,
}

#[derive(Template)]
#[template(path = "subsidy/list.html")]
struct ListPage {
    layout: Layout,
    frame: Frame,
    lines: Vec<LineView>,
    states: Vec<(&'static str, String, String, bool)>,
    total: String,
    range: String,
    more: Option<String>,
    first: Option<String>,
}

struct Line {
    id: i64,
    number: i32,
    title: String,
    label: String,
    state: String,
    eligible: Option<i64>,
    aid: Option<i64>,
    on_day: Option<time::Date>,
    reference: Option<String>,
    is_reopened: bool,
}

const HERE: &str = "/appel/subventions";
const TOLD: [State; 5] = [State::Deposited, State::Incomplete, State::Granted, State::Refused, State::Paid];

async fn lines(conn: &mut PgConnection, manager: &CallManager, (state, after): (&str, i32)) -> sqlx::Result<Vec<Line>> {
    sqlx::query_as!(
        Line,
        // A refused file that its carrier takes up again stays told as refused: what is prepared is told to nobody.
        r#"select project.id, project.number, project.title, project.label, last.target as "state!", application.eligible_cents as eligible,
             application.aid_cents as aid, last.on_day as "on_day?", last.reference as "reference?", application.state = 'draft' as "is_reopened!"
           from project
           join grant_application as application on application.project_id = project.id
           join lateral (
             select target, on_day, reference from grant_event
             where grant_event.project_id = project.id and target <> 'draft' order by id desc limit 1) as last on true
           where project.call_id = $1 and ($2 = '' or last.target = $2) and project.number > $3
             and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $4)
             and not exists(select from project_member as member where member.project_id = project.id and member.account_id = $4)
           order by project.number
           limit $5"#,
        manager.call().id.get(),
        state,
        after,
        manager.account().get(),
        i64::try_from(PAGE + 1).unwrap_or(i64::MAX)
    )
    .fetch_all(conn)
    .await
}

/// Files and aid by state, of the dossiers that the person instructs.
async fn tallies(conn: &mut PgConnection, manager: &CallManager) -> sqlx::Result<Vec<(String, i64, i64)>> {
    let rows = sqlx::query!(
        r#"select last.target as "state!", count(*) as "n!", coalesce(sum(aid_cents), 0)::bigint as "aid!"
           from grant_application as application
           join project on project.id = application.project_id
           join lateral (
             select target from grant_event where grant_event.project_id = project.id and target <> 'draft' order by id desc limit 1) as last on true
           where project.call_id = $1
             and not exists(select from recusal where recusal.project_id = project.id and recusal.account_id = $2)
             and not exists(select from project_member as member where member.project_id = project.id and member.account_id = $2)
           group by last.target"#,
        manager.call().id.get(),
        manager.account().get()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.state, row.n, row.aid)).collect())
}

/// The managers of a call see the subsidy files deposited, but for dossiers that they stay away from.
pub async fn show(Shared(app): Shared<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let state = asked.0.get("etat").map(String::as_str).filter(|state| TOLD.iter().any(|told| told.as_str() == *state)).unwrap_or("");
    let after: i32 = asked.0.get("apres").and_then(|after| after.parse().ok()).unwrap_or(0);
    let mut conn = app.db.acquire().await?;
    let mut found = lines(&mut conn, &manager, (state, after)).await?;
    let tallies = tallies(&mut conn, &manager).await?;
    drop(conn);
    let has_more = found.len() > PAGE;
    found.truncate(PAGE);
    let slug = &manager.call().slug;
    let here = |query: &str| at(slug, &format!("{HERE}{query}"));
    let filter = if state.is_empty() { String::new() } else { format!("&etat={state}") };
    let states = std::iter::once(("", "Toutes".to_owned(), here(""), state.is_empty())).chain(TOLD.into_iter().map(|told| {
        let n = tallies.iter().find(|(held, ..)| held == told.as_str()).map_or(0, |(_, n, _)| *n);
        (told.as_str(), format!("{} ({n})", model::word(told)), here(&format!("?etat={}", told.as_str())), state == told.as_str())
    }));
    let kept = tallies.iter().filter(|(held, ..)| state.is_empty() || held == state);
    let (n, aid) = kept.fold((0, 0), |(n, aid), (_, more, cents)| (n + more, aid + cents));
    let page = ListPage {
        layout: layout(&app, &manager, "Subventions"),
        frame: Frame::of(&manager, "Demandes de subvention", HERE).lead("Les demandes déposées au fonds par les porteurs. Ce qui se prépare n’est pas montré."),
        total: format!("{}, aide demandée {}.", count(n, "demande", "demandes"), Cents::new(aid)),
        range: count(found.len(), "demande affichée", "demandes affichées"),
        more: found.last().filter(|_| has_more).map(|line| here(&format!("?apres={}{filter}", line.number))),
        first: (after > 0).then(|| here(&filter.replacen('&', "?", 1))),
        states: states.collect(),
        lines: found.into_iter().map(view).collect(),
    };
    html(&page)
}

fn view(line: Line) -> LineView {
    let amount = |cents: Option<i64>| cents.map(|cents| Cents::new(cents).to_string()).unwrap_or_default();
    LineView {
        href: if line.is_reopened { format!("/dossiers/{}", line.id) } else { format!("/dossiers/{}/subvention", line.id) },
        number: line.number,
        title: line.title,
        label: line.label,
        tag: State::parse(&line.state).map_or(Tag { class: "off", word: "" }, model::tag),
        eligible: amount(line.eligible),
        aid: amount(line.aid),
        when: line.on_day.map(moment::day).unwrap_or_default(),
        reference: line.reference.unwrap_or_default(),
    }
}
