//! What is measured, one figure a file.
//!
//! A measure is a constant: an id, what it means, and a function from a portfolio's series to a figure or the reason
//! why there is none. To add one: a file here and a line in one of the lists.
//!
//! A night keeps [`MEASURES`] of every portfolio. Those of [`MEASURES_ON_REQUEST`] are computed when somebody asks:
//! a hundred thousand portfolios would add three and a half million rows each night that few people read.

pub mod adjusted_sharpe;
pub mod alpha_annual;
pub mod alpha_daily;
pub mod annualised_return_252;
pub mod annualised_return_act365;
pub mod appraisal_ratio;
pub mod benchmark_return;
pub mod best_day;
pub mod beta;
pub mod burke_ratio;
pub mod burke_ratio_modified;
pub mod calmar;
pub mod calmar_36m;
pub mod correlation;
pub mod current_drawdown;
pub mod d_ratio;
pub mod down_capture;
pub mod down_number_ratio;
pub mod downside_deviation;
pub mod downside_frequency;
pub mod downside_potential;
pub mod drawdown_days;
pub mod end_market_value;
pub mod es_hist_95;
pub mod es_hist_975;
pub mod es_hist_99;
pub mod es_normal_95;
pub mod es_normal_99;
pub mod ewma_volatility_094;
pub mod ewma_volatility_094_daily;
pub mod excess_kurtosis;
pub mod excess_return;
pub mod excess_return_geometric;
pub mod gain;
pub mod hit_ratio;
pub mod hurst_exponent;
pub mod information_ratio;
pub mod jensen_alpha;
pub mod kappa_3;
pub mod m_squared;
pub mod m_squared_excess;
pub mod martin_ratio;
pub mod max_drawdown;
pub mod max_drawdown_peak_date;
pub mod max_drawdown_recovery_date;
pub mod max_drawdown_trough_date;
pub mod mean_absolute_deviation;
pub mod minimum_track_record;
pub mod modified_dietz;
pub mod modified_dietz_large_flows;
pub mod modified_dietz_linked_monthly;
pub mod mwr_period;
pub mod net_external_flows;
pub mod omega;
pub mod omega_sharpe;
pub mod pain_index;
pub mod pain_ratio;
pub mod probabilistic_sharpe;
pub mod r_squared;
pub mod rachev_ratio;
pub mod recovery_days;
pub mod return_on_average_capital;
pub mod returns_per_year;
pub mod sharpe_geometric;
pub mod sharpe_rf;
pub mod sharpe_rf0;
pub mod sharpe_standard_error;
pub mod sharpe_standard_error_dependent;
pub mod skewness;
pub mod sortino_rf;
pub mod sortino_rf0;
pub mod specific_risk;
pub mod systematic_risk;
pub mod total_risk;
pub mod tracking_error;
pub mod treynor_ratio;
pub mod treynor_ratio_modified;
pub mod twr;
pub mod twr_before_fees;
pub mod twr_before_taxes;
pub mod ulcer_index;
pub mod up_capture;
pub mod up_number_ratio;
pub mod upside_frequency;
pub mod upside_potential;
pub mod upside_potential_ratio;
pub mod upside_risk;
pub mod var_cornish_fisher_95;
pub mod var_cornish_fisher_99;
pub mod var_ewma_95;
pub mod var_ewma_99;
pub mod var_hist_95;
pub mod var_hist_975;
pub mod var_hist_99;
pub mod var_normal_95;
pub mod var_normal_99;
pub mod volatility;
pub mod worst_day;
pub mod xirr;

use schemas::MeasureValue;

use crate::measured::Measured;
use crate::series::PerformanceSeries;

/// A figure that can be computed for any portfolio and period.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// The id in tables and URLs, e.g. `volatility`. Also the name of its file.
    pub id: &'static str,
    /// The name on statements and screens.
    pub title: &'static str,
    /// What the number counts.
    pub unit: Unit,
    /// Whether the figure is a rate a year; see [`Measure::reported`].
    pub annualised: bool,
    /// What it means, in a sentence or two for the reader of a statement.
    pub definition: &'static str,
    /// The figure of a series, or the reason why there is none.
    pub compute: fn(&Measured<'_>) -> MeasureValue,
}

impl Measure {
    /// The figure of a series of which nothing else is measured. Where several are, they share a [`Measured`].
    pub fn of(&self, series: &PerformanceSeries) -> MeasureValue {
        (self.compute)(&Measured::new(series))
    }

