//! How often a series is sampled, and so by what its dispersion becomes a figure a year.

/// How many returns of a series make a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampling {
    /// A return for each trading day.
    #[default]
    Daily252,
    /// A return for each calendar day.
    Calendar365,
    /// A return a week.
    Weekly52,
    /// A return a month.
    Monthly12,
}

impl Sampling {
    /// Returns a year, e.g. 252.
    pub const fn periods_per_year(self) -> f64 {
        match self {
            Sampling::Daily252 => 252.0,
            Sampling::Calendar365 => 365.0,
            Sampling::Weekly52 => 52.0,
            Sampling::Monthly12 => 12.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::{annualised_return_252, volatility};
    use crate::sample_series::{BACON_MONTHLY_RETURNS, assert_close, of_returns};
    use crate::series::PerformanceSeries;

    #[test]
    fn months_become_a_year_by_twelve() {
        let daily = of_returns(&BACON_MONTHLY_RETURNS);
        let monthly = PerformanceSeries { sampling: Sampling::Monthly12, ..daily.clone() };
        let figure = |series: &PerformanceSeries| volatility::MEASURE.of(series).number().unwrap();
        assert_close(figure(&monthly), figure(&daily) * (12.0_f64 / 252.0).sqrt());
        // 24 months are two years: the root of the growth.
        let growth = BACON_MONTHLY_RETURNS.iter().fold(1.0, |growth, number| growth * (1.0 + number));
        let annual = annualised_return_252::MEASURE.of(&monthly).number().unwrap();
        assert_close(annual, f64::sqrt(growth) - 1.0);
    }
}
