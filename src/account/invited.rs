//! The page of an invitation: who invites to what; accepting it, with the account of its address or with a new one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::guest::Guest;
use super::invitation::{self, CallRole, Invitation, Stand, Target};
use super::passwords::{self, Chooser};
use super::session::{self, Proven};
use crate::access::{Arrival, TokenPart, Visitor};
use crate::app::App;
use crate::error::{AppError, url_encode};
use crate::input::Input;
use crate::journal;
use crate::kit::ids::AccountId;
use crate::kit::moment;
use crate::kit::values::Line;
use crate::page::{Layout, html, html_with, see};

/// What the visitor can do with the invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offer {
    /// It no longer stands.
    Ended(Stand),
    /// Signed in with its address: accept.
    Accept,
    /// Its address has an account: sign in first.
    SignIn,
    /// Signed in with another address.
    WrongPerson,
    /// Nobody has that address yet: create the account.
    Create,
}

impl Offer {
    fn of(invitation: &Invitation, visitor: Option<&Visitor>, now: OffsetDateTime) -> Self {
        let stand = invitation.stand(now);
        if stand != Stand::Pending {
            return Self::Ended(stand);
        }
        match (visitor, invitation.account) {
            (Some(visitor), _) if visitor.email == invitation.email.as_str() => Self::Accept,
            (Some(_), _) => Self::WrongPerson,
            (None, Some(_)) => Self::SignIn,
            (None, None) => Self::Create,
        }
    }
}

#[derive(Template)]
#[template(path = "account/invitation.html")]
struct InvitationPage {
    layout: Layout,
    path: String,
    sign_in: String,
    by: String,
    part: &'static str,
    place: String,
    email: String,
    you: String,
    until: String,
    ended: (&'static str, &'static str),
    offer: Offer,
    name: String,
    hint: String,
    faults: Vec<(&'static str, String)>,
    operation: Uuid,
}

impl InvitationPage {
    fn new(app: &App, invitation: &Invitation, token: &str, visitor: Option<&Visitor>, now: OffsetDateTime) -> Self {
        let title = "Invitation";
        let offer = Offer::of(invitation, visitor, now);
        let path = format!("/invitation/{token}");
        Self {
            layout: Layout::open(app, visitor, title),
            sign_in: format!("/connexion?next={}", url_encode(&path)),
            path,
            by: invitation.by.clone().unwrap_or_default(),
            part: invitation.target.part(),
            place: invitation.place.clone(),
            email: invitation.email.to_string(),
            you: visitor.map(|visitor| visitor.email.clone()).unwrap_or_default(),
            until: moment::date(invitation.expires_at),
            ended: if let Offer::Ended(stand) = offer { ended(stand) } else { ("", "") },
            offer,
            name: String::new(),
            hint: chooser(invitation, "").hint(),
            faults: Vec::new(),
            operation: Uuid::new_v4(),
        }
    }

    fn is(&self, offer: &str) -> bool {
        matches!(
            (offer, self.offer),
            ("ended", Offer::Ended(_)) | ("accept", Offer::Accept) | ("sign_in", Offer::SignIn) | ("wrong", Offer::WrongPerson) | ("create", Offer::Create)
        )
    }

    /// Message beside a field.
    fn error(&self, id: &str) -> &str {
        self.faults.iter().find(|(at, _)| *at == id).map_or("", |(_, sentence)| sentence)
    }
}

fn ended(stand: Stand) -> (&'static str, &'static str) {
    match stand {
        Stand::Accepted => ("Cette invitation est déjà acceptée", "Connectez-vous pour retrouver ce qu’elle ouvre."),
        Stand::Expired => ("Cette invitation est expirée", "Elle était valable trente jours. Demandez-en une autre à la personne qui vous a invité."),
        Stand::Withdrawn | Stand::Pending => (
            "Cette invitation n’est plus valable",
            "Elle a été retirée, ou remplacée par une plus récente. Regardez si un autre courriel est arrivé depuis, ou écrivez à la personne qui vous a invité.",
        ),
    }
}

fn chooser(invitation: &Invitation, name: &str) -> Chooser {
    let is_staff = matches!(invitation.target, Target::Call { role: CallRole::Manager, .. });
    Chooser { email: invitation.email.to_string(), name: name.to_owned(), organisation: String::new(), is_staff }
}

/// Whoever holds the link reads who invites to what. Who already accepted it goes where it leads.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, TokenPart(token): TokenPart, Arrival(now): Arrival) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let invitation = invitation::find(&mut conn, &token).await?.ok_or(AppError::NotFound)?;
    answer(&app, &invitation, &token, visitor.as_ref(), now)
}

