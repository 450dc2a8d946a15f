//! Running a job: claim it, do the steps that are not done, write down what happened.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use lake::DateRange;
use pipelines::landing::sha256;
use pipelines::{HoldingYears, StageReport, Work};
use schemas::table::Record;
use schemas::tables::landings::Landing;
use schemas::{BusinessDate, PortfolioId, RunId, with_causes};
use store::{Claim, NewRun, Run, RunState, RunStep};

use crate::catalog::{Job, Step, ingest};
use crate::context::{Context, Progress};
use crate::error::Error;
use crate::owner;
use crate::publication::StatementPlan;

/// How long a process may be silent before another one takes its run.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How often a process says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What to run, and for which dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The first business date.
    pub from: BusinessDate,
    /// The last business date.
    pub to: BusinessDate,
}

/// How a job ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was done now.
    Done {
        /// The run as it stands.
        run: Run,
        /// What each step did, also those that an earlier process had done.
        steps: Vec<RunStep>,
    },
    /// It had been done before with the same inputs, and nothing was done now.
    NothingToDo {
        /// The run that did it.
        run: Run,
    },
}

/// Runs a job for a range of dates as one piece of work.
///
/// # Errors
/// [`Error::Held`] if another process is at it, [`Error::Step`] if a step fails; the same call goes on there.
pub async fn run(context: &Context, job: &'static Job, request: Request) -> Result<Outcome, Error> {
    run_of(context, job, request, None).await
}

/// Runs a job of which some portfolios are asked for.
pub(crate) async fn run_of(
    context: &Context,
    job: &'static Job,
    request: Request,
    portfolios: Option<Arc<BTreeSet<PortfolioId>>>,
) -> Result<Outcome, Error> {
    if request.to < request.from {
        return Err(Error::Range { from: request.from, to: request.to });
    }
    let ingested = if job.ingests { Some(timed(context, "ingest", job, ingest::ingest(context)).await?) } else { None };
    let fingerprint = input_fingerprint(context, request.to).await?;
    let mut run = match claim(context, job, request, &fingerprint).await? {
        Claimed::Mine(run) => run,
        Claimed::Over(run) => return Ok(Outcome::NothingToDo { run }),
    };
    tracing::info!(run.id = %run.id, run.fence, "run {} begins", run.id);
    if let Some((report, duration_ms)) = ingested {
        record(context, &run, 0, "ingest", &report, duration_ms).await?;
    }
    let work = Work {
        run_id: run.id.clone(),
        inputs_fingerprint: fingerprint,
        fence: run.fence,
        from: request.from,
        to: request.to,
        part_of: None,
        portfolios,
        age_limits: context.settings.age_limits,
        holding_years: context.settings.holding_years,
    };
    if let Err((step, source)) = do_steps(context, job, &run, &work).await {
        return Err(failed(context, &run, step, source).await?);
    }
    let steps = context.store.steps(&run.id).await?;
    let summary = serde_json::json!({
        "rows_written": steps.iter().map(|step| step.rows_written).sum::<i64>(),
        "duration_ms": steps.iter().map(|step| step.duration_ms).sum::<i64>(),
    });
    let blocked = steps.iter().any(|step| step.state == RunState::Blocked);
    let state = if blocked { RunState::Blocked } else { RunState::Finished };
    run = context.store.finish_run(&run, state, None, Some(&summary), context.clock.now()).await?;
    Ok(Outcome::Done { run, steps })
}

/// Does what somebody asked for and what is no job of the catalog, under a run of its own: on record, under a lease,
/// and as one step of the job's name.
///
/// # Errors
/// [`Error::Held`] if another process is at it, [`Error::Step`] if it fails.
pub(crate) async fn on_request<T>(
    context: &Context,
    job: &'static Job,
    date: BusinessDate,
    working: impl AsyncFnOnce(Work) -> Result<(StageReport, T), Error>,
) -> Result<T, Error> {
    let fingerprint = input_fingerprint(context, date).await?;
    let run = match claim(context, job, Request { from: date, to: date }, &fingerprint).await? {
        Claimed::Mine(run) => run,
        Claimed::Over(run) => {
            return Err(Error::Held { run_id: run.id, owner: run.owner, until: run.lease_until });
        }
    };
    let work = Work {
        run_id: run.id.clone(),
        inputs_fingerprint: fingerprint,
        fence: run.fence,
        from: date,
        to: date,
        part_of: None,
        portfolios: None,
        age_limits: context.settings.age_limits,
        holding_years: context.settings.holding_years,
    };
    let start = Instant::now();
    let (report, outcome) = match while_alive(context, &run, working(work)).await {
        Ok(done) => done,
        Err(source) => return Err(failed(context, &run, job.name, source).await?),
    };
    let duration_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    record(context, &run, 1, job.name, &report, duration_ms).await?;
    context.store.finish_run(&run, RunState::Finished, None, None, context.clock.now()).await?;
    Ok(outcome)
}

