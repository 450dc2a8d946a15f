//! The measures of a household or a composite: those of a portfolio, from the group's days.

use analytics::Measured;
use rust_decimal::Decimal;
use schemas::tables::measures::FigureColumns;
use schemas::tables::portfolio_group_measures::GroupMeasureRow;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::{Amount, BusinessDate, GroupId, MeasureValue, ReportingPeriod};

use super::history::{Counted, Day, Flow, History, Owner};
use super::kept;

/// The measures of every date from one on.
///
/// - `days`: all days of the group up to the last date, in order.
pub(crate) fn measures(group: &GroupId, days: &[PortfolioGroupReturn], from: BusinessDate) -> Vec<GroupMeasureRow> {
    let Some(first) = days.first() else { return Vec::new() };
    let history = History {
        owner: Owner::group(group, first.business_date),
        days: days.iter().map(Day::of_group).collect(),
        flows: flows(days),
        counted: Counted::Observed,
    };
    let mut rows = Vec::new();
    for (last, day) in history.days.iter().enumerate().filter(|(_, day)| from <= day.date) {
        for period in ReportingPeriod::ALL {
            let series = history.series(last, day.date, period);
            let measured = series.as_ref().map(Measured::unbroken);
            for measure in kept(period) {
                let value = match &measured {
                    Ok(measured) => measure.reported(measured),
                    Err(reason) => MeasureValue::Unavailable((*reason).clone()),
                };
                rows.push(row(group, day.date, period, measure.id, value));
            }
        }
    }
    rows
}

fn row(
    group: &GroupId,
    date: BusinessDate,
    period: ReportingPeriod,
    measure: &str,
    found: MeasureValue,
) -> GroupMeasureRow {
    let FigureColumns { value, amount, value_date, unavailable_reason } = FigureColumns::of(found);
    let (group_id, measure) = (group.clone(), measure.to_owned());
    GroupMeasureRow { group_id, business_date: date, period, measure, value, amount, value_date, unavailable_reason }
}

/// What came in and went out, and what members brought when they joined or took along: the value at the start of a day
/// less that at the end of the day before, which came at that end. A day of which an amount is unknown has no flow: it
/// has no known value either, and takes its period with it.
fn flows(days: &[PortfolioGroupReturn]) -> Vec<Flow> {
    let mut flows = Vec::new();
    let mut before: Option<(BusinessDate, Decimal)> = None;
    for day in days {
        let own = before.map_or(day.business_date, |(date, _)| date);
        let ended = before.map_or(Decimal::ZERO, |(_, value)| value);
        let joined = day.begin_value.and_then(|value| value.decimal().checked_sub(ended));
        let moved = |amount: Option<Amount>| amount.map(Amount::decimal);
        let out = moved(day.outflow).map(|amount| -amount);
        for (own, amount) in [(own, joined), (day.business_date, moved(day.inflow)), (day.business_date, out)] {
            if let Some(amount) = amount.filter(|amount| !amount.is_zero()) {
                flows.push(Flow::of(day.business_date, own, Amount::new(amount)));
            }
        }
        before = day.end_value.map(|value| (day.business_date, value.decimal())).or(before);
    }
    flows
}

#[cfg(test)]
mod tests {
    use schemas::Currency;

    use super::*;

    fn day(date: &str, [begin, inflow, outflow, end]: [i64; 4]) -> PortfolioGroupReturn {
        let amount = |number: i64| Some(Amount::new(Decimal::from(number)));
        PortfolioGroupReturn {
            group_id: "H".parse().expect("an id"),
            business_date: date.parse().expect("a date"),
            kind: "household".to_owned(),
            base_currency: Currency::EUR,
            member_count: 1,
            carried_member_count: 0,
            begin_value: amount(begin),
            inflow: amount(inflow),
            outflow: amount(outflow),
            end_value: amount(end),
            return_fraction: Some((end + outflow) as f64 / (begin + inflow) as f64 - 1.0),
            reason: None,
        }
    }

    fn of<'a>(rows: &'a [GroupMeasureRow], date: &str, period: &str, measure: &str) -> &'a GroupMeasureRow {
        let such = |row: &&GroupMeasureRow| {
            row.business_date.to_string() == date && row.period.code() == period && row.measure == measure
        };
        rows.iter().find(such).expect("a row")
    }

    #[test]
    fn who_joins_brings_money_and_no_return() {
        // 100 earn 10. A member worth 90 joins: 200 earn 20 and 30 come in on the last day, which earns nothing.
        let days = [
            day("2024-01-30", [0, 100, 0, 110]),
            day("2024-01-31", [200, 0, 0, 220]),
            day("2024-02-01", [220, 30, 0, 250]),
        ];
        let group: GroupId = "H".parse().expect("an id");
        let rows = measures(&group, &days, "2024-01-31".parse().expect("a date"));
        assert!(rows.iter().all(|row| "2024-01-31" <= row.business_date.to_string().as_str()));
        let twr = of(&rows, "2024-02-01", "SI", "twr").value.expect("a return");
        assert!((twr - 0.21).abs() < 1e-12, "1.1 · 1.1 · 1 − 1: {twr}");
        // 250 in the end; 100, 90 and 30 came in.
        let gain = of(&rows, "2024-02-01", "SI", "gain").amount.expect("money");
        assert_eq!(gain.decimal(), Decimal::from(30));
        let month = of(&rows, "2024-02-01", "MTD", "twr").value.expect("a return");
        assert!(month.abs() < 1e-12, "{month}");
        let year = of(&rows, "2024-02-01", "1Y", "twr");
        assert!(year.unavailable_reason.as_deref().is_some_and(|reason| reason.contains("2024-01-30")), "{year:?}");
    }

    #[test]
    fn an_unknown_value_takes_its_period_with_it() {
        let mut days = [day("2024-01-30", [0, 100, 0, 110]), day("2024-01-31", [110, 0, 0, 121])];
        days[1].end_value = None;
        days[1].return_fraction = None;
        let group: GroupId = "H".parse().expect("an id");
        let rows = measures(&group, &days, "2024-01-30".parse().expect("a date"));
        let known = of(&rows, "2024-01-30", "SI", "twr").value.expect("a return");
        assert!((known - 0.1).abs() < 1e-12, "{known}");
        let unknown = of(&rows, "2024-01-31", "SI", "twr");
        assert!(unknown.unavailable_reason.as_deref().is_some_and(|reason| reason.contains("2024-01-31")));
    }
}
