//! Weights found from a plain table of prices, to compare the methods of optimisation with other programs.

use std::collections::BTreeMap;

use analytics::covariance::covariance_estimator;
use analytics::optimization::{OptimizationProblem, optimizer};

/// Weights by the name of the case and the column of the table.
pub type WeightsByCase = BTreeMap<&'static str, BTreeMap<String, f64>>;

/// The cases: their name, the method and the estimator of covariances.
const CASES: &[(&str, &str, &str)] = &[
    ("equal_weight", "equal_weight", "sample"),
    ("hrp", "hierarchical_risk_parity", "sample"),
    ("inverse_volatility", "inverse_volatility", "sample"),
    ("min_variance_ledoit_wolf", "minimum_variance", "ledoit_wolf"),
    ("min_variance_sample", "minimum_variance", "sample"),
    ("risk_parity", "risk_parity", "sample"),
];

/// The weights of every case, from the text of a table: a line of names, then a line per day with its date and a price
/// per name. Returns are simple.
///
/// # Errors
/// A sentence with the line that is no line of prices, or why a method finds no weights.
pub fn weights_of_prices(table: &str) -> Result<WeightsByCase, String> {
    let mut lines = table.lines();
    let names: Vec<String> = lines.next().unwrap_or_default().split(',').skip(1).map(str::to_owned).collect();
    let mut prices: Vec<Vec<f64>> = Vec::new();
    for (number, line) in lines.enumerate() {
        let read: Result<Vec<f64>, _> = line.split(',').skip(1).map(|cell| cell.trim().parse::<f64>()).collect();
        let row = read.ok().filter(|row| row.len() == names.len());
        prices.push(row.ok_or_else(|| format!("line {} has not one price for each name", number + 2))?);
    }
    let price = |day: &[f64], place: usize| day.get(place).copied().unwrap_or(f64::NAN);
    let growth = |days: &[Vec<f64>], place: usize| match days {
        [before, day] => price(day, place) / price(before, place) - 1.0,
        _ => f64::NAN,
    };
    let series = |place: usize| prices.windows(2).map(|days| growth(days, place)).collect();
    let returns: Vec<Vec<f64>> = (0..names.len()).map(series).collect();
    let mut found = WeightsByCase::new();
    for (case, method, estimator) in CASES {
        let estimator = covariance_estimator(estimator).map_err(|error| error.to_string())?;
        let covariance = (estimator.estimate)(&returns).map_err(|error| error.to_string())?;
        let method = optimizer(method).map_err(|error| error.to_string())?;
        let weights = method.weights(&OptimizationProblem::long_only(covariance)).map_err(|error| error.to_string())?;
        found.insert(case, names.iter().cloned().zip(weights).collect());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_columns() {
        // Returns of ±10 % of the first and ±20 % of the second that do not move together: 4/5 and 1/5.
        let table = "date,ONE,TWO\n1,100,100\n2,110,120\n3,99,144\n4,108.9,115.2\n5,98.01,92.16\n";
        let found = weights_of_prices(table).expect("weights");
        let weight = |case: &str, name: &str| found[case][name];
        assert!((weight("min_variance_sample", "ONE") - 0.8).abs() < 1e-6, "{found:?}");
        assert!((weight("risk_parity", "ONE") - 2.0 / 3.0).abs() < 1e-6);
        assert!((weight("equal_weight", "TWO") - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let error = weights_of_prices("date,ONE,TWO\n1,100,100\n2,110\n").expect_err("refused");
        assert_eq!(error, "line 3 has not one price for each name");
    }
}
