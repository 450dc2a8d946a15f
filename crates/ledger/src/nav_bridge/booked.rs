//! What a booking did, and which components it belongs to.

use rust_decimal::Decimal;
use schemas::Currency;
use schemas::tables::nav_bridge::BridgeComponent;

use crate::basis::Basis;
use crate::conversion::CrossRate;
use crate::transaction::TransactionKind;

/// What one booking did to cash, to what open lots cost, and to the border of the portfolio.
#[derive(Clone, Copy, Debug)]
pub struct Booked<'a> {
    /// The transaction's id; for what the market announced a name for people, e.g. `SPIN_OFF of D01~ACME`.
    pub id: &'a str,
    /// What it was.
    pub nature: Nature,
    /// Every change of a cash balance, net of fees and taxes; empty if no cash moved. Of an FX deal two: that of
    /// `currency` first, then that of `counter_currency`.
    pub cash: &'a [CashMovement],
    /// The fees and taxes inside the first of `cash`.
    pub charges: Charges,
    /// By how much what the open lots cost changed: after the booking minus before. One for every holding that it
    /// touched, e.g. two for a spin-off; empty for a split.
    pub costs: &'a [CostChange],
    /// What closing lots realised, and later changes of the gains of earlier disposals. Transfers, write-offs and
    /// reversals realise nothing here, whatever is given.
    pub gains: &'a [Gain],
    /// For securities that crossed the border of the portfolio: their value.
    pub transferred: Option<Transferred>,
}

/// What a booking was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// A transaction.
    Transaction(TransactionKind),
    /// A corporate action that the market announced and no transaction booked.
    CorporateAction,
}

/// A change of a cash balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CashMovement {
    /// The currency of the balance.
    pub currency: Currency,
    /// The signed change.
    pub amount: Decimal,
    /// The same in base currency at the rate of the transaction's own date; none without a rate. An FX deal between
    /// the base currency and another needs it for the base currency only.
    pub amount_base: Option<Decimal>,
}

/// The fees and taxes inside a cash movement; negative if they came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charges {
    /// The currency of the cash movement.
    pub currency: Currency,
    /// Fees.
    pub fees: Decimal,
    /// Fees in base currency at the rate of the transaction's own date; none without a rate.
    pub fees_base: Option<Decimal>,
    /// Taxes.
    pub taxes: Decimal,
    /// Taxes in base currency at the rate of the transaction's own date; none without a rate.
    pub taxes_base: Option<Decimal>,
}

impl Charges {
    /// No fees and no taxes.
    pub const fn none(currency: Currency) -> Charges {
        let zero = Decimal::ZERO;
        Charges { currency, fees: zero, fees_base: Some(zero), taxes: zero, taxes_base: Some(zero) }
    }
}

/// By how much what the open lots of an instrument cost changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostChange {
    /// The instrument's currency.
    pub currency: Currency,
    /// After the booking minus before, all four numbers.
    pub basis: Basis,
}

/// What closing lots realised, number by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gain {
    /// The instrument's currency.
    pub currency: Currency,
    /// What came in, net of the charges of the sale; the charges inside are therefore negative, or positive if they
    /// came back. For a later change of a gain the change.
    pub proceeds: Basis,
    /// What the closed lots had cost, charges inside. For a later change of a gain nothing.
    pub cost: Basis,
    /// The rate of the instrument's currency to the base currency on the day of the sale; none if there is none.
    pub rate: Option<CrossRate>,
}

/// Securities that crossed the border of the portfolio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transferred {
    /// The instrument's currency.
    pub currency: Currency,
    /// Their signed value at the close of the valuation date, positive if they came in; none without a price.
    pub value: Option<Decimal>,
    /// The same in base currency, as the external flow of the day; none without a price or a rate.
    pub value_base: Option<Decimal>,
    /// The rate of the instrument's currency to the base currency on the valuation date; none if there is none.
    pub rate: Option<CrossRate>,
}

