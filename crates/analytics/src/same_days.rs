//! Numbers beside the daily returns of a portfolio, day by day.
//!
//! What is compared with the returns of a period or stands in for them has to be there on every day that has a return,
//! and counts on these days only: over the days that happen to have both it would be a figure of another period.

use schemas::BusinessDate;

use crate::series::{DatedNumber, PerformanceSeries};

/// The first day with a return that has no number beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lacking {
    /// It has none.
    Nothing(BusinessDate),
    /// It has one that is NaN or infinite.
    NotFinite(BusinessDate),
}

/// The numbers of the days on which the series has a return; both in order of date.
///
/// # Errors
/// [`Lacking`] if one of these days has no finite number.
pub(crate) fn beside_returns(series: &PerformanceSeries, numbers: &[DatedNumber]) -> Result<Vec<f64>, Lacking> {
    let mut both = series.returns.iter().zip(numbers);
    let same_days = both.all(|(entry, other)| entry.date == other.date && other.number.is_finite());
    if same_days && numbers.len() == series.returns.len() {
        // As nearly always; otherwise day after day, until the first that is missing.
        return Ok(numbers.iter().map(|other| other.number).collect());
    }
    let mut aligned = Vec::with_capacity(series.returns.len());
    let mut waiting = numbers.iter().peekable();
    for entry in &series.returns {
        while waiting.next_if(|other| other.date < entry.date).is_some() {}
        match waiting.next_if(|other| other.date == entry.date) {
            Some(other) if other.number.is_finite() => aligned.push(other.number),
            Some(_) => return Err(Lacking::NotFinite(entry.date)),
            None => return Err(Lacking::Nothing(entry.date)),
        }
    }
    Ok(aligned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{date, dated, of_returns};

    #[test]
    fn days_without_a_return_are_passed_over_and_a_missing_one_is_named() {
        // Returns on 2024-01-02 and 2024-01-03.
        let series = of_returns(&[0.01, 0.02]);
        let all = dated(&[("2024-01-01", 9.0), ("2024-01-02", 1.0), ("2024-01-03", 2.0), ("2024-01-04", 9.0)]);
        assert_eq!(beside_returns(&series, &all), Ok(vec![1.0, 2.0]));
        assert_eq!(beside_returns(&series, &all[..2]), Err(Lacking::Nothing(date("2024-01-03"))));
        let infinite = dated(&[("2024-01-02", f64::INFINITY), ("2024-01-03", 2.0)]);
        assert_eq!(beside_returns(&series, &infinite), Err(Lacking::NotFinite(date("2024-01-02"))));
    }
}
