//! Exact arithmetic on whole numbers, for loops over millions of position-days.
//!
//! A decimal is a whole number of units of its last decimal. Products and sums of such numbers are exact, and a sum
//! over ten years of days costs two machine multiplications a day. Nothing is rounded before the one division by an
//! exchange rate, and that division is a multiplication by the rate's reciprocal, kept to 128 bits.

use std::num::NonZeroU128;

use rust_decimal::Decimal;

/// Decimals of amounts in base currency, those of [`schemas::Amount`].
pub const AMOUNT_SCALE: u32 = 10;
/// Powers of ten that a floating point number holds exactly.
const POWERS: [f64; 13] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];
/// Whole numbers below this are exact as floating point numbers.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
/// Decimals to which amounts are brought before they are converted.
pub const CONVERTED_FROM_SCALE: u32 = 20;

/// Ten to a power; none if it does not fit.
pub fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// A decimal as a whole number and its count of decimals, without trailing zeros.
pub fn units_of(value: Decimal) -> (i128, u32) {
    let (mut units, mut scale) = (value.mantissa(), value.scale());
    // Nearly every number fits 64 bits, which the processor divides by itself.
    if let Ok(mut narrow) = i64::try_from(units) {
        while 0 < scale && narrow % 10 == 0 {
            narrow /= 10;
            scale -= 1;
        }
        return (i128::from(narrow), scale);
    }
    while 0 < scale && units % 10 == 0 {
        units /= 10;
        scale -= 1;
    }
    (units, scale)
}

/// The decimal that a floating point number was written as: the one with the fewest decimals, of `scale_min` to
/// twelve, that reads back as the same number. As a whole number of units of its last decimal. None if there is none,
/// or the number of units is no exact floating point number.
pub fn shortest_decimal(number: f64, scale_min: u32) -> Option<(i64, u32)> {
    for (scale, power) in (0_u32..).zip(POWERS).skip(scale_min as usize) {
        let raised = number * power;
        if EXACT_MAX <= raised.abs() {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a number below 2^53; rounded by hand, for speed")]
        let units = (raised + 0.5_f64.copysign(raised)) as i64;
        #[expect(clippy::cast_precision_loss, reason = "a whole number of at most 2^53")]
        let read_back = units as f64 / power;
        if read_back.to_bits() == number.to_bits() {
            return Some((units, scale));
        }
    }
    None
}

/// Brings units of one scale to another, rounding half away from zero. None on overflow.
pub fn rescale(units: i128, from: u32, to: u32) -> Option<i128> {
    if from <= to {
        return units.checked_mul(power_of_ten(to - from)?);
    }
    let divisor = power_of_ten(from - to)?;
    let (quotient, remainder) = (units / divisor, units % divisor);
    // The remainder is smaller than the divisor, which is at most 10^38, so twice of it fits.
    let away = if divisor <= remainder.abs().saturating_mul(2) { units.signum() } else { 0 };
    quotient.checked_add(away)
}

/// The factor `numerator / denominator`, ready to multiply many amounts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    /// The leading 128 bits of the factor.
    leading: NonZeroU128,
    /// Bits by which a product with `leading` is to be shifted right.
    shift: u32,
}

/// Denominators above this would overflow the long division.
const DENOMINATOR_MAX: u128 = 1 << 126;
/// The lower half of 128 bits.
const HALF: u128 = (1 << 64) - 1;
/// Bits that long division takes at once.
const STEP_BITS_MAX: u32 = 64;

impl Factor {
    /// The factor of two positive numbers. None if one is zero or the denominator has more than 126 bits.
    pub fn new(numerator: u128, denominator: u128) -> Option<Factor> {
        if numerator == 0 || denominator == 0 || DENOMINATOR_MAX < denominator {
            return None;
        }
        // Long division, as many bits at a time as the remainder leaves room for: first the whole part, then as many
        // bits as fill the 128.
        let mut leading = numerator / denominator;
        let mut remainder = numerator % denominator;
        let mut shift = 0_u32;
        while leading.leading_zeros() != 0 {
            let room = leading.leading_zeros().min(remainder.leading_zeros()).min(STEP_BITS_MAX);
            let raised = remainder << room;
            leading = (leading << room) | (raised / denominator);
            remainder = raised % denominator;
            shift += room;
            if 255 < shift {
                return None;
            }
        }
        // Rounded up, so that an exact half is seen as one.
        let leading = if remainder == 0 { leading } else { leading.checked_add(1)? };
        Some(Factor { leading: NonZeroU128::new(leading)?, shift })
    }

