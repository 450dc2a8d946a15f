//! The parts of a whole: slices clockwise from the top, beside them a legend with every figure.

use std::f64::consts::{FRAC_PI_2, TAU};

use rust_decimal::prelude::ToPrimitive;

use super::super::font::Faces;
use super::super::layout::{Anchor, BODY, Drawing, Ink, Step, Style};
use super::Drawn;
use crate::document::{Share, ShareGraph, ShareShape};
use crate::texts::{Label, Sentence, Texts};

/// Half of the picture's width.
const RADIUS: f64 = 56.0;
/// Half of the hole's width in a ring.
const HOLE: f64 = 32.0;
/// Space around the picture.
const MARGIN: f64 = 4.0;
/// Where the legend begins and ends.
const LEGEND_LEFT: f32 = 150.0;
const LEGEND_RIGHT: f32 = 360.0;
/// The distance of lines in the legend.
const LINE: f32 = 13.0;
/// Lines of the legend at most; what comes after is counted.
const LINES_MAX: usize = 40;

/// Draws the parts of a whole.
pub(super) fn drawing(faces: &'static Faces, texts: Texts, graph: &ShareGraph) -> Drawn {
    if graph.shares.is_empty() {
        return Err(texts.label(Label::NoneInPeriod));
    }
    let sizes: Vec<f64> = graph.shares.iter().map(size).collect();
    let whole: f64 = sizes.iter().sum();
    if whole <= 0.0 || !whole.is_finite() {
        return Err(texts.sentence(Sentence::NoPartAboveZero));
    }
    let lines = graph.shares.len().min(LINES_MAX + 1);
    let height = single(2.0 * (RADIUS + MARGIN));
    let height = height.max(lines as f32 * LINE + 2.0 * single(MARGIN));
    let mut drawing = Drawing::new(faces);
    let center = (RADIUS + MARGIN, f64::from(height) - RADIUS - MARGIN);
    let mut from = 0.0;
    for (place, size) in sizes.iter().enumerate().filter(|(_, size)| 0.0 < **size) {
        let to = from + size / whole * TAU;
        drawing.shape(slice(center, from, to, graph.shape), Ink::Series(place));
        from = to;
    }
    legend(&mut drawing, texts, graph, height);
    Ok((drawing, height))
}

/// How large a part is in the picture.
fn size(share: &Share) -> f64 {
    let size = share.cell.printed_number().and_then(|number| number.to_f64());
    size.filter(|size| 0.0 < *size).unwrap_or_default()
}

fn legend(drawing: &mut Drawing, texts: Texts, graph: &ShareGraph, height: f32) {
    let lines = graph.shares.len().min(LINES_MAX + 1) as f32;
    let mut y = height / 2.0 + lines * LINE / 2.0 - LINE * 0.75;
    for (place, share) in graph.shares.iter().take(LINES_MAX).enumerate() {
        let printed = share.cell.printed(texts.locale());
        let face = drawing.faces.of(BODY.weight);
        let room = LEGEND_RIGHT - LEGEND_LEFT - 20.0 - face.width(&printed, BODY.size);
        let label = super::super::layout::fit(face, &share.label, BODY.size, room).into_owned();
        drawing.area(LEGEND_LEFT, y, 7.0, 7.0, Ink::Series(place));
        drawing.text(Anchor::Left, LEGEND_LEFT + 13.0, y + 0.7, BODY, &label);
        drawing.text(Anchor::Right, LEGEND_RIGHT, y + 0.7, BODY, &printed);
        y -= LINE;
    }
    let rest = graph.shares.len().saturating_sub(LINES_MAX);
    if 0 < rest {
        let style = Style { ink: Ink::Muted, ..BODY };
        let more = texts.label_with(Label::AndMore, &[("count", &rest.to_string())]);
        drawing.text(Anchor::Left, LEGEND_LEFT + 13.0, y + 0.7, style, &more);
    }
}

/// The outline of a slice between two angles, clockwise from the top.
fn slice(center: (f64, f64), from: f64, to: f64, shape: ShareShape) -> Vec<Step> {
    let start = on_circle(center, RADIUS, from);
    match shape {
        ShareShape::Pie => {
            let (x, y) = (single(center.0), single(center.1));
            let mut steps = vec![Step::Move(x, y), Step::Line(start.0, start.1)];
            steps.extend(arc(center, RADIUS, from, to));
            steps
        }
        ShareShape::Donut | ShareShape::Bars => {
            let mut steps = vec![Step::Move(start.0, start.1)];
            steps.extend(arc(center, RADIUS, from, to));
            let (x, y) = on_circle(center, HOLE, to);
            steps.push(Step::Line(x, y));
            steps.extend(arc(center, HOLE, to, from));
            steps
        }
    }
}

