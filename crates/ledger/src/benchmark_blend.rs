//! Benchmarks of several instruments: what a mandate of 60 % shares and 40 % bonds is compared with.
//!
//! A blend is a portfolio that nobody holds: it starts with its weights on the first valuation date of the portfolio
//! that is compared with it, drifts with the levels of its parts, and is set back to its weights at the last close of
//! every month, quarter or year. Its parts are levels in one currency, so that it is on the basis of what they are:
//! of total return if their closes are.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use schemas::{BusinessDate, InstrumentId, ReportingPeriod};

/// Instruments that a blend may have.
pub const COMPONENTS_MAX: usize = 32;

/// How often the weights of a blend are restored, each time at the last close of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rebalancing {
    /// At every close: the return of a day is the weighted mean of the parts' returns.
    Daily,
    /// At the last close of a month.
    Monthly,
    /// At the last close of a quarter.
    Quarterly,
    /// At the last close of a year.
    Yearly,
    /// Not at all: bought at the start and held.
    Never,
}

/// Instruments with their weights, and how often these are restored.
///
/// As text: each symbol with its weight, and after a semicolon how often, e.g. `SPY 0.6, AGG 0.4; quarterly`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Blend {
    components: Vec<(String, Decimal)>,
    rebalancing: Rebalancing,
}

/// Why there is no such blend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlendError {
    /// No instrument, or more than anybody compares with.
    #[error("a blended benchmark has 1 to {COMPONENTS_MAX} components, not {0}")]
    Components(usize),
    /// Something that cannot be a symbol.
    #[error("`{0}` is no symbol")]
    Symbol(String),
    /// A symbol that comes twice.
    #[error("`{0}` is in the blended benchmark twice; give it one weight")]
    Twice(String),
    /// A weight that is none.
    #[error("the weight {weight} of `{symbol}` is not positive")]
    Weight {
        /// The symbol.
        symbol: String,
        /// The weight.
        weight: Decimal,
    },
    /// Weights that are not the whole.
    #[error("the weights of the blended benchmark sum to {0}, not to 1")]
    Sum(Decimal),
    /// Another word for how often.
    #[error("unknown rebalancing `{0}`; known: daily, monthly, quarterly, yearly, never")]
    Rebalancing(String),
    /// A text that is not written as a blend is.
    #[error("`{0}` is no blended benchmark; one is written `SPY 0.6, AGG 0.4; quarterly`")]
    Unreadable(String),
}

impl Rebalancing {
    const ALL: [Rebalancing; 5] =
        [Rebalancing::Daily, Rebalancing::Monthly, Rebalancing::Quarterly, Rebalancing::Yearly, Rebalancing::Never];

    fn word(self) -> &'static str {
        match self {
            Rebalancing::Daily => "daily",
            Rebalancing::Monthly => "monthly",
            Rebalancing::Quarterly => "quarterly",
            Rebalancing::Yearly => "yearly",
            Rebalancing::Never => "never",
        }
    }

    /// Whether the weights are restored at the close of a day, if the next one is this.
    fn comes_between(self, before: BusinessDate, next: BusinessDate) -> bool {
        let period = match self {
            Rebalancing::Daily => ReportingPeriod::OneDay,
            Rebalancing::Monthly => ReportingPeriod::MonthToDate,
            Rebalancing::Quarterly => ReportingPeriod::QuarterToDate,
            Rebalancing::Yearly => ReportingPeriod::YearToDate,
            Rebalancing::Never => return false,
        };
        period.opening_date(next).is_some_and(|opening| before.day() <= opening)
    }
}

impl FromStr for Rebalancing {
    type Err = BlendError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Rebalancing::ALL.into_iter().find(|rebalancing| rebalancing.word() == text);
        found.ok_or_else(|| BlendError::Rebalancing(shortened(text)))
    }
}

