//! Why a portfolio did better or worse than its benchmark: where it was invested, and in what.
//!
//! One period is split into allocation (other weights than the benchmark's), selection (other returns inside a
//! segment) and interaction (both at once). Periods are linked by Carino's factors, so that the effects of all periods
//! add up to the difference of the compounded returns without a residual.
//!
//! - Source: Brinson, Hood and Beebower, *Determinants of Portfolio Performance*, 1986; Brinson and Fachler, *Measuring
//!   Non-US Equity Portfolio Performance*, 1985; Carino, *Combining Attribution Effects over Time*, 1999.

/// Weights may miss one by this much.
const WEIGHT_TOLERANCE: f64 = 1e-9;

/// A part of portfolio and benchmark, e.g. a sector, over one period. All numbers are fractions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// The part of the portfolio at the start, e.g. 0.25.
    pub portfolio_weight: f64,
    /// The part of the benchmark at the start.
    pub benchmark_weight: f64,
    /// What the portfolio's part returned.
    pub portfolio_return: f64,
    /// What the benchmark's part returned.
    pub benchmark_return: f64,
}

/// How allocation is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllocationModel {
    /// `(wp − wb) (rb − B)`: more of a segment is good if the segment did better than the whole benchmark.
    BrinsonFachler,
    /// `(wp − wb) rb`: more of a segment is good if the segment rose. Only the sum over all segments means anything.
    BrinsonHoodBeebower,
}

/// What one segment contributed to the difference.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SegmentEffects {
    /// From its weight.
    pub allocation: f64,
    /// From the returns inside it, at the benchmark's weight.
    pub selection: f64,
    /// From both together: more of what was chosen well.
    pub interaction: f64,
}

/// The difference between portfolio and benchmark, by segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// What the portfolio returned.
    pub portfolio_return: f64,
    /// What the benchmark returned.
    pub benchmark_return: f64,
    /// The effects, in the order of the segments. They add up to the difference of the returns.
    pub effects: Vec<SegmentEffects>,
}

/// Why there is no attribution.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AttributionError {
    /// There is nothing to attribute.
    #[error("no {what}")]
    Nothing {
        /// `segments` or `periods`.
        what: &'static str,
    },
    /// A number is NaN or infinite.
    #[error("a number of segment {segment} is not finite")]
    NotFinite {
        /// The position of the segment, from 1.
        segment: usize,
    },
    /// The weights leave something out.
    #[error("the weights of the {whole} add up to {sum}, not to 1")]
    Weights {
        /// `portfolio` or `benchmark`.
        whole: &'static str,
        /// Their sum.
        sum: f64,
    },
    /// Periods have different segments.
    #[error("period {period} has {segments} segments, the first has {expected}")]
    Segments {
        /// The position of the period, from 1.
        period: usize,
        /// The number of its segments.
        segments: usize,
        /// The number of the first period's segments.
        expected: usize,
    },
    /// After a loss of everything nothing can be linked.
    #[error("period {period} lost everything: its return has no logarithm")]
    TotalLoss {
        /// The position of the period, from 1.
        period: usize,
    },
}

impl SegmentEffects {
    /// Everything the segment contributed.
    pub fn total(&self) -> f64 {
        self.allocation + self.selection + self.interaction
    }

    /// Selection as it is without an interaction of its own: at the portfolio's weight.
    pub fn selection_with_interaction(&self) -> f64 {
        self.selection + self.interaction
    }
}

impl Attribution {
    /// What the portfolio returned beyond the benchmark, as a difference.
    pub fn active_return(&self) -> f64 {
        self.portfolio_return - self.benchmark_return
    }

    /// The sum of all effects.
    pub fn explained(&self) -> f64 {
        self.effects.iter().map(SegmentEffects::total).sum()
    }
}

/// The attribution of one period.
///
/// # Errors
/// [`AttributionError`] if there is no segment, a number is not finite, or weights do not add up to one.
pub fn attribute(segments: &[Segment], model: AllocationModel) -> Result<Attribution, AttributionError> {
    check(segments)?;
    let portfolio_return: f64 = segments.iter().map(|part| part.portfolio_weight * part.portfolio_return).sum();
    let benchmark_return: f64 = segments.iter().map(|part| part.benchmark_weight * part.benchmark_return).sum();
    let hurdle = match model {
        AllocationModel::BrinsonFachler => benchmark_return,
        AllocationModel::BrinsonHoodBeebower => 0.0,
    };
    let effects = segments.iter().map(|part| effects_of(part, hurdle)).collect();
    Ok(Attribution { portfolio_return, benchmark_return, effects })
}

