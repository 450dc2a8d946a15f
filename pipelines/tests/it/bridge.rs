//! The bridge from one value to the next, through the code of the night.

use lake::Lake;
use lake::read::FirmStep;
use pipelines::Work;
use pipelines::books::book;
use pipelines::checks::{Layer, check};
use pipelines::rollups::roll_up;
use rust_decimal::Decimal;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::exceptions::Exception;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency};

use crate::samples::{all, amount, date, fill, instrument, memory_lake, mirror, portfolio, quote, transaction, work};

const FIRST: &str = "2024-03-25";
const LAST: &str = "2024-04-02";

/// The example of docs/BOOK_FOLDER.md; the split is booked by the book itself.
pub(crate) async fn example() -> (Lake, Work) {
    let lake = memory_lake();
    let listed = |symbol, currency, price_scale: &str| Instrument {
        currency,
        price_scale: price_scale.parse().expect("a rate"),
        ..instrument(symbol)
    };
    fill(&lake, &[listed("ACME", Currency::USD, "1"), listed("BRIT", Currency::GBP, "0.01")]).await;
    fill(&lake, &quotes()).await;
    fill(&lake, &rates()).await;
    let work = work("nightly-1", date(FIRST), date(LAST));
    let portfolios = [Portfolio { start_date: date(FIRST), end_date: Some(date(LAST)), ..portfolio("P1") }];
    mirror(&lake, &work, &portfolios, &transactions()).await;
    book(&lake, &work).await.expect("booked");
    roll_up(&lake, &work).await.expect("rolled up");
    check(&lake, &work, Layer::Gold).await.expect("checked");
    (lake, work)
}

fn quotes() -> Vec<Quote> {
    [
        ("M1~ACME", "2024-03-25", "120.00"),
        ("M1~BRIT", "2024-03-25", "250"),
        ("M1~ACME", "2024-03-26", "121.50"),
        ("M1~BRIT", "2024-03-26", "252"),
        ("M1~BRIT", "2024-03-27", "255"),
        ("M1~ACME", "2024-03-28", "41.00"),
        ("M1~BRIT", "2024-03-28", "251.5"),
        ("M1~ACME", "2024-04-02", "42.00"),
        ("M1~BRIT", "2024-04-02", "260"),
    ]
    .map(|(instrument, on, close)| quote(instrument, on, close))
    .to_vec()
}

fn rates() -> Vec<FxRate> {
    let days = ["2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28", "2024-04-02"];
    let usd = ["1.0835", "1.0855", "1.0816", "1.0811", "1.0749"].map(|units| (Currency::USD, units));
    let gbp = ["0.85698", "0.85846", "0.85768", "0.8551", "0.8551"].map(|units| (Currency::GBP, units));
    let rate = |(on, (currency, units)): (&str, (Currency, &str))| FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency,
        rate_date: date(on),
        units_per_eur: units.parse().expect("a rate"),
        landing_sha256: String::new(),
        line: 2,
    };
    days.into_iter().zip(usd).chain(days.into_iter().zip(gbp)).map(rate).collect()
}

fn transactions() -> Vec<Transaction> {
    let mut sequence = 0;
    let mut next = |on: &str, kind: &str, currency, net_cash: &str| {
        sequence += 1;
        let id = sequence.to_string();
        Transaction { booking_sequence: sequence, currency, ..transaction("P1", &id, on, kind, net_cash) }
    };
    let of = |symbol: &str, quantity: &str, booked: Transaction| Transaction {
        instrument_id: Some(instrument(symbol).instrument_id),
        quantity: Some(quantity.parse().expect("a quantity")),
        ..booked
    };
    let into = |currency, counter: &str, booked: Transaction| Transaction {
        counter_currency: Some(currency),
        counter_amount: Some(amount(counter)),
        ..booked
    };
    let charged = |fees: &str, taxes: &str, booked: Transaction| Transaction {
        fees: amount(fees),
        taxes: amount(taxes),
        ..booked
    };
    let (eur, usd, gbp) = (Currency::EUR, Currency::USD, Currency::GBP);
    vec![
        next("2024-03-25", "DEPOSIT", eur, "10000"),
        into(usd, "5400", next("2024-03-25", "FX", eur, "-5000")),
        charged("4", "0", of("ACME", "40", next("2024-03-25", "BUY", usd, "-4804"))),
        into(gbp, "2565", next("2024-03-26", "FX", eur, "-3000")),
        charged("5", "12.60", of("BRIT", "1000", next("2024-03-26", "BUY", gbp, "-2537.60"))),
        of("ACME", "3", next("2024-03-27", "SPLIT", usd, "0")),
        of("BRIT", "1000", next("2024-03-28", "DIVIDEND", gbp, "50")),
        next("2024-03-30", "WITHDRAWAL", eur, "-500"),
        charged("4", "0", of("ACME", "60", next("2024-04-02", "SELL", usd, "2516"))),
    ]
}

