//! HTTPS by the API itself, for houses without a proxy that has the certificate.
//!
//! Connections come to the server when their callers have agreed on a key, so that one who says nothing holds nobody
//! up. The certificate comes from files, which somebody renews, or from an authority, which the API asks for it; either
//! way nobody should have to stop the API when it is renewed.

mod acme;
mod acme_folder;
mod files;
mod settings;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls_acme::acme::ACME_TLS_ALPN_NAME;
use schemas::Clock;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use self::acme::AcmeCertificate;
use self::files::FileCertificate;
pub use self::settings::{AcmeSettings, CertificateFiles, TlsSettings};
use crate::Error;

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
    /// [`Error::Certificate`] if the files cannot be read or do not belong together; [`Error::Setting`] if the folder
    /// or the root of an authority cannot be used.
    pub(crate) async fn over(
        listener: TcpListener,
        settings: &TlsSettings,
        clock: Clock,
    ) -> Result<TlsListener, Error> {
        let address = listener.local_addr().map_err(|source| Error::Serve { source })?;
        let certificate = match settings {
            TlsSettings::Files(files) => Certificate::Files(FileCertificate::load(files).await?),
            TlsSettings::Acme(settings) => Certificate::Acme(AcmeCertificate::of(settings, clock).await?),
        };
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

/// What callers are shown.
enum Certificate {
    Files(FileCertificate),
    Acme(AcmeCertificate),
}

impl Certificate {
    /// The certificate as it is now.
    async fn current(&mut self) -> Arc<ServerConfig> {
        match self {
            Certificate::Files(certificate) => certificate.current().await,
            Certificate::Acme(certificate) => certificate.current(),
        }
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
            let agreement = tokio::time::timeout(Duration::from_secs(HANDSHAKE_S_MAX), agree(acceptor, stream)).await;
            match agreement {
                // Nobody takes it when the API is being stopped.
                Ok(Ok(Some(stream))) => drop(agreed.send((stream, address)).await),
                Ok(Ok(None)) => tracing::debug!("an authority looked at the certificate of its challenge"),
                Ok(Err(error)) => tracing::debug!(error = %error, "a caller did not agree on a key"),
                Err(_) => tracing::debug!("a caller did not agree on a key in time"),
            }
            drop(place);
        });
    }
}

/// Agrees with a caller on a key. None if it was an authority: it has seen what it wanted then (RFC 8737, section 3).
async fn agree(acceptor: TlsAcceptor, stream: TcpStream) -> io::Result<Option<TlsStream<TcpStream>>> {
    let mut stream = acceptor.accept(stream).await?;
    let (_, connection) = stream.get_ref();
    if connection.alpn_protocol() != Some(ACME_TLS_ALPN_NAME) {
        return Ok(Some(stream));
    }
    stream.shutdown().await?;
    Ok(None)
}
