//! Small books to test with.

use chrono::{DateTime, TimeDelta, Utc};
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Clock, Currency, Language, PortfolioId, RunId, Subject};
use store::{AccountMailKind, Bundling, Claim, Necessity, NewDelivery, NewRun, Run, Statement, StatementFile, Store};

/// The length of the leases in the tests.
pub(crate) const LEASE: TimeDelta = TimeDelta::minutes(5);

/// The instant at which the tests begin.
pub(crate) fn start() -> DateTime<Utc> {
    "2015-01-01T02:00:00Z".parse().expect("an instant")
}

/// An instant some minutes after the beginning.
pub(crate) fn after_minutes(minutes: i64) -> DateTime<Utc> {
    start() + TimeDelta::minutes(minutes)
}

/// A date of the form `2014-12-31`.
pub(crate) fn date(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

/// Every transaction of a store, in the order in which they were stored.
pub(crate) async fn all_transactions(store: &Store) -> Vec<Transaction> {
    let numbered = store.transactions_after(0, 10_000).await.expect("readable");
    numbered.into_iter().map(|(_, transaction)| transaction).collect()
}

/// The id of a portfolio.
pub(crate) fn portfolio_id(text: &str) -> PortfolioId {
    text.parse().expect("an id")
}

/// A portfolio in euro.
pub(crate) fn portfolio(id: &str) -> Portfolio {
    Portfolio {
        portfolio_id: portfolio_id(id),
        market_id: "world".parse().expect("an id"),
        fx_source: "ecb_reference_rates".parse().expect("an id"),
        title: format!("Portfolio {id}"),
        base_currency: Currency::EUR,
        start_date: date("2014-01-02"),
        end_date: None,
        benchmark_symbol: Some("MSCIW".to_owned()),
        benchmark_blend: None,
        risk_free_annual: Some(0.02),
        risk_free_source: None,
        client_email: None,
        delivery: None,
        cost_basis: "fifo".to_owned(),
        locked_through: None,
        language: schemas::Language::English,
        confirmations: false,
    }
}

/// Saves a real portfolio.
pub(crate) async fn save_portfolio(store: &Store, id: &str) -> PortfolioId {
    store.save_portfolio(&portfolio(id), false, Clock::Fixed(start())).await.expect("the portfolio is saved");
    portfolio_id(id)
}

/// The purchase of 12.5 units on a day of January 2014; the number is its id and its place in the file.
pub(crate) fn purchase(portfolio: &str, number: i64) -> Transaction {
    Transaction {
        portfolio_id: portfolio_id(portfolio),
        transaction_id: number.to_string(),
        booking_sequence: number,
        trade_date: date(&format!("2014-01-{:02}", 1 + number % 28)),
        settlement_date: None,
        kind: "BUY".to_owned(),
        instrument_id: Some("world~SAP".parse().expect("an instrument")),
        quantity: Some("12.5".parse().expect("a number")),
        price: Some("60.15".parse().expect("a number")),
        currency: Currency::EUR,
        fees: "1.125".parse().expect("a number"),
        taxes: "0".parse().expect("a number"),
        net_cash: "-753.00".parse().expect("a number"),
        counter_currency: None,
        counter_amount: None,
        lot_cost: None,
        lot_acquired_date: None,
        lots_closed: None,
        reverses: None,
        counter_portfolio_id: None,
        recorded_at: None,
        note: "bought \"at best\"; Stück".to_owned(),
        origin: format!("{portfolio}/transactions.csv:{number}"),
    }
}

/// A transaction as the store gives it back after an import at the beginning.
pub(crate) fn recorded(transaction: &Transaction) -> Transaction {
    Transaction { recorded_at: Some(start()), ..transaction.clone() }
}

/// The night of the last day of 2014.
pub(crate) fn new_run(revision: i64) -> NewRun {
    NewRun {
        id: run_id(&format!("nightly-2014-12-31-{revision}")),
        job: "nightly".to_owned(),
        from_date: date("2014-12-31"),
        to_date: date("2014-12-31"),
        revision,
        input_fingerprint: "3:3".to_owned(),
        program_version: "0.1.0".to_owned(),
    }
}

/// The id of a run.
pub(crate) fn run_id(text: &str) -> RunId {
    text.parse().expect("an id")
}

/// Claims the first night, which nobody else has.
pub(crate) async fn claimed_run(store: &Store) -> Run {
    claimed(store.claim_run(&new_run(1), "first-owner", LEASE, start()).await.expect("the run is claimed"))
}

/// The run of a claim that was granted.
pub(crate) fn claimed(claim: Claim) -> Run {
    match claim {
        Claim::Claimed(run) => run,
        other => panic!("the run is not ours: {other:?}"),
    }
}

/// A statement of a portfolio for December 2014 with two files.
pub(crate) fn statement(portfolio: &str, version: i64, run: &Run) -> Statement {
    let file = |media_type: &str, ending: &str, digit: &str| StatementFile {
        media_type: media_type.to_owned(),
        object_path: format!("statements/{portfolio}/2014-12-31-{version}.{ending}"),
        sha256: digit.repeat(64),
        byte_count: 20_000,
    };
    Statement {
        id: format!("periodic-{portfolio}-2014-12-31-{version}"),
        kind: "periodic".to_owned(),
        subject: portfolio_id(portfolio).into(),
        period_start: date("2014-11-30"),
        period_end: date("2014-12-31"),
        version,
        run_id: run.id.clone(),
        document_sha256: "d".repeat(64),
        files: vec![file("application/pdf", "pdf", "a"), file("text/csv", "csv", "b")],
        published_at: start(),
    }
}

/// A statement of a kind of its own for December 2014 about a group or the firm.
pub(crate) fn statement_about(subject: Subject, version: i64, run: &Run) -> Statement {
    Statement {
        id: format!("yearly-{subject}-2014-12-31-{version}"),
        kind: "yearly".to_owned(),
        ..Statement { subject, ..statement("D01", version, run) }
    }
}

/// A mail to somebody.
pub(crate) fn mail(recipient: &str) -> NewDelivery {
    NewDelivery {
        channel: "email".to_owned(),
        recipient: recipient.to_owned(),
        subject: "Your statement of December".to_owned(),
        necessity: Necessity::Required,
        language: Language::English,
        bundling: Bundling::Together,
    }
}

/// The mails about accounts that wait, each claimed.
pub(crate) async fn mails_of(store: &Store, now: DateTime<Utc>) -> Vec<AccountMailKind> {
    let mut claimed = Vec::new();
    while let Some(mail) = store.claim_account_mail(TimeDelta::minutes(20), now).await.expect("answered") {
        claimed.push(mail.kind);
    }
    claimed
}
