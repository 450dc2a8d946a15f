//! Opening the house: store, lake and settings become the context that jobs are given.

use std::sync::Arc;

use jobs::{Context, Progress, Settings};
use lake::{Lake, Storage};
use schemas::Clock;
use store::{Acting, ActorKind, CatchUp, LocalKeys, Schedule, Store};

use crate::config::Config;
use crate::ending::Usage;

/// The version that runs and documents name.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Opens store and lake as configured.
///
/// # Errors
/// If one of them cannot be opened; the message says which and what to do.
pub(crate) async fn open(config: &Config, watch: Arc<dyn Fn(Progress) + Send + Sync>) -> anyhow::Result<Context> {
    let store = with_keys(Store::open(&config.store.url, config.store.kind()).await?, config).await?;
    let lake = Lake::open(Storage::open(&config.lake.url, &config.s3)?, &config.engine.settings())?;
    Ok(Context {
        store,
        lake,
        clock: Clock::System,
        settings: Settings {
            age_limits: config.ages,
            holding_years: config.risk.recommended_holding_years,
            firm: config.firm.clone(),
            gips: config.gips.clone(),
            statement_plan: config.statements.plan().clone(),
            ecb_reference_rates: config.sources.ecb_reference_rates.clone(),
            inbox: config.sources.book_folder.inbox.clone(),
            mail: config.mail.clone(),
            drop_folder: config.drop_folder.clone(),
            webhook: webhook(config),
            web_push: web_push(config),
            delivery_attempts_max: config.delivery.attempts_max,
            delivery_minutes_max: config.delivery.minutes_max,
            bundle_mails: config.delivery.bundle,
        },
        program_version: VERSION.to_owned(),
        watch,
    })
}

/// The store with the keys that what is personal is sealed with.
async fn with_keys(store: Store, config: &Config) -> anyhow::Result<Store> {
    let file = &config.privacy.key_file;
    if !file.exists() && !store.sealed_counts().await?.by_key.is_empty() {
        let help = "put the copy of it back that was kept apart from the store";
        return Err(Usage(format!("what is personal is sealed, and {} is not there; {help}", file.display())).into());
    }
    Ok(store.with_keys(Arc::new(LocalKeys::in_file(file))))
}

/// The store for a person at the command line, as the audit log names them.
pub(crate) fn by_hand(store: &Store) -> Store {
    let (id, request_id) = ("command_line".to_owned(), String::new());
    store.on_behalf_of(Acting { kind: ActorKind::CommandLine, id, request_id })
}

/// The webhook as configured; its links go where those of mails go, unless it names another place.
fn webhook(config: &Config) -> Option<jobs::WebhookSettings> {
    let mut webhook = config.webhook.clone()?;
    if webhook.public_url.is_none() {
        webhook.public_url = config.mail.as_ref().and_then(|mail| mail.public_url.clone());
    }
    Some(webhook)
}

/// Messages to browsers as configured; their links go where those of mails go, unless another place is named.
fn web_push(config: &Config) -> Option<jobs::WebPushSettings> {
    let mut web_push = config.web_push.clone()?;
    if web_push.public_url.is_none() {
        web_push.public_url = config.mail.as_ref().and_then(|mail| mail.public_url.clone());
    }
    Some(web_push)
}

/// Writes the configured schedules into the store.
///
/// # Errors
/// [`Usage`] if one of them cannot be understood, or the store's reason.
pub(crate) async fn save_schedules(config: &Config, context: &Context) -> anyhow::Result<()> {
    for stored in context.store.schedules().await? {
        let configured = config.schedule.iter().any(|section| section.name == stored.name);
        if !configured && stored.disabled_at.is_none() {
            let rests = Schedule { disabled_at: Some(context.clock.now()), ..stored };
            context.store.save_schedule(&rests, context.clock.now()).await?;
        }
    }
    for section in &config.schedule {
        jobs::catalog::job(&section.job)?;
        let catch_up: CatchUp = section.catch_up.parse().map_err(|_| {
            Usage(format!("schedule `{}`: catch_up is none, last or all, not `{}`", section.name, section.catch_up))
        })?;
        let schedule = Schedule {
            name: section.name.clone(),
            job: section.job.clone(),
            cron: section.cron.clone(),
            time_zone: section.time_zone.clone(),
            catch_up,
            disabled_at: None,
        };
        context.store.save_schedule(&schedule, context.clock.now()).await?;
    }
    Ok(())
}
