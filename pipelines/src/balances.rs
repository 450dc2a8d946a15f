//! A custodian's balances: one CSV file with the balances of one portfolio or of many.
//!
//! | column | meaning |
//! |---|---|
//! | `date` | the day at whose close the balances hold |
//! | `portfolio` | the id of the portfolio; or `account`, if it is named like the portfolio |
//! | `symbol`, `isin` | the instrument, by one of them or both; `CASH` and no `isin` for cash |
//! | `currency` | the currency of cash and of `market_value` |
//! | `quantity` | units, or the amount of cash |
//! | `market_value` | optional: what the custodian says that it is worth |
//! | `basis` | `trade` or `settlement`: from which day the custodian counts a transaction |
//!
//! A row that cannot be used is rejected with line, column and reason, and what it may have said is not taken for zero.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ledger::reconciliation::BalanceBasis;
use rust_decimal::Decimal;
use schemas::identifiers::Isin;
use schemas::{BusinessDate, Currency, Money, PortfolioId, Quantity};

use crate::error::Error;
use crate::frames::{Sheet, TextColumn};
use crate::sources::RowReject;

/// Size of a file of balances; a larger one is refused.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// The symbol of cash.
const CASH: &str = "CASH";

/// What the file does not say itself.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The only portfolio to look at. Without a column `portfolio`, all rows are its rows.
    pub portfolio: Option<PortfolioId>,
    /// The basis, if the file has no column for it.
    pub basis: Option<BalanceBasis>,
}

/// A file of balances.
#[derive(Clone, Debug, Default)]
pub struct BalanceFile {
    /// The balances by portfolio.
    pub portfolios: Vec<PortfolioBalances>,
    /// Rows that cannot be used.
    pub rejects: Vec<RowReject>,
    /// Rows of other portfolios than the one that was asked for.
    pub rows_left_out: usize,
}

/// The balances of one portfolio, as the file has them.
#[derive(Clone, Debug)]
pub struct PortfolioBalances {
    /// The portfolio.
    pub portfolio_id: PortfolioId,
    /// The day.
    pub date: BusinessDate,
    /// From which day on the custodian counts a transaction.
    pub basis: BalanceBasis,
    /// Whether no row that may be one of them was rejected.
    pub is_complete: bool,
    /// The rows.
    pub rows: Vec<BalanceRow>,
}

/// A row of the file.
#[derive(Clone, Debug)]
pub struct BalanceRow {
    /// Its line, from 1; the header is line 1.
    pub line: i64,
    /// The account, where a file tells several apart.
    pub account: Option<String>,
    /// What it is a balance of.
    pub holding: Holding,
    /// Units, or cash in its currency.
    pub quantity: Decimal,
    /// What the custodian says that it is worth.
    pub market_value: Option<Money>,
    /// The row for people: every cell with the name of its column.
    pub text: String,
}

/// What a balance is of, as the file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holding {
    /// Cash.
    Cash(Currency),
    /// A security, by symbol, ISIN or both.
    Security {
        /// The symbol, if there is one.
        symbol: Option<String>,
        /// The ISIN, if there is one.
        isin: Option<Isin>,
    },
}

/// What is wrong with a row: the column and the reason.
type Fault = (&'static str, String);

/// Reads a file of balances of portfolios that are known.
///
/// # Errors
/// [`Error::File`] if it cannot be read, [`Error::Sheet`] if it is too large, has no rows, lacks a column, or does not
/// say whose balances it holds or on which basis.
pub fn read_balances(path: &Path, asked: &Asked, known: &BTreeSet<PortfolioId>) -> Result<BalanceFile, Error> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    let label = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if FILE_BYTES_MAX < size {
        let problem = format!("the file has {size} bytes; at most {FILE_BYTES_MAX} are read, split it by portfolio");
        return Err(Error::Sheet { file: label, problem });
    }
    parse(&label, &std::fs::read(path).map_err(failed)?, asked, known)
}

