//! Internal transfers: which receipt of one portfolio is which disposal of another, and the lots that go with it.
//!
//! An `INTERNAL_IN` that brings no cost of its own takes over the lots of the `INTERNAL_OUT` of the portfolio that it
//! names, if that one names it, too, and moves as many units of the same instrument on the same day. Where several do,
//! the first one in the order of booking belongs to the first one, and so on. What came in on a day can be passed on
//! on the same day once; what would go further, or round in a circle, belongs to nothing. Nothing here looks at books:
//! the same rows in any order give the same pairs, which the check `unmatched_internal_transfers` finds by SQL, too.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, Currency, InstrumentId, PortfolioId};

use crate::basis::Basis;
use crate::conversion::FxBoard;
use crate::lots::Lot;
use crate::transaction::TransactionKind;

/// Lots by the transaction that moves them out or in.
pub type LotsByTransaction = BTreeMap<Arc<str>, Vec<Lot>>;

/// No lots, for books that receive none from others.
pub static NO_LOTS: LotsByTransaction = LotsByTransaction::new();

/// A disposal of one portfolio and the receipt of another that takes over its lots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Handover<'a> {
    /// The `INTERNAL_OUT`.
    pub sent: &'a Transaction,
    /// The `INTERNAL_IN`, which has no cost of its own.
    pub received: &'a Transaction,
}

impl Handover<'_> {
    /// Whether the lots that this one hands over may be lots that the other one brought: it came before.
    pub fn waits_for(&self, other: &Handover<'_>) -> bool {
        let (sent, received) = (self.sent, other.received);
        received.portfolio_id == sent.portfolio_id
            && (received.trade_date < sent.trade_date
                || (spot(received) == spot(sent) && place(received) < place(sent)))
    }

    /// The one lot that the receipt opens where the books of the sender do not say what left it: its cost is unknown.
    pub fn unknown_lot(&self) -> Lot {
        Lot {
            opened_by: Arc::from(self.received.transaction_id.as_str()),
            opened_date: self.received.trade_date,
            acquired_date: self.received.trade_date,
            quantity: self.received.quantity.map_or(Decimal::ZERO, |quantity| quantity.decimal()),
            basis: Basis::UNKNOWN,
            is_replacement: false,
        }
    }
}

/// The portfolios that take over lots, of those that are wanted, and all from which lots may come, directly or through
/// others. Without internal transfers there are none.
pub fn involved<'a>(
    transactions: impl IntoIterator<Item = &'a Transaction>,
    wanted: impl Fn(&PortfolioId) -> bool,
) -> BTreeSet<PortfolioId> {
    let mut senders: BTreeMap<&PortfolioId, BTreeSet<&PortfolioId>> = BTreeMap::new();
    for row in transactions {
        if let Some(sender) = sender_of(row) {
            senders.entry(&row.portfolio_id).or_default().insert(sender);
        }
    }
    let mut found: BTreeSet<&PortfolioId> = senders.keys().copied().filter(|receiver| wanted(receiver)).collect();
    let mut waiting: Vec<&PortfolioId> = found.iter().copied().collect();
    while let Some(receiver) = waiting.pop() {
        let from = senders.get(receiver).into_iter().flatten().copied();
        waiting.extend(from.filter(|sender| found.insert(sender)));
    }
    found.into_iter().cloned().collect()
}

/// The portfolio whose lots a transaction takes over if it can be matched; none if it takes over none.
pub fn sender_of(transaction: &Transaction) -> Option<&PortfolioId> {
    let is_receipt = transaction.kind == TransactionKind::InternalIn.code() && transaction.lot_cost.is_none();
    transaction.counter_portfolio_id.as_ref().filter(|sender| is_receipt && **sender != transaction.portfolio_id)
}

/// The receipts among the transactions of portfolios that take over lots, with what they take them from, in order of
/// date. What was taken back is not there, whenever that was.
pub fn handovers<'a>(transactions: impl IntoIterator<Item = &'a Transaction>) -> Vec<Handover<'a>> {
    let mut taken_back: HashSet<(&PortfolioId, &str)> = HashSet::new();
    let mut moves: Vec<&Transaction> = Vec::new();
    for row in transactions {
        taken_back.extend(row.reverses.as_deref().map(|id| (&row.portfolio_id, id)));
        if row.kind == TransactionKind::InternalOut.code() || row.kind == TransactionKind::InternalIn.code() {
            moves.push(row);
        }
    }
    moves.retain(|row| !taken_back.contains(&(&row.portfolio_id, row.transaction_id.as_str())));
    moves.sort_by(|left, right| (left.trade_date, place(left)).cmp(&(right.trade_date, place(right))));
    let mut routes: BTreeMap<Route<'a>, (Vec<&'a Transaction>, Vec<&'a Transaction>)> = BTreeMap::new();
    for row in moves {
        let Some(route) = route(row) else { continue };
        let (sent, received) = routes.entry(route).or_default();
        if row.kind == TransactionKind::InternalOut.code() { sent.push(row) } else { received.push(row) }
    }
    let pairs = routes.into_values().flat_map(|(sent, received)| sent.into_iter().zip(received));
    let pairs = pairs.map(|(sent, received)| Handover { sent, received });
    without_long_ways(pairs.filter(|pair| pair.received.lot_cost.is_none()).collect())
}

