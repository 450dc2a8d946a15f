//! What a scenario does to one unit of value in each instrument, whoever holds it.
//!
//! Classes are the nodes of the taxonomy `asset_class`, regardless of upper and lower case; an instrument of which a
//! part belongs to a class moves with that part. Cash is of the class `cash`.

use std::collections::BTreeMap;
use std::fmt;

use analytics::stress::{PositionStress, Scenario, ShockTarget, StressPosition};
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::classifications::Classification;
use schemas::{BusinessDate, Currency, InstrumentId};

use super::replays::Closes;
use super::scenario::{Duration, Event, Replay, Shocks, StressScenario, Yields};

/// The taxonomy that tells classes apart.
const ASSET_CLASS: &str = "asset_class";
/// The class of cash.
const CASH: &str = "cash";
/// The class of shares.
const EQUITY: &str = "equity";

/// Something that is held.
#[derive(Clone, Debug)]
pub(crate) struct Held<'a> {
    pub(crate) instrument_id: &'a InstrumentId,
    /// None if the market does not list it.
    pub(crate) currency: Option<Currency>,
    /// Its classes in lower case with their parts, which are at most 1 together; of cash none.
    pub(crate) classes: &'a [(String, f64)],
    pub(crate) durations: Durations,
}

/// What the market says of the durations of an instrument, in years.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Durations {
    pub(crate) modified: Option<f64>,
    pub(crate) spread: Option<f64>,
}

/// What happens to one unit of value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Effect {
    /// The change of the price, a fraction.
    pub(crate) price: f64,
    /// The change of the currency against the base currency, a fraction.
    pub(crate) exchange: f64,
    /// The part that a change reaches.
    pub(crate) reached: f64,
    /// The part of which nobody knows what would happen, and why.
    pub(crate) unknown: Option<(f64, Gap)>,
}

/// Why nobody knows what would happen to an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// It has no class, and classes change.
    Unclassified,
    /// The market of the portfolio does not list it.
    Unlisted,
    /// It has no close of the day, and nothing stands in for it.
    NoClose(BusinessDate),
    /// Its currency has no rate of the day.
    NoRate(BusinessDate),
    /// Yields or spreads move, and it has no such duration.
    NoDuration(Duration),
}

impl Effect {
    /// What the price does to one unit of value at the old rate.
    pub(crate) fn price_profit(&self) -> f64 {
        self.price
    }

    /// What the rate does at the new price.
    pub(crate) fn exchange_profit(&self) -> f64 {
        (1.0 + self.price) * self.exchange
    }

    /// Both together.
    pub(crate) fn profit(&self) -> f64 {
        self.price_profit() + self.exchange_profit()
    }

    /// What nothing is known of: it stays as it is and is said to.
    fn unknown(gap: Gap) -> Effect {
        Effect { price: 0.0, exchange: 0.0, reached: 0.0, unknown: Some((1.0, gap)) }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gap::Unclassified => write!(formatter, "it has no class in the taxonomy `{ASSET_CLASS}`"),
            Gap::Unlisted => write!(formatter, "the market of the portfolio does not list it"),
            Gap::NoClose(date) => write!(formatter, "it has no close of {date}, and nothing stands in for its class"),
            Gap::NoRate(date) => write!(formatter, "its currency has no rate of {date}"),
            Gap::NoDuration(duration) => write!(formatter, "it has no {} in instruments.csv", duration.column()),
        }
    }
}

/// What a scenario does to each of some instruments, or why that cannot be computed.
pub(crate) fn effects(
    scenario: &StressScenario,
    base: Currency,
    held: &[Held<'_>],
    closes: &Closes<'_>,
) -> Vec<Result<Effect, String>> {
    match &scenario.event {
        Event::Shocks(shocks) => of_shocks(shocks, base, held),
        Event::Replay(replay) => held.iter().map(|held| Ok(of_replay(replay, base, held, closes))).collect(),
        Event::Yields(yields) => held.iter().map(|held| Ok(of_yields(*yields, held))).collect(),
    }
}

fn of_shocks(shocks: &Shocks, base: Currency, held: &[Held<'_>]) -> Vec<Result<Effect, String>> {
    let changes = shocks.among(base, held.iter().filter_map(|held| held.currency));
    if changes.is_empty() {
        // Other currencies change, and none is held.
        let untouched = Effect { price: 0.0, exchange: 0.0, reached: 0.0, unknown: None };
        let of_one = |held: &Held<'_>| held.currency.map_or_else(|| Effect::unknown(Gap::Unlisted), |_| untouched);
        return held.iter().map(|held| Ok(of_one(held))).collect();
    }
    let scenario = match Scenario::new(changes) {
        Ok(scenario) => scenario,
        Err(reason) => return held.iter().map(|_| Err(reason.to_string())).collect(),
    };
    held.iter().map(|held| of_one(&scenario, shocks, base, held)).collect()
}

/// The classes of an instrument with their parts; what no class has is the last.
pub(super) fn parts<'a>(held: &Held<'a>) -> Vec<(Option<&'a str>, f64)> {
    if held.instrument_id.is_cash() {
        return vec![(Some(CASH), 1.0)];
    }
    let mut parts: Vec<(Option<&str>, f64)> =
        held.classes.iter().map(|(class, part)| (Some(class.as_str()), *part)).collect();
    let rest = 1.0 - parts.iter().map(|(_, part)| part).sum::<f64>();
    // Parts have six decimals.
    if 1e-7 < rest {
        parts.push((None, rest));
    }
    parts
}

/// The name by which shocks and loadings call it. That of cash is none of theirs.
pub(super) fn name<'a>(held: &Held<'a>) -> &'a str {
    if held.instrument_id.is_cash() { held.instrument_id.as_str() } else { held.instrument_id.symbol() }
}

