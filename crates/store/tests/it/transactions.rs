//! Importing transactions: repeatable, never overwriting, all or nothing.

use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use schemas::{Clock, Currency};
use store::{Error, ImportOutcome, StoreKind};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{
    after_minutes, all_transactions, date, portfolio, portfolio_id, purchase, recorded, save_portfolio, start,
};

on_both_engines!(
    an_import_may_be_repeated,
    other_content_is_a_conflict_and_is_not_written,
    booked_transactions_never_change,
    every_field_comes_back_as_it_was_booked,
    what_came_back_or_was_owed_is_negative,
    a_transaction_knows_when_it_was_recorded,
    nothing_new_is_booked_in_a_closed_year,
    the_history_of_closed_years_comes_with_the_first_import,
    thousands_of_rows_come_back_page_by_page,
    the_fingerprint_changes_with_what_is_booked_up_to_a_date,
    four_imports_of_one_file_at_once_book_it_once,
    transactions_need_their_portfolio,
    refused_content_is_told_from_other_errors,
);

fn purchases(portfolio: &str, count: i64) -> Vec<Transaction> {
    (1..=count).map(|number| purchase(portfolio, number)).collect()
}

async fn an_import_may_be_repeated(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    let mut file = purchases("D01", 3);
    let outcome = store.import_transactions(&id, &file, start()).await.expect("imported");
    assert_eq!(outcome, ImportOutcome { inserted: 3, ..ImportOutcome::default() });

    file.push(purchase("D01", 4));
    file[0].note = "seen again".to_owned();
    let outcome = store.import_transactions(&id, &file, start()).await.expect("imported");
    assert_eq!(outcome, ImportOutcome { inserted: 1, unchanged: 3, ..ImportOutcome::default() });
}

async fn other_content_is_a_conflict_and_is_not_written(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    let booked = purchases("D01", 2);
    store.import_transactions(&id, &booked, start()).await.expect("imported");

    let mut changed = purchases("D01", 3);
    changed[1].quantity = Some("13".parse().expect("a number"));
    changed[1].origin = "D01/corrected.csv:2".to_owned();
    let outcome = store.import_transactions(&id, &changed, start()).await.expect("imported");
    assert_eq!((outcome.inserted, outcome.unchanged, outcome.conflicts.len()), (1, 1, 1));
    let conflict = &outcome.conflicts[0];
    assert_eq!((conflict.transaction_id.as_str(), conflict.origin.as_str()), ("2", "D01/corrected.csv:2"));
    let told = "(from D01/transactions.csv:2) with other content: quantity 12.5 -> 13; ";
    assert!(conflict.message.contains(told), "{}", conflict.message);

    let found = all_transactions(&store).await;
    assert_eq!(found, [&booked[0], &booked[1], &purchase("D01", 3)].map(recorded));
}

async fn booked_transactions_never_change(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    store.import_transactions(&id, &purchases("D01", 1), start()).await.expect("imported");
    assert!(place.execute("UPDATE transactions SET note = 'changed'").await.is_err());
    assert!(place.execute("DELETE FROM transactions").await.is_err());
    let found = all_transactions(&store).await;
    assert_eq!(found, [recorded(&purchase("D01", 1))]);
}

async fn every_field_comes_back_as_it_was_booked(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    let mut exchange = purchase("D01", 1);
    exchange.kind = "FX".to_owned();
    exchange.instrument_id = None;
    exchange.quantity = None;
    exchange.price = None;
    exchange.net_cash = "-0.0000000000000000000000000001".parse().expect("28 decimals");
    exchange.counter_currency = Some(Currency::USD);
    exchange.counter_amount = Some("79228162514264337593543950335".parse().expect("29 digits"));
    exchange.settlement_date = Some(date("2014-01-06"));
    exchange.lot_cost = Some("0.0000000001".parse().expect("a number"));
    exchange.lot_acquired_date = Some(date("1999-12-31"));
    exchange.lots_closed = Some("17=40;21".to_owned());
    exchange.reverses = Some("b\"7\"".to_owned());
    exchange.counter_portfolio_id = Some(portfolio_id("D02"));
    exchange.note = "tab\tline\nquote\"backslash\\ euro€".to_owned();
    store.import_transactions(&id, std::slice::from_ref(&exchange), start()).await.expect("imported");
    let found = all_transactions(&store).await;
    assert_eq!(found, [recorded(&exchange)]);
    let again = store.import_transactions(&id, &found, after_minutes(1)).await.expect("imported");
    assert_eq!(again, ImportOutcome { unchanged: 1, ..ImportOutcome::default() }, "what it gives back, it knows");
}

