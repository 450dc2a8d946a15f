//! The markers themselves: sums of hashes of facts, by portfolio and month.
//!
//! A month of a portfolio depends on its transactions of the month, on those that act on it from a later one (a
//! reversal, an election, a broker's booking of an announcement), and on closes, corporate actions and rates of what it
//! had touched by then. Of an instrument or currency that is touched for the first time everything earlier
//! counts, too, because a close or rate is carried until the next one. Groups of instruments have no dates and count in
//! every month. The benchmark of a portfolio, or what it is blended of, is touched from its first month on, and so are
//! the benchmark's weights and the dated risk-free rates; the currency of a group of portfolios is from the month on in
//! which it belongs to the group. A scenario of the market counts from the month on in which its version does, and so
//! does what stands in for a class in it. What depends on other portfolios is added by `transfers`. Where the last rate
//! is too old to count, the limit decides about values as a fact does; everywhere else another limit changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use lake::{DateRange, Lake};
use ledger::benchmark_of;
use ledger::corporate_actions::LATE_BOOKING_DAYS;
use schemas::tables::benchmark_weights::BenchmarkWeight;
use schemas::tables::classifications::Classification;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_members::GroupMember;
use schemas::tables::history_markers::HistoryMarker;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::tables::stress_scenarios::StressScenarioRow;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Currency, InstrumentId, MarketId, PortfolioId};

use super::transfers::Transfers;
use super::{month_start, next_month, read};
use crate::AgeLimits;
use crate::error::Error;

/// Sums of hashes by month; the months in between have none.
type Months = BTreeMap<BusinessDate, u64>;

/// The facts of all markets.
#[derive(Default)]
struct Facts {
    quotes: HashMap<InstrumentId, Months>,
    actions: HashMap<InstrumentId, Months>,
    rates: HashMap<(MarketId, Currency), Months>,
    risk_free: HashMap<(MarketId, Currency), Months>,
    /// The weights of benchmarks, by market and name.
    weights: HashMap<(MarketId, String), Months>,
    /// The valuation dates of a market.
    dates: HashMap<MarketId, Months>,
    instruments: HashMap<InstrumentId, Instrument>,
    /// The groups of an instrument, and the taxonomies of a market; what has none is not here.
    groups: HashMap<InstrumentId, u64>,
    taxonomies: HashMap<MarketId, u64>,
    /// The scenarios of a market, by the month from which a version counts.
    scenarios: HashMap<MarketId, Months>,
    /// What stands in for a class of instruments in a scenario of a market, by that month.
    proxies: HashMap<MarketId, BTreeMap<BusinessDate, BTreeSet<InstrumentId>>>,
    /// The groups to which a portfolio belongs.
    memberships: HashMap<PortfolioId, Vec<GroupMember>>,
    /// What holders of an instrument may receive of others.
    targets: HashMap<InstrumentId, Vec<InstrumentId>>,
    /// The currencies in which issuers pay.
    paid_in: HashMap<InstrumentId, Vec<Currency>>,
    /// Of everything announced, the ex-date and the last day of a booking that may stand for it or choose for it, by
    /// each instrument concerned.
    answered: HashMap<InstrumentId, Vec<(BusinessDate, BusinessDate)>>,
}

/// Days after an announcement is paid in which a broker may book it.
const BOOKING_DAYS: u64 = LATE_BOOKING_DAYS.unsigned_abs();

/// What a portfolio has touched so far.
#[derive(Default)]
struct Reach {
    instruments: BTreeSet<InstrumentId>,
    currencies: BTreeSet<Currency>,
}

/// What a month of a portfolio follows from, as far as it is the portfolio's own.
pub(super) struct Month {
    /// The first day of the month.
    pub(super) month_start: BusinessDate,
    /// The last day of it that was seen.
    through_date: BusinessDate,
    /// The sum of the month.
    sum: u64,
    /// The sum of this month and all before.
    pub(super) so_far: u64,
}

