//! What lies between the two bases: traded, and not settled yet.
//!
//! What is held by trade date is what is held by settlement date and what is pending. The pending part is told booking
//! by booking, in units of the day: of ten shares that were bought before a split two for one, twenty are pending.

use std::collections::{BTreeMap, BTreeSet};

use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, PortfolioId};

use super::UNITS_TOLERANCE;
use super::balances::{AnnouncedSplit, BalanceBasis, Balances, Step, effective_date, steps, walk};
use crate::error::Error;
use crate::transaction::TransactionKind;

/// A transaction that was traded and is not settled yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending<'a> {
    /// The transaction.
    pub booked: &'a Transaction,
    /// If it is a REVERSAL: what it takes back.
    pub takes_back: Option<&'a Transaction>,
    /// What it adds to the balances by settlement date on the day on which it settles; negative if it goes out. Never
    /// nothing.
    pub moves: Balances,
}

/// Everything that is traded and not settled at the close of a date.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unsettled<'a> {
    /// The transactions, the first to settle first.
    pub pending: Vec<Pending<'a>>,
    /// The units and cash by which the bases differ beyond these transactions. Nothing but for a REVERSAL that settles
    /// later and takes back a SPLIT or a WRITE_OFF: what that moves depends on the position.
    pub rest: Balances,
}

impl Pending<'_> {
    /// The day on which it settles.
    pub fn settlement_date(&self) -> BusinessDate {
        effective_date(self.booked, BalanceBasis::Settlement)
    }
}

/// What the transactions of one portfolio have traded and not settled at the close of a date.
///
/// The balances by settlement date, what is pending, and the rest add up to the balances by trade date; units to a
/// millionth, which rounding in a split may take.
///
/// # Errors
/// [`Error::UnknownKind`] if a transaction is of none, or [`Error::Overflow`] if a balance does not fit.
pub fn unsettled<'a>(
    portfolio_id: &PortfolioId,
    transactions: &'a [Transaction],
    splits: &'a [AnnouncedSplit],
    date: BusinessDate,
) -> Result<Unsettled<'a>, Error> {
    let traded = steps(transactions, splits, date, BalanceBasis::Trade)?;
    let settled = steps(transactions, splits, date, BalanceBasis::Settlement)?;
    let overflow = || Error::Overflow { portfolio_id: portfolio_id.clone(), date, what: "a balance".to_owned() };
    between(transactions, &traded, &settled).ok_or_else(overflow)
}

/// What lies between the steps by trade date and those by settlement date. None on overflow.
fn between<'a>(transactions: &'a [Transaction], traded: &[Step<'a>], settled: &[Step<'a>]) -> Option<Unsettled<'a>> {
    let of_positions: Vec<Step<'a>> = traded.iter().copied().filter(Step::is_of_position).collect();
    let reversals: BTreeMap<&str, &'a Transaction> = transactions
        .iter()
        .filter(|booked| booked.kind == TransactionKind::Reversal.code())
        .filter_map(|reversal| Some((reversal.reverses.as_deref()?, reversal)))
        .collect();
    let mut found = Unsettled::default();
    for (kind, booked) in only_in(traded, settled) {
        let moves = moved(Step::Booking(kind, booked), &of_positions)?;
        found.pending.push(Pending { booked, takes_back: None, moves });
    }
    for (kind, taken_back) in only_in(settled, traded) {
        // By trade date a REVERSAL has taken it back, whatever its own date.
        let Some(reversal) = reversals.get(taken_back.transaction_id.as_str()).copied() else { continue };
        let moves = Balances::default().without(&moved(Step::Booking(kind, taken_back), &of_positions)?)?;
        found.pending.push(Pending { booked: reversal, takes_back: Some(taken_back), moves });
    }
    found.pending.retain(|pending| !pending.moves.is_empty());
    found
        .pending
        .sort_by_key(|pending| (pending.settlement_date(), pending.booked.trade_date, pending.booked.booking_sequence));
    let mut explained = walk(settled)?;
    for pending in &found.pending {
        explained.add_all(&pending.moves)?;
    }
    found.rest = walk(traded)?.without(&explained)?;
    found.rest.units.retain(|_, units| UNITS_TOLERANCE < units.abs());
    Some(found)
}