async fn what_came_back_or_was_owed_is_negative(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    let refunded = Transaction {
        fees: "-1.125".parse().expect("a number"),
        taxes: "-13.2".parse().expect("a number"),
        ..purchase("D01", 1)
    };
    let owed = Transaction {
        kind: "DIVIDEND".to_owned(),
        quantity: Some("-90".parse().expect("a number")),
        price: Some("-0.1".parse().expect("a number")),
        ..purchase("D01", 2)
    };
    store.import_transactions(&id, &[refunded.clone(), owed.clone()], start()).await.expect("imported");
    let found = all_transactions(&store).await;
    assert_eq!(found, [&refunded, &owed].map(recorded));
}

async fn a_transaction_knows_when_it_was_recorded(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    store.import_transactions(&id, &purchases("D01", 1), start()).await.expect("imported");
    store.import_transactions(&id, &purchases("D01", 2), after_minutes(7)).await.expect("imported");
    let found = all_transactions(&store).await;
    let recorded: Vec<_> = found.iter().map(|row| row.recorded_at).collect();
    assert_eq!(recorded, [Some(start()), Some(after_minutes(7))], "the first is known since its first import");
}

async fn nothing_new_is_booked_in_a_closed_year(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    store.import_transactions(&id, &purchases("D01", 1), start()).await.expect("imported");
    let book = Portfolio { locked_through: Some(date("2014-01-03")), ..portfolio("D01") };
    store.save_portfolio(&book, false, Clock::Fixed(start())).await.expect("the lock moves forward");

    // Number 1 is traded on 2 January, 2 on the third, 3 on the fourth.
    let outcome = store.import_transactions(&id, &purchases("D01", 3), start()).await.expect("imported");
    assert_eq!((outcome.inserted, outcome.unchanged, outcome.conflicts.len()), (1, 1, 0));
    let [refused] = outcome.locked.as_slice() else { panic!("one is dated in the closed year: {outcome:?}") };
    assert_eq!((refused.transaction_id.as_str(), refused.origin.as_str()), ("2", "D01/transactions.csv:2"));
    assert!(refused.message.contains("closed through 2014-01-03; book it"), "{}", refused.message);
    // What takes back a transaction of the closed year would change it, whatever its own date.
    let later = Transaction { kind: "REVERSAL".to_owned(), reverses: Some("1".to_owned()), ..purchase("D01", 9) };
    let outcome = store.import_transactions(&id, &[later], start()).await.expect("imported");
    assert_eq!((outcome.inserted, outcome.locked.len()), (0, 1));
    assert!(outcome.locked[0].message.contains("takes back `1` of 2014-01-02"), "{}", outcome.locked[0].message);
    let found = all_transactions(&store).await;
    assert_eq!(found, [&purchase("D01", 1), &purchase("D01", 3)].map(recorded));
}

async fn the_history_of_closed_years_comes_with_the_first_import(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let book = Portfolio { locked_through: Some(date("2014-01-31")), ..portfolio("D01") };
    store.save_portfolio(&book, false, Clock::Fixed(start())).await.expect("saved");
    let id = portfolio_id("D01");
    let outcome = store.import_transactions(&id, &purchases("D01", 2), start()).await.expect("imported");
    assert_eq!((outcome.inserted, outcome.locked.len()), (2, 0));
    let outcome = store.import_transactions(&id, &purchases("D01", 3), start()).await.expect("imported");
    assert_eq!((outcome.inserted, outcome.unchanged, outcome.locked.len()), (0, 2, 1));
}

