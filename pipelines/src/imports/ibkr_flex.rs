//! Interactive Brokers: the XML file of an activity Flex query.
//!
//! A file holds statements, a statement holds sections, a section holds rows. Trades, cash transactions, corporate
//! actions, transfers and sales taxes are booked; open positions give closes, conversion rates give rates, and the
//! securities' section gives names. Sections that say how things stand, or say again what another section says, book
//! nothing. A row of any other section waits in the inbox.

mod cash;
mod corporate_actions;
mod instruments;
mod market_facts;
mod rows;
mod statements;
mod trades;

use std::collections::{BTreeMap, BTreeSet};

use schemas::Currency;

use super::{Export, ExportAccount, ExportFile, ExportInstrument, ExportTransaction, Importer, InboxRow, row_text};
use crate::error::Error;
use crate::refusals::{Refusal, inbox};
use crate::sources::RowReject;
use crate::xml_elements::{Element, read_elements};
use instruments::Instruments;
use market_facts::{Closes, ConversionRates};
use rows::Row;
use statements::{Level, Placed, Statement, Statements, level};

/// Interactive Brokers Flex.
pub static IMPORTER: Importer =
    Importer { name: "ibkr_flex", definition: "Interactive Brokers: an activity Flex query as XML", recognises, read };

/// Sections that this file knows by name.
const TRADES: &str = "Trades";
const CASH_TRANSACTIONS: &str = "CashTransactions";
const CORPORATE_ACTIONS: &str = "CorporateActions";
const TRANSFERS: &str = "Transfers";
const SALES_TAXES: &str = "SalesTaxes";
const OPEN_POSITIONS: &str = "OpenPositions";
const CONVERSION_RATES: &str = "ConversionRates";
const SECURITIES: &str = "SecuritiesInfo";
const KNOWN: [&str; 8] = [
    TRADES,
    CASH_TRANSACTIONS,
    CORPORATE_ACTIONS,
    TRANSFERS,
    SALES_TAXES,
    OPEN_POSITIONS,
    CONVERSION_RATES,
    SECURITIES,
];

/// The outermost element.
const ROOT: &str = "FlexQueryResponse";
/// Bytes in which it begins.
const ROOT_WITHIN: usize = 1024;

/// Sections that say how things stand at a moment, or say again what a section that is booked says.
const NOTHING_TO_BOOK: &[&str] = &[
    "CashReport",
    "ChangeInDividendAccruals",
    "ChangeInNAV",
    "ChangeInPositionValues",
    "ComplexPositions",
    "EquitySummaryInBase",
    "FdicInsuredDepositsByBank",
    "FIFOPerformanceSummaryInBase",
    "FxLots",
    "FxPositions",
    "FxTransactions",
    "HKIPOOpenSubscriptions",
    "HardToBorrowDetails",
    "InterestAccruals",
    "MTDYTDPerformanceSummary",
    "MTMPerformanceSummaryInBase",
    "NetStockPositionSummary",
    "OpenDividendAccruals",
    "OptionEAE",
    "PendingExcercises",
    "PriorPeriodPositions",
    "RoutingCommissions",
    "SLBOpenContracts",
    "StmtFunds",
    "TierInterestDetails",
    "UnbookedTrades",
    "UnbundledCommissionDetails",
    "UnsettledTransfers",
];

fn recognises(file: &ExportFile<'_>) -> bool {
    let start = String::from_utf8_lossy(file.bytes.get(..ROOT_WITHIN.min(file.bytes.len())).unwrap_or_default());
    let start = start.trim_start_matches('\u{feff}').trim_start();
    file.mapping.is_none() && start.starts_with('<') && start.contains(&format!("<{ROOT}"))
}

