//! What the portfolio holds: positions, cash, and how the two make up its value.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::tables::positions::Position;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, InstrumentId};

use super::price_basis::price_basis;
use super::{in_base, name_of, total};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table, sum_of_printed};
use crate::error::Error;
use crate::input::StatementInput;
use crate::texts::{Label, Sentence, Texts};

/// Digits of a rate of exchange that are printed, leading zeros not counted.
const RATE_DIGITS: u32 = 8;

/// The sections on positions, cash and the composition of the value.
///
/// # Errors
/// [`Error::DoesNotFoot`] if positions and cash are not the portfolio's value; sums that do not exist.
pub(crate) fn sections(input: &StatementInput) -> Result<Vec<Section>, Error> {
    let positions = positions(input)?;
    let cash = cash(input)?;
    let composition = composition(input, &positions, &cash)?;
    let (base, texts) = (input.base_currency(), input.texts());
    let on_date = |label| texts.label_with(label, &[("date", &*texts.date(input.business_date))]);
    Ok(vec![
        section("positions", on_date(Label::PositionsOn), positions),
        section("cash", on_date(Label::CashOn), cash),
        section("composition", in_base(Label::Composition, base, texts), composition),
    ])
}

fn section(id: &'static str, title: String, table: Table) -> Section {
    Section { id, title, content: Content::Table(table) }
}

fn positions(input: &StatementInput) -> Result<Table, Error> {
    let instruments = input.instruments_by_id();
    let costs = positions_in_force(input);
    let mut held: Vec<(String, &Valuation)> = input
        .valuations
        .iter()
        .filter(|row| !row.instrument_id.is_cash())
        .map(|row| (name_of(&row.instrument_id, &instruments), row))
        .collect();
    held.sort_by(|(left, a), (right, b)| (left, &a.instrument_id).cmp(&(right, &b.instrument_id)));

    let (base, texts) = (input.base_currency(), input.texts());
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("name", Label::Name, ColumnKind::Text),
        titled("symbol", Label::Symbol, ColumnKind::Text),
        titled("quantity", Label::Quantity, ColumnKind::Quantity),
        titled("price", Label::Price, ColumnKind::Price),
        titled("price_date", Label::PriceDate, ColumnKind::Date),
        titled("price_basis", Label::Basis, ColumnKind::Text),
        titled("value", Label::Value, ColumnKind::Money),
        titled("currency", Label::CurrencyShort, ColumnKind::Text),
        Column::new("value_base", in_base(Label::ValueIn, base, texts), ColumnKind::Money),
        titled("weight", Label::Weight, ColumnKind::Fraction),
        Column::new("unrealised_gain", in_base(Label::UnrealisedGainIn, base, texts), ColumnKind::Money),
    ];
    let rows: Vec<Vec<Cell>> = held
        .into_iter()
        .map(|(name, row)| {
            vec![
                Cell::text(name),
                Cell::text(row.instrument_id.symbol()),
                Cell::Quantity(row.quantity.decimal()),
                row.price.map_or_else(|| no_price(input), |price| Cell::Price(price.decimal())),
                row.price_date.map_or_else(Cell::empty, |date| Cell::Date(date.day())),
                Cell::text(basis_words(price_basis(row), texts)),
                row.value.map_or_else(|| no_price(input), |value| Cell::money(value, row.currency)),
                Cell::text(row.currency.code()),
                value_base(input, row),
                weight(input, row),
                unrealised_gain(input, row, costs.get(&row.instrument_id).copied()),
            ]
        })
        .collect();
    with_total(Table { columns, rows, total: None }, &["value_base", "weight", "unrealised_gain"], texts)
}

