//! A small house to ask: one portfolio, valued on two days.

use std::net::SocketAddr;
use std::sync::Arc;

use api::{ApiState, OrderableDocument, ReturnedMail, Settings};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use lake::{EngineSettings, Lake, Storage, WriteKey};
use schemas::table::Record;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, CalendarLength, Clock, Currency, PortfolioId};
use secrecy::SecretString;
use serde_json::Value;
use store::{Claim, NewRun, Run, Store, StoreKind};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::bookkeeper::Bookkeeper;

/// The two days on which the portfolio was valued.
pub(crate) const DATES: [&str; 2] = ["2014-12-30", "2014-12-31"];
/// A caller on this machine.
pub(crate) const LOCAL: &str = "127.0.0.1:50000";
/// A caller elsewhere.
pub(crate) const ELSEWHERE: &str = "192.0.2.7:50000";

pub(crate) struct House {
    pub(crate) lake: Lake,
    pub(crate) store: Store,
    /// What happens to reports of a mail provider.
    pub(crate) returned: Option<ReturnedMail>,
    /// The secret of a billing provider.
    pub(crate) billing_secret: Option<SecretString>,
    _folder: TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The problem in the answer, whose form is checked.
    pub(crate) fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:?}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["instance"], format!("urn:uuid:{}", self.header("x-request-id")));
        for field in ["type", "title", "detail", "help"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {problem}");
        }
        problem
    }
}

impl House {
    /// A house without anything in it.
    pub(crate) async fn empty() -> House {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let store = Store::open(&url, StoreKind::Live).await.expect("the store opens");
        let storage = Storage::open("memory:", &lake::S3Settings::default()).expect("memory");
        let lake = Lake::open(storage, &EngineSettings::default()).expect("the lake opens");
        House { lake, store, returned: None, billing_secret: None, _folder: folder }
    }

    /// A house with the portfolio `D03`.
    pub(crate) async fn with_portfolio() -> House {
        let house = House::empty().await;
        house.save("D03").await;
        house
    }

    /// A house with the portfolio `D03` and its values.
    pub(crate) async fn with_values() -> House {
        let house = House::with_portfolio().await;
        let values = [value(DATES[0], "100000"), value(DATES[1], "100250.50")];
        let (from, to) = (date(DATES[0]), date(DATES[1]));
        house.lake.replace_dates(from, to, &values, &key()).await.expect("written");
        house
    }

    /// Writes rows of the last of the dates.
    pub(crate) async fn write<R: Record>(&self, rows: &[R]) {
        self.write_between(DATES[1], DATES[1], rows).await;
    }

    /// Writes rows of a range of dates.
    pub(crate) async fn write_between<R: Record>(&self, from: &str, to: &str, rows: &[R]) {
        self.lake.replace_dates(date(from), date(to), rows, &key()).await.expect("written");
    }

    pub(crate) async fn save(&self, id: &str) {
        let clock = Clock::Fixed(now());
        self.store.save_portfolio(&portfolio(id), false, clock).await.expect("saved");
    }

    /// A run that nobody finishes, so many minutes after the first.
    pub(crate) async fn claim(&self, revision: i64) -> Run {
        let wanted = NewRun {
            id: format!("nightly-2014-12-31-{revision}").parse().expect("an id"),
            job: "nightly".to_owned(),
            from_date: date(DATES[1]),
            to_date: date(DATES[1]),
            revision,
            input_fingerprint: "1:1".to_owned(),
            program_version: "0.1.0".to_owned(),
        };
        let at = now() + TimeDelta::minutes(revision);
        match self.store.claim_run(&wanted, "test", TimeDelta::minutes(5), at).await.expect("claimed") {
            Claim::Claimed(run) => run,
            other => panic!("the run is not ours: {other:?}"),
        }
    }

    /// The API without a token.
    pub(crate) fn router(&self) -> Router {
        self.router_with(&Settings::default()).expect("the settings are right")
    }