/// The attribution of consecutive periods, linked by Carino's factors.
///
/// # Errors
/// [`AttributionError`] if there is no period, periods have different numbers of segments, or one lost everything.
pub fn link_carino(periods: &[Attribution]) -> Result<Attribution, AttributionError> {
    let Some(first) = periods.first() else {
        return Err(AttributionError::Nothing { what: "periods" });
    };
    let expected = first.effects.len();
    let (mut portfolio_growth, mut benchmark_growth) = (1.0, 1.0);
    for (index, attribution) in periods.iter().enumerate() {
        let period = index + 1;
        if attribution.effects.len() != expected {
            return Err(AttributionError::Segments { period, segments: attribution.effects.len(), expected });
        }
        if attribution.portfolio_return <= -1.0 || attribution.benchmark_return <= -1.0 {
            return Err(AttributionError::TotalLoss { period });
        }
        portfolio_growth *= 1.0 + attribution.portfolio_return;
        benchmark_growth *= 1.0 + attribution.benchmark_return;
    }
    let (portfolio_return, benchmark_return) = (portfolio_growth - 1.0, benchmark_growth - 1.0);
    let whole_factor = carino_factor(portfolio_return, benchmark_return);
    let mut effects = vec![SegmentEffects::default(); expected];
    for attribution in periods {
        let scale = carino_factor(attribution.portfolio_return, attribution.benchmark_return) / whole_factor;
        for (sum, part) in effects.iter_mut().zip(&attribution.effects) {
            sum.allocation += scale * part.allocation;
            sum.selection += scale * part.selection;
            sum.interaction += scale * part.interaction;
        }
    }
    Ok(Attribution { portfolio_return, benchmark_return, effects })
}

fn check(segments: &[Segment]) -> Result<(), AttributionError> {
    if segments.is_empty() {
        return Err(AttributionError::Nothing { what: "segments" });
    }
    let is_finite = |part: &Segment| {
        [part.portfolio_weight, part.benchmark_weight, part.portfolio_return, part.benchmark_return]
            .into_iter()
            .all(f64::is_finite)
    };
    if let Some(index) = segments.iter().position(|part| !is_finite(part)) {
        return Err(AttributionError::NotFinite { segment: index + 1 });
    }
    let portfolio_sum: f64 = segments.iter().map(|part| part.portfolio_weight).sum();
    let benchmark_sum: f64 = segments.iter().map(|part| part.benchmark_weight).sum();
    for (whole, sum) in [("portfolio", portfolio_sum), ("benchmark", benchmark_sum)] {
        if WEIGHT_TOLERANCE < (sum - 1.0).abs() {
            return Err(AttributionError::Weights { whole, sum });
        }
    }
    Ok(())
}

fn effects_of(part: &Segment, hurdle: f64) -> SegmentEffects {
    let weight_difference = part.portfolio_weight - part.benchmark_weight;
    let return_difference = part.portfolio_return - part.benchmark_return;
    SegmentEffects {
        allocation: weight_difference * (part.benchmark_return - hurdle),
        selection: part.benchmark_weight * return_difference,
        interaction: weight_difference * return_difference,
    }
}

