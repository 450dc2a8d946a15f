//! A certificate that an authority issues when the API asks for it (ACME, RFC 8555), and renews.
//!
//! The authority confirms each name by a connection to its port 443 that speaks `acme-tls/1` (the challenge
//! tls-alpn-01, RFC 8737): it comes to the listener like every other and is answered with the certificate of the
//! challenge. Orders and renewals are those of `rustls-acme`; it knows no bound for the time that an authority takes,
//! so there is one here. Whatever goes wrong, callers get the certificate before, and without one they are refused.

use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::TimeDelta;
use futures::StreamExt;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_acme::acme::{ACME_TLS_ALPN_NAME, Identifier};
use rustls_acme::{
    AcmeConfig, AcmeState, EventError, EventOk, OrderError, ResolvesServerCertAcme, is_tls_alpn_challenge,
};
use schemas::Clock;
use tokio::task::JoinHandle;

use super::HTTP_1;
use super::acme_folder::{AcmeFolder, Validity};
use super::settings::AcmeSettings;
use crate::Error;

/// How long an order may take. Names are confirmed within ten minutes, and the authority may take seventeen more.
const ORDER_MAX: Duration = Duration::from_secs(30 * 60);
/// The least time between two certificates: authorities refuse whoever asks too often.
const BETWEEN_CERTIFICATES: Duration = Duration::from_secs(60 * 60);
/// How long an authority may be silent if the folder does not say how long the certificate is good: longer than it is.
const UNKNOWN_VALIDITY: Duration = Duration::from_secs(500 * 24 * 60 * 60);
/// How often the time to the next order is doubled after one that failed. The first is a second.
const DOUBLINGS_MAX: u32 = 16;
/// Characters of an authority's words that are logged.
const REASON_CHARACTERS_MAX: usize = 1_000;

/// Orders at an authority, as they go on.
type Orders = AcmeState<io::Error>;

/// The certificate of an authority. Nothing is ordered any more when it is gone.
pub(super) struct AcmeCertificate {
    config: Arc<ServerConfig>,
    ordering: JoinHandle<()>,
}

impl AcmeCertificate {
    /// Begins with what the folder has; what it has not is ordered.
    ///
    /// # Errors
    /// [`Error::Setting`] if the folder or the root of the authority cannot be used.
    pub(super) async fn of(settings: &AcmeSettings, clock: Clock) -> Result<AcmeCertificate, Error> {
        let authority = Authority::of(settings, clock).await?;
        let orders = authority.orders();
        let shown = Arc::new(Shown::by(&orders));
        let config = server_config(Arc::clone(&shown));
        let config = config.map_err(|error| wrong("tls.acme.directory_url", error.to_string()))?;
        if authority.validity().await.is_none() {
            let directory = &settings.directory_url;
            tracing::warn!("there is no certificate yet; callers are refused until {directory} has issued one");
        }
        let ordering = tokio::spawn(keep_certified(authority, orders, shown));
        Ok(AcmeCertificate { config: Arc::new(config), ordering })
    }

    /// The certificate as it is now, and that of a challenge for an authority that asks for it.
    pub(super) fn current(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

impl Drop for AcmeCertificate {
    fn drop(&mut self) {
        self.ordering.abort();
    }
}

/// What callers are shown: the certificate of the orders that had one last, and the challenge of those that go on.
#[derive(Debug)]
struct Shown(RwLock<ShownBy>);

#[derive(Clone, Debug)]
struct ShownBy {
    certificate: Option<Arc<ResolvesServerCertAcme>>,
    challenge: Arc<ResolvesServerCertAcme>,
}

impl Shown {
    fn by(orders: &Orders) -> Shown {
        Shown(RwLock::new(ShownBy { certificate: None, challenge: orders.resolver() }))
    }

    fn now(&self) -> ShownBy {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Orders go on from here; callers get the certificate before.
    fn begin(&self, orders: &Orders) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).challenge = orders.resolver();
    }

    /// Callers get the certificate of these orders.
    fn certify(&self, orders: &Orders) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).certificate = Some(orders.resolver());
    }

    /// What callers get while there is no new certificate.
    fn meanwhile(&self) -> &'static str {
        match self.now().certificate {
            Some(_) => "callers get the certificate before",
            None => "callers are refused",
        }
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let shown = self.now();
        let by = if is_tls_alpn_challenge(&hello) { Some(shown.challenge) } else { shown.certificate };
        by?.resolve(hello)
    }
}

