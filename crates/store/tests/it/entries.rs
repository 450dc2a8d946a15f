//! What is entered by hand: done as a whole or not at all, with who, when and why.

use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use store::{ChangeOutcome, Correction, EntryBy, Error, ImportOutcome, OpenOutcome, Store, StoreKind};

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, all_transactions, date, portfolio, portfolio_id, purchase, save_portfolio, start};

on_both_engines!(
    a_portfolio_is_opened_once,
    a_change_of_what_was_changed_meanwhile_is_stale,
    bookings_are_all_taken_or_none,
    a_correction_is_kept_with_its_reason,
    a_transaction_is_taken_back_once,
    closed_years_take_no_entry,
    entries_never_change,
);

fn by(number: u32) -> EntryBy {
    EntryBy { entry_id: format!("e-{number}"), entered_by: "olga".to_owned() }
}

fn reversal(of: i64, id: &str) -> Transaction {
    Transaction {
        transaction_id: id.to_owned(),
        kind: "REVERSAL".to_owned(),
        instrument_id: None,
        quantity: None,
        price: None,
        fees: "0".parse().expect("a number"),
        net_cash: "0".parse().expect("a number"),
        reverses: Some(of.to_string()),
        origin: "e-2:1".to_owned(),
        ..purchase("D01", of)
    }
}

fn correction(of: i64, reversal_id: &str, replacement_id: Option<&str>) -> Correction {
    Correction {
        corrects: of.to_string(),
        reversal_id: reversal_id.to_owned(),
        replacement_id: replacement_id.map(str::to_owned),
        reason: "the broker corrected it".to_owned(),
    }
}

async fn with_one_booking(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    let booked = store.book(&id, &[purchase("D01", 1)], &by(1), None, start()).await.expect("booked");
    assert_eq!(booked, ImportOutcome { inserted: 1, ..ImportOutcome::default() });
    store
}

async fn a_portfolio_is_opened_once(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let book = portfolio("D01");
    assert_eq!(store.open_portfolio(&book, false, &by(1), start()).await.expect("opened"), OpenOutcome::Opened);
    assert_eq!(store.open_portfolio(&book, false, &by(2), start()).await.expect("there"), OpenOutcome::Unchanged);
    let other = Portfolio { title: "Another".to_owned(), ..book.clone() };
    assert_eq!(store.open_portfolio(&other, false, &by(3), start()).await.expect("there"), OpenOutcome::Taken);
    assert_eq!(store.portfolio(&portfolio_id("D01")).await.expect("readable"), Some(book));
    let invented = store.open_portfolio(&portfolio("D02"), true, &by(4), start()).await.expect_err("a live store");
    assert!(matches!(invented, Error::SyntheticPortfolio { .. }), "{invented}");
}

async fn a_change_of_what_was_changed_meanwhile_is_stale(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let before = portfolio("D01");
    let with = |title: &str| Portfolio { title: title.to_owned(), ..before.clone() };
    let change = async |before: &Portfolio, after: &Portfolio, number| {
        store.change_portfolio(before, after, &by(number), after_minutes(1)).await.expect("answered")
    };
    assert_eq!(change(&before, &before, 1).await, ChangeOutcome::Unchanged);
    assert_eq!(change(&before, &with("A"), 2).await, ChangeOutcome::Changed);
    assert_eq!(change(&before, &with("B"), 3).await, ChangeOutcome::Stale);
    assert_eq!(store.portfolio(&portfolio_id("D01")).await.expect("readable"), Some(with("A")));
    let locked = Portfolio { locked_through: Some(date("2014-12-31")), ..with("A") };
    assert_eq!(change(&with("A"), &locked, 4).await, ChangeOutcome::Changed);
    let error = store.change_portfolio(&locked, &with("A"), &by(5), start()).await.expect_err("closed years");
    assert!(error.is_of_closed_years(), "{error}");
    assert_eq!(change(&portfolio("D09"), &portfolio("D09"), 6).await, ChangeOutcome::Stale, "it is not there");
}

