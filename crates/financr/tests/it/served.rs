//! The API in a process of its own, beside the commands of a test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread::JoinHandle;

use crate::house::House;

/// An API that was started, and is stopped when the test ends.
pub(crate) struct Served {
    child: Child,
    logged: String,
    /// Reads what is logged after the start for as long as there is something: who logs into a full pipe waits.
    rest: Option<JoinHandle<String>>,
    port: u16,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
    }
}

impl Served {
    /// Starts the API of a house at which users can sign in, on a free port. The house has the shipped configuration.
    pub(crate) fn start(house: &House) -> Served {
        house.done(&["users", "key", "--out", "token-key.pem"]);
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let path = house.path().join("financr.toml");
        let config = std::fs::read_to_string(&path).expect("readable");
        let bound = config.replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"));
        std::fs::write(&path, bound.replace("# token_key_files", "token_key_files")).expect("written");
        let mut command = house.command(&["serve"]);
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("started");
        let mut log = BufReader::new(child.stderr.take().expect("a log"));
        let mut served = Served { child, logged: String::new(), rest: None, port };
        while !served.logged.contains("the API listens on") {
            let read = log.read_line(&mut served.logged).expect("text");
            assert!(0 < read, "the API ended: {}", served.logged);
        }
        served.rest = Some(std::thread::spawn(move || {
            let mut rest = String::new();
            log.read_to_string(&mut rest).expect("text");
            rest
        }));
        served
    }

    /// Asks the API from this machine and returns the answer as it came. A request is a method and a path.
    pub(crate) fn ask(&self, request: &str, headers: &[(&str, &str)], body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the API answers");
        let length = body.len();
        let head =
            format!("{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n");
        let named: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        write!(stream, "{head}{named}content-type: application/json\r\n\r\n{body}").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("text");
        answer
    }

    /// Stops the API, and returns what it has logged.
    pub(crate) fn stop(&mut self) -> String {
        self.child.kill().expect("stopped");
        let rest = self.rest.take().map(|rest| rest.join().expect("the log is read"));
        std::mem::take(&mut self.logged) + &rest.unwrap_or_default()
    }
}