/// The markers of every portfolio and month, of the facts up to a date. The same facts give the same markers.
pub(super) async fn markers(
    lake: &Lake,
    age_limits: AgeLimits,
    through: BusinessDate,
) -> Result<Vec<HistoryMarker>, Error> {
    let range = DateRange::through(through);
    let mut facts = Facts::read(lake, range).await?;
    facts.limit_rates(lake, age_limits, through).await?;
    let mut booked: HashMap<PortfolioId, Vec<Transaction>> = HashMap::new();
    // Those after the date count from the first day on which they may matter.
    for transaction in read::<Transaction>(lake, DateRange::ALL).await? {
        booked.entry(transaction.portfolio_id.clone()).or_default().push(transaction);
    }
    let portfolios = read::<Portfolio>(lake, DateRange::ALL).await?;
    let mut own: BTreeMap<PortfolioId, Vec<Month>> = BTreeMap::new();
    for portfolio in portfolios.iter().filter(|portfolio| portfolio.start_date <= through) {
        let transactions = booked.get(&portfolio.portfolio_id).map_or(&[][..], Vec::as_slice);
        own.insert(portfolio.portfolio_id.clone(), facts.of_portfolio(portfolio, transactions, through));
    }
    let transfers = Transfers::new(&portfolios, booked.values().flatten(), through);
    let mut rows = Vec::new();
    for (portfolio_id, months) in &own {
        rows.extend(months.iter().map(|month| {
            let sum = month.sum.wrapping_add(transfers.behind(portfolio_id, month.month_start, &own));
            HistoryMarker {
                portfolio_id: portfolio_id.clone(),
                month_start: month.month_start,
                through_date: month.through_date,
                marker: format!("{sum:016x}"),
            }
        }));
    }
    Ok(rows)
}

impl Facts {
    async fn read(lake: &Lake, range: DateRange) -> Result<Facts, Error> {
        let mut facts = Facts::default();
        let mut dates: BTreeSet<(MarketId, BusinessDate)> = BTreeSet::new();
        for row in read::<Quote>(lake, range).await? {
            let months = facts.quotes.entry(row.instrument_id).or_default();
            add(months, month_start(row.quote_date), hashed((row.quote_date, row.close)));
            dates.insert((row.market_id, row.quote_date));
        }
        for (market, date) in dates {
            add(facts.dates.entry(market).or_default(), month_start(date), hashed(date));
        }
        for row in read::<CorporateAction>(lake, range).await? {
            let terms = (row.ratio_new, row.ratio_old, row.amount, row.currency, row.basis_fraction);
            let others = (&row.target_instrument_id, row.fraction_price, row.pay_date);
            let hash = hashed((row.ex_date, &row.kind, terms, others));
            let paid = row.pay_date.map_or(row.ex_date, |pay_date| pay_date.max(row.ex_date));
            let answered = (row.ex_date, days_after(paid, BOOKING_DAYS));
            // Cash of a dividend is booked by the portfolio only; nothing is applied that a booking could replace.
            let is_answered = !matches!(row.kind.as_str(), "CASH_DIVIDEND" | "SPECIAL_DIVIDEND");
            if is_answered {
                facts.answered.entry(row.instrument_id.clone()).or_default().push(answered);
            }
            facts.paid_in.entry(row.instrument_id.clone()).or_default().extend(row.currency);
            if let Some(target) = row.target_instrument_id {
                if is_answered {
                    facts.answered.entry(target.clone()).or_default().push(answered);
                }
                facts.targets.entry(row.instrument_id.clone()).or_default().push(target);
            }
            add(facts.actions.entry(row.instrument_id).or_default(), month_start(row.ex_date), hash);
        }
        for row in read::<FxRate>(lake, range).await? {
            let months = facts.rates.entry((row.fx_source, row.currency)).or_default();
            add(months, month_start(row.rate_date), hashed((row.rate_date, row.units_per_eur)));
        }
        for row in read::<RiskFreeRate>(lake, range).await? {
            let months = facts.risk_free.entry((row.risk_free_source, row.currency)).or_default();
            add(months, month_start(row.rate_date), hashed(("risk_free", row.rate_date, row.rate_annual)));
        }
        for row in read::<BenchmarkWeight>(lake, range).await? {
            let hash = hashed((&row.taxonomy, &row.node, row.weight_date, row.weight, row.return_fraction));
            let months = facts.weights.entry((row.market_id, row.benchmark)).or_default();
            add(months, month_start(row.weight_date), hash);
        }
        for row in read::<Instrument>(lake, DateRange::ALL).await? {
            facts.instruments.insert(row.instrument_id.clone(), row);
        }
        let mut taxonomies: BTreeSet<(MarketId, String)> = BTreeSet::new();
        for row in read::<Classification>(lake, DateRange::ALL).await? {
            let group = hashed((&row.taxonomy, &row.node, row.weight));
            let sum = facts.groups.entry(row.instrument_id).or_insert(0);
            *sum = sum.wrapping_add(group);
            taxonomies.insert((row.market_id, row.taxonomy));
        }
        for row in read::<StressScenarioRow>(lake, DateRange::ALL).await? {
            facts.scenario(row);
        }
        for row in read::<GroupMember>(lake, DateRange::ALL).await? {
            facts.memberships.entry(row.portfolio_id.clone()).or_default().push(row);
        }
        for (market, taxonomy) in taxonomies {
            let sum = facts.taxonomies.entry(market).or_insert(0);
            *sum = sum.wrapping_add(hashed(("taxonomy", taxonomy)));
        }
        Ok(facts)
    }

