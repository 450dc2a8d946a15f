//! Users who sign in at another house: OpenID Connect Core 1.0, the authorization code flow with PKCE (RFC 7636).
//!
//! What the house of the user says is asked for at its own addresses, over TLS, with limits on time and size and
//! without following it elsewhere. Its keys are kept for an hour, and asked for again when a token names one that is
//! not there. State, nonce and verifier follow from one secret, which only the application that began has: whoever
//! comes back with another's code has not got it.
//!
//! A session begins with a proof that counts for what is sensitive. So the other house is asked for one that is no
//! older than that may be (`max_age`), and should say when it was (`auth_time`): else somebody who signed in there in
//! the morning, and left, would be proof enough for whoever sits down there at noon. Of a house that does not say it, a
//! proof leads in and counts for nothing sensitive.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{ClaimsVerificationError, ClientId, IssuerUrl, Nonce, SignatureVerificationError};
use reqwest::{Client, RequestBuilder, Url, redirect};
use schemas::secret_hash::hexadecimal;
use schemas::signed_message::same_bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::OidcSettings;
use super::signing_keys::read_secret;
use crate::problem::Problem;

const DISCOVERY: &str = "/.well-known/openid-configuration";
/// Seconds that an answer of the other house may take.
const ANSWER_S_MAX: u64 = 8;
const CONNECT_S_MAX: u64 = 4;
/// Bytes of an answer of the other house.
const ANSWER_BYTES_MAX: usize = 256 << 10;
/// For how long what the other house says of itself is kept.
const KNOWN_LIFE: TimeDelta = TimeDelta::hours(1);
/// How old a token may be when it comes.
const TOKEN_AGE_MAX: TimeDelta = TimeDelta::minutes(10);
/// How far the other clock may be off.
const CLOCK_DIFFERENCE: TimeDelta = TimeDelta::minutes(1);
/// Algorithms that tokens may be signed with: none with a shared secret.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Another house at which users sign in.
pub(crate) struct Oidc {
    pub(crate) settings: OidcSettings,
    issuer: IssuerUrl,
    secret: Option<SecretString>,
    /// Seconds since somebody proved there who it is, at most.
    proof_age_s_max: u32,
    client: Client,
    known: Mutex<Option<Arc<Known>>>,
}

/// What the other house says of itself.
struct Known {
    metadata: CoreProviderMetadata,
    keys: CoreJsonWebKeySet,
    read_at: DateTime<Utc>,
}

/// Who somebody is at the other house.
pub(crate) struct ProvedElsewhere {
    pub(crate) subject: String,
    /// The address, if the other house says that it was verified.
    pub(crate) verified_email: Option<String>,
    /// When the user proved there who it is. Never in the future, however the other clock goes.
    pub(crate) authenticated_at: DateTime<Utc>,
}

/// What the other house answers a code with, as far as it is looked at.
#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

/// Why the other house did not prove who somebody is.
enum Failure {
    /// It does not answer, or not as it should.
    Unavailable(String),
    /// What it answers proves nothing.
    Refused(String),
}

