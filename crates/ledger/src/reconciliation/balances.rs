//! What the transactions leave: units per instrument and cash per currency, on a date and on a basis.
//!
//! This is the books without costs and values. It needs no quotes and no night, so that a correction can be compared
//! with the custodian as soon as it is booked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Currency, InstrumentId, PortfolioId};

use crate::corporate_actions::{LATE_BOOKING_DAYS, is_booked_as, ratio_of_decimal};
use crate::error::Error;
use crate::transaction::TransactionKind;

/// From which day a transaction counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BalanceBasis {
    /// From the day of the trade.
    Trade,
    /// From the day on which cash and securities change hands.
    Settlement,
}

/// What a portfolio holds. Balances of zero are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances {
    /// Units by instrument; negative if short.
    pub units: BTreeMap<InstrumentId, Decimal>,
    /// Cash by currency; negative if overdrawn.
    pub cash: BTreeMap<Currency, Decimal>,
}

/// A split that was announced for an instrument whose quotes are as traded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncedSplit {
    /// The instrument.
    pub instrument_id: InstrumentId,
    /// The first day on which it is quoted after the split.
    pub ex_date: BusinessDate,
    /// New units for every `ratio_old` old ones; positive.
    pub ratio_new: i64,
    /// Old units; positive.
    pub ratio_old: i64,
}

/// The corporate actions that multiply the units of an instrument.
const SPLITS: &[&str] = &["SPLIT", "REVERSE_SPLIT"];
/// The corporate actions that never change units.
const CASH_ONLY: &[&str] = &["CASH_DIVIDEND", "SPECIAL_DIVIDEND", "RETURN_OF_CAPITAL"];
/// Days by which a broker's booking of a split may come before its ex-date.
const EARLY_BOOKING_DAYS: i64 = 7;

/// Whether [`balances`] knows what a corporate action does to units. What it does not know must be taken from the
/// books: also a split of which fractions are paid in cash.
pub fn is_replayed(action: &CorporateAction) -> bool {
    let is_split = announced_split(action).is_some() && action.fraction_price.is_none();
    is_split || CASH_ONLY.contains(&action.kind.as_str())
}

/// The split that a corporate action is; none if it is another kind or has no ratio.
pub fn announced_split(action: &CorporateAction) -> Option<AnnouncedSplit> {
    let (ratio_new, ratio_old) = (action.ratio_new?, action.ratio_old?);
    let is_split = SPLITS.contains(&action.kind.as_str()) && 0 < ratio_new && 0 < ratio_old;
    is_split.then(|| AnnouncedSplit {
        instrument_id: action.instrument_id.clone(),
        ex_date: action.ex_date,
        ratio_new,
        ratio_old,
    })
}

/// What the transactions of one portfolio leave at the close of a date.
///
/// A transaction that a REVERSAL takes back never was, whatever the date of the REVERSAL: it must be among those that
/// are given. By settlement date, one that has a settlement date of its own takes back from that day on. Splits come
/// before all else of their day; a split that the portfolio books itself, up to thirty days after the ex-date, is not
/// applied twice.
///
/// # Errors
/// [`Error::UnknownKind`] if a transaction is of none, or [`Error::Overflow`] if a balance does not fit.
pub fn balances(
    portfolio_id: &PortfolioId,
    transactions: &[Transaction],
    splits: &[AnnouncedSplit],
    date: BusinessDate,
    basis: BalanceBasis,
) -> Result<Balances, Error> {
    let overflow = || Error::Overflow { portfolio_id: portfolio_id.clone(), date, what: "a balance".to_owned() };
    walk(&steps(transactions, splits, date, basis)?).ok_or_else(overflow)
}