/// A close of the blend: its level, and those of its parts.
struct Point {
    date: BusinessDate,
    level: Decimal,
    parts: Vec<Decimal>,
}

impl Blend {
    /// The level on the first day.
    const FIRST_LEVEL: Decimal = Decimal::ONE_HUNDRED;

    /// A blend of symbols with their weights.
    ///
    /// # Errors
    /// [`BlendError`] if a symbol cannot be one or comes twice, or the weights are not positive and sum to one.
    pub fn new(components: Vec<(String, Decimal)>, rebalancing: Rebalancing) -> Result<Blend, BlendError> {
        if components.is_empty() || COMPONENTS_MAX < components.len() {
            return Err(BlendError::Components(components.len()));
        }
        let mut sum = Decimal::ZERO;
        for (place, (symbol, weight)) in components.iter().enumerate() {
            if format!("M~{symbol}").parse::<InstrumentId>().is_err() {
                return Err(BlendError::Symbol(shortened(symbol)));
            }
            if components.iter().take(place).any(|(earlier, _)| earlier == symbol) {
                return Err(BlendError::Twice(symbol.clone()));
            }
            if *weight <= Decimal::ZERO {
                return Err(BlendError::Weight { symbol: symbol.clone(), weight: *weight });
            }
            sum = sum.saturating_add(*weight);
        }
        if sum != Decimal::ONE {
            return Err(BlendError::Sum(sum.normalize()));
        }
        Ok(Blend { components, rebalancing })
    }

    /// The symbols, in their order.
    pub fn symbols(&self) -> impl Iterator<Item = &str> {
        self.components.iter().map(|(symbol, _)| symbol.as_str())
    }

    /// The level on each date from a start on, of the levels of its parts in the order of the symbols.
    ///
    /// The first level is 100, on the first date from the start on on which all parts have one. None before, on dates
    /// on which a part has none, and on overflow; weights are restored at the last close of a period that all have.
    pub fn levels(
        &self,
        dates: &[BusinessDate],
        start_date: BusinessDate,
        parts: &[&[Option<Decimal>]],
    ) -> Vec<Option<Decimal>> {
        let mut restored: Option<Point> = None;
        let mut last: Option<Point> = None;
        let mut levels = Vec::with_capacity(dates.len());
        for (day, date) in dates.iter().enumerate() {
            let here = parts.iter().map(|levels| levels.get(day).copied().flatten());
            let known: Option<Vec<Decimal>> = if *date < start_date { None } else { here.collect() };
            let Some(parts) = known else {
                levels.push(None);
                continue;
            };
            if last.as_ref().is_some_and(|before| self.rebalancing.comes_between(before.date, *date)) {
                restored = last.take();
            }
            let level = match &restored {
                None => Some(Blend::FIRST_LEVEL),
                Some(since) => self.grown(since, &parts),
            };
            levels.push(level);
            let Some(level) = level else { continue };
            let point = Point { date: *date, level, parts };
            if restored.is_none() {
                restored = Some(point);
            } else {
                last = Some(point);
            }
        }
        levels
    }

    /// What the level has become since the weights were restored. None on overflow.
    fn grown(&self, since: &Point, parts: &[Decimal]) -> Option<Decimal> {
        let mut growth = Decimal::ZERO;
        for (((_, weight), now), before) in self.components.iter().zip(parts).zip(&since.parts) {
            growth = growth.checked_add(weight.checked_mul(*now)?.checked_div(*before)?)?;
        }
        since.level.checked_mul(growth)
    }
}

impl fmt::Display for Blend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (symbol, weight)) in self.components.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(formatter, "{comma}{symbol} {}", weight.normalize())?;
        }
        write!(formatter, "; {}", self.rebalancing.word())
    }
}

