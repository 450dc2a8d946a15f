//! The coefficients that fit a target best as a sum of columns, by Householder's reflections.
//!
//! The columns are turned into a triangle without their products being formed: those would lose half of the digits.
//!
//! - Source: Golub and Van Loan, *Matrix Computations*, 4th ed., 5.2.2 and 5.3.3.

use crate::statistics::neumaier_sum;

/// What is left of a column once the ones before it are taken out has to be more than this part of it.
const DEPENDENCE: f64 = 1e-10;

/// The fit of a target.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fit {
    /// What each column is multiplied with.
    pub(crate) coefficients: Vec<f64>,
    /// The target less the fit.
    pub(crate) residuals: Vec<f64>,
    /// For each column by how much its coefficient grows with each number of the target: the rows of `(X'X)⁻¹ X'`.
    pub(crate) influences: Vec<Vec<f64>>,
}

/// A column is a sum of those before it, but for rounding. Counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dependent(pub(crate) usize);

/// Fits a target by columns that are as long as it is and no more than it has numbers.
pub(crate) fn fit(columns: &[Vec<f64>], target: &[f64]) -> Result<Fit, Dependent> {
    let mut rest = columns.to_vec();
    let mut turned = target.to_vec();
    for place in 0..rest.len() {
        let Some(tail) = rest.get(place).and_then(|column| column.get(place..)) else { return Err(Dependent(place)) };
        let whole = columns.get(place).map_or(0.0, |column| norm(column));
        let Some(mirror) = Mirror::onto_first(tail, DEPENDENCE * whole) else { return Err(Dependent(place)) };
        for column in rest.iter_mut().skip(place) {
            mirror.reflect(column.get_mut(place..).unwrap_or_default());
        }
        mirror.reflect(turned.get_mut(place..).unwrap_or_default());
    }
    let coefficients = solve_upper(&rest, &turned);
    let mut residuals = target.to_vec();
    for (column, coefficient) in columns.iter().zip(&coefficients) {
        for (left, number) in residuals.iter_mut().zip(column) {
            *left -= coefficient * number;
        }
    }
    Ok(Fit { coefficients, residuals, influences: influences(columns, &rest, target.len()) })
}

/// A mirror that turns a vector onto the first axis.
struct Mirror {
    /// Of length one, at a right angle to the mirror.
    normal: Vec<f64>,
}

impl Mirror {
    /// The mirror for a vector; none if it is no longer than this.
    fn onto_first(vector: &[f64], length_min: f64) -> Option<Mirror> {
        let length = norm(vector);
        if length <= length_min || !length.is_finite() {
            return None;
        }
        let mut normal = vector.to_vec();
        let first = normal.first_mut()?;
        // Away from the axis, so that nothing cancels.
        *first += if *first < 0.0 { -length } else { length };
        let size = norm(&normal);
        for number in &mut normal {
            *number /= size;
        }
        Some(Mirror { normal })
    }

    fn reflect(&self, vector: &mut [f64]) {
        let along = 2.0 * neumaier_sum(self.normal.iter().zip(vector.iter()).map(|(normal, number)| normal * number));
        for (number, normal) in vector.iter_mut().zip(&self.normal) {
            *number -= along * normal;
        }
    }
}

/// Solves `R x = b` for the triangle `R` in the columns; what lies below it is not looked at.
fn solve_upper(columns: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let mut left = right.to_vec();
    let mut solution = Vec::with_capacity(columns.len());
    for (place, column) in columns.iter().enumerate().rev() {
        let (Some(known), Some(diagonal)) = (left.get(place).copied(), column.get(place)) else { break };
        let value = known / diagonal;
        for (number, entry) in left.iter_mut().zip(column).take(place) {
            *number -= entry * value;
        }
        solution.push(value);
    }
    solution.reverse();
    solution
}

/// Solves `R' x = b`.
fn solve_lower(columns: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let mut solution: Vec<f64> = Vec::with_capacity(columns.len());
    for ((place, column), number) in columns.iter().enumerate().zip(right) {
        let before: f64 = column.iter().zip(&solution).map(|(entry, value)| entry * value).sum();
        let Some(diagonal) = column.get(place) else { break };
        solution.push((number - before) / diagonal);
    }
    solution
}

/// `(X'X)⁻¹ X'`, one row for each column of `X`, from the triangle of `X`.
fn influences(columns: &[Vec<f64>], triangle: &[Vec<f64>], count: usize) -> Vec<Vec<f64>> {
    let mut rows = vec![Vec::with_capacity(count); columns.len()];
    for place in 0..count {
        let numbers: Vec<f64> = columns.iter().filter_map(|column| column.get(place).copied()).collect();
        let solved = solve_upper(triangle, &solve_lower(triangle, &numbers));
        for (row, number) in rows.iter_mut().zip(solved) {
            row.push(number);
        }
    }
    rows
}

fn norm(vector: &[f64]) -> f64 {
    neumaier_sum(vector.iter().map(|number| number * number)).sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_within};

    #[test]
    fn a_line_through_three_points() {
        // 1, 3 and 4 at 0, 1 and 2: slope 3/2, at zero 7/6; residuals −1/6, 1/3, −1/6.
        let found = fit(&[vec![1.0; 3], vec![0.0, 1.0, 2.0]], &[1.0, 3.0, 4.0]).unwrap();
        let expected = [7.0 / 6.0, 1.5, -1.0 / 6.0, 1.0 / 3.0, -1.0 / 6.0];
        for (actual, number) in found.coefficients.iter().chain(&found.residuals).zip(expected) {
            assert_close(*actual, number);
        }
        // The slope is (last − first) / 2.
        for (actual, number) in found.influences[1].iter().zip([-0.5, 0.0, 0.5]) {
            assert_close(*actual, number);
        }
    }

    #[test]
    fn what_says_nothing_new_is_named() {
        let ones = vec![1.0; 4];
        assert_eq!(fit(&[ones.clone(), vec![0.3; 4]], &[1.0, 2.0, 3.0, 4.0]), Err(Dependent(1)));
        let columns = [ones, vec![1.0, 2.0, 3.0, 5.0], vec![1.1, 1.2, 1.3, 1.5]];
        assert_eq!(fit(&columns, &[1.0, 2.0, 3.0, 4.0]), Err(Dependent(2)));
        assert_eq!(fit(&[vec![0.0; 2]], &[1.0, 2.0]), Err(Dependent(0)));
    }

    proptest! {
        #[test]
        fn nothing_that_is_left_points_along_a_column(
            rows in prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64, -1.0..1.0_f64), 6..40),
        ) {
            let columns = [
                vec![1.0; rows.len()],
                rows.iter().map(|row| row.0).collect::<Vec<f64>>(),
                rows.iter().map(|row| row.1).collect::<Vec<f64>>(),
            ];
            let target: Vec<f64> = rows.iter().map(|row| row.2).collect();
            let Ok(found) = fit(&columns, &target) else { return Ok(()) };
            for (column, (coefficient, row)) in
                columns.iter().zip(found.coefficients.iter().zip(&found.influences))
            {
                let along: f64 = column.iter().zip(&found.residuals).map(|(number, left)| number * left).sum();
                prop_assert!(along.abs() <= 1e-9, "{along}");
                let by_influence: f64 = row.iter().zip(&target).map(|(number, left)| number * left).sum();
                assert_within(by_influence, *coefficient, 1e-6 * (1.0 + coefficient.abs()));
            }
        }
    }
}
