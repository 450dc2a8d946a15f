//! A figure and what it follows from, as a tree.
//!
//! Every node says by which rule its figure follows from its parts, in a form that a program can follow: a reader with
//! a calculator, a test and the tree itself come to the same number. Where a table says something else than the parts
//! give, the node says so instead of hiding it.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemas::{BusinessDate, Currency, Money};

/// A figure with its unit, the rule it follows from, and its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is, for people, e.g. `price` or `lot of 2024-03-25`.
    pub label: String,
    /// The figure, or why there is none.
    pub figure: Figure,
    /// What the figure counts.
    pub unit: Unit,
    /// How the figure follows from the parts.
    pub rule: Rule,
    /// The day that the figure is of, where that matters for the rule: a flow, a quote, a rate, a daily return.
    pub date: Option<BusinessDate>,
    /// What a reader should know beside it, e.g. `carried since 2024-03-26`.
    pub note: Option<String>,
    /// Where it was read, if it was.
    pub source: Option<Source>,
    /// The parts, in the order of the rule.
    pub children: Vec<Node>,
    /// How many nodes below are not shown because they lie deeper than was asked for.
    pub hidden: usize,
    /// What the parts give, where that is not the figure. Then a table is older than what it was made from.
    pub differs: Option<Figure>,
}

/// A figure, or the reason why there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// An exact number.
    Exact(Decimal),
    /// An estimate, e.g. a return.
    Estimate(f64),
    /// A day.
    Day(NaiveDate),
    /// There is no figure, for this reason.
    Unavailable(String),
}

/// What a figure counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// An amount in a currency.
    Money(Currency),
    /// Units of an instrument.
    Units,
    /// A price per unit, in the unit in which it is quoted, e.g. `USD` or `GBX`.
    Price(String),
    /// Units of the first currency for one unit of the second.
    Rate(Currency, Currency),
    /// A number to multiply with.
    Factor,
    /// A part of one: 0.05 is five percent.
    Fraction,
    /// A plain number, e.g. a Sharpe ratio or a count.
    Number,
    /// A calendar day.
    Day,
}

/// How a figure follows from its parts.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// It stands in its source.
    Given,
    /// It stands in the books; the parts are the bookings that led to it, and are no terms of a formula.
    Booked,
    /// It is the sum of parts that are not shown one by one.
    Collapsed(usize),
    /// It is its only part.
    Same,
    /// The sum of the parts.
    Sum,
    /// The sum of the parts with the other sign.
    Opposite,
    /// The first part less the others.
    Difference,
    /// The product of the parts, kept to so many decimals if any are named. A part that is an unrounded quotient
    /// multiplies with its numerator, and divides by its denominator when everything has been multiplied.
    Product(Option<u32>),
    /// The first part divided by the second, kept to so many decimals if any are named.
    Quotient(Option<u32>),
    /// The parts in their order: units are added, factors multiply what is there by then.
    Steps,
    /// `(end + outflow) / (begin + inflow) − 1`; the parts are begin, inflow, outflow, end.
    DailyReturn,
    /// `∏ (1 + part) − 1`.
    Linked,
    /// The gain over the average capital between two days; the parts are the opening value, the flows, and the closing
    /// value.
    ModifiedDietz {
        /// The day that opens the period.
        opening: BusinessDate,
        /// The last day.
        closing: BusinessDate,
    },
    /// The rate a year at which the parts balance: the opening value and the flows are paid in on their days, the
    /// closing value, which comes last, is received.
    InternalRate,
    /// A measure of the whole series that the parts outline. Its definition is this sentence.
    Measure(&'static str),
}

/// Where a figure was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file, with the market or book that it belongs to, e.g. `D01/prices.csv`.
    pub file: String,
    /// The line, from 1; none if the file has none.
    pub line: Option<i64>,
    /// SHA-256 of the file's bytes as they landed; none if it cannot be known.
    pub sha256: Option<String>,
    /// When the store learned of it, for what is booked.
    pub recorded_at: Option<DateTime<Utc>>,
}

/// Digits of a hash that people are shown.
const HASH_DIGITS: usize = 8;

impl Node {
    /// A figure without parts that stands in its source.
    pub fn given(label: impl Into<String>, figure: Figure, unit: Unit) -> Node {
        Node {
            label: label.into(),
            figure,
            unit,
            rule: Rule::Given,
            date: None,
            note: None,
            source: None,
            children: Vec::new(),
            hidden: 0,
            differs: None,
        }
    }

