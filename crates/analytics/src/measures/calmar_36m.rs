//! Calmar ratio as Young defined it: of the last 36 months.

use chrono::Months;
use schemas::MeasureValue;

use super::{Measure, Unit};
use crate::compounding::annualised;
use crate::digest::path::Path;
use crate::figure::{self, NoFigure};
use crate::measured::Measured;

/// Annualised return over the size of the maximum drawdown, both of the last 36 months.
///
/// `((1 + R)^(252/n) − 1) / |D|` with the linked return `R` of the `n` returns after the day 36 months before the end,
/// and their deepest fall `D`, the start of the 36 months included.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: ratio.
/// - Unavailable: a period of less than 36 months; the index never fell in them; no return in them; a loss of more than
///   everything; the series has a number that is none.
/// - Source: Young, *Calmar Ratio: A Smoother Tool*, Futures 20 (1991).
pub static MEASURE: Measure = Measure {
    id: "calmar_36m",
    title: "Calmar ratio, 36 months",
    unit: Unit::Ratio,
    annualised: true,
    definition: "The annualised return (252 days) over the size of the maximum drawdown, both of the last 36 months.",
    compute: calmar_36m,
};

/// The months that count.
const MONTHS: u32 = 36;

fn calmar_36m(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the Calmar ratio", return_to_drawdown(measured))
}

fn return_to_drawdown(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let returns = measured.returns()?;
    let series = measured.series();
    let start = series.end_date.day().checked_sub_months(Months::new(MONTHS));
    let Some(start) = start.filter(|start| series.opening_date.day() <= *start) else {
        return Err(NoFigure::new(format!("the period is shorter than {MONTHS} months")));
    };
    let before = series.returns.partition_point(|entry| entry.date.day() <= start);
    let last = returns.get(before..).unwrap_or_default();
    if last.is_empty() {
        return Err(NoFigure::new(format!("no daily return in the last {MONTHS} months")));
    }
    let path = Path::of(last);
    let years = last.len() as f64 / series.sampling.periods_per_year()?;
    let annual = annualised(path.growth - 1.0, years)?;
    let fall = path.deepest.ok_or_else(|| NoFigure::new("no drawdown: no day closed below an earlier high"))?;
    Ok(annual / fall.depth.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::calmar;
    use crate::sample_series::{assert_number, assert_unavailable, date, dated, of_returns};
    use crate::series::PerformanceSeries;

    /// Returns on three days, of which the first lies more than 36 months before the end.
    fn long() -> PerformanceSeries {
        PerformanceSeries {
            opening_date: date("2020-06-01"),
            end_date: date("2023-12-29"),
            returns: dated(&[("2020-12-29", -0.5), ("2020-12-30", 0.1), ("2021-06-01", -0.2), ("2023-12-29", 0.3)]),
            ..of_returns(&[])
        }
    }

    #[test]
    fn only_the_last_36_months_count() {
        // 1.1 · 0.8 · 1.3 = 1.144 in three returns, to the power of 252 / 3, over 20 %. The half lost on the day on
        // which the 36 months start was lost before them.
        assert_number(&MEASURE, &long(), (1.144_f64.powi(84) - 1.0) / 0.2);
    }

    #[test]
    fn of_exactly_36_months_it_is_the_ratio_of_the_whole() {
        let mut series = long();
        series.opening_date = date("2020-12-29");
        series.returns.remove(0);
        assert_number(&MEASURE, &series, calmar::MEASURE.of(&series).number().unwrap());
        series.opening_date = date("2020-12-30");
        assert_unavailable(&MEASURE, &series, "shorter than 36 months");
    }

    #[test]
    fn reasons() {
        let mut series = long();
        series.returns.truncate(1);
        assert_unavailable(&MEASURE, &series, "no daily return in the last 36 months");
        series.returns = dated(&[("2020-12-29", -0.5), ("2021-06-01", 0.2)]);
        assert_unavailable(&MEASURE, &series, "no drawdown");
    }
}
