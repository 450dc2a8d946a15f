//! The performance of a portfolio: returns by period, month and year, and the way that its wealth took.

use std::collections::BTreeMap;

use jobs::{CalendarReturn, Measure, MeasureUnit, Wealth, WealthDay};
use schemas::tables::daily_returns::DailyReturn;
use schemas::{BusinessDate, MeasureValue, ReportingPeriod};
use serde_json::Value;

use crate::listing::{Listing, NO_FIGURE};
use crate::measures_listing::{machine_listing, push};
use crate::page::Block;
use crate::printed_figures::{Figures, Footnotes, fixed, percent};
use crate::terminal_chart::{Ink, Pick, area, columns, sparkline};

/// What the page reads.
pub(crate) struct PerformanceFacts<'a> {
    pub(crate) figures: Figures<'a>,
    /// The daily returns of the portfolio's life up to the date, in order of date.
    pub(crate) returns: &'a [DailyReturn],
    /// One period, or all of them.
    pub(crate) period: Option<ReportingPeriod>,
    /// The columns of the terminal; none if the output is none.
    pub(crate) terminal: Option<usize>,
    pub(crate) ink: Ink,
}

/// The columns of the table of periods, and the measure in each.
const COLUMNS: [(&str, &str); 5] = [
    ("time-weighted", "twr"),
    ("a year", "annualised_return_act365"),
    ("money-weighted", "mwr_period"),
    ("a year", "xirr"),
    ("gain", "gain"),
];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Lines of the chart, and columns of what stands left of it.
const CHART_LINES: u32 = 8;
const CHART_MARGIN: usize = 9;
/// Columns of the chart where the output is no terminal, and at most.
const CHART_ELSEWHERE: usize = 72;
const CHART_MAX: usize = 160;
/// Columns of a month and of a year in the calendar, without the gap before them.
const MONTH_COLUMNS: usize = 7;
/// Columns that twelve months, the year and the benchmark need.
const CALENDAR_COLUMNS: usize = 4 + 14 * (MONTH_COLUMNS + 1);

/// The measures of the page, for their definitions.
pub(crate) fn measures() -> Vec<&'static Measure> {
    COLUMNS.iter().map(|(_, id)| *id).chain(["benchmark_return", "max_drawdown"]).filter_map(measure).collect()
}

fn measure(id: &str) -> Option<&'static Measure> {
    jobs::MEASURES.iter().copied().find(|measure| measure.id == id)
}

/// The page for people.
pub(crate) fn page(facts: &PerformanceFacts<'_>) -> Vec<Block> {
    let mut notes = Footnotes::default();
    let mut blocks = vec![Block::Rows(periods(facts, &mut notes))];
    if facts.period.is_none() {
        blocks.extend(facts.figures.periods().1.into_iter().map(Block::Text));
    }
    blocks.push(Block::text(chart(facts)));
    blocks.extend(calendar(facts, &mut notes).map(Block::Text));
    blocks.extend(notes.text().map(Block::Text));
    blocks
}

/// The same figures for machines: those of the periods, then those of the months (`2024-03`) and years (`2024`).
pub(crate) fn rows(facts: &PerformanceFacts<'_>, definitions: bool) -> Listing {
    let mut listing = machine_listing(definitions);
    let benchmark = measure("benchmark_return").filter(|_| facts.has_benchmark());
    for period in facts.periods() {
        for (_, id) in COLUMNS {
            let value = measure(id).and_then(|measure| Some((measure, facts.figures.shown(period, measure)?)));
            if let Some((measure, value)) = value {
                push(&mut listing, &facts.figures, period.code(), measure, &value);
            }
        }
        if let Some(benchmark) = benchmark {
            push(&mut listing, &facts.figures, period.code(), benchmark, &facts.benchmark(period));
        }
    }
    for entry in facts.calendar() {
        let name = match entry.month {
            Some(month) => format!("{:04}-{month:02}", entry.year),
            None => format!("{:04}", entry.year),
        };
        if let Some(measure) = measure("twr") {
            push(&mut listing, &facts.figures, &name, measure, &entry.portfolio);
        }
        if let Some(benchmark) = benchmark {
            push(&mut listing, &facts.figures, &name, benchmark, &entry.benchmark);
        }
    }
    listing
}

