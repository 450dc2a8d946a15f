//! How far one portfolio has fallen on each date of its reporting periods.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use schemas::tables::depreciation::DepreciationRow;
use schemas::{Amount, BusinessDate, PortfolioId};

use super::opening_of;
use crate::error::Error;

/// A valuation date.
#[derive(Clone)]
pub(super) struct Day {
    pub(super) date: BusinessDate,
    pub(super) begin: Option<Amount>,
    pub(super) inflow: Option<Amount>,
    pub(super) outflow: Option<Amount>,
    pub(super) end: Option<Amount>,
    pub(super) fraction: Option<f64>,
}

/// The threshold of Art. 62(1), and the distance of every further one.
const STEP: f64 = 0.1;
/// A product of a quarter's days that is exactly -10 % in decimals may miss it in `f64` by less than this.
const TOLERANCE: f64 = 1e-12;
/// What is there to be lost by the deepest step: a debt is no deeper fall of what the client brought in.
const STEP_MAX: i64 = 10;
/// Decimals of a printed amount.
const CENTS: u32 = 2;

/// What is known of a reporting period so far.
struct Period {
    opening: BusinessDate,
    /// The value with which it began; none before the first day with capital.
    reference: Option<Amount>,
    /// Deposits less withdrawals, without what made the reference value; none if one is unknown.
    net_inflow: Option<Decimal>,
    /// Growth of one unit of capital.
    growth: f64,
    deepest_step: i64,
    /// The first day from which on nothing can be said.
    broken: Option<String>,
}

/// The rows of a portfolio from a date on. The days are in order, from the first of a reporting period on.
pub(super) fn falls(
    portfolio_id: &PortfolioId,
    days: &[Day],
    from: BusinessDate,
) -> Result<Vec<DepreciationRow>, Error> {
    let mut rows = Vec::new();
    let mut period: Option<Period> = None;
    for day in days {
        let opening = opening_of(day.date)?;
        let mut current = match period.take() {
            Some(current) if current.opening == opening => current,
            _ => Period::new(opening),
        };
        current.add(day);
        if from <= day.date {
            rows.push(current.row(portfolio_id, day));
        }
        current.deepest_step = current.deepest_step.max(current.fraction().map(step_of).unwrap_or_default());
        period = Some(current);
    }
    Ok(rows)
}

impl Period {
    fn new(opening: BusinessDate) -> Period {
        let net_inflow = Some(Decimal::ZERO);
        Period { opening, reference: None, net_inflow, growth: 1.0, deepest_step: 0, broken: None }
    }

    fn add(&mut self, day: &Day) {
        let (Some(begin), Some(inflow), Some(outflow), Some(_)) = (day.begin, day.inflow, day.outflow, day.end) else {
            let reason = || format!("the value or a flow of {} is unknown; see the exceptions of that date", day.date);
            self.broken.get_or_insert_with(reason);
            self.net_inflow = None;
            return;
        };
        let (begin, inflow, outflow) = (begin.decimal(), inflow.decimal(), outflow.decimal());
        let mut flow = inflow.checked_sub(outflow);
        if self.reference.is_none() && Decimal::ZERO < begin + inflow {
            // Who brings in the first capital of the period inside it begins with what he brought in.
            let begins_inside = begin <= Decimal::ZERO;
            self.reference = Some(Amount::new(if begins_inside { begin + inflow } else { begin }));
            if begins_inside {
                flow = Some(-outflow);
            }
        }
        self.net_inflow = self.net_inflow.zip(flow).and_then(|(sum, flow)| sum.checked_add(flow));
        match day.fraction {
            Some(fraction) => self.growth *= 1.0 + fraction,
            None if begin + inflow < Decimal::ZERO => {
                self.broken.get_or_insert_with(|| format!("there was no capital on {} but a debt", day.date));
            }
            // A day without capital earns nothing.
            None => {}
        }
    }

    /// The return of the period so far, if there is one.
    fn fraction(&self) -> Option<f64> {
        (self.broken.is_none() && self.reference.is_some()).then_some(self.growth - 1.0)
    }

    fn row(&self, portfolio_id: &PortfolioId, day: &Day) -> DepreciationRow {
        let no_capital = self.reference.is_none().then(|| "there was no capital in the period so far".to_owned());
        let reason = self.broken.clone().or(no_capital);
        let fraction = self.fraction();
        let step = fraction.map(step_of);
        let adjusted = fraction.zip(self.reference).and_then(|(fraction, reference)| {
            let growth = Decimal::from_f64(1.0 + fraction)?;
            Some(Amount::new(reference.decimal().checked_mul(growth)?.round_dp(CENTS)))
        });
        DepreciationRow {
            portfolio_id: portfolio_id.clone(),
            business_date: day.date,
            period_opening: self.opening,
            reference_value: self.reference,
            end_value: day.end,
            net_inflow: self.net_inflow.map(Amount::new),
            return_fraction: fraction,
            adjusted_value: adjusted,
            step,
            deepest_step_before: self.deepest_step,
            is_new: step.is_some_and(|step| self.deepest_step < step),
            unavailable_reason: reason,
        }
    }
}

