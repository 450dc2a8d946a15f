//! A certificate in files, which are looked at whenever somebody connects and read again when they have changed.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use schemas::secret_file::{FileRights, check_owner_and_group};
use tokio::io::AsyncReadExt;

use super::HTTP_1;
use super::settings::CertificateFiles;
use crate::Error;

/// A certificate with its key, as its files had it when they were read last.
pub(super) struct FileCertificate {
    files: CertificateFiles,
    config: Arc<ServerConfig>,
    stamp: Option<Stamp>,
}

/// By what a change of the files is seen: a key that was refused for its rights is read when it has others.
#[derive(Clone, PartialEq, Eq)]
struct Stamp([(SystemTime, u64, Permissions); 2]);

impl FileCertificate {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Error::Certificate`] if they cannot be read or do not belong together, or if others can read the key.
    pub(super) async fn load(files: &CertificateFiles) -> Result<FileCertificate, Error> {
        let stamp = stamp(files).await;
        let config = Arc::new(server_config(files).await?);
        Ok(FileCertificate { files: files.clone(), config, stamp })
    }

    /// The certificate, read again if its files have changed.
    pub(super) async fn current(&mut self) -> Arc<ServerConfig> {
        let now = stamp(&self.files).await;
        if now.is_some() && now != self.stamp {
            self.stamp = now;
            match server_config(&self.files).await {
                Ok(config) => {
                    self.config = Arc::new(config);
                    tracing::info!("the certificate of the API was read again");
                }
                Err(error) => {
                    let chain = schemas::with_causes(&error);
                    tracing::error!(error.chain = %chain, "the changed certificate is not used; the one before stays");
                }
            }
        }
        Arc::clone(&self.config)
    }
}

async fn stamp(files: &CertificateFiles) -> Option<Stamp> {
    let of = async |path: &Path| -> Option<(SystemTime, u64, Permissions)> {
        let metadata = tokio::fs::metadata(path).await.ok()?;
        Some((metadata.modified().ok()?, metadata.len(), metadata.permissions()))
    };
    Some(Stamp([of(&files.certificate_file).await?, of(&files.key_file).await?]))
}

async fn server_config(files: &CertificateFiles) -> Result<ServerConfig, Error> {
    let CertificateFiles { certificate_file, key_file } = files;
    let wrong = |file: &PathBuf, problem: String| Error::Certificate { file: file.clone(), problem };
    let chain = read(certificate_file).await?;
    let chain: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(&chain).collect();
    let chain = chain.map_err(|error| wrong(certificate_file, error.to_string()))?;
    if chain.is_empty() {
        return Err(wrong(certificate_file, "it has no certificate (PEM)".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(&read_key(key_file).await?);
    let key = key.map_err(|error| wrong(key_file, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = versions.map_err(|error| wrong(certificate_file, error.to_string()))?;
    let config = builder.with_no_client_auth().with_single_cert(chain, key);
    let mut config = config.map_err(|error| wrong(key_file, error.to_string()))?;
    config.alpn_protocols = vec![HTTP_1.to_vec()];
    Ok(config)
}

async fn read(file: &Path) -> Result<Vec<u8>, Error> {
    let read = tokio::fs::read(file).await;
    read.map_err(|error| Error::Certificate { file: file.to_owned(), problem: error.to_string() })
}

/// The text of a key that nobody but its owner and its group has rights to.
async fn read_key(file: &Path) -> Result<Vec<u8>, Error> {
    let wrong = |problem: String| Error::Certificate { file: file.to_owned(), problem };
    let unreadable = |error: io::Error| wrong(error.to_string());
    let mut opened = tokio::fs::File::open(file).await.map_err(unreadable)?;
    let found = opened.metadata().await.map_err(unreadable)?;
    check_owner_and_group(file, FileRights { owner: found.uid(), mode: found.mode() })
        .map_err(|error| wrong(format!("it {error}")))?;
    let mut key = Vec::new();
    opened.read_to_end(&mut key).await.map_err(unreadable)?;
    Ok(key)
}
