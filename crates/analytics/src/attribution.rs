//! Why a portfolio did better or worse than its benchmark: where it was invested, and in what. One model a file.
//!
//! A model splits the difference of the returns of one period into effects, each with a part for every segment (or
//! currency). The parts of all effects add up to the difference. How the effects of several periods become those of
//! the whole is a matter of [`crate::linking`].

pub mod brinson_fachler;
pub mod brinson_hood_beebower;
pub mod contribution;
pub mod karnosky_singer;

use schemas::Currency;

use crate::statistics::neumaier_sum;

/// The effect of holding more or less of a segment than the benchmark.
pub const ALLOCATION: &str = "allocation";
/// The effect of other returns inside a segment, at the benchmark's weight.
pub const SELECTION: &str = "selection";
/// The effect of both together: more of what was chosen well.
pub const INTERACTION: &str = "interaction";
/// The effect of holding more or less of a currency than the benchmark, hedges included.
pub const CURRENCY: &str = "currency";
/// What a segment added to the portfolio's return.
pub const CONTRIBUTION: &str = "contribution";

/// Weights may miss one by this much, as rounded ones do. They are taken as shares of their sum.
const WEIGHT_TOLERANCE: f64 = 1e-9;

/// A part of portfolio and benchmark, e.g. a sector, over one period. All numbers are fractions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// The part of the portfolio at the start, e.g. 0.25. Negative if it is owed.
    pub portfolio_weight: f64,
    /// The part of the benchmark at the start.
    pub benchmark_weight: f64,
    /// What the portfolio's part returned, in the base currency.
    pub portfolio_return: f64,
    /// What the benchmark's part returned, in the base currency.
    pub benchmark_return: f64,
    /// The currency it is invested in; none if there are several or nobody asks. Only `karnosky_singer` does.
    pub currency: Option<Currency>,
}

/// How much of portfolio and benchmark is in a currency once hedges are counted, over one period. All fractions.
///
/// A hedge is a loan in one currency, lent on in another: what a forward is by covered interest parity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurrencyExposure {
    /// The currency, e.g. `USD`.
    pub currency: Currency,
    /// The part of the portfolio at the start, e.g. 0.25. Negative if more is hedged than held.
    pub portfolio_weight: f64,
    /// The part of the benchmark at the start.
    pub benchmark_weight: f64,
    /// What cash in this currency earned, seen from this currency.
    pub cash_return: f64,
    /// What the currency itself rose against the base currency; 0 for the base currency.
    pub exchange_return: f64,
}

/// What a model may use.
#[derive(Clone, Copy, Debug)]
pub struct AttributionInput<'a> {
    /// The segments; their weights add up to one.
    pub segments: &'a [Segment],
    /// The currencies; their weights add up to one. May be empty: only `karnosky_singer` looks at them.
    pub currencies: &'a [CurrencyExposure],
}

/// What is explained: the difference of two returns or their ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// `R − B`, to which effects add up.
    Difference,
    /// `(1 + R) / (1 + B) − 1`, to which effects compound.
    Ratio,
}

/// One reason for the difference, e.g. the allocation.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The id, e.g. `allocation`.
    pub id: &'static str,
    /// What each segment has of it, in the order of the segments; each currency, in theirs, for `currency`.
    pub parts: Vec<f64>,
}

/// What explains a portfolio's return beyond its benchmark's.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// What the portfolio returned.
    pub portfolio_return: f64,
    /// What the benchmark returned. Zero for contributions, which are compared with nothing.
    pub benchmark_return: f64,
    /// What the effects explain.
    pub excess: Excess,
    /// The effects, in the order in which decisions are made: where, then what.
    pub effects: Vec<Effect>,
}

