//! What every instrument would return in every scenario, laid out for the simulation of many portfolios.
//!
//! The returns of one instrument lie beside each other, so that a portfolio's profit in all scenarios is the sum of a
//! few rows. A return that is not known is a gap: nothing takes its place, and whoever holds the instrument learns of
//! it.

use crate::figure::NoFigure;

/// Returns that a matrix holds at most: two gigabytes of them.
const RETURNS_MAX: usize = 1 << 28;

/// The returns of instruments in scenarios, as fractions. Both are known by their numbers, from zero on.
#[derive(Clone, Debug)]
pub struct ScenarioMatrix {
    scenarios: usize,
    returns: Vec<f64>,
    /// Of each instrument the first scenario in which it has no return.
    gaps: Vec<Option<usize>>,
    largest: f64,
}

/// A matrix while it is filled, by several threads if need be.
#[derive(Clone, Debug)]
pub struct ScenarioMatrixBuilder {
    instruments: usize,
    scenarios: usize,
    returns: Vec<f64>,
}

/// The rows of some instruments of a matrix that is filled.
#[derive(Debug)]
pub struct ScenarioRows<'a> {
    first_instrument: usize,
    instruments: usize,
    scenarios: usize,
    returns: &'a mut [f64],
}

/// What became of a return that was put into some rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It stands in its place, which was empty before.
    Here,
    /// There is one already, which stays.
    Twice,
    /// Its place is not among these rows.
    Elsewhere,
}

impl ScenarioMatrix {
    /// A matrix of returns that are ordered by instrument, then scenario. A NaN is a gap.
    ///
    /// # Errors
    /// [`NoFigure`] if there is no scenario, the returns are not as many as instruments times scenarios or too many,
    /// or one is infinite.
    pub fn new(instruments: usize, scenarios: usize, returns: Vec<f64>) -> Result<ScenarioMatrix, NoFigure> {
        let wanted = returns_of(instruments, scenarios)?;
        if returns.len() != wanted {
            return Err(NoFigure::new(format!(
                "{instruments} instruments in {scenarios} scenarios have {wanted} returns, not {}",
                returns.len()
            )));
        }
        ScenarioMatrixBuilder { instruments, scenarios, returns }.finish()
    }

    /// How many instruments there are.
    pub fn instruments(&self) -> usize {
        self.gaps.len()
    }

    /// How many scenarios there are; at least one.
    pub fn scenarios(&self) -> usize {
        self.scenarios
    }

    /// The first scenario in which an instrument has no return; none if it has all of them, or is none of the matrix.
    pub fn gap(&self, instrument: usize) -> Option<usize> {
        self.gaps.get(instrument).copied().flatten()
    }

    /// The largest return regardless of sign.
    pub(crate) fn largest(&self) -> f64 {
        self.largest
    }

    /// The returns of an instrument, one a scenario.
    ///
    /// # Errors
    /// [`NoFigure`] if there is no such instrument, or if it has no return in some scenario.
    pub fn row(&self, instrument: usize) -> Result<&[f64], NoFigure> {
        let start = instrument.checked_mul(self.scenarios);
        let end = start.and_then(|start| start.checked_add(self.scenarios));
        let row = start.zip(end).and_then(|(start, end)| self.returns.get(start..end));
        let row = row.ok_or_else(|| NoFigure::new(format!("there is no instrument number {instrument}")))?;
        match self.gap(instrument) {
            None => Ok(row),
            Some(scenario) => {
                Err(NoFigure::new(format!("instrument number {instrument} has no return in scenario {scenario}")))
            }
        }
    }
}

impl ScenarioMatrixBuilder {
    /// A matrix of gaps.
    ///
    /// # Errors
    /// [`NoFigure`] if there is no scenario, or the matrix would be too large.
    pub fn new(instruments: usize, scenarios: usize) -> Result<ScenarioMatrixBuilder, NoFigure> {
        let returns = vec![f64::NAN; returns_of(instruments, scenarios)?];
        Ok(ScenarioMatrixBuilder { instruments, scenarios, returns })
    }

    /// The rows of all instruments in at most so many parts, one for each thread.
    pub fn parts(&mut self, parts_max: usize) -> Vec<ScenarioRows<'_>> {
        let rows = self.instruments.div_ceil(parts_max.max(1)).max(1);
        let scenarios = self.scenarios;
        let parts = self.returns.chunks_mut(rows * scenarios).enumerate();
        let part = |(number, returns): (usize, _)| {
            let returns: &mut [f64] = returns;
            ScenarioRows { first_instrument: number * rows, instruments: returns.len() / scenarios, scenarios, returns }
        };
        parts.map(part).collect()
    }

    /// The matrix, as far as it was filled.
    ///
    /// # Errors
    /// [`NoFigure`] if a return is infinite; the reason names it.
    pub fn finish(self) -> Result<ScenarioMatrix, NoFigure> {
        let ScenarioMatrixBuilder { scenarios, returns, .. } = self;
        let mut gaps = Vec::with_capacity(self.instruments);
        let mut largest = 0.0_f64;
        for (instrument, row) in returns.chunks_exact(scenarios).enumerate() {
            gaps.push(row.iter().position(|number| number.is_nan()));
            // A gap is no number and is passed over by `max`.
            largest = row.iter().fold(largest, |largest, number| largest.max(number.abs()));
            if largest.is_infinite() {
                let scenario = row.iter().position(|number| number.is_infinite()).unwrap_or_default();
                return Err(NoFigure::new(format!(
                    "the return of instrument number {instrument} in scenario {scenario} is infinite"
                )));
            }
        }
        Ok(ScenarioMatrix { scenarios, returns, gaps, largest })
    }
}

