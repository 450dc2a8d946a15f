//! The synthetic risk and reward indicator of European funds (UCITS).

use chrono::{Datelike, Months};
use schemas::BusinessDate;

use super::{RiskClass, RiskScale};
use crate::figure::NoFigure;
use crate::series::DatedNumber;
use crate::statistics;

/// Months for which the volatility must have been in another class before the class changes.
const MONTHS_UNTIL_REVISION: u8 = 4;

/// Risk by the volatility of five years of weekly or monthly returns.
///
/// - Input: [`volatility`] for what is measured, [`revised`] for when a class changes.
/// - Edge: for funds that follow a market. Funds with a target of risk, of a life cycle, or with a formula are measured
///   otherwise, and their past alone does not tell their class.
/// - Source: Committee of European Securities Regulators, *Guidelines on the Methodology for the Calculation of the
///   Synthetic Risk and Reward Indicator in the Key Investor Information Document*, CESR/10-673 (2010).
pub static SCALE: RiskScale = RiskScale {
    id: "srri",
    title: "Synthetic risk and reward indicator (UCITS)",
    definition: "The class of the annualised volatility of the last five years' weekly returns, or monthly ones if \
                 there are no weekly ones. It changes only when the volatility was in another class for four months.",
    bounds: [0.005, 0.02, 0.05, 0.10, 0.15, 0.25],
};

/// How far returns are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnInterval {
    /// A week: 260 returns in five years.
    Weekly,
    /// A month, where there are no weekly returns: 60 in five years.
    Monthly,
}

impl ReturnInterval {
    fn per_year(self) -> f64 {
        match self {
            ReturnInterval::Weekly => 52.0,
            ReturnInterval::Monthly => 12.0,
        }
    }

    fn in_five_years(self) -> usize {
        match self {
            ReturnInterval::Weekly => 260,
            ReturnInterval::Monthly => 60,
        }
    }

    /// The reference points that four months have at least; one week of them may lack a price.
    fn in_four_months(self) -> usize {
        match self {
            ReturnInterval::Weekly => 16,
            ReturnInterval::Monthly => 4,
        }
    }

    /// Whether a reference point is one of the four months that end with a day: by date if they are weekly, by calendar
    /// month if they are monthly, since the last price of a month is not always of its last day.
    fn counts(self, point: BusinessDate, day: BusinessDate) -> bool {
        let is_later = match self {
            ReturnInterval::Weekly => {
                let before = day.day().checked_sub_months(Months::new(MONTHS_UNTIL_REVISION.into()));
                before.is_some_and(|before| before < point.day())
            }
            ReturnInterval::Monthly => {
                let month = |date: BusinessDate| i64::from(date.day().year()) * 12 + i64::from(date.day().month());
                month(day) - i64::from(MONTHS_UNTIL_REVISION) < month(point)
            }
        };
        is_later && point <= day
    }
}

/// The volatility a year that the class is made of: `√(m/(T − 1) · Σ (r − r̄)²)`, with `m` returns a year.
///
/// - Input: returns as fractions, in order of date, dividends included; the last five years of them count.
/// - Output: fraction per year.
/// - Source: CESR/10-673.
///
/// # Errors
/// [`NoFigure`] if there are fewer than 260 weekly or 60 monthly returns (the history of a benchmark that represents
/// the portfolio fills them up, which is a decision of its own), or one of them is NaN or infinite.
pub fn volatility(returns: &[f64], interval: ReturnInterval) -> Result<f64, NoFigure> {
    let wanted = interval.in_five_years();
    let Some(first) = returns.len().checked_sub(wanted) else {
        return Err(NoFigure::new(format!("not enough returns for five years: {} of {wanted}", returns.len())));
    };
    let counted = returns.get(first..).unwrap_or_default();
    if let Some(position) = counted.iter().position(|number| !number.is_finite()) {
        return Err(NoFigure::new(format!("return number {} is not a finite number", first + position + 1)));
    }
    let deviation = statistics::sample_standard_deviation(counted);
    let deviation = deviation.ok_or_else(|| NoFigure::new("a dispersion needs at least two returns"))?;
    Ok(interval.per_year().sqrt() * deviation)
}

