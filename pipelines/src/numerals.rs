//! Numbers and dates as people write them in other countries, read exactly or not at all.
//!
//! `1.234` is one thousand two hundred and thirty-four in Germany and one and a quarter in England. A reader that
//! guesses is wrong by a factor of a thousand, so the form is stated, groups must have three digits, and what does not
//! fit the form is no number.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemas::BusinessDate;

use crate::frames::{exact, too_many_digits};

/// Digits of a number that are looked at.
const NUMBER_LENGTH_MAX: usize = 60;
/// The size that no number reaches: a quantity has eighteen digits before its point.
const NUMBER_MAX: i64 = 1_000_000_000_000_000_000;
/// Digits that a number may have before its point so that it does not reach that size.
const INTEGER_DIGITS_MAX: usize = 18;
/// Spaces that separate groups of digits as a plain space does: the no-break space, and the narrow one.
const SPACES: &[char] = &[' ', '\u{a0}', '\u{202f}'];

/// How numbers are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numerals {
    /// Between the whole part and the decimals.
    decimal: char,
    /// What may stand between groups of three digits; empty if nothing may.
    thousands: String,
}

impl Numerals {
    /// A form of numbers.
    ///
    /// # Errors
    /// What is wrong with it: a separator is a digit, a sign, or both are one.
    pub(crate) fn new(decimal: char, thousands: &str) -> Result<Numerals, String> {
        let separates = |mark: char| !mark.is_alphanumeric() && !"+-−()".contains(mark);
        if !separates(decimal) || !thousands.chars().all(separates) {
            return Err("a separator is a mark such as `.` or `,`, no digit, letter or sign".to_owned());
        }
        if thousands.contains(decimal) {
            return Err(format!("`{decimal}` cannot separate both the decimals and the thousands"));
        }
        Ok(Numerals { decimal, thousands: thousands.to_owned() })
    }

    /// `1234.56`, with `1,234.56` and the Swiss `1'234.56` allowed.
    pub(crate) fn with_point() -> Numerals {
        Numerals { decimal: '.', thousands: ",'’".to_owned() }
    }

    /// `1234,56`, with `1.234,56` and `1 234,56` allowed.
    pub(crate) fn with_comma() -> Numerals {
        Numerals { decimal: ',', thousands: ". '’".to_owned() }
    }

    /// A number, digit for digit.
    ///
    /// A sign may stand before or after it, and brackets mean a negative number.
    ///
    /// # Errors
    /// Why the text is none.
    pub(crate) fn read(&self, text: &str) -> Result<Decimal, String> {
        let text = text.trim();
        if text.contains(['e', 'E']) && self.decimal == '.' {
            return plain_number(text);
        }
        let Some((negative, digits)) = self.digits(text) else {
            let shown: String = text.chars().take(40).collect();
            return Err(format!("`{shown}` is no number; write 1234{}56", self.decimal));
        };
        match Decimal::from_str_exact(&digits) {
            Ok(magnitude) if text.len() <= NUMBER_LENGTH_MAX => {
                bounded(if negative && !magnitude.is_zero() { -magnitude } else { magnitude })
            }
            _ => Err(too_many_digits(text, &digits)),
        }
    }

    /// Whether it is negative, and its digits with a point.
    fn digits(&self, text: &str) -> Option<(bool, String)> {
        let (negative, magnitude) = without_sign(text);
        let (whole, fraction) = magnitude.split_once(self.decimal).unwrap_or((magnitude, ""));
        let whole = self.without_groups(whole)?;
        let is_number =
            !(whole.is_empty() && fraction.is_empty()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
        let point = if fraction.is_empty() { "" } else { "." };
        let zero = if whole.is_empty() { "0" } else { "" };
        is_number.then(|| (negative, format!("{zero}{whole}{point}{fraction}")))
    }

    /// The whole part without its separators; none if they do not part groups of three digits.
    fn without_groups(&self, whole: &str) -> Option<String> {
        let Some(mark) = whole.chars().find(|letter| !letter.is_ascii_digit()) else {
            return Some(whole.to_owned());
        };
        let plain = if SPACES.contains(&mark) { ' ' } else { mark };
        let mut groups = whole.split(mark);
        let first = groups.next().unwrap_or_default();
        let is_group = |group: &str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
        // A group that leads with a zero is a fraction in another form: 0.125 is no 125.
        let leads = (1..=3).contains(&first.len()) && !first.starts_with('0');
        let is_grouped = self.thousands.contains(plain) && leads && groups.all(is_group);
        let digits: String = whole.split(mark).collect();
        (is_grouped && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
    }
}

/// A number with a point and no thousands separators, digit for digit.
///
/// # Errors
/// Why the text is none.
pub(crate) fn plain_number(text: &str) -> Result<Decimal, String> {
    bounded(exact(text)?)
}

/// A number that is small enough for any sum of a file's numbers to fit a decimal.
fn bounded(number: Decimal) -> Result<Decimal, String> {
    if number.abs() < Decimal::from(NUMBER_MAX) {
        return Ok(number);
    }
    Err(format!("{number} is too large: a number has at most {INTEGER_DIGITS_MAX} digits before the point"))
}

/// Whether a number is negative, and the number without its sign.
fn without_sign(text: &str) -> (bool, &str) {
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return (true, inner.trim());
    }
    for (sign, negative) in [('-', true), ('−', true), ('+', false)] {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return (negative, rest.trim());
        }
    }
    (false, text)
}

