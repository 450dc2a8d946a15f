//! The vocabulary of transactions: every kind, and what it must say.

use std::fmt;
use std::str::FromStr;

use super::kind_rules::{CashRule, KindRules, RULES};
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
    /// More units of the same instrument instead of cash; they take their share of the basis.
    StockDividend,
    /// Units of an instrument received as income: they cost what they are worth on the day.
    DividendInKind,
    /// A dividend that buys units of its own instrument at once.
    DividendReinvested,
    /// Cash paid by an issuer out of capital: it lowers the basis, and is a gain only beyond it.
    ReturnOfCapital,
    /// Interest received, or paid if negative.
    Interest,
    /// Interest accrued on a bond, paid to its seller or received from its buyer with the trade.
    AccruedInterest,
    /// What a borrower of securities paid for them, or what took it back.
    LendingIncome,
    /// A fee that belongs to no trade and has no kind of its own.
    Fee,
    /// A fee for safekeeping.
    FeeCustody,
    /// A fee for management or advice.
    FeeManagement,
    /// A fee that depends on the result.
    FeePerformance,
    /// A broker's commission that was not booked with its trade.
    FeeBrokerage,
    /// An exchange's, clearing or market data fee.
    FeeExchange,
    /// A tax that belongs to no trade and has no kind of its own, or its refund.
    Tax,
    /// Tax withheld from income that was not booked with it.
    TaxWithholding,
    /// Withholding tax that came back.
    TaxReclaim,
    /// Stamp duty that was not booked with its trade.
    TaxStampDuty,
    /// A financial transaction tax that was not booked with its trade.
    TaxTransaction,
    /// One currency exchanged for another.
    Fx,
    /// Units multiplied by a ratio.
    Split,
    /// Securities brought in by the client: external.
    TransferIn,
    /// Securities taken out by the client: external.
    TransferOut,
    /// Securities from another portfolio of the same client, with their lots: external to this portfolio.
    InternalIn,
    /// Securities to another portfolio of the same client, with their lots: external to this portfolio.
    InternalOut,
    /// Securities lent out: a mark, they stay in the position.
    Lend,
    /// Securities that were lent came back: a mark.
    LendReturn,
    /// A position that became worthless.
    WriteOff,
    /// Cash or units that were there when the books were opened: external.
    OpeningBalance,
    /// The holder chooses cash in a corporate action.
    ElectCash,
    /// The holder chooses units in a corporate action.
    ElectStock,
    /// The holder tenders units to an offer.
    ElectTender,
    /// The holder exercises rights.
    ElectExercise,
    /// Takes back an earlier transaction, which stays visible.
    Reversal,
}

impl TransactionKind {
    /// Every kind.
    pub const ALL: [TransactionKind; 38] = [
        TransactionKind::Deposit,
        TransactionKind::Withdrawal,
        TransactionKind::Buy,
        TransactionKind::Sell,
        TransactionKind::Dividend,
        TransactionKind::StockDividend,
        TransactionKind::DividendInKind,
        TransactionKind::DividendReinvested,
        TransactionKind::ReturnOfCapital,
        TransactionKind::Interest,
        TransactionKind::AccruedInterest,
        TransactionKind::LendingIncome,
        TransactionKind::Fee,
        TransactionKind::FeeCustody,
        TransactionKind::FeeManagement,
        TransactionKind::FeePerformance,
        TransactionKind::FeeBrokerage,
        TransactionKind::FeeExchange,
        TransactionKind::Tax,
        TransactionKind::TaxWithholding,
        TransactionKind::TaxReclaim,
        TransactionKind::TaxStampDuty,
        TransactionKind::TaxTransaction,
        TransactionKind::Fx,
        TransactionKind::Split,
        TransactionKind::TransferIn,
        TransactionKind::TransferOut,
        TransactionKind::InternalIn,
        TransactionKind::InternalOut,
        TransactionKind::Lend,
        TransactionKind::LendReturn,
        TransactionKind::WriteOff,
        TransactionKind::OpeningBalance,
        TransactionKind::ElectCash,
        TransactionKind::ElectStock,
        TransactionKind::ElectTender,
        TransactionKind::ElectExercise,
        TransactionKind::Reversal,
    ];

    /// What the kind must say and what it means.
    pub fn rules(self) -> &'static KindRules {
        &RULES[self as usize]
    }

    /// The word in files and tables.
    pub fn code(self) -> &'static str {
        self.rules().code
    }

    /// Whether it crosses the border of the portfolio.
    pub fn is_external(self) -> bool {
        self.rules().is_external
    }

    /// Whether the kind moves cash and must say how much.
    pub fn needs_net_cash(self) -> bool {
        matches!(self.rules().cash, CashRule::In | CashRule::Out | CashRule::Either)
    }

    /// Whether it is a charge: cash goes out as a rule, and comes in only if the charge is refunded.
    pub fn is_charge(self) -> bool {
        matches!(
            self,
            TransactionKind::Fee
                | TransactionKind::FeeCustody
                | TransactionKind::FeeManagement
                | TransactionKind::FeePerformance
                | TransactionKind::FeeBrokerage
                | TransactionKind::FeeExchange
                | TransactionKind::TaxWithholding
                | TransactionKind::TaxStampDuty
                | TransactionKind::TaxTransaction
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_unknown_kind_lists_the_known_ones() {
        let error = "BOUGHT".parse::<TransactionKind>().expect_err("no such kind");
        assert!(error.to_string().starts_with("unknown transaction kind `BOUGHT`; known: DEPOSIT, WITHDRAWAL"));
    }

    #[test]
    fn every_kind_has_its_own_rules() {
        for kind in TransactionKind::ALL {
            assert_eq!(kind.code().parse(), Ok(kind));
            let words = format!("{kind:?}").chars().fold(String::new(), |code, letter| {
                let gap = if letter.is_uppercase() && !code.is_empty() { "_" } else { "" };
                code + gap + &letter.to_uppercase().to_string()
            });
            assert_eq!(kind.code(), words);
        }
    }

    proptest! {
        #[test]
        fn any_word_parses_or_is_refused_without_panic(word in ".{0,60}") {
            let parsed = word.parse::<TransactionKind>();
            prop_assert_eq!(parsed.is_ok(), TransactionKind::ALL.iter().any(|kind| kind.code() == word));
        }
    }
}
