//! Row groups of plain Parquet files, written and read by several threads.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use lake::files::row_groups::{RowGroupReader, RowGroupWriter};
use lake::files::{ColumnForm, read_columns};

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("number", DataType::Int64, false),
        Field::new("word", DataType::Utf8, false),
        Field::new("share", DataType::Float64, true),
    ]))
}

/// Ten rows; every third share is not known.
fn rows(group: i64) -> RecordBatch {
    let numbers: Vec<i64> = (10 * group..10 * group + 10).collect();
    let words = StringArray::from_iter_values(numbers.iter().map(|number| format!("word {}", number % 4)));
    let shares: Float64Array = numbers.iter().map(|number| (number % 3 != 0).then_some(*number as f64 / 8.0)).collect();
    let columns: Vec<arrow::array::ArrayRef> =
        vec![Arc::new(Int64Array::from(numbers)), Arc::new(words), Arc::new(shares)];
    RecordBatch::try_new(schema(), columns).expect("rows")
}

fn numbers(batches: impl Iterator<Item = Result<RecordBatch, lake::Error>>) -> Vec<i64> {
    let mut found = Vec::new();
    for batch in batches {
        let batch = batch.expect("rows");
        let column = batch.column(0).as_any().downcast_ref::<Int64Array>().expect("numbers").clone();
        found.extend(column.values().iter().copied());
    }
    found
}

fn write(path: &Path, order: &[usize]) -> Result<(), lake::Error> {
    let writer = RowGroupWriter::create(path, schema(), &[("share", ColumnForm::Plain)])?;
    for group in order {
        writer.write(*group, &rows(i64::try_from(*group).expect("small")))?;
    }
    writer.close()
}

#[test]
fn groups_stand_in_their_order_whoever_is_done_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let (straight, shuffled) = (folder.path().join("straight.parquet"), folder.path().join("shuffled.parquet"));
    write(&straight, &[0, 1, 2, 3]).expect("written");
    write(&shuffled, &[2, 0, 3, 1]).expect("written");
    let bytes = |path: &Path| std::fs::read(path).expect("a file");
    assert_eq!(bytes(&straight), bytes(&shuffled));
    let threads = folder.path().join("threads.parquet");
    let writer = RowGroupWriter::create(&threads, schema(), &[("share", ColumnForm::Plain)]).expect("a file");
    std::thread::scope(|scope| {
        for group in (0..4_usize).rev() {
            let writer = &writer;
            scope.spawn(move || writer.write(group, &rows(i64::try_from(group).expect("small"))).expect("written"));
        }
    });
    writer.close().expect("closed");
    assert_eq!(bytes(&straight), bytes(&threads));
    let all = numbers(read_columns(&straight, &["number"]).expect("a file"));
    assert_eq!(all, (0..40).collect::<Vec<i64>>());
}

#[test]
fn a_group_is_read_by_itself_with_columns_as_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows.parquet");
    write(&path, &[0, 1, 2]).expect("written");
    let reader = RowGroupReader::open(&path, &["share", "word"]).expect("a file");
    assert_eq!((reader.groups(), reader.first_row(2)), (3, 20));
    let mut batches = reader.read(1).expect("a group");
    let batch = batches.next().expect("a batch").expect("rows");
    assert!(batches.next().is_none());
    let shares = batch.column(0).as_any().downcast_ref::<Float64Array>().expect("numbers").clone();
    // Rows 10 to 19: 12, 15 and 18 have no share, 10 has ten eighths.
    assert_eq!((shares.len(), shares.null_count()), (10, 3));
    assert!((shares.value(0) - 1.25).abs() <= 0.0);
    let words = cast(batch.column(1), &DataType::Utf8).expect("texts");
    assert_eq!(words.as_any().downcast_ref::<StringArray>().expect("texts").value(1), "word 3");
    assert!(reader.read(3).map(|_| ()).expect_err("no such group").to_string().contains("none with the number 3"));
    let missing = RowGroupReader::open(&path, &["weight"]).expect_err("no such column").to_string();
    assert!(missing.contains("it has no column `weight`; it has number, word, share"), "{missing}");
}

#[test]
fn a_file_with_a_hole_or_a_group_twice_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows.parquet");
    let hole = write(&path, &[0, 2]).expect_err("a hole").to_string();
    assert!(hole.contains("its row group 1 is missing"), "{hole}");
    for order in [&[0, 0], &[1, 1]] {
        let twice = write(&path, order).expect_err("twice").to_string();
        assert!(twice.contains("comes twice"), "{twice}");
    }
}
