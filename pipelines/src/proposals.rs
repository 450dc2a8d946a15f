//! Weights for what a portfolio holds on a date: what a method of optimisation would change, and what that rests on.
//!
//! Returns are those of the risk figures: of the last valuation dates of the portfolio's market on which something that
//! it holds was quoted, in its base currency, at most 500. On a day without a quote the last one counts, so that the
//! return is zero; what has no return at all on one of these days, or was quoted on fewer than half of them, is no
//! ground for a covariance, and the proposal is refused. Nothing is left out quietly.

use analytics::covariance::covariance_estimator;
use analytics::covariance_matrix::CovarianceMatrix;
use analytics::optimization::{OptimizationError, OptimizationProblem, optimizer};
use analytics::{estimate, statistics};
use lake::Lake;
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::valuations::Valuation;
use schemas::work_order::{OptimizationOrder, ProposedPosition, WeightProposal};
use schemas::{Amount, InstrumentId};

use crate::error::Error;
use crate::rollups::risk::{PastReturns, past_returns};
use crate::{AgeLimits, HoldingYears, Work};

/// Fewer daily returns say too little about how two instruments move together: a quarter of a year's.
pub const OBSERVATIONS_MIN: usize = 60;
/// Securities of which covariances are computed.
pub const SECURITIES_MAX: usize = 300;

/// A security that is held.
struct Held {
    instrument_id: InstrumentId,
    quantity: f64,
    /// What it is worth in the base currency.
    value: f64,
}

/// Weights for the securities that a portfolio holds on a date, or why there are none.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn proposal(
    lake: &Lake,
    portfolio: &Portfolio,
    age_limits: AgeLimits,
    order: &OptimizationOrder,
) -> Result<Result<WeightProposal, String>, Error> {
    let date = order.business_date;
    let valuations = lake::read::valuations(lake, &portfolio.portfolio_id, date).await?;
    let held = match securities(&valuations) {
        Ok(held) => held,
        Err(reason) => return Ok(Err(format!("{}: {reason}", portfolio.portfolio_id))),
    };
    let Ok(run_id) = "on-request".parse() else { return Err(Error::Worker) };
    let work = Work {
        run_id,
        inputs_fingerprint: String::new(),
        fence: 1,
        from: date,
        to: date,
        part_of: None,
        portfolios: None,
        age_limits,
        holding_years: HoldingYears::default(),
    };
    let ids: Vec<&InstrumentId> = held.iter().map(|held| &held.instrument_id).collect();
    let found = past_returns(lake, &work, portfolio, &ids).await?;
    let (currency, order) = (portfolio.base_currency, order.clone());
    let working = tokio::task::spawn_blocking(move || {
        let returns = complete(&held, found?)?;
        let observations = returns.first().map_or(0, Vec::len);
        let weighed = weighed(&held, &returns, &order)?;
        Ok(WeightProposal {
            business_date: date,
            base_currency: currency,
            invested_value: weighed.invested,
            observations,
            volatility_now: weighed.volatility_now,
            volatility_proposed: weighed.volatility_proposed,
            turnover: weighed.turnover,
            positions: weighed.positions,
            assumptions: assumptions(&order, observations),
        })
    });
    working.await.map_err(|_| Error::Worker)
}

/// The securities of a portfolio; cash is none.
fn securities(valuations: &[Valuation]) -> Result<Vec<Held>, String> {
    let mut held = Vec::new();
    for row in valuations.iter().filter(|row| row.price_basis != "cash") {
        let units = row.value_base.and_then(|value| value.to_units().ok());
        let Some(units) = units else {
            return Err(format!("{} has no value in the base currency on {}", row.instrument_id, row.business_date));
        };
        held.push(Held {
            instrument_id: row.instrument_id.clone(),
            quantity: row.quantity.decimal().to_f64().unwrap_or(f64::NAN),
            value: estimate(units) / 10_f64.powi(i32::from(Amount::SCALE)),
        });
    }
    match held.len() {
        0 => Err("it holds no securities on this date, or was not valued; name a date of its valuations".to_owned()),
        count if SECURITIES_MAX < count => Err(format!("it holds {count} securities, more than {SECURITIES_MAX}")),
        _ => Ok(held),
    }
}

