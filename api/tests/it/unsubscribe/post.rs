//! The end of optional mails by a link: for whoever has the token, with one POST, and with nothing less.

use store::SuppressionReason;

use crate::house::{ELSEWHERE, House, ask, now, post};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const ONE_CLICK: &[u8] = b"List-Unsubscribe=One-Click";

/// A house with the token of an address.
async fn house_with_token() -> (House, String) {
    let house = House::empty().await;
    let token = house.store.unsubscribe_token("Client@example.org", now()).await.expect("made");
    (house, format!("/unsubscribe/{token}"))
}

#[tokio::test]
async fn one_post_without_a_login_ends_optional_mails() {
    let (house, path) = house_with_token().await;
    for _ in 0..2 {
        let answer = post(house.router(), &path, &[FORM, ("accept-language", "de-AT")], ONE_CLICK).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-store");
        let page = String::from_utf8_lossy(&answer.body);
        assert!(page.contains("Erledigt") && page.contains("lang=\"de\""), "{page}");
        assert!(!page.contains("example.org"), "the page names nobody: {page}");
    }
    let listed = house.store.suppressions("", 10).await.expect("readable");
    assert_eq!(listed.len(), 1);
    let entry = (listed[0].recipient.as_str(), listed[0].reason, listed[0].added_by.as_str());
    assert_eq!(entry, ("client@example.org", SuppressionReason::Request, "recipient"));
}

#[tokio::test]
async fn a_look_at_the_link_ends_nothing_and_shows_how() {
    let (house, path) = house_with_token().await;
    let answer = ask(house.router(), &path, ELSEWHERE, &[]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    let page = String::from_utf8_lossy(&answer.body);
    assert!(page.contains("<form method=\"post\">") && page.contains("name=\"List-Unsubscribe\""), "{page}");
    post(house.router(), &path, &[FORM], b"").await.problem(400);
    post(house.router(), &path, &[FORM], b"List-Unsubscribe=Two-Clicks").await.problem(400);
    assert!(house.store.suppressions("", 10).await.expect("readable").is_empty());
}

#[tokio::test]
async fn a_token_that_is_nobodys_is_unknown() {
    let (house, path) = house_with_token().await;
    let other = format!("/unsubscribe/{}", "0".repeat(64));
    for wrong in [other.as_str(), "/unsubscribe/x", &path[..path.len() - 1], "/unsubscribe/client@example.org"] {
        post(house.router(), wrong, &[FORM], ONE_CLICK).await.problem(404);
        ask(house.router(), wrong, ELSEWHERE, &[]).await.problem(404);
    }
    assert!(house.store.suppressions("", 10).await.expect("readable").is_empty());
}
