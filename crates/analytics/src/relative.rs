//! A portfolio's daily returns beside those of its benchmark.
//!
//! Only days on which the portfolio has a return are compared, and all of them: a figure over the days that happen to
//! have both would be one of another period. So a day without a benchmark return leaves no figure, and is named.

use crate::compounding::no_returns;
use crate::figure::NoFigure;
use crate::reward_to_risk::too_few;
use crate::series::PerformanceSeries;
use crate::statistics::{is_rounding, largest_magnitude, mean, neumaier_sum};

/// The returns of the days of a period, of the portfolio and of the benchmark.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pairs {
    /// The portfolio's.
    pub(crate) returns: Vec<f64>,
    /// The benchmark's, day for day.
    pub(crate) benchmark: Vec<f64>,
}

/// Means of both series, and sums of products of the deviations from them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct JointMoments {
    /// The portfolio's mean.
    pub(crate) mean: f64,
    /// The benchmark's mean.
    pub(crate) benchmark_mean: f64,
    squares: f64,
    benchmark_squares: f64,
    products: f64,
    varies: bool,
    benchmark_varies: bool,
}

/// The returns of a period with the benchmark's beside them.
///
/// # Errors
/// [`NoFigure`] if the series has a number that is none or no return, the portfolio names no benchmark, or the
/// benchmark has no return on one of the days, which is named.
pub(crate) fn pairs(series: &PerformanceSeries) -> Result<Pairs, NoFigure> {
    series.check()?;
    let Some(benchmark) = series.benchmark.as_deref() else {
        return Err(NoFigure::new("no benchmark is named in the portfolio's description"));
    };
    if series.returns.is_empty() {
        return Err(no_returns(series));
    }
    let mut pairs = Pairs { returns: series.daily_returns(), benchmark: Vec::with_capacity(series.returns.len()) };
    let mut waiting = benchmark.iter().peekable();
    for entry in &series.returns {
        while waiting.next_if(|other| other.date < entry.date).is_some() {}
        match waiting.next_if(|other| other.date == entry.date) {
            Some(other) if other.number.is_finite() => pairs.benchmark.push(other.number),
            Some(_) => {
                let date = entry.date;
                return Err(NoFigure::new(format!("the benchmark's return of {date} is not a finite number")));
            }
            None => return Err(NoFigure::new(format!("the benchmark has no return on {}", entry.date))),
        }
    }
    Ok(pairs)
}

/// The moments of both series.
///
/// # Errors
/// [`NoFigure`] as [`pairs`] has it, or if there is one day only.
pub(crate) fn joint_moments(series: &PerformanceSeries) -> Result<JointMoments, NoFigure> {
    let Pairs { returns, benchmark } = pairs(series)?;
    let (Some(center), Some(benchmark_center)) = (mean(&returns), mean(&benchmark)) else {
        return Err(no_returns(series));
    };
    if returns.len() < 2 {
        return Err(too_few(series));
    }
    let deviations: Vec<f64> = returns.iter().map(|number| number - center).collect();
    let others: Vec<f64> = benchmark.iter().map(|number| number - benchmark_center).collect();
    let products = |left: &[f64], right: &[f64]| neumaier_sum(left.iter().zip(right).map(|(one, other)| one * other));
    let (squares, benchmark_squares) = (products(&deviations, &deviations), products(&others, &others));
    let varies = |squares: f64, numbers: &[f64]| {
        !is_rounding((squares / numbers.len() as f64).sqrt(), largest_magnitude(numbers))
    };
    Ok(JointMoments {
        mean: center,
        benchmark_mean: benchmark_center,
        squares,
        benchmark_squares,
        products: products(&deviations, &others),
        varies: varies(squares, &returns),
        benchmark_varies: varies(benchmark_squares, &benchmark),
    })
}

