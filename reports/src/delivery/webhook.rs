//! Events to a program of the house: a signed message over HTTP for each statement (docs/adr/0022).
//!
//! An event arrives at least once. A second attempt has the same id and the same body, so that whoever takes events can
//! tell; its signature is of its own time. Where a redirect leads is not asked: it would take the event, and the proof
//! of who sent it, to somebody whom nobody named.

mod secret;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Certificate, Client, Response, StatusCode, redirect};
use schemas::signed_message::{SIGNATURE_HEADER, sign};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::email::is_web_address;
use super::{Channel, Outcome};
use crate::error::Error;
use crate::tls;
pub use secret::read_secret;

/// The webhook's place on the shelf.
pub const CHANNEL: Channel = Channel { id: "webhook", title: "Webhook" };

/// The header with the id of the event, which is in the body, too.
const EVENT_HEADER: &str = "financr-event";
/// The longest time limit of an event, in seconds.
const TIMEOUT_S_MAX: u64 = 120;
/// Events that are under way at once, at most.
const CONNECTIONS_MAX: u32 = 64;
/// Bytes of an answer that are read, so that its connection can be used again; the rest is left.
const ANSWER_BYTES_MAX: usize = 16 << 10;

/// Where events go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// The address that takes them, e.g. `https://crm.example.org/financr`.
    pub url: String,
    /// A file with the secret that signs them, which the other side has, too: 32 to 4,096 characters.
    pub secret_file: PathBuf,
    /// Seconds after which an attempt is given up, 1 to 120; default 10.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
    /// Events that are under way at once, 1 to 64; default 4.
    #[serde(default = "default_connections_max")]
    pub connections_max: u32,
    /// A file of certificates (PEM) of the authorities that the server's certificate may be of; only these are trusted
    /// then. None for the authorities that browsers trust.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Where the API is reached, for the links in events; without it that of `[mail]`, and without both there is no
    /// link.
    #[serde(default)]
    pub public_url: Option<String>,
}

fn default_timeout_s() -> u64 {
    10
}

fn default_connections_max() -> u32 {
    4
}

/// That a statement was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The delivery: the same for every attempt.
    pub id: String,
    /// What happened; `statement.published` so far.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// The statement.
    pub statement: PublishedStatement,
    /// Where it can be read by whoever may; none if the house has no public address.
    pub link: Option<String>,
}

/// A statement in an event. It says what the document is, and nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublishedStatement {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Whose it is.
    pub portfolio_id: String,
    /// The day before its period.
    pub period_start: String,
    /// The last day of its period.
    pub period_end: String,
    /// 1, then 2, 3, … for restatements.
    pub version: i64,
    /// SHA-256 of the document, 64 hexadecimal digits.
    pub document_sha256: String,
    /// The language that it is written in, e.g. `fr`.
    pub language: &'static str,
}

/// Sends events.
pub struct Webhook {
    client: Client,
    url: String,
    secret: SecretString,
    timeout_s: u64,
    connections_max: u32,
}

impl fmt::Debug for Webhook {
    /// Neither the address, which may have a secret of its own, nor the secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Webhook").field("timeout_s", &self.timeout_s).finish_non_exhaustive()
    }
}

impl Webhook {
    /// A sender for these settings, not yet connected.
    ///
    /// # Errors
    /// [`Error::Channel`] if an address, a limit or a file cannot be used.
    pub fn new(settings: &WebhookSettings) -> Result<Webhook, Error> {
        let refused = |problem: String| Error::Channel { channel: CHANNEL.title, problem };
        let without_query = settings.url.split('?').next().unwrap_or_default();
        for (name, url) in [("url", Some(without_query)), ("public_url", settings.public_url.as_deref())] {
            if url.is_some_and(|url| !is_web_address(url)) {
                return Err(refused(format!("`{name}` is no address that begins with https://")));
            }
        }
        if settings.timeout_s == 0 || TIMEOUT_S_MAX < settings.timeout_s {
            return Err(refused(format!("`timeout_s` is not between 1 and {TIMEOUT_S_MAX}")));
        }
        if settings.connections_max == 0 || CONNECTIONS_MAX < settings.connections_max {
            return Err(refused(format!("`connections_max` is not between 1 and {CONNECTIONS_MAX}")));
        }
        let secret =
            read_secret(&settings.secret_file).map_err(|problem| refused(format!("`secret_file` {problem}")))?;
        let mut builder = Client::builder()
            .timeout(Duration::from_secs(settings.timeout_s))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_gzip();
        if let Some(path) = &settings.ca_file {
            let text = tls::authorities(path).map_err(refused)?;
            builder = builder.tls_built_in_root_certs(false);
            for authority in Certificate::from_pem_bundle(&text).map_err(|_| refused(tls::damaged(path)))? {
                builder = builder.add_root_certificate(authority);
            }
        }
        let client = builder.build().map_err(|error| refused(schemas::with_causes(&error)))?;
        Ok(Webhook {
            client,
            url: settings.url.clone(),
            secret,
            timeout_s: settings.timeout_s,
            connections_max: settings.connections_max,
        })
    }