impl PerformanceFacts<'_> {
    fn has_benchmark(&self) -> bool {
        let portfolio = self.figures.portfolio;
        portfolio.benchmark_symbol.is_some() || portfolio.benchmark_blend.is_some()
    }

    fn periods(&self) -> Vec<ReportingPeriod> {
        match self.period {
            Some(period) => vec![period],
            None => self.figures.periods().0,
        }
    }

    /// What the benchmark earned: as the night made it, or linked from the same days where it made none.
    fn benchmark(&self, period: ReportingPeriod) -> MeasureValue {
        let made = self.figures.made(period, "benchmark_return");
        made.unwrap_or_else(|| jobs::benchmark_over(self.figures.portfolio, self.returns, self.figures.date, period))
    }

    /// The day that opens what is shown; none if it is the portfolio's whole life.
    fn opening(&self) -> Option<BusinessDate> {
        let period = self.period.filter(|period| *period != ReportingPeriod::SinceInception)?;
        self.figures.opening_close(period)
    }

    /// The months and years that lie in what is shown as a whole.
    fn calendar(&self) -> Vec<CalendarReturn> {
        let mut found = jobs::calendar_returns(self.figures.portfolio, self.returns);
        if let Some(opening) = self.opening() {
            let kind = |entry: &CalendarReturn| match entry.month {
                Some(_) => ReportingPeriod::MonthToDate,
                None => ReportingPeriod::YearToDate,
            };
            found.retain(|entry| kind(entry).opening_date(entry.date).is_some_and(|day| opening.day() <= day));
        }
        found
    }
}

fn periods(facts: &PerformanceFacts<'_>, notes: &mut Footnotes) -> Listing {
    let base = facts.figures.base();
    let gain = format!("gain in {base}");
    let mut titles = vec!["period", "from"];
    titles.extend(COLUMNS.iter().map(|(title, id)| if *id == "gain" { gain.as_str() } else { *title }));
    if facts.has_benchmark() {
        titles.push("benchmark");
    }
    let mut listing = Listing::new(&titles);
    for period in facts.periods() {
        let mut row: Vec<Value> = vec![period.code().into(), facts.figures.opening(period).to_string().into()];
        for (_, id) in COLUMNS {
            let value = measure(id).and_then(|measure| facts.figures.shown(period, measure));
            let short = matches!(&value, Some(MeasureValue::Unavailable(reason)) if reason.starts_with("less than"));
            let unit = measure(id).map_or(MeasureUnit::Fraction, |measure| measure.unit);
            // That a short period has no rate a year is said by the empty cell.
            row.push(if short { Value::Null } else { notes.cell(value.as_ref(), unit, base) });
        }
        if facts.has_benchmark() {
            row.push(notes.cell(Some(&facts.benchmark(period)), MeasureUnit::Fraction, base));
        }
        listing.rows.push(row);
    }
    listing
}

/// The wealth that one unit of money became, and below it how far it stood below its high.
fn chart(facts: &PerformanceFacts<'_>) -> String {
    let first = facts.figures.portfolio.start_date;
    let opening = facts.opening();
    let returns: Vec<DailyReturn> =
        facts.returns.iter().filter(|row| opening.is_none_or(|day| day < row.business_date)).cloned().collect();
    let wealth = jobs::wealth_since(opening.unwrap_or(first), &returns);
    let width = facts.terminal.unwrap_or(CHART_ELSEWHERE).min(CHART_MAX).saturating_sub(CHART_MARGIN).max(20);
    drawn(&wealth, facts.figures.base().code(), width, facts.ink)
}

fn drawn(wealth: &Wealth, currency: &str, width: usize, ink: Ink) -> String {
    let (Some(first), Some(last)) = (wealth.days.first(), wealth.days.last()) else {
        let why = wealth.broken_on.map(|day| format!(" after {day}, across which nothing is linked"));
        return format!("\nNo daily return{}, so there is nothing to draw.", why.unwrap_or_default());
    };
    let levels: Vec<f64> = wealth.days.iter().map(|day| day.wealth).collect();
    let falls: Vec<f64> = wealth.days.iter().map(|day| day.drawdown).collect();
    let shown = columns(&levels, width, Pick::Last);
    let highest = shown.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = shown.iter().copied().fold(f64::INFINITY, f64::min);
    let mut lines = vec![format!("\nWhat 1 {currency} became, without deposits and withdrawals")];
    for (number, line) in (0..).zip(area(&shown, CHART_LINES, ink)) {
        let label = match number {
            0 => fixed(highest, 3),
            number if number + 1 == CHART_LINES => fixed(lowest, 3),
            _ => String::new(),
        };
        lines.push(format!("{label:>8} {line}").trim_end().to_owned());
    }
    let drawn_columns = shown.len();
    let end = last.date.to_string();
    let gap = drawn_columns.saturating_sub(2 * end.len()).max(1);
    lines.push(format!("{:>8} {}{:gap$}{end}", "", first.date, ""));
    // A fall is a tall bar: its size is drawn.
    let sizes: Vec<f64> = columns(&falls, width, Pick::Least).iter().map(|fall| -fall).collect();
    let line = if sizes.iter().all(|size| *size <= 0.0) { String::new() } else { sparkline(&sizes, ink) };
    lines.push(format!("{:>8} {line}", "fall"));
    lines.push(format!("{:>8} {}", "", deepest(&wealth.days)));
    if let Some(day) = wealth.broken_on {
        lines.push(format!(
            "Nothing is linked across {day}: a value or a flow is unknown, or more than everything was lost."
        ));
    }
    lines.join("\n")
}

