//! Did the first exceedance come when it should?

use super::{Backtest, TestOutcome, likelihood_ratio};
use crate::exceedances::Exceedances;
use crate::figure::NoFigure;
use crate::statistics;

/// Time until first failure: the likelihood ratio of one exceedance in the days up to the first, against the tail's
/// probability. Chi-square with one degree of freedom.
///
/// `−2 ln[p (1 − p)^(v − 1) / ((1/v) (1 − 1/v)^(v − 1))]` for the first exceedance on day `v`, counted from 1.
///
/// - Edge: a first exceedance that comes late counts against a method as one that comes early does.
/// - Unavailable: no day exceeded the value at risk; the first may still come on any day.
/// - Source: Kupiec, *Techniques for Verifying the Accuracy of Risk Measurement Models*, Journal of Derivatives 3
///   (1995).
pub static BACKTEST: Backtest = Backtest {
    id: "time_until_first_failure",
    title: "Time until first failure (Kupiec)",
    definition: "Whether the value at risk was exceeded for the first time neither earlier nor later than its tail's \
                 probability says. The statistic is a likelihood ratio.",
    test: time_until_first_failure,
};

/// The test of the first exceedance's day.
///
/// # Errors
/// [`NoFigure`] if no day exceeded the value at risk.
pub fn time_until_first_failure(exceedances: &Exceedances) -> Result<TestOutcome, NoFigure> {
    let Some(days_before) = exceedances.by_day().iter().position(|exceeded| *exceeded) else {
        return Err(NoFigure::new("no day exceeded the value at risk"));
    };
    let statistic = likelihood_ratio(1, days_before + 1, exceedances.tail_probability());
    Ok(TestOutcome { statistic, p_value: statistics::chi_square_tail_of_one_degree(statistic) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, assert_within, exceeded_on_the_first_days, mathworks_normal_95};

    #[test]
    fn on_the_first_day_and_on_the_day_that_is_expected() {
        // On day 1: −2 ln p. On day 20 with 1 in 20 promised there is nothing to hold against the method.
        let first = time_until_first_failure(&exceeded_on_the_first_days(3, 10, 0.05)).unwrap();
        assert_close(first.statistic, -2.0 * 0.05_f64.ln());
        let mut by_day = vec![false; 19];
        by_day.push(true);
        let expected = time_until_first_failure(&Exceedances::new(0.05, by_day).unwrap()).unwrap();
        assert_close(expected.statistic, 0.0);
    }

    #[test]
    fn mathworks_as_printed() {
        // MathWorks, Risk Management Toolbox, `tuff`: S&P, Normal95, first failure on day 58: LRatioTUFF 1.7354,
        // PValueTUFF 0.18773.
        let outcome = time_until_first_failure(&mathworks_normal_95()).unwrap();
        assert_within(outcome.statistic, 1.7354, 5e-5);
        assert_within(outcome.p_value, 0.18773, 5e-6);
    }

    #[test]
    fn what_has_not_happened_has_no_day() {
        let reason = time_until_first_failure(&exceeded_on_the_first_days(0, 250, 0.01)).unwrap_err().to_string();
        assert_eq!(reason, "no day exceeded the value at risk");
    }
}
