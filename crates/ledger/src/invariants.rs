//! What is true of every book, whatever was booked.
//!
//! Tests and the nightly checks state the same sentences; they are kept here so that there is one wording of each.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::Currency;
use schemas::tables::transactions::Transaction;

use crate::transaction::TransactionKind;

/// The cash that the transactions leave, per currency: the sum of what they booked. None on overflow.
pub fn cash_from_transactions(transactions: &[Transaction]) -> Option<BTreeMap<Currency, Decimal>> {
    let mut cash: BTreeMap<Currency, Decimal> = BTreeMap::new();
    let mut add = |currency: Currency, amount: Decimal| {
        let balance = cash.entry(currency).or_insert(Decimal::ZERO);
        *balance = balance.checked_add(amount)?;
        Some(())
    };
    for transaction in transactions {
        add(transaction.currency, transaction.net_cash.decimal())?;
        if transaction.kind == TransactionKind::Fx.code()
            && let (Some(currency), Some(amount)) = (transaction.counter_currency, transaction.counter_amount)
        {
            add(currency, amount.decimal())?;
        }
    }
    cash.retain(|_, amount| !amount.is_zero());
    Some(cash)
}
