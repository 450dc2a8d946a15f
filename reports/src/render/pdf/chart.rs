//! Graphs: one geometry, which stands in the pages of a document or becomes a picture by itself.

mod bars;
mod shares;
mod svg;
mod ticks;
mod time;

use super::font::{Faces, faces};
use super::layout::{Drawing, LEFT, SMALL, Sheet, WIDTH};
use crate::document::{Chart, Content, Section, ShareGraph, ShareShape, TimeGraph, TimeShape};
use crate::error::Error;
use crate::texts::Texts;

/// Space below a graph.
const BELOW: f32 = 4.0;

/// A graph with its height, or why there is none.
type Drawn = Result<(Drawing, f32), String>;

pub(super) fn draw_chart(sheet: &mut Sheet, title: &str, chart: &Chart) {
    place(sheet, title, time::drawing(sheet.faces, sheet.texts(), TimeShape::Lines, &of_chart(chart)));
}

pub(super) fn draw_time_graph(sheet: &mut Sheet, title: &str, graph: &TimeGraph) {
    place(sheet, title, time::drawing(sheet.faces, sheet.texts(), graph.shape, &of_graph(graph)));
}

pub(super) fn draw_share_graph(sheet: &mut Sheet, title: &str, graph: &ShareGraph) {
    place(sheet, title, share_drawing(sheet.faces, sheet.texts(), graph));
}

fn share_drawing(faces: &'static Faces, texts: Texts, graph: &ShareGraph) -> Drawn {
    match graph.shape {
        ShareShape::Bars => bars::drawing(faces, texts, graph),
        ShareShape::Pie | ShareShape::Donut => shares::drawing(faces, texts, graph),
    }
}

/// The graph of a section as SVG, as wide as in the pages of a document (the units are points); none for sections of
/// another kind and where there is nothing to draw. Dates and figures at the axes are in the language given.
///
/// # Errors
/// [`Error::Font`] if the typeface cannot be read, which a program that has started at all never meets.
pub fn graph_as_svg(section: &Section, texts: Texts) -> Result<Option<String>, Error> {
    let faces = faces()?;
    let drawn = match &section.content {
        Content::Chart(chart) => time::drawing(faces, texts, TimeShape::Lines, &of_chart(chart)),
        Content::TimeGraph(graph) => time::drawing(faces, texts, graph.shape, &of_graph(graph)),
        Content::ShareGraph(graph) => share_drawing(faces, texts, graph),
        Content::KeyFigures(_) | Content::Table(_) | Content::Notes(_) => return Ok(None),
    };
    Ok(drawn.ok().map(|(drawing, height)| svg::picture(&section.title, &drawing.marks, WIDTH, height)))
}

fn of_chart(chart: &Chart) -> Vec<time::Named<'_>> {
    vec![(chart.series.as_str(), chart.points.as_slice())]
}

fn of_graph(graph: &TimeGraph) -> Vec<time::Named<'_>> {
    graph.series.iter().map(|series| (series.name.as_str(), series.points.as_slice())).collect()
}

fn place(sheet: &mut Sheet, title: &str, drawn: Drawn) {
    match drawn {
        Ok((drawing, height)) => {
            sheet.heading(title, height);
            sheet.place(drawing, LEFT, sheet.y - height);
            sheet.skip(height + BELOW);
        }
        Err(problem) => {
            sheet.heading(title, SMALL.size * 2.0);
            sheet.paragraph(0.0, SMALL, &problem);
        }
    }
}
