//! Passkeys: what authenticators are asked, and whether their answers are right (WebAuthn level 3).
//!
//! The library asks and checks; what it has to know again for that is kept as it encodes it. Only passkeys are taken
//! that the authenticator keeps by itself and opens for its user alone: by a code or a finger.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::UserId;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha512};
use store::{Passkey, User};
use url::{Host, Url};
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, USER_HANDLE_MAX_LEN,
    UserHandle64, Username,
};
use webauthn_rp::request::{AsciiDomain, ExtensionInfo, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::register::{DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication64, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
};

use super::PasskeySettings;
use crate::problem::Problem;

/// Bytes of what an authenticator remembers of its uses.
const USE_STATE_LENGTH: usize = 7;

/// What checks passkeys.
pub(crate) struct Passkeys {
    domain: RpId,
    origins: Vec<String>,
}

/// A question to an authenticator.
pub(crate) struct Question {
    /// What the application hands to the browser.
    pub(crate) options: Value,
    /// What its answer is checked with.
    pub(crate) kept: String,
}

/// What an authenticator made for a user.
pub(crate) struct NewCredential {
    /// What it is called.
    pub(crate) credential_id: String,
    /// What its answers are checked with.
    pub(crate) public_key: String,
    /// What changes with them.
    pub(crate) use_state: String,
}

impl Passkeys {
    /// Passkeys as the settings say.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub(crate) fn of(settings: &PasskeySettings) -> Result<Passkeys, String> {
        let domain = &settings.domain;
        let is_plain = Host::parse(domain).is_ok_and(|host| host == Host::Domain(domain.clone()));
        let wrong = || format!("`domain` is `{domain}` and must be a domain in small letters, e.g. `example.org`");
        let rp_id = AsciiDomain::try_from(domain.clone()).map_err(|_| wrong())?;
        if !is_plain {
            return Err(wrong());
        }
        if settings.origins.is_empty() {
            return Err("`origins` is empty; name the applications in which passkeys are used".to_owned());
        }
        let foreign = settings.origins.iter().find(|origin| !is_origin_of(origin, domain));
        match foreign {
            Some(origin) => Err(format!(
                "`origins` has `{origin}`; an origin is `https://` and a host that is `{domain}` or ends with \
                 `.{domain}`, without a path (`http://` on `localhost`)"
            )),
            None => Ok(Passkeys { domain: RpId::Domain(rp_id), origins: settings.origins.clone() }),
        }
    }

    /// Asks an authenticator for a passkey for a user, who has some already.
    ///
    /// # Errors
    /// A problem if nothing can be asked.
    pub(crate) fn new_passkey(&self, user: &User, known: &[Passkey]) -> Result<Question, Problem> {
        let handle = handle_of(&user.user_id)?;
        // Not every address is a name for authenticators; its user's id is.
        let name = Username::try_from(user.email.as_str()).or_else(|_| Username::try_from(user.user_id.as_str()));
        let entity = PublicKeyCredentialUserEntity {
            name: name.map_err(|error| Problem::internal(&error))?,
            id: &handle,
            display_name: Nickname::try_from(user.display_name.as_str()).ok(),
        };
        let known: Result<Vec<_>, Problem> = known.iter().map(descriptor).collect();
        let mut asked = PublicKeyCredentialCreationOptions::passkey(&self.domain, entity, known?);
        // Devices that know no such policy would be left out if it were enforced; each proof says whether its user was
        // looked at, all the same.
        asked.extensions.cred_protect = CredProtect::UserVerificationRequired(ExtensionInfo::AllowDontEnforceValue);
        let (server, client) = asked.start_ceremony().map_err(|error| Problem::internal(&error))?;
        let kept = server.encode().map_err(|error| Problem::internal(&error))?;
        question(&client, &kept)
    }

    /// The passkey that an authenticator made for a user, if its answer to a question is right.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn made(&self, kept: &str, user_id: &UserId, answer: &Value) -> Result<NewCredential, String> {
        let question = RegistrationServerState::<USER_HANDLE_MAX_LEN>::decode(&bytes(kept)?);
        let question = question.map_err(|error| error.to_string())?;
        let answer = Registration::from_json_relaxed(&json(answer)?).map_err(|error| error.to_string())?;
        let options = RegistrationVerificationOptions::<String, String> {
            allowed_origins: &self.origins,
            // Password managers add what nobody asked for.
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = question.verify(&self.domain, &answer, &options).map_err(|error| error.to_string())?;
        if !handle_of(user_id).is_ok_and(|handle| *made.user_id() == handle) {
            return Err("the question was for another user".to_owned());
        }
        let Ok(public_key) = made.static_state().encode();
        let Ok(use_state) = made.dynamic_state().encode();
        Ok(NewCredential {
            credential_id: URL_SAFE_NO_PAD.encode(made.id().into_inner()),
            public_key: URL_SAFE_NO_PAD.encode(public_key),
            use_state: URL_SAFE_NO_PAD.encode(use_state),
        })
    }

    /// Asks for a proof by whatever passkey of this house there is.
    ///
    /// # Errors
    /// A problem if nothing can be asked.
    pub(crate) fn proof(&self) -> Result<Question, Problem> {
        let asked = DiscoverableCredentialRequestOptions::passkey(&self.domain);
        let (server, client) = asked.start_ceremony().map_err(|error| Problem::internal(&error))?;
        let kept = server.encode().map_err(|error| Problem::internal(&error))?;
        question(&client, &kept)
    }

    /// What a passkey remembers once it answered a question, if the answer is right.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn proved(&self, kept: &str, passkey: &Passkey, answer: &Value) -> Result<String, String> {
        let question = DiscoverableAuthenticationServerState::decode(&bytes(kept)?);
        let question = question.map_err(|error| error.to_string())?;
        let answer =
            DiscoverableAuthentication64::from_json_relaxed(&json(answer)?).map_err(|error| error.to_string())?;
        let options = AuthenticationVerificationOptions::<String, String> {
            allowed_origins: &self.origins,
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        let handle = handle_of(&passkey.user_id).map_err(|_| "the user has no handle".to_owned())?;
        let credential_id = bytes(&passkey.credential_id)?;
        let credential_id = CredentialId::<&[u8]>::decode(&credential_id).map_err(|error| error.to_string())?;
        let public_key = StaticState::decode(&bytes(&passkey.public_key)?).map_err(|error| error.to_string())?;
        let use_state = <[u8; USE_STATE_LENGTH]>::try_from(bytes(&passkey.use_state)?);
        let use_state = use_state.map_err(|_| "its state of use has another length".to_owned())?;
        let use_state = DynamicState::decode(use_state).map_err(|error| error.to_string())?;
        let known = AuthenticatedCredential::new(credential_id, &handle, public_key, use_state);
        let mut known = known.map_err(|error| error.to_string())?;
        question.verify(&self.domain, &answer, &mut known, &options).map_err(|error| error.to_string())?;
        let Ok(use_state) = known.dynamic_state().encode();
        Ok(URL_SAFE_NO_PAD.encode(use_state))
    }
}

