//! How the prices of the demo move: a geometric random walk in steps of a day.
//!
//! A day's return is a part that the whole world shares, a part that the sector shares and a part of the issue's own.
//! Dividends and splits come out of the price on their day, as on a real exchange, because the quotes are unadjusted.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::corporate_plan::Planned;
use super::dice::Dice;
use super::exact::{estimate, exact};
use super::issues::{Fate, Issue, Sector};

/// The quotes and the corporate actions of one issue, by day.
#[derive(Default)]
pub(super) struct Path {
    /// The close of each day; none where the exchange is closed or the quote is missing.
    pub(super) closes: Vec<Option<Decimal>>,
    /// The corporate actions by ex-date.
    pub(super) actions: BTreeMap<usize, Action>,
}

/// What an issuer does, as it is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// New shares for one old share.
    Split(Decimal),
    /// A cash dividend per share, in the currency and not in the quote unit.
    Dividend(Decimal),
}

/// The parts of the daily returns that issues share.
pub(super) struct SharedReturns {
    world: Vec<f64>,
    sectors: BTreeMap<Sector, Vec<f64>>,
}

/// The returns of an exchange's shares, from which its index is made.
pub(super) struct IndexMembers {
    /// Sum of the returns and number of the shares, by day.
    sums: Vec<(f64, f64)>,
}

/// Mean of the world's daily return: about eight percent a year.
const WORLD_DRIFT: f64 = 0.0003;
/// Standard deviation of the world's daily return on a calm day.
const WORLD_VOLATILITY: f64 = 0.0075;
/// On so many days in a thousand the world moves by a multiple of its ordinary step.
const RESTLESS_PER_MILLE: i64 = 40;
const RESTLESS_FACTOR: f64 = 2.5;
/// Standard deviation of the part that a sector shares.
const SECTOR_VOLATILITY: f64 = 0.004;
/// No day's return is larger than this, up or down.
const RETURN_MAX: f64 = 0.2;
/// The failing issue loses so much a day.
const FAILING_DRIFT: f64 = -0.03;
/// No quote falls below this many quote units.
const LEVEL_MIN: f64 = 1.0;
/// So many quotes in a thousand are missing.
const MISSING_PER_MILLE: i64 = 3;
/// The first quotes of an issue are never missing, so that every issue has a price early on.
const SESSIONS_ALWAYS_QUOTED: usize = 5;
/// Calendar days of a suspension.
const SUSPENSION_DAYS: usize = 14;

impl SharedReturns {
    /// Draws the shared returns of all days.
    pub(super) fn draw(days: usize, dice: &mut Dice) -> SharedReturns {
        let mut world = Vec::with_capacity(days);
        for _ in 0..days {
            let factor = if dice.happens(RESTLESS_PER_MILLE) { RESTLESS_FACTOR } else { 1.0 };
            world.push(WORLD_DRIFT + WORLD_VOLATILITY * factor * dice.normal());
        }
        let mut sectors = BTreeMap::new();
        for sector in Sector::ALL {
            let returns: Vec<f64> = (0..days).map(|_| SECTOR_VOLATILITY * dice.normal()).collect();
            sectors.insert(sector, returns);
        }
        SharedReturns { world, sectors }
    }

    /// What the whole world earned on a day.
    pub(super) fn of_world(&self, day: usize) -> f64 {
        self.world[day]
    }

    /// What a sector earned besides.
    pub(super) fn of_sector(&self, sector: Sector, day: usize) -> f64 {
        self.sectors.get(&sector).map_or(0.0, |returns| returns[day])
    }

    fn of(&self, sector: Sector, day: usize) -> f64 {
        let own = self.of_sector(sector, day);
        let (to_world, to_sector) = sector.exposures();
        to_world * self.world[day] + to_sector * own
    }
}

impl IndexMembers {
    /// No members yet.
    pub(super) fn none(days: usize) -> IndexMembers {
        IndexMembers { sums: vec![(0.0, 0.0); days] }
    }

    fn add(&mut self, day: usize, change: f64) {
        let (sum, count) = &mut self.sums[day];
        *sum += change;
        *count += 1.0;
    }

    /// The level of the index: its first level, chained with the mean return of its members. Dividends stay in it.
    ///
    /// # Errors
    /// If a level is no decimal number.
    pub(super) fn index(&self, issue: &Issue, open: &[bool]) -> anyhow::Result<Path> {
        let mut path = Path::default();
        let mut level = issue.first_close;
        for (day, is_open) in open.iter().enumerate() {
            let (sum, count) = self.sums[day];
            if 0.0 < count {
                level *= 1.0 + sum / count;
            }
            let close = exact(level, issue.exchange.quote_decimals())?;
            path.closes.push(is_open.then_some(close));
        }
        Ok(path)
    }
}

/// Walks one issue through all days.
///
/// # Errors
/// If a price is no decimal number.
pub(super) fn walk(
    issue: &Issue,
    planned: &BTreeMap<usize, Planned>,
    open: &[bool],
    shared: &SharedReturns,
    members: &mut IndexMembers,
    dice: &mut Dice,
) -> anyhow::Result<Path> {
    let mut path = Path::default();
    let mut level = issue.first_close;
    let mut sessions = 0;
    for (day, is_open) in open.iter().enumerate() {
        if !is_open {
            path.closes.push(None);
            continue;
        }
        let own = issue.own_volatility * dice.normal();
        let is_lost = dice.happens(MISSING_PER_MILLE);
        if 0 < sessions {
            let drift = drift_of(issue.fate, day, open.len());
            let change = (shared.of(issue.sector, day) + own + drift).clamp(-RETURN_MAX, RETURN_MAX);
            level *= 1.0 + change;
            if issue.is_in_index() {
                members.add(day, change);
            }
        }
        if let Some(action) = planned.get(&day) {
            level = take_effect(issue, *action, level, day, &mut path)?;
        }
        level = level.max(LEVEL_MIN);
        let may_be_lost = SESSIONS_ALWAYS_QUOTED <= sessions && !planned.contains_key(&day);
        let is_quoted = issue.fate.is_quoted(day, open.len()) && !(is_lost && may_be_lost);
        let close = exact(level, issue.exchange.quote_decimals())?;
        path.closes.push(is_quoted.then_some(close));
        sessions += 1;
    }
    Ok(path)
}

