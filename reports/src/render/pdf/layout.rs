//! Marks on pages: where text, lines and areas stand, in points from the lower left corner of an A4 page.

use schemas::Language;

use super::font::{Face, Faces, Weight};
use crate::locale::Locale;
use crate::texts::Texts;

pub(super) const PAGE_WIDTH: f32 = 595.28;
pub(super) const PAGE_HEIGHT: f32 = 841.89;
/// The left edge of what is printed.
pub(super) const LEFT: f32 = 48.0;
/// The right edge of what is printed.
pub(super) const RIGHT: f32 = PAGE_WIDTH - LEFT;
/// The width of what is printed.
pub(super) const WIDTH: f32 = RIGHT - LEFT;
/// Where sections start on a page, below the header.
const TOP: f32 = PAGE_HEIGHT - 60.0;
/// Where sections end on a page, above the footer.
const BOTTOM: f32 = 56.0;

/// Height of a section's heading with the space around it.
const HEADING: f32 = 33.0;
/// The distance of lines of text, in font sizes.
pub(super) const LEADING: f32 = 1.32;

/// The colours: one accent, and greys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Muted,
    Accent,
    Rule,
    Paper,
}

/// How text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) ink: Ink,
}

impl Style {
    pub(super) const fn new(size: f32, weight: Weight, ink: Ink) -> Style {
        Style { size, weight, ink }
    }
}

/// Small print.
pub(super) const SMALL: Style = Style::new(6.6, Weight::Regular, Ink::Muted);
/// Sentences.
pub(super) const BODY: Style = Style::new(7.8, Weight::Regular, Ink::Text);

/// Which point of a text its position names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Left,
    Center,
    Right,
}

/// Something drawn on a page.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// Text from a point on its baseline to the right.
    Text { x: f32, y: f32, style: Style, text: String },
    /// A line through points.
    Line { points: Vec<(f32, f32)>, thickness: f32, ink: Ink },
    /// A filled rectangle, named by its lower left corner.
    Area { x: f32, y: f32, width: f32, height: f32, ink: Ink },
}

/// The pages so far, and the place on the last one where the next thing goes.
pub(super) struct Sheet {
    pub(super) faces: &'static Faces,
    /// The language of what the engine itself says, and of numbers and days.
    pub(super) language: Language,
    /// The lower edge of what has been drawn on the open page.
    pub(super) y: f32,
    finished: Vec<Vec<Mark>>,
    open: Vec<Mark>,
}

impl Sheet {
    pub(super) fn new(faces: &'static Faces, language: Language) -> Sheet {
        Sheet { faces, language, y: TOP, finished: Vec::new(), open: Vec::new() }
    }

