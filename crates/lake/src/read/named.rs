//! Rows by the words in their columns: what a question about one portfolio needs of tables that hold all of them.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use datafusion::prelude::{DataFrame, Expr, col, lit};
use futures::StreamExt;
use schemas::table::{Record, cell, typed_column};
use schemas::{BusinessDate, PortfolioId};

use super::tables::frame;
use super::with_columns;
use crate::error::Error;
use crate::snapshot::{DateRange, Snapshot};
use crate::table::{Lake, conform};

/// The words that a column may have, e.g. `portfolio_id` and the id of a portfolio.
pub type Named<'a> = (&'a str, &'a BTreeSet<String>);

/// The rows of a table whose dates lie in a range and whose columns have one of the words given, in no particular
/// order. No words for a column means no rows.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn rows_named<R: Record>(
    snapshot: &Snapshot,
    lake: &Lake,
    range: DateRange,
    named: &[Named<'_>],
) -> Result<Vec<R>, Error> {
    let failed = Error::query(R::TABLE.name);
    let table = named_in(frame(snapshot, lake, range).await?, R::TABLE.name, named)?;
    let mut rows = Vec::new();
    for batch in table.collect().await.map_err(&failed)? {
        rows.extend(R::from_batch(&conform(R::TABLE, &batch)?)?);
    }
    Ok(rows)
}

/// The days, each once and in order, of the rows that [`rows_named`] would return of a dated table.
///
/// # Errors
/// [`Error`] if the table cannot be read.
pub async fn dates_named<R: Record>(
    snapshot: &Snapshot,
    lake: &Lake,
    range: DateRange,
    named: &[Named<'_>],
) -> Result<Vec<BusinessDate>, Error> {
    let table = R::TABLE.name;
    let Some(column) = R::TABLE.dated else { return Ok(Vec::new()) };
    let failed = Error::query(table);
    let found = named_in(frame(snapshot, lake, range).await?, table, named)?;
    let days = found.select_columns(&[column]).and_then(DataFrame::distinct).map_err(&failed)?;
    let mut dates = BTreeSet::new();
    for batch in days.collect().await.map_err(&failed)? {
        let days = typed_column::<BusinessDate>(table, column, &batch)?;
        for row in 0..batch.num_rows() {
            dates.insert(cell::<BusinessDate>(table, column, &days, row)?);
        }
    }
    Ok(dates.into_iter().collect())
}

/// Hands on some columns of the rows of a stretch of portfolios, from the first id to the last, a batch at a time and
/// in no particular order: a history of many years does not fit memory as records.
///
/// The columns have the types that the table gives them, in the order of its definition.
///
/// # Errors
/// [`Error`] if the table cannot be read; what `take` returns.
pub async fn each_batch_between<E: From<Error>>(
    snapshot: &Snapshot,
    lake: &Lake,
    range: DateRange,
    columns: &[&str],
    (first, last): (&PortfolioId, &PortfolioId),
    mut take: impl FnMut(&RecordBatch) -> Result<(), E>,
) -> Result<(), E> {
    let definition = snapshot.definition();
    let failed = Error::query(definition.name);
    let id = || col("portfolio_id");
    let among = id().gt_eq(lit(first.as_str())).and(id().lt_eq(lit(last.as_str())));
    let table = frame(snapshot, lake, range).await?.filter(among).map_err(&failed)?;
    let table = table.select_columns(columns).map_err(&failed)?;
    let mut batches = table.execute_stream().await.map_err(&failed)?;
    while let Some(batch) = batches.next().await {
        take(&with_columns(&batch.map_err(&failed)?, definition, columns)?)?;
    }
    Ok(())
}

fn named_in(table: DataFrame, name: &str, named: &[Named<'_>]) -> Result<DataFrame, Error> {
    let one_of = |(column, words): &Named<'_>| -> Expr {
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return lit(false) };
        // A long list leads past no row group; its ends do.
        let among = col(*column).gt_eq(lit(first.as_str())).and(col(*column).lt_eq(lit(last.as_str())));
        let words: Vec<Expr> = words.iter().map(|word| lit(word.as_str())).collect();
        among.and(col(*column).in_list(words, false))
    };
    named.iter().try_fold(table, |table, words| table.filter(one_of(words)).map_err(Error::query(name)))
}
