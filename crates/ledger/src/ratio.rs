//! Ratios of units as exact whole numbers: new units for old ones.
//!
//! A ratio such as 0.241917 or one for three has no place in a binary number, and the second none in a decimal one.
//! It is kept as two whole numbers, so that units are multiplied first and divided last.

use rust_decimal::{Decimal, RoundingStrategy};

/// Characters of a text that an error repeats.
const SHOWN_MAX: usize = 40;
/// Decimals with which a booked ratio is kept, those of [`schemas::Quantity`].
const BOOKED_DECIMALS: u32 = 10;
/// Decimals from which on a booked ratio is a fraction that was written out.
const WRITTEN_OUT_DECIMALS: u32 = 9;
/// The most old units of such a fraction.
const OLD_UNITS_MAX: i64 = 1000;

/// Why a text or a number is not a ratio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RatioError {
    /// It has another form.
    #[error("`{text}` is no ratio; write new units for old ones as `7`, `3:2`, `3/2` or `0.1`")]
    Form {
        /// The text as given.
        text: String,
    },
    /// It is zero or negative.
    #[error("a ratio is positive, not `{text}`")]
    NotPositive {
        /// The text as given.
        text: String,
    },
    /// Its whole numbers have more digits than fit.
    #[error("the ratio `{text}` has more digits than fit; use whole numbers of at most 18 digits")]
    TooLong {
        /// The text as given.
        text: String,
    },
}

/// Reads new units for old ones: `7` is seven for one, `3:2` and `3/2` three for two, `0.1` one for ten, `1.5` three
/// for two. Both sides may have decimals. The result has no common divisor.
///
/// # Errors
/// [`RatioError`] if the text has another form, is not positive, or needs more than 18 digits.
pub fn parse_ratio(text: &str) -> Result<(i64, i64), RatioError> {
    let text = text.trim();
    let (new, old) = text.split_once([':', '/']).unwrap_or((text, "1"));
    let part = |part: &str| {
        let part = part.trim();
        let is_plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let number = if is_plain { Decimal::from_str_exact(part).ok() } else { None };
        number.ok_or_else(|| form_or_sign(text, part))
    };
    quotient(part(new)?, part(old)?, text)
}

/// A ratio that a transaction states as a number, e.g. the `quantity` of a SPLIT: 7 is seven for one, 0.1 one for ten.
///
/// A transaction keeps ten decimals. A ratio that needs nine of them or ten is taken for the fraction with the fewest
/// old units, at most a thousand, that has these decimals: 0.0666666667 is one for fifteen. If there is none, it is
/// what it says.
///
/// # Errors
/// [`RatioError`] if the number is not positive, or needs more than 18 digits.
pub fn ratio_of_decimal(ratio: Decimal) -> Result<(i64, i64), RatioError> {
    let kept = rounded(ratio, BOOKED_DECIMALS).normalize();
    match written_out(kept) {
        Some(fraction) => Ok(fraction),
        None => quotient(kept, Decimal::ONE, &ratio.to_string()),
    }
}

/// The fraction that a number of nine or ten decimals was before it was written out; none if there is none.
fn written_out(ratio: Decimal) -> Option<(i64, i64)> {
    if ratio <= Decimal::ZERO || ratio.scale() < WRITTEN_OUT_DECIMALS {
        return None;
    }
    // No two fractions of at most a thousand old units are as near to each other as nine decimals tell apart.
    (1..=OLD_UNITS_MAX).find_map(|old| {
        let new = ratio.checked_mul(Decimal::from(old))?.round();
        let again = new.checked_div(Decimal::from(old))?;
        if rounded(again, ratio.scale()) != ratio {
            return None;
        }
        Some((i64::try_from(new.mantissa()).ok()?, old))
    })
}

/// Whether a number that a broker booked is this ratio, to the decimals that a quantity is stored with: one for three
/// is booked as 0.3333333333, or with nine of them.
pub fn is_booked_as(ratio: (i64, i64), booked: Decimal) -> bool {
    let exact = Decimal::from(ratio.0).checked_div(Decimal::from(ratio.1));
    exact.is_some_and(|exact| rounded(exact, BOOKED_DECIMALS) == rounded(booked, BOOKED_DECIMALS))
        || reduced(ratio).is_some_and(|lowest| ratio_of_decimal(booked) == Ok(lowest))
}

