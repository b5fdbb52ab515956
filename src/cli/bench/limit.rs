//! « La limite » : a bare axum + sqlx + askama program that shows the same data of the same database, and nothing else:
//! no rights, no layer, no French formatting. What Trame costs above it is the price of what Trame does.

use std::env;
use std::process::ExitCode;

use anyhow::Context as _;
use askama::Template;
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, Response};
use serde::Deserialize;
use sqlx::PgPool;
use time::OffsetDateTime;

use crate::access::digest;
use crate::cli::base;

/// Serves until it is killed.
pub(super) fn serve() -> anyhow::Result<ExitCode> {
    let port: u16 = env::var("PORT").context("PORT")?.parse()?;
    let url = base::given().context("DATABASE_URL")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
        axum::serve(listener, router(base::pool(&url)?)).await?;
        Ok(ExitCode::SUCCESS)
    })
}

fn router(db: PgPool) -> Router {
    use axum::routing::get;
    Router::new()
        .route("/sante", get(health))
        .route("/connexion", get(sign_in))
        .route("/comite", get(board))
        .route("/dossier", get(dossier).post(save))
        .with_state(db)
}

struct Fault(StatusCode);

impl<E: std::error::Error> From<E> for Fault {
    fn from(_: E) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl axum::response::IntoResponse for Fault {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

fn token(headers: &HeaderMap) -> Vec<u8> {
    digest(headers.get("cookie").and_then(|value| value.to_str().ok()).and_then(|cookie| cookie.split_once('=')).map_or("", |(_, token)| token))
}

async fn health(State(db): State<PgPool>) -> Result<&'static str, Fault> {
    sqlx::query_scalar!("select 1").fetch_one(&db).await?;
    Ok("ok")
}

#[derive(Template)]
#[template(path = "bench/sign_in.html")]
struct SignIn {
    title: &'static str,
    lines: [(&'static str, &'static str); 6],
}

async fn sign_in() -> Result<Html<String>, Fault> {
    let lines = [
        ("Lancement", "septembre 2014"),
        ("Éligibilité", "lundi 22 décembre 2014"),
        ("Formation", "12 et 13 février, 23 et 24 mars, 20 avril 2015"),
        ("Dépôt", "mercredi 14 octobre 2015 à 23 h 59 min 59 s, heure de Paris"),
        ("Comité technique", "mardi 17 novembre 2015"),
        ("Commission permanente", "vendredi 18 décembre 2015"),
    ];
    Ok(Html(SignIn { title: "Écologie industrielle et territoriale", lines }.render()?))
}

struct Row {
    id: i64,
    title: String,
    label: String,
    status: String,
    progress: Vec<i16>,
    commitments: i32,
    deposit: Option<i32>,
    last_activity_at: OffsetDateTime,
    reviews_assigned: i32,
    reviews_delivered: i32,
    mean: Option<i64>,
    median: Option<i64>,
    low: Option<i64>,
    high: Option<i64>,
    deviation: Option<i64>,
    name: String,
}

#[derive(Template)]
#[template(path = "bench/board.html")]
struct Board {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Call {
    appel: String,
}

async fn board(State(db): State<PgPool>, headers: HeaderMap, Query(call): Query<Call>) -> Result<Html<String>, Fault> {
    let rows = sqlx::query_as!(
        Row,
        r#"select project.id, project.title, project.label, project.status, progress, commitments,
             (select submission.number from submission where submission.id = project.submission_id) as deposit,
             last_activity_at, reviews_assigned, reviews_delivered, score_mean as mean, score_median as median,
             score_min as low, score_max as high, score_deviation as deviation, account.name
           from session
           join account on account.id = session.account_id
           join call_role on call_role.account_id = account.id and call_role.role = 'committee'
           join project on project.call_id = call_role.call_id
           where session.token_hash = $1 and session.ended_at is null
             and call_role.call_id = (select id from call where slug = $2) and project.call_id = (select id from call where slug = $2)
           order by project.title collate "fr-x-icu", project.id
           limit 50"#,
        token(&headers),
        call.appel
    )
    .fetch_all(&db)
    .await?;
    Ok(Html(Board { rows }.render()?))
}

#[derive(Deserialize)]
struct Which {
    id: i64,
}

#[derive(Template)]
#[template(path = "bench/dossier.html")]
struct Dossier {
    name: String,
    title: String,
    label: String,
    status: String,
    bound: OffsetDateTime,
    elements: Vec<(String, String)>,
    team: Vec<(String, String)>,
    acts: Vec<(i64, Option<String>, String)>,
    counts: Vec<(String, i64)>,
}

async fn dossier(State(db): State<PgPool>, headers: HeaderMap, Query(which): Query<Which>) -> Result<Html<String>, Fault> {
    let row = sqlx::query!(
        r#"select account.name, project.title, project.label, project.status, call.deposit_bound, project.standing::text as "standing!",
             (select coalesce(json_agg(json_build_array(person.name, role) order by member.created_at), '[]')::text
              from project_member as member join account as person on person.id = member.account_id where member.project_id = project.id) as "team!",
             (select coalesce(json_agg(json_build_array(extract(epoch from line.at)::bigint, person.name, line.act) order by line.seq desc), '[]')::text
              from (select * from journal where journal.project_id = project.id order by seq desc limit 6) as line
              left join account as person on person.id = line.account_id) as "acts!",
             (select coalesce(json_agg(json_build_array(kind, n)), '[]')::text
              from (select kind, count(*) as n from unit
                    where unit.project_id = project.id and not is_deleted and kind in ('stakeholder', 'flow', 'synergy', 'action', 'commitment', 'perimeter_commune')
                    group by kind) as tally) as "counts!"
           from session
           join account on account.id = session.account_id
           join project_member as own on own.account_id = account.id
           join project on project.id = own.project_id
           join call on call.id = project.call_id
           where session.token_hash = $1 and session.ended_at is null and project.id = $2"#,
        token(&headers),
        which.id
    )
    .fetch_one(&db)
    .await?;
    let standing: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&row.standing)?;
    let page = Dossier {
        name: row.name,
        title: row.title,
        label: row.label,
        status: row.status,
        bound: row.deposit_bound,
        elements: standing.into_iter().map(|(key, state)| (key, state.to_string())).collect(),
        team: serde_json::from_str(&row.team)?,
        acts: serde_json::from_str(&row.acts)?,
        counts: serde_json::from_str(&row.counts)?,
    };
    Ok(Html(page.render()?))
}

/// One section, durably, with its version check and its audit row. Every field of the page is posted, one of them changes.
#[derive(Deserialize)]
struct Posted {
    q1: String,
    q2: String,
    q3: String,
    q4: String,
}

async fn save(State(db): State<PgPool>, headers: HeaderMap, Query(which): Query<Which>, Form(posted): Form<Posted>) -> Result<String, Fault> {
    let mut tx = db.begin().await?;
    let seen = sqlx::query!(
        "select account.id, unit.version
         from session
         join account on account.id = session.account_id
         join project_member as own on own.account_id = account.id
         join unit on unit.project_id = own.project_id and unit.kind = 'organisation.perimetre'
         where session.token_hash = $1 and session.ended_at is null and own.project_id = $2",
        token(&headers),
        which.id
    )
    .fetch_one(&mut *tx)
    .await?;
    let content = serde_json::json!({ "q1": posted.q1, "q2": posted.q2, "q3": posted.q3, "q4": posted.q4 });
    let version = sqlx::query_scalar!(
        "update unit set content = $4, version = version + 1, account_id = $2, at = now()
         where project_id = $1 and kind = 'organisation.perimetre' and version = $3
         returning version",
        which.id,
        seen.id,
        seen.version,
        content
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into unit_history (project_id, kind, row, version, content, raw, is_deleted, account_id)
         values ($1, 'organisation.perimetre', '00000000-0000-0000-0000-000000000000', $2, $3, '{}', false, $4)",
        which.id,
        version,
        content,
        seen.id
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(format!("{{\"version\":{version}}}"))
}
