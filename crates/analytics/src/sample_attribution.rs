//! Small attributions for tests.

use proptest::prelude::*;
use schemas::Currency;

use crate::attribution::{Attribution, AttributionInput, CurrencyExposure, Segment, brinson_fachler};

/// From a practice question of CFA level III.
pub(crate) const EUROPEAN_EQUITY: Segment = Segment {
    portfolio_weight: 0.5,
    benchmark_weight: 0.75,
    portfolio_return: 0.135,
    benchmark_return: 0.15,
    currency: Some(Currency::EUR),
};
/// The other half of the question; its currency plays no part in it.
pub(crate) const JAPANESE_EQUITY: Segment = Segment {
    portfolio_weight: 0.5,
    benchmark_weight: 0.25,
    portfolio_return: 0.12,
    benchmark_return: 0.08,
    currency: None,
};

/// A quarter of United Kingdom, Japan and United States: weights and returns of the portfolio, then the benchmark.
type Quarter = [[f64; 3]; 4];

/// Four quarters of Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., 2008, ch. 8, as the
/// tests of the R package `PortfolioAttribution` carry them.
const BACON_QUARTERS: [Quarter; 4] = [
    [[0.4, 0.3, 0.3], [0.2, -0.05, 0.06], [0.4, 0.2, 0.4], [0.1, -0.04, 0.08]],
    [[0.7, 0.2, 0.1], [-0.05, 0.03, -0.05], [0.4, 0.3, 0.3], [-0.07, 0.04, -0.1]],
    [[0.3, 0.5, 0.2], [-0.2, 0.08, -0.15], [0.5, 0.4, 0.1], [-0.25, 0.05, -0.2]],
    [[0.3, 0.5, 0.2], [0.1, -0.07, 0.25], [0.4, 0.4, 0.2], [0.05, -0.05, 0.1]],
];

/// Bacon's quarters by Brinson and Fachler, with the interaction in the selection as in his tables.
pub(crate) fn bacon_quarters() -> Vec<Attribution> {
    let quarter = |[portfolio_weights, portfolio_returns, benchmark_weights, benchmark_returns]: &Quarter| {
        let segments: Vec<Segment> = (0..3)
            .map(|at| Segment {
                portfolio_weight: portfolio_weights[at],
                benchmark_weight: benchmark_weights[at],
                portfolio_return: portfolio_returns[at],
                benchmark_return: benchmark_returns[at],
                currency: None,
            })
            .collect();
        by_brinson_fachler(&segments).with_interaction_in_selection()
    };
    BACON_QUARTERS.iter().map(quarter).collect()
}

/// The attribution of good segments.
pub(crate) fn by_brinson_fachler(segments: &[Segment]) -> Attribution {
    (brinson_fachler::MODEL.attribute)(&AttributionInput { segments, currencies: &[] }).expect("good segments")
}

/// Two currencies without hedges, as much of each as the segments hold.
pub(crate) fn unhedged(segments: &[Segment]) -> Vec<CurrencyExposure> {
    let exposure = |currency: Currency, cash_return: f64, exchange_return: f64| {
        let inside = segments.iter().filter(|part| part.currency == Some(currency));
        CurrencyExposure {
            currency,
            portfolio_weight: inside.clone().map(|part| part.portfolio_weight).sum(),
            benchmark_weight: inside.map(|part| part.benchmark_weight).sum(),
            cash_return,
            exchange_return,
        }
    };
    vec![exposure(Currency::EUR, 0.01, 0.0), exposure(Currency::USD, 0.03, -0.06)]
}

/// A segment is two weights before they are shares, two returns of at most this size, and its currency.
fn any_segment(size: f64) -> impl Strategy<Value = Segment> {
    (0.01..1.0_f64, 0.01..1.0_f64, -size..size, -size..size, any::<bool>()).prop_map(
        |(portfolio_weight, benchmark_weight, portfolio_return, benchmark_return, is_euro)| Segment {
            portfolio_weight,
            benchmark_weight,
            portfolio_return,
            benchmark_return,
            currency: Some(if is_euro { Currency::EUR } else { Currency::USD }),
        },
    )
}

/// Four segments with returns of at most this size.
pub(crate) fn any_period_within(size: f64) -> impl Strategy<Value = Vec<Segment>> {
    prop::collection::vec(any_segment(size), 4).prop_map(|mut segments| {
        let portfolio_sum: f64 = segments.iter().map(|part| part.portfolio_weight).sum();
        let benchmark_sum: f64 = segments.iter().map(|part| part.benchmark_weight).sum();
        for part in &mut segments {
            part.portfolio_weight /= portfolio_sum;
            part.benchmark_weight /= benchmark_sum;
        }
        segments
    })
}

/// Four segments between a loss of 30 % and a gain of 30 %.
pub(crate) fn any_period() -> impl Strategy<Value = Vec<Segment>> {
    any_period_within(0.3)
}