/// What steps leave, one after the other. None on overflow.
pub(super) fn walk(steps: &[Step<'_>]) -> Option<Balances> {
    let mut found = Balances::default();
    for step in steps {
        match *step {
            Step::Split(split) => found.split(&split.instrument_id, split.ratio_new.into(), split.ratio_old.into())?,
            Step::Booking(kind, booked) => found.book(kind, booked)?,
        }
    }
    found.units.retain(|_, units| !units.is_zero());
    found.cash.retain(|_, amount| !amount.is_zero());
    Some(found)
}

/// The day from which a transaction counts on a basis.
pub(super) fn effective_date(transaction: &Transaction, basis: BalanceBasis) -> BusinessDate {
    match basis {
        BalanceBasis::Trade => transaction.trade_date,
        BalanceBasis::Settlement => transaction.settlement_date.unwrap_or(transaction.trade_date),
    }
}

/// The units that a transaction moves into its instrument, negative if out of it; zero for kinds that move none or
/// whose effect depends on the position.
pub(super) fn units_moved(kind: TransactionKind, transaction: &Transaction) -> Decimal {
    let units = transaction.quantity.map_or(Decimal::ZERO, |quantity| quantity.decimal());
    match kind {
        TransactionKind::Buy
        | TransactionKind::StockDividend
        | TransactionKind::DividendInKind
        | TransactionKind::DividendReinvested
        | TransactionKind::TransferIn
        | TransactionKind::InternalIn
        | TransactionKind::OpeningBalance => units,
        TransactionKind::Sell | TransactionKind::TransferOut | TransactionKind::InternalOut => -units,
        _ => Decimal::ZERO,
    }
}

/// The cash that a transaction moves: one amount, or two for an FX deal.
pub(super) fn cash_moved(kind: TransactionKind, transaction: &Transaction) -> Vec<(Currency, Decimal)> {
    if kind == TransactionKind::Reversal {
        return Vec::new();
    }
    let mut moved = vec![(transaction.currency, transaction.net_cash.decimal())];
    if let (TransactionKind::Fx, Some(currency), Some(amount)) =
        (kind, transaction.counter_currency, transaction.counter_amount)
    {
        moved.push((currency, amount.decimal()));
    }
    moved.retain(|(_, amount)| !amount.is_zero());
    moved
}

/// The ids that REVERSALs take back, of those REVERSALs that count: on no day does what they take back, as in the
/// books, whenever they are dated. Only by settlement date does one wait for a settlement date of its own, because
/// until then the custodian has what was taken back. One that is itself taken back by a later one does not count.
pub(crate) fn taken_back(transactions: &[Transaction], date: BusinessDate, basis: BalanceBasis) -> BTreeSet<&str> {
    let is_settled = |transaction: &Transaction| match basis {
        BalanceBasis::Trade => true,
        BalanceBasis::Settlement => transaction.settlement_date.is_none_or(|settles| settles <= date),
    };
    let counts =
        |transaction: &&Transaction| transaction.kind == TransactionKind::Reversal.code() && is_settled(transaction);
    let mut reversals: Vec<&Transaction> = transactions.iter().filter(counts).collect();
    reversals.sort_by_key(|reversal| std::cmp::Reverse((reversal.trade_date, reversal.booking_sequence)));
    let mut taken = BTreeSet::new();
    for reversal in reversals {
        if !taken.contains(reversal.transaction_id.as_str()) {
            taken.extend(reversal.reverses.as_deref());
        }
    }
    taken
}

/// Something that changes a balance.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// A split that no transaction books.
    Split(&'a AnnouncedSplit),
    /// A transaction.
    Booking(TransactionKind, &'a Transaction),
}

impl Step<'_> {
    /// Whether it changes a position by what the position is, and not by units of its own. Such a step counts from
    /// its trade date on every basis.
    pub(super) fn is_of_position(&self) -> bool {
        match self {
            Step::Split(_) => true,
            Step::Booking(kind, _) => is_of_position(*kind),
        }
    }

    /// Where it stands among others.
    pub(super) fn order(&self) -> (BusinessDate, bool, i64, &str) {
        match self {
            Step::Split(split) => (split.ex_date, false, 0, split.instrument_id.as_str()),
            Step::Booking(kind, booked) => {
                let after_splits = *kind != TransactionKind::Split;
                (booked.trade_date, after_splits, booked.booking_sequence, booked.transaction_id.as_str())
            }
        }
    }
}

fn is_of_position(kind: TransactionKind) -> bool {
    matches!(kind, TransactionKind::Split | TransactionKind::WriteOff)
}

/// What counts at the close of a date on a basis, in order.
pub(super) fn steps<'a>(
    transactions: &'a [Transaction],
    splits: &'a [AnnouncedSplit],
    date: BusinessDate,
    basis: BalanceBasis,
) -> Result<Vec<Step<'a>>, Error> {
    let taken = taken_back(transactions, date, basis);
    let mut steps = Vec::with_capacity(transactions.len());
    for booked in transactions {
        let kind: TransactionKind = booked.kind.parse()?;
        let counts_from = if is_of_position(kind) { booked.trade_date } else { effective_date(booked, basis) };
        if counts_from <= date && !taken.contains(booked.transaction_id.as_str()) {
            steps.push(Step::Booking(kind, booked));
        }
    }
    let stands = |booked: &&Transaction| !taken.contains(booked.transaction_id.as_str());
    for split in splits.iter().filter(|split| split.ex_date <= date) {
        if !transactions.iter().filter(stands).any(|booked| is_booking_of(booked, split)) {
            steps.push(Step::Split(split));
        }
    }
    steps.sort_by(|left, right| left.order().cmp(&right.order()));
    Ok(steps)
}

