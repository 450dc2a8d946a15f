//! Are there as many exceedances as there should be, and at the distances at which they should come?

use super::{Backtest, TestOutcome, kupiec, time_between_failures_independence};
use crate::exceedances::Exceedances;
use crate::figure::NoFigure;
use crate::statistics;

/// Mixed test of the number of exceedances and of the days between them: the sum of the statistics of `kupiec` and
/// `time_between_failures_independence`. Chi-square with one degree of freedom more than there are exceedances.
///
/// - Unavailable: no day exceeded the value at risk.
/// - Source: Haas, *New Methods in Backtesting*, Financial Engineering Research Center Caesar, Bonn (2001).
pub static BACKTEST: Backtest = Backtest {
    id: "time_between_failures",
    title: "Time between failures (Haas)",
    definition: "Whether the value at risk was exceeded as often as its tail's probability says, and at distances of \
                 as many days. The statistic is the sum of those of the number and of the distances.",
    test: time_between_failures,
};

/// The test of the exceedances' number and distances.
///
/// # Errors
/// [`NoFigure`] if no day exceeded the value at risk.
pub fn time_between_failures(exceedances: &Exceedances) -> Result<TestOutcome, NoFigure> {
    let number = kupiec::proportion_of_failures(exceedances)?;
    let distances = time_between_failures_independence::time_between_failures_independence(exceedances)?;
    let statistic = number.statistic + distances.statistic;
    Ok(TestOutcome { statistic, p_value: statistics::chi_square_tail(statistic, exceedances.count() + 1) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::assert_within;

    #[test]
    fn two_of_ten_days_on_the_second_and_the_fifth() {
        // 2 [2 ln(0.2 / 0.05) + 8 ln(0.8 / 0.95)] = 2.795573333653016 and 5.699015128532609 of the distances; by
        // scipy.stats.chi2.sf with three degrees of freedom.
        let mut by_day = vec![false; 10];
        (by_day[1], by_day[4]) = (true, true);
        let outcome = time_between_failures(&Exceedances::new(0.05, by_day).unwrap()).unwrap();
        assert_within(outcome.statistic, 8.494_588_462_185_625, 1e-12);
        assert_within(outcome.p_value, 0.036_823_003_801_938_294, 1e-12);
    }

    #[test]
    fn without_an_exceedance_there_is_no_distance() {
        let quiet = Exceedances::new(0.05, vec![false; 250]).unwrap();
        assert_eq!(time_between_failures(&quiet).unwrap_err().to_string(), "no day exceeded the value at risk");
    }
}
