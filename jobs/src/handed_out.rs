//! What users take home: positions, transactions, valuations and performance of a portfolio as plain files.
//!
//! The layout of each subject is a promise to whoever reads the files (docs/EXPORTS.md): it names its columns, and has
//! a version that is raised when one of them changes. A table may get columns that no layout has.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use lake::DateRange;
use lake::files::extract::{Extract, write};
use reports::delivery::archive::RunningSha256;
use schemas::table::{Record, TableDefinition};
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::positions::Position;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, PortfolioId};
use serde_json::json;

use crate::context::Context;
use crate::error::Error;

pub use lake::files::extract::FileForm;

/// The layout of the files of a subject.
#[derive(Debug)]
pub struct Layout {
    /// The subject, in file names and on the command line.
    pub name: &'static str,
    /// The version; readers of another one must look at what has changed.
    pub version: u32,
    /// What one row is.
    pub row: &'static str,
    table: &'static TableDefinition,
    columns: &'static [&'static str],
    order: &'static [&'static str],
}

/// Every layout.
pub static LAYOUTS: [Layout; 4] = [
    Layout {
        name: "positions",
        version: 1,
        row: "a position from the day on which it changed; it holds until the next row of its instrument",
        table: Position::TABLE,
        columns: &[
            "portfolio_id",
            "instrument_id",
            "business_date",
            "quantity",
            "currency",
            "cost",
            "cost_base",
            "charges",
            "charges_base",
        ],
        order: &["business_date", "instrument_id"],
    },
    Layout {
        name: "transactions",
        version: 1,
        row: "a booking",
        table: Transaction::TABLE,
        columns: &[
            "portfolio_id",
            "transaction_id",
            "booking_sequence",
            "trade_date",
            "settlement_date",
            "kind",
            "instrument_id",
            "quantity",
            "price",
            "currency",
            "fees",
            "taxes",
            "net_cash",
            "counter_currency",
            "counter_amount",
            "lot_cost",
            "lot_acquired_date",
            "lots_closed",
            "reverses",
            "counter_portfolio_id",
            "recorded_at",
            "note",
        ],
        order: &["trade_date", "booking_sequence", "transaction_id"],
    },
    Layout {
        name: "valuations",
        version: 1,
        row: "what a position, or cash, was worth on a valuation date",
        table: Valuation::TABLE,
        columns: &[
            "portfolio_id",
            "instrument_id",
            "business_date",
            "quantity",
            "price",
            "price_date",
            "price_basis",
            "currency",
            "value",
            "fx_rate",
            "fx_rate_date",
            "value_base",
        ],
        order: &["business_date", "instrument_id"],
    },
    Layout {
        name: "performance",
        version: 1,
        row: "how capital grew from one valuation date to the next",
        table: DailyReturn::TABLE,
        columns: &[
            "portfolio_id",
            "business_date",
            "begin_value",
            "inflow",
            "outflow",
            "end_value",
            "return_fraction",
            "benchmark_return_fraction",
            "return_before_fees_fraction",
            "return_before_taxes_fraction",
        ],
        order: &["business_date"],
    },
];

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The portfolio.
    pub portfolio: PortfolioId,
    /// The first date.
    pub from: BusinessDate,
    /// The last date.
    pub to: BusinessDate,
    /// The format.
    pub form: FileForm,
    /// The folder for the files; made if it is not there.
    pub output: PathBuf,
    /// Whether files that are there may be replaced.
    pub replace: bool,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOut {
    /// The file with the rows.
    pub file: PathBuf,
    /// The file beside it that says what it is.
    pub manifest: PathBuf,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
}

/// The layout of a subject.
pub fn layout(name: &str) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.name == name)
}

