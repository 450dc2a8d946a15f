//! Importing many books at once: each as if it came alone, all or none.

use schemas::Clock;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::transactions::Transaction;
use store::{Book, BookOutcome, Error, SaveOutcome, Store, StoreKind};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{all_transactions, date, portfolio, purchase, start};

on_both_engines!(
    books_come_in_together_and_again_without_a_change,
    a_book_that_opens_closed_years_is_refused_by_itself,
    what_the_database_refuses_leaves_nothing_of_any_book,
    books_given_in_any_order_at_once_are_booked_once,
);

fn folder(id: &str, count: i64) -> (Portfolio, Vec<Transaction>) {
    (portfolio(id), (1..=count).map(|number| purchase(id, number)).collect())
}

async fn import(store: &Store, folders: &[(Portfolio, Vec<Transaction>)]) -> Result<Vec<BookOutcome>, Error> {
    let book = |(portfolio, transactions)| Book { portfolio, synthetic: false, transactions };
    let books: Vec<Book<'_>> = folders.iter().map(|(portfolio, rows)| book((portfolio, rows.as_slice()))).collect();
    store.import_books(&books, Clock::Fixed(start())).await
}

/// What was saved, inserted and unchanged, book by book; none for one that was refused.
fn counts(outcomes: &[BookOutcome]) -> Vec<Option<(SaveOutcome, u64, u64)>> {
    let of = |outcome: &BookOutcome| match outcome {
        BookOutcome::Taken(saved, imported) => Some((*saved, imported.inserted, imported.unchanged)),
        BookOutcome::Refused(_) => None,
    };
    outcomes.iter().map(of).collect()
}

async fn books_come_in_together_and_again_without_a_change(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let folders = [folder("D02", 3), folder("D01", 2), folder("D03", 0)];
    let outcomes = import(&store, &folders).await.expect("imported");
    let new = |rows| Some((SaveOutcome::Inserted, rows, 0));
    assert_eq!(counts(&outcomes), [new(3), new(2), new(0)], "in the order given");
    let again = import(&store, &folders).await.expect("imported");
    let known = |rows| Some((SaveOutcome::Unchanged, 0, rows));
    assert_eq!(counts(&again), [known(3), known(2), known(0)]);
    assert_eq!(all_transactions(&store).await.len(), 5);
}

async fn a_book_that_opens_closed_years_is_refused_by_itself(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let closed = Portfolio { locked_through: Some(date("2014-12-31")), ..portfolio("D01") };
    store.save_portfolio(&closed, false, Clock::Fixed(start())).await.expect("saved");
    let outcomes = import(&store, &[folder("D01", 2), folder("D02", 1)]).await.expect("imported");
    assert_eq!(counts(&outcomes), [None, Some((SaveOutcome::Inserted, 1, 0))]);
    let BookOutcome::Refused(error) = &outcomes[0] else { panic!("refused: {outcomes:?}") };
    assert!(error.is_of_closed_years(), "{error}");
    let booked: Vec<String> = all_transactions(&store).await.iter().map(|row| row.portfolio_id.to_string()).collect();
    assert_eq!(booked, ["D02"], "nothing of the book that was refused");
}

async fn what_the_database_refuses_leaves_nothing_of_any_book(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let mut folders = [folder("D01", 2), folder("D02", 2)];
    // An amount in no currency.
    folders[1].1[1].counter_amount = Some("5".parse().expect("a number"));
    let error = import(&store, &folders).await.expect_err("refused");
    assert!(error.is_refused_content(), "{error}");
    assert!(all_transactions(&store).await.is_empty());
    assert!(store.portfolios().await.expect("readable").is_empty());
    let outcomes = import(&store, &folders[..1]).await.expect("the store goes on");
    assert_eq!(counts(&outcomes), [Some((SaveOutcome::Inserted, 2, 0))]);
}

async fn books_given_in_any_order_at_once_are_booked_once(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let mut imports = JoinSet::new();
    for turn in 0..4 {
        let store = store.clone();
        imports.spawn(async move {
            let mut folders = [folder("D01", 50), folder("D02", 50), folder("D03", 50)];
            folders.rotate_left(turn % 3);
            import(&store, &folders).await
        });
    }
    let mut inserted = 0;
    while let Some(ended) = imports.join_next().await {
        let outcomes = ended.expect("no panic").expect("nobody waits in a ring");
        inserted += counts(&outcomes).iter().flatten().map(|(_, inserted, _)| inserted).sum::<u64>();
    }
    assert_eq!((inserted, all_transactions(&store).await.len()), (150, 150));
}