fn of_one(scenario: &Scenario, shocks: &Shocks, base: Currency, held: &Held<'_>) -> Result<Effect, String> {
    let Some(currency) = held.currency else { return Ok(Effect::unknown(Gap::Unlisted)) };
    let name = name(held);
    let own = shocks.loadings.get(name).map_or(&[][..], Vec::as_slice);
    let loadings: Vec<(&str, f64)> = own.iter().map(|(factor, loading)| (factor.as_str(), *loading)).collect();
    let parts = parts(held);
    let mut positions = Vec::with_capacity(parts.len());
    for (asset_class, value) in parts.iter().copied() {
        positions.push(StressPosition { instrument: name, asset_class, currency, value, loadings: &loadings });
    }
    let found = scenario.apply(base, &positions).map_err(|reason| reason.to_string())?;
    let moved = |each: fn(&PositionStress) -> f64| found.positions.iter().map(each).sum::<f64>();
    let reached = found.positions.iter().zip(&parts).filter(|(stress, _)| stress.is_reached);
    let reached = reached.map(|(_, (_, part))| part).sum::<f64>().min(1.0);
    let is_named = shocks.named.iter().any(|shock| match &shock.target {
        ShockTarget::Instrument(symbol) => symbol == name,
        ShockTarget::Factor(id) => own.iter().any(|(factor, _)| factor == id),
        ShockTarget::AssetClass(_) | ShockTarget::Currency(_) => false,
    });
    let unclassified = parts.iter().find(|(class, _)| class.is_none()).map(|(_, part)| *part);
    let unknown = unclassified.filter(|_| shocks.has_classes() && !is_named).map(|part| (part, Gap::Unclassified));
    let exchange = found.positions.first().map_or(0.0, |stress| stress.exchange_change);
    Ok(Effect { price: moved(|stress| stress.price_profit), exchange, reached, unknown })
}

fn of_replay(replay: &Replay, base: Currency, held: &Held<'_>, closes: &Closes<'_>) -> Effect {
    let Some(currency) = held.currency else { return Effect::unknown(Gap::Unlisted) };
    let exchange = match closes.exchange_change(currency, base, replay) {
        Ok(change) => change,
        Err(day) => return Effect::unknown(Gap::NoRate(day)),
    };
    if held.instrument_id.is_cash() {
        return Effect { price: 0.0, exchange, reached: 1.0, unknown: None };
    }
    let missing = match closes.price_change(held.instrument_id, replay) {
        Ok(price) => return Effect { price, exchange, reached: 1.0, unknown: None },
        Err(day) => Gap::NoClose(day),
    };
    // Parts of several classes move with what stands in for each.
    let (mut price, mut without) = (0.0, 0.0);
    for (class, part) in parts(held) {
        let proxy = class.and_then(|class| replay.proxies.get(class));
        match proxy.and_then(|symbol| closes.change_of_symbol(held.instrument_id, symbol, replay)) {
            Some(change) => price += part * change,
            None => without += part,
        }
    }
    if 1.0 - 1e-7 < without {
        return Effect::unknown(missing);
    }
    let unknown = (1e-7 < without).then_some((without, missing));
    Effect { price, exchange, reached: 1.0 - without, unknown }
}

/// The price moves by the duration times the change, to the first order. Without a duration shares and cash stay as
/// they are, and of everything else nobody knows.
fn of_yields(yields: Yields, held: &Held<'_>) -> Effect {
    if held.currency.is_none() {
        return Effect::unknown(Gap::Unlisted);
    }
    let years = match yields.duration {
        Duration::Modified => held.durations.modified,
        Duration::Spread => held.durations.spread,
    };
    if let Some(years) = years {
        return Effect { price: -years * yields.change, exchange: 0.0, reached: 1.0, unknown: None };
    }
    let stays = |class: Option<&str>| matches!(class, Some(EQUITY | CASH));
    let open: f64 = parts(held).into_iter().filter(|(class, _)| !stays(*class)).map(|(_, part)| part).sum();
    let unknown = (1e-7 < open).then_some((open, Gap::NoDuration(yields.duration)));
    Effect { price: 0.0, exchange: 0.0, reached: 0.0, unknown }
}

/// The classes of each instrument from the rows that say them; those of other taxonomies are passed over.
pub(crate) fn classes(rows: &[Classification]) -> BTreeMap<InstrumentId, Vec<(String, f64)>> {
    let mut classes: BTreeMap<InstrumentId, BTreeMap<String, f64>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.taxonomy == ASSET_CLASS) {
        let part = row.weight.decimal().to_f64().unwrap_or(f64::NAN);
        let parts = classes.entry(row.instrument_id.clone()).or_default();
        *parts.entry(row.node.to_lowercase()).or_insert(0.0) += part;
    }
    classes.into_iter().map(|(id, parts)| (id, parts.into_iter().collect())).collect()
}
