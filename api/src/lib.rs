//! Decides who may ask: HTTP, callers, results.
//!
//! Figures come from the lake through its typed reads, people's things and runs from the store. What a caller may see
//! is decided before it is read. Nothing here writes but what users do with their accounts and plans, what two people
//! approve, what is ordered, files that wait to be imported, and what comes back from outside: that somebody wants no
//! more mails, and what mail and billing providers report. Portfolios and transactions are written by whoever reads the
//! folders, too ([`Bookkeeping`]). Whoever asks is checked first ([`Settings::token`], [`IdentitySettings`]); whatever
//! goes wrong is answered as problem+json (RFC 9457); every address is described at `/openapi.json`.

mod asked;
mod bookkeeping;
mod caller;
mod dates;
mod entitled;
mod figures;
mod gateway;
mod house_key;
mod identity;
mod instances;
mod kept_answers;
mod limits;
mod linked_returns;
mod openapi;
mod page;
mod plain_http;
mod problem;
mod returned_mail;
mod routes;
mod signature;
mod swagger;
mod tar_archive;
mod tls;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::serve::ListenerExt;
use lake::Lake;
use schemas::{CalendarLength, Clock};
use secrecy::SecretString;
use store::Store;
use tokio::net::{TcpListener, TcpStream};

pub use crate::bookkeeping::{Bookkeeping, Fields, NotWritten, Writing, Written, WrongField};
use crate::caller::Admission;
use crate::entitled::books::Books;
use crate::entitled::facts::Facts;
use crate::entitled::kept_rights::KeptRights;
pub use crate::entitled::person_archive::{ArchiveError, ArchiveManifest, ArchivedFile, PersonArchive, verify_archive};
pub use crate::gateway::address::ForwardedHeader;
use crate::gateway::address::Proxies;
use crate::gateway::metrics::Metrics;
use crate::gateway::user_budgets::UserBudgets;
pub use crate::house_key::{HouseKey, is_signed_with};
use crate::identity::Identity;
pub use crate::identity::{
    IdentitySettings, OidcSettings, PasskeySettings, Registration, is_mail_address, new_account_token, new_token_key,
};
use crate::instances::Shared;
use crate::kept_answers::KeptAnswers;
pub use crate::plain_http::PlainHttp;
pub use crate::returned_mail::{NotTakenIn, ReturnedMail, TakeIn, TakenIn, Taking};
use crate::tls::TlsListener;
pub use crate::tls::{AcmeSettings, CertificateFiles, TlsSettings};

/// What the API answers from.
#[derive(Clone)]
pub struct ApiState {
    /// People and runs.
    pub store: Store,
    /// Facts and figures.
    pub lake: Lake,
    /// The present instant, shown by `/health`.
    pub clock: Clock,
    /// The version of the program, e.g. `0.1.0`.
    pub program_version: String,
    /// What happens to reports of a mail provider; none to take no reports.
    pub returned: Option<ReturnedMail>,
    /// The secret that a billing provider signs its events with; none to take no events.
    pub billing_secret: Option<SecretString>,
    /// Who writes books; none to write none.
    pub bookkeeping: Option<Arc<dyn Bookkeeping>>,
    /// The kinds of documents that can be ordered.
    pub documents: Vec<OrderableDocument>,
}

/// A kind of document that can be ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderableDocument {
    /// The kind, e.g. `portfolio_statement`.
    pub kind: String,
    /// Its name for people, in English.
    pub title: String,
    /// The shortest period of the calendar that it can be about.
    pub shortest: CalendarLength,
}