fn answer(app: &App, invitation: &Invitation, token: &str, visitor: Option<&Visitor>, now: OffsetDateTime) -> Result<Response, AppError> {
    let is_theirs = visitor.is_some_and(|visitor| visitor.email == invitation.email.as_str());
    let page = InvitationPage::new(app, invitation, token, visitor, now);
    match page.offer {
        Offer::Ended(Stand::Accepted) if is_theirs => Ok(see(&invitation.landing)),
        Offer::Ended(Stand::Expired | Stand::Withdrawn) => html_with(StatusCode::GONE, &page),
        _ => html(&page),
    }
}

/// Whoever holds the link and owns its address: with its account, or by creating it.
pub async fn accept(
    State(app): State<App>,
    visitor: Option<Visitor>,
    guest: Guest,
    TokenPart(token): TokenPart,
    Arrival(now): Arrival,
    input: Input,
) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let invitation = invitation::find(&mut conn, &token).await?.ok_or(AppError::NotFound)?;
    drop(conn);
    match Offer::of(&invitation, visitor.as_ref(), now) {
        Offer::Accept => {
            let account = invitation.account.ok_or(AppError::NotFound)?;
            let mut tx = app.db.begin().await?;
            // False when a first click was faster: its role is there.
            invitation::accept(&mut tx, &app, &invitation, account, now).await?;
            tx.commit().await?;
            Ok(see(&invitation.landing))
        }
        Offer::Create => create(&app, &guest, &invitation, &token, now, &input).await,
        Offer::SignIn | Offer::Ended(Stand::Accepted) if visitor.is_none() && input.has("password") => {
            repeated(&app, &guest, &invitation, &token, now, &input).await
        }
        _ => answer(&app, &invitation, &token, visitor.as_ref(), now),
    }
}

/// The account that was chosen here, its role, and its first session, in one transaction.
async fn create(app: &App, guest: &Guest, invitation: &Invitation, token: &str, now: OffsetDateTime, input: &Input) -> Result<Response, AppError> {
    let name = Line::<120>::read(input.get("name"));
    let chosen = passwords::choose(app, input.get("password"), &chooser(invitation, input.get("name"))).await?;
    let (name, hash) = match (name, chosen) {
        (Ok(name), Ok(hash)) => (name, hash),
        (name, chosen) => {
            let mut page = InvitationPage::new(app, invitation, token, None, now);
            page.name = input.trimmed("name");
            page.faults.extend(name.err().map(|_| ("name", "Écrire votre nom et votre prénom, en 120\u{a0}caractères au plus.".to_owned())));
            page.faults.extend(chosen.err().map(|sentence| ("password", sentence.to_string())));
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let mut tx = app.db.begin().await?;
    let Some(account) = insert(&mut tx, invitation, name.as_str(), &hash, now).await? else {
        drop(tx);
        return repeated(app, guest, invitation, token, now, input).await;
    };
    if !invitation::accept(&mut tx, app, invitation, account, now).await? {
        return Err(AppError::NotFound);
    }
    let cookie = session::open_session(&mut tx, app, &Proven { account }, guest, now).await?;
    tx.commit().await?;
    Ok((cookie, see(&invitation.landing)).into_response())
}

/// The new account; nothing when the address has one since.
async fn insert(conn: &mut PgConnection, invitation: &Invitation, name: &str, hash: &str, now: OffsetDateTime) -> sqlx::Result<Option<AccountId>> {
    let id = sqlx::query_scalar!(
        "insert into account (email, name, password_hash, created_at) values ($1, $2, $3, $4) on conflict (email) do nothing returning id",
        invitation.email.as_str(),
        name,
        hash,
        now
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(id) = id.map(AccountId) else { return Ok(None) };
    journal::record_account(conn, Some(id), "account_created", "invitation", now).await?;
    Ok(Some(id))
}

/// The same form sent again: whoever proves the password that the first one set lands where it landed.
async fn repeated(app: &App, guest: &Guest, invitation: &Invitation, token: &str, now: OffsetDateTime, input: &Input) -> Result<Response, AppError> {
    let proven = session::prove_password(app, guest, invitation.email.as_str(), input.get("password"), now).await?;
    let mut tx = app.db.begin().await?;
    let Some(proven) = proven else {
        let again = invitation::find(&mut tx, token).await?.ok_or(AppError::NotFound)?;
        return answer(app, &again, token, None, now);
    };
    invitation::accept(&mut tx, app, invitation, proven.account, now).await?;
    let cookie = session::open_session(&mut tx, app, &proven, guest, now).await?;
    tx.commit().await?;
    Ok((cookie, see(&invitation.landing)).into_response())
}
