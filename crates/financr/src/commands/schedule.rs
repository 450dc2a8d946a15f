//! `financr schedule`: jobs by themselves, when they are due.

use clap::Args;

use super::Session;
use crate::ending::Ending;
use crate::house;

/// Run jobs when they are due, until stopped
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Look once, run what is due, and end
    #[arg(long)]
    once: bool,
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    house::save_schedules(&config, &context).await?;
    if arguments.once {
        let held_up = jobs::schedule::look(&context).await?;
        return Ok(if 0 < held_up { Ending::Partial } else { Ending::Done });
    }
    for schedule in &config.schedule {
        tracing::info!(schedule = schedule.name, "{}: {} in {}", schedule.job, schedule.cron, schedule.time_zone);
    }
    jobs::schedule::tick_until(context, stopped()).await?;
    Ok(Ending::Done)
}

/// Waits for Ctrl-C or a request to terminate.
pub(super) async fn stopped() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _interrupted = tokio::signal::ctrl_c() => {}
        _terminated = terminate => {}
    }
}
