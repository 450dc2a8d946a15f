//! What markets and central banks published: closes of instruments, and exchange rates.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::quotes::Quote;
use schemas::{BusinessDate, Currency, InstrumentId, MarketId, Price, Quantity, Rate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use super::assets::search_checked;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::dates::range_until;
use crate::page;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "market_data",
    doc: "What markets and central banks published: closes of instruments, and exchange rates.",
    routes: market_data_routes,
};

/// Published rates that one answer is made of at most: ten years of two currencies from one source, and more.
const RATES_MAX: u32 = 20_000;

/// Which instruments, and on which day.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LastCloseQuery {
    /// A part of the symbol or the name, or the whole ISIN, whatever their capitals: 1 to 100 characters.
    #[param(min_length = 1, max_length = 100, example = "swift")]
    search: Option<String>,
    /// The market; all that may be seen if none is given.
    #[param(value_type = Option<String>, example = "world")]
    market: Option<MarketId>,
    /// The day; the last on which anything of these markets was quoted if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    date: Option<BusinessDate>,
    /// Entries on the page, 1 to 200; 50 if none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before; the first page if none is given.
    after: Option<String>,
}

/// The range of closes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CloseQuery {
    /// The first date; 365 days before the last if none is given. A range has at most 3,700 days.
    #[param(value_type = Option<String>, format = Date, example = "2014-01-01")]
    from: Option<BusinessDate>,
    /// The last date, included; the last on which the instrument was quoted if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    to: Option<BusinessDate>,
}

/// The range of exchange rates, and who publishes them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RateQuery {
    /// The first date; 365 days before the last if none is given. A range has at most 3,700 days.
    #[param(value_type = Option<String>, format = Date, example = "2014-01-01")]
    from: Option<BusinessDate>,
    /// The last date, included; the last on which a rate of either currency was published if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2014-12-31")]
    to: Option<BusinessDate>,
    /// Who published them: `ecb_reference_rates`, or the market that brings rates of its own; all that may be seen if
    /// none is given.
    #[param(value_type = Option<String>, example = "ecb_reference_rates")]
    source: Option<MarketId>,
}

/// A page of instruments, by id, with their last closes.
#[derive(Serialize, ToSchema)]
struct LastClosePage {
    /// The day; null if nothing was ever quoted and no day was named.
    #[schema(value_type = Option<String>, format = Date, example = "2014-12-31")]
    date: Option<BusinessDate>,
    /// The instruments.
    items: Vec<LastClose>,
    /// What the next page begins after; null on the last page.
    #[schema(example = "world~SAP")]
    next: Option<String>,
}

/// The last close of an instrument on a day or before it.
#[derive(Serialize, ToSchema)]
struct LastClose {
    /// The instrument.
    #[schema(value_type = String, example = "world~SAP")]
    instrument_id: InstrumentId,
    /// Its name for people.
    #[schema(example = "SAP SE")]
    name: String,
    /// The currency of its values.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// What a close is multiplied by to be in `currency`: 0.01 for a pence line, otherwise 1.
    #[schema(value_type = String, example = "1")]
    price_scale: Rate,
    /// The close; null if it was not quoted on the day or in the 30 days before it.
    close: Option<Close>,
}

/// The closes of an instrument over a range of dates.
#[derive(Serialize, ToSchema)]
struct Closes {
    /// The instrument.
    #[schema(value_type = String, example = "world~SAP")]
    instrument_id: InstrumentId,
    /// The currency of its values.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// What a close is multiplied by to be in `currency`: 0.01 for a pence line, otherwise 1.
    #[schema(value_type = String, example = "1")]
    price_scale: Rate,
    /// What the closes are adjusted for: `none`, `split` or `total`.
    #[schema(example = "none")]
    adjusted: String,
    /// The first date of the range; null if the instrument was never quoted and no range was named.
    #[schema(value_type = Option<String>, format = Date, example = "2014-01-01")]
    from_date: Option<BusinessDate>,
    /// The last date of the range, included.
    #[schema(value_type = Option<String>, format = Date, example = "2014-12-31")]
    to_date: Option<BusinessDate>,
    /// One close for each day on which it was quoted, by date. Nothing is carried over other days.
    items: Vec<Close>,
}

/// A close.
#[derive(Serialize, ToSchema)]
struct Close {
    /// The day.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    quote_date: BusinessDate,
    /// The close as quoted: in pence for a pence line.
    #[schema(value_type = String, example = "58.26")]
    close: Price,
    /// The unit of the close, e.g. `EUR` or `GBX`.
    #[schema(example = "EUR")]
    quote_unit: String,
    /// Units traded on the day; null if the file does not say.
    #[schema(value_type = Option<String>, example = "1250000")]
    volume: Option<Quantity>,
}

