//! Returns: a day from its values and flows, a period from its days.

use std::collections::BTreeMap;

use chrono::Datelike;
use rust_decimal::Decimal;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::{Amount, BusinessDate, ReportingPeriod};

use super::Trail;
use super::arithmetic::sum;
use super::holdings::AMOUNT_DECIMALS;
use super::node::{Figure, Node, Rule, Unit};

/// Why there is no return before charges.
const CHARGES_UNKNOWN: &str = "the fees and taxes of the day are not known";
/// Why a flow is not known.
const FLOW_UNKNOWN: &str = "a flow has no price or no rate for its day";

/// What returns are taken before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing: after fees and taxes.
    Nothing,
    /// Taxes.
    Taxes,
    /// Fees and taxes.
    FeesAndTaxes,
}

impl Before {
    fn fraction(self, row: &DailyReturn) -> Option<f64> {
        match self {
            Before::Nothing => row.return_fraction,
            Before::Taxes => row.return_before_taxes_fraction,
            Before::FeesAndTaxes => row.return_before_fees_fraction,
        }
    }

    /// Whether a step of the bridge is added to the value at the end of its day.
    fn leaves_in(self, component: BridgeComponent) -> bool {
        match self {
            Before::Nothing => false,
            Before::Taxes => component.is_tax(),
            Before::FeesAndTaxes => component.is_tax() || component.is_fee(),
        }
    }
}

/// How far the values of a day are taken apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    /// Down to the bookings and quotes.
    TakenApart,
    /// As they stand in gold.
    AsTheyStand,
}

impl Trail {
    /// The return of the date.
    pub(super) fn daily_return(&self) -> Node {
        let of_date = self.facts.returns.iter().find(|row| row.business_date == self.facts.date);
        match of_date {
            Some(row) => self.day(row, Values::TakenApart, Before::Nothing),
            None => {
                let reason = format!("gold.daily_returns has no row of {}", self.facts.date);
                Node::given("daily return", Figure::Unavailable(reason), Unit::Fraction)
            }
        }
    }

    fn day(&self, row: &DailyReturn, values: Values, before_what: Before) -> Node {
        let unit = || Unit::Money(self.facts.base());
        let known = |amount: Option<Amount>, reason: &str| Figure::known(amount.map(Amount::decimal), reason);
        let before = self.facts.values.iter().rev().map(|value| value.business_date).find(|d| *d < row.business_date);
        let begin = known(row.begin_value, "the value of the day before is unknown");
        let begin = match before {
            None => Node::given("begin: nothing was there before the first day", begin, unit()),
            Some(before) => Node::given(format!("begin: market value of {before}"), begin, unit())
                .on(before)
                .noted(format!("ask for market_value on {before}")),
        };
        let end = match values {
            Values::TakenApart => {
                let end = self.market_value();
                Node { label: format!("end: {}", end.label), ..end }
            }
            Values::AsTheyStand => {
                let end = known(row.end_value, "the value of the day is unknown");
                Node::given(format!("end: market value of {}", row.business_date), end, unit())
                    .on(row.business_date)
                    .noted("ask for market_value on this date")
            }
        };
        let end = if before_what == Before::Nothing { end } else { self.with_charges(end, row, before_what) };
        let flows: Vec<&CashFlow> =
            self.facts.flows.iter().filter(|flow| flow.business_date == row.business_date).collect();
        let (inflows, outflows): (Vec<&CashFlow>, Vec<&CashFlow>) =
            flows.into_iter().partition(|flow| flow.amount_base.is_none_or(|amount| Decimal::ZERO <= amount.decimal()));
        let side = |label: &str, amount: Option<Amount>, rule: Rule, flows: Vec<&CashFlow>| {
            let parts = flows.into_iter().map(|flow| self.flow(flow)).collect();
            Node::given(label, known(amount, FLOW_UNKNOWN), unit()).with_parts(rule, self.shortened(parts, &unit()))
        };
        let reason = if [row.begin_value, row.inflow, row.outflow, row.end_value].iter().any(Option::is_none) {
            "a value or a flow of the day is unknown"
        } else if row.return_fraction.is_some() {
            CHARGES_UNKNOWN
        } else {
            "there was no capital on the day"
        };
        let figure = before_what.fraction(row).map_or_else(|| Figure::Unavailable(reason.to_owned()), Figure::Estimate);
        let parts = vec![
            begin,
            side("inflow: counts from the start of the day", row.inflow, Rule::Sum, inflows),
            side("outflow: counts until the end of the day", row.outflow, Rule::Opposite, outflows),
            end,
        ];
        Node::given(format!("return of {}", row.business_date), figure, Unit::Fraction)
            .on(row.business_date)
            .with_parts(Rule::DailyReturn, parts)
    }

