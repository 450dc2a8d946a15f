//! The closes of one line on every valuation date, as whole numbers.

use rust_decimal::Decimal;
use schemas::BusinessDate;

use crate::corporate_actions::split;
use crate::fixed::{power_of_ten, rescale};

/// Stands for "not quoted on this day" until closes are carried.
const UNOBSERVED: i64 = i64::MIN;
/// The same where closes need more digits.
const UNOBSERVED_WIDE: i128 = i128::MIN;
/// Powers of ten that a floating point number holds exactly.
const POWERS: [f64; 13] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];
/// Whole numbers below this are exact as floating point numbers.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// The closes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closes {
    values: Values,
    scale: u32,
    bits: u32,
}

/// Nearly every line fits 64 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// Units that fit 64 bits.
    Narrow(Vec<i64>),
    /// Units that do not.
    Wide(Vec<i128>),
}

impl Closes {
    /// As many days as given, none of them quoted.
    pub(super) fn unobserved(days: usize) -> Closes {
        Closes { values: Values::Narrow(vec![UNOBSERVED; days]), scale: 0, bits: 0 }
    }

    /// The units on each day, in units of the last of [`Closes::scale`] decimals.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The decimals of the units.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// Bits that the largest close needs.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// The close of a day; none if there is none so far.
    pub fn get(&self, day: usize) -> Option<Decimal> {
        let units = match &self.values {
            Values::Narrow(values) => i128::from(*values.get(day).filter(|units| **units != UNOBSERVED)?),
            Values::Wide(values) => *values.get(day).filter(|units| **units != UNOBSERVED_WIDE)?,
        };
        Decimal::try_from_i128_with_scale(units, self.scale).ok().map(|price| price.normalize())
    }

    /// Notes the close of a day.
    pub(super) fn observe(&mut self, day: usize, units: i128, scale: u32) {
        if self.scale < scale {
            self.raise_scale(scale);
        }
        if let Some(units) = rescale(units, scale, self.scale) {
            self.set(day, units);
        }
    }

    /// Notes a close that came as a floating point number: its shortest decimal.
    pub(super) fn observe_estimate(&mut self, day: usize, close: f64) {
        if !close.is_finite() {
            return;
        }
        for (scale, power) in (0_u32..).zip(POWERS).skip(self.scale as usize) {
            let units = (close * power).round();
            if EXACT_MAX <= units.abs() {
                break;
            }
            // Exact if the decimal reads back as the same number.
            if (units / power).to_bits() == close.to_bits() {
                #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
                let units = units as i64;
                if self.scale < scale {
                    self.raise_scale(scale);
                }
                self.set(day, i128::from(units));
                return;
            }
        }
        let exact = Decimal::from_f64_retain(close).map(|close| close.round_dp(12).normalize());
        if let Some(close) = exact {
            self.observe(day, close.mantissa(), close.scale());
        }
    }

    /// Adds the days of another run of closes of the same line.
    pub(super) fn append(&mut self, mut later: Closes) {
        let scale = self.scale.max(later.scale);
        self.raise_scale(scale);
        later.raise_scale(scale);
        if matches!(later.values, Values::Wide(_)) {
            self.widen();
        }
        if matches!(self.values, Values::Wide(_)) {
            later.widen();
        }
        match (&mut self.values, later.values) {
            (Values::Narrow(values), Values::Narrow(more)) => values.extend(more),
            (Values::Wide(values), Values::Wide(more)) => values.extend(more),
            // Both have just been brought to the same width.
            (Values::Narrow(_), Values::Wide(_)) | (Values::Wide(_), Values::Narrow(_)) => {}
        }
    }

    fn set(&mut self, day: usize, units: i128) {
        match (&mut self.values, i64::try_from(units)) {
            (Values::Narrow(values), Ok(units)) if units != UNOBSERVED => {
                if let Some(value) = values.get_mut(day) {
                    *value = units;
                }
            }
            (Values::Wide(values), _) => {
                if let Some(value) = values.get_mut(day) {
                    *value = units;
                }
            }
            (Values::Narrow(_), _) => {
                self.widen();
                self.set(day, units);
            }
        }
    }

