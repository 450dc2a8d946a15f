//! The risk of a portfolio: what its positions may lose, the tail of its losses with forecasts and what became of them,
//! dispersion, drawdown, and how its daily returns are spread.
//!
//! Each section is a function from what is known to blocks, named in [`SECTIONS`]: another one is a function and a
//! line.

use jobs::concentration::Concentrated;
use jobs::parts::RiskParts;
use jobs::{Measure, MeasureKind};
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::{InstrumentId, MeasureValue, ReportingPeriod};
use serde_json::Value;

use crate::listing::Listing;
use crate::measures_listing::tables;
use crate::page::Block;
use crate::printed_figures::{Figures, Footnotes, fixed, percent};
use crate::risk_night::RiskNight;
use crate::terminal_chart::{Ink, bar};
use crate::{class_listing, concentration_listing, forecast_listing, held_risk_listing};
use crate::{risk_over_days_listing, risk_parts_listing};

/// What the sections read.
pub(crate) struct RiskFacts<'a> {
    pub(crate) figures: Figures<'a>,
    /// The daily returns of the portfolio's life, in order of date.
    pub(crate) returns: &'a [DailyReturn],
    /// What the night of the date says.
    pub(crate) night: &'a RiskNight,
    /// How concentrated it is on the date, or why that is not known.
    pub(crate) concentration: &'a Result<Vec<Concentrated>, String>,
    /// The classes of risk that the law prescribes, on the date.
    pub(crate) classes: &'a [RiskClassRow],
    /// One period, or all of them.
    pub(crate) period: Option<ReportingPeriod>,
    /// The columns of the terminal; none if the output is none.
    pub(crate) terminal: Option<usize>,
    pub(crate) ink: Ink,
    /// For how many days ahead more is asked for.
    pub(crate) days: Option<usize>,
    /// What positions add to the simulated risk, and the position without which it is asked for; none if that was not
    /// made.
    pub(crate) made: Option<&'a (RiskParts, Option<InstrumentId>)>,
}

type Section = fn(&RiskFacts<'_>, &mut Footnotes) -> Vec<Block>;

/// The sections in their order.
const SECTIONS: &[Section] = &[
    held_risk_listing::section,
    risk_over_days_listing::section,
    tail,
    forecast_listing::section,
    class_listing::section,
    dispersion,
    drawdown,
    concentration_listing::section,
    spread,
    risk_parts_listing::section,
];

/// A way of estimating the tail with its measures: value at risk and expected shortfall at each confidence.
struct Method {
    title: &'static str,
    /// In the order of [`CONFIDENCES`]; empty where the method has none.
    measures: [[&'static str; 2]; 3],
}

const CONFIDENCES: [&str; 3] = ["95 %", "97.5 %", "99 %"];
const METHODS: &[Method] = &[
    Method {
        title: "historical",
        measures: [["var_hist_95", "es_hist_95"], ["var_hist_975", "es_hist_975"], ["var_hist_99", "es_hist_99"]],
    },
    Method {
        title: "normal",
        measures: [["var_normal_95", "es_normal_95"], ["", ""], ["var_normal_99", "es_normal_99"]],
    },
    Method {
        title: "Cornish-Fisher",
        measures: [["var_cornish_fisher_95", ""], ["", ""], ["var_cornish_fisher_99", ""]],
    },
    Method { title: "EWMA 0.94", measures: [["var_ewma_95", ""], ["", ""], ["var_ewma_99", ""]] },
];

/// Of the dispersion, the measures of this page; `financr show measures` has the others.
const DISPERSION: &[&str] = &[
    "volatility",
    "ewma_volatility_094",
    "downside_deviation",
    "sharpe_rf",
    "sortino_rf",
    "skewness",
    "excess_kurtosis",
];

/// The kinds of measures of this page.
pub(crate) const KINDS: &[&str] = &["tail", "dispersion", "drawdown"];

/// Lines of the histogram at most.
const BINS_MAX: u32 = 20;
/// Columns beside the bar: the limits of the bin, the count, the mark.
const BESIDE_BAR: usize = 44;
/// Columns of the page where the output is no terminal.
const COLUMNS_ELSEWHERE: usize = 72;

/// The page with all its sections.
pub(crate) fn page(facts: &RiskFacts<'_>) -> Vec<Block> {
    let mut notes = Footnotes::default();
    let mut blocks: Vec<Block> = SECTIONS.iter().flat_map(|section| section(facts, &mut notes)).collect();
    blocks.extend(notes.text().map(Block::Text));
    blocks
}

/// The measures of this page, for their definitions.
pub(crate) fn measures() -> Vec<&'static Measure> {
    let kinds = |id: &'static str| jobs::MEASURE_KINDS.iter().filter(move |kind| kind.id == id);
    let all = |id: &'static str| kinds(id).flat_map(|kind: &'static MeasureKind| kind.measures.iter().copied());
    let dispersion = all("dispersion").filter(|measure| DISPERSION.contains(&measure.id));
    all("tail").chain(dispersion).chain(all("drawdown")).collect()
}

fn measure(id: &str) -> Option<&'static Measure> {
    jobs::MEASURES.iter().copied().find(|measure| measure.id == id)
}