    /// The value at the end of a day as if what was charged on it were still there.
    fn with_charges(&self, end: Node, row: &DailyReturn, before_what: Before) -> Node {
        let of_day = self.bridge.iter().filter(|step| step.business_date == row.business_date);
        let charged = of_day.filter(|step| before_what.leaves_in(step.component));
        let charges: Vec<Node> = charged.map(|step| self.charge_of_day(step)).collect();
        let (label, unit, date) = (end.label.clone(), end.unit.clone(), row.business_date);
        let parts: Vec<Node> = std::iter::once(end).chain(charges).collect();
        let known = before_what.fraction(row).is_some();
        let total = parts.iter().map(|part| part.figure.exact()).collect::<Option<Vec<Decimal>>>();
        let total = total.and_then(|parts| sum(&parts)).filter(|_| known);
        let label = format!("{label}, and what was charged on the day");
        Node::given(label, Figure::known(total, CHARGES_UNKNOWN), unit).on(date).with_parts(Rule::Sum, parts)
    }

    /// A fee or a tax of a day as the positive amount that it took.
    fn charge_of_day(&self, step: &NavBridgeRow) -> Node {
        let took = step.amount_base.map(|amount| -amount.decimal());
        let label = format!("{}, in {}", step.component.title().to_lowercase(), step.currency);
        Node::given(label, Figure::known(took, CHARGES_UNKNOWN), Unit::Money(self.facts.base()))
            .on(step.business_date)
            .with_parts(Rule::Opposite, vec![self.step_of_day(step)])
    }

    /// An external flow in the base currency, from its booking.
    pub(super) fn flow(&self, row: &CashFlow) -> Node {
        let base = self.facts.base();
        let own_day = BusinessDate::new(row.flow_date).unwrap_or(row.business_date);
        let figure = Figure::known(row.amount_base.map(Amount::decimal), FLOW_UNKNOWN);
        let booked = self.facts.transaction(&row.transaction_id);
        let label = booked.map_or_else(
            || format!("{} {} of {}", row.kind, row.transaction_id, row.flow_date),
            |booked| self.facts.words_of(booked),
        );
        let node = Node::given(label, figure, Unit::Money(base)).on(own_day);
        let node = if row.business_date == own_day {
            node
        } else {
            node.noted(format!("takes effect on {}, the next valuation date", row.business_date))
        };
        let Some(booked) = booked else { return node };
        let Some(id) = &booked.instrument_id else {
            let local = row.amount.unwrap_or(booked.net_cash).decimal();
            let local = self.facts.booking(booked, local, Unit::Money(row.currency));
            let Some(rate) = self.facts.cross_rate(row.currency, base, own_day) else {
                return Node { figure: node.figure, ..local }.noted(node.note.unwrap_or_default());
            };
            return node.with_parts(Rule::Product(Some(AMOUNT_DECIMALS)), vec![local, rate]);
        };
        // Securities count at the close and the rate of the valuation date, cash at the rate of its own day.
        let units = booked.quantity.map_or(Decimal::ZERO, |quantity| quantity.decimal());
        let leaves = row.amount.is_some_and(|amount| amount.decimal().is_sign_negative());
        let units = self.facts.booking(booked, if leaves { -units } else { units }, Unit::Units);
        let mut parts = vec![units];
        if let Some(quote) = self.facts.last_quote(id, row.business_date) {
            let unit = Unit::Price(quote.quote_unit.clone());
            let close =
                Node::given(format!("close of {}", quote.quote_date), Figure::Exact(quote.close.decimal()), unit);
            parts.push(close.on(quote.quote_date).read_in(self.facts.landed(&quote.landing_sha256, quote.line)));
        }
        let scale = self.facts.scale(id);
        parts.extend(scale.map(|scale| Node::given("price scale", Figure::Exact(scale), Unit::Factor)));
        parts.extend(self.facts.cross_rate(row.currency, base, row.business_date));
        node.with_parts_if_they_give_it(Rule::Product(Some(AMOUNT_DECIMALS)), parts)
    }

