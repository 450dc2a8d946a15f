//! The risk of portfolios from Parquet files: by hand, however the files are cut, and never made up.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Int32Array, RecordBatch};
use arrow::datatypes::{Field, Schema};
use lake::files::row_groups::{RowGroupReader, RowGroupWriter};
use pipelines::parquet_books::{FilesReport, historical_simulation};

use crate::parquet_books::{read, texts};

/// Figures of a few operations in `f64` agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;

type Scenario = (i32, &'static str, Option<f64>);
type Position = (&'static str, &'static str, Option<f64>);

/// A hundred scenarios in which AAA returns −50 %, −49 %, …, +49 % in a shuffled order; BBB rises by 5 % in the second
/// worst of them and CCC has no return in one.
fn scenarios() -> Vec<Scenario> {
    let rank = |scenario: i32| scenario * 37 % 100;
    let of_scenario = |scenario: i32| {
        let aaa = f64::from(rank(scenario) - 50) / 100.0;
        let bbb = if rank(scenario) == 1 { 0.05 } else { 0.0 };
        let ccc = (scenario != 17).then_some(0.01);
        [(scenario, "AAA", Some(aaa)), (scenario, "BBB", Some(bbb)), (scenario, "CCC", ccc)]
    };
    (0..100).flat_map(of_scenario).collect()
}

fn positions() -> Vec<Position> {
    vec![
        ("P1", "AAA", Some(200.0)),
        ("P1", "BBB", Some(-10.0)),
        ("P2", "AAA", Some(100.0)),
        ("P2", "CCC", Some(1.0)),
        ("P3", "BBB", Some(1.0)),
        ("P3", "DDD", Some(2.0)),
        ("P4", "AAA", None),
        ("P5", "AAA", Some(50.0)),
    ]
}

/// Writes columns in row groups of so many rows.
pub(crate) fn write_cut(path: &Path, columns: Vec<(&str, ArrayRef)>, group_rows: usize) {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).expect("columns");
    let writer = RowGroupWriter::create(path, schema, &[]).expect("a file");
    for (group, start) in (0..batch.num_rows()).step_by(group_rows).enumerate() {
        let rows = group_rows.min(batch.num_rows() - start);
        writer.write(group, &batch.slice(start, rows)).expect("written");
    }
    writer.close().expect("closed");
}

fn write_files(folder: &Path, scenarios: &[Scenario], positions: &[Position], group_rows: usize) {
    let words = |cells: Vec<&str>| texts(cells.into_iter().map(str::to_owned));
    let numbers = |cells: Vec<Option<f64>>| -> ArrayRef { Arc::new(Float64Array::from(cells)) };
    write_cut(
        &folder.join("scenarios.parquet"),
        vec![
            ("scenario", Arc::new(scenarios.iter().map(|row| Some(row.0)).collect::<Int32Array>())),
            ("symbol", words(scenarios.iter().map(|row| row.1).collect())),
            ("return", numbers(scenarios.iter().map(|row| row.2).collect())),
        ],
        group_rows,
    );
    write_cut(
        &folder.join("positions.parquet"),
        vec![
            ("portfolio_id", words(positions.iter().map(|row| row.0).collect())),
            ("symbol", words(positions.iter().map(|row| row.1).collect())),
            ("market_value", numbers(positions.iter().map(|row| row.2).collect())),
        ],
        group_rows,
    );
}

/// The rows of both files by their texts.
type Found = BTreeMap<Vec<String>, Vec<Option<f64>>>;

fn simulate(scenarios: &[Scenario], positions: &[Position], group_rows: usize) -> (FilesReport, Found, Found) {
    let folder = tempfile::tempdir().expect("a folder");
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    write_files(&input, scenarios, positions, group_rows);
    let report = historical_simulation(&input, &output).expect("simulated");
    let risk = read(&output.join("risk.parquet"), &["portfolio_id", "reason"], &["var_95", "var_99", "es_975"]);
    let parts = read(&output.join("contributions.parquet"), &["portfolio_id", "symbol"], &["es_975_contribution"]);
    (report, risk, parts)
}

fn refusal(scenarios: &[Scenario], positions: &[Position]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    write_files(folder.path(), scenarios, positions, 1_000);
    let refused = historical_simulation(folder.path(), &folder.path().join("out")).expect_err("refused");
    refused.to_string()
}

#[track_caller]
fn assert_numbers(found: &[Option<f64>], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let found = found.expect("a number");
        assert!((found - expected).abs() <= TOLERANCE * (1.0 + expected.abs()), "{found} instead of {expected}");
    }
}