fn parse(label: &str, bytes: &[u8], asked: &Asked, known: &BTreeSet<PortfolioId>) -> Result<BalanceFile, Error> {
    let problem = |problem: &str| Err(Error::Sheet { file: label.to_owned(), problem: problem.to_owned() });
    let sheet = Sheet::read(label, bytes, &["date", "currency", "quantity"])?;
    let columns = Columns::of(&sheet, asked, known)?;
    if !columns.has("symbol") && !columns.has("isin") {
        return problem("columns `symbol` and `isin` are missing; one of them names the instrument");
    }
    if columns.owner.is_none() && asked.portfolio.is_none() {
        return problem("there is no column `portfolio` and no `account`; say whose balances they are, --portfolio ID");
    }
    if !columns.has("basis") && asked.basis.is_none() {
        return problem("it does not say on which basis the balances are; give --basis trade or --basis settlement");
    }
    if sheet.lines().is_empty() && sheet.rejected().is_empty() {
        return problem("there are no rows; a portfolio without anything has a row of CASH with quantity 0");
    }
    let mut file = FileInMaking { label, found: BTreeMap::new(), torn: BTreeSet::new(), rejects: Vec::new() };
    let mut rows_left_out = 0;
    for bad in sheet.rejected() {
        file.reject(bad.line, ("(line)", bad.reason.clone()));
    }
    let mut all_torn = !sheet.rejected().is_empty();
    for (row, line) in sheet.lines().iter().enumerate() {
        let owner = match columns.owner_of(row) {
            Ok(Some(owner)) => owner,
            Ok(None) => {
                rows_left_out += 1;
                continue;
            }
            Err(fault) => {
                all_torn = true;
                file.reject(*line, fault);
                continue;
            }
        };
        let read = columns.head(row).and_then(|(date, basis)| Ok((date, basis, columns.row(row, *line)?)));
        let added = read.and_then(|(date, basis, balance)| file.add(&owner, date, basis, balance));
        if let Err(fault) = added {
            file.torn.insert(owner);
            file.reject(*line, fault);
        }
    }
    let mut portfolios: Vec<PortfolioBalances> = file.found.into_values().collect();
    for portfolio in &mut portfolios {
        portfolio.is_complete = !all_torn && !file.torn.contains(&portfolio.portfolio_id);
    }
    file.rejects.sort();
    Ok(BalanceFile { portfolios, rejects: file.rejects, rows_left_out })
}

/// The portfolios found so far.
struct FileInMaking<'a> {
    label: &'a str,
    found: BTreeMap<PortfolioId, PortfolioBalances>,
    /// Portfolios of which a row was rejected.
    torn: BTreeSet<PortfolioId>,
    rejects: Vec<RowReject>,
}

impl FileInMaking<'_> {
    fn reject(&mut self, line: i64, (column, reason): Fault) {
        self.rejects.push(RowReject { file: self.label.to_owned(), line, column: column.to_owned(), reason });
    }

    /// Adds a row to its portfolio; all rows of one have one day and one basis.
    fn add(
        &mut self,
        owner: &PortfolioId,
        date: BusinessDate,
        basis: BalanceBasis,
        row: BalanceRow,
    ) -> Result<(), Fault> {
        let first_line = row.line;
        let portfolio = self.found.entry(owner.clone()).or_insert_with(|| PortfolioBalances {
            portfolio_id: owner.clone(),
            date,
            basis,
            is_complete: true,
            rows: Vec::new(),
        });
        let first = portfolio.rows.first().map_or(first_line, |row| row.line);
        if portfolio.date != date {
            let reason = format!("line {first} has {}; put balances of another day into another file", portfolio.date);
            return Err(("date", reason));
        }
        if portfolio.basis != basis {
            let reason = format!("line {first} has {}; balances of one portfolio are on one basis", portfolio.basis);
            return Err(("basis", reason));
        }
        portfolio.rows.push(row);
        Ok(())
    }
}

