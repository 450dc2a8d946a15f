//! Users and how they sign in: passwords, sessions, tokens, keys (docs/adr/0032), second factors (docs/adr/0037),
//! passkeys (docs/adr/0043).
//!
//! There is none of this without a key that tokens are signed with ([`IdentitySettings::token_key_files`]): then only
//! the house itself asks.

mod access_tokens;
mod account;
mod oidc;
mod passkeys;
mod password_rules;
mod passwords;
mod peer;
mod sealing;
mod second_factors;
mod secrets;
mod settings;
mod signing_keys;
mod throttle;
mod verified_tokens;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::problem::Problem;
use crate::{Context, Error};

pub(crate) use access_tokens::{Claims, Issued, issue};
pub(crate) use account::{Account, Enrolling, Subscriber, unknown_user};
pub(crate) use oidc::{Oidc, ProvedElsewhere, state_fits};
pub(crate) use passkeys::{NewCredential, Passkeys, Question, answering};
pub(crate) use passwords::{Passwords, Verdict};
pub(crate) use peer::{Peer, is_handed_on};
pub(crate) use sealing::SealingKeys;
pub(crate) use second_factors::{
    DIGITS, RecoveryCodes, STEP_S, code_is_good, new_authenticator, new_recovery_codes, place, step_of_code,
};
pub(crate) use secrets::{Secret, new_key_id, new_secret, successor};
pub use settings::{IdentitySettings, OidcSettings, PasskeySettings, Registration};
pub(crate) use signing_keys::SigningKeys;
pub use signing_keys::new_token_key;
pub(crate) use throttle::Attempt;
use verified_tokens::VerifiedTokens;

/// Everything that signing in takes beside the store.
pub(crate) struct Identity {
    pub(crate) settings: IdentitySettings,
    pub(crate) keys: SigningKeys,
    pub(crate) passwords: Passwords,
    /// What second factors are sealed with; none where there are no second factors.
    pub(crate) sealing: Option<SealingKeys>,
    /// Another house at which users sign in; none where they do not.
    pub(crate) oidc: Option<Oidc>,
    /// What checks passkeys; none where there are none.
    pub(crate) passkeys: Option<Passkeys>,
    tokens: VerifiedTokens,
}

impl Identity {
    /// Identity as the settings say; none without a key that tokens are signed with.
    ///
    /// # Errors
    /// [`Error::Identity`] with what is wrong with the settings, a key or a file.
    pub(crate) fn of(settings: &IdentitySettings) -> Result<Option<Identity>, Error> {
        let wrong = |problem: String| Error::Identity { problem };
        if let Some(problem) = settings.problem() {
            return Err(wrong(problem));
        }
        let Some(keys) = SigningKeys::read(&settings.token_key_files).map_err(wrong)? else { return Ok(None) };
        let passwords = Passwords::of(settings).map_err(wrong)?;
        let sealing = SealingKeys::read(&settings.second_factor_key_files).map_err(wrong)?;
        let oidc = settings.oidc.as_ref().map(|oidc| Oidc::of(oidc, settings.step_up_s)).transpose();
        let oidc = oidc.map_err(|problem| wrong(format!("oidc: {problem}")))?;
        let passkeys = settings.passkeys.as_ref().map(Passkeys::of).transpose();
        let passkeys = passkeys.map_err(|problem| wrong(format!("passkeys: {problem}")))?;
        let (settings, tokens) = (settings.clone(), VerifiedTokens::new());
        Ok(Some(Identity { settings, keys, passwords, sealing, oidc, passkeys, tokens }))
    }

    /// What an access token says, if the house signed it, for itself, and it is good now.
    pub(crate) fn verified(&self, token: &str, now: DateTime<Utc>) -> Option<Arc<Claims>> {
        self.tokens.verified(&self.keys, &self.settings, token, now)
    }
}

impl Context {
    /// Identity, where there is one.
    ///
    /// # Errors
    /// A 503 that says how it is turned on.
    pub(crate) fn identity(&self) -> Result<&Arc<Identity>, Problem> {
        self.identity.as_ref().ok_or_else(Problem::no_identity)
    }
}

/// A token that sets a password or proves an address, for a mail or a person: 256 random bits as hexadecimal digits.
/// The store keeps its hash ([`schemas::secret_hash::secret_hash`]).
///
/// # Errors
/// If the system has no random numbers.
pub fn new_account_token() -> Result<String, String> {
    secrets::random_digits::<32>().map_err(|_| "the system has no random numbers".to_owned())
}

/// Whether a text can be the address of a mail: what mail programs write, without what would change the mail.
pub fn is_mail_address(text: &str) -> bool {
    let Some((mailbox, domain)) = text.rsplit_once('@') else { return false };
    let is_plain = |part: &str| {
        !part.is_empty() && !part.chars().any(|character| character.is_whitespace() || character.is_control())
    };
    let forbidden = |character: char| "@<>()[],;:\\\"".contains(character);
    text.len() <= 254
        && is_plain(mailbox)
        && is_plain(domain)
        && !mailbox.contains(forbidden)
        && !domain.contains(forbidden)
        && domain.contains('.')
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for address in ["zoe@example.org", "z.o+e@mail.example.org", "zoë@exämple.org"] {
            assert!(is_mail_address(address), "{address}");
        }
        let long = format!("{}@example.org", "x".repeat(250));
        for other in [
            "",
            "zoe",
            "@example.org",
            "zoe@",
            "zoe@localhost",
            "a b@example.org",
            "a@b@example.org",
            "a@example.org\r\nBcc: x@example.org",
            "<zoe@example.org>",
            "zoe@.org",
            &long,
        ] {
            assert!(!is_mail_address(other), "{other}");
        }
    }
}
