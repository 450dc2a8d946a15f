//! What the positions of a date may lose in several days, by each method and with how it gets there.
//!
//! The methods are asked about the profits of the positions in the scenarios of the date, as fractions of what the
//! positions are worth regardless of sign: how much is held stays the same from day to day, as it does in scenarios.

use analytics::copula_simulation::{Copula, copula_paths};
use analytics::risk::monte_carlo::{self, Simulation};
use analytics::risk::{RISK_METHODS, RiskMethod, RiskQuestion, TailRisk};

use super::on_request::RiskParts;

pub use analytics::risk_simulation::TAILS;

/// Random numbers of a simulation of positions at most: with more of them times days it has fewer paths.
const DRAWS_MAX: usize = 10_000_000;
/// How positions may move together: the id, the name on screens, and the copula.
const COPULAS: [(&str, &str, Copula); 2] = [
    ("gaussian_copula", "Monte Carlo by position, Gaussian copula", Copula::Gaussian),
    ("student_copula", "Monte Carlo by position, Student's copula of four degrees", Copula::Student),
];

/// Fewer runs of so many days say nothing about one in twenty.
const RUNS_MIN: usize = 20;

/// What may be lost in some days.
#[derive(Clone, Debug, PartialEq)]
pub struct OverDays {
    /// For how many days ahead.
    pub days: usize,
    /// How many runs of so many scenarios there are; neighbours overlap.
    pub runs: usize,
    /// What each method says.
    pub methods: Vec<MethodOverDays>,
}

/// What a method says; money of the base currency, a loss is positive.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodOverDays {
    /// The id, e.g. `historical`.
    pub id: &'static str,
    /// The name on screens.
    pub title: &'static str,
    /// How it gets from one day to several, in a sentence.
    pub horizon: &'static str,
    /// Of each tail what may be lost, or why the method cannot say.
    pub tails: [Result<TailOverDays, String>; 3],
}

/// The tail of the losses of some days; money of the base currency, a loss is positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TailOverDays {
    /// The probability of the tail.
    pub tail: f64,
    /// The loss that is exceeded with this probability.
    pub value_at_risk: f64,
    /// The mean loss in the tail.
    pub expected_shortfall: f64,
    /// Of a simulation how exactly it knows its figures.
    pub simulated: Option<Simulated>,
}

/// How exactly a simulation knows its figures, and how to repeat it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Simulated {
    /// The seed.
    pub seed: u64,
    /// How many paths were simulated.
    pub paths: usize,
    /// The ends of the interval that holds the value at risk of endless paths with 95 %.
    pub value_at_risk_interval: (f64, f64),
    /// The standard error of the expected shortfall.
    pub expected_shortfall_error: f64,
}

/// What the positions may lose in so many days.
///
/// # Errors
/// The reason why there is no figure: that of one day, or too few scenarios for so many days.
pub fn over_days(parts: &RiskParts, days: usize) -> Result<OverDays, String> {
    parts.tails.as_ref().map_err(String::clone)?;
    let scenarios = parts.profits.len();
    let runs = (scenarios + 1).saturating_sub(days);
    if runs < RUNS_MIN {
        return Err(format!(
            "{scenarios} scenarios hold {runs} runs of {days} days, which overlap; {RUNS_MIN} are needed"
        ));
    }
    let simulated = parts.positions.iter().filter(|position| position.risk.is_ok());
    let gross: f64 = simulated.filter_map(|position| position.value).map(f64::abs).sum();
    let worth = if 0.0 < gross { gross } else { 1.0 };
    let returns: Vec<f64> = parts.profits.iter().map(|profit| profit / worth).collect();
    let asked = |method: &&'static RiskMethod| MethodOverDays {
        id: method.id,
        title: method.title,
        horizon: method.horizon,
        tails: TAILS.map(|tail_probability| {
            let question = RiskQuestion { returns: &returns, tail_probability, days };
            tail_of(method, &question, worth)
        }),
    };
    let by_position = COPULAS.map(|(id, title, copula)| MethodOverDays {
        id,
        title,
        horizon: "Each position has its days of the scenarios; the days of a path are added up.",
        tails: tails_of_copula(&parts.profits_by_position, copula, days),
    });
    Ok(OverDays { days, runs, methods: RISK_METHODS.iter().map(asked).chain(by_position).collect() })
}

/// What positions that move together as a copula says may lose.
fn tails_of_copula(profits: &[Vec<f64>], copula: Copula, days: usize) -> [Result<TailOverDays, String>; 3] {
    let draws = days.saturating_mul(profits.len()).max(1);
    let paths = monte_carlo::PATHS.min(DRAWS_MAX / draws);
    let seed = monte_carlo::SEED;
    let outcomes = u32::try_from(days)
        .map_err(|_| "there are too many days".to_owned())
        .and_then(|days| copula_paths(profits, copula, days, (seed, paths)).map_err(|reason| reason.to_string()));
    TAILS.map(|tail| {
        let made = monte_carlo::of_paths(outcomes.clone()?, tail, seed).map_err(|reason| reason.to_string())?;
        Ok(simulated(tail, &made, 1.0))
    })
}

fn tail_of(method: &RiskMethod, question: &RiskQuestion<'_>, worth: f64) -> Result<TailOverDays, String> {
    let tail = question.tail_probability;
    if method.id == monte_carlo::METHOD.id {
        let made = monte_carlo::simulate(question, monte_carlo::SEED, monte_carlo::PATHS);
        return made.map(|made| simulated(tail, &made, worth)).map_err(|reason| reason.to_string());
    }
    let made = (method.estimate)(question);
    made.map(|risk| told(tail, risk, worth, None)).map_err(|reason| reason.to_string())
}

fn told(tail: f64, risk: TailRisk, worth: f64, simulated: Option<Simulated>) -> TailOverDays {
    TailOverDays {
        tail,
        value_at_risk: worth * risk.value_at_risk(),
        expected_shortfall: worth * risk.expected_shortfall(),
        simulated,
    }
}

/// What a simulation says, in money.
fn simulated(tail: f64, made: &Simulation, worth: f64) -> TailOverDays {
    let (low, high) = made.value_at_risk_interval;
    let exactness = Simulated {
        seed: made.seed,
        paths: made.paths,
        value_at_risk_interval: (worth * low, worth * high),
        expected_shortfall_error: worth * made.expected_shortfall_error,
    };
    told(tail, made.risk, worth, Some(exactness))
}
