//! Markets and currencies as two decisions: what is earned beyond cash, and cash in which currency.

use schemas::Currency;

use super::{
    Attribution, AttributionError, AttributionInput, AttributionModel, CURRENCY, CurrencyExposure, Effect, Excess,
    Segment,
};

/// Brinson and Fachler's effects of what a segment earned beyond cash of its currency, and a fourth effect a currency.
///
/// Whoever buys a foreign market can hedge the currency by borrowing there, and forgoes that cash return. So a return
/// in the base currency is a premium over cash and the return of cash: with `k = (1 + c)(1 + e) − 1`, the cash return
/// `c` of a currency that rose by `e`, the portfolio returned `Σ wp (rp − k) + Σ hp k`. Premiums are weighted as
/// segments are, cash as currencies are once hedges are counted (`hp`, `hb`). The currency effect is
/// `(hp − hb)(k − K)` with `K = Σ hb k`.
///
/// The monograph works with continuously compounded returns, where `k = c + e`; compounded, the same holds exactly for
/// simple returns.
///
/// - Input: segments of one currency each, returns in the base currency; a row for every currency of a segment or a
///   hedge.
/// - Output: `allocation`, `selection` and `interaction` by segment and `currency` by currency, as fractions; they add
///   up to the difference of the returns with hedges.
/// - Unavailable: as Brinson-Fachler; a segment is of no or several currencies; a currency is missing or given twice.
/// - Source: Karnosky and Singer, *Global Asset Management and Performance Attribution*, CFA Institute Research
///   Foundation, 1994.
pub static MODEL: AttributionModel = AttributionModel {
    id: "karnosky_singer",
    title: "Karnosky-Singer",
    definition: "Allocation, selection and interaction of what segments earned beyond cash of their currency, and the \
                 effect of holding other currencies than the benchmark, hedges included.",
    attribute,
};

fn attribute(input: &AttributionInput<'_>) -> Result<Attribution, AttributionError> {
    let segments = super::checked(input.segments)?;
    let currencies = checked(input.currencies)?;
    let premiums = premiums(&segments, &currencies)?;
    let (portfolio_premium, benchmark_premium) = super::returns(&premiums);
    let cash = |weight: fn(&CurrencyExposure) -> f64| {
        super::weighted_return(currencies.iter().map(|row| (weight(row), cash_return(row))))
    };
    let portfolio_cash = cash(|row| row.portfolio_weight);
    let benchmark_cash = cash(|row| row.benchmark_weight);
    let mut effects = super::brinson_effects(&premiums, benchmark_premium);
    let currency_effect =
        |row: &CurrencyExposure| (row.portfolio_weight - row.benchmark_weight) * (cash_return(row) - benchmark_cash);
    effects.push(Effect { id: CURRENCY, parts: currencies.iter().map(currency_effect).collect() });
    Ok(Attribution {
        portfolio_return: portfolio_premium + portfolio_cash,
        benchmark_return: benchmark_premium + benchmark_cash,
        excess: Excess::Difference,
        effects,
    })
}

/// What cash of the currency returned in the base currency.
fn cash_return(row: &CurrencyExposure) -> f64 {
    row.cash_return + row.exchange_return + row.cash_return * row.exchange_return
}

/// The currencies, with weights that add up to one as closely as numbers can. None at all is told by the segments.
fn checked(currencies: &[CurrencyExposure]) -> Result<Vec<CurrencyExposure>, AttributionError> {
    if currencies.is_empty() {
        return Ok(Vec::new());
    }
    let numbers =
        |row: &CurrencyExposure| [row.portfolio_weight, row.benchmark_weight, row.cash_return, row.exchange_return];
    super::check_finite("currency", currencies.iter().map(numbers))?;
    let mut names: Vec<Currency> = currencies.iter().map(|row| row.currency).collect();
    names.sort_unstable();
    if let Some(currency) = names.windows(2).find_map(|pair| pair.first().filter(|first| pair.last() == Some(*first))) {
        return Err(AttributionError::RepeatedCurrency { currency: *currency });
    }
    let portfolio = super::shares("portfolio's currencies", currencies.iter().map(|row| row.portfolio_weight))?;
    let benchmark = super::shares("benchmark's currencies", currencies.iter().map(|row| row.benchmark_weight))?;
    let rows = currencies.iter().zip(portfolio).zip(benchmark);
    let exposure = |((row, portfolio_weight), benchmark_weight): ((&CurrencyExposure, f64), f64)| CurrencyExposure {
        portfolio_weight,
        benchmark_weight,
        ..*row
    };
    Ok(rows.map(exposure).collect())
}

