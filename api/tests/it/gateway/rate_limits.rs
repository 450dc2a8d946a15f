//! Callers that ask too often.

use api::{ForwardedHeader, Settings};
use axum::Router;

use crate::house::{Answer, ELSEWHERE, House, LOCAL, ask};

fn settings() -> Settings {
    Settings {
        token: Some("right-token".into()),
        requests_per_minute: 5,
        anonymous_requests_per_minute: 3,
        ..Settings::default()
    }
}

async fn router(settings: &Settings) -> (House, Router) {
    let house = House::with_portfolio().await;
    let router = house.router_with(settings).expect("a router");
    (house, router)
}

async fn bearing(router: &Router, token: &str, peer: &str) -> Answer {
    ask(router.clone(), "/portfolios", peer, &[("authorization", &format!("Bearer {token}"))]).await
}

#[tokio::test]
async fn a_caller_with_a_token_has_a_budget_and_is_told_of_it() {
    let (_house, router) = router(&settings()).await;
    for left in (0..5).rev() {
        let answer = bearing(&router, "right-token", ELSEWHERE).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("ratelimit").starts_with(&format!("\"caller\";r={left};t=")), "{left}");
        assert_eq!(answer.header("ratelimit-policy"), "\"caller\";q=5;w=60");
    }
    let refused = bearing(&router, "right-token", ELSEWHERE).await;
    assert_eq!(refused.problem(429)["type"], "urn:financr:problem:too-many-requests");
    // Five a minute are one in twelve seconds.
    assert_eq!(refused.header("retry-after"), "12");
    assert_eq!(refused.header("ratelimit"), "\"caller\";r=0;t=60");
    assert_eq!(ask(router, "/openapi.json", ELSEWHERE, &[]).await.status, 200, "others are not concerned");
}

#[tokio::test]
async fn guessing_tokens_uses_the_budget_of_the_address() {
    let (_house, router) = router(&settings()).await;
    for guess in ["a", "b", "c"] {
        bearing(&router, guess, "192.0.2.7:1").await.problem(401);
    }
    bearing(&router, "d", "192.0.2.7:2").await.problem(429);
    bearing(&router, "right-token", "192.0.2.7:3").await.problem(429);
    assert_eq!(bearing(&router, "right-token", "192.0.2.8:1").await.status, 200);
}

#[tokio::test]
async fn one_connection_of_ipv6_is_one_caller() {
    let (_house, router) = router(&settings()).await;
    for host in ["1", "2", "3"] {
        let peer = format!("[2001:db8::{host}]:1");
        assert_eq!(ask(router.clone(), "/openapi.json", &peer, &[]).await.status, 200);
    }
    ask(router.clone(), "/openapi.json", "[2001:db8::4]:1", &[]).await.problem(429);
    assert_eq!(ask(router, "/openapi.json", "[2001:db8:0:1::4]:1", &[]).await.status, 200);
}

#[tokio::test]
async fn probes_have_no_limit() {
    let (_house, router) = router(&settings()).await;
    for _ in 0..10 {
        let answer = ask(router.clone(), "/health/live", LOCAL, &[]).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit"), "");
    }
}

#[tokio::test]
async fn behind_a_proxy_of_the_house_its_word_counts() {
    let behind = Settings { trusted_proxies: vec!["10.0.0.0/8".to_owned()], ..settings() };
    let (_house, router) = router(&behind).await;
    for _ in 0..3 {
        let header = [("x-forwarded-for", "203.0.113.1, 198.51.100.1")];
        assert_eq!(ask(router.clone(), "/openapi.json", "10.0.0.1:1", &header).await.status, 200);
    }
    let forged = [("x-forwarded-for", "203.0.113.2, 198.51.100.1")];
    ask(router.clone(), "/openapi.json", "10.0.0.1:1", &forged).await.problem(429);
    let other = [("x-forwarded-for", "198.51.100.2")];
    assert_eq!(ask(router, "/openapi.json", "10.0.0.1:1", &other).await.status, 200);
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused_by_name() {
    let house = House::empty().await;
    let proxy = Settings { trusted_proxies: vec!["proxy".to_owned()], ..Settings::default() };
    let error = house.router_with(&proxy).expect_err("refused");
    assert!(error.to_string().contains("`trusted_proxies`"), "{error}");
    for wrong in ["*", "example.org", "https://example.org/", "https://*.example.org", "null", "https://"] {
        let origins = Settings { cors_origins: vec![wrong.to_owned()], ..Settings::default() };
        let error = house.router_with(&origins).expect_err("refused");
        assert!(error.to_string().contains("`cors_origins`"), "{error}");
    }
    let header = Settings { forwarded_header: ForwardedHeader::Forwarded, ..Settings::default() };
    assert!(house.router_with(&header).is_ok());
}
