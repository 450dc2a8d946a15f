//! `custody.csv`: where the assets of a book are kept, whether the rules on clients' assets protect them, and what
//! rights others have in them.
//!
//! It lies with the book and lands beside the files of the book's market, as `custody/<portfolio>.csv`: its symbols are
//! those of that market.

use std::collections::{BTreeMap, BTreeSet};

use schemas::tables::custody::CustodyRow;
use schemas::{BusinessDate, Currency, InstrumentId, PortfolioId};

use super::market_files::{Fault, at, date_at, each_row};
use crate::error::Error;
use crate::frames::Sheet;
use crate::sources::{Facts, LandedFile};

/// The name of the file in a book.
pub(super) const NAME: &str = "custody.csv";

/// What the names of landed files begin and end with.
const LANDED: (&str, &str) = ("custody/", ".csv");
/// Rows that a book may have.
const ROWS_MAX: usize = 10_000;
/// Letters of the name of a custodian, and of a note.
const LETTERS_MAX: usize = 300;
/// The mark before the currency of cash.
const CASH: &str = "CASH~";
/// Assets whose title has passed to somebody else: they are not the client's any more.
const TITLE_TRANSFER: &str = "title_transfer";
/// The rights that others may have in an asset.
const PECULIARITIES: [&str; 5] = ["joint_ownership", "pledge", "security_interest", TITLE_TRANSFER, "usufruct"];

/// The name under which the file of a book lands.
pub(super) fn lands_as(portfolio: &PortfolioId) -> String {
    let (before, after) = LANDED;
    format!("{before}{portfolio}{after}")
}

/// Whether a landed file says where assets are kept.
pub(crate) fn is_custody(file_name: &str) -> bool {
    portfolio_of(file_name).is_some()
}

/// The portfolio of which a landed file says so.
pub(crate) fn portfolio_of(file_name: &str) -> Option<PortfolioId> {
    let (before, after) = LANDED;
    file_name.strip_prefix(before)?.strip_suffix(after)?.parse().ok()
}

/// Reads a landed file.
pub(super) fn custody(file: &LandedFile<'_>, is_listed: &dyn Fn(&InstrumentId) -> bool) -> Result<Facts, Error> {
    let problem = |problem: String| Error::Sheet { file: file.file_name.to_owned(), problem };
    let portfolio_id = portfolio_of(file.file_name).ok_or_else(|| problem("it names no portfolio".to_owned()))?;
    let label = format!("{portfolio_id}/{NAME}");
    let sheet = Sheet::read(&label, file.bytes, &["date", "protected"])?;
    if ROWS_MAX < sheet.lines().len() {
        return Err(problem(format!("it has {} rows; at most {ROWS_MAX} are read", sheet.lines().len())));
    }
    let [date, symbol, protected] = [sheet.text("date")?, sheet.text("symbol")?, sheet.text("protected")?];
    let [custodian, peculiarity, note] = [sheet.text("custodian")?, sheet.text("peculiarity")?, sheet.text("note")?];
    let dates = sheet.dates(&date)?;
    let mut seen: BTreeMap<(String, BusinessDate), i64> = BTreeMap::new();
    let (custody, rejects) = each_row(&label, &sheet, |row, line| {
        let from_date = date_at("date", &date, &dates, row)?;
        let asset = symbol.cell(row).map_or(Ok(String::new()), |symbol| asset_of(symbol, file, is_listed))?;
        let is_protected = at("protected", protected.required(row).and_then(yes_or_no))?;
        let peculiarities = at("peculiarity", peculiarities_of(peculiarity.cell(row).unwrap_or_default()))?;
        if is_protected && peculiarities.contains(TITLE_TRANSFER) {
            let reason = format!("what is given by `{TITLE_TRANSFER}` is not protected; write no, or leave it out");
            return Err(("protected", reason));
        }
        let custodian = at("custodian", short_enough(custodian.cell(row)))?;
        let note = at("note", short_enough(note.cell(row)))?;
        if let Some(first) = seen.get(&(asset.clone(), from_date)) {
            let what = symbol.cell(row).unwrap_or("all assets");
            return Err(("date", format!("line {first} already says how {what} is kept from this date on")));
        }
        seen.insert((asset.clone(), from_date), line);
        Ok(CustodyRow {
            portfolio_id: portfolio_id.clone(),
            asset,
            from_date,
            is_protected,
            custodian,
            peculiarities,
            note,
            landing_sha256: file.sha256.to_owned(),
            line,
        })
    });
    Ok(Facts { custody, rejects, ..Facts::default() })
}

/// The id of what a symbol names: a listed instrument, or cash.
fn asset_of(symbol: &str, file: &LandedFile<'_>, is_listed: &dyn Fn(&InstrumentId) -> bool) -> Result<String, Fault> {
    if let Some(code) = symbol.strip_prefix(CASH) {
        return Ok(InstrumentId::cash(at("symbol", code.parse::<Currency>())?).to_string());
    }
    let id = at("symbol", InstrumentId::new(file.market_id, symbol))?;
    if is_listed(&id) {
        return Ok(id.to_string());
    }
    let known = "is not in the instruments.csv of its market; cash is e.g. CASH~EUR, and an empty cell all assets";
    Err(("symbol", format!("`{symbol}` {known}")))
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("write yes or no, not `{}`", text.chars().take(40).collect::<String>())),
    }
}

/// Rights in one order and each once.
fn peculiarities_of(text: &str) -> Result<String, String> {
    let mut found = BTreeSet::new();
    for word in text.split(';').map(str::trim).filter(|word| !word.is_empty()) {
        let Some(known) = PECULIARITIES.iter().find(|known| **known == word) else {
            let shown: String = word.chars().take(40).collect();
            return Err(format!("unknown peculiarity `{shown}`; known: {}", PECULIARITIES.join(", ")));
        };
        found.insert(*known);
    }
    Ok(found.into_iter().collect::<Vec<_>>().join(";"))
}

fn short_enough(text: Option<&str>) -> Result<String, String> {
    let text = text.unwrap_or_default();
    let letters = text.chars().count();
    if LETTERS_MAX < letters {
        return Err(format!("a text has at most {LETTERS_MAX} letters, not {letters}"));
    }
    if text.chars().any(char::is_control) {
        return Err("a text has no line breaks and no other control characters".to_owned());
    }
    Ok(text.to_owned())
}
