//! HTTPS by the API itself, with a certificate that an authority issues.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use api::{Error, TlsSettings};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::CertificateDer;
use schemas::Clock;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::authority::Authority;
use super::client;
use super::served::{self, Served};

/// The name of the API.
const NAME: &str = "api.financr.test";
/// How long it may take until there is a certificate, with attempts that fail before.
const ISSUE_MAX: Duration = Duration::from_secs(90);

/// A port of the API, an authority that looks for it there, and a folder.
async fn place() -> (TcpListener, Authority, TempDir) {
    let listener = served::port().await;
    let authority = Authority::for_names_at(listener.local_addr().expect("an address").port());
    (listener, authority, TempDir::new().expect("a folder"))
}

fn settings(authority: &Authority, folder: &Path) -> TlsSettings {
    let section = serde_json::json!({ "acme": {
        "domains": [NAME],
        "contact": ["operations@financr.test"],
        "directory_url": authority.directory_url(),
        "cache_folder": folder.join("acme"),
        "root_file": authority.root_file(),
        "agree_to_terms": true,
    }});
    serde_json::from_value(section).expect("settings")
}

async fn serve(listener: TcpListener, authority: &Authority, folder: &Path) -> Served {
    // The authority lives by the clock of the machine.
    served::serve(listener, settings(authority, folder), Clock::System).await
}

/// Asks whether the API is there, over and over until there is a certificate that is trusted.
async fn is_live(served: &Served, trusted: &CertificateDer<'static>) -> bool {
    let started = Instant::now();
    while started.elapsed() < ISSUE_MAX {
        if let Ok(answer) = client::ask(served.address, NAME, trusted, "/health/live").await {
            assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

/// The file of the certificate that is kept.
async fn kept_certificate(folder: &Path) -> PathBuf {
    let started = Instant::now();
    while started.elapsed() < ISSUE_MAX {
        let entries = std::fs::read_dir(folder.join("acme")).expect("a folder");
        let mut files = entries.map(|entry| entry.expect("an entry").path());
        let is_certificate = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "pem");
        if let Some(file) = files.find(is_certificate) {
            return file;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no certificate is kept");
}

/// A certificate of which two thirds are over, in the place of the one that is kept.
fn grow_old(kept: &Path) -> CertificateDer<'static> {
    let key = KeyPair::generate().expect("a key");
    let mut parameters = CertificateParams::new(vec![NAME.to_owned()]).expect("parameters");
    parameters.not_before = rcgen::date_time_ymd(1990, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2040, 1, 1);
    let certificate = parameters.self_signed(&key).expect("a certificate");
    std::fs::write(kept, format!("{}\n{}", key.serialize_pem(), certificate.pem())).expect("written");
    certificate.der().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authority_issues_the_certificate_and_a_restart_orders_none() {
    let (listener, mut authority, folder) = place().await;
    authority.start().await;
    let root = authority.root().await;
    let served = serve(listener, &authority, folder.path()).await;
    assert!(is_live(&served, &root).await, "no certificate was issued");
    kept_certificate(folder.path()).await;
    // Beside an order there is no challenge, and what speaks its protocol is not served.
    assert!(client::connect(served.address, NAME, &root, &[b"acme-tls/1"]).await.is_err());
    let stream = client::connect(served.address, NAME, &root, &[b"acme-tls/1", b"http/1.1"]).await.expect("agreed");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    drop(stream);
    served.stop().await;
    authority.stop();
    let served = serve(served::port().await, &authority, folder.path()).await;
    assert!(is_live(&served, &root).await, "the certificate in the folder is not used");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_certificate_is_used_until_the_authority_has_issued_another() {
    let (listener, mut authority, folder) = place().await;
    authority.start().await;
    let root = authority.root().await;
    let address = listener.local_addr().expect("an address");
    let served = serve(listener, &authority, folder.path()).await;
    assert!(is_live(&served, &root).await, "no certificate was issued");
    let kept = kept_certificate(folder.path()).await;
    served.stop().await;
    authority.stop();
    let old = grow_old(&kept);
    let served = serve(TcpListener::bind(address).await.expect("the port"), &authority, folder.path()).await;
    assert!(is_live(&served, &old).await, "the old certificate is not used");
    authority.start_again().await;
    let root = authority.root().await;
    assert!(is_live(&served, &root).await, "no other certificate was issued");
    assert!(client::connect(served.address, NAME, &old, &[]).await.is_err(), "the old one is not shown any more");
}

#[tokio::test]
async fn callers_are_refused_while_there_is_no_certificate() {
    let (listener, authority, folder) = place().await;
    let served = serve(listener, &authority, folder.path()).await;
    let trusted = grow_old(&folder.path().join("of-nobody.pem"));
    for protocols in [&[][..], &[&b"acme-tls/1"[..]][..]] {
        assert!(client::connect(served.address, NAME, &trusted, protocols).await.is_err());
    }
    served.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_others_can_read_stops_the_start() {
    use std::os::unix::fs::PermissionsExt;
    let (listener, authority, folder) = place().await;
    let kept = folder.path().join("acme");
    std::fs::create_dir(&kept).expect("made");
    std::fs::set_permissions(&kept, std::fs::Permissions::from_mode(0o755)).expect("changed");
    let served = serve(listener, &authority, folder.path()).await;
    let error = served.serving.await.expect("it ended").expect_err("refused");
    assert!(matches!(error, Error::Setting { name: "tls.acme.cache_folder", .. }), "{error}");
    assert!(error.to_string().contains("chmod 700"), "{error}");
}
