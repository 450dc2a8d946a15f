//! A sum that is the same to the last bit whatever the order of its numbers, and however they are split into parts.
//!
//! Numbers are cut into digits of 32 bits at fixed places, as if all were written on one sheet of squared paper, and
//! each column is added up as a whole number. Columns that lie so far to the right of the leftmost one that they could
//! hardly matter are left out, and which ones these are depends on the numbers alone.
//!
//! - Source: the idea is that of Demmel and Nguyen, *Parallel Reproducible Summation*, IEEE Transactions on Computers
//!   64 (2015).

/// Bits of a digit.
const DIGIT_BITS: u32 = 32;
/// Digits that are kept: those of the largest number, which covers up to three, and one more.
const DIGITS: usize = 4;
/// The exponent of the smallest number that there is, 2^−1074: the unit of the rightmost column.
const UNIT_EXPONENT: i32 = -1074;
/// Bits of a floating point number that are stored, and the bit before them.
const STORED_BITS: u32 = 52;

/// Numbers of which a sum may consist: with more, a digit's column could overflow.
pub const TERMS_MAX: u32 = i32::MAX.unsigned_abs();

/// A sum in the making.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderFreeSum {
    /// The column of the last digit, the leftmost one.
    top: i64,
    /// The sums of the columns, from right to left.
    digits: [i64; DIGITS],
}

impl OrderFreeSum {
    /// Adds a finite number; what is not finite is none and must be kept away. Together at most [`TERMS_MAX`].
    pub fn add(&mut self, number: f64) {
        debug_assert!(number.is_finite(), "the number is finite");
        let bits = number.to_bits();
        let exponent = (bits >> STORED_BITS) & 0x7ff;
        let stored = bits & ((1 << STORED_BITS) - 1);
        // Numbers without an exponent are those below the normal ones.
        let (mantissa, shift) = if exponent == 0 { (stored, 0) } else { (stored | (1 << STORED_BITS), exponent - 1) };
        if mantissa == 0 {
            return;
        }
        let (column, offset) = (shift / u64::from(DIGIT_BITS), shift % u64::from(DIGIT_BITS));
        let wide = u128::from(mantissa) << offset;
        let digit = |place: u32| {
            let digit = i64::try_from((wide >> (place * DIGIT_BITS)) & 0xffff_ffff).unwrap_or_default();
            if number.is_sign_negative() { -digit } else { digit }
        };
        let column = i64::try_from(column).unwrap_or_default();
        self.add_digits(column + 2, [0, digit(0), digit(1), digit(2)]);
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &OrderFreeSum) {
        self.add_digits(other.top, other.digits);
    }

    /// The sum, rounded once; what lies more than 32 bits to the right of the largest number's last bit is left out.
    /// Not finite if no number can hold it.
    pub fn value(&self) -> f64 {
        let mut carried = [0_i64; DIGITS - 1];
        let mut carry = 0_i128;
        for (digit, place) in self.digits.iter().zip(carried.iter_mut()) {
            let sum = i128::from(*digit) + carry;
            carry = sum >> DIGIT_BITS;
            *place = i64::try_from(sum & 0xffff_ffff).unwrap_or_default();
        }
        let [low, middle, high] = carried.map(i128::from);
        let left = i128::from(self.digits[DIGITS - 1]) + carry;
        let lowest_column = self.top - 3;
        // Where four digits do not fit, the last one only says that there is something.
        let (whole, column) = if left.unsigned_abs() < 1 << 30 {
            ((((left << DIGIT_BITS) + high) << DIGIT_BITS << DIGIT_BITS) + (middle << DIGIT_BITS) + low, lowest_column)
        } else {
            let rest = i128::from(low != 0);
            ((((left << DIGIT_BITS) + high) << DIGIT_BITS) + (middle | rest), lowest_column + 1)
        };
        let exponent = i32::try_from(column).unwrap_or_default() * 32 + UNIT_EXPONENT;
        scaled(whole as f64, exponent)
    }

    /// The sum as plain numbers, to be kept outside.
    pub fn to_parts(self) -> [i64; DIGITS + 1] {
        let [first, second, third, fourth] = self.digits;
        [self.top, first, second, third, fourth]
    }

    /// The sum from its parts.
    pub fn from_parts(parts: [i64; DIGITS + 1]) -> OrderFreeSum {
        let [top, digits @ ..] = parts;
        OrderFreeSum { top, digits }
    }

