//! A portfolio's way through the months: what it touches, and what that adds up to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ledger::benchmark_of;
use schemas::tables::group_members::GroupMember;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, Currency, MarketId, PortfolioId};

use super::booked::{Booked, Booking};
use super::facts::Facts;
use super::sums::{Axis, Months, Sums, along};
use super::{Month, hashed};
use crate::error::Error;
use crate::history::next_month;
use crate::parquet_books::cores::{on_all_cores, workers};

/// The sums of what the facts say, by thing and month.
pub(super) struct Walk<'f> {
    facts: &'f Facts,
    axis: Axis,
    through: BusinessDate,
    /// By the places of instruments.
    instruments: Vec<Vec<Sums>>,
    rates: HashMap<MarketId, HashMap<Currency, Vec<Sums>>>,
    risk_free: HashMap<MarketId, HashMap<Currency, Vec<Sums>>>,
    weights: HashMap<MarketId, HashMap<String, Vec<Sums>>>,
    dates: HashMap<MarketId, Vec<Sums>>,
    scenarios: HashMap<MarketId, Vec<Sums>>,
    factors: HashMap<MarketId, Vec<Sums>>,
}

/// What a portfolio has touched: up to the month before, and in this one.
#[derive(Default)]
struct Reach<'w> {
    instruments: Touched<u32>,
    currencies: Touched<Currency>,
    /// The rates of each currency that was touched, in the same order; none if there are none.
    rates: Vec<Option<&'w [Sums]>>,
    /// For each place of an instrument, the number of the last portfolio that touched it.
    stamps: Vec<u32>,
    portfolio: u32,
}

/// Things in the order in which they were touched; the first ones before this month.
struct Touched<T> {
    things: Vec<T>,
    before: usize,
}

impl<T> Default for Touched<T> {
    fn default() -> Touched<T> {
        Touched { things: Vec::new(), before: 0 }
    }
}

/// What a portfolio is compared with, and what might happen to it.
struct Compared<'w> {
    risk_free: Option<&'w [Sums]>,
    weights: Option<&'w [Sums]>,
    instruments: Vec<u32>,
    scenarios: Option<&'w [Sums]>,
    factors: Option<&'w [Sums]>,
    proxies: Option<&'w BTreeMap<BusinessDate, BTreeSet<u32>>>,
}

impl<'f> Walk<'f> {
    /// The sums along the months of the axis.
    pub(super) fn new(facts: &'f Facts, axis: Axis, through: BusinessDate) -> Walk<'f> {
        let instruments = facts.sums_of_instruments(&axis);
        let of_markets = |series: &HashMap<MarketId, Months>| {
            series.iter().map(|(market, months)| (market.clone(), along(&axis, Some(months)))).collect()
        };
        let (dates, scenarios) = (of_markets(&facts.dates), of_markets(&facts.scenarios));
        let factors = of_markets(&facts.factors);
        Walk {
            facts,
            through,
            instruments,
            rates: by_market(&axis, &facts.rates),
            risk_free: by_market(&axis, &facts.risk_free),
            weights: by_market(&axis, &facts.weights),
            dates,
            scenarios,
            factors,
            axis,
        }
    }

    /// The months of every portfolio that has begun, on all cores.
    pub(super) fn every_portfolio(
        &self,
        portfolios: &[Portfolio],
        booked: &Booked,
    ) -> Result<BTreeMap<PortfolioId, Vec<Month>>, Error> {
        let share = portfolios.len().div_ceil(workers()).max(1);
        let shares: Vec<_> = portfolios.chunks(share).zip(booked.of_portfolios.chunks(share)).collect();
        let walked = on_all_cores(shares.len(), |number| {
            let (portfolios, booked) = shares.get(number).copied().unwrap_or_default();
            Ok(self.of_share(portfolios, booked))
        })?;
        Ok(walked.into_iter().flatten().collect())
    }

    fn of_share(&self, portfolios: &[Portfolio], booked: &[Vec<Booking>]) -> Vec<(PortfolioId, Vec<Month>)> {
        let mut reach = Reach { stamps: vec![0; self.instruments.len()], ..Reach::default() };
        let begun = portfolios.iter().zip(booked).filter(|(portfolio, _)| portfolio.start_date <= self.through);
        begun
            .map(|(portfolio, booked)| {
                reach.begin();
                (portfolio.portfolio_id.clone(), self.of_portfolio(portfolio, booked, &mut reach))
            })
            .collect()
    }

    fn of_portfolio<'w>(&'w self, portfolio: &Portfolio, booked: &[Booking], reach: &mut Reach<'w>) -> Vec<Month> {
        let acting = self.by_first_effect(booked).into_iter().filter(|(since, _)| *since <= self.through);
        let mut waiting = acting.peekable();
        let end = portfolio.end_date.map_or(self.through, |end| end.min(self.through));
        // What a taxonomy does not classify is a row of it, too.
        let taxonomies = self.facts.taxonomies.get(&portfolio.market_id).copied().unwrap_or(0);
        let described = describe(portfolio).wrapping_add(taxonomies);
        let compared = self.compared(portfolio);
        let dates = self.dates.get(&portfolio.market_id).map(Vec::as_slice);
        let rates = self.rates.get(&portfolio.fx_source);
        let begin = self.axis.place(portfolio.start_date);
        let mut months: Vec<Month> = Vec::new();
        let mut so_far = 0_u64;
        for (place, month) in self.axis.months().iter().copied().enumerate().skip(begin) {
            if end < month {
                break;
            }
            let (next, is_first) = (next_month(month), months.is_empty());
            // What is put through scenarios goes through valuation dates before its own first one.
            let mut sum = described.wrapping_add(counted(dates, place, is_first));
            reach.touch_currency(portfolio.base_currency, rates);
            let proxies = compared.proxies.into_iter().flat_map(|proxies| proxies.range(..=month));
            for instrument in proxies.flat_map(|(_, proxies)| proxies).chain(&compared.instruments) {
                self.touch_instrument(reach, *instrument, rates);
            }
            for member in self.members_in(portfolio, month, next) {
                let group = (&member.group_id, &member.kind, member.base_currency);
                sum = sum.wrapping_add(hashed((group, member.from_date, member.to_date)));
                reach.touch_currency(member.base_currency, rates);
            }
            while let Some((_, booking)) = waiting.next_if(|(since, _)| *since < next) {
                sum = sum.wrapping_add(booking.hash);
                for currency in [Some(booking.currency), booking.counter_currency].into_iter().flatten() {
                    reach.touch_currency(currency, rates);
                }
                if let Some(instrument) = booking.instrument {
                    self.touch_instrument(reach, instrument, rates);
                }
            }
            sum = sum.wrapping_add(self.touched_in(reach, place));
            for series in [compared.risk_free, compared.weights, compared.scenarios] {
                sum = sum.wrapping_add(counted(series, place, is_first));
            }
            so_far = so_far.wrapping_add(sum);
            let through_date = next.previous_calendar_day().min(self.through);
            let factors = counted(compared.factors, place, is_first);
            months.push(Month { month_start: month, through_date, sum, so_far, factors });
        }
        months
    }

