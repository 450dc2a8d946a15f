//! Any CSV file of any broker, read as a mapping file says.
//!
//! The mapping says where each field of a booking stands, how numbers and dates are written, which words of the broker
//! mean which kind, and what its signs are worth. A word that the mapping does not know waits in the inbox.

mod mapping;

use std::collections::BTreeMap;

use ledger::TransactionKind;
use ledger::transaction::CashRule;
use rust_decimal::Decimal;
use schemas::BusinessDate;

use self::mapping::{CashColumn, Field, Mapping, Meaning};
use super::{Export, ExportFile, ExportInstrument, ExportTransaction, Importer, currency_and_scale};
use crate::delimited::{Row, Table};
use crate::error::Error;
use crate::intake::{Fault, Intake, valid_isin};

/// Any CSV with a mapping file.
pub static IMPORTER: Importer = Importer {
    name: "generic_csv",
    definition: "any CSV file, with a mapping file that says what its columns and words mean",
    recognises: |file| file.mapping.is_some(),
    read,
};

fn read(file: &ExportFile<'_>) -> Result<Export, Error> {
    let mut intake = Intake::new(file)?;
    let problem = |problem: String| Error::Sheet { file: file.file_name.to_owned(), problem };
    let mapping = file.mapping.ok_or_else(|| problem("a mapping file is needed; see docs/IMPORTS.md".to_owned()))?;
    let mapping = Mapping::read(mapping).map_err(|reason| problem(format!("the mapping cannot be used: {reason}")))?;
    let table = Table::read(file.file_name, file.bytes, &mapping.dialect)?;
    let mut places = BTreeMap::new();
    for (field, column) in &mapping.columns {
        let found = table.header().iter().filter(|name| *name == column).count();
        let place = table.place(column).filter(|_| found == 1).ok_or_else(|| {
            let what = if found == 0 { "is missing" } else { "is there more than once" };
            problem(format!("column `{column}` {what}; found: {}", table.header().join(", ")))
        })?;
        places.insert(*field, place);
    }
    intake.reject_lines(table.rejected());
    let reader = RowReader { mapping: &mapping, places: &places };
    let stem = file.file_name.rsplit_once('.').map_or(file.file_name, |(stem, _)| stem);
    for row in table.rows() {
        let account = reader.text(&row, Field::Account).unwrap_or(stem).to_owned();
        match reader.said(&row) {
            Err((column, reason)) => intake.reject(row.line, column, reason),
            Ok(Said::Waits { word, reason }) => intake.wait(&account, row.line, &word, reason, row.text),
            Ok(Said::Kind(kind)) => match reader.booking(&row, &account, kind) {
                Err((column, reason)) => intake.reject(row.line, column, reason),
                Ok((booking, instrument)) => {
                    let title = mapping.title.as_deref().unwrap_or(&account);
                    intake.account(&account, title, mapping.base_currency.or(Some(booking.currency)));
                    if let Some(instrument) = instrument {
                        intake.instrument(instrument);
                    }
                    intake.book(row.line, vec![booking]);
                }
            },
        }
    }
    Ok(intake.finish())
}

/// What a row says that it is.
enum Said {
    Kind(TransactionKind),
    Waits { word: String, reason: String },
}

/// Reads the rows of a file as its mapping says.
struct RowReader<'m> {
    mapping: &'m Mapping,
    places: &'m BTreeMap<Field, usize>,
}

