//! Marks on pages: where text, lines and areas stand, in points from the lower left corner of an A4 page.

use std::borrow::Cow;

use super::font::{Face, Faces, Weight};
use super::links::{self, Link};
use crate::locale::Locale;
use crate::texts::Texts;

pub(super) const PAGE_WIDTH: f32 = 595.28;
pub(super) const PAGE_HEIGHT: f32 = 841.89;
/// The left edge of what is printed.
pub(crate) const LEFT: f32 = 48.0;
/// The right edge of what is printed.
pub(crate) const RIGHT: f32 = PAGE_WIDTH - LEFT;
/// The width of what is printed.
pub(crate) const WIDTH: f32 = RIGHT - LEFT;
/// Where sections start on a page, below the header.
const TOP: f32 = PAGE_HEIGHT - 60.0;
/// Where sections end on a page, above the footer.
const BOTTOM: f32 = 56.0;

/// Height of a section's heading with the space around it.
const HEADING: f32 = 33.0;
/// The distance of lines of text, in font sizes.
pub(crate) const LEADING: f32 = 1.32;

/// The colours: one accent, greys, and those of the series and parts of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Text,
    Muted,
    Accent,
    Rule,
    Stripe,
    Paper,
    /// The colour of a series or part by its place; after the last colour the first comes again, lighter.
    Series(usize),
    /// The same, pale, for areas behind lines.
    Pale(usize),
}

/// The colours of series and parts, told apart by their lightness too, for readers who see no colours.
const SERIES: [[u8; 3]; 8] = [
    [20, 79, 107],
    [95, 168, 211],
    [226, 149, 61],
    [122, 158, 126],
    [141, 153, 174],
    [168, 80, 90],
    [196, 208, 120],
    [90, 84, 134],
];

impl Ink {
    /// Red, green and blue.
    pub(super) fn rgb(self) -> [u8; 3] {
        let of_series = |place: usize| {
            let color = SERIES.get(place % SERIES.len()).copied().unwrap_or_default();
            let is_again = !(place / SERIES.len()).is_multiple_of(2);
            if is_again { color.map(|part| 255 - (255 - part) / 2) } else { color }
        };
        match self {
            Ink::Text => [33, 36, 41],
            Ink::Muted => [107, 112, 120],
            Ink::Accent => [20, 79, 107],
            Ink::Rule => [209, 214, 219],
            Ink::Stripe => [243, 245, 247],
            Ink::Paper => [255, 255, 255],
            Ink::Series(place) => of_series(place),
            Ink::Pale(place) => of_series(place).map(|part| 255 - (255 - part) / 5),
        }
    }
}

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(super) weight: Weight,
    pub(super) ink: Ink,
}

impl Style {
    pub(crate) const fn new(size: f32, weight: Weight, ink: Ink) -> Style {
        Style { size, weight, ink }
    }
}

/// Small print.
pub(crate) const SMALL: Style = Style::new(6.6, Weight::Regular, Ink::Muted);
/// Sentences.
pub(crate) const BODY: Style = Style::new(7.8, Weight::Regular, Ink::Text);

/// Which point of a text its position names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Left,
    Center,
    Right,
}

/// A step of the outline of a shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
    /// A new outline begins here.
    Move(f32, f32),
    /// Straight on to here.
    Line(f32, f32),
    /// In a curve (cubic Bézier) by two points that pull it, to here.
    Curve([(f32, f32); 3]),
}

/// Something drawn on a page. Areas and shapes lie under lines, and lines under text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mark {
    /// Text from a point on its baseline to the right.
    Text { x: f32, y: f32, style: Style, text: String },
    /// A line through points.
    Line { points: Vec<(f32, f32)>, thickness: f32, ink: Ink },
    /// A filled rectangle, named by its lower left corner.
    Area { x: f32, y: f32, width: f32, height: f32, ink: Ink },
    /// A filled outline; where outlines lie in each other, inside and outside take turns.
    Shape { steps: Vec<Step>, ink: Ink },
}

/// Marks around a point of their own, to be placed on a page or to become a picture by themselves.
pub(crate) struct Drawing {
    pub(super) faces: &'static Faces,
    pub(super) marks: Vec<Mark>,
}