    /// Adds a part of a scenario.
    fn scenario(&mut self, row: StressScenarioRow) {
        let what = (&row.scenario_id, row.version, &row.part, &row.target, &row.symbol, row.number.map(f64::to_bits));
        let hash = hashed((what, row.effective_date, row.until_date, row.replay_from, row.replay_to));
        let month = row.effective_date.map_or(BusinessDate::FIRST, month_start);
        if row.part == "proxy"
            && let Ok(instrument) = InstrumentId::new(&row.market_id, &row.symbol)
        {
            let months = self.proxies.entry(row.market_id.clone()).or_default();
            months.entry(month).or_default().insert(instrument);
        }
        add(self.scenarios.entry(row.market_id).or_default(), month, hash);
    }

    /// Adds the limit to the months in which it leaves a day without a rate.
    async fn limit_rates(&mut self, lake: &Lake, limits: AgeLimits, through: BusinessDate) -> Result<(), Error> {
        let mut published: HashMap<(MarketId, Currency), BTreeSet<BusinessDate>> = HashMap::new();
        for row in read::<FxRate>(lake, DateRange::through(through)).await? {
            published.entry((row.fx_source, row.currency)).or_default().insert(row.rate_date);
        }
        let days_max = limits.fx_rate_days_max;
        for (series, days) in published {
            let months = self.rates.entry(series).or_default();
            for month in months_without_a_rate(&days, days_max, through) {
                add(months, month, hashed(("days_max", days_max)));
            }
        }
        Ok(())
    }

