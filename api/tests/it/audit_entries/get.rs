//! The audit log over HTTP: what others see of somebody is in it before they see it.

use serde_json::Value;

use crate::house::House;
use crate::rights::people::Peopled;

/// Who did what to whom, the latest first, of the entries of a page.
fn told(page: &Value) -> Vec<(String, String, String)> {
    let word = |item: &Value, field: &str| item[field].as_str().unwrap_or_default().to_owned();
    let items = page["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| (word(item, "actor_id"), word(item, "action"), word(item, "subject_id"))).collect()
}

fn entry(actor: &str, action: &str, subject: &str) -> (String, String, String) {
    (actor.to_owned(), action.to_owned(), subject.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_see_is_written_down_and_what_is_ones_own_is_not() {
    let peopled = Peopled::open(House::empty().await).await;
    let before = peopled.house.store.audit_head().await.expect("readable").number;
    for (caller, path, status) in [
        ("owner", "/portfolios/D03", 200),
        ("owner", "/users/me", 200),
        ("owner", "/users/me/sessions", 200),
        ("other", "/portfolios/D03", 404),
    ] {
        assert_eq!(peopled.get(caller, path).await.status, status, "{caller} {path}");
    }
    let head = peopled.house.store.audit_head().await.expect("readable").number;
    assert_eq!(head, before, "one's own is nobody's business, and what is not shown is not read");
    for (caller, path) in [
        ("adviser", "/portfolios/D03/positions"),
        ("admin", "/users/owner"),
        ("admin", "/users/owner/sessions"),
        ("operations", "/portfolios/D99"),
        ("house", "/portfolio-groups/ours/measures"),
    ] {
        assert_eq!(peopled.get(caller, path).await.status, 200, "{caller} {path}");
    }
    let page = peopled.get("compliance", "/audit-entries?limit=5").await.json();
    let expected = [
        entry("house", "read", "ours"),
        entry("operations", "read", "D99"),
        entry("admin", "read", "owner"),
        entry("admin", "read", "owner"),
        entry("adviser", "read", "D03"),
    ];
    assert_eq!(told(&page), expected);
    assert_eq!(page["items"][2]["fields"], "sessions");
    assert!(page["items"][0]["request_id"].as_str().is_some_and(|id| id.len() == 36));
    let next = page["next"].as_i64().expect("there is more");
    assert_eq!(next, page["items"][4]["number"].as_i64().expect("a number"));
    let older = peopled.get("compliance", &format!("/audit-entries?limit=1&after={next}")).await.json();
    assert_eq!(older["items"][0]["number"], next - 1);
    let state = peopled.house.store.check_audit_chain(&[]).await.expect("readable");
    assert!(matches!(state, store::ChainState::Whole(_)), "{state:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_about_a_person_is_shown_and_that_it_was_looked_for() {
    let peopled = Peopled::open(House::empty().await).await;
    assert_eq!(peopled.get("adviser", "/portfolios/D03").await.status, 200);
    assert_eq!(peopled.get("operations", "/portfolios/D99").await.status, 200);
    let body = Some(r#"{"display_name":"Olga"}"#);
    assert_eq!(peopled.ask("admin", "PATCH", "/users/owner", body).await.status, 200);
    let page = peopled.get("compliance", "/audit-entries?user_id=owner&limit=3").await.json();
    let expected = [
        entry("compliance", "read", "owner"),
        entry("admin", "user_changed", "owner"),
        entry("adviser", "read", "D03"),
    ];
    assert_eq!(told(&page), expected, "and nothing of D99");
    assert!(!page.to_string().contains("Olga"), "no value of a field is in the log");
}
