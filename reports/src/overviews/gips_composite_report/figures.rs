//! What the years of a composite came to: returns before and after fees, those of its benchmark, and how far they
//! stray.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::{BusinessDate, PortfolioId};

use crate::business_months::{BusinessMonth, BusinessMonths};
use crate::composite::{Benchmark, CompositeInput};
use crate::gather::YEARS_MAX;
use crate::texts::{CompositeSentence, Texts};

/// Months whose returns the standard deviation is that of.
const MONTHS: u32 = 36;
/// Portfolios up to which neither their number nor their dispersion is stated.
pub(super) const FEW_PORTFOLIOS: usize = 5;
/// Days after the last business day of a period with whose close the next one begins at the latest.
const TURN_DAYS_MAX: i64 = 4;
/// Days before the end of a year from which on it is only a part of one.
const LAST_DAYS_MAX: i64 = 10;
/// Days for which a level of the benchmark stands.
const LEVEL_DAYS_MAX: i64 = 10;

/// A figure, or the reason why there is none.
pub(super) type Known = Result<f64, String>;

/// The record of a composite.
pub(super) struct Record<'a> {
    input: &'a CompositeInput,
    texts: Texts,
    /// The days from the first one with a return on, by month.
    days: BTreeMap<BusinessMonth, Vec<&'a PortfolioGroupReturn>>,
    /// What fees took off the return of a day.
    fees: BTreeMap<BusinessDate, Option<f64>>,
    /// The levels of the benchmark by the member as which they are known.
    levels: BTreeMap<&'a PortfolioId, BTreeMap<BusinessDate, f64>>,
    /// The day with whose close the record begins: the last one before the first return.
    pub(super) inception: BusinessDate,
    months: BusinessMonths,
}

/// What a year came to.
pub(super) struct Year {
    pub(super) year: i32,
    /// The first day that counts, if the year does not begin with it.
    pub(super) from: Option<NaiveDate>,
    /// The last day, if the composite ended before the year did.
    pub(super) to: Option<NaiveDate>,
    /// The last day on which the composite was valued.
    pub(super) end: BusinessDate,
    pub(super) gross: Known,
    pub(super) net: Known,
    pub(super) benchmark: Known,
    pub(super) deviation: Known,
    pub(super) benchmark_deviation: Known,
    pub(super) dispersion: Known,
}

