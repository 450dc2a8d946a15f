//! A batch of statements and the mails with them, killed at any moment and started again: each statement once, each
//! mail once, or twice where a mail server had taken it and the process died before it knew.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use serde_json::Value;

use crate::books;
use crate::house::House;

/// Portfolios, of which every client has two, and so six documents in one mail.
const PORTFOLIOS: usize = 8;
const CLIENTS: usize = 4;
/// How many houses have a batch and a pass through the outbox killed.
const HOUSES: u32 = 6;
const BATCH: [&str; 10] = [
    "run",
    "statements",
    "--period",
    "2024-01",
    "--kind",
    "client_assets",
    "--kind",
    "portfolio_statement",
    "--kind",
    "transaction_list",
];
const DELIVER: [&str; 4] = ["run", "deliver", "--date", "2024-01-31"];
/// How long the server keeps its answer to a message back: longer than a kill takes.
const HELD_BACK: Duration = Duration::from_millis(700);
/// How long a test waits for something that must happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A house whose portfolios are valued to the end of a month of which nothing was published.
fn valued() -> House {
    let house = House::new();
    let sample = house.path().join("sample");
    books::write(&sample);
    for number in 0..PORTFOLIOS {
        let folder = house.path().join(format!("books/P{number}"));
        std::fs::create_dir_all(&folder).expect("made");
        for file in std::fs::read_dir(sample.join("EMPTIED")).expect("there") {
            let path = file.expect("readable").path();
            let text = std::fs::read_to_string(&path).expect("readable");
            let text = text.replace("EMPTIED", &format!("P{number}"));
            let text = text.replace("emptied@", &format!("client-{}@", number % CLIENTS));
            std::fs::write(folder.join(path.file_name().expect("a name")), text).expect("written");
        }
    }
    house.done(&["import", "books"]);
    // Nothing is due on the last day but one; the stages of the last day are run without the one that publishes.
    house.done(&["run", "nightly", "--date", "2024-01-30"]);
    for stage in ["book", "rollup", "check"] {
        house.done(&["run", stage, "--date", "2024-01-31"]);
    }
    house
}

/// The names of the files that go with a mail. Longer ones stand in a numbered part (RFC 2231).
fn attached(mail: &str) -> BTreeSet<String> {
    let mail = mail.replace("filename*0=", "filename=");
    let names = mail.split("filename=\"").skip(1).filter_map(|rest| rest.split('"').next());
    names.map(str::to_owned).collect()
}

/// What lies in the mail folder: of each mail the recipient and what it brings.
fn mails(house: &House) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for (name, bytes) in house.files("financr-data/mail") {
        if name.extension().is_some_and(|ending| ending == "eml") {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let to = text.lines().find_map(|line| line.strip_prefix("To: ")).expect("a recipient");
            found.push((to.to_owned(), attached(&text)));
        }
    }
    found.sort();
    found
}

/// How many files of an ending lie below a folder.
fn count(house: &House, below: &str, ending: &str) -> usize {
    let mut count = 0;
    let mut waiting = vec![house.path().join(below)];
    while let Some(folder) = waiting.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                count += 1;
            }
        }
    }
    count
}

/// What a command leaves behind while it works.
struct Traces {
    below: &'static str,
    ending: &'static str,
    whole: usize,
}

const DOCUMENTS: Traces = Traces { below: "financr-data/lake/statements", ending: "pdf", whole: 24 };
const MAILS: Traces = Traces { below: "financr-data/mail", ending: "eml", whole: CLIENTS };

