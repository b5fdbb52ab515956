//! How a mail leaves: by the SMTP server of the deployment, or as a file below the data folder when there is none.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use time::OffsetDateTime;
use tokio::fs;
use tokio::io::AsyncWriteExt as _;

use super::{kinds, letter};
use crate::app::Config;

/// A mail as it is taken from the outbox.
#[derive(Debug, Default)]
pub struct Letter {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) attempts: i32,
    pub(super) account_id: Option<i64>,
    pub(super) project_id: Option<i64>,
    pub(super) audience: Option<String>,
    pub(super) path: Option<String>,
    pub(super) sender_id: Option<i64>,
}

/// Why a mail did not leave. Causes name nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The other side will never take it.
    Bounced(&'static str),
    /// It may take it later.
    Later(&'static str),
}

/// Takes mails away.
pub struct Carrier {
    base: String,
    host: String,
    way: Way,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
    Broken,
}

impl Carrier {
    /// The carrier of a deployment.
    pub fn of(config: &Config) -> Self {
        let way = match &config.smtp_url {
            None => Way::Folder(config.data.join("courriels")),
            Some(url) => {
                if let Ok(builder) = AsyncSmtpTransport::<Tokio1Executor>::from_url(url) {
                    Way::Smtp(builder.timeout(Some(Duration::from_secs(20))).build())
                } else {
                    tracing::error!("SMTP_URL cannot be read");
                    Way::Broken
                }
            }
        };
        Self { base: config.base_url.clone(), host: host(&config.base_url), way }
    }

    /// Sends a mail.
    pub async fn send(&self, letter: &Letter, now: OffsetDateTime) -> Result<(), Trouble> {
        let message = self.message(letter, now).map_err(Trouble::Bounced)?;
        match &self.way {
            Way::Smtp(transport) => transport.send(message).await.map(drop).map_err(|error| cause(&error)),
            Way::Folder(folder) => write(folder, letter.id, &message.formatted()).await.map_err(|error| {
                tracing::warn!(%error, "mail folder");
                Trouble::Later("écriture impossible dans le dossier des courriels")
            }),
            Way::Broken => Err(Trouble::Later("SMTP_URL est illisible")),
        }
    }

    fn message(&self, letter: &Letter, now: OffsetDateTime) -> Result<Message, &'static str> {
        let sender = Address::new("noreply", &self.host).map_err(|_| "adresse d’expédition refusée")?;
        let recipient: Address = letter.recipient.parse().map_err(|_| "adresse du destinataire refusée")?;
        let text = dressed(letter, &self.base);
        let html = letter::html(&letter.subject, &text, &self.base);
        let topic = kinds::of(&letter.kind).topic;
        let mut message = Message::builder()
            .from(Mailbox::new(Some("Trame".to_owned()), sender))
            .to(Mailbox::new(None, recipient))
            .subject(letter.subject.as_str())
            .date(SystemTime::from(now))
            // The same mail sent again keeps its name: the other side may recognise it.
            .message_id(Some(format!("<mail-{}@{}>", letter.id, self.host)))
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(header("List-Id", format!("Trame <{}.{}>", topic.map_or("service", kinds::Topic::as_str), self.host)));
        if letter.account_id.is_some() && topic.is_some() {
            message = message.raw_header(header("List-Unsubscribe", format!("<{}{SETTINGS}>", self.base)));
        }
        message.multipart(MultiPart::alternative_plain_html(text, html)).map_err(|_| "courriel impossible à composer")
    }
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// Where one chooses what comes by mail.
const SETTINGS: &str = "/compte#courriels";

/// The text of a mail as it leaves: with the way to what one receives, or why there is none.
pub(super) fn dressed(letter: &Letter, base: &str) -> String {
    match (letter.account_id, kinds::of(&letter.kind).topic) {
        (None, _) => letter.body.clone(),
        (Some(_), topic) if topic.is_some() || letter.kind == "digest" => {
            format!("{}Choisir ce que vous recevez, et quand\u{a0}: {base}{SETTINGS}\n", letter.body)
        }
        (Some(_), _) => format!("{}Ce courriel fait partie du service\u{a0}: il ne se désactive pas.\n", letter.body),
    }
}

/// Host of the public address, as the domain of the sender.
fn host(base_url: &str) -> String {
    let after = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    let name = authority.split(':').next().unwrap_or_default();
    let is_name = name.contains(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if is_name { name.to_ascii_lowercase() } else { "localhost".to_owned() }
}

/// A file per mail, whole or absent.
async fn write(folder: &Path, id: i64, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder).await?;
    let (draft, kept) = (folder.join(format!("{id:08}.tmp")), folder.join(format!("{id:08}.eml")));
    let mut file = fs::File::create(&draft).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    fs::rename(&draft, &kept).await
}

/// Why the server did not take a mail, without its words, which repeat addresses. A refusal of who we are is no refusal of the mail.
fn cause(error: &smtp::Error) -> Trouble {
    let code = error.status().map(u16::from);
    if matches!(code, Some(530 | 534 | 535 | 538)) {
        Trouble::Later("le serveur de courriel refuse notre identification")
    } else if error.is_permanent() {
        Trouble::Bounced("refus définitif du serveur de courriel")
    } else if error.is_transient() {
        Trouble::Later("refus momentané du serveur de courriel")
    } else if error.is_timeout() {
        Trouble::Later("le serveur de courriel n’a pas répondu à temps")
    } else if error.is_tls() {
        Trouble::Later("connexion chiffrée refusée")
    } else if error.is_response() || error.is_client() {
        Trouble::Later("échange incompris avec le serveur de courriel")
    } else {
        Trouble::Later("serveur de courriel injoignable")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn the_sender_is_of_the_public_address() {
        for (base, name) in [
            ("https://trame.example.org", "trame.example.org"),
            ("https://Trame.example.org:8443/eit", "trame.example.org"),
            ("http://127.0.0.1:3000", "localhost"),
            ("http://[::1]:3000", "localhost"),
            ("", "localhost"),
        ] {
            assert_eq!(host(base), name);
        }
    }

    #[test]
    fn a_mail_has_a_text_and_its_html_and_one_does_not_answer_it() {
        let letter = Letter {
            id: 7,
            kind: "message".into(),
            recipient: "ana@example.org".into(),
            subject: "Nouveau message".into(),
            body: "Bonjour,\n\nUn message.\n\nTrame\nhttp://t.example\n\n--\nParce que.\n".into(),
            account_id: Some(3),
            ..Letter::default()
        };
        for host in ["localhost", "trame.example.org"] {
            let carrier = Carrier { base: "http://t.example".into(), host: host.into(), way: Way::Broken };
            let message = carrier.message(&letter, datetime!(2015-10-12 16:04:37 UTC)).expect("message");
            let text = String::from_utf8(message.formatted()).expect("ascii");
            for line in [
                format!("From: Trame <noreply@{host}>"),
                "To: ana@example.org".to_owned(),
                "Date: Mon, 12 Oct 2015 16:04:37 +0000".to_owned(),
                format!("Message-ID: <mail-7@{host}>"),
                "Auto-Submitted: auto-generated".to_owned(),
                format!("List-Id: Trame <messages.{host}>"),
                "List-Unsubscribe: <http://t.example/compte#courriels>".to_owned(),
                "Content-Type: multipart/alternative;".to_owned(),
                "Content-Type: text/plain; charset=utf-8".to_owned(),
                "Content-Type: text/html; charset=utf-8".to_owned(),
            ] {
                assert!(text.contains(&line), "{line} in {text}");
            }
        }
    }

    #[test]
    fn a_mail_says_how_to_choose_or_that_one_must_receive_it() {
        let of = |kind: &str, account_id| dressed(&Letter { kind: kind.into(), account_id, body: "Texte.\n".into(), ..Letter::default() }, "http://t.example");
        assert_eq!(of("message", Some(1)), "Texte.\nChoisir ce que vous recevez, et quand\u{a0}: http://t.example/compte#courriels\n");
        assert_eq!(of("receipt", Some(1)), "Texte.\nCe courriel fait partie du service\u{a0}: il ne se désactive pas.\n");
        assert_eq!(of("engagement", None), "Texte.\n");
    }
}
