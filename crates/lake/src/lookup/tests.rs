//! Lookups in files of every make: what other programs and older versions wrote has other pages, or says nothing.

use object_store::{ObjectStoreExt, PutPayload};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use rust_decimal::Decimal;
use schemas::tables::positions::Position;
use schemas::{BusinessDate, Currency, Quantity};

use super::*;
use crate::engine::EngineSettings;
use crate::storage::S3Settings;

/// Rows of a portfolio; 300 portfolios have 30,000 rows.
const ROWS_OF_ONE: u32 = 100;

fn lake() -> Lake {
    let storage = Storage::open("memory:", &S3Settings::default()).expect("memory");
    Lake::open(storage, &EngineSettings::default()).expect("a lake")
}

/// 300 portfolios in their order.
fn rows() -> Vec<Position> {
    let date: BusinessDate = "2024-01-31".parse().expect("a date");
    let of = |portfolio: u32, row: u32| Position {
        portfolio_id: format!("P{portfolio:03}").parse().expect("an id"),
        instrument_id: format!("M1~S{row:02}").parse().expect("an id"),
        business_date: date,
        quantity: Quantity::new(Decimal::from(portfolio * ROWS_OF_ONE + row)),
        currency: Currency::EUR,
        cost: None,
        cost_base: None,
        charges: None,
        charges_base: None,
    };
    (0..300).flat_map(|portfolio| (0..ROWS_OF_ONE).map(move |row| of(portfolio, row))).collect()
}

/// Writes a file as the properties have it.
async fn written(lake: &Lake, rows: &[Position], properties: WriterPropertiesBuilder) -> DataFile {
    let batch = Position::to_batch(rows).expect("a batch");
    let properties = properties.set_write_batch_size(500).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("written");
    let bytes = writer.into_inner().expect("bytes");
    let file = DataFile {
        path: "positions/part.parquet".to_owned(),
        byte_count: u64::try_from(bytes.len()).expect("small"),
        row_count: u64::try_from(rows.len()).expect("small"),
        dates: None,
    };
    let path = Path::from(file.path.as_str());
    lake.storage().root().put(&path, PutPayload::from(bytes)).await.expect("put");
    file
}

async fn found(lake: &Lake, file: &DataFile, portfolio: &str) -> Vec<Position> {
    let portfolio = portfolio.parse().expect("an id");
    let batches = of_file(lake, Position::TABLE, file, &portfolio).await.expect("readable");
    let mut rows: Vec<Position> =
        batches.iter().flat_map(|batch| Position::from_batch(batch).expect("positions")).collect();
    rows.sort_by(|left, right| left.instrument_id.cmp(&right.instrument_id));
    rows
}

#[tokio::test]
async fn rows_are_found_in_files_of_every_make() {
    let rows = rows();
    let builder = || WriterProperties::builder();
    let makes = [
        ("small pages", builder().set_data_page_row_count_limit(1_000)),
        ("one page of 30,000 rows", builder().set_data_page_row_count_limit(30_000)),
        (
            "groups of 12,500 rows, which end within portfolios",
            builder().set_max_row_group_row_count(Some(12_550)).set_data_page_row_count_limit(12_550),
        ),
        (
            "large pages, and a small one at the end",
            builder().set_max_row_group_row_count(Some(20_050)).set_data_page_row_count_limit(9_000),
        ),
        ("no word about pages", builder().set_statistics_enabled(EnabledStatistics::Chunk)),
        ("no word about anything", builder().set_statistics_enabled(EnabledStatistics::None)),
    ];
    for (make, properties) in makes {
        let lake = lake();
        let file = written(&lake, &rows, properties).await;
        // Ends of pages and groups, and nobody; each twice, as what was read before may be kept.
        for portfolio in ["P000", "P009", "P010", "P089", "P090", "P125", "P200", "P250", "P251", "P299", "P3", "A"] {
            let expected: Vec<Position> =
                rows.iter().filter(|row| row.portfolio_id.as_str() == portfolio).cloned().collect();
            for _ in 0..2 {
                assert_eq!(found(&lake, &file, portfolio).await, expected, "{portfolio} with {make}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_is_read_once() {
    let lake = lake();
    let file = written(&lake, &rows(), WriterProperties::builder().set_data_page_row_count_limit(1_000)).await;
    assert_eq!(found(&lake, &file, "P012").await.len(), 100);
    // A file that is gone can be read no more; what is kept of it can.
    lake.storage().root().delete(&Path::from(file.path.as_str())).await.expect("deleted");
    assert_eq!(found(&lake, &file, "P013").await.len(), 100, "of the same page");
    let other = "P200".parse().expect("an id");
    assert!(of_file(&lake, Position::TABLE, &file, &other).await.is_err(), "of another page");
}
