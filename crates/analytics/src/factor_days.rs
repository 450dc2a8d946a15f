//! A portfolio's returns and those of factors over the same days.
//!
//! Markets keep different holidays. On a day on which only one side has a return, the other has it in its next one; so
//! both are linked from each day that both have to the next such day, and never cut or filled with zeros.

use std::collections::BTreeMap;
use std::ops::Bound;

use schemas::BusinessDate;

use crate::factor_regression::{Factor, FactorRegression, Lags, factor_regression};
use crate::figure::NoFigure;
use crate::reward_to_risk::periodic_rate;
use crate::risk_free::{self, RiskFreeRates};
use crate::series::{DatedNumber, PerformanceSeries};

/// Calendar days from one common day to the next at most: the longest stretch of holidays has nine.
const DAYS_APART_MAX: i64 = 10;
/// Fewer days than a quarter has say nothing about loadings.
const DAYS_MIN: usize = 60;

/// The returns of a factor by day.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorSeries {
    /// The id, e.g. `smb`.
    pub id: String,
    /// Its returns as fractions, in order of date. Each begins on the factor's day before.
    pub returns: Vec<DatedNumber>,
}

/// Returns over the same days.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorDays {
    /// The last day of each return.
    pub dates: Vec<BusinessDate>,
    /// What the portfolio earned, above the rate without risk if one is known.
    pub returns: Vec<f64>,
    /// What each factor earned.
    pub factors: Vec<Vec<f64>>,
    /// Days of the portfolio that could not be set beside any of the factors.
    pub left_out: Vec<BusinessDate>,
    /// Whether the rate without risk is taken off.
    pub is_above_risk_free: bool,
}

impl FactorDays {
    /// Explains the portfolio by the factors, in their order, with the errors of Newey and West.
    ///
    /// # Errors
    /// [`NoFigure`] if there are fewer than sixty days, or as [`factor_regression`] has it.
    pub fn explained(&self, factors: &[FactorSeries]) -> Result<FactorRegression, NoFigure> {
        let count = self.returns.len();
        if count < DAYS_MIN {
            return Err(NoFigure::new(format!("not enough days with returns of both sides: {count} of {DAYS_MIN}")));
        }
        let named = factors.iter().zip(&self.factors);
        let named: Vec<Factor<'_>> = named.map(|(factor, returns)| Factor { id: &factor.id, returns }).collect();
        factor_regression(&self.returns, &named, Lags::Automatic)
    }
}

/// Brings a portfolio's returns and those of factors to the same days.
///
/// A return of the portfolio counts if the day on which it begins and the day on which it ends are days of the factors,
/// or if returns that follow each other lead from such a day to another. The period's opening counts as one.
///
/// # Errors
/// [`NoFigure`] if dated rates without risk lack one of the days, which is named, or a factor lacks a day that another
/// one has.
pub fn factor_days(series: &PerformanceSeries, factors: &[FactorSeries]) -> Result<FactorDays, NoFigure> {
    let of_period = |date: BusinessDate| series.opening_date < date && date <= series.end_date;
    let by_day = by_day(factors, of_period)?;
    let mut earned = above(series)?;
    let mut found = FactorDays {
        dates: Vec::new(),
        returns: Vec::new(),
        factors: vec![Vec::new(); factors.len()],
        left_out: Vec::new(),
        is_above_risk_free: series.risk_free.is_some(),
    };
    let mut since = Some(series.opening_date);
    let mut linked = Linked::default();
    for value in series.values.iter().filter(|value| series.opening_date < value.date) {
        let date = value.date;
        match earned.remove(&date) {
            Some((number, rate)) => linked.add(date, number, rate),
            None => {
                // Nothing leads over a day without capital.
                since = None;
                found.left_out.append(&mut linked.days);
            }
        }
        if !by_day.contains_key(&date) {
            continue;
        }
        let near = since.filter(|since| date.days_since(*since) <= DAYS_APART_MAX);
        match near.filter(|_| !linked.days.is_empty()) {
            Some(since) => {
                found.dates.push(date);
                found.returns.push(linked.growth - linked.without_risk);
                for (place, column) in found.factors.iter_mut().enumerate() {
                    column.push(linked_between(&by_day, (since, date), place));
                }
            }
            None => found.left_out.append(&mut linked.days),
        }
        linked = Linked::default();
        since = Some(date);
    }
    found.left_out.append(&mut linked.days);
    Ok(found)
}

/// What factors returned in past scenarios.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioFactors {
    /// The numbers of the scenarios that can be set beside the factors, ascending, counted from zero.
    pub compared: Vec<usize>,
    /// What each factor returned in each of these.
    pub factors: Vec<Vec<f64>>,
}

