//! Who is answered.

use api::{Error, PlainHttp, Settings};

use crate::house::{ELSEWHERE, House, LOCAL, ask, send_method};

fn with_token(token: &str) -> Settings {
    Settings { token: Some(token.into()), ..Settings::default() }
}

#[tokio::test]
async fn a_token_is_required_where_there_is_one() {
    let house = House::with_values().await;
    let router = house.router_with(&with_token("right-token")).expect("a router");
    let wrong: [&[(&str, &str)]; 5] = [
        &[],
        &[("authorization", "Bearer wrong-token")],
        &[("authorization", "Bearer ")],
        &[("authorization", "Basic right-token")],
        &[("authorization", "right-token")],
    ];
    for path in ["/portfolios", "/portfolios/D03", "/portfolios/D03/positions", "/runs", "/statements/x/pdf"] {
        for headers in wrong {
            let answer = ask(router.clone(), path, LOCAL, headers).await;
            answer.problem(401);
            assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"financr\"");
        }
    }
    let right = [("authorization", "Bearer right-token")];
    let answer = ask(router, "/portfolios/D03", ELSEWHERE, &right).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn without_a_token_only_this_machine_is_answered() {
    let house = House::with_values().await;
    assert_eq!(ask(house.router(), "/portfolios", LOCAL, &[]).await.status, 200);
    assert_eq!(ask(house.router(), "/portfolios", "[::1]:50000", &[("host", "localhost:8080")]).await.status, 200);
    ask(house.router(), "/portfolios", ELSEWHERE, &[]).await.problem(401);
    ask(house.router(), "/portfolios", LOCAL, &[("host", "rebound.example.org:8080")]).await.problem(401);
}

#[tokio::test]
async fn a_page_of_another_site_is_not_this_machine() {
    let house = House::with_values().await;
    let host = ("host", "127.0.0.1:8080");
    // Fetch Metadata and RFC 6454: what browsers say about the page that asks.
    let foreign: [&[(&str, &str)]; 6] = [
        &[host, ("origin", "https://pages.example.org")],
        &[host, ("origin", "null")],
        &[host, ("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "same-site")],
        &[host, ("origin", "127.0.0.1:8080")],
        &[host, ("sec-fetch-site", "cross-site")],
        &[host, ("sec-fetch-site", "same-site")],
    ];
    for headers in foreign {
        ask(house.router(), "/portfolios", LOCAL, headers).await.problem(401);
        // A form needs no leave of ours to be sent.
        send_method(house.router(), "POST", "/portfolios/D03/imports", LOCAL, headers).await.problem(401);
    }
    let own: [&[(&str, &str)]; 3] = [
        &[host, ("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin")],
        &[host, ("sec-fetch-site", "none")],
        &[host],
    ];
    for headers in own {
        assert_eq!(ask(house.router(), "/portfolios", LOCAL, headers).await.status, 200, "{headers:?}");
    }
    let origin = "http://localhost:3000";
    let settings = Settings { cors_origins: vec![origin.to_owned()], ..Settings::default() };
    let router = house.router_with(&settings).expect("a router");
    let named = [host, ("origin", origin), ("sec-fetch-site", "cross-site")];
    assert_eq!(ask(router, "/portfolios", LOCAL, &named).await.status, 200, "the house named the site");
}

#[tokio::test]
async fn an_open_address_needs_a_token() {
    let house = House::empty().await;
    let bind = "0.0.0.0:8080".parse().expect("an address");
    for token in [None, Some("".into())] {
        let refused = house.router_with(&Settings { bind, token, ..Settings::default() });
        let error = refused.expect_err("refused");
        assert!(matches!(error, Error::TokenMissing { .. }), "{error}");
        assert!(error.to_string().contains("set FINANCR_API_TOKEN"), "{error}");
    }
    let plain_http = Some(PlainHttp::BehindAProxy);
    assert!(house.router_with(&Settings { bind, plain_http, ..with_token("right-token") }).is_ok());
}

#[tokio::test]
async fn every_answer_has_an_id_and_is_kept_by_nobody() {
    let house = House::empty().await;
    for path in ["/health/live", "/nowhere"] {
        let answer = house.get(path).await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    house.get("/nowhere").await.problem(404);
}
