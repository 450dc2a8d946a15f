//! A portfolio's daily returns beside those of its benchmark.
//!
//! Only days on which the portfolio has a return are compared, and all of them: a figure over the days that happen to
//! have both would be one of another period. So a day without a benchmark return leaves no figure, and is named.

use crate::compounding::no_returns;
use crate::digest::lanes;
use crate::figure::NoFigure;
use crate::reward_to_risk::too_few;
use crate::same_days::{self, Lacking};
use crate::series::PerformanceSeries;
use crate::statistics::is_rounding;

/// Means of both series, and sums of products of the deviations from them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct JointMoments {
    /// The portfolio's mean.
    pub(crate) mean: f64,
    /// The benchmark's mean.
    pub(crate) benchmark_mean: f64,
    /// The mean of what the portfolio earned more than the benchmark.
    pub(crate) difference_mean: f64,
    days: f64,
    squares: f64,
    benchmark_squares: f64,
    products: f64,
    difference_squares: f64,
    largest: f64,
    benchmark_largest: f64,
}

/// The returns of the benchmark on the days on which the portfolio has one.
///
/// # Errors
/// [`NoFigure`] if the portfolio names no benchmark or has no return, or the benchmark has no return on one of the
/// days, which is named.
pub(crate) fn benchmark(series: &PerformanceSeries) -> Result<Vec<f64>, NoFigure> {
    let Some(benchmark) = series.benchmark.as_deref() else {
        return Err(NoFigure::new("no benchmark is named in the portfolio's description"));
    };
    if series.returns.is_empty() {
        return Err(no_returns(series));
    }
    same_days::beside_returns(series, benchmark).map_err(|lacking| match lacking {
        Lacking::Nothing(date) => NoFigure::new(format!("the benchmark has no return on {date}")),
        Lacking::NotFinite(date) => NoFigure::new(format!("the benchmark's return of {date} is not a finite number")),
    })
}

/// The moments of the returns of a series and those of its benchmark on the same days.
///
/// # Errors
/// [`NoFigure`] if there are fewer than two days.
pub(crate) fn joint_moments(
    series: &PerformanceSeries,
    returns: &[f64],
    benchmark: &[f64],
) -> Result<JointMoments, NoFigure> {
    JointMoments::of(returns, benchmark).ok_or_else(|| too_few(series))
}

impl JointMoments {
    /// The moments of returns and of those of a benchmark, each beside its own; none of fewer than two.
    pub(crate) fn of(returns: &[f64], benchmark: &[f64]) -> Option<JointMoments> {
        if returns.len() < 2 {
            return None;
        }
        let days = returns.len() as f64;
        let differences: Vec<f64> = returns.iter().zip(benchmark).map(|(number, other)| number - other).collect();
        let mean = lanes::exact_sum(returns) / days;
        let benchmark_mean = lanes::exact_sum(benchmark) / days;
        let difference_mean = lanes::exact_sum(&differences) / days;
        let squares = |numbers: &[f64], mean: f64| lanes::sum(numbers, |number| (number - mean) * (number - mean));
        let product = |number: f64, other: f64| (number - mean) * (other - benchmark_mean);
        let larger = |most: f64, number: f64| if most < number.abs() { number.abs() } else { most };
        Some(JointMoments {
            mean,
            benchmark_mean,
            difference_mean,
            days,
            squares: squares(returns, mean),
            benchmark_squares: squares(benchmark, benchmark_mean),
            products: lanes::sum_of_pairs(returns, benchmark, product),
            difference_squares: squares(&differences, difference_mean),
            largest: lanes::extreme(returns, 0.0, larger),
            benchmark_largest: lanes::extreme(benchmark, 0.0, larger),
        })
    }

    /// The slope of the line that fits the portfolio's returns to the benchmark's best, by least squares.
    ///
    /// # Errors
    /// [`NoFigure`] if the benchmark's returns do not vary.
    pub(crate) fn beta(&self) -> Result<f64, NoFigure> {
        if !self.benchmark_varies() {
            return Err(NoFigure::new("the benchmark's returns do not vary"));
        }
        Ok(self.products / self.benchmark_squares)
    }

