//! Forecasts of a day's loss and what became of them, counted by hand, and the same night by night.

use lake::Lake;
use pipelines::rollups::roll_up;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::{BusinessDate, Currency};

use crate::samples::{all, amount, date, fill, memory_lake, portfolio, work};

/// Figures of a few operations in `f64` agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;
/// The day whose forecast is the first one: 250 returns are known.
const FIRST: usize = 250;
const LAST: usize = 260;

fn days() -> Vec<BusinessDate> {
    let mut days = vec![date("2014-01-02")];
    while days.len() <= LAST {
        days.push(days[days.len() - 1].next_calendar_day());
    }
    days
}

/// A tenth is lost on day 100, and 1 %, 2 % and 3 % on days 251, 253 and 255. Otherwise nothing moves.
fn value_on(day: usize) -> &'static str {
    match day {
        0..100 => "1000",
        100..251 => "900",
        251..253 => "891",
        253..255 => "873.18",
        _ => "846.9846",
    }
}

async fn quiet_lake() -> Lake {
    let lake = memory_lake();
    fill::<Portfolio>(&lake, &[portfolio("P1")]).await;
    let days = days();
    let value = |(place, day): (usize, &BusinessDate)| PortfolioValue {
        portfolio_id: "P1".parse().expect("an id"),
        business_date: *day,
        previous_business_date: place.checked_sub(1).map(|before| days[before]),
        base_currency: Currency::EUR,
        market_value: Some(amount(value_on(place))),
        securities_value: Some(amount(value_on(place))),
        cash_value: Some(amount("0")),
        position_count: 1,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    };
    fill::<PortfolioValue>(&lake, &days.iter().enumerate().map(value).collect::<Vec<PortfolioValue>>()).await;
    lake
}

async fn forecast(lake: &Lake, method: &str, tail: f64, on: BusinessDate) -> RiskForecast {
    let rows: Vec<RiskForecast> = all(lake).await;
    let wanted = |row: &&RiskForecast| {
        (row.method.as_str(), row.business_date) == (method, on) && (row.tail - tail).abs() <= 0.0
    };
    rows.iter().find(wanted).expect("a row").clone()
}

async fn verdicts(lake: &Lake, tail: f64, on: BusinessDate) -> Vec<BacktestRow> {
    let mut rows: Vec<BacktestRow> = all(lake).await;
    rows.retain(|row| row.business_date == on && (row.tail - tail).abs() <= 0.0 && row.profit_and_loss == "actual");
    rows
}

#[track_caller]
fn assert_number(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() <= TOLERANCE, "{found} instead of {expected}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forecast_knows_the_days_up_to_its_own_and_no_later_one() {
    let (lake, days) = (quiet_lake().await, days());
    roll_up(&lake, &work("history", days[0], days[LAST])).await.expect("rolled up");
    // Of 250 returns one is −10 %, the others nothing: (250 − 1) · 0.01 = 2.49 lies among these, and the mean of the
    // worst 2.5 is a tenth over 2.5.
    let first = forecast(&lake, "historical", 0.01, days[FIRST]).await;
    assert_number(first.value_at_risk, 0.0);
    assert_number(first.expected_shortfall, 0.1 / 2.5);
    assert_eq!((first.return_count, first.unavailable_reason), (250, None));
    // On day 253, of 253 returns the worst are −10 %, −2 %, −1 % and nothing: 252 · 0.01 = 2.52.
    let later = forecast(&lake, "historical", 0.01, days[253]).await;
    assert_number(later.value_at_risk, 0.01 - 0.52 * 0.01);
    let early = forecast(&lake, "normal", 0.05, days[FIRST - 1]).await;
    assert_eq!(early.value_at_risk, None);
    assert_eq!(early.unavailable_reason.as_deref(), Some("not enough daily returns in two years: 249 of 250"));
    // Five methods and three tails; each is compared with two profits and losses.
    assert_eq!(all::<RiskForecast>(&lake).await.len(), 15 * (LAST + 1));
    assert_eq!(all::<BacktestRow>(&lake).await.len(), 2 * 15 * (LAST + 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exceedances_are_counted_and_a_method_that_turns_red_is_demoted() {
    let (lake, days) = (quiet_lake().await, days());
    roll_up(&lake, &work("history", days[0], days[LAST])).await.expect("rolled up");
    let historical = |rows: &[BacktestRow]| rows.iter().find(|row| row.method == "historical").expect("a row").clone();
    let before = historical(&verdicts(&lake, 0.01, days[FIRST]).await);
    assert_eq!((before.day_count, before.zone.as_deref(), before.is_in_force), (0, None, true));
    assert_eq!(before.unavailable_reason.as_deref(), Some("no day has a forecast of the value at risk"));
    // On day 251 it was exceeded, on the next it was not.
    let second = historical(&verdicts(&lake, 0.01, days[252]).await);
    assert_eq!((second.day_count, second.exceedance_count), (2, 1));
    assert_eq!(second.exceeded_dates, days[251].to_string());
    // Three of ten days: at 1 % the probability of at most three is 99.9998 %, which is red; at 5 % it is 99.9 %.
    let rows = verdicts(&lake, 0.01, days[LAST]).await;
    let last = historical(&rows);
    assert_eq!((last.day_count, last.exceedance_count, last.zone.as_deref()), (10, 3, Some("red")));
    let exceeded = [251, 253, 255].map(|day: usize| days[day].to_string()).join(" ");
    assert_eq!(last.exceeded_dates, exceeded);
    assert_eq!(last.last_gap_date, Some(days[FIRST].day()));
    // −2 ln L: 2 [3 ln(0.3 / 0.01) + 7 ln(0.7 / 0.99)].
    let ratio = 2.0 * (3.0 * 30.0_f64.ln() + 7.0 * (0.7_f64 / 0.99).ln());
    assert_number(last.kupiec_statistic, ratio);
    assert_eq!(last.capital_multiplier, None);
    assert!(!last.is_in_force, "a method that is red does not count");
    assert!(rows.iter().filter(|row| row.is_in_force).count() <= 1);
    assert!(rows.iter().all(|row| !(row.is_in_force && row.zone.as_deref() == Some("red"))));
    let wide = historical(&verdicts(&lake, 0.05, days[LAST]).await);
    assert_eq!((wide.exceedance_count, wide.zone.as_deref(), wide.is_in_force), (3, Some("yellow"), true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_and_its_nights_have_the_same_rows() {
    let days = days();
    let at_once = quiet_lake().await;
    roll_up(&at_once, &work("history", days[0], days[LAST])).await.expect("rolled up");
    let by_night = quiet_lake().await;
    roll_up(&by_night, &work("history", days[0], days[FIRST])).await.expect("rolled up");
    for day in &days[FIRST + 1..] {
        roll_up(&by_night, &work(&format!("night-{day}"), *day, *day)).await.expect("rolled up");
    }
    let expected = every_row(&at_once).await;
    assert_eq!(every_row(&by_night).await, expected);
    // What is made again from the middle on goes on from what was there before.
    roll_up(&at_once, &work("again", days[254], days[LAST])).await.expect("rolled up");
    assert_eq!(every_row(&at_once).await, expected);
}

/// The rows of both tables as text, in order.
async fn every_row(lake: &Lake) -> (Vec<String>, Vec<String>) {
    let mut forecasts: Vec<String> = all::<RiskForecast>(lake).await.iter().map(|row| format!("{row:?}")).collect();
    let mut verdicts: Vec<String> = all::<BacktestRow>(lake).await.iter().map(|row| format!("{row:?}")).collect();
    forecasts.sort();
    verdicts.sort();
    (forecasts, verdicts)
}
