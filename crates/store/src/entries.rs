//! Entries: what somebody opened, changed, booked or corrected by hand, who it was, when, and why.
//!
//! An import takes what is new and lists the rest; an entry is done as a whole or not at all, because whoever enters it
//! is there to be told. It never overwrites what somebody else did meanwhile.

use chrono::{DateTime, Utc};
use schemas::PortfolioId;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;

use crate::database::{SqlTransaction, reading, within};
use crate::delivery_records::decided;
use crate::error::{Error, Result};
use crate::one_transaction::with_reversal_within;
use crate::portfolios;
use crate::store::{Store, StoreKind};
use crate::stored_text::{instant, parsed, stored_words};
use crate::transactions::{Conflict, ImportOutcome, import_within};

stored_words! {
    /// What was entered.
    EntryKind, "kind of entry":
    /// A portfolio was opened.
    Opening = "opening",
    /// What is agreed about a portfolio was changed.
    Change = "change",
    /// Transactions were booked.
    Bookings = "bookings",
    /// A booked transaction was corrected.
    Correction = "correction",
}

/// Who enters something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryBy {
    /// The id, made at random.
    pub entry_id: String,
    /// The id of the user, or `house`.
    pub entered_by: String,
}

/// What a correction is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The transaction that is corrected.
    pub corrects: String,
    /// The one that takes it back.
    pub reversal_id: String,
    /// The one that takes its place; none if nothing does.
    pub replacement_id: Option<String>,
    /// Why.
    pub reason: String,
}

/// A correction that was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnteredCorrection {
    /// Who entered it.
    pub by: EntryBy,
    /// When.
    pub entered_at: DateTime<Utc>,
    /// What it is about.
    pub correction: Correction,
}

/// What opening a portfolio came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenOutcome {
    /// It was not there.
    Opened,
    /// It was there, just like this.
    Unchanged,
    /// Its id is that of another one, or of this one agreed otherwise; nothing was written.
    Taken,
}

/// What changing a portfolio came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOutcome {
    /// It is different now.
    Changed,
    /// It was like this already.
    Unchanged,
    /// It is not what the change was made from any more; nothing was written.
    Stale,
}

const INSERT: &str = include_str!("queries/entries/insert.sql");
const SELECT_OF_TRANSACTION: &str = include_str!("queries/entries/select_of_transaction.sql");
const SELECT_LAST_SEQUENCE: &str = include_str!("queries/entries/select_last_sequence.sql");

impl Store {
    /// Opens a portfolio, unless its id is taken.
    ///
    /// # Errors
    /// As [`Store::save_portfolio`].
    pub async fn open_portfolio(
        &self,
        portfolio: &Portfolio,
        synthetic: bool,
        by: &EntryBy,
        now: DateTime<Utc>,
    ) -> Result<OpenOutcome> {
        let mut work = self.database.begin().await?;
        if !self.insert_within(&mut work, portfolio, synthetic, now).await? {
            let before = portfolios::stored(&mut work, &portfolio.portfolio_id).await?;
            let is_same = before.as_ref() == Some(portfolio);
            return Ok(if is_same { OpenOutcome::Unchanged } else { OpenOutcome::Taken });
        }
        insert(&mut work, &portfolio.portfolio_id, EntryKind::Opening, by, None, now).await?;
        work.commit().await?;
        Ok(OpenOutcome::Opened)
    }

    /// Changes a portfolio, if it is still what the change was made from. Its id stays.
    ///
    /// # Errors
    /// As [`Store::save_portfolio`].
    pub async fn change_portfolio(
        &self,
        before: &Portfolio,
        after: &Portfolio,
        by: &EntryBy,
        now: DateTime<Utc>,
    ) -> Result<ChangeOutcome> {
        let after = Portfolio { portfolio_id: before.portfolio_id.clone(), ..after.clone() };
        let mut work = self.database.begin().await?;
        portfolios::lock(&mut work, &before.portfolio_id).await?;
        if portfolios::stored(&mut work, &before.portfolio_id).await?.as_ref() != Some(before) {
            return Ok(ChangeOutcome::Stale);
        }
        if *before == after {
            return Ok(ChangeOutcome::Unchanged);
        }
        let synthetic = self.kind() == StoreKind::Demo;
        self.save_within(&mut work, &after, synthetic, now).await?;
        insert(&mut work, &before.portfolio_id, EntryKind::Change, by, None, now).await?;
        work.commit().await?;
        Ok(ChangeOutcome::Changed)
    }