impl RowReader<'_> {
    /// The text of a field; none if its cell is empty or it has none.
    fn text<'r>(&'r self, row: &'r Row<'_>, field: Field) -> Option<&'r str> {
        let text = match self.places.get(&field) {
            Some(place) => row.cell(Some(*place)),
            None => self.mapping.constants.get(&field).map_or("", String::as_str),
        };
        let is_empty = text.is_empty() || self.mapping.empty_words.iter().any(|word| word == text);
        (!is_empty).then_some(text)
    }

    fn required<'r>(&'r self, row: &'r Row<'_>, field: Field, column: &'static str) -> Result<&'r str, Fault> {
        self.text(row, field).ok_or_else(|| (column, "the cell is empty".to_owned()))
    }

    /// A number as written, without what stands around it.
    fn number(&self, row: &Row<'_>, field: Field, column: &'static str) -> Result<Option<Decimal>, Fault> {
        let Some(mut text) = self.text(row, field) else { return Ok(None) };
        for affix in &self.mapping.number_affixes {
            let affix = affix.as_str();
            text = text.strip_suffix(affix).or_else(|| text.strip_prefix(affix)).unwrap_or(text).trim();
        }
        self.mapping.numerals.read(text).map(Some).map_err(|reason| (column, reason))
    }

    /// A number with the sign that the house has.
    fn signed(&self, row: &Row<'_>, field: Field, column: &'static str) -> Result<Option<Decimal>, Fault> {
        Ok(self.number(row, field, column)?.map(|number| self.mapping.signed(field, number)))
    }

    fn date(&self, row: &Row<'_>, field: Field, column: &'static str) -> Result<Option<BusinessDate>, Fault> {
        let text = self.text(row, field);
        text.map(|text| self.mapping.dates.read(text)).transpose().map_err(|reason| (column, reason))
    }

    /// The kind of a row, or the word and the reason for which it waits.
    fn said(&self, row: &Row<'_>) -> Result<Said, Fault> {
        let as_meant = |meaning: Meaning, word: &str| match meaning {
            Meaning::Kind(kind) => Said::Kind(kind),
            Meaning::Inbox => {
                Said::Waits { word: word.to_owned(), reason: "the mapping leaves this to a person".to_owned() }
            }
        };
        if let Some(word) = self.text(row, Field::Kind) {
            let unknown = || format!("`kinds` in the mapping does not say what `{word}` is");
            return Ok(match self.mapping.kinds.get(word) {
                Some(meaning) => as_meant(*meaning, word),
                None => Said::Waits { word: word.to_owned(), reason: unknown() },
            });
        }
        let Some((field, positive, negative)) = self.mapping.kind_by_sign else {
            return Err(("kind", "the cell is empty".to_owned()));
        };
        match self.number(row, field, "kind")? {
            Some(number) if Decimal::ZERO < number => Ok(as_meant(positive, "positive")),
            Some(number) if number < Decimal::ZERO => Ok(as_meant(negative, "negative")),
            _ => Err(("kind", "a number without a sign does not say what the row is".to_owned())),
        }
    }

    fn booking(
        &self,
        row: &Row<'_>,
        account: &str,
        kind: TransactionKind,
    ) -> Result<(ExportTransaction, Option<ExportInstrument>), Fault> {
        let code = self.required(row, Field::Currency, "currency")?;
        let (currency, scale) = currency_and_scale(code).map_err(|error| ("currency", error.to_string()))?;
        let amount = |field: Field, column: &'static str| -> Result<Option<Decimal>, Fault> {
            let scaled = self.signed(row, field, column)?.map(|number| number.checked_mul(scale));
            scaled.map(|number| number.ok_or_else(|| (column, "the number has too many digits".to_owned()))).transpose()
        };
        let fees = amount(Field::Fees, "fees")?.unwrap_or_default();
        let taxes = amount(Field::Taxes, "taxes")?.unwrap_or_default();
        let cash = match amount(Field::Cash, "cash")? {
            None if kind.needs_net_cash() => return Err(("cash", "the cell is empty".to_owned())),
            cash => cash.unwrap_or_default(),
        };
        let trade_date = self.date(row, Field::TradeDate, "trade_date")?;
        let trade_date = trade_date.ok_or_else(|| ("trade_date", "the cell is empty".to_owned()))?;
        let counter_currency = self.text(row, Field::CounterCurrency).map(str::parse).transpose();
        let counter_currency = counter_currency
            .map_err(|error: schemas::currency::CurrencyError| ("counter_currency", error.to_string()))?;
        let quantity = self.signed(row, Field::Quantity, "quantity")?;
        let settled = self.date(row, Field::SettlementDate, "settlement_date")?;
        let moved = (self.net_cash(kind, cash, fees, taxes), currency);
        let plain = ExportTransaction::new(account, row.line, kind, trade_date, moved);
        let booking = ExportTransaction {
            settlement_date: settled.filter(|settled| *settled != trade_date),
            symbol: self.text(row, Field::Symbol).map(str::to_owned),
            quantity: quantity.filter(|quantity| !quantity.is_zero()),
            price: self.signed(row, Field::Price, "price")?,
            fees,
            taxes,
            counter_currency,
            counter_amount: self.signed(row, Field::CounterAmount, "counter_amount")?,
            lot_cost: amount(Field::LotCost, "lot_cost")?,
            lot_acquired_date: self.date(row, Field::LotAcquiredDate, "lot_acquired_date")?,
            note: self.text(row, Field::Note).unwrap_or_default().to_owned(),
            broker_id: self.text(row, Field::BrokerId).map(str::to_owned),
            ..plain
        };
        let instrument = booking.symbol.as_deref().map(|symbol| self.instrument(row, symbol, code)).transpose()?;
        Ok((booking, instrument))
    }

    /// The change of the cash account from the column `cash`.
    fn net_cash(&self, kind: TransactionKind, cash: Decimal, fees: Decimal, taxes: Decimal) -> Decimal {
        let directed = match kind.rules().cash {
            CashRule::None => return Decimal::ZERO,
            CashRule::In if self.mapping.cash_by_kind() => cash.abs(),
            CashRule::Out if self.mapping.cash_by_kind() => -cash.abs(),
            CashRule::Either if self.mapping.cash_by_kind() && pays_in(kind) => cash.abs(),
            CashRule::Either if self.mapping.cash_by_kind() && kind.is_charge() => -cash.abs(),
            _ => cash,
        };
        match self.mapping.cash_column {
            CashColumn::Net => directed,
            CashColumn::BeforeFeesAndTaxes => directed - fees - taxes,
        }
    }

    fn instrument(&self, row: &Row<'_>, symbol: &str, currency: &str) -> Result<ExportInstrument, Fault> {
        let unit = self.text(row, Field::InstrumentCurrency).unwrap_or(currency);
        let (currency, price_scale) =
            currency_and_scale(unit).map_err(|error| ("instrument_currency", error.to_string()))?;
        let isin = self.text(row, Field::Isin).and_then(valid_isin).or_else(|| valid_isin(symbol));
        let cusip = self.text(row, Field::Cusip).and_then(|text| text.parse::<schemas::identifiers::Cusip>().ok());
        Ok(ExportInstrument {
            symbol: symbol.to_owned(),
            name: self.text(row, Field::Name).unwrap_or(symbol).to_owned(),
            currency,
            price_scale,
            isin,
            cusip: cusip.map(|cusip| cusip.to_string()),
            asset_class: self.text(row, Field::AssetClass).unwrap_or_default().to_owned(),
        })
    }
}

/// Whether a kind whose cash may go either way is one for which cash comes in as a rule.
fn pays_in(kind: TransactionKind) -> bool {
    matches!(kind, TransactionKind::Sell | TransactionKind::Dividend | TransactionKind::TaxReclaim)
}
