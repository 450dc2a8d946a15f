//! Identifiers of the industry, with the check digits verified.

use std::fmt;
use std::str::FromStr;

/// Why a text is not an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Length or characters are wrong.
    #[error("`{text}` is no {kind}: expected {expected}")]
    Form {
        /// The text as given.
        text: String,
        /// The kind of identifier.
        kind: &'static str,
        /// What it should look like.
        expected: &'static str,
    },
    /// The last digit does not follow from the others.
    #[error("`{text}` is no {kind}: the check digit is wrong")]
    CheckDigit {
        /// The text as given.
        text: String,
        /// The kind of identifier.
        kind: &'static str,
    },
}

macro_rules! standard {
    ($(#[$doc:meta])* $name:ident, $length:literal, $expected:literal, $form:expr, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; $length]);

        impl FromStr for $name {
            type Err = IdentifierError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let kind = stringify!($name);
                let shown = || text.chars().take(40).collect();
                let form = || IdentifierError::Form { text: shown(), kind, expected: $expected };
                let bytes = <[u8; $length]>::try_from(text.as_bytes()).map_err(|_| form())?;
                if !$form(&bytes) {
                    return Err(form());
                }
                if !$check(&bytes) {
                    return Err(IdentifierError::CheckDigit { text: text.to_owned(), kind });
                }
                Ok($name(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(std::str::from_utf8(&self.0).unwrap_or("?"))
            }
        }
    };
}

standard!(
    /// An International Securities Identification Number (ISO 6166), e.g. `DE0007164600`. The check digit has been
    /// checked.
    Isin, 12, "two letters, nine letters or digits, one check digit", isin_form, luhn
);
standard!(
    /// A CUSIP (ANSI X9.6), e.g. `037833100`. The check digit has been checked.
    Cusip, 9, "eight letters or digits, one check digit", cusip_form, cusip_check
);
standard!(
    /// A Legal Entity Identifier (ISO 17442), e.g. `529900T8BM49AURSDO55`. The check digits have been checked.
    Lei, 20, "eighteen letters or digits, two check digits", lei_form, mod_97
);
standard!(
    /// A Market Identifier Code (ISO 10383), e.g. `XETR`. The form has been checked.
    Mic, 4, "four capital letters or digits", all_capital_alphanumeric, |_: &[u8; 4]| true
);

fn capital_or_digit(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn all_capital_alphanumeric<const N: usize>(bytes: &[u8; N]) -> bool {
    bytes.iter().all(|byte| capital_or_digit(*byte))
}

fn isin_form(bytes: &[u8; 12]) -> bool {
    bytes[..2].iter().all(u8::is_ascii_uppercase) && all_capital_alphanumeric(bytes) && bytes[11].is_ascii_digit()
}

fn cusip_form(bytes: &[u8; 9]) -> bool {
    bytes[..8].iter().all(|byte| capital_or_digit(*byte) || b"*@#".contains(byte)) && bytes[8].is_ascii_digit()
}

fn lei_form(bytes: &[u8; 20]) -> bool {
    all_capital_alphanumeric(bytes) && bytes[18..].iter().all(u8::is_ascii_digit)
}

/// The value of a letter or digit in these schemes: 0–9, then A = 10 … Z = 35.
fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        b'*' => 36,
        b'@' => 37,
        _ => 38,
    }
}

fn luhn(bytes: &[u8; 12]) -> bool {
    let digits = bytes.iter().flat_map(|byte| {
        let number = value(*byte);
        let tens = (10 <= number).then_some(number / 10);
        tens.into_iter().chain([number % 10])
    });
    let digits: Vec<u32> = digits.collect();
    let doubled = |digit: u32| if 4 < digit { 2 * digit - 9 } else { 2 * digit };
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(i, digit)| if i % 2 == 1 { doubled(*digit) } else { *digit }).sum();
    sum.is_multiple_of(10)
}

fn cusip_check(bytes: &[u8; 9]) -> bool {
    let weighted = |(i, byte): (usize, &u8)| {
        if i % 2 == 1 { 2 * value(*byte) } else { value(*byte) }
    };
    let sum: u32 = bytes[..8].iter().enumerate().map(weighted).map(|number| number / 10 + number % 10).sum();
    (10 - sum % 10) % 10 == value(bytes[8])
}

fn mod_97(bytes: &[u8; 20]) -> bool {
    let step = |rest: u32, byte: &u8| {
        let number = value(*byte);
        if number < 10 { (rest * 10 + number) % 97 } else { (rest * 100 + number) % 97 }
    };
    bytes.iter().fold(0, step) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_identifiers_pass_and_one_changed_digit_fails() {
        // SAP, Apple, Bundesbank, Deutsche Börse Xetra.
        assert!("DE0007164600".parse::<Isin>().is_ok());
        assert!("US0378331005".parse::<Isin>().is_ok());
        assert!("US0378331006".parse::<Isin>().is_err());
        assert!("037833100".parse::<Cusip>().is_ok());
        assert!("037833101".parse::<Cusip>().is_err());
        assert!("529900T8BM49AURSDO55".parse::<Lei>().is_ok());
        assert!("529900T8BM49AURSDO56".parse::<Lei>().is_err());
        assert!("XETR".parse::<Mic>().is_ok());
        assert!("xetr".parse::<Mic>().is_err());
    }
}
