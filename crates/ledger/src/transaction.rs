//! The vocabulary of transactions, and what each kind must say.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;

use crate::error::Error;

/// What happened. The words are those of the book folder format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TransactionKind {
    /// The client pays cash in: external.
    Deposit,
    /// The client takes cash out: external.
    Withdrawal,
    /// Securities bought for cash.
    Buy,
    /// Securities sold for cash.
    Sell,
    /// Cash paid by an issuer.
    Dividend,
    /// Interest received, or paid if negative.
    Interest,
    /// A fee that belongs to no trade.
    Fee,
    /// A tax that belongs to no trade.
    Tax,
    /// One currency exchanged for another.
    Fx,
    /// Units multiplied by a ratio.
    Split,
    /// Securities brought in by the client: external.
    TransferIn,
    /// Securities taken out by the client: external.
    TransferOut,
    /// A position that became worthless.
    WriteOff,
}

impl TransactionKind {
    /// Every kind.
    pub const ALL: [TransactionKind; 13] = [
        TransactionKind::Deposit,
        TransactionKind::Withdrawal,
        TransactionKind::Buy,
        TransactionKind::Sell,
        TransactionKind::Dividend,
        TransactionKind::Interest,
        TransactionKind::Fee,
        TransactionKind::Tax,
        TransactionKind::Fx,
        TransactionKind::Split,
        TransactionKind::TransferIn,
        TransactionKind::TransferOut,
        TransactionKind::WriteOff,
    ];

    /// The word in files and tables.
    pub fn code(self) -> &'static str {
        match self {
            TransactionKind::Deposit => "DEPOSIT",
            TransactionKind::Withdrawal => "WITHDRAWAL",
            TransactionKind::Buy => "BUY",
            TransactionKind::Sell => "SELL",
            TransactionKind::Dividend => "DIVIDEND",
            TransactionKind::Interest => "INTEREST",
            TransactionKind::Fee => "FEE",
            TransactionKind::Tax => "TAX",
            TransactionKind::Fx => "FX",
            TransactionKind::Split => "SPLIT",
            TransactionKind::TransferIn => "TRANSFER_IN",
            TransactionKind::TransferOut => "TRANSFER_OUT",
            TransactionKind::WriteOff => "WRITE_OFF",
        }
    }

    /// Whether the kind is about an instrument and must name one.
    pub fn needs_instrument(self) -> bool {
        matches!(
            self,
            TransactionKind::Buy
                | TransactionKind::Sell
                | TransactionKind::Dividend
                | TransactionKind::Split
                | TransactionKind::TransferIn
                | TransactionKind::TransferOut
                | TransactionKind::WriteOff
        )
    }

    /// Whether the kind must say how many units, or the ratio of a split.
    pub fn needs_quantity(self) -> bool {
        self.needs_instrument() && !matches!(self, TransactionKind::Dividend | TransactionKind::WriteOff)
    }

    /// Whether the kind moves cash and must say how much.
    pub fn needs_net_cash(self) -> bool {
        !matches!(
            self,
            TransactionKind::Split
                | TransactionKind::TransferIn
                | TransactionKind::TransferOut
                | TransactionKind::WriteOff
        )
    }
}

impl fmt::Display for TransactionKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.code())
    }
}

impl FromStr for TransactionKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        TransactionKind::ALL.into_iter().find(|kind| kind.code() == text).ok_or_else(|| Error::UnknownKind {
            kind: text.chars().take(40).collect(),
            known: TransactionKind::ALL.map(TransactionKind::code).join(", "),
        })
    }
}

/// What is wrong with a transaction: the column of the file, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The column, e.g. `net_cash`.
    pub column: &'static str,
    /// Why it cannot be booked.
    pub reason: String,
}

/// Checks that a transaction says what its kind needs and does not contradict itself.
///
/// # Errors
/// The first [`Fault`] in the order of the columns.
pub fn validate(transaction: &Transaction) -> Result<TransactionKind, Fault> {
    let fault = |column, reason: String| Err(Fault { column, reason });
    let kind: TransactionKind =
        transaction.kind.parse().map_err(|error: Error| Fault { column: "type", reason: error.to_string() })?;
    if kind.needs_instrument() && transaction.instrument_id.is_none() {
        return fault("symbol", format!("a {kind} names a symbol; the cell is empty"));
    }
    let quantity = transaction.quantity.map(|quantity| quantity.decimal());
    if kind.needs_quantity() && quantity.is_none() {
        return fault("quantity", format!("a {kind} needs a quantity; the cell is empty"));
    }
    if quantity.is_some_and(|quantity| quantity <= Decimal::ZERO) && kind.needs_quantity() {
        return fault("quantity", format!("the quantity of a {kind} is positive; the kind gives the direction"));
    }
    if transaction.price.is_some_and(|price| price.decimal() < Decimal::ZERO) {
        return fault("price", "a price is not negative".to_owned());
    }
    if transaction.fees.decimal() < Decimal::ZERO {
        return fault("fees", "fees are not negative; they are inside net_cash".to_owned());
    }
    if transaction.taxes.decimal() < Decimal::ZERO {
        return fault("taxes", "taxes are not negative; book a refund as a TAX of its own".to_owned());
    }
    validate_cash(kind, transaction)?;
    Ok(kind)
}

fn validate_cash(kind: TransactionKind, transaction: &Transaction) -> Result<(), Fault> {
    let net_cash = transaction.net_cash.decimal();
    let fault = |column, reason: String| Err(Fault { column, reason });
    let wrong_sign = match kind {
        TransactionKind::Deposit => net_cash < Decimal::ZERO,
        TransactionKind::Withdrawal | TransactionKind::Buy | TransactionKind::Fee => Decimal::ZERO < net_cash,
        _ => false,
    };
    if wrong_sign {
        return fault("net_cash", format!("the net_cash of a {kind} has the wrong sign: {net_cash}"));
    }
    if kind == TransactionKind::Fx {
        if transaction.counter_currency.is_none() {
            return fault("counter_currency", "an FX deal names the other currency; the cell is empty".to_owned());
        }
        if transaction.counter_currency == Some(transaction.currency) {
            return fault("counter_currency", "an FX deal has two different currencies".to_owned());
        }
        let Some(counter) = transaction.counter_amount else {
            return fault("counter_amount", "an FX deal books the other currency; the cell is empty".to_owned());
        };
        if !counter.is_zero() && counter.decimal().is_sign_negative() == net_cash.is_sign_negative() {
            return fault("counter_amount", "an FX deal books one currency out and the other in".to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_unknown_kind_lists_the_known_ones() {
        let error = "BOUGHT".parse::<TransactionKind>().expect_err("no such kind");
        assert!(error.to_string().starts_with("unknown transaction kind `BOUGHT`; known: DEPOSIT, WITHDRAWAL"));
    }

    proptest! {
        #[test]
        fn any_word_parses_or_is_refused_without_panic(word in ".{0,60}") {
            let parsed = word.parse::<TransactionKind>();
            prop_assert_eq!(parsed.is_ok(), TransactionKind::ALL.iter().any(|kind| kind.code() == word));
        }
    }
}
