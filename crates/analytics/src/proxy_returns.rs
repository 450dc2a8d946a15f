//! Returns that are missing, made from those of something else: a proxy.
//!
//! Of an instrument with a short history the days before it are filled by a proxy with a longer one. Over the days that
//! both have, the logarithmic returns of the instrument are regressed on those of the proxy. A missing day then has
//! slope times the proxy's return, and a residual of the days that both have: without it the days that are made would
//! be calmer than those that were observed, and all the more the less the two move together. Residuals are taken in
//! their own order, the last one for the last missing day, and again from the end when they are used up, so that
//! nothing is drawn and two instruments with the same days keep what their residuals have in common.
//!
//! The constant of the regression is left out: what an instrument earned besides in a few months says nothing of the
//! years before, and would hide losses if it was a gain.

use crate::statistics::{self, is_rounding, largest_magnitude};

/// Days that both must have before one is scaled to the other: about a quarter.
pub const COMMON_MIN: usize = 60;

/// What happens with fewer days in common than [`COMMON_MIN`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithFewDays {
    /// The returns of the proxy are taken as they are: somebody who knows has named it.
    AsTheyAre,
    /// Nothing is filled.
    Refuse,
}

/// Why nothing was filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFilled {
    /// Too few days have a return of both.
    #[error("has {0} days with a return in common with it, of which {COMMON_MIN} are needed")]
    FewDays(usize),
    /// What does not move cannot be scaled.
    #[error("did not move on the days that both have")]
    AtRest,
}

/// A row of returns whose gaps were filled.
#[derive(Clone, Debug, PartialEq)]
pub struct ProxiedReturns {
    /// Logarithmic returns: the instrument's own where it has one, else what the proxy says; NaN where it has none.
    pub returns: Vec<f64>,
    /// What a unit of the proxy's return counts; 1 if it is taken as it is.
    pub slope: f64,
    /// The days that both have.
    pub common_days: usize,
}

/// Fills the gaps of an instrument's returns by those of a proxy.
///
/// - Input: logarithmic returns of the same days in order, both before exchange rates; NaN where there is none.
/// - Output: `slope · proxy + residual` on the days that the instrument lacks and the proxy has. Own returns stay as
///   they are.
/// - Edge: an instrument that never moved has a slope of zero.
/// - Source: Page, *How to Combine Long and Short Return Histories Efficiently*, Financial Analysts Journal 69 (2013);
///   Stambaugh, *Analyzing Investments Whose Histories Differ in Length*, Journal of Financial Economics 45 (1997).
///
/// # Errors
/// [`NotFilled`] if there are fewer than [`COMMON_MIN`] days in common and nothing may be taken as it is, or if there
/// are as many and the proxy rested on all of them.
pub fn fill(own: &[f64], proxy: &[f64], with_few: WithFewDays) -> Result<ProxiedReturns, NotFilled> {
    debug_assert_eq!(own.len(), proxy.len(), "both have the same days");
    let common = own.iter().zip(proxy).filter(|(own, proxy)| own.is_finite() && proxy.is_finite());
    let (own_common, proxy_common): (Vec<f64>, Vec<f64>) = common.unzip();
    let common_days = own_common.len();
    let (slope, residuals) = match with_few {
        _ if COMMON_MIN <= common_days => regress(&own_common, &proxy_common).ok_or(NotFilled::AtRest)?,
        WithFewDays::AsTheyAre => (1.0, Vec::new()),
        WithFewDays::Refuse => return Err(NotFilled::FewDays(common_days)),
    };
    let mut returns = own.to_vec();
    let mut unused = residuals.iter().rev().copied().cycle();
    for (place, proxy) in returns.iter_mut().zip(proxy).rev() {
        if place.is_nan() && proxy.is_finite() {
            *place = slope * proxy + unused.next().unwrap_or(0.0);
        }
    }
    Ok(ProxiedReturns { returns, slope, common_days })
}

