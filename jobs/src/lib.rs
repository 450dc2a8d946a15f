//! Decides when: what a night consists of, who works on it, and what happens after a failure.
//!
//! Every run is written down before it starts and step by step while it works. A process that dies leaves a record
//! from which the next one goes on; two processes never work on one run at the same time.

pub mod catalog;
pub mod concentration;
mod context;
pub mod deliveries;
pub mod encrypted_copy;
mod error;
mod export_plan;
pub mod factors;
pub mod files;
pub mod handed_out;
pub mod holdings;
pub mod import;
mod import_books;
pub mod import_export;
pub mod import_preview;
pub mod measures_on_request;
pub mod on_demand;
mod outbox;
mod owner;
pub mod parts;
pub mod proof;
mod publication;
pub mod reconcile;
pub mod rendered_again;
pub mod restatement;
pub mod retention;
mod runner;
pub mod schedule;
pub mod sent_books;
pub mod stress;
pub mod subscriptions;
pub mod uploads;
pub mod why;

pub use context::{Context, Progress, Settings};
pub use error::Error;
pub use publication::StatementPlan;
pub use runner::{Outcome, Request, run};

pub use pipelines::liquidity;
pub use pipelines::rollups::attribution::over_period::{
    Asked as AskedAttribution, Contributions, Contributor, OverPeriod, over_period,
};
pub use pipelines::rollups::attribution::weighings::{Comparison, GroupSides, POSITIONS};
pub use pipelines::sources::book_folder::Found;
pub use pipelines::sources::book_folder::agreement::FieldFault;
pub use pipelines::sources::ecb_reference_rates::Settings as EcbSettings;
pub use pipelines::sources::{RowReject, SOURCES};
pub use pipelines::track_record::{CalendarReturn, Wealth, WealthDay, benchmark_over, calendar_returns, wealth_since};
pub use pipelines::weights_of_prices::weights_of_prices;
pub use pipelines::why::node::{Figure, Node, Rule, Source, Unit};
pub use pipelines::{
    AgeLimits, BalanceBasis, HoldingYears, KIND_ON_REQUEST, MEASURE_KINDS, MEASURES, Measure, MeasureKind, MeasureUnit,
};
pub use pipelines::{Attribution, DEFAULT_LINKING_METHOD, Effect, Excess, LinkingMethod, linking_method};
pub use reports::delivery::drop_folder::DropFolderSettings;
pub use reports::delivery::email::{MailSettings, MailTransport, SmtpSettings};
pub use reports::delivery::web_push::{VapidKey, WebPushSettings, make_key as make_push_key};
pub use reports::delivery::webhook::{WebhookSettings, read_secret};
pub use reports::{Firm, Gips, Rhythm};

use schemas::table::Record;
use schemas::tables::exceptions::Exception;

/// The days of a range on which anything was quoted, after everything that has landed has been conformed.
///
/// # Errors
/// [`Error`] if a table cannot be read or written.
pub async fn days_with_quotes(
    context: &Context,
    from: schemas::BusinessDate,
    to: schemas::BusinessDate,
) -> Result<Vec<schemas::BusinessDate>, Error> {
    pipelines::conform::conform(&context.lake).await?;
    Ok(lake::read::quote_dates(&context.lake, from, to).await?)
}

/// The portfolios that could not be valued on days of a range, because something cannot be booked, with the reason.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn not_valued(
    context: &Context,
    from: schemas::BusinessDate,
    to: schemas::BusinessDate,
) -> Result<std::collections::BTreeMap<schemas::PortfolioId, String>, Error> {
    let checks = std::collections::BTreeSet::from(["not_valued".to_owned()]);
    let snapshot = context.lake.snapshot(Exception::TABLE).await?;
    let range = lake::DateRange::between(from, to);
    let found: Vec<Exception> =
        lake::read::rows_named(&snapshot, &context.lake, range, &[("check_name", &checks)]).await?;
    Ok(found.into_iter().map(|row| (row.portfolio_id, row.message)).collect())
}

/// Every measure of a portfolio's whole life by its id, for a comparison with another system; none at all if no day was
/// valued. A night's figures end on a valuation, these on the portfolio's last day; and where several internal rates
/// balance the flows, these have the one nearest to zero.
///
/// `returns` are the daily returns of the whole life, in order of date.
///
/// # Errors
/// [`Error`] if a table cannot be read.
pub async fn whole_life(
    context: &Context,
    portfolio: &schemas::tables::portfolios::Portfolio,
    returns: &[schemas::tables::daily_returns::DailyReturn],
) -> Result<Vec<(&'static str, schemas::MeasureValue)>, Error> {
    Ok(pipelines::rollups::measures::whole_life::whole_life(&context.lake, portfolio, returns).await?)
}
