//! The pages of a statement whose figures were handed over: a letter's first page, then pictures and tables.

use chrono::NaiveDate;
use schemas::Language;

use super::line::{Exact, Position, Statement, Transaction};
use crate::document::{
    Cell, ChartPoint, Column, ColumnKind, Content, KeyFigure, KeyFigures, Section, Series, Share, ShareGraph,
    ShareShape, Table, TimeGraph, TimeShape,
};
use crate::render::pdf::{
    Anchor, BODY, Description, Faces, Frame, LEFT, Look, Pages, Sheet, draw, furnished, masthead,
};
use crate::texts::Texts;

/// What kind of document it is.
const KIND: &str = "Portfolio statement";
/// The distance of the address's lines.
const ADDRESS_LINE: f32 = 11.0;
/// Space around the address.
const ADDRESS_SPACE: f32 = 14.0;
/// What is said below the key figures: the figures are not ours.
const NOTES: [&str; 2] = [
    "The figures of this statement were computed by the platform that keeps the portfolio and are printed as they were \
     handed over.",
    "Past performance is no guide to future results.",
];

/// The pages, and what the file says about itself.
pub(super) fn lay_out(statement: &Statement<'_>, faces: &'static Faces, version: &str) -> (Description, Pages) {
    let Statement { client_name, portfolio_id, base_currency, period_start, period_end, .. } = statement;
    let frame = Frame {
        texts: Texts::of(Language::English),
        title: client_name.to_string(),
        kind: KIND.to_owned(),
        details: format!("Portfolio {portfolio_id}   ·   {period_start} to {period_end}   ·   {base_currency}"),
        period: format!("{period_start} to {period_end}"),
        origin: format!("Financr {version}   ·   {}", statement.statement_id),
        synthetic: false,
    };
    let mut sheet = Sheet::new(faces, frame.texts);
    masthead(&mut sheet, &frame);
    address(&mut sheet, &statement.client_address);
    for section in [key_figures(statement), notes()] {
        draw(&mut sheet, &section, Look::Striped);
    }
    sheet.turn_page();
    for section in [history(statement), allocation(statement), positions(statement)] {
        draw(&mut sheet, &section, Look::Striped);
    }
    sheet.turn_page();
    draw(&mut sheet, &transactions(statement), Look::Striped);
    let description = Description {
        title: format!("{KIND}, {client_name}"),
        subject: frame.period.clone(),
        language: Language::English.code().to_owned(),
        date: *period_end,
        program_version: version.to_owned(),
        keywords: vec![statement.statement_id.to_string(), portfolio_id.to_string()],
        origin: "prepared".to_owned(),
    };
    (description, furnished(sheet, &frame))
}

fn address(sheet: &mut Sheet, lines: &[String]) {
    sheet.skip(ADDRESS_SPACE);
    for line in lines {
        sheet.reserve(ADDRESS_LINE);
        sheet.text(Anchor::Left, LEFT, sheet.y - BODY.size, BODY, line);
        sheet.skip(ADDRESS_LINE);
    }
    sheet.skip(ADDRESS_SPACE);
}

fn section(id: &'static str, title: String, content: Content) -> Section {
    Section { id, title, content }
}

fn key_figures(statement: &Statement<'_>) -> Section {
    let figure = |(label, text): &(String, String)| KeyFigure { label: label.clone(), cell: Cell::text(text) };
    let figures = statement.key_figures.iter().map(figure).collect();
    let note = format!("Amounts in {}.", statement.base_currency);
    section("key_figures", "Key figures".to_owned(), Content::KeyFigures(KeyFigures { figures, note }))
}

fn notes() -> Section {
    section("notes", "Notes".to_owned(), Content::Notes(NOTES.map(str::to_owned).to_vec()))
}

fn history(statement: &Statement<'_>) -> Section {
    let lines = &statement.chart;
    let point = |(date, value): (&NaiveDate, &Exact)| ChartPoint { date: *date, cell: Cell::Quantity(value.0) };
    let series = |name: &str, values: &[Exact]| Series {
        name: name.to_owned(),
        points: lines.dates.iter().zip(values).map(point).collect(),
    };
    let series = vec![series("Portfolio", &lines.portfolio), series("Benchmark", &lines.benchmark)];
    let title = format!("Value and benchmark, {}", statement.base_currency);
    section("value_history", title, Content::TimeGraph(TimeGraph { shape: TimeShape::Lines, series }))
}

fn allocation(statement: &Statement<'_>) -> Section {
    let share = |(label, part): &(String, Exact)| Share { label: label.clone(), cell: Cell::Fraction(part.0) };
    let shares = statement.allocation.iter().map(share).collect();
    let graph = ShareGraph { shape: ShareShape::Pie, shares };
    section("allocation", "Allocation".to_owned(), Content::ShareGraph(graph))
}

fn positions(statement: &Statement<'_>) -> Section {
    let columns = vec![
        Column::new("symbol", "Symbol", ColumnKind::Text),
        Column::new("name", "Name", ColumnKind::Text),
        Column::new("quantity", "Quantity", ColumnKind::Figure),
        Column::new("price", "Price", ColumnKind::Figure),
        Column::new("cost", "Cost", ColumnKind::Figure),
        Column::new("value", format!("Value {}", statement.base_currency), ColumnKind::Figure),
        Column::new("gain", "Gain", ColumnKind::Figure),
        Column::new("weight", "Weight", ColumnKind::Figure),
    ];
    let row = |row: &Position<'_>| {
        let Position { symbol, name, quantity, price, cost, value, gain, weight } = row;
        [symbol, name, quantity, price, cost, value, gain, weight].map(|text| Cell::text(&**text)).to_vec()
    };
    let rows = statement.positions.iter().map(row).collect();
    let total = ["Total", "", "", "", "", &statement.positions_total, "", ""].map(Cell::text).to_vec();
    section("positions", "Positions".to_owned(), Content::Table(Table { columns, rows, total: Some(total) }))
}

fn transactions(statement: &Statement<'_>) -> Section {
    let columns = vec![
        Column::new("date", "Date", ColumnKind::Date),
        Column::new("type", "Type", ColumnKind::Text),
        Column::new("symbol", "Symbol", ColumnKind::Text),
        Column::new("quantity", "Quantity", ColumnKind::Figure),
        Column::new("price", "Price", ColumnKind::Figure),
        Column::new("amount", format!("Amount {}", statement.base_currency), ColumnKind::Figure),
    ];
    let row = |row: &Transaction<'_>| {
        let Transaction { date, kind, symbol, quantity, price, amount } = row;
        [date, kind, symbol, quantity, price, amount].map(|text| Cell::text(&**text)).to_vec()
    };
    let rows = statement.transactions.iter().map(row).collect();
    section("transactions", "Transactions".to_owned(), Content::Table(Table { columns, rows, total: None }))
}