/// Lots as they come into a portfolio with another base currency: the cost in the instrument's currency, which stays,
/// at the rate of the day on which each was acquired. Unknown without a rate.
pub fn in_base(lots: &[Lot], currency: Currency, base: Currency, fx: &FxBoard) -> Vec<Lot> {
    let converted = |lot: &Lot| {
        let convert = |amount: Option<Decimal>| {
            fx.convert(amount?, currency, base, lot.acquired_date).map(|converted| converted.amount)
        };
        let basis =
            Basis { base: convert(lot.basis.local), charges_base: convert(lot.basis.charges_local), ..lot.basis };
        Lot { basis, ..lot.clone() }
    };
    lots.iter().map(converted).collect()
}

/// Sender, receiver, instrument, day and units.
type Route<'a> = (&'a PortfolioId, &'a PortfolioId, &'a InstrumentId, BusinessDate, Decimal);

/// The way that an internal transfer says its units go; none if it does not say so.
fn route(row: &Transaction) -> Option<Route<'_>> {
    let other = row.counter_portfolio_id.as_ref().filter(|other| **other != row.portfolio_id)?;
    let is_out = row.kind == TransactionKind::InternalOut.code();
    let (from, to) = if is_out { (&row.portfolio_id, other) } else { (other, &row.portfolio_id) };
    Some((from, to, row.instrument_id.as_ref()?, row.trade_date, row.quantity?.decimal()))
}

/// Where units of an instrument are on a day.
fn spot(row: &Transaction) -> (&PortfolioId, Option<&InstrumentId>, BusinessDate) {
    (&row.portfolio_id, row.instrument_id.as_ref(), row.trade_date)
}

/// The place of a transaction among those of its portfolio and day.
fn place(row: &Transaction) -> (i64, &str) {
    (row.booking_sequence, &row.transaction_id)
}

/// The pairs without those that pass on what was itself passed on to the sender on the same day, in order of date.
fn without_long_ways(mut pairs: Vec<Handover<'_>>) -> Vec<Handover<'_>> {
    pairs.sort_by_key(|pair| pair.sent.trade_date);
    let mut arrivals: HashMap<_, Vec<usize>> = HashMap::new();
    for (position, pair) in pairs.iter().enumerate() {
        arrivals.entry(spot(pair.received)).or_default().push(position);
    }
    let earlier = |pair: &Handover<'_>| {
        let arrived = arrivals.get(&spot(pair.sent)).map_or(&[][..], Vec::as_slice);
        let came_before =
            |position: &usize| pairs.get(*position).is_some_and(|other| place(other.received) < place(pair.sent));
        arrived.iter().copied().filter(came_before).collect::<Vec<usize>>()
    };
    let passes_on: Vec<bool> = pairs.iter().map(|pair| !earlier(pair).is_empty()).collect();
    let is_short = |pair: &&Handover<'_>| earlier(pair).iter().all(|position| passes_on.get(*position) == Some(&false));
    pairs.iter().filter(is_short).copied().collect()
}

#[cfg(test)]
mod tests {
    use schemas::tables::fx_rates::FxRate;
    use schemas::{Amount, Quantity};

    use super::*;

    fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    /// A transfer of 15 units of one instrument between two portfolios, booked in the first of them.
    fn moved(own: &str, kind: &str, other: &str, on: &str, sequence: i64) -> Transaction {
        Transaction {
            portfolio_id: own.parse().expect("an id"),
            transaction_id: format!("{own}{sequence}"),
            booking_sequence: sequence,
            trade_date: date(on),
            settlement_date: None,
            kind: kind.to_owned(),
            instrument_id: Some("M~S".parse().expect("an id")),
            quantity: Some(Quantity::new(Decimal::from(15))),
            price: None,
            currency: Currency::EUR,
            fees: Amount::ZERO,
            taxes: Amount::ZERO,
            net_cash: Amount::ZERO,
            counter_currency: None,
            counter_amount: None,
            lot_cost: None,
            lot_acquired_date: None,
            lots_closed: None,
            reverses: None,
            counter_portfolio_id: Some(other.parse().expect("an id")),
            recorded_at: None,
            note: String::new(),
            origin: String::new(),
        }
    }

    fn sent(from: &str, to: &str, on: &str, sequence: i64) -> Transaction {
        moved(from, "INTERNAL_OUT", to, on, sequence)
    }

    fn received(by: &str, from: &str, on: &str, sequence: i64) -> Transaction {
        moved(by, "INTERNAL_IN", from, on, sequence)
    }

    /// The ids of what belongs together, in the order of the receipts among the rows.
    fn pairs(rows: &[Transaction]) -> Vec<(&str, &str)> {
        let mut pairs = handovers(rows);
        pairs.sort_by_key(|pair| rows.iter().position(|row| row == pair.received));
        pairs.iter().map(|pair| (pair.sent.transaction_id.as_str(), pair.received.transaction_id.as_str())).collect()
    }

