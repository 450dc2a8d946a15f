//! Book folders: a portfolio, or a market that several portfolios share, as a folder of plain files.
//!
//! The format is documented in `docs/BOOK_FOLDER.md`. A folder with `portfolio.json` is a book; one with `market.json`
//! is a shared market, one with `group.json` a group of portfolios; any other folder is searched for them.

mod action_file;
pub mod agreement;
mod benchmark;
mod benchmark_weight_file;
mod book_files;
mod classification_file;
mod cost_basis;
pub(crate) mod custody_file;
mod delivery_choice;
pub(crate) mod execution_file;
mod factor_file;
pub(crate) mod group_file;
pub(crate) mod instrument_cost_file;
mod market_files;
mod news_file;
mod risk_free_file;
pub(crate) mod scenario_file;
pub mod sent_portfolio;
pub mod sent_transactions;
mod transaction_file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{Currency, GroupId, InstrumentId, MarketId, PortfolioId, with_causes};

use super::{Facts, Instruments, LandedFile, RowReject, Source};
use crate::error::Error;
use crate::landing::Delivered;

/// Book folders.
pub static SOURCE: Source = Source {
    name: "book_folder",
    definition: "portfolios and markets as folders of portfolio.json, transactions.csv, executions.csv, custody.csv, \
                 instruments.csv, prices.csv, fx.csv, risk_free.csv, factors.csv, benchmark_weights.csv, \
                 corporate_actions.csv, classifications.csv, instrument_costs.csv, news.jsonl and scenarios/*.toml; \
                 groups of portfolios as group.json",
    order: market_files::order,
    parse,
};

/// Folders below the one that was named, that are searched for books.
const FOLDER_DEPTH_MAX: usize = 4;
/// Size of a file that is read as a whole.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// The files of a market; those after the first two may be missing.
const MARKET_FILES: &[&str] = &[
    "instruments.csv",
    "prices.csv",
    "fx.csv",
    "risk_free.csv",
    factor_file::NAME,
    "benchmark_weights.csv",
    "corporate_actions.csv",
    classification_file::NAME,
    instrument_cost_file::NAME,
    news_file::NAME,
];

/// The instruments of a market, each with its currency.
pub type Listed = BTreeMap<InstrumentId, Currency>;

/// A market found in a folder.
#[derive(Clone, Debug)]
pub struct MarketFolder {
    /// The market.
    pub market_id: MarketId,
    /// Whether it is made up for demonstration.
    pub synthetic: bool,
    /// Whether it brings its own FX rates.
    pub has_fx: bool,
    /// Its instruments, as far as they could be read.
    pub instruments: Instruments,
    /// Its files.
    pub deliveries: Vec<Delivered>,
    /// Its rows that cannot be used.
    pub rejects: Vec<RowReject>,
}

/// A book found in a folder.
#[derive(Clone, Debug)]
pub struct BookFolder {
    /// The folder.
    pub folder: PathBuf,
    /// The portfolio.
    pub portfolio: Portfolio,
    /// Whether it is made up for demonstration.
    pub synthetic: bool,
    /// Keys of `portfolio.json` that mean nothing to this program.
    pub ignored_keys: Vec<String>,
    /// The instruments of its own market, as far as they could be read; none if it names a shared one.
    pub instruments: Instruments,
    /// Its transactions, as far as they can be booked.
    pub transactions: Vec<Transaction>,
    /// Its files.
    pub deliveries: Vec<Delivered>,
    /// Its rows that cannot be used.
    pub rejects: Vec<RowReject>,
}

/// A group of portfolios found in a folder.
#[derive(Clone, Debug)]
pub struct GroupFolder {
    /// The folder.
    pub folder: PathBuf,
    /// The group.
    pub group_id: GroupId,
    /// The portfolios that belong to it, at one time or another.
    pub members: Vec<PortfolioId>,
    /// Its file.
    pub delivery: Delivered,
}

/// What a folder holds.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Markets, by id.
    pub markets: Vec<MarketFolder>,
    /// Books, by id.
    pub books: Vec<BookFolder>,
    /// Groups of portfolios, by id.
    pub groups: Vec<GroupFolder>,
    /// Folders that could not be taken, with the reason.
    pub failures: Vec<(PathBuf, String)>,
}

