//! What is sent to whom: the proof of it, mails that come back, and addresses that get nothing optional.

use serde_json::Value;

use crate::books;
use crate::house::House;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// A house whose clients have got their statements of January.
fn house_with_mails() -> House {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    house
}

#[test]
fn a_delivery_has_its_proof_and_can_come_back() {
    let house = house_with_mails();
    let all = json(&house.done(&["deliveries", "--format", "json"]));
    let sent = all.as_array().expect("rows");
    assert_eq!(sent.len(), 2);
    let (id, recipient) = (sent[0]["id"].as_str().expect("text"), sent[0]["recipient"].as_str().expect("text"));
    assert_eq!((&sent[0]["state"], &sent[0]["necessity"]), (&Value::from("delivered"), &Value::from("required")));

    // The shipped sender is at example.org, and the mail lies in the folder under the id of the delivery.
    let proof = json(&house.done(&["deliveries", "show", &id[..8], "--format", "json"]));
    assert_eq!(proof.as_array().map(Vec::len), Some(1));
    let note = format!("written as {id}.eml; Message-ID <{id}@example.org>");
    assert_eq!((&proof[0]["event"], &proof[0]["note"]), (&Value::from("delivered"), &Value::from(note)));
    let mails = house.files("financr-data/mail");
    let mail = mails.get(std::path::Path::new(&format!("{id}.eml"))).expect("it lies there");
    assert!(String::from_utf8_lossy(mail).contains(&format!("Message-ID: <{id}@example.org>")));

    let refused = house.run(&["deliveries", "again", id, "--note", "why not", "--by", "anna"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("is delivered, nothing was changed"), "{}", refused.stderr);

    let report = format!(
        "Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.1.1\nContent-Type: message/rfc822\n\n\
         Message-ID: <{id}@example.org>\nTo: {recipient}\n"
    );
    std::fs::write(house.path().join("bounce.eml"), report).expect("written");
    house.done(&["deliveries", "returned", "bounce.eml"]);
    assert!(house.done(&["status"]).contains("outbox: 0 waiting, 1 delivered, 0 given up, 1 came back"));
    let listed = json(&house.done(&["suppressions", "--format", "json"]));
    assert_eq!((&listed[0]["address"], &listed[0]["reason"]), (&Value::from(recipient), &Value::from("bounce")));
    let found = json(&house.done(&["inbox", "--kind", "delivery", "--format", "json"]));
    let message = found[0]["message"].as_str().expect("text");
    assert!(message.contains("it came back: failed 5.1.1") && !message.contains(recipient), "{message}");

    // A statement is owed: it goes once more to the address that is on the list.
    house.done(&["deliveries", "again", &id[..8], "--note", "the mailbox is open again", "--by", "anna"]);
    assert_eq!(json(&house.done(&["inbox", "--kind", "delivery", "--format", "json"])), json("[]"));
    let mails_before = house.files("financr-data/mail").len();
    let said = house.done(&["run", "deliver", "--date", "2024-01-31"]);
    assert!(said.contains("1 had been delivered before"), "the folder has it under its id: {said}");
    assert_eq!(house.files("financr-data/mail").len(), mails_before);
}

#[test]
fn the_list_of_suppressions_is_kept_by_hand_too() {
    let house = House::new();
    assert_eq!(house.done(&["suppressions"]).trim(), "nothing");
    let add = ["suppressions", "add", "Client@Example.org", "--note", "by telephone", "--by", "anna"];
    assert_eq!(house.done(&add).trim(), "the address is on the list now");
    assert_eq!(house.done(&add).trim(), "the address was on the list already");
    let listed = json(&house.done(&["suppressions", "--format", "json"]));
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(listed[0]["address"], "client@example.org");
    assert_eq!((&listed[0]["reason"], &listed[0]["added_by"]), (&Value::from("request"), &Value::from("anna")));
    let remove = ["suppressions", "remove", "client@example.org", "--by", "anna"];
    house.done(&remove);
    let again = house.run(&remove);
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("is not on the list"), "{}", again.stderr);
    let no_address = house.run(&["suppressions", "add", "client", "--by", "anna"]);
    assert_eq!(no_address.code, Some(2));
}

#[test]
fn statements_go_by_the_channels_that_their_portfolio_names() {
    let house = House::new();
    let shipped = include_str!("../../../../financr.toml");
    let config = format!("{shipped}\n[drop_folder]\nurl = \"financr-data/drop\"\nformats = [\"pdf\", \"json\"]\n");
    std::fs::write(house.path().join("financr.toml"), config).expect("written");
    let folder = house.path().join("books");
    books::write(&folder);
    for (id, channels) in [("MIXED", r#"["drop_folder", "email"]"#), ("EMPTIED", r#"["drop_folder"]"#)] {
        let path = folder.join(id).join("portfolio.json");
        let text = std::fs::read_to_string(&path).expect("readable");
        let chosen = text.replace("\"client_email\"", &format!("\"delivery\":{channels},\"client_email\""));
        std::fs::write(&path, chosen).expect("written");
    }
    house.done(&["import", "books"]);
    let said = house.done(&["run", "nightly", "--date", "2024-01-31"]);
    for words in [
        "2 statements written, 1 messages queued for mail, 2 messages queued for other channels",
        "1 mails delivered; 2 statements for the drop folder delivered",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(house.files("financr-data/mail").len(), 1);
    let dropped = house.files("financr-data/drop");
    let archived = house.documents();
    for id in ["MIXED", "EMPTIED"] {
        let of = |ending: &str| {
            let path = format!("{id}/portfolio_statement-{id}-2024-01-31-v1.{ending}");
            dropped.get(std::path::Path::new(&path)).unwrap_or_else(|| panic!("{path}: {:?}", dropped.keys()))
        };
        for ending in ["pdf", "json"] {
            assert!(archived.values().any(|bytes| bytes == of(ending)), "it is what was published: {id} {ending}");
        }
        let index = String::from_utf8_lossy(of("sha256"));
        let names: Vec<&str> = index.lines().filter_map(|line| line.split("  ").nth(1)).collect();
        let name = format!("portfolio_statement-{id}-2024-01-31-v1");
        assert_eq!(names, [format!("{name}.pdf"), format!("{name}.json")]);
    }
    assert_eq!(dropped.len(), 6);

    let path = folder.join("MIXED").join("portfolio.json");
    let text = std::fs::read_to_string(&path).expect("readable").replace("\"email\"]", "\"fax\"]");
    std::fs::write(&path, text).expect("written");
    let refused = house.run(&["import", "books/MIXED"]);
    assert_eq!(refused.code, Some(3), "{}", refused.stderr);
    let words = "unknown channel `fax`; known: email, drop_folder, webhook, web_push";
    assert!(refused.stdout.contains(words), "{}", refused.stdout);
}
