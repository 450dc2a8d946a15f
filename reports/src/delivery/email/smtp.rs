//! Mail to a server (RFC 5321), over connections that are kept open.
//!
//! Every sending has a time limit, and every failure knows how far the conversation had come: before the message, the
//! server has nothing and the message may be sent again; after its last byte and before the answer, the server may have
//! it. That is why the conversation is led here, step by step, and not by the library's own pool, which says only that
//! a connection broke.
//!
//! A sending that is given up leaves its connection in the middle of a conversation; such a connection never carries
//! another message, or the answers would be taken for those of the wrong one. It belongs to the sending and ends with
//! it.

use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lettre::Message;
use lettre::address::Envelope;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use secrecy::ExposeSecret;

use super::{SmtpSettings, TlsMode};
use crate::delivery::Outcome;
use crate::error::Error;
use crate::tls;

/// How long an unused connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections that a server is asked for at most, whatever the settings say.
pub(super) const CONNECTIONS_MAX: u32 = 64;
/// Answers about our login, not about the message: the next message would get them too, and none is to blame.
const LOGIN_CODES: [u16; 4] = [530, 534, 535, 538];
/// The server closes the connection, whatever it was asked.
const CLOSING_CODE: u16 = 421;
/// Answers to a recipient that say, without an enhanced code, that there is no such mailbox.
const NO_MAILBOX_CODES: [u16; 3] = [550, 551, 553];
/// Characters of an answer that are kept as proof.
const ANSWER_CHARS_MAX: usize = 200;

/// A mail server with the connections to it.
pub(super) struct SmtpServer {
    host: String,
    port: u16,
    tls: TlsMode,
    parameters: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello_name: ClientId,
    timeout: Duration,
    connections_max: usize,
    parked: Mutex<Vec<Parked>>,
}

/// A connection that waits for the next message.
struct Parked {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// How far a conversation has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Reaching the server, and logging in.
    Arriving,
    /// Telling who sends.
    Sender,
    /// Telling who gets it.
    Recipient,
    /// Asking to be heard.
    Asking,
    /// The message is on its way: from here on the server may have it.
    Handing,
}

