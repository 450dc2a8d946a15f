//! The return of a portfolio in local parts and those of exchange rates, whatever was booked, and by hand.

use lake::{Lake, WriteKey};
use pipelines::return_parts::{AskedReturns, CurrencyParts, ReturnParts, return_parts};
use proptest::prelude::*;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::position_returns::PositionReturn;
use schemas::{BusinessDate, Currency, MeasureValue, ReportingPeriod};

use crate::bridge::example;
use crate::position_returns::{DAYS, Deed, any_deed, kept};
use crate::samples::{all, date, fill, portfolio};

/// Parts of a few operations in `f64` add up to this many parts of one.
const TOLERANCE: f64 = 1e-12;
const LIFE: [ReportingPeriod; 1] = [ReportingPeriod::SinceInception];

async fn told(lake: &Lake, portfolio: &Portfolio, on: BusinessDate, split_days_max: i64) -> ReturnParts {
    let mut returns: Vec<DailyReturn> = all(lake).await;
    returns.retain(|row| row.portfolio_id == portfolio.portfolio_id && row.business_date <= on);
    returns.sort_by_key(|row| row.business_date);
    let asked = AskedReturns { date: on, periods: &LIFE, large_flow_fraction: 0.1, split_days_max };
    return_parts(lake, portfolio, &returns, &asked).await.expect("readable")
}

/// What is wrong with the parts of a lake's only portfolio; nothing if all is right.
async fn faults(lake: &Lake) -> Vec<String> {
    let portfolio = Portfolio { start_date: date(DAYS[0]), ..portfolio("P1") };
    let found = told(lake, &portfolio, date(DAYS[3]), i64::MAX).await;
    let split = match &found.periods[0].split {
        Some(Ok(split)) => split,
        other => return vec![format!("{other:?}")],
    };
    let returns: Vec<DailyReturn> = all(lake).await;
    let growth: f64 = returns.iter().filter_map(|row| row.return_fraction).map(|number| 1.0 + number).product();
    let whole = &split.whole;
    let sum: f64 = whole.segments.iter().map(CurrencyParts::total).sum();
    let mut faults = Vec::new();
    if (sum - whole.return_fraction).abs() > TOLERANCE {
        faults.push(format!("the parts add up to {sum}, the return is {}", whole.return_fraction));
    }
    if (whole.return_fraction - (growth - 1.0)).abs() > TOLERANCE {
        faults.push(format!("the return is {} and not {}", whole.return_fraction, growth - 1.0));
    }
    let currency = whole.currency_return.unwrap_or(f64::NAN);
    let again = (1.0 + whole.local_return) * (1.0 + currency) - 1.0;
    if (again - whole.return_fraction).abs() > TOLERANCE {
        faults.push(format!("(1 + L)(1 + X) - 1 is {again}, the return is {}", whole.return_fraction));
    }
    // Nothing in the base currency is due to exchange rates.
    for (name, parts) in split.currencies.iter().zip(&whole.segments) {
        if *name == Currency::EUR && TOLERANCE < parts.currency.abs() + parts.cross.abs() {
            faults.push(format!("rates changed euros: {parts:?}"));
        }
    }
    faults
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn local_parts_and_those_of_rates_add_up_to_the_return(
        deeds in prop::collection::vec((0..DAYS.len(), any_deed()), 0..12),
        closes in prop::collection::vec((100_i64..2_000, 100_i64..2_000), DAYS.len()),
        dollars in prop::collection::vec(8_000_i64..15_000, DAYS.len()),
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let found = runtime.block_on(async { faults(&kept(&deeds, &closes, &dollars).await).await });
        prop_assert!(found.is_empty(), "{found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dollars_that_lie_there_earn_what_the_rate_does() {
    // Half of a million euro becomes dollars at 1.25 on the first day; from 0.80 they rise to 1.00 euro on the second.
    let exchange = Deed::Exchange { euro_cents: 50_000_000, dollar_cents: 62_500_000 };
    let lake = kept(&[(0, exchange)], &[(1_000, 1_000); 4], &[12_500, 10_000, 10_000, 10_000]).await;
    let portfolio = Portfolio { start_date: date(DAYS[0]), ..portfolio("P1") };
    let found = told(&lake, &portfolio, date(DAYS[3]), i64::MAX).await;
    let split = found.periods[0].split.clone().expect("asked for").expect("known");
    // 625,000 dollars of 500,000 euro are worth 625,000: an eighth of the million, and nothing in dollars.
    assert!((split.whole.return_fraction - 0.125).abs() < TOLERANCE, "{split:?}");
    assert!(split.whole.local_return.abs() < TOLERANCE, "{split:?}");
    assert!(split.whole.currency_return.is_some_and(|rate| (rate - 0.125).abs() < TOLERANCE), "{split:?}");
    assert_eq!(split.currencies, [Currency::EUR, Currency::USD]);
    // The first deposit is the only large flow, and the capital of every day is that million.
    let flows = found.large_flows.expect("known");
    assert_eq!(flows.iter().map(|flow| (flow.date, flow.fraction)).collect::<Vec<_>>(), [(date(DAYS[0]), None)]);
    for value in [&found.periods[0].on_average_capital, &found.periods[0].at_large_flows] {
        assert!(value.number().is_some_and(|number| (number - 0.125).abs() < TOLERANCE), "{value:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_is_not_known_is_named_and_long_periods_wait_until_somebody_asks() {
    let lake = kept(&[], &[(1_000, 1_000); 4], &[12_500; 4]).await;
    let portfolio = Portfolio { start_date: date(DAYS[0]), ..portfolio("P1") };
    assert_eq!(told(&lake, &portfolio, date(DAYS[3]), 4).await.periods[0].split, None);
    let mut rows: Vec<PositionReturn> = all(&lake).await;
    for row in rows.iter_mut().filter(|row| row.business_date == date(DAYS[2])) {
        row.end_value = None;
    }
    fill(&lake, &rows).await;
    let found = told(&lake, &portfolio, date(DAYS[3]), i64::MAX).await;
    let reason = "what CASH~EUR was worth or what moved on 2014-01-06 is not known".to_owned();
    assert_eq!(found.periods[0].split, Some(Err(reason)));
    rows.retain(|row| row.business_date != date(DAYS[1]));
    lake.replace_all(&rows, &WriteKey::new("samples again", 1)).await.expect("written");
    let split = told(&lake, &portfolio, date(DAYS[3]), i64::MAX).await.periods[0].split.clone();
    let reason = "gold.position_returns has no rows of 2014-01-03; `financr run rollup --date 2014-01-03` makes them";
    assert_eq!(split, Some(Err(reason.to_owned())));
    // What does not need the positions is known.
    assert!(matches!(found.periods[0].on_average_capital, MeasureValue::Number(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_the_book_folder_is_split() {
    let (lake, _) = example().await;
    let portfolios: Vec<Portfolio> = all(&lake).await;
    let last = date("2024-04-02");
    let found = told(&lake, &portfolios[0], last, i64::MAX).await;
    let split = found.periods[0].split.clone().expect("asked for").expect("known");
    let sum: f64 = split.whole.segments.iter().map(CurrencyParts::total).sum();
    assert!((sum - split.whole.return_fraction).abs() < TOLERANCE, "{split:?}");
    assert!(split.currencies.len() > 1, "{split:?}");
}