/// Writes down that a step failed and returns the error that says so.
async fn failed(context: &Context, run: &Run, step: &'static str, source: Error) -> Result<Error, Error> {
    let lost = source.is_lost_lease();
    let error = Error::Step { run_id: run.id.clone(), step, source: Box::new(source) };
    let reason = with_causes(&error);
    tracing::error!(run.id = %run.id, step, reason, "run {} failed", run.id);
    // A lost lease cannot be written down: the run belongs to somebody else now.
    if !lost {
        context.store.finish_run(run, RunState::Failed, Some(&reason), None, context.clock.now()).await?;
    }
    Ok(error)
}

/// Works on a run while saying, now and then, that this process is alive.
async fn while_alive<T>(
    context: &Context,
    run: &Run,
    working: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let beating = async {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if let Err(error) = context.store.heartbeat(run, context.clock.now(), LEASE).await {
                return Error::from(error);
            }
        }
    };
    tokio::select! {
        finished = working => finished,
        lost = beating => Err(lost),
    }
}

async fn do_steps(context: &Context, job: &Job, run: &Run, work: &Work) -> Result<(), (&'static str, Error)> {
    let done = context.store.steps(&run.id).await.map_err(|error| ("resume", error.into()))?;
    for (position, step) in job.steps.iter().enumerate() {
        if done.iter().any(|past| past.name == step.name && is_done(past)) {
            (context.watch)(Progress::StepSkipped { step: step.name });
            continue;
        }
        do_step(context, job, run, work, position, step).await.map_err(|error| (step.name, error))?;
    }
    Ok(())
}

/// Whether a step need not be done again. One that left something for a person to look at is done, too.
fn is_done(step: &RunStep) -> bool {
    matches!(step.state, RunState::Finished | RunState::Blocked)
}

async fn do_step(
    context: &Context,
    job: &Job,
    run: &Run,
    work: &Work,
    position: usize,
    step: &Step,
) -> Result<(), Error> {
    let working = timed(context, step.name, job, (step.run)(context, work));
    let (report, duration_ms) = while_alive(context, run, working).await?;
    record(context, run, position + 1, step.name, &report, duration_ms).await
}

/// Does something and tells the watcher before and after.
async fn timed(
    context: &Context,
    name: &'static str,
    job: &Job,
    working: impl Future<Output = Result<StageReport, Error>>,
) -> Result<(StageReport, u64), Error> {
    let ingest = usize::from(job.ingests);
    let position = job.steps.iter().position(|step| step.name == name).map_or(1, |position| position + 1 + ingest);
    (context.watch)(Progress::StepStarted { step: name, position, steps: job.steps.len() + ingest });
    let start = Instant::now();
    let report = working.await?;
    let duration_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    (context.watch)(Progress::StepFinished { step: name, report: report.clone(), duration_ms });
    Ok((report, duration_ms))
}

async fn record(
    context: &Context,
    run: &Run,
    position: usize,
    name: &'static str,
    report: &StageReport,
    duration_ms: u64,
) -> Result<(), Error> {
    let step = RunStep {
        run_id: run.id.clone(),
        position: i64::try_from(position).unwrap_or(i64::MAX),
        name: name.to_owned(),
        state: if report.snags.is_empty() { RunState::Finished } else { RunState::Blocked },
        table_versions_read: serde_json::json!(report.versions_read),
        rows_written: i64::try_from(report.rows_written).unwrap_or(i64::MAX),
        duration_ms: i64::try_from(duration_ms).unwrap_or(i64::MAX),
        note: report.note.clone(),
        finished_at: Some(context.clock.now()),
    };
    context.store.record_step(run, &step).await?;
    tracing::info!(run.id = %run.id, step = name, rows = report.rows_written, duration_ms, "{name}: {}", report.note);
    Ok(())
}

