//! Allocation against the whole benchmark, selection and interaction.

use super::{Attribution, AttributionError, AttributionInput, AttributionModel, Excess};

/// Three effects a segment: `(wp − wb)(rb − B)`, `wb (rp − rb)` and `(wp − wb)(rp − rb)`.
///
/// - Input: segments of portfolio and benchmark; weights at the start of the period, returns in the base currency.
/// - Output: `allocation`, `selection` and `interaction` as fractions; they add up to `R − B`.
/// - Unavailable: no segment; a number is not finite; weights do not add up to one.
/// - Source: Brinson and Fachler, *Measuring Non-US Equity Portfolio Performance*, 1985.
pub static MODEL: AttributionModel = AttributionModel {
    id: "brinson_fachler",
    title: "Brinson-Fachler",
    definition: "Allocation: more of a segment is good if the segment did better than the whole benchmark. Selection: \
                 other returns inside a segment, at the benchmark's weight. Interaction: both together.",
    attribute,
};

fn attribute(input: &AttributionInput<'_>) -> Result<Attribution, AttributionError> {
    let segments = super::checked(input.segments)?;
    let (portfolio_return, benchmark_return) = super::returns(&segments);
    let effects = super::brinson_effects(&segments, benchmark_return);
    Ok(Attribution { portfolio_return, benchmark_return, excess: Excess::Difference, effects })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::{ALLOCATION, INTERACTION, SELECTION};
    use crate::sample_attribution::{EUROPEAN_EQUITY, JAPANESE_EQUITY, bacon_quarters};
    use crate::sample_series::{assert_close, assert_within};

    #[test]
    fn european_and_japanese_equity() {
        // Practice question of CFA level III: portfolio 12.75 %, benchmark 13.25 %, selection with interaction 1.25 %.
        let input = AttributionInput { segments: &[EUROPEAN_EQUITY, JAPANESE_EQUITY], currencies: &[] };
        let attribution = attribute(&input).unwrap();
        assert_close(attribution.portfolio_return, 0.1275);
        assert_close(attribution.benchmark_return, 0.1325);
        let [allocation, selection, interaction] =
            [ALLOCATION, SELECTION, INTERACTION].map(|id| attribution.effect(id).unwrap());
        assert_close(selection.total() + interaction.total(), 0.0125);
        // (0.5 − 0.75) · (0.15 − 0.1325) and (0.5 − 0.25) · (0.08 − 0.1325).
        assert_close(allocation.parts[0], -0.004_375);
        assert_close(allocation.parts[1], -0.013_125);
        // 0.75 · (0.135 − 0.15) and 0.25 · (0.12 − 0.08); −0.25 · −0.015 and 0.25 · 0.04.
        assert_close(selection.parts[0], -0.011_25);
        assert_close(selection.parts[1], 0.01);
        assert_close(interaction.parts[0], 0.003_75);
        assert_close(interaction.parts[1], 0.01);
        assert_close(attribution.explained(), attribution.excess_return());
    }

    #[test]
    fn four_quarters_of_bacon() {
        // Bacon, Practical Portfolio Performance Measurement and Attribution, 2008, table 8.1: allocation and
        // selection (with interaction) of each quarter, to four decimals.
        let allocation = [[0.0, -0.0104, -0.0016], [-0.0072, -0.0086, 0.0108], [0.025, 0.0175, -0.0075]];
        let selection = [[0.04, -0.003, -0.006], [0.014, -0.002, 0.005], [0.015, 0.015, 0.01]];
        let quarters = bacon_quarters();
        for (quarter, (allocation, selection)) in quarters.iter().zip(allocation.iter().zip(&selection)) {
            for (id, published) in [(ALLOCATION, allocation), (SELECTION, selection)] {
                for (part, number) in quarter.effect(id).unwrap().parts.iter().zip(published) {
                    assert_within(*part, *number, 0.000_051);
                }
            }
        }
        // The last quarter: allocation −0.0030 −0.0070 0.0000, selection 0.0150 −0.0100 0.0300.
        assert_within(quarters[3].effects[0].total(), -0.01, 0.000_051);
        assert_within(quarters[3].effects[1].total(), 0.035, 0.000_051);
    }
}
