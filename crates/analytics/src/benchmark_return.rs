//! The return of a benchmark on one day of a portfolio.

use crate::daily_return::CAPITAL_UNITS_MIN;

/// The return of a benchmark from one valuation date to the next, as a portfolio that is compared with it counts it:
/// `level / level_before − 1`, and zero on a day that the portfolio starts without capital, because what it buys on
/// that day it buys at the close.
///
/// - Input: the portfolio's value at the valuation date before, in units of the tenth decimal; the levels of both days
///   in the portfolio's base currency.
/// - Output: fraction (0.01 is one percent).
/// - None: there is no level on the day or, if there was capital, on the day before; a level that is not positive.
pub fn benchmark_return(begin_value: i128, level_before: Option<f64>, level: Option<f64>) -> Option<f64> {
    let positive = |level: f64| level.is_finite() && 0.0 < level;
    let today = level.filter(|level| positive(*level))?;
    if begin_value <= CAPITAL_UNITS_MIN {
        return Some(0.0);
    }
    let before = level_before.filter(|level| positive(*level))?;
    Some(today / before - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const THOUSAND: i128 = 1_000 * 10_000_000_000;

    #[test]
    fn a_level_is_compared_with_the_one_before() {
        // 80 became 84: five percent.
        let earned = benchmark_return(THOUSAND, Some(80.0), Some(84.0)).expect("both levels are there");
        assert!((earned - 0.05).abs() < 1e-15, "{earned}");
    }

    #[test]
    fn a_day_that_starts_without_capital_earns_nothing_on_either_side() {
        assert_eq!(benchmark_return(0, Some(80.0), Some(84.0)), Some(0.0));
        assert_eq!(benchmark_return(10, None, Some(84.0)), Some(0.0));
        // More is owed than owned: no capital either.
        assert_eq!(benchmark_return(-THOUSAND, Some(80.0), Some(84.0)), Some(0.0));
        assert!(benchmark_return(11, Some(80.0), Some(84.0)).is_some_and(|earned| 0.0 < earned));
    }

    #[test]
    fn without_a_level_there_is_no_return() {
        assert_eq!(benchmark_return(THOUSAND, None, Some(84.0)), None);
        assert_eq!(benchmark_return(THOUSAND, Some(80.0), None), None);
        assert_eq!(benchmark_return(0, Some(80.0), None), None);
        assert_eq!(benchmark_return(THOUSAND, Some(0.0), Some(84.0)), None);
        assert_eq!(benchmark_return(THOUSAND, Some(80.0), Some(f64::NAN)), None);
    }
}
