//! Proofs about the trainings, the network and the calendar of a call, for the people of its carriers and its staff.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::policy::Refusal;
use super::policy::training::{self as policy, CallTies};
use super::proofs::{SlugPart, TokenPart};
use super::seat::asked_slug;
use super::store::{self, Person};
use super::visitor::{Arrival, Caller, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::{AccountId, CallId};
use crate::kit::values::Slug;

/// A call, as these pages name it.
#[derive(Debug, Clone)]
pub struct CallPlace {
    /// Call.
    pub id: CallId,
    /// Its slug.
    pub slug: String,
    /// Its short title.
    pub title: String,
    /// "2014-2015".
    pub edition: String,
}

/// A signed-in person in a call, with what binds them to it.
#[derive(Debug, Clone)]
pub struct Participant {
    visitor: Visitor,
    call: CallPlace,
    ties: CallTies,
    now: OffsetDateTime,
}

impl Participant {
    /// The person.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The person's account.
    pub fn account(&self) -> AccountId {
        self.visitor.account
    }

    /// The call.
    pub fn call(&self) -> &CallPlace {
        &self.call
    }

    /// What binds them.
    pub fn ties(&self) -> &CallTies {
        &self.ties
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }
}

fn ties(roles: i32, is_carrier: bool, was_enrolled: bool) -> CallTies {
    CallTies { is_carrier, was_enrolled, is_manager: roles & 1 != 0, is_reviewer: roles & 2 != 0, is_committee: roles & 4 != 0 }
}

/// The person of a live session, and the call asked for among those that they have a bond with; or of these the one with the
/// nearest next training day, then the nearest bound.
async fn participant(conn: &mut PgConnection, caller: &Caller, slug: Option<&str>) -> Result<Participant, AppError> {
    let row = sqlx::query!(
        r#"select to_jsonb(person)::text as "person!", seat.id as "id?", seat.slug as "slug?", seat.short_title as "title?", seat.edition as "edition?",
             seat.roles as "call_roles?", seat.is_carrier as "is_call_carrier?", seat.was_enrolled as "was_enrolled?"
           from (
             select session.id as session, account.id as account, account.name, account.email, account.is_operator,
               exists(select from project_member where account_id = account.id and coalesce(ends_at > $2, true)) as is_carrier,
               waiting_notices(account.id, $2) as notices,
               coalesce((select bit_or(call_role_bit(role)) from call_role where account_id = account.id), 0) as roles
             from session
             join account on account.id = session.account_id
             where session.token_hash = $1 and session.ended_at is null and session.expires_at > $2 and account.disabled_at is null
           ) as person
           left join lateral (
             select call.id, call.slug, call.short_title, call.edition, bond.*
             from call
             cross join lateral (
               select coalesce((select bit_or(call_role_bit(role)) from call_role where call_id = call.id and account_id = person.account), 0) as roles,
                 exists(select from carrier_person($2) as carrier where carrier.call_id = call.id and carrier.account_id = person.account) as is_carrier,
                 exists(select from enrolment join training on training.id = enrolment.training_id
                        where training.call_id = call.id and enrolment.account_id = person.account) as was_enrolled
             ) as bond
             where not call.is_template and (bond.roles <> 0 or bond.is_carrier or bond.was_enrolled) and coalesce(call.slug = $3, true)
             order by
               (select min(day) from training_session as session join training on training.id = session.training_id
                where training.call_id = call.id and training.cancelled_at is null and session.cancelled_at is null
                  and (day + ends) at time zone 'Europe/Paris' > $2) nulls last,
               call.deposit_bound desc
             limit 1
           ) as seat on true"#,
        caller.token,
        caller.now,
        slug
    )
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| caller.sign_in())?;
    let person: Person = serde_json::from_str(&row.person).map_err(anyhow::Error::from)?;
    let call = CallPlace {
        id: CallId(row.id.ok_or(AppError::NotFound)?),
        slug: row.slug.unwrap_or_default(),
        title: row.title.unwrap_or_default(),
        edition: row.edition.unwrap_or_default(),
    };
    let ties = ties(row.call_roles.unwrap_or(0), row.is_call_carrier.unwrap_or(false), row.was_enrolled.unwrap_or(false));
    Ok(Participant { visitor: person.visitor(), call, ties, now: caller.now })
}

