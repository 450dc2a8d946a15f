//! The ECB's file over HTTP, from a server that does not always behave. The server is this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use pipelines::Error;
use pipelines::landing::Delivered;
use pipelines::sources::ecb_reference_rates::{FILE_NAME, Settings, fetch};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const FILE: &str = "Date,USD\n2014-01-03,1.3634\n2014-01-02,1.3658\n";

/// A server, and how often it was asked.
struct Server {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// Answers the first, the second and every further request as told; none is no answer at all.
    async fn answering(answer: fn(usize) -> Option<Response>) -> Server {
        let (listener, server) = Server::listening().await;
        let requests = Arc::clone(&server.requests);
        let handler = move || {
            let number = requests.fetch_add(1, Ordering::SeqCst) + 1;
            async move {
                match answer(number) {
                    Some(response) => response,
                    None => std::future::pending().await,
                }
            }
        };
        let router = Router::new().route("/eurofxref-hist.csv", get(handler));
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    /// Writes these bytes to the first, the second and so on who ask, and hangs up.
    async fn writing(answers: Vec<String>) -> Server {
        let (listener, server) = Server::listening().await;
        let requests = Arc::clone(&server.requests);
        tokio::spawn(async move {
            for answer in answers {
                let (mut connection, _) = listener.accept().await.expect("somebody asks");
                let mut request = [0_u8; 4096];
                let asked = connection.read(&mut request).await.expect("a request");
                assert!(0 < asked, "somebody asks for something");
                requests.fetch_add(1, Ordering::SeqCst);
                connection.write_all(answer.as_bytes()).await.expect("written");
                connection.shutdown().await.expect("hung up");
            }
        });
        server
    }

    async fn listening() -> (TcpListener, Server) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let url = format!("http://{address}/{FILE_NAME}");
        (listener, Server { url, requests: Arc::default() })
    }

    async fn fetched(&self, tries_max: u32) -> Result<Option<Delivered>, Error> {
        let settings = Settings { url: Some(self.url.clone()), file: None, tries_max, timeout_s: 1, pause_ms: 1 };
        fetch(&settings).await
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn packed(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::Write::write_all(&mut encoder, plain).expect("packed");
    encoder.finish().expect("packed")
}

fn assert_is_the_file(fetched: Result<Option<Delivered>, Error>) {
    let delivered = fetched.expect("fetched").expect("an address is configured");
    assert_eq!((delivered.source, delivered.file_name.as_str()), ("ecb_reference_rates", FILE_NAME));
    assert_eq!(delivered.market_id.as_str(), "ecb_reference_rates");
    assert_eq!(delivered.bytes, FILE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_overloaded_twice_is_asked_a_third_time() {
    let server = Server::answering(|number| {
        let overloaded = (StatusCode::SERVICE_UNAVAILABLE, "later").into_response();
        Some(if number <= 2 { overloaded } else { FILE.into_response() })
    })
    .await;
    assert_is_the_file(server.fetched(4).await);
    assert_eq!(server.requests(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tries_come_to_an_end() {
    let server = Server::answering(|_| Some(StatusCode::BAD_GATEWAY.into_response())).await;
    let error = server.fetched(3).await.expect_err("never there");
    assert!(error.to_string().contains("gave up after 3 tries; last: the server answered 502"), "{error}");
    assert_eq!(server.requests(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_there_is_asked_for_once() {
    let server = Server::answering(|_| Some(StatusCode::NOT_FOUND.into_response())).await;
    let error = server.fetched(4).await.expect_err("not there");
    assert!(error.to_string().contains("the server answered 404"), "{error}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_cut_short_is_fetched_again() {
    let header = |bytes: usize| format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {bytes}\r\n\r\n");
    let cut_short = format!("{}{}", header(FILE.len()), &FILE[..20]);
    let whole = format!("{}{FILE}", header(FILE.len()));
    let server = Server::writing(vec![cut_short, whole]).await;
    assert_is_the_file(server.fetched(2).await);
    assert_eq!(server.requests(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_answers_is_not_waited_for() {
    let server = Server::answering(|_| None).await;
    let error = server.fetched(1).await.expect_err("no answer");
    assert!(error.to_string().contains("timed out"), "{error}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_packed_file_is_unpacked() {
    let server = Server::answering(|_| Some(packed(FILE.as_bytes()).into_response())).await;
    assert_is_the_file(server.fetched(1).await);
    // What is packed on the way only is unpacked on the way.
    let server =
        Server::answering(|_| Some(([("content-encoding", "gzip")], packed(FILE.as_bytes())).into_response())).await;
    assert_is_the_file(server.fetched(1).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_file_that_unpacks_to_a_huge_one_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("eurofxref-hist.csv.gz");
    std::fs::write(&path, packed(&vec![b'0'; (64 << 20) + 1])).expect("written");
    let settings = Settings { file: Some(path), ..Settings::default() };
    let error = fetch(&settings).await.expect_err("too large");
    assert!(error.to_string().contains("bytes unpacked"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_address_nothing_is_fetched() {
    assert!(fetch(&Settings::default()).await.expect("no error").is_none());
    let missing = Settings { file: Some("/nowhere/eurofxref-hist.csv".into()), ..Settings::default() };
    assert!(matches!(fetch(&missing).await, Err(Error::File { .. })));
}
