//! Figures that others printed, through the doors that other rooms use. Nothing from outside is needed.

use analytics::attribution::{AttributionInput, Segment, attribution_model};
use analytics::backtests::backtest;
use analytics::covariance_matrix::CovarianceMatrix;
use analytics::drawdown::deepest_drawdown;
use analytics::exceedances::Exceedances;
use analytics::internal_rate::{InternalRateError, continuous_rate};
use analytics::optimization::{OptimizationProblem, optimizer};
use analytics::statistics;
use analytics::{DatedNumber, Measured, daily_return};

use crate::random_flows::{A_RATE_OF_ALMOST_EVERYTHING, NO_RATE, ONE_LOW_RATE, THREE_FAR_RATES, THREE_RATES};
use crate::samples::{annual_rates, assert_within, date, dated, number, of_returns, of_values};

/// Portfolio and benchmark of 24 months from Bacon, *Practical Portfolio Performance Measurement and Attribution*,
/// 2008, as `portfolio_bacon` of the R package `PerformanceAnalytics` carries them.
const BACON: [(&str, f64, f64); 24] = [
    ("2000-01-31", 0.003, 0.002),
    ("2000-02-28", 0.026, 0.025),
    ("2000-03-31", 0.011, 0.018),
    ("2000-04-30", -0.010, -0.011),
    ("2000-05-31", 0.015, 0.014),
    ("2000-06-30", 0.025, 0.018),
    ("2000-07-31", 0.016, 0.014),
    ("2000-08-31", 0.067, 0.065),
    ("2000-09-30", -0.014, -0.015),
    ("2000-10-31", 0.040, 0.042),
    ("2000-11-30", -0.005, -0.006),
    ("2000-12-31", 0.081, 0.083),
    ("2001-01-31", 0.040, 0.039),
    ("2001-02-28", -0.037, -0.038),
    ("2001-03-31", -0.061, -0.062),
    ("2001-04-30", 0.017, 0.015),
    ("2001-05-31", -0.049, -0.048),
    ("2001-06-30", -0.022, 0.021),
    ("2001-07-31", 0.070, 0.060),
    ("2001-08-31", 0.058, 0.056),
    ("2001-09-30", -0.065, -0.067),
    ("2001-10-31", 0.024, 0.019),
    ("2001-11-30", -0.005, -0.003),
    ("2001-12-31", -0.009, 0.000),
];

#[track_caller]
fn assert_rates(flows: &[(&str, f64)], expected: &[f64]) {
    let found = annual_rates(&dated(flows)).expect("the search ends");
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (actual, printed) in found.iter().zip(expected) {
        assert_within("a rate", *actual, *printed, 1e-7 * (1.0 + printed.abs()));
    }
}

#[test]
fn every_rate_that_balances_the_flows() {
    // The rates are those that a scan with Brent's method finds between −100 % and a growth by a million a year.
    assert_rates(&THREE_RATES, &[-0.986_658_490_835_5, -0.094_412_046_622_525, 3.353_029_509_425_303]);
    assert_rates(&THREE_FAR_RATES, &[-0.103_967_353_606_644, 1.125_828_763_822_558, 30_901.839_478_958]);
    assert_rates(&A_RATE_OF_ALMOST_EVERYTHING, &[-0.999_999_997_255_243, -0.096_109_291_598_658]);
    assert_rates(&NO_RATE, &[]);
    assert_rates(&ONE_LOW_RATE, &[-0.897_353_821_488_222]);
}

#[test]
fn of_several_rates_none_is_the_rate() {
    let several = continuous_rate(&dated(&THREE_RATES)).expect_err("three rates");
    assert!(matches!(&several, InternalRateError::Ambiguous { rates } if rates.len() == 3), "{several}");
    assert_eq!(continuous_rate(&dated(&NO_RATE)), Err(InternalRateError::NoRate));
    let one_way = [("2024-01-01", -1.0), ("2024-02-01", -2.0)];
    assert_eq!(annual_rates(&dated(&one_way)), Err(InternalRateError::OneSign));
}