fn cash(input: &StatementInput) -> Result<Table, Error> {
    let (base, texts) = (input.base_currency(), input.texts());
    let titled = |id, label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        titled("currency", Label::Currency, ColumnKind::Text),
        titled("balance", Label::Balance, ColumnKind::Money),
        Column::new("rate", in_base(Label::RateForOneUnit, base, texts), ColumnKind::Price),
        titled("rate_date", Label::RateDate, ColumnKind::Date),
        Column::new("value_base", in_base(Label::ValueIn, base, texts), ColumnKind::Money),
        titled("weight", Label::Weight, ColumnKind::Fraction),
    ];
    let mut balances: Vec<&Valuation> = input.valuations.iter().filter(|row| row.instrument_id.is_cash()).collect();
    balances.sort_by_key(|row| &row.instrument_id);
    let rows = balances.into_iter().map(|row| {
        let rate = row.fx_rate.filter(|_| row.currency != base);
        vec![
            Cell::text(row.currency.code()),
            row.value.map_or_else(|| no_price(input), |value| Cell::money(value, row.currency)),
            rate.map_or_else(Cell::empty, |rate| Cell::Price(readable(rate.decimal()))),
            row.fx_rate_date.map_or_else(Cell::empty, |date| Cell::Date(date.day())),
            value_base(input, row),
            weight(input, row),
        ]
    });
    let rows = rows.collect();
    with_total(Table { columns, rows, total: None }, &["value_base", "weight"], texts)
}

/// A rate to as many digits as a reader can use: that of two currencies through a third one has dozens.
fn readable(rate: Decimal) -> Decimal {
    rate.round_sf_with_strategy(RATE_DIGITS, RoundingStrategy::MidpointAwayFromZero).unwrap_or(rate)
}

