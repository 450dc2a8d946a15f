//! The classes of risk that the law prescribes: by hand, the same night by night, and reasons where returns lack.

use lake::Lake;
use pipelines::rollups::roll_up;
use pipelines::{HoldingYears, Work};
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::{BusinessDate, Currency};

use crate::samples::{all, amount, date, fill, memory_lake, portfolio, work};

/// Figures of a few operations in `f64` agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;
/// The values are rounded to ten decimals.
const ROUNDED: f64 = 1e-9;

/// A day some days later.
fn after(day: BusinessDate, days: usize) -> BusinessDate {
    (0..days).fold(day, |day, _| day.next_calendar_day())
}

/// Days of five-day weeks from a Friday on.
fn trading_days(friday: BusinessDate, count: usize) -> Vec<BusinessDate> {
    // Monday comes three days after the Friday.
    let monday = after(friday, 3);
    std::iter::once(friday).chain((0..count - 1).map(|place| after(monday, place % 5 + 7 * (place / 5)))).collect()
}

/// Fridays from the third of January 2014 on.
fn fridays(count: usize) -> Vec<BusinessDate> {
    (0..count).map(|week| after(date("2014-01-03"), 7 * week)).collect()
}

/// A portfolio that is worth something on some days; none where nobody knows.
async fn lake_with(days: &[BusinessDate], value_on: impl Fn(usize) -> Option<&'static str>) -> Lake {
    let lake = memory_lake();
    fill::<Portfolio>(&lake, &[portfolio("P1")]).await;
    let value = |(place, day): (usize, &BusinessDate)| PortfolioValue {
        portfolio_id: "P1".parse().expect("an id"),
        business_date: *day,
        previous_business_date: place.checked_sub(1).map(|before| days[before]),
        base_currency: Currency::EUR,
        market_value: value_on(place).map(amount),
        securities_value: value_on(place).map(amount),
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

fn up_and_down(place: usize) -> &'static str {
    if place.is_multiple_of(2) { "1000" } else { "1020" }
}

async fn class(lake: &Lake, scale: &str, on: BusinessDate) -> RiskClassRow {
    let rows: Vec<RiskClassRow> = all(lake).await;
    rows.into_iter().find(|row| (row.scale.as_str(), row.business_date) == (scale, on)).expect("a row")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_years_of_weeks_are_a_class_and_no_week_less() {
    // The first valuation has no return; the second ends the week in which returns begin, which has no valuation before
    // it that counts.
    let days = fridays(262);
    let lake = lake_with(&days, |place| Some(up_and_down(place))).await;
    roll_up(&lake, &work("history", days[0], days[261])).await.expect("rolled up");
    let found = class(&lake, "srri", days[261]).await;
    // 1/50 and −1/51 in turn lie 101/5100 from their mean; 260 weeks over 259, 52 a year: 14.31 %, from 10 to 15.
    let expected = 101.0 / 5100.0 * (52.0 * 260.0 / 259.0_f64).sqrt();
    assert!((found.volatility.expect("a figure") - expected).abs() <= TOLERANCE, "{found:?}");
    assert_eq!((found.risk_class, found.volatility_class, found.return_count), (Some(5), Some(5), 260));
    assert_eq!((found.holding_years, found.unavailable_reason), (None, None));
    let before = class(&lake, "srri", days[260]).await;
    assert_eq!((before.risk_class, before.volatility, before.return_count), (None, None, 259));
    assert_eq!(before.unavailable_reason.as_deref(), Some("not enough returns for five years: 259 of 260"));
    // One row a scale and valuation date.
    assert_eq!(all::<RiskClassRow>(&lake).await.len(), 2 * 262);
    let market = class(&lake, "priips", days[261]).await;
    // Weekly prices are enough for the other scale, too, and a year of it has 52 of them. In plain Python: s is
    // ln 1.02 √260, there is no skewness and an excess kurtosis of −2, so the value at risk is
    // s (−1.96 + 0.0687 · 2 / 260) − s² / 2, and the figure (√(3.842 − 2 VaR) − 1.96) / √5.
    assert!((market.volatility.expect("a figure") - 0.142_804_909_22).abs() <= ROUNDED, "{market:?}");
    assert_eq!((market.risk_class, market.return_count), (Some(4), 260));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_years_of_days_with_a_volatility_of_a_fifth_are_a_fifth() {
    // Logarithmic returns of ±0.0125 in turn are 20 % a year of 256 days.
    let days = trading_days(date("2014-01-03"), 505);
    let value = |place: usize| Some(if place.is_multiple_of(2) { "1000" } else { "1012.5784515406" });
    let lake = lake_with(&days, value).await;
    roll_up(&lake, &work("history", days[0], days[504])).await.expect("rolled up");
    let found = class(&lake, "priips", days[504]).await;
    // In plain Python: with 1,280 days, no skewness and an excess kurtosis of −2 the value at risk is
    // s (−1.96 + 0.0687 · 2 / 1280) − s² / 2 for s = 0.0125 √1280, and (√(3.842 − 2 VaR) − 1.96) / √5 is 20.003 %.
    assert!((found.volatility.expect("a figure") - 0.200_028_236_601_967).abs() <= ROUNDED, "{found:?}");
    assert_eq!((found.risk_class, found.return_count, found.holding_years), (Some(5), 504, Some(5.0)));
    // The same for s = 0.0125 √256 and one year: the kurtosis counts for more.
    let holding_years = HoldingYears::try_from(1.0).expect("a period");
    let of_one = Work { holding_years, ..work("one-year", days[504], days[504]) };
    roll_up(&lake, &of_one).await.expect("rolled up");
    let found = class(&lake, "priips", days[504]).await;
    assert!((found.volatility.expect("a figure") - 0.200_042_895_986).abs() <= 10.0 * ROUNDED, "{found:?}");
    assert_eq!(found.holding_years, Some(1.0));
    let before = class(&lake, "priips", days[503]).await;
    assert_eq!(before.holding_years, Some(5.0), "another night");
    assert_eq!(before.unavailable_reason.as_deref(), Some("not enough returns: 503 of 504"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_without_a_return_makes_the_years_around_it_incomplete() {
    let days = fridays(12);
    let value = |place: usize| (place != 5).then(|| up_and_down(place));
    let lake = lake_with(&days, value).await;
    roll_up(&lake, &work("history", days[0], days[11])).await.expect("rolled up");
    // The day after an unknown value has no return either; five follow, the first of which begins.
    let found = class(&lake, "srri", days[11]).await;
    let expected =
        format!("not enough returns for five years: 4 of 260; returns count from after {}, a day without one", days[6]);
    assert_eq!((found.return_count, found.unavailable_reason), (4, Some(expected)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_and_its_nights_have_the_same_rows() {
    // Five years of Fridays, then weeks that end on a Friday, on a Thursday and on a Saturday.
    let mut days = fridays(262);
    for later in [3, 5, 7, 10, 13, 17, 20, 21, 22, 24] {
        days.push(after(days[261], later));
    }
    let last = days[days.len() - 1];
    let at_once = lake_with(&days, |place| Some(up_and_down(place))).await;
    roll_up(&at_once, &work("history", days[0], last)).await.expect("rolled up");
    let by_night = lake_with(&days, |place| Some(up_and_down(place))).await;
    roll_up(&by_night, &work("history", days[0], days[261])).await.expect("rolled up");
    for day in &days[262..] {
        roll_up(&by_night, &work(&format!("night-{day}"), *day, *day)).await.expect("rolled up");
    }
    let expected = every_row(&at_once).await;
    assert_eq!(every_row(&by_night).await, expected);
    roll_up(&at_once, &work("again", days[265], last)).await.expect("rolled up");
    assert_eq!(every_row(&at_once).await, expected);
}

/// The rows as text, in order.
async fn every_row(lake: &Lake) -> Vec<String> {
    let mut rows: Vec<String> = all::<RiskClassRow>(lake).await.iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}
