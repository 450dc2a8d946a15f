//! How the effects of several periods become those of the whole. One method a file.
//!
//! Returns compound, effects add up: the plain sum of the effects of four quarters is not the difference of the year.
//! A method weighs the effects of each period so that nothing is left over. All but one explain the difference of the
//! compounded returns; the geometric one explains their ratio.
//!
//! The periods may come from any model of [`crate::attribution`], contributions too.

pub mod carino;
pub mod frongello;
pub mod geometric;
pub mod grap;
pub mod menchero;

use crate::attribution::{Attribution, AttributionError, Effect, Excess};
use crate::statistics::neumaier_sum;

/// Effects may miss what they explain by this much, before and after they are linked.
const RESIDUAL_MAX: f64 = 1e-12;

/// The effects of the whole, in the order of the periods' effects; the periods have been checked.
type Combine = fn(&[Attribution]) -> Result<Vec<Effect>, AttributionError>;

/// A way of linking periods.
#[derive(Clone, Copy, Debug)]
pub struct LinkingMethod {
    /// The id, e.g. `carino`.
    pub id: &'static str,
    /// The name on screens.
    pub title: &'static str,
    /// What it does, in a sentence or two.
    pub definition: &'static str,
    /// What the linked effects explain.
    pub excess: Excess,
    combine: Combine,
}

/// Every method.
pub static LINKING_METHODS: &[&LinkingMethod] =
    &[DEFAULT_LINKING_METHOD, &menchero::METHOD, &grap::METHOD, &frongello::METHOD, &geometric::METHOD];

/// The method that is used if nobody asks for another.
pub static DEFAULT_LINKING_METHOD: &LinkingMethod = &carino::METHOD;

/// The method of this id.
///
/// # Errors
/// [`AttributionError::UnknownLinking`] if there is none.
pub fn linking_method(id: &str) -> Result<&'static LinkingMethod, AttributionError> {
    LINKING_METHODS.iter().copied().find(|method| method.id == id).ok_or_else(|| {
        let known: Vec<&str> = LINKING_METHODS.iter().map(|method| method.id).collect();
        AttributionError::UnknownLinking { id: id.to_owned(), known: known.join(", ") }
    })
}

impl LinkingMethod {
    /// The attribution of consecutive periods as one: compounded returns, and effects that explain them.
    ///
    /// # Errors
    /// [`AttributionError`] if there is no period, a number is not finite, periods have different effects or segments,
    /// the effects of one do not explain its own difference, or one lost what the method cannot link.
    pub fn link(&self, periods: &[Attribution]) -> Result<Attribution, AttributionError> {
        check(periods)?;
        let compounded =
            |of: fn(&Attribution) -> f64| periods.iter().map(|period| 1.0 + of(period)).product::<f64>() - 1.0;
        let linked = Attribution {
            portfolio_return: compounded(|period| period.portfolio_return),
            benchmark_return: compounded(|period| period.benchmark_return),
            excess: self.excess,
            effects: (self.combine)(periods)?,
        };
        let (explained, excess) = (linked.explained(), linked.excess_return());
        if is_explained(&linked) {
            Ok(linked)
        } else {
            Err(AttributionError::Residual { method: self.id, explained, excess })
        }
    }
}

fn check(periods: &[Attribution]) -> Result<(), AttributionError> {
    let Some(first) = periods.first() else {
        return Err(AttributionError::Nothing { what: "periods" });
    };
    let shape = |attribution: &Attribution| -> Vec<(&'static str, usize)> {
        attribution.effects.iter().map(|effect| (effect.id, effect.parts.len())).collect()
    };
    let expected = shape(first);
    for (index, attribution) in periods.iter().enumerate() {
        let period = index + 1;
        let returns = [attribution.portfolio_return, attribution.benchmark_return];
        let mut numbers = attribution.effects.iter().flat_map(|effect| &effect.parts).chain(&returns);
        if !numbers.all(|number| number.is_finite()) {
            return Err(AttributionError::NotFinite { what: "period", position: period });
        }
        if shape(attribution) != expected {
            return Err(AttributionError::Segments { period });
        }
        if attribution.excess == Excess::Ratio {
            return Err(AttributionError::Ratio { period });
        }
        if !is_explained(attribution) {
            let (explained, excess) = (attribution.explained(), attribution.excess_return());
            return Err(AttributionError::Unexplained { period, explained, excess });
        }
    }
    Ok(())
}

