//! The methods that forecast every night, in the order in which they count.

use analytics::NoFigure;
use analytics::risk::{
    RiskMethod, RiskQuestion, TailRisk, cornish_fisher, ewma, filtered_historical, historical, normal,
};
use analytics::risk_simulation::TAILS;

/// The methods: the first that is not red counts. Student t is none of them: its fit takes tens of times as long as
/// any other, and Monte Carlo more.
pub(super) static METHODS: [&RiskMethod; 5] =
    [&historical::METHOD, &filtered_historical::METHOD, &ewma::METHOD, &cornish_fisher::METHOD, &normal::METHOD];
/// Every method with every tail.
pub(super) const COMBINATIONS: usize = METHODS.len() * TAILS.len();
/// A year of returns: with fewer, one in a hundred is a guess.
const RETURNS_MIN: usize = 250;

/// What a method says about a tail of the next day, or why it says nothing; of returns that are not daily
/// none does.
pub(super) fn forecast(
    method: &RiskMethod,
    tail_probability: f64,
    (rhythm, returns): (&Result<(), NoFigure>, &[f64]),
) -> Result<TailRisk, String> {
    if let Err(reason) = rhythm {
        return Err(reason.to_string());
    }
    if returns.len() < RETURNS_MIN {
        return Err(format!("not enough daily returns in two years: {} of {RETURNS_MIN}", returns.len()));
    }
    let question = RiskQuestion { returns, tail_probability, days: 1 };
    (method.estimate)(&question).map_err(|reason| reason.to_string())
}

/// Every method and tail, in the order of their numbers.
pub(super) fn combinations() -> impl Iterator<Item = (&'static RiskMethod, f64)> {
    METHODS.into_iter().flat_map(|method| TAILS.into_iter().map(move |tail| (method, tail)))
}

/// The number of a method with a tail, as they are stored.
pub(super) fn number_of(method: &str, tail: f64) -> Option<usize> {
    combinations().position(|(known, probability)| known.id == method && probability.to_bits() == tail.to_bits())
}
