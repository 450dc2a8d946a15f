//! How much of each issue of the demo is traded a day.
//!
//! Money that is traded stays about the same while prices move, so that after a split there are as many more shares.
//! Some issues are traded little, so that selling them takes days. All of it is drawn from a stream of its own: prices
//! are the same with volumes and without.

use anyhow::Context;
use rust_decimal::Decimal;

use super::dice::Dice;
use super::exact::{estimate, exact};
use super::exchanges::Exchange;
use super::issues::Fate;
use super::market::Listing;

/// The stream of random numbers, far beyond those of the portfolios.
const STREAM: u64 = 1_000_002;
/// What is traded a day on average: a multiple of this, in euro, dollars or pounds.
const TURNOVER_STEP: f64 = 20_000.0;
const STEPS_MAX: i64 = 100;
/// Yen for about one of the others.
const YEN: f64 = 100.0;
/// How far a day's turnover lies from the average, as a part of it, and the least.
const DEVIATION: f64 = 0.35;
const LEAST: f64 = 0.05;

/// Draws the volume of every day that has a close; an index has none.
///
/// # Errors
/// Never for prices of the size that occur here.
pub(super) fn draw(seed: u64, listings: &mut [Listing]) -> anyhow::Result<()> {
    let mut dice = Dice::seeded(seed, STREAM);
    for listing in listings {
        if listing.issue.fate == Fate::Index {
            listing.volumes = vec![None; listing.closes.len()];
            continue;
        }
        let in_currency = if listing.issue.exchange == Exchange::Yen { YEN } else { 1.0 };
        let steps = u32::try_from(dice.between(1, STEPS_MAX)).context("a small number")?;
        let turnover = TURNOVER_STEP * f64::from(steps) * in_currency;
        let mut volumes: Vec<Option<Decimal>> = Vec::with_capacity(listing.closes.len());
        for close in &listing.closes {
            let Some(close) = close else {
                volumes.push(None);
                continue;
            };
            let traded = turnover * (1.0 + DEVIATION * dice.normal()).max(LEAST);
            volumes.push(Some(exact(traded / estimate(*close * listing.price_scale)?, 0)?));
        }
        listing.volumes = volumes;
    }
    Ok(())
}
