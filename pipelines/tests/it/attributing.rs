//! Why portfolios did better or worse than their benchmarks, by hand, and whatever the nights are made in.

use lake::{Lake, WriteKey};
use pipelines::AgeLimits;
use pipelines::books::book;
use pipelines::history::{mark, rebuild, touched};
use pipelines::rollups::roll_up;
use schemas::tables::attribution::AttributionRow;
use schemas::tables::benchmark_weights::BenchmarkWeight;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Currency, Price, Quantity, ReportingPeriod};

use crate::samples::{all, amount, date, fill, instrument, memory_lake, portfolio, quote, transaction, work};

const DAYS: [&str; 4] = ["2014-01-31", "2014-02-14", "2014-02-28", "2014-03-31"];
const EUROS: [&str; 4] = ["100", "100", "110", "99"];
const DOLLARS: [&str; 4] = ["100", "100", "104", "130"];
const PER_EURO: [&str; 4] = ["1", "1", "1", "1.25"];

const TOLERANCE: f64 = 1e-12;

/// Half in a share in euros, half in one in dollars, from 31 January on; compared with the index `MIX`.
fn booked(id: &str) -> Vec<Transaction> {
    let bought = |number: i64, symbol: &str, currency: Currency| Transaction {
        booking_sequence: number,
        instrument_id: Some(instrument(symbol).instrument_id),
        quantity: Some(Quantity::new(5.into())),
        price: Some(Price::new(100.into())),
        currency,
        ..transaction(id, &number.to_string(), DAYS[0], "BUY", "-500")
    };
    let exchanged = Transaction {
        booking_sequence: 2,
        counter_currency: Some(Currency::USD),
        counter_amount: Some(amount("500")),
        ..transaction(id, "2", DAYS[0], "FX", "-500")
    };
    let paid_in = transaction(id, "1", DAYS[0], "DEPOSIT", "1000");
    vec![paid_in, exchanged, bought(3, "AAA", Currency::EUR), bought(4, "USD1", Currency::USD)]
}

fn weights(on: &str, weights: [&str; 2], returns: [Option<&str>; 2]) -> Vec<BenchmarkWeight> {
    let row = |((node, weight), earned): ((&str, &str), Option<&str>)| BenchmarkWeight {
        market_id: "M1".parse().expect("an id"),
        benchmark: "MIX".to_owned(),
        taxonomy: "currency".to_owned(),
        node: node.to_owned(),
        weight_date: date(on),
        weight: weight.parse().expect("a number"),
        return_fraction: earned.map(|earned| earned.parse().expect("a number")),
        landing_sha256: String::new(),
        line: 2,
    };
    ["EUR", "USD"].into_iter().zip(weights).zip(returns).map(row).collect()
}

/// The whole history in one run, or a run for each night.
async fn made(weighed: &[BenchmarkWeight], nightly: bool) -> Lake {
    let lake = memory_lake();
    let compared =
        |id: &str| Portfolio { start_date: date(DAYS[0]), benchmark_symbol: Some("MIX".to_owned()), ..portfolio(id) };
    fill(&lake, &[compared("P1"), compared("P2"), portfolio("P3")]).await;
    let dollars = Instrument { currency: Currency::USD, ..instrument("USD1") };
    fill(&lake, &[instrument("AAA"), dollars]).await;
    let closes = |symbol: &str, closes: [&str; 4]| -> Vec<Quote> {
        DAYS.iter().zip(closes).map(|(on, close)| quote(&format!("M1~{symbol}"), on, close)).collect()
    };
    fill(&lake, &[closes("AAA", EUROS), closes("USD1", DOLLARS)].concat()).await;
    let rate = |(on, units): (&&str, &str)| FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency: Currency::USD,
        rate_date: date(on),
        units_per_eur: units.parse().expect("a number"),
        landing_sha256: String::new(),
        line: 2,
    };
    fill(&lake, &DAYS.iter().zip(PER_EURO).map(rate).collect::<Vec<FxRate>>()).await;
    let mut transactions: Vec<Transaction> = ["P1", "P2", "P3"].into_iter().flat_map(booked).collect();
    // The second portfolio gets 107 euros in the middle of February.
    transactions.push(Transaction { booking_sequence: 5, ..transaction("P2", "5", DAYS[1], "DEPOSIT", "107") });
    fill(&lake, &transactions).await;
    fill(&lake, weighed).await;
    let nights = || DAYS.iter().map(|day| (*day, *day)).collect();
    let ranges: Vec<(&str, &str)> = if nightly { nights() } else { vec![(DAYS[0], DAYS[3])] };
    for (from, to) in ranges {
        let work = work(&format!("run-{from}-{to}"), date(from), date(to));
        book(&lake, &work).await.expect("booked");
        roll_up(&lake, &work).await.expect("rolled up");
        mark(&lake, &work).await.expect("marked");
    }
    lake
}

