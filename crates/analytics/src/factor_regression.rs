//! What moves a portfolio: its returns as a sum of factors' returns, with errors that can be trusted.
//!
//! Least squares say how strongly each factor moves the portfolio (its loading) and what is earned besides (alpha).
//! Returns in order of time depend on each other and are calmer at some times than at others; so the errors are those
//! of Newey and West, which allow for both.
//!
//! The variance of the returns is split without a remainder: each factor has its loading times its covariance with the
//! returns (Euler's parts of what the factors explain), the rest is specific.

use crate::figure::NoFigure;
use crate::least_squares::{self, Dependent};
use crate::newey_west;
use crate::statistics::{is_rounding, largest_magnitude, mean, neumaier_sum};
use crate::student_distribution::student_distribution;

/// So many factors at most; with the constant they are ten columns.
pub const FACTORS_MAX: usize = 9;

/// The returns of a factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor<'a> {
    /// The id, e.g. `smb`.
    pub id: &'a str,
    /// Its returns as fractions, on the same days as those that are explained.
    pub returns: &'a [f64],
}

/// How many neighbours in time the errors allow for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lags {
    /// `⌊4 (n/100)^(2/9)⌋`, e.g. 4 of a year of days and 8 of ten years: [`newey_west::automatic_lags`].
    #[default]
    Automatic,
    /// So many, fewer than there are days. With none the errors are White's, which allow for calm and wild days only.
    Fixed(usize),
}

/// An estimated number and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// The estimate.
    pub value: f64,
    /// Its standard error; zero if the factors explain every return.
    pub standard_error: f64,
    /// The estimate over its error; none if there is no error.
    pub t_statistic: Option<f64>,
    /// How likely an estimate this far from zero, on either side, is where there is nothing: by Student's t with
    /// `n − k` degrees. None if there is no error.
    pub p_value: Option<f64>,
}

/// What a factor does.
#[derive(Clone, Debug, PartialEq)]
pub struct Loading {
    /// The factor's id.
    pub id: String,
    /// How much the returns move with one unit of the factor.
    pub coefficient: Coefficient,
    /// Its part of the variance of the returns, a return's time; negative where it calms the others.
    pub variance: f64,
}

/// What a regression found.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorRegression {
    /// What is earned besides the factors, in one return's time.
    pub alpha: Coefficient,
    /// The factors, in the order of the question.
    pub loadings: Vec<Loading>,
    /// How many days there were.
    pub observations: usize,
    /// How many neighbours the errors allow for.
    pub lags: usize,
    /// The part of the variance that the factors explain, from 0 to 1.
    pub r_squared: f64,
    /// The same, made smaller for each factor: `1 − (1 − R²)(n − 1)/(n − k)`.
    pub adjusted_r_squared: f64,
    /// The standard deviation of what is left, with `n − k` in the denominator.
    pub residual_deviation: f64,
    /// The variance of the returns (`n − 1`), to which the factors' parts and the specific one add up.
    pub variance: f64,
    /// The part that no factor explains.
    pub specific_variance: f64,
}

