//! Orders: what callers of the API ordered.

use pipelines::StageReport;

use super::{Job, Step};
use crate::context::Context;
use crate::error::Error;
use crate::on_demand::work_off;

/// The step.
const STEP: Step = Step { name: "orders", run: |context, _work| Box::pin(orders(context)) };

/// What was ordered.
pub static JOB: Job = Job {
    name: "orders",
    definition: "does what callers of the API ordered and is due, as `financr serve` does by itself",
    ingests: false,
    once: false,
    steps: &[STEP],
};

async fn orders(context: &Context) -> Result<StageReport, Error> {
    let done = work_off(context).await?;
    Ok(StageReport { note: format!("{done} orders worked on"), ..StageReport::default() })
}
