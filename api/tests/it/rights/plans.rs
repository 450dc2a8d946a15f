//! Plans, billing events and approvals, as callers see them.

use schemas::Role;
use schemas::signed_message::sign;
use serde_json::{Value, json};

use super::people::{Peopled, user_id};
use crate::house::{Answer, ELSEWHERE, House, now, post, send_json};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

async fn peopled() -> Peopled {
    let mut house = House::empty().await;
    house.billing_secret = Some(SECRET.into());
    Peopled::open(house).await
}

async fn bill(peopled: &Peopled, event: &Value) -> Answer {
    let body = event.to_string();
    let signature = sign(SECRET.as_bytes(), now(), body.as_bytes());
    post(peopled.router.clone(), "/billing-events", &[("financr-signature", &signature)], body.as_bytes()).await
}

fn started(id: &str, at: &str, plan: &str) -> Value {
    json!({
        "provider": "billing.example.org", "event_id": id, "user_id": "other", "kind": "started", "plan": plan,
        "occurred_at": at,
    })
}

#[tokio::test]
async fn a_plan_opens_its_features_and_an_end_closes_them() {
    let peopled = peopled().await;
    let problem = peopled.get("other", "/risk-analysis/D99").await.problem(403);
    assert_eq!(problem["type"], "urn:financr:problem:not-in-plan");
    assert_eq!(problem["detail"], "the plan `free` has no `risk_analysis`");
    assert!(problem["help"].as_str().is_some_and(|help| help.contains("GET /subscriptions")), "{problem}");

    let first = started("e-1", "2014-12-31T10:00:00Z", "premium");
    let answer = bill(&peopled, &first).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"outcome": "applied"})));
    assert_eq!(bill(&peopled, &first).await.json()["outcome"], "known");
    assert_eq!(peopled.get("other", "/risk-analysis/D99").await.status, 200);
    let mine = peopled.get("other", "/subscriptions").await.json();
    assert_eq!((&mine["plan"]["name"], &mine["items"][0]["plan"]), (&json!("premium"), &json!("premium")));
    assert_eq!(mine["offered"].as_array().map(Vec::len), Some(3));

    let older = started("e-0", "2014-12-31T09:00:00Z", "professional");
    assert_eq!(bill(&peopled, &older).await.json()["outcome"], "stale");
    assert_eq!(peopled.get("other", "/subscriptions").await.json()["plan"]["name"], "premium");

    let end = r#"{"plan":"free"}"#;
    assert_eq!(peopled.ask("other", "POST", "/subscriptions", Some(end)).await.json()["plan"]["name"], "free");
    peopled.get("other", "/risk-analysis/D99").await.problem(403);
}

#[tokio::test]
async fn only_signed_events_are_believed_and_only_whole_ones_understood() {
    let peopled = peopled().await;
    let event = started("e-1", "2014-12-31T10:00:00Z", "premium").to_string();
    for signature in ["", &sign(b"another secret of thirty-two letters", now(), event.as_bytes())] {
        let headers = [("financr-signature", signature)];
        post(peopled.router.clone(), "/billing-events", &headers, event.as_bytes()).await.problem(401);
    }
    let with = |field: &str, value: Value| {
        let mut event = started("e-2", "2014-12-31T10:00:00Z", "premium");
        event[field] = value;
        event
    };
    for wrong in [
        with("plan", json!("gold")),
        with("plan", Value::Null),
        with("kind", json!("paused")),
        with("kind", json!("ended")),
        with("event_id", json!("")),
        with("provider", json!("two words")),
        with("user_id", json!("stranger")),
        with("colour", json!("red")),
    ] {
        bill(&peopled, &wrong).await.problem(400);
    }
    assert_eq!(peopled.get("other", "/subscriptions").await.json()["items"], json!([]));
}

