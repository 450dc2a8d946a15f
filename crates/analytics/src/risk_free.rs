//! The rate of an investment without risk, against which returns are measured: one for a whole series, or one for each
//! of its days.
//!
//! Rates are rates a year; what a day earns is `(1 + r)^(1/252) − 1`. Where rates are dated, returns are compared with
//! the rate of their own day, as Sharpe does: the dispersion is that of what was earned above it.

use crate::compounding::no_returns;
use crate::figure::NoFigure;
use crate::reward_to_risk::periodic_rate;
use crate::series::{DatedNumber, PerformanceSeries};

/// What an investment without risk would have earned.
#[derive(Clone, Debug, PartialEq)]
pub enum RiskFree {
    /// One rate a year for all days, as a fraction, e.g. 0.02.
    Annual(f64),
    /// The rate a year that counts on each day with a return, as a fraction, in order of date. Days for which none is
    /// known are left out, and what is compared with it has no figure then.
    Dated(Vec<DatedNumber>),
}

/// The rates without risk of the returns of a series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RiskFreeRates {
    /// One rate a year for all of them.
    Annual(f64),
    /// For each return what its time earns without risk.
    OfEach(Vec<f64>),
}

/// The rates without risk of the returns of a series.
///
/// # Errors
/// [`NoFigure`] if the series carries no rate, or none for one of the returns, whose day is named.
pub(crate) fn rates(series: &PerformanceSeries) -> Result<RiskFreeRates, NoFigure> {
    match &series.risk_free {
        None => Err(NoFigure::new("no risk-free rate is known")),
        Some(RiskFree::Annual(rate)) => Ok(RiskFreeRates::Annual(*rate)),
        Some(RiskFree::Dated(rates)) => of_each(series, rates).map(RiskFreeRates::OfEach),
    }
}

/// The rate a year that the rates of a series come to: the one that it carries, or what those of its days compound to.
///
/// # Errors
/// [`NoFigure`] as [`rates`] has it, or if rates are dated and there is no return.
pub(crate) fn annual_rate(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    let each = match rates(series)? {
        RiskFreeRates::Annual(rate) => return Ok(rate),
        RiskFreeRates::OfEach(each) => each,
    };
    if each.is_empty() {
        return Err(no_returns(series));
    }
    let growth: f64 = each.iter().map(|rate| rate.ln_1p()).sum();
    Ok((growth / each.len() as f64 * series.sampling.periods_per_year()?).exp_m1())
}

/// What returns are above the rates without risk of their own days.
pub(crate) fn above(returns: &[f64], rates: &[f64]) -> Vec<f64> {
    returns.iter().zip(rates).map(|(number, rate)| number - rate).collect()
}

fn of_each(series: &PerformanceSeries, rates: &[DatedNumber]) -> Result<Vec<f64>, NoFigure> {
    let mut each = Vec::with_capacity(series.returns.len());
    let mut waiting = rates.iter().peekable();
    // A rate mostly counts for many days, and for each of them it comes to the same.
    let mut before: Option<(u64, f64)> = None;
    for entry in &series.returns {
        while waiting.next_if(|rate| rate.date < entry.date).is_some() {}
        let Some(rate) = waiting.next_if(|rate| rate.date == entry.date) else {
            return Err(NoFigure::new(lacking(series, rates)));
        };
        let bits = rate.number.to_bits();
        let periodic = match before {
            Some((known, periodic)) if known == bits => periodic,
            _ => periodic_rate(rate.number, series.sampling)?,
        };
        before = Some((bits, periodic));
        each.push(periodic);
    }
    Ok(each)
}

