//! Days that lost more than the value at risk that was known before them.
//!
//! The literature calls such a day an exception or a failure, too. A method is judged by them: with too many it
//! understates the risk, and in clusters it learns too late.

use crate::figure::NoFigure;
use crate::loss_tail;
use crate::statistics::floor_index;

/// For each of some days, in order, whether it lost more than the value at risk forecast for it. There is at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Exceedances {
    tail_probability: f64,
    exceeded: Vec<bool>,
}

impl Exceedances {
    /// Days with a forecast, in order, and the probability with which each was meant to be exceeded, e.g. 0.05.
    ///
    /// # Errors
    /// [`NoFigure`] if there is no day, or the probability is not between 0 and 1.
    pub fn new(tail_probability: f64, exceeded: Vec<bool>) -> Result<Exceedances, NoFigure> {
        loss_tail::check(&[], tail_probability, 0)?;
        if exceeded.is_empty() {
            return Err(NoFigure::new("no day has a forecast of the value at risk"));
        }
        Ok(Exceedances { tail_probability, exceeded })
    }

    /// The probability with which the value at risk was meant to be exceeded, e.g. 0.05.
    pub fn tail_probability(&self) -> f64 {
        self.tail_probability
    }

    /// How many days have a forecast, e.g. 250.
    pub fn days(&self) -> usize {
        self.exceeded.len()
    }

    /// How many of the days lost more than the value at risk.
    pub fn count(&self) -> usize {
        self.exceeded.iter().filter(|exceeded| **exceeded).count()
    }

    /// Each day in order, true if it lost more than the value at risk.
    pub fn by_day(&self) -> &[bool] {
        &self.exceeded
    }
}

/// The exceedances of a historical value at risk that moves along: each day's forecast is made of the `window` returns
/// before it, as `risk::historical` makes it.
///
/// - Input: daily returns as fractions in order of date; the first `window` of them have no forecast.
/// - Edge: a loss that equals the value at risk does not exceed it.
/// - Cost: the window is kept in order, so that a day costs one search and not a sort.
///
/// # Errors
/// [`NoFigure`] if no day has `window` returns before it, the window is empty, a return is NaN or infinite, or the
/// probability is not between 0 and 1.
pub fn rolling_historical(returns: &[f64], window: usize, tail_probability: f64) -> Result<Exceedances, NoFigure> {
    loss_tail::check(returns, tail_probability, window.saturating_add(1))?;
    let Some((first, later)) = returns.split_at_checked(window).filter(|(first, _)| !first.is_empty()) else {
        return Err(NoFigure::new("a window of no returns has no value at risk"));
    };
    let mut ordered = OrderedWindow::new(first, tail_probability);
    let mut exceeded = Vec::with_capacity(later.len());
    for (today, leaving) in later.iter().zip(returns) {
        let Some(edge) = ordered.quantile() else {
            return Err(NoFigure::new("a window of no returns has no value at risk"));
        };
        exceeded.push(*today < edge);
        ordered.slide(*leaving, *today);
    }
    Exceedances::new(tail_probability, exceeded)
}

/// The returns of a window from the lowest to the highest, and where their quantile of type 7 lies.
struct OrderedWindow {
    numbers: Vec<f64>,
    index: usize,
    beyond_index: f64,
}

impl OrderedWindow {
    fn new(returns: &[f64], probability: f64) -> OrderedWindow {
        let mut numbers = returns.to_vec();
        numbers.sort_unstable_by(f64::total_cmp);
        let last = numbers.len().saturating_sub(1);
        let position = last as f64 * probability;
        let index = floor_index(position, last);
        OrderedWindow { numbers, index, beyond_index: position - index as f64 }
    }

    fn quantile(&self) -> Option<f64> {
        let lower = *self.numbers.get(self.index)?;
        let next = self.numbers.get(self.index + 1).copied().unwrap_or(lower);
        Some(lower + self.beyond_index * (next - lower))
    }

    fn slide(&mut self, leaving: f64, entering: f64) {
        if let Ok(place) = self.numbers.binary_search_by(|number| number.total_cmp(&leaving)) {
            self.numbers.remove(place);
        }
        let place = self.numbers.partition_point(|number| number.total_cmp(&entering).is_lt());
        self.numbers.insert(place, entering);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::any_returns;
    use crate::statistics::quantile_type_7;

    #[test]
    fn a_window_of_three_moves_along() {
        // Half-way between the lowest and the middle of the three before: (3 − 1) · 0.25 = 0.5.
        // −2, 0, 2: −1, and −1 does not exceed it. 0, 2, −1: −0.5, −0.6 does. 2, −1, −0.6: −0.8, 3 does not.
        let returns = [-0.02, 0.0, 0.02, -0.01, -0.006, 0.03];
        let found = rolling_historical(&returns, 3, 0.25).unwrap();
        assert_eq!(found.by_day(), [false, true, false]);
        assert_eq!((found.days(), found.count()), (3, 1));
    }

    #[test]
    fn the_first_window_has_no_forecast() {
        let reason = |returns: &[f64], window, tail| rolling_historical(returns, window, tail).unwrap_err().to_string();
        assert_eq!(reason(&[0.01; 250], 250, 0.05), "not enough daily returns: 250 of 251");
        assert_eq!(rolling_historical(&[0.01; 251], 250, 0.05).unwrap().days(), 1);
        assert_eq!(reason(&[0.01; 3], 0, 0.05), "a window of no returns has no value at risk");
        assert!(reason(&[0.01; 3], usize::MAX, 0.05).starts_with("not enough daily returns: 3 of "));
        assert_eq!(reason(&[0.01, f64::NAN, 0.0], 2, 0.05), "return number 2 is not a finite number");
        assert_eq!(reason(&[0.01; 3], 2, 1.0), "a tail probability of 1 is not between 0 and 1");
    }

    #[test]
    fn there_is_a_day_and_a_probability() {
        let none = Exceedances::new(0.05, Vec::new()).unwrap_err().to_string();
        assert_eq!(none, "no day has a forecast of the value at risk");
        let never = Exceedances::new(0.0, vec![true]).unwrap_err().to_string();
        assert_eq!(never, "a tail probability of 0 is not between 0 and 1");
    }

    #[test]
    fn days_that_are_all_the_same_exceed_nothing() {
        assert_eq!(rolling_historical(&[-0.01; 40], 20, 0.05).unwrap().count(), 0);
    }

    proptest! {
        #[test]
        fn sliding_is_sorting_every_window(
            returns in any_returns(),
            window in 1..30_usize,
            tail in 0.001..0.999_f64,
        ) {
            // Rounded to whole percents, so that equal returns come and go.
            let coarse: Vec<f64> = returns.iter().map(|number| (number * 100.0).round() / 100.0).collect();
            for returns in [returns, coarse] {
                prop_assume!(window < returns.len());
                let sorted: Vec<bool> = returns
                    .windows(window + 1)
                    .map(|part| {
                        let (today, before) = part.split_last().unwrap();
                        *today < quantile_type_7(before, tail).unwrap()
                    })
                    .collect();
                let slid = rolling_historical(&returns, window, tail).unwrap();
                prop_assert_eq!(slid.by_day(), sorted);
            }
        }
    }
}
