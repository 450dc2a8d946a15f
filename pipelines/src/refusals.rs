//! Why a row of an export was not booked, and the numbers that rows may have.

use rust_decimal::Decimal;
use schemas::BusinessDate;

/// Why a row was not booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It can be read, and a person decides what it books.
    Inbox {
        /// The broker's word.
        what: String,
        /// Why, and what to do.
        reason: String,
    },
    /// It cannot be read.
    Reject {
        /// The column or attribute.
        column: &'static str,
        /// Why.
        reason: String,
    },
}

/// A row for the inbox.
pub(crate) fn inbox(what: impl Into<String>, reason: impl Into<String>) -> Refusal {
    Refusal::Inbox { what: what.into(), reason: reason.into() }
}

/// Why a close of nothing, or less, is none: returns would be those of a total loss.
pub(crate) fn no_close(symbol: &str, date: BusinessDate, close: Decimal) -> String {
    format!(
        "the close of {symbol} on {date} is {}, and a close is positive: leave it out if there was no trade, and book \
         a WRITE_OFF if it is worth nothing",
        close.normalize()
    )
}

/// A row that cannot be read.
pub(crate) fn reject(column: &'static str, reason: impl Into<String>) -> Refusal {
    Refusal::Reject { column, reason: reason.into() }
}

/// Digits before the point of a number that an account can hold.
const INTEGER_DIGITS_MAX: u32 = 18;

/// A number that an account can hold; a handful of them can be added up.
///
/// # Errors
/// [`Refusal::Reject`] if there is none, or it is larger.
pub(crate) fn bounded(column: &'static str, number: Option<Decimal>) -> Result<Decimal, Refusal> {
    let bound = Decimal::from_i128_with_scale(10_i128.pow(INTEGER_DIGITS_MAX), 0);
    let inside = number.filter(|number| number.abs() < bound);
    inside.ok_or_else(|| {
        let limit = format!("a number of an account has at most {INTEGER_DIGITS_MAX} digits before the point");
        match number {
            Some(number) => reject(column, format!("{number} is too large: {limit}")),
            None => reject(column, format!("the product is too large: {limit}")),
        }
    })
}

/// A product of numbers of a row.
///
/// # Errors
/// [`Refusal::Reject`] if no account can hold it.
pub(crate) fn product<const N: usize>(column: &'static str, numbers: [Decimal; N]) -> Result<Decimal, Refusal> {
    bounded(column, numbers.iter().try_fold(Decimal::ONE, |product, number| product.checked_mul(*number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_that_no_account_holds_is_refused() {
        let large = Decimal::from_i128_with_scale(10_i128.pow(17), 0);
        assert!(product("a", [large, large]).is_err());
        assert_eq!(product("a", [large, Decimal::TWO]), Ok(large + large));
        assert!(bounded("a", None).is_err());
        let words = "1000000000000000000 is too large: a number of an account has at most 18 digits before the point";
        assert_eq!(bounded("a", Some(large + large * Decimal::from(9))), Err(reject("a", words)));
    }
}