/// Where the parts of a booking belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// The component of the cash and the cost that charges and gains do not explain; none if they must explain all.
    pub(super) rest: Option<BridgeComponent>,
    /// The components of the fees and of the taxes inside the cash; none if they are not shown apart.
    pub(super) charges: Option<(BridgeComponent, BridgeComponent)>,
    /// Whether gains are realised.
    pub(super) realises: bool,
}

impl Nature {
    /// Where the parts of a booking belong.
    pub(super) fn places(self) -> Places {
        use BridgeComponent as C;
        use TransactionKind as K;
        let whole = |rest| Places { rest: Some(rest), charges: None, realises: false };
        let parted = |rest, fees, taxes| Places { rest, charges: Some((fees, taxes)), realises: true };
        let Nature::Transaction(kind) = self else {
            return parted(Some(C::CorporateActions), C::FeeBrokerage, C::TaxTransaction);
        };
        match kind {
            K::Deposit => whole(C::Contributions),
            K::Withdrawal => whole(C::Withdrawals),
            K::OpeningBalance => whole(C::OpeningBalances),
            K::Buy | K::Sell | K::Fx => parted(None, C::FeeBrokerage, C::TaxTransaction),
            K::Dividend | K::StockDividend | K::DividendInKind => parted(Some(C::Dividends), C::Fee, C::TaxWithholding),
            K::DividendReinvested => parted(Some(C::Dividends), C::FeeBrokerage, C::TaxWithholding),
            K::ReturnOfCapital => parted(Some(C::CorporateActions), C::Fee, C::TaxWithholding),
            K::Interest => parted(Some(C::Interest), C::Fee, C::TaxWithholding),
            K::AccruedInterest => parted(Some(C::AccruedInterest), C::Fee, C::TaxWithholding),
            K::LendingIncome => parted(Some(C::LendingIncome), C::Fee, C::TaxWithholding),
            K::Fee => parted(Some(C::Fee), C::Fee, C::Tax),
            K::FeeCustody => parted(Some(C::FeeCustody), C::FeeCustody, C::Tax),
            K::FeeManagement => parted(Some(C::FeeManagement), C::FeeManagement, C::Tax),
            K::FeePerformance => parted(Some(C::FeePerformance), C::FeePerformance, C::Tax),
            K::FeeBrokerage => parted(Some(C::FeeBrokerage), C::FeeBrokerage, C::Tax),
            K::FeeExchange => parted(Some(C::FeeExchange), C::FeeExchange, C::Tax),
            K::Tax => parted(Some(C::Tax), C::Fee, C::Tax),
            K::TaxWithholding => parted(Some(C::TaxWithholding), C::Fee, C::TaxWithholding),
            K::TaxReclaim => parted(Some(C::TaxReclaim), C::Fee, C::TaxReclaim),
            K::TaxStampDuty => parted(Some(C::TaxStampDuty), C::Fee, C::TaxStampDuty),
            K::TaxTransaction => parted(Some(C::TaxTransaction), C::Fee, C::TaxTransaction),
            // Cash that moves with units that only cross the border, or are only marked, is the fee for it.
            K::TransferIn | K::TransferOut | K::InternalIn | K::InternalOut | K::Lend | K::LendReturn => whole(C::Fee),
            K::Split => Places { rest: None, charges: None, realises: false },
            K::WriteOff => whole(C::WriteOffs),
            K::ElectCash | K::ElectStock | K::ElectTender | K::ElectExercise => {
                parted(Some(C::CorporateActions), C::FeeBrokerage, C::TaxTransaction)
            }
            K::Reversal => whole(C::Corrections),
        }
    }

    /// The component of securities that cross the border.
    pub(super) fn border(self, value: Decimal) -> BridgeComponent {
        use TransactionKind as K;
        match self {
            Nature::Transaction(K::OpeningBalance) => BridgeComponent::OpeningBalances,
            Nature::Transaction(K::TransferIn | K::InternalIn) => BridgeComponent::TransfersIn,
            Nature::Transaction(K::TransferOut | K::InternalOut) => BridgeComponent::TransfersOut,
            _ if value.is_sign_negative() => BridgeComponent::TransfersOut,
            _ => BridgeComponent::TransfersIn,
        }
    }
}
