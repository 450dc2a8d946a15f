//! The yearly tax report of one portfolio: what was realised lot by lot, what income came, and what taxes were paid.
//!
//! It gives no opinion on what is taxable. Every total is the sum of what is printed, and stands beside what the books
//! have, so that a difference is seen.

mod gains;
mod income;
mod notes;
mod taxes;
mod totals;

use std::collections::{BTreeMap, BTreeSet};

use schemas::tables::instruments::Instrument;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, CalendarLength, Currency, InstrumentId};

use super::StatementKind;
use crate::document::{Cell, Column, ColumnKind, Content, Document, Section, Table};
use crate::error::Error;
use crate::further::Need;
use crate::input::StatementInput;
use crate::rhythm::Rhythm;
use crate::sections::{findings, issuer, name_of, provenance, total};
use crate::texts::tax_report::TaxSentence;
use crate::texts::{Label, Words};

/// The report's place on the shelf.
pub const STATEMENT: StatementKind = StatementKind {
    id: "tax_report",
    title: Label::TaxReport,
    rhythm: Rhythm::Every(CalendarLength::Year),
    shortest: CalendarLength::Year,
    needs: &[Need::LotClosings, Need::BookingsBefore, Need::Rates, Need::Countries],
    build,
};

/// Makes the report.
///
/// # Errors
/// [`Error::ForeignRow`] and [`Error::ForeignDate`] if rows of another portfolio or time are among the input,
/// [`Error::Blocked`] if a check forbids it, [`Error::LotsDoNotFoot`] if the lots of a disposal are not its gain,
/// [`Error::Overflow`] and [`Error::MixedCurrencies`] if figures have no sum.
pub fn build(input: &StatementInput) -> Result<Document, Error> {
    input.refuse_unsound()?;
    let facts = TaxFacts::of(input)?;
    let gains = gains::Gains::of(&facts)?;
    let income = income::Incomes::of(&facts)?;
    let taxes = taxes::Taxes::of(&facts)?;
    let mut sections = vec![notes::read_first(input), totals::section(&facts, &gains, &income, &taxes)?];
    let compared = totals::beside_the_books(&facts, &gains, &income, &taxes)?;
    sections.extend(gains.sections(&facts));
    sections.extend(income.sections(&facts));
    sections.extend(taxes.sections(&facts));
    sections.push(compared);
    sections.push(findings::section(input));
    sections.push(notes::definitions(&facts));
    sections.extend(issuer::section(input));
    sections.push(provenance::section(input));
    Ok(input.document(&STATEMENT, sections))
}

/// What the parts of the report share.
struct TaxFacts<'a> {
    input: &'a StatementInput,
    instruments: BTreeMap<&'a InstrumentId, &'a Instrument>,
    /// The bookings that take effect in the period, in the order of their booking.
    booked: Vec<&'a Transaction>,
    /// How many bookings of the period were taken back.
    taken_back: usize,
}

