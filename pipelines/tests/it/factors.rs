//! What factors explain of a portfolio: as another program says it, and reasons where nothing can be explained.

use chrono::Datelike;
use lake::Lake;
use pipelines::factors::{Explained, FactorChoice, explained};
use rust_decimal::Decimal;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::factor_returns::FactorReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, Rate, ReportingPeriod};

use crate::samples::{amount, date, fill, memory_lake, portfolio};

/// Figures of a regression of a hundred days agree to this part of them.
const TOLERANCE: f64 = 1e-9;
/// Days after the first one.
const DAYS: i32 = 100;
/// A holiday of the factors.
const HOLIDAY: i32 = 50;

/// Days of five-day weeks.
fn day(number: i32) -> BusinessDate {
    let is_weekend = |day: BusinessDate| 5 < day.day().weekday().number_from_monday();
    let mut day = date("2014-01-02");
    for _ in 0..number {
        day = day.next_calendar_day();
        while is_weekend(day) {
            day = day.next_calendar_day();
        }
    }
    day
}

/// The market in two thousandths, and size in five thousandths.
fn market(number: i32) -> i32 {
    (number * number * 7) % 41 - 20
}

fn size(number: i32) -> i32 {
    (number * 13) % 29 - 14
}

fn earned(number: i32) -> f64 {
    let rest = f64::from(number * number * number % 23 - 11) / 10000.0;
    0.0002 + 1.1 * f64::from(market(number)) / 2000.0 - 0.3 * f64::from(size(number)) / 5000.0 + rest
}

fn daily_return(number: i32) -> DailyReturn {
    let value: Amount = amount("1000");
    DailyReturn {
        portfolio_id: "P1".parse().expect("an id"),
        business_date: day(number),
        begin_value: Some(value),
        inflow: Some(Amount::ZERO),
        outflow: Some(Amount::ZERO),
        end_value: Some(value),
        return_fraction: Some(if number == 0 { 0.5 } else { earned(number) }),
        benchmark_return_fraction: None,
        return_before_fees_fraction: None,
        return_before_taxes_fraction: None,
        risk_free_annual: None,
        is_observed: Some(true),
    }
}

fn factor(set: &str, factor: &str, number: i32, ten_thousandths: i32) -> FactorReturn {
    FactorReturn {
        factor_source: "M1".parse().expect("an id"),
        factor_set: set.to_owned(),
        factor: factor.to_owned(),
        return_date: day(number),
        return_fraction: Rate::new(Decimal::new(ten_thousandths.into(), 4)),
        landing_sha256: String::new(),
        line: i64::from(number) * 2,
    }
}

async fn lake_with_factors() -> Lake {
    let lake = memory_lake();
    let days = || (1..=DAYS).filter(|number| *number != HOLIDAY);
    let mut rows: Vec<FactorReturn> = Vec::new();
    rows.extend(days().map(|number| factor("ff2", "mkt_rf", number, 5 * market(number))));
    rows.extend(days().map(|number| FactorReturn {
        line: i64::from(number) * 2 + 1,
        ..factor("ff2", "smb", number, 2 * size(number))
    }));
    rows.push(factor("other", "mom", 1, 7));
    fill::<FactorReturn>(&lake, &rows).await;
    lake
}

async fn ask(lake: &Lake, portfolio: &Portfolio, choice: &FactorChoice) -> Result<Explained, String> {
    let returns: Vec<DailyReturn> = (0..=DAYS).map(daily_return).collect();
    let period = ReportingPeriod::SinceInception;
    explained(lake, portfolio, &returns, day(DAYS), period, choice).await.expect("the lake is read")
}

fn set(name: &str) -> FactorChoice {
    FactorChoice { set: Some(name.to_owned()), factors: Vec::new() }
}

