//! What only some kinds of statements are made from, read only for those that ask for it.
//!
//! To add something: a need, its rows here, its table in the list, and how it is read.

mod held_values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lake::DateRange;
use schemas::table::{Record, TableDefinition};
use schemas::tables::classifications::Classification;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instrument_costs::InstrumentCost;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId, MarketId, PortfolioId};

pub(crate) use held_values::days_of;
pub use held_values::{HeldValue, InstrumentCosts};

use crate::gather::Facts;
use crate::rates::{DAYS_MAX, Rates};
use crate::span::Span;

/// Rows that only some kinds of statements need; empty where the kind does not ask for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Further {
    /// The returns of every day since inception up to the closing date, in any order.
    pub daily_returns: Vec<DailyReturn>,
    /// The lots that the disposals of the period closed, and what rules that look ahead changed in it, in any order.
    pub lot_closings: Vec<LotClosing>,
    /// The bookings of the ten days up to the opening date, in any order: those dated after the last valuation date
    /// before the period take effect in it.
    pub bookings_before: Vec<Transaction>,
    /// The rates of exchange of the period; portfolios of one source share them.
    pub rates: Arc<Rates>,
    /// The countries of instruments, as the taxonomy `country` has them; portfolios of one market share them.
    pub countries: Arc<BTreeMap<InstrumentId, Country>>,
    /// The costs of instruments; all portfolios share them.
    pub instrument_costs: Arc<InstrumentCosts>,
    /// What the holdings of the period were worth, day by day, with the costs that counted then.
    pub held_values: Vec<HeldValue>,
}

/// In which country an instrument is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Country {
    /// All of it is in this one.
    One(String),
    /// Parts of it are in several, or only a part is in one.
    Several,
}

/// Something that a kind of statement needs beside what all of them do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The returns of every day since inception.
    DailyReturns,
    /// The lots that disposals closed.
    LotClosings,
    /// What was booked just before the period.
    BookingsBefore,
    /// The rates of exchange at which bookings count.
    Rates,
    /// The countries of instruments.
    Countries,
    /// What holdings were worth and cost, day by day.
    HeldValues,
}

/// The tables of all needs.
pub(crate) const TABLES: [&TableDefinition; 4] =
    [DailyReturn::TABLE, FxRate::TABLE, Classification::TABLE, InstrumentCost::TABLE];

/// The taxonomy that says in which country an instrument is.
const COUNTRY: &str = "country";

impl Need {
    /// Reads its rows of some portfolios.
    pub(crate) async fn read(
        self,
        facts: &Facts,
        span: Span,
        only: &BTreeSet<String>,
        found: &mut BTreeMap<PortfolioId, Further>,
    ) -> Result<(), lake::Error> {
        match self {
            Need::DailyReturns => {
                let rows: Vec<DailyReturn> = facts.of(DateRange::through(span.closing), only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).daily_returns.push(row));
            }
            Need::LotClosings => {
                let rows: Vec<LotClosing> = facts.of(span.days(), only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).lot_closings.push(row));
            }
            Need::BookingsBefore => {
                let range = DateRange::between(days_before(span.opening), span.opening);
                let rows: Vec<Transaction> = facts.of(range, only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).bookings_before.push(row));
            }
            Need::Rates => read_rates(facts, span, only, found).await?,
            Need::Countries => read_countries(facts, only, found).await?,
            Need::HeldValues => held_values::read(facts, span, only, found).await?,
        }
        Ok(())
    }
}

fn of<'a>(found: &'a mut BTreeMap<PortfolioId, Further>, id: &PortfolioId) -> &'a mut Further {
    found.entry(id.clone()).or_default()
}

/// The tenth day before a day: no book goes without a valuation date for longer, and no rate counts for longer.
fn days_before(day: BusinessDate) -> BusinessDate {
    (0..DAYS_MAX).fold(day, |day, _| day.previous_calendar_day())
}

/// The portfolios of a share by something that they share with others.
fn by_market<'a>(
    facts: &'a Facts,
    only: &BTreeSet<String>,
    market: impl Fn(&'a schemas::tables::portfolios::Portfolio) -> &'a MarketId,
) -> BTreeMap<&'a MarketId, Vec<&'a PortfolioId>> {
    let mut grouped: BTreeMap<&MarketId, Vec<&PortfolioId>> = BTreeMap::new();
    for portfolio in facts.portfolios().filter(|row| only.contains(row.portfolio_id.as_str())) {
        grouped.entry(market(portfolio)).or_default().push(&portfolio.portfolio_id);
    }
    grouped
}

async fn read_rates(
    facts: &Facts,
    span: Span,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let first = days_before(days_before(span.opening));
    let sources = by_market(facts, only, |portfolio| &portfolio.fx_source);
    let names = sources.keys().map(ToString::to_string).collect();
    let range = DateRange::between(first, span.closing);
    let mut rows: BTreeMap<MarketId, Vec<FxRate>> = BTreeMap::new();
    for row in facts.named::<FxRate>(range, &[("fx_source", &names)]).await? {
        rows.entry(row.fx_source.clone()).or_default().push(row);
    }
    for (source, portfolios) in sources {
        let rates = Arc::new(rows.remove(source).map(|rows| Rates::of(&rows)).unwrap_or_default());
        portfolios.into_iter().for_each(|id| of(found, id).rates = Arc::clone(&rates));
    }
    Ok(())
}

async fn read_countries(
    facts: &Facts,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let markets = by_market(facts, only, |portfolio| &portfolio.market_id);
    let names = markets.keys().map(ToString::to_string).collect();
    let taxonomy = BTreeSet::from([COUNTRY.to_owned()]);
    let named = [("market_id", &names), ("taxonomy", &taxonomy)];
    let mut countries: BTreeMap<MarketId, BTreeMap<InstrumentId, Country>> = BTreeMap::new();
    for row in facts.named::<Classification>(DateRange::ALL, &named).await? {
        let whole = row.weight.decimal() == rust_decimal::Decimal::ONE;
        let country = if whole { Country::One(row.node) } else { Country::Several };
        countries.entry(row.market_id).or_default().insert(row.instrument_id, country);
    }
    for (market, portfolios) in markets {
        let of_market = Arc::new(countries.remove(market).unwrap_or_default());
        portfolios.into_iter().for_each(|id| of(found, id).countries = Arc::clone(&of_market));
    }
    Ok(())
}
