//! Messages to browsers (web push, RFC 8030): a sealed note for each document that it is there (docs/adr/0030).
//!
//! The note goes to the push service of the browser's maker, which can read neither it nor where it leads. What the
//! service answers decides what follows; a browser that is gone ends its subscription and is nobody's failure.

mod base64url;
mod encryption;
mod endpoint;
mod vapid;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::email::is_web_address;
use super::{Channel, Outcome};
use crate::error::Error;
use crate::tls;
use encryption::{OneTime, PLAINTEXT_BYTES_MAX, Receiver, seal};
use endpoint::{HostList, known_hosts};
pub use vapid::{NewVapidKey, VapidKey, make_key};

/// The place of messages to browsers on the shelf.
pub const CHANNEL: Channel = Channel { id: "web_push", title: "Web push" };

/// The longest time for which a push service keeps a message for a browser that is off: four weeks, in seconds.
const TTL_S_MAX: u32 = 2_419_200;
/// The longest time limit of a message, in seconds.
const TIMEOUT_S_MAX: u64 = 120;
/// Messages that are under way at once, at most.
const CONNECTIONS_MAX: u32 = 64;
/// Subscriptions of a portfolio, at most.
const SUBSCRIPTIONS_MAX: u32 = 100;
/// Bytes of an answer that are read, so that its connection can be used again; the rest is left.
const ANSWER_BYTES_MAX: usize = 16 << 10;
/// Bytes of the name under which a push service keeps one message only: 32 characters in base64url, the most that it
/// may have (RFC 8030, section 5.4).
const TOPIC_BYTES: usize = 24;

/// How messages to browsers go out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebPushSettings {
    /// A file with the private key of the house (PKCS#8 in PEM), of the curve P-256.
    pub key_file: PathBuf,
    /// Whom a push service may ask about our messages: `mailto:` and an address, or an address with `https://`.
    pub subject: String,
    /// Hosts of push services, `*.` before a name for all below it; without it those of the known browsers.
    #[serde(default = "known_hosts")]
    pub hosts: Vec<String>,
    /// Seconds for which a push service keeps a message for a browser that is off, up to four weeks; default one week.
    #[serde(default = "default_ttl_s")]
    pub ttl_s: u32,
    /// Seconds after which an attempt is given up, 1 to 120; default 10.
    #[serde(default = "default_timeout_s")]
    pub timeout_s: u64,
    /// Messages that are under way at once, 1 to 64; default 4.
    #[serde(default = "default_connections_max")]
    pub connections_max: u32,
    /// Browsers that a portfolio has at most, 1 to 100; default 10.
    #[serde(default = "default_subscriptions_max")]
    pub subscriptions_max: u32,
    /// Where the API is reached, for the links in messages; without it that of `[mail]`, and without both there is no
    /// link.
    #[serde(default)]
    pub public_url: Option<String>,
}

fn default_ttl_s() -> u32 {
    604_800
}

fn default_timeout_s() -> u64 {
    10
}

fn default_connections_max() -> u32 {
    4
}

fn default_subscriptions_max() -> u32 {
    10
}

/// What a browser tells of its subscription (Push API, `PushSubscriptionJSON`); more than this is not needed.
#[derive(Deserialize)]
struct Told {
    endpoint: String,
    keys: ToldKeys,
}

#[derive(Deserialize)]
struct ToldKeys {
    p256dh: String,
    auth: String,
}

/// A browser to which a message may go: its address has been held against the list of push services, its keys are keys.
#[derive(Clone)]
pub struct Browser {
    endpoint: Url,
    receiver: Receiver,
}

impl Browser {
    /// Reads what a browser tells of its subscription (`PushSubscription.toJSON()`): the address and the two keys.
    ///
    /// # Errors
    /// What is wrong with it, without what opens it.
    pub fn from_json(settings: &WebPushSettings, text: &str) -> Result<Browser, String> {
        // The words of the library could repeat a key.
        let told: Told = serde_json::from_str(text).map_err(|_| {
            "what the browser tells is no subscription: it has `endpoint`, and `p256dh` and `auth` in `keys`".to_owned()
        })?;
        Browser::on_list(&HostList::new(&settings.hosts)?, &told.endpoint, &told.keys.p256dh, &told.keys.auth)
    }

    fn on_list(hosts: &HostList, endpoint: &str, p256dh: &str, auth: &str) -> Result<Browser, String> {
        Ok(Browser { endpoint: hosts.endpoint(endpoint)?, receiver: Receiver::read(p256dh, auth)? })
    }

