//! Methods that are demoted because yesterday's positions lost more than they said, and the size of the losses.

use lake::Lake;
use pipelines::rollups::roll_up;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::position_flows::PositionFlow;
use schemas::tables::quotes::Quote;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, Currency};

use crate::samples::{all, amount, date, fill, instrument, memory_lake, portfolio, quote, valuation, work};

/// Figures of a few operations in `f64` agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;
/// The day whose forecast is the first one: 250 returns are known.
const FIRST: usize = 250;
const LAST: usize = 260;

fn long_days() -> Vec<BusinessDate> {
    let mut days = vec![date("2014-01-02")];
    while days.len() <= LAST {
        days.push(days[days.len() - 1].next_calendar_day());
    }
    days
}

fn close_on(day: usize) -> &'static str {
    match day {
        0..100 => "100",
        100..251 => "90",
        251..253 => "89.1",
        253..255 => "87.318",
        _ => "84.69846",
    }
}

/// A tenth is lost on day 100. On days 251, 253 and 255 the share falls by 1 %, 2 % and 3 %, and trades of the day make
/// good for it: the portfolio is worth what it was.
async fn made_good() -> Lake {
    let (lake, days) = (memory_lake(), long_days());
    fill::<Portfolio>(&lake, &[portfolio("P1")]).await;
    fill::<Instrument>(&lake, &[instrument("AAA")]).await;
    let worth = |place: usize| amount(if place < 100 { "1000" } else { "900" });
    let value = |(place, day): (usize, &BusinessDate)| PortfolioValue {
        portfolio_id: "P1".parse().expect("an id"),
        business_date: *day,
        previous_business_date: place.checked_sub(1).map(|before| days[before]),
        base_currency: Currency::EUR,
        market_value: Some(worth(place)),
        securities_value: Some(worth(place)),
        cash_value: Some(Amount::ZERO),
        position_count: 1,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    };
    let held = |(place, day): (usize, &BusinessDate)| valuation("P1", "M1~AAA", &day.to_string(), Some(worth(place)));
    let close = |(place, day): (usize, &BusinessDate)| quote("M1~AAA", &day.to_string(), close_on(place));
    let moved = |place: usize| PositionFlow {
        portfolio_id: "P1".parse().expect("an id"),
        instrument_id: "M1~AAA".parse().expect("an id"),
        business_date: days[place],
        currency: Currency::EUR,
        inflow: Some(amount("100")),
        outflow: Some(amount("100")),
        inflow_base: Some(amount("100")),
        outflow_base: Some(amount("100")),
    };
    fill::<PortfolioValue>(&lake, &days.iter().enumerate().map(value).collect::<Vec<PortfolioValue>>()).await;
    fill::<Valuation>(&lake, &days.iter().enumerate().map(held).collect::<Vec<Valuation>>()).await;
    fill::<Quote>(&lake, &days.iter().enumerate().map(close).collect::<Vec<Quote>>()).await;
    fill::<PositionFlow>(&lake, &[251, 253, 255].map(moved)).await;
    lake
}

#[track_caller]
fn assert_number(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() <= TOLERANCE * (1.0 + expected.abs()), "{found} instead of {expected}");
}

async fn historical(lake: &Lake, on: BusinessDate) -> [BacktestRow; 2] {
    let rows: Vec<BacktestRow> = all(lake).await;
    ["actual", "hypothetical"].map(|kind| {
        let wanted = |row: &&BacktestRow| {
            (row.method.as_str(), row.profit_and_loss.as_str(), row.business_date) == ("historical", kind, on)
                && (row.tail - 0.01).abs() <= 0.0
        };
        rows.iter().find(wanted).expect("a row").clone()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worse_of_both_profits_and_losses_demotes_a_method() {
    let (lake, days) = (made_good().await, long_days());
    roll_up(&lake, &work("history", days[0], days[LAST])).await.expect("rolled up");
    let [actual, by_positions] = historical(&lake, days[LAST]).await;
    assert_eq!((actual.day_count, actual.exceedance_count, actual.zone.as_deref()), (10, 0, Some("green")));
    // No day exceeded its forecast: one less nothing.
    assert_number(actual.acerbi_szekely, 1.0);
    // Three of ten days at 1 % are red.
    let found = (by_positions.day_count, by_positions.exceedance_count, by_positions.zone.as_deref());
    assert_eq!(found, (10, 3, Some("red")));
    assert!(!actual.is_in_force && !by_positions.is_in_force, "a method that is red by one of them does not count");
    // One return of −10 % among 250, 252 and 254: the shortfall is a tenth over 2.5, 2.52 and 2.54. Of it 1 %, 2 % and
    // 3 % are 0.25, 0.504 and 0.762 parts; a tenth of a day was promised.
    assert_number(by_positions.acerbi_szekely, 1.0 - (0.25 + 0.504 + 0.762) / 0.1);
    // The value at risk is nothing: what was lost counts with 0.99, over ten days.
    assert_number(by_positions.pinball, 0.99 * 0.06 / 10.0);
    assert_eq!(by_positions.pinball_day_count, Some(10));
    let parts = by_positions.exceeded_losses.expect("three losses");
    assert_eq!(parts.split(' ').count(), 3, "{parts}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counting_goes_on_from_night_to_night() {
    let days = long_days();
    let at_once = made_good().await;
    roll_up(&at_once, &work("history", days[0], days[LAST])).await.expect("rolled up");
    let by_night = made_good().await;
    roll_up(&by_night, &work("history", days[0], days[FIRST])).await.expect("rolled up");
    for day in &days[FIRST + 1..] {
        roll_up(&by_night, &work(&format!("night-{day}"), *day, *day)).await.expect("rolled up");
    }
    for day in &days[FIRST..] {
        assert_eq!(historical(&by_night, *day).await, historical(&at_once, *day).await, "{day}");
    }
}