/// How dates are written: `YYYY`, `YY`, `MM`, `M`, `DD`, `D` and `MMM`, with what stands between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DateForm {
    pattern: String,
    parts: Vec<DatePart>,
    /// Whether anything may follow, such as a time of day.
    open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DatePart {
    Year,
    YearOfCentury,
    /// A month in exactly two digits, or in one or two.
    Month(bool),
    MonthName,
    /// A day in exactly two digits, or in one or two.
    Day(bool),
    Mark(char),
}

/// The first three letters of the months in English and in German.
const MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("mär", 3),
    ("mrz", 3),
    ("apr", 4),
    ("may", 5),
    ("mai", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
];

impl DateForm {
    /// A form from its pattern, e.g. `DD.MM.YYYY`; with a `*` at its end anything may follow the date.
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub(crate) fn new(pattern: &str) -> Result<DateForm, String> {
        let open = pattern.ends_with('*');
        let mut rest = pattern.strip_suffix('*').unwrap_or(pattern);
        let mut parts = Vec::new();
        while let Some(first) = rest.chars().next() {
            let run: String = rest.chars().take_while(|letter| *letter == first).collect();
            let part = match (first, run.len()) {
                ('Y', 4) => DatePart::Year,
                ('Y', 2) => DatePart::YearOfCentury,
                ('M', 3) => DatePart::MonthName,
                ('M', length @ 1..=2) => DatePart::Month(length == 2),
                ('D', length @ 1..=2) => DatePart::Day(length == 2),
                ('Y' | 'M' | 'D', _) => return Err(format!("`{run}` means nothing in a date; see docs/IMPORTS.md")),
                (mark, _) => {
                    parts.push(DatePart::Mark(mark));
                    rest = rest.get(mark.len_utf8()..).unwrap_or_default();
                    continue;
                }
            };
            parts.push(part);
            rest = rest.get(run.len()..).unwrap_or_default();
        }
        let count = |wanted: fn(&DatePart) -> bool| parts.iter().filter(|part| wanted(part)).count();
        let years = count(|part| matches!(part, DatePart::Year | DatePart::YearOfCentury));
        let months = count(|part| matches!(part, DatePart::Month(_) | DatePart::MonthName));
        let days = count(|part| matches!(part, DatePart::Day(_)));
        if (years, months, days) != (1, 1, 1) {
            return Err(format!("`{pattern}` does not have one year, one month and one day, as DD.MM.YYYY has"));
        }
        Ok(DateForm { pattern: pattern.to_owned(), parts, open })
    }

    /// The date of a text.
    ///
    /// # Errors
    /// Why the text is none.
    pub(crate) fn read(&self, text: &str) -> Result<BusinessDate, String> {
        let text = text.trim();
        let shown = || text.chars().take(40).collect::<String>();
        let day = self.day(text).ok_or_else(|| format!("`{}` is no date of the form {}", shown(), self.pattern))?;
        BusinessDate::new(day).map_err(|error| error.to_string())
    }

    fn day(&self, text: &str) -> Option<NaiveDate> {
        let (mut year, mut month, mut day) = (0, 0, 0);
        let mut rest = text;
        for part in &self.parts {
            match *part {
                DatePart::Mark(mark) => rest = rest.strip_prefix(mark)?,
                DatePart::Year => year = digits(&mut rest, 4, 4)?,
                DatePart::YearOfCentury => year = 2000 + digits(&mut rest, 2, 2)?,
                DatePart::Month(two) => month = digits(&mut rest, if two { 2 } else { 1 }, 2)?,
                DatePart::Day(two) => day = digits(&mut rest, if two { 2 } else { 1 }, 2)?,
                DatePart::MonthName => month = named_month(&mut rest)?,
            }
        }
        let complete = self.open || rest.is_empty();
        if complete { NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day) } else { None }
    }
}

/// The number of the first digits of a text, which are taken off it.
fn digits(rest: &mut &str, least: usize, most: usize) -> Option<u32> {
    let length = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, after) = rest.split_at_checked(length)?;
    *rest = after;
    if length < least { None } else { number.parse().ok() }
}

/// The month that a text begins with, which is taken off it.
fn named_month(rest: &mut &str) -> Option<u32> {
    let name: String = rest.chars().take(3).collect();
    let lower = name.to_lowercase();
    let (_, month) = MONTHS.iter().find(|(month, _)| *month == lower)?;
    *rest = rest.get(name.len()..)?.trim_start_matches('.');
    Some(*month)
}

