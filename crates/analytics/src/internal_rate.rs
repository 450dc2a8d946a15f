//! The internal rate of return: the rate at which everything that was paid in is worth what came back.
//!
//! `Σ Fᵢ · (1 + r)^(−tᵢ) = 0`, with the time `tᵢ` from the first flow in years of 365 days. Money may have none, one or
//! several such rates; a solver that returns the first one it meets reports one of several truths as if it were the
//! only one. So the number of rates is settled before any is reported.
//!
//! Rates of an ordinary size, from −99.9999999 % to 100,000,000 % a year, are looked for first. Only where there is
//! none the search goes on to all that a floating point number can hold: a loss of 95 % within 39 days is a rate of
//! −99.99999999993 % a year, and a gain of 60 % within eleven days is one of 593,023,739 %.

use crate::figure::NoFigure;
use crate::rate_search::all_rates;
use crate::root_finding::RootError;
use crate::series::{CAPITAL_MIN, DatedNumber, PerformanceSeries};

/// The highest rate a year of an ordinary size.
const ORDINARY_RATE_MAX: f64 = 1e6;

/// The smallest growth a year of an ordinary size: a rate of −99.9999999 %.
const ORDINARY_GROWTH_MIN: f64 = 1e-9;

/// Why there is no internal rate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InternalRateError {
    /// Nothing happened on two different days.
    #[error("no rate without flows on two days")]
    OneDay,
    /// Everything went in and nothing came back, or the other way round.
    #[error("no rate solves it: all flows have one sign")]
    OneSign,
    /// What was paid in is lost as a whole, and nothing ever came back.
    #[error("no rate solves it: nothing came back of what was paid in, and nothing is left")]
    NothingLeft,
    /// Flows of both signs, but no rate balances them.
    #[error("no rate solves it, however high or low")]
    NoRate,
    /// Several rates balance the flows.
    #[error("ambiguous: {} rates solve it: {}", .rates.len(), percentages(.rates))]
    Ambiguous {
        /// The rates a year as fractions, lowest first.
        rates: Vec<f64>,
    },
    /// The rates lie too close together to be told apart.
    #[error("ambiguous: the rates that solve it cannot be told apart")]
    Undecided,
    /// A rate was found, but the flows do not balance at it.
    #[error("no rate solves it exactly enough: {residual} of all flows is left")]
    Residual {
        /// What is left, as a part of all flows.
        residual: f64,
    },
    /// The solver gave up.
    #[error("no rate solves it: {0}")]
    RootFinding(#[from] RootError),
}

impl From<InternalRateError> for NoFigure {
    fn from(error: InternalRateError) -> NoFigure {
        NoFigure::new(error.to_string())
    }
}

/// The one rate that balances the flows, as a continuous rate a year: `ln(1 + r)`.
///
/// Flows are seen by the investor: negative where money went in, positive where it came back. Their order does not
/// matter. For flows within less than a year the search reaches as far as the same growth over the whole time, since
/// the rate a year may be absurd where the growth is not.
///
/// # Errors
/// [`InternalRateError`] if there is no such rate or more than one of an ordinary size, or, where there is none of an
/// ordinary size, more than one at all.
pub fn continuous_rate(flows: &[DatedNumber]) -> Result<f64, InternalRateError> {
    match rates(flows)?.as_slice() {
        [] => Err(InternalRateError::NoRate),
        [rate] => Ok(*rate),
        several => Err(InternalRateError::Ambiguous { rates: several.iter().map(|rate| rate.exp_m1()).collect() }),
    }
}

/// Every continuous rate that balances the flows, lowest first: those of an ordinary size or, where there are none,
/// all. None at all if no rate does. [`f64::exp_m1`] makes them rates a year.
///
/// # Errors
/// [`InternalRateError`] if the flows have one sign or are on one day, or the rates cannot be told apart.
pub fn rates(flows: &[DatedNumber]) -> Result<Vec<f64>, InternalRateError> {
    let (lowest, highest) = (ORDINARY_GROWTH_MIN.ln(), ORDINARY_RATE_MAX.ln_1p());
    let mut found = all_rates(flows, lowest, highest)?;
    if found.is_empty() {
        let limit = f64::MAX.ln();
        found = all_rates(flows, -limit, limit)?;
    }
    let ordinary: Vec<f64> = found.iter().copied().filter(|rate| (lowest..=highest).contains(rate)).collect();
    Ok(if ordinary.is_empty() { found } else { ordinary })
}