/// An authority, and what is kept of it.
struct Authority {
    settings: AcmeSettings,
    folder: AcmeFolder,
    trust: Arc<ClientConfig>,
    clock: Clock,
    order_max: Duration,
}

impl Authority {
    async fn of(settings: &AcmeSettings, clock: Clock) -> Result<Authority, Error> {
        let place = settings.cache_folder.clone();
        let opened = tokio::task::spawn_blocking(move || AcmeFolder::open(&place)).await;
        let folder = opened.unwrap_or_else(|error| Err(error.to_string()));
        let folder = folder.map_err(|problem| wrong("tls.acme.cache_folder", problem))?;
        let roots = match &settings.root_file {
            Some(file) => roots_in(file).await.map_err(|problem| wrong("tls.acme.root_file", problem))?,
            None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let versions = versions.map_err(|error| wrong("tls.acme.directory_url", error.to_string()))?;
        let trust = Arc::new(versions.with_root_certificates(roots).with_no_client_auth());
        Ok(Authority { settings: settings.clone(), folder, trust, clock, order_max: ORDER_MAX })
    }

    /// Orders that have not begun.
    fn orders(&self) -> Orders {
        AcmeConfig::new_with_client_config(&self.settings.domains, Arc::clone(&self.trust))
            .directory(&self.settings.directory_url)
            .contact(self.settings.contact.iter().map(|address| format!("mailto:{address}")))
            .cache(self.folder.clone())
            .state()
    }

    async fn validity(&self) -> Option<Validity> {
        self.folder.validity(&self.settings.domains, &self.settings.directory_url).await
    }

    /// Sees to it that orders go on, until they are better begun again from the folder: the authority does not answer
    /// any more, or another instance has put a certificate there.
    async fn follow(&self, orders: &mut Orders, shown: &Shown) {
        let mut failures = 0;
        let mut patience = self.order_max;
        while let Ok(Some(event)) = tokio::time::timeout(patience, orders.next()).await {
            patience = match event {
                Ok(EventOk::DeployedCachedCert) => {
                    shown.certify(orders);
                    self.until_renewed("the certificate in the folder is used").await
                }
                Ok(EventOk::DeployedNewCert) => {
                    failures = 0;
                    shown.certify(orders);
                    self.order_max
                }
                Ok(EventOk::CertCacheStore) => {
                    let patience = self.until_renewed("the authority has issued a certificate").await;
                    tokio::time::sleep(BETWEEN_CERTIFICATES).await;
                    patience
                }
                Ok(EventOk::AccountCacheStore) => {
                    tracing::info!("the key of a new account at the authority is kept");
                    self.order_max
                }
                Err(error) => {
                    let patience = self.tell(&error, failures, shown);
                    match error {
                        EventError::Order(_) if self.is_renewed().await => return,
                        EventError::Order(_) => failures += 1,
                        EventError::CertCacheStore(_) | EventError::NewCertParse(_) => {
                            tokio::time::sleep(BETWEEN_CERTIFICATES).await;
                        }
                        _ => {}
                    }
                    patience
                }
            };
        }
        let (directory, meanwhile) = (&self.settings.directory_url, shown.meanwhile());
        tracing::error!("{directory} did not finish an order in time; it is begun again, meanwhile {meanwhile}");
    }

    /// Whether there is a certificate in the folder that needs no renewal yet.
    async fn is_renewed(&self) -> bool {
        let validity = self.validity().await;
        validity.is_some_and(|validity| TimeDelta::zero() < validity.until_renewal(self.clock.now()))
    }

    /// Says until when the certificate in the folder is good. How long it is until there must be another.
    async fn until_renewed(&self, what: &str) -> Duration {
        let Some(validity) = self.validity().await else {
            tracing::info!("{what}");
            return UNKNOWN_VALIDITY;
        };
        let until = validity.until;
        tracing::info!(certificate.valid_until = %until, "{what}; it is good until {until}");
        let renewed_in = validity.until_renewal(self.clock.now());
        renewed_in.to_std().unwrap_or_default() + self.order_max
    }

    /// Says what went wrong. How long it is until something must have happened.
    fn tell(&self, error: &EventError<io::Error, io::Error>, failures: u32, shown: &Shown) -> Duration {
        let (directory, meanwhile) = (&self.settings.directory_url, shown.meanwhile());
        match error {
            EventError::Order(error) => {
                let retry_in_s = 1 << failures.min(DOUBLINGS_MAX);
                tracing::error!(
                    reason = self.reason(error),
                    retry_in_s,
                    "{directory} has issued no certificate; it is asked again in {retry_in_s} s, meanwhile {meanwhile}"
                );
                return Duration::from_secs(retry_in_s) + self.order_max;
            }
            EventError::NewCertParse(error) => {
                let retry_in_s = BETWEEN_CERTIFICATES.as_secs();
                tracing::error!(
                    reason = %error,
                    retry_in_s,
                    "{directory} has issued no certificate but something else; it is asked again in {retry_in_s} s, \
                     meanwhile {meanwhile}"
                );
            }
            EventError::CertCacheStore(error) => {
                let folder = self.settings.cache_folder.display();
                tracing::error!(
                    reason = %error,
                    "the new certificate is used and cannot be kept in {folder}: the next start orders another"
                );
                return UNKNOWN_VALIDITY;
            }
            EventError::AccountCacheStore(error) => {
                tracing::error!(reason = %error, "the key of the account cannot be kept: the next start makes another");
            }
            EventError::CertCacheLoad(error) => {
                tracing::error!(reason = %error, "the certificate in the folder cannot be read; another is ordered");
            }
            EventError::CachedCertParse(error) => {
                tracing::error!(reason = %error, "the certificate in the folder makes no sense; another is ordered");
            }
            EventError::AccountCacheLoad(error) => {
                tracing::error!(reason = %error, "the key of the account cannot be read; another account is made");
            }
        }
        self.order_max
    }

    /// Why there is no certificate, in the words of the authority if it said something, without addresses of mail.
    fn reason(&self, error: &OrderError) -> String {
        let mut reason = match error {
            OrderError::BadAuth(authorization) => {
                let Identifier::Dns(name) = &authorization.identifier;
                let problems = authorization.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
                let details: Vec<&str> = problems.filter_map(|problem| problem.detail.as_deref()).collect();
                format!("`{name}` is not confirmed: its port 443 must lead to the API itself; {}", details.join("; "))
            }
            OrderError::BadOrder(order) => {
                let detail = order.error.as_ref().and_then(|problem| problem.detail.as_deref());
                format!("the order is refused; {}", detail.unwrap_or("the authority does not say why"))
            }
            error => error.to_string(),
        };
        for address in &self.settings.contact {
            reason = reason.replace(address.as_str(), "(an address of `contact`)");
        }
        reason.chars().take(REASON_CHARACTERS_MAX).collect()
    }
}

/// Has orders go on for as long as the API listens. One that is not answered is begun again from the folder.
async fn keep_certified(authority: Authority, mut orders: Orders, shown: Arc<Shown>) {
    loop {
        authority.follow(&mut orders, &shown).await;
        orders = authority.orders();
        shown.begin(&orders);
    }
}

fn server_config(shown: Arc<Shown>) -> Result<ServerConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = versions.with_no_client_auth().with_cert_resolver(shown);
    config.alpn_protocols = vec![HTTP_1.to_vec(), ACME_TLS_ALPN_NAME.to_vec()];
    Ok(config)
}

