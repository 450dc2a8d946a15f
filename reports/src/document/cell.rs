//! One cell, and the only place where a figure becomes text.
//!
//! Every format asks this file. The text for programs (`plain`) is made first; the text for people (`printed`) only
//! adds the separators of a language to its digits. That is why the formats cannot disagree.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use schemas::money::round_to_minor_unit;
use schemas::{Amount, Currency};

use crate::locale::Locale;
use crate::texts::{Sentence, Texts};

/// Decimals of a fraction for programs: 0.0512 is 5.12 %.
const FRACTION_DECIMALS: u32 = 4;
/// Decimals of a bare number, e.g. a Sharpe ratio.
const NUMBER_DECIMALS: u32 = 2;
/// Decimals that a price shows at least.
const PRICE_DECIMALS: u32 = 2;

/// What stands in one place of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words. Empty where nothing belongs.
    Text(String),
    /// An amount, printed in the smallest unit of its currency.
    Money {
        /// The number.
        amount: Decimal,
        /// The currency.
        currency: Currency,
    },
    /// A bare number, printed with two decimals.
    Number(Decimal),
    /// A price or rate as quoted, printed with all its decimals and at least two.
    Price(Decimal),
    /// Units held or traded, printed with all their decimals.
    Quantity(Decimal),
    /// A fraction, printed as percent: 0.05 is 5.00%.
    Fraction(Decimal),
    /// A calendar day.
    Date(NaiveDate),
    /// There is no figure, for this reason.
    Unavailable(String),
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// A place where nothing belongs.
    pub fn empty() -> Cell {
        Cell::Text(String::new())
    }

    /// An amount, rounded as it is printed.
    pub fn money(amount: Amount, currency: Currency) -> Cell {
        Cell::Money { amount: round_to_minor_unit(amount.decimal(), currency), currency }
    }

    /// A reason for having no figure.
    pub fn unavailable(reason: impl Into<String>) -> Cell {
        Cell::Unavailable(reason.into())
    }

    /// An estimated fraction, e.g. a return.
    pub fn estimated_fraction(value: f64, texts: Texts) -> Cell {
        estimate(value).map_or_else(|| too_large(texts), |number| Cell::Fraction(rounded(number, FRACTION_DECIMALS)))
    }

    /// An estimated bare number, e.g. a Sharpe ratio.
    pub fn estimated_number(value: f64, texts: Texts) -> Cell {
        estimate(value).map_or_else(|| too_large(texts), |number| Cell::Number(rounded(number, NUMBER_DECIMALS)))
    }

    /// An estimate in a currency, e.g. a value at risk, rounded as amounts are printed.
    pub fn estimated_money(estimate_in_currency: f64, currency: Currency, texts: Texts) -> Cell {
        let money = |number| Cell::Money { amount: round_to_minor_unit(number, currency), currency };
        estimate(estimate_in_currency).map_or_else(|| too_large(texts), money)
    }

    /// What is left of a figure when another one is taken off, both as they are printed; the reason of the one that is
    /// missing.
    #[must_use]
    pub fn printed_difference(&self, other: &Cell, texts: Texts) -> Cell {
        match (self.printed_number(), other.printed_number()) {
            (Some(left), Some(right)) => {
                left.checked_sub(right).map_or_else(|| too_large(texts), |number| self.with_number(number))
            }
            (None, _) => self.clone(),
            (_, None) => other.clone(),
        }
    }

    /// The figure as it is printed, for sums; none for words, days and missing figures.
    pub fn printed_number(&self) -> Option<Decimal> {
        match self {
            Cell::Money { amount, currency } => Some(round_to_minor_unit(*amount, *currency)),
            Cell::Number(number) => Some(rounded(*number, NUMBER_DECIMALS)),
            Cell::Price(number) | Cell::Quantity(number) => Some(*number),
            Cell::Fraction(number) => Some(rounded(*number, FRACTION_DECIMALS)),
            Cell::Text(_) | Cell::Date(_) | Cell::Unavailable(_) => None,
        }
    }

    /// A cell of the same kind with another number; words, days and missing figures stay as they are.
    #[must_use]
    pub fn with_number(&self, number: Decimal) -> Cell {
        match self {
            Cell::Money { currency, .. } => Cell::Money { amount: number, currency: *currency },
            Cell::Number(_) => Cell::Number(number),
            Cell::Price(_) => Cell::Price(number),
            Cell::Quantity(_) => Cell::Quantity(number),
            Cell::Fraction(_) => Cell::Fraction(number),
            Cell::Text(_) | Cell::Date(_) | Cell::Unavailable(_) => self.clone(),
        }
    }

    /// The currency of an amount.
    pub fn currency(&self) -> Option<Currency> {
        match self {
            Cell::Money { currency, .. } => Some(*currency),
            _ => None,
        }
    }

    /// The name of the cell's kind in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Cell::Text(_) => "text",
            Cell::Money { .. } => "money",
            Cell::Number(_) => "number",
            Cell::Price(_) => "price",
            Cell::Quantity(_) => "quantity",
            Cell::Fraction(_) => "fraction",
            Cell::Date(_) => "date",
            Cell::Unavailable(_) => "unavailable",
        }
    }

    /// The text for programs: digits with a point and nothing else, ISO days, and the reason for a missing figure.
    pub fn plain(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Money { amount, currency } => {
                digits(round_to_minor_unit(*amount, *currency), currency.minor_unit_digits())
            }
            Cell::Number(number) => digits(rounded(*number, NUMBER_DECIMALS), NUMBER_DECIMALS),
            Cell::Price(number) => digits(number.normalize(), PRICE_DECIMALS),
            Cell::Quantity(number) => digits(number.normalize(), 0),
            Cell::Fraction(number) => digits(rounded(*number, FRACTION_DECIMALS), FRACTION_DECIMALS),
            Cell::Date(day) => day.to_string(),
            Cell::Unavailable(reason) => format!("unavailable: {reason}"),
        }
    }

    /// The text for people: the same digits with the separators of their language, percent for fractions, a dash for a
    /// missing figure.
    pub fn printed(&self, locale: &Locale) -> String {
        match self {
            Cell::Text(_) => self.plain(),
            Cell::Date(day) => locale.day(*day),
            Cell::Money { .. } | Cell::Number(_) | Cell::Price(_) | Cell::Quantity(_) => locale.number(&self.plain()),
            Cell::Fraction(_) => locale.percent(&self.plain()),
            Cell::Unavailable(_) => "–".to_owned(),
        }
    }
}

