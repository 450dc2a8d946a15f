//! What portfolios are compared with: benchmarks of several symbols, and the risk-free rate of each day.

use lake::Lake;
use pipelines::books::book;
use pipelines::rollups::measures::whole_life::whole_life;
use pipelines::rollups::roll_up;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::tables::transactions::Transaction;
use schemas::{Currency, MeasureValue, Price, Quantity, ReportingPeriod};

use crate::samples::{all, date, fill, instrument, memory_lake, portfolio, quote, transaction, work};

const DAYS: [&str; 6] = ["2014-03-28", "2014-03-31", "2014-05-15", "2014-06-30", "2014-07-15", "2014-09-30"];
const SHARES: [&str; 6] = ["7", "200", "220", "240", "252", "216"];
const BONDS: [&str; 6] = ["9", "50", "50", "49", "49", "50.96"];
const LAST: &str = DAYS[5];

/// Figures of a few operations agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;

/// A portfolio of five shares, bought on 31 March and compared with 60 % shares and 40 % bonds.
fn compared(id: &str, blend: &str, risk_free_source: Option<&str>) -> Portfolio {
    Portfolio {
        start_date: date(DAYS[1]),
        benchmark_blend: Some(blend.to_owned()),
        risk_free_source: risk_free_source.map(|source| source.parse().expect("an id")),
        ..portfolio(id)
    }
}

fn booked(id: &str) -> [Transaction; 2] {
    let bought = Transaction {
        booking_sequence: 2,
        instrument_id: Some(instrument("SPY").instrument_id),
        quantity: Some(Quantity::new(5.into())),
        price: Some(Price::new(200.into())),
        ..transaction(id, "2", DAYS[1], "BUY", "-1000")
    };
    [transaction(id, "1", DAYS[1], "DEPOSIT", "1000"), bought]
}

fn rate(source: &str, currency: Currency, on: &str, rate_annual: &str) -> RiskFreeRate {
    RiskFreeRate {
        risk_free_source: source.parse().expect("an id"),
        currency,
        rate_date: date(on),
        rate_annual: rate_annual.parse().expect("a number"),
        landing_sha256: String::new(),
        line: 2,
    }
}

async fn told(portfolios: &[Portfolio]) -> Lake {
    let lake = memory_lake();
    fill(&lake, portfolios).await;
    fill(&lake, &[instrument("AGG"), instrument("SPY")]).await;
    let closes = |symbol: &str, closes: [&str; 6]| -> Vec<Quote> {
        DAYS.iter().zip(closes).map(|(on, close)| quote(&format!("M1~{symbol}"), on, close)).collect()
    };
    fill(&lake, &[closes("SPY", SHARES), closes("AGG", BONDS)].concat()).await;
    let transactions = portfolios.iter().flat_map(|row| booked(row.portfolio_id.as_str()));
    fill(&lake, &transactions.collect::<Vec<Transaction>>()).await;
    let rates = [
        rate("M1", Currency::EUR, "2014-03-31", "0.02"),
        rate("M1", Currency::EUR, "2014-06-01", "0.03"),
        rate("M1", Currency::EUR, "2014-09-30", "-0.001"),
        rate("M1", Currency::USD, "2014-03-31", "0.5"),
        rate("M2", Currency::EUR, "2014-03-31", "0.02"),
        rate("M2", Currency::EUR, "2014-06-01", "0.03"),
    ];
    fill(&lake, &rates).await;
    lake
}

/// The whole history in one run, or a run for each night.
async fn made(portfolios: &[Portfolio], nightly: bool) -> Lake {
    let lake = told(portfolios).await;
    let ranges: Vec<(&str, &str)> =
        if nightly { DAYS.iter().map(|day| (*day, *day)).collect() } else { vec![(DAYS[0], LAST)] };
    for (from, to) in ranges {
        let work = work(&format!("run-{from}-{to}"), date(from), date(to));
        book(&lake, &work).await.expect("booked");
        roll_up(&lake, &work).await.expect("rolled up");
    }
    lake
}

async fn values(lake: &Lake, id: &str) -> Vec<PortfolioValue> {
    let mut rows = all::<PortfolioValue>(lake).await;
    rows.retain(|row| row.portfolio_id.as_str() == id);
    rows.sort_by_key(|row| row.business_date);
    rows
}

async fn measured(lake: &Lake, id: &str, measure: &str) -> MeasureRow {
    let rows = all::<MeasureRow>(lake).await;
    let is_asked = |row: &MeasureRow| {
        (row.portfolio_id.as_str(), row.business_date, row.period) == (id, date(LAST), ReportingPeriod::SinceInception)
            && row.measure == measure
    };
    rows.into_iter().find(is_asked).expect("a measure")
}

/// A measure of the whole life with a return for each valuation date, of which these have no rhythm.
async fn lived(lake: &Lake, portfolio: &Portfolio, measure: &str) -> MeasureValue {
    let mut returns: Vec<DailyReturn> = all(lake).await;
    returns.retain(|row| row.portfolio_id == portfolio.portfolio_id);
    returns.sort_by_key(|row| row.business_date);
    let found = whole_life(lake, portfolio, &returns).await.expect("readable");
    found.into_iter().find(|(id, _)| *id == measure).expect("a measure").1
}

