//! Historical simulation in today's weather: past returns as large as they would be with today's volatility.

use super::{RiskMethod, RiskQuestion, TailRisk, historical};
use crate::figure::NoFigure;
use crate::risk::ewma::DECAY;
use crate::statistics;

/// Value at risk and expected shortfall of the observed returns, each multiplied by today's deviation over that of its
/// own day.
///
/// `r′ₜ = rₜ · σ/σₜ`, with the exponentially weighted variance that was known before the day,
/// `σ²ₜ₊₁ = 0.94 σ²ₜ + 0.06 r²ₜ`, and `σ` the forecast after the last one. The tail is that of `historical`.
///
/// - Input: daily returns as fractions in order of date.
/// - Output: fractions of the value, a loss is positive.
/// - Edge: the first day has no days before it. It takes the mean of all squared returns for its variance; what that
///   puts in fades like all the past. For a single day it is the method of Hull and White; they and Barone-Adesi differ
///   in how they go on from there.
/// - Horizon: the sums of all runs of so many multiplied returns; today's deviation is that of every day ahead.
/// - Unavailable: no return, or fewer than the horizon's days; a return is NaN or infinite; nothing moved before a day,
///   so that its deviation is zero.
/// - Source: Hull and White, *Incorporating Volatility Updating into the Historical Simulation Method for Value at
///   Risk*, Journal of Risk 1 (1998); Barone-Adesi, Giannopoulos and Vosper, *VaR without Correlations for Portfolios
///   of Derivative Securities*, Journal of Futures Markets 19 (1999).
pub static METHOD: RiskMethod = RiskMethod {
    id: "filtered_historical",
    title: "Filtered historical simulation",
    definition: "Historical simulation with returns that are made as large as they would be with today's volatility: \
                 each is multiplied by the ratio of today's exponentially weighted deviation (decay 0.94) to that of \
                 its day.",
    horizon: "The sums of the multiplied returns of every run of so many days; runs overlap.",
    estimate,
};

fn estimate(question: &RiskQuestion<'_>) -> Result<TailRisk, NoFigure> {
    question.check(question.days)?;
    historical::of_runs(&filtered(question.returns)?, question)
}

/// The returns as large as they would be with the deviation that is forecast after the last of them.
fn filtered(returns: &[f64]) -> Result<Vec<f64>, NoFigure> {
    let squares: Vec<f64> = returns.iter().map(|number| number * number).collect();
    let mut variance = statistics::mean(&squares).ok_or_else(|| NoFigure::new("no daily return"))?;
    let mut standardised = Vec::with_capacity(returns.len());
    for (position, number) in returns.iter().enumerate() {
        let ratio = number / variance.sqrt();
        if !ratio.is_finite() {
            return Err(NoFigure::new(format!("the deviation before return number {} is zero", position + 1)));
        }
        standardised.push(ratio);
        variance = DECAY * variance + (1.0 - DECAY) * number * number;
    }
    let today = variance.sqrt();
    Ok(standardised.into_iter().map(|ratio| ratio * today).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{HEAVY_TAILED_RETURNS, assert_close, assert_within};

    #[test]
    fn two_days() {
        // 1 % and −2 %: the mean of the squares is 2.5 (in percent squared), then 0.94 · 2.5 + 0.06 · 1 = 2.41 before
        // the second and 0.94 · 2.41 + 0.06 · 4 = 2.5054 after it.
        let found = filtered(&[0.01, -0.02]).unwrap();
        assert_close(found[0], 0.01 * (2.5054_f64 / 2.5).sqrt());
        assert_close(found[1], -0.02 * (2.5054_f64 / 2.41).sqrt());
        assert_eq!(filtered(&[0.0; 5]).unwrap_err().to_string(), "the deviation before return number 1 is zero");
    }

    #[test]
    fn as_numpy_has_it() {
        let cases = [
            (1, 0.05, 0.023_129_869_853_117_966, 0.033_853_860_677_650_94),
            (1, 0.01, 0.035_387_717_803_215_49, 0.041_651_059_190_076_84),
            (5, 0.05, 0.053_105_269_898_114_04, 0.061_625_346_678_532_76),
            (5, 0.01, 0.063_636_978_146_370_18, 0.063_826_988_920_016_56),
        ];
        for (days, tail_probability, edge, mean) in cases {
            let found = estimate(&RiskQuestion { returns: &HEAVY_TAILED_RETURNS, tail_probability, days }).unwrap();
            assert_within(found.value_at_risk(), edge, 1e-14);
            assert_within(found.expected_shortfall(), mean, 1e-14);
        }
    }

    #[test]
    fn a_storm_makes_the_past_larger() {
        // 200 calm days of ±0.5 %, then twenty of ±2 %. The historical method still sees the calm.
        let mut returns: Vec<f64> = (0..200).map(|day| if day % 2 == 0 { 0.005 } else { -0.005 }).collect();
        returns.extend((0..20).map(|day| if day % 2 == 0 { 0.02 } else { -0.02 }));
        let question = RiskQuestion { returns: &returns, tail_probability: 0.1, days: 1 };
        let plain = (historical::METHOD.estimate)(&question).unwrap();
        let found = estimate(&question).unwrap();
        assert_within(plain.value_at_risk(), 0.005, 1e-15);
        // The deviation after the storm: √(0.94²⁰ · 0.25 + (1 − 0.94²⁰) · 4) = 1.706 (in percent).
        let today = (0.94_f64.powi(20) * 0.25 + (1.0 - 0.94_f64.powi(20)) * 4.0).sqrt() / 100.0;
        assert_within(found.value_at_risk(), today, 1e-5);
    }

    proptest! {
        #[test]
        fn returns_of_one_size_stay_as_they_are(size in 0.001..0.1_f64, days in 2..50_usize) {
            let returns: Vec<f64> = (0..days).map(|day| if day % 3 == 0 { -size } else { size }).collect();
            for (plain, found) in returns.iter().zip(filtered(&returns).unwrap()) {
                prop_assert!((plain - found).abs() <= 1e-15);
            }
        }
    }
}
