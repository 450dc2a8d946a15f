//! From the estimates of the simulation to the exact numbers of the files.

use anyhow::Context;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// An estimate as an exact number with so many decimals, half away from zero.
///
/// # Errors
/// If the estimate is not finite or too large.
pub(super) fn exact(value: f64, decimals: u32) -> anyhow::Result<Decimal> {
    let number = Decimal::from_f64_retain(value).with_context(|| format!("{value} is no decimal number"))?;
    Ok(number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero))
}

/// An exact number as an estimate, for the next step of the simulation.
///
/// # Errors
/// Never for numbers of the size that occur here.
pub(super) fn estimate(number: Decimal) -> anyhow::Result<f64> {
    number.to_f64().with_context(|| format!("{number} is too large for the simulation"))
}
