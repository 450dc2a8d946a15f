//! What is taken in from an export: accounts and instruments once, rows as a whole or not at all.
//!
//! A row of an export can become several bookings, such as a deposit and the fee for it. If one of them contradicts
//! the rules of its kind, the row is rejected and none of them is booked: half a row would be worse than no row.

use std::collections::BTreeMap;

use ledger::TransactionKind;
use ledger::transaction::counter_side;
use rust_decimal::Decimal;
use schemas::identifiers::Isin;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, Price, Quantity};

use crate::error::Error;
use crate::imports::{
    Export, ExportAccount, ExportFile, ExportFxRate, ExportInstrument, ExportQuote, ExportTransaction, FILE_BYTES_MAX,
    InboxRow, UnsureRow, row_text,
};
use crate::refusals::no_close;
use crate::sieve::BadLine;
use crate::sources::RowReject;

/// What is wrong with a row: the column and the reason.
pub(crate) type Fault = (&'static str, String);

/// An export while it is read.
pub(crate) struct Intake {
    file: String,
    export: Export,
    /// Where each symbol stands among the instruments.
    instruments: BTreeMap<String, usize>,
    /// The line of each id of the broker, by account.
    broker_ids: BTreeMap<(String, String), i64>,
    /// The line of each close.
    quotes: BTreeMap<(String, BusinessDate), i64>,
}

impl Intake {
    /// Begins to read a file.
    ///
    /// # Errors
    /// [`Error::Sheet`] if the file is too large.
    pub(crate) fn new(file: &ExportFile<'_>) -> Result<Intake, Error> {
        if FILE_BYTES_MAX < file.bytes.len() {
            let problem = format!("the file has {} bytes; at most {FILE_BYTES_MAX} are read", file.bytes.len());
            return Err(Error::Sheet { file: file.file_name.to_owned(), problem });
        }
        Ok(Intake {
            file: file.file_name.to_owned(),
            export: Export::default(),
            instruments: BTreeMap::new(),
            broker_ids: BTreeMap::new(),
            quotes: BTreeMap::new(),
        })
    }

    /// Notes an account. The first title and currency of a name are kept.
    pub(crate) fn account(&mut self, account: &str, title: &str, base_currency: Option<Currency>) {
        match self.export.accounts.iter_mut().find(|known| known.account == account) {
            Some(known) => known.base_currency = known.base_currency.or(base_currency),
            None => self.export.accounts.push(ExportAccount {
                account: account.to_owned(),
                title: title.to_owned(),
                base_currency,
            }),
        }
    }

    /// Notes an instrument. What the first mention of a symbol says is kept; a later one fills in what is missing.
    pub(crate) fn instrument(&mut self, instrument: ExportInstrument) {
        let place = self.instruments.get(&instrument.symbol).and_then(|place| self.export.instruments.get_mut(*place));
        let Some(known) = place else {
            self.instruments.insert(instrument.symbol.clone(), self.export.instruments.len());
            self.export.instruments.push(instrument);
            return;
        };
        known.isin = known.isin.take().or(instrument.isin);
        known.cusip = known.cusip.take().or(instrument.cusip);
        if known.name == known.symbol {
            known.name = instrument.name;
        }
        if known.asset_class.is_empty() {
            known.asset_class = instrument.asset_class;
        }
    }

    /// Books what a row means, or rejects the row.
    pub(crate) fn book(&mut self, line: i64, bookings: Vec<ExportTransaction>) {
        let bookings: Vec<ExportTransaction> = bookings.into_iter().map(normalized).collect();
        match self.checked(&bookings) {
            Ok(()) => {
                let ids = bookings.iter().filter_map(|booking| booking_id(booking).map(|id| (id, line)));
                self.broker_ids.extend(ids);
                self.export.transactions.extend(bookings);
            }
            Err((column, reason)) => self.reject(line, column, reason),
        }
    }

    fn checked(&self, bookings: &[ExportTransaction]) -> Result<(), Fault> {
        for booking in bookings {
            refuse_negative_charges(booking)?;
            let transaction = as_transaction(booking)?;
            ledger::transaction::validate(&transaction).map_err(|fault| (fault.column, fault.reason))?;
            if let Some(first) = booking_id(booking).and_then(|id| self.broker_ids.get(&id)) {
                let id = booking.broker_id.as_deref().unwrap_or_default();
                return Err(("id", format!("the id `{id}` is already on line {first}")));
            }
        }
        Ok(())
    }

    /// Notes a close; a second one of the same day is rejected.
    pub(crate) fn quote(&mut self, line: i64, quote: ExportQuote) {
        if quote.close <= Decimal::ZERO {
            return self.reject(line, "close", no_close(&quote.symbol, quote.date, quote.close));
        }
        if let Err(error) = Price::new(quote.close).to_units() {
            return self.reject(line, "close", error.to_string());
        }
        let key = (quote.symbol.clone(), quote.date);
        if let Some(first) = self.quotes.get(&key) {
            let reason = format!("{} already has a close for {} on line {first}", quote.symbol, quote.date);
            return self.reject(line, "date", reason);
        }
        self.quotes.insert(key, line);
        self.export.quotes.push(ExportQuote { close: quote.close.normalize(), ..quote });
    }

    /// Notes a reference rate.
    pub(crate) fn fx_rate(&mut self, rate: ExportFxRate) {
        self.export.fx_rates.push(rate);
    }

    /// Puts a row into the inbox.
    pub(crate) fn wait(&mut self, account: &str, line: i64, what: &str, reason: impl Into<String>, text: &str) {
        self.export.inbox.push(InboxRow {
            account: account.to_owned(),
            line,
            what: what.to_owned(),
            reason: reason.into(),
            text: row_text(text),
        });
    }

    /// Notes what a row of the inbox books in each way in which it can be read; none of them can be booked otherwise.
    pub(crate) fn unsure(&mut self, account: &str, line: i64, what: &str, readings: Vec<Vec<ExportTransaction>>) {
        let mut readings: Vec<Vec<ExportTransaction>> =
            readings.into_iter().map(|reading| reading.into_iter().map(normalized).collect()).collect();
        readings.retain(|reading| !reading.is_empty() && self.checked(reading).is_ok());
        if !readings.is_empty() {
            let (account, what) = (account.to_owned(), what.to_owned());
            self.export.unsure.push(UnsureRow { account, line, what, readings });
        }
    }

    /// Rejects a row.
    pub(crate) fn reject(&mut self, line: i64, column: &str, reason: impl Into<String>) {
        self.export.rejects.push(RowReject {
            file: self.file.clone(),
            line,
            column: column.to_owned(),
            reason: reason.into(),
        });
    }

    /// Rejects lines that are no rows.
    pub(crate) fn reject_lines(&mut self, lines: &[BadLine]) {
        for bad in lines {
            self.reject(bad.line, "(line)", bad.reason.clone());
        }
    }

    /// The export in the order of the file. Rows of the inbox that concern the file as a whole go to its first account.
    pub(crate) fn finish(mut self) -> Export {
        let is_known = |row: &InboxRow| self.export.accounts.iter().any(|known| known.account == row.account);
        if self.export.accounts.is_empty() && !self.export.inbox.iter().all(is_known) {
            let file = self.file.clone();
            self.account("", &file, None);
        }
        if let Some(first) = self.export.accounts.first().map(|first| first.account.clone()) {
            let known: Vec<String> = self.export.accounts.iter().map(|known| known.account.clone()).collect();
            let astray = self.export.inbox.iter_mut().filter(|row| !known.contains(&row.account));
            astray.for_each(|row| row.account.clone_from(&first));
        }
        self.export.transactions.sort_by_key(|booking| booking.line);
        self.export.inbox.sort_by_key(|row| row.line);
        self.export.rejects.sort();
        self.export
    }
}

/// The same booking with numbers without trailing zeros, zero without a sign, and its other side as it is kept.
fn normalized(booking: ExportTransaction) -> ExportTransaction {
    let (counter_currency, counter_amount) =
        counter_side(booking.kind.code(), booking.counter_currency, booking.counter_amount);
    ExportTransaction {
        quantity: booking.quantity.map(|number| number.normalize()),
        price: booking.price.map(|number| number.normalize()),
        fees: booking.fees.normalize(),
        taxes: booking.taxes.normalize(),
        net_cash: booking.net_cash.normalize(),
        counter_currency,
        counter_amount: counter_amount.map(|number| number.normalize()),
        lot_cost: booking.lot_cost.map(|number| number.normalize()),
        ..booking
    }
}

/// Many formats write what was paid without a sign or with a minus, so that a negative charge is no refund: one that
/// comes back is a booking of its own.
fn refuse_negative_charges(booking: &ExportTransaction) -> Result<(), Fault> {
    if booking.fees < Decimal::ZERO {
        return Err(("fees", "fees are not negative; they are inside net_cash".to_owned()));
    }
    if booking.taxes < Decimal::ZERO {
        return Err(("taxes", "taxes are not negative; book a refund as a TAX of its own".to_owned()));
    }
    Ok(())
}

fn booking_id(booking: &ExportTransaction) -> Option<(String, String)> {
    booking.broker_id.clone().map(|id| (booking.account.clone(), id))
}

/// Money that crosses the border of the account: a deposit if it comes in, a withdrawal if it goes out.
pub(crate) fn crossing(net_cash: Decimal) -> TransactionKind {
    if net_cash < Decimal::ZERO { TransactionKind::Withdrawal } else { TransactionKind::Deposit }
}

/// The ISIN that a text is, if its check digit is right.
pub(crate) fn valid_isin(text: &str) -> Option<String> {
    text.parse::<Isin>().ok().map(|isin| isin.to_string())
}

/// A booking in the form that the ledger checks. The ids are stand-ins: the import gives the real ones.
fn as_transaction(booking: &ExportTransaction) -> Result<Transaction, Fault> {
    let stand_in = |error: schemas::identifiers::IdError| ("account", error.to_string());
    let market = "IMPORT".parse().map_err(stand_in)?;
    let instrument = |symbol: &str| {
        let words = "1 to 64 printable ASCII characters without space, comma, quotes, slashes and `~`";
        InstrumentId::new(&market, symbol).map_err(|_| ("symbol", format!("`{symbol}` is no symbol: use {words}")))
    };
    let amount = |column: &'static str, number: Decimal| match Amount::new(number).to_units() {
        Ok(_) => Ok(Amount::new(number)),
        Err(error) => Err((column, error.to_string())),
    };
    let quantity = booking.quantity.map(Quantity::new);
    quantity.map(Quantity::to_units).transpose().map_err(|error| ("quantity", error.to_string()))?;
    let price = booking.price.map(Price::new);
    price.map(Price::to_units).transpose().map_err(|error| ("price", error.to_string()))?;
    Ok(Transaction {
        portfolio_id: "IMPORT".parse().map_err(stand_in)?,
        transaction_id: String::new(),
        booking_sequence: booking.line,
        trade_date: booking.trade_date,
        settlement_date: booking.settlement_date,
        kind: booking.kind.code().to_owned(),
        instrument_id: booking.symbol.as_deref().map(instrument).transpose()?,
        quantity,
        price,
        currency: booking.currency,
        fees: amount("fees", booking.fees)?,
        taxes: amount("taxes", booking.taxes)?,
        net_cash: amount("net_cash", booking.net_cash)?,
        counter_currency: booking.counter_currency,
        counter_amount: booking.counter_amount.map(|number| amount("counter_amount", number)).transpose()?,
        lot_cost: booking.lot_cost.map(|number| amount("lot_cost", number)).transpose()?,
        lot_acquired_date: booking.lot_acquired_date,
        lots_closed: None,
        reverses: None,
        counter_portfolio_id: None,
        recorded_at: None,
        note: String::new(),
        origin: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intake() -> Intake {
        Intake::new(&ExportFile { file_name: "f.csv", bytes: b"", mapping: None }).expect("small enough")
    }

    fn deposit(line: i64, amount: i64) -> ExportTransaction {
        let date = "2024-03-25".parse().expect("a date");
        ExportTransaction::new("A", line, TransactionKind::Deposit, date, (Decimal::from(amount), Currency::EUR))
    }

    #[test]
    fn a_row_is_booked_as_a_whole_or_not_at_all() {
        let mut intake = intake();
        intake.book(2, vec![deposit(2, 100), deposit(2, -1)]);
        intake.book(3, vec![deposit(3, 5)]);
        let export = intake.finish();
        assert_eq!(export.transactions.iter().map(|booking| booking.line).collect::<Vec<_>>(), [3]);
        let rejects: Vec<(i64, &str)> = export.rejects.iter().map(|row| (row.line, row.column.as_str())).collect();
        assert_eq!(rejects, [(2, "net_cash")]);
    }

    #[test]
    fn an_id_is_booked_once_in_an_account() {
        let mut intake = intake();
        let with_id = |line| ExportTransaction { broker_id: Some("7".to_owned()), ..deposit(line, 1) };
        let elsewhere = ExportTransaction { account: "B".to_owned(), ..with_id(4) };
        intake.book(2, vec![with_id(2)]);
        intake.book(3, vec![with_id(3)]);
        intake.book(4, vec![elsewhere]);
        let export = intake.finish();
        assert_eq!(export.transactions.len(), 2);
        assert_eq!(export.rejects[0].reason, "the id `7` is already on line 2");
    }

    #[test]
    fn rows_of_no_account_go_to_the_first_one() {
        let mut intake = intake();
        intake.wait("", 1, "plugin", "not run", "a");
        assert_eq!(intake.finish().accounts.len(), 1, "a row of the inbox needs an account to wait in");
        let mut intake = Intake::new(&ExportFile { file_name: "f.csv", bytes: b"", mapping: None }).expect("small");
        intake.account("A", "A", None);
        intake.wait("", 1, "plugin", "not run", "a");
        assert_eq!(intake.finish().inbox[0].account, "A");
    }

    #[test]
    fn an_isin_with_a_wrong_digit_is_none() {
        assert_eq!(valid_isin("DE0007164600").as_deref(), Some("DE0007164600"));
        assert_eq!(valid_isin("DE0007164601"), None);
    }
}