    /// The same figure as following from parts.
    #[must_use]
    pub fn with_parts(self, rule: Rule, children: Vec<Node>) -> Node {
        Node { rule, children, ..self }
    }

    /// The same node with the day it is of.
    #[must_use]
    pub fn on(self, date: BusinessDate) -> Node {
        Node { date: Some(date), ..self }
    }

    /// The same node with something to know beside it, after what is already there.
    #[must_use]
    pub fn noted(self, note: impl Into<String>) -> Node {
        let added = note.into();
        let note = match self.note {
            _ if added.is_empty() => self.note,
            None => Some(added),
            Some(first) => Some(format!("{first}; {added}")),
        };
        Node { note, ..self }
    }

    /// The same node with where it was read.
    #[must_use]
    pub fn read_in(self, source: Option<Source>) -> Node {
        Node { source, ..self }
    }

    /// This node and all below it.
    pub fn count(&self) -> usize {
        1 + self.children.iter().map(Node::count).sum::<usize>()
    }

    /// The tree down to a depth: 0 is the figure alone. What lies deeper is counted.
    #[must_use]
    pub fn down_to(mut self, depth: usize) -> Node {
        if depth == 0 {
            self.hidden = self.count() - 1;
            self.children = Vec::new();
        } else {
            self.children = self.children.into_iter().map(|child| child.down_to(depth - 1)).collect();
        }
        self
    }
}

impl Figure {
    /// A number if it is known.
    pub fn known(number: Option<Decimal>, reason: &str) -> Figure {
        number.map_or_else(|| Figure::Unavailable(reason.to_owned()), Figure::Exact)
    }

    /// The exact number, if it is one.
    pub fn exact(&self) -> Option<Decimal> {
        match self {
            Figure::Exact(number) => Some(*number),
            _ => None,
        }
    }

    /// Every digit, with a point and nothing else; the reason if there is no figure.
    pub fn exact_text(&self) -> String {
        match self {
            Figure::Exact(number) => number.normalize().to_string(),
            Figure::Estimate(number) => number.to_string(),
            Figure::Day(day) => day.to_string(),
            Figure::Unavailable(reason) => reason.clone(),
        }
    }

    /// The figure as a statement prints it: amounts to the smallest unit of their currency, fractions as percent.
    pub fn printed(&self, unit: &Unit) -> String {
        match (self, unit) {
            (Figure::Exact(number), Unit::Money(currency)) => grouped(&Money::new(*number, *currency).to_string()),
            (Figure::Exact(number), Unit::Fraction) => percent(number.checked_mul(Decimal::ONE_HUNDRED)),
            (Figure::Estimate(number), Unit::Fraction) => percent(Decimal::try_from(number * 100.0).ok()),
            (Figure::Estimate(number), Unit::Money(currency)) => Decimal::try_from(*number)
                .map_or_else(|_| number.to_string(), |number| grouped(&Money::new(number, *currency).to_string())),
            (Figure::Exact(number), Unit::Price(quoted)) => format!("{} {quoted}", number.normalize()),
            (Figure::Exact(number), Unit::Units) => grouped(&number.normalize().to_string()),
            (Figure::Exact(number), Unit::Factor) => format!("× {}", decimals(*number, 10)),
            (Figure::Exact(number), _) => decimals(*number, 10),
            (Figure::Estimate(number), _) => {
                Decimal::try_from(*number).map_or_else(|_| number.to_string(), |number| decimals(number, 6))
            }
            (Figure::Day(day), _) => day.to_string(),
            (Figure::Unavailable(_), _) => "–".to_owned(),
        }
    }
}

fn percent(number: Option<Decimal>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format!("{} %", decimals(number, 4)))
}

fn decimals(number: Decimal, places: u32) -> String {
    let away = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    number.round_dp_with_strategy(places, away).normalize().to_string()
}

/// Puts a comma between the thousands of the number at the beginning of a text.
fn grouped(text: &str) -> String {
    let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let mut spaced = sign.to_owned();
    for (position, character) in unsigned.chars().enumerate() {
        if 0 < position && position < digits && (digits - position).is_multiple_of(3) {
            spaced.push(',');
        }
        spaced.push(character);
    }
    spaced
}