    fn widen(&mut self) {
        if let Values::Narrow(values) = &self.values {
            let wide = |units: &i64| if *units == UNOBSERVED { UNOBSERVED_WIDE } else { i128::from(*units) };
            self.values = Values::Wide(values.iter().map(wide).collect());
        }
    }

    /// Counts in units of a later decimal.
    fn raise_scale(&mut self, scale: u32) {
        if scale <= self.scale {
            return;
        }
        let Some(factor) = power_of_ten(scale - self.scale) else { return };
        if let Values::Narrow(values) = &mut self.values {
            let narrow = i64::try_from(factor).ok();
            let fits = |units: &i64| *units == UNOBSERVED || narrow.is_some_and(|by| units.checked_mul(by).is_some());
            if values.iter().all(fits) {
                for units in values.iter_mut().filter(|units| **units != UNOBSERVED) {
                    *units = units.saturating_mul(narrow.unwrap_or(1));
                }
                self.scale = scale;
                return;
            }
            self.widen();
        }
        if let Values::Wide(values) = &mut self.values {
            for units in values.iter_mut().filter(|units| **units != UNOBSERVED_WIDE) {
                // A price has at most 28 digits, so it fits with twelve decimals more.
                *units = units.saturating_mul(factor);
            }
            self.scale = scale;
        }
    }

    /// Carries each close to the next one, divided by the splits in between. Returns the first day with a close, and
    /// the later days without one of their own.
    pub(super) fn carry(
        &mut self,
        dates: &[BusinessDate],
        splits: &[(BusinessDate, (i64, i64))],
        scale_max: u32,
    ) -> (Option<usize>, Vec<usize>) {
        let observed = |day: &usize| match &self.values {
            Values::Narrow(values) => values.get(*day).is_some_and(|units| *units != UNOBSERVED),
            Values::Wide(values) => values.get(*day).is_some_and(|units| *units != UNOBSERVED_WIDE),
        };
        let Some(first) = (0..dates.len()).find(observed) else { return (None, Vec::new()) };
        let carried: Vec<usize> = (first..dates.len()).filter(|day| !observed(day)).collect();
        for &day in &carried {
            // The day before has a close, observed or carried, because days are filled in order.
            let Some(before) = day.checked_sub(1) else { continue };
            let ratio = match (dates.get(before), dates.get(day)) {
                (Some(since), Some(until)) if !splits.is_empty() => split::factor(splits, *since, *until),
                _ => None,
            };
            match ratio.filter(|(new, old)| new != old) {
                None => self.copy(before, day),
                Some(ratio) => self.copy_divided(before, day, ratio, scale_max),
            }
        }
        let known = first..dates.len();
        self.bits = match &self.values {
            Values::Narrow(values) => {
                bits(values.get(known).unwrap_or_default().iter().map(|units| i128::from(*units)))
            }
            Values::Wide(values) => bits(values.get(known).unwrap_or_default().iter().copied()),
        };
        (Some(first), carried)
    }

    fn copy(&mut self, from: usize, to: usize) {
        match &mut self.values {
            Values::Narrow(values) => copy_within(values, from, to),
            Values::Wide(values) => copy_within(values, from, to),
        }
    }

    /// A close from before a split, in today's units: divided by the ratio, to as many decimals as a price has.
    fn copy_divided(&mut self, from: usize, to: usize, (new, old): (i128, i128), scale_max: u32) {
        let divided = self.get(from).and_then(|close| {
            let new = Decimal::try_from_i128_with_scale(new, 0).ok()?;
            let old = Decimal::try_from_i128_with_scale(old, 0).ok()?;
            Some(close.checked_mul(old)?.checked_div(new)?.round_dp(scale_max).normalize())
        });
        if let Some(close) = divided {
            self.observe(to, close.mantissa(), close.scale());
        }
    }
}

fn copy_within<N: Copy>(values: &mut [N], from: usize, to: usize) {
    if from < values.len() && to < values.len() {
        values.copy_within(from..=from, to);
    }
}

fn bits(units: impl Iterator<Item = i128>) -> u32 {
    128 - units.map(i128::unsigned_abs).max().unwrap_or(0).leading_zeros()
}
