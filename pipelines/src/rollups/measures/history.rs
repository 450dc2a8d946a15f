//! A portfolio's history, and the parts of it that belong to a period.

use analytics::observed_days::{ObservedDay, Stretch, linked, observed};
use analytics::{DatedNumber, PerformanceSeries, PeriodMoney, RiskFree, Sampling};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, GroupId, HolidayCalendar, ReportingPeriod};

/// Valuation dates before a period that are looked at for the rhythm of its returns.
const EARLIER_DAYS: usize = 400;

/// What is known of those whose history it is.
pub(super) struct Owner {
    /// The id of the portfolio or group.
    pub(super) id: String,
    pub(super) start_date: BusinessDate,
    end_date: Option<BusinessDate>,
    has_benchmark: bool,
    risk_free_annual: Option<f64>,
    has_dated_risk_free: bool,
    /// The portfolio, if it is one.
    pub(super) portfolio: Option<Portfolio>,
    /// What to call it in a reason.
    noun: &'static str,
}

impl Owner {
    pub(super) fn portfolio(portfolio: &Portfolio) -> Owner {
        Owner {
            id: portfolio.portfolio_id.to_string(),
            start_date: portfolio.start_date,
            end_date: portfolio.end_date,
            has_benchmark: portfolio.benchmark_symbol.is_some() || portfolio.benchmark_blend.is_some(),
            risk_free_annual: portfolio.risk_free_annual,
            has_dated_risk_free: portfolio.risk_free_source.is_some(),
            portfolio: Some(portfolio.clone()),
            noun: "portfolio",
        }
    }

    /// A group of portfolios, which has neither a benchmark nor a rate without risk.
    pub(super) fn group(id: &GroupId, start_date: BusinessDate) -> Owner {
        Owner {
            id: id.to_string(),
            start_date,
            end_date: None,
            has_benchmark: false,
            risk_free_annual: None,
            has_dated_risk_free: false,
            portfolio: None,
            noun: "group",
        }
    }
}

/// One history, in order of date.
pub(super) struct History {
    pub(super) owner: Owner,
    pub(super) days: Vec<Day>,
    pub(super) flows: Vec<Flow>,
    pub(super) counted: Counted,
}

/// Which valuation dates have a return of their own in a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// Those on which something that was held was observed; the series has the rhythm that they have (docs/adr/0024).
    Observed,
    /// All of them, as those of trading days.
    Every,
}

/// The series from which the measures of a date and a period are computed, or why there are none. Rows are in order of
/// date.
pub(crate) fn series_on(
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    flows: &[CashFlow],
    date: BusinessDate,
    period: ReportingPeriod,
) -> Result<PerformanceSeries, String> {
    series_of(Counted::Observed, (portfolio, returns, flows), date, period)
}

/// The same with a return for each valuation date, for what asks how a period grew day by day.
pub(crate) fn series_of_every_date(
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    flows: &[CashFlow],
    date: BusinessDate,
    period: ReportingPeriod,
) -> Result<PerformanceSeries, String> {
    series_of(Counted::Every, (portfolio, returns, flows), date, period)
}

fn series_of(
    counted: Counted,
    (portfolio, returns, flows): (&Portfolio, &[DailyReturn], &[CashFlow]),
    date: BusinessDate,
    period: ReportingPeriod,
) -> Result<PerformanceSeries, String> {
    let history = History {
        owner: Owner::portfolio(portfolio),
        days: returns.iter().map(Day::new).collect(),
        flows: flows.iter().map(Flow::new).collect(),
        counted,
    };
    let after = returns.partition_point(|row| row.business_date <= date);
    match after.checked_sub(1) {
        Some(last) => history.series(last, date, period),
        None => Err(format!("no day up to {date} was valued")),
    }
}

impl History {
    /// The part of the history that belongs to a period ending on the last day, or why it has no figures.
    pub(super) fn series(
        &self,
        last: usize,
        end_date: BusinessDate,
        period: ReportingPeriod,
    ) -> Result<PerformanceSeries, String> {
        self.with_flows(&self.flows, last, end_date, period)
    }

    /// The same for what needs the returns only, with no flows in it.
    pub(super) fn series_of_returns(
        &self,
        last: usize,
        end_date: BusinessDate,
        period: ReportingPeriod,
    ) -> Result<PerformanceSeries, String> {
        self.with_flows(&[], last, end_date, period)
    }