/// A continuous rate as a rate a year, if a number can hold it.
pub(crate) fn annual_rate(continuous: f64) -> Result<f64, NoFigure> {
    let rate = continuous.exp_m1();
    if rate <= -1.0 {
        return Err(NoFigure::new("the rate a year is closer to −100 % than a number can tell"));
    }
    if !rate.is_finite() {
        return Err(NoFigure::new("the rate a year is higher than any number"));
    }
    Ok(rate)
}

/// The continuous rate of a portfolio: the opening value and what came in are paid, what went out and the closing
/// value are received.
pub(crate) fn of_series(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    continuous_rate(&flows_of(series)?).map_err(|error| reason(error, series))
}

/// Of all continuous rates of a portfolio the one whose rate a year is nearest to zero.
///
/// That several rates solve it is not said: for comparisons only.
pub(crate) fn nearest_to_zero(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    let found = rates(&flows_of(series)?).map_err(|error| reason(error, series))?;
    let nearest = found.into_iter().min_by(|left, right| left.exp_m1().abs().total_cmp(&right.exp_m1().abs()));
    nearest.ok_or_else(|| InternalRateError::NoRate.into())
}

/// Why a portfolio has no rate. A total loss has flows of one sign, on one day if everything was paid in at once; but
/// that is not what its owner needs to know.
fn reason(error: InternalRateError, series: &PerformanceSeries) -> NoFigure {
    let is_one_sided = matches!(error, InternalRateError::OneDay | InternalRateError::OneSign);
    let paid: f64 = series.opening_value + series.net_external_flows();
    let is_empty = series.closing_value().is_ok_and(|value| value.abs() <= CAPITAL_MIN);
    if is_one_sided && is_empty && CAPITAL_MIN < paid { InternalRateError::NothingLeft.into() } else { error.into() }
}

fn flows_of(series: &PerformanceSeries) -> Result<Vec<DatedNumber>, NoFigure> {
    series.check()?;
    let closing_value = series.closing_value()?;
    let mut flows = Vec::with_capacity(series.flows.len() + 2);
    flows.push(DatedNumber { date: series.opening_date, number: -series.opening_value });
    flows.extend(series.flows.iter().map(|flow| DatedNumber { date: flow.date, number: -flow.number }));
    flows.push(DatedNumber { date: series.end_date, number: closing_value });
    Ok(flows)
}