    pub(crate) fn router_with(&self, settings: &Settings) -> Result<Router, api::Error> {
        let state = ApiState {
            store: self.store.clone(),
            lake: self.lake.clone(),
            clock: Clock::Fixed(now()),
            program_version: "0.1.0".to_owned(),
            returned: self.returned.clone(),
            billing_secret: self.billing_secret.clone(),
            bookkeeping: Some(Arc::new(Bookkeeper(self.store.clone()))),
            documents: vec![
                orderable("portfolio_statement", "Portfolio statement", CalendarLength::Month),
                orderable("tax_report", "Tax report", CalendarLength::Year),
            ],
        };
        api::router(state, settings)
    }

    /// Asks from this machine.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        ask(self.router(), path, LOCAL, &[]).await
    }
}

fn orderable(kind: &str, title: &str, shortest: CalendarLength) -> OrderableDocument {
    OrderableDocument { kind: kind.to_owned(), title: title.to_owned(), shortest }
}

/// Asks a router from an address.
pub(crate) async fn ask(router: Router, path: &str, peer: &str, headers: &[(&str, &str)]) -> Answer {
    send(router, Request::builder().uri(path), peer, headers, Body::empty()).await
}

/// Posts a body to a router from elsewhere, without a token.
pub(crate) async fn post(router: Router, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let request = Request::builder().method("POST").uri(path);
    send(router, request, ELSEWHERE, headers, Body::from(body.to_vec())).await
}

/// Sends a request with a body of JSON, if there is one.
pub(crate) async fn send_json(
    router: Router,
    (method, path): (&str, &str),
    peer: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Answer {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    send(router, request, peer, headers, Body::from(body.unwrap_or_default().to_owned())).await
}

/// Asks a router in another way than by GET, without a body.
pub(crate) async fn send_method(
    router: Router,
    method: &str,
    path: &str,
    peer: &str,
    headers: &[(&str, &str)],
) -> Answer {
    send(router, Request::builder().method(method).uri(path), peer, headers, Body::empty()).await
}

pub(crate) async fn send(router: Router, request: Builder, peer: &str, headers: &[(&str, &str)], body: Body) -> Answer {
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let peer: SocketAddr = peer.parse().expect("an address");
    let request = request.extension(ConnectInfo(peer)).body(body).expect("a request");
    let response = router.oneshot(request).await.expect("the router answers");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the body is there");
    Answer { status: parts.status, headers: parts.headers, body }
}

pub(crate) fn now() -> DateTime<Utc> {
    "2015-01-01T02:00:00Z".parse().expect("an instant")
}

pub(crate) fn date(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

pub(crate) fn id(text: &str) -> PortfolioId {
    text.parse().expect("an id")
}

pub(crate) fn key() -> WriteKey {
    WriteKey::new("test", 1)
}

pub(crate) fn portfolio(portfolio_id: &str) -> Portfolio {
    Portfolio {
        portfolio_id: id(portfolio_id),
        market_id: "world".parse().expect("an id"),
        fx_source: "ecb_reference_rates".parse().expect("an id"),
        title: format!("Portfolio {portfolio_id}"),
        base_currency: Currency::EUR,
        start_date: date("2014-01-02"),
        end_date: None,
        benchmark_symbol: None,
        benchmark_blend: None,
        risk_free_annual: Some(0.02),
        risk_free_source: None,
        client_email: Some("client@example.org".to_owned()),
        delivery: None,
        cost_basis: "fifo".to_owned(),
        locked_through: None,
        language: schemas::Language::English,
        confirmations: false,
    }
}

/// The value of a portfolio on a date.
pub(crate) fn value_of(portfolio_id: &str, on: &str) -> PortfolioValue {
    PortfolioValue { portfolio_id: id(portfolio_id), ..value(on, "100250.50") }
}

pub(crate) fn value(on: &str, market_value: &str) -> PortfolioValue {
    PortfolioValue {
        portfolio_id: id("D03"),
        business_date: date(on),
        previous_business_date: None,
        base_currency: Currency::EUR,
        market_value: Some(market_value.parse().expect("a number")),
        securities_value: None,
        cash_value: Some("-0.0000001".parse().expect("a number")),
        position_count: 1,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    }
}
