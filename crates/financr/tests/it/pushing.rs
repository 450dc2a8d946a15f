//! Messages to browsers from the command line: the key, the lists, and a push service that a night tells.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::books;
use crate::house::House;

fn rows(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("rows as JSON")
}

/// What a browser tells; the keys are those of the example of RFC 8291.
fn subscription(endpoint: &str) -> String {
    let p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    json!({"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": "BTBZMqHH6r4Tts7J_aSIgg"}}).to_string()
}

/// A push service for one message: answers `201`, and returns what it was sent.
fn one_message(listener: TcpListener) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let (mut request, mut part) = (Vec::new(), [0; 4_096]);
        loop {
            let read = stream.read(&mut part).expect("readable");
            request.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&request).into_owned();
            let head = request.windows(4).position(|four| four == b"\r\n\r\n");
            let length = text
                .to_ascii_lowercase()
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ").and_then(|length| length.parse::<usize>().ok()));
            let is_all = head.zip(length).is_some_and(|(head, length)| head + 4 + length <= request.len());
            if is_all || read == 0 {
                stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n").expect("written");
                return text;
            }
        }
    })
}

fn configure(house: &House, section: &str) {
    let shipped = include_str!("../../../../financr.toml");
    std::fs::write(house.path().join("financr.toml"), format!("{shipped}\n{section}\n")).expect("written");
}

#[test]
fn a_night_tells_the_browsers_on_the_list_of_a_portfolio() {
    let house = House::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    configure(
        &house,
        "[web_push]\nkey_file = \"vapid.pem\"\nsubject = \"mailto:anna@example.org\"\nhosts = [\"127.0.0.1\"]\n",
    );
    let made = rows(&house.done(&["push", "key", "--out", "vapid.pem", "--format", "json"]));
    let told = rows(&house.done(&["push", "key", "--format", "json"]));
    assert_eq!(made, told);
    assert_eq!(told[0]["application_server_key"].as_str().map(str::len), Some(87));
    let again = house.run(&["push", "key", "--out", "vapid.pem"]);
    assert_eq!(again.code, Some(2), "a key is not overwritten: {}", again.stderr);

    books::write(&house.path().join("books"));
    let path = house.path().join("books/MIXED/portfolio.json");
    let text = std::fs::read_to_string(&path).expect("readable");
    std::fs::write(&path, text.replace("\"client_email\"", "\"delivery\":[\"web_push\"],\"client_email\""))
        .expect("written");
    house.done(&["import", "books"]);
    let endpoint = format!("http://127.0.0.1:{port}/wpush/1");
    std::fs::write(house.path().join("subscription.json"), subscription(&endpoint)).expect("written");
    let add = ["push", "add", "MIXED", "subscription.json", "--by", "anna"];
    let said = house.done(&add);
    let id = said.trim().rsplit(' ').next().expect("an id").to_owned();
    assert!(house.done(&add).contains(&format!("was on the list already, as {id}")));
    let listed = house.done(&["push", "list", "--format", "json"]);
    assert!(!listed.contains("wpush") && !listed.contains("BTBZ"), "what opens a browser is not shown: {listed}");
    let listed = rows(&listed);
    assert_eq!((listed.len(), &listed[0]["id"], &listed[0]["portfolio"]), (1, &json!(id), &json!("MIXED")));

    let service = one_message(listener);
    let said = house.done(&["run", "nightly", "--date", "2024-01-31"]);
    assert!(said.contains("1 messages to browsers delivered"), "{said}");
    let request = service.join().expect("it was told");
    assert!(request.starts_with("POST /wpush/1 HTTP/1.1\r\n") && request.contains("vapid t="), "{request}");
    assert!(!request.contains("MIXED"), "who stands on the way learns nothing: {request}");

    house.done(&["push", "end", &id, "--by", "anna"]);
    assert_eq!(house.done(&["push", "list"]).trim(), "nothing");
    let ended = rows(&house.done(&["push", "list", "--ended", "--format", "json"]));
    assert_eq!((&ended[0]["end_reason"], &ended[0]["ended_by"]), (&json!("request"), &json!("anna")));
    let again = house.run(&["push", "end", &id, "--by", "anna"]);
    assert_eq!(again.code, Some(2), "{}", again.stderr);
}

#[test]
fn what_cannot_be_put_on_a_list_is_refused_with_what_to_do() {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    std::fs::write(house.path().join("inside.json"), subscription("https://169.254.169.254/latest")).expect("written");
    let add = ["push", "add", "MIXED", "inside.json", "--by", "anna"];
    let refused = house.run(&add);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("add [web_push] to `financr.toml`"), "{}", refused.stderr);
    assert!(house.run(&["push", "key"]).stderr.contains("`financr push key --out FILE` makes a key"));
    configure(&house, "[web_push]\nkey_file = \"vapid.pem\"\nsubject = \"mailto:anna@example.org\"\n");
    let refused = house.run(&add);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("`169.254.169.254` is none of the push services"), "{}", refused.stderr);
    std::fs::write(house.path().join("known.json"), subscription("https://fcm.googleapis.com/fcm/send/1"))
        .expect("written");
    let said = house.done(&["push", "add", "MIXED", "known.json", "--by", "anna"]);
    assert!(said.contains("`MIXED` tells no browsers of its documents yet; add web_push to `delivery`"), "{said}");
    let refused = house.run(&["push", "add", "NOBODY", "known.json", "--by", "anna"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("`NOBODY` is not in the store"), "{}", refused.stderr);
}
