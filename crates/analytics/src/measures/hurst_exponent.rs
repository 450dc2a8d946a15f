//! Hurst exponent: whether days go on as the days before or turn.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::statistics::is_rounding;

/// Exponent of the rescaled range of the whole series.
///
/// `ln(R/S) / ln(n/2)` with the range `R` of the running sums of the deviations from the mean, and their standard
/// deviation `S` (population).
///
/// - Input: daily returns as fractions in order of date.
/// - Output: ratio; near 0.5 for independent days of a long series, higher if they go on, lower if they turn.
/// - Unavailable: fewer than three returns; returns that do not vary; the series has a number that is none.
/// - Source: Hurst, *Long-Term Storage Capacity of Reservoirs*, Transactions of the American Society of Civil Engineers
///   116 (1951), his `K`.
pub static MEASURE: Measure = Measure {
    id: "hurst_exponent",
    title: "Hurst exponent",
    unit: Unit::Ratio,
    annualised: false,
    definition: "Whether the daily returns go on as before (above 0.5) or turn (below): the logarithm of their \
                 rescaled range over that of half their number.",
    compute: hurst_exponent,
};

fn hurst_exponent(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Hurst exponent", rescaled_range(measured))
}

/// Below so many returns half their number has no logarithm above zero.
const RETURNS_MIN: usize = 3;

fn rescaled_range(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let returns = measured.returns()?;
    if returns.len() < RETURNS_MIN {
        return Err(NoFigure::new(format!("not enough daily returns: {} of {RETURNS_MIN}", returns.len())));
    }
    let spread = &measured.digest()?.spread;
    let deviation = spread.variance().sqrt();
    if is_rounding(deviation, spread.largest_magnitude()) {
        return Err(NoFigure::new("the returns do not vary"));
    }
    let (mut sum, mut low, mut high) = (0.0_f64, 0.0_f64, 0.0_f64);
    for number in returns {
        sum += number - spread.mean;
        low = low.min(sum);
        high = high.max(sum);
    }
    Ok(((high - low) / deviation).ln() / (0.5 * spread.count).ln())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{
        any_returns, assert_number, assert_unavailable, assert_within, bacon_months, of_returns,
    };

    #[test]
    fn bacon_months_by_other_code() {
        // Running sums of the 24 months in plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.654_734_767_161_899_9, 1e-13);
    }

    #[test]
    fn what_goes_on_and_what_turns() {
        // Up for half of the time, then down: the range is n/2 deviations. Up and down in turn: it is one.
        assert_number(&MEASURE, &of_returns(&[0.01, 0.01, 0.01, -0.01, -0.01, -0.01]), 1.0);
        assert_number(&MEASURE, &of_returns(&[0.01, -0.01, 0.01, -0.01, 0.01, -0.01]), 0.0);
        assert_unavailable(&MEASURE, &of_returns(&[0.01, -0.01]), "not enough daily returns: 2 of 3");
        assert_unavailable(&MEASURE, &of_returns(&[0.01, 0.01, 0.01]), "do not vary");
    }

    proptest! {
        #[test]
        fn leverage_and_drift_do_not_matter(returns in any_returns(), factor in 0.1..4.0_f64, drift in -0.1..0.1_f64) {
            let changed: Vec<f64> = returns.iter().map(|number| factor * number + drift).collect();
            if let Some(exponent) = MEASURE.of(&of_returns(&returns)).number() {
                assert_within(MEASURE.of(&of_returns(&changed)).number().unwrap(), exponent, 1e-9);
            }
        }
    }
}
