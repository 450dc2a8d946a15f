//! How much of a whole lies in few hands: weights of positions, issuers, countries, or the gains of few days.
//!
//! Shares of a whole are never negative. What is owed is no share: its size counts, and whoever wants nets or groups
//! (all positions of one issuer) adds them up first.

use crate::covariance_matrix::CovarianceMatrix;
use crate::figure::NoFigure;
use crate::statistics::{is_rounding, largest_magnitude, neumaier_sum};

/// How concentrated some weights are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concentration {
    /// The Herfindahl-Hirschman index: the sum of the squared shares, from `1/n` to 1.
    pub herfindahl: f64,
    /// How many equal positions would be as concentrated: one over the index.
    pub effective_number: f64,
    /// The index on a scale from 0 (all equal) to 1 (all in one): `(H − 1/n) / (1 − 1/n)`; 1 of a single position.
    pub normalized: f64,
    /// How many equal positions have the same entropy: `exp(−Σ w ln w)`; small positions count for more in it.
    pub entropy_number: f64,
    /// The share of the largest position.
    pub largest: f64,
}

/// The concentration of weights, each taken as the share that its size has in the sum of all sizes; zeros are no
/// positions.
///
/// - Input: weights or amounts in one currency, long or short.
/// - Source: Hirschman, *The Paternity of an Index*, American Economic Review 54 (1964); Meucci, *Managing
///   Diversification*, Risk 22 (2009), for the number by entropy.
///
/// # Errors
/// [`NoFigure`] if a weight is not a finite number or all are zero.
pub fn concentration(weights: &[f64]) -> Result<Concentration, NoFigure> {
    if let Some(position) = weights.iter().position(|weight| !weight.is_finite()) {
        return Err(NoFigure::new(format!("weight number {} is not a finite number", position + 1)));
    }
    let largest = weights.iter().map(|weight| weight.abs()).fold(0.0, f64::max);
    if largest <= 0.0 {
        return Err(NoFigure::new("no weight is other than zero"));
    }
    // Taken in parts of the largest first: the sum of huge amounts may be no number.
    let sizes: Vec<f64> = weights.iter().map(|weight| weight.abs() / largest).filter(|size| 0.0 < *size).collect();
    let sum = neumaier_sum(sizes.iter().copied());
    let shares: Vec<f64> = sizes.iter().map(|size| size / sum).collect();
    let herfindahl = neumaier_sum(shares.iter().map(|share| share * share));
    let count = shares.len() as f64;
    let normalized = if shares.len() < 2 { 1.0 } else { (herfindahl - 1.0 / count) / (1.0 - 1.0 / count) };
    let entropy = -neumaier_sum(shares.iter().map(|share| if 0.0 < *share { share * share.ln() } else { 0.0 }));
    Ok(Concentration {
        herfindahl,
        effective_number: 1.0 / herfindahl,
        normalized: normalized.clamp(0.0, 1.0),
        entropy_number: entropy.exp(),
        largest: 1.0 / sum,
    })
}

/// The share of the largest few positions, e.g. the ten largest; 1 if there are no more.
///
/// # Errors
/// [`NoFigure`] as [`concentration`].
pub fn share_of_largest(weights: &[f64], count: usize) -> Result<f64, NoFigure> {
    concentration(weights)?;
    let mut sizes: Vec<f64> = weights.iter().map(|weight| weight.abs()).collect();
    sizes.sort_by(|left, right| right.total_cmp(left));
    let largest = sizes.first().copied().unwrap_or_default();
    let parts = |of: &[f64]| neumaier_sum(of.iter().map(|size| size / largest));
    let first = sizes.get(..count.min(sizes.len())).unwrap_or_default();
    Ok((parts(first) / parts(&sizes)).min(1.0))
}

