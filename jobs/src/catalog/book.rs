//! Book: positions, flows, gains and values from the transactions.

use lake::Copied;
use pipelines::mirror::{Copy, Mirrored};
use pipelines::{StageReport, Work, history};
use schemas::tables::transactions::Transaction;

use super::{Job, Step};
use crate::context::Context;
use crate::error::Error;

/// Portfolios and transactions from the store into the lake.
pub(super) const MIRROR: Step = Step { name: "mirror", run: |context, work| Box::pin(mirror(context, work)) };

/// Transactions that are held as records at once on their way into the mirror.
const COPIED_AT_ONCE: u32 = 100_000;
/// How often the mirror may change under the copying before it is given up.
const ATTEMPTS: usize = 5;

/// The mirror holds every transaction, whatever the date of the run, so that two runs for different dates make the same
/// mirror.
async fn mirror(context: &Context, work: &Work) -> Result<StageReport, Error> {
    let portfolios = context.store.portfolios().await?;
    for _ in 0..ATTEMPTS {
        let before = Mirrored::now(&context.lake).await?;
        let (copied, copy) = copy(context, &before).await?;
        if let Some(report) =
            pipelines::mirror::mirror(&context.lake, work, &portfolios, &before, (copied, &copy)).await?
        {
            return Ok(report);
        }
    }
    Err(Error::Mirror { attempts: ATTEMPTS })
}

/// What the mirror lacks, if it is what the store holds up to the number through which it was copied; else everything.
async fn copy(context: &Context, before: &Mirrored) -> Result<(Copied, Copy), Error> {
    if let Some(through) = before.through_number() {
        let last = context.store.transactions_after(through - 1, 1).await?.pop();
        let new = copy_after(context, through).await?;
        // Counted after the new ones were read: one that is missing up to the number is missed here or by the next run.
        let count = context.store.transaction_count_through(through).await?;
        if let Some((_, last)) = last.filter(|(number, _)| *number == through)
            && before.holds(&context.lake, count, &last).await?
        {
            return Ok((Copied::More, new));
        }
    }
    Ok((Copied::Everything, copy_after(context, 0).await?))
}

async fn copy_after(context: &Context, number: i64) -> Result<Copy, Error> {
    let mut copy = Copy::after(number);
    let mut through = number;
    loop {
        let page = context.store.transactions_after(through, COPIED_AT_ONCE).await?;
        let Some((last, _)) = page.last() else { return Ok(copy) };
        through = *last;
        let transactions: Vec<Transaction> = page.into_iter().map(|(_, transaction)| transaction).collect();
        copy.push(&transactions, through)?;
    }
}

/// The days before, if they are missing or no longer follow from what is known.
pub(super) const CATCH_UP: Step = Step { name: "catch_up", run: |context, work| Box::pin(catch_up(context, work)) };

async fn catch_up(context: &Context, work: &Work) -> Result<StageReport, Error> {
    let note = |note: &str| Ok(StageReport { note: note.to_owned(), ..StageReport::default() });
    let Some((first, last)) = history::days_before(&context.lake, work.from).await? else {
        return note("there is nothing before");
    };
    let touched = history::touched(&context.lake, work.age_limits, first, last).await?;
    if touched.is_empty() {
        return note("the days before are as they were");
    }
    Ok(history::rebuild(&context.lake, work, &touched, last).await?)
}

/// From which facts the gold of the dates was made, so that the next night sees what has changed since.
pub(super) const MARK: Step =
    Step { name: "mark", run: |context, work| Box::pin(async move { Ok(history::mark(&context.lake, work).await?) }) };

/// The books.
pub(super) const STEP: Step = Step {
    name: "book",
    run: |context, work| Box::pin(async move { Ok(pipelines::books::book(&context.lake, work).await?) }),
};

/// Mirror and books.
pub static JOB: Job = Job {
    name: "book",
    definition: "keeps the books: positions, cash flows, realised gains and valuations of the dates",
    ingests: false,
    once: false,
    steps: &[MIRROR, STEP],
};
