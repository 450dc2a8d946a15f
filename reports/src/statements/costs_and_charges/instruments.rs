//! Costs of instruments: inside their prices, by what their manufacturers state and by what was held.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Months;
use rust_decimal::Decimal;
use schemas::tables::instrument_costs::InstrumentCost;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, InstrumentId, Rate};

use super::average::Average;
use super::{items, sum_or_zero};
use crate::document::{Cell, Column, ColumnKind, Table};
use crate::error::Error;
use crate::further::HeldValue;
use crate::input::StatementInput;
use crate::sections::{in_base, name_of, total};
use crate::texts::Label;
use crate::texts::costs_and_charges::{CostLabel, CostSentence};

/// The tables of this part.
pub(super) struct Instruments {
    /// The items of Annex II with their sum.
    pub(super) items: Table,
    /// The same by instrument.
    pub(super) by_instrument: Table,
    /// Instruments whose costs are not known.
    pub(super) without_costs: Table,
}

/// What one instrument cost: the parts as they are printed.
#[derive(Default)]
struct Cost {
    value_days: Decimal,
    one_off: Vec<Cell>,
    ongoing: Vec<Cell>,
    transaction: Vec<Cell>,
    incidental: Vec<Cell>,
}

impl Instruments {
    pub(super) fn of(input: &StatementInput, average: &Average) -> Result<Instruments, Error> {
        let mut costs: BTreeMap<&InstrumentId, Cost> = BTreeMap::new();
        for held in &input.further.held_values {
            let Some(stated) = &held.costs else { continue };
            costs.entry(&held.instrument_id).or_default().hold(input, held, stated)?;
        }
        let mut untold: BTreeSet<&InstrumentId> = BTreeSet::new();
        for trade in counted_trades(input) {
            let Some(id) = &trade.instrument_id else { continue };
            match stated_on(input, id, trade) {
                Some(stated) => costs.entry(id).or_default().trade(input, trade, stated)?,
                None => {
                    untold.insert(id);
                }
            }
        }
        let by_instrument = by_instrument(input, average, costs)?;
        let without_costs = without_costs(input, average, untold)?;
        let texts = input.texts();
        let of = |column| match (by_instrument.rows.is_empty(), without_costs.rows.is_empty()) {
            (false, _) => by_instrument.sum_of_column(column, texts),
            (true, true) => sum_or_zero(input, &[], column),
            (true, false) => Ok(Cell::unavailable(texts.sentence(CostSentence::NoCostsStated))),
        };
        let found = vec![
            ("2.1", CostLabel::ServiceOneOff, of("one_off")?),
            ("2.2", CostLabel::ServiceOngoing, of("ongoing")?),
            ("2.3", CostLabel::InstrumentTransaction, of("transaction")?),
            ("2.4", CostLabel::ServiceIncidental, of("incidental")?),
        ];
        let name = if without_costs.rows.is_empty() { CostLabel::OfInstruments } else { CostLabel::TotalOfKnown };
        Ok(Instruments { items: items(input, average, found, name)?, by_instrument, without_costs })
    }

    /// Whether the costs of instruments are known of none that was held.
    pub(super) fn is_unknown(&self) -> bool {
        self.by_instrument.rows.is_empty() && !self.is_complete()
    }

    /// Whether the costs of all instruments are known.
    pub(super) fn is_complete(&self) -> bool {
        self.without_costs.rows.is_empty()
    }
}

impl Cost {
    /// Adds what holding it cost while one row of stated costs counted.
    fn hold(&mut self, input: &StatementInput, held: &HeldValue, stated: &InstrumentCost) -> Result<(), Error> {
        let overflow = || Error::Overflow { what: "costs of an instrument" };
        self.value_days = self.value_days.checked_add(held.value_days.decimal()).ok_or_else(overflow)?;
        let days_of_year = Decimal::from(year_days(input.period_start));
        let yearly = |fraction: Rate| {
            if 0 < held.unknown_days {
                let days = held.unknown_days.to_string();
                return Ok(Cell::unavailable(
                    input.texts().sentence_with(CostSentence::DaysWithoutValue, &[("days", &days)]),
                ));
            }
            let year = held.value_days.decimal().checked_div(days_of_year);
            let cost = year.and_then(|year| year.checked_mul(fraction.decimal())).ok_or_else(overflow)?;
            Ok::<Cell, Error>(Cell::money(Amount::new(cost), input.base_currency()))
        };
        self.ongoing.push(yearly(stated.ongoing)?);
        self.transaction.push(yearly(stated.transaction)?);
        self.incidental.push(yearly(stated.incidental)?);
        Ok(())
    }