impl<'a> TaxFacts<'a> {
    fn of(input: &'a StatementInput) -> Result<TaxFacts<'a>, Error> {
        refuse_foreign(input)?;
        let reversed = input.taken_back_ids();
        let is_reversed = |row: &&Transaction| reversed.contains(row.transaction_id.as_str());
        let counts = |row: &&Transaction| row.reverses.is_none() && !is_reversed(row);
        let mut booked: Vec<&Transaction> = input.transactions.iter().chain(late(input)).filter(counts).collect();
        booked.sort_by_key(|row| (row.trade_date, row.booking_sequence, &row.transaction_id));
        let taken_back = input.transactions.iter().filter(is_reversed).count();
        Ok(TaxFacts { input, instruments: input.instruments_by_id(), booked, taken_back })
    }

    /// A heading or the head of a column.
    fn label(&self, label: impl Words) -> String {
        self.input.texts().label(label)
    }

    /// A heading or the head of a column that names the base currency.
    fn in_base(&self, label: impl Words) -> String {
        self.input.texts().label_with(label, &[("currency", self.base().code())])
    }

    fn base(&self) -> Currency {
        self.input.base_currency()
    }

    fn name(&self, id: &InstrumentId) -> String {
        name_of(id, &self.instruments)
    }

    /// The instrument of a booking in words.
    fn name_in(&self, booking: &Transaction) -> String {
        booking.instrument_id.as_ref().map_or_else(String::new, |id| self.name(id))
    }

    fn reason(&self, sentence: impl Words) -> Cell {
        Cell::unavailable(self.input.texts().sentence(sentence))
    }

    /// An amount of a booking in base currency, at the rate of its day.
    fn converted(&self, amount: Option<Amount>, currency: Currency, date: BusinessDate) -> Cell {
        let Some(amount) = amount else { return self.reason(TaxSentence::ValueNotOnBooking) };
        let base = self.base();
        let found = self.input.further.rates.convert(amount, currency, base, date);
        self.input.base_money(found, || {
            let days = self.input.further.rates.days_max().to_string();
            let values = [("from", currency.code()), ("to", base.code()), ("days", &*days)];
            self.input.texts().sentence_with(TaxSentence::NoRateOfDay, &values)
        })
    }

    fn column(&self, id: &'static str, label: impl Words, kind: ColumnKind) -> Column {
        Column::new(id, self.label(label), kind)
    }

    fn base_column(&self, id: &'static str, label: impl Words) -> Column {
        Column::new(id, self.in_base(label), ColumnKind::Money)
    }

    /// A table with a last row of sums, if it has rows.
    fn table(&self, columns: Vec<Column>, rows: Vec<Vec<Cell>>, summed: &[&'static str]) -> Result<Table, Error> {
        let texts = self.input.texts();
        let mut table = Table { columns, rows, total: None };
        if table.rows.is_empty() || summed.is_empty() {
            return Ok(table);
        }
        let mut last = vec![Cell::empty(); table.columns.len()];
        for (index, (column, cell)) in table.columns.iter().zip(&mut last).enumerate() {
            if summed.contains(&column.id) {
                *cell = table.sum_of_column(column.id, texts)?;
            } else if index == 0 {
                *cell = total(texts);
            }
        }
        table.total = Some(last);
        Ok(table)
    }

    /// The sum of what a column of a table prints; zero if there is nothing in it.
    fn sum(&self, table: &Table, column: &'static str) -> Result<Cell, Error> {
        if table.rows.is_empty() {
            return Ok(self.zero());
        }
        let sum = table.sum_of_column(column, self.input.texts())?;
        Ok(if sum == Cell::empty() { self.zero() } else { sum })
    }

    fn zero(&self) -> Cell {
        Cell::money(Amount::ZERO, self.base())
    }

    /// The opposite of an amount.
    fn negated(cell: &Cell) -> Cell {
        cell.printed_number().map_or_else(|| cell.clone(), |number| cell.with_number(-number))
    }
}

/// The bookings dated before the period that take effect in it: there was no valuation date for them any more.
fn late(input: &StatementInput) -> impl Iterator<Item = &Transaction> {
    let valued = input.portfolio_values.iter().map(|row| row.business_date);
    let last = valued.filter(|date| *date <= input.period_start).max();
    let told: BTreeSet<&str> = input.transactions.iter().map(|row| row.transaction_id.as_str()).collect();
    let before = input.further.bookings_before.iter();
    before.filter(move |row| last.is_none_or(|last| last < row.trade_date) && !told.contains(&*row.transaction_id))
}

/// A section of a table.
fn of_table(id: &'static str, title: String, table: Table) -> Section {
    Section { id, title, content: Content::Table(table) }
}

/// Refuses lots of another portfolio or time, and bookings of another portfolio.
fn refuse_foreign(input: &StatementInput) -> Result<(), Error> {
    let expected = &input.portfolio.portfolio_id;
    if let Some(row) = input.further.bookings_before.iter().find(|row| row.portfolio_id != *expected) {
        let (expected, found) = (expected.clone(), row.portfolio_id.clone());
        return Err(Error::ForeignRow { table: "silver.transactions", expected, found });
    }
    let table = "gold.lot_closings";
    for row in &input.further.lot_closings {
        if row.portfolio_id != input.portfolio.portfolio_id {
            let (expected, found) = (input.portfolio.portfolio_id.clone(), row.portfolio_id.clone());
            return Err(Error::ForeignRow { table, expected, found });
        }
        if row.business_date <= input.period_start || input.business_date < row.business_date {
            let expected = format!("after {} and up to {}", input.period_start, input.business_date);
            return Err(Error::ForeignDate { table, expected, found: row.business_date });
        }
    }
    Ok(())
}
