//! Which bookings of an export are booked already, under an id of another kind or with another content.
//!
//! An export may get the broker's ids one day, or lose them. A booking that is stored under an id of another kind, and
//! that no row of the export names by its own id, is the same booking if what it books is the same. Where ids are made
//! of the number of a deal, a row that says something else than what is stored of its deal is that booking, changed: it
//! gets the id of it, and so becomes a conflict and no second booking. What was taken back may be replaced, though.

use std::collections::{BTreeMap, BTreeSet};

use ledger::transaction::semantic_key;
use schemas::tables::transactions::Transaction;

use super::{ExportBook, KEY_DIGITS, Unsure, numbered};
use crate::imports::{DEAL_CANCELLED, DEAL_PREFIX, Deal};

/// How an id came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IdKind {
    /// From what is booked.
    Key,
    /// From the name of a deal.
    Deal,
    /// The broker gave it.
    Broker,
}

/// A booking of the export that has not been found among those that are stored.
struct Open<'b> {
    booked: &'b mut Transaction,
    deal: Option<&'b Deal>,
    /// What it books.
    key: String,
}

impl Open<'_> {
    /// Gives the booking the id under which it is stored, if it was found. Whether it was.
    fn settle<'s>(&mut self, found: Option<&'s str>, taken: &mut BTreeSet<&'s str>) -> bool {
        let Some(id) = found else { return false };
        id.clone_into(&mut self.booked.transaction_id);
        taken.insert(id);
        true
    }
}

/// Gives transactions that are booked already under another id the id that they have there, and those that are booked
/// with another content the id of what they have changed.
pub fn recognise_booked(stored: &[Transaction], book: &mut ExportBook) {
    let ids: BTreeSet<&str> = stored.iter().map(|there| there.transaction_id.as_str()).collect();
    let deals = book.deals.iter().map(Option::as_ref).chain(std::iter::repeat(None));
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<Open<'_>> = Vec::new();
    for (booked, deal) in book.transactions.iter_mut().zip(deals) {
        // An id that was made from the name of a deal only counts the rows of this file.
        let is_own = deal.is_none_or(|deal| !is_of(&booked.transaction_id, deal));
        if is_own {
            named.insert(booked.transaction_id.clone());
        }
        if !is_own || !ids.contains(booked.transaction_id.as_str()) {
            open.push(Open { key: semantic_key(booked), booked, deal });
        }
    }
    let mut free: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for there in stored.iter().rev().filter(|there| !named.contains(&there.transaction_id)) {
        free.entry(semantic_key(there)).or_default().push(&there.transaction_id);
    }
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    open.retain_mut(|row| {
        let found = take(&mut free, &row.key, |id| row.deal.is_some_and(|deal| is_of(id, deal)));
        !row.settle(found, &mut taken)
    });
    open.retain_mut(|row| {
        let kind = kind_of(&row.booked.transaction_id);
        let may_be = |there: IdKind| there != kind && (there != IdKind::Deal || row.deal.is_none());
        let found = take(&mut free, &row.key, |id| may_be(kind_of(id)));
        !row.settle(found, &mut taken)
    });
    settle_deals(stored, &ids, open, &taken);
    recognise_unsure(book, &mut free);
}

/// Takes rows out of the inbox that are booked already in one of the ways in which they can be read: a file that once
/// said more, e.g. which instrument paid a dividend, has booked them.
fn recognise_unsure(book: &mut ExportBook, free: &mut BTreeMap<String, Vec<&str>>) {
    for Unsure { line, what, readings } in std::mem::take(&mut book.unsure) {
        let Some(known) = readings.into_iter().find_map(|reading| stored_as(reading, free)) else { continue };
        book.deals.resize(book.transactions.len(), None);
        book.deals.extend(known.iter().map(|_| None));
        book.transactions.extend(known);
        book.inbox.retain(|row| row.line != line || row.what != what);
    }
}

