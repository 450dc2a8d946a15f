//! Which uniform fall loses so much: of all prices, of the prices of one class, of one currency, of all of them.

use std::collections::BTreeSet;

use analytics::reverse_stress::reverse_stress;
use analytics::statistics::neumaier_sum;
use analytics::stress::{Scenario, Shock, ShockTarget, StressPosition};
use schemas::Currency;

use super::effects::{Held, name, parts};

/// The class that all prices are of.
const ALL: &str = "all";

/// What falls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Falling {
    /// The prices of everything but cash.
    Market,
    /// The prices of a class.
    Class(String),
    /// The prices of everything that has no class.
    Unclassified,
    /// A currency against the base currency.
    Currency(Currency),
    /// All currencies but the base currency.
    OtherCurrencies,
}

/// A uniform fall that loses so much.
#[derive(Clone, Debug, PartialEq)]
pub struct ReverseFall {
    /// What falls.
    pub falling: Falling,
    /// By which part of itself, e.g. 0.25 for a quarter; or why no fall loses so much.
    pub fall: Result<f64, String>,
}

/// The fall of each thing that the positions depend on which loses a part of their value; none if nothing is held.
pub(super) fn falls(base: Currency, held: &[Held<'_>], values: &[f64], loss_fraction: f64) -> Vec<ReverseFall> {
    let loss = loss_fraction * neumaier_sum(values.iter().copied());
    let invested = held.iter().filter(|held| !held.instrument_id.is_cash());
    let mut falling = Vec::new();
    if invested.clone().next().is_some() {
        falling.push(Falling::Market);
    }
    let classes: BTreeSet<Option<&str>> = invested.flat_map(parts).map(|(class, _)| class).collect();
    falling.extend(classes.iter().flatten().map(|class| Falling::Class((*class).to_owned())));
    if classes.contains(&None) {
        falling.push(Falling::Unclassified);
    }
    let currencies: BTreeSet<Currency> = held.iter().filter_map(|held| held.currency).collect();
    let others: Vec<Currency> = currencies.into_iter().filter(|currency| *currency != base).collect();
    falling.extend(others.iter().copied().map(Falling::Currency));
    if 1 < others.len() {
        falling.push(Falling::OtherCurrencies);
    }
    let fall = |falling: Falling| {
        let fall = fall_of(&falling, (base, &others), held, values, loss);
        ReverseFall { falling, fall }
    };
    falling.into_iter().map(fall).collect()
}

fn fall_of(
    falling: &Falling,
    (base, others): (Currency, &[Currency]),
    held: &[Held<'_>],
    values: &[f64],
    loss: f64,
) -> Result<f64, String> {
    if let Some((held, _)) = held.iter().zip(values).find(|(_, value)| value.is_nan()) {
        return Err(format!("{} has no value in the base currency", held.instrument_id));
    }
    if loss <= 0.0 {
        return Err("the value of the portfolio is not above zero, and so it has no part to lose".to_owned());
    }
    let class = |class: &str| vec![ShockTarget::AssetClass(class.to_owned())];
    let targets = match falling {
        Falling::Market | Falling::Unclassified => class(ALL),
        Falling::Class(of) => class(of),
        Falling::Currency(currency) => vec![ShockTarget::Currency(*currency)],
        Falling::OtherCurrencies => others.iter().copied().map(ShockTarget::Currency).collect(),
    };
    let shocks = targets.into_iter().map(|target| Shock { target, change: -1.0 }).collect();
    let scenario = Scenario::new(shocks).map_err(|reason| reason.to_string())?;
    let mut positions = Vec::new();
    for (held, value) in held.iter().zip(values) {
        for (class, part) in parts(held) {
            let asset_class = match (falling, class) {
                (Falling::Market, _) => Some(ALL).filter(|_| !held.instrument_id.is_cash()),
                (Falling::Unclassified, class) => class.is_none().then_some(ALL),
                (_, class) => class,
            };
            // What the market does not list has a value in the base currency only.
            let currency = held.currency.unwrap_or(base);
            positions.push(StressPosition {
                instrument: name(held),
                asset_class,
                currency,
                value: part * value,
                loadings: &[],
            });
        }
    }
    let found = reverse_stress(&scenario, base, &positions, loss);
    found.map(|found| found.multiple).map_err(|_| {
        let all = scenario.apply(base, &positions).map_or(f64::NAN, |outcome| outcome.profit);
        if all < 0.0 {
            return format!("even a fall to nothing loses {:.2} only", -all);
        }
        "a fall loses nothing".to_owned()
    })
}
