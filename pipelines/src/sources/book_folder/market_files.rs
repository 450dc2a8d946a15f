//! `instruments.csv`, `prices.csv` and `fx.csv`, and how the rows of any file are read.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemas::identifiers::{Cusip, Isin};
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::quotes::Quote;
use schemas::{BusinessDate, Currency, InstrumentId, Price, Quantity, Rate};

use crate::error::Error;
use crate::frames::{Sheet, TextColumn};
use crate::refusals::no_close;
use crate::sources::{Facts, Instruments, LandedFile, RowReject};

/// Durations are not longer than this.
const DURATION_YEARS_MAX: Decimal = Decimal::from_parts(50, 0, 0, false, 0);

/// What is wrong with a row: the column and the reason.
pub(super) type Fault = (&'static str, String);

/// Instruments come before what refers to them.
pub(super) fn order(file_name: &str) -> u8 {
    match file_name {
        "instruments.csv" => 0,
        "prices.csv"
        | "fx.csv"
        | "risk_free.csv"
        | "factors.csv"
        | "benchmark_weights.csv"
        | "corporate_actions.csv"
        | "classifications.csv"
        | "instrument_costs.csv"
        | super::news_file::NAME => 1,
        name if super::scenario_file::is_scenario(name) || super::custody_file::is_custody(name) => 1,
        _ => 2,
    }
}

/// The name of a file for people, e.g. `D01/prices.csv`.
pub(super) fn label(file: &LandedFile<'_>) -> String {
    format!("{}/{}", file.market_id, file.file_name)
}

/// Reads every row of a sheet, and rejects those that have a fault.
pub(super) fn each_row<R>(
    file: &str,
    sheet: &Sheet,
    mut read: impl FnMut(usize, i64) -> Result<R, Fault>,
) -> (Vec<R>, Vec<RowReject>) {
    let whole_line = |bad: &crate::sieve::BadLine| RowReject {
        file: file.to_owned(),
        line: bad.line,
        column: "(line)".to_owned(),
        reason: bad.reason.clone(),
    };
    let mut rejects: Vec<RowReject> = sheet.rejected().iter().map(whole_line).collect();
    let mut rows = Vec::with_capacity(sheet.lines().len());
    for (row, line) in sheet.lines().iter().enumerate() {
        match read(row, *line) {
            Ok(record) => rows.push(record),
            Err((column, reason)) => {
                rejects.push(RowReject { file: file.to_owned(), line: *line, column: column.to_owned(), reason });
            }
        }
    }
    rejects.sort();
    (rows, rejects)
}

/// Adds the column to a reason.
pub(super) fn at<T, E: ToString>(column: &'static str, result: Result<T, E>) -> Result<T, Fault> {
    result.map_err(|error| (column, error.to_string()))
}

/// The date of a row, or why it is none.
pub(super) fn date_at(
    column: &'static str,
    texts: &TextColumn,
    dates: &[Option<NaiveDate>],
    row: usize,
) -> Result<BusinessDate, Fault> {
    let text = at(column, texts.required(row))?;
    match dates.get(row).copied().flatten() {
        Some(day) => at(column, BusinessDate::new(day)),
        None => {
            Err((column, format!("`{}` is no date of the form YYYY-MM-DD", text.chars().take(40).collect::<String>())))
        }
    }
}

/// The date of a row, or why it is none; an empty cell is no date.
pub(super) fn optional_date_at(
    column: &'static str,
    texts: &TextColumn,
    dates: &[Option<NaiveDate>],
    row: usize,
) -> Result<Option<BusinessDate>, Fault> {
    texts.cell(row).map(|_| date_at(column, texts, dates, row)).transpose()
}

/// The instrument with a symbol in a market; the column says where the symbol stands.
pub(super) fn listed<'i>(
    column: &'static str,
    file: &LandedFile<'_>,
    instruments: &'i Instruments,
    symbol: &str,
) -> Result<&'i Instrument, Fault> {
    let id = at(column, InstrumentId::new(file.market_id, symbol))?;
    instruments.get(&id).ok_or_else(|| (column, format!("`{symbol}` is not in the instruments.csv of its market")))
}

