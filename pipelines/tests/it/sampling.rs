//! Figures of returns that are sampled by what a portfolio holds: a coin in the market that nobody holds changes none
//! of them, every calendar day counts for whoever holds it, and prices of months make a year by twelve.
//!
//! Expected figures were computed in plain Python from the same closes.

use chrono::Datelike;
use lake::Lake;
use pipelines::books::book;
use pipelines::rollups::roll_up;
use rust_decimal::Decimal;
use schemas::table::Record;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Price, Quantity, ReportingPeriod};

use crate::samples::{all, date, fill, instrument, memory_lake, portfolio, quote, transaction, work};

/// Figures that were added up in another order agree to this many parts of one.
const TOLERANCE: f64 = 1e-10;
/// From Monday, 3 January 2022, to a Friday.
const DAYS: usize = 740;

fn days() -> Vec<BusinessDate> {
    let mut days = vec![date("2022-01-03")];
    while days.len() < DAYS {
        days.push(days[days.len() - 1].next_calendar_day());
    }
    days
}

fn weekdays() -> Vec<BusinessDate> {
    days().into_iter().filter(|day| day.day().weekday().number_from_monday() <= 5).collect()
}

/// The last weekday of each month that is over.
fn months() -> Vec<BusinessDate> {
    let weekdays = weekdays();
    let ends = weekdays.windows(2).filter(|pair| pair[0].day().month() != pair[1].day().month());
    ends.map(|pair| pair[0]).collect()
}

/// The days on which a symbol is quoted, and its closes in cents.
fn closes(symbol: &str) -> Vec<(BusinessDate, i64)> {
    let days = match symbol {
        "COIN" => days(),
        "FUND" => months(),
        _ => weekdays(),
    };
    let cents = |place: i64| match symbol {
        "COIN" => 2_000_000 + place * 104_729 % 90_001,
        _ => 10_000 + place * 7_919 % 613,
    };
    days.into_iter().zip((0..).map(cents)).collect()
}

/// Who holds so many units of one symbol from the first close on. On a Saturday the first one is paid interest.
const HOLDERS: [(&str, &str, i64); 3] = [("P1", "STK", 100), ("P2", "COIN", 1), ("P3", "FUND", 100)];
const SATURDAY: &str = "2022-03-12";

fn booked(id: &str, symbol: &str, units: i64) -> Vec<Transaction> {
    let (first, cents) = closes(symbol)[0];
    let paid = Decimal::new(cents * units, 2);
    let bought = Transaction {
        booking_sequence: 2,
        instrument_id: Some(instrument(symbol).instrument_id),
        quantity: Some(Quantity::new(units.into())),
        price: Some(Price::new(Decimal::new(cents, 2))),
        ..transaction(id, "2", &first.to_string(), "BUY", &format!("-{paid}"))
    };
    let mut booked = vec![transaction(id, "1", &first.to_string(), "DEPOSIT", &paid.to_string()), bought];
    if id == "P1" {
        booked.push(Transaction { booking_sequence: 3, ..transaction(id, "3", SATURDAY, "INTEREST", "5") });
    }
    booked
}

/// A market of these symbols and those who hold them.
async fn told(symbols: &[&str], holders: &[&str]) -> Lake {
    let lake = memory_lake();
    let held: Vec<&(&str, &str, i64)> = HOLDERS.iter().filter(|(id, ..)| holders.contains(id)).collect();
    let start = |(id, symbol, _): &&(&str, &str, i64)| Portfolio {
        start_date: closes(symbol)[0].0,
        risk_free_annual: Some(0.01),
        ..portfolio(id)
    };
    fill(&lake, &held.iter().map(start).collect::<Vec<Portfolio>>()).await;
    fill(&lake, &symbols.iter().map(|symbol| instrument(symbol)).collect::<Vec<_>>()).await;
    let quotes = symbols.iter().flat_map(|symbol| {
        let line = move |(day, cents): (BusinessDate, i64)| {
            quote(&format!("M1~{symbol}"), &day.to_string(), &Decimal::new(cents, 2).to_string())
        };
        closes(symbol).into_iter().map(line)
    });
    fill(&lake, &quotes.collect::<Vec<Quote>>()).await;
    let transactions = held.iter().flat_map(|(id, symbol, units)| booked(id, symbol, *units));
    fill(&lake, &transactions.collect::<Vec<Transaction>>()).await;
    lake
}

