//! Who sends messages to browsers: the key of the house, and the token that it signs for each push service (VAPID,
//! RFC 8292).
//!
//! Browsers subscribe to messages of this key and of no other. A house that loses it, or makes another one, loses its
//! subscriptions.

use std::fmt;
use std::io::Read;
use std::path::Path;

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::base64url;
use crate::error::Error;
use crate::secret_file;

/// How long a token holds; RFC 8292 allows 24 hours, and clocks differ.
const LIFETIME: TimeDelta = TimeDelta::hours(12);
/// Bytes that a file with a key may have.
const KEY_FILE_BYTES_MAX: u64 = 16 << 10;
/// Characters of a line of PEM (RFC 7468).
const PEM_LINE_CHARS: usize = 64;

/// The key with which the house says who it is.
pub struct VapidKey {
    pair: EcdsaKeyPair,
    public_text: String,
}

/// A new key of the house.
pub struct NewVapidKey {
    /// The key as PKCS#8 in PEM.
    pub private_pem: SecretString,
    /// The public key as browsers want it (`applicationServerKey`): base64url without padding.
    pub public_text: String,
}

/// The head of a token.
#[derive(Serialize)]
struct TokenHead {
    typ: &'static str,
    alg: &'static str,
}

/// What a token says.
#[derive(Serialize)]
struct TokenClaims<'a> {
    aud: &'a str,
    exp: i64,
    sub: &'a str,
}

impl VapidKey {
    /// Reads the key from a file that nobody but its owner has rights to.
    ///
    /// # Errors
    /// The file, and what is wrong with it, without what is in it.
    pub fn read(path: &Path) -> Result<VapidKey, String> {
        let problem = |problem: String| format!("{} {problem}", path.display());
        let file = secret_file::open(path).map_err(problem)?;
        let mut text = Vec::new();
        let read = file.take(KEY_FILE_BYTES_MAX).read_to_end(&mut text);
        read.map_err(|error| problem(format!("cannot be read: {error}")))?;
        let help = "`financr push key --out FILE` makes one";
        let der = PrivatePkcs8KeyDer::from_pem_slice(&text)
            .map_err(|_| problem(format!("holds no private key in PEM (`-----BEGIN PRIVATE KEY-----`); {help}")))?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_pkcs8_der())
            .map_err(|_| problem(format!("holds no private key of the curve P-256; {help}")))?;
        Ok(VapidKey { public_text: base64url::encode(pair.public_key().as_ref()), pair })
    }

    /// The public key as browsers want it (`applicationServerKey`): base64url without padding.
    pub fn public_text(&self) -> &str {
        &self.public_text
    }

    /// The header that says to a push service who sends.
    ///
    /// - `origin`: of the push service, e.g. `https://fcm.googleapis.com`.
    /// - `subject`: whom the service may ask, e.g. `mailto:operations@example.org`.
    pub(super) fn authorization(
        &self,
        origin: &str,
        subject: &str,
        now: DateTime<Utc>,
    ) -> Result<SecretString, Unspecified> {
        let head = TokenHead { typ: "JWT", alg: "ES256" };
        let claims = TokenClaims { aud: origin, exp: (now + LIFETIME).timestamp(), sub: subject };
        let head = serde_json::to_vec(&head).map_err(|_| Unspecified)?;
        let claims = serde_json::to_vec(&claims).map_err(|_| Unspecified)?;
        let signed = format!("{}.{}", base64url::encode(&head), base64url::encode(&claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes())?;
        let token = format!("{signed}.{}", base64url::encode(signature.as_ref()));
        Ok(SecretString::from(format!("vapid t={token}, k={}", self.public_text)))
    }
}

impl fmt::Debug for VapidKey {
    /// The public half only.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("VapidKey").field("public_text", &self.public_text).finish_non_exhaustive()
    }
}

/// Makes a key of the system's random numbers.
///
/// # Errors
/// [`Error::Channel`] if the system has none.
pub fn make_key() -> Result<NewVapidKey, Error> {
    let failed = |_: Unspecified| Error::Channel {
        channel: super::CHANNEL.title,
        problem: "no key could be made: the system gives no random numbers".to_owned(),
    };
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?;
    let document = pair.to_pkcs8v1().map_err(failed)?;
    let public_text = base64url::encode(pair.public_key().as_ref());
    Ok(NewVapidKey { private_pem: pem(document.as_ref()), public_text })
}

