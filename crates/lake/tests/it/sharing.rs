//! One folder, several handles: what one process writes, the others see, and nobody's rows are lost.

use schemas::table::Record;
use schemas::tables::quotes::Quote;
use tempfile::TempDir;

use crate::places::{key, open_folder, quote, quotes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_handle_sees_what_the_first_writes() {
    let folder = TempDir::new().expect("a temporary folder");
    let (first, second) = (open_folder(folder.path()), open_folder(folder.path()));
    assert!(quotes(&second).await.is_empty());
    first.append(&[quote("AAA", 0, 100)], &key(1)).await.expect("written");
    assert_eq!(quotes(&second).await, [quote("AAA", 0, 100)]);
    let again = second.append(&[quote("AAA", 0, 100)], &key(1)).await.expect("not refused");
    assert!(again.already_done, "the second handle knows what the first has done");
    second.upsert(&[quote("AAA", 0, 101)], &key(2)).await.expect("written");
    first.append(&[quote("AAA", 1, 102)], &key(3)).await.expect("written on top of the other's version");
    assert_eq!(quotes(&first).await, [quote("AAA", 0, 101), quote("AAA", 1, 102)]);
    assert_eq!(quotes(&first).await, quotes(&second).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_at_once_lose_no_row_that_they_were_told_is_written() {
    let folder = TempDir::new().expect("a temporary folder");
    let (first, second) = (open_folder(folder.path()), open_folder(folder.path()));
    let mut expected: Vec<Quote> = Vec::new();
    for (day, revision) in (0_u64..6).zip(1_i64..) {
        let (left, right) = ([quote("AAA", day, 100)], [quote("BBB", day, 200)]);
        let (left_key, right_key) = (lake::WriteKey::new("left", revision), lake::WriteKey::new("right", revision));
        let (left_written, right_written) =
            tokio::join!(first.append(&left, &left_key), second.append(&right, &right_key));
        assert!(left_written.is_ok() || right_written.is_ok(), "{left_written:?} {right_written:?}");
        for (rows, written) in [(left, left_written), (right, right_written)] {
            if written.is_ok() {
                expected.extend(rows);
            }
        }
    }
    expected
        .sort_by(|left, right| (&left.instrument_id, left.quote_date).cmp(&(&right.instrument_id, right.quote_date)));
    assert_eq!(quotes(&first).await, expected);
    assert_eq!(quotes(&open_folder(folder.path())).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_handle_reads_a_table_of_many_commits() {
    // More commits than lie between two checkpoints, so that files, dates and keys come back from one.
    let folder = TempDir::new().expect("a temporary folder");
    let writer = open_folder(folder.path());
    for (day, revision) in (0_u64..25).zip(1_i64..) {
        writer.append(&[quote("AAA", day, 100)], &key(revision)).await.expect("written");
    }
    let reader = open_folder(folder.path());
    let expected: Vec<Quote> = (0..25).map(|day| quote("AAA", day, 100)).collect();
    assert_eq!(quotes(&reader).await, expected);
    assert_eq!(reader.written_revision(Quote::TABLE, "test").await.expect("readable"), Some(25));
    assert!(reader.append(&[quote("AAA", 0, 1)], &key(3)).await.expect("not refused").already_done);
}