impl Unit {
    /// The name for programs, e.g. `EUR`, `units` or `EUR per USD`.
    pub fn name(&self) -> String {
        match self {
            Unit::Money(currency) => currency.to_string(),
            Unit::Units => "units".to_owned(),
            Unit::Price(quoted) => format!("{quoted} per unit"),
            Unit::Rate(of, per) => format!("{of} per {per}"),
            Unit::Factor => "factor".to_owned(),
            Unit::Fraction => "fraction".to_owned(),
            Unit::Number => "number".to_owned(),
            Unit::Day => "day".to_owned(),
        }
    }
}

impl Rule {
    /// The rule in words, for people.
    pub fn sentence(&self) -> String {
        let kept = |sentence: &str, places: &Option<u32>| match places {
            Some(places) => format!("{sentence}, kept to {places} decimals"),
            None => sentence.to_owned(),
        };
        match self {
            Rule::Given => String::new(),
            Rule::Booked => "as the books have it; the bookings that led to it are below".to_owned(),
            Rule::Collapsed(count) => format!("the sum of {count} parts"),
            Rule::Same => "= the part below".to_owned(),
            Rule::Sum => "= the sum of the parts".to_owned(),
            Rule::Opposite => "= the sum of the parts, with the other sign".to_owned(),
            Rule::Difference => "= the first part less the others".to_owned(),
            Rule::Product(places) => kept("= the product of the parts", places),
            Rule::Quotient(places) => kept("= the first part divided by the second", places),
            Rule::Steps => "= the parts one after the other".to_owned(),
            Rule::DailyReturn => "= (end + outflow) / (begin + inflow) − 1".to_owned(),
            Rule::Linked => "= the parts linked: (1 + a)(1 + b)… − 1".to_owned(),
            Rule::ModifiedDietz { opening, closing } => format!(
                "= (closing − opening − flows) / (opening + each flow × the part of {opening} to {closing} after it)"
            ),
            Rule::InternalRate => {
                "= the rate a year at which opening value and flows grow into the closing value, days over 365"
                    .to_owned()
            }
            Rule::Measure(definition) => (*definition).to_owned(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        if let Some(prefix) = self.sha256.as_deref().and_then(|hash| hash.get(..HASH_DIGITS)) {
            write!(formatter, " sha256 {prefix}…")?;
        }
        if let Some(at) = self.recorded_at {
            write!(formatter, ", recorded {}", at.format("%Y-%m-%d %H:%M:%SZ"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_printed_rounded_and_kept_exact() {
        let exact = Figure::Exact("-1234567.005".parse().expect("a number"));
        assert_eq!(exact.printed(&Unit::Money(Currency::EUR)), "-1,234,567.01 EUR");
        assert_eq!(exact.exact_text(), "-1234567.005");
        assert_eq!(Figure::Exact(Decimal::from(1200)).printed(&Unit::Units), "1,200");
        assert_eq!(Figure::Estimate(0.023_362_1).printed(&Unit::Fraction), "2.3362 %");
        assert_eq!(Figure::Exact("0.0001".parse().expect("a number")).printed(&Unit::Units), "0.0001");
        assert_eq!(Figure::Unavailable("no price".to_owned()).printed(&Unit::Units), "–");
    }

    #[test]
    fn a_source_names_file_line_and_hash() {
        let mut source = Source {
            file: "D01/transactions.csv".to_owned(),
            line: Some(7),
            sha256: Some("ba7816bf8f01cfea".to_owned()),
            recorded_at: None,
        };
        assert_eq!(source.to_string(), "D01/transactions.csv:7 sha256 ba7816bf…");
        source.sha256 = None;
        source.recorded_at = Some("2024-01-03T02:00:00Z".parse().expect("an instant"));
        assert_eq!(source.to_string(), "D01/transactions.csv:7, recorded 2024-01-03 02:00:00Z");
    }

    #[test]
    fn what_lies_deeper_is_counted() {
        let leaf = || Node::given("leaf", Figure::Exact(Decimal::ONE), Unit::Number);
        let branch = leaf().with_parts(Rule::Sum, vec![leaf(), leaf()]);
        let tree = leaf().with_parts(Rule::Sum, vec![branch, leaf()]);
        assert_eq!(tree.count(), 5);
        let cut = tree.clone().down_to(1);
        assert_eq!((cut.count(), cut.children.first().map(|child| child.hidden)), (3, Some(2)));
        assert_eq!(tree.clone().down_to(9), tree);
    }
}
