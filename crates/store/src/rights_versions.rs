//! Whether what was decided about somebody's rights still holds.
//!
//! The database raises a number with every change after which somebody may do less, or something else, than before
//! (docs/adr/0041). Whoever remembers a decision remembers the number with it.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::database::reading;
use crate::error::{Error, Result};
use crate::store::Store;

/// Transactions that this process committed, in whatever store.
static COMMITS: AtomicU64 = AtomicU64::new(0);

const SELECT: &str = include_str!("queries/rights_versions/select.sql");

/// Counts a transaction that was committed just now.
pub(crate) fn count_commit() {
    COMMITS.fetch_add(1, Ordering::AcqRel);
}

impl Store {
    /// How often this process has changed a store so far. As long as it is the same, only other processes can have
    /// changed rights.
    pub fn commits() -> u64 {
        COMMITS.load(Ordering::Acquire)
    }

    /// The number of changes of rights so far.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn rights_version(&self) -> Result<i64> {
        reading!(&self.database, pool => sqlx::query_scalar::<_, i64>(SELECT).fetch_one(pool).await)
            .map_err(Error::query("read the version of the rights"))
    }
}