/// Which days with a return have no rate: the first, how many others, and the last.
fn lacking(series: &PerformanceSeries, rates: &[DatedNumber]) -> String {
    let mut waiting = rates.iter().peekable();
    let (mut first, mut last, mut count) = (None, None, 0_usize);
    for entry in &series.returns {
        while waiting.next_if(|rate| rate.date < entry.date).is_some() {}
        if waiting.peek().is_none_or(|rate| rate.date != entry.date) {
            first = first.or(Some(entry.date));
            last = Some(entry.date);
            count += 1;
        }
    }
    let days = match (first, last) {
        (Some(first), Some(last)) if count == 2 => format!("{first} and {last}"),
        (Some(first), Some(last)) if 2 < count => format!("{first} and {} more days up to {last}", count - 1),
        (Some(first), _) => first.to_string(),
        _ => "some days".to_owned(),
    };
    format!("no risk-free rate is known for {days}, or only one that is too old")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::{MEASURES, alpha_daily, beta, sharpe_geometric, sharpe_rf, sortino_rf, volatility};
    use crate::sample_series::{any_returns, assert_close, assert_number, assert_unavailable, beside, of_returns};

    /// The rate a year that is this one a day.
    fn a_year(daily: f64) -> f64 {
        (daily.ln_1p() * 252.0).exp_m1()
    }

    /// A series whose days have these rates a day.
    fn with_daily_rates(series: PerformanceSeries, daily: &[f64]) -> PerformanceSeries {
        let days = series.returns.iter().zip(daily);
        let rates = days.map(|(entry, rate)| DatedNumber { date: entry.date, number: a_year(*rate) }).collect();
        PerformanceSeries { risk_free: Some(RiskFree::Dated(rates)), ..series }
    }

    #[test]
    fn each_return_is_compared_with_the_rate_of_its_own_day() {
        // 3 % − 1 % = 2 % and 0.4 % − 0.4 % = 0 %: mean 1 %, variance 2e-4. Against the mean rate of 0.7 % for both
        // days the mean would be the same, and the variance that of 3 % and 0.4 %: 3.38e-4.
        let series = with_daily_rates(of_returns(&[0.03, 0.004]), &[0.01, 0.004]);
        assert_number(&sharpe_rf::MEASURE, &series, 0.01 / 2e-4_f64.sqrt() * 252.0_f64.sqrt());
        // 3 % and −1 % above: mean 1 %, shortfall √(1e-4 / 2).
        let series = with_daily_rates(of_returns(&[0.04, -0.008]), &[0.01, 0.002]);
        assert_number(&sortino_rf::MEASURE, &series, 0.01 / (1e-4_f64 / 2.0).sqrt() * 252.0_f64.sqrt());
    }

    #[test]
    fn alpha_is_the_intercept_of_what_is_above_the_rates() {
        // Above the rates the benchmark earned −1, 0 and 1 %, the portfolio twice that and 0.5 %: the intercept is
        // 0.5 % a day. Beta itself is that of the returns as they are: rates do not count in it.
        let rates = [0.001, 0.002, 0.006];
        let portfolio = [-0.02 + 0.005 + 0.001, 0.005 + 0.002, 0.02 + 0.005 + 0.006];
        let benchmark = [-0.01 + 0.001, 0.002, 0.01 + 0.006];
        let days = beside(&portfolio, &benchmark);
        let without_rates = beta::MEASURE.of(&days);
        let series = with_daily_rates(days, &rates);
        assert_number(&alpha_daily::MEASURE, &series, 0.005);
        assert_eq!(beta::MEASURE.of(&series), without_rates);
    }

    #[test]
    fn what_the_days_earn_compounds_to_a_rate_a_year() {
        // 1.002 · 1.004 in two days are 1.006008^126 in 252.
        let series = with_daily_rates(of_returns(&[0.01, -0.01]), &[0.002, 0.004]);
        let rate = 1.006_008_f64.powi(126) - 1.0;
        assert_close(annual_rate(&series).unwrap(), rate);
        let volatility = volatility::MEASURE.of(&series).number().unwrap();
        assert_number(&sharpe_geometric::MEASURE, &series, (0.9999_f64.powi(126) - 1.0 - rate) / volatility);
        let empty = with_daily_rates(of_returns(&[]), &[]);
        assert!(annual_rate(&empty).unwrap_err().to_string().contains("no daily return"));
    }

    #[test]
    fn a_day_without_a_rate_is_named_and_spoils_nothing_else() {
        let mut series = with_daily_rates(of_returns(&[0.01, 0.02, 0.03]), &[0.001; 3]);
        if let Some(RiskFree::Dated(rates)) = &mut series.risk_free {
            rates.remove(1);
        }
        let reason = "no risk-free rate is known for 2024-01-03, or only one that is too old";
        for measure in [&sharpe_rf::MEASURE, &sortino_rf::MEASURE, &alpha_daily::MEASURE, &sharpe_geometric::MEASURE] {
            assert_unavailable(measure, &series, reason);
        }
        assert!(volatility::MEASURE.of(&series).number().is_some());
        let mut none_later = with_daily_rates(of_returns(&[0.01; 5]), &[0.001; 5]);
        if let Some(RiskFree::Dated(rates)) = &mut none_later.risk_free {
            rates.truncate(2);
        }
        let reason = "no risk-free rate is known for 2024-01-04 and 2 more days up to 2024-01-06, or only one that is \
                      too old";
        assert_unavailable(&sharpe_rf::MEASURE, &none_later, reason);
        let impossible = with_daily_rates(of_returns(&[0.01, 0.02]), &[0.001, -1.0]);
        assert_unavailable(&sharpe_rf::MEASURE, &impossible, "a risk-free rate of -1 a year is none");
        // A day on which there is a rate and no return does not count.
        let mut fewer = with_daily_rates(of_returns(&[0.03, 0.5, 0.004]), &[0.01, 0.3, 0.004]);
        fewer.returns.remove(1);
        assert_number(&sharpe_rf::MEASURE, &fewer, 0.01 / 2e-4_f64.sqrt() * 252.0_f64.sqrt());
    }

    proptest! {
        #[test]
        fn one_rate_on_every_day_is_one_rate(returns in any_returns(), rate in -0.01..0.08_f64) {
            let annual = PerformanceSeries { risk_free: Some(RiskFree::Annual(rate)), ..of_returns(&returns) };
            let days = annual.returns.iter().map(|entry| DatedNumber { date: entry.date, number: rate }).collect();
            let dated = PerformanceSeries { risk_free: Some(RiskFree::Dated(days)), ..annual.clone() };
            for measure in MEASURES {
                match (measure.of(&annual).number(), measure.of(&dated).number()) {
                    (Some(one), Some(other)) => {
                        prop_assert!((one - other).abs() <= 1e-9 * (1.0 + one.abs()), "{}", measure.id);
                    }
                    (one, other) => prop_assert_eq!(one, other, "{}", measure.id),
                }
            }
        }
    }
}
