//! Marks as a picture for web pages and mails (SVG).

use std::fmt::Write;

use super::super::font::Weight;
use super::super::layout::{Ink, Mark, Step};

/// The typefaces to look for, in order.
const TYPEFACES: &str = "'DejaVu Sans Condensed', 'DejaVu Sans', Verdana, sans-serif";

/// A picture of this size; its upper edge is at the height, and the title is read to those who do not see it.
pub(super) fn picture(title: &str, marks: &[Mark], width: f32, height: f32) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" font-family=\"{TYPEFACES}\">\
         <title>{}</title>\n",
        short(width),
        short(height),
        escaped(title)
    );
    let rank = |mark: &&Mark| match mark {
        Mark::Area { .. } | Mark::Shape { .. } => 0,
        Mark::Line { .. } => 1,
        Mark::Text { .. } => 2,
    };
    let mut sorted: Vec<&Mark> = marks.iter().collect();
    sorted.sort_by_key(rank);
    for mark in sorted {
        svg.push_str(&element(mark, height));
        svg.push('\n');
    }
    svg.push_str("</svg>\n");
    svg
}

fn element(mark: &Mark, height: f32) -> String {
    let at = |x: f32, y: f32| format!("{} {}", short(x), short(height - y));
    match mark {
        Mark::Text { x, y, style, text } => {
            let weight = match style.weight {
                Weight::Regular => "",
                Weight::Bold => " font-weight=\"bold\"",
            };
            let (x, y, size) = (short(*x), short(height - y), short(style.size));
            let (fill, text) = (color(style.ink), escaped(text));
            format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight} fill=\"{fill}\">{text}</text>")
        }
        Mark::Line { points, thickness, ink } => {
            let points: Vec<String> = points.iter().map(|(x, y)| at(*x, *y).replace(' ', ",")).collect();
            let (points, width, stroke) = (points.join(" "), short(*thickness), color(*ink));
            format!(
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" \
                 stroke-linejoin=\"round\"/>"
            )
        }
        Mark::Area { x, y, width, height: tall, ink } => {
            let (x, y, fill) = (short(*x), short(height - y - tall), color(*ink));
            format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"/>",
                short(*width),
                short(*tall)
            )
        }
        Mark::Shape { steps, ink } => {
            let mut path = String::new();
            for step in steps {
                let _ = match step {
                    Step::Move(x, y) => write!(path, "M{}", at(*x, *y)),
                    Step::Line(x, y) => write!(path, "L{}", at(*x, *y)),
                    Step::Curve([a, b, c]) => {
                        write!(path, "C{} {} {}", at(a.0, a.1), at(b.0, b.1), at(c.0, c.1))
                    }
                };
            }
            format!("<path d=\"{path}Z\" fill=\"{}\" fill-rule=\"evenodd\"/>", color(*ink))
        }
    }
}

/// A length with two decimals at most.
fn short(length: f32) -> String {
    let text = format!("{length:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn color(ink: Ink) -> String {
    let [red, green, blue] = ink.rgb();
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::super::layout::SMALL;
    use super::*;

    #[test]
    fn a_picture_has_its_origin_at_the_upper_left() {
        let marks = [
            Mark::Text { x: 1.0, y: 2.5, style: SMALL, text: "a < b & c".to_owned() },
            Mark::Line { points: vec![(0.0, 0.0), (10.0, 20.0)], thickness: 0.5, ink: Ink::Accent },
            Mark::Area { x: 1.0, y: 2.0, width: 3.0, height: 4.0, ink: Ink::Rule },
        ];
        let svg = picture("A \"title\"", &marks, 10.0, 20.0);
        let lines: Vec<&str> = svg.lines().collect();
        assert!(lines[0].contains("viewBox=\"0 0 10 20\"") && lines[0].ends_with("<title>A &quot;title&quot;</title>"));
        assert_eq!(lines[1], "<rect x=\"1\" y=\"14\" width=\"3\" height=\"4\" fill=\"#d1d6db\"/>");
        assert!(lines[2].starts_with("<polyline points=\"0,20 10,0\""), "{}", lines[2]);
        assert!(lines[3].contains("y=\"17.5\"") && lines[3].ends_with(">a &lt; b &amp; c</text>"), "{}", lines[3]);
    }
}
