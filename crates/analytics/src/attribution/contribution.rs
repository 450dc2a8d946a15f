//! What each segment added to the portfolio's return.

use super::{Attribution, AttributionError, AttributionInput, AttributionModel, CONTRIBUTION, Effect, Excess};
use crate::daily_return::daily_return;
use crate::statistics::neumaier_sum;

/// One effect a segment: `wp rp`.
///
/// - Input: segments; weights at the start of the period, returns in the base currency. The benchmark is not looked at.
///   Where there is trading inside the period, use [`of_gains`], which needs no weights.
/// - Output: `contribution` as a fraction; the parts add up to the return, and the benchmark's return is zero.
/// - Unavailable: no segment; a number is not finite; weights do not add up to one.
/// - Source: Bacon, *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., 2008, ch. 5.
pub static MODEL: AttributionModel = AttributionModel {
    id: "contribution",
    title: "Contribution",
    definition: "What each segment added to the return of the portfolio: its weight at the start times its return. \
                 There is no benchmark in it.",
    attribute,
};

fn attribute(input: &AttributionInput<'_>) -> Result<Attribution, AttributionError> {
    if input.segments.is_empty() {
        return Err(AttributionError::Nothing { what: "segments" });
    }
    super::check_finite("segment", input.segments.iter().map(|part| [part.portfolio_weight, part.portfolio_return]))?;
    let weights = super::shares("portfolio", input.segments.iter().map(|part| part.portfolio_weight))?;
    let rows = weights.iter().zip(input.segments);
    let parts: Vec<f64> = rows.clone().map(|(weight, part)| weight * part.portfolio_return).collect();
    Ok(of_parts(super::weighted_return(rows.map(|(weight, part)| (*weight, part.portfolio_return))), parts))
}

/// The contributions of a day, from what each segment gained: end value and outflows, less start value and inflows.
///
/// - Input: exact amounts in units of the tenth decimal of one currency. What went from one segment to another is an
///   outflow of the one and an inflow of the other. The capital is that of the daily return: the portfolio's
///   value at the start and what the client brought in.
/// - Output: `contribution` as a fraction; the parts add up to the portfolio's return of the day.
///
/// # Errors
/// [`AttributionError`] if there is no segment, no capital, or a sum does not fit.
pub fn of_gains(gains: &[i128], capital: i128) -> Result<Attribution, AttributionError> {
    if gains.is_empty() {
        return Err(AttributionError::Nothing { what: "segments" });
    }
    let of_gain = |gain: i128| capital.checked_add(gain).and_then(|end| daily_return(capital, 0, 0, end));
    let too_large = |index: usize| AttributionError::NotFinite { what: "segment", position: index + 1 };
    of_gain(0).ok_or(AttributionError::NoCapital)?;
    let mut parts = Vec::with_capacity(gains.len());
    let mut sum = 0_i128;
    for (index, gain) in gains.iter().enumerate() {
        parts.push(of_gain(*gain).ok_or_else(|| too_large(index))?);
        sum = sum.checked_add(*gain).ok_or_else(|| too_large(index))?;
    }
    let portfolio_return = of_gain(sum).ok_or_else(|| too_large(gains.len() - 1))?;
    Ok(of_parts(portfolio_return, parts))
}

/// The contributions of a time of which nothing else is known: their sum is what was earned.
///
/// - Input: what each segment earned by the capital of the whole, as fractions.
/// - Output: `contribution`, the same numbers, and their sum as the portfolio's return.
pub fn of_parts_alone(parts: Vec<f64>) -> Attribution {
    of_parts(neumaier_sum(parts.iter().copied()), parts)
}

fn of_parts(portfolio_return: f64, parts: Vec<f64>) -> Attribution {
    let effects = vec![Effect { id: CONTRIBUTION, parts }];
    Attribution { portfolio_return, benchmark_return: 0.0, excess: Excess::Difference, effects }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_attribution::{EUROPEAN_EQUITY, JAPANESE_EQUITY};
    use crate::sample_series::assert_close;

    #[test]
    fn european_and_japanese_equity() {
        // 0.5 · 0.135 and 0.5 · 0.12: together 12.75 %, the portfolio's return of the practice question.
        let input = AttributionInput { segments: &[EUROPEAN_EQUITY, JAPANESE_EQUITY], currencies: &[] };
        let attribution = attribute(&input).unwrap();
        assert_close(attribution.effects[0].parts[0], 0.0675);
        assert_close(attribution.effects[0].parts[1], 0.06);
        assert_close(attribution.explained(), 0.1275);
        assert_close(attribution.excess_return(), 0.1275);
    }

    #[test]
    fn a_purchase_during_the_day_is_no_gain() {
        // 60 in shares and 40 in cash; the client brings 100 to cash; shares for 50 are bought, which end at 121.
        // Shares gained 121 − 60 − 50 = 11, cash 90 + 50 − 40 − 100 = 0: 11 / 200 = 5.5 % from the shares.
        let unit = 10_000_000_000_i128;
        let attribution = of_gains(&[11 * unit, 0], 200 * unit).unwrap();
        assert_close(attribution.portfolio_return, 0.055);
        assert_eq!(attribution.effects[0].parts, [0.055, 0.0]);
        assert_eq!(Some(attribution.portfolio_return), daily_return(100 * unit, 100 * unit, 0, 211 * unit));
    }

    #[test]
    fn contributions_alone_are_their_sum() {
        // 2.1 % and 5 % are 7.1 %, as in the example of trades in `group_attribution`.
        let attribution = of_parts_alone(vec![0.021, 0.05]);
        assert_close(attribution.portfolio_return, 0.071);
        assert_eq!(attribution.effect(CONTRIBUTION).unwrap().parts, [0.021, 0.05]);
        assert_close(attribution.explained() - attribution.excess_return(), 0.0);
    }

    #[test]
    fn without_capital_there_is_no_contribution() {
        assert_eq!(of_gains(&[1], 0), Err(AttributionError::NoCapital));
        assert_eq!(of_gains(&[1], -100), Err(AttributionError::NoCapital));
        assert_eq!(of_gains(&[], 100), Err(AttributionError::Nothing { what: "segments" }));
        let second = AttributionError::NotFinite { what: "segment", position: 2 };
        assert_eq!(of_gains(&[1, i128::MAX], 100), Err(second));
    }

    proptest! {
        #[test]
        fn contributions_add_up_to_the_return_of_the_day(
            gains in prop::collection::vec(-1_000_000_000_000_000_i128..1_000_000_000_000_000, 1..40),
            capital in 1_000_000_000_000_000_i128..1_000_000_000_000_000_000,
        ) {
            let attribution = of_gains(&gains, capital).unwrap();
            prop_assert!((attribution.explained() - attribution.portfolio_return).abs() <= 1e-13);
        }
    }
}
