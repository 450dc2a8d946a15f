//! The form in which answers leave: headers, tags, compression, selected fields, violations.

use std::io::Read;

use api::{CertificateFiles, Error, PlainHttp, Settings, TlsSettings};
use serde_json::json;

use crate::house::{Answer, ELSEWHERE, House, LOCAL, ask, post, send_method};

async fn get_with(house: &House, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(house.router(), path, LOCAL, headers).await
}

#[tokio::test]
async fn browsers_are_told_to_do_nothing_with_answers() {
    let house = House::with_portfolio().await;
    for path in ["/portfolios", "/nowhere", "/health/live"] {
        let answer = house.get(path).await;
        let policy =
            "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'";
        assert_eq!(answer.header("content-security-policy"), policy, "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "only by TLS");
    }
}

#[tokio::test]
async fn browsers_are_told_to_come_by_tls_where_a_proxy_speaks_it() {
    let house = House::with_portfolio().await;
    let bind = "0.0.0.0:8080".parse().expect("an address");
    let settings = Settings {
        bind,
        token: Some("right-token".into()),
        plain_http: Some(PlainHttp::BehindAProxy),
        ..Settings::default()
    };
    // A proxy of the same machine is one, too.
    let on_this_machine = Settings { bind: Settings::default().bind, ..settings.clone() };
    for behind in [settings, on_this_machine] {
        let router = house.router_with(&behind).expect("a router");
        for (path, status) in [("/portfolios", 401), ("/nowhere", 404), ("/health/live", 200)] {
            let answer = ask(router.clone(), path, ELSEWHERE, &[]).await;
            assert_eq!(answer.status, status, "{path}");
            // A year has 31,536,000 seconds.
            assert_eq!(answer.header("strict-transport-security"), "max-age=31536000; includeSubDomains", "{path}");
        }
    }
}

#[tokio::test]
async fn nobody_but_this_machine_is_answered_in_plain_http() {
    let house = House::empty().await;
    let bind = "0.0.0.0:8080".parse().expect("an address");
    let settings = Settings { bind, token: Some("right-token".into()), ..Settings::default() };
    let refused = house.router_with(&settings).expect_err("refused");
    assert!(matches!(refused, Error::PlainHttp { .. }), "{refused}");
    for words in ["0.0.0.0:8080", "[api.tls]", "plain_http = \"behind_a_proxy\"", "127.0.0.1"] {
        assert!(refused.to_string().contains(words), "{refused}");
    }
    let files = CertificateFiles { certificate_file: "certificate.pem".into(), key_file: "key.pem".into() };
    let with_tls = Settings { tls: Some(TlsSettings::Files(files)), ..settings };
    assert!(house.router_with(&with_tls).is_ok(), "the files are read by whoever listens");
    let both = Settings { plain_http: Some(PlainHttp::BehindAProxy), ..with_tls };
    let contradiction = house.router_with(&both).expect_err("refused").to_string();
    assert!(contradiction.contains("`plain_http`"), "{contradiction}");
    assert!(contradiction.contains("remove one of the two"), "{contradiction}");
}

#[tokio::test]
async fn answers_name_the_version_of_the_contract_and_requests_may_insist_on_it() {
    let house = House::with_portfolio().await;
    for path in ["/portfolios", "/nowhere", "/health/live", "/portfolios?limit=0"] {
        assert_eq!(house.get(path).await.header("financr-version"), "1", "{path}");
    }
    assert_eq!(get_with(&house, "/portfolios", &[("financr-version", "1")]).await.status, 200);
    for other in ["2", "0", "1.0", "", "latest"] {
        let refused = get_with(&house, "/portfolios", &[("financr-version", other)]).await;
        assert_eq!(refused.header("financr-version"), "1", "{other}");
        let problem = refused.problem(400);
        assert_eq!(problem["detail"], "the request insists on a version of the API that is not 1", "{other}");
    }
}

#[tokio::test]
async fn an_answer_that_the_caller_has_is_not_sent_again() {
    let house = House::with_values().await;
    let first = house.get("/portfolios/D03").await;
    let tag = first.header("etag").to_owned();
    // Two quotation marks and the 64 digits of a SHA-256.
    assert_eq!(tag.len(), 66);
    assert_eq!(first.header("cache-control"), "private, no-cache");
    for known in [tag.as_str(), &format!("\"other\", W/{tag}"), "*"] {
        let second = get_with(&house, "/portfolios/D03", &[("if-none-match", known)]).await;
        assert_eq!(second.status, 304, "{known}");
        assert!(second.body.is_empty());
        assert_eq!(second.header("etag"), tag);
    }
    assert_eq!(get_with(&house, "/portfolios/D03", &[("if-none-match", "\"other\"")]).await.status, 200);
    house.save("D04").await;
    let list = house.get("/portfolios").await;
    house.save("D05").await;
    let changed = get_with(&house, "/portfolios", &[("if-none-match", list.header("etag"))]).await;
    assert_eq!(changed.status, 200);
}

#[tokio::test]
async fn refusals_and_the_state_of_the_moment_are_kept_by_nobody() {
    let house = House::with_portfolio().await;
    for path in ["/portfolios/D99", "/health", "/health/ready", "/portfolios?limit=0"] {
        let answer = house.get(path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("etag"), "", "{path}");
    }
}

#[tokio::test]
async fn long_answers_are_compressed_under_a_tag_of_their_own() {
    let house = House::empty().await;
    let plain = house.get("/openapi.json").await;
    let packed = get_with(&house, "/openapi.json", &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.header("vary").to_ascii_lowercase().contains("accept-encoding"));
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut text).expect("gzip");
    assert_eq!(text, plain.body);
    assert_ne!(packed.header("etag"), plain.header("etag"));
    let again = [("accept-encoding", "gzip"), ("if-none-match", packed.header("etag"))];
    assert_eq!(get_with(&house, "/openapi.json", &again).await.status, 304);
    let short = get_with(&house, "/health/live", &[("accept-encoding", "gzip")]).await;
    assert_eq!(short.header("content-encoding"), "");
}

