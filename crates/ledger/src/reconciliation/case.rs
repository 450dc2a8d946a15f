//! What is known about a reconciliation while causes are looked for: the gaps, and the transactions near the date.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Currency, InstrumentId};

use super::balances::{BalanceBasis, cash_moved, effective_date, taken_back, units_moved};
use super::{CASH_TOLERANCE, Cause, Inputs, NEARBY_DAYS, UNITS_TOLERANCE, near};
use crate::error::Error;
use crate::transaction::TransactionKind;

/// Units of an instrument that differ by more than the tolerance.
#[derive(Debug)]
pub(super) struct UnitGap<'a> {
    pub(super) instrument: &'a InstrumentId,
    /// What the custodian should have by the books: their balance without what is expected to be missing.
    pub(super) ledger: Decimal,
    pub(super) custodian: Decimal,
    /// Custodian minus ledger: what would have to be booked.
    pub(super) difference: Decimal,
}

/// Cash of a currency that differs by more than the tolerance.
#[derive(Debug)]
pub(super) struct CashGap {
    pub(super) currency: Currency,
    /// What the custodian should have by the books: their balance without what is expected to be missing.
    pub(super) ledger: Decimal,
    pub(super) custodian: Decimal,
    /// Custodian minus ledger: what would have to be booked.
    pub(super) difference: Decimal,
}

/// A transaction that no other takes back.
pub(super) struct Booked<'a> {
    pub(super) kind: TransactionKind,
    pub(super) transaction: &'a Transaction,
    /// Whether it is in the balances of the books.
    pub(super) counts: bool,
}

/// What explains a gap.
pub(super) struct Explanation {
    pub(super) cause: Cause,
    pub(super) suggestion: Option<Transaction>,
    /// The part of the cash gaps that the same cause explains.
    pub(super) cash: Vec<(Currency, Decimal)>,
}

/// A reconciliation whose causes are looked for.
pub(super) struct Case<'a> {
    pub(super) inputs: Inputs<'a>,
    pub(super) units: Vec<UnitGap<'a>>,
    pub(super) cash: Vec<CashGap>,
    /// All transactions, in the order in which they were given.
    pub(super) booked: Vec<Booked<'a>>,
}

impl Explanation {
    /// A cause that nothing needs to be booked for.
    pub(super) fn only(cause: Cause) -> Explanation {
        Explanation { cause, suggestion: None, cash: Vec::new() }
    }

    /// A cause, and what would close the gap.
    pub(super) fn with(cause: Cause, suggestion: Transaction) -> Explanation {
        Explanation { cause, suggestion: Some(suggestion), cash: Vec::new() }
    }
}

impl Booked<'_> {
    /// The units it moves, if it is of this instrument.
    pub(super) fn units(&self, instrument: &InstrumentId) -> Decimal {
        let of_it = self.transaction.instrument_id.as_ref() == Some(instrument);
        if of_it { units_moved(self.kind, self.transaction) } else { Decimal::ZERO }
    }

    /// Whether it moves units at all.
    pub(super) fn moves_units(&self) -> bool {
        !units_moved(self.kind, self.transaction).is_zero()
    }

    /// The cash it moves, by currency.
    pub(super) fn cash(&self) -> Vec<(Currency, Decimal)> {
        cash_moved(self.kind, self.transaction)
    }

    /// The cash it moves in a currency.
    pub(super) fn cash_in(&self, currency: Currency) -> Decimal {
        self.cash().into_iter().filter(|(moved, _)| *moved == currency).map(|(_, amount)| amount).sum()
    }

    pub(super) fn id(&self) -> String {
        self.transaction.transaction_id.clone()
    }
}

impl<'a> Case<'a> {
    /// A case whose gaps are to be filled in.
    pub(super) fn new(inputs: Inputs<'a>) -> Result<Case<'a>, Error> {
        let (date, basis) = (inputs.custodian.date, inputs.custodian.basis);
        let taken = taken_back(inputs.transactions, date, basis);
        let mut booked = Vec::new();
        for transaction in inputs.transactions {
            let kind: TransactionKind = transaction.kind.parse()?;
            if kind != TransactionKind::Reversal && !taken.contains(transaction.transaction_id.as_str()) {
                let counts = effective_date(transaction, basis) <= date;
                booked.push(Booked { kind, transaction, counts });
            }
        }
        // The nearest first; of one day, the latest first.
        booked.sort_by_key(|booked| {
            let days = booked.transaction.trade_date.days_since(date).abs();
            (days, std::cmp::Reverse(booked.transaction.booking_sequence))
        });
        Ok(Case { inputs, units: Vec::new(), cash: Vec::new(), booked })
    }

    /// The day of the statement.
    pub(super) fn date(&self) -> BusinessDate {
        self.inputs.custodian.date
    }

    /// The transactions around the day of the statement, the nearest first.
    pub(super) fn nearby(&self) -> impl Iterator<Item = &Booked<'a>> {
        let date = self.date();
        self.booked.iter().take_while(move |booked| booked.transaction.trade_date.days_since(date).abs() <= NEARBY_DAYS)
    }

