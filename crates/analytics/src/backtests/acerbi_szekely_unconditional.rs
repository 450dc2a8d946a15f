//! Are the losses in the tail, by number and by size together, as large as the expected shortfall says?

use super::ForecastScore;
use crate::figure::NoFigure;
use crate::loss_tail;
use crate::philox;
use crate::statistics;
use crate::student_distribution::{ln_density, student_quantile};
use crate::tail_forecasts::TailForecasts;

/// Most draws of a simulation: about a minute's work.
const DRAWS_MAX: usize = 1_000_000_000;

/// Acerbi and Szekely's second statistic: one less the losses of the days that exceeded their value at risk, each as a
/// part of its expected shortfall, over the number of such days that there should be.
///
/// `Z₂ = 1 + Σ rₜ Iₜ / ESₜ / (α T)`, with `Iₜ` one on days that lost more than the value at risk. Zero if the forecasts
/// are right; 1 if no day exceeded its value at risk; below zero if losses were more or larger than forecast.
///
/// - Input: days with forecasts that were made before them.
/// - Edge: for 250 days and a tail of 2.5 % Acerbi and Szekely reject below −0.7 with 5 % and below −1.8 with 0.01 %,
///   nearly the same for normal and heavy tails. [`p_value`] simulates other cases.
/// - Unavailable: the expected shortfall of a day that exceeded its value at risk is no loss.
/// - Source: Acerbi and Szekely, *Backtesting Expected Shortfall*, MSCI (2014), test 2.
pub static SCORE: ForecastScore = ForecastScore {
    id: "acerbi_szekely_unconditional",
    title: "Number and size of losses in the tail (Acerbi-Szekely)",
    definition: "One less the losses of the days that exceeded their value at risk, each as a part of its expected \
                 shortfall, over the number of such days that the tail's probability promises. Below zero losses were \
                 more or larger than forecast.",
    score,
};

/// What returns are like if the forecasts are right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ReturnsLike {
    /// The normal distribution.
    Normal,
    /// Student's t distribution with so many degrees of freedom; more than one, or there is no shortfall.
    Student(f64),
}

/// The probability, from 0 to 1, that forecasts that are right have a statistic as low as this: the share of `paths`
/// simulated series of so many days.
///
/// - Input: the statistic as [`SCORE`] makes it; paths and seed of the simulation. The standard error is `√(p (1 − p) /
///   paths)`.
/// - Source: Acerbi and Szekely, *Backtesting Expected Shortfall*, MSCI (2014), section 3.
///
/// # Errors
/// [`NoFigure`] if the probability is not between 0 and 1, there are no days, no paths, or too many of them together,
/// or the distribution has no shortfall.
pub fn p_value(
    statistic: f64,
    days: usize,
    tail_probability: f64,
    returns_like: ReturnsLike,
    paths: usize,
    seed: u64,
) -> Result<f64, NoFigure> {
    loss_tail::check(&[], tail_probability, 0)?;
    if statistic.is_nan() {
        return Err(NoFigure::new("the statistic is not a number"));
    }
    let days = u32::try_from(days).map_err(|_| NoFigure::new("too many days to simulate"))?;
    let draws = paths.checked_mul(days as usize).filter(|draws| *draws <= DRAWS_MAX);
    if draws.is_none_or(|draws| draws == 0) {
        return Err(NoFigure::new(format!("{paths} paths of {days} days are not from 1 to {DRAWS_MAX} draws")));
    }
    let shortfall = returns_like.shortfall(tail_probability)?;
    let expected = tail_probability * f64::from(days);
    let mut lower = 0_usize;
    for path in (0_u64..).take(paths) {
        let mut losses = 0.0;
        for pair in 0..days.div_ceil(2) {
            let draws = philox::uniform_pair(seed, path, pair);
            // The last pair of an odd number of days has one draw too many.
            let of_a_day = if 2 * pair + 1 == days { 1 } else { 2 };
            for draw in draws.into_iter().take(of_a_day).filter(|draw| *draw < tail_probability) {
                losses -= returns_like.quantile(draw)?;
            }
        }
        if 1.0 - losses / shortfall / expected <= statistic {
            lower += 1;
        }
    }
    Ok(lower as f64 / paths as f64)
}

