//! Mail to a server (RFC 5321), over connections that are kept open.
//!
//! Every sending has a time limit. A sending that is given up leaves its connection in the middle of a conversation;
//! such a connection must never carry another message, or the answers would be taken for those of the wrong one. The
//! connections are therefore closed and made anew after every sending that was given up.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{self, AsyncSmtpTransportBuilder, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use super::{SmtpSettings, TlsMode};
use crate::delivery::Outcome;
use crate::error::Error;

/// How long an unused connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long closing the connections may take.
const CLOSING_TIMEOUT: Duration = Duration::from_secs(1);
/// Answers about our login, not about the message: the next message would get them too, and none is to blame.
const LOGIN_CODES: [u16; 4] = [530, 534, 535, 538];

/// A mail server with the connections to it.
pub(super) struct SmtpServer {
    builder: AsyncSmtpTransportBuilder,
    timeout: Duration,
    connections: Mutex<Connections>,
}

struct Connections {
    /// Counts how often the connections were made anew.
    generation: u64,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl fmt::Debug for SmtpServer {
    /// Neither the server nor the login: only that there is one.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SmtpServer").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl SmtpServer {
    /// A server, not yet connected; must be called inside a Tokio runtime.
    pub(super) fn new(settings: &SmtpSettings, timeout: Duration) -> Result<SmtpServer, Error> {
        let pool = PoolConfig::new().max_size(settings.connections_max).idle_timeout(IDLE_TIMEOUT);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host.as_str())
            .port(settings.port)
            .tls(tls(settings)?)
            .timeout(Some(timeout))
            .pool_config(pool);
        if let Some(username) = &settings.username {
            let password = settings.password.as_ref().ok_or_else(|| Error::Mail {
                problem: "`username` is set but no password was given; set it in the environment".to_owned(),
            })?;
            builder = builder.credentials(Credentials::new(username.clone(), password.expose_secret().to_owned()));
        }
        let connections = Mutex::new(Connections { generation: 0, transport: builder.clone().build() });
        Ok(SmtpServer { builder, timeout, connections })
    }

    /// Sends a message.
    pub(super) async fn deliver(&self, message: &Message) -> Outcome {
        let (generation, transport) = {
            let connections = self.lock();
            (connections.generation, connections.transport.clone())
        };
        let bytes = message.formatted();
        let mut sending = transport.send_raw(message.envelope(), &bytes);
        match tokio::time::timeout(self.timeout, &mut sending).await {
            Ok(Ok(_accepted)) => Outcome::Delivered,
            Ok(Err(error)) => outcome(&error),
            Err(_elapsed) => {
                // Before the sending is dropped, so that its connection finds the pool closed and is not kept.
                self.renew(generation, &transport).await;
                let seconds = self.timeout.as_secs_f32();
                Outcome::TransientFailure(format!("the mail server did not answer within {seconds} seconds"))
            }
        }
    }

    /// Closes these connections; the next message gets new ones.
    async fn renew(&self, generation: u64, transport: &AsyncSmtpTransport<Tokio1Executor>) {
        {
            let mut connections = self.lock();
            if connections.generation == generation {
                *connections = Connections { generation: generation + 1, transport: self.builder.clone().build() };
            }
        }
        // A server that does not answer does not say goodbye either.
        let _ = tokio::time::timeout(CLOSING_TIMEOUT, transport.shutdown()).await;
    }

    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tls(settings: &SmtpSettings) -> Result<Tls, Error> {
    let parameters = || {
        TlsParameters::new(settings.host.clone())
            .map_err(|_| Error::Mail { problem: "`host` is no name that a certificate can carry".to_owned() })
    };
    Ok(match settings.tls {
        TlsMode::None => Tls::None,
        TlsMode::StartTls => Tls::Required(parameters()?),
        TlsMode::Tls => Tls::Wrapper(parameters()?),
    })
}

/// What to do after an error. The server's words are left out, because they often repeat the recipient's address.
fn outcome(error: &smtp::Error) -> Outcome {
    let Some(code) = error.status().map(u16::from) else {
        let what = if error.is_timeout() {
            "the mail server could not be reached in time"
        } else if error.is_tls() {
            "the mail server's certificate or encryption was refused"
        } else if error.is_response() {
            "the mail server's answer was not understood"
        } else if error.is_client() {
            "the mail server does not offer what the message or the settings need"
        } else {
            "the connection to the mail server failed"
        };
        return Outcome::TransientFailure(what.to_owned());
    };
    if LOGIN_CODES.contains(&code) {
        Outcome::TransientFailure(format!("the mail server refused our login ({code})"))
    } else if error.is_permanent() {
        Outcome::PermanentFailure(format!("the mail server refused the message ({code})"))
    } else {
        Outcome::TransientFailure(format!("the mail server asks to try again later ({code})"))
    }
}