fn too_large(texts: Texts) -> Cell {
    Cell::unavailable(texts.sentence(Sentence::FigureTooLong))
}

/// An estimate as a decimal of its fifteen significant digits.
fn estimate(value: f64) -> Option<Decimal> {
    Decimal::try_from(value).ok()
}

fn rounded(value: Decimal, decimals: u32) -> Decimal {
    value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// The digits of a number, its decimals filled up with zeros, and no sign on zero.
fn digits(value: Decimal, decimals_min: u32) -> String {
    let sign = if value.is_sign_negative() && !value.is_zero() { "-" } else { "" };
    let unsigned = value.abs().to_string();
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned.as_str(), ""));
    let width = usize::try_from(decimals_min).unwrap_or_default();
    if width == 0 && fraction.is_empty() {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{fraction:0<width$}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use schemas::Language;

    use super::*;

    fn english(cell: &Cell) -> String {
        cell.printed(Locale::of(Language::English))
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    #[test]
    fn people_see_the_digits_that_programs_see() {
        let euro = Cell::Money { amount: decimal("-1234567.005"), currency: Currency::EUR };
        assert_eq!((euro.plain(), english(&euro)), ("-1234567.01".to_owned(), "\u{2212}1,234,567.01".to_owned()));
        let yen = Cell::Money { amount: decimal("999.5"), currency: "JPY".parse().expect("yen") };
        assert_eq!((yen.plain(), english(&yen)), ("1000".to_owned(), "1,000".to_owned()));
        assert_eq!(Cell::Price(decimal("12.5")).plain(), "12.50");
        assert_eq!(Cell::Price(decimal("0.0123400")).plain(), "0.01234");
        assert_eq!(english(&Cell::Quantity(decimal("1200.500"))), "1,200.5");
        assert_eq!(Cell::Quantity(decimal("100")).plain(), "100");
        assert_eq!(Cell::Number(decimal("0.005")).plain(), "0.01");
    }

    #[test]
    fn fractions_are_printed_as_percent() {
        for (value, plain, printed) in [
            ("0.05123", "0.0512", "5.12%"),
            ("-0.00005", "-0.0001", "\u{2212}0.01%"),
            ("-0.00004", "0.0000", "0.00%"),
            ("12.3456", "12.3456", "1,234.56%"),
            ("1", "1.0000", "100.00%"),
        ] {
            let cell = Cell::Fraction(decimal(value));
            assert_eq!((cell.plain().as_str(), english(&cell).as_str()), (plain, printed), "{value}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_not_printed_as_one() {
        assert_eq!(Cell::estimated_fraction(0.1, Texts::of(Language::English)), Cell::Fraction(decimal("0.1")));
        for value in [f64::NAN, f64::INFINITY, 1e40] {
            assert!(
                matches!(Cell::estimated_number(value, Texts::of(Language::French)), Cell::Unavailable(_)),
                "{value}"
            );
        }
        assert_eq!(english(&Cell::unavailable("no price")), "–");
    }

    /// What was printed in a language, with the marks of programs again.
    fn read_back(printed: &str, language: Language) -> String {
        let (thousands, decimal) = match language {
            Language::English => (',', '.'),
            Language::French => ('\u{202F}', ','),
            Language::German | Language::Spanish | Language::Italian => ('.', ','),
        };
        let digits = printed.trim_end_matches(['%', '\u{A0}', '\u{202F}']).replace(thousands, "");
        digits.replace(decimal, ".").replace('\u{2212}', "-")
    }

    proptest! {
        #[test]
        fn separators_are_all_that_is_added(units in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u32..8) {
            let amount = Decimal::new(units, scale);
            let cell = Cell::Money { amount, currency: Currency::EUR };
            for language in Language::ALL {
                prop_assert_eq!(read_back(&cell.printed(Locale::of(language)), language), cell.plain());
            }
        }

        #[test]
        fn percent_is_a_hundred_times_the_fraction(units in -1_000_000_000_000_i64..1_000_000_000_000) {
            let cell = Cell::Fraction(Decimal::new(units, 6));
            for language in Language::ALL {
                let printed = read_back(&cell.printed(Locale::of(language)), language);
                prop_assert_eq!(decimal(&printed), decimal(&cell.plain()) * Decimal::ONE_HUNDRED);
            }
        }
    }
}
