//! Requests that say in two ways how long they are, over a connection: whoever stands before the API may believe the
//! other one, and what is a body there would be a request here (RFC 9112, sections 6.3 and 11.2).

use std::net::SocketAddr;
use std::time::Duration;

use api::{ApiState, Settings};
use schemas::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::house::{House, now};

/// What must never be read as a request of its own.
const HIDDEN: &str = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";
/// Seconds in which a connection has to be closed.
const CLOSE_S_MAX: u64 = 30;

/// Serves a house at a port of this machine until the test ends.
async fn serve() -> (SocketAddr, House) {
    let house = House::empty().await;
    let state = ApiState {
        store: house.store.clone(),
        lake: house.lake.clone(),
        clock: Clock::Fixed(now()),
        program_version: "0.1.0".to_owned(),
        returned: None,
        billing_secret: None,
        bookkeeping: None,
        documents: Vec::new(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(api::serve_on(listener, state, Settings::default(), std::future::pending()));
    (address, house)
}

/// Everything that comes until the API closes the connection, after one request with some headers and what follows
/// them.
async fn said(address: SocketAddr, headers: &[&str], rest: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let lines: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let request = format!("GET /health/live HTTP/1.1\r\nhost: localhost\r\n{lines}\r\n{rest}");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let reading = tokio::time::timeout(Duration::from_secs(CLOSE_S_MAX), stream.read_to_end(&mut answer));
    reading.await.expect("the connection is closed").expect("read");
    String::from_utf8(answer).expect("text")
}

fn answers(answer: &str) -> usize {
    answer.matches("HTTP/1.1 ").count()
}

#[tokio::test]
async fn lengths_that_are_none_or_two_are_refused() {
    let (address, _house) = serve().await;
    for headers in [
        &["content-length: 5", "content-length: 6"][..],
        &["content-length: 5, 6"],
        &["content-length: +5"],
        &["content-length: -5"],
        &["content-length: 0x5"],
        &["content-length: 5 5"],
        &["content-length:"],
        &["content-length: 18446744073709551621"],
        &["content-length:", " 5"],
        &["content-length : 5"],
        &["transfer-encoding : chunked"],
        &["transfer-encoding: chunked, identity"],
        &["transfer-encoding: xchunked"],
        &["content-length: 5", "transfer-encoding: identity"],
    ] {
        let answer = said(address, headers, &format!("hello{HIDDEN}")).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{headers:?}: {answer}");
        assert_eq!(answers(&answer), 1, "{headers:?}: {answer}");
    }
}

/// A server may read such a request by its chunks, and then has to close the connection (RFC 9112, section 6.1).
#[tokio::test]
async fn after_chunks_with_a_length_the_connection_ends() {
    let (address, _house) = serve().await;
    // By the length the request ends before the hidden one, by the chunks after it.
    let chunk = format!("{:x}\r\n{HIDDEN}\r\n0\r\n\r\n", HIDDEN.len());
    let before = format!("content-length: {}", chunk.find("GET").expect("it is there"));
    // By the chunks it ends before the hidden one, by the length after it.
    let ended = format!("0\r\n\r\n{HIDDEN}");
    let after = format!("content-length: {}", ended.len());
    for (said_length, rest) in [(&before, &chunk), (&after, &ended)] {
        let (length, chunked) = (said_length.as_str(), "transfer-encoding: chunked");
        for headers in [[length, chunked], [chunked, length]] {
            let answer = said(address, &headers, rest).await;
            assert!(
                ["HTTP/1.1 200", "HTTP/1.1 400"].iter().any(|line| answer.starts_with(line)),
                "{headers:?}: {answer}"
            );
            assert_eq!(answers(&answer), 1, "{headers:?}: {answer}");
        }
    }
}

/// The requests above are refused, or end their connection, for what they say of their length: without that, both
/// requests are answered.
#[tokio::test]
async fn two_requests_that_say_their_lengths_are_two() {
    let (address, _house) = serve().await;
    let last = HIDDEN.replace("localhost\r\n", "localhost\r\nconnection: close\r\n");
    let answer = said(address, &["content-length: 5"], &format!("hello{last}")).await;
    assert_eq!(answers(&answer), 2, "{answer}");
}