#[track_caller]
fn assert_close(actual: Option<f64>, expected: f64) {
    let actual = actual.expect("a figure");
    assert!((actual - expected).abs() <= TOLERANCE * (1.0 + expected.abs()), "{actual} instead of {expected}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blend_is_restored_each_quarter_and_earns_what_it_is_made_of() {
    let portfolios =
        [compared("P1", "SPY 0.6, AGG 0.4; quarterly", None), compared("P2", "SPY 0.5, ZZZ 0.5; never", None)];
    let lake = made(&portfolios, false).await;
    // As worked out by hand where blends are made.
    let levels: Vec<f64> = values(&lake, "P1").await.iter().map(|row| row.benchmark_level.expect("a level")).collect();
    for (level, expected) in levels.iter().zip([100.0, 106.0, 111.2, 114.536, 106.3072]) {
        assert_close(Some(*level), expected);
    }
    assert!(values(&lake, "P2").await.iter().all(|row| row.benchmark_level.is_none()), "ZZZ is not listed");
    // The first day begins without capital; on the others the five shares earned more and lost more.
    let figure = measured(&lake, "P1", "benchmark_return").await;
    assert_close(figure.value, 0.063_072);
    let reason = measured(&lake, "P2", "benchmark_return").await.unavailable_reason;
    assert_eq!(reason.as_deref(), Some("the benchmark has no return on 2014-03-31"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_day_has_its_own_risk_free_rate_or_the_reason_why_not() {
    let blend = "SPY 0.6, AGG 0.4; quarterly";
    let constant = Portfolio { risk_free_annual: Some(0.02), ..compared("P3", blend, None) };
    let [known, unknown] = [compared("P1", blend, Some("M1")), compared("P2", blend, Some("M2"))];
    let lake = made(&[known.clone(), unknown.clone(), constant.clone()], false).await;
    // 15 May is 45 days after 31 March and 30 September 121 days after 1 June.
    let rates = |rows: Vec<PortfolioValue>| rows.iter().map(|row| row.risk_free_annual).collect::<Vec<Option<f64>>>();
    let of_days = [Some(0.02), Some(0.02), Some(0.03), Some(0.03)];
    assert_eq!(rates(values(&lake, "P1").await), [&of_days[..], &[Some(-0.001)]].concat());
    assert_eq!(rates(values(&lake, "P2").await), [&of_days[..], &[None]].concat());
    assert_eq!(rates(values(&lake, "P3").await), [None; 5]);
    let returns = [0.0, 0.1, 1.0 / 11.0, 0.05, -1.0 / 7.0];
    let sharpe = |rates: [f64; 5]| {
        let daily = |rate: f64| (1.0 + rate).powf(1.0 / 252.0) - 1.0;
        let above: Vec<f64> = returns.iter().zip(rates).map(|(earned, rate)| earned - daily(rate)).collect();
        let mean = above.iter().sum::<f64>() / 5.0;
        let squares: f64 = above.iter().map(|number| (number - mean).powi(2)).sum();
        mean / (squares / 4.0).sqrt() * 252.0_f64.sqrt()
    };
    let dated = lived(&lake, &known, "sharpe_rf").await.number();
    assert_close(dated, sharpe([0.02, 0.02, 0.03, 0.03, -0.001]));
    assert_close(lived(&lake, &constant, "sharpe_rf").await.number(), sharpe([0.02; 5]));
    for measure in ["sharpe_rf", "sortino_rf", "alpha_daily"] {
        let reason = "no risk-free rate is known for 2014-09-30, or only one that is too old";
        assert_eq!(lived(&lake, &unknown, measure).await, MeasureValue::unavailable(reason), "{measure}");
    }
    assert!(lived(&lake, &unknown, "volatility").await.number().is_some());
    // The night itself has no figure a year of five dates in half a year.
    let reason = measured(&lake, "P1", "sharpe_rf").await.unavailable_reason.expect("a reason");
    assert!(reason.contains("neither daily nor weekly nor monthly"), "{reason}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_and_its_nights_compare_alike() {
    let portfolios = ["daily", "monthly", "quarterly", "yearly", "never"]
        .map(|word| compared(word, &format!("SPY 0.6, AGG 0.4; {word}"), Some("M1")));
    let (at_once, nightly) = (made(&portfolios, false).await, made(&portfolios, true).await);
    let days = |mut rows: Vec<DailyReturn>| {
        rows.sort_by(|left, right| {
            (&left.portfolio_id, left.business_date).cmp(&(&right.portfolio_id, right.business_date))
        });
        rows
    };
    assert_eq!(days(all(&at_once).await), days(all(&nightly).await));
    for portfolio in &portfolios {
        let id = portfolio.portfolio_id.as_str();
        assert_eq!(values(&at_once, id).await, values(&nightly, id).await);
        for measure in ["alpha_annual", "sharpe_rf", "tracking_error"] {
            assert_eq!(measured(&at_once, id, measure).await, measured(&nightly, id, measure).await);
        }
    }
}