/// The columns of the file.
struct Columns<'a> {
    asked: &'a Asked,
    known: &'a BTreeSet<PortfolioId>,
    /// Every column with its name, in the order of the file.
    all: Vec<(String, TextColumn)>,
    /// The column that names the portfolio.
    owner: Option<&'static str>,
    dates: Vec<Option<chrono::NaiveDate>>,
    none: TextColumn,
}

impl<'a> Columns<'a> {
    fn of(sheet: &Sheet, asked: &'a Asked, known: &'a BTreeSet<PortfolioId>) -> Result<Columns<'a>, Error> {
        let mut all = Vec::new();
        for name in sheet.columns() {
            let cells = sheet.text(&name)?;
            all.push((name, cells));
        }
        let is_there = |wanted: &str| all.iter().any(|(name, _)| name == wanted);
        let owner = match (is_there("portfolio"), is_there("account"), &asked.portfolio) {
            (true, _, _) => Some("portfolio"),
            (false, true, None) => Some("account"),
            (false, _, _) => None,
        };
        let dates = sheet.dates(&sheet.text("date")?)?;
        // A column that is not there has only empty cells.
        let none = sheet.text("")?;
        Ok(Columns { asked, known, all, owner, dates, none })
    }

    fn has(&self, column: &str) -> bool {
        self.all.iter().any(|(name, _)| name == column)
    }

    fn cells(&self, column: &str) -> &TextColumn {
        self.all.iter().find(|(name, _)| name == column).map_or(&self.none, |(_, cells)| cells)
    }

    /// The portfolio of a row; none if it is another one than the one that was asked for.
    fn owner_of(&self, row: usize) -> Result<Option<PortfolioId>, Fault> {
        let Some(column) = self.owner else {
            return Ok(self.asked.portfolio.clone());
        };
        let text = self.cells(column).required(row).map_err(|reason| (column, reason))?;
        let owner: PortfolioId = at(column, text.parse())?;
        match &self.asked.portfolio {
            Some(wanted) => Ok((owner == *wanted).then_some(owner)),
            None if self.known.contains(&owner) => Ok(Some(owner)),
            None => {
                let reason = format!("there is no portfolio `{owner}`; import it, or say with --portfolio whose it is");
                Err((column, reason))
            }
        }
    }

    /// The day and the basis of a row.
    fn head(&self, row: usize) -> Result<(BusinessDate, BalanceBasis), Fault> {
        let text = self.cells("date").required(row).map_err(|reason| ("date", reason))?;
        let day = self.dates.get(row).copied().flatten();
        let shown: String = text.chars().take(40).collect();
        let day = day.ok_or_else(|| ("date", format!("`{shown}` is no date of the form YYYY-MM-DD")))?;
        let date = at("date", BusinessDate::new(day))?;
        let said = self.cells("basis").cell(row).map(|text| text.to_lowercase().parse::<BalanceBasis>()).transpose();
        let basis = match (at("basis", said)?, self.asked.basis) {
            (Some(said), Some(asked)) if said != asked => {
                return Err(("basis", format!("the row says {said} and {asked} was asked for")));
            }
            (Some(basis), _) | (None, Some(basis)) => basis,
            (None, None) => return Err(("basis", "the cell is empty; write trade or settlement".to_owned())),
        };
        Ok((date, basis))
    }

    fn row(&self, row: usize, line: i64) -> Result<BalanceRow, Fault> {
        let currency = self.cells("currency").cell(row).map(currency_and_scale).transpose()?;
        let quantity = at("quantity", self.cells("quantity").required_number(row))?;
        let symbol = self.cells("symbol").cell(row);
        let isin = at("isin", self.cells("isin").cell(row).map(str::parse::<Isin>).transpose())?;
        let (holding, quantity) = match (symbol, isin) {
            (None, None) => return Err(("symbol", "the row names no symbol, no isin and not CASH".to_owned())),
            (Some(CASH), None) => {
                let (currency, scale) = currency.ok_or(("currency", "cash needs a currency".to_owned()))?;
                (Holding::Cash(currency), scaled("quantity", quantity, scale)?)
            }
            (symbol, isin) => (Holding::Security { symbol: symbol.map(str::to_owned), isin }, quantity),
        };
        at("quantity", Quantity::new(quantity).to_units())?;
        let market_value = match (at("market_value", self.cells("market_value").number(row))?, currency) {
            (None, _) => None,
            (Some(_), None) => return Err(("currency", "a market_value needs a currency".to_owned())),
            (Some(value), Some((currency, scale))) => Some(Money::new(scaled("market_value", value, scale)?, currency)),
        };
        let account = self.cells("account").cell(row).map(str::to_owned);
        Ok(BalanceRow { line, account, holding, quantity, market_value, text: self.text(row) })
    }

    /// The cells of a row that are not empty, each with the name of its column.
    fn text(&self, row: usize) -> String {
        let cells = self.all.iter().filter_map(|(name, cells)| Some(format!("{name}: {}", cells.cell(row)?)));
        cells.collect::<Vec<_>>().join("; ")
    }
}

