//! The keys that the keys of persons are wrapped with: where they are is nobody else's business.
//!
//! A house has them in a file (`LocalKeys`) or, by another implementation of [`KeyService`], in a service that never
//! gives them out. The store asks to wrap and unwrap and keeps what comes back; which key did it is named beside it, so
//! that keys can be changed one person after another.

use std::fmt;

use async_trait::async_trait;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hmac, rand};
use schemas::secret_hash::hexadecimal;

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;

/// Why keys could not be used.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct KeyError {
    /// What is wrong, and what to do. It names no secret.
    pub problem: String,
}

impl KeyError {
    /// An error with what is wrong and what to do.
    pub fn new(problem: impl Into<String>) -> KeyError {
        KeyError { problem: problem.into() }
    }
}

/// The key of a person: what is personal is sealed with it, and is gone when it is gone.
pub struct DataKey([u8; KEY_BYTES]);

/// A wrapped key of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// The name of the key that it is wrapped with.
    pub key_id: String,
    /// The wrapped key, as whoever wrapped it wants it back.
    pub wrapped: Vec<u8>,
}

/// Whoever has the keys that keys of persons are wrapped with.
#[async_trait]
pub trait KeyService: fmt::Debug + Send + Sync {
    /// The name of the key that wraps now.
    ///
    /// # Errors
    /// If the keys cannot be reached.
    async fn wrapping_key_id(&self) -> Result<String, KeyError>;

    /// Wraps the key of a person.
    ///
    /// - `person`: the id; what is wrapped for one person cannot be unwrapped for another.
    ///
    /// # Errors
    /// If the keys cannot be reached.
    async fn wrap_key(&self, key: &DataKey, person: &str) -> Result<WrappedKey, KeyError>;

    /// The key of a person that was wrapped.
    ///
    /// # Errors
    /// If the keys cannot be reached, the one it was wrapped with is not there any more, or it is not what was wrapped
    /// for this person.
    async fn unwrap_key(&self, wrapped: &WrappedKey, person: &str) -> Result<DataKey, KeyError>;

    /// By what something is found again without being readable: a keyed hash, always the same, with a key that is never
    /// changed.
    ///
    /// # Errors
    /// If the keys cannot be reached.
    async fn lookup_hash(&self, text: &str) -> Result<String, KeyError>;
}

impl DataKey {
    /// A key of random bytes.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn random() -> Result<DataKey, KeyError> {
        let mut bytes = [0; KEY_BYTES];
        rand::fill(&mut bytes).map_err(|_| KeyError::new("the system has no random numbers"))?;
        Ok(DataKey(bytes))
    }

    /// A key from its bytes, for whoever unwraps keys.
    ///
    /// # Errors
    /// If they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Result<DataKey, KeyError> {
        let bytes = bytes.try_into().map_err(|_| KeyError::new("a key of a person has 32 bytes"))?;
        Ok(DataKey(bytes))
    }

    /// The bytes, for whoever wraps keys.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Shows nothing of the key.
impl fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DataKey(…)")
    }
}

/// Seals bytes with AES-256-GCM (NIST SP 800-38D): a random nonce, the sealed bytes, the tag.
///
/// - `context`: what the bytes are; they can only be opened as the same.
pub(crate) fn seal(key: &[u8], context: &[u8], bytes: &[u8]) -> Result<Vec<u8>, KeyError> {
    let unusable = |_| KeyError::new("the key of a person cannot be used");
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(unusable)?;
    let mut sealed = bytes.to_vec();
    let nonce = key.seal_in_place_append_tag(Aad::from(context), &mut sealed).map_err(unusable)?;
    let mut text = nonce.as_ref().to_vec();
    text.append(&mut sealed);
    Ok(text)
}

/// Opens what [`seal`] sealed as the same.
pub(crate) fn open(key: &[u8], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
    let not_ours =
        |_| KeyError::new("something that is sealed cannot be opened: it was changed, or moved from elsewhere");
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(not_ours)?;
    let (nonce, rest) =
        sealed.split_at_checked(NONCE_LEN).ok_or_else(|| KeyError::new("something sealed is too short"))?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(not_ours)?;
    let mut opened = rest.to_vec();
    let length = key.open_in_place(nonce, Aad::from(context), &mut opened).map_err(not_ours)?.len();
    opened.truncate(length);
    Ok(opened)
}

/// HMAC-SHA-256 (RFC 2104) as hexadecimal digits.
pub(crate) fn keyed_hash(key: &[u8], text: &[u8]) -> String {
    hexadecimal(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(digits: &str) -> Vec<u8> {
        let pair = |place: usize| u8::from_str_radix(&digits[place..place + 2], 16).expect("digits");
        (0..digits.len()).step_by(2).map(pair).collect()
    }

    /// Test case 16 of "The Galois/Counter Mode of Operation" by McGrew and Viega: AES-256 with associated data.
    #[test]
    fn what_the_standard_sealed_is_opened() {
        let key = bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        let context = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let sealed = bytes(concat!(
            "cafebabefacedbaddecaf888",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa",
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            "76fc6ece0f4e1768cddf8853bb2d551b"
        ));
        let plain = bytes(concat!(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72",
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        ));
        assert_eq!(open(&key, &context, &sealed).expect("opened"), plain);
        assert!(open(&key, b"something else", &sealed).is_err());
        assert!(open(&key, &context, &sealed[..sealed.len() - 1]).is_err() && open(&key, &context, b"short").is_err());
    }

    #[test]
    fn what_is_sealed_is_opened_as_the_same_and_never_looks_the_same() {
        let key = DataKey::random().expect("random numbers");
        let sealed = seal(key.bytes(), b"email", "zoë@example.org".as_bytes()).expect("sealed");
        assert_eq!(open(key.bytes(), b"email", &sealed).expect("opened"), "zoë@example.org".as_bytes());
        assert!(open(key.bytes(), b"name", &sealed).is_err());
        assert!(open(DataKey::random().expect("random numbers").bytes(), b"email", &sealed).is_err());
        assert_ne!(seal(key.bytes(), b"email", "zoë@example.org".as_bytes()).expect("sealed"), sealed);
        assert!(!format!("{key:?}").contains(|character: char| character.is_ascii_digit()));
    }

    /// RFC 4231, test case 2.
    #[test]
    fn a_keyed_hash_is_that_of_the_standard() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(keyed_hash(b"Jefe", b"what do ya want for nothing?"), expected);
    }
}
