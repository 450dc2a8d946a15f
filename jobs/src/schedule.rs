//! Schedules: which moments are due, in the time zone of a place, whatever the clocks there do.
//!
//! The ticker only wakes up. What is due is computed from the last moment that was enqueued, so a machine that was off
//! catches up; each moment is enqueued once, however many processes tick.

use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;
use schemas::{BusinessDate, HolidayCalendar, with_causes};
use store::{CatchUp, Fire, Schedule};
use tokio_cron_scheduler::{Job as Tick, JobScheduler};

use crate::catalog::job;
use crate::context::Context;
use crate::error::Error;
use crate::runner::{Request, run};

/// Seconds between two looks at what is due.
const TICK_SECONDS: u64 = 15;
/// Looks that are left out after one in which a job failed.
const PAUSE_TICKS: u32 = 20;
/// Moments of one schedule that are caught up at once; the rest follows with the next ticks.
const CATCH_UP_MAX: usize = 31;
/// Fires worked on per tick.
const FIRES_MAX: u32 = 31;

/// Enqueues every moment that has become due, and returns how many.
///
/// # Errors
/// [`Error`] if a schedule cannot be read or the store refuses.
pub async fn enqueue_due(context: &Context) -> Result<usize, Error> {
    let now = context.clock.now();
    let mut enqueued = 0;
    for schedule in context.store.schedules().await? {
        if schedule.disabled_at.is_some() {
            continue;
        }
        let since = match context.store.last_enqueued(&schedule.name).await? {
            Some(last) => last,
            // A new schedule starts with the next moment, not with all of the past.
            None => now - TimeDelta::seconds(i64::try_from(TICK_SECONDS).unwrap_or(15)),
        };
        for moment in due_moments(&schedule, since, now)? {
            let business_date = business_date_of(&schedule, moment)?;
            enqueued += usize::from(context.store.enqueue_fire(&schedule.name, moment, business_date).await?);
        }
    }
    Ok(enqueued)
}

/// Runs what has been enqueued, oldest first. A job that fails stays queued and holds up the later moments of its own
/// schedule only: a later look tries it again, and what it has done already is not done twice. Returns how many
/// schedules are held up.
///
/// # Errors
/// [`Error`] if the store refuses.
pub async fn run_due(context: &Context) -> Result<usize, Error> {
    let mut stuck: Vec<String> = Vec::new();
    for fire in context.store.due_fires(context.clock.now(), FIRES_MAX).await? {
        let Fire { schedule_name, fire_at, business_date, .. } = &fire;
        if stuck.contains(schedule_name) {
            continue;
        }
        let now = context.clock.now();
        let Some(schedule) = context.store.schedule(schedule_name).await? else {
            let reason = "the schedule is no longer there";
            context.store.mark_fire_failed(schedule_name, *fire_at, reason, now).await?;
            continue;
        };
        let request = Request { from: *business_date, to: *business_date };
        let outcome = match job(&schedule.job) {
            Ok(job) => run(context, job, request).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(_) => {
                context.store.mark_fire_done(schedule_name, *fire_at, context.clock.now()).await?;
            }
            Err(error) => {
                let reason = with_causes(&error);
                tracing::error!(schedule = schedule_name, date = %business_date, reason, "a scheduled job did not end");
                stuck.push(schedule_name.clone());
            }
        }
    }
    Ok(stuck.len())
}

/// Ticks until told to stop.
///
/// # Errors
/// [`Error::Schedule`] if the ticker cannot be started.
pub async fn tick_until(context: Context, stop: impl Future<Output = ()>) -> Result<(), Error> {
    let ticker_error = |error: tokio_cron_scheduler::JobSchedulerError| unreadable("ticker", error.to_string());
    let mut scheduler = JobScheduler::new().await.map_err(ticker_error)?;
    let pause = Arc::new(tokio::sync::Mutex::new(0_u32));
    let every = std::time::Duration::from_secs(TICK_SECONDS);
    let tick = Tick::new_repeated_async(every, move |_, _| {
        let (context, pause) = (context.clone(), Arc::clone(&pause));
        Box::pin(async move {
            // A tick that meets a running one has nothing to add.
            let Ok(mut pause) = pause.try_lock() else { return };
            if 0 < *pause {
                *pause -= 1;
                return;
            }
            match look(&context).await {
                Ok(0) => {}
                Ok(_) => *pause = PAUSE_TICKS,
                Err(error) => {
                    tracing::error!(reason = with_causes(&error), "a look at the schedules failed and is repeated");
                }
            }
        })
    });
    scheduler.add(tick.map_err(ticker_error)?).await.map_err(ticker_error)?;
    scheduler.start().await.map_err(ticker_error)?;
    stop.await;
    scheduler.shutdown().await.map_err(ticker_error)
}

/// One look at the schedules: enqueue what is due, and run it. Returns how many schedules a failed job holds up.
///
/// # Errors
/// [`Error`] if a schedule cannot be read or the store refuses.
pub async fn look(context: &Context) -> Result<usize, Error> {
    enqueue_due(context).await?;
    run_due(context).await
}

