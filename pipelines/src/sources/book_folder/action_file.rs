//! `corporate_actions.csv`: what issuers did.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ledger::corporate_actions::{KINDS, parse_ratio, validate};
use schemas::tables::corporate_actions::CorporateAction;
use schemas::{BusinessDate, Currency, InstrumentId, Price, Rate};

use super::market_files::{Fault, at, date_at, each_row, label, listed, optional_date_at};
use crate::error::Error;
use crate::frames::{Sheet, TextColumn};
use crate::sources::{Facts, Instruments, LandedFile};

/// The columns of `corporate_actions.csv`.
struct Columns {
    date: TextColumn,
    dates: Vec<Option<NaiveDate>>,
    symbol: TextColumn,
    kind: TextColumn,
    ratio: TextColumn,
    amount: TextColumn,
    currency: TextColumn,
    target_symbol: TextColumn,
    basis_fraction: TextColumn,
    fraction_price: TextColumn,
    pay_date: TextColumn,
    pay_dates: Vec<Option<NaiveDate>>,
}

pub(super) fn corporate_actions(file: &LandedFile<'_>, instruments: &Instruments) -> Result<Facts, Error> {
    let label = label(file);
    let sheet = Sheet::read(&label, file.bytes, &["date", "symbol", "type"])?;
    let columns = Columns::of(&sheet)?;
    let mut seen: BTreeMap<(InstrumentId, BusinessDate, String), i64> = BTreeMap::new();
    let (corporate_actions, rejects) = each_row(&label, &sheet, |row, line| {
        let action = columns.action(file, instruments, row, line)?;
        validate(&action).map_err(|fault| (fault.column, fault.reason))?;
        let key = (action.instrument_id.clone(), action.ex_date, action.kind.clone());
        if let Some(first) = seen.get(&key) {
            let symbol = action.instrument_id.symbol();
            return Err(("date", format!("{symbol} already has a {} for this date on line {first}", action.kind)));
        }
        seen.insert(key, line);
        Ok(action)
    });
    Ok(Facts { corporate_actions, rejects, ..Facts::default() })
}

impl Columns {
    fn of(sheet: &Sheet) -> Result<Columns, Error> {
        let (date, pay_date) = (sheet.text("date")?, sheet.text("pay_date")?);
        Ok(Columns {
            dates: sheet.dates(&date)?,
            date,
            symbol: sheet.text("symbol")?,
            kind: sheet.text("type")?,
            ratio: sheet.text("ratio")?,
            amount: sheet.text("amount")?,
            currency: sheet.text("currency")?,
            target_symbol: sheet.text("target_symbol")?,
            basis_fraction: sheet.text("basis_fraction")?,
            fraction_price: sheet.text("fraction_price")?,
            pay_dates: sheet.dates(&pay_date)?,
            pay_date,
        })
    }

    fn action(
        &self,
        file: &LandedFile<'_>,
        instruments: &Instruments,
        row: usize,
        line: i64,
    ) -> Result<CorporateAction, Fault> {
        let ex_date = date_at("date", &self.date, &self.dates, row)?;
        let instrument = listed("symbol", file, instruments, at("symbol", self.symbol.required(row))?)?;
        let kind = at("type", self.kind.required(row))?;
        if !KINDS.iter().any(|known| known.code == kind) {
            let codes: Vec<&str> = KINDS.iter().map(|known| known.code).collect();
            let shown: String = kind.chars().take(40).collect();
            return Err(("type", format!("unknown corporate action `{shown}`; known: {}", codes.join(", "))));
        }
        let ratio = at("ratio", self.ratio.cell(row).map(parse_ratio).transpose())?;
        let price = |column: &'static str, cells: &TextColumn| -> Result<Option<Price>, Fault> {
            let price = at(column, cells.number(row))?.map(Price::new);
            at(column, price.map(Price::to_units).transpose())?;
            Ok(price)
        };
        let basis_fraction = at("basis_fraction", self.basis_fraction.number(row))?.map(Rate::new);
        at("basis_fraction", basis_fraction.map(Rate::to_units).transpose())?;
        let target = self.target_symbol.cell(row);
        let target = target.map(|symbol| listed("target_symbol", file, instruments, symbol)).transpose()?;
        Ok(CorporateAction {
            market_id: file.market_id.clone(),
            instrument_id: instrument.instrument_id.clone(),
            ex_date,
            kind: kind.to_owned(),
            ratio_new: ratio.map(|(new, _)| new),
            ratio_old: ratio.map(|(_, old)| old),
            target_instrument_id: target.map(|target| target.instrument_id.clone()),
            amount: price("amount", &self.amount)?,
            basis_fraction,
            fraction_price: price("fraction_price", &self.fraction_price)?,
            pay_date: optional_date_at("pay_date", &self.pay_date, &self.pay_dates, row)?,
            currency: at("currency", self.currency.cell(row).map(str::parse::<Currency>).transpose())?,
            landing_sha256: file.sha256.to_owned(),
            line,
        })
    }
}
