//! What can be set about users and how they sign in.

use std::path::PathBuf;

use chrono::TimeDelta;
use schemas::Role;
use serde::{Deserialize, Deserializer};
use store::{LockOut, RefreshLimits};

/// Who may become a user without being asked in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Whoever has an address.
    #[default]
    Open,
    /// Nobody: `financr users add` makes users.
    Closed,
}

/// Another house at which users sign in (OpenID Connect).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// The house, as it calls itself, e.g. `https://login.example.org`.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// A file with our secret there, that only its owner can read; none for a client without one.
    pub client_secret_file: Option<PathBuf>,
    /// The address of the application that users come back to, as it is registered there.
    pub redirect_uri: String,
    /// Whether a user whose address is verified on both sides is linked by it, once. Default no: an operator links
    /// users.
    #[serde(default)]
    pub link_by_verified_email: bool,
}

/// Signing in with passkeys (WebAuthn).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeySettings {
    /// The domain that passkeys are for, e.g. `example.org`. Those that were made for one are good for no other.
    pub domain: String,
    /// The applications in which they are used, as browsers name them, e.g. `https://app.example.org`: of the domain,
    /// or below it.
    pub origins: Vec<String>,
}

/// Users and how they sign in. Without a key for tokens nobody does.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentitySettings {
    /// Files with Ed25519 keys (PKCS #8, PEM): the first signs access tokens, all verify them. `financr users key`
    /// makes one. Default none: nobody signs in.
    pub token_key_files: Vec<PathBuf>,
    /// Who issues the tokens, as it stands in them. Default `financr`.
    pub issuer: String,
    /// For whom the tokens are, as it stands in them. Default `financr-api`.
    pub audience: String,
    /// Seconds that an access token is good for, 60 to 3,600. Default 600.
    pub access_token_s: u32,
    /// Days that a session lasts at most, 1 to 366. Default 30.
    pub session_days: u32,
    /// Days that a session lasts without use, 1 to 366. Default 7.
    pub session_idle_days: u32,
    /// Seconds for which a used refresh token is answered once more with its successor, 0 to 300. Default 30.
    pub refresh_grace_s: u32,
    /// Memory that hashing a password takes, in KiB, 19,456 to 1,048,576. Default 19,456 (19 MiB).
    pub password_memory_kib: u32,
    /// Passes over that memory, 2 to 20. Default 2.
    pub password_passes: u32,
    /// Lanes that can be computed at once, 1 to 16. Default 1.
    pub password_lanes: u32,
    /// Passwords that are hashed at once, 1 to 64; the others wait. Default 2.
    pub password_hashes_at_once: u32,
    /// A file with passwords that are refused, one a line. Default none.
    pub password_deny_file: Option<PathBuf>,
    /// Who may become a user without being asked in: `open` or `closed`. Default `open`.
    pub registration: Registration,
    /// Files with secrets of at least 32 characters that only their owner can read: the first seals what second factors
    /// share with the house, all open it. `financr users key` makes one. Default none: there are no second factors.
    pub second_factor_key_files: Vec<PathBuf>,
    /// Roles whose users need a second factor, or a passkey: until they have one, they can do nothing but set one up.
    /// Default none.
    #[serde(deserialize_with = "roles")]
    pub second_factor_roles: Vec<Role>,
    /// Seconds for which the last proof of who a user is counts for what is sensitive, 60 to 3,600. Default 900.
    pub step_up_s: u32,
    /// Another house at which users sign in, beside passwords. Default none.
    pub oidc: Option<OidcSettings>,
    /// Signing in with passkeys, beside passwords. Default none.
    pub passkeys: Option<PasskeySettings>,
    /// Failures at one account after which there is a wait, 1 to 100. Default 5.
    pub user_failures_max: u32,
    /// Failures from one address of the network after which there is a wait, 1 to 10,000: many may sit behind one.
    /// Default 20.
    pub peer_failures_max: u32,
    /// Seconds of the first wait, 1 to 3,600; each further failure doubles it. Default 30.
    pub first_wait_s: u32,
    /// Seconds of the longest wait, up to 86,400. Default 900.
    pub longest_wait_s: u32,
}

