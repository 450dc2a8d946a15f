//! What all portfolios are worth, what changed it, and what they paid.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::Amount;
use schemas::tables::nav_bridge::BridgeComponent;

use super::count;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::management::ManagementInput;
use crate::sections::{name_of_group, notes_in, total};
use crate::texts::{Label, ManagementLabel, ManagementSentence};

/// Asset classes that a table names at most.
const CLASSES_MAX: usize = 30;

/// The table of assets, and its two sums.
pub(super) struct Held {
    pub(super) section: Section,
    pub(super) start: Cell,
    pub(super) end: Cell,
}

/// What the portfolios of each base currency were and are worth.
pub(super) fn held(input: &ManagementInput) -> Result<Held, Error> {
    let texts = input.texts();
    let head = |id, label, kind| Column::new(id, texts.label(label), kind);
    let columns = vec![
        head("base_currency", ManagementLabel::BaseCurrency, ColumnKind::Text),
        head("portfolios_at_start", ManagementLabel::CountAtStart, ColumnKind::Quantity),
        head("assets_at_start", ManagementLabel::AssetsAtStart, ColumnKind::Money),
        head("portfolios_at_end", ManagementLabel::CountAtEnd, ColumnKind::Quantity),
        head("assets_at_end", ManagementLabel::AssetsAtEnd, ColumnKind::Money),
        head("own_assets_at_end", ManagementLabel::InBaseCurrency, ColumnKind::Money),
    ];
    let money = |amount| Cell::money(amount, input.currency);
    let rows = input.books.iter().map(|book| {
        vec![
            Cell::text(book.base_currency.code()),
            count(book.portfolios_at_start),
            money(book.start),
            count(book.portfolios_at_end),
            money(book.end),
            Cell::money(book.end_base, book.base_currency),
        ]
    });
    let mut table = Table { columns, rows: rows.collect(), total: None };
    let nothing = money(Amount::new(Decimal::ZERO));
    let sum = |id| table.sum_of_column(id, texts);
    let (before, now) = (sum("portfolios_at_start")?, sum("portfolios_at_end")?);
    let of_money = |cell: Cell| if table.rows.is_empty() { nothing.clone() } else { cell };
    let (start, end) = (of_money(sum("assets_at_start")?), of_money(sum("assets_at_end")?));
    let last = vec![total(texts), before, start.clone(), now, end.clone(), Cell::empty()];
    let title = texts.label_with(ManagementLabel::Assets, &[("currency", input.currency.code())]);
    if table.rows.is_empty() {
        let notes = vec![texts.sentence(ManagementSentence::NoPortfolios)];
        return Ok(Held { section: Section { id: "assets", title, content: Content::Notes(notes) }, start, end });
    }
    table.total = Some(last);
    Ok(Held { section: Section { id: "assets", title, content: Content::Table(table) }, start, end })
}

/// What is held of each asset class at the end; what is of none is a line of its own, so that the sum is the same.
pub(super) fn classes(input: &ManagementInput) -> Result<Section, Error> {
    let texts = input.texts();
    let money = |amount: Decimal| Cell::money(Amount::new(amount), input.currency);
    let mut classes: BTreeMap<&str, Decimal> = BTreeMap::new();
    for (class, amount) in input.books.iter().flat_map(|book| &book.classes) {
        let held = classes.entry(class.as_str()).or_default();
        *held = held.checked_add(amount.decimal()).ok_or_else(overflow)?;
    }
    let mut classes: Vec<(&str, Decimal)> = classes.into_iter().collect();
    classes.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(right.0)));
    let shown = classes.iter().take(CLASSES_MAX);
    let rows = shown.map(|(class, amount)| vec![Cell::text(name_of_group(class, texts)), money(*amount)]).collect();
    let columns = vec![
        Column::new("asset_class", texts.label(Label::AssetClass), ColumnKind::Text),
        Column::new("amount", texts.label(ManagementLabel::Amount), ColumnKind::Money),
    ];
    let mut table = Table { columns, rows, total: None };
    let end = held(input)?.end;
    let printed = table.sum_of_column("amount", texts)?.printed_number().unwrap_or_default();
    let others = end.printed_number().unwrap_or_default().checked_sub(printed).ok_or_else(overflow)?;
    if !others.is_zero() || table.rows.is_empty() {
        table.rows.push(vec![Cell::text(texts.label(ManagementLabel::OtherClasses)), money(others)]);
    }
    table.total = Some(vec![total(texts), table.sum_of_column("amount", texts)?]);
    let title = texts.label_with(ManagementLabel::Classes, &[("currency", input.currency.code())]);
    Ok(Section { id: "asset_classes", title, content: Content::Table(table) })
}

