//! Exports of brokers and of other programs, into the store and the landing zone.
//!
//! Each account of an export becomes a portfolio with a market of its own, unless it is told to use another. Its
//! instruments, closes and rates land as files of a book folder, so that a night conforms them like any others, and the
//! export itself lands for the record.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use pipelines::conform::record_rejects;
use pipelines::imports::{self, ExportFile, InboxRow};
use pipelines::landing::{self, land};
use schemas::{Currency, MarketId, PortfolioId, Severity};
use store::{Book, InboxFilter, InboxItem, InboxKind, InboxState};

use crate::context::Context;
use crate::error::Error;
use crate::export_plan::{Plan, Taken, plan};
use crate::import::ImportReport;
use crate::import_books::{Given, save_books};
use crate::import_preview::{preview_portfolio, without_changed};

/// No export is made up.
const REAL: bool = false;
/// Size of a mapping file.
const MAPPING_BYTES_MAX: u64 = 1 << 20;
/// Items of the inbox that are read at once.
const PAGE_ITEMS: u32 = 1_000;

/// An export, and what its file does not say.
#[derive(Clone, Debug)]
pub struct ExportRequest {
    /// The file, plain or gzip.
    pub file: PathBuf,
    /// Its format, e.g. `ibkr_flex`; none to recognise it.
    pub format: Option<String>,
    /// The portfolio of its only account, or of the rows that name none; none to call it like the account.
    pub portfolio: Option<PortfolioId>,
    /// The market of its instruments; none for one of its own, called like the portfolio.
    pub market: Option<MarketId>,
    /// For `generic_csv`: what its columns mean.
    pub mapping: Option<PathBuf>,
    /// The base currency of portfolios that are new, where the export does not say it.
    pub base_currency: Option<Currency>,
}

/// Imports an export. What was imported before, from this file or an overlapping one, changes nothing.
///
/// # Errors
/// [`Error`] if the file cannot be read as a whole, does not say enough and neither does the request, or the store or
/// the lake refuses. Rows that cannot be used are no errors; the report lists them.
pub async fn import_export(context: &Context, request: &ExportRequest) -> Result<ImportReport, Error> {
    let taken = read(request).await?;
    let Plan { portfolios, deliveries, rejected, quoted, mut report } = plan(context, request, &taken).await?;
    // Markets land before anything is booked in them: a night must never meet a transaction without its instrument.
    report.landed = land(&context.lake, &deliveries, context.clock).await?;
    record_rejects(&context.lake, &rejected).await?;
    let given = portfolios.iter().map(|(portfolio, book)| {
        let book_in_store = Book { portfolio, synthetic: REAL, transactions: &book.transactions };
        Given { book: book_in_store, quoted: &quoted, refunds: &book.refunds }
    });
    let given: Vec<Given<'_>> = given.collect();
    save_books(context, &given, &mut report).await?;
    put_inbox(context, &report).await?;
    leave_out_settled(context, &mut report).await?;
    Ok(report)
}

/// What importing an export would do. Nothing is written.
///
/// # Errors
/// [`Error`] as [`import_export`] would give.
pub async fn preview_export(context: &Context, request: &ExportRequest) -> Result<ImportReport, Error> {
    let taken = read(request).await?;
    let Plan { portfolios, deliveries, quoted, mut report, .. } = plan(context, request, &taken).await?;
    for (portfolio, book) in &portfolios {
        preview_portfolio(context, &mut report, portfolio).await?;
        let stored = context.store.transactions_of(&portfolio.portfolio_id).await?;
        let booked = without_changed(&stored, &book.transactions);
        report.note_doubts(portfolio, &booked, &quoted, &book.refunds, context.clock.now());
    }
    report.landed = landing::preview(&context.lake, &deliveries, context.clock).await?;
    leave_out_settled(context, &mut report).await?;
    Ok(report)
}

