//! What somebody asked for and takes longer than an answer may: queued, claimed by one, and kept with what came of it.
//!
//! A claim is a lease. Whoever claims counts up the attempts, and only the last who did may say what came of it: one
//! who was thought dead and comes back changes nothing. What was claimed too often, or has waited too long, fails.

use chrono::{DateTime, TimeDelta, Utc};
use schemas::PortfolioId;

use crate::database::{ByEngine, SqlTransaction, reading, row_limit, within};
use crate::delivery_records::bounded;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, lease_end, parsed, parsed_or_none, stored_words};

stored_words! {
    /// What is ordered.
    WorkOrderKind, "kind of order":
    /// Weights for what a portfolio holds.
    Optimization = "optimization",
    /// A document about a portfolio.
    Report = "report",
}

stored_words! {
    /// What has become of an order.
    WorkOrderState, "state of an order":
    /// It waits.
    Queued = "queued",
    /// Somebody works on it.
    Running = "running",
    /// It has its result.
    Finished = "finished",
    /// It has none, and a reason.
    Failed = "failed",
}

/// An order that is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWorkOrder {
    /// The id, made at random.
    pub order_id: String,
    /// What is ordered.
    pub kind: WorkOrderKind,
    /// The portfolio that it is about.
    pub portfolio_id: PortfolioId,
    /// Who orders: the id of a user, or `house`.
    pub ordered_by: String,
    /// What exactly, as JSON; at most 4,000 characters.
    pub request: String,
}

/// An order and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkOrder {
    /// What was ordered, and by whom.
    pub ordered: NewWorkOrder,
    /// When.
    pub ordered_at: DateTime<Utc>,
    /// What has become of it.
    pub state: WorkOrderState,
    /// How often somebody began it.
    pub attempts: i64,
    /// When it ended; none as long as it is open.
    pub finished_at: Option<DateTime<Utc>>,
    /// What came of it, as JSON; none unless it is finished.
    pub result: Option<String>,
    /// Why nothing came of it; none unless it failed.
    pub failure: Option<String>,
}

/// How much a caller may order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderLimits {
    /// Orders that may be open at once.
    pub open_max: u32,
    /// Orders of this kind that may be given since an instant; those that failed do not count.
    pub lately_max: u32,
    /// The instant.
    pub since: DateTime<Utc>,
}

/// What became of the giving of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderOutcome {
    /// It is queued.
    Queued,
    /// As many are open as may be.
    TooManyOpen,
    /// As many were given lately as may be.
    TooManyLately,
}

const LOCK: ByEngine = ByEngine {
    sqlite: include_str!("queries/work_orders/lock.sqlite.sql"),
    postgres: include_str!("queries/work_orders/lock.postgres.sql"),
};
const INSERT: &str = include_str!("queries/work_orders/insert.sql");
const COUNT_OPEN: &str = include_str!("queries/work_orders/count_open.sql");
const COUNT_DUE: &str = include_str!("queries/work_orders/count_due.sql");
const CLAIM: &str = include_str!("queries/work_orders/claim.sql");
const FINISH: &str = include_str!("queries/work_orders/finish.sql");
const FAIL: &str = include_str!("queries/work_orders/fail.sql");
const POSTPONE: &str = include_str!("queries/work_orders/postpone.sql");
const GIVE_UP: &str = include_str!("queries/work_orders/give_up.sql");
const SELECT_ONE: &str = include_str!("queries/work_orders/select_one.sql");
const SELECT_PAGE: &str = include_str!("queries/work_orders/select_page.sql");

/// Later than every instant that is stored.
const AFTER_ALL: &str = "9999";

