//! Book: positions, flows, gains and values from the transactions.

use super::{Job, Step};

/// Portfolios and transactions from the store into the lake.
pub(super) const MIRROR: Step = Step {
    name: "mirror",
    run: |context, work| {
        Box::pin(async move {
            let portfolios = context.store.portfolios().await?;
            let transactions = context.store.transactions_through(work.to).await?;
            Ok(pipelines::mirror::mirror(&context.lake, work, &portfolios, &transactions).await?)
        })
    },
};

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