    /// Adds what a purchase or a sale cost once.
    fn trade(&mut self, input: &StatementInput, trade: &Transaction, stated: &InstrumentCost) -> Result<(), Error> {
        let overflow = || Error::Overflow { what: "one-off costs of an instrument" };
        let fraction = if trade.kind == "BUY" { stated.entry } else { stated.exit };
        let charges = trade.fees.decimal().checked_add(trade.taxes.decimal()).ok_or_else(overflow)?;
        let before = trade.net_cash.decimal().checked_add(charges).ok_or_else(overflow)?;
        let cost = before.abs().checked_mul(fraction.decimal()).map(Amount::new).ok_or_else(overflow)?;
        if cost.is_zero() {
            return Ok(());
        }
        let base = input.base_currency();
        let converted = input.further.rates.convert(cost, trade.currency, base, trade.trade_date);
        self.one_off.push(input.base_money(converted, || {
            let days = input.further.rates.days_max().to_string();
            let values = [("from", trade.currency.code()), ("to", base.code()), ("days", &*days)];
            input.texts().sentence_with(CostSentence::NoRateOfDay, &values)
        }));
        Ok(())
    }
}

/// The calendar days of the year after a day, of which yearly fractions are: what was held all year bears them once,
/// in leap years, too.
fn year_days(opening: BusinessDate) -> i64 {
    let next = opening.day().checked_add_months(Months::new(12));
    next.map_or(365, |next| (next - opening.day()).num_days())
}

/// Purchases and sales of the period that count, in the order of booking.
fn counted_trades(input: &StatementInput) -> Vec<&Transaction> {
    let taken_back = input.taken_back_ids();
    let is_trade = |row: &&Transaction| ["BUY", "SELL"].contains(&row.kind.as_str());
    let mut trades: Vec<&Transaction> = input.transactions.iter().filter(is_trade).collect();
    trades.retain(|row| !taken_back.contains(row.transaction_id.as_str()));
    trades.sort_by_key(|row| (row.trade_date, row.booking_sequence, &row.transaction_id));
    trades
}

/// The costs that were stated for an instrument on the day of a trade.
fn stated_on<'a>(input: &'a StatementInput, id: &InstrumentId, trade: &Transaction) -> Option<&'a InstrumentCost> {
    let stated = input.further.instrument_costs.get(id)?;
    stated.range(..=trade.trade_date).next_back().map(|(_, costs)| costs)
}

fn by_instrument(
    input: &StatementInput,
    average: &Average,
    costs: BTreeMap<&InstrumentId, Cost>,
) -> Result<Table, Error> {
    let (base, texts) = (input.base_currency(), input.texts());
    let instruments = input.instruments_by_id();
    let mut rows = Vec::with_capacity(costs.len());
    for (id, cost) in costs {
        let sum = |cells: &[Cell]| sum_or_zero(input, cells, "costs of an instrument");
        let parts = [sum(&cost.one_off)?, sum(&cost.ongoing)?, sum(&cost.transaction)?, sum(&cost.incidental)?];
        let whole = sum(&parts)?;
        let value = average.of_holding(input, Amount::new(cost.value_days));
        let mut row = vec![Cell::text(name_of(id, &instruments)), value];
        row.extend(parts);
        row.push(whole);
        rows.push(row);
    }
    let money = |id, label| Column::new(id, texts.label(label), ColumnKind::Money);
    let columns = vec![
        Column::new("name", texts.label(Label::Instrument), ColumnKind::Text),
        Column::new("average_base", in_base(CostLabel::AverageIn, base, texts), ColumnKind::Money),
        money("one_off", CostLabel::OneOff),
        money("ongoing", CostLabel::Ongoing),
        money("transaction", CostLabel::Transaction),
        money("incidental", CostLabel::Incidental),
        Column::new("amount_base", in_base(Label::AmountIn, base, texts), ColumnKind::Money),
    ];
    let mut table = Table { columns, rows, total: None };
    if !table.rows.is_empty() {
        let mut last = vec![total(texts), Cell::empty()];
        for column in ["one_off", "ongoing", "transaction", "incidental", "amount_base"] {
            last.push(table.sum_of_column(column, texts)?);
        }
        table.total = Some(last);
    }
    Ok(table)
}

/// The instruments whose costs are not known, with what they were worth on average of all days of the period.
fn without_costs(input: &StatementInput, average: &Average, untold: BTreeSet<&InstrumentId>) -> Result<Table, Error> {
    let (base, texts) = (input.base_currency(), input.texts());
    let instruments = input.instruments_by_id();
    let mut values: BTreeMap<&InstrumentId, Vec<Cell>> = untold.into_iter().map(|id| (id, Vec::new())).collect();
    for held in input.further.held_values.iter().filter(|held| held.costs.is_none()) {
        values.entry(&held.instrument_id).or_default().push(average.of_holding(input, held.value_days));
    }
    let mut rows = Vec::with_capacity(values.len());
    for (id, values) in values {
        let value = sum_or_zero(input, &values, "average values")?;
        let part = average.part(input, &value);
        rows.push(vec![Cell::text(name_of(id, &instruments)), Cell::text(id.symbol()), value, part]);
    }
    let columns = vec![
        Column::new("name", texts.label(Label::Instrument), ColumnKind::Text),
        Column::new("symbol", texts.label(Label::Symbol), ColumnKind::Text),
        Column::new("average_base", in_base(CostLabel::AverageIn, base, texts), ColumnKind::Money),
        Column::new("of_average", texts.label(CostLabel::OfAverage), ColumnKind::Fraction),
    ];
    Ok(Table { columns, rows, total: None })
}
