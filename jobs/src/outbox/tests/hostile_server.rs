//! A mail server that does its worst: it refuses, asks to come again, hangs, and cuts connections off at every point.
//!
//! What it does to an attempt follows from the recipient and the number of the attempt, so a test meets the same server
//! whatever the order in which its mails arrive.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// How a server treats its clients.
#[derive(Clone, Copy, Debug)]
pub(super) enum Temper {
    /// It takes everything.
    Friendly,
    /// It takes a connection and never says a word.
    Silent,
    /// It takes every message and ends the connection without a word about it.
    Wordless,
    /// It knows no recipient.
    Refusing,
    /// It does everything that servers do, by chance.
    Hostile {
        /// What its chance follows from.
        seed: u64,
    },
}

/// What happens to one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Taken,
    /// `451` to the recipient: come again later.
    Greylisted,
    /// `550` to the recipient, each time.
    NoSuchMailbox,
    /// `554` after the message, each time.
    Unwanted,
    /// `452` after the message: no room now.
    NoRoom,
    /// The connection ends at the recipient.
    CutOffBefore,
    /// The server falls silent at the recipient.
    SilentBefore,
    /// The message is taken, and the connection ends without a word about it.
    TakenAndCutOff,
    /// The connection ends after the message, which is thrown away.
    LostAndCutOff,
    /// The message is taken, and the server falls silent.
    TakenAndSilent,
    /// The message is thrown away, and the server falls silent.
    LostAndSilent,
}

#[derive(Default)]
struct Memory {
    /// Recipient → number of attempts.
    attempts: BTreeMap<String, u64>,
    /// Recipient → the Message-IDs of what was taken for it.
    taken: BTreeMap<String, Vec<String>>,
}

/// The server. It runs until the test ends.
pub(super) struct HostileServer {
    pub(super) port: u16,
    temper: Arc<Mutex<Temper>>,
    memory: Arc<Mutex<Memory>>,
}

