//! Every job, one per file.

pub mod book;
pub mod check;
pub mod conform;
pub mod deliver;
pub mod ingest;
pub mod maintain;
pub mod nightly;
pub mod orders;
pub mod publish;
pub mod rollup;
pub mod statements;

use std::future::Future;
use std::pin::Pin;

use pipelines::{StageReport, Work};

use crate::context::Context;
use crate::error::Error;

/// What a step returns.
pub type Done<'a> = Pin<Box<dyn Future<Output = Result<StageReport, Error>> + Send + 'a>>;

/// A part of a job that is done as a whole, and recorded when it is.
#[derive(Clone, Copy)]
pub struct Step {
    /// The name, unique within the job.
    pub name: &'static str,
    /// Does it. Doing it twice changes nothing.
    pub run: for<'a> fn(&'a Context, &'a Work) -> Done<'a>,
}

/// A job that can be run by name.
#[derive(Clone, Copy)]
pub struct Job {
    /// The name, on the command line and in run ids.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub definition: &'static str,
    /// Whether it may take in new facts before it starts.
    pub ingests: bool,
    /// Whether a finished run with the same inputs makes another one needless.
    pub once: bool,
    /// The steps, in order.
    pub steps: &'static [Step],
}

/// Every job.
pub const JOBS: &[&Job] = &[
    &nightly::JOB,
    &ingest::JOB,
    &conform::JOB,
    &check::JOB,
    &book::JOB,
    &rollup::JOB,
    &publish::JOB,
    &statements::JOB,
    &deliver::JOB,
    &orders::JOB,
    &maintain::JOB,
];

/// The job of a name.
///
/// # Errors
/// [`Error::UnknownJob`] with the names that are known.
pub fn job(name: &str) -> Result<&'static Job, Error> {
    JOBS.iter().find(|job| job.name == name).copied().ok_or_else(|| Error::UnknownJob {
        name: name.to_owned(),
        known: JOBS.iter().map(|job| job.name).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<String> = JOBS.iter().map(|job| format!("{}.rs", job.name)).collect();
        assert_eq!(listed.len(), JOBS.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalog");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let on_disk: BTreeSet<String> =
            files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(on_disk, listed);
    }

    #[test]
    fn steps_of_a_job_have_different_names() {
        for job in JOBS {
            let names: BTreeSet<&str> = job.steps.iter().map(|step| step.name).collect();
            assert_eq!(names.len(), job.steps.len(), "{}", job.name);
        }
    }
}
