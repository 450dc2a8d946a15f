//! What users are told, and how they choose it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::house::{House, now};
use crate::rights::people::Peopled;

async fn peopled() -> Peopled {
    let peopled = Peopled::open(House::empty().await).await;
    // The documents about D03 and D99 were published while `owner` and `other` owned them.
    let told = peopled.house.store.tell_users(now() - TimeDelta::days(1), now()).await.expect("told");
    assert_eq!(told, 2);
    peopled
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_told_of_what_is_theirs_and_reads_it() {
    let peopled = peopled().await;
    let found = peopled.get("owner", "/notifications").await.json();
    assert_eq!((&found["unread_count"], &found["next"]), (&json!(1), &Value::Null));
    let one = &found["items"][0];
    assert_eq!((&one["kind"], &one["about"]), (&"document_ready".into(), &"statement-D03".into()));
    assert_eq!((&one["portfolio_id"], &one["read_at"]), (&"D03".into(), &Value::Null));
    assert_eq!(peopled.get("adviser", "/notifications").await.json()["items"], json!([]));

    let read = json!({ "ids": [one["id"]] }).to_string();
    // Another one's is not touched.
    peopled.ask("other", "POST", "/notifications/read", Some(&read)).await;
    assert_eq!(peopled.get("owner", "/notifications").await.json()["unread_count"], 1);
    let answer = peopled.ask("owner", "POST", "/notifications/read", Some(&read)).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "unread_count": 0 })));
    assert_eq!(peopled.get("owner", "/notifications?unread=true").await.json()["items"], json!([]));
    let all = json!({ "all_until": now() }).to_string();
    let answer = peopled.ask("other", "POST", "/notifications/read", Some(&all)).await;
    assert_eq!(answer.json(), json!({ "unread_count": 0 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_chosen_as_a_whole() {
    let peopled = peopled().await;
    let unchosen = peopled.get("owner", "/notifications/settings").await.json();
    assert_eq!(unchosen["items"].as_array().map(Vec::len), Some(4));
    assert_eq!(unchosen["items"][0], json!({ "kind": "document_ready", "channels": ["in_app"], "quiet_hours": null }));
    let chosen = json!({ "items": [{ "kind": "order_ended", "channels": ["email", "in_app"],
        "quiet_hours": { "from": "22:00", "until": "7:05", "time_zone": "Europe/Berlin" } }] });
    let answer = peopled.ask("owner", "PUT", "/notifications/settings", Some(&chosen.to_string())).await;
    let expected = json!({ "kind": "order_ended", "channels": ["in_app", "email"],
        "quiet_hours": { "from": "22:00", "until": "07:05", "time_zone": "Europe/Berlin" } });
    assert_eq!(answer.json()["items"][1], expected);
    assert_eq!(peopled.get("owner", "/notifications/settings").await.json()["items"][1], expected);
    assert_eq!(peopled.get("other", "/notifications/settings").await.json(), unchosen, "each for themselves");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_is_refused() {
    let peopled = peopled().await;
    let quiet = |from: &str, until: &str, zone: &str| {
        let hours = json!({ "from": from, "until": until, "time_zone": zone });
        json!({ "items": [{ "kind": "order_ended", "channels": [], "quiet_hours": hours }] }).to_string()
    };
    let kind = |kind: &str, channel: &str| json!({ "items": [{ "kind": kind, "channels": [channel] }] }).to_string();
    let one = json!({ "kind": "order_ended", "channels": [] });
    let twice = json!({ "items": [one, one] });
    for (body, words) in [
        (kind("everything", "email"), "unknown kind of notification `everything`"),
        (kind("order_ended", "pigeon"), "unknown channel `pigeon`; known: in_app, email"),
        (quiet("22:00", "22:00", "UTC"), "begin and end at one time"),
        (quiet("24:00", "07:00", "UTC"), "`24:00` is no time of day"),
        (quiet("22:00", "'; --", "UTC"), "`'; --` is no time of day"),
        (quiet("22:00", "07:00", "Mars/Base"), "`Mars/Base` is no time zone"),
        (twice.to_string(), "a kind stands there twice"),
        ("{}".to_owned(), "no JSON of the form"),
    ] {
        let problem = peopled.ask("owner", "PUT", "/notifications/settings", Some(&body)).await.problem(400);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{body}: {problem}");
    }
    let many = json!({ "ids": vec!["x"; 201] }).to_string();
    for body in ["{}", many.as_str(), r#"{"all_until":"yesterday"}"#] {
        peopled.ask("owner", "POST", "/notifications/read", Some(body)).await.problem(400);
    }
    peopled.get("owner", "/notifications?after=none").await.problem(400);
    peopled.get("owner", "/notifications?limit=0").await.problem(400);
}
