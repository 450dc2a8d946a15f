//! Book: positions, flows, gains and values from the transactions.

use pipelines::{StageReport, Work, history};
use schemas::BusinessDate;

use super::{Job, Step};
use crate::context::Context;
use crate::error::Error;

/// Portfolios and transactions from the store into the lake.
pub(super) const MIRROR: Step = Step {
    name: "mirror",
    run: |context, work| {
        Box::pin(async move {
            let portfolios = context.store.portfolios().await?;
            let transactions = context.store.transactions_through(last_day()?).await?;
            Ok(pipelines::mirror::mirror(&context.lake, work, &portfolios, &transactions).await?)
        })
    },
};

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

/// The last day there is: the mirror holds every transaction, whatever the date of the run, so that two runs for
/// different dates make the same mirror.
fn last_day() -> Result<BusinessDate, Error> {
    "2199-12-31".parse().map_err(|error: schemas::dates::BusinessDateError| Error::Schedule {
        name: "mirror".to_owned(),
        problem: error.to_string(),
    })
}

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