    /// The dated risk-free rates, what the benchmark is made of, and the scenarios and the factors of the market.
    fn compared(&self, portfolio: &Portfolio) -> Compared<'_> {
        let rates = portfolio.risk_free_source.as_ref().and_then(|source| self.risk_free.get(source));
        let name = portfolio.benchmark_blend.as_ref().or(portfolio.benchmark_symbol.as_ref());
        let weights = name.and_then(|name| self.weights.get(&portfolio.market_id)?.get(name));
        let benchmark = benchmark_of(portfolio);
        let instruments = benchmark.iter().flat_map(|benchmark| &benchmark.instruments);
        Compared {
            risk_free: rates.and_then(|rates| rates.get(&portfolio.base_currency)).map(Vec::as_slice),
            weights: weights.map(Vec::as_slice),
            instruments: instruments.filter_map(|instrument| self.facts.known(instrument)).collect(),
            scenarios: self.scenarios.get(&portfolio.market_id).map(Vec::as_slice),
            factors: self.factors.get(&portfolio.market_id).map(Vec::as_slice),
            proxies: self.facts.proxies.get(&portfolio.market_id),
        }
    }

    /// The groups to which a portfolio belongs on a day of a month.
    fn members_in(
        &self,
        portfolio: &Portfolio,
        month: BusinessDate,
        next: BusinessDate,
    ) -> impl Iterator<Item = &GroupMember> {
        let all = self.facts.memberships.get(&portfolio.portfolio_id).map_or(&[][..], Vec::as_slice);
        all.iter().filter(move |row| row.from_date < next && row.to_date.is_none_or(|to| month <= to))
    }

    /// The bookings with the first day on which each of them may matter, in the order of these days: its own, or the
    /// day of what it takes back, or the ex-date of what it may answer.
    fn by_first_effect<'a>(&self, bookings: &'a [Booking]) -> Vec<(BusinessDate, &'a Booking)> {
        let reversing = bookings.iter().any(|booking| booking.reverses.is_some());
        let known = if reversing { bookings } else { &[] };
        let days: HashMap<u64, BusinessDate> = known.iter().map(|booking| (booking.id, booking.trade_date)).collect();
        let first_effect = |booking: &Booking| {
            let taken_back = booking.reverses.and_then(|id| days.get(&id).copied());
            let announced = booking.instrument.and_then(|place| self.facts.thing(place)).map(|thing| &thing.answered);
            let answers = announced.into_iter().flatten();
            let answers = answers.filter(|(ex_date, last)| (*ex_date..=*last).contains(&booking.trade_date));
            answers.map(|(ex_date, _)| *ex_date).chain(taken_back).fold(booking.trade_date, BusinessDate::min)
        };
        let mut ordered: Vec<(BusinessDate, &Booking)> =
            bookings.iter().map(|booking| (first_effect(booking), booking)).collect();
        ordered.sort_by_key(|(since, _)| *since);
        ordered
    }

    /// An instrument with its currency, what its issuer's actions turn it into, and what stands for it in scenarios.
    fn touch_instrument<'w>(
        &'w self,
        reach: &mut Reach<'w>,
        place: u32,
        rates: Option<&'w HashMap<Currency, Vec<Sums>>>,
    ) {
        let thing = if reach.touch(place) { self.facts.thing(place) } else { None };
        let Some((thing, currency)) = thing.and_then(|thing| Some((thing, thing.currency()?))) else { return };
        for currency in thing.paid_in.iter().copied().chain([currency]) {
            reach.touch_currency(currency, rates);
        }
        let proxy = thing.proxy().and_then(|proxy| self.facts.known(proxy));
        for other in thing.targets.iter().copied().chain(proxy) {
            self.touch_instrument(reach, other, rates);
        }
    }

    /// What everything touched so far adds to a month, which is over with this.
    fn touched_in(&self, reach: &mut Reach<'_>, month: usize) -> u64 {
        let mut sum = 0_u64;
        for (instrument, is_new) in reach.instruments.all() {
            let sums = usize::try_from(*instrument).ok().and_then(|place| self.instruments.get(place));
            sum = sum.wrapping_add(counted(sums.map(Vec::as_slice), month, is_new));
        }
        for ((_, is_new), rates) in reach.currencies.all().zip(&reach.rates) {
            sum = sum.wrapping_add(counted(*rates, month, is_new));
        }
        reach.instruments.close();
        reach.currencies.close();
        sum
    }
}

