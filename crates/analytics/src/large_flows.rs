//! Modified Dietz between large flows: a period is cut wherever so much money moved that its weight would decide the
//! figure.
//!
//! Flows take effect on the first valuation on or after their own day. Those of one valuation count together, inflows
//! less outflows, and are large if they are at least a part of the value before: the policy of the house. The period is
//! cut at the end of each calendar month and at each large flow. Money that came in is there from the start of its day:
//! the cut is at the valuation before. Money that left was there until the end of its day: the cut is there
//! (docs/adr/0004). What is left between two cuts is a modified Dietz return, and these are linked.
//!
//! If every flow is large and no day has both an inflow and an outflow, this is the time-weighted return.

use schemas::BusinessDate;

use crate::dietz::end_of_month;
use crate::figure::NoFigure;
use crate::series::{CAPITAL_MIN, PerformanceSeries};

/// The part of the value before from which on flows are large, if the house has no other policy.
pub const LARGE_FLOW_FRACTION: f64 = 0.1;

/// The flows that take effect on one valuation, where they are large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LargeFlow {
    /// The valuation date.
    pub date: BusinessDate,
    /// Inflows less outflows, an estimate in base currency.
    pub amount: f64,
    /// Its part of the value before, regardless of sign; none if there was no capital before.
    pub fraction: Option<f64>,
}

/// The large flows of a series, in order of date: those that are at least `threshold` of the value before.
///
/// # Errors
/// [`NoFigure`] if the series has a defect, or the threshold is no positive number.
pub fn large_flows(series: &PerformanceSeries, threshold: f64) -> Result<Vec<LargeFlow>, NoFigure> {
    series.check()?;
    check_threshold(threshold)?;
    let net = net_by_valuation(series);
    Ok((0..net.len()).filter_map(|place| large(series, &net, place, threshold)).collect())
}

/// The modified Dietz returns between the ends of months and large flows, linked. Spans without capital on average are
/// left out.
///
/// - Input: opening value, closing market values, external flows on their own dates; the policy.
/// - Output: fraction, not annualised.
/// - Source: GIPS 2020: portfolios are valued at large cash flows, and returns between are linked; Bacon,
///   *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 2.
///
/// # Errors
/// [`NoFigure`] if the series has a defect or no valuation, no span has capital, or the threshold is no positive
/// number.
pub fn linked_at_large_flows(series: &PerformanceSeries, threshold: f64) -> Result<f64, NoFigure> {
    series.check()?;
    check_threshold(threshold)?;
    series.closing_value()?;
    let net = net_by_valuation(series);
    let mut linked = Linked { series, growth: 1.0, spans: 0 };
    let mut span = Span::opening(series.opening_date, series.opening_value, 0);
    let mut before: Option<(BusinessDate, f64)> = None;
    for (place, value) in series.values.iter().enumerate() {
        if let Some((date, number)) = before
            && span.first < place
            && end_of_month(date) < value.date
        {
            span = linked.cut(&span, (end_of_month(date), number), place);
        }
        let flow = large(series, &net, place, threshold);
        if flow.is_some_and(|flow| 0.0 < flow.amount) {
            if let Some(closing) = before
                && span.first < place
            {
                span = linked.cut(&span, closing, place);
            }
            span.came_first = true;
        }
        if flow.is_some_and(|flow| flow.amount < 0.0) {
            span.left_last = Some(place);
            span = linked.cut(&span, (value.date, value.number), place + 1);
        }
        before = Some((value.date, value.number));
    }
    if let Some((_, number)) = before
        && span.first < series.values.len()
    {
        linked.cut(&span, (series.end_date, number), series.values.len());
    }
    if linked.spans == 0 {
        return Err(NoFigure::new(format!(
            "no capital on average between the large flows from {} to {}",
            series.opening_date, series.end_date
        )));
    }
    Ok(linked.growth - 1.0)
}

/// Returns that have been linked so far.
struct Linked<'a> {
    series: &'a PerformanceSeries,
    growth: f64,
    spans: usize,
}

/// Valuations between two cuts.
#[derive(Clone, Copy)]
struct Span {
    opening_date: BusinessDate,
    opening_value: f64,
    /// The place of its first valuation.
    first: usize,
    /// Whether the flows of the first valuation are large and were there from the opening on.
    came_first: bool,
    /// The place of the last valuation, if its flows are large and were there to the end.
    left_last: Option<usize>,
}

