//! `financr run`: a job for a business date, or for a range of them.

use std::sync::{Arc, Mutex};

use clap::Args;
use jobs::catalog::{JOBS, Job, job, statements};
use jobs::{Context, Outcome, Progress, Request, run};
use schemas::{BusinessDate, CalendarPeriod, PortfolioId};
use serde_json::Value;
use store::{Run, RunState, RunStep};

use super::Session;
use crate::config::Config;
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
    #[arg(long, conflicts_with_all = ["from", "to"], required_unless_present_any = ["from", "period"])]
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
    /// The month, quarter or year of `statements`, e.g. 2017-06, 2017-Q2 or 2017
    #[arg(long, conflicts_with_all = ["date", "from", "to"])]
    period: Option<CalendarPeriod>,
    /// With --period, only the statements of this portfolio; may be given more than once
    #[arg(long, value_name = "ID", requires = "period")]
    portfolio: Vec<PortfolioId>,
    /// With --period, only statements of this kind, e.g. client_assets; may be given more than once
    #[arg(long, value_name = "KIND", requires = "period")]
    kind: Vec<String>,
}

fn jobs_help() -> String {
    let lines: Vec<String> = JOBS.iter().map(|job| format!("  {:<10} {}", job.name, job.definition)).collect();
    format!("Jobs:\n{}", lines.join("\n"))
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let job = job(&arguments.job)?;
    if let Some(period) = arguments.period {
        if job.name != statements::JOB.name {
            let problem = format!("--period is for `financr run statements`; give `{}` a --date", job.name);
            return Err(Usage(problem).into());
        }
        return batch(session, &config, period, arguments).await;
    }
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

/// Writes the statements of a period, and lists all of those that are blocked.
async fn batch(
    session: &Session,
    config: &Config,
    period: CalendarPeriod,
    Arguments { portfolio, kind, .. }: &Arguments,
) -> anyhow::Result<Ending> {
    let snags = Arc::new(Mutex::new(Vec::new()));
    let (shown, kept) = (session.display.watcher(), Arc::clone(&snags));
    let watcher = Arc::new(move |progress: Progress| {
        if let (Progress::StepFinished { report, .. }, Ok(mut kept)) = (&progress, kept.lock()) {
            kept.extend(report.snags.iter().cloned());
        }
        shown(progress);
    });
    let context = house::open(config, watcher).await?;
    let outcome = statements::statements_of(&context, period, portfolio, kind).await?;
    let ending = report(session, &outcome)?;
    let snags = snags.lock().map(|snags| snags.clone()).unwrap_or_default();
    for snag in snags {
        session.say(&snag)?;
    }
    Ok(ending)
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
