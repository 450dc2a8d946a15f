//! Sealing a message for one browser (RFC 8291), in the form in which it travels (`aes128gcm`, RFC 8188).
//!
//! Each message has a pair of keys and a salt of its own, which are thrown away. The push service learns how long a
//! message is and nothing else of it.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, ParsedPublicKey, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::rand;

use super::base64url;

/// The longest message: what a push service must take (4,096 bytes, RFC 8030, section 7.2) without the header, the
/// delimiter and the tag (RFC 8291, section 4).
pub(super) const PLAINTEXT_BYTES_MAX: usize = 3_993;
/// The size of a record; a message is one record, and shorter.
const RECORD_BYTES: u32 = 4_096;
/// Bytes of a public key: a point of P-256, not compressed.
const PUBLIC_KEY_BYTES: usize = 65;
/// Bytes of the secret of a browser, and of a salt.
const SECRET_BYTES: usize = 16;
/// What ends the last record.
const LAST_RECORD: u8 = 2;

/// The keys of a browser, for which messages are sealed.
#[derive(Clone)]
pub(super) struct Receiver {
    public_key: [u8; PUBLIC_KEY_BYTES],
    secret: [u8; SECRET_BYTES],
}

impl Receiver {
    /// Reads the keys as a browser tells them (`PushSubscription.toJSON()`): base64url, with or without padding.
    ///
    /// # Errors
    /// What is wrong with them, without their values.
    pub(super) fn read(p256dh: &str, auth: &str) -> Result<Receiver, String> {
        let public_key = base64url::decode(p256dh).and_then(|bytes| bytes.try_into().ok());
        let public_key: [u8; PUBLIC_KEY_BYTES] =
            public_key.ok_or("`p256dh` is no key of a browser: it has 65 bytes in base64url")?;
        let secret = base64url::decode(auth).and_then(|bytes| bytes.try_into().ok());
        let secret: [u8; SECRET_BYTES] =
            secret.ok_or("`auth` is no secret of a browser: it has 16 bytes in base64url")?;
        ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, &public_key))
            .map_err(|_| "`p256dh` is no point of the curve P-256; take the keys of the browser once more")?;
        Ok(Receiver { public_key, secret })
    }

    /// The public key in base64url without padding.
    pub(super) fn p256dh(&self) -> String {
        base64url::encode(&self.public_key)
    }

    /// The secret in base64url without padding.
    pub(super) fn auth(&self) -> String {
        base64url::encode(&self.secret)
    }
}

/// What is used for one message and thrown away.
pub(super) struct OneTime {
    key: PrivateKey,
    salt: [u8; SECRET_BYTES],
}

impl OneTime {
    /// A new key and a new salt, of the system's random numbers.
    pub(super) fn new() -> Result<OneTime, Unspecified> {
        let mut salt = [0; SECRET_BYTES];
        rand::fill(&mut salt)?;
        Ok(OneTime { key: PrivateKey::generate(&ECDH_P256)?, salt })
    }
}

/// Seals a message of at most [`PLAINTEXT_BYTES_MAX`] bytes.
pub(super) fn seal(receiver: &Receiver, one_time: &OneTime, plaintext: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let sender = one_time.key.compute_public_key()?;
    let peer = UnparsedPublicKey::new(&ECDH_P256, &receiver.public_key);
    let info: [&[u8]; 3] = [b"WebPush: info\0", &receiver.public_key, sender.as_ref()];
    let material: [u8; 32] =
        agreement::agree(&one_time.key, peer, Unspecified, |shared| expand(&receiver.secret, shared, &info))?;
    encode(&material, &one_time.salt, sender.as_ref(), plaintext)
}

/// The content coding: a header, and the text as its only record.
fn encode(material: &[u8], salt: &[u8; SECRET_BYTES], key_id: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let key: [u8; 16] = expand(salt, material, &[b"Content-Encoding: aes128gcm\0"])?;
    // Of the first record, the number of which is zero.
    let nonce: [u8; 12] = expand(salt, material, &[b"Content-Encoding: nonce\0"])?;
    let mut record = plaintext.to_vec();
    record.push(LAST_RECORD);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;
    let mut body = salt.to_vec();
    body.extend(RECORD_BYTES.to_be_bytes());
    body.push(u8::try_from(key_id.len()).map_err(|_| Unspecified)?);
    body.extend(key_id);
    body.extend(record);
    Ok(body)
}

