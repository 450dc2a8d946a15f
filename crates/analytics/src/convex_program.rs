//! Convex programs: a quadratic or linear function made smallest under linear conditions.
//!
//! The only place that knows the solver. What it finds is not trusted: whoever asks checks the conditions and how far
//! the answer can be from the best one by rules of its own.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, SolverStatus, SupportedConeT};

/// `½ xᵀPx + qᵀx` is to be smallest.
pub(crate) struct ConvexProgram {
    /// `q`, one number for each unknown.
    pub(crate) linear: Vec<f64>,
    /// `P`: symmetric, positive semidefinite, its rows; none for a linear program.
    pub(crate) quadratic: Vec<Vec<f64>>,
    /// Rows `r` with `r · x = bound`.
    pub(crate) equalities: Vec<(Vec<f64>, f64)>,
    /// Rows `r` with `r · x ≤ bound`.
    pub(crate) inequalities: Vec<(Vec<f64>, f64)>,
}

/// Why there is no solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSolution {
    /// Nothing meets all conditions.
    Infeasible,
    /// The solver gave up.
    GivenUp,
}

/// Steps of the solver at most.
const STEPS_MAX: u32 = 200;
/// How exact the solution is to be; inputs are to be of the order of one.
const TOLERANCE: f64 = 1e-11;

/// The unknowns at the minimum.
pub(crate) fn solved(program: &ConvexProgram) -> Result<Vec<f64>, NoSolution> {
    let unknowns = program.linear.len();
    let conditions: Vec<&(Vec<f64>, f64)> = program.equalities.iter().chain(&program.inequalities).collect();
    let bounds: Vec<f64> = conditions.iter().map(|(_, bound)| *bound).collect();
    let rows: Vec<&[f64]> = conditions.iter().map(|(row, _)| row.as_slice()).collect();
    let upper: Vec<&[f64]> = program.quadratic.iter().map(Vec::as_slice).collect();
    let quadratic = sparse(&upper, unknowns, |row, column| row <= column);
    let linear = sparse(&rows, unknowns, |_, _| true);
    let cones = [
        SupportedConeT::ZeroConeT(program.equalities.len()),
        SupportedConeT::NonnegativeConeT(program.inequalities.len()),
    ];
    let settings = DefaultSettings {
        verbose: false,
        max_iter: STEPS_MAX,
        max_threads: 1,
        tol_gap_abs: TOLERANCE,
        tol_gap_rel: TOLERANCE,
        tol_feas: TOLERANCE,
        ..DefaultSettings::default()
    };
    let solver = DefaultSolver::new(&quadratic, &program.linear, &linear, &bounds, &cones, settings);
    let Ok(mut solver) = solver else { return Err(NoSolution::GivenUp) };
    solver.solve();
    match solver.solution.status {
        SolverStatus::Solved | SolverStatus::AlmostSolved => Ok(solver.solution.x),
        SolverStatus::PrimalInfeasible | SolverStatus::AlmostPrimalInfeasible => Err(NoSolution::Infeasible),
        _ => Err(NoSolution::GivenUp),
    }
}

/// Rows as a matrix by columns, without the entries that are zero or not wanted.
fn sparse(rows: &[&[f64]], columns: usize, is_wanted: impl Fn(usize, usize) -> bool) -> CscMatrix<f64> {
    let (mut starts, mut numbers, mut entries) = (vec![0], Vec::new(), Vec::new());
    for column in 0..columns {
        for (number, row) in rows.iter().enumerate() {
            let entry = row.get(column).copied().unwrap_or(0.0);
            if entry != 0.0 && is_wanted(number, column) {
                numbers.push(number);
                entries.push(entry);
            }
        }
        starts.push(numbers.len());
    }
    // A program without a quadratic part has a square matrix of zeros.
    let height = if rows.is_empty() { columns } else { rows.len() };
    CscMatrix::new(height, columns, starts, numbers, entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_worked_by_hand() {
        // x² + y² − 2x − 4y is smallest at (1, 2); with x + y = 1 at (0, 1); with y ≤ 1/2 beside it at (1/2, 1/2).
        let mut program = ConvexProgram {
            linear: vec![-2.0, -4.0],
            quadratic: vec![vec![2.0, 0.0], vec![0.0, 2.0]],
            equalities: vec![(vec![1.0, 1.0], 1.0)],
            inequalities: vec![(vec![0.0, 1.0], 5.0)],
        };
        let near = |found: Vec<f64>, expected: [f64; 2]| {
            assert!(found.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-8), "{found:?}");
        };
        near(solved(&program).unwrap(), [0.0, 1.0]);
        program.inequalities = vec![(vec![0.0, 1.0], 0.5)];
        near(solved(&program).unwrap(), [0.5, 0.5]);
        program.inequalities.push((vec![1.0, 0.0], 0.25));
        assert_eq!(solved(&program), Err(NoSolution::Infeasible));
    }

    #[test]
    fn a_linear_program() {
        // 3x + 2y with x + y = 1 and neither below zero is smallest at (0, 1).
        let program = ConvexProgram {
            linear: vec![3.0, 2.0],
            quadratic: Vec::new(),
            equalities: vec![(vec![1.0, 1.0], 1.0)],
            inequalities: vec![(vec![-1.0, 0.0], 0.0), (vec![0.0, -1.0], 0.0)],
        };
        let found = solved(&program).unwrap();
        assert!(found[0].abs() < 1e-8 && (found[1] - 1.0).abs() < 1e-8, "{found:?}");
    }
}