/// The deepest fall in words.
fn deepest(days: &[WealthDay]) -> String {
    let found = days.iter().copied().reduce(|low, day| if day.drawdown < low.drawdown { day } else { low });
    match found.filter(|day| day.drawdown < 0.0) {
        Some(day) => {
            let now = days.last().map_or(0.0, |day| day.drawdown);
            format!("below the high so far: at most {} on {}, now {}", percent(day.drawdown), day.date, percent(now))
        }
        None => "never below the high so far".to_owned(),
    }
}

/// Years with their months, in percent; none if no month lies in the period.
fn calendar(facts: &PerformanceFacts<'_>, notes: &mut Footnotes) -> Option<String> {
    let entries = facts.calendar();
    let mut years: BTreeMap<i32, BTreeMap<Option<u32>, &CalendarReturn>> = BTreeMap::new();
    for entry in &entries {
        years.entry(entry.year).or_default().insert(entry.month, entry);
    }
    if years.is_empty() {
        return None;
    }
    let mut cell = |value: Option<&MeasureValue>| -> String {
        match value {
            None => String::new(),
            Some(MeasureValue::Number(number)) => fixed(100.0 * number, 2),
            Some(value) => match notes.cell(Some(value), MeasureUnit::Fraction, facts.figures.base()) {
                Value::String(text) => text,
                _ => NO_FIGURE.to_owned(),
            },
        }
    };
    let mut table: Vec<Vec<String>> = Vec::new();
    let mut head: Vec<String> = std::iter::once("").chain(MONTHS).chain(["year"]).map(str::to_owned).collect();
    if facts.has_benchmark() {
        head.push("bench.".to_owned());
    }
    table.push(head);
    for (year, parts) in &years {
        let mut row = vec![format!("{year:04}")];
        row.extend((1..=12).map(|month| cell(parts.get(&Some(month)).map(|entry| &entry.portfolio))));
        row.push(cell(parts.get(&None).map(|entry| &entry.portfolio)));
        if facts.has_benchmark() {
            row.push(cell(parts.get(&None).map(|entry| &entry.benchmark)));
        }
        table.push(row);
    }
    let is_narrow = facts.terminal.is_some_and(|columns| columns < CALENDAR_COLUMNS);
    let lines = if is_narrow {
        // The second half of the year, and the year itself, stand below the first.
        let halves = [halved(&table, 1..7), vec![String::new()], halved(&table, 7..usize::MAX)];
        halves.concat()
    } else {
        halved(&table, 1..usize::MAX)
    };
    Some(format!("\nMonths and years, time-weighted, in percent\n{}", lines.join("\n")))
}

