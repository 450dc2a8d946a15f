//! Columns that hold a list of numbers in each row: written, read, replaced, compacted, added to a table later.

use lake::maintenance::compact;
use lake::{DateRange, Error, Lake};
use schemas::table::Record;
use serde_json::{Value, json};

use crate::places::{Place, date, key};

/// What instruments earn in each scenario of a day.
mod scenarios {
    use schemas::BusinessDate;

    schemas::table! {
        /// One row per instrument and day.
        Scenarios = "gold.scenarios", key ["symbol", "scenario_date"], dated Some("scenario_date"),
        /// The instrument.
        symbol: String,
        /// The day.
        scenario_date: BusinessDate,
        /// A return for each scenario.
        returns: Vec<f64>,
        /// The same after costs, where these are known.
        returns_after_costs: Option<Vec<f64>>,
    }
}

/// The table before it had lists.
mod before {
    use schemas::BusinessDate;

    schemas::table! {
        /// One row per instrument and day.
        Before = "gold.scenarios", key ["symbol", "scenario_date"], dated Some("scenario_date"),
        /// The instrument.
        symbol: String,
        /// The day.
        scenario_date: BusinessDate,
    }
}

/// The table with lists that may be empty.
mod after {
    use schemas::BusinessDate;

    schemas::table! {
        /// One row per instrument and day.
        After = "gold.scenarios", key ["symbol", "scenario_date"], dated Some("scenario_date"),
        /// The instrument.
        symbol: String,
        /// The day.
        scenario_date: BusinessDate,
        /// A return for each scenario.
        returns: Option<Vec<f64>>,
    }
}

use after::After;
use before::Before;
use scenarios::Scenarios;

fn row(symbol: &str, day: u64, returns: &[f64]) -> Scenarios {
    Scenarios {
        symbol: symbol.to_owned(),
        scenario_date: date(day),
        returns: returns.to_vec(),
        returns_after_costs: day.is_multiple_of(2).then(|| returns.iter().map(|number| number - 0.125).collect()),
    }
}

async fn all<R: Record>(lake: &Lake, order: impl Fn(&R, &R) -> std::cmp::Ordering) -> Vec<R> {
    let snapshot = lake.snapshot(R::TABLE).await.expect("a snapshot");
    let mut rows: Vec<R> = lake::read::rows(&snapshot, lake, DateRange::ALL).await.expect("rows");
    rows.sort_by(order);
    rows
}

async fn scenarios(lake: &Lake) -> Vec<Scenarios> {
    let order = |left: &Scenarios, right: &Scenarios| {
        (&left.symbol, left.scenario_date).cmp(&(&right.symbol, right.scenario_date))
    };
    all(lake, order).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_kept_bit_for_bit_through_every_kind_of_write() {
    for place in Place::each() {
        let lake = &place.lake;
        // Numbers at the ends of what a number can be, a list without any, and lists of different lengths.
        let edges = [f64::MIN_POSITIVE, -0.0, f64::MAX, 0.1 + 0.2];
        let mut expected = vec![row("AAA", 0, &edges), row("AAA", 1, &[]), row("BBB", 0, &[0.5]), row("BBB", 40, &[])];
        lake.append(&expected, &key(1)).await.expect("written");
        assert_eq!(scenarios(lake).await, expected);
        assert!(scenarios(lake).await[0].returns[1].is_sign_negative(), "minus zero stays what it is");

        lake.upsert(&[row("BBB", 0, &[0.25, -0.75])], &key(2)).await.expect("written");
        expected[2] = row("BBB", 0, &[0.25, -0.75]);
        assert_eq!(scenarios(lake).await, expected);
        lake.replace_dates(date(1), date(3), &[row("AAA", 2, &[1.5; 600])], &key(3)).await.expect("written");
        expected[1] = row("AAA", 2, &[1.5; 600]);
        assert_eq!(scenarios(lake).await, expected);

        for (day, revision) in (100..116).zip(4..) {
            lake.append(&[row("CCC", day, &[0.001, 0.002])], &key(revision)).await.expect("written");
            expected.push(row("CCC", day, &[0.001, 0.002]));
        }
        compact(lake, Scenarios::TABLE).await.expect("compacted");
        assert_eq!(scenarios(lake).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_that_come_later_are_nothing_in_older_rows() {
    let place = Place::memory();
    let lake = &place.lake;
    let older = Before { symbol: "AAA".to_owned(), scenario_date: date(0) };
    lake.append(std::slice::from_ref(&older), &key(1)).await.expect("written");
    let needed = lake.append(&[row("AAA", 1, &[0.5])], &key(2)).await.expect_err("refused");
    assert!(matches!(needed, Error::Columns { .. }), "{needed}");
    assert!(needed.to_string().contains("`returns` is new and may not be empty"), "{needed}");

    let newer = After { symbol: "AAA".to_owned(), scenario_date: date(1), returns: Some(vec![0.5, 0.25]) };
    lake.append(std::slice::from_ref(&newer), &key(2)).await.expect("written");
    let filled = After { symbol: older.symbol, scenario_date: older.scenario_date, returns: None };
    let found = all(lake, |left: &After, right: &After| left.scenario_date.cmp(&right.scenario_date)).await;
    assert_eq!(found, [filled, newer]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_says_a_list_of_doubles_without_holes() {
    let place = Place::memory();
    let lake = &place.lake;
    lake.append(&[row("AAA", 0, &[0.5])], &key(1)).await.expect("written");
    let path = "gold/scenarios/_delta_log/00000000000000000000.json";
    let log = lake.storage().get(path).await.expect("a log");
    let actions = log.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let schema = actions.filter_map(|action| action["metaData"]["schemaString"].as_str().map(str::to_owned)).next();
    let schema: Value = serde_json::from_str(&schema.expect("a schema")).expect("JSON in a text");
    let list = json!({ "type": "array", "elementType": "double", "containsNull": false });
    let fields = schema["fields"].as_array().expect("fields");
    let lists: Vec<&Value> = fields.iter().filter(|field| field["type"] == list).map(|field| &field["name"]).collect();
    assert_eq!(lists, ["returns", "returns_after_costs"]);
}