    /// The factor times a power of ten. None if it has no bits after the point left.
    pub fn raised(self, exponent: u32) -> Option<Factor> {
        let (high, low) = wide_product(self.leading.get(), power_of_ten(exponent)?.unsigned_abs());
        let taken = 128 - high.leading_zeros();
        let (leading, rest) = match taken {
            0 => (low, 0),
            128 => (high, low),
            taken => (high << (128 - taken) | low >> taken, low << (128 - taken)),
        };
        // Rounded up, as in `new`.
        let leading = if rest == 0 { leading } else { leading.checked_add(1)? };
        Some(Factor { leading: NonZeroU128::new(leading)?, shift: self.shift.checked_sub(taken)? })
    }

    /// The product with an amount, rounded half away from zero. The factor's own error is below 2⁻¹²⁷ of it. None on
    /// overflow.
    #[inline]
    pub fn multiply(self, amount: i128) -> Option<i128> {
        let (high, low) = wide_product(amount.unsigned_abs(), self.leading.get());
        let magnitude = match self.shift {
            // What nearly every exchange rate needs. The high half of a product with an amount of 127 bits has 127
            // bits at most, and the result fewer.
            shift @ 129.. => {
                let magnitude = (((high >> (shift - 129)) + 1) >> 1).cast_signed();
                return Some(if amount < 0 { -magnitude } else { magnitude });
            }
            128 => high.checked_add(low >> 127)?,
            0 => (high == 0).then_some(low)?,
            shift => {
                let half = low >> (shift - 1) & 1;
                if high >> (shift - 1) != 0 {
                    return None;
                }
                (high << (128 - shift) | low >> shift).checked_add(half)?
            }
        };
        let magnitude = i128::try_from(magnitude).ok()?;
        Some(if amount < 0 { -magnitude } else { magnitude })
    }
}

/// Factors of consecutive days for amounts of 64 bits, with one binary point: a product costs two multiplications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorSeries {
    /// Zero where there is no factor.
    factors: Vec<u128>,
    /// Bits by which a product is to be shifted right.
    shift: u32,
}

/// Shifts with which the lowest 64 bits of a product are below any half that is looked at.
const SERIES_SHIFTS: std::ops::RangeInclusive<u32> = 66..=190;
/// Bits that the smallest factor of a series may have less than the largest.
const SERIES_BITS_LOST_MAX: u32 = 16;

impl FactorSeries {
    /// The factors of consecutive days. None if they are too far apart, too large or too small for one binary point.
    pub fn new(factors: &[Option<Factor>]) -> Option<FactorSeries> {
        let shift = factors.iter().flatten().map(|factor| factor.shift).min()?;
        let last = factors.iter().flatten().map(|factor| factor.shift).max()?;
        if !SERIES_SHIFTS.contains(&shift) || SERIES_BITS_LOST_MAX < last - shift {
            return None;
        }
        let aligned = |factor: &Option<Factor>| {
            let Some(factor) = factor else { return 0 };
            let (leading, lost) = (factor.leading.get(), factor.shift - shift);
            // Rounded up, so that an exact half is seen as one. A number that lost bits is not the largest.
            let kept = leading >> lost;
            if kept << lost == leading { kept } else { kept + 1 }
        };
        Some(FactorSeries { factors: factors.iter().map(aligned).collect(), shift })
    }

    /// Calls `each` with the product of every amount and the factor of its day, from a day on, rounded half away from
    /// zero; with none where there is no factor.
    #[inline]
    pub fn multiply(&self, from: usize, amounts: impl Iterator<Item = i64>, mut each: impl FnMut(Option<i128>)) {
        let shift = self.shift - 65;
        for (amount, factor) in amounts.zip(self.factors.get(from..).unwrap_or_default()) {
            if *factor == 0 {
                each(None);
                continue;
            }
            let magnitude = u128::from(amount.unsigned_abs());
            let low = (magnitude * (factor & HALF)) >> 64;
            let product = (((magnitude * (factor >> 64) + low) >> shift) + 1) >> 1;
            let product = product.cast_signed();
            each(Some(if amount < 0 { -product } else { product }));
        }
    }
}