pub(super) fn instruments(file: &LandedFile<'_>) -> Result<Facts, Error> {
    let label = label(file);
    let sheet = Sheet::read(&label, file.bytes, &["symbol", "currency"])?;
    let [symbol, name, currency] = [sheet.text("symbol")?, sheet.text("name")?, sheet.text("currency")?];
    let [scale, adjusted, origin] = [sheet.text("price_scale")?, sheet.text("adjusted")?, sheet.text("source")?];
    let [isin, cusip, proxy] = [sheet.text("isin")?, sheet.text("cusip")?, sheet.text("proxy")?];
    let [basis, geared] = [sheet.text("return_basis")?, sheet.text("leveraged")?];
    let [modified, spread] = [sheet.text("modified_duration")?, sheet.text("spread_duration")?];
    let mut seen: BTreeMap<InstrumentId, i64> = BTreeMap::new();
    let (instruments, rejects) = each_row(&label, &sheet, |row, line| {
        let symbol = at("symbol", symbol.required(row))?;
        let instrument_id = at("symbol", InstrumentId::new(file.market_id, symbol))?;
        if let Some(first) = seen.get(&instrument_id) {
            return Err(("symbol", format!("`{symbol}` is already on line {first}")));
        }
        let price_scale = at("price_scale", scale.number(row))?.unwrap_or(Decimal::ONE);
        if price_scale <= Decimal::ZERO {
            return Err(("price_scale", format!("a price scale is positive, not {price_scale}")));
        }
        at("price_scale", Rate::new(price_scale).to_units())?;
        let adjusted = adjusted.cell(row).unwrap_or("none");
        if !["none", "split", "total"].contains(&adjusted) {
            return Err(("adjusted", format!("`{adjusted}` is none of none, split, total")));
        }
        let isin = isin.cell(row).map(str::parse::<Isin>).transpose();
        let cusip = cusip.cell(row).map(str::parse::<Cusip>).transpose();
        let found = Instrument {
            market_id: file.market_id.clone(),
            symbol: symbol.to_owned(),
            name: name.cell(row).unwrap_or(symbol).to_owned(),
            currency: at("currency", at("currency", currency.required(row))?.parse::<Currency>())?,
            price_scale: Rate::new(price_scale),
            adjusted: adjusted.to_owned(),
            quote_origin: origin.cell(row).unwrap_or("not stated").to_owned(),
            isin: at("isin", isin)?.map(|isin| isin.to_string()),
            cusip: at("cusip", cusip)?.map(|cusip| cusip.to_string()),
            return_basis: return_basis(basis.cell(row), adjusted)?,
            modified_duration: duration("modified_duration", modified.number(row))?,
            spread_duration: duration("spread_duration", spread.number(row))?,
            leveraged: leveraged(geared.cell(row))?,
            proxy_instrument_id: proxy.cell(row).map(|proxy| stands_for(file, symbol, proxy)).transpose()?,
            instrument_id,
        };
        seen.insert(found.instrument_id.clone(), line);
        Ok(found)
    });
    Ok(Facts { instruments, rejects, ..Facts::default() })
}

/// Whether quotes grow with what the instrument pays, as the cell says it; none if it says nothing.
fn return_basis(cell: Option<&str>, adjusted: &str) -> Result<Option<String>, Fault> {
    match cell {
        None | Some("total") => Ok(cell.map(str::to_owned)),
        Some("price") if adjusted == "total" => {
            let reason = "quotes that are adjusted for dividends (`adjusted` is total) are no price index; write total";
            Err(("return_basis", reason.to_owned()))
        }
        Some("price") => Ok(cell.map(str::to_owned)),
        Some(other) => Err(("return_basis", format!("`{other}` is none of price, total"))),
    }
}

/// Whether an instrument is leveraged, as the cell says it; none if it says nothing.
fn leveraged(cell: Option<&str>) -> Result<Option<bool>, Fault> {
    match cell {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => {
            Err(("leveraged", format!("`{}` is none of true, false", other.chars().take(40).collect::<String>())))
        }
    }
}

/// A duration in years; none if the cell says nothing.
fn duration(column: &'static str, cell: Result<Option<Decimal>, String>) -> Result<Option<Rate>, Fault> {
    let Some(years) = at(column, cell)? else { return Ok(None) };
    if DURATION_YEARS_MAX < years.abs() {
        let reason = format!("a duration is from -{DURATION_YEARS_MAX} to {DURATION_YEARS_MAX} years, not {years}");
        return Err((column, reason));
    }
    let years = Rate::new(years);
    at(column, years.to_units())?;
    Ok(Some(years))
}

/// What stands for an instrument where it has no returns. Whether it is listed is seen when it is needed: it may come
/// with another file.
fn stands_for(file: &LandedFile<'_>, symbol: &str, proxy: &str) -> Result<InstrumentId, Fault> {
    if proxy == symbol {
        return Err(("proxy", format!("`{symbol}` cannot stand for itself; name another symbol of the market")));
    }
    at("proxy", InstrumentId::new(file.market_id, proxy))
}

