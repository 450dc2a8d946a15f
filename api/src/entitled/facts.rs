//! The facts of the lake, for those who may see them.
//!
//! Handlers have no other way to the lake: each read takes the proof that its portfolio, group or document may be seen.

use std::collections::BTreeSet;

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use lake::read::PortfolioGroup;
use lake::{DateRange, Error, Lake};
use schemas::table::{Record, TableDefinition};
use schemas::tables::attribution::AttributionRow;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::classifications::Classification;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::exceptions::Exception;
use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;
use schemas::tables::group_returns::GroupReturn;
use schemas::tables::liquidity::LiquidityRow;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::position_returns::PositionReturn;
use schemas::tables::positions::Position;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::tables::stress::StressRow;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, GroupId, UserId};
use store::{StatementFile, Store};

use super::person_archive::{ArchiveError, PersonArchive};
use super::{Oversight, VisibleGroup, VisiblePortfolio, VisibleRisk, VisibleStatement};
use crate::problem::Problem;

/// A range of days, both included.
pub(super) type Days = (BusinessDate, BusinessDate);

/// The lake behind the proofs.
pub(crate) struct Facts(pub(super) Lake);

impl Facts {
    pub(crate) fn of(lake: Lake) -> Facts {
        Facts(lake)
    }

    /// Whether the lake answers.
    ///
    /// # Errors
    /// Why it does not.
    pub(crate) async fn answer(&self) -> Result<(), Error> {
        self.0.snapshot(PortfolioValue::TABLE).await.map(|_| ())
    }

    /// The newest versions of tables, in their order; none where nothing was ever written. They say nothing about what
    /// is in them.
    pub(crate) async fn versions(&self, tables: &[&'static TableDefinition]) -> Result<Vec<Option<u64>>, Error> {
        let mut versions = Vec::with_capacity(tables.len());
        for table in tables {
            versions.push(self.0.snapshot(table).await?.version());
        }
        Ok(versions)
    }

    /// The members of every household and composite, for the decision who may see which.
    pub(super) async fn group_members(&self) -> Result<Vec<schemas::tables::group_members::GroupMember>, Error> {
        lake::read::group_members(&self.0).await
    }

    /// The groups of their market to which instruments belong; they say nothing about portfolios.
    pub(crate) async fn classifications(&self, instruments: &BTreeSet<String>) -> Result<Vec<Classification>, Error> {
        let snapshot = self.0.snapshot(Classification::TABLE).await?;
        lake::read::rows_named(&snapshot, &self.0, DateRange::ALL, &[("instrument_id", instruments)]).await
    }
}

/// What is known of a portfolio.
impl Facts {
    pub(crate) async fn latest_business_date(&self, of: &VisiblePortfolio) -> Result<Option<BusinessDate>, Error> {
        lake::read::latest_business_date(&self.0, of.id()).await
    }

    pub(crate) async fn measures(&self, of: &VisiblePortfolio, date: BusinessDate) -> Result<Vec<MeasureRow>, Error> {
        lake::read::measures(&self.0, of.id(), date).await
    }

    pub(crate) async fn positions(&self, of: &VisiblePortfolio, date: BusinessDate) -> Result<Vec<Position>, Error> {
        lake::read::positions(&self.0, of.id(), date).await
    }

    pub(crate) async fn valuations(&self, of: &VisiblePortfolio, date: BusinessDate) -> Result<Vec<Valuation>, Error> {
        lake::read::valuations(&self.0, of.id(), date).await
    }

    pub(crate) async fn position_returns(
        &self,
        of: &VisiblePortfolio,
        date: BusinessDate,
    ) -> Result<Vec<PositionReturn>, Error> {
        lake::read::position_returns(&self.0, of.id(), date).await
    }

    pub(crate) async fn portfolio_values(
        &self,
        of: &VisiblePortfolio,
        (from, to): Days,
    ) -> Result<Vec<PortfolioValue>, Error> {
        lake::read::portfolio_values(&self.0, of.id(), from, to).await
    }

    pub(crate) async fn daily_returns(
        &self,
        of: &VisiblePortfolio,
        (from, to): Days,
    ) -> Result<Vec<DailyReturn>, Error> {
        lake::read::daily_returns(&self.0, of.id(), from, to).await
    }

    pub(crate) async fn transactions(
        &self,
        of: &VisiblePortfolio,
        (from, to): Days,
    ) -> Result<Vec<Transaction>, Error> {
        lake::read::transactions(&self.0, of.id(), from, to).await
    }

    pub(crate) async fn nav_bridge(&self, of: &VisiblePortfolio, (from, to): Days) -> Result<Vec<NavBridgeRow>, Error> {
        lake::read::nav_bridge(&self.0, of.id(), from, to).await
    }

    pub(crate) async fn group_returns(
        &self,
        of: &VisiblePortfolio,
        taxonomy: &str,
        days: Days,
        rows_max: u32,
    ) -> Result<Vec<GroupReturn>, Error> {
        lake::read::group_returns(&self.0, of.id(), taxonomy, days, rows_max).await
    }

