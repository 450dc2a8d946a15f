//! Modified Dietz: the gain over the capital that was there on average.
//!
//! A flow counts in the average for the part of the time that was left when it came: `(end − d) / (end − opening)`.
//! One that came at the opening or before it counts fully.
//!
//! Linked months follow the days of the time-weighted return: a month without capital on average (nothing or less) has
//! no return and is left out of the links. So is what it earned: a deposit on a month's last day has a weight of zero,
//! and if nothing else was there, the fee of its first purchase is in no month's return. A flow counts in the month of
//! its own date. A month in which nothing was valued and nothing moved ends as it began. But one with a flow has no
//! closing value; it is one span with the month that follows. By itself it would show a deposit as the loss of all of
//! it, before anything could be worth anything.
//!
//! - Source: Dietz, *Pension Funds: Measuring Investment Performance*, 1966; Bacon, *Practical Portfolio Performance
//!   Measurement and Attribution*, 2nd ed., ch. 2.

use chrono::Datelike;
use schemas::BusinessDate;

use crate::figure::NoFigure;
use crate::series::{CAPITAL_MIN, PerformanceSeries};

/// The modified Dietz return of the whole period.
pub(crate) fn modified_dietz(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    series.check()?;
    let span = Span {
        opening_date: series.opening_date,
        opening_value: series.opening_value,
        closing_date: series.end_date,
        closing_value: series.closing_value()?,
        counted_to: None,
    };
    span.fraction(series).ok_or_else(|| {
        NoFigure::new(format!("no capital on average from {} to {}", series.opening_date, series.end_date))
    })
}

/// The modified Dietz returns of the calendar months, linked; months without capital on average are left out.
pub(crate) fn linked_monthly(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    series.check()?;
    series.closing_value()?;
    let mut valued = 0;
    let mut opening_date = series.opening_date;
    let mut opening_value = series.opening_value;
    let mut counted_to = None;
    let mut growth = 1.0;
    let mut months = 0;
    let mut month_end = end_of_month(opening_date);
    loop {
        let closing_date = month_end.min(series.end_date);
        let is_last = series.end_date <= closing_date;
        let valued_by_then = series.values.partition_point(|value| value.date <= closing_date);
        let nothing_moved = !series
            .flows
            .iter()
            .any(|flow| counted_to.is_none_or(|counted| counted < flow.date) && flow.date <= closing_date);
        if valued < valued_by_then || nothing_moved || is_last {
            let closing_value = series.value_on(closing_date);
            let span = Span { opening_date, opening_value, closing_date, closing_value, counted_to };
            if let Some(fraction) = span.fraction(series) {
                growth *= 1.0 + fraction;
                months += 1;
            }
            counted_to = Some(closing_date);
            valued = valued_by_then;
            (opening_date, opening_value) = (closing_date, closing_value);
        }
        if is_last {
            break;
        }
        month_end = end_of_month(closing_date.next_calendar_day());
    }
    if months == 0 {
        return Err(NoFigure::new(format!(
            "no month with capital from {} to {}",
            series.opening_date, series.end_date
        )));
    }
    Ok(growth - 1.0)
}

/// A part of a period between two values. The flows up to `counted_to` belong to the part before.
struct Span {
    opening_date: BusinessDate,
    opening_value: f64,
    closing_date: BusinessDate,
    closing_value: f64,
    counted_to: Option<BusinessDate>,
}

impl Span {
    /// What was earned as a part of the capital that was there on average; none without capital.
    fn fraction(&self, series: &PerformanceSeries) -> Option<f64> {
        let mut gain = self.closing_value - self.opening_value;
        let mut capital = self.opening_value;
        for flow in &series.flows {
            let is_later = self.counted_to.is_none_or(|counted| counted < flow.date);
            if is_later && flow.date <= self.closing_date {
                gain -= flow.number;
                capital += flow.number * self.weight(flow.date);
            }
        }
        (CAPITAL_MIN < capital).then(|| gain / capital)
    }

    fn weight(&self, date: BusinessDate) -> f64 {
        if date <= self.opening_date {
            return 1.0;
        }
        let left = self.closing_date.days_since(date) as f64;
        left / self.closing_date.days_since(self.opening_date) as f64
    }
}

