//! The facts of which nights are made again.

use std::collections::BTreeMap;

use lake::Lake;
use rust_decimal::Decimal;
use schemas::tables::benchmark_weights::BenchmarkWeight;
use schemas::tables::classifications::Classification;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_members::GroupMember;
use schemas::tables::group_returns::GroupReturn;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency, Price, Quantity, Rate};

use crate::samples::{all, date, instrument, portfolio, transaction};

pub(super) fn dollar(on: &str, ten_thousandths: i64) -> FxRate {
    FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency: Currency::USD,
        rate_date: date(on),
        units_per_eur: Rate::new(Decimal::new(ten_thousandths, 4)),
        landing_sha256: String::new(),
        line: 2,
    }
}

/// The rate without risk of euros, in hundredths of a percent.
pub(super) fn without_risk(on: &str, basis_points: i64) -> RiskFreeRate {
    RiskFreeRate {
        risk_free_source: "M1".parse().expect("an id"),
        currency: Currency::EUR,
        rate_date: date(on),
        rate_annual: Rate::new(Decimal::new(basis_points, 4)),
        landing_sha256: String::new(),
        line: 2,
    }
}

/// What benchmarks are made of at the ends of months: the blend by sector, the share in dollars by currency.
pub(super) fn weighed_at_first(month_ends: [&str; 3]) -> Vec<BenchmarkWeight> {
    let row = |benchmark: &str, taxonomy: &str, (place, on): (usize, &&str), (node, percent): (&str, i64)| {
        let earned = percent / 10 - 3 * i64::try_from(place).expect("a small number");
        BenchmarkWeight {
            market_id: "M1".parse().expect("an id"),
            benchmark: benchmark.to_owned(),
            taxonomy: taxonomy.to_owned(),
            node: node.to_owned(),
            weight_date: date(on),
            weight: Rate::new(Decimal::new(percent, 2)),
            return_fraction: (0 < place).then(|| Rate::new(Decimal::new(earned, 2))),
            landing_sha256: String::new(),
            line: 2,
        }
    };
    let mut rows = Vec::new();
    for month_end in month_ends.iter().enumerate() {
        for sector in [("energy", 40), ("cash", 10), ("unclassified", 50)] {
            rows.push(row("AAA 0.7, BBB 0.3; monthly", "sector", month_end, sector));
        }
        for currency in [("EUR", 20), ("USD", 80)] {
            rows.push(row("USD1", "currency", month_end, currency));
        }
    }
    rows
}

/// A portfolio with its benchmark.
pub(super) fn compared_with(id: &str, benchmark: &str) -> Portfolio {
    Portfolio { benchmark_symbol: Some(benchmark.to_owned()), ..portfolio(id) }
}

/// A portfolio with a benchmark of two shares in euros, and with dated risk-free rates.
pub(super) fn compared_with_a_blend(id: &str) -> Portfolio {
    Portfolio {
        benchmark_blend: Some("AAA 0.7, BBB 0.3; monthly".to_owned()),
        risk_free_source: Some("M1".parse().expect("an id")),
        ..portfolio(id)
    }
}

/// The reversal of a transaction, on a day of its own or, if that is later, of the transaction's.
pub(super) fn reversal_of(taken_back: &Transaction, on: &str) -> Transaction {
    let plain = transaction(taken_back.portfolio_id.as_str(), "", on, "REVERSAL", "0");
    Transaction { trade_date: date(on).max(taken_back.trade_date), currency: taken_back.currency, ..plain }
}

/// Units bought, or sold if there are fewer than none.
pub(super) fn traded(portfolio: &str, symbol: &str, on: &str, units: i64, net_cash: &str) -> Transaction {
    let currency = if symbol == "USD1" { Currency::USD } else { Currency::EUR };
    let kind = if units < 0 { "SELL" } else { "BUY" };
    Transaction {
        instrument_id: Some(instrument(symbol).instrument_id),
        quantity: Some(Quantity::new(Decimal::from(units.abs()))),
        price: Some(Price::new(Decimal::from(50))),
        currency,
        ..transaction(portfolio, "", on, kind, net_cash)
    }
}

