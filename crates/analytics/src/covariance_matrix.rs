//! A symmetric matrix of covariances a year.

/// Covariances a year of several instruments, in the order of the input.
#[derive(Clone, Debug, PartialEq)]
pub struct CovarianceMatrix {
    order: usize,
    entries: Vec<f64>,
}

/// Why there is no covariance matrix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CovarianceError {
    /// There is nothing to estimate from.
    #[error("no instruments")]
    NoInstruments,
    /// A covariance needs two returns.
    #[error("{returns} daily returns, at least 2 needed")]
    TooFewReturns {
        /// The number of returns.
        returns: usize,
    },
    /// The returns do not belong to the same days.
    #[error("instrument number {instrument} has {returns} returns, the first has {expected}")]
    UnequalLengths {
        /// The position of the instrument, from 1.
        instrument: usize,
        /// The number of its returns.
        returns: usize,
        /// The number of the first instrument's returns.
        expected: usize,
    },
    /// A return or a covariance is NaN or infinite.
    #[error("number {position} of instrument number {instrument} is not finite")]
    NotFinite {
        /// The position of the instrument, from 1.
        instrument: usize,
        /// The position of the number, from 1.
        position: usize,
    },
    /// The rows do not make a square.
    #[error("row {row} has {columns} entries instead of {order}")]
    NotSquare {
        /// The position of the row, from 1.
        row: usize,
        /// The number of its entries.
        columns: usize,
        /// The number of rows.
        order: usize,
    },
    /// The matrix differs from its mirror image.
    #[error("row {row}, column {column} differs from row {column}, column {row}")]
    NotSymmetric {
        /// The row, from 1.
        row: usize,
        /// The column, from 1.
        column: usize,
    },
}

impl CovarianceMatrix {
    /// A matrix from its rows, which must mirror each other exactly.
    ///
    /// # Errors
    /// [`CovarianceError`] if there is no row, or the rows are not square, finite and symmetric.
    pub fn from_rows(rows: &[Vec<f64>]) -> Result<CovarianceMatrix, CovarianceError> {
        let order = rows.len();
        if order == 0 {
            return Err(CovarianceError::NoInstruments);
        }
        for (row, entries) in rows.iter().enumerate() {
            if entries.len() != order {
                return Err(CovarianceError::NotSquare { row: row + 1, columns: entries.len(), order });
            }
            if let Some(column) = entries.iter().position(|entry| !entry.is_finite()) {
                return Err(CovarianceError::NotFinite { instrument: row + 1, position: column + 1 });
            }
        }
        let matrix = CovarianceMatrix { order, entries: rows.concat() };
        for row in 0..order {
            for column in 0..row {
                if matrix.entry(row, column) != matrix.entry(column, row) {
                    return Err(CovarianceError::NotSymmetric { row: row + 1, column: column + 1 });
                }
            }
        }
        Ok(matrix)
    }

    /// How many instruments there are; never zero.
    pub fn order(&self) -> usize {
        self.order
    }

    /// The covariance of two instruments by their positions from 0; none beyond the last.
    pub fn entry(&self, row: usize, column: usize) -> Option<f64> {
        if self.order <= column {
            return None;
        }
        self.entries.get(row * self.order + column).copied()
    }

    /// The covariances of each instrument with all of them, in their order.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.entries.chunks_exact(self.order)
    }

    /// The variances a year, one per instrument.
    pub fn variances(&self) -> Vec<f64> {
        self.entries.iter().step_by(self.order + 1).copied().collect()
    }

    /// The variance a year of a portfolio with these weights; none if they are not as many as the instruments.
    pub fn portfolio_variance(&self, weights: &[f64]) -> Option<f64> {
        if weights.len() != self.order {
            return None;
        }
        let with_weights = |row: &[f64]| row.iter().zip(weights).map(|(entry, weight)| entry * weight).sum::<f64>();
        Some(self.rows().zip(weights).map(|(row, weight)| weight * with_weights(row)).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::assert_close;

    #[test]
    fn two_instruments() {
        let matrix = CovarianceMatrix::from_rows(&[vec![0.04, 0.01], vec![0.01, 0.09]]).unwrap();
        assert_eq!(matrix.order(), 2);
        for (variance, expected) in matrix.variances().into_iter().zip([0.04, 0.09]) {
            assert_close(variance, expected);
        }
        assert_eq!(matrix.entry(1, 0), Some(0.01));
        assert_eq!(matrix.entry(0, 2), None);
        assert_eq!(matrix.entry(2, 0), None);
        assert_eq!(matrix.rows().collect::<Vec<_>>(), [[0.04, 0.01], [0.01, 0.09]]);
        // 0.25 · 0.04 + 2 · 0.25 · 0.01 + 0.25 · 0.09.
        assert_close(matrix.portfolio_variance(&[0.5, 0.5]).unwrap(), 0.0375);
        assert_eq!(matrix.portfolio_variance(&[1.0]), None);
    }

    #[test]
    fn what_is_no_covariance_matrix_is_named() {
        let of = |rows: &[Vec<f64>]| CovarianceMatrix::from_rows(rows).unwrap_err().to_string();
        assert_eq!(of(&[]), "no instruments");
        assert_eq!(of(&[vec![1.0, 2.0]]), "row 1 has 2 entries instead of 1");
        assert_eq!(of(&[vec![1.0, 0.0], vec![0.1, 1.0]]), "row 2, column 1 differs from row 1, column 2");
        assert_eq!(of(&[vec![f64::NAN]]), "number 1 of instrument number 1 is not finite");
    }
}