/// A number to so many decimals, as a table rounds it.
fn rounded(number: Decimal, decimals: u32) -> Decimal {
    number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// The same ratio without a common divisor. None unless both numbers are positive.
pub fn reduced(ratio: (i64, i64)) -> Option<(i64, i64)> {
    let (new, old) = ratio;
    if new <= 0 || old <= 0 {
        return None;
    }
    let divisor = i64::try_from(common_divisor(i128::from(new), i128::from(old))).ok()?;
    Some((new / divisor, old / divisor))
}

/// Units afterwards for units before, where the ratio says how many come on top of those held. None on overflow.
pub(crate) fn on_top(ratio: (i64, i64)) -> Option<(i64, i64)> {
    let (additional, held) = ratio;
    reduced((additional.checked_add(held)?, held))
}

/// The product of two ratios of positive numbers, without a common divisor. None on overflow.
pub(crate) fn product(left: (i128, i128), right: (i64, i64)) -> Option<(i128, i128)> {
    let new = left.0.checked_mul(i128::from(right.0))?;
    let old = left.1.checked_mul(i128::from(right.1))?;
    let divisor = common_divisor(new, old);
    Some((new.checked_div(divisor)?, old.checked_div(divisor)?))
}

fn quotient(new: Decimal, old: Decimal, text: &str) -> Result<(i64, i64), RatioError> {
    if new <= Decimal::ZERO || old <= Decimal::ZERO {
        return Err(RatioError::NotPositive { text: shown(text) });
    }
    let whole_numbers = || {
        let (new, old) = (new.normalize(), old.normalize());
        let new_units = new.mantissa().checked_mul(10_i128.checked_pow(old.scale())?)?;
        let old_units = old.mantissa().checked_mul(10_i128.checked_pow(new.scale())?)?;
        let divisor = common_divisor(new_units, old_units);
        Some((i64::try_from(new_units / divisor).ok()?, i64::try_from(old_units / divisor).ok()?))
    };
    whole_numbers().ok_or_else(|| RatioError::TooLong { text: shown(text) })
}

/// The greatest common divisor of two numbers; one if both are zero.
fn common_divisor(left: i128, right: i128) -> i128 {
    let (mut left, mut right) = (left, right);
    while right != 0 {
        (left, right) = (right, left % right);
    }
    if left == 0 { 1 } else { left }
}

fn form_or_sign(text: &str, part: &str) -> RatioError {
    let is_negative = part.strip_prefix('-').is_some_and(|rest| Decimal::from_str_exact(rest).is_ok());
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let points = part.bytes().filter(|byte| *byte == b'.').count();
    if is_negative {
        RatioError::NotPositive { text: shown(text) }
    } else if 28 <= digits && points <= 1 && digits + points == part.len() {
        RatioError::TooLong { text: shown(text) }
    } else {
        RatioError::Form { text: shown(text) }
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_MAX).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_way_to_write_a_ratio_gives_whole_numbers() {
        let cases = [
            ("7", (7, 1)),
            ("3:2", (3, 2)),
            ("3/2", (3, 2)),
            ("6:4", (3, 2)),
            ("0.1", (1, 10)),
            ("1.5", (3, 2)),
            (" 1 : 25 ", (1, 25)),
            ("0.241917", (241_917, 1_000_000)),
            ("1.0012:1", (2503, 2500)),
            ("1:0.5", (2, 1)),
            ("7.000", (7, 1)),
        ];
        for (text, ratio) in cases {
            assert_eq!(parse_ratio(text), Ok(ratio), "{text}");
        }
    }

    #[test]
    fn what_is_no_ratio_is_refused_with_the_reason() {
        for wrong in ["", ":", "3:", ":2", "3:2:1", "seven", "1e3", "1,5", "1_000", "+7", "3-2", "½"] {
            assert!(matches!(parse_ratio(wrong), Err(RatioError::Form { .. })), "{wrong}");
        }
        for wrong in ["0", "0:1", "1:0", "-7", "3:-2", "0.0"] {
            assert!(matches!(parse_ratio(wrong), Err(RatioError::NotPositive { .. })), "{wrong}");
        }
        for wrong in ["9223372036854775808", "0.0000000000000000001", &"9".repeat(60)] {
            assert!(matches!(parse_ratio(wrong), Err(RatioError::TooLong { .. })), "{wrong}");
        }
        let error = parse_ratio("seven").expect_err("a word");
        assert_eq!(
            error.to_string(),
            "`seven` is no ratio; write new units for old ones as `7`, `3:2`, `3/2` or `0.1`"
        );
    }

    #[test]
    fn a_booked_ratio_is_recognised_to_ten_decimals() {
        assert!(is_booked_as((1, 3), Decimal::new(3_333_333_333, 10)));
        assert!(is_booked_as((7, 1), Decimal::from(7)));
        assert!(!is_booked_as((7, 1), Decimal::from(6)));
        assert!(is_booked_as((2, 6), Decimal::new(333_333_333, 9)), "nine decimals are as good");
        assert!(!is_booked_as((1, 3), Decimal::new(33_333_333, 8)));
    }

    #[test]
    fn a_booked_ratio_that_was_written_out_is_the_fraction_again() {
        // What 1/15, 1/3, 2/3, 4/3 and 355/113 are in programs that count in binary numbers, and in a table.
        for (text, fraction) in [
            ("0.06666666666666667", (1, 15)),
            ("0.0666666667", (1, 15)),
            ("0.3333333333333333", (1, 3)),
            ("0.333333333", (1, 3)),
            ("0.6666666666666666", (2, 3)),
            ("1.3333333333", (4, 3)),
            ("3.1415929203539825", (355, 113)),
            ("0.001001001", (1, 999)),
            // What has few decimals, or is no small fraction, is what it says.
            ("7", (7, 1)),
            ("7.000000000000", (7, 1)),
            ("0.1", (1, 10)),
            ("0.33333333", (33_333_333, 100_000_000)),
            ("0.0009990010", (999_001, 1_000_000_000)),
            ("1.2345678912", (192_901_233, 156_250_000)),
        ] {
            let booked = text.parse().expect("a number");
            assert_eq!(ratio_of_decimal(booked), Ok(fraction), "{text}");
        }
        for (text, error) in [
            ("0.00000000004", "a ratio is positive, not `0.00000000004`"),
            ("-2", "a ratio is positive, not `-2`"),
            (
                "12345678901.1234567891",
                "the ratio `12345678901.1234567891` has more digits than fit; use whole numbers of at most 18 digits",
            ),
        ] {
            let refused = ratio_of_decimal(text.parse().expect("a number")).expect_err(text);
            assert_eq!(refused.to_string(), error);
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_or_is_refused_without_panic(text in ".{0,80}") {
            if let Ok((new, old)) = parse_ratio(&text) {
                prop_assert!(0 < new && 0 < old);
            }
        }

        #[test]
        fn small_fractions_come_back_from_what_brokers_book(new in 1_i64..5000, old in 1_i64..=1000) {
            let exact = Decimal::from(new) / Decimal::from(old);
            let kept = exact.round_dp(BOOKED_DECIMALS).normalize();
            // Of 1/219 the tenth decimal and the ninth are zeros: nobody can tell that there were more.
            prop_assume!(kept == exact || WRITTEN_OUT_DECIMALS <= kept.scale());
            let fraction = reduced((new, old)).expect("both are positive");
            prop_assert_eq!(ratio_of_decimal(exact), Ok(fraction));
            prop_assert!(is_booked_as((new, old), kept));
        }

        #[test]
        fn whole_numbers_come_back_without_their_common_divisor(new in 1_i64..=i64::MAX, old in 1_i64..=i64::MAX) {
            let (small_new, small_old) = parse_ratio(&format!("{new}:{old}")).expect("both are positive");
            prop_assert_eq!(i128::from(small_new) * i128::from(old), i128::from(small_old) * i128::from(new));
            prop_assert_eq!(reduced((new, old)), Some((small_new, small_old)));
            prop_assert_eq!(common_divisor(i128::from(small_new), i128::from(small_old)), 1);
        }
    }
}