async fn thousands_of_rows_come_back_page_by_page(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    // More rows than one statement inserts, in two portfolios.
    for portfolio in ["D02", "D01"] {
        let id = save_portfolio(&store, portfolio).await;
        let outcome = store.import_transactions(&id, &purchases(portfolio, 2_500), start()).await.expect("imported");
        assert_eq!(outcome.inserted, 2_500);
    }
    let found = all_transactions(&store).await;
    assert_eq!(found.len(), 5_000);
    let numbered = store.transactions_after(0, 5_001).await.expect("readable");
    assert!(numbered.windows(2).all(|pair| pair[0].0 < pair[1].0), "numbers grow");
    let (last, _) = numbered[2_499];
    let page = store.transactions_after(last, 10).await.expect("readable");
    assert_eq!(page, numbered[2_500..2_510], "a page begins after the number");
    assert_eq!(store.transaction_count_through(last).await.expect("readable"), 2_500);
    assert_eq!(store.transactions_after(numbered[4_999].0, 10).await.expect("readable"), []);
}

async fn the_fingerprint_changes_with_what_is_booked_up_to_a_date(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    let early = date("2014-01-03");
    assert_eq!(store.transaction_fingerprint(early).await.expect("readable"), "0:0:");

    store.import_transactions(&id, &purchases("D01", 2), start()).await.expect("imported");
    let first = store.transaction_fingerprint(early).await.expect("readable");
    assert_eq!(first, "2:2:2015-01-01T02:00:00.000000Z");

    // Number 9 is traded on 10 January: it is news for that day, not for the days before.
    store.import_transactions(&id, &[purchase("D01", 9)], start()).await.expect("imported");
    assert_eq!(store.transaction_fingerprint(early).await.expect("readable"), first);
    assert_ne!(store.transaction_fingerprint(date("2014-01-10")).await.expect("readable"), first);
}

async fn four_imports_of_one_file_at_once_book_it_once(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    let mut imports = JoinSet::new();
    for _ in 0..4 {
        let (store, id) = (store.clone(), id.clone());
        imports.spawn(async move { store.import_transactions(&id, &purchases("D01", 200), start()).await });
    }
    let mut inserted = 0;
    let mut unchanged = 0;
    for outcome in imports.join_all().await {
        let outcome = outcome.expect("imported");
        inserted += outcome.inserted;
        unchanged += outcome.unchanged;
        assert!(outcome.conflicts.is_empty());
    }
    assert_eq!((inserted, unchanged), (200, 600));
}

async fn transactions_need_their_portfolio(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let unknown = portfolio_id("D01");
    let error = store.import_transactions(&unknown, &purchases("D01", 1), start()).await.expect_err("unknown");
    assert!(matches!(error, Error::UnknownPortfolio { .. }), "{error}");

    let id = save_portfolio(&store, "D02").await;
    let error = store.import_transactions(&id, &purchases("D01", 1), start()).await.expect_err("another's");
    assert!(matches!(error, Error::OtherPortfolio { .. }), "{error}");
}

async fn refused_content_is_told_from_other_errors(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    // An amount in no currency.
    let one_sided = Transaction { counter_amount: Some("5".parse().expect("a number")), ..purchase("D01", 2) };
    let file = [purchase("D01", 1), one_sided];
    let error = store.import_transactions(&id, &file, start()).await.expect_err("refused");
    assert!(error.is_refused_content(), "{error}");
    let found = all_transactions(&store).await;
    assert!(found.is_empty(), "nothing of the file");
    let error = store.import_transactions(&portfolio_id("D02"), &[], start()).await.expect_err("unknown");
    assert!(!error.is_refused_content(), "{error}");
    let outcome = store.import_transactions(&id, &purchases("D01", 1), start()).await.expect("the store goes on");
    assert_eq!(outcome.inserted, 1);
}