fn read(file: &ExportFile<'_>) -> Result<Export, Error> {
    let elements = read_elements(file.file_name, file.bytes)?;
    let problem = |problem: String| Error::Sheet { file: file.file_name.to_owned(), problem };
    match elements.first().map(|root| root.name) {
        Some(ROOT) => {}
        Some("FlexStatementResponse") => {
            return Err(problem("the broker's answer is no statement but a message; ask for it again".to_owned()));
        }
        other => {
            let found = other.unwrap_or_default();
            return Err(problem(format!("the outermost element is `{found}`, not {ROOT}; save the Flex query as XML")));
        }
    }
    let Statements { list: statements, account_information } = statements::sort_out(&elements);
    if statements.is_empty() {
        return Err(problem("the file holds no FlexStatement; choose accounts and a period".to_owned()));
    }
    let mut reading = Reading { file_name: file.file_name, ..Reading::default() };
    for statement in &statements {
        reading.describe(statement);
    }
    for element in &account_information {
        reading.describe_account(element, "");
    }
    for statement in &statements {
        reading.take_positions(statement);
        reading.book_trades(statement);
        reading.book_each(statement, TRANSFERS, cash::book_transfer);
        reading.book_corporate_actions(statement);
        reading.take_rates(statement);
    }
    // Payments come last: they name instruments that any statement may have traded.
    for statement in &statements {
        reading.book_payments(statement);
        reading.book_each(statement, SALES_TAXES, |row, _| cash::book_sales_tax(row));
        reading.ask_about_the_rest(statement);
    }
    Ok(reading.finish())
}

/// What a file says, while it is read.
#[derive(Default)]
struct Reading<'a> {
    file_name: &'a str,
    /// The accounts in the order in which they are named, each with its title.
    accounts: Vec<(String, String)>,
    /// The base currencies that the file names for an account; more than one is a contradiction.
    bases: BTreeMap<String, BTreeSet<Currency>>,
    instruments: Instruments,
    closes: Closes,
    rates: Vec<(String, ConversionRates)>,
    booked: Vec<(usize, ExportTransaction)>,
    waiting: Vec<(usize, InboxRow)>,
    rejected: Vec<(usize, RowReject)>,
}

