//! A document for programs: keys in a fixed order, figures as decimal text.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::document::{Alignment, Cell, ChartPoint, Column, Content, Document, KeyFigure, Section, Series, Share};
use crate::error::Error;

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
        "portfolio_id": document.portfolio_id.as_str(),
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
            "language": metadata.language,
            "synthetic": metadata.synthetic,
        },
        "sections": document.sections.iter().map(section).collect::<Vec<Value>>(),
    })
}

fn section(section: &Section) -> Value {
    let (id, title) = (section.id, section.title.as_str());
    match &section.content {
        Content::KeyFigures(key_figures) => {
            let figures: Vec<Value> = key_figures.figures.iter().map(key_figure).collect();
            json!({ "id": id, "title": title, "kind": "key_figures", "figures": figures, "note": key_figures.note })
        }
        Content::Table(table) => {
            let columns: Vec<Value> = table.columns.iter().map(column).collect();
            let rows: Vec<Value> = table.rows.iter().map(Vec::as_slice).map(row).collect();
            let total = table.total.as_deref().map(row);
            json!({ "id": id, "title": title, "kind": "table", "columns": columns, "rows": rows, "total": total })
        }
        Content::Chart(chart) => {
            let points: Vec<Value> = chart.points.iter().map(point).collect();
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
            let series: Vec<Value> = graph.series.iter().map(series).collect();
            json!({ "id": id, "title": title, "kind": "time_graph", "series": series })
        }
        Content::ShareGraph(graph) => {
            let shares: Vec<Value> = graph.shares.iter().map(share).collect();
            json!({ "id": id, "title": title, "kind": "share_graph", "shares": shares })
        }
        Content::Notes(notes) => json!({ "id": id, "title": title, "kind": "notes", "notes": notes }),
    }
}

fn key_figure(figure: &KeyFigure) -> Value {
    json!({ "label": figure.label, "figure": cell(&figure.cell) })
}

fn column(column: &Column) -> Value {
    let alignment = match column.alignment {
        Alignment::Left => "left",
        Alignment::Right => "right",
    };
    json!({ "id": column.id, "title": column.title, "kind": column.kind.name(), "alignment": alignment })
}

fn row(cells: &[Cell]) -> Value {
    Value::Array(cells.iter().map(cell).collect())
}

fn point(point: &ChartPoint) -> Value {
    json!({ "date": point.date.to_string(), "figure": cell(&point.cell) })
}

fn series(series: &Series) -> Value {
    json!({ "name": series.name, "points": series.points.iter().map(point).collect::<Vec<Value>>() })
}

fn share(share: &Share) -> Value {
    json!({ "label": share.label, "figure": cell(&share.cell) })
}

fn cell(cell: &Cell) -> Value {
    let kind = cell.kind();
    match cell {
        Cell::Text(text) => json!({ "kind": kind, "value": text }),
        Cell::Date(day) => json!({ "kind": kind, "value": day.to_string() }),
        Cell::Unavailable(reason) => json!({ "kind": kind, "reason": reason }),
        Cell::Money { currency, .. } => {
            json!({ "kind": kind, "value": cell.plain(), "currency": currency.code(), "printed": cell.printed() })
        }
        Cell::Number(_) | Cell::Price(_) | Cell::Quantity(_) | Cell::Fraction(_) => {
            json!({ "kind": kind, "value": cell.plain(), "printed": cell.printed() })
        }
    }
}