impl Drawing {
    pub(super) fn new(faces: &'static Faces) -> Drawing {
        Drawing { faces, marks: Vec::new() }
    }

    /// A line of text. What the typeface lacks is replaced; nothing is drawn for blanks.
    pub(super) fn text(&mut self, anchor: Anchor, x: f32, y: f32, style: Style, text: &str) {
        let face = self.faces.of(style.weight);
        let text = face.visible(text);
        if text.trim().is_empty() {
            return;
        }
        let start = match anchor {
            Anchor::Left => x,
            Anchor::Center => x - face.width(&text, style.size) / 2.0,
            Anchor::Right => x - face.width(&text, style.size),
        };
        self.marks.push(Mark::Text { x: start, y, style, text: text.into_owned() });
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: Vec<(f32, f32)>, thickness: f32, ink: Ink) {
        self.marks.push(Mark::Line { points, thickness, ink });
    }

    /// A filled rectangle.
    pub(super) fn area(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        self.marks.push(Mark::Area { x, y, width, height, ink });
    }

    /// A filled outline.
    pub(super) fn shape(&mut self, steps: Vec<Step>, ink: Ink) {
        self.marks.push(Mark::Shape { steps, ink });
    }
}

impl Mark {
    /// The mark moved to the right and up.
    pub(super) fn moved(mut self, right: f32, up: f32) -> Mark {
        let shifted = |(x, y): (f32, f32)| (x + right, y + up);
        match &mut self {
            Mark::Text { x, y, .. } | Mark::Area { x, y, .. } => (*x, *y) = shifted((*x, *y)),
            Mark::Line { points, .. } => points.iter_mut().for_each(|point| *point = shifted(*point)),
            Mark::Shape { steps, .. } => {
                for step in steps {
                    *step = match *step {
                        Step::Move(x, y) => Step::Move(x + right, y + up),
                        Step::Line(x, y) => Step::Line(x + right, y + up),
                        Step::Curve(points) => Step::Curve(points.map(shifted)),
                    };
                }
            }
        }
        self
    }
}

/// A heading, for the list of contents beside the pages: its page from 0, and its upper edge.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bookmark {
    pub(super) title: String,
    pub(super) page: usize,
    pub(super) y: f32,
}

/// Everything that stands on the pages of a document.
pub(crate) struct Pages {
    pub(super) marks: Vec<Vec<Mark>>,
    pub(super) bookmarks: Vec<Bookmark>,
    pub(super) links: Vec<Link>,
}

impl Pages {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.marks.len()
    }
}

/// The pages so far, and the place on the last one where the next thing goes.
pub(crate) struct Sheet {
    pub(super) faces: &'static Faces,
    /// The words that the engine itself says, and how numbers and days look.
    texts: Texts,
    /// The lower edge of what has been drawn on the open page.
    pub(crate) y: f32,
    finished: Vec<Vec<Mark>>,
    bookmarks: Vec<Bookmark>,
    links: Vec<Link>,
    open: Drawing,
}

impl Sheet {
    pub(crate) fn new(faces: &'static Faces, texts: Texts) -> Sheet {
        let (finished, bookmarks, links) = (Vec::new(), Vec::new(), Vec::new());
        Sheet { faces, texts, y: TOP, finished, bookmarks, links, open: Drawing::new(faces) }
    }

    /// The pages.
    pub(crate) fn finish(mut self) -> Pages {
        self.turn_page();
        Pages { marks: self.finished, bookmarks: self.bookmarks, links: self.links }
    }

    /// The words of the document's language.
    pub(super) fn texts(&self) -> Texts {
        self.texts
    }

