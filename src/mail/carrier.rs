//! How a mail leaves: by the SMTP server of the deployment, or as a file below the data folder when there is none.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use time::OffsetDateTime;
use tokio::fs;
use tokio::io::AsyncWriteExt as _;

use crate::app::Config;

/// A mail as it is taken from the outbox.
#[derive(Debug)]
pub struct Letter {
    pub(super) id: i64,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) attempts: i32,
}

/// Takes mails away.
pub struct Carrier {
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
        Self { host: host(&config.base_url), way }
    }

    /// Sends a mail. The cause of a failure names nobody.
    pub async fn send(&self, letter: &Letter, now: OffsetDateTime) -> Result<(), &'static str> {
        let message = self.message(letter, now)?;
        match &self.way {
            Way::Smtp(transport) => transport.send(message).await.map(drop).map_err(|error| cause(&error)),
            Way::Folder(folder) => write(folder, letter.id, &message.formatted()).await.map_err(|error| {
                tracing::warn!(%error, "mail folder");
                "écriture impossible dans le dossier des courriels"
            }),
            Way::Broken => Err("SMTP_URL est illisible"),
        }
    }

    fn message(&self, letter: &Letter, now: OffsetDateTime) -> Result<Message, &'static str> {
        let sender = Address::new("noreply", &self.host).map_err(|_| "adresse d’expédition refusée")?;
        let recipient: Address = letter.recipient.parse().map_err(|_| "adresse du destinataire refusée")?;
        Message::builder()
            .from(Mailbox::new(Some("Trame".to_owned()), sender))
            .to(Mailbox::new(None, recipient))
            .subject(letter.subject.as_str())
            .date(SystemTime::from(now))
            // The same mail sent again keeps its name: the other side may recognise it.
            .message_id(Some(format!("<mail-{}@{}>", letter.id, self.host)))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|_| "courriel impossible à composer")
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

/// Why the server did not take a mail, without its words, which repeat addresses.
fn cause(error: &smtp::Error) -> &'static str {
    if error.is_permanent() {
        "refus définitif du serveur de courriel"
    } else if error.is_transient() {
        "refus momentané du serveur de courriel"
    } else if error.is_timeout() {
        "le serveur de courriel n’a pas répondu à temps"
    } else if error.is_tls() {
        "connexion chiffrée refusée"
    } else if error.is_response() || error.is_client() {
        "échange incompris avec le serveur de courriel"
    } else {
        "serveur de courriel injoignable"
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
    fn a_mail_is_plain_text_that_one_does_not_answer() {
        let letter = Letter { id: 7, recipient: "ana@example.org".into(), subject: "Dépôt reçu".into(), body: "Reçu.\n".into(), attempts: 1 };
        for host in ["localhost", "trame.example.org"] {
            let carrier = Carrier { host: host.into(), way: Way::Broken };
            let message = carrier.message(&letter, datetime!(2015-10-12 16:04:37 UTC)).expect("message");
            let text = String::from_utf8(message.formatted()).expect("ascii");
            for line in [
                format!("From: Trame <noreply@{host}>"),
                "To: ana@example.org".to_owned(),
                "Date: Mon, 12 Oct 2015 16:04:37 +0000".to_owned(),
                format!("Message-ID: <mail-7@{host}>"),
                "Auto-Submitted: auto-generated".to_owned(),
                "Content-Type: text/plain; charset=utf-8".to_owned(),
            ] {
                assert!(text.contains(&line), "{line} in {text}");
            }
        }
    }
}