#[tokio::test]
async fn what_is_posted_is_answered_uncompressed_and_kept_by_nobody() {
    let house = House::with_portfolio().await;
    let headers = [("accept-encoding", "gzip"), ("financr-signature", "")];
    let answer = post(house.router(), "/returned-mails", &headers, b"").await;
    answer.problem(404);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-encoding"), "");
}

#[tokio::test]
async fn callers_choose_fields() {
    let house = House::with_values().await;
    let chosen = house.get("/portfolios?fields=items.id,items.latest.market_value&limit=1").await;
    assert_eq!(chosen.json(), json!({ "items": [{ "id": "D03", "latest": { "market_value": "100250.5" } }] }));
    assert_ne!(chosen.header("etag"), house.get("/portfolios?limit=1").await.header("etag"));
    let again = [("if-none-match", chosen.header("etag"))];
    let path = "/portfolios?fields=items.id,items.latest.market_value&limit=1";
    assert_eq!(get_with(&house, path, &again).await.status, 304);
    let unknown = house.get("/portfolios?fields=name").await.problem(400);
    assert_eq!(unknown["detail"], "the answer has no field `name`; it has items, next");
    house.get("/portfolios?fields=").await.problem(400);
    house.get("/portfolios/D99?fields=id").await.problem(404);
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let house = House::with_portfolio().await;
    let problem = house.get("/portfolios/D03/valuations?from=yesterday&to=2014-13-01&colour=red").await.problem(400);
    let violations = problem["violations"].as_array().expect("violations");
    let fields: Vec<&str> = violations.iter().filter_map(|violation| violation["field"].as_str()).collect();
    assert_eq!(fields, ["from", "to", "colour"]);
    let unknown = house.get("/portfolios/D99").await.problem(404);
    assert!(unknown.get("violations").is_none());
    // What is given twice could be meant in two ways.
    house.get("/portfolios?limit=1&limit=2").await.problem(400);
}

#[tokio::test]
async fn methods_that_nobody_needs_are_refused() {
    let house = House::with_portfolio().await;
    for method in ["TRACE", "PROPFIND", "A", "PUT"] {
        send_method(house.router(), method, "/portfolios", LOCAL, &[]).await.problem(405);
    }
}

#[tokio::test]
async fn pages_of_other_sites_read_only_what_they_may() {
    let house = House::with_portfolio().await;
    let settings = Settings {
        token: Some("right-token".into()),
        cors_origins: vec!["https://app.example.org".to_owned()],
        ..Settings::default()
    };
    let router = house.router_with(&settings).expect("a router");
    let asked = |origin: &'static str| {
        [
            ("origin", origin),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "authorization"),
        ]
    };
    let allowed =
        send_method(router.clone(), "OPTIONS", "/portfolios", ELSEWHERE, &asked("https://app.example.org")).await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), "https://app.example.org");
    assert!(allowed.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    let other =
        send_method(router.clone(), "OPTIONS", "/portfolios", ELSEWHERE, &asked("https://evil.example.org")).await;
    assert_eq!(other.header("access-control-allow-origin"), "");
    let refused = ask(router, "/portfolios", ELSEWHERE, &[("origin", "https://app.example.org")]).await;
    refused.problem(401);
    assert_eq!(refused.header("access-control-allow-origin"), "https://app.example.org", "pages read refusals, too");
    let none = get_with(&house, "/portfolios", &[("origin", "https://app.example.org")]).await;
    assert_eq!(none.header("access-control-allow-origin"), "", "without a list there is none");
}