/// Explains returns by factors.
///
/// `r = α + Σ β f + ε` by least squares; the errors by Bartlett's weights, times `n/(n − k)` as Stata's `newey` and the
/// correction of statsmodels have it.
///
/// - Input: returns above the rate without risk as fractions, in order of time, and factors of the same days.
/// - Unavailable: a number that is not finite; factors of other length; no factor or more than [`FACTORS_MAX`]; not
///   more days than columns; returns that do not vary; a factor that is a sum of those before it (named); no fewer days
///   than neighbours.
/// - Source: Newey and West, Econometrica 55 (1987); Fama and French, *Common Risk Factors in the Returns on Stocks and
///   Bonds*, Journal of Financial Economics 33 (1993), for what the factors usually are.
///
/// # Errors
/// [`NoFigure`] as named.
pub fn factor_regression(returns: &[f64], factors: &[Factor<'_>], lags: Lags) -> Result<FactorRegression, NoFigure> {
    check(returns, factors)?;
    let count = returns.len();
    let lags = match lags {
        Lags::Automatic => newey_west::automatic_lags(count),
        Lags::Fixed(lags) if lags < count => lags,
        Lags::Fixed(lags) => return Err(NoFigure::new(format!("{lags} neighbours of {count} returns are too many"))),
    };
    let mut columns = vec![vec![1.0; count]];
    columns.extend(factors.iter().map(|factor| factor.returns.to_vec()));
    let fit = least_squares::fit(&columns, returns).map_err(|dependent| is_no_factor(factors, dependent))?;
    let degrees = (count - columns.len()) as f64;
    let left_mean = (neumaier_sum(fit.residuals.iter().map(|left| left * left)) / count as f64).sqrt();
    let is_exact = is_rounding(left_mean, largest_magnitude(returns));
    let residuals = if is_exact { vec![0.0; count] } else { fit.residuals };
    let estimates = fit.coefficients.iter().zip(&fit.influences);
    let mut coefficients = estimates.map(|(value, influence)| {
        let parts: Vec<f64> = influence.iter().zip(&residuals).map(|(weight, left)| weight * left).collect();
        let variance = newey_west::long_run_variance(&parts, lags) * count as f64;
        coefficient(*value, (variance.max(0.0) * count as f64 / degrees).sqrt(), degrees)
    });
    let Some(alpha) = coefficients.next() else { return Err(NoFigure::new("no constant")) };
    let loadings = factors.iter().zip(coefficients).map(|(factor, coefficient)| Loading {
        id: factor.id.to_owned(),
        coefficient,
        variance: coefficient.value * covariance(factor.returns, returns),
    });
    let variance = covariance(returns, returns);
    let squares = neumaier_sum(residuals.iter().map(|left| left * left));
    let sample = count as f64 - 1.0;
    let unexplained = (squares / (sample * variance)).clamp(0.0, 1.0);
    Ok(FactorRegression {
        alpha,
        loadings: loadings.collect(),
        observations: count,
        lags,
        r_squared: 1.0 - unexplained,
        adjusted_r_squared: 1.0 - unexplained * sample / degrees,
        residual_deviation: (squares / degrees).sqrt(),
        variance,
        specific_variance: squares / sample,
    })
}

fn check(returns: &[f64], factors: &[Factor<'_>]) -> Result<(), NoFigure> {
    if !(1..=FACTORS_MAX).contains(&factors.len()) {
        return Err(NoFigure::new(format!("{} factors are not from 1 to {FACTORS_MAX}", factors.len())));
    }
    check_numbers("the returns", returns)?;
    for factor in factors {
        check_numbers(&format!("factor `{}`", factor.id), factor.returns)?;
        if factor.returns.len() != returns.len() {
            let (id, has, needed) = (factor.id, factor.returns.len(), returns.len());
            return Err(NoFigure::new(format!("factor `{id}` has {has} returns, {needed} are to be explained")));
        }
    }
    let needed = factors.len() + 2;
    if returns.len() < needed {
        return Err(NoFigure::new(format!("not enough returns: {} of {needed}", returns.len())));
    }
    if is_rounding(covariance(returns, returns).sqrt(), largest_magnitude(returns)) {
        return Err(NoFigure::new("the returns do not vary"));
    }
    Ok(())
}

fn check_numbers(what: &str, numbers: &[f64]) -> Result<(), NoFigure> {
    match numbers.iter().position(|number| !number.is_finite()) {
        Some(position) => Err(NoFigure::new(format!("number {} of {what} is not finite", position + 1))),
        None => Ok(()),
    }
}

fn is_no_factor(factors: &[Factor<'_>], dependent: Dependent) -> NoFigure {
    let id = dependent.0.checked_sub(1).and_then(|place| factors.get(place)).map_or("", |factor| factor.id);
    NoFigure::new(format!("factor `{id}` does not vary, or is a sum of those before it"))
}

fn coefficient(value: f64, standard_error: f64, degrees: f64) -> Coefficient {
    if is_rounding(standard_error, value.abs()) {
        return Coefficient { value, standard_error: 0.0, t_statistic: None, p_value: None };
    }
    let statistic = value / standard_error;
    let p_value = 2.0 * student_distribution(-statistic.abs(), degrees);
    Coefficient { value, standard_error, t_statistic: Some(statistic), p_value: Some(p_value) }
}

/// The covariance of a sample (`n − 1`).
fn covariance(numbers: &[f64], others: &[f64]) -> f64 {
    let (Some(center), Some(other_center)) = (mean(numbers), mean(others)) else { return 0.0 };
    let products = numbers.iter().zip(others).map(|(number, other)| (number - center) * (other - other_center));
    neumaier_sum(products) / (numbers.len() as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_within};

    /// Sixty days of three factors, and returns that they explain but for a wild rest.
    fn days() -> (Vec<f64>, [Vec<f64>; 3]) {
        let places: Vec<f64> = (1..=60).map(f64::from).collect();
        let factors = [
            places.iter().map(|day| 0.01 * day.sin()).collect::<Vec<f64>>(),
            places.iter().map(|day| 0.008 * (1.7 * day).cos()).collect::<Vec<f64>>(),
            places.iter().map(|day| 0.005 * (0.3 * day + 1.0).sin()).collect::<Vec<f64>>(),
        ];
        let rest = places.iter().map(|day| 0.0002 + 0.004 * (day * day).sin());
        let returns = rest
            .enumerate()
            .map(|(day, left)| left + 1.1 * factors[0][day] - 0.4 * factors[1][day] + 0.25 * factors[2][day]);
        (returns.collect(), factors)
    }

    fn named(factors: &[Vec<f64>]) -> Vec<Factor<'_>> {
        let ids = ["market", "size", "value"];
        factors.iter().zip(ids).map(|(returns, id)| Factor { id, returns }).collect()
    }

    #[track_caller]
    fn assert_figures(actual: impl Iterator<Item = f64>, expected: [f64; 4]) {
        for (number, known) in actual.zip(expected) {
            assert!((number - known).abs() <= 1e-10 * known.abs(), "{number} instead of {known}");
        }
    }

    #[test]
    fn as_statsmodels_has_it() {
        // statsmodels 0.15, OLS with cov_type HAC, maxlags 3, use_correction and use_t.
        let (returns, factors) = days();
        let found = factor_regression(&returns, &named(&factors), Lags::Automatic).unwrap();
        assert_eq!((found.lags, found.observations), (3, 60));
        let all = || std::iter::once(found.alpha).chain(found.loadings.iter().map(|loading| loading.coefficient));
        assert_figures(
            all().map(|one| one.value),
            [3.913_713_875_350_306e-5, 1.118_044_295_659_665_5, -0.285_325_242_546_869, 0.182_934_435_447_259_4],
        );
        assert_figures(
            all().map(|one| one.standard_error),
            [0.000_326_246_257_219_993_4, 0.026_682_731_256_041_4, 0.052_364_343_635_825_615, 0.094_759_965_492_328_68],
        );
        assert_figures(
            all().map(|one| one.t_statistic.unwrap()),
            [0.119_961_954_773_054_21, 41.901_418_746_498_16, -5.448_845_965_323_257, 1.930_503_398_738_245_8],
        );
        assert_within(found.alpha.p_value.unwrap(), 0.904_942_638_950_318_9, 1e-10);
        assert_within(found.loadings[2].coefficient.p_value.unwrap(), 0.058_613_947_269_184_75, 1e-10);
        assert_within(found.r_squared, 0.902_473_135_885_632_9, 1e-12);
        assert_within(found.adjusted_r_squared, 0.897_248_482_450_934_7, 1e-12);
        assert_within(found.residual_deviation, 0.002_773_247_425_326_291, 1e-14);
        assert_figures(
            found.loadings.iter().map(|loading| loading.variance).chain([found.specific_variance]),
            [6.392_816_010_093_28e-5, 3.021_382_522_405_331_4e-6, 6.001_341_443_089_289e-7, 7.299_838_505_024_043e-6],
        );
    }

    #[test]
    fn without_neighbours_the_errors_are_those_of_white() {
        // The same with maxlags 0.
        let (returns, factors) = days();
        let found = factor_regression(&returns, &named(&factors), Lags::Fixed(0)).unwrap();
        let errors = found.loadings.iter().map(|loading| loading.coefficient.standard_error);
        assert_figures(
            std::iter::once(found.alpha.standard_error).chain(errors),
            [
                0.000_360_948_315_998_502_5,
                0.054_927_237_508_838_586,
                0.061_973_864_763_594_316,
                0.100_102_198_259_363_62,
            ],
        );
    }

    #[test]
    fn what_is_explained_has_no_error() {
        let factor = [0.01, -0.02, 0.03, 0.0, 0.005];
        let twice = factor.map(|number| 2.0 * number);
        let found = factor_regression(&twice, &[Factor { id: "market", returns: &factor }], Lags::Fixed(0)).unwrap();
        assert_close(found.loadings[0].coefficient.value, 2.0);
        assert_close(found.r_squared, 1.0);
        assert_eq!(found.loadings[0].coefficient.t_statistic, None);
        assert!(found.specific_variance < 1e-300 && found.loadings[0].coefficient.standard_error < 1e-300);
    }

    #[test]
    fn reasons() {
        let (returns, factors) = days();
        let reason = |returns: &[f64], factors: &[Factor<'_>], lags| {
            factor_regression(returns, factors, lags).unwrap_err().to_string()
        };
        let three = named(&factors);
        assert_eq!(reason(&returns, &[], Lags::Automatic), "0 factors are not from 1 to 9");
        assert_eq!(reason(&returns, &three, Lags::Fixed(60)), "60 neighbours of 60 returns are too many");
        let short = reason(&returns[..59], &three, Lags::Automatic);
        assert_eq!(short, "factor `market` has 60 returns, 59 are to be explained");
        let twice = [three[0], three[1], Factor { id: "market again", returns: &factors[0] }];
        let same = reason(&returns, &twice, Lags::Automatic);
        assert_eq!(same, "factor `market again` does not vary, or is a sum of those before it");
        let few = factors.each_ref().map(|factor| Factor { id: "few", returns: &factor[..4] });
        assert_eq!(reason(&returns[..4], &few, Lags::Automatic), "not enough returns: 4 of 5");
        let still = Factor { id: "market", returns: &[0.01, 0.02, 0.03] };
        assert_eq!(reason(&[0.001; 3], &[still], Lags::Automatic), "the returns do not vary");
        let broken = Factor { id: "market", returns: &[0.01, f64::NAN, 0.03] };
        assert_eq!(reason(&[0.0, 0.1, 0.2], &[broken], Lags::Automatic), "number 2 of factor `market` is not finite");
    }

    proptest! {
        #[test]
        fn the_parts_of_the_variance_add_up(
            rows in prop::collection::vec((-0.1..0.1_f64, -0.1..0.1_f64, -0.1..0.1_f64), 8..60),
        ) {
            let returns: Vec<f64> = rows.iter().map(|row| row.0).collect();
            let factors = [
                rows.iter().map(|row| row.1).collect::<Vec<f64>>(),
                rows.iter().map(|row| row.2).collect::<Vec<f64>>(),
            ];
            let Ok(found) = factor_regression(&returns, &named(&factors), Lags::Automatic) else { return Ok(()) };
            let parts: f64 = found.loadings.iter().map(|loading| loading.variance).sum();
            prop_assert!((parts + found.specific_variance - found.variance).abs() <= 1e-9 * found.variance);
            prop_assert!(found.adjusted_r_squared <= found.r_squared);
        }
    }
}
