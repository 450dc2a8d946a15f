//! Roll up: daily returns, measures and risk.

use super::{Job, Step};

/// The step.
pub(super) const STEP: Step = Step {
    name: "roll_up",
    run: |context, work| Box::pin(async move { Ok(pipelines::rollups::roll_up(&context.lake, work).await?) }),
};

/// Gold from gold.
pub static JOB: Job = Job {
    name: "rollup",
    definition: "makes daily returns, measures, risk and backtests of the dates from the books",
    ingests: false,
    once: false,
    steps: &[STEP],
};
