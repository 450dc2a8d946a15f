//! Maintain: many small files become few.

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
    definition: "writes the rows of many small files of a table into few; no row changes and old versions stay",
    ingests: false,
    once: false,
    steps: &[STEP],
};

async fn maintain(context: &Context) -> Result<StageReport, Error> {
    let mut before = 0;
    let mut after = 0;
    for definition in TABLES {
        let compacted = lake::maintenance::compact(&context.lake, definition).await?;
        before += compacted.files_before;
        after += compacted.files_after;
    }
    Ok(StageReport { note: format!("{after} files, {} fewer", before - after.min(before)), ..StageReport::default() })
}