    /// How numbers and days look.
    pub(super) fn locale(&self) -> &'static Locale {
        self.texts.locale()
    }

    /// What is drawn on the one open page.
    pub(super) fn marks(self) -> Vec<Mark> {
        self.open.marks
    }

    /// The height that is left on the open page.
    pub(super) fn room(&self) -> f32 {
        self.y - BOTTOM
    }

    pub(crate) fn turn_page(&mut self) {
        self.finished.push(std::mem::take(&mut self.open.marks));
        self.y = TOP;
    }

    /// Turns the page if less than this height is left.
    pub(crate) fn reserve(&mut self, height: f32) {
        if self.room() < height {
            self.turn_page();
        }
    }

    /// Goes down by a height.
    pub(crate) fn skip(&mut self, height: f32) {
        self.y -= height;
    }

    /// A section's heading, on the page on which this much of what follows fits.
    pub(crate) fn heading(&mut self, title: &str, height_of_what_follows: f32) {
        self.reserve(HEADING + height_of_what_follows);
        let style = Style::new(11.0, Weight::Bold, Ink::Accent);
        let title = fit(self.faces.of(style.weight), title, style.size, WIDTH);
        self.text(Anchor::Left, LEFT, self.y - 23.0, style, &title);
        self.bookmarks.push(Bookmark { title: title.into_owned(), page: self.finished.len(), y: self.y });
        self.skip(HEADING);
    }

    /// A line of text. What the typeface lacks is replaced; nothing is drawn for blanks.
    pub(crate) fn text(&mut self, anchor: Anchor, x: f32, y: f32, style: Style, text: &str) {
        self.open.text(anchor, x, y, style, text);
    }

    /// A drawing with its point at this one.
    pub(super) fn place(&mut self, drawing: Drawing, x: f32, y: f32) {
        self.open.marks.extend(drawing.marks.into_iter().map(|mark| mark.moved(x, y)));
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: Vec<(f32, f32)>, thickness: f32, ink: Ink) {
        self.open.line(points, thickness, ink);
    }

    /// A line over the whole width.
    pub(crate) fn rule(&mut self, y: f32, thickness: f32, ink: Ink) {
        self.line(vec![(LEFT, y), (RIGHT, y)], thickness, ink);
    }

    /// A filled rectangle.
    pub(super) fn area(&mut self, x: f32, y: f32, width: f32, height: f32, ink: Ink) {
        self.open.area(x, y, width, height, ink);
    }

    /// The height that sentences take.
    pub(super) fn height(&self, indent: f32, style: Style, text: &str) -> f32 {
        let lines = wrap(self.faces.of(style.weight), text, style.size, WIDTH - indent).len();
        lines as f32 * style.size * LEADING
    }

    /// Sentences over the whole width from an indent on, over several pages if need be. Addresses in them are links.
    pub(crate) fn paragraph(&mut self, indent: f32, style: Style, text: &str) {
        let face = self.faces.of(style.weight);
        let lines = wrap(face, text, style.size, WIDTH - indent);
        let addresses = links::addresses(text);
        for line in lines {
            let height = style.size * LEADING;
            self.reserve(height);
            let baseline = self.y - style.size;
            self.text(Anchor::Left, LEFT + indent, baseline, style, &line);
            for (begin, address) in links::found_in(&line, &addresses) {
                let left = LEFT + indent + face.width(line.get(..begin).unwrap_or_default(), style.size);
                let right = left + face.width(&address.shown, style.size);
                self.line(vec![(left, baseline - 1.2), (right, baseline - 1.2)], 0.4, Ink::Accent);
                let area = [left, baseline - 0.25 * style.size, right, baseline + 0.8 * style.size];
                self.links.push(Link { page: self.finished.len(), area, target: address.target.clone() });
            }
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
    let visible = face.visible(text);
    let is_one_line = face.width(&visible, size) <= width;
    if is_one_line && !visible.starts_with(' ') && !visible.ends_with(' ') && !visible.contains("  ") {
        return vec![visible.into_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(&visible) {
        let before = line.len();
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if face.width(&line, size) <= width {
            continue;
        }
        line.truncate(before);
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
pub(super) fn fit<'a>(face: &Face, text: &'a str, size: f32, width: f32) -> Cow<'a, str> {
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
    Cow::Owned(kept)
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
        let text = "long ".repeat(50);
        let cut = fit(face, &text, 7.0, 100.0);
        assert!(cut.ends_with('…') && face.width(&cut, 7.0) <= 100.0, "{cut}");
    }
}