impl From<Quote> for Close {
    fn from(quote: Quote) -> Close {
        Close { quote_date: quote.quote_date, close: quote.close, quote_unit: quote.quote_unit, volume: quote.volume }
    }
}

/// The exchange rates of two currencies over a range of dates.
#[derive(Serialize, ToSchema)]
struct Rates {
    /// The currency of which one unit is told.
    #[schema(value_type = String, example = "USD")]
    base: Currency,
    /// The currency in which it is told.
    #[schema(value_type = String, example = "CHF")]
    quote: Currency,
    /// The first date of the range; null if no rate was ever published and no range was named.
    #[schema(value_type = Option<String>, format = Date, example = "2014-01-01")]
    from_date: Option<BusinessDate>,
    /// The last date of the range, included.
    #[schema(value_type = Option<String>, format = Date, example = "2014-12-31")]
    to_date: Option<BusinessDate>,
    /// One rate for each source and day on which it published both currencies, by source and date.
    items: Vec<PublishedRate>,
}

/// An exchange rate.
#[derive(Serialize, ToSchema)]
struct PublishedRate {
    /// Who published it.
    #[schema(value_type = String, example = "ecb_reference_rates")]
    source: MarketId,
    /// The day.
    #[schema(value_type = String, format = Date, example = "2014-12-31")]
    rate_date: BusinessDate,
    /// Units of `quote` for one unit of `base`. From or to the euro, and between others over the euro, rounded to
    /// twelve decimals.
    #[schema(value_type = String, example = "0.990363232024")]
    rate: Rate,
}

fn market_data_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(last_closes)).routes(routes!(closes)).routes(routes!(rates))
}

/// The last close of each instrument on a day or in the 30 days before it, by id, a page at a time.
#[utoipa::path(
    get,
    path = "/market-data",
    tag = "market_data",
    params(LastCloseQuery),
    responses((status = 200, description = "A page of instruments with closes.", body = LastClosePage), Refusals),
)]
async fn last_closes(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<LastCloseQuery>,
) -> Result<Json<LastClosePage>, Problem> {
    let limit = page::checked(query.limit)?;
    search_checked(query.search.as_deref())?;
    let markets = caller.markets(&context, query.market.as_ref()).await?;
    let search = (query.search, query.after);
    let (date, mut found) = context.facts.closes_found(markets, search, query.date, limit + 1).await?;
    let next = page::cut(&mut found, limit, |(instrument, _)| instrument.instrument_id.to_string());
    let items = found.into_iter().map(|(instrument, quote)| LastClose {
        instrument_id: instrument.instrument_id,
        name: instrument.name,
        currency: instrument.currency,
        price_scale: instrument.price_scale,
        close: quote.map(Close::from),
    });
    Ok(Json(LastClosePage { date, items: items.collect(), next }))
}

/// The closes of an instrument over a range of dates.
#[utoipa::path(
    get,
    path = "/market-data/closes/{instrument_id}",
    tag = "market_data",
    params(("instrument_id" = String, Path, description = "The instrument, e.g. `world~SAP`."), CloseQuery),
    responses((status = 200, description = "The closes, by date.", body = Closes), Refusals),
)]
async fn closes(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(instrument_id): Addressed<String>,
    Asked(query): Asked<CloseQuery>,
) -> Result<Json<Closes>, Problem> {
    let instrument = caller.instrument(&context, &instrument_id).await?;
    let to = match query.to {
        Some(date) => Some(date),
        None => context.facts.last_quote_date(&instrument).await?,
    };
    let range = to.map(|to| range_until(query.from, to)).transpose()?;
    let quotes = match range {
        Some(range) => context.facts.quotes(&instrument, range).await?,
        None => Vec::new(),
    };
    Ok(Json(Closes {
        instrument_id: instrument.instrument_id.clone(),
        currency: instrument.currency,
        price_scale: instrument.price_scale,
        adjusted: instrument.adjusted.clone(),
        from_date: range.map(|(from, _)| from).or(query.from),
        to_date: range.map(|(_, to)| to),
        items: quotes.into_iter().map(Close::from).collect(),
    }))
}