/// A private key as text (RFC 7468).
fn pem(der: &[u8]) -> SecretString {
    let encoded = SecretString::from(STANDARD.encode(der));
    let mut text = String::from("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = encoded.expose_secret();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(PEM_LINE_CHARS));
        text += line;
        text.push('\n');
        rest = after;
    }
    text += "-----END PRIVATE KEY-----\n";
    SecretString::from(text)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::Value;

    use super::*;
    use crate::secret_file::tests::write_private;

    const OF_OPENSSL: &str = "-----BEGIN PRIVATE KEY-----\n\
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgls3tzZQaXjh0toTX\n\
        /HmO/S9CAs7iEETWLFDqxIZsxiGhRANCAAQqRa78Srj6Rm2oXP3qhyGV93sV4+aD\n\
        UjiVZk30UkpK7bn6nsS4u8c2MOyJmixPjjBOrhWr8NyDycv7LAH63/tm\n\
        -----END PRIVATE KEY-----\n";
    const PUBLIC_OF_OPENSSL: &str =
        "BCpFrvxKuPpGbahc_eqHIZX3exXj5oNSOJVmTfRSSkrtufqexLi7xzYw7ImaLE-OME6uFavw3IPJy_ssAfrf-2Y";

    fn key_in(folder: &Path) -> VapidKey {
        let path = folder.join("vapid.pem");
        let new = make_key().expect("a key");
        write_private(&path, new.private_pem.expose_secret());
        let key = VapidKey::read(&path).expect("readable");
        assert_eq!(key.public_text(), new.public_text, "the file holds the key whose other half was told");
        key
    }

    #[test]
    fn a_token_names_the_push_service_for_a_day_at_most_and_is_signed_by_the_key_that_goes_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = key_in(folder.path());
        let now: DateTime<Utc> = "2015-01-01T02:00:00Z".parse().expect("an instant");
        let header = key.authorization("https://fcm.googleapis.com", "mailto:anna@example.org", now).expect("signed");
        let header = header.expose_secret();
        let (token, public) =
            header.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k=")).expect("the form of RFC 8292");
        let point = base64url::decode(public).expect("base64url");
        assert_eq!((point.len(), point[0]), (65, 4), "a point of P-256, not compressed");
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let signature = base64url::decode(signature).expect("base64url");
        assert_eq!(signature.len(), 64, "r and s (RFC 7518, section 3.4)");
        let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point);
        assert!(verifier.verify(signed.as_bytes(), &signature).is_ok());
        assert!(verifier.verify(format!("{signed}x").as_bytes(), &signature).is_err());
        let (head, claims) = signed.split_once('.').expect("two parts");
        let json =
            |text: &str| -> Value { serde_json::from_slice(&base64url::decode(text).expect("text")).expect("JSON") };
        assert_eq!(json(head), serde_json::json!({"typ": "JWT", "alg": "ES256"}));
        let claims = json(claims);
        assert_eq!(
            (&claims["aud"], &claims["sub"]),
            (&"https://fcm.googleapis.com".into(), &"mailto:anna@example.org".into())
        );
        let lifetime = claims["exp"].as_i64().expect("seconds") - now.timestamp();
        assert!(0 < lifetime && lifetime <= 86_400, "{lifetime}");
        let shown = format!("{key:?}");
        assert!(shown.contains(public) && !shown.contains("PRIVATE"), "{shown}");
    }

    #[test]
    fn a_key_of_openssl_is_read_and_what_is_no_key_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key.pem");
        let read = |text: &str| {
            write_private(&path, text);
            VapidKey::read(&path)
        };
        // Made by `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`; the public half is what
        // `openssl pkey -pubout -outform DER | tail -c 65` tells.
        let public = read(OF_OPENSSL).expect("readable").public_text;
        assert_eq!(public, PUBLIC_OF_OPENSSL);
        assert!(read("").expect_err("refused").contains("holds no private key in PEM"));
        let another = OF_OPENSSL.replace("MIG", "MIH");
        assert!(read(&another).expect_err("refused").contains("holds no private key of the curve P-256"));
        let none = VapidKey::read(&folder.path().join("none")).expect_err("refused");
        assert!(none.contains("cannot be read"), "{none}");
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key.pem");
        write_private(&path, OF_OPENSSL);
        assert!(VapidKey::read(&path).is_ok());
        std::fs::set_permissions(&path, Permissions::from_mode(0o604)).expect("changed");
        let refused = VapidKey::read(&path).expect_err("refused");
        let shown = path.display().to_string();
        assert!(refused.starts_with(&shown) && refused.ends_with(&format!(" {shown}`")), "{refused}");
    }
}