async fn make(lake: &Lake, from: BusinessDate, to: BusinessDate) {
    let work = work(&format!("run-{from}-{to}"), from, to);
    book(lake, &work).await.expect("booked");
    roll_up(lake, &work).await.expect("rolled up");
}

async fn made(symbols: &[&str], holders: &[&str]) -> Lake {
    let lake = told(symbols, holders).await;
    let days = days();
    make(&lake, days[0], days[DAYS - 1]).await;
    lake
}

async fn measured(lake: &Lake, id: &str, measure: &str) -> MeasureRow {
    let last = days()[DAYS - 1];
    let is_asked = |row: &MeasureRow| {
        (row.portfolio_id.as_str(), row.measure.as_str()) == (id, measure)
            && row.period == ReportingPeriod::SinceInception
            && row.business_date <= last
    };
    let mut rows = all::<MeasureRow>(lake).await;
    rows.retain(is_asked);
    rows.into_iter().max_by_key(|row| row.business_date).expect("a measure")
}

#[track_caller]
fn assert_close(actual: Option<f64>, expected: f64) {
    let actual = actual.expect("a figure");
    assert!((actual - expected).abs() <= TOLERANCE * (1.0 + expected.abs()), "{actual} instead of {expected}");
}

/// What a table says of a portfolio on a date: the key of each row, its numbers, and its words.
type Said = Vec<(String, Vec<Option<f64>>, String)>;

async fn rows_of<R: Record>(lake: &Lake, line: impl Fn(&R) -> (String, Vec<Option<f64>>, String)) -> Said {
    let mut said: Said = all::<R>(lake).await.iter().map(line).collect();
    said.sort_by(|left, right| left.0.cmp(&right.0));
    said
}

/// Everything that nights say of risk, by portfolio and date.
async fn said(lake: &Lake) -> Said {
    let measures = rows_of::<MeasureRow>(lake, |row| {
        let number = row.amount.map(|amount| amount.to_string());
        let words = format!("{number:?} {:?} {:?}", row.value_date, row.unavailable_reason);
        (format!("{} {} m {} {}", row.portfolio_id, row.business_date, row.period, row.measure), vec![row.value], words)
    });
    let risk = rows_of::<RiskRow>(lake, |row| {
        let key = format!("{} {} r {}", row.portfolio_id, row.business_date, row.tail);
        let numbers = vec![row.value_at_risk, row.expected_shortfall, row.excluded_fraction];
        (key, numbers, format!("{} {:?}", row.scenario_count, row.unavailable_reason))
    });
    let classes = rows_of::<RiskClassRow>(lake, |row| {
        let words = format!("{:?} {} {:?}", row.risk_class, row.return_count, row.unavailable_reason);
        (format!("{} {} c {}", row.portfolio_id, row.business_date, row.scale), vec![row.volatility], words)
    });
    let forecasts = rows_of::<RiskForecast>(lake, |row| {
        let key = format!("{} {} f {} {}", row.portfolio_id, row.business_date, row.method, row.tail);
        let words = format!("{} {:?}", row.return_count, row.unavailable_reason);
        (key, vec![row.value_at_risk, row.expected_shortfall], words)
    });
    let tests = rows_of::<BacktestRow>(lake, |row| {
        let kind = (&row.method, row.tail, &row.profit_and_loss);
        let key = format!("{} {} b {kind:?}", row.portfolio_id, row.business_date);
        let words = format!("{} {} {:?}", row.day_count, row.exceeded_dates, row.zone);
        (key, vec![row.kupiec_statistic, row.acerbi_szekely, row.pinball], words)
    });
    [measures.await, risk.await, classes.await, forecasts.await, tests.await].concat()
}

