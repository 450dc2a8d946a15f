//! Consents over HTTP: a user gives one and takes it back; both stay.

use schemas::Role;
use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn a_consent_is_given_and_taken_back_and_both_stay() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let token = door.sign_in("zoe").await.access;
    for decision in ["given", "withdrawn"] {
        let body = json!({"purpose": "newsletter", "text_version": "2026-01", "decision": decision});
        let answer = door.send("POST", "/users/me/consents", &token, &body).await;
        assert_eq!(answer.status, 201, "{:?}", answer.body);
        assert_eq!(answer.json()["channel"], "account");
    }
    let listed = door.ask("GET", "/users/me/consents", &token).await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(listed["current"].as_array().map(Vec::len), Some(1));
    for (field, wrong) in [("purpose", " "), ("text_version", ""), ("decision", "maybe"), ("channel", "paper")] {
        let mut body = json!({"purpose": "newsletter", "text_version": "2026-01", "decision": "given"});
        body[field] = wrong.into();
        door.send("POST", "/users/me/consents", &token, &body).await.problem(400);
    }
}
