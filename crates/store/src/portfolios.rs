//! Portfolios: what is agreed with the client today.

use chrono::{DateTime, Utc};
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, Clock, MarketId, PortfolioId};

use crate::database::{ByEngine, SqlTransaction, reading, within};
use crate::error::{Error, Result};
use crate::store::{Store, StoreKind};
use crate::stored_text::{instant, parsed, parsed_or_none};

/// What saving came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveOutcome {
    /// It was not there.
    Inserted,
    /// It was there, just like this.
    Unchanged,
    /// It was there and is different now.
    Changed,
}

const SELECT_ALL: &str = include_str!("queries/portfolios/select_all.sql");
const SELECT_ONE: &str = include_str!("queries/portfolios/select_one.sql");
const INSERT: &str = include_str!("queries/portfolios/insert.sql");
const UPDATE: &str = include_str!("queries/portfolios/update.sql");
const LOCK: ByEngine = ByEngine {
    sqlite: include_str!("queries/portfolios/lock.sqlite.sql"),
    postgres: include_str!("queries/portfolios/lock.postgres.sql"),
};

impl Store {
    /// Saves a portfolio as it is agreed now. Years that are closed stay closed, with the cost basis that they had.
    ///
    /// - `synthetic`: whether the portfolio is invented. Invented portfolios belong into a demo store, real ones into a
    ///   live store.
    ///
    /// # Errors
    /// [`Error::SyntheticPortfolio`] or [`Error::RealPortfolio`] if it belongs into the other kind of store,
    /// [`Error::RiskFreeRate`] if the rate is not finite, [`Error::LockMovedBack`] or [`Error::LockedCostBasis`] if it
    /// would change closed years, or the database's reason.
    pub async fn save_portfolio(&self, portfolio: &Portfolio, synthetic: bool, clock: Clock) -> Result<SaveOutcome> {
        let mut work = self.database.begin().await?;
        let outcome = self.save_within(&mut work, portfolio, synthetic, clock.now()).await?;
        work.commit().await?;
        Ok(outcome)
    }

    /// Saves a portfolio in a transaction that goes on. What is refused before it is written leaves that one usable.
    pub(crate) async fn save_within(
        &self,
        work: &mut SqlTransaction,
        portfolio: &Portfolio,
        synthetic: bool,
        now: DateTime<Utc>,
    ) -> Result<SaveOutcome> {
        if self.insert_within(work, portfolio, synthetic, now).await? {
            return Ok(SaveOutcome::Inserted);
        }
        lock(work, &portfolio.portfolio_id).await?;
        let before = stored(work, &portfolio.portfolio_id).await?;
        if let Some(before) = &before {
            refuse_change_of_closed_years(before, portfolio)?;
        }
        if before.as_ref() == Some(portfolio) {
            return Ok(SaveOutcome::Unchanged);
        }
        write(work, UPDATE, self.kind(), portfolio, now).await?;
        Ok(SaveOutcome::Changed)
    }

    /// Inserts a portfolio in a transaction that goes on; false if its id is there.
    pub(crate) async fn insert_within(
        &self,
        work: &mut SqlTransaction,
        portfolio: &Portfolio,
        synthetic: bool,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        self.check_kind(&portfolio.portfolio_id, synthetic)?;
        if portfolio.risk_free_annual.is_some_and(|rate| !rate.is_finite()) {
            return Err(Error::RiskFreeRate { portfolio_id: portfolio.portfolio_id.clone() });
        }
        Ok(0 < write(work, INSERT, self.kind(), portfolio, now).await?)
    }

    /// All portfolios in the order of their ids.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn portfolios(&self) -> Result<Vec<Portfolio>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, PortfolioRow>(SELECT_ALL).fetch_all(pool).await
        })
        .map_err(Error::query("read the portfolios"))?;
        rows.into_iter().map(PortfolioRow::portfolio).collect()
    }

    /// One portfolio; none if it is not there.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn portfolio(&self, portfolio_id: &PortfolioId) -> Result<Option<Portfolio>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, PortfolioRow>(SELECT_ONE).bind(portfolio_id.as_str()).fetch_optional(pool).await
        })
        .map_err(Error::query("read a portfolio"))?;
        row.map(PortfolioRow::portfolio).transpose()
    }

    fn check_kind(&self, portfolio_id: &PortfolioId, synthetic: bool) -> Result<()> {
        match (self.kind(), synthetic) {
            (StoreKind::Live, true) => Err(Error::SyntheticPortfolio { portfolio_id: portfolio_id.clone() }),
            (StoreKind::Demo, false) => Err(Error::RealPortfolio { portfolio_id: portfolio_id.clone() }),
            (StoreKind::Live, false) | (StoreKind::Demo, true) => Ok(()),
        }
    }
}

/// Holds a portfolio's row until the transaction ends; false if it is not there.
pub(crate) async fn lock(transaction: &mut SqlTransaction, portfolio_id: &PortfolioId) -> Result<bool> {
    let text = transaction.text(&LOCK);
    let found = within!(transaction, open => {
        sqlx::query_scalar::<_, String>(text).bind(portfolio_id.as_str()).fetch_optional(open).await
    })
    .map_err(Error::query("lock a portfolio"))?;
    Ok(found.is_some())
}