    /// The address, always written alike.
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_str()
    }

    /// The public key in base64url, without padding.
    pub fn p256dh(&self) -> String {
        self.receiver.p256dh()
    }

    /// The secret in base64url, without padding.
    pub fn auth(&self) -> String {
        self.receiver.auth()
    }
}

impl fmt::Debug for Browser {
    /// Nothing with which somebody could write to it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Browser").field("host", &self.endpoint.host_str()).finish_non_exhaustive()
    }
}

/// That a document is there. It says what the document is called, and nothing of what is in it.
#[derive(Clone, PartialEq, Eq)]
pub struct PushMessage {
    /// The statement; a second message about it takes the place of the first.
    pub statement_id: String,
    /// What the document is called, in the language of the client.
    pub title: String,
    /// What to do, in the language of the client.
    pub body: String,
    /// The language, e.g. `fr`.
    pub language: &'static str,
    /// Where it can be read by whoever may; none if the house has no public address.
    pub link: Option<String>,
}

/// A message as it is sealed: what browsers with declarative web push show by themselves, and what a service worker
/// reads in the others.
#[derive(Serialize)]
struct Sealed<'a> {
    /// The sign of declarative web push.
    web_push: u16,
    notification: Notification<'a>,
}

#[derive(Serialize)]
struct Notification<'a> {
    title: &'a str,
    body: &'a str,
    lang: &'a str,
    tag: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    navigate: Option<&'a str>,
}

/// Sends messages to browsers.
pub struct WebPush {
    client: Client,
    hosts: HostList,
    key: VapidKey,
    subject: String,
    ttl_s: u32,
    timeout_s: u64,
    connections_max: u32,
}

impl fmt::Debug for WebPush {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WebPush").field("key", &self.key).finish_non_exhaustive()
    }
}

impl WebPush {
    /// A sender for these settings, not yet connected.
    ///
    /// # Errors
    /// [`Error::Channel`] if an address, a limit or a file cannot be used.
    pub fn new(settings: &WebPushSettings) -> Result<WebPush, Error> {
        let refused = |problem: String| Error::Channel { channel: CHANNEL.title, problem };
        check(settings).map_err(refused)?;
        let hosts = HostList::new(&settings.hosts).map_err(refused)?;
        let key = VapidKey::read(&settings.key_file).map_err(|problem| refused(format!("`key_file` {problem}")))?;
        let timeout = Duration::from_secs(settings.timeout_s);
        let client = Client::builder()
            .timeout(timeout)
            // A way that is closed is told from an answer that does not come: of the first nothing has arrived.
            .connect_timeout(timeout / 2)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_gzip()
            .build()
            .map_err(|error| refused(schemas::with_causes(&error)))?;
        Ok(WebPush {
            client,
            hosts,
            key,
            subject: settings.subject.clone(),
            ttl_s: settings.ttl_s,
            timeout_s: settings.timeout_s,
            connections_max: settings.connections_max,
        })
    }

    /// Messages that can be under way at once.
    pub fn messages_at_once_max(&self) -> usize {
        usize::try_from(self.connections_max).unwrap_or(1)
    }

    /// A browser as it is kept, if messages may still go there.
    ///
    /// # Errors
    /// Why not, without what opens it.
    pub fn browser(&self, endpoint: &str, p256dh: &str, auth: &str) -> Result<Browser, String> {
        Browser::on_list(&self.hosts, endpoint, p256dh, auth)
    }

    /// Hands a message over. `now` is the time from which its token counts.
    pub async fn deliver(&self, browser: &Browser, message: &PushMessage, now: DateTime<Utc>) -> Outcome {
        let (headers, body) = match self.compose(browser, message, now) {
            Ok(composed) => composed,
            Err(problem) => return Outcome::PermanentFailure(problem),
        };
        match self.client.post(browser.endpoint.clone()).headers(headers).body(body).send().await {
            Ok(response) => {
                let outcome = outcome(response.status(), response.headers().get(RETRY_AFTER), now);
                leave(response).await;
                outcome
            }
            Err(error) => self.unanswered(&error),
        }
    }

