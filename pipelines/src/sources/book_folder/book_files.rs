//! `portfolio.json` and `market.json`, and the folders that they head.

use std::path::Path;

use bytes::Bytes;
use schemas::MarketId;
use schemas::tables::portfolios::Portfolio;
use serde::Deserialize;

use super::agreement::{self, PortfolioFile};
use super::transaction_file::transactions;
use super::{
    BookFolder, Listed, MARKET_FILES, MarketFolder, SOURCE, custody_file, execution_file, listed_in, read_file,
    scenario_file,
};
use crate::error::Error;
use crate::landing::{Delivered, sha256};
use crate::sources::{Facts, Instruments, LandedFile, RowReject};

/// `market.json` as written.
#[derive(Deserialize)]
struct MarketFile {
    id: MarketId,
    #[serde(default)]
    synthetic: bool,
}

fn json<'b, T: Deserialize<'b>>(folder: &Path, name: &str, bytes: &'b Bytes) -> Result<T, Error> {
    serde_json::from_slice(bytes)
        .map_err(|error| Error::Sheet { file: folder.join(name).display().to_string(), problem: error.to_string() })
}

fn required_file(folder: &Path, name: &str) -> Result<Bytes, Error> {
    read_file(folder, name)?
        .ok_or_else(|| Error::Folder { folder: folder.to_owned(), problem: format!("`{name}` is missing") })
}

/// Reads a shared market.
pub(super) fn read_market(folder: &Path) -> Result<MarketFolder, Error> {
    let bytes = required_file(folder, "market.json")?;
    let file: MarketFile = json(folder, "market.json", &bytes)?;
    let mut market = market_files_of(folder, file.id)?;
    market.synthetic = file.synthetic;
    if read_file(folder, custody_file::NAME)?.is_some() {
        let reason = "it is about one portfolio and not about a market; put it into the folder of the book";
        market.rejects.push(RowReject {
            file: format!("{}/{}", market.market_id, custody_file::NAME),
            line: 1,
            column: "(file)".to_owned(),
            reason: reason.to_owned(),
        });
    }
    market.deliveries.push(delivered(&market.market_id, "market.json", bytes));
    Ok(market)
}

fn delivered(market_id: &MarketId, file_name: &str, bytes: Bytes) -> Delivered {
    Delivered { source: SOURCE.name, market_id: market_id.clone(), file_name: file_name.to_owned(), bytes }
}

/// The market files of a folder, read once to list what would be rejected.
fn market_files_of(folder: &Path, market_id: MarketId) -> Result<MarketFolder, Error> {
    let mut market = MarketFolder {
        market_id,
        synthetic: false,
        has_fx: false,
        instruments: Instruments::new(),
        deliveries: Vec::new(),
        rejects: Vec::new(),
    };
    for &file_name in MARKET_FILES {
        let Some(bytes) = read_file(folder, file_name)? else {
            if ["instruments.csv", "prices.csv"].contains(&file_name) {
                required_file(folder, file_name)?;
            }
            continue;
        };
        let hash = sha256(&bytes);
        let landed = LandedFile { market_id: &market.market_id, file_name, sha256: &hash, bytes: &bytes };
        let Facts { instruments, rejects, .. } = (SOURCE.parse)(&landed, &market.instruments)?;
        market.instruments.extend(instruments.into_iter().map(|found| (found.instrument_id.clone(), found)));
        market.rejects.extend(rejects);
        market.has_fx |= file_name == "fx.csv";
        market.deliveries.push(delivered(&market.market_id, file_name, bytes));
    }
    for (file_name, bytes) in scenario_file::files_of(folder)? {
        let hash = sha256(&bytes);
        let landed = LandedFile { market_id: &market.market_id, file_name: &file_name, sha256: &hash, bytes: &bytes };
        market.rejects.extend((SOURCE.parse)(&landed, &market.instruments)?.rejects);
        market.deliveries.push(delivered(&market.market_id, &file_name, bytes));
    }
    Ok(market)
}

/// Scenarios that lie with a book although the market is another's.
fn astray(folder: &Path, own: &MarketId, market: &MarketId) -> Result<Vec<RowReject>, Error> {
    let files = scenario_file::files_of(folder)?;
    let reason = format!("the book uses the market `{market}`; put the scenario into the folder of that market");
    let reject = |(name, _)| RowReject {
        file: format!("{own}/{name}"),
        line: 1,
        column: "(file)".to_owned(),
        reason: reason.clone(),
    };
    Ok(files.into_iter().map(reject).collect())
}