fn percentages(rates: &[f64]) -> String {
    let words = rates.iter().map(|rate| {
        if ORDINARY_RATE_MAX < *rate { "above 100,000,000 %".to_owned() } else { format!("{:.4} %", 100.0 * rate) }
    });
    words.collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use schemas::DayCount;

    use super::*;
    use crate::sample_series::{assert_close, assert_within, date, dated};

    fn rate(flows: &[(&str, f64)]) -> Result<f64, InternalRateError> {
        continuous_rate(&dated(flows)).map(f64::exp_m1)
    }

    #[test]
    fn ten_percent_in_a_year() {
        // 100 paid, 110 received 365 days later: 100 = 110 / 1.1.
        assert_close(rate(&[("2023-01-01", -100.0), ("2024-01-01", 110.0)]).unwrap(), 0.1);
        // Half of it lost: 100 = 50 / 0.5.
        assert_close(rate(&[("2023-01-01", -100.0), ("2024-01-01", 50.0)]).unwrap(), -0.5);
        // What comes back is what was paid.
        assert_close(rate(&[("2023-01-01", -100.0), ("2023-05-01", 40.0), ("2024-01-01", 60.0)]).unwrap(), 0.0);
    }

    #[test]
    fn as_excel_and_matlab_print_it() {
        // Microsoft, documentation of XIRR: 0.373362535.
        let excel = [
            ("2008-01-01", -10_000.0),
            ("2008-03-01", 2_750.0),
            ("2008-10-30", 4_250.0),
            ("2009-02-15", 3_250.0),
            ("2009-04-01", 2_750.0),
        ];
        assert_within(rate(&excel).unwrap(), 0.373_362_535, 1e-8);
        // MathWorks, documentation of xirr, day count actual/365: 0.1006.
        let matlab = [
            ("2007-01-12", -10_000.0),
            ("2008-02-14", 2_500.0),
            ("2008-03-03", 2_000.0),
            ("2008-06-14", 3_000.0),
            ("2008-12-01", 4_000.0),
        ];
        assert_within(rate(&matlab).unwrap(), 0.1006, 5e-5);
    }

    #[test]
    fn as_portfolio_performance_tests_it() {
        // IRRTest of portfolio-performance/portfolio, values from Excel.
        assert_within(rate(&[("2010-01-01", -200.0), ("2010-12-31", 210.0)]).unwrap(), 0.050_140_747, 1e-8);
        let slow_curve = [
            ("2002-11-30", -4398.0),
            ("2007-06-11", 200.0),
            ("2008-05-11", 270.0),
            ("2009-05-01", 280.0),
            ("2010-06-01", 280.0),
            ("2011-05-02", 300.0),
            ("2012-04-30", 330.0),
            ("2012-12-06", 14_508.0),
        ];
        assert_within(rate(&slow_curve).unwrap(), 0.1444, 1e-4);
        let almost_nothing_left = [("2019-05-24", -1560.94), ("2020-01-13", -1160.0), ("2020-06-29", 42.8)];
        assert_within(rate(&almost_nothing_left).unwrap(), -0.999_251_643, 1e-8);
    }

    #[test]
    fn as_pyxirr_tests_it() {
        // Samples of pyxirr's test suite (Unlicense): unordered.csv, minus_0_99.csv, minus_0_99999.csv.
        let unordered =
            [("2015-06-11", -1000.0), ("2015-07-21", -9000.0), ("2018-06-10", 20_000.0), ("2015-10-17", -3000.0)];
        assert_within(rate(&unordered).unwrap(), 0.163_537_158_44, 1e-9);
        let two_thirds_in_two_months = [("2021-06-09", -134.09), ("2021-08-11", 40.86)];
        assert_within(rate(&two_thirds_in_two_months).unwrap(), -0.998_976_923_173_427_7, 1e-12);
        let a_third_in_eleven_days = [("2020-03-05", -18_480.0), ("2020-03-16", 13_120.0)];
        assert_within(rate(&a_third_in_eleven_days).unwrap(), -0.999_988_422_817_008_7, 1e-12);
    }

    #[test]
    fn several_rates_are_all_named() {
        // −1 + 2.3 x − 1.32 x² = 0 with x = 1 / (1 + r) has the solutions 1/1.1 and 1/1.2: rates of 10 % and 20 %.
        let textbook = [("2021-01-01", -100.0), ("2022-01-01", 230.0), ("2023-01-01", -132.0)];
        let error = rate(&textbook).unwrap_err();
        assert_eq!(error.to_string(), "ambiguous: 2 rates solve it: 10.0000 %, 20.0000 %");
        // minus_0_993.csv of pyxirr's test suite; a scan finds the roots −0.9995965225 and −0.9937850499.
        let low = [("2021-06-08", -1_000_000.0), ("2022-06-29", 5000.0), ("2023-06-08", -3.0), ("2023-06-30", 0.0)];
        let Err(InternalRateError::Ambiguous { rates }) = rate(&low) else {
            panic!("two rates expected");
        };
        assert_eq!(rates.len(), 2);
        assert_within(rates[0], -0.999_596_522_538_325_6, 1e-11);
        assert_within(rates[1], -0.993_785_049_949_483, 1e-11);
    }

    #[test]
    fn a_rate_at_which_the_worth_only_touches_zero() {
        // −100 (1 − 1.1 x)² = 0 with x = 1 / (1 + r): a rate of 10 %, twice.
        let touching = [("2021-01-01", -100.0), ("2022-01-01", 220.0), ("2023-01-01", -121.0)];
        assert_within(rate(&touching).unwrap(), 0.1, 1e-6);
    }

    #[test]
    fn no_rate_has_a_reason() {
        let reason = |flows: &[(&str, f64)]| rate(flows).unwrap_err().to_string();
        assert_eq!(reason(&[]), "no rate without flows on two days");
        assert_eq!(reason(&[("2023-01-01", -100.0)]), "no rate without flows on two days");
        assert_eq!(reason(&[("2023-01-01", -100.0), ("2023-01-01", 90.0)]), "no rate without flows on two days");
        let lost = [("2023-01-01", -100.0), ("2023-02-01", -50.0), ("2023-03-01", 0.0)];
        assert_eq!(reason(&lost), "no rate solves it: all flows have one sign");
        // −1 + x − x² has no real zero.
        let never = [("2021-01-01", -100.0), ("2022-01-01", 100.0), ("2023-01-01", -100.0)];
        assert_eq!(reason(&never), "no rate solves it, however high or low");
    }

    #[test]
    fn growth_in_a_short_time_is_an_absurd_rate_a_year() {
        let (up, down) = (1.1_f64, 0.05_f64);
        // A gain of 10 % in one day: ln(1.1) · 365 a year, a growth by a factor of 1.28e15.
        let overnight = continuous_rate(&dated(&[("2024-01-02", -100.0), ("2024-01-03", 110.0)])).unwrap();
        assert_close(overnight / 365.0, up.ln());
        assert_close(annual_rate(overnight).unwrap() / up.powi(365), 1.0);
        // 60 % in eleven days: 1.6^(365/11) − 1 = 5,930,237.39.
        let week = rate(&[("2020-03-02", -10_000.0), ("2020-03-13", 16_000.0)]).unwrap();
        assert_within(week, 5_930_237.39, 0.005);
        // 5 % left after 39 days: 0.05^(365/39), a growth by a factor of 6.6e-13.
        let lost = continuous_rate(&dated(&[("2020-03-02", -10_000.0), ("2020-04-10", 500.0)])).unwrap();
        assert_close(lost, 365.0 / 39.0 * down.ln());
        assert_within(annual_rate(lost).unwrap(), down.powf(365.0 / 39.0) - 1.0, 2.0 * f64::EPSILON);
    }

    #[test]
    fn a_rate_that_no_number_holds_is_none() {
        // Nine tenths gone in a day: a growth by a factor of 1e-365 a year, and ten times as much: one of 1e365.
        let lost = continuous_rate(&dated(&[("2024-01-02", -100.0), ("2024-01-03", 10.0)])).unwrap();
        assert_close(lost / 365.0, 0.1_f64.ln());
        assert!(annual_rate(lost).unwrap_err().to_string().contains("closer to −100 %"));
        let won = continuous_rate(&dated(&[("2024-01-02", -100.0), ("2024-01-03", 1000.0)])).unwrap();
        assert!(annual_rate(won).unwrap_err().to_string().contains("higher than any number"));
    }

    #[test]
    fn far_rates_count_only_where_no_ordinary_one_does() {
        // With x = 1 / (1 + r): −(1 − 1.1 x) (1 − 1e7 x) = −1 + (1e7 + 1.1) x − 1.1e7 x², rates of 10 % and of 1e9 %.
        let both = [("2021-01-01", -1.0), ("2022-01-01", 10_000_001.1), ("2023-01-01", -11_000_000.0)];
        assert_within(rate(&both).unwrap(), 0.1, 1e-7);
        // −(1 − 2 x) (1 − 3 x) = −1 + 5 x − 6 x², ten days each: doubled or trebled, 2^36.5 − 1 or 3^36.5 − 1 a year.
        let far = [("2024-01-02", -100.0), ("2024-01-12", 500.0), ("2024-01-22", -600.0)];
        let error = rate(&far).unwrap_err();
        assert_eq!(error.to_string(), "ambiguous: 2 rates solve it: above 100,000,000 %, above 100,000,000 %");
    }

    proptest! {
        #[test]
        fn savings_at_one_rate_have_that_rate(
            growth in 0.3..3.0_f64,
            deposits in prop::collection::vec((0_u8..200, 1.0..1000.0_f64), 1..20),
            scale in 0.001..1000.0_f64,
        ) {
            let start = date("2020-01-01");
            let mut day = start;
            let mut flows = Vec::new();
            for (gap, amount) in deposits {
                for _ in 0..gap {
                    day = day.next_calendar_day();
                }
                flows.push(DatedNumber { date: day, number: -scale * amount });
            }
            let end = (0..100).fold(day, |last, _| last.next_calendar_day());
            let grown = |flow: &DatedNumber| {
                flow.number * growth.powf(DayCount::Actual365Fixed.year_fraction(flow.date, end))
            };
            let closing: f64 = flows.iter().map(grown).sum();
            flows.push(DatedNumber { date: end, number: -closing });
            flows.reverse();
            let found = continuous_rate(&flows).unwrap();
            prop_assert!((found - growth.ln()).abs() <= 1e-10, "{found} instead of {}", growth.ln());
        }

        #[test]
        fn every_rate_that_is_reported_balances_the_flows(
            amounts in prop::collection::vec(-100.0..100.0_f64, 2..12),
        ) {
            let mut day = date("2020-01-01");
            let mut flows = Vec::new();
            for number in amounts {
                flows.push(DatedNumber { date: day, number });
                day = (0..91).fold(day, |last, _| last.next_calendar_day());
            }
            if let Ok(found) = continuous_rate(&flows) {
                let first = flows[0].date;
                let last = flows[flows.len() - 1].date;
                let from = if found < 0.0 { last } else { first };
                let worth = |flow: &DatedNumber| {
                    flow.number * (-found * DayCount::Actual365Fixed.year_fraction(from, flow.date)).exp()
                };
                let size: f64 = flows.iter().map(|flow| flow.number.abs()).sum();
                let left: f64 = flows.iter().map(worth).sum();
                prop_assert!(left.abs() <= 1e-9 * size, "{left} of {size} is left at {found}");
            }
        }
    }
}