/// `(ln(1 + rp) − ln(1 + rb)) / (rp − rb)`, and `1 / (1 + rb)` where the returns are equal. Written so that returns
/// that are almost equal lose no digits.
fn carino_factor(portfolio_return: f64, benchmark_return: f64) -> f64 {
    let relative = (portfolio_return - benchmark_return) / (1.0 + benchmark_return);
    let slope = if relative.abs() <= 0.0 { 1.0 } else { relative.ln_1p() / relative };
    slope / (1.0 + benchmark_return)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::assert_close;

    const EUROPEAN_EQUITY: Segment =
        Segment { portfolio_weight: 0.5, benchmark_weight: 0.75, portfolio_return: 0.135, benchmark_return: 0.15 };
    const JAPANESE_EQUITY: Segment =
        Segment { portfolio_weight: 0.5, benchmark_weight: 0.25, portfolio_return: 0.12, benchmark_return: 0.08 };

    #[test]
    fn european_and_japanese_equity() {
        // Practice question of CFA level III: portfolio 12.75 %, benchmark 13.25 %, selection with interaction 1.25 %.
        let attribution = attribute(&[EUROPEAN_EQUITY, JAPANESE_EQUITY], AllocationModel::BrinsonFachler).unwrap();
        assert_close(attribution.portfolio_return, 0.1275);
        assert_close(attribution.benchmark_return, 0.1325);
        let selection: f64 = attribution.effects.iter().map(SegmentEffects::selection_with_interaction).sum();
        assert_close(selection, 0.0125);
        // (0.5 − 0.75) · (0.15 − 0.1325) and (0.5 − 0.25) · (0.08 − 0.1325).
        assert_close(attribution.effects[0].allocation, -0.004_375);
        assert_close(attribution.effects[1].allocation, -0.013_125);
        // 0.75 · (0.135 − 0.15) and 0.25 · (0.12 − 0.08); −0.25 · −0.015 and 0.25 · 0.04.
        assert_close(attribution.effects[0].selection, -0.011_25);
        assert_close(attribution.effects[1].selection, 0.01);
        assert_close(attribution.effects[0].interaction, 0.003_75);
        assert_close(attribution.effects[1].interaction, 0.01);
        assert_close(attribution.explained(), attribution.active_return());
    }

    #[test]
    fn without_the_hurdle_of_the_whole_benchmark() {
        // (0.5 − 0.75) · 0.15 and (0.5 − 0.25) · 0.08; the sum is the same: −0.0175.
        let model = AllocationModel::BrinsonHoodBeebower;
        let attribution = attribute(&[EUROPEAN_EQUITY, JAPANESE_EQUITY], model).unwrap();
        assert_close(attribution.effects[0].allocation, -0.0375);
        assert_close(attribution.effects[1].allocation, 0.02);
        assert_close(attribution.explained(), -0.005);
    }

    #[test]
    fn two_equal_periods() {
        // One segment chosen 10 % against 0 %, twice: 21 % against 0 %. Both factors are ln(1.1) / 0.1 over
        // ln(1.21) / 0.21, so that each period carries half of the 21 %.
        let chosen =
            Segment { portfolio_weight: 1.0, benchmark_weight: 1.0, portfolio_return: 0.1, benchmark_return: 0.0 };
        let period = attribute(&[chosen], AllocationModel::BrinsonFachler).unwrap();
        let linked = link_carino(&[period.clone(), period]).unwrap();
        assert_close(linked.portfolio_return, 0.21);
        assert_close(linked.effects[0].selection, 0.21);
        assert_close(carino_factor(0.05, 0.05), 1.0 / 1.05);
    }

    #[test]
    fn what_cannot_be_attributed_is_named() {
        let error =
            |segments: &[Segment]| attribute(segments, AllocationModel::BrinsonFachler).unwrap_err().to_string();
        assert_eq!(error(&[]), "no segments");
        assert_eq!(error(&[EUROPEAN_EQUITY]), "the weights of the portfolio add up to 0.5, not to 1");
        let unknown = Segment { benchmark_return: f64::NAN, ..JAPANESE_EQUITY };
        assert_eq!(error(&[EUROPEAN_EQUITY, unknown]), "a number of segment 2 is not finite");
        assert_eq!(link_carino(&[]).unwrap_err(), AttributionError::Nothing { what: "periods" });
        let period = attribute(&[EUROPEAN_EQUITY, JAPANESE_EQUITY], AllocationModel::BrinsonFachler).unwrap();
        let lost = Attribution { portfolio_return: -1.0, ..period.clone() };
        assert_eq!(link_carino(&[period.clone(), lost]).unwrap_err(), AttributionError::TotalLoss { period: 2 });
        let fewer = Attribution { effects: Vec::new(), ..period.clone() };
        let segments = AttributionError::Segments { period: 2, segments: 0, expected: 2 };
        assert_eq!(link_carino(&[period, fewer]).unwrap_err(), segments);
    }

    fn any_period() -> impl Strategy<Value = Vec<Segment>> {
        let part = (0.01..1.0_f64, 0.01..1.0_f64, -0.3..0.3_f64, -0.3..0.3_f64);
        prop::collection::vec(part, 4).prop_map(|parts| {
            let portfolio_sum: f64 = parts.iter().map(|part| part.0).sum();
            let benchmark_sum: f64 = parts.iter().map(|part| part.1).sum();
            let segment = |part: &(f64, f64, f64, f64)| Segment {
                portfolio_weight: part.0 / portfolio_sum,
                benchmark_weight: part.1 / benchmark_sum,
                portfolio_return: part.2,
                benchmark_return: part.3,
            };
            parts.iter().map(segment).collect()
        })
    }

    proptest! {
        #[test]
        fn nothing_is_left_unexplained(periods in prop::collection::vec(any_period(), 1..24)) {
            for model in [AllocationModel::BrinsonFachler, AllocationModel::BrinsonHoodBeebower] {
                let mut attributions = Vec::new();
                for segments in &periods {
                    let attribution = attribute(segments, model).unwrap();
                    prop_assert!((attribution.explained() - attribution.active_return()).abs() <= 1e-12);
                    attributions.push(attribution);
                }
                let linked = link_carino(&attributions).unwrap();
                let size = 1.0 + linked.portfolio_return.abs() + linked.benchmark_return.abs();
                prop_assert!((linked.explained() - linked.active_return()).abs() <= 1e-12 * size);
            }
        }
    }
}