/// A way of splitting one period.
#[derive(Clone, Copy, Debug)]
pub struct AttributionModel {
    /// The id, e.g. `brinson_fachler`.
    pub id: &'static str,
    /// The name on screens.
    pub title: &'static str,
    /// What it does, in a sentence or two.
    pub definition: &'static str,
    /// The effects of one period. They add up to the difference of the returns.
    pub attribute: fn(&AttributionInput<'_>) -> Result<Attribution, AttributionError>,
}

/// Every model.
pub static ATTRIBUTION_MODELS: &[&AttributionModel] =
    &[&brinson_fachler::MODEL, &brinson_hood_beebower::MODEL, &karnosky_singer::MODEL, &contribution::MODEL];

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
    #[error("a number of {what} {position} is not finite")]
    NotFinite {
        /// `segment`, `currency` or `period`.
        what: &'static str,
        /// Its position, from 1.
        position: usize,
    },
    /// The weights leave something out.
    #[error("the weights of the {whole} add up to {sum}, not to 1")]
    Weights {
        /// `portfolio`, `benchmark`, `portfolio's currencies` or `benchmark's currencies`.
        whole: &'static str,
        /// Their sum.
        sum: f64,
    },
    /// A segment is in no currency, or in several.
    #[error("segment {segment} is not of one currency: divide it by currency")]
    NoCurrency {
        /// The position of the segment, from 1.
        segment: usize,
    },
    /// Nothing is known about the currency of a segment.
    #[error("segment {segment} is in {currency}, of which no cash return is given")]
    UnknownCurrency {
        /// The position of the segment, from 1.
        segment: usize,
        /// Its currency.
        currency: Currency,
    },
    /// It is not clear which of two rows of a currency is meant.
    #[error("{currency} is given twice")]
    RepeatedCurrency {
        /// The currency.
        currency: Currency,
    },
    /// Without capital there is no return.
    #[error("a capital of zero or less earns no return")]
    NoCapital,
    /// Periods have different effects or segments.
    #[error("period {period} has other effects or another number of segments than the first")]
    Segments {
        /// The position of the period, from 1.
        period: usize,
    },
    /// The effects of a period are not what they should explain.
    #[error("the effects of period {period} explain {explained} instead of {excess}")]
    Unexplained {
        /// The position of the period, from 1.
        period: usize,
        /// What the effects add up to.
        explained: f64,
        /// What there is to explain.
        excess: f64,
    },
    /// A period was linked to a ratio before: its effects do not add up.
    #[error("the effects of period {period} compound to a ratio of returns: link its own periods instead")]
    Ratio {
        /// The position of the period, from 1.
        period: usize,
    },
    /// After a loss of everything nothing can be linked.
    #[error("period {period} lost everything: its return has no logarithm")]
    TotalLoss {
        /// The position of the period, from 1.
        period: usize,
    },
    /// The linked effects are not what they should explain: the numbers are too far apart for 64 bits.
    #[error("linked by `{method}`, the effects explain {explained} instead of {excess}")]
    Residual {
        /// The id of the linking method.
        method: &'static str,
        /// What the effects add up or compound to.
        explained: f64,
        /// What there is to explain.
        excess: f64,
    },
    /// There is no such model.
    #[error("unknown attribution model `{id}`; known: {known}")]
    UnknownModel {
        /// The id as given.
        id: String,
        /// The ids that there are.
        known: String,
    },
    /// There is no such linking method.
    #[error("unknown linking method `{id}`; known: {known}")]
    UnknownLinking {
        /// The id as given.
        id: String,
        /// The ids that there are.
        known: String,
    },
}

/// The model of this id.
///
/// # Errors
/// [`AttributionError::UnknownModel`] if there is none.
pub fn attribution_model(id: &str) -> Result<&'static AttributionModel, AttributionError> {
    ATTRIBUTION_MODELS.iter().copied().find(|model| model.id == id).ok_or_else(|| {
        let known: Vec<&str> = ATTRIBUTION_MODELS.iter().map(|model| model.id).collect();
        AttributionError::UnknownModel { id: id.to_owned(), known: known.join(", ") }
    })
}

impl Effect {
    /// Everything it explains.
    pub fn total(&self) -> f64 {
        neumaier_sum(self.parts.iter().copied())
    }
}