    /// Books transactions of one portfolio after those that are there: all of them, or none if one conflicts with what
    /// is booked or is dated in a closed year. What is there with the same content is left as it is.
    ///
    /// - `correction`: what is corrected by them; none if they are new.
    ///
    /// # Errors
    /// As [`Store::import_transactions`]; [`Error::DecisionWithout`] for a correction without a reason.
    pub async fn book(
        &self,
        portfolio_id: &PortfolioId,
        transactions: &[Transaction],
        by: &EntryBy,
        correction: Option<&Correction>,
        now: DateTime<Utc>,
    ) -> Result<ImportOutcome> {
        let mut work = self.database.begin().await?;
        if !portfolios::lock(&mut work, portfolio_id).await? {
            return Err(Error::UnknownPortfolio { portfolio_id: portfolio_id.clone() });
        }
        let last: i64 = within!(&mut work, open => {
            sqlx::query_scalar(SELECT_LAST_SEQUENCE).bind(portfolio_id.as_str()).fetch_one(open).await
        })
        .map_err(Error::query("read the last place of a booking"))?;
        let numbered = transactions.iter().zip(last.saturating_add(1)..);
        let placed: Vec<Transaction> = numbered
            .map(|(transaction, booking_sequence)| Transaction { booking_sequence, ..transaction.clone() })
            .collect();
        let twice = taken_back_twice(&mut work, portfolio_id, &placed).await?;
        if !twice.is_empty() {
            return Ok(ImportOutcome { conflicts: twice, ..ImportOutcome::default() });
        }
        let outcome = import_within(&mut work, portfolio_id, &placed, now).await?;
        if !outcome.conflicts.is_empty() || !outcome.locked.is_empty() || outcome.inserted == 0 {
            return Ok(outcome);
        }
        let kind = if correction.is_some() { EntryKind::Correction } else { EntryKind::Bookings };
        insert(&mut work, portfolio_id, kind, by, correction, now).await?;
        work.commit().await?;
        Ok(outcome)
    }

    /// The corrections in which a transaction is corrected, takes another one back, or takes its place; the first
    /// first.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn corrections_of(
        &self,
        portfolio_id: &PortfolioId,
        transaction_id: &str,
    ) -> Result<Vec<EnteredCorrection>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, EntryRow>(SELECT_OF_TRANSACTION)
                .bind(portfolio_id.as_str())
                .bind(transaction_id)
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the corrections of a transaction"))?;
        rows.into_iter().filter_map(|row| row.correction().transpose()).collect()
    }
}

/// The reversals of what another one has taken back: somebody else may have corrected it meanwhile.
async fn taken_back_twice(
    work: &mut SqlTransaction,
    portfolio_id: &PortfolioId,
    given: &[Transaction],
) -> Result<Vec<Conflict>> {
    let mut found = Vec::new();
    for transaction in given {
        let Some(target) = &transaction.reverses else { continue };
        let stored = with_reversal_within(work, portfolio_id, target).await?;
        let is_another = |row: &&Transaction| {
            row.reverses.as_ref() == Some(target) && row.transaction_id != transaction.transaction_id
        };
        if let Some(other) = stored.iter().find(is_another) {
            let message = format!("`{target}` has been taken back already by `{}`", other.transaction_id);
            let (transaction_id, origin) = (transaction.transaction_id.clone(), transaction.origin.clone());
            found.push(Conflict { transaction_id, origin, message });
        }
    }
    Ok(found)
}

async fn insert(
    work: &mut SqlTransaction,
    portfolio_id: &PortfolioId,
    kind: EntryKind,
    by: &EntryBy,
    correction: Option<&Correction>,
    now: DateTime<Utc>,
) -> Result<()> {
    let reason = correction.map(|correction| decided("a reason", &correction.reason)).transpose()?;
    within!(work, open => {
        sqlx::query(INSERT)
            .bind(by.entry_id.as_str())
            .bind(portfolio_id.as_str())
            .bind(kind.word())
            .bind(by.entered_by.as_str())
            .bind(instant(now))
            .bind(reason)
            .bind(correction.map(|correction| correction.corrects.as_str()))
            .bind(correction.map(|correction| correction.reversal_id.as_str()))
            .bind(correction.and_then(|correction| correction.replacement_id.as_deref()))
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("write down an entry"))
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    entry_id: String,
    entered_by: String,
    entered_at: String,
    reason: Option<String>,
    corrects: Option<String>,
    reversal_id: Option<String>,
    replacement_id: Option<String>,
}

impl EntryRow {
    /// The correction; none if the entry is of something else.
    fn correction(self) -> Result<Option<EnteredCorrection>> {
        let (Some(corrects), Some(reversal_id), Some(reason)) = (self.corrects, self.reversal_id, self.reason) else {
            return Ok(None);
        };
        Ok(Some(EnteredCorrection {
            by: EntryBy { entry_id: self.entry_id, entered_by: self.entered_by },
            entered_at: parsed("entries", "entered_at", &self.entered_at)?,
            correction: Correction { corrects, reversal_id, replacement_id: self.replacement_id, reason },
        }))
    }
}
