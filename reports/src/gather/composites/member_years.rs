//! What members of a composite earned in each year, and what fees took off the composite's return.

use std::collections::{BTreeMap, BTreeSet};

use lake::DateRange;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, PortfolioId};

use super::{Reading, fee_of, is_member, management_fees, shares};
use crate::business_months::{BusinessMonth, BusinessMonths};
use crate::composite::{FeeDay, MemberYear};

/// What was read of the members.
#[derive(Default)]
pub(super) struct Told {
    pub(super) fee_days: Vec<FeeDay>,
    pub(super) member_years: Vec<MemberYear>,
}

/// A year of a composite.
#[derive(Clone, Copy)]
struct Year {
    number: i32,
    /// The last business day of the year before.
    opening: BusinessDate,
    /// The first day of the composite in it.
    first: BusinessDate,
    /// The last day of the composite in it.
    end: BusinessDate,
}

/// Reads the members year by year and share by share.
pub(super) async fn read(
    reading: &Reading<'_>,
    ends: &BTreeMap<i32, BusinessDate>,
    months: &mut BusinessMonths,
) -> Result<Told, lake::Error> {
    let mut told = Told::default();
    let mut fees: BTreeMap<BusinessDate, Option<f64>> = BTreeMap::new();
    let all: BTreeSet<PortfolioId> = reading.members.iter().map(|row| row.portfolio_id.clone()).collect();
    for (number, end) in ends {
        let opening = months.last_day(BusinessMonth::december(number - 1));
        let Ok(opening) = BusinessDate::new(opening) else { continue };
        let mut days = reading.days.range(opening.next_calendar_day()..=*end);
        let Some((first, _)) = days.next() else { continue };
        let year = Year { number: *number, opening, first: *first, end: *end };
        for share in shares(&all) {
            read_share(reading, year, &share, &mut told, &mut fees).await?;
        }
    }
    let fee_day = |(business_date, return_fraction)| FeeDay { business_date, return_fraction };
    told.fee_days = fees.into_iter().map(fee_day).collect();
    Ok(told)
}

async fn read_share(
    reading: &Reading<'_>,
    year: Year,
    share: &BTreeSet<PortfolioId>,
    told: &mut Told,
    fees: &mut BTreeMap<BusinessDate, Option<f64>>,
) -> Result<(), lake::Error> {
    let only: BTreeSet<String> = share.iter().map(ToString::to_string).collect();
    let range = DateRange::between(year.opening.next_calendar_day(), year.end);
    let mut by_member: BTreeMap<PortfolioId, Vec<DailyReturn>> = BTreeMap::new();
    for row in reading.facts.of::<DailyReturn>(range, &only).await? {
        by_member.entry(row.portfolio_id.clone()).or_default().push(row);
    }
    let fees_for_management = management_fees();
    let named = [("portfolio_id", &only), ("component", &fees_for_management)];
    let paid: Vec<NavBridgeRow> = reading.facts.named(range, &named).await?;
    for (id, rows) in &mut by_member {
        rows.sort_by_key(|row| row.business_date);
        let Some(portfolio) = reading.portfolio(id) else { continue };
        for fee in paid.iter().filter(|row| row.portfolio_id == *id) {
            if reading.members.iter().any(|row| row.portfolio_id == *id && is_member(row, fee.business_date)) {
                let more = taken_off(reading, portfolio, rows, fee);
                let sum = fees.entry(fee.business_date).or_insert(Some(0.0));
                *sum = sum.zip(more).map(|(sum, more)| sum + more);
            }
        }
        if is_whole(reading, portfolio, year) {
            let return_fraction = linked(reading, portfolio, year, rows);
            told.member_years.push(MemberYear { portfolio_id: id.clone(), year: year.number, return_fraction });
        }
    }
    Ok(())
}

/// Whether a member was in the composite for a whole year, and lived that long.
fn is_whole(reading: &Reading<'_>, portfolio: &Portfolio, year: Year) -> bool {
    let first = year.first;
    let is_in = |date| {
        let mut rows = reading.members.iter().filter(|row| row.portfolio_id == portfolio.portfolio_id);
        rows.any(|row| is_member(row, date))
    };
    let mut changes = reading.members.iter().filter(|row| row.portfolio_id == portfolio.portfolio_id);
    let leaves = changes.any(|row| row.to_date.is_some_and(|to| first <= to && to < year.end));
    let lives = portfolio.start_date <= first && portfolio.end_date.is_none_or(|end| year.end <= end);
    is_in(first) && is_in(year.end) && !leaves && lives
}

/// The return of a member in a year, in the composite's currency; none if a day of it is unknown.
fn linked(reading: &Reading<'_>, portfolio: &Portfolio, year: Year, rows: &[DailyReturn]) -> Option<f64> {
    let mut growth = 1.0;
    let mut before = year.opening;
    for row in rows {
        growth *= 1.0 + of_day(reading, portfolio, row, before)?;
        before = row.business_date;
    }
    (!rows.is_empty()).then_some(growth - 1.0)
}

/// The return of a member on a day in the composite's currency; none if it is unknown.
fn of_day(reading: &Reading<'_>, portfolio: &Portfolio, row: &DailyReturn, before: BusinessDate) -> Option<f64> {
    if portfolio.base_currency == reading.currency {
        return row.return_fraction;
    }
    let at = |amount: Option<Amount>, day| Some(reading.convert(amount?, portfolio, day)?.decimal());
    let day = row.business_date;
    let capital = at(row.begin_value, before)?.checked_add(at(row.inflow, day)?)?;
    let result = at(row.end_value, day)?.checked_add(at(row.outflow, day)?)?;
    ratio(result, capital).map(|ratio| ratio - 1.0)
}

/// What a fee of a member took off the return of the composite: its part of the capital of the day, times what the fee
/// was of the member's capital. None if an amount or a rate is unknown.
fn taken_off(reading: &Reading<'_>, portfolio: &Portfolio, rows: &[DailyReturn], fee: &NavBridgeRow) -> Option<f64> {
    let date = fee.business_date;
    let index = rows.iter().position(|row| row.business_date == date)?;
    let row = rows.get(index)?;
    let before = index.checked_sub(1).and_then(|index| rows.get(index)).map(|row| row.business_date);
    let before = before.unwrap_or(date);
    let begin = reading.convert(row.begin_value?, portfolio, before)?.decimal();
    if begin <= Decimal::ZERO {
        // Without capital before it the member has no weight on the day.
        return Some(0.0);
    }
    let capital = begin.checked_add(reading.convert(row.inflow?, portfolio, date)?.decimal())?;
    let amount = reading.convert(fee_of(fee)?, portfolio, date)?.decimal();
    let of_composite = reading.days.get(&date)?.begin_value?.decimal();
    Some(ratio(begin, of_composite)? * ratio(amount, capital)?)
}

/// One amount in relation to another one that is above zero.
fn ratio(part: Decimal, whole: Decimal) -> Option<f64> {
    if whole <= Decimal::ZERO {
        return None;
    }
    part.to_f64().zip(whole.to_f64()).map(|(part, whole)| part / whole)
}
