//! What was reported about markets and instruments.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use lake::read::NewsPlace;
use schemas::tables::news::NewsItem;
use schemas::{BusinessDate, MarketId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::Asked;
use crate::caller::Caller;
use crate::dates::range_until;
use crate::page::{checked, cut};
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "market_news",
    doc: "What was reported about markets and instruments, as their sources told it.",
    routes: news_routes,
};

/// What stands between the instant and the key of a place in the list.
const CURSOR_JOINT: char = ' ';

/// Which reports.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NewsQuery {
    /// The first day in UTC; 365 days before the last if none is given. A range has at most 3,700 days.
    #[param(value_type = Option<String>, format = Date, example = "2025-12-01")]
    from: Option<BusinessDate>,
    /// The last day in UTC, included; that of the latest report if none is given.
    #[param(value_type = Option<String>, format = Date, example = "2025-12-31")]
    to: Option<BusinessDate>,
    /// The market whose files brought them; all that may be seen if none is given.
    #[param(value_type = Option<String>, example = "world")]
    market: Option<MarketId>,
    /// A symbol that they speak of, e.g. `SAP`; any or none if none is given.
    symbol: Option<String>,
    /// Reports on the page, 1 to 200; 50 if none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before; the first page if none is given.
    after: Option<String>,
}

/// A page of reports, the latest first.
#[derive(Serialize, ToSchema)]
struct NewsPage {
    /// The first day of the range; null if nothing was ever reported and no range was named.
    #[schema(value_type = Option<String>, format = Date, example = "2025-12-01")]
    from_date: Option<BusinessDate>,
    /// The last day of the range, included.
    #[schema(value_type = Option<String>, format = Date, example = "2025-12-31")]
    to_date: Option<BusinessDate>,
    /// The reports.
    items: Vec<Report>,
    /// What the next page begins after, to be sent as `after`; null on the last page.
    next: Option<String>,
}

/// A report.
#[derive(Serialize, ToSchema)]
struct Report {
    /// The id that its source gave it.
    #[schema(example = "0001341439-25-000086")]
    news_id: String,
    /// The market whose files brought it.
    #[schema(value_type = String, example = "world")]
    market_id: MarketId,
    /// When it was published.
    published_at: DateTime<Utc>,
    /// Who reported it.
    #[schema(example = "sec_edgar")]
    source: String,
    /// The headline, as plain text.
    headline: String,
    /// The text, as plain text; null if only the headline is known.
    body: Option<String>,
    /// Where it can be read; null if that is not known.
    url: Option<String>,
    /// The symbols that it speaks of.
    symbols: Vec<String>,
    /// The language (BCP 47); null if that is not stated.
    language: Option<String>,
}

fn news_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(market_news))
}

/// What was reported over a range of days, the latest first.
#[utoipa::path(
    get,
    path = "/market-news",
    tag = "market_news",
    params(NewsQuery),
    responses((status = 200, description = "The reports.", body = NewsPage), Refusals),
)]
async fn market_news(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<NewsQuery>,
) -> Result<Json<NewsPage>, Problem> {
    let limit = checked(query.limit)?;
    let after = query.after.as_deref().map(place).transpose()?;
    let markets = caller.markets(&context, query.market.as_ref()).await?;
    let to = match query.to {
        Some(date) => Some(date),
        None => context.facts.last_news_date(&markets).await?,
    };
    let range = to.map(|to| range_until(query.from, to)).transpose()?;
    let mut found = match range {
        Some(range) => context.facts.news(&markets, (query.symbol, after), range, limit + 1).await?,
        None => Vec::new(),
    };
    let next = cut(&mut found, limit, |item| cursor(&NewsPlace::of(item)));
    Ok(Json(NewsPage {
        from_date: range.map(|(from, _)| from).or(query.from),
        to_date: range.map(|(_, to)| to),
        items: found.into_iter().map(report).collect(),
        next,
    }))
}

fn report(item: NewsItem) -> Report {
    Report {
        symbols: item.symbols.split_whitespace().map(str::to_owned).collect(),
        news_id: item.news_id,
        market_id: item.market_id,
        published_at: item.published_at,
        source: item.origin,
        headline: item.headline,
        body: item.body,
        url: item.url,
        language: item.language,
    }
}

/// A place in the list as callers send it back: the microsecond since 1970, and the key.
fn cursor(place: &NewsPlace) -> String {
    format!("{}{CURSOR_JOINT}{}", place.published_at.timestamp_micros(), place.key)
}

fn place(text: &str) -> Result<NewsPlace, Problem> {
    let parts = text.split_once(CURSOR_JOINT);
    let at = parts.and_then(|(micros, key)| Some((DateTime::from_timestamp_micros(micros.parse().ok()?)?, key)));
    let (published_at, key) = at.ok_or_else(|| {
        Problem::bad_request("`after` is no place in this list".to_owned(), "send the `next` of the page before")
    })?;
    Ok(NewsPlace { published_at, key: key.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_from_its_cursor() {
        let published_at = "2025-12-11T21:08:30.000001Z".parse().unwrap();
        let known = NewsPlace { published_at, key: "world 0001341439-25-000086".to_owned() };
        assert_eq!(cursor(&known), "1765487310000001 world 0001341439-25-000086");
        assert_eq!(place(&cursor(&known)).ok(), Some(known));
        for wrong in ["", "world", "x world 1", "99999999999999999999 world 1"] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }
}
