//! What is said of a transaction that comes again with other content.

use schemas::tables::transactions::Transaction;

use crate::transactions::{Conflict, Entry};

/// What is shown of a field that is not filled.
const EMPTY: &str = "(empty)";

/// The refusal of a transaction, with both values of each field that differs.
pub(crate) fn conflict(there: &Transaction, given: &Transaction, fields: &[&str]) -> Conflict {
    let told: Vec<String> =
        fields.iter().map(|field| format!("{field} {} -> {}", shown(there, field), shown(given, field))).collect();
    // A correction beside a booking that is right as it stands would count twice.
    let only_filled_in = fields.iter().all(|field| shown(there, field) == EMPTY);
    let advice = if only_filled_in {
        "to fill in what was empty, take it back with a REVERSAL and book the whole row under a new id"
    } else {
        "book a correction under a new id"
    };
    let message = format!(
        "transaction `{}` is booked already (from {}) with other content: {}; a booked transaction never changes: \
         {advice}",
        given.transaction_id,
        there.origin,
        told.join(", ")
    );
    Conflict { transaction_id: given.transaction_id.clone(), origin: given.origin.clone(), message }
}

/// The fields in which two transactions differ. Note and origin do not count, nor do the place in the file, since a
/// line added above others moves them and changes none of them, and the moment at which the store learned of it.
pub(crate) fn differing_fields(left: &Transaction, right: &Transaction) -> Vec<&'static str> {
    let comparisons = [
        ("trade_date", left.trade_date == right.trade_date),
        ("settlement_date", left.settlement_date == right.settlement_date),
        ("kind", left.kind == right.kind),
        ("instrument_id", left.instrument_id == right.instrument_id),
        ("quantity", left.quantity == right.quantity),
        ("price", left.price == right.price),
        ("currency", left.currency == right.currency),
        ("fees", left.fees == right.fees),
        ("taxes", left.taxes == right.taxes),
        ("net_cash", left.net_cash == right.net_cash),
        ("counter_currency", left.counter_currency == right.counter_currency),
        ("counter_amount", left.counter_amount == right.counter_amount),
        ("lot_cost", left.lot_cost == right.lot_cost),
        ("lot_acquired_date", left.lot_acquired_date == right.lot_acquired_date),
        ("lots_closed", left.lots_closed == right.lots_closed),
        ("reverses", left.reverses == right.reverses),
        ("counter_portfolio_id", left.counter_portfolio_id == right.counter_portfolio_id),
    ];
    comparisons.into_iter().filter(|(_, equal)| !equal).map(|(field, _)| field).collect()
}

/// A field of a transaction as it is stored.
fn shown(transaction: &Transaction, field: &str) -> String {
    match serde_json::to_value(Entry::of(transaction)) {
        Ok(row) => row.get(field).and_then(serde_json::Value::as_str).unwrap_or(EMPTY).to_owned(),
        Err(error) => error.to_string(),
    }
}
