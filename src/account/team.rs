//! The team of a dossier: who is in it, with what rights; inviting, changing, taking away.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use time::OffsetDateTime;
use uuid::Uuid;

use super::invitation::{self, Target};
use super::members::{self, Change, Hindrance, Member};
use super::ownership::{self, OwnershipView};
use crate::access::{Dossier, Level, MemberRole, NumberPart, ProjectOwner, ProjectReader, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::DELIVERABLES;
use crate::input::Input;
use crate::kit::ids::AccountId;
use crate::kit::moment;
use crate::kit::values::Email;
use crate::page::{Layout, html, html_with, see};
use crate::project::units;
use crate::submission::store::remember;

/// The four places, with what each allows.
const ROLES: [(MemberRole, &str, &str); 4] = [
    (MemberRole::Owner, "Porteur", "écrit, dépose, gère l’équipe"),
    (MemberRole::Editor, "Équipe", "écrit, et dépose si le porteur le délègue"),
    (MemberRole::Consultant, "Conseil (AMO)", "écrit, ne dépose pas"),
    (MemberRole::Reader, "Lecture", "lit sans écrire, sauf ce que le porteur lui ouvre"),
];

fn name(role: MemberRole) -> &'static str {
    ROLES.iter().find(|(known, ..)| *known == role).map_or("", |(_, name, _)| name)
}

struct RoleOption {
    key: &'static str,
    name: &'static str,
    detail: &'static str,
    is_on: bool,
}

/// Roles to choose from. The owner's is proposed and accepted, never given here.
fn options(current: Option<MemberRole>) -> Vec<RoleOption> {
    let option = |(role, name, detail): (MemberRole, &'static str, &'static str)| RoleOption { key: role.as_str(), name, detail, is_on: current == Some(role) };
    ROLES.into_iter().filter(|(role, ..)| *role != MemberRole::Owner || current == Some(MemberRole::Owner)).map(option).collect()
}

/// What a level is called: as read in the table, and for a reader's voice.
pub const fn level_name(level: Level) -> &'static str {
    match level {
        Level::Read => "Lit",
        Level::Comment => "Commente",
        Level::Write => "Écrit",
    }
}

