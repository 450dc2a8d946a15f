//! HTTPS by the API itself, with a certificate in files.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use api::{CertificateFiles, Error, TlsSettings};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::CertificateDer;
use schemas::Clock;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::client;
use super::served::{self, Served};
use crate::house::now;

/// Writes a new certificate of `localhost` and its key, which a group can read, into a folder.
fn renew(folder: &Path) -> CertificateDer<'static> {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let certificate = params.self_signed(&key).expect("a certificate");
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).expect("written");
    let_read(folder, 0o640);
    std::fs::write(folder.join("certificate.pem"), certificate.pem()).expect("written");
    certificate.der().clone()
}

/// Gives the key in a folder a mode.
fn let_read(folder: &Path, mode: u32) {
    std::fs::set_permissions(folder.join("key.pem"), Permissions::from_mode(mode)).expect("changed");
}

async fn serve(folder: &Path) -> Served {
    let (certificate_file, key_file) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let tls = TlsSettings::Files(CertificateFiles { certificate_file, key_file });
    served::serve(served::port().await, tls, Clock::Fixed(now())).await
}

/// Asks for the list of portfolios over TLS, trusting one certificate only.
async fn ask(address: SocketAddr, trusted: &CertificateDer<'static>) -> std::io::Result<String> {
    client::ask(address, "localhost", trusted, "/portfolios").await
}

#[tokio::test]
async fn the_api_answers_over_tls_and_stops_when_it_is_told_to() {
    let folder = TempDir::new().expect("a folder");
    let certificate = renew(folder.path());
    let served = serve(folder.path()).await;
    let answer = ask(served.address, &certificate).await.expect("an answer");
    // Without a token only callers on this machine are answered: the address of the caller is known over TLS, too.
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000; includeSubDomains"), "{answer}");
    let address = served.address;
    served.stop().await;
    assert!(ask(address, &certificate).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_up_and_a_broken_one_is_not() {
    let folder = TempDir::new().expect("a folder");
    let first = renew(folder.path());
    let served = serve(folder.path()).await;
    assert!(ask(served.address, &first).await.is_ok());
    std::fs::write(folder.path().join("certificate.pem"), "half of a").expect("written");
    assert!(ask(served.address, &first).await.is_ok(), "the one before stays");
    let second = renew(folder.path());
    assert!(ask(served.address, &second).await.is_ok());
    assert!(ask(served.address, &first).await.is_err(), "the old one is not shown any more");
}

#[tokio::test]
async fn a_key_that_everybody_can_read_is_refused_until_others_have_no_rights() {
    let folder = TempDir::new().expect("a folder");
    let first = renew(folder.path());
    let_read(folder.path(), 0o644);
    let refused = serve(folder.path()).await.serving.await.expect("it ended").expect_err("refused");
    assert!(matches!(refused, Error::Certificate { .. }), "{refused}");
    let key = folder.path().join("key.pem");
    assert!(refused.to_string().contains(&format!("`chmod o-rwx {}`", key.display())), "{refused}");

    let_read(folder.path(), 0o600);
    let served = serve(folder.path()).await;
    assert!(ask(served.address, &first).await.is_ok());
    let second = renew(folder.path());
    let_read(folder.path(), 0o644);
    assert!(ask(served.address, &first).await.is_ok(), "the one before stays");
    let_read(folder.path(), 0o640);
    assert!(ask(served.address, &second).await.is_ok(), "nothing has changed but the rights");
}

#[tokio::test]
async fn a_caller_that_says_nothing_holds_nobody_up() {
    let folder = TempDir::new().expect("a folder");
    let certificate = renew(folder.path());
    let served = serve(folder.path()).await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(served.address).await.expect("connected"));
    }
    let mut plain = TcpStream::connect(served.address).await.expect("connected");
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("sent");
    assert!(ask(served.address, &certificate).await.is_ok());
}

#[tokio::test]
async fn files_that_do_not_belong_together_are_refused_by_name() {
    let folder = TempDir::new().expect("a folder");
    let fails = async |what: &str| {
        let error = serve(folder.path()).await.serving.await.expect("it ended").expect_err(what);
        assert!(matches!(error, Error::Certificate { .. }), "{error}");
        error.to_string()
    };
    assert!(fails("no files").await.contains("certificate.pem"));
    renew(folder.path());
    let other = KeyPair::generate().expect("a key");
    std::fs::write(folder.path().join("key.pem"), other.serialize_pem()).expect("written");
    assert!(fails("another key").await.contains("key.pem"));
    std::fs::write(folder.path().join("certificate.pem"), "").expect("written");
    assert!(fails("no certificate").await.contains("no certificate"));
}

#[tokio::test]
async fn a_certificate_in_files_answers_no_challenge() {
    let folder = TempDir::new().expect("a folder");
    let certificate = renew(folder.path());
    let served = serve(folder.path()).await;
    assert!(client::connect(served.address, "localhost", &certificate, &[b"acme-tls/1"]).await.is_err());
}