/// A part of a circle as curves of at most a quarter each; they are off by less than a three-thousandth of the radius.
fn arc(center: (f64, f64), radius: f64, from: f64, to: f64) -> Vec<Step> {
    let quarters = ((to - from).abs() / FRAC_PI_2).ceil().max(1.0);
    let step = (to - from) / quarters;
    let pull = 4.0 / 3.0 * (step / 4.0).tan() * radius;
    let mut steps = Vec::new();
    let mut index = 0.0;
    while index < quarters {
        let (begin, end) = (from + step * index, from + step * (index + 1.0));
        let ((ax, ay), (bx, by)) = (exact(center, radius, begin), exact(center, radius, end));
        let first = (ax + pull * begin.cos(), ay - pull * begin.sin());
        let second = (bx - pull * end.cos(), by + pull * end.sin());
        let short = |(x, y): (f64, f64)| (single(x), single(y));
        steps.push(Step::Curve([short(first), short(second), short((bx, by))]));
        index += 1.0;
    }
    steps
}

/// A point of a circle by its angle, clockwise from the top.
fn exact(center: (f64, f64), radius: f64, angle: f64) -> (f64, f64) {
    (center.0 + radius * angle.sin(), center.1 + radius * angle.cos())
}

fn on_circle(center: (f64, f64), radius: f64, angle: f64) -> (f32, f32) {
    let (x, y) = exact(center, radius, angle);
    (single(x), single(y))
}

/// A length of the page as marks hold it.
fn single(length: f64) -> f32 {
    length.to_f32().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use schemas::Language;

    use rust_decimal::Decimal;

    use super::super::super::font::faces;
    use super::super::super::layout::Mark;
    use super::*;
    use crate::document::Cell;

    fn graph(shape: ShareShape, sizes: &[i64]) -> ShareGraph {
        let share = |size: &i64| Share { label: format!("Part {size}"), cell: Cell::Quantity(Decimal::from(*size)) };
        ShareGraph { shape, shares: sizes.iter().map(share).collect() }
    }

    fn drawn(shape: ShareShape, sizes: &[i64]) -> Drawing {
        drawing(faces().expect("built in"), Texts::of(Language::English), &graph(shape, sizes)).expect("drawn").0
    }

    #[test]
    fn slices_follow_the_clock() {
        // A quarter, clockwise from the top, ends at three o'clock: as high as the centre, a radius to its right.
        let drawing = drawn(ShareShape::Pie, &[1, 3]);
        let Some(Mark::Shape { steps, .. }) = drawing.marks.first() else { panic!("a slice") };
        let [Step::Move(x, y), Step::Line(top_x, top_y), Step::Curve([_, _, (end_x, end_y)])] = steps[..] else {
            panic!("a quarter is one curve: {steps:?}")
        };
        assert!((top_x - x).abs() < 0.01 && (top_y - y - 56.0).abs() < 0.01);
        assert!((end_x - x - 56.0).abs() < 0.01 && (end_y - y).abs() < 0.01);
    }

    #[test]
    fn curves_stay_on_their_circle() {
        for step in arc((0.0, 0.0), 1.0, 0.3, 6.0) {
            let Step::Curve([a, b, end]) = step else { panic!("curves only") };
            assert!((end.0.hypot(end.1) - 1.0).abs() < 1e-6);
            assert!(1.0 < a.0.hypot(a.1) && 1.0 < b.0.hypot(b.1), "the points that pull lie outside");
        }
    }

    #[test]
    fn what_has_no_size_is_in_the_legend_only() {
        let drawing = drawn(ShareShape::Donut, &[5, 0, -2]);
        let slices = drawing.marks.iter().filter(|mark| matches!(mark, Mark::Shape { .. })).count();
        assert_eq!(slices, 1);
        for label in ["Part 5", "Part 0", "Part -2", "\u{2212}2"] {
            assert!(
                drawing.marks.iter().any(|mark| matches!(mark, Mark::Text { text, .. } if text == label)),
                "{label}"
            );
        }
        let many: Vec<i64> = (1..=60).collect();
        let drawing = drawn(ShareShape::Pie, &many);
        assert!(drawing.marks.iter().any(|mark| matches!(mark, Mark::Text { text, .. } if text == "and 20 more")));
        assert!(
            super::drawing(faces().expect("built in"), Texts::of(Language::English), &graph(ShareShape::Pie, &[0, -1]))
                .is_err()
        );
    }
}
