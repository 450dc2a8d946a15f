//! What portfolios may depend on, as sums of hashes by month.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lake::{DateRange, Lake};
use ledger::benchmark_of;
use ledger::corporate_actions::LATE_BOOKING_DAYS;
use schemas::table::Record;
use schemas::tables::benchmark_weights::BenchmarkWeight;
use schemas::tables::classifications::Classification;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::factor_returns::FactorReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_members::GroupMember;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::tables::stress_scenarios::StressScenarioRow;
use schemas::{BusinessDate, Currency, InstrumentId, MarketId, PortfolioId};

use super::hashed;
use super::sums::{Axis, Months, Sums, add, along};
use crate::AgeLimits;
use crate::error::Error;
use crate::history::{month_start, next_month, read};

/// Days after an announcement is paid in which a broker may book it.
const BOOKING_DAYS: u64 = LATE_BOOKING_DAYS.unsigned_abs();

/// The facts of all markets.
#[derive(Default)]
pub(super) struct Facts {
    places: HashMap<InstrumentId, u32>,
    /// By place; an instrument of which nothing is known has a place and nothing here.
    things: HashMap<u32, Thing>,
    pub(super) rates: HashMap<(MarketId, Currency), Months>,
    pub(super) risk_free: HashMap<(MarketId, Currency), Months>,
    /// The weights of benchmarks, by market and name.
    pub(super) weights: HashMap<(MarketId, String), Months>,
    /// The factors of a market, by the first month in which they count: two after their own.
    pub(super) factors: HashMap<MarketId, Months>,
    /// The valuation dates of a market.
    pub(super) dates: HashMap<MarketId, Months>,
    /// The taxonomies of a market; what has none is not here.
    pub(super) taxonomies: HashMap<MarketId, u64>,
    /// The scenarios of a market, by the month from which a version counts.
    pub(super) scenarios: HashMap<MarketId, Months>,
    /// What stands in for a class of instruments in a scenario of a market, by that month.
    pub(super) proxies: HashMap<MarketId, BTreeMap<BusinessDate, BTreeSet<u32>>>,
    /// The groups to which a portfolio belongs.
    pub(super) memberships: HashMap<PortfolioId, Vec<GroupMember>>,
}

/// What is known of an instrument.
#[derive(Default)]
pub(super) struct Thing {
    /// The row that lists it, if one does.
    listed: Option<Instrument>,
    quotes: Months,
    actions: Months,
    /// The sum of its groups.
    groups: u64,
    /// What holders may receive of others.
    pub(super) targets: Vec<u32>,
    /// The currencies in which its issuer pays.
    pub(super) paid_in: Vec<Currency>,
    /// Of everything announced, the ex-date and the last day of a booking that may stand for it or choose for it.
    pub(super) answered: Vec<(BusinessDate, BusinessDate)>,
}

impl Thing {
    /// The currency in which it is quoted, if it is listed.
    pub(super) fn currency(&self) -> Option<Currency> {
        self.listed.as_ref().map(|row| row.currency)
    }

    /// What is stated about the income in its quotes; nothing if nobody says.
    fn basis(&self) -> u64 {
        let stated = self.listed.as_ref().and_then(|row| row.return_basis.as_ref());
        stated.map_or(0, |basis| hashed(("return_basis", basis)))
    }

    /// What stands for it where it has no returns, if anything is named.
    pub(super) fn proxy(&self) -> Option<&InstrumentId> {
        self.listed.as_ref()?.proxy_instrument_id.as_ref()
    }

    /// What it adds to each month of a portfolio that has touched it.
    pub(super) fn sums(&self, instrument: &InstrumentId, axis: &Axis) -> Vec<Sums> {
        let listed = self
            .listed
            .as_ref()
            .map_or(0, |row| hashed((&row.instrument_id, row.currency, row.price_scale, &row.adjusted)))
            // Without groups, a stated basis and a proxy the markers stay those of the nights before there were any.
            .wrapping_add(self.groups)
            .wrapping_add(self.basis())
            .wrapping_add(self.proxy().map_or(0, |proxy| hashed(("proxy", proxy))));
        // Equal quotes of two instruments must not cancel each other out when they change places.
        let of = |quotes: u64, actions: u64| hashed((instrument, listed, quotes, actions));
        let (quotes, actions) = (along(axis, Some(&self.quotes)), along(axis, Some(&self.actions)));
        let both = quotes.into_iter().zip(actions);
        both.map(|(quotes, actions)| Sums {
            month: of(quotes.month, actions.month),
            so_far: of(quotes.so_far, actions.so_far),
        })
        .collect()
    }
}