/// Hands the rows that wait for a person to the inbox. Rows of portfolios that are not stored stay in the report alone.
pub(crate) async fn put_inbox(context: &Context, report: &ImportReport) -> Result<(), Error> {
    if report.waiting.is_empty() {
        return Ok(());
    }
    let saved: BTreeSet<PortfolioId> =
        context.store.portfolios().await?.into_iter().map(|portfolio| portfolio.portfolio_id).collect();
    let mut items = Vec::new();
    let keys = item_keys(&report.waiting);
    for ((portfolio_id, row), item_key) in report.waiting.iter().zip(keys) {
        if !saved.contains(portfolio_id) {
            continue;
        }
        items.push(InboxItem {
            item_key,
            portfolio_id: portfolio_id.clone(),
            kind: InboxKind::Import,
            severity: Severity::Warn,
            subject: format!("{} (line {})", row.what, row.line),
            message: row.reason.clone(),
            detail: row.text.clone(),
            suggestion: None,
        });
    }
    context.store.put_inbox(&items, context.clock.now()).await?;
    Ok(())
}

/// The keys under which rows are in the inbox.
fn item_keys(rows: &[(PortfolioId, InboxRow)]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let key = |(portfolio_id, row): &(PortfolioId, InboxRow)| {
        // The line is no mark: a later export has the same row elsewhere. Equal rows are told apart by their count.
        let twins = seen.entry(format!("{portfolio_id} {} {}", row.what, row.text)).or_insert(0);
        *twins += 1;
        let marks = [row.what.as_str(), row.text.as_str(), &twins.to_string()];
        InboxItem::key(InboxKind::Import, portfolio_id, &marks)
    };
    rows.iter().map(key).collect()
}

/// Takes the rows out of the report that somebody has dealt with in the inbox, and counts them.
async fn leave_out_settled(context: &Context, report: &mut ImportReport) -> Result<(), Error> {
    let portfolios: BTreeSet<PortfolioId> =
        report.waiting.iter().map(|(portfolio_id, _)| portfolio_id.clone()).collect();
    let mut settled: BTreeSet<String> = BTreeSet::new();
    for portfolio_id in portfolios {
        for state in [InboxState::Resolved, InboxState::Dismissed] {
            let filter = InboxFilter {
                portfolio: Some(portfolio_id.clone()),
                kind: Some(InboxKind::Import),
                state: Some(state),
            };
            let mut last = None;
            loop {
                let page = context.store.inbox(&filter, PAGE_ITEMS, last.as_ref()).await?;
                let Some(end) = page.last() else { break };
                last = Some(end.cursor());
                settled.extend(page.into_iter().map(|row| row.item.item_key));
            }
        }
    }
    let mut keys = item_keys(&report.waiting).into_iter();
    let before = report.waiting.len();
    report.waiting.retain(|_| keys.next().is_none_or(|key| !settled.contains(&key)));
    report.settled = before - report.waiting.len();
    Ok(())
}

impl ExportRequest {
    /// What is wrong with the file or the request.
    pub(crate) fn wrong(&self, problem: impl Into<String>) -> Error {
        Error::Export { file: self.file.display().to_string(), problem: problem.into() }
    }
}

/// Reads the file on a thread of its own.
async fn read(request: &ExportRequest) -> Result<Taken, Error> {
    let request = request.clone();
    tokio::task::spawn_blocking(move || read_file(&request)).await.map_err(|_| Error::Worker)?
}

fn read_file(request: &ExportRequest) -> Result<Taken, Error> {
    let limit = u64::try_from(imports::FILE_BYTES_MAX).unwrap_or(u64::MAX);
    let file_name = name_of(&request.file);
    let bytes = imports::unpack(&file_name, bytes_of(request, &request.file, limit)?)?;
    let mapping = request.mapping.as_deref().map(|path| bytes_of(request, path, MAPPING_BYTES_MAX)).transpose()?;
    let file = ExportFile { file_name: &file_name, bytes: &bytes, mapping: mapping.as_deref() };
    let importer = match &request.format {
        Some(name) => imports::importer(name)?,
        None => imports::recognise(&file)?,
    };
    let export = (importer.read)(&file)?;
    let (bytes, mapping) = (Bytes::from(bytes), mapping.map(Bytes::from));
    Ok(Taken { format: importer.name, file_name, bytes, mapping, export })
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn bytes_of(request: &ExportRequest, path: &Path, bytes_max: u64) -> Result<Vec<u8>, Error> {
    let failed = |source| pipelines::Error::File { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if bytes_max < size {
        let problem = format!("{} has {size} bytes; at most {bytes_max} are read", path.display());
        return Err(request.wrong(problem));
    }
    Ok(std::fs::read(path).map_err(failed)?)
}
