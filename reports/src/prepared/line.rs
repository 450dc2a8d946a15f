//! One line: what a statement says, as it was handed over.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A statement. Further fields are left alone.
#[derive(Debug, Deserialize)]
pub(super) struct Statement<'a> {
    #[serde(borrow)]
    pub(super) statement_id: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) client_name: Cow<'a, str>,
    pub(super) client_address: Vec<String>,
    #[serde(borrow)]
    pub(super) portfolio_id: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) base_currency: Cow<'a, str>,
    pub(super) period_start: NaiveDate,
    pub(super) period_end: NaiveDate,
    /// Label and figure.
    pub(super) key_figures: Vec<(String, String)>,
    pub(super) chart: Lines,
    /// Class and fraction.
    pub(super) allocation: Vec<(String, Exact)>,
    #[serde(borrow)]
    pub(super) positions: Vec<Position<'a>>,
    #[serde(borrow)]
    pub(super) positions_total: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) transactions: Vec<Transaction<'a>>,
}

/// Two lines over the same days.
#[derive(Debug, Deserialize)]
pub(super) struct Lines {
    pub(super) dates: Vec<NaiveDate>,
    pub(super) portfolio: Vec<Exact>,
    pub(super) benchmark: Vec<Exact>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Position<'a> {
    #[serde(borrow)]
    pub(super) symbol: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) quantity: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) price: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) cost: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) value: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) gain: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) weight: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Transaction<'a> {
    #[serde(borrow)]
    pub(super) date: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) symbol: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) quantity: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) price: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) amount: Cow<'a, str>,
}

/// A number as the shortest decimal that reads back as it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exact(pub(super) Decimal);

/// Decimals that are tried before a number is taken apart digit by digit.
const DECIMALS_QUICK: [(u32, f64); 4] = [(0, 1.0), (2, 100.0), (4, 10_000.0), (6, 1_000_000.0)];
/// Whole numbers up to here are exact in floating point.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exact, D::Error> {
        deserializer.deserialize_f64(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Exact;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number of at most 28 digits")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Exact, E> {
        exact(number).map(Exact).ok_or_else(|| E::custom(format!("{number} has more than 28 digits")))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Exact, E> {
        Ok(Exact(Decimal::from(number)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Exact, E> {
        Ok(Exact(Decimal::from(number)))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the number is whole and below two to the power of 53")]
fn exact(number: f64) -> Option<Decimal> {
    for (decimals, power) in DECIMALS_QUICK {
        let whole = (number * power).round();
        if whole.abs() < WHOLE_MAX && (whole / power).to_bits() == number.to_bits() {
            return Some(Decimal::new(whole as i64, decimals));
        }
    }
    // Digits beyond the seventeenth say nothing about a number of 64 bits.
    let text = format!("{number}");
    text.parse().ok().or_else(|| Decimal::from_scientific(&format!("{number:e}")).ok())
}

impl Statement<'_> {
    /// Reads a line, or says what is wrong with it.
    pub(super) fn read(text: &[u8]) -> Result<Statement<'_>, String> {
        let statement: Statement<'_> = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let lines = &statement.chart;
        let days = lines.dates.len();
        for (name, values) in [("portfolio", &lines.portfolio), ("benchmark", &lines.benchmark)] {
            if values.len() != days {
                return Err(format!("`chart.{name}` has {} values for {days} `chart.dates`", values.len()));
            }
        }
        let pairs = lines.dates.iter().zip(lines.dates.iter().skip(1));
        if let Some(place) = pairs.into_iter().position(|(before, after)| after <= before) {
            return Err(format!("`chart.dates` entry {} is not after the one before", place + 2));
        }
        if statement.period_end < statement.period_start {
            return Err("`period_end` is before `period_start`".to_owned());
        }
        Ok(statement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_decimals_that_were_written() {
        for text in ["251234.56", "0.123456", "-0.07", "3", "1e2", "0.1", "100000000000000.5", "0.3333333333333333"] {
            let Exact(read) = serde_json::from_str(text).expect("a number");
            let written = text.parse().or_else(|_| Decimal::from_scientific(text)).expect("a decimal");
            assert_eq!(read, written, "{text}");
        }
        assert!(serde_json::from_str::<Exact>("1e300").is_err());
        assert!(serde_json::from_str::<Exact>("\"1\"").is_err(), "a text is no number");
    }
}