impl Facts {
    /// Every fact up to a day.
    pub(super) async fn read(lake: &Lake, limits: AgeLimits, through: BusinessDate) -> Result<Facts, Error> {
        let range = DateRange::through(through);
        let mut facts = Facts::default();
        facts.read_quotes(lake, range).await?;
        facts.read_actions(lake, range).await?;
        facts.read_rates(lake, limits, through).await?;
        for row in read::<BenchmarkWeight>(lake, range).await? {
            let hash = hashed((&row.taxonomy, &row.node, row.weight_date, row.weight, row.return_fraction));
            let months = facts.weights.entry((row.market_id, row.benchmark)).or_default();
            add(months, month_start(row.weight_date), hash);
        }
        for row in read::<FactorReturn>(lake, range).await? {
            let hash = hashed((&row.factor_set, &row.factor, row.return_date, row.return_fraction));
            let month = next_month(next_month(month_start(row.return_date)));
            add(facts.factors.entry(row.factor_source).or_default(), month, hash);
        }
        for row in read::<Instrument>(lake, DateRange::ALL).await? {
            let thing = facts.of(row.instrument_id.clone());
            thing.listed = Some(row);
        }
        let mut taxonomies: BTreeSet<(MarketId, String)> = BTreeSet::new();
        for row in read::<Classification>(lake, DateRange::ALL).await? {
            let group = hashed((&row.taxonomy, &row.node, &row.weight));
            let thing = facts.of(row.instrument_id);
            thing.groups = thing.groups.wrapping_add(group);
            taxonomies.insert((row.market_id, row.taxonomy));
        }
        for (market, taxonomy) in taxonomies {
            let sum = facts.taxonomies.entry(market).or_insert(0);
            *sum = sum.wrapping_add(hashed(("taxonomy", taxonomy)));
        }
        for row in read::<StressScenarioRow>(lake, DateRange::ALL).await? {
            facts.scenario(row);
        }
        for row in read::<GroupMember>(lake, DateRange::ALL).await? {
            facts.memberships.entry(row.portfolio_id.clone()).or_default().push(row);
        }
        Ok(facts)
    }

    /// Gives a place to what portfolios are compared with, whether anything is known of it or not.
    pub(super) fn name_benchmarks(&mut self, portfolios: &[Portfolio]) {
        for benchmark in portfolios.iter().filter_map(benchmark_of) {
            for instrument in benchmark.instruments {
                self.place(instrument);
            }
        }
    }

    /// The place of an instrument; one that nothing was said of gets a new one.
    pub(super) fn place(&mut self, instrument: InstrumentId) -> u32 {
        let next = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        *self.places.entry(instrument).or_insert(next)
    }

    /// What is known of the instrument at a place.
    pub(super) fn thing(&self, place: u32) -> Option<&Thing> {
        self.things.get(&place)
    }

    /// The place of an instrument; none if nothing was ever said of it.
    pub(super) fn known(&self, instrument: &InstrumentId) -> Option<u32> {
        self.places.get(instrument).copied()
    }

    /// What every instrument adds to a month, in the order of places.
    pub(super) fn sums_of_instruments(&self, axis: &Axis) -> Vec<Vec<Sums>> {
        let nothing = Thing::default();
        let mut sums = vec![Vec::new(); self.places.len()];
        for (instrument, place) in &self.places {
            if let Some(own) = usize::try_from(*place).ok().and_then(|place| sums.get_mut(place)) {
                *own = self.things.get(place).unwrap_or(&nothing).sums(instrument, axis);
            }
        }
        sums
    }

    fn of(&mut self, instrument: InstrumentId) -> &mut Thing {
        let place = self.place(instrument);
        self.things.entry(place).or_default()
    }

    /// Adds a part of a scenario.
    fn scenario(&mut self, row: StressScenarioRow) {
        let what = (&row.scenario_id, row.version, &row.part, &row.target, &row.symbol, row.number.map(f64::to_bits));
        let hash = hashed((what, row.effective_date, row.until_date, row.replay_from, row.replay_to));
        let month = row.effective_date.map_or(BusinessDate::FIRST, month_start);
        if row.part == "proxy"
            && let Ok(instrument) = InstrumentId::new(&row.market_id, &row.symbol)
        {
            let place = self.place(instrument);
            self.proxies.entry(row.market_id.clone()).or_default().entry(month).or_default().insert(place);
        }
        add(self.scenarios.entry(row.market_id).or_default(), month, hash);
    }

