//! `financr status`: the latest runs, the outbox, and what was rejected.

use clap::Args;
use schemas::BusinessDate;
use serde_json::Value;

use super::Session;
use super::run::steps_listing;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::Listing;

/// Show the latest runs and the outbox, or one run step by step
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A run, e.g. nightly-2014-12-31-1, to see step by step
    run: Option<String>,
    /// How many runs are shown
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Only runs that end on this business date
    #[arg(long)]
    date: Option<BusinessDate>,
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    if let Some(id) = &arguments.run {
        let id = id.parse()?;
        let Some(run) = context.store.run(&id).await? else {
            return Err(Usage(format!("there is no run `{id}`; `financr status` lists the latest")).into());
        };
        session.write(&steps_listing(&context.store.steps(&id).await?))?;
        if let Some(error) = &run.error {
            session.say(&format!("{}: {error}", run.state))?;
        }
        return Ok(Ending::Done);
    }
    let mut listing = Listing::new(&["run", "state", "from", "to", "started", "finished", "error"]);
    for run in context.store.runs(arguments.limit, None).await? {
        if arguments.date.is_some_and(|date| run.to_date != date) {
            continue;
        }
        let minute = |at: chrono::DateTime<chrono::Utc>| Value::from(at.format("%Y-%m-%d %H:%M:%SZ").to_string());
        listing.push([
            run.id.to_string().into(),
            run.state.to_string().into(),
            run.from_date.to_string().into(),
            run.to_date.to_string().into(),
            minute(run.started_at),
            run.finished_at.map_or(Value::Null, minute),
            run.error.map_or(Value::Null, Value::from),
        ]);
    }
    session.write(&listing)?;
    let counts = context.store.delivery_counts().await?;
    let mut outbox =
        format!("outbox: {} waiting, {} delivered, {} given up", counts.pending, counts.delivered, counts.failed);
    for (count, what) in [(counts.suppressed, "not wanted"), (counts.returned, "came back")] {
        if 0 < count {
            outbox += &format!(", {count} {what}");
        }
    }
    session.say(&outbox)?;
    Ok(Ending::Done)
}
