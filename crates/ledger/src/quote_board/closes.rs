//! The closes of one line on every valuation date, as whole numbers.

use rust_decimal::Decimal;
use schemas::BusinessDate;

use crate::corporate_actions::split;
use crate::fixed::{power_of_ten, rescale, shortest_decimal};

/// Stands for "not quoted on this day" until closes are carried.
const UNOBSERVED: i64 = i64::MIN;
/// The same where closes need more digits.
const UNOBSERVED_WIDE: i128 = i128::MIN;

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
        if let Some((units, scale)) = shortest_decimal(close, self.scale) {
            self.raise_scale(scale);
            match &mut self.values {
                Values::Narrow(values) => {
                    if let Some(value) = values.get_mut(day) {
                        *value = units;
                    }
                }
                Values::Wide(_) => self.set(day, i128::from(units)),
            }
            return;
        }
        let exact = Decimal::from_f64_retain(close).map(|close| close.round_dp(12).normalize());
        if let Some(close) = exact {
            self.observe(day, close.mantissa(), close.scale());
        }
    }

    /// The closes of consecutive runs of days, so many in all, of one line.
    pub(super) fn joined(days: usize, parts: &[&Closes]) -> Closes {
        let scale = parts.iter().map(|part| part.scale).max().unwrap_or(0);
        let mut values = Vec::with_capacity(days);
        for part in parts {
            match part.narrow_at(scale) {
                Some((units, 1)) => values.extend_from_slice(units),
                Some((units, factor)) => {
                    values.extend(
                        units.iter().map(|units| if *units == UNOBSERVED { UNOBSERVED } else { units * factor }),
                    );
                }
                None => return Closes::joined_wide(days, scale, parts),
            }
        }
        Closes { values: Values::Narrow(values), scale, bits: 0 }
    }

    fn joined_wide(days: usize, scale: u32, parts: &[&Closes]) -> Closes {
        let mut values = Vec::with_capacity(days);
        for part in parts {
            let mut part = (*part).clone();
            part.raise_scale(scale);
            part.widen();
            if let Values::Wide(units) = part.values {
                values.extend(units);
            }
        }
        Closes { values: Values::Wide(values), scale, bits: 0 }
    }

    /// The units with the factor that makes them units of the last of `scale` decimals; none if they do not fit.
    fn narrow_at(&self, scale: u32) -> Option<(&[i64], i64)> {
        let Values::Narrow(values) = &self.values else { return None };
        let factor = i64::try_from(power_of_ten(scale.checked_sub(self.scale)?)?).ok()?;
        let fits = |units: &i64| *units == UNOBSERVED || units.checked_mul(factor).is_some();
        (factor == 1 || values.iter().all(fits)).then_some((values, factor))
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
        let narrow = self.narrow_at(scale).map(|(_, factor)| factor);
        if let (Values::Narrow(values), Some(factor)) = (&mut self.values, narrow) {
            for units in values.iter_mut().filter(|units| **units != UNOBSERVED) {
                *units *= factor;
            }
            self.scale = scale;
            return;
        }
        self.widen();
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
        let largest = match &self.values {
            Values::Narrow(values) => {
                values.get(known).unwrap_or_default().iter().map(|units| units.unsigned_abs()).max().map(u128::from)
            }
            Values::Wide(values) => {
                values.get(known).unwrap_or_default().iter().map(|units| units.unsigned_abs()).max()
            }
        };
        self.bits = 128 - largest.unwrap_or(0).leading_zeros();
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