/// The returns, if all securities have all of them and there are enough.
fn complete(held: &[Held], found: PastReturns) -> Result<Vec<Vec<f64>>, String> {
    let mut returns = Vec::with_capacity(found.len());
    let mut gaps = Vec::new();
    for (held, found) in held.iter().zip(found) {
        match found {
            Ok(numbers) => returns.push(numbers),
            Err(reason) => gaps.push(format!("{}: {reason}", held.instrument_id)),
        }
    }
    if !gaps.is_empty() {
        return Err(format!("not every security has a return on every day: {}", gaps.join("; ")));
    }
    let observations = returns.first().map_or(0, Vec::len);
    if observations < OBSERVATIONS_MIN {
        return Err(format!("there are {observations} daily returns by this date, and {OBSERVATIONS_MIN} are needed"));
    }
    Ok(returns)
}

/// What a method makes of the securities.
#[derive(Debug)]
struct Weighed {
    invested: f64,
    volatility_now: f64,
    volatility_proposed: f64,
    turnover: f64,
    positions: Vec<ProposedPosition>,
}

fn weighed(held: &[Held], returns: &[Vec<f64>], order: &OptimizationOrder) -> Result<Weighed, String> {
    let invested = statistics::neumaier_sum(held.iter().map(|held| held.value));
    if invested <= 0.0 {
        return Err("its securities are worth nothing together, or less: there is no whole to divide".to_owned());
    }
    let estimator = covariance_estimator(&order.covariance).map_err(|error| error.to_string())?;
    let covariance = (estimator.estimate)(returns).map_err(|error| error.to_string())?;
    let method = optimizer(&order.method).map_err(|error| error.to_string())?;
    let problem = OptimizationProblem { covariance, weight_max: order.weight_max };
    let proposed = method.weights(&problem).map_err(|error| by_name(&error, held))?;
    let now: Vec<f64> = held.iter().map(|held| held.value / invested).collect();
    let changes: Vec<f64> = proposed.iter().zip(&now).map(|(proposed, now)| proposed - now).collect();
    let mut positions: Vec<ProposedPosition> = held
        .iter()
        .zip(now.iter().zip(&proposed))
        .zip(&changes)
        .map(|((held, (now, proposed)), change)| ProposedPosition {
            instrument_id: held.instrument_id.clone(),
            weight_now: *now,
            weight_proposed: *proposed,
            trade_quantity: change * invested / (held.value / held.quantity),
            trade_value: change * invested,
        })
        .collect();
    if let Some(position) = positions.iter().find(|position| !position.trade_quantity.is_finite()) {
        return Err(format!("{} has a value of zero: there is no price to trade it at", position.instrument_id));
    }
    positions.sort_by(|left, right| {
        let larger = right.weight_proposed.total_cmp(&left.weight_proposed);
        larger.then_with(|| left.instrument_id.cmp(&right.instrument_id))
    });
    Ok(Weighed {
        invested,
        volatility_now: volatility(&problem.covariance, &now)?,
        volatility_proposed: volatility(&problem.covariance, &proposed)?,
        turnover: statistics::neumaier_sum(changes.iter().map(|change| change.abs())) / 2.0,
        positions,
    })
}

/// The volatility a year. A variance a little below zero is the rounding of one that is zero.
fn volatility(covariance: &CovarianceMatrix, weights: &[f64]) -> Result<f64, String> {
    let variance = covariance
        .portfolio_variance(weights)
        .ok_or_else(|| format!("the method gave {} weights for {} securities", weights.len(), covariance.order()))?;
    Ok(variance.max(0.0).sqrt())
}

/// The reason with the name of the security that it numbers.
fn by_name(error: &OptimizationError, held: &[Held]) -> String {
    let named = |number: &usize| number.checked_sub(1).and_then(|place| held.get(place));
    match error {
        OptimizationError::NoVariance { instrument, .. } | OptimizationError::AboveCap { instrument, .. } => {
            let name = named(instrument).map_or_else(String::new, |held| format!(" ({})", held.instrument_id));
            format!("{error}{name}")
        }
        other => other.to_string(),
    }
}

