//! The least unusual move of all prices and currencies together that loses so much.

use analytics::covariance::sample;
use analytics::reverse_stress::likeliest_move;
use lake::Lake;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, InstrumentId};

use crate::error::Error;
use crate::rollups::risk::{PastReturns, past_returns};
use crate::{AgeLimits, HoldingYears, Work};

/// Positions of which covariances are computed.
const POSITIONS_MAX: usize = 500;

/// The least unusual move that loses so much.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeliest {
    /// How many standard deviations of a year's return of the portfolio the loss is.
    pub deviations: f64,
    /// What each position does, price and currency together, as a fraction and as a profit in the base currency; the
    /// largest loss first.
    pub moves: Vec<(InstrumentId, f64, f64)>,
    /// The positions that were left out because their returns are not known, and why.
    pub left_out: Vec<(InstrumentId, String)>,
}

/// The least unusual move that loses an amount, by the returns of the last 500 valuation dates; or why there is none.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub(super) async fn likeliest(
    lake: &Lake,
    portfolio: &Portfolio,
    (date, age_limits): (BusinessDate, AgeLimits),
    positions: &[(InstrumentId, f64)],
    loss: f64,
) -> Result<Result<Likeliest, String>, Error> {
    if POSITIONS_MAX < positions.len() {
        let found = positions.len();
        return Ok(Err(format!("it is computed for at most {POSITIONS_MAX} positions, and there are {found}")));
    }
    let Ok(run_id) = "on-request".parse() else { return Err(Error::Worker) };
    let inputs_fingerprint = String::new();
    let work = Work {
        run_id,
        inputs_fingerprint,
        fence: 1,
        from: date,
        to: date,
        part_of: None,
        portfolios: None,
        age_limits,
        holding_years: HoldingYears::default(),
    };
    let ids: Vec<&InstrumentId> = positions.iter().map(|(id, _)| id).collect();
    let found = past_returns(lake, &work, portfolio, &ids).await?;
    Ok(found.and_then(|returns| of_returns(positions, returns, loss)))
}

fn of_returns(positions: &[(InstrumentId, f64)], returns: PastReturns, loss: f64) -> Result<Likeliest, String> {
    let (mut known, mut values, mut histories, mut left_out) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((id, value), returns) in positions.iter().zip(returns) {
        match returns {
            Ok(_) if value.is_nan() => return Err(format!("{id} has no value in the base currency")),
            Ok(returns) => {
                known.push(id);
                values.push(*value);
                histories.push(returns);
            }
            Err(reason) => left_out.push((id.clone(), reason)),
        }
    }
    let covariances = (sample::ESTIMATOR.estimate)(&histories).map_err(|error| error.to_string())?;
    let found = likeliest_move(&values, &covariances, loss).map_err(|reason| reason.to_string())?;
    let mut moves = Vec::with_capacity(known.len());
    for ((id, value), change) in known.into_iter().zip(&values).zip(&found.changes) {
        if *change < -1.0 {
            return Err(format!("it would take a fall of {id} by more than all of its price"));
        }
        moves.push((id.clone(), *change, value * change));
    }
    moves.sort_by(|left, right| left.2.total_cmp(&right.2).then_with(|| left.0.cmp(&right.0)));
    Ok(Likeliest { deviations: found.deviations, moves, left_out })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions() -> Vec<(InstrumentId, f64)> {
        ["M1~A", "M1~B", "M1~C"].map(|id| (id.parse().expect("an id"), 100.0)).to_vec()
    }

    #[test]
    fn what_moves_more_loses_more_and_what_is_not_known_is_left_out() {
        // Independent and of deviations 1 and 2: covariances (1, 4), so that B loses four times as much as A.
        let returns = |size: f64, signs: [f64; 4]| Ok(signs.map(|sign| size * sign).to_vec());
        let history = vec![
            returns(0.01, [1.0, 1.0, -1.0, -1.0]),
            returns(0.02, [1.0, -1.0, 1.0, -1.0]),
            Err("it is new".to_owned()),
        ];
        let found = of_returns(&positions(), history, 50.0).expect("a move");
        let names: Vec<&str> = found.moves.iter().map(|(id, ..)| id.as_str()).collect();
        assert_eq!(names, ["M1~B", "M1~A"]);
        assert!((found.moves[0].2 + 40.0).abs() < 1e-9 && (found.moves[1].2 + 10.0).abs() < 1e-9, "{found:?}");
        assert_eq!(found.left_out.len(), 1);
    }

    #[test]
    fn more_than_all_is_no_move() {
        let history = vec![Ok(vec![0.01, -0.01]), Ok(vec![0.0, 0.0]), Ok(vec![0.0, 0.0])];
        let refused = of_returns(&positions(), history, 150.0).expect_err("one position cannot lose so much");
        assert_eq!(refused, "it would take a fall of M1~A by more than all of its price");
    }
}
