//! A tree of figures on a terminal: branches on the left, figures in columns, and no line wider than the terminal.

use std::io::Write;

use jobs::{Figure, Node, Rule, Unit};
use rust_decimal::Decimal;

/// Columns where the output is no terminal.
const WIDTH_ELSEWHERE: usize = 160;
/// Columns that a terminal is taken to have at least.
const WIDTH_MIN: usize = 60;
/// Columns of the label at least, and of the last column if it stands beside the figures.
const LABEL_MIN: usize = 20;
const ASIDE_MIN: usize = 44;
/// Columns of what stands below a label at least.
const ASIDE_BELOW_MIN: usize = 24;
/// Columns that a label keeps for its words, however deep it stands.
const WORDS_MIN: usize = 12;
/// Columns between two columns.
const GAP: usize = 2;

/// A node as it is printed.
struct Line {
    /// What stands before the label: the branches that lead to it.
    branch: String,
    /// What stands before a further line of the same node.
    trunk: String,
    label: String,
    /// The figure, rounded as on a statement.
    printed: String,
    /// Every digit of it, where rounding hides some.
    exact: String,
    /// How it follows from the lines below, what to know about it, and where it was read.
    asides: Vec<String>,
}

/// The columns that are to be had, of the terminal or of a file.
pub(crate) fn width() -> usize {
    terminal_columns().map_or(WIDTH_ELSEWHERE, |columns| columns.max(WIDTH_MIN))
}

/// The columns of the terminal; none if the output is no terminal.
pub(crate) fn terminal_columns() -> Option<usize> {
    comfy_table::Table::new().width().map(usize::from)
}

/// Writes a tree.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn write(root: &Node, width: usize, output: &mut dyn Write) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    gather(root, "", "", &mut lines);
    let widest = |text: fn(&Line) -> usize| lines.iter().map(text).max().unwrap_or(0);
    let printed = widest(|line| columns(&line.printed));
    let exact = widest(|line| columns(&line.exact));
    let label = widest(|line| columns(&line.branch) + columns(&line.label));
    let figures = GAP + printed + if exact == 0 { 0 } else { GAP + exact };
    let left = width.saturating_sub(figures);
    let beside = LABEL_MIN + GAP + ASIDE_MIN <= left;
    let room = if beside { left - GAP - ASIDE_MIN } else { left };
    let wanted = label;
    let label = wanted.min(room.max(LABEL_MIN));
    let aside = width.saturating_sub(label + figures + GAP);
    for mut line in lines {
        if label < wanted {
            // Far down a deep tree on a narrow terminal the branches give way to the words.
            line.branch = ending(&line.branch, label.saturating_sub(WORDS_MIN));
            line.trunk = ending(&line.trunk, label.saturating_sub(WORDS_MIN));
        }
        let text = if beside {
            line.with_asides_beside(label, printed, exact, aside)
        } else {
            line.with_asides_below(label, printed, exact, width)
        };
        output.write_all(text.as_bytes())?;
    }
    Ok(())
}

fn gather(node: &Node, branch: &str, trunk: &str, lines: &mut Vec<Line>) {
    let below = if node.children.is_empty() { "   " } else { "│  " };
    lines.push(Line {
        branch: branch.to_owned(),
        trunk: format!("{trunk}{below}"),
        label: clean(&node.label),
        printed: node.figure.printed(&node.unit),
        exact: exact_text(node),
        asides: asides(node),
    });
    let Some(last) = node.children.len().checked_sub(1) else { return };
    for (position, child) in node.children.iter().enumerate() {
        let (branch, beyond) = if position == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        gather(child, &format!("{trunk}{branch}"), &format!("{trunk}{beyond}"), lines);
    }
}

/// Every digit, if the rounded figure does not show them all.
fn exact_text(node: &Node) -> String {
    let shown = match (&node.figure, &node.unit) {
        (Figure::Exact(number), Unit::Money(_)) => {
            let printed = node.figure.printed(&node.unit).replace(',', "");
            let digits = printed.split(' ').next().unwrap_or_default();
            digits.parse::<Decimal>().is_ok_and(|printed| printed == *number)
        }
        (Figure::Exact(number), Unit::Units | Unit::Price(_)) => number.is_zero() || number.scale() <= 12,
        (Figure::Exact(number), Unit::Number | Unit::Rate(..) | Unit::Factor) => number.normalize().scale() <= 10,
        (Figure::Day(_) | Figure::Unavailable(_), _) => true,
        (_, Unit::Fraction) | (Figure::Estimate(_), _) | (Figure::Exact(_), Unit::Day) => false,
    };
    if shown { String::new() } else { node.figure.exact_text() }
}