impl JointMoments {
    /// The slope of the line that fits the portfolio's returns to the benchmark's best, by least squares.
    ///
    /// # Errors
    /// [`NoFigure`] if the benchmark's returns do not vary.
    pub(crate) fn beta(&self) -> Result<f64, NoFigure> {
        if !self.benchmark_varies {
            return Err(NoFigure::new("the benchmark's returns do not vary"));
        }
        Ok(self.products / self.benchmark_squares)
    }

    /// Pearson's coefficient of both series, from −1 to 1.
    ///
    /// # Errors
    /// [`NoFigure`] if either series does not vary.
    pub(crate) fn correlation(&self) -> Result<f64, NoFigure> {
        if !self.varies {
            return Err(NoFigure::new("the returns do not vary"));
        }
        if !self.benchmark_varies {
            return Err(NoFigure::new("the benchmark's returns do not vary"));
        }
        // Rounding can lead past a perfect correlation.
        Ok((self.products / (self.squares.sqrt() * self.benchmark_squares.sqrt())).clamp(-1.0, 1.0))
    }
}

impl Pairs {
    /// What the portfolio earned more than the benchmark, day for day.
    pub(crate) fn differences(&self) -> Vec<f64> {
        self.returns.iter().zip(&self.benchmark).map(|(number, other)| number - other).collect()
    }

    /// The largest return of either side regardless of sign.
    pub(crate) fn largest_magnitude(&self) -> f64 {
        largest_magnitude(&self.returns).max(largest_magnitude(&self.benchmark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, beside, dated, of_returns};

    fn reason(series: &PerformanceSeries) -> String {
        pairs(series).expect_err("a defect").to_string()
    }

    #[test]
    fn days_without_a_return_of_the_portfolio_are_left_out() {
        let mut series = of_returns(&[0.01, 0.02, 0.03]);
        series.returns.remove(1);
        series.benchmark = Some(dated(&[("2024-01-02", 0.1), ("2024-01-03", 0.2), ("2024-01-04", 0.3)]));
        let pairs = pairs(&series).expect("both sides are there");
        assert_eq!((pairs.returns, pairs.benchmark), (vec![0.01, 0.03], vec![0.1, 0.3]));
    }

    #[test]
    fn what_the_benchmark_lacks_is_named_and_spoils_nothing_else() {
        let mut series = of_returns(&[0.01, 0.02, 0.03]);
        series.benchmark = Some(dated(&[("2024-01-02", 0.1), ("2024-01-04", 0.3)]));
        assert_eq!(reason(&series), "the benchmark has no return on 2024-01-03");
        assert_eq!(series.check(), Ok(()));
        series.benchmark = Some(Vec::new());
        assert_eq!(reason(&series), "the benchmark has no return on 2024-01-02");
        series.benchmark = Some(dated(&[("2024-01-02", f64::INFINITY)]));
        assert_eq!(reason(&series), "the benchmark's return of 2024-01-02 is not a finite number");
        assert_eq!(series.check(), Ok(()));
        series.benchmark = None;
        assert_eq!(reason(&series), "no benchmark is named in the portfolio's description");
    }

    #[test]
    fn numbers_that_do_not_vary_lead_to_no_ratio() {
        // The mean of seven times 0.001 is not exactly 0.001: what is left is rounding.
        let varying = [0.01, -0.02, 0.03, 0.0, 0.01, -0.01, 0.02];
        let still = joint_moments(&beside(&varying, &[0.001; 7])).expect("moments");
        assert!(still.beta().unwrap_err().to_string().contains("the benchmark's returns do not vary"));
        assert!(still.correlation().unwrap_err().to_string().contains("the benchmark's returns do not vary"));
        let unmoved = joint_moments(&beside(&[0.001; 7], &varying)).expect("moments");
        assert!(unmoved.correlation().unwrap_err().to_string().contains("the returns do not vary"));
        assert!(unmoved.beta().expect("a line that is level").abs() < 1e-14);
        assert_close(unmoved.mean, 0.001);
    }
}
