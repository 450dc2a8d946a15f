//! Replacing a range of dates: exactly the range, whatever the files look like.

use std::collections::BTreeMap;

use lake::Lake;
use proptest::prelude::*;
use schemas::tables::quotes::Quote;
use schemas::{BusinessDate, Price};

use crate::places::{Place, date, key, quote, quotes};

const SYMBOLS: [&str; 2] = ["AAA", "BBB"];

/// A table as it should be: the close in cents by symbol and day.
type Model = BTreeMap<(usize, u64), i64>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_more_dates_than_the_range_keeps_the_others() {
    for place in Place::each() {
        let lake = &place.lake;
        let stored: Vec<Quote> = (0..10).map(|day| quote("AAA", day, 100)).collect();
        lake.append(&stored, &key(1)).await.expect("written");
        let given = [quote("AAA", 4, 999), quote("BBB", 3, 7)];
        assert_eq!(lake.replace_dates(date(3), date(5), &given, &key(2)).await.expect("written").rows, 2);
        let mut expected: Vec<Quote> = stored.iter().filter(|row| row.quote_date < date(3)).cloned().collect();
        expected.push(quote("AAA", 4, 999));
        expected.extend(stored.iter().filter(|row| date(5) < row.quote_date).cloned());
        expected.push(quote("BBB", 3, 7));
        assert_eq!(quotes(lake).await, expected);
        lake.replace_dates::<Quote>(date(0), date(9), &[], &key(3)).await.expect("written");
        assert!(quotes(lake).await.is_empty(), "no rows for a range empty it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_outside_the_range_are_an_error_and_nothing_is_written() {
    let place = Place::memory();
    let lake = &place.lake;
    let stored = [quote("AAA", 0, 100), quote("AAA", 4, 100)];
    lake.append(&stored, &key(1)).await.expect("written");
    for outside in [2, 6] {
        let given = [quote("AAA", 4, 999), quote("AAA", outside, 7)];
        let written = lake.replace_dates(date(3), date(5), &given, &key(2)).await;
        assert!(written.is_err(), "day {outside} is not in the range: {written:?}");
        assert_eq!(quotes(lake).await, stored);
    }
}

/// A range, and rows inside it.
fn any_write() -> impl Strategy<Value = (u64, u64, Model)> {
    (0_u64..12, 0_u64..5).prop_flat_map(|(from, length)| {
        let to = from + length;
        let rows = prop::collection::btree_map((0..SYMBOLS.len(), from..=to), 1_i64..1000, 0..8);
        (Just(from), Just(to), rows)
    })
}

async fn replay(lake: &Lake, writes: &[(u64, u64, Model)]) -> Model {
    let mut model = Model::new();
    for ((from, to, rows), revision) in writes.iter().zip(1_i64..) {
        let given: Vec<Quote> =
            rows.iter().map(|((symbol, day), cents)| quote(SYMBOLS[*symbol], *day, *cents)).collect();
        lake.replace_dates(date(*from), date(*to), &given, &key(revision)).await.expect("written");
        model.retain(|(_, day), _| day < from || to < day);
        model.extend(rows);
    }
    model
}

fn by_key(rows: &[Quote]) -> Vec<(&str, BusinessDate, Price)> {
    rows.iter().map(|row| (row.instrument_id.symbol(), row.quote_date, row.close)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_ranges_replace_what_is_in_them_and_nothing_else(writes in prop::collection::vec(any_write(), 1..6)) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let place = Place::memory();
        let (stored, model) = runtime.block_on(async {
            let model = replay(&place.lake, &writes).await;
            (quotes(&place.lake).await, model)
        });
        let expected: Vec<Quote> =
            model.iter().map(|((symbol, day), cents)| quote(SYMBOLS[*symbol], *day, *cents)).collect();
        prop_assert_eq!(by_key(&stored), by_key(&expected));
    }
}
