//! Opening stores: what is made, what is kept apart, and what happens when several processes come at once.

use schemas::Clock;
use store::{Error, PublishOutcome, StatementEvent, Store, StoreKind};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{
    all_transactions, claimed_run, date, mail, portfolio, purchase, recorded, save_portfolio, start, statement,
};

on_both_engines!(
    a_store_stays_what_it_was_made_for,
    invented_and_real_portfolios_are_kept_apart,
    the_database_itself_keeps_them_apart,
    eight_processes_open_a_new_store_at_once,
    what_was_booked_before_a_column_was_added_is_kept,
    what_was_published_before_statements_had_subjects_is_kept,
);

async fn a_store_stays_what_it_was_made_for(place: &Place) {
    let demo = place.open(StoreKind::Demo).await;
    assert_eq!(demo.kind(), StoreKind::Demo);

    let error = Store::open(&place.url, StoreKind::Live).await.expect_err("a demo store is no live store");
    assert!(matches!(error, Error::WrongKind { found: StoreKind::Demo, wanted: StoreKind::Live, .. }), "{error}");
    assert!(error.to_string().starts_with("this is a demo store, and a live store is needed"), "{error}");

    assert_eq!(place.open(StoreKind::Demo).await.kind(), StoreKind::Demo);
    let changed = place.execute("UPDATE stores SET kind = 'live'").await;
    assert!(changed.is_err(), "what a store is for never changes");
}

async fn invented_and_real_portfolios_are_kept_apart(place: &Place) {
    let live = place.open(StoreKind::Live).await;
    let clock = Clock::Fixed(start());
    let error = live.save_portfolio(&portfolio("X1"), true, clock).await.expect_err("invented");
    assert!(matches!(error, Error::SyntheticPortfolio { .. }), "{error}");
    assert!(live.portfolios().await.expect("readable").is_empty());

    let other = Place::sqlite().await;
    let demo = other.open(StoreKind::Demo).await;
    let error = demo.save_portfolio(&portfolio("X1"), false, clock).await.expect_err("real");
    assert!(matches!(error, Error::RealPortfolio { .. }), "{error}");
    demo.save_portfolio(&portfolio("X1"), true, clock).await.expect("invented, in a demo store");
    other.remove().await;
}

async fn the_database_itself_keeps_them_apart(place: &Place) {
    let live = place.open(StoreKind::Live).await;
    live.save_portfolio(&portfolio("X1"), false, Clock::Fixed(start())).await.expect("real, in a live store");
    let changed = place.execute("UPDATE portfolios SET store_kind = 'demo'").await;
    assert!(changed.is_err(), "a live store has no demo portfolio");
}

async fn eight_processes_open_a_new_store_at_once(place: &Place) {
    let mut openings = JoinSet::new();
    for _ in 0..8 {
        let url = place.url.clone();
        openings.spawn(async move { Store::open(&url, StoreKind::Live).await.map(|store| store.kind()) });
    }
    for opened in openings.join_all().await {
        assert_eq!(opened.expect("the store opens"), StoreKind::Live);
    }
}

/// What 0008_lots_and_locks adds, taken away again, and that it was done.
const WITHOUT_LOTS_AND_LOCKS: [&str; 9] = [
    "ALTER TABLE transactions DROP COLUMN settlement_date",
    "ALTER TABLE transactions DROP COLUMN lot_cost",
    "ALTER TABLE transactions DROP COLUMN lot_acquired_date",
    "ALTER TABLE transactions DROP COLUMN lots_closed",
    "ALTER TABLE transactions DROP COLUMN reverses",
    "ALTER TABLE transactions DROP COLUMN counter_portfolio_id",
    "ALTER TABLE portfolios DROP COLUMN cost_basis",
    "ALTER TABLE portfolios DROP COLUMN locked_through",
    "DELETE FROM _sqlx_migrations WHERE version = 8",
];

async fn what_was_booked_before_a_column_was_added_is_kept(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    store.import_transactions(&id, &[purchase("D01", 1)], start()).await.expect("imported");
    store.close().await;
    for statement in WITHOUT_LOTS_AND_LOCKS {
        place.execute(statement).await.expect("the tables of the version before");
    }

    let store = place.open(StoreKind::Live).await;
    assert_eq!(store.portfolio(&id).await.expect("readable"), Some(portfolio("D01")));
    let found = all_transactions(&store).await;
    assert_eq!(found, [recorded(&purchase("D01", 1))]);
    let again = store.import_transactions(&id, &[purchase("D01", 1)], start()).await.expect("imported");
    assert_eq!((again.inserted, again.unchanged), (0, 1));
    store.close().await;
}

/// What 0020_statement_subjects adds, taken away again where SQLite would make it anew anyway.
const WITHOUT_SUBJECTS: [&str; 3] = [
    "ALTER TABLE statements DROP COLUMN subject_kind, DROP COLUMN subject_id",
    "ALTER TABLE statements ALTER COLUMN portfolio_id SET NOT NULL",
    "ALTER TABLE statements ADD UNIQUE (kind, portfolio_id, period_start, period_end, version)",
];

async fn what_was_published_before_statements_had_subjects_is_kept(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let id = save_portfolio(&store, "D01").await;
    let run = claimed_run(&store).await;
    let published = statement("D01", 1, &run);
    let event = StatementEvent { event: "17".to_owned(), event_date: date("2014-12-29") };
    let told =
        store.publish_statement_of_events(&published, &[mail("a@example.org")], std::slice::from_ref(&event)).await;
    assert_eq!(told.expect("published"), PublishOutcome::Inserted);
    store.close().await;
    let is_server = place.url.starts_with("postgres");
    for sql in WITHOUT_SUBJECTS.into_iter().filter(|_| is_server) {
        place.execute(sql).await.expect("the tables of the version before");
    }
    place.execute("DELETE FROM _sqlx_migrations WHERE version = 20").await.expect("not done yet");

    let store = place.open(StoreKind::Live).await;
    let found = store.statements(&id.into(), 10).await.expect("readable");
    assert_eq!(found, std::slice::from_ref(&published), "with its files");
    assert_eq!(store.events_of_statement(&published.id).await.expect("readable"), [event]);
    let deliveries = store.deliveries_of_statement(&published.id).await.expect("readable");
    assert_eq!(deliveries.len(), 1, "what refers to it is there");
    let again = store.publish_statement(&published).await.expect("answered");
    assert_eq!(again, PublishOutcome::Existing(published));
    assert!(place.execute("UPDATE statements SET version = 7").await.is_err(), "and it never changes");
    store.close().await;
}

#[tokio::test]
async fn other_databases_and_stores_without_a_file_are_refused() {
    let error = Store::open("mysql://user:secret@host/database", StoreKind::Live).await.expect_err("MySQL");
    assert!(matches!(error, Error::UnknownScheme { .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    for url in ["sqlite::memory:", "sqlite:", "sqlite://?mode=memory"] {
        let error = Store::open(url, StoreKind::Live).await.expect_err(url);
        assert!(matches!(error, Error::NoFile), "{url}: {error}");
    }
}
