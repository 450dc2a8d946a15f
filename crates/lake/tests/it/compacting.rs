//! Many small files become few, and no row is lost or changed.

use lake::maintenance::{Compacted, compact};
use lake::{DateRange, Lake};
use schemas::table::Record;
use schemas::tables::quotes::Quote;

use crate::places::{Place, date, key, quote, quotes};

async fn write_days(lake: &Lake, days: u64) {
    for (day, revision) in (0..days).zip(1_i64..) {
        let rows = [quote("AAA", day, 100 + revision), quote("BBB", day, revision)];
        lake.replace_dates(date(day), date(day), &rows, &key(revision)).await.expect("written");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compaction_keeps_every_row_in_fewer_files() {
    for place in Place::each() {
        let lake = &place.lake;
        write_days(lake, 20).await;
        let before = quotes(lake).await;
        let pinned = lake.snapshot(Quote::TABLE).await.expect("a snapshot");
        let compacted = compact(lake, Quote::TABLE).await.expect("compacted");
        assert_eq!(compacted, Compacted { files_before: 20, files_after: 1 });
        assert_eq!(quotes(lake).await, before);
        let old: Vec<Quote> = lake::read::rows(&pinned, lake, DateRange::ALL).await.expect("the old files are kept");
        assert_eq!(old.len(), before.len());
        let again = compact(lake, Quote::TABLE).await.expect("compacted");
        assert_eq!(again, Compacted { files_before: 1, files_after: 1 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_compacted_table_is_written_and_remembers_as_before() {
    let place = Place::memory();
    let lake = &place.lake;
    write_days(lake, 16).await;
    compact(lake, Quote::TABLE).await.expect("compacted");
    let seen = lake.append(&[quote("CCC", 0, 1)], &key(16)).await.expect("not refused");
    assert!(seen.already_done, "what was written stays known");
    lake.replace_dates(date(2), date(6), &[quote("CCC", 2, 5)], &key(17)).await.expect("written");
    let symbols: Vec<String> =
        quotes(lake).await.iter().map(|row| format!("{} {}", row.instrument_id.symbol(), row.quote_date)).collect();
    let mut rows = Vec::new();
    for symbol in ["AAA", "BBB"] {
        rows.extend((0..16).filter(|day| !(2..=6).contains(day)).map(|day| format!("{symbol} {}", date(day))));
    }
    rows.push(format!("CCC {}", date(2)));
    assert_eq!(symbols, rows);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_files_are_left_as_they_are() {
    let place = Place::memory();
    write_days(&place.lake, 7).await;
    let version = place.lake.snapshot(Quote::TABLE).await.expect("a snapshot").version();
    let compacted = compact(&place.lake, Quote::TABLE).await.expect("done");
    assert_eq!(compacted, Compacted { files_before: 7, files_after: 7 });
    assert_eq!(place.lake.snapshot(Quote::TABLE).await.expect("a snapshot").version(), version);
}
