//! The information table of SEC Form 13F: what an institutional manager holds at the end of a quarter.
//!
//! Holdings of one security under the same discretion are one row of the table; their values are added exactly and
//! rounded once to the whole dollar, and the total is the sum of the rounded rows (Form 13F, special instructions 9 and
//! 12; in whole dollars since 3 January 2023). Element order, namespace, patterns and limits are those of the SEC's
//! schema `eis_13FDocument.xsd`. A holding that lacks a mandatory value is refused, never completed.

mod holding;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use bytes::Bytes;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use schemas::identifiers::Cusip;

pub use holding::{AmountKind, Discretion, Holding, PutCall, VotingAuthority};

use super::RegulatoryForm;
use crate::error::Error;
use crate::render::xml::XmlFile;
use holding::Checked;

/// The form's place on the shelf.
pub const FORM: RegulatoryForm = RegulatoryForm {
    id: "form_13f",
    title: "SEC Form 13F information table",
    namespace: "http://www.sec.gov/edgar/document/thirteenf/informationtable",
    extension: "xml",
};

/// The form in error messages.
const NAME: &str = "13F information table";
/// Rows that the schema allows.
pub const ROWS_MAX: usize = 250_000;
/// The largest whole number that the schema allows, sixteen digits.
const NUMBER_MAX: u64 = 9_999_999_999_999_999;

/// What the cover page must say about a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableTotals {
    /// Rows of the table (`tableEntryTotal`).
    pub entry_total: usize,
    /// Sum of the rows' values in whole US dollars (`tableValueTotal`).
    pub value_total: u64,
    /// What is odd but not wrong, e.g. votes that do not add up to the shares; for the person who approves the filing.
    pub warnings: Vec<String>,
}

/// Holdings that are one row, and the order of the rows. The order is not prescribed; it makes the file repeatable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RowKey {
    issuer_name: String,
    class_title: String,
    cusip: Cusip,
    figi: Option<String>,
    amount_kind: AmountKind,
    put_call: Option<PutCall>,
    discretion: Discretion,
    other_managers: Vec<u16>,
}

/// What the holdings of one row add up to.
#[derive(Clone, Debug)]
struct RowSum {
    /// The first holding of the row, from 1, for messages.
    first_holding: usize,
    value_usd: Decimal,
    amount: u64,
    voting: VotingAuthority,
}

/// A row of the file.
struct Row {
    key: RowKey,
    value: u64,
    amount: u64,
    voting: VotingAuthority,
}

/// The information table as one file.
///
/// # Errors
/// As [`write_information_table`].
pub fn information_table(holdings: &[Holding]) -> Result<(Bytes, TableTotals), Error> {
    let mut file = Vec::new();
    let totals = write_information_table(holdings, &mut file)?;
    Ok((Bytes::from(file), totals))
}

/// Writes the information table. The same holdings in any order give the same bytes.
///
/// # Errors
/// [`Error::Row`] for the first holding with a missing or refused value, [`Error::Form`] if there are no rows, too many
/// rows or the total has more than sixteen digits, [`Error::Write`] if the target refuses.
pub fn write_information_table<W: Write>(holdings: &[Holding], target: W) -> Result<TableTotals, Error> {
    let rows = rows(holdings)?;
    let totals = totals(&rows)?;
    let mut file = XmlFile::begin(target, NAME)?;
    file.open_in_namespace("informationTable", FORM.namespace)?;
    for row in &rows {
        write_row(&mut file, row)?;
    }
    file.close("informationTable")?;
    file.end()?;
    Ok(totals)
}

/// Checks the holdings and adds up those that are one row.
fn rows(holdings: &[Holding]) -> Result<Vec<Row>, Error> {
    let mut sums: BTreeMap<RowKey, RowSum> = BTreeMap::new();
    for (index, holding) in holdings.iter().enumerate() {
        let number = index + 1;
        let checked = holding.check(number)?;
        add(&mut sums, checked, number)?;
    }
    let rows: Result<Vec<Row>, Error> = sums.into_iter().map(|(key, sum)| row(key, &sum)).collect();
    let rows = rows?;
    if rows.is_empty() {
        return Err(form_error("has no rows; a manager without holdings files a notice (13F-NT) instead"));
    }
    if ROWS_MAX < rows.len() {
        return Err(form_error(&format!("has {} rows; the schema allows {ROWS_MAX}", rows.len())));
    }
    Ok(rows)
}

