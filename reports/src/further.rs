//! What only some kinds of statements are made from, read only for those that ask for it.
//!
//! To add something: a need, its rows here, its table in the list, and how it is read.

use std::collections::{BTreeMap, BTreeSet};

use lake::DateRange;
use schemas::PortfolioId;
use schemas::table::{Record, TableDefinition};
use schemas::tables::daily_returns::DailyReturn;

use crate::gather::Facts;
use crate::span::Span;

/// Rows that only some kinds of statements need; empty where the kind does not ask for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Further {
    /// The returns of every day since inception up to the closing date, in any order.
    pub daily_returns: Vec<DailyReturn>,
}

/// Something that a kind of statement needs beside what all of them do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The returns of every day since inception.
    DailyReturns,
}

/// The tables of all needs.
pub(crate) const TABLES: [&TableDefinition; 1] = [DailyReturn::TABLE];

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
        }
        Ok(())
    }
}

fn of<'a>(found: &'a mut BTreeMap<PortfolioId, Further>, id: &PortfolioId) -> &'a mut Further {
    found.entry(id.clone()).or_default()
}