/// A marker of everything a run follows from: what has landed, what is booked, how the portfolios are described, and
/// how old what values something may be.
async fn input_fingerprint(context: &Context, to: BusinessDate) -> Result<String, Error> {
    let snapshot = context.lake.snapshot(Landing::TABLE).await?;
    let mut landings: Vec<Landing> = lake::read::rows(&snapshot, &context.lake, DateRange::ALL).await?;
    landings.sort_by_key(|landing| landing.landing_sequence);
    let mut text = String::new();
    for landing in &landings {
        text += &format!("{} {} {}\n", landing.market_id, landing.file_name, landing.sha256);
    }
    for portfolio in context.store.portfolios().await? {
        text += &format!("{portfolio:?}\n");
    }
    text += &context.store.transaction_fingerprint(to).await?;
    text += &format!("\n{:?}", context.settings.age_limits);
    // Runs of before there was such a setting are those of its default.
    if context.settings.holding_years != HoldingYears::default() {
        text += &format!("\n{:?}", context.settings.holding_years);
    }
    if context.settings.statement_plan != StatementPlan::default() {
        text += &format!("\n{:?}", context.settings.statement_plan);
    }
    Ok(sha256(text.as_bytes()))
}

enum Claimed {
    Mine(Run),
    Over(Run),
}

/// Claims the run that has to be done: the one that is not finished, or a new revision if the inputs have changed.
async fn claim(context: &Context, job: &Job, request: Request, fingerprint: &str) -> Result<Claimed, Error> {
    let me = owner::this_process();
    let latest = context.store.latest_run(job.name, request.from, request.to).await?;
    let revision = match &latest {
        None => 1,
        Some(run) => match run.state {
            RunState::Running | RunState::Failed => run.revision,
            _ if job.once && run.input_fingerprint == fingerprint => return Ok(Claimed::Over(run.clone())),
            _ => run.revision + 1,
        },
    };
    let wanted = NewRun {
        id: run_id(job, request, revision)?,
        job: job.name.to_owned(),
        from_date: request.from,
        to_date: request.to,
        revision,
        input_fingerprint: fingerprint.to_owned(),
        program_version: context.program_version.clone(),
    };
    let now = context.clock.now();
    match context.store.claim_run(&wanted, &me, LEASE, now).await? {
        Claim::Claimed(run) => Ok(Claimed::Mine(run)),
        Claim::Over(run) => Ok(Claimed::Over(run)),
        Claim::HeldByOther { owner, .. } if owner::is_dead(&owner) => {
            let version = &context.program_version;
            match context.store.take_over(&wanted.id, &owner, &me, version, LEASE, now).await? {
                Claim::Claimed(run) if run.input_fingerprint == fingerprint => Ok(Claimed::Mine(run)),
                Claim::Claimed(run) => {
                    // Something new came in since the owner died: its steps were made from other inputs.
                    let reason = "the inputs have changed since this run was left";
                    context.store.finish_run(&run, RunState::Failed, Some(reason), None, now).await?;
                    held(context.store.claim_run(&wanted, &me, LEASE, now).await?, wanted.id)
                }
                other => held(other, wanted.id),
            }
        }
        other => held(other, wanted.id),
    }
}

fn held(claim: Claim, run_id: RunId) -> Result<Claimed, Error> {
    match claim {
        Claim::Claimed(run) => Ok(Claimed::Mine(run)),
        Claim::Over(run) => Ok(Claimed::Over(run)),
        Claim::HeldByOther { owner, until } => Err(Error::Held { run_id, owner, until }),
    }
}

fn run_id(job: &Job, request: Request, revision: i64) -> Result<RunId, Error> {
    let Request { from, to } = request;
    let dates = if from == to { to.to_string() } else { format!("{from}-{to}") };
    let id = format!("{}-{dates}-{revision}", job.name);
    id.parse().map_err(|_| Error::UnknownJob { name: id, known: "names that can be part of a run id".to_owned() })
}