fn asides(node: &Node) -> Vec<String> {
    let mut asides = Vec::new();
    if let Figure::Unavailable(reason) = &node.figure {
        asides.push(format!("unavailable: {}", clean(reason)));
    }
    asides.push(node.rule.sentence());
    asides.extend(node.differs.as_ref().map(|parts| {
        let parts = match parts {
            Figure::Unavailable(reason) => reason.clone(),
            parts => format!("the parts give {}", parts.exact_text()),
        };
        format!("DIFFERS: {parts}; a table is older than what it was made from, run the night again")
    }));
    asides.extend(node.note.as_deref().map(clean));
    asides.extend(node.source.as_ref().map(|source| format!("← {}", clean(&source.to_string()))));
    if 0 < node.hidden {
        asides.push(format!("{} lines below; show them with a larger --depth", node.hidden));
    }
    asides.retain(|aside| !aside.is_empty());
    if matches!(node.rule, Rule::Given | Rule::Collapsed(_)) && node.children.is_empty() {
        // Short remarks of a line without parts read well in one line.
        return if asides.is_empty() { asides } else { vec![asides.join("; ")] };
    }
    asides
}

impl Line {
    fn with_asides_beside(&self, label: usize, printed: usize, exact: usize, aside: usize) -> String {
        let labels = self.labels(label);
        let asides: Vec<String> = self.asides.iter().flat_map(|text| wrapped(text, aside)).collect();
        let mut text = String::new();
        for row in 0..labels.len().max(asides.len()).max(1) {
            let first = row == 0;
            let left = labels.get(row).cloned().unwrap_or_else(|| ending(&self.trunk, label));
            let figures = self.figures(first, printed, exact);
            let right = asides.get(row).map_or("", String::as_str);
            text += format!("{}{figures}{:GAP$}{right}", padded(&left, label), "").trim_end();
            text.push('\n');
        }
        text
    }

    fn with_asides_below(&self, label: usize, printed: usize, exact: usize, width: usize) -> String {
        let mut text = String::new();
        for (row, left) in self.labels(label).iter().enumerate() {
            text += format!("{}{}", padded(left, label), self.figures(row == 0, printed, exact)).trim_end();
            text.push('\n');
        }
        let trunk = ending(&self.trunk, width.saturating_sub(ASIDE_BELOW_MIN + GAP));
        for aside in &self.asides {
            for part in wrapped(aside, width.saturating_sub(columns(&trunk) + GAP)) {
                text += format!("{trunk}{:GAP$}{part}", "").trim_end();
                text.push('\n');
            }
        }
        text
    }

    /// The label with its branches, in as many lines as it needs.
    fn labels(&self, width: usize) -> Vec<String> {
        if columns(&self.branch) + columns(&self.label) <= width {
            return vec![format!("{}{}", self.branch, self.label)];
        }
        let guides = columns(&self.branch).max(columns(&self.trunk));
        let parts = wrapped(&self.label, width.saturating_sub(guides));
        let lines = parts.into_iter().enumerate().map(|(row, part)| match row {
            0 => format!("{}{part}", self.branch),
            _ => format!("{}{part}", self.trunk),
        });
        lines.collect()
    }

