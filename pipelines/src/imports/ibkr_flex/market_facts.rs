//! What a Flex statement says of markets: closes of open positions, and conversion rates.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::currency::CurrencyError;
use schemas::{BusinessDate, Currency};

use super::instruments::{Instruments, Naming, price_factor};
use super::rows::Row;
use crate::imports::{ExportFxRate, ExportQuote};
use crate::refusals::{Refusal, no_close, product, reject};

/// What the broker writes where it has no rate.
const NO_RATE: Decimal = Decimal::NEGATIVE_ONE;
/// Decimals of a rate that was divided.
const RATE_DECIMALS: u32 = 12;

/// The close of an open position on the day of the report.
pub(super) fn quote(row: &Row, instruments: &mut Instruments) -> Result<ExportQuote, Refusal> {
    let unit = row.unit()?;
    let price = row.required_number("markPrice")?;
    let missing = || reject("reportDate", "the attribute is missing; add it to the Flex query");
    let date = row.date("reportDate")?.ok_or_else(missing)?;
    if price <= Decimal::ZERO {
        return Err(reject("markPrice", no_close(row.text("symbol").unwrap_or("it"), date, price)));
    }
    let close = product("markPrice", [price, price_factor(row)?])?;
    Ok(ExportQuote { symbol: instruments.listed(row, unit, Naming::Name)?, date, close })
}

/// The closes of an export, one per instrument and day.
#[derive(Default)]
pub(super) struct Closes {
    by_day: BTreeMap<(String, BusinessDate), (Decimal, i64)>,
    list: Vec<ExportQuote>,
}

impl Closes {
    /// Adds a close.
    ///
    /// # Errors
    /// [`Refusal::Reject`] if the instrument has another close for the day.
    pub(super) fn add(&mut self, quote: ExportQuote, line: i64) -> Result<(), Refusal> {
        let key = (quote.symbol.clone(), quote.date);
        if let Some((close, first)) = self.by_day.get(&key) {
            let reason = format!("the close {close} of line {first} for {} is kept", quote.date);
            return if *close == quote.close { Ok(()) } else { Err(reject("closePrice", reason)) };
        }
        self.by_day.insert(key, (quote.close, line));
        self.list.push(quote);
        Ok(())
    }

    /// The closes in the order in which they were added.
    pub(super) fn into_list(self) -> Vec<ExportQuote> {
        self.list
    }
}

/// The conversion rates of a statement: what one unit of a currency is worth in the base currency of the account.
#[derive(Default)]
pub(super) struct ConversionRates {
    by_day: BTreeMap<BusinessDate, BTreeMap<(Currency, Currency), Decimal>>,
}

impl ConversionRates {
    /// Takes in a row.
    pub(super) fn add(&mut self, row: &Row) -> Result<(), Refusal> {
        let currency = |column: &'static str| -> Result<Currency, Refusal> {
            row.required(column)?.parse().map_err(|error: CurrencyError| reject(column, error.to_string()))
        };
        let (from, to) = (currency("fromCurrency")?, currency("toCurrency")?);
        let rate = row.required_number("rate")?;
        if rate == NO_RATE {
            return Ok(());
        }
        if rate <= Decimal::ZERO {
            return Err(reject("rate", format!("a rate is positive, not {rate}")));
        }
        let missing = || reject("reportDate", "the attribute is missing; add it to the Flex query");
        let date = row.date("reportDate")?.ok_or_else(missing)?;
        self.by_day.entry(date).or_default().entry((from, to)).or_insert(rate);
        Ok(())
    }

    /// The one currency into which all of them convert: the base currency of the account; none if there are several.
    pub(super) fn base(&self) -> Option<Currency> {
        let mut into = self.by_day.values().flat_map(|rates| rates.keys().map(|(_, to)| *to));
        let first = into.next()?;
        into.all(|other| other == first).then_some(first)
    }

    /// The rates as units per euro, for days on which the worth of the euro is known.
    ///
    /// With a base of EUR a rate is turned over; with another base it divides the rate of the euro of the same day. The
    /// broker gives rates to six digits; the quotient keeps twelve decimals.
    pub(super) fn per_euro(&self) -> BTreeMap<(BusinessDate, Currency), Decimal> {
        let mut found = BTreeMap::new();
        for (date, rates) in &self.by_day {
            for ((from, to), rate) in rates {
                let into_euro = (*to == Currency::EUR).then_some(Decimal::ONE);
                let Some(euro) = into_euro.or_else(|| rates.get(&(Currency::EUR, *to)).copied()) else { continue };
                if *to != Currency::EUR {
                    found.entry((*date, *to)).or_insert(euro);
                }
                if *from != Currency::EUR && *from != *to {
                    found.extend(quotient(euro, *rate).map(|units| ((*date, *from), units)));
                }
            }
        }
        found
    }
}

fn quotient(euro: Decimal, rate: Decimal) -> Option<Decimal> {
    let units = euro.checked_div(rate)?;
    let units = units.round_dp_with_strategy(RATE_DECIMALS, RoundingStrategy::MidpointAwayFromZero).normalize();
    (Decimal::ZERO < units).then_some(units)
}

/// The rates of every statement, one per currency and day: the first statement that has one says it.
pub(super) fn merged<'a>(statements: impl Iterator<Item = &'a ConversionRates>) -> Vec<ExportFxRate> {
    let mut found: BTreeMap<(BusinessDate, Currency), Decimal> = BTreeMap::new();
    for rates in statements {
        for (key, units) in rates.per_euro() {
            found.entry(key).or_insert(units);
        }
    }
    let rate = |((date, currency), units_per_eur)| ExportFxRate { currency, date, units_per_eur };
    found.into_iter().map(rate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml_elements::read_elements;

    fn rates(rows: &[(&str, &str, &str)]) -> ConversionRates {
        let mut rates = ConversionRates::default();
        for (from, to, rate) in rows {
            let tag = format!("<R reportDate='20230201' fromCurrency='{from}' toCurrency='{to}' rate='{rate}'/>");
            let elements = read_elements("a.xml", tag.as_bytes()).expect("readable");
            rates.add(&Row::of(&elements[0], "U1").expect("a row")).expect("a rate");
        }
        rates
    }

    fn told(rates: &ConversionRates) -> Vec<String> {
        rates.per_euro().into_iter().map(|((_, currency), units)| format!("{currency} {units}")).collect()
    }

    #[test]
    fn rates_are_turned_into_units_per_euro() {
        // 1 USD is worth 0.8 EUR: 1 / 0.8 = 1.25 USD for a euro.
        assert_eq!(told(&rates(&[("USD", "EUR", "0.8")])), ["USD 1.25"]);
        // 1 EUR is worth 0.96 CHF and 1 USD 0.8 CHF: 0.96 / 0.8 = 1.2 USD for a euro.
        let swiss = rates(&[("USD", "CHF", "0.8"), ("EUR", "CHF", "0.96")]);
        assert_eq!(told(&swiss), ["CHF 0.96", "USD 1.2"]);
        assert_eq!(swiss.base().map(|base| base.to_string()), Some("CHF".to_owned()));
        assert!(told(&rates(&[("USD", "CHF", "0.8")])).is_empty(), "without the euro nothing is said");
        assert!(told(&rates(&[("SAR", "EUR", "-1")])).is_empty(), "no rate is not a rate");
        assert_eq!(rates(&[("USD", "CHF", "0.8"), ("USD", "EUR", "0.9")]).base(), None);
    }
}