#[track_caller]
fn assert_figures(actual: impl Iterator<Item = f64>, expected: &[f64]) {
    let actual: Vec<f64> = actual.collect();
    assert_eq!(actual.len(), expected.len());
    for (number, known) in actual.iter().zip(expected) {
        assert!((number - known).abs() <= TOLERANCE * known.abs(), "{number} instead of {known}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn loadings_and_errors_are_those_of_statsmodels() {
    let lake = lake_with_factors().await;
    let portfolio = Portfolio { risk_free_annual: Some(0.02), ..portfolio("P1") };
    let said = ask(&lake, &portfolio, &set("ff2")).await.expect("explained");
    // statsmodels 0.15.0 with numpy 2.4.6: OLS with cov_type HAC, maxlags 3, use_correction and use_t, of the same
    // returns less 1.02^(1/252) − 1 a day; those of the holiday and of the day after it are linked.
    let found = &said.found;
    assert_eq!((found.observations, found.lags), (99, 3));
    let ids: Vec<&str> = found.loadings.iter().map(|loading| loading.id.as_str()).collect();
    assert_eq!(ids, ["mkt_rf", "smb"], "in the order of the file");
    let all = || std::iter::once(found.alpha).chain(found.loadings.iter().map(|loading| loading.coefficient));
    let values = [0.000_186_745_902_290_018_87, 1.091_106_455_380_128, -0.218_133_366_484_994_85];
    assert_figures(all().map(|one| one.value), &values);
    let errors = [9.172_298_824_449_779e-5, 0.034_513_879_717_111_756, 0.087_660_302_267_835];
    assert_figures(all().map(|one| one.standard_error), &errors);
    let p_values = [0.044_507_655_232_780_72, 0.014_554_669_952_814_583];
    let chosen = [found.alpha.p_value, found.loadings[1].coefficient.p_value];
    assert_figures(chosen.into_iter().flatten(), &p_values);
    assert_figures(std::iter::once(found.r_squared), &[0.965_089_600_207_201]);
    // The parts of the variance: covariances by numpy.
    let parts = found.loadings.iter().map(|loading| loading.variance).chain([found.specific_variance]);
    let shares = [0.968_970_653_280_925_6, -0.003_881_053_073_724_653_7, 0.034_910_399_792_798_99];
    assert_figures(parts.map(|part| part / found.variance), &shares);
    // The first day is that of the first purchase and counts for nothing.
    assert_eq!((said.opening_date, said.days), (day(0), [day(1), day(DAYS)]));
    assert!(said.is_above_risk_free && said.left_out.is_empty(), "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_explained_says_why() {
    let lake = lake_with_factors().await;
    let p1 = portfolio("P1");
    let refused = |choice: FactorChoice| {
        let (lake, p1) = (&lake, &p1);
        async move { ask(lake, p1, &choice).await.expect_err("refused") }
    };
    let several = refused(FactorChoice::default()).await;
    assert_eq!(several, "market `M1` has several sets, name one: ff2, other");
    assert_eq!(refused(set("ff3")).await, "market `M1` has no set `ff3`; it has ff2, other");
    let odd = FactorChoice { factors: vec!["hml".to_owned()], ..set("ff2") };
    assert_eq!(refused(odd).await, "set `ff2` has no factor `hml`, or it is named twice; others: mkt_rf, smb");
    let few = "not enough days with returns of both sides: 1 of 60";
    assert_eq!(refused(set("other")).await, few);
    let elsewhere = Portfolio { market_id: "M2".parse().expect("an id"), ..portfolio("P1") };
    let nothing = ask(&lake, &elsewhere, &FactorChoice::default()).await.expect_err("refused");
    assert_eq!(nothing, "market `M2` has no factors up to this date; import its factors.csv");
    // A series of rates that has none for a day keeps everything back that is above it.
    let dated = Portfolio { risk_free_source: Some("M1".parse().expect("an id")), ..portfolio("P1") };
    let lacking = ask(&lake, &dated, &set("ff2")).await.expect_err("refused");
    assert!(lacking.starts_with("no risk-free rate is known for 2014-01-02"), "{lacking}");
    // Without any rate the returns are as they are.
    let raw = ask(&lake, &p1, &set("ff2")).await.expect("explained");
    assert!(!raw.is_above_risk_free);
}