/// A currency, or the one that a unit such as GBX is a hundredth of, with the scale.
fn currency_and_scale(code: &str) -> Result<(Currency, Decimal), Fault> {
    match Currency::of_minor_unit(code) {
        Some(major) => Ok((major, Decimal::new(1, 2))),
        None => at("currency", code.parse::<Currency>()).map(|currency| (currency, Decimal::ONE)),
    }
}

fn scaled(column: &'static str, number: Decimal, scale: Decimal) -> Result<Decimal, Fault> {
    number.checked_mul(scale).ok_or_else(|| (column, format!("{number} has too many digits")))
}

/// Adds the column to a reason.
fn at<T, E: ToString>(column: &'static str, result: Result<T, E>) -> Result<T, Fault> {
    result.map_err(|error| (column, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> BTreeSet<PortfolioId> {
        ["D01", "D02"].map(|id| id.parse().expect("an id")).into()
    }

    fn read(text: &str, asked: &Asked) -> Result<BalanceFile, String> {
        parse("custodian.csv", text.as_bytes(), asked, &known()).map_err(|error| error.to_string())
    }

    fn faults(file: &BalanceFile) -> Vec<(i64, &str)> {
        file.rejects.iter().map(|reject| (reject.line, reject.column.as_str())).collect()
    }

    const HEADER: &str = "date,portfolio,symbol,isin,currency,quantity,market_value,basis\n";

    #[test]
    fn portfolios_cash_and_pence_are_told_apart() {
        let rows = "2024-03-28,D01,SAP,DE0007164600,EUR,100,18000.50,trade\n2024-03-28,D01,CASH,,EUR,-12.5,,trade\n\
                    2024-03-28,D02,VOD,,GBX,40,2800,Settlement\n2024-03-28,D02,CASH,,GBX,12345,,settlement\n";
        let file = read(&format!("{HEADER}{rows}"), &Asked::default()).expect("readable");
        assert_eq!(file.rejects, []);
        let [first, second] = &file.portfolios[..] else { panic!("{file:?}") };
        assert_eq!((first.basis, first.is_complete, first.rows.len()), (BalanceBasis::Trade, true, 2));
        assert_eq!(first.rows[1].holding, Holding::Cash(Currency::EUR));
        let text = "date: 2024-03-28; portfolio: D01; symbol: CASH; currency: EUR; quantity: -12.5; basis: trade";
        assert_eq!(first.rows[1].text, text);
        assert_eq!(second.basis, BalanceBasis::Settlement);
        // 2,800 pence are 28 pounds, and 12,345 are 123.45; forty shares are forty shares.
        assert_eq!(second.rows[0].market_value, Some(Money::new("28".parse().expect("a number"), Currency::GBP)));
        assert_eq!(second.rows[0].quantity, Decimal::from(40));
        assert_eq!(
            (second.rows[1].quantity, &second.rows[1].holding),
            ("123.45".parse().expect("a number"), &Holding::Cash(Currency::GBP))
        );
    }

    #[test]
    fn rows_that_cannot_be_used_are_rejected_and_their_portfolio_is_not_complete() {
        let rows = "2024-03-28,D01,SAP,,EUR,\"1,000\",,trade\n2024-03-28,D01,BMW,,EUR,1,,trade\n\
                    2024-03-27,D01,ABB,,EUR,1,,trade\n2024-03-28,D01,ABB,,EUR,1,,settlement\n\
                    2024-03-28,D01,,,EUR,1,,trade\n2024-03-28,D01,X,US0378331006,EUR,1,,trade\n\
                    2024-03-28,D01,CASH,,,1,,trade\n2024-02-30,D01,ABB,,EUR,1,,trade\n\
                    2024-03-28,D02,ABB,,EUR,1,,cash\n2024-03-28,D02,ABB,,EUR,1,,trade\n";
        let file = read(&format!("{HEADER}{rows}"), &Asked::default()).expect("readable");
        let expected = [
            (2, "quantity"),
            (4, "date"),
            (5, "basis"),
            (6, "symbol"),
            (7, "isin"),
            (8, "currency"),
            (9, "date"),
            (10, "basis"),
        ];
        assert_eq!(faults(&file), expected);
        assert!(file.portfolios.iter().all(|portfolio| !portfolio.is_complete && portfolio.rows.len() == 1));
        let torn = read(&format!("{HEADER}2024-03-28,D01,SAP\n2024-03-28,D02,SAP,,EUR,1,,trade\n"), &Asked::default());
        assert!(!torn.expect("readable").portfolios[0].is_complete, "the broken line may have been one of D02");
    }

    #[test]
    fn unknown_portfolios_are_rejected_and_others_than_the_one_asked_for_left_out() {
        let rows = "2024-03-28,D01,SAP,,EUR,1,,trade\n2024-03-28,D09,SAP,,EUR,2,,trade\n";
        let file = read(&format!("{HEADER}{rows}"), &Asked::default()).expect("readable");
        assert_eq!((faults(&file), file.portfolios.len()), (vec![(3, "portfolio")], 1));
        let asked = Asked { portfolio: Some("D01".parse().expect("an id")), basis: None };
        let file = read(&format!("{HEADER}{rows}"), &asked).expect("readable");
        assert_eq!((file.rejects.len(), file.portfolios.len(), file.rows_left_out), (0, 1, 1));
        // Two accounts at the custodian, one portfolio here.
        let accounts = "date,account,symbol,currency,quantity\n2024-03-28,U1,SAP,EUR,1\n2024-03-28,U2,SAP,EUR,2\n";
        let asked = Asked { basis: Some(BalanceBasis::Trade), ..asked };
        let file = read(accounts, &asked).expect("readable");
        assert_eq!((file.portfolios.len(), file.portfolios[0].rows.len()), (1, 2));
        assert_eq!(file.portfolios[0].rows[1].account.as_deref(), Some("U2"));
    }

    #[test]
    fn a_file_must_say_what_it_holds() {
        let basis = Asked { portfolio: None, basis: Some(BalanceBasis::Trade) };
        for (text, asked, words) in [
            ("date,portfolio,symbol,currency\n", &basis, "column `quantity` is missing"),
            ("date,portfolio,currency,quantity\n", &basis, "columns `symbol` and `isin` are missing"),
            ("date,symbol,currency,quantity\n", &basis, "--portfolio ID"),
            ("date,portfolio,symbol,currency,quantity\n", &Asked::default(), "--basis trade or --basis settlement"),
            ("date,portfolio,symbol,currency,quantity\n", &basis, "there are no rows"),
        ] {
            let error = read(text, asked).expect_err("refused");
            assert!(error.contains(words), "{error}");
        }
        let contradicts = format!("{HEADER}2024-03-28,D01,SAP,,EUR,1,,settlement\n");
        let file = read(&contradicts, &basis).expect("readable");
        assert_eq!(file.rejects[0].reason, "the row says settlement and trade was asked for");
    }
}
