//! What was reported about markets and instruments.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemas::table::Record;
use schemas::tables::news::NewsItem;
use schemas::{BusinessDate, MarketId};

use super::{one_of, query};
use crate::engine::Parameter;
use crate::error::Error;
use crate::snapshot::DateRange;
use crate::table::Lake;

/// Where a report stands among those of all markets: by instant, and those of one instant by market and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewsPlace {
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// The market, a space, and the id of the report.
    pub key: String,
}

impl NewsPlace {
    /// The place of a report.
    pub fn of(item: &NewsItem) -> NewsPlace {
        NewsPlace { published_at: item.published_at, key: format!("{} {}", item.market_id, item.news_id) }
    }
}

/// Which reports are looked for.
#[derive(Clone, Debug, Default)]
pub struct NewsSearch {
    /// The markets; all of them if none are given.
    pub markets: Option<BTreeSet<MarketId>>,
    /// A symbol that they speak of; any or none if none is given.
    pub symbol: Option<String>,
    /// The report after which the list goes on; from the latest if none is given.
    pub after: Option<NewsPlace>,
}

/// The reports of the days from one to another, both included, the latest first, and no more than so many.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn news(
    lake: &Lake,
    search: &NewsSearch,
    (from, to): (BusinessDate, BusinessDate),
    rows_max: u32,
) -> Result<Vec<NewsItem>, Error> {
    let before = search.after.as_ref().map_or(i64::MAX, |place| place.published_at.timestamp_micros());
    let parameters = vec![
        ("from_date", Parameter::Date(from)),
        ("to_date", Parameter::Date(to)),
        ("markets", one_of(search.markets.as_ref())),
        ("symbol", Parameter::Text(search.symbol.clone().unwrap_or_default())),
        ("before_us", Parameter::Integer(before)),
        ("after_key", Parameter::Text(search.after.as_ref().map(|place| place.key.clone()).unwrap_or_default())),
        ("rows_max", Parameter::Integer(i64::from(rows_max))),
    ];
    let tables = [(NewsItem::TABLE, DateRange::between(from, to))];
    query(lake, "news", include_str!("news.sql"), &tables, parameters).await
}

/// The day of the latest report of some markets, or of all if none are given; none if there is none.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn last_news_date(lake: &Lake, markets: Option<&BTreeSet<MarketId>>) -> Result<Option<BusinessDate>, Error> {
    let tables = [(NewsItem::TABLE, DateRange::ALL)];
    let parameters = vec![("markets", one_of(markets))];
    let rows: Vec<NewsItem> = query(lake, "last_news", include_str!("last_news.sql"), &tables, parameters).await?;
    Ok(rows.first().map(|row| row.published_date))
}