/// The segments with what they returned beyond cash of their currency.
fn premiums(segments: &[Segment], currencies: &[CurrencyExposure]) -> Result<Vec<Segment>, AttributionError> {
    let mut premiums = Vec::with_capacity(segments.len());
    for (index, part) in segments.iter().enumerate() {
        let segment = index + 1;
        let currency = part.currency.ok_or(AttributionError::NoCurrency { segment })?;
        let Some(row) = currencies.iter().find(|row| row.currency == currency) else {
            return Err(AttributionError::UnknownCurrency { segment, currency });
        };
        let cash = cash_return(row);
        premiums.push(Segment {
            portfolio_return: part.portfolio_return - cash,
            benchmark_return: part.benchmark_return - cash,
            ..*part
        });
    }
    Ok(premiums)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::{ALLOCATION, INTERACTION, SELECTION, brinson_fachler};
    use crate::sample_attribution::{any_period, unhedged};
    use crate::sample_series::assert_close;

    /// American and European shares, seen from the dollar; 30 % of euros are sold forward, the benchmark has no hedge.
    const AMERICA: Segment = Segment {
        portfolio_weight: 0.4,
        benchmark_weight: 0.5,
        portfolio_return: 0.06,
        benchmark_return: 0.05,
        currency: Some(Currency::USD),
    };
    const EUROPE: Segment = Segment {
        portfolio_weight: 0.6,
        benchmark_weight: 0.5,
        portfolio_return: 0.144,
        benchmark_return: 0.122,
        currency: Some(Currency::EUR),
    };
    const DOLLARS: CurrencyExposure = CurrencyExposure {
        currency: Currency::USD,
        portfolio_weight: 0.7,
        benchmark_weight: 0.5,
        cash_return: 0.02,
        exchange_return: 0.0,
    };
    const EUROS: CurrencyExposure = CurrencyExposure {
        currency: Currency::EUR,
        portfolio_weight: 0.3,
        benchmark_weight: 0.5,
        cash_return: 0.05,
        exchange_return: 0.04,
    };

    #[test]
    fn half_of_the_euros_hedged() {
        // Cash: 2 % in dollars and 1.05 · 1.04 − 1 = 9.2 % in euros.
        // Premiums: portfolio 6 − 2 = 4 % and 14.4 − 9.2 = 5.2 %; benchmark 3 % and 3 %, together 3 %.
        // Portfolio: 0.4 · 4 % + 0.6 · 5.2 % + 0.7 · 2 % + 0.3 · 9.2 % = 1.6 + 3.12 + 1.4 + 2.76 = 8.88 %.
        // Benchmark: 3 % + 0.5 · 2 % + 0.5 · 9.2 % = 8.6 %, which is 0.5 · 5 % + 0.5 · 12.2 %: it has no hedge.
        let input = AttributionInput { segments: &[AMERICA, EUROPE], currencies: &[DOLLARS, EUROS] };
        let attribution = attribute(&input).unwrap();
        assert_close(attribution.portfolio_return, 0.0888);
        assert_close(attribution.benchmark_return, 0.086);
        let parts = |id: &str| attribution.effect(id).unwrap().parts.clone();
        // Both markets had the premium of the whole: there was nothing to gain by allocation.
        assert_close(parts(ALLOCATION)[0], 0.0);
        assert_close(parts(ALLOCATION)[1], 0.0);
        // 0.5 · (4 − 3) % and 0.5 · (5.2 − 3) %; −0.1 · 1 % and 0.1 · 2.2 %.
        assert_close(parts(SELECTION)[0], 0.005);
        assert_close(parts(SELECTION)[1], 0.011);
        assert_close(parts(INTERACTION)[0], -0.001);
        assert_close(parts(INTERACTION)[1], 0.0022);
        // Cash of the benchmark's currencies returned 5.6 %: 0.2 · (2 − 5.6) % and −0.2 · (9.2 − 5.6) %.
        assert_close(parts(CURRENCY)[0], -0.0072);
        assert_close(parts(CURRENCY)[1], -0.0072);
        // 0.5 + 1.1 − 0.1 + 0.22 − 0.72 − 0.72 = 0.28 % = 8.88 − 8.6 %.
        assert_close(attribution.explained(), 0.0028);
    }

    #[test]
    fn what_is_unclear_about_currencies_is_named() {
        let error = |segments: &[Segment], currencies: &[CurrencyExposure]| {
            attribute(&AttributionInput { segments, currencies }).unwrap_err().to_string()
        };
        let mixed = Segment { currency: None, ..EUROPE };
        let words = "segment 2 is not of one currency: divide it by currency";
        assert_eq!(error(&[AMERICA, mixed], &[DOLLARS, EUROS]), words);
        let all_dollars = CurrencyExposure { portfolio_weight: 1.0, benchmark_weight: 1.0, ..DOLLARS };
        let words = "segment 2 is in EUR, of which no cash return is given";
        assert_eq!(error(&[AMERICA, EUROPE], &[all_dollars]), words);
        assert_eq!(error(&[AMERICA, EUROPE], &[]), "segment 1 is in USD, of which no cash return is given");
        assert_eq!(error(&[AMERICA, EUROPE], &[EUROS, DOLLARS, EUROS]), "EUR is given twice");
        let words = "the weights of the portfolio's currencies add up to 0.7, not to 1";
        assert_eq!(error(&[AMERICA, EUROPE], &[DOLLARS]), words);
        let unknown = CurrencyExposure { cash_return: f64::INFINITY, ..EUROS };
        assert_eq!(error(&[AMERICA, EUROPE], &[DOLLARS, unknown]), "a number of currency 2 is not finite");
    }

    proptest! {
        #[test]
        fn hedged_as_the_benchmark_there_is_no_currency_effect(segments in any_period()) {
            let mut currencies = unhedged(&segments);
            for row in &mut currencies {
                row.portfolio_weight = row.benchmark_weight;
            }
            let attribution = attribute(&AttributionInput { segments: &segments, currencies: &currencies }).unwrap();
            prop_assert!(attribution.effect(CURRENCY).unwrap().parts.iter().all(|part| part.abs() <= 1e-15));
            prop_assert!((attribution.explained() - attribution.excess_return()).abs() <= 1e-14);
        }

        #[test]
        fn in_one_currency_it_is_brinson_fachler(segments in any_period()) {
            let segments: Vec<Segment> =
                segments.iter().map(|part| Segment { currency: Some(Currency::EUR), ..*part }).collect();
            let euros = CurrencyExposure { portfolio_weight: 1.0, benchmark_weight: 1.0, ..EUROS };
            let input = AttributionInput { segments: &segments, currencies: &[euros] };
            let attribution = attribute(&input).unwrap();
            let plain = (brinson_fachler::MODEL.attribute)(&input).unwrap();
            prop_assert!((attribution.portfolio_return - plain.portfolio_return).abs() <= 1e-14);
            prop_assert!(attribution.effect(CURRENCY).unwrap().total().abs() <= 1e-15);
            for effect in &plain.effects {
                let parts = &attribution.effect(effect.id).unwrap().parts;
                prop_assert!(parts.iter().zip(&effect.parts).all(|(left, right)| (left - right).abs() <= 1e-14));
            }
        }

        #[test]
        fn without_hedges_the_returns_are_those_of_the_segments(segments in any_period()) {
            let currencies = unhedged(&segments);
            let input = AttributionInput { segments: &segments, currencies: &currencies };
            let attribution = attribute(&input).unwrap();
            let plain = (brinson_fachler::MODEL.attribute)(&input).unwrap();
            prop_assert!((attribution.portfolio_return - plain.portfolio_return).abs() <= 1e-14);
            prop_assert!((attribution.benchmark_return - plain.benchmark_return).abs() <= 1e-14);
        }

        #[test]
        fn a_hedge_moves_the_currency_effect_and_nothing_else(segments in any_period(), hedged in -1.0..1.0_f64) {
            let before = unhedged(&segments);
            let mut after = before.clone();
            after[0].portfolio_weight -= hedged;
            after[1].portfolio_weight += hedged;
            let of = |currencies| attribute(&AttributionInput { segments: &segments, currencies }).unwrap();
            let (before, after) = (of(&before), of(&after));
            for id in [ALLOCATION, SELECTION, INTERACTION] {
                prop_assert_eq!(before.effect(id), after.effect(id));
            }
            prop_assert!((after.explained() - after.excess_return()).abs() <= 1e-14);
        }
    }
}
