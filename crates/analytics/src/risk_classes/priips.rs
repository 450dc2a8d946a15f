//! The market risk measure and the summary risk indicator of packaged products for retail investors (PRIIPs).

use super::{RiskClass, RiskScale};
use crate::figure::NoFigure;
use crate::statistics;

/// The longest holding period in years: more is a mistake.
const YEARS_MAX: f64 = 100.0;

/// Years of returns that are used if there are so many.
const YEARS_USED: usize = 5;

/// The normal quantile of the 2.5 % tail, as the regulation rounds it.
const QUANTILE: f64 = 1.96;

/// Classes of the credit risk measure.
const CREDIT_CLASSES: u8 = 6;

/// Market risk by the volatility that a normal distribution with the same value at risk would have.
///
/// - Input: [`equivalent_volatility`] for products of category 2: those whose value follows what they invest in.
/// - Edge: derivatives and products that are priced less often than monthly (category 1) are in class 6 or 7 by law;
///   products with a payoff (category 3) are simulated. Neither is done here.
/// - Source: Delegated Regulation (EU) 2017/653, annex II, part 1, point 2, as amended by (EU) 2021/2268: each bound
///   belongs to the class that begins with it.
pub static SCALE: RiskScale = RiskScale {
    id: "priips",
    title: "Market risk measure (PRIIPs)",
    definition: "The class of the volatility a year that a normal distribution would need for the value at risk of \
                 97.5 % over the recommended holding period, made of returns with their skewness and excess kurtosis.",
    bounds: [0.005, 0.05, 0.12, 0.20, 0.30, 0.80],
};

/// How far returns are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceInterval {
    /// A trading day: at least two years of returns.
    Daily,
    /// A week: at least four years.
    Weekly,
    /// A month: at least five years.
    Monthly,
}

/// The class of the issuer's credit risk, from 1 (the least) to 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreditRiskClass(u8);

impl PriceInterval {
    /// Trading periods a year. The regulation leaves the number of trading days open; the supervisors' own example has
    /// 256.
    fn per_year(self) -> usize {
        match self {
            PriceInterval::Daily => 256,
            PriceInterval::Weekly => 52,
            PriceInterval::Monthly => 12,
        }
    }

    /// The returns that there must be: two years of daily ones (on a market with 252 days), four of weekly ones, five
    /// of monthly ones.
    fn returns_min(self) -> usize {
        match self {
            PriceInterval::Daily => 504,
            PriceInterval::Weekly => 208,
            PriceInterval::Monthly => 60,
        }
    }
}

impl CreditRiskClass {
    /// A class by its number.
    ///
    /// # Errors
    /// [`NoFigure`] if the number is not from 1 to 6.
    pub fn new(number: u8) -> Result<CreditRiskClass, NoFigure> {
        if (1..=CREDIT_CLASSES).contains(&number) {
            return Ok(CreditRiskClass(number));
        }
        Err(NoFigure::new(format!("a credit risk class of {number} is not from 1 to {CREDIT_CLASSES}")))
    }

    /// The number, from 1 to 6.
    pub fn number(self) -> u8 {
        self.0
    }
}

/// The volatility a year whose normal distribution has the same value at risk over the holding period: `(√(3.842 −
/// 2 VaR) − 1.96) / √T`.
///
/// - Input: logarithmic returns as fractions, in order of date, the last five years of which count; the recommended
///   holding period `T` in years.
/// - Output: fraction per year.
/// - Source: Delegated Regulation (EU) 2017/653, annex II, part 1, on category 2.
///
/// # Errors
/// [`NoFigure`] if there are fewer than two years of daily, four of weekly or five of monthly returns, a return is NaN
/// or infinite, returns do not vary, the holding period is not above zero and at most a hundred years, or skewness and
/// kurtosis leave no volatility.
pub fn equivalent_volatility(log_returns: &[f64], interval: PriceInterval, years: f64) -> Result<f64, NoFigure> {
    if !(0.0 < years && years <= YEARS_MAX) {
        return Err(NoFigure::new(format!("a holding period of {years} years is not above 0 and at most {YEARS_MAX}")));
    }
    let per_year = interval.per_year();
    let wanted = interval.returns_min();
    if log_returns.len() < wanted {
        return Err(NoFigure::new(format!("not enough returns: {} of {wanted}", log_returns.len())));
    }
    let first = log_returns.len().saturating_sub(per_year * YEARS_USED);
    let counted = log_returns.get(first..).unwrap_or_default();
    if let Some(position) = counted.iter().position(|number| !number.is_finite()) {
        return Err(NoFigure::new(format!("return number {} is not a finite number", first + position + 1)));
    }
    volatility_of_risk(value_at_risk(&moments_of(counted)?, years * per_year as f64), years)
}

