//! Measures: the figures of a whole period, from the series that they are computed from.
//!
//! The measures that are a formula of a few amounts are taken apart. Of the others the series is outlined: how many
//! days, the first and the last of them, and what the measure makes of them.

use analytics::{DatedNumber, Measure, Measured, PerformanceSeries, RiskFree};
use rust_decimal::Decimal;
use schemas::{Amount, BusinessDate, MeasureValue, ReportingPeriod};

use super::Trail;
use super::arithmetic::{agree, estimate};
use super::node::{Figure, Node, Rule, Unit};
use super::returns::Before;
use crate::rollups::measures::series_on;

/// Why the series of a period has no figure.
const VALUE_UNKNOWN: &str = "a value of the period is unknown";

impl Trail {
    /// The last day whose closing value opens a period; none if nothing was there before it.
    pub(super) fn opening(&self, period: ReportingPeriod) -> Option<BusinessDate> {
        let opening = period.opening_date(self.facts.date).and_then(|day| BusinessDate::new(day).ok());
        opening.filter(|opening| self.facts.portfolio.start_date <= *opening)
    }

    /// Whether a day belongs to a period.
    pub(super) fn is_in(&self, period: ReportingPeriod, date: BusinessDate) -> bool {
        date <= self.facts.date && self.opening(period).is_none_or(|opening| opening < date)
    }

    /// A measure of the date, as gold has it or as it follows now.
    pub(super) fn measure(&self, measure: &'static Measure, period: ReportingPeriod) -> Node {
        let series = self.series(period);
        let node = self.headed(measure, period, &series);
        let base = Unit::Money(self.facts.base());
        match (measure.id, &series) {
            ("end_market_value", _) => exactly(node, Rule::Same, vec![self.market_value()]),
            ("net_external_flows", _) => exactly(node, Rule::Sum, self.shortened(self.flows_of(period), &base)),
            ("gain", _) => {
                let flows = self.total("net external flows".to_owned(), self.flows_of(period), "a flow is unknown");
                exactly(node, Rule::Difference, vec![self.market_value(), self.opening_value(period), flows])
            }
            ("twr", _) => node.with_parts(Rule::Linked, self.linked_days(period, Before::Nothing)),
            ("twr_before_taxes", _) => node.with_parts(Rule::Linked, self.linked_days(period, Before::Taxes)),
            ("twr_before_fees", _) => node.with_parts(Rule::Linked, self.linked_days(period, Before::FeesAndTaxes)),
            ("modified_dietz", Ok(series)) => {
                let rule = Rule::ModifiedDietz { opening: series.opening_date, closing: series.end_date };
                let parts = self.dated_amounts(period, series);
                node.with_parts(rule, parts)
            }
            ("xirr", Ok(series)) => {
                let parts = self.dated_amounts(period, series);
                node.with_parts(Rule::InternalRate, parts)
            }
            (_, Ok(series)) => node.with_parts(Rule::Measure(measure.definition), self.outline(series, period)),
            (_, Err(_)) => Node { rule: Rule::Measure(measure.definition), ..node },
        }
    }

    fn series(&self, period: ReportingPeriod) -> Result<PerformanceSeries, String> {
        series_on(&self.facts.portfolio, &self.facts.returns, &self.facts.flows, self.facts.date, period)
    }

    /// The measure with its figure in gold, and beside it what the series gives now if that is another one.
    fn headed(
        &self,
        measure: &'static Measure,
        period: ReportingPeriod,
        series: &Result<PerformanceSeries, String>,
    ) -> Node {
        let now = match series {
            Ok(series) => figure_of(measure.reported(&Measured::unbroken(series))),
            Err(reason) => Figure::Unavailable(reason.clone()),
        };
        let rows = self.facts.measures.iter().flatten();
        let row = rows.filter(|row| row.period == period).find(|row| row.measure == measure.id);
        let kept = row.map(|row| match (row.amount, row.value, row.value_date) {
            (Some(amount), _, _) => Figure::Exact(amount.decimal()),
            (None, Some(value), _) => Figure::Estimate(value),
            (None, None, Some(day)) => Figure::Day(day),
            (None, None, None) => {
                let reason = row.unavailable_reason.clone();
                Figure::Unavailable(reason.unwrap_or_else(|| VALUE_UNKNOWN.to_owned()))
            }
        });
        let unit = match measure.unit {
            analytics::Unit::Fraction => Unit::Fraction,
            analytics::Unit::Money => Unit::Money(self.facts.base()),
            analytics::Unit::Ratio | analytics::Unit::Count => Unit::Number,
            analytics::Unit::Date => Unit::Day,
        };
        let since = self.opening(period).unwrap_or(self.facts.portfolio.start_date);
        let label = format!("{}, {period}: {since} to {}", measure.title.to_lowercase(), self.facts.date);
        let differs = kept.as_ref().filter(|kept| !agree(kept, &now)).map(|_| now.clone());
        let note = if kept.is_some() { "" } else { "computed now: gold.measures does not keep it for this period" };
        let node = Node::given(label, kept.unwrap_or(now), unit).on(self.facts.date).noted(note);
        Node { differs, ..node }
    }

