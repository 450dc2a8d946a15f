//! A rate counts up to its age limit, and beyond it there is no figure; a close that is older than its own blocks.

use std::collections::BTreeSet;

use lake::Lake;
use pipelines::books::book;
use pipelines::checks::{Layer, check};
use pipelines::history::{mark, touched};
use pipelines::{AgeLimits, Work};
use rust_decimal::Decimal;
use schemas::tables::exceptions::Exception;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{Currency, PortfolioId, Rate, Severity};

use crate::samples::{
    all, amount, date, fill, instrument, memory_lake, portfolio, quote, transaction, valuation, work,
};

/// The day of the only rate, a Friday, and the days on which it is ten and eleven days old.
const RATED: &str = "2014-01-03";
const TENTH: &str = "2014-01-13";
const ELEVENTH: &str = "2014-01-14";

fn as_shipped() -> Work {
    Work { age_limits: AgeLimits::default(), ..work("books-1", date(RATED), date(ELEVENTH)) }
}

/// P1 has 100 dollars, and P2 has nothing; a dollar is 0.80 euros.
async fn lake() -> Lake {
    let lake = memory_lake();
    fill(&lake, &[instrument("AAA")]).await;
    fill(&lake, &[RATED, TENTH, ELEVENTH].map(|day| quote("M1~AAA", day, "9"))).await;
    let rate = FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency: Currency::USD,
        rate_date: date(RATED),
        units_per_eur: Rate::new(Decimal::new(125, 2)),
        landing_sha256: String::new(),
        line: 2,
    };
    fill(&lake, &[rate]).await;
    fill(&lake, &["P1", "P2"].map(portfolio)).await;
    let paid_in = transaction("P1", "t1", RATED, "DEPOSIT", "100");
    fill(&lake, &[Transaction { currency: Currency::USD, ..paid_in }]).await;
    lake
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_an_old_rate_could_convert_has_no_value_and_blocks() {
    let lake = lake().await;
    book(&lake, &as_shipped()).await.expect("booked");
    let id: PortfolioId = "P1".parse().expect("an id");
    let values = lake::read::portfolio_values(&lake, &id, date(RATED), date(ELEVENTH)).await.expect("values");
    let worth: Vec<_> = values.iter().map(|row| (row.business_date, row.market_value, row.missing_count)).collect();
    let euros = Some(amount("80"));
    assert_eq!(worth, [(date(RATED), euros, 0), (date(TENTH), euros, 0), (date(ELEVENTH), None, 1)]);
    let held = lake::read::valuations(&lake, &id, date(ELEVENTH)).await.expect("valuations");
    let [cash] = held.as_slice() else { panic!("one balance, not {held:?}") };
    assert_eq!((cash.value, cash.value_base, cash.fx_rate), (Some(amount("100")), None, None));
    assert_eq!(cash.fx_rate_date, Some(date(RATED)), "what it would be converted with is told");

    check(&lake, &as_shipped(), Layer::Gold).await.expect("checked");
    let mut found: Vec<Exception> = all(&lake).await;
    found.retain(|row| row.check_name.ends_with("fx_rates"));
    found.sort_by_key(|row| row.business_date);
    let [warned, blocked] = found.as_slice() else { panic!("two findings, not {found:?}") };
    let named = |row: &Exception| (row.check_name.clone(), row.business_date, row.severity, row.subject.clone());
    let cash = "CASH~USD".to_owned();
    assert_eq!(named(warned), ("stale_fx_rates".to_owned(), date(TENTH), Severity::Warn, cash.clone()));
    assert_eq!(named(blocked), ("missing_fx_rates".to_owned(), date(ELEVENTH), Severity::Block, cash));
    let message = "the rate from USD to EUR would be one of 2014-01-03, 11 days old, and no rate counts for more than \
                   10 days; deliver newer ones in fx.csv, or raise fx_rate_days_max in financr.toml";
    assert_eq!(blocked.message, message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_limit_makes_again_what_is_converted_and_nothing_else() {
    let lake = lake().await;
    let work = as_shipped();
    book(&lake, &work).await.expect("booked");
    mark(&lake, &work).await.expect("marked");
    let again = async |age_limits: AgeLimits| {
        let found = touched(&lake, age_limits, work.from, work.to).await.expect("readable");
        found.into_iter().map(|found| found.portfolios).collect::<Vec<BTreeSet<PortfolioId>>>()
    };
    assert!(again(work.age_limits).await.is_empty());
    let only_dollars: BTreeSet<PortfolioId> = BTreeSet::from(["P1".parse().expect("an id")]);
    let longer = AgeLimits { fx_rate_days_max: 11, ..work.age_limits };
    assert_eq!(again(longer).await, std::slice::from_ref(&only_dollars));
    assert_eq!(again(AgeLimits::UNLIMITED).await, [only_dollars]);
    let of_closes = AgeLimits { close_days_max: 20, ..work.age_limits };
    assert!(again(of_closes).await.is_empty(), "a limit that changes no figure");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_close_of_more_than_a_leap_year_blocks_and_says_what_to_do() {
    let day = "2014-06-04";
    let lake = memory_lake();
    let valued_with = |id: &str, price_date: &str| Valuation {
        price_date: Some(date(price_date)),
        ..valuation(id, "M1~AAA", day, Some(amount("90")))
    };
    // 366 days and 367 days before.
    fill(&lake, &[valued_with("P1", "2013-06-03"), valued_with("P2", "2013-06-02")]).await;
    check(&lake, &Work { from: date(day), to: date(day), ..as_shipped() }, Layer::Gold).await.expect("checked");
    let mut found: Vec<Exception> = all(&lake).await;
    found.retain(|row| row.check_name.ends_with("prices"));
    found.sort_by_key(|row| row.portfolio_id.clone());
    let [carried, outdated] = found.as_slice() else { panic!("two findings, not {found:?}") };
    assert_eq!((carried.check_name.as_str(), carried.severity), ("carried_prices", Severity::Warn));
    assert_eq!((outdated.check_name.as_str(), outdated.severity), ("outdated_prices", Severity::Block));
    let message = "M1~AAA is valued with its price of 2013-06-02, 367 days old, and 366 are the most; deliver a close \
                   in prices.csv, book a WRITE_OFF if it is worth nothing, or raise close_days_max in financr.toml";
    assert_eq!(outdated.message, message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_series_of_risk_free_rates_that_ends_is_told_before_it_counts_no_more() {
    let lake = memory_lake();
    let dated = |id: &str| Portfolio { risk_free_source: Some("M1".parse().expect("an id")), ..portfolio(id) };
    let dollars = Portfolio { base_currency: Currency::USD, ..dated("P2") };
    fill(&lake, &[dated("P1"), dollars, portfolio("P3")]).await;
    let rate = RiskFreeRate {
        risk_free_source: "M1".parse().expect("an id"),
        currency: Currency::EUR,
        rate_date: date("2014-01-03"),
        rate_annual: Rate::new(Decimal::new(2, 2)),
        landing_sha256: String::new(),
        line: 2,
    };
    let later = RiskFreeRate { rate_date: date("2014-03-31"), ..rate.clone() };
    fill(&lake, &[rate, later]).await;
    // The rate is 35, 36, 45 and 46 days old; the later one is not known yet.
    let days = ["2014-02-07", "2014-02-08", "2014-02-17", "2014-02-18"];
    let value = |(id, day): (&str, &str)| PortfolioValue {
        portfolio_id: id.parse().expect("an id"),
        business_date: date(day),
        previous_business_date: None,
        base_currency: Currency::EUR,
        market_value: Some(amount("0")),
        securities_value: Some(amount("0")),
        cash_value: Some(amount("0")),
        position_count: 0,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    };
    let valued = days.map(|day| ("P1", day)).into_iter().chain([("P2", days[0]), ("P3", days[3])]);
    fill(&lake, &valued.map(value).collect::<Vec<PortfolioValue>>()).await;
    let range = Work { age_limits: AgeLimits::default(), ..work("checks-1", date(days[0]), date(days[3])) };
    check(&lake, &range, Layer::Gold).await.expect("checked");
    let mut found: Vec<Exception> = all(&lake).await;
    found.retain(|row| row.check_name == "missing_risk_free_rates");
    found.sort_by_key(|row| (row.portfolio_id.clone(), row.business_date));
    let said: Vec<(&str, String, &str)> = found
        .iter()
        .map(|row| (row.portfolio_id.as_str(), row.business_date.to_string(), row.message.as_str()))
        .collect();
    let newer = "deliver newer ones in risk_free.csv";
    let soon = |age: u32| {
        let last = "the last risk-free rate for EUR is of 2014-01-03";
        format!("{last}, {age} days old; after 45 days figures above it are missing; {newer}")
    };
    let (at_36, at_45) = (soon(36), soon(45));
    let gone = format!(
        "the last risk-free rate for EUR is of 2014-01-03, 46 days old, and none counts for more than 45 days, so that \
         figures above it are missing; {newer}"
    );
    let never = "the market M1 has no risk-free rate for USD in the year up to this date, so that figures above it are \
                 missing; deliver risk_free.csv";
    let expected = [
        ("P1", days[1].to_owned(), at_36.as_str()),
        ("P1", days[2].to_owned(), at_45.as_str()),
        ("P1", days[3].to_owned(), gone.as_str()),
        ("P2", days[0].to_owned(), never),
    ];
    assert_eq!(said, expected);
    assert!(found.iter().all(|row| row.severity == Severity::Warn));
}
