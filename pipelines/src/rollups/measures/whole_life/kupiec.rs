//! Kupiec's test of the historical value at risk, over a portfolio's whole life.
//!
//! Every day with 250 returns before it has a forecast, made of those 250. The test is not one of the measures: a
//! rebuild computes each of these for every date, and each date would try the whole life again.

use analytics::backtests::{TestOutcome, kupiec};
use analytics::exceedances::rolling_historical;
use analytics::{NoFigure, PerformanceSeries};
use schemas::MeasureValue;

/// How many returns a forecast is made of: those of about a year.
const WINDOW: usize = 250;

/// The fewest returns of which there is a figure: with fewer than 50 forecasts the test can tell nothing.
const RETURNS_MIN: usize = 300;

/// A tail that is tested, and the ids of what comes out.
struct Tail {
    probability: f64,
    exceptions: &'static str,
    likelihood_ratio: &'static str,
    p_value: &'static str,
}

const TAILS: [Tail; 2] = [
    Tail {
        probability: 0.05,
        exceptions: "kupiec_95_exceptions",
        likelihood_ratio: "kupiec_95_lr",
        p_value: "kupiec_95_p_value",
    },
    Tail {
        probability: 0.01,
        exceptions: "kupiec_99_exceptions",
        likelihood_ratio: "kupiec_99_lr",
        p_value: "kupiec_99_p_value",
    },
];

/// The number of exceedances, the likelihood ratio and the p-value of each tail, by their ids; the same reason for all
/// of them if the series has none.
pub(super) fn figures(series: &Result<PerformanceSeries, String>) -> Vec<(&'static str, MeasureValue)> {
    let returns = match series {
        Ok(series) => series.check().map(|()| series.daily_returns()),
        Err(reason) => Err(NoFigure::new(reason.clone())),
    };
    let mut figures = Vec::with_capacity(3 * TAILS.len());
    for tail in &TAILS {
        let tested = returns.as_ref().map_err(NoFigure::clone).and_then(|known| backtest(known, tail.probability));
        let ids = [tail.exceptions, tail.likelihood_ratio, tail.p_value];
        match tested {
            Ok((exceedances, outcome)) => {
                let numbers = [exceedances as f64, outcome.statistic, outcome.p_value];
                let named = ids.into_iter().zip(numbers);
                figures.extend(named.map(|(id, number)| (id, MeasureValue::finite(number, id))));
            }
            Err(reason) => figures.extend(ids.map(|id| (id, MeasureValue::from(reason.clone())))),
        }
    }
    figures
}

/// How many days exceeded the value at risk, and what the test makes of them.
fn backtest(returns: &[f64], tail_probability: f64) -> Result<(usize, TestOutcome), NoFigure> {
    if returns.len() < RETURNS_MIN {
        let found = returns.len();
        return Err(NoFigure::new(format!("not enough daily returns for a backtest: {found} of {RETURNS_MIN}")));
    }
    let exceedances = rolling_historical(returns, WINDOW, tail_probability)?;
    Ok((exceedances.count(), kupiec::proportion_of_failures(&exceedances)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 250 days between a gain and a loss of 1 %, and 50 more of which every tenth loses 2 %.
    fn returns() -> Vec<f64> {
        let usual = |day: usize| if day.is_multiple_of(2) { 0.01 } else { -0.01 };
        (0..300).map(|day| if 250 <= day && day % 10 == 0 { -0.02 } else { usual(day) }).collect()
    }

    #[track_caller]
    fn assert_tested(tail_probability: f64, exceedances: usize, statistic: f64, p_value: f64) {
        let (found, outcome) = backtest(&returns(), tail_probability).expect("300 returns");
        assert_eq!(found, exceedances);
        assert!((outcome.statistic - statistic).abs() < 1e-12, "{} is not {statistic}", outcome.statistic);
        assert!((outcome.p_value - p_value).abs() < 1e-12, "{} is not {p_value}", outcome.p_value);
    }

    #[test]
    fn five_large_losses_in_fifty_days() {
        // At 5 % the edge lies between the 13th and the 14th worst, which lost 1 % all the time: five of fifty exceed.
        // 2 [5 ln(0.1 / 0.05) + 45 ln(0.9 / 0.95)]; the p-value by the error function of Python.
        assert_tested(0.05, 5, 2.065_421_891_274_639_6, 0.150_673_225_107_914_78);
        // At 1 % it lies between the 3rd and the 4th worst: after four losses of 2 % it is one itself, and the fifth
        // does not exceed it. 2 [4 ln(0.08 / 0.01) + 46 ln(0.92 / 0.99)].
        assert_tested(0.01, 4, 9.889_055_209_568_13, 0.001_662_647_136_695_433_4);
    }

    #[test]
    fn below_three_hundred_returns_nothing_is_said() {
        let reason = backtest(&returns()[1..], 0.05).expect_err("299 returns").to_string();
        assert_eq!(reason, "not enough daily returns for a backtest: 299 of 300");
    }

    #[test]
    fn without_a_series_every_figure_has_its_reason() {
        let named = figures(&Err("no day was valued".to_owned()));
        let ids: Vec<&str> = named.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids[..3], ["kupiec_95_exceptions", "kupiec_95_lr", "kupiec_95_p_value"]);
        assert_eq!(ids[3..], ["kupiec_99_exceptions", "kupiec_99_lr", "kupiec_99_p_value"]);
        for (id, value) in named {
            assert_eq!(value, MeasureValue::unavailable("no day was valued"), "{id}");
        }
    }
}