    fn of_portfolio(&self, portfolio: &Portfolio, transactions: &[Transaction], through: BusinessDate) -> Vec<Month> {
        let acting = self.by_first_effect(transactions).into_iter().filter(|(since, _)| *since <= through);
        let mut waiting = acting.peekable();
        let end = portfolio.end_date.map_or(through, |end| end.min(through));
        // What a taxonomy does not classify is a row of it, too.
        let taxonomies = self.taxonomies.get(&portfolio.market_id).copied().unwrap_or(0);
        let described = describe(portfolio).wrapping_add(taxonomies);
        let benchmark = benchmark_of(portfolio);
        let mut reach = Reach::default();
        let mut months: Vec<Month> = Vec::new();
        let mut so_far = 0_u64;
        let mut month = month_start(portfolio.start_date);
        while month <= end {
            let next = next_month(month);
            // What is put through scenarios goes through valuation dates before its own first one.
            let dates_since = if months.is_empty() { BusinessDate::FIRST } else { month };
            let mut sum = described.wrapping_add(months_sum(self.dates.get(&portfolio.market_id), dates_since, month));
            let known = std::mem::take(&mut reach);
            reach = Reach { instruments: known.instruments.clone(), currencies: known.currencies.clone() };
            reach.currencies.insert(portfolio.base_currency);
            let compared = benchmark.iter().flat_map(|benchmark| &benchmark.instruments);
            let proxies = self.proxies.get(&portfolio.market_id).into_iter();
            let proxies = proxies.flat_map(|months| months.range(..=month).flat_map(|(_, proxies)| proxies));
            for instrument in compared.chain(proxies) {
                self.reach_instrument(&mut reach, instrument);
            }
            for member in self.members_in(portfolio, month, next) {
                let group = (&member.group_id, &member.kind, member.base_currency);
                sum = sum.wrapping_add(hashed((group, member.from_date, member.to_date)));
                reach.currencies.insert(member.base_currency);
            }
            while let Some((_, transaction)) = waiting.next_if(|(since, _)| *since < next) {
                sum = sum.wrapping_add(hash_of(transaction));
                self.touch(&mut reach, transaction);
            }
            for instrument in &reach.instruments {
                let since = if known.instruments.contains(instrument) { month } else { BusinessDate::FIRST };
                sum = sum.wrapping_add(self.of_instrument(instrument, since, month));
            }
            for currency in &reach.currencies {
                let since = if known.currencies.contains(currency) { month } else { BusinessDate::FIRST };
                let rates = self.rates.get(&(portfolio.fx_source.clone(), *currency));
                sum = sum.wrapping_add(months_sum(rates, since, month));
            }
            sum = sum.wrapping_add(self.of_comparison(portfolio, months.is_empty(), month));
            so_far = so_far.wrapping_add(sum);
            let through_date = next.previous_calendar_day().min(through);
            months.push(Month { month_start: month, through_date, sum, so_far });
            if next == month {
                break;
            }
            month = next;
        }
        months
    }

    /// The groups to which a portfolio belongs on a day of a month.
    fn members_in(
        &self,
        portfolio: &Portfolio,
        month: BusinessDate,
        next: BusinessDate,
    ) -> impl Iterator<Item = &GroupMember> {
        let all = self.memberships.get(&portfolio.portfolio_id).map_or(&[][..], Vec::as_slice);
        all.iter().filter(move |row| row.from_date < next && row.to_date.is_none_or(|to| month <= to))
    }

    /// The dated risk-free rates, the weights of the benchmark and the scenarios in a month; in the first month of a
    /// portfolio all earlier ones count, too.
    fn of_comparison(&self, portfolio: &Portfolio, is_first: bool, month: BusinessDate) -> u64 {
        let since = if is_first { BusinessDate::FIRST } else { month };
        let source = portfolio.risk_free_source.clone().map(|source| (source, portfolio.base_currency));
        let rates = source.map_or(0, |source| months_sum(self.risk_free.get(&source), since, month));
        let name = portfolio.benchmark_blend.as_ref().or(portfolio.benchmark_symbol.as_ref());
        let weighed = name.map(|name| (portfolio.market_id.clone(), name.clone()));
        let weights = weighed.map_or(0, |benchmark| months_sum(self.weights.get(&benchmark), since, month));
        let scenarios = months_sum(self.scenarios.get(&portfolio.market_id), since, month);
        rates.wrapping_add(weights).wrapping_add(scenarios)
    }