/// One side of an internal transfer of AAA, booked in the first of the portfolios.
pub(super) fn handed_over(own: &str, kind: &str, other: &str, on: &str, units: i64) -> Transaction {
    Transaction {
        instrument_id: Some(instrument("AAA").instrument_id),
        quantity: Some(Quantity::new(Decimal::from(units))),
        counter_portfolio_id: Some(other.parse().expect("an id")),
        ..transaction(own, "", on, kind, "0")
    }
}

pub(super) fn split(symbol: &str, on: &str, ratio: i64) -> CorporateAction {
    CorporateAction {
        market_id: "M1".parse().expect("an id"),
        instrument_id: instrument(symbol).instrument_id,
        ex_date: date(on),
        kind: "SPLIT".to_owned(),
        ratio_new: Some(ratio),
        ratio_old: Some(1),
        target_instrument_id: None,
        amount: None,
        basis_fraction: None,
        fraction_price: None,
        pay_date: None,
        currency: None,
        landing_sha256: String::new(),
        line: 2,
    }
}

/// A part of an instrument in a sector.
pub(super) fn classified(symbol: &str, node: &str, percent: i64) -> Classification {
    Classification {
        market_id: "M1".parse().expect("an id"),
        instrument_id: instrument(symbol).instrument_id,
        taxonomy: "sector".to_owned(),
        node: node.to_owned(),
        weight: Rate::new(Decimal::new(percent, 2)),
        landing_sha256: String::new(),
        line: 2,
    }
}

/// A portfolio that belongs to a group in dollars from a day on.
pub(super) fn member(group: &str, kind: &str, portfolio: &str, from: &str) -> GroupMember {
    GroupMember {
        group_id: group.parse().expect("an id"),
        title: group.to_owned(),
        kind: kind.to_owned(),
        base_currency: Currency::USD,
        portfolio_id: portfolio.parse().expect("an id"),
        from_date: date(from),
        to_date: None,
        landing_sha256: String::new(),
    }
}

/// A household of P1 and P2, of which P2 leaves it, and a composite of P1 and P3.
pub(super) fn members_at_first() -> Vec<GroupMember> {
    let leaves = member("both", "household", "P2", "2014-01-01");
    vec![
        member("both", "household", "P1", "2014-01-01"),
        GroupMember { to_date: Some(date("2014-03-06")), ..leaves },
        member("style", "composite", "P1", "2014-01-20"),
        member("style", "composite", "P3", "2014-02-01"),
    ]
}

/// The days and taxonomies whose groups do not add up to what is known of their portfolio: its value before and after,
/// and its return.
pub(super) async fn groups_that_do_not_foot(lake: &Lake) -> Vec<String> {
    let mut sums: BTreeMap<(String, String, String), (Decimal, Decimal, f64)> = BTreeMap::new();
    for row in all::<GroupReturn>(lake).await {
        let key = (row.portfolio_id.to_string(), row.business_date.to_string(), row.taxonomy);
        let sum = sums.entry(key).or_default();
        sum.0 += row.begin_value.map_or(Decimal::ZERO, Amount::decimal);
        sum.1 += row.end_value.map_or(Decimal::ZERO, Amount::decimal);
        sum.2 += row.contribution_fraction.unwrap_or(0.0);
    }
    let mut wrong = Vec::new();
    for day in all::<DailyReturn>(lake).await {
        for taxonomy in ["asset_class", "currency", "instrument", "sector"] {
            let key = (day.portfolio_id.to_string(), day.business_date.to_string(), taxonomy.to_owned());
            let (begin, end, contribution) = sums.remove(&key).unwrap_or_default();
            let expected = day.begin_value.zip(day.end_value).map(|(begin, end)| (begin.decimal(), end.decimal()));
            let far = |left: Decimal, right: Decimal| Decimal::new(1, 6) < (left - right).abs();
            let amounts = expected.is_none_or(|(before, after)| far(begin, before) || far(end, after));
            let earned = day.return_fraction.is_some_and(|earned| 1e-12 < (earned - contribution).abs());
            if amounts || earned {
                wrong.push(format!("{key:?}: {begin} to {end}, {contribution}, not {day:?}"));
            }
        }
    }
    wrong
}