    /// How numbers and days look.
    pub(super) fn locale(&self) -> &'static Locale {
        self.texts().locale()
    }

    /// The words of the language.
    pub(super) fn texts(&self) -> Texts {
        Texts::of(self.language)
    }

    /// The pages.
    pub(super) fn finish(mut self) -> Vec<Vec<Mark>> {
        self.turn_page();
        self.finished
    }

    /// The height that is left on the open page.
    pub(super) fn room(&self) -> f32 {
        self.y - BOTTOM
    }

    pub(super) fn turn_page(&mut self) {
        self.finished.push(std::mem::take(&mut self.open));
        self.y = TOP;
    }

    /// Turns the page if less than this height is left.
    pub(super) fn reserve(&mut self, height: f32) {
        if self.room() < height {
            self.turn_page();
        }
    }

    /// Goes down by a height.
    pub(super) fn skip(&mut self, height: f32) {
        self.y -= height;
    }

    /// A section's heading, on the page on which this much of what follows fits.
    pub(super) fn heading(&mut self, title: &str, height_of_what_follows: f32) {
        self.reserve(HEADING + height_of_what_follows);
        let style = Style::new(11.0, Weight::Bold, Ink::Accent);
        let title = fit(self.faces.of(style.weight), title, style.size, WIDTH);
        self.text(Anchor::Left, LEFT, self.y - 23.0, style, &title);
        self.skip(HEADING);
    }

    /// A line of text. What the typeface lacks is replaced; nothing is drawn for blanks.
    pub(super) fn text(&mut self, anchor: Anchor, x: f32, y: f32, style: Style, text: &str) {
        let face = self.faces.of(style.weight);
        let text = face.visible(text);
        if text.trim().is_empty() {
            return;
        }
        let width = face.width(&text, style.size);
        let start = match anchor {
            Anchor::Left => x,
            Anchor::Center => x - width / 2.0,
            Anchor::Right => x - width,
        };
        self.open.push(Mark::Text { x: start, y, style, text });
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: Vec<(f32, f32)>, thickness: f32, ink: Ink) {
        self.open.push(Mark::Line { points, thickness, ink });
    }

    /// A line over the whole width.
    pub(super) fn rule(&mut self, y: f32, thickness: f32, ink: Ink) {
        self.line(vec![(LEFT, y), (RIGHT, y)], thickness, ink);
    }

    /// A filled rectangle.
    pub(super) fn area(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        self.open.push(Mark::Area { x, y, width, height, ink });
    }

    /// Sentences over the whole width from an indent on, over several pages if need be.
    pub(super) fn paragraph(&mut self, indent: f32, style: Style, text: &str) {
        let lines = wrap(self.faces.of(style.weight), text, style.size, WIDTH - indent);
        for line in lines {
            let height = style.size * LEADING;
            self.reserve(height);
            self.text(Anchor::Left, LEFT + indent, self.y - style.size, style, &line);
            self.skip(height);
        }
    }
}

/// Whether a line may break at a character: at spaces, but those that keep figures, units and marks together.
fn is_break(character: char) -> bool {
    character.is_whitespace() && !['\u{A0}', '\u{202F}', '\u{2007}'].contains(&character)
}

/// The words between which lines may break.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_break).filter(|word| !word.is_empty())
}

/// Breaks a text into lines of at most this width: between words, and inside a word only if it alone is too long.
pub(super) fn wrap(face: &Face, text: &str, size: f32, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(&face.visible(text)) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if face.width(&longer, size) <= width {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in word.chars() {
            line.push(character);
            let is_too_long = width < face.width(&line, size);
            if is_too_long && 1 < line.chars().count() {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(character);
            }
        }
    }
    lines.push(line);
    lines
}

/// The text if it fits, otherwise its beginning and an ellipsis.
pub(super) fn fit(face: &Face, text: &str, size: f32, width: f32) -> String {
    let visible = face.visible(text);
    if face.width(&visible, size) <= width {
        return visible;
    }
    let room = width - face.width("…", size);
    let mut kept = String::new();
    for character in visible.chars() {
        kept.push(character);
        if room < face.width(&kept, size) {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::super::font::faces;
    use super::*;

    #[test]
    fn long_words_are_broken_and_nothing_is_lost() {
        let face = faces().expect("built in").of(Weight::Regular);
        let text = format!("A {} of the Republic", "x".repeat(200));
        let lines = wrap(face, &text, 7.0, 80.0);
        assert!(lines.iter().all(|line| face.width(line, 7.0) <= 80.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        assert_eq!(wrap(face, "", 7.0, 80.0), vec![String::new()]);
        assert_eq!(wrap(face, "two words", 7.0, 1.0).len(), 8, "one character a line if nothing more fits");
        let kept = wrap(face, "plus de 1\u{202F}234,50\u{A0}EUR\u{202F}: oui", 7.0, 60.0);
        assert_eq!(kept, ["plus de", "1\u{202F}234,50\u{A0}EUR\u{202F}: oui"]);
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        let face = faces().expect("built in").of(Weight::Bold);
        assert_eq!(fit(face, "short", 7.0, 100.0), "short");
        let cut = fit(face, &"long ".repeat(50), 7.0, 100.0);
        assert!(cut.ends_with('…') && face.width(&cut, 7.0) <= 100.0, "{cut}");
    }
}