    /// The figure as it is kept and shown: growth a year is none of a period shorter than a year (GIPS 2020), because
    /// nobody knows how the year goes on. Dispersion a year, which is scaled and not continued, is one of any period.
    pub fn reported(&self, measured: &Measured<'_>) -> MeasureValue {
        if GROWTH_A_YEAR.contains(&self.id) && measured.series().is_shorter_than_a_year() {
            return MeasureValue::unavailable("the period is shorter than a year and is not annualised");
        }
        (self.compute)(measured)
    }
}

/// The measures that continue growth to a year, or divide such growth by something.
const GROWTH_A_YEAR: &[&str] = &[
    "alpha_annual",
    "annualised_return_252",
    "annualised_return_act365",
    "calmar",
    "calmar_36m",
    "martin_ratio",
    "pain_ratio",
    "sharpe_geometric",
    "xirr",
];

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A part of one: 0.05 is five percent.
    Fraction,
    /// A plain number, e.g. a Sharpe ratio.
    Ratio,
    /// An amount in the portfolio's base currency.
    Money,
    /// A whole number of things.
    Count,
    /// A calendar day.
    Date,
}

impl Unit {
    /// The word in files and addresses, e.g. `fraction`.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Fraction => "fraction",
            Unit::Ratio => "ratio",
            Unit::Money => "money",
            Unit::Count => "count",
            Unit::Date => "date",
        }
    }
}

/// Every measure that a night keeps, in the order of a statement: values, returns, risk, drawdown, shape, loss tail,
/// benchmark.
pub static MEASURES: &[&Measure] = &[
    &end_market_value::MEASURE,
    &net_external_flows::MEASURE,
    &gain::MEASURE,
    &twr::MEASURE,
    &twr_before_taxes::MEASURE,
    &twr_before_fees::MEASURE,
    &modified_dietz::MEASURE,
    &modified_dietz_linked_monthly::MEASURE,
    &xirr::MEASURE,
    &mwr_period::MEASURE,
    &annualised_return_act365::MEASURE,
    &annualised_return_252::MEASURE,
    &returns_per_year::MEASURE,
    &volatility::MEASURE,
    &hit_ratio::MEASURE,
    &best_day::MEASURE,
    &worst_day::MEASURE,
    &sharpe_rf0::MEASURE,
    &sharpe_rf::MEASURE,
    &sharpe_geometric::MEASURE,
    &sortino_rf0::MEASURE,
    &sortino_rf::MEASURE,
    &downside_deviation::MEASURE,
    &omega::MEASURE,
    &max_drawdown::MEASURE,
    &max_drawdown_peak_date::MEASURE,
    &max_drawdown_trough_date::MEASURE,
    &max_drawdown_recovery_date::MEASURE,
    &drawdown_days::MEASURE,
    &recovery_days::MEASURE,
    &current_drawdown::MEASURE,
    &ulcer_index::MEASURE,
    &martin_ratio::MEASURE,
    &pain_index::MEASURE,
    &pain_ratio::MEASURE,
    &calmar::MEASURE,
    &calmar_36m::MEASURE,
    &skewness::MEASURE,
    &excess_kurtosis::MEASURE,
    &var_hist_95::MEASURE,
    &es_hist_95::MEASURE,
    &var_normal_95::MEASURE,
    &es_normal_95::MEASURE,
    &var_cornish_fisher_95::MEASURE,
    &var_hist_975::MEASURE,
    &es_hist_975::MEASURE,
    &var_hist_99::MEASURE,
    &es_hist_99::MEASURE,
    &var_normal_99::MEASURE,
    &es_normal_99::MEASURE,
    &var_cornish_fisher_99::MEASURE,
    &ewma_volatility_094::MEASURE,
    &ewma_volatility_094_daily::MEASURE,
    &var_ewma_95::MEASURE,
    &var_ewma_99::MEASURE,
    &benchmark_return::MEASURE,
    &beta::MEASURE,
    &alpha_daily::MEASURE,
    &alpha_annual::MEASURE,
    &tracking_error::MEASURE,
    &information_ratio::MEASURE,
    &correlation::MEASURE,
];

