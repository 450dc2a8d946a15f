//! `financr serve`: the API.

use clap::Args;

use super::Session;
use crate::ending::Ending;
use crate::house;

/// Serve the API until stopped
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn execute(session: &Session, _arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let state = api::ApiState {
        store: context.store,
        lake: context.lake,
        clock: context.clock,
        program_version: context.program_version,
    };
    session.say(&format!("the API answers on http://{} until it is stopped with Ctrl-C", config.api.bind))?;
    api::serve(state, config.api, super::schedule::stopped()).await?;
    Ok(Ending::Done)
}
