//! What a scenario does to all positions of a portfolio together, or why that is not known.

use analytics::statistics::neumaier_sum;
use schemas::{BusinessDate, InstrumentId};

use super::effects::{Effect, Gap};
use super::scenario::{Event, StressScenario};

/// The part of a portfolio's values, regardless of sign, of which nobody need know what would happen to it.
const UNKNOWN_MAX: f64 = 0.05;

/// A position under a scenario.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) instrument_id: &'a InstrumentId,
    /// The value in the base currency, an estimate; NaN if it is not known.
    pub(crate) value: f64,
    pub(crate) effect: &'a Result<Effect, String>,
}

/// What happens to a portfolio.
#[derive(Clone, Debug, PartialEq)]
pub struct Total {
    /// What it gains in the base currency, a loss is negative; or why that is not known.
    pub profit: Result<f64, String>,
    /// The same as a fraction of its value; none also where that is not above zero.
    pub profit_fraction: Option<f64>,
    /// The part of all values regardless of sign that no change reaches.
    pub unreached_fraction: Option<f64>,
    /// The part of which nobody knows what would happen.
    pub unknown_fraction: Option<f64>,
}

impl Total {
    /// Nothing is known, for a reason.
    pub(crate) fn unavailable(reason: String) -> Total {
        Total { profit: Err(reason), profit_fraction: None, unreached_fraction: None, unknown_fraction: None }
    }
}

/// Why a scenario says nothing of a date; none if it does.
pub(crate) fn too_early(scenario: &StressScenario, date: BusinessDate) -> Option<String> {
    match &scenario.event {
        Event::Replay(replay) if date < replay.to => {
            Some(format!("the time that is repeated ends on {}, after {date}", replay.to))
        }
        Event::Replay(_) | Event::Shocks(_) | Event::Yields(_) => None,
    }
}

/// Adds up positions, which are in the order of their instruments.
pub(crate) fn total(lines: &[Line<'_>]) -> Total {
    if lines.is_empty() {
        return Total::unavailable("there is no position".to_owned());
    }
    let (mut gross, mut unreached, mut unknown) = (0.0, 0.0, 0.0);
    let mut largest: Option<(f64, &InstrumentId, Gap)> = None;
    let mut profits = Vec::with_capacity(lines.len());
    for Line { instrument_id, value, effect } in lines {
        if value.is_nan() {
            return Total::unavailable(format!("{instrument_id} has no value in the base currency"));
        }
        let effect = match effect {
            Ok(effect) => effect,
            Err(reason) => return Total::unavailable(reason.clone()),
        };
        gross += value.abs();
        unreached += value.abs() * (1.0 - effect.reached);
        profits.push(value * effect.profit());
        if let Some((part, gap)) = effect.unknown {
            let size = value.abs() * part;
            unknown += size;
            if largest.is_none_or(|(other, ..)| other < size) {
                largest = Some((size, instrument_id, gap));
            }
        }
    }
    let part = |size: f64| if 0.0 < gross { size / gross } else { 0.0 };
    let mut found = Total {
        profit: Ok(neumaier_sum(profits)),
        profit_fraction: None,
        unreached_fraction: Some(part(unreached)),
        unknown_fraction: Some(part(unknown)),
    };
    if let Some((_, instrument_id, gap)) = largest
        && UNKNOWN_MAX < part(unknown)
    {
        found.profit = Err(format!(
            "of {:.1} % of the values nobody knows what would happen, more than {:.0} %; the most is {instrument_id}: \
             {gap}",
            100.0 * part(unknown),
            100.0 * UNKNOWN_MAX,
        ));
    }
    let value = neumaier_sum(lines.iter().map(|line| line.value));
    found.profit_fraction = found.profit.as_ref().ok().filter(|_| 0.0 < value).map(|profit| profit / value);
    found
}
