//! As many exceedances as promised, and none that announces the next?

use super::{Backtest, TestOutcome, christoffersen_independence, kupiec};
use crate::exceedances::Exceedances;
use crate::figure::NoFigure;

/// Conditional coverage: the sum of the likelihood ratios of the exceedances' number and of their order, chi-square
/// with two degrees of freedom.
///
/// - Edge: the number is that of all days, the order that of all pairs of a day and the next.
/// - Unavailable: where independence cannot be tested.
/// - Source: Christoffersen, *Evaluating Interval Forecasts*, International Economic Review 39 (1998).
pub static BACKTEST: Backtest = Backtest {
    id: "christoffersen_coverage",
    title: "Conditional coverage (Christoffersen)",
    definition: "Whether the value at risk was exceeded as often as its tail's probability says, whatever happened the \
                 day before. The statistic is the sum of the likelihood ratios of Kupiec and of independence.",
    test: conditional_coverage,
};

/// The test of the exceedances' number and order.
///
/// # Errors
/// [`NoFigure`] if no day follows one that exceeded the value at risk, or none follows one that did not.
pub fn conditional_coverage(exceedances: &Exceedances) -> Result<TestOutcome, NoFigure> {
    let number = kupiec::proportion_of_failures(exceedances)?;
    let order = christoffersen_independence::independence(exceedances)?;
    let statistic = number.statistic + order.statistic;
    // The tail of chi-square with two degrees of freedom.
    Ok(TestOutcome { statistic, p_value: (-statistic / 2.0).exp() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, assert_within, mathworks_normal_95};

    #[test]
    fn number_and_order_add_up() {
        // no, yes, no, yes, no with one in two promised. Two of five: 2 [2 ln(0.4 / 0.5) + 3 ln(0.6 / 0.5)]; after a
        // `no` always and after a `yes` never, against (1/2)⁴.
        let sample = Exceedances::new(0.5, vec![false, true, false, true, false]).unwrap();
        let statistic = 4.0 * 0.8_f64.ln() + 6.0 * 1.2_f64.ln() + 8.0 * 2.0_f64.ln();
        let outcome = conditional_coverage(&sample).unwrap();
        assert_close(outcome.statistic, statistic);
        // e^(−s/2) = 0.8⁻² · 1.2⁻³ · 2⁻⁴.
        assert_close(outcome.p_value, 1.0 / (0.64 * 1.728 * 16.0));
    }

    #[test]
    fn mathworks_as_printed() {
        // MathWorks, Risk Management Toolbox, `cc`: S&P, Normal95: LRatioCC 0.72013, PValueCC 0.69763.
        let outcome = conditional_coverage(&mathworks_normal_95()).unwrap();
        assert_within(outcome.statistic, 0.72013, 5e-6);
        assert_within(outcome.p_value, 0.69763, 5e-6);
    }

    #[test]
    fn without_an_exceedance_there_is_no_order() {
        let quiet = Exceedances::new(0.05, vec![false; 250]).unwrap();
        let reason = conditional_coverage(&quiet).unwrap_err().to_string();
        assert_eq!(reason, "no day follows one that exceeded the value at risk");
    }
}