/// Writes a subject of a portfolio and the manifest beside it. The file has its name once it is complete.
///
/// # Errors
/// [`Error::Published`] if there is no such portfolio, the range is the wrong way round or a file is there already;
/// [`Error::Lake`] if a table cannot be read or a file cannot be written.
pub async fn hand_out(context: &Context, layout: &'static Layout, asked: &Asked) -> Result<HandedOut, Error> {
    if asked.to < asked.from {
        return Err(Error::Range { from: asked.from, to: asked.to });
    }
    let portfolio = lake::read::portfolios(&context.lake).await?;
    let portfolio = portfolio.into_iter().find(|row| row.portfolio_id == asked.portfolio).ok_or_else(|| {
        refused(&asked.portfolio.to_string(), "no night has seen such a portfolio; `financr show` lists them")
    })?;
    let ending = if asked.form == FileForm::Csv { "csv" } else { "parquet" };
    let name = format!("{}-{}", asked.portfolio, layout.name);
    let file = asked.output.join(format!("{name}.{ending}"));
    let manifest = asked.output.join(format!("{name}.{ending}.manifest.json"));
    for there in [&file, &manifest] {
        if !asked.replace && there.exists() {
            return Err(refused(&there.display().to_string(), "is there already; name another folder, or use --force"));
        }
    }
    let snapshot = context.lake.snapshot(layout.table).await?;
    let opening = asked.from.previous_calendar_day();
    let before = if layout.table.name == Position::TABLE.name {
        let held = lake::read::positions(&context.lake, &asked.portfolio, opening).await?;
        vec![Position::to_batch(&held).map_err(lake::Error::from)?]
    } else {
        Vec::new()
    };
    let extract = Extract {
        snapshot: &snapshot,
        portfolio: &asked.portfolio,
        range: DateRange::between(asked.from, asked.to),
        columns: layout.columns,
        order: layout.order,
        before,
    };
    let notes = vec![
        ("financr.layout".to_owned(), layout.name.to_owned()),
        ("financr.layout_version".to_owned(), layout.version.to_string()),
    ];
    let unfinished = asked.output.join(format!(".{name}.{ending}.unfinished"));
    let rows = write(&context.lake, extract, &unfinished, asked.form, notes).await?;
    let (sha256, byte_count) = hashed(&unfinished).await?;
    let described = Described { rows, sha256: &sha256, byte_count, version: snapshot.version() };
    let text = manifest_text(context, layout, asked, &portfolio, &described, context.clock.now());
    put(&unfinished, &file)?;
    std::fs::write(&manifest, text).map_err(|error| unwritable(&manifest, &error))?;
    Ok(HandedOut { file, manifest, rows, sha256 })
}

/// What is known of a file once it is written.
struct Described<'a> {
    rows: u64,
    sha256: &'a str,
    byte_count: u64,
    version: Option<u64>,
}

fn manifest_text(
    context: &Context,
    layout: &Layout,
    asked: &Asked,
    portfolio: &Portfolio,
    described: &Described<'_>,
    now: DateTime<Utc>,
) -> String {
    let schema = layout.table.schema();
    let column = |name: &&'static str| {
        let field = schema.field_with_name(name).ok();
        let kind = field.map(|field| field.data_type().to_string());
        json!({ "name": name, "type": kind, "may_be_empty": field.map(|field| field.is_nullable()) })
    };
    let manifest = json!({
        "layout": layout.name,
        "layout_version": layout.version,
        "row": layout.row,
        "portfolio_id": asked.portfolio.as_str(),
        "base_currency": portfolio.base_currency.to_string(),
        "from": asked.from.to_string(),
        "to": asked.to.to_string(),
        "rows": described.rows,
        "byte_count": described.byte_count,
        "sha256": described.sha256,
        "table": layout.table.name,
        "table_version": described.version,
        "program_version": context.program_version,
        "written_at": now.to_rfc3339(),
        "columns": layout.columns.iter().map(column).collect::<Vec<_>>(),
    });
    format!("{manifest:#}\n")
}

async fn hashed(path: &Path) -> Result<(String, u64), Error> {
    let place = path.to_owned();
    let hashing = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::open(&place).map_err(|error| unwritable(&place, &error))?;
        let mut running = RunningSha256::default();
        let mut part = vec![0_u8; 64 << 10];
        loop {
            let read = std::io::Read::read(&mut file, &mut part).map_err(|error| unwritable(&place, &error))?;
            if read == 0 {
                break;
            }
            running.take(part.get(..read).unwrap_or_default());
        }
        let byte_count = running.byte_count();
        Ok((running.hex(), byte_count))
    });
    hashing.await.map_err(|_| Error::Worker)?
}

fn put(unfinished: &Path, file: &Path) -> Result<(), Error> {
    std::fs::rename(unfinished, file).map_err(|error| unwritable(file, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    lake::Error::File { path: path.to_owned(), problem: error.to_string() }.into()
}

fn refused(what: &str, problem: &str) -> Error {
    Error::Published { what: what.to_owned(), problem: problem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_name_columns_that_are_there_in_the_order_of_their_tables() {
        for layout in &LAYOUTS {
            let schema = layout.table.schema();
            let places: Vec<usize> =
                layout.columns.iter().map(|column| schema.index_of(column).expect("a column")).collect();
            assert!(places.is_sorted(), "{}", layout.name);
            assert!(layout.order.iter().all(|column| layout.columns.contains(column)), "{}", layout.name);
        }
    }
}
