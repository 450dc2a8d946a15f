//! Why the portfolio did better or worse than its benchmark this year, by asset class.

use schemas::tables::attribution::AttributionRow;

use super::{name_of_group, not_available};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::input::StatementInput;
use crate::texts::{Label, Sentence, Texts};

/// The row of all classes together.
const TOTAL: &str = "total";

/// The section; none if no attribution was made on the date, as of a portfolio without a benchmark or one whose
/// benchmark is not weighed by asset class.
///
/// # Errors
/// [`Error::Overflow`] and [`Error::MixedCurrencies`] if what is printed has no sum.
pub(crate) fn section(input: &StatementInput) -> Result<Option<Section>, Error> {
    let Some(through) = input.attribution.iter().map(|row| row.through_date).max() else { return Ok(None) };
    let mut rows: Vec<&AttributionRow> = input.attribution.iter().filter(|row| row.through_date == through).collect();
    rows.sort_by(|one, other| one.node.cmp(&other.node));
    let (total, classes): (Vec<&AttributionRow>, Vec<&AttributionRow>) =
        rows.into_iter().partition(|row| row.node == TOTAL);
    let of_all = total.first().copied();
    let texts = input.texts();
    let section = |title: String, content| Some(Section { id: "attribution", title, content });
    let reason = of_all.into_iter().chain(classes.iter().copied()).find_map(|row| row.unavailable_reason.as_deref());
    if let Some(reason) = reason {
        let title = texts.label(Label::Attribution);
        return Ok(Some(not_available(input, "attribution", title, &texts.recorded(reason))));
    }
    let rows = classes.iter().map(|row| cells(row, texts)).collect();
    let mut table = Table { columns: columns(texts), rows, total: None };
    let mut sums = vec![Cell::text(texts.label(Label::Total))];
    for id in ["portfolio_weight", "benchmark_weight"] {
        sums.push(table.sum_of_column(id, texts)?);
    }
    sums.push(fraction(of_all.and_then(|row| row.portfolio_return_fraction), texts));
    sums.push(fraction(of_all.and_then(|row| row.benchmark_return_fraction), texts));
    for id in ["allocation", "selection", "interaction"] {
        sums.push(table.sum_of_column(id, texts)?);
    }
    table.total = Some(sums);
    let title = match classes.iter().find_map(|row| row.from_date) {
        None => texts.label(Label::Attribution),
        Some(from) => {
            let (from, through) = (texts.date(from), texts.date(through));
            texts.label_with(Label::AttributionFromTo, &[("from", &from), ("to", &through)])
        }
    };
    Ok(section(title, Content::Table(table)))
}

/// What each effect means; nothing if there is no section.
pub(crate) fn definitions(input: &StatementInput) -> Vec<String> {
    let Some(linking) = input.attribution.first().map(|row| in_words(&row.linking)) else { return Vec::new() };
    let texts = input.texts();
    vec![
        texts.sentence(Sentence::MeaningOfAllocation),
        texts.sentence(Sentence::MeaningOfSelection),
        texts.sentence_with(Sentence::MeaningOfInteraction, &[("linking", linking)]),
    ]
}

fn columns(texts: Texts) -> Vec<Column> {
    let share = |id, label| Column::new(id, texts.label(label), ColumnKind::Fraction);
    vec![
        Column::new("asset_class", texts.label(Label::AssetClass), ColumnKind::Text),
        share("portfolio_weight", Label::Weight),
        share("benchmark_weight", Label::BenchmarkWeight),
        share("portfolio_return", Label::Return),
        share("benchmark_return", Label::BenchmarkReturn),
        share("allocation", Label::Allocation),
        share("selection", Label::Selection),
        share("interaction", Label::Interaction),
    ]
}

fn cells(row: &AttributionRow, texts: Texts) -> Vec<Cell> {
    let numbers = [
        row.portfolio_weight,
        row.benchmark_weight,
        row.portfolio_return_fraction,
        row.benchmark_return_fraction,
        row.allocation,
        row.selection,
        row.interaction,
    ];
    std::iter::once(Cell::text(name_of_group(&row.node, texts)))
        .chain(numbers.map(|number| fraction(number, texts)))
        .collect()
}

fn fraction(number: Option<f64>, texts: Texts) -> Cell {
    let unavailable = || Cell::unavailable(texts.sentence(Sentence::NothingHeldOfTheClass));
    number.map_or_else(unavailable, |number| Cell::estimated_fraction(number, texts))
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