impl FromStr for Blend {
    type Err = BlendError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || BlendError::Unreadable(shortened(text));
        let (listed, rebalancing) = text.rsplit_once("; ").ok_or_else(unreadable)?;
        let mut components = Vec::new();
        for part in listed.split(", ").take(COMPONENTS_MAX + 1) {
            let (symbol, weight) = part.split_once(' ').ok_or_else(unreadable)?;
            let weight = Decimal::from_str_exact(weight).map_err(|_| unreadable())?;
            components.push((symbol.to_owned(), weight));
        }
        Blend::new(components, rebalancing.parse()?)
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    fn dates(days: &[&str]) -> Vec<BusinessDate> {
        days.iter().map(|day| day.parse().expect("a date")).collect()
    }

    fn known(levels: &[&str]) -> Vec<Option<Decimal>> {
        levels.iter().map(|level| (*level != "-").then(|| decimal(level))).collect()
    }

    /// The levels of a blend as texts; `-` for none.
    fn levels(blend: &str, days: &[&str], parts: &[&[&str]]) -> Vec<String> {
        let blend: Blend = blend.parse().expect("a blend");
        let parts: Vec<Vec<Option<Decimal>>> = parts.iter().map(|levels| known(levels)).collect();
        let parts: Vec<&[Option<Decimal>]> = parts.iter().map(Vec::as_slice).collect();
        let found = blend.levels(&dates(days), "2014-03-31".parse().expect("a date"), &parts);
        found.iter().map(|level| level.map_or("-".to_owned(), |level| level.normalize().to_string())).collect()
    }

    const DAYS: [&str; 6] = ["2014-03-28", "2014-03-31", "2014-05-15", "2014-06-30", "2014-07-15", "2014-09-30"];
    const SHARES: [&str; 6] = ["7", "200", "220", "240", "252", "216"];
    const BONDS: [&str; 6] = ["9", "50", "50", "49", "49", "50.96"];

    #[test]
    fn sixty_and_forty_restored_each_quarter_by_hand() {
        // From 31 March: shares +10 % and +20 %, bonds 0 and −2 %: 100 · (0.6 · 1.1 + 0.4) = 106 and
        // 100 · (0.6 · 1.2 + 0.4 · 0.98) = 111.2. There 60 % and 40 % again: shares +5 % and −10 %, bonds 0 and +4 %:
        // 111.2 · (0.6 · 1.05 + 0.4) = 114.536 and 111.2 · (0.6 · 0.9 + 0.4 · 1.04) = 106.3072.
        let found = levels("SPY 0.6, AGG 0.4; quarterly", &DAYS, &[&SHARES, &BONDS]);
        assert_eq!(found, ["-", "100", "106", "111.2", "114.536", "106.3072"]);
    }

    #[test]
    fn how_often_weights_are_restored_makes_the_difference() {
        // Held: 0.6 · 216/200 + 0.4 · 50.96/50 = 0.648 + 0.40768. Yearly and held are one within a year.
        let held = levels("SPY 0.6, AGG 0.4; never", &DAYS, &[&SHARES, &BONDS]);
        assert_eq!(held, ["-", "100", "106", "111.2", "114.8", "105.568"]);
        assert_eq!(levels("SPY 0.6, AGG 0.4; yearly", &DAYS, &[&SHARES, &BONDS]), held);
        // At each of these closes, which all lie in months of their own, by day or by month: 106 · (0.6 · 240/220 +
        // 0.4 · 0.98), and so on.
        let daily = levels("SPY 0.6, AGG 0.4; daily", &DAYS, &[&SHARES, &BONDS]);
        assert_eq!(daily[2], "106");
        let by_hand = |level: f64, shares: f64, bonds: f64| level * (0.6 * shares + 0.4 * bonds);
        let third = by_hand(106.0, 240.0 / 220.0, 0.98);
        let last = by_hand(by_hand(third, 1.05, 1.0), 216.0 / 252.0, 1.04);
        assert!((daily[5].parse::<f64>().expect("a number") - last).abs() < 1e-11, "{} {last}", daily[5]);
        assert_eq!(levels("SPY 0.6, AGG 0.4; monthly", &DAYS, &[&SHARES, &BONDS]), daily);
    }

