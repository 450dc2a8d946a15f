//! A program that takes events and does its worst: it fails, hangs, cuts off, answers without end, and sends elsewhere.
//!
//! What it does to an attempt follows from the number of the event's recipient and of the attempt.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::hostile_server::chance;

/// What happens to one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Taken,
    /// `500`, thrown away.
    Fails,
    /// `503`, thrown away.
    Closed,
    /// `429`, thrown away.
    TooMany,
    /// The connection ends after the event, which is thrown away.
    LostAndCutOff,
    /// The event is taken, and the connection ends without a word about it.
    TakenAndCutOff,
    /// The event is taken, and the receiver falls silent.
    TakenAndSilent,
    /// The event is taken, and the answer to it has no end.
    TakenAndEndless,
    /// `410`, each time.
    Gone,
    /// `400`, each time.
    Refused,
    /// `307` to another path, each time.
    SentElsewhere,
}

impl Fate {
    /// Whether the event can never be delivered.
    pub(super) fn is_final(self) -> bool {
        matches!(self, Fate::Gone | Fate::Refused | Fate::SentElsewhere)
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) path: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
    pub(super) was_taken: bool,
}

/// The receiver. It runs until the test ends.
pub(super) struct HostileReceiver {
    pub(super) port: u16,
    received: Arc<Mutex<Vec<Received>>>,
}

impl HostileReceiver {
    pub(super) async fn start() -> HostileReceiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let receiver = HostileReceiver { port, received: Arc::clone(&received) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let received = Arc::clone(&received);
                // A client may leave at any point; that is its business.
                tokio::spawn(async move { drop(converse(stream, &received).await) });
            }
        });
        receiver
    }

    /// Every request, in the order in which they came.
    pub(super) fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }
}

/// What happens to an attempt at an event, the first of which is number 1.
pub(super) fn fate(event_id: &str, attempt: u64) -> Fate {
    match chance(20_150_101, event_id, 0) % 100 {
        0..3 => return Fate::Gone,
        3..6 => return Fate::Refused,
        6..9 => return Fate::SentElsewhere,
        _ => {}
    }
    match chance(20_150_101, event_id, attempt) % 1_000 {
        0..100 => Fate::Fails,
        100..150 => Fate::Closed,
        150..200 => Fate::TooMany,
        200..250 => Fate::LostAndCutOff,
        250..300 => Fate::TakenAndCutOff,
        300..310 => Fate::TakenAndSilent,
        310..360 => Fate::TakenAndEndless,
        _ => Fate::Taken,
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn converse(mut stream: TcpStream, received: &Mutex<Vec<Received>>) -> io::Result<()> {
    while let Some(mut request) = read_request(&mut stream).await? {
        let id = request.headers.get("financr-event").cloned().unwrap_or_default();
        let fate = {
            let mut received = lock(received);
            let before = received.iter().filter(|other| other.headers.get("financr-event") == Some(&id)).count();
            let fate = fate(&id, u64::try_from(before).expect("few") + 1);
            request.was_taken =
                matches!(fate, Fate::Taken | Fate::TakenAndCutOff | Fate::TakenAndSilent | Fate::TakenAndEndless);
            received.push(request);
            fate
        };
        let line = match fate {
            Fate::Taken => "200 OK",
            Fate::Fails => "500 Internal Server Error",
            Fate::Closed => "503 Service Unavailable",
            Fate::TooMany => "429 Too Many Requests",
            Fate::Gone => "410 Gone",
            Fate::Refused => "400 Bad Request",
            Fate::SentElsewhere => "307 Temporary Redirect\r\nlocation: /elsewhere",
            Fate::LostAndCutOff | Fate::TakenAndCutOff => return Ok(()),
            Fate::TakenAndSilent => std::future::pending().await,
            Fate::TakenAndEndless => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
                loop {
                    stream.write_all(format!("2000\r\n{}\r\n", "x".repeat(0x2000)).as_bytes()).await?;
                }
            }
        };
        stream.write_all(format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// The next request; none at the end of the connection.
pub(super) async fn read_request(stream: &mut TcpStream) -> io::Result<Option<Received>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let mut lines = text.lines();
    let path = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let headers: BTreeMap<String, String> = lines.filter_map(header).collect();
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(Received { path, headers, body, was_taken: false }))
}
