//! Pebble, an authority for tests that speaks ACME (RFC 8555), with names that all lead to this machine.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tempfile::TempDir;

use super::client;

/// How long an authority may take until it answers.
const START_MAX: Duration = Duration::from_secs(30);
/// How often one is started on other ports if somebody else has taken one of them.
const STARTS_MAX: usize = 5;

/// A program that ends with the test, however that ends.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Running {
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Running(started.expect("pebble starts; ./test installs it from Debian's packages"))
    }

    fn has_ended(&mut self) -> bool {
        self.0.try_wait().expect("a state").is_some()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An authority with a name server of its own. It forgets everything when it is stopped.
pub(super) struct Authority {
    folder: TempDir,
    ports: Ports,
    /// The certificate of its own HTTPS.
    own: CertificateDer<'static>,
    running: Option<[Running; 2]>,
}

#[derive(Clone, Copy)]
struct Ports {
    /// Of the API, where names are confirmed.
    confirmed: u16,
    directory: u16,
    management: u16,
    names: u16,
    names_management: u16,
}

impl Authority {
    /// An authority that confirms names at a port of this machine. It is not there yet.
    pub(super) fn for_names_at(confirmed: u16) -> Authority {
        let folder = TempDir::new().expect("a folder");
        let key = KeyPair::generate().expect("a key");
        let parameters = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let certificate = parameters.self_signed(&key).expect("a certificate");
        std::fs::write(folder.path().join("own.key"), key.serialize_pem()).expect("written");
        std::fs::write(folder.path().join("own.pem"), certificate.pem()).expect("written");
        let own = certificate.der().clone();
        Authority { folder, ports: Ports::free(confirmed), own, running: None }
    }

    /// Where it says what it can do.
    pub(super) fn directory_url(&self) -> String {
        format!("https://localhost:{}/dir", self.ports.directory)
    }

    /// The file that vouches for its own HTTPS.
    pub(super) fn root_file(&self) -> PathBuf {
        self.folder.path().join("own.pem")
    }

    /// Starts it, on other ports if it has not been there yet and they are taken.
    pub(super) async fn start(&mut self) {
        for _ in 0..STARTS_MAX {
            if self.starts().await {
                return;
            }
            self.ports = Ports::free(self.ports.confirmed);
        }
        panic!("pebble does not start");
    }

    /// Starts it again where it was.
    pub(super) async fn start_again(&mut self) {
        assert!(self.starts().await, "pebble does not start again");
    }

    pub(super) fn stop(&mut self) {
        self.running = None;
    }

    /// What vouches for the certificates that it issues since it was started.
    pub(super) async fn root(&self) -> CertificateDer<'static> {
        let answer = client::ask(local(self.ports.management), "localhost", &self.own, "/roots/0").await;
        CertificateDer::from_pem_slice(answer.expect("an answer").as_bytes()).expect("a certificate")
    }

    async fn starts(&mut self) -> bool {
        let folder = self.folder.path();
        write_configuration(folder, self.ports);
        let mut running = [
            Running::start(&mut name_server(self.ports)),
            Running::start(
                Command::new("pebble")
                    .args(["-config", "pebble.json", "-dnsserver", &local(self.ports.names).to_string()])
                    .env("PEBBLE_VA_NOSLEEP", "1")
                    // It refuses good requests now and then, so that clients learn to ask again.
                    .env("PEBBLE_WFE_NONCEREJECT", "0")
                    .current_dir(folder),
            ),
        ];
        let started = Instant::now();
        while started.elapsed() < START_MAX {
            if running.iter_mut().any(Running::has_ended) {
                return false;
            }
            let names = tokio::net::TcpStream::connect(local(self.ports.names)).await.is_ok();
            if names && client::ask(local(self.ports.directory), "localhost", &self.own, "/dir").await.is_ok() {
                self.running = Some(running);
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("pebble does not answer");
    }
}

impl Ports {
    /// Ports on which nobody listens at the moment.
    fn free(confirmed: u16) -> Ports {
        let listeners = [(); 4].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let [directory, management, names, names_management] =
            listeners.each_ref().map(|listener| listener.local_addr().expect("an address").port());
        Ports { confirmed, directory, management, names, names_management }
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// Answers that every name is this machine.
fn name_server(ports: Ports) -> Command {
    let mut command = Command::new("pebble-challtestsrv");
    command.args(["-dns01", &local(ports.names).to_string()]);
    command.args(["-management", &local(ports.names_management).to_string()]);
    command.args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", ""]);
    command
}

fn write_configuration(folder: &Path, ports: Ports) {
    let configuration = serde_json::json!({ "pebble": {
        "listenAddress": local(ports.directory).to_string(),
        "managementListenAddress": local(ports.management).to_string(),
        "certificate": "own.pem",
        "privateKey": "own.key",
        "tlsPort": ports.confirmed,
        "httpPort": ports.confirmed,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": false,
    }});
    std::fs::write(folder.join("pebble.json"), configuration.to_string()).expect("written");
}
