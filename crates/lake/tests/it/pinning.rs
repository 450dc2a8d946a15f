//! A version, once read, stays as it is.

use lake::DateRange;
use schemas::table::Record;
use schemas::tables::quotes::Quote;

use crate::places::{Place, date, key, quote, quotes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pinned_snapshot_reads_the_old_rows_after_every_kind_of_write() {
    for place in Place::each() {
        let lake = &place.lake;
        let old = [quote("AAA", 0, 100), quote("AAA", 1, 101)];
        lake.append(&old, &key(1)).await.expect("written");
        let pinned = lake.snapshot(Quote::TABLE).await.expect("a snapshot");
        let version = pinned.version().expect("something was written");
        lake.append(&[quote("AAA", 2, 102)], &key(2)).await.expect("written");
        lake.upsert(&[quote("AAA", 0, 999)], &key(3)).await.expect("written");
        lake.replace_dates(date(1), date(1), &[quote("BBB", 1, 7)], &key(4)).await.expect("written");
        assert_eq!(quotes(lake).await, [quote("AAA", 0, 999), quote("AAA", 2, 102), quote("BBB", 1, 7)]);
        lake.replace_all::<Quote>(&[], &key(5)).await.expect("written");
        let named = lake.snapshot_at(Quote::TABLE, version).await.expect("the version is there");
        for snapshot in [pinned, named] {
            assert_eq!((snapshot.version(), snapshot.row_count()), (Some(version), 2));
            let mut rows: Vec<Quote> = lake::read::rows(&snapshot, lake, DateRange::ALL).await.expect("rows");
            rows.sort_by_key(|row| row.quote_date);
            assert_eq!(rows, old);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_never_was_is_an_error() {
    let place = Place::memory();
    place.lake.append(&[quote("AAA", 0, 100)], &key(1)).await.expect("written");
    assert!(place.lake.snapshot_at(Quote::TABLE, 99).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_reads_its_rows_and_no_others_of_the_same_file() {
    let place = Place::memory();
    let lake = &place.lake;
    let stored: Vec<Quote> = (0..10).map(|day| quote("AAA", day, 100)).collect();
    lake.append(&stored, &key(1)).await.expect("written");
    let snapshot = lake.snapshot(Quote::TABLE).await.expect("a snapshot");
    for (range, expected) in [
        (DateRange::between(date(3), date(5)), &stored[3..6]),
        (DateRange::through(date(2)), &stored[..3]),
        (DateRange::between(date(20), date(30)), &stored[..0]),
    ] {
        let mut rows: Vec<Quote> = lake::read::rows(&snapshot, lake, range).await.expect("rows");
        rows.sort_by_key(|row| row.quote_date);
        assert_eq!(rows, expected, "{range:?}");
    }
}
