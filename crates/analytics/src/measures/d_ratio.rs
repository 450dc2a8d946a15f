//! D ratio: losses by number and size against gains by number and size.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::digest::lanes;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Number of losing days times the sum of their losses, over the same of the winning days.
///
/// `(n_d Σ max(−r, 0)) / (n_u Σ max(r, 0))`.
///
/// - Input: daily returns as fractions.
/// - Output: ratio; 0 without a loss, low is good.
/// - Unavailable: no return above zero; no daily return; the series has a number that is none.
/// - Source: Lavinio, *The Hedge Fund Handbook*, 2000; R PerformanceAnalytics, `DRatio`.
pub static MEASURE: Measure = Measure {
    id: "d_ratio",
    title: "D ratio",
    unit: Unit::Ratio,
    annualised: false,
    definition: "Number of days with a loss times the sum of the losses, over number of days with a gain times the \
                 sum of the gains.",
    compute: d_ratio,
};

fn d_ratio(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the D ratio", losses_to_gains(measured))
}

fn losses_to_gains(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let spread = &measured.digest()?.spread;
    let losses = lanes::sum(measured.returns()?, |number| if number < 0.0 { 1.0 } else { 0.0 });
    if spread.gained <= 0.0 {
        return Err(NoFigure::new("no return is above zero"));
    }
    Ok(losses * spread.lost / (spread.gains * spread.gained))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, assert_within, bacon_months, of_returns};

    #[test]
    fn bacon_months_as_printed() {
        // PerformanceAnalytics, DRatio(portfolio_bacon): 0.401 as printed; the digits
        // by plain Python.
        let series = bacon_months(0.0);
        assert_within(MEASURE.of(&series).number().unwrap(), 0.401_332_946_971_892_2, 1e-13);
    }

    #[test]
    fn three_days_by_hand() {
        // One loss of 2 %, two gains of 4 % together.
        assert_number(&MEASURE, &of_returns(&[0.01, -0.02, 0.03]), 0.25);
        assert_unavailable(&MEASURE, &of_returns(&[0.0, -0.02]), "no return is above zero");
    }
}
