//! What made the difference to the benchmark.

use schemas::ReportingPeriod;
use schemas::tables::attribution::AttributionRow;

use super::{date, portfolio_id};

/// The effects of a class, or of `total`, in the year to a day: allocation, selection and interaction.
pub(crate) fn attributed(node: &str, through: &str, effects: [f64; 3]) -> AttributionRow {
    let [allocation, selection, interaction] = effects;
    AttributionRow {
        portfolio_id: portfolio_id(),
        business_date: date("2014-12-31"),
        through_date: date(through),
        from_date: Some(date("2014-06-30")),
        period: ReportingPeriod::YearToDate,
        taxonomy: "asset_class".to_owned(),
        node: node.to_owned(),
        model: "brinson_fachler".to_owned(),
        linking: "carino".to_owned(),
        portfolio_weight: Some(0.5),
        benchmark_weight: Some(0.5),
        portfolio_return_fraction: Some(0.08),
        benchmark_return_fraction: Some(0.05),
        allocation: Some(allocation),
        selection: Some(selection),
        interaction: Some(interaction),
        unavailable_reason: None,
    }
}
