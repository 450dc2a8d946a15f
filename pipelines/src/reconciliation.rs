//! Reconciliation: the balances of a custodian's file against the books, portfolio by portfolio.
//!
//! The books' side is what the portfolio holds on the day and the basis of the file, as [`crate::holdings`] tells it.

use std::collections::{BTreeMap, BTreeSet};

use lake::Lake;
use ledger::reconciliation::{
    Balances, CustodianBalance, CustodianStatement, Difference, Inputs, Subject, differences,
};
use rust_decimal::Decimal;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId, MarketId, Money};

use crate::balances::{BalanceRow, Holding, PortfolioBalances};
use crate::error::Error;
use crate::holdings::{Bookings, Markets};
use crate::sources::RowReject;

/// What the comparison of one portfolio came to.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Balances that were compared.
    pub balances: usize,
    /// What differs.
    pub differences: Vec<Difference>,
    /// The rows of the file by subject, for people.
    pub rows: BTreeMap<Subject, String>,
    /// Whether cash was compared: a file that names none says nothing of it.
    pub covers_cash: bool,
    /// Whether what the file does not name was taken for zero.
    pub is_complete: bool,
    /// Rows that name no instrument for certain.
    pub rejects: Vec<RowReject>,
    /// What else a person should know, in sentences.
    pub notes: Vec<String>,
}

/// The comparison of one portfolio, or the reason why there is none.
pub type Comparison = Result<Compared, String>;

/// Compares the balances of one portfolio with its books.
///
/// - `transactions`: all of the portfolio, those of some days after the statement and all REVERSALs as well.
/// - `file`: the name of the file, for rejected rows.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read. What stands in the way of this portfolio alone is no error.
pub async fn compare(
    lake: &Lake,
    markets: &Markets,
    portfolio: &Portfolio,
    transactions: &[Transaction],
    stated: &PortfolioBalances,
    file: &str,
) -> Result<Comparison, Error> {
    let nothing = BTreeMap::new();
    let instruments = markets.instruments_in(&portfolio.market_id).unwrap_or(&nothing);
    let (actions, splits) = (markets.actions_in(&portfolio.market_id), markets.splits_in(&portfolio.market_id));
    let mut notes = Vec::new();
    let bookings = Bookings { lake, portfolio, transactions, actions, splits: &splits, date: stated.date };
    let ledger = match bookings.balances(stated.basis, &mut notes).await? {
        Ok(ledger) => ledger,
        Err(reason) => return Ok(Err(reason)),
    };
    let undelivered = bookings.undelivered(&ledger).await?;
    let traded: BTreeSet<&InstrumentId> = transactions.iter().filter_map(|row| row.instrument_id.as_ref()).collect();
    let listings = Listings::new(&portfolio.market_id, instruments, traded);
    let Statement { custodian, rows, rejects } = statement(stated, &listings, file);
    let has_values = custodian.balances.values().any(|balance| balance.market_value.is_some());
    let values = if has_values { values_of(lake, portfolio, stated.date, &ledger).await? } else { BTreeMap::new() };
    if has_values && values.is_empty() {
        notes.push(format!("values were not compared: there are none of {}", stated.date));
    }
    if !custodian.has_cash() && !ledger.cash.is_empty() {
        notes.push("cash was not compared: the file has no row of CASH".to_owned());
    }
    if !custodian.is_complete {
        notes.push("only balances that the file names were compared: rows of it were rejected".to_owned());
    }
    let compared = differences(Inputs {
        portfolio_id: &portfolio.portfolio_id,
        base_currency: portfolio.base_currency,
        ledger: &ledger,
        custodian: &custodian,
        transactions,
        splits: &splits,
        actions,
        undelivered: &undelivered,
        instruments,
        values: &values,
    });
    let differences = match compared {
        Ok(differences) => differences,
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(Ok(Compared {
        balances: custodian.balances.len(),
        differences,
        rows,
        covers_cash: custodian.has_cash(),
        is_complete: custodian.is_complete,
        rejects,
        notes,
    }))
}

/// What the positions are worth by the books, as far as a night has valued these units on the day.
async fn values_of(
    lake: &Lake,
    portfolio: &Portfolio,
    date: BusinessDate,
    ledger: &Balances,
) -> Result<BTreeMap<InstrumentId, Money>, Error> {
    let rows = lake::read::valuations(lake, &portfolio.portfolio_id, date).await?;
    let value = |row: schemas::tables::valuations::Valuation| {
        let value = row.value.filter(|_| row.quantity.decimal() == ledger.units_of(&row.instrument_id))?;
        Some((row.instrument_id, Money::new(value.decimal(), row.currency)))
    };
    Ok(rows.into_iter().filter_map(value).collect())
}

/// The custodian's side of a comparison.
struct Statement {
    custodian: CustodianStatement,
    rows: BTreeMap<Subject, String>,
    rejects: Vec<RowReject>,
}

/// The instruments of a market, to be found by symbol or ISIN.
struct Listings<'a> {
    market_id: &'a MarketId,
    instruments: &'a BTreeMap<InstrumentId, Instrument>,
    by_isin: BTreeMap<&'a str, Vec<&'a Instrument>>,
    /// Those that the portfolio has ever traded.
    traded: BTreeSet<&'a InstrumentId>,
}

