//! Mail with statements attached.
//!
//! The message is a function of what it brings: its id, its boundary and its date are given, so a second attempt sends
//! the same message and a mail program that sees both shows one. Neither names nor addresses are ever logged or put
//! into a reason: an outcome may be stored and shown to people who may not know who the client is.

mod folder;
mod message;
pub mod returned;
mod smtp;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use lettre::message::Mailbox;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Channel, DeliveryId, Outcome};
use crate::error::Error;
use crate::render::Format;
use folder::MailFolder;
use smtp::SmtpServer;

/// Mail's place on the shelf.
pub const CHANNEL: Channel = Channel { id: "email", title: "E-mail" };

/// How mail leaves the house.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The sender, e.g. `Financr <statements@example.org>`.
    pub from: String,
    /// Where mail goes: `transport = { folder = "mail" }` or `[mail.transport.smtp]`.
    pub transport: MailTransport,
    /// Seconds after which a sending is given up; default 30.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
    /// Bytes of the documents that go with one mail; what is beyond becomes a link. Default 10 MiB.
    #[serde(default = "default_attachment_bytes_max")]
    pub attachment_bytes_max: u64,
    /// Where clients reach the API, e.g. `https://reports.example.org`, for links to documents that are too large.
    #[serde(default)]
    pub public_url: Option<String>,
    /// Where mails that are optional are ended, if not at `unsubscribe` below `public_url`: a place that hands on what
    /// comes to `<this>/<token>` to the API's `/unsubscribe/<token>`. Without both they can be ended by mail to the
    /// sender.
    #[serde(default)]
    pub unsubscribe_url: Option<String>,
}

/// Where mail goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTransport {
    /// Into this folder, one file a message; for trying out.
    Folder(PathBuf),
    /// To a mail server.
    Smtp(SmtpSettings),
}

/// The mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// The server's name, e.g. `mail.example.org`; with TLS its certificate must carry it.
    pub host: String,
    /// The port: usually 587 with `start_tls`, 465 with `tls`, 25 with `none`.
    pub port: u16,
    /// How the connection is protected; default `start_tls`.
    #[serde(default)]
    pub tls: TlsMode,
    /// A file of certificates (PEM) of the authorities that the server's certificate may be of, for a server of the
    /// house's own; only these are trusted then. None for the authorities that browsers trust.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// The name to log in with; none to send without logging in.
    #[serde(default)]
    pub username: Option<String>,
    /// The password; never in the file, set by the program from the environment.
    #[serde(skip)]
    pub password: Option<SecretString>,
    /// Connections at once, and so messages at once, 1 to 64; default 4.
    #[serde(default = "default_connections_max")]
    pub connections_max: u32,
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// Not at all; only for a server on this machine.
    None,
    /// Plain at first, then TLS, and nothing is sent without it.
    #[default]
    StartTls,
    /// TLS from the start.
    Tls,
}

fn default_timeout_s() -> u64 {
    30
}

fn default_connections_max() -> u32 {
    4
}

fn default_attachment_bytes_max() -> u64 {
    10 << 20
}

/// A message to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The delivery, or what stands for several that go together; the message's id follows from it.
    pub delivery_id: DeliveryId,
    /// The recipient's address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The text, plain.
    pub body: String,
    /// The same and more as a page, for programs that show one.
    pub page: Option<String>,
    /// The files that go with it; none if the text says where they are.
    pub attachments: Vec<Attachment>,
    /// Whether the recipient may have no more of its kind.
    pub necessity: Necessity,
    /// Where one POST ends mails of its kind (RFC 8058); none if only a mail to the sender does. For optional ones.
    pub unsubscribe_link: Option<String>,
    /// The message's date; the same for every attempt.
    pub date: DateTime<Utc>,
}

/// Whether somebody may have no more mails of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Necessity {
    /// The house owes it to the client: it carries no offer to end it.
    Required,
    /// It is a service: it says how to end it, also to mail programs (RFC 2369, RFC 8058).
    Optional,
}

/// A file that goes with a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The file name that the recipient sees; other than letters, digits, `.`, `_` and `-` become `_`.
    pub file_name: String,
    /// What it is.
    pub format: Format,
    /// What is in it.
    pub content: Bytes,
}

impl fmt::Debug for Mail {
    /// Only the id: what is logged by mistake must not name anybody.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mail").field("delivery_id", &self.delivery_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Attachment").field("bytes", &self.content.len()).finish_non_exhaustive()
    }
}