impl Attribution {
    /// What the portfolio returned beyond the benchmark, as a difference or a ratio.
    pub fn excess_return(&self) -> f64 {
        let difference = self.portfolio_return - self.benchmark_return;
        match self.excess {
            Excess::Difference => difference,
            Excess::Ratio => difference / (1.0 + self.benchmark_return),
        }
    }

    /// The sum of all effects, or what they compound to.
    pub fn explained(&self) -> f64 {
        match self.excess {
            Excess::Difference => neumaier_sum(self.effects.iter().flat_map(|effect| effect.parts.iter().copied())),
            Excess::Ratio => self.effects.iter().map(|effect| 1.0 + effect.total()).product::<f64>() - 1.0,
        }
    }

    /// The effect of this id, e.g. `allocation`; none if the model knows no such effect.
    pub fn effect(&self, id: &str) -> Option<&Effect> {
        self.effects.iter().find(|effect| effect.id == id)
    }

    /// The same with the interaction counted as selection, which is then measured at the portfolio's weights.
    ///
    /// Effects that compound are to be merged before they are linked; they are left as they are.
    #[must_use]
    pub fn with_interaction_in_selection(mut self) -> Attribution {
        let places = [SELECTION, INTERACTION].map(|id| self.effects.iter().position(|effect| effect.id == id));
        if let ([Some(_), Some(interaction)], Excess::Difference) = (places, self.excess) {
            let interaction = self.effects.remove(interaction);
            for selection in self.effects.iter_mut().filter(|effect| effect.id == SELECTION) {
                for (sum, part) in selection.parts.iter_mut().zip(&interaction.parts) {
                    *sum += part;
                }
            }
        }
        self
    }
}

/// The segments, with weights that add up to one as closely as numbers can.
fn checked(segments: &[Segment]) -> Result<Vec<Segment>, AttributionError> {
    if segments.is_empty() {
        return Err(AttributionError::Nothing { what: "segments" });
    }
    let numbers =
        |part: &Segment| [part.portfolio_weight, part.benchmark_weight, part.portfolio_return, part.benchmark_return];
    check_finite("segment", segments.iter().map(numbers))?;
    let portfolio = shares("portfolio", segments.iter().map(|part| part.portfolio_weight))?;
    let benchmark = shares("benchmark", segments.iter().map(|part| part.benchmark_weight))?;
    let rows = segments.iter().zip(portfolio).zip(benchmark);
    Ok(rows
        .map(|((part, portfolio_weight), benchmark_weight)| Segment { portfolio_weight, benchmark_weight, ..*part })
        .collect())
}

fn check_finite<const N: usize>(
    what: &'static str,
    mut rows: impl Iterator<Item = [f64; N]>,
) -> Result<(), AttributionError> {
    match rows.position(|numbers| !numbers.into_iter().all(f64::is_finite)) {
        Some(index) => Err(AttributionError::NotFinite { what, position: index + 1 }),
        None => Ok(()),
    }
}

/// The weights as shares of their sum, which has to be one.
pub(crate) fn shares(
    whole: &'static str,
    weights: impl Iterator<Item = f64> + Clone,
) -> Result<Vec<f64>, AttributionError> {
    let sum = neumaier_sum(weights.clone());
    if WEIGHT_TOLERANCE < (sum - 1.0).abs() {
        return Err(AttributionError::Weights { whole, sum });
    }
    Ok(weights.map(|weight| weight / sum).collect())
}

/// The sum of what each row weighs and returned.
fn weighted_return(rows: impl Iterator<Item = (f64, f64)>) -> f64 {
    neumaier_sum(rows.map(|(weight, number)| weight * number))
}

/// `(Σ wp rp, Σ wb rb)`.
fn returns(segments: &[Segment]) -> (f64, f64) {
    let portfolio = weighted_return(segments.iter().map(|part| (part.portfolio_weight, part.portfolio_return)));
    let benchmark = weighted_return(segments.iter().map(|part| (part.benchmark_weight, part.benchmark_return)));
    (portfolio, benchmark)
}

