//! What every job is given: the store, the lake, the clock, the settings, and somebody who watches.

use std::path::PathBuf;
use std::sync::Arc;

use lake::Lake;
use pipelines::sources::ecb_reference_rates;
use pipelines::{AgeLimits, HoldingYears, StageReport};
use reports::delivery::drop_folder::DropFolderSettings;
use reports::delivery::email::MailSettings;
use reports::delivery::web_push::WebPushSettings;
use reports::delivery::webhook::WebhookSettings;
use reports::{Firm, Gips};
use schemas::Clock;
use store::Store;

use crate::publication::StatementPlan;

/// What jobs can be told by configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How old what values something may be.
    pub age_limits: AgeLimits,
    /// The holding period, in years, that the market risk measure of PRIIPs is made for.
    pub holding_years: HoldingYears,
    /// The firm that issues documents.
    pub firm: Option<Firm>,
    /// What the firm says in reports about its composites.
    pub gips: Gips,
    /// Which kinds of statements are made by themselves, and how often.
    pub statement_plan: StatementPlan,
    /// Where the ECB's rates come from.
    pub ecb_reference_rates: ecb_reference_rates::Settings,
    /// A folder of book folders that every night looks through; none for imports by hand only.
    pub inbox: Option<PathBuf>,
    /// How mail goes out; none to leave it in the outbox.
    pub mail: Option<MailSettings>,
    /// The folder or bucket for other programs; none to leave in the outbox what is for it.
    pub drop_folder: Option<DropFolderSettings>,
    /// The program of the house that takes events; none to leave them in the outbox.
    pub webhook: Option<WebhookSettings>,
    /// How messages go to browsers; none to leave them in the outbox.
    pub web_push: Option<WebPushSettings>,
    /// Tries before a message is given up.
    pub delivery_attempts_max: i64,
    /// Minutes after which one pass through the outbox ends; the rest waits for the next.
    pub delivery_minutes_max: u64,
    /// Whether what one run has for one address goes in one mail.
    pub bundle_mails: bool,
}

/// What happens while a job runs, for whoever watches.
#[derive(Clone, Debug)]
pub enum Progress {
    /// A step begins; its number and how many there are.
    StepStarted {
        /// The step.
        step: &'static str,
        /// Its number, from 1.
        position: usize,
        /// How many steps the job has.
        steps: usize,
    },
    /// A step had been done by an earlier process.
    StepSkipped {
        /// The step.
        step: &'static str,
    },
    /// A step is done.
    StepFinished {
        /// The step.
        step: &'static str,
        /// What it did.
        report: StageReport,
        /// How long it took, in milliseconds.
        duration_ms: u64,
    },
    /// Part of a long step is done.
    Advanced {
        /// Pieces done.
        done: usize,
        /// Pieces in all.
        total: usize,
    },
}

/// What every job is given.
#[derive(Clone)]
pub struct Context {
    /// Tables of people and runs.
    pub store: Store,
    /// Tables of facts.
    pub lake: Lake,
    /// The time.
    pub clock: Clock,
    /// The configuration.
    pub settings: Settings,
    /// The version of the program, written into runs and documents.
    pub program_version: String,
    /// Is told what happens.
    pub watch: Arc<dyn Fn(Progress) + Send + Sync>,
}