impl ScenarioRows<'_> {
    /// Puts a return into its place, if that is among these rows and still empty. A NaN leaves it empty.
    #[inline]
    pub fn put(&mut self, instrument: usize, scenario: usize, number: f64) -> Placed {
        let Some(row) = instrument.checked_sub(self.first_instrument) else { return Placed::Elsewhere };
        if self.instruments <= row || self.scenarios <= scenario {
            return Placed::Elsewhere;
        }
        match self.returns.get_mut(row * self.scenarios + scenario) {
            None => Placed::Elsewhere,
            Some(place) if place.is_nan() => {
                *place = number;
                Placed::Here
            }
            Some(_) => Placed::Twice,
        }
    }
}

/// The number of returns of so many instruments in so many scenarios.
fn returns_of(instruments: usize, scenarios: usize) -> Result<usize, NoFigure> {
    if scenarios == 0 {
        return Err(NoFigure::new("there is no scenario"));
    }
    instruments.checked_mul(scenarios).filter(|count| *count <= RETURNS_MAX).ok_or_else(|| {
        NoFigure::new(format!(
            "{instruments} instruments in {scenarios} scenarios are too many: at most {RETURNS_MAX} returns are held"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(outcome: Result<ScenarioMatrix, NoFigure>) -> String {
        outcome.expect_err("no matrix").to_string()
    }

    #[test]
    fn parts_are_filled_one_by_one_and_make_one_matrix() {
        // Five instruments in two parts are three and two.
        let mut builder = ScenarioMatrixBuilder::new(5, 2).expect("a small matrix");
        let mut parts = builder.parts(2);
        assert_eq!(parts.len(), 2);
        for instrument in 0..5_u32 {
            for scenario in 0..2_u32 {
                let (row, column) = (instrument as usize, scenario as usize);
                let number = f64::from(10 * instrument + scenario);
                let outcomes: Vec<Placed> = parts.iter_mut().map(|part| part.put(row, column, number)).collect();
                let here = usize::from(3 <= instrument);
                assert_eq!(outcomes.iter().position(|outcome| *outcome == Placed::Here), Some(here));
                assert_eq!(outcomes[1 - here], Placed::Elsewhere);
            }
        }
        assert_eq!(parts[0].put(2, 1, 7.0), Placed::Twice);
        assert_eq!(parts[0].put(2, 2, 7.0), Placed::Elsewhere);
        let matrix = builder.finish().expect("finite");
        assert_eq!((matrix.instruments(), matrix.scenarios()), (5, 2));
        assert_eq!(matrix.row(2).expect("a row"), [20.0, 21.0]);
        assert_eq!(matrix.row(4).expect("a row"), [40.0, 41.0]);
    }

    #[test]
    fn a_gap_is_found_and_never_filled() {
        let matrix = ScenarioMatrix::new(2, 3, vec![0.1, 0.2, 0.3, 0.1, f64::NAN, -0.4]).expect("finite");
        assert_eq!((matrix.gap(0), matrix.gap(1), matrix.gap(2)), (None, Some(1), None));
        assert_eq!(matrix.row(1).unwrap_err().to_string(), "instrument number 1 has no return in scenario 1");
        assert_eq!(matrix.row(2).unwrap_err().to_string(), "there is no instrument number 2");
        assert!(matrix.row(usize::MAX).is_err());
        assert!((matrix.largest() - 0.4).abs() <= 0.0);
    }

    #[test]
    fn what_is_no_matrix_is_refused_with_the_reason() {
        assert_eq!(refusal(ScenarioMatrix::new(1, 0, Vec::new())), "there is no scenario");
        let few = refusal(ScenarioMatrix::new(2, 2, vec![0.0; 3]));
        assert_eq!(few, "2 instruments in 2 scenarios have 4 returns, not 3");
        let infinite = refusal(ScenarioMatrix::new(1, 2, vec![0.0, f64::NEG_INFINITY]));
        assert_eq!(infinite, "the return of instrument number 0 in scenario 1 is infinite");
        let many = ScenarioMatrixBuilder::new(usize::MAX, 500).expect_err("too large").to_string();
        assert!(many.contains("too many"), "{many}");
    }
}
