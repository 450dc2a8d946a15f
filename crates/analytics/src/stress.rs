//! What a portfolio would gain or lose if prices, currencies or factors changed at once.
//!
//! A scenario is a list of relative changes. Each position takes the nearest one that reaches it: that of its
//! instrument; if there is none, those of the factors it has loadings on; if there are none, that of its asset class.
//! The change of its currency comes on top. What nothing reaches stays as it is and is marked so; a change that reaches
//! nothing is named. Nobody is told that a scenario was harmless because a name was mistyped.
//!
//! Results are estimates in the base currency: the positions as they are, at other prices.

use schemas::Currency;

use crate::figure::NoFigure;
use crate::statistics::neumaier_sum;

/// Changes of a scenario at most.
pub const SHOCKS_MAX: usize = 1000;

/// What a change happens to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ShockTarget {
    /// One instrument, by its id.
    Instrument(String),
    /// All instruments of a class, by its id, e.g. `equity`.
    AssetClass(String),
    /// A factor, e.g. `market`; it moves positions by their loadings.
    Factor(String),
    /// A currency against the base currency.
    Currency(Currency),
}

/// A relative change of one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Shock {
    /// What changes.
    pub target: ShockTarget,
    /// By which part of itself, e.g. −0.2 for a fall by a fifth. Not below −1.
    pub change: f64,
}

/// Changes that happen at once; checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    shocks: Vec<Shock>,
}

/// A position that is put under stress.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StressPosition<'a> {
    /// The id of the instrument.
    pub instrument: &'a str,
    /// Its class; none if it is not known.
    pub asset_class: Option<&'a str>,
    /// The currency in which it is quoted.
    pub currency: Currency,
    /// What it is worth, as an estimate in the base currency. Negative if short.
    pub value: f64,
    /// By how much its price changes with one unit of a factor, by the factor's id.
    pub loadings: &'a [(&'a str, f64)],
}

/// What happens to a position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PositionStress {
    /// The change of its price, as a fraction.
    pub price_change: f64,
    /// The change of its currency against the base currency, as a fraction.
    pub exchange_change: f64,
    /// What the price does at the old rate: `v p`.
    pub price_profit: f64,
    /// What the rate does at the new price: `v (1 + p) x`.
    pub exchange_profit: f64,
    /// Whether a change of the scenario reaches it at all.
    pub is_reached: bool,
}

/// What happens to a portfolio.
#[derive(Clone, Debug, PartialEq)]
pub struct StressOutcome {
    /// The positions, in the order of the question.
    pub positions: Vec<PositionStress>,
    /// The sum of their profits; a loss is negative.
    pub profit: f64,
    /// What the scenario changes and no position depends on.
    pub unused: Vec<ShockTarget>,
}

/// How a position is moved by one multiple of a scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Move {
    pub(crate) value: f64,
    pub(crate) price: f64,
    pub(crate) exchange: f64,
    is_reached: bool,
}

impl Scenario {
    /// A scenario of these changes.
    ///
    /// # Errors
    /// [`NoFigure`] if there is no change or more than [`SHOCKS_MAX`], one is not a finite number or below −1, or two
    /// happen to the same thing.
    pub fn new(shocks: Vec<Shock>) -> Result<Scenario, NoFigure> {
        if !(1..=SHOCKS_MAX).contains(&shocks.len()) {
            return Err(NoFigure::new(format!("{} changes are not from 1 to {SHOCKS_MAX}", shocks.len())));
        }
        for (place, shock) in shocks.iter().enumerate() {
            let (target, change) = (&shock.target, shock.change);
            if !change.is_finite() || change < -1.0 {
                return Err(NoFigure::new(format!("a change of {} by {change} is none", target.name())));
            }
            if shocks.iter().take(place).any(|earlier| earlier.target == *target) {
                return Err(NoFigure::new(format!("{} is changed twice", target.name())));
            }
        }
        Ok(Scenario { shocks })
    }

    /// The changes, in the order in which they were given.
    pub fn shocks(&self) -> &[Shock] {
        &self.shocks
    }

