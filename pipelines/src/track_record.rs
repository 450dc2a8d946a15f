//! A portfolio's way through the years: returns of calendar months and years, and the wealth that a unit became.
//!
//! Everything follows from gold.daily_returns by the rules of the measures: the return of a month is what `MTD` says on
//! its last valuation, that of a year what `YTD` says.

use analytics::Measured;
use analytics::measures::{benchmark_return, twr};
use chrono::Datelike;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, MeasureValue, ReportingPeriod};

use crate::rollups::measures::series_of_every_date;

/// What a calendar month or year earned.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarReturn {
    /// The year.
    pub year: i32,
    /// The month, 1 to 12; none for the year as a whole.
    pub month: Option<u32>,
    /// The last valuation in it: a month or a year that is not over counts up to there.
    pub date: BusinessDate,
    /// The time-weighted return, a fraction, or why there is none.
    pub portfolio: MeasureValue,
    /// The same of the benchmark.
    pub benchmark: MeasureValue,
}

/// One unit of money that stayed in the portfolio, on a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WealthDay {
    /// The day.
    pub date: BusinessDate,
    /// What the unit has become.
    pub wealth: f64,
    /// The fall below the highest value so far, a fraction: zero or negative.
    pub drawdown: f64,
}

/// What became of one unit of money.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wealth {
    /// Day by day; the first is the unit itself, before anything was earned. Empty if nothing was earned at all.
    pub days: Vec<WealthDay>,
    /// The last day whose value is unknown or on which more than everything was lost, if there is one: nothing before
    /// it can be linked to what follows.
    pub broken_on: Option<BusinessDate>,
}

/// The returns of calendar months, and after them those of the years, in order of date.
///
/// `returns` are the daily returns of the portfolio's life, in order of date.
pub fn calendar_returns(portfolio: &Portfolio, returns: &[DailyReturn]) -> Vec<CalendarReturn> {
    let month = |row: &DailyReturn| (row.business_date.day().year(), Some(row.business_date.day().month()));
    let year = |row: &DailyReturn| (row.business_date.day().year(), None);
    let mut found = returns_by(portfolio, returns, ReportingPeriod::MonthToDate, month);
    found.extend(returns_by(portfolio, returns, ReportingPeriod::YearToDate, year));
    found
}

fn returns_by(
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    period: ReportingPeriod,
    part: impl Fn(&DailyReturn) -> (i32, Option<u32>),
) -> Vec<CalendarReturn> {
    let mut found = Vec::new();
    let mut start = 0;
    for rows in returns.chunk_by(|left, right| part(left) == part(right)) {
        let end = start + rows.len();
        // The valuation before opens the period.
        let with_opening = returns.get(start.saturating_sub(1)..end).unwrap_or(rows);
        if let Some(last) = rows.last() {
            let (year, month) = part(last);
            let (portfolio, benchmark) = both(portfolio, with_opening, last.business_date, period);
            found.push(CalendarReturn { year, month, date: last.business_date, portfolio, benchmark });
        }
        start = end;
    }
    found
}

/// What the benchmark earned over a period that ends on a date, or why it is not known.
pub fn benchmark_over(
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    date: BusinessDate,
    period: ReportingPeriod,
) -> MeasureValue {
    both(portfolio, returns, date, period).1
}

/// What the portfolio and its benchmark earned over a period. Returns do not need the flows beside them.
fn both(
    portfolio: &Portfolio,
    returns: &[DailyReturn],
    date: BusinessDate,
    period: ReportingPeriod,
) -> (MeasureValue, MeasureValue) {
    match series_of_every_date(portfolio, returns, &[], date, period) {
        Ok(series) => {
            let measured = Measured::unbroken(&series);
            (twr::MEASURE.reported(&measured), benchmark_return::MEASURE.reported(&measured))
        }
        Err(reason) => (MeasureValue::Unavailable(reason.clone()), MeasureValue::Unavailable(reason)),
    }
}

/// What became of one unit that was there at the close of the opening date; days without capital are left out.
pub fn wealth_since(opening: BusinessDate, returns: &[DailyReturn]) -> Wealth {
    let mut found = Wealth::default();
    let mut high = 1.0_f64;
    let mut before = WealthDay { date: opening, wealth: 1.0, drawdown: 0.0 };
    for row in returns {
        let is_known = [row.begin_value, row.inflow, row.outflow, row.end_value].iter().all(Option::is_some);
        if !is_known || row.return_fraction.is_some_and(|fraction| fraction < -1.0) {
            found = Wealth { days: Vec::new(), broken_on: Some(row.business_date) };
            high = 1.0;
            before = WealthDay { date: row.business_date, wealth: 1.0, drawdown: 0.0 };
            continue;
        }
        let Some(fraction) = row.return_fraction else { continue };
        if found.days.is_empty() {
            found.days.push(before);
        }
        let wealth = before.wealth * (1.0 + fraction);
        high = high.max(wealth);
        before = WealthDay { date: row.business_date, wealth, drawdown: wealth / high - 1.0 };
        found.days.push(before);
    }
    found
}

#[cfg(test)]
mod tests {
    use schemas::{Amount, Currency};

