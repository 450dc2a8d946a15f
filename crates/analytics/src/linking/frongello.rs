//! Effects that are carried from period to period.

use super::LinkingMethod;
use crate::attribution::{Attribution, AttributionError, Effect, Excess};

/// What has been explained so far earns the benchmark's return; a new effect counts on the portfolio as it has grown.
///
/// `F_t = F_(t−1) (1 + rb_t) + A_t ∏(1 + rp)` over the periods before `t`. Day by day this says which part of the
/// difference so far is due to what; the last `F` is what GRAP's factors give.
///
/// - Input: periods whose effects add up to the difference of their returns.
/// - Output: effects that add up to the difference of the compounded returns. The order of the periods matters.
/// - Source: Frongello, *Linking Single Period Attribution Results*, Journal of Performance Measurement, spring 2002.
pub static METHOD: LinkingMethod = LinkingMethod {
    id: "frongello",
    title: "Frongello",
    definition: "What has been explained before a period earns the return of the benchmark in it, and the effects of \
                 the period count on the portfolio as it had grown by then.",
    excess: Excess::Difference,
    combine,
};

fn combine(periods: &[Attribution]) -> Result<Vec<Effect>, AttributionError> {
    let nothing = |effect: &Effect| Effect { id: effect.id, parts: vec![0.0; effect.parts.len()] };
    let mut linked: Vec<Effect> = periods.iter().take(1).flat_map(|first| &first.effects).map(nothing).collect();
    let mut portfolio_growth = 1.0;
    for period in periods {
        for (carried, effect) in linked.iter_mut().zip(&period.effects) {
            for (sum, part) in carried.parts.iter_mut().zip(&effect.parts) {
                *sum += *sum * period.benchmark_return + portfolio_growth * part;
            }
        }
        portfolio_growth *= 1.0 + period.portfolio_return;
    }
    Ok(linked)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linking::grap;
    use crate::sample_attribution::{any_period, bacon_quarters, by_brinson_fachler};
    use crate::sample_series::{assert_close, assert_within};

    #[test]
    fn bacon_s_year() {
        // Bacon, 2008, table 8.5, as the tests of the R package PortfolioAttribution carry it, to 0.0001.
        let linked = METHOD.link(&bacon_quarters()).unwrap();
        let published = [[0.0167, -0.0055, 0.0011], [0.0785, 0.0016, 0.0402]];
        for (effect, numbers) in linked.effects.iter().zip(published) {
            for (part, number) in effect.parts.iter().zip(numbers) {
                assert_within(*part, number, 1e-4);
            }
        }
    }

    #[test]
    fn an_effect_earns_the_benchmark_from_then_on() {
        // 10 % against nothing, then twice 5 % against 5 %: 0.1 · 1.05² of 1.1 · 1.05² − 1.05².
        let period = |portfolio_return: f64, benchmark_return: f64| Attribution {
            portfolio_return,
            benchmark_return,
            excess: Excess::Difference,
            effects: vec![Effect { id: "selection", parts: vec![portfolio_return - benchmark_return] }],
        };
        let linked = METHOD.link(&[period(0.1, 0.0), period(0.05, 0.05), period(0.05, 0.05)]).unwrap();
        assert_close(linked.effects[0].parts[0], 0.110_25);
        assert_close(linked.excess_return(), 0.110_25);
    }

    proptest! {
        #[test]
        fn it_ends_where_grap_does(periods in prop::collection::vec(any_period(), 1..12)) {
            let periods: Vec<Attribution> = periods.iter().map(|segments| by_brinson_fachler(segments)).collect();
            let (carried, weighed) = (METHOD.link(&periods).unwrap(), grap::METHOD.link(&periods).unwrap());
            for (left, right) in carried.effects.iter().zip(&weighed.effects) {
                let mut pairs = left.parts.iter().zip(&right.parts);
                prop_assert!(pairs.all(|(left, right)| (left - right).abs() <= 1e-13));
            }
        }
    }
}