/// Rows as words, rounded to six decimals.
fn words(rows: &[NavBridgeRow]) -> Vec<String> {
    let mut rows: Vec<&NavBridgeRow> = rows.iter().collect();
    rows.sort_by_key(|row| (row.component, row.currency));
    let rounded = |amount: Option<Amount>| {
        amount.map_or_else(|| "-".to_owned(), |amount| amount.decimal().round_dp(6).normalize().to_string())
    };
    rows.iter()
        .map(|row| format!("{} {} {} {}", row.component, row.currency, rounded(row.amount), rounded(row.amount_base)))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_the_book_folder_foots() {
    let (lake, _) = example().await;
    let id = "P1".parse().expect("an id");
    let whole = lake::read::nav_bridge(&lake, &id, date(FIRST), date(LAST)).await.expect("read");
    // The arithmetic is in the tests of the ledger's bridge.
    let expected = [
        "contributions EUR 10000 10000",
        "withdrawals EUR -500 -500",
        "dividends GBP 50 58.472693",
        "realised_price_gain USD 120 111.638292",
        "realised_currency_gain USD - 17.721999",
        "unrealised_price_gain GBP 80 93.556309",
        "unrealised_price_gain USD 120 111.638292",
        "unrealised_currency_gain GBP - 11.534608",
        "unrealised_currency_gain USD - 17.721999",
        "cash_currency_gain GBP - -11.966004",
        "cash_currency_gain USD - -11.750398",
        "exchanges EUR -8000 -8000",
        "exchanges GBP 2565 3000",
        "exchanges USD 5400 5000",
        "fee_brokerage GBP -5 -5.824383",
        "fee_brokerage USD -8 -7.413016",
        "tax_transaction GBP -12.6 -14.677446",
    ];
    assert_eq!(words(&whole), expected);

    let values = lake::read::portfolio_values(&lake, &id, date(FIRST), date(LAST)).await.expect("read");
    let mut opening = Decimal::ZERO;
    for value in values {
        let day = value.business_date;
        let rows = lake::read::nav_bridge(&lake, &id, day, day).await.expect("read");
        let change: Decimal = rows.iter().filter_map(|row| row.amount_base).map(Amount::decimal).sum();
        let closing = value.market_value.expect("valued").decimal();
        assert!((opening + change - closing).abs() < Decimal::new(1, 8), "{day}: {opening} {change} {closing}");
        opening = closing;
    }
    let found = all::<Exception>(&lake).await;
    assert!(!found.iter().any(|row| row.check_name.starts_with("nav_bridge")), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_by_itself_gives_the_rows_that_the_range_gave() {
    let (lake, _) = example().await;
    let in_order = |mut rows: Vec<NavBridgeRow>| {
        rows.sort_by_key(|row| (row.business_date, row.component, row.currency));
        rows
    };
    let whole = in_order(all(&lake).await);
    for day in ["2024-03-27", "2024-03-28", "2024-04-02"] {
        book(&lake, &work("nightly-2", date(day), date(day))).await.expect("booked");
        assert_eq!(in_order(all(&lake).await), whole, "{day} by itself");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn periods_of_all_portfolios_are_sums_of_days() {
    let lake = memory_lake();
    let row = |portfolio: &str, on: &str, component, euros: Option<&str>| NavBridgeRow {
        portfolio_id: portfolio.parse().expect("an id"),
        business_date: date(on),
        component,
        currency: Currency::EUR,
        amount: euros.map(amount),
        amount_base: euros.map(amount),
        detail: None,
    };
    let rows = [
        row("P1", "2024-01-02", BridgeComponent::Dividends, Some("100")),
        row("P1", "2024-01-03", BridgeComponent::Dividends, Some("10.25")),
        row("P1", "2024-01-04", BridgeComponent::Dividends, Some("-0.0000000001")),
        row("P2", "2024-01-04", BridgeComponent::Fee, Some("-3")),
        row("P2", "2024-01-04", BridgeComponent::Gap, None),
    ];
    fill(&lake, &rows).await;
    let (from, to) = (date("2024-01-03"), date("2024-01-04"));
    let bridges = lake.snapshot(<NavBridgeRow as schemas::table::Record>::TABLE).await.expect("opened");
    let stretch = (&"P1".parse().expect("an id"), &"P2".parse().expect("an id"));
    let found = lake::read::nav_bridges(&bridges, &lake, from, to, stretch).await.expect("read");
    let of = |id: &str| found.iter().filter(|row| row.portfolio_id.as_str() == id).cloned().collect::<Vec<_>>();
    let dividends = row("P1", "2024-01-04", BridgeComponent::Dividends, Some("10.2499999999"));
    assert_eq!(of("P1"), std::slice::from_ref(&dividends));
    assert_eq!(words(&of("P2")), ["fee EUR -3 -3", "gap EUR - -"]);
    let alone = lake::read::nav_bridges(&bridges, &lake, from, to, (stretch.0, stretch.0)).await.expect("read");
    assert_eq!(alone, of("P1"), "a stretch of one portfolio");
    let one = lake::read::nav_bridge(&lake, &dividends.portfolio_id, from, to).await.expect("read");
    assert_eq!(one, [dividends]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bridge_of_the_firm_counts_what_is_not_known() {
    let lake = memory_lake();
    let row = |portfolio: &str, on: &str, component, amount_base: Option<&str>| NavBridgeRow {
        portfolio_id: portfolio.parse().expect("an id"),
        business_date: date(on),
        component,
        currency: Currency::EUR,
        amount: None,
        amount_base: amount_base.map(amount),
        detail: Some("7".to_owned()),
    };
    let rows = [
        row("P1", "2024-01-02", BridgeComponent::Dividends, Some("100")),
        row("P1", "2024-01-03", BridgeComponent::Dividends, Some("10.25")),
        row("P2", "2024-01-04", BridgeComponent::Dividends, Some("0.75")),
        row("P2", "2024-01-03", BridgeComponent::Gap, None),
        row("P2", "2024-01-04", BridgeComponent::Gap, None),
        row("P3", "2024-01-04", BridgeComponent::Dividends, Some("5")),
        row("P3", "2024-01-04", BridgeComponent::Unknown, None),
    ];
    fill(&lake, &rows).await;
    let dollars = Portfolio { base_currency: Currency::USD, ..portfolio("P3") };
    fill(&lake, &[portfolio("P1"), portfolio("P2"), dollars]).await;
    let bridges = lake.snapshot(<NavBridgeRow as schemas::table::Record>::TABLE).await.expect("opened");
    let portfolios = lake.snapshot(<Portfolio as schemas::table::Record>::TABLE).await.expect("opened");
    let days = (date("2024-01-03"), date("2024-01-04"));
    let found = lake::read::firm_bridge((&bridges, &portfolios), &lake, days).await.expect("read");
    let step = |portfolio: &str, component, amount_base: Option<&str>, unknown_count| FirmStep {
        portfolio_id: portfolio.parse().expect("an id"),
        component,
        amount_base: amount_base.map(amount),
        unknown_count,
    };
    // 10.25 and 0.75 in euro; 5 in dollar; two closes without a value in euro, and one change not known in dollar.
    let expected = [
        step("P1", BridgeComponent::Dividends, Some("11"), 0),
        step("P2", BridgeComponent::Gap, None, 2),
        step("P3", BridgeComponent::Dividends, Some("5"), 0),
        step("P3", BridgeComponent::Unknown, None, 1),
    ];
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stored_steps_that_do_not_lead_to_the_value_are_found() {
    let lake = memory_lake();
    let day: BusinessDate = date("2024-01-03");
    let id: schemas::PortfolioId = "P1".parse().expect("an id");
    let earned = DailyReturn {
        portfolio_id: id.clone(),
        business_date: day,
        begin_value: Some(amount("100")),
        inflow: Some(Amount::ZERO),
        outflow: Some(Amount::ZERO),
        end_value: Some(amount("110")),
        return_fraction: Some(0.1),
        benchmark_return_fraction: None,
        return_before_fees_fraction: None,
        return_before_taxes_fraction: None,
        risk_free_annual: None,
        is_observed: Some(true),
    };
    fill(&lake, &[earned]).await;
    let interest = NavBridgeRow {
        portfolio_id: id,
        business_date: day,
        component: BridgeComponent::Interest,
        currency: Currency::EUR,
        amount: Some(amount("9.99")),
        amount_base: Some(amount("9.99")),
        detail: None,
    };
    fill(&lake, &[interest]).await;
    check(&lake, &work("checks-1", day, day), Layer::Gold).await.expect("checked");
    let found = all::<Exception>(&lake).await;
    let found: Vec<&Exception> = found.iter().filter(|row| row.check_name == "nav_bridge_foots").collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].subject.as_str(), found[0].severity), ("P1", schemas::Severity::Block));
    assert!(found[0].message.contains("9.99"), "{}", found[0].message);
}
