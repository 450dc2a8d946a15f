//! Daily returns linked into the return of a period, and that return a year.

use crate::figure::NoFigure;
use crate::measured::Measured;
use crate::reward_to_risk::risk_free_annual;
use crate::same_days::{self, Lacking};
use crate::series::{DatedNumber, PerformanceSeries};

/// The product of all `1 + r`, less one.
pub(crate) fn time_weighted_return(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    Ok(measured.digest()?.path.growth - 1.0)
}

/// The product of all `1 + r` of the same days before charges, less one.
///
/// # Errors
/// [`NoFigure`] if there is no daily return, nothing is known of charges, or those of one of the days are not known,
/// which is named.
pub(crate) fn before_charges(measured: &Measured<'_>, returns: Option<&[DatedNumber]>) -> Result<f64, NoFigure> {
    measured.returns()?;
    let returns = returns.ok_or_else(|| NoFigure::new("nothing is known of fees and taxes"))?;
    let aligned = same_days::beside_returns(measured.series(), returns).map_err(|lacking| match lacking {
        Lacking::Nothing(date) => NoFigure::new(format!("the fees and taxes of {date} are not known")),
        Lacking::NotFinite(date) => {
            NoFigure::new(format!("the return before charges of {date} is not a finite number"))
        }
    })?;
    Ok(aligned.iter().fold(1.0, |growth, number| growth * (1.0 + number)) - 1.0)
}

/// The time-weighted return as a rate a year of 365 calendar days.
pub(crate) fn annualised_by_calendar(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let total = time_weighted_return(measured)?;
    let years = measured.series().years();
    if years <= 0.0 {
        return Err(NoFigure::new("a period without a day cannot be annualised"));
    }
    annualised(total, years)
}

/// The time-weighted return as a rate a year, which has 252 daily returns or as many as the series is sampled with.
pub(crate) fn annualised_by_observations(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let total = time_weighted_return(measured)?;
    annualised(total, measured.digest()?.spread.count / measured.series().sampling.periods_per_year()?)
}

/// The return a year of [`annualised_by_observations`] less the rate a year without risk.
pub(crate) fn annualised_above_risk_free(measured: &Measured<'_>) -> Result<f64, NoFigure> {
    let annual = annualised_by_observations(measured)?;
    Ok(annual - risk_free_annual(measured.series())?)
}

/// The reason for having no figure where there are no daily returns.
pub(crate) fn no_returns(series: &PerformanceSeries) -> NoFigure {
    NoFigure::new(format!("no daily return from {} to {}", series.opening_date, series.end_date))
}

/// A return of some years as a rate a year.
pub(crate) fn annualised(total: f64, years: f64) -> Result<f64, NoFigure> {
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
            let growth = |numbers: &[f64]| 1.0 + time_weighted_return(&Measured::new(&of_returns(numbers))).unwrap();
            let whole = growth(&returns);
            prop_assert!((growth(first) * growth(second) - whole).abs() <= 1e-12 * whole);
        }
    }
}