    /// What the scenario does to positions.
    ///
    /// - Source: Basel Committee on Banking Supervision, *Principles for Sound Stress Testing Practices*, 2009; for the
    ///   parts of price and exchange Karnosky and Singer, *Global Asset Management and Performance Attribution*, 1994.
    ///
    /// # Errors
    /// [`NoFigure`] if there is no position, a value or loading is not finite, the base currency is changed against
    /// itself, or loadings let a price fall by more than everything.
    pub fn apply(&self, base: Currency, positions: &[StressPosition<'_>]) -> Result<StressOutcome, NoFigure> {
        self.outcome(&self.moves(base, positions)?, 1.0, positions)
    }

    /// How each position is moved.
    pub(crate) fn moves(&self, base: Currency, positions: &[StressPosition<'_>]) -> Result<Vec<Move>, NoFigure> {
        if positions.is_empty() {
            return Err(NoFigure::new("no position"));
        }
        if self.change_of(&ShockTarget::Currency(base)).is_some() {
            return Err(NoFigure::new(format!("{base} is the base currency and does not change against itself")));
        }
        positions.iter().map(|position| self.movement(position)).collect()
    }

    /// What so many times the scenario does; the moves are its own.
    pub(crate) fn outcome(
        &self,
        moves: &[Move],
        multiple: f64,
        positions: &[StressPosition<'_>],
    ) -> Result<StressOutcome, NoFigure> {
        let mut outcomes = Vec::with_capacity(moves.len());
        for (moved, position) in moves.iter().zip(positions) {
            // Rounding can lead past nothing by the last digit.
            let [price, exchange] = [moved.price, moved.exchange].map(|change| at_least_nothing(multiple * change));
            if price < -1.0 {
                let (instrument, fall) = (position.instrument, -price);
                return Err(NoFigure::new(format!("`{instrument}` would fall by {fall} of its price: more than all")));
            }
            outcomes.push(PositionStress {
                price_change: price,
                exchange_change: exchange,
                price_profit: moved.value * price,
                exchange_profit: moved.value * (1.0 + price) * exchange,
                is_reached: moved.is_reached,
            });
        }
        let profit = neumaier_sum(outcomes.iter().map(PositionStress::profit));
        if !profit.is_finite() {
            return Err(NoFigure::new("the profit of the scenario is not a finite number"));
        }
        let unused = self.shocks.iter().map(|shock| &shock.target).filter(|target| !is_used(target, self, positions));
        Ok(StressOutcome { positions: outcomes, profit, unused: unused.cloned().collect() })
    }

    fn movement(&self, position: &StressPosition<'_>) -> Result<Move, NoFigure> {
        let price = self.price_change(position);
        let exchange = self.change_of(&ShockTarget::Currency(position.currency));
        let moved = Move {
            value: position.value,
            price: price.unwrap_or(0.0),
            exchange: exchange.unwrap_or(0.0),
            is_reached: price.is_some() || exchange.is_some(),
        };
        if !moved.value.is_finite() || !moved.price.is_finite() {
            return Err(NoFigure::new(format!("a number of `{}` is not finite", position.instrument)));
        }
        Ok(moved)
    }

    /// The change of a position's price by the nearest change that reaches it.
    fn price_change(&self, position: &StressPosition<'_>) -> Option<f64> {
        if let Some(change) = self.change_of(&ShockTarget::Instrument(position.instrument.to_owned())) {
            return Some(change);
        }
        let parts: Vec<f64> = self.loaded(position).map(|(_, loading, change)| loading * change).collect();
        if !parts.is_empty() {
            return Some(neumaier_sum(parts));
        }
        self.change_of(&ShockTarget::AssetClass(position.asset_class?.to_owned()))
    }

    /// The factors of the scenario on which a position has loadings: id, loading and change.
    fn loaded<'a>(&'a self, position: &'a StressPosition<'_>) -> impl Iterator<Item = (&'a str, f64, f64)> {
        self.shocks.iter().flat_map(move |shock| {
            let id = if let ShockTarget::Factor(id) = &shock.target { Some(id.as_str()) } else { None };
            let loadings = position.loadings.iter().filter(move |(factor, _)| Some(*factor) == id);
            loadings.map(move |(factor, loading)| (*factor, *loading, shock.change))
        })
    }

    fn change_of(&self, target: &ShockTarget) -> Option<f64> {
        self.shocks.iter().find(|shock| shock.target == *target).map(|shock| shock.change)
    }
}

impl PositionStress {
    /// What price and exchange do together; a loss is negative.
    pub fn profit(&self) -> f64 {
        self.price_profit + self.exchange_profit
    }
}

impl ShockTarget {
    /// The kind and the id, e.g. "asset class `equity`".
    pub fn name(&self) -> String {
        match self {
            ShockTarget::Instrument(id) => format!("instrument `{id}`"),
            ShockTarget::AssetClass(id) => format!("asset class `{id}`"),
            ShockTarget::Factor(id) => format!("factor `{id}`"),
            ShockTarget::Currency(currency) => format!("currency `{currency}`"),
        }
    }
}

/// A change that is less than everything but for rounding is everything.
fn at_least_nothing(change: f64) -> f64 {
    if (-1.0 - 1e-12..-1.0).contains(&change) { -1.0 } else { change }
}

/// Whether a change is the nearest one of some position.
fn is_used(target: &ShockTarget, scenario: &Scenario, positions: &[StressPosition<'_>]) -> bool {
    let named = |position: &StressPosition<'_>| {
        scenario.change_of(&ShockTarget::Instrument(position.instrument.to_owned())).is_some()
    };
    positions.iter().any(|position| match target {
        ShockTarget::Instrument(id) => position.instrument == id,
        ShockTarget::Currency(currency) => position.currency == *currency,
        ShockTarget::Factor(id) => {
            !named(position) && scenario.loaded(position).any(|(factor, _, _)| factor == id.as_str())
        }
        ShockTarget::AssetClass(id) => {
            let is_of_class = position.asset_class == Some(id.as_str());
            is_of_class && !named(position) && scenario.loaded(position).next().is_none()
        }
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::assert_close;

    pub(crate) fn currency(code: &str) -> Currency {
        code.parse().expect("a currency")
    }

    pub(crate) fn scenario(shocks: &[(ShockTarget, f64)]) -> Scenario {
        let shocks = shocks.iter().map(|(target, change)| Shock { target: target.clone(), change: *change });
        Scenario::new(shocks.collect()).expect("a scenario")
    }

    pub(crate) fn class(id: &str) -> ShockTarget {
        ShockTarget::AssetClass(id.to_owned())
    }

    pub(crate) fn position(instrument: &'static str, value: f64, code: &str) -> StressPosition<'static> {
        StressPosition { instrument, asset_class: Some("equity"), currency: currency(code), value, loadings: &[] }
    }

    #[test]
    fn a_share_in_dollars_falls_and_the_dollar_with_it() {
        // 1,000 EUR fall by a fifth to 800, of which the dollar's tenth takes 80.
        let crash = scenario(&[(class("equity"), -0.2), (ShockTarget::Currency(currency("USD")), -0.1)]);
        let positions = [position("AAPL", 1000.0, "USD"), position("SAP", 500.0, "EUR"), position("X", -100.0, "USD")];
        let found = crash.apply(currency("EUR"), &positions).unwrap();
        assert_close(found.positions[0].price_profit, -200.0);
        assert_close(found.positions[0].exchange_profit, -80.0);
        assert_close(found.positions[1].profit(), -100.0);
        // What is owed gains: 28.
        assert_close(found.positions[2].profit(), 28.0);
        assert_close(found.profit, -352.0);
        assert!(found.unused.is_empty());
    }

    #[test]
    fn the_nearest_change_counts() {
        let market = ShockTarget::Factor("market".to_owned());
        let rates = ShockTarget::Factor("rates".to_owned());
        let own = ShockTarget::Instrument("SAP".to_owned());
        let shocks = scenario(&[(class("equity"), -0.5), (market, -0.1), (rates, 0.01), (own, 0.3)]);
        let loaded = StressPosition {
            loadings: &[("market", 1.2), ("rates", -5.0), ("size", 2.0)],
            ..position("FUND", 100.0, "EUR")
        };
        let positions = [StressPosition { loadings: loaded.loadings, ..position("SAP", 100.0, "EUR") }, loaded];
        let found = shocks.apply(currency("EUR"), &positions).unwrap();
        // Its own 30 %; 1.2 · −10 % − 5 · 1 % = −17 %.
        assert_close(found.positions[0].profit(), 30.0);
        assert_close(found.positions[1].profit(), -17.0);
        // The class reaches nobody: both have something nearer.
        assert_eq!(found.unused, [class("equity")]);
        let cash = StressPosition { asset_class: None, ..position("CASH", 100.0, "EUR") };
        let found = shocks.apply(currency("EUR"), &[cash]).unwrap();
        assert!(!found.positions[0].is_reached && found.profit.abs() < 1e-300);
        assert_eq!(found.unused.len(), 4);
    }

    #[test]
    fn what_is_no_scenario_is_refused() {
        let shock = |target: ShockTarget, change| Shock { target, change };
        let reason = |shocks: Vec<Shock>| Scenario::new(shocks).unwrap_err().to_string();
        assert_eq!(reason(Vec::new()), "0 changes are not from 1 to 1000");
        assert_eq!(reason(vec![shock(class("equity"), -1.1)]), "a change of asset class `equity` by -1.1 is none");
        let twice = vec![shock(class("equity"), -0.1), shock(class("equity"), -0.2)];
        assert_eq!(reason(twice), "asset class `equity` is changed twice");
        let dollar = scenario(&[(ShockTarget::Currency(currency("USD")), -0.1)]);
        let own = dollar.apply(currency("USD"), &[position("A", 1.0, "USD")]).unwrap_err().to_string();
        assert_eq!(own, "USD is the base currency and does not change against itself");
        assert_eq!(dollar.apply(currency("EUR"), &[]).unwrap_err().to_string(), "no position");
        let market = scenario(&[(ShockTarget::Factor("market".to_owned()), -0.6)]);
        let geared = StressPosition { loadings: &[("market", 2.0)], ..position("GEARED", 1.0, "EUR") };
        let below = market.apply(currency("EUR"), &[geared]).unwrap_err().to_string();
        assert_eq!(below, "`GEARED` would fall by 1.2 of its price: more than all");
        let broken = market.apply(currency("EUR"), &[position("A", f64::NAN, "EUR")]).unwrap_err().to_string();
        assert_eq!(broken, "a number of `A` is not finite");
    }

    proptest! {
        #[test]
        fn a_portfolio_loses_what_its_positions_lose(
            values in prop::collection::vec(-1e6..1e6_f64, 1..30),
            fall in -1.0..1.0_f64,
            rate in -1.0..1.0_f64,
            factor in 0.1..10.0_f64,
        ) {
            let shocks = scenario(&[(class("equity"), fall), (ShockTarget::Currency(currency("USD")), rate)]);
            let of = |scale: f64| -> StressOutcome {
                let codes = ["USD", "EUR"].into_iter().cycle();
                let held = values.iter().zip(codes).map(|(value, code)| position("A", scale * value, code));
                shocks.apply(currency("EUR"), &held.collect::<Vec<StressPosition<'_>>>()).unwrap()
            };
            let (one, scaled) = (of(1.0), of(factor));
            let size: f64 = values.iter().map(|value| value.abs()).sum();
            let sum: f64 = one.positions.iter().map(PositionStress::profit).sum();
            prop_assert!((one.profit - sum).abs() <= 1e-9 * size);
            prop_assert!((scaled.profit - factor * one.profit).abs() <= 1e-9 * factor * size);
            for (value, found) in values.iter().zip(&one.positions) {
                let whole = value * ((1.0 + found.price_change) * (1.0 + found.exchange_change) - 1.0);
                prop_assert!((found.profit() - whole).abs() <= 1e-9 * value.abs());
            }
        }
    }
}
