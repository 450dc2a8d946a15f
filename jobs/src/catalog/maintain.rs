//! Maintain: many small files become few, and what nobody asks for any more is deleted from the store.

use chrono::TimeDelta;
use pipelines::StageReport;
use schemas::tables::TABLES;

use super::{Job, Step};
use crate::context::Context;
use crate::error::Error;

/// The step.
pub(super) const STEP: Step = Step { name: "maintain", run: |context, _work| Box::pin(maintain(context)) };

/// Fewer files.
pub static JOB: Job = Job {
    name: "maintain",
    definition: "writes the rows of many small files of a table into few; no row changes and old versions stay; and \
                 deletes tokens, attempts and orders of users that were over 30 days ago",
    ingests: false,
    once: false,
    steps: &[STEP],
};

/// For how long tokens stay after the end of their session, and orders after they ended.
const SECRETS_KEPT: TimeDelta = TimeDelta::days(30);

async fn maintain(context: &Context) -> Result<StageReport, Error> {
    let mut before = 0;
    let mut after = 0;
    for definition in TABLES {
        let compacted = lake::maintenance::compact(&context.lake, definition).await?;
        before += compacted.files_before;
        after += compacted.files_after;
    }
    let now = context.clock.now();
    context.store.delete_past_secrets(now.checked_sub_signed(SECRETS_KEPT).unwrap_or(now)).await?;
    Ok(StageReport { note: format!("{after} files, {} fewer", before - after.min(before)), ..StageReport::default() })
}