impl ReturnsLike {
    fn quantile(self, probability: f64) -> Result<f64, NoFigure> {
        let found = match self {
            ReturnsLike::Normal => statistics::normal_quantile(probability),
            ReturnsLike::Student(degrees) => student_quantile(probability, degrees),
        };
        found.ok_or_else(|| NoFigure::new(format!("a probability of {probability} has no quantile")))
    }

    fn shortfall(self, tail_probability: f64) -> Result<f64, NoFigure> {
        let edge = self.quantile(tail_probability)?;
        match self {
            ReturnsLike::Normal => Ok(statistics::normal_density(edge) / tail_probability),
            ReturnsLike::Student(degrees) if 1.0 < degrees => {
                let density = ln_density(edge, degrees).exp();
                Ok(density / tail_probability * (degrees + edge * edge) / (degrees - 1.0))
            }
            ReturnsLike::Student(degrees) => Err(NoFigure::new(format!(
                "a Student t distribution with {degrees} degrees of freedom has no shortfall"
            ))),
        }
    }
}

fn score(forecasts: &TailForecasts) -> Result<f64, NoFigure> {
    let exceeded = forecasts.days().iter().filter(|day| day.is_exceeded());
    let parts = exceeded.map(|day| day.part_of_shortfall()).collect::<Result<Vec<f64>, NoFigure>>()?;
    Ok(of_parts(parts, forecasts.days().len(), forecasts.tail_probability()))
}

/// The statistic of so many days, at least one, by what those that exceeded their value at risk lost: each loss as a
/// part of the expected shortfall of its day.
pub fn of_parts(parts: impl IntoIterator<Item = f64>, days: usize, tail_probability: f64) -> f64 {
    1.0 - statistics::neumaier_sum(parts) / (tail_probability * days as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, assert_within, forecast_days};

    #[test]
    fn two_exceedances_where_one_was_promised() {
        // Four days at 25 %: one day was promised, 1.2 and 1.25 shortfalls came.
        let days =
            forecast_days(&[(-0.03, 0.02, 0.025), (0.01, 0.02, 0.025), (-0.05, 0.03, 0.04), (-0.03, 0.03, 0.04)]);
        assert_close(score(&TailForecasts::new(0.25, days).unwrap()).unwrap(), 1.0 - 2.45);
        let quiet = forecast_days(&[(-0.01, 0.02, 0.025)]);
        assert_close(score(&TailForecasts::new(0.25, quiet).unwrap()).unwrap(), 1.0);
    }

    #[test]
    fn mathworks_as_printed() {
        // MathWorks, Risk Management Toolbox, `unconditionalT` with three degrees: 1,966 days at 97.5 %, a statistic of
        // −0.38265 has the p-value 0.018566; the critical value at 99 % is −0.42986. `unconditionalNormal`: −0.346.
        // 2,000 paths have standard errors of 0.0030 and 0.0022.
        let simulated = |statistic, like| p_value(statistic, 1966, 0.025, like, 2000, 11).unwrap();
        assert_within(simulated(-0.382_65, ReturnsLike::Student(3.0)), 0.018_566, 0.009);
        assert_within(simulated(-0.429_86, ReturnsLike::Student(3.0)), 0.01, 0.007);
        assert_within(simulated(-0.346, ReturnsLike::Normal), 0.01, 0.007);
    }

    #[test]
    fn acerbi_and_szekely_as_printed() {
        // Of 250 days at 2.5 % with normal returns a statistic below −0.70 has a probability of 5 %.
        assert_within(p_value(-0.70, 250, 0.025, ReturnsLike::Normal, 10_000, 3).unwrap(), 0.05, 0.01);
    }

    #[test]
    fn an_odd_day_is_drawn_once() {
        // One day with a tail of one half: in half of the paths nothing is lost, and the statistic is 1.
        assert_within(p_value(0.999, 1, 0.5, ReturnsLike::Normal, 4000, 5).unwrap(), 0.5, 0.04);
    }

    #[test]
    fn what_cannot_be_simulated_says_why() {
        let reason = |days, like, paths| p_value(-1.0, days, 0.025, like, paths, 1).unwrap_err().to_string();
        assert!(reason(0, ReturnsLike::Normal, 10).contains("10 paths of 0 days"));
        assert!(reason(250, ReturnsLike::Normal, usize::MAX).contains("are not from 1 to"));
        assert!(reason(250, ReturnsLike::Student(1.0), 10).contains("has no shortfall"));
    }
}
