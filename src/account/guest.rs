//! The browser behind a request: where it calls from, how it names itself, the session that it already holds.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};

use crate::access::visitor;
use crate::app::{App, Peer};
use crate::error::AppError;

/// A browser, before anybody is signed in.
#[derive(Debug, Clone)]
pub struct Guest {
    /// Address that tries are counted by.
    pub peer: IpAddr,
    /// How the browser names itself, shortened.
    pub agent: String,
    /// Digest of the session token that it sent.
    pub(super) former: Option<Vec<u8>>,
}

impl FromRequestParts<App> for Guest {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let direct = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self {
            peer: counted(caller(direct, &parts.headers, app.config.trusted_proxy)),
            agent: agent.chars().take(200).collect(),
            former: visitor::token(parts, app),
        })
    }
}

/// The caller: the other end of the connection, or the last hop that a trusted proxy names.
fn caller(direct: IpAddr, headers: &HeaderMap, trusted: Option<IpAddr>) -> IpAddr {
    let canonical = direct.to_canonical();
    if trusted.map(|proxy| proxy.to_canonical()) != Some(canonical) {
        return canonical;
    }
    let hops = headers.get_all(HeaderName::from_static("x-forwarded-for"));
    let last = hops.iter().next_back().and_then(|value| value.to_str().ok()).and_then(|hops| hops.rsplit(',').next());
    last.and_then(|hop| hop.trim().parse::<IpAddr>().ok()).map_or(canonical, |hop| hop.to_canonical())
}

/// The unit that tries are counted by: an address, or the network of 64 bits that one subscriber holds.
fn counted(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

/// A browser in a few words, from how it names itself: "Firefox, Linux".
pub fn device(agent: &str) -> String {
    let find = |marks: &[(&str, &'static str)]| marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = find(&[("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari")]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Navigateur inconnu".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_the_trusted_proxy_names_the_caller_and_only_by_its_last_hop() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "198.51.100.1, 198.51.100.2".parse().expect("value"));
        headers.append("x-forwarded-for", "203.0.113.7, 192.0.2.9".parse().expect("value"));
        let proxy = Some(ip("127.0.0.1"));
        assert_eq!(caller(ip("127.0.0.1"), &headers, proxy), ip("192.0.2.9"));
        assert_eq!(caller(ip("::ffff:127.0.0.1"), &headers, proxy), ip("192.0.2.9"));
        assert_eq!(caller(ip("127.0.0.1"), &headers, None), ip("127.0.0.1"));
        assert_eq!(caller(ip("10.0.0.4"), &headers, proxy), ip("10.0.0.4"));
        headers.append("x-forwarded-for", "unknown".parse().expect("value"));
        assert_eq!(caller(ip("127.0.0.1"), &headers, proxy), ip("127.0.0.1"));
    }

    #[test]
    fn one_subscriber_is_one_caller() {
        assert_eq!(counted(ip("2001:db8:1:2:aaaa::1")), counted(ip("2001:db8:1:2:bbbb::2")));
        assert_ne!(counted(ip("2001:db8:1:2::1")), counted(ip("2001:db8:1:3::1")));
        assert_eq!(counted(ip("192.0.2.1")), ip("192.0.2.1"));
    }

    #[test]
    fn a_device_is_named_in_two_words() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";
        assert_eq!(device(firefox), "Firefox, Linux");
        assert_eq!(device(safari), "Safari, iPhone");
        assert_eq!(device("curl/8.5"), "Navigateur inconnu");
    }
}
