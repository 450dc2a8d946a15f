//! The portfolios whose lots a portfolio took over by internal transfers, directly or through others: where its lots
//! come from is a question about their books.

use std::collections::{BTreeMap, BTreeSet};

use lake::DateRange;
use lake::read::Named;
use ledger::internal_transfers::involved;
use schemas::PortfolioId;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;

use super::{Tables, one};
use crate::error::Error;

/// A portfolio whose lots came here, with what its books are kept from beside the market.
pub(in crate::why) struct Sender {
    pub(in crate::why) portfolio: Portfolio,
    /// Everything that it booked.
    pub(in crate::why) transactions: Vec<Transaction>,
    /// Its rates, up to the date.
    pub(in crate::why) rates: Vec<FxRate>,
}

/// Reads the senders behind the bookings of a portfolio. Without internal receipts there are none.
pub(super) async fn read(
    tables: &Tables<'_>,
    own: &PortfolioId,
    (booked, booked_later): (&[Transaction], &[Transaction]),
    through: DateRange,
) -> Result<Vec<Sender>, Error> {
    let mut senders: Vec<Sender> = Vec::new();
    let mut asked: BTreeSet<PortfolioId> = BTreeSet::from([own.clone()]);
    loop {
        let of_senders = senders.iter().flat_map(|sender| &sender.transactions);
        let mut new = involved(booked.iter().chain(booked_later).chain(of_senders), |portfolio| portfolio == own);
        new.retain(|portfolio| !asked.contains(portfolio));
        if new.is_empty() {
            return Ok(senders);
        }
        let words: BTreeSet<String> = new.iter().map(ToString::to_string).collect();
        let named: Named<'_> = ("portfolio_id", &words);
        let mut by_portfolio: BTreeMap<PortfolioId, Vec<Transaction>> = BTreeMap::new();
        for row in tables.rows::<Transaction>(DateRange::ALL, &[named]).await? {
            by_portfolio.entry(row.portfolio_id.clone()).or_default().push(row);
        }
        for portfolio in tables.rows::<Portfolio>(DateRange::ALL, &[named]).await? {
            let source = one(portfolio.fx_source.as_str());
            let rates = tables.rows::<FxRate>(through, &[("fx_source", &source)]).await?;
            let transactions = by_portfolio.remove(&portfolio.portfolio_id).unwrap_or_default();
            senders.push(Sender { portfolio, transactions, rates });
        }
        asked.extend(new);
    }
}
