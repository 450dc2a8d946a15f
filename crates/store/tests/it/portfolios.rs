//! Saving and reading portfolios.

use schemas::Clock;
use schemas::tables::portfolios::Portfolio;
use store::{Error, SaveOutcome, StoreKind};

use crate::places::{Place, on_both_engines};
use crate::samples::{date, portfolio, portfolio_id, start};

on_both_engines!(
    a_portfolio_is_inserted_unchanged_or_changed,
    portfolios_come_in_the_order_of_their_ids,
    a_rate_that_is_no_number_is_refused,
    a_lock_only_moves_forward,
    closed_years_keep_their_cost_basis,
);

async fn a_portfolio_is_inserted_unchanged_or_changed(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let clock = Clock::Fixed(start());
    let mut book = portfolio("D01");
    assert_eq!(store.save_portfolio(&book, false, clock).await.expect("saved"), SaveOutcome::Inserted);
    assert_eq!(store.save_portfolio(&book, false, clock).await.expect("saved"), SaveOutcome::Unchanged);

    book.end_date = Some(date("2015-06-30"));
    book.benchmark_symbol = None;
    book.benchmark_blend = Some("SPY 0.6, AGG 0.4; quarterly".to_owned());
    book.risk_free_annual = None;
    book.risk_free_source = Some("M1".parse().expect("an id"));
    book.client_email = Some("client@example.org".to_owned());
    book.delivery = Some("email, webhook".to_owned());
    book.language = schemas::Language::French;
    book.confirmations = true;
    book.cost_basis = "fifo; 2024-01-01 average_cost".to_owned();
    book.locked_through = Some(date("2014-12-31"));
    assert_eq!(store.save_portfolio(&book, false, clock).await.expect("saved"), SaveOutcome::Changed);
    assert_eq!(store.portfolio(&portfolio_id("D01")).await.expect("readable"), Some(book));
    assert_eq!(store.portfolio(&portfolio_id("D02")).await.expect("readable"), None);
}

async fn portfolios_come_in_the_order_of_their_ids(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    // Byte by byte, as in the rest of the house: capital letters before small ones, `-` before digits.
    let ordered = ["A-1", "A1", "B", "a"];
    for id in ["a", "B", "A1", "A-1"] {
        store.save_portfolio(&portfolio(id), false, Clock::Fixed(start())).await.expect("saved");
    }
    let found = store.portfolios().await.expect("readable");
    let ids: Vec<&str> = found.iter().map(|portfolio| portfolio.portfolio_id.as_str()).collect();
    assert_eq!(ids, ordered);
}

async fn a_rate_that_is_no_number_is_refused(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let mut book = portfolio("D01");
    book.risk_free_annual = Some(f64::NAN);
    let error = store.save_portfolio(&book, false, Clock::Fixed(start())).await.expect_err("no number");
    assert!(matches!(error, Error::RiskFreeRate { .. }), "{error}");
}

async fn a_lock_only_moves_forward(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let clock = Clock::Fixed(start());
    let locked = |lock: Option<&str>| Portfolio { locked_through: lock.map(date), ..portfolio("D01") };
    for lock in [None, Some("2013-12-31"), Some("2014-12-31")] {
        store.save_portfolio(&locked(lock), false, clock).await.expect("forward");
    }
    for (lock, told) in [(None, "the new lock is none"), (Some("2014-12-30"), "the new lock is 2014-12-30")] {
        let error = store.save_portfolio(&locked(lock), false, clock).await.expect_err("backward");
        assert!(matches!(error, Error::LockMovedBack { .. }), "{error}");
        assert!(error.to_string().contains("closed through 2014-12-31") && error.to_string().contains(told), "{error}");
    }
    let stored = store.portfolio(&portfolio_id("D01")).await.expect("readable").expect("there");
    assert_eq!(stored.locked_through, Some(date("2014-12-31")));
}

async fn closed_years_keep_their_cost_basis(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let clock = Clock::Fixed(start());
    let with = |cost_basis: &str| Portfolio {
        cost_basis: cost_basis.to_owned(),
        locked_through: Some(date("2023-12-31")),
        ..portfolio("D01")
    };
    store.save_portfolio(&with("fifo"), false, clock).await.expect("saved");
    for cost_basis in ["lifo", "fifo; 2023-12-31 lifo"] {
        let error = store.save_portfolio(&with(cost_basis), false, clock).await.expect_err("a closed year");
        assert!(matches!(error, Error::LockedCostBasis { .. }), "{error}");
    }
    let saved = store.save_portfolio(&with("fifo; 2024-01-01 lifo"), false, clock).await.expect("the years after");
    assert_eq!(saved, SaveOutcome::Changed);
}
