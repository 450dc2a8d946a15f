//! What is counted of one method and tail from day to day: exceedances with their size, and how far forecasts were off.

use analytics::backtests::acerbi_szekely_unconditional;
use analytics::risk::TailRisk;
use analytics::tail_forecasts::ForecastDay;

/// With what a forecast is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProfitAndLoss {
    /// What the portfolio returned.
    Actual,
    /// What the positions of the date before would have returned.
    Hypothetical,
}

/// What a method said of one tail, and how that went.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    /// What was forecast for the next day, fractions.
    pub(super) forecast: Option<TailRisk>,
    /// How forecasts compared with each profit and loss, in the order of [`ProfitAndLoss::ALL`].
    pub(super) tallies: [Tally; ProfitAndLoss::ALL.len()],
}

/// How forecasts compared with one of the profits and losses.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Whether the valuation date before was counted. If it was not, its forecast is none.
    pub(super) is_carried: bool,
    /// The days that exceeded their forecasts, in order.
    pub(super) exceeded: Vec<Exceeded>,
    /// The last day with a return that had no forecast.
    pub(super) last_gap: Option<i32>,
    /// The mean pinball loss of the days since then, and their number.
    pub(super) pinball: f64,
    pub(super) pinball_days: i64,
}

/// A day that lost more than the value at risk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Exceeded {
    /// Days since 1970.
    pub(super) date: i32,
    /// What it lost as a part of the expected shortfall; NaN if that was no loss, or is not known any more.
    pub(super) part: f64,
}

impl ProfitAndLoss {
    /// Both, in the order of their rows.
    pub(super) const ALL: [ProfitAndLoss; 2] = [ProfitAndLoss::Actual, ProfitAndLoss::Hypothetical];

    /// The word in the table.
    pub(super) fn word(self) -> &'static str {
        match self {
            ProfitAndLoss::Actual => "actual",
            ProfitAndLoss::Hypothetical => "hypothetical",
        }
    }
}

impl Tally {
    /// Compares the return of a day with the forecast made before it. A day without a return is not compared; after one
    /// without a forecast, and after the first one of all, counting begins anew.
    pub(super) fn compare(&mut self, (date, number): (i32, f64), forecast: Option<TailRisk>, tail: f64) {
        match forecast {
            Some(forecast) if self.is_carried && number.is_finite() => {
                self.count(date, ForecastDay { actual_return: number, forecast }, tail);
            }
            _ if self.is_carried && !number.is_finite() => {}
            _ => *self = Tally { last_gap: Some(date), ..Tally::default() },
        }
        self.is_carried = true;
    }

    fn count(&mut self, date: i32, day: ForecastDay, tail: f64) {
        self.pinball_days += 1;
        // A mean that is carried on is the same to the last bit, whether days are worked on alone or together.
        self.pinball += (day.pinball_loss(tail) - self.pinball) / self.pinball_days as f64;
        if day.is_exceeded() {
            self.exceeded.push(Exceeded { date, part: day.part_of_shortfall().unwrap_or(f64::NAN) });
        }
    }

    /// Forgets what lies before a day.
    pub(super) fn forget_before(&mut self, first: Option<i32>) {
        self.exceeded.retain(|day| first.is_some_and(|first| first <= day.date));
    }

    /// Acerbi and Szekely's second statistic of so many days; none if a loss has no size.
    pub(super) fn acerbi_szekely(&self, days: usize, tail: f64) -> Option<f64> {
        let found = acerbi_szekely_unconditional::of_parts(self.exceeded.iter().map(|day| day.part), days, tail);
        (0 < days && found.is_finite()).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn risk(value_at_risk: f64, expected_shortfall: f64) -> Option<TailRisk> {
        Some(TailRisk::new(value_at_risk, expected_shortfall).expect("a tail"))
    }

    #[test]
    fn losses_are_counted_with_their_size() {
        let mut tally = Tally::default();
        // No forecast was made for the first day: counting begins after it.
        tally.compare((1, -0.5), None, 0.25);
        assert_eq!((tally.last_gap, tally.pinball_days), (Some(1), 0));
        // 3 % lost where 2 % and 2.5 % were said, nothing lost, no return, and 5 % where 3 % and 4 % were said.
        tally.compare((2, -0.03), risk(0.02, 0.025), 0.25);
        tally.compare((3, 0.0), risk(0.02, 0.025), 0.25);
        tally.compare((4, f64::NAN), risk(0.02, 0.025), 0.25);
        tally.compare((5, -0.05), risk(0.03, 0.04), 0.25);
        let found = tally.acerbi_szekely(3, 0.25).expect("a figure");
        // 1 − (1.2 + 1.25) / (0.25 · 3).
        assert!((found - (1.0 - 2.45 / 0.75)).abs() < 1e-12, "{found}");
        // (0.75 · 0.01 + 0.25 · 0.02 + 0.75 · 0.02) / 3.
        assert!((tally.pinball - (0.0075 + 0.005 + 0.015) / 3.0).abs() < 1e-15, "{}", tally.pinball);
        assert_eq!(tally.pinball_days, 3);
        tally.forget_before(Some(3));
        assert_eq!(tally.exceeded.iter().map(|day| day.date).collect::<Vec<i32>>(), [5]);
    }

    #[test]
    fn what_was_not_counted_yesterday_begins_today() {
        let mut tally = Tally::default();
        tally.compare((1, f64::NAN), risk(0.02, 0.025), 0.05);
        assert_eq!((tally.exceeded.len(), tally.last_gap), (0, Some(1)), "the days before were not counted");
        assert_eq!(tally.acerbi_szekely(0, 0.05), None);
        // A shortfall that is no loss has no part: there is no statistic as long as the day counts.
        tally.compare((2, -0.01), risk(-0.02, -0.01), 0.05);
        assert_eq!(tally.exceeded.len(), 1);
        assert_eq!(tally.acerbi_szekely(1, 0.05), None);
    }
}