/// The summary risk indicator: market risk, raised where the issuer may not pay.
///
/// - Source: Delegated Regulation (EU) 2017/653, annex II, part 3.
pub fn summary_risk_indicator(market: RiskClass, credit: CreditRiskClass) -> RiskClass {
    let at_least = match credit.number() {
        1 | 2 => 1,
        3 => 3,
        4 | 5 => 5,
        _ => 6,
    };
    market.max(RiskClass(at_least))
}

/// What the formula of the regulation takes of a period's logarithmic returns.
struct ReturnMoments {
    variance: f64,
    skewness: f64,
    excess_kurtosis: f64,
}

fn moments_of(log_returns: &[f64]) -> Result<ReturnMoments, NoFigure> {
    let Some(moments) = statistics::moments(log_returns) else {
        return Err(NoFigure::new("no return"));
    };
    match (moments.skewness(), moments.excess_kurtosis()) {
        (Some(skewness), Some(excess_kurtosis)) => {
            Ok(ReturnMoments { variance: moments.variance, skewness, excess_kurtosis })
        }
        _ => Err(NoFigure::new("the returns do not vary")),
    }
}

/// The logarithmic return over so many trading periods that is not reached with 2.5 %, without its mean:
/// `σ√N (−1.96 + 0.474 μ₁/√N − 0.0687 μ₂/N + 0.146 μ₁²/N) − 0.5 σ² N`.
fn value_at_risk(moments: &ReturnMoments, periods: f64) -> f64 {
    let root = periods.sqrt();
    let quantile = -QUANTILE + 0.474 * moments.skewness / root - 0.0687 * moments.excess_kurtosis / periods
        + 0.146 * moments.skewness * moments.skewness / periods;
    (moments.variance * periods).sqrt() * quantile - 0.5 * moments.variance * periods
}