    const DAY: &str = "2014-03-03";

    #[test]
    fn both_sides_say_the_same_or_belong_to_nothing() {
        let right = [sent("A", "B", DAY, 1), received("B", "A", DAY, 7)];
        assert_eq!(pairs(&right), [("A1", "B7")]);
        let [out, into] = right;
        let wrong: [fn(&mut Transaction); 6] = [
            |row| row.counter_portfolio_id = None,
            |row| row.counter_portfolio_id = Some("C".parse().expect("an id")),
            |row| row.trade_date = date("2014-03-04"),
            |row| row.quantity = Some(Quantity::new(Decimal::from(14))),
            |row| row.instrument_id = Some("M~T".parse().expect("an id")),
            |row| row.lot_cost = Some(Amount::ZERO),
        ];
        for change in wrong {
            let mut other = into.clone();
            change(&mut other);
            assert_eq!(pairs(&[out.clone(), other]), []);
        }
        let taken_back =
            Transaction { reverses: Some("A1".to_owned()), ..moved("A", "REVERSAL", "B", "2015-01-02", 2) };
        assert_eq!(pairs(&[out, into, taken_back]), []);
    }

    #[test]
    fn equal_transfers_of_a_day_belong_together_in_their_order() {
        let with_cost = Transaction { lot_cost: Some(Amount::ZERO), ..received("B", "A", DAY, 3) };
        let rows = [received("B", "A", DAY, 5), with_cost, sent("A", "B", DAY, 9), sent("A", "B", DAY, 2)];
        // The first one brings its own cost, so that the second one takes over the lots of the second.
        assert_eq!(pairs(&rows), [("A9", "B5")]);
    }

    #[test]
    fn units_are_passed_on_once_a_day_and_never_in_a_circle() {
        let chain = |days: [&str; 3]| {
            let [first, second, third] = days;
            vec![
                sent("A", "B", first, 1),
                received("B", "A", first, 1),
                sent("B", "C", second, 2),
                received("C", "B", second, 1),
                sent("C", "D", third, 2),
                received("D", "C", third, 1),
            ]
        };
        let next = "2014-03-04";
        assert_eq!(pairs(&chain([DAY, DAY, DAY])), [("A1", "B1"), ("B2", "C1")]);
        assert_eq!(pairs(&chain([DAY, DAY, next])), [("A1", "B1"), ("B2", "C1"), ("C2", "D1")]);
        // Each sends what it received from the other before: neither can be first.
        let circle =
            [received("A", "B", DAY, 1), sent("A", "B", DAY, 2), received("B", "A", DAY, 1), sent("B", "A", DAY, 2)];
        assert_eq!(pairs(&circle), []);
        // There and back is no circle.
        let back =
            [sent("A", "B", DAY, 1), received("A", "B", DAY, 2), received("B", "A", DAY, 1), sent("B", "A", DAY, 2)];
        assert_eq!(pairs(&back), [("B2", "A2"), ("A1", "B1")]);
    }

    #[test]
    fn another_base_currency_counts_the_rate_of_the_day_of_acquisition() {
        // 1,000 dollars, 8 of them charges, at 1.25 dollars for a euro on 2 January and 1.30 later.
        let rate = |on: &str, units: &str| FxRate {
            fx_source: "M".parse().expect("an id"),
            currency: Currency::USD,
            rate_date: date(on),
            units_per_eur: units.parse().expect("a number"),
            landing_sha256: String::new(),
            line: 1,
        };
        let fx = FxBoard::new(&[rate("2014-01-02", "1.25"), rate("2014-03-03", "1.30")]);
        let number = |number: i64| Some(Decimal::from(number));
        let basis =
            Basis { local: number(1_000), base: number(1_000), charges_local: number(8), charges_base: number(8) };
        let unknown = Handover { sent: &sent("A", "B", DAY, 1), received: &received("B", "A", DAY, 7) }.unknown_lot();
        assert_eq!((unknown.basis, unknown.quantity), (Basis::UNKNOWN, Decimal::from(15)));
        let mut lot = Lot { acquired_date: date("2014-01-02"), basis, ..unknown };
        let converted = in_base(&[lot.clone()], Currency::USD, Currency::EUR, &fx);
        assert_eq!(converted[0].basis, Basis { base: number(800), charges_base: Some(Decimal::new(64, 1)), ..basis });
        lot.acquired_date = date("2013-12-31");
        let converted = in_base(&[lot], Currency::USD, Currency::EUR, &fx);
        assert_eq!(converted[0].basis, Basis { base: None, charges_base: None, ..basis });
    }

    #[test]
    fn everybody_from_whom_lots_may_come_is_involved() {
        let rows = [("B", "A"), ("C", "B"), ("A", "C")].map(|(by, from)| received(by, from, DAY, 1));
        let names = |wanted: &str| {
            let found = involved(&rows, |id| id.as_str() == wanted);
            found.iter().map(ToString::to_string).collect::<Vec<String>>()
        };
        assert_eq!(names("B"), ["A", "B", "C"]);
        assert_eq!(names("D"), Vec::<String>::new());
    }
}