/// The year and some of the columns of each row, right-aligned.
fn halved(table: &[Vec<String>], range: std::ops::Range<usize>) -> Vec<String> {
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().filter(|(place, _)| range.contains(place));
        let cells: String = cells.map(|(_, cell)| format!(" {cell:>MONTH_COLUMNS$}")).collect();
        format!("{:>4}{cells}", row.first().map_or("", String::as_str)).trim_end().to_owned()
    };
    table.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use schemas::Amount;
    use schemas::tables::measures::MeasureRow;

    use super::*;
    use crate::measures_listing::tests::{date, portfolio, row, written};

    fn day(text: &str, fraction: f64) -> DailyReturn {
        DailyReturn {
            portfolio_id: "D01".parse().expect("an id"),
            business_date: date(text),
            begin_value: Some(Amount::ZERO),
            inflow: Some(Amount::ZERO),
            outflow: Some(Amount::ZERO),
            end_value: Some(Amount::ZERO),
            return_fraction: Some(fraction),
            benchmark_return_fraction: Some(0.01),
            return_before_fees_fraction: None,
            return_before_taxes_fraction: None,
            risk_free_annual: None,
            is_observed: Some(true),
        }
    }

    /// 10 %, then 50 % lost, then 20 %: 1.1, 0.55, 0.66.
    fn life() -> Vec<DailyReturn> {
        vec![day("2022-11-30", 0.1), day("2022-12-30", -0.5), day("2023-12-29", 0.2)]
    }

    fn made() -> Vec<MeasureRow> {
        vec![
            row(ReportingPeriod::YearToDate, "twr", Ok(0.2)),
            row(ReportingPeriod::YearToDate, "xirr", Ok(0.21)),
            row(ReportingPeriod::SinceInception, "twr", Ok(-0.34)),
            row(ReportingPeriod::SinceInception, "annualised_return_act365", Ok(-0.31)),
            row(ReportingPeriod::MonthToDate, "twr", Ok(0.2)),
            row(ReportingPeriod::MonthToDate, "annualised_return_act365", Ok(7.77)),
        ]
    }

    #[test]
    fn a_page_has_periods_a_chart_and_months() {
        let mut portfolio = portfolio("2022-11-30");
        portfolio.benchmark_symbol = Some("INDEX".to_owned());
        let (rows_made, returns) = (made(), life());
        let facts = |period, terminal| PerformanceFacts {
            figures: Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &rows_made },
            returns: &returns,
            period,
            terminal,
            ink: Ink::Ascii,
        };
        let text = written(&page(&facts(None, None)));
        for words in [
            "-34.00 %",
            "-31.00 %",
            "What 1 EUR became",
            "at most -50.00 % on 2022-12-30, now -40.00 %",
            // Ten months of eight columns without figures; the benchmark earned 1.01² − 1 in 2022.
            &format!("2022{:83}10.00  -50.00  -45.00    2.01", ""),
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        assert!(!text.contains("777"), "a month is not annualised\n{text}");
        let narrow = written(&page(&facts(None, Some(70))));
        let calendar = narrow.split("Months and years").nth(1).expect("a calendar");
        assert!(calendar.lines().all(|line| line.chars().count() <= 70), "{narrow}");
        let year = written(&page(&facts(Some(ReportingPeriod::YearToDate), None)));
        assert!(!year.contains("-50.00") && year.contains("20.00 %"), "{year}");
    }

    #[test]
    fn machines_get_periods_months_and_years() {
        let portfolio = portfolio("2022-11-30");
        let (rows_made, returns) = (made(), life());
        let facts = PerformanceFacts {
            figures: Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &rows_made },
            returns: &returns,
            period: None,
            terminal: None,
            ink: Ink::Ascii,
        };
        let listing = rows(&facts, false);
        let of = |period: &str| {
            let found = listing.rows.iter().find(|row| row[2] == period && row[4] == "twr");
            found.and_then(|row| row[5].as_f64())
        };
        assert_eq!(of("SI"), Some(-0.34));
        for (period, expected) in [("2022-11", 0.1), ("2022-12", -0.5), ("2022", -0.45), ("2023-12", 0.2)] {
            let found = of(period).expect("a row");
            assert!((found - expected).abs() < 1e-12, "{period}: {found}");
        }
        assert!(listing.rows.iter().all(|row| row[4] != "benchmark_return"), "the portfolio has no benchmark");
    }

    #[test]
    fn the_chart_says_its_limits_and_days() {
        let wealth = jobs::wealth_since(date("2022-11-29"), &life());
        let expected = "
What 1 EUR became, without deposits and withdrawals
   1.100  #
         :#
         ##
         ##
         ##
         ##
         ## :
   0.550 ##.#
         2022-11-29 2023-12-29
    fall __#+
         below the high so far: at most -50.00 % on 2022-12-30, now -40.00 %";
        assert_eq!(drawn(&wealth, "EUR", 60, Ink::Ascii), expected);
        assert!(drawn(&Wealth::default(), "EUR", 60, Ink::Ascii).contains("No daily return"));
        let unknown = Wealth { days: Vec::new(), broken_on: Some(date("2022-12-30")) };
        assert!(drawn(&unknown, "EUR", 60, Ink::Ascii).contains("after 2022-12-30"));
    }

    #[test]
    fn what_never_fell_has_no_line_of_falls() {
        let wealth = jobs::wealth_since(date("2022-11-29"), &[day("2022-11-30", 0.1)]);
        assert!(drawn(&wealth, "EUR", 60, Ink::Blocks).ends_with("never below the high so far"));
    }
}
