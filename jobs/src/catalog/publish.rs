//! Publish: the statements that are due, archived and announced.

use super::{Job, Step};
use crate::publication::{Which, publish};

/// What is due on the last date.
pub(super) const DUE: Step =
    Step { name: "publish", run: |context, work| Box::pin(publish(context, work, Which::Due)) };

/// Every portfolio, due or not.
const ALL: Step = Step { name: "publish", run: |context, work| Box::pin(publish(context, work, Which::All)) };

/// Statements for a date on which none need be due.
pub static JOB: Job = Job {
    name: "publish",
    definition: "writes the statement of every portfolio for the date, due or not, and puts the mails into the outbox",
    ingests: false,
    once: false,
    steps: &[ALL],
};
