//! Daily returns linked into the return of a period, and that return a year.

use crate::figure::NoFigure;
use crate::series::PerformanceSeries;

/// Trading days a year, for everything that is sampled daily.
pub(crate) const DAYS_PER_YEAR: f64 = 252.0;

/// The product of all `1 + r`, less one.
pub(crate) fn time_weighted_return(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    series.check()?;
    if series.returns.is_empty() {
        return Err(no_returns(series));
    }
    let growth = series.returns.iter().fold(1.0, |growth, entry| growth * (1.0 + entry.number));
    Ok(growth - 1.0)
}

/// The time-weighted return as a rate a year of 365 calendar days.
pub(crate) fn annualised_by_calendar(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    let total = time_weighted_return(series)?;
    let years = series.years();
    if years <= 0.0 {
        return Err(NoFigure::new("a period without a day cannot be annualised"));
    }
    annualised(total, years)
}

/// The time-weighted return as a rate a year of 252 daily returns.
pub(crate) fn annualised_by_observations(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    let total = time_weighted_return(series)?;
    annualised(total, series.returns.len() as f64 / DAYS_PER_YEAR)
}

/// The reason for having no figure where there are no daily returns.
pub(crate) fn no_returns(series: &PerformanceSeries) -> NoFigure {
    NoFigure::new(format!("no daily return from {} to {}", series.opening_date, series.end_date))
}

fn annualised(total: f64, years: f64) -> Result<f64, NoFigure> {
    if total < -1.0 {
        return Err(NoFigure::new("a loss of more than everything cannot be annualised"));
    }
    Ok((total.ln_1p() / years).exp_m1())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{any_returns, assert_close, of_returns};

    #[test]
    fn everything_lost_stays_lost() {
        assert_close(annualised(-1.0, 2.0).unwrap(), -1.0);
        assert!(annualised(-1.5, 2.0).is_err());
        // 21 % in two years are 10 % a year: 1.1² = 1.21.
        assert_close(annualised(0.21, 2.0).unwrap(), 0.1);
    }

    proptest! {
        #[test]
        fn a_period_is_the_product_of_its_parts(returns in any_returns(), part in 0.0..1.0_f64) {
            let at = crate::statistics::floor_index(part * returns.len() as f64, returns.len() - 2) + 1;
            let (first, second) = returns.split_at(at);
            let growth = |numbers: &[f64]| 1.0 + time_weighted_return(&of_returns(numbers)).unwrap();
            let whole = growth(&returns);
            prop_assert!((growth(first) * growth(second) - whole).abs() <= 1e-12 * whole);
        }
    }
}
