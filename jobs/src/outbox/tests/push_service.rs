//! A push service that answers as it is told, and a browser that opens what it was sent.
//!
//! The browser derives its keys from HMAC alone, as RFC 8291 (section 3.4) and RFC 8188 write them down, and shares no
//! line with the code that seals.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_FIXED};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use super::hostile_receiver::{Received, read_request};

/// What the service says to one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A status line, without the version.
    Says(&'static str),
    /// The message is taken, and the connection ends without a word about it.
    TakesAndCutsOff,
    /// The message is taken, and the service falls silent.
    FallsSilent,
}

/// The service. It runs until the test ends.
pub(super) struct PushService {
    pub(super) port: u16,
    received: Arc<Mutex<Vec<Received>>>,
}

impl PushService {
    /// A service that answers the attempts at each path in turn, and then each with `201`.
    pub(super) async fn start(answers: &[(&'static str, &'static [Answer])]) -> PushService {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let service = PushService { port, received: Arc::clone(&received) };
        let answers: Arc<BTreeMap<&str, &[Answer]>> = Arc::new(answers.iter().copied().collect());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (received, answers) = (Arc::clone(&received), Arc::clone(&answers));
                // A client may leave at any point; that is its business.
                tokio::spawn(async move { drop(converse(stream, &received, &answers).await) });
            }
        });
        service
    }

    /// Every request, in the order in which they came.
    pub(super) fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }

    /// The requests for one path.
    pub(super) fn received_at(&self, path: &str) -> Vec<Received> {
        self.received().into_iter().filter(|request| request.path == path).collect()
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn converse(
    mut stream: TcpStream,
    received: &Mutex<Vec<Received>>,
    answers: &BTreeMap<&str, &[Answer]>,
) -> io::Result<()> {
    while let Some(request) = read_request(&mut stream).await? {
        let answer = {
            let mut received = lock(received);
            let before = received.iter().filter(|other| other.path == request.path).count();
            let answer = answers.get(request.path.as_str()).and_then(|list| list.get(before)).copied();
            received.push(request);
            answer
        };
        let line = match answer {
            None => "201 Created",
            Some(Answer::Says(line)) => line,
            Some(Answer::TakesAndCutsOff) => return Ok(()),
            Some(Answer::FallsSilent) => std::future::pending().await,
        };
        stream.write_all(format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// A browser with keys of its own.
pub(super) struct Browser {
    key: PrivateKey,
    secret: [u8; 16],
    path: &'static str,
}

impl Browser {
    /// A browser whose address at the service ends with a path.
    pub(super) fn at(path: &'static str) -> Browser {
        let mut secret = [0; 16];
        aws_lc_rs::rand::fill(&mut secret).expect("random");
        Browser { key: PrivateKey::generate(&ECDH_P256).expect("a key"), secret, path }
    }

    /// What `JSON.stringify(subscription)` says.
    pub(super) fn told(&self, port: u16) -> String {
        serde_json::json!({
            "endpoint": format!("http://127.0.0.1:{port}{}", self.path),
            "expirationTime": null,
            "keys": {
                "p256dh": URL_SAFE_NO_PAD.encode(self.key.compute_public_key().expect("a point").as_ref()),
                "auth": URL_SAFE_NO_PAD.encode(self.secret),
            },
        })
        .to_string()
    }

    /// Opens a message that was sealed for this browser.
    pub(super) fn open(&self, body: &[u8]) -> Value {
        let (salt, rest) = body.split_at(16);
        let (record_size, rest) = rest.split_at(4);
        assert_eq!(record_size, 4_096_u32.to_be_bytes());
        let (sender, sealed) = rest[1..].split_at(usize::from(rest[0]));
        assert!(sealed.len() <= 4_096 && body.len() <= 4_096, "a push service need not take more");
        let peer = UnparsedPublicKey::new(&ECDH_P256, sender);
        let shared = agreement::agree(&self.key, peer, (), |shared| Ok(shared.to_vec())).expect("a point");
        let own = self.key.compute_public_key().expect("a point");
        let info = [b"WebPush: info\0", own.as_ref(), sender, &[1]].concat();
        let material = mac(&mac(&self.secret, &shared), &info);
        let prk = mac(salt, &material);
        let key = mac(&prk, b"Content-Encoding: aes128gcm\0\x01");
        let nonce = mac(&prk, b"Content-Encoding: nonce\0\x01");
        let opener = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).expect("a key"));
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).expect("twelve bytes");
        let mut record = sealed.to_vec();
        let text = opener.open_in_place(nonce, Aad::empty(), &mut record).expect("it is for this browser");
        let delimiter = text.iter().rposition(|byte| *byte != 0).expect("a delimiter");
        assert_eq!(text[delimiter], 2, "the only record is the last one");
        serde_json::from_slice(&text[..delimiter]).expect("JSON")
    }
}

/// HMAC with SHA-256.
fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(HMAC_SHA256, key), text).as_ref().to_vec()
}

/// What the token of a request says, after its signature was held against the key that came with it; and that key.
pub(super) fn vapid_claims(request: &Received) -> (Value, String) {
    let header = &request.headers["authorization"];
    let rest = header.strip_prefix("vapid t=").expect("the scheme of RFC 8292");
    let (token, key) = rest.split_once(", k=").expect("a token and a key");
    let (signed, sent) = token.rsplit_once('.').expect("three parts");
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let verifier = signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decoded(key));
    verifier.verify(signed.as_bytes(), &decoded(sent)).expect("it is signed by this key");
    let claims = signed.split_once('.').expect("a head and claims").1;
    (serde_json::from_slice(&decoded(claims)).expect("JSON"), key.to_owned())
}