    /// Pearson's coefficient of both series, from −1 to 1.
    ///
    /// # Errors
    /// [`NoFigure`] if either series does not vary.
    pub(crate) fn correlation(&self) -> Result<f64, NoFigure> {
        if !self.varies() {
            return Err(NoFigure::new("the returns do not vary"));
        }
        if !self.benchmark_varies() {
            return Err(NoFigure::new("the benchmark's returns do not vary"));
        }
        // Rounding can lead past a perfect correlation.
        Ok((self.products / (self.squares.sqrt() * self.benchmark_squares.sqrt())).clamp(-1.0, 1.0))
    }

    /// The standard deviation (n − 1) of what the portfolio earned more than the benchmark.
    pub(crate) fn difference_deviation(&self) -> f64 {
        (self.difference_squares / (self.days - 1.0)).sqrt()
    }

    /// The standard deviation of the portfolio's returns as of a population (`n` in the denominator).
    ///
    /// # Errors
    /// [`NoFigure`] if they do not vary.
    pub(crate) fn deviation(&self) -> Result<f64, NoFigure> {
        if !self.varies() {
            return Err(NoFigure::new("the returns do not vary"));
        }
        Ok((self.squares / self.days).sqrt())
    }

    /// The standard deviation of the benchmark's returns as of a population.
    pub(crate) fn benchmark_deviation(&self) -> f64 {
        (self.benchmark_squares / self.days).sqrt()
    }

    /// Whether what the portfolio earned more than the benchmark is more than rounding away from its mean.
    pub(crate) fn differences_vary(&self) -> bool {
        !is_rounding(self.difference_deviation(), self.largest.max(self.benchmark_largest))
    }

    fn varies(&self) -> bool {
        !is_rounding((self.squares / self.days).sqrt(), self.largest)
    }

    fn benchmark_varies(&self) -> bool {
        !is_rounding((self.benchmark_squares / self.days).sqrt(), self.benchmark_largest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::measured::Measured;
    use crate::sample_series::{any_returns, assert_close, beside, dated, of_returns};
    use crate::statistics::{mean, neumaier_sum};

    fn reason(series: &PerformanceSeries) -> String {
        Measured::new(series).benchmark().expect_err("a defect").to_string()
    }

    fn moments(series: &PerformanceSeries) -> JointMoments {
        *Measured::new(series).joint_moments().expect("moments")
    }

    #[test]
    fn days_without_a_return_of_the_portfolio_are_left_out() {
        let mut series = of_returns(&[0.01, 0.02, 0.03]);
        series.returns.remove(1);
        series.benchmark = Some(dated(&[("2024-01-02", 0.1), ("2024-01-03", 0.2), ("2024-01-04", 0.3)]));
        let measured = Measured::new(&series);
        assert_eq!(measured.returns(), Ok([0.01, 0.03].as_slice()));
        assert_eq!(measured.benchmark(), Ok([0.1, 0.3].as_slice()));
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
        let still = moments(&beside(&varying, &[0.001; 7]));
        assert!(still.beta().unwrap_err().to_string().contains("the benchmark's returns do not vary"));
        assert!(still.correlation().unwrap_err().to_string().contains("the benchmark's returns do not vary"));
        let unmoved = moments(&beside(&[0.001; 7], &varying));
        assert!(unmoved.correlation().unwrap_err().to_string().contains("the returns do not vary"));
        assert!(unmoved.beta().expect("a line that is level").abs() < 1e-14);
        assert_close(unmoved.mean, 0.001);
    }

    proptest! {
        #[test]
        fn moments_are_those_of_the_formulas((returns, benchmark) in (any_returns(), any_returns())) {
            let days = returns.len().min(benchmark.len());
            let (returns, benchmark) = (&returns[..days], &benchmark[..days]);
            let found = moments(&beside(returns, benchmark));
            let (center, other_center) = (mean(returns).unwrap(), mean(benchmark).unwrap());
            let pairs = returns.iter().zip(benchmark);
            let products = pairs.clone().map(|(number, other)| (number - center) * (other - other_center));
            let sizes: f64 = products.clone().map(f64::abs).sum();
            prop_assert!((found.products - neumaier_sum(products)).abs() <= 1e-13 * sizes);
            let more: Vec<f64> = pairs.map(|(number, other)| number - other).collect();
            let middle = mean(&more).unwrap();
            let squares = neumaier_sum(more.iter().map(|number| (number - middle).powi(2)));
            prop_assert!((found.difference_squares - squares).abs() <= 1e-13 * squares);
            prop_assert!((found.difference_mean - middle).abs() <= 1e-16);
        }
    }
}