fn bookings<'a>(steps: &[Step<'a>]) -> impl Iterator<Item = (TransactionKind, &'a Transaction)> {
    steps.iter().filter_map(|step| match *step {
        Step::Booking(kind, booked) => Some((kind, booked)),
        Step::Split(_) => None,
    })
}

/// The bookings of some steps that are not among others, without those whose effect depends on the position.
fn only_in<'a>(steps: &[Step<'a>], others: &[Step<'a>]) -> Vec<(TransactionKind, &'a Transaction)> {
    let there: BTreeSet<&str> = bookings(others).map(|(_, booked)| booked.transaction_id.as_str()).collect();
    bookings(steps)
        .filter(|(kind, booked)| !Step::Booking(*kind, booked).is_of_position())
        .filter(|(_, booked)| !there.contains(booked.transaction_id.as_str()))
        .collect()
}

/// What is left of one booking after the splits and write-offs that came later. None on overflow.
fn moved(booking: Step<'_>, of_positions: &[Step<'_>]) -> Option<Balances> {
    let cash = walk(&[booking])?.cash;
    let later = of_positions.iter().filter(|step| booking.order() <= step.order());
    let steps: Vec<Step<'_>> = std::iter::once(booking).chain(later.copied()).collect();
    let units = walk(&steps)?.units;
    Some(Balances { units, cash })
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use schemas::{Amount, Currency, InstrumentId, Quantity};

    use super::super::balances::balances;
    use super::super::suggestion::blank;
    use super::*;

    const DAY: &str = "2024-01-17";

    fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    fn id(symbol: &str) -> InstrumentId {
        format!("M~{symbol}").parse().expect("an instrument")
    }

    fn portfolio() -> PortfolioId {
        "P".parse().expect("an id")
    }

    /// Books with the number as id; `settles` is empty if the row says nothing of it.
    fn booked(number: i64, days: [&str; 2], kind: TransactionKind, units: i64, net_cash: i64) -> Transaction {
        let [day, settles] = days;
        Transaction {
            transaction_id: number.to_string(),
            booking_sequence: number,
            settlement_date: (!settles.is_empty()).then(|| date(settles)),
            instrument_id: (units != 0 || kind == TransactionKind::WriteOff).then(|| id("SAP")),
            quantity: (units != 0).then(|| Quantity::new(Decimal::from(units))),
            net_cash: Amount::new(Decimal::from(net_cash)),
            ..blank(&portfolio(), date(day), kind, Currency::EUR)
        }
    }

    fn taking_back(number: i64, days: [&str; 2], reversed: &str) -> Transaction {
        let reverses = Some(reversed.to_owned());
        Transaction { reverses, ..booked(number, days, TransactionKind::Reversal, 0, 0) }
    }

    fn two_for_one() -> AnnouncedSplit {
        AnnouncedSplit { instrument_id: id("SAP"), ex_date: date(DAY), ratio_new: 2, ratio_old: 1 }
    }

    /// Units and cash of each pending transaction with its id, and the units of the rest.
    fn pending(transactions: &[Transaction], splits: &[AnnouncedSplit]) -> (Vec<(String, i64, i64)>, i64) {
        let whole = |number: Decimal| i64::try_from(number.normalize()).expect("whole");
        let found = unsettled(&portfolio(), transactions, splits, date(DAY)).expect("fits");
        let on = |basis| balances(&portfolio(), transactions, splits, date(DAY), basis).expect("fits");
        let mut sum = on(BalanceBasis::Settlement);
        for moves in found.pending.iter().map(|pending| &pending.moves).chain([&found.rest]) {
            sum.add_all(moves).expect("fits");
        }
        assert_eq!(sum.without(&on(BalanceBasis::Trade)), Some(Balances::default()), "it adds up");
        let row = |pending: &Pending<'_>| {
            let (units, cash) = (pending.moves.units_of(&id("SAP")), pending.moves.cash_in(Currency::EUR));
            (pending.booked.transaction_id.clone(), whole(units), whole(cash))
        };
        (found.pending.iter().map(row).collect(), whole(found.rest.units_of(&id("SAP"))))
    }

    #[test]
    fn trades_are_pending_from_their_day_until_they_settle_in_units_of_the_day() {
        use TransactionKind::{Buy, Deposit, Sell};
        // Ten that were bought before the split are twenty; thirty that were sold on its day are thirty.
        let transactions = [
            booked(1, ["2024-01-02", ""], Deposit, 0, 10_000),
            booked(2, ["2024-01-03", "2024-01-05"], Buy, 100, -5_000),
            booked(3, [DAY, "2024-01-19"], Sell, 30, 1_700),
            booked(4, ["2024-01-16", "2024-01-18"], Buy, 10, -520),
            booked(5, ["2024-01-15", DAY], Buy, 1, -52),
            booked(6, ["2024-01-18", "2024-01-20"], Buy, 7, -182),
        ];
        let (found, rest) = pending(&transactions, &[two_for_one()]);
        assert_eq!(found, [("4".to_owned(), 20, -520), ("3".to_owned(), -30, 1_700)]);
        assert_eq!(rest, 0);
    }

    #[test]
    fn what_is_written_off_does_not_come_any_more_and_its_cash_does() {
        use TransactionKind::{Buy, WriteOff};
        let transactions = [
            booked(1, ["2024-01-02", ""], Buy, 100, -5_000),
            booked(2, ["2024-01-15", "2024-01-18"], Buy, 10, -520),
            booked(3, ["2024-01-16", "2024-01-30"], WriteOff, 0, 0),
        ];
        assert_eq!(pending(&transactions, &[]), (vec![("2".to_owned(), 0, -520)], 0));
    }

    #[test]
    fn what_is_taken_back_is_pending_the_other_way_until_that_settles() {
        use TransactionKind::{Buy, WriteOff};
        let settled = booked(1, ["2024-01-10", "2024-01-12"], Buy, 10, -520);
        let reversal = taking_back(2, ["2024-01-16", "2024-01-18"], "1");
        let transactions = [settled.clone(), reversal.clone()];
        assert_eq!(pending(&transactions, &[]), (vec![("2".to_owned(), -10, 520)], 0));
        let found = unsettled(&portfolio(), &transactions, &[], date(DAY)).expect("fits");
        assert_eq!(found.pending[0].takes_back, Some(&transactions[0]));
        // It is pending as well when it is dated later, and it takes back on no day more than that.
        let dated_later = taking_back(2, ["2024-01-22", "2024-01-24"], "1");
        assert_eq!(pending(&[settled.clone(), dated_later], &[]), (vec![("2".to_owned(), -10, 520)], 0));
        let without_settlement = taking_back(2, ["2024-01-22", ""], "1");
        assert_eq!(pending(&[settled.clone(), without_settlement], &[]), (vec![], 0));
        // Neither the trade nor what takes it back is settled: nothing will move.
        let traded = booked(1, ["2024-01-15", "2024-01-18"], Buy, 10, -520);
        assert_eq!(pending(&[traded, reversal], &[]), (vec![], 0));
        // A write-off that is taken back later gives the position back, which is nobody's own units.
        let written_off = booked(3, ["2024-01-13", ""], WriteOff, 0, 0);
        let given_back = taking_back(4, ["2024-01-16", "2024-01-18"], "3");
        assert_eq!(pending(&[settled, written_off, given_back], &[]), (vec![], 10));
    }
}