/// Finds the instrument of each row. Rows of several accounts are added up; a second row of one account is rejected.
fn statement(stated: &PortfolioBalances, listings: &Listings<'_>, file: &str) -> Statement {
    let mut balances: BTreeMap<Subject, CustodianBalance> = BTreeMap::new();
    let mut rows: BTreeMap<Subject, String> = BTreeMap::new();
    let mut lines: BTreeMap<(Subject, Option<&str>), i64> = BTreeMap::new();
    let mut rejects = Vec::new();
    for row in &stated.rows {
        let added = listings.subject(row).and_then(|subject| {
            if let Some(first) = lines.get(&(subject.clone(), row.account.as_deref())) {
                return Err((
                    "symbol",
                    format!("{subject} is already on line {first}; a column `account` tells them apart"),
                ));
            }
            add(&mut balances, &subject, row)?;
            lines.insert((subject.clone(), row.account.as_deref()), row.line);
            let texts = rows.entry(subject).or_default();
            *texts = if texts.is_empty() { row.text.clone() } else { format!("{texts} | {}", row.text) };
            Ok(())
        });
        if let Err((column, reason)) = added {
            rejects.push(RowReject { file: file.to_owned(), line: row.line, column: column.to_owned(), reason });
        }
    }
    let is_complete = stated.is_complete && rejects.is_empty();
    let custodian = CustodianStatement { date: stated.date, basis: stated.basis, balances, is_complete };
    Statement { custodian, rows, rejects }
}

