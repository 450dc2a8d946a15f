//! How long it takes to sell, if one does not want to be more than a part of the market.
//!
//! A position is sold (or bought back) in equal parts a day: the average volume of a day times the part of it that one
//! wants to be. What is traded where nobody knows the volume has no figure and counts as not sold.

use crate::figure::NoFigure;
use crate::statistics::neumaier_sum;

/// The days for which the share that is sold is usually told.
pub const HORIZONS_DAYS: [f64; 3] = [1.0, 5.0, 20.0];

/// A position and its market.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holding {
    /// Units held, negative if short.
    pub units: f64,
    /// What they are worth, as an estimate in the base currency; its size is the weight of the position.
    pub value: f64,
    /// Units traded on an average day; none if it is not known.
    pub average_daily_volume: Option<f64>,
}

/// How long it takes to sell a portfolio.
#[derive(Clone, Debug, PartialEq)]
pub struct LiquidityProfile {
    /// The trading days that each position takes, in the order of the question, or why nobody knows.
    pub days_to_exit: Vec<Result<f64, NoFigure>>,
    weights: Vec<f64>,
}

/// The days that positions take if one trades this part of the average volume, each position by itself.
///
/// `units / (participation · average daily volume)`, not rounded to whole days.
///
/// - Input: a participation above 0 and not above 1, e.g. 0.2 of the volume.
/// - Source: SEC, *Investment Company Liquidity Risk Management Programs* (rule 22e-4), 2016, for days to exit by
///   classes of days; ESMA, *Guidelines on Liquidity Stress Testing in UCITS and AIFs* (ESMA34-39-897), 2020.
///
/// # Errors
/// [`NoFigure`] if there is no position, the participation is none, or units or a value are not finite.
pub fn liquidity(holdings: &[Holding], participation: f64) -> Result<LiquidityProfile, NoFigure> {
    if holdings.is_empty() {
        return Err(NoFigure::new("no position"));
    }
    if participation.is_nan() || participation <= 0.0 || 1.0 < participation {
        return Err(NoFigure::new(format!("a participation of {participation} is not above 0 and at most 1")));
    }
    let broken = |holding: &Holding| !holding.units.is_finite() || !holding.value.is_finite();
    if let Some(position) = holdings.iter().position(broken) {
        return Err(NoFigure::new(format!("position number {} has a number that is not finite", position + 1)));
    }
    Ok(LiquidityProfile {
        days_to_exit: holdings.iter().map(|holding| days_to_exit(holding, participation)).collect(),
        weights: holdings.iter().map(|holding| holding.value.abs()).collect(),
    })
}

fn days_to_exit(holding: &Holding, participation: f64) -> Result<f64, NoFigure> {
    let volume = match holding.average_daily_volume {
        None => return Err(NoFigure::new("no average daily volume is known")),
        Some(volume) if volume.is_finite() && 0.0 <= volume => volume,
        Some(volume) => return Err(NoFigure::new(format!("an average daily volume of {volume} is none"))),
    };
    let days = holding.units.abs() / (participation * volume);
    if holding.units.abs() <= 0.0 {
        return Ok(0.0);
    }
    if days.is_finite() { Ok(days) } else { Err(NoFigure::new("nothing is traded on an average day")) }
}

impl LiquidityProfile {
    /// The part of the portfolio's value that is sold within so many days. Positions of which nobody knows count as not
    /// sold: [`LiquidityProfile::unknown_share`] says how much they are.
    ///
    /// # Errors
    /// [`NoFigure`] if the days are negative or not finite, or the portfolio is worth nothing.
    pub fn share_within(&self, days: f64) -> Result<f64, NoFigure> {
        if !days.is_finite() || days < 0.0 {
            return Err(NoFigure::new(format!("{days} days are none")));
        }
        let sold = |needed: &Result<f64, NoFigure>| match needed {
            Ok(needed) if *needed <= days => 1.0,
            Ok(needed) => days / needed,
            Err(_) => 0.0,
        };
        self.weighted(sold)
    }

    /// The part of the portfolio's value of which nobody knows how long it takes.
    ///
    /// # Errors
    /// [`NoFigure`] if the portfolio is worth nothing.
    pub fn unknown_share(&self) -> Result<f64, NoFigure> {
        self.weighted(|needed| if needed.is_err() { 1.0 } else { 0.0 })
    }

