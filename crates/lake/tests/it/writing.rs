//! Appending, replacing as a whole, inserting by key, and doing each once.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, Schema};
use lake::{Error, Written};
use schemas::table::Record;
use schemas::tables::quotes::Quote;

use crate::places::{Place, key, quote, quotes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appended_rows_come_to_those_that_are_there() {
    for place in Place::each() {
        let lake = &place.lake;
        assert!(quotes(lake).await.is_empty(), "a lake without a table is an empty one");
        let first = lake.append(&[quote("AAA", 0, 100)], &key(1)).await.expect("written");
        let second = lake.append(&[quote("AAA", 1, 101), quote("BBB", 0, 7)], &key(2)).await.expect("written");
        assert_eq!((first.rows, second.rows), (1, 2));
        assert!(first.version < second.version);
        assert_eq!(quotes(lake).await, [quote("AAA", 0, 100), quote("AAA", 1, 101), quote("BBB", 0, 7)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replacing_all_leaves_nothing_of_what_was_there() {
    for place in Place::each() {
        let lake = &place.lake;
        lake.append(&[quote("AAA", 0, 100), quote("AAA", 40, 101)], &key(1)).await.expect("written");
        lake.replace_all(&[quote("BBB", 0, 7)], &key(2)).await.expect("written");
        assert_eq!(quotes(lake).await, [quote("BBB", 0, 7)]);
        lake.replace_all::<Quote>(&[], &key(3)).await.expect("written");
        assert!(quotes(lake).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upsert_replaces_by_key_and_keeps_the_others() {
    for place in Place::each() {
        let lake = &place.lake;
        let stored = [quote("AAA", 0, 100), quote("AAA", 5, 105), quote("BBB", 5, 7), quote("BBB", 90, 8)];
        lake.append(&stored[..3], &key(1)).await.expect("written");
        lake.append(&stored[3..], &key(2)).await.expect("written");
        let given = [quote("AAA", 5, 999), quote("CCC", 5, 1)];
        assert_eq!(lake.upsert(&given, &key(3)).await.expect("written").rows, 2);
        let expected =
            [quote("AAA", 0, 100), quote("AAA", 5, 999), quote("BBB", 5, 7), quote("BBB", 90, 8), quote("CCC", 5, 1)];
        assert_eq!(quotes(lake).await, expected);
        lake.upsert::<Quote>(&[], &key(4)).await.expect("written");
        assert_eq!(quotes(lake).await, expected, "an upsert of nothing changes no row");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_with_a_key_that_was_seen_does_nothing_and_says_so() {
    for place in Place::each() {
        let lake = &place.lake;
        assert_eq!(lake.written_revision(Quote::TABLE, "test").await.expect("readable"), None);
        let first = lake.append(&[quote("AAA", 0, 100)], &key(2)).await.expect("written");
        for revision in [2, 1] {
            let again = lake.append(&[quote("AAA", 1, 101)], &key(revision)).await.expect("not refused");
            assert_eq!(again, Written { version: first.version, rows: 0, already_done: true });
            let again = lake.replace_all::<Quote>(&[], &key(revision)).await.expect("not refused");
            assert!(again.already_done);
        }
        assert_eq!(quotes(lake).await, [quote("AAA", 0, 100)]);
        assert_eq!(lake.written_revision(Quote::TABLE, "test").await.expect("readable"), Some(2));
        let other = lake::WriteKey::new("somebody else", 1);
        assert!(!lake.append(&[quote("BBB", 0, 7)], &other).await.expect("written").already_done);
        assert_eq!(lake.written_revision(Quote::TABLE, "test").await.expect("readable"), Some(2));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_too_large_is_refused_and_nothing_is_written() {
    for place in Place::each() {
        let lake = &place.lake;
        // A price has 28 digits, twelve of them decimals: 10^16 is the first that does not fit.
        let mut huge = quote("AAA", 1, 1);
        huge.close = "10000000000000000".parse().expect("a number");
        let rows = [quote("AAA", 0, 100), huge];
        let error = lake.append(&rows, &key(1)).await.expect_err("refused");
        assert!(matches!(error, Error::Rows(_)), "{error}");
        assert!(error.to_string().contains("silver.quotes.close: 10000000000000000 is too large"), "{error}");
        assert_eq!(lake.snapshot(Quote::TABLE).await.expect("a snapshot").version(), None);
        let repaired = lake.append(&rows[..1], &key(1)).await.expect("written");
        assert!(!repaired.already_done, "the refused write does not count as done");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_made_from_a_version_are_added_only_to_that_version() {
    for place in Place::each() {
        let lake = &place.lake;
        let first = lake.append_at(None, &[quote("AAA", 0, 100)], &key(1)).await.expect("not refused");
        let version = first.expect("the table was not there").version;
        let late = lake.append_at(None, &[quote("BBB", 0, 7)], &key(2)).await.expect("not refused");
        assert_eq!(late, None, "somebody else has written meanwhile");
        let next = lake.append_at(version, &[quote("AAA", 1, 101)], &key(2)).await.expect("not refused");
        assert!(next.is_some_and(|written| version < written.version));
        assert_eq!(quotes(lake).await, [quote("AAA", 0, 100), quote("AAA", 1, 101)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_that_are_held_once_are_written_as_texts() {
    for place in Place::each() {
        let lake = &place.lake;
        let rows = [quote("AAA", 0, 100), quote("AAA", 1, 101), quote("BBB", 1, 7)];
        let batch = Quote::to_batch(&rows).expect("rows");
        let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let of_words = |(field, column): (&Arc<Field>, &ArrayRef)| {
            let kind = if *field.data_type() == DataType::Utf8 { &words } else { field.data_type() };
            let column = arrow::compute::cast(column, kind).expect("texts have numbers");
            (Field::clone(field).with_data_type(kind.clone()), column)
        };
        let schema = batch.schema();
        let (fields, columns): (Vec<Field>, Vec<ArrayRef>) =
            schema.fields().iter().zip(batch.columns()).map(of_words).unzip();
        let short = lake::RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("columns fit");
        assert_ne!(short.schema(), batch.schema());
        let (from, to) = (rows[0].quote_date, rows[2].quote_date);
        let written = lake.replace_dates_batches(Quote::TABLE, from, to, &[short], &key(1)).await.expect("written");
        assert_eq!(written.rows, 3);
        assert_eq!(quotes(lake).await, rows);
    }
}
