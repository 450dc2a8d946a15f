//! Conform: landed bytes into silver.

use super::{Job, Step};

/// The step.
pub(super) const STEP: Step = Step {
    name: "conform",
    run: |context, _work| Box::pin(async move { Ok(pipelines::conform::conform(&context.lake).await?) }),
};

/// Landed bytes into silver.
pub static JOB: Job = Job {
    name: "conform",
    definition: "reads what has landed into the silver tables and writes down every row that cannot be used",
    ingests: false,
    once: false,
    steps: &[STEP],
};
