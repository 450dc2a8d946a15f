//! How the returns of a series are spread: mean, central moments, extremes and what lies on either side of zero.

use super::lanes;
use crate::statistics::is_rounding;

/// What the returns are regardless of their order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    /// How many returns there are, as the divisor of means.
    pub(crate) count: f64,
    /// The mean.
    pub(crate) mean: f64,
    /// The sum of the squared deviations from the mean.
    squares: f64,
    /// The mean of the cubed deviations.
    third: f64,
    /// The mean of the deviations to the fourth.
    fourth: f64,
    /// The smallest return.
    pub(crate) smallest: f64,
    /// The largest return.
    pub(crate) largest: f64,
    /// How many returns are above zero.
    pub(crate) gains: f64,
    /// The sum of the returns above zero.
    pub(crate) gained: f64,
    /// The sum of the returns below zero, as a positive number.
    pub(crate) lost: f64,
    /// The sum of the squared shortfalls from zero.
    pub(crate) squared_losses: f64,
}

impl Spread {
    /// The spread of returns; there is at least one.
    pub(crate) fn of(returns: &[f64]) -> Spread {
        let count = returns.len() as f64;
        let mean = lanes::exact_sum(returns) / count;
        let fourth_power = |number: f64| {
            let square = (number - mean) * (number - mean);
            square * square
        };
        Spread {
            count,
            mean,
            squares: lanes::sum(returns, |number| (number - mean) * (number - mean)),
            third: lanes::sum(returns, |number| (number - mean) * ((number - mean) * (number - mean))) / count,
            fourth: lanes::sum(returns, fourth_power) / count,
            smallest: lanes::extreme(
                returns,
                f64::INFINITY,
                |least, number| if number < least { number } else { least },
            ),
            largest: lanes::extreme(
                returns,
                f64::NEG_INFINITY,
                |most, number| if most < number { number } else { most },
            ),
            gains: lanes::sum(returns, |number| if 0.0 < number { 1.0 } else { 0.0 }),
            gained: lanes::sum(returns, |number| if 0.0 < number { number } else { 0.0 }),
            lost: lanes::sum(returns, |number| if number < 0.0 { -number } else { 0.0 }),
            squared_losses: squared_shortfalls(returns, 0.0),
        }
    }

    /// The variance of the population (divided by `n`).
    pub(crate) fn variance(&self) -> f64 {
        self.squares / self.count
    }

    /// The standard deviation of a sample (divided by `n − 1`); none of fewer than two returns.
    pub(crate) fn sample_deviation(&self) -> Option<f64> {
        (1.0 < self.count).then(|| (self.squares / (self.count - 1.0)).sqrt())
    }

    /// `m3 / m2^1.5` of the population; none if the returns do not vary.
    pub(crate) fn skewness(&self) -> Option<f64> {
        self.varies().then(|| self.third / self.variance().powf(1.5))
    }

    /// `m4 / m2² − 3` of the population; none if the returns do not vary.
    pub(crate) fn excess_kurtosis(&self) -> Option<f64> {
        self.varies().then(|| self.fourth / (self.variance() * self.variance()) - 3.0)
    }

    /// The size of the largest return regardless of its sign.
    pub(crate) fn largest_magnitude(&self) -> f64 {
        self.largest.abs().max(self.smallest.abs())
    }

    fn varies(&self) -> bool {
        !is_rounding(self.variance().sqrt(), self.largest_magnitude())
    }
}

/// The sum of the squares of what returns fall short of a target.
pub(crate) fn squared_shortfalls(returns: &[f64], target: f64) -> f64 {
    lanes::sum(returns, |number| {
        let below = number - target;
        let shortfall = if below < 0.0 { below } else { 0.0 };
        shortfall * shortfall
    })
}
