//! Secrets: made of the system's random numbers, taken in without being shown, and kept as hashes.

use aws_lc_rs::{hmac, rand};
use schemas::secret_hash::hexadecimal;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use crate::problem::Problem;

/// What is signed beside the salt, so that no other use of the same key gives the same bytes.
const SUCCESSOR: &[u8] = b"financr refresh token successor";

/// A secret that came with a request.
pub(crate) struct Secret(SecretString);

impl Secret {
    pub(crate) fn text(&self) -> &str {
        self.0.expose_secret()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        String::deserialize(deserializer).map(|text| Secret(SecretString::from(text)))
    }
}

/// 256 random bits as 64 hexadecimal digits.
///
/// # Errors
/// A problem if the system has no random numbers.
pub(crate) fn new_secret() -> Result<String, Problem> {
    random_digits::<32>().map_err(|error| Problem::internal(&error))
}

/// The part of a key that may be seen: 48 random bits as 12 hexadecimal digits.
///
/// # Errors
/// A problem if the system has no random numbers.
pub(crate) fn new_key_id() -> Result<String, Problem> {
    random_digits::<6>().map_err(|error| Problem::internal(&error))
}

/// Random bytes as hexadecimal digits.
pub(super) fn random_digits<const BYTES: usize>() -> Result<String, aws_lc_rs::error::Unspecified> {
    let mut bytes = [0_u8; BYTES];
    rand::fill(&mut bytes)?;
    Ok(hexadecimal(&bytes))
}

/// The refresh token that follows one, in a session with a salt: always the same. It takes the token, which the store
/// does not have, and the salt, which its holder does not have.
pub(crate) fn successor(refresh_token: &str, salt: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, refresh_token.as_bytes());
    let mut signed = hmac::Context::with_key(&key);
    signed.update(SUCCESSOR);
    signed.update(salt.as_bytes());
    hexadecimal(signed.sign().as_ref())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_successor_is_what_openssl_makes_of_it() {
        // printf 'financr refresh token successorsalt' | openssl dgst -sha256 -hmac token
        assert_eq!(successor("token", "salt"), "9c6eadc613367afdc45bbb1af934ab71e6a0582db68412d152d41bf5ec4bf7b3");
        assert_ne!(successor("token", "other"), successor("token", "salt"));
        assert_ne!(successor("other", "salt"), successor("token", "salt"));
    }

    #[test]
    fn no_two_secrets_are_alike() {
        let made = (0..100).map(|_| new_secret().unwrap_or_else(|_| panic!("random numbers")));
        let secrets = made.collect::<BTreeSet<_>>();
        assert_eq!(secrets.len(), 100);
        assert!(secrets.iter().all(|secret| secret.len() == 64));
    }
}
