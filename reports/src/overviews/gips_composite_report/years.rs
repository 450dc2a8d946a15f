//! The years of a composite: returns and deviations, and what composite and firm were worth.

use rust_decimal::Decimal;
use schemas::BusinessDate;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;

use super::figures::{FEW_PORTFOLIOS, Known, Year};
use super::name_of;
use crate::composite::CompositeInput;
use crate::document::{
    Cell, ChartPoint, Column, ColumnKind, Content, KeyFigure, KeyFigures, Section, Series, Table, TimeGraph, TimeShape,
};
use crate::texts::{CompositeLabel, CompositeSentence, Words};

/// What matters most, at the end of the period.
pub(super) fn in_short(input: &CompositeInput, inception: BusinessDate, last: Option<&Year>) -> Section {
    let texts = input.texts();
    let currency = [("currency", input.base_currency.code())];
    let end = last.map_or(input.business_date, |year| year.end);
    let created = input.gips.composites.get(&input.group_id).and_then(|of| of.creation_date);
    let mut figures = vec![
        figure(input, CompositeLabel::CompositeAssets, assets(input, end)),
        figure(input, CompositeLabel::FirmAssets, firm_assets(input, end)),
        figure(input, CompositeLabel::Portfolios, portfolios(input, end)),
        figure(input, CompositeLabel::ReportingCurrency, Cell::text(input.base_currency.code())),
        figure(input, CompositeLabel::InceptionDate, Cell::Date(inception.day())),
    ];
    figures.extend(created.map(|date| figure(input, CompositeLabel::CreationDate, Cell::Date(date.day()))));
    let note = texts.sentence_with(CompositeSentence::InShortNote, &currency);
    Section {
        id: "in_short",
        title: texts.label_with(CompositeLabel::InShort, &currency),
        content: Content::KeyFigures(KeyFigures { figures, note }),
    }
}

fn figure(input: &CompositeInput, label: impl Words, cell: Cell) -> KeyFigure {
    KeyFigure { label: input.texts().label(label), cell }
}

/// Whether the firm has said that there is no benchmark.
fn is_without_benchmark(input: &CompositeInput) -> bool {
    let texts = input.gips.composites.get(&input.group_id);
    texts.is_some_and(|texts| texts.no_benchmark.is_some())
}

/// Returns and deviations by year.
pub(super) fn returns(input: &CompositeInput, years: &[Year]) -> Section {
    let texts = input.texts();
    let head = |id, label| Column::new(id, texts.label(label), ColumnKind::Fraction);
    let columns = vec![
        Column::new("year", texts.label(CompositeLabel::Year), ColumnKind::Text),
        head("gross_return", CompositeLabel::GrossReturn),
        head("net_return", CompositeLabel::NetReturn),
        head("benchmark_return", CompositeLabel::BenchmarkReturn),
        head("composite_deviation", CompositeLabel::CompositeDeviation),
        head("benchmark_deviation", CompositeLabel::BenchmarkDeviation),
    ];
    let row = |year: &Year| {
        vec![
            Cell::text(name_of(year, input)),
            fraction(input, &year.gross),
            fraction(input, &year.net),
            of_benchmark(input, &year.benchmark),
            fraction(input, &year.deviation),
            of_benchmark(input, &year.benchmark_deviation),
        ]
    };
    let table = Table { columns, rows: years.iter().map(row).collect(), total: None };
    Section { id: "annual_returns", title: texts.label(CompositeLabel::AnnualReturns), content: Content::Table(table) }
}

/// Returns net of fees beside those of the benchmark; none while there is one year only.
pub(super) fn graph(input: &CompositeInput, years: &[Year]) -> Option<Section> {
    let texts = input.texts();
    let points = |of: &dyn Fn(&Year) -> Cell| {
        years.iter().map(|year| ChartPoint { date: year.end.day(), cell: of(year) }).collect()
    };
    let mut series = vec![Series {
        name: texts.label(CompositeLabel::Composite),
        points: points(&|year| fraction(input, &year.net)),
    }];
    if years.iter().any(|year| year.benchmark.is_ok()) && !is_without_benchmark(input) {
        series.push(Series {
            name: texts.label(CompositeLabel::BenchmarkDescription),
            points: points(&|year| of_benchmark(input, &year.benchmark)),
        });
    }
    (1 < years.len()).then(|| Section {
        id: "returns_graph",
        title: texts.label(CompositeLabel::ReturnsGraph),
        content: Content::TimeGraph(TimeGraph { shape: TimeShape::Bars, series }),
    })
}

