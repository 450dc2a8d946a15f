//! Returns of a stretch of days, linked from gold.daily_returns by the rules of the measures.
//!
//! A night keeps the returns of its periods; those of calendar months and years, and of the benchmark, follow from the
//! same days.

use analytics::measures::{benchmark_return, twr, twr_before_fees, twr_before_taxes};
use analytics::{DatedNumber, Measured, PerformanceSeries, PeriodMoney, Sampling};
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, MeasureValue};

/// What a portfolio and its benchmark earned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LinkedReturns {
    /// Before fees and taxes.
    pub(crate) gross: MeasureValue,
    /// After fees, before taxes.
    pub(crate) net_of_fees: MeasureValue,
    /// After fees and taxes.
    pub(crate) net: MeasureValue,
    /// What the benchmark earned on the same days.
    pub(crate) benchmark: MeasureValue,
}

/// The returns of some days, which lie after the opening date and are in order.
pub(crate) fn linked(
    portfolio: &Portfolio,
    opening_date: BusinessDate,
    end_date: BusinessDate,
    days: &[DailyReturn],
) -> LinkedReturns {
    if let Some(day) = days.iter().find(|day| !is_known(day)) {
        let date = day.business_date;
        let reason = format!("the value or a flow of {date} is unknown; see the exceptions of that date");
        return unavailable(&reason);
    }
    let has_benchmark = portfolio.benchmark_symbol.is_some() || portfolio.benchmark_blend.is_some();
    let series = PerformanceSeries {
        opening_date,
        end_date,
        opening_value: 0.0,
        values: Vec::new(),
        returns: earned(days, |day| day.return_fraction),
        returns_before_fees: Some(earned(days, |day| day.return_before_fees_fraction)),
        returns_before_taxes: Some(earned(days, |day| day.return_before_taxes_fraction)),
        sampling: Sampling::Daily252,
        flows: Vec::new(),
        risk_free: None,
        benchmark: has_benchmark.then(|| earned(days, |day| day.benchmark_return_fraction)),
        money: PeriodMoney::default(),
    };
    let measured = Measured::unbroken(&series);
    LinkedReturns {
        gross: twr_before_fees::MEASURE.reported(&measured),
        net_of_fees: twr_before_taxes::MEASURE.reported(&measured),
        net: twr::MEASURE.reported(&measured),
        benchmark: benchmark_return::MEASURE.reported(&measured),
    }
}

/// The returns of days of which something is unknown.
pub(crate) fn unavailable(reason: &str) -> LinkedReturns {
    let none = || MeasureValue::Unavailable(reason.to_owned());
    LinkedReturns { gross: none(), net_of_fees: none(), net: none(), benchmark: none() }
}

/// Whether the values and flows of a day are known; one without capital has no return all the same.
pub(crate) fn is_known(day: &DailyReturn) -> bool {
    [day.begin_value, day.inflow, day.outflow, day.end_value].iter().all(Option::is_some)
}

fn earned(days: &[DailyReturn], fraction: fn(&DailyReturn) -> Option<f64>) -> Vec<DatedNumber> {
    let dated = |day: &DailyReturn| fraction(day).map(|number| DatedNumber { date: day.business_date, number });
    days.iter().filter_map(dated).collect()
}