/// How concentrated the risk of a portfolio is: the concentration of the parts that its positions have of its variance.
///
/// `w (Σ w) / (w' Σ w)`; the effective number is that of equal bets, as many as positions where each adds as much
/// risk.
///
/// - Input: weights of the positions, and the covariances of their returns.
/// - Source: Roncalli, *Introduction to Risk Parity and Budgeting*, 2013, 2.2.
///
/// # Errors
/// [`NoFigure`] if a weight is not a finite number, covariances are not as many as weights, the portfolio has no
/// variance, or a position takes risk away, so that the parts are no shares; it is named by its place.
pub fn risk_concentration(weights: &[f64], covariance: &CovarianceMatrix) -> Result<Concentration, NoFigure> {
    concentration(weights)?;
    let Some(variance) = covariance.portfolio_variance(weights) else {
        let (order, positions) = (covariance.order(), weights.len());
        return Err(NoFigure::new(format!("covariances of {order} instruments for {positions} weights")));
    };
    let largest = largest_magnitude(weights).powi(2) * largest_magnitude(&covariance.variances());
    if variance <= 0.0 || is_rounding(variance, largest) {
        return Err(NoFigure::new("the portfolio has no variance"));
    }
    let part = |(row, weight): (usize, &f64)| {
        let entries = weights.iter().enumerate();
        let along = entries.filter_map(|(column, other)| Some(other * covariance.entry(row, column)?));
        weight * neumaier_sum(along) / variance
    };
    let parts: Vec<f64> = weights.iter().enumerate().map(part).collect();
    if let Some(position) = parts.iter().position(|part| *part < 0.0) {
        return Err(NoFigure::new(format!("position number {} takes risk away: risk has no shares", position + 1)));
    }
    concentration(&parts)
}

/// How concentrated the gains of some returns are on few days, from 0 (every gain is the same) to 1 (all on one day).
///
/// - Source: López de Prado, *Advances in Financial Machine Learning*, 2018, 14.5.1, "HHI index on positive returns".
///
/// # Errors
/// [`NoFigure`] if fewer than three returns are above zero.
pub fn gain_concentration(returns: &[f64]) -> Result<f64, NoFigure> {
    one_sided(returns.iter().copied().filter(|number| 0.0 < *number), "above")
}

/// How concentrated the losses of some returns are on few days, as [`gain_concentration`].
///
/// # Errors
/// [`NoFigure`] if fewer than three returns are below zero.
pub fn loss_concentration(returns: &[f64]) -> Result<f64, NoFigure> {
    one_sided(returns.iter().copied().filter(|number| *number < 0.0), "below")
}

/// Fewer returns say nothing about concentration.
const SIDE_MIN: usize = 3;