/// What the passkey is called that an answer is of.
pub(crate) fn answering(answer: &Value) -> Option<&str> {
    answer.get("id").and_then(Value::as_str)
}

/// Whether a text is what browsers call an application of a domain.
fn is_origin_of(origin: &str, domain: &str) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    let Some(host) = url.host_str() else { return false };
    let is_below = host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && host == "localhost");
    is_below && is_safe && url.origin().ascii_serialization() == origin
}

/// How a user is called by authenticators: without a name, and always alike.
fn handle_of(user_id: &UserId) -> Result<UserHandle64, Problem> {
    let digest: [u8; USER_HANDLE_MAX_LEN] = Sha512::digest(user_id.as_str()).into();
    UserHandle64::decode(digest).map_err(|error| Problem::internal(&error))
}

fn descriptor(passkey: &Passkey) -> Result<PublicKeyCredentialDescriptor<Vec<u8>>, Problem> {
    let unreadable = |problem: String| Problem::internal(&Unreadable { problem });
    let id = CredentialId::<Vec<u8>>::decode(bytes(&passkey.credential_id).map_err(unreadable)?);
    let id = id.map_err(|error| Problem::internal(&error))?;
    let transports = AuthTransports::decode(0).map_err(|error| Problem::internal(&error))?;
    Ok(PublicKeyCredentialDescriptor { id, transports })
}

/// A passkey in the store that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("a passkey in the store cannot be read: {problem}")]
struct Unreadable {
    problem: String,
}

fn question(options: &impl Serialize, kept: &[u8]) -> Result<Question, Problem> {
    let options = serde_json::to_value(options).map_err(|error| Problem::internal(&error))?;
    Ok(Question { options, kept: URL_SAFE_NO_PAD.encode(kept) })
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    URL_SAFE_NO_PAD.decode(text).map_err(|error| error.to_string())
}

fn json(value: &Value) -> Result<Vec<u8>, String> {
    serde_json::to_vec(value).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(domain: &str, origins: &[&str]) -> Result<Passkeys, String> {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        Passkeys::of(&PasskeySettings { domain: domain.to_owned(), origins })
    }

    #[test]
    fn applications_are_of_the_domain_or_below_it() {
        for (domain, origins) in [
            ("example.org", &["https://example.org", "https://app.example.org:8443"][..]),
            ("localhost", &["http://localhost:8080", "https://localhost"]),
        ] {
            assert!(of(domain, origins).is_ok(), "{domain}: {:?}", of(domain, origins).err());
        }
        for (domain, origin, words) in [
            ("example.org", "https://badexample.org", "`https://badexample.org`"),
            ("example.org", "http://example.org", "`http://example.org`"),
            ("example.org", "https://example.org/app", "without a path"),
            ("example.org", "example.org", "`example.org`"),
            ("app.example.org", "https://example.org", "`https://example.org`"),
            ("Example.org", "https://example.org", "small letters"),
            ("https://example.org", "https://example.org", "small letters"),
            ("192.0.2.7", "https://192.0.2.7", "small letters"),
            ("", "https://example.org", "small letters"),
        ] {
            let problem = of(domain, &[origin]).err().unwrap_or_else(|| panic!("{domain} {origin} is refused"));
            assert!(problem.contains(words), "{domain} {origin}: {problem}");
        }
        assert!(of("example.org", &[]).err().is_some_and(|problem| problem.contains("`origins` is empty")));
    }
}