/// A public call, and what binds an account to it; nothing for nobody.
async fn call_place(conn: &mut PgConnection, slug: &str, account: Option<AccountId>, now: OffsetDateTime) -> sqlx::Result<Option<(CallPlace, CallTies)>> {
    let row = sqlx::query!(
        r#"select call.id, call.slug, call.short_title, call.edition,
             coalesce((select bit_or(call_role_bit(role)) from call_role where call_id = call.id and account_id = $2), 0) as "roles!",
             exists(select from carrier_person($3) as carrier where carrier.call_id = call.id and carrier.account_id = $2) as "is_carrier!",
             exists(select from enrolment join training on training.id = enrolment.training_id
                    where training.call_id = call.id and enrolment.account_id = $2) as "was_enrolled!"
           from call
           where call.slug = $1 and not call.is_template"#,
        slug,
        account.map(AccountId::get),
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let call = CallPlace { id: CallId(row.id), slug: row.slug, title: row.short_title, edition: row.edition };
        (call, ties(row.roles, row.is_carrier, row.was_enrolled))
    }))
}

impl FromRequestParts<App> for Participant {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let slug = asked_slug(parts, app).await;
        let mut conn = app.db.acquire().await?;
        participant(&mut conn, &caller, slug.as_deref()).await
    }
}

macro_rules! participant_proofs {
    ($($(#[$doc:meta])* $name:ident = $rule:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(Participant);

        impl std::ops::Deref for $name {
            type Target = Participant;

            fn deref(&self) -> &Participant {
                &self.0
            }
        }

        impl FromRequestParts<App> for $name {
            type Rejection = AppError;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
                let participant = Participant::from_request_parts(parts, app).await?;
                let rule: fn(&CallTies) -> Result<(), Refusal> = $rule;
                rule(&participant.ties)?;
                Ok(Self(participant))
            }
        }
    )+};
}

participant_proofs! {
    /// Is of the carriers' people of the call of `?appel=`: may follow its trainings.
    TrainingGuest = policy::follow;
    /// Was enrolled in a training of the call of `?appel=`: what they attended, [`policy::certificate`] then asks.
    CertificateHolder = |ties| if ties.was_enrolled { Ok(()) } else { Err(Refusal::NotYours) };
    /// May ask the contacts of the call of `?appel=`.
    Asker = super::policy::asking::ask;
    /// May read the network of participants of the call of `?appel=`.
    NetworkReader = policy::network;
}

/// Anybody before the calendar of a public call, with what binds them to it when they are signed in.
#[derive(Debug, Clone)]
pub struct CalendarReader {
    visitor: Option<Visitor>,
    call: CallPlace,
    ties: CallTies,
    now: OffsetDateTime,
}

impl CalendarReader {
    /// The person, when signed in.
    pub fn visitor(&self) -> Option<&Visitor> {
        self.visitor.as_ref()
    }

    /// The call.
    pub fn call(&self) -> &CallPlace {
        &self.call
    }

    /// What binds them.
    pub fn ties(&self) -> &CallTies {
        &self.ties
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }
}

impl FromRequestParts<App> for CalendarReader {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let Arrival(now) = Arrival::from_request_parts(parts, app).await?;
        let SlugPart(slug) = SlugPart::from_request_parts(parts, app).await?;
        let slug = Slug::read(&slug).map(String::from).map_err(|_| AppError::NotFound)?;
        let visitor = <Option<Visitor> as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let mut conn = app.db.acquire().await?;
        let found = call_place(&mut conn, &slug, visitor.as_ref().map(|visitor| visitor.account), now).await?;
        let (call, ties) = found.ok_or(AppError::NotFound)?;
        Ok(Self { visitor, call, ties, now })
    }
}

/// A program that follows a calendar by its secret address: for whom, of which call, and what binds them to it now.
#[derive(Debug, Clone)]
pub struct FeedReader {
    account: AccountId,
    call: Option<(CallPlace, CallTies)>,
    now: OffsetDateTime,
}

impl FeedReader {
    /// For whom.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The call; none is the person's trainings, in whichever call.
    pub fn call(&self) -> Option<&(CallPlace, CallTies)> {
        self.call.as_ref()
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }
}

impl FromRequestParts<App> for FeedReader {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let Arrival(now) = Arrival::from_request_parts(parts, app).await?;
        let TokenPart(token) = TokenPart::from_request_parts(parts, app).await?;
        let mut conn = app.db.acquire().await?;
        let row = sqlx::query!(
            r#"select feed.account_id, call.slug as "slug?"
               from calendar_feed as feed
               join account on account.id = feed.account_id
               left join call on call.id = feed.call_id
               where feed.token_hash = $1 and feed.revoked_at is null and account.disabled_at is null"#,
            store::digest(&token)
        )
        .fetch_optional(&mut *conn)
        .await?
        .ok_or(AppError::NotFound)?;
        let account = AccountId(row.account_id);
        let call = match row.slug {
            None => None,
            Some(slug) => {
                let (call, ties) = call_place(&mut conn, &slug, Some(account), now).await?.ok_or(AppError::NotFound)?;
                policy::calendar(&ties)?;
                Some((call, ties))
            }
        };
        Ok(Self { account, call, now })
    }
}
