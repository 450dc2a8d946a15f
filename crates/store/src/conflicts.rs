//! Which transactions of an import are new, and what is said of one that comes again with other content or is dated in
//! a closed year.

use std::collections::HashMap;

use schemas::BusinessDate;
use schemas::tables::transactions::Transaction;

use crate::transactions::{Conflict, Entry, ImportOutcome};

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

/// Parts what is given into what is new, unchanged, in conflict, and new in a closed year.
pub(crate) fn sort_out<'a>(
    stored: &'a [Transaction],
    given: &'a [Transaction],
    lock: Option<BusinessDate>,
) -> (Vec<&'a Transaction>, ImportOutcome) {
    let mut known: HashMap<&str, &Transaction> =
        stored.iter().map(|transaction| (transaction.transaction_id.as_str(), transaction)).collect();
    let mut new = Vec::new();
    let mut outcome = ImportOutcome::default();
    for transaction in given {
        let Some(there) = known.get(transaction.transaction_id.as_str()) else {
            let taken_back = transaction.reverses.as_deref().and_then(|id| known.get(id).copied());
            let closed = |lock: &BusinessDate| {
                transaction.trade_date <= *lock || taken_back.is_some_and(|taken_back| taken_back.trade_date <= *lock)
            };
            if let Some(lock) = lock.filter(closed) {
                outcome.locked.push(locked(transaction, taken_back, lock));
                continue;
            }
            known.insert(&transaction.transaction_id, transaction);
            new.push(transaction);
            continue;
        };
        let fields = differing_fields(there, transaction);
        if fields.is_empty() {
            outcome.unchanged += 1;
        } else {
            outcome.conflicts.push(conflict(there, transaction, &fields));
        }
    }
    (new, outcome)
}

fn locked(given: &Transaction, taken_back: Option<&Transaction>, lock: BusinessDate) -> Conflict {
    let Transaction { transaction_id, trade_date, portfolio_id, .. } = given;
    let message = match taken_back {
        Some(taken_back) if taken_back.trade_date <= lock => format!(
            "transaction `{transaction_id}` takes back `{}` of {}, and the books of `{portfolio_id}` are closed \
             through {lock}; book what makes up for it with a date after {lock}",
            taken_back.transaction_id, taken_back.trade_date
        ),
        _ => format!(
            "transaction `{transaction_id}` is dated {trade_date}, and the books of `{portfolio_id}` are closed \
             through {lock}; book it, or the correction that it is, with a date after {lock}"
        ),
    };
    Conflict { transaction_id: given.transaction_id.clone(), origin: given.origin.clone(), message }
}