/// Portfolios, their dispersion, and what composite and firm were worth, by year.
pub(super) fn composite_and_firm(input: &CompositeInput, years: &[Year]) -> Section {
    let texts = input.texts();
    let columns = vec![
        Column::new("year", texts.label(CompositeLabel::Year), ColumnKind::Text),
        Column::new("portfolios", texts.label(CompositeLabel::Portfolios), ColumnKind::Quantity),
        Column::new("dispersion", texts.label(CompositeLabel::Dispersion), ColumnKind::Fraction),
        Column::new("composite_assets", texts.label(CompositeLabel::CompositeAssets), ColumnKind::Money),
        Column::new("firm_assets", texts.label(CompositeLabel::FirmAssets), ColumnKind::Money),
    ];
    let row = |year: &Year| {
        vec![
            Cell::text(name_of(year, input)),
            portfolios(input, year.end),
            fraction(input, &year.dispersion),
            assets(input, year.end),
            firm_assets(input, year.end),
        ]
    };
    let table = Table { columns, rows: years.iter().map(row).collect(), total: None };
    Section {
        id: "composite_and_firm",
        title: texts.label_with(CompositeLabel::CompositeAndFirm, &[("currency", input.base_currency.code())]),
        content: Content::Table(table),
    }
}

fn fraction(input: &CompositeInput, figure: &Known) -> Cell {
    match figure {
        Ok(value) => Cell::estimated_fraction(*value, input.texts()),
        Err(reason) => Cell::unavailable(reason.clone()),
    }
}

fn of_benchmark(input: &CompositeInput, figure: &Known) -> Cell {
    if is_without_benchmark(input) {
        return Cell::unavailable(input.texts().sentence(CompositeSentence::WithoutBenchmark));
    }
    fraction(input, figure)
}

fn day(input: &CompositeInput, date: BusinessDate) -> Option<&PortfolioGroupReturn> {
    input.days.iter().rev().find(|row| row.business_date == date)
}

/// How many portfolios there were; that there were few, if so.
fn portfolios(input: &CompositeInput, date: BusinessDate) -> Cell {
    let count = day(input, date).map_or(0, |row| row.member_count);
    if usize::try_from(count).is_ok_and(|count| count <= FEW_PORTFOLIOS) {
        return Cell::text(input.texts().label(CompositeLabel::FiveOrFewer));
    }
    Cell::Quantity(Decimal::from(count))
}

fn assets(input: &CompositeInput, date: BusinessDate) -> Cell {
    let texts = input.texts();
    let row = day(input, date);
    if let Some(value) = row.and_then(|row| row.end_value) {
        return Cell::money(value, input.base_currency);
    }
    let recorded = row.and_then(|row| row.reason.as_deref()).map(|reason| texts.recorded(reason));
    let reason = recorded.unwrap_or_else(|| texts.sentence(CompositeSentence::NoCapital));
    let date = texts.date(date);
    let values = [("date", &*date), ("reason", &*reason)];
    Cell::unavailable(texts.sentence_with(CompositeSentence::AssetsUnknown, &values))
}

fn firm_assets(input: &CompositeInput, date: BusinessDate) -> Cell {
    let texts = input.texts();
    let found = input.firm_assets.iter().find(|row| row.business_date == date);
    if let Some(value) = found.and_then(|row| row.value) {
        return Cell::money(value, input.base_currency);
    }
    let (count, date) = (found.map_or(0, |row| row.missing).to_string(), texts.date(date));
    let values = [("date", &*date), ("count", &*count)];
    Cell::unavailable(texts.sentence_with(CompositeSentence::FirmAssetsUnknown, &values))
}
