//! silver.news: what was reported about markets and instruments.

use chrono::{DateTime, Utc};

use crate::dates::BusinessDate;
use crate::identifiers::MarketId;

crate::table! {
    /// One row per market and report. A report that is delivered again under its id and day replaces what was stored.
    NewsItem = "silver.news", key ["market_id", "published_date", "news_id"], dated Some("published_date"),
    /// The market whose files brought it.
    market_id: MarketId,
    /// The calendar day in UTC on which it was published.
    published_date: BusinessDate,
    /// The id that its source gave it, e.g. `0001341439-25-000086`.
    news_id: String,
    /// When it was published, UTC.
    published_at: DateTime<Utc>,
    /// Who reported it, e.g. `sec_edgar`.
    origin: String,
    /// The headline.
    headline: String,
    /// The text; none if only the headline is known.
    body: Option<String>,
    /// Where it can be read, an http or https address; none if that is not known.
    url: Option<String>,
    /// The symbols that it speaks of, in order, with a space between; empty if it speaks of none. They need not be
    /// those of instruments of the market.
    symbols: String,
    /// The language of headline and text (BCP 47), e.g. `en`; none if that is not stated.
    language: Option<String>,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