    fn with_flows(
        &self,
        flows: &[Flow],
        last: usize,
        end_date: BusinessDate,
        period: ReportingPeriod,
    ) -> Result<PerformanceSeries, String> {
        let days = &self.days;
        let start = self.owner.start_date;
        let opening = period.opening_date(end_date).and_then(|day| BusinessDate::new(day).ok());
        if period.fixed_months().is_some() && opening.is_none_or(|opening| opening < start) {
            return Err(format!("the {} began on {start}, inside the period {period}", self.owner.noun));
        }
        // A month or a year to date in which a portfolio began opens on its own first day, with nothing.
        let opening = opening.filter(|opening| start <= *opening);
        let first = opening.map_or(0, |opening| days.partition_point(|day| day.date <= opening));
        let opened = opening.and(first.checked_sub(1)).and_then(|before| days.get(before));
        let (opening_value, exact_opening) = match opened {
            None => (0.0, Decimal::ZERO),
            Some(day) => day.value.zip(day.exact).ok_or_else(|| unknown(day.date))?,
        };
        let opened_after = first.checked_sub(1).and_then(|before| days.get(before)).map(|day| day.date);
        let (earlier, days) = (days.get(..first).unwrap_or_default(), days.get(first..=last).unwrap_or_default());
        if let Some(day) = days.iter().find(|day| !day.is_known) {
            return Err(unknown(day.date));
        }
        let first_flow = opened_after.map_or(0, |date| flows.partition_point(|flow| flow.effective <= date));
        let last_flow = flows.partition_point(|flow| flow.effective <= end_date);
        let dated = |date: BusinessDate, number: f64| DatedNumber { date, number };
        let Earning { columns, sampling } = self.earning(earlier, days);
        Ok(PerformanceSeries {
            opening_date: opening.unwrap_or(start),
            end_date: self.counted_until(end_date),
            opening_value,
            values: days.iter().filter_map(|day| day.value.map(|value| dated(day.date, value))).collect(),
            returns: columns.of(days, |day| day.fraction),
            returns_before_fees: Some(columns.of(days, |day| day.before_fees)),
            returns_before_taxes: Some(columns.of(days, |day| day.before_taxes)),
            sampling,
            flows: flows
                .get(first_flow..last_flow)
                .unwrap_or_default()
                .iter()
                .map(|flow| dated(flow.own, flow.amount))
                .collect(),
            risk_free: self.risk_free(days, &columns),
            benchmark: self.owner.has_benchmark.then(|| columns.of(days, |day| day.benchmark_fraction)),
            money: PeriodMoney {
                opening_value: exact_opening,
                closing_value: days.last().and_then(|day| day.exact),
                net_external_flows: net_flows(flows.get(first_flow..last_flow).unwrap_or_default(), end_date)?,
            },
        })
    }
}

impl History {
    /// Which of these days have a return, given those before them.
    fn earning(&self, earlier: &[Day], days: &[Day]) -> Earning {
        if self.counted == Counted::Every {
            return Earning { columns: Columns::Days, sampling: Sampling::Daily252 };
        }
        let seen = |days: &[Day]| days.iter().map(Day::seen).collect::<Vec<ObservedDay>>();
        // What was quoted in the year before says what the rhythm of a few returns is.
        let earlier = earlier.get(earlier.len().saturating_sub(EARLIER_DAYS)..).unwrap_or_default();
        let found = observed(&seen(days), &seen(earlier));
        let has_each_day = found.stretches.len() == days.iter().filter(|day| day.fraction.is_some()).count();
        let columns = if has_each_day { Columns::Days } else { Columns::Stretches(found.stretches) };
        Earning { columns, sampling: found.sampling }
    }

    /// The rate for all days that the portfolio names, or the dated ones of these days.
    fn risk_free(&self, days: &[Day], columns: &Columns) -> Option<RiskFree> {
        if let Some(rate) = self.owner.risk_free_annual {
            return Some(RiskFree::Annual(rate));
        }
        self.owner.has_dated_risk_free.then(|| RiskFree::Dated(columns.on(days, |day| day.risk_free_annual)))
    }

    /// The day up to which the last valuation counts: the portfolio's last day, if no business day lies between.
    fn counted_until(&self, date: BusinessDate) -> BusinessDate {
        let Some(end) = self.owner.end_date.filter(|end| date < *end) else { return date };
        let Ok(calendar) = HolidayCalendar::named("TARGET") else { return date };
        let mut day = date.next_calendar_day();
        while day <= end {
            if calendar.is_business_day(day).unwrap_or(true) {
                return date;
            }
            day = day.next_calendar_day();
        }
        end
    }
}

/// A fraction of each day that has one.
fn earned(days: &[Day], fraction: fn(&Day) -> Option<f64>) -> Vec<DatedNumber> {
    days.iter().filter_map(|day| fraction(day).map(|number| DatedNumber { date: day.date, number })).collect()
}

/// The returns of a period, and their rhythm.
struct Earning {
    columns: Columns,
    sampling: Sampling,
}

/// Which returns of a period count.
enum Columns {
    /// One of each day.
    Days,
    /// One of each stretch of days.
    Stretches(Vec<Stretch>),
}

