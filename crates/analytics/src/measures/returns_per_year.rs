//! By how many returns a year dispersion becomes a figure a year.

use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Returns a year: 252 of trading days, 365 of calendar days, 52 of weeks, 12 of months.
///
/// - Input: the rhythm of the returns.
/// - Output: a whole number.
/// - Unavailable: no return; returns without a rhythm; the series has a number that is none.
/// - Source: the days on which something was quoted that the portfolio held (docs/adr/0024).
pub static MEASURE: Measure = Measure {
    id: "returns_per_year",
    title: "Returns a year",
    unit: Unit::Count,
    annualised: false,
    definition: "How many returns a year has of the days on which something was quoted that was held: 252 of trading \
                 days, 365 where every day is one, 52 of weeks, 12 of months. Dispersion is made a year's by it.",
    compute: returns_per_year,
};

fn returns_per_year(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the number of returns a year", number(measured))
}

fn number(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    measured.returns()?;
    measured.series().sampling.periods_per_year()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_number, assert_unavailable, of_returns};
    use crate::sampling::Sampling;
    use crate::series::PerformanceSeries;

    #[test]
    fn each_rhythm_has_its_own() {
        let series = of_returns(&[0.01, 0.02]);
        for (sampling, number) in [
            (Sampling::Daily252, 252.0),
            (Sampling::Calendar365, 365.0),
            (Sampling::Weekly52, 52.0),
            (Sampling::Monthly12, 12.0),
        ] {
            assert_number(&MEASURE, &PerformanceSeries { sampling, ..series.clone() }, number);
        }
        let irregular = PerformanceSeries { sampling: Sampling::Irregular, ..series };
        assert_unavailable(&MEASURE, &irregular, "neither daily nor weekly nor monthly");
    }
}
