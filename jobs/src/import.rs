//! Import: book folders into the store and the landing zone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use lake::DateRange;
use pipelines::conform::record_rejects;
use pipelines::doubts::{self, Quoted};
use pipelines::imports::InboxRow;
use pipelines::landing::{Delivered, Landed, land, sha256};
use pipelines::sources::RowReject;
use pipelines::sources::book_folder::{BookFolder, Found, GroupFolder, Listed, read_folder};
use pipelines::stress::versions;
use schemas::table::Record;
use schemas::tables::instruments::Instrument;
use schemas::tables::landings::Landing;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::rejects::Reject;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency, MarketId, PortfolioId};
use store::{Conflict, StoreKind};

use crate::context::Context;
use crate::error::Error;
use crate::import_books::{Given, save_books};
use crate::import_export::put_inbox;

/// What an import did.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// Portfolios that are new.
    pub portfolios_new: Vec<PortfolioId>,
    /// Portfolios whose description has changed.
    pub portfolios_changed: Vec<PortfolioId>,
    /// Portfolios that were already as in the folder.
    pub portfolios_unchanged: u64,
    /// Markets found.
    pub markets: u64,
    /// Transactions that are new.
    pub transactions_inserted: u64,
    /// Transactions that were already booked.
    pub transactions_unchanged: u64,
    /// Transactions whose id is taken by another content, and new ones dated in a closed year; they are not booked.
    pub conflicts: Vec<Conflict>,
    /// Files landed.
    pub landed: Landed,
    /// Rows that cannot be used.
    pub rejects: Vec<RowReject>,
    /// Folders that cannot be taken at all, with the reason.
    pub failures: Vec<(PathBuf, String)>,
    /// Keys of `portfolio.json` files that mean nothing to this program.
    pub ignored_keys: BTreeSet<String>,
    /// What was found of each kind of transaction, by portfolio and currency. Imports of folders that are written, not
    /// previewed, leave it empty.
    pub tallies: BTreeMap<(PortfolioId, String, Currency), Tally>,
    /// Instruments that the market does not have yet, and those that it has. For exports and previews.
    pub instruments: Counted,
    /// Closes that were found. For exports and previews.
    pub quotes: usize,
    /// Rates that were found. For exports and previews.
    pub fx_rates: usize,
    /// Rows that wait for a person, and bookings that one should look at, by portfolio.
    pub waiting: Vec<(PortfolioId, InboxRow)>,
    /// Rows that waited for a person who has dealt with them.
    pub settled: usize,
    /// What a person should know, in sentences.
    pub notes: Vec<String>,
}

/// How many there are of what is new and of what was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// What is new.
    pub new: usize,
    /// What was there.
    pub known: usize,
}

/// What was found of one kind of transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Transactions that are new.
    pub new: u64,
    /// Transactions that are booked already.
    pub known: u64,
    /// Transactions whose id is taken by another content; they are not booked.
    pub changed: u64,
    /// The cash of all of them together.
    pub net_cash: Amount,
}

impl ImportReport {
    /// Whether something in the folder was not taken in.
    pub fn is_partial(&self) -> bool {
        !(self.rejects.is_empty() && self.conflicts.is_empty() && self.failures.is_empty())
    }

    /// Adds the bookings of a portfolio that a person should look at.
    pub(crate) fn note_doubts(
        &mut self,
        portfolio: &Portfolio,
        booked: &[&Transaction],
        quoted: &Quoted,
        refunds: &BTreeSet<i64>,
        recorded_at: DateTime<Utc>,
    ) {
        let found = doubts::doubts(portfolio, booked, quoted, refunds, recorded_at);
        self.waiting.extend(found.into_iter().map(|row| (portfolio.portfolio_id.clone(), row)));
    }
}

/// Imports a book folder, or a folder of them. What was imported before, with the same content, changes nothing.
///
/// # Errors
/// [`Error`] if the folder holds no books, the store or the lake refuses, or made-up books would reach a store of real
/// ones. Rows and books that cannot be used are no errors; the report lists them.
pub async fn import(context: &Context, folder: &Path) -> Result<ImportReport, Error> {
    let (found, quoted) = find(context, folder).await?;
    refuse_other_kind(context, &found)?;
    let mut report = ImportReport {
        markets: found.markets.len().try_into().unwrap_or(u64::MAX),
        failures: found.failures,
        ..ImportReport::default()
    };
    let mut deliveries: Vec<Delivered> = Vec::new();
    for market in found.markets {
        deliveries.extend(market.deliveries);
        report.rejects.extend(market.rejects);
    }
    deliveries.extend(found.books.iter().flat_map(|book| book.deliveries.iter().cloned()));
    deliveries.extend(groups_of(context, &found.books, found.groups, &mut report).await?);
    report.rejects.extend(versions::refused(&context.lake, &deliveries).await?);
    // Markets land before anything is booked in them: a night must never meet a transaction without its instrument.
    report.landed = land(&context.lake, &deliveries, context.clock).await?;
    let rejected: Vec<Reject> = found.books.iter().flat_map(book_rejects).collect();
    record_rejects(&context.lake, &rejected).await?;
    let refunds = BTreeSet::new();
    let given = |book| Given::of(book, &quoted, &refunds);
    save_books(context, &found.books.iter().map(given).collect::<Vec<_>>(), &mut report).await?;
    for book in found.books {
        report.ignored_keys.extend(book.ignored_keys);
        report.rejects.extend(book.rejects);
    }
    put_inbox(context, &report).await?;
    Ok(report)
}