    /// The headers and the sealed message.
    fn compose(
        &self,
        browser: &Browser,
        message: &PushMessage,
        now: DateTime<Utc>,
    ) -> Result<(HeaderMap, Vec<u8>), String> {
        let topic = topic(&message.statement_id);
        let notification = Notification {
            title: &message.title,
            body: &message.body,
            lang: message.language,
            tag: &topic,
            navigate: message.link.as_deref(),
        };
        let bug = |what: &str| format!("the message cannot be {what}; this is a bug");
        let text = serde_json::to_vec(&Sealed { web_push: 8030, notification }).map_err(|_| bug("written as JSON"))?;
        if PLAINTEXT_BYTES_MAX < text.len() {
            return Err(format!("the message has {} bytes, and {PLAINTEXT_BYTES_MAX} at most are taken", text.len()));
        }
        let sealed = OneTime::new().and_then(|one_time| seal(&browser.receiver, &one_time, &text));
        let body = sealed.map_err(|_| bug("sealed"))?;
        let origin = browser.endpoint.origin().ascii_serialization();
        let token = self.key.authorization(&origin, &self.subject, now).map_err(|_| bug("signed"))?;
        let mut authorization = HeaderValue::from_str(token.expose_secret()).map_err(|_| bug("signed"))?;
        authorization.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
        headers.insert("ttl", HeaderValue::from(self.ttl_s));
        headers.insert("urgency", HeaderValue::from_static("normal"));
        headers.insert("topic", HeaderValue::from_str(&topic).map_err(|_| bug("named"))?);
        Ok((headers, body))
    }

    /// What to do without an answer. The library's words are left out, because they repeat the address.
    fn unanswered(&self, error: &reqwest::Error) -> Outcome {
        if let Some(refusal) = tls::refusal(error) {
            return Outcome::ChannelFailure(refusal.to_owned());
        }
        if error.is_connect() {
            return Outcome::ChannelFailure("the push service cannot be reached".to_owned());
        }
        // It may have the message, and people see a second one.
        Outcome::Unknown(if error.is_timeout() {
            format!("the push service did not answer within {} seconds", self.timeout_s)
        } else {
            "the connection to the push service broke before its answer".to_owned()
        })
    }
}

/// Whether settings can be used, as far as no file is read.
fn check(settings: &WebPushSettings) -> Result<(), String> {
    let WebPushSettings { subject, ttl_s, timeout_s, connections_max, subscriptions_max, public_url, .. } = settings;
    let mail = subject.strip_prefix("mailto:").and_then(|address| address.split_once('@'));
    let is_mail = mail.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        && subject.bytes().all(|byte| byte.is_ascii_graphic());
    let is_page = subject.starts_with("https://") && is_web_address(subject);
    if !is_mail && !is_page {
        let help = "push services ask there if messages go wrong: `mailto:operations@example.org`";
        return Err(format!("`subject` is no address; {help}"));
    }
    if public_url.as_ref().is_some_and(|url| !is_web_address(url)) {
        return Err("`public_url` is no address that begins with https://".to_owned());
    }
    if TTL_S_MAX < *ttl_s {
        return Err(format!("`ttl_s` is more than {TTL_S_MAX}, four weeks"));
    }
    if *timeout_s == 0 || TIMEOUT_S_MAX < *timeout_s {
        return Err(format!("`timeout_s` is not between 1 and {TIMEOUT_S_MAX}"));
    }
    if *connections_max == 0 || CONNECTIONS_MAX < *connections_max {
        return Err(format!("`connections_max` is not between 1 and {CONNECTIONS_MAX}"));
    }
    if *subscriptions_max == 0 || SUBSCRIPTIONS_MAX < *subscriptions_max {
        return Err(format!("`subscriptions_max` is not between 1 and {SUBSCRIPTIONS_MAX}"));
    }
    Ok(())
}

/// The name of a statement at push services and browsers, which keep one message of it: a second one takes the place
/// of the first. It tells nobody which statement it is.
fn topic(statement_id: &str) -> String {
    let digest = Sha256::digest(statement_id.as_bytes());
    base64url::encode(digest.get(..TOPIC_BYTES).unwrap_or(&digest))
}

/// What follows from an answer.
fn outcome(status: StatusCode, retry_after: Option<&HeaderValue>, now: DateTime<Utc>) -> Outcome {
    let code = status.as_u16();
    match code {
        200..=299 => Outcome::Delivered(format!("answered {code}")),
        300..=399 => Outcome::PermanentFailure(format!(
            "the push service answered with a redirect ({code}), which is not followed"
        )),
        404 | 410 => Outcome::RecipientGone(format!("the push service says that the browser is gone ({code})")),
        408 | 429 => {
            let reason = format!("the push service asks to try again later ({code})");
            match retry_after.and_then(|value| seconds_until(value, now)) {
                Some(seconds) => Outcome::Postponed { reason, seconds },
                None => Outcome::TransientFailure(reason),
            }
        }
        401 | 403 => Outcome::PermanentFailure(format!(
            "the push service does not take our key for this browser ({code}); it subscribed to another one, or this \
             machine's clock is wrong"
        )),
        413 => Outcome::PermanentFailure("the push service says that the message is too long (413)".to_owned()),
        400..=499 => Outcome::PermanentFailure(format!("the push service refused the message ({code})")),
        502..=504 => Outcome::ChannelFailure(format!("the push service takes nothing now ({code})")),
        _ => Outcome::TransientFailure(format!("the push service failed ({code})")),
    }
}