/// Whether a transaction is the broker's booking of a split that was announced.
fn is_booking_of(booked: &Transaction, split: &AnnouncedSplit) -> bool {
    let ratio = (split.ratio_new, split.ratio_old);
    let has_ratio = || booked.quantity.is_some_and(|booked| is_booked_as(ratio, booked.decimal()));
    booked.kind == TransactionKind::Split.code()
        && booked.instrument_id.as_ref() == Some(&split.instrument_id)
        && (-EARLY_BOOKING_DAYS..=LATE_BOOKING_DAYS).contains(&booked.trade_date.days_since(split.ex_date))
        && has_ratio()
}

impl Balances {
    /// The units of an instrument.
    pub fn units_of(&self, instrument: &InstrumentId) -> Decimal {
        self.units.get(instrument).copied().unwrap_or(Decimal::ZERO)
    }

    /// The cash in a currency.
    pub fn cash_in(&self, currency: Currency) -> Decimal {
        self.cash.get(&currency).copied().unwrap_or(Decimal::ZERO)
    }

    /// What is left of these balances without others. None on overflow.
    pub fn without(&self, others: &Balances) -> Option<Balances> {
        let mut left = self.clone();
        for (instrument, units) in &others.units {
            left.units.insert(instrument.clone(), left.units_of(instrument).checked_sub(*units)?);
        }
        for (currency, amount) in &others.cash {
            left.cash.insert(*currency, left.cash_in(*currency).checked_sub(*amount)?);
        }
        left.units.retain(|_, units| !units.is_zero());
        left.cash.retain(|_, amount| !amount.is_zero());
        Some(left)
    }

    /// Adds others to these balances. None on overflow.
    pub(super) fn add_all(&mut self, others: &Balances) -> Option<()> {
        for (instrument, units) in &others.units {
            let sum = self.units_of(instrument).checked_add(*units)?;
            self.units.insert(instrument.clone(), sum);
        }
        for (currency, amount) in &others.cash {
            let sum = self.cash_in(*currency).checked_add(*amount)?;
            self.cash.insert(*currency, sum);
        }
        Some(())
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty() && self.cash.is_empty()
    }

    fn split(&mut self, instrument: &InstrumentId, new: Decimal, old: Decimal) -> Option<()> {
        if let Some(units) = self.units.get_mut(instrument) {
            *units = units.checked_mul(new)?.checked_div(old)?;
        }
        Some(())
    }

    fn book(&mut self, kind: TransactionKind, booked: &Transaction) -> Option<()> {
        if let Some(instrument) = &booked.instrument_id {
            match kind {
                TransactionKind::Split => {
                    let ratio = booked.quantity.map_or(Decimal::ONE, |ratio| ratio.decimal());
                    let (new, old) = ratio_of_decimal(ratio).ok()?;
                    self.split(instrument, Decimal::from(new), Decimal::from(old))?;
                }
                TransactionKind::WriteOff => {
                    self.units.remove(instrument);
                }
                _ => {
                    let units = self.units.entry(instrument.clone()).or_insert(Decimal::ZERO);
                    *units = units.checked_add(units_moved(kind, booked))?;
                }
            }
        }
        for (currency, amount) in cash_moved(kind, booked) {
            let balance = self.cash.entry(currency).or_insert(Decimal::ZERO);
            *balance = balance.checked_add(amount)?;
        }
        Some(())
    }
}

impl BalanceBasis {
    /// The word in files and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            BalanceBasis::Trade => "trade",
            BalanceBasis::Settlement => "settlement",
        }
    }
}

impl fmt::Display for BalanceBasis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

impl FromStr for BalanceBasis {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "trade" => Ok(BalanceBasis::Trade),
            "settlement" => Ok(BalanceBasis::Settlement),
            other => {
                let shown: String = other.chars().take(40).collect();
                Err(format!("unknown basis `{shown}`; known: trade, settlement"))
            }
        }
    }
}