#[tokio::test]
async fn users_do_not_give_themselves_what_costs() {
    let peopled = peopled().await;
    let ask = async |caller: &str, body: &str| peopled.ask(caller, "POST", "/subscriptions", Some(body)).await;
    for body in [r#"{"plan":"premium"}"#, r#"{"user_id":"other","plan":"premium"}"#] {
        ask("other", body).await.problem(403);
    }
    ask("other", r#"{"user_id":"owner","plan":"free"}"#).await.problem(403);
    assert_eq!(peopled.get("owner", "/subscriptions").await.json()["plan"]["name"], "premium");
    ask("admin", r#"{"user_id":"stranger","plan":"premium"}"#).await.problem(404);
    let unknown = ask("admin", r#"{"user_id":"other","plan":"gold"}"#).await.problem(400);
    assert_eq!(unknown["detail"], "unknown plan `gold`; known: free, premium, professional");
    let given = ask("admin", r#"{"user_id":"other","plan":"premium","paid_until_at":"2016-01-01T00:00:00Z"}"#).await;
    assert_eq!(given.json()["plan"]["risk_analysis"], true);
}

#[tokio::test]
async fn a_role_is_given_by_two_people() {
    let peopled = peopled().await;
    let role = async || {
        let user = peopled.house.store.user(&user_id("candidate")).await.expect("readable").expect("there");
        user.role
    };
    let wish = r#"{"user_id":"candidate","role":"compliance","reason":"a second officer"}"#;
    let asked = peopled.ask("admin", "POST", "/approvals", Some(wish)).await.json();
    assert_eq!((&asked["decided"], &asked["wanted"]), (&Value::Null, &json!("compliance")));
    peopled.ask("admin", "POST", "/approvals", Some(wish)).await.problem(409);
    assert_eq!(role().await, Role::Client);
    let path = format!("/approvals/{}/decision", asked["id"].as_str().expect("an id"));
    let yes = r#"{"decision":"approved","reason":"checked"}"#;
    peopled.ask("admin", "POST", &path, Some(yes)).await.problem(403);
    let wanted = r#"{"title":"for a program","scopes":["read","write"]}"#;
    let made = peopled.ask("compliance", "POST", "/users/me/api-keys", Some(wanted)).await.json();
    let bearer = format!("Bearer {}", made["key"].as_str().expect("a key"));
    let headers = [("authorization", bearer.as_str())];
    let by_key = send_json(peopled.router.clone(), ("POST", &path), ELSEWHERE, &headers, Some(yes)).await;
    by_key.problem(403);
    peopled.ask("compliance", "POST", &path, Some(r#"{"decision":"approved","reason":" "}"#)).await.problem(400);
    peopled.ask("compliance", "POST", &path, Some(r#"{"decision":"perhaps","reason":"x"}"#)).await.problem(400);
    assert_eq!(role().await, Role::Client);
    let decided = peopled.ask("compliance", "POST", &path, Some(yes)).await.json();
    assert_eq!((&decided["decided"]["decided_by"], role().await), (&json!("compliance"), Role::Compliance));
    peopled.ask("compliance", "POST", &path, Some(yes)).await.problem(409);
    let list = peopled.get("compliance", "/approvals?open=true").await.json();
    assert_eq!(list["items"], json!([]));
    assert_eq!(peopled.get("house", "/approvals").await.json()["items"].as_array().map(Vec::len), Some(1));
    for wrong in [
        r#"{"user_id":"candidate","role":"root","reason":"x"}"#,
        r#"{"user_id":"candidate","role":"admin","reason":""}"#,
        r#"{"user_id":"candidate","role":"admin"}"#,
    ] {
        peopled.ask("admin", "POST", "/approvals", Some(wrong)).await.problem(400);
    }
}

#[tokio::test]
async fn somebody_else_is_erased_by_two_people() {
    let peopled = peopled().await;
    let problem = peopled.ask("admin", "POST", "/users/passing/erasure", None).await.problem(403);
    assert!(problem["help"].as_str().is_some_and(|help| help.contains("POST /approvals")), "{problem}");
    let yes = r#"{"decision":"approved","reason":"asked by letter"}"#;
    let asked = async |user: &str| {
        let wish = json!({"kind": "erasure", "user_id": user, "reason": "asked by letter"}).to_string();
        let asked = peopled.ask("admin", "POST", "/approvals", Some(&wish)).await.json();
        assert_eq!((&asked["kind"], &asked["wanted"]), (&json!("erasure"), &json!("erased")));
        format!("/approvals/{}/decision", asked["id"].as_str().expect("an id"))
    };
    let passing = asked("passing").await;
    let email = async |user: &str| {
        let user = peopled.house.store.user(&user_id(user)).await.expect("readable").expect("there");
        user.email
    };
    assert_ne!(email("passing").await, "erased", "asking changes nothing");
    assert_eq!(peopled.ask("compliance", "POST", &passing, Some(yes)).await.status, 200);
    assert_eq!(email("passing").await, "erased");
    // Whom the house must know is not erased, and what was asked for stays open until it is refused.
    let owner = asked("owner").await;
    let problem = peopled.ask("compliance", "POST", &owner, Some(yes)).await.problem(409);
    assert_eq!(problem["detail"], "the user owns portfolios: the relationship goes on");
    assert_ne!(email("owner").await, "erased");
    let list = peopled.get("compliance", "/approvals?open=true").await.json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    let no = r#"{"decision":"refused","reason":"is a client"}"#;
    assert_eq!(peopled.ask("compliance", "POST", &owner, Some(no)).await.status, 200);
    for wrong in [
        r#"{"kind":"erasure","user_id":"passing","role":"admin","reason":"x"}"#,
        r#"{"kind":"removal","user_id":"passing","reason":"x"}"#,
        r#"{"kind":"erasure","user_id":"owner"}"#,
    ] {
        peopled.ask("admin", "POST", "/approvals", Some(wrong)).await.problem(400);
    }
}

#[tokio::test]
async fn whom_it_is_about_does_not_decide() {
    let peopled = peopled().await;
    let wish = r#"{"user_id":"compliance","role":"admin","reason":"promotion"}"#;
    let asked = peopled.ask("admin", "POST", "/approvals", Some(wish)).await.json();
    let path = format!("/approvals/{}/decision", asked["id"].as_str().expect("an id"));
    let yes = r#"{"decision":"approved","reason":"gladly"}"#;
    let problem = peopled.ask("compliance", "POST", &path, Some(yes)).await.problem(403);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("does not decide")), "{problem}");
}

#[tokio::test]
async fn a_client_has_the_requests_of_the_plan_whatever_the_session() {
    let peopled = Peopled::limited(House::empty().await, 200).await;
    let mine = "/users/me";
    let count = async |caller: &'static str, asked: usize| {
        let mut admitted = 0;
        for _ in 0..asked {
            let answer = peopled.get(caller, mine).await;
            if answer.status == 429 {
                let problem = answer.problem(429);
                assert_eq!(problem["type"], "urn:financr:problem:too-many-requests");
                assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=60).contains(&seconds)));
                break;
            }
            assert_eq!(answer.status, 200, "{caller}");
            admitted += 1;
        }
        admitted
    };
    // 30 and 120 a minute stand in the table of plans; nobody of the house has a plan.
    assert_eq!(count("other", 40).await, 30);
    assert_eq!(count("owner", 130).await, 120);
    assert_eq!(count("operations", 150).await, 150);
    // Another session of the same user has no budget of its own.
    let peopled = peopled.signed_in_again("other").await;
    assert_eq!(peopled.get("other", mine).await.status, 429);
}
