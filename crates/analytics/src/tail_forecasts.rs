//! What was forecast of the tail of each day, and what the day then returned.
//!
//! Exceedances say on which days a value at risk was not enough, and not by how much. What judges the size of losses
//! needs the forecasts themselves.

use crate::exceedances::Exceedances;
use crate::figure::NoFigure;
use crate::loss_tail;
use crate::risk::TailRisk;

/// A day with a forecast that was made before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForecastDay {
    /// What the day returned, as a fraction.
    pub actual_return: f64,
    /// What was forecast for it, as fractions; a loss is positive.
    pub forecast: TailRisk,
}

/// Days with forecasts for the same tail, in order. There is at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct TailForecasts {
    tail_probability: f64,
    days: Vec<ForecastDay>,
}

impl TailForecasts {
    /// Days in order, and the probability of the tail that was forecast for them, e.g. 0.025.
    ///
    /// # Errors
    /// [`NoFigure`] if there is no day, a return is NaN or infinite, or the probability is not between 0 and 1.
    pub fn new(tail_probability: f64, days: Vec<ForecastDay>) -> Result<TailForecasts, NoFigure> {
        let returns: Vec<f64> = days.iter().map(|day| day.actual_return).collect();
        loss_tail::check(&returns, tail_probability, 0)?;
        if days.is_empty() {
            return Err(NoFigure::new("no day has a forecast of its tail"));
        }
        Ok(TailForecasts { tail_probability, days })
    }

    /// The probability of the tail, e.g. 0.025.
    pub fn tail_probability(&self) -> f64 {
        self.tail_probability
    }

    /// Each day in order.
    pub fn days(&self) -> &[ForecastDay] {
        &self.days
    }

    /// The days that lost more than their value at risk.
    ///
    /// # Errors
    /// None in fact: days and probability were checked.
    pub fn exceedances(&self) -> Result<Exceedances, NoFigure> {
        Exceedances::new(self.tail_probability, self.days.iter().map(ForecastDay::is_exceeded).collect())
    }
}

impl ForecastDay {
    /// Whether the day lost more than its value at risk. A loss that equals it does not exceed it.
    pub fn is_exceeded(&self) -> bool {
        self.actual_return < -self.forecast.value_at_risk()
    }

    /// The pinball loss of the value at risk: how far the return lies from it, weighted with one less the tail's
    /// probability beyond it and with that probability before it.
    pub fn pinball_loss(&self, tail_probability: f64) -> f64 {
        let beyond = self.actual_return + self.forecast.value_at_risk();
        if self.is_exceeded() { (tail_probability - 1.0) * beyond } else { tail_probability * beyond }
    }

    /// What the day lost as a part of the expected shortfall: 1 if the forecast was met on average.
    ///
    /// # Errors
    /// [`NoFigure`] if the expected shortfall is no loss.
    pub fn part_of_shortfall(&self) -> Result<f64, NoFigure> {
        let shortfall = self.forecast.expected_shortfall();
        if shortfall <= 0.0 {
            return Err(NoFigure::new(format!("an expected shortfall of {shortfall} is no loss to compare with")));
        }
        Ok(-self.actual_return / shortfall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::forecast_days;

    #[test]
    fn days_are_compared_with_their_own_forecast() {
        let days = forecast_days(&[(-0.03, 0.02, 0.025), (-0.03, 0.03, 0.04), (0.01, 0.02, 0.025)]);
        let forecasts = TailForecasts::new(0.05, days).unwrap();
        assert_eq!(forecasts.exceedances().unwrap().by_day(), [true, false, false]);
    }

    #[test]
    fn there_is_a_day_a_number_and_a_probability() {
        let reason = |tail, days| TailForecasts::new(tail, days).unwrap_err().to_string();
        assert_eq!(reason(0.05, Vec::new()), "no day has a forecast of its tail");
        assert_eq!(reason(1.5, Vec::new()), "a tail probability of 1.5 is not between 0 and 1");
        let broken = forecast_days(&[(f64::NAN, 0.02, 0.03)]);
        assert_eq!(reason(0.05, broken), "return number 1 is not a finite number");
        let gaining = forecast_days(&[(0.01, -0.02, -0.01)]);
        assert!(gaining[0].part_of_shortfall().unwrap_err().to_string().contains("is no loss to compare with"));
    }
}