impl Reading<'_> {
    /// Takes in what a statement says of its account and of securities.
    fn describe(&mut self, statement: &Statement<'_>) {
        self.name_account(&statement.account);
        for element in &statement.account_information {
            self.describe_account(element, &statement.account);
        }
        for (place, element) in rows_of(statement, SECURITIES) {
            match Row::of(element, &statement.account) {
                Ok(row) => self.instruments.describe(&row),
                Err(refusal) => self.refuse(*place, element, &statement.account, refusal),
            }
        }
    }

    fn name_account(&mut self, name: &str) {
        if !self.accounts.iter().any(|(account, _)| account == name) {
            self.accounts.push((name.to_owned(), name.to_owned()));
        }
    }

    /// Takes in the title and the base currency of an account that has a statement.
    fn describe_account(&mut self, element: &Element<'_>, own: &str) {
        let Ok(row) = Row::of(element, own) else { return };
        let known = self.accounts.iter_mut().find(|(account, _)| *account == row.account);
        let Some((account, title)) = known else { return };
        if let Some(alias) = row.text("acctAlias").filter(|_| account == title) {
            alias.clone_into(title);
        }
        if let Some(base) = row.text("currency").and_then(|code| code.parse().ok()) {
            self.bases.entry(row.account).or_default().insert(base);
        }
    }

    /// Takes the closes of open positions.
    fn take_positions(&mut self, statement: &Statement<'_>) {
        for (place, element) in rows_of(statement, OPEN_POSITIONS) {
            let row = Row::of(element, &statement.account);
            let quote = row.and_then(|row| market_facts::quote(&row, &mut self.instruments));
            let taken = quote.and_then(|quote| self.closes.add(quote, element.line));
            if let Err(refusal) = taken {
                self.refuse(*place, element, &statement.account, refusal);
            }
        }
    }

    /// Takes the conversion rates of a statement.
    fn take_rates(&mut self, statement: &Statement<'_>) {
        let mut rates = ConversionRates::default();
        for (place, element) in rows_of(statement, CONVERSION_RATES) {
            if let Err(refusal) = Row::of(element, &statement.account).and_then(|row| rates.add(&row)) {
                self.refuse(*place, element, &statement.account, refusal);
            }
        }
        self.rates.push((statement.account.clone(), rates));
    }

    /// Books the trades of a statement in the finest detail that it has. Orders, summaries and lots say them again.
    fn book_trades(&mut self, statement: &Statement<'_>) {
        let rows: Vec<(&Placed<'_>, Level, Result<Row, Refusal>)> = read_rows(statement, TRADES);
        let finest = rows.iter().map(|(_, level, _)| *level).min();
        let read = rows.iter().filter_map(|(_, _, row)| row.as_ref().ok());
        let taken_back: Vec<String> = read.filter_map(trades::takes_back).map(str::to_owned).collect();
        for ((place, element), level, row) in rows {
            if Some(level) != finest {
                continue;
            }
            let booked = match level {
                Level::Single | Level::Order => row.and_then(|row| trades::book(&row, &mut self.instruments)),
                Level::Summary | Level::Lot => Err(inbox(element.name, "it is no trade; add executions to the query")),
            };
            match booked {
                Ok((mut transactions, quote)) => {
                    for deal in transactions.iter_mut().filter_map(|transaction| transaction.deal.as_mut()) {
                        deal.taken_back = taken_back.iter().filter(|trade| trades::is_of_trade(deal, trade)).count();
                    }
                    self.booked.extend(transactions.into_iter().map(|transaction| (*place, transaction)));
                    if let Some(Err(refusal)) = quote.map(|quote| self.closes.add(quote, element.line)) {
                        self.refuse(*place, element, &statement.account, refusal);
                    }
                }
                Err(refusal) => self.refuse(*place, element, &statement.account, refusal),
            }
        }
    }

    /// Books the cash transactions of a statement. Where it has them one by one, their summaries say them again.
    fn book_payments(&mut self, statement: &Statement<'_>) {
        let rows = read_rows(statement, CASH_TRANSACTIONS);
        let finest = rows.iter().map(|(_, level, _)| *level).min();
        for ((place, element), level, row) in rows {
            if Some(level) != finest {
                continue;
            }
            match row.and_then(|row| cash::book(&row, &mut self.instruments)) {
                Ok(transaction) => self.booked.push((*place, transaction)),
                Err(refusal) => self.refuse(*place, element, &statement.account, refusal),
            }
        }
    }

    /// Books each row of a section by itself.
    fn book_each(
        &mut self,
        statement: &Statement<'_>,
        section: &str,
        book: fn(&Row, &mut Instruments) -> Result<ExportTransaction, Refusal>,
    ) {
        for (place, element) in rows_of(statement, section) {
            let row = Row::of(element, &statement.account);
            match row.and_then(|row| book(&row, &mut self.instruments)) {
                Ok(transaction) => self.booked.push((*place, transaction)),
                Err(refusal) => self.refuse(*place, element, &statement.account, refusal),
            }
        }
    }

    /// Books the corporate actions of a statement, which are read together: two rows may tell of one split.
    fn book_corporate_actions(&mut self, statement: &Statement<'_>) {
        let mut placed: Vec<&Placed<'_>> = Vec::new();
        let mut rows: Vec<Row> = Vec::new();
        for (found, _, row) in read_rows(statement, CORPORATE_ACTIONS) {
            match row {
                Ok(row) => {
                    placed.push(found);
                    rows.push(row);
                }
                Err(refusal) => self.refuse(found.0, &found.1, &statement.account, refusal),
            }
        }
        let answers = corporate_actions::book(&rows, &mut self.instruments);
        for ((place, element), answer) in placed.into_iter().zip(answers) {
            match answer {
                Ok(booked) => self.booked.extend(booked.map(|transaction| (*place, transaction))),
                Err(refusal) => self.refuse(*place, element, &statement.account, refusal),
            }
        }
    }

    /// Puts the rows of sections that nobody knows into the inbox.
    fn ask_about_the_rest(&mut self, statement: &Statement<'_>) {
        let is_known = |section: &str| KNOWN.contains(&section) || NOTHING_TO_BOOK.contains(&section);
        for (section, rows) in statement.sections.iter().filter(|(section, _)| !is_known(section)) {
            for (place, element) in rows {
                let reason = format!("Financr does not read the section {section}; book by hand what the row moved");
                self.refuse(*place, element, &statement.account, inbox(element.name, reason));
            }
        }
    }

    /// Writes down a row that was not booked.
    fn refuse(&mut self, place: usize, element: &Element<'_>, statement_account: &str, refusal: Refusal) {
        match refusal {
            Refusal::Inbox { what, reason } => {
                let own = Row::of(element, statement_account).map(|row| row.account);
                let account = own.unwrap_or_else(|_| statement_account.to_owned());
                let text = row_text(element.tag);
                self.waiting.push((place, InboxRow { account, line: element.line, what, reason, text }));
            }
            Refusal::Reject { column, reason } => {
                let file = self.file_name.to_owned();
                self.rejected.push((place, RowReject { file, line: element.line, column: column.to_owned(), reason }));
            }
        }
    }

    /// What was read, in the order of the file.
    fn finish(mut self) -> Export {
        self.booked.sort_by_key(|(place, _)| *place);
        self.waiting.sort_by_key(|(place, _)| *place);
        self.rejected.sort_by_key(|(place, _)| *place);
        let booked = self.booked.iter().map(|(_, booked)| booked.account.clone());
        let mut named: Vec<String> = booked.chain(self.waiting.iter().map(|(_, row)| row.account.clone())).collect();
        named.dedup();
        for account in &named {
            self.name_account(account);
        }
        let quotes = self.closes.into_list();
        let transactions: Vec<ExportTransaction> = self.booked.into_iter().map(|(_, booked)| booked).collect();
        let symbols = transactions.iter().filter_map(|transaction| transaction.symbol.as_deref());
        let used: BTreeSet<&str> = symbols.chain(quotes.iter().map(|quote| quote.symbol.as_str())).collect();
        let instruments: Vec<ExportInstrument> =
            self.instruments.list.into_iter().filter(|instrument| used.contains(instrument.symbol.as_str())).collect();
        let (bases, rates) = (&self.bases, &self.rates);
        let account = |(account, title): (String, String)| {
            let base_currency = base_of(&account, bases, rates);
            ExportAccount { account, title, base_currency }
        };
        Export {
            accounts: self.accounts.into_iter().map(account).collect(),
            fx_rates: market_facts::merged(rates.iter().map(|(_, rates)| rates)),
            instruments,
            transactions,
            quotes,
            inbox: self.waiting.into_iter().map(|(_, row)| row).collect(),
            unsure: Vec::new(),
            rejects: self.rejected.into_iter().map(|(_, reject)| reject).collect(),
        }
    }
}