/// The last day of the calendar month of a day.
pub(crate) fn end_of_month(date: BusinessDate) -> BusinessDate {
    let day = date.day();
    let last = (28..=31).rev().find_map(|number| day.with_day(number));
    last.and_then(|found| BusinessDate::new(found).ok()).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, date, dated, of_values};
    use crate::series::DatedNumber;

    #[test]
    fn a_flow_half_way() {
        // Begin 1000, end 1250 after 30 days, 200 paid in after 15: (1250 − 1000 − 200) / (1000 + 200 · 15/30).
        let series = of_values(("2024-01-01", 1000.0), &[("2024-01-31", 1250.0)], &[("2024-01-16", 200.0)]);
        assert_close(modified_dietz(&series).unwrap(), 50.0 / 1100.0);
    }

    #[test]
    fn what_was_there_at_the_start_counts_fully() {
        // Since inception: 1000 on the first day, 990 at its end. One day, no time: the flow still counts.
        let series = of_values(("2024-01-31", 0.0), &[("2024-01-31", 990.0)], &[("2024-01-31", 1000.0)]);
        assert_close(modified_dietz(&series).unwrap(), -0.01);
        assert_close(linked_monthly(&series).unwrap(), -0.01);
        // Paid in on the Saturday before, first valued on Monday.
        let weekend = of_values(("2024-02-05", 0.0), &[("2024-02-05", 990.0)], &[("2024-02-03", 1000.0)]);
        assert_close(modified_dietz(&weekend).unwrap(), -0.01);
    }

    #[test]
    fn months_are_linked() {
        // January 100 → 110: 10 %. February 110 → 140 with 20 on the 15th, 14 of 29 days left: 10 / (110 + 20 · 14/29).
        let values = [("2024-01-31", 110.0), ("2024-02-29", 140.0)];
        let series = of_values(("2023-12-31", 100.0), &values, &[("2024-02-15", 20.0)]);
        let february = 10.0 / (110.0 + 20.0 * 14.0 / 29.0);
        assert_close(linked_monthly(&series).unwrap(), 1.1 * (1.0 + february) - 1.0);
    }

    #[test]
    fn a_flow_before_the_opening_belongs_to_the_first_month_with_a_valuation() {
        // Paid in on Saturday 30 December, in the value of 2 January for the first time.
        let values = [("2024-01-02", 150.0), ("2024-01-31", 165.0)];
        let series = of_values(("2023-12-31", 100.0), &values, &[("2023-12-30", 50.0)]);
        assert_close(linked_monthly(&series).unwrap(), 0.1);
    }

    #[test]
    fn months_without_capital_are_left_out() {
        let values = [("2024-01-31", 110.0), ("2024-02-15", 0.0), ("2024-03-28", 0.0), ("2024-04-30", 55.0)];
        let flows = [("2024-02-15", -110.0), ("2024-03-31", 50.0)];
        let mut series = of_values(("2023-12-31", 100.0), &values, &flows);
        // The deposit of 31 March meets a month without a day left: no capital in March, and none as April opens.
        assert_close(linked_monthly(&series).unwrap(), 0.1);
        // On 1 April it counts for 29 of 30 days: 5 / (50 · 29/30).
        series.flows = dated(&[("2024-02-15", -110.0), ("2024-04-01", 50.0)]);
        let april = 5.0 / (50.0 * 29.0 / 30.0);
        assert_close(linked_monthly(&series).unwrap(), 1.1 * (1.0 + april) - 1.0);
    }

    #[test]
    fn a_month_of_debts_is_left_out() {
        // January 100 → 110. February: 110 − 200 · 28/29 is less than nothing, whatever it earned.
        let values = [("2024-01-31", 110.0), ("2024-02-29", -85.0)];
        let series = of_values(("2023-12-31", 100.0), &values, &[("2024-02-01", -200.0)]);
        assert_close(linked_monthly(&series).unwrap(), 0.1);
    }

    #[test]
    fn months_without_a_valuation_are_one_span_with_the_next() {
        // January 100 → 110. Nothing was valued in February; 50 came on the 10th, 48 of 58 days before 29 March:
        // (165 − 110 − 50) / (110 + 50 · 48/58).
        let values = [("2024-01-31", 110.0), ("2024-03-29", 165.0)];
        let series = of_values(("2023-12-31", 100.0), &values, &[("2024-02-10", 50.0)]);
        let spring = 5.0 / (110.0 + 50.0 * 48.0 / 58.0);
        assert_close(linked_monthly(&series).unwrap(), 1.1 * (1.0 + spring) - 1.0);
        // Opened on the last day of the year, a Saturday, and valued in January only: one span of 31 days, not a
        // December of one day in which 100 became nothing.
        let new_year = of_values(("2016-12-31", 0.0), &[("2017-01-31", 70.0)], &[("2016-12-31", 100.0)]);
        assert_close(linked_monthly(&new_year).unwrap(), -0.3);
        // Nothing was valued in February and nothing moved: March is a month of its own. 50 came on the 10th, 21 of 31
        // days before its end: (165 − 110 − 50) / (110 + 50 · 21/31).
        let values = [("2024-01-31", 110.0), ("2024-03-31", 165.0)];
        let series = of_values(("2023-12-31", 100.0), &values, &[("2024-03-10", 50.0)]);
        let march = 5.0 / (110.0 + 50.0 * 21.0 / 31.0);
        assert_close(linked_monthly(&series).unwrap(), 1.1 * (1.0 + march) - 1.0);
        // After the last valuation nothing happens any more.
        let mut quiet = of_values(("2023-12-31", 100.0), &[("2024-01-31", 110.0)], &[]);
        quiet.end_date = date("2024-04-15");
        assert_close(linked_monthly(&quiet).unwrap(), 0.1);
    }

    #[test]
    fn without_capital_there_is_no_return() {
        let empty = of_values(("2024-01-01", 0.0), &[("2024-01-31", 0.0)], &[]);
        assert!(modified_dietz(&empty).is_err());
        assert!(linked_monthly(&empty).is_err());
        let overdrawn = of_values(("2024-01-01", 100.0), &[("2024-01-31", 10.0)], &[("2024-01-02", -150.0)]);
        assert!(modified_dietz(&overdrawn).unwrap_err().to_string().contains("no capital on average"));
        assert_eq!(end_of_month(date("2023-02-07")), date("2023-02-28"));
        assert_eq!(end_of_month(date("2024-12-31")), date("2024-12-31"));
    }

    proptest! {
        #[test]
        fn the_unit_of_money_does_not_matter(
            scale in 0.01..100.0_f64,
            closing in 1.0..300.0_f64,
            flow in -40.0..100.0_f64,
        ) {
            let at = |factor: f64| {
                let mut series = of_values(
                    ("2023-12-31", 100.0 * factor),
                    &[("2024-01-31", 105.0 * factor), ("2024-03-15", closing * factor)],
                    &[],
                );
                series.flows = vec![DatedNumber { date: date("2024-02-10"), number: flow * factor }];
                series
            };
            for method in [modified_dietz, linked_monthly] {
                let (one, other) = (method(&at(1.0)).unwrap(), method(&at(scale)).unwrap());
                prop_assert!((one - other).abs() <= 1e-12);
            }
        }
    }
}