impl<'a> Record<'a> {
    /// The record of a composite up to the closing date; none if it has no return.
    pub(super) fn of(input: &'a CompositeInput, texts: Texts) -> Option<Record<'a>> {
        let is_before = |row: &&PortfolioGroupReturn| row.return_fraction.is_none();
        let record: Vec<&PortfolioGroupReturn> = input.days.iter().skip_while(is_before).collect();
        let first = record.first()?.business_date;
        let inception = day_before(input, first);
        let (mut months, mut days) = (BusinessMonths::default(), BTreeMap::new());
        for row in record {
            let of_month: &mut Vec<&PortfolioGroupReturn> = days.entry(months.of(row.business_date)).or_default();
            of_month.push(row);
        }
        let fees = input.fee_days.iter().map(|day| (day.business_date, day.return_fraction)).collect();
        let mut levels: BTreeMap<&PortfolioId, BTreeMap<BusinessDate, f64>> = BTreeMap::new();
        if let Benchmark::Levels(rows) = &input.benchmark {
            for row in rows {
                levels.entry(&row.portfolio_id).or_default().insert(row.business_date, row.level);
            }
        }
        Some(Record { input, texts, days, fees, levels, inception, months })
    }

    /// The latest years, the earliest first.
    pub(super) fn years(&mut self) -> Vec<Year> {
        let mut numbers: Vec<i32> = self.days.keys().map(|month| month.year).collect();
        numbers.dedup();
        let shown = numbers.split_off(numbers.len().saturating_sub(YEARS_MAX));
        shown.into_iter().filter_map(|number| self.year(number)).collect()
    }

    fn year(&mut self, number: i32) -> Option<Year> {
        let months: Vec<BusinessMonth> = self.days.keys().copied().filter(|month| month.year == number).collect();
        let of_months = months.iter().filter_map(|month| self.days.get(month));
        let days: Vec<&PortfolioGroupReturn> = of_months.flatten().copied().collect();
        let end = days.last()?.business_date;
        let opening = self.months.last_day(BusinessMonth::december(number - 1));
        let closing = self.months.last_day(BusinessMonth::december(number));
        let is_late = TURN_DAYS_MAX < (self.inception.day() - opening).num_days();
        let is_short = LAST_DAYS_MAX < (closing - end.day()).num_days();
        Some(Year {
            year: number,
            from: is_late.then(|| self.inception.next_calendar_day().day()),
            to: is_short.then(|| end.day()),
            end,
            gross: self.linked(&days, true),
            net: self.linked(&days, false),
            benchmark: self.benchmark_of(&months),
            deviation: self.deviation(number, |record, month| record.month(month)),
            benchmark_deviation: self.deviation(number, |record, month| record.benchmark_of(&[month])),
            dispersion: self.dispersion(number),
        })
    }

    /// The return of days that follow each other, before or after fees.
    fn linked(&self, days: &[&PortfolioGroupReturn], before_fees: bool) -> Known {
        let mut growth = 1.0;
        for row in days {
            let date = self.texts.date(row.business_date);
            let unknown = || {
                let recorded = row.reason.as_deref().map(|reason| self.texts.recorded(reason));
                let reason = recorded.unwrap_or_else(|| self.texts.sentence(CompositeSentence::NoCapital));
                let values = [("date", &*date), ("reason", &*reason)];
                self.texts.sentence_with(CompositeSentence::ReturnUnknown, &values)
            };
            let net = row.return_fraction.ok_or_else(unknown)?;
            let fees = match self.fees.get(&row.business_date).filter(|_| before_fees) {
                None => 0.0,
                Some(fees) => {
                    fees.ok_or_else(|| self.texts.sentence_with(CompositeSentence::FeesUnknown, &[("date", &date)]))?
                }
            };
            growth *= 1.0 + net + fees;
        }
        Ok(growth - 1.0)
    }

    /// The return of a month, net of fees.
    fn month(&self, month: BusinessMonth) -> Known {
        let nothing = || self.texts.sentence(CompositeSentence::NothingValued);
        self.linked(self.days.get(&month).ok_or_else(nothing)?, false)
    }

    /// The return of the benchmark in months that follow each other.
    fn benchmark_of(&self, months: &[BusinessMonth]) -> Known {
        match &self.input.benchmark {
            Benchmark::NotNamed => return Err(self.texts.sentence(CompositeSentence::BenchmarkNotNamed)),
            Benchmark::Several => return Err(self.texts.sentence(CompositeSentence::SeveralBenchmarks)),
            Benchmark::Levels(_) => {}
        }
        let unknown = || self.texts.sentence(CompositeSentence::BenchmarkUnknown);
        let mut growth = 1.0;
        for month in months {
            growth *= self.benchmark_growth(*month).ok_or_else(unknown)?;
        }
        Ok(growth - 1.0)
    }

    /// What the benchmark became of one in a month, as the first member knows it that knows both ends.
    fn benchmark_growth(&self, month: BusinessMonth) -> Option<f64> {
        let days = self.days.get(&month)?;
        let (first, end) = (days.first()?.business_date, days.last()?.business_date);
        self.levels.values().find_map(|levels| {
            let begin = level_on(levels, day_before(self.input, first))?;
            let growth = level_on(levels, end)? / begin;
            growth.is_finite().then_some(growth)
        })
    }

    /// The annualized standard deviation of the 36 monthly returns up to the end of a year.
    fn deviation(&mut self, year: i32, return_of: impl Fn(&Self, BusinessMonth) -> Known) -> Known {
        let mut month = BusinessMonth::december(year);
        let mut months = vec![month];
        for _ in 1..MONTHS {
            month = month.before();
            months.push(month);
        }
        if !self.is_whole(month) {
            return Err(self.texts.sentence(CompositeSentence::FewerMonths));
        }
        let returns = months.into_iter().map(|month| return_of(self, month)).collect::<Result<Vec<f64>, String>>()?;
        Ok(sample_deviation(&returns) * 12.0_f64.sqrt())
    }

    /// Whether the record has all of a month.
    fn is_whole(&mut self, month: BusinessMonth) -> bool {
        let opening = self.months.last_day(month.before());
        (self.inception.day() - opening).num_days() <= TURN_DAYS_MAX
    }

    /// How far the portfolios of a whole year lie apart.
    fn dispersion(&self, year: i32) -> Known {
        let members = self.input.member_years.iter().filter(|member| member.year == year);
        let returns: Vec<Option<f64>> = members.map(|member| member.return_fraction).collect();
        if returns.len() <= FEW_PORTFOLIOS {
            return Err(self.texts.sentence(CompositeSentence::FiveOrFewerAllYear));
        }
        let known: Option<Vec<f64>> = returns.into_iter().collect();
        let unknown = || self.texts.sentence(CompositeSentence::MemberUnknown);
        known.map(|returns| population_deviation(&returns)).ok_or_else(unknown)
    }
}

/// The last day of the composite before one of its days; the calendar day before the first.
fn day_before(input: &CompositeInput, day: BusinessDate) -> BusinessDate {
    let place = input.days.partition_point(|row| row.business_date < day);
    let before = place.checked_sub(1).and_then(|place| input.days.get(place));
    before.map_or_else(|| day.previous_calendar_day(), |row| row.business_date)
}

/// The last level on or before a day that is young enough.
fn level_on(levels: &BTreeMap<BusinessDate, f64>, date: BusinessDate) -> Option<f64> {
    let (day, level) = levels.range(..=date).next_back()?;
    (date.days_since(*day) <= LEVEL_DAYS_MAX && 0.0 < *level).then_some(*level)
}

/// The sum of squares of the distances from the mean, and how many there are.
fn squares(returns: &[f64]) -> (f64, f64) {
    let count = returns.iter().fold(0.0, |count, _| count + 1.0);
    let mean = returns.iter().sum::<f64>() / count;
    (returns.iter().map(|value| (value - mean).powi(2)).sum(), count)
}

/// The standard deviation with the divisor n − 1.
fn sample_deviation(returns: &[f64]) -> f64 {
    let (squares, count) = squares(returns);
    (squares / (count - 1.0)).sqrt()
}

/// The standard deviation with the divisor n.
fn population_deviation(returns: &[f64]) -> f64 {
    let (squares, count) = squares(returns);
    (squares / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviations_are_those_of_the_textbook() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32; √(32 / 8) = 2.
        let returns = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert!((population_deviation(&returns) - 2.0).abs() < 1e-12);
        assert!((sample_deviation(&returns) - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
    }
}
