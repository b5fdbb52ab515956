//! Tries are counted: nine failures for an address and a caller, forty-nine for a caller, within a quarter of an hour.
//! Counted in the database, so that every node counts the same; as digests, so that nobody reads who tried.

use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

use super::guest::Guest;
use crate::access::digest;
use crate::error::AppError;
use crate::kit::values::Email;

/// How long a failure counts.
const WINDOW: Duration = Duration::minutes(15);

const TOO_MANY: &str = "Trop d’essais depuis cet endroit. Attendez quinze minutes, puis recommencez\u{a0}; votre compte n’est pas bloqué ailleurs.";

/// Something counted, and how often it may happen within the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    key: Vec<u8>,
    most: i64,
}

impl Limit {
    fn new(what: &str, of: &str, most: i64) -> Self {
        Self { key: digest(&format!("{what}|{of}")), most }
    }
}

/// Limits of a sign-in: this address from this caller first, then the caller whatever the address.
pub fn sign_in(address: &str, guest: &Guest) -> Vec<Limit> {
    let peer = guest.peer;
    vec![Limit::new("sign-in", &format!("{peer}|{address}"), 9), Limit::new("sign-in from", &peer.to_string(), 49)]
}

/// Limits of asking for a new password.
pub fn reset(address: &str, guest: &Guest) -> Vec<Limit> {
    vec![Limit::new("reset", address, 5), Limit::new("reset from", &guest.peer.to_string(), 20)]
}

/// Limits of opening personal links that do not exist: nobody finds a living one by trying.
pub fn link(guest: &Guest) -> Vec<Limit> {
    vec![Limit::new("link from", &guest.peer.to_string(), 49)]
}

/// An address as it is counted and looked for: its canonical form, or what was typed when it is none.
pub fn address(typed: &str) -> String {
    Email::read(typed).map_or_else(|_| typed.trim().to_lowercase(), |email| email.to_string())
}

/// A try, counted before its outcome is known: tries sent all at once are counted too.
#[derive(Debug)]
pub struct Try {
    first: Vec<u8>,
    ids: Vec<i64>,
}

/// Counts a try, or refuses it when the limits are reached; a refused try does not count.
///
/// # Errors
/// 429 beyond a limit.
pub async fn count(conn: &mut PgConnection, limits: &[Limit], now: OffsetDateTime) -> Result<Try, AppError> {
    let keys: Vec<Vec<u8>> = limits.iter().map(|limit| limit.key.clone()).collect();
    let ids = sqlx::query_scalar!("insert into throttle (key, at) select key, $2 from unnest($1::bytea[]) as key returning id", &keys, now)
        .fetch_all(&mut *conn)
        .await?;
    let counts = sqlx::query!(r#"select key, count(*) as "n!" from throttle where key = any($1) and at > $2 group by key"#, &keys, now - WINDOW)
        .fetch_all(&mut *conn)
        .await?;
    let is_beyond = counts.iter().any(|row| limits.iter().any(|limit| limit.key == row.key && row.n > limit.most));
    if is_beyond {
        sqlx::query!("delete from throttle where id = any($1)", &ids).execute(conn).await?;
        return Err(AppError::TooMany(TOO_MANY));
    }
    Ok(Try { first: keys.into_iter().next().unwrap_or_default(), ids })
}

/// The try succeeded: it is no failure, and those of the same address and caller are forgotten.
pub async fn forgive(conn: &mut PgConnection, success: &Try) -> sqlx::Result<()> {
    sqlx::query!("delete from throttle where key = $1 or id = any($2)", success.first, &success.ids).execute(conn).await?;
    Ok(())
}

/// Forgets the failures of an address and a caller: its owner proved to read its mail.
pub async fn forget(conn: &mut PgConnection, address: &str, guest: &Guest) -> sqlx::Result<()> {
    let limits = sign_in(address, guest);
    sqlx::query!("delete from throttle where key = $1", limits[0].key).execute(conn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guest(peer: &str) -> Guest {
        Guest { peer: peer.parse().expect("an address"), agent: String::new(), former: None }
    }

    #[test]
    fn an_address_is_counted_by_caller_and_a_caller_by_itself() {
        let (here, there) = (guest("192.0.2.1"), guest("192.0.2.2"));
        let ana = sign_in(&address(" Ana@Example.org "), &here);
        assert_eq!(ana, sign_in(&address("ana@example.org"), &here));
        assert_eq!(ana[1], sign_in("leo@example.org", &here)[1]);
        assert_ne!(ana[0], sign_in("leo@example.org", &here)[0]);
        assert_ne!(ana[0], sign_in("ana@example.org", &there)[0], "an owner elsewhere is not locked out");
        assert_ne!(ana[1], sign_in("ana@example.org", &there)[1]);
    }

    #[test]
    fn no_typed_address_can_take_the_place_of_another_key() {
        let here = guest("192.0.2.1");
        let keys: Vec<_> = sign_in("", &here).into_iter().chain(reset("192.0.2.1", &here)).chain(sign_in("192.0.2.1", &here)).map(|limit| limit.key).collect();
        let distinct: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len() - 1, "only the caller’s own key comes twice");
        assert_eq!(address("pas une adresse"), "pas une adresse");
    }
}
