//! Keys that access tokens are signed with: Ed25519 (RFC 8032), from files that only the house can read.
//!
//! A key is named by its thumbprint (RFC 7638), so that a file can be renamed and two houses never mean two keys by one
//! name. To change keys: put the new one first, keep the old one until its last token has expired, then take it out.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use schemas::secret_file::{FileRights, check_owner_only};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// Characters of a line of a PEM file (RFC 7468).
const LINE_LENGTH: usize = 64;
/// Bytes of a key file that are read.
const FILE_BYTES_MAX: u64 = 10_000;

/// The keys of a house: the first one signs, all verify.
pub(crate) struct SigningKeys {
    first: SigningKey,
    others: Vec<SigningKey>,
}

/// A key.
pub(crate) struct SigningKey {
    /// The thumbprint, by which tokens name it.
    pub(crate) key_id: String,
    /// The public half as it stands in a JSON Web Key.
    pub(crate) public: String,
    pair: Ed25519KeyPair,
}

impl SigningKeys {
    /// Reads the keys; none if no file is named.
    ///
    /// # Errors
    /// What is wrong with which file, and what to do.
    pub(crate) fn read(files: &[impl AsRef<Path>]) -> Result<Option<SigningKeys>, String> {
        let mut keys = files.iter().map(|file| read_key(file.as_ref())).collect::<Result<Vec<_>, _>>()?.into_iter();
        let Some(first) = keys.next() else { return Ok(None) };
        Ok(Some(SigningKeys { first, others: keys.collect() }))
    }

    /// The key that signs.
    pub(crate) fn signer(&self) -> &SigningKey {
        &self.first
    }

    /// The key with a name.
    pub(crate) fn named(&self, key_id: &str) -> Option<&SigningKey> {
        self.all().find(|key| key.key_id == key_id)
    }

    /// All keys, the one that signs first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl SigningKey {
    fn of(pair: Ed25519KeyPair) -> SigningKey {
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        // RFC 7638, section 3, with the members of RFC 8037, section 2: in this order, without spaces.
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
        let key_id = URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()));
        SigningKey { key_id, public, pair }
    }

    /// Signs a message.
    ///
    /// # Errors
    /// If the library cannot; which it does not say why.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, aws_lc_rs::error::Unspecified> {
        Ok(self.pair.try_sign(message)?.as_ref().to_vec())
    }

    /// Whether a message was signed with the key.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.pair.public_key().as_ref()).verify(message, signature).is_ok()
    }
}

/// A new key as the text of a file.
///
/// # Errors
/// If the system has no random numbers.
pub fn new_token_key() -> Result<String, String> {
    let made = Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1());
    let document = made.map_err(|_| "the system has no random numbers".to_owned())?;
    let text = STANDARD.encode(document.as_ref());
    let mut pem = format!("{BEGIN}\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE_LENGTH));
        pem.push_str(line);
        pem.push('\n');
        rest = more;
    }
    pem.push_str(END);
    pem.push('\n');
    Ok(pem)
}

fn read_key(path: &Path) -> Result<SigningKey, String> {
    key_of(&read_secret(path)?)
        .ok_or_else(|| of_file(path, "is no Ed25519 key in PKCS #8 and PEM; `financr users key --out FILE` makes one"))
}

/// The text of a file that only its owner can read.
///
/// # Errors
/// What is wrong with the file, and what to do.
pub(super) fn read_secret(path: &Path) -> Result<String, String> {
    let unreadable = |error: io::Error| of_file(path, &format!("cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    let found = file.metadata().map_err(unreadable)?;
    check_owner_only(path, FileRights { owner: found.uid(), mode: found.mode() })
        .map_err(|error| of_file(path, &error.to_string()))?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// What is wrong with the file of a key.
pub(super) fn of_file(path: &Path, problem: &str) -> String {
    format!("the key `{}` {problem}", path.display())
}

fn key_of(text: &str) -> Option<SigningKey> {
    let (_, after) = text.split_once(BEGIN)?;
    let (body, _) = after.split_once(END)?;
    let digits: String = body.split_whitespace().collect();
    let document = STANDARD.decode(digits).ok()?;
    Ed25519KeyPair::from_pkcs8(&document).ok().map(SigningKey::of)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The key of RFC 8037, appendix A.1, which RFC 8032 has as its first test vector.
    pub(in crate::identity) fn key_of_the_standard() -> SigningKey {
        let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let public = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        SigningKey::of(Ed25519KeyPair::from_seed_and_public_key(&seed, &public).unwrap())
    }

    pub(in crate::identity) fn only(key: SigningKey) -> SigningKeys {
        SigningKeys { first: key, others: Vec::new() }
    }

    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        // RFC 8037, appendix A.3.
        assert_eq!(key_of_the_standard().key_id, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // RFC 8037, appendix A.4: the signing input, and the signature in base64url.
        let input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let key = key_of_the_standard();
        let signature = key.sign(input).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(&signature), expected);
        assert!(key.verifies(input, &signature));
        assert!(!key.verifies(b"another", &signature));
    }

    #[test]
    fn a_new_key_is_read_back() {
        let pem = new_token_key().unwrap();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n") && pem.ends_with("-----END PRIVATE KEY-----\n"));
        let key = key_of(&pem).expect("a key");
        assert!(key.verifies(b"text", &key.sign(b"text").unwrap()));
        assert_ne!(key.key_id, key_of(&new_token_key().unwrap()).unwrap().key_id);
        assert!(key_of("").is_none() && key_of(&pem.replace("M", "!")).is_none());
    }

    #[test]
    fn a_key_of_openssl_is_read() {
        // RFC 8410, section 10.3: the first example of a private key.
        let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                   -----END PRIVATE KEY-----\n";
        // RFC 8410, section 10.1: its public half ends with these bytes.
        let public = STANDARD.decode("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=").unwrap();
        let key = key_of(pem).expect("a key");
        assert_eq!(URL_SAFE_NO_PAD.decode(&key.public).unwrap(), public[12..]);
    }
}
