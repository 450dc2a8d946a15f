//! The rows of gold, which must not depend on when something became known.

use std::fmt::Debug;

use lake::Lake;
use schemas::table::Record;
use schemas::tables::attribution::AttributionRow;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::depreciation::DepreciationRow;
use schemas::tables::exceptions::Exception;
use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;
use schemas::tables::group_returns::GroupReturn;
use schemas::tables::history_markers::HistoryMarker;
use schemas::tables::hypothetical_returns::HypotheticalReturn;
use schemas::tables::liquidity::LiquidityRow;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolio_group_measures::GroupMeasureRow;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::positions::Position;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::tables::stress::StressRow;
use schemas::tables::valuations::Valuation;

use crate::samples::all;

/// Every table of gold, its rows as text in a fixed order.
pub(super) async fn gold(lake: &Lake) -> Vec<(&'static str, Vec<String>)> {
    vec![
        table::<Position>(lake).await,
        table::<Valuation>(lake).await,
        table::<PortfolioValue>(lake).await,
        table::<CashFlow>(lake).await,
        table::<NavBridgeRow>(lake).await,
        table::<RealisedGain>(lake).await,
        table::<LotClosing>(lake).await,
        table::<DailyReturn>(lake).await,
        table::<DepreciationRow>(lake).await,
        table::<GroupReturn>(lake).await,
        table::<AttributionRow>(lake).await,
        table::<PortfolioGroupReturn>(lake).await,
        table::<GroupMeasureRow>(lake).await,
        table::<MeasureRow>(lake).await,
        table::<RiskClassRow>(lake).await,
        table::<FactorRegressionRow>(lake).await,
        table::<FactorExposureRow>(lake).await,
        table::<RiskRow>(lake).await,
        table::<RiskContribution>(lake).await,
        table::<HypotheticalReturn>(lake).await,
        table::<RiskForecast>(lake).await,
        table::<StressRow>(lake).await,
        table::<ConcentrationRow>(lake).await,
        table::<LiquidityRow>(lake).await,
        table::<BacktestRow>(lake).await,
        table::<Exception>(lake).await,
        table::<HistoryMarker>(lake).await,
    ]
}

async fn table<R: Record + Debug>(lake: &Lake) -> (&'static str, Vec<String>) {
    let mut rows: Vec<String> = all::<R>(lake).await.iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    (R::TABLE.name, rows)
}
