//! Positions of the valuation date before at the closes and rates of the date.

use std::collections::HashMap;

use analytics::estimate;
use arrow::array::{Array, Decimal128Array};
use lake::RecordBatch;
use ledger::corporate_actions::unit_ratio;
use ledger::{FxBoard, Listing, QuoteBoard, local_level};
use rust_decimal::prelude::ToPrimitive;
use schemas::table::{Record, cell, typed_column};
use schemas::tables::hypothetical_returns::HypotheticalReturn;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::position_returns::PositionReturn;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, PortfolioId};

use crate::error::Error;
use crate::rollups::risk::histories::CLOSE_DAYS_MAX;
use crate::rollups::risk::markets::Markets;

/// Announcements after which a position is what it was: the cash that they bring is income.
const CASH_KINDS: [&str; 3] = ["CASH_DIVIDEND", "SPECIAL_DIVIDEND", "DIVIDEND_REINVESTMENT"];

/// A position that must be valued again.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    portfolio_id: PortfolioId,
    instrument_id: InstrumentId,
    previous_date: BusinessDate,
    date: BusinessDate,
    /// What it was worth on the date before, an estimate in the base currency; none if unknown.
    begin_value: Option<f64>,
    /// The kind of a booking that changed its units without a trade; empty if there was none.
    kind: String,
}

/// What positions are valued with.
pub(super) struct Revaluing<'a> {
    markets: &'a Markets,
    portfolios: HashMap<&'a PortfolioId, &'a Portfolio>,
    close_days_max: i64,
}

/// The positions of a query's rows, in their order.
pub(super) fn gather(batches: &[RecordBatch]) -> Result<Vec<Moved>, Error> {
    let mut moved = Vec::new();
    for batch in batches {
        take_in(batch, &mut moved)?;
    }
    Ok(moved)
}

fn take_in(batch: &RecordBatch, moved: &mut Vec<Moved>) -> Result<(), lake::Error> {
    let table = PositionReturn::TABLE.name;
    let columns = ["portfolio_id", "instrument_id", "business_date", "begin_value_base"];
    let of_position = lake::read::with_columns(batch, PositionReturn::TABLE, &columns)?;
    let of_portfolio = lake::read::with_columns(batch, PortfolioValue::TABLE, &["previous_business_date"])?;
    let of_booking = lake::read::with_columns(batch, Transaction::TABLE, &["kind"])?;
    let portfolios = typed_column::<PortfolioId>(table, "portfolio_id", &of_position)?;
    let instruments = typed_column::<InstrumentId>(table, "instrument_id", &of_position)?;
    let dates = typed_column::<BusinessDate>(table, "business_date", &of_position)?;
    let values = typed_column::<Option<Amount>>(table, "begin_value_base", &of_position)?;
    let previous = typed_column::<BusinessDate>(table, "previous_business_date", &of_portfolio)?;
    let kinds = typed_column::<String>(table, "kind", &of_booking)?;
    for row in 0..batch.num_rows() {
        moved.push(Moved {
            portfolio_id: cell(table, "portfolio_id", &portfolios, row)?,
            instrument_id: cell(table, "instrument_id", &instruments, row)?,
            previous_date: cell(table, "previous_business_date", &previous, row)?,
            date: cell(table, "business_date", &dates, row)?,
            begin_value: value_of(&values, row),
            kind: kinds.value(row).to_owned(),
        });
    }
    Ok(())
}

fn value_of(values: &Decimal128Array, row: usize) -> Option<f64> {
    (!values.is_null(row)).then(|| estimate(values.value(row)) / 10_f64.powi(i32::from(Amount::SCALE)))
}

