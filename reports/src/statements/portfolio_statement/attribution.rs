//! Why the portfolio did better or worse than its benchmark this year, by asset class.

use schemas::tables::attribution::AttributionRow;

use super::StatementInput;
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;

/// The row of all classes together.
const TOTAL: &str = "total";
/// Why a class of which nothing was held, or nobody says, has no return.
const NO_RETURN: &str = "nothing of the class was held, or its return is not known";

/// The section; none if no attribution was made on the date, as of a portfolio without a benchmark or one whose
/// benchmark is not weighed by asset class.
///
/// # Errors
/// [`Error::Overflow`] and [`Error::MixedCurrencies`] if what is printed has no sum.
pub(super) fn section(input: &StatementInput) -> Result<Option<Section>, Error> {
    let Some(through) = input.attribution.iter().map(|row| row.through_date).max() else { return Ok(None) };
    let mut rows: Vec<&AttributionRow> = input.attribution.iter().filter(|row| row.through_date == through).collect();
    rows.sort_by(|one, other| one.node.cmp(&other.node));
    let (total, classes): (Vec<&AttributionRow>, Vec<&AttributionRow>) =
        rows.into_iter().partition(|row| row.node == TOTAL);
    let of_all = total.first().copied();
    let section = |title: String, content| Some(Section { id: "attribution", title, content });
    let title = "Against the benchmark by asset class, year to date";
    let reason = of_all.into_iter().chain(classes.iter().copied()).find_map(|row| row.unavailable_reason.clone());
    if let Some(reason) = reason {
        return Ok(section(title.to_owned(), Content::Notes(vec![format!("Not available: {reason}.")])));
    }
    let mut table = Table { columns: columns(), rows: classes.iter().map(|row| cells(row)).collect(), total: None };
    let mut sums = vec![Cell::text("Total")];
    for id in ["portfolio_weight", "benchmark_weight"] {
        sums.push(table.sum_of_column(id)?);
    }
    sums.push(fraction(of_all.and_then(|row| row.portfolio_return_fraction)));
    sums.push(fraction(of_all.and_then(|row| row.benchmark_return_fraction)));
    for id in ["allocation", "selection", "interaction"] {
        sums.push(table.sum_of_column(id)?);
    }
    table.total = Some(sums);
    let from = classes.iter().find_map(|row| row.from_date);
    let days = from.map(|from| format!(" ({from} to {through})")).unwrap_or_default();
    Ok(section(format!("{title}{days}"), Content::Table(table)))
}

/// What each effect means; nothing if there is no section.
pub(super) fn definitions(input: &StatementInput) -> Vec<String> {
    if input.attribution.is_empty() {
        return Vec::new();
    }
    let linking = input.attribution.first().map(|row| row.linking.as_str()).unwrap_or_default();
    vec![
        "Allocation: what it made to hold more or less of a class than the benchmark.".to_owned(),
        "Selection: what it made that the portfolio's part of a class returned something else than the benchmark's."
            .to_owned(),
        format!(
            "Interaction: both together, and what was bought and sold in the meantime. The three add up to the \
             difference of the returns; the times between the days on which the benchmark was weighed are linked by \
             the method of {}.",
            in_words(linking)
        ),
    ]
}

fn columns() -> Vec<Column> {
    let share = |id, title| Column::new(id, title, ColumnKind::Fraction);
    vec![
        Column::new("asset_class", "Asset class", ColumnKind::Text),
        share("portfolio_weight", "Weight"),
        share("benchmark_weight", "Benchmark weight"),
        share("portfolio_return", "Return"),
        share("benchmark_return", "Benchmark return"),
        share("allocation", "Allocation"),
        share("selection", "Selection"),
        share("interaction", "Interaction"),
    ]
}

fn cells(row: &AttributionRow) -> Vec<Cell> {
    let numbers = [
        row.portfolio_weight,
        row.benchmark_weight,
        row.portfolio_return_fraction,
        row.benchmark_return_fraction,
        row.allocation,
        row.selection,
        row.interaction,
    ];
    std::iter::once(Cell::text(row.node.clone())).chain(numbers.map(fraction)).collect()
}

fn fraction(number: Option<f64>) -> Cell {
    number.map_or_else(|| Cell::unavailable(NO_RETURN), Cell::estimated_fraction)
}

/// A way of linking as a reader knows it; one that has no words is called by its id.
fn in_words(linking: &str) -> &str {
    match linking {
        "carino" => "Cariño",
        "menchero" => "Menchero",
        "frongello" => "Frongello",
        other => other,
    }
}
