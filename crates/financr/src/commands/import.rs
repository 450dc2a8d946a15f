//! `financr import`: book folders into the store and the landing zone.

use std::path::PathBuf;

use clap::Args;
use jobs::import::{ImportReport, import};
use serde_json::Value;

use super::Session;
use crate::ending::Ending;
use crate::house;
use crate::listing::Listing;

/// Take in a book folder, or a folder of them; a second import of the same folder changes nothing
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A folder with portfolio.json or market.json, or a folder of such folders
    folder: PathBuf,
}

/// Rejected rows shown on a terminal; all of them are in silver.rejects after the next night.
const REJECTS_SHOWN: usize = 20;

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    session.display.begin("import");
    let report = import(&context, &arguments.folder).await?;
    session.display.end(&summary(&report));
    session.say(&summary(&report))?;
    write_refused(session, &report)?;
    Ok(if report.is_partial() { Ending::Partial } else { Ending::Done })
}

/// One sentence of what an import did.
pub(super) fn summary(report: &ImportReport) -> String {
    let mut parts = vec![
        format!("{} new portfolios", report.portfolios_new.len()),
        format!("{} new transactions", report.transactions_inserted),
        format!("{} new files", report.landed.new),
    ];
    if !report.portfolios_changed.is_empty() {
        parts.push(format!("{} portfolios changed", report.portfolios_changed.len()));
    }
    if 0 < report.portfolios_unchanged {
        parts.push(format!("{} portfolios known", report.portfolios_unchanged));
    }
    if 0 < report.transactions_unchanged {
        parts.push(format!("{} transactions known", report.transactions_unchanged));
    }
    if !report.rejects.is_empty() {
        parts.push(format!("{} rows rejected", report.rejects.len()));
    }
    if !report.conflicts.is_empty() {
        parts.push(format!("{} conflicts", report.conflicts.len()));
    }
    if !report.failures.is_empty() {
        parts.push(format!("{} folders failed", report.failures.len()));
    }
    if !report.ignored_keys.is_empty() {
        let keys: Vec<&str> = report.ignored_keys.iter().map(String::as_str).collect();
        parts.push(format!("ignored keys of portfolio.json: {}", keys.join(", ")));
    }
    parts.join(", ")
}

fn write_refused(session: &Session, report: &ImportReport) -> anyhow::Result<()> {
    if !report.is_partial() && session.format == crate::listing::Format::Table {
        return Ok(());
    }
    let mut listing = Listing::new(&["file", "line", "column", "reason"]);
    for reject in &report.rejects {
        listing.push([
            reject.file.clone().into(),
            reject.line.into(),
            reject.column.clone().into(),
            reject.reason.clone().into(),
        ]);
    }
    for conflict in &report.conflicts {
        listing.push([conflict.origin.clone().into(), Value::Null, "tx_id".into(), conflict.message.clone().into()]);
    }
    for (folder, reason) in &report.failures {
        listing.push([folder.display().to_string().into(), Value::Null, "(folder)".into(), reason.clone().into()]);
    }
    if session.format == crate::listing::Format::Table && REJECTS_SHOWN < listing.rows.len() {
        let more = listing.rows.len() - REJECTS_SHOWN;
        listing.rows.truncate(REJECTS_SHOWN);
        session.write(&listing)?;
        return session.say(&format!("… and {more} more; see them all with --format csv"));
    }
    session.write(&listing)
}