/// Every measure that is computed only when somebody asks for it.
pub static MEASURES_ON_REQUEST: &[&Measure] = &[
    &return_on_average_capital::MEASURE,
    &modified_dietz_large_flows::MEASURE,
    &excess_return::MEASURE,
    &excess_return_geometric::MEASURE,
    &up_capture::MEASURE,
    &down_capture::MEASURE,
    &up_number_ratio::MEASURE,
    &down_number_ratio::MEASURE,
    &r_squared::MEASURE,
    &jensen_alpha::MEASURE,
    &treynor_ratio::MEASURE,
    &treynor_ratio_modified::MEASURE,
    &m_squared::MEASURE,
    &m_squared_excess::MEASURE,
    &systematic_risk::MEASURE,
    &specific_risk::MEASURE,
    &total_risk::MEASURE,
    &appraisal_ratio::MEASURE,
    &adjusted_sharpe::MEASURE,
    &sharpe_standard_error::MEASURE,
    &sharpe_standard_error_dependent::MEASURE,
    &probabilistic_sharpe::MEASURE,
    &minimum_track_record::MEASURE,
    &kappa_3::MEASURE,
    &omega_sharpe::MEASURE,
    &upside_potential::MEASURE,
    &downside_potential::MEASURE,
    &upside_frequency::MEASURE,
    &downside_frequency::MEASURE,
    &upside_risk::MEASURE,
    &upside_potential_ratio::MEASURE,
    &mean_absolute_deviation::MEASURE,
    &d_ratio::MEASURE,
    &burke_ratio::MEASURE,
    &burke_ratio_modified::MEASURE,
    &rachev_ratio::MEASURE,
    &hurst_exponent::MEASURE,
];

/// There is no such measure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown measure `{id}`; known: {known}")]
pub struct UnknownMeasure {
    /// The id as given.
    pub id: String,
    /// The ids that there are.
    pub known: String,
}

/// Every measure: those that a night keeps, then the others.
pub fn every_measure() -> impl Iterator<Item = &'static Measure> {
    MEASURES.iter().chain(MEASURES_ON_REQUEST).copied()
}

