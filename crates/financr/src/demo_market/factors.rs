//! The factors of the demo: what the whole market earned, and three made-up long-short portfolios of its sectors.
//!
//! They are named as factors usually are and say nothing about real ones. They are made of the same steps as the
//! prices, so that regressions find something, with noise of their own, so that they do not find everything. All of it
//! is drawn from a stream of its own: prices are the same with factors and without.

use rust_decimal::Decimal;

use super::dice::Dice;
use super::exact::exact;
use super::issues::{ISSUES, Sector};
use super::walks::SharedReturns;

/// The name of the set; nobody can take it for a real one.
pub(super) const SET: &str = "synthetic";
/// The stream of random numbers, far beyond those of the portfolios.
const STREAM: u64 = 1_000_001;
/// The factor of the whole market, and those that are made of sectors.
const MARKET: &str = "mkt_rf";
const OF_SECTORS: [&str; 3] = ["smb", "hml", "mom"];
/// Standard deviations of the noise in the market's return, of a factor's weights, and of its noise.
const MARKET_NOISE: f64 = 0.001;
const WEIGHT_DEVIATION: f64 = 0.5;
const SECTOR_NOISE: f64 = 0.002;
/// Digits of a return.
const DECIMALS: u32 = 6;

/// A factor with its return of each day; none where the exchanges of the euro are closed.
pub(super) struct FactorPath {
    /// Its name.
    pub(super) factor: &'static str,
    /// The returns, fractions.
    pub(super) returns: Vec<Option<Decimal>>,
}

/// Draws the factors of a seed.
///
/// # Errors
/// Never for returns of the size that occur here.
pub(super) fn draw(seed: u64, shared: &SharedReturns, is_business_day: &[bool]) -> anyhow::Result<Vec<FactorPath>> {
    let mut dice = Dice::seeded(seed, STREAM);
    let mut paths = Vec::with_capacity(1 + OF_SECTORS.len());
    paths.push(FactorPath {
        factor: MARKET,
        returns: each_day(is_business_day, |day| shared.of_world(day) + MARKET_NOISE * dice.normal())?,
    });
    for factor in OF_SECTORS {
        let mut weight = |sector| (sector, WEIGHT_DEVIATION * dice.normal());
        let weights: Vec<(Sector, f64)> = Sector::SHARES.into_iter().map(&mut weight).collect();
        let returns = each_day(is_business_day, |day| {
            let of_sectors: f64 = weights.iter().map(|(sector, weight)| weight * shared.of_sector(*sector, day)).sum();
            of_sectors + SECTOR_NOISE * dice.normal()
        })?;
        paths.push(FactorPath { factor, returns });
    }
    Ok(paths)
}

fn each_day(is_business_day: &[bool], mut earned: impl FnMut(usize) -> f64) -> anyhow::Result<Vec<Option<Decimal>>> {
    let days = is_business_day.iter().enumerate();
    days.map(|(day, is_open)| is_open.then(|| exact(earned(day), DECIMALS)).transpose()).collect()
}

/// A scenario file: the market falls by a fifth, and every issue as much as its sector moves with the market.
pub(super) fn scenario() -> String {
    let loadings: Vec<String> = ISSUES
        .iter()
        .filter(|issue| issue.is_in_index() || issue.sector == Sector::Bonds)
        .map(|issue| format!("\"{}\" = {:?}", issue.symbol, issue.sector.to_world()))
        .collect();
    let lines = [
        "id = \"synthetic_market_down_20\"".to_owned(),
        "version = 1".to_owned(),
        "title = \"The synthetic market falls by 20 %\"".to_owned(),
        "source = \"made up, as everything in the demo\"".to_owned(),
        String::new(),
        "[[shocks]]".to_owned(),
        format!("factor = \"{MARKET}\""),
        "change = -0.2".to_owned(),
        format!("loadings = {{ {} }}", loadings.join(", ")),
    ];
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use rust_decimal::prelude::ToPrimitive;

    use super::*;

    #[test]
    fn factors_have_a_return_on_business_days_and_follow_the_world() {
        let open: Vec<bool> = (0..500).map(|day| day % 7 < 5).collect();
        let shared = SharedReturns::draw(500, &mut Dice::seeded(1, 0));
        let paths = draw(1, &shared, &open).expect("drawn");
        assert_eq!(paths.iter().map(|path| path.factor).collect::<Vec<_>>(), ["mkt_rf", "smb", "hml", "mom"]);
        for path in &paths {
            assert!(path.returns.iter().zip(&open).all(|(number, is_open)| number.is_some() == *is_open));
            assert!(path.returns.iter().flatten().all(|number| number.abs() < Decimal::new(1, 1)), "{}", path.factor);
        }
        let apart = paths[0]
            .returns
            .iter()
            .enumerate()
            .filter_map(|(day, number)| Some((number.as_ref()?.to_f64()? - shared.of_world(day)).abs()));
        // The noise is never beyond six deviations, and the last digit is rounded.
        assert!(apart.fold(0.0, f64::max) <= 6.0 * MARKET_NOISE + 1e-6);
        let other = draw(2, &shared, &open).expect("drawn");
        assert_ne!(other[1].returns, paths[1].returns);
    }

    #[test]
    fn the_scenario_is_a_file_of_the_documented_kind() {
        let text = scenario();
        let (_, loadings) = text.split_once("loadings = { ").expect("loadings");
        let loadings: Vec<&str> = loadings.trim_end().trim_end_matches(" }").split(", ").collect();
        // Resources move with the world by 1.1.
        assert!(loadings.contains(&"\"ALDER.XE\" = 1.1"), "{text}");
        let shares = ISSUES.iter().filter(|issue| issue.is_in_index()).count();
        let bonds = ISSUES.iter().filter(|issue| issue.sector == Sector::Bonds).count();
        assert_eq!(loadings.len(), shares + bonds);
    }
}
