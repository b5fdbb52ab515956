//! Proofs that a person sits in a call: its managers, its reviewers, the readers of its board.

use std::collections::HashMap;
use std::marker::PhantomData;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use time::OffsetDateTime;

use super::policy::Visible;
use super::store::{self, Person};
use super::visitor::{Caller, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::{AccountId, CallId};
use crate::kit::moment;

/// A person in a call, with the role that opened it.
#[derive(Debug, Clone)]
pub struct CallSeat {
    /// Call.
    pub id: CallId,
    /// Its slug.
    pub slug: String,
    /// Its short title.
    pub title: String,
    /// "2014-2015".
    pub edition: String,
    /// Deposit bound.
    pub bound: OffsetDateTime,
    /// Grace after the bound.
    pub grace_minutes: i32,
    /// Are its results public?
    pub is_published: bool,
    /// Its rule on the reviews of others.
    pub visible: Visible,
    /// Grows with each change of a score.
    pub scores_version: i64,
    /// Manages it.
    pub is_manager: bool,
    /// Reviews for it.
    pub is_reviewer: bool,
    /// Sits in its committee.
    pub is_committee: bool,
}

/// A proof about the call of `?appel=`.
pub trait CallProof: Sized {
    /// Roles that open it.
    const ROLES: &'static [&'static str];
}

/// Somebody who asks for a page of a call, before anything is known of them: a statement that reads the rights and the page
/// together asks `call_seat` with it, and the proof comes from what that answered.
#[derive(Debug)]
pub struct Knock<P> {
    caller: Caller,
    slug: Option<String>,
    proof: PhantomData<fn() -> P>,
}

impl<P: CallProof> Knock<P> {
    /// What the database keeps of the session's secret.
    pub fn token(&self) -> &[u8] {
        &self.caller.token
    }

    /// Roles that open the page.
    pub fn roles(&self) -> Vec<String> {
        P::ROLES.iter().map(|role| (*role).to_owned()).collect()
    }

    /// The call asked for; nothing asked is the one with the nearest next date.
    pub fn slug(&self) -> Option<&str> {
        self.slug.as_deref()
    }

    /// Instant of arrival.
    pub fn now(&self) -> OffsetDateTime {
        self.caller.now
    }

    /// What `call_seat` answered; nothing without a session.
    fn seat(&self, head: Option<&str>) -> Result<(Visitor, CallSeat, OffsetDateTime), AppError> {
        let Some(head) = head else { return Err(self.caller.sign_in()) };
        let head: Head = serde_json::from_str(head).map_err(anyhow::Error::from)?;
        let visitor = head.person.visitor();
        Ok((visitor, head.call.ok_or(AppError::NotFound)?.seat(), self.caller.now))
    }
}

impl<P: CallProof> FromRequestParts<App> for Knock<P> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        Ok(Self { caller, slug: asked_slug(parts, app).await, proof: PhantomData })
    }
}

/// The call that `?appel=` asks for, if it asks for one. No call is called nothing: what cannot be a name finds none.
pub(super) async fn asked_slug(parts: &mut Parts, app: &App) -> Option<String> {
    let query = Query::<HashMap<String, String>>::from_request_parts(parts, app).await;
    let slug = query.ok().and_then(|Query(mut query)| query.remove("appel")).filter(|slug| !slug.is_empty())?;
    Some(if slug.contains(char::is_control) { String::new() } else { slug })
}

/// A line of `call_seat`.
#[derive(Deserialize)]
struct Head {
    #[serde(flatten)]
    person: Person,
    call: Option<CallHead>,
}

#[derive(Deserialize)]
struct CallHead {
    id: i64,
    slug: String,
    title: String,
    edition: String,
    bound: i64,
    grace_minutes: i32,
    is_published: bool,
    visible: String,
    scores_version: i64,
    roles: i32,
}

impl CallHead {
    fn seat(self) -> CallSeat {
        CallSeat {
            id: CallId(self.id),
            slug: self.slug,
            title: self.title,
            edition: self.edition,
            bound: moment::from_micros(self.bound),
            grace_minutes: self.grace_minutes,
            is_published: self.is_published,
            visible: Visible::parse(&self.visible).unwrap_or(Visible::Never),
            scores_version: self.scores_version,
            is_manager: self.roles & 1 != 0,
            is_reviewer: self.roles & 2 != 0,
            is_committee: self.roles & 4 != 0,
        }
    }
}

macro_rules! call_proofs {
    ($($(#[$doc:meta])* $name:ident = $roles:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            visitor: Visitor,
            call: CallSeat,
            now: OffsetDateTime,
        }

        impl $name {
            /// The person.
            pub fn visitor(&self) -> &Visitor {
                &self.visitor
            }

            /// The person's account.
            pub fn account(&self) -> AccountId {
                self.visitor.account
            }

            /// The call.
            pub fn call(&self) -> &CallSeat {
                &self.call
            }

            /// Instant of arrival.
            pub fn now(&self) -> OffsetDateTime {
                self.now
            }
        }

        impl CallProof for $name {
            const ROLES: &'static [&'static str] = &$roles;
        }

        impl Knock<$name> {
            /// The proof, from the `head` that `call_seat` answered to this very knock; nothing without a session.
            ///
            /// # Errors
            /// When nobody is signed in, or when the call opens nothing to them.
            pub fn admit(&self, head: Option<&str>) -> Result<$name, AppError> {
                let (visitor, call, now) = self.seat(head)?;
                Ok($name { visitor, call, now })
            }
        }

        impl FromRequestParts<App> for $name {
            type Rejection = AppError;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
                let knock = Knock::<Self>::from_request_parts(parts, app).await?;
                let mut conn = app.db.acquire().await?;
                let head = store::call_head(&mut conn, &knock).await?;
                knock.admit(head.as_deref())
            }
        }
    )+};
}

call_proofs! {
    /// Manages the call of `?appel=`.
    CallManager = ["manager"];
    /// Reviews for the call of `?appel=`.
    CallReviewer = ["reviewer"];
    /// Follows the call of `?appel=` on the board.
    BoardReader = ["committee", "manager"];
}
