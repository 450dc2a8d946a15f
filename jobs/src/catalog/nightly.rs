//! The night: ingest → conform → check → book → roll up → check → publish → deliver.

use super::{Job, book, check, conform, deliver, maintain, publish, rollup};

/// Everything that is due for a business date, or one rebuild of a range of them. Ingesting comes first and is not a
/// step: what it brings in decides whether there is anything to do.
pub static JOB: Job = Job {
    name: "nightly",
    definition: "takes in what is new, values every portfolio, checks, writes what is due and delivers it",
    ingests: true,
    once: true,
    steps: &[
        conform::STEP,
        book::MIRROR,
        book::CATCH_UP,
        check::SILVER,
        book::STEP,
        rollup::STEP,
        check::GOLD,
        book::MARK,
        publish::DUE,
        deliver::STEP,
        maintain::STEP,
    ],
};
