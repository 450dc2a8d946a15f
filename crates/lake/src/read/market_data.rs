//! Instruments one by one, their closes, and exchange rates.

use std::collections::BTreeSet;

use schemas::table::Record;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::quotes::Quote;
use schemas::{BusinessDate, Currency, InstrumentId, MarketId};

use super::{one_of, query, query_pinned};
use crate::engine::Parameter;
use crate::error::Error;
use crate::snapshot::DateRange;
use crate::table::Lake;

/// Which instruments are looked for.
#[derive(Clone, Debug, Default)]
pub struct InstrumentSearch {
    /// A part of the symbol or the name, or the whole ISIN, whatever their capitals; all instruments if none is given.
    pub text: Option<String>,
    /// The markets; all of them if none are given.
    pub markets: Option<BTreeSet<MarketId>>,
    /// The instrument after which the list begins, by id; the first one if none is given.
    pub after: Option<String>,
}

/// The instruments that are looked for, by id, and no more than so many.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn instruments_found(
    lake: &Lake,
    search: &InstrumentSearch,
    rows_max: u32,
) -> Result<Vec<Instrument>, Error> {
    let text = search.text.as_deref().unwrap_or_default().to_lowercase();
    let parameters = vec![
        ("after_id", Parameter::Text(search.after.clone().unwrap_or_default())),
        ("markets", one_of(search.markets.as_ref())),
        ("search", Parameter::Text(text)),
        ("rows_max", Parameter::Integer(i64::from(rows_max))),
    ];
    let tables = [(Instrument::TABLE, DateRange::ALL)];
    query(lake, "instruments_found", include_str!("instruments_found.sql"), &tables, parameters).await
}

/// An instrument; none if there is none of this id.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn instrument(lake: &Lake, instrument: &InstrumentId) -> Result<Option<Instrument>, Error> {
    let parameters = vec![("instrument_id", Parameter::Text(instrument.to_string()))];
    let tables = [(Instrument::TABLE, DateRange::ALL)];
    let mut rows: Vec<Instrument> =
        query(lake, "instrument", include_str!("instrument.sql"), &tables, parameters).await?;
    Ok(rows.pop())
}

/// The quotes of an instrument from one date to another, both included, in the order of days.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn quotes(
    lake: &Lake,
    instrument: &InstrumentId,
    from: BusinessDate,
    to: BusinessDate,
) -> Result<Vec<Quote>, Error> {
    let parameters = vec![
        ("instrument_id", Parameter::Text(instrument.to_string())),
        ("from_date", Parameter::Date(from)),
        ("to_date", Parameter::Date(to)),
    ];
    let tables = [(Quote::TABLE, DateRange::between(from, to))];
    query(lake, "quotes", include_str!("quotes.sql"), &tables, parameters).await
}

/// The last day on which an instrument was quoted; none if it never was.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn last_quote_date(lake: &Lake, instrument: &InstrumentId) -> Result<Option<BusinessDate>, Error> {
    let parameters = vec![("instrument_id", Parameter::Text(instrument.to_string()))];
    let tables = [(Quote::TABLE, DateRange::ALL)];
    let rows: Vec<Quote> = query(lake, "last_quote", include_str!("last_quote.sql"), &tables, parameters).await?;
    Ok(rows.first().map(|row| row.quote_date))
}

/// The last day on which any instrument of some markets was quoted, of all markets if none are given; none if none ever
/// was.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn last_quote_date_of_markets(
    lake: &Lake,
    markets: Option<&BTreeSet<MarketId>>,
) -> Result<Option<BusinessDate>, Error> {
    let snapshot = lake.snapshot(Quote::TABLE).await?;
    let Some(markets) = markets else { return Ok(snapshot.last_date()) };
    let mut latest: Option<BusinessDate> = None;
    // Nearly every market was quoted on one of the last days of all, which are in few files.
    for newest in snapshot.by_last_date() {
        if latest.is_some_and(|latest| newest.last_date() <= Some(latest)) {
            break;
        }
        let parameters = vec![("markets", one_of(Some(markets)))];
        let sql = include_str!("last_quote_of_markets.sql");
        let rows: Vec<Quote> = query_pinned(lake, "last_quote_of_markets", sql, &[newest], parameters).await?;
        latest = rows.first().map(|row| row.quote_date).max(latest);
    }
    Ok(latest)
}

/// The last quote of each of some instruments from one date to another, both included, by id. An instrument that was
/// not quoted in this time is left out.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn last_closes(
    lake: &Lake,
    instruments: &BTreeSet<InstrumentId>,
    (from, to): (BusinessDate, BusinessDate),
) -> Result<Vec<Quote>, Error> {
    let ids: String = instruments.iter().map(|id| format!("{id}\n")).collect();
    let parameters = vec![
        ("instruments", Parameter::Text(format!("\n{ids}"))),
        ("from_date", Parameter::Date(from)),
        ("to_date", Parameter::Date(to)),
    ];
    let tables = [(Quote::TABLE, DateRange::between(from, to))];
    query(lake, "last_closes", include_str!("last_closes.sql"), &tables, parameters).await
}

/// Two currencies and who publishes their rates; all sources if none are named.
#[derive(Clone, Copy, Debug)]
pub struct RatesAsked<'a> {
    /// The currency of which one unit is told in the other.
    pub base: Currency,
    /// The other currency.
    pub quote: Currency,
    /// The sources.
    pub sources: Option<&'a BTreeSet<MarketId>>,
}

impl RatesAsked<'_> {
    fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        vec![
            ("base", Parameter::Text(self.base.code().to_owned())),
            ("quote", Parameter::Text(self.quote.code().to_owned())),
            ("fx_sources", one_of(self.sources)),
        ]
    }
}

/// What was published about either of two currencies from one date to another, both included: by source, day and
/// currency, and no more than so many rows.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn fx_rates(
    lake: &Lake,
    asked: &RatesAsked<'_>,
    (from, to): (BusinessDate, BusinessDate),
    rows_max: u32,
) -> Result<Vec<FxRate>, Error> {
    let mut parameters = asked.parameters();
    parameters.push(("from_date", Parameter::Date(from)));
    parameters.push(("to_date", Parameter::Date(to)));
    parameters.push(("rows_max", Parameter::Integer(i64::from(rows_max))));
    let tables = [(FxRate::TABLE, DateRange::between(from, to))];
    query(lake, "fx_rates", include_str!("fx_rates.sql"), &tables, parameters).await
}

/// The last day on which a rate of either of two currencies was published; none if there is none.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn last_fx_rate_date(lake: &Lake, asked: &RatesAsked<'_>) -> Result<Option<BusinessDate>, Error> {
    let tables = [(FxRate::TABLE, DateRange::ALL)];
    let sql = include_str!("last_fx_rate.sql");
    let rows: Vec<FxRate> = query(lake, "last_fx_rate", sql, &tables, asked.parameters()).await?;
    Ok(rows.first().map(|row| row.rate_date))
}
