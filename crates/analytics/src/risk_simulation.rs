//! Historical simulation of whole portfolios: value at risk, expected shortfall, and what each position adds to it.
//!
//! Today's positions are put through every scenario. A portfolio's profit in all scenarios is the sum of its
//! instruments' rows; only the worst few are ordered. A position's part of the expected shortfall is its own mean loss
//! in the same scenarios with the same weights (Euler's allocation), so the parts add up to the whole.
//!
//! Each portfolio is computed by itself and in the order of its positions: figures do not depend on which portfolios
//! are computed together, or by how many threads.

use crate::figure::NoFigure;
use crate::scenario_matrix::ScenarioMatrix;
use crate::statistics::floor_index;

/// The tails of which both figures are told, as probabilities; the middle one is that of the contributions.
pub const TAILS: [f64; 3] = [0.05, SHORTFALL_TAIL, 0.01];
/// The tail of the expected shortfall.
const SHORTFALL_TAIL: f64 = 0.025;
/// Scenarios of which the smallest profit is found first; with 500 of them about thirty profits remain to be ordered.
const BLOCK: usize = 8;

/// A position of the portfolio that is simulated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// The number of the instrument in the matrix.
    pub instrument: usize,
    /// What the position is worth, as an estimate in the base currency. Negative if short.
    pub value: f64,
}

/// What a portfolio may lose in a scenario's time, as an estimate in the base currency. A loss is positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SimulatedRisk {
    /// The loss that is exceeded in one scenario of twenty.
    pub var_95: f64,
    /// The loss that is exceeded in one scenario of a hundred.
    pub var_99: f64,
    /// The mean loss in the worst fortieth of the scenarios.
    pub es_975: f64,
}

/// The edge of a tail and the mean beyond it, as estimates in the base currency. A loss is positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SimulatedTail {
    /// The probability of the tail, one of [`TAILS`].
    pub tail: f64,
    /// The loss that is exceeded with this probability.
    pub value_at_risk: f64,
    /// The mean loss in this part of the scenarios, the worst ones.
    pub expected_shortfall: f64,
}

/// The profit of a portfolio in a scenario.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    profit: f64,
    scenario: usize,
}

/// A place between two ordered numbers: so far from the one at the index to the next.
#[derive(Clone, Copy, Debug)]
struct Place {
    index: usize,
    weight: f64,
}

impl Place {
    fn at(position: f64, last: usize) -> Place {
        let index = floor_index(position, last);
        Place { index, weight: position - index as f64 }
    }
}

/// Simulates portfolios one after the other; each thread has its own.
#[derive(Clone, Debug)]
pub struct Simulator<'a> {
    matrix: &'a ScenarioMatrix,
    place_95: Place,
    place_99: Place,
    /// The expected shortfall takes the scenarios before the place whole and the one at it with its weight.
    shortfall: Place,
    shortfall_scenarios: f64,
    worst_count: usize,
    profits: Vec<f64>,
    least: Vec<f64>,
    worst: Vec<Outcome>,
}

