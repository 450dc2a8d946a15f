//! `financr run`: a job for a business date, or for a range of them.

use clap::Args;
use jobs::catalog::{JOBS, Job, job};
use jobs::{Context, Outcome, Request, run};
use schemas::BusinessDate;
use serde_json::Value;
use store::{Run, RunState, RunStep};

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::Listing;

/// Run a job: nightly, or one of its stages alone
#[derive(Debug, Args)]
#[command(after_help = jobs_help())]
pub(super) struct Arguments {
    /// The job
    job: String,
    /// The business date, e.g. 2014-12-31
    #[arg(long, conflicts_with_all = ["from", "to"], required_unless_present = "from")]
    date: Option<BusinessDate>,
    /// The first business date of a range, which is worked on as one rebuild
    #[arg(long, requires = "to")]
    from: Option<BusinessDate>,
    /// The last business date of the range
    #[arg(long, requires = "from")]
    to: Option<BusinessDate>,
    /// Work on the range night by night instead, as if each had been run on its day
    #[arg(long, requires = "from")]
    each_night: bool,
}

fn jobs_help() -> String {
    let lines: Vec<String> = JOBS.iter().map(|job| format!("  {:<9} {}", job.name, job.definition)).collect();
    format!("Jobs:\n{}", lines.join("\n"))
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let job = job(&arguments.job)?;
    let (from, to) = match (arguments.date, arguments.from, arguments.to) {
        (Some(date), _, _) => (date, date),
        (None, Some(from), Some(to)) => (from, to),
        _ => return Err(Usage("give --date, or --from and --to".to_owned()).into()),
    };
    let context = house::open(&config, session.display.watcher()).await?;
    if arguments.each_night {
        return nights(session, &context, job, from, to).await;
    }
    let outcome = run(&context, job, Request { from, to }).await?;
    report(session, &outcome)
}

/// Runs a night for every day of the range on which anything was quoted.
async fn nights(
    session: &Session,
    context: &Context,
    job: &'static Job,
    from: BusinessDate,
    to: BusinessDate,
) -> anyhow::Result<Ending> {
    let days = jobs::days_with_quotes(context, from, to).await?;
    let mut partial = false;
    let mut listing = Listing::new(&["date", "run", "state", "rows", "ms"]);
    for (done, date) in days.iter().enumerate() {
        match run(context, job, Request { from: *date, to: *date }).await? {
            Outcome::Done { run, steps } => {
                partial |= run.state != RunState::Finished;
                let (rows, ms) = totals(&steps);
                listing.push([
                    date.to_string().into(),
                    run.id.to_string().into(),
                    run.state.to_string().into(),
                    rows.into(),
                    ms.into(),
                ]);
            }
            Outcome::NothingToDo { run } => {
                listing.push([
                    date.to_string().into(),
                    run.id.to_string().into(),
                    "done before".into(),
                    Value::Null,
                    Value::Null,
                ]);
            }
        }
        session.display.advance(done + 1, days.len());
    }
    session.write(&listing)?;
    Ok(if partial { Ending::Partial } else { Ending::Done })
}

fn totals(steps: &[RunStep]) -> (i64, i64) {
    (steps.iter().map(|step| step.rows_written).sum(), steps.iter().map(|step| step.duration_ms).sum())
}

/// Shows how a run ended.
pub(super) fn report(session: &Session, outcome: &Outcome) -> anyhow::Result<Ending> {
    match outcome {
        Outcome::NothingToDo { run } => {
            session.say(&format!(
                "nothing to do: run {} {} this with the same inputs",
                run.id,
                if run.state == RunState::Blocked { "did as much as it could of" } else { "has done" }
            ))?;
            if session.format != crate::listing::Format::Table {
                session.write(&steps_listing(&[]))?;
            }
            Ok(ending(run))
        }
        Outcome::Done { run, steps } => {
            session.write(&steps_listing(steps))?;
            session.say(&sentence(run, steps))?;
            Ok(ending(run))
        }
    }
}

fn ending(run: &Run) -> Ending {
    if run.state == RunState::Blocked { Ending::Partial } else { Ending::Done }
}

/// The steps of a run as rows.
pub(super) fn steps_listing(steps: &[RunStep]) -> Listing {
    let mut listing = Listing::new(&["step", "state", "rows", "ms", "what it did"]);
    for step in steps {
        listing.push([
            step.name.clone().into(),
            step.state.to_string().into(),
            step.rows_written.into(),
            step.duration_ms.into(),
            step.note.clone().into(),
        ]);
    }
    listing
}

fn sentence(run: &Run, steps: &[RunStep]) -> String {
    let (rows, ms) = totals(steps);
    let seconds = ms / 1000;
    let tenths = ms % 1000 / 100;
    format!("run {}: {}, {rows} rows in {seconds}.{tenths} s", run.id, run.state)
}
