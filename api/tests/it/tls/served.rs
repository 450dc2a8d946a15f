//! An API that speaks HTTPS.

use std::net::SocketAddr;

use api::{ApiState, Error, Settings, TlsSettings};
use schemas::Clock;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::house::House;

/// An API that is served until it is stopped.
pub(super) struct Served {
    pub(super) address: SocketAddr,
    stop: oneshot::Sender<()>,
    pub(super) serving: JoinHandle<Result<(), Error>>,
    _house: House,
}

impl Served {
    pub(super) async fn stop(self) {
        self.stop.send(()).expect("it is running");
        self.serving.await.expect("it ended").expect("it ended well");
    }
}

/// A port of this machine.
pub(super) async fn port() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a port")
}

pub(super) async fn serve(listener: TcpListener, tls: TlsSettings, clock: Clock) -> Served {
    let house = House::empty().await;
    let state = ApiState {
        store: house.store.clone(),
        lake: house.lake.clone(),
        clock,
        program_version: "0.1.0".to_owned(),
        returned: None,
        billing_secret: None,
        bookkeeping: None,
        documents: Vec::new(),
    };
    let settings = Settings { tls: Some(tls), ..Settings::default() };
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let shutdown = async { drop(stopped.await) };
    let serving = tokio::spawn(api::serve_on(listener, state, settings, shutdown));
    Served { address, stop, serving, _house: house }
}
