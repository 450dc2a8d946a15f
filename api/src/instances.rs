//! What several instances of the API share, if a Redis is configured: how many requests callers have left, and answers.
//!
//! Nothing is lost with it: what it holds is counted or made again. It is asked with short patience, because whoever
//! waits for it is a caller. Ids, addresses and tokens are keys only as digests.

use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, RedisError, Script};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::Error;

const TAKE: &str = include_str!("instances/take.lua");
/// How long a connection may take.
const CONNECT_MAX: Duration = Duration::from_millis(500);
/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_millis(250);
/// How long nobody asks after it did not answer: not every caller has to wait.
const LEFT_ALONE: Duration = Duration::from_secs(1);
/// How long an answer about a portfolio is kept: over a night and a day.
const KEPT_S: u64 = 2 * 24 * 60 * 60;
/// The longest answer that is kept there, in bytes.
const KEPT_BYTES_MAX: usize = 1 << 20;

/// A Redis.
#[derive(Clone)]
pub(crate) struct Shared {
    connection: ConnectionManager,
    take: Script,
    /// When it last did not answer.
    failed_at: Arc<Mutex<Option<Instant>>>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    /// It did not answer a moment ago.
    #[error("it did not answer a moment ago")]
    LeftAlone,
    /// It does not answer, or refuses.
    #[error(transparent)]
    Redis(#[from] RedisError),
}

/// What a request takes from a budget, all in microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taking {
    /// Since 1970.
    pub(crate) now_us: i64,
    /// How long one request takes to come back.
    pub(crate) interval_us: i64,
    /// How long the whole budget takes.
    pub(crate) window_us: i64,
    /// What this request takes; 0 for a look.
    pub(crate) cost_us: i64,
}

impl Shared {
    /// The Redis of an address; none without one. Nothing is asked of it yet.
    ///
    /// # Errors
    /// [`Error::Setting`] if the address is none of a Redis.
    pub(crate) fn of(url: Option<&SecretString>) -> Result<Option<Shared>, Error> {
        let Some(url) = url else { return Ok(None) };
        // The address may hold a password: it is not repeated.
        let wrong = |error: RedisError| Error::Setting {
            name: "FINANCR_REDIS_URL",
            problem: format!("is no address of a Redis, e.g. `redis://127.0.0.1:6379/0`: {}", error.category()),
        };
        let client = Client::open(url.expose_secret()).map_err(wrong)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_MAX))
            .set_response_timeout(Some(ANSWER_MAX))
            .set_number_of_retries(0);
        let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(wrong)?;
        Ok(Some(Shared { connection, take: Script::new(TAKE), failed_at: Arc::default() }))
    }

    /// Takes from the budget of a caller of a kind: whether there was something left, and the microseconds until the
    /// whole of it is there.
    ///
    /// # Errors
    /// If the Redis does not answer.
    pub(crate) async fn take(&self, kind: &str, caller: &[u8], taking: Taking) -> Result<(bool, i64), Unanswered> {
        let mut connection = self.connection()?;
        let mut invocation = self.take.prepare_invoke();
        invocation.key(format!("financr:budget:{kind}:{}", digest(caller)));
        for number in [taking.now_us, taking.interval_us, taking.window_us, taking.cost_us] {
            invocation.arg(number);
        }
        let (admitted, owed_us): (i64, i64) = self.noted(invocation.invoke_async(&mut connection).await)?;
        Ok((admitted == 1, owed_us))
    }

    /// The answer that another instance has made; none if none has, or if the Redis does not answer.
    pub(crate) async fn answer(&self, key: &[u8]) -> Option<Vec<u8>> {
        let mut connection = self.connection().ok()?;
        let found: Result<Option<Vec<u8>>, RedisError> = connection.get(answer_key(key)).await;
        self.noted(found).ok().flatten()
    }

    /// Keeps an answer for other instances. If it cannot be kept, they make it themselves.
    pub(crate) async fn keep_answer(&self, key: &[u8], text: &[u8]) {
        if KEPT_BYTES_MAX < text.len() {
            return;
        }
        let Ok(mut connection) = self.connection() else { return };
        let kept: Result<(), RedisError> = connection.set_ex(answer_key(key), text, KEPT_S).await;
        // Whether it was kept makes no difference to the caller; that it was not is in the log.
        let _ = self.noted(kept);
    }

    fn connection(&self) -> Result<ConnectionManager, Unanswered> {
        let failed_at = *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner);
        if failed_at.is_some_and(|at| at.elapsed() < LEFT_ALONE) {
            return Err(Unanswered::LeftAlone);
        }
        Ok(self.connection.clone())
    }

    /// Remembers whether there was an answer.
    fn noted<T>(&self, answer: Result<T, RedisError>) -> Result<T, Unanswered> {
        let failed_at = answer.is_err().then(Instant::now);
        *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner) = failed_at;
        if let Err(error) = &answer {
            tracing::warn!(%error, "Redis does not answer");
        }
        Ok(answer?)
    }
}

fn answer_key(key: &[u8]) -> String {
    format!("financr:answer:{}", digest(key))
}

fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
