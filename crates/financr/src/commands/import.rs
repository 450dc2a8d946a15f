//! `financr import`: book folders and exports of brokers into the store and the landing zone.

use std::path::PathBuf;

use clap::Args;
use jobs::import::{ImportReport, import};
use jobs::import_export::{ExportRequest, import_export, preview_export};
use jobs::import_preview::preview;
use schemas::{Currency, MarketId, PortfolioId};
use serde_json::Value;

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};
use crate::preview_listing::preview_listing;
use crate::refused_rows::{RefusedRows, by_fault, one_by_one};

/// Take in a book folder, a folder of them, or the export of a broker; a second import of the same changes nothing
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A folder with portfolio.json or market.json, a folder of such folders, or a file that was exported
    path: PathBuf,
    /// The format of the file, e.g. ibkr_flex; without it the format is recognised
    #[arg(long = "as", value_name = "FORMAT")]
    export_format: Option<String>,
    /// The id of the portfolio that the file's account becomes; without it the account's own
    #[arg(long, value_name = "ID")]
    portfolio: Option<PortfolioId>,
    /// The market of the file's instruments; without it one of its own, called like the portfolio
    #[arg(long, value_name = "ID")]
    market: Option<MarketId>,
    /// The base currency of a new portfolio, where the file does not say it
    #[arg(long, value_name = "CODE")]
    base_currency: Option<Currency>,
    /// For generic_csv: the file that says what the columns mean
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Show what would be taken in, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Lines about rejected rows on a terminal; all of the rows are in silver.rejects after the next night.
const REJECTS_SHOWN: usize = 20;

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let export = export_request(arguments)?;
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    session.display.begin(if arguments.dry_run { "import (dry run)" } else { "import" });
    let report = match (&export, arguments.dry_run) {
        (Some(request), false) => import_export(&context, request).await?,
        (Some(request), true) => preview_export(&context, request).await?,
        (None, false) => import(&context, &arguments.path).await?,
        (None, true) => preview(&context, &arguments.path).await?,
    };
    let ending = if report.is_partial() { Ending::Partial } else { Ending::Done };
    if arguments.dry_run {
        session.display.end("nothing was written");
        session.write(&preview_listing(&report, session.format))?;
        return Ok(ending);
    }
    session.display.end(&summary(&report));
    session.say(&summary(&report))?;
    write_refused(session, &report)?;
    Ok(ending)
}

/// What is asked about a file; none for a folder, for which none of it means anything.
fn export_request(arguments: &Arguments) -> anyhow::Result<Option<ExportRequest>> {
    let Arguments { path, export_format, portfolio, market, base_currency, mapping, .. } = arguments;
    if path.is_file() {
        return Ok(Some(ExportRequest {
            file: path.clone(),
            format: export_format.clone(),
            portfolio: portfolio.clone(),
            market: market.clone(),
            mapping: mapping.clone(),
            base_currency: *base_currency,
        }));
    }
    let given = [
        ("--as", export_format.is_some()),
        ("--portfolio", portfolio.is_some()),
        ("--market", market.is_some()),
        ("--base-currency", base_currency.is_some()),
        ("--mapping", mapping.is_some()),
    ];
    match given.iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) => Err(Usage(format!("{flag} is for a file, and {} is none", path.display())).into()),
        None => Ok(None),
    }
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
    if !report.waiting.is_empty() {
        parts.push(format!("{} rows in the inbox", report.waiting.len()));
    }
    if 0 < report.settled {
        parts.push(format!("{} rows settled in the inbox", report.settled));
    }
    if !report.rejects.is_empty() {
        parts.push(format!("{} rows rejected", report.rejects.len()));
    }
    if !report.conflicts.is_empty() {
        parts.push(format!("{} conflicts", report.conflicts.len()));
    }
    if !report.failures.is_empty() {
        // Their files may have landed and are counted with the new ones; that is no booking.
        parts.push(format!("{} folders failed (none of their transactions is booked)", report.failures.len()));
    }
    if !report.ignored_keys.is_empty() {
        let keys: Vec<&str> = report.ignored_keys.iter().map(String::as_str).collect();
        parts.push(format!("ignored keys of portfolio.json: {}", keys.join(", ")));
    }
    parts.extend(report.notes.iter().cloned());
    parts.join(", ")
}

fn write_refused(session: &Session, report: &ImportReport) -> anyhow::Result<()> {
    let is_quiet = !report.is_partial() && report.waiting.is_empty();
    if is_quiet && session.format == Format::Table {
        return Ok(());
    }
    let mut listing = Listing::new(&["file", "line", "column", "reason"]);
    let refused = if session.format == Format::Table { by_fault(report) } else { one_by_one(report) };
    for rows in &refused {
        listing.push([rows.file.into(), rows.line_cell(), rows.column.into(), rows.reason.into()]);
    }
    for (portfolio, row) in &report.waiting {
        let place = format!("{portfolio} (inbox)");
        listing.push([place.into(), row.line.into(), row.what.clone().into(), row.reason.clone().into()]);
    }
    for conflict in &report.conflicts {
        listing.push([conflict.origin.clone().into(), Value::Null, "tx_id".into(), conflict.message.clone().into()]);
    }
    for (folder, reason) in &report.failures {
        listing.push([folder.display().to_string().into(), Value::Null, "(folder)".into(), reason.clone().into()]);
    }
    if session.format == Format::Table && REJECTS_SHOWN < listing.rows.len() {
        let mut counts: Vec<usize> = refused.iter().map(RefusedRows::count).collect();
        counts.resize(listing.rows.len(), 1);
        let more: usize = counts.iter().skip(REJECTS_SHOWN).sum();
        listing.rows.truncate(REJECTS_SHOWN);
        session.write(&listing)?;
        return session.say(&format!("… and {more} more; see them all with --format csv"));
    }
    session.write(&listing)
}
