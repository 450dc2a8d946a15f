//! What moves a portfolio: its loadings on the factors of its market.

use schemas::BusinessDate;
use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::entitled::VisibleRisk;
use crate::entitled::facts::Facts;
use crate::problem::Problem;

/// What the factors of a set explain of the daily returns, as it was made on the first valuation date of the month.
/// Estimates a day; figures are null if there are none.
#[derive(Serialize, ToSchema)]
pub(super) struct FactorModel {
    /// The set of the factors.
    #[schema(example = "ff3")]
    factor_set: String,
    /// The date on which it was made.
    #[schema(value_type = String, format = Date, example = "2014-12-01")]
    business_date: BusinessDate,
    /// The period that is explained: `1Y`, or `SI` (since inception) of a portfolio that is younger.
    #[schema(example = "1Y")]
    period: String,
    /// The day on which the period ends.
    #[schema(value_type = String, format = Date, example = "2014-10-31")]
    through_date: BusinessDate,
    /// The days with returns of both sides.
    #[schema(example = 250)]
    observation_count: Option<i64>,
    /// Whether the rate without risk is taken off the returns.
    is_above_risk_free: Option<bool>,
    /// What is earned besides the factors, a fraction a day.
    #[schema(example = 0.0001)]
    alpha: Option<f64>,
    /// Its standard error, by Newey and West.
    alpha_standard_error: Option<f64>,
    /// Alpha over its error.
    alpha_t_statistic: Option<f64>,
    /// How likely an alpha this far from zero is where there is nothing.
    alpha_probability: Option<f64>,
    /// The part of the variance that the factors explain, from 0 to 1.
    #[schema(example = 0.93)]
    r_squared: Option<f64>,
    /// The same, made smaller for each factor.
    adjusted_r_squared: Option<f64>,
    /// The variance of the returns, to which the parts of the factors and the specific one add up.
    variance: Option<f64>,
    /// The part that no factor explains.
    specific_variance: Option<f64>,
    /// The factors, by name; empty if there are no figures.
    exposures: Vec<FactorExposure>,
    /// Why there are no figures; null if there are.
    unavailable_reason: Option<String>,
}

/// How strongly a factor moves the portfolio.
#[derive(Serialize, ToSchema)]
pub(super) struct FactorExposure {
    /// The factor.
    #[schema(example = "smb")]
    factor: String,
    /// How much the returns move with one unit of it.
    #[schema(example = -0.22)]
    loading: f64,
    /// The standard error, by Newey and West.
    standard_error: f64,
    /// The loading over its error; null if there is no error.
    t_statistic: Option<f64>,
    /// How likely a loading this far from zero is where there is nothing; null if there is no error.
    probability: Option<f64>,
    /// Its part of the variance; negative where it calms the others.
    variance_part: f64,
}

/// What was said last about a portfolio, by set of factors.
pub(super) async fn factor_models(
    facts: &Facts,
    portfolio: &VisibleRisk,
    date: BusinessDate,
) -> Result<Vec<FactorModel>, Problem> {
    let regressions = facts.factor_regressions(portfolio, date).await?;
    let Some(made) = regressions.first().map(|row| row.business_date) else { return Ok(Vec::new()) };
    let exposures = facts.factor_exposures(portfolio, made).await?;
    Ok(regressions.into_iter().map(|row| FactorModel::new(row, &exposures)).collect())
}

impl FactorModel {
    fn new(row: FactorRegressionRow, exposures: &[FactorExposureRow]) -> FactorModel {
        let of_set = exposures.iter().filter(|exposure| exposure.factor_set == row.factor_set);
        FactorModel {
            exposures: of_set.map(FactorExposure::from).collect(),
            factor_set: row.factor_set,
            business_date: row.business_date,
            period: row.period,
            through_date: row.through_date,
            observation_count: row.observation_count,
            is_above_risk_free: row.is_above_risk_free,
            alpha: row.alpha,
            alpha_standard_error: row.alpha_standard_error,
            alpha_t_statistic: row.alpha_t_statistic,
            alpha_probability: row.alpha_probability,
            r_squared: row.r_squared,
            adjusted_r_squared: row.adjusted_r_squared,
            variance: row.variance,
            specific_variance: row.specific_variance,
            unavailable_reason: row.unavailable_reason,
        }
    }
}

impl From<&FactorExposureRow> for FactorExposure {
    fn from(row: &FactorExposureRow) -> FactorExposure {
        FactorExposure {
            factor: row.factor.clone(),
            loading: row.loading,
            standard_error: row.standard_error,
            t_statistic: row.t_statistic,
            probability: row.probability,
            variance_part: row.variance_part,
        }
    }
}
