//! HTTPS by the API itself.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use api::{ApiState, Error, Settings, TlsSettings};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use crate::house::{House, now};

/// Writes a new certificate of `localhost` and its key into a folder.
fn renew(folder: &Path) -> CertificateDer<'static> {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let certificate = params.self_signed(&key).expect("a certificate");
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).expect("written");
    std::fs::write(folder.join("certificate.pem"), certificate.pem()).expect("written");
    certificate.der().clone()
}

fn settings(folder: &Path) -> Settings {
    let tls = TlsSettings { certificate_file: folder.join("certificate.pem"), key_file: folder.join("key.pem") };
    Settings { tls: Some(tls), ..Settings::default() }
}

/// An API that is served until it is stopped.
struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), Error>>,
    _house: House,
}

async fn serve(folder: &Path) -> Served {
    let house = House::empty().await;
    let state = ApiState {
        store: house.store.clone(),
        lake: house.lake.clone(),
        clock: schemas::Clock::Fixed(now()),
        program_version: "0.1.0".to_owned(),
        returned: None,
        billing_secret: None,
        bookkeeping: None,
        documents: Vec::new(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let shutdown = async { drop(stopped.await) };
    let serving = tokio::spawn(api::serve_on(listener, state, settings(folder), shutdown));
    Served { address, stop, serving, _house: house }
}

/// Asks for the list of portfolios over TLS, trusting one certificate only.
async fn ask(address: SocketAddr, trusted: &CertificateDer<'static>) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.expect("versions").with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(b"GET /portfolios HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
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
    served.stop.send(()).expect("it is running");
    served.serving.await.expect("it ended").expect("it ended well");
    assert!(ask(served.address, &certificate).await.is_err(), "nobody listens any more");
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
