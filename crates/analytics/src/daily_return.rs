//! The return of one day.

/// Capital of one billionth of the currency or less earns no return: what it would be is decided by rounding.
pub(crate) const CAPITAL_UNITS_MIN: i128 = 10;

/// The return of a day on which inflows count at the start and outflows at the end:
/// `(closing + outflow) / (opening + inflow) − 1`.
///
/// - Input: exact amounts in units of the tenth decimal of one currency; flows are zero or positive.
/// - Output: fraction (0.01 is one percent).
/// - None: the capital `opening + inflow` is one billionth or less, or a sum does not fit.
/// - Source: GIPS 2020, daily valuation; docs/adr/0004.
pub fn daily_return(opening: i128, inflow: i128, outflow: i128, closing: i128) -> Option<f64> {
    let capital = opening.checked_add(inflow)?;
    if capital <= CAPITAL_UNITS_MIN {
        return None;
    }
    let earned = closing.checked_add(outflow)?.checked_sub(capital)?;
    Some(estimate(earned) / estimate(capital))
}

/// The floating point number nearest to a whole number: for figures that are estimates, once all sums are made.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "that is what it is for")]
pub fn estimate(units: i128) -> f64 {
    // Nearly every amount fits 64 bits, which the processor converts by itself.
    match i64::try_from(units) {
        Ok(units) => units as f64,
        Err(_) => estimate_wide(units),
    }
}

/// Kept apart, because a compiler takes this conversion for cheap and makes it for every number.
#[cold]
#[inline(never)]
#[expect(clippy::cast_precision_loss, reason = "that is what it is for")]
fn estimate_wide(units: i128) -> f64 {
    units as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_are_capital_that_earned_the_return() {
        // 1,000 and 500 more at the start became 1,450 and 100 taken out at the end: 1,550 / 1,500 − 1.
        let units = |amount: i128| amount * 10_000_000_000;
        let earned = daily_return(units(1000), units(500), units(100), units(1450)).expect("there is capital");
        assert!((earned - 50.0 / 1500.0).abs() < 1e-15);
    }

    #[test]
    fn no_capital_is_no_return() {
        assert_eq!(daily_return(0, 0, 0, 0), None);
        assert_eq!(daily_return(-5, 15, 0, 3), None);
        assert!(daily_return(0, 11, 0, 11).is_some_and(|earned| earned.abs() < 1e-15));
    }
}