    /// The transactions with the first day on which each of them may matter, in the order of these days: its own, or
    /// the day of what it takes back, or the ex-date of what it may answer.
    fn by_first_effect<'a>(&self, transactions: &'a [Transaction]) -> Vec<(BusinessDate, &'a Transaction)> {
        let days: HashMap<&str, BusinessDate> =
            transactions.iter().map(|row| (row.transaction_id.as_str(), row.trade_date)).collect();
        let mut ordered: Vec<(BusinessDate, &Transaction)> = Vec::with_capacity(transactions.len());
        for row in transactions {
            let taken_back = row.reverses.as_deref().and_then(|id| days.get(id).copied());
            let announced = row.instrument_id.as_ref().and_then(|instrument| self.answered.get(instrument));
            let answers =
                announced.into_iter().flatten().filter(|(ex_date, last)| (*ex_date..=*last).contains(&row.trade_date));
            let earlier = answers.map(|(ex_date, _)| *ex_date).chain(taken_back).min();
            ordered.push((earlier.map_or(row.trade_date, |earlier| earlier.min(row.trade_date)), row));
        }
        ordered.sort_by_key(|(since, _)| *since);
        ordered
    }

    fn touch(&self, reach: &mut Reach, transaction: &Transaction) {
        reach.currencies.insert(transaction.currency);
        reach.currencies.extend(transaction.counter_currency);
        let Some(instrument) = &transaction.instrument_id else { return };
        self.reach_instrument(reach, instrument);
    }

    /// An instrument with its currency, and what its issuer's actions turn it into.
    fn reach_instrument(&self, reach: &mut Reach, instrument: &InstrumentId) {
        if reach.instruments.insert(instrument.clone())
            && let Some(listed) = self.instruments.get(instrument)
        {
            reach.currencies.insert(listed.currency);
            reach.currencies.extend(self.paid_in.get(instrument).into_iter().flatten());
            for target in self.targets.get(instrument).into_iter().flatten() {
                self.reach_instrument(reach, target);
            }
        }
    }

    fn of_instrument(&self, instrument: &InstrumentId, since: BusinessDate, month: BusinessDate) -> u64 {
        let listed = self
            .instruments
            .get(instrument)
            .map_or(0, |row| hashed((&row.instrument_id, row.currency, row.price_scale, &row.adjusted)))
            // Without groups the markers stay those of the nights before there were any.
            .wrapping_add(self.groups.get(instrument).copied().unwrap_or(0));
        let quotes = months_sum(self.quotes.get(instrument), since, month);
        let actions = months_sum(self.actions.get(instrument), since, month);
        // Equal quotes of two instruments must not cancel each other out when they change places.
        hashed((instrument, listed, quotes, actions))
    }
}

/// The months with a day on which the last of these rates is older than so many days.
fn months_without_a_rate(
    published: &BTreeSet<BusinessDate>,
    days_max: u32,
    through: BusinessDate,
) -> BTreeSet<BusinessDate> {
    let mut months = BTreeSet::new();
    let ends = published.iter().skip(1).map(|next| next.previous_calendar_day()).chain([through]);
    for (day, last) in published.iter().zip(ends) {
        if last.days_since(*day) <= i64::from(days_max) {
            continue;
        }
        let mut month = month_start(days_after(*day, u64::from(days_max) + 1));
        while month <= last {
            months.insert(month);
            let next = next_month(month);
            if next == month {
                break;
            }
            month = next;
        }
    }
    months
}

/// The day some days later; the same day at the end of time.
fn days_after(date: BusinessDate, days: u64) -> BusinessDate {
    let later = date.day().checked_add_days(chrono::Days::new(days));
    later.and_then(|day| BusinessDate::new(day).ok()).unwrap_or(date)
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

fn hash_of(row: &Transaction) -> u64 {
    let what = (&row.transaction_id, row.booking_sequence, row.trade_date, row.settlement_date, &row.kind);
    let units = (&row.instrument_id, row.quantity, row.price);
    let cash = (row.currency, row.fees, row.taxes, row.net_cash, row.counter_currency, row.counter_amount);
    let lots = (row.lot_cost, row.lot_acquired_date, &row.lots_closed, &row.reverses, &row.counter_portfolio_id);
    hashed((what, units, cash, lots))
}

fn add(months: &mut Months, month: BusinessDate, hash: u64) {
    let sum = months.entry(month).or_insert(0);
    *sum = sum.wrapping_add(hash);
}

fn months_sum(months: Option<&Months>, since: BusinessDate, month: BusinessDate) -> u64 {
    months.map_or(0, |months| months.range(since..=month).map(|(_, sum)| *sum).fold(0, u64::wrapping_add))
}

/// The hash of a fact.
pub(super) fn hashed(fact: impl Hash) -> u64 {
    let mut hash = DefaultHasher::new();
    fact.hash(&mut hash);
    hash.finish()
}
