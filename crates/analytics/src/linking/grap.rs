//! Effects that grow as the portfolio did before them and as the benchmark did after them.

use super::LinkingMethod;
use crate::attribution::{Attribution, AttributionError, Effect, Excess};

/// Each period counts by `∏(1 + rp)` of the periods before it times `∏(1 + rb)` of those after it.
///
/// An effect is an amount on the portfolio as it had grown by then, and is invested in the benchmark from then on.
///
/// - Input: periods whose effects add up to the difference of their returns.
/// - Output: effects that add up to the difference of the compounded returns. The order of the periods matters.
/// - Source: Groupe de Recherche en Attribution de Performance, *Synthèse des modèles d'attribution de performance*,
///   Paris, 1997; in English in Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2008, ch. 8.
pub static METHOD: LinkingMethod = LinkingMethod {
    id: "grap",
    title: "GRAP",
    definition: "Every period counts by the growth of the portfolio before it and of the benchmark after it: an effect \
                 is invested in the benchmark from then on.",
    excess: Excess::Difference,
    combine,
};

fn combine(periods: &[Attribution]) -> Result<Vec<Effect>, AttributionError> {
    Ok(super::weighted_sum(periods, &factors(periods)))
}

/// By these factors the differences of the periods add up to that of the compounded returns, whatever the returns.
pub(super) fn factors(periods: &[Attribution]) -> Vec<f64> {
    let mut factors = Vec::with_capacity(periods.len());
    let mut portfolio_before = 1.0;
    for period in periods {
        factors.push(portfolio_before);
        portfolio_before *= 1.0 + period.portfolio_return;
    }
    let mut benchmark_after = 1.0;
    for (factor, period) in factors.iter_mut().zip(periods).rev() {
        *factor *= benchmark_after;
        benchmark_after *= 1.0 + period.benchmark_return;
    }
    factors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_attribution::bacon_quarters;
    use crate::sample_series::{assert_close, assert_within};

    #[test]
    fn bacon_s_year() {
        // Bacon, 2008, table 8.4, as the tests of the R package PortfolioAttribution carry it, to 0.0001.
        let linked = METHOD.link(&bacon_quarters()).unwrap();
        let published = [[0.0167, -0.0055, 0.0011], [0.0785, 0.0016, 0.0402]];
        for (effect, numbers) in linked.effects.iter().zip(published) {
            for (part, number) in effect.parts.iter().zip(numbers) {
                assert_within(*part, number, 1e-4);
            }
        }
    }

    #[test]
    fn factors_of_bacon_s_year() {
        // The second quarter follows 8.3 % of the portfolio and precedes −12.5 % and 2 % of the benchmark.
        let factors = factors(&bacon_quarters());
        assert_close(factors[0], 0.954 * 0.875 * 1.02);
        assert_close(factors[1], 1.083 * 0.875 * 1.02);
        assert_close(factors[3], 1.083 * 0.966 * 0.95);
    }

    #[test]
    fn a_total_loss_is_linked_like_any_other() {
        // A gain of 10 % against nothing, then everything is lost while the benchmark gains 5 %: −100 − 5 = −105 %.
        // The first effect is 10 % · 1.05, the second (−100 − 5) % · 1.1.
        let period = |portfolio_return: f64, benchmark_return: f64| Attribution {
            portfolio_return,
            benchmark_return,
            excess: Excess::Difference,
            effects: vec![Effect { id: "selection", parts: vec![portfolio_return - benchmark_return] }],
        };
        let linked = METHOD.link(&[period(0.1, 0.0), period(-1.0, 0.05)]).unwrap();
        assert_close(linked.effects[0].parts[0], 0.105 - 1.155);
        assert_close(linked.excess_return(), -1.05);
    }
}
