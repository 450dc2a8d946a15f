//! What the parts of a node give by its rule: the calculator beside the tree.
//!
//! Money is added and multiplied as decimals, in the order in which the ledger does it; returns as `f64`, as they are
//! kept. A figure that does not follow from its parts is not smoothed over: the node keeps both numbers.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use schemas::{BusinessDate, DayCount};

use super::node::{Figure, Node, Rule, Unit};

/// By how much an exact figure may be off what its parts give: a thousand times the last decimal that tables keep,
/// because a sum of a thousand parts may be off by half of it a thousand times.
const EXACT_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 7);
/// By how much an estimate may be off, as a part of it.
const ESTIMATE_TOLERANCE: f64 = 1e-9;
/// How much of all flows may be left where they are said to balance.
const BALANCE_TOLERANCE: f64 = 1e-6;

impl Node {
    /// What the parts give by the rule. None if the rule computes nothing, a part is unknown, or parts are not shown.
    pub fn recomputed(&self) -> Option<Figure> {
        if 0 < self.hidden {
            return None;
        }
        let exact = || self.children.iter().map(|child| child.figure.exact()).collect::<Option<Vec<Decimal>>>();
        match &self.rule {
            Rule::Given | Rule::Booked | Rule::Collapsed(_) | Rule::Measure(_) => None,
            Rule::Same => self.children.first().map(|child| child.figure.clone()),
            Rule::Sum => sum(&exact()?).map(Figure::Exact),
            Rule::Opposite => sum(&exact()?).map(|sum| Figure::Exact(-sum)),
            Rule::Difference => {
                let parts = exact()?;
                let (first, others) = parts.split_first()?;
                first.checked_sub(sum(others)?).map(Figure::Exact)
            }
            Rule::Product(places) => product(&self.children).and_then(|(numerator, denominator)| {
                divided(numerator, denominator).map(|number| Figure::Exact(kept(number, *places)))
            }),
            Rule::Quotient(places) => match exact()?.as_slice() {
                [numerator, denominator] => {
                    divided(*numerator, *denominator).map(|number| Figure::Exact(kept(number, *places)))
                }
                _ => None,
            },
            Rule::Steps => steps(&self.children).map(Figure::Exact),
            Rule::DailyReturn => daily_return(&exact()?).map(Figure::Estimate),
            Rule::Linked => linked(&self.children).map(Figure::Estimate),
            Rule::ModifiedDietz { opening, closing } => {
                modified_dietz(&self.children, *opening, *closing).map(Figure::Estimate)
            }
            Rule::InternalRate if balances(&self.figure, &self.children)? => Some(self.figure.clone()),
            Rule::InternalRate => Some(Figure::Unavailable("the parts do not balance at this rate".to_owned())),
        }
    }

    /// The same tree in which every node that does not follow from its parts says what they give.
    #[must_use]
    pub fn checked(mut self) -> Node {
        self.children = self.children.into_iter().map(Node::checked).collect();
        let known = !matches!(self.figure, Figure::Unavailable(_));
        if let Some(parts) = self.recomputed().filter(|_| known) {
            self.differs = (!agree(&self.figure, &parts)).then_some(parts);
        }
        self
    }

    /// The same figure as following from parts by a rule, if it does; otherwise the parts are only what led to it.
    #[must_use]
    pub fn with_parts_if_they_give_it(self, rule: Rule, children: Vec<Node>) -> Node {
        let claimed = self.with_parts(rule, children);
        match claimed.recomputed() {
            Some(parts) if agree(&claimed.figure, &parts) => claimed,
            _ => Node { rule: Rule::Booked, ..claimed },
        }
    }
}

/// Whether two figures are the same number, up to what storing rounds away.
pub(super) fn agree(left: &Figure, right: &Figure) -> bool {
    match (left, right) {
        (Figure::Exact(one), Figure::Exact(other)) => {
            one.checked_sub(*other).is_some_and(|difference| difference.abs() <= EXACT_TOLERANCE)
        }
        (Figure::Day(one), Figure::Day(other)) => one == other,
        (Figure::Unavailable(_), Figure::Unavailable(_)) => true,
        _ => match (estimate(left), estimate(right)) {
            (Some(one), Some(other)) => (one - other).abs() <= ESTIMATE_TOLERANCE * one.abs().max(other.abs()).max(1.0),
            _ => false,
        },
    }
}