/// HKDF with SHA-256 (RFC 5869).
fn expand<const LENGTH: usize>(salt: &[u8], secret: &[u8], info: &[&[u8]]) -> Result<[u8; LENGTH], Unspecified> {
    let key = Salt::new(HKDF_SHA256, salt).extract(secret);
    let mut output = [0; LENGTH];
    key.expand(info, Length(LENGTH))?.fill(&mut output)?;
    Ok(output)
}

/// Bytes that are asked of HKDF.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
        base64url::decode(text).expect("base64url").try_into().expect("the length")
    }

    const P256DH: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    #[test]
    fn the_example_of_rfc_8291_comes_out_byte_for_byte() {
        // Section 5 and appendix A.
        let receiver = Receiver::read(P256DH, AUTH).expect("keys");
        let private: [u8; 32] = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let key = PrivateKey::from_private_key(&ECDH_P256, &private).expect("a key");
        let one_time = OneTime { key, salt: bytes("DGv6ra1nlYgDCS1FRnbzlw") };
        let body = seal(&receiver, &one_time, b"When I grow up, I want to be a watermelon").expect("sealed");
        let expected = concat!(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz",
            "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
        assert_eq!(base64url::encode(&body), expected);
    }

    #[test]
    fn the_keys_on_the_way_to_the_example_are_those_of_rfc_8291() {
        // Appendix A: the shared secret, and what is made of it with the secret of the browser.
        let private: [u8; 32] = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let key = PrivateKey::from_private_key(&ECDH_P256, &private).expect("a key");
        let sender = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
        assert_eq!(base64url::encode(key.compute_public_key().expect("a point").as_ref()), sender);
        let public: [u8; 65] = bytes(P256DH);
        let peer = UnparsedPublicKey::new(&ECDH_P256, &public);
        let shared = agreement::agree(&key, peer, Unspecified, |shared| Ok(base64url::encode(shared)));
        assert_eq!(shared.as_deref(), Ok("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs"));
    }

    #[test]
    fn the_first_example_of_rfc_8188_comes_out_byte_for_byte() {
        // Section 3.1: one record of 4,096 bytes at most, and an empty id of the key.
        let material: [u8; 16] = bytes("yqdlZ-tYemfogSmv7Ws5PQ");
        let body = encode(&material, &bytes("I1BsxtFttlv3u_Oo94xnmw"), b"", b"I am the walrus").expect("sealed");
        assert_eq!(base64url::encode(&body), "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg");
    }

    #[test]
    fn the_longest_message_fits_what_a_push_service_must_take_and_no_two_are_alike() {
        let receiver = Receiver::read(P256DH, AUTH).expect("keys");
        let longest = vec![b'x'; PLAINTEXT_BYTES_MAX];
        let sealed = |_| seal(&receiver, &OneTime::new().expect("random"), &longest).expect("sealed");
        let bodies: [Vec<u8>; 2] = [0, 1].map(sealed);
        assert_eq!(bodies[0].len(), 4_096);
        assert_ne!(bodies[0], bodies[1]);
    }

    #[test]
    fn what_are_no_keys_is_refused_without_being_repeated() {
        let read = |p256dh: &str, auth: &str| Receiver::read(p256dh, auth).map(|read| (read.p256dh(), read.auth()));
        // Browsers leave the padding out; programs between may not.
        assert_eq!(read(&format!("{P256DH}="), &format!("{AUTH}==")), Ok((P256DH.to_owned(), AUTH.to_owned())));
        let off_the_curve = format!("{}A", &P256DH[..86]);
        let short = &P256DH[..80];
        for (p256dh, auth, words) in [
            (short, AUTH, "`p256dh` is no key"),
            ("", AUTH, "`p256dh` is no key"),
            (off_the_curve.as_str(), AUTH, "no point of the curve"),
            (P256DH, "BTBZMqHH6r4Tts7J", "`auth` is no secret"),
            (P256DH, "BTBZMqHH6r4Tts7J/aSIgg", "`auth` is no secret"),
        ] {
            let error = read(p256dh, auth).expect_err("refused");
            assert!(error.contains(words) && !error.contains("BTBZ"), "{error}");
        }
    }
}