    async fn read_quotes(&mut self, lake: &Lake, range: DateRange) -> Result<(), Error> {
        let snapshot = lake.snapshot(Quote::TABLE).await?;
        let parts = lake::read::mapped(&snapshot, lake, range, sums_of_quotes).await?;
        let mut dates: BTreeSet<(MarketId, BusinessDate)> = BTreeSet::new();
        for (quotes, days) in parts {
            for ((instrument, month), sum) in quotes {
                add(&mut self.of(instrument).quotes, month, sum);
            }
            dates.extend(days);
        }
        for (market, date) in dates {
            add(self.dates.entry(market).or_default(), month_start(date), hashed(date));
        }
        Ok(())
    }

    async fn read_actions(&mut self, lake: &Lake, range: DateRange) -> Result<(), Error> {
        for row in read::<CorporateAction>(lake, range).await? {
            let terms = (row.ratio_new, row.ratio_old, row.amount, row.currency, row.basis_fraction);
            let others = (&row.target_instrument_id, row.fraction_price, row.pay_date);
            let hash = hashed((row.ex_date, &row.kind, terms, others));
            let paid = row.pay_date.map_or(row.ex_date, |pay_date| pay_date.max(row.ex_date));
            let answered = (row.ex_date, days_after(paid, BOOKING_DAYS));
            // Cash of a dividend is booked by the portfolio only; nothing is applied that a booking could replace.
            let is_answered = !matches!(row.kind.as_str(), "CASH_DIVIDEND" | "SPECIAL_DIVIDEND");
            let target = row.target_instrument_id.map(|target| self.place(target));
            let own = self.of(row.instrument_id);
            add(&mut own.actions, month_start(row.ex_date), hash);
            own.paid_in.extend(row.currency);
            own.targets.extend(target);
            if is_answered {
                own.answered.push(answered);
                if let Some(target) = target {
                    self.things.entry(target).or_default().answered.push(answered);
                }
            }
        }
        Ok(())
    }

    /// Rates, and in the months in which it leaves a day without one, the limit of their age.
    async fn read_rates(&mut self, lake: &Lake, limits: AgeLimits, through: BusinessDate) -> Result<(), Error> {
        let range = DateRange::through(through);
        let mut published: HashMap<(MarketId, Currency), BTreeSet<BusinessDate>> = HashMap::new();
        for row in read::<FxRate>(lake, range).await? {
            let series = (row.fx_source, row.currency);
            published.entry(series.clone()).or_default().insert(row.rate_date);
            let hash = hashed((row.rate_date, row.units_per_eur));
            add(self.rates.entry(series).or_default(), month_start(row.rate_date), hash);
        }
        let days_max = limits.fx_rate_days_max;
        for (series, days) in published {
            let months = self.rates.entry(series).or_default();
            for month in months_without_a_rate(&days, days_max, through) {
                add(months, month, hashed(("days_max", days_max)));
            }
        }
        for row in read::<RiskFreeRate>(lake, range).await? {
            let months = self.risk_free.entry((row.risk_free_source, row.currency)).or_default();
            add(months, month_start(row.rate_date), hashed(("risk_free", row.rate_date, row.rate_annual)));
        }
        Ok(())
    }
}

/// Sums by instrument and month, and the valuation dates of markets.
type QuotesOfRows = (HashMap<(InstrumentId, BusinessDate), u64>, BTreeSet<(MarketId, BusinessDate)>);

fn sums_of_quotes(rows: Vec<Quote>) -> QuotesOfRows {
    let mut sums = HashMap::new();
    let mut dates = BTreeSet::new();
    for row in rows {
        let mut hash = hashed((row.quote_date, row.close));
        // Without volumes the markers stay those of the nights before any figure was made of them.
        if let Some(volume) = row.volume {
            hash = hash.wrapping_add(hashed(("volume", row.quote_date, volume)));
        }
        let sum: &mut u64 = sums.entry((row.instrument_id, month_start(row.quote_date))).or_default();
        *sum = sum.wrapping_add(hash);
        dates.insert((row.market_id, row.quote_date));
    }
    (sums, dates)
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