/// Whether the effects explain the difference or ratio, measured by the growth of portfolio and benchmark.
fn is_explained(attribution: &Attribution) -> bool {
    let excess = attribution.excess_return();
    let size = 1.0 + attribution.portfolio_return.abs() + attribution.benchmark_return.abs() + excess.abs();
    // False for a residual that is no number.
    (attribution.explained() - excess).abs() <= RESIDUAL_MAX * size
}

/// Refuses a period after which there is nothing, or less, of the portfolio or the benchmark.
fn check_growth(periods: &[Attribution]) -> Result<(), AttributionError> {
    let is_lost = |period: &Attribution| period.portfolio_return <= -1.0 || period.benchmark_return <= -1.0;
    match periods.iter().position(is_lost) {
        Some(index) => Err(AttributionError::TotalLoss { period: index + 1 }),
        None => Ok(()),
    }
}

/// What portfolio has over benchmark at the end of a period in which both started equal, as a fraction.
fn relative_return(period: &Attribution) -> f64 {
    (period.portfolio_return - period.benchmark_return) / (1.0 + period.benchmark_return)
}

/// `(e^x − 1) / x`, and 1 where `x` is zero.
fn growth_slope(logarithm: f64) -> f64 {
    if logarithm.abs() <= 0.0 { 1.0 } else { logarithm.exp_m1() / logarithm }
}

/// The effects of every period times the factor of the period, added up.
fn weighted_sum(periods: &[Attribution], factors: &[f64]) -> Vec<Effect> {
    let kinds = periods.first().map_or(0, |first| first.effects.len());
    let of_kind = |kind: usize| {
        let effects: Vec<&Effect> = periods.iter().filter_map(|period| period.effects.get(kind)).collect();
        weighted_effect(&effects, factors)
    };
    (0..kinds).filter_map(of_kind).collect()
}

