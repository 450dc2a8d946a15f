//! Deliver: what is in the outbox.

use super::{Job, Step};
use crate::outbox::deliver;

/// The step.
pub(super) const STEP: Step = Step { name: "deliver", run: |context, _work| Box::pin(deliver(context)) };

/// The outbox.
pub static JOB: Job = Job {
    name: "deliver",
    definition: "sends every message of the outbox that is due and has not been sent",
    ingests: false,
    once: false,
    steps: &[STEP],
};
