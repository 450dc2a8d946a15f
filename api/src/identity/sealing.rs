//! What second factors share with the house, sealed: AES-256-GCM under a key from a file of the house (RFC 5869).
//!
//! Who has a copy of the store has no such secret. What is sealed is bound to its user and its row, so that nobody who
//! can write to the store makes one user's secret another's. A text says which key sealed it: to change keys, put the
//! new one first and keep the old one until nobody's secret is sealed with it.

use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::secret_hash::hexadecimal;

use super::signing_keys::{of_file, read_secret};

/// What keys are derived with beside the secret of the file: another purpose has other keys from the same file.
const SALT: &[u8] = b"financr";
const KEY_INFO: &[u8] = b"second factors: key";
const NAME_INFO: &[u8] = b"second factors: name of the key";
/// Characters of the secret in a file at least: 256 bits as hexadecimal digits have 64, in base64 43.
const SECRET_LENGTH_MIN: usize = 32;
/// Bytes of a derived key.
const KEY_BYTES: usize = 32;
/// Bytes of a derived key's name.
const NAME_BYTES: usize = 4;

/// The keys of a house: the first one seals, all open.
pub(crate) struct SealingKeys {
    first: SealingKey,
    others: Vec<SealingKey>,
}

struct SealingKey {
    /// By which a text names it, 8 hexadecimal digits.
    name: String,
    key: RandomizedNonceKey,
}

impl SealingKeys {
    /// Reads the keys; none if no file is named.
    ///
    /// # Errors
    /// What is wrong with which file, and what to do.
    pub(crate) fn read(files: &[impl AsRef<Path>]) -> Result<Option<SealingKeys>, String> {
        let mut keys = files.iter().map(|file| read_key(file.as_ref())).collect::<Result<Vec<_>, _>>()?.into_iter();
        let Some(first) = keys.next() else { return Ok(None) };
        Ok(Some(SealingKeys { first, others: keys.collect() }))
    }

    /// Seals a secret for one place.
    ///
    /// # Errors
    /// If the library cannot; which it does not say why.
    pub(crate) fn sealed(&self, secret: &[u8], place: &str) -> Result<String, Unspecified> {
        let mut text = secret.to_vec();
        let nonce = self.first.key.seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut text)?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.extend(text);
        Ok(format!("{}.{}", self.first.name, URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for one place; none if it was not, or with a key that is not there any more.
    pub(crate) fn opened(&self, text: &str, place: &str) -> Option<Vec<u8>> {
        let (name, encoded) = text.split_once('.')?;
        let sealing = std::iter::once(&self.first).chain(&self.others).find(|key| key.name == name)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = rest.to_vec();
        let secret = sealing.key.open_in_place(nonce, Aad::from(place.as_bytes()), &mut sealed).ok()?;
        Some(secret.to_vec())
    }
}

fn read_key(path: &Path) -> Result<SealingKey, String> {
    let text = read_secret(path)?;
    let secret = text.trim();
    if secret.len() < SECRET_LENGTH_MIN {
        return Err(of_file(path, "has fewer than 32 characters; `financr users key --out FILE` makes one"));
    }
    key_of(secret).map_err(|_| of_file(path, "cannot be used"))
}

fn key_of(secret: &str) -> Result<SealingKey, Unspecified> {
    let derived = Salt::new(HKDF_SHA256, SALT).extract(secret.as_bytes());
    let key = RandomizedNonceKey::new(&AES_256_GCM, &expanded(&derived, KEY_INFO)?)?;
    let name = expanded(&derived, NAME_INFO)?;
    Ok(SealingKey { name: hexadecimal(&name[..NAME_BYTES]), key })
}

fn expanded(derived: &Prk, info: &[u8]) -> Result<[u8; KEY_BYTES], Unspecified> {
    let mut bytes = [0_u8; KEY_BYTES];
    derived.expand(&[info], HKDF_SHA256)?.fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::identity) fn keys_of(secrets: &[&str]) -> SealingKeys {
        let mut keys = secrets.iter().map(|secret| key_of(secret).expect("a key"));
        SealingKeys { first: keys.next().expect("one"), others: keys.collect() }
    }

    #[test]
    fn what_another_library_sealed_is_opened() {
        // Made with `cryptography` 48.0 for Python: HKDF(SHA256, 32, b"financr", b"second factors: key") of the secret,
        // AESGCM(key).encrypt(bytes(range(12)), b"12345678901234567890", b"u-1|f-1"), named by the first four bytes
        // of HKDF(SHA256, 32, b"financr", b"second factors: name of the key").
        let sealed = "e7a0c11e.AAECAwQFBgcICQoLZyDSCnDsgg0Unwr961Rcf6ckuNOFTNjPzbR_BbctAubDoW7N";
        let keys = keys_of(&["0123456789abcdef0123456789abcdef"]);
        assert_eq!(keys.opened(sealed, "u-1|f-1").as_deref(), Some(b"12345678901234567890".as_slice()));
        assert_eq!(keys.opened(sealed, "u-2|f-1"), None, "it is bound to its place");
    }

    #[test]
    fn only_what_was_sealed_with_a_key_of_the_house_is_opened() {
        let keys = keys_of(&["a secret of the house, 32 letters"]);
        let sealed = keys.sealed(b"secret", "u-1|f-1").expect("sealed");
        assert_eq!(keys.opened(&sealed, "u-1|f-1").as_deref(), Some(b"secret".as_slice()));
        assert_ne!(keys.sealed(b"secret", "u-1|f-1").expect("sealed"), sealed, "no two are alike");
        let other = keys_of(&["another secret of it, 32 letters."]);
        assert_eq!(other.opened(&sealed, "u-1|f-1"), None);
        let changed = keys_of(&["another secret of it, 32 letters.", "a secret of the house, 32 letters"]);
        assert_eq!(changed.opened(&sealed, "u-1|f-1").as_deref(), Some(b"secret".as_slice()), "the old key opens");
        let (name, _) = sealed.split_once('.').expect("two parts");
        let longer = format!("{sealed}AAAA");
        for wrong in ["", ".", name, &format!("{name}."), &format!("{name}.AAAA"), &format!("{name}.!"), &longer] {
            assert_eq!(keys.opened(wrong, "u-1|f-1"), None, "{wrong}");
        }
    }
}
