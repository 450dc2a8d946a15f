//! A row of a Flex statement and its cells.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemas::{BusinessDate, Currency};

use crate::frames::exact;
use crate::imports::currency_and_scale;
use crate::refusals::{Refusal, bounded, reject};
use crate::xml_elements::Element;

/// A row with its cells.
pub(super) struct Row {
    /// The line on which it begins.
    pub(super) line: i64,
    /// The account it speaks of.
    pub(super) account: String,
    cells: BTreeMap<String, String>,
}

/// The currency of a row, and what its amounts are multiplied by to be in it: 0.01 where they are in pence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// The currency.
    pub(super) currency: Currency,
    /// The scale.
    pub(super) scale: Decimal,
}

/// Words that mean that there is nothing.
const NOTHING: &[&str] = &["", "-", "--", "N/A"];

impl Row {
    /// The row of an element in a statement of an account.
    pub(super) fn of(element: &Element<'_>, statement_account: &str) -> Result<Row, Refusal> {
        let attributes = element.attributes().map_err(|reason| reject("(row)", reason))?;
        let row = Row { line: element.line, account: String::new(), cells: attributes.into_iter().collect() };
        let account = row.text("accountId").unwrap_or(statement_account).to_owned();
        Ok(Row { account, ..row })
    }

    /// The text of a cell; none if it is missing, empty, or a dash.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.cells.get(name).map(|cell| cell.trim()).filter(|cell| !NOTHING.contains(cell))
    }

    /// The text of a cell that must be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| reject(name, "the attribute is missing; add it to the Flex query"))
    }

    /// The exact number of a cell; none if it is missing or empty.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<Decimal>, Refusal> {
        let read = |cell: &str| bounded(name, Some(exact(cell).map_err(|reason| reject(name, reason))?));
        self.text(name).map(read).transpose()
    }

    /// The exact number of a cell that must be there.
    pub(super) fn required_number(&self, name: &'static str) -> Result<Decimal, Refusal> {
        self.required(name)?;
        self.number(name).map(Option::unwrap_or_default)
    }

    /// The day of a cell, which may have a time behind it; none if it is missing or empty.
    pub(super) fn date(&self, name: &'static str) -> Result<Option<BusinessDate>, Refusal> {
        self.text(name).map(|cell| day(cell).map_err(|reason| reject(name, reason))).transpose()
    }

    /// The day of a trade, as the row names it or from its time.
    pub(super) fn trade_date(&self) -> Result<BusinessDate, Refusal> {
        let missing = || reject("tradeDate", "tradeDate and dateTime are both missing; add one to the Flex query");
        match self.date("tradeDate")? {
            Some(date) => Ok(date),
            None => self.date("dateTime")?.ok_or_else(missing),
        }
    }

    /// The currency of the row's amounts.
    pub(super) fn unit(&self) -> Result<Unit, Refusal> {
        unit("currency", self.required("currency")?)
    }

    /// The broker's number of the row, which no other row has; none if the export leaves it out or hides it.
    pub(super) fn broker_id(&self) -> Option<String> {
        self.number_given("transactionID").map(str::to_owned)
    }

    /// A number by which the broker calls something; none if the export leaves it out, hides it or has zeros only.
    pub(super) fn number_given(&self, name: &str) -> Option<&str> {
        let is_number = |id: &&str| id.bytes().all(|byte| byte.is_ascii_digit()) && id.bytes().any(|byte| byte != b'0');
        self.text(name).filter(is_number)
    }
}

/// The unit of a currency code.
pub(super) fn unit(column: &'static str, code: &str) -> Result<Unit, Refusal> {
    let (currency, scale) = currency_and_scale(code).map_err(|error| reject(column, error.to_string()))?;
    Ok(Unit { currency, scale })
}

/// A day in one of the two forms that cannot be misread: `20130401` and `2013-04-01`, with or without a time.
fn day(text: &str) -> Result<BusinessDate, String> {
    let date = text.split([';', ',', ' ', 'T']).next().unwrap_or_default();
    let form = if date.contains('-') { "%Y-%m-%d" } else { "%Y%m%d" };
    let digits = date.bytes().filter(u8::is_ascii_digit).count();
    let parsed = if digits == 8 { NaiveDate::parse_from_str(date, form).ok() } else { None };
    parsed.and_then(|day| BusinessDate::new(day).ok()).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        format!("`{shown}` is no date of the form yyyyMMdd; choose that form in the Flex query")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml_elements::read_elements;

    fn row(tag: &str) -> Row {
        let elements = read_elements("a.xml", tag.as_bytes()).expect("readable");
        Row::of(&elements[0], "U1").expect("a row")
    }

    #[test]
    fn cells_are_read_strictly() {
        let row = row("<Trade accountId='-' a='--' b='1.50' c='1,550' d='' transactionID='0' currency='GBX'/>");
        assert_eq!(row.account, "U1");
        assert_eq!((row.text("a"), row.text("d"), row.text("z")), (None, None, None));
        assert_eq!(row.number("b"), Ok(Some(Decimal::new(150, 2))));
        assert!(matches!(row.number("c"), Err(Refusal::Reject { column: "c", .. })));
        assert_eq!(row.broker_id(), None);
        assert_eq!(row.unit(), Ok(Unit { currency: Currency::GBP, scale: Decimal::new(1, 2) }));
        assert!(matches!(row.required("z"), Err(Refusal::Reject { column: "z", .. })));
    }

    #[test]
    fn only_days_that_cannot_be_misread() {
        for text in ["20130401", "2013-04-01", "20130401;093406", "2013-04-01, 19:45:00", "2013-04-01T10:00:00"] {
            assert_eq!(day(text).map(|day| day.to_string()), Ok("2013-04-01".to_owned()), "{text}");
        }
        for text in ["04/01/2013", "01-APR-13", "130401", "20131301", "2013-4-1", "2013041"] {
            assert!(day(text).is_err(), "{text}");
        }
    }
}