fn one_sided(returns: impl Iterator<Item = f64>, side: &str) -> Result<f64, NoFigure> {
    let chosen: Vec<f64> = returns.collect();
    if chosen.len() < SIDE_MIN {
        return Err(NoFigure::new(format!("fewer than {SIDE_MIN} returns are {side} zero")));
    }
    Ok(concentration(&chosen)?.normalized)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{BACON_MONTHLY_RETURNS, assert_close, assert_within};

    #[test]
    fn a_market_as_the_department_of_justice_works_it() {
        // Horizontal Merger Guidelines: four firms of 30, 30, 20 and 20 percent have 900 + 900 + 400 + 400 = 2600
        // points.
        let market = concentration(&[30.0, 30.0, 20.0, 20.0]).unwrap();
        assert_close(market.herfindahl, 0.26);
        assert_close(market.effective_number, 1.0 / 0.26);
        // (0.26 − 0.25) / 0.75.
        assert_close(market.normalized, 0.01 / 0.75);
        assert_close(market.largest, 0.3);
        assert_close(share_of_largest(&[20.0, 30.0, 20.0, 30.0], 3).unwrap(), 0.8);
        assert_close(share_of_largest(&[20.0, 30.0], 10).unwrap(), 1.0);
    }

    #[test]
    fn debts_count_by_their_size_and_nothing_does_not_count() {
        let with_debt = concentration(&[1.5, -0.5, 0.0]).unwrap();
        assert_close(with_debt.herfindahl, 0.625);
        assert_close(concentration(&[7.0]).unwrap().normalized, 1.0);
        assert_close(concentration(&[f64::MAX, f64::MAX]).unwrap().effective_number, 2.0);
        assert!(concentration(&[]).unwrap_err().to_string().contains("other than zero"));
        assert!(concentration(&[0.0, -0.0]).is_err());
        assert!(concentration(&[0.5, f64::NAN]).unwrap_err().to_string().contains("weight number 2"));
        assert!(share_of_largest(&[0.0], 1).is_err());
    }

    #[test]
    fn months_that_made_the_gain() {
        // Fourteen gains of 0.493 with squares 0.025291: (0.025291 / 0.243049 − 1/14) / (13/14), in plain Python.
        let gains = BACON_MONTHLY_RETURNS.iter().copied().filter(|number| 0.0 < *number);
        assert_eq!(gains.count(), 14);
        assert_within(gain_concentration(&BACON_MONTHLY_RETURNS).unwrap(), 0.03513853015393859, 1e-13);
        assert_within(loss_concentration(&BACON_MONTHLY_RETURNS).unwrap(), 0.07174022280435757, 1e-13);
        assert_close(gain_concentration(&[0.01, 0.01, -0.5, 0.01]).unwrap(), 0.0);
        assert!(loss_concentration(&[0.01, -0.01, -0.02]).unwrap_err().to_string().contains("below zero"));
    }

    #[test]
    fn equal_risks_are_as_many_bets_as_positions() {
        // Maillard, Roncalli and Teiletche, The Properties of Equally Weighted Risk Contribution Portfolios, 2010: with
        // one correlation for all, weights by one over the volatility: 48, 24, 16 and 12 percent of 10, 20, 30 and 40.
        let volatilities = [0.1, 0.2, 0.3, 0.4];
        let entry = |row: usize, column: usize| {
            let correlation = if row == column { 1.0 } else { 0.5 };
            correlation * (volatilities[row] * volatilities[column])
        };
        let rows: Vec<Vec<f64>> = (0..4).map(|row| (0..4).map(|column| entry(row, column)).collect()).collect();
        let covariance = CovarianceMatrix::from_rows(&rows).unwrap();
        assert_close(risk_concentration(&[0.48, 0.24, 0.16, 0.12], &covariance).unwrap().effective_number, 4.0);
        // All in one.
        assert_close(risk_concentration(&[0.0, 1.0, 0.0, 0.0], &covariance).unwrap().effective_number, 1.0);
        let reason = |weights: &[f64]| risk_concentration(weights, &covariance).unwrap_err().to_string();
        assert_eq!(reason(&[1.0, -0.1, 0.0, 0.0]), "position number 2 takes risk away: risk has no shares");
        assert_eq!(reason(&[1.0]), "covariances of 4 instruments for 1 weights");
        let still = CovarianceMatrix::from_rows(&[vec![0.0]]).unwrap();
        assert_eq!(risk_concentration(&[1.0], &still).unwrap_err().to_string(), "the portfolio has no variance");
    }

    proptest! {
        #[test]
        fn equal_positions_count_as_many_as_they_are(count in 1_usize..200, size in 0.01..1e6_f64) {
            let equal = concentration(&vec![size; count]).unwrap();
            prop_assert!((equal.effective_number - count as f64).abs() <= 1e-9);
            prop_assert!((equal.entropy_number - count as f64).abs() <= 1e-9);
        }

        #[test]
        fn numbers_are_between_one_and_all(weights in prop::collection::vec(0.001..10.0_f64, 2..60)) {
            let found = concentration(&weights).unwrap();
            let count = weights.len() as f64;
            prop_assert!(1.0 - 1e-12 <= found.effective_number && found.effective_number <= count + 1e-9);
            // Entropy of order one is never below that of order two.
            prop_assert!(found.effective_number <= found.entropy_number + 1e-9);
            prop_assert!(found.largest * found.largest <= found.herfindahl + 1e-12);
            prop_assert!(found.herfindahl <= found.largest + 1e-12);
            let one = share_of_largest(&weights, 1).unwrap();
            prop_assert!((one - found.largest).abs() <= 1e-12);
        }
    }
}
