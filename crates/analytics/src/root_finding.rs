//! Where a function of one number is zero, between two points at which its signs differ.
//!
//! The method is ITP: it takes the chord's crossing, nudges it towards the middle and keeps it inside a range around
//! the middle that shrinks by half each step. It therefore never needs more than one step beyond bisection and
//! usually needs far fewer.
//!
//! - Source: Oliveira and Takahashi, *An Enhancement of the Bisection Method Average Performance Preserving Minmax
//!   Optimality*, ACM Transactions on Mathematical Software 47 (2021).

/// How strongly the chord's crossing is nudged, as a part of the first bracket's width.
const NUDGE: f64 = 0.2;

/// Two points with a root between them, and the function there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bracket {
    /// The lower point.
    pub low: f64,
    /// The function at the lower point.
    pub low_value: f64,
    /// The upper point.
    pub high: f64,
    /// The function at the upper point.
    pub high_value: f64,
}

/// Why no root was found.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RootError {
    /// The lower point is not below the upper one, or one of the four numbers is not finite.
    #[error("[{low}, {high}] is no range of finite numbers")]
    Range {
        /// The lower point.
        low: f64,
        /// The upper point.
        high: f64,
    },
    /// The function has one sign at both points.
    #[error("no change of sign between {low} and {high}")]
    NotBracketed {
        /// The lower point.
        low: f64,
        /// The upper point.
        high: f64,
    },
    /// The function has no finite value.
    #[error("the function is not finite at {at}")]
    NotFinite {
        /// The point.
        at: f64,
    },
    /// The limit of iterations was reached.
    #[error("no root within {iterations_max} iterations")]
    TooManyIterations {
        /// The limit.
        iterations_max: usize,
    },
}

impl Bracket {
    /// The bracket of a function between two points.
    pub fn new(mut function: impl FnMut(f64) -> f64, low: f64, high: f64) -> Bracket {
        Bracket { low, low_value: function(low), high, high_value: function(high) }
    }

    /// Whether the function has different signs at the two points, or is zero at one of them.
    pub fn crosses_zero(&self) -> bool {
        (self.low_value <= 0.0 && 0.0 <= self.high_value) || (self.high_value <= 0.0 && 0.0 <= self.low_value)
    }

    fn check(&self) -> Result<(), RootError> {
        let Bracket { low, low_value, high, high_value } = *self;
        let finite = [low, low_value, high, high_value].into_iter().all(f64::is_finite);
        if !finite || high <= low {
            return Err(RootError::Range { low, high });
        }
        if self.crosses_zero() { Ok(()) } else { Err(RootError::NotBracketed { low, high }) }
    }
}

/// A point at most `tolerance` away from a root.
///
/// # Errors
/// [`RootError`] if the bracket is none, the function is not finite somewhere inside, or `iterations_max` do not do.
pub fn find_root(
    mut function: impl FnMut(f64) -> f64,
    bracket: Bracket,
    tolerance: f64,
    iterations_max: usize,
) -> Result<f64, RootError> {
    bracket.check()?;
    if bracket.low_value.abs() <= 0.0 {
        return Ok(bracket.low);
    }
    if bracket.high_value.abs() <= 0.0 {
        return Ok(bracket.high);
    }
    // From here on the function rises: it is negative at `below` and positive at `above`.
    let direction = if bracket.low_value < 0.0 { 1.0 } else { -1.0 };
    let (mut below, mut below_value) = (bracket.low, direction * bracket.low_value);
    let (mut above, mut above_value) = (bracket.high, direction * bracket.high_value);
    let width_done = 2.0 * tolerance.max(f64::MIN_POSITIVE);
    let nudge = NUDGE / (above - below);
    let mut radius = width_done;
    while radius < above - below {
        radius *= 2.0;
    }
    for _ in 0..iterations_max {
        let width = above - below;
        let middle = below + width / 2.0;
        if width <= width_done {
            return Ok(middle);
        }
        let chord = (above_value * below - below_value * above) / (above_value - below_value);
        let next = step(below, above, chord, nudge * width * width, radius - width / 2.0);
        if next <= below || above <= next {
            return Ok(middle);
        }
        let value = direction * function(next);
        if value < 0.0 {
            (below, below_value) = (next, value);
        } else if 0.0 < value {
            (above, above_value) = (next, value);
        } else if value.is_nan() {
            return Err(RootError::NotFinite { at: next });
        } else {
            return Ok(next);
        }
        radius /= 2.0;
    }
    Err(RootError::TooManyIterations { iterations_max })
}

