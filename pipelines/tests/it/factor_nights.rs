//! What factors explain, in the night: as on request up to the same day, the same night by night, and made again where
//! a factor comes late.

use lake::Lake;
use pipelines::AgeLimits;
use pipelines::factors::{FactorChoice, explained};
use pipelines::history::{Part, mark, rebuild, touched};
use pipelines::rollups::roll_up;
use rust_decimal::Decimal;
use schemas::table::Record as _;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;
use schemas::tables::factor_returns::FactorReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, Currency, Rate, ReportingPeriod};

use crate::samples::{all, date, fill, memory_lake, portfolio, refill, work};

/// Figures of a regression of a year of days agree to this part of them, however the factors stand in their order.
const TOLERANCE: f64 = 1e-9;
/// The first and the last day that is valued; every day between is.
const FIRST: &str = "2013-01-01";
const LAST: &str = "2014-06-05";
/// The days that are rolled up: the first of May is the only first one of a month.
const FROM: &str = "2014-04-29";
const TO: &str = "2014-05-02";
/// Where P1, P2, and P3 begin: more than a year, a quarter, and sixteen days before the end of March.
const STARTS: [(&str, &str); 3] = [("P1", FIRST), ("P2", "2014-01-01"), ("P3", "2014-03-15")];

fn days() -> Vec<BusinessDate> {
    let mut days = vec![date(FIRST)];
    while let Some(last) = days.last().filter(|last| **last < date(LAST)) {
        days.push(last.next_calendar_day());
    }
    days
}

fn market(number: i32) -> i32 {
    (number * number * 7) % 41 - 20
}

fn size(number: i32) -> i32 {
    (number * 13) % 29 - 14
}

fn earned(number: i32) -> f64 {
    let rest = f64::from(number * number % 23 - 11) / 10000.0;
    0.0002 + 1.1 * f64::from(market(number)) / 2000.0 - 0.3 * f64::from(size(number)) / 5000.0 + rest
}

fn factor(name: &str, on: BusinessDate, ten_thousandths: i32, line: i64) -> FactorReturn {
    FactorReturn {
        factor_source: "M1".parse().expect("an id"),
        factor_set: "ff2".to_owned(),
        factor: name.to_owned(),
        return_date: on,
        return_fraction: Rate::new(Decimal::new(ten_thousandths.into(), 4)),
        landing_sha256: String::new(),
        line,
    }
}

fn factors() -> Vec<FactorReturn> {
    let of_day = |(number, on): (i32, BusinessDate)| {
        let line = i64::from(number) * 2;
        [factor("smb", on, 2 * size(number), line), factor("mkt_rf", on, 5 * market(number), line + 1)]
    };
    (0..).zip(days()).flat_map(of_day).collect()
}

fn portfolios() -> Vec<Portfolio> {
    STARTS.map(|(id, start)| Portfolio { start_date: date(start), ..portfolio(id) }).to_vec()
}

fn amount_of(number: f64) -> Option<Amount> {
    Some(format!("{number:.9}").parse().expect("a number"))
}

async fn sample() -> Lake {
    let lake = memory_lake();
    fill(&lake, &portfolios()).await;
    fill(&lake, &factors()).await;
    let (mut values, mut returns) = (Vec::new(), Vec::new());
    for portfolio in portfolios() {
        let (mut before, mut value): (Option<BusinessDate>, f64) = (None, 1000.0);
        for (number, on) in (0..).zip(days()).filter(|(_, on)| portfolio.start_date <= *on) {
            let begin = value;
            value *= 1.0 + if before.is_some() { earned(number) } else { 0.0 };
            values.push(PortfolioValue {
                portfolio_id: portfolio.portfolio_id.clone(),
                business_date: on,
                previous_business_date: before,
                base_currency: Currency::EUR,
                market_value: amount_of(value),
                securities_value: amount_of(value),
                cash_value: Some(Amount::ZERO),
                position_count: 1,
                carried_price_count: 0,
                missing_count: 0,
                benchmark_level: None,
                risk_free_annual: None,
            });
            returns.push(DailyReturn {
                portfolio_id: portfolio.portfolio_id.clone(),
                business_date: on,
                begin_value: amount_of(if before.is_some() { begin } else { 0.0 }),
                inflow: amount_of(if before.is_some() { 0.0 } else { begin }),
                outflow: Some(Amount::ZERO),
                end_value: amount_of(value),
                return_fraction: Some(value / begin - 1.0),
                benchmark_return_fraction: None,
                return_before_fees_fraction: None,
                return_before_taxes_fraction: None,
                risk_free_annual: None,
                is_observed: None,
            });
            before = Some(on);
        }
    }
    fill(&lake, &values).await;
    fill(&lake, &returns).await;
    lake
}