impl<'w> Reach<'w> {
    /// Forgets the portfolio before.
    fn begin(&mut self) {
        self.portfolio = self.portfolio.saturating_add(1);
        self.instruments.clear();
        self.currencies.clear();
        self.rates.clear();
    }

    /// Whether an instrument has not been touched before.
    fn touch(&mut self, place: u32) -> bool {
        let stamp = usize::try_from(place).ok().and_then(|place| self.stamps.get_mut(place));
        let Some(stamp) = stamp.filter(|stamp| **stamp != self.portfolio) else { return false };
        *stamp = self.portfolio;
        self.instruments.things.push(place);
        true
    }

    fn touch_currency(&mut self, currency: Currency, rates: Option<&'w HashMap<Currency, Vec<Sums>>>) {
        if !self.currencies.things.contains(&currency) {
            self.currencies.things.push(currency);
            self.rates.push(rates.and_then(|rates| rates.get(&currency)).map(Vec::as_slice));
        }
    }
}

impl<T> Touched<T> {
    /// Everything, and whether it was touched in this month.
    fn all(&self) -> impl Iterator<Item = (&T, bool)> {
        self.things.iter().enumerate().map(|(place, thing)| (thing, self.before <= place))
    }

    /// Ends a month.
    fn close(&mut self) {
        self.before = self.things.len();
    }

    fn clear(&mut self) {
        self.things.clear();
        self.before = 0;
    }
}

fn counted(sums: Option<&[Sums]>, month: usize, is_new: bool) -> u64 {
    sums.and_then(|sums| sums.get(month)).map_or(0, |sums| sums.counted(is_new))
}

/// The sums of series, by their market or source and their own name.
fn by_market<K: Clone + Eq + std::hash::Hash>(
    axis: &Axis,
    series: &HashMap<(MarketId, K), Months>,
) -> HashMap<MarketId, HashMap<K, Vec<Sums>>> {
    let mut sums: HashMap<MarketId, HashMap<K, Vec<Sums>>> = HashMap::new();
    for ((market, name), months) in series {
        sums.entry(market.clone()).or_default().insert(name.clone(), along(axis, Some(months)));
    }
    sums
}

fn describe(row: &Portfolio) -> u64 {
    let rate = row.risk_free_annual.map(f64::to_bits);
    let place = (&row.portfolio_id, &row.market_id, &row.fx_source, row.base_currency);
    let own = hashed((place, row.start_date, row.end_date, rate, &row.cost_basis));
    // What is not named changes nothing, so that the markers stay those of the nights before it could be.
    let named = [
        row.benchmark_symbol.as_ref().map(|symbol| hashed(("benchmark", symbol))),
        row.benchmark_blend.as_ref().map(|blend| hashed(("blend", blend))),
        row.risk_free_source.as_ref().map(|source| hashed(("risk_free", source))),
    ];
    named.into_iter().flatten().fold(own, u64::wrapping_add)
}
