//! The store's portfolios and transactions in the lake, so that a night reads tables only.
//!
//! Transactions never change, so that a night copies those that are new. How far they have been copied is remembered
//! with the table: the number that the store gave to the last one. Everything is copied again when the mirror is not
//! what the store holds up to that number: because rows became visible late, the store is another one than before, or
//! the table has got other columns.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use lake::{Copied, DateRange, Lake, Mark, RecordBatch, Snapshot};
use schemas::table::Record;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;

use crate::error::Error;
use crate::{StageReport, Work};

/// How far the transactions of the store have been copied.
#[derive(Clone, Debug)]
pub struct Mirrored {
    snapshot: Snapshot,
    /// The number that the store gave to the last one that was copied; none if nothing is known of it.
    through_number: Option<i64>,
}

impl Mirrored {
    /// What the lake has of the transactions.
    ///
    /// # Errors
    /// [`Error::Lake`] if the table cannot be read.
    pub async fn now(lake: &Lake) -> Result<Mirrored, Error> {
        let snapshot = lake.snapshot(Transaction::TABLE).await?;
        let through_number = lake.written_revision(Transaction::TABLE, &mark_name()).await?;
        Ok(Mirrored { snapshot, through_number })
    }

    /// The number that the store gave to the last one that was copied; none if nothing is known of it.
    pub fn through_number(&self) -> Option<i64> {
        self.through_number
    }

    /// Whether the mirror holds as many transactions as the store has up to the last number, and among them the one
    /// that the store has under that number, recorded at the same instant.
    ///
    /// # Errors
    /// [`Error::Lake`] if the table cannot be read.
    pub async fn holds(&self, lake: &Lake, count: u64, last: &Transaction) -> Result<bool, Error> {
        if self.snapshot.row_count() != count {
            return Ok(false);
        }
        let (portfolio, id) = (last.portfolio_id.to_string(), last.transaction_id.clone());
        let (portfolio, id) = (BTreeSet::from([portfolio]), BTreeSet::from([id]));
        let words = [("portfolio_id", &portfolio), ("transaction_id", &id)];
        let of_day = DateRange::between(last.trade_date, last.trade_date);
        let found: Vec<Transaction> = lake::read::rows_named(&self.snapshot, lake, of_day, &words).await?;
        Ok(found.iter().any(|row| row.recorded_at == last.recorded_at))
    }
}

/// Transactions on their way into the mirror.
#[derive(Debug, Default)]
pub struct Copy {
    batches: Vec<RecordBatch>,
    count: u64,
    through_number: i64,
}

impl Copy {
    /// Those that come after a number of the store.
    pub fn after(number: i64) -> Copy {
        Copy { through_number: number, ..Copy::default() }
    }

    /// Adds some, with the number of the last.
    ///
    /// # Errors
    /// [`Error::Lake`] if a number is too large for its column.
    pub fn push(&mut self, transactions: &[Transaction], last_number: i64) -> Result<(), Error> {
        self.batches.push(Transaction::to_batch(transactions).map_err(lake::Error::from)?);
        self.count += u64::try_from(transactions.len()).unwrap_or(u64::MAX);
        self.through_number = last_number;
        Ok(())
    }
}

/// Replaces the mirrored portfolios by the store's, and adds transactions to the mirrored ones, or replaces them all if
/// the copy is one of everything. Returns none, and has written no transactions, if the mirror has changed meanwhile.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be written.
pub async fn mirror(
    lake: &Lake,
    work: &Work,
    portfolios: &[Portfolio],
    before: &Mirrored,
    (copied, copy): (Copied, &Copy),
) -> Result<Option<StageReport>, Error> {
    let name = mark_name();
    let mark = Mark { name: &name, number: copy.through_number };
    let key = work.key(Transaction::TABLE.name);
    let version = before.snapshot.version();
    let written = lake.copy_at(version, Transaction::TABLE, &copy.batches, copied, (&key, mark)).await?;
    let Some(written) = written else { return Ok(None) };
    let first = lake.replace_all(portfolios, &work.key(Portfolio::TABLE.name)).await?;
    let all = match copied {
        Copied::Everything => copy.count,
        Copied::More => before.snapshot.row_count() + copy.count,
    };
    Ok(Some(StageReport {
        rows_written: first.rows + written.rows,
        note: format!("{} portfolios, {all} transactions, of which {} were copied", portfolios.len(), copy.count),
        ..StageReport::default()
    }))
}

/// The name under which the table remembers how far it is: another one when the columns are others.
fn mark_name() -> String {
    let mut hash = DefaultHasher::new();
    for column in Transaction::TABLE.columns {
        column.name.hash(&mut hash);
    }
    format!("financr/mirror/{:016x}", hash.finish())
}
