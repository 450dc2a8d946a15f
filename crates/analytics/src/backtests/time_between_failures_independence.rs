//! Did the exceedances come at the distances at which they should?

use super::{Backtest, TestOutcome, likelihood_ratio};
use crate::exceedances::Exceedances;
use crate::figure::NoFigure;
use crate::statistics;

/// Time between failures: the sum of the likelihood ratios of one exceedance in the days since the one before, each
/// against the tail's probability. Chi-square with as many degrees of freedom as there are exceedances.
///
/// `−2 Σ ln[p (1 − p)^(nᵢ − 1) / ((1/nᵢ) (1 − 1/nᵢ)^(nᵢ − 1))]` for the exceedance `i` that comes `nᵢ` days after the
/// one before, the first one after the beginning.
///
/// - Edge: distances that are too long count against a method as those that are too short do; what comes after the last
///   exceedance does not count.
/// - Unavailable: no day exceeded the value at risk.
/// - Source: Haas, *New Methods in Backtesting*, Financial Engineering Research Center Caesar, Bonn (2001).
pub static BACKTEST: Backtest = Backtest {
    id: "time_between_failures_independence",
    title: "Time between failures, independence (Haas)",
    definition: "Whether the days from one exceedance of the value at risk to the next are as many as its tail's \
                 probability says, each for itself. The statistic is a sum of likelihood ratios.",
    test: time_between_failures_independence,
};

/// The test of the distances between exceedances.
///
/// # Errors
/// [`NoFigure`] if no day exceeded the value at risk.
pub fn time_between_failures_independence(exceedances: &Exceedances) -> Result<TestOutcome, NoFigure> {
    let (mut statistic, mut count, mut days) = (0.0, 0, 0);
    for exceeded in exceedances.by_day() {
        days += 1;
        if *exceeded {
            statistic += likelihood_ratio(1, days, exceedances.tail_probability());
            (count, days) = (count + 1, 0);
        }
    }
    if count == 0 {
        return Err(NoFigure::new("no day exceeded the value at risk"));
    }
    Ok(TestOutcome { statistic, p_value: statistics::chi_square_tail(statistic, count) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtests::time_until_first_failure::time_until_first_failure;
    use crate::sample_series::{assert_close, assert_within, exceeded_on_the_first_days};

    #[test]
    fn on_the_second_and_on_the_fifth_day() {
        // Two days, and three more: 2 [ln(½ / p) + ln(½ / (1 − p))] + 2 [ln(⅓ / p) + 2 ln(⅔ / (1 − p))]; by NumPy and
        // scipy.stats.chi2.sf with two degrees of freedom.
        let by_day = [2, 5].iter().fold(vec![false; 10], |mut days, day| {
            days[day - 1] = true;
            days
        });
        let outcome = time_between_failures_independence(&Exceedances::new(0.05, by_day).unwrap()).unwrap();
        assert_within(outcome.statistic, 5.699_015_128_532_609, 1e-12);
        assert_within(outcome.p_value, 0.057_872_812_5, 1e-12);
    }

    #[test]
    fn one_exceedance_is_the_test_of_the_first() {
        let mut by_day = vec![false; 40];
        by_day[12] = true;
        let only = Exceedances::new(0.05, by_day).unwrap();
        let (found, first) =
            (time_between_failures_independence(&only).unwrap(), time_until_first_failure(&only).unwrap());
        assert_close(found.statistic, first.statistic);
        assert_close(found.p_value, first.p_value);
    }

    #[test]
    fn as_often_as_promised_there_is_nothing_to_hold_against_the_method() {
        let by_day: Vec<bool> = (1..=200).map(|day| day % 20 == 0).collect();
        let outcome = time_between_failures_independence(&Exceedances::new(0.05, by_day).unwrap()).unwrap();
        assert_within(outcome.statistic, 0.0, 1e-12);
        assert_within(outcome.p_value, 1.0, 1e-12);
        // The same number at the beginning and then none: only the order is wrong.
        let outcome = time_between_failures_independence(&exceeded_on_the_first_days(10, 200, 0.05)).unwrap();
        assert!(outcome.p_value < 1e-6, "{outcome:?}");
    }

    #[test]
    fn mathworks_probabilities_of_its_statistics() {
        // MathWorks, Risk Management Toolbox, `tbfi` and `tbf`: S&P, Normal95, 57 failures: LRatioTBFI 88.491 with
        // PValueTBFI 0.0047475, and LRatioTBF 88.952, with one degree of freedom more, with PValueTBF 0.0055565.
        assert_within(statistics::chi_square_tail(88.491, 57), 0.004_747_5, 5e-7);
        assert_within(statistics::chi_square_tail(88.952, 58), 0.005_556_5, 5e-7);
    }

    #[test]
    fn what_has_not_happened_has_no_distance() {
        let quiet = exceeded_on_the_first_days(0, 250, 0.01);
        let reason = time_between_failures_independence(&quiet).unwrap_err().to_string();
        assert_eq!(reason, "no day exceeded the value at risk");
    }
}
