//! The way that the wealth of a series takes, day after day: its growth, its highs and its falls below them.

use crate::risk::ewma;

/// What one walk along the returns finds. The wealth is 1 at the opening.
///
/// A place counts the returns before it and the one on it: 0 is the opening, 1 the first return's day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Path {
    /// The product of all `1 + r`.
    pub(crate) growth: f64,
    /// The wealth at the end over its high so far, less one: zero at a high, negative below it.
    pub(crate) current_drawdown: f64,
    /// The sum of the falls below the high so far of all days; each is zero or negative.
    pub(crate) drawdowns: f64,
    /// The sum of their squares.
    pub(crate) squared_drawdowns: f64,
    /// The deepest fall; none if the wealth never was below a high.
    pub(crate) deepest: Option<Fall>,
    /// The exponentially weighted variance after the last return.
    pub(crate) forecast_variance: f64,
}

/// The deepest fall of a path, the first of several equal ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fall {
    /// The fall as a negative fraction of the high.
    pub(crate) depth: f64,
    /// The last place at the high.
    pub(crate) peak: usize,
    /// The first place of the low.
    pub(crate) trough: usize,
    high: f64,
    low: f64,
}

impl Path {
    /// Walks along returns; there is at least one.
    pub(crate) fn of(returns: &[f64]) -> Path {
        let (mut wealth, mut high, mut high_place) = (1.0, 1.0, 0);
        let (mut depth, mut drawdowns, mut squares) = (0.0, 0.0, 0.0);
        let mut least = 0.0;
        let mut deepest = None;
        for (place, number) in (1..).zip(returns) {
            wealth *= 1.0 + number;
            if high <= wealth {
                (high, high_place) = (wealth, place);
            }
            depth = wealth / high - 1.0;
            drawdowns += depth;
            squares += depth * depth;
            if depth < least {
                least = depth;
                deepest = Some(Fall { depth, peak: high_place, trough: place, high, low: wealth });
            }
        }
        Path {
            growth: wealth,
            current_drawdown: depth,
            drawdowns,
            squared_drawdowns: squares,
            deepest,
            forecast_variance: ewma::variance(returns),
        }
    }
}

impl Fall {
    /// The first place at the high again; none if the returns end before.
    pub(crate) fn recovery(&self, returns: &[f64]) -> Option<usize> {
        let mut wealth = self.low;
        let later = returns.get(self.trough..).unwrap_or_default();
        let after = later.iter().position(|number| {
            wealth *= 1.0 + number;
            self.high <= wealth
        });
        after.map(|days| self.trough + days + 1)
    }
}