/// The longest time limit of a sending, in seconds.
const TIMEOUT_S_MAX: u64 = 600;
/// Files that are written into a folder at once.
const FOLDER_WRITERS_MAX: usize = 4;

/// Sends mail as the settings say. Keep one for the life of the program: it keeps connections open.
#[derive(Debug)]
pub struct Mailer {
    from: Mailbox,
    transport: Transport,
}

#[derive(Debug)]
enum Transport {
    Folder(MailFolder),
    Smtp(Box<SmtpServer>),
}

impl MailSettings {
    /// Where whoever has this token ends mails that are optional; none if the house has no public address.
    pub fn unsubscribe_link(&self, token: &str) -> Option<String> {
        let own = self.unsubscribe_url.as_ref().map(|url| format!("{}/{token}", url.trim_end_matches('/')));
        let public = self.public_url.as_ref();
        own.or_else(|| public.map(|url| format!("{}/unsubscribe/{token}", url.trim_end_matches('/'))))
    }
}

impl Mailer {
    /// A mailer for these settings, not yet connected. With a mail server it must be made inside a Tokio runtime.
    ///
    /// # Errors
    /// [`Error::Mail`] if the sender's address, the timeout or the server's name cannot be used.
    pub fn new(settings: &MailSettings) -> Result<Mailer, Error> {
        let problem = |problem: &str| Error::Mail { problem: problem.to_owned() };
        let from: Mailbox = settings.from.parse().map_err(|_| problem("`from` is no mail address"))?;
        if settings.timeout_s == 0 {
            return Err(problem("`timeout_s` is zero; use at least 1"));
        }
        if TIMEOUT_S_MAX < settings.timeout_s {
            return Err(problem("`timeout_s` is more than 600: a sending must end before its lease does"));
        }
        for (name, url) in [("public_url", &settings.public_url), ("unsubscribe_url", &settings.unsubscribe_url)] {
            if url.as_ref().is_some_and(|url| !is_web_address(url)) {
                return Err(Error::Mail { problem: format!("`{name}` is no address that begins with https://") });
            }
        }
        let timeout = Duration::from_secs(settings.timeout_s);
        let transport = match &settings.transport {
            MailTransport::Folder(path) => Transport::Folder(MailFolder::new(path.clone())),
            MailTransport::Smtp(smtp) => Transport::Smtp(Box::new(SmtpServer::new(smtp, timeout)?)),
        };
        Ok(Mailer { from, transport })
    }

    /// The Message-ID of a delivery, the same for every attempt.
    pub fn message_id(&self, delivery_id: &str) -> String {
        format!("<{}>", message::message_id(&self.from, delivery_id))
    }

    /// Messages that can be under way at once.
    pub fn messages_at_once_max(&self) -> usize {
        match &self.transport {
            Transport::Folder(_) => FOLDER_WRITERS_MAX,
            Transport::Smtp(server) => server.connections_max(),
        }
    }

    /// Whether a second try can be a second copy. A folder knows what it has; a mail server does not.
    pub fn may_copy(&self) -> bool {
        matches!(self.transport, Transport::Smtp(_))
    }

    /// Hands a message over. A folder knows which messages it has; a mail server does not, so the caller must keep
    /// which deliveries are done, and how often [`Outcome::Unknown`] was the answer. A second try has the same delivery
    /// id and date.
    pub async fn deliver(&self, mail: &Mail) -> Outcome {
        let message = match message::compose(&self.from, mail) {
            Ok(message) => message,
            Err(error) => return Outcome::PermanentFailure(error.to_string()),
        };
        match &self.transport {
            Transport::Folder(folder) => folder.deliver(&mail.delivery_id, message.formatted()).await,
            Transport::Smtp(server) => server.deliver(&message).await,
        }
    }
}

/// Whether a text can stand between angle brackets in a header, and takes a browser to a place that is protected on
/// the way. A program on this machine may be tried without protection.
pub(super) fn is_web_address(text: &str) -> bool {
    let protected = text.strip_prefix("https://");
    let own = || text.strip_prefix("http://").filter(|rest| is_own_host(rest));
    let rest = protected.or_else(own);
    rest.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"?#".contains(&byte))
    })
}

/// Whether what stands behind `http://` begins with this machine, and not with a name that only looks like it.
fn is_own_host(rest: &str) -> bool {
    let host = rest.split('/').next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    ["127.0.0.1", "localhost"].contains(&name) && port.parse::<u16>().is_ok()
}
