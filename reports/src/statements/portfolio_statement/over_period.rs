//! What a period brought and cost, point by point of Article 60(2) of Delegated Regulation (EU) 2017/565: the cash at
//! its start and its end (c), fees and charges (d), and dividends, interest and other payments (f).
//!
//! Amounts are those of the change in value. Where that is not known in parts, no part is shown as the whole.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{Amount, Currency};

use super::StatementInput;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::sections::{cash_accounts, in_base, total};
use crate::texts::{Label, ListLabel, Sentence, StatementLabel, StatementSentence, Words};

/// What is paid for managing the portfolio, and for executing orders; what else is a charge is told together.
const MANAGEMENT: &[BridgeComponent] = &[BridgeComponent::FeeManagement];
const EXECUTION: &[BridgeComponent] = &[
    BridgeComponent::FeeBrokerage,
    BridgeComponent::FeeExchange,
    BridgeComponent::TaxStampDuty,
    BridgeComponent::TaxTransaction,
];
const OTHERS: &[BridgeComponent] =
    &[BridgeComponent::Fee, BridgeComponent::FeeCustody, BridgeComponent::FeePerformance];
/// What comes in from what is held, as a rule; what is rare has a line if there is any.
const INCOME: [BridgeComponent; 3] =
    [BridgeComponent::Dividends, BridgeComponent::Interest, BridgeComponent::AccruedInterest];

/// Cash, charges and income of the period.
///
/// # Errors
/// [`Error::Overflow`] if figures have no sum.
pub(super) fn sections(input: &StatementInput) -> Result<[Section; 3], Error> {
    Ok([cash(input)?, charges(input)?, income(input)?])
}

/// What the figures mean.
pub(super) fn definitions(input: &StatementInput) -> [String; 2] {
    [StatementSentence::MeaningOfCharges, StatementSentence::MeaningOfIncome].map(|said| input.texts().sentence(said))
}

/// The balance of each currency at the start and at the end.
fn cash(input: &StatementInput) -> Result<Section, Error> {
    let texts = input.texts();
    let accounts = cash_accounts::at_start(input)?;
    let held = input.valuations.iter().filter(|row| row.instrument_id.is_cash()).map(|row| row.currency);
    let currencies: BTreeSet<Currency> = held.chain(accounts.currencies()).collect();
    let row = |currency: Currency| {
        let (start, end) = accounts.printed(input, currency);
        vec![Cell::text(currency.code()), start, end]
    };
    let columns = vec![
        Column::new("currency", texts.label(Label::Currency), ColumnKind::Text),
        Column::new("at_start", texts.label(ListLabel::CashAtStart), ColumnKind::Money),
        Column::new("at_end", texts.label(ListLabel::CashAtEnd), ColumnKind::Money),
    ];
    let rows = currencies.into_iter().map(row).collect();
    Ok(Section {
        id: "cash_over_period",
        title: texts.label(StatementLabel::CashOverPeriod),
        content: Content::Table(Table { columns, rows, total: None }),
    })
}

/// Fees for management, costs of execution, and all other charges, as they were paid.
fn charges(input: &StatementInput) -> Result<Section, Error> {
    let texts = input.texts();
    let lines = vec![
        (texts.component(BridgeComponent::FeeManagement).to_owned(), paid(input, MANAGEMENT)?),
        (texts.label(StatementLabel::ExecutionCosts), paid(input, EXECUTION)?),
        (texts.label(StatementLabel::OtherCharges), paid(input, OTHERS)?),
    ];
    of_lines(input, "charges", StatementLabel::Charges, lines)
}

/// What came in from what is held, before the tax withheld from it.
fn income(input: &StatementInput) -> Result<Section, Error> {
    let line = |component: BridgeComponent| {
        let cell = input.texts().component(component).to_owned();
        Ok((cell, received(input, &[component])?))
    };
    let rare = BridgeComponent::LendingIncome;
    let rare = input.nav_bridge.iter().any(|row| row.component == rare).then_some(rare);
    let lines = INCOME.into_iter().chain(rare).map(line).collect::<Result<Vec<_>, Error>>()?;
    of_lines(input, "income", StatementLabel::Income, lines)
}

fn of_lines(
    input: &StatementInput,
    id: &'static str,
    title: impl Words,
    lines: Vec<(String, Cell)>,
) -> Result<Section, Error> {
    let (texts, base) = (input.texts(), input.base_currency());
    let columns = vec![
        Column::new("kind", texts.label(Label::Kind), ColumnKind::Text),
        Column::new("amount_base", in_base(Label::AmountIn, base, texts), ColumnKind::Money),
    ];
    let rows = lines.into_iter().map(|(name, cell)| vec![Cell::text(name), cell]).collect();
    let mut table = Table { columns, rows, total: None };
    table.total = Some(vec![total(texts), table.sum_of_column("amount_base", texts)?]);
    Ok(Section { id, title: in_base(title, base, texts), content: Content::Table(table) })
}

/// What steps of the change in value cost.
fn paid(input: &StatementInput, components: &[BridgeComponent]) -> Result<Cell, Error> {
    let cell = received(input, components)?;
    Ok(cell.printed_number().map_or_else(|| cell.clone(), |number| cell.with_number(-number)))
}

/// What steps of the change in value brought, in the base currency.
fn received(input: &StatementInput, components: &[BridgeComponent]) -> Result<Cell, Error> {
    if !input.is_change_known() {
        return Ok(Cell::unavailable(input.texts().sentence(Sentence::BooksNotKnown)));
    }
    let rows = input.nav_bridge.iter().filter(|row| components.contains(&row.component));
    let mut sum = Decimal::ZERO;
    for amount in rows.filter_map(|row| row.amount_base) {
        sum = sum.checked_add(amount.decimal()).ok_or(Error::Overflow { what: "a step of the change in value" })?;
    }
    Ok(Cell::money(Amount::new(sum), input.base_currency()))
}
