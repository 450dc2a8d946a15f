//! Measures by what they tell, for whoever reads many of them at once.

use crate::measures::{
    MEASURES_ON_REQUEST, Measure, alpha_annual, alpha_daily, annualised_return_252, annualised_return_act365,
    benchmark_return, best_day, beta, calmar, calmar_36m, correlation, current_drawdown, downside_deviation,
    drawdown_days, end_market_value, es_hist_95, es_hist_99, es_hist_975, es_normal_95, es_normal_99,
    ewma_volatility_094, ewma_volatility_094_daily, excess_kurtosis, gain, hit_ratio, information_ratio, martin_ratio,
    max_drawdown, max_drawdown_peak_date, max_drawdown_recovery_date, max_drawdown_trough_date, modified_dietz,
    modified_dietz_linked_monthly, mwr_period, net_external_flows, omega, pain_index, pain_ratio, recovery_days,
    returns_per_year, sharpe_geometric, sharpe_rf, sharpe_rf0, skewness, sortino_rf, sortino_rf0, tracking_error, twr,
    twr_before_fees, twr_before_taxes, ulcer_index, var_cornish_fisher_95, var_cornish_fisher_99, var_ewma_95,
    var_ewma_99, var_hist_95, var_hist_99, var_hist_975, var_normal_95, var_normal_99, volatility, worst_day, xirr,
};

/// Measures that tell the same kind of thing.
#[derive(Debug)]
pub struct MeasureKind {
    /// The word in files, e.g. `drawdown`.
    pub id: &'static str,
    /// The heading over the measures.
    pub title: &'static str,
    /// The measures, those that are read first at the top.
    pub measures: &'static [&'static Measure],
}

/// Every kind in the order in which they are read. Each measure is of exactly one.
pub static MEASURE_KINDS: &[MeasureKind] = &[
    MeasureKind {
        id: "value",
        title: "Value and gain",
        measures: &[&end_market_value::MEASURE, &net_external_flows::MEASURE, &gain::MEASURE],
    },
    MeasureKind {
        id: "return",
        title: "Return",
        measures: &[
            &twr::MEASURE,
            &twr_before_fees::MEASURE,
            &twr_before_taxes::MEASURE,
            &annualised_return_act365::MEASURE,
            &annualised_return_252::MEASURE,
            &mwr_period::MEASURE,
            &xirr::MEASURE,
            &modified_dietz::MEASURE,
            &modified_dietz_linked_monthly::MEASURE,
        ],
    },
    MeasureKind {
        id: "dispersion",
        title: "Dispersion, and the reward for it",
        measures: &[
            &volatility::MEASURE,
            &ewma_volatility_094::MEASURE,
            &ewma_volatility_094_daily::MEASURE,
            &downside_deviation::MEASURE,
            &sharpe_rf::MEASURE,
            &sharpe_rf0::MEASURE,
            &sharpe_geometric::MEASURE,
            &sortino_rf::MEASURE,
            &sortino_rf0::MEASURE,
            &omega::MEASURE,
            &hit_ratio::MEASURE,
            &best_day::MEASURE,
            &worst_day::MEASURE,
            &returns_per_year::MEASURE,
            &skewness::MEASURE,
            &excess_kurtosis::MEASURE,
        ],
    },
    MeasureKind {
        id: "drawdown",
        title: "Drawdown",
        measures: &[
            &max_drawdown::MEASURE,
            &max_drawdown_peak_date::MEASURE,
            &max_drawdown_trough_date::MEASURE,
            &max_drawdown_recovery_date::MEASURE,
            &drawdown_days::MEASURE,
            &recovery_days::MEASURE,
            &current_drawdown::MEASURE,
            &calmar::MEASURE,
            &calmar_36m::MEASURE,
            &ulcer_index::MEASURE,
            &martin_ratio::MEASURE,
            &pain_index::MEASURE,
            &pain_ratio::MEASURE,
        ],
    },
    MeasureKind {
        id: "tail",
        title: "Tail of the losses, over one day",
        measures: &[
            &var_hist_95::MEASURE,
            &es_hist_95::MEASURE,
            &var_hist_975::MEASURE,
            &es_hist_975::MEASURE,
            &var_hist_99::MEASURE,
            &es_hist_99::MEASURE,
            &var_normal_95::MEASURE,
            &es_normal_95::MEASURE,
            &var_normal_99::MEASURE,
            &es_normal_99::MEASURE,
            &var_cornish_fisher_95::MEASURE,
            &var_cornish_fisher_99::MEASURE,
            &var_ewma_95::MEASURE,
            &var_ewma_99::MEASURE,
        ],
    },
    MeasureKind {
        id: "relative",
        title: "Relative to the benchmark",
        measures: &[
            &benchmark_return::MEASURE,
            &alpha_annual::MEASURE,
            &alpha_daily::MEASURE,
            &beta::MEASURE,
            &correlation::MEASURE,
            &tracking_error::MEASURE,
            &information_ratio::MEASURE,
        ],
    },
];

/// The measures that no night keeps, as they are shown when somebody asks for all of a period.
pub static KIND_ON_REQUEST: MeasureKind =
    MeasureKind { id: "on_request", title: "Others, computed when asked for", measures: MEASURES_ON_REQUEST };

impl MeasureKind {
    /// The kind of a measure; none if no kind names it, which a test rules out.
    pub fn of(measure: &Measure) -> Option<&'static MeasureKind> {
        MEASURE_KINDS.iter().find(|kind| kind.measures.iter().any(|listed| listed.id == measure.id))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::measures::MEASURES;

    #[test]
    fn every_measure_is_of_exactly_one_kind() {
        let named: Vec<&str> =
            MEASURE_KINDS.iter().flat_map(|kind| kind.measures.iter().map(|measure| measure.id)).collect();
        let once: BTreeSet<&str> = named.iter().copied().collect();
        assert_eq!(once.len(), named.len(), "a measure is named twice");
        let all: BTreeSet<&str> = MEASURES.iter().map(|measure| measure.id).collect();
        let without: Vec<&&str> = all.difference(&once).collect();
        assert!(without.is_empty(), "name them in MEASURE_KINDS: {without:?}");
        assert_eq!(all, once);
    }

    #[test]
    fn a_measure_knows_its_kind() {
        assert_eq!(MeasureKind::of(&volatility::MEASURE).map(|kind| kind.id), Some("dispersion"));
        assert_eq!(MeasureKind::of(&beta::MEASURE).map(|kind| kind.id), Some("relative"));
    }
}
