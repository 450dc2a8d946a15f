//! A document for programs: keys in a fixed order, figures as decimal text.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::document::{Alignment, Cell, ChartPoint, Column, Content, Document, KeyFigure, Section, Series, Share};
use crate::error::Error;
use crate::locale::Locale;

pub(super) fn render(document: &Document) -> Result<Bytes, Error> {
    let mut bytes = serde_json::to_vec_pretty(&value(document)).map_err(Error::Json)?;
    bytes.push(b'\n');
    Ok(Bytes::from(bytes))
}

fn value(document: &Document) -> Value {
    let metadata = &document.metadata;
    json!({
        "title": document.title,
        "subtitle": document.subtitle,
        (document.subject.field()): document.subject.id(),
        "period": {
            "opening_date": document.period.opening_date.to_string(),
            "closing_date": document.period.closing_date.to_string(),
        },
        "metadata": {
            "kind": metadata.kind,
            "program_version": metadata.program_version,
            "run_id": metadata.run_id.as_str(),
            "inputs_fingerprint": metadata.inputs_fingerprint,
            "data_grade": metadata.data_grade.letter(),
            "language": metadata.language.code(),
            "synthetic": metadata.synthetic,
        },
        "sections": document.sections.iter().map(|part| section(part, document.locale())).collect::<Vec<Value>>(),
    })
}

fn section(section: &Section, locale: &Locale) -> Value {
    let (id, title) = (section.id, section.title.as_str());
    match &section.content {
        Content::KeyFigures(key_figures) => {
            let figures: Vec<Value> = key_figures.figures.iter().map(|figure| key_figure(figure, locale)).collect();
            json!({ "id": id, "title": title, "kind": "key_figures", "figures": figures, "note": key_figures.note })
        }
        Content::Table(table) => {
            let columns: Vec<Value> = table.columns.iter().map(column).collect();
            let rows: Vec<Value> = table.rows.iter().map(|cells| row(cells, locale)).collect();
            let total = table.total.as_deref().map(|cells| row(cells, locale));
            json!({ "id": id, "title": title, "kind": "table", "columns": columns, "rows": rows, "total": total })
        }
        Content::Chart(chart) => {
            let points: Vec<Value> = chart.points.iter().map(|dated| point(dated, locale)).collect();
            json!({
                "id": id,
                "title": title,
                "kind": "chart",
                "series": chart.series,
                "currency": chart.currency.code(),
                "points": points,
            })
        }
        Content::TimeGraph(graph) => {
            let series: Vec<Value> = graph.series.iter().map(|one| series(one, locale)).collect();
            json!({ "id": id, "title": title, "kind": "time_graph", "series": series })
        }
        Content::ShareGraph(graph) => {
            let shares: Vec<Value> = graph.shares.iter().map(|one| share(one, locale)).collect();
            json!({ "id": id, "title": title, "kind": "share_graph", "shares": shares })
        }
        Content::Notes(notes) => json!({ "id": id, "title": title, "kind": "notes", "notes": notes }),
    }
}

fn key_figure(figure: &KeyFigure, locale: &Locale) -> Value {
    json!({ "label": figure.label, "figure": cell(&figure.cell, locale) })
}

fn column(column: &Column) -> Value {
    let alignment = match column.alignment {
        Alignment::Left => "left",
        Alignment::Right => "right",
    };
    json!({ "id": column.id, "title": column.title, "kind": column.kind.name(), "alignment": alignment })
}

fn row(cells: &[Cell], locale: &Locale) -> Value {
    Value::Array(cells.iter().map(|shown| cell(shown, locale)).collect())
}

fn point(point: &ChartPoint, locale: &Locale) -> Value {
    json!({ "date": point.date.to_string(), "figure": cell(&point.cell, locale) })
}

fn series(series: &Series, locale: &Locale) -> Value {
    let points: Vec<Value> = series.points.iter().map(|dated| point(dated, locale)).collect();
    json!({ "name": series.name, "points": points })
}

fn share(share: &Share, locale: &Locale) -> Value {
    json!({ "label": share.label, "figure": cell(&share.cell, locale) })
}

fn cell(cell: &Cell, locale: &Locale) -> Value {
    let kind = cell.kind();
    let printed = || cell.printed(locale);
    match cell {
        Cell::Text(text) => json!({ "kind": kind, "value": text }),
        Cell::Date(day) => json!({ "kind": kind, "value": day.to_string() }),
        Cell::Unavailable(reason) => json!({ "kind": kind, "reason": reason }),
        Cell::Money { currency, .. } => {
            json!({ "kind": kind, "value": cell.plain(), "currency": currency.code(), "printed": printed() })
        }
        Cell::Number(_) | Cell::Price(_) | Cell::Quantity(_) | Cell::Fraction(_) => {
            json!({ "kind": kind, "value": cell.plain(), "printed": printed() })
        }
    }
}
