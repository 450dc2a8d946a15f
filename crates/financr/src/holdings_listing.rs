//! What is held on a basis and what is pending, as rows.

use std::collections::BTreeMap;

use jobs::BalanceBasis;
use jobs::holdings::Holdings;
use rust_decimal::Decimal;
use schemas::money::round_to_minor_unit;
use schemas::{BusinessDate, Currency, InstrumentId, Quantity};
use serde_json::Value;

use crate::listing::{Format, Listing};

/// Units and cash by instrument; for a machine each row says of which day and on which basis.
pub(crate) fn held_listing(holdings: &Holdings, date: BusinessDate, basis: BalanceBasis, format: Format) -> Listing {
    let held = rows_of(&holdings.balances.units, &holdings.balances.cash, format);
    if format == Format::Table {
        let mut listing = Listing::new(&["instrument", "quantity"]);
        for row in held {
            listing.push(row);
        }
        return listing;
    }
    let mut listing = Listing::new(&["instrument", "quantity", "date", "basis"]);
    for [instrument, quantity] in held {
        listing.push([instrument, quantity, date.to_string().into(), basis.word().into()]);
    }
    listing
}

/// What is pending: a row for the units and one for each cash account of every transaction, the first to settle first.
pub(crate) fn pending_listing(holdings: &Holdings, format: Format) -> Listing {
    let mut columns = vec!["instrument", "quantity", "trade date", "settlement date", "type", "transaction"];
    if format != Format::Table {
        columns.push("reverses");
    }
    let mut listing = Listing::new(&columns);
    for pending in &holdings.pending {
        let kind = match &pending.reverses {
            Some(reversed) if format == Format::Table => format!("{} of {reversed}", pending.kind),
            _ => pending.kind.clone(),
        };
        for [instrument, quantity] in rows_of(&pending.moves.units, &pending.moves.cash, format) {
            let mut row = vec![
                instrument,
                quantity,
                pending.trade_date.to_string().into(),
                pending.settlement_date.to_string().into(),
                kind.clone().into(),
                pending.transaction_id.clone().into(),
            ];
            if format != Format::Table {
                row.push(pending.reverses.clone().map_or(Value::Null, Value::from));
            }
            listing.rows.push(row);
        }
    }
    listing
}

/// Instruments, cash among them, in order, each with its quantity. People see cash in the smallest unit of its
/// currency, programs all the decimals that a corporate action may have left.
fn rows_of(
    units: &BTreeMap<InstrumentId, Decimal>,
    cash: &BTreeMap<Currency, Decimal>,
    format: Format,
) -> Vec<[Value; 2]> {
    let balance = |currency: Currency, amount: Decimal| match format {
        Format::Table => round_to_minor_unit(amount, currency).to_string().into(),
        Format::Json | Format::Csv => printed(amount),
    };
    let accounts = cash.iter().map(|(currency, amount)| (InstrumentId::cash(*currency), balance(*currency, *amount)));
    let securities = units.iter().map(|(instrument, units)| (instrument.clone(), printed(*units)));
    let all: BTreeMap<InstrumentId, Value> = accounts.chain(securities).collect();
    all.into_iter().map(|(instrument, quantity)| [instrument.to_string().into(), quantity]).collect()
}

/// A quantity to the decimals of the tables: a split may leave more.
fn printed(quantity: Decimal) -> Value {
    let stored = Quantity::new(quantity).to_units().ok().and_then(Quantity::from_units);
    stored.map_or(quantity, Quantity::decimal).normalize().to_string().into()
}
