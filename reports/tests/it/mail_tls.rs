//! Mail to a server with TLS: a real handshake, with certificates that are made here.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use reports::Error;
use reports::delivery::Outcome;
use reports::delivery::email::{MailTransport, Mailer, SmtpSettings, TlsMode};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::mail_folder::{mail, settings_with};

/// An authority of the test's own.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::<String>::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    /// What a server of this name shows.
    fn identity(&self, name: &str) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = builder.expect("versions").with_no_client_auth().with_single_cert(chain, key).expect("a server");
        TlsAcceptor::from(Arc::new(config))
    }

    fn file(&self, folder: &TempDir) -> PathBuf {
        let path = folder.path().join("authority.pem");
        std::fs::write(&path, &self.pem).expect("written");
        path
    }
}

/// When the server protects its connections.
#[derive(Clone, Copy)]
enum Protects {
    /// From the start.
    AtOnce,
    /// After `STARTTLS`.
    WhenAsked,
    /// It offers `STARTTLS` and refuses it.
    Never,
}

/// A server and what it was told, each line with whether the connection was protected.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<(bool, String)>>>,
}

impl Server {
    async fn start(identity: TlsAcceptor, protects: Protects) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let server = Server { port, heard: Arc::clone(&heard) };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (identity, heard) = (identity.clone(), Arc::clone(&heard));
                // A client may leave at any point; that is its business.
                tokio::spawn(async move {
                    if !matches!(protects, Protects::AtOnce) {
                        let offers = matches!(protects, Protects::WhenAsked);
                        if !converse(&mut stream, "220 ready\r\n", offers, false, &heard).await.unwrap_or_default() {
                            return;
                        }
                    }
                    if let Ok(mut stream) = identity.accept(stream).await {
                        let greeting = if matches!(protects, Protects::AtOnce) { "220 ready\r\n" } else { "" };
                        drop(converse(&mut stream, greeting, false, true, &heard).await);
                    }
                });
            }
        });
        server
    }

    fn smtp(&self, tls: TlsMode, ca_file: Option<PathBuf>) -> SmtpSettings {
        SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            tls,
            ca_file,
            username: Some("statements".to_owned()),
            password: Some(SecretString::from("right".to_owned())),
            connections_max: 1,
        }
    }

    /// The commands that tell something of somebody: the login, the addresses, the message.
    fn confided(&self) -> Vec<(bool, String)> {
        let heard = self.heard.lock().expect("not poisoned");
        let confides = |line: &str| ["AUTH", "MAIL", "RCPT", "DATA"].iter().any(|word| line.starts_with(word));
        heard.iter().filter(|(_, line)| confides(line)).cloned().collect()
    }
}

/// Leads a conversation; true if it goes on with TLS.
async fn converse(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    greeting: &str,
    takes_start_tls: bool,
    is_protected: bool,
    heard: &Mutex<Vec<(bool, String)>>,
) -> std::io::Result<bool> {
    stream.write_all(greeting.as_bytes()).await?;
    let mut is_message = false;
    while let Some(line) = read_line(stream).await? {
        if is_message {
            is_message = line != ".";
            if !is_message {
                stream.write_all(b"250 taken\r\n").await?;
            }
            continue;
        }
        heard.lock().expect("not poisoned").push((is_protected, line.clone()));
        let answer = match line.split(' ').next().unwrap_or_default() {
            // The login is offered in the open, too: it is the client that must not be tempted.
            "EHLO" if is_protected => "250-hello\r\n250 AUTH PLAIN",
            "EHLO" => "250-hello\r\n250-STARTTLS\r\n250 AUTH PLAIN",
            "STARTTLS" if takes_start_tls => {
                stream.write_all(b"220 go on\r\n").await?;
                return Ok(true);
            }
            "STARTTLS" => "454 4.7.0 not now",
            "AUTH" => "235 2.7.0 welcome",
            "DATA" => {
                is_message = true;
                "354 go on"
            }
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(false)
}

/// A line without its end; none at the end of the connection. Byte by byte, so that nothing of the handshake is taken.
async fn read_line(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    loop {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        if byte == *b"\n" {
            return Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()));
        }
        line.push(byte[0]);
    }
}

async fn send(smtp: SmtpSettings) -> Outcome {
    let mailer = Mailer::new(&settings_with(MailTransport::Smtp(smtp), 5)).expect("a mailer");
    mailer.deliver(&mail("D03-1")).await
}

