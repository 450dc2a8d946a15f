//! The key by which others see that something comes from this house: heads of the audit log, and archives for people.
//!
//! It is a key like those for tokens (Ed25519, PKCS #8, PEM; `financr users key` makes one), and never one of them:
//! what is signed with it is kept for years.

use std::path::Path;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::identity::SigningKeys;

/// The key of the house.
pub struct HouseKey(SigningKeys);

impl HouseKey {
    /// Reads the key from a file that only its owner can read.
    ///
    /// # Errors
    /// What is wrong with the file, and what to do.
    pub fn read(file: &Path) -> Result<HouseKey, String> {
        let keys = SigningKeys::read(&[file])?;
        keys.map(HouseKey).ok_or_else(|| "no key is named".to_owned())
    }

    /// The name of the key: its thumbprint (RFC 7638).
    pub fn key_id(&self) -> &str {
        &self.0.signer().key_id
    }

    /// The public half, as it stands in a JSON Web Key: 32 bytes in base64url.
    pub fn public(&self) -> &str {
        &self.0.signer().public
    }

    /// The signature of a message in base64url.
    ///
    /// # Errors
    /// If the library cannot sign.
    pub fn sign(&self, message: &[u8]) -> Result<String, String> {
        let signature = self.0.signer().sign(message).map_err(|_| "the key of the house cannot sign".to_owned())?;
        Ok(URL_SAFE_NO_PAD.encode(signature))
    }

    /// Whether a message was signed with the key.
    pub fn verifies(&self, message: &[u8], signature: &str) -> bool {
        is_signed_with(self.public(), message, signature)
    }
}

/// Whether a message was signed with the key of a public half. Both texts are base64url.
pub fn is_signed_with(public: &str, message: &[u8], signature: &str) -> bool {
    let (Ok(public), Ok(signature)) = (URL_SAFE_NO_PAD.decode(public), URL_SAFE_NO_PAD.decode(signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, public).verify(message, &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_of_the_standard_is_believed_and_another_is_not() {
        // RFC 8032, section 7.1, test 2.
        let public = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw";
        let signature = "kqAJqfDUyrhyDoILX2QlQKKye1QWUD-Ps3YiI-vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA";
        assert!(is_signed_with(public, &[0x72], signature));
        assert!(!is_signed_with(public, &[0x73], signature));
        assert!(!is_signed_with("", &[0x72], signature) && !is_signed_with(public, &[0x72], "no signature"));
    }
}