impl Oidc {
    /// The other house as the settings say.
    ///
    /// - `proof_age_s_max`: seconds for which a proof of who somebody is counts for what is sensitive.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub(crate) fn of(settings: &OidcSettings, proof_age_s_max: u32) -> Result<Oidc, String> {
        let url = Url::parse(&settings.issuer).map_err(|error| format!("`issuer` is no address: {error}"))?;
        let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err("`issuer` must begin with https://".to_owned());
        }
        let returns_to = Url::parse(&settings.redirect_uri);
        if settings.client_id.is_empty() || returns_to.is_err() {
            return Err("`client_id` and `redirect_uri`, an address of the application, must be given".to_owned());
        }
        let secret = settings.client_secret_file.as_deref().map(read_secret).transpose()?;
        let client = Client::builder()
            .timeout(Duration::from_secs(ANSWER_S_MAX))
            .connect_timeout(Duration::from_secs(CONNECT_S_MAX))
            .redirect(redirect::Policy::none())
            .https_only(url.scheme() == "https")
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Oidc {
            settings: settings.clone(),
            issuer: IssuerUrl::new(settings.issuer.clone()).map_err(|error| error.to_string())?,
            secret: secret.map(|text| SecretString::from(text.trim().to_owned())),
            proof_age_s_max,
            client,
            known: Mutex::new(None),
        })
    }

    /// Where the user signs in.
    ///
    /// # Errors
    /// A 503 if the other house does not answer.
    pub(crate) async fn authorization_uri(&self, attempt: &str, now: DateTime<Utc>) -> Result<String, Problem> {
        let known = self.known(now).await.map_err(Failure::problem)?;
        let mut url = known.metadata.authorization_endpoint().url().clone();
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, derived(attempt, "verifier").as_bytes()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.settings.redirect_uri)
            .append_pair("scope", "openid email")
            .append_pair("state", &derived(attempt, "state"))
            .append_pair("nonce", &derived(attempt, "nonce"))
            .append_pair("max_age", &self.proof_age_s_max.to_string())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.to_string())
    }

    /// Who somebody is who comes back with a code.
    ///
    /// # Errors
    /// A 401 if what the other house says proves nothing, a 503 if it does not answer.
    pub(crate) async fn proved(
        &self,
        attempt: &str,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<ProvedElsewhere, Problem> {
        self.identified(attempt, code, now).await.map_err(Failure::problem)
    }

    async fn identified(&self, attempt: &str, code: &str, now: DateTime<Utc>) -> Result<ProvedElsewhere, Failure> {
        let known = self.known(now).await?;
        let endpoint = known.metadata.token_endpoint();
        let endpoint = endpoint.ok_or_else(|| Failure::Unavailable("it names no address for tokens".to_owned()))?;
        let verifier = derived(attempt, "verifier");
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.settings.redirect_uri.as_str()),
            ("code_verifier", verifier.as_str()),
        ];
        let mut request = self.client.post(endpoint.url().clone());
        match &self.secret {
            Some(secret) => request = request.basic_auth(&self.settings.client_id, Some(secret.expose_secret())),
            None => form.push(("client_id", self.settings.client_id.as_str())),
        }
        let answer: TokenAnswer = answered(request.form(&form), Failure::Refused).await?;
        let token = CoreIdToken::from_str(&answer.id_token).map_err(|error| Failure::Refused(error.to_string()))?;
        let nonce = Nonce::new(derived(attempt, "nonce"));
        match self.judged(&known, &token, &nonce, now) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let known = self.read(now).await?;
                self.judged(&known, &token, &nonce, now).map_err(|error| Failure::Refused(schemas::with_causes(&error)))
            }
            other => other.map_err(|error| Failure::Refused(schemas::with_causes(&error))),
        }
    }

    /// What a token says, if it is of the other house, for us, for this sign-in, and good now.
    fn judged(
        &self,
        known: &Known,
        token: &CoreIdToken,
        nonce: &Nonce,
        now: DateTime<Utc>,
    ) -> Result<ProvedElsewhere, ClaimsVerificationError> {
        let client_id = ClientId::new(self.settings.client_id.clone());
        let verifier = CoreIdTokenVerifier::new_public_client(client_id, self.issuer.clone(), known.keys.clone())
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || now)
            .set_issue_time_verifier_fn(move |issued_at| {
                let is_timely = now - TOKEN_AGE_MAX <= issued_at && issued_at <= now + CLOCK_DIFFERENCE;
                if is_timely { Ok(()) } else { Err("it was issued at another time".to_owned()) }
            });
        let claims = token.claims(&verifier, nonce)?;
        let authenticated_at =
            self.recent(claims.auth_time(), now).map_err(ClaimsVerificationError::InvalidAuthTime)?;
        let verified = claims.email_verified() == Some(true);
        Ok(ProvedElsewhere {
            subject: claims.subject().as_str().to_owned(),
            verified_email: claims.email().filter(|_| verified).map(|email| email.as_str().to_owned()),
            authenticated_at,
        })
    }

    /// When somebody proved at the other house who it is, if that is not too long ago. Where it was asked for
    /// `max_age`, it should say it (OpenID Connect Core 1.0, section 3.1.2.1), and not every house does: the proof then
    /// counts as older than may be for what is sensitive.
    fn recent(&self, auth_time: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
        let fresh_for = TimeDelta::seconds(i64::from(self.proof_age_s_max));
        let Some(proved_at) = auth_time else { return Ok(now - fresh_for - TimeDelta::seconds(1)) };
        let age_max = fresh_for + CLOCK_DIFFERENCE;
        if now + CLOCK_DIFFERENCE < proved_at {
            return Err("the user signed in after now".to_owned());
        }
        if proved_at < now - age_max {
            return Err("the user signed in too long ago".to_owned());
        }
        Ok(proved_at.min(now))
    }

    /// What the other house says of itself, kept for an hour.
    async fn known(&self, now: DateTime<Utc>) -> Result<Arc<Known>, Failure> {
        let kept = self.known.lock().await.clone();
        match kept {
            Some(known) if now - known.read_at < KNOWN_LIFE => Ok(known),
            Some(_) | None => self.read(now).await,
        }
    }

    async fn read(&self, now: DateTime<Utc>) -> Result<Arc<Known>, Failure> {
        let address = format!("{}{DISCOVERY}", self.settings.issuer.trim_end_matches('/'));
        let metadata: CoreProviderMetadata = answered(self.client.get(address), Failure::Unavailable).await?;
        if metadata.issuer() != &self.issuer {
            return Err(Failure::Unavailable("it says that it is another house".to_owned()));
        }
        let keys_at = self.client.get(metadata.jwks_uri().url().clone());
        let keys: CoreJsonWebKeySet = answered(keys_at, Failure::Unavailable).await?;
        let known = Arc::new(Known { metadata, keys, read_at: now });
        *self.known.lock().await = Some(Arc::clone(&known));
        Ok(known)
    }
}

