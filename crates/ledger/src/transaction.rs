//! Transactions: the vocabulary, and the check that one says what its kind needs.

mod kind;
mod kind_rules;
mod semantic_key;
mod stated_cash;

use rust_decimal::Decimal;
use schemas::Currency;
use schemas::tables::transactions::Transaction;

pub use kind::TransactionKind;
pub use kind_rules::{CashRule, InstrumentRule, KindRules, QuantityRule};
pub use semantic_key::semantic_key;
pub use stated_cash::{CashDoubt, QuotedIn, cash_doubt};

use crate::error::Error;
use crate::ratio::ratio_of_decimal;

/// What is wrong with a transaction: the column of the file, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The column, e.g. `net_cash`.
    pub column: &'static str,
    /// Why it cannot be booked.
    pub reason: String,
}

fn fault(column: &'static str, reason: impl Into<String>) -> Result<(), Fault> {
    Err(Fault { column, reason: reason.into() })
}

/// Checks that a transaction says what its kind needs and does not contradict itself.
///
/// # Errors
/// The first [`Fault`] in the order of the columns.
pub fn validate(transaction: &Transaction) -> Result<TransactionKind, Fault> {
    let kind: TransactionKind =
        transaction.kind.parse().map_err(|error: Error| Fault { column: "type", reason: error.to_string() })?;
    if transaction.settlement_date.is_some_and(|settled| settled < transaction.trade_date) {
        fault("settlement_date", "a trade settles on its own day or later")?;
    }
    validate_units(kind, transaction)?;
    validate_cash(kind, transaction)?;
    validate_lots(kind, transaction)?;
    Ok(kind)
}

/// The other side of a booking as it is kept: zero in no currency is no other side, and where nothing is exchanged a
/// currency without an amount is one in which nothing is booked.
pub fn counter_side(
    kind: &str,
    currency: Option<Currency>,
    amount: Option<Decimal>,
) -> (Option<Currency>, Option<Decimal>) {
    match (currency, amount) {
        (None, Some(amount)) if amount.is_zero() => (None, None),
        (Some(currency), None) if kind != TransactionKind::Fx.code() => (Some(currency), Some(Decimal::ZERO)),
        sides => sides,
    }
}

fn validate_units(kind: TransactionKind, transaction: &Transaction) -> Result<(), Fault> {
    let rules = kind.rules();
    if rules.instrument == InstrumentRule::Required && transaction.instrument_id.is_none() {
        fault("symbol", format!("a {kind} names a symbol; the cell is empty"))?;
    }
    let counts_units = match rules.quantity {
        QuantityRule::Yes => true,
        QuantityRule::IfInstrument => transaction.instrument_id.is_some(),
        QuantityRule::No => false,
    };
    let quantity = transaction.quantity.map(|quantity| quantity.decimal());
    if counts_units && quantity.is_none() {
        fault("quantity", format!("a {kind} needs a quantity; the cell is empty"))?;
    }
    if counts_units && quantity.is_some_and(|quantity| quantity <= Decimal::ZERO) {
        fault("quantity", format!("the quantity of a {kind} is positive; the kind gives the direction"))?;
    }
    if kind == TransactionKind::Split
        && let Some(Err(error)) = quantity.map(ratio_of_decimal)
    {
        fault("quantity", error.to_string())?;
    }
    // Of a payment, units and the amount per unit only say what it was for: negative if it was owed or taken back.
    if counts_units && transaction.price.is_some_and(|price| price.decimal() < Decimal::ZERO) {
        fault("price", "a price is not negative")?;
    }
    if kind == TransactionKind::DividendReinvested && transaction.price.is_none() {
        fault("price", format!("a {kind} needs the price at which it was reinvested; the cell is empty"))?;
    }
    Ok(())
}

fn validate_cash(kind: TransactionKind, transaction: &Transaction) -> Result<(), Fault> {
    let net_cash = transaction.net_cash.decimal();
    let wrong_sign = match kind.rules().cash {
        CashRule::In => net_cash < Decimal::ZERO,
        CashRule::Out => Decimal::ZERO < net_cash,
        CashRule::Either | CashRule::Optional | CashRule::None => false,
    };
    if wrong_sign {
        fault("net_cash", format!("the net_cash of a {kind} has the wrong sign: {net_cash}"))?;
    }
    if kind == TransactionKind::Fx {
        if transaction.counter_currency.is_none() {
            fault("counter_currency", "an FX deal names the other currency; the cell is empty")?;
        }
        if transaction.counter_currency == Some(transaction.currency) {
            fault("counter_currency", "an FX deal has two different currencies")?;
        }
        match transaction.counter_amount {
            None => fault("counter_amount", "an FX deal books the other currency; the cell is empty")?,
            Some(counter)
                if !counter.is_zero() && counter.decimal().is_sign_negative() == net_cash.is_sign_negative() =>
            {
                fault("counter_amount", "an FX deal books one currency out and the other in")?;
            }
            Some(_) => {}
        }
    }
    match (transaction.counter_currency, transaction.counter_amount) {
        (None, Some(amount)) => {
            let amount = amount.decimal().normalize();
            fault("counter_currency", format!("{amount} has no currency; name it, or leave counter_amount empty"))
        }
        (Some(currency), None) => {
            fault("counter_amount", format!("{currency} has no amount; give it, or leave counter_currency empty"))
        }
        _ => Ok(()),
    }
}

fn validate_lots(kind: TransactionKind, transaction: &Transaction) -> Result<(), Fault> {
    if transaction.lot_cost.is_some_and(|cost| cost.decimal() < Decimal::ZERO) {
        fault("lot_cost", "a cost is not negative")?;
    }
    if transaction.lot_acquired_date.is_some_and(|acquired| transaction.trade_date < acquired) {
        fault("lot_acquired_date", "units were acquired before they were brought in")?;
    }
    if kind == TransactionKind::Reversal && transaction.reverses.is_none() {
        fault("reverses", "a REVERSAL names the tx_id that it takes back; the cell is empty")?;
    }
    if kind != TransactionKind::Reversal && transaction.reverses.is_some() {
        fault("reverses", format!("a {kind} takes nothing back; book a REVERSAL"))?;
    }
    Ok(())
}