/// Refuses to open closed years again, or to give them another cost basis.
fn refuse_change_of_closed_years(before: &Portfolio, given: &Portfolio) -> Result<()> {
    let Some(locked_through) = before.locked_through else { return Ok(()) };
    let portfolio_id = before.portfolio_id.clone();
    if given.locked_through.is_none_or(|given| given < locked_through) {
        return Err(Error::LockMovedBack { portfolio_id, locked_through, given: given.locked_through });
    }
    let closed_with = |cost_basis| methods_through(cost_basis, locked_through);
    if closed_with(&before.cost_basis) != closed_with(&given.cost_basis) {
        let (found, given) = (before.cost_basis.clone(), given.cost_basis.clone());
        return Err(Error::LockedCostBasis { portfolio_id, locked_through, found, given });
    }
    Ok(())
}

/// The methods of a cost basis such as `fifo; 2024-01-01 average_cost` that count on or before a day.
fn methods_through(cost_basis: &str, day: BusinessDate) -> Vec<&str> {
    let counts = |method: &&str| match method.split_once(' ').map(|(from, _)| from.parse::<BusinessDate>()) {
        Some(Ok(from)) => from <= day,
        Some(Err(_)) | None => true,
    };
    cost_basis.split(';').map(str::trim).filter(counts).collect()
}

/// Inserts or updates a portfolio: both statements take the same values. Returns the rows written.
async fn write(
    transaction: &mut SqlTransaction,
    statement: &'static str,
    kind: StoreKind,
    portfolio: &Portfolio,
    now: DateTime<Utc>,
) -> Result<u64> {
    within!(transaction, open => {
        sqlx::query(statement)
            .bind(portfolio.portfolio_id.as_str())
            .bind(kind.word())
            .bind(portfolio.market_id.as_str())
            .bind(portfolio.fx_source.as_str())
            .bind(portfolio.title.as_str())
            .bind(portfolio.base_currency.code())
            .bind(portfolio.start_date.to_string())
            .bind(portfolio.end_date.map(|date| date.to_string()))
            .bind(portfolio.benchmark_symbol.as_deref())
            .bind(portfolio.benchmark_blend.as_deref())
            .bind(portfolio.risk_free_annual)
            .bind(portfolio.risk_free_source.as_ref().map(MarketId::as_str))
            .bind(portfolio.client_email.as_deref())
            .bind(portfolio.cost_basis.as_str())
            .bind(portfolio.locked_through.map(|date| date.to_string()))
            .bind(portfolio.language.code())
            .bind(i64::from(portfolio.confirmations))
            .bind(portfolio.delivery.as_deref())
            .bind(instant(now))
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(Error::query("save a portfolio"))
}

/// One portfolio as a transaction sees it; none if it is not there.
pub(crate) async fn stored(transaction: &mut SqlTransaction, portfolio_id: &PortfolioId) -> Result<Option<Portfolio>> {
    let row = within!(transaction, open => {
        sqlx::query_as::<_, PortfolioRow>(SELECT_ONE).bind(portfolio_id.as_str()).fetch_optional(open).await
    })
    .map_err(Error::query("read a portfolio"))?;
    row.map(PortfolioRow::portfolio).transpose()
}

#[derive(sqlx::FromRow)]
pub(crate) struct PortfolioRow {
    portfolio_id: String,
    market_id: String,
    fx_source: String,
    title: String,
    base_currency: String,
    start_date: String,
    end_date: Option<String>,
    benchmark_symbol: Option<String>,
    benchmark_blend: Option<String>,
    risk_free_annual: Option<f64>,
    risk_free_source: Option<String>,
    client_email: Option<String>,
    cost_basis: String,
    locked_through: Option<String>,
    language: String,
    confirmations: i64,
    delivery: Option<String>,
}

impl PortfolioRow {
    pub(crate) fn portfolio(self) -> Result<Portfolio> {
        let table = "portfolios";
        Ok(Portfolio {
            portfolio_id: parsed(table, "portfolio_id", &self.portfolio_id)?,
            market_id: parsed(table, "market_id", &self.market_id)?,
            fx_source: parsed(table, "fx_source", &self.fx_source)?,
            title: self.title,
            base_currency: parsed(table, "base_currency", &self.base_currency)?,
            start_date: parsed(table, "start_date", &self.start_date)?,
            end_date: parsed_or_none(table, "end_date", self.end_date.as_deref())?,
            benchmark_symbol: self.benchmark_symbol,
            benchmark_blend: self.benchmark_blend,
            risk_free_annual: self.risk_free_annual,
            risk_free_source: parsed_or_none(table, "risk_free_source", self.risk_free_source.as_deref())?,
            client_email: self.client_email,
            cost_basis: self.cost_basis,
            locked_through: parsed_or_none(table, "locked_through", self.locked_through.as_deref())?,
            language: parsed(table, "language", &self.language)?,
            confirmations: self.confirmations != 0,
            delivery: self.delivery,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_years_keep_the_methods_that_counted_in_them() {
        let lock: BusinessDate = "2023-12-31".parse().expect("a date");
        assert_eq!(methods_through("fifo; 2023-12-31 lifo; 2024-01-01 hifo", lock), ["fifo", "2023-12-31 lifo"]);
        assert_eq!(methods_through("fifo", lock), methods_through("fifo;2024-01-01 lifo", lock));
    }
}
