//! The deepest fall from a high.

use schemas::BusinessDate;

use crate::digest::path::Fall;
use crate::figure::NoFigure;
use crate::measured::Measured;
use crate::series::PerformanceSeries;

/// A fall of the wealth index (1 at the opening, times `1 + r` a day) below its high so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawdown {
    /// The fall as a negative fraction of the high, e.g. −0.25.
    pub depth: f64,
    /// The last day at the high before the trough; the opening date if the index was never higher than there.
    pub peak_date: BusinessDate,
    /// The first day of the low.
    pub trough_date: BusinessDate,
    /// The first day at the high again; none if the period ends before.
    pub recovery_date: Option<BusinessDate>,
}

/// The deepest drawdown of the period, the first of several equal ones; none if the index never was below a high.
///
/// # Errors
/// [`NoFigure`] if the series has a defect or no daily returns.
pub fn deepest_drawdown(measured: &Measured<'_>) -> Result<Option<Drawdown>, NoFigure> {
    let Some(fall) = measured.digest()?.path.deepest else { return Ok(None) };
    dated(measured, &fall).map(Some)
}

/// The deepest drawdown, or the reason that there is none.
pub(crate) fn found(measured: &Measured<'_>) -> Result<Drawdown, NoFigure> {
    dated(measured, &fall(measured)?)
}

/// The deepest fall without its dates, or the reason that there is none.
pub(crate) fn fall(measured: &Measured<'_>) -> Result<Fall, NoFigure> {
    measured.digest()?.path.deepest.ok_or_else(|| NoFigure::new("no drawdown: no day closed below an earlier high"))
}

fn dated(measured: &Measured<'_>, fall: &Fall) -> Result<Drawdown, NoFigure> {
    let series = measured.series();
    let recovery = fall.recovery(measured.returns()?);
    Ok(Drawdown {
        depth: fall.depth,
        peak_date: date_of(series, fall.peak),
        trough_date: date_of(series, fall.trough),
        recovery_date: recovery.map(|place| date_of(series, place)),
    })
}

/// The date of a place: the opening, or the day of a return.
fn date_of(series: &PerformanceSeries, place: usize) -> BusinessDate {
    let entry = place.checked_sub(1).and_then(|index| series.returns.get(index));
    entry.map_or(series.opening_date, |entry| entry.date)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close, date, of_returns};

    fn deepest(series: &PerformanceSeries) -> Result<Option<Drawdown>, NoFigure> {
        deepest_drawdown(&Measured::new(series))
    }

    /// Returns of a wealth index that starts at 1.
    fn of_wealth(wealth: &[f64]) -> PerformanceSeries {
        let mut before = 1.0;
        let mut returns = Vec::new();
        for now in wealth {
            returns.push(now / before - 1.0);
            before = *now;
        }
        of_returns(&returns)
    }

    #[test]
    fn as_portfolio_performance_tests_it() {
        // RiskTest of portfolio-performance/portfolio: cumulative returns 0, 0.1, 0.2, −1.4 fall by 4/3 of the high.
        let below_nothing = deepest(&of_wealth(&[1.0, 1.1, 1.2, -0.4])).unwrap().unwrap();
        assert_close(below_nothing.depth, -4.0 / 3.0);
        // And 1, 1, −0.5, 1, 1, 2, 3, 4, 5, 6 (a wealth of 2, 2, 0.5, 2, …) fall by 75 %.
        let several_highs = of_wealth(&[2.0, 2.0, 0.5, 2.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        let drawdown = deepest(&several_highs).unwrap().unwrap();
        assert_close(drawdown.depth, -0.75);
        assert_eq!(drawdown.peak_date, date("2024-01-03"), "the last day at the high");
        assert_eq!(drawdown.trough_date, date("2024-01-04"));
        assert_eq!(drawdown.recovery_date, Some(date("2024-01-05")));
    }

    #[test]
    fn a_high_at_the_opening_has_the_opening_date() {
        let drawdown = deepest(&of_returns(&[-0.1, 0.05, -0.2])).unwrap().unwrap();
        // 0.9 · 1.05 · 0.8 = 0.756.
        assert_close(drawdown.depth, -0.244);
        assert_eq!(drawdown.peak_date, date("2024-01-01"));
        assert_eq!(drawdown.trough_date, date("2024-01-04"));
        assert_eq!(drawdown.recovery_date, None);
    }

    #[test]
    fn a_deeper_fall_after_a_recovery_replaces_the_first() {
        // 1.1, 0.99, 1.188, 0.8316, 1.24740: 10 % below 1.1, then 30 % below 1.188, then above it.
        let drawdown = deepest(&of_returns(&[0.1, -0.1, 0.2, -0.3, 0.5])).unwrap().unwrap();
        assert_close(drawdown.depth, -0.3);
        assert_eq!(drawdown.peak_date, date("2024-01-04"));
        assert_eq!(drawdown.recovery_date, Some(date("2024-01-06")));
    }

    #[test]
    fn nothing_falls_where_nothing_was_lost() {
        assert_eq!(deepest(&of_returns(&[0.0, 0.1, 0.0])), Ok(None));
        assert!(deepest(&of_returns(&[])).is_err());
        assert!(deepest(&of_returns(&[0.1, f64::NAN])).is_err());
    }

    proptest! {
        #[test]
        fn dates_are_in_order_and_the_depth_is_a_loss(returns in any_returns()) {
            let series = of_returns(&returns);
            if let Some(drawdown) = deepest(&series).unwrap() {
                prop_assert!((-1.0..0.0).contains(&drawdown.depth));
                prop_assert!(drawdown.peak_date < drawdown.trough_date);
                prop_assert!(drawdown.recovery_date.is_none_or(|recovery| drawdown.trough_date < recovery));
            } else {
                prop_assert!(returns.iter().all(|number| 0.0 <= *number));
            }
        }

        #[test]
        fn no_shorter_period_falls_deeper(returns in any_returns()) {
            let whole = deepest(&of_returns(&returns)).unwrap().map_or(0.0, |drawdown| drawdown.depth);
            let later = deepest(&of_returns(&returns[1..])).unwrap().map_or(0.0, |drawdown| drawdown.depth);
            prop_assert!(whole <= later + 1e-12);
        }
    }
}
