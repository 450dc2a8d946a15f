//! Exact numbers by what they measure.
//!
//! A quantity, a price, an amount and a rate are all decimals, and none may stand in for another. Each has a fixed
//! number of decimals in the lake's tables, chosen so that sums cannot overflow: storing rounds half away from zero
//! to that scale, and a number that does not fit is an error, never a wrapped value.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};

/// A number that does not fit its column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{value} is too large: {kind} has at most {integer_digits} digits before the point")]
pub struct OutOfRange {
    value: Decimal,
    /// In words, e.g. `a price`.
    kind: &'static str,
    integer_digits: u8,
}

macro_rules! exact {
    ($(#[$doc:meta])* $name:ident, $words:literal, $precision:literal, $scale:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Decimal);

        impl $name {
            /// Digits in the lake's tables.
            pub const PRECISION: u8 = $precision;
            /// Decimals in the lake's tables.
            pub const SCALE: i8 = $scale;
            /// Nothing.
            pub const ZERO: $name = $name(Decimal::ZERO);

            /// Names a number.
            pub const fn new(value: Decimal) -> $name {
                $name(value)
            }

            /// The bare number, for arithmetic.
            pub const fn decimal(self) -> Decimal {
                self.0
            }

            /// Whether the number is zero.
            pub fn is_zero(self) -> bool {
                self.0.is_zero()
            }

            /// The number in units of its last decimal, rounded half away from zero.
            ///
            /// # Errors
            /// [`OutOfRange`] if it has more digits before its point than its column.
            pub fn to_units(self) -> Result<i128, OutOfRange> {
                to_units(self.0, $scale, $precision).ok_or(OutOfRange {
                    value: self.0,
                    kind: $words,
                    integer_digits: $precision - $scale,
                })
            }

            /// The number from units of its last decimal, without trailing zeros; none if a `Decimal` cannot hold it.
            pub fn from_units(units: i128) -> Option<$name> {
                from_units(units, $scale).map($name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl From<Decimal> for $name {
            fn from(value: Decimal) -> $name {
                $name(value)
            }
        }

        impl FromStr for $name {
            type Err = rust_decimal::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Decimal::from_str_exact(text).map($name)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0.normalize())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

exact!(
    /// Units of an instrument, e.g. 12.5 fund shares, or an amount of cash in its own currency. Negative if short or
    /// overdrawn.
    Quantity, "a quantity", 28, 10
);
exact!(
    /// An observed or agreed price per unit, in the unit in which the instrument is quoted (pence for a pence line).
    Price, "a price", 28, 12
);
exact!(
    /// An amount in a currency that the row names. Kept to ten decimals, because conventions forbid rounding inside
    /// a calculation; what is printed is rounded once, by `Money`.
    Amount, "an amount", 30, 10
);
exact!(
    /// Units of one currency for one unit of another, or a price scale such as 0.01.
    Rate, "a rate", 28, 12
);

fn to_units(value: Decimal, scale: i8, precision: u8) -> Option<i128> {
    let scale = u32::from(scale.unsigned_abs());
    let rounded = value.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
    let factor = 10_i128.checked_pow(scale - rounded.scale())?;
    let units = rounded.mantissa().checked_mul(factor)?;
    (units.unsigned_abs() < 10_u128.pow(u32::from(precision))).then_some(units)
}

fn from_units(units: i128, scale: i8) -> Option<Decimal> {
    let mut scale = u32::from(scale.unsigned_abs());
    // Nearly every number is small enough for a division that takes a few cycles; tables hold billions of them.
    if let Ok(mut units) = i64::try_from(units) {
        while 0 < scale && units % 10 == 0 {
            units /= 10;
            scale -= 1;
        }
        return Decimal::try_new(units, scale).ok();
    }
    let mut units = units;
    while 0 < scale && units % 10 == 0 {
        units /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(units, scale).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn storing_rounds_half_away_from_zero_and_refuses_what_does_not_fit() {
        let amount: Amount = "-0.00000000005".parse().expect("a number");
        assert_eq!(amount.to_units(), Ok(-1));
        let huge: Amount = "100000000000000000000".parse().expect("a number");
        // It needs 31 digits at ten decimals.
        let words = "100000000000000000000 is too large: an amount has at most 20 digits before the point";
        assert_eq!(huge.to_units().map_err(|error| error.to_string()), Err(words.to_owned()));
    }

    proptest! {
        #[test]
        fn units_round_trip(units in -1_000_000_000_000_000_000_000_i128..1_000_000_000_000_000_000_000) {
            let amount = Amount::from_units(units).expect("fits");
            prop_assert_eq!(amount.to_units(), Ok(units));
        }
    }
}
