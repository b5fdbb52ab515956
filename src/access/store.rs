//! The statements behind the proofs: one per request brings session, account, ties and facts together.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::place::Place;
use super::policy::{Facts, Mission, ReviewStatus, Status, SubsidyState, Ties, Visible, closes_at};
use super::proofs::sealed::Proof;
use super::proofs::{Dossier, ProjectHead, ProjectKnock};
use super::seat::{CallProof, Knock};
use super::visitor::{Hats, Visitor};
use crate::error::AppError;
use crate::framework::aims::Aim;
use crate::kit::ids::{AccountId, CallId, ProjectId, ReviewId, SessionId, SubmissionId};
use crate::kit::moment;

/// What the database keeps of a secret that travels in a cookie or a link.
pub fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn hats(is_carrier: bool, roles: i32, is_operator: bool) -> Hats {
    Hats { carrier: is_carrier, manager: roles & 1 != 0, reviewer: roles & 2 != 0, committee: roles & 4 != 0, operator: is_operator }
}

/// The person of a live session.
pub async fn visitor(conn: &mut PgConnection, token: &[u8], now: OffsetDateTime) -> sqlx::Result<Option<Visitor>> {
    let person = sqlx::query_as!(
        Person,
        r#"select session.id as session, account.id as account, account.name, account.email, account.is_operator,
             waiting_notices(account.id, $2) as "notices!",
             exists(select from project_member where account_id = account.id and coalesce(ends_at > $2, true)) as "is_carrier!",
             coalesce((select bit_or(call_role_bit(role)) from call_role where account_id = account.id), 0) as "roles!"
         from session
         join account on account.id = session.account_id
         where session.token_hash = $1
           and session.ended_at is null
           and session.expires_at > $2
           and account.disabled_at is null"#,
        token,
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(person.map(Person::visitor))
}

/// A person as the seats tell them.
#[derive(Debug, Deserialize)]
pub struct Person {
    session: i64,
    account: i64,
    name: String,
    email: String,
    is_operator: bool,
    is_carrier: bool,
    roles: i32,
    notices: i64,
}

impl Person {
    /// The visitor.
    pub fn visitor(self) -> Visitor {
        Visitor {
            account: AccountId(self.account),
            session: SessionId(self.session),
            name: self.name,
            email: self.email,
            hats: hats(self.is_carrier, self.roles, self.is_operator),
            notices: self.notices,
        }
    }
}

/// What `dossier_seat` answers to a knock, `head` and `standing`; nothing without a session.
pub async fn dossier_head<P: Proof>(conn: &mut PgConnection, knock: &ProjectKnock<P>) -> sqlx::Result<Option<(String, Option<String>)>> {
    let row = sqlx::query!(
        r#"select head::text as "head!", standing::text as standing from dossier_seat($1, $2, $3)"#,
        knock.token(),
        knock.now(),
        knock.project().get()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.head, row.standing)))
}

/// A line of `dossier_seat`.
#[derive(Deserialize)]
struct Seat {
    #[serde(flatten)]
    person: Person,
    dossier: Option<DossierPart>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, one column each")]
struct DossierPart {
    call_roles: i32,
    role: Option<String>,
    can_deposit: bool,
    levels: Option<Vec<i16>>,
    review: Option<i64>,
    review_status: Option<String>,
    is_recused: bool,
    owes_reviews: bool,
    number: i32,
    title: String,
    label: String,
    status: String,
    extended_until: Option<i64>,
    shared: [bool; 5],
    content_version: i64,
    deposited_version: Option<i64>,
    submission: Option<i64>,
    call: i64,
    call_slug: String,
    call_title: String,
    edition: String,
    deposit_bound: i64,
    grace_minutes: i32,
    is_published: bool,
    reviews_visible: String,
    owner_sees_reviews: bool,
    /// Kind, row, item and due instant of what requests for correction reopen.
    reopened: Option<Vec<(String, Uuid, String, i64)>>,
    terms_shown: bool,
    is_retained: bool,
    subsidy: String,
}

impl DossierPart {
    fn facts(&self) -> Result<Facts, AppError> {
        Ok(Facts {
            status: known(Status::parse(&self.status))?,
            closes_at: closes_at(moment::from_micros(self.deposit_bound), self.grace_minutes, self.extended_until.map(moment::from_micros)),
            shared: self.shared,
            has_deposit: self.submission.is_some(),
            is_published: self.is_published,
            visible: known(Visible::parse(&self.reviews_visible))?,
            owner_sees_reviews: self.owner_sees_reviews,
            corrects_until: self.reopened.iter().flatten().map(|(.., due)| moment::from_micros(*due)).max(),
            mission: Mission { terms_shown: self.terms_shown, is_retained: self.is_retained, subsidy: known(SubsidyState::parse(&self.subsidy))? },
        })
    }

    /// What is reopened at that instant.
    fn aims(&self, now: OffsetDateTime) -> Vec<Aim> {
        let running = self.reopened.iter().flatten().filter(|(.., due)| now < moment::from_micros(*due));
        running.map(|(kind, row, item, _)| Aim { kind: kind.clone(), row: *row, item: item.clone() }).collect()
    }

    fn ties(&self) -> Ties {
        let place = self.role.as_deref().and_then(|role| Place::parse(role, self.can_deposit, self.levels.as_deref().unwrap_or_default()));
        Ties {
            // Somebody who no longer reviews for the call keeps what they wrote, and opens nothing with it.
            review: self.review_status.as_deref().filter(|_| self.call_roles & 2 != 0).and_then(ReviewStatus::parse),
            owes_reviews: self.owes_reviews,
            is_committee: self.call_roles & 4 != 0,
            is_manager: self.call_roles & 1 != 0,
            is_recused: self.is_recused,
            ..Ties::default().placed(place)
        }
    }

    fn head(self, id: ProjectId, standing: String) -> ProjectHead {
        ProjectHead {
            id,
            call: CallId(self.call),
            call_slug: self.call_slug,
            call_title: self.call_title,
            edition: self.edition,
            number: self.number,
            title: self.title,
            label: self.label,
            standing,
            content_version: self.content_version,
            deposited_version: self.deposited_version,
            submission: self.submission.map(SubmissionId),
            review: self.review.map(ReviewId),
        }
    }
}

/// The person and their ties to a dossier, from what `dossier_seat` answered; `NotFound` without a dossier.
pub fn dossier(head: &str, id: ProjectId, standing: Option<String>, now: OffsetDateTime) -> Result<Dossier, AppError> {
    let Seat { person, dossier } = serde_json::from_str(head).map_err(anyhow::Error::from)?;
    let part = dossier.ok_or(AppError::NotFound)?;
    let (facts, ties, aims) = (part.facts()?, part.ties(), part.aims(now));
    Ok(Dossier { visitor: person.visitor(), ties, facts, aims, head: part.head(id, standing.unwrap_or_default()), now })
}

/// A word of the database that the program does not know is a fault of ours, never of the visitor.
fn known<T>(value: Option<T>) -> Result<T, AppError> {
    value.ok_or_else(|| AppError::Internal(anyhow::anyhow!("unknown word in the database")))
}

/// What `call_seat` answers to a knock; nothing without a session.
pub async fn call_head<P: CallProof>(conn: &mut PgConnection, knock: &Knock<P>) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(r#"select head::text as "head!" from call_seat($1, $2, $3, $4)"#, knock.token(), knock.now(), &knock.roles(), knock.slug())
        .fetch_optional(conn)
        .await
}