/// The next point: the chord's crossing, nudged towards the middle, not further from the middle than `slack`.
fn step(below: f64, above: f64, chord: f64, nudge: f64, slack: f64) -> f64 {
    let middle = below + (above - below) / 2.0;
    let towards = (middle - chord).signum();
    let nudged = if nudge <= (middle - chord).abs() { chord + towards * nudge } else { middle };
    let projected = if (nudged - middle).abs() <= slack { nudged } else { middle - towards * slack };
    // A chord that was not finite ends here, too.
    if below < projected && projected < above { projected } else { middle }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::assert_within;

    const TOLERANCE: f64 = 1e-13;

    fn root(function: impl Fn(f64) -> f64, low: f64, high: f64) -> Result<f64, RootError> {
        find_root(&function, Bracket::new(&function, low, high), TOLERANCE, 100)
    }

    #[test]
    fn known_roots() {
        // The real root of x³ = x + 2, by Cardano's formula: ∛(1 + √(26/27)) + ∛(1 − √(26/27)).
        assert_within(root(|x| x * x * x - x - 2.0, 1.0, 2.0).unwrap(), 1.521_379_706_804_567_6, TOLERANCE);
        assert_within(root(|x| 2.0 - x * x, 0.0, 9.0).unwrap(), 2.0_f64.sqrt(), TOLERANCE);
        assert_within(root(|x| x, 0.0, 5.0).unwrap(), 0.0, 0.0);
        assert_within(root(|x| x - 5.0, 0.0, 5.0).unwrap(), 5.0, 0.0);
    }

    #[test]
    fn a_smooth_function_takes_far_fewer_steps_than_bisection() {
        let mut calls = 0;
        let bracket = Bracket::new(|x: f64| x.exp() - 3.0, 0.0, 2.0);
        let counted = |x: f64| {
            calls += 1;
            x.exp() - 3.0
        };
        assert_within(find_root(counted, bracket, TOLERANCE, 100).unwrap(), 3.0_f64.ln(), TOLERANCE);
        // Bisection from a width of 2 to 2e-13 takes 44.
        assert!(calls <= 15, "{calls}");
    }

    #[test]
    fn what_cannot_be_solved_is_named() {
        let square = |x: f64| x * x + 1.0;
        assert_eq!(root(square, -1.0, 1.0), Err(RootError::NotBracketed { low: -1.0, high: 1.0 }));
        assert_eq!(root(square, 1.0, 1.0), Err(RootError::Range { low: 1.0, high: 1.0 }));
        let hole = |x: f64| if x.abs() < 0.9 { f64::NAN } else { x };
        assert!(matches!(root(hole, -1.0, 1.0), Err(RootError::NotFinite { .. })));
        let bracket = Bracket::new(|x| x * x * x - 0.1, 0.0, 1.0);
        let few = find_root(|x| x * x * x - 0.1, bracket, TOLERANCE, 2);
        assert_eq!(few, Err(RootError::TooManyIterations { iterations_max: 2 }));
    }

    proptest! {
        #[test]
        fn never_worse_than_bisection_by_more_than_two(at in -0.99..0.99_f64, power in 0_u32..6) {
            // An odd power is flat at its root: the chord is of little help there.
            let exponent = f64::from(2 * power + 1);
            let function = |x: f64| (x - at).signum() * (x - at).abs().powf(exponent);
            let found = find_root(function, Bracket::new(function, -1.0, 1.0), 1e-9, 34).unwrap();
            prop_assert!((found - at).abs() <= 1e-6, "{found} instead of {at}");
        }
    }
}