impl Store {
    /// Queues an order, within the limits of its caller.
    ///
    /// # Errors
    /// The database's reason, also if the portfolio is not there.
    pub async fn give_order(
        &self,
        new: &NewWorkOrder,
        limits: &OrderLimits,
        now: DateTime<Utc>,
    ) -> Result<OrderOutcome> {
        let mut work = self.database.begin().await?;
        let lock = work.text(&LOCK);
        within!(&mut work, open => sqlx::query(lock).bind(new.ordered_by.as_str()).execute(open).await.map(|_| ()))
            .map_err(Error::query("wait for other orders of a caller"))?;
        let rows = within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(new.order_id.as_str())
                .bind(new.kind.word())
                .bind(new.portfolio_id.as_str())
                .bind(new.ordered_by.as_str())
                .bind(new.request.as_str())
                .bind(instant(now))
                .bind(i64::from(limits.open_max))
                .bind(instant(limits.since))
                .bind(i64::from(limits.lately_max))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("queue an order"))?;
        if 0 < rows {
            work.commit().await?;
            return Ok(OrderOutcome::Queued);
        }
        let count = within!(&mut work, open => {
            sqlx::query_scalar::<_, i64>(COUNT_OPEN).bind(new.ordered_by.as_str()).fetch_one(open).await
        })
        .map_err(Error::query("count the open orders"))?;
        work.commit().await?;
        let is_open = i64::from(limits.open_max) <= count;
        Ok(if is_open { OrderOutcome::TooManyOpen } else { OrderOutcome::TooManyLately })
    }

    /// How many orders wait for somebody who works. It only reads, so that whoever looks often is in nobody's way.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn due_orders(&self, now: DateTime<Utc>) -> Result<i64> {
        reading!(&self.database, pool => {
            sqlx::query_scalar::<_, i64>(COUNT_DUE).bind(instant(now)).fetch_one(pool).await
        })
        .map_err(Error::query("count the orders that are due"))
    }

    /// Takes the order that has been due for the longest; nobody else takes it for the length of a lease. None if
    /// nothing is due.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn claim_order(
        &self,
        lease: TimeDelta,
        attempts_max: i64,
        now: DateTime<Utc>,
    ) -> Result<Option<WorkOrder>> {
        let mut work = self.database.begin().await?;
        let row = within!(&mut work, open => {
            sqlx::query_as::<_, WorkOrderRow>(CLAIM)
                .bind(instant(now))
                .bind(lease_end(now, lease))
                .bind(attempts_max)
                .fetch_optional(open)
                .await
        })
        .map_err(Error::query("claim an order"))?;
        work.commit().await?;
        row.map(WorkOrderRow::order).transpose()
    }

    /// Keeps what came of an order. Returns false, and changes nothing, if somebody else has claimed it since.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn order_finished(&self, order: &WorkOrder, result: &str, now: DateTime<Utc>) -> Result<bool> {
        self.end_order(FINISH, order, now, Some(result)).await
    }

    /// Keeps why nothing came of an order. Returns false, and changes nothing, if somebody else has claimed it since.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn order_failed(&self, order: &WorkOrder, failure: &str, now: DateTime<Utc>) -> Result<bool> {
        self.end_order(FAIL, order, now, Some(&bounded(failure))).await
    }

    /// Puts an order back until an instant. Returns false, and changes nothing, if somebody else has claimed it since.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn order_postponed(&self, order: &WorkOrder, until: DateTime<Utc>) -> Result<bool> {
        self.end_order(POSTPONE, order, until, None).await
    }

    /// Ends, as failed, what nobody works on and was claimed too often or given too long ago. Returns how many.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn give_up_orders(
        &self,
        attempts_max: i64,
        given_before: DateTime<Utc>,
        failure: &str,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(GIVE_UP)
                .bind(instant(now))
                .bind(instant(given_before))
                .bind(attempts_max)
                .bind(bounded(failure))
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("give up orders"))?;
        work.commit().await?;
        Ok(rows)
    }

    /// An order; none if it is not there, or no more.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn work_order(&self, order_id: &str) -> Result<Option<WorkOrder>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, WorkOrderRow>(SELECT_ONE).bind(order_id).fetch_optional(pool).await
        })
        .map_err(Error::query("read an order"))?;
        row.map(WorkOrderRow::order).transpose()
    }

    /// A page of the orders of a kind that a caller gave, the latest first.
    ///
    /// - `after`: the last one of the page before; none for the first page.
    /// - `limit`: orders, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn work_orders(
        &self,
        ordered_by: &str,
        kind: WorkOrderKind,
        after: Option<&WorkOrder>,
        limit: u32,
    ) -> Result<Vec<WorkOrder>> {
        let place = after.map_or((AFTER_ALL.to_owned(), String::new()), |order| {
            (instant(order.ordered_at), order.ordered.order_id.clone())
        });
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, WorkOrderRow>(SELECT_PAGE)
                .bind(ordered_by)
                .bind(kind.word())
                .bind(place.0)
                .bind(place.1)
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the orders"))?;
        rows.into_iter().map(WorkOrderRow::order).collect()
    }

    /// Runs one of the statements by which a claim ends.
    async fn end_order(
        &self,
        statement: &'static str,
        order: &WorkOrder,
        at: DateTime<Utc>,
        text: Option<&str>,
    ) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = ended(&mut work, statement, order, &instant(at), text).await?;
        work.commit().await?;
        Ok(0 < rows)
    }
}

async fn ended(
    work: &mut SqlTransaction,
    statement: &'static str,
    order: &WorkOrder,
    at: &str,
    text: Option<&str>,
) -> Result<u64> {
    let id = order.ordered.order_id.as_str();
    within!(work, open => {
        let ending = sqlx::query(statement).bind(id).bind(order.attempts).bind(at);
        let with_text = match text {
            Some(text) => ending.bind(text),
            None => ending,
        };
        with_text.execute(open).await.map(|done| done.rows_affected())
    })
    .map_err(Error::query("note what came of an order"))
}

#[derive(sqlx::FromRow)]
struct WorkOrderRow {
    order_id: String,
    kind: String,
    portfolio_id: String,
    ordered_by: String,
    request: String,
    state: String,
    attempts: i64,
    ordered_at: String,
    finished_at: Option<String>,
    result: Option<String>,
    failure: Option<String>,
}

impl WorkOrderRow {
    fn order(self) -> Result<WorkOrder> {
        let table = "work_orders";
        Ok(WorkOrder {
            ordered: NewWorkOrder {
                order_id: self.order_id,
                kind: parsed(table, "kind", &self.kind)?,
                portfolio_id: parsed(table, "portfolio_id", &self.portfolio_id)?,
                ordered_by: self.ordered_by,
                request: self.request,
            },
            ordered_at: parsed(table, "ordered_at", &self.ordered_at)?,
            state: parsed(table, "state", &self.state)?,
            attempts: self.attempts,
            finished_at: parsed_or_none(table, "finished_at", self.finished_at.as_deref())?,
            result: self.result,
            failure: self.failure,
        })
    }
}