#[test]
fn a_share_with_a_dividend() {
    // Kaplan Schweser, notes of CFA level I: bought at 100 and 120, sold at 130 with dividends of 2 a share: returns of
    // 22 % and 10 %, 15.84 % time-weighted and 13.86 % money-weighted a year.
    let years = dated(&[("2022-01-01", 0.22), ("2023-01-01", 0.1)]);
    let series = of_returns("2021-01-01", "2023-01-01", years, None);
    assert_within("time-weighted", number("annualised_return_act365", &series), 0.158_447_236_606, 1e-12);
    assert_within("time-weighted", number("annualised_return_act365", &series), 0.1584, 5e-5);
    assert_rates(&[("2021-01-01", -100.0), ("2022-01-01", -118.0), ("2023-01-01", 264.0)], &[0.138_612_160_086_8]);
}

#[test]
fn dietz_with_a_flow_half_way() {
    // 1,000 became 1,250 in 30 days, 200 of them paid in after 15: 50 / (1,000 + 200 · 15/30).
    let flow = vec![DatedNumber { date: date("2024-01-16"), number: 200.0 }];
    let series = of_values(("2024-01-01", 1000.0), ("2024-01-31", 1250.0), flow);
    assert_within("Dietz", number("modified_dietz", &series), 50.0 / 1100.0, 1e-15);
}

#[test]
fn dietz_with_four_flows() {
    // A practice question of CFA level III (Bloomberg Exam Prep, GIPS verification): 585.60 at the end of September,
    // 602.34 at the end of October, flows on four days; the mean capital is 591.237 and the return 2.45 %.
    let flows = dated(&[("2024-10-05", -15.05), ("2024-10-09", 19.82), ("2024-10-15", 16.42), ("2024-10-24", -18.96)]);
    let series = of_values(("2024-09-30", 585.60), ("2024-10-31", 602.34), flows);
    assert_within("Dietz", number("modified_dietz", &series), 0.0245, 5e-5);
    assert_within("Dietz", number("modified_dietz", &series), 14.51 / 591.237, 1e-7);
}

#[test]
fn nine_days_of_deposits_withdrawals_interest_and_fees() {
    // ClientIndexTest.testExcelSample of portfolio-performance/portfolio: day, what came in, what went out, the value
    // at the close, and the printed return. The returns are those of a spreadsheet with seven digits.
    let days = [
        ("2011-12-31", 10_000.0, 0.0, 10_000.0, 0.0),
        ("2012-01-01", 0.0, 0.0, 10_230.0, 0.023),
        ("2012-01-02", 200.0, 0.0, 10_630.0, 0.019_175_455),
        ("2012-01-03", 0.0, 400.0, 9_995.59, -0.022_051_7),
        ("2012-01-04", 0.0, 0.0, 10_289.58, 0.029_411_764_7),
        ("2012-01-05", 0.0, 0.0, 10_583.57, 0.028_571_428_6),
        ("2012-01-06", 5_400.0, 0.0, 16_179.56, 0.012_261_967),
        ("2012-01-07", 0.0, 3_697.04, 11_600.0, -0.054_545_454_5),
        ("2012-01-08", 0.0, 0.0, 10_596.15, -0.086_538_461_5),
    ];
    let mut before = 0;
    let mut returns = Vec::new();
    for (day, inflow, outflow, closing, printed) in days {
        let value = units(closing);
        let earned = daily_return(before, units(inflow), units(outflow), value).expect("there is capital");
        assert_within(day, earned, printed, 1e-5);
        returns.push(DatedNumber { date: date(day), number: earned });
        before = value;
    }
    let series = of_returns("2011-12-31", "2012-01-08", returns, None);
    assert_within("cumulative", number("twr", &series), -0.056_182_678, 1e-8);
}

/// An amount in cents as units of the tenth decimal.
pub(crate) fn units(amount: f64) -> i128 {
    let cents: i128 = format!("{:.0}", amount * 100.0).parse().expect("a whole number of cents");
    cents * 100_000_000
}