/// Adds a last row with the sums of these columns, if there are rows.
fn with_total(table: Table, summed: &[&'static str], texts: Texts) -> Result<Table, Error> {
    if table.rows.is_empty() {
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
    Ok(Table { total: Some(last), ..table })
}

/// Securities and cash as printed above, the rounding between them and the value, and the value as their sum.
fn composition(input: &StatementInput, positions: &Table, cash: &Table) -> Result<Table, Error> {
    let (base, texts) = (input.base_currency(), input.texts());
    let part = |table: &Table| -> Result<Cell, Error> {
        let sum = table.sum_of_column("value_base", texts)?;
        Ok(if table.rows.is_empty() { Cell::money(Amount::ZERO, base) } else { sum })
    };
    let securities = part(positions)?;
    let balances = part(cash)?;
    let value = input.base_money(input.closing_value().and_then(|row| row.market_value), || {
        texts.sentence_with(Sentence::NoPortfolioValueOn, &[("date", &texts.date(input.business_date))])
    });
    let printed = (value.printed_number(), securities.printed_number(), balances.printed_number());
    let mut rows = vec![
        vec![Cell::text(texts.label(Label::Securities)), securities],
        vec![Cell::text(texts.label(Label::Cash)), balances],
    ];
    let mut total = value;
    if let (Some(whole), Some(first), Some(second)) = printed {
        let residual = whole.checked_sub(first).and_then(|rest| rest.checked_sub(second));
        let residual = residual.ok_or(Error::Overflow { what: "the composition" })?;
        refuse_residual(input, residual, positions.rows.len() + cash.rows.len() + 1)?;
        if !residual.is_zero() {
            rows.push(vec![
                Cell::text(texts.label(Label::RoundingOfLines)),
                Cell::Money { amount: residual, currency: base },
            ]);
        }
        total = sum_of_printed(rows.iter().flatten(), "the composition", texts)?;
    }
    let columns = vec![
        Column::new("part", texts.label(Label::Part), ColumnKind::Text),
        Column::new("value_base", in_base(Label::ValueIn, base, texts), ColumnKind::Money),
    ];
    Ok(Table { columns, rows, total: Some(vec![Cell::text(texts.label(Label::ValueAtEnd)), total]) })
}

/// Each printed figure is off by at most half of the smallest unit. What is more is a mistake and blocks the statement.
fn refuse_residual(input: &StatementInput, residual: Decimal, figures: usize) -> Result<(), Error> {
    let currency = input.base_currency();
    let half_unit = Decimal::new(5, currency.minor_unit_digits() + 1);
    let limit = half_unit.checked_mul(Decimal::from(figures)).ok_or(Error::Overflow { what: "rounding" })?;
    if residual.abs() <= limit {
        return Ok(());
    }
    let portfolio_id = input.portfolio.portfolio_id.clone();
    Err(Error::DoesNotFoot { portfolio_id, date: input.business_date, residual, currency })
}

/// The latest row of each instrument up to the business date.
fn positions_in_force(input: &StatementInput) -> BTreeMap<&InstrumentId, &Position> {
    let mut rows: Vec<&Position> =
        input.positions.iter().filter(|row| row.business_date <= input.business_date).collect();
    rows.sort_by_key(|row| row.business_date);
    rows.into_iter().map(|row| (&row.instrument_id, row)).collect()
}

fn no_price(input: &StatementInput) -> Cell {
    Cell::unavailable(no_price_before(input))
}

fn no_price_before(input: &StatementInput) -> String {
    let texts = input.texts();
    texts.sentence_with(Sentence::NoPriceBefore, &[("date", &texts.date(input.business_date))])
}

fn basis_words(basis: &str, texts: Texts) -> String {
    match basis {
        "quote" => texts.label(Label::Quote),
        "carried" => texts.label(Label::Carried),
        "last_trade" => texts.label(Label::LastTrade),
        "missing" => texts.label(Label::NoPrice),
        other => other.to_owned(),
    }
}

fn value_base(input: &StatementInput, row: &Valuation) -> Cell {
    let (base, texts) = (input.base_currency(), input.texts());
    let (from, to) = (("from", row.currency.code()), ("to", base.code()));
    input.base_money(row.value_base, || {
        if row.value.is_none() {
            no_price_before(input)
        } else if let Some(old) = row.fx_rate_date {
            texts.sentence_with(Sentence::RateTooOld, &[from, to, ("date", &texts.date(old))])
        } else {
            texts.sentence_with(Sentence::NoRateBefore, &[from, to, ("date", &texts.date(input.business_date))])
        }
    })
}

fn weight(input: &StatementInput, row: &Valuation) -> Cell {
    let whole = input.closing_value().and_then(|value| value.market_value);
    let (Some(part), Some(whole)) = (row.value_base, whole) else {
        return Cell::unavailable(input.texts().sentence(Sentence::NoValueForWeight));
    };
    // A part of a debt, or of nothing, is no weight.
    let whole = Some(whole.decimal()).filter(|whole| Decimal::ZERO < *whole);
    match whole.and_then(|whole| part.decimal().checked_div(whole)) {
        Some(weight) => Cell::Fraction(weight.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero)),
        None => Cell::unavailable(input.texts().sentence(Sentence::PortfolioNotAboveZero)),
    }
}

fn unrealised_gain(input: &StatementInput, row: &Valuation, position: Option<&Position>) -> Cell {
    let texts = input.texts();
    let Some(value) = row.value_base else {
        return Cell::unavailable(texts.sentence(Sentence::PositionHasNoValue));
    };
    let Some(cost) = position.and_then(|position| position.cost_base) else {
        return Cell::unavailable(
            texts.sentence_with(Sentence::CostNotKnown, &[("currency", input.base_currency().code())]),
        );
    };
    match value.decimal().checked_sub(cost.decimal()) {
        Some(gain) => Cell::money(Amount::new(gain), input.base_currency()),
        None => Cell::unavailable(texts.sentence(Sentence::GainTooLong)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_printed_to_eight_digits() {
        for (rate, printed) in
            [("147.643562446499", "147.64356"), ("0.006391234567", "0.0063912346"), ("0.82943", "0.82943")]
        {
            let rate: Decimal = rate.parse().expect("a number");
            assert_eq!(readable(rate).normalize().to_string(), printed);
        }
    }
}