/// Value at risk and expected shortfall over one day, a row for each method.
fn tail(facts: &RiskFacts<'_>, notes: &mut Footnotes) -> Vec<Block> {
    let period = facts.period.unwrap_or(ReportingPeriod::SinceInception);
    let columns: Vec<String> =
        CONFIDENCES.iter().flat_map(|level| [format!("VaR {level}"), format!("ES {level}")]).collect();
    let columns: Vec<&str> = std::iter::once("method").chain(columns.iter().map(String::as_str)).collect();
    let mut listing = Listing::new(&columns);
    for method in METHODS {
        let found = method.measures.iter().flatten().map(|id| {
            let measure = measure(id)?;
            Some((measure, facts.figures.shown(period, measure)?))
        });
        let found: Vec<_> = found.collect();
        if found.iter().all(Option::is_none) {
            continue;
        }
        let cells = found.iter().map(|found| match found {
            Some((measure, value)) => notes.cell(Some(value), measure.unit, facts.figures.base()),
            None => Value::Null,
        });
        listing.rows.push(std::iter::once(method.title.into()).chain(cells).collect());
    }
    let title = "Loss over one day, as a part of the value; a loss is positive";
    if listing.rows.is_empty() {
        return vec![Block::text(format!("\n{title}: made since inception (SI) only, not for {period}"))];
    }
    vec![Block::text(format!("\n{title} ({period})")), Block::Rows(listing)]
}

/// Volatility and what was earned for it.
fn dispersion(facts: &RiskFacts<'_>, notes: &mut Footnotes) -> Vec<Block> {
    let chosen: Vec<&'static Measure> = DISPERSION.iter().filter_map(|id| measure(id)).collect();
    let is_made =
        |period: &ReportingPeriod| chosen.iter().any(|measure| facts.figures.made(*period, measure.id).is_some());
    let periods: Vec<ReportingPeriod> = periods(facts).into_iter().filter(is_made).collect();
    let tables = tables(&facts.figures, &chosen, &periods, facts.terminal, notes);
    if tables.is_empty() {
        return Vec::new();
    }
    let rhythm = rhythm(facts).map(|words| format!(", from {words}")).unwrap_or_default();
    std::iter::once(Block::text(format!("\nDispersion, and the reward for it{rhythm}")))
        .chain(tables.into_iter().map(Block::Rows))
        .collect()
}