/// The base currency of an account: the one that the file names, or else the one into which all of its conversion
/// rates convert. None if the file contradicts itself.
fn base_of(
    account: &str,
    bases: &BTreeMap<String, BTreeSet<Currency>>,
    rates: &[(String, ConversionRates)],
) -> Option<Currency> {
    let said = match bases.get(account) {
        Some(said) => said.clone(),
        None => rates.iter().filter(|(of, _)| of == account).filter_map(|(_, rates)| rates.base()).collect(),
    };
    said.first().copied().filter(|_| said.len() == 1)
}

/// The rows of a section; none if the statement has no such section.
fn rows_of<'s, 'a>(statement: &'s Statement<'a>, section: &str) -> &'s [Placed<'a>] {
    statement.sections.get(section).map(Vec::as_slice).unwrap_or_default()
}

/// The rows of a section, read, each with how much it sums up.
fn read_rows<'s, 'a>(
    statement: &'s Statement<'a>,
    section: &str,
) -> Vec<(&'s Placed<'a>, Level, Result<Row, Refusal>)> {
    let read = |placed: &'s Placed<'a>| {
        let row = Row::of(&placed.1, &statement.account);
        (placed, level(&placed.1, row.as_ref().ok()), row)
    };
    rows_of(statement, section).iter().map(read).collect()
}
