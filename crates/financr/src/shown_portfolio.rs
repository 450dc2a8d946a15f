//! The portfolio that is shown, on a day on which it was valued; or why there is nothing to show.

use std::collections::BTreeSet;

use jobs::Context;
use lake::{DateRange, Lake};
use schemas::table::Record as _;
use schemas::tables::exceptions::Exception;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, PortfolioId};

use crate::ending::Usage;

/// Portfolios that a refusal names.
const NAMED_MAX: usize = 10;

/// A portfolio and what it was worth on the date.
pub(crate) struct Shown {
    pub(crate) portfolio: Portfolio,
    pub(crate) value: PortfolioValue,
    /// What kept it from being valued on a later day, if the last valued day was asked for.
    pub(crate) refused_later: Option<Exception>,
}

impl Shown {
    /// Finds a portfolio as it was valued on a date, or on the last date.
    ///
    /// # Errors
    /// [`Usage`] if there is nothing to show; the message says why and what there is.
    pub(crate) async fn find(
        context: &Context,
        id: &PortfolioId,
        asked: Option<BusinessDate>,
        place: &str,
    ) -> anyhow::Result<Shown> {
        let lake = &context.lake;
        let portfolios = lake::read::portfolios(lake).await?;
        let Some(portfolio) = portfolios.iter().find(|portfolio| portfolio.portfolio_id == *id) else {
            let problem = if context.store.portfolio(id).await?.is_some() {
                format!("portfolio `{id}` is not valued yet; the first night after its import does that")
            } else {
                unknown(id, place, &portfolios)
            };
            return Err(Usage(problem).into());
        };
        let latest = lake::read::latest_business_date(lake, id).await?;
        let Some(date) = asked.or(latest) else {
            return Err(Usage(never_valued(lake, portfolio).await?).into());
        };
        let values = lake::read::portfolio_values(lake, id, date, date).await?;
        let Some(value) = values.into_iter().next() else {
            return Err(Usage(not_valued(lake, portfolio, date, latest).await?).into());
        };
        let refused_later = if asked.is_none() {
            let later = DateRange { from: Some(date.next_calendar_day()), to: None };
            refusal(lake, id, later).await?
        } else {
            None
        };
        Ok(Shown { portfolio: portfolio.clone(), value, refused_later })
    }
}

fn unknown(id: &PortfolioId, place: &str, portfolios: &[Portfolio]) -> String {
    let hint = "`financr show` lists them, --config names another store";
    if portfolios.is_empty() {
        return format!("there is no portfolio `{id}` in {place}; {hint}");
    }
    let mut known: Vec<String> =
        portfolios.iter().take(NAMED_MAX).map(|portfolio| portfolio.portfolio_id.to_string()).collect();
    if NAMED_MAX < portfolios.len() {
        known.push(format!("and {} others", portfolios.len() - NAMED_MAX));
    }
    format!("there is no portfolio `{id}` in {place}; valued are {}; {hint}", known.join(", "))
}

/// Why there is nothing to show of a portfolio at all.
async fn never_valued(lake: &Lake, portfolio: &Portfolio) -> anyhow::Result<String> {
    let (id, market) = (&portfolio.portfolio_id, &portfolio.market_id);
    if let Some(refused) = refusal(lake, id, DateRange::ALL).await? {
        return Ok(format!("{id} was never valued; on {} it could not be: {}", refused.business_date, refused.message));
    }
    Ok(format!(
        "{id} was never valued; it is valued on days on which its market `{market}` has a close: give the market \
         prices.csv, and run `financr run nightly --date D`"
    ))
}

/// What was found on the last day of a range on which the books of a portfolio could not be kept; none if there is no
/// such day.
async fn refusal(lake: &Lake, id: &PortfolioId, range: DateRange) -> anyhow::Result<Option<Exception>> {
    let portfolios = BTreeSet::from([id.to_string()]);
    let checks = BTreeSet::from(["not_valued".to_owned()]);
    let named = [("portfolio_id", &portfolios), ("check_name", &checks)];
    let snapshot = lake.snapshot(Exception::TABLE).await?;
    let found: Vec<Exception> = lake::read::rows_named(&snapshot, lake, range, &named).await?;
    Ok(found.into_iter().max_by_key(|row| row.business_date))
}

/// Why there is nothing to show of a date, with the date before it of which there is something.
async fn not_valued(
    lake: &Lake,
    portfolio: &Portfolio,
    date: BusinessDate,
    latest: Option<BusinessDate>,
) -> anyhow::Result<String> {
    let id = &portfolio.portfolio_id;
    if let Some(refused) = refusal(lake, id, DateRange::between(date, date)).await? {
        return Ok(format!("{id} could not be valued on {date}: {}", refused.message));
    }
    let earlier = lake::read::portfolio_values(lake, id, portfolio.start_date.min(date), date).await?;
    let hint = match earlier.last() {
        Some(before) => format!("; the last date before on which it was is {}", before.business_date),
        None => format!("; its first day is {}", portfolio.start_date),
    };
    let is_later = latest.is_none_or(|latest| latest < date);
    let night = format!(", and `financr run nightly --date {date}` values it if its market has a close of that day");
    Ok(format!("{id} was not valued on {date}{hint}{}", if is_later { night } else { String::new() }))
}
