//! How the value at start became the value at end, line by line.
//!
//! The lines are the components of the bridge in gold.nav_bridge. They lead from the one printed value to the other
//! with no more than the rounding of the lines between; if they do not, there is no statement.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::{Amount, Currency};

use super::StatementInput;
use super::key_figures::{value_at_end, value_at_start};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table, sum_of_printed};
use crate::error::Error;
use crate::sections::in_base as in_base_currency;
use crate::texts::{Label, Sentence};

/// The lines between the value at start and the value at end, or why there are none.
type Steps = Result<Vec<Vec<Cell>>, String>;

/// The change in value, and the same by currency if there is more than the base currency.
///
/// # Errors
/// [`Error::BridgeDoesNotFoot`] if the lines do not lead from the one value to the other; sums that do not exist.
pub(super) fn sections(input: &StatementInput) -> Result<Vec<Section>, Error> {
    let (base, texts) = (input.base_currency(), input.texts());
    let (start, end) = (value_at_start(input), value_at_end(input));
    let steps = steps(input, &start, &end)?;
    let is_split = steps.is_ok() && input.nav_bridge.iter().any(|row| row.currency != base);
    let mut sections = vec![Section {
        id: "value_change",
        title: in_base_currency(Label::ChangeInValueIn, base, texts),
        content: Content::Table(change(input, start, end, steps)?),
    }];
    if is_split {
        sections.push(Section {
            id: "value_change_by_currency",
            title: texts.label(Label::ChangeInValueByCurrency),
            content: Content::Table(by_currency(input)),
        });
    }
    Ok(sections)
}

/// What the lines mean, each that is printed.
pub(super) fn definitions(input: &StatementInput) -> impl Iterator<Item = String> {
    let printed: BTreeSet<BridgeComponent> = lines(input).map(|(row, _)| row.component).collect();
    let texts = input.texts();
    printed.into_iter().map(move |component| {
        let (term, meaning) = (texts.component(component), texts.component_definition(component));
        texts.label_with(Label::Definition, &[("term", term), ("meaning", meaning)])
    })
}

fn change(input: &StatementInput, start: Cell, end: Cell, steps: Steps) -> Result<Table, Error> {
    let (base, texts) = (input.base_currency(), input.texts());
    let columns = vec![
        Column::new("step", texts.label(Label::Step), ColumnKind::Text),
        Column::new("amount_base", in_base_currency(Label::AmountIn, base, texts), ColumnKind::Money),
    ];
    let mut rows = vec![vec![Cell::text(texts.label(Label::ValueAtStart)), start]];
    let mut total = end;
    match steps {
        Ok(steps) => {
            rows.extend(steps);
            total = sum_of_printed(rows.iter().flatten(), "the change in value", texts)?;
        }
        Err(reason) => rows.push(vec![Cell::text(texts.label(Label::ChangeInValue)), Cell::unavailable(reason)]),
    }
    Ok(Table { columns, rows, total: Some(vec![Cell::text(texts.label(Label::ValueAtEnd)), total]) })
}

/// The lines between the two values with what rounding leaves of them.
fn steps(input: &StatementInput, start: &Cell, end: &Cell) -> Result<Steps, Error> {
    let texts = input.texts();
    let (Some(opening), Some(closing)) = (start.printed_number(), end.printed_number()) else {
        return Ok(Err(texts.sentence(Sentence::StartOrEndUnknown)));
    };
    if let Some(row) = input.nav_bridge.iter().find(|row| row.component == BridgeComponent::Unknown) {
        let detail = row.detail.as_deref();
        let reason = detail.map_or_else(|| texts.sentence(Sentence::ReasonNotRecorded), |text| texts.recorded(text));
        let values = [("date", &*texts.date(row.business_date)), ("reason", &*reason)];
        return Ok(Err(texts.sentence_with(Sentence::ChangeNotKnown, &values)));
    }
    let base = input.base_currency();
    let mut rows = Vec::new();
    let mut residual = closing.checked_sub(opening).ok_or(Error::Overflow { what: "the change in value" })?;
    for (component, amount) in in_base(input)? {
        let cell = Cell::Money { amount, currency: base };
        let printed = cell.printed_number().unwrap_or_default();
        residual = residual.checked_sub(printed).ok_or(Error::Overflow { what: "the change in value" })?;
        if !printed.is_zero() {
            rows.push(vec![Cell::text(texts.component(component)), cell]);
        }
    }
    let figures = lines(input).count() + 2;
    let half_unit = Decimal::new(5, base.minor_unit_digits() + 1);
    let limit = half_unit.checked_mul(Decimal::from(figures)).ok_or(Error::Overflow { what: "rounding" })?;
    if limit < residual.abs() {
        if input.nav_bridge.iter().any(|row| row.component == BridgeComponent::Gap) {
            return Ok(Err(texts.sentence(Sentence::StartNotValued)));
        }
        let portfolio_id = input.portfolio.portfolio_id.clone();
        return Err(Error::BridgeDoesNotFoot { portfolio_id, date: input.business_date, residual, currency: base });
    }
    if !residual.is_zero() {
        rows.push(vec![
            Cell::text(texts.label(Label::RoundingOfLines)),
            Cell::Money { amount: residual, currency: base },
        ]);
    }
    Ok(Ok(rows))
}

/// The rows that have an amount in base currency, each with it.
fn lines(input: &StatementInput) -> impl Iterator<Item = (&NavBridgeRow, Amount)> {
    input.nav_bridge.iter().filter_map(|row| Some((row, row.amount_base?)))
}

/// The components in base currency, all currencies together.
fn in_base(input: &StatementInput) -> Result<BTreeMap<BridgeComponent, Decimal>, Error> {
    let mut sums: BTreeMap<BridgeComponent, Decimal> = BTreeMap::new();
    for (row, amount) in lines(input) {
        let sum = sums.entry(row.component).or_default();
        *sum = sum.checked_add(amount.decimal()).ok_or(Error::Overflow { what: "a step of the change in value" })?;
    }
    Ok(sums)
}

/// Each component in each currency, as an amount of it and in base currency.
fn by_currency(input: &StatementInput) -> Table {
    let (base, texts) = (input.base_currency(), input.texts());
    let rows: BTreeMap<(Currency, BridgeComponent), (&NavBridgeRow, Amount)> =
        lines(input).map(|(row, amount)| ((row.currency, row.component), (row, amount))).collect();
    let row = |(row, amount_base): (&NavBridgeRow, Amount)| {
        vec![
            Cell::text(row.currency.code()),
            Cell::text(texts.component(row.component)),
            row.amount.map_or_else(Cell::empty, |amount| Cell::money(amount, row.currency)),
            Cell::money(amount_base, base),
        ]
    };
    let columns = vec![
        Column::new("currency", texts.label(Label::CurrencyShort), ColumnKind::Text),
        Column::new("step", texts.label(Label::Step), ColumnKind::Text),
        Column::new("amount", texts.label(Label::Amount), ColumnKind::Money),
        Column::new("amount_base", in_base_currency(Label::AmountIn, base, texts), ColumnKind::Money),
    ];
    Table { columns, rows: rows.into_values().map(row).collect(), total: None }
}