fn volatility_of_risk(value_at_risk: f64, years: f64) -> Result<f64, NoFigure> {
    let volatility = ((3.842 - 2.0 * value_at_risk).sqrt() - QUANTILE) / years.sqrt();
    if volatility.is_nan() || volatility < 0.0 {
        return Err(NoFigure::new("skewness and kurtosis are so far from normal that no volatility has this risk"));
    }
    Ok(volatility)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_within};

    fn class(number: u8) -> RiskClass {
        RiskClass::new(number).unwrap()
    }

    #[test]
    fn bounds_as_printed() {
        // Annex II, part 1, point 2: < 0.5 %, from 0.5, from 5, from 12, from 20, from 30 and from 80 %.
        let printed = [(0.0, 1), (0.004_999, 1), (0.005, 2), (0.049_999, 2), (0.05, 3), (0.119_999, 3), (0.12, 4)];
        let higher = [(0.199_999, 4), (0.20, 5), (0.299_999, 5), (0.30, 6), (0.799_999, 6), (0.80, 7), (3.0, 7)];
        for (volatility, expected) in printed.into_iter().chain(higher) {
            assert_eq!(SCALE.class(volatility).unwrap(), class(expected), "{volatility}");
        }
    }

    /// Returns whose skewness and excess kurtosis are zero: a third of them at `√3` deviations, the others at none.
    fn as_if_normal(daily: f64, count: usize) -> Vec<f64> {
        let edge = daily * 3.0_f64.sqrt();
        [edge, 0.0, 0.0, -edge, 0.0, 0.0].into_iter().cycle().take(count).collect()
    }

    #[test]
    fn normal_returns_have_their_own_volatility() {
        // 20 % a year is 20.00 %, over any holding period: √(3.842 + 2 · 1.96 s + s²) − 1.96 is s but for the 0.0004
        // that 3.842 is more than 1.96².
        let daily = 0.2 / 256.0_f64.sqrt();
        for years in [1.0, 3.0, 5.0] {
            let found = equivalent_volatility(&as_if_normal(daily, 1260), PriceInterval::Daily, years).unwrap();
            assert_within(found, 0.2, 1e-4);
        }
        let found =
            equivalent_volatility(&as_if_normal(0.1 / 12.0_f64.sqrt(), 60), PriceInterval::Monthly, 1.0).unwrap();
        assert_within(found, 0.1, 1e-4);
    }

    #[test]
    fn as_the_supervisors_print_it() {
        // Joint Committee of the European Supervisory Authorities, flow diagram for the risk and reward calculations,
        // JC 2017 49, page 8: 1,280 daily returns with a second moment of 0.000149905, a skewness of −0.351143435 and
        // a fourth moment of 1.46705e-7; over one year of 256 days a value at risk of −0.4053 and a volatility of
        // 0.1969 (both cut, not rounded).
        let (variance, fourth): (f64, f64) = (0.000_149_905, 1.467_05e-7);
        let excess_kurtosis = fourth / (variance * variance) - 3.0;
        let moments = ReturnMoments { variance, skewness: -0.351_143_435, excess_kurtosis };
        let risk = value_at_risk(&moments, 256.0);
        assert_within(risk, -0.4053, 1e-4);
        let volatility = volatility_of_risk(risk, 1.0).unwrap();
        assert_within(volatility, 0.1969, 1.5e-4);
        assert_eq!(SCALE.class(volatility).unwrap(), class(4));
        assert!(volatility_of_risk(2.0, 1.0).unwrap_err().to_string().contains("no volatility has this risk"));
    }

    #[test]
    fn skewness_and_kurtosis_count() {
        // −1, −1, 2 %: variance 2 (in percent), skewness √½, excess kurtosis −1.5. Over a year of twelve months:
        // 0.0489898 · (−1.96 + 0.335169/3.464102 + 0.10305/12 + 0.073/12) − 0.0012 = −0.0917613, and with it
        // √(3.842 + 0.1835226) − 1.96 = 0.0463705.
        let months: Vec<f64> = [-0.01, -0.01, 0.02].into_iter().cycle().take(60).collect();
        assert_within(value_at_risk(&moments_of(&months).unwrap(), 12.0), -0.091_761_3, 1e-7);
        let found = equivalent_volatility(&months, PriceInterval::Monthly, 1.0).unwrap();
        assert_within(found, 0.046_370_5, 1e-7);
        assert_eq!(SCALE.class(found).unwrap(), class(2));
        // Without the moments it would be 4.9 %.
        assert!(found < 2e-4_f64.sqrt() * 12.0_f64.sqrt());
    }

    #[test]
    fn only_the_last_five_years_count() {
        let mut longer = vec![0.5; 40];
        longer.extend(as_if_normal(0.03, 60));
        let plain = equivalent_volatility(&as_if_normal(0.03, 60), PriceInterval::Monthly, 5.0).unwrap();
        assert_close(equivalent_volatility(&longer, PriceInterval::Monthly, 5.0).unwrap(), plain);
    }

    #[test]
    fn what_has_no_volatility_says_why() {
        let reason =
            |returns: &[f64], interval, years| equivalent_volatility(returns, interval, years).unwrap_err().to_string();
        assert_eq!(reason(&[0.01; 503], PriceInterval::Daily, 1.0), "not enough returns: 503 of 504");
        assert_eq!(reason(&[0.01; 207], PriceInterval::Weekly, 1.0), "not enough returns: 207 of 208");
        assert_eq!(reason(&[0.01; 59], PriceInterval::Monthly, 1.0), "not enough returns: 59 of 60");
        assert_eq!(reason(&[0.01; 60], PriceInterval::Monthly, 1.0), "the returns do not vary");
        assert!(reason(&[0.01; 60], PriceInterval::Monthly, 0.0).contains("a holding period of 0 years"));
        let mut broken = vec![0.01; 60];
        broken[3] = f64::INFINITY;
        assert_eq!(reason(&broken, PriceInterval::Monthly, 1.0), "return number 4 is not a finite number");
    }

    #[test]
    fn credit_risk_raises_the_class_as_printed() {
        // Annex II, part 3: rows are credit risk classes 1 to 6, columns market risk classes 1 to 7.
        let printed = [
            [1, 2, 3, 4, 5, 6, 7],
            [1, 2, 3, 4, 5, 6, 7],
            [3, 3, 3, 4, 5, 6, 7],
            [5, 5, 5, 5, 5, 6, 7],
            [5, 5, 5, 5, 5, 6, 7],
            [6, 6, 6, 6, 6, 6, 7],
        ];
        for (credit, row) in (1..).zip(printed) {
            for (market, expected) in (1..).zip(row) {
                let credit = CreditRiskClass::new(credit).unwrap();
                assert_eq!(summary_risk_indicator(class(market), credit), class(expected));
            }
        }
        assert!(CreditRiskClass::new(0).is_err() && CreditRiskClass::new(7).is_err());
    }

    proptest! {
        #[test]
        fn volatility_grows_with_the_returns(factor in 1.01..5.0_f64, years in 0.5..10.0_f64) {
            let small = equivalent_volatility(&as_if_normal(0.01, 60), PriceInterval::Monthly, years).unwrap();
            let large = equivalent_volatility(&as_if_normal(0.01 * factor, 60), PriceInterval::Monthly, years).unwrap();
            prop_assert!(small < large);
        }
    }
}
