//! What happened to portfolios in a time: executed orders, and falls of their value or of a leveraged position.

use std::collections::BTreeSet;

use lake::DateRange;
use schemas::table::Record;
use schemas::tables::depreciation::DepreciationRow;
use schemas::tables::positions::Position;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, PortfolioId};

use super::Facts;
use crate::further::is_execution;
use crate::leveraged::{LeveragedFall, falls};

/// An executed order, or what takes the execution of one back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Executed {
    /// The portfolio.
    pub portfolio_id: PortfolioId,
    /// The day of the trade, or of what takes it back.
    pub trade_date: BusinessDate,
    /// The booking.
    pub transaction_id: String,
    /// For a reversal: the booking that it takes back, of whatever kind.
    pub reverses: Option<String>,
}

impl Facts {
    /// The executed orders of some portfolios in a range of trade dates, and the reversals of anything; in order.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn executed(
        &self,
        range: DateRange,
        portfolios: &BTreeSet<PortfolioId>,
    ) -> Result<Vec<Executed>, lake::Error> {
        let Some(snapshot) = self.snapshots.get(Transaction::TABLE.name) else { return Ok(Vec::new()) };
        let executed = |row: Transaction| {
            (is_execution(&row) || row.reverses.is_some()).then_some(Executed {
                portfolio_id: row.portfolio_id,
                trade_date: row.trade_date,
                transaction_id: row.transaction_id,
                reverses: row.reverses,
            })
        };
        let chosen = move |rows: Vec<Transaction>| rows.into_iter().filter_map(executed).collect::<Vec<Executed>>();
        let found = lake::read::mapped(snapshot, &self.lake, range, chosen).await?;
        let mut found: Vec<Executed> = found.into_iter().flatten().collect();
        found.retain(|row| portfolios.contains(&row.portfolio_id));
        found.sort();
        Ok(found)
    }

    /// The falls of leveraged positions through multiples of ten percent of their initial values in a range of dates.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn leveraged_falls(&self, range: DateRange) -> Result<Vec<LeveragedFall>, lake::Error> {
        let leveraged = self.instruments.values().flatten().filter(|row| row.leveraged == Some(true));
        let leveraged: BTreeSet<String> = leveraged.map(|row| row.instrument_id.to_string()).collect();
        if leveraged.is_empty() {
            return Ok(Vec::new());
        }
        let named = [("instrument_id", &leveraged)];
        let valuations: Vec<Valuation> = self.named(range, &named).await?;
        let positions: Vec<Position> = self.named(DateRange { from: None, ..range }, &named).await?;
        Ok(falls(&positions, &valuations))
    }

    /// The dates of a range on which the value of a portfolio had fallen through one more multiple of ten percent since
    /// its reporting period began; by date.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn new_falls(&self, range: DateRange) -> Result<Vec<DepreciationRow>, lake::Error> {
        let Some(snapshot) = self.snapshots.get(DepreciationRow::TABLE.name) else { return Ok(Vec::new()) };
        lake::read::new_falls(snapshot, &self.lake, range).await
    }
}
