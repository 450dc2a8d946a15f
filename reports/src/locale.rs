//! How numbers, days and amounts of money look in each language, and nowhere else.
//!
//! Only what people read follows the language: files for programs keep a point and ISO days. English days are ISO, too,
//! because 03/04/2014 is one day in London and another one in New York. The marks are those of the Unicode CLDR; where
//! it puts a space, the space is one at which no line breaks.

use std::fmt::Write;

use chrono::NaiveDate;
use schemas::{Currency, Language};

/// The minus sign, as wide as a figure.
const MINUS: char = '\u{2212}';

/// The space that French puts between thousands: narrow, and no line breaks at it.
const NARROW: char = '\u{202F}';

/// The formats of one language.
#[derive(Debug, PartialEq, Eq)]
pub struct Locale {
    /// What stands between thousands.
    thousands: char,
    /// What stands before decimals.
    decimal: char,
    /// What follows a number of hundredths.
    percent: &'static str,
    /// A day, in the words of `chrono`.
    day: &'static str,
    /// A month of a year, in the words of `chrono`.
    month: &'static str,
    /// Whether the code of a currency stands before its amount.
    is_currency_first: bool,
}

const ENGLISH: Locale =
    Locale { thousands: ',', decimal: '.', percent: "%", day: "%Y-%m-%d", month: "%Y-%m", is_currency_first: true };
const FRENCH: Locale = Locale {
    thousands: NARROW,
    decimal: ',',
    percent: "\u{202F}%",
    day: "%d/%m/%Y",
    month: "%m/%Y",
    is_currency_first: false,
};
const GERMAN: Locale = Locale {
    thousands: '.',
    decimal: ',',
    percent: "\u{A0}%",
    day: "%d.%m.%Y",
    month: "%m.%Y",
    is_currency_first: false,
};
const SPANISH: Locale = Locale {
    thousands: '.',
    decimal: ',',
    percent: "\u{A0}%",
    day: "%d/%m/%Y",
    month: "%m/%Y",
    is_currency_first: false,
};
const ITALIAN: Locale =
    Locale { thousands: '.', decimal: ',', percent: "%", day: "%d/%m/%Y", month: "%m/%Y", is_currency_first: false };

impl Locale {
    /// The formats of a language.
    pub fn of(language: Language) -> &'static Locale {
        match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
            Language::German => &GERMAN,
            Language::Spanish => &SPANISH,
            Language::Italian => &ITALIAN,
        }
    }

    /// Where the decimals of a printed figure begin, with the mark before them; none if it has no decimals.
    pub fn decimals_begin(&self, printed: &str) -> Option<usize> {
        let place = printed.rfind(self.decimal)?;
        let after = printed.get(place + self.decimal.len_utf8()..)?;
        after.starts_with(|letter: char| letter.is_ascii_digit()).then_some(place)
    }

    /// A number given as digits with a point: its marks between thousands and before decimals, a true minus sign.
    pub fn number(&self, digits: &str) -> String {
        let unsigned = digits.strip_prefix('-');
        let (whole, decimals) = split(unsigned.unwrap_or(digits));
        let mut text = String::with_capacity(digits.len() * 2);
        text.extend(unsigned.map(|_| MINUS));
        for (index, digit) in whole.chars().enumerate() {
            if 0 < index && (whole.len() - index).is_multiple_of(3) {
                text.push(self.thousands);
            }
            text.push(digit);
        }
        if let Some(decimals) = decimals {
            text.push(self.decimal);
            text.push_str(decimals);
        }
        text
    }

    /// A fraction given as digits with a point, as percent: its point is moved, nothing is computed.
    pub fn percent(&self, digits: &str) -> String {
        let (sign, unsigned) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
        let (whole, decimals) = split(unsigned);
        let decimals = format!("{:0<2}", decimals.unwrap_or_default());
        let (moved, rest) = decimals.split_at_checked(2).unwrap_or((decimals.as_str(), ""));
        let joined = format!("{whole}{moved}");
        let significant = joined.trim_start_matches('0');
        let whole = if significant.is_empty() { "0" } else { significant };
        let point = if rest.is_empty() { "" } else { "." };
        format!("{}{}", self.number(&format!("{sign}{whole}{point}{rest}")), self.percent)
    }

    /// An amount that was printed, with the code of its currency; no line breaks between them.
    pub fn with_currency(&self, printed: &str, currency: Currency) -> String {
        let code = currency.code();
        if self.is_currency_first { format!("{code}\u{A0}{printed}") } else { format!("{printed}\u{A0}{code}") }
    }

    /// A calendar day.
    pub fn day(&self, day: NaiveDate) -> String {
        formatted(day, self.day)
    }

    /// A month of a year, e.g. at the axis of a chart.
    pub fn month(&self, day: NaiveDate) -> String {
        formatted(day, self.month)
    }
}

fn split(unsigned: &str) -> (&str, Option<&str>) {
    unsigned.split_once('.').map_or((unsigned, None), |(whole, decimals)| (whole, Some(decimals)))
}

fn formatted(day: NaiveDate, pattern: &str) -> String {
    let mut text = String::new();
    // Every pattern is one of the above, and writing to a string cannot fail.
    let _ = write!(text, "{}", day.format(pattern));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What CLDR 45 prints for de, es (with grouping from four digits on, as in accounts), fr and it.
    #[test]
    fn numbers_and_days_look_as_they_do_in_the_country() {
        let day: NaiveDate = "2014-03-04".parse().expect("a day");
        for (language, number, percent, written, month) in [
            (Language::English, "\u{2212}1,234,567.80", "5.12%", "2014-03-04", "2014-03"),
            (Language::French, "\u{2212}1\u{202F}234\u{202F}567,80", "5,12\u{202F}%", "04/03/2014", "03/2014"),
            (Language::German, "\u{2212}1.234.567,80", "5,12\u{A0}%", "04.03.2014", "03.2014"),
            (Language::Spanish, "\u{2212}1.234.567,80", "5,12\u{A0}%", "04/03/2014", "03/2014"),
            (Language::Italian, "\u{2212}1.234.567,80", "5,12%", "04/03/2014", "03/2014"),
        ] {
            let locale = Locale::of(language);
            assert_eq!(locale.number("-1234567.80"), number, "{language}");
            assert_eq!(locale.percent("0.0512"), percent, "{language}");
            assert_eq!((locale.day(day), locale.month(day)), (written.to_owned(), month.to_owned()), "{language}");
        }
    }

    #[test]
    fn a_point_is_moved_and_no_digit_is_lost() {
        let french = Locale::of(Language::French);
        assert_eq!(french.number("999"), "999");
        assert_eq!(french.number("1000"), "1\u{202F}000");
        let english = Locale::of(Language::English);
        let percents = ["0", "1", "-0.5", "0.05", "12.3456", "-0.0001"].map(|text| english.percent(text));
        assert_eq!(percents, ["0%", "100%", "\u{2212}50%", "5%", "1,234.56%", "\u{2212}0.01%"]);
    }

    #[test]
    fn the_code_of_a_currency_stands_where_its_readers_look_for_it() {
        assert_eq!(Locale::of(Language::English).with_currency("1.00", Currency::EUR), "EUR\u{A0}1.00");
        assert_eq!(Locale::of(Language::French).with_currency("1,00", Currency::EUR), "1,00\u{A0}EUR");
    }
}