    fn figures(&self, first: bool, printed: usize, exact: usize) -> String {
        let (rounded, digits) = if first { (self.printed.as_str(), self.exact.as_str()) } else { ("", "") };
        let rounded = format!("{:GAP$}{}{rounded}", "", " ".repeat(printed.saturating_sub(columns(rounded))));
        if exact == 0 { rounded } else { format!("{rounded}{:GAP$}{}", "", padded(digits, exact)) }
    }
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// The last columns of the branches before a label.
fn ending(branches: &str, width: usize) -> String {
    let all = columns(branches);
    if all <= width {
        return branches.to_owned();
    }
    let kept: String = branches.chars().skip(all + 1 - width.max(1)).collect();
    format!("…{kept}")
}

/// A text in lines of at most so many columns, broken between words where there are any.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut letters: Vec<char> = word.chars().collect();
        let used = lines.last().map_or(0, |line| columns(line));
        if 0 < used && width < used + 1 + letters.len() {
            lines.push(String::new());
        }
        while width < letters.len() {
            let rest = letters.split_off(width);
            append(&mut lines, letters.iter().collect::<String>().as_str());
            lines.push(String::new());
            letters = rest;
        }
        append(&mut lines, letters.iter().collect::<String>().as_str());
    }
    lines
}

fn append(lines: &mut [String], word: &str) {
    if let Some(line) = lines.last_mut() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
}

/// A text without the characters that move a terminal's cursor or colour it: files of others are printed here.
fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(label: &str, amount: &str) -> Node {
        let figure = Figure::Exact(amount.parse().expect("a number"));
        Node::given(label, figure, Unit::Money(schemas::Currency::EUR))
    }

    fn drawn(root: &Node, width: usize) -> String {
        let mut output = Vec::new();
        write(root, width, &mut output).expect("written");
        String::from_utf8(output).expect("text")
    }

    fn tree() -> Node {
        let deep = money("quantity", "60").with_parts(Rule::Sum, vec![money("lot", "60")]);
        let parts =
            vec![money("securities", "5384.9813"), money("cash in EUR", "-4.5").with_parts(Rule::Sum, vec![deep])];
        money("market value", "5380.4813").with_parts(Rule::Sum, parts)
    }

    #[test]
    fn branches_lead_to_every_line() {
        let expected = "\
market value    5,380.48 EUR  5380.4813  = the sum of the parts
├─ securities   5,384.98 EUR  5384.9813
└─ cash in EUR     -4.50 EUR             = the sum of the parts
   └─ quantity     60.00 EUR             = the sum of the parts
      └─ lot       60.00 EUR
";
        assert_eq!(drawn(&tree(), 120), expected);
    }

    #[test]
    fn on_a_narrow_terminal_the_rule_stands_below() {
        let expected = "\
market value    5,380.48 EUR  5380.4813
│    = the sum of the parts
├─ securities   5,384.98 EUR  5384.9813
└─ cash in EUR     -4.50 EUR
   │    = the sum of the parts
   └─ quantity     60.00 EUR
      │    = the sum of the parts
      └─ lot       60.00 EUR
";
        assert_eq!(drawn(&tree(), 60), expected);
    }

    #[test]
    fn what_differs_and_what_is_missing_is_said() {
        let wrong = money("sum", "3").with_parts(Rule::Sum, vec![money("one", "1")]).checked();
        assert!(drawn(&wrong, 160).contains("DIFFERS: the parts give 1;"), "{}", drawn(&wrong, 160));
        let missing = Node::given("price", Figure::Unavailable("no quote".to_owned()), Unit::Number);
        assert!(drawn(&missing, 160).contains("unavailable: no quote"));
        let hidden = drawn(&tree().down_to(0), 160);
        assert!(hidden.contains("4 lines below"), "{hidden}");
        assert!(!drawn(&money("a\u{1b}[31mred", "1"), 160).contains('\u{1b}'));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let words = "a label of many words and averyveryverylongwordwithoutanygap at its end";
        let leaf = |letters: usize| {
            let label: String = words.chars().take(letters).collect();
            money(&label, "1234.5678").noted("a note of several words about the figure")
        };
        for width in (WIDTH_MIN..200).step_by(7) {
            for letters in (0..=words.len()).step_by(9) {
                let flat = money("root", "1").with_parts(Rule::Sum, (0..=letters).step_by(8).map(leaf).collect());
                let deep = (0..14).map(|_| leaf(letters)).reduce(|below, node| node.with_parts(Rule::Sum, vec![below]));
                for root in deep.iter().chain([&flat]) {
                    for line in drawn(root, width).lines() {
                        assert!(columns(line) <= width, "{} columns, {width} wanted: {line}", columns(line));
                    }
                }
            }
        }
    }
}