    /// Adds the digits up to a column; those that have no place any more are left out.
    fn add_digits(&mut self, top: i64, digits: [i64; DIGITS]) {
        if self.top < top {
            self.digits = moved_right(self.digits, top - self.top);
            self.top = top;
        }
        let moved = moved_right(digits, self.top - top);
        for (sum, digit) in self.digits.iter_mut().zip(moved) {
            *sum += digit;
        }
    }
}

/// Digits seen from a column further to the left.
fn moved_right(digits: [i64; DIGITS], columns: i64) -> [i64; DIGITS] {
    let [_, second, third, fourth] = digits;
    match columns {
        0 => digits,
        1 => [second, third, fourth, 0],
        2 => [third, fourth, 0, 0],
        3 => [fourth, 0, 0, 0],
        _ => [0; DIGITS],
    }
}

/// A number times a power of two, in two steps, since one factor alone may be beyond what a number can hold.
fn scaled(number: f64, exponent: i32) -> f64 {
    let half = exponent / 2;
    number * power_of_two(half) * power_of_two(exponent - half)
}

/// Two to a power between −1022 and 1023.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(u64::try_from(exponent + 1023).unwrap_or_default() << STORED_BITS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::statistics::neumaier_sum;

    fn sum(numbers: &[f64]) -> OrderFreeSum {
        let mut sum = OrderFreeSum::default();
        numbers.iter().for_each(|number| sum.add(*number));
        sum
    }

    #[track_caller]
    fn assert_bits(numbers: &[f64], expected: f64) {
        let found = sum(numbers).value();
        assert_eq!(found.to_bits(), expected.to_bits(), "{found} instead of {expected}");
    }

    #[test]
    fn sums_that_are_known() {
        assert_bits(&[], 0.0);
        assert_bits(&[0.0, -0.0], 0.0);
        for single in [1.0, -0.1, 1e300, -1e-300, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1.5e-310] {
            assert_bits(&[single], single);
            assert_bits(&[single, -single], 0.0);
        }
        // Plain addition says 0.30000000000000004, 0 and 0.9999999999999999.
        assert_bits(&[0.1, 0.2], 0.1 + 0.2);
        assert_bits(&[1e16, 1.0, -1e16], 1.0);
        assert_bits(&[0.1; 10], 1.0);
        assert_bits(&[1e9, 1e-6, -1e9], 1e-6);
        assert!(!sum(&[f64::MAX, f64::MAX]).value().is_finite());
    }

    #[test]
    fn many_terms_carry_into_the_columns_to_the_left() {
        // Ten million times the largest digit of every column, added as one sum to itself again and again.
        let mut many = sum(&[f64::from_bits(1.0_f64.to_bits() - 1)]);
        for _ in 0..30 {
            let same = many;
            many.merge(&same);
        }
        assert!((many.value() / f64::from(1_u32 << 30) - 1.0).abs() <= f64::EPSILON);
    }

    proptest! {
        #[test]
        fn neither_order_nor_parts_matter(
            numbers in prop::collection::vec((-1.0..1.0_f64, -40..40_i32), 1..80),
            order in any::<prop::sample::Index>(),
            cut in any::<prop::sample::Index>(),
        ) {
            let numbers: Vec<f64> = numbers.iter().map(|(number, power)| number * 10_f64.powi(*power)).collect();
            let mut turned = numbers.clone();
            turned.rotate_left(order.index(numbers.len()));
            turned.reverse();
            let whole = sum(&numbers);
            prop_assert_eq!(sum(&turned), whole);
            let (first, second) = turned.split_at(cut.index(numbers.len()));
            let mut merged = OrderFreeSum::from_parts(sum(second).to_parts());
            merged.merge(&sum(first));
            prop_assert_eq!(merged, whole);
            prop_assert_eq!(merged.value().to_bits(), whole.value().to_bits());
        }

        #[test]
        fn it_is_the_sum(numbers in prop::collection::vec(-1e6..1e6_f64, 1..200)) {
            let size: f64 = numbers.iter().map(|number| number.abs()).sum();
            let expected = neumaier_sum(numbers.iter().copied());
            prop_assert!((sum(&numbers).value() - expected).abs() <= 1e-15 * size);
        }
    }
}