    /// The gap of a currency; zero if it agrees.
    pub(super) fn cash_gap(&self, currency: Currency) -> Decimal {
        let gap = self.cash.iter().find(|gap| gap.currency == currency);
        gap.map_or(Decimal::ZERO, |gap| gap.difference)
    }

    /// The currency of an instrument, or the portfolio's if the market does not say.
    pub(super) fn currency_of(&self, instrument: &InstrumentId) -> Currency {
        let listed = self.inputs.instruments.get(instrument);
        listed.map_or(self.inputs.base_currency, |listed| listed.currency)
    }

    /// Whether cash of a transaction, as the custodian sees it more (`times` 1), less (−1) or turned round (−2), is the
    /// whole gap of its currencies; or together with other such cash, by currency. Where cash was not compared, nothing
    /// speaks against it.
    pub(super) fn cash_agrees(
        &self,
        booked: &Booked<'_>,
        times: Decimal,
        together: &BTreeMap<Currency, Decimal>,
    ) -> bool {
        if !self.inputs.custodian.has_cash() {
            return true;
        }
        booked.cash().into_iter().all(|(currency, amount)| {
            let gap = self.cash_gap(currency);
            let alone = amount.checked_mul(times).is_some_and(|amount| near(gap, amount, CASH_TOLERANCE));
            alone || together.get(&currency).is_some_and(|sum| near(gap, *sum, CASH_TOLERANCE))
        })
    }

    /// A matter of days: transactions that only one side counts yet, of which `moved` is the whole difference.
    pub(super) fn timing(&self, difference: Decimal, moved: &dyn Fn(&Booked<'a>) -> Decimal) -> Option<Timing<'a, '_>> {
        let tolerance = CASH_TOLERANCE.min(UNITS_TOLERANCE);
        let all: Vec<(&Booked<'a>, Pending)> =
            self.nearby().filter(|booked| !moved(booked).is_zero()).filter_map(|booked| self.pending(booked)).collect();
        let wanted = |pending: Pending| match pending {
            Pending::AtCustodian => -difference,
            Pending::InBooks => difference,
        };
        for (booked, pending) in &all {
            if near(moved(booked), wanted(*pending), tolerance) {
                return Some(Timing { booked: vec![*booked], pending: *pending });
            }
        }
        for pending in [Pending::AtCustodian, Pending::InBooks] {
            let of_one_side = all.iter().filter(|(_, side)| *side == pending).map(|(booked, _)| *booked);
            let booked: Vec<&Booked<'a>> = of_one_side.collect();
            let sum = booked.iter().try_fold(Decimal::ZERO, |sum, booked| sum.checked_add(moved(booked)));
            if 1 < booked.len() && sum.is_some_and(|sum| near(sum, wanted(pending), tolerance)) {
                return Some(Timing { booked, pending });
            }
        }
        None
    }

    fn pending<'c>(&self, booked: &'c Booked<'a>) -> Option<(&'c Booked<'a>, Pending)> {
        let date = self.date();
        let settles_later = booked.transaction.settlement_date.is_some_and(|settled| date < settled);
        match (booked.counts, settles_later) {
            (false, _) => Some((booked, Pending::InBooks)),
            (true, true) => Some((booked, Pending::AtCustodian)),
            (true, false) => None,
        }
    }
}

/// Which side does not count a transaction yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pending {
    /// The books count it, the custodian will.
    AtCustodian,
    /// The custodian counts it, the books will.
    InBooks,
}

/// Transactions that explain a difference as a matter of days.
pub(super) struct Timing<'a, 'c> {
    booked: Vec<&'c Booked<'a>>,
    pending: Pending,
}

impl Timing<'_, '_> {
    /// The explanation, with the cash of the same transactions.
    pub(super) fn explanation(&self, date: BusinessDate, basis: BalanceBasis) -> Explanation {
        let transaction_ids: Vec<String> = self.booked.iter().map(|booked| booked.id()).collect();
        let cause = match self.pending {
            Pending::AtCustodian => {
                let days = self.booked.iter().filter_map(|booked| booked.transaction.settlement_date);
                Cause::SettlesLater { transaction_ids, settles: days.max().unwrap_or(date) }
            }
            Pending::InBooks => {
                let days = self.booked.iter().map(|booked| effective_date(booked.transaction, basis));
                Cause::CountedEarly { transaction_ids, counts_from: days.max().unwrap_or(date) }
            }
        };
        let signed = |amount: Decimal| if self.pending == Pending::AtCustodian { -amount } else { amount };
        let cash = self.booked.iter().flat_map(|booked| booked.cash());
        Explanation {
            cause,
            suggestion: None,
            cash: cash.map(|(currency, amount)| (currency, signed(amount))).collect(),
        }
    }
}
