//! Are the losses beyond the value at risk as large as the expected shortfall says?

use super::ForecastScore;
use crate::figure::NoFigure;
use crate::statistics;
use crate::tail_forecasts::TailForecasts;

/// Acerbi and Szekely's first statistic: one less the mean loss of the days that exceeded their value at risk, each as
/// a part of its expected shortfall.
///
/// `Z₁ = 1 + Σ rₜ Iₜ / ESₜ / Σ Iₜ`, with `Iₜ` one on days that lost more than the value at risk. Zero if losses beyond
/// it are as large as forecast; −0.2 if they are larger by a fifth.
///
/// - Input: days with forecasts that were made before them.
/// - Edge: it does not see how often the value at risk is exceeded; a test of exceedances does.
/// - Unavailable: no day exceeded its value at risk; the expected shortfall of one that did is no loss.
/// - Source: Acerbi and Szekely, *Backtesting Expected Shortfall*, MSCI (2014), test 1.
pub static SCORE: ForecastScore = ForecastScore {
    id: "acerbi_szekely_conditional",
    title: "Size of losses beyond the value at risk (Acerbi-Szekely)",
    definition: "One less the mean loss of the days that exceeded their value at risk, each as a part of its expected \
                 shortfall. Below zero losses were larger than forecast.",
    score,
};

fn score(forecasts: &TailForecasts) -> Result<f64, NoFigure> {
    let exceeded = forecasts.days().iter().filter(|day| day.is_exceeded());
    let parts = exceeded.map(|day| day.part_of_shortfall()).collect::<Result<Vec<f64>, NoFigure>>()?;
    match statistics::mean(&parts) {
        Some(mean) => Ok(1.0 - mean),
        None => Err(NoFigure::new("no day lost more than its value at risk")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::{assert_close, forecast_days};

    #[test]
    fn two_exceedances() {
        // 3 and 5 % lost where 2.5 and 4 % were forecast: 1 − (1.2 + 1.25) / 2. The quiet days do not count.
        let days =
            forecast_days(&[(-0.03, 0.02, 0.025), (0.01, 0.02, 0.025), (-0.05, 0.03, 0.04), (-0.03, 0.03, 0.04)]);
        assert_close(score(&TailForecasts::new(0.025, days).unwrap()).unwrap(), -0.225);
    }

    #[test]
    fn without_an_exceedance_there_is_nothing_to_judge() {
        let days = forecast_days(&[(-0.01, 0.02, 0.025)]);
        let reason = score(&TailForecasts::new(0.025, days).unwrap()).unwrap_err().to_string();
        assert_eq!(reason, "no day lost more than its value at risk");
    }
}