/// What a member may do with one deliverable.
struct LevelView {
    no: u8,
    name: &'static str,
    short: &'static str,
    /// Value, word, chosen; empty for an owner, who writes everything.
    options: Vec<(i16, &'static str, bool)>,
}

fn levels(member: &Member) -> Vec<LevelView> {
    let view = |deliverable: &&crate::framework::Deliverable| {
        let held = member.place.level(deliverable.no);
        let options = Level::ALL.map(|level| (level as i16, level_name(level), level == held));
        LevelView {
            no: deliverable.no,
            name: level_name(held),
            short: deliverable.short,
            options: if member.place.role == MemberRole::Owner { Vec::new() } else { options.into() },
        }
    };
    DELIVERABLES.iter().map(view).collect()
}

struct MemberView {
    id: i64,
    name: String,
    email: String,
    organisation: String,
    role: &'static str,
    options: Vec<RoleOption>,
    /// Whether the deposit is delegated; nothing for a role that it does not concern.
    delegation: Option<bool>,
    deposits: &'static str,
    levels: Vec<LevelView>,
    version: i32,
    /// "jusqu’au…", or "accès terminé…"; empty when the place has no end.
    end: String,
    is_you: bool,
    /// Nothing of theirs can be changed: the only owner, until somebody else accepts to be one.
    is_fixed: bool,
}

impl MemberView {
    fn new(member: Member, dossier: &Dossier, owners: usize) -> Self {
        Self {
            is_fixed: member.place.role == MemberRole::Owner && owners == 1,
            id: member.account.get(),
            is_you: member.account == dossier.account(),
            role: name(member.place.role),
            options: options(Some(member.place.role)),
            delegation: (member.place.role == MemberRole::Editor).then_some(member.place.can_deposit),
            deposits: match (member.place.role, member.place.can_deposit) {
                (MemberRole::Owner, _) => "oui",
                (MemberRole::Editor, true) => "oui, par délégation",
                _ => "non",
            },
            levels: levels(&member),
            version: member.version,
            end: member.ends_at.map(|at| end(at, dossier.now())).unwrap_or_default(),
            name: member.name,
            email: member.email,
            organisation: member.organisation,
        }
    }
}

/// Until when somebody is of the team, or since when no more.
fn end(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let day = moment::date(moment::last_second_before(at));
    if at <= now { format!("accès terminé depuis le {day}") } else { format!("accès jusqu’au {day}") }
}

struct PendingView {
    id: i64,
    email: String,
    role: &'static str,
    until: String,
}

/// What was typed in the invitation form, and what is wrong with it.
#[derive(Default)]
struct Typed {
    email: String,
    role: Option<MemberRole>,
    email_error: String,
    role_error: String,
    ownership: ownership::Typed,
}

#[derive(Template)]
#[template(path = "account/team.html")]
struct TeamPage {
    layout: Layout,
    project: i64,
    base: String,
    heading: String,
    columns: Vec<(u8, &'static str)>,
    members: Vec<MemberView>,
    ownership: OwnershipView,
    pending: Vec<PendingView>,
    may_manage: bool,
    alert: String,
    email: String,
    email_error: String,
    role_error: String,
    roles: Vec<RoleOption>,
    version: i64,
    operation: Uuid,
}

async fn page(app: &App, reader: &Dossier, typed: Typed, alert: &str) -> Result<TeamPage, AppError> {
    let mut conn = app.db.acquire().await?;
    let members = members::team(&mut conn, reader).await?;
    let pending = members::pending(&mut conn, reader).await?;
    let owners = members.iter().filter(|member| member.place.role == MemberRole::Owner).count();
    Ok(TeamPage {
        layout: Layout::dossier(app, reader, "Équipe", "/equipe"),
        project: reader.project().get(),
        base: reader.url("/equipe"),
        heading: reader.head().title.clone(),
        columns: DELIVERABLES.iter().map(|deliverable| (deliverable.no, deliverable.short)).collect(),
        ownership: ownership::view(&mut conn, reader, &members, typed.ownership).await?,
        members: members.into_iter().map(|member| MemberView::new(member, reader, owners)).collect(),
        pending: pending
            .into_iter()
            .map(|row| PendingView {
                id: row.id,
                role: MemberRole::parse(&row.role).map_or("", name),
                until: moment::near(row.expires_at, reader.now()),
                email: row.email,
            })
            .collect(),
        may_manage: policy::manage_team(reader.ties(), reader.facts()).is_ok(),
        alert: alert.to_owned(),
        email: typed.email,
        email_error: typed.email_error,
        role_error: typed.role_error,
        roles: options(typed.role),
        version: reader.head().content_version,
        operation: Uuid::new_v4(),
    })
}

/// The team sees who is in it.
pub async fn show(State(app): State<App>, reader: ProjectReader) -> Result<Response, AppError> {
    html(&page(&app, &reader, Typed::default(), "").await?)
}

/// The owner invites somebody into the team.
pub async fn invite(State(app): State<App>, owner: ProjectOwner, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let role = MemberRole::parse(input.get("role")).filter(|role| *role != MemberRole::Owner);
    let email = Email::read(input.get("email"));
    let (Ok(address), Some(place)) = (&email, role) else {
        let typed = Typed {
            email: input.trimmed("email"),
            role,
            email_error: email.err().map(|sentence| sentence.to_string()).unwrap_or_default(),
            role_error: if role.is_none() { "Choisir un rôle.".to_owned() } else { String::new() },
            ..Typed::default()
        };
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &owner, typed, "").await?);
    };
    let location = owner.url("/equipe");
    let mut tx = app.db.begin().await?;
    if let Some(done) = units::lock(&mut tx, owner.project(), operation).await?.done {
        return Ok(see(&done));
    }
    members::owners(&mut tx, &owner).await?;
    let target = Target::Team { project: owner.project(), role: place };
    match invitation::invite(&mut tx, &app, target, address, Some(owner.account()), owner.now()).await {
        Ok(_) => {}
        Err(AppError::Unprocessable(_)) => {
            drop(tx);
            let typed = Typed { email: input.trimmed("email"), role, email_error: "Cette personne est déjà de l’équipe.".to_owned(), ..Typed::default() };
            return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &owner, typed, "").await?);
        }
        Err(other) => return Err(other),
    }
    remember(&mut tx, owner.project(), owner.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The owner changes somebody's role and levels, or delegates the deposit.
pub async fn change(State(app): State<App>, owner: ProjectOwner, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let role = MemberRole::parse(input.get("role")).ok_or(AppError::BadRequest("Le rôle demandé n’existe pas. Rechargez la page et recommencez."))?;
    let levels = [1, 2, 3, 4, 5].map(|no| Level::parse(input.get(&format!("niveau{no}")).parse().unwrap_or_default()));
    let change = Change { whom: AccountId(number), role, can_deposit: input.get("depot") == "oui", levels, version: input.version()? };
    let mut tx = app.db.begin().await?;
    if let Some(done) = units::lock(&mut tx, owner.project(), input.operation()?).await?.done {
        return Ok(see(&done));
    }
    let hindrance = members::change(&mut tx, &app, &owner, &change).await?;
    finish(&app, tx, &owner, &input, hindrance).await
}

/// The owner takes somebody out of the team, never oneself.
pub async fn remove(State(app): State<App>, owner: ProjectOwner, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let mut tx = app.db.begin().await?;
    if let Some(done) = units::lock(&mut tx, owner.project(), input.operation()?).await?.done {
        return Ok(see(&done));
    }
    let hindrance = members::remove(&mut tx, &app, &owner, AccountId(number)).await?;
    finish(&app, tx, &owner, &input, hindrance).await
}

/// The owner takes an invitation back.
pub async fn withdraw(State(app): State<App>, owner: ProjectOwner, NumberPart(number): NumberPart, input: Input) -> Result<Response, AppError> {
    let mut tx = app.db.begin().await?;
    if let Some(done) = units::lock(&mut tx, owner.project(), input.operation()?).await?.done {
        return Ok(see(&done));
    }
    members::withdraw(&mut tx, &owner, number).await?;
    finish(&app, tx, &owner, &input, None).await
}

/// The page with what was typed in the proposal of ownership and what is wrong with it.
pub async fn refused(app: &App, owner: &ProjectOwner, typed: ownership::Typed) -> Result<Response, AppError> {
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(app, owner, Typed { ownership: typed, ..Typed::default() }, "").await?)
}

/// Commits and goes back to the page, or shows it again with the reason.
async fn finish(
    app: &App,
    mut tx: sqlx::Transaction<'static, sqlx::Postgres>,
    owner: &ProjectOwner,
    input: &Input,
    hindrance: Option<Hindrance>,
) -> Result<Response, AppError> {
    if let Some(hindrance) = hindrance {
        drop(tx);
        let status = if hindrance == Hindrance::Stale { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        return html_with(status, &page(app, owner, Typed::default(), hindrance.sentence()).await?);
    }
    let location = owner.url("/equipe");
    remember(&mut tx, owner.project(), owner.account(), input.operation()?, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
