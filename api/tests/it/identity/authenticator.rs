//! An authenticator in memory, as a browser brings its answers (WebAuthn level 3, sections 5.1, 6.1 and 6.5).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) const DOMAIN: &str = "example.org";
pub(super) const ORIGIN: &str = "https://app.example.org";

/// Flags of what an authenticator says (section 6.1): the user was there, was looked at, and a key comes with it.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const WITH_KEY: u8 = 0x40;

/// An authenticator with one passkey.
pub(super) struct Authenticator {
    key: EcdsaKeyPair,
    credential_id: [u8; 32],
    /// The handle of the user, as it came with the question.
    pub(super) user_handle: String,
    /// How often it answered.
    pub(super) counter: u32,
    /// Where the browser thinks it is.
    pub(super) origin: &'static str,
    /// Whether it looks who its user is.
    pub(super) looks: bool,
}

impl Authenticator {
    pub(super) fn new() -> Authenticator {
        let mut credential_id = [0; 32];
        aws_lc_rs::rand::fill(&mut credential_id).expect("random numbers");
        Authenticator {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"),
            credential_id,
            user_handle: String::new(),
            counter: 0,
            origin: ORIGIN,
            looks: true,
        }
    }

    pub(super) fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.credential_id)
    }

    /// Makes a passkey: the answer to the question of a registration.
    pub(super) fn made(&mut self, options: &Value) -> Value {
        options["user"]["id"].as_str().expect("a handle").clone_into(&mut self.user_handle);
        let client_data = self.client_data("webauthn.create", options);
        let mut about = self.about(WITH_KEY);
        about.extend([0; 16]);
        about.extend(u16::try_from(self.credential_id.len()).expect("short").to_be_bytes());
        about.extend(self.credential_id);
        about.extend(self.cose_key());
        // CBOR (RFC 8949): a map of `fmt`, `attStmt` and `authData`, of the form `none` (section 8.7).
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(about.len()).expect("short"));
        attestation.extend(&about);
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&client_data),
                "attestationObject": URL_SAFE_NO_PAD.encode(&attestation),
                "transports": ["internal"],
            },
        })
    }

    /// Proves who its user is: the answer to the question of a sign-in.
    pub(super) fn proved(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", options);
        let about = self.about(0);
        let signed = [&about[..], &Sha256::digest(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("signed");
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&client_data),
                "authenticatorData": URL_SAFE_NO_PAD.encode(&about),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
                "userHandle": self.user_handle,
            },
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let said =
            json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false});
        said.to_string().into_bytes()
    }

    /// The data of an authenticator up to its counter.
    fn about(&self, flags: u8) -> Vec<u8> {
        let looked = if self.looks { VERIFIED } else { 0 };
        let mut about = Sha256::digest(DOMAIN).to_vec();
        about.push(PRESENT | looked | flags);
        about.extend(self.counter.to_be_bytes());
        about
    }

    /// The key as COSE has it (RFC 9053, section 7.1.1): of two coordinates on P-256, for ES256.
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x, b"\x22\x58\x20", y].concat()
    }
}