fn assumptions(order: &OptimizationOrder, observations: usize) -> Vec<String> {
    let method = optimizer(&order.method).map(|method| method.definition).unwrap_or_default();
    let estimator = covariance_estimator(&order.covariance).map(|found| found.definition).unwrap_or_default();
    let cap = if order.weight_max < 1.0 {
        format!("No security has more than {} of the whole.", order.weight_max)
    } else {
        "There is no cap.".to_owned()
    };
    vec![
        method.to_owned(),
        format!("{estimator} The days are the last {observations} on which something that is held was quoted."),
        "Returns are simple, in the base currency; on a day without a quote the last close and rate count.".to_owned(),
        cap,
        "Cash stays as it is; costs, taxes and lot sizes are not counted, and quantities are not rounded.".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(values: &[(&str, f64, f64)]) -> Vec<Held> {
        let one = |(id, quantity, value): &(&str, f64, f64)| Held {
            instrument_id: id.parse().expect("an id"),
            quantity: *quantity,
            value: *value,
        };
        values.iter().map(one).collect()
    }

    fn order(method: &str, weight_max: f64) -> OptimizationOrder {
        OptimizationOrder {
            method: method.to_owned(),
            covariance: "sample".to_owned(),
            weight_max,
            business_date: "2014-12-31".parse().expect("a date"),
        }
    }

    /// Returns of ±1 % and ±2 % that never move together.
    fn returns() -> Vec<Vec<f64>> {
        let sign = |on: bool| if on { 1.0 } else { -1.0 };
        let one = (0..OBSERVATIONS_MIN).map(|day| 0.01 * sign(day % 2 == 0)).collect();
        let other = (0..OBSERVATIONS_MIN).map(|day| 0.02 * sign(day % 4 < 2)).collect();
        vec![one, other]
    }

    #[test]
    fn a_proposal_worked_by_hand() {
        // Variances of 1 to 4 without covariance: weights of 4/5 and 1/5. Held are 2,000 and 6,000 of 8,000: 4,400 of
        // the second are sold at 60 each, and 4,400 of the first bought at 20.
        let held = held(&[("world~ONE", 100.0, 2_000.0), ("world~TWO", 100.0, 6_000.0)]);
        let found = weighed(&held, &returns(), &order("minimum_variance", 1.0)).expect("weights");
        let near = |one: f64, other: f64| assert!((one - other).abs() < 1e-4, "{one} and not {other}");
        near(found.invested, 8_000.0);
        near(found.turnover, 0.55);
        let daily = (0.01_f64 * 0.01 * 60.0 / 59.0).sqrt() * 252_f64.sqrt();
        near(found.volatility_now, daily * (0.25_f64.powi(2) + 4.0 * 0.75_f64.powi(2)).sqrt());
        near(found.volatility_proposed, daily * (0.8_f64.powi(2) + 4.0 * 0.2_f64.powi(2)).sqrt());
        let [one, two] = found.positions.as_slice() else { panic!("two") };
        assert_eq!(one.instrument_id.as_str(), "world~ONE");
        near(one.trade_value / 1_000.0, 4.4);
        near(one.trade_quantity / 1_000.0, 0.22);
        near(two.trade_quantity, -73.3333);
    }

    #[test]
    fn what_cannot_be_proposed_is_said() {
        let two = [("world~ONE", 100.0, 2_000.0), ("world~TWO", 100.0, 6_000.0)];
        let reason = |held: &[Held], order: &OptimizationOrder| weighed(held, &returns(), order).expect_err("refused");
        let capped = reason(&held(&two), &order("inverse_volatility", 0.6));
        assert_eq!(capped, "instrument number 1 would have a weight of 0.6667, and the cap is 0.6 (world~ONE)");
        assert!(reason(&held(&two), &order("minimum_variance", 0.4)).contains("0.5 is the least cap"));
        assert!(reason(&held(&two), &order("best", 1.0)).contains("known: equal_weight"));
        let short = [("world~ONE", 100.0, 2_000.0), ("world~TWO", -100.0, -2_000.0)];
        assert!(reason(&held(&short), &order("equal_weight", 1.0)).contains("no whole to divide"));
        let worthless = [("world~ONE", 100.0, 2_000.0), ("world~TWO", 100.0, 0.0)];
        assert!(reason(&held(&worthless), &order("equal_weight", 1.0)).starts_with("world~TWO has a value of zero"));
        let few: PastReturns = vec![Ok(vec![0.01; 59]), Ok(vec![0.01; 59])];
        assert_eq!(
            complete(&held(&two), few).expect_err("refused"),
            "there are 59 daily returns by this date, and 60 are needed"
        );
        let gap: PastReturns = vec![Ok(vec![0.01; 60]), Err("it was quoted on 3 of 60 days only".to_owned())];
        assert_eq!(
            complete(&held(&two), gap).expect_err("refused"),
            "not every security has a return on every day: world~TWO: it was quoted on 3 of 60 days only"
        );
        assert!(securities(&[]).is_err_and(|reason| reason.starts_with("it holds no securities")));
    }
}