/// Where the API listens and how much it takes.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The address to listen on. Default `127.0.0.1:8080`; any address that is not a loopback one needs a token, and a
    /// certificate (`tls`) or a proxy that has one (`plain_http`).
    pub bind: SocketAddr,
    /// What callers must send as `Authorization: Bearer …`. Never in a file: `FINANCR_API_TOKEN` sets it. Without one
    /// (an empty one is none) only callers on this machine are answered. Default none.
    #[serde(skip)]
    pub token: Option<SecretString>,
    /// Seconds after which a request is given up. Default 10.
    pub request_timeout_s: u64,
    /// Bytes that the body of a request may have. Default 65,536 (64 KiB).
    pub body_bytes_max: usize,
    /// Bytes that a file may have that is sent to be imported. Default 268,435,456 (256 MiB); an import reads no more.
    pub upload_bytes_max: usize,
    /// Seconds after which sending such a file is given up. Default 900; without a byte it is given up after
    /// `request_timeout_s`.
    pub upload_timeout_s: u64,
    /// A file with the secret that a mail provider signs its reports with; without one no reports are taken. Whoever
    /// starts the API reads it ([`ApiState::returned`]). Default none.
    pub returned_secret_file: Option<PathBuf>,
    /// A file with the secret that a billing provider signs its events with; without one no events are taken. Whoever
    /// starts the API reads it ([`ApiState::billing_secret`]). Default none.
    pub billing_secret_file: Option<PathBuf>,
    /// Users and how they sign in.
    pub identity: IdentitySettings,
    /// The file with the key of the house, which signs the archives of people; without one none are made. Set by
    /// whoever starts the API, not in this section. Default none.
    #[serde(skip)]
    pub house_key_file: Option<PathBuf>,
    /// Requests a minute of whoever sends credentials, counted by these; as many may come at once. Default 600; 0 for
    /// no limit.
    pub requests_per_minute: u32,
    /// Requests a minute of everybody else, counted by the address that they come from. Default 300; 0 for no limit.
    pub anonymous_requests_per_minute: u32,
    /// The proxies that may say whom they speak for: addresses, or networks such as `10.0.0.0/8`. Default none.
    pub trusted_proxies: Vec<String>,
    /// The header in which they say it: `x-forwarded-for` or `forwarded`. Default `x-forwarded-for`.
    pub forwarded_header: ForwardedHeader,
    /// The sites whose pages may read answers, e.g. `https://app.example.org`. Default none.
    pub cors_origins: Vec<String>,
    /// Milliseconds after which a table is looked at again for what another process wrote. Default 1,000; 0 to look
    /// each time.
    pub look_again_ms: u64,
    /// Mebibytes of answers about portfolios that are kept in memory. Default 64; 0 for none.
    pub kept_answers_mib: u32,
    /// The Redis by which several instances count requests together and share answers, e.g.
    /// `redis://:password@127.0.0.1:6379/0`. Never in a file: `FINANCR_REDIS_URL` sets it. Default none: each instance
    /// is by itself.
    #[serde(skip)]
    pub redis_url: Option<SecretString>,
    /// From where the certificate comes by which the API speaks HTTPS; without it the API speaks HTTP, to this machine
    /// or to a proxy that has the certificate. Default none.
    pub tls: Option<TlsSettings>,
    /// `behind_a_proxy` if nobody but a proxy connects, by HTTP, and callers reach the proxy by TLS. Default none: the
    /// API speaks HTTP on a loopback address only.
    pub plain_http: Option<PlainHttp>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            token: None,
            request_timeout_s: 10,
            body_bytes_max: 64 << 10,
            upload_bytes_max: 256 << 20,
            upload_timeout_s: 900,
            returned_secret_file: None,
            billing_secret_file: None,
            identity: IdentitySettings::default(),
            house_key_file: None,
            requests_per_minute: 600,
            anonymous_requests_per_minute: 300,
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::default(),
            cors_origins: Vec::new(),
            look_again_ms: 1_000,
            kept_answers_mib: 64,
            redis_url: None,
            tls: None,
            plain_http: None,
        }
    }
}

/// Why the API did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Others than this machine could read everything.
    #[error("refusing to listen on {bind} without a token; set FINANCR_API_TOKEN, or listen on 127.0.0.1")]
    TokenMissing {
        /// The address that was to be listened on.
        bind: SocketAddr,
    },
    /// Whoever listens on the way could read passwords and tokens.
    #[error(
        "refusing to speak plain HTTP on {bind}, where others than this machine can connect; \
         name a certificate or an authority under [api.tls], \
         or set `plain_http = \"behind_a_proxy\"` under [api] if a proxy before it speaks TLS, \
         or listen on 127.0.0.1"
    )]
    PlainHttp {
        /// The address that was to be listened on.
        bind: SocketAddr,
    },
    /// Users cannot sign in as the settings have it.
    #[error("[api.identity] {problem}")]
    Identity {
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A setting makes no sense.
    #[error("`{name}` under [api]: {problem}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The key of the house cannot be used.
    #[error("`signing_key_file` under [privacy]: {problem}")]
    HouseKey {
        /// What is wrong with it.
        problem: String,
    },
    /// The certificate cannot be used.
    #[error("the certificate of the API: {}: {problem}", file.display())]
    Certificate {
        /// The file of `certificate_file` or `key_file` under [api.tls].
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {bind}; choose a free address of this machine")]
    Listen {
        /// The address.
        bind: SocketAddr,
        /// The reason of the operating system.
        source: std::io::Error,
    },
    /// The server broke off.
    #[error("the API stopped serving")]
    Serve {
        /// The reason.
        source: std::io::Error,
    },
    /// The description of the API cannot be written as JSON.
    #[error("cannot write the description of the API")]
    Description {
        /// The reason.
        source: serde_json::Error,
    },
}

/// What every handler can reach.
pub(crate) struct Context {
    pub(crate) store: Store,
    pub(crate) facts: Facts,
    pub(crate) clock: Clock,
    pub(crate) program_version: String,
    pub(crate) returned: Option<ReturnedMail>,
    pub(crate) billing_secret: Option<SecretString>,
    pub(crate) books: Books,
    pub(crate) documents: Vec<OrderableDocument>,
    pub(crate) admission: Admission,
    pub(crate) identity: Option<Arc<Identity>>,
    pub(crate) house_key: Option<Arc<HouseKey>>,
    pub(crate) proxies: Proxies,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) kept_answers: KeptAnswers,
    pub(crate) rights: KeptRights,
    pub(crate) user_budgets: UserBudgets,
    pub(crate) upload_idle_s: u64,
}

