//! The folder in which the key of the account and the certificates of an authority are kept.
//!
//! It outlives the API: a certificate that is ordered anew at each start is refused by authorities after a few times.
//! Nobody but its owner has rights to it, because the keys of the certificates lie in it. A file is written beside and
//! moved, so that whoever reads it, another instance perhaps, has a whole one.

use std::fs::DirBuilder;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_acme::{AccountCache, CertCache};
use sha2::{Digest, Sha256};

/// Bytes of a file that are read. A certificate with its chain has some 5,000.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Digits of the digest in the name of a file.
const NAME_DIGITS: usize = 16;

/// A folder that only its owner can read.
#[derive(Clone, Debug)]
pub(super) struct AcmeFolder {
    folder: PathBuf,
}

/// From when until when a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    from: DateTime<Utc>,
    /// The last instant at which it is good.
    pub(super) until: DateTime<Utc>,
}

impl Validity {
    /// How long it is until two thirds of it are over and the certificate is renewed; zero if they are.
    pub(super) fn until_renewal(&self, now: DateTime<Utc>) -> TimeDelta {
        let renewed_at = self.until - (self.until - self.from) / 3;
        (renewed_at - now).max(TimeDelta::zero())
    }
}

impl AcmeFolder {
    /// Takes a folder, and makes it if it is not there.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub(super) fn open(folder: &Path) -> Result<AcmeFolder, String> {
        let shown = folder.display();
        let unusable = |error| unusable(folder, &error);
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable)?;
        let metadata = std::fs::metadata(folder).map_err(unusable)?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(format!("`{shown}` can be read by others; take their rights away (`chmod 700 {shown}`)"));
        }
        // What is ordered and cannot be kept is ordered again at the next start.
        tempfile::tempfile_in(folder).map_err(unusable)?;
        Ok(AcmeFolder { folder: folder.to_owned() })
    }

    /// For how long the certificate of some names that is kept is good; none if there is none that can be read.
    pub(super) async fn validity(&self, domains: &[String], directory_url: &str) -> Option<Validity> {
        let pem = self.load_cert(domains, directory_url).await.ok()??;
        let certificate = CertificateDer::from_pem_slice(&pem).ok()?;
        let (_, certificate) = x509_parser::parse_x509_certificate(&certificate).ok()?;
        let validity = certificate.validity();
        let instant = |seconds: i64| DateTime::from_timestamp(seconds, 0);
        Some(Validity {
            from: instant(validity.not_before.timestamp())?,
            until: instant(validity.not_after.timestamp())?,
        })
    }

    fn certificate_file(&self, domains: &[String], directory_url: &str) -> PathBuf {
        self.folder.join(format!("certificate-{}.pem", digest(domains, directory_url)))
    }

    fn account_file(&self, contact: &[String], directory_url: &str) -> PathBuf {
        self.folder.join(format!("account-{}.key", digest(contact, directory_url)))
    }

    /// Writes a file of the folder, which only its owner can read.
    async fn write(&self, file: PathBuf, content: &[u8]) -> io::Result<()> {
        let (folder, content) = (self.folder.clone(), content.to_owned());
        in_background(move || {
            let mut beside = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
            beside.write_all(&content)?;
            beside.as_file().sync_all()?;
            beside.persist(file).map_err(|error| error.error)?;
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl CertCache for AcmeFolder {
    type EC = io::Error;

    async fn load_cert(&self, domains: &[String], directory_url: &str) -> io::Result<Option<Vec<u8>>> {
        let file = self.certificate_file(domains, directory_url);
        in_background(move || read(&file)).await
    }

    async fn store_cert(&self, domains: &[String], directory_url: &str, cert: &[u8]) -> io::Result<()> {
        self.write(self.certificate_file(domains, directory_url), cert).await
    }
}

#[async_trait]
impl AccountCache for AcmeFolder {
    type EA = io::Error;

    async fn load_account(&self, contact: &[String], directory_url: &str) -> io::Result<Option<Vec<u8>>> {
        let file = self.account_file(contact, directory_url);
        in_background(move || read(&file)).await
    }

    async fn store_account(&self, contact: &[String], directory_url: &str, account: &[u8]) -> io::Result<()> {
        self.write(self.account_file(contact, directory_url), account).await
    }
}

/// What stands for an authority and some names in the name of a file.
fn digest(names: &[String], directory_url: &str) -> String {
    let mut digest = Sha256::new();
    for text in names.iter().map(String::as_str).chain([directory_url]) {
        digest.update(text);
        digest.update([0]);
    }
    let mut digits = format!("{:x}", digest.finalize());
    digits.truncate(NAME_DIGITS);
    digits
}

fn unusable(folder: &Path, error: &io::Error) -> String {
    format!("`{}` cannot be used: {error}; name a folder that can be written to", folder.display())
}

fn read(file: &Path) -> io::Result<Option<Vec<u8>>> {
    let opened = match std::fs::File::open(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut content = Vec::new();
    opened.take(FILE_BYTES_MAX).read_to_end(&mut content)?;
    Ok(Some(content))
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use tempfile::TempDir;

    use super::*;

    const DIRECTORY: &str = "https://acme.example.org/directory";

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).expect("there").permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn what_is_kept_is_for_its_owner_only() {
        let place = TempDir::new().expect("a folder");
        let path = place.path().join("a/acme");
        let folder = AcmeFolder::open(&path).expect("made");
        let domains = ["api.example.org".to_owned()];
        assert_eq!(folder.load_cert(&domains, DIRECTORY).await.expect("readable"), None);
        folder.store_cert(&domains, DIRECTORY, b"first").await.expect("kept");
        folder.store_cert(&domains, DIRECTORY, b"second").await.expect("kept");
        folder.store_account(&domains, DIRECTORY, b"key").await.expect("kept");
        assert_eq!(folder.load_cert(&domains, DIRECTORY).await.expect("readable").as_deref(), Some(&b"second"[..]));
        assert_eq!(folder.load_account(&domains, DIRECTORY).await.expect("readable").as_deref(), Some(&b"key"[..]));
        assert_eq!(folder.load_cert(&domains, "https://b.example.org/").await.expect("readable"), None);
        assert_eq!(mode(&path), 0o700);
        let entries = std::fs::read_dir(&path).expect("readable").map(|entry| entry.expect("an entry").path());
        let modes: Vec<u32> = entries.map(|file| mode(&file)).collect();
        assert_eq!(modes, [0o600, 0o600], "a certificate and an account, and nothing that was half written");
    }

    #[test]
    fn a_folder_that_others_can_read_is_refused() {
        let place = TempDir::new().expect("a folder");
        for open in [0o750, 0o705, 0o755] {
            std::fs::set_permissions(place.path(), Permissions::from_mode(open)).expect("changed");
            let problem = AcmeFolder::open(place.path()).expect_err("refused");
            assert!(problem.contains(&format!("chmod 700 {}", place.path().display())), "{problem}");
        }
        std::fs::set_permissions(place.path(), Permissions::from_mode(0o700)).expect("changed");
        assert!(AcmeFolder::open(place.path()).is_ok());
        let file = place.path().join("a file");
        std::fs::write(&file, "").expect("written");
        assert!(AcmeFolder::open(&file).expect_err("no folder").contains("name a folder"));
    }

    #[tokio::test]
    async fn a_certificate_is_renewed_after_two_thirds_of_its_time() {
        let place = TempDir::new().expect("a folder");
        let folder = AcmeFolder::open(&place.path().join("acme")).expect("made");
        let domains = ["api.example.org".to_owned()];
        assert_eq!(folder.validity(&domains, DIRECTORY).await, None);
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut parameters = rcgen::CertificateParams::new(domains.to_vec()).expect("parameters");
        parameters.not_before = rcgen::date_time_ymd(2026, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2026, 4, 1);
        let certificate = parameters.self_signed(&key).expect("a certificate");
        let pem = format!("{}\n{}", key.serialize_pem(), certificate.pem());
        folder.store_cert(&domains, DIRECTORY, pem.as_bytes()).await.expect("kept");
        let validity = folder.validity(&domains, DIRECTORY).await.expect("a certificate");
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        assert_eq!(validity.until, at("2026-04-01T00:00:00Z"));
        // 1 January to 1 April are 90 days: the 60th ends with 1 March.
        assert_eq!(validity.until_renewal(at("2026-02-28T00:00:00Z")), TimeDelta::days(2));
        assert_eq!(validity.until_renewal(at("2026-03-20T00:00:00Z")), TimeDelta::zero());
    }
}
