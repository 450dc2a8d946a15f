//! The gain over the capital that the client had put in, on average over the days on which there was some.

use schemas::{BusinessDate, MeasureValue};

use super::{Measure, Unit};
use crate::figure::{self, NoFigure};
use crate::measured::Measured;
use crate::series::{CAPITAL_MIN, DatedNumber, PerformanceSeries};

/// Return on average invested capital (ROAI).
///
/// `(EMV − BMV − ΣF) / mean(capital of a day)`, where the capital of a day is the opening value and what came in less
/// what was taken out by then: inflows from the start of their day, outflows until its end. The mean is over the
/// calendar days of the period on which the capital is above zero, so that months in which a portfolio was empty do not
/// make its return larger, as they do by Modified Dietz. A gain is no capital until it is paid in.
///
/// - Input: opening value, closing market values, external flows on their own dates.
/// - Output: fraction of the whole period, not annualised.
/// - Unavailable: no day with capital; no valuation; the series has a number that is none.
/// - Source: the return on average investment of open portfolio trackers, for external flows in place of purchases;
///   compare Dietz, *Pension Funds: Measuring Investment Performance*, 1966.
pub static MEASURE: Measure = Measure {
    id: "return_on_average_capital",
    title: "Return on average capital",
    unit: Unit::Fraction,
    annualised: false,
    definition: "The gain of the period over the capital that was invested on average: the opening value and what was \
                 paid in less what was taken out by then, on the calendar days on which that is above zero. Not a \
                 time-weighted return.",
    compute: return_on_average_capital,
};

fn return_on_average_capital(measured: &Measured<'_>) -> MeasureValue {
    figure::number("the return on average capital", earned(measured.series()))
}

fn earned(series: &PerformanceSeries) -> Result<f64, NoFigure> {
    series.check()?;
    let gain = series.closing_value()? - series.opening_value - series.net_external_flows();
    match average_capital(series) {
        Some(capital) => Ok(gain / capital),
        None => {
            let (from, to) = (series.opening_date, series.end_date);
            Err(NoFigure::new(format!("no day with invested capital from {from} to {to}")))
        }
    }
}

/// The mean capital of the days after the opening, or of the opening day if there is none after it.
fn average_capital(series: &PerformanceSeries) -> Option<f64> {
    let first = if series.opening_date < series.end_date {
        series.opening_date.next_calendar_day()
    } else {
        series.opening_date
    };
    // The days from which on a change of the capital counts: that of an inflow, and the one after an outflow.
    let counted = |flow: &DatedNumber| {
        let from = if flow.number < 0.0 { flow.date.next_calendar_day() } else { flow.date };
        (from.max(first), flow.number)
    };
    let mut changes: Vec<(BusinessDate, f64)> = series.flows.iter().map(counted).collect();
    changes.sort_by_key(|(date, _)| *date);
    let after = series.end_date.next_calendar_day();
    let (mut capital, mut from, mut weighted, mut days) = (series.opening_value, first, 0.0, 0.0);
    for (date, number) in changes.into_iter().chain([(after, 0.0)]) {
        let until = date.min(after);
        if CAPITAL_MIN < capital {
            let length = until.days_since(from) as f64;
            weighted += capital * length;
            days += length;
        }
        (capital, from) = (capital + number, until);
    }
    (0.0 < days).then(|| weighted / days)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measures::modified_dietz;
    use crate::sample_series::{assert_number, assert_unavailable, of_values};

    #[test]
    fn capital_of_every_day_counts() {
        // 1,000 for 15 of 30 days and 1,200 for the other 15: 50 / 1,100.
        let series = of_values(("2024-01-01", 1000.0), &[("2024-01-31", 1250.0)], &[("2024-01-17", 200.0)]);
        assert_number(&MEASURE, &series, 50.0 / 1100.0);
        // 400 leave at the end of the tenth day: 1,000 for 10 days, 600 for 20.
        let series = of_values(("2024-01-01", 1000.0), &[("2024-01-31", 640.0)], &[("2024-01-11", -400.0)]);
        assert_number(&MEASURE, &series, 40.0 / (22_000.0 / 30.0));
    }

    #[test]
    fn days_without_capital_are_no_part_of_the_mean() {
        // 1,000 came for the last 10 of 30 days and earned 5 %; by Modified Dietz it would be 15 % and more.
        let series = of_values(("2024-01-01", 0.0), &[("2024-01-31", 1050.0)], &[("2024-01-22", 1000.0)]);
        assert_number(&MEASURE, &series, 0.05);
        // One day.
        let day = of_values(("2024-01-31", 0.0), &[("2024-01-31", 990.0)], &[("2024-01-31", 1000.0)]);
        assert_number(&MEASURE, &day, -0.01);
        // More was taken out than was ever paid in, from the first day on.
        let overdrawn = of_values(("2024-01-01", 0.0), &[("2024-01-31", -110.0)], &[("2024-01-02", -100.0)]);
        assert_unavailable(&MEASURE, &overdrawn, "no day with invested capital from 2024-01-01 to 2024-01-31");
    }

    proptest! {
        #[test]
        fn without_flows_it_is_modified_dietz(closing in 1.0..300.0_f64) {
            let series = of_values(("2023-12-31", 100.0), &[("2024-01-31", closing)], &[]);
            let dietz = modified_dietz::MEASURE.of(&series).number().unwrap();
            prop_assert!((MEASURE.of(&series).number().unwrap() - dietz).abs() <= 1e-12);
        }
    }
}