/// The number of a figure, exact or not, as an estimate.
pub(super) fn estimate(figure: &Figure) -> Option<f64> {
    match figure {
        Figure::Exact(number) => number.to_f64(),
        Figure::Estimate(number) => Some(*number),
        Figure::Day(_) | Figure::Unavailable(_) => None,
    }
}

/// The sum; none on overflow.
pub(super) fn sum(parts: &[Decimal]) -> Option<Decimal> {
    parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part))
}

fn divided(numerator: Decimal, denominator: Decimal) -> Option<Decimal> {
    if denominator == Decimal::ONE { Some(numerator) } else { numerator.checked_div(denominator) }
}

fn kept(number: Decimal, places: Option<u32>) -> Decimal {
    match places {
        Some(places) => number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero),
        None => number,
    }
}

/// A part as numerator and denominator: an unrounded quotient is its two parts, anything else itself over one.
fn fraction(part: &Node) -> Option<(Decimal, Decimal)> {
    match (&part.rule, part.children.as_slice()) {
        (Rule::Quotient(None), [numerator, denominator]) => {
            Some((numerator.figure.exact()?, denominator.figure.exact()?))
        }
        _ => Some((part.figure.exact()?, Decimal::ONE)),
    }
}

fn product(parts: &[Node]) -> Option<(Decimal, Decimal)> {
    parts.iter().try_fold((Decimal::ONE, Decimal::ONE), |(numerator, denominator), part| {
        let (up, down) = fraction(part)?;
        Some((numerator.checked_mul(up)?, denominator.checked_mul(down)?))
    })
}

fn steps(parts: &[Node]) -> Option<Decimal> {
    parts.iter().try_fold(Decimal::ZERO, |there, part| match part.unit {
        Unit::Factor => {
            let (up, down) = fraction(part)?;
            divided(there.checked_mul(up)?, down)
        }
        _ => there.checked_add(part.figure.exact()?),
    })
}

fn daily_return(parts: &[Decimal]) -> Option<f64> {
    let [begin, inflow, outflow, end] = parts else { return None };
    let capital = begin.checked_add(*inflow)?.to_f64()?;
    let result = end.checked_add(*outflow)?.to_f64()?;
    (0.0 < capital).then(|| result / capital - 1.0)
}

fn linked(parts: &[Node]) -> Option<f64> {
    if parts.is_empty() {
        return None;
    }
    // A day without capital has no return and is left out of the links.
    let returns = parts.iter().filter(|part| !matches!(part.figure, Figure::Unavailable(_)));
    returns
        .map(|part| estimate(&part.figure))
        .try_fold(1.0, |growth, part| Some(growth * (1.0 + part?)))
        .map(|g| g - 1.0)
}

fn modified_dietz(parts: &[Node], opening: BusinessDate, closing: BusinessDate) -> Option<f64> {
    let (first, rest) = parts.split_first()?;
    let (last, flows) = rest.split_last()?;
    let whole = DayCount::Actual365Fixed.year_fraction(opening, closing);
    let start = estimate(&first.figure)?;
    let mut gain = estimate(&last.figure)? - start;
    let mut capital = start;
    for flow in flows {
        let (amount, date) = (estimate(&flow.figure)?, flow.date?);
        let left = DayCount::Actual365Fixed.year_fraction(date, closing) / whole;
        gain -= amount;
        capital += amount * if date <= opening { 1.0 } else { left };
    }
    let rate = gain / capital;
    rate.is_finite().then_some(rate)
}

