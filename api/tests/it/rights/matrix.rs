//! Every address, asked by everybody, about what is theirs and what is not.
//!
//! The table says what each is answered. Its lines are compared with the description of the API: an address that is
//! added without a line fails, as does a line without an address.

use std::collections::BTreeSet;

use schemas::Subject;
use store::{ApprovalKind, NewApproval, NewWorkOrder, OrderLimits, WorkOrderKind};

use super::people::{CALLERS, Peopled, user_id};
use super::statuses::{
    ACCOUNT_OF_OWNER, ALL, BOTH, EQUAL, FOREIGN, KNOWN, NOTHING, ONLY_OWNER_AND_NO_KEY, ONLY_OWNER_AND_NO_PASSKEY,
    ONLY_OWNER_AND_NONE, OVERSIGHT, OWN, RUN, SIGNED, USERS, WRITING, WRITING_FOREIGN,
};
use crate::bookkeeper::deposit;
use crate::house::{House, id, now};

/// A line: the method, the address as it is described, the address as it is asked, what is sent, and the statuses for
/// [`CALLERS`] in their order.
struct Line {
    method: &'static str,
    route: &'static str,
    asked: &'static str,
    body: Option<&'static str>,
    statuses: [u16; 9],
}

const fn get(route: &'static str, asked: &'static str, statuses: [u16; 9]) -> Line {
    Line { method: "GET", route, asked, body: None, statuses }
}

const fn line(
    method: &'static str,
    route: &'static str,
    asked: &'static str,
    body: &'static str,
    statuses: [u16; 9],
) -> Line {
    Line { method, route, asked, body: Some(body), statuses }
}

const fn post(route: &'static str, asked: &'static str, body: &'static str, statuses: [u16; 9]) -> Line {
    Line { method: "POST", route, asked, body: Some(body), statuses }
}

const NO_ROWS: &str = r#"{"transactions":[]}"#;
const TRANSACTION: &str = "/portfolios/{portfolio_id}/transactions/{transaction_id}";
const PASSKEY: &str = r#"{"ceremony":"none","label":"for a test","credential":{}}"#;
const PASSKEY_OF: &str = "/users/{user_id}/passkeys/{passkey_id}";
const IMPORTS: &str = "/portfolios/{portfolio_id}/imports";
const CORRECTIONS: &str = "/portfolios/{portfolio_id}/transactions/{transaction_id}/corrections";

const BELOW_PORTFOLIOS: &[&str] = &[
    "",
    "/positions",
    "/valuations",
    "/performance",
    "/measures",
    "/position-returns",
    "/currency-split",
    "/contributions",
    "/attribution",
    "/transactions",
    "/income",
    "/documents",
];