    /// The days until everything is sold: those of the slowest position.
    ///
    /// # Errors
    /// [`NoFigure`] of the first position of which nobody knows.
    pub fn days_until_all(&self) -> Result<f64, NoFigure> {
        let mut slowest = 0.0_f64;
        for needed in &self.days_to_exit {
            slowest = slowest.max(needed.clone()?);
        }
        Ok(slowest)
    }

    fn weighted(&self, part: impl Fn(&Result<f64, NoFigure>) -> f64) -> Result<f64, NoFigure> {
        let whole = neumaier_sum(self.weights.iter().copied());
        if whole <= 0.0 || !whole.is_finite() {
            return Err(NoFigure::new("the positions are worth nothing together"));
        }
        let parts = self.days_to_exit.iter().zip(&self.weights).map(|(needed, weight)| part(needed) * weight);
        Ok((neumaier_sum(parts) / whole).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::assert_close;

    fn held(units: f64, value: f64, volume: Option<f64>) -> Holding {
        Holding { units, value, average_daily_volume: volume }
    }

    #[test]
    fn a_fifth_of_the_volume_a_day() {
        // 1,000 of 500 a day: ten days; 100 short of 5,000 a day: a tenth of a day.
        let holdings = [held(1000.0, 60.0, Some(500.0)), held(-100.0, -30.0, Some(5000.0)), held(5.0, 10.0, None)];
        let found = liquidity(&holdings, 0.2).unwrap();
        assert_close(found.days_to_exit[0].clone().unwrap(), 10.0);
        assert_close(found.days_to_exit[1].clone().unwrap(), 0.1);
        // Of 100: 6 and 30 on the first day, 30 and 30 in five, 90 in twenty; of 10 nobody knows.
        for (days, share) in HORIZONS_DAYS.into_iter().zip([0.36, 0.6, 0.9]) {
            assert_close(found.share_within(days).unwrap(), share);
        }
        assert_close(found.unknown_share().unwrap(), 0.1);
        assert_eq!(found.days_until_all().unwrap_err().to_string(), "no average daily volume is known");
        assert_close(liquidity(&holdings[..2], 0.2).unwrap().days_until_all().unwrap(), 10.0);
    }

    #[test]
    fn reasons() {
        let reason = |holdings: &[Holding], part| liquidity(holdings, part).unwrap_err().to_string();
        assert_eq!(reason(&[], 0.2), "no position");
        assert_eq!(reason(&[held(1.0, 1.0, None)], 0.0), "a participation of 0 is not above 0 and at most 1");
        assert!(reason(&[held(1.0, 1.0, None)], 1.5).contains("at most 1"));
        assert!(reason(&[held(f64::NAN, 1.0, None)], 0.2).contains("position number 1"));
        let days = |units, volume| liquidity(&[held(units, 1.0, Some(volume))], 0.2).unwrap().days_until_all();
        assert_eq!(days(1.0, 0.0).unwrap_err().to_string(), "nothing is traded on an average day");
        assert_eq!(days(1.0, -5.0).unwrap_err().to_string(), "an average daily volume of -5 is none");
        assert_close(days(0.0, 0.0).unwrap(), 0.0);
        let nothing = liquidity(&[held(1.0, 0.0, Some(1.0))], 0.2).unwrap();
        assert!(nothing.share_within(1.0).unwrap_err().to_string().contains("worth nothing"));
        assert!(nothing.share_within(-1.0).is_err());
    }

    proptest! {
        #[test]
        fn more_days_and_a_larger_part_never_sell_less(
            rows in prop::collection::vec((0.0..1e6_f64, 0.1..1e6_f64, 0.0..1e5_f64), 1..30),
            part in 0.01..0.5_f64,
            days in 0.0..30.0_f64,
            more in 0.0..30.0_f64,
        ) {
            let holdings: Vec<Holding> =
                rows.iter().map(|(units, value, volume)| held(*units, *value, Some(*volume))).collect();
            let (slow, fast) = (liquidity(&holdings, part).unwrap(), liquidity(&holdings, 2.0 * part).unwrap());
            let sold = slow.share_within(days).unwrap();
            prop_assert!(sold <= slow.share_within(days + more).unwrap() + 1e-12);
            prop_assert!(sold <= fast.share_within(days).unwrap() + 1e-12);
            if let Ok(all) = slow.days_until_all() {
                prop_assert!((slow.share_within(all).unwrap() - 1.0).abs() <= 1e-12);
            }
        }
    }
}
