//! Which factors move the portfolio: the loadings of each set of its market, and what no factor explains.

use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;

use super::{StatementInput, fraction, number, reason};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table};
use crate::error::Error;
use crate::sections::{of_notes, total};
use crate::texts::{RiskLabel, RiskSentence, Texts};

/// How well each set explains the returns, and the factors of those that do; a sentence if there is no set.
///
/// # Errors
/// Sums that do not exist.
pub(super) fn sections(input: &StatementInput) -> Result<Vec<Section>, Error> {
    let texts = input.texts();
    let mut sets: Vec<&FactorRegressionRow> = input.further.factor_regressions.iter().collect();
    if sets.is_empty() {
        let note = texts.sentence(RiskSentence::NoFactors);
        return Ok(vec![of_notes(input, "factor_sets", RiskLabel::FactorSets, vec![note])]);
    }
    sets.sort_by(|one, other| one.factor_set.cmp(&other.factor_set));
    let columns = vec![
        Column::new("set", texts.label(RiskLabel::FactorSet), ColumnKind::Text),
        Column::new("after", texts.label(RiskLabel::After), ColumnKind::Date),
        Column::new("through", texts.label(RiskLabel::Through), ColumnKind::Date),
        Column::new("returns", texts.label(RiskLabel::Returns), ColumnKind::Quantity),
        Column::new("explained", texts.label(RiskLabel::Explained), ColumnKind::Fraction),
    ];
    let rows = sets.iter().map(|set| of_set(input, set)).collect();
    let mut sections = vec![Section {
        id: "factor_sets",
        title: texts.label(RiskLabel::FactorSets),
        content: Content::Table(Table { columns, rows, total: None }),
    }];
    let known: Vec<&FactorRegressionRow> = sets.into_iter().filter(|set| set.variance.is_some()).collect();
    if !known.is_empty() {
        sections.push(Section {
            id: "factor_exposures",
            title: texts.label(RiskLabel::FactorExposures),
            content: Content::Table(exposures(input, &known)?),
        });
    }
    Ok(sections)
}

fn of_set(input: &StatementInput, set: &FactorRegressionRow) -> Vec<Cell> {
    let recorded = set.unavailable_reason.as_deref();
    let missing = || Cell::unavailable(reason(input, recorded));
    vec![
        Cell::text(&set.factor_set),
        set.opening_date.map_or_else(missing, |date| Cell::Date(date.day())),
        Cell::Date(set.through_date.day()),
        set.observation_count.map_or_else(missing, |count| Cell::Quantity(count.into())),
        fraction(input, set.r_squared, recorded),
    ]
}

/// A line for each factor of each set and one for what its factors leave, which add up to the variance. With one set
/// that sum is the last row.
fn exposures(input: &StatementInput, sets: &[&FactorRegressionRow]) -> Result<Table, Error> {
    let texts = input.texts();
    let mut rows = Vec::new();
    for set in sets {
        let is_of =
            |row: &&FactorExposureRow| row.factor_set == set.factor_set && row.business_date == set.business_date;
        let mut factors: Vec<&FactorExposureRow> = input.further.factor_exposures.iter().filter(is_of).collect();
        factors.sort_by(|one, other| one.factor.cmp(&other.factor));
        let part = |part: Option<f64>| of_variance(part, set.variance, texts);
        for row in factors {
            let without_error = texts.sentence(RiskSentence::NoError);
            let or_no_error = |figure: Option<f64>| {
                figure.map_or_else(
                    || Cell::unavailable(without_error.clone()),
                    |figure| Cell::estimated_number(figure, texts),
                )
            };
            rows.push(vec![
                Cell::text(&set.factor_set),
                Cell::text(&row.factor),
                number(input, Some(row.loading), None),
                number(input, Some(row.standard_error), None),
                or_no_error(row.t_statistic),
                or_no_error(row.probability),
                part(Some(row.variance_part)),
            ]);
        }
        let mut left = vec![Cell::text(&set.factor_set), Cell::text(texts.label(RiskLabel::Specific))];
        left.resize(COLUMNS - 1, Cell::empty());
        left.push(part(set.specific_variance));
        rows.push(left);
    }
    let mut table = Table { columns: columns(texts), rows, total: None };
    if sets.len() == 1 {
        let mut last = vec![total(texts)];
        last.resize(COLUMNS - 1, Cell::empty());
        last.push(table.sum_of_column("of_variance", texts)?);
        table.total = Some(last);
    }
    Ok(table)
}

/// The columns of the table of factors.
const COLUMNS: usize = 7;

fn columns(texts: Texts) -> Vec<Column> {
    let titled = |id, label: RiskLabel, kind| Column::new(id, texts.label(label), kind);
    let columns: [Column; COLUMNS] = [
        titled("set", RiskLabel::FactorSet, ColumnKind::Text),
        titled("factor", RiskLabel::Factor, ColumnKind::Text),
        titled("loading", RiskLabel::Loading, ColumnKind::Figure),
        titled("standard_error", RiskLabel::StandardError, ColumnKind::Figure),
        titled("t_statistic", RiskLabel::TStatistic, ColumnKind::Figure),
        titled("probability", RiskLabel::Probability, ColumnKind::Figure),
        titled("of_variance", RiskLabel::OfVariance, ColumnKind::Fraction),
    ];
    columns.into()
}

/// A part of the variance of the returns, as a fraction of it.
fn of_variance(part: Option<f64>, variance: Option<f64>, texts: Texts) -> Cell {
    let whole = variance.filter(|variance| 0.0 < *variance);
    let fraction = part.zip(whole).map(|(part, whole)| part / whole);
    fraction.map_or_else(
        || Cell::unavailable(texts.sentence(RiskSentence::WholeIsZero)),
        |fraction| Cell::estimated_fraction(fraction, texts),
    )
}
