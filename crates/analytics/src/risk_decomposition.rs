//! What each position adds to the simulated risk of a portfolio, and what would be left without it.
//!
//! The marginal risk of a position is how fast the expected shortfall grows with it; times its value it is Euler's
//! contribution, and these add up to the whole. The incremental risk is the difference that the whole position makes:
//! the risk of the portfolio less that of the others. Incremental risks do not add up, because each of the others is
//! then a part of another portfolio.
//!
//! In a scenario a position returns `(1 + l)(1 + x) − 1`. What cash in its currency loses in the same scenarios, `x`,
//! is the part of exchange rates; the rest, `l + l x`, is that of prices.

use crate::figure::NoFigure;
use crate::risk_simulation::{Exposure, SimulatedTail, Simulator, TAILS};
use crate::scenario_matrix::ScenarioMatrix;
use crate::value_at_risk_parts::{ValueAtRiskPart, value_at_risk_parts};

/// What a position adds to the risk of its portfolio; money of the base currency, a loss is positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PositionRisk {
    /// Its part of the expected shortfall of the tail 0.025.
    pub contribution: f64,
    /// What one unit of the base currency more in it would add to the expected shortfall, as long as the scenarios of
    /// the tail are the same.
    pub marginal: f64,
    /// The part of the contribution that is due to exchange rates.
    pub currency_contribution: f64,
    /// Its parts of the values at risk of [`TAILS`]; none of one that is no loss.
    pub value_at_risk: [Option<ValueAtRiskPart>; 3],
}

/// The difference of two tails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TailDifference {
    /// The probability of the tail, one of [`TAILS`].
    pub tail: f64,
    /// The difference of the values at risk.
    pub value_at_risk: f64,
    /// The difference of the expected shortfalls.
    pub expected_shortfall: f64,
}

/// The risk of a portfolio with what each position adds to it.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskDecomposition {
    /// Value at risk and expected shortfall of each tail.
    pub tails: [SimulatedTail; 3],
    /// The positions, in their order.
    pub positions: Vec<PositionRisk>,
}

/// The risk of positions, and what each of them adds to it.
///
/// - Input: the positions at today's values; of each the row of the cash of its currency in the matrix.
/// - Output: money of the base currency, a loss is positive. The contributions add up to the expected shortfall of the
///   tail 0.025 but for rounding, and so do marginal times value; those to a value at risk add up to it.
/// - Source: Tasche, *Risk Contributions and Performance Measurement*, 1999; Jorion, *Value at Risk*, 3rd ed., ch. 7.
///
/// # Errors
/// [`NoFigure`] as of [`Simulator::simulate`], or if the row of a currency is missing.
pub fn decompose(
    matrix: &ScenarioMatrix,
    positions: &[Exposure],
    currency_rows: &[usize],
) -> Result<RiskDecomposition, NoFigure> {
    let mut simulator = Simulator::new(matrix);
    let mut contributions = Vec::with_capacity(positions.len());
    let tails = simulator.simulate_tails(positions, &mut contributions)?;
    let mut found = Vec::with_capacity(positions.len());
    let profits = simulator.profits(positions)?;
    let of_tail =
        |tail: SimulatedTail| value_at_risk_parts(matrix, positions, &profits, (tail.tail, tail.value_at_risk)).ok();
    let parts = tails.map(of_tail);
    for (number, (position, contribution)) in positions.iter().zip(contributions).enumerate() {
        let row = currency_rows.get(number).copied();
        let row = row.ok_or_else(|| NoFigure::new(format!("position number {} has no currency", number + 1)))?;
        found.push(PositionRisk {
            contribution,
            marginal: simulator.mean_loss_of_unit(position.instrument)?,
            currency_contribution: position.value * simulator.mean_loss_of_unit(row)?,
            value_at_risk: parts.each_ref().map(|parts| parts.as_ref()?.get(number).copied()),
        });
    }
    Ok(RiskDecomposition { tails, positions: found })
}