impl Failure {
    fn problem(self) -> Problem {
        match self {
            Failure::Unavailable(reason) => {
                tracing::warn!(oidc.reason = reason, "the house where users sign in does not answer as it should");
                Problem::unavailable("the house where you sign in does not answer")
            }
            Failure::Refused(reason) => {
                tracing::warn!(oidc.reason = reason, "a token of the house where users sign in was refused");
                Problem::unauthorized("what came back proves nothing", "begin again with POST /login/oidc")
            }
        }
    }
}

/// Whether a state is the one of an attempt.
pub(crate) fn state_fits(attempt: &str, state: &str) -> bool {
    same_bytes(derived(attempt, "state").as_bytes(), state.as_bytes())
}

/// What follows from the secret of an attempt for one purpose: 64 hexadecimal digits.
fn derived(attempt: &str, purpose: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, attempt.as_bytes());
    let mut signed = hmac::Context::with_key(&key);
    signed.update(b"financr sign-in at another house: ");
    signed.update(purpose.as_bytes());
    hexadecimal(signed.sign().as_ref())
}

/// Asks the other house, and reads what it answers.
///
/// - `refused`: what it means if it does not take the request.
async fn answered<T: DeserializeOwned>(request: RequestBuilder, refused: fn(String) -> Failure) -> Result<T, Failure> {
    let unavailable = |error: reqwest::Error| Failure::Unavailable(schemas::with_causes(&error.without_url()));
    let mut response = request.send().await.map_err(unavailable)?;
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
        if ANSWER_BYTES_MAX < bytes.len() + chunk.len() {
            return Err(Failure::Unavailable("its answer is too long".to_owned()));
        }
        bytes.extend_from_slice(&chunk);
    }
    if status.is_client_error() {
        return Err(refused(format!("it answers with {status}")));
    }
    if !status.is_success() {
        return Err(Failure::Unavailable(format!("it answers with {status}")));
    }
    // What is wrong with the answer may hold what is in it.
    let unreadable = |error: serde_json::Error| format!("line {} of its answer is not of the form", error.line());
    serde_json::from_slice(&bytes).map_err(|error| Failure::Unavailable(unreadable(error)))
}
