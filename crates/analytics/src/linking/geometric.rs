//! Effects that compound, as returns do.

use super::{LinkingMethod, carino};
use crate::attribution::{Attribution, AttributionError, Effect, Excess};
use crate::statistics::neumaier_sum;

/// Each effect as a fraction of what the decisions before it made of the benchmark; such effects compound over time.
///
/// The allocation of a period is measured on `1 + B`, the selection on `1 + B + allocation`, and so on: the effects of
/// a period compound to `(1 + R) / (1 + B) − 1` without a rest, and those of several periods do, too. Whoever wants
/// the two effects of the literature merges the interaction into the selection before.
///
/// The literature links the sums of the segments only. A segment's part of a linked effect is found by Carino's
/// factors of this effect, so that the parts of a linked effect add up to it.
///
/// - Input: periods whose effects add up to the difference of their returns, of a model with a hurdle
///   (`brinson_fachler`, `karnosky_singer`): without one the parts of an allocation mean nothing.
/// - Output: effects that compound to the ratio of the compounded returns.
/// - Unavailable: a period's benchmark, or what decisions made of it, lost everything.
/// - Source: Burnie, Knowles and Teder, *Arithmetic and Geometric Attribution*, Journal of Performance Measurement,
///   fall 1998; Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2008, ch. 5 and 8.
pub static METHOD: LinkingMethod = LinkingMethod {
    id: "geometric",
    title: "Geometric",
    definition: "Every effect as a fraction of what the decisions before it made of the benchmark. Effects compound to \
                 the ratio of the returns, within a period and over time.",
    excess: Excess::Ratio,
    combine,
};

fn combine(periods: &[Attribution]) -> Result<Vec<Effect>, AttributionError> {
    let mut relative: Vec<Vec<Effect>> = Vec::with_capacity(periods.len());
    for (index, period) in periods.iter().enumerate() {
        relative.push(relative_effects(period).ok_or(AttributionError::TotalLoss { period: index + 1 })?);
    }
    let kinds = relative.first().map_or(0, Vec::len);
    let linked = (0..kinds).filter_map(|kind| {
        let effects: Vec<&Effect> = relative.iter().filter_map(|effects| effects.get(kind)).collect();
        compounded(&effects)
    });
    Ok(linked.collect())
}

/// The effects of a period, each over the level that those before it left; none if a level is zero or less.
fn relative_effects(period: &Attribution) -> Option<Vec<Effect>> {
    let mut level = 1.0 + period.benchmark_return;
    let mut relative = Vec::with_capacity(period.effects.len());
    for effect in &period.effects {
        if level <= 0.0 {
            return None;
        }
        relative.push(Effect { id: effect.id, parts: effect.parts.iter().map(|part| part / level).collect() });
        level += effect.total();
    }
    (0.0 < level).then_some(relative)
}

/// One effect of all periods, compounded; its parts by Carino's factors.
fn compounded(effects: &[&Effect]) -> Option<Effect> {
    let totals: Vec<f64> = effects.iter().map(|effect| effect.total()).collect();
    let whole = super::growth_slope(neumaier_sum(totals.iter().map(|total| total.ln_1p())));
    let factors: Vec<f64> = totals.iter().map(|total| carino::logarithm_slope(*total) * whole).collect();
    super::weighted_effect(effects, &factors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_attribution::bacon_quarters;
    use crate::sample_series::{assert_close, assert_within};

    #[test]
    fn bacon_s_year() {
        // Bacon, 2008, table 8.6, as the tests of the R package PortfolioAttribution carry it, to 0.0001: 14.64 % more
        // than the benchmark, 1.29 % by allocation and 13.19 % by selection.
        let linked = METHOD.link(&bacon_quarters()).unwrap();
        assert_within(linked.excess_return(), 0.1464, 1e-4);
        assert_within(linked.effects[0].total(), 0.0129, 1e-4);
        assert_within(linked.effects[1].total(), 0.1319, 1e-4);
        // At the benchmark's returns the portfolio's weights would have made 5.2, −5.1, −9 and 1 %.
        let allocation = (1.052 / 1.064) * (0.949 / 0.954) * (0.91 / 0.875) * (1.01 / 1.02) - 1.0;
        assert_close(linked.effects[0].total(), allocation);
    }

    #[test]
    fn bacon_s_quarters() {
        // The quarters of the same table: allocation, its sum, selection, its sum.
        let published: [[f64; 8]; 4] = [
            [0.0, -0.0098, -0.0015, -0.0113, 0.038, -0.0029, -0.0057, 0.0295],
            [-0.0075, -0.009, 0.0113, -0.0052, 0.0148, -0.0021, 0.0053, 0.0179],
            [0.0286, 0.02, -0.0086, 0.04, 0.0165, 0.0165, 0.011, 0.044],
            [-0.0029, -0.0069, 0.0, -0.0098, 0.0149, -0.0099, 0.0297, 0.0347],
        ];
        for (quarter, numbers) in bacon_quarters().iter().zip(published) {
            let linked = METHOD.link(std::slice::from_ref(quarter)).unwrap();
            for (effect, numbers) in linked.effects.iter().zip(numbers.chunks(4)) {
                let figures = effect.parts.iter().copied().chain([effect.total()]);
                for (figure, number) in figures.zip(numbers) {
                    assert_within(figure, *number, 1e-4);
                }
            }
        }
    }

    #[test]
    fn a_benchmark_that_lost_everything_is_no_measure() {
        let mut quarters = bacon_quarters();
        let explained = quarters[3].explained();
        quarters[3].benchmark_return = -1.0;
        quarters[3].portfolio_return = explained - 1.0;
        assert_eq!(METHOD.link(&quarters), Err(AttributionError::TotalLoss { period: 4 }));
    }
}