/// The transactions with the ids under which they are stored; none if one of them is not.
fn stored_as(mut reading: Vec<Transaction>, free: &mut BTreeMap<String, Vec<&str>>) -> Option<Vec<Transaction>> {
    let mut taken: Vec<(String, &str)> = Vec::with_capacity(reading.len());
    for booked in &mut reading {
        let key = semantic_key(booked);
        let Some(id) = take(free, &key, |_| true) else {
            taken.into_iter().for_each(|(key, id)| free.entry(key).or_default().push(id));
            return None;
        };
        id.clone_into(&mut booked.transaction_id);
        taken.push((key, id));
    }
    Some(reading)
}

/// Takes the first id that fits from those under which a content is stored.
fn take<'s>(free: &mut BTreeMap<String, Vec<&'s str>>, key: &str, fits: impl Fn(&str) -> bool) -> Option<&'s str> {
    let candidates = free.get_mut(key)?;
    let place = candidates.iter().rposition(|id| fits(id))?;
    Some(candidates.remove(place))
}

/// Gives rows of deals the ids of stored rows that they have changed, and numbers those that are new.
fn settle_deals(stored: &[Transaction], ids: &BTreeSet<&str>, open: Vec<Open<'_>>, taken: &BTreeSet<&str>) {
    let mut stored_of: BTreeMap<&str, Vec<&Transaction>> = BTreeMap::new();
    for there in stored {
        if let Some(name) = deal_of(&there.transaction_id) {
            stored_of.entry(name).or_default().push(there);
        }
    }
    let reversed: BTreeSet<&str> = stored.iter().filter_map(|there| there.reverses.as_deref()).collect();
    let mut left_of: BTreeMap<&str, Vec<&Transaction>> = BTreeMap::new();
    let mut given: BTreeSet<String> = BTreeSet::new();
    for row in open {
        let Some(deal) = row.deal else { continue };
        let left = left_of.entry(&deal.name).or_insert_with(|| {
            let mut left = standing(deal, &stored_of, &reversed);
            left.retain(|there| !taken.contains(there.transaction_id.as_str()));
            left
        });
        let is_alike =
            |there: &&Transaction| there.kind == row.booked.kind && there.instrument_id == row.booked.instrument_id;
        let changed = left.iter().position(is_alike).or((!left.is_empty()).then_some(0));
        if let Some(place) = changed {
            left.remove(place).transaction_id.clone_into(&mut row.booked.transaction_id);
        } else if is_of(&row.booked.transaction_id, deal) {
            let mut names = (1..=u32::MAX).map(|number| numbered(&deal.name, number));
            if let Some(id) = names.find(|id| !ids.contains(id.as_str()) && !given.contains(id)) {
                given.insert(id.clone());
                row.booked.transaction_id = id;
            }
        }
    }
}

/// The stored rows of a deal that have not been taken back, the oldest first. Which of them were is said by reversals;
/// where only their number is known, it was the oldest.
fn standing<'s>(
    deal: &Deal,
    stored_of: &BTreeMap<&str, Vec<&'s Transaction>>,
    reversed: &BTreeSet<&str>,
) -> Vec<&'s Transaction> {
    let rows = stored_of.get(deal.name.as_str()).map(Vec::as_slice).unwrap_or_default();
    let is_reversed = |there: &&Transaction| reversed.contains(there.transaction_id.as_str());
    let (gone, standing): (Vec<&Transaction>, Vec<&Transaction>) = rows.iter().copied().partition(is_reversed);
    let cancelled = format!("{}{DEAL_CANCELLED}", deal.name);
    let cancellations = stored_of.get(cancelled.as_str()).map_or(0, Vec::len);
    let more = deal.taken_back.max(cancellations).saturating_sub(gone.len());
    standing.into_iter().skip(more).collect()
}

fn kind_of(id: &str) -> IdKind {
    let (key, number) = id.split_once('-').unwrap_or((id, "2"));
    let is_hex = key.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    match deal_of(id) {
        Some(_) => IdKind::Deal,
        None if key.len() == KEY_DIGITS && is_hex && is_number(number) => IdKind::Key,
        None => IdKind::Broker,
    }
}