    #[test]
    fn a_part_without_a_level_leaves_none_and_moves_nothing() {
        // Bonds come a day late: the blend starts there. On 30 June they have no rate: weights are restored at the last
        // close of the quarter that both have, of 15 May, 100. Then 100 · (0.6 · 252/220 + 0.4 · 49/50).
        let bonds = ["-", "-", "50", "-", "49", "50.96"];
        let found = levels("SPY 0.6, AGG 0.4; quarterly", &DAYS, &[&SHARES, &bonds]);
        assert_eq!(found[..4], ["-", "-", "100", "-"]);
        let level = 100.0 * (0.6 * 252.0 / 220.0 + 0.4 * 0.98);
        assert!((found[4].parse::<f64>().expect("a number") - level).abs() < 1e-11, "{} {level}", found[4]);
        assert_eq!(levels("SPY 0.6, AGG 0.4; never", &DAYS, &[&SHARES, &[]]), ["-"; 6]);
    }

    #[test]
    fn what_is_no_blend_is_told() {
        for (text, told) in [
            ("SPY", "`SPY` is no blended benchmark"),
            ("SPY 1", "`SPY 1` is no blended benchmark"),
            ("SPY; daily", "`SPY; daily` is no blended benchmark"),
            ("SPY 0.6, AGG 0.5; daily", "the weights of the blended benchmark sum to 1.1, not to 1"),
            ("SPY 0.6, AGG 0.3; daily", "the weights of the blended benchmark sum to 0.9, not to 1"),
            ("SPY 1.5, AGG -0.5; daily", "the weight -0.5 of `AGG` is not positive"),
            ("SPY 0.5, SPY 0.5; daily", "`SPY` is in the blended benchmark twice"),
            ("SPY~X 1; daily", "`SPY~X` is no symbol"),
            ("SPY 1; weekly", "unknown rebalancing `weekly`; known: daily, monthly, quarterly, yearly, never"),
        ] {
            let error = text.parse::<Blend>().expect_err(text).to_string();
            assert!(error.starts_with(told), "{error}");
        }
        let many = (0..=COMPONENTS_MAX).map(|number| (format!("S{number}"), Decimal::ONE)).collect();
        assert_eq!(Blend::new(many, Rebalancing::Never), Err(BlendError::Components(COMPONENTS_MAX + 1)));
        let text = "SPY 0.6, AGG 0.4; quarterly";
        assert_eq!(text.parse::<Blend>().expect("a blend").to_string(), text);
        // Semicolons may be part of a symbol.
        let odd = "A;B 0.25, C 0.75; never";
        assert_eq!(odd.parse::<Blend>().expect("a blend").to_string(), odd);
    }

    proptest! {
        #[test]
        fn equal_parts_are_the_blend_however_often_it_is_restored(
            closes in prop::collection::vec(1_u32..1000, 2..40),
            word in prop::sample::select(vec!["daily", "monthly", "quarterly", "yearly", "never"]),
        ) {
            let mut day: BusinessDate = "2014-03-31".parse().expect("a date");
            let mut days = Vec::new();
            for _ in &closes {
                days.push(day);
                for _ in 0..17 {
                    day = day.next_calendar_day();
                }
            }
            let part: Vec<Option<Decimal>> = closes.iter().map(|close| Some(Decimal::from(*close))).collect();
            let blend: Blend = format!("A 0.3, B 0.7; {word}").parse().expect("a blend");
            let found = blend.levels(&days, days[0], &[&part, &part]);
            for (level, close) in found.iter().zip(&closes) {
                let expected = Decimal::from(100 * close) / Decimal::from(closes[0]);
                let off = (level.expect("a level") - expected).abs();
                prop_assert!(off < decimal("0.000000000000000001"), "{}", off);
            }
        }
    }
}