/// One effect of every period times the factor of the period, added up; none of no period.
fn weighted_effect(effects: &[&Effect], factors: &[f64]) -> Option<Effect> {
    let first = effects.first()?;
    let part = |at: usize| {
        let terms = effects.iter().zip(factors).filter_map(|(effect, factor)| Some(effect.parts.get(at)? * factor));
        neumaier_sum(terms)
    };
    Some(Effect { id: first.id, parts: (0..first.parts.len()).map(part).collect() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::{ATTRIBUTION_MODELS, AttributionInput, AttributionModel, CURRENCY, Segment, contribution};
    use crate::sample_attribution::{
        EUROPEAN_EQUITY, JAPANESE_EQUITY, any_period, any_period_within, bacon_quarters, by_brinson_fachler, unhedged,
    };
    use crate::sample_series::assert_close;

    #[test]
    fn a_wrong_id_is_told_the_right_ones() {
        assert_eq!(linking_method("menchero").expect("listed").id, "menchero");
        let error = linking_method("davies_laker").expect_err("not listed").to_string();
        let known = "carino, menchero, grap, frongello, geometric";
        assert_eq!(error, format!("unknown linking method `davies_laker`; known: {known}"));
    }

    #[test]
    fn what_cannot_be_linked_is_named() {
        let good = by_brinson_fachler(&[EUROPEAN_EQUITY, JAPANESE_EQUITY]);
        let ratio = geometric::METHOD.link(std::slice::from_ref(&good)).unwrap();
        let other = Attribution { portfolio_return: 0.2, ..good.clone() };
        let cases = [
            (Attribution { benchmark_return: f64::NAN, ..good.clone() }, "a number of period 2 is not finite"),
            (
                good.clone().with_interaction_in_selection(),
                "period 2 has other effects or another number of segments than the first",
            ),
            (
                Attribution { effects: Vec::new(), ..good.clone() },
                "period 2 has other effects or another number of segments than the first",
            ),
            (ratio, "the effects of period 2 compound to a ratio of returns: link its own periods instead"),
        ];
        for method in LINKING_METHODS {
            assert_eq!(method.link(&[]), Err(AttributionError::Nothing { what: "periods" }), "{}", method.id);
            for (period, words) in &cases {
                let error = method.link(&[good.clone(), period.clone()]).unwrap_err();
                assert_eq!(&error.to_string(), words, "{}", method.id);
            }
            // 20 % less 13.25 % is 6.75 %, and the effects are those of 12.75 %.
            match method.link(&[good.clone(), other.clone()]) {
                Err(AttributionError::Unexplained { period: 2, explained, excess }) => {
                    assert_close(explained, -0.005);
                    assert_close(excess, 0.0675);
                }
                outcome => panic!("{}: {outcome:?}", method.id),
            }
        }
    }

    #[test]
    fn bacon_s_year_by_every_method() {
        // The portfolio returned 8.3, −3.4, −5 and 4.5 %, the benchmark 6.4, −4.6, −12.5 and 2 %.
        let portfolio_return = 1.083 * 0.966 * 0.95 * 1.045 - 1.0;
        let benchmark_return = 1.064 * 0.954 * 0.875 * 1.02 - 1.0;
        for method in LINKING_METHODS {
            let year = method.link(&bacon_quarters()).unwrap();
            assert_close(year.portfolio_return, portfolio_return);
            assert_close(year.benchmark_return, benchmark_return);
            let excess = match method.excess {
                Excess::Difference => portfolio_return - benchmark_return,
                Excess::Ratio => (1.0 + portfolio_return) / (1.0 + benchmark_return) - 1.0,
            };
            assert_close(year.explained(), excess);
        }
    }

    #[test]
    fn one_period_is_its_own_link() {
        let period = by_brinson_fachler(&[EUROPEAN_EQUITY, JAPANESE_EQUITY]);
        for method in LINKING_METHODS.iter().filter(|method| method.excess == Excess::Difference) {
            let linked = method.link(std::slice::from_ref(&period)).unwrap();
            for (effect, linked_effect) in period.effects.iter().zip(&linked.effects) {
                for (part, linked_part) in effect.parts.iter().zip(&linked_effect.parts) {
                    assert_close(*linked_part, *part);
                }
            }
        }
    }

    #[test]
    fn contributions_of_two_days_add_up_to_their_return() {
        // 100 earn 10, then 110 lose 11: 21 % is not lost and not won, −1 % is.
        let days = [contribution::of_gains(&[10, 0], 100).unwrap(), contribution::of_gains(&[4, -15], 110).unwrap()];
        for method in LINKING_METHODS {
            let linked = method.link(&days).unwrap();
            assert_close(linked.portfolio_return, -0.01);
            assert_close(linked.effects[0].total(), -0.01);
        }
        // By GRAP a contribution is the gain over the first day's capital: (10 + 4) / 100 and −15 / 100.
        let parts = &grap::METHOD.link(&days).unwrap().effects[0].parts;
        assert_close(parts[0], 0.14);
        assert_close(parts[1], -0.15);
    }

    fn residual(linked: &Attribution) -> f64 {
        linked.explained() - linked.excess_return()
    }

    proptest! {
        #[test]
        fn nothing_is_left_unexplained(periods in prop::collection::vec(any_period(), 1..24)) {
            for (id, attributions) in by_every_model(&periods) {
                for method in LINKING_METHODS {
                    let linked = method.link(&attributions).unwrap();
                    let size = 1.0 + linked.portfolio_return.abs() + linked.benchmark_return.abs();
                    let left = residual(&linked);
                    prop_assert!(left.abs() <= 1e-13 * size, "{id} by {}: {left:e}", method.id);
                }
            }
        }

        #[test]
        fn segments_add_up_to_their_group(periods in prop::collection::vec(any_period(), 1..12)) {
            // Linked by segment and then added up, or added up and then linked.
            let by_segment: Vec<Attribution> = periods.iter().map(|segments| by_brinson_fachler(segments)).collect();
            let grouped: Vec<Attribution> = by_segment
                .iter()
                .map(|period| {
                    let total = |effect: &Effect| Effect { id: effect.id, parts: vec![effect.total()] };
                    Attribution { effects: period.effects.iter().map(total).collect(), ..period.clone() }
                })
                .collect();
            for method in LINKING_METHODS {
                let (fine, coarse) = (method.link(&by_segment).unwrap(), method.link(&grouped).unwrap());
                for (parts, group) in fine.effects.iter().zip(&coarse.effects) {
                    prop_assert!((parts.total() - group.total()).abs() <= 1e-12, "{}", method.id);
                }
            }
        }
    }

    /// Periods by every model, and the name of the model.
    fn by_every_model(periods: &[Vec<Segment>]) -> Vec<(&'static str, Vec<Attribution>)> {
        let by = |model: &&'static AttributionModel| {
            let period = |segments: &Vec<Segment>| {
                let currencies = unhedged(segments);
                (model.attribute)(&AttributionInput { segments, currencies: &currencies }).unwrap()
            };
            (model.id, periods.iter().map(period).collect())
        };
        ATTRIBUTION_MODELS.iter().map(by).collect()
    }

    proptest! {
        #[test]
        fn the_order_of_the_segments_does_not_matter(
            periods in prop::collection::vec(any_period(), 1..12),
            order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(),
        ) {
            let shuffled: Vec<Vec<Segment>> =
                periods.iter().map(|segments| order.iter().map(|place| segments[*place]).collect()).collect();
            for ((id, plain), (_, moved)) in by_every_model(&periods).into_iter().zip(by_every_model(&shuffled)) {
                for method in LINKING_METHODS {
                    let (plain, moved) = (method.link(&plain).unwrap(), method.link(&moved).unwrap());
                    for (effect, other) in plain.effects.iter().zip(&moved.effects) {
                        prop_assert!((effect.total() - other.total()).abs() <= 1e-12, "{id} by {}", method.id);
                        // Parts by currency have an order of their own.
                        let by_segment = order.iter().enumerate().filter(|_| effect.id != CURRENCY);
                        for (new, old) in by_segment {
                            let gap = effect.parts[*old] - other.parts[new];
                            prop_assert!(gap.abs() <= 1e-12, "{id} by {}: {gap:e}", method.id);
                        }
                    }
                }
            }
        }

        #[test]
        fn halves_of_a_segment_have_its_effects(
            periods in prop::collection::vec(any_period(), 1..12),
            split in 0_usize..4,
        ) {
            let halved = |segments: &Vec<Segment>| {
                let mut halved = segments.clone();
                halved[split].portfolio_weight /= 2.0;
                halved[split].benchmark_weight /= 2.0;
                halved.push(halved[split]);
                halved
            };
            let in_halves: Vec<Vec<Segment>> = periods.iter().map(halved).collect();
            for ((id, whole), (_, halves)) in by_every_model(&periods).into_iter().zip(by_every_model(&in_halves)) {
                for method in LINKING_METHODS {
                    let (whole, halves) = (method.link(&whole).unwrap(), method.link(&halves).unwrap());
                    prop_assert!((whole.portfolio_return - halves.portfolio_return).abs() <= 1e-12);
                    prop_assert!((whole.explained() - halves.explained()).abs() <= 1e-12);
                    for (effect, other) in whole.effects.iter().zip(&halves.effects) {
                        prop_assert!((effect.total() - other.total()).abs() <= 1e-12, "{id} by {}", method.id);
                        if effect.id != CURRENCY {
                            let gap = effect.parts[split] - other.parts[split] - other.parts[4];
                            prop_assert!(gap.abs() <= 1e-12, "{id} by {}: {gap:e}", method.id);
                        }
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 64, ..ProptestConfig::default() })]
        #[test]
        fn ten_years_of_days_leave_nothing_over(
            periods in prop::collection::vec(any_period_within(0.03), 2_520..2_521),
        ) {
            let days: Vec<Attribution> = periods.iter().map(|segments| by_brinson_fachler(segments)).collect();
            for method in LINKING_METHODS {
                let linked = method.link(&days).unwrap();
                let size = 1.0 + linked.portfolio_return.abs() + linked.benchmark_return.abs();
                prop_assert!(residual(&linked).abs() <= 1e-12 * size, "{}: {:e}", method.id, residual(&linked));
            }
        }
    }
}