/// The name of the deal from which an id was made, e.g. `ib-trade-7-fx` for `ib-trade-7-fx-2`; none for another id.
fn deal_of(id: &str) -> Option<&str> {
    let rest = id.strip_prefix(DEAL_PREFIX)?;
    match rest.rsplit_once('-') {
        Some((_, number)) if is_number(number) => id.strip_suffix(number)?.strip_suffix('-'),
        _ => Some(id),
    }
}

fn is_of(id: &str, deal: &Deal) -> bool {
    deal_of(id) == Some(deal.name.as_str())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use ledger::TransactionKind;
    use rust_decimal::Decimal;
    use schemas::Currency;

    use super::*;
    use crate::export_books::{Place, Standing, book_of, standings};
    use crate::imports::{Export, ExportTransaction};
    use crate::sources::Instruments;

    fn deposit(net_cash: i64, broker_id: Option<&str>) -> ExportTransaction {
        let day = "2024-03-25".parse().expect("a date");
        let moved = (Decimal::new(net_cash, 0), Currency::EUR);
        let plain = ExportTransaction::new("A", 1, TransactionKind::Deposit, day, moved);
        ExportTransaction { broker_id: broker_id.map(str::to_owned), ..plain }
    }

    /// A row of a deal: what it is called, how often it was taken back, and the cash that it moves.
    fn row(number: &str, taken_back: usize, net_cash: i64, broker_id: Option<&str>) -> ExportTransaction {
        let deal = Deal { name: format!("{DEAL_PREFIX}{number}"), taken_back };
        ExportTransaction { deal: Some(deal), ..deposit(net_cash, broker_id) }
    }

    fn booked(rows: &[ExportTransaction]) -> ExportBook {
        let export = Export { transactions: rows.to_vec(), ..Export::default() };
        let (portfolio_id, market_id) = ("P1".parse().expect("an id"), "M1".parse().expect("an id"));
        let known = Instruments::new();
        let today = "2024-04-01".parse().expect("a date");
        let place =
            Place { portfolio_id: &portfolio_id, market_id: &market_id, known: &known, file_name: "a.csv", today };
        book_of(&export, "A", &place)
    }

    /// The ids of rows that come after others were booked, and how each of them stands to those.
    fn again(stored: &[Transaction], rows: &[ExportTransaction]) -> (Vec<String>, Vec<Standing>) {
        let mut book = booked(rows);
        recognise_booked(stored, &mut book);
        let standings = standings(stored, &book.transactions);
        (book.transactions.into_iter().map(|found| found.transaction_id).collect(), standings)
    }

    #[test]
    fn ids_that_come_or_go_make_no_new_transaction() {
        let stored = booked(&[deposit(100, None), deposit(100, None)]).transactions;
        let key = stored[0].transaction_id.clone();
        let (ids, _) = again(&stored, &["11", "12", "13"].map(|id| deposit(100, Some(id))));
        assert_eq!(ids, [key.clone(), format!("{key}-2"), "13".to_owned()], "two are known, one is new");
        let stored = booked(&[deposit(100, Some("11"))]).transactions;
        let (ids, _) = again(&stored, &[deposit(100, Some("11")), deposit(100, Some("12"))]);
        assert_eq!(ids, ["11", "12"], "two deposits that the broker tells apart are two");
        assert_eq!(again(&stored, &[deposit(100, None)]).0, ["11"]);
    }

    #[test]
    fn a_row_of_a_deal_that_comes_again_changed_is_a_conflict() {
        let stored = booked(&[row("7", 0, 100, None), row("8", 0, 100, None)]).transactions;
        let (ids, standings) = again(&stored, &[row("8", 0, 100, None), row("7", 0, 99, None)]);
        assert_eq!(ids, ["ib-trade-8", "ib-trade-7"]);
        assert_eq!(standings, [Standing::Known, Standing::Changed]);
        let (ids, standings) = again(&stored, &[row("7", 0, 99, Some("11"))]);
        assert_eq!((ids, standings), (vec!["ib-trade-7".to_owned()], vec![Standing::Changed]), "also if it has an id");
        let (ids, standings) = again(&stored, &[row("7-commission", 0, 99, None)]);
        assert_eq!((ids, standings), (vec!["ib-trade-7-commission".to_owned()], vec![Standing::New]), "another kind");
    }

    #[test]
    fn several_rows_of_a_deal_are_told_apart_by_what_they_book() {
        let stored = booked(&[row("7", 0, 100, None), row("7", 0, 60, None)]).transactions;
        assert_eq!([&stored[0].transaction_id, &stored[1].transaction_id], ["ib-trade-7", "ib-trade-7-2"]);
        let (ids, standings) = again(&stored, &[row("7", 0, 60, None), row("7", 0, 40, None), row("7", 0, 100, None)]);
        assert_eq!(ids, ["ib-trade-7-2", "ib-trade-7-3", "ib-trade-7"]);
        assert_eq!(standings, [Standing::Known, Standing::New, Standing::Known]);
        let (ids, standings) = again(&stored, &[row("7", 0, 60, None), row("7", 0, 101, None)]);
        assert_eq!((ids[1].as_str(), standings[1]), ("ib-trade-7", Standing::Changed));
    }

    #[test]
    fn numbers_of_deals_that_come_or_go_make_no_new_transaction() {
        for (before, after, id) in [
            (row("7", 0, 100, None), row("7", 0, 100, Some("11")), "ib-trade-7"),
            (row("7", 0, 100, Some("11")), row("7", 0, 100, None), "11"),
            (row("7", 0, 100, None), deposit(100, Some("11")), "ib-trade-7"),
            (row("7", 0, 100, None), deposit(100, None), "ib-trade-7"),
        ] {
            let stored = booked(&[before]).transactions;
            assert_eq!(again(&stored, &[after]), (vec![id.to_owned()], vec![Standing::Known]));
        }
        let stored = booked(&[row("7", 0, 100, None)]).transactions;
        let (ids, _) = again(&stored, &[row("8", 0, 100, Some("11"))]);
        assert_eq!(ids, ["11"], "an equal trade under another number is another trade");
    }

    #[test]
    fn what_was_taken_back_may_be_replaced_once() {
        let mut stored = booked(&[row("7", 0, 100, None)]).transactions;
        let (ids, standings) = again(&stored, &[row("7", 1, 99, None)]);
        assert_eq!((ids, standings), (vec!["ib-trade-7-2".to_owned()], vec![Standing::New]));
        stored.extend(booked(&[row("7-cancelled", 0, 1, None)]).transactions);
        let (ids, standings) = again(&stored, &[row("7", 0, 99, None), row("7", 0, 98, None)]);
        assert_eq!(ids, ["ib-trade-7-2", "ib-trade-7-3"]);
        assert_eq!(standings, [Standing::New, Standing::New], "both are new to a store that has none of them standing");
        let second = Transaction { transaction_id: "ib-trade-7-2".to_owned(), ..stored[0].clone() };
        stored.push(Transaction { net_cash: "99".parse().expect("an amount"), ..second });
        let (ids, standings) = again(&stored, &[row("7", 1, 98, None)]);
        assert_eq!((ids, standings), (vec!["ib-trade-7-2".to_owned()], vec![Standing::Changed]), "but not twice");
        let reversal = Transaction {
            transaction_id: "mine".to_owned(),
            reverses: Some("ib-trade-7-2".to_owned()),
            ..stored[0].clone()
        };
        stored.push(reversal);
        let (ids, standings) = again(&stored, &[row("7", 2, 98, None)]);
        assert_eq!((ids, standings), (vec!["ib-trade-7-3".to_owned()], vec![Standing::New]));
    }
}
