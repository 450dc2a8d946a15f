//! What only some kinds of statements are made from, read only for those that ask for it.
//!
//! To add something: a need, its rows here, its table in the list, and how it is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lake::DateRange;
use schemas::table::{Record, TableDefinition};
use schemas::tables::custody::CustodyRow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, MarketId, PortfolioId};

use crate::gather::Facts;
use crate::span::Span;

/// Rows that only some kinds of statements need; empty where the kind does not ask for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Further {
    /// The returns of every day since inception up to the closing date, in any order.
    pub daily_returns: Vec<DailyReturn>,
    /// The bookings that are not of the period, of earlier and later days, in any order.
    pub other_bookings: Vec<Transaction>,
    /// Where the assets are kept, in any order.
    pub custody: Vec<CustodyRow>,
    /// The exchange rates of the portfolio's source that count for a day of the period, in any order.
    pub fx_rates: Arc<Vec<FxRate>>,
}

/// Something that a kind of statement needs beside what all of them do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The returns of every day since inception.
    DailyReturns,
    /// The bookings of earlier and of later days. Every statement is gathered from all bookings, so that these cost no
    /// further scan: the gatherer hands them over itself.
    OtherBookings,
    /// Where the assets are kept.
    Custody,
    /// The exchange rates of the period, and those before it that count at its start.
    FxRates,
}

/// The tables of all needs.
pub(crate) const TABLES: [&TableDefinition; 3] = [DailyReturn::TABLE, CustodyRow::TABLE, FxRate::TABLE];

/// Calendar days after its own for which an exchange rate counts for bookings.
pub(crate) const FX_RATE_DAYS_MAX: i64 = 10;

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
            Need::OtherBookings => {}
            Need::Custody => {
                let rows: Vec<CustodyRow> = facts.of(DateRange::ALL, only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).custody.push(row));
            }
            Need::FxRates => read_rates(facts, span, only, found).await?,
        }
        Ok(())
    }
}

fn of<'a>(found: &'a mut BTreeMap<PortfolioId, Further>, id: &PortfolioId) -> &'a mut Further {
    found.entry(id.clone()).or_default()
}

/// Reads the rates of each source once, for all portfolios that have it.
async fn read_rates(
    facts: &Facts,
    span: Span,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let mut of_source: BTreeMap<MarketId, Vec<PortfolioId>> = BTreeMap::new();
    for portfolio in facts.portfolios().filter(|row| only.contains(row.portfolio_id.as_str())) {
        of_source.entry(portfolio.fx_source.clone()).or_default().push(portfolio.portfolio_id.clone());
    }
    let range = DateRange::between(days_before(span.opening), span.closing);
    for (fx_source, portfolios) in of_source {
        let named = BTreeSet::from([fx_source.to_string()]);
        let rates: Arc<Vec<FxRate>> = Arc::new(facts.named(range, &[("fx_source", &named)]).await?);
        for id in portfolios {
            of(found, &id).fx_rates = Arc::clone(&rates);
        }
    }
    Ok(())
}

/// The first day whose rate counts on a day.
fn days_before(day: BusinessDate) -> BusinessDate {
    (0..FX_RATE_DAYS_MAX).fold(day, |day, _| day.previous_calendar_day())
}
