//! Events that clients have been told of: executed orders, and thresholds that a value fell through.
//!
//! An event is written down in the transaction that publishes the statement about it, and once: whatever night finds it
//! again, tomorrow or after a restatement, nobody is told twice.

use std::collections::{BTreeMap, BTreeSet};

use schemas::{BusinessDate, PortfolioId};

use crate::database::{SqlTransaction, reading, within};
use crate::error::{Error, Result};
use crate::statements::Statement;
use crate::store::Store;
use crate::stored_text::parsed;

/// An event that a statement tells its client of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatementEvent {
    /// Its name, one for each event of a kind of statement and a portfolio, e.g. the id of a transaction. Not empty.
    pub event: String,
    /// Its day.
    pub event_date: BusinessDate,
}

const INSERT: &str = include_str!("queries/statement_events/insert.sql");
const SELECT_TOLD: &str = include_str!("queries/statement_events/select_told.sql");
const SELECT_ONE: &str = include_str!("queries/statement_events/select_one.sql");
const SELECT_OF_STATEMENT: &str = include_str!("queries/statement_events/select_of_statement.sql");

impl Store {
    /// The events of a day or later that clients were told of by a kind of statement, by portfolio.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn events_told(&self, kind: &str, from: BusinessDate) -> Result<BTreeMap<PortfolioId, BTreeSet<String>>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, (String, String)>(SELECT_TOLD)
                .bind(kind)
                .bind(from.to_string())
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the events that clients were told of"))?;
        let mut told: BTreeMap<PortfolioId, BTreeSet<String>> = BTreeMap::new();
        for (portfolio_id, event) in rows {
            let portfolio_id = parsed("statement_events", "portfolio_id", &portfolio_id)?;
            told.entry(portfolio_id).or_default().insert(event);
        }
        Ok(told)
    }

    /// Whether the client of a portfolio was told of an event by a kind of statement.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn is_event_told(&self, kind: &str, portfolio_id: &PortfolioId, event: &str) -> Result<bool> {
        let found = reading!(&self.database, pool => {
            sqlx::query_scalar::<_, String>(SELECT_ONE)
                .bind(kind)
                .bind(portfolio_id.as_str())
                .bind(event)
                .fetch_optional(pool)
                .await
        })
        .map_err(Error::query("look for an event that a client was told of"))?;
        Ok(found.is_some())
    }

    /// The events that a statement tells its client of, by name; later versions of it tell of those of the first.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn events_of_statement(&self, statement_id: &str) -> Result<Vec<StatementEvent>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, (String, String)>(SELECT_OF_STATEMENT).bind(statement_id).fetch_all(pool).await
        })
        .map_err(Error::query("read the events of a statement"))?;
        let event = |(event, event_date): (String, String)| {
            Ok(StatementEvent { event, event_date: parsed("statement_events", "event_date", &event_date)? })
        };
        rows.into_iter().map(event).collect()
    }
}

/// Writes down what a statement that is being published tells of.
pub(crate) async fn insert(work: &mut SqlTransaction, statement: &Statement, events: &[StatementEvent]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let no_portfolio = || Error::EventsWithoutPortfolio { statement_id: statement.id.clone() };
    let portfolio_id = statement.subject.portfolio().ok_or_else(no_portfolio)?;
    for event in events {
        within!(&mut *work, open => {
            sqlx::query(INSERT)
                .bind(statement.kind.as_str())
                .bind(portfolio_id.as_str())
                .bind(event.event.as_str())
                .bind(event.event_date.to_string())
                .bind(statement.id.as_str())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("write down an event that a statement tells of"))?;
    }
    Ok(())
}