pub(super) fn prices(file: &LandedFile<'_>, instruments: &Instruments) -> Result<Facts, Error> {
    let label = label(file);
    let sheet = Sheet::read(&label, file.bytes, &["date", "symbol", "close", "currency"])?;
    let [date, symbol] = [sheet.text("date")?, sheet.text("symbol")?];
    let [close, currency, volume] = [sheet.text("close")?, sheet.text("currency")?, sheet.text("volume")?];
    let dates = sheet.dates(&date)?;
    let mut seen: BTreeMap<(InstrumentId, BusinessDate), i64> = BTreeMap::new();
    let mut volumes_refused = Vec::new();
    let (quotes, mut rejects) = each_row(&label, &sheet, |row, line| {
        let quote_date = date_at("date", &date, &dates, row)?;
        let instrument = listed("symbol", file, instruments, at("symbol", symbol.required(row))?)?;
        let price = at("close", close.required_number(row))?;
        if price <= Decimal::ZERO {
            return Err(("close", no_close(&instrument.symbol, quote_date, price)));
        }
        at("close", Price::new(price).to_units())?;
        let unit = at("currency", currency.required(row))?;
        at("currency", quote_unit(instrument, unit))?;
        if let Some(first) = seen.insert((instrument.instrument_id.clone(), quote_date), line) {
            seen.insert((instrument.instrument_id.clone(), quote_date), first);
            return Err(("date", format!("{} already has a close for this date on line {first}", instrument.symbol)));
        }
        let volume = traded(volume.number(row)).unwrap_or_else(|reason| {
            let reason = format!("{reason}; the close is kept without it");
            volumes_refused.push(RowReject { file: label.clone(), line, column: "volume".to_owned(), reason });
            None
        });
        Ok(Quote {
            market_id: file.market_id.clone(),
            instrument_id: instrument.instrument_id.clone(),
            quote_date,
            close: Price::new(price),
            quote_unit: unit.to_owned(),
            volume,
            landing_sha256: file.sha256.to_owned(),
            line,
        })
    });
    rejects.extend(volumes_refused);
    rejects.sort();
    Ok(Facts { quotes, rejects, ..Facts::default() })
}

/// The units that a cell says were traded; none if it says nothing.
fn traded(cell: Result<Option<Decimal>, String>) -> Result<Option<Quantity>, String> {
    let Some(volume) = cell? else { return Ok(None) };
    if volume < Decimal::ZERO {
        return Err(format!("a volume is not negative, but {volume}; leave the cell empty if it is not known"));
    }
    let volume = Quantity::new(volume);
    volume.to_units().map_err(|error| error.to_string())?;
    Ok(Some(volume))
}

/// Whether a quote in this unit fits its instrument: pence where the scale says so, the currency otherwise. A scale
/// other than one and quotes in the currency itself are percent of the nominal value, as bonds are quoted, or another
/// number of units; where the currency has a hundredth of its own (pence), nobody can tell which of the two was meant.
fn quote_unit(instrument: &Instrument, unit: &str) -> Result<(), String> {
    let Instrument { symbol, currency, price_scale, .. } = instrument;
    let in_minor_unit = price_scale.decimal() != Decimal::ONE;
    match Currency::of_minor_unit(unit) {
        Some(major) if major == *currency && in_minor_unit => Ok(()),
        Some(major) if major == *currency => {
            Err(format!("{symbol} is quoted in {unit}, but its price_scale is 1; set it to 0.01 in instruments.csv"))
        }
        None if unit == currency.code() && (!in_minor_unit || !currency.has_quoted_hundredth()) => Ok(()),
        None if unit == currency.code() => {
            Err(format!("{symbol} has price_scale {price_scale}, so its quotes are in the minor unit, not in {unit}"))
        }
        _ => Err(format!("{symbol} is quoted in {currency}, not in {unit}")),
    }
}

pub(super) fn fx(file: &LandedFile<'_>) -> Result<Facts, Error> {
    let label = label(file);
    let sheet = Sheet::read(&label, file.bytes, &["date", "currency", "units_per_eur"])?;
    let [date, currency, units] = [sheet.text("date")?, sheet.text("currency")?, sheet.text("units_per_eur")?];
    let dates = sheet.dates(&date)?;
    let mut seen: BTreeMap<(Currency, BusinessDate), i64> = BTreeMap::new();
    let (fx_rates, rejects) = each_row(&label, &sheet, |row, line| {
        let rate_date = date_at("date", &date, &dates, row)?;
        let currency = at("currency", at("currency", currency.required(row))?.parse::<Currency>())?;
        let rate = at("units_per_eur", units.required_number(row))?;
        if rate <= Decimal::ZERO {
            return Err(("units_per_eur", format!("a rate is positive, not {rate}")));
        }
        at("units_per_eur", Rate::new(rate).to_units())?;
        if let Some(first) = seen.insert((currency, rate_date), line) {
            seen.insert((currency, rate_date), first);
            return Err(("date", format!("{currency} already has a rate for this date on line {first}")));
        }
        Ok(FxRate {
            fx_source: file.market_id.clone(),
            currency,
            rate_date,
            units_per_eur: Rate::new(rate),
            landing_sha256: file.sha256.to_owned(),
            line,
        })
    });
    Ok(Facts { fx_rates, rejects, ..Facts::default() })
}