async fn bookings_are_all_taken_or_none(place: &Place) {
    let store = with_one_booking(place).await;
    let id = portfolio_id("D01");
    let other = Transaction { net_cash: "-1".parse().expect("a number"), ..purchase("D01", 1) };
    let outcome = store.book(&id, &[purchase("D01", 2), other], &by(2), None, start()).await.expect("answered");
    assert_eq!(outcome.conflicts.len(), 1);
    assert_eq!(all_transactions(&store).await.len(), 1, "the new one is not booked beside the one in conflict");
    // What is booked later follows on a day what was booked before, whatever its place among what was sent.
    let later = [purchase("D01", 1), Transaction { booking_sequence: 1, ..purchase("D01", 2) }];
    let outcome = store.book(&id, &later, &by(3), None, start()).await.expect("booked");
    assert_eq!((outcome.inserted, outcome.unchanged), (1, 1));
    let sequences: Vec<i64> = all_transactions(&store).await.iter().map(|row| row.booking_sequence).collect();
    assert_eq!(sequences, [1, 3]);
    let unknown = store.book(&portfolio_id("D09"), &[], &by(4), None, start()).await.expect_err("not there");
    assert!(matches!(unknown, Error::UnknownPortfolio { .. }), "{unknown}");
}

async fn a_correction_is_kept_with_its_reason(place: &Place) {
    let store = with_one_booking(place).await;
    let id = portfolio_id("D01");
    let rows = [reversal(1, "1r"), Transaction { trade_date: date("2014-01-02"), ..purchase("D01", 7) }];
    let wanted = correction(1, "1r", Some("7"));
    let outcome = store.book(&id, &rows, &by(2), Some(&wanted), after_minutes(3)).await.expect("corrected");
    assert_eq!(outcome.inserted, 2);
    for name in ["1", "1r", "7"] {
        let found = store.corrections_of(&id, name).await.expect("readable");
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!((&found[0].correction, &found[0].by), (&wanted, &by(2)), "{name}");
        assert_eq!(found[0].entered_at, after_minutes(3));
    }
    assert!(store.corrections_of(&id, "2").await.expect("readable").is_empty());
    let kept = store.transaction_with_reversal(&id, "1").await.expect("readable");
    let ids: Vec<&str> = kept.iter().map(|row| row.transaction_id.as_str()).collect();
    assert_eq!(ids, ["1", "1r"]);
    assert_eq!(store.transaction_with_reversal(&id, "7").await.expect("readable").len(), 1);
    assert_eq!(store.transaction_with_reversal(&id, "nothing").await.expect("readable").len(), 0);
    let again = store.book(&id, &rows, &by(3), Some(&wanted), after_minutes(4)).await.expect("known");
    assert_eq!((again.inserted, again.unchanged), (0, 2));
}

async fn a_transaction_is_taken_back_once(place: &Place) {
    let store = with_one_booking(place).await;
    let id = portfolio_id("D01");
    store.book(&id, &[reversal(1, "1r")], &by(2), Some(&correction(1, "1r", None)), start()).await.expect("corrected");
    let outcome = store
        .book(&id, &[reversal(1, "1s")], &by(3), Some(&correction(1, "1s", None)), start())
        .await
        .expect("answered");
    let [conflict] = outcome.conflicts.as_slice() else { panic!("{outcome:?}") };
    assert_eq!(conflict.message, "`1` has been taken back already by `1r`");
    assert_eq!(all_transactions(&store).await.len(), 2);
    let unreasoned = Correction { reason: "  ".to_owned(), ..correction(2, "2r", None) };
    store.book(&id, &[purchase("D01", 2)], &by(4), None, start()).await.expect("booked");
    let error = store.book(&id, &[reversal(2, "2r")], &by(5), Some(&unreasoned), start()).await.expect_err("no reason");
    assert!(matches!(error, Error::DecisionWithout { .. }), "{error}");
    assert_eq!(all_transactions(&store).await.len(), 3, "nothing is taken back without one");
}

async fn closed_years_take_no_entry(place: &Place) {
    let store = with_one_booking(place).await;
    let id = portfolio_id("D01");
    let closed = Portfolio { locked_through: Some(date("2014-12-31")), ..portfolio("D01") };
    store.change_portfolio(&portfolio("D01"), &closed, &by(2), start()).await.expect("closed");
    for (row, correction) in [(purchase("D01", 2), None), (reversal(1, "1r"), Some(correction(1, "1r", None)))] {
        let outcome = store.book(&id, &[row], &by(3), correction.as_ref(), start()).await.expect("answered");
        assert_eq!((outcome.inserted, outcome.locked.len()), (0, 1));
    }
    let later = Transaction { trade_date: date("2015-01-02"), ..purchase("D01", 3) };
    assert_eq!(store.book(&id, &[later], &by(4), None, start()).await.expect("booked").inserted, 1);
}

async fn entries_never_change(place: &Place) {
    let store = with_one_booking(place).await;
    assert!(place.execute("UPDATE entries SET entered_by='somebody'").await.is_err());
    assert!(place.execute("DELETE FROM entries").await.is_err());
    store.close().await;
}
