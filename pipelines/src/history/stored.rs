//! The markers that earlier nights left behind.

use std::collections::BTreeMap;

use lake::{DateRange, Lake};
use schemas::table::Record;
use schemas::tables::history_markers::HistoryMarker;
use schemas::{BusinessDate, PortfolioId};

use super::markers::text_of;
use crate::error::Error;

/// A marker as it is stored. Ten years of 100,000 portfolios have twelve millions of them.
pub(super) struct StoredMarker {
    pub(super) month_start: BusinessDate,
    pub(super) through_date: BusinessDate,
    /// The marker as a number; none if it is none, so that it equals no sum.
    pub(super) sum: Option<u64>,
    /// That of the factors; zero, as without any, where a night did not know of them.
    pub(super) factors: u64,
}

impl StoredMarker {
    pub(super) fn text(&self) -> String {
        self.sum.map(text_of).unwrap_or_default()
    }
}

/// The markers of every portfolio, by month.
pub(super) async fn stored(lake: &Lake) -> Result<BTreeMap<PortfolioId, Vec<StoredMarker>>, Error> {
    let snapshot = lake.snapshot(HistoryMarker::TABLE).await?;
    let short = |rows: Vec<HistoryMarker>| -> Vec<(PortfolioId, StoredMarker)> {
        let short = rows.into_iter().map(|row| {
            let HistoryMarker { portfolio_id, month_start, through_date, marker, factors_marker } = row;
            let number = |text: &str| u64::from_str_radix(text, 16).ok();
            let factors = factors_marker.as_deref().and_then(number).unwrap_or(0);
            (portfolio_id, StoredMarker { month_start, through_date, sum: number(&marker), factors })
        });
        short.collect()
    };
    let mut stored: BTreeMap<PortfolioId, Vec<StoredMarker>> = BTreeMap::new();
    for (portfolio, marker) in lake::read::mapped(&snapshot, lake, DateRange::ALL, short).await?.into_iter().flatten() {
        stored.entry(portfolio).or_default().push(marker);
    }
    for months in stored.values_mut() {
        months.sort_unstable_by_key(|row| row.month_start);
    }
    Ok(stored)
}