impl Span {
    fn opening(date: BusinessDate, value: f64, first: usize) -> Span {
        Span { opening_date: date, opening_value: value, first, came_first: false, left_last: None }
    }
}

impl Linked<'_> {
    /// Links what a span earned up to its closing; the next one, which begins there with the valuation at a place.
    fn cut(&mut self, span: &Span, (closing_date, closing_value): (BusinessDate, f64), next: usize) -> Span {
        let mut gain = closing_value - span.opening_value;
        let mut capital = span.opening_value;
        let days = closing_date.days_since(span.opening_date) as f64;
        for flow in &self.series.flows {
            let place = self.series.values.partition_point(|value| value.date < flow.date);
            if place < span.first || next <= place {
                continue;
            }
            let weight = if span.left_last == Some(place) {
                0.0
            } else if span.came_first && place == span.first || flow.date <= span.opening_date {
                1.0
            } else {
                closing_date.days_since(flow.date) as f64 / days
            };
            gain -= flow.number;
            capital += flow.number * weight;
        }
        if CAPITAL_MIN < capital {
            self.growth *= 1.0 + gain / capital;
            self.spans += 1;
        }
        Span::opening(closing_date, closing_value, next)
    }
}

/// What came in less what went out on each valuation; a flow after the last one is in no value yet.
fn net_by_valuation(series: &PerformanceSeries) -> Vec<f64> {
    let mut net = vec![0.0; series.values.len()];
    for flow in &series.flows {
        let place = series.values.partition_point(|value| value.date < flow.date);
        if let Some(sum) = net.get_mut(place) {
            *sum += flow.number;
        }
    }
    net
}

/// The flows of a valuation, if they are large. Where there was no capital before, every flow is.
fn large(series: &PerformanceSeries, net: &[f64], place: usize, threshold: f64) -> Option<LargeFlow> {
    let (amount, value) = (*net.get(place)?, series.values.get(place)?);
    let before = place.checked_sub(1).and_then(|before| series.values.get(before));
    let before = before.map_or(series.opening_value, |value| value.number);
    let fraction = (CAPITAL_MIN < before).then(|| amount.abs() / before);
    let is_large = CAPITAL_MIN < amount.abs() && fraction.is_none_or(|fraction| threshold <= fraction);
    is_large.then_some(LargeFlow { date: value.date, amount, fraction })
}