/// Seconds after which another attempt is welcome: a number, or an instant (RFC 9110, section 10.2.3).
fn seconds_until(value: &HeaderValue, now: DateTime<Utc>) -> Option<u64> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    u64::try_from((at.to_utc() - now).num_seconds()).ok()
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

    fn now() -> DateTime<Utc> {
        "2015-10-21T07:28:00Z".parse().expect("an instant")
    }

    #[test]
    fn what_follows_from_an_answer() {
        let of = |code: u16| outcome(StatusCode::from_u16(code).expect("a status"), None, now());
        assert!([200, 201, 202].iter().all(|code| matches!(of(*code), Outcome::Delivered(_))));
        assert!([404, 410].iter().all(|code| matches!(of(*code), Outcome::RecipientGone(_))));
        let permanent = [301, 307, 308, 400, 401, 403, 413];
        assert!(permanent.iter().all(|code| matches!(of(*code), Outcome::PermanentFailure(_))));
        assert!([408, 429, 500].iter().all(|code| matches!(of(*code), Outcome::TransientFailure(_))));
        assert!([502, 503, 504].iter().all(|code| matches!(of(*code), Outcome::ChannelFailure(_))));
    }

    #[test]
    fn a_push_service_says_when_it_takes_more() {
        let seconds = |text: &'static str| match outcome(
            StatusCode::TOO_MANY_REQUESTS,
            Some(&HeaderValue::from_static(text)),
            now(),
        ) {
            Outcome::Postponed { seconds, .. } => Some(seconds),
            _ => None,
        };
        // The forms of RFC 9110, section 10.2.3.
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:30:00 GMT"), Some(120));
        for no_pause in ["Wed, 21 Oct 2015 07:00:00 GMT", "-5", "soon", ""] {
            assert_eq!(seconds(no_pause), None, "{no_pause}");
        }
    }

    #[test]
    fn a_topic_is_of_one_statement_and_has_the_form_of_rfc_8030() {
        let first = topic("portfolio_statement-D01-2014-12-31-v1");
        assert!(first.len() == 32 && first.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        assert_eq!(first, topic("portfolio_statement-D01-2014-12-31-v1"));
        assert_ne!(first, topic("portfolio_statement-D01-2014-12-31-v2"));
    }

    #[test]
    fn settings_that_cannot_be_used_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let key_file = folder.path().join("vapid.pem");
        write_private(&key_file, make_key().expect("a key").private_pem.expose_secret());
        let good = WebPushSettings {
            key_file,
            subject: "mailto:operations@example.org".to_owned(),
            hosts: known_hosts(),
            ttl_s: 604_800,
            timeout_s: 10,
            connections_max: 4,
            subscriptions_max: 10,
            public_url: None,
        };
        assert!(WebPush::new(&good).is_ok());
        assert!(
            WebPush::new(&WebPushSettings { subject: "https://example.org/about".to_owned(), ..good.clone() }).is_ok()
        );
        let wrong = [
            (WebPushSettings { subject: "operations@example.org".to_owned(), ..good.clone() }, "`subject`"),
            (WebPushSettings { subject: "mailto:a b@example.org".to_owned(), ..good.clone() }, "`subject`"),
            (WebPushSettings { subject: "http://127.0.0.1/".to_owned(), ..good.clone() }, "`subject`"),
            (WebPushSettings { public_url: Some("crm".to_owned()), ..good.clone() }, "`public_url`"),
            (WebPushSettings { hosts: vec!["*".to_owned()], ..good.clone() }, "`hosts`"),
            (WebPushSettings { ttl_s: 2_419_201, ..good.clone() }, "`ttl_s`"),
            (WebPushSettings { timeout_s: 0, ..good.clone() }, "`timeout_s`"),
            (WebPushSettings { connections_max: 65, ..good.clone() }, "`connections_max`"),
            (WebPushSettings { subscriptions_max: 0, ..good.clone() }, "`subscriptions_max`"),
            (WebPushSettings { key_file: folder.path().join("none"), ..good }, "`key_file`"),
        ];
        for (settings, words) in wrong {
            let error = WebPush::new(&settings).expect_err("refused").to_string();
            assert!(error.starts_with("Web push: ") && error.contains(words), "{error}");
        }
    }
}