/// The class on a day, given the one so far and the volatilities of the reference points up to that day.
///
/// It stays as it is unless every reference point of the four months before lies in another class. Then it becomes the
/// class in which most of them lie.
///
/// - Input: volatilities a year by date, weekly or monthly, in any order; what lies after the day, or four months
///   before it and more, does not count.
/// - Edge: fewer points than four months have prove no lasting change. Of two classes with equally many points the
///   higher counts: the guidelines do not say, and a class that is too low misleads.
/// - Source: CESR/10-673.
///
/// # Errors
/// [`NoFigure`] if a volatility that counts is negative or not a finite number.
pub fn revised(
    so_far: RiskClass,
    points: &[DatedNumber],
    interval: ReturnInterval,
    day: BusinessDate,
) -> Result<RiskClass, NoFigure> {
    let counted = points.iter().filter(|point| interval.counts(point.date, day));
    let classes = counted.map(|point| SCALE.class(point.number)).collect::<Result<Vec<RiskClass>, NoFigure>>()?;
    if classes.len() < interval.in_four_months() || classes.contains(&so_far) {
        return Ok(so_far);
    }
    let points_of = |class: RiskClass| classes.iter().filter(|other| **other == class).count();
    // Of several maxima the last is taken: compared by number of points, then by class.
    let most = classes.iter().copied().max_by_key(|class| (points_of(*class), *class));
    Ok(most.unwrap_or(so_far))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, date};

    fn class(number: u8) -> RiskClass {
        RiskClass::new(number).unwrap()
    }

    #[test]
    fn bounds_as_printed() {
        // CESR/10-673: 0.5, 2, 5, 10, 15 and 25 %, each belonging to the class that begins with it.
        let printed = [(0.0, 1), (0.004_999, 1), (0.005, 2), (0.019_999, 2), (0.02, 3), (0.049_999, 3), (0.05, 4)];
        let higher = [(0.099_999, 4), (0.10, 5), (0.149_999, 5), (0.15, 6), (0.249_999, 6), (0.25, 7), (3.0, 7)];
        for (volatility, expected) in printed.into_iter().chain(higher) {
            assert_eq!(SCALE.class(volatility).unwrap(), class(expected), "{volatility}");
        }
    }

    #[test]
    fn five_years_of_returns() {
        // ±2 % in turn: squares of 4 (in percent), 260 of them over 259, 52 a year.
        let weekly: Vec<f64> = (0..260).map(|week| if week % 2 == 0 { 0.02 } else { -0.02 }).collect();
        let expected = 0.02 * (260.0_f64 / 259.0 * 52.0).sqrt();
        assert_close(volatility(&weekly, ReturnInterval::Weekly).unwrap(), expected);
        assert_eq!(SCALE.class(expected).unwrap(), class(5));
        assert_close(
            volatility(&weekly[..60], ReturnInterval::Monthly).unwrap(),
            0.02 * (60.0_f64 / 59.0 * 12.0).sqrt(),
        );
        // What lies before the five years does not count.
        let mut longer = vec![0.9, -0.9];
        longer.extend(&weekly);
        assert_close(volatility(&longer, ReturnInterval::Weekly).unwrap(), expected);
    }

    #[test]
    fn without_five_years_there_is_no_volatility() {
        let reason = |returns: &[f64], interval| volatility(returns, interval).unwrap_err().to_string();
        let few = reason(&[0.01; 259], ReturnInterval::Weekly);
        assert_eq!(few, "not enough returns for five years: 259 of 260");
        let mut broken = vec![0.01; 61];
        broken[60] = f64::NAN;
        assert_eq!(reason(&broken, ReturnInterval::Monthly), "return number 61 is not a finite number");
    }

    fn month_ends(volatilities: [f64; 5]) -> Vec<DatedNumber> {
        let days = ["2024-01-31", "2024-02-29", "2024-03-29", "2024-04-30", "2024-05-31"].map(date);
        days.into_iter().zip(volatilities).map(|(date, number)| DatedNumber { date, number }).collect()
    }

    fn on_the_last_of_may(volatilities: [f64; 5]) -> u8 {
        let points = month_ends(volatilities);
        revised(class(4), &points, ReturnInterval::Monthly, date("2024-05-31")).unwrap().number()
    }

    #[test]
    fn a_class_changes_after_four_months_only() {
        // February to May count; class 4 is from 5 to 10 %.
        assert_eq!(on_the_last_of_may([0.08, 0.11, 0.11, 0.12, 0.11]), 5);
        assert_eq!(on_the_last_of_may([0.11, 0.08, 0.11, 0.12, 0.11]), 4, "one month back in the class");
        assert_eq!(on_the_last_of_may([0.11, 0.11, 0.11, 0.11, 0.099]), 4, "and back at the end");
        assert_eq!(on_the_last_of_may([0.08, 0.04, 0.04, 0.04, 0.04]), 3);
    }

    #[test]
    fn the_class_of_most_points_is_taken() {
        assert_eq!(on_the_last_of_may([0.08, 0.11, 0.16, 0.16, 0.17]), 6);
        assert_eq!(on_the_last_of_may([0.08, 0.11, 0.12, 0.16, 0.16]), 6, "the higher of two");
        assert_eq!(on_the_last_of_may([0.08, 0.04, 0.11, 0.12, 0.13]), 5, "above and below");
    }

    #[test]
    fn a_month_that_ends_early_is_still_one_month() {
        // The last prices of November and March are of the 30th and the 29th, 30 November lies within four months of
        // 29 March; but December to March are the four months.
        let days = ["2023-11-30", "2023-12-29", "2024-01-31", "2024-02-29", "2024-03-29"].map(date);
        let points = days.into_iter().zip([0.08, 0.11, 0.11, 0.11, 0.11]);
        let points: Vec<DatedNumber> = points.map(|(date, number)| DatedNumber { date, number }).collect();
        let found = revised(class(4), &points, ReturnInterval::Monthly, date("2024-03-29")).unwrap();
        assert_eq!(found, class(5));
    }

    #[test]
    fn too_few_points_prove_no_lasting_change() {
        let points = month_ends([0.08, 0.11, 0.11, 0.11, 0.11]);
        let three = &points[2..];
        let last = date("2024-05-31");
        assert_eq!(revised(class(4), three, ReturnInterval::Monthly, last).unwrap(), class(4));
        // Points after the day do not count.
        let earlier = date("2024-04-30");
        assert_eq!(revised(class(4), &points, ReturnInterval::Monthly, earlier).unwrap(), class(4));
        let broken = month_ends([0.08, 0.11, 0.11, 0.11, f64::NAN]);
        assert!(revised(class(4), &broken, ReturnInterval::Monthly, last).is_err());
    }

    #[test]
    fn weeks_count_like_months() {
        let mut day = date("2024-01-05");
        let mut points = Vec::new();
        for _ in 0..20 {
            points.push(DatedNumber { date: day, number: 0.11 });
            day = (0..7).fold(day, |day, _| day.next_calendar_day());
        }
        let last = points.last().unwrap().date;
        assert_eq!(revised(class(4), &points, ReturnInterval::Weekly, last).unwrap(), class(5));
        points[10].number = 0.09;
        assert_eq!(revised(class(4), &points, ReturnInterval::Weekly, last).unwrap(), class(4));
    }
}