/// What there is more in each of the tails than without the position of a number, counted from zero. Where there is no
/// other, all of it: nothing loses nothing.
///
/// - Input: the tails of all positions, as [`decompose`] has them.
/// - Output: money of the base currency; negative if the position makes the others lose less.
///
/// # Errors
/// [`NoFigure`] as of [`Simulator::simulate`].
pub fn incremental(
    matrix: &ScenarioMatrix,
    positions: &[Exposure],
    tails: &[SimulatedTail; 3],
    number: usize,
) -> Result<[TailDifference; 3], NoFigure> {
    let rest = positions.iter().enumerate().filter(|(place, _)| *place != number);
    let rest: Vec<Exposure> = rest.map(|(_, position)| *position).collect();
    let others =
        if rest.is_empty() { None } else { Some(Simulator::new(matrix).simulate_tails(&rest, &mut Vec::new())?) };
    let mut found = TAILS.map(|tail| TailDifference { tail, value_at_risk: 0.0, expected_shortfall: 0.0 });
    for (place, (difference, whole)) in found.iter_mut().zip(tails).enumerate() {
        let other = others.as_ref().and_then(|others| others.get(place));
        difference.value_at_risk = whole.value_at_risk - other.map_or(0.0, |other| other.value_at_risk);
        difference.expected_shortfall = whole.expected_shortfall - other.map_or(0.0, |other| other.expected_shortfall);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::assert_close;

    fn matrix(rows: &[Vec<f64>]) -> ScenarioMatrix {
        let scenarios = rows.first().map_or(0, Vec::len);
        ScenarioMatrix::new(rows.len(), scenarios, rows.concat()).expect("a matrix")
    }

    /// −10 %, −9 %, …, +9 % of the first instrument. The second rises by 10 % in the worst of them and falls by 20 % in
    /// the fifth; its currency falls by 4 % there. The last row is the base currency.
    fn twenty_scenarios() -> ScenarioMatrix {
        let first: Vec<f64> = (0..20_u32).map(|scenario| (f64::from(scenario) - 10.0) / 100.0).collect();
        let mut second = vec![0.0; 20];
        (second[0], second[4]) = (0.1, -0.2);
        let mut currency = vec![0.0; 20];
        currency[4] = -0.04;
        matrix(&[first, second, currency, vec![0.0; 20]])
    }

    #[test]
    fn two_positions_by_hand() {
        // 100 of the first and 50 of the second: −10 + 5, −9, −8, −7, −6 − 10, −5, … The worst is −16, and 20 · 0.025
        // is half a scenario.
        let positions = [Exposure { instrument: 0, value: 100.0 }, Exposure { instrument: 1, value: 50.0 }];
        let found = decompose(&twenty_scenarios(), &positions, &[3, 2]).unwrap();
        assert_close(found.tails[1].expected_shortfall, 16.0);
        // 0.95 of the way from 16 to 9.
        assert_close(found.tails[0].value_at_risk, 16.0 - 0.95 * 7.0);
        let [first, second] = found.positions.as_slice() else { panic!("two positions") };
        assert_close(first.contribution, 6.0);
        assert_close(first.marginal, 0.06);
        assert_close(first.currency_contribution, 0.0);
        assert_close(second.contribution, 10.0);
        assert_close(second.marginal, 0.2);
        // 50 in a currency that falls by 4 %.
        assert_close(second.currency_contribution, 2.0);
        // Without the first, 50 lose 20 %, once; without the second, 100 lose 10 %, 9 %, …
        let without = |number| incremental(&twenty_scenarios(), &positions, &found.tails, number).unwrap();
        assert_close(without(0)[1].expected_shortfall, 16.0 - 10.0);
        assert_close(without(0)[0].value_at_risk, 9.35 - 0.05 * 10.0);
        assert_close(without(1)[1].expected_shortfall, 16.0 - 10.0);
        assert_close(without(1)[0].value_at_risk, 9.35 - 9.05);
        assert_close(without(1)[0].tail, 0.05);
    }

    #[test]
    fn the_only_position_is_all_of_the_risk() {
        let only = [Exposure { instrument: 0, value: 100.0 }];
        let found = decompose(&twenty_scenarios(), &only, &[3]).unwrap();
        let more = incremental(&twenty_scenarios(), &only, &found.tails, 0).unwrap();
        assert_close(more[1].expected_shortfall, found.tails[1].expected_shortfall);
        let none = decompose(&twenty_scenarios(), &[Exposure { instrument: 0, value: 100.0 }], &[]);
        assert!(none.unwrap_err().to_string().contains("position number 1 has no currency"));
        assert!(decompose(&twenty_scenarios(), &[], &[]).is_err());
    }

    proptest! {
        #[test]
        fn marginal_times_value_adds_up_and_is_the_slope(
            rows in prop::collection::vec(prop::collection::vec(-0.3..0.3_f64, 60), 5),
            values in prop::collection::vec(-1000.0..1000.0_f64, 5),
        ) {
            let market = matrix(&rows);
            let positions: Vec<Exposure> =
                values.iter().enumerate().map(|(instrument, value)| Exposure { instrument, value: *value }).collect();
            let found = decompose(&market, &positions, &[0; 5]).unwrap();
            let whole = found.tails[1].expected_shortfall;
            let sum: f64 = found.positions.iter().zip(&positions).map(|(risk, held)| risk.marginal * held.value).sum();
            prop_assert!((sum - whole).abs() <= 1e-9 * (1.0 + whole.abs()), "{} {}", sum, whole);
            for (place, tail) in found.tails.iter().enumerate() {
                let parts = found.positions.iter().map(|risk| risk.value_at_risk[place].map(|part| part.contribution));
                let Some(parts) = parts.collect::<Option<Vec<f64>>>() else { continue };
                let sum: f64 = parts.iter().sum();
                prop_assert!((sum - tail.value_at_risk).abs() <= 1e-9 * (1.0 + sum.abs()), "{} {:?}", sum, tail);
            }
            // The expected shortfall is convex: the slope lies between what a little less and a little more change.
            for (number, risk) in found.positions.iter().enumerate() {
                let moved = |by: f64| {
                    let mut others = positions.clone();
                    others[number].value += by;
                    decompose(&market, &others, &[0; 5]).unwrap().tails[1].expected_shortfall
                };
                let (less, more) = ((whole - moved(-0.01)) / 0.01, (moved(0.01) - whole) / 0.01);
                prop_assert!(less - 1e-6 <= risk.marginal && risk.marginal <= more + 1e-6, "{less} {more} {risk:?}");
            }
            // Nobody's absence makes the shortfall worse by more than it loses alone.
            for (number, held) in positions.iter().enumerate() {
                let alone = decompose(&market, &[*held], &[0]).unwrap().tails[1].expected_shortfall;
                let more = incremental(&market, &positions, &found.tails, number).unwrap();
                prop_assert!(more[1].expected_shortfall <= alone + 1e-9);
            }
        }
    }
}