    /// The flows of a period, the latest first.
    pub(super) fn flows_of(&self, period: ReportingPeriod) -> Vec<Node> {
        let wanted = |row: &&CashFlow| self.is_in(period, row.business_date);
        self.facts.flows.iter().rev().filter(wanted).map(|row| self.flow(row)).collect()
    }

    /// The daily returns of a period, drawn together by year and by month; the month and the day of the date are taken
    /// apart.
    pub(super) fn linked_days(&self, period: ReportingPeriod, before_what: Before) -> Vec<Node> {
        let days: Vec<&DailyReturn> =
            self.facts.returns.iter().filter(|row| self.is_in(period, row.business_date)).collect();
        let mut years: BTreeMap<i32, Vec<&DailyReturn>> = BTreeMap::new();
        for day in days {
            years.entry(day.business_date.day().year()).or_default().push(day);
        }
        match years.len() {
            0 | 1 => years.into_values().flat_map(|days| self.months(&days, before_what)).collect(),
            _ => years.into_iter().map(|(year, days)| self.year(year, &days, before_what)).collect(),
        }
    }

    fn year(&self, year: i32, days: &[&DailyReturn], before_what: Before) -> Node {
        let parts = (self.facts.date.day().year() == year).then(|| self.months(days, before_what));
        drawn_together(format!("{year}"), days, parts, before_what)
    }

    fn months(&self, days: &[&DailyReturn], before_what: Before) -> Vec<Node> {
        let mut months: BTreeMap<u32, Vec<&DailyReturn>> = BTreeMap::new();
        for day in days.iter().copied() {
            months.entry(day.business_date.day().month()).or_default().push(day);
        }
        let of_date = (self.facts.date.day().year(), self.facts.date.day().month());
        let one = |(month, days): (u32, Vec<&DailyReturn>)| {
            let year = days.first().map_or(0, |row| row.business_date.day().year());
            let apart = || {
                let day = |row: &&DailyReturn| {
                    let node = self.day(row, Values::AsTheyStand, before_what);
                    let of_date = row.business_date == self.facts.date;
                    if of_date { node } else { Node { rule: Rule::Given, children: Vec::new(), ..node } }
                };
                days.iter().map(day).collect()
            };
            let parts = ((year, month) == of_date).then(apart);
            drawn_together(format!("{year}-{month:02}"), &days, parts, before_what)
        };
        months.into_iter().map(one).collect()
    }
}

/// The return of several days as one, with its parts if they are shown.
fn drawn_together(label: String, days: &[&DailyReturn], parts: Option<Vec<Node>>, before_what: Before) -> Node {
    let returns: Vec<f64> = days.iter().filter_map(|row| before_what.fraction(row)).collect();
    let known = days.iter().filter(|row| row.return_fraction.is_some()).count();
    let figure = if returns.len() < known {
        Figure::Unavailable("the fees and taxes of one of the days are not known".to_owned())
    } else if returns.is_empty() {
        Figure::Unavailable("there was no capital".to_owned())
    } else {
        Figure::Estimate(returns.iter().fold(1.0, |growth, fraction| growth * (1.0 + fraction)) - 1.0)
    };
    let node = Node::given(format!("{label}: {} days", days.len()), figure, Unit::Fraction);
    match parts {
        Some(parts) => node.with_parts(Rule::Linked, parts),
        None => Node { rule: Rule::Collapsed(days.len()), ..node },
    }
}