/// The same rows with the same words, and numbers that differ by rounding only.
#[track_caller]
fn assert_same(left: &Said, right: &Said) {
    assert_eq!(left.len(), right.len());
    for ((key, numbers, words), (other_key, others, other_words)) in left.iter().zip(right) {
        assert_eq!((key, words), (other_key, other_words));
        for (number, other) in numbers.iter().zip(others) {
            match (number, other) {
                (Some(number), Some(other)) => {
                    let is_close = (number - other).abs() <= TOLERANCE * (1.0 + other.abs());
                    assert!(is_close, "{key}: {number} and {other}");
                }
                _ => assert_eq!(number, other, "{key}"),
            }
        }
    }
}

fn of(said: &Said, beginning: &str) -> Said {
    said.iter().filter(|(key, ..)| key.starts_with(beginning)).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_coin_that_nobody_holds_changes_no_figure() {
    let alone = made(&["STK"], &["P1"]).await;
    let beside = made(&["STK", "COIN"], &["P1"]).await;
    // In plain Python of the 530 trading days, the interest of the Saturday in the return of the Monday after it.
    assert_close(measured(&beside, "P1", "volatility").await.value, 0.267_372_826_252_726_24);
    assert_close(measured(&beside, "P1", "var_hist_95").await.value, 0.004_957_637_003_967_158);
    assert_close(measured(&beside, "P1", "returns_per_year").await.value, 252.0);
    let (alone, beside) = (said(&alone).await, said(&beside).await);
    let last = format!("P1 {}", days()[DAYS - 1]);
    assert_same(&of(&beside, &last), &of(&alone, &last));
    let simulated = of(&beside, &format!("{last} r 0.05"));
    assert_close(simulated[0].1[0], 52.187_541_873_129);
    let class = of(&beside, &format!("{last} c priips"));
    assert_close(class[0].1[0], 0.258_407_420_367_696_4);
    assert_eq!(of(&alone, &last).len(), of(&beside, &last).len());
    assert!(of(&beside, &format!("{last} f historical 0.01"))[0].1[0].is_some(), "a forecast");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_and_a_range_count_the_same_days() {
    let days = days();
    // More than a year of trading days, so that there are forecasts; then eleven nights with a weekend among them.
    let at_once = told(&["STK", "COIN"], &["P1"]).await;
    make(&at_once, days[0], days[380]).await;
    let nightly = told(&["STK", "COIN"], &["P1"]).await;
    make(&nightly, days[0], days[369]).await;
    for day in &days[370..=380] {
        make(&nightly, *day, *day).await;
    }
    let (at_once, nightly) = (said(&at_once).await, said(&nightly).await);
    assert_eq!(at_once, nightly);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_calendar_day_counts_for_who_holds_the_coin() {
    let lake = made(&["STK", "COIN"], &["P2"]).await;
    assert_close(measured(&lake, "P2", "volatility").await.value, 0.305_672_232_809_379_2);
    assert_close(measured(&lake, "P2", "returns_per_year").await.value, 365.0);
    assert!(all::<DailyReturn>(&lake).await.iter().all(|row| row.is_observed == Some(true)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prices_of_months_make_a_year_by_twelve_and_nothing_of_a_day() {
    let alone = made(&["FUND"], &["P3"]).await;
    let beside = made(&["STK", "COIN", "FUND"], &["P3"]).await;
    let reason = "a figure of one day needs daily returns; those of the portfolio are monthly";
    for lake in [&alone, &beside] {
        assert_close(measured(lake, "P3", "volatility").await.value, 0.059_644_347_991_357_87);
        assert_close(measured(lake, "P3", "returns_per_year").await.value, 12.0);
        for measure in ["var_hist_95", "es_hist_975", "var_normal_99", "worst_day"] {
            let row = measured(lake, "P3", measure).await;
            assert_eq!((row.value, row.unavailable_reason.as_deref()), (None, Some(reason)), "{measure}");
        }
        let said = said(lake).await;
        let last = all::<RiskRow>(lake).await.iter().map(|row| row.business_date).max().expect("a date");
        for kind in ["r", "f"] {
            let rows = of(&said, &format!("P3 {last} {kind} "));
            assert!(!rows.is_empty());
            assert!(rows.iter().all(|(_, _, words)| words.contains(reason)), "{rows:?}");
        }
    }
}
