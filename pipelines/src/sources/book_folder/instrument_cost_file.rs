//! `instrument_costs.csv`: what the instruments of a market cost those who hold them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::instrument_costs::InstrumentCost;
use schemas::{BusinessDate, InstrumentId, Rate};

use super::market_files::{Fault, at, date_at, each_row, label, listed};
use crate::error::Error;
use crate::frames::{Sheet, TextColumn};
use crate::sources::{Facts, Instruments, LandedFile};

/// The name of the file.
pub(crate) const NAME: &str = "instrument_costs.csv";

/// The highest fraction that is taken for a cost; costs in percent, e.g. 1.5, are beyond it.
const COST_MAX: Decimal = Decimal::from_parts(2, 0, 0, false, 1);
/// The lowest that is taken for transaction costs, which can be a gain: what others pay who come and go.
const TRANSACTION_MIN: Decimal = Decimal::from_parts(1, 0, 0, true, 1);
/// Decimals of a fraction: parts of amounts are exact with them.
const DECIMALS_MAX: u32 = 8;

pub(super) fn instrument_costs(file: &LandedFile<'_>, instruments: &Instruments) -> Result<Facts, Error> {
    let label = label(file);
    let sheet = Sheet::read(
        &label,
        file.bytes,
        &["symbol", "valid_from", "ongoing", "transaction", "incidental", "entry", "exit"],
    )?;
    let [symbol, valid_from] = [sheet.text("symbol")?, sheet.text("valid_from")?];
    let [ongoing, transaction, incidental] =
        [sheet.text("ongoing")?, sheet.text("transaction")?, sheet.text("incidental")?];
    let [entry, exit] = [sheet.text("entry")?, sheet.text("exit")?];
    let dates = sheet.dates(&valid_from)?;
    let mut seen: BTreeMap<(InstrumentId, BusinessDate), i64> = BTreeMap::new();
    let (instrument_costs, rejects) = each_row(&label, &sheet, |row, line| {
        let instrument = listed("symbol", file, instruments, at("symbol", symbol.required(row))?)?;
        let valid_from = date_at("valid_from", &valid_from, &dates, row)?;
        let found = InstrumentCost {
            market_id: file.market_id.clone(),
            instrument_id: instrument.instrument_id.clone(),
            valid_from,
            ongoing: fraction("ongoing", &ongoing, row, Decimal::ZERO)?,
            transaction: fraction("transaction", &transaction, row, TRANSACTION_MIN)?,
            incidental: fraction("incidental", &incidental, row, Decimal::ZERO)?,
            entry: fraction("entry", &entry, row, Decimal::ZERO)?,
            exit: fraction("exit", &exit, row, Decimal::ZERO)?,
            landing_sha256: file.sha256.to_owned(),
            line,
        };
        if let Some(first) = seen.get(&(instrument.instrument_id.clone(), valid_from)) {
            let reason = format!("{} already has costs from this day on line {first}", instrument.symbol);
            return Err(("valid_from", reason));
        }
        seen.insert((instrument.instrument_id.clone(), valid_from), line);
        Ok(found)
    });
    Ok(Facts { instrument_costs, rejects, ..Facts::default() })
}

/// A cost of a row. An empty cell is none: what an instrument costs is either known, be it zero, or it is not.
fn fraction(column: &'static str, cells: &TextColumn, row: usize, min: Decimal) -> Result<Rate, Fault> {
    if cells.cell(row).is_none() {
        let reason = "the cell is empty; write 0 if there are no such costs, and leave the row out if they are unknown";
        return Err((column, reason.to_owned()));
    }
    let cost = at(column, cells.required_number(row))?;
    if cost < min || COST_MAX < cost {
        let range = format!("a fraction from {min} to {COST_MAX} (0.015 is one and a half percent)");
        return Err((column, format!("a cost is {range}, not {cost}")));
    }
    if DECIMALS_MAX < cost.normalize().scale() {
        return Err((column, format!("a cost has at most {DECIMALS_MAX} decimals, not {}", cost.normalize().scale())));
    }
    Ok(Rate::new(cost))
}