/// The certificates (PEM) that vouch for the authority's own.
async fn roots_in(file: &Path) -> Result<RootCertStore, String> {
    let problem = |error: String| format!("`{}`: {error}", file.display());
    let text = tokio::fs::read(file).await.map_err(|error| problem(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|error| problem(error.to_string()))?;
        roots.add(certificate).map_err(|error| problem(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(problem("it has no certificate (PEM)".to_owned()));
    }
    Ok(roots)
}

fn wrong(name: &'static str, problem: String) -> Error {
    Error::Setting { name, problem }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use rustls_acme::CertCache;
    use rustls_acme::acme::{Auth, Order};
    use serde_json::json;
    use tempfile::TempDir;

    use super::*;

    /// An authority that takes connections and says nothing.
    fn silent() -> (TcpListener, TempDir, AcmeSettings) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let folder = TempDir::new().expect("a folder");
        let settings = AcmeSettings {
            domains: vec!["api.example.org".to_owned()],
            contact: vec!["operations@example.org".to_owned()],
            directory_url: format!("https://localhost:{port}/directory"),
            cache_folder: folder.path().join("acme"),
            root_file: None,
        };
        (listener, folder, settings)
    }

    #[tokio::test]
    async fn an_order_that_is_not_answered_is_given_up() {
        let (_listener, _folder, settings) = silent();
        let mut authority = Authority::of(&settings, Clock::System).await.expect("usable");
        authority.order_max = Duration::from_millis(100);
        let mut orders = authority.orders();
        let shown = Shown::by(&orders);
        let followed = authority.follow(&mut orders, &shown);
        assert!(tokio::time::timeout(Duration::from_secs(60), followed).await.is_ok(), "it waits for ever");
        assert_eq!(shown.meanwhile(), "callers are refused");
    }

    /// A certificate that makes no sense to renew in this millennium, as it is kept.
    fn issued(domains: &[String]) -> String {
        let key = rcgen::KeyPair::generate().expect("a key");
        let parameters = rcgen::CertificateParams::new(domains.to_vec()).expect("parameters");
        let certificate = parameters.self_signed(&key).expect("a certificate");
        format!("{}\n{}", key.serialize_pem(), certificate.pem())
    }

    #[tokio::test]
    async fn a_certificate_that_another_instance_was_issued_is_taken_from_the_folder() {
        let (listener, _folder, settings) = silent();
        drop(listener);
        let authority = Authority::of(&settings, Clock::System).await.expect("usable");
        let (orders, folder) = (authority.orders(), authority.folder.clone());
        let shown = Arc::new(Shown::by(&orders));
        let ordering = tokio::spawn(keep_certified(authority, orders, Arc::clone(&shown)));
        let pem = issued(&settings.domains);
        folder.store_cert(&settings.domains, &settings.directory_url, pem.as_bytes()).await.expect("kept");
        for _ in 0..6_000 {
            if shown.now().certificate.is_some() {
                return ordering.abort();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        unreachable!("it is not taken");
    }

    #[tokio::test]
    async fn nothing_is_ordered_when_nobody_listens_any_more() {
        let (_listener, _folder, settings) = silent();
        let certificate = AcmeCertificate::of(&settings, Clock::System).await.expect("usable");
        let ordered_for = Arc::downgrade(&certificate.current().cert_resolver);
        assert!(ordered_for.upgrade().is_some());
        drop(certificate);
        for _ in 0..1_000 {
            if ordered_for.strong_count() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        unreachable!("the orders go on");
    }

    #[tokio::test]
    async fn what_the_authority_says_is_told_without_addresses_of_mail() {
        let (_listener, _folder, settings) = silent();
        let authority = Authority::of(&settings, Clock::System).await.expect("usable");
        let refused: Auth = serde_json::from_value(json!({
            "status": "invalid",
            "identifier": { "type": "dns", "value": "api.example.org" },
            "challenges": [{
                "type": "tls-alpn-01",
                "url": "https://acme.example.org/challenge/1",
                "token": "dG9rZW4",
                "error": { "type": "urn:ietf:params:acme:error:connection", "detail": "192.0.2.7: Connection refused" },
            }],
        }))
        .expect("an authorization as in RFC 8555, section 7.1.4");
        let reason = authority.reason(&OrderError::BadAuth(refused));
        assert!(reason.contains("`api.example.org` is not confirmed") && reason.contains("port 443"), "{reason}");
        assert!(reason.ends_with("192.0.2.7: Connection refused"), "{reason}");
        let refused: Order = serde_json::from_value(json!({
            "status": "invalid",
            "authorizations": [],
            "finalize": "https://acme.example.org/order/1/finalize",
            "error": { "detail": "nothing for operations@example.org" },
        }))
        .expect("an order as in RFC 8555, section 7.1.3");
        let reason = authority.reason(&OrderError::BadOrder(refused));
        assert_eq!(reason, "the order is refused; nothing for (an address of `contact`)");
    }

    #[tokio::test]
    async fn a_root_that_is_none_is_refused_by_name() {
        let (_listener, folder, mut settings) = silent();
        let file = folder.path().join("root.pem");
        settings.root_file = Some(file.clone());
        for (content, problem) in [(None, "No such file"), (Some("no certificate"), "it has no certificate (PEM)")] {
            if let Some(content) = content {
                std::fs::write(&file, content).expect("written");
            }
            let error = Authority::of(&settings, Clock::System).await.map(drop).expect_err("refused").to_string();
            assert!(error.starts_with("`tls.acme.root_file` under [api]: ") && error.contains(problem), "{error}");
        }
    }
}
