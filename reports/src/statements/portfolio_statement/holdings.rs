//! What the portfolio holds: positions, cash, and how the two make up its value.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::tables::positions::Position;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, InstrumentId};

use super::{StatementInput, base_money};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table, sum_of_printed};
use crate::error::Error;

/// The sections on positions, cash and the composition of the value.
///
/// # Errors
/// [`Error::DoesNotFoot`] if positions and cash are not the portfolio's value; sums that do not exist.
pub(super) fn sections(input: &StatementInput) -> Result<Vec<Section>, Error> {
    let positions = positions(input)?;
    let cash = cash(input)?;
    let composition = composition(input, &positions, &cash)?;
    let base = input.base_currency();
    Ok(vec![
        section("positions", format!("Positions on {}", input.business_date), positions),
        section("cash", format!("Cash on {}", input.business_date), cash),
        section("composition", format!("Composition of the value, {base}"), composition),
    ])
}

fn section(id: &'static str, title: String, table: Table) -> Section {
    Section { id, title, content: Content::Table(table) }
}

fn positions(input: &StatementInput) -> Result<Table, Error> {
    let instruments = input.instruments_by_id();
    let costs = positions_in_force(input);
    let name_of = |id: &InstrumentId| {
        instruments.get(id).map_or_else(|| id.symbol().to_owned(), |instrument| instrument.name.clone())
    };
    let mut held: Vec<(String, &Valuation)> = input
        .valuations
        .iter()
        .filter(|row| !row.instrument_id.is_cash())
        .map(|row| (name_of(&row.instrument_id), row))
        .collect();
    held.sort_by(|(left, a), (right, b)| (left, &a.instrument_id).cmp(&(right, &b.instrument_id)));

    let base = input.base_currency();
    let columns = vec![
        Column::new("name", "Name", ColumnKind::Text),
        Column::new("symbol", "Symbol", ColumnKind::Text),
        Column::new("quantity", "Quantity", ColumnKind::Quantity),
        Column::new("price", "Price", ColumnKind::Price),
        Column::new("price_date", "Price date", ColumnKind::Date),
        Column::new("price_basis", "Basis", ColumnKind::Text),
        Column::new("value", "Value", ColumnKind::Money),
        Column::new("currency", "Cur.", ColumnKind::Text),
        Column::new("value_base", format!("Value {base}"), ColumnKind::Money),
        Column::new("weight", "Weight", ColumnKind::Fraction),
        Column::new("unrealised_gain", format!("Unrealised gain {base}"), ColumnKind::Money),
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
                Cell::text(price_basis(row)),
                row.value.map_or_else(|| no_price(input), |value| Cell::money(value, row.currency)),
                Cell::text(row.currency.code()),
                value_base(input, row),
                weight(input, row),
                unrealised_gain(input, row, costs.get(&row.instrument_id).copied()),
            ]
        })
        .collect();
    with_total(Table { columns, rows, total: None }, &["value_base", "weight", "unrealised_gain"])
}

fn cash(input: &StatementInput) -> Result<Table, Error> {
    let base = input.base_currency();
    let columns = vec![
        Column::new("currency", "Currency", ColumnKind::Text),
        Column::new("balance", "Balance", ColumnKind::Money),
        Column::new("rate", format!("{base} for one unit"), ColumnKind::Price),
        Column::new("rate_date", "Rate date", ColumnKind::Date),
        Column::new("value_base", format!("Value {base}"), ColumnKind::Money),
        Column::new("weight", "Weight", ColumnKind::Fraction),
    ];
    let mut balances: Vec<&Valuation> = input.valuations.iter().filter(|row| row.instrument_id.is_cash()).collect();
    balances.sort_by_key(|row| &row.instrument_id);
    let rows = balances.into_iter().map(|row| {
        let rate = row.fx_rate.filter(|_| row.currency != base);
        vec![
            Cell::text(row.currency.code()),
            row.value.map_or_else(|| no_price(input), |value| Cell::money(value, row.currency)),
            rate.map_or_else(Cell::empty, |rate| Cell::Price(rate.decimal())),
            row.fx_rate_date.map_or_else(Cell::empty, |date| Cell::Date(date.day())),
            value_base(input, row),
            weight(input, row),
        ]
    });
    let rows = rows.collect();
    with_total(Table { columns, rows, total: None }, &["value_base", "weight"])
}