impl HostileServer {
    pub(super) async fn start(temper: Temper) -> HostileServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (temper, memory) = (Arc::new(Mutex::new(temper)), Arc::new(Mutex::new(Memory::default())));
        let server = HostileServer { port, temper: Arc::clone(&temper), memory: Arc::clone(&memory) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (temper, memory) = (Arc::clone(&temper), Arc::clone(&memory));
                // A client may leave at any point; that is its business.
                tokio::spawn(async move { drop(converse(stream, &temper, &memory).await) });
            }
        });
        server
    }

    /// From now on the server is of another temper.
    pub(super) fn turn(&self, temper: Temper) {
        *lock(&self.temper) = temper;
    }

    /// Recipient → the Message-IDs of what was taken for it.
    pub(super) fn taken(&self) -> BTreeMap<String, Vec<String>> {
        lock(&self.memory).taken.clone()
    }

    /// Whether a recipient is refused each time.
    pub(super) fn refuses(&self, recipient: &str) -> bool {
        let fate = fate(*lock(&self.temper), recipient, 1);
        fate == Fate::NoSuchMailbox || fate == Fate::Unwanted
    }

    /// Attempts in all.
    pub(super) fn attempts(&self) -> u64 {
        lock(&self.memory).attempts.values().sum()
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What happens to an attempt, the first of which is number 1.
fn fate(temper: Temper, recipient: &str, attempt: u64) -> Fate {
    let seed = match temper {
        Temper::Friendly | Temper::Silent => return Fate::Taken,
        Temper::Wordless => return Fate::TakenAndCutOff,
        Temper::Refusing => return Fate::NoSuchMailbox,
        Temper::Hostile { seed } => seed,
    };
    let person = chance(seed, recipient, 0) % 100;
    match person {
        0..3 => return Fate::NoSuchMailbox,
        3 => return Fate::Unwanted,
        4..24 if attempt == 1 => return Fate::Greylisted,
        _ => {}
    }
    match chance(seed, recipient, attempt) % 1_000 {
        0..60 => Fate::Greylisted,
        60..100 => Fate::NoRoom,
        100..140 => Fate::CutOffBefore,
        140..180 => Fate::TakenAndCutOff,
        180..220 => Fate::LostAndCutOff,
        220..230 => Fate::SilentBefore,
        230..235 => Fate::TakenAndSilent,
        235..240 => Fate::LostAndSilent,
        _ => Fate::Taken,
    }
}

/// A number that looks like chance and is the same each time: FNV-1a, stirred as in `SplitMix64`.
pub(super) fn chance(seed: u64, recipient: &str, attempt: u64) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed ^ attempt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed =
        recipient.bytes().fold(start, |mixed, byte| (mixed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let stirred = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let stirred = (stirred ^ (stirred >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    stirred ^ (stirred >> 31)
}

async fn converse(stream: TcpStream, temper: &Mutex<Temper>, memory: &Mutex<Memory>) -> io::Result<()> {
    if matches!(*lock(temper), Temper::Silent) {
        std::future::pending::<()>().await;
    }
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    say(&mut writer, "220 ready").await?;
    let mut recipient = String::new();
    let mut fate_now = Fate::Taken;
    while let Some(line) = lines.next_line().await? {
        let command = line.to_ascii_uppercase();
        if command.starts_with("RCPT") {
            recipient = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            let attempt = {
                let mut memory = lock(memory);
                let attempts = memory.attempts.entry(recipient.clone()).or_default();
                *attempts += 1;
                *attempts
            };
            fate_now = fate(*lock(temper), &recipient, attempt);
            match fate_now {
                Fate::Greylisted => say(&mut writer, "451 4.7.1 greylisted, come again").await?,
                Fate::NoSuchMailbox => say(&mut writer, "550 5.1.1 no such user").await?,
                Fate::CutOffBefore => return Ok(()),
                Fate::SilentBefore => std::future::pending::<()>().await,
                _ => say(&mut writer, "250 ok").await?,
            }
        } else if command.starts_with("DATA") {
            say(&mut writer, "354 go on").await?;
            let message_id = read_message(&mut lines).await?;
            if !finish(&mut writer, fate_now, &recipient, message_id, memory).await? {
                return Ok(());
            }
        } else if command.starts_with("QUIT") {
            return say(&mut writer, "221 bye").await;
        } else {
            say(&mut writer, "250 ok").await?;
        }
    }
    Ok(())
}

/// Ends an attempt whose message has come; false if the connection ends with it.
async fn finish(
    writer: &mut OwnedWriteHalf,
    fate: Fate,
    recipient: &str,
    message_id: String,
    memory: &Mutex<Memory>,
) -> io::Result<bool> {
    if matches!(fate, Fate::Taken | Fate::TakenAndCutOff | Fate::TakenAndSilent) {
        lock(memory).taken.entry(recipient.to_owned()).or_default().push(message_id);
    }
    match fate {
        Fate::TakenAndCutOff | Fate::LostAndCutOff => return Ok(false),
        Fate::TakenAndSilent | Fate::LostAndSilent => std::future::pending::<()>().await,
        Fate::Unwanted => say(writer, "554 5.6.0 not this").await?,
        Fate::NoRoom => say(writer, "452 4.3.1 no room").await?,
        _ => say(writer, "250 2.0.0 queued").await?,
    }
    Ok(true)
}

/// Reads a message to its end, and returns its Message-ID.
async fn read_message(lines: &mut Lines<BufReader<OwnedReadHalf>>) -> io::Result<String> {
    let mut message_id = String::new();
    while let Some(line) = lines.next_line().await? {
        if line == "." {
            return Ok(message_id);
        }
        if let Some(id) = line.strip_prefix("Message-ID: ") {
            message_id = id.to_owned();
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

async fn say(writer: &mut OwnedWriteHalf, line: &str) -> io::Result<()> {
    writer.write_all(format!("{line}\r\n").as_bytes()).await
}
