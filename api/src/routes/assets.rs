//! Instruments: what can be held or compared with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use schemas::tables::instruments::Instrument;
use schemas::{Currency, InstrumentId, MarketId, Rate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::page;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "assets", doc: "Instruments: what can be held or compared with.", routes: asset_routes };

/// Characters of what is looked for.
const SEARCH_LENGTH_MAX: usize = 100;

/// Which instruments.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AssetQuery {
    /// A part of the symbol or the name, or the whole ISIN, whatever their capitals: 1 to 100 characters.
    #[param(min_length = 1, max_length = 100, example = "swift")]
    search: Option<String>,
    /// The market; all that may be seen if none is given.
    #[param(value_type = Option<String>, example = "world")]
    market: Option<MarketId>,
    /// Entries on the page, 1 to 200; 50 if none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before; the first page if none is given.
    after: Option<String>,
}

/// A page of instruments, by id.
#[derive(Serialize, ToSchema)]
struct AssetPage {
    /// The instruments.
    items: Vec<Asset>,
    /// What the next page begins after; null on the last page.
    #[schema(example = "world~SAP")]
    next: Option<String>,
}

/// An instrument.
#[derive(Serialize, ToSchema)]
struct Asset {
    /// Market and symbol.
    #[schema(value_type = String, example = "world~SAP")]
    id: InstrumentId,
    /// The market.
    #[schema(value_type = String, example = "world")]
    market_id: MarketId,
    /// The symbol in that market. Two markets may use one symbol for two instruments.
    #[schema(example = "SAP")]
    symbol: String,
    /// The name for people.
    #[schema(example = "SAP SE")]
    name: String,
    /// The currency in which it is valued; for a pence line GBP.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// What a quote is multiplied by to be in `currency`: 0.01 for a pence line, otherwise 1.
    #[schema(value_type = String, example = "1")]
    price_scale: Rate,
    /// What the quotes are adjusted for: `none`, `split` or `total`.
    #[schema(example = "none")]
    adjusted: String,
    /// Where the quotes come from, in words.
    quote_origin: String,
    /// The ISIN; null if the file gives none.
    #[schema(example = "DE0007164600")]
    isin: Option<String>,
    /// The CUSIP; null if the file gives none.
    cusip: Option<String>,
    /// `total` if its quotes grow with what it pays, `price` if they do not; null if nobody says.
    return_basis: Option<String>,
    /// Modified duration in years; null if nobody says.
    #[schema(value_type = Option<String>, example = "4.5")]
    modified_duration: Option<Rate>,
    /// Spread duration in years; null if nobody says.
    #[schema(value_type = Option<String>, example = "4.2")]
    spread_duration: Option<Rate>,
    /// Whether more than the stake can be lost, or a tenth of it in a small move; null if nobody says.
    leveraged: Option<bool>,
    /// The instrument whose returns stand for those that this one lacks in the scenarios of risk; null if none is
    /// named.
    #[schema(value_type = Option<String>)]
    proxy_id: Option<InstrumentId>,
}

impl From<Instrument> for Asset {
    fn from(instrument: Instrument) -> Asset {
        Asset {
            id: instrument.instrument_id,
            market_id: instrument.market_id,
            symbol: instrument.symbol,
            name: instrument.name,
            currency: instrument.currency,
            price_scale: instrument.price_scale,
            adjusted: instrument.adjusted,
            quote_origin: instrument.quote_origin,
            isin: instrument.isin,
            cusip: instrument.cusip,
            return_basis: instrument.return_basis,
            modified_duration: instrument.modified_duration,
            spread_duration: instrument.spread_duration,
            leveraged: instrument.leveraged,
            proxy_id: instrument.proxy_instrument_id,
        }
    }
}

/// Checks what is looked for.
pub(super) fn search_checked(search: Option<&str>) -> Result<(), Problem> {
    let length = search.map(|text| text.chars().count());
    if length.is_some_and(|length| !(1..=SEARCH_LENGTH_MAX).contains(&length)) {
        let detail = format!("search must have 1 to {SEARCH_LENGTH_MAX} characters");
        return Err(Problem::bad_request(detail, "give a part of the symbol or the name, or the ISIN"));
    }
    Ok(())
}

fn asset_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(assets)).routes(routes!(asset))
}

/// The instruments, by id, a page at a time.
#[utoipa::path(
    get,
    path = "/assets",
    tag = "assets",
    params(AssetQuery),
    responses((status = 200, description = "A page of instruments, by id.", body = AssetPage), Refusals),
)]
async fn assets(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<AssetQuery>,
) -> Result<Json<AssetPage>, Problem> {
    let limit = page::checked(query.limit)?;
    search_checked(query.search.as_deref())?;
    let markets = caller.markets(&context, query.market.as_ref()).await?;
    let mut found = context.facts.instruments_found(markets, query.search, query.after, limit + 1).await?;
    let next = page::cut(&mut found, limit, |instrument| instrument.instrument_id.to_string());
    Ok(Json(AssetPage { items: found.into_iter().map(Asset::from).collect(), next }))
}

/// An instrument.
#[utoipa::path(
    get,
    path = "/assets/{instrument_id}",
    tag = "assets",
    params(("instrument_id" = String, Path, description = "The instrument, e.g. `world~SAP`.")),
    responses((status = 200, description = "The instrument.", body = Asset), Refusals),
)]
async fn asset(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(instrument_id): Addressed<String>,
) -> Result<Json<Asset>, Problem> {
    let found = caller.instrument(&context, &instrument_id).await?;
    Ok(Json(Asset::from(found.into_instrument())))
}