    use super::*;

    fn date(text: &str) -> BusinessDate {
        text.parse().expect("a date")
    }

    fn day(text: &str, fraction: Option<f64>, benchmark: f64) -> DailyReturn {
        DailyReturn {
            portfolio_id: "P".parse().expect("an id"),
            business_date: date(text),
            begin_value: Some(Amount::ZERO),
            inflow: Some(Amount::ZERO),
            outflow: Some(Amount::ZERO),
            end_value: Some(Amount::ZERO),
            return_fraction: fraction,
            benchmark_return_fraction: Some(benchmark),
            return_before_fees_fraction: None,
            return_before_taxes_fraction: None,
            risk_free_annual: None,
            is_observed: Some(true),
        }
    }

    fn portfolio() -> Portfolio {
        Portfolio {
            portfolio_id: "P".parse().expect("an id"),
            market_id: "P".parse().expect("an id"),
            fx_source: "P".parse().expect("an id"),
            title: "P".to_owned(),
            base_currency: Currency::EUR,
            start_date: date("2023-11-30"),
            end_date: None,
            benchmark_symbol: Some("INDEX".to_owned()),
            benchmark_blend: None,
            risk_free_annual: None,
            risk_free_source: None,
            client_email: None,
            delivery: None,
            cost_basis: "fifo".to_owned(),
            locked_through: None,
            language: schemas::Language::English,
            confirmations: false,
        }
    }

    /// 10 % in November, 20 % and then half lost in December, 5 % in January.
    fn life() -> Vec<DailyReturn> {
        vec![
            day("2023-11-30", Some(0.1), 0.01),
            day("2023-12-15", Some(0.2), 0.02),
            day("2023-12-29", Some(-0.5), 0.0),
            day("2024-01-31", Some(0.05), -0.01),
        ]
    }

    fn number(value: &MeasureValue) -> f64 {
        value.number().expect("a number")
    }

    #[test]
    fn months_and_years_are_linked_from_their_days() {
        let found = calendar_returns(&portfolio(), &life());
        let said: Vec<(i32, Option<u32>)> = found.iter().map(|entry| (entry.year, entry.month)).collect();
        let expected = [(2023, Some(11)), (2023, Some(12)), (2024, Some(1)), (2023, None), (2024, None)];
        assert_eq!(said, expected);
        // 1.2 · 0.5 − 1 in December; 1.1 · 1.2 · 0.5 − 1 in 2023; 1.01 · 1.02 − 1 of the benchmark.
        for (place, expected) in [(0, 0.1), (1, -0.4), (2, 0.05), (3, -0.34), (4, 0.05)] {
            assert!((number(&found[place].portfolio) - expected).abs() < 1e-12, "{place}: {found:?}");
        }
        assert!((number(&found[3].benchmark) - 0.0302).abs() < 1e-12, "{found:?}");
        assert_eq!(found[1].date, date("2023-12-29"));
        let since = benchmark_over(&portfolio(), &life(), date("2024-01-31"), ReportingPeriod::YearToDate);
        assert!((number(&since) + 0.01).abs() < 1e-12, "{since:?}");
    }

    #[test]
    fn a_month_with_an_unknown_day_has_a_reason_and_the_others_have_figures() {
        let mut life = life();
        life[1].end_value = None;
        life[1].return_fraction = None;
        let found = calendar_returns(&portfolio(), &life);
        let is_known = |place: usize| found[place].portfolio.number().is_some();
        assert_eq!([is_known(0), is_known(1), is_known(2), is_known(3)], [true, false, true, false]);
        let MeasureValue::Unavailable(reason) = &found[1].portfolio else { panic!("{found:?}") };
        assert!(reason.contains("2023-12-15"), "{reason}");
    }

    #[test]
    fn wealth_is_the_product_and_falls_from_its_high() {
        let wealth = wealth_since(date("2023-11-29"), &life());
        let said: Vec<f64> = wealth.days.iter().map(|day| day.wealth).collect();
        // 1.1, 1.32, 0.66, 0.693.
        for (actual, expected) in said.iter().zip([1.0, 1.1, 1.32, 0.66, 0.693]) {
            assert!((actual - expected).abs() < 1e-12, "{said:?}");
        }
        assert_eq!(said.len(), 5);
        assert!((wealth.days[3].drawdown + 0.5).abs() < 1e-12, "{wealth:?}");
        assert_eq!((wealth.broken_on, wealth.days[0].date), (None, date("2023-11-29")));
    }

    #[test]
    fn nothing_before_an_unknown_day_is_linked_to_what_follows() {
        let mut life = life();
        life[1].end_value = None;
        life[1].return_fraction = None;
        let wealth = wealth_since(date("2023-11-29"), &life);
        assert_eq!(wealth.broken_on, Some(date("2023-12-15")));
        let said: Vec<BusinessDate> = wealth.days.iter().map(|day| day.date).collect();
        assert_eq!(said, [date("2023-12-15"), date("2023-12-29"), date("2024-01-31")]);
        assert_eq!(wealth_since(date("2023-11-29"), &[day("2023-11-30", None, 0.0)]), Wealth::default());
    }
}