/// The exchange rates of two currencies over a range of dates.
#[utoipa::path(
    get,
    path = "/market-data/fx-rates/{base}/{quote}",
    tag = "market_data",
    params(
        ("base" = String, Path, description = "The currency of which one unit is told, e.g. `USD`."),
        ("quote" = String, Path, description = "The currency in which it is told, e.g. `CHF`."),
        RateQuery,
    ),
    responses((status = 200, description = "The rates, by source and date.", body = Rates), Refusals),
)]
async fn rates(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed((base, quote)): Addressed<(String, String)>,
    Asked(query): Asked<RateQuery>,
) -> Result<Json<Rates>, Problem> {
    let (base, quote) = (currency(&base)?, currency(&quote)?);
    if base == quote {
        return Err(Problem::bad_request(format!("{base} is named twice"), "name two currencies"));
    }
    let sources = caller.markets(&context, query.source.as_ref()).await?;
    let to = match query.to {
        Some(date) => Some(date),
        None => context.facts.last_fx_rate_date(&sources, (base, quote)).await?,
    };
    let range = to.map(|to| range_until(query.from, to)).transpose()?;
    let published = match range {
        Some(range) => context.facts.fx_rates(&sources, (base, quote), range, RATES_MAX + 1).await?,
        None => Vec::new(),
    };
    if usize::try_from(RATES_MAX).is_ok_and(|rows_max| rows_max < published.len()) {
        let detail = format!("more than {RATES_MAX} rates were published in this range");
        return Err(Problem::bad_request(detail, "name a `source`, or ask for a shorter range"));
    }
    Ok(Json(Rates {
        base,
        quote,
        from_date: range.map(|(from, _)| from).or(query.from),
        to_date: range.map(|(_, to)| to),
        items: crossed(base, quote, published),
    }))
}

fn currency(code: &str) -> Result<Currency, Problem> {
    code.parse().map_err(|error: schemas::currency::CurrencyError| {
        Problem::not_found("Unknown currency", error.to_string(), "name a currency by its code of ISO 4217, e.g. EUR")
    })
}

/// The rates of days on which a source published both currencies; the euro, against which all are told, is always one.
fn crossed(base: Currency, quote: Currency, published: Vec<FxRate>) -> Vec<PublishedRate> {
    let mut by_day: BTreeMap<(MarketId, BusinessDate), [Option<Rate>; 2]> = BTreeMap::new();
    let euro = "1".parse::<Rate>().ok();
    for row in published {
        let known = [base, quote].map(|currency| if currency == Currency::EUR { euro } else { None });
        let pair = by_day.entry((row.fx_source, row.rate_date)).or_insert(known);
        let [of_base, of_quote] = pair;
        if row.currency == base {
            *of_base = Some(row.units_per_eur);
        }
        if row.currency == quote {
            *of_quote = Some(row.units_per_eur);
        }
    }
    let crossed = by_day.into_iter().filter_map(|((source, rate_date), [of_base, of_quote])| {
        let rate = of_quote?.decimal().checked_div(of_base?.decimal())?;
        let rate = Rate::from_units(Rate::new(rate).to_units().ok()?)?;
        Some(PublishedRate { source, rate_date, rate })
    });
    crossed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(currency: &str, units_per_eur: &str) -> FxRate {
        FxRate {
            fx_source: "ecb_reference_rates".parse().unwrap(),
            currency: currency.parse().unwrap(),
            rate_date: "2014-12-31".parse().unwrap(),
            units_per_eur: units_per_eur.parse().unwrap(),
            landing_sha256: String::new(),
            line: 1,
        }
    }

    fn rate(base: &str, quote: &str, rows: &[(&str, &str)]) -> Option<String> {
        let published = rows.iter().map(|(currency, units)| row(currency, units)).collect();
        let mut items = crossed(base.parse().unwrap(), quote.parse().unwrap(), published);
        items.pop().map(|item| item.rate.to_string())
    }

    #[test]
    fn rates_go_over_the_euro() {
        // The ECB's reference rates of 2014-12-31: 1.2141 USD and 1.2024 CHF for one euro.
        let rows = [("USD", "1.2141"), ("CHF", "1.2024")];
        assert_eq!(rate("EUR", "USD", &rows[..1]).as_deref(), Some("1.2141"));
        // 1 / 1.2141 = 0.82365538258792…
        assert_eq!(rate("USD", "EUR", &rows[..1]).as_deref(), Some("0.823655382588"));
        // 1.2024 / 1.2141 = 0.99036323202…
        assert_eq!(rate("USD", "CHF", &rows).as_deref(), Some("0.990363232024"));
    }

    #[test]
    fn a_day_on_which_one_currency_is_missing_has_no_rate() {
        assert_eq!(rate("USD", "CHF", &[("USD", "1.2141")]), None);
        assert_eq!(rate("USD", "CHF", &[]), None);
    }
}
