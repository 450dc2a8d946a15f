//! The totals of the period, and the same beside what the books have.

use schemas::Amount;
use schemas::tables::nav_bridge::BridgeComponent;

use super::gains::Gains;
use super::income::Incomes;
use super::taxes::Taxes;
use super::{TaxFacts, of_table};
use crate::document::{Cell, ColumnKind, Section, sum_of_printed};
use crate::error::Error;
use crate::texts::tax_report::TaxLabel;
use crate::texts::{Label, Sentence};

/// The kinds of income that always have a line, in the order of the books.
const INCOME: [BridgeComponent; 3] =
    [BridgeComponent::Dividends, BridgeComponent::Interest, BridgeComponent::AccruedInterest];
/// The taxes that are not withheld from income.
const OTHER_TAXES: [BridgeComponent; 3] =
    [BridgeComponent::Tax, BridgeComponent::TaxStampDuty, BridgeComponent::TaxTransaction];

/// The kinds of income that have a line: those that always do, and that from lending if there is any.
fn kinds_of_income(facts: &TaxFacts<'_>, income: &Incomes) -> impl Iterator<Item = BridgeComponent> {
    let lending = BridgeComponent::LendingIncome;
    let is_booked = facts.input.nav_bridge.iter().any(|row| row.component == lending);
    INCOME.into_iter().chain((is_booked || income.has(lending)).then_some(lending))
}

/// A line for every total of the report.
pub(super) fn section(facts: &TaxFacts<'_>, gains: &Gains, income: &Incomes, taxes: &Taxes) -> Result<Section, Error> {
    let texts = facts.input.texts();
    let row = |name: String, cell: Cell| vec![Cell::text(name), cell];
    let mut rows = vec![row(facts.label(TaxLabel::NetRealised), facts.sum(&gains.by_method, "net")?)];
    for (term, net) in gains.by_term(facts)? {
        rows.push(row(texts.label_with(TaxLabel::NetOfTerm, &[("term", &term)]), net));
    }
    for component in kinds_of_income(facts, income) {
        rows.push(row(texts.component(component).to_owned(), income.total(facts, component)?));
    }
    rows.push(row(facts.label(TaxLabel::WithheldNet), facts.sum(&taxes.withholding, "net_base")?));
    rows.push(row(facts.label(TaxLabel::OtherTaxes), facts.sum(&taxes.others, "amount_base")?));
    rows.push(row(facts.label(TaxLabel::ReturnOfCapital), facts.sum(&taxes.capital, "amount_base")?));
    let columns = vec![
        facts.column("figure", Label::Figure, ColumnKind::Text),
        facts.base_column("amount_base", Label::AmountIn),
    ];
    Ok(of_table("totals", facts.in_base(TaxLabel::Totals), facts.table(columns, rows, &[])?))
}

/// What is printed beside what the books have of the period.
pub(super) fn beside_the_books(
    facts: &TaxFacts<'_>,
    gains: &Gains,
    income: &Incomes,
    taxes: &Taxes,
) -> Result<Section, Error> {
    let texts = facts.input.texts();
    let mut rows = Vec::new();
    let mut add = |name: String, printed: Cell, booked: Cell| -> Result<(), Error> {
        let difference = sum_of_printed([&printed, &TaxFacts::negated(&booked)], "the comparison", texts)?;
        rows.push(vec![Cell::text(name), printed, booked, difference]);
        Ok(())
    };
    add(facts.label(TaxLabel::NetRealised), facts.sum(&gains.by_method, "net")?, realised(facts)?)?;
    for component in kinds_of_income(facts, income) {
        let name = texts.component(component).to_owned();
        add(name, income.total(facts, component)?, booked(facts, &[component])?)?;
    }
    let withheld = booked(facts, &[BridgeComponent::TaxWithholding, BridgeComponent::TaxReclaim])?;
    let net = facts.sum(&taxes.withholding, "net_base")?;
    add(facts.label(TaxLabel::WithheldNet), net, TaxFacts::negated(&withheld))?;
    let others = TaxFacts::negated(&booked(facts, &OTHER_TAXES)?);
    add(facts.label(TaxLabel::OtherTaxes), facts.sum(&taxes.others, "amount_base")?, others)?;
    let columns = vec![
        facts.column("figure", Label::Figure, ColumnKind::Text),
        facts.column("in_report", TaxLabel::InReport, ColumnKind::Money),
        facts.column("in_books", TaxLabel::InBooks, ColumnKind::Money),
        facts.column("difference", TaxLabel::Difference, ColumnKind::Money),
    ];
    let table = facts.table(columns, rows, &[])?;
    Ok(of_table("compared_with_books", facts.in_base(TaxLabel::ComparedWithBooks), table))
}

/// What gold.realised_gains has of sales of the period, with the changes of gold.lot_closings.
fn realised(facts: &TaxFacts<'_>) -> Result<Cell, Error> {
    let input = facts.input;
    let of_sales = input.realised_gains.iter().filter(|row| row.kind != "TRANSFER_OUT").map(|row| row.gain_base);
    let left =
        |id: &str| input.changed_disposals.iter().any(|row| row.kind == "TRANSFER_OUT" && row.transaction_id == id);
    let changes = input.gain_changes.iter().filter(|row| !left(&row.transaction_id)).map(|row| row.gain_base);
    sum(facts, of_sales.chain(changes))
}

/// What the books have of some components of the change in value, as they sign it.
fn booked(facts: &TaxFacts<'_>, components: &[BridgeComponent]) -> Result<Cell, Error> {
    let rows = &facts.input.nav_bridge;
    if !facts.input.is_change_known() {
        return Ok(facts.reason(Sentence::BooksNotKnown));
    }
    sum(facts, rows.iter().filter(|row| components.contains(&row.component)).map(|row| row.amount_base))
}

fn sum(facts: &TaxFacts<'_>, amounts: impl Iterator<Item = Option<Amount>>) -> Result<Cell, Error> {
    let overflow = || Error::Overflow { what: "what the books have" };
    let mut sum = Amount::ZERO.decimal();
    for amount in amounts {
        let Some(amount) = amount else { return Ok(facts.reason(Sentence::BooksNotKnown)) };
        sum = sum.checked_add(amount.decimal()).ok_or_else(overflow)?;
    }
    Ok(Cell::money(Amount::new(sum), facts.base()))
}
