//! Costs of services: what was booked, charges inside trades among them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::Amount;
use schemas::tables::nav_bridge::BridgeComponent;

use super::average::Average;
use super::{items, sum_or_zero};
use crate::document::{Cell, Column, ColumnKind, Table};
use crate::error::Error;
use crate::input::StatementInput;
use crate::sections::{in_base, total};
use crate::texts::costs_and_charges::CostLabel;
use crate::texts::{Label, Sentence};

/// The items of Annex II with the steps of the change in value that belong to each.
const ITEMS: [(&str, CostLabel, &[BridgeComponent]); 5] = [
    ("1.1", CostLabel::ServiceOneOff, &[]),
    ("1.2", CostLabel::ServiceOngoing, &[BridgeComponent::FeeManagement, BridgeComponent::FeeCustody]),
    (
        "1.3",
        CostLabel::ServiceTransaction,
        &[
            BridgeComponent::FeeBrokerage,
            BridgeComponent::FeeExchange,
            BridgeComponent::TaxStampDuty,
            BridgeComponent::TaxTransaction,
        ],
    ),
    ("1.4", CostLabel::ServiceAncillary, &[BridgeComponent::Fee]),
    ("1.5", CostLabel::ServiceIncidental, &[BridgeComponent::FeePerformance]),
];

/// Whether a step of the change in value is a cost of a service.
pub(super) fn is_cost(component: BridgeComponent) -> bool {
    ITEMS.iter().any(|(_, _, components)| components.contains(&component))
}

/// The tables of this part.
pub(super) struct Services {
    /// The items of Annex II with their sum.
    pub(super) items: Table,
    /// The same by kind of booking.
    pub(super) by_kind: Table,
}

impl Services {
    pub(super) fn of(input: &StatementInput, average: &Average) -> Result<Services, Error> {
        let mut found = Vec::with_capacity(ITEMS.len());
        let mut rows = Vec::new();
        let booked = booked(input)?;
        let texts = input.texts();
        for (point, label, components) in ITEMS {
            let mut parts = Vec::new();
            for component in components {
                let Some(cost) = booked.get(component) else { continue };
                let cell = Cell::money(*cost, input.base_currency());
                rows.push(vec![
                    Cell::text(point),
                    Cell::text(texts.component(*component)),
                    cell.clone(),
                    average.part(input, &cell),
                ]);
                parts.push(cell);
            }
            let sum = if input.is_change_known() {
                sum_or_zero(input, &parts, "costs of services")?
            } else {
                Cell::unavailable(texts.sentence(Sentence::BooksNotKnown))
            };
            found.push((point, label, sum));
        }
        let items = items(input, average, found, Label::Total)?;
        Ok(Services { items, by_kind: by_kind(input, rows)? })
    }
}

fn by_kind(input: &StatementInput, rows: Vec<Vec<Cell>>) -> Result<Table, Error> {
    let texts = input.texts();
    let columns = vec![
        Column::new("point", texts.label(CostLabel::Point), ColumnKind::Text),
        Column::new("kind", texts.label(Label::Kind), ColumnKind::Text),
        Column::new("amount_base", in_base(Label::AmountIn, input.base_currency(), texts), ColumnKind::Money),
        Column::new("of_average", texts.label(CostLabel::OfAverage), ColumnKind::Fraction),
    ];
    let mut table = Table { columns, rows, total: None };
    if !table.rows.is_empty() {
        // The percentage of the sum stands above: those of single kinds are rounded too often to add up to it.
        let amount = table.sum_of_column("amount_base", texts)?;
        table.total = Some(vec![total(texts), Cell::empty(), amount, Cell::empty()]);
    }
    Ok(table)
}

/// The costs in base currency by step, positive where they were paid; only steps with rows.
fn booked(input: &StatementInput) -> Result<BTreeMap<BridgeComponent, Amount>, Error> {
    let overflow = || Error::Overflow { what: "costs of services" };
    let mut sums: BTreeMap<BridgeComponent, Decimal> = BTreeMap::new();
    for row in input.nav_bridge.iter().filter(|row| is_cost(row.component)) {
        let Some(amount) = row.amount_base else { continue };
        let sum = sums.entry(row.component).or_default();
        *sum = sum.checked_sub(amount.decimal()).ok_or_else(overflow)?;
    }
    Ok(sums.into_iter().map(|(component, sum)| (component, Amount::new(sum))).collect())
}