/// The moments after `since` and up to `now`, by the schedule's policy for those that were missed.
fn due_moments(schedule: &Schedule, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>, Error> {
    let problem = |problem: String| unreadable(&schedule.name, problem);
    let zone: Tz = schedule
        .time_zone
        .parse()
        .map_err(|_| problem(format!("`{}` is no IANA time zone, e.g. Europe/Berlin", schedule.time_zone)))?;
    let cron = parsed(&schedule.cron).map_err(problem)?;
    let mut moments = Vec::new();
    let mut after = since.with_timezone(&zone);
    while moments.len() < CATCH_UP_MAX {
        let next = cron.find_next_occurrence(&after, false).map_err(|error| problem(error.to_string()))?;
        if now < next.with_timezone(&Utc) {
            break;
        }
        moments.push(next.with_timezone(&Utc));
        after = next;
    }
    let missed = |moment: &DateTime<Utc>| *moment < now - TimeDelta::minutes(10);
    match schedule.catch_up {
        CatchUp::All => {}
        CatchUp::Last => moments = moments.pop().into_iter().collect(),
        CatchUp::None => moments.retain(|moment| !missed(moment)),
    }
    Ok(moments)
}

fn parsed(cron: &str) -> Result<Cron, String> {
    let parser = croner::parser::CronParser::builder().seconds(croner::parser::Seconds::Required).build();
    parser.parse(cron).map_err(|error| format!("`{cron}` is no cron expression with seconds: {error}"))
}

/// The business date that a moment is for: its own day in the schedule's zone, or the last business day before it.
fn business_date_of(schedule: &Schedule, moment: DateTime<Utc>) -> Result<BusinessDate, Error> {
    let problem = |problem: String| unreadable(&schedule.name, problem);
    let zone: Tz = Tz::from_str(&schedule.time_zone).map_err(|error| problem(error.to_string()))?;
    let day: NaiveDate = moment.with_timezone(&zone).date_naive();
    let date = BusinessDate::new(day).map_err(|error| problem(error.to_string()))?;
    let calendar = HolidayCalendar::named("TARGET").map_err(|error| problem(error.to_string()))?;
    if calendar.is_business_day(date).map_err(|error| problem(error.to_string()))? {
        return Ok(date);
    }
    calendar.previous(date).map_err(|error| problem(error.to_string()))
}

fn unreadable(name: &str, problem: String) -> Error {
    Error::Schedule { name: name.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(catch_up: CatchUp) -> Schedule {
        Schedule {
            name: "nightly".to_owned(),
            job: "nightly".to_owned(),
            cron: "0 30 22 * * MON-FRI".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            catch_up,
            disabled_at: None,
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn half_past_ten_in_berlin_moves_with_the_clocks_there() {
        // Clocks go forward on 29 March 2026 and back on 25 October 2026 (EU directive 2000/84/EC).
        let spring = due_moments(&schedule(CatchUp::All), at("2026-03-26T22:00:00Z"), at("2026-03-31T22:00:00Z"));
        let spring: Vec<String> = spring.expect("readable").iter().map(|moment| moment.to_rfc3339()).collect();
        assert_eq!(
            spring,
            ["2026-03-27T21:30:00+00:00", "2026-03-30T20:30:00+00:00", "2026-03-31T20:30:00+00:00"]
                .iter()
                .filter(|text| **text > "2026-03-26T22:00")
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        );
        let autumn = due_moments(&schedule(CatchUp::All), at("2026-10-23T20:30:00Z"), at("2026-10-26T22:00:00Z"));
        let autumn: Vec<String> = autumn.expect("readable").iter().map(|moment| moment.to_rfc3339()).collect();
        assert_eq!(autumn, ["2026-10-26T21:30:00+00:00"]);
    }

    #[test]
    fn a_machine_that_was_off_catches_up_as_it_is_told() {
        let (off, on) = (at("2026-11-02T22:00:00Z"), at("2026-11-05T22:00:00Z"));
        let count = |catch_up| due_moments(&schedule(catch_up), off, on).expect("readable").len();
        assert_eq!((count(CatchUp::All), count(CatchUp::Last), count(CatchUp::None)), (3, 1, 0));
    }

    #[test]
    fn a_saturday_belongs_to_the_friday_before() {
        let date = business_date_of(&schedule(CatchUp::All), at("2026-11-07T12:00:00Z")).expect("in range");
        assert_eq!(date.to_string(), "2026-11-06");
    }

    #[test]
    fn a_schedule_that_cannot_be_read_says_why() {
        let wrong = Schedule { time_zone: "CET+1".to_owned(), ..schedule(CatchUp::All) };
        let error = due_moments(&wrong, at("2026-11-02T22:00:00Z"), at("2026-11-05T22:00:00Z")).expect_err("no zone");
        assert_eq!(error.to_string(), "schedule `nightly`: `CET+1` is no IANA time zone, e.g. Europe/Berlin");
    }
}
