//! A series while its measures are taken: what several of them need is made once.

use std::cell::OnceCell;

use schemas::BusinessDate;

use crate::compounding::no_returns;
use crate::digest::worst::Worst;
use crate::digest::{ReturnDigest, TAIL_MAX};
use crate::figure::NoFigure;
use crate::relative::{self, JointMoments};
use crate::series::PerformanceSeries;

/// A series of which measures are taken.
///
/// What a measure asks for is made the first time and kept: the returns beside each other, their digest, the worst of
/// them, the benchmark's returns of the same days. The series is checked first; a defect takes every figure with it.
#[derive(Debug)]
pub struct Measured<'a> {
    series: &'a PerformanceSeries,
    /// Whether returns are linked up to any depth, or not across a loss of more than everything.
    is_unbroken: bool,
    broken_on: OnceCell<Option<BusinessDate>>,
    returns: OnceCell<Result<Vec<f64>, NoFigure>>,
    digest: OnceCell<ReturnDigest>,
    worst: OnceCell<Worst>,
    benchmark: OnceCell<Result<Vec<f64>, NoFigure>>,
    joint: OnceCell<JointMoments>,
}

impl<'a> Measured<'a> {
    /// A series of which nothing has been measured yet, as house and statements measure it: where more than everything
    /// was lost on a day, what was left is a debt and no capital, and the returns before and after are no chain. No
    /// figure of the returns goes across such a day.
    pub fn unbroken(series: &'a PerformanceSeries) -> Measured<'a> {
        Measured { is_unbroken: true, ..Measured::new(series) }
    }

    /// A series of which nothing has been measured yet, for a comparison with programs that link whatever there is.
    pub fn new(series: &'a PerformanceSeries) -> Measured<'a> {
        Measured {
            series,
            is_unbroken: false,
            broken_on: OnceCell::new(),
            returns: OnceCell::new(),
            digest: OnceCell::new(),
            worst: OnceCell::new(),
            benchmark: OnceCell::new(),
            joint: OnceCell::new(),
        }
    }

    /// The series, whether it has a defect or not.
    pub fn series(&self) -> &'a PerformanceSeries {
        self.series
    }

    /// Whether anything can be measured at all.
    ///
    /// # Errors
    /// [`NoFigure`] naming the defect of the series.
    pub(crate) fn check(&self) -> Result<(), NoFigure> {
        self.checked().map(|_| ())
    }

    /// The daily returns in order of date; there is at least one.
    ///
    /// # Errors
    /// [`NoFigure`] if the series has a defect or no return, or is not linked across a day of it.
    pub(crate) fn returns(&self) -> Result<&[f64], NoFigure> {
        let returns = self.checked()?;
        if returns.is_empty() {
            return Err(no_returns(self.series));
        }
        match self.broken_on() {
            Some(date) => Err(NoFigure::new(format!(
                "more than everything was lost on {date}: a debt was left, and returns are not linked across it"
            ))),
            None => Ok(returns),
        }
    }

    /// The first day on which the chain of returns breaks, if that counts.
    fn broken_on(&self) -> Option<BusinessDate> {
        let find = || self.series.returns.iter().find(|day| day.number < -1.0).map(|day| day.date);
        if self.is_unbroken { *self.broken_on.get_or_init(find) } else { None }
    }

    /// What the returns come to.
    ///
    /// # Errors
    /// [`NoFigure`] if the series has a defect or no return.
    pub(crate) fn digest(&self) -> Result<&ReturnDigest, NoFigure> {
        if let Some(digest) = self.digest.get() {
            return Ok(digest);
        }
        let digest = ReturnDigest::of(self.returns()?).ok_or_else(|| no_returns(self.series))?;
        Ok(self.digest.get_or_init(|| digest))
    }

    /// The worst returns: as many as a tail of 5 % reaches into.
    ///
    /// # Errors
    /// [`NoFigure`] if the series has a defect or no return.
    pub(crate) fn worst(&self) -> Result<&Worst, NoFigure> {
        let returns = self.returns()?;
        Ok(self.worst.get_or_init(|| Worst::of(returns, TAIL_MAX)))
    }

    /// The benchmark's returns of the days of [`Measured::returns`].
    ///
    /// # Errors
    /// [`NoFigure`] as [`relative::benchmark`] has it.
    pub(crate) fn benchmark(&self) -> Result<&[f64], NoFigure> {
        self.check()?;
        let aligned = self.benchmark.get_or_init(|| relative::benchmark(self.series));
        aligned.as_deref().map_err(NoFigure::clone)
    }

    /// Whether there is a figure of one day: of a series of weeks there is none.
    ///
    /// # Errors
    /// [`NoFigure`] if the series has a defect or its returns are not daily.
    pub(crate) fn check_daily(&self) -> Result<(), NoFigure> {
        self.check()?;
        self.series.sampling.check_daily()
    }

    /// What the returns and those of the benchmark come to beside each other.
    ///
    /// # Errors
    /// [`NoFigure`] as [`relative::benchmark`] has it, or if there is one day only.
    pub(crate) fn joint_moments(&self) -> Result<&JointMoments, NoFigure> {
        if let Some(moments) = self.joint.get() {
            return Ok(moments);
        }
        let moments = relative::joint_moments(self.series, self.returns()?, self.benchmark()?)?;
        Ok(self.joint.get_or_init(|| moments))
    }

    fn checked(&self) -> Result<&[f64], NoFigure> {
        let known = self.returns.get_or_init(|| self.series.check().map(|()| self.series.daily_returns()));
        known.as_deref().map_err(NoFigure::clone)
    }
}

#[cfg(test)]
mod tests {
    use schemas::MeasureValue;

    use super::*;
    use crate::measures::measure;
    use crate::sample_series::of_returns;

    #[test]
    fn nothing_is_linked_across_a_loss_of_more_than_everything() {
        let series = of_returns(&[0.02, -1.5, 0.04]);
        for id in ["twr", "volatility", "max_drawdown", "sharpe_rf0", "var_hist_95"] {
            let measure = measure(id).expect("listed");
            let withheld = measure.reported(&Measured::unbroken(&series));
            let said = "more than everything was lost";
            assert!(matches!(&withheld, MeasureValue::Unavailable(reason) if reason.contains(said)), "{id}");
            assert!(measure.reported(&Measured::new(&series)).number().is_some(), "{id}");
        }
        // Everything lost is a return like others: 1.02 · 0 − 1.
        let lost = of_returns(&[0.02, -1.0]);
        let twr = measure("twr").expect("listed");
        assert_eq!(twr.reported(&Measured::unbroken(&lost)).number(), Some(-1.0));
    }
}
