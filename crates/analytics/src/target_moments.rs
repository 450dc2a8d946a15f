//! What lies above and below a target: partial moments of the returns around the rate without risk.
//!
//! The target of a day is the rate a year compounded down to it, as for the Sortino ratio. All days count in the means,
//! those on the other side of the target with zero.

use crate::digest::lanes;
use crate::figure::NoFigure;
use crate::measured::Measured;
use crate::reward_to_risk::{periodic_rate, risk_free_annual};
use crate::statistics::is_rounding;

/// The returns of a series around its rate without risk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TargetMoments {
    /// The mean of the returns less the target.
    pub(crate) mean: f64,
    /// The part of the days above the target.
    pub(crate) above: f64,
    /// The part of the days below it.
    pub(crate) below: f64,
    /// The mean of what exceeds the target.
    pub(crate) gained: f64,
    /// The mean of what falls short of it, as a positive number.
    pub(crate) missed: f64,
    /// The mean of the squares of what exceeds it.
    pub(crate) squared_gained: f64,
    /// The mean of the squares of what falls short.
    pub(crate) squared_missed: f64,
    /// The mean of the cubes of what falls short.
    pub(crate) cubed_missed: f64,
    largest: f64,
}

impl TargetMoments {
    /// The moments of a series.
    ///
    /// # Errors
    /// [`NoFigure`] if the series has a defect, no return or no rate without risk.
    pub(crate) fn of(measured: &Measured<'_>) -> Result<TargetMoments, NoFigure> {
        let returns = measured.returns()?;
        let series = measured.series();
        let target = periodic_rate(risk_free_annual(series)?, series.sampling)?;
        let spread = &measured.digest()?.spread;
        let gain = |number: f64| if target < number { number - target } else { 0.0 };
        let miss = |number: f64| if number < target { target - number } else { 0.0 };
        let share = |is_one: fn(f64, f64) -> bool| {
            lanes::sum(returns, |number| if is_one(number, target) { 1.0 } else { 0.0 }) / spread.count
        };
        Ok(TargetMoments {
            mean: spread.mean - target,
            above: share(|number, target| target < number),
            below: share(|number, target| number < target),
            gained: lanes::sum(returns, gain) / spread.count,
            missed: lanes::sum(returns, miss) / spread.count,
            squared_gained: lanes::sum(returns, |number| gain(number) * gain(number)) / spread.count,
            squared_missed: lanes::sum(returns, |number| miss(number) * miss(number)) / spread.count,
            cubed_missed: lanes::sum(returns, |number| miss(number) * miss(number) * miss(number)) / spread.count,
            largest: spread.largest_magnitude() + target.abs(),
        })
    }

    /// These moments, if something falls short of the target.
    ///
    /// # Errors
    /// [`NoFigure`] if nothing does, but for rounding.
    pub(crate) fn with_shortfall(self) -> Result<TargetMoments, NoFigure> {
        if is_rounding(self.squared_missed.sqrt(), self.largest) {
            return Err(NoFigure::new("no return is below the target"));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{any_returns, assert_close, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn three_days_around_a_tenth_of_a_percent() {
        // 0.1 % a day: 2 % above, exactly there, 1 % below.
        let rate = 1.001_f64.powi(252) - 1.0;
        let series = PerformanceSeries { risk_free: Some(RiskFree::Annual(rate)), ..of_returns(&[0.021, -0.009]) };
        let found = TargetMoments::of(&Measured::new(&series)).unwrap();
        for (actual, expected) in [
            (found.mean, 0.005),
            (found.above, 0.5),
            (found.below, 0.5),
            (found.gained, 0.01),
            (found.missed, 0.005),
            (found.squared_gained, 2e-4),
            (found.squared_missed, 5e-5),
            (found.cubed_missed, 5e-7),
        ] {
            assert_close(actual, expected);
        }
        let unknown = PerformanceSeries { risk_free: None, ..series };
        assert!(TargetMoments::of(&Measured::new(&unknown)).unwrap_err().to_string().contains("risk-free"));
    }

    proptest! {
        #[test]
        fn what_is_gained_less_what_is_missed_is_the_mean(returns in any_returns()) {
            let found = TargetMoments::of(&Measured::new(&of_returns(&returns))).unwrap();
            prop_assert!((found.gained - found.missed - found.mean).abs() <= 1e-15);
            prop_assert!(found.above + found.below <= 1.0 + 1e-15);
            prop_assert!(found.missed * found.missed <= found.squared_missed + 1e-18);
        }
    }
}