/// Reads a folder and the folders in it. A book or market that cannot be read is listed among the failures; the others
/// are returned.
///
/// `listed` names the instruments of markets that were taken in earlier, for books that refer to them, and `has_fx`
/// whether such a market brings its own rates.
///
/// # Errors
/// [`Error::Folder`] if there is neither a book nor a market nor a group, or two books or groups have one id.
pub fn read_folder(
    folder: &Path,
    listed: &dyn Fn(&MarketId) -> Listed,
    has_fx: &dyn Fn(&MarketId) -> bool,
) -> Result<Found, Error> {
    let mut places = Vec::new();
    search(folder, 0, &mut places)?;
    if places.is_empty() {
        let problem = "no portfolio.json and no market.json in it or below it, and no group.json; name a book \
                       folder, or a folder of them";
        return Err(Error::Folder { folder: folder.to_owned(), problem: problem.to_owned() });
    }
    let mut found = Found::default();
    for place in places.iter().filter(|place| place.join("market.json").is_file()) {
        match book_files::read_market(place) {
            Ok(market) => found.markets.push(market),
            Err(error) => found.failures.push((place.clone(), with_causes(&error))),
        }
    }
    for place in places.iter().filter(|place| place.join("portfolio.json").is_file()) {
        let symbols = |market: &MarketId| match found.markets.iter().find(|known| known.market_id == *market) {
            Some(known) => listed_in(&known.instruments),
            None => listed(market),
        };
        let own_fx = |market: &MarketId| match found.markets.iter().find(|known| known.market_id == *market) {
            Some(known) => known.has_fx,
            None => has_fx(market),
        };
        match book_files::read_book(place, &symbols, &own_fx) {
            Ok(book) => found.books.push(book),
            Err(error) => found.failures.push((place.clone(), with_causes(&error))),
        }
    }
    for place in places.iter().filter(|place| place.join(group_file::NAME).is_file()) {
        match group_file::read_group(place) {
            Ok(group) => found.groups.push(group),
            Err(error) => found.failures.push((place.clone(), with_causes(&error))),
        }
    }
    found.groups.sort_by(|left, right| left.group_id.cmp(&right.group_id));
    found.books.sort_by(|left, right| left.portfolio.portfolio_id.cmp(&right.portfolio.portfolio_id));
    found.markets.sort_by(|left, right| left.market_id.cmp(&right.market_id));
    refuse_twins(folder, &found)?;
    Ok(found)
}

/// Instruments with their currencies.
fn listed_in(instruments: &Instruments) -> Listed {
    instruments.iter().map(|(id, instrument)| (id.clone(), instrument.currency)).collect()
}

fn refuse_twins(folder: &Path, found: &Found) -> Result<(), Error> {
    let groups: Vec<&GroupId> = found.groups.iter().map(|group| &group.group_id).collect();
    if let Some([twin, _]) = groups.windows(2).find(|pair| pair[0] == pair[1]) {
        let problem = format!("two folders have a group with the id `{twin}`; give each its own");
        return Err(Error::Folder { folder: folder.to_owned(), problem });
    }
    let ids: Vec<&PortfolioId> = found.books.iter().map(|book| &book.portfolio.portfolio_id).collect();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(Error::Folder {
            folder: folder.to_owned(),
            problem: format!("two book folders have the id `{}`; give each its own", pair[0]),
        }),
    }
}

fn search(folder: &Path, depth: usize, places: &mut Vec<PathBuf>) -> Result<(), Error> {
    if ["portfolio.json", "market.json", group_file::NAME].iter().any(|name| folder.join(name).is_file()) {
        places.push(folder.to_owned());
        return Ok(());
    }
    if FOLDER_DEPTH_MAX < depth {
        return Ok(());
    }
    let failed = |source| Error::File { path: folder.to_owned(), source };
    let mut below: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            below.push(path);
        }
    }
    below.sort();
    below.iter().try_for_each(|path| search(path, depth + 1, places))
}

/// A file of a folder; none if it is not there.
fn read_file(folder: &Path, name: &str) -> Result<Option<Bytes>, Error> {
    let path = folder.join(name);
    let size = match std::fs::metadata(&path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::File { path, source }),
    };
    if FILE_BYTES_MAX < size {
        let problem = format!("the file has {size} bytes; at most {FILE_BYTES_MAX} are read");
        return Err(Error::Sheet { file: path.display().to_string(), problem });
    }
    let bytes = std::fs::read(&path).map_err(|source| Error::File { path, source })?;
    Ok(Some(bytes.into()))
}

/// Reads one landed file. Portfolios and transactions are the store's, not the lake's; they land for the record.
fn parse(file: &LandedFile<'_>, instruments: &Instruments) -> Result<Facts, Error> {
    match file.file_name {
        "instruments.csv" => market_files::instruments(file),
        "prices.csv" => market_files::prices(file, instruments),
        "fx.csv" => market_files::fx(file),
        "benchmark_weights.csv" => benchmark_weight_file::benchmark_weights(file),
        "risk_free.csv" => risk_free_file::risk_free_rates(file),
        factor_file::NAME => factor_file::factor_returns(file),
        "corporate_actions.csv" => action_file::corporate_actions(file, instruments),
        classification_file::NAME => classification_file::classifications(file, instruments),
        instrument_cost_file::NAME => instrument_cost_file::instrument_costs(file, instruments),
        news_file::NAME => Ok(news_file::news(file)),
        group_file::NAME => group_file::members(file),
        name if scenario_file::is_scenario(name) => Ok(scenario_file::scenario(file, instruments)),
        name if custody_file::is_custody(name) => {
            custody_file::custody(file, &|instrument| instruments.contains_key(instrument))
        }
        _ => Ok(Facts::default()),
    }
}