/// The API as a service. Whoever serves it must hand in the peer's address (`ConnectInfo<SocketAddr>`): without a
/// token, callers whose address is unknown are refused.
///
/// # Errors
/// [`Error::TokenMissing`] if the address to listen on is open to others and there is neither a token nor a key for
/// tokens; [`Error::PlainHttp`] if it is open to others by HTTP; [`Error::Identity`] if users could not sign in as the
/// settings have it; [`Error::Setting`] if a setting makes no sense.
pub fn router(state: ApiState, settings: &Settings) -> Result<Router, Error> {
    let clock = state.clock;
    let metrics = Arc::new(Metrics::default());
    let shared = Shared::of(settings.redis_url.as_ref())?;
    let context = Arc::new(Context {
        store: state.store,
        facts: Facts::of(state.lake.looking_again_after(Duration::from_millis(settings.look_again_ms))),
        clock: state.clock,
        program_version: state.program_version,
        returned: state.returned,
        billing_secret: state.billing_secret,
        books: Books::of(state.bookkeeping),
        documents: state.documents,
        admission: Admission::of(settings)?,
        identity: Identity::of(&settings.identity)?.map(Arc::new),
        house_key: house_key(settings)?,
        proxies: Proxies::of(&settings.trusted_proxies, settings.forwarded_header)?,
        metrics: Arc::clone(&metrics),
        user_budgets: UserBudgets::new(settings.requests_per_minute, shared.clone()),
        kept_answers: KeptAnswers::with_room(settings.kept_answers_mib, shared.clone()),
        rights: KeptRights::new(),
        upload_idle_s: settings.request_timeout_s,
    });
    let routes = swagger::with_pages(openapi::described_routes()?).fallback(problem::unknown_address);
    let once = from_fn_with_state(Arc::clone(&context), gateway::idempotency::once);
    let routes = routes.layer(once).with_state(context);
    limits::limited(routes, settings, (clock, shared), metrics)
}

/// The key of the house; none if no file is named.
fn house_key(settings: &Settings) -> Result<Option<Arc<HouseKey>>, Error> {
    let Some(file) = &settings.house_key_file else { return Ok(None) };
    let key = HouseKey::read(file).map_err(|problem| Error::HouseKey { problem })?;
    Ok(Some(Arc::new(key)))
}

/// Serves the API until `shutdown` is done, and then until the requests under way are answered.
///
/// # Errors
/// As for [`serve_on`]; [`Error::Listen`] with the reason of the operating system.
pub async fn serve(
    state: ApiState,
    settings: Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let bind = settings.bind;
    let listener = TcpListener::bind(bind).await.map_err(|source| Error::Listen { bind, source })?;
    serve_on(listener, state, settings, shutdown).await
}

/// Serves the API as [`serve`] does, on a listener that is there already.
///
/// # Errors
/// As for [`router`]; [`Error::Certificate`] or [`Error::Setting`] if there is to be TLS and cannot be;
/// [`Error::Serve`] with the reason of the operating system.
pub async fn serve_on(
    listener: TcpListener,
    state: ApiState,
    settings: Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let clock = state.clock;
    let service = router(state, &settings)?.into_make_service_with_connect_info::<SocketAddr>();
    let address = listener.local_addr().unwrap_or(settings.bind);
    let served = match &settings.tls {
        None => {
            tracing::info!(api.address = %address, "the API listens on http://{address}");
            axum::serve(listener.tap_io(|stream| at_once(stream)), service).with_graceful_shutdown(shutdown).await
        }
        Some(tls) => {
            // Only a tapped listener hands on the addresses of its callers.
            let listener = TlsListener::over(listener, tls, clock).await?;
            let listener = listener.tap_io(|stream| at_once(stream.get_ref().0));
            tracing::info!(api.address = %address, "the API listens on https://{address}");
            axum::serve(listener, service).with_graceful_shutdown(shutdown).await
        }
    };
    served.map_err(|source| Error::Serve { source })
}

/// Sends the end of an answer at once: Nagle's algorithm (RFC 896) holds it back until the caller has acknowledged the
/// beginning, for which callers take their time, 40 ms on Linux.
fn at_once(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %error, "the system holds back the ends of answers");
    }
}