/// The slope of least squares with a constant, and what it leaves of each day; none if the proxy did not move.
fn regress(own: &[f64], proxy: &[f64]) -> Option<(f64, Vec<f64>)> {
    let (mean_own, mean_proxy) = (statistics::mean(own)?, statistics::mean(proxy)?);
    let moves: Vec<f64> = proxy.iter().map(|number| number - mean_proxy).collect();
    if is_rounding(largest_magnitude(&moves), largest_magnitude(proxy)) {
        return None;
    }
    let spread = statistics::neumaier_sum(moves.iter().map(|number| number * number));
    let both = statistics::neumaier_sum(own.iter().zip(&moves).map(|(own, proxy)| (own - mean_own) * proxy));
    let slope = both / spread;
    let left = own.iter().zip(&moves).map(|(own, proxy)| own - mean_own - slope * proxy).collect();
    Some((slope, left))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_series::{assert_close, assert_within};

    const DAYS: usize = 100;

    /// Thousandths that jump about: `place · step mod size`, around zero.
    fn wave(step: u32, size: u32) -> Vec<f64> {
        (0..100_u32).map(|place| (f64::from(place * step % size) - f64::from(size / 2)) / 1000.0).collect()
    }

    /// The first 30 days of 100 are missing.
    fn late(mut numbers: Vec<f64>) -> Vec<f64> {
        numbers[..30].fill(f64::NAN);
        numbers
    }

    #[test]
    fn as_numpy_fills_them() {
        // numpy.polyfit of 0.5 · proxy + other + 0.002 on the proxy, over days 30 to 99: b, b · p[29] + residuals[-1],
        // and b · p[0] + residuals[-30].
        let (proxy, other) = (wave(37, 41), wave(29, 17));
        let own = late(proxy.iter().zip(&other).map(|(proxy, other)| 0.5 * proxy + other + 0.002).collect());
        let found = fill(&own, &proxy, WithFewDays::Refuse).unwrap();
        assert_eq!(found.common_days, 70);
        assert_within(found.slope, 0.537_345_092_816_964, 1e-12);
        assert_within(found.returns[29], 0.000_218_015_441_599_173_25, 1e-12);
        assert_within(found.returns[0], -0.011_281_984_558_400_826, 1e-12);
        assert_eq!(found.returns[30..], own[30..]);
    }

    #[test]
    fn what_moves_twice_as_much_is_twice_as_much_before() {
        // Nothing is left of any day, and what was earned besides is not carried back.
        let proxy = wave(37, 41);
        let own = late(proxy.iter().map(|number| 2.0 * number + 0.01).collect());
        let found = fill(&own, &proxy, WithFewDays::Refuse).unwrap();
        assert_close(found.slope, 2.0);
        for (place, number) in proxy.iter().enumerate().take(30) {
            assert_within(found.returns[place], 2.0 * number, 1e-15);
        }
    }

    #[test]
    fn residuals_come_in_their_order_and_again_from_the_end() {
        // 35 days are missing before 60 and five after them; the residuals are used from the end on.
        let proxy: Vec<f64> = (0..DAYS).map(|place| if place % 2 == 0 { 0.01 } else { -0.01 }).collect();
        let mut own: Vec<f64> = wave(29, 17);
        own[..35].fill(f64::NAN);
        own[95..].fill(f64::NAN);
        let found = fill(&own, &proxy, WithFewDays::Refuse).unwrap();
        assert_eq!(found.common_days, 60);
        let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / 60.0;
        let (own_mean, proxy_mean) = (mean(&own[35..95]), mean(&proxy[35..95]));
        let residual = |place: usize| own[place] - own_mean - found.slope * (proxy[place] - proxy_mean);
        assert_within(found.returns[99], found.slope * proxy[99] + residual(94), 1e-15);
        assert_within(found.returns[95], found.slope * proxy[95] + residual(90), 1e-15);
        assert_within(found.returns[34], found.slope * proxy[34] + residual(89), 1e-15);
        assert_within(found.returns[0], found.slope * proxy[0] + residual(55), 1e-15);
    }

    #[test]
    fn with_few_days_only_what_was_named_stands_in_and_as_it_is() {
        let proxy = wave(37, 41);
        let mut own = wave(29, 17);
        own[..41].fill(f64::NAN);
        let refused = fill(&own, &proxy, WithFewDays::Refuse).unwrap_err();
        assert_eq!(refused.to_string(), "has 59 days with a return in common with it, of which 60 are needed");
        let found = fill(&own, &proxy, WithFewDays::AsTheyAre).unwrap();
        assert_eq!(found.returns[..41], proxy[..41]);
        assert_eq!(found.returns[41..], own[41..]);
        assert_close(found.slope, 1.0);
    }

    #[test]
    fn a_proxy_that_rests_or_has_gaps_says_nothing_there() {
        let own = late(wave(29, 17));
        assert_eq!(fill(&own, &[0.001; DAYS], WithFewDays::AsTheyAre), Err(NotFilled::AtRest));
        let mut proxy = wave(37, 41);
        proxy[7] = f64::NAN;
        let found = fill(&own, &proxy, WithFewDays::Refuse).unwrap();
        assert!(found.returns[7].is_nan());
        assert_eq!(found.returns.iter().filter(|number| number.is_nan()).count(), 1);
    }

    proptest! {
        #[test]
        fn what_is_made_varies_as_what_was_observed(
            seed in 1..97_u32,
            missing in 1..40_usize,
            loading in -2.0..2.0_f64,
        ) {
            let proxy = wave(37, 41);
            let other = wave(seed, 53);
            let full: Vec<f64> = proxy.iter().zip(&other).map(|(proxy, other)| loading * proxy + other).collect();
            let mut own = full;
            own[..missing].fill(f64::NAN);
            let found = fill(&own, &proxy, WithFewDays::Refuse).unwrap();
            prop_assert!(found.returns.iter().all(|number| number.is_finite()));
            // Own days are own days, and the residuals of all that both have add up to nothing.
            prop_assert_eq!(&found.returns[missing..], &own[missing..]);
            let least = own[missing..].iter().zip(&proxy[missing..]);
            let mean_own = own[missing..].iter().sum::<f64>() / (DAYS - missing) as f64;
            let mean_proxy = proxy[missing..].iter().sum::<f64>() / (DAYS - missing) as f64;
            let residuals: Vec<f64> =
                least.map(|(own, proxy)| own - mean_own - found.slope * (proxy - mean_proxy)).collect();
            for (place, number) in found.returns[..missing].iter().enumerate() {
                let residual = number - found.slope * proxy[place];
                prop_assert!(residuals.iter().any(|known| (known - residual).abs() <= 1e-12));
            }
        }
    }
}
