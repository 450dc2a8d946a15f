//! What only some kinds of statements are made from, read only for those that ask for it.
//!
//! To add something: a need, its rows here, its table in the list, and how it is read.

use std::collections::{BTreeMap, BTreeSet};

use lake::DateRange;
use schemas::table::{Record, TableDefinition};
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::depreciation::DepreciationRow;
use schemas::tables::executions::Execution;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, PortfolioId};

use crate::gather::Facts;
use crate::span::Span;

/// Rows that only some kinds of statements need; empty where the kind does not ask for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Further {
    /// The returns of every day since inception up to the closing date, in any order.
    pub daily_returns: Vec<DailyReturn>,
    /// What the statement tells of, with its day: named by whoever decides what is due, and by nobody else.
    pub events: BTreeMap<String, BusinessDate>,
    /// The executed orders up to the closing date, and the reversals of anything, in any order.
    pub trades: Vec<Transaction>,
    /// What is known of their executions, in any order.
    pub executions: Vec<Execution>,
    /// How far the value had fallen on each date of the period up to the closing date, in any order.
    pub depreciation: Vec<DepreciationRow>,
}

/// Something that a kind of statement needs beside what all of them do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The returns of every day since inception.
    DailyReturns,
    /// Executed orders and what is known of their executions; a portfolio without a value on the closing date has them,
    /// too.
    Executions,
    /// How far the value has fallen since the period began.
    Depreciation,
}

/// The tables of all needs that no other list has.
pub(crate) const TABLES: [&TableDefinition; 3] = [DailyReturn::TABLE, Execution::TABLE, DepreciationRow::TABLE];

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
            Need::Executions => {
                let rows: Vec<Transaction> = facts.of(DateRange::through(span.closing), only).await?;
                let told = rows.into_iter().filter(|row| is_execution(row) || row.reverses.is_some());
                told.for_each(|row| of(found, &row.portfolio_id).trades.push(row));
                let rows: Vec<Execution> = facts.of(DateRange::through(span.closing), only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).executions.push(row));
            }
            Need::Depreciation => {
                let rows: Vec<DepreciationRow> = facts.of(span.days(), only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).depreciation.push(row));
            }
        }
        Ok(())
    }
}

/// Whether a booking is the execution of an order in a financial instrument: units bought or sold for cash. Spot
/// exchanges of currencies are none, and what issuers do is a corporate action.
pub(crate) fn is_execution(row: &Transaction) -> bool {
    ["BUY", "SELL"].contains(&row.kind.as_str())
}

fn of<'a>(found: &'a mut BTreeMap<PortfolioId, Further>, id: &PortfolioId) -> &'a mut Further {
    found.entry(id.clone()).or_default()
}