impl Default for IdentitySettings {
    fn default() -> IdentitySettings {
        IdentitySettings {
            token_key_files: Vec::new(),
            issuer: "financr".to_owned(),
            audience: "financr-api".to_owned(),
            access_token_s: 600,
            session_days: 30,
            session_idle_days: 7,
            refresh_grace_s: 30,
            password_memory_kib: 19 << 10,
            password_passes: 2,
            password_lanes: 1,
            password_hashes_at_once: 2,
            password_deny_file: None,
            registration: Registration::Open,
            second_factor_key_files: Vec::new(),
            second_factor_roles: Vec::new(),
            step_up_s: 900,
            oidc: None,
            passkeys: None,
            user_failures_max: 5,
            peer_failures_max: 20,
            first_wait_s: 30,
            longest_wait_s: 900,
        }
    }
}

impl IdentitySettings {
    /// What is wrong with the settings, if something is.
    pub(crate) fn problem(&self) -> Option<String> {
        let bounds = [
            ("access_token_s", self.access_token_s, 60, 3_600),
            ("session_days", self.session_days, 1, 366),
            ("session_idle_days", self.session_idle_days, 1, 366),
            ("refresh_grace_s", self.refresh_grace_s, 0, 300),
            ("password_memory_kib", self.password_memory_kib, 19 << 10, 1 << 20),
            ("password_passes", self.password_passes, 2, 20),
            ("password_lanes", self.password_lanes, 1, 16),
            ("password_hashes_at_once", self.password_hashes_at_once, 1, 64),
            ("step_up_s", self.step_up_s, 60, 3_600),
            ("user_failures_max", self.user_failures_max, 1, 100),
            ("peer_failures_max", self.peer_failures_max, 1, 10_000),
            ("first_wait_s", self.first_wait_s, 1, 3_600),
            ("longest_wait_s", self.longest_wait_s, self.first_wait_s, 86_400),
        ];
        let outside = bounds.into_iter().find(|(_, value, least, most)| !(least..=most).contains(&value));
        if let Some((name, value, least, most)) = outside {
            return Some(format!("`{name}` is {value} and must be {least} to {most}"));
        }
        let has_factors = !self.second_factor_key_files.is_empty() || self.passkeys.is_some();
        if !self.second_factor_roles.is_empty() && !has_factors {
            let help = "make a key with `financr users key --out FILE`, or set up [api.identity.passkeys]";
            return Some(format!("`second_factor_roles` needs `second_factor_key_files`, or passkeys; {help}"));
        }
        let nameless = self.issuer.trim().is_empty() || self.audience.trim().is_empty();
        nameless.then(|| "`issuer` and `audience` must not be empty".to_owned())
    }

    pub(crate) fn access_life(&self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.access_token_s))
    }

    /// Whether users with a role need a second factor.
    pub(crate) fn needs_second_factor(&self, role: Role) -> bool {
        self.second_factor_roles.contains(&role)
    }

    pub(crate) fn session_life(&self) -> TimeDelta {
        TimeDelta::days(i64::from(self.session_days))
    }

    pub(crate) fn refresh_limits(&self) -> RefreshLimits {
        RefreshLimits {
            idle: TimeDelta::days(i64::from(self.session_idle_days)),
            grace: TimeDelta::seconds(i64::from(self.refresh_grace_s)),
        }
    }

    pub(crate) fn lock_out(&self) -> LockOut {
        LockOut {
            first: TimeDelta::seconds(i64::from(self.first_wait_s)),
            longest: TimeDelta::seconds(i64::from(self.longest_wait_s)),
            memory: TimeDelta::days(1),
        }
    }
}

/// Reads roles from their words.
fn roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Role>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    words.iter().map(|word| word.parse().map_err(serde::de::Error::custom)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weaker_hashes_than_the_least_are_refused() {
        assert_eq!(IdentitySettings::default().problem(), None);
        let weak = IdentitySettings { password_memory_kib: 8, ..IdentitySettings::default() };
        assert!(weak.problem().expect("refused").contains("`password_memory_kib` is 8"));
        let nameless = IdentitySettings { issuer: " ".to_owned(), ..IdentitySettings::default() };
        assert!(nameless.problem().is_some());
        let keyless = IdentitySettings { second_factor_roles: vec![Role::Admin], ..IdentitySettings::default() };
        assert!(keyless.problem().expect("refused").contains("`second_factor_key_files`"));
        let with_passkeys = IdentitySettings { passkeys: Some(PasskeySettings::default()), ..keyless };
        assert_eq!(with_passkeys.problem(), None, "they are two factors");
    }
}
