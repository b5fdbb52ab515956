//! The operator's list of mails: what waits, what left, what failed. Addresses and contents show in a demonstration only.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse as _, Response};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::carrier::{Letter, dressed};
use super::{kinds, letter};
use crate::access::{NumberPart, Operator};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::french::count;
use crate::kit::moment;
use crate::page::{Layout, Tag, html, see};

/// Mails on a page.
const PAGE: usize = 50;

struct MailView {
    id: i64,
    kind: &'static str,
    tag: Tag,
    created: String,
    attempts: i32,
    error: String,
    is_failed: bool,
    subject: String,
    recipient: String,
    body: String,
}

#[derive(Template)]
#[template(path = "account/mails.html")]
struct MailsPage {
    layout: Layout,
    mails: Vec<MailView>,
    states: Vec<(&'static str, &'static str, bool)>,
    state: String,
    shown: String,
    older: Option<i64>,
    is_first: bool,
    is_demo: bool,
    operation: Uuid,
}

struct Row {
    id: i64,
    kind: String,
    recipient: String,
    subject: String,
    body: String,
    created_at: OffsetDateTime,
    attempts: i32,
    sent_at: Option<OffsetDateTime>,
    failed_at: Option<OffsetDateTime>,
    bounced_at: Option<OffsetDateTime>,
    dropped_at: Option<OffsetDateTime>,
    is_held: bool,
    is_gathered: bool,
    last_error: Option<String>,
}

/// What the address of the list says.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    etat: String,
    avant: Option<i64>,
}

/// The operator.
pub async fn list(State(app): State<App>, operator: Operator, Query(asked): Query<Asked>) -> Result<Response, AppError> {
    let state = asked.etat.as_str();
    let before = asked.avant.unwrap_or(i64::MAX);
    let mut rows = sqlx::query_as!(
        Row,
        // Nobody outside a team learns which provider it asks (R87), the demonstration included.
        r#"select id, kind, case when $4 and kind <> 'tender' then recipient else '' end as "recipient!",
             case when $4 and kind <> 'tender' then subject when $4 then 'Contenu réservé à une équipe' else '' end as "subject!",
             case when $4 and kind <> 'tender' then body else '' end as "body!", created_at, attempts, sent_at, failed_at, bounced_at, dropped_at,
             rhythm <> 'at_once' as "is_held!", gathered_in is not null as "is_gathered!", last_error
         from mail
         where id < $1
           and case $2 when 'attente' then sent_at is null and failed_at is null and dropped_at is null and gathered_in is null
                       when 'echec' then failed_at is not null and bounced_at is null
                       when 'refus' then bounced_at is not null
                       when 'parti' then sent_at is not null
                       else true end
         order by id desc
         limit $3"#,
        before,
        state,
        i64::try_from(PAGE + 1).unwrap_or(i64::MAX),
        app.config.is_demo
    )
    .fetch_all(&app.db)
    .await?;
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let older = rows.last().filter(|_| has_more).map(|row| row.id);
    let now = app.now();
    html(&MailsPage {
        layout: Layout::personal(&app, operator.visitor(), "Courriels", "/exploitation"),
        shown: count(rows.len(), "courriel affiché", "courriels affichés"),
        mails: rows.into_iter().map(|row| view(row, now)).collect(),
        states: [("", "Tous"), ("attente", "En attente"), ("echec", "En échec"), ("refus", "Refusés"), ("parti", "Partis")]
            .map(|(key, label)| (key, label, key == state))
            .into(),
        state: state.to_owned(),
        older,
        is_first: before == i64::MAX,
        is_demo: app.config.is_demo,
        operation: Uuid::new_v4(),
    })
}

fn view(row: Row, now: OffsetDateTime) -> MailView {
    let tag = tag(&row);
    MailView {
        id: row.id,
        kind: kinds::of(&row.kind).label,
        tag,
        created: moment::near(row.created_at, now),
        attempts: row.attempts,
        error: row.last_error.unwrap_or_default(),
        is_failed: row.failed_at.is_some(),
        subject: row.subject,
        recipient: row.recipient,
        body: row.body,
    }
}

fn tag(row: &Row) -> Tag {
    match row {
        Row { sent_at: Some(_), .. } => Tag { class: "done", word: "Parti" },
        Row { bounced_at: Some(_), .. } => Tag { class: "bad", word: "Refusé par le destinataire" },
        Row { failed_at: Some(_), .. } => Tag { class: "bad", word: "En échec" },
        Row { dropped_at: Some(_), .. } => Tag { class: "off", word: "Non envoyé, droit perdu" },
        Row { is_gathered: true, .. } => Tag { class: "done", word: "Dans un résumé" },
        Row { is_held: true, .. } => Tag { class: "todo", word: "Attend le résumé" },
        Row { attempts: 0, .. } => Tag { class: "todo", word: "En attente" },
        _ => Tag { class: "warn", word: "Nouvel essai prévu" },
    }
}

/// The operator reads the HTML part of a mail, in a demonstration only. It has its own style, and nothing of it runs.
pub async fn preview(State(app): State<App>, _: Operator, NumberPart(number): NumberPart) -> Result<Response, AppError> {
    if !app.config.is_demo {
        return Err(AppError::NotFound);
    }
    let mail = sqlx::query!("select kind, subject, body, account_id from mail where id = $1 and kind <> 'tender'", number)
        .fetch_optional(&app.db)
        .await?
        .ok_or(AppError::NotFound)?;
    let mail = Letter { kind: mail.kind, subject: mail.subject, body: mail.body, account_id: mail.account_id, ..Letter::default() };
    let mut response = Html(letter::html(&mail.subject, &dressed(&mail, &app.config.base_url), &app.config.base_url)).into_response();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    Ok(response)
}

/// The operator sends a failed mail again; twice is once.
pub async fn retry(State(app): State<App>, operator: Operator, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    input.operation()?;
    let mut tx = app.db.begin().await?;
    let woken = sqlx::query!(
        "update mail set failed_at = null, bounced_at = null, attempts = 0, next_attempt_at = 'epoch' where id = $1 and failed_at is not null",
        number
    )
    .execute(&mut *tx)
    .await?;
    if woken.rows_affected() > 0 {
        journal::record_account(&mut tx, Some(operator.visitor().account), "mail_retried", &number.to_string(), app.now()).await?;
    }
    tx.commit().await?;
    Ok(see("/exploitation/courriels"))
}