#[test]
fn drawdown_and_deviation_of_portfolio_performance() {
    // RiskTest of portfolio-performance/portfolio. Cumulative returns of 1, 1, −0.5, 1, …: a fall by 75 %.
    let wealth = [2.0, 2.0, 0.5, 2.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    let fallen = deepest_drawdown(&Measured::new(&of_wealth(&wealth))).expect("returns").expect("a drawdown");
    assert_within("several highs", fallen.depth, -0.75, 1e-12);
    // Below nothing: from 1.2 to −0.4 is a fall by 4/3.
    let fallen =
        deepest_drawdown(&Measured::new(&of_wealth(&[1.0, 1.1, 1.2, -0.4]))).expect("returns").expect("a drawdown");
    assert_within("below nothing", fallen.depth, -4.0 / 3.0, 1e-11);
    // Deviations of logarithms over all six days: 0.017736692475, and 0.012188677034 of those below the mean.
    let logarithms = [0.005, -0.01 / 3.0, -0.005, 0.01, 0.01, -0.005].map(f64::ln_1p);
    let deviation = statistics::sample_standard_deviation(&logarithms).expect("six returns");
    assert_within("deviation", deviation * 6.0_f64.sqrt(), 0.017_736_692_475, 1e-11);
    let mean = statistics::mean(&logarithms).expect("six returns");
    // Ours divides by the number of returns, theirs by one less.
    let below = statistics::downside_deviation(&logarithms, mean).expect("six returns") * 1.2_f64.sqrt();
    assert_within("semi-deviation", below * 6.0_f64.sqrt(), 0.012_188_677_034, 1e-11);
}

/// The series of a wealth that starts at one.
pub(crate) fn of_wealth(wealth: &[f64]) -> analytics::PerformanceSeries {
    let mut before = 1.0;
    let mut day = date("2024-01-01");
    let mut returns = Vec::new();
    for now in wealth {
        day = day.next_calendar_day();
        returns.push(DatedNumber { date: day, number: now / before - 1.0 });
        before = *now;
    }
    analytics::PerformanceSeries { end_date: day, ..of_returns("2024-01-01", "2024-01-01", returns, None) }
}

#[test]
fn bacon_by_figures_that_know_no_year() {
    let portfolio: Vec<f64> = BACON.iter().map(|month| month.1).collect();
    // PerformanceAnalytics: DownsideDeviation(MAR = 0.5 %) = 0.0255.
    let downside = statistics::downside_deviation(&portfolio, 0.005).expect("returns");
    assert_within("downside deviation", downside, 0.0255, 5e-5);
    let months = |number: fn(&(&str, f64, f64)) -> f64| -> Vec<DatedNumber> {
        BACON.iter().map(|month| DatedNumber { date: date(month.0), number: number(month) }).collect()
    };
    let series = of_returns("1999-12-31", "2001-12-31", months(|month| month.1), Some(months(|month| month.2)));
    // CAPM.beta; the square of the correlation is R² (both by NumPy).
    assert_within("beta", number("beta", &series), 0.998_850_208_622_574_6, 1e-12);
    assert_within("R²", number("correlation", &series).powi(2), 0.939_709, 1e-6);
    // kurtosis(method = "sample_excess") = −0.41: (n − 1) / ((n − 2)(n − 3)) · ((n + 1) g2 + 6).
    let excess = number("excess_kurtosis", &series);
    assert_within("kurtosis", 23.0 / (22.0 * 21.0) * (25.0 * excess + 6.0), -0.41, 5e-3);
    // TrackingError = 0.0336 for twelve returns a year, where ours takes 252.
    let tracking_error = number("tracking_error", &series) * (12.0_f64 / 252.0).sqrt();
    assert_within("tracking error", tracking_error, 0.033_640, 1e-6);
}

/// A segment by its weights in portfolio and benchmark, and by their returns.
fn segment(portfolio_weight: f64, benchmark_weight: f64, portfolio_return: f64, benchmark_return: f64) -> Segment {
    Segment { portfolio_weight, benchmark_weight, portfolio_return, benchmark_return, currency: None }
}

#[test]
fn european_and_japanese_equity() {
    // A practice question of CFA level III: 12.75 % against 13.25 %; selection with interaction 1.25 %.
    let segments = [segment(0.5, 0.75, 0.135, 0.15), segment(0.5, 0.25, 0.12, 0.08)];
    let input = AttributionInput { segments: &segments, currencies: &[] };
    for (model, allocation) in
        [("brinson_fachler", [-0.004_375, -0.013_125]), ("brinson_hood_beebower", [-0.0375, 0.02])]
    {
        let found = (attribution_model(model).expect("a model").attribute)(&input).expect("an attribution");
        assert_within("portfolio", found.portfolio_return, 0.1275, 1e-12);
        assert_within("benchmark", found.benchmark_return, 0.1325, 1e-12);
        let expected =
            [("allocation", allocation), ("selection", [-0.011_25, 0.01]), ("interaction", [0.003_75, 0.01])];
        for (id, parts) in expected {
            let effect = found.effect(id).expect("an effect");
            for (actual, part) in effect.parts.iter().zip(parts) {
                assert_within(id, *actual, part, 1e-12);
            }
        }
        let selection = found.with_interaction_in_selection();
        let total: f64 = selection.effect("selection").expect("an effect").parts.iter().sum();
        assert_within("selection with interaction", total, 0.0125, 1e-12);
    }
}

#[test]
fn british_japanese_and_american_equity() {
    // Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 5, tables 5.1 to 5.4, in
    // percent: 8.3 against 6.4; allocation −1.2, selection 3.0 and interaction 0.1.
    let segments = [segment(0.4, 0.4, 0.2, 0.1), segment(0.3, 0.2, -0.05, -0.04), segment(0.3, 0.4, 0.06, 0.08)];
    let input = AttributionInput { segments: &segments, currencies: &[] };
    let found = (attribution_model("brinson_fachler").expect("a model").attribute)(&input).expect("an attribution");
    assert_within("portfolio", found.portfolio_return, 0.083, 1e-12);
    assert_within("benchmark", found.benchmark_return, 0.064, 1e-12);
    let expected = [
        ("allocation", [0.0, -0.0104, -0.0016], -0.012),
        ("selection", [0.04, -0.002, -0.008], 0.03),
        ("interaction", [0.0, -0.001, 0.002], 0.001),
    ];
    for (id, parts, total) in expected {
        let effect = found.effect(id).expect("an effect");
        for (actual, part) in effect.parts.iter().zip(parts) {
            assert_within(id, *actual, part, 1e-12);
        }
        assert_within(id, effect.total(), total, 1e-12);
    }
}

/// Days of which the first few exceeded a value at risk.
pub(crate) fn exceedances(count: usize, days: usize, tail_probability: f64) -> Exceedances {
    Exceedances::new(tail_probability, (0..days).map(|day| day < count).collect()).expect("days and a probability")
}

#[test]
fn kupiec_as_printed() {
    // Kupiec, *Techniques for Verifying the Accuracy of Risk Measurement Models*, 1995: at 5 % not rejected with
    // 6 < N < 21 of 255 days, 16 < N < 36 of 510, 37 < N < 65 of 1,000.
    let test = backtest("kupiec").expect("a backtest").test;
    for (days, fewest, most) in [(255, 7, 20), (510, 17, 35), (1000, 38, 64)] {
        for count in 0..=100 {
            let found = test(&exceedances(count, days, 0.05)).expect("a figure");
            assert_eq!(0.05 < found.p_value, (fewest..=most).contains(&count), "{count} of {days}");
        }
    }
    let found = test(&exceedances(7, 250, 0.01)).expect("a figure");
    assert_within("likelihood ratio", found.statistic, 5.496_990_447_792_683, 1e-12);
    assert_within("p-value", found.p_value, 0.019_049_230_890_526_535, 1e-12);
}

#[test]
fn equal_risk_with_one_correlation_is_inverse_volatility() {
    // Maillard, Roncalli and Teiletche, *On the Properties of Equally-Weighted Risk Contributions Portfolios*, 2010:
    // volatilities of 10, 20, 30 and 40 % with one correlation for all pairs make 48, 24, 16 and 12 %.
    let weights = inverse_volatility(&[0.1, 0.2, 0.3, 0.4], 0.3);
    for (weight, expected) in weights.iter().zip([0.48, 0.24, 0.16, 0.12]) {
        assert_within("weight", *weight, expected, 1e-12);
    }
}

/// Weights by inverse volatility of instruments that all have one correlation.
pub(crate) fn inverse_volatility(volatilities: &[f64], correlation: f64) -> Vec<f64> {
    let row = |first: usize| {
        let column = |second: usize| if first == second { 1.0 } else { correlation };
        (0..volatilities.len()).map(|second| column(second) * volatilities[first] * volatilities[second]).collect()
    };
    let rows: Vec<Vec<f64>> = (0..volatilities.len()).map(row).collect();
    let covariance = CovarianceMatrix::from_rows(&rows).expect("covariances");
    let optimizer = optimizer("inverse_volatility").expect("a method");
    optimizer.weights(&OptimizationProblem::long_only(covariance)).expect("weights")
}