async fn rows(lake: &Lake) -> (Vec<FactorRegressionRow>, Vec<FactorExposureRow>) {
    let (mut regressions, mut exposures) =
        (all::<FactorRegressionRow>(lake).await, all::<FactorExposureRow>(lake).await);
    regressions.sort_by_key(|row| (row.portfolio_id.clone(), row.business_date));
    exposures.sort_by_key(|row| (row.portfolio_id.clone(), row.business_date, row.factor.clone()));
    (regressions, exposures)
}

#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= TOLERANCE * expected.abs().max(1e-6), "{found} instead of {expected}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_night_says_once_a_month_what_is_said_on_request_of_the_same_days() {
    let lake = sample().await;
    roll_up(&lake, &work("range", date(FROM), date(TO))).await.expect("rolled up");
    let (regressions, exposures) = rows(&lake).await;
    let (first, through) = (date("2014-05-01"), date("2014-03-31"));
    let told: Vec<(&str, BusinessDate, BusinessDate, &str, Option<i64>)> = regressions
        .iter()
        .map(|row| {
            let (id, period) = (row.portfolio_id.as_str(), row.period.as_str());
            (id, row.business_date, row.through_date, period, row.observation_count)
        })
        .collect();
    // A year of days, and of a quarter the ninety less the first, on which nothing was there to earn.
    let expected = [("P1", "1Y", Some(365)), ("P2", "SI", Some(89)), ("P3", "SI", None)];
    assert_eq!(told, expected.map(|(id, period, count)| (id, first, through, period, count)));
    let reason = regressions[2].unavailable_reason.as_deref().expect("a reason");
    assert_eq!(reason, "not enough days with returns of both sides: 16 of 60");
    assert_eq!(exposures.len(), 4, "two factors of P1 and of P2, and none of P3");
    for (row, period) in regressions.iter().zip([ReportingPeriod::OneYear, ReportingPeriod::SinceInception]) {
        let owner = portfolios().into_iter().find(|one| one.portfolio_id == row.portfolio_id).expect("known");
        let (id, start) = (&owner.portfolio_id, owner.start_date);
        let days = lake::read::daily_returns(&lake, id, start, through).await.expect("read");
        let choice = FactorChoice::default();
        let asked = explained(&lake, &owner, &days, through, period, &choice).await.expect("read").expect("explained");
        assert_eq!((row.opening_date, row.is_above_risk_free), (Some(asked.opening_date), Some(false)));
        assert_eq!(row.left_out_count, i64::try_from(asked.left_out.len()).ok());
        assert_close(row.r_squared.expect("a number"), asked.found.r_squared);
        assert_close(row.alpha.expect("a number"), asked.found.alpha.value);
        assert_close(row.alpha_standard_error.expect("a number"), asked.found.alpha.standard_error);
        for loading in &asked.found.loadings {
            let is_it = |kept: &&FactorExposureRow| kept.portfolio_id == row.portfolio_id && kept.factor == loading.id;
            let kept = exposures.iter().find(is_it).expect("a row");
            assert_close(kept.loading, loading.coefficient.value);
            assert_close(kept.standard_error, loading.coefficient.standard_error);
            assert_close(kept.variance_part, loading.variance);
        }
        // The returns were made of 1.1 times the market and −0.3 times size, and a small rest.
        let of = |name: &str| {
            let is_it = |kept: &&FactorExposureRow| kept.portfolio_id == row.portfolio_id && kept.factor == name;
            exposures.iter().find(is_it).expect("a row").loading
        };
        assert!((of("mkt_rf") - 1.1).abs() < 0.1 && (of("smb") + 0.3).abs() < 0.2, "{exposures:?}");
        let parts: f64 = exposures
            .iter()
            .filter(|kept| kept.portfolio_id == row.portfolio_id)
            .map(|kept| kept.variance_part)
            .chain(row.specific_variance)
            .sum();
        assert_close(parts, row.variance.expect("a number"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_has_the_rows_of_its_nights() {
    let (range, nights) = (sample().await, sample().await);
    roll_up(&range, &work("range", date(FROM), date(TO))).await.expect("rolled up");
    for day in days().into_iter().filter(|day| date(FROM) <= *day && *day <= date(TO)) {
        let night = work(&format!("night-{day}"), day, day);
        roll_up(&nights, &night).await.expect("rolled up");
        roll_up(&nights, &night).await.expect("resumed");
    }
    let of_range = rows(&range).await;
    assert_eq!(of_range.0.len(), 3);
    assert_eq!(of_range, rows(&nights).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_factor_makes_again_the_months_in_which_it_counts() {
    let lake = sample().await;
    let (first, last) = (date(FIRST), date("2014-06-30"));
    mark(&lake, &work("first", first, last)).await.expect("marked");
    let changed = async || -> Vec<(BusinessDate, usize)> {
        let found = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
        found.iter().map(|group| (group.from, group.portfolios.len())).collect()
    };
    assert!(changed().await.is_empty());
    // Where a factor stands in its file is no news, and one of May counts from July on.
    let mut moved = factors();
    moved.iter_mut().for_each(|row| row.line += 7);
    moved.retain(|row| row.return_date < date("2014-05-20"));
    refill(&lake, &moved, "moved").await;
    assert!(changed().await.is_empty());
    refill(&lake, &corrected("2014-04-15"), "corrected").await;
    assert_eq!(changed().await, [(date("2014-06-01"), 3)]);
}

/// The factors, of which size is another one on a day.
fn corrected(on: &str) -> Vec<FactorReturn> {
    let mut rows = factors();
    for row in rows.iter_mut().filter(|row| row.factor == "smb" && row.return_date == date(on)) {
        row.return_fraction = Rate::new(Decimal::new(9, 2));
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_made_again_is_the_loadings_only_and_equals_what_was_right_at_once() {
    let (late, right) = (sample().await, sample().await);
    let (first, last) = (date(FIRST), date(TO));
    roll_up(&late, &work("range", date(FROM), last)).await.expect("rolled up");
    mark(&late, &work("marked", first, last)).await.expect("marked");
    let before = rows(&late).await;
    for lake in [&late, &right] {
        refill(lake, &corrected("2014-03-20"), "corrected").await;
    }
    roll_up(&right, &work("range", date(FROM), last)).await.expect("rolled up");
    let changed = touched(&late, AgeLimits::UNLIMITED, first, last).await.expect("readable");
    let [only] = changed.as_slice() else { panic!("one group: {changed:?}") };
    assert_eq!((only.part, only.from, only.portfolios.len()), (Part::Factors, date("2014-05-01"), 3));
    let measured = async || late.snapshot(MeasureRow::TABLE).await.expect("a snapshot").version();
    let version = measured().await;
    let report = rebuild(&late, &work("night", last, last), &changed, last).await.expect("made again");
    assert_eq!(measured().await, version, "nothing else was made again");
    let note = "2014-05-01 to 2014-05-02: other factors were known of 3 of 3 portfolios, which are explained again";
    assert_eq!((report.note.as_str(), report.snags.len()), (note, 0));
    let after = rows(&late).await;
    assert_ne!(after, before);
    assert_eq!(after, rows(&right).await);
    assert!(touched(&late, AgeLimits::UNLIMITED, first, last).await.expect("readable").is_empty());
}
