//! `financr serve`: the API.

use std::sync::Arc;

use clap::Args;
use jobs::deliveries::TakenIn;

use super::Session;
use crate::config::Config;
use crate::ending::{Ending, Usage};
use crate::house;

/// Serve the API until stopped
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn execute(session: &Session, _arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let state = api::ApiState {
        returned: returned(&config, &context)?,
        store: context.store,
        lake: context.lake,
        clock: context.clock,
        program_version: context.program_version,
    };
    session.say(&format!("the API answers on http://{} until it is stopped with Ctrl-C", config.api.bind))?;
    api::serve(state, config.api, super::schedule::stopped()).await?;
    Ok(Ending::Done)
}

/// What happens to reports of a mail provider; none if there is no secret that they are signed with.
fn returned(config: &Config, context: &jobs::Context) -> anyhow::Result<Option<api::ReturnedMail>> {
    let Some(path) = &config.api.returned_secret_file else { return Ok(None) };
    let secret = jobs::read_secret(path).map_err(|problem| Usage(format!("`returned_secret_file` {problem}")))?;
    let context = context.clone();
    let take_in: api::TakeIn = Arc::new(move |mail| {
        let context = context.clone();
        Box::pin(async move {
            match jobs::deliveries::take_in_returned(&context, &mail).await {
                Ok(TakenIn::Noted(_)) => Ok(api::TakenIn::Noted),
                Ok(TakenIn::Nothing) => Ok(api::TakenIn::Nothing),
                Err(jobs::Error::Returned { problem }) => Err(api::NotTakenIn::Refused(problem)),
                Err(error) => Err(api::NotTakenIn::Failed(error.into())),
            }
        })
    });
    Ok(Some(api::ReturnedMail { secret, take_in }))
}