/// The deepest fall of each period with its days.
fn drawdown(facts: &RiskFacts<'_>, notes: &mut Footnotes) -> Vec<Block> {
    let columns = [
        ("deepest fall", "max_drawdown"),
        ("from", "max_drawdown_peak_date"),
        ("to", "max_drawdown_trough_date"),
        ("made good", "max_drawdown_recovery_date"),
        ("days below the high", "drawdown_days"),
        ("now", "current_drawdown"),
    ];
    let titles: Vec<&str> = std::iter::once("period").chain(columns.iter().map(|(title, _)| *title)).collect();
    let mut listing = Listing::new(&titles);
    for period in periods(facts) {
        if facts.figures.made(period, "max_drawdown").is_none() {
            continue;
        }
        let cells = columns.iter().map(|(_, id)| match measure(id) {
            Some(measure) => {
                notes.cell(facts.figures.shown(period, measure).as_ref(), measure.unit, facts.figures.base())
            }
            None => Value::Null,
        });
        listing.rows.push(std::iter::once(period.code().into()).chain(cells).collect());
    }
    if listing.rows.is_empty() {
        return Vec::new();
    }
    vec![Block::text("\nDrawdown"), Block::Rows(listing)]
}

/// How often each size of a daily return occurred, with the values at risk beside their place.
fn spread(facts: &RiskFacts<'_>, _: &mut Footnotes) -> Vec<Block> {
    let period = facts.period.unwrap_or(ReportingPeriod::SinceInception);
    let opening = facts.figures.opening_close(period);
    // A day on which nothing that is held was quoted says nothing of how returns are spread.
    let is_observed = |row: &DailyReturn| row.is_observed.unwrap_or(true);
    let of_period = |row: &&DailyReturn| is_observed(row) && opening.is_none_or(|opening| opening < row.business_date);
    let returns: Vec<f64> = facts.returns.iter().filter(of_period).filter_map(|row| row.return_fraction).collect();
    let mark = |name: &'static str, id: &str| match facts.figures.made(period, id) {
        Some(MeasureValue::Number(loss)) => Some((name, -loss)),
        _ => None,
    };
    let marks = [("VaR 95 %", "var_hist_95"), ("VaR 99 %", "var_hist_99")];
    let marks: Vec<(&str, f64)> = marks.into_iter().filter_map(|(name, id)| mark(name, id)).collect();
    let bins = bins(&returns);
    if bins.is_empty() {
        return Vec::new();
    }
    let columns = facts.terminal.unwrap_or(COLUMNS_ELSEWHERE).min(2 * COLUMNS_ELSEWHERE);
    let text = histogram(&bins, &marks, columns.saturating_sub(BESIDE_BAR).max(10), facts.ink);
    let title = rhythm(facts).map_or_else(|| "Daily returns".to_owned(), |words| format!("Returns: {words}"));
    vec![Block::text(format!("\n{title} ({period}, {} days)\n{text}", returns.len()))]
}

/// What dispersion is made from since inception, where it is not from the returns of trading days.
fn rhythm(facts: &RiskFacts<'_>) -> Option<&'static str> {
    let made = facts.figures.made(ReportingPeriod::SinceInception, "returns_per_year")?;
    let MeasureValue::Number(number) = made else { return None };
    let named = [(12.0, "monthly returns"), (52.0, "weekly returns"), (365.0, "returns of every calendar day")];
    named.into_iter().find(|(count, _)| (number - count).abs() < 0.5).map(|(_, words)| words)
}

fn periods(facts: &RiskFacts<'_>) -> Vec<ReportingPeriod> {
    match facts.period {
        Some(period) => vec![period],
        None => facts.figures.periods().0,
    }
}

/// Daily returns from one limit up to the next, which belongs to the next bin.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bin {
    from: f64,
    to: f64,
    count: usize,
}