impl<'a> Simulator<'a> {
    /// A simulator of portfolios in the scenarios of a matrix.
    pub fn new(matrix: &'a ScenarioMatrix) -> Simulator<'a> {
        let scenarios = matrix.scenarios();
        let last = scenarios.saturating_sub(1);
        let place = |position: f64| Place::at(position, last);
        let (place_95, place_99) = (place(last as f64 * 0.05), place(last as f64 * 0.01));
        let shortfall_scenarios = SHORTFALL_TAIL * scenarios as f64;
        let shortfall = place(shortfall_scenarios);
        let worst_count = (place_95.index + 2).max(place_99.index + 2).max(shortfall.index + 1).min(scenarios);
        Simulator {
            matrix,
            place_95,
            place_99,
            shortfall,
            shortfall_scenarios,
            worst_count,
            profits: vec![0.0; scenarios],
            least: Vec::with_capacity(scenarios.div_ceil(BLOCK)),
            worst: Vec::with_capacity(scenarios),
        }
    }

    /// The risk of a portfolio. Adds to `contributions` what each of its positions contributes to the expected
    /// shortfall, in their order; nothing if there is no risk to tell.
    ///
    /// - Input: the positions at today's values. An instrument may come more than once.
    /// - Output: money of the base currency, a loss is positive; the contributions add up to `es_975` but for rounding.
    ///   Of scenarios with equal profit the lower number counts as the worse one.
    /// - Source: Hyndman and Fan 1996, type 7, for the quantiles; Acerbi and Tasche, *On the Coherence of Expected
    ///   Shortfall*, 2002; Tasche, *Risk Contributions and Performance Measurement*, 1999, for the contributions.
    ///
    /// # Errors
    /// [`NoFigure`] if there is no position, one has no finite value, or an instrument is none of the matrix or lacks
    /// a return.
    pub fn simulate(
        &mut self,
        positions: &[Exposure],
        contributions: &mut Vec<f64>,
    ) -> Result<SimulatedRisk, NoFigure> {
        self.check(positions)?;
        self.add_up(positions)?;
        self.find_worst();
        let risk = SimulatedRisk {
            var_95: self.value_at_risk(self.place_95),
            var_99: self.value_at_risk(self.place_99),
            es_975: self.mean_loss(|outcome| outcome.profit),
        };
        for position in positions {
            contributions.push(position.value * self.mean_loss_of_unit(position.instrument)?);
        }
        Ok(risk)
    }

    /// The profit of a portfolio in each scenario, in their order, as [`Simulator::simulate`] adds it up.
    ///
    /// # Errors
    /// Those of [`Simulator::simulate`].
    pub fn profits(&mut self, positions: &[Exposure]) -> Result<Vec<f64>, NoFigure> {
        self.check(positions)?;
        self.add_up(positions)?;
        Ok(self.profits.clone())
    }

    /// As [`Simulator::simulate`], with both figures of each of [`TAILS`], in their order.
    ///
    /// # Errors
    /// Those of [`Simulator::simulate`].
    pub fn simulate_tails(
        &mut self,
        positions: &[Exposure],
        contributions: &mut Vec<f64>,
    ) -> Result<[SimulatedTail; 3], NoFigure> {
        self.simulate(positions, contributions)?;
        Ok(TAILS.map(|tail| {
            let scenarios = self.matrix.scenarios();
            let last = scenarios.saturating_sub(1);
            let inside = tail * scenarios as f64;
            SimulatedTail {
                tail,
                value_at_risk: self.value_at_risk(Place::at(last as f64 * tail, last)),
                expected_shortfall: self.mean_loss_of(Place::at(inside, last), inside, |outcome| outcome.profit),
            }
        }))
    }

    /// The mean loss of a unit of an instrument in the scenarios that make the expected shortfall of what was simulated
    /// last, whether that holds the instrument or not.
    pub(crate) fn mean_loss_of_unit(&self, instrument: usize) -> Result<f64, NoFigure> {
        let returns = self.matrix.row(instrument)?;
        Ok(self.mean_loss(|outcome| returns.get(outcome.scenario).copied().unwrap_or(f64::NAN)))
    }

    /// Whether every sum that follows is finite, and every row is there.
    fn check(&self, positions: &[Exposure]) -> Result<(), NoFigure> {
        if positions.is_empty() {
            return Err(NoFigure::new("there is no position"));
        }
        let mut gross = 0.0;
        for (position, number) in positions.iter().zip(1_usize..) {
            self.matrix.row(position.instrument)?;
            if !position.value.is_finite() {
                return Err(NoFigure::new(format!("the value of position number {number} is not a finite number")));
            }
            gross += position.value.abs();
        }
        if (gross * self.matrix.largest().max(1.0) * self.matrix.scenarios() as f64).is_finite() {
            return Ok(());
        }
        Err(NoFigure::new("the values of the positions are too large"))
    }

    /// The profit in each scenario. Four rows at a time, so that the sums are fetched and stored a quarter as often.
    fn add_up(&mut self, positions: &[Exposure]) -> Result<(), NoFigure> {
        self.profits.fill(0.0);
        let (fours, rest) = positions.as_chunks::<4>();
        for [first, second, third, fourth] in fours {
            let rows = self.matrix.row(first.instrument)?.iter().zip(self.matrix.row(second.instrument)?);
            let rows = rows.zip(self.matrix.row(third.instrument)?).zip(self.matrix.row(fourth.instrument)?);
            for (profit, (((one, two), three), four)) in self.profits.iter_mut().zip(rows) {
                let pair = first.value * one + second.value * two;
                *profit += pair + (third.value * three + fourth.value * four);
            }
        }
        for position in rest {
            let row = self.matrix.row(position.instrument)?;
            for (profit, number) in self.profits.iter_mut().zip(row) {
                *profit += position.value * number;
            }
        }
        Ok(())
    }

    /// Orders the worst scenarios, as many as the figures need.
    ///
    /// The smallest profits of all blocks are so many different scenarios. So where the n-th smallest of these lies, at
    /// least n scenarios lie, and all of the n worst; few others do.
    fn find_worst(&mut self) {
        self.least.clear();
        let smaller = |least: f64, profit: &f64| if *profit < least { *profit } else { least };
        let least = |block: &[f64]| block.iter().fold(f64::INFINITY, smaller);
        let (blocks, rest) = self.profits.as_chunks::<BLOCK>();
        self.least.extend(blocks.iter().map(|block| least(block)));
        if !rest.is_empty() {
            self.least.push(least(rest));
        }
        let limit = match self.worst_count.checked_sub(1) {
            Some(last) if last < self.least.len() => *self.least.select_nth_unstable_by(last, f64::total_cmp).1,
            _ => f64::INFINITY,
        };
        self.worst.clear();
        for (scenario, profit) in self.profits.iter().enumerate() {
            if *profit <= limit {
                self.worst.push(Outcome { profit: *profit, scenario });
            }
        }
        self.worst.sort_unstable_by(|left, right| {
            left.profit.total_cmp(&right.profit).then_with(|| left.scenario.cmp(&right.scenario))
        });
        self.worst.truncate(self.worst_count);
    }

    fn value_at_risk(&self, place: Place) -> f64 {
        let profit = |index: usize| self.worst.get(index).map(|outcome| outcome.profit);
        let lower = profit(place.index).unwrap_or(f64::NAN);
        let next = profit(place.index + 1).unwrap_or(lower);
        0.0 - (lower + place.weight * (next - lower))
    }

    /// Minus the mean of a number over the scenarios of the expected shortfall.
    fn mean_loss(&self, number: impl Fn(&Outcome) -> f64) -> f64 {
        self.mean_loss_of(self.shortfall, self.shortfall_scenarios, number)
    }

    /// Minus the mean of a number over the worst scenarios: those before a place, and a part of the one at it.
    #[inline]
    fn mean_loss_of(&self, end: Place, scenarios: f64, number: impl Fn(&Outcome) -> f64) -> f64 {
        let whole: f64 = self.worst.iter().take(end.index).map(&number).sum();
        let part = self.worst.get(end.index).map_or(0.0, |outcome| end.weight * number(outcome));
        0.0 - (whole + part) / scenarios
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::risk::historical;
    use crate::sample_series::{assert_close, assert_within};

    fn matrix(rows: &[Vec<f64>]) -> ScenarioMatrix {
        let scenarios = rows.first().map_or(0, Vec::len);
        ScenarioMatrix::new(rows.len(), scenarios, rows.concat()).expect("a matrix")
    }

    fn exposures(values: &[f64]) -> Vec<Exposure> {
        values.iter().enumerate().map(|(instrument, value)| Exposure { instrument, value: *value }).collect()
    }

    fn run(matrix: &ScenarioMatrix, positions: &[Exposure]) -> (SimulatedRisk, Vec<f64>) {
        let mut contributions = Vec::new();
        let risk = Simulator::new(matrix).simulate(positions, &mut contributions).expect("a risk");
        (risk, contributions)
    }

    fn reason(matrix: &ScenarioMatrix, positions: &[Exposure]) -> String {
        let mut contributions = vec![1.5];
        let refused = Simulator::new(matrix).simulate(positions, &mut contributions).expect_err("no risk");
        assert_eq!(contributions, [1.5], "nothing is contributed to a risk that there is not");
        refused.to_string()
    }

    #[test]
    fn twenty_scenarios_by_hand() {
        // −10 %, −9 %, …, +9 % of 100, shuffled: profits −10, −9, …, +9.
        let returns: Vec<f64> = (0..20_u32).map(|scenario| (f64::from(scenario * 7 % 20) - 10.0) / 100.0).collect();
        let market = matrix(&[returns]);
        let (risk, contributions) = run(&market, &exposures(&[100.0]));
        // (20 − 1) · 0.05 = 0.95 from the worst to the next, at 0.01 it is 0.19 of the way.
        assert_close(risk.var_95, 9.05);
        assert_close(risk.var_99, 9.81);
        // 20 · 0.025 is half a scenario: all of it is the worst.
        assert_close(risk.es_975, 10.0);
        assert_close(contributions[0], 10.0);
        // Of each tail both figures: at 0.025 it is 0.475 of the way, and one scenario or less is the worst.
        let mut parts = Vec::new();
        let tails = Simulator::new(&market).simulate_tails(&exposures(&[100.0]), &mut parts).expect("a risk");
        assert_eq!(parts, contributions);
        for (found, (tail, value_at_risk)) in tails.into_iter().zip([(0.05, 9.05), (0.025, 9.525), (0.01, 9.81)]) {
            assert_close(found.tail, tail);
            assert_close(found.value_at_risk, value_at_risk);
            assert_close(found.expected_shortfall, 10.0);
        }
    }

    #[test]
    fn two_positions_share_a_tail_of_two_scenarios_and_a_half() {
        // Of 200 in the first: −100, −98, …, +98. Short 10 in the second, which rises by 5 % in the second worst only.
        let rank = |scenario: u32| scenario * 37 % 100;
        let first: Vec<f64> = (0..100).map(|scenario| (f64::from(rank(scenario)) - 50.0) / 100.0).collect();
        let second: Vec<f64> = (0..100).map(|scenario| if rank(scenario) == 1 { 0.05 } else { 0.0 }).collect();
        let (risk, contributions) = run(&matrix(&[first, second]), &exposures(&[200.0, -10.0]));
        // Profits −100, −98.5, −96, −94, −92, −90: (100 − 1) · 0.05 = 4.95 and (100 − 1) · 0.01 = 0.99.
        assert_close(risk.var_95, 92.0 - 0.95 * 2.0);
        assert_close(risk.var_99, 100.0 - 0.99 * 1.5);
        // 100 · 0.025 = 2.5 scenarios.
        assert_close(risk.es_975, (100.0 + 98.5 + 0.5 * 96.0) / 2.5);
        assert_close(contributions[0], (100.0 + 98.0 + 0.5 * 96.0) / 2.5);
        assert_close(contributions[1], 0.5 / 2.5);
    }

    #[test]
    fn of_equal_profits_the_lower_scenario_is_the_worse_one() {
        // Forty scenarios: the expected shortfall is the worst one. Both lose 1 in all, the first instrument in number
        // 21, the second in number 3.
        let losing = |at: usize| (0..40).map(|scenario| if scenario == at { -0.01 } else { 0.0 }).collect::<Vec<f64>>();
        let market = matrix(&[losing(21), losing(3)]);
        let (risk, contributions) = run(&market, &exposures(&[100.0, 100.0]));
        assert_close(risk.es_975, 1.0);
        assert_close(contributions[0], 0.0);
        assert_close(contributions[1], 1.0);
    }

    #[test]
    fn one_scenario_is_its_own_tail() {
        let (risk, contributions) = run(&matrix(&[vec![-0.02]]), &exposures(&[50.0]));
        assert_eq!(risk, SimulatedRisk { var_95: 1.0, var_99: 1.0, es_975: 1.0 });
        assert_eq!(contributions, [1.0]);
    }

    #[test]
    fn a_risk_that_is_not_known_has_a_reason_and_no_number() {
        let market = matrix(&[vec![0.1, -0.1], vec![0.1, f64::NAN]]);
        assert_eq!(reason(&market, &[]), "there is no position");
        let held = reason(&market, &exposures(&[100.0, 1.0]));
        assert_eq!(held, "instrument number 1 has no return in scenario 1");
        // One of a value that is zero today counts, too: what it does not say would be a zero that nobody knows.
        assert_eq!(reason(&market, &exposures(&[100.0, 0.0])), held);
        let unknown = [Exposure { instrument: 2, value: 1.0 }];
        assert_eq!(reason(&market, &unknown), "there is no instrument number 2");
        let unvalued = exposures(&[f64::NAN]);
        assert_eq!(reason(&market, &unvalued), "the value of position number 1 is not a finite number");
        assert_eq!(reason(&market, &exposures(&[f64::MAX])), "the values of the positions are too large");
    }

    #[test]
    fn a_simulator_forgets_the_portfolio_before() {
        let market = matrix(&[vec![-0.3, 0.1, 0.2], vec![0.2, -0.2, 0.1]]);
        let (first, second) = (exposures(&[100.0]), exposures(&[10.0, 70.0]));
        let alone = run(&market, &second);
        let mut simulator = Simulator::new(&market);
        let mut contributions = Vec::new();
        simulator.simulate(&first, &mut contributions).expect("a risk");
        let risk = simulator.simulate(&second, &mut contributions).expect("a risk");
        assert_eq!((risk, contributions[1..].to_vec()), alone);
    }

    /// Up to nine instruments in up to 130 scenarios. Whole percents, so that equal profits are common.
    fn any_market() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<f64>)> {
        (1_usize..10, 1_usize..130).prop_flat_map(|(instruments, scenarios)| {
            let percent = (-20_i32..25).prop_map(|percent| f64::from(percent) / 100.0);
            let row = prop::collection::vec(percent, scenarios);
            let value = (-500_i32..1_000).prop_map(f64::from);
            (prop::collection::vec(row, instruments), prop::collection::vec(value, instruments))
        })
    }

    /// Figures of one portfolio differ by rounding only: this part of what its positions are worth.
    fn rounding(values: &[f64]) -> f64 {
        1e-12 * (1.0 + values.iter().map(|value| value.abs()).sum::<f64>())
    }

    proptest! {
        #[test]
        fn the_tail_is_the_tail_of_the_profits((rows, values) in any_market()) {
            let (risk, contributions) = run(&matrix(&rows), &exposures(&values));
            let profit = |scenario: usize| rows.iter().zip(&values).map(|(row, value)| row[scenario] * value).sum();
            let profits: Vec<f64> = (0..rows[0].len()).map(profit).collect();
            let tolerance = rounding(&values);
            let exact = |figure: schemas::MeasureValue| figure.number().expect("a number");
            assert_within(risk.var_95, exact(historical::value_at_risk(&profits, 0.05)), tolerance);
            assert_within(risk.var_99, exact(historical::value_at_risk(&profits, 0.01)), tolerance);
            assert_within(risk.es_975, exact(historical::expected_shortfall(&profits, 0.025)), tolerance);
            assert_within(contributions.iter().sum(), risk.es_975, tolerance);
            let mut parts = Vec::new();
            let market = matrix(&rows);
            let tails = Simulator::new(&market).simulate_tails(&exposures(&values), &mut parts).expect("a risk");
            for found in tails {
                assert_within(found.value_at_risk, exact(historical::value_at_risk(&profits, found.tail)), tolerance);
                let mean = exact(historical::expected_shortfall(&profits, found.tail));
                assert_within(found.expected_shortfall, mean, tolerance);
            }
            let same = [tails[0].value_at_risk, tails[2].value_at_risk, tails[1].expected_shortfall];
            prop_assert_eq!(same.map(f64::to_bits), [risk.var_95, risk.var_99, risk.es_975].map(f64::to_bits));
            prop_assert!(risk.var_95 <= risk.var_99 + tolerance);
            prop_assert!(risk.var_95 <= risk.es_975 + tolerance);
        }

        #[test]
        fn twice_the_positions_are_twice_the_risk((rows, values) in any_market()) {
            let market = matrix(&rows);
            let doubled: Vec<f64> = values.iter().map(|value| 2.0 * value).collect();
            let (risk, contributions) = run(&market, &exposures(&values));
            let (twice, twice_contributions) = run(&market, &exposures(&doubled));
            // Doubling is exact in binary.
            let expected = SimulatedRisk {
                var_95: 2.0 * risk.var_95,
                var_99: 2.0 * risk.var_99,
                es_975: 2.0 * risk.es_975,
            };
            prop_assert_eq!(twice, expected);
            let expected: Vec<f64> = contributions.iter().map(|part| 2.0 * part).collect();
            prop_assert_eq!(twice_contributions, expected);
        }

        #[test]
        fn the_order_of_positions_does_not_matter((rows, values) in any_market()) {
            let market = matrix(&rows);
            let positions = exposures(&values);
            let backwards: Vec<Exposure> = positions.iter().rev().copied().collect();
            let (risk, reversed) = (run(&market, &positions).0, run(&market, &backwards).0);
            let tolerance = rounding(&values);
            assert_within(reversed.var_95, risk.var_95, tolerance);
            assert_within(reversed.var_99, risk.var_99, tolerance);
            assert_within(reversed.es_975, risk.es_975, tolerance);
        }

        #[test]
        fn a_position_in_two_parts_is_one_position((rows, values) in any_market(), part in 0.0..1.0_f64) {
            let market = matrix(&rows);
            let mut split = exposures(&values);
            split.push(Exposure { instrument: 0, value: (1.0 - part) * values[0] });
            split[0].value = part * values[0];
            let (whole, parts) = (run(&market, &exposures(&values)).0, run(&market, &split).0);
            let tolerance = rounding(&values);
            assert_within(parts.var_95, whole.var_95, tolerance);
            assert_within(parts.es_975, whole.es_975, tolerance);
        }
    }
}
