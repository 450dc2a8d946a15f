//! Are there as many exceedances as the tail's probability says?

use super::{Backtest, TestOutcome, likelihood_ratio};
use crate::exceedances::Exceedances;
use crate::figure::NoFigure;
use crate::statistics;

/// The proportion of failures: the likelihood ratio of the observed share of exceedances against the promised one.
///
/// `−2 ln[(1 − p)^(n − x) p^x / ((1 − x/n)^(n − x) (x/n)^x)]` of `x` in `n` days, chi-square with one degree of
/// freedom.
///
/// - Edge: too few exceedances count against a method as too many do. `0 ln 0` is 0, so that none at all have a figure.
/// - Source: Kupiec, *Techniques for Verifying the Accuracy of Risk Measurement Models*, Journal of Derivatives 3
///   (1995).
pub static BACKTEST: Backtest = Backtest {
    id: "kupiec",
    title: "Proportion of failures (Kupiec)",
    definition: "Whether the value at risk was exceeded as often as its tail's probability says, neither more nor \
                 less. The statistic is a likelihood ratio.",
    test: proportion_of_failures,
};

/// The test of the exceedances' number.
///
/// # Errors
/// None: every number of exceedances has a figure.
pub fn proportion_of_failures(exceedances: &Exceedances) -> Result<TestOutcome, NoFigure> {
    let statistic = likelihood_ratio(exceedances.count(), exceedances.days(), exceedances.tail_probability());
    Ok(TestOutcome { statistic, p_value: statistics::chi_square_tail_of_one_degree(statistic) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, assert_within, exceeded_on_the_first_days, mathworks_normal_95};

    fn found(count: usize, days: usize, tail_probability: f64) -> TestOutcome {
        proportion_of_failures(&exceeded_on_the_first_days(count, days, tail_probability)).unwrap()
    }

    #[test]
    fn one_in_ten_where_one_in_twenty_was_promised() {
        // 5 of 50: 2 [5 ln(0.1 / 0.05) + 45 ln(0.9 / 0.95)].
        assert_close(found(5, 50, 0.05).statistic, 10.0 * 2.0_f64.ln() + 90.0 * (0.9_f64 / 0.95).ln());
        // None of 500 at 1 %: −1,000 ln 0.99.
        assert_close(found(0, 500, 0.01).statistic, -1000.0 * 0.99_f64.ln());
        assert_close(found(4, 4, 0.01).statistic, -8.0 * 0.01_f64.ln());
    }

    #[test]
    fn mathworks_as_printed() {
        // MathWorks, Risk Management Toolbox, `pof`: S&P, Normal95, 57 of 1,043: LRatioPOF 0.46147, PValuePOF 0.49694.
        let outcome = proportion_of_failures(&mathworks_normal_95()).unwrap();
        assert_within(outcome.statistic, 0.46147, 5e-6);
        assert_within(outcome.p_value, 0.49694, 5e-6);
    }

    #[test]
    fn kupiec_as_printed() {
        // Kupiec (1995): at 5 % not rejected with 6 < x < 21 of 255 days, 16 < x < 36 of 510, 37 < x < 65 of 1,000.
        for (days, fewest, most) in [(255, 7, 20), (510, 17, 35), (1000, 38, 64)] {
            for count in 0..=100 {
                let is_accepted = 0.05 < found(count, days, 0.05).p_value;
                assert_eq!(is_accepted, (fewest..=most).contains(&count), "{count} of {days}");
            }
        }
    }

    #[test]
    fn single_cases() {
        // By SciPy's chi-square distribution.
        let cases = [
            (7, 250, 0.01, 5.496_990_447_792_683, 0.019_049_230_890_526_535),
            (0, 500, 0.01, 10.050_335_853_501_451, 0.001_523_201_698_363_665_1),
            (30, 500, 0.05, 0.992_110_636_932_551_4, 0.319_227_062_979_629_3),
        ];
        for (count, days, tail_probability, statistic, p_value) in cases {
            let outcome = found(count, days, tail_probability);
            assert_close(outcome.statistic, statistic);
            assert_close(outcome.p_value, p_value);
        }
    }
}