/// Why a conversation ended without success.
enum Trouble {
    /// The library's reason, or the server's.
    Smtp(smtp::Error),
    /// What the server lacks or said out of turn.
    Said(&'static str),
    /// What no second try changes.
    Never(&'static str),
}

impl From<smtp::Error> for Trouble {
    fn from(error: smtp::Error) -> Self {
        Trouble::Smtp(error)
    }
}

impl fmt::Debug for SmtpServer {
    /// Neither the server nor the login: only that there is one.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SmtpServer").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl SmtpServer {
    /// A server, not yet connected.
    pub(super) fn new(settings: &SmtpSettings, timeout: Duration) -> Result<SmtpServer, Error> {
        let problem = |problem: String| Error::Mail { problem };
        if settings.connections_max == 0 || CONNECTIONS_MAX < settings.connections_max {
            return Err(problem(format!("`connections_max` is not between 1 and {CONNECTIONS_MAX}")));
        }
        let parameters = match settings.tls {
            TlsMode::None => None,
            TlsMode::StartTls | TlsMode::Tls => Some(tls_parameters(settings)?),
        };
        let mut credentials = None;
        if let Some(username) = &settings.username {
            if settings.tls == TlsMode::None && !is_this_machine(&settings.host) {
                return Err(problem(
                    "`tls` is \"none\" and `username` is set: the password would travel in the open; set `tls` to \
                     \"start_tls\" or \"tls\""
                        .to_owned(),
                ));
            }
            let password = settings.password.as_ref().ok_or_else(|| {
                problem("`username` is set but no password was given; set it in the environment".to_owned())
            })?;
            credentials = Some(Credentials::new(username.clone(), password.expose_secret().to_owned()));
        }
        Ok(SmtpServer {
            host: settings.host.clone(),
            port: settings.port,
            tls: settings.tls,
            parameters,
            credentials,
            hello_name: ClientId::default(),
            timeout,
            connections_max: usize::try_from(settings.connections_max).unwrap_or(1),
            parked: Mutex::new(Vec::new()),
        })
    }

    /// Messages that can be under way at once.
    pub(super) fn connections_max(&self) -> usize {
        self.connections_max
    }

    /// Sends a message.
    pub(super) async fn deliver(&self, message: &Message) -> Outcome {
        let bytes = message.formatted();
        let mut stage = Stage::Arriving;
        let sending = self.hand_over(message.envelope(), &bytes, &mut stage);
        match tokio::time::timeout(self.timeout, sending).await {
            Ok(Ok(answer)) => Outcome::Delivered(answer),
            Ok(Err(Trouble::Said(what))) => broken(stage, what.to_owned()),
            Ok(Err(Trouble::Never(what))) => Outcome::PermanentFailure(what.to_owned()),
            Ok(Err(Trouble::Smtp(error))) => outcome(stage, &error),
            Err(_elapsed) => {
                let seconds = self.timeout.as_secs_f32();
                broken(stage, format!("the mail server did not answer within {seconds} seconds"))
            }
        }
    }

    /// Leads the whole conversation about one message, and returns the server's last word.
    async fn hand_over(&self, envelope: &Envelope, bytes: &[u8], stage: &mut Stage) -> Result<String, Trouble> {
        let mut connection = match self.parked_connection().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let handed = converse(&mut connection, envelope, bytes, stage).await;
        // After an answer, good or bad, the conversation can go on; after anything else nobody knows where it stands.
        let in_good_order = match &handed {
            Ok(_) | Err(Trouble::Never(_)) => true,
            Err(Trouble::Smtp(error)) => error.status().is_some_and(|code| u16::from(code) != CLOSING_CODE),
            Err(Trouble::Said(_)) => false,
        };
        if in_good_order {
            self.park(connection);
        }
        handed
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let server = (self.host.as_str(), self.port);
        let wrapped = if self.tls == TlsMode::Tls { self.parameters.clone() } else { None };
        let timeout = Some(self.timeout);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, timeout, &self.hello_name, wrapped, None).await?;
        if let (TlsMode::StartTls, Some(parameters)) = (self.tls, &self.parameters) {
            if !connection.can_starttls() {
                return Err(Trouble::Said("the mail server does not offer encryption, and nothing is sent without it"));
            }
            connection.starttls(parameters.clone(), &self.hello_name).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    /// A connection that is still there. It is asked to forget what was said before, which also shows that it answers.
    async fn parked_connection(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let parked = self.lock().pop()?;
            let mut connection = parked.connection;
            if parked.since.elapsed() < IDLE_TIMEOUT && connection.command(Rset).await.is_ok() {
                return Some(connection);
            }
        }
    }

    fn park(&self, connection: AsyncSmtpConnection) {
        let mut parked = self.lock();
        if parked.len() < self.connections_max {
            parked.push(Parked { connection, since: Instant::now() });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Parked>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn converse(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    bytes: &[u8],
    stage: &mut Stage,
) -> Result<String, Trouble> {
    *stage = Stage::Sender;
    let mut parameters = Vec::new();
    let mut addresses = envelope.to().iter().chain(envelope.from());
    if addresses.any(|address| !address.to_string().is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Trouble::Never("the mail server takes no addresses with letters beyond ASCII"));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    connection.command(Mail::new(envelope.from().cloned(), parameters)).await?;
    *stage = Stage::Recipient;
    for recipient in envelope.to() {
        connection.command(Rcpt::new(recipient.clone(), Vec::new())).await?;
    }
    *stage = Stage::Asking;
    if !connection.command(Data).await?.has_code(354) {
        return Err(Trouble::Said("the mail server's answer was not understood"));
    }
    *stage = Stage::Handing;
    let answer = connection.message(bytes).await?;
    let code = u16::from(answer.code());
    if code / 100 != 2 {
        return Err(Trouble::Said("the mail server's answer to the message was not understood"));
    }
    let words = answer.message().collect::<Vec<_>>().join(" ");
    Ok(shown(&format!("{code} {words}")))
}

/// What to do after the way broke without an answer.
fn broken(stage: Stage, what: String) -> Outcome {
    match stage {
        Stage::Handing => Outcome::Unknown(format!("{what}; it may have the message")),
        Stage::Arriving | Stage::Sender | Stage::Recipient | Stage::Asking => Outcome::ChannelFailure(what),
    }
}

/// What to do after an error. The server's words are left out, because they often repeat the recipient's address.
fn outcome(stage: Stage, error: &smtp::Error) -> Outcome {
    let Some(code) = error.status().map(u16::from) else {
        let what = if let Some(refusal) = tls::refusal(error) {
            refusal
        } else if error.is_timeout() {
            "the mail server could not be reached in time"
        } else if error.is_tls() {
            "the mail server's certificate or encryption was refused"
        } else if error.is_response() && stage != Stage::Handing {
            "the mail server's answer was not understood"
        } else if error.is_client() {
            "the mail server does not offer what the message or the settings need"
        } else {
            "the connection to the mail server failed"
        };
        return broken(stage, what.to_owned());
    };
    if LOGIN_CODES.contains(&code) {
        return Outcome::ChannelFailure(format!("the mail server refused our login ({code})"));
    }
    let asks_later = format!("the mail server asks to try again later ({code})");
    if stage == Stage::Arriving || code == CLOSING_CODE {
        let refused = format!("the mail server takes nothing from us ({code})");
        return Outcome::ChannelFailure(if error.is_permanent() { refused } else { asks_later });
    }
    if !error.is_permanent() {
        return Outcome::TransientFailure(asks_later);
    }
    match stage {
        Stage::Sender => Outcome::ChannelFailure(format!("the mail server refused our address ({code})")),
        Stage::Recipient if is_about_the_mailbox(code, error) => {
            Outcome::RecipientRefused(format!("the mail server says that there is no such mailbox ({code})"))
        }
        _ => Outcome::PermanentFailure(format!("the mail server refused the message ({code})")),
    }
}

/// What a connection must show before anything is said on it.
fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, Error> {
    let problem = |problem: String| Error::Mail { problem };
    let builder = TlsParametersBuilder::new(settings.host.clone());
    let Some(path) = &settings.ca_file else {
        let unnamed = |_| problem("`host` is no name that a certificate can carry".to_owned());
        return builder.build().map_err(unnamed);
    };
    let text = tls::authorities(path).map_err(problem)?;
    let damaged = |_| problem(tls::damaged(path));
    let authorities = Certificate::from_pem(&text).map_err(damaged)?;
    let builder = builder.certificate_store(CertificateStore::None).add_root_certificate(authorities);
    builder.build().map_err(damaged)
}

/// Whether a name is this machine's own: what is said to it leaves no cable.
fn is_this_machine(host: &str) -> bool {
    let is_loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    is_loopback || host.eq_ignore_ascii_case("localhost")
}

/// Whether a refused recipient is refused because of the mailbox and not because of a rule of the house. The enhanced
/// code (RFC 3463) says it: 5.1 is the address, 5.2.1 a mailbox that is closed. Without one the plain code must do.
fn is_about_the_mailbox(code: u16, error: &smtp::Error) -> bool {
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    match words.split_whitespace().next().filter(|word| is_enhanced_code(word)) {
        Some(enhanced) => enhanced.starts_with("5.1.") || enhanced == "5.2.1",
        None => NO_MAILBOX_CODES.contains(&code),
    }
}

fn is_enhanced_code(word: &str) -> bool {
    let mut parts = 0;
    let all_numbers = word.split('.').all(|part| {
        parts += 1;
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
    });
    all_numbers && parts == 3
}

/// An answer as it may be kept and shown: short, on one line, without addresses.
fn shown(answer: &str) -> String {
    let words = answer.split_whitespace().map(|word| if word.contains('@') { "(address)" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().filter(|letter| !letter.is_control()).take(ANSWER_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_kept_names_nobody_and_stays_short() {
        assert_eq!(shown("250 2.0.0 <a@example.org>:\r\n queued as 4F1D"), "250 2.0.0 (address) queued as 4F1D");
        assert_eq!(shown(&"x".repeat(9_000)).len(), ANSWER_CHARS_MAX);
    }

    #[test]
    fn an_enhanced_code_has_three_numbers() {
        assert!(is_enhanced_code("5.1.1") && is_enhanced_code("4.2.10"));
        assert!(!is_enhanced_code("5.1") && !is_enhanced_code("127.0.0.1") && !is_enhanced_code("mail.example.org"));
    }
}
