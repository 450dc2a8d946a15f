//! Allocation without a hurdle, selection and interaction.

use super::{Attribution, AttributionError, AttributionInput, AttributionModel, Excess};

/// Three effects a segment: `(wp − wb) rb`, `wb (rp − rb)` and `(wp − wb)(rp − rb)`.
///
/// - Input: segments of portfolio and benchmark; weights at the start of the period, returns in the base currency.
/// - Output: `allocation`, `selection` and `interaction` as fractions; they add up to `R − B`. Of the allocation only
///   the sum over all segments means anything.
/// - Unavailable: no segment; a number is not finite; weights do not add up to one.
/// - Source: Brinson, Hood and Beebower, *Determinants of Portfolio Performance*, Financial Analysts Journal, 1986.
pub static MODEL: AttributionModel = AttributionModel {
    id: "brinson_hood_beebower",
    title: "Brinson-Hood-Beebower",
    definition: "Allocation: more of a segment is good if the segment rose. Selection: other returns inside a segment, \
                 at the benchmark's weight. Interaction: both together.",
    attribute,
};

fn attribute(input: &AttributionInput<'_>) -> Result<Attribution, AttributionError> {
    let segments = super::checked(input.segments)?;
    let (portfolio_return, benchmark_return) = super::returns(&segments);
    let effects = super::brinson_effects(&segments, 0.0);
    Ok(Attribution { portfolio_return, benchmark_return, excess: Excess::Difference, effects })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::ALLOCATION;
    use crate::sample_attribution::{EUROPEAN_EQUITY, JAPANESE_EQUITY};
    use crate::sample_series::assert_close;

    #[test]
    fn without_the_hurdle_of_the_whole_benchmark() {
        // (0.5 − 0.75) · 0.15 and (0.5 − 0.25) · 0.08; the sum is that of Brinson-Fachler: −0.0175.
        let input = AttributionInput { segments: &[EUROPEAN_EQUITY, JAPANESE_EQUITY], currencies: &[] };
        let attribution = attribute(&input).unwrap();
        let allocation = attribution.effect(ALLOCATION).unwrap();
        assert_close(allocation.parts[0], -0.0375);
        assert_close(allocation.parts[1], 0.02);
        assert_close(allocation.total(), -0.0175);
        assert_close(attribution.explained(), -0.005);
    }
}