const LINES: &[Line] = &[
    get("/health", "/health", ALL),
    get("/health/live", "/health/live", ALL),
    get("/health/ready", "/health/ready", ALL),
    get("/portfolios", "/portfolios", KNOWN),
    post("/portfolios", "/portfolios", "{}", [401, 403, 403, 403, 403, 400, 403, 400, 400]),
    post("/portfolios", "/portfolios", r#"{"id":"D03","title":"x"}"#, [401, 403, 403, 403, 403, 409, 403, 409, 409]),
    line(
        "PATCH",
        "/portfolios/{portfolio_id}",
        "/portfolios/D03",
        r#"{"title":"x"}"#,
        [401, 403, 404, 403, 404, 428, 403, 404, 428],
    ),
    line(
        "PATCH",
        "/portfolios/{portfolio_id}",
        "/portfolios/D99",
        r#"{"title":"x"}"#,
        [401, 404, 403, 404, 404, 428, 403, 404, 428],
    ),
    line("PATCH", "/portfolios/{portfolio_id}", "/portfolios/D77", r#"{"title":"x"}"#, NOTHING),
    post("/portfolios/{portfolio_id}/transactions", "/portfolios/D03/transactions", NO_ROWS, WRITING),
    post("/portfolios/{portfolio_id}/transactions", "/portfolios/D99/transactions", NO_ROWS, WRITING_FOREIGN),
    post("/portfolios/{portfolio_id}/transactions", "/portfolios/D77/transactions", NO_ROWS, NOTHING),
    get(TRANSACTION, "/portfolios/D03/transactions/kept", OWN),
    get(TRANSACTION, "/portfolios/D99/transactions/kept", FOREIGN),
    get(TRANSACTION, "/portfolios/D03/transactions/none", NOTHING),
    post(CORRECTIONS, "/portfolios/D03/transactions/kept/corrections", "{}", WRITING),
    post(CORRECTIONS, "/portfolios/D99/transactions/kept/corrections", "{}", WRITING_FOREIGN),
    post(
        CORRECTIONS,
        "/portfolios/D03/transactions/none/corrections",
        r#"{"reason":"for a test"}"#,
        [401, 403, 404, 403, 404, 404, 403, 404, 404],
    ),
    // The second who sends the same file is told of the first.
    post(IMPORTS, "/portfolios/D03/imports", "a,b", [401, 403, 404, 403, 404, 202, 403, 404, 200]),
    post(IMPORTS, "/portfolios/D99/imports", "a,b", [401, 404, 403, 404, 404, 202, 403, 404, 200]),
    post(IMPORTS, "/portfolios/D77/imports", "a,b", NOTHING),
    get("/imports/{import_id}", "/imports/kept", [401, 404, 404, 404, 404, 200, 404, 404, 200]),
    get("/imports/{import_id}", "/imports/none", NOTHING),
    post(CORRECTIONS, "/portfolios/D77/transactions/kept/corrections", "{}", NOTHING),
    get("/portfolios/{portfolio_id}/exceptions", "/portfolios/D03/exceptions", OVERSIGHT),
    get("/portfolios/{portfolio_id}/exceptions", "/portfolios/D99/exceptions", OVERSIGHT),
    get("/portfolio-groups", "/portfolio-groups", KNOWN),
    get("/portfolio-groups/{group_id}/measures", "/portfolio-groups/ours/measures", OWN),
    get("/portfolio-groups/{group_id}/measures", "/portfolio-groups/mixed/measures", BOTH),
    get("/portfolio-groups/{group_id}/measures", "/portfolio-groups/none/measures", NOTHING),
    get("/portfolio-groups/{group_id}/documents", "/portfolio-groups/ours/documents", OWN),
    get("/portfolio-groups/{group_id}/documents", "/portfolio-groups/mixed/documents", BOTH),
    get("/statements/{statement_id}/{format}", "/statements/statement-D03/csv", OWN),
    get("/statements/{statement_id}/{format}", "/statements/statement-D99/csv", FOREIGN),
    get("/statements/{statement_id}/{format}", "/statements/statement-of-the-firm/csv", BOTH),
    get("/statements/{statement_id}/{format}", "/statements/statement-D77/csv", NOTHING),
    // The plan of `other` has no risk; those who work for the house have no plan.
    get("/risk-analysis", "/risk-analysis?date=2014-12-31", [401, 200, 403, 200, 200, 200, 200, 200, 200]),
    get("/risk-analysis/{portfolio_id}", "/risk-analysis/D03", [401, 200, 403, 200, 404, 200, 200, 404, 200]),
    get("/risk-analysis/{portfolio_id}", "/risk-analysis/D99", [401, 404, 403, 404, 404, 200, 200, 404, 200]),
    get("/optimize", "/optimize", KNOWN),
    post("/optimize/{portfolio_id}", "/optimize/D03", EQUAL, [401, 202, 403, 202, 404, 202, 202, 404, 202]),
    post("/optimize/{portfolio_id}", "/optimize/D99", EQUAL, [401, 404, 403, 404, 404, 202, 202, 404, 202]),
    get(RUN, "/optimize/D03/runs/optimization-D03", [401, 200, 403, 200, 404, 200, 200, 404, 200]),
    get(RUN, "/optimize/D99/runs/optimization-D99", [401, 404, 403, 404, 404, 200, 200, 404, 200]),
    // A foreign order is not shown under a portfolio of one's own, nor an order of another kind.
    get(RUN, "/optimize/D03/runs/optimization-D99", [401, 404, 403, 404, 404, 404, 404, 404, 404]),
    get(RUN, "/optimize/D03/runs/report-D03", [401, 404, 403, 404, 404, 404, 404, 404, 404]),
    get("/reports", "/reports", KNOWN),
    post(
        "/reports/{kind}",
        "/reports/portfolio_statement",
        r#"{"portfolio_id":"D03","period":"2014-12"}"#,
        [401, 202, 404, 202, 404, 202, 202, 404, 202],
    ),
    post(
        "/reports/{kind}",
        "/reports/portfolio_statement",
        r#"{"portfolio_id":"D99","period":"2014-12"}"#,
        [401, 404, 202, 404, 404, 202, 202, 404, 202],
    ),
    get("/reports/jobs/{job_id}", "/reports/jobs/report-D03", OWN),
    get("/reports/jobs/{job_id}", "/reports/jobs/report-D99", FOREIGN),
    get("/reports/jobs/{job_id}", "/reports/jobs/optimization-D03", NOTHING),
    get("/reports/jobs/{job_id}", "/reports/jobs/none", NOTHING),
    get("/notifications", "/notifications", USERS),
    post("/notifications/read", "/notifications/read", r#"{"ids":["none"]}"#, USERS),
    get("/notifications/settings", "/notifications/settings", USERS),
    line("PUT", "/notifications/settings", "/notifications/settings", r#"{"items":[]}"#, USERS),
    get("/assets", "/assets", KNOWN),
    get("/assets", "/assets?market=D99", FOREIGN),
    get("/assets/{instrument_id}", "/assets/world~SAP", OWN),
    get("/assets/{instrument_id}", "/assets/D99~GEM", FOREIGN),
    get("/assets/{instrument_id}", "/assets/world~NONE", NOTHING),
    get("/market-data", "/market-data", KNOWN),
    get("/market-data", "/market-data?market=D99", FOREIGN),
    get("/market-data/closes/{instrument_id}", "/market-data/closes/world~SAP", OWN),
    get("/market-data/closes/{instrument_id}", "/market-data/closes/D99~GEM", FOREIGN),
    get("/market-data/fx-rates/{base}/{quote}", "/market-data/fx-rates/USD/CHF", KNOWN),
    get("/market-data/fx-rates/{base}/{quote}", "/market-data/fx-rates/USD/CHF?source=D99", FOREIGN),
    get("/market-news", "/market-news", KNOWN),
    get("/market-news", "/market-news?market=D99", FOREIGN),
    get("/metrics", "/metrics", OVERSIGHT),
    get("/runs", "/runs", OVERSIGHT),
    get("/runs/{run_id}", "/runs/nightly-2014-12-31-1", OVERSIGHT),
    get("/subscriptions", "/subscriptions", [401, 200, 200, 200, 200, 200, 200, 200, 404]),
    get("/subscriptions", "/subscriptions?user_id=owner", [401, 200, 403, 403, 403, 403, 403, 200, 200]),
    get("/subscriptions", "/subscriptions?user_id=other", [401, 403, 200, 403, 403, 403, 403, 200, 200]),
    post(
        "/subscriptions",
        "/subscriptions",
        r#"{"user_id":"newcomer","plan":"premium"}"#,
        [401, 403, 403, 403, 403, 403, 403, 200, 200],
    ),
    post(
        "/subscriptions",
        "/subscriptions",
        r#"{"plan":"professional"}"#,
        [401, 403, 403, 403, 403, 403, 403, 403, 404],
    ),
    post("/subscriptions", "/subscriptions", r#"{"plan":"free"}"#, [401, 200, 200, 200, 200, 200, 200, 200, 404]),
    get("/approvals", "/approvals", [401, 403, 403, 403, 403, 403, 200, 403, 200]),
    post(
        "/approvals",
        "/approvals",
        r#"{"user_id":"newcomer","role":"admin","reason":"for a test"}"#,
        [401, 403, 403, 403, 403, 403, 403, 200, 403],
    ),
    post(
        "/approvals/{approval_id}/decision",
        "/approvals/asked/decision",
        r#"{"decision":"approved","reason":"for a test"}"#,
        [401, 403, 403, 403, 403, 403, 200, 403, 403],
    ),
    post(
        "/approvals/{approval_id}/decision",
        "/approvals/none/decision",
        r#"{"decision":"approved","reason":"for a test"}"#,
        [401, 403, 403, 403, 403, 403, 404, 403, 403],
    ),
    get("/audit-entries", "/audit-entries", [401, 403, 403, 403, 403, 403, 200, 403, 200]),
    get("/audit-entries", "/audit-entries?user_id=owner", [401, 403, 403, 403, 403, 403, 200, 403, 200]),
    get("/.well-known/jwks.json", "/.well-known/jwks.json", ALL),
    // Whoever signs in is nobody yet: what is sent is understood or not, whoever sends it.
    post("/register", "/register", "{}", [400; 9]),
    post("/verify-email", "/verify-email", "{}", [400; 9]),
    post("/login", "/login", "{}", [400; 9]),
    // There is no other house here.
    post("/login/oidc", "/login/oidc", "", [404; 9]),
    post("/login/oidc/callback", "/login/oidc/callback", "{}", [400; 9]),
    post("/login/second-factor", "/login/second-factor", "{}", [400; 9]),
    // Nor are there passkeys.
    post("/login/passkey/question", "/login/passkey/question", "", [404; 9]),
    post("/login/passkey", "/login/passkey", "{}", [400; 9]),
    post("/refresh-token", "/refresh-token", "{}", [400; 9]),
    post("/logout", "/logout", "{}", [400; 9]),
    post("/password-forgotten", "/password-forgotten", "{}", [400; 9]),
    post("/password-reset", "/password-reset", "{}", [400; 9]),
    get("/users", "/users", [401, 403, 403, 403, 403, 403, 403, 200, 200]),
    get("/users/{user_id}", "/users/me", [401, 200, 200, 200, 200, 200, 200, 200, 404]),
    get("/users/{user_id}", "/users/owner", ACCOUNT_OF_OWNER),
    get("/users/{user_id}/sessions", "/users/owner/sessions", ACCOUNT_OF_OWNER),
    get("/users/{user_id}/api-keys", "/users/owner/api-keys", ACCOUNT_OF_OWNER),
    post(
        "/users/{user_id}/api-keys",
        "/users/owner/api-keys",
        r#"{"title":"for a test","scopes":["read"]}"#,
        [401, 201, 404, 404, 404, 404, 404, 403, 403],
    ),
    get("/users/{user_id}/consents", "/users/owner/consents", ACCOUNT_OF_OWNER),
    post(
        "/users/{user_id}/consents",
        "/users/owner/consents",
        r#"{"purpose":"newsletter","text_version":"1","decision":"given"}"#,
        [401, 201, 404, 404, 404, 404, 404, 400, 400],
    ),
    post(
        "/users/{user_id}/consents",
        "/users/owner/consents",
        r#"{"purpose":"newsletter","text_version":"1","decision":"withdrawn","channel":"paper"}"#,
        [401, 400, 404, 404, 404, 404, 404, 201, 201],
    ),
    // Who owns a portfolio is known; of who owns none there is nothing to know.
    post("/users/{user_id}/erasure", "/users/owner/erasure", "", [401, 409, 404, 404, 404, 404, 404, 403, 409]),
    post("/users/{user_id}/erasure", "/users/passing/erasure", "", [401, 404, 404, 404, 404, 404, 404, 403, 204]),
    // This house has no key that archives are signed with.
    post("/users/{user_id}/export", "/users/owner/export", "", [401, 409, 404, 404, 404, 404, 404, 403, 403]),
    post(
        "/users/{user_id}/password",
        "/users/owner/password",
        r#"{"old_password":"wrong","new_password":"eight purple lamps at noon"}"#,
        [401, 403, 404, 404, 404, 404, 404, 403, 403],
    ),
    get("/service-accounts", "/service-accounts", [401, 403, 403, 403, 403, 403, 403, 200, 200]),
    post(
        "/service-accounts",
        "/service-accounts",
        r#"{"title":"for a test","role":"operations"}"#,
        [401, 403, 403, 403, 403, 403, 403, 201, 201],
    ),
    // The account of a person gets no such key.
    post(
        "/service-accounts/{user_id}/keys",
        "/service-accounts/owner/keys",
        r#"{"scopes":["read"]}"#,
        [401, 403, 403, 403, 403, 403, 403, 404, 404],
    ),
    get("/users/{user_id}/second-factor", "/users/owner/second-factor", ACCOUNT_OF_OWNER),
    // Nobody sets up the second factor of another, not even an admin; there is no key for it here.
    post("/users/{user_id}/second-factor", "/users/owner/second-factor", "", ONLY_OWNER_AND_NO_KEY),
    post(
        "/users/{user_id}/second-factor/confirmation",
        "/users/owner/second-factor/confirmation",
        r#"{"code":"123456"}"#,
        ONLY_OWNER_AND_NONE,
    ),
    post(
        "/users/{user_id}/second-factor/recovery-codes",
        "/users/owner/second-factor/recovery-codes",
        "",
        ONLY_OWNER_AND_NONE,
    ),
    post(
        "/users/{user_id}/second-factor/removal",
        "/users/owner/second-factor/removal",
        r#"{"password":"wrong","code":"123456"}"#,
        ONLY_OWNER_AND_NONE,
    ),
    get("/users/{user_id}/passkeys", "/users/owner/passkeys", ACCOUNT_OF_OWNER),
    post("/users/{user_id}/passkeys", "/users/owner/passkeys", PASSKEY, ONLY_OWNER_AND_NO_PASSKEY),
    post("/users/{user_id}/passkeys/question", "/users/owner/passkeys/question", "", ONLY_OWNER_AND_NO_PASSKEY),
    line("DELETE", PASSKEY_OF, "/users/owner/passkeys/none", "", ONLY_OWNER_AND_NO_PASSKEY),
    post("/sessions/step-up", "/sessions/step-up", "{}", [401, 400, 400, 400, 400, 400, 400, 400, 404]),
    line(
        "PATCH",
        "/users/{user_id}",
        "/users/newcomer",
        r#"{"role":"adviser"}"#,
        [401, 404, 404, 404, 404, 404, 404, 200, 200],
    ),
    // Two people give this role: an admin alone does not.
    line(
        "PATCH",
        "/users/{user_id}",
        "/users/newcomer",
        r#"{"role":"admin"}"#,
        [401, 404, 404, 404, 404, 404, 404, 409, 200],
    ),
    line(
        "DELETE",
        "/users/{user_id}/sessions",
        "/users/candidate/sessions",
        "",
        [401, 404, 404, 404, 404, 404, 404, 204, 204],
    ),
    line("DELETE", "/users/{user_id}/sessions/{session_id}", "/users/candidate/sessions/none", "", NOTHING),
    line("DELETE", "/users/{user_id}/api-keys/{key_id}", "/users/candidate/api-keys/none", "", NOTHING),
    post("/returned-mails", "/returned-mails", "", SIGNED),
    post("/billing-events", "/billing-events", "{}", SIGNED),
    get("/unsubscribe/{token}", "/unsubscribe/none", [404; 9]),
    post("/unsubscribe/{token}", "/unsubscribe/none", "List-Unsubscribe=One-Click", [404; 9]),
];

/// A house that takes reports and billing events, in which something waits for an approval.
async fn peopled() -> Peopled {
    let mut house = House::empty().await;
    house.billing_secret = Some("0123456789abcdef0123456789abcdef".into());
    let take_in: api::TakeIn = std::sync::Arc::new(|_| Box::pin(async { Ok(api::TakenIn::Nothing) }));
    house.returned = Some(api::ReturnedMail { secret: "0123456789abcdef0123456789abcdef".into(), take_in });
    let peopled = Peopled::open(house).await;
    let asked = NewApproval {
        approval_id: "asked".to_owned(),
        kind: ApprovalKind::Role,
        subject: "candidate".to_owned(),
        wanted: "adviser".to_owned(),
        asked_by: user_id("admin"),
        ask_reason: "for a test".to_owned(),
    };
    assert!(peopled.house.store.ask_for_approval(&asked, now()).await.expect("asked"));
    let store = &peopled.house.store;
    for portfolio in ["D03", "D99"] {
        let kept = [deposit(portfolio, "kept", "100")];
        store.import_transactions(&id(portfolio), &kept, now()).await.expect("booked");
    }
    let sent = store::NewUpload {
        upload_id: "kept".to_owned(),
        portfolio_id: id("D03"),
        file_name: "flex.xml".to_owned(),
        format: "recognised".to_owned(),
        sha256: "a".repeat(64),
        byte_count: 1,
        object_path: "uploads/kept".to_owned(),
        entered_by: "operations".to_owned(),
    };
    store.queue_upload(&sent, now()).await.expect("queued");
    let of_portfolio = store.statement("statement-D03").await.expect("readable").expect("published");
    let of_firm = store::Statement {
        id: "statement-of-the-firm".to_owned(),
        kind: "management_report".to_owned(),
        subject: Subject::Firm,
        ..of_portfolio
    };
    store.publish_statement(&of_firm).await.expect("published");
    for kind in [WorkOrderKind::Optimization, WorkOrderKind::Report] {
        for portfolio in ["D03", "D99"] {
            let new = NewWorkOrder {
                order_id: format!("{kind}-{portfolio}"),
                kind,
                portfolio_id: id(portfolio),
                ordered_by: "house".to_owned(),
                request: "{}".to_owned(),
            };
            let limits = OrderLimits { open_max: 10, lately_max: 10, since: now() };
            store.give_order(&new, &limits, now()).await.expect("queued");
        }
    }
    peopled
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_answered_as_the_table_says() {
    let peopled = peopled().await;
    let mut findings = Vec::new();
    let below = BELOW_PORTFOLIOS
        .iter()
        .flat_map(|below| [(format!("/portfolios/D03{below}"), OWN), (format!("/portfolios/D99{below}"), FOREIGN)]);
    let portfolios = below.chain([("/portfolios/D77".to_owned(), NOTHING)]);
    let mut asked: Vec<(&str, String, Option<&str>, [u16; 9])> =
        portfolios.map(|(path, statuses)| ("GET", path, None, statuses)).collect();
    asked.extend(LINES.iter().map(|line| (line.method, line.asked.to_owned(), line.body, line.statuses)));
    for (method, path, body, statuses) in asked {
        for (caller, expected) in CALLERS.into_iter().zip(statuses) {
            let answer = peopled.ask(caller, method, &path, body).await;
            if answer.status.as_u16() != expected {
                findings.push(format!("{method} {path} as {caller}: {} and not {expected}", answer.status.as_u16()));
            } else if 400 <= expected {
                answer.problem(expected);
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[tokio::test]
async fn every_address_has_a_line_and_every_line_an_address() {
    let description = House::empty().await.get("/openapi.json").await.json();
    let mut described: BTreeSet<String> = BTreeSet::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("operations").keys() {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let mut listed: BTreeSet<String> = LINES.iter().map(|line| format!("{} {}", line.method, line.route)).collect();
    listed.extend(BELOW_PORTFOLIOS.iter().map(|below| format!("GET /portfolios/{{portfolio_id}}{below}")));
    assert_eq!(listed, described, "who is answered what at an address stands in the table of this test");
}

#[tokio::test]
async fn what_is_foreign_is_answered_like_what_is_not_there() {
    let peopled = Peopled::open(House::empty().await).await;
    for (foreign, unknown) in [
        ("/portfolios/D99", "/portfolios/D77"),
        ("/portfolios/D99/positions", "/portfolios/D77/positions"),
        ("/risk-analysis/D99", "/risk-analysis/D77"),
        ("/optimize/D99/runs/optimization-D99", "/optimize/D77/runs/optimization-D77"),
        ("/reports/jobs/report-D99", "/reports/jobs/report-D77"),
        ("/assets?market=D99", "/assets?market=D77"),
        ("/assets/D99~GEM", "/assets/D77~GEM"),
        ("/market-data/closes/D99~GEM", "/market-data/closes/D77~GEM"),
        ("/portfolio-groups/mixed/measures", "/portfolio-groups/smith/measures"),
        ("/portfolio-groups/mixed/documents", "/portfolio-groups/smith/documents"),
        ("/statements/statement-D99/csv", "/statements/statement-D77/csv"),
    ] {
        let [one, other] = [foreign, unknown].map(|path| peopled.get("owner", path));
        let (mut one, mut other) = (one.await.problem(404), other.await.problem(404));
        for (problem, ids) in [(&mut one, ["D99", "mixed"]), (&mut other, ["D77", "smith"])] {
            let detail = ids.iter().fold(problem["detail"].to_string(), |text, id| text.replace(id, "*"));
            problem["detail"] = detail.into();
            problem["instance"] = serde_json::Value::Null;
        }
        assert_eq!(one, other, "{foreign} and {unknown}");
    }
}

#[tokio::test]
async fn lists_hold_what_is_visible_and_nothing_else() {
    let peopled = Peopled::open(House::empty().await).await;
    for (caller, portfolios, groups) in [
        ("owner", vec!["D03"], vec!["ours"]),
        ("other", vec!["D99"], vec![]),
        ("adviser", vec!["D03"], vec!["ours"]),
        ("adviser_of_nobody", vec![], vec![]),
        ("operations", vec!["D03", "D99"], vec!["mixed", "ours"]),
        ("compliance", vec!["D03", "D99"], vec!["mixed", "ours"]),
        ("admin", vec![], vec![]),
        ("house", vec!["D03", "D99"], vec!["mixed", "ours"]),
    ] {
        let ids = |list: serde_json::Value, field: &str| -> Vec<String> {
            let items = list["items"].as_array().cloned().unwrap_or_default();
            items.iter().filter_map(|item| item[field].as_str().map(str::to_owned)).collect()
        };
        assert_eq!(ids(peopled.get(caller, "/portfolios").await.json(), "id"), portfolios, "{caller}");
        assert_eq!(ids(peopled.get(caller, "/portfolio-groups").await.json(), "group_id"), groups, "{caller}");
        let markets = |list: serde_json::Value| -> BTreeSet<String> {
            let items = list["items"].as_array().cloned().unwrap_or_default();
            items.iter().filter_map(|item| item["market_id"].as_str().map(str::to_owned)).collect()
        };
        let seen: BTreeSet<String> =
            portfolios.iter().map(|id| if *id == "D99" { "D99" } else { "world" }.to_owned()).collect();
        for path in ["/assets", "/market-news"] {
            assert_eq!(markets(peopled.get(caller, path).await.json()), seen, "{path} for {caller}");
        }
        let quoted = ids(peopled.get(caller, "/market-data").await.json(), "instrument_id");
        let quoted = quoted.iter().filter_map(|id| id.split('~').next().map(str::to_owned)).collect();
        assert_eq!(seen, quoted, "closes for {caller}");
        if caller != "other" {
            let risks = peopled.get(caller, "/risk-analysis?date=2014-12-31").await.json();
            assert_eq!(ids(risks, "portfolio_id"), portfolios, "{caller}");
        }
    }
    let page = peopled.get("operations", "/portfolios?limit=1").await.json();
    assert_eq!((page["items"][0]["id"].as_str(), page["next"].as_str()), (Some("D03"), Some("D03")));
    let health = |caller| peopled.get(caller, "/health");
    assert_eq!(health("owner").await.json()["version"], "0.1.0");
}