fn month_ends() -> Vec<BenchmarkWeight> {
    [
        weights(DAYS[0], ["0.6", "0.4"], [None, None]),
        weights(DAYS[2], ["0.6", "0.4"], [Some("0.05"), Some("0.02")]),
        weights(DAYS[3], ["0.5", "0.5"], [Some("-0.05"), Some("0.03")]),
    ]
    .concat()
}

async fn sorted(lake: &Lake) -> Vec<AttributionRow> {
    let mut rows = all::<AttributionRow>(lake).await;
    rows.sort_by(|left, right| {
        (&left.portfolio_id, left.through_date, left.period, &left.node).cmp(&(
            &right.portfolio_id,
            right.through_date,
            right.period,
            &right.node,
        ))
    });
    rows
}

fn row<'a>(rows: &'a [AttributionRow], id: &str, on: &str, period: ReportingPeriod, node: &str) -> &'a AttributionRow {
    let is_asked = |row: &&AttributionRow| {
        (row.portfolio_id.as_str(), row.through_date, row.period) == (id, date(on), period) && row.node == node
    };
    rows.iter().find(is_asked).expect("a row")
}

#[track_caller]
fn assert_effects(row: &AttributionRow, expected: [f64; 3]) {
    for (effect, expected) in [row.allocation, row.selection, row.interaction].into_iter().zip(expected) {
        let effect = effect.expect("an effect");
        assert!((effect - expected).abs() <= TOLERANCE, "{effect} instead of {expected}: {row:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_split_and_months_are_linked_to_the_year() {
    let rows = sorted(&made(&month_ends(), false).await).await;
    assert!(rows.iter().all(|row| row.portfolio_id.as_str() != "P3"), "P3 names no benchmark");
    let month = ReportingPeriod::MonthToDate;
    // February: 10 % on 50 % euros and 4 % on 50 % dollars, 7 %; the benchmark 0.6 · 5 % + 0.4 · 2 % = 3.8 %.
    // −0.1 · 1.2 % and 0.1 · −1.8 %; 0.6 · 5 % and 0.4 · 2 %; −0.1 · 5 % and 0.1 · 2 %.
    assert_effects(row(&rows, "P1", DAYS[2], month, "EUR"), [-0.0012, 0.03, -0.005]);
    assert_effects(row(&rows, "P1", DAYS[2], month, "USD"), [-0.0018, 0.008, 0.002]);
    let total = row(&rows, "P1", DAYS[2], month, "total");
    assert_effects(total, [-0.003, 0.038, -0.003]);
    assert_eq!((total.from_date, total.business_date), (Some(date(DAYS[0])), date(DAYS[2])));
    // March: the share in dollars rose by a quarter and the dollar fell by a fifth: nothing. Euros are 550 of 1,070.
    let (held, returned) = (550.0 / 1070.0 - 0.6, -0.05 * 0.6 + 0.03 * 0.4);
    let euros = [held * (-0.05 - returned), 0.6 * (-0.1 - -0.05), held * (-0.1 - -0.05)];
    assert_effects(row(&rows, "P1", DAYS[3], month, "EUR"), euros);
    let dollars = [-held * (0.03 - returned), 0.4 * (0.0 - 0.03), -held * (0.0 - 0.03)];
    assert_effects(row(&rows, "P1", DAYS[3], month, "USD"), dollars);
    // The year: 1,000 became 1,015, and the benchmark 1.038 · 0.982 = 1.019316.
    let year = row(&rows, "P1", DAYS[3], ReportingPeriod::YearToDate, "total");
    let effects = [year.allocation, year.selection, year.interaction].into_iter().flatten().sum::<f64>();
    assert!((effects - (0.015 - 0.019_316)).abs() <= TOLERANCE, "{effects}");
    assert_eq!((year.from_date, year.linking.as_str()), (Some(date(DAYS[0])), "carino"));
    let euros = row(&rows, "P1", DAYS[3], ReportingPeriod::YearToDate, "EUR");
    let earned = euros.portfolio_return_fraction.expect("a return");
    assert!((earned - -0.01).abs() <= TOLERANCE, "1.1 · 0.9 = 0.99, not {earned}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_comes_in_between_is_interaction() {
    let rows = sorted(&made(&month_ends(), false).await).await;
    let month = ReportingPeriod::MonthToDate;
    // 50 euros on 607 of 1,107, and 20 on 500.
    let euros = 50.0 / 607.0;
    let interaction = 50.0 / 1107.0 - 0.5 * 0.05 - 0.6 * (euros - 0.05);
    assert_effects(row(&rows, "P2", DAYS[2], month, "EUR"), [-0.0012, 0.6 * (euros - 0.05), interaction]);
    let total = row(&rows, "P2", DAYS[2], month, "total");
    let earned = total.portfolio_return_fraction.expect("a return");
    assert!((earned - 70.0 / 1107.0).abs() <= TOLERANCE, "{earned}");
    let effects = [total.allocation, total.selection, total.interaction].into_iter().flatten().sum::<f64>();
    assert!((effects - (70.0 / 1107.0 - 0.038)).abs() <= TOLERANCE, "{effects}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weights_that_leave_something_out_are_told() {
    let mut weighed = month_ends();
    weighed.retain(|row| (row.weight_date, row.node.as_str()) != (date(DAYS[0]), "USD"));
    let rows = sorted(&made(&weighed, false).await).await;
    let total = row(&rows, "P1", DAYS[2], ReportingPeriod::MonthToDate, "total");
    let reason = "from 2014-01-31 to 2014-02-28: the weights of the benchmark add up to 0.6, not to 1";
    assert_eq!((total.allocation, total.unavailable_reason.as_deref()), (None, Some(reason)));
    // March begins with good weights; the year does not.
    assert!(row(&rows, "P1", DAYS[3], ReportingPeriod::MonthToDate, "total").allocation.is_some());
    let year = row(&rows, "P1", DAYS[3], ReportingPeriod::YearToDate, "total");
    assert_eq!(year.unavailable_reason.as_deref(), Some(reason));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_and_its_nights_split_alike() {
    let mut weighed = month_ends();
    // A Sunday is no valuation date: its rows are made on the next one.
    weighed.extend(weights("2014-02-16", ["0.6", "0.4"], [Some("0.01"), Some("0.01")]));
    let at_once = sorted(&made(&weighed, false).await).await;
    assert_eq!(at_once, sorted(&made(&weighed, true).await).await);
    let sunday = row(&at_once, "P1", "2014-02-16", ReportingPeriod::MonthToDate, "total");
    assert_eq!(sunday.business_date, date(DAYS[2]));
    assert_eq!(sunday.portfolio_return_fraction, Some(0.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_weights_make_those_again_that_are_compared_with_them() {
    let (first, last) = (date(DAYS[0]), date(DAYS[3]));
    let lake = made(&month_ends(), false).await;
    assert!(touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable").is_empty());
    let corrected = weights(DAYS[2], ["0.7", "0.3"], [Some("0.05"), Some("0.02")]);
    let known = month_ends().into_iter().filter(|row| row.weight_date != date(DAYS[2]));
    let learned: Vec<BenchmarkWeight> = known.chain(corrected).collect();
    lake.replace_all(&learned, &WriteKey::new("second", 1)).await.expect("written");
    let again = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
    let groups: Vec<(String, Vec<String>)> = again
        .iter()
        .map(|group| (group.from.to_string(), group.portfolios.iter().map(ToString::to_string).collect()))
        .collect();
    assert_eq!(groups, [("2014-02-01".to_owned(), vec!["P1".to_owned(), "P2".to_owned()])]);
    rebuild(&lake, &work("again", last, last), &again, last).await.expect("made again");
    assert_eq!(sorted(&lake).await, sorted(&made(&learned, false).await).await);
}
