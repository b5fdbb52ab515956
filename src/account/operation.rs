//! The operator's page: how much the service holds, whether its mails leave.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::access::Operator;
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::{bytes, count};
use crate::page::{Layout, html};

#[derive(Template)]
#[template(path = "account/operation.html")]
struct OperationPage {
    layout: Layout,
    facts: Vec<(&'static str, String)>,
    failed: String,
    is_demo: bool,
}

/// The operator, who sees counts and never content.
pub async fn show(State(app): State<App>, operator: Operator) -> Result<Response, AppError> {
    let row = sqlx::query!(
        r#"select
             (select count(*) from account where disabled_at is null) as "accounts!",
             (select count(*) from session where ended_at is null and expires_at > $1) as "sessions!",
             (select count(*) from call where not is_template) as "calls!",
             (select count(*) from project) as "projects!",
             (select count(*) from submission) as "submissions!",
             (select count(*) from review where status = 'delivered') as "reviews!",
             (select count(*) from attachment where removed_at is null) as "files!",
             (select count(*) from mail where sent_at is null and failed_at is null and dropped_at is null and gathered_in is null) as "waiting!",
             (select count(*) from mail where failed_at is not null) as "failed!",
             pg_database_size(current_database()) as "size!",
             current_setting('server_version') as "server!""#,
        app.now()
    )
    .fetch_one(&app.db)
    .await?;
    let facts = vec![
        ("Comptes actifs", count(row.accounts, "compte", "comptes")),
        ("Sessions ouvertes", count(row.sessions, "session", "sessions")),
        ("Appels", count(row.calls, "appel", "appels")),
        ("Dossiers", count(row.projects, "dossier", "dossiers")),
        ("Dépôts", count(row.submissions, "dépôt", "dépôts")),
        ("Évaluations rendues", count(row.reviews, "évaluation", "évaluations")),
        ("Pièces jointes", count(row.files, "pièce", "pièces")),
        ("Courriels en attente", count(row.waiting, "courriel", "courriels")),
        ("Courriels en échec", count(row.failed, "courriel", "courriels")),
        ("Base de données", format!("{}, PostgreSQL {}", bytes(u64::try_from(row.size).unwrap_or_default()), row.server)),
        ("Version de Trame", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let failed = if row.failed > 0 { count(row.failed, "courriel n’est pas parti", "courriels ne sont pas partis") } else { String::new() };
    html(&OperationPage { layout: Layout::personal(&app, operator.visitor(), "Exploitation", "/exploitation"), facts, failed, is_demo: app.config.is_demo })
}