fn check_threshold(threshold: f64) -> Result<(), NoFigure> {
    if threshold.is_finite() && 0.0 < threshold {
        return Ok(());
    }
    Err(NoFigure::new(format!("the threshold of large flows is {threshold} and not a positive number")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dietz;
    use crate::sample_series::{assert_close, date, of_values};
    use crate::series::DatedNumber;

    #[test]
    fn a_large_inflow_is_there_from_the_start_of_its_day() {
        // 100 → 110, then 100 more: 210 → 231, and nothing until the end of January. Twice 10 %.
        let values = [("2024-01-10", 110.0), ("2024-01-11", 231.0), ("2024-01-31", 231.0)];
        let series = of_values(("2023-12-31", 100.0), &values, &[("2024-01-11", 100.0)]);
        assert_close(linked_at_large_flows(&series, 0.1).unwrap(), 0.21);
        // 100 / 110 is the part of the value before; of a house to which that is not large, one span is left.
        let found = large_flows(&series, 0.1).unwrap();
        assert_eq!(found, [LargeFlow { date: date("2024-01-11"), amount: 100.0, fraction: Some(100.0 / 110.0) }]);
        assert_eq!(large_flows(&series, 0.95).unwrap(), []);
        let alone = linked_at_large_flows(&series, 0.95).unwrap();
        assert_close(alone, 31.0 / (100.0 + 100.0 * 20.0 / 31.0));
    }

    #[test]
    fn a_large_outflow_is_there_until_the_end_of_its_day() {
        // 200 → 220, of which 110 leave, then 110 → 99: 10 % and −10 %.
        let values = [("2024-01-10", 110.0), ("2024-01-31", 99.0)];
        let series = of_values(("2023-12-31", 200.0), &values, &[("2024-01-10", -110.0)]);
        assert_close(linked_at_large_flows(&series, 0.1).unwrap(), 1.1 * 0.9 - 1.0);
        // Everything that was there leaves on a Sunday and is out of the value of Monday: 200 → 210.
        let gone = of_values(("2023-12-31", 200.0), &[("2024-01-15", 0.0)], &[("2024-01-14", -210.0)]);
        assert_close(linked_at_large_flows(&gone, 0.1).unwrap(), 0.05);
    }

    #[test]
    fn a_small_flow_keeps_its_weight_and_months_are_linked() {
        // January 100 → 110. February 110 → 120 with 5 on the 15th, 14 of 29 days left: 5 / (110 + 5 · 14/29).
        let values = [("2024-01-31", 110.0), ("2024-02-15", 116.0), ("2024-02-29", 120.0)];
        let series = of_values(("2023-12-31", 100.0), &values, &[("2024-02-15", 5.0)]);
        let february = 5.0 / (110.0 + 5.0 * 14.0 / 29.0);
        assert_close(linked_at_large_flows(&series, 0.1).unwrap(), 1.1 * (1.0 + february) - 1.0);
    }

    #[test]
    fn since_inception_the_first_deposit_is_large() {
        let values = [("2024-01-02", 990.0), ("2024-01-31", 1089.0)];
        let series = of_values(("2024-01-02", 0.0), &values, &[("2024-01-02", 1000.0)]);
        assert_close(linked_at_large_flows(&series, 0.1).unwrap(), 0.99 * 1.1 - 1.0);
        assert_eq!(large_flows(&series, 0.1).unwrap()[0].fraction, None);
    }

    #[test]
    fn a_flow_belongs_to_the_valuation_on_which_it_takes_effect() {
        // Paid in on Saturday 31 August, first valued on Monday: it is no loss of August.
        let values = [("2024-08-30", 102.0), ("2024-09-02", 107.0), ("2024-09-30", 107.0)];
        let series = of_values(("2024-07-31", 100.0), &values, &[("2024-08-31", 5.0)]);
        assert_close(linked_at_large_flows(&series, 0.1).unwrap(), 0.02);
    }

    #[test]
    fn what_cannot_be_computed_says_why() {
        let empty = of_values(("2024-01-01", 0.0), &[("2024-01-31", 0.0)], &[]);
        assert!(linked_at_large_flows(&empty, 0.1).unwrap_err().to_string().contains("no capital on average"));
        for threshold in [0.0, -0.1, f64::NAN, f64::INFINITY] {
            let refused = large_flows(&empty, threshold).unwrap_err().to_string();
            assert!(refused.contains("not a positive number"), "{refused}");
        }
    }

    /// Days with a return and a flow that comes at the start or leaves at the end: the values, flows and the product of
    /// all growth.
    fn lived(days: &[(f64, f64)]) -> (PerformanceSeries, f64) {
        let mut series = of_values(("2023-12-31", 1000.0), &[("2023-12-31", 1000.0)], &[]);
        series.values.clear();
        let (mut value, mut growth) = (1000.0, 1.0);
        for (fraction, part) in days {
            let day = series.end_date.next_calendar_day();
            let flow = part * value;
            value = (value + flow.max(0.0)) * (1.0 + fraction) + flow.min(0.0);
            growth *= 1.0 + fraction;
            series.end_date = day;
            series.values.push(DatedNumber { date: day, number: value });
            if 0.0 < flow.abs() {
                series.flows.push(DatedNumber { date: day, number: flow });
            }
        }
        (series, growth)
    }

    proptest! {
        #[test]
        fn where_every_flow_is_large_it_is_the_time_weighted_return(
            days in prop::collection::vec((-0.05..0.06_f64, prop_oneof![Just(0.0), -0.3..0.9_f64]), 1..80)
        ) {
            let (series, growth) = lived(&days);
            let linked = linked_at_large_flows(&series, 1e-12).unwrap();
            prop_assert!((linked + 1.0 - growth).abs() <= 1e-10 * growth, "{} {}", linked, growth);
        }

        #[test]
        fn where_no_flow_is_large_it_is_linked_monthly(
            days in prop::collection::vec((-0.05..0.06_f64, -0.3..0.9_f64), 1..80)
        ) {
            let (series, _) = lived(&days);
            let linked = linked_at_large_flows(&series, 1e9).unwrap();
            let monthly = dietz::linked_monthly(&series).unwrap();
            prop_assert!((linked - monthly).abs() <= 1e-12 * (1.0 + monthly.abs()), "{} {}", linked, monthly);
        }
    }
}