/// Starts a command, kills it at a random point of its work, and says whether it was still there.
///
/// The point is told by what it has left behind, and not by the clock: how long a command takes depends on what else
/// the machine does. None yet is a point like others, and so is the moment after the last.
fn kill_at_random(house: &House, arguments: &[&str], traces: &Traces, random: &mut impl Rng) -> (bool, String) {
    let (seen, pause) = (random.random_range(0..=traces.whole), Duration::from_millis(random.random_range(0..40)));
    let mut child = house.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let begun = Instant::now();
    while count(house, traces.below, traces.ending) < seen && child.try_wait().expect("a child").is_none() {
        assert!(begun.elapsed() < PATIENCE, "{arguments:?} left fewer than {seen} of its files");
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(pause);
    let at_work = child.try_wait().expect("a child").is_none();
    // SIGKILL on Unix.
    child.kill().expect("killed");
    child.wait().expect("gone");
    (at_work, format!("{} killed {pause:?} after {seen} of {}", arguments[1], traces.whole))
}

#[test]
fn a_batch_and_its_mails_killed_at_random_moments_end_the_same() {
    let prepared = valued();
    let undisturbed = prepared.copy();
    undisturbed.done(&BATCH);
    let said = undisturbed.done(&DELIVER);
    assert!(said.contains("4 mails delivered with 24 documents"), "{said}");
    let (statements, sent) = (undisturbed.documents(), mails(&undisturbed));
    assert_eq!(statements.len(), 24 * 4, "PDF, CSV, JSON and HTML of each");
    let recipients: BTreeSet<&str> = sent.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!((sent.len(), recipients.len()), (CLIENTS, CLIENTS), "one mail a client");
    assert!(sent.iter().all(|(_, files)| files.len() == 6), "{sent:?}");

    // The points are random and the same in every run of the test; the seed is in the message of a failure.
    let seed = 20_240_201;
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut killed_at_work = 0;
    for number in 1..=HOUSES {
        let house = prepared.copy();
        let (batch_at_work, batch) = kill_at_random(&house, &BATCH, &DOCUMENTS, &mut random);
        house.done(&BATCH);
        let (pass_at_work, pass) = kill_at_random(&house, &DELIVER, &MAILS, &mut random);
        house.done(&DELIVER);
        killed_at_work += u32::from(batch_at_work) + u32::from(pass_at_work);
        let what = format!("seed {seed}, house {number}: {batch}, {pass}");
        assert_eq!(house.documents(), statements, "{what}");
        assert_eq!(mails(&house), sent, "{what}");
        let waiting = house.done(&["status"]);
        assert!(waiting.contains("outbox: 0 waiting, 24 delivered, 0 given up"), "{what}\n{waiting}");
    }
    assert!(0 < killed_at_work, "nothing was killed while it worked");
}

/// A message that a mail server has taken.
#[derive(Clone)]
struct Taken {
    message_id: String,
    recipient: String,
    files: BTreeSet<String>,
}

/// What a mail server has taken so far.
type Mailbox = Arc<Mutex<Vec<Taken>>>;

fn all(mailbox: &Mailbox) -> Vec<Taken> {
    mailbox.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Starts a mail server that takes everything and keeps each answer back for a while; its port.
fn start_server(mailbox: &Mailbox) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let mailbox = Arc::clone(mailbox);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mailbox = Arc::clone(&mailbox);
            // A client may be killed at any point; that is what the test is about.
            std::thread::spawn(move || drop(converse(stream, &mailbox)));
        }
    });
    port
}

fn converse(mut stream: TcpStream, mailbox: &Mailbox) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut recipient = String::new();
    stream.write_all(b"220 ready\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let command = line.to_ascii_uppercase();
        if command.starts_with("RCPT") {
            recipient = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        }
        if !command.starts_with("DATA") {
            stream.write_all(b"250 ok\r\n")?;
            continue;
        }
        stream.write_all(b"354 go on\r\n")?;
        let mut message = String::new();
        loop {
            match lines.next().transpose()? {
                None => return Ok(()),
                Some(line) if line == "." => break,
                Some(line) => message += &(line + "\n"),
            }
        }
        let message_id = message.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default();
        let taken =
            Taken { message_id: message_id.to_owned(), recipient: recipient.clone(), files: attached(&message) };
        mailbox.lock().unwrap_or_else(PoisonError::into_inner).push(taken);
        std::thread::sleep(HELD_BACK);
        stream.write_all(b"250 2.0.0 queued\r\n")?;
    }
    Ok(())
}

#[test]
fn a_pass_killed_after_the_server_took_a_mail_makes_one_more_copy_of_it_and_no_third() {
    let mailbox = Mailbox::default();
    let house = valued();
    let folder = r#"transport = { folder = "financr-data/mail" }"#;
    let port = start_server(&mailbox);
    let server = format!(r#"transport = {{ smtp = {{ host = "127.0.0.1", port = {port}, tls = "none" }} }}"#);
    let shipped = include_str!("../../../../financr.toml");
    assert!(shipped.contains(folder));
    std::fs::write(house.path().join("financr.toml"), shipped.replace(folder, &server)).expect("written");
    house.done(&BATCH);

    let mut child = house.command(&DELIVER).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let begun = Instant::now();
    while all(&mailbox).is_empty() {
        assert!(begun.elapsed() < PATIENCE, "nothing was sent");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    let said = house.done(&DELIVER);
    assert!(said.contains("4 mails delivered with 24 documents"), "{said}");
    assert!(house.done(&["status"]).contains("outbox: 0 waiting, 24 delivered, 0 given up"));

    let mut copies: BTreeMap<String, Vec<Taken>> = BTreeMap::new();
    for taken in all(&mailbox) {
        copies.entry(taken.recipient.clone()).or_default().push(taken);
    }
    assert_eq!(copies.len(), CLIENTS);
    for (recipient, taken) in &copies {
        assert!(taken.len() <= 2, "{} copies", taken.len());
        let ids: BTreeSet<&str> = taken.iter().map(|copy| copy.message_id.as_str()).collect();
        assert_eq!(ids.len(), 1, "both copies have one Message-ID: {recipient}");
        assert!(taken.iter().all(|copy| copy.files.len() == 6 && copy.files == taken[0].files), "{recipient}");
    }
    assert!(copies.values().any(|taken| taken.len() == 2), "the kill fell into the window");

    // Every document says which mail brought it.
    let listed: Value = serde_json::from_str(&house.done(&["deliveries", "--format", "json"])).expect("JSON");
    let rows = listed.as_array().expect("rows");
    assert_eq!(rows.len(), 24);
    for row in rows {
        let (to, mail) = (row["recipient"].as_str().expect("text"), row["mail"].as_str().expect("text"));
        assert_eq!(copies[to][0].message_id, format!("<{mail}@example.org>"));
    }
}
