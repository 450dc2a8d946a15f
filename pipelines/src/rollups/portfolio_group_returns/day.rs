//! A group on a date.

use std::collections::BTreeMap;

use analytics::{daily_return, estimate};
use rust_decimal::Decimal;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, Currency, PortfolioId};

use super::members::{Group, Known};

/// A member on a date, in its base currency, before anything is converted.
struct Own<'a> {
    portfolio: &'a Portfolio,
    /// The last valuation date before; none on its first.
    before: Option<BusinessDate>,
    begin: Decimal,
    inflow: Decimal,
    outflow: Decimal,
    end: Decimal,
    is_carried: bool,
}

/// Amounts of a day, in the currency of the group.
#[derive(Clone, Copy, Default)]
struct Sums {
    begin: Decimal,
    inflow: Decimal,
    outflow: Decimal,
    end: Decimal,
}

/// What a date came to.
struct Outcome {
    sums: Sums,
    return_fraction: Option<f64>,
}

impl Group {
    /// The rows of the dates in a range.
    pub(super) fn rows(&self, known: &Known, first: BusinessDate, last: BusinessDate) -> Vec<PortfolioGroupReturn> {
        self.dates(known, first, last).into_iter().map(|date| self.row(known, date)).collect()
    }

    fn row(&self, known: &Known, date: BusinessDate) -> PortfolioGroupReturn {
        let ids = self.on(known, date);
        let mut own: Vec<Own<'_>> = Vec::with_capacity(ids.len());
        let mut reason: Option<String> = None;
        let mut member_count = 0;
        for id in &ids {
            match of_member(known, id, date) {
                Ok(None) => continue,
                Ok(Some(member)) => own.push(member),
                Err(problem) => reason = reason.or(Some(problem)),
            }
            member_count += 1;
        }
        let outcome = match reason {
            None => self.outcome(known, date, &own),
            Some(problem) => Err(problem),
        };
        let amount = |of: fn(&Sums) -> Decimal| outcome.as_ref().ok().map(|found| Amount::new(of(&found.sums)));
        PortfolioGroupReturn {
            group_id: self.group_id.clone(),
            business_date: date,
            kind: self.kind.clone(),
            base_currency: self.base_currency,
            member_count,
            carried_member_count: own.iter().map(|member| i64::from(member.is_carried)).sum(),
            begin_value: amount(|sums| sums.begin),
            inflow: amount(|sums| sums.inflow),
            outflow: amount(|sums| sums.outflow),
            end_value: amount(|sums| sums.end),
            return_fraction: outcome.as_ref().ok().and_then(|found| found.return_fraction),
            reason: outcome.err(),
        }
    }

    /// The amounts and the return of a date of which every member is known, or why they are not known.
    fn outcome(&self, known: &Known, date: BusinessDate, own: &[Own<'_>]) -> Result<Outcome, String> {
        let before = own.iter().filter_map(|member| member.before).max();
        let mut sums = Sums::default();
        let (mut weights, mut weighted) = (0.0, 0.0);
        let mut between: BTreeMap<(&PortfolioId, &PortfolioId), Decimal> = BTreeMap::new();
        for member in own {
            let convert = |amount: Decimal, day: BusinessDate| {
                converted(known, member.portfolio, amount, self.base_currency, day)
            };
            let mut of_member = Sums {
                begin: before.map_or(Ok(Decimal::ZERO), |day| convert(member.begin, day))?,
                inflow: convert(member.inflow, date)?,
                outflow: convert(member.outflow, date)?,
                end: convert(member.end, date)?,
            };
            let begin = of_member.begin;
            if Decimal::ZERO < begin
                && let Some(earned) = of_member.earned()?
            {
                let weight = estimate(units(begin)?);
                weights += weight;
                weighted += weight * earned;
            }
            for (route, inflow, outflow) in internal(known, member, own, date) {
                let (inflow, outflow) = (convert(inflow, date)?, convert(outflow, date)?);
                of_member.inflow -= inflow;
                of_member.outflow -= outflow;
                *between.entry(route).or_default() += inflow - outflow;
            }
            sums.add(&of_member)?;
        }
        // What only one side has booked so far is on its way, which is outside.
        for left in between.into_values() {
            if Decimal::ZERO < left { sums.inflow += left } else { sums.outflow -= left }
        }
        let return_fraction =
            if self.kind == "composite" { (0.0 < weights).then(|| weighted / weights) } else { sums.earned()? };
        Ok(Outcome { sums, return_fraction })
    }
}

impl Sums {
    /// The return of amounts; none without capital.
    fn earned(&self) -> Result<Option<f64>, String> {
        Ok(daily_return(units(self.begin)?, units(self.inflow)?, units(self.outflow)?, units(self.end)?))
    }