/// The product of two numbers as its high and its low half.
#[inline]
fn wide_product(left: u128, right: u128) -> (u128, u128) {
    let (left_high, left_low) = (left >> 64, left & HALF);
    let (right_high, right_low) = (right >> 64, right & HALF);
    let low = left_low * right_low;
    let cross = left_high * right_low + (low >> 64);
    let middle = left_low * right_high + (cross & HALF);
    let high = left_high * right_high + (cross >> 64) + (middle >> 64);
    (high, middle << 64 | low & HALF)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hundred_pounds_at_the_rates_of_3_january_2022() {
        // 100 GBP · 1.1355 / 0.84135 = 134.961669… USD, to ten decimals 134.9616687467.
        let factor = Factor::new(11_355 * 10, 84_135 * 10_000_000_000).expect("a factor");
        let pounds = rescale(100, 0, CONVERTED_FROM_SCALE).expect("fits");
        assert_eq!(factor.multiply(pounds), Some(1_349_616_687_467));
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(rescale(15, 1, 0), Some(2));
        assert_eq!(rescale(-15, 1, 0), Some(-2));
        assert_eq!(rescale(-14, 1, 0), Some(-1));
    }

    #[test]
    fn numbers_are_the_decimals_that_they_were_written_as() {
        assert_eq!(shortest_decimal(0.07, 0), Some((7, 2)));
        assert_eq!(shortest_decimal(0.07, 4), Some((700, 4)));
        assert_eq!(shortest_decimal(-45.25, 0), Some((-4525, 2)));
        assert_eq!(shortest_decimal(0.0, 0), Some((0, 0)));
        // The largest number below one half has 16 decimals and more.
        assert_eq!(shortest_decimal(0.499_999_999_999_999_94, 0), None);
        assert_eq!(shortest_decimal(f64::NAN, 0), None);
        assert_eq!(shortest_decimal(f64::INFINITY, 0), None);
    }

    proptest! {
        #[test]
        fn a_decimal_is_found_again(units in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u32..=6) {
            let written = Decimal::new(units, scale).normalize();
            let number: f64 = written.to_string().parse().expect("a number");
            let (found, scale) = shortest_decimal(number, 0).expect("a decimal");
            prop_assert_eq!(Decimal::new(found, scale), written);
        }

        #[test]
        fn as_long_division(
            amount in -1_000_000_000_000_000_000_i128..1_000_000_000_000_000_000,
            numerator in 1_u128..1_000_000_000_000, denominator in 1_u128..1_000_000_000_000,
        ) {
            let factor = Factor::new(numerator, denominator).expect("a factor");
            let exact = amount * i128::try_from(numerator).expect("fits");
            let divisor = i128::try_from(denominator).expect("fits");
            let (quotient, remainder) = (exact / divisor, exact % divisor);
            let rounded = quotient + if divisor <= remainder.abs() * 2 { amount.signum() } else { 0 };
            prop_assert_eq!(factor.multiply(amount), Some(rounded));
        }

        #[test]
        fn series_take_amounts_of_fewer_decimals(
            amount in any::<i64>(), exponent in 0_u32..=20,
            numerator in 1_u128..1_000_000_000_000, denominator in 1_u128..1_000_000_000_000,
        ) {
            let factor = Factor::new(numerator, denominator * 10_u128.pow(10)).expect("a factor");
            let raised = i128::from(amount).checked_mul(10_i128.pow(exponent));
            let product = raised.and_then(|amount| factor.multiply(amount));
            prop_assume!(product.is_some());
            let raised = factor.raised(exponent).expect("a factor");
            if let Some(series) = FactorSeries::new(&[None, Some(raised)]) {
                let mut products = Vec::new();
                series.multiply(0, [amount, amount].into_iter(), |product| products.push(product));
                prop_assert_eq!(products, [None, product]);
            }
            prop_assert_eq!(raised.multiply(amount.into()), product);
        }

        #[test]
        fn the_wide_product_is_the_product(left in any::<u64>(), right in any::<u128>()) {
            let (high, low) = wide_product(u128::from(left), right);
            let (right_high, right_low) = (right >> 64, right & u128::from(u64::MAX));
            let lower = u128::from(left) * right_low;
            let upper = u128::from(left) * right_high + (lower >> 64);
            prop_assert_eq!((high, low), (upper >> 64, upper << 64 | lower & u128::from(u64::MAX)));
        }
    }
}