fn key(words: [&str; 2]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

#[test]
fn two_positions_by_hand() {
    let (report, risk, parts) = simulate(&scenarios(), &positions(), 1_000);
    // Profits of P1: −100, −98.5, −96, −94, −92, −90. (100 − 1) · 0.05 = 4.95, (100 − 1) · 0.01 = 0.99, and
    // 100 · 0.025 = 2.5 scenarios.
    let expected = [92.0 - 0.95 * 2.0, 100.0 - 0.99 * 1.5, (100.0 + 98.5 + 0.5 * 96.0) / 2.5];
    assert_numbers(&risk[&key(["P1", ""])], &expected);
    assert_numbers(&parts[&key(["P1", "AAA"])], &[(100.0 + 98.0 + 0.5 * 96.0) / 2.5]);
    assert_numbers(&parts[&key(["P1", "BBB"])], &[0.5 / 2.5]);
    // P5: a quarter of P1's first position.
    assert_numbers(&risk[&key(["P5", ""])][2..], &[(100.0 + 98.0 + 0.5 * 96.0) / 2.5 / 4.0]);
    assert_eq!((report.portfolios, report.rows, report.position_days), (5, 5 + 8, 800));
}

#[test]
fn what_is_not_known_has_a_reason_and_no_number() {
    let (report, risk, parts) = simulate(&scenarios(), &positions(), 1_000);
    assert_eq!(report.without_figures, 3);
    let unknown = [
        ("P2", "CCC has no return in scenario 17"),
        ("P3", "DDD is not in scenarios.parquet"),
        ("P4", "AAA has no market value"),
    ];
    for (portfolio, reason) in unknown {
        assert_eq!(risk[&key([portfolio, reason])], [None; 3]);
    }
    // Each of their positions is there, without a contribution.
    let without: Vec<&Vec<String>> =
        parts.iter().filter(|(_, numbers)| numbers[0].is_none()).map(|row| row.0).collect();
    assert_eq!(without.len(), 5);
    assert_eq!(parts.len(), 8);
}

#[test]
fn row_groups_may_cut_portfolios_and_scenarios_anywhere() {
    let whole = simulate(&scenarios(), &positions(), 1_000);
    for group_rows in [1, 3, 7] {
        assert_eq!(simulate(&scenarios(), &positions(), group_rows), whole, "groups of {group_rows}");
    }
}

#[test]
fn the_order_of_scenario_rows_does_not_matter() {
    let mut backwards = scenarios();
    backwards.reverse();
    assert_eq!(simulate(&backwards, &positions(), 7), simulate(&scenarios(), &positions(), 7));
}

#[test]
fn many_portfolios_come_out_in_the_order_they_came_in() {
    // Enough positions for several row groups of the output, and each portfolio with a loss of its own.
    let ids: Vec<String> = (0..30_000).map(|number| format!("P{number:05}")).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    write_files(&input, &scenarios(), &[], 1_000);
    let values: Vec<f64> =
        (0..ids.len()).map(|number| f64::from(u32::try_from(number).expect("small")) + 1.0).collect();
    let positions: Vec<(&str, ArrayRef)> = vec![
        ("portfolio_id", texts(ids.iter().cloned())),
        ("symbol", texts(ids.iter().map(|_| "AAA".to_owned()))),
        ("market_value", Arc::new(Float64Array::from(values.clone()))),
    ];
    write_cut(&input.join("positions.parquet"), positions, 4_096);
    historical_simulation(&input, &output).expect("simulated");
    let contributions = output.join("contributions.parquet");
    let groups = RowGroupReader::open(&contributions, &["portfolio_id"]).expect("a file").groups();
    assert!(1 < groups, "one row group shows nothing");
    let parts = read(&contributions, &["portfolio_id", "symbol"], &["es_975_contribution"]);
    assert_eq!(parts.len(), ids.len());
    for ((id, value), (key, found)) in ids.iter().zip(&values).zip(&parts) {
        assert_eq!(&key[0], id);
        // Of 1: (0.5 + 0.49 + 0.5 · 0.48) / 2.5.
        assert_numbers(found, &[value * 0.492]);
    }
}

#[test]
fn bad_files_are_refused_with_file_row_and_reason() {
    let good = positions();
    let mut twice = scenarios();
    twice.push((3, "BBB", Some(0.5)));
    let problem = refusal(&twice, &good);
    assert!(problem.ends_with("scenarios.parquet: row 300: BBB has two returns in scenario 3"), "{problem}");
    let problem = refusal(&[(-1, "AAA", Some(0.5))], &good);
    assert!(problem.ends_with("row 0: `scenario` is not a number from zero on"), "{problem}");
    let problem = refusal(&[(0, "AAA", Some(f64::INFINITY))], &good);
    assert!(problem.ends_with("row 0: inf is no return of AAA"), "{problem}");
    let problem = refusal(&[(0, "", Some(0.5))], &good);
    assert!(problem.ends_with("row 0: `symbol` is empty"), "{problem}");
    let problem = refusal(&[], &good);
    assert!(problem.ends_with("scenarios.parquet: there is no scenario"), "{problem}");
    let apart = [("P2", "AAA", Some(1.0)), ("P1", "AAA", Some(1.0)), ("P2", "BBB", Some(1.0))];
    let problem = refusal(&scenarios(), &apart);
    let expected = "positions.parquet: the positions of P2 do not stand together; sort the file by portfolio";
    assert!(problem.ends_with(expected), "{problem}");
    let problem = refusal(&scenarios(), &[("P1", "AAA", Some(f64::NAN))]);
    assert!(problem.ends_with("row 0: NaN is no value of AAA"), "{problem}");
}
