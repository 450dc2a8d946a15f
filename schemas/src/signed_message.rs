//! How a message over HTTP shows who wrote it and when: the events of the webhook, and the reports that come in.
//!
//! The header `financr-signature` is `t=<seconds since 1970>,v1=<hexadecimal digits>`; the digits are the HMAC-SHA-256
//! (RFC 2104) of `<seconds>.<body>` with a secret that both sides keep in a file. The seconds are signed with the body,
//! so that nobody can send an old message again later.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "financr-signature";
/// How far the time of a signature may be from the reader's.
pub const AGE_MAX: TimeDelta = TimeDelta::minutes(5);

/// Characters of a header that is looked at.
const HEADER_LENGTH_MAX: usize = 200;

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is none, or it is none.
    #[error("the header `financr-signature` is not `t=<seconds since 1970>,v1=<64 hexadecimal digits>`")]
    Malformed,
    /// It is of another time.
    #[error(
        "the time of the signature is more than five minutes from now; set the clock right, sign each message anew"
    )]
    Stale,
    /// It is of another message, or another secret.
    #[error("the signature is not of this message; sign `<seconds>.<body>` with HMAC-SHA-256 and the shared secret")]
    Wrong,
}

/// The value of the header for a message.
pub fn sign(secret: &[u8], at: DateTime<Utc>, body: &[u8]) -> String {
    let seconds = at.timestamp().to_string();
    let mut text = format!("t={seconds},v1=");
    for byte in hmac_sha256(secret, &[seconds.as_bytes(), b".", body]).finalize().into_bytes() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Whether a message was signed with the secret, just now.
///
/// # Errors
/// [`SignatureError`] if not. The time taken tells nothing about the signature that would be right.
pub fn verify(secret: &[u8], header: &str, body: &[u8], now: DateTime<Utc>) -> Result<(), SignatureError> {
    if HEADER_LENGTH_MAX < header.len() {
        return Err(SignatureError::Malformed);
    }
    let part = |name: &str| header.split(',').find_map(|part| part.trim().strip_prefix(name));
    let (Some(seconds), Some(digits)) = (part("t="), part("v1=")) else { return Err(SignatureError::Malformed) };
    let at = seconds.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let (Some(at), Some(given)) = (at, bytes_of(digits)) else { return Err(SignatureError::Malformed) };
    if AGE_MAX < (now - at).abs() {
        return Err(SignatureError::Stale);
    }
    let wanted = hmac_sha256(secret, &[seconds.as_bytes(), b".", body]);
    wanted.verify_slice(&given).map_err(|_| SignatureError::Wrong)
}

/// Compares all of what was given, wherever it differs: the time taken tells nothing of what was wanted but its length.
pub fn same_bytes(given: &[u8], wanted: &[u8]) -> bool {
    let mut difference = u8::from(given.len() != wanted.len());
    for (left, right) in given.iter().zip(wanted.iter().cycle()) {
        difference |= left ^ right;
    }
    std::hint::black_box(difference) == 0
}

/// HMAC (RFC 2104) with SHA-256, of a text in parts.
fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let keyed = Hmac::<Sha256>::new_from_slice(key);
    let mut mac = keyed.unwrap_or_else(|_| unreachable!("HMAC takes keys of any length (RFC 2104, section 3)"));
    for part in parts {
        mac.update(part);
    }
    mac
}

/// The bytes that hexadecimal digits stand for; none if they are no digits.
fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    if !digits.is_ascii() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let pairs = (0..digits.len()).step_by(2).map(|start| digits.get(start..start + 2));
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret_hash::hexadecimal;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

    #[test]
    fn a_signature_is_what_openssl_makes_of_it() {
        // printf '1420077600.{"id":"1"}' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
        let expected = "t=1420077600,v1=3652160714b9011de283e7edbfa717432eff6500d768883d39b3c4b2198666b4";
        let secret = b"0123456789abcdef0123456789abcdef";
        assert_eq!(sign(secret, at(1_420_077_600), br#"{"id":"1"}"#), expected);
        assert_eq!(verify(secret, expected, br#"{"id":"1"}"#, at(1_420_077_600)), Ok(()));
    }

    #[test]
    fn the_mac_is_that_of_the_standard() {
        let hex = |mac: Hmac<Sha256>| hexadecimal(&mac.finalize().into_bytes());
        // RFC 4231, test cases 1, 2 and 6: a short key, a shorter one, and one that is longer than a block.
        for (key, text, expected) in [
            (&[0x0b; 20][..], &b"Hi There"[..], "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(hmac_sha256(key, &[text])), expected);
            let (left, right) = text.split_at(3);
            assert_eq!(hex(hmac_sha256(key, &[left, b"", right])), expected);
        }
    }

    #[test]
    fn only_the_same_bytes_are_the_same() {
        assert!(same_bytes(b"secret", b"secret"));
        for wrong in ["", "s", "secre", "Secret", "secrets", "secretsecret"] {
            assert!(!same_bytes(wrong.as_bytes(), b"secret"), "{wrong}");
        }
        assert!(!same_bytes(b"secret", b""));
    }

    #[test]
    fn another_body_secret_or_time_is_not_believed() {
        let (secret, now) = (b"0123456789abcdef0123456789abcdef", at(1_420_077_600));
        let header = sign(secret, now, b"body");
        let minutes = TimeDelta::minutes;
        assert_eq!(verify(secret, &header, b"body", now + minutes(5)), Ok(()));
        assert_eq!(verify(secret, &header, b"body", now + minutes(6)), Err(SignatureError::Stale));
        assert_eq!(verify(secret, &header, b"body", now - minutes(6)), Err(SignatureError::Stale));
        assert_eq!(verify(secret, &header, b"body2", now), Err(SignatureError::Wrong));
        assert_eq!(verify(b"another secret", &header, b"body", now), Err(SignatureError::Wrong));
        // The time is part of what is signed.
        let later = header.replace("t=1420077600", "t=1420077601");
        assert_eq!(verify(secret, &later, b"body", now), Err(SignatureError::Wrong));
        let short = header.get(..header.len() - 2).expect("longer");
        assert_eq!(verify(secret, short, b"body", now), Err(SignatureError::Wrong));
        for wrong in ["", "t=1", "v1=00", "t=x,v1=00", "t=1420077600,v1=0g", "t=1420077600,v1=é", &"t".repeat(300)] {
            assert_eq!(verify(secret, wrong, b"body", now), Err(SignatureError::Malformed), "{wrong}");
        }
    }
}