/// Reads a book, with its own market files if it does not name a shared market.
pub(super) fn read_book(
    folder: &Path,
    symbols: &dyn Fn(&MarketId) -> Listed,
    has_fx: &dyn Fn(&MarketId) -> bool,
) -> Result<BookFolder, Error> {
    let bytes = required_file(folder, "portfolio.json")?;
    let mut file: PortfolioFile = json(folder, "portfolio.json", &bytes)?;
    let checked = agreement::check(&file).map_err(|faults| {
        let reasons: Vec<String> = faults.into_iter().map(|fault| fault.reason).collect();
        Error::Sheet { file: folder.join("portfolio.json").display().to_string(), problem: reasons.join("; ") }
    })?;
    // A portfolio id is a valid market id: both follow the same rule.
    let own: MarketId = file.id.as_str().parse().map_err(|error: schemas::identifiers::IdError| Error::Folder {
        folder: folder.to_owned(),
        problem: error.to_string(),
    })?;
    let mut instruments = Instruments::new();
    let (market_id, own_rates, listed, mut deliveries, mut rejects) = match file.market.clone() {
        Some(shared) => {
            let listed = symbols(&shared);
            if listed.is_empty() {
                let problem = format!("market `{shared}` is not known; import its folder (with market.json) too");
                return Err(Error::Folder { folder: folder.to_owned(), problem });
            }
            let own_rates = has_fx(&shared);
            let astray = astray(folder, &own, &shared)?;
            (shared, own_rates, listed, Vec::new(), astray)
        }
        None => {
            let market = market_files_of(folder, own.clone())?;
            let listed = listed_in(&market.instruments);
            instruments = market.instruments;
            (own.clone(), market.has_fx, listed, market.deliveries, market.rejects)
        }
    };
    deliveries.push(delivered(&own, "portfolio.json", bytes));
    let synthetic = file.synthetic;
    let ignored_keys = std::mem::take(&mut file.others).into_keys().collect();
    let portfolio = agreement::portfolio(file, checked, market_id, own_rates);
    let bytes = required_file(folder, "transactions.csv")?;
    let (transactions, faulty) = transactions(&portfolio, &listed, &bytes)?;
    rejects.extend(faulty);
    let (beside, faulty) = files_beside(folder, &own, &portfolio, &listed, bytes)?;
    deliveries.extend(beside);
    rejects.extend(faulty);
    Ok(BookFolder {
        folder: folder.to_owned(),
        portfolio,
        synthetic,
        ignored_keys,
        instruments,
        transactions,
        deliveries,
        rejects,
    })
}

/// The bookings of a book and the files that say more of them and of the assets, with the rows that cannot be used.
fn files_beside(
    folder: &Path,
    own: &MarketId,
    portfolio: &Portfolio,
    listed: &Listed,
    bookings: Bytes,
) -> Result<(Vec<Delivered>, Vec<RowReject>), Error> {
    let (mut deliveries, mut rejects) = (Vec::new(), Vec::new());
    if let Some((delivery, faulty)) = custody_of(folder, portfolio, listed)? {
        deliveries.push(delivery);
        rejects.extend(faulty);
    }
    let (executed, faulty) = executions(folder, portfolio, &bookings)?;
    rejects.extend(faulty);
    deliveries.push(delivered(own, execution_file::BOOKINGS, bookings));
    deliveries.extend(executed.map(|executed| delivered(own, execution_file::NAME, executed)));
    Ok((deliveries, rejects))
}

/// Where the assets of a book are kept, if a file says so: it lands beside the files of the book's market.
fn custody_of(
    folder: &Path,
    portfolio: &Portfolio,
    listed: &Listed,
) -> Result<Option<(Delivered, Vec<RowReject>)>, Error> {
    let Some(bytes) = read_file(folder, custody_file::NAME)? else { return Ok(None) };
    let (market_id, file_name) = (&portfolio.market_id, custody_file::lands_as(&portfolio.portfolio_id));
    let hash = sha256(&bytes);
    let landed = LandedFile { market_id, file_name: &file_name, sha256: &hash, bytes: &bytes };
    let rejects = custody_file::custody(&landed, &|instrument| listed.contains_key(instrument))?.rejects;
    Ok(Some((delivered(market_id, &file_name, bytes), rejects)))
}

/// How the orders of a book were executed, if it says so, and the rows that are not what was booked.
fn executions(folder: &Path, portfolio: &Portfolio, bookings: &[u8]) -> Result<(Option<Bytes>, Vec<RowReject>), Error> {
    let Some(bytes) = read_file(folder, execution_file::NAME)? else { return Ok((None, Vec::new())) };
    let hash = sha256(&bytes);
    let (_, faulty) = execution_file::executions(&portfolio.portfolio_id, (&hash, &bytes), bookings)?;
    Ok((Some(bytes), faulty))
}
