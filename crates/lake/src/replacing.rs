//! Which stored rows a write takes the place of, and which of them stay.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use schemas::table::TableDefinition;
use schemas::{BusinessDate, PortfolioId};

use crate::engine::Parameter;
use crate::error::Error;
use crate::snapshot::{DateRange, Snapshot};
use crate::table::Lake;

/// Which stored rows a write takes the place of.
#[derive(Clone, Copy)]
pub(crate) enum Replaced<'a> {
    Nothing,
    Everything,
    Dates(DateRange),
    Portfolios(DateRange, &'a BTreeSet<PortfolioId>),
    Keys,
}

/// That a row's date lies outside a range; none if nothing does.
fn outside(definition: &TableDefinition, range: DateRange) -> Option<datafusion::prelude::Expr> {
    let column = definition.dated.unwrap_or_default();
    let bound = |date: Option<BusinessDate>| date.map(|date| Parameter::Date(date).into());
    let date = || datafusion::prelude::col(column);
    let literal = datafusion::prelude::lit::<datafusion::common::ScalarValue>;
    let before = bound(range.from).map(|from| date().lt(literal(from)));
    let after = bound(range.to).map(|to| date().gt(literal(to)));
    before.into_iter().chain(after).reduce(datafusion::prelude::Expr::or)
}

impl Lake {
    /// The rows that stay although their file goes, and the paths of the files that go.
    pub(crate) async fn kept_rows(
        &self,
        current: &Snapshot,
        batches: &[RecordBatch],
        replaced: Replaced<'_>,
    ) -> Result<(Vec<RecordBatch>, Vec<String>), Error> {
        let paths = |snapshot: &Snapshot| snapshot.files().iter().map(|file| file.path.clone()).collect();
        match replaced {
            Replaced::Nothing => Ok((Vec::new(), Vec::new())),
            Replaced::Everything => Ok((Vec::new(), paths(current))),
            Replaced::Dates(range) => {
                let overlapped = current.restricted_to(range);
                let partly = |(first, last)| !range.covers(first, last);
                let whole = !overlapped.files().iter().filter_map(|file| file.dates).any(partly);
                let kept = if whole { Vec::new() } else { self.rows_outside(&overlapped, range).await? };
                Ok((kept, paths(&overlapped)))
            }
            Replaced::Portfolios(range, portfolios) => {
                let overlapped = current.restricted_to(range);
                let kept = self.rows_of_others(&overlapped, range, portfolios).await?;
                Ok((kept, paths(&overlapped)))
            }
            Replaced::Keys if batches.iter().all(|batch| batch.num_rows() == 0) => Ok((Vec::new(), Vec::new())),
            Replaced::Keys => {
                let overlapped = match date_span(current.definition(), batches) {
                    Some(range) => current.restricted_to(range),
                    None => current.clone(),
                };
                if overlapped.files().is_empty() {
                    return Ok((Vec::new(), Vec::new()));
                }
                let kept = self.rows_of_other_keys(&overlapped, batches).await?;
                Ok((kept, paths(&overlapped)))
            }
        }
    }

    async fn rows_outside(&self, snapshot: &Snapshot, range: DateRange) -> Result<Vec<RecordBatch>, Error> {
        match outside(snapshot.definition(), range) {
            None => Ok(Vec::new()),
            Some(outside) => self.rows_that(snapshot, outside).await,
        }
    }

    /// The rows of other dates or of other portfolios.
    async fn rows_of_others(
        &self,
        snapshot: &Snapshot,
        range: DateRange,
        portfolios: &BTreeSet<PortfolioId>,
    ) -> Result<Vec<RecordBatch>, Error> {
        if snapshot.files().is_empty() {
            return Ok(Vec::new());
        }
        let ids = portfolios.iter().map(|id| datafusion::prelude::lit(id.as_str())).collect();
        let others = datafusion::prelude::col("portfolio_id").in_list(ids, true);
        let wanted = match outside(snapshot.definition(), range) {
            None => others,
            Some(outside) => outside.or(others),
        };
        self.rows_that(snapshot, wanted).await
    }