/// Adds a last row with the sums of these columns, if there are rows.
fn with_total(table: Table, summed: &[&'static str]) -> Result<Table, Error> {
    if table.rows.is_empty() {
        return Ok(table);
    }
    let mut total = vec![Cell::empty(); table.columns.len()];
    for (index, (column, cell)) in table.columns.iter().zip(&mut total).enumerate() {
        if summed.contains(&column.id) {
            *cell = table.sum_of_column(column.id)?;
        } else if index == 0 {
            *cell = Cell::text("Total");
        }
    }
    Ok(Table { total: Some(total), ..table })
}

/// Securities and cash as printed above, the rounding between them and the value, and the value as their sum.
fn composition(input: &StatementInput, positions: &Table, cash: &Table) -> Result<Table, Error> {
    let base = input.base_currency();
    let part = |table: &Table| -> Result<Cell, Error> {
        let sum = table.sum_of_column("value_base")?;
        Ok(if table.rows.is_empty() { Cell::money(Amount::ZERO, base) } else { sum })
    };
    let securities = part(positions)?;
    let balances = part(cash)?;
    let value = base_money(input, input.closing_value().and_then(|row| row.market_value), || {
        format!("the portfolio has no value on {}", input.business_date)
    });
    let printed = (value.printed_number(), securities.printed_number(), balances.printed_number());
    let mut rows = vec![vec![Cell::text("Securities"), securities], vec![Cell::text("Cash"), balances]];
    let mut total = value;
    if let (Some(whole), Some(first), Some(second)) = printed {
        let residual = whole.checked_sub(first).and_then(|rest| rest.checked_sub(second));
        let residual = residual.ok_or(Error::Overflow { what: "the composition" })?;
        refuse_residual(input, residual, positions.rows.len() + cash.rows.len() + 1)?;
        if !residual.is_zero() {
            rows.push(vec![
                Cell::text("Rounding of the lines above"),
                Cell::Money { amount: residual, currency: base },
            ]);
        }
        total = sum_of_printed(rows.iter().flatten(), "the composition")?;
    }
    let columns = vec![
        Column::new("part", "Part", ColumnKind::Text),
        Column::new("value_base", format!("Value {base}"), ColumnKind::Money),
    ];
    Ok(Table { columns, rows, total: Some(vec![Cell::text("Value at end"), total]) })
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
    Cell::unavailable(format!("there is no price on or before {}", input.business_date))
}

/// Where a price comes from, in words.
pub(super) fn price_basis(row: &Valuation) -> &str {
    match row.price_basis.as_str() {
        "quote" if is_carried(row.price_date, row.business_date) => "carried",
        "last_trade" => "last trade",
        "missing" => "no price",
        other => other,
    }
}

fn is_carried(price_date: Option<BusinessDate>, business_date: BusinessDate) -> bool {
    price_date.is_some_and(|date| date < business_date)
}

fn value_base(input: &StatementInput, row: &Valuation) -> Cell {
    let base = input.base_currency();
    base_money(input, row.value_base, || {
        if row.value.is_none() {
            format!("there is no price on or before {}", input.business_date)
        } else if let Some(old) = row.fx_rate_date {
            format!("the rate from {} to {base} would be one of {old}, which is too old", row.currency)
        } else {
            format!("there is no rate from {} to {base} on or before {}", row.currency, input.business_date)
        }
    })
}

fn weight(input: &StatementInput, row: &Valuation) -> Cell {
    let whole = input.closing_value().and_then(|value| value.market_value);
    let (Some(part), Some(whole)) = (row.value_base, whole) else {
        return Cell::unavailable("the position or the portfolio has no value");
    };
    match part.decimal().checked_div(whole.decimal()) {
        Some(weight) => Cell::Fraction(weight.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero)),
        None => Cell::unavailable("the portfolio's value is zero"),
    }
}

fn unrealised_gain(input: &StatementInput, row: &Valuation, position: Option<&Position>) -> Cell {
    let Some(value) = row.value_base else {
        return Cell::unavailable("the position has no value");
    };
    let Some(cost) = position.and_then(|position| position.cost_base) else {
        return Cell::unavailable(format!("the cost in {} is not known", input.base_currency()));
    };
    match value.decimal().checked_sub(cost.decimal()) {
        Some(gain) => Cell::money(Amount::new(gain), input.base_currency()),
        None => Cell::unavailable("the gain has more than 28 digits"),
    }
}