/// Whether what is paid in balances with what comes back at a rate a year; none if a part is unknown.
fn balances(rate: &Figure, parts: &[Node]) -> Option<bool> {
    let growth = 1.0 + estimate(rate)?;
    let (left, size) = left_at(growth, parts)?;
    if left.abs() <= BALANCE_TOLERANCE * size {
        return Some(true);
    }
    // Next to −100 % a rate holds few digits of what is left: then it balances up to its last one.
    let digit = f64::EPSILON.min(growth / 2.0);
    let (before, after) = (left_at(growth - digit, parts)?.0, left_at(growth + digit, parts)?.0);
    Some((before < 0.0) != (after < 0.0))
}

/// What is left at a growth a year, and the size of all that is added up to it. Seen from the end from which every
/// part shrinks.
fn left_at(growth: f64, parts: &[Node]) -> Option<(f64, f64)> {
    let (closing, paid) = parts.split_last()?;
    let dates = parts.iter().map(|part| part.date).collect::<Option<Vec<BusinessDate>>>()?;
    let from = if growth < 1.0 { dates.into_iter().max()? } else { dates.into_iter().min()? };
    let mut left = 0.0;
    let mut size = 0.0;
    let signed = paid.iter().map(|part| (part, -1.0)).chain([(closing, 1.0)]);
    for (part, sign) in signed {
        let worth = estimate(&part.figure)? * growth.powf(-DayCount::Actual365Fixed.year_fraction(from, part.date?));
        left += sign * worth;
        size += worth.abs();
    }
    Some((left, size))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use schemas::Currency;

    use super::*;

    fn euro(amount: &str) -> Node {
        Node::given("part", Figure::Exact(amount.parse().expect("a number")), Unit::Money(Currency::EUR))
    }

    fn of(rule: Rule, parts: Vec<Node>) -> Option<Figure> {
        euro("0").with_parts(rule, parts).recomputed()
    }

    fn exact(text: &str) -> Option<Figure> {
        Some(Figure::Exact(text.parse().expect("a number")))
    }

    fn returned(fraction: f64) -> Node {
        Node::given("day", Figure::Estimate(fraction), Unit::Fraction)
    }

    #[test]
    fn an_amount_is_multiplied_first_and_divided_last() {
        // 1,000 shares at 250 pence in pounds, 0.85698 pounds a euro: 1000 · 250 · 0.01 · 1 / 0.85698 euro.
        let rate = euro("1.166888375458").with_parts(Rule::Quotient(None), vec![euro("1"), euro("0.85698")]);
        let parts = vec![euro("1000"), euro("250"), euro("0.01"), rate];
        assert_eq!(of(Rule::Product(Some(10)), parts), exact("2917.220938645"));
        assert_eq!(of(Rule::Quotient(Some(12)), vec![euro("121.50"), euro("3")]), exact("40.5"));
        assert_eq!(of(Rule::Quotient(None), vec![euro("1"), euro("0")]), None);
    }

    #[test]
    fn steps_add_units_and_multiply_by_ratios() {
        // 40 bought, three for one, 60 sold: 60 are left.
        let split = Node::given("split", Figure::Exact(Decimal::from(3)), Unit::Factor);
        assert_eq!(of(Rule::Steps, vec![euro("40"), split, euro("-60")]), exact("60"));
        assert_eq!(of(Rule::Difference, vec![euro("10"), euro("3"), euro("2")]), exact("5"));
        assert_eq!(of(Rule::Opposite, vec![euro("-300"), euro("-200")]), exact("500"));
        assert_eq!(of(Rule::Sum, Vec::new()), exact("0"));
        assert_eq!(of(Rule::Difference, Vec::new()), None);
    }

    #[test]
    fn returns_follow_from_values_and_flows() {
        // docs/BOOK_FOLDER.md, 2 April 2024: (9,870.65 + 500.00) / 10,133.90 − 1 = 2.3362 %.
        let day = vec![euro("10133.90"), euro("0"), euro("500.00"), euro("9870.65")];
        let Some(Figure::Estimate(fraction)) = of(Rule::DailyReturn, day) else { panic!("a return") };
        assert!((fraction - 0.023_362).abs() < 1e-6, "{fraction}");
        // 1.1 · 0.9 = 0.99; a day without capital is left out.
        let nothing = Node::given("day", Figure::Unavailable("no capital".to_owned()), Unit::Fraction);
        let Some(Figure::Estimate(total)) = of(Rule::Linked, vec![returned(0.1), nothing, returned(-0.1)]) else {
            panic!("a return")
        };
        assert!((total + 0.01).abs() < 1e-15, "{total}");
    }

    #[test]
    fn money_weighted_rates_balance() {
        let on = |amount: &str, date: &str| euro(amount).on(date.parse().expect("a date"));
        // 1,000 and 200 half-way became 1,250 in 30 days: 50 / (1000 + 200 · 15/30) = 50 / 1100.
        let parts = vec![on("1000", "2024-01-01"), on("200", "2024-01-16"), on("1250", "2024-01-31")];
        let rule = Rule::ModifiedDietz {
            opening: "2024-01-01".parse().expect("a date"),
            closing: "2024-01-31".parse().expect("a date"),
        };
        let Some(Figure::Estimate(rate)) = of(rule, parts) else { panic!("a return") };
        assert!((rate - 50.0 / 1100.0).abs() < 1e-12, "{rate}");
        // 100 became 110 in 365 days: ten percent balances it, nine does not.
        let year = vec![on("100", "2023-01-01"), on("110", "2024-01-01")];
        let ten = returned(0.1).with_parts(Rule::InternalRate, year.clone()).checked();
        assert_eq!(ten.differs, None);
        let nine = returned(0.09).with_parts(Rule::InternalRate, year).checked();
        assert!(matches!(nine.differs, Some(Figure::Unavailable(_))));
    }

    #[test]
    fn a_rate_next_to_minus_100_percent_balances_up_to_its_last_digit() {
        let on = |amount: &str, date: &str| euro(amount).on(date.parse().expect("a date"));
        let parts = vec![on("10000", "2020-03-02"), on("500", "2020-04-10")];
        // 5 % left after 39 days: of a growth of 6.6e-13 a year the rate holds four digits.
        let lost = 0.05_f64.powf(365.0 / 39.0) - 1.0;
        let right = returned(lost).with_parts(Rule::InternalRate, parts.clone()).checked();
        assert_eq!(right.differs, None);
        let wrong = returned(lost + 1e-14).with_parts(Rule::InternalRate, parts).checked();
        assert!(matches!(wrong.differs, Some(Figure::Unavailable(_))));
    }

    #[test]
    fn what_does_not_follow_is_said() {
        let right = euro("3").with_parts(Rule::Sum, vec![euro("1"), euro("2")]).checked();
        assert_eq!(right.differs, None);
        let wrong = euro("4").with_parts(Rule::Sum, vec![euro("1"), euro("2")]);
        assert_eq!(wrong.clone().checked().differs, exact("3"));
        assert_eq!(wrong.clone().down_to(0).checked().differs, None, "hidden parts say nothing");
        let led_to = euro("4").with_parts_if_they_give_it(Rule::Sum, vec![euro("1"), euro("2")]);
        assert_eq!(led_to.rule, Rule::Booked);
        let unknown = Node::given("x", Figure::Unavailable("no price".to_owned()), Unit::Number);
        let whole = euro("4").with_parts(Rule::Sum, vec![euro("1"), unknown]).checked();
        assert_eq!(whole.differs, None, "a part that is unknown gives nothing");
    }

    proptest! {
        #[test]
        fn a_change_of_one_part_is_seen(
            cents in prop::collection::vec(-1_000_000_i64..1_000_000, 1..20), at in 0_usize..20,
        ) {
            let parts: Vec<Node> = cents.iter().map(|cents| euro(&Decimal::new(*cents, 2).to_string())).collect();
            let total: i64 = cents.iter().sum();
            let whole = euro(&Decimal::new(total, 2).to_string()).with_parts(Rule::Sum, parts.clone()).checked();
            prop_assert_eq!(&whole.differs, &None);
            let mut changed = parts;
            let position = at % changed.len();
            changed[position] = euro(&Decimal::new(cents[position] + 1, 2).to_string());
            prop_assert!(whole.with_parts(Rule::Sum, changed).checked().differs.is_some());
        }
    }
}
