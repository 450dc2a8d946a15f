//! What moves a portfolio: its returns of a period explained by the factors that its market brings.
//!
//! Which factors and which period is a question of the moment, and the answer needs one history. A night keeps an
//! answer of its own: of all factors of each set, once a month, over a year (gold.factor_regressions).

use std::collections::{BTreeMap, BTreeSet};

use analytics::factor_days::{FactorSeries, factor_days};
use analytics::factor_regression::FactorRegression;
use analytics::{DatedNumber, PerformanceSeries};
use lake::{DateRange, Lake};
use rust_decimal::prelude::ToPrimitive;
use schemas::table::Record;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::factor_returns::FactorReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, ReportingPeriod};

use crate::error::Error;
use crate::rollups::measures::series_on;

/// Which factors explain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactorChoice {
    /// The set; without a name the only one that there is.
    pub set: Option<String>,
    /// Factors of the set; all of them if none are named.
    pub factors: Vec<String>,
}

/// What factors explain of a portfolio.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// The set of the factors.
    pub set: String,
    /// The day after which returns count.
    pub opening_date: BusinessDate,
    /// The last day of the first and of the last return.
    pub days: [BusinessDate; 2],
    /// Days of the portfolio that could not be set beside any of the factors.
    pub left_out: Vec<BusinessDate>,
    /// Whether the rate without risk is taken off the portfolio's returns.
    pub is_above_risk_free: bool,
    /// Loadings, errors and parts of the variance.
    pub found: FactorRegression,
}

/// Explains the returns of a portfolio over a period by factors, or says why that cannot be done.
///
/// `returns` are the daily returns of the portfolio's life up to the date, in order of date.
///
/// # Errors
/// [`Error`] if the factors cannot be read.
pub async fn explained(
    lake: &Lake,
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    date: BusinessDate,
    period: ReportingPeriod,
    choice: &FactorChoice,
) -> Result<Result<Explained, String>, Error> {
    let rows = read(lake, portfolio, DateRange::through(date)).await?;
    let (portfolio, returns, choice) = (portfolio.clone(), returns.to_vec(), choice.clone());
    let computing = tokio::task::spawn_blocking(move || {
        let (set, factors) = chosen(rows, &portfolio, &choice)?;
        let series = series_on(&portfolio, &returns, &[], date, period)?;
        explained_by(&set, &factors, &series)
    });
    computing.await.map_err(|_| Error::Worker)
}

/// Explains returns by the factors of a set, or says why that cannot be done.
pub(crate) fn explained_by(
    set: &str,
    factors: &[FactorSeries],
    series: &PerformanceSeries,
) -> Result<Explained, String> {
    let days = factor_days(series, factors).map_err(|reason| reason.to_string())?;
    let found = days.explained(factors).map_err(|reason| reason.to_string())?;
    let (Some(first), Some(last)) = (days.dates.first(), days.dates.last()) else {
        return Err("no day has returns of both sides".to_owned());
    };
    Ok(Explained {
        set: set.to_owned(),
        opening_date: series.opening_date,
        days: [*first, *last],
        left_out: days.left_out,
        is_above_risk_free: days.is_above_risk_free,
        found,
    })
}

/// What the factors of a portfolio's market returned in some time.
async fn read(lake: &Lake, portfolio: &Portfolio, range: DateRange) -> Result<Vec<FactorReturn>, Error> {
    let sources = BTreeSet::from([portfolio.market_id.to_string()]);
    let snapshot = lake.snapshot(FactorReturn::TABLE).await?;
    Ok(lake::read::rows_named(&snapshot, lake, range, &[("factor_source", &sources)]).await?)
}

/// The factors of a set, by name and in the order of the file.
pub(crate) type FactorSet = (String, Vec<FactorSeries>);

/// Every set of factors of a portfolio's market with its returns in some time, in the order of the names.
///
/// # Errors
/// [`Error`] if the factors cannot be read.
pub(crate) async fn sets(lake: &Lake, portfolio: &Portfolio, range: DateRange) -> Result<Vec<FactorSet>, Error> {
    Ok(sets_of(read(lake, portfolio, range).await?))
}

/// Every set of some factors of one source, in the order of the names.
pub(crate) fn sets_of(rows: Vec<FactorReturn>) -> Vec<FactorSet> {
    by_set(rows).into_iter().map(|(set, of_set)| (set, in_order_of_file(of_set))).collect()
}

/// The rows of each factor of each set, in order of date.
fn by_set(rows: Vec<FactorReturn>) -> BTreeMap<String, BTreeMap<String, Vec<FactorReturn>>> {
    let mut sets: BTreeMap<String, BTreeMap<String, Vec<FactorReturn>>> = BTreeMap::new();
    for row in rows {
        let factors = sets.entry(row.factor_set.clone()).or_default();
        factors.entry(row.factor.clone()).or_default().push(row);
    }
    for rows in sets.values_mut().flat_map(BTreeMap::values_mut) {
        rows.sort_by_key(|row| row.return_date);
    }
    sets
}

/// The factors of a set in the order in which their file has them.
fn in_order_of_file(of_set: BTreeMap<String, Vec<FactorReturn>>) -> Vec<FactorSeries> {
    let mut named: Vec<(String, Vec<FactorReturn>)> = of_set.into_iter().collect();
    named.sort_by_key(|(_, rows)| place(rows));
    named.into_iter().map(|(id, rows)| series_of(id, rows)).collect()
}

/// Where the first row of a factor stands.
fn place(rows: &[FactorReturn]) -> Option<(BusinessDate, i64)> {
    rows.first().map(|row| (row.return_date, row.line))
}

fn series_of(id: String, rows: Vec<FactorReturn>) -> FactorSeries {
    let returns = rows.into_iter().map(|row| {
        let number = row.return_fraction.decimal().to_f64().unwrap_or(f64::NAN);
        DatedNumber { date: row.return_date, number }
    });
    FactorSeries { id, returns: returns.collect() }
}

/// The chosen factors of the chosen set, each in order of date. Factors that are not named come in the order in which
/// their file has them.
fn chosen(
    rows: Vec<FactorReturn>,
    portfolio: &Portfolio,
    choice: &FactorChoice,
) -> Result<(String, Vec<FactorSeries>), String> {
    let market = &portfolio.market_id;
    let mut sets = by_set(rows);
    let known: Vec<&str> = sets.keys().map(String::as_str).collect();
    let set = match (&choice.set, &known[..]) {
        (_, []) => return Err(format!("market `{market}` has no factors up to this date; import its factors.csv")),
        (None, [only]) => (*only).to_owned(),
        (None, several) => return Err(format!("market `{market}` has several sets, name one: {}", several.join(", "))),
        (Some(named), several) if several.contains(&named.as_str()) => named.clone(),
        (Some(named), several) => {
            return Err(format!("market `{market}` has no set `{named}`; it has {}", several.join(", ")));
        }
    };
    let mut of_set = sets.remove(&set).unwrap_or_default();
    if choice.factors.is_empty() {
        return Ok((set, in_order_of_file(of_set)));
    }
    let mut factors = Vec::with_capacity(choice.factors.len());
    for id in choice.factors.iter().cloned() {
        let Some(rows) = of_set.remove(&id) else {
            let others: Vec<&str> = of_set.keys().map(String::as_str).collect();
            return Err(format!(
                "set `{set}` has no factor `{id}`, or it is named twice; others: {}",
                others.join(", ")
            ));
        };
        factors.push(series_of(id, rows));
    }
    Ok((set, factors))
}
