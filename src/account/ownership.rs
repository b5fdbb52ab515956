//! The pages of a handover: the form on the team's page, the page where one answers.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use sqlx::PgConnection;
use uuid::Uuid;

use super::handover::{self, Answered, Becomes, To, last_day};
use super::members::Member;
use super::team;
use crate::access::{Dossier, MemberRole, ProjectOwner, ProjectReader, policy};
use crate::app::App;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::ids::AccountId;
use crate::kit::values::Email;
use crate::page::{Layout, html, see};
use crate::project::units;
use crate::submission::store::remember;

/// What was typed in the form of a proposal, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Typed {
    /// Whom: an account's number, or nothing for an address.
    pub to: String,
    /// Address.
    pub email: String,
    /// What the proposing owner becomes.
    pub becomes: String,
    /// What is wrong.
    pub error: String,
}

/// The section of the team's page: what waits, or the form.
#[derive(Debug)]
pub struct OwnershipView {
    /// A proposal waits: its sentence.
    pub waiting: String,
    /// It waits for this very person.
    pub is_mine: bool,
    /// This person may propose, or take back.
    pub may_manage: bool,
    /// Members it can be proposed to: number, name, chosen.
    pub people: Vec<(i64, String, bool)>,
    /// An address was chosen rather than a member.
    pub is_address: bool,
    /// What follows: key, sentence, chosen.
    pub ends: Vec<(&'static str, &'static str, bool)>,
    /// Address typed.
    pub email: String,
    /// What is wrong.
    pub error: String,
    /// Operation of the form.
    pub operation: Uuid,
}

/// Reads what the section shows.
pub(super) async fn view(conn: &mut PgConnection, reader: &Dossier, members: &[Member], typed: Typed) -> Result<OwnershipView, AppError> {
    let proposal = handover::pending(conn, reader.project(), reader.now()).await?;
    let people = members.iter().filter(|member| member.place.role != MemberRole::Owner);
    let ends = [
        (Becomes::Editor, "vous restez dans l’équipe, et n’êtes plus porteur"),
        (Becomes::Nobody, "vous quittez l’équipe"),
        (Becomes::Owner, "vous restez porteur tous les deux"),
    ];
    let chosen = Becomes::parse(&typed.becomes).unwrap_or(Becomes::Editor);
    Ok(OwnershipView {
        is_mine: proposal.as_ref().is_some_and(|held| held.to == Some(reader.account())),
        waiting: proposal
            .map(|held| {
                format!("{} propose le portage du dossier à {}. Réponse attendue jusqu’au {} inclus.", held.from_name, held.to_name, last_day(held.expires_at))
            })
            .unwrap_or_default(),
        may_manage: policy::manage_team(reader.ties(), reader.facts()).is_ok(),
        people: people.map(|member| (member.account.get(), member.name.clone(), typed.to == member.account.to_string())).collect(),
        is_address: typed.to.is_empty() && !typed.error.is_empty(),
        ends: ends.map(|(end, sentence)| (end.as_str(), sentence, end == chosen)).into(),
        email: typed.email,
        error: typed.error,
        operation: Uuid::new_v4(),
    })
}

#[derive(Template)]
#[template(path = "account/ownership.html")]
struct OwnershipPage {
    layout: Layout,
    base: String,
    heading: String,
    by: String,
    to: String,
    until: String,
    after: String,
    is_mine: bool,
    may_manage: bool,
    operation: Uuid,
}

/// The team sees what is proposed; whom it is proposed to answers.
pub async fn show(State(app): State<App>, reader: ProjectReader) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let proposal = handover::pending(&mut conn, reader.project(), reader.now()).await?;
    let is_mine = proposal.as_ref().is_some_and(|held| held.to == Some(reader.account()));
    let (by, to, until, after) = proposal
        .map(|held| {
            let after = held.becomes.sentence(&held.from_name);
            (held.from_name, held.to_name, last_day(held.expires_at), after)
        })
        .unwrap_or_default();
    html(&OwnershipPage {
        layout: Layout::dossier(&app, &reader, "Portage", "/equipe"),
        base: reader.url(""),
        heading: reader.head().title.clone(),
        by,
        to,
        until,
        after,
        is_mine,
        may_manage: policy::manage_team(reader.ties(), reader.facts()).is_ok(),
        operation: Uuid::new_v4(),
    })
}

/// The owner proposes ownership to somebody of the team, or to an address.
pub async fn propose(State(app): State<App>, owner: ProjectOwner, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let refuse = |error: String| Typed { to: input.trimmed("a"), email: input.trimmed("email"), becomes: input.trimmed("ensuite"), error };
    let Some(becomes) = Becomes::parse(input.get("ensuite")) else {
        return team::refused(&app, &owner, refuse("Choisir ce que vous devenez ensuite.".to_owned())).await;
    };
    let to = match input.get("a").parse() {
        Ok(number) => To::Member(AccountId(number)),
        Err(_) => match Email::read(input.get("email")) {
            Ok(email) => To::Address(email),
            Err(sentence) => return team::refused(&app, &owner, refuse(format!("Choisir une personne, ou son adresse. {sentence}"))).await,
        },
    };
    let location = owner.url("/equipe#portage");
    let mut tx = app.db.begin().await?;
    if let Some(done) = units::lock(&mut tx, owner.project(), operation).await?.done {
        return Ok(see(&done));
    }
    if let Some(obstacle) = handover::propose(&mut tx, &app, &owner, &to, becomes).await? {
        drop(tx);
        return team::refused(&app, &owner, refuse(obstacle.sentence().to_owned())).await;
    }
    remember(&mut tx, owner.project(), owner.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// An owner takes the proposal back.
pub async fn withdraw(State(app): State<App>, owner: ProjectOwner, input: Input) -> Result<Response, AppError> {
    let (operation, location) = (input.operation()?, owner.url("/equipe#portage"));
    let mut tx = app.db.begin().await?;
    if let Some(done) = units::lock(&mut tx, owner.project(), operation).await?.done {
        return Ok(see(&done));
    }
    handover::withdraw(&mut tx, &owner).await?;
    remember(&mut tx, owner.project(), owner.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// Whom ownership is proposed to accepts or declines. A proposal that no longer stands says so.
pub async fn answer(State(app): State<App>, reader: ProjectReader, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let accepts = match input.get("reponse") {
        "accepter" => true,
        "decliner" => false,
        _ => return Err(AppError::BadRequest("La réponse n’a pas été lue. Rechargez la page et recommencez.")),
    };
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, reader.project(), operation).await?;
    if let Some(done) = locked.done {
        return Ok(see(&done));
    }
    // Removed from the team while the page was open.
    if !locked.team.iter().any(|(held, _)| *held == reader.account()) {
        return Err(AppError::NotFound);
    }
    let location = match handover::answer(&mut tx, &app, &reader, accepts).await? {
        Answered::Done => reader.url(if accepts { "/equipe" } else { "" }),
        Answered::Gone => reader.url("/portage"),
    };
    remember(&mut tx, reader.project(), reader.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