/// What is wrong with a row: the column and the reason.
type Fault = (&'static str, String);

fn add(balances: &mut BTreeMap<Subject, CustodianBalance>, subject: &Subject, row: &BalanceRow) -> Result<(), Fault> {
    let there = balances.get(subject);
    let sum = |left: Decimal, right: Decimal| {
        left.checked_add(right).ok_or_else(|| ("quantity", format!("the sum for {subject} has too many digits")))
    };
    let quantity = there.map_or(Ok(row.quantity), |there| sum(there.quantity, row.quantity))?;
    let market_value = match there {
        None => row.market_value,
        // A value that is known of one account only is not the value of both.
        Some(there) => match (there.market_value, row.market_value) {
            (Some(left), Some(right)) => left.checked_add(right).ok(),
            _ => None,
        },
    };
    balances.insert(subject.clone(), CustodianBalance { quantity, market_value });
    Ok(())
}

impl<'a> Listings<'a> {
    fn new(
        market_id: &'a MarketId,
        instruments: &'a BTreeMap<InstrumentId, Instrument>,
        traded: BTreeSet<&'a InstrumentId>,
    ) -> Listings<'a> {
        let mut by_isin: BTreeMap<&str, Vec<&Instrument>> = BTreeMap::new();
        for instrument in instruments.values() {
            if let Some(isin) = &instrument.isin {
                by_isin.entry(isin).or_default().push(instrument);
            }
        }
        Listings { market_id, instruments, by_isin, traded }
    }

    /// What a row is a balance of.
    fn subject(&self, row: &BalanceRow) -> Result<Subject, Fault> {
        let (symbol, isin) = match &row.holding {
            Holding::Cash(currency) => return Ok(Subject::Cash(*currency)),
            Holding::Security { symbol, isin } => (symbol.as_deref(), isin.map(|isin| isin.to_string())),
        };
        if let Some(instrument) = self.listed(symbol, isin.as_deref())? {
            return Ok(Subject::Instrument(instrument.instrument_id.clone()));
        }
        let name = match (symbol, isin) {
            (Some(symbol), Some(isin)) => format!("{symbol} ({isin})"),
            (Some(symbol), None) => symbol.to_owned(),
            (None, Some(isin)) => isin,
            (None, None) => return Err(("symbol", "the row names no instrument".to_owned())),
        };
        Ok(Subject::Unlisted(name.chars().take(80).collect()))
    }

    /// The instrument with a symbol, an ISIN or both. The ISIN counts more than the symbol, which custodians choose
    /// themselves; of several listings with one ISIN the one that the portfolio has traded is meant.
    fn listed(&self, symbol: Option<&str>, isin: Option<&str>) -> Result<Option<&'a Instrument>, Fault> {
        let id = symbol.and_then(|symbol| InstrumentId::new(self.market_id, symbol).ok());
        let by_symbol = id.and_then(|id| self.instruments.get(&id));
        let Some(isin) = isin else { return Ok(by_symbol) };
        let several = self.by_isin.get(isin).map_or(&[][..], Vec::as_slice);
        if let Some(instrument) = by_symbol
            && (instrument.isin.is_none() || instrument.isin.as_deref() == Some(isin))
        {
            return Ok(Some(instrument));
        }
        let mut traded = several.iter().filter(|one| self.traded.contains(&one.instrument_id));
        match (several, traded.next(), traded.next()) {
            ([], _, _) => Ok(None),
            ([only], _, _) => Ok(Some(*only)),
            (_, Some(only), None) => Ok(Some(*only)),
            _ => {
                let symbols: Vec<&str> = several.iter().map(|one| one.symbol.as_str()).collect();
                Err(("isin", format!("{} have this ISIN; name one of them in `symbol`", symbols.join(" and "))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ledger::reconciliation::BalanceBasis;
    use schemas::Rate;

    use super::*;

    fn instrument(symbol: &str, isin: Option<&str>) -> (InstrumentId, Instrument) {
        let market_id: MarketId = "M".parse().expect("an id");
        let instrument_id = InstrumentId::new(&market_id, symbol).expect("an id");
        let instrument = Instrument {
            instrument_id: instrument_id.clone(),
            market_id,
            symbol: symbol.to_owned(),
            name: symbol.to_owned(),
            currency: schemas::Currency::EUR,
            price_scale: Rate::new(Decimal::ONE),
            adjusted: "none".to_owned(),
            quote_origin: "test".to_owned(),
            isin: isin.map(str::to_owned),
            cusip: None,
            return_basis: None,
            modified_duration: None,
            spread_duration: None,
            leveraged: None,
            proxy_instrument_id: None,
        };
        (instrument_id, instrument)
    }

    fn row(line: i64, account: Option<&str>, symbol: Option<&str>, isin: Option<&str>) -> BalanceRow {
        BalanceRow {
            line,
            account: account.map(str::to_owned),
            holding: Holding::Security {
                symbol: symbol.map(str::to_owned),
                isin: isin.map(|isin| isin.parse().expect("an ISIN")),
            },
            quantity: Decimal::TEN,
            market_value: None,
            text: format!("line: {line}"),
        }
    }

    const SAP: &str = "DE0007164600";
    const APPLE: &str = "US0378331005";

    #[test]
    fn an_isin_counts_more_than_a_symbol_and_the_listing_that_was_traded_is_meant() {
        let listed = [("SAP.DE", Some(SAP)), ("SAP.F", Some(SAP)), ("APC", Some(APPLE)), ("OLD", None)];
        let instruments: BTreeMap<InstrumentId, Instrument> =
            listed.into_iter().map(|(symbol, isin)| instrument(symbol, isin)).collect();
        let market_id: MarketId = "M".parse().expect("an id");
        let frankfurt = instrument("SAP.F", None).0;
        let none_traded = Listings::new(&market_id, &instruments, BTreeSet::new());
        let one_traded = Listings::new(&market_id, &instruments, BTreeSet::from([&frankfurt]));
        let found = |listings: &Listings<'_>, symbol, isin| {
            listings.subject(&row(2, None, symbol, isin)).map(|subject| subject.to_string())
        };
        assert_eq!(found(&none_traded, Some("APC"), None), Ok("APC".to_owned()));
        assert_eq!(found(&none_traded, Some("AAPL"), Some(APPLE)), Ok("APC".to_owned()));
        assert_eq!(found(&none_traded, Some("SAP.DE"), Some(APPLE)), Ok("APC".to_owned()), "the symbol is another's");
        assert_eq!(found(&none_traded, Some("OLD"), Some("US5949181045")), Ok("OLD".to_owned()), "it has no ISIN here");
        assert_eq!(found(&none_traded, Some("SAP.F"), Some(SAP)), Ok("SAP.F".to_owned()));
        assert_eq!(found(&one_traded, None, Some(SAP)), Ok("SAP.F".to_owned()));
        let reason = found(&none_traded, None, Some(SAP)).expect_err("either").1;
        assert_eq!(reason, "SAP.DE and SAP.F have this ISIN; name one of them in `symbol`");
        assert_eq!(found(&none_traded, Some("XYZ"), None), Ok("XYZ".to_owned()));
        assert_eq!(found(&none_traded, None, Some("US5949181045")), Ok("US5949181045".to_owned()));
    }

    #[test]
    fn accounts_are_added_up_and_a_second_row_of_one_is_rejected() {
        let instruments: BTreeMap<InstrumentId, Instrument> = BTreeMap::from([instrument("SAP", None)]);
        let market_id: MarketId = "M".parse().expect("an id");
        let listings = Listings::new(&market_id, &instruments, BTreeSet::new());
        let mut stated = PortfolioBalances {
            portfolio_id: "P".parse().expect("an id"),
            date: "2024-03-28".parse().expect("a date"),
            basis: BalanceBasis::Trade,
            is_complete: true,
            rows: vec![row(2, Some("A"), Some("SAP"), None), row(3, Some("B"), Some("SAP"), None)],
        };
        let subject = Subject::Instrument(instrument("SAP", None).0);
        let read = statement(&stated, &listings, "custodian.csv");
        assert_eq!(read.custodian.balances.get(&subject).map(|balance| balance.quantity), Some(Decimal::from(20)));
        assert_eq!(read.rows.get(&subject).map(String::as_str), Some("line: 2 | line: 3"));
        stated.rows.push(row(4, Some("A"), Some("SAP"), None));
        let read = statement(&stated, &listings, "custodian.csv");
        assert_eq!((read.rejects.len(), read.custodian.is_complete), (1, false));
        assert!(read.rejects[0].reason.starts_with("SAP is already on line 2"), "{:?}", read.rejects);
    }
}
