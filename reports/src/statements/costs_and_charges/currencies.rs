//! Costs in other currencies than the base currency, and what exchanging currencies cost.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency};

use super::{of_steps, of_table, services};
use crate::document::{Cell, Column, ColumnKind, Section, Table};
use crate::error::Error;
use crate::input::StatementInput;
use crate::sections::in_base;
use crate::texts::Label;
use crate::texts::costs_and_charges::{CostLabel, CostSentence};

/// Decimals of an average rate.
const RATE_DECIMALS: u32 = 6;

/// Point 5 of Annex II: costs by currency with their average rates, and the fees of exchanges of currencies.
pub(super) fn sections(input: &StatementInput) -> Result<[Section; 2], Error> {
    let texts = input.texts();
    Ok([
        of_steps(input, "costs_in_currencies", CostLabel::InCurrencies, costs(input)?),
        of_table("exchanges", texts.label(CostLabel::Exchanges), exchanges(input)?),
    ])
}

fn costs(input: &StatementInput) -> Result<Table, Error> {
    let (base, texts) = (input.base_currency(), input.texts());
    let overflow = || Error::Overflow { what: "costs in other currencies" };
    let mut sums: BTreeMap<Currency, (Decimal, Decimal)> = BTreeMap::new();
    let foreign = input.nav_bridge.iter().filter(|row| services::is_cost(row.component) && row.currency != base);
    for row in foreign {
        let (Some(own), Some(in_base)) = (row.amount, row.amount_base) else { continue };
        let (own_sum, base_sum) = sums.entry(row.currency).or_default();
        *own_sum = own_sum.checked_sub(own.decimal()).ok_or_else(overflow)?;
        *base_sum = base_sum.checked_sub(in_base.decimal()).ok_or_else(overflow)?;
    }
    let row = |(currency, (own, in_base)): (Currency, (Decimal, Decimal))| {
        let rate = in_base.checked_div(own);
        let rate = rate.map(|rate| rate.round_dp_with_strategy(RATE_DECIMALS, RoundingStrategy::MidpointAwayFromZero));
        vec![
            Cell::text(currency.code()),
            Cell::money(Amount::new(own), currency),
            rate.map_or_else(|| Cell::unavailable(texts.sentence(CostSentence::NoRate)), Cell::Price),
            Cell::money(Amount::new(in_base), base),
        ]
    };
    let columns = vec![
        Column::new("currency", texts.label(Label::Currency), ColumnKind::Text),
        Column::new("amount", texts.label(Label::Amount), ColumnKind::Money),
        Column::new("average_rate", texts.label(CostLabel::AverageRate), ColumnKind::Price),
        Column::new("amount_base", in_base(Label::AmountIn, base, texts), ColumnKind::Money),
    ];
    Ok(Table { columns, rows: sums.into_iter().map(row).collect(), total: None })
}

/// Deals between currencies with the fees that were booked with them, by the currency of the fees.
fn exchanges(input: &StatementInput) -> Result<Table, Error> {
    let texts = input.texts();
    let overflow = || Error::Overflow { what: "fees of exchanges" };
    let taken_back = input.taken_back_ids();
    let counts =
        |row: &&Transaction| row.counter_currency.is_some() && !taken_back.contains(row.transaction_id.as_str());
    let mut found: BTreeMap<Currency, (i64, Decimal)> = BTreeMap::new();
    for deal in input.transactions.iter().filter(counts) {
        let (deals, fees) = found.entry(deal.currency).or_default();
        *deals += 1;
        *fees = fees.checked_add(deal.fees.decimal()).ok_or_else(overflow)?;
    }
    let row = |(currency, (deals, fees)): (Currency, (i64, Decimal))| {
        vec![
            Cell::text(currency.code()),
            Cell::Quantity(Decimal::from(deals)),
            Cell::money(Amount::new(fees), currency),
        ]
    };
    let columns = vec![
        Column::new("currency", texts.label(Label::Currency), ColumnKind::Text),
        Column::new("deals", texts.label(CostLabel::Deals), ColumnKind::Quantity),
        Column::new("fees", texts.label(Label::Fees), ColumnKind::Money),
    ];
    Ok(Table { columns, rows: found.into_iter().map(row).collect(), total: None })
}
