//! HTTPS by the API itself, for houses without a proxy that has the certificate.
//!
//! The files are looked at whenever somebody connects, and read again when they have changed: a certificate is renewed
//! every few weeks, and nobody should have to stop the API for it. A pair of files that makes no sense, such as one
//! that is just being replaced, changes nothing and is told in the log; connections get the certificate before.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::{Error, TlsSettings};

/// Seconds in which a caller must have agreed on a key.
const HANDSHAKE_S_MAX: u64 = 10;
/// Callers that are agreeing on a key at once.
const HANDSHAKES_MAX: usize = 256;
/// Seconds to wait before the next connection if the machine has no room for one.
const PAUSE_S: u64 = 1;
/// What is spoken over the connection.
const HTTP_1: &[u8] = b"http/1.1";

/// Connections whose callers have agreed on a key.
pub(crate) struct TlsListener {
    agreed: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl TlsListener {
    /// Answers the connections of a listener by TLS.
    ///
    /// # Errors
    /// [`Error::Certificate`] if the files cannot be read or do not belong together.
    pub(crate) async fn over(listener: TcpListener, settings: &TlsSettings) -> Result<TlsListener, Error> {
        let address = listener.local_addr().map_err(|source| Error::Serve { source })?;
        let certificate = Certificate::load(settings).await?;
        let (sender, agreed) = mpsc::channel(HANDSHAKES_MAX);
        let accepting = tokio::spawn(accept_all(listener, certificate, sender));
        Ok(TlsListener { agreed, address, accepting })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TlsStream<TcpStream>, SocketAddr) {
        match self.agreed.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Takes in connections and agrees with each caller on a key, beside the others.
async fn accept_all(
    listener: TcpListener,
    mut certificate: Certificate,
    agreed: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let places = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (stream, address) = match listener.accept().await {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(error = %error, "a connection could not be taken in");
                tokio::time::sleep(Duration::from_secs(PAUSE_S)).await;
                continue;
            }
        };
        let acceptor = TlsAcceptor::from(certificate.current().await);
        let agreed = agreed.clone();
        tokio::spawn(async move {
            let agreement = tokio::time::timeout(Duration::from_secs(HANDSHAKE_S_MAX), acceptor.accept(stream)).await;
            match agreement {
                // Nobody takes it when the API is being stopped.
                Ok(Ok(stream)) => drop(agreed.send((stream, address)).await),
                Ok(Err(error)) => tracing::debug!(error = %error, "a caller did not agree on a key"),
                Err(_) => tracing::debug!("a caller did not agree on a key in time"),
            }
            drop(place);
        });
    }
}

/// A certificate with its key, as its files had it when they were read last.
struct Certificate {
    settings: TlsSettings,
    config: Arc<ServerConfig>,
    stamp: Option<Stamp>,
}

/// By what a change of the files is seen.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp([(SystemTime, u64); 2]);

impl Certificate {
    async fn load(settings: &TlsSettings) -> Result<Certificate, Error> {
        let stamp = stamp(settings).await;
        let config = Arc::new(server_config(settings).await?);
        Ok(Certificate { settings: settings.clone(), config, stamp })
    }

    /// The certificate, read again if its files have changed.
    async fn current(&mut self) -> Arc<ServerConfig> {
        let now = stamp(&self.settings).await;
        if now.is_some() && now != self.stamp {
            self.stamp = now;
            match server_config(&self.settings).await {
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

async fn stamp(settings: &TlsSettings) -> Option<Stamp> {
    let of = async |path: &Path| -> Option<(SystemTime, u64)> {
        let metadata = tokio::fs::metadata(path).await.ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    Some(Stamp([of(&settings.certificate_file).await?, of(&settings.key_file).await?]))
}

async fn server_config(settings: &TlsSettings) -> Result<ServerConfig, Error> {
    let TlsSettings { certificate_file, key_file } = settings;
    let wrong = |file: &PathBuf, problem: String| Error::Certificate { file: file.clone(), problem };
    let chain = read(certificate_file).await?;
    let chain: Result<Vec<CertificateDer<'static>>, _> = CertificateDer::pem_slice_iter(&chain).collect();
    let chain = chain.map_err(|error| wrong(certificate_file, error.to_string()))?;
    if chain.is_empty() {
        return Err(wrong(certificate_file, "it has no certificate (PEM)".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(&read(key_file).await?);
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