/// The files of groups whose members are all known, now or from before; the others are listed as failures.
pub(crate) async fn groups_of(
    context: &Context,
    books: &[BookFolder],
    groups: Vec<GroupFolder>,
    report: &mut ImportReport,
) -> Result<Vec<Delivered>, Error> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let stored = context.store.portfolios().await?.into_iter().map(|portfolio| portfolio.portfolio_id);
    let known: BTreeSet<PortfolioId> =
        stored.chain(books.iter().map(|book| book.portfolio.portfolio_id.clone())).collect();
    let mut deliveries = Vec::with_capacity(groups.len());
    for group in groups {
        match group.members.iter().find(|member| !known.contains(*member)) {
            None => deliveries.push(group.delivery),
            Some(member) => {
                let problem = format!("member `{member}` of `{}` is not known; import its book, too", group.group_id);
                report.failures.push((group.folder, problem));
            }
        }
    }
    report.notes.push(format!("{} groups of portfolios", deliveries.len()));
    Ok(deliveries)
}

/// Reads the folder, looking up markets that were imported earlier; and in what all their instruments are quoted.
pub(crate) async fn find(context: &Context, folder: &Path) -> Result<(Found, Quoted), Error> {
    let snapshot = context.lake.snapshot(Instrument::TABLE).await?;
    let instruments: Vec<Instrument> = lake::read::rows(&snapshot, &context.lake, DateRange::ALL).await?;
    let snapshot = context.lake.snapshot(Landing::TABLE).await?;
    let landings: Vec<Landing> = lake::read::rows(&snapshot, &context.lake, DateRange::ALL).await?;
    let of_rates = landings.into_iter().filter(|row| row.file_name == "fx.csv");
    let with_rates: BTreeSet<MarketId> = of_rates.map(|row| row.market_id).collect();
    let folder = folder.to_owned();
    let mut quoted = doubts::quoted(&instruments);
    let reading = tokio::task::spawn_blocking(move || {
        let listed = |market: &MarketId| -> Listed {
            let of_market = instruments.iter().filter(|instrument| instrument.market_id == *market);
            of_market.map(|instrument| (instrument.instrument_id.clone(), instrument.currency)).collect()
        };
        let has_fx = |market: &MarketId| with_rates.contains(market);
        read_folder(&folder, &listed, &has_fx)
    });
    let found = reading.await.map_err(|_| Error::Worker)??;
    // What lands now is not conformed yet, and is the newest word.
    let of_markets = found.markets.iter().map(|market| &market.instruments);
    for listed in of_markets.chain(found.books.iter().map(|book| &book.instruments)) {
        quoted.extend(doubts::quoted(listed.values()));
    }
    Ok((found, quoted))
}

pub(crate) fn refuse_other_kind(context: &Context, found: &Found) -> Result<(), Error> {
    let markets = found.markets.iter().map(|market| (market.market_id.to_string(), market.synthetic));
    let books = found.books.iter().map(|book| (book.portfolio.portfolio_id.to_string(), book.synthetic));
    let demo = context.store.kind() == StoreKind::Demo;
    match markets.chain(books).find(|(_, synthetic)| *synthetic != demo) {
        None => Ok(()),
        Some((name, true)) => Err(Error::Kind {
            what: format!("`{name}` is synthetic and this is a store of real portfolios"),
            help: "look at synthetic books with `financr demo`, which has a store of its own",
        }),
        Some((name, false)) => Err(Error::Kind {
            what: format!("`{name}` is not marked as synthetic and this is a demo store"),
            help: "import real books with a configuration that names another store",
        }),
    }
}

/// The rejected rows of a book's transactions; those of market files are found again when these are conformed.
fn book_rejects(book: &BookFolder) -> Vec<Reject> {
    let Some(file) = book.deliveries.iter().find(|file| file.file_name == "transactions.csv") else {
        return Vec::new();
    };
    let hash = sha256(&file.bytes);
    let mut lines = BTreeSet::new();
    let of_file = book.rejects.iter().filter(|reject| reject.file.ends_with("/transactions.csv"));
    of_file
        .filter(|reject| lines.insert(reject.line))
        .map(|reject| Reject {
            landing_sha256: hash.clone(),
            source: file.source.to_owned(),
            market_id: file.market_id.clone(),
            file_name: file.file_name.clone(),
            line: reject.line,
            column: reject.column.clone(),
            reason: reject.reason.clone(),
        })
        .collect()
}