fn reason(outcome: Outcome) -> String {
    match outcome {
        Outcome::ChannelFailure(reason) => reason,
        other => panic!("the way is closed, and no message is to blame: {other:?}"),
    }
}

const MODES: [(TlsMode, Protects); 2] = [(TlsMode::StartTls, Protects::WhenAsked), (TlsMode::Tls, Protects::AtOnce)];

#[tokio::test]
async fn a_server_of_a_trusted_authority_gets_the_login_and_the_mail_and_only_under_tls() {
    let (authority, folder) = (Authority::new(), TempDir::new().expect("a folder"));
    for (tls, protects) in MODES {
        let server = Server::start(authority.identity("127.0.0.1"), protects).await;
        let outcome = send(server.smtp(tls, Some(authority.file(&folder)))).await;
        assert_eq!(outcome, Outcome::Delivered("250 taken".to_owned()), "{tls:?}");
        let confided = server.confided();
        // `PLAIN` of RFC 4616 for the name `statements` and the password `right`.
        assert_eq!(confided[0], (true, "AUTH PLAIN AHN0YXRlbWVudHMAcmlnaHQ=".to_owned()), "{tls:?}");
        assert!(4 <= confided.len() && confided.iter().all(|(is_protected, _)| *is_protected), "{confided:?}");
    }
}

#[tokio::test]
async fn an_authority_that_is_not_trusted_is_refused_before_anything_is_confided() {
    let (authority, other) = (Authority::new(), Authority::new());
    let folder = TempDir::new().expect("a folder");
    for (tls, protects) in MODES {
        // Neither the authorities of browsers nor another one of the house's own vouch for this server.
        for ca_file in [None, Some(other.file(&folder))] {
            let server = Server::start(authority.identity("127.0.0.1"), protects).await;
            let reason = reason(send(server.smtp(tls, ca_file)).await);
            assert!(reason.contains("not trusted; name the authority's certificate as `ca_file`"), "{tls:?}: {reason}");
            assert!(server.confided().is_empty(), "{tls:?}: {:?}", server.confided());
        }
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_before_anything_is_confided() {
    let (authority, folder) = (Authority::new(), TempDir::new().expect("a folder"));
    for (tls, protects) in MODES {
        let server = Server::start(authority.identity("mail.example.org"), protects).await;
        let reason = reason(send(server.smtp(tls, Some(authority.file(&folder)))).await);
        assert!(reason.contains("is for another name; set `host`"), "{tls:?}: {reason}");
        assert!(server.confided().is_empty(), "{tls:?}: {:?}", server.confided());
    }
}

#[tokio::test]
async fn a_server_that_takes_the_login_in_the_open_does_not_get_it() {
    let (authority, folder) = (Authority::new(), TempDir::new().expect("a folder"));
    let server = Server::start(authority.identity("127.0.0.1"), Protects::Never).await;
    let outcome = send(server.smtp(TlsMode::StartTls, Some(authority.file(&folder)))).await;
    assert!(matches!(outcome, Outcome::ChannelFailure(_)), "{outcome:?}");
    assert!(server.confided().is_empty(), "{:?}", server.confided());
}

#[tokio::test]
async fn settings_that_protect_nothing_are_refused_with_what_to_do() {
    let folder = TempDir::new().expect("a folder");
    let server = Server { port: 25, heard: Arc::default() };
    let problem = |smtp: SmtpSettings| {
        let refused = Mailer::new(&settings_with(MailTransport::Smtp(smtp), 5));
        match refused.expect_err("refused") {
            Error::Mail { problem } => problem,
            other => panic!("{other}"),
        }
    };
    let with_file = |path: &Path| problem(server.smtp(TlsMode::Tls, Some(path.to_owned())));
    assert!(with_file(&folder.path().join("none.pem")).contains("none.pem: cannot be read"));
    for (text, words) in [
        ("hello", "holds no certificate; name a file in PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "is damaged"),
        ("-----BEGIN CERTIFICATE-----\n", "name a file of certificates in PEM"),
    ] {
        let path = folder.path().join("authority.pem");
        std::fs::write(&path, text).expect("written");
        let problem = with_file(&path);
        assert!(problem.contains(words) && problem.contains("authority.pem"), "{problem}");
    }
    let open = SmtpSettings { host: "mail.example.org".to_owned(), ..server.smtp(TlsMode::None, None) };
    let problem = problem(open);
    assert!(problem.contains("the password would travel in the open; set `tls`"), "{problem}");
}
