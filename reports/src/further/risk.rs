//! What the positions of a date may lose, and what was forecast of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months};
use lake::DateRange;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::classifications::Classification;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;
use schemas::tables::liquidity::LiquidityRow;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::tables::stress::StressRow;
use schemas::tables::stress_scenarios::StressScenarioRow;
use schemas::{BusinessDate, InstrumentId, PortfolioId};

use super::{Further, months, of};
use crate::gather::Facts;

/// The months of forecasts that a statement looks back: 250 valuation dates lie in thirteen.
const FORECAST_MONTHS: Months = Months::new(13);

pub(super) async fn read(
    facts: &Facts,
    date: BusinessDate,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let that_day = DateRange::between(date, date);
    for row in facts.of::<RiskRow>(that_day, only).await? {
        of(found, &row.portfolio_id).risk.push(row);
    }
    for row in facts.of::<RiskContribution>(that_day, only).await? {
        of(found, &row.portfolio_id).risk_contributions.push(row);
    }
    for row in facts.of::<BacktestRow>(that_day, only).await? {
        of(found, &row.portfolio_id).all_backtests.push(row);
    }
    for row in facts.of::<StressRow>(that_day, only).await? {
        of(found, &row.portfolio_id).stress.push(row);
    }
    for row in facts.of::<RiskClassRow>(that_day, only).await? {
        of(found, &row.portfolio_id).risk_classes.push(row);
    }
    of_holdings(facts, date, only, found).await?;
    let first = date.day().checked_sub_months(FORECAST_MONTHS).and_then(|day| BusinessDate::new(day).ok());
    for month in months(first.unwrap_or(date), date) {
        for row in facts.of::<RiskForecast>(month, only).await? {
            if row.business_date == date || is_drawn(row.tail) {
                of(found, &row.portfolio_id).risk_forecasts.push(row);
            }
        }
    }
    of_markets(facts, only, found).await
}

/// How concentrated holdings are, how long it takes to sell them, and the factors of their month: a night makes these
/// on the first valuation date of a month.
async fn of_holdings(
    facts: &Facts,
    date: BusinessDate,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let that_day = DateRange::between(date, date);
    for row in facts.of::<ConcentrationRow>(that_day, only).await? {
        of(found, &row.portfolio_id).concentration.push(row);
    }
    for row in facts.of::<LiquidityRow>(that_day, only).await? {
        of(found, &row.portfolio_id).liquidity.push(row);
    }
    let first = date.day().with_day(1).and_then(|day| BusinessDate::new(day).ok());
    let that_month = DateRange::between(first.unwrap_or(date), date);
    for row in facts.of::<FactorRegressionRow>(that_month, only).await? {
        of(found, &row.portfolio_id).factor_regressions.push(row);
    }
    for row in facts.of::<FactorExposureRow>(that_month, only).await? {
        of(found, &row.portfolio_id).factor_exposures.push(row);
    }
    Ok(())
}

/// Whether the history of the forecasts of a tail is shown.
fn is_drawn(tail: f64) -> bool {
    (tail - 0.01).abs() < 1e-9
}

/// What the markets of the portfolios say of the instruments that add to the risk, and of scenarios.
async fn of_markets(
    facts: &Facts,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let markets: BTreeMap<&PortfolioId, String> = facts
        .portfolios()
        .filter(|row| only.contains(row.portfolio_id.as_str()))
        .map(|row| (&row.portfolio_id, row.market_id.to_string()))
        .collect();
    let named: BTreeSet<String> = markets.values().cloned().collect();
    let scenarios: Vec<StressScenarioRow> = facts.named(DateRange::ALL, &[("market_id", &named)]).await?;
    let added = found.values().flat_map(|further| &further.risk_contributions);
    let held: BTreeSet<String> = added.map(|row| row.instrument_id.to_string()).collect();
    let classified: Vec<Classification> = facts.named(DateRange::ALL, &[("instrument_id", &held)]).await?;
    let mut by_instrument: BTreeMap<&InstrumentId, Vec<&Classification>> = BTreeMap::new();
    classified.iter().for_each(|row| by_instrument.entry(&row.instrument_id).or_default().push(row));
    for (id, further) in found {
        let ids: BTreeSet<&InstrumentId> = further.risk_contributions.iter().map(|row| &row.instrument_id).collect();
        let rows = ids.into_iter().filter_map(|id| by_instrument.get(id)).flatten();
        further.classifications = rows.map(|row| (*row).clone()).collect();
        let stressed: BTreeSet<&str> = further.stress.iter().map(|row| row.scenario_id.as_str()).collect();
        let market = markets.get(id);
        let is_of = |row: &&StressScenarioRow| {
            market.is_some_and(|market| *market == row.market_id.as_str()) && stressed.contains(&*row.scenario_id)
        };
        let rows: Vec<StressScenarioRow> = scenarios.iter().filter(is_of).cloned().collect();
        further.scenarios = rows;
    }
    Ok(())
}