/// The whole multiples of ten percent in a fall; none in a gain.
fn step_of(fraction: f64) -> i64 {
    (1..=STEP_MAX).take_while(|step| fraction <= TOLERANCE - STEP * precise(*step)).last().unwrap_or_default()
}

/// A small whole number as `f64`.
fn precise(number: i64) -> f64 {
    i32::try_from(number).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    fn amount(number: i64) -> Option<Amount> {
        Some(Amount::new(Decimal::from(number)))
    }

    /// A day that begins, gets, loses and ends with whole amounts; its return is that of `daily_return`.
    fn day(on: &str, [begin, inflow, outflow, end]: [i64; 4]) -> Day {
        let precise = |number: i64| precise(number);
        let fraction = (begin + inflow != 0).then(|| precise(end + outflow) / precise(begin + inflow) - 1.0);
        let (begin, inflow, outflow, end) = (amount(begin), amount(inflow), amount(outflow), amount(end));
        Day { date: date(on), begin, inflow, outflow, end, fraction }
    }

    fn told(days: &[Day]) -> Vec<(Option<i64>, bool)> {
        let rows = falls(&"D01".parse().expect("an id"), days, date("2000-01-01")).expect("rows");
        rows.iter().map(|row| (row.step, row.is_new)).collect()
    }

    #[test]
    fn a_step_counts_once_in_a_period_and_again_in_the_next() {
        // 1000 → 900 is -10 % exactly; 950 recovers; 899 is the same step again; 790 is -21 %; July begins at 790.
        let days = [
            day("2017-04-03", [1_000, 0, 0, 901]),
            day("2017-04-04", [901, 0, 0, 900]),
            day("2017-04-05", [900, 0, 0, 950]),
            day("2017-04-06", [950, 0, 0, 899]),
            day("2017-04-07", [899, 0, 0, 790]),
            day("2017-07-03", [790, 0, 0, 712]),
            day("2017-07-04", [712, 0, 0, 711]),
        ];
        let expected = [
            (Some(0), false),
            (Some(1), true),
            (Some(0), false),
            (Some(1), false),
            (Some(2), true),
            (Some(0), false),
            (Some(1), true),
        ];
        assert_eq!(told(&days), expected);
    }

    #[test]
    fn a_fall_through_several_steps_at_once_is_one_row() {
        let rows = falls(&"D01".parse().expect("an id"), &[day("2017-04-03", [1_000, 0, 0, 650])], date("2017-04-03"));
        let rows = rows.expect("rows");
        let row = rows.first().expect("a row");
        assert_eq!((row.step, row.deepest_step_before, row.is_new), (Some(3), 0, true));
        assert_eq!(row.period_opening, date("2017-03-31"));
        assert_eq!((row.reference_value, row.adjusted_value), (amount(1_000), amount(650)));
    }

    #[test]
    fn deposits_and_withdrawals_are_no_fall_and_hide_none() {
        // 500 of 1000 are taken out at par; then 10 % of the rest are lost; then 10,000 come in and nothing is won.
        let days = [
            day("2017-04-03", [1_000, 0, 500, 500]),
            day("2017-04-04", [500, 0, 0, 450]),
            day("2017-04-05", [450, 10_000, 0, 10_450]),
        ];
        let rows = falls(&"D01".parse().expect("an id"), &days, date("2017-04-04")).expect("rows");
        let told: Vec<_> = rows.iter().map(|row| (row.step, row.net_inflow, row.adjusted_value)).collect();
        assert_eq!(told, [(Some(1), amount(-500), amount(900)), (Some(1), amount(9_500), amount(900))]);
    }

    #[test]
    fn who_begins_inside_the_period_is_measured_by_what_came_in() {
        let days = [day("2017-05-02", [0, 0, 0, 0]), day("2017-05-03", [0, 2_000, 0, 1_700])];
        let rows = falls(&"D01".parse().expect("an id"), &days, date("2017-05-01")).expect("rows");
        let [first, second] = rows.as_slice() else { panic!("two rows") };
        assert_eq!((first.step, first.is_new), (None, false));
        assert!(first.unavailable_reason.as_deref().is_some_and(|reason| reason.contains("no capital")));
        assert_eq!((second.step, second.reference_value, second.net_inflow), (Some(1), amount(2_000), amount(0)));
    }

    #[test]
    fn a_day_without_a_value_hides_what_follows_until_the_period_ends() {
        let unknown = Day { end: None, fraction: None, ..day("2017-06-29", [1_000, 0, 0, 1_000]) };
        let days = [unknown, day("2017-06-30", [1_000, 0, 0, 500]), day("2017-07-03", [500, 0, 0, 400])];
        assert_eq!(told(&days), [(None, false), (None, false), (Some(2), true)]);
    }

    #[test]
    fn ninety_percent_lost_are_nine_steps() {
        // Each threshold from the regulation's own wording, in decimals that f64 does not hold.
        let thresholds = [(-0.0999, 0), (-0.1, 1), (0.9 - 1.0, 1), (-0.2, 2), (-0.3, 3), (0.7 - 1.0, 3), (-0.9, 9)];
        for (fraction, step) in thresholds {
            assert_eq!(step_of(fraction), step, "{fraction}");
        }
        assert_eq!((step_of(-1.2), step_of(0.4)), (10, 0));
    }
}