/// Bins of a round width, as narrow as the lines allow, from the lowest return to the highest.
fn bins(returns: &[f64]) -> Vec<Bin> {
    let least = returns.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = returns.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let widths = (-6..6).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10.0_f64.powi(power)));
    let lines = |width: f64| (greatest / width).floor() - (least / width).floor() + 1.0;
    let Some(width) = widths.into_iter().find(|width| lines(*width) <= f64::from(BINS_MAX)) else { return Vec::new() };
    let first = (least / width).floor();
    let bin = |line: u32| {
        let place = first + f64::from(line);
        let count = returns.iter().filter(|number| same_place((**number / width).floor(), place)).count();
        Bin { from: place * width, to: (place + 1.0) * width, count }
    };
    (0..BINS_MAX).take_while(|line| f64::from(*line) < lines(width)).map(bin).collect()
}

/// Whether two whole numbers are the same.
fn same_place(left: f64, right: f64) -> bool {
    (left - right).abs() < 0.5
}

/// A line for each bin, the highest returns at the top.
fn histogram(bins: &[Bin], marks: &[(&str, f64)], width: usize, ink: Ink) -> String {
    let greatest = bins.iter().map(|bin| bin.count).max().unwrap_or(0);
    let narrow = bins.first().is_some_and(|bin| bin.to - bin.from < 0.000_099);
    let limit = |number: f64| if narrow { format!("{} %", fixed(100.0 * number, 4)) } else { percent(number) };
    let mut text = Vec::new();
    for bin in bins.iter().rev() {
        let here: Vec<&str> =
            marks.iter().filter(|(_, place)| bin.from <= *place && *place < bin.to).map(|(name, _)| *name).collect();
        let arrow = if ink == Ink::Blocks { "◄" } else { "<" };
        let mark = if here.is_empty() { String::new() } else { format!("  {arrow} {}", here.join(", ")) };
        let drawn = bar(bin.count, greatest, width, ink);
        text.push(format!("{:>10} to {:>10} {:>5} {drawn}{mark}", limit(bin.from), limit(bin.to), bin.count));
    }
    text.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures_listing::tests::{date, portfolio, row, written};

    fn day(fraction: f64) -> DailyReturn {
        DailyReturn {
            portfolio_id: "D01".parse().expect("an id"),
            business_date: date("2023-12-29"),
            begin_value: None,
            inflow: None,
            outflow: None,
            end_value: None,
            return_fraction: Some(fraction),
            benchmark_return_fraction: None,
            return_before_fees_fraction: None,
            return_before_taxes_fraction: None,
            risk_free_annual: None,
            is_observed: Some(true),
        }
    }

    #[test]
    fn bins_hold_every_return_once_and_are_round() {
        let returns: Vec<f64> = (-30..=30).map(|number| f64::from(number) / 1000.0 + 0.000_3).collect();
        let bins = bins(&returns);
        assert_eq!(bins.iter().map(|bin| bin.count).sum::<usize>(), returns.len());
        assert!(bins.len() <= 20, "{bins:?}");
        // From −2.97 % to 3.03 %, in steps of half a percent: −3.0 % to 3.5 %.
        assert!((bins[0].from + 0.03).abs() < 1e-12 && (bins[0].to + 0.025).abs() < 1e-12, "{bins:?}");
        assert_eq!(bins.len(), 13);
    }

    #[test]
    fn returns_that_do_not_differ_have_one_bin_and_none_have_none() {
        assert_eq!(bins(&[0.0, 0.0, 0.0]).len(), 1);
        assert_eq!(bins(&[0.0, 0.0, 0.0])[0].count, 3);
        assert!(bins(&[]).is_empty());
        assert!(bins(&[f64::NAN]).is_empty());
    }

    #[test]
    fn the_value_at_risk_is_marked_where_it_lies() {
        let found = [
            Bin { from: -0.02, to: -0.01, count: 1 },
            Bin { from: -0.01, to: 0.0, count: 4 },
            Bin { from: 0.0, to: 0.01, count: 8 },
        ];
        let drawn = histogram(&found, &[("VaR 95 %", -0.012)], 8, Ink::Ascii);
        let expected = "    0.00 % to     1.00 %     8 ########\n   -1.00 % to     0.00 %     4 ####\n   \
                        -2.00 % to    -1.00 %     1 #  < VaR 95 %";
        assert_eq!(drawn, expected);
    }

    #[test]
    fn every_measure_of_the_page_exists() {
        let named = METHODS.iter().flat_map(|method| method.measures.iter().flatten()).filter(|id| !id.is_empty());
        for id in named.chain(DISPERSION) {
            assert!(measure(id).is_some(), "{id}");
        }
        // A method that is added to the shelf has a place in the table.
        let shown: Vec<&str> = METHODS.iter().flat_map(|method| method.measures.iter().flatten().copied()).collect();
        let tail = jobs::MEASURE_KINDS.iter().filter(|kind| kind.id == "tail").flat_map(|kind| kind.measures);
        for measure in tail {
            assert!(shown.contains(&measure.id), "{}", measure.id);
        }
    }

    #[test]
    fn a_page_has_the_tail_the_falls_and_the_histogram() {
        let portfolio = portfolio("2020-01-02");
        let all = ReportingPeriod::SinceInception;
        let rows = [
            row(all, "var_hist_95", Ok(0.015)),
            row(all, "es_hist_95", Ok(0.02)),
            row(all, "var_cornish_fisher_95", Err("outside its domain")),
            row(all, "max_drawdown", Ok(-0.25)),
            row(all, "volatility", Ok(0.1)),
        ];
        let returns: Vec<DailyReturn> = [0.01, -0.016, 0.002].into_iter().map(day).collect();
        let night = RiskNight::default();
        let nothing = Ok(Vec::new());
        let facts = |period| RiskFacts {
            figures: Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &rows },
            returns: &returns,
            night: &night,
            concentration: &nothing,
            classes: &[],
            period,
            terminal: None,
            ink: Ink::Ascii,
            days: None,
            made: None,
        };
        let text = written(&page(&facts(None)));
        for words in ["1.50 %", "2.00 %", "– [1]", "[1] outside its domain", "-25.00 %", "10.00 %", "(SI, 3 days)"] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        assert!(text.contains("< VaR 95 %"), "{text}");
        let text = written(&page(&facts(Some(ReportingPeriod::OneYear))));
        assert!(text.contains("made since inception (SI) only, not for 1Y"), "{text}");
    }

    #[test]
    fn what_the_positions_may_lose_is_followed_by_its_parts_and_by_what_became_of_forecasts() {
        let (portfolio, night) = (portfolio("2020-01-02"), crate::risk_night::tests::night());
        let facts = RiskFacts {
            figures: Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &[] },
            returns: &[],
            night: &night,
            concentration: &Ok(Vec::new()),
            classes: &[],
            days: None,
            made: None,
            period: None,
            terminal: None,
            ink: Ink::Ascii,
        };
        let text = written(&page(&facts));
        // 200.25 − 20.25 is the expected shortfall of 180 at 97.5 %.
        for words in [
            "revalued in past days, EUR (500 scenarios)",
            "220.50",
            "Left out: 1 of 3 positions, 1.20 % of the values",
            "On proxies: 1 of 3 positions, 25.00 % of the values",
            "M1~AAA: M1~OLD in 40 scenarios, the last to 2022-03-04",
            "M1~ODD: it was quoted on 6 of 20 days only",
            "111.25 %",
            "-11.25 %",
            "together",
            "180.00",
            "2.10 %",
            "outside its domain",
            "3 of 250",
            "11 of 250",
            "red",
            "Method in force, the first that is red by neither: 99 % none",
            "of all 250 days since counting began",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        let none = RiskNight::default();
        let text = written(&page(&RiskFacts { night: &none, ..facts }));
        assert!(text.contains("not made for 2023-12-29; `financr run rollup --date 2023-12-29` makes it"), "{text}");
    }
}
