//! Many books at once: portfolios with what is booked in them.
//!
//! A commit has to reach the disk and writes whole pages of every index that it touches, so a share of books in one
//! transaction costs a fraction of what as many transactions cost.

use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{Clock, PortfolioId};

use crate::error::Result;
use crate::portfolios::SaveOutcome;
use crate::store::Store;
use crate::transactions::{ImportOutcome, import_within};

/// A portfolio and transactions that are to be booked in it.
#[derive(Clone, Copy, Debug)]
pub struct Book<'a> {
    /// The portfolio as it is agreed now.
    pub portfolio: &'a Portfolio,
    /// Whether it is invented.
    pub synthetic: bool,
    /// The transactions, all of this portfolio.
    pub transactions: &'a [Transaction],
}

/// What became of a book.
#[derive(Debug)]
pub enum BookOutcome {
    /// The portfolio is saved and its transactions are sorted out.
    Taken(SaveOutcome, ImportOutcome),
    /// The portfolio would change closed years; nothing of the book was written.
    Refused(crate::Error),
}

impl Store {
    /// Saves portfolios and imports their transactions: all books of the slice, or none if the database fails.
    ///
    /// Each book is treated as [`Store::save_portfolio`] and [`Store::import_transactions`] would treat it. One that
    /// would change closed years is refused by itself; the others are taken. The outcomes have the order of the books.
    ///
    /// # Errors
    /// As those two; nothing of any book is written then. An error that
    /// [is of refused content](crate::Error::is_refused_content) is one book's: give them one by one to learn whose.
    pub async fn import_books(&self, books: &[Book<'_>], clock: Clock) -> Result<Vec<BookOutcome>> {
        let now = clock.now();
        // Whoever holds the rows of several portfolios takes them in the order of their ids, so nobody waits in a ring.
        let mut order: Vec<usize> = (0..books.len()).collect();
        order.sort_by_key(|index| books.get(*index).map(|book| &book.portfolio.portfolio_id));
        let mut work = self.database.begin().await?;
        let mut outcomes: Vec<Option<BookOutcome>> = books.iter().map(|_| None).collect();
        for index in order {
            let (Some(book), Some(place)) = (books.get(index), outcomes.get_mut(index)) else { continue };
            let id: &PortfolioId = &book.portfolio.portfolio_id;
            let saved = self.save_within(&mut work, book.portfolio, book.synthetic, now).await;
            *place = Some(match saved {
                Ok(saved) => BookOutcome::Taken(saved, import_within(&mut work, id, book.transactions, now).await?),
                Err(error) if error.is_of_closed_years() => BookOutcome::Refused(error),
                Err(error) => return Err(error),
            });
        }
        work.commit().await?;
        Ok(outcomes.into_iter().flatten().collect())
    }
}
