//! The same bytes land once, and nobody's file is lost.

use std::collections::BTreeSet;

use pipelines::landing::{Delivered, Landed, land, object_path, sha256};
use schemas::Clock;
use schemas::tables::landings::Landing;

use crate::samples::{all, clock, memory_lake};

fn delivered(market: &str, file_name: &str, text: &'static str) -> Delivered {
    Delivered {
        source: "book_folder",
        market_id: market.parse().expect("an id"),
        file_name: file_name.to_owned(),
        bytes: text.into(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_bytes_land_once() {
    let lake = memory_lake();
    let prices = delivered("M1", "prices.csv", "date,symbol,close,currency\n");
    let twice = [prices.clone(), prices.clone()];
    assert_eq!(land(&lake, &twice, clock()).await.expect("landed"), Landed { new: 1, known: 1 });
    assert_eq!(land(&lake, &twice, clock()).await.expect("landed"), Landed { new: 0, known: 2 });
    let landings = all::<Landing>(&lake).await;
    let [landing] = &landings[..] else { panic!("one landing: {landings:?}") };
    let hash = sha256(b"date,symbol,close,currency\n");
    assert_eq!((landing.landing_sequence, &landing.sha256, landing.byte_count), (1, &hash, 27));
    assert_eq!(Clock::Fixed(landing.landed_at), clock());
    let stored = lake.storage().get(&object_path("book_folder", &hash)).await.expect("the bytes are there");
    assert_eq!(stored, prices.bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_market_name_or_byte_is_another_landing() {
    let lake = memory_lake();
    let files = [
        delivered("M1", "fx.csv", "date,currency,units_per_eur\n"),
        delivered("M2", "fx.csv", "date,currency,units_per_eur\n"),
        delivered("M1", "prices.csv", "date,currency,units_per_eur\n"),
    ];
    assert_eq!(land(&lake, &files, clock()).await.expect("landed"), Landed { new: 3, known: 0 });
    let corrected = [delivered("M1", "fx.csv", "date,currency,units_per_eur\n2014-01-02,USD,1.3658\n")];
    assert_eq!(land(&lake, &corrected, clock()).await.expect("landed"), Landed { new: 1, known: 0 });
    let sequences: BTreeSet<i64> = all::<Landing>(&lake).await.iter().map(|landing| landing.landing_sequence).collect();
    assert_eq!(sequences, BTreeSet::from([1, 2, 3, 4]), "later files count, so the order is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_goes_back_to_an_earlier_content_is_the_newest_word() {
    let lake = memory_lake();
    let first = delivered("M1", "fx.csv", "date,currency,units_per_eur\n2014-01-02,USD,1.3658\n");
    let wrong = delivered("M1", "fx.csv", "date,currency,units_per_eur\n2014-01-02,USD,13.658\n");
    for file in [&first, &wrong, &first] {
        let landed = land(&lake, std::slice::from_ref(file), clock()).await.expect("landed");
        assert_eq!(landed, Landed { new: 1, known: 0 });
    }
    let mut landings = all::<Landing>(&lake).await;
    landings.sort_by_key(|landing| landing.landing_sequence);
    let hashes: Vec<&str> = landings.iter().map(|landing| landing.sha256.as_str()).collect();
    assert_eq!(hashes, [sha256(&first.bytes), sha256(&wrong.bytes), sha256(&first.bytes)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_landings_at_once_lose_no_file_and_give_no_number_twice() {
    let lake = memory_lake();
    // One file against two, so that the two do not end on the same number.
    let left = [delivered("M1", "fx.csv", "date,currency,units_per_eur\n")];
    let right = [
        delivered("M2", "instruments.csv", "symbol,currency\n"),
        delivered("M2", "prices.csv", "date,symbol,close,currency\n"),
    ];
    let (left_landed, right_landed) = tokio::join!(land(&lake, &left, clock()), land(&lake, &right, clock()));
    assert_eq!(left_landed.expect("landed"), Landed { new: 1, known: 0 });
    assert_eq!(right_landed.expect("landed"), Landed { new: 2, known: 0 });
    let landings = all::<Landing>(&lake).await;
    let files: BTreeSet<&str> = landings.iter().map(|landing| landing.file_name.as_str()).collect();
    assert_eq!(files, BTreeSet::from(["fx.csv", "instruments.csv", "prices.csv"]));
    let sequences: BTreeSet<i64> = landings.iter().map(|landing| landing.landing_sequence).collect();
    assert_eq!(sequences, BTreeSet::from([1, 2, 3]), "the number says up to where files have been conformed");
}
