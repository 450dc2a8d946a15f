//! Books go into the store in shares, and what became of each goes into the report.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::path::PathBuf;

use pipelines::doubts::Quoted;
use pipelines::sources::book_folder::BookFolder;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use store::{Book, BookOutcome, Conflict, ImportOutcome, SaveOutcome};

use crate::context::{Context, Progress};
use crate::error::Error;
use crate::import::ImportReport;

/// Books that go into the store at once: enough to make a commit's own cost small.
const SHARE_BOOKS: usize = 250;
/// Transactions that go into the store at once, unless one book has more: others who write wait meanwhile.
const SHARE_TRANSACTIONS: usize = 20_000;

/// A book that is to go into the store.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    /// The portfolio with its transactions.
    pub(crate) book: Book<'a>,
    /// In what its instruments are quoted.
    pub(crate) quoted: &'a Quoted,
    /// The `booking_sequence` of what its source calls refunds.
    pub(crate) refunds: &'a BTreeSet<i64>,
}

impl<'a> Given<'a> {
    /// The book of a folder.
    pub(crate) fn of(folder: &'a BookFolder, quoted: &'a Quoted, refunds: &'a BTreeSet<i64>) -> Given<'a> {
        let BookFolder { portfolio, synthetic, transactions, .. } = folder;
        Given { book: Book { portfolio, synthetic: *synthetic, transactions }, quoted, refunds }
    }
}

/// Saves portfolios and books their transactions. Those that a person should look at are noted in the report.
pub(crate) async fn save_books(context: &Context, books: &[Given<'_>], report: &mut ImportReport) -> Result<(), Error> {
    let mut rest = books;
    while !rest.is_empty() {
        let (share, others) = rest.split_at(share_length(rest));
        save_share(context, share, report).await?;
        rest = others;
        (context.watch)(Progress::Advanced { done: books.len() - rest.len(), total: books.len() });
    }
    Ok(())
}

/// How many of the books make the next share: at least one.
fn share_length(books: &[Given<'_>]) -> usize {
    let mut transactions = 0;
    let fits = |given: &&Given<'_>| {
        transactions += given.book.transactions.len();
        transactions <= SHARE_TRANSACTIONS
    };
    books.iter().take(SHARE_BOOKS).take_while(fits).count().max(1)
}

async fn save_share(context: &Context, share: &[Given<'_>], report: &mut ImportReport) -> Result<(), Error> {
    let books: Vec<Book<'_>> = share.iter().map(|given| given.book).collect();
    let outcomes = match context.store.import_books(&books, context.clock).await {
        Ok(outcomes) => outcomes,
        // What no check before has found must not keep the other books out.
        Err(error) if error.is_refused_content() => {
            for given in share {
                save_alone(context, given, report).await?;
            }
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    for (given, outcome) in share.iter().zip(outcomes) {
        match outcome {
            BookOutcome::Taken(saved, imported) => note(context, given, saved, imported, report),
            // Closed years stay as they are; the other books are taken all the same.
            BookOutcome::Refused(error) => report.failures.push((name(given), error.to_string())),
        }
    }
    Ok(())
}

/// Saves one book of a share in which the store refuses something; of the book at fault, only the portfolio.
async fn save_alone(context: &Context, given: &Given<'_>, report: &mut ImportReport) -> Result<(), Error> {
    let Book { portfolio, synthetic, transactions } = given.book;
    let saved = match context.store.save_portfolio(portfolio, synthetic, context.clock).await {
        Ok(saved) => saved,
        Err(error) if error.is_of_closed_years() => {
            report.failures.push((name(given), error.to_string()));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let now = context.clock.now();
    match context.store.import_transactions(&portfolio.portfolio_id, transactions, now).await {
        Ok(imported) => note(context, given, saved, imported, report),
        Err(error) if error.is_refused_content() => {
            note_saved(portfolio, saved, report);
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            let reason = format!("none of its transactions is booked, the store refuses one: {cause}; this is a bug");
            report.failures.push((name(given), reason));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn name(given: &Given<'_>) -> PathBuf {
    PathBuf::from(given.book.portfolio.portfolio_id.as_str())
}

fn note_saved(portfolio: &Portfolio, saved: SaveOutcome, report: &mut ImportReport) {
    let id = &portfolio.portfolio_id;
    match saved {
        SaveOutcome::Inserted => report.portfolios_new.push(id.clone()),
        SaveOutcome::Changed => report.portfolios_changed.push(id.clone()),
        SaveOutcome::Unchanged => report.portfolios_unchanged += 1,
    }
}

fn note(context: &Context, given: &Given<'_>, saved: SaveOutcome, imported: ImportOutcome, report: &mut ImportReport) {
    let Book { portfolio, transactions, .. } = given.book;
    note_saved(portfolio, saved, report);
    report.transactions_inserted += imported.inserted;
    report.transactions_unchanged += imported.unchanged;
    let refused: Vec<Conflict> = imported.conflicts.into_iter().chain(imported.locked).collect();
    let names: BTreeSet<(&str, &str)> =
        refused.iter().map(|row| (row.transaction_id.as_str(), row.origin.as_str())).collect();
    let is_booked = |row: &&Transaction| !names.contains(&(row.transaction_id.as_str(), row.origin.as_str()));
    let booked: Vec<&Transaction> = transactions.iter().filter(is_booked).collect();
    report.note_doubts(portfolio, &booked, given.quoted, given.refunds, context.clock.now());
    report.conflicts.extend(refused);
}