fn add(sums: &mut BTreeMap<RowKey, RowSum>, holding: Checked, number: usize) -> Result<(), Error> {
    let Checked { key, value_usd, amount, voting } = holding;
    let Some(sum) = sums.get_mut(&key) else {
        sums.insert(key, RowSum { first_holding: number, value_usd, amount, voting });
        return Ok(());
    };
    let too_large = |field| row_error(number, field, "makes the row larger than sixteen digits");
    sum.value_usd = sum.value_usd.checked_add(value_usd).ok_or_else(|| too_large("value"))?;
    sum.amount = sum.amount.checked_add(amount).ok_or_else(|| too_large("sshPrnamt"))?;
    sum.voting = sum.voting.plus(voting).ok_or_else(|| too_large("votingAuthority"))?;
    Ok(())
}

fn row(key: RowKey, sum: &RowSum) -> Result<Row, Error> {
    let number = sum.first_holding;
    let dollars = sum.value_usd.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_u64();
    let value = at_most_sixteen_digits(dollars, number, "value")?;
    let amount = at_most_sixteen_digits(Some(sum.amount), number, "sshPrnamt")?;
    for votes in [sum.voting.sole, sum.voting.shared, sum.voting.none] {
        at_most_sixteen_digits(Some(votes), number, "votingAuthority")?;
    }
    Ok(Row { key, value, amount, voting: sum.voting })
}

fn at_most_sixteen_digits(number: Option<u64>, row: usize, field: &'static str) -> Result<u64, Error> {
    let small_enough = number.filter(|number| *number <= NUMBER_MAX);
    small_enough.ok_or_else(|| row_error(row, field, "has more than sixteen digits"))
}

fn totals(rows: &[Row]) -> Result<TableTotals, Error> {
    let mut value_total: u64 = 0;
    let mut warnings = Vec::new();
    let mut securities = BTreeSet::new();
    for row in rows {
        let sum = value_total.checked_add(row.value).filter(|sum| *sum <= NUMBER_MAX);
        value_total = sum.ok_or_else(|| form_error("has a total of more than sixteen digits"))?;
        let key = &row.key;
        if !securities.insert((key.cusip, key.amount_kind, key.put_call, key.discretion, &key.other_managers)) {
            warnings.push(format!("{}: one security stands in two rows because its names differ", key.cusip));
        }
        let votes = row.voting.total();
        if key.put_call.is_none() && votes != Some(row.amount) {
            warnings.push(format!("{}: sole, shared and no votes do not add up to {}", key.cusip, row.amount));
        }
    }
    Ok(TableTotals { entry_total: rows.len(), value_total, warnings })
}

fn write_row<W: Write>(file: &mut XmlFile<W>, row: &Row) -> Result<(), Error> {
    let key = &row.key;
    file.open("infoTable")?;
    file.text("nameOfIssuer", &key.issuer_name)?;
    file.text("titleOfClass", &key.class_title)?;
    file.text("cusip", &key.cusip.to_string())?;
    if let Some(figi) = &key.figi {
        file.text("figi", figi)?;
    }
    file.text("value", &row.value.to_string())?;
    file.open("shrsOrPrnAmt")?;
    file.text("sshPrnamt", &row.amount.to_string())?;
    file.text("sshPrnamtType", key.amount_kind.code())?;
    file.close("shrsOrPrnAmt")?;
    if let Some(put_call) = key.put_call {
        file.text("putCall", put_call.code())?;
    }
    file.text("investmentDiscretion", key.discretion.code())?;
    if !key.other_managers.is_empty() {
        file.text("otherManager", &holding::joined(&key.other_managers))?;
    }
    file.open("votingAuthority")?;
    file.text("Sole", &row.voting.sole.to_string())?;
    file.text("Shared", &row.voting.shared.to_string())?;
    file.text("None", &row.voting.none.to_string())?;
    file.close("votingAuthority")?;
    file.close("infoTable")
}

fn row_error(row: usize, field: &'static str, problem: &str) -> Error {
    Error::Row { form: NAME, row, field, problem: problem.to_owned() }
}

fn form_error(problem: &str) -> Error {
    Error::Form { form: NAME, problem: problem.to_owned() }
}