/// The measure of this id.
///
/// # Errors
/// [`UnknownMeasure`] if there is none.
pub fn measure(id: &str) -> Result<&'static Measure, UnknownMeasure> {
    every_measure().find(|listed| listed.id == id).ok_or_else(|| {
        let known: Vec<&str> = every_measure().map(|listed| listed.id).collect();
        UnknownMeasure { id: id.to_owned(), known: known.join(", ") }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_unavailable, date, dated, of_returns};
    use crate::series::DatedNumber;

    #[test]
    fn titles_are_unique_and_definitions_are_sentences() {
        let titles: BTreeSet<&str> = every_measure().map(|measure| measure.title).collect();
        assert_eq!(titles.len(), every_measure().count());
        for measure in every_measure() {
            assert!(measure.definition.ends_with('.'), "{}", measure.id);
            assert!(!measure.definition.contains("  "), "{}", measure.id);
        }
    }

    #[test]
    fn a_wrong_id_is_told_the_right_ones() {
        assert_eq!(measure("volatility").expect("listed").id, "volatility");
        let error = measure("sharp").expect_err("not listed").to_string();
        assert!(error.starts_with("unknown measure `sharp`; known: end_market_value, "), "{error}");
        assert!(error.contains("sharpe_rf0"));
    }

    #[test]
    fn growth_is_not_continued_to_a_year() {
        // From 2024-01-01 it is a year on 2025-01-01, whether it has 365 days or 366.
        for (end_date, is_shorter) in [("2024-12-31", true), ("2025-01-01", false)] {
            let series = PerformanceSeries { end_date: date(end_date), ..of_returns(&[0.02, -0.03, 0.04]) };
            let measured = Measured::new(&series);
            let withheld = |measure: &&Measure| {
                let reason = "the period is shorter than a year and is not annualised";
                measure.reported(&measured) == MeasureValue::unavailable(reason)
            };
            let found: BTreeSet<&str> = MEASURES.iter().copied().filter(withheld).map(|measure| measure.id).collect();
            let expected = if is_shorter { GROWTH_A_YEAR } else { &[] };
            assert_eq!(found, expected.iter().copied().collect(), "{end_date}");
        }
        for id in GROWTH_A_YEAR {
            assert!(measure(id).expect("listed").annualised, "{id}");
        }
    }

    #[test]
    fn dispersion_is_scaled_to_a_year_whatever_the_period() {
        let series = of_returns(&[0.02, -0.03, 0.04]);
        for id in ["volatility", "downside_deviation", "tracking_error", "sharpe_rf", "twr", "mwr_period"] {
            let measure = measure(id).expect("listed");
            assert_eq!(measure.reported(&Measured::new(&series)), measure.of(&series), "{id}");
        }
    }

    #[test]
    fn an_empty_period_has_no_figures() {
        for measure in every_measure() {
            if measure.id == "net_external_flows" {
                assert_eq!(measure.of(&of_returns(&[])), MeasureValue::Amount(rust_decimal::Decimal::ZERO));
            } else {
                assert_unavailable(measure, &of_returns(&[]), "no");
            }
        }
    }

    #[test]
    fn a_number_that_is_none_takes_every_figure_with_it() {
        let mut series = of_returns(&[0.01, 0.02, 0.01]);
        series.returns = dated(&[("2024-01-02", 0.01), ("2024-01-03", f64::NAN), ("2024-01-04", 0.02)]);
        for measure in every_measure() {
            assert_unavailable(measure, &series, "the return of 2024-01-03 is not a finite number");
        }
    }

    #[test]
    fn one_day_has_the_figures_that_one_return_allows() {
        let series = of_returns(&[0.01]);
        let needs_more = [
            "volatility",
            "sharpe_rf0",
            "sharpe_rf",
            "sortino_rf0",
            "sortino_rf",
            "max_drawdown_peak_date",
            "max_drawdown_trough_date",
            "max_drawdown_recovery_date",
            "drawdown_days",
            "recovery_days",
            "martin_ratio",
            "pain_ratio",
            "calmar",
            "calmar_36m",
            "sharpe_geometric",
            "omega",
            "skewness",
            "excess_kurtosis",
            "var_normal_95",
            "es_normal_95",
            "var_cornish_fisher_95",
            "var_normal_99",
            "es_normal_99",
            "var_cornish_fisher_99",
            "beta",
            "alpha_daily",
            "alpha_annual",
            "tracking_error",
            "information_ratio",
            "correlation",
            "down_capture",
            "down_number_ratio",
            "r_squared",
            "jensen_alpha",
            "treynor_ratio",
            "treynor_ratio_modified",
            "m_squared",
            "m_squared_excess",
            "systematic_risk",
            "specific_risk",
            "total_risk",
            "appraisal_ratio",
            "adjusted_sharpe",
            "sharpe_standard_error",
            "sharpe_standard_error_dependent",
            "probabilistic_sharpe",
            "minimum_track_record",
            "kappa_3",
            "omega_sharpe",
            "upside_potential_ratio",
            "burke_ratio",
            "burke_ratio_modified",
            "rachev_ratio",
            "hurst_exponent",
        ];
        for measure in every_measure() {
            let value = measure.of(&series);
            let expected = needs_more.contains(&measure.id);
            assert_eq!(matches!(value, MeasureValue::Unavailable(_)), expected, "{}: {value:?}", measure.id);
        }
    }

    proptest! {
        #[test]
        fn figures_are_finite_and_of_their_unit(
            returns in any_returns(),
            flow in -500.0..500.0_f64,
            opening_value in 0.0..1000.0_f64,
        ) {
            let mut series = of_returns(&returns);
            series.opening_value = opening_value;
            series.flows.push(DatedNumber { date: series.opening_date.next_calendar_day(), number: flow });
            for measure in every_measure() {
                match measure.of(&series) {
                    MeasureValue::Number(number) => {
                        prop_assert!(number.is_finite() && measure.unit != Unit::Date, "{}", measure.id);
                    }
                    MeasureValue::Amount(_) => prop_assert!(measure.unit == Unit::Money, "{}", measure.id),
                    MeasureValue::Date(_) => prop_assert!(measure.unit == Unit::Date, "{}", measure.id),
                    MeasureValue::Unavailable(reason) => prop_assert!(!reason.is_empty(), "{}", measure.id),
                }
            }
        }

        #[test]
        fn figures_of_the_same_series_are_the_same_bits(returns in any_returns()) {
            let series = of_returns(&returns);
            for measure in every_measure() {
                prop_assert!(measure.of(&series) == measure.of(&series.clone()), "{}", measure.id);
            }
        }
    }
}