/// A quotient, if it ends: the price of ten units for 25 is 2.5, that of three for ten has no end.
pub(crate) fn exact_quotient(dividend: Decimal, divisor: Decimal) -> Option<Decimal> {
    let quotient = dividend.checked_div(divisor)?.normalize();
    let product = quotient.checked_mul(divisor)?;
    (product == dividend && quotient.scale() <= 12).then_some(quotient)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    #[test]
    fn numbers_of_two_countries_are_read_digit_for_digit() {
        let german = Numerals::with_comma();
        for (text, number) in [
            ("1.234.567,89", "1234567.89"),
            ("1 234,5", "1234.5"),
            ("1\u{202f}234,5", "1234.5"),
            ("-0,10", "-0.10"),
            ("12,00-", "-12.00"),
            ("(3,5)", "-3.5"),
            ("−7", "-7"),
            (",5", "0.5"),
            ("+1", "1"),
        ] {
            assert_eq!(german.read(text), Ok(decimal(number)), "{text}");
        }
        let swiss = Numerals::with_point();
        assert_eq!(swiss.read("1'234.56"), Ok(decimal("1234.56")));
        assert_eq!(swiss.read("1,234,567"), Ok(decimal("1234567")));
        assert_eq!(swiss.read("1.5E-3"), Ok(decimal("0.0015")));
    }

    #[test]
    fn what_does_not_fit_the_form_is_no_number() {
        let german = Numerals::with_comma();
        // 1.23 and 0.125 are English fractions; read as German thousands they would be 123 and 125.
        for wrong in ["1.23", "0.125", "1.234.5", "1,2,3", "12 34,5", "", "-", ",", "1.234 567", "½", "1e5", "--1"] {
            assert!(german.read(wrong).is_err(), "{wrong}");
        }
        let message = german.read("1.23").expect_err("no number");
        assert_eq!(message, "`1.23` is no number; write 1234,56");
        let message = german.read(&"9".repeat(29)).expect_err("more digits than a decimal holds are not rounded");
        assert!(message.contains("is too large: it has 29 digits before the point"), "{message}");
        let message = german.read("1.000.000.000.000.000.000").expect_err("more than any column holds");
        assert_eq!(message, "1000000000000000000 is too large: a number has at most 18 digits before the point");
        let message = german.read(&format!("0,{}1", "0".repeat(70))).expect_err("more than are looked at");
        assert!(message.contains("has too many digits: 72, and a number has at most 28"), "{message}");
    }

    #[test]
    fn separators_must_differ() {
        assert!(
            Numerals::new('.', ".").is_err() && Numerals::new('5', "").is_err() && Numerals::new(',', "-").is_err()
        );
    }

    #[test]
    fn dates_follow_their_pattern_to_the_letter() {
        let read = |pattern: &str, text: &str| {
            let form = DateForm::new(pattern).expect("a pattern");
            form.read(text).map(|date| date.to_string())
        };
        assert_eq!(read("DD.MM.YYYY", "29.02.2024").as_deref(), Ok("2024-02-29"));
        assert_eq!(read("M/D/YY", "3/9/24").as_deref(), Ok("2024-03-09"));
        assert_eq!(
            read("D. MMM YYYY", "1. März 2024"),
            Err("`1. März 2024` is no date of the form D. MMM YYYY".into())
        );
        assert_eq!(read("D MMM YYYY", "1 Okt. 2024").as_deref(), Ok("2024-10-01"));
        assert_eq!(read("YYYY-MM-DD*", "2024-03-01T10:00").as_deref(), Ok("2024-03-01"));
        assert!(read("YYYY-MM-DD", "2024-03-01T10:00").is_err());
        assert!(read("DD.MM.YYYY", "30.02.2024").is_err());
        assert!(read("DD.MM.YYYY", "1.2.2024").is_err());
        assert!(DateForm::new("DD.MM").is_err() && DateForm::new("YYYYY-MM-DD").is_err());
    }

    #[test]
    fn quotients_that_do_not_end_are_none() {
        assert_eq!(exact_quotient(decimal("25"), decimal("10")), Some(decimal("2.5")));
        assert_eq!(exact_quotient(decimal("10"), decimal("3")), None);
        assert_eq!(exact_quotient(decimal("10"), decimal("0")), None);
    }

    proptest! {
        #[test]
        fn a_number_reads_the_same_in_both_forms(units in -1_000_000_000_i64..1_000_000_000, scale in 0_u32..8) {
            let number = Decimal::new(units, scale);
            let german = number.to_string().replace('.', ",");
            prop_assert_eq!(Numerals::with_comma().read(&german), Ok(number));
            prop_assert_eq!(Numerals::with_point().read(&number.to_string()), Ok(number));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}", pattern in "[YMD./*-]{0,12}") {
            let _ = Numerals::with_comma().read(&text);
            if let Ok(form) = DateForm::new(&pattern) {
                let _ = form.read(&text);
            }
        }
    }
}