impl Columns {
    /// What was earned.
    fn of(&self, days: &[Day], fraction: fn(&Day) -> Option<f64>) -> Vec<DatedNumber> {
        let Columns::Stretches(stretches) = self else { return earned(days, fraction) };
        let whole = |stretch: &Stretch| {
            let with_return = days.get(stretch.days.clone()).unwrap_or_default().iter();
            let number = linked(with_return.filter(|day| day.fraction.is_some()).map(fraction))?;
            Some(DatedNumber { date: days.get(stretch.on)?.date, number })
        };
        stretches.iter().filter_map(whole).collect()
    }

    /// What counts on the days of the returns.
    fn on(&self, days: &[Day], state: fn(&Day) -> Option<f64>) -> Vec<DatedNumber> {
        let Columns::Stretches(stretches) = self else { return earned(days, state) };
        let of_day = |stretch: &Stretch| {
            let day = days.get(stretch.on)?;
            Some(DatedNumber { date: day.date, number: state(day)? })
        };
        stretches.iter().filter_map(of_day).collect()
    }
}

/// The exact sum of flows.
fn net_flows(flows: &[Flow], end_date: BusinessDate) -> Result<Decimal, String> {
    let sum = flows.iter().try_fold(Decimal::ZERO, |sum, flow| sum.checked_add(flow.exact?));
    sum.ok_or_else(|| unknown(end_date))
}

fn unknown(date: BusinessDate) -> String {
    format!("the value or a flow of {date} is unknown; see the exceptions of that date")
}

/// A valuation date as estimates need it.
pub(super) struct Day {
    pub(super) date: BusinessDate,
    pub(super) value: Option<f64>,
    pub(super) exact: Option<Decimal>,
    pub(super) fraction: Option<f64>,
    pub(super) before_fees: Option<f64>,
    pub(super) before_taxes: Option<f64>,
    pub(super) benchmark_fraction: Option<f64>,
    pub(super) risk_free_annual: Option<f64>,
    pub(super) is_known: bool,
    pub(super) is_observed: bool,
}

impl Day {
    fn new(row: &DailyReturn) -> Day {
        let amounts = [row.begin_value, row.inflow, row.outflow, row.end_value];
        Day {
            date: row.business_date,
            value: row.end_value.and_then(estimate),
            exact: row.end_value.map(Amount::decimal),
            fraction: row.return_fraction,
            before_fees: row.return_before_fees_fraction,
            before_taxes: row.return_before_taxes_fraction,
            benchmark_fraction: row.benchmark_return_fraction,
            risk_free_annual: row.risk_free_annual,
            is_known: amounts.iter().all(Option::is_some),
            is_observed: row.is_observed.unwrap_or(true),
        }
    }

    /// The day as the rhythm of returns sees it.
    pub(super) fn seen(&self) -> ObservedDay {
        ObservedDay { date: self.date, has_return: self.fraction.is_some(), is_observed: self.is_observed }
    }
}

impl Day {
    pub(super) fn of_group(row: &PortfolioGroupReturn) -> Day {
        let amounts = [row.begin_value, row.inflow, row.outflow, row.end_value];
        Day {
            date: row.business_date,
            value: row.end_value.and_then(estimate),
            exact: row.end_value.map(Amount::decimal),
            fraction: row.return_fraction,
            before_fees: None,
            before_taxes: None,
            benchmark_fraction: None,
            risk_free_annual: None,
            is_known: amounts.iter().all(Option::is_some),
            // A day on which nothing changed is one without quotes: its return goes into the next, and nothing is lost.
            is_observed: row.return_fraction.is_none_or(|fraction| fraction != 0.0),
        }
    }
}

/// An external flow as estimates need it.
pub(super) struct Flow {
    pub(super) effective: BusinessDate,
    pub(super) own: BusinessDate,
    amount: f64,
    exact: Option<Decimal>,
}

impl Flow {
    /// A flow that takes effect on a day and has a day of its own.
    pub(super) fn of(effective: BusinessDate, own: BusinessDate, amount: Amount) -> Flow {
        Flow { effective, own, amount: estimate(amount).unwrap_or(f64::NAN), exact: Some(amount.decimal()) }
    }

    pub(super) fn new(row: &CashFlow) -> Flow {
        Flow {
            effective: row.business_date,
            own: BusinessDate::new(row.flow_date).unwrap_or(row.business_date),
            // An unknown amount makes its day unknown, and with it every period that contains it.
            amount: row.amount_base.and_then(estimate).unwrap_or(f64::NAN),
            exact: row.amount_base.map(Amount::decimal),
        }
    }
}

/// An amount as estimates need it.
pub(super) fn estimate(amount: Amount) -> Option<f64> {
    amount.decimal().to_f64()
}