/// Allocation against a hurdle, selection and interaction.
fn brinson_effects(segments: &[Segment], hurdle: f64) -> Vec<Effect> {
    let weight_difference = |part: &Segment| part.portfolio_weight - part.benchmark_weight;
    let return_difference = |part: &Segment| part.portfolio_return - part.benchmark_return;
    let effect = |id: &'static str, part_of: &dyn Fn(&Segment) -> f64| Effect {
        id,
        parts: segments.iter().map(part_of).collect(),
    };
    vec![
        effect(ALLOCATION, &|part| weight_difference(part) * (part.benchmark_return - hurdle)),
        effect(SELECTION, &|part| part.benchmark_weight * return_difference(part)),
        effect(INTERACTION, &|part| weight_difference(part) * return_difference(part)),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_attribution::{EUROPEAN_EQUITY, JAPANESE_EQUITY, any_period, unhedged};
    use crate::sample_series::assert_close;

    #[test]
    fn a_wrong_id_is_told_the_right_ones() {
        assert_eq!(attribution_model("brinson_fachler").expect("listed").id, "brinson_fachler");
        let error = attribution_model("brinson").expect_err("not listed").to_string();
        let known = "brinson_fachler, brinson_hood_beebower, karnosky_singer, contribution";
        assert_eq!(error, format!("unknown attribution model `brinson`; known: {known}"));
    }

    #[test]
    fn what_cannot_be_attributed_is_named() {
        let unknown = Segment { portfolio_return: f64::NAN, ..JAPANESE_EQUITY };
        let cases: [(&[Segment], &str); 3] = [
            (&[], "no segments"),
            (&[EUROPEAN_EQUITY], "the weights of the portfolio add up to 0.5, not to 1"),
            (&[EUROPEAN_EQUITY, unknown], "a number of segment 2 is not finite"),
        ];
        for model in ATTRIBUTION_MODELS {
            for (segments, words) in cases {
                let error = (model.attribute)(&AttributionInput { segments, currencies: &[] }).unwrap_err();
                assert_eq!(error.to_string(), words, "{}", model.id);
            }
        }
    }

    #[test]
    fn rounded_weights_are_shares_of_their_sum() {
        // Three thirds of ten digits add up to 0.9999999999; the return is still that of three thirds.
        let third = Segment {
            portfolio_weight: 0.333_333_333_3,
            benchmark_weight: 0.333_333_333_3,
            portfolio_return: 0.3,
            benchmark_return: 0.1,
            currency: None,
        };
        let input = AttributionInput { segments: &[third, third, third], currencies: &[] };
        let attribution = (brinson_fachler::MODEL.attribute)(&input).unwrap();
        assert_close(attribution.portfolio_return, 0.3);
        assert_close(attribution.explained(), 0.2);
    }

    #[test]
    fn interaction_may_be_counted_as_selection() {
        let input = AttributionInput { segments: &[EUROPEAN_EQUITY, JAPANESE_EQUITY], currencies: &[] };
        let merged = (brinson_fachler::MODEL.attribute)(&input).unwrap().with_interaction_in_selection();
        assert_eq!(merged.effect(INTERACTION), None);
        // 0.5 · (0.135 − 0.15) and 0.5 · (0.12 − 0.08), at the portfolio's weights.
        let selection = merged.effect(SELECTION).unwrap();
        assert_close(selection.parts[0], -0.0075);
        assert_close(selection.parts[1], 0.02);
        assert_close(merged.explained(), -0.005);
    }

    proptest! {
        #[test]
        fn nothing_is_left_unexplained(segments in any_period()) {
            let currencies = unhedged(&segments);
            for model in ATTRIBUTION_MODELS {
                let attribution = (model.attribute)(&AttributionInput { segments: &segments, currencies: &currencies });
                let attribution = attribution.unwrap();
                let residual = attribution.explained() - attribution.excess_return();
                prop_assert!(residual.abs() <= 1e-14, "{}: {residual:e}", model.id);
                let merged = attribution.clone().with_interaction_in_selection();
                prop_assert!((merged.explained() - attribution.explained()).abs() <= 1e-14, "{}", model.id);
            }
        }
    }
}
