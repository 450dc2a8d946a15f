//! Passwords: hashed slowly, and never more at once than the machine can bear (Argon2id, RFC 9106).

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::rand;
use tokio::sync::Semaphore;

use super::IdentitySettings;
use super::password_rules::PasswordRules;
use super::secrets::Secret;
use crate::problem::Problem;

/// Bytes of a salt (RFC 9106, section 3.1).
const SALT_BYTES: usize = 16;

/// How passwords are checked and hashed.
pub(crate) struct Passwords {
    params: Params,
    at_once: Arc<Semaphore>,
    /// The hash of no password, which is checked where there is no user.
    nobodys: String,
    pub(crate) rules: PasswordRules,
}

/// Whether a password is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is, and its hash is as strong as hashes are made now.
    Right,
    /// It is, and its hash is weaker than hashes are made now.
    RightAndWeaklyHashed,
    /// It is not, or there is none.
    Wrong,
}

impl Passwords {
    /// Passwords as the settings say.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub(crate) fn of(settings: &IdentitySettings) -> Result<Passwords, String> {
        let (memory, passes, lanes) = (settings.password_memory_kib, settings.password_passes, settings.password_lanes);
        let params = Params::new(memory, passes, lanes, None).map_err(|error| error.to_string())?;
        let nobodys = hashed(&params, &random_bytes::<32>()?).map_err(|error| error.to_string())?;
        let at_once = usize::try_from(settings.password_hashes_at_once).unwrap_or(1);
        let rules = PasswordRules::read(settings.password_deny_file.as_deref())?;
        Ok(Passwords { params, at_once: Arc::new(Semaphore::new(at_once)), nobodys, rules })
    }

    /// Checks a new password by the rules.
    ///
    /// # Errors
    /// A problem that says why it is refused.
    pub(crate) fn check(&self, password: &Secret, email: &str, display_name: &str) -> Result<(), Problem> {
        match self.rules.refusal(password.text(), email, display_name) {
            Some(reason) => Err(Problem::bad_request(reason, "choose a longer password, e.g. several words at random")),
            None => Ok(()),
        }
    }

    /// The hash of a password as a PHC string.
    ///
    /// # Errors
    /// A problem if it cannot be made.
    pub(crate) async fn hash(&self, password: &Secret) -> Result<String, Problem> {
        let (params, bytes) = (self.params.clone(), password.text().as_bytes().to_vec());
        let outcome = self.slowly(move || hashed(&params, &bytes)).await?;
        outcome.map_err(|error| Problem::internal(&error))
    }

    /// Whether a password is the one of a hash. Without a hash it takes as long, and is wrong.
    ///
    /// # Errors
    /// A problem if nobody can say.
    pub(crate) async fn verdict(&self, password: &Secret, hash: Option<&str>) -> Result<Verdict, Problem> {
        let (params, bytes) = (self.params.clone(), password.text().as_bytes().to_vec());
        let is_somebodys = hash.is_some();
        let hash = hash.unwrap_or(&self.nobodys).to_owned();
        let outcome = self.slowly(move || judged(&params, &bytes, &hash)).await?;
        match outcome {
            Ok(verdict) if is_somebodys => Ok(verdict),
            Ok(_) => Ok(Verdict::Wrong),
            Err(error) => Err(Problem::internal(&error)),
        }
    }

    /// Does slow work beside the threads that answer, as soon as there is room. Work that was begun is ended even if
    /// nobody waits for it any more, and takes its place until then.
    async fn slowly<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let room = Arc::clone(&self.at_once).acquire_owned().await.map_err(|error| Problem::internal(&error))?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(room);
            result
        });
        done.await.map_err(|error| Problem::internal(&error))
    }
}

fn random_bytes<const BYTES: usize>() -> Result<[u8; BYTES], String> {
    let mut bytes = [0_u8; BYTES];
    rand::fill(&mut bytes).map_err(|_| "the system has no random numbers".to_owned())?;
    Ok(bytes)
}

fn hashed(params: &Params, password: &[u8]) -> password_hash::Result<String> {
    let salt = random_bytes::<SALT_BYTES>().map_err(|_| password_hash::Error::Crypto)?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    Ok(hasher.hash_password_with_salt(password, &salt)?.to_string())
}

fn judged(params: &Params, password: &[u8], hash: &str) -> password_hash::Result<Verdict> {
    let stored = PasswordHash::new(hash).map_err(|_| password_hash::Error::Crypto)?;
    match Argon2::default().verify_password(password, &stored) {
        Ok(()) if is_weaker(&stored, params) => Ok(Verdict::RightAndWeaklyHashed),
        Ok(()) => Ok(Verdict::Right),
        Err(password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(other) => Err(other),
    }
}

/// Whether a hash was made with less than hashes are made now.
fn is_weaker(stored: &PasswordHash, params: &Params) -> bool {
    let is_argon2id = stored.algorithm.as_str() == Algorithm::Argon2id.as_str();
    match Params::try_from(stored) {
        Ok(found) => !is_argon2id || found.m_cost() < params.m_cost() || found.t_cost() < params.t_cost(),
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        serde_json::from_value(serde_json::Value::from(text)).expect("a text")
    }

    async fn verdict(passwords: &Passwords, password: &str, hash: Option<&str>) -> Verdict {
        passwords.verdict(&secret(password), hash).await.unwrap_or_else(|_| panic!("a verdict"))
    }

    #[tokio::test]
    async fn a_hash_of_the_reference_implementation_is_understood() {
        // The README of the reference implementation of Argon2 (P-H-C/phc-winner-argon2): version 13, Argon2i, 64 MiB.
        let hash = "$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG";
        let passwords = Passwords::of(&IdentitySettings::default()).expect("settings");
        assert_eq!(verdict(&passwords, "password", Some(hash)).await, Verdict::RightAndWeaklyHashed);
        assert_eq!(verdict(&passwords, "Password", Some(hash)).await, Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_hash_is_of_one_password_and_no_two_are_alike() {
        let passwords = Passwords::of(&IdentitySettings::default()).expect("settings");
        let first = passwords.hash(&secret("a long password")).await.unwrap_or_else(|_| panic!("hashed"));
        let second = passwords.hash(&secret("a long password")).await.unwrap_or_else(|_| panic!("hashed"));
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert_ne!(first, second);
        assert_eq!(verdict(&passwords, "a long password", Some(&first)).await, Verdict::Right);
        assert_eq!(verdict(&passwords, "a long passwore", Some(&first)).await, Verdict::Wrong);
        assert_eq!(verdict(&passwords, "a long password", None).await, Verdict::Wrong);
        let stronger = IdentitySettings { password_passes: 3, ..IdentitySettings::default() };
        let stronger = Passwords::of(&stronger).expect("settings");
        assert_eq!(verdict(&stronger, "a long password", Some(&first)).await, Verdict::RightAndWeaklyHashed);
    }
}
