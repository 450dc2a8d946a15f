//! What monitoring is told.

use api::Settings;

use crate::house::{ELSEWHERE, House, LOCAL, ask};

#[tokio::test]
async fn requests_are_counted_by_address_and_never_by_path() {
    let house = House::with_values().await;
    let router = house.router();
    for path in ["/portfolios/D03", "/portfolios/D99", "/portfolios/secret-name", "/nowhere/secret-name"] {
        ask(router.clone(), path, LOCAL, &[]).await;
    }
    let answer = ask(router, "/metrics", LOCAL, &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = String::from_utf8(answer.body.to_vec()).expect("text");
    let count = |route: &str, status: u16| {
        format!("financr_http_request_duration_seconds_count{{method=\"GET\",route=\"{route}\",status=\"{status}\"}}")
    };
    for (line, times) in [
        (count("/portfolios/{portfolio_id}", 200), 1),
        (count("/portfolios/{portfolio_id}", 404), 2),
        (count("unmatched", 404), 1),
    ] {
        assert!(text.contains(&format!("{line} {times}\n")), "{line} {times}\n{text}");
    }
    assert!(!text.contains("secret-name") && !text.contains("D03"), "{text}");
    assert!(text.contains("financr_build_info{version=\"0.1.0\"} 1\n"), "{text}");
}

#[tokio::test]
async fn monitoring_needs_the_token() {
    let house = House::empty().await;
    let settings = Settings { token: Some("right-token".into()), ..Settings::default() };
    let router = house.router_with(&settings).expect("a router");
    ask(router.clone(), "/metrics", LOCAL, &[]).await.problem(401);
    let right = [("authorization", "Bearer right-token")];
    assert_eq!(ask(router, "/metrics", ELSEWHERE, &right).await.status, 200);
}
