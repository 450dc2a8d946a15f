//! `financr serve`: the API.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jobs::deliveries::TakenIn;

use super::Session;
use crate::audit_heads;
use crate::bookkeeping::Bookkeeper;
use crate::config::{Config, PrivacySection};
use crate::ending::{Ending, Usage};
use crate::house;

/// How often mails about accounts are looked for.
const ACCOUNT_MAILS_EVERY: Duration = Duration::from_secs(5);

/// How often the head of the audit log is noted.
const AUDIT_HEADS_EVERY: Duration = Duration::from_secs(3_600);
/// How often files that wait to be imported are looked for.
const UPLOADS_EVERY: Duration = Duration::from_secs(2);
/// How often orders are looked for.
const ORDERS_EVERY: Duration = Duration::from_secs(1);

/// How often is looked for what users are to be told.
const NOTIFICATIONS_EVERY: Duration = Duration::from_secs(10);

/// Serve the API until stopped
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn execute(session: &Session, _arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let mails = config.api.identity.token_key_files.first().map(|_| tokio::spawn(send_account_mails(context.clone())));
    let heads = config
        .privacy
        .signing_key_file
        .as_ref()
        .map(|_| tokio::spawn(note_audit_heads(config.privacy.clone(), context.store.clone(), context.clock)));
    let uploads = tokio::spawn(import_uploads(context.clone()));
    let orders = tokio::spawn(work_off_orders(context.clone()));
    let notifications = tokio::spawn(tell_users(context.clone()));
    let state = api::ApiState {
        documents: documents(),
        returned: returned(&config, &context)?,
        billing_secret: billing_secret(&config)?,
        bookkeeping: Some(Arc::new(Bookkeeper { context: context.clone() })),
        store: context.store,
        lake: context.lake,
        clock: context.clock,
        program_version: context.program_version,
    };
    let mut settings = config.api;
    settings.house_key_file = config.privacy.signing_key_file;
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    session.say(&format!("starting the API on {scheme}://{}; Ctrl-C stops it", settings.bind))?;
    let served = api::serve(state, settings, super::schedule::stopped()).await;
    for task in [mails, heads].into_iter().flatten() {
        task.abort();
    }
    orders.abort();
    notifications.abort();
    // One that is cut off is taken again later; what it has booked is known then.
    uploads.abort();
    served?;
    Ok(Ending::Done)
}

/// The secret that a billing provider signs its events with; none if there is none.
fn billing_secret(config: &Config) -> anyhow::Result<Option<secrecy::SecretString>> {
    let Some(path) = &config.api.billing_secret_file else { return Ok(None) };
    let secret = jobs::read_secret(path).map_err(|problem| Usage(format!("`billing_secret_file` {problem}")))?;
    Ok(Some(secret))
}

/// The documents that can be ordered.
fn documents() -> Vec<api::OrderableDocument> {
    let described = |document: jobs::on_demand::OrderableDocument| api::OrderableDocument {
        kind: document.kind.to_owned(),
        title: document.title,
        shortest: document.shortest,
    };
    jobs::on_demand::orderable_documents().into_iter().map(described).collect()
}

/// Does what is ordered as it comes: somebody waits for it.
async fn work_off_orders(context: jobs::Context) {
    let mut rhythm = tokio::time::interval(ORDERS_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        if let Err(error) = jobs::on_demand::work_off(&context).await {
            tracing::error!(error.chain = %schemas::with_causes(&error), "orders cannot be worked on");
        }
    }
}

/// Tells users what is new.
async fn tell_users(context: jobs::Context) {
    let mut rhythm = tokio::time::interval(NOTIFICATIONS_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        if let Err(error) = jobs::deliveries::tell_users(&context).await {
            tracing::error!(error.chain = %schemas::with_causes(&error), "users cannot be told what is new");
        }
    }
}

/// Sends mails about accounts as they are queued: somebody waits for them.
async fn send_account_mails(context: jobs::Context) {
    let mut rhythm = tokio::time::interval(ACCOUNT_MAILS_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        if let Err(error) = jobs::deliveries::send_account_mails(&context).await {
            tracing::error!(error.chain = %schemas::with_causes(&error), "mails about accounts cannot be sent");
        }
    }
}

/// Notes the head of the audit log, so that what was cut off its end is missed.
async fn note_audit_heads(privacy: PrivacySection, store: store::Store, clock: schemas::Clock) {
    let mut rhythm = tokio::time::interval(AUDIT_HEADS_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        if let Err(error) = audit_heads::note(&privacy, &store, clock.now()).await {
            tracing::error!(error.chain = %format!("{error:#}"), "the head of the audit log cannot be noted");
        }
    }
}

/// Imports files as they are sent.
async fn import_uploads(context: jobs::Context) {
    let mut rhythm = tokio::time::interval(UPLOADS_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        if let Err(error) = jobs::uploads::import_waiting(&context).await {
            tracing::error!(error.chain = %schemas::with_causes(&error), "files that were sent cannot be imported");
        }
    }
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