    pub(crate) async fn last_attribution(
        &self,
        of: &VisiblePortfolio,
        days: Days,
        rows_max: u32,
    ) -> Result<Vec<AttributionRow>, Error> {
        lake::read::last_attribution(&self.0, of.id(), days, rows_max).await
    }

    pub(crate) async fn each_position_return(
        &self,
        of: &VisiblePortfolio,
        (from, to): Days,
        take: impl FnMut(&[PositionReturn]) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        lake::read::each_position_return(&self.0, of.id(), DateRange::between(from, to), take).await
    }

    /// The rows of the portfolios of a page.
    pub(crate) async fn rows_of<R: Record>(&self, of: &[&VisiblePortfolio], range: DateRange) -> Result<Vec<R>, Error> {
        let ids: BTreeSet<String> = of.iter().map(|portfolio| portfolio.id().to_string()).collect();
        let snapshot = self.0.snapshot(R::TABLE).await?;
        lake::read::rows_named(&snapshot, &self.0, range, &[("portfolio_id", &ids)]).await
    }

    /// What the checks found, for those who look after the house.
    pub(crate) async fn exceptions(
        &self,
        _oversight: &Oversight,
        of: &VisiblePortfolio,
        date: BusinessDate,
    ) -> Result<Vec<Exception>, Error> {
        lake::read::exceptions(&self.0, of.id(), date).await
    }
}

/// What a portfolio may lose.
impl Facts {
    pub(crate) async fn risk(&self, of: &VisibleRisk, date: BusinessDate) -> Result<Vec<RiskRow>, Error> {
        lake::read::risk(&self.0, of.id(), date).await
    }

    pub(crate) async fn risk_contributions(
        &self,
        of: &VisibleRisk,
        date: BusinessDate,
    ) -> Result<Vec<RiskContribution>, Error> {
        lake::read::risk_contributions(&self.0, of.id(), date).await
    }

    pub(crate) async fn risk_forecasts(
        &self,
        of: &VisibleRisk,
        date: BusinessDate,
    ) -> Result<Vec<RiskForecast>, Error> {
        lake::read::risk_forecasts(&self.0, of.id(), date).await
    }

    pub(crate) async fn backtests(&self, of: &VisibleRisk, date: BusinessDate) -> Result<Vec<BacktestRow>, Error> {
        lake::read::backtests(&self.0, of.id(), date).await
    }

    pub(crate) async fn stress(&self, of: &VisibleRisk, date: BusinessDate) -> Result<Vec<StressRow>, Error> {
        lake::read::stress(&self.0, of.id(), date).await
    }

    pub(crate) async fn concentration(
        &self,
        of: &VisibleRisk,
        date: BusinessDate,
    ) -> Result<Vec<ConcentrationRow>, Error> {
        lake::read::concentration(&self.0, of.id(), date).await
    }

    pub(crate) async fn liquidity(&self, of: &VisibleRisk, date: BusinessDate) -> Result<Option<LiquidityRow>, Error> {
        lake::read::liquidity(&self.0, of.id(), date).await
    }

    pub(crate) async fn factor_regressions(
        &self,
        of: &VisibleRisk,
        date: BusinessDate,
    ) -> Result<Vec<FactorRegressionRow>, Error> {
        lake::read::factor_regressions(&self.0, of.id(), date).await
    }

    pub(crate) async fn factor_exposures(
        &self,
        of: &VisibleRisk,
        date: BusinessDate,
    ) -> Result<Vec<FactorExposureRow>, Error> {
        lake::read::factor_exposures(&self.0, of.id(), date).await
    }

    pub(crate) async fn risk_classes(&self, of: &VisibleRisk, date: BusinessDate) -> Result<Vec<RiskClassRow>, Error> {
        lake::read::risk_classes(&self.0, of.id(), date).await
    }
}

/// What is known of several portfolios, and what was published.
impl Facts {
    /// A household or a composite on a date, or on the last on which a member was valued.
    pub(crate) async fn portfolio_group(
        &self,
        of: &VisibleGroup,
        date: Option<BusinessDate>,
    ) -> Result<Option<PortfolioGroup>, Error> {
        let group: &GroupId = of.id();
        lake::read::portfolio_group(&self.0, group, date).await
    }

    /// Everything about a person, for the person.
    pub(crate) async fn person_archive(
        &self,
        store: &Store,
        user_id: &UserId,
        bytes_max: usize,
        now: DateTime<Utc>,
    ) -> Result<PersonArchive, ArchiveError> {
        PersonArchive::gather(store, &self.0, user_id, bytes_max, now).await
    }

    /// The bytes of a file of a document; none if it is not one of its files.
    pub(crate) async fn document(&self, of: &VisibleStatement, file: &StatementFile) -> Result<Option<Bytes>, Error> {
        match of.files.iter().find(|kept| *kept == file) {
            Some(kept) => self.0.storage().get(&kept.object_path).await.map(Some),
            None => Ok(None),
        }
    }
}