    /// The value that opens a period: the last one known by then, nothing since inception.
    pub(super) fn opening_value(&self, period: ReportingPeriod) -> Node {
        let unit = Unit::Money(self.facts.base());
        let before = self
            .opening(period)
            .and_then(|opening| self.facts.returns.iter().rev().find(|row| row.business_date <= opening));
        match before {
            None => Node::given("opening value: nothing was there before", Figure::Exact(Decimal::ZERO), unit),
            Some(row) => {
                let value = Figure::known(row.end_value.map(Amount::decimal), VALUE_UNKNOWN);
                Node::given(format!("opening value: market value of {}", row.business_date), value, unit)
                    .on(row.business_date)
                    .noted("ask for market_value on this date")
            }
        }
    }

    /// The opening value, every flow on its own day, and the closing value: what money-weighted returns are made from.
    /// None of them can be drawn together, because each counts from its own day.
    fn dated_amounts(&self, period: ReportingPeriod, series: &PerformanceSeries) -> Vec<Node> {
        let opening = self.opening_value(period).on(series.opening_date);
        let mut flows = self.flows_of(period);
        flows.reverse();
        let closing = self.market_value();
        let closing = Node { label: format!("closing value: {}", closing.label), ..closing }.on(series.end_date);
        std::iter::once(opening).chain(flows).chain(std::iter::once(closing)).collect()
    }

    /// The series of a measure in a few lines.
    fn outline(&self, series: &PerformanceSeries, period: ReportingPeriod) -> Vec<Node> {
        let money = Unit::Money(self.facts.base());
        let flows = self.flows_of(period);
        let mut parts = vec![
            self.opening_value(period),
            ends("valuations", &series.values, &money),
            ends("daily returns", &series.returns, &Unit::Fraction),
            self.total(format!("{} external flows", flows.len()), flows, "a flow is unknown"),
        ];
        match &series.risk_free {
            Some(RiskFree::Annual(rate)) => {
                let label = "risk-free rate a year, from the portfolio's description";
                parts.push(Node::given(label, Figure::Estimate(*rate), Unit::Fraction));
            }
            Some(RiskFree::Dated(rates)) => {
                parts.push(ends("risk-free rates a year, from risk_free.csv,", rates, &Unit::Fraction));
            }
            None => {}
        }
        if let Some(benchmark) = &series.benchmark {
            parts.push(ends("returns of the benchmark", benchmark, &Unit::Fraction));
        }
        parts
    }
}

/// By how much a measure in `f64` may be off its exact formula, as a part of the amounts that it is made from.
const ROUNDING: f64 = 1e-12;

/// A figure with its formula, exact where its parts are: gold keeps measures as estimates.
fn exactly(node: Node, rule: Rule, parts: Vec<Node>) -> Node {
    let node = node.with_parts(rule, parts);
    let Some(exact) = node.recomputed() else { return node };
    let size: f64 = node.children.iter().filter_map(|part| estimate(&part.figure)).map(f64::abs).sum();
    match (estimate(&node.figure), estimate(&exact)) {
        (Some(kept), Some(now)) if (kept - now).abs() <= ROUNDING * size + f64::EPSILON => {
            Node { figure: exact, ..node }
        }
        _ => node,
    }
}

fn figure_of(value: MeasureValue) -> Figure {
    match value {
        MeasureValue::Number(number) => Figure::Estimate(number),
        MeasureValue::Amount(amount) => Figure::Exact(amount),
        MeasureValue::Date(day) => Figure::Day(day),
        MeasureValue::Unavailable(reason) => Figure::Unavailable(reason),
    }
}

/// How many numbers a series has, and its first and last.
fn ends(what: &str, numbers: &[DatedNumber], unit: &Unit) -> Node {
    let end = |which: &str, number: &DatedNumber| {
        let label = format!("{which}, of {}", number.date);
        Node::given(label, Figure::Estimate(number.number), unit.clone()).on(number.date)
    };
    let first = numbers.first().map(|number| end("the first", number));
    let last = numbers.last().filter(|_| 1 < numbers.len()).map(|number| end("the last", number));
    let parts: Vec<Node> = first.into_iter().chain(last).collect();
    let node = Node::given(format!("{what} in the period"), Figure::Exact(numbers.len().into()), Unit::Number);
    Node { children: parts, ..node }
}

/// The measure of an id; none if there is none.
pub(super) fn named(id: &str) -> Option<&'static Measure> {
    analytics::measure(id).ok()
}