/// The returns of factors in scenarios that each lead from one day to the next of these.
///
/// A scenario counts if both of its ends are days of the factors; what they returned in between is linked. All others
/// hold less or more time than the factors' returns do.
///
/// # Errors
/// [`NoFigure`] if a factor lacks a day that another one has.
pub fn scenario_factors(days: &[BusinessDate], factors: &[FactorSeries]) -> Result<ScenarioFactors, NoFigure> {
    let mut found = ScenarioFactors { compared: Vec::new(), factors: vec![Vec::new(); factors.len()] };
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(found) };
    let by_day = by_day(factors, |date| *first <= date && date <= *last)?;
    for (scenario, pair) in days.windows(2).enumerate() {
        let [since, date] = *pair else { continue };
        let is_near = date.days_since(since) <= DAYS_APART_MAX;
        if !is_near || !by_day.contains_key(&since) || !by_day.contains_key(&date) {
            continue;
        }
        found.compared.push(scenario);
        for (place, column) in found.factors.iter_mut().enumerate() {
            column.push(linked_between(&by_day, (since, date), place));
        }
    }
    Ok(found)
}

/// What a factor returned after one day until another.
fn linked_between(
    by_day: &BTreeMap<BusinessDate, Vec<f64>>,
    (since, date): (BusinessDate, BusinessDate),
    factor: usize,
) -> f64 {
    let between = by_day.range((Bound::Excluded(since), Bound::Included(date)));
    let numbers = between.filter_map(|(_, numbers)| numbers.get(factor));
    numbers.fold(1.0, |growth, number| growth * (1.0 + number)) - 1.0
}

/// Returns that follow each other, linked.
struct Linked {
    growth: f64,
    without_risk: f64,
    days: Vec<BusinessDate>,
}

impl Default for Linked {
    fn default() -> Self {
        Linked { growth: 1.0, without_risk: 1.0, days: Vec::new() }
    }
}

impl Linked {
    fn add(&mut self, date: BusinessDate, number: f64, rate: f64) {
        self.growth *= 1.0 + number;
        self.without_risk *= 1.0 + rate;
        self.days.push(date);
    }
}

/// Each return of the portfolio with what its day earns without risk; nothing if no rate is known.
fn above(series: &PerformanceSeries) -> Result<BTreeMap<BusinessDate, (f64, f64)>, NoFigure> {
    let count = series.returns.len();
    let rates = match &series.risk_free {
        None => vec![0.0; count],
        Some(_) => match risk_free::rates(series)? {
            RiskFreeRates::Annual(rate) => vec![periodic_rate(rate, series.sampling)?; count],
            RiskFreeRates::OfEach(rates) => rates,
        },
    };
    Ok(series.returns.iter().zip(rates).map(|(entry, rate)| (entry.date, (entry.number, rate))).collect())
}

