//! Figures side by side: a bar from zero for each, its name on the left and the figure on the right.

use rust_decimal::prelude::ToPrimitive;

use super::super::font::Faces;
use super::super::layout::{Anchor, BODY, Drawing, Ink, WIDTH, fit};
use super::Drawn;
use crate::document::{Share, ShareGraph};
use crate::texts::{Label, Texts};

/// The distance of bars, and how high one is.
const LINE: f32 = 15.0;
const HIGH: f32 = 8.0;
/// Where the names end, and where the bars begin and end.
const NAMES: f32 = 170.0;
const LEFT: f32 = 180.0;
const RIGHT: f32 = WIDTH - 80.0;
/// Space above and below the bars.
const MARGIN: f32 = 4.0;
/// Bars at most; what comes after is counted.
const BARS_MAX: usize = 40;

/// Draws a bar for each figure; one that is missing has its name and a dash.
pub(super) fn drawing(faces: &'static Faces, texts: Texts, graph: &ShareGraph) -> Drawn {
    let drawn = graph.shares.get(..BARS_MAX).unwrap_or(&graph.shares);
    if drawn.is_empty() {
        return Err(texts.label(Label::NoneInPeriod));
    }
    let sizes: Vec<f32> = drawn.iter().map(size).collect();
    let low = sizes.iter().copied().fold(0.0, f32::min);
    let high = sizes.iter().copied().fold(0.0, f32::max);
    let scale = if low < high { (RIGHT - LEFT) / (high - low) } else { 0.0 };
    let zero = LEFT - low * scale;
    let rest = graph.shares.len() - drawn.len();
    let lines = drawn.len() + usize::from(0 < rest);
    let height = lines as f32 * LINE + 2.0 * MARGIN;
    let mut drawing = Drawing::new(faces);
    let mut y = height - MARGIN - LINE;
    for (share, size) in drawn.iter().zip(&sizes) {
        let base = y + (LINE - HIGH) / 2.0;
        let face = faces.of(BODY.weight);
        drawing.text(Anchor::Left, 0.0, base + 1.0, BODY, &fit(face, &share.label, BODY.size, NAMES));
        let ink = Ink::Series(usize::from(*size < 0.0));
        drawing.area(zero + size.min(0.0) * scale, base, size.abs() * scale, HIGH, ink);
        drawing.text(Anchor::Right, WIDTH, base + 1.0, BODY, &share.cell.printed(texts.locale()));
        y -= LINE;
    }
    if 0 < rest {
        let more = texts.label_with(Label::AndMore, &[("count", &rest.to_string())]);
        drawing.text(Anchor::Left, 0.0, y + (LINE - HIGH) / 2.0 + 1.0, BODY, &more);
    }
    drawing.line(vec![(zero, MARGIN), (zero, height - MARGIN)], 0.7, Ink::Muted);
    Ok((drawing, height))
}

/// How long a bar is; none for a figure that is missing.
fn size(share: &Share) -> f32 {
    let size = share.cell.printed_number().and_then(|number| number.to_f32());
    size.filter(|size| size.is_finite()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use schemas::Language;

    use super::super::super::font::faces;
    use super::super::super::layout::Mark;
    use super::*;
    use crate::document::{Cell, ShareShape};

    #[test]
    fn bars_of_losses_end_where_those_of_gains_begin() {
        let share = |label: &str, cell| Share { label: label.to_owned(), cell };
        let number = |number: i64| Cell::Quantity(Decimal::from(number));
        let shares = vec![
            share("Gain", number(6)),
            share("Loss", number(-3)),
            share("Nothing known", Cell::unavailable("no price")),
        ];
        let graph = ShareGraph { shape: ShareShape::Bars, shares };
        let texts = Texts::of(Language::English);
        let (drawing, height) = drawing(faces().expect("built in"), texts, &graph).expect("drawn");
        let bars: Vec<(f32, f32)> = drawing
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Area { x, width, y, height: high, .. } => {
                    assert!(0.0 <= *y && y + high <= height && 0.0 <= *x && x + width <= WIDTH);
                    Some((*x, *width))
                }
                _ => None,
            })
            .collect();
        let [(gain, up), (loss, down), (_, none)] = bars[..] else { panic!("three bars: {bars:?}") };
        assert!((loss + down - gain).abs() < 0.01, "both touch zero");
        assert!((up - 2.0 * down).abs() < 0.01 && none == 0.0, "6 is twice as long as 3, and what is missing has none");
        let said =
            |text: &str| drawing.marks.iter().any(|mark| matches!(mark, Mark::Text { text: t, .. } if t == text));
        assert!(said("Nothing known") && said("\u{2013}") && said("\u{2212}3"));
    }
}