/// Notes an action and returns the level after it.
fn take_effect(issue: &Issue, action: Planned, level: f64, day: usize, path: &mut Path) -> anyhow::Result<f64> {
    match action {
        Planned::Split(ratio) => {
            path.actions.insert(day, Action::Split(ratio));
            Ok(level / estimate(ratio)?)
        }
        Planned::Dividend(fraction) => {
            let scale = estimate(issue.exchange.price_scale())?;
            let amount = exact(level * scale * fraction, issue.exchange.dividend_decimals())?;
            if amount.is_zero() {
                return Ok(level);
            }
            path.actions.insert(day, Action::Dividend(amount));
            Ok(level - estimate(amount)? / scale)
        }
    }
}

fn drift_of(fate: Fate, day: usize, days: usize) -> f64 {
    match fate {
        Fate::Fails(from_percent, _) if days * from_percent / 100 <= day => FAILING_DRIFT,
        Fate::Ordinary | Fate::Split(_, _) | Fate::Suspended(_) | Fate::Fails(_, _) | Fate::Index => 0.0,
    }
}

impl Fate {
    /// Whether the exchange quotes an issue of this fate on an open day; single lost quotes aside.
    pub(super) fn is_quoted(self, day: usize, days: usize) -> bool {
        match self {
            Fate::Suspended(percent) => {
                let first = days * percent / 100;
                !(first..first + SUSPENSION_DAYS).contains(&day)
            }
            Fate::Fails(_, percent) => day < days * percent / 100,
            Fate::Ordinary | Fate::Split(_, _) | Fate::Index => true,
        }
    }
}

impl Sector {
    const ALL: [Sector; 8] = [
        Sector::Resources,
        Sector::Industry,
        Sector::Health,
        Sector::Finance,
        Sector::Technology,
        Sector::Consumer,
        Sector::Utilities,
        Sector::Bonds,
    ];

    /// The sectors of shares.
    pub(super) const SHARES: [Sector; 7] = [
        Sector::Resources,
        Sector::Industry,
        Sector::Health,
        Sector::Finance,
        Sector::Technology,
        Sector::Consumer,
        Sector::Utilities,
    ];

    /// By how much an issue of the sector moves with the world.
    pub(super) const fn to_world(self) -> f64 {
        self.exposures().0
    }

    /// By how much an issue of the sector moves with the world and with its sector.
    const fn exposures(self) -> (f64, f64) {
        match self {
            Sector::Technology => (1.3, 1.2),
            Sector::Finance | Sector::Industry | Sector::Resources => (1.1, 1.0),
            Sector::Consumer | Sector::Health => (0.8, 0.8),
            Sector::Utilities => (0.6, 0.8),
            Sector::Bonds => (0.04, 0.4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::exchanges::Exchange;
    use super::super::issues::ISSUES;
    use super::*;

    fn issue(symbol: &str) -> &'static Issue {
        ISSUES.iter().find(|issue| issue.symbol == symbol).expect("listed")
    }

    fn walked(symbol: &str, planned: &BTreeMap<usize, Planned>) -> Path {
        let open = vec![true; 30];
        let mut dice = Dice::seeded(1, 0);
        let shared = SharedReturns::draw(30, &mut dice);
        walk(issue(symbol), planned, &open, &shared, &mut IndexMembers::none(30), &mut dice).expect("a path")
    }

    #[test]
    fn a_split_divides_the_price_and_changes_nothing_else() {
        let plain = walked("ALDER.XE", &BTreeMap::new());
        let split = walked("ALDER.XE", &BTreeMap::from([(4, Planned::Split(Decimal::TWO))]));
        assert_eq!(plain.closes[3], split.closes[3]);
        let (before, after) = (plain.closes[4].expect("quoted"), split.closes[4].expect("quoted"));
        assert!((before - after * Decimal::TWO).abs() <= Decimal::new(2, 2), "{before} {after}");
        assert_eq!(split.actions[&4], Action::Split(Decimal::TWO));
    }

    #[test]
    fn a_dividend_comes_out_of_the_price() {
        let plain = walked("FLINT.XL", &BTreeMap::new());
        let paid = walked("FLINT.XL", &BTreeMap::from([(4, Planned::Dividend(0.04))]));
        let Some(Action::Dividend(amount)) = paid.actions.get(&4).copied() else { unreachable!("no dividend") };
        let (before, after) = (plain.closes[4].expect("quoted"), paid.closes[4].expect("quoted"));
        // The amount is in pounds, the quotes are in pence.
        assert!((before - after - amount * Decimal::ONE_HUNDRED).abs() <= Decimal::new(1, 2), "{before} {after}");
        assert_eq!(issue("FLINT.XL").exchange, Exchange::Sterling);
    }

    #[test]
    fn what_fails_or_is_suspended_has_no_quotes() {
        assert!(Fate::Suspended(50).is_quoted(49, 100));
        assert!(!Fate::Suspended(50).is_quoted(50, 100));
        assert!(Fate::Suspended(50).is_quoted(64, 100));
        assert!(Fate::Fails(40, 75).is_quoted(74, 100));
        assert!(!Fate::Fails(40, 75).is_quoted(75, 100));
    }
}
