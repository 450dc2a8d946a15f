//! Does one exceedance announce the next?

use super::{Backtest, TestOutcome, likelihood_ratio};
use crate::exceedances::Exceedances;
use crate::figure::NoFigure;
use crate::statistics;

/// Independence: the likelihood ratio of two shares of exceedances, one after a day that exceeded and one after a day
/// that did not, against one share for both. Chi-square with one degree of freedom.
///
/// - Input: pairs of a day and the next, so the first day counts as a day before only.
/// - Edge: what is compared are the shares, so that neither the tail's probability nor the number matter.
/// - Unavailable: no day follows one that exceeded the value at risk, or none follows one that did not.
/// - Source: Christoffersen, *Evaluating Interval Forecasts*, International Economic Review 39 (1998).
pub static BACKTEST: Backtest = Backtest {
    id: "christoffersen_independence",
    title: "Independence (Christoffersen)",
    definition: "Whether the value at risk was exceeded as often after a day that exceeded it as after one that did \
                 not. The statistic is a likelihood ratio.",
    test: independence,
};

/// The test of the exceedances' order.
///
/// # Errors
/// [`NoFigure`] if no day follows one that exceeded the value at risk, or none follows one that did not.
pub fn independence(exceedances: &Exceedances) -> Result<TestOutcome, NoFigure> {
    let Order { after_exceeded, after_quiet } = Order::of(exceedances.by_day());
    if after_exceeded.days == 0 {
        return Err(NoFigure::new("no day follows one that exceeded the value at risk"));
    }
    if after_quiet.days == 0 {
        return Err(NoFigure::new("no day follows one that did not exceed the value at risk"));
    }
    let exceeded = (after_exceeded.exceeded + after_quiet.exceeded) as f64;
    let share = exceeded / (after_exceeded.days + after_quiet.days) as f64;
    let statistic = likelihood_ratio(after_exceeded.exceeded, after_exceeded.days, share)
        + likelihood_ratio(after_quiet.exceeded, after_quiet.days, share);
    Ok(TestOutcome { statistic, p_value: statistics::chi_square_tail_of_one_degree(statistic) })
}

/// What followed the days that exceeded the value at risk, and what followed the others.
#[derive(Default)]
struct Order {
    after_exceeded: Followers,
    after_quiet: Followers,
}

/// The days that follow days of one kind, and how many of them exceeded.
#[derive(Default)]
struct Followers {
    days: usize,
    exceeded: usize,
}

impl Order {
    fn of(by_day: &[bool]) -> Order {
        let mut order = Order::default();
        for (before, today) in by_day.iter().zip(by_day.iter().skip(1)) {
            let followers = if *before { &mut order.after_exceeded } else { &mut order.after_quiet };
            followers.days += 1;
            followers.exceeded += usize::from(*today);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, assert_within, mathworks_normal_95};

    fn exceedances(by_day: &[bool]) -> Exceedances {
        Exceedances::new(0.05, by_day.to_vec()).unwrap()
    }

    #[test]
    fn five_days() {
        // no, no, yes, yes, no: one of two days after a `no` exceeds, and one of two after a `yes`: no difference.
        let outcome = independence(&exceedances(&[false, false, true, true, false])).unwrap();
        assert_close(outcome.statistic, 0.0);
        assert_close(outcome.p_value, 1.0);
        // no, yes, no, yes, no: both days after a `no`, neither after a `yes`: certain, against (1/2)⁴.
        let outcome = independence(&exceedances(&[false, true, false, true, false])).unwrap();
        assert_close(outcome.statistic, 8.0 * 2.0_f64.ln());
    }

    #[test]
    fn mathworks_as_printed() {
        // MathWorks, Risk Management Toolbox, `cci`: S&P, Normal95: N00 932, N10 53, N01 53, N11 4: LRatioCCI 0.25866,
        // PValueCCI 0.61104.
        let sample = mathworks_normal_95();
        let Order { after_exceeded, after_quiet } = Order::of(sample.by_day());
        assert_eq!((after_quiet.days, after_quiet.exceeded), (932 + 53, 53));
        assert_eq!((after_exceeded.days, after_exceeded.exceeded), (53 + 4, 4));
        let outcome = independence(&sample).unwrap();
        assert_within(outcome.statistic, 0.25866, 5e-6);
        assert_within(outcome.p_value, 0.61104, 5e-6);
    }

    #[test]
    fn there_must_be_something_to_compare() {
        let reason = |by_day: &[bool]| independence(&exceedances(by_day)).unwrap_err().to_string();
        let no_exceedance = "no day follows one that exceeded the value at risk";
        assert_eq!(reason(&[false, false, false]), no_exceedance);
        assert_eq!(reason(&[false, false, true]), no_exceedance);
        assert_eq!(reason(&[true]), no_exceedance);
        assert_eq!(reason(&[true, true, false]), "no day follows one that did not exceed the value at risk");
    }
}