    /// Events that can be under way at once.
    pub fn events_at_once_max(&self) -> usize {
        usize::try_from(self.connections_max).unwrap_or(1)
    }

    /// Hands an event over. `now` is the time of the signature.
    pub async fn deliver(&self, event: &Event, now: DateTime<Utc>) -> Outcome {
        let Ok(body) = serde_json::to_vec(event) else {
            return Outcome::PermanentFailure("the event cannot be written as JSON; this is a bug".to_owned());
        };
        let signature = sign(self.secret.expose_secret().as_bytes(), now, &body);
        let request = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .header(EVENT_HEADER, &event.id)
            .header(SIGNATURE_HEADER, signature)
            .body(body);
        match request.send().await {
            Ok(response) => {
                let outcome = outcome(response.status());
                leave(response).await;
                outcome
            }
            Err(error) => self.unanswered(&error),
        }
    }

    /// What to do without an answer. The library's words are left out, because they repeat the address.
    fn unanswered(&self, error: &reqwest::Error) -> Outcome {
        let what = match tls::refusal(error) {
            Some(refusal) => refusal.to_owned(),
            None if error.is_timeout() => format!("the webhook did not answer within {} seconds", self.timeout_s),
            None if error.is_connect() => "the webhook cannot be reached".to_owned(),
            None => "the connection to the webhook broke before its answer".to_owned(),
        };
        Outcome::ChannelFailure(what)
    }
}

/// What follows from an answer.
fn outcome(status: StatusCode) -> Outcome {
    let code = status.as_u16();
    match code {
        200..=299 => Outcome::Delivered(format!("answered {code}")),
        300..=399 => Outcome::PermanentFailure(format!(
            "the webhook answered with a redirect ({code}), which is not followed; set `url` to where it leads"
        )),
        408 | 429 => Outcome::TransientFailure(format!("the webhook asks to try again later ({code})")),
        410 => Outcome::PermanentFailure("the webhook is gone (410); set another `url`".to_owned()),
        400..=499 => Outcome::PermanentFailure(format!("the webhook refused the event ({code}); its log says why")),
        502..=504 => Outcome::ChannelFailure(format!("the webhook takes nothing now ({code})")),
        _ => Outcome::TransientFailure(format!("the webhook failed ({code})")),
    }
}

/// Reads the beginning of an answer, which nobody needs, and leaves the rest: what counts has been said.
async fn leave(mut response: Response) {
    let mut bytes = 0;
    while let Ok(Some(part)) = response.chunk().await {
        bytes += part.len();
        if ANSWER_BYTES_MAX < bytes {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret_file::tests::write_private;

    #[test]
    fn what_follows_from_an_answer() {
        let of = |code: u16| outcome(StatusCode::from_u16(code).expect("a status"));
        assert!([200, 202, 204].iter().all(|code| matches!(of(*code), Outcome::Delivered(_))));
        let permanent = [301, 308, 400, 401, 403, 404, 410, 422];
        assert!(permanent.iter().all(|code| matches!(of(*code), Outcome::PermanentFailure(_))));
        assert!([408, 429, 500, 501].iter().all(|code| matches!(of(*code), Outcome::TransientFailure(_))));
        assert!([502, 503, 504].iter().all(|code| matches!(of(*code), Outcome::ChannelFailure(_))));
    }

    #[test]
    fn settings_that_cannot_be_used_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let secret_file = folder.path().join("secret");
        write_private(&secret_file, "0123456789abcdef0123456789abcdef\n");
        let good = WebhookSettings {
            url: "https://crm.example.org/financr?key=1".to_owned(),
            secret_file,
            timeout_s: 10,
            connections_max: 4,
            ca_file: None,
            public_url: None,
        };
        assert!(!format!("{:?}", Webhook::new(&good).expect("usable")).contains("crm"));
        let short = folder.path().join("short");
        write_private(&short, "secret");
        let wrong = [
            (WebhookSettings { url: "http://crm.example.org".to_owned(), ..good.clone() }, "begins with https://"),
            (WebhookSettings { url: "https://crm.example.org/#a".to_owned(), ..good.clone() }, "begins with https://"),
            (WebhookSettings { public_url: Some("crm".to_owned()), ..good.clone() }, "`public_url`"),
            (WebhookSettings { timeout_s: 0, ..good.clone() }, "`timeout_s`"),
            (WebhookSettings { connections_max: 65, ..good.clone() }, "`connections_max`"),
            (WebhookSettings { secret_file: folder.path().join("none"), ..good.clone() }, "cannot be read"),
            (WebhookSettings { secret_file: short, ..good.clone() }, "has 6 characters; a secret has 32 to 4096"),
            (WebhookSettings { ca_file: Some(folder.path().join("none")), ..good }, "`ca_file`"),
        ];
        for (settings, words) in wrong {
            let error = Webhook::new(&settings).expect_err("refused").to_string();
            assert!(error.starts_with("Webhook: ") && error.contains(words), "{error}");
        }
    }
}