/// What led from the first sum to the second: the steps of all portfolios, what exchange rates made of what was there,
/// and what was closed. What none of them explains is a line of its own.
pub(super) fn bridge(input: &ManagementInput) -> Result<Section, Error> {
    let texts = input.texts();
    let Held { start, end, .. } = held(input)?;
    let money = |amount: Decimal| Cell::money(Amount::new(amount), input.currency);
    let mut rows = vec![vec![Cell::text(texts.label(ManagementLabel::AssetsAtStart)), start]];
    for (component, amount) in steps(input)? {
        rows.push(vec![Cell::text(texts.component(component)), money(amount)]);
    }
    let translation = sum(input.books.iter().map(|book| book.translation))?;
    let left = sum(input.books.iter().map(|book| book.left))?;
    for (label, amount) in [(ManagementLabel::Translation, translation), (ManagementLabel::Left, -left)] {
        if !amount.is_zero() {
            rows.push(vec![Cell::text(texts.label(label)), money(amount)]);
        }
    }
    let columns = vec![
        Column::new("step", texts.label(ManagementLabel::Step), ColumnKind::Text),
        Column::new("amount", texts.label(ManagementLabel::Amount), ColumnKind::Money),
    ];
    let mut table = Table { columns, rows, total: None };
    let printed = table.sum_of_column("amount", texts)?.printed_number().unwrap_or_default();
    let unexplained = end.printed_number().unwrap_or_default().checked_sub(printed).ok_or_else(overflow)?;
    if !unexplained.is_zero() {
        table.rows.push(vec![Cell::text(texts.label(ManagementLabel::Unexplained)), money(unexplained)]);
    }
    let last = table.sum_of_column("amount", texts)?;
    table.total = Some(vec![Cell::text(texts.label(ManagementLabel::AssetsAtEnd)), last]);
    let title = texts.label_with(Label::ChangeInValueIn, &[("currency", input.currency.code())]);
    Ok(Section { id: "change_in_value", title, content: Content::Table(table) })
}

/// What portfolios paid in fees, positive.
pub(super) fn fees(input: &ManagementInput) -> Result<Section, Error> {
    let texts = input.texts();
    let fees = steps(input)?.into_iter().filter(|(component, _)| component.is_fee());
    let money = |amount: Decimal| Cell::money(Amount::new(-amount), input.currency);
    let rows: Vec<Vec<Cell>> =
        fees.map(|(component, amount)| vec![Cell::text(texts.component(component)), money(amount)]).collect();
    if rows.is_empty() {
        let notes = vec![texts.sentence(ManagementSentence::NoFees)];
        return Ok(notes_in(texts, "fees", ManagementLabel::Fees, notes));
    }
    let columns = vec![
        Column::new("fee", texts.label(ManagementLabel::Step), ColumnKind::Text),
        Column::new("amount", texts.label(ManagementLabel::Amount), ColumnKind::Money),
    ];
    let mut table = Table { columns, rows, total: None };
    table.total = Some(vec![total(texts), table.sum_of_column("amount", texts)?]);
    Ok(Section { id: "fees", title: texts.label(ManagementLabel::Fees), content: Content::Table(table) })
}

/// The steps of all books, those that are not zero, in the order of a bridge.
fn steps(input: &ManagementInput) -> Result<Vec<(BridgeComponent, Decimal)>, Error> {
    let mut steps: BTreeMap<BridgeComponent, Decimal> = BTreeMap::new();
    for (component, amount) in input.books.iter().flat_map(|book| &book.steps) {
        let step = steps.entry(*component).or_default();
        *step = step.checked_add(amount.decimal()).ok_or_else(overflow)?;
    }
    Ok(steps.into_iter().filter(|(_, amount)| !amount.is_zero()).collect())
}

fn sum(amounts: impl Iterator<Item = Amount>) -> Result<Decimal, Error> {
    let add = |sum: Decimal, amount: Amount| sum.checked_add(amount.decimal()).ok_or_else(overflow);
    let mut amounts = amounts;
    amounts.try_fold(Decimal::ZERO, add)
}

fn overflow() -> Error {
    Error::Overflow { what: "the amounts of all portfolios" }
}
