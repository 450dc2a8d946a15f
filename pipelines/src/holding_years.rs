//! For how long a portfolio is recommended to be held, which decides about its market risk by the law on packaged
//! products.
//!
//! Skewness and kurtosis count the less the longer returns add up, so that the same returns may be in another class
//! with another holding period. Nobody can read it off the books: the house says it.

use serde::Deserialize;

/// A holding period in years, above zero and at most a hundred; five unless the configuration says another.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(try_from = "f64")]
pub struct HoldingYears(f64);

/// More is a mistake.
const YEARS_MAX: f64 = 100.0;

impl HoldingYears {
    /// The number of years.
    pub fn years(self) -> f64 {
        self.0
    }
}

impl Default for HoldingYears {
    /// The holding period that is recommended most often.
    fn default() -> Self {
        HoldingYears(5.0)
    }
}

impl TryFrom<f64> for HoldingYears {
    type Error = String;

    fn try_from(years: f64) -> Result<HoldingYears, String> {
        if 0.0 < years && years <= YEARS_MAX {
            return Ok(HoldingYears(years));
        }
        Err(format!("a holding period of {years} years is not above 0 and at most {YEARS_MAX}; write e.g. 5"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_above_zero_and_at_most_a_hundred_years() {
        assert!(HoldingYears::try_from(0.5).is_ok_and(|period| (period.years() - 0.5).abs() < 1e-15));
        assert!(HoldingYears::try_from(100.0).is_ok());
        for wrong in [0.0, -1.0, 100.5, f64::NAN, f64::INFINITY] {
            assert!(HoldingYears::try_from(wrong).is_err(), "{wrong}");
        }
    }
}