    fn add(&mut self, more: &Sums) -> Result<(), String> {
        let too_large = || "the sum of its members is too large for an amount".to_owned();
        let added = |left: Decimal, right: Decimal| left.checked_add(right).ok_or_else(too_large);
        *self = Sums {
            begin: added(self.begin, more.begin)?,
            inflow: added(self.inflow, more.inflow)?,
            outflow: added(self.outflow, more.outflow)?,
            end: added(self.end, more.end)?,
        };
        units(self.begin)?;
        units(self.end)?;
        Ok(())
    }
}

/// An amount in units of its last decimal.
fn units(amount: Decimal) -> Result<i128, String> {
    Amount::new(amount).to_units().map_err(|error| error.to_string())
}

fn converted(
    known: &Known,
    portfolio: &Portfolio,
    amount: Decimal,
    currency: Currency,
    day: BusinessDate,
) -> Result<Decimal, String> {
    let from = portfolio.base_currency;
    if from == currency || amount.is_zero() {
        return Ok(amount);
    }
    let board = known.boards.get(&portfolio.fx_source);
    let found = board.and_then(|board| board.convert(amount, from, currency, day));
    let no_rate =
        || format!("`{}` has no rate from {from} to {currency} on {day} that is young enough", portfolio.portfolio_id);
    let amount = found.map(|converted| converted.amount).ok_or_else(no_rate)?;
    units(amount)?;
    Ok(amount)
}

/// What a member's own tables say of a date; none if it has not been valued yet since it began.
fn of_member<'a>(known: &'a Known, id: &PortfolioId, date: BusinessDate) -> Result<Option<Own<'a>>, String> {
    let Some(portfolio) = known.portfolios.get(id) else { return Err(format!("there is no portfolio `{id}`")) };
    let no_value = |day: BusinessDate| format!("`{id}` has no value on {day}");
    let values = known.values.get(id);
    if let Some(today) = values.and_then(|values| values.get(&date)) {
        let key = (id.clone(), date);
        let day = known.returns.get(&key).ok_or_else(|| no_value(date))?;
        let before = today.previous_business_date.unwrap_or(date);
        let flow = || format!("`{id}` has a flow on {date} whose amount is unknown");
        return Ok(Some(Own {
            portfolio,
            before: today.previous_business_date,
            begin: day.begin_value.ok_or_else(|| no_value(before))?.decimal(),
            inflow: day.inflow.ok_or_else(flow)?.decimal(),
            outflow: day.outflow.ok_or_else(flow)?.decimal(),
            end: day.end_value.ok_or_else(|| no_value(date))?.decimal(),
            is_carried: false,
        }));
    }
    if known.open.contains(&(portfolio.market_id.clone(), date)) {
        return Err(no_value(date));
    }
    let oldest = super::earlier(date, super::CARRIED_DAYS_MAX);
    let since = oldest.max(portfolio.start_date);
    let last = values.and_then(|values| values.range(since..date).next_back());
    let Some((day, value)) = last else {
        return if oldest <= portfolio.start_date {
            Ok(None)
        } else {
            Err(format!("`{id}` was not valued in the {} days up to {date}", super::CARRIED_DAYS_MAX))
        };
    };
    let value = value.market_value.ok_or_else(|| no_value(*day))?.decimal();
    let (inflow, outflow) = (Decimal::ZERO, Decimal::ZERO);
    Ok(Some(Own { portfolio, before: Some(*day), begin: value, inflow, outflow, end: value, is_carried: true }))
}

/// From whom to whom, and what came in and went out on that way.
type Way<'a> = ((&'a PortfolioId, &'a PortfolioId), Decimal, Decimal);

/// The flows of a member on a date that lead from or to other members.
fn internal<'a>(known: &'a Known, member: &Own<'a>, own: &[Own<'a>], date: BusinessDate) -> Vec<Way<'a>> {
    let id = &member.portfolio.portfolio_id;
    let transfers = known.transfers.get(&(id.clone(), date)).map_or(&[][..], Vec::as_slice);
    let mut ways = Vec::new();
    for transfer in transfers.iter().filter(|_| !member.is_carried) {
        let other = own.iter().map(|other| &other.portfolio.portfolio_id).find(|other| **other == transfer.other);
        let Some(other) = other.filter(|other| *other != id) else { continue };
        ways.push(((other, id), transfer.inflow, Decimal::ZERO));
        ways.push(((id, other), Decimal::ZERO, transfer.outflow));
    }
    ways
}

#[cfg(test)]
mod tests;