impl<'a> Revaluing<'a> {
    /// The markets of portfolios, and for how many calendar days a close counts.
    pub(super) fn new(markets: &'a Markets, portfolios: &'a [Portfolio], close_days_max: u32) -> Revaluing<'a> {
        let portfolios = portfolios.iter().map(|portfolio| (&portfolio.portfolio_id, portfolio)).collect();
        Revaluing { markets, portfolios, close_days_max: CLOSE_DAYS_MAX.min(i64::from(close_days_max)) }
    }

    /// Completes rows by what moved positions would have gained. Both are in the order of portfolio and date.
    pub(super) fn complete(&self, rows: &mut Vec<HypotheticalReturn>, moved: &[Moved]) {
        rows.retain(|row| self.portfolios.contains_key(&row.portfolio_id));
        for row in rows {
            let key = (&row.portfolio_id, row.business_date);
            let start = moved.partition_point(|position| (&position.portfolio_id, position.date) < key);
            let end = moved.partition_point(|position| (&position.portfolio_id, position.date) <= key);
            let positions = moved.get(start..end).unwrap_or_default();
            let found = match row.unavailable_reason.take() {
                Some(reason) => Err(reason),
                None => self.completed(row, positions),
            };
            match found {
                Ok((revaluation, return_fraction)) => {
                    row.revaluation = Some(revaluation);
                    row.return_fraction = Some(return_fraction);
                }
                Err(reason) => {
                    (row.kept_gain, row.income) = (None, None);
                    row.unavailable_reason = Some(reason);
                }
            }
        }
    }

    /// What the positions of a row would have gained, and the return of the row.
    fn completed(&self, row: &HypotheticalReturn, positions: &[Moved]) -> Result<(f64, f64), String> {
        let number = |amount: Option<Amount>| amount.and_then(|amount| amount.decimal().to_f64());
        let amounts = number(row.begin_value).zip(number(row.kept_gain)).zip(number(row.income));
        let ((before, kept), income) = amounts.ok_or("an amount of the date is not known")?;
        let portfolio = self.portfolios.get(&row.portfolio_id).ok_or("the portfolio is not known")?;
        let mut revaluation = 0.0;
        for position in positions {
            revaluation += self.gain(portfolio, position)?;
        }
        let return_fraction = (kept + income + revaluation) / before;
        if return_fraction.is_finite() {
            Ok((revaluation, return_fraction))
        } else {
            Err("the return is not a finite number".to_owned())
        }
    }

    /// What a position would have gained since the valuation date before if nothing had moved.
    fn gain(&self, portfolio: &Portfolio, position: &Moved) -> Result<f64, String> {
        let instrument = &position.instrument_id;
        let missing = |date: BusinessDate| format!("{instrument} has no value on {date}");
        let value = position.begin_value.ok_or_else(|| missing(position.previous_date))?;
        let fx = self.markets.rates(&portfolio.fx_source);
        if instrument.is_cash() {
            let currency = instrument.symbol().parse::<Currency>().map_err(|error| format!("{instrument}: {error}"))?;
            let before = rate(fx, currency, portfolio, position.previous_date)?;
            let now = rate(fx, currency, portfolio, position.date)?;
            return Ok(value * (now / before - 1.0));
        }
        let board = self.markets.board(&portfolio.market_id);
        let listed = board.and_then(|board| Some((board, board.listing(instrument)?)));
        let (board, listing) = listed.ok_or_else(|| format!("{instrument} is not listed in the market"))?;
        check_units(listing, position)?;
        let currency = listing.instrument.currency;
        let mut levels = [0.0; 2];
        for (level, date) in levels.iter_mut().zip([position.previous_date, position.date]) {
            let close = self.level(board, listing, date).ok_or_else(|| {
                format!("{instrument} was traded and has no close on {date}: nobody knows what it would have gained")
            })?;
            *level = close * rate(fx, currency, portfolio, date)?;
        }
        let [before, now] = levels;
        let gain = value * (now / before - 1.0);
        if gain.is_finite() { Ok(gain) } else { Err(format!("{instrument} has a close of zero")) }
    }

    fn level(&self, board: &QuoteBoard, listing: &Listing, date: BusinessDate) -> Option<f64> {
        let day = board.dates().binary_search(&date).ok()?;
        local_level(board, listing, day, self.close_days_max)?.to_f64()
    }
}

/// Refuses a position that became another one: its price alone does not say what it would have gained.
fn check_units(listing: &Listing, position: &Moved) -> Result<(), String> {
    let instrument = &position.instrument_id;
    let is_due = |date: BusinessDate| position.previous_date < date && date <= position.date;
    for action in listing.actions().iter().filter(|action| is_due(action.ex_date)) {
        if unit_ratio(action).is_none() && !CASH_KINDS.contains(&action.kind.as_str()) {
            let (kind, date) = (&action.kind, action.ex_date);
            return Err(format!("{kind} of {instrument} on {date}: its close alone does not say what it became worth"));
        }
    }
    // What is booked and was announced, too, is in the closes that are carried over it.
    let is_announced = listing.splits().iter().any(|(date, _)| is_due(*date)) || !listing.is_unadjusted();
    if position.kind.is_empty() || (is_announced && ["SPLIT", "STOCK_DIVIDEND"].contains(&position.kind.as_str())) {
        return Ok(());
    }
    Err(format!("{} of {instrument} was booked on a day on which it was traded", position.kind))
}

/// Units of the base currency for one of a currency.
fn rate(fx: &FxBoard, currency: Currency, portfolio: &Portfolio, date: BusinessDate) -> Result<f64, String> {
    let base = portfolio.base_currency;
    let rate = fx.cross_rate(currency, base, date).and_then(|cross| cross.rate()?.to_f64());
    rate.ok_or_else(|| format!("there is no rate of {currency} to {base} on {date}"))
}
