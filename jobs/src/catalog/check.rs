//! Check: consistency of silver before the books are kept, and of everything after.

use pipelines::checks::{Layer, check};

use super::{Job, Step};

/// Before the books are kept.
pub(super) const SILVER: Step = Step {
    name: "check_silver",
    run: |context, work| Box::pin(async move { Ok(check(&context.lake, work, Layer::Silver).await?) }),
};

/// After the figures are made.
pub(super) const GOLD: Step = Step {
    name: "check",
    run: |context, work| Box::pin(async move { Ok(check(&context.lake, work, Layer::Gold).await?) }),
};

/// All checks.
pub static JOB: Job = Job {
    name: "check",
    definition: "runs every consistency check and replaces the exceptions of the dates",
    ingests: false,
    once: false,
    steps: &[GOLD],
};