/// The returns of all factors by day of a time.
fn by_day(
    factors: &[FactorSeries],
    is_of_time: impl Fn(BusinessDate) -> bool,
) -> Result<BTreeMap<BusinessDate, Vec<f64>>, NoFigure> {
    let mut by_day: BTreeMap<BusinessDate, Vec<Option<f64>>> = BTreeMap::new();
    for (place, factor) in factors.iter().enumerate() {
        for entry in factor.returns.iter().filter(|entry| is_of_time(entry.date)) {
            let row = by_day.entry(entry.date).or_insert_with(|| vec![None; factors.len()]);
            if let Some(cell) = row.get_mut(place) {
                *cell = Some(entry.number);
            }
        }
    }
    let whole = |(date, row): (BusinessDate, Vec<Option<f64>>)| {
        if let Some(place) = row.iter().position(Option::is_none) {
            let id = factors.get(place).map_or("", |factor| &factor.id);
            return Err(NoFigure::new(format!("factor `{id}` has no return on {date}, and others of its set have")));
        }
        Ok((date, row.into_iter().flatten().collect()))
    };
    by_day.into_iter().map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk_free::RiskFree;
    use crate::sample_series::{assert_close, date, dated, of_returns};

    /// A portfolio that is valued on these days of January 2024, after an opening on the first, and earns what they
    /// say; nothing where there is no capital.
    fn series(days: &[(&str, Option<f64>)]) -> PerformanceSeries {
        let day = |text: &str| date(&format!("2024-01-{text}"));
        PerformanceSeries {
            end_date: day("31"),
            values: days.iter().map(|(text, _)| DatedNumber { date: day(text), number: 100.0 }).collect(),
            returns: days
                .iter()
                .filter_map(|(text, number)| number.map(|number| DatedNumber { date: day(text), number }))
                .collect(),
            risk_free: None,
            ..of_returns(&[])
        }
    }

    fn market(days: &[(&str, f64)]) -> FactorSeries {
        let days: Vec<(String, f64)> = days.iter().map(|(text, number)| (format!("2024-01-{text}"), *number)).collect();
        let days: Vec<(&str, f64)> = days.iter().map(|(text, number)| (text.as_str(), *number)).collect();
        FactorSeries { id: "mkt_rf".to_owned(), returns: dated(&days) }
    }

    #[test]
    fn days_that_only_one_side_has_are_linked_into_the_next_common_one() {
        let portfolio = series(&[("02", Some(0.01)), ("03", Some(0.02)), ("04", Some(0.03)), ("08", Some(0.04))]);
        // The factors rest on the third, the portfolio on the fifth.
        let factors = [market(&[("02", 0.1), ("04", 0.2), ("05", 0.3), ("08", -0.1)])];
        let found = factor_days(&portfolio, &factors).unwrap();
        assert_eq!(found.dates, ["2024-01-02", "2024-01-04", "2024-01-08"].map(date));
        for (actual, expected) in found.returns.iter().zip([0.01, 1.02 * 1.03 - 1.0, 0.04]) {
            assert_close(*actual, expected);
        }
        for (actual, expected) in found.factors[0].iter().zip([0.1, 0.2, 1.3 * 0.9 - 1.0]) {
            assert_close(*actual, expected);
        }
        assert!(found.left_out.is_empty() && !found.is_above_risk_free);
    }

    #[test]
    fn what_cannot_be_set_beside_the_factors_is_named_and_left_out() {
        // No capital on the third; the fourth has no common day before it. Then the factors rest for eleven days.
        let portfolio =
            series(&[("02", Some(0.01)), ("03", None), ("04", Some(0.02)), ("05", Some(0.03)), ("16", Some(0.04))]);
        let factors = [market(&[("02", 0.1), ("04", 0.2), ("05", 0.3), ("16", 0.1)])];
        let found = factor_days(&portfolio, &factors).unwrap();
        assert_eq!(found.dates, ["2024-01-02", "2024-01-05"].map(date));
        assert_eq!(found.left_out, ["2024-01-04", "2024-01-16"].map(date));
        assert_close(found.factors[0][1], 0.3);
        // What follows the last common day has nothing beside it either.
        let short = [market(&[("02", 0.1)])];
        assert_eq!(factor_days(&portfolio, &short).unwrap().left_out.len(), 3);
    }

    #[test]
    fn scenarios_lead_from_a_day_of_the_factors_to_another_one() {
        let days = ["02", "03", "05", "08", "09", "29"].map(|day| date(&format!("2024-01-{day}")));
        // The market rests on the fourth, the factors on the eighth; the last scenario holds twenty days.
        let factors =
            [market(&[("02", 0.5), ("03", 0.1), ("04", 0.2), ("05", -0.1), ("09", 0.3), ("29", 0.1), ("30", 0.1)])];
        let found = scenario_factors(&days, &factors).unwrap();
        assert_eq!(found.compared, [0, 1]);
        for (actual, expected) in found.factors[0].iter().zip([0.1, 1.2 * 0.9 - 1.0]) {
            assert_close(*actual, expected);
        }
        let lacking = FactorSeries { id: "smb".to_owned(), ..market(&[("02", 0.0)]) };
        let reason = scenario_factors(&days, &[market(&[("02", 0.1), ("03", 0.1)]), lacking]).unwrap_err().to_string();
        assert_eq!(reason, "factor `smb` has no return on 2024-01-03, and others of its set have");
        assert!(scenario_factors(&[], &factors).unwrap().compared.is_empty());
    }

    #[test]
    fn returns_are_above_the_rates_of_their_days() {
        let days = [("02", Some(0.01)), ("03", Some(0.02))];
        let rate = 1.001_f64.powi(252) - 1.0;
        let rates = dated(&[("2024-01-02", rate), ("2024-01-03", rate)]);
        let portfolio = PerformanceSeries { risk_free: Some(RiskFree::Dated(rates)), ..series(&days) };
        let factors = [market(&[("03", 0.1)])];
        let found = factor_days(&portfolio, &factors).unwrap();
        assert_close(found.returns[0], 1.01 * 1.02 - 1.001 * 1.001);
        let one = dated(&[("2024-01-02", rate)]);
        let lacking = PerformanceSeries { risk_free: Some(RiskFree::Dated(one)), ..series(&days) };
        let reason = factor_days(&lacking, &factors).unwrap_err().to_string();
        assert_eq!(reason, "no risk-free rate is known for 2024-01-03, or only one that is too old");
    }

    #[test]
    fn reasons() {
        let portfolio = series(&[("02", Some(0.01)), ("03", Some(0.02))]);
        let other = FactorSeries { id: "smb".to_owned(), ..market(&[("02", 0.0)]) };
        let reason = factor_days(&portfolio, &[market(&[("02", 0.1), ("03", 0.1)]), other]).unwrap_err().to_string();
        assert_eq!(reason, "factor `smb` has no return on 2024-01-03, and others of its set have");
        let factors = [market(&[("02", 0.1), ("03", 0.1)])];
        let few = factor_days(&portfolio, &factors).unwrap().explained(&factors).unwrap_err().to_string();
        assert_eq!(few, "not enough days with returns of both sides: 2 of 60");
    }
}