    async fn rows_that(
        &self,
        snapshot: &Snapshot,
        wanted: datafusion::prelude::Expr,
    ) -> Result<Vec<RecordBatch>, Error> {
        let definition = snapshot.definition();
        let context = self.engine().session(std::slice::from_ref(snapshot))?;
        let failed = Error::query(definition.name);
        let table = context.table(definition.name).await.map_err(&failed)?;
        table.filter(wanted).map_err(&failed)?.collect().await.map_err(&failed)
    }

    async fn rows_of_other_keys(
        &self,
        snapshot: &Snapshot,
        batches: &[RecordBatch],
    ) -> Result<Vec<RecordBatch>, Error> {
        let definition = snapshot.definition();
        let context = self.engine().session(std::slice::from_ref(snapshot))?;
        let failed = Error::query(definition.name);
        let stored = context.table(definition.name).await.map_err(&failed)?;
        let incoming = context.read_batches(batches.iter().cloned()).map_err(&failed)?;
        let key: Vec<datafusion::prelude::Expr> =
            definition.key.iter().map(|column| datafusion::prelude::col(*column)).collect();
        let incoming = incoming.select(key).map_err(&failed)?;
        let kind = datafusion::common::JoinType::LeftAnti;
        let kept = stored.join(incoming, kind, definition.key, definition.key, None).map_err(&failed)?;
        kept.collect().await.map_err(&failed)
    }
}

/// Refuses rows whose dates lie outside the range that is replaced: the next write of the range would not find them.
pub(crate) fn refuse_dates_outside(
    definition: &'static TableDefinition,
    batches: &[RecordBatch],
    replaced: Replaced<'_>,
) -> Result<(), Error> {
    let range = match replaced {
        Replaced::Dates(range) => range,
        Replaced::Portfolios(range, portfolios) => {
            refuse_other_portfolios(definition, batches, portfolios)?;
            range
        }
        Replaced::Nothing | Replaced::Everything | Replaced::Keys => return Ok(()),
    };
    let Some(DateRange { from: Some(first), to: Some(last) }) = date_span(definition, batches) else { return Ok(()) };
    if range.covers(first.day(), last.day()) {
        return Ok(());
    }
    let problem = format!("rows from {first} to {last} are outside the dates that are replaced");
    Err(Error::Columns { table: definition.name, problem })
}

/// Refuses rows of portfolios that are not replaced: they would be there twice.
fn refuse_other_portfolios(
    definition: &'static TableDefinition,
    batches: &[RecordBatch],
    portfolios: &BTreeSet<PortfolioId>,
) -> Result<(), Error> {
    for batch in batches {
        let ids = schemas::table::typed_column::<PortfolioId>(definition.name, "portfolio_id", batch)?;
        for row in 0..batch.num_rows() {
            let id: PortfolioId = schemas::table::cell(definition.name, "portfolio_id", &ids, row)?;
            if !portfolios.contains(&id) {
                let problem = format!("a row of {id} is not of the portfolios that are replaced");
                return Err(Error::Columns { table: definition.name, problem });
            }
        }
    }
    Ok(())
}

/// The first and last date of rows of a dated table.
fn date_span(definition: &'static TableDefinition, batches: &[RecordBatch]) -> Option<DateRange> {
    let column = definition.dated?;
    let mut span: Option<(i32, i32)> = None;
    for batch in batches.iter().filter(|batch| 0 < batch.num_rows()) {
        let days = batch.column_by_name(column)?.as_any().downcast_ref::<arrow::array::Date32Array>()?;
        let first = arrow::compute::min(days)?;
        let last = arrow::compute::max(days)?;
        span = Some(span.map_or((first, last), |(low, high)| (low.min(first), high.max(last))));
    }
    let date = |day: i32| BusinessDate::new(arrow::datatypes::Date32Type::to_naive_date_opt(day)?).ok();
    let (first, last) = span?;
    Some(DateRange { from: date(first), to: date(last) })
}
